//! Findings and answers for programs: JSON Lines, as `docs/json.md` tells.

use escargo_alloc::{Class, SiteKind, Why};
use escargo_base::{Pos, SourceMap, Span};
use escargo_findings::answer::{Leads, Way};
use escargo_findings::facts::{Callee, Role};
use escargo_findings::finding::{Advice, Copy, Cost, Findings};
use escargo_findings::story::{Happens, Story, StoryStep, Variable};
use escargo_findings::{Answer, Cause, Finding};
use serde::Serialize;

use self::schema::*;
use super::advice::{advice, advice_code};
use super::extent::extent;
use super::places::Place;
use super::words::{Verdict, title, type_of};
use super::{answer, codes, steps};

mod schema;

/// Name and version of the schema. The number changes only if a reader of the old one could be misled: new keys and codes
/// may come at any time.
pub const SCHEMA: &str = "escargo.findings/1";

/// What a run was made with.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Version of escargo.
    pub escargo: &'a str,
    /// The Go release imitated: `go1.27.3`.
    pub go: &'a str,
    /// Operating system and architecture: `linux/amd64`.
    pub target: &'a str,
}

/// All findings: a line about the run, a line each, and a line with totals.
pub fn findings(findings: &Findings, run: &Run<'_>, sources: &SourceMap) -> String {
    let lines = Lines { sources };
    let mut out = String::new();
    push(&mut out, &run_line(run));
    for finding in &findings.list {
        push(&mut out, &lines.finding(finding));
    }
    let totals = &findings.totals;
    let hidden = &findings.hidden;
    push(
        &mut out,
        &TotalsLine {
            kind: "totals",
            packages: totals.packages,
            sites: totals.sites,
            escaping: totals.escaping,
            shown: findings.list.len(),
            hidden: HiddenPart {
                unasked: hidden.unasked,
                minor: hidden.minor,
                cheap: hidden.cheap,
                beyond_limit: hidden.beyond_limit,
            },
            profile: totals.profile.map(|p| ProfilePart {
                all: p.all.into(),
                named: p.named.into(),
                imported: p.imported.into(),
                runtime: p.runtime.into(),
                helpers: p.helpers.into(),
                unknown_source: p.unknown_source.into(),
                unmatched: p.unmatched.into(),
            }),
        },
    );
    out
}

/// Answers: a line about the run, and a line each.
pub fn answers(answers: &[Answer], run: &Run<'_>, sources: &SourceMap) -> String {
    let lines = Lines { sources };
    let mut out = String::new();
    push(&mut out, &run_line(run));
    for answer in answers {
        push(&mut out, &lines.answer(answer));
    }
    out
}

fn push(out: &mut String, line: &impl Serialize) {
    // These values have no maps with odd keys, and nothing else fails.
    out.push_str(&serde_json::to_string(line).unwrap_or_default());
    out.push('\n');
}

fn run_line<'a>(run: &Run<'a>) -> RunLine<'a> {
    RunLine { kind: "run", schema: SCHEMA, escargo: run.escargo, go: run.go, target: run.target }
}

/// Turns values into lines.
struct Lines<'s> {
    sources: &'s SourceMap,
}

impl Lines<'_> {
    fn finding<'a>(&self, f: &'a Finding) -> FindingLine<'a> {
        FindingLine {
            kind: "finding",
            package: f.package.as_str(),
            function: f.function.as_str(),
            imported: f.imported,
            at: self.span(f.span),
            subject: &f.subject,
            ty: type_of(&f.ty, Some(f.kind)),
            site: codes::site(f.kind),
            class: class(f.class, f.kind),
            verdict: Verdict::of(f.class).name(),
            escapes: f.escapes,
            cause: f.told_cause().map(Cause::code),
            title: title(f),
            story: self.story(&f.story),
            copies: self.copies(&f.copies),
            cost: cost(&f.cost),
            advice: f.advice.iter().map(advice_part).collect(),
        }
    }

    fn answer<'a>(&self, a: &'a Answer) -> AnswerLine<'a> {
        AnswerLine {
            kind: "answer",
            package: a.package.as_str(),
            function: a.function.as_str(),
            at: self.span(a.span),
            subject: &a.subject,
            ty: type_of(&a.ty, a.kind),
            what: codes::subject(a.what),
            site: a.kind.map(codes::site),
            class: class(a.class, a.kind.unwrap_or(SiteKind::Variable)),
            verdict: answer::verdict(a).name(),
            escapes: a.escapes,
            cause: a.cause.map(|cause| cause.code()),
            title: answer::title(a),
            ways: a.ways.iter().map(|way| self.way(way)).collect(),
            copies: self.copies(&a.copies),
            cost: cost(&a.cost),
            advice: a.advice.iter().map(advice_part).collect(),
        }
    }

    fn way<'a>(&self, way: &'a Way) -> WayPart<'a> {
        let (leads, result) = match way.leads {
            Leads::Heap => ("heap", None),
            Leads::Result(name) => ("result", Some(name.as_str())),
            Leads::Nowhere => ("nowhere", None),
        };
        WayPart { leads, result, derefs: way.derefs, story: self.story(&way.story) }
    }

    fn story<'a>(&self, story: &'a Story) -> StoryPart<'a> {
        let stays = story.end.is_none();
        StoryPart {
            end: story.end.map(|cause| cause.code()),
            partial: story.partial,
            steps: story.steps.iter().map(|step| self.step(step, stays)).collect(),
        }
    }

    fn step<'a>(&self, step: &'a StoryStep, stays: bool) -> StepPart<'a> {
        let base = StepPart {
            depth: step.depth,
            function: step.function.as_str(),
            package: step.package.as_str(),
            at: self.span(step.span),
            words: steps::words(&step.what, stays).0,
            ..StepPart::default()
        };
        match &step.what {
            Happens::Flows { reason, to } => StepPart {
                what: "flows",
                reason: Some(codes::reason(*reason)),
                variable: to.map(|to| self.variable(to)),
                ..base
            },
            Happens::Enters { callee, param } | Happens::Through { callee, param } => StepPart {
                what: if matches!(step.what, Happens::Enters { .. }) { "enters" } else { "through" },
                callee: Some(callee_part(*callee)),
                parameter: Some(param.as_str()),
                ..base
            },
            Happens::Ends { cause, reason, callee, to } => StepPart {
                what: "ends",
                cause: Some(cause.code()),
                reason: Some(codes::reason(*reason)),
                callee: callee.map(callee_part),
                variable: to.map(|to| self.variable(to)),
                ..base
            },
            Happens::Joins { to } => {
                StepPart { what: "joins", variable: to.map(|to| self.variable(to)), ..base }
            }
        }
    }

    fn variable<'a>(&self, variable: Variable) -> VariablePart<'a> {
        let index = match variable.role {
            Some(Role::Result(index)) => Some(index),
            _ => None,
        };
        VariablePart {
            name: variable.name.as_str(),
            role: codes::role(variable.role),
            index,
            at: self.span(Span::at(variable.pos)),
        }
    }

    fn copies<'a>(&self, copies: &[Copy]) -> Vec<CopyPart<'a>> {
        let part = |copy: &Copy| CopyPart {
            function: copy.function.as_str(),
            at: self.span(Span::at(copy.call)),
            escapes: copy.escapes,
        };
        copies.iter().map(part).collect()
    }

    /// The place of a span. Where only its start is known, the end is that of the expression as far as the line shows it.
    fn span(&self, span: Span) -> Option<PlacePart> {
        let start = Place::new(self.sources, span.start)?;
        let text = start.text();
        let (end_line, end_column) = match span.end > span.start.offset {
            true => {
                let end = Place::new(self.sources, Pos { offset: span.end, ..span.start })?;
                (end.line, end.column)
            }
            false => {
                let end = extent(&text, start.column as usize - 1).end as u32 + 1;
                (start.line, end.max(start.column))
            }
        };
        let file = start.file.path.to_string_lossy().into_owned();
        Some(PlacePart { file, line: start.line, column: start.column, end_line, end_column })
    }
}

fn class(class: Class, kind: SiteKind) -> ClassPart {
    let (limit, why): (Option<u64>, Option<Why>) = match class {
        Class::StackUpTo(limit) => (Some(limit), None),
        Class::RunTime(why) | Class::Never(why) => (None, Some(why)),
        Class::Heap | Class::Stack => (None, None),
    };
    let unit = match kind {
        SiteKind::MakeMap | SiteKind::MapLit => "entries",
        _ => "bytes",
    };
    ClassPart { kind: codes::class(class), limit, unit: limit.map(|_| unit), why: why.map(codes::why) }
}

fn callee_part<'a>(callee: Callee) -> CalleePart<'a> {
    let (kind, name) = match callee {
        Callee::Func(name) => ("function", Some(name.shown.as_str())),
        Callee::Method(name) => ("method", Some(name.as_str())),
        Callee::Value => ("value", None),
        Callee::Panic => ("panic", None),
        Callee::Append => ("append", None),
        Callee::Builtin => ("builtin", None),
    };
    CalleePart { kind, name }
}

fn cost(cost: &Cost) -> CostPart {
    let estimate = &cost.estimate;
    CostPart {
        estimate: EstimatePart {
            bytes: estimate.bytes,
            loop_depth: estimate.loop_depth,
            callers: estimate.callers,
            weight: estimate.weight,
        },
        measured: cost.measured.map(MeasuredPart::from),
        moved: cost.moved,
    }
}

fn advice_part(a: &Advice) -> AdvicePart<'_> {
    let mut part = AdvicePart { code: advice_code(a), text: advice(a), ty: None, size: None, variable: None };
    match a {
        Advice::ReturnValue { ty, size } => (part.ty, part.size) = (Some(ty.as_str()), Some(*size)),
        Advice::PassToClosure { variable } => part.variable = Some(variable.as_str()),
        _ => {}
    }
    part
}
