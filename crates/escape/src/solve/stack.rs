//! The solver of 1.22 to 1.24: stacks, which may hold a location several times during a walk.

use escargo_dialect::escaping::EscapeRules;

use super::Witness;
use super::walk::{Waiting, Walker, WorkList};
use crate::graph::{Graph, LocId};

struct Stack {
    list: Vec<LocId>,
    waiting: Waiting,
}

impl WorkList for Stack {
    fn add(&mut self, _: &Graph, loc: LocId) {
        if self.waiting.add(loc) {
            self.list.push(loc);
        }
    }
}

/// Walks from the special locations, then from the others, last created first.
pub(super) fn solve(graph: &mut Graph, rules: &EscapeRules, witness: &mut dyn Witness) {
    let special = [LocId::MUTATOR, LocId::CALLEE, LocId::HEAP];
    let list = graph.ordinary().chain(special).collect();
    let mut work = Stack { list, waiting: Waiting::all(graph) };
    let mut walker = Walker::new(graph, rules, witness);
    let mut todo = Vec::new();
    while let Some(root) = work.list.pop() {
        work.waiting.remove(root);
        walker.start(root, &mut work);
        todo.push(root);
        while let Some(loc) = todo.pop() {
            if let Some(derefs) = walker.visit(root, loc, &mut work) {
                walker.expand(loc, derefs, &mut |_, src| todo.push(src));
            }
        }
    }
}
