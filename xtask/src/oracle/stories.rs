//! Stories of escaping values, compared with what people found by reading the source and the flow that the compiler prints:
//! `conformance/stories`.
//!
//! A case names the place and the text of an allocation site, and says what its finding must be:
//!
//! ```text
//! site    bytes/buffer.go:472:53 &Buffer{...}
//! cause   returned
//! through bytes.NewBuffer
//! ends    bytes/buffer.go:472:46 returned
//! ```
//!
//! `through` names the functions in whose source the steps stand, in order; `ends` is the last step; both are missing where
//! nothing escapes. Paths are relative to the SDK's `src`, or that of the GOPATH.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use escargo_base::{Pos, SourceMap};
use escargo_driver::build::GcFlags;
use escargo_driver::survey::{SurveyOptions, survey};
use escargo_findings::collect::Wanted;
use escargo_findings::facts::Callee;
use escargo_findings::gather::{Extent, gather};
use escargo_findings::story::{Happens, StoryStep};
use escargo_findings::{Finding, Story};

use super::golist::Query;
use super::ours;
use crate::cli::StoriesArgs;
use crate::workspace;

/// `cargo xtask oracle stories`.
pub(crate) fn stories(args: &StoriesArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let mut query = Query { patterns: args.packages.clone(), ..Query::default() };
    let mut roots = vec![sdk.root.join("src")];
    if let Some(gopath) = &args.gopath {
        query.env = vec![
            ("GOPATH".to_owned(), gopath.to_string_lossy().into_owned()),
            ("GO111MODULE".to_owned(), "off".to_owned()),
        ];
        roots.push(gopath.join("src"));
    }
    let cases = match &args.tell {
        Some(_) => Vec::new(),
        None => read(&workspace::root().join("conformance/stories").join(format!("{}.txt", args.name)))?,
    };
    if query.patterns.is_empty() {
        query.patterns = packages(&cases);
    }
    let graph = ours::load(&sdk, &query)?;
    let session = ours::session(&sdk, &query)?;
    let gcflags = GcFlags::default();
    let options = SurveyOptions {
        threads: 2,
        gcflags: &gcflags,
        cwd: PathBuf::from("/"),
        wanted: &|id| Wanted { sites: !graph.packages[id].dep_only, minor: true, variables: false },
        progress: &|| {},
    };
    let survey = survey(&session, &graph, &options);
    let (gathered, _) = gather(&survey.packages, &survey, Extent { imported: false, minor: true });
    let shower = Shower { sources: &session.sources, roots };
    let found: Vec<&Finding> = gathered.iter().map(|gathered| &gathered.finding).collect();
    if let Some(wanted) = &args.tell {
        for finding in found {
            let text = shower.finding(finding);
            if wanted.is_match(&text) {
                println!("{text}{}", shower.steps(&finding.story));
            }
        }
        return Ok(true);
    }
    Ok(compare(&cases, &found, &shower))
}

/// Whether all cases are as they should be; prints those that are not.
fn compare(cases: &[Case], found: &[&Finding], shower: &Shower<'_>) -> bool {
    let mut wrong = 0;
    for case in cases {
        let here: Vec<_> = found.iter().filter(|finding| shower.site(finding) == case.site).collect();
        if here.iter().any(|finding| shower.finding(finding) == case.text) {
            continue;
        }
        wrong += 1;
        println!("expected:\n{}", case.text);
        for finding in here {
            println!("found:\n{}{}", shower.finding(finding), shower.steps(&finding.story));
        }
    }
    println!("{} of {} stories as expected", cases.len() - wrong, cases.len());
    wrong == 0
}

/// A finding that is known.
struct Case {
    /// The first line of its text.
    site: String,
    text: String,
}

/// The cases in a file: lines in blocks, separated by empty lines; comments begin with `#`.
fn read(path: &Path) -> Result<Vec<Case>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut cases = Vec::new();
    for block in text.split("\n\n") {
        let lines: Vec<&str> = block.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).collect();
        let Some(first) = lines.first() else { continue };
        let Some(site) = first.strip_prefix("site    ") else { bail!("{}: {first}", path.display()) };
        cases.push(Case { site: site.to_owned(), text: lines.join("\n") + "\n" });
    }
    if cases.is_empty() {
        bail!("{} has no cases", path.display());
    }
    Ok(cases)
}

/// The packages in which the sites of cases are.
fn packages(cases: &[Case]) -> Vec<String> {
    let dirs = cases.iter().filter_map(|case| Some(case.site.split(':').next()?.rsplit_once('/')?.0));
    let mut packages: Vec<String> = dirs.map(str::to_owned).collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Shows findings as cases have them.
struct Shower<'s> {
    sources: &'s SourceMap,
    roots: Vec<PathBuf>,
}

impl Shower<'_> {
    fn place(&self, pos: Pos) -> String {
        let Some(file) = pos.file else { return "?".to_owned() };
        let file = self.sources.file(file);
        let (line, column) = file.lines().line_column(pos.offset);
        let within = self.roots.iter().find_map(|root| file.path.strip_prefix(root).ok());
        format!("{}:{line}:{column}", within.unwrap_or(&file.path).display())
    }

    fn site(&self, finding: &Finding) -> String {
        format!("{} {}", self.place(finding.span.start), finding.subject)
    }

    fn finding(&self, finding: &Finding) -> String {
        let story = &finding.story;
        let mut text = format!("site    {}\ncause   {}\n", self.site(finding), finding.cause.code());
        let Some(last) = story.steps.last() else { return text };
        let mut functions: Vec<&str> = story.steps.iter().map(|step| step.function.as_str()).collect();
        functions.dedup();
        // Writing to a string does not fail.
        let _ = writeln!(text, "through {}", functions.join(" > "));
        let end = story.end.map_or("nothing", |cause| cause.code());
        let partial = if story.partial { " partial" } else { "" };
        let _ = writeln!(text, "ends    {} {end}{}{partial}", self.place(last.pos), object(last));
        text
    }

    fn steps(&self, story: &Story) -> String {
        let mut text = String::new();
        for step in &story.steps {
            let indent = "  ".repeat(step.depth as usize + 1);
            let _ = writeln!(
                text,
                "#{indent}{} {} {}",
                self.place(step.pos),
                step.function.as_str(),
                happens(&step.what)
            );
        }
        text
    }
}

/// What a last step is about.
fn object(step: &StoryStep) -> String {
    match &step.what {
        Happens::Ends { callee: Some(callee), .. } => format!(" {}", called(callee)),
        Happens::Ends { to: Some(to), .. } => format!(" {}", to.name.as_str()),
        _ => String::new(),
    }
}

fn called(callee: &Callee) -> String {
    match callee {
        Callee::Func(name) => name.shown.as_str().to_owned(),
        Callee::Method(name) => format!(".{}", name.as_str()),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn happens(what: &Happens) -> String {
    match what {
        Happens::Flows { reason, to } => {
            format!("{reason:?}{}", to.map_or(String::new(), |to| format!(" to {}", to.name.as_str())))
        }
        Happens::Enters { callee, param } => format!("enters {} as {}", called(callee), param.as_str()),
        Happens::Through { callee, param } => format!("through {} as {}", called(callee), param.as_str()),
        Happens::Ends { cause, reason, callee, to } => format!(
            "ends {} {reason:?} {} {}",
            cause.code(),
            callee.map_or(String::new(), |callee| called(&callee)),
            to.map_or(String::new(), |to| format!("to {}", to.name.as_str()))
        ),
        Happens::Joins { to } => {
            format!("joins {}", to.map_or("what escapes", |to| to.name.as_str()))
        }
    }
}
