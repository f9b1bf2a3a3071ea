//! Visiting the children of a node, in the compiler's order (`ir/node_gen.go`): it decides costs that depend on the
//! first offender, the order of calls, and the order in which functions are found.
//!
//! Every pass walks every tree, so these are generic: each walk is a loop of its own without calls through pointers.

use std::convert::Infallible;
use std::ops::ControlFlow;

use smallvec::SmallVec;

use crate::{Kind, NodeId, Unit};

/// A visit that never stops.
type Whole = ControlFlow<Infallible>;

impl Unit {
    /// Calls `f` with each child of `node` in order: statements before it first. Literals are not entered; a name has
    /// no children.
    #[inline]
    pub fn for_each_child(&self, node: NodeId, f: &mut impl FnMut(NodeId)) {
        let _: Whole = self.try_each_child(node, &mut |child| {
            f(child);
            ControlFlow::Continue(())
        });
    }

    /// The same until `f` breaks.
    #[inline]
    pub fn try_each_child<B>(
        &self,
        node: NodeId,
        f: &mut impl FnMut(NodeId) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let n = &self.nodes[node];
        if !matches!(n.kind, Kind::Decl(_) | Kind::TypeSwitchGuard { .. }) {
            list(&n.init, f)?;
        }
        each(&n.kind, self, f)
    }

    /// The children in order.
    pub fn children(&self, node: NodeId) -> SmallVec<[NodeId; 8]> {
        let mut list = SmallVec::new();
        self.for_each_child(node, &mut |child| list.push(child));
        list
    }

    /// Calls `f` with `node` and everything below it, parents first.
    pub fn preorder<F: FnMut(NodeId)>(&self, node: NodeId, f: &mut F) {
        f(node);
        self.for_each_child(node, &mut |child| self.preorder(child, f));
    }

    /// Calls `f` with everything in a list and below, parents first.
    pub fn preorder_list<F: FnMut(NodeId)>(&self, list: &[NodeId], f: &mut F) {
        for &node in list {
            self.preorder(node, f);
        }
    }

    /// Whether `f` holds for `node` or anything below it; stops at the first.
    pub fn any<F: FnMut(NodeId) -> bool>(&self, node: NodeId, f: &mut F) -> bool {
        self.find(node, f).is_break()
    }

    /// Whether `f` holds for anything in a list or below; stops at the first.
    pub fn any_in_list<F: FnMut(NodeId) -> bool>(&self, list: &[NodeId], f: &mut F) -> bool {
        list.iter().any(|&node| self.any(node, f))
    }

    fn find<F: FnMut(NodeId) -> bool>(&self, node: NodeId, f: &mut F) -> ControlFlow<()> {
        if f(node) {
            return ControlFlow::Break(());
        }
        self.try_each_child(node, &mut |child| self.find(child, f))
    }
}

fn list<'n, B>(
    nodes: impl IntoIterator<Item = &'n NodeId>,
    f: &mut impl FnMut(NodeId) -> ControlFlow<B>,
) -> ControlFlow<B> {
    nodes.into_iter().try_for_each(|&node| f(node))
}

fn each<B>(kind: &Kind, unit: &Unit, f: &mut impl FnMut(NodeId) -> ControlFlow<B>) -> ControlFlow<B> {
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
        | Kind::InlMark(_) => ControlFlow::Continue(()),
        Kind::Unary(_, x) | Kind::Conv(_, x) | Kind::TypeAssert(_, x) | Kind::TailCall(x) => f(*x),
        Kind::StructKey { value, .. } => f(*value),
        Kind::Binary(_, x, y) | Kind::Index(_, x, y) | Kind::Send(x, y) => {
            f(*x)?;
            f(*y)
        }
        Kind::AddStr(nodes) | Kind::Block(nodes) | Kind::Return(nodes) => list(nodes, f),
        Kind::Builtin { args, .. } => list(args, f),
        Kind::Call(call) => {
            f(call.fun)?;
            list(&call.args, f)?;
            list(&call.defer_at, f)
        }
        Kind::CompositeLit { list: nodes, .. } => list(nodes, f),
        Kind::Selector(s) => f(s.x),
        Kind::DynamicTypeAssert { x, operands, .. } => {
            f(*x)?;
            list(operands, f)
        }
        Kind::DynamicType { rtype, itab } => {
            f(*rtype)?;
            list(itab, f)
        }
        Kind::Slice(_, x, bounds) => {
            f(*x)?;
            list(bounds.iter().flatten(), f)
        }
        Kind::Make(_, len, cap) => list(len.iter().chain(cap), f),
        Kind::InlCall { body, results } => {
            list(body, f)?;
            list(results, f)
        }
        Kind::Assign { x, y, .. } => {
            f(*x)?;
            list(y, f)
        }
        Kind::AssignList { lhs, rhs, .. } => {
            list(lhs, f)?;
            list(rhs, f)
        }
        Kind::AssignOp { x, y, .. } => {
            f(*x)?;
            f(*y)
        }
        Kind::Decl(name) => f(unit.names[*name].node),
        Kind::GoDefer { call, defer_at, .. } => {
            f(*call)?;
            list(defer_at, f)
        }
        Kind::For { cond, post, body, .. } => {
            list(cond.iter().chain(post), f)?;
            list(body, f)
        }
        Kind::If { cond, body, els } => {
            f(*cond)?;
            list(body, f)?;
            list(els, f)
        }
        Kind::Range { x, key, value, body, .. } => {
            f(*x)?;
            list(key.iter().chain(value), f)?;
            list(body, f)
        }
        Kind::Select { cases, .. } => list(cases, f),
        Kind::Comm { comm, body } => {
            list(comm, f)?;
            list(body, f)
        }
        Kind::Switch { tag, cases, .. } => {
            list(tag, f)?;
            list(cases, f)
        }
        Kind::Case(case) => {
            case.var.iter().try_for_each(|&name| f(unit.names[name].node))?;
            list(&case.list, f)?;
            list(&case.rtypes, f)?;
            list(&case.body, f)
        }
        Kind::TypeSwitchGuard { tag, x } => {
            list(tag, f)?;
            f(*x)
        }
    }
}
