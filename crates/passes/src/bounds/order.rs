//! Evaluation order of expressions (`walk/order.go`): calls, receives and the like become statements that set
//! temporaries.

use escargo_base::Symbol;
use escargo_ir::{Class, Context, FuncId, IrPos, Kind, List, NodeId, Op, Unit};
use escargo_types::TypeId;
use escargo_types::ty::Type;

use super::keys::{KeyKind, converts_by_address, has_usable_address, is_convertible, key_kind};
use crate::static_init::is_func_pc;

/// Takes a function apart.
pub(super) struct Order<'a, 'c> {
    pub(super) cx: &'a Context<'c>,
    func: FuncId,
    /// Statements so far.
    pub(super) out: List,
}

impl<'a, 'c> Order<'a, 'c> {
    /// Rewrites the body of a function.
    pub(super) fn function(cx: &'a Context<'c>, unit: &mut Unit, func: FuncId) {
        let body = std::mem::take(&mut unit.funcs[func].body);
        let mut order = Order { cx, func, out: List::new() };
        order.stmts(unit, body);
        unit.funcs[func].body = order.out;
    }

    /// What a list of statements becomes.
    pub(super) fn block(&mut self, unit: &mut Unit, list: List) -> List {
        let saved = std::mem::take(&mut self.out);
        self.stmts(unit, list);
        std::mem::replace(&mut self.out, saved)
    }

    /// The expression with what must be evaluated before attached to it.
    pub(super) fn in_place(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        let saved = std::mem::take(&mut self.out);
        let node = self.expr(unit, node, None);
        let before = std::mem::replace(&mut self.out, saved);
        let pos = unit.nodes[node].pos;
        unit.build(self.cx).with_init(pos, before, node)
    }

    pub(super) fn init(&mut self, unit: &mut Unit, node: NodeId) {
        let init = std::mem::take(&mut unit.nodes[node].init);
        self.stmts(unit, init);
    }

    pub(super) fn temp(&self, unit: &mut Unit, ty: TypeId) -> NodeId {
        new_temp(unit, self.func, ty)
    }

    pub(super) fn push_assign(&mut self, unit: &mut Unit, x: NodeId, y: NodeId) {
        let stmt = unit.stmt(IrPos::NONE, Kind::Assign { x, y: Some(y), def: false });
        self.out.push(stmt);
    }

    /// Evaluates the expression into a temporary.
    pub(super) fn copy(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        let temp = self.temp(unit, unit.nodes[node].ty);
        self.push_assign(unit, temp, node);
        temp
    }

    /// A variable or constant instead of the expression.
    pub(super) fn cheap(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        match unit.nodes[node].kind {
            Kind::Name(_) | Kind::Blank | Kind::Literal(_) | Kind::Nil => node,
            Kind::Unary(op @ (Op::Len | Op::Cap), x) => {
                let cheap = self.cheap(unit, x);
                if cheap == x {
                    return node;
                }
                let copy = unit.copy_node(node);
                unit.nodes[copy].kind = Kind::Unary(op, cheap);
                copy
            }
            _ => self.copy(unit, node),
        }
    }

    pub(super) fn children(&mut self, unit: &mut Unit, node: NodeId) {
        unit.edit_children(node, &mut |unit, child| self.expr(unit, child, None));
    }

    pub(super) fn list(&mut self, unit: &mut Unit, list: &mut [NodeId]) {
        for slot in list {
            *slot = self.expr(unit, *slot, None);
        }
    }

    /// A destination.
    pub(super) fn lhs(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        match unit.nodes[node].op() {
            Op::IndexMap => {
                self.init(unit, node);
                self.index_map(unit, node, true)
            }
            _ => self.expr(unit, node, None),
        }
    }

    /// Orders an expression. `lhs` is what it is assigned to, if to anything: that may save a copy.
    pub(super) fn expr(&mut self, unit: &mut Unit, node: NodeId, lhs: Option<NodeId>) -> NodeId {
        use Op::{
            CallFunc, CallInter, Cap, Complex, Copy, Imag, Len, MakeChan, MakeMap, MakeSlice, Max, Min, New,
            Real, Recover, Str2Bytes, Str2Runes,
        };
        self.init(unit, node);
        let to_name = lhs.is_some_and(|lhs| unit.nodes[lhs].op() == Op::Name);
        match unit.nodes[node].op() {
            Op::IndexMap => self.index_map(unit, node, false),
            Op::ConvIface => self.conv_iface(unit, node),
            Op::ConvNop => self.conv_nop(unit, node, to_name),
            Op::AndAnd | Op::OrOr => self.logical(unit, node),
            CallFunc | CallInter | Cap | Complex | Copy | Imag | Len | MakeChan | MakeMap | MakeSlice
            | Max | Min | New | Real | Recover | Str2Bytes | Str2Runes => {
                self.call(unit, node);
                if to_name { node } else { self.copy(unit, node) }
            }
            Op::InlCall => self.inlined(unit, node),
            Op::Append => self.append(unit, node, lhs),
            Op::Slice | Op::SliceArr | Op::SliceStr | Op::Slice3 | Op::Slice3Arr => {
                self.slice(unit, node, lhs)
            }
            Op::Closure => node,
            Op::DotType | Op::DotType2 => {
                self.children(unit, node);
                if self.cx.is_direct_iface(unit.nodes[node].ty) { node } else { self.copy(unit, node) }
            }
            Op::Recv => {
                self.children(unit, node);
                self.copy(unit, node)
            }
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => self.compare(unit, node),
            Op::MapLit => self.map_literal(unit, node),
            _ => {
                self.children(unit, node);
                node
            }
        }
    }

    /// Operands of a call, or of a builtin that works like one. What is in `init` has been taken.
    pub(super) fn call(&mut self, unit: &mut Unit, node: NodeId) {
        match &unit.nodes[node].kind {
            Kind::Call(call) if is_func_pc(unit, self.cx.store, call.fun) => {}
            _ => self.children(unit, node),
        }
    }

    fn conv_iface(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        self.children(unit, node);
        let Kind::Conv(op, x) = unit.nodes[node].kind else { return node };
        let ty = unit.nodes[x].ty;
        if !self.cx.store.is_interface(ty)
            && (converts_by_address(self.cx, ty) || unit.is_static_data(self.cx.store, x))
        {
            let x = self.addressable(unit, x);
            unit.nodes[node].kind = Kind::Conv(op, x);
        }
        node
    }

    fn conv_nop(&mut self, unit: &mut Unit, node: NodeId, to_name: bool) -> NodeId {
        let Kind::Conv(_, x) = unit.nodes[node].kind else { return node };
        let store = self.cx.store;
        let is_pointer = store.is_unsafe_pointer(unit.nodes[node].ty)
            && store.basic_kind(unit.nodes[x].ty) == Some(escargo_types::ty::BasicKind::Uintptr);
        if is_pointer && matches!(unit.nodes[x].op(), Op::CallFunc | Op::CallInter) {
            // The call and the conversion stay together.
            self.init(unit, x);
            self.call(unit, x);
            return if to_name { node } else { self.copy(unit, node) };
        }
        self.children(unit, node);
        node
    }

    fn logical(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        let Kind::Binary(op, x, y) = unit.nodes[node].kind else { return node };
        let result = self.temp(unit, unit.nodes[node].ty);
        let x = self.expr(unit, x, None);
        self.push_assign(unit, result, x);

        let saved = std::mem::take(&mut self.out);
        let y = self.expr(unit, y, None);
        self.push_assign(unit, result, y);
        let then = std::mem::replace(&mut self.out, saved);

        let (body, els) = if op == Op::AndAnd { (then, List::new()) } else { (List::new(), then) };
        self.out.push(unit.stmt(IrPos::NONE, Kind::If { cond: result, body, els }));
        result
    }

    fn inlined(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        let Kind::InlCall { body, results } = &mut unit.nodes[node].kind else { return node };
        let (body, result) = (std::mem::take(body), results.first().copied());
        self.stmts(unit, body);
        result.unwrap_or(node)
    }

    fn append(&mut self, unit: &mut Unit, node: NodeId, lhs: Option<NodeId>) -> NodeId {
        match self.appended_make(unit, node) {
            None => self.children(unit, node),
            Some((first, make)) => {
                let first = self.expr(unit, first, None);
                if let Kind::Builtin { args, .. } = &mut unit.nodes[node].kind {
                    args[0] = first;
                }
                if let Kind::Make(op, Some(len), cap) = unit.nodes[make].kind {
                    let len = self.expr(unit, len, None);
                    unit.nodes[make].kind = Kind::Make(op, Some(len), cap);
                }
            }
        }
        let first = match &unit.nodes[node].kind {
            Kind::Builtin { args, .. } => args.first().copied(),
            _ => None,
        };
        self.unless_in_place(unit, node, lhs, first)
    }

    /// The operands of `append(x, make([]T, y)...)`, which needs no temporary slice.
    pub(super) fn appended_make(&self, unit: &Unit, node: NodeId) -> Option<(NodeId, NodeId)> {
        let Kind::Builtin { op: Op::Append, args, ddd: true } = &unit.nodes[node].kind else { return None };
        let &[first, make] = &args[..] else { return None };
        let Kind::Make(Op::MakeSlice, Some(len), None) = unit.nodes[make].kind else { return None };
        let fits = unit.is_const_int(len) || self.cx.size_of(unit.nodes[len].ty)? <= self.cx.sizes.word;
        (!self.cx.flags.n && fits).then_some((first, make))
    }

    fn slice(&mut self, unit: &mut Unit, node: NodeId, lhs: Option<NodeId>) -> NodeId {
        let Kind::Slice(op, x, bounds) = unit.nodes[node].kind else { return node };
        let x = self.expr(unit, x, None);
        let bounds = bounds.map(|bound| {
            let bound = self.expr(unit, bound?, None);
            Some(self.cheap(unit, bound))
        });
        unit.nodes[node].kind = Kind::Slice(op, x, bounds);
        self.unless_in_place(unit, node, lhs, Some(x))
    }

    /// Copies the expression unless it is assigned to a variable or to its own operand.
    fn unless_in_place(
        &mut self,
        unit: &mut Unit,
        node: NodeId,
        lhs: Option<NodeId>,
        operand: Option<NodeId>,
    ) -> NodeId {
        let store = self.cx.store;
        let stays = lhs.is_some_and(|lhs| {
            unit.nodes[lhs].op() == Op::Name || operand.is_some_and(|x| unit.same_safe_expr(store, lhs, x))
        });
        if stays { node } else { self.copy(unit, node) }
    }

    fn compare(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        self.children(unit, node);
        let Kind::Binary(op, x, y) = unit.nodes[node].kind else { return node };
        let store = self.cx.store;
        if matches!(store.ty(store.under(unit.nodes[x].ty)), Type::Struct(_) | Type::Array { .. }) {
            let x = self.addressable(unit, x);
            let y = self.addressable(unit, y);
            unit.nodes[node].kind = Kind::Binary(op, x, y);
        }
        node
    }
}

/// Values whose address is passed on.
impl Order<'_, '_> {
    /// The expression, or a variable with its value whose address can be passed on (`addrTemp`).
    pub(super) fn addressable(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        let is_data = matches!(unit.nodes[node].op(), Op::Nil | Op::Literal | Op::StructLit | Op::ArrayLit)
            && unit.is_static_data(self.cx.store, node);
        if is_data {
            return self.temp(unit, unit.nodes[node].ty);
        }
        if has_usable_address(self.cx, unit, node) { node } else { self.copy(unit, node) }
    }

    /// A key as the functions for the map take it (`mapKeyTemp`).
    pub(super) fn key(&mut self, unit: &mut Unit, map: TypeId, key: NodeId) -> NodeId {
        let kind = key_kind(self.cx, map);
        if kind == KeyKind::Address {
            return self.addressable(unit, key);
        }
        if is_convertible(self.cx, unit.nodes[key].ty, kind) { key } else { self.copy(unit, key) }
    }

    /// An element of a map, as value or as destination.
    pub(super) fn index_map(&mut self, unit: &mut Unit, node: NodeId, assigned: bool) -> NodeId {
        self.children(unit, node);
        let Kind::Index(op, x, index) = unit.nodes[node].kind else { return node };
        let copies = !assigned && has_string_of_bytes(unit, index);
        let index = self.key(unit, unit.nodes[x].ty, index);
        unit.nodes[node].kind = Kind::Index(op, x, index);
        if copies { self.copy(unit, node) } else { node }
    }

    /// Entries that need code are assigned one by one.
    fn map_literal(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        let Kind::CompositeLit { list, .. } = &mut unit.nodes[node].kind else { return node };
        let entries = std::mem::take(list);
        let mut statics = List::new();
        let mut dynamics = Vec::new();
        for entry in entries {
            if self.is_static_entry(unit, entry) {
                // Ordering a static entry can make it dynamic.
                let entry = self.expr(unit, entry, None);
                if self.is_static_entry(unit, entry) {
                    statics.push(entry);
                    continue;
                }
            }
            dynamics.push(entry);
        }
        if let Kind::CompositeLit { list, .. } = &mut unit.nodes[node].kind {
            *list = statics;
        }
        if dynamics.is_empty() {
            return node;
        }
        let ty = unit.nodes[node].ty;
        let map = self.temp(unit, ty);
        self.push_assign(unit, map, node);
        let elem = match *self.cx.store.ty(self.cx.store.under(ty)) {
            Type::Map { elem, .. } => elem,
            _ => TypeId::INVALID,
        };
        for entry in dynamics {
            let Kind::Binary(_, key, value) = unit.nodes[entry].kind else { continue };
            let x = unit.expr(IrPos::NONE, elem, Kind::Index(Op::IndexMap, map, key));
            let stmt = unit.stmt(IrPos::NONE, Kind::Assign { x, y: Some(value), def: false });
            self.stmt(unit, stmt);
        }
        map
    }

    fn is_static_entry(&self, unit: &Unit, entry: NodeId) -> bool {
        match unit.nodes[entry].kind {
            Kind::Binary(Op::Key, key, value) => {
                unit.is_static_data(self.cx.store, key) && unit.is_static_data(self.cx.store, value)
            }
            _ => false,
        }
    }
}

/// Whether a key holds a string made of bytes, which is then not copied (`mapKeyReplaceStrConv`).
fn has_string_of_bytes(unit: &Unit, key: NodeId) -> bool {
    match &unit.nodes[key].kind {
        Kind::Conv(Op::Bytes2Str, _) => true,
        Kind::CompositeLit { op: Op::StructLit | Op::ArrayLit, list, .. } => {
            list.iter().any(|&elem| has_string_of_bytes(unit, unit.element_value(elem)))
        }
        _ => false,
    }
}

/// A temporary that no list of declarations holds: nothing looks at them any more.
pub(super) fn new_temp(unit: &mut Unit, func: FuncId, ty: TypeId) -> NodeId {
    let name = unit.new_name(IrPos::NONE, Symbol::intern(".autotmp_"), None, ty, Class::Auto);
    unit.names[name].autotemp = true;
    unit.names[name].owner = Some(func);
    unit.names[name].node
}
