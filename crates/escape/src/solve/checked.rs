//! Every solution compared with that of the naive solver, while real code is compiled (feature `check-solver`).

use std::sync::atomic::{AtomicUsize, Ordering};

use escargo_dialect::escaping::{EscapeRules, SolverRule};

use super::naive;
use crate::graph::Graph;

static GRAPHS: AtomicUsize = AtomicUsize::new(0);
static FUNCTIONS: AtomicUsize = AtomicUsize::new(0);
static LOCATIONS: AtomicUsize = AtomicUsize::new(0);

/// Solves `unsolved` the simple way; the results must be the same.
///
/// # Panics
/// If they differ.
pub(super) fn compare(mut unsolved: Graph, solved: &Graph, rules: &EscapeRules) {
    // In this era a location may be known to be transient, which the naive solver knows nothing of.
    if rules.solver == SolverRule::Transient {
        return;
    }
    naive::solve(&mut unsolved, rules);
    let names = || solved.scopes.iter().map(|scope| scope.name.as_str()).collect::<Vec<_>>().join(", ");
    assert!(naive::snapshot(&unsolved) == naive::snapshot(solved), "another solution of {}", names());
    GRAPHS.fetch_add(1, Ordering::Relaxed);
    FUNCTIONS.fetch_add(solved.scopes.len(), Ordering::Relaxed);
    LOCATIONS.fetch_add(solved.locs.len(), Ordering::Relaxed);
}

/// Graphs compared so far, with their functions and locations.
pub fn compared() -> (usize, usize, usize) {
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    (count(&GRAPHS), count(&FUNCTIONS), count(&LOCATIONS))
}
