//! Leaving out what is too light to be shown.

use super::{EdgeId, Graph, NodeId};

/// At most so many labels of a node are drawn.
pub(super) const MAX_DRAWN_TAGS: usize = 4;

impl Graph<'_> {
    /// The nodes that are shown and have at least this weight.
    pub fn heavy_nodes(&self, cutoff: i64) -> Vec<NodeId> {
        let is_heavy = |id: &NodeId| self.node(*id).cum.sum.wrapping_abs() >= cutoff;
        self.order.iter().copied().filter(is_heavy).collect()
    }

    /// Which frames `nodes` are.
    pub fn frames_of(&self, nodes: &[NodeId]) -> Vec<bool> {
        let mut kept = vec![false; self.frames.len()];
        for &id in nodes {
            kept[self.node(id).frame.index()] = true;
        }
        kept
    }

    /// Of the nodes that are shown, the first `count` or, if they are drawn, fewer: their labels take room too.
    pub fn top_nodes(&self, count: usize, drawn: bool) -> &[NodeId] {
        let mut count = count;
        if drawn && count > 0 {
            let mut room = 0;
            let full = self.order.iter().position(|&id| {
                room += self.tags.count(id).min(MAX_DRAWN_TAGS) + 1;
                room >= count
            });
            count = full.map_or(count, |last| last + 1);
        }
        &self.order[..count.min(self.order.len())]
    }

    /// Removes labels of less weight.
    pub fn trim_tags(&mut self, cutoff: i64) {
        self.tags.trim(cutoff);
    }

    /// Removes edges of less weight that lead to nodes that are shown; gives their number.
    pub fn trim_edges(&mut self, cutoff: i64) -> usize {
        let mut light = Vec::new();
        for &id in &self.order {
            let is_light = |edge: &EdgeId| self.edge(*edge).weight.sum.wrapping_abs() < cutoff;
            light.extend(self.incoming(id).iter().copied().filter(is_light));
        }
        for &edge in &light {
            self.edges[edge.index()].removed = true;
        }
        if !light.is_empty() {
            self.forget_removed_edges();
        }
        light.len()
    }

    fn forget_removed_edges(&mut self) {
        let edges = &self.edges;
        for list in self.incoming.iter_mut().chain(&mut self.outgoing) {
            list.retain(|edge| !edges[edge.index()].removed);
        }
    }

    /// Removes from a tree all nodes but `kept`. What they called is called by the nodes that called them.
    pub fn trim_tree(&mut self, kept: &[NodeId]) {
        let mut is_kept = vec![false; self.nodes.len()];
        for &id in kept {
            is_kept[id.index()] = true;
        }
        let order = std::mem::take(&mut self.order);
        for &id in order.iter().filter(|id| !is_kept[id.index()]) {
            self.bridge(id);
        }
        self.order = order.into_iter().filter(|id| is_kept[id.index()]).collect();
        self.remove_redundant_edges();
    }

    /// Takes a node of a tree out of its edges.
    fn bridge(&mut self, id: NodeId) {
        let below = std::mem::take(&mut self.outgoing[id.index()]);
        let above = self.incoming[id.index()].pop();
        let Some(above) = above else {
            for edge in below {
                self.edges[edge.index()].removed = true;
                let target = self.edge(edge).target;
                self.incoming[target.index()].clear();
            }
            return;
        };
        let (parent, inline) = (self.edge(above).source, self.edge(above).inline);
        self.edges[above.index()].removed = true;
        let siblings = &mut self.outgoing[parent.index()];
        siblings.retain(|&edge| edge != above);
        siblings.extend(&below);
        for edge in below {
            let edge = &mut self.edges[edge.index()];
            edge.source = parent;
            edge.residual = true;
            edge.inline &= inline;
        }
    }

    /// Removes edges over nodes that are not shown if there is another way between their ends. Edges that are heavier than
    /// one without such nodes stay, for they would be missed.
    pub fn remove_redundant_edges(&mut self) {
        let mut search = Search { marks: vec![0; self.nodes.len()], round: 0, queue: Vec::new() };
        for at in (0..self.order.len()).rev() {
            let id = self.order[at];
            for edge in self.sort_edges(self.incoming(id)).into_iter().rev() {
                if !self.edge(edge).residual {
                    break;
                }
                if search.is_redundant(self, edge) {
                    let (source, target) = (self.edge(edge).source, self.edge(edge).target);
                    self.edges[edge.index()].removed = true;
                    self.outgoing[source.index()].retain(|&other| other != edge);
                    self.incoming[target.index()].retain(|&other| other != edge);
                }
            }
        }
    }
}

/// A search for ways against the direction of edges.
struct Search {
    /// By node, the last round in which it was seen.
    marks: Vec<u32>,
    round: u32,
    queue: Vec<NodeId>,
}

impl Search {
    /// Whether the source of an edge leads to its target without it.
    fn is_redundant(&mut self, graph: &Graph<'_>, edge: EdgeId) -> bool {
        let (source, target) = (graph.edge(edge).source, graph.edge(edge).target);
        self.round += 1;
        self.queue.clear();
        self.queue.push(target);
        self.marks[target.index()] = self.round;
        while let Some(node) = self.queue.pop() {
            for &other in graph.incoming(node) {
                let before = graph.edge(other).source;
                if other == edge || self.marks[before.index()] == self.round {
                    continue;
                }
                if before == source {
                    return true;
                }
                self.marks[before.index()] = self.round;
                self.queue.push(before);
            }
        }
        false
    }
}
