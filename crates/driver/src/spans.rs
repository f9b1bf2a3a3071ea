//! From the position at which the compiler reports a thing to the text that it is.

use escargo_base::{FileId, Pos, SourceMap, Span};
use escargo_syntax::{ParseOptions, parse};
use rustc_hash::FxHashMap;

/// Finds what stands at positions. Files are parsed when they are asked for.
#[derive(Debug)]
pub struct Spans<'s> {
    sources: &'s SourceMap,
    files: FxHashMap<FileId, FileSpans>,
}

/// Start and end of what is reported at an offset, by that offset.
type FileSpans = FxHashMap<u32, (u32, u32)>;

impl<'s> Spans<'s> {
    /// One that has parsed nothing yet.
    pub fn new(sources: &'s SourceMap) -> Spans<'s> {
        Spans { sources, files: FxHashMap::default() }
    }

    /// The variable, else the largest expression, else the statement that the compiler reports at a position; else the
    /// position alone.
    pub fn at(&mut self, pos: Pos) -> Span {
        let Some(file) = pos.file else { return Span::at(pos) };
        let spans = self.files.entry(file).or_insert_with(|| file_spans(&self.sources.file(file).text));
        match spans.get(&pos.offset) {
            Some(&(start, end)) => Span { start: Pos::new(file, start), end },
            None => Span::at(pos),
        }
    }

    /// The source text of a span, on one line.
    pub fn text(&self, span: Span) -> Option<String> {
        let text = &self.sources.file(span.start.file?).text;
        let bytes = text.get(span.start.offset as usize..span.end as usize)?;
        let text = String::from_utf8_lossy(bytes);
        Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
    }
}

/// Whether a text, which the compiler would print, names something that only the compiler knows: run-time types in
/// instances of generic functions.
pub fn is_unreadable(text: &str) -> bool {
    text.contains("<node ")
}

fn file_spans(text: &[u8]) -> FileSpans {
    let tree = parse(text, ParseOptions { comments: false, check_branches: false, imports_only: false });
    let mut spans = FileSpans::default();
    for id in tree.stmts().ids() {
        let loc = tree.stmt_loc(id);
        larger(&mut spans, loc.pos, loc.start, loc.end);
    }
    let mut exprs = FileSpans::default();
    for id in tree.exprs().ids() {
        let loc = tree.loc(id);
        larger(&mut exprs, loc.pos, loc.start, loc.end);
    }
    for ident in tree.idents() {
        exprs.entry(ident.start).or_insert((ident.start, ident.end()));
    }
    spans.extend(exprs);
    spans
}

fn larger(spans: &mut FileSpans, pos: u32, start: u32, end: u32) {
    let span = spans.entry(pos).or_insert((start, end));
    if end - start > span.1 - span.0 {
        *span = (start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_at_positions() {
        let text = "package p\n\nfunc f() *T {\n\tx := T{a: g(1) + 2}\n\treturn &x\n}\n";
        let sources = SourceMap::new();
        let file = sources.add("/p.go".into(), text.as_bytes().into());
        let mut spans = Spans::new(&sources);
        let mut found = |at: &str| {
            let offset = text.find(at).unwrap_or_default() as u32;
            let span = spans.at(Pos::new(file, offset));
            text[span.start.offset as usize..span.end as usize].to_owned()
        };
        assert_eq!(found("x :="), "x");
        assert_eq!(found("(1)"), "g(1)");
        assert_eq!(found("+ 2"), "g(1) + 2");
        assert_eq!(found("&x"), "&x");
        assert_eq!(found("return"), "return &x");
        assert_eq!(found("package"), "");
    }
}
