//! What is said below a list of findings.

use std::cmp::Ordering;

use escargo_base::SourceMap;
use escargo_findings::Finding;
use escargo_findings::finding::{Findings, Helped, Hidden, ProfileTotals, Totals};

use super::places::{Place, function_name};
use super::quantity::{count, number, share, signed_bytes};
use super::text::{BOLD, columns, fit, paint, wrap};
use super::words::one_line;
use super::{Measured, Style, cost};

/// Findings that are named again.
const FIVE: usize = 5;

/// Numbers, the findings that matter most, and what is not shown.
pub(super) fn summary(findings: &Findings, sources: &SourceMap, style: &Style<'_>) -> String {
    let mut out = String::new();
    let mut say = |text: &str| {
        for line in wrap(text, style.width) {
            out.push_str(&line);
            out.push('\n');
        }
    };
    say(&totals(&findings.totals, findings.list.len()));
    for text in hidden(&findings.hidden) {
        say(&text);
    }
    let whole = findings.totals.profile.map(|profile| profile.all);
    if whole.is_none() && !findings.list.is_empty() {
        say("Costs are estimates; --profile FILE gives measured ones.");
    }
    if let Some(profile) = &findings.totals.profile {
        out.push('\n');
        out.push_str(&profiled(profile, style));
    }
    if let (Some(whole), [_, ..]) = (whole, findings.helpers.as_slice()) {
        out.push('\n');
        out.push_str(&helped(&findings.helpers, whole, style));
    }
    if findings.list.len() > FIVE {
        out.push('\n');
        out.push_str(&five(&findings.list, whole, sources, style));
    }
    out
}

fn totals(totals: &Totals, shown: usize) -> String {
    let packages = count(totals.packages as u64, "package");
    let sites = count(totals.sites as u64, "allocation site");
    let escaping = match totals.escaping {
        0 => "none escapes".to_owned(),
        1 => "1 escapes".to_owned(),
        n => format!("{} escape", number(n as u64)),
    };
    format!("{sites} in {packages}, {escaping} to the heap; {} shown.", number(shown as u64))
}

/// What was left out, and how to see it.
fn hidden(hidden: &Hidden) -> Vec<String> {
    let mut texts = Vec::new();
    let mut say = |n: usize, what: &str| {
        if n > 0 {
            texts.push(format!("{} {what}", count(n as u64, "more finding")));
        }
    };
    say(hidden.beyond_limit, "that cost less; --limit 0 shows them.");
    say(hidden.cheap, "below --min-bytes.");
    say(hidden.unasked, "of other causes and functions than those asked for.");
    say(hidden.minor, "that hardly matter; --all shows them.");
    texts
}

/// A table of where the bytes of a profile went.
fn profiled(profile: &ProfileTotals, style: &Style<'_>) -> String {
    let all = profile.all;
    let objects = count(all.objects.unsigned_abs(), "object");
    let title = format!("The profile has {} in {objects}:", signed_bytes(all.bytes));
    let rows = [
        (profile.named, "findings in the packages asked for"),
        (profile.imported, "findings in packages that these import"),
        (profile.runtime, "allocated by the run time for itself"),
        (profile.helpers, "allocated by helpers of the run time, as strings.Builder calls them"),
        (profile.unknown_source, "allocated by assembly, or by code whose source is not at hand"),
        (profile.unmatched, "not matched to a finding"),
    ];
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|(measured, _)| *measured != Measured::default())
        .map(|(measured, what)| {
            let share = share(measured.bytes, all.bytes).unwrap_or_default();
            [share, signed_bytes(measured.bytes), what.to_owned()]
        })
        .collect();
    format!("{}\n{}", paint(style, BOLD, &title), table(&rows, style))
}

/// The calls below which helpers of the run time allocate most, a line each.
fn helped(helpers: &[Helped], whole: Measured, style: &Style<'_>) -> String {
    let rows: Vec<_> = helpers
        .iter()
        .take(FIVE)
        .map(|helped| {
            let share = share(helped.measured.bytes, whole.bytes).unwrap_or_default();
            let (helper, function) = (helped.helper.as_str(), helped.function.as_str());
            let what =
                format!("{} for {}, line {}", function_name(helper), function_name(function), helped.line);
            [share, signed_bytes(helped.measured.bytes), what]
        })
        .collect();
    format!("{}\n{}", paint(style, BOLD, "What helpers of the run time allocate:"), table(&rows, style))
}

/// The findings that cost most, a line each.
fn five(list: &[Finding], whole: Option<Measured>, sources: &SourceMap, style: &Style<'_>) -> String {
    let mut order: Vec<&Finding> = list.iter().collect();
    order.sort_by(|a, b| {
        let ((a, aw), (b, bw)) = (cost::rank(&a.cost), cost::rank(&b.cost));
        b.cmp(&a).then(bw.partial_cmp(&aw).unwrap_or(Ordering::Equal))
    });
    let rows: Vec<_> = order
        .into_iter()
        .take(FIVE)
        .map(|f| {
            let at = Place::new(sources, f.span.start)
                .map_or(String::new(), |p| format!("{}:{}", p.path(f.package.as_str(), style), p.line));
            let of_all = whole.zip(f.cost.measured).and_then(|(w, m)| share(m.bytes, w.bytes));
            let mut what = format!("{at}  {}  [{}]", one_line(&f.subject), f.cause.code());
            if f.cost.measured.is_none() && f.cost.estimate.loop_depth > 0 {
                what.push_str(" in a loop");
            }
            [of_all.unwrap_or_default(), cost::brief(&f.cost), what]
        })
        .collect();
    format!("{}\n{}", paint(style, BOLD, "What costs most:"), table(&rows, style))
}

/// Rows of two right-aligned columns and a text.
fn table(rows: &[[String; 3]], style: &Style<'_>) -> String {
    let widest = |i: usize| rows.iter().map(|row| columns(&row[i])).max().unwrap_or(0);
    let (first, second) = (widest(0), widest(1));
    let mut out = String::new();
    for [a, b, text] in rows {
        let before = match first {
            0 => format!("  {b:>second$}  "),
            _ => format!("  {a:>first$}  {b:>second$}  "),
        };
        out.push_str(&before);
        out.push_str(&fit(text, style.width.saturating_sub(columns(&before)).max(20)));
        out.push('\n');
    }
    out
}
