//! Visiting expressions (`walk/{expr,builtin,compare,convert}.go`).

use escargo_ir::{Kind, NodeId, Op, Unit};

use super::is_elided;
use super::walk::Walk;

impl Walk<'_, '_> {
    pub(super) fn expr(&mut self, unit: &mut Unit, node: NodeId) {
        if !unit.nodes[node].init.is_empty() {
            self.init(unit, node);
        }
        match &unit.nodes[node].kind {
            Kind::Name(_) | Kind::Blank | Kind::Literal(_) | Kind::Nil | Kind::Type => {}
            Kind::Closure(func) => self.literal(unit, *func),
            &Kind::Index(op, x, index) => {
                self.expr(unit, x);
                self.expr(unit, index);
                if op == Op::Index {
                    self.index(unit, node, x, index);
                }
            }
            &Kind::Binary(op @ (Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge), x, y) => {
                self.compare(unit, op, x, y);
            }
            &Kind::Binary(Op::UnsafeSlice | Op::UnsafeString, x, y) => {
                for operand in [x, y] {
                    let operand = self.safe(unit, operand);
                    self.expr(unit, operand);
                }
            }
            &Kind::Make(Op::MakeSlice, len, cap) => {
                for size in [len, cap].into_iter().flatten() {
                    let size = self.safe(unit, size);
                    self.expr(unit, size);
                }
            }
            Kind::Selector(s) if s.op == Op::MethExpr => {}
            _ => {
                for child in unit.children(node) {
                    self.expr(unit, child);
                }
            }
        }
    }

    fn index(&mut self, unit: &mut Unit, node: NodeId, x: NodeId, index: NodeId) {
        if !unit.nodes[node].bounded && is_elided(self.cx, unit, x, index) {
            unit.nodes[node].bounded = true;
            self.elided.push(unit.nodes[node].pos);
        }
    }

    /// Visits a comparison. Which operand comes first depends on what is compared.
    pub(super) fn compare(&mut self, unit: &mut Unit, op: Op, x: NodeId, y: NodeId) {
        let store = self.cx.store;
        let is_nil = |node: NodeId| matches!(unit.nodes[node].kind, Kind::Nil);
        let both = |f: &dyn Fn(NodeId) -> bool| f(x) && f(y);
        if both(&|n| store.is_interface(unit.nodes[n].ty) && !is_nil(n)) {
            self.cheap(unit, y);
            self.cheap(unit, x);
            return;
        }
        if both(&|n| store.is_string(unit.nodes[n].ty)) {
            let constant = match (unit.const_string_len(x), unit.const_string_len(y)) {
                (Some(len), None) => Some((len, y)),
                (None, Some(len)) => Some((len, x)),
                _ => None,
            };
            if let Some((len, other)) = constant
                && 0 < len
                && len <= self.longest_unrolled(op)
            {
                let other = self.safe(unit, other);
                self.expr(unit, other);
                return;
            }
        }
        self.expr(unit, x);
        self.expr(unit, y);
    }

    /// Length of the longest constant that strings are compared with byte by byte.
    fn longest_unrolled(&self, op: Op) -> u64 {
        if !matches!(op, Op::Eq | Op::Ne) {
            return 0;
        }
        match self.cx.target.goarch() {
            "386" => 8,
            "amd64" | "arm64" | "loong64" | "ppc64" | "ppc64le" | "s390x" => 16,
            _ => 6,
        }
    }

    /// The expression without effects and such that it can be evaluated again; operands that are not variables or
    /// constants are visited and replaced (`walk.safeExpr`).
    pub(super) fn safe(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        self.init(unit, node);
        let kind = match &unit.nodes[node].kind {
            Kind::Name(_) | Kind::Blank | Kind::Literal(_) | Kind::Nil | Kind::LinkSymOffset { .. } => {
                return node;
            }
            &Kind::Unary(op @ (Op::Len | Op::Cap | Op::Deref), x) => {
                let safe = self.safe(unit, x);
                if safe == x {
                    return node;
                }
                Kind::Unary(op, safe)
            }
            Kind::Selector(s) if matches!(s.op, Op::Dot | Op::DotPtr) => {
                let mut selector = s.clone();
                let x = selector.x;
                selector.x = self.safe(unit, x);
                if selector.x == x {
                    return node;
                }
                Kind::Selector(selector)
            }
            &Kind::Index(op, x, index) => {
                let (safe, safe_index) = (self.safe(unit, x), self.safe(unit, index));
                if (safe, safe_index) == (x, index) {
                    return node;
                }
                Kind::Index(op, safe, safe_index)
            }
            Kind::CompositeLit { op: Op::StructLit | Op::ArrayLit | Op::SliceLit, .. }
                if unit.is_static_data(self.cx.store, node) =>
            {
                return node;
            }
            _ => return self.cheap(unit, node),
        };
        let copy = unit.copy_node(node);
        unit.nodes[copy].kind = kind;
        self.expr(unit, copy);
        copy
    }
}
