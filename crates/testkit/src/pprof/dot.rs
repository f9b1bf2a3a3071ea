//! Graphs in the language of dot, as far as pprof writes it: one statement on a line.

use std::collections::BTreeMap;

/// A graph whose nodes are known by what they show, not by their numbers. Each statement is a line of text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Graph {
    /// Statements, and how often each stands there.
    statements: BTreeMap<String, usize>,
}

impl Graph {
    /// Reads a graph; `None` if the text is none.
    pub(super) fn read(text: &[u8]) -> Option<Graph> {
        let text = std::str::from_utf8(text).ok()?;
        if !text.starts_with("digraph ") || !text.ends_with("}\n") {
            return None;
        }
        let statements: Vec<Statement> = text.lines().map(read).collect();
        // What each node shows.
        let mut shown: BTreeMap<&str, String> = BTreeMap::new();
        for one in &statements {
            if let [name] = one.nodes[..] {
                let old = shown.entry(name).or_default();
                old.push_str(&one.attributes.join(" "));
            }
        }
        let mut graph = Graph { statements: BTreeMap::new() };
        for one in &statements {
            let name = |node: &&str| shown.get(node).map_or((*node).to_owned(), |s| format!("({s})"));
            let nodes: Vec<String> = one.nodes.iter().map(name).collect();
            let text = match one.nodes[..] {
                [] => one.attributes.join(" "),
                _ => format!("{} [{}]", nodes.join(" -> "), one.attributes.join(" ")),
            };
            *graph.statements.entry(text).or_default() += 1;
        }
        Some(graph)
    }

    /// The first statement that another graph lacks or has more often, in words.
    pub(super) fn difference(&self, other: &Graph) -> Option<String> {
        let find = |of: &Graph, from: &Graph, mark: char| {
            let lacks = |(text, n): &(&String, &usize)| from.statements.get(*text) != Some(*n);
            let text = of.statements.iter().find(lacks)?.0;
            Some(format!("\n    {mark} {text}"))
        };
        let (less, more) = (find(self, other, '-'), find(other, self, '+'));
        match (less, more) {
            (None, None) => None,
            (less, more) => Some(format!("graph:{}{}", less.unwrap_or_default(), more.unwrap_or_default())),
        }
    }
}

/// A line: the nodes that it is about, and its attributes, sorted, without the number of the node. Of any other line, the
/// line itself is the only attribute.
struct Statement<'a> {
    nodes: Vec<&'a str>,
    attributes: Vec<&'a str>,
}

fn read(line: &str) -> Statement<'_> {
    let whole = Statement { nodes: Vec::new(), attributes: vec![line] };
    let Some((head, rest)) = line.split_once(" [") else { return whole };
    let Some(inside) = rest.trim_end().strip_suffix(']') else { return whole };
    let nodes: Vec<&str> = head.split(" -> ").collect();
    let is_node = |name: &&str| {
        let digits = name.strip_prefix("NN").or_else(|| name.strip_prefix('N'));
        digits.is_some_and(|d| d.starts_with(|c: char| c.is_ascii_digit()) && !d.contains(' '))
    };
    if !nodes.iter().all(is_node) {
        return whole;
    }
    let mut attributes = split(inside);
    attributes.retain(|a| !a.starts_with("id="));
    attributes.sort_unstable();
    Statement { nodes, attributes }
}

/// Attributes, apart at spaces outside of quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|p| !p.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(lines: &str) -> Graph {
        Graph::read(format!("digraph \"x\" {{\nnode [style=filled]\n{lines}}}\n").as_bytes()).unwrap()
    }

    const ONE: &str = "N1 [label=\"a b\\\"\" id=\"node1\" fontsize=8]\nN2 [label=\"c\" id=\"node2\"]\n\
                       N1 -> N2 [label=\" 5\" weight=3]\n";

    #[test]
    fn numbers_and_order_do_not_count() {
        let other = "N2 [fontsize=8 label=\"a b\\\"\" id=\"node2\"]\nN2 -> N1 [weight=3 label=\" 5\"]\n\
                     N1 [label=\"c\" id=\"node1\"]\n";
        assert_eq!(graph(ONE).difference(&graph(other)), None);
    }

    #[test]
    fn everything_else_does() {
        for (from, to) in [("fontsize=8", "fontsize=9"), ("N1 -> N2", "N2 -> N1"), ("weight=3", "weight=4")] {
            assert!(graph(ONE).difference(&graph(&ONE.replace(from, to))).is_some(), "{from}");
        }
        let twice = format!("{ONE}N1 -> N2 [label=\" 5\" weight=3]\n");
        assert!(graph(ONE).difference(&graph(&twice)).is_some());
        assert!(Graph::read(b"File: x\n").is_none());
    }
}
