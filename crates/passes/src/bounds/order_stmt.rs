//! Evaluation order of statements (`walk/order.go`).

use escargo_ir::{IrPos, Kind, List, NodeId, Op, Unit};
use escargo_types::TypeId;
use escargo_types::ty::Type;

use super::keys::is_reflexive;
use super::order::Order;

/// What becomes of a statement.
enum Outcome {
    /// It stays where it is.
    Stays,
    /// It stays, and what it set temporaries to is assigned afterwards.
    Then(NodeId),
    /// Its parts are statements of their own.
    Dissolved,
}

impl Order<'_, '_> {
    pub(super) fn stmts(&mut self, unit: &mut Unit, list: List) {
        for stmt in list {
            self.stmt(unit, stmt);
        }
    }

    pub(super) fn stmt(&mut self, unit: &mut Unit, node: NodeId) {
        self.init(unit, node);
        let mut kind = std::mem::replace(&mut unit.nodes[node].kind, Kind::Nil);
        let outcome = self.kind(unit, node, &mut kind);
        unit.nodes[node].kind = kind;
        match outcome {
            Outcome::Stays => self.out.push(node),
            Outcome::Then(next) => {
                self.out.push(node);
                self.stmt(unit, next);
            }
            Outcome::Dissolved => {}
        }
    }

    fn kind(&mut self, unit: &mut Unit, node: NodeId, kind: &mut Kind) -> Outcome {
        match kind {
            Kind::Assign { x, y, .. } => self.assign(unit, x, y.as_mut()),
            Kind::AssignOp { op, x, y, .. } => return self.assign_op(unit, node, *op, x, y),
            Kind::AssignList { op, lhs, rhs, .. } => return self.assign_list(unit, op, lhs, rhs),
            Kind::Block(list) => {
                self.stmts(unit, std::mem::take(list));
                return Outcome::Dissolved;
            }
            Kind::InlCall { body, .. } => {
                self.stmts(unit, std::mem::take(body));
                return Outcome::Dissolved;
            }
            Kind::Builtin { op: Op::Delete, args, .. } => {
                self.list(unit, args);
                if let &[map, key] = &args[..] {
                    args[1] = self.key(unit, unit.nodes[map].ty, key);
                }
            }
            Kind::Call(call) => {
                call.fun = self.expr(unit, call.fun, None);
                self.list(unit, &mut call.args);
            }
            Kind::Builtin { args, .. } => self.list(unit, args),
            Kind::Unary(_, x) => *x = self.expr(unit, *x, None),
            Kind::Binary(_, x, y) => {
                *x = self.expr(unit, *x, None);
                *y = self.expr(unit, *y, None);
            }
            Kind::GoDefer { call, .. } => {
                self.init(unit, *call);
                self.call(unit, *call);
            }
            Kind::For { cond, post, body, .. } => {
                if let Some(cond) = cond {
                    *cond = self.in_place(unit, *cond);
                }
                *body = self.block(unit, std::mem::take(body));
                if let Some(post) = post {
                    let list = self.block(unit, List::from([*post]));
                    *post = unit.stmt(IrPos::NONE, Kind::Block(list));
                }
            }
            Kind::If { cond, body, els } => {
                *cond = self.in_place(unit, *cond);
                *body = self.block(unit, std::mem::take(body));
                *els = self.block(unit, std::mem::take(els));
            }
            Kind::Range { x, key, value, body, .. } => self.range(unit, node, x, (key, value), body),
            Kind::Return(list) => self.list(unit, list),
            Kind::Select { cases, .. } => self.select(unit, cases),
            Kind::Send(chan, value) => {
                *chan = self.expr(unit, *chan, None);
                *value = self.expr(unit, *value, None);
                *value = self.addressable(unit, *value);
            }
            Kind::Switch { tag, cases, .. } => {
                if let Some(tag) = tag {
                    *tag = self.expr(unit, *tag, None);
                }
                for &case in cases.iter() {
                    self.case(unit, case);
                }
            }
            _ => {}
        }
        Outcome::Stays
    }

    fn case(&mut self, unit: &mut Unit, node: NodeId) {
        let Kind::Case(case) = &mut unit.nodes[node].kind else { return };
        let (mut list, body) = (std::mem::take(&mut case.list), std::mem::take(&mut case.body));
        for slot in &mut list {
            *slot = self.in_place(unit, *slot);
        }
        let body = self.block(unit, body);
        if let Kind::Case(case) = &mut unit.nodes[node].kind {
            (case.list, case.body) = (list, body);
        }
    }

    fn range(
        &mut self,
        unit: &mut Unit,
        node: NodeId,
        x: &mut NodeId,
        (key, value): (&mut Option<NodeId>, &mut Option<NodeId>),
        body: &mut List,
    ) {
        *x = self.expr(unit, *x, None);
        let has_value = value.is_some_and(|value| !unit.is_blank(value));
        let store = self.cx.store;
        let ty = unit.nodes[*x].ty;
        let copies = match store.ty(store.under(ty)) {
            Type::Pointer(_) | Type::Array { .. } | Type::Slice(_) => has_value,
            Type::Chan { .. } => true,
            Type::Basic(_) => store.is_string(ty),
            Type::Map { .. } => {
                if self.clears_map(unit, node, *x, (*key, *value), body) {
                    // The body is not needed.
                    body.clear();
                    return;
                }
                true
            }
            _ => false,
        };
        if copies {
            *x = self.copy(unit, *x);
        }
        for slot in [key, value].into_iter().flatten() {
            *slot = self.in_place(unit, *slot);
        }
        *body = self.block(unit, std::mem::take(body));
    }

    /// Whether a loop is `for k := range m { delete(m, k) }` (`isMapClear`).
    fn clears_map(
        &self,
        unit: &Unit,
        node: NodeId,
        map: NodeId,
        (key, value): (Option<NodeId>, Option<NodeId>),
        body: &[NodeId],
    ) -> bool {
        let store = self.cx.store;
        let (Some(key), None, &[stmt]) = (key, value, body) else { return false };
        let Kind::Builtin { op: Op::Delete, args, .. } = &unit.nodes[stmt].kind else { return false };
        let &Type::Map { key: ty, .. } = store.ty(store.under(unit.nodes[map].ty)) else { return false };
        let declared = unit.as_name(key).is_some_and(|name| unit.names[name].defn == Some(node));
        !self.cx.flags.n
            && declared
            && unit.same_safe_expr(store, args[0], map)
            && unit.same_safe_expr(store, args[1], key)
            && is_reflexive(self.cx, ty)
    }
}

/// Assignments.
impl Order<'_, '_> {
    fn assign(&mut self, unit: &mut Unit, x: &mut NodeId, y: Option<&mut NodeId>) {
        let Some(y) = y else {
            *x = self.lhs(unit, *x);
            return;
        };
        let appended = self.map_append(unit, *x, *y);
        *x = self.lhs(unit, *x);
        match (appended, &unit.nodes[*x].kind) {
            (true, &Kind::Index(op, map, key)) => {
                let map = self.cheap(unit, map);
                let key = self.cheap(unit, key);
                unit.nodes[*x].kind = Kind::Index(op, map, key);
                self.append_to_element(unit, *x, *y);
            }
            _ => *y = self.expr(unit, *y, Some(*x)),
        }
        self.before_insert(unit, *x, y);
    }

    /// Whether an assignment is `m[k] = append(m[k], …)`.
    fn map_append(&self, unit: &Unit, x: NodeId, y: NodeId) -> bool {
        match &unit.nodes[y].kind {
            Kind::Builtin { op: Op::Append, args, .. } => {
                unit.nodes[x].op() == Op::IndexMap && unit.same_safe_expr(self.cx.store, x, args[0])
            }
            _ => false,
        }
    }

    fn append_to_element(&mut self, unit: &mut Unit, x: NodeId, append: NodeId) {
        let Kind::Builtin { args, .. } = &mut unit.nodes[append].kind else { return };
        let mut args = std::mem::take(args);
        let first = unit.behind_conv_nop(args[0]);
        unit.nodes[first].kind = unit.nodes[x].kind.clone();
        self.list(unit, &mut args[1..]);
        if let Kind::Builtin { args: slot, .. } = &mut unit.nodes[append].kind {
            *slot = args;
        }
    }

    /// What is put in a map is evaluated before the place in the map is made.
    fn before_insert(&mut self, unit: &mut Unit, x: NodeId, y: &mut NodeId) {
        if unit.nodes[x].op() != Op::IndexMap {
            return;
        }
        let Kind::Builtin { op: Op::Append, args, .. } = &mut unit.nodes[*y].kind else {
            *y = self.cheap(unit, *y);
            return;
        };
        let mut args = std::mem::take(args);
        for slot in &mut args[1..] {
            *slot = self.cheap(unit, *slot);
        }
        if let Kind::Builtin { args: slot, .. } = &mut unit.nodes[*y].kind {
            *slot = args;
        }
    }

    fn assign_op(
        &mut self,
        unit: &mut Unit,
        node: NodeId,
        op: Op,
        x: &mut NodeId,
        y: &mut NodeId,
    ) -> Outcome {
        *x = self.lhs(unit, *x);
        *y = self.expr(unit, *y, None);
        match unit.nodes[*x].kind {
            Kind::Index(Op::IndexMap, map, key) if matches!(op, Op::Div | Op::Mod) => {
                // m[k] = m[k] op y, so that a division by zero comes first.
                let map = self.cheap(unit, map);
                let key = self.cheap(unit, key);
                let ty = unit.nodes[*x].ty;
                let old = unit.expr(IrPos::NONE, ty, Kind::Index(Op::IndexMap, map, key));
                let old = self.copy(unit, old);
                let new = unit.expr(unit.nodes[node].pos, ty, Kind::Binary(op, old, *y));
                let mut new = self.expr(unit, new, None);
                let element = unit.expr(IrPos::NONE, ty, Kind::Index(Op::IndexMap, map, key));
                self.before_insert(unit, element, &mut new);
                self.push_assign(unit, element, new);
                Outcome::Dissolved
            }
            _ => {
                self.before_insert(unit, *x, y);
                Outcome::Stays
            }
        }
    }

    fn assign_list(&mut self, unit: &mut Unit, op: &mut Op, lhs: &mut List, rhs: &mut List) -> Outcome {
        for slot in lhs.iter_mut() {
            *slot = self.lhs(unit, *slot);
        }
        match *op {
            Op::As2Func => {
                let call = rhs[0];
                self.init(unit, call);
                if let Kind::InlCall { body, results } = &mut unit.nodes[call].kind {
                    let (body, mut results) = (std::mem::take(body), std::mem::take(results));
                    self.stmts(unit, body);
                    self.list(unit, &mut results);
                    (*op, *rhs) = (Op::As2, results);
                    return Outcome::Stays;
                }
                self.call(unit, call);
                self.through_temps(unit, lhs)
            }
            Op::As2DotType | Op::As2Recv | Op::As2MapR => {
                let source = rhs[0];
                match unit.nodes[source].kind {
                    Kind::Index(op, map, key) => {
                        let map = self.expr(unit, map, None);
                        let key = self.expr(unit, key, None);
                        let key = self.key(unit, unit.nodes[map].ty, key);
                        unit.nodes[source].kind = Kind::Index(op, map, key);
                    }
                    _ => self.children(unit, source),
                }
                self.through_temps(unit, lhs)
            }
            _ => {
                self.list(unit, rhs);
                Outcome::Stays
            }
        }
    }

    /// Sets temporaries instead of the destinations, which are assigned afterwards from left to right.
    fn through_temps(&mut self, unit: &mut Unit, lhs: &mut List) -> Outcome {
        let (mut xs, mut ys) = (List::new(), List::new());
        for slot in lhs {
            if unit.is_blank(*slot) {
                continue;
            }
            let temp = self.temp(unit, unit.nodes[*slot].ty);
            xs.push(std::mem::replace(slot, temp));
            ys.push(temp);
        }
        let assign = Kind::AssignList { op: Op::As2, lhs: xs, rhs: ys, def: false };
        Outcome::Then(unit.stmt(IrPos::NONE, assign))
    }
}

/// Select statements: channels and values are evaluated first, one case after the other; what is received goes through
/// temporaries.
impl Order<'_, '_> {
    fn select(&mut self, unit: &mut Unit, cases: &[NodeId]) {
        let mut prologues = Vec::with_capacity(cases.len());
        for &case in cases {
            let comm = match unit.nodes[case].kind {
                Kind::Comm { comm, .. } => comm,
                _ => None,
            };
            prologues.push(comm.map_or_else(List::new, |comm| self.communication(unit, comm)));
        }
        for (&case, prologue) in cases.iter().zip(prologues) {
            let Kind::Comm { body, .. } = &mut unit.nodes[case].kind else { continue };
            let body = std::mem::take(body);
            let mut all = prologue;
            all.extend(self.block(unit, body));
            if let Kind::Comm { body, .. } = &mut unit.nodes[case].kind {
                *body = all;
            }
        }
    }

    /// Orders a communication; returns what the clause starts with.
    fn communication(&mut self, unit: &mut Unit, comm: NodeId) -> List {
        let mut kind = std::mem::replace(&mut unit.nodes[comm].kind, Kind::Nil);
        let mut prologue = List::new();
        match &mut kind {
            Kind::Send(chan, value) => {
                *chan = self.in_temp(unit, *chan);
                *value = self.in_temp(unit, *value);
            }
            Kind::AssignList { lhs, rhs, .. } => {
                let chan = self.receiver(unit, rhs[0]);
                self.received(unit, lhs, chan, &mut prologue);
                // Declarations belong to the clause.
                unit.nodes[comm].init.clear();
            }
            _ => {}
        }
        unit.nodes[comm].kind = kind;
        self.block(unit, prologue)
    }

    fn receiver(&mut self, unit: &mut Unit, recv: NodeId) -> NodeId {
        let Kind::Unary(op, chan) = unit.nodes[recv].kind else { return recv };
        let chan = self.in_temp(unit, chan);
        unit.nodes[recv].kind = Kind::Unary(op, chan);
        chan
    }

    fn received(&mut self, unit: &mut Unit, lhs: &mut List, chan: NodeId, prologue: &mut List) {
        let store = self.cx.store;
        let elem = match *store.ty(store.under(unit.nodes[chan].ty)) {
            Type::Chan { elem, .. } => elem,
            _ => TypeId::INVALID,
        };
        for (slot, ty) in lhs.iter_mut().zip([elem, TypeId::BOOL]) {
            if unit.is_blank(*slot) {
                continue;
            }
            let temp = self.temp(unit, ty);
            let x = std::mem::replace(slot, temp);
            prologue.push(unit.stmt(IrPos::NONE, Kind::Assign { x, y: Some(temp), def: false }));
        }
    }

    fn in_temp(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        let node = self.expr(unit, node, None);
        let is_temp = unit.as_name(node).is_some_and(|name| unit.names[name].autotemp);
        if is_temp { node } else { self.copy(unit, node) }
    }
}
