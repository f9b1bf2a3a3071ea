//! Functions with their callers and callees.

use std::io::Write;

use super::Printer;
use super::labels::push_lines;
use crate::Error;
use crate::graph::{EdgeId, Graph, NodeId};
use crate::measure;

const SEPARATOR: &str = "----------------------------------------------------------+-------------";
const LEGEND: &str = "      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t ";

impl Printer<'_> {
    /// A paragraph for each function, or for those whose names match the symbol.
    pub(super) fn tree(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let frames = self.frames();
        let trimmed = self.trimmed(&frames);
        let graph = &trimmed.graph;
        self.choose_unit(graph);
        push_lines(&self.graph_labels(graph, trimmed.dropped, false), out);
        let _ = writeln!(out, "{SEPARATOR}\n{LEGEND}");
        let symbol = self.options.symbol.as_ref();
        let (mut sum, mut found) = (0i64, false);
        for &id in &graph.order {
            if symbol.is_some_and(|symbol| !symbol.is_match(graph.name(id))) {
                continue;
            }
            found = true;
            let (flat, cum) = (graph.node(id).flat.value(), graph.node(id).cum.value());
            sum = sum.wrapping_add(flat);
            let _ = writeln!(out, "{SEPARATOR}");
            self.calls(graph, graph.incoming(id), cum, |edge| graph.edge(edge).source, out);
            let _ = writeln!(
                out,
                "{:>10} {} {} {:>10} {}                | {}",
                self.format(flat),
                self.share(flat),
                self.share(sum),
                self.format(cum),
                self.share(cum),
                graph.name(id)
            );
            self.calls(graph, graph.outgoing(id), cum, |edge| graph.edge(edge).target, out);
        }
        if !graph.order.is_empty() {
            let _ = writeln!(out, "{SEPARATOR}");
        }
        match symbol {
            Some(symbol) if !found => {
                Err(Error::new(format!("no matches found for regexp: {}", symbol.as_str())))
            }
            _ => Ok(()),
        }
    }

    /// Lines for calls, with their shares of `cum`.
    fn calls(
        &self,
        graph: &Graph<'_>,
        edges: &[EdgeId],
        cum: i64,
        other_end: impl Fn(EdgeId) -> NodeId,
        out: &mut Vec<u8>,
    ) {
        for id in graph.sort_edges(edges) {
            let edge = graph.edge(id);
            let _ = writeln!(
                out,
                "{:>50} {} |   {}{}",
                self.format(edge.weight.sum),
                measure::percentage(edge.weight.sum, cum),
                graph.name(other_end(id)),
                if edge.inline { " (inline)" } else { "" }
            );
        }
    }
}
