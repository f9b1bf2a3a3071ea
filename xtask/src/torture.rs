//! `cargo xtask torture`: tries to break the front end.
//!
//! Every file of a real standard library is cut and garbled, programs of a few lines ask for
//! gigabytes and centuries, and file trees lie. Each case runs in a child process under limits of
//! time and memory; a panic, a hang or a death is a failure, reported with the line that runs just
//! this case again (`--case`). The same seed gives the same cases.

pub mod bombs;
mod disk;
pub mod mutate;
mod pool;
mod worker;
mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use crate::cli::SdkArgs;
use crate::sdk::Sdk;
use mutate::Random;
use pool::{Limits, Outcome};
use worker::{Bench, Job};

/// The arguments.
#[derive(Debug, Args)]
pub struct TortureArgs {
    #[command(flatten)]
    sdk: SdkArgs,
    /// What chance is made of.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Percentage of the cases to run.
    #[arg(long, default_value_t = 100)]
    scale: u64,
    /// Size of bombs: nesting levels, operands …
    #[arg(long, default_value_t = 1_000_000)]
    size: usize,
    /// Only these kinds: cut-parse, break-parse, break-read, cut-check, break-check, break-types,
    /// bomb, disk.
    #[arg(long, value_name = "KIND")]
    only: Vec<String>,
    /// Only files, bombs and trees whose name contains this.
    #[arg(long, value_name = "TEXT", default_value = "")]
    on: String,
    /// Seconds for one case.
    #[arg(long, default_value_t = 20)]
    time: u64,
    /// Megabytes of address space for a child.
    #[arg(long, default_value_t = 6144)]
    memory: u64,
    /// Children at once.
    #[arg(long, short = 'j', default_value_t = 2)]
    jobs: usize,
    /// Compare the output of 1, 2 and 8 threads on broken packages instead.
    #[arg(long)]
    determinism: bool,
    /// Run one case in this process: a line of the report, with tabs.
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Write the bombs to a directory instead.
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// Be a child.
    #[arg(long, hide = true)]
    worker: bool,
}

/// Cuts per file that the parser sees.
const CUTS: u64 = 200;
/// Garbled versions per file that the parser sees.
const BREAKS: u64 = 30;

/// Runs the task; true if nothing failed.
pub fn run(args: &TortureArgs) -> Result<bool> {
    if let Some(dir) = &args.write {
        return write_bombs(dir, args.size);
    }
    let sdk = args.sdk.open()?;
    if args.worker {
        return worker::main(sdk, args.size).map(|()| true);
    }
    if let Some(case) = &args.case {
        let failures = worker::run_job(&mut Bench::new(sdk, args.size), &Job::parse(case)?, |text| {
            println!("{}", text.chars().take(2000).collect::<String>());
        })?;
        return Ok(failures == 0);
    }
    if args.determinism {
        return determinism(&sdk, args);
    }
    let jobs = jobs(&sdk, args)?;
    let this = std::env::current_exe().context("this program has no path")?;
    let mut command = vec![this.to_string_lossy().into_owned(), "torture".into(), "--worker".into()];
    command.extend(["--go".into(), sdk.version.clone(), "--sdk".into()]);
    command.push(format!("{}={}", sdk.version, sdk.root.display()));
    command.extend(["--size".into(), args.size.to_string()]);
    let time = Duration::from_secs(args.time);
    let outcome = pool::run(jobs, Limits { time, memory: args.memory, children: args.jobs }, &command)?;
    print_table(&outcome);
    Ok(outcome.failures.is_empty())
}

/// All Go files under `src` of the standard library, tests too.
fn std_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut dirs = vec![root.join("src")];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name());
            if entry.file_type()?.is_dir() {
                if name != "testdata" && path != root.join("src/cmd") {
                    dirs.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "go") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn jobs(sdk: &Sdk, args: &TortureArgs) -> Result<Vec<Job>> {
    let wanted = |kind: &str| args.only.is_empty() || args.only.iter().any(|o| o == kind);
    let job = |what: &str, subject: &str, count: u64| {
        let (what, subject) = (what.to_owned(), subject.to_owned());
        Job { what, subject, seed: args.seed, first: 0, count }
    };
    let scaled = |count: u64| (count * args.scale).div_ceil(100);
    let mut jobs = Vec::new();
    if wanted("bomb") {
        jobs.extend(bombs::all().map(|b| job("bomb", b.name, 1)));
    }
    if wanted("disk") {
        jobs.extend(disk::names().map(|(name, count)| job("disk", name, scaled(count))));
    }
    let files = std_files(&sdk.root)?;
    let mut random = Random::for_case("files", args.seed, 0);
    for (kind, count, one_in) in [
        ("cut-parse", CUTS, 1),
        ("break-parse", BREAKS, 1),
        ("break-read", 2, 1),
        ("cut-check", 3, 1),
        ("break-check", 6, 1),
        ("break-types", 6, 1),
    ] {
        for file in files.iter().filter(|_| wanted(kind)) {
            let is_test = file.to_string_lossy().ends_with("_test.go");
            // Packages are checked without their tests.
            if random.below(one_in) == 0 && !(kind == "break-types" && is_test) {
                jobs.push(job(kind, &file.to_string_lossy(), scaled(count)));
            }
        }
    }
    jobs.retain(|j| j.subject.contains(&args.on));
    Ok(jobs)
}

fn print_table(outcome: &Outcome) {
    println!("{:<12} {:>8} {:>8} {:>8}  slowest", "kind", "cases", "failures", "peak MB");
    for (kind, t) in &outcome.tallies {
        let (time, case) = &t.slowest;
        println!("{kind:<12} {:>8} {:>8} {:>8}  {:.1?} {case}", t.cases, t.failures, t.peak, time);
    }
    for (case, text) in &outcome.failures {
        println!("FAILED --case '{case}': {text}");
    }
}

fn write_bombs(dir: &Path, size: usize) -> Result<bool> {
    std::fs::create_dir_all(dir)?;
    for bomb in bombs::all() {
        std::fs::write(dir.join(format!("{}.go", bomb.name)), (bomb.make)(size))?;
    }
    Ok(true)
}

/// Breaks some files of std, a few per package, and compares what 1, 2 and 8 threads say.
fn determinism(sdk: &Sdk, args: &TortureArgs) -> Result<bool> {
    let mut same = true;
    let files = std_files(&sdk.root)?;
    // Few broken files leave much to check; many give many errors.
    for (round, one_in) in (0..args.scale.div_ceil(20)).zip([400, 40, 150, 10, 1000].into_iter().cycle()) {
        let mut random = Random::for_case("determinism", args.seed, round);
        let mut broken = Vec::new();
        for file in &files {
            if random.below(one_in) == 0 {
                broken.push((file.clone(), mutate::tokens(&std::fs::read(file)?, &mut random)));
            }
        }
        let expected = disk::output(sdk, &broken, &["std"], 1)?;
        let errors = expected.lines().filter(|l| l.starts_with('{')).count();
        for threads in [2, 8, 8] {
            let found = disk::output(sdk, &broken, &["std"], threads)?;
            let line = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
            if expected != found {
                same = false;
                println!("round {round}: {threads} threads differ from 1, first at {line:?}");
            }
        }
        println!("round {round}: {} broken files, {errors} errors, {} bytes", broken.len(), expected.len());
    }
    Ok(same)
}

/// Runs the bombs at a small size in this process, for tests.
pub fn small_bombs(size: usize) {
    for bomb in bombs::all() {
        worker::explode(bomb, (bomb.make)(size), false);
    }
}
