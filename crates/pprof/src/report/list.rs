//! Annotated source.

use std::io::{ErrorKind, Write};

use rustc_hash::FxHashMap;

use super::sources::trim_path;
use super::{Printer, Sources};
use crate::Error;
use crate::graph::{Detail, Graph, Node};
use crate::paths;

/// So many lines are shown around those of samples.
const MARGIN: i64 = 5;
/// Files are read up to the first line that is longer.
const MAX_LINE: usize = 64 * 1024 - 1;

impl Printer<'_> {
    /// The source of all functions whose names match the symbol, with what was spent in each line.
    pub(super) fn list(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let frames = self.frames();
        let graph = self.graph(&frames, Detail::Nodes, None);
        let functions = self.matching(&graph);
        let pattern = self.options.symbol.as_ref();
        if functions.is_empty() {
            let pattern = pattern.map_or("", |pattern| pattern.as_str());
            return Err(Error::new(format!("no matches found for regexp: {pattern}")));
        }
        let mut reader = Reader::new(self)?;
        let _ = writeln!(out, "Total: {}", self.format(self.total));
        for (name, nodes) in functions {
            let files = by_file(&graph, &nodes);
            if files.is_empty() {
                let _ = writeln!(out, "No source information for {name}");
            }
            for (file, nodes) in files {
                self.routine(&graph, (name, file), &nodes, &mut reader, out);
            }
        }
        Ok(())
    }

    /// Functions that match the symbol, by name, and their nodes.
    fn matching<'g>(&self, graph: &'g Graph<'_>) -> Vec<(&'g str, Vec<&'g Node>)> {
        let Some(symbol) = &self.options.symbol else { return Vec::new() };
        let mut nodes: Vec<(&str, &Node)> =
            graph.shown().map(|node| (graph.frames.function_name(node.frame), node)).collect();
        nodes.sort_by_key(|(name, _)| *name);
        let mut functions = group(nodes);
        functions.retain(|(name, _)| symbol.is_match(name));
        functions
    }

    /// A function in a file.
    fn routine(
        &self,
        graph: &Graph<'_>,
        (name, file): (&str, &str),
        nodes: &[&Node],
        reader: &mut Reader<'_>,
        out: &mut Vec<u8>,
    ) {
        let sum = |weight: &dyn Fn(&Node) -> i64| {
            nodes.iter().fold(0i64, |sum, node| sum.wrapping_add(weight(node)))
        };
        let (flat, cum) = (sum(&|node| node.flat.sum), sum(&|node| node.cum.sum));
        let _ = writeln!(out, "ROUTINE ======================== {name} in {file}");
        let (flat, cum_text) = (self.format(flat), self.format(cum));
        let _ = writeln!(out, "{flat:>10} {cum_text:>10} (flat, cum) {} of Total", self.share(cum));
        let source = match reader.lines(file) {
            Ok(source) => source,
            Err(error) => {
                let _ = writeln!(out, " Error: {error}");
                return;
            }
        };
        let mut weights: FxHashMap<i64, (i64, i64)> = FxHashMap::default();
        for node in nodes {
            let (flat, cum) = weights.entry(graph.frames.frame(node.frame).line).or_default();
            *flat = flat.wrapping_add(node.flat.sum);
            *cum = cum.wrapping_add(node.cum.sum);
        }
        let (start, end) = extent(graph, nodes);
        for number in start..=end {
            let Some(line) = usize::try_from(number).ok().and_then(|at| source.get(at - 1)) else { break };
            let (flat, cum) = weights.get(&number).copied().unwrap_or_default();
            let (flat, cum) = (self.format_or_dot(flat), self.format_or_dot(cum));
            let _ = write!(out, "{flat:>10} {cum:>10} {number:>6}:");
            out.extend_from_slice(line);
            out.push(b'\n');
        }
    }
}

/// Puts together what has the same key, of a list that is sorted by keys.
fn group<K: PartialEq, V>(sorted: Vec<(K, V)>) -> Vec<(K, Vec<V>)> {
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    for (key, value) in sorted {
        match groups.last_mut() {
            Some((last, values)) if *last == key => values.push(value),
            _ => groups.push((key, vec![value])),
        }
    }
    groups
}

/// Nodes by source file, those without left out.
fn by_file<'g>(graph: &'g Graph<'_>, nodes: &[&'g Node]) -> Vec<(&'g str, Vec<&'g Node>)> {
    let mut nodes: Vec<(&str, &Node)> =
        nodes.iter().map(|node| (graph.frames.file(node.frame), *node)).collect();
    nodes.retain(|(file, _)| !file.is_empty());
    nodes.sort_by_key(|(file, _)| *file);
    group(nodes)
}

/// The first line and the last that are shown of a function: from where it starts, or a little before its first sample,
/// to a little after the last.
fn extent(graph: &Graph<'_>, nodes: &[&Node]) -> (i64, i64) {
    let mut lines: Option<(i64, i64)> = None;
    for node in nodes {
        let frame = graph.frames.frame(node.frame);
        let before = if frame.start_line != 0 { frame.start_line } else { frame.line.saturating_sub(MARGIN) };
        let after = frame.line.saturating_add(MARGIN);
        lines = Some(match lines {
            None => (before, after),
            Some((start, end)) => (start.min(before), end.max(after)),
        });
    }
    let (start, end) = lines.unwrap_or_default();
    (start.max(1), end)
}

/// Reads source files, each once.
struct Reader<'a> {
    sources: &'a dyn Sources,
    source_path: String,
    trim_path: &'a str,
    files: FxHashMap<String, Result<Vec<Vec<u8>>, String>>,
}

impl<'a> Reader<'a> {
    fn new(printer: &Printer<'a>) -> Result<Reader<'a>, Error> {
        let mut source_path = printer.options.source_path.clone();
        if source_path.is_empty() {
            source_path = printer
                .sources
                .working_directory()
                .map_err(|error| Error::new(format!("could not stat current dir: {}", describe(&error))))?;
        }
        let trim_path = &printer.options.trim_path;
        Ok(Reader { sources: printer.sources, source_path, trim_path, files: FxHashMap::default() })
    }

    /// The lines of a file, or why there are none.
    fn lines(&mut self, file: &str) -> Result<&[Vec<u8>], &str> {
        if !self.files.contains_key(file) {
            let lines = self.find(file).map(|text| split_lines(&text));
            self.files.insert(file.to_owned(), lines);
        }
        match self.files.get(file) {
            Some(Ok(lines)) => Ok(lines),
            Some(Err(error)) => Err(error),
            None => Ok(&[]),
        }
    }

    /// Looks for a file in all directories of the source path, and in those above them.
    fn find(&self, file: &str) -> Result<Vec<u8>, String> {
        let path = trim_path(file, self.trim_path, &self.source_path);
        if path.starts_with('/') {
            return self.open(path).map_err(|error| format!("open {path}: {}", describe(&error)));
        }
        for directory in paths::split_list(&self.source_path) {
            let mut directory = directory.to_owned();
            loop {
                if let Ok(text) = self.open(&paths::join(&directory, path)) {
                    return Ok(text);
                }
                let parent = paths::parent(&directory);
                if parent == directory {
                    break;
                }
                directory = parent;
            }
        }
        Err(format!("could not find file {path} on path {}", self.source_path))
    }

    /// Reads a file. A directory can be opened, but has no lines.
    fn open(&self, path: &str) -> std::io::Result<Vec<u8>> {
        match self.sources.read(path) {
            Err(error) if error.kind() == ErrorKind::IsADirectory => Ok(Vec::new()),
            result => result,
        }
    }
}

/// What the system says, as Go words it.
fn describe(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or(&text);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn split_lines(text: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let text = text.strip_suffix(b"\n").map_or(text, |text| text);
    if text.is_empty() {
        return lines;
    }
    for line in text.split(|&byte| byte == b'\n') {
        if line.len() > MAX_LINE {
            break;
        }
        lines.push(line.strip_suffix(b"\r").unwrap_or(line).to_vec());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_one_is_too_long() {
        assert_eq!(split_lines(b"a\r\n\nb"), [b"a".to_vec(), b"".to_vec(), b"b".to_vec()]);
        assert_eq!(split_lines(b""), Vec::<Vec<u8>>::new());
        let long = [b"a\n".to_vec(), vec![b'x'; MAX_LINE + 1], b"\nb".to_vec()].concat();
        assert_eq!(split_lines(&long), [b"a".to_vec()]);
    }

    #[test]
    fn errors_read_as_those_of_go() {
        let error = std::io::Error::from_raw_os_error(2);
        assert_eq!(describe(&error), "no such file or directory");
    }
}
