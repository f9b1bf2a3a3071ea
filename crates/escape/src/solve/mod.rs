//! Which locations escape, and where parameters leak to (`escape/solve.go`).
//!
//! From each location the graph is walked backwards, for the fewest dereferences between the location and everything
//! that flows to it. A location whose address flows to something that outlives it escapes; it is then walked again, as
//! are all that learn something new, until nothing changes. The order of walks decides which explanation is found
//! first, so each era of the compiler has its own here; all of them come to the same result.

#[cfg(feature = "check-solver")]
pub(crate) mod checked;
#[cfg(any(test, feature = "check-solver"))]
mod naive;
mod queue;
mod stack;
#[cfg(test)]
mod tests;
mod transient;
mod walk;

use escargo_dialect::escaping::{Containment, EscapeRules, LiteralResults, SolverRule};

use crate::graph::{Graph, LocId, Role, ScopeId};
use crate::leaks::{LeakLayout, Sink};

pub(crate) use walk::Hops;

/// Who is told of what the solver finds, the moment it does. The ways are those known at that time.
pub(crate) trait Witness {
    /// `loc` escapes because its address flows to `root`.
    fn escapes(&mut self, graph: &Graph, hops: &Hops, root: LocId, loc: LocId);
    /// Parameter `loc` leaks to `root`.
    fn leaks(&mut self, graph: &Graph, hops: &Hops, root: LocId, loc: LocId, derefs: u32);
}

/// A witness that does not care.
pub(crate) struct Nobody;

impl Witness for Nobody {
    fn escapes(&mut self, _: &Graph, _: &Hops, _: LocId, _: LocId) {}
    fn leaks(&mut self, _: &Graph, _: &Hops, _: LocId, _: LocId, _: u32) {}
}

/// Solves a complete graph.
pub(crate) fn solve(graph: &mut Graph, rules: &EscapeRules, witness: &mut dyn Witness) {
    #[cfg(feature = "check-solver")]
    let unsolved = graph.clone();
    graph.freeze();
    match rules.solver {
        SolverRule::Transient => transient::solve(graph, rules, witness),
        SolverRule::Stack => stack::solve(graph, rules, witness),
        SolverRule::Queue => queue::solve(graph, rules, witness),
    }
    #[cfg(feature = "check-solver")]
    checked::compare(unsolved, graph, rules);
}

/// Whether values in `loc` may be used when `other`, on the stack, is gone.
pub(crate) fn outlives(graph: &Graph, rules: &EscapeRules, loc: LocId, other: LocId) -> bool {
    let (l, o) = (&graph.locs[loc], &graph.locs[other]);
    if l.escapes() {
        return true;
    }
    let (Some(scope), Some(other_scope)) = (l.scope, o.scope) else { return false };
    if let Role::Result(_) = l.role {
        // What callers do with results is unknown, unless the function is a literal whose calls are all known: then
        // results may point to variables around the literal.
        return !(contains(graph, rules, other_scope, scope) && knows_calls(graph, rules, scope));
    }
    if scope == other_scope {
        // Declared outside a loop that the other is declared in.
        return l.depth < o.depth;
    }
    contains(graph, rules, scope, other_scope)
}

fn knows_calls(graph: &Graph, rules: &EscapeRules, scope: ScopeId) -> bool {
    match rules.literal_results {
        LiteralResults::CalledInPlace => graph.scopes[scope].called,
        LiteralResults::NotLost => !graph.scopes[scope].results_lost,
    }
}

/// Whether literal `inner` stands inside `outer`.
fn contains(graph: &Graph, rules: &EscapeRules, outer: ScopeId, inner: ScopeId) -> bool {
    let scope = &graph.scopes[inner];
    if outer == inner || !scope.literal {
        return false;
    }
    match rules.containment {
        Containment::Names => {
            let rest = scope.name.as_str().strip_prefix(graph.scopes[outer].name.as_str());
            rest.is_some_and(|rest| rest.starts_with('.'))
        }
        Containment::Parents => {
            std::iter::successors(scope.parent, |&p| graph.scopes[p].parent).any(|p| p == outer)
        }
    }
}

/// Records that parameter `loc` leaks to `root`. Results count as such for their own function, unless they escape.
fn record_leak(graph: &mut Graph, layout: LeakLayout, root: LocId, loc: LocId, derefs: u32) {
    let sink = &graph.locs[root];
    let sink = match sink.role {
        Role::Result(i)
            if !sink.escapes() && sink.scope == graph.locs[loc].scope && (i as usize) < layout.results() =>
        {
            Sink::Result(i as usize)
        }
        _ => Sink::Heap,
    };
    graph.locs[loc].leaks.add(layout, sink, derefs);
}
