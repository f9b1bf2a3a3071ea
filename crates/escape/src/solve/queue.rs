//! The solver of 1.25 and later: queues; locations that escape are walked before others.

use std::collections::VecDeque;

use escargo_dialect::escaping::EscapeRules;

use super::Witness;
use super::walk::{Waiting, Walker, WorkList};
use crate::graph::{Graph, LocId};

struct Queue {
    list: VecDeque<LocId>,
    waiting: Waiting,
}

impl WorkList for Queue {
    fn add(&mut self, graph: &Graph, loc: LocId) {
        if !self.waiting.add(loc) {
            return;
        }
        if graph.locs[loc].escapes() {
            self.list.push_front(loc);
        } else {
            self.list.push_back(loc);
        }
    }
}

/// Walks from the special locations, then from the others, last created first.
pub(super) fn solve(graph: &mut Graph, rules: &EscapeRules, witness: &mut dyn Witness) {
    let special = [LocId::HEAP, LocId::CALLEE, LocId::MUTATOR];
    let list = special.into_iter().chain(graph.ordinary().rev()).collect();
    let mut work = Queue { list, waiting: Waiting::all(graph) };
    let mut walker = Walker::new(graph, rules, witness);
    let mut todo = VecDeque::new();
    while let Some(root) = work.list.pop_front() {
        work.waiting.remove(root);
        walker.start(root, &mut work);
        todo.push_back(root);
        while let Some(loc) = todo.pop_front() {
            walker.hops.unlist(loc);
            let Some(derefs) = walker.visit(root, loc, &mut work) else { continue };
            walker.expand(loc, derefs, &mut |hops, src| {
                if hops.list(src) {
                    todo.push_back(src);
                }
            });
        }
    }
}
