//! The child that suffers: takes jobs from standard input, a line each, and says what it is at.
//!
//! A job is words separated by tabs: what to do, to what, then the seed, the first case and the
//! number of cases. Before each case a line `@ CASE` is written, after a job a line
//! `= stay MEGABYTES` (or `= leave MEGABYTES`, before it ends), and for each panic `! CASE MESSAGE`, so that whoever reads knows at
//! which case the child hung or died.

use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use escargo_base::SourceMap;
use escargo_testkit::{exercise, imports};
use escargo_types::TypeStore;

use super::mutate::{self, Random};
use super::world::World;
use super::{bombs, disk};
use crate::sdk::Sdk;

/// A child that has grown to this many megabytes is replaced after its job.
const FAT: u64 = 1500;

/// What to do to what, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) what: String,
    pub(super) subject: String,
    pub(super) seed: u64,
    pub(super) first: u64,
    pub(super) count: u64,
}

impl Job {
    pub(super) fn line(&self) -> String {
        format!("{}\t{}\t{}\t{}\t{}", self.what, self.subject, self.seed, self.first, self.count)
    }
    pub(super) fn parse(line: &str) -> Result<Job> {
        let words: Vec<&str> = line.split('\t').collect();
        let [what, subject, seed, first, count] = words[..] else { bail!("not a job: {line:?}") };
        let number = |s: &str| s.parse().with_context(|| format!("not a number in {line:?}"));
        let (what, subject) = (what.to_owned(), subject.to_owned());
        Ok(Job { what, subject, seed: number(seed)?, first: number(first)?, count: number(count)? })
    }
}

/// What cases share.
pub(super) struct Bench {
    sdk: Sdk,
    size: usize,
    world: Option<World>,
}

impl Bench {
    pub(super) fn new(sdk: Sdk, size: usize) -> Bench {
        Bench { sdk, size, world: None }
    }

    /// Does what has to be done before the cases, so that their time is their own.
    fn prepare(&mut self, job: &Job) -> Result<()> {
        if job.what.ends_with("-types") && self.world.is_none() {
            self.world = Some(World::new(&self.sdk)?);
        }
        Ok(())
    }

    /// Runs one case; panics if something is wrong with the program.
    fn case(&self, job: &Job, i: u64) -> Result<()> {
        if job.what == "bomb" {
            let Some(bomb) = bombs::find(&job.subject) else { bail!("no bomb {:?}", job.subject) };
            explode(bomb, (bomb.make)(self.size), true);
            return Ok(());
        }
        if job.what == "disk" {
            return disk::run(&self.sdk, &job.subject, Random::for_case(&job.subject, job.seed, i));
        }
        let path = PathBuf::from(&job.subject);
        let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut random =
            Random::for_case(&job.subject.replace(&*self.sdk.root.to_string_lossy(), ""), job.seed, i);
        let (how, to) = job.what.split_once('-').unwrap_or((&job.what, ""));
        let broken = match how {
            "cut" => mutate::cut(&text, &mut random).to_vec(),
            "break" => mutate::tokens(&text, &mut random),
            _ => bail!("unknown kind of job: {how}"),
        };
        match to {
            "parse" => drop(exercise::parser(&broken)),
            "read" => {
                exercise::line_directives(&broken[..broken.len().min(20_000)]);
                exercise::headers(&broken);
                exercise::build_constraints(&broken[..broken.len().min(4000)]);
            }
            "check" => {
                let (store, sources) = (TypeStore::new(), Arc::new(SourceMap::new()));
                exercise::check(&store, &sources, &imports::FakePackages(&store), &broken);
            }
            "types" => {
                let world = self.world.as_ref().context("the standard library was not loaded")?;
                world.check_broken(&path, &broken)?;
            }
            _ => bail!("unknown kind of job: {to}"),
        }
        Ok(())
    }
}

/// Parses, walks and checks a bomb. What it says of itself holds at full size only: with `judge`, it is compared.
pub(super) fn explode(bomb: &bombs::Bomb, text: Vec<u8>, judge: bool) {
    let tree = exercise::parser(&text);
    let syntax = tree.errors.len();
    drop(tree);
    let (store, sources) = (TypeStore::new(), Arc::new(SourceMap::new()));
    let importer = imports::FewPackages::new(&store, &sources);
    let errors = syntax + exercise::check(&store, &sources, &importer, &text);
    if let (Some(legal), true) = (bomb.legal, judge) {
        assert_eq!(errors == 0, legal, "{errors} errors in {bomb:?}");
    }
}

/// Runs the cases of a job. The number of panics.
pub(super) fn run_job(bench: &mut Bench, job: &Job, mut say: impl FnMut(String)) -> Result<u64> {
    bench.prepare(job)?;
    let mut failures = 0;
    for i in job.first..job.first + job.count {
        let case = Job { first: i, count: 1, ..job.clone() };
        say(format!("@ {}", case.line()));
        let result = catch_unwind(AssertUnwindSafe(|| bench.case(job, i)));
        let message = match result {
            Ok(Ok(())) => continue,
            Ok(Err(e)) => format!("{e:#}"),
            Err(panic) => panic_text(&*panic),
        };
        failures += 1;
        say(format!("! {}\t{}", case.line(), message.replace(['\n', '\r'], " ")));
    }
    Ok(failures)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}

/// The child's life.
pub(super) fn main(sdk: Sdk, size: usize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let mut bench = Bench::new(sdk, size);
    for line in std::io::stdin().lock().lines() {
        let job = Job::parse(&line?)?;
        run_job(&mut bench, &job, |text| {
            let _ = writeln!(out, "{text}").and_then(|()| out.flush());
        })?;
        let (peak, now) = memory();
        let leave = now > FAT;
        writeln!(out, "= {} {peak}", if leave { "leave" } else { "stay" })?;
        out.flush()?;
        if leave {
            break;
        }
    }
    Ok(())
}

/// Peak and present size in megabytes, where the system tells.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    (field("VmHWM:").unwrap_or(0) / 1024, field("VmRSS:").unwrap_or(0) / 1024)
}
