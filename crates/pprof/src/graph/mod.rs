//! The call graph of a profile: what called what, and how much of the total that is.
//!
//! Nodes are frames, or frames in the way that led to them. All is numbered: a pass over the samples looks up numbers in
//! tables and allocates nothing for a sample.

mod build;
mod dot;
mod edges;
mod entropy;
mod frames;
mod order;
mod shorten;
mod tags;
mod trim;
mod walk;

pub use build::{BuildOptions, Detail};
pub use dot::DotOptions;
pub use frames::{Frame, FrameId, FrameOptions, Frames, TextId};
pub use order::NodeOrder;
pub use shorten::shorten_function_name;
pub use tags::Tag;

use tags::Tags;

/// A node, by its place in [`Graph::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// Stands where there is no node.
    const NONE: NodeId = NodeId(u32::MAX);

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// An edge, by its place in [`Graph::edges`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EdgeId(u32);

impl EdgeId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A sum of values, and of what it is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// The sum.
    pub sum: i64,
    /// What it is divided by; 0 for nothing.
    pub divisor: i64,
}

impl Weight {
    fn add(&mut self, other: Weight) {
        self.sum = self.sum.wrapping_add(other.sum);
        self.divisor = self.divisor.wrapping_add(other.divisor);
    }

    /// The mean, or the sum if that is asked for.
    pub fn value(self) -> i64 {
        if self.divisor == 0 { self.sum } else { self.sum.wrapping_div(self.divisor) }
    }
}

/// A function, or a place in one.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// What it is.
    pub frame: FrameId,
    /// In a tree, the node that it was reached from.
    parent: NodeId,
    /// What was spent in itself.
    pub flat: Weight,
    /// The same, and what was spent in all that it called.
    pub cum: Weight,
}

impl Node {
    /// What tells the function that the node belongs to from others: nodes have it in common if they are places in the
    /// same function, reached in the same way.
    pub fn function_key(&self, frames: &Frames) -> (NodeId, FrameId) {
        (self.parent, frames.function(self.frame))
    }
}

/// A call from a node to another.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// The caller.
    pub source: NodeId,
    /// What is called.
    pub target: NodeId,
    /// What was spent in the calls.
    pub weight: Weight,
    /// Other nodes lie between the two, which are not shown.
    pub residual: bool,
    /// All calls were inlined.
    pub inline: bool,
    /// It was removed.
    removed: bool,
}

/// A call graph.
#[derive(Debug)]
pub struct Graph<'a> {
    /// What the nodes are.
    pub frames: &'a Frames,
    /// All nodes, also such as are not shown.
    pub nodes: Vec<Node>,
    /// All edges, also such as were removed.
    pub edges: Vec<Edge>,
    /// The nodes that are shown, in order.
    pub order: Vec<NodeId>,
    incoming: Vec<Vec<EdgeId>>,
    outgoing: Vec<Vec<EdgeId>>,
    tags: Tags,
}

impl Graph<'_> {
    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// An edge.
    pub fn edge(&self, id: EdgeId) -> &Edge {
        &self.edges[id.index()]
    }

    /// The nodes that are shown, in order.
    pub fn shown(&self) -> impl Iterator<Item = &Node> {
        self.order.iter().map(|&id| self.node(id))
    }

    /// What a node is called in reports.
    pub fn name(&self, id: NodeId) -> &str {
        self.frames.name(self.node(id).frame)
    }

    /// Edges that lead to a node.
    pub fn incoming(&self, id: NodeId) -> &[EdgeId] {
        self.incoming.get(id.index()).map_or(&[], Vec::as_slice)
    }

    /// Edges that lead away from a node.
    pub fn outgoing(&self, id: NodeId) -> &[EdgeId] {
        self.outgoing.get(id.index()).map_or(&[], Vec::as_slice)
    }

    /// The sum of what was spent in the nodes that are shown, each by itself.
    pub fn flat_sum(&self) -> i64 {
        self.shown().fold(0, |sum, node| sum.wrapping_add(node.flat.sum))
    }

    /// The same of means.
    pub fn flat_total(&self) -> i64 {
        self.shown().fold(0, |sum, node| sum.wrapping_add(node.flat.value()))
    }
}
