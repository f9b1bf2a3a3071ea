//! Counting calls.

use rustc_hash::FxHashMap;

use super::walk::{Visitor, walk};
use super::{Edge, EdgeId, FrameId, Frames, NodeId, Weight};
use crate::profile::Profile;
use crate::report::SampleValue;

/// The call of a function that was counted last.
#[derive(Clone, Copy)]
struct Recent {
    target: NodeId,
    edge: EdgeId,
}

/// A frame of a location.
#[derive(Clone, Copy)]
struct Slot {
    /// Its node, if it is kept.
    node: NodeId,
    /// Calls of it are counted.
    is_target: bool,
}

/// Tables of a pass over the samples.
pub(super) struct EdgePass<'a> {
    /// The frames of all locations, and where those of each start.
    slots: Vec<Slot>,
    starts: &'a [u32],
    edges: Vec<Edge>,
    /// By edge, whether it is on the stack.
    entered: Vec<bool>,
    /// By node: most calls from a function are like the one before.
    recent: Vec<Recent>,
    places: FxHashMap<u64, EdgeId>,
}

/// What is known of a frame on the stack.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Its node, or that of the nearest caller that is kept.
    node: NodeId,
    /// The node is that of a caller.
    residual: bool,
    /// The edge to the node, if this is where the edge is on the stack first.
    edge: Option<EdgeId>,
}

impl Edge {
    pub(super) fn between(source: NodeId, target: NodeId) -> Edge {
        Edge { source, target, weight: Weight::default(), residual: false, inline: true, removed: false }
    }
}

impl<'a> EdgePass<'a> {
    pub(super) fn new(frames: &'a Frames, kept: Option<&[bool]>, targets: Option<&[bool]>) -> EdgePass<'a> {
        let (listed, starts) = frames.table();
        let is_in = |set: Option<&[bool]>, frame: FrameId| set.is_none_or(|set| set[frame.index()]);
        let slot = |&frame: &FrameId| Slot {
            node: if is_in(kept, frame) { NodeId(frame.0) } else { NodeId::NONE },
            is_target: is_in(targets, frame),
        };
        EdgePass {
            slots: listed.iter().map(slot).collect(),
            starts,
            edges: Vec::new(),
            entered: Vec::new(),
            recent: vec![Recent { target: NodeId::NONE, edge: EdgeId(0) }; frames.len()],
            places: FxHashMap::default(),
        }
    }

    /// Counts the calls of all samples.
    pub(super) fn count(mut self, profile: &Profile, value: SampleValue) -> Vec<Edge> {
        let starts = self.starts;
        walk(profile, value, starts, &mut self);
        self.edges
    }

    fn edge(&mut self, source: NodeId, target: NodeId) -> EdgeId {
        let recent = &mut self.recent[source.index()];
        if recent.target == target {
            return recent.edge;
        }
        let fresh = EdgeId(self.edges.len() as u32);
        let pair = u64::from(source.0) << 32 | u64::from(target.0);
        let edge = *self.places.entry(pair).or_insert(fresh);
        if edge == fresh {
            self.edges.push(Edge::between(source, target));
            self.entered.push(false);
        }
        *recent = Recent { target, edge };
        edge
    }
}

impl Visitor for EdgePass<'_> {
    type Entry = Entry;

    fn enter(&mut self, place: usize, inline: bool, caller: Option<Entry>) -> Entry {
        let caller = caller.unwrap_or(Entry { node: NodeId::NONE, residual: false, edge: None });
        let Slot { node, is_target } = self.slots[place];
        if node == NodeId::NONE {
            return Entry { node: caller.node, residual: true, edge: None };
        }
        let mut entry = Entry { node, residual: false, edge: None };
        if is_target && caller.node != NodeId::NONE && caller.node != node {
            let id = self.edge(caller.node, node);
            // A call that is on the stack several times counts once.
            if !std::mem::replace(&mut self.entered[id.index()], true) {
                let edge = &mut self.edges[id.index()];
                edge.residual |= caller.residual;
                edge.inline &= inline;
                entry.edge = Some(id);
            }
        }
        entry
    }

    fn leave(&mut self, entry: Entry, weight: Weight) {
        if let Some(edge) = entry.edge {
            self.entered[edge.index()] = false;
            self.edges[edge.index()].weight.add(weight);
        }
    }
}
