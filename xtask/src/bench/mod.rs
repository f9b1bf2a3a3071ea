//! Measuring, against the same work done by the Go toolchain.

pub(crate) mod build;
pub(crate) mod pprof;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use escargo_syntax::{ParseOptions, parse};

use crate::cli::FrontEndArgs;
use crate::oracle::golist::{self, Package, Query};
use crate::oracle::typesdump::{self, Measured, TypesDump};
use crate::sdk::Sdk;
use crate::workspace;

/// What go/parser and go/types need for all of std.
#[derive(Clone, Debug)]
pub(crate) struct Baseline {
    /// Seconds that `go list -deps std` takes, files cached by the system.
    pub(crate) list_seconds: f64,
    /// Parsing on one thread, comments kept, identifiers not resolved.
    pub(crate) parse: Measured,
    /// Reading, parsing and checking, all facts recorded, facts dropped after each package.
    pub(crate) check: Measured,
    /// The same with trees and facts of all packages kept to the end.
    pub(crate) check_kept: Measured,
}

/// Takes the baseline.
pub(crate) fn baseline(args: &FrontEndArgs) -> Result<Baseline> {
    let sdk = args.sdk.open()?;
    let tool = TypesDump::build(&sdk)?;
    let query = Query::default();
    let mut packages = golist::list(&sdk, &query)?;
    let mut list_seconds = f64::INFINITY;
    for _ in 0..args.rounds.max(1) {
        let start = Instant::now();
        packages = golist::list(&sdk, &query)?;
        list_seconds = list_seconds.min(start.elapsed().as_secs_f64());
    }
    let input = typesdump::input(&packages, &sdk);
    let (rounds, jobs) = (args.rounds.max(1).to_string(), args.jobs.max(1).to_string());
    let parse = tool.bench(&["-bench", "parse", "-n", &rounds], &input)?;
    let repeat = |extra: &[&str]| -> Result<Measured> {
        let mut all: Option<Measured> = None;
        for _ in 0..args.rounds.max(1) {
            let arguments = [&["-bench", "check", "-j", &jobs], extra].concat();
            let one = tool.bench(&arguments, &input)?;
            all = Some(match all {
                None => one,
                Some(mut all) => {
                    all.seconds.extend(&one.seconds);
                    all.mb_per_second = all.mb_per_second.max(one.mb_per_second);
                    all.peak_kib = all.peak_kib.min(one.peak_kib);
                    all
                }
            });
        }
        Ok(all.unwrap_or_else(|| parse.clone()))
    };
    let (check, check_kept) = (repeat(&[])?, repeat(&["-keep"])?);
    Ok(Baseline { list_seconds, parse, check, check_kept })
}

/// What this project needs for the same.
#[derive(Clone, Copy, Debug)]
struct Ours {
    /// Throughput of the parser on one thread, in megabytes (10^6) a second.
    parse_mb_per_second: f64,
    /// Wall time of the whole command: loading, parsing, checking.
    seconds: f64,
    /// Its largest resident size in MiB.
    mib: f64,
    /// Wall time of the same command when nothing has changed.
    cached_seconds: f64,
}

/// Measures the command as a user runs it, and the parser by itself.
fn ours(args: &FrontEndArgs, sdk: &Sdk, packages: &[Package]) -> Result<Ours> {
    let rounds = args.rounds.max(1);
    let mut texts = Vec::new();
    for package in packages {
        for file in &package.go_files {
            texts.push(std::fs::read(Path::new(&package.dir).join(file))?);
        }
    }
    let bytes: usize = texts.iter().map(Vec::len).sum();
    let options = ParseOptions { comments: true, check_branches: true, imports_only: false };
    let parse_seconds = best(rounds, || {
        for text in &texts {
            std::hint::black_box(parse(text, options));
        }
        Ok(())
    })?;

    workspace::output(Command::new("cargo").args(["build", "--release", "--quiet", "-p", "escargo"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let program = workspace::root().join(target).join("release").join("escargo");
    let cache = workspace::scratch("bench-cache")?;
    let dir = workspace::scratch("empty-module")?;
    let run = |extra: &[&str]| -> Result<String> {
        let mut command = Command::new(&program);
        command.arg("typecheck").arg("--go").arg(&sdk.root).args(["-j", &args.jobs.to_string()]).args(extra);
        command.arg("std").current_dir(&dir).env("ESCARGO_CACHE", &cache).env("CGO_ENABLED", "0");
        let out = command.output()?;
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        if !out.status.success() {
            bail!("escargo failed: {text}");
        }
        Ok(text)
    };
    let seconds = best(rounds, || run(&["--no-cache"]).map(drop))?;
    let stats = run(&["--no-cache", "--stats"])?;
    let size = stats.lines().find_map(|l| l.strip_prefix("largest resident size"));
    let mib = size.and_then(|s| s.trim().strip_suffix("MiB")?.trim().parse().ok());
    run(&[])?;
    let cached_seconds = best(rounds, || run(&[]).map(drop))?;
    Ok(Ours {
        parse_mb_per_second: bytes as f64 / 1e6 / parse_seconds,
        seconds,
        mib: mib.context("no size among the statistics")?,
        cached_seconds,
    })
}

/// The shortest of several runs, in seconds.
fn best(rounds: u32, mut run: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        run()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// `cargo xtask bench front-end`.
pub(crate) fn front_end(args: &FrontEndArgs) -> Result<bool> {
    if cfg!(debug_assertions) {
        // The parser is measured in this very program: it must be an optimized one.
        let status = Command::new("cargo")
            .args(["run", "--release", "--quiet", "-p", "xtask", "--"])
            .args(std::env::args_os().skip(1))
            .status()?;
        return Ok(status.success());
    }
    let sdk = args.sdk.open()?;
    let found = baseline(args)?;
    let ours = ours(args, &sdk, &golist::list(&sdk, &Query::default())?)?;
    let check = &found.check;
    println!(
        "std of Go {}: {} packages, {} files, {} lines, {:.1} MB, {} threads",
        args.sdk_version(),
        check.packages,
        check.files,
        check.lines,
        check.bytes as f64 / 1e6,
        check.workers
    );
    println!("{:<44}{:>10}{:>10}{:>8}", "", "Go", "escargo", "ratio");
    let row = |what: &str, go: f64, own: f64, unit: &str, ratio: f64| {
        println!("{what:<44}{go:>10.3}{own:>10.3}{ratio:>8.2}  {unit}");
    };
    let (go, own) = (found.parse.mb_per_second, ours.parse_mb_per_second);
    row("parsing with comments, one thread", go, own, "MB/s", own / go);
    let (go, own) = (found.list_seconds + check.best(), ours.seconds);
    row("loading, parsing, checking (with go list)", go, own, "s", go / own);
    row("the same, Go's loading left out", check.best(), own, "s", check.best() / own);
    let go = check.peak_kib as f64 / 1024.0;
    row("largest resident size", go, ours.mib, "MiB", go / ours.mib);
    let kept = &found.check_kept;
    row("checking, Go keeping all trees and facts", kept.best(), own, "s", kept.best() / own);
    row(
        "again, nothing changed (escargo first run)",
        ours.seconds,
        ours.cached_seconds,
        "s",
        ours.seconds / ours.cached_seconds,
    );
    Ok(true)
}
