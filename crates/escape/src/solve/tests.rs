//! The solvers against a plain one, on small and random graphs.

use escargo_base::{Id, Symbol};
use escargo_dialect::escaping::{EscapeRules, SolverRule};
use escargo_dialect::{CompilerModel, GoVersion};
use escargo_ir::FuncId;

use super::naive::snapshot;
use super::{Hops, Nobody, Witness, naive, solve};
use crate::graph::{Attrs, Edge, Graph, LocId, Location, Role, Scope, ScopeId, What};

fn rules() -> EscapeRules {
    CompilerModel::for_toolchain(GoVersion::release(27, 3)).escaping
}

/// Pseudo-random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

fn scope(parent: Option<ScopeId>) -> Scope {
    Scope {
        func: FuncId::from_index(0),
        name: Symbol::intern("f"),
        parent,
        literal: parent.is_some(),
        called: false,
        results_lost: false,
        results: Vec::new(),
    }
}

/// A graph of a few functions with parameters, results, literals, variables and expressions.
fn random_graph(seed: u64) -> Graph {
    let mut random = Random(seed);
    let mut graph = Graph::new();
    for i in 0..1 + random.below(3) {
        let parent = (i > 0 && random.below(3) > 0).then(|| ScopeId::from_index(random.below(i)));
        let id = graph.scopes.push(scope(parent));
        for i in 0..1 + random.below(6) {
            let attrs = if random.below(2) == 0 { Attrs::PERSISTS } else { Attrs::NONE };
            let depth = 1 + random.below(3) as u32;
            let mut location = Location::new(What::Temp, Some(id), depth, attrs);
            location.role = match random.below(5) {
                0 => Role::Param,
                1 => Role::Result(i as u32),
                2 => Role::Literal(id),
                _ => Role::Plain,
            };
            let role = location.role;
            let loc = graph.locs.push(location);
            if let Role::Result(_) = role {
                graph.scopes[id].results.push(loc);
            }
        }
    }
    let n = graph.locs.len();
    for _ in 0..random.below(3 * n) {
        let dst = [random.below(n), random.below(LocId::SPECIAL)][usize::from(random.below(6) == 0)];
        let src = LocId::SPECIAL + random.below(n - LocId::SPECIAL);
        let derefs = random.below(4) as i32 - 1;
        if dst != LocId::BLANK.index() && (dst != src || derefs < 0) {
            let edge = Edge { src: LocId::from_index(src), derefs, notes: None };
            graph.edge(LocId::from_index(dst), edge);
        }
    }
    graph
}

#[test]
fn all_orders_have_the_same_result() {
    let (queue, stack) = (rules(), EscapeRules { solver: SolverRule::Stack, ..rules() });
    for seed in 0..5_000 {
        let [mut a, mut b, mut c] = [(); 3].map(|()| random_graph(seed));
        naive::solve(&mut a, &queue);
        solve(&mut b, &queue, &mut Nobody);
        solve(&mut c, &stack, &mut Nobody);
        assert_eq!(snapshot(&a), snapshot(&b), "queue, seed {seed}");
        assert_eq!(snapshot(&a), snapshot(&c), "stack, seed {seed}");
    }
}

/// Writes down who is told what.
#[derive(Default)]
struct Log(Vec<(LocId, LocId, Option<u32>)>);

impl Witness for Log {
    fn escapes(&mut self, _: &Graph, _: &Hops, root: LocId, loc: LocId) {
        self.0.push((root, loc, None));
    }
    fn leaks(&mut self, _: &Graph, _: &Hops, root: LocId, loc: LocId, derefs: u32) {
        self.0.push((root, loc, Some(derefs)));
    }
}

/// `func(x int, y *int) (**int, *int) { return &y, &x }`: results are walked from the last on; a parameter's escape is
/// told before its leak since 1.22.
#[test]
fn order_of_two_results() {
    let graph = || {
        let mut graph = Graph::new();
        let f = graph.scopes.push(scope(None));
        let mut add = |role| {
            let mut location = Location::new(What::Temp, Some(f), 1, Attrs::PERSISTS);
            location.role = role;
            graph.locs.push(location)
        };
        let locs = [Role::Param, Role::Param, Role::Result(0), Role::Result(1)].map(&mut add);
        let [x, y, r0, r1] = locs;
        graph.edge(r0, Edge { src: y, derefs: -1, notes: None });
        graph.edge(r1, Edge { src: x, derefs: -1, notes: None });
        (graph, locs)
    };
    let (_, [x, y, r0, r1]) = graph();
    let run = |solver| {
        let mut log = Log::default();
        solve(&mut graph().0, &EscapeRules { solver, ..rules() }, &mut log);
        log.0
    };
    let new = vec![(r1, x, None), (r1, x, Some(0)), (r0, y, None), (r0, y, Some(0))];
    assert_eq!(run(SolverRule::Queue), new);
    assert_eq!(run(SolverRule::Stack), new);
    let old = vec![(r1, x, Some(0)), (r1, x, None), (r0, y, Some(0)), (r0, y, None)];
    assert_eq!(run(SolverRule::Transient), old);
}

/// Many values stored in a result: explained in the order of the edges with queues, backwards with stacks.
#[test]
fn order_of_edges() {
    let run = |solver| {
        let mut graph = Graph::new();
        let f = graph.scopes.push(scope(None));
        let mut result = Location::new(What::Temp, Some(f), 1, Attrs::PERSISTS);
        result.role = Role::Result(0);
        let result = graph.locs.push(result);
        let boxes = [(); 3].map(|()| graph.locs.push(Location::new(What::Temp, Some(f), 1, Attrs::NONE)));
        for src in boxes {
            graph.edge(result, Edge { src, derefs: -1, notes: None });
        }
        let mut log = Log::default();
        solve(&mut graph, &EscapeRules { solver, ..rules() }, &mut log);
        log.0.iter().map(|&(_, loc, _)| boxes.iter().position(|&b| b == loc)).collect::<Vec<_>>()
    };
    assert_eq!(run(SolverRule::Queue), [Some(0), Some(1), Some(2)]);
    assert_eq!(run(SolverRule::Stack), [Some(2), Some(1), Some(0)]);
    assert_eq!(run(SolverRule::Transient), [Some(2), Some(1), Some(0)]);
}
