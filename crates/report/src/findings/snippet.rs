//! Findings drawn over their source.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use escargo_base::{SourceFile, SourceMap, Span, Symbol};
use escargo_findings::finding::Copy;
use escargo_findings::{Cause, Finding};

use super::Style;
use super::advice::advice;
use super::extent::{extent, head};
use super::outline::{Stop, outline};
use super::places::{Place, function_name, line_text, link};
use super::quantity::count;
use super::text::{BOLD, HEAP, HELP, MAYBE, STACK, STEP, bare, columns, cut, untabbed, wrap};
pub(super) use super::words::Verdict;
use super::words::{class, class_brief, code, copies, one_line, title};
use super::{Measured, cost};
use escargo_alloc::SiteKind;

/// Lines between two marks that are too many to look for a connection between them.
const FAR: u32 = 200;
/// Steps in the function of the finding that are marked.
const MOST_MARKS: usize = 5;
/// Steps elsewhere that are told of.
const MOST_ELSEWHERE: usize = 3;

/// A marked place with its label.
struct Mark {
    line: u32,
    /// Bytes of the line.
    from: usize,
    to: usize,
    label: String,
    primary: bool,
}

/// A finding drawn. `whole` is what the profile has in all.
pub(super) fn draw(
    finding: &Finding,
    sources: &SourceMap,
    whole: Option<Measured>,
    style: &Style<'_>,
) -> String {
    // How something gets about that allocates nothing is no news.
    let stops = match finding.class.may_allocate() {
        true => outline(&finding.story, sources),
        false => Vec::new(),
    };
    let picture = picture(finding, &stops, sources, style);
    let digits = picture.as_ref().map_or(1, |p| digits(&p.marks));
    let elsewhere = picture.as_ref().map_or(&stops, |p| &p.elsewhere);
    let notes = notes(finding, elsewhere, sources, whole, style).into_iter().map(|(name, text)| {
        let text = folded(&text, style.width, digits + GUTTER + name.len() + 2);
        let level = if name == "help" { Level::HELP } else { Level::NOTE };
        level.with_name(name).message(text)
    });
    let mut group = headed(Verdict::of(finding.class), finding.told_cause(), &title(finding), style);
    if let Some(picture) = &picture {
        group = group.elements(picture.snippets(style));
    }
    finish(group.elements(notes), picture.as_ref(), style)
}

/// A thing with its title, and nothing else marked.
pub(super) struct Origin {
    pub(super) verdict: Verdict,
    pub(super) cause: Option<Cause>,
    pub(super) title: String,
    pub(super) package: Symbol,
    pub(super) span: Span,
    /// What is said of it; the first that fits, else the last.
    pub(super) labels: Vec<String>,
}

impl Origin {
    /// The thing drawn.
    pub(super) fn draw(self, sources: &SourceMap, style: &Style<'_>) -> String {
        let group = headed(self.verdict, self.cause, &self.title, style);
        let place = Place::new(sources, self.span.start);
        let mark = mark(sources, self.span, String::new(), true);
        let picture = place.zip(mark).map(|(place, mut mark)| {
            let mut labels = self.labels;
            let fitting = labels.iter().position(|label| fits(&mark, label, place.file, style));
            labels.truncate(fitting.map_or(labels.len(), |i| i + 1));
            mark.label = labels.pop().unwrap_or_default();
            mark.tighten(place.file, style);
            let path = place.path(self.package.as_str(), style);
            Picture { file: place.file, path, marks: vec![mark], elsewhere: Vec::new() }
        });
        match &picture {
            Some(picture) => finish(group.elements(picture.snippets(style)), Some(picture), style),
            None => finish(group, None, style),
        }
    }
}

/// A title, with the code of the cause.
fn headed(verdict: Verdict, cause: Option<Cause>, text: &str, style: &Style<'_>) -> Group<'static> {
    let level = match verdict {
        Verdict::Heap => Level::ERROR,
        Verdict::Maybe | Verdict::Leaks => Level::WARNING,
        Verdict::Stack => Level::INFO,
    };
    let name = verdict.name();
    let code = cause.map(Cause::code);
    let indent = name.len() + 2 + code.map_or(0, |code| code.len() + 2);
    let title = level.with_name(name).primary_title(folded(text, style.width, indent));
    Group::with_title(match code {
        Some(code) => title.id(code),
        None => title,
    })
}

fn finish(group: Group<'_>, picture: Option<&Picture<'_>>, style: &Style<'_>) -> String {
    let drawn = renderer(style).render(&[group]);
    match picture {
        Some(picture) => picture.placed(&drawn, style),
        None => drawn,
    }
}

fn renderer(style: &Style<'_>) -> Renderer {
    let renderer = match style.colours {
        false => Renderer::plain(),
        true => Renderer::styled()
            .error(HEAP)
            .warning(MAYBE)
            .info(STACK)
            .note(BOLD)
            .help(HELP)
            .line_num(STEP)
            .context(STEP)
            .emphasis(BOLD),
    };
    // Lines are cut already.
    renderer.hyperlink(false).term_width(usize::MAX / 4)
}

/// Text of several lines that fits beside `indent` columns.
fn folded(text: &str, width: usize, indent: usize) -> String {
    wrap(text, width.saturating_sub(indent).max(20)).join("\n")
}

/// The marked lines of one file.
struct Picture<'a> {
    file: &'a SourceFile,
    path: String,
    marks: Vec<Mark>,
    /// Stops that are not marked.
    elsewhere: Vec<Stop>,
}

fn picture<'a>(
    finding: &Finding,
    stops: &[Stop],
    sources: &'a SourceMap,
    style: &Style<'_>,
) -> Option<Picture<'a>> {
    let id = finding.span.start.file?;
    let file = sources.file(id);
    let place = Place::new(sources, finding.span.start)?;
    let path = place.path(finding.package.as_str(), style);
    let class = class(finding.class, finding.kind);
    let inlined = |copy: &Copy| copy.function == finding.function && copy.call == finding.span.start;
    let mut labels = vec![class_brief(finding.class, finding.kind), class.clone()];
    if finding.copies.iter().any(inlined) {
        labels.push(format!("{class}, in code inlined here"));
    }
    let mut origin = mark(sources, finding.span, String::new(), true)?;
    // The longest that fits.
    let fitting = labels.iter().rposition(|label| fits(&origin, label, file, style)).unwrap_or(0);
    origin.label = labels.swap_remove(fitting);
    origin.tighten(file, style);
    let mut marks = vec![origin];
    let here = |stop: &Stop| stop.depth == 0 && stop.pos.file == Some(id);
    let (near, mut elsewhere): (Vec<Stop>, Vec<Stop>) = stops.iter().cloned().partition(here);
    let skipped = near.len().saturating_sub(MOST_MARKS);
    for (i, stop) in near.into_iter().enumerate() {
        // The beginning and the end say most.
        if i >= 2 && i < 2 + skipped {
            continue;
        }
        let Some(mut new) = mark(sources, Span::at(stop.pos), stop.words.clone(), false) else { continue };
        // That `x := make(…)` assigns to x is no news.
        if stop.assigns && finding.kind != SiteKind::Variable && new.line == marks[0].line {
            continue;
        }
        let same = |m: &&mut Mark| m.line == new.line && m.from < new.to && new.from < m.to;
        match marks.iter_mut().find(same) {
            Some(old) => {
                let joint = if old.primary { ": " } else { ", then " };
                let label = format!("{}{joint}{}", old.label, new.label);
                match fits(old, &label, file, style) {
                    true => {
                        old.label = label;
                        old.tighten(file, style);
                    }
                    false => elsewhere.push(stop),
                }
            }
            None if fits(&new, &new.label, file, style) => {
                new.tighten(file, style);
                marks.push(new);
            }
            None => elsewhere.push(stop),
        }
    }
    elsewhere.sort_by_key(|stop| stops.iter().position(|s| s == stop));
    Some(Picture { file, path, marks, elsewhere })
}

/// Columns between a line number and the source.
const GUTTER: usize = 3;

/// Columns at the beginning of a line that is cut.
const KEPT: usize = 8;

/// Columns of source, as it is drawn.
fn drawn_columns(text: &str) -> usize {
    columns(&untabbed(text))
}

/// Columns for the source on a line with this number.
fn room(line: u32, style: &Style<'_>) -> usize {
    style.width.saturating_sub(line.to_string().len() + GUTTER + 1)
}

/// Whether a label can stand behind its mark, even if the beginning of the line has to be cut off.
fn fits(mark: &Mark, label: &str, file: &SourceFile, style: &Style<'_>) -> bool {
    let line = line_text(file, mark.line);
    let wide = drawn_columns(line.trim_end()) > room(mark.line, style);
    let before = if wide { KEPT } else { line.get(..mark.from).map_or(0, drawn_columns) };
    let head = head(&line, mark.from..mark.to);
    let marked = line.get(head).map_or(0, drawn_columns);
    before + marked + 1 + columns(label) <= room(mark.line, style)
}

impl Mark {
    /// Marks less where the label would otherwise not stand beside the line as it is.
    fn tighten(&mut self, file: &SourceFile, style: &Style<'_>) {
        let line = line_text(file, self.line);
        let end = line.get(..self.to).map_or(0, drawn_columns);
        if end + 1 + columns(&self.label) > room(self.line, style) {
            let head = head(&line, self.from..self.to);
            (self.from, self.to) = (head.start, head.end);
        }
    }
}

/// The mark of a span, which must lie in a file.
fn mark(sources: &SourceMap, span: Span, label: String, primary: bool) -> Option<Mark> {
    let place = Place::new(sources, span.start)?;
    let text = place.text();
    let at = (place.column as usize - 1).min(text.len());
    let guessed = extent(&text, at);
    let end = span.end.saturating_sub(place.line_start()) as usize;
    let known = span.end > span.start.offset && text.get(at..end).is_some();
    let (from, to) = if known { (at, end) } else { (guessed.start, guessed.end) };
    Some(Mark { line: place.line, from, to, label, primary })
}

/// Digits of the largest line number.
fn digits(marks: &[Mark]) -> usize {
    marks.iter().map(|m| m.line).max().unwrap_or(1).to_string().len()
}

impl Picture<'_> {
    /// The lines around the marks; a piece for each place of the file.
    fn snippets(&self, style: &Style<'_>) -> Vec<Snippet<'static, Annotation<'static>>> {
        let mut lines: Vec<u32> = self.marks.iter().map(|m| m.line).collect();
        lines.sort_unstable();
        let mut pieces: Vec<(u32, u32)> = Vec::new();
        for line in lines {
            match pieces.last_mut() {
                Some((_, last)) if line - *last <= FAR => *last = line,
                _ => pieces.push((line, line)),
            }
        }
        // The piece that has the origin comes first.
        let origin = self.marks[0].line;
        pieces.sort_by_key(|&(first, last)| !(first..=last).contains(&origin));
        pieces.into_iter().map(|piece| self.snippet(piece, style)).collect()
    }

    /// The places over the snippets, with the columns of the file, and as links.
    fn placed(&self, drawn: &str, style: &Style<'_>) -> String {
        let start = format!("{}:", self.path);
        let mut out = String::with_capacity(drawn.len() + 64);
        for line in drawn.split_inclusive('\n') {
            let place = line.find(&start).filter(|&at| {
                let before = bare(&line[..at]);
                before.trim_start() == "--> " || before.trim_start() == "::: "
            });
            let Some(at) = place else {
                out.push_str(line);
                continue;
            };
            let end = at + line[at..].find(['\n', '\x1b']).unwrap_or(line.len() - at);
            let number = line[at + start.len()..end].split(':').next().and_then(|n| n.parse::<u32>().ok());
            let marks = self.marks.iter().filter(|m| Some(m.line) == number);
            let column =
                marks.max_by_key(|m| (m.primary, std::cmp::Reverse(m.from))).map_or(1, |m| m.from + 1);
            let place = format!("{start}{}:{column}", number.unwrap_or(1));
            out.push_str(&line[..at]);
            out.push_str(&link(&self.file.path, &place, style));
            out.push_str(&line[end..]);
        }
        out
    }

    fn snippet(&self, (first, last): (u32, u32), style: &Style<'_>) -> Snippet<'static, Annotation<'static>> {
        let mut text = String::new();
        let mut annotations = Vec::new();
        for line in first..=last {
            let marks: Vec<&Mark> = self.marks.iter().filter(|m| m.line == line).collect();
            let source = line_text(self.file, line);
            let drawn = untabbed(&source);
            let at = |byte: usize| source.get(..byte).map_or(byte, |before| untabbed(before).len());
            let from = marks.iter().map(|m| at(m.from)).min().unwrap_or(0);
            let to = marks.iter().map(|m| at(m.to)).max().unwrap_or(0);
            // Labels hang below their marks, but for the last.
            let below = |m: &&Mark| drawn.get(..at(m.from)).map_or(0, columns) + columns(&m.label);
            let beside = |m: &&Mark| drawn.get(..at(m.to)).map_or(0, columns) + 1 + columns(&m.label);
            let last_mark = marks.iter().max_by_key(|m| m.from).map_or(0, beside);
            let need = marks.iter().map(below).max().unwrap_or(0).max(last_mark);
            let cut = cut(&drawn, from..to, need, room(last, style));
            for mark in marks {
                let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                let span = cut.place(at(mark.from))..cut.place(at(mark.to));
                // What was cut off has no place for a label.
                let label = (span.start < cut.text.len()).then(|| mark.label.clone());
                let span = text.len() + span.start..text.len() + span.end;
                annotations.push(kind.span(span).label(label));
            }
            text.push_str(&cut.text);
            text.push('\n');
        }
        Snippet::source(text).line_start(first as usize).path(self.path.clone()).annotations(annotations)
    }
}

/// What is said below the source: a name and a text each.
/// The copies of a site, a line each, if they are wanted.
pub(super) fn each_copy(copies: &[Copy], sources: &SourceMap, style: &Style<'_>) -> Vec<String> {
    let tell = |copy: &Copy| {
        let place = Place::new(sources, copy.call)
            .map_or(String::new(), |p| format!(", {}:{}", p.path("", style), p.line));
        let fate = if copy.escapes { "escapes" } else { "does not escape" };
        format!("{}{place}: {fate}", function_name(copy.function.as_str()))
    };
    if style.copies { copies.iter().map(tell).collect() } else { Vec::new() }
}

fn notes(
    finding: &Finding,
    elsewhere: &[Stop],
    sources: &SourceMap,
    whole: Option<Measured>,
    style: &Style<'_>,
) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    for text in told(elsewhere, finding, sources, style) {
        notes.push(("then", text));
    }
    if finding.story.partial {
        notes.push(("note", "part of the way could not be followed".to_owned()));
    }
    if let Some(text) = copies(&finding.copies, finding.function) {
        notes.push(("note", format!("inlined {text}")));
        notes.extend(each_copy(&finding.copies, sources, style).into_iter().map(|text| ("copy", text)));
    }
    if finding.class.may_allocate() || finding.cost.measured.is_some() {
        notes.push(("cost", cost::sentence(&finding.cost, whole)));
    }
    notes.extend(finding.advice.iter().map(|a| ("help", advice(a))));
    notes
}

/// Steps that are not marked, a line each.
fn told(stops: &[Stop], finding: &Finding, sources: &SourceMap, style: &Style<'_>) -> Vec<String> {
    // A story of one step, where the thing stands itself, is in the title.
    let line = |pos| Place::new(sources, pos).map(|place| place.line);
    if let [stop] = stops
        && stop.ends
        && stop.depth == 0
        && stop.pos.file == finding.span.start.file
        && line(stop.pos) == line(finding.span.start)
    {
        return Vec::new();
    }
    let skipped = if stops.len() > MOST_ELSEWHERE { stops.len() - (MOST_ELSEWHERE - 1) } else { 0 };
    let mut lines = Vec::new();
    for (i, stop) in stops.iter().enumerate() {
        if skipped > 0 && i == 1 {
            let place = Place::new(sources, finding.span.start);
            let place = place.map(|p| p.shown(finding.package.as_str(), style)).unwrap_or_default();
            lines.push(format!(
                "{}: {}",
                count(skipped as u64, "more step"),
                code(&format!("escargo why {place}"))
            ));
        }
        if skipped == 0 || i == 0 || i > skipped {
            lines.push(elsewhere_line(stop, finding, sources, style));
        }
    }
    lines
}

fn elsewhere_line(stop: &Stop, finding: &Finding, sources: &SourceMap, style: &Style<'_>) -> String {
    let mut words = stop.words.clone();
    let name = match stop.function == finding.function {
        true => String::new(),
        false => format!("in {}", code(function_name(stop.function.as_str()))),
    };
    let mut at = String::new();
    if let Some(place) = Place::new(sources, stop.pos) {
        let line = Place::new(sources, finding.span.start).map(|p| p.line);
        if stop.depth > 0 || stop.pos.file != finding.span.start.file || line != Some(place.line) {
            at = place.shown(stop.package.as_str(), style);
        }
        if stop.ends && stop.depth > 0 {
            words.push_str(&format!(": {}", code(&one_line(&place.text()))));
        }
    }
    let head: Vec<String> = [name, at].into_iter().filter(|part| !part.is_empty()).collect();
    if head.is_empty() { words } else { format!("{}: {words}", head.join(", ")) }
}
