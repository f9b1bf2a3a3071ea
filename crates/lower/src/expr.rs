//! Expressions (`noder/writer.go`, `noder/reader.go`: expr).

use escargo_check::info::{IdentObject, Instance, Mode, Selection, SelectionKind, TypeAndValue};
use escargo_dialect::lowering::ConversionPlace;
use escargo_ir::conversion::assign_op;
use escargo_ir::{IrPos, Kind, List, NodeId, Op};
use escargo_syntax::{BinaryOp, Expr, ExprId, Tree, UnaryOp};
use escargo_types::shape::identical;
use escargo_types::ty::{ChanDir, Type};
use escargo_types::typeset::{common_under, type_set};
use escargo_types::{ObjId, ObjectKind, TypeId, identity};

use crate::body::Body;
use crate::stmt::binary_op;

/// What an expression names, with the type arguments if that is an instance.
pub(crate) type Named<'w> = (ObjId, Option<&'w Instance>);

impl<'w> Body<'_, 'w> {
    /// The tree.
    pub(crate) fn tree(&self) -> &'w Tree {
        &self.source().tree
    }
    /// The position that the compiler gives an expression, parentheses included.
    pub(crate) fn expr_pos(&self, e: ExprId) -> IrPos {
        self.at(self.tree().loc(e).pos)
    }
    /// What checking found out about an expression (`noder/writer.go`, maybeTypeAndValue).
    pub(crate) fn type_and_value(&self, e: ExprId) -> TypeAndValue {
        let info = self.info();
        let mut tv = info.types[e];
        // Type arguments that follow from what a function is assigned to are recorded with its name only.
        if let Expr::Name(ident) = self.tree()[e]
            && let Some(instance) = info.instances.get(&ident)
        {
            tv.ty = instance.ty;
        }
        tv
    }
    /// Whether the expression is a type.
    pub(crate) fn is_type(&self, e: ExprId) -> bool {
        self.info().types[e].mode == Mode::TypeExpr
    }
    /// The type that all types which a type may stand for have as underlying type.
    pub(crate) fn core_type(&self, ty: TypeId) -> &'w Type {
        let store = self.low.cx.store;
        store.ty(common_under(store, ty).unwrap_or(TypeId::INVALID))
    }
    /// A selection that is no qualified name.
    pub(crate) fn selection(&self, e: ExprId) -> Option<&'w Selection> {
        self.info().selections.get(&e)
    }

    /// What an expression names: also with a package before, and with type arguments behind it
    /// (`noder/writer.go`, lookupObj).
    pub(crate) fn named(&self, mut e: ExprId) -> Option<Named<'w>> {
        let (tree, info) = (self.tree(), self.info());
        if let Expr::Index { x, indices } = tree[e] {
            if indices.len() == 1 && !self.is_type(tree.nth(indices, 0)) {
                return None;
            }
            e = x;
        }
        let ident = match tree[e] {
            Expr::Name(ident) => ident,
            Expr::Selector { x, sel } if self.is_package(x) => sel,
            _ => return None,
        };
        match info.idents[ident] {
            IdentObject::Use(obj) => Some((obj, info.instances.get(&ident))),
            _ => None,
        }
    }

    fn is_package(&self, e: ExprId) -> bool {
        let Expr::Name(ident) = self.tree()[e] else { return false };
        match self.info().idents[ident] {
            IdentObject::Use(obj) => {
                matches!(self.low.cx.store.obj(obj).kind, ObjectKind::PkgName { .. })
            }
            _ => false,
        }
    }

    /// The value of an expression.
    pub(crate) fn expr(&mut self, e: ExprId) -> NodeId {
        let e = self.tree().unparen(e);
        let tv = self.type_and_value(e);
        if let Some(value) = tv.value {
            return self.constant(e, tv.ty, value);
        }
        self.low.stand = self.expr_pos(e);
        let named = self.named(e);
        let store = self.low.cx.store;
        if named.is_some_and(|(obj, _)| matches!(store.obj(obj).kind, ObjectKind::Nil)) {
            let pos = self.expr_pos(e);
            let ty = self.ty(tv.ty);
            return self.build().zero(pos, ty);
        }
        let typed = !matches!(tv.mode, Mode::Invalid | Mode::NoValue | Mode::Builtin(_))
            && !store.is_untyped(tv.ty)
            && !matches!(store.ty(tv.ty), Type::Tuple(_));
        if !typed {
            return self.plain_expr(e, named);
        }
        let ty = self.ty(tv.ty);
        let x = self.plain_expr(e, named);
        self.reshape(x, ty)
    }

    /// Gives an expression the type that it has here: shapes of the same kind stand for one another
    /// (`noder/reader.go`, exprReshape).
    fn reshape(&mut self, x: NodeId, ty: TypeId) -> NodeId {
        let node = &self.low.unit.nodes[x];
        let shared = matches!(node.kind, escargo_ir::Kind::Name(_) | escargo_ir::Kind::Blank);
        if node.ty != ty && node.ty != TypeId::UNTYPED_BOOL && !shared {
            self.low.unit.nodes[x].ty = ty;
        }
        x
    }

    fn plain_expr(&mut self, e: ExprId, named: Option<Named<'w>>) -> NodeId {
        if let Some((obj, instance)) = named {
            return match instance {
                Some(instance) if !instance.targs.is_empty() => self.func_instance(e, obj, instance),
                _ => self.object(e, obj),
            };
        }
        let pos = self.expr_pos(e);
        match self.tree()[e] {
            Expr::CompositeLit { .. } => self.composite_lit(e),
            Expr::FuncLit { .. } => self.func_lit(e),
            Expr::Selector { x, .. } => match self.selection(e) {
                Some(sel) => self.selector(e, x, sel),
                None => self.expr(x),
            },
            Expr::Index { x, indices } => {
                let method = self.selection(x).filter(|sel| sel.kind != SelectionKind::FieldVal);
                match (method, self.tree()[x]) {
                    (Some(sel), Expr::Selector { x: operand, .. }) => self.selector(x, operand, sel),
                    _ => self.index(pos, x, self.tree().nth(indices, 0)),
                }
            }
            Expr::Slice { x, lo, hi, max } => {
                let x = self.expr(x);
                let bounds = [lo, hi, max].map(|bound| bound.map(|bound| self.expr(bound)));
                self.build().slice(pos, x, bounds, max.is_some())
            }
            Expr::TypeAssert { x, ty } => self.type_assert(pos, x, ty),
            Expr::Unary { op, x } => {
                let x = self.expr(x);
                self.build().unary(pos, unary_op(op), x)
            }
            Expr::Star(x) => {
                let x = self.expr(x);
                self.build().deref(pos, x)
            }
            Expr::Binary { op, x, y } => self.binary(pos, op, x, y),
            Expr::Call { .. } => self.call(e),
            ref other => unreachable!("{other:?} is no value"),
        }
    }

    /// A variable or function without type arguments.
    fn object(&mut self, e: ExprId, obj: ObjId) -> NodeId {
        let object = self.low.cx.store.obj(obj);
        if !object.is_package_level() {
            let pos = self.expr_pos(e);
            return self.local(obj, pos);
        }
        let name = match object.is_func() {
            true => {
                let func = self.low.func(obj);
                self.low.unit.funcs[func].name
            }
            false => self.low.global(obj),
        };
        self.low.unit.names[name].node
    }

    /// Values of several expressions, as they are.
    pub(crate) fn expr_list(&mut self, list: &[ExprId]) -> List {
        list.iter().map(|&e| self.expr(e)).collect()
    }

    fn index(&mut self, pos: IrPos, x: ExprId, index: ExprId) -> NodeId {
        let map = self.type_and_value(x).ty;
        let key = match *self.core_type(map) {
            Type::Map { key, .. } => Some(key),
            _ => None,
        };
        let x = self.expr(x);
        let mut index = self.convert_opt(index, key);
        if let Some(key) = key
            && self.rules().conversions == ConversionPlace::Standing
        {
            let (place, key) = (self.low.stand, self.ty(key));
            index = self.build().assign_conv(place, index, key);
        }
        let node = self.build().index(pos, x, index);
        if key.is_some() {
            self.hidden_rtype(map);
        }
        node
    }

    fn binary(&mut self, pos: IrPos, op: BinaryOp, x: ExprId, y: ExprId) -> NodeId {
        let (x, y) = match op {
            BinaryOp::AndAnd | BinaryOp::OrOr => (self.folded(x), self.folded(y)),
            _ => (x, y),
        };
        let common = match op.is_shift() {
            true => None,
            false => self.common_type(self.type_and_value(x).ty, self.type_and_value(y).ty),
        };
        let mut x = self.convert_opt(x, common);
        let mut y = self.convert_opt(y, common);
        if self.rules().conversions == ConversionPlace::Standing && matches!(op, BinaryOp::Eq | BinaryOp::Ne)
        {
            (x, y) = self.compared(x, y);
        }
        self.build().binary(pos, binary_op(op), x, y)
    }

    /// Operands of a comparison that walks of trees convert only if both are interfaces or none is, or the one that is
    /// none is huge (`noder/transform.go` of 1.19, transformCompare).
    fn compared(&mut self, x: NodeId, y: NodeId) -> (NodeId, NodeId) {
        let store = self.low.cx.store;
        let (lt, rt) = (self.low.unit.nodes[x].ty, self.low.unit.nodes[y].ty);
        if identical(store, lt, rt) {
            return (x, y);
        }
        let mixed = store.is_interface(lt) != store.is_interface(rt);
        let at = self.low.stand;
        for (node, from, to) in [(x, lt, rt), (y, rt, lt)] {
            let Some(op) = assign_op(store, from, to) else { continue };
            if mixed && self.low.cx.size_of(from).is_none_or(|size| size < 1 << 16) {
                return (x, y);
            }
            let converted = self.low.unit.expr(at, to, Kind::Conv(op, node));
            return if node == x { (converted, y) } else { (x, converted) };
        }
        (x, y)
    }

    /// The type that both operands of a comparison are converted to; nothing if they have the same. One of them can
    /// be assigned to the type of the other: if both can, the right one decides.
    fn common_type(&self, x: TypeId, y: TypeId) -> Option<TypeId> {
        let store = self.low.cx.store;
        if identity::identical(store, x, y) {
            return None;
        }
        let interface = |ty| store.is_non_type_param_interface(ty);
        Some(match (interface(x), interface(y)) {
            (true, false) => x,
            (true, true) if !self.has_methods_of(x, y) => x,
            (false, false) if self.is_bidirectional(y) && !self.is_bidirectional(x) => x,
            _ => y,
        })
    }

    /// Whether interface `x` has all methods of interface `y`.
    fn has_methods_of(&self, x: TypeId, y: TypeId) -> bool {
        let store = self.low.cx.store;
        let (have, want) = (type_set(store, store.under(x)), type_set(store, store.under(y)));
        want.methods.iter().all(|&method| {
            let object = store.obj(method);
            have.lookup_method(store, object.pkg, object.name, false).is_some()
        })
    }

    fn is_bidirectional(&self, ty: TypeId) -> bool {
        let store = self.low.cx.store;
        let dir = |ty: TypeId| match *store.ty(store.under(ty)) {
            Type::Chan { dir, .. } => Some(dir),
            _ => None,
        };
        dir(ty) == Some(ChanDir::Both)
    }
}

/// The operation of a unary operator.
pub(crate) fn unary_op(op: UnaryOp) -> Op {
    match op {
        UnaryOp::Plus => Op::Plus,
        UnaryOp::Neg => Op::Neg,
        UnaryOp::Not => Op::Not,
        UnaryOp::BitNot | UnaryOp::Tilde => Op::BitNot,
        UnaryOp::Addr => Op::Addr,
        UnaryOp::Recv => Op::Recv,
    }
}
