//! Visiting statements (`walk/{stmt,range,select,switch}.go`).

use escargo_ir::{Kind, List, NodeId, Op, Unit};
use escargo_types::ty::Type;

use super::walk::Walk;

impl Walk<'_, '_> {
    pub(super) fn stmt(&mut self, unit: &mut Unit, node: NodeId) {
        self.init(unit, node);
        match unit.nodes[node].kind.clone() {
            Kind::Assign { x, y, .. } => self.assign(unit, x, y),
            Kind::AssignOp { x, y, .. } => {
                self.expr(unit, x);
                self.expr(unit, y);
            }
            Kind::AssignList { op: Op::As2, lhs, rhs, .. } => self.assign_pairs(unit, &lhs, &rhs),
            Kind::AssignList { lhs, rhs, .. } => self.exprs(unit, lhs.iter().chain(&rhs)),
            Kind::Block(list) => self.stmts(unit, &list),
            // The operand of a check is not looked at.
            Kind::Unary(Op::CheckNil, _) => {}
            Kind::GoDefer { call, .. } | Kind::TailCall(call) => {
                if let Kind::Call(call) = &unit.nodes[call].kind {
                    let fun = call.fun;
                    self.expr(unit, fun);
                }
            }
            Kind::For { cond, post, body, .. } => {
                self.exprs(unit, &cond);
                self.stmts(unit, post.as_slice());
                self.stmts(unit, &body);
            }
            Kind::If { cond, body, els } => {
                self.expr(unit, cond);
                self.stmts(unit, &body);
                self.stmts(unit, &els);
            }
            Kind::Range { x, key, value, body, .. } => self.range(unit, x, (key, value), &body),
            Kind::Return(list) => self.exprs(unit, &list),
            Kind::Select { cases, .. } => self.select(unit, &cases),
            Kind::Send(chan, value) => {
                self.expr(unit, value);
                self.expr(unit, chan);
            }
            Kind::Switch { tag, cases, .. } => self.switch(unit, tag, &cases),
            Kind::Branch(..) | Kind::Label(_) | Kind::Decl(_) | Kind::InlMark(_) => {}
            _ => self.expr(unit, node),
        }
    }

    pub(super) fn exprs<'n>(&mut self, unit: &mut Unit, nodes: impl IntoIterator<Item = &'n NodeId>) {
        for &node in nodes {
            self.expr(unit, node);
        }
    }

    fn range(
        &mut self,
        unit: &mut Unit,
        x: NodeId,
        (key, value): (Option<NodeId>, Option<NodeId>),
        body: &[NodeId],
    ) {
        let value = value.filter(|&value| !unit.is_blank(value));
        let key = key.filter(|&key| value.is_some() || !unit.is_blank(key));
        if let (Some(key), None) = (key, value)
            && let Some(cleared) = self.cleared_array(unit, x, key, body)
        {
            self.expr(unit, cleared);
            self.expr(unit, key);
            return;
        }
        self.expr(unit, x);
        match (key, value) {
            (Some(key), None) => self.expr(unit, key),
            (Some(key), Some(value)) => {
                let temps = [self.temp(unit, key), self.temp(unit, value)];
                self.assign_pairs(unit, &[key, value], &temps);
            }
            _ => {}
        }
        self.stmts(unit, body);
    }

    /// The array or slice that a loop `for i := range a { a[i] = 0 }` clears at once (`arrayRangeClear`).
    fn cleared_array(&self, unit: &Unit, over: NodeId, key: NodeId, body: &[NodeId]) -> Option<NodeId> {
        let store = self.cx.store;
        let &[stmt] = body else { return None };
        let Kind::Assign { x: lhs, y: Some(zero), .. } = unit.nodes[stmt].kind else { return None };
        let Kind::Index(Op::Index, x, index) = unit.nodes[lhs].kind else { return None };
        let ty = unit.nodes[over].ty;
        let rounds = match *store.ty(store.under(store.pointer_elem(ty).unwrap_or(ty))) {
            Type::Array { len, .. } => len,
            Type::Basic(_) => match unit.literal(over) {
                Some(escargo_types::Value::Int(int)) => int.as_u64(),
                _ => None,
            },
            Type::Slice(_) => None,
            _ => return None,
        };
        let same = match (rounds, store.ty(store.under(unit.nodes[x].ty))) {
            (Some(rounds), Type::Array { len, .. }) => *len == Some(rounds),
            (Some(_), _) => false,
            (None, _) => unit.same_safe_expr(store, x, over),
        };
        let elem = match *store.ty(store.under(unit.nodes[x].ty)) {
            Type::Array { elem, .. } | Type::Slice(elem) => elem,
            _ => return None,
        };
        let clears = !self.cx.flags.n
            && same
            && unit.same_safe_expr(store, index, key)
            && unit.is_zero(zero)
            && self.cx.size_of(elem).is_some_and(|size| size > 0);
        clears.then_some(x)
    }

    /// Clauses in the order in which they are dispatched.
    fn select(&mut self, unit: &mut Unit, cases: &[NodeId]) {
        let comm = |case: NodeId| match unit.nodes[case].kind {
            Kind::Comm { comm, .. } => comm,
            _ => None,
        };
        let is_send = |case| comm(case).is_some_and(|comm| unit.nodes[comm].op() == Op::Send);
        let is_default = |case| comm(case).is_none();
        let mut order: Vec<NodeId> = Vec::with_capacity(cases.len());
        if let &[a, b] = cases
            && is_default(a) != is_default(b)
        {
            order.extend(if is_default(a) { [b, a] } else { [a, b] });
        } else {
            order.extend(cases.iter().filter(|&&case| is_default(case)));
            order.extend(cases.iter().filter(|&&case| is_send(case)));
            order.extend(cases.iter().rev().filter(|&&case| !is_default(case) && !is_send(case)));
        }
        for case in order {
            if let Kind::Comm { body, .. } = &unit.nodes[case].kind {
                let body = body.clone();
                self.stmts(unit, &body);
            }
        }
    }

    /// Tests of all clauses, then the clauses.
    fn switch(&mut self, unit: &mut Unit, tag: Option<NodeId>, cases: &[NodeId]) {
        let mut value = None;
        let mut tests = true;
        match tag.map(|tag| (tag, unit.nodes[tag].kind.clone())) {
            Some((tag, Kind::TypeSwitchGuard { x, .. })) => {
                self.init(unit, tag);
                self.expr(unit, x);
                tests = false;
            }
            Some((tag, _)) => {
                self.expr(unit, tag);
                value = Some(match unit.nodes[tag].kind {
                    Kind::Literal(_) | Kind::Nil => tag,
                    _ => self.temp(unit, tag),
                });
            }
            None => {}
        }
        let mut bodies = List::new();
        for &case in cases {
            let Kind::Case(clause) = &unit.nodes[case].kind else { continue };
            bodies.extend(clause.body.iter().copied());
            if tests {
                for test in clause.list.clone() {
                    self.test(unit, value, test);
                }
            }
        }
        self.stmts(unit, &bodies);
    }

    fn test(&mut self, unit: &mut Unit, value: Option<NodeId>, test: NodeId) {
        let is_bool = |value| matches!(unit.literal(value), Some(escargo_types::Value::Bool(_)));
        match value {
            Some(value) if !is_bool(value) || self.cx.store.is_interface(unit.nodes[test].ty) => {
                self.compare(unit, Op::Eq, value, test);
            }
            _ => self.expr(unit, test),
        }
    }
}
