//! The graph in the language of Graphviz.

use std::fmt::Write;

use super::frames::name_parts;
use super::tags::{self, NodeTags};
use super::trim::MAX_DRAWN_TAGS;
use super::{EdgeId, Graph, NodeId, Tag, Weight};
use crate::graph::shorten_function_name;
use crate::{measure, paths};

/// How a graph is drawn.
pub struct DotOptions<'a> {
    /// Its name; may be empty.
    pub title: &'a str,
    /// Lines of the legend.
    pub labels: &'a [String],
    /// What all weights are shares of.
    pub total: i64,
    /// A value as it is shown.
    pub format: &'a dyn Fn(i64) -> String,
}

struct Drawing<'a> {
    graph: &'a Graph<'a>,
    options: &'a DotOptions<'a>,
    /// By node, its number in the drawing; 0 for nodes that are not drawn.
    numbers: Vec<usize>,
    /// By node, whether it has boxes for labels.
    has_boxes: Vec<bool>,
    text: String,
}

/// Adds a line. Writing to a text cannot fail.
macro_rules! line {
    ($text:expr, $($arguments:tt)*) => {{
        let _ = writeln!($text, $($arguments)*);
    }};
}

/// Adds to a line.
macro_rules! add {
    ($text:expr, $($arguments:tt)*) => {{
        let _ = write!($text, $($arguments)*);
    }};
}

impl Graph<'_> {
    /// The graph as text.
    pub fn to_dot(&self, options: &DotOptions<'_>) -> String {
        let mut drawing = Drawing {
            graph: self,
            options,
            numbers: vec![0; self.nodes.len()],
            has_boxes: vec![false; self.nodes.len()],
            text: String::new(),
        };
        let title = if options.title.is_empty() { "unnamed" } else { options.title };
        line!(drawing.text, "digraph \"{title}\" {{");
        line!(drawing.text, "node [style=filled fillcolor=\"#f8f8f8\"]");
        drawing.legend();
        drawing.nodes();
        drawing.edges();
        drawing.text.push_str("}\n");
        drawing.text
    }
}

impl Drawing<'_> {
    fn legend(&mut self) {
        let Some(first) = self.options.labels.first() else { return };
        let labels: Vec<String> = self.options.labels.iter().map(|label| escape(label)).collect();
        add!(self.text, "subgraph cluster_L {{ \"{}\" [shape=box fontsize=16", escape(first));
        add!(self.text, " label=\"{}\\l\"", labels.join("\\l"));
        if !self.options.title.is_empty() {
            add!(self.text, " tooltip=\"{}\"", self.options.title);
        }
        self.text.push_str("] }\n");
    }

    fn nodes(&mut self) {
        let graph = self.graph;
        for (at, id) in graph.order.iter().enumerate() {
            self.numbers[id.index()] = at + 1;
        }
        let flat = |id: &NodeId| graph.node(*id).flat.value().wrapping_abs() as f64;
        let largest = graph.order.iter().map(flat).fold(f64::NEG_INFINITY, f64::max);
        for &id in &graph.order {
            self.node(id, largest);
            let boxes = self.tag_boxes(id);
            self.has_boxes[id.index()] = !boxes.is_empty();
            self.text.push_str(&boxes);
        }
    }

    fn value(&self, value: i64) -> String {
        (self.options.format)(value)
    }

    fn share(&self, value: i64) -> String {
        measure::percentage(value, self.options.total).trim().to_owned()
    }

    fn color(&self, value: i64, background: bool) -> String {
        color(value as f64 / self.options.total.wrapping_abs() as f64, background)
    }

    fn node(&mut self, id: NodeId, largest: f64) {
        let graph = self.graph;
        let node = graph.node(id);
        let (flat, cum) = (node.flat.value(), node.cum.value());
        let flat_text = self.value(flat);
        let mut label = self.node_label(id);
        if flat != 0 {
            add!(label, "{flat_text} ({})", self.share(flat));
        } else {
            label.push('0');
        }
        let mut cum_text = flat_text;
        if cum != flat {
            cum_text = self.value(cum);
            label.push_str(if flat != 0 { "\\n" } else { " " });
            add!(label, "of {cum_text} ({})", self.share(cum));
        }
        let number = self.numbers[id.index()];
        let size = font_size(flat, largest);
        let name = escape(graph.name(id));
        let (line, fill) = (self.color(cum, false), self.color(cum, true));
        add!(self.text, "N{number} [label=\"{label}\" id=\"node{number}\" fontsize={size} shape=box");
        add!(self.text, " tooltip=\"{name} ({cum_text})\" color=\"{line}\" fillcolor=\"{fill}\"]");
        self.text.push('\n');
    }

    /// The name of a node, in lines.
    fn node_label(&self, id: NodeId) -> String {
        let frames = self.graph.frames;
        let frame = frames.frame(self.graph.node(id).frame);
        let name = escape(&shorten_function_name(frames.text(frame.name)));
        // Type parameters, which Go leaves out with three dots, do not break lines.
        let name = name.replace("::", "\\n").replace("[...]", "[…]").replace('.', "\\n");
        let file = match frames.text(frame.file) {
            "" => "",
            file => paths::base(file),
        };
        name_parts(frame, &name, file, frames.text(frame.object)).join("\\n") + "\\n"
    }

    /// Boxes for the labels of a node, and the edges to them.
    fn tag_boxes(&self, id: NodeId) -> String {
        let NodeTags { texts: mut shown, numbers } = self.graph.tags.of(id);
        // A leaf stands for all it called that is not shown.
        let flat_only = !self.graph.outgoing(id).is_empty();
        let number = self.numbers[id.index()];
        let mut text = String::new();
        tags::sort(&mut shown, flat_only);
        shown.truncate(MAX_DRAWN_TAGS);
        for (at, tag) in shown.iter().enumerate() {
            let weight = if flat_only { tag.flat.value() } else { tag.cum.value() };
            if weight == 0 {
                continue;
            }
            let (weight, name) = (self.value(weight), &tag.name);
            line!(
                text,
                "N{number}_{at} [label = \"{name}\" id=\"N{number}_{at}\" fontsize=8 shape=box3d tooltip=\"{weight}\"]"
            );
            line!(
                text,
                "N{number} -> N{number}_{at} [label=\" {weight}\" weight=100 tooltip=\"{weight}\" labeltooltip=\"{weight}\"]"
            );
            if let Some(numbers) = numbers.get(name) {
                self.number_boxes(numbers, flat_only, &format!("N{number}_{at}"), &mut text);
            }
        }
        if let Some(numbers) = numbers.get("") {
            self.number_boxes(numbers, flat_only, &format!("N{number}"), &mut text);
        }
        text
    }

    /// Boxes for numbers that hang at the box `source`.
    fn number_boxes(&self, tags: &[Tag], flat_only: bool, source: &str, text: &mut String) {
        for (at, tag) in grouped(tags, flat_only).iter().enumerate() {
            let (flat, cum) = (tag.flat.value(), tag.cum.value());
            let (weight, style) =
                if flat_only || flat == cum { (flat, "") } else { (cum, " style=\"dotted\"") };
            if weight == 0 {
                continue;
            }
            let (weight, name) = (self.value(weight), &tag.name);
            line!(
                text,
                "N{source}_{at} [label = \"{name}\" id=\"N{source}_{at}\" fontsize=8 shape=box3d tooltip=\"{weight}\"]"
            );
            line!(
                text,
                "{source} -> N{source}_{at} [label=\" {weight}\" weight=100 tooltip=\"{weight}\" labeltooltip=\"{weight}\"{style}]"
            );
        }
    }

    fn edges(&mut self) {
        let graph = self.graph;
        let edges: Vec<EdgeId> = graph.order.iter().flat_map(|&id| graph.outgoing(id)).copied().collect();
        for edge in graph.sort_edges(&edges) {
            self.edge(edge);
        }
    }

    fn edge(&mut self, id: EdgeId) {
        let graph = self.graph;
        let edge = graph.edge(id);
        let (total, value) = (self.options.total, edge.weight.value());
        let weight = self.value(value);
        let number = |id: NodeId| self.numbers[id.index()];
        let mut text = format!("N{} -> N{} [label=\" {weight}", number(edge.source), number(edge.target));
        if edge.inline {
            text.push_str("\\n (inline)");
        }
        text.push('"');
        if total != 0 {
            let scaled = |most: i64| value.wrapping_mul(most).wrapping_div(total).wrapping_abs().min(most);
            for (name, amount) in [("weight", scaled(100)), ("penwidth", scaled(5))] {
                if amount > 0 {
                    add!(text, " {name}={}", amount + 1);
                }
            }
            add!(text, " color=\"{}\"", self.color(value, false));
        }
        let arrow = if edge.residual { "..." } else { "->" };
        let (source, target) = (escape(graph.name(edge.source)), escape(graph.name(edge.target)));
        let tooltip = format!("\"{source} {arrow} {target} ({weight})\"");
        add!(text, " tooltip={tooltip} labeltooltip={tooltip}");
        if edge.residual {
            text.push_str(" style=\"dotted\"");
        }
        if self.has_boxes[edge.source.index()] {
            text.push_str(" minlen=2");
        }
        line!(self.text, "{text}]");
    }
}

/// Puts numbers into as many groups as can be drawn: each joins the nearest of the heaviest.
fn grouped(tags: &[Tag], flat_only: bool) -> Vec<Tag> {
    let mut sorted = tags.to_vec();
    tags::sort(&mut sorted, flat_only);
    if sorted.len() <= MAX_DRAWN_TAGS {
        return sorted;
    }
    let others = sorted.split_off(MAX_DRAWN_TAGS);
    let mut groups: Vec<Vec<Tag>> = sorted.into_iter().map(|tag| vec![tag]).collect();
    for tag in others {
        let mut nearest = (0, f64::INFINITY);
        for (at, group) in groups.iter().enumerate() {
            let distance = distance(&tag, &group[0]);
            if at == 0 || distance < nearest.1 {
                nearest = (at, distance);
            }
        }
        groups[nearest.0].push(tag);
    }
    let mut joined: Vec<Tag> = groups.iter().map(|group| join(group)).collect();
    tags::sort(&mut joined, flat_only);
    joined
}

fn distance(one: &Tag, other: &Tag) -> f64 {
    let (value, _) = measure::scale(other.value, &other.unit, &one.unit);
    (one.value as f64 - value).abs()
}

/// A tag for a group, which is not empty.
fn join(group: &[Tag]) -> Tag {
    let (mut least, mut most) = (&group[0], &group[0]);
    let (mut flat, mut cum) = (Weight::default(), Weight::default());
    for tag in group {
        let in_unit = |of: &Tag| measure::truncate(measure::scale(tag.value, &tag.unit, &of.unit).0);
        if in_unit(least) < least.value {
            least = tag;
        }
        if in_unit(most) > most.value {
            most = tag;
        }
        flat.add(tag.flat);
        cum.add(tag.cum);
    }
    let label = |tag: &Tag| measure::label(tag.value, &tag.unit);
    let name = if group.len() == 1 { label(least) } else { format!("{}..{}", label(least), label(most)) };
    let mean = |weight: Weight| Weight { sum: weight.value(), divisor: 0 };
    Tag { name, flat: mean(flat), cum: mean(cum), ..Tag::default() }
}

/// Fonts grow with what is spent in a node, from 8 to 24, fast at first.
fn font_size(flat: i64, largest: f64) -> i64 {
    let flat = flat.wrapping_abs() as f64;
    if largest == 0.0 || flat == 0.0 || flat > largest {
        return 8;
    }
    8i64.wrapping_add(measure::truncate((16.0 * (flat / largest).sqrt()).ceil()))
}

/// The color of a share between -1 and 1: green, grey at 0, and red.
fn color(share: f64, background: bool) -> String {
    // Shares are moved away from 0, to use more of the colors and to tell signs apart.
    const EXPONENT: f64 = 0.3;
    let (full_saturation, value) = if background { (0.1, 0.93) } else { (1.0, 0.7) };
    let share = if share.is_nan() { share } else { share.clamp(-1.0, 1.0) };
    // Small shares are grey, not yellow.
    let saturation = if share.abs() < 0.2 { full_saturation * (share.abs() / 0.2) } else { full_saturation };
    let strength = if share == 0.0 { 0.0 } else { share.abs().powf(EXPONENT).copysign(share) };
    let blue = value * (1.0 - saturation);
    let (red, green) = if strength < 0.0 {
        (value * (1.0 + saturation * strength), value)
    } else {
        (value, value * (1.0 - saturation * strength))
    };
    let byte = |part: f64| measure::truncate(part * 255.0) as u8;
    format!("#{:02x}{:02x}{:02x}", byte(red), byte(green), byte(blue))
}

/// Escapes quotes and backslashes, and ends lines so that they stand at the left.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\l")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors() {
        assert_eq!(color(0.0, false), "#b2b2b2");
        assert_eq!(color(1.0, false), "#b20000");
        assert_eq!(color(-1.0, true), "#d5edd5");
        assert_eq!(color(f64::NAN, false), "#b20000");
    }

    #[test]
    fn quotes_are_escaped() {
        assert_eq!(escape("a\"b\\c\nd"), "a\\\"b\\\\c\\ld");
    }
}
