//! Answers for people: all of one thing's story.

use escargo_alloc::{Class, SiteKind};
use escargo_base::SourceMap;
use escargo_findings::answer::{Leads, Subject, Way};
use escargo_findings::{Answer, Cause, Story};

use super::advice::advice;
use super::places::{function_name, is_nameless};
use super::text::{BOLD, paint, wrap};
use super::words::{class, class_brief, clause, code, copies, headline, one_line, type_of};
use super::{Measured, Style, cost, snippet, walk};

/// What is known of a thing, step by step. `whole` is what the profile has in all, if there is one.
pub fn answer(answer: &Answer, sources: &SourceMap, whole: Option<Measured>, style: &Style<'_>) -> String {
    let verdict = verdict(answer);
    let origin = snippet::Origin {
        verdict,
        cause: answer.cause.or_else(|| answer.ways.iter().find_map(|way| way.story.end)),
        title: title(answer),
        package: answer.package,
        span: answer.span,
        labels: labels(answer),
    };
    let mut out = origin.draw(sources, style);
    out.push_str("\n\n");
    let ways: Vec<&Way> = answer.ways.iter().filter(|way| !way.story.steps.is_empty()).collect();
    for (i, way) in ways.iter().enumerate() {
        let mut heading = way_heading(answer.what, way);
        if ways.len() > 1 {
            heading.push_str(&format!(" ({} of {})", i + 1, ways.len()));
        }
        out.push_str(&format!("{}\n", paint(style, BOLD, &format!("{heading}:"))));
        out.push_str(&walk::walk(&way.story, answer.function, sources, style));
        out.push('\n');
    }
    for (name, text) in facts(answer, sources, whole, style) {
        let indent = name.len() + 2;
        let lines = wrap(&text, style.width.saturating_sub(indent).max(20));
        let text = lines.join(&format!("\n{}", " ".repeat(indent)));
        out.push_str(&format!("{}: {text}\n", paint(style, BOLD, name)));
    }
    out
}

/// Whether a thing is on the heap, may be, or is not; parameters leak or do not.
pub(super) fn verdict(answer: &Answer) -> snippet::Verdict {
    use snippet::Verdict;
    let allocates = Verdict::of(answer.class);
    let leaks = answer.ways.iter().any(|way| way.leads == Leads::Heap);
    match answer.what {
        Subject::Parameter if allocates == Verdict::Stack && leaks => Verdict::Leaks,
        _ => allocates,
    }
}

/// A sentence about it.
pub(super) fn title(answer: &Answer) -> String {
    let subject = one_line(&answer.subject);
    let kind = answer.kind.unwrap_or(SiteKind::Variable);
    let allocates = answer.class.may_allocate();
    if answer.what == Subject::Parameter && !allocates {
        return parameter_title(answer, &subject);
    }
    let headline = headline(&subject, kind, answer.class);
    let why = |(cause, story): (Cause, &Story)| clause(cause, story, kind, answer.function.as_str());
    let nothing = Story::default();
    let story = answer.ways.iter().map(|way| &way.story).find(|story| story.end.is_some());
    let end = story.and_then(|story| story.end).or(answer.cause);
    match end.map(|end| (end, story.unwrap_or(&nothing))) {
        Some(end) if allocates => format!("{headline}: {}", why(end)),
        _ => headline,
    }
}

fn parameter_title(answer: &Answer, subject: &str) -> String {
    let subject = code(subject);
    let mut to_heap = answer.ways.iter().filter(|way| way.leads == Leads::Heap);
    match to_heap.next() {
        Some(way) => match way.story.end {
            Some(end) => {
                let clause = clause(end, &way.story, SiteKind::Boxed, answer.function.as_str());
                let clause = clause.strip_prefix("it ").unwrap_or(&clause);
                format!("parameter {subject} leaks to the heap: {} {clause}", pointed(way.derefs))
            }
            None => format!("parameter {subject} leaks to the heap"),
        },
        None if answer.ways.iter().any(|way| way.leads != Leads::Nowhere) => {
            format!("parameter {subject} leaks to a result, and no further")
        }
        None => format!("parameter {subject} does not leak"),
    }
}

/// What a parameter leaks: itself or what it points to.
fn pointed(derefs: u32) -> String {
    match derefs {
        0 => "it".to_owned(),
        1 => "what it points to".to_owned(),
        n => format!("what is {n} pointers away from it"),
    }
}

/// What stands over the steps of a way.
fn way_heading(what: Subject, way: &Way) -> String {
    match (way.leads, what) {
        (Leads::Nowhere, _) => "Where it goes, without leaving the stack".to_owned(),
        (Leads::Heap, Subject::Parameter) => format!("How {} gets to the heap", pointed(way.derefs)),
        (Leads::Heap, _) => "How it escapes".to_owned(),
        (Leads::Result(name), _) => {
            let result = match is_nameless(name.as_str()) {
                true => "a result".to_owned(),
                false => format!("result {}", code(name.as_str())),
            };
            format!("How {} gets to {result}", pointed(way.derefs))
        }
    }
}

/// What is said beside the source, with ever fewer words.
fn labels(answer: &Answer) -> Vec<String> {
    let kind = answer.kind.unwrap_or(SiteKind::Variable);
    let what = kind_and_type(answer);
    match answer.what {
        Subject::Parameter if answer.class == Class::Stack => vec![what],
        _ => {
            let class = class(answer.class, kind);
            vec![format!("{what}, {class}"), class, class_brief(answer.class, kind)]
        }
    }
}

fn kind_and_type(answer: &Answer) -> String {
    let ty = code(&one_line(&type_of(&answer.ty, answer.kind)));
    match answer.what {
        Subject::Variable => format!("variable of type {ty}"),
        Subject::Parameter => format!("parameter of type {ty}"),
        Subject::Allocation => ty,
    }
}

fn facts(
    answer: &Answer,
    sources: &SourceMap,
    whole: Option<Measured>,
    style: &Style<'_>,
) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    facts.push(("function", function_name(answer.function.as_str()).to_owned()));
    if let Some(text) = copies(&answer.copies, answer.function) {
        facts.push(("inlined", text));
        facts.extend(
            snippet::each_copy(&answer.copies, sources, style).into_iter().map(|text| ("copy", text)),
        );
    }
    if !matches!(answer.class, Class::Stack | Class::Never(_)) {
        facts.push(("cost", cost::sentence(&answer.cost, whole)));
    }
    facts.extend(answer.advice.iter().map(|a| ("help", advice(a))));
    facts
}
