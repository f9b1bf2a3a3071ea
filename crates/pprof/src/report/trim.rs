//! The graph of a report, without what is too light to be shown.

use super::labels::Dropped;
use super::{Format, Printer};
use crate::graph::{BuildOptions, Detail, Frames, Graph, NodeOrder};
use crate::measure;

/// A graph and what was left out of it.
pub(super) struct Trimmed<'a> {
    pub(super) graph: Graph<'a>,
    pub(super) dropped: Dropped,
}

impl Printer<'_> {
    fn build_options(&self, detail: Detail) -> BuildOptions<'_> {
        BuildOptions {
            value: self.options.sample_value,
            detail,
            tree: self.options.draws_tree(),
            drop_negative: self.options.drop_negative,
            tag_unit: self.options.label_unit("bytes"),
            tag_output_unit: &self.unit,
        }
    }

    /// A graph of all frames, or of those kept.
    pub(super) fn graph<'f>(&self, frames: &'f Frames, detail: Detail, kept: Option<&[bool]>) -> Graph<'f> {
        Graph::new(self.profile, frames, &self.build_options(detail), kept)
    }

    /// The graph of all frames, sorted.
    pub(super) fn untrimmed<'f>(&self, frames: &'f Frames) -> Graph<'f> {
        let mut graph = self.graph(frames, Detail::Edges, None);
        graph.sort(self.order());
        graph
    }

    fn order(&self) -> NodeOrder {
        match (self.options.format, self.options.cum_sort) {
            (Format::Dot, _) => NodeOrder::Entropy,
            (_, true) => NodeOrder::Cum,
            (_, false) => NodeOrder::Flat,
        }
    }

    /// The weight that a share of what is shown makes.
    fn cutoff(&self, graph: &Graph<'_>, fraction: f64) -> i64 {
        measure::truncate(graph.flat_sum() as f64 * fraction).wrapping_abs()
    }

    /// The graph as the options ask for it.
    pub(super) fn trimmed<'f>(&self, frames: &'f Frames) -> Trimmed<'f> {
        if self.options.draws_tree() {
            self.trimmed_tree(frames)
        } else if self.options.format == Format::Dot {
            self.trimmed_drawing(frames)
        } else {
            self.trimmed_list(frames)
        }
    }

    /// A graph for a text. Nodes are chosen by their weights, which do not change when others are left out; so edges are
    /// counted once, between those that are left, and only if something is said about them.
    fn trimmed_list<'f>(&self, frames: &'f Frames) -> Trimmed<'f> {
        let mut graph = self.graph(frames, Detail::Nodes, None);
        let all = graph.order.len();
        let node_cutoff = self.cutoff(&graph, self.options.node_fraction);
        let edge_cutoff = self.cutoff(&graph, self.options.edge_fraction);
        if node_cutoff > 0 {
            graph.order = graph.heavy_nodes(node_cutoff);
        }
        let nodes_before_limit = graph.order.len();
        graph.sort(self.order());
        if self.options.node_count > 0 {
            graph.order.truncate(self.options.node_count);
        }
        let kept = graph.frames_of(&graph.order);
        let kept = (graph.order.len() < all).then_some(kept.as_slice());
        let value = self.options.sample_value;
        match self.options.format {
            Format::TopProto => {}
            // All that is said is which functions were inlined.
            Format::Text => graph.count_edges(self.profile, value, kept, Some(&frames.inlined())),
            _ => graph.count_edges(self.profile, value, kept, None),
        }
        graph.trim_edges(edge_cutoff);
        let dropped = Dropped { nodes_before_limit, nodes: all - nodes_before_limit, edges: 0 };
        Trimmed { graph, dropped }
    }

    /// A graph to be drawn. Which nodes are chosen depends on their edges and labels too, and so on which nodes are left
    /// between them.
    fn trimmed_drawing<'f>(&self, frames: &'f Frames) -> Trimmed<'f> {
        let mut graph = self.graph(frames, Detail::Tags, None);
        let all = graph.order.len();
        let node_cutoff = self.cutoff(&graph, self.options.node_fraction);
        let edge_cutoff = self.cutoff(&graph, self.options.edge_fraction);
        let mut light = 0;
        if node_cutoff > 0 {
            let heavy = graph.heavy_nodes(node_cutoff);
            light = all - heavy.len();
            if light > 0 {
                let kept = graph.frames_of(&heavy);
                graph = self.graph(frames, Detail::Tags, Some(&kept));
            }
        }
        self.limited_drawing(graph, light, (node_cutoff, edge_cutoff))
    }

    fn limited_drawing<'f>(
        &self,
        mut graph: Graph<'f>,
        nodes: usize,
        (node_cutoff, edge_cutoff): (i64, i64),
    ) -> Trimmed<'f> {
        let nodes_before_limit = graph.order.len();
        graph.sort(NodeOrder::Entropy);
        if self.options.node_count > 0 {
            graph.trim_tags(node_cutoff);
            graph.trim_edges(edge_cutoff);
            let top = graph.top_nodes(self.options.node_count, true);
            if top.len() != graph.order.len() {
                let kept = graph.frames_of(top);
                graph = self.graph(graph.frames, Detail::Tags, Some(&kept));
                graph.sort(NodeOrder::Entropy);
            }
        }
        graph.trim_tags(node_cutoff);
        let edges = graph.trim_edges(edge_cutoff);
        graph.remove_redundant_edges();
        Trimmed { graph, dropped: Dropped { nodes_before_limit, nodes, edges } }
    }

    /// A tree, which keeps its weights when nodes are taken out of it.
    fn trimmed_tree<'f>(&self, frames: &'f Frames) -> Trimmed<'f> {
        let drawn = self.options.format == Format::Dot;
        let detail = if drawn { Detail::Tags } else { Detail::Edges };
        let mut graph = self.graph(frames, detail, None);
        let all = graph.order.len();
        let node_cutoff = self.cutoff(&graph, self.options.node_fraction);
        let edge_cutoff = self.cutoff(&graph, self.options.edge_fraction);
        if node_cutoff > 0 {
            let heavy = graph.heavy_nodes(node_cutoff);
            if heavy.len() != all {
                graph.trim_tree(&heavy);
            }
        }
        let nodes_before_limit = graph.order.len();
        graph.sort(self.order());
        if self.options.node_count > 0 {
            graph.trim_tags(node_cutoff);
            graph.trim_edges(edge_cutoff);
            let top = graph.top_nodes(self.options.node_count, drawn).to_vec();
            if top.len() != graph.order.len() {
                graph.trim_tree(&top);
                graph.sort(self.order());
            }
        }
        graph.trim_tags(node_cutoff);
        let edges = graph.trim_edges(edge_cutoff);
        if drawn {
            graph.remove_redundant_edges();
        }
        let dropped = Dropped { nodes_before_limit, nodes: all - nodes_before_limit, edges };
        Trimmed { graph, dropped }
    }
}
