//! `escargo check` and `escargo why`: what goes to the heap, for people.

mod place;
mod profile;
mod select;
mod skipped;
pub(crate) mod why;

use std::path::Path;
use std::time::Instant;

use escargo_base::Span;
use escargo_driver::build::GcFlags;
use escargo_driver::spans::{Spans, is_unreadable};
use escargo_driver::survey::{Survey, SurveyOptions, survey};
use escargo_findings::collect::Wanted;
use escargo_findings::finding::{Findings, Measured};
use escargo_findings::gather::{Extent, gather};
use escargo_findings::{Answer, Story};
use escargo_report::findings::{Style, answer, github, human, json, short};

use crate::args::{Build, Check, Format};
use crate::console::{Console, Look};
use crate::front::{Front, Loaded, Plan};
use crate::progress::Checking;
use crate::{ERRORS, OK, USAGE, build, stats};
use select::Selection;
use skipped::skipped;

/// Exit code where there is what was to be guarded against, or not what was asked for.
const FOUND: u8 = 1;

/// Runs the command.
pub(crate) fn run(args: &Check, console: &Console) -> u8 {
    if args.format == Format::Gc {
        return build::run(&as_build(args), console);
    }
    let selection = match Selection::new(args) {
        Ok(selection) => selection,
        Err(problem) => {
            console.error(&problem);
            return USAGE;
        }
    };
    let plan = Plan {
        command: "check",
        args: &args.project,
        settings: format!("{args:?} {:?}", console.out_look()),
        tests: args.tests,
        json: false,
        no_cache: args.no_cache,
        verify_cache: false,
        fresh: args.stats,
    };
    plan.run(console, |front| {
        let mut found = false;
        let statistics = check(args, &selection, front, &mut found);
        settle(front, found);
        statistics
    })
}

/// The exit code: errors are told from what the user wants to know of.
fn settle(front: &mut Front<'_>, found: bool) {
    let code = &mut front.output.code;
    *code = match *code {
        OK if found => FOUND,
        ERRORS => USAGE,
        code => code,
    };
}

/// The command whose output is the compiler's text.
fn as_build(args: &Check) -> Build {
    let mut gcflags = args.gcflags.clone();
    gcflags.push("-m=2".to_owned());
    Build {
        project: args.project.clone(),
        gcflags,
        pgo: "off".to_owned(),
        trimpath: false,
        no_cache: args.no_cache,
        verify_cache: false,
        stats: args.stats,
    }
}

/// `found` is set if a finding is there that is to be a failure.
fn check(args: &Check, selection: &Selection, front: &mut Front<'_>, found: &mut bool) -> Option<String> {
    let gcflags = gcflags(&args.gcflags, front)?;
    let profile = match &args.profile {
        Some(path) => Some((path.as_path(), profile::read(path, front)?)),
        None => None,
    };
    let mut loaded = front.load_some()?;
    let started = Instant::now();
    let extent = Extent { imported: profile.is_some(), minor: args.all || profile.is_some() };
    let wanted = Wanted { sites: true, minor: extent.minor, variables: false };
    let survey = surveyed(front, &loaded, &gcflags, wanted, profile.is_some());
    let (mut gathered, mut totals) = gather(&survey.packages, &survey, extent);
    let mut helpers = Vec::new();
    if let Some((path, profile)) = &profile {
        let findings = (gathered.as_mut_slice(), &mut totals);
        helpers = profile::give_costs((*path, profile), &survey, &loaded.session.sources, findings, front)?;
    }
    let (list, mut hidden) = selection.choose(
        gathered.into_iter().map(|gathered| gathered.finding).collect(),
        totals.profile.map(|profile| profile.all),
    );
    hidden.minor += totals.minor;
    *found = selection.fails(&list);
    let mut findings = Findings { list: list.shown, totals, hidden, helpers };
    let sources = &loaded.session.sources;
    let mut spans = Spans::new(sources);
    for finding in &mut findings.list {
        finding.span = spans.at(finding.span.start);
        name_by_source(&mut finding.subject, finding.span, &spans);
        resolve(&mut finding.story, &mut spans);
    }
    let printer = Printer {
        format: args.format,
        look: front.console.out_look(),
        cwd: &loaded.project.config.dir,
        loaded: &loaded,
        copies: args.all,
    };
    let text = printer.findings(&findings);
    front.output.stdout.push_str(&text);
    loaded.wall.check = started.elapsed();
    let packages = loaded.graph.packages.len();
    let statistics =
        args.stats.then(|| stats::render(&loaded.session, packages, front.threads, &loaded.wall));
    // The process ends soon: the system takes memory back faster.
    std::mem::forget((loaded, survey));
    statistics
}

/// Everything that decides how results look.
struct Printer<'p> {
    format: Format,
    look: Look,
    /// The directory that the user is in.
    cwd: &'p Path,
    loaded: &'p Loaded,
    /// Each copy of a site is named.
    copies: bool,
}

impl Printer<'_> {
    fn style(&self) -> Style<'_> {
        let Look { width, colours } = self.look;
        Style { width, colours, links: colours, cwd: self.cwd, copies: self.copies }
    }

    fn findings(&self, findings: &Findings) -> String {
        let sources = &self.loaded.session.sources;
        match self.format {
            Format::Human | Format::Gc => human(findings, sources, &self.style()),
            Format::Short => short(findings, sources, &self.style()),
            Format::Json => self.with_run(|run| json::findings(findings, run, sources)),
            Format::Github => github::findings(findings, sources, self.cwd),
        }
    }

    fn answers(&self, answers: &[Answer], whole: Option<Measured>) -> String {
        let sources = &self.loaded.session.sources;
        match self.format {
            Format::Json => self.with_run(|run| json::answers(answers, run, sources)),
            _ => {
                let texts = answers.iter().map(|it| answer(it, sources, whole, &self.style()));
                texts.collect::<Vec<_>>().join("\n")
            }
        }
    }

    fn with_run(&self, write: impl FnOnce(&json::Run<'_>) -> String) -> String {
        let session = &self.loaded.session;
        let go = session.model.toolchain.to_string();
        let target = format!("{}/{}", session.target.goos(), session.target.goarch());
        write(&json::Run { escargo: env!("CARGO_PKG_VERSION"), go: &go, target: &target })
    }
}

/// Calls a thing by its source if the compiler has no words for it.
fn name_by_source(subject: &mut String, span: Span, spans: &Spans<'_>) {
    if is_unreadable(subject)
        && let Some(text) = spans.text(span)
    {
        *subject = text;
    }
}

/// Finds out what stands at the positions of a story.
fn resolve(story: &mut Story, spans: &mut Spans<'_>) {
    for step in &mut story.steps {
        step.span = spans.at(step.pos);
    }
}

/// Reads compiler flags; nothing if they make no sense, which has then been said.
fn gcflags(flags: &[String], front: &mut Front<'_>) -> Option<GcFlags> {
    let cwd = front.system.current_dir().unwrap_or_default();
    match GcFlags::parse(flags, &cwd.to_string_lossy()) {
        Ok(gcflags) => Some(gcflags),
        Err(e) => {
            front.say(&format!("invalid value for flag -gcflags: {e}"));
            front.fail(USAGE);
            None
        }
    }
}

/// Compiles all packages for their facts: what is `wanted` of those that were named, of the others their leaks, and with
/// `imported` their sites. Says what is wrong with packages that cannot be compiled.
fn surveyed(
    front: &mut Front<'_>,
    loaded: &Loaded,
    gcflags: &GcFlags,
    wanted: Wanted,
    imported: bool,
) -> Survey {
    let progress = Checking::new(front.console, loaded.graph.packages.len());
    let of = |id| match loaded.graph.packages[id].dep_only {
        true => Wanted { sites: imported, minor: imported, variables: false },
        false => wanted,
    };
    let options = SurveyOptions {
        threads: front.threads,
        gcflags,
        cwd: loaded.project.config.dir.clone(),
        wanted: &of,
        progress: &|| progress.step(),
    };
    let survey = survey(&loaded.session, &loaded.graph, &options);
    drop(progress);
    for (package, outcome) in loaded.graph.packages.iter().zip(&survey.outcomes) {
        front.package_outcome(loaded, package, outcome, true);
    }
    if !loaded.session.cancel.is_cancelled() {
        for line in skipped(&loaded.graph, &survey.outcomes) {
            front.say(&line);
        }
    }
    front.note_cancelled(&loaded.session);
    survey
}
