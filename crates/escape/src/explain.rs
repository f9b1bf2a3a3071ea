//! Explanations: the way that something takes to what outlives it (`escape/solve.go`).

use std::rc::Rc;

use escargo_base::Id;
use escargo_ir::print::node_text;
use escargo_ir::{Context, FuncId, IrPos, NodeId, Unit};
use rustc_hash::FxHashMap;

use crate::Event;
use crate::analyzer::Analyzer;
use crate::event::{Memo, Note, Path, Place, Step, Text};
use crate::graph::{Edge, Graph, Hole, LocId, NoteId, What};
use crate::solve::{Hops, Witness};

/// What explanations have in common, good for as long as nodes and graph do not change. In large batches the same steps
/// are part of thousands of paths.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    nodes: FxHashMap<NodeId, Text>,
    /// By edge.
    steps: Vec<Option<Rc<Step>>>,
    /// By location: the path that met it last.
    met: Vec<u32>,
    /// Number of paths so far.
    paths: u32,
}

impl Texts {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.steps.clear();
        self.met.clear();
        self.paths = 0;
    }
}

/// Makes events of what is found.
pub(crate) struct Explainer<'a, 'c> {
    pub(crate) cx: &'a Context<'c>,
    pub(crate) unit: &'a Unit,
    pub(crate) sink: &'a mut dyn FnMut(&Unit, Event),
    pub(crate) texts: &'a mut Texts,
}

impl Witness for Explainer<'_, '_> {
    fn escapes(&mut self, graph: &Graph, hops: &Hops, root: LocId, loc: LocId) {
        let path = self.path(graph, hops, root, loc);
        self.escape_reason(graph, loc, path, false);
    }

    fn leaks(&mut self, graph: &Graph, hops: &Hops, root: LocId, loc: LocId, derefs: u32) {
        let path = self.path(graph, hops, root, loc);
        let to = self.place(graph, root);
        let Some((node, func)) = self.subject(graph, loc) else { return };
        let (pos, text) = (self.unit.nodes[node].pos, self.text(node));
        (self.sink)(self.unit, Event::LeakReason { pos, text, func, to, derefs, path });
    }
}

impl Explainer<'_, '_> {
    /// The address of `loc` flows to a hole that is on the heap already.
    pub(crate) fn escapes_at_once(&mut self, graph: &Graph, hole: Hole, loc: LocId) {
        let edge = Edge { src: loc, derefs: hole.derefs, notes: hole.notes };
        let step = self.step(graph, hole.dst, &edge);
        self.escape_reason(graph, loc, Path { steps: vec![step.into()], truncated: false }, true);
    }

    fn escape_reason(&mut self, graph: &Graph, loc: LocId, path: Path, at_once: bool) {
        let Some((node, func)) = self.subject(graph, loc) else { return };
        let (pos, text) = (self.unit.nodes[node].pos, self.text(node));
        (self.sink)(self.unit, Event::EscapeReason { pos, text, func, path, at_once });
    }

    fn path(&mut self, graph: &Graph, hops: &Hops, root: LocId, mut loc: LocId) -> Path {
        let mut path = Path::default();
        self.texts.paths += 1;
        let number = self.texts.paths;
        self.texts.met.resize(graph.locs.len(), 0);
        loop {
            if std::mem::replace(&mut self.texts.met[loc.index()], number) == number {
                path.truncated = true;
                return path;
            }
            let (next, edge) = hops.next(loc);
            path.steps.push(self.known_step(graph, next, edge));
            if next == root {
                return path;
            }
            loc = next;
        }
    }

    /// The step along an edge, which leads to `to`.
    fn known_step(&mut self, graph: &Graph, to: LocId, edge: u32) -> Rc<Step> {
        let index = edge as usize;
        if let Some(Some(step)) = self.texts.steps.get(index) {
            return step.clone();
        }
        let step = Rc::new(self.step(graph, to, graph.edge_at(edge)));
        if self.texts.steps.len() <= index {
            self.texts.steps.resize(index + 1, None);
        }
        self.texts.steps[index] = Some(step.clone());
        step
    }

    fn step(&mut self, graph: &Graph, to: LocId, edge: &Edge) -> Step {
        let notes = self.notes(graph, edge.notes);
        let source = || self.subject(graph, edge.src).map(|(node, _)| self.unit.nodes[node].pos);
        Step {
            pos: notes.first().map(|note| note.pos).or_else(source).unwrap_or(IrPos::NONE),
            to: self.place(graph, to),
            from: self.place(graph, edge.src),
            derefs: edge.derefs,
            notes,
            memo: Memo::default(),
        }
    }

    fn notes(&mut self, graph: &Graph, first: Option<NoteId>) -> Vec<Note> {
        graph
            .notes_from(first)
            .map(|entry| Note {
                text: self.text(entry.node),
                reason: entry.reason,
                pos: self.unit.nodes[entry.node].pos,
            })
            .collect()
    }

    fn place(&mut self, graph: &Graph, loc: LocId) -> Place {
        match graph.locs[loc].what {
            _ if loc == LocId::HEAP => Place::Heap,
            What::Temp => Place::Temp,
            What::Variable(name) => Place::Variable(self.text(self.unit.names[name].node)),
            What::Expr(node) => Place::Storage(self.text(node)),
        }
    }

    /// What a location stands for, and the function it belongs to.
    fn subject(&self, graph: &Graph, loc: LocId) -> Option<(NodeId, FuncId)> {
        let location = &graph.locs[loc];
        let node = match location.what {
            What::Temp => return None,
            What::Variable(name) => self.unit.names[name].node,
            What::Expr(node) => node,
        };
        Some((node, graph.scopes[location.scope?].func))
    }

    fn text(&mut self, node: NodeId) -> Text {
        let text = self.texts.nodes.entry(node).or_insert_with(|| node_text(self.cx, self.unit, node).into());
        Text::clone(text)
    }
}

impl Analyzer<'_, '_> {
    /// A node as text.
    pub(crate) fn text(&self, node: NodeId) -> Text {
        node_text(self.cx, self.unit, node).into()
    }
    /// The same when no node of the batch changes any more.
    pub(crate) fn final_text(&mut self, node: NodeId) -> Text {
        match self.texts.nodes.get(&node) {
            Some(text) => Text::clone(text),
            None => self.text(node),
        }
    }
    /// Position of a node.
    pub(crate) fn pos(&self, node: NodeId) -> IrPos {
        self.unit.nodes[node].pos
    }
}
