//! One walk from a location to everything that flows to it, without the order of steps.

use escargo_base::{Id, IndexVec};
use escargo_dialect::escaping::EscapeRules;

use super::{Witness, outlives, record_leak};
use crate::graph::{Attrs, Graph, LocId, Location, Role};
use crate::leaks::{LeakLayout, Sink};

/// What the current walk knows of a location.
#[derive(Clone, Copy, Debug)]
struct Hop {
    /// The walk that reached it last.
    walk: u32,
    /// The walk that has it in its list.
    listed: u32,
    /// Fewest dereferences from the root so far.
    derefs: i32,
    /// Next location on the way to the root, and the edge that leads there.
    next: LocId,
    edge: u32,
}

/// The ways that the current walk has found.
#[derive(Debug)]
pub(crate) struct Hops {
    hops: IndexVec<LocId, Hop>,
    /// Locations that escape, here once more because walks ask for little else; [`Walker`] keeps it up to date.
    escaped: IndexVec<LocId, bool>,
    walk: u32,
}

impl Hops {
    pub(super) fn new(graph: &Graph) -> Hops {
        let hop = Hop { walk: 0, listed: 0, derefs: 0, next: LocId::HEAP, edge: 0 };
        let escaped = graph.locs.iter().map(Location::escapes).collect();
        let hops = IndexVec::filled(hop, graph.locs.len());
        Hops { hops, escaped: IndexVec::from_raw(escaped), walk: 0 }
    }

    /// Starts a walk.
    pub(super) fn start(&mut self, root: LocId) {
        self.walk += 1;
        let hop = &mut self.hops[root];
        hop.walk = self.walk;
        hop.derefs = 0;
    }

    /// Dereferences between a location and the root.
    pub(super) fn derefs(&self, loc: LocId) -> i32 {
        self.hops[loc].derefs
    }

    /// The next location on the way from `loc` to the root, and the edge's index.
    pub(crate) fn next(&self, loc: LocId) -> (LocId, u32) {
        let hop = &self.hops[loc];
        (hop.next, hop.edge)
    }

    /// Takes note of the edge into `loc`; whether that is the best way so far for where it comes from. What escapes is
    /// walked from itself.
    pub(super) fn relax(&mut self, loc: LocId, index: u32, src: LocId, derefs: i32) -> bool {
        let walk = self.walk;
        let hop = &mut self.hops[src];
        if hop.walk == walk && hop.derefs <= derefs || self.escaped[src] {
            return false;
        }
        *hop = Hop { walk, derefs, next: loc, edge: index, ..*hop };
        true
    }

    /// Marks a location as being in the list of the walk; whether it was not.
    pub(super) fn list(&mut self, loc: LocId) -> bool {
        let hop = &mut self.hops[loc];
        std::mem::replace(&mut hop.listed, self.walk) != self.walk
    }

    /// Marks a location as taken from the list.
    pub(super) fn unlist(&mut self, loc: LocId) {
        self.hops[loc].listed = 0;
    }
}

/// Locations that wait for being walked from.
pub(super) trait WorkList {
    /// Adds a location unless it waits already.
    fn add(&mut self, graph: &Graph, loc: LocId);
}

/// State of a solver with the attributes of 1.22 and later.
pub(super) struct Walker<'a> {
    pub(super) graph: &'a mut Graph,
    pub(super) rules: &'a EscapeRules,
    pub(super) witness: &'a mut dyn Witness,
    pub(super) hops: Hops,
    layout: LeakLayout,
}

impl<'a> Walker<'a> {
    pub(super) fn new(graph: &'a mut Graph, rules: &'a EscapeRules, witness: &'a mut dyn Witness) -> Self {
        let hops = Hops::new(graph);
        Walker { graph, rules, witness, hops, layout: LeakLayout::new(rules.tracks_writes) }
    }

    /// Starts a walk from `root`. If it is a literal that may be called unseen, its results are walked again, once.
    pub(super) fn start(&mut self, root: LocId, work: &mut impl WorkList) {
        self.hops.start(root);
        let Location { attrs, role, .. } = &self.graph.locs[root];
        if !attrs.has(Attrs::CALLS) {
            return;
        }
        if let Role::Literal(scope) = *role
            && !std::mem::replace(&mut self.graph.scopes[scope].results_lost, true)
        {
            for &result in &self.graph.scopes[scope].results {
                work.add(self.graph, result);
            }
        }
    }

    /// Looks at `loc`, which flows to `root`. The number of dereferences that its own sources start from, or nothing
    /// if it escapes from now on: then it is walked from itself.
    pub(super) fn visit(&mut self, root: LocId, loc: LocId, work: &mut impl WorkList) -> Option<i32> {
        let reached = self.hops.derefs(loc);
        // With "root = &l; l = x", the address of l flows to root, but that of x does not.
        let derefs = reached.max(0);
        let outlived = (reached < 0 || self.graph.locs[loc].role == Role::Param)
            && outlives(self.graph, self.rules, root, loc);
        let root_attrs = self.graph.locs[root].attrs;

        let mut gained = Attrs::NONE;
        if reached < 0 {
            if outlived {
                if !self.graph.locs[loc].escapes() {
                    self.witness.escapes(self.graph, &self.hops, root, loc);
                }
                gained = Attrs::ALL;
            } else {
                gained = root_attrs.and(Attrs::PERSISTS);
            }
        }
        if derefs == 0 {
            gained = gained.with(root_attrs.and(Attrs::MUTATES.with(Attrs::CALLS)));
        }
        if self.graph.locs[loc].role == Role::Param {
            self.param(root, loc, derefs as u32, outlived);
        }

        let attrs = &mut self.graph.locs[loc].attrs;
        if !attrs.has(gained) {
            *attrs = attrs.with(gained);
            let escapes = attrs.has(Attrs::ESCAPES);
            self.hops.escaped[loc] = escapes;
            work.add(self.graph, loc);
            if escapes {
                return None;
            }
        }
        Some(derefs)
    }

    fn param(&mut self, root: LocId, loc: LocId, derefs: u32, outlived: bool) {
        if outlived {
            if !self.graph.locs[loc].escapes() {
                self.witness.leaks(self.graph, &self.hops, root, loc, derefs);
            }
            record_leak(self.graph, self.layout, root, loc, derefs);
        }
        let attrs = self.graph.locs[root].attrs;
        for (attr, sink) in [(Attrs::MUTATES, Sink::Mutator), (Attrs::CALLS, Sink::Callee)] {
            if attrs.has(attr) {
                self.graph.locs[loc].leaks.add(self.layout, sink, derefs);
            }
        }
    }

    /// Follows the edges into `loc` in order; `push` gets each source reached on a better way than before.
    pub(super) fn expand(&mut self, loc: LocId, derefs: i32, push: &mut impl FnMut(&mut Hops, LocId)) {
        for index in self.graph.incoming(loc) {
            let edge = self.graph.edge_at(index);
            if self.hops.relax(loc, index, edge.src, derefs + edge.derefs) {
                push(&mut self.hops, edge.src);
            }
        }
    }
}

/// Which locations wait.
#[derive(Debug)]
pub(super) struct Waiting(Vec<bool>);

impl Waiting {
    /// All of them.
    pub(super) fn all(graph: &Graph) -> Waiting {
        Waiting(vec![true; graph.locs.len()])
    }
    /// Marks a location; whether it did not wait.
    pub(super) fn add(&mut self, loc: LocId) -> bool {
        !std::mem::replace(&mut self.0[loc.index()], true)
    }
    /// A location's turn has come.
    pub(super) fn remove(&mut self, loc: LocId) {
        self.0[loc.index()] = false;
    }
}
