//! Building a graph from samples.

use rustc_hash::FxHashMap;

use super::edges::EdgePass;
use super::tags::{SampleTags, TagOptions, Tags};
use super::walk::{Visitor, walk};
use super::{Edge, EdgeId, FrameId, Frames, Graph, Node, NodeId, Weight};
use crate::profile::{Profile, Sample};
use crate::report::SampleValue;

/// How much of a graph is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Nodes and their weights.
    Nodes,
    /// Edges too.
    #[default]
    Edges,
    /// Labels of samples too.
    Tags,
}

/// How a graph is built.
#[derive(Clone, Copy)]
pub struct BuildOptions<'a> {
    /// Which value of the samples is counted.
    pub value: SampleValue,
    /// How much is built.
    pub detail: Detail,
    /// A node for each way that leads to a frame. All frames are kept.
    pub tree: bool,
    /// Nodes with negative values are not shown.
    pub drop_negative: bool,
    /// Unit of the numeric label that is shown with nodes.
    pub tag_unit: &'a str,
    /// The unit that it is shown in.
    pub tag_output_unit: &'a str,
}

/// Tables of a pass over the samples.
struct NodePass<'a> {
    nodes: Vec<Node>,
    /// Edges, if there is one to each node, of the same number.
    edges: Vec<Edge>,
    tags: Option<(Tags, SampleTags<'a>)>,
}

impl<'a> Graph<'a> {
    /// Builds a graph. `kept` are the frames that become nodes, all if it is not given.
    pub fn new(
        profile: &Profile,
        frames: &'a Frames,
        options: &BuildOptions<'_>,
        kept: Option<&[bool]>,
    ) -> Graph<'a> {
        let mut pass = NodePass::new(profile, options);
        match options.tree {
            true => pass.tree(profile, frames, options.value),
            false => pass.graph(profile, frames, options.value, kept),
        }
        let mut graph = pass.finish(frames, options.drop_negative);
        if options.tree {
            graph.list_edges();
        } else if options.detail != Detail::Nodes {
            graph.count_edges(profile, options.value, kept, None);
        }
        graph
    }

    /// Counts calls between the frames that are kept, or only such calls as lead to `targets`. The graph has no edges
    /// before, and is no tree.
    pub fn count_edges(
        &mut self,
        profile: &Profile,
        value: SampleValue,
        kept: Option<&[bool]>,
        targets: Option<&[bool]>,
    ) {
        self.edges = EdgePass::new(self.frames, kept, targets).count(profile, value);
        self.list_edges();
    }

    /// Lists edges by their ends.
    fn list_edges(&mut self) {
        let lists = if self.edges.is_empty() { 0 } else { self.nodes.len() };
        self.incoming = vec![Vec::new(); lists];
        self.outgoing = vec![Vec::new(); lists];
        for (at, edge) in self.edges.iter().enumerate().filter(|(_, edge)| !edge.removed) {
            self.outgoing[edge.source.index()].push(EdgeId(at as u32));
            self.incoming[edge.target.index()].push(EdgeId(at as u32));
        }
    }
}

/// The samples that count, by number, with their weights.
pub(super) fn weighed(
    profile: &Profile,
    value: SampleValue,
) -> impl Iterator<Item = (usize, &Sample, Weight)> {
    profile.samples.iter().enumerate().filter_map(move |(at, sample)| {
        let (sum, divisor) = value.of(profile.values(at));
        (sum != 0 || divisor != 0).then_some((at, sample, Weight { sum, divisor }))
    })
}

impl<'a> NodePass<'a> {
    fn new(profile: &'a Profile, options: &BuildOptions<'_>) -> NodePass<'a> {
        let tags = (options.detail == Detail::Tags && !profile.labels.is_empty()).then(|| {
            let units = TagOptions {
                unit: options.tag_unit.to_owned(),
                output_unit: options.tag_output_unit.to_owned(),
            };
            (Tags::default(), SampleTags::new(profile, units))
        });
        NodePass { nodes: Vec::new(), edges: Vec::new(), tags }
    }

    fn add_node(&mut self, frame: FrameId, parent: NodeId) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { frame, parent, flat: Weight::default(), cum: Weight::default() });
        id
    }

    fn add_flat(&mut self, node: NodeId, weight: Weight) {
        self.nodes[node.index()].flat.add(weight);
        if let Some((tags, sample)) = &mut self.tags {
            tags.add(node, sample, |tag| tag.flat.add(weight));
        }
    }

    fn add_cum_tags(&mut self, node: NodeId, weight: Weight) {
        if let Some((tags, sample)) = &mut self.tags {
            tags.add(node, sample, |tag| tag.cum.add(weight));
        }
    }

    /// Counts the labels of a sample in what follows.
    fn enter_sample(&mut self, sample: usize) {
        if let Some((_, tags)) = &mut self.tags {
            tags.enter(sample);
        }
    }

    /// A graph with a node for each frame, the node having the number of the frame.
    fn graph(&mut self, profile: &Profile, frames: &Frames, value: SampleValue, kept: Option<&[bool]>) {
        for frame in 0..frames.len() {
            self.add_node(FrameId(frame as u32), NodeId::NONE);
        }
        let (listed, starts) = frames.table();
        let is_kept = |frame: FrameId| kept.is_none_or(|kept| kept[frame.index()]);
        let slots: Vec<NodeId> =
            listed.iter().map(|&frame| if is_kept(frame) { NodeId(frame.0) } else { NodeId::NONE }).collect();
        let leaf = |sample: &Sample| {
            let leaf = profile.stack(sample).first()?;
            let node = slots[starts[leaf.0 as usize] as usize];
            (node != NodeId::NONE).then_some(node)
        };
        if self.tags.is_some() {
            self.graph_with_tags(profile, value, (&slots, starts));
        } else {
            walk(profile, value, starts, &mut CumPass::new(&slots, &mut self.nodes));
        }
        for (at, sample, weight) in weighed(profile, value) {
            if let Some(node) = leaf(sample) {
                self.enter_sample(at);
                self.add_flat(node, weight);
            }
        }
    }

    /// Counts what is spent in nodes with all that they call, and the labels of samples.
    fn graph_with_tags(
        &mut self,
        profile: &Profile,
        value: SampleValue,
        (slots, starts): (&[NodeId], &[u32]),
    ) {
        // By node, the last sample that was counted; samples are numbered from 1.
        let mut marks = vec![0; self.nodes.len()];
        for (at, sample, weight) in weighed(profile, value) {
            self.enter_sample(at);
            let mark = at as u32 + 1;
            for location in profile.stack(sample) {
                let at = location.0 as usize;
                for &node in &slots[starts[at] as usize..starts[at + 1] as usize] {
                    // A frame that is on the stack several times counts once.
                    if node != NodeId::NONE && marks[node.index()] != mark {
                        marks[node.index()] = mark;
                        self.nodes[node.index()].cum.add(weight);
                        self.add_cum_tags(node, weight);
                    }
                }
            }
        }
    }

    /// A tree: a node for each way to a frame. The edge to a node has the number of the node, and those to roots are
    /// removed.
    fn tree(&mut self, profile: &Profile, frames: &Frames, value: SampleValue) {
        let mut children: FxHashMap<(NodeId, FrameId), NodeId> = FxHashMap::default();
        for (at, sample, weight) in weighed(profile, value) {
            self.enter_sample(at);
            let mut parent = NodeId::NONE;
            for &location in profile.stack(sample).iter().rev() {
                let listed = frames.of(location);
                for (depth, &frame) in listed.iter().enumerate().rev() {
                    let node = *children.entry((parent, frame)).or_insert_with(|| {
                        let mut edge = Edge::between(parent, NodeId(self.nodes.len() as u32));
                        edge.removed = parent == NodeId::NONE;
                        self.edges.push(edge);
                        self.add_node(frame, parent)
                    });
                    self.nodes[node.index()].cum.add(weight);
                    self.add_cum_tags(node, weight);
                    let edge = &mut self.edges[node.index()];
                    edge.weight.add(weight);
                    edge.inline &= depth + 1 != listed.len();
                    parent = node;
                }
            }
            if parent != NodeId::NONE {
                self.add_flat(parent, weight);
            }
        }
    }

    fn finish(self, frames: &Frames, drop_negative: bool) -> Graph<'_> {
        let NodePass { nodes, edges, tags } = self;
        let order = nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| is_shown(node, drop_negative))
            .map(|(at, _)| NodeId(at as u32))
            .collect();
        let mut tags = tags.map(|(tags, _)| tags).unwrap_or_default();
        tags.index(nodes.len());
        Graph { frames, nodes, edges, order, incoming: Vec::new(), outgoing: Vec::new(), tags }
    }
}

/// Counts what is spent in nodes with all that they call.
struct CumPass<'a> {
    /// The frames of all locations.
    slots: &'a [NodeId],
    nodes: &'a mut [Node],
    /// By node, whether it is on the stack.
    entered: Vec<bool>,
}

impl<'a> CumPass<'a> {
    fn new(slots: &'a [NodeId], nodes: &'a mut [Node]) -> CumPass<'a> {
        let entered = vec![false; nodes.len()];
        CumPass { slots, nodes, entered }
    }
}

impl Visitor for CumPass<'_> {
    /// The node, where it is on the stack first.
    type Entry = Option<NodeId>;

    fn enter(&mut self, place: usize, _: bool, _: Option<Option<NodeId>>) -> Option<NodeId> {
        let node = self.slots[place];
        if node == NodeId::NONE || std::mem::replace(&mut self.entered[node.index()], true) {
            return None;
        }
        Some(node)
    }

    fn leave(&mut self, entry: Option<NodeId>, weight: Weight) {
        if let Some(node) = entry {
            self.entered[node.index()] = false;
            self.nodes[node.index()].cum.add(weight);
        }
    }
}

fn is_shown(node: &Node, drop_negative: bool) -> bool {
    let (flat, cum) = (node.flat.sum, node.cum.sum);
    let negative = flat < 0 || flat == 0 && cum < 0;
    (flat != 0 || cum != 0) && !(drop_negative && negative)
}
