//! Findings as annotations of a GitHub workflow.
//!
//! A workflow command is a line `::warning key=value,…::message`, in which some characters are written as `%XX`
//! (`docs.github.com`, "Workflow commands for GitHub Actions").

use std::path::Path;

use escargo_base::{Pos, SourceMap, Span};
use escargo_findings::Finding;
use escargo_findings::finding::{Findings, Measured};

use super::advice::advice;
use super::extent::extent;
use super::outline::outline;
use super::places::{Place, function_name};
use super::words::{Verdict, class, title};
use super::{Style, cost};

/// An annotation for each finding in a file. `root` is the directory of the repository.
pub fn findings(findings: &Findings, sources: &SourceMap, root: &Path) -> String {
    let whole = findings.totals.profile.map(|profile| profile.all);
    let mut out = String::new();
    for finding in &findings.list {
        if let Some(line) = annotation(finding, whole, sources, root) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

fn annotation(
    finding: &Finding,
    whole: Option<Measured>,
    sources: &SourceMap,
    root: &Path,
) -> Option<String> {
    let start = Place::new(sources, finding.span.start)?;
    // Files elsewhere cannot be annotated.
    let file = start.file.path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
    let level = match Verdict::of(finding.class) {
        Verdict::Heap => "warning",
        _ => "notice",
    };
    let (end_line, end_column) = end(finding.span, &start, sources);
    let mut place = format!("file={},line={}", property(&file), start.line);
    match end_line == start.line {
        true => place.push_str(&format!(",col={},endColumn={end_column}", start.column)),
        false => place.push_str(&format!(",endLine={end_line}")),
    }
    let title = title(finding).replace('`', "");
    let heading = property(&format!("{} [{}]", title, finding.cause.code()));
    Some(format!("::{level} {place},title={heading}::{}", data(&message(finding, whole, sources, root))))
}

/// The last column of a span, which GitHub counts in.
fn end(span: Span, start: &Place<'_>, sources: &SourceMap) -> (u32, u32) {
    if span.end > span.start.offset {
        let last = Place::new(sources, Pos { offset: span.end - 1, ..span.start });
        return last.map_or((start.line, start.column), |last| (last.line, last.column));
    }
    let end = extent(&start.text(), start.column as usize - 1).end as u32;
    (start.line, end.max(start.column))
}

/// What stands under the title.
fn message(finding: &Finding, whole: Option<Measured>, sources: &SourceMap, root: &Path) -> String {
    let style = Style::plain(root);
    let mut lines = vec![format!(
        "In {}: {}; {}.",
        function_name(finding.function.as_str()),
        class(finding.class, finding.kind),
        cost::sentence(&finding.cost, whole)
    )];
    for stop in outline(&finding.story, sources) {
        let at =
            Place::new(sources, stop.pos).map(|p| format!("{}: ", p.shown(stop.package.as_str(), &style)));
        lines.push(format!("{}{}", at.unwrap_or_default(), stop.words));
    }
    lines.extend(finding.advice.iter().map(|a| format!("Help: {}.", advice(a))));
    lines.join("\n")
}

/// Text as the message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as the value of a key.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
