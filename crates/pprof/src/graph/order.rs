//! The order of nodes and of edges.

use std::cmp::Ordering;

use super::{EdgeId, Graph, NodeId};

/// Sorts the larger number first, whatever the signs.
fn heavier(one: i64, other: i64) -> Ordering {
    other.wrapping_abs().cmp(&one.wrapping_abs())
}

/// What nodes are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeOrder {
    /// What was spent in themselves, then by name.
    Flat,
    /// The same and what was spent in all that they called, then by name.
    Cum,
    /// How much they tell in a drawing: see [`Graph::entropy_score`].
    Entropy,
}

impl Graph<'_> {
    /// Sorts the nodes that are shown.
    pub fn sort(&mut self, by: NodeOrder) {
        let mut order = std::mem::take(&mut self.order);
        match by {
            NodeOrder::Flat => order.sort_unstable_by(|&one, &other| {
                let (left, right) = (self.node(one), self.node(other));
                heavier(left.flat.sum, right.flat.sum)
                    .then_with(|| self.frames.compare_names(left.frame, right.frame))
                    .then_with(|| heavier(left.cum.sum, right.cum.sum))
                    .then(one.cmp(&other))
            }),
            NodeOrder::Cum => self.sort_by_score(&mut order, |graph, id| graph.node(id).cum.sum),
            NodeOrder::Entropy => self.sort_by_score(&mut order, Graph::entropy_score),
        }
        self.order = order;
    }

    fn sort_by_score(&self, order: &mut Vec<NodeId>, score: impl Fn(&Self, NodeId) -> i64) {
        let mut scored: Vec<(i64, NodeId)> = order.iter().map(|&id| (score(self, id), id)).collect();
        scored.sort_unstable_by(|&(one_score, one), &(other_score, other)| {
            let (left, right) = (self.node(one), self.node(other));
            heavier(one_score, other_score)
                .then_with(|| self.frames.compare_names(left.frame, right.frame))
                .then_with(|| heavier(left.flat.sum, right.flat.sum))
                .then(one.cmp(&other))
        });
        order.clear();
        order.extend(scored.into_iter().map(|(_, id)| id));
    }

    /// Sorts edges: the heaviest first, then by the names of their ends.
    pub fn sort_edges(&self, edges: &[EdgeId]) -> Vec<EdgeId> {
        let mut edges = edges.to_vec();
        edges.sort_unstable_by(|&one, &other| {
            let (left, right) = (self.edge(one), self.edge(other));
            heavier(left.weight.sum, right.weight.sum)
                .then_with(|| right.weight.sum.cmp(&left.weight.sum))
                .then_with(|| self.compare_ends(left.source, right.source))
                .then_with(|| self.compare_ends(left.target, right.target))
                .then(one.cmp(&other))
        });
        edges
    }

    fn compare_ends(&self, one: NodeId, other: NodeId) -> Ordering {
        self.frames.compare_names(self.node(one).frame, self.node(other).frame)
    }
}
