//! A solver that is easy to believe: it computes distances from every location to every other until nothing changes,
//! then applies the rules to all pairs, over and over.

use escargo_base::Id;
use escargo_dialect::escaping::EscapeRules;

use super::{outlives, record_leak};
use crate::graph::{Attrs, Graph, LocId, Role};
use crate::leaks::{LeakLayout, Sink};

/// Solves a complete graph.
pub(super) fn solve(graph: &mut Graph, rules: &EscapeRules) {
    graph.freeze();
    while round(graph, rules) {}
}

/// Applies the rules once to all pairs; whether anything changed.
fn round(graph: &mut Graph, rules: &EscapeRules) -> bool {
    let before = snapshot(graph);
    let roots: Vec<LocId> =
        [LocId::HEAP, LocId::MUTATOR, LocId::CALLEE].into_iter().chain(graph.ordinary()).collect();
    for root in roots {
        if let Role::Literal(scope) = graph.locs[root].role
            && graph.locs[root].attrs.has(Attrs::CALLS)
        {
            graph.scopes[scope].results_lost = true;
        }
        for (i, derefs) in distances(graph, root).into_iter().enumerate() {
            if let Some(derefs) = derefs {
                apply(graph, rules, root, LocId::from_index(i), derefs);
            }
        }
    }
    before != snapshot(graph)
}

/// Fewest dereferences from each location to `root`. What flows to a location that escapes is seen from there.
fn distances(graph: &Graph, root: LocId) -> Vec<Option<i32>> {
    let mut best: Vec<Option<i32>> = vec![None; graph.locs.len()];
    best[root.index()] = Some(0);
    loop {
        let before = best.clone();
        for loc in graph.locs.ids() {
            let Some(derefs) = best[loc.index()] else { continue };
            for edge in graph.incoming(loc).map(|i| graph.edge_at(i)) {
                let derefs = derefs.max(0) + edge.derefs;
                let slot = &mut best[edge.src.index()];
                if !graph.locs[edge.src].escapes() && slot.is_none_or(|old| derefs < old) {
                    *slot = Some(derefs);
                }
            }
        }
        if best == before {
            return best;
        }
    }
}

fn apply(graph: &mut Graph, rules: &EscapeRules, root: LocId, loc: LocId, reached: i32) {
    let layout = LeakLayout::new(rules.tracks_writes);
    let (derefs, root_attrs) = (reached.max(0), graph.locs[root].attrs);
    let outlived = outlives(graph, rules, root, loc);
    let mut gained = Attrs::NONE;
    if reached < 0 {
        gained = if outlived { Attrs::ALL } else { root_attrs.and(Attrs::PERSISTS) };
    }
    if derefs == 0 {
        gained = gained.with(root_attrs.and(Attrs::MUTATES.with(Attrs::CALLS)));
    }
    if graph.locs[loc].role == Role::Param {
        if outlived {
            record_leak(graph, layout, root, loc, derefs as u32);
        }
        for (attr, sink) in [(Attrs::MUTATES, Sink::Mutator), (Attrs::CALLS, Sink::Callee)] {
            if root_attrs.has(attr) {
                graph.locs[loc].leaks.add(layout, sink, derefs as u32);
            }
        }
    }
    graph.locs[loc].attrs = graph.locs[loc].attrs.with(gained);
}

/// What counts of a solution.
pub(super) fn snapshot(graph: &Graph) -> Vec<(Attrs, Vec<u8>)> {
    let state = |loc: LocId| {
        let location = &graph.locs[loc];
        let mut leaks = location.leaks;
        leaks.optimize();
        (location.attrs, leaks.encode().into_vec())
    };
    graph.locs.ids().map(state).collect()
}
