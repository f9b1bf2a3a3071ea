//! Calls, as Valgrind writes them.

use std::io::Write;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Printer;
use crate::graph::{Frame, FrameId, Graph, NodeId, TextId};
use crate::measure;

/// Names, which are written out where they stand first.
#[derive(Default)]
struct Names(FxHashMap<String, usize>);

impl Names {
    fn reference(&mut self, name: &str) -> String {
        if name.is_empty() {
            return String::new();
        }
        if let Some(number) = self.0.get(name) {
            return format!("({number})");
        }
        let number = self.0.len() + 1;
        self.0.insert(name.to_owned(), number);
        format!("({number}) {name}")
    }
}

impl Printer<'_> {
    /// The costs of all functions and calls.
    pub(super) fn callgrind(&mut self, out: &mut Vec<u8>) {
        let frames = self.frames();
        let graph = self.untrimmed(&frames);
        self.choose_unit(&graph);
        let own_names = unambiguous_names(&graph);
        let _ = writeln!(out, "positions: instr line\nevents: {}({})", self.options.sample_type, self.unit);
        let (mut objects, mut files, mut names) = (Names::default(), Names::default(), Names::default());
        let mut before: Option<Frame> = None;
        for &id in &graph.order {
            let node = graph.node(id);
            let frame = *frames.frame(node.frame);
            let place = |frame: &Frame| (frame.object, frame.file, frame.name);
            if before.as_ref().map(place) != Some(place(&frame)) {
                let object = objects.reference(frames.text(frame.object));
                let file = files.reference(frames.text(frame.file));
                let name = names.reference(frames.text(frame.name));
                let _ = writeln!(out, "\nob={object}\nfl={file}\nfn={name}");
            }
            let address = relative_address(before, frame.address);
            let _ = writeln!(out, "{address} {} {}", frame.line, self.cost(node.flat.value()));
            for edge in graph.sort_edges(graph.outgoing(id)) {
                let edge = graph.edge(edge);
                let callee = *frames.frame(graph.node(edge.target).frame);
                let file = files.reference(frames.text(callee.file));
                let name = names.reference(own_names.get(&edge.target).map_or("", String::as_str));
                let address = relative_address(before, callee.address);
                let _ = writeln!(out, "cfl={file}\ncfn={name}\ncalls=0 {address} {}", callee.line);
                let _ = writeln!(out, "* * {}", self.cost(edge.weight.sum));
            }
            before = Some(frame);
        }
    }

    fn cost(&self, value: i64) -> i64 {
        measure::truncate(measure::scale(value, &self.options.sample_unit, &self.unit).0)
    }
}

/// Names by which nodes are told apart although they are functions of the same name in the same file: numbers are added
/// then.
fn unambiguous_names(graph: &Graph<'_>) -> FxHashMap<NodeId, String> {
    let frames = graph.frames;
    let mut functions: FxHashMap<(TextId, TextId), Vec<(NodeId, FrameId)>> = FxHashMap::default();
    let mut numbers: FxHashMap<(NodeId, FrameId), usize> = FxHashMap::default();
    let place = |node: &crate::graph::Node| {
        let frame = frames.frame(node.frame);
        (frame.file, frame.name)
    };
    let mut seen: FxHashSet<(NodeId, FrameId)> = FxHashSet::default();
    for node in graph.shown() {
        let key = node.function_key(frames);
        if seen.insert(key) {
            let same = functions.entry(place(node)).or_default();
            same.push(key);
            numbers.insert(key, same.len());
        }
    }
    let name = |&id: &NodeId| {
        let node = graph.node(id);
        let name = frames.function_name(node.frame).to_owned();
        let count = functions.get(&place(node)).map_or(0, Vec::len);
        match numbers.get(&node.function_key(frames)) {
            Some(number) if count > 1 => (id, format!("{name} [{number}/{count}]")),
            _ => (id, name),
        }
    };
    graph.order.iter().map(name).collect()
}

/// An address, relative to the one before if that is shorter.
fn relative_address(before: Option<Frame>, address: u64) -> String {
    let absolute = format!("{address:#x}");
    let Some(before) = before else { return absolute };
    if before.address == address {
        return "*".to_owned();
    }
    let relative = format!("{:+}", address.wrapping_sub(before.address) as i64);
    if relative.len() < absolute.len() { relative } else { absolute }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_relative_where_that_is_shorter() {
        let at = |address| Some(Frame { address, ..Frame::default() });
        assert_eq!(relative_address(None, 0), "0x0");
        assert_eq!(relative_address(at(16), 16), "*");
        assert_eq!(relative_address(at(0x1000), 0x1010), "+16");
        assert_eq!(relative_address(at(0x1010), 0x1000), "-16");
        assert_eq!(relative_address(at(u64::MAX), 1), "+2");
    }
}
