//! Assignments that store nothing new (`escape/utils.go`).

use escargo_ir::{Kind, NameId, NodeId, Op};

use crate::analyzer::Analyzer;

impl Analyzer<'_, '_> {
    /// Whether an assignment puts back something into the object that it comes from.
    pub(crate) fn is_self_assignment(&self, dst: NodeId, src: NodeId) -> bool {
        if self.is_slice_of_itself(dst, src) {
            return true;
        }
        let same = |x, y| self.unit.same_safe_expr(self.cx.store, x, y);
        match (&self.unit.nodes[dst].kind, &self.unit.nodes[src].kind) {
            // val.x = val.y
            (Kind::Selector(d), Kind::Selector(s)) => {
                d.op == s.op && matches!(d.op, Op::Dot | Op::DotPtr) && same(d.x, s.x)
            }
            // val[i] = val[j]
            (&Kind::Index(Op::Index, x, i), &Kind::Index(Op::Index, y, j)) => {
                !self.may_affect_memory(i) && !self.may_affect_memory(j) && same(x, y)
            }
            _ => false,
        }
    }

    /// `b.buf = b.buf[n:m]`. Slices of arrays inside the object do not count: they point to the object itself.
    fn is_slice_of_itself(&self, dst: NodeId, src: NodeId) -> bool {
        let Some(base) = self.pointer_base(dst) else { return false };
        let Kind::Slice(_, x, _) = self.unit.nodes[src].kind else { return false };
        self.pointer_base(x) == Some(base)
    }

    /// The variable x of `*x` and of `x.f` through a pointer.
    fn pointer_base(&self, node: NodeId) -> Option<NameId> {
        let x = match &self.unit.nodes[node].kind {
            Kind::Unary(Op::Deref, x) => *x,
            Kind::Selector(s) if s.op == Op::DotPtr => s.x,
            _ => return None,
        };
        self.unit.as_name(x)
    }

    /// Whether evaluating an expression may change memory, as far as is known.
    fn may_affect_memory(&self, node: NodeId) -> bool {
        let affects = |x| self.may_affect_memory(x);
        match &self.unit.nodes[node].kind {
            Kind::Name(_) | Kind::Blank | Kind::Literal(_) | Kind::Nil => false,
            &Kind::Binary(op, x, y) => !is_arithmetic(op) || affects(x) || affects(y),
            &Kind::Index(Op::Index, x, i) => affects(x) || affects(i),
            &Kind::Conv(op, x) => !matches!(op, Op::Conv | Op::ConvNop) || affects(x),
            &Kind::Unary(op, x) => {
                let harmless =
                    matches!(op, Op::Len | Op::Cap | Op::Not | Op::BitNot | Op::Plus | Op::Neg | Op::Deref);
                !harmless || affects(x)
            }
            Kind::Selector(s) => !matches!(s.op, Op::Dot | Op::DotPtr) || affects(s.x),
            _ => true,
        }
    }
}

fn is_arithmetic(op: Op) -> bool {
    use Op::{Add, And, AndNot, Div, Lsh, Mod, Mul, Or, Rsh, Sub, Xor};
    matches!(op, Add | Sub | Or | Xor | Mul | Lsh | Rsh | And | AndNot | Div | Mod)
}
