//! `escargo why`: all about one place.

use std::path::{Path, PathBuf};

use escargo_base::{FileId, Id, SourceMap};
use escargo_driver::spans::Spans;
use escargo_driver::survey::Survey;
use escargo_findings::Answer;
use escargo_findings::answer::{Leads, Subject};
use escargo_findings::ask::{Question, ask};
use escargo_findings::collect::Wanted;
use escargo_findings::gather::{Asked, Extent, gather};
use escargo_load::path::clean;

use super::place::Place;
use super::{Printer, gcflags, name_by_source, profile, resolve, settle, surveyed};
use crate::USAGE;
use crate::args::{Format, ProjectArgs, Why};
use crate::console::Console;
use crate::front::{Front, Plan};

/// Runs the command.
pub(crate) fn run(args: &Why, console: &Console) -> u8 {
    let place = match Place::parse(&args.place) {
        Ok(place) => place,
        Err(problem) => {
            console.error(&problem);
            return USAGE;
        }
    };
    let mut project = args.project.clone();
    let mut tests = args.tests;
    let file = match &place {
        Place::Line { file, .. } => file.as_str(),
        Place::Name(_) => "",
    };
    tests |= file.ends_with("_test.go");
    if project.packages.is_empty() {
        project.packages = packages_of(file, args.project.chdir.as_deref());
    }
    let plan = Plan {
        command: "why",
        args: &project,
        settings: format!("{args:?} {:?}", console.out_look()),
        tests,
        json: false,
        no_cache: args.no_cache,
        verify_cache: false,
        fresh: false,
    };
    plan.run(console, |front| {
        let answered = why(args, &project, &place, front).is_some();
        settle(front, !answered);
        None
    })
}

/// What names a file's package on a command line: its directory, or where no module is around it the Go files there.
fn packages_of(file: &str, chdir: Option<&Path>) -> Vec<String> {
    let dir = Path::new(file).parent().unwrap_or(Path::new(""));
    let base = std::env::current_dir().unwrap_or_default().join(chdir.unwrap_or(Path::new("")));
    let whole = clean(&base.join(dir));
    let in_module = whole.ancestors().any(|dir| dir.join("go.mod").exists() || dir.join("go.work").exists());
    if !in_module && std::env::var_os("GO111MODULE").is_none_or(|mode| mode != "off") {
        let files = go_files(&whole, file.ends_with("_test.go"));
        return files.into_iter().map(|name| dir.join(name).to_string_lossy().into_owned()).collect();
    }
    vec![match dir.to_str() {
        Some("") | None => ".".to_owned(),
        Some(dir) if dir.starts_with('.') || Path::new(dir).is_absolute() => dir.to_owned(),
        Some(dir) => format!("./{dir}"),
    }]
}

fn go_files(dir: &Path, tests: bool) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| name.ends_with(".go") && (tests || !name.ends_with("_test.go")));
    names.sort_unstable();
    names
}

fn why(args: &Why, project: &ProjectArgs, place: &Place, front: &mut Front<'_>) -> Option<()> {
    let gcflags = gcflags(&args.gcflags, front)?;
    let profile = match &args.profile {
        Some(path) => Some((path.as_path(), profile::read(path, front)?)),
        None => None,
    };
    let loaded = front.load_some()?;
    let wanted = Wanted { sites: true, minor: true, variables: true };
    let survey = surveyed(front, &loaded, &gcflags, wanted, profile.is_some());
    let (mut gathered, mut totals) =
        gather(&survey.packages, &survey, Extent { imported: profile.is_some(), minor: true });
    if let Some((path, profile)) = &profile {
        let findings = (gathered.as_mut_slice(), &mut totals);
        profile::give_costs((*path, profile), &survey, &loaded.session.sources, findings, front)?;
    }
    let sources = &loaded.session.sources;
    let cwd = loaded.project.config.dir.clone();
    let question = match question(place, &cwd, sources, &survey) {
        Ok(question) => question,
        Err(problem) => {
            front.say(&format!("escargo: {problem}"));
            return None;
        }
    };
    let mut answers = ask(&survey.packages, &survey, &gathered, question);
    let mut spans = Spans::new(sources);
    for answer in &mut answers {
        answer.span = spans.at(answer.span.start);
        name_by_source(&mut answer.subject, answer.span, &spans);
        answer.ways.iter_mut().for_each(|way| resolve(&mut way.story, &mut spans));
    }
    if let Place::Line { line, column: Some(column), .. } = place {
        at_column(&mut answers, sources, *line, *column);
    }
    match place {
        Place::Line { column: Some(_), .. } => {}
        Place::Line { .. } => leave_out_plain(&mut answers, |_| true),
        // How parameters leak is part of what a function is.
        Place::Name(_) => leave_out_plain(&mut answers, |answer| answer.what != Subject::Parameter),
    }
    if answers.is_empty() {
        front.say(&format!("escargo: {}", nothing_there(place, project)));
        return None;
    }
    let look = front.console.out_look();
    let text = Printer {
        format: if args.json { Format::Json } else { Format::Human },
        look,
        cwd: &cwd,
        loaded: &loaded,
        copies: true,
    }
    .answers(&answers, totals.profile.map(|profile| profile.all));
    front.output.stdout.push_str(&text);
    std::mem::forget((loaded, survey));
    Some(())
}

fn question<'p>(
    place: &'p Place,
    cwd: &Path,
    sources: &SourceMap,
    survey: &Survey,
) -> Result<Question<'p>, String> {
    let (file, line) = match place {
        Place::Name(name) => return Ok(Question::Name(name)),
        Place::Line { file, line, .. } => (file, *line),
    };
    let path = clean(&cwd.join(file));
    let Some(id) = file_at(&path, sources, survey) else {
        return Err(match path.exists() {
            true => {
                format!("{file} does not belong to the packages that were looked at, or these have errors")
            }
            false => format!("{file}: no such file"),
        });
    };
    let lines = sources.file(id).lines();
    let Some(start) = lines.line_start(line) else {
        return Err(format!("{file} has {} lines: there is no line {line}", lines.line_count()));
    };
    let end = lines.line_start(line + 1).unwrap_or(u32::MAX);
    Ok(Question::Place { file: id, start, end })
}

fn file_at(path: &PathBuf, sources: &SourceMap, survey: &Survey) -> Option<FileId> {
    let ids = (0..sources.len()).map(FileId::from_index);
    ids.into_iter().find(|&id| survey.has_file(id) && sources.file(id).path == *path)
}

/// Leaves what covers the column, or else stands nearest before it; all if nothing does.
fn at_column(answers: &mut Vec<Answer>, sources: &SourceMap, line: u32, column: u32) {
    let Some(file) = answers.first().and_then(|answer| answer.span.start.file) else { return };
    let Some(start) = sources.file(file).lines().line_start(line) else { return };
    let at = start + column - 1;
    let covers = |answer: &Answer| {
        (answer.span.start.offset..answer.span.end.max(answer.span.start.offset + 1)).contains(&at)
    };
    let smallest = answers
        .iter()
        .filter(|answer| covers(answer))
        .map(|answer| answer.span.end - answer.span.start.offset)
        .min();
    if let Some(smallest) = smallest {
        answers.retain(|answer| covers(answer) && answer.span.end - answer.span.start.offset == smallest);
    }
}

/// Leaves out variables, of those that may be, of which there is nothing to tell; unless there is nothing else.
fn leave_out_plain(answers: &mut Vec<Answer>, may_be: impl Fn(&Answer) -> bool) {
    let plain = |answer: &Answer| {
        may_be(answer)
            && answer.what != Subject::Allocation
            && !answer.escapes
            && answer.ways.iter().all(|way| way.leads == Leads::Nowhere && way.story.steps.is_empty())
    };
    if !answers.iter().all(plain) {
        answers.retain(|answer| !plain(answer));
    }
}

fn nothing_there(place: &Place, project: &ProjectArgs) -> String {
    match place {
        Place::Line { file, line, .. } => {
            format!("{file}:{line} declares no variable and allocates nothing")
        }
        Place::Name(name) => {
            let packages = match project.packages.as_slice() {
                [] => "the package in this directory".to_owned(),
                packages => packages.join(" "),
            };
            format!("no function or variable is called {name} in {packages}")
        }
    }
}
