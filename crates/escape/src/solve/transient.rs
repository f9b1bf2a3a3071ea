//! The solver of 1.19 to 1.21: stacks; only flows to the heap and to results count; a parameter's leak is told before
//! its escape.
//!
//! Locations that these releases call transient are those without [`Attrs::PERSISTS`].

use escargo_dialect::escaping::EscapeRules;

use super::walk::{Hops, Waiting};
use super::{Witness, outlives, record_leak};
use crate::graph::{Attrs, Graph, LocId, Role};
use crate::leaks::LeakLayout;

struct Solver<'a> {
    graph: &'a mut Graph,
    rules: &'a EscapeRules,
    witness: &'a mut dyn Witness,
    hops: Hops,
    layout: LeakLayout,
    list: Vec<LocId>,
    waiting: Waiting,
}

/// Walks from the heap, then from the others, last created first.
pub(super) fn solve(graph: &mut Graph, rules: &EscapeRules, witness: &mut dyn Witness) {
    let mut solver = Solver {
        hops: Hops::new(graph),
        layout: LeakLayout::new(rules.tracks_writes),
        list: graph.ordinary().chain([LocId::HEAP]).collect(),
        waiting: Waiting::all(graph),
        graph,
        rules,
        witness,
    };
    while let Some(root) = solver.list.pop() {
        solver.waiting.remove(root);
        solver.walk(root);
    }
}

impl Solver<'_> {
    fn walk(&mut self, root: LocId) {
        self.hops.start(root);
        let mut todo = vec![root];
        while let Some(loc) = todo.pop() {
            let Some(derefs) = self.visit(root, loc) else { continue };
            for index in self.graph.incoming(loc) {
                let edge = self.graph.edge_at(index);
                let src = edge.src;
                if !self.graph.locs[src].escapes() && self.hops.relax(loc, index, src, derefs + edge.derefs) {
                    todo.push(src);
                }
            }
        }
    }

    fn visit(&mut self, root: LocId, loc: LocId) -> Option<i32> {
        let reached = self.hops.derefs(loc);
        let derefs = reached.max(0);
        if reached < 0
            && self.graph.locs[root].attrs.has(Attrs::PERSISTS)
            && !self.graph.locs[loc].attrs.has(Attrs::PERSISTS)
        {
            self.gain(loc, Attrs::PERSISTS);
        }
        if !outlives(self.graph, self.rules, root, loc) {
            return Some(derefs);
        }
        let escapes = self.graph.locs[loc].escapes();
        if self.graph.locs[loc].role == Role::Param {
            if !escapes {
                self.witness.leaks(self.graph, &self.hops, root, loc, derefs as u32);
            }
            record_leak(self.graph, self.layout, root, loc, derefs as u32);
        }
        if reached < 0 && !escapes {
            self.witness.escapes(self.graph, &self.hops, root, loc);
            self.gain(loc, Attrs::ESCAPES);
            return None;
        }
        Some(derefs)
    }

    fn gain(&mut self, loc: LocId, attrs: Attrs) {
        let location = &mut self.graph.locs[loc];
        location.attrs = location.attrs.with(attrs);
        if self.waiting.add(loc) {
            self.list.push(loc);
        }
    }
}
