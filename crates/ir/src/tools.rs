//! Small questions about nodes, and copying of trees (`ir/expr.go`, `ir/copy.go`, `staticinit/sched.go` of Go 1.27).

use escargo_types::shape::identical;
use escargo_types::ty::Type;
use escargo_types::{BasicInfo, TypeStore, Value};

use crate::{Class, IrPos, Kind, List, NodeId, Op, Unit};

/// Questions about single expressions.
impl Unit {
    /// Whether a destination is `_`: the blank node, or a variable or parameter declared under that name.
    pub fn is_blank(&self, node: NodeId) -> bool {
        match self.nodes[node].kind {
            Kind::Blank => true,
            Kind::Name(name) => self.names[name].sym.is_blank(),
            _ => false,
        }
    }

    /// The value of a constant.
    pub fn literal(&self, node: NodeId) -> Option<&Value> {
        match &self.nodes[node].kind {
            Kind::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The value of an integer constant that fits in 32 bits (`ir.IsSmallIntConst`).
    pub fn small_int(&self, node: NodeId) -> Option<i64> {
        match self.literal(node)? {
            Value::Int(int) => int.as_i64().filter(|&v| i32::try_from(v).is_ok()),
            _ => None,
        }
    }

    /// Whether the node is an integer constant.
    pub fn is_const_int(&self, node: NodeId) -> bool {
        matches!(self.literal(node), Some(Value::Int(_)))
    }

    /// Length in bytes of a string constant.
    pub fn const_string_len(&self, node: NodeId) -> Option<u64> {
        match self.literal(node)? {
            Value::String(text) => Some(text.len()),
            _ => None,
        }
    }

    /// Whether the expression is known to be its type's zero value: a constant, nil, or an array or struct literal
    /// of such (`ir.IsZero`).
    pub fn is_zero(&self, node: NodeId) -> bool {
        match &self.nodes[node].kind {
            Kind::Nil => true,
            Kind::Literal(value) => match &**value {
                Value::String(text) => text.is_empty(),
                Value::Bool(value) => !value,
                value => value.sign() == 0,
            },
            Kind::CompositeLit { op: Op::ArrayLit | Op::StructLit, list, .. } => {
                list.iter().all(|&elem| self.is_zero(self.element_value(elem)))
            }
            _ => false,
        }
    }

    /// Whether the value is data known at compile time (`walk/complit.go`, isStaticCompositeLiteral).
    pub fn is_static_data(&self, store: &TypeStore, node: NodeId) -> bool {
        match &self.nodes[node].kind {
            Kind::Nil | Kind::Literal(_) => true,
            Kind::CompositeLit { op: Op::ArrayLit | Op::StructLit, list, .. } => {
                list.iter().all(|&elem| self.is_static_data(store, self.element_value(elem)))
            }
            Kind::Conv(Op::ConvIface, _) => {
                let mut value = node;
                while let Kind::Conv(Op::ConvIface, x) = self.nodes[value].kind {
                    value = x;
                }
                match store.is_interface(self.nodes[value].ty) {
                    true => matches!(self.nodes[value].kind, Kind::Nil),
                    false => self.is_static_data(store, value),
                }
            }
            _ => false,
        }
    }

    /// The value of an element of a composite literal, behind its key or field.
    pub fn element_value(&self, elem: NodeId) -> NodeId {
        match self.nodes[elem].kind {
            Kind::Binary(Op::Key, _, value) | Kind::StructKey { value, .. } => value,
            _ => elem,
        }
    }

    /// The variable that an expression is a part of: behind fields of structs, elements of arrays and conversions
    /// without effect (`ir.OuterValue`).
    pub fn outer_value(&self, store: &TypeStore, mut node: NodeId) -> NodeId {
        loop {
            node = match &self.nodes[node].kind {
                Kind::Selector(s) if s.op == Op::Dot => s.x,
                Kind::Conv(Op::ConvNop, x) => *x,
                Kind::Unary(Op::Paren, x) => *x,
                &Kind::Index(Op::Index, x, _) if is_array(store, self, x) => x,
                _ => return node,
            };
        }
    }

    /// Whether the expression stands for a place in memory (`ir.IsAddressable`).
    pub fn is_addressable(&self, store: &TypeStore, node: NodeId) -> bool {
        match &self.nodes[node].kind {
            &Kind::Index(Op::Index, x, _) if is_array(store, self, x) => self.is_addressable(store, x),
            &Kind::Index(Op::Index, x, _) => !store.is_string(self.nodes[x].ty),
            Kind::Unary(Op::Deref, _) | Kind::Blank | Kind::LinkSymOffset { .. } => true,
            Kind::Selector(s) if s.op == Op::DotPtr => true,
            Kind::Selector(s) if s.op == Op::Dot => self.is_addressable(store, s.x),
            &Kind::Name(name) => self.names[name].class != Class::Func,
            _ => false,
        }
    }

    /// Whether two expressions without side effects are the same (`ir.SameSafeExpr`).
    pub fn same_safe_expr(&self, store: &TypeStore, l: NodeId, r: NodeId) -> bool {
        let (l, r) = (self.behind_conv_nop(l), self.behind_conv_nop(r));
        let (a, b) = (&self.nodes[l], &self.nodes[r]);
        if a.op() != b.op() || !identical(store, a.ty, b.ty) {
            return false;
        }
        match (&a.kind, &b.kind) {
            (Kind::Name(x), Kind::Name(y)) => x == y,
            (Kind::Blank, Kind::Blank) | (Kind::Nil, Kind::Nil) => true,
            (Kind::Selector(x), Kind::Selector(y)) if matches!(x.op, Op::Dot | Op::DotPtr) => {
                x.sel == y.sel && x.obj == y.obj && self.same_safe_expr(store, x.x, y.x)
            }
            (&Kind::Unary(op, x), &Kind::Unary(_, y)) => {
                matches!(op, Op::Deref | Op::Not | Op::BitNot | Op::Plus | Op::Neg)
                    && self.same_safe_expr(store, x, y)
            }
            (&Kind::Conv(Op::Conv, x), &Kind::Conv(_, y)) => {
                let simple = BasicInfo(BasicInfo::NUMERIC.0 | BasicInfo::BOOLEAN.0);
                store.is_basic(a.ty, simple) && self.same_safe_expr(store, x, y)
            }
            (&Kind::Index(_, x, i), &Kind::Index(_, y, j)) => {
                self.same_safe_expr(store, x, y) && self.same_safe_expr(store, i, j)
            }
            (&Kind::Binary(op, x, y), &Kind::Binary(_, v, w)) => {
                is_arithmetic(op) && self.same_safe_expr(store, x, v) && self.same_safe_expr(store, y, w)
            }
            (Kind::Literal(x), Kind::Literal(y)) => x.compare(escargo_types::constant::Op::Eq, y),
            _ => false,
        }
    }

    /// The expression behind conversions without effect.
    pub fn behind_conv_nop(&self, mut node: NodeId) -> NodeId {
        while let Kind::Conv(Op::ConvNop, x) = self.nodes[node].kind {
            node = x;
        }
        node
    }
}

fn is_array(store: &TypeStore, unit: &Unit, node: NodeId) -> bool {
    matches!(store.ty(store.under(unit.nodes[node].ty)), Type::Array { .. })
}

fn is_arithmetic(op: Op) -> bool {
    use Op::{Add, And, AndNot, Div, Lsh, Mod, Mul, Or, Rsh, Sub, Xor};
    matches!(op, Add | Sub | Or | Xor | Mul | Lsh | Rsh | And | AndNot | Div | Mod)
}

/// Side effects (`staticinit/sched.go`, isSideEffect).
impl Unit {
    /// Whether the expression or something below it may have an effect, a panic included. Function literals count as
    /// one.
    pub fn any_side_effects(&self, node: NodeId) -> bool {
        self.any(node, &mut |n| self.is_side_effect(n))
    }

    /// Whether the operation by itself may have an effect: all do, except for those known not to.
    pub fn is_side_effect(&self, node: NodeId) -> bool {
        match &self.nodes[node].kind {
            Kind::Name(_) | Kind::Blank | Kind::Type | Kind::Literal(_) | Kind::Nil | Kind::AddStr(_) => {
                false
            }
            Kind::CompositeLit { .. } | Kind::StructKey { .. } => false,
            Kind::Selector(s) => s.op != Op::Dot,
            // Division by zero panics.
            &Kind::Binary(Op::Div | Op::Mod, _, y) => self.literal(y).is_none_or(|value| value.sign() == 0),
            Kind::Binary(op, ..) => {
                matches!(op, Op::Copy | Op::UnsafeAdd | Op::UnsafeSlice | Op::UnsafeString)
            }
            Kind::Unary(op, _) => !is_pure_unary(*op),
            Kind::Conv(op, _) => matches!(op, Op::Slice2Arr | Op::Slice2ArrPtr),
            // A bad size panics.
            &Kind::Make(Op::MakeChan | Op::MakeMap, size, _) => {
                size.is_some_and(|size| !self.is_const_int(size) || !self.is_zero(size))
            }
            _ => true,
        }
    }
}

fn is_pure_unary(op: Op) -> bool {
    use Op::{Addr, BitNot, Cap, Imag, Len, Neg, New, Not, Paren, Plus, PtrLit, Real};
    matches!(op, Addr | Cap | PtrLit | Len | New | Not | BitNot | Plus | Neg | Paren | Real | Imag)
}

/// Copies and replacements.
impl Unit {
    /// Replaces each child of `node` by what `edit` makes of it, in the order of [`Unit::for_each_child`]. Variables
    /// that declarations and clauses name stay. While `edit` runs the node itself cannot be looked at.
    pub fn edit_children(&mut self, node: NodeId, edit: &mut dyn FnMut(&mut Unit, NodeId) -> NodeId) {
        let mut kind = std::mem::replace(&mut self.nodes[node].kind, Kind::Nil);
        if !matches!(kind, Kind::Decl(_) | Kind::TypeSwitchGuard { .. }) {
            let mut init = std::mem::take(&mut self.nodes[node].init);
            edit_list(self, &mut init, edit);
            self.nodes[node].init = init;
        }
        edit_kind(self, &mut kind, edit);
        self.nodes[node].kind = kind;
    }

    /// A copy of a tree. Names, constants, nil and types are shared (`ir.DeepCopy`). The copy stands at `pos` unless
    /// that is unknown.
    pub fn deep_copy(&mut self, pos: IrPos, node: NodeId) -> NodeId {
        if matches!(self.nodes[node].op(), Op::Name | Op::Literal | Op::Nil | Op::Type) {
            return node;
        }
        let copy = self.copy_node(node);
        if pos.is_known() {
            self.nodes[copy].pos = pos;
        }
        self.edit_children(copy, &mut |unit, child| unit.deep_copy(pos, child));
        copy
    }

    /// A copy of one node, with the same children.
    pub fn copy_node(&mut self, node: NodeId) -> NodeId {
        let copy = self.nodes[node].clone();
        self.nodes.push(copy)
    }
}

fn edit_list(unit: &mut Unit, list: &mut List, edit: &mut dyn FnMut(&mut Unit, NodeId) -> NodeId) {
    for slot in list {
        *slot = edit(unit, *slot);
    }
}

fn edit_kind(unit: &mut Unit, kind: &mut Kind, edit: &mut dyn FnMut(&mut Unit, NodeId) -> NodeId) {
    let mut one = |unit: &mut Unit, slot: &mut NodeId| *slot = edit(unit, *slot);
    match kind {
        Kind::Name(_)
        | Kind::Blank
        | Kind::Literal(_)
        | Kind::Nil
        | Kind::Type
        | Kind::LinkSymOffset { .. }
        | Kind::Leaf(_)
        | Kind::Closure(_)
        | Kind::Branch(..)
        | Kind::Label(_)
        | Kind::Decl(_)
        | Kind::InlMark(_) => {}
        Kind::Unary(_, x)
        | Kind::Conv(_, x)
        | Kind::TypeAssert(_, x)
        | Kind::TailCall(x)
        | Kind::StructKey { value: x, .. } => one(unit, x),
        Kind::Binary(_, x, y) | Kind::Index(_, x, y) | Kind::Send(x, y) | Kind::AssignOp { x, y, .. } => {
            one(unit, x);
            one(unit, y);
        }
        Kind::Selector(s) => one(unit, &mut s.x),
        Kind::AddStr(list)
        | Kind::Block(list)
        | Kind::Return(list)
        | Kind::Builtin { args: list, .. }
        | Kind::CompositeLit { list, .. }
        | Kind::Select { cases: list, .. } => edit_list(unit, list, edit),
        Kind::Call(call) => {
            one(unit, &mut call.fun);
            call.args.iter_mut().chain(&mut call.defer_at).for_each(|slot| one(unit, slot));
        }
        Kind::DynamicTypeAssert { x, operands, .. } => {
            one(unit, x);
            edit_list(unit, operands, edit);
        }
        Kind::DynamicType { rtype, itab } => {
            one(unit, rtype);
            itab.iter_mut().for_each(|slot| one(unit, slot));
        }
        Kind::Slice(_, x, bounds) => {
            one(unit, x);
            bounds.iter_mut().flatten().for_each(|slot| one(unit, slot));
        }
        Kind::Make(_, len, cap) => len.iter_mut().chain(cap).for_each(|slot| one(unit, slot)),
        _ => edit_statement(unit, kind, edit),
    }
}

fn edit_statement(unit: &mut Unit, kind: &mut Kind, edit: &mut dyn FnMut(&mut Unit, NodeId) -> NodeId) {
    let mut one = |unit: &mut Unit, slot: &mut NodeId| *slot = edit(unit, *slot);
    match kind {
        Kind::InlCall { body, results } => {
            body.iter_mut().chain(results).for_each(|slot| one(unit, slot));
        }
        Kind::Assign { x, y, .. } => {
            one(unit, x);
            y.iter_mut().for_each(|slot| one(unit, slot));
        }
        Kind::AssignList { lhs, rhs, .. } => lhs.iter_mut().chain(rhs).for_each(|slot| one(unit, slot)),
        Kind::GoDefer { call, defer_at, .. } => {
            one(unit, call);
            defer_at.iter_mut().for_each(|slot| one(unit, slot));
        }
        Kind::For { cond, post, body, .. } => {
            cond.iter_mut().chain(post).chain(body).for_each(|slot| one(unit, slot));
        }
        Kind::If { cond, body, els } => {
            one(unit, cond);
            body.iter_mut().chain(els).for_each(|slot| one(unit, slot));
        }
        Kind::Range { x, key, value, body, .. } => {
            one(unit, x);
            key.iter_mut().chain(value).chain(body).for_each(|slot| one(unit, slot));
        }
        Kind::Comm { comm, body } => comm.iter_mut().chain(body).for_each(|slot| one(unit, slot)),
        Kind::Switch { tag, cases, .. } => tag.iter_mut().chain(cases).for_each(|slot| one(unit, slot)),
        Kind::Case(case) => {
            let lists = case.list.iter_mut().chain(&mut case.rtypes).chain(&mut case.body);
            lists.for_each(|slot| one(unit, slot));
        }
        Kind::TypeSwitchGuard { tag, x } => {
            tag.iter_mut().for_each(|slot| one(unit, slot));
            one(unit, x);
        }
        _ => {}
    }
}
