//! `--stats`: time and memory of each stage.

use std::fmt::Write;
use std::time::Duration;

use escargo_base::OsSystem;
use escargo_driver::Session;
use escargo_driver::stats::{Stage, peak_memory};

/// Wall-clock times of the stages that follow each other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wall {
    /// Choosing an SDK, reading settings.
    pub(crate) open: Duration,
    /// Finding packages.
    pub(crate) load: Duration,
    /// Reading, parsing and checking.
    pub(crate) check: Duration,
}

/// The table.
pub(crate) fn render(session: &Session, packages: usize, threads: usize, wall: &Wall) -> String {
    let (files, bytes, lines, tree_bytes) = session.stats.totals();
    let (types, objects, _) = session.store.counts();
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    let mib = |n: u64| n as f64 / f64::from(1 << 20);
    let rate = |d: Duration| if d.is_zero() { 0.0 } else { mib(bytes) / d.as_secs_f64() };
    let total = wall.open + wall.load + wall.check;
    let mut out = String::new();
    let mut line = |name: &str, value: String| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{name:<24}{value}");
    };
    line("settings and SDK", format!("{:>10.1} ms", ms(wall.open)));
    line("finding packages", format!("{:>10.1} ms", ms(wall.load)));
    line("reading to checking", format!("{:>10.1} ms  on {threads} threads", ms(wall.check)));
    for (name, stage) in
        [("  reading, all threads", Stage::Read), ("  parsing", Stage::Parse), ("  checking", Stage::Check)]
    {
        let time = session.stats.stage(stage);
        line(name, format!("{:>10.1} ms  {:.1} MiB/s", ms(time), rate(time)));
    }
    line("together", format!("{:>10.1} ms", ms(total)));
    line("packages", format!("{packages:>10}"));
    line("files", format!("{files:>10}"));
    line("lines", format!("{lines:>10}"));
    line("source", format!("{:>10.1} MiB", mib(bytes)));
    line("syntax trees", format!("{:>10.1} MiB, not all at once", mib(tree_bytes)));
    line("types", format!("{types:>10}"));
    line("objects", format!("{objects:>10}"));
    #[cfg(feature = "check-solver")]
    {
        let (graphs, functions, locations) = escargo_driver::build::compared_solutions();
        line("solutions compared", format!("{graphs:>10}, {functions} functions, {locations} locations"));
    }
    if let Some(peak) = peak_memory(&OsSystem) {
        line("largest resident size", format!("{:>10.1} MiB", mib(peak)));
    }
    out
}
