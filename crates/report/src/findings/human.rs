//! The list of findings for people.

use escargo_base::SourceMap;
use escargo_findings::Finding;
use escargo_findings::finding::Findings;

use super::places::function_name;
use super::quantity::{count, share, signed_bytes};
use super::text::{STEP, paint};
use super::{Measured, Style, snippet, summary};

/// The findings, those of a function together, and a summary.
pub fn human(findings: &Findings, sources: &SourceMap, style: &Style<'_>) -> String {
    let whole = findings.totals.profile.map(|profile| profile.all);
    let mut out = String::new();
    for group in findings.list.chunk_by(|a, b| (a.function, a.package) == (b.function, b.package)) {
        out.push_str(&paint(style, STEP, &header(group, whole)));
        out.push('\n');
        for finding in group {
            out.push_str(&snippet::draw(finding, sources, whole, style));
            out.push_str("\n\n");
        }
    }
    out.push_str(&summary::summary(findings, sources, style));
    out
}

/// What stands over the findings of a function.
fn header(group: &[Finding], whole: Option<Measured>) -> String {
    let Some(first) = group.first() else { return String::new() };
    let mut text = format!("func {}", function_name(first.function.as_str()));
    if first.imported {
        text.push_str(&format!(" (imported, {})", first.package.as_str()));
    }
    if group.len() > 1 {
        text.push_str(&format!(": {}", count(group.len() as u64, "finding")));
        let sum: i64 = group.iter().filter_map(|f| f.cost.measured).map(|m| m.bytes).sum();
        if let Some(share) = whole.and_then(|whole| share(sum, whole.bytes)) {
            text.push_str(&format!(", {} ({share})", signed_bytes(sum)));
        }
    }
    text
}
