//! Measuring, against the same work done by the Go toolchain.

use std::time::Instant;

use anyhow::Result;

use crate::cli::FrontEndArgs;
use crate::oracle::golist::{self, Query};
use crate::oracle::typesdump::{self, Measured, TypesDump};

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

/// `cargo xtask bench front-end`.
pub(crate) fn front_end(args: &FrontEndArgs) -> Result<bool> {
    let found = baseline(args)?;
    let mib = |m: &Measured| m.peak_kib as f64 / 1024.0;
    println!(
        "std of Go {}: {} packages, {} files, {} lines, {:.1} MB",
        args.sdk_version(),
        found.check.packages,
        found.check.files,
        found.check.lines,
        found.check.bytes as f64 / 1e6
    );
    println!("go list -deps            {:>7.3} s", found.list_seconds);
    println!(
        "go/parser, 1 thread      {:>7.3} s  {:>6.1} MB/s",
        found.parse.best(),
        found.parse.mb_per_second
    );
    for (name, m) in [("go/parser + go/types", &found.check), ("the same, all kept", &found.check_kept)] {
        println!(
            "{name:<21} -j{}{:>7.3} s  {:>6.1} MB/s  {:>6.0} MiB",
            m.workers,
            m.best(),
            m.mb_per_second,
            mib(m)
        );
    }
    Ok(true)
}
