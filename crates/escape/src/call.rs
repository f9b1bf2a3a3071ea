//! Calls of functions (`escape/call.go`).

use escargo_dialect::escaping::CalleeRule;
use escargo_ir::{FuncId, Kind, NodeId, Op, Pragmas, static_callee, static_value};
use escargo_types::{BasicKind, Type, TypeId};
use smallvec::SmallVec;

use crate::analyzer::{Analyzer, Nodes};
use crate::assign::Holes;
use crate::event::Reason;
use crate::graph::{Hole, LocId};
use crate::leaks::{Leaks, Sink};

/// Functions that a call may call; none if they are not known.
type Callees = SmallVec<[FuncId; 1]>;

impl Analyzer<'_, '_> {
    /// Walks a call, of a builtin as well. `results` are the holes for its results; none where nobody looks at them.
    pub(crate) fn call(&mut self, results: Option<&[Hole]>, node: NodeId) {
        match &self.unit.nodes[node].kind {
            Kind::Call(_) => self.function_call(results, node),
            Kind::InlCall { body, results: values } => {
                let (body, values): (Nodes, Nodes) =
                    (body.iter().copied().collect(), values.iter().copied().collect());
                self.stmts(&body);
                for (i, &value) in values.iter().enumerate() {
                    let hole = results.map_or(Hole::new(LocId::BLANK), |results| results[i]);
                    self.expr(hole, value);
                }
            }
            _ => {
                let result = results.and_then(|results| results.first().copied());
                self.builtin(result.unwrap_or(Hole::new(LocId::BLANK)), node);
            }
        }
    }

    /// Walks an argument.
    pub(crate) fn argument(&mut self, hole: Hole, arg: NodeId, call: NodeId) {
        self.nth_argument(hole, arg, call, 0);
    }

    /// The same with its number, the receiver's first.
    fn nth_argument(&mut self, hole: Hole, arg: NodeId, call: NodeId, index: usize) {
        let arg = self.wrapped(arg, call);
        let hole = self.note(hole, call, Reason::CallParameter);
        self.nth(hole, index);
        self.expr(hole, arg);
    }

    fn function_call(&mut self, results: Option<&[Hole]>, node: NodeId) {
        if !self.cx.model.lowering.packs_arguments {
            self.unit.build(self.cx).fix_variadic(node);
        }
        let Kind::Call(call) = &self.unit.nodes[node].kind else { return };
        let (op, fun, keeps_alive) = (call.op, call.fun, call.keeps_alive);
        let mut args: Nodes = call.args.iter().copied().collect();
        let callees = if op == Op::CallFunc { self.callees(fun) } else { Callees::new() };

        self.flow_results(results, &callees);
        if op == Op::CallFunc {
            self.callee_operand(results, &callees, fun, node);
        } else if let Kind::Selector(s) = &self.unit.nodes[fun].kind {
            args.insert(0, s.x);
        }

        let fixed = if keeps_alive { Some(LocId::BLANK) } else { self.non_string_escape(&callees) };
        for (i, &arg) in args.iter().enumerate() {
            let hole = match fixed {
                Some(loc) => Hole::new(loc),
                None => {
                    self.keep_pointers(arg, node, &callees);
                    self.argument_hole(results, &callees, fun, i)
                }
            };
            self.nth_argument(hole, arg, node, i);
        }
    }

    /// Functions that the value of `fun` can be.
    fn callees(&mut self, fun: NodeId) -> Callees {
        match self.rules.callees {
            CalleeRule::One => {
                static_callee(self.unit, static_value(self.cx, self.unit, fun)).into_iter().collect()
            }
            CalleeRule::AllAssigned => {
                let func = self.frame.func;
                let value = self.values.static_value(self.cx, self.unit, func, fun);
                match (static_callee(self.unit, value), self.unit.as_name(value)) {
                    (Some(callee), _) => Callees::from_slice(&[callee]),
                    (None, Some(name)) => {
                        let stmts = self.values.assignments(self.cx, self.unit, func, name);
                        assigned_callees(self.unit, stmts.unwrap_or_default()).unwrap_or_default()
                    }
                    (None, None) => Callees::new(),
                }
            }
        }
    }

    /// Results of functions of the batch flow to where those of the call go.
    fn flow_results(&mut self, results: Option<&[Hole]>, callees: &[FuncId]) {
        let Some(holes) = results else { return };
        for &callee in callees {
            if self.scope_of(callee).is_none() {
                continue;
            }
            for (i, &hole) in holes.iter().enumerate() {
                let Some(&result) = self.unit.funcs[callee].results().get(i) else { break };
                let value = self.unit.names[result].node;
                self.expr(hole, value);
            }
        }
    }

    fn callee_operand(&mut self, results: Option<&[Hole]>, callees: &[FuncId], fun: NodeId, node: NodeId) {
        if let Kind::Closure(func) = self.unit.nodes[fun].kind
            && let Some(scope) = self.scope_of(func)
        {
            self.graph.scopes[scope].called = true;
        }
        let used = results.is_some_and(|results| results.iter().any(|hole| !hole.is_blank()));
        if callees.is_empty() && used && self.rules.tracks_writes {
            // A literal that is called here may return anything to where the results go.
            let hole = self.note(Hole::new(LocId::CALLEE), node, Reason::CalleeOperand);
            self.expr(hole, fun);
        } else {
            let fun = self.wrapped(fun, node);
            self.discard(fun);
        }
    }

    /// The hole for the argument of input `index`, receivers included, of a call of `fun`.
    fn argument_hole(
        &mut self,
        results: Option<&[Hole]>,
        callees: &[FuncId],
        fun: NodeId,
        index: usize,
    ) -> Hole {
        match callees {
            [] => Hole::new(LocId::HEAP),
            &[callee] if static_callee(self.unit, fun) == Some(callee) => {
                self.param_hole(results, callee, index)
            }
            _ => {
                let holes: Holes =
                    callees.iter().map(|&callee| self.possible_hole(results, callee, index)).collect();
                self.tee(&holes)
            }
        }
    }

    /// The hole for input `index` of a function that the call does not name: a note names it.
    fn possible_hole(&mut self, results: Option<&[Hole]>, callee: FuncId, index: usize) -> Hole {
        let hole = self.param_hole(results, callee, index);
        if hole.is_blank() {
            return hole;
        }
        let name = self.unit.names[self.unit.funcs[callee].name].node;
        let hole = self.trail_note(hole, name, Reason::CallParameter);
        if self.tracer.is_some() {
            self.nth(hole, index);
        }
        hole
    }

    /// The hole for what is passed to input `index` of a known function: the parameter itself within the batch, else
    /// what the tag says.
    pub(crate) fn param_hole(&mut self, results: Option<&[Hole]>, callee: FuncId, index: usize) -> Hole {
        if self.scope_of(callee).is_some() {
            let param = self.unit.funcs[callee].inputs().get(index).copied();
            let param = param.filter(|&param| !self.rules.numbers_inputs || !self.is_unnamed(param));
            let node = param.map(|param| self.unit.names[param].node);
            return self.destination(node);
        }
        let tag = self.unit.funcs[callee].tags.get(index).map_or(&[][..], |tag| tag);
        let leaks = Leaks::decode(tag);
        let mut holes = Holes::new();
        for sink in self.layout.sinks() {
            let Some(derefs) = leaks.get(self.layout, sink) else { continue };
            let hole = match sink {
                Sink::Heap => Some(Hole::new(LocId::HEAP)),
                Sink::Mutator => Some(Hole::new(LocId::MUTATOR)),
                Sink::Callee => Some(Hole::new(LocId::CALLEE)),
                Sink::Result(i) => results.and_then(|results| results.get(i).copied()),
            };
            holes.extend(hole.map(|hole| hole.shift(derefs as i32)));
        }
        self.tee(&holes)
    }

    /// Where the argument goes if the call is one of the function that lets everything escape but strings.
    fn non_string_escape(&self, callees: &[FuncId]) -> Option<LocId> {
        let (&[callee], Some(special)) = (callees, self.rules.non_string_escaper) else { return None };
        let (name, store) = (self.unit.func_name(callee), self.cx.store);
        let generic = name.sym.as_str().split_once('[')?.0;
        let package = store.pkg(name.pkg?).path.as_str();
        if generic != special.name || package != special.package {
            return None;
        }
        // Its dictionary comes first.
        let signature = store.as_signature(name.ty)?;
        let &[_, param] = store.tuple(signature.params) else { return None };
        let ty = store.obj_type(param);
        if !store.is_shape(ty) {
            return None;
        }
        Some(if self.has_non_string_pointers(ty) { LocId::HEAP } else { LocId::BLANK })
    }

    fn has_non_string_pointers(&self, ty: TypeId) -> bool {
        let store = self.cx.store;
        if !self.cx.has_pointers(ty) {
            return false;
        }
        match store.ty(store.under(ty)) {
            Type::Basic(basic) => basic.kind != BasicKind::String,
            Type::Struct(s) => {
                s.fields.iter().any(|&field| self.has_non_string_pointers(store.obj_type(field)))
            }
            &Type::Array { elem, .. } => self.has_non_string_pointers(elem),
            _ => true,
        }
    }
}

/// The functions that assignments give a variable; nothing if one is not known, or must be known alone.
fn assigned_callees(unit: &escargo_ir::Unit, stmts: &[NodeId]) -> Option<Callees> {
    let mut callees = Callees::new();
    for &stmt in stmts {
        let Kind::Assign { y: Some(value), .. } = unit.nodes[stmt].kind else { continue };
        if unit.is_zero(value) {
            continue;
        }
        let callee = static_callee(unit, value)?;
        let pragmas = unit.funcs[callee].pragmas;
        if pragmas.has(Pragmas::UINTPTR_KEEP_ALIVE) || pragmas.has(Pragmas::UINTPTR_ESCAPES) {
            return None;
        }
        callees.push(callee);
    }
    Some(callees)
}
