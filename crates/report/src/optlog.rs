//! The optimization log (`-json=0,DIR`): what the passes did and why, for editors (`cmd/compile/internal/logopt/log_opts.go`).
//!
//! One text per file in which something was found: a header, then a diagnostic of the Language Server Protocol per line,
//! in the order of the places. Positions are those of the files as they were read, lines and columns as the compiler
//! keeps them. Entries that the compiler's back end makes (`nilcheck`, `isInBounds`, `isSliceInBounds`, `copy`) are not
//! among them.

use std::fmt::Write;

use escargo_base::SourceMap;
use escargo_escape::{Event as Escape, Path};
use escargo_inline::{CallRefused, Event as Inline};
use escargo_ir::position::WrittenPos;
use escargo_ir::print::{func_name, node_text};
use escargo_ir::{Context, FuncId, IrPos, Kind, NodeId, Unit};
use escargo_passes::loopvar::Transformed;
use rustc_hash::FxHashSet;
use serde::Serialize;

use crate::messages::{Why, push_cause, push_flow, push_name};

/// Something to be logged.
#[derive(Clone, Debug)]
struct Entry {
    code: &'static str,
    pos: IrPos,
    /// Where it ends, for whole loops.
    last: IrPos,
    message: String,
    explanation: Vec<(IrPos, String)>,
}

/// What is logged of one package, in the order in which it is found.
#[derive(Clone, Debug, Default)]
pub struct OptLog {
    entries: Vec<Entry>,
}

/// A file of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// Its name in the package's directory.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

impl OptLog {
    fn add(&mut self, code: &'static str, pos: IrPos, message: String) {
        self.entries.push(Entry { code, pos, last: pos, message, explanation: Vec::new() });
    }

    /// What the inliner found.
    pub fn inline(&mut self, cx: &Context<'_>, unit: &Unit, path: &str, event: &Inline) {
        match *event {
            Inline::CanInline { func, cost, .. } => {
                self.add("canInlineFunction", unit.funcs[func].pos, format!("cost: {cost}"));
            }
            Inline::CannotInline { func, reason, .. } => {
                self.add("cannotInlineFunction", unit.funcs[func].pos, Why(reason).to_string());
            }
            Inline::CallRefused { pos, callee, reason, .. } => {
                let message = refusal(reason, &full_name(cx, unit, path, callee));
                self.add("cannotInlineCall", pos, message);
            }
            _ => {}
        }
    }

    /// What escape analysis found.
    pub fn escape(&mut self, cx: &Context<'_>, event: &Escape) {
        match event {
            Escape::EscapeReason { pos, text, path, at_once, .. } => {
                let code = if *at_once { "escapes" } else { "escape" };
                self.explained(cx, code, *pos, format!("{text} escapes to heap"), path);
            }
            Escape::LeakReason { pos, text, to, derefs, path, .. } => {
                let mut message = format!("parameter {text} leaks to ");
                push_name(&mut message, to);
                let _ = write!(message, " with derefs={derefs}");
                self.explained(cx, "leak", *pos, message, path);
            }
            Escape::OnHeap { pos } => self.add("escape", *pos, String::new()),
            _ => {}
        }
    }

    fn explained(&mut self, cx: &Context<'_>, code: &'static str, pos: IrPos, message: String, path: &Path) {
        let mut explanation = Vec::new();
        let mut explain = |pos, push: &dyn Fn(&mut String)| {
            let mut text = String::from("escflow:  ");
            push(&mut text);
            explanation.push((pos, text));
        };
        for step in &path.steps {
            explain(step.pos, &|text| push_flow(text, step, cx.model.messages.flow_arrow));
            for note in &step.notes {
                explain(note.pos, &|text| push_cause(text, note));
            }
        }
        self.entries.push(Entry { code, pos, last: pos, message, explanation });
    }

    /// Variables that were given a life per iteration, and their loops.
    pub fn loop_variables(
        &mut self,
        cx: &Context<'_>,
        unit: &Unit,
        variables: &[Transformed],
        on_heap: &dyn Fn(NodeId) -> bool,
    ) {
        let mut seen = FxHashSet::default();
        let loops: Vec<&Transformed> = variables.iter().filter(|var| seen.insert(var.in_loop)).collect();
        for var in variables {
            let name = &unit.names[var.name];
            let inlined = if name.pos.inl.is_some() { " (from inline)" } else { "" };
            let code = match on_heap(name.node) {
                true => "iteration-variable-to-heap",
                false => "iteration-variable-to-stack",
            };
            self.add(code, name.pos, format!("{}{inlined}", node_text(cx, unit, name.node)));
        }
        for var in loops {
            let node = &unit.nodes[var.in_loop];
            let code = match node.kind {
                Kind::For { .. } => "loop-modified-for",
                _ => "loop-modified-range",
            };
            self.add(code, node.pos, String::new());
            if let Some(entry) = self.entries.last_mut() {
                entry.last = var.last;
            }
        }
    }

    /// The files of the log, in the order in which they are to be written: of two with one name the later one stays.
    pub fn files(self, cx: &Context<'_>, unit: &Unit, path: &str) -> Vec<LogFile> {
        let package = if path.is_empty() { "\0" } else { path };
        let place = |entry: &Entry| {
            let at = WrittenPos::new(cx.sources, unit.inline_tree.outermost(entry.pos));
            (at.file(cx.sources), at.line, at.column)
        };
        let mut placed: Vec<_> = self.entries.iter().map(|entry| (place(entry), entry)).collect();
        placed.sort_by(|(a, _), (b, _)| a.cmp(b));
        let writer = Writer { sources: cx.sources, unit };
        let same_file = |(a, _): &(Place<'_>, &Entry), (b, _): &(Place<'_>, &Entry)| a.0 == b.0;
        let files = placed.chunk_by(same_file).map(|chunk| {
            let file = shown(&chunk[0].0.0);
            let header = Header {
                version: 0,
                package,
                goos: cx.target.goos(),
                goarch: cx.target.goarch(),
                gc_version: cx.model.toolchain.to_string(),
                file,
            };
            let mut text = json_line(&header);
            for (_, entry) in chunk {
                text.push_str(&json_line(&writer.diagnostic(entry)));
            }
            LogFile { name: file_name(file), text }
        });
        files.collect()
    }
}

/// File, line and column.
type Place<'s> = (std::borrow::Cow<'s, str>, u32, u32);

/// Why a call is not inlined. The compiler has no words for one that would come to stand where it came from.
fn refusal(reason: CallRefused, callee: &str) -> String {
    match reason {
        CallRefused::Callee => format!("{callee} cannot be inlined"),
        CallRefused::TooCostly { cost, max } => {
            format!("cost {cost} of {callee} exceeds max caller cost {max}")
        }
        CallRefused::Recursive | CallRefused::SamePosition => String::new(),
        CallRefused::RuntimeWithCheckPtr => {
            format!("call to into runtime package function {callee} in -d=checkptr build")
        }
        CallRefused::RepeatedCycle => format!("repeated recursive cycle to {callee}"),
    }
}

/// A function's name after its package's path (`ir.PkgFuncName`). `path` is that of the package compiled.
fn full_name(cx: &Context<'_>, unit: &Unit, path: &str, func: FuncId) -> String {
    let name = func_name(unit, func);
    match unit.func_name(func).pkg {
        Some(pkg) if pkg != unit.pkg => format!("{}.{name}", cx.store.pkg(pkg).path.as_str()),
        _ => format!("{path}.{name}"),
    }
}

#[derive(Serialize)]
struct Header<'a> {
    version: u32,
    package: &'a str,
    goos: &'a str,
    goarch: &'a str,
    gc_version: String,
    file: &'a str,
}

#[derive(Clone, Copy, Serialize)]
struct Point {
    line: u32,
    character: u32,
}

#[derive(Clone, Copy, Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    range: Range,
    severity: u32,
    code: &'a str,
    source: &'static str,
    message: &'a str,
    #[serde(rename = "relatedInformation", skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    location: Location,
    message: &'a str,
}

#[derive(Serialize)]
struct Location {
    uri: String,
    range: Range,
}

/// Makes diagnostics of entries.
struct Writer<'a> {
    sources: &'a SourceMap,
    unit: &'a Unit,
}

impl Writer<'_> {
    fn diagnostic<'e>(&self, entry: &'e Entry) -> Diagnostic<'e> {
        let (places, ends) = (self.places(entry.pos), self.places(entry.last));
        let mut related = Vec::new();
        self.inlined(&places, &ends, &mut related);
        for (pos, message) in &entry.explanation {
            let places = self.places(*pos);
            related.push(Related { location: self.location(places[0], places[0]), message });
            self.inlined(&places, &places, &mut related);
        }
        Diagnostic {
            range: range(places[0], ends[0]),
            severity: 3,
            code: entry.code,
            source: "go compiler",
            message: &entry.message,
            related,
        }
    }

    /// The calls that brought a node to where it is, outermost first, then the place where it was written.
    fn places(&self, pos: IrPos) -> Vec<WrittenPos> {
        let tree = &self.unit.inline_tree;
        let calls = tree.ancestors(pos).map(|inl| tree.calls[inl].call);
        let mut places: Vec<_> =
            std::iter::once(pos).chain(calls).map(|pos| WrittenPos::new(self.sources, pos)).collect();
        places.reverse();
        places
    }

    fn inlined(&self, places: &[WrittenPos], ends: &[WrittenPos], related: &mut Vec<Related<'_>>) {
        for (&start, &end) in places.iter().zip(ends).skip(1) {
            related.push(Related { location: self.location(start, end), message: "inlineLoc" });
        }
    }

    fn location(&self, start: WrittenPos, end: WrittenPos) -> Location {
        Location { uri: file_uri(shown(&start.file(self.sources))), range: range(start, end) }
    }
}

fn range(start: WrittenPos, end: WrittenPos) -> Range {
    let point = |pos: WrittenPos| Point { line: pos.line, character: pos.column };
    Range { start: point(start), end: point(end) }
}

/// What things without position are listed under.
fn shown(file: &str) -> &str {
    if file.is_empty() { "__unnamed__" } else { file }
}

/// A value on a line of its own. Characters that mean something in HTML are escaped, as Go's encoder does.
fn json_line(value: &impl Serialize) -> String {
    // Nothing here can fail to be written.
    let mut line = serde_json::to_string(value).unwrap_or_default();
    for (char, escaped) in [
        ('&', "\\u0026"),
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ] {
        if line.contains(char) {
            line = line.replace(char, escaped);
        }
    }
    line.push('\n');
    line
}

/// The name of the log of a source file.
fn file_name(file: &str) -> String {
    let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let base = base.rfind(".go").map_or(base, |dot| &base[..dot]);
    format!("{}.json", escape_path(base))
}

/// The name of the log's directory for a package.
pub fn directory_name(path: &str) -> String {
    escape_path(if path.is_empty() { "\0" } else { path })
}

/// Escapes one element of a URL's path (`net/url`, PathEscape).
fn escape_path(text: &str) -> String {
    escape(text, b"")
}

fn file_uri(file: &str) -> String {
    format!("file://{}", escape(file, b"/,;"))
}

/// Escapes what may not stand in an element of a path, except for some characters.
fn escape(text: &str, except: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~$&+:=@".contains(&byte) || except.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped() {
        assert_eq!(directory_name("encoding/json"), "encoding%2Fjson");
        assert_eq!(directory_name(""), "%00");
        assert_eq!(directory_name("é;x,y@v1"), "%C3%A9%3Bx%2Cy@v1");
        assert_eq!(file_name("/d/a b.go"), "a%20b.json");
        assert_eq!(file_name("<autogenerated>"), "%3Cautogenerated%3E.json");
        assert_eq!(file_name("/d/a.golden.go"), "a.golden.json");
        assert_eq!(file_name("/d/c.y"), "c.y.json");
        assert_eq!(file_uri("/d,e/a b;?.go"), "file:///d,e/a%20b;%3F.go");
    }

    #[test]
    fn text_is_escaped_as_for_html() {
        assert_eq!(
            json_line(&"a<&b>\u{2028}\"\t\u{1}←"),
            "\"a\\u003c\\u0026b\\u003e\\u2028\\\"\\t\\u0001←\"\n"
        );
    }
}
