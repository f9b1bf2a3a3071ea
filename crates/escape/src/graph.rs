//! The flow graph of a batch: locations, which stand for variables and for what expressions allocate, and edges, which
//! stand for assignments (`escape/graph.go`).

use escargo_base::{Id, IndexVec, Symbol, define_id};
use escargo_ir::{FuncId, NameId, NodeId};

use crate::event::Reason;
use crate::leaks::Leaks;

define_id! {
    /// A location of a batch. The first few stand for places that are everywhere.
    pub(crate) struct LocId("loc");
    /// A function of a batch.
    pub(crate) struct ScopeId("scope");
    /// A note; notes of an edge are a linked list.
    pub(crate) struct NoteId("note");
}

impl LocId {
    /// The heap.
    pub(crate) const HEAP: LocId = LocId::from_u32(0);
    /// Operands of writes through pointers flow here.
    pub(crate) const MUTATOR: LocId = LocId::from_u32(1);
    /// Functions called without being known flow here.
    pub(crate) const CALLEE: LocId = LocId::from_u32(2);
    /// Values that nobody looks at flow here.
    pub(crate) const BLANK: LocId = LocId::from_u32(3);
    /// Number of these.
    pub(crate) const SPECIAL: usize = 4;
}

/// What is known of a location, as bits; bits are only ever added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attrs(u8);

impl Attrs {
    pub(crate) const NONE: Attrs = Attrs(0);
    /// Its address outlives it: it lives on the heap.
    pub(crate) const ESCAPES: Attrs = Attrs(1);
    /// Its address outlives the statement.
    pub(crate) const PERSISTS: Attrs = Attrs(2);
    /// What it points to may be written to.
    pub(crate) const MUTATES: Attrs = Attrs(4);
    /// Functions in it may be called without their results being tracked.
    pub(crate) const CALLS: Attrs = Attrs(8);
    pub(crate) const ALL: Attrs = Attrs(15);

    pub(crate) fn has(self, other: Attrs) -> bool {
        self.0 & other.0 == other.0
    }
    pub(crate) fn with(self, other: Attrs) -> Attrs {
        Attrs(self.0 | other.0)
    }
    pub(crate) fn and(self, other: Attrs) -> Attrs {
        Attrs(self.0 & other.0)
    }
}

/// What a location stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A place that is everywhere, or one without name.
    Temp,
    /// A variable.
    Variable(NameId),
    /// What an expression allocates.
    Expr(NodeId),
}

/// What the solver has to know of a location beyond its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Nothing.
    Plain,
    /// A receiver or parameter, whose flows are recorded.
    Param,
    /// A result, by its index.
    Result(u32),
    /// A literal of the batch, by its function.
    Literal(ScopeId),
}

/// A node of the flow graph.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) what: What,
    pub(crate) role: Role,
    /// The function it belongs to; `None` for the special ones.
    pub(crate) scope: Option<ScopeId>,
    /// Depth of loops around the declaration, plus one.
    pub(crate) depth: u32,
    pub(crate) attrs: Attrs,
    pub(crate) captured: bool,
    pub(crate) reassigned: bool,
    pub(crate) addrtaken: bool,
    /// Literals capture its address, not its value.
    pub(crate) by_ref: bool,
    pub(crate) leaks: Leaks,
}

impl Location {
    pub(crate) fn new(what: What, scope: Option<ScopeId>, depth: u32, attrs: Attrs) -> Location {
        Location {
            what,
            role: Role::Plain,
            scope,
            depth,
            attrs,
            captured: false,
            reassigned: false,
            addrtaken: false,
            by_ref: false,
            leaks: Leaks::default(),
        }
    }
    pub(crate) fn escapes(&self) -> bool {
        self.attrs.has(Attrs::ESCAPES)
    }
}

/// A function of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) func: FuncId,
    pub(crate) name: Symbol,
    /// The innermost function of the batch around it.
    pub(crate) parent: Option<ScopeId>,
    pub(crate) literal: bool,
    /// A literal called where it stands.
    pub(crate) called: bool,
    /// A literal not all of whose calls are known.
    pub(crate) results_lost: bool,
    pub(crate) results: Vec<LocId>,
}

/// An assignment, seen from its destination.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) src: LocId,
    /// Dereferences minus takings of an address; at least -1.
    pub(crate) derefs: i32,
    pub(crate) notes: Option<NoteId>,
}

/// A reason for a flow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoteEntry {
    pub(crate) next: Option<NoteId>,
    pub(crate) node: NodeId,
    pub(crate) reason: Reason,
    /// For arguments and destinations of assignments: which.
    pub(crate) input: u16,
    /// The function in whose code it is.
    pub(crate) func: FuncId,
}

/// Where the value of an expression goes: `dst = **…expr`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hole {
    pub(crate) dst: LocId,
    pub(crate) derefs: i32,
    pub(crate) notes: Option<NoteId>,
    /// The last operation took the expression's address.
    pub(crate) addrtaken: bool,
}

impl Hole {
    pub(crate) fn new(dst: LocId) -> Hole {
        Hole { dst, derefs: 0, notes: None, addrtaken: false }
    }
    /// Whether nobody looks at the value.
    pub(crate) fn is_blank(self) -> bool {
        self.dst == LocId::BLANK
    }
    pub(crate) fn shift(mut self, by: i32) -> Hole {
        self.derefs += by;
        debug_assert!(self.derefs >= -1, "an address has no address");
        self.addrtaken = by < 0;
        self
    }
}

/// Locations and edges of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    pub(crate) locs: IndexVec<LocId, Location>,
    pub(crate) scopes: IndexVec<ScopeId, Scope>,
    pub(crate) notes: IndexVec<NoteId, NoteEntry>,
    /// Edges in order of creation, while the graph is built.
    pending: Vec<(LocId, Edge)>,
    /// Edges by destination, in order of creation; those of a location start at its entry in `first`.
    edges: Vec<Edge>,
    first: Vec<u32>,
}

impl Graph {
    pub(crate) fn new() -> Graph {
        let mut graph = Graph {
            locs: IndexVec::new(),
            scopes: IndexVec::new(),
            notes: IndexVec::new(),
            pending: Vec::new(),
            edges: Vec::new(),
            first: Vec::new(),
        };
        graph.clear();
        graph
    }

    /// Leaves the special locations only.
    pub(crate) fn clear(&mut self) {
        self.locs.truncate(0);
        self.scopes.truncate(0);
        self.notes.truncate(0);
        self.pending.clear();
        for attrs in [Attrs::ALL, Attrs::MUTATES, Attrs::CALLS, Attrs::NONE] {
            self.locs.push(Location::new(What::Temp, None, 0, attrs));
        }
    }

    /// Locations other than the special ones, in order of creation.
    pub(crate) fn ordinary(&self) -> impl DoubleEndedIterator<Item = LocId> + use<> {
        (LocId::SPECIAL..self.locs.len()).map(LocId::from_index)
    }

    /// A note in front of a list of notes.
    pub(crate) fn note(
        &mut self,
        next: Option<NoteId>,
        node: NodeId,
        reason: Reason,
        func: FuncId,
    ) -> NoteId {
        self.notes.push(NoteEntry { next, node, reason, input: 0, func })
    }

    /// A list of notes, from its front.
    pub(crate) fn notes_from(&self, first: Option<NoteId>) -> impl Iterator<Item = &NoteEntry> {
        std::iter::successors(first, |&id| self.notes[id].next).map(|id| &self.notes[id])
    }

    /// All edges, by destination.
    pub(crate) fn all_edges(&self) -> impl Iterator<Item = (LocId, &Edge)> {
        self.locs.ids().flat_map(move |to| self.incoming(to).map(move |index| (to, self.edge_at(index))))
    }

    /// Adds an edge.
    pub(crate) fn edge(&mut self, dst: LocId, edge: Edge) {
        self.pending.push((dst, edge));
    }

    /// Sorts edges by destination; to be called once, when all are there.
    pub(crate) fn freeze(&mut self) {
        self.first.clear();
        self.first.resize(self.locs.len() + 1, 0);
        for (dst, _) in &self.pending {
            self.first[dst.index() + 1] += 1;
        }
        for i in 1..self.first.len() {
            self.first[i] += self.first[i - 1];
        }
        let mut next = self.first.clone();
        self.edges.clear();
        if let Some(&(_, filler)) = self.pending.first() {
            self.edges.resize(self.pending.len(), filler);
        }
        for &(dst, edge) in &self.pending {
            let slot = &mut next[dst.index()];
            self.edges[*slot as usize] = edge;
            *slot += 1;
        }
    }

    /// Indices of a location's incoming edges.
    pub(crate) fn incoming(&self, loc: LocId) -> std::ops::Range<u32> {
        self.first[loc.index()]..self.first[loc.index() + 1]
    }

    /// An edge by its index.
    pub(crate) fn edge_at(&self, index: u32) -> &Edge {
        &self.edges[index as usize]
    }
}
