//! Function literals and the variables they capture (`escape/expr.go`; `escape/escape.go`, flowClosure).

use escargo_ir::{FuncId, Kind, NodeId};

use crate::Event;
use crate::analyzer::Analyzer;
use crate::event::Reason;
use crate::graph::Hole;

/// Variables of at most this many bytes that are assigned once are captured by value.
const MAX_BY_VALUE: u64 = 128;

impl Analyzer<'_, '_> {
    /// Walks a function literal whose value goes to `hole`.
    pub(crate) fn literal(&mut self, hole: Hole, node: NodeId, func: FuncId) {
        let hole = self.spill(hole, node);
        self.literals.push((hole, node));
        if !self.is_closure(func) {
            return;
        }
        for i in 0..self.unit.funcs[func].closure_vars.len() {
            let Some(loc) = self.loc_of(self.unit.funcs[func].closure_vars[i]) else { continue };
            let depth = self.frame.depth;
            let location = &mut self.graph.locs[loc];
            if !std::mem::replace(&mut location.captured, true) && location.depth == depth {
                // What was assigned on the way to the first literal does not count.
                location.reassigned = false;
            }
        }
        self.walk_literal(func);
    }

    /// Decides how a literal captures its variables, which flow to `hole`.
    pub(crate) fn flow_captures(&mut self, hole: Hole, literal: NodeId) {
        let Kind::Closure(func) = self.unit.nodes[literal].kind else { return };
        // The first use of a captured variable stands in the literal.
        self.frame.func = func;
        for i in 0..self.unit.funcs[func].closure_vars.len() {
            let captured = self.unit.funcs[func].closure_vars[i];
            let name = self.unit.canonical(captured);
            let Some(loc) = self.loc_of(name) else {
                debug_assert!(false, "a variable without location is captured");
                continue;
            };
            let size = self.size_of(self.unit.names[name].ty);
            let location = &self.graph.locs[loc];
            let (addrtaken, reassigned) = (location.addrtaken, location.reassigned);
            let by_ref = addrtaken || reassigned || size > MAX_BY_VALUE;
            self.graph.locs[loc].by_ref = by_ref;
            if by_ref {
                self.unit.names[name].addrtaken = true;
            }
            if self.explains() && self.tracer.is_none() {
                let variable = &self.unit.names[name];
                let (pos, func, text) = (variable.pos, variable.owner, self.text(variable.node));
                (self.sink)(
                    self.unit,
                    Event::CapturingBy { pos, func, by_ref, text, addrtaken, reassigned, size },
                );
            }
            let use_node = self.unit.names[captured].node;
            let mut hole = hole;
            if by_ref {
                hole = self.addr(hole, use_node, Reason::Reference);
            }
            let hole = self.note(hole, use_node, Reason::CapturedByClosure);
            self.flow(hole, loc);
        }
    }
}
