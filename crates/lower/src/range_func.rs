//! Loops over functions in their rewritten form (`rangefunc/rewrite.go`): the body as a literal that is handed to the
//! function, and checks of what the body did to leave the loop.

use std::rc::Rc;

use escargo_ir::{IrPos, Kind, List, NameId, NodeId, Op};
use escargo_syntax::{BranchKind, ExprId, StmtId};
use escargo_types::identity::identical;
use escargo_types::{ObjId, TypeId, Value};

use crate::assign::Target;
use crate::body::Body;
use crate::func::{Code, LiteralKind};
use crate::range_plan::{Check, Compare, Jump, Loop, State, Then, core_signature};
use crate::stmt::branch_op;

impl<'w> Body<'_, 'w> {
    /// A loop over a function.
    pub(crate) fn range_func(&mut self, range: &Rc<Loop>, out: &mut List) {
        let (start, end) = (self.at(range.start), self.at(range.end));
        for &var in &range.declares {
            let stmt = self.declare_outer(start, var);
            out.push(stmt);
        }
        let state = self.declare_var(range.state);
        let ready = self.int(start, State::Ready as i64);
        out.push(self.init(start, state, ready));
        let yields = self.declare_var(range.yields);
        let ty = self.ty(range.sig);
        let made = Rc::clone(range);
        let code = Code::Made(Rc::new(move |body: &mut Body<'_, 'w>| body.range_body(&made)));
        let literal = self.literal(LiteralKind::Range, start, range.sig, ty, code);
        out.push(self.init(start, yields, literal));
        let call = self.range_call(range, start);
        out.push(call);
        // The function has returned: if the body panicked, the panic was swallowed.
        let panicked = self.compare(end, Op::Eq, range.state, State::Panic as i64);
        let missing = self.int(end, State::MissingPanic as i64);
        let panic = self.call_runtime(end, "panicrangestate", missing);
        out.push(self.check_stmt(end, panicked, List::from([panic])));
        out.push(self.set_state(end, range.state, State::Exhausted));
        if let Some(next) = range.next {
            for check in &range.checks {
                let stmt = self.check(end, next, check);
                out.push(stmt);
            }
        }
    }

    /// Declares `#next` or `#defers`.
    fn declare_outer(&mut self, pos: IrPos, var: ObjId) -> NodeId {
        let name = self.declare_var(var);
        if self.low.cx.store.obj_type(var) == TypeId::INT {
            return self.zero_stmt(pos, name);
        }
        let fun = self.low.runtime_func("deferrangefunc");
        let func = self.func;
        let call = self.build().call(func, pos, fun, List::new(), false);
        self.init(pos, name, call)
    }

    /// `x(#yield)`.
    fn range_call(&mut self, range: &Loop, pos: IrPos) -> NodeId {
        let store = self.low.cx.store;
        let param = core_signature(store, self.type_of(range.x))
            .and_then(|sig| store.tuple(sig.params).first())
            .map(|&var| store.obj_type(var));
        let (sig, yields) = (range.sig, range.yields);
        self.call_fun(range.x, pos, false, |body, _| {
            let arg = body.local(yields, pos);
            List::from([body.implicit_conv(pos, arg, sig, param)])
        })
    }

    /// The body of a loop as that of a literal.
    fn range_body(&mut self, range: &Loop) -> List {
        let tree = &self.source().tree;
        let (start, end) = (self.at(range.start), self.at(range.end));
        let mut out = List::new();
        for param in &range.params {
            if let Some(target) = param.assign {
                let stmt = self.assign_param(target, param.var);
                out.push(stmt);
            }
        }
        let state = self.declare_var(range.tmp_state);
        let value = self.local(range.state, IrPos::NONE);
        out.push(self.init(IrPos::NONE, state, value));
        out.push(self.set_state(start, range.state, State::Panic));
        let not_ready = self.compare(start, Op::Ne, range.tmp_state, State::Ready as i64);
        let state = self.local(range.tmp_state, start);
        let panic = self.call_runtime(start, "panicrangestate", state);
        out.push(self.check_stmt(start, not_ready, List::from([panic])));
        let body: Vec<StmtId> = tree.list(range.body).collect();
        let (list, ends) = self.stmts_to_end(&body);
        out.extend(list);
        if !ends {
            out.push(self.set_state(end, range.state, State::Ready));
            out.push(self.return_bool(end, true));
        }
        out
    }

    /// `target = #p`, for loops that assign to variables that exist.
    fn assign_param(&mut self, target: ExprId, param: ObjId) -> NodeId {
        let pos = self.at(self.source().tree.loc(target).pos);
        let to = self.target_type(Target::Expr(target));
        let (lhs, _) = self.target(Target::Expr(target));
        let from = self.low.cx.store.obj_type(param);
        let value = self.local(param, pos);
        let value = self.implicit_conv(pos, value, from, to);
        self.set(pos, lhs, value)
    }

    /// What replaces a jump out of a loop's body.
    pub(crate) fn range_jump(&mut self, pos: IrPos, jump: &Jump, values: &[ExprId], out: &mut List) {
        match jump {
            &Jump::Own { state, goes_on } => {
                let to = if goes_on { State::Ready } else { State::Done };
                out.push(self.set_state(pos, state, to));
                out.push(self.return_bool(pos, goes_on));
            }
            Jump::Outer { next, value, state, results } => {
                if let Some(results) = results {
                    let stmt = self.assign_results(pos, results, values);
                    out.push(stmt);
                }
                out.push(self.set_int(pos, *next, *value));
                out.push(self.set_state(pos, *state, State::Done));
                out.push(self.return_bool(pos, false));
            }
        }
    }

    fn assign_results(&mut self, pos: IrPos, results: &[ObjId], values: &[ExprId]) -> NodeId {
        let store = self.low.cx.store;
        let lhs = results.iter().map(|&var| self.local(var, pos)).collect();
        let types: Vec<Option<TypeId>> = results.iter().map(|&var| Some(store.obj_type(var))).collect();
        let rhs = self.multi_expr(pos, &types, values);
        self.assignment(pos, lhs, rhs, &[])
    }

    /// A check after a loop.
    fn check(&mut self, pos: IrPos, next: ObjId, check: &Check) -> NodeId {
        let op = match check.op {
            Compare::Eq => Op::Eq,
            Compare::Lt => Op::Lt,
            Compare::Gt => Op::Gt,
        };
        let cond = self.compare(pos, op, next, check.value);
        let mut then = List::new();
        if check.clear {
            then.push(self.set_int(pos, next, 0));
        }
        match check.then {
            Then::Jump(kind, label) => then.push(self.jump_to(pos, kind, label)),
            Then::Return => then.push(self.return_values(pos, List::new(), List::new())),
            Then::Leave { state, goes_on } => {
                let to = if goes_on { State::Ready } else { State::Done };
                then.push(self.set_state(pos, state, to));
                then.push(self.return_bool(pos, goes_on));
            }
            Then::Panic => {
                let done = self.int(pos, State::Done as i64);
                then.push(self.call_runtime(pos, "panicrangestate", done));
            }
        }
        self.check_stmt(pos, cond, then)
    }

    fn jump_to(&mut self, pos: IrPos, kind: BranchKind, label: escargo_base::Symbol) -> NodeId {
        let label = self.label(label);
        self.low.unit.stmt(pos, Kind::Branch(branch_op(kind), Some(label)))
    }

    // ----- small pieces -----

    /// `node`, of the checker's type `from`, converted implicitly unless the types are identical.
    fn implicit_conv(&mut self, pos: IrPos, node: NodeId, from: TypeId, to: Option<TypeId>) -> NodeId {
        match to.filter(|&to| !identical(self.low.cx.store, from, to)) {
            Some(to) => {
                let to = self.ty(to);
                self.build().convert(pos, node, to, true)
            }
            None => node,
        }
    }

    fn int(&mut self, pos: IrPos, value: i64) -> NodeId {
        self.build().literal(pos, TypeId::INT, &Value::int(value))
    }

    fn init(&mut self, pos: IrPos, name: NameId, value: NodeId) -> NodeId {
        let lhs = List::from([self.low.unit.names[name].node]);
        self.assignment(pos, lhs, List::from([value]), &[name])
    }

    fn set(&mut self, pos: IrPos, lhs: NodeId, value: NodeId) -> NodeId {
        self.assignment(pos, List::from([lhs]), List::from([value]), &[])
    }

    fn set_int(&mut self, pos: IrPos, var: ObjId, value: i64) -> NodeId {
        let lhs = self.local(var, pos);
        let value = self.int(pos, value);
        self.set(pos, lhs, value)
    }

    fn set_state(&mut self, pos: IrPos, var: ObjId, state: State) -> NodeId {
        self.set_int(pos, var, state as i64)
    }

    /// `var op value`, as a condition.
    fn compare(&mut self, pos: IrPos, op: Op, var: ObjId, value: i64) -> NodeId {
        let var = self.local(var, pos);
        let value = self.int(pos, value);
        let node = self.build().binary(pos, op, var, value);
        self.build().default_lit(node, None, false)
    }

    fn check_stmt(&mut self, pos: IrPos, cond: NodeId, body: List) -> NodeId {
        self.low.unit.stmt(pos, Kind::If { cond, body, els: List::new() })
    }

    /// `return true` or `return false` in the body of a loop. The names are constants without type, which are
    /// converted.
    fn return_bool(&mut self, pos: IrPos, value: bool) -> NodeId {
        let kind = Kind::Literal(Box::new(Value::Bool(value)));
        let literal = self.low.unit.expr(IrPos::NONE, TypeId::UNTYPED_BOOL, kind);
        let value = self.build().convert(pos, literal, TypeId::BOOL, true);
        self.return_values(pos, List::from([value]), List::new())
    }

    fn call_runtime(&mut self, pos: IrPos, name: &str, arg: NodeId) -> NodeId {
        let fun = self.low.runtime_func(name);
        let func = self.func;
        self.build().call(func, pos, fun, List::from([arg]), false)
    }
}
