//! Trails: how things flow, as ids of the unit. What explanations are for the compiler's text, trails are for those who
//! look at flows themselves.

use escargo_base::Id;
use escargo_dialect::escaping::EscapeRules;
use escargo_ir::{FuncId, NameId, NodeId, Unit};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::Reason;
use crate::graph::{Edge, Graph, Hole, LocId, NoteId, Role, What};
use crate::solve::{Hops, Witness, outlives};

/// What is told of flows, the moment it is found.
#[derive(Debug)]
pub enum Trace {
    /// A variable, or what an expression allocates, escapes.
    Escapes {
        /// Which.
        spot: Spot,
        /// The function it belongs to.
        func: FuncId,
        /// Why.
        trail: Trail,
    },
    /// A parameter leaks.
    Leaks {
        /// Which.
        param: NameId,
        /// The function it belongs to.
        func: FuncId,
        /// The result that it leaks to; none if it leaks to the heap.
        result: Option<u32>,
        /// Dereferences on the way.
        derefs: u32,
        /// How.
        trail: Trail,
    },
    /// An address goes somewhere that does not outlive it.
    Stays {
        /// What has the address.
        spot: Spot,
        /// The function it belongs to.
        func: FuncId,
        /// Where it goes.
        hop: Hop,
    },
}

/// How something flows to what outlives it.
#[derive(Debug)]
pub struct Trail {
    /// From the thing onwards.
    pub hops: Vec<Hop>,
    /// What is at the end.
    pub end: TrailEnd,
    /// The hops went in a circle before they arrived.
    pub truncated: bool,
}

/// What is at the end of a trail, as seen from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailEnd {
    /// The heap.
    Heap,
    /// A result, by its index.
    Result(u32),
    /// Something that escapes itself.
    Escaping(Spot),
    /// Something declared outside of a loop that the beginning is declared in.
    OutlivesLoop(Spot),
    /// Something of a function around that of the beginning.
    OutlivesFunction(Spot),
}

/// A flow from one place to the next.
#[derive(Debug)]
pub struct Hop {
    /// Where it comes from.
    pub from: Spot,
    /// Where it goes.
    pub to: Spot,
    /// Dereferences on the way; -1 if the address flows.
    pub derefs: i32,
    /// What makes it flow, innermost expression first.
    pub notes: SmallVec<[HopNote; 2]>,
}

/// An expression or statement that makes a value flow.
#[derive(Clone, Copy, Debug)]
pub struct HopNote {
    /// Which. For [`Reason::CallParameter`] the call, the go or defer statement, or the method value; behind that of a
    /// call of a variable, the name of a function that the variable may hold.
    pub node: NodeId,
    /// What it does.
    pub reason: Reason,
    /// For arguments: which, the receiver first; for assignments: which of several destinations.
    pub input: u16,
    /// The function in whose code it is.
    pub func: FuncId,
}

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spot {
    /// The heap.
    Heap,
    /// A place without name.
    Temp,
    /// A variable.
    Variable(NameId),
    /// What an expression allocates.
    Storage(NodeId),
}

/// Edges one after the other, each with the place that it leads to.
type Edges = Vec<(LocId, u32)>;

/// Gets trails to where they are wanted.
pub(crate) struct Tracer<'a> {
    trace: &'a mut dyn FnMut(&Unit, Trace),
    /// Addresses that nobody looks at, while the graph of a batch is built, if they are wanted.
    discarded: Option<Vec<(LocId, Hole)>>,
    /// By location: the trail that met it last.
    met: Vec<u32>,
    /// Number of trails so far.
    trails: u32,
}

impl<'a> Tracer<'a> {
    pub(crate) fn new(trace: &'a mut dyn FnMut(&Unit, Trace), stays: bool) -> Tracer<'a> {
        Tracer { trace, discarded: stays.then(Vec::new), met: Vec::new(), trails: 0 }
    }

    /// The address of `src` goes where nobody looks at it.
    pub(crate) fn discards(&mut self, src: LocId, hole: Hole) {
        if let Some(discarded) = &mut self.discarded {
            discarded.push((src, hole));
        }
    }

    /// The address of `src` flows to a hole that is on the heap already.
    pub(crate) fn escapes_at_once(&mut self, unit: &Unit, graph: &Graph, hole: Hole, src: LocId) {
        let hops = vec![hop(graph, hole.dst, src, hole.derefs, hole.notes)];
        let end = match spot(graph, hole.dst) {
            Spot::Heap => TrailEnd::Heap,
            other => TrailEnd::Escaping(other),
        };
        self.escape(unit, graph, src, Trail { hops, end, truncated: false });
    }

    /// A batch is solved: tells where the addresses of what does not escape go.
    pub(crate) fn stays(&mut self, unit: &Unit, graph: &Graph) {
        let Some(discarded) = &mut self.discarded else { return };
        let discarded = std::mem::take(discarded);
        for (to, &Edge { src, derefs, notes }) in graph.all_edges() {
            if derefs < 0 {
                self.stay(unit, graph, src, hop(graph, to, src, derefs, notes));
            }
        }
        for (src, Hole { dst, derefs, notes, .. }) in discarded {
            self.stay(unit, graph, src, hop(graph, dst, src, derefs, notes));
        }
    }

    fn stay(&mut self, unit: &Unit, graph: &Graph, src: LocId, hop: Hop) {
        let (spot, Some(func)) = (hop.from, func_of(graph, src)) else { return };
        if !graph.locs[src].escapes() && spot != Spot::Temp {
            (self.trace)(unit, Trace::Stays { spot, func, hop });
        }
    }

    fn escape(&mut self, unit: &Unit, graph: &Graph, loc: LocId, trail: Trail) {
        let (spot, Some(func)) = (spot(graph, loc), func_of(graph, loc)) else { return };
        if spot != Spot::Temp {
            (self.trace)(unit, Trace::Escapes { spot, func, trail });
        }
    }

    /// The way from `start` to `root` that the solver knows; where that goes in a circle, because parts of it were found
    /// again later, another one with as many dereferences.
    fn trail(&mut self, graph: &Graph, hops: &Hops, root: LocId, start: LocId, derefs: i32) -> Trail {
        let known = self.known(graph, hops, root, start);
        let (edges, truncated) = match known {
            Ok(edges) => (edges, false),
            Err(edges) => match search(graph, root, start, derefs) {
                Some(edges) => (edges, false),
                None => (edges, true),
            },
        };
        Trail::new(graph, &edges, end(graph, root, start), truncated)
    }

    /// The way of a thing that escapes. One that leads to a place which merely outlives the thing ends at the first such
    /// place: what the solver had found may be behind that.
    fn escape_trail(
        &mut self,
        graph: &Graph,
        rules: &EscapeRules,
        hops: &Hops,
        root: LocId,
        start: LocId,
    ) -> Trail {
        if matches!(end(graph, root, start), TrailEnd::OutlivesLoop(_) | TrailEnd::OutlivesFunction(_))
            && let Ok(mut edges) = self.known(graph, hops, root, start)
        {
            let first = (1..=edges.len()).find(|&len| {
                let (to, _) = edges[len - 1];
                outlives(graph, rules, to, start) && total(graph, &edges[..len]) < 0
            });
            edges.truncate(first.unwrap_or(edges.len()));
            let root = edges.last().map_or(root, |&(to, _)| to);
            return Trail::new(graph, &edges, end(graph, root, start), false);
        }
        self.trail(graph, hops, root, start, -1)
    }

    /// The edges from `start` to `root` that the solver knows, each with the place that it leads to; an error if they go
    /// in a circle.
    fn known(&mut self, graph: &Graph, hops: &Hops, root: LocId, start: LocId) -> Result<Edges, Edges> {
        self.trails += 1;
        self.met.resize(self.met.len().max(graph.locs.len()), 0);
        let mut edges = Edges::new();
        let mut loc = start;
        loop {
            if std::mem::replace(&mut self.met[loc.index()], self.trails) == self.trails {
                return Err(edges);
            }
            let (next, edge) = hops.next(loc);
            edges.push((next, edge));
            if next == root {
                return Ok(edges);
            }
            loc = next;
        }
    }
}

/// Tells of what the solver finds.
pub(crate) struct TrailWitness<'a, 't> {
    pub(crate) unit: &'a Unit,
    pub(crate) rules: &'a EscapeRules,
    pub(crate) tracer: &'a mut Tracer<'t>,
}

impl Witness for TrailWitness<'_, '_> {
    fn escapes(&mut self, graph: &Graph, hops: &Hops, root: LocId, loc: LocId) {
        let trail = self.tracer.escape_trail(graph, self.rules, hops, root, loc);
        self.tracer.escape(self.unit, graph, loc, trail);
    }

    fn leaks(&mut self, graph: &Graph, hops: &Hops, root: LocId, loc: LocId, derefs: u32) {
        let (What::Variable(param), Some(func)) = (graph.locs[loc].what, func_of(graph, loc)) else { return };
        let trail = self.tracer.trail(graph, hops, root, loc, derefs as i32);
        let sink = &graph.locs[root];
        let result = match sink.role {
            Role::Result(index) if !sink.escapes() && sink.scope == graph.locs[loc].scope => Some(index),
            _ => None,
        };
        (self.tracer.trace)(self.unit, Trace::Leaks { param, func, result, derefs, trail });
    }
}

impl Trail {
    fn new(graph: &Graph, edges: &[(LocId, u32)], end: TrailEnd, truncated: bool) -> Trail {
        let hops = edges.iter().map(|&(to, edge)| {
            let &Edge { src, derefs, notes } = graph.edge_at(edge);
            hop(graph, to, src, derefs, notes)
        });
        Trail { hops: hops.collect(), end, truncated }
    }
}

/// Dereferences on a way, seen from its end.
fn total(graph: &Graph, edges: &[(LocId, u32)]) -> i32 {
    edges.iter().rev().fold(0i32, |derefs, &(_, edge)| derefs.max(0) + graph.edge_at(edge).derefs)
}

/// More dereferences than this at once are not looked for.
const MAX_DEREFS: i32 = 8;

/// A way with fewest hops from `start` to `root`, on which it is dereferenced `derefs` times in all; -1 if its address
/// flows. What escapes itself is not passed through, as in the solver.
fn search(graph: &Graph, root: LocId, start: LocId, derefs: i32) -> Option<Edges> {
    /// A place reached with a number of dereferences; the state behind it, and the edge that leads there.
    struct Reached {
        loc: LocId,
        derefs: i32,
        next: usize,
        edge: u32,
    }
    let mut seen = FxHashSet::default();
    let mut states = vec![Reached { loc: root, derefs: 0, next: 0, edge: 0 }];
    let mut at = 0;
    while let Some(&Reached { loc, derefs: so_far, .. }) = states.get(at) {
        if at > 0 && loc == start && so_far == derefs {
            break;
        }
        for edge in graph.incoming(loc) {
            let &Edge { src, derefs, .. } = graph.edge_at(edge);
            // What an address was taken of is not flowed through by what it holds.
            let sum = so_far.max(0) + derefs;
            let passes = src == start || !graph.locs[src].escapes();
            if passes && sum <= MAX_DEREFS && seen.insert((src, sum)) {
                states.push(Reached { loc: src, derefs: sum, next: at, edge });
            }
        }
        at += 1;
    }
    let mut edges = Edges::new();
    states.get(at)?;
    while at > 0 {
        let &Reached { next, edge, .. } = &states[at];
        edges.push((states[next].loc, edge));
        at = next;
    }
    Some(edges)
}

/// What a root is to something that flows to it and does not outlive it.
fn end(graph: &Graph, root: LocId, loc: LocId) -> TrailEnd {
    let location = &graph.locs[root];
    match location.role {
        _ if root == LocId::HEAP => TrailEnd::Heap,
        _ if location.escapes() => TrailEnd::Escaping(spot(graph, root)),
        Role::Result(index) => TrailEnd::Result(index),
        _ if location.scope == graph.locs[loc].scope => TrailEnd::OutlivesLoop(spot(graph, root)),
        _ => TrailEnd::OutlivesFunction(spot(graph, root)),
    }
}

fn hop(graph: &Graph, to: LocId, from: LocId, derefs: i32, notes: Option<NoteId>) -> Hop {
    let notes = graph
        .notes_from(notes)
        .map(|note| HopNote { node: note.node, reason: note.reason, input: note.input, func: note.func })
        .collect();
    Hop { from: spot(graph, from), to: spot(graph, to), derefs, notes }
}

fn spot(graph: &Graph, loc: LocId) -> Spot {
    match graph.locs[loc].what {
        _ if loc == LocId::HEAP => Spot::Heap,
        What::Temp => Spot::Temp,
        What::Variable(name) => Spot::Variable(name),
        What::Expr(node) => Spot::Storage(node),
    }
}

fn func_of(graph: &Graph, loc: LocId) -> Option<FuncId> {
    Some(graph.scopes[graph.locs[loc].scope?].func)
}
