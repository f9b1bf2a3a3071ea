//! Errors of one package as `go build` prints them.
//!
//! The compiler keeps one syntax error per line, drops repeated messages on a line, stops at the tenth
//! error, and prints what it kept in the order of the source (`cmd/compile/internal/base/print.go`). The go
//! command puts a header before it and shortens paths.

use std::path::{Path, PathBuf};

use escargo_base::{Diagnostic, FileId, Pos, SourceMap};
use escargo_syntax::SyntaxError;
use rustc_hash::FxHashMap;

use crate::paths::shorten;

/// Errors after which the compiler gives up.
const LIMIT: usize = 10;
/// Columns from here on are not printed: the compiler keeps eight bits (`cmd/internal/src/xpos.go`).
const COLUMN_LIMIT: u32 = 255;

/// What is said after errors about a file's language version.
#[derive(Clone, Debug)]
pub struct VersionHint {
    /// The file.
    pub file: FileId,
    /// The text that is appended.
    pub text: String,
}

/// What is wrong with one package.
#[derive(Clone, Debug)]
pub struct PackageErrors {
    /// What the header names: the import path, `command-line-arguments`, or a test variant.
    pub description: String,
    /// Whether positions have columns (off with `-C`).
    pub columns: bool,
    /// Its directory.
    pub dir: PathBuf,
    /// Hints about language versions per file.
    pub hints: Vec<VersionHint>,
    /// Syntax errors per file, in the parser's order.
    pub syntax: Vec<(FileId, Vec<SyntaxError>)>,
    /// Type errors in the checker's order.
    pub types: Vec<Diagnostic>,
}

/// The text for one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorBlock {
    /// `# description` and the errors, each line ended, paths shortened.
    pub text: String,
    /// Number of errors kept.
    pub count: usize,
}

/// Renders the errors of a package; `limited` is the compiler's limit of ten (off with `-e`).
pub fn render(errors: &PackageErrors, sources: &SourceMap, cwd: &Path, limited: bool) -> Option<ErrorBlock> {
    let mut log = Log::new(sources, limited, errors.columns);
    let syntax = errors.syntax.iter().flat_map(|(file, list)| list.iter().map(move |e| (*file, e)));
    for (file, error) in syntax {
        let place = error.at.map_or_else(String::new, |at| log.place(Pos::new(file, at)));
        log.add(Pos::new(file, error.pos), &format!("{}{place}", error.message));
    }
    if log.last_syntax.is_none() {
        for error in &errors.types {
            log.add(error.span.start, &type_error_text(error, errors, sources));
        }
    }
    if log.kept.is_empty() {
        return None;
    }
    let count = log.kept.len();
    let text = shorten(&log.finish(), &errors.dir, cwd).into_owned();
    Some(ErrorBlock { text: format!("# {}\n{text}", errors.description), count })
}

/// The whole text of a type error: further lines, and the hint about language versions.
fn type_error_text(error: &Diagnostic, package: &PackageErrors, sources: &SourceMap) -> String {
    let mut text = error.message.clone();
    for label in &error.labels {
        text.push_str("\n\t");
        if let Some(position) = sources.position(label.span.start) {
            text.push_str(&format!("{}:{}", position.file.display(), position.line));
            if let Some(column) = position.column {
                text.push_str(&format!(":{column}"));
            }
            text.push_str(": ");
        }
        text.push_str(&label.message);
    }
    if asks_for_version(&text) {
        let hint = package.hints.iter().find(|h| Some(h.file) == error.span.start.file);
        text.push_str(hint.map_or("", |h| &h.text));
    }
    text
}

/// Whether a message ends in `requires go1.N or later`, N of one or more digits.
fn asks_for_version(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find("requires go") {
        rest = &rest[at + "requires go".len()..];
        let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
        let major = digits(rest);
        if major > 0 && rest[major..].starts_with('.') {
            let minor = digits(&rest[major + 1..]);
            if minor > 0 && rest[major + 1 + minor..].starts_with(" or later") {
                return true;
            }
        }
    }
    false
}

/// An error that will be printed.
struct Kept {
    key: (usize, u32, u32),
    text: String,
}

/// The compiler's list of errors.
struct Log<'s> {
    sources: &'s SourceMap,
    limited: bool,
    columns: bool,
    /// Position bases (a file, or what a line directive makes of it) in the order in which they were first met.
    bases: FxHashMap<(Option<FileId>, usize), usize>,
    kept: Vec<Kept>,
    last_syntax: Option<(usize, u32)>,
    last_other: Option<(usize, u32, String)>,
    /// Position at which the limit was reached.
    stopped: Option<String>,
}

impl<'s> Log<'s> {
    fn new(sources: &'s SourceMap, limited: bool, columns: bool) -> Self {
        let bases = FxHashMap::default();
        let kept = Vec::new();
        Log { sources, limited, columns, bases, kept, last_syntax: None, last_other: None, stopped: None }
    }

    fn add(&mut self, pos: Pos, message: &str) {
        if self.stopped.is_some() {
            return;
        }
        let key = self.key(pos);
        let line = (key.0, key.1);
        if message.starts_with("syntax error") {
            if self.last_syntax.replace(line) == Some(line) {
                return;
            }
        } else {
            let this = (key.0, key.1, message.to_owned());
            if self.last_other.as_ref() == Some(&this) {
                return;
            }
            self.last_other = Some(this);
        }
        let place = self.place(pos);
        self.kept.push(Kept { key, text: format!("{place}: {message}\n") });
        if self.limited && self.kept.len() >= LIMIT {
            self.stopped = Some(place);
        }
    }

    /// What positions are sorted by.
    fn key(&mut self, pos: Pos) -> (usize, u32, u32) {
        let Some(id) = pos.file else { return (0, 0, 0) };
        let file = self.sources.file(id);
        let directive = file.line_directives().partition_point(|d| d.offset <= pos.offset);
        let next = self.bases.len() + 1;
        let base = *self.bases.entry((pos.file, directive)).or_insert(next);
        let (line, column) = file.lines().line_column(pos.offset);
        (base, line, column.min(COLUMN_LIMIT))
    }

    fn place(&self, pos: Pos) -> String {
        let Some(position) = self.sources.position(pos) else { return "<unknown line number>".to_owned() };
        match position.column {
            Some(column) if self.columns && column < COLUMN_LIMIT => {
                format!("{}:{}:{column}", position.file.display(), position.line)
            }
            _ => format!("{}:{}", position.file.display(), position.line),
        }
    }

    fn finish(mut self) -> String {
        self.kept.sort_by_key(|k| k.key);
        let mut out = String::new();
        let mut last = "";
        for kept in &self.kept {
            if kept.text != last {
                out.push_str(&kept.text);
            }
            last = &kept.text;
        }
        if let Some(place) = self.stopped {
            out.push_str(&place);
            out.push_str(": too many errors\n");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use escargo_base::Span;

    fn errors(messages: &[(u32, &str)]) -> (PackageErrors, SourceMap) {
        let sources = SourceMap::new();
        let text: Vec<u8> = b"0123456789\n".repeat(40);
        let file = sources.add("/m/a.go".into(), text.into());
        let types = messages
            .iter()
            .map(|&(offset, m)| Diagnostic::error("Test", Span::at(Pos::new(file, offset)), m))
            .collect();
        let text = " (-lang was set to go1.20; check go.mod)".into();
        let errors = PackageErrors {
            description: "m".into(),
            columns: true,
            dir: "/m".into(),
            hints: vec![VersionHint { file, text }],
            syntax: vec![],
            types,
        };
        (errors, sources)
    }

    #[test]
    fn errors_are_sorted_and_equal_neighbours_dropped() {
        let (errors, sources) = errors(&[(13, "b"), (0, "a"), (13, "b")]);
        let block = render(&errors, &sources, Path::new("/m"), true).unwrap();
        assert_eq!(block.text, "# m\n./a.go:1:1: a\n./a.go:2:3: b\n");
    }

    #[test]
    fn only_syntax_errors_hide_type_errors() {
        let (mut errors, sources) = errors(&[(13, "t")]);
        let file = errors.hints[0].file;
        let syntax = |message: &str, at| SyntaxError { pos: 0, message: message.into(), at };
        errors.syntax = vec![(file, vec![syntax("label L already defined at ", Some(22))])];
        let block = render(&errors, &sources, Path::new("/m"), true).unwrap();
        assert_eq!(block.text, "# m\n./a.go:1:1: label L already defined at ./a.go:3:1\n./a.go:2:3: t\n");
        errors.syntax = vec![(file, vec![syntax("syntax error: x", None)])];
        let block = render(&errors, &sources, Path::new("/m"), true).unwrap();
        assert_eq!(block.text, "# m\n./a.go:1:1: syntax error: x\n");
    }

    #[test]
    fn the_tenth_error_is_the_last() {
        let many: Vec<(u32, String)> = (0..12).map(|i| (i * 11, format!("e{i}"))).collect();
        let many: Vec<(u32, &str)> = many.iter().map(|(o, m)| (*o, m.as_str())).collect();
        let (errors, sources) = errors(&many);
        let limited = render(&errors, &sources, Path::new("/m"), true).unwrap();
        assert!(limited.text.ends_with("./a.go:10:1: e9\n./a.go:10:1: too many errors\n"));
        assert_eq!(render(&errors, &sources, Path::new("/m"), false).unwrap().count, 12);
    }

    #[test]
    fn columns_can_be_left_out() {
        let (mut errors, sources) = errors(&[(13, "b")]);
        errors.columns = false;
        let block = render(&errors, &sources, Path::new("/m"), true).unwrap();
        assert_eq!(block.text, "# m\n./a.go:2: b\n");
    }

    #[test]
    fn version_errors_get_a_hint() {
        let (errors, sources) = errors(&[(0, "range over func requires go1.23 or later")]);
        let block = render(&errors, &sources, Path::new("/m"), true).unwrap();
        assert!(block.text.contains("or later (-lang was set to go1.20; check go.mod)\n"));
    }
}
