//! State of the analysis, and the order of its parts (`escape/escape.go`).

use escargo_base::{Id, Symbol};
use escargo_dialect::escaping::EscapeRules;
use escargo_ir::scc::ClosureRule;
use escargo_ir::{Class, Context, FuncId, Kind, NameId, Node, NodeId, StaticValues, Unit};
use escargo_types::TypeId;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::event::Reason;
use crate::explain::{Explainer, Texts};
use crate::graph::{Attrs, Edge, Graph, Hole, LocId, Location, Role, Scope, ScopeId, What};
use crate::leaks::LeakLayout;
use crate::solve::{Nobody, solve};
use crate::trace::{Tracer, TrailWitness};
use crate::wrap::Wrapping;
use crate::{Analysis, Event};

/// Children of a node, copied out of the tree so that the tree can be changed while they are walked.
pub(crate) type Nodes = SmallVec<[NodeId; 16]>;

/// How far a function has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Progress {
    #[default]
    Unknown,
    /// Its variables have locations: its parameters and results are wired directly.
    InBatch(ScopeId),
    /// Its parameters have tags.
    Tagged,
}

/// What is known while a function's body is walked.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) func: FuncId,
    pub(crate) scope: ScopeId,
    /// Depth of loops, plus one.
    pub(crate) depth: u32,
    /// Labels that are heads of loops made with `goto`.
    pub(crate) loops: FxHashSet<Symbol>,
}

/// The analysis of a unit.
pub(crate) struct Analyzer<'a, 'c> {
    pub(crate) cx: &'a Context<'c>,
    pub(crate) rules: &'a EscapeRules,
    pub(crate) unit: &'a mut Unit,
    pub(crate) sink: &'a mut dyn FnMut(&Unit, Event),
    /// Who gets trails, if somebody wants them.
    pub(crate) tracer: Option<Tracer<'a>>,
    pub(crate) analysis: Analysis,
    pub(crate) layout: LeakLayout,
    pub(crate) values: StaticValues,
    pub(crate) graph: Graph,
    pub(crate) frame: Frame,
    /// Literals of the batch in order of encounter, with the hole that their captured variables flow to.
    pub(crate) literals: Vec<(Hole, NodeId)>,
    /// Texts of nodes since the batch is solved.
    pub(crate) texts: Texts,
    /// The operand of a go or defer statement that is moved into a literal.
    pub(crate) wrapping: Option<Wrapping>,
    progress: Vec<Progress>,
    /// By name: the location of a variable of the batch.
    locs: Vec<Option<LocId>>,
    pointers: FxHashMap<TypeId, bool>,
    sizes: FxHashMap<TypeId, u64>,
}

impl<'a, 'c> Analyzer<'a, 'c> {
    pub(crate) fn new(
        cx: &'a Context<'c>,
        unit: &'a mut Unit,
        sink: &'a mut dyn FnMut(&Unit, Event),
    ) -> Analyzer<'a, 'c> {
        let rules = &cx.model.escaping;
        Analyzer {
            cx,
            rules,
            unit,
            sink,
            tracer: None,
            analysis: Analysis::default(),
            layout: LeakLayout::new(rules.tracks_writes),
            values: StaticValues::default(),
            graph: Graph::new(),
            frame: Frame::none(),
            literals: Vec::new(),
            texts: Texts::default(),
            wrapping: None,
            progress: Vec::new(),
            locs: Vec::new(),
            pointers: FxHashMap::default(),
            sizes: FxHashMap::default(),
        }
    }

    /// Analyses functions that depend on each other, with the literals in them.
    pub(crate) fn batch(&mut self, funcs: &[FuncId]) {
        for &func in funcs {
            self.init_func(func);
        }
        for &func in funcs {
            if !self.is_closure(func) {
                self.walk_func(func);
            }
        }
        // Only now it is known which variables are reassigned.
        for (hole, literal) in std::mem::take(&mut self.literals) {
            self.flow_captures(hole, literal);
        }
        for loc in self.graph.ordinary() {
            self.rewrite_with_literals(loc);
            if let Some((node, reason)) = self.must_escape(loc) {
                self.stand_in(self.graph.locs[loc].scope);
                let hole = self.addr(Hole::new(LocId::HEAP), node, reason);
                self.flow(hole, loc);
            }
        }
        self.nest_scopes();
        if let Some(tracer) = &mut self.tracer {
            let rules = self.rules;
            solve(&mut self.graph, rules, &mut TrailWitness { unit: self.unit, rules, tracer });
            tracer.stays(self.unit, &self.graph);
        } else if self.explains() {
            let texts = &mut self.texts;
            let mut explainer = Explainer { cx: self.cx, unit: self.unit, sink: self.sink, texts };
            solve(&mut self.graph, self.rules, &mut explainer);
        } else {
            solve(&mut self.graph, self.rules, &mut Nobody);
        }
        self.finish(funcs);
        self.graph.clear();
        self.texts.clear();
    }

    /// Notes are about this function from now on.
    fn stand_in(&mut self, scope: Option<ScopeId>) {
        if let Some(scope) = scope {
            self.frame.func = self.graph.scopes[scope].func;
        }
    }

    /// Whether a literal is walked where it stands, as part of the function around it.
    pub(crate) fn is_closure(&self, func: FuncId) -> bool {
        ClosureRule::new(self.cx).is_closure(self.unit, func)
    }

    /// Makes locations for a function's variables.
    pub(crate) fn init_func(&mut self, func: FuncId) -> ScopeId {
        let name = self.unit.func_name(func).sym;
        let literal = self.unit.funcs[func].is_literal();
        let scope = self.graph.scopes.push(Scope {
            func,
            name,
            parent: None,
            literal,
            called: false,
            results_lost: false,
            results: Vec::new(),
        });
        self.set_progress(func, Progress::InBatch(scope));
        self.locs.resize(self.unit.names.len(), None);
        for i in 0..self.unit.funcs[func].dcl.len() {
            self.declare(scope, self.unit.funcs[func].dcl[i]);
        }
        if !literal {
            // The receiver bound to a method value is captured, but not from a function.
            for i in 0..self.unit.funcs[func].closure_vars.len() {
                let name = self.unit.canonical(self.unit.funcs[func].closure_vars[i]);
                self.declare(scope, name);
            }
        }
        for i in 0..self.unit.funcs[func].results().len() {
            let Some(loc) = self.loc_of(self.unit.funcs[func].results()[i]) else { continue };
            self.graph.locs[loc].role = Role::Result(i as u32);
            self.graph.scopes[scope].results.push(loc);
        }
        scope
    }

    /// Finds out which functions of the batch stand inside which.
    fn nest_scopes(&mut self) {
        for scope in self.graph.scopes.ids() {
            let func = self.graph.scopes[scope].func;
            let mut parents =
                std::iter::successors(self.unit.funcs[func].parent, |&p| self.unit.funcs[p].parent);
            self.graph.scopes[scope].parent = parents.find_map(|p| self.scope_of(p));
        }
    }

    fn walk_func(&mut self, func: FuncId) {
        let Progress::InBatch(scope) = self.progress(func) else { return };
        let loops = self.analysis.loops(self.unit, func);
        let frame = Frame { func, scope, depth: 1, loops };
        let around = std::mem::replace(&mut self.frame, frame);
        let body: Nodes = self.unit.funcs[func].body.iter().copied().collect();
        self.block(&body);
        self.frame = around;
    }

    /// Walks the body of a literal where the literal stands.
    pub(crate) fn walk_literal(&mut self, func: FuncId) {
        if self.progress(func) == Progress::Unknown {
            self.init_func(func);
        }
        self.walk_func(func);
    }
}

/// Progress of functions.
impl Analyzer<'_, '_> {
    pub(crate) fn progress(&self, func: FuncId) -> Progress {
        self.progress.get(func.index()).copied().unwrap_or_default()
    }
    pub(crate) fn set_progress(&mut self, func: FuncId, progress: Progress) {
        if self.progress.len() <= func.index() {
            self.progress.resize(self.unit.funcs.len(), Progress::Unknown);
        }
        self.progress[func.index()] = progress;
    }
    /// The function's number in the batch, if it is part of it.
    pub(crate) fn scope_of(&self, func: FuncId) -> Option<ScopeId> {
        match self.progress(func) {
            Progress::InBatch(scope) => Some(scope),
            _ => None,
        }
    }
}

/// Locations.
impl Analyzer<'_, '_> {
    /// Makes a location for a variable.
    pub(crate) fn declare(&mut self, scope: ScopeId, name: NameId) -> LocId {
        let mut location = Location::new(What::Variable(name), Some(scope), 1, Attrs::PERSISTS);
        if self.unit.names[name].class == Class::Param {
            location.role = Role::Param;
        }
        self.report_unallocatable(self.unit.names[name].node);
        let loc = self.graph.locs.push(location);
        if self.locs.len() <= name.index() {
            self.locs.resize(self.unit.names.len(), None);
        }
        self.locs[name.index()] = Some(loc);
        loc
    }

    /// Makes a location without name.
    pub(crate) fn temp(&mut self, attrs: Attrs) -> LocId {
        self.graph.locs.push(Location::new(What::Temp, Some(self.frame.scope), self.frame.depth, attrs))
    }

    fn expr_loc(&mut self, node: NodeId) -> LocId {
        self.report_unallocatable(node);
        let mut location =
            Location::new(What::Expr(node), Some(self.frame.scope), self.frame.depth, Attrs::NONE);
        if let Kind::Closure(func) = self.unit.nodes[node].kind
            && let Some(scope) = self.scope_of(func)
        {
            location.role = Role::Literal(scope);
        }
        self.graph.locs.push(location)
    }

    fn report_unallocatable(&mut self, node: NodeId) {
        let Node { pos, ty, .. } = self.unit.nodes[node];
        if self.cx.is_not_in_heap(ty) {
            (self.sink)(self.unit, Event::Unallocatable { pos, ty });
        }
    }

    /// The location of a variable, seen through captures.
    pub(crate) fn loc_of(&self, name: NameId) -> Option<LocId> {
        self.locs.get(self.unit.canonical(name).index()).copied().flatten()
    }

    /// The node that a location stands for.
    pub(crate) fn node_of(&self, loc: LocId) -> Option<NodeId> {
        match self.graph.locs[loc].what {
            What::Temp => None,
            What::Variable(name) => Some(self.unit.names[name].node),
            What::Expr(node) => Some(node),
        }
    }
}

/// Holes and flows.
impl Analyzer<'_, '_> {
    /// Whether explanations are made, and notes taken for them.
    pub(crate) fn explains(&self) -> bool {
        self.cx.flags.m >= 2 || self.cx.flags.json || self.tracer.is_some()
    }

    pub(crate) fn note(&mut self, mut hole: Hole, node: NodeId, reason: Reason) -> Hole {
        if self.explains() {
            hole.notes = Some(self.graph.note(hole.notes, node, reason, self.frame.func));
        }
        hole
    }
    /// A note that the compiler does not make: for trails only.
    pub(crate) fn trail_note(&mut self, hole: Hole, node: NodeId, reason: Reason) -> Hole {
        if self.tracer.is_some() { self.note(hole, node, reason) } else { hole }
    }
    /// Says which argument or destination the last note is about.
    pub(crate) fn nth(&mut self, hole: Hole, index: usize) {
        if let Some(note) = hole.notes {
            self.graph.notes[note].input = u16::try_from(index).unwrap_or(u16::MAX);
        }
    }
    pub(crate) fn deref(&mut self, hole: Hole, node: NodeId, reason: Reason) -> Hole {
        self.note(hole.shift(1), node, reason)
    }
    pub(crate) fn addr(&mut self, hole: Hole, node: NodeId, reason: Reason) -> Hole {
        self.note(hole.shift(-1), node, reason)
    }
    /// The hole for an interface of which a value of type `ty` is taken.
    pub(crate) fn dot_type(&mut self, hole: Hole, ty: TypeId, node: NodeId, reason: Reason) -> Hole {
        let direct = self.cx.store.is_interface(ty) || self.cx.is_direct_iface(ty);
        let hole = if direct { hole } else { hole.shift(1) };
        self.note(hole, node, reason)
    }

    /// A hole that flows to all of `holes`.
    pub(crate) fn tee(&mut self, holes: &[Hole]) -> Hole {
        match holes {
            [] => Hole::new(LocId::BLANK),
            [hole] => *hole,
            _ => {
                let loc = self.temp(Attrs::NONE);
                for &hole in holes {
                    self.flow(hole, loc);
                }
                Hole::new(loc)
            }
        }
    }

    /// A hole that flows to `hole` later.
    pub(crate) fn later(&mut self, hole: Hole) -> Hole {
        let loc = self.temp(Attrs::PERSISTS);
        self.flow(hole, loc);
        Hole::new(loc)
    }

    /// Makes a location for what an expression allocates. Its address flows to `hole`; the result is for what is stored
    /// in it.
    pub(crate) fn spill(&mut self, hole: Hole, node: NodeId) -> Hole {
        let loc = self.expr_loc(node);
        let hole = self.addr(hole, node, Reason::Spill);
        self.flow(hole, loc);
        Hole::new(loc)
    }

    /// Lets a location flow to a hole. An address that flows to the heap escapes at once.
    pub(crate) fn flow(&mut self, hole: Hole, src: LocId) {
        if hole.addrtaken {
            self.graph.locs[src].addrtaken = true;
        }
        if let Some(tracer) = &mut self.tracer
            && hole.is_blank()
            && hole.derefs < 0
        {
            tracer.discards(src, hole);
        }
        if hole.is_blank() || hole.dst == src && hole.derefs >= 0 {
            return;
        }
        if !self.graph.locs[hole.dst].escapes() || hole.derefs >= 0 {
            let edge = Edge { src, derefs: hole.derefs, notes: hole.notes };
            return self.graph.edge(hole.dst, edge);
        }
        if let Some(tracer) = &mut self.tracer {
            tracer.escapes_at_once(self.unit, &self.graph, hole, src);
        } else if self.explains() {
            let texts = &mut Texts::default();
            let mut explainer = Explainer { cx: self.cx, unit: self.unit, sink: self.sink, texts };
            explainer.escapes_at_once(&self.graph, hole, src);
        }
        let gained = if self.rules.tracks_writes { Attrs::ALL } else { Attrs::ESCAPES };
        let attrs = &mut self.graph.locs[src].attrs;
        *attrs = attrs.with(gained);
    }
}

/// Facts about types.
impl Analyzer<'_, '_> {
    pub(crate) fn ty(&self, node: NodeId) -> TypeId {
        self.unit.nodes[node].ty
    }
    pub(crate) fn has_pointers(&mut self, ty: TypeId) -> bool {
        *self.pointers.entry(ty).or_insert_with(|| self.cx.has_pointers(ty))
    }
    /// Size in bytes; as large as can be if it overflows.
    pub(crate) fn size_of(&mut self, ty: TypeId) -> u64 {
        *self.sizes.entry(ty).or_insert_with(|| self.cx.size_of(ty).unwrap_or(u64::MAX))
    }
    /// Whether values of a type cannot hold pointers. Untyped values and those without type can.
    pub(crate) fn is_pointer_free(&mut self, ty: TypeId) -> bool {
        ty != TypeId::INVALID && !self.cx.store.is_untyped(ty) && !self.has_pointers(ty)
    }
}

impl Frame {
    /// Outside of functions.
    fn none() -> Frame {
        Frame {
            func: FuncId::from_index(0),
            scope: ScopeId::from_index(0),
            depth: 1,
            loops: FxHashSet::default(),
        }
    }
}
