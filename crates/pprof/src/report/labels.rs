//! The lines above a report.

use super::Printer;
use crate::graph::Graph;
use crate::{measure, paths};

/// Filters longer than this are cut.
const MAX_FILTER: usize = 80;

/// What was left out of a graph.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dropped {
    /// Nodes before there were too many.
    pub(super) nodes_before_limit: usize,
    /// Nodes that were too light.
    pub(super) nodes: usize,
    /// Edges that were too light.
    pub(super) edges: usize,
}

impl Printer<'_> {
    /// Lines that say what the profile is.
    pub(super) fn profile_labels(&self) -> Vec<String> {
        let profile = self.profile;
        let mut labels = Vec::new();
        if let Some(mapping) = profile.mappings.first() {
            if !mapping.file.is_empty() {
                labels.push(format!("File: {}", paths::base(&mapping.file)));
            }
            if !mapping.build_id.is_empty() {
                labels.push(format!("Build ID: {}", mapping.build_id));
            }
        }
        let comments = profile.comments.iter().filter(|comment| !comment.starts_with('#'));
        labels.extend(comments.map(|comment| comment.to_string()));
        if !self.options.sample_type.is_empty() {
            labels.push(format!("Type: {}", self.options.sample_type));
        }
        if !profile.doc_url.is_empty() {
            labels.push(format!("Doc: {}", profile.doc_url));
        }
        if profile.time_nanos != 0 {
            labels.push(format!("Time: {}", self.sources.local_time(profile.time_nanos)));
        }
        if profile.duration_nanos != 0 {
            labels.push(self.duration_label());
        }
        labels
    }

    fn duration_label(&self) -> String {
        let nanos = self.profile.duration_nanos;
        let (total, unit) = measure::scale(self.total, &self.options.sample_unit, "nanoseconds");
        let share = if unit == "ns" && total != 0.0 {
            format!("({})", measure::percentage(measure::truncate(total), nanos))
        } else {
            String::new()
        };
        let duration = measure::label(nanos, "nanoseconds");
        format!("Duration: {duration}, Total samples = {} {share}", self.format(self.total))
    }

    /// All lines above a report on a graph. `full` is for reports that stand alone, such as drawings.
    pub(super) fn graph_labels(&self, graph: &Graph<'_>, dropped: Dropped, full: bool) -> Vec<String> {
        let options = self.options;
        let mut labels = options.profile_labels.clone();
        if labels.is_empty() && (full || !options.compact_labels) {
            labels = self.profile_labels();
        }
        if !options.active_filters.is_empty() {
            labels.push("Active filters:".to_owned());
            labels.extend(options.active_filters.iter().map(|filter| match filter.len() > MAX_FILTER {
                true => format!("   {}…", &filter[..filter.floor_char_boundary(MAX_FILTER)]),
                false => format!("   {filter}"),
            }));
        }
        let shown = graph.flat_total();
        labels.push(format!(
            "Showing nodes accounting for {}, {} of {} total",
            self.format(shown),
            self.share(shown).trim(),
            self.format(self.total)
        ));
        if self.total != 0 {
            self.push_dropped(graph.order.len(), dropped, &mut labels);
        }
        if full {
            labels.push("\nSee https://git.io/JfYMW for how to read the graph".to_owned());
        }
        labels
    }

    fn push_dropped(&self, shown: usize, dropped: Dropped, labels: &mut Vec<String>) {
        let mut push = |count: usize, what: &str, measured: &str, fraction: f64| {
            if count > 0 {
                let cutoff = measure::truncate(self.total as f64 * fraction).wrapping_abs();
                let plural = if count > 1 { "s" } else { "" };
                let cutoff = self.format(cutoff);
                labels.push(format!("Dropped {count} {what}{plural} ({measured} <= {cutoff})"));
            }
        };
        push(dropped.nodes, "node", "cum", self.options.node_fraction);
        push(dropped.edges, "edge", "freq", self.options.edge_fraction);
        if shown > 0 && shown < dropped.nodes_before_limit {
            labels.push(format!("Showing top {shown} nodes out of {}", dropped.nodes_before_limit));
        }
    }
}

/// Appends lines.
pub(super) fn push_lines(lines: &[String], out: &mut Vec<u8>) {
    out.extend_from_slice(lines.join("\n").as_bytes());
    out.push(b'\n');
}
