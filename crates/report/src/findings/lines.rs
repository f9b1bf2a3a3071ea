//! Findings a line each, as compilers print errors: for editors, `grep` and `sort`.

use escargo_base::SourceMap;
use escargo_findings::Finding;
use escargo_findings::finding::{Findings, Measured};

use super::places::{Place, link};
use super::text::{BOLD, colour, paint};
use super::words::{Verdict, title};
use super::{Style, cost};

/// `file:line:column: title [cause] (cost)` for each finding.
pub fn short(findings: &Findings, sources: &SourceMap, style: &Style<'_>) -> String {
    let whole = findings.totals.profile.map(|profile| profile.all);
    findings.list.iter().map(|finding| line(finding, whole, sources, style) + "\n").collect()
}

fn line(finding: &Finding, whole: Option<Measured>, sources: &SourceMap, style: &Style<'_>) -> String {
    let place = Place::new(sources, finding.span.start).map(|place| {
        let at = format!("{}:{}", place.shown(finding.package.as_str(), style), place.column);
        format!("{}: ", link(&place.file.path, &paint(style, BOLD, &at), style))
    });
    let code = finding.told_cause().map(|cause| format!("[{}] ", cause.code())).unwrap_or_default();
    let cause = paint(style, colour(Verdict::of(finding.class)), &code);
    format!(
        "{}{} {cause}({})",
        place.unwrap_or_default(),
        title(finding).replace('`', ""),
        cost::sentence(&finding.cost, whole).replace(" (estimate)", ", estimated")
    )
}
