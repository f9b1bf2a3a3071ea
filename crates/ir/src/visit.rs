//! Visiting the children of a node, in the compiler's order (`ir/node_gen.go`): it decides costs that depend on the
//! first offender, the order of calls, and the order in which functions are found.

use crate::{Kind, NodeId, Unit};

impl Unit {
    /// Calls `f` with each child of `node` in order: statements before it first. Literals are not entered; a name has
    /// no children.
    pub fn for_each_child(&self, node: NodeId, f: &mut dyn FnMut(NodeId)) {
        let n = &self.nodes[node];
        if !matches!(n.kind, Kind::Decl(_) | Kind::TypeSwitchGuard { .. }) {
            n.init.iter().copied().for_each(&mut *f);
        }
        each(&n.kind, self, f);
    }

    /// The children in order.
    pub fn children(&self, node: NodeId) -> Vec<NodeId> {
        let mut list = Vec::new();
        self.for_each_child(node, &mut |child| list.push(child));
        list
    }

    /// Calls `f` with `node` and everything below it, parents first.
    pub fn preorder(&self, node: NodeId, f: &mut dyn FnMut(NodeId)) {
        f(node);
        self.for_each_child(node, &mut |child| self.preorder(child, f));
    }

    /// Calls `f` with everything in a list and below, parents first.
    pub fn preorder_list(&self, list: &[NodeId], f: &mut dyn FnMut(NodeId)) {
        for &node in list {
            self.preorder(node, f);
        }
    }

    /// Whether `f` holds for `node` or anything below it; stops at the first.
    pub fn any(&self, node: NodeId, f: &mut dyn FnMut(NodeId) -> bool) -> bool {
        if f(node) {
            return true;
        }
        self.children(node).into_iter().any(|child| self.any(child, f))
    }
}

fn each(kind: &Kind, unit: &Unit, f: &mut dyn FnMut(NodeId)) {
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
        | Kind::InlMark(_) => {}
        Kind::Unary(_, x) | Kind::Conv(_, x) | Kind::TypeAssert(_, x) | Kind::TailCall(x) => f(*x),
        Kind::StructKey { value, .. } => f(*value),
        Kind::Binary(_, x, y) | Kind::Index(_, x, y) | Kind::Send(x, y) => {
            f(*x);
            f(*y);
        }
        Kind::AddStr(list) | Kind::Block(list) | Kind::Return(list) => list.iter().copied().for_each(f),
        Kind::Builtin { args, .. } => args.iter().copied().for_each(f),
        Kind::Call(call) => {
            f(call.fun);
            call.args.iter().copied().for_each(&mut *f);
            call.defer_at.into_iter().for_each(f);
        }
        Kind::CompositeLit { list, .. } => list.iter().copied().for_each(f),
        Kind::Selector(s) => f(s.x),
        Kind::DynamicTypeAssert { x, operands, .. } => {
            f(*x);
            operands.iter().copied().for_each(f);
        }
        Kind::DynamicType { rtype, itab } => {
            f(*rtype);
            itab.iter().copied().for_each(f);
        }
        Kind::Slice(_, x, bounds) => {
            f(*x);
            bounds.iter().flatten().copied().for_each(f);
        }
        Kind::Make(_, len, cap) => len.iter().chain(cap).copied().for_each(f),
        Kind::InlCall { body, results } => body.iter().chain(results).copied().for_each(f),
        Kind::Assign { x, y, .. } => {
            f(*x);
            y.iter().copied().for_each(f);
        }
        Kind::AssignList { lhs, rhs, .. } => lhs.iter().chain(rhs).copied().for_each(f),
        Kind::AssignOp { x, y, .. } => {
            f(*x);
            f(*y);
        }
        Kind::Decl(name) => f(unit.names[*name].node),
        Kind::GoDefer { call, defer_at, .. } => {
            f(*call);
            defer_at.iter().copied().for_each(f);
        }
        Kind::For { cond, post, body, .. } => {
            cond.iter().chain(post).copied().for_each(&mut *f);
            body.iter().copied().for_each(f);
        }
        Kind::If { cond, body, els } => {
            f(*cond);
            body.iter().chain(els).copied().for_each(f);
        }
        Kind::Range { x, key, value, body, .. } => {
            f(*x);
            key.iter().chain(value).copied().for_each(&mut *f);
            body.iter().copied().for_each(f);
        }
        Kind::Select { cases, .. } => cases.iter().copied().for_each(f),
        Kind::Comm { comm, body } => comm.iter().chain(body).copied().for_each(f),
        Kind::Switch { tag, cases, .. } => tag.iter().chain(cases).copied().for_each(f),
        Kind::Case(case) => {
            case.var.iter().for_each(|&name| f(unit.names[name].node));
            case.list.iter().chain(&case.rtypes).chain(&case.body).copied().for_each(f);
        }
        Kind::TypeSwitchGuard { tag, x } => {
            tag.iter().copied().for_each(&mut *f);
            f(*x);
        }
    }
}
