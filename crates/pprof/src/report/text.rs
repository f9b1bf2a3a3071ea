//! Functions, the heaviest first; and the graph as a drawing.

use std::io::Write;

use super::Printer;
use super::labels::push_lines;
use crate::graph::{DotOptions, Graph, NodeId};

impl Printer<'_> {
    /// A line for each function.
    pub(super) fn text(&mut self, out: &mut Vec<u8>) {
        let frames = self.frames();
        let trimmed = self.trimmed(&frames);
        let graph = &trimmed.graph;
        self.choose_unit(graph);
        push_lines(&self.graph_labels(graph, trimmed.dropped, false), out);
        let _ = writeln!(out, "{:>10} {:>5}% {:>5}% {:>10} {:>5}%", "flat", "flat", "sum", "cum", "cum");
        let mut sum = 0i64;
        for &id in &graph.order {
            let node = graph.node(id);
            let (flat, cum) = (node.flat.value(), node.cum.value());
            sum = sum.wrapping_add(flat);
            let _ = writeln!(
                out,
                "{:>10} {} {} {:>10} {}  {}{}",
                self.format(flat),
                self.share(flat),
                self.share(sum),
                self.format(cum),
                self.share(cum),
                graph.name(id),
                inline_mark(graph, id)
            );
        }
    }

    /// The graph in the language of Graphviz.
    pub(super) fn dot(&mut self, out: &mut Vec<u8>) {
        let frames = self.frames();
        let trimmed = self.trimmed(&frames);
        self.choose_unit(&trimmed.graph);
        let labels = self.graph_labels(&trimmed.graph, trimmed.dropped, true);
        let format = |value| self.format(value);
        let options =
            DotOptions { title: &self.options.title, labels: &labels, total: self.total, format: &format };
        out.extend_from_slice(trimmed.graph.to_dot(&options).as_bytes());
    }
}

/// Says whether calls of a node were inlined.
fn inline_mark(graph: &Graph<'_>, id: NodeId) -> &'static str {
    let mut calls = graph.incoming(id).iter().map(|&edge| graph.edge(edge).inline);
    let Some(first) = calls.next() else { return "" };
    match (first, calls.all(|inline| inline == first)) {
        (_, false) => " (partial-inline)",
        (true, true) => " (inline)",
        (false, true) => "",
    }
}
