//! Bodies of functions that compare values of a type (`reflectdata/alg.go` before Go 1.27: eqFunc).

use escargo_base::Symbol;
use escargo_ir::{Kind, List, NodeId};
use escargo_types::{BasicKind, Type, TypeId};

use crate::equality::{Made, POS};
use crate::equality_conditions::Condition;
use crate::lowerer::Lowerer;

/// What of two elements is compared in one round over an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// `x == y`.
    Values,
    /// What takes no call.
    Cheap,
    /// What takes calls.
    Calls,
}

impl Lowerer<'_> {
    /// Makes the function that compares values of a struct or array type.
    pub(crate) fn equal_type(&mut self, ty: TypeId) {
        let name = format!(".eq.{}", self.link(ty));
        let pointer = self.store().pointer(ty);
        let Ok(made) = self.comparing_func(&name, &[("p", pointer), ("q", pointer)], ("r", TypeId::BOOL))
        else {
            return;
        };
        let neq = self.auto_label(made.func, ".neq");
        let store = self.store();
        let calls = match *store.ty(store.under(ty)) {
            Type::Array { elem, len } => {
                let mut body =
                    Elements { low: self, made: &made, neq, elem, len: len.unwrap_or(0), calls: false };
                body.compare();
                body.calls
            }
            _ => self.equal_fields(&made, neq, ty),
        };
        let shares_return = calls || self.equality_can_panic(ty);
        self.finish_equality(&made, neq, shares_return);
    }

    /// Whether any field takes a call.
    fn equal_fields(&mut self, made: &Made, neq: Symbol, ty: TypeId) -> bool {
        let (mut conditions, _) = self.equal_conditions(ty, made.params[0], made.params[1]);
        let calls = conditions.iter().any(|c| c.calls);
        let last = conditions.pop();
        for condition in conditions {
            let stmt = self.jump_unless(condition.node, neq);
            self.unit.funcs[made.func].body.push(stmt);
        }
        let last = last.map_or_else(|| self.building(|b| b.bool(POS, true)), |c| c.node);
        self.set_result(made, last);
        calls
    }

    fn set_result(&mut self, made: &Made, value: NodeId) {
        let result = made.params[2];
        let value = self.building(|b| b.assign_conv(POS, value, TypeId::BOOL));
        let stmt = self.unit.stmt(POS, Kind::Assign { x: result, y: Some(value), def: false });
        self.unit.funcs[made.func].body.push(stmt);
    }
}

/// Makes the body of a function that compares arrays.
struct Elements<'l, 'w> {
    low: &'l mut Lowerer<'w>,
    made: &'l Made,
    neq: Symbol,
    elem: TypeId,
    len: u64,
    /// Whether anything is called.
    calls: bool,
}

impl Elements<'_, '_> {
    fn compare(&mut self) {
        let store = self.low.store();
        match store.ty(store.under(self.elem)) {
            Type::Basic(basic) if basic.kind == BasicKind::String => {
                self.round(3, false, Round::Cheap);
                self.round(1, true, Round::Calls);
            }
            Type::Basic(basic) if matches!(basic.kind, BasicKind::Float32 | BasicKind::Float64) => {
                self.round(2, true, Round::Values);
            }
            Type::Struct(_) if self.compares_fields() => {
                self.round(4, false, Round::Cheap);
                self.round(2, true, Round::Calls);
            }
            _ => self.round(1, true, Round::Values),
        }
    }

    /// Whether the fields of the elements are compared in two rounds: those that take a call come second.
    fn compares_fields(&mut self) -> bool {
        let zero = self.low.building(|b| b.int(POS, 0));
        let (x, y) = self.elements(zero);
        let (conditions, ordered) = self.low.equal_conditions(self.elem, x, y);
        let calls = conditions.iter().filter(|c| c.calls).count();
        calls > 0 && calls < conditions.len() && !ordered
    }

    /// Compares all elements, `unroll` at a time if they are more. The last comparison of the last round is the
    /// result.
    fn round(&mut self, unroll: u64, last: bool, round: Round) {
        let times = self.len / unroll;
        let looped = if times == 1 { 0 } else { times * unroll };
        if looped > 0 {
            self.looped(unroll, looped, round);
            if looped == self.len {
                if last {
                    let yes = self.low.building(|b| b.bool(POS, true));
                    self.low.set_result(self.made, yes);
                }
                return;
            }
        }
        let end = self.len - u64::from(last);
        for i in looped..end {
            let test = self.test_at(i, round);
            let stmt = self.low.jump_unless(test, self.neq);
            self.low.unit.funcs[self.made.func].body.push(stmt);
        }
        if last {
            let test = self.test_at(end, round);
            self.low.set_result(self.made, test);
        }
    }

    fn looped(&mut self, unroll: u64, end: u64, round: Round) {
        let func = self.made.func;
        let counter = self.low.unit.new_temp(func, POS, TypeId::INT);
        let i = self.low.unit.names[counter].node;
        let mut body = List::new();
        for _ in 0..unroll {
            let test = self.test(i, round);
            body.push(self.low.jump_unless(test, self.neq));
            body.push(self.low.step(i, TypeId::INT, 1));
        }
        self.low.counting_loop(func, counter, (0, end, None), body);
    }

    fn test_at(&mut self, index: u64, round: Round) -> NodeId {
        let index = self.low.building(|b| b.int(POS, index as i64));
        self.test(index, round)
    }

    fn test(&mut self, index: NodeId, round: Round) -> NodeId {
        let (x, y) = self.elements(index);
        let store = self.low.store();
        let conditions = match round {
            Round::Values => vec![self.low.equal_values(x, y)],
            _ if store.is_string(self.elem) => self.low.equal_strings(x, y, true).into(),
            _ => self.low.equal_conditions(self.elem, x, y).0,
        };
        let wanted = |c: &Condition| round == Round::Values || c.calls == (round == Round::Calls);
        let mut chosen = conditions.into_iter().filter(wanted);
        let Some(first) = chosen.next() else { return self.low.building(|b| b.bool(POS, true)) };
        self.calls |= first.calls;
        chosen.fold(first.node, |all, condition| self.low.both(all, condition.node))
    }

    /// `p[index]`, `q[index]`.
    fn elements(&mut self, index: NodeId) -> (NodeId, NodeId) {
        let mut element = |x: NodeId| {
            let node = self.low.building(|b| b.index(POS, x, index));
            self.low.unit.nodes[node].bounded = true;
            node
        };
        (element(self.made.params[0]), element(self.made.params[1]))
    }
}
