//! `cargo xtask bench pprof`: `-top` of a large profile, by `go tool pprof` and by escargo.

mod made;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cli::PprofBenchArgs;
use crate::oracle::pprof::tool;
use crate::workspace;

/// Runs the comparison; false if the two do not say the same.
pub(crate) fn pprof(args: &PprofBenchArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let go = tool(&sdk)?;
    let own = match &args.program {
        Some(program) => program.canonicalize()?,
        None => workspace::release_binary()?,
    };
    let place = workspace::scratch("bench-pprof")?;
    let plain = made::profile(args.samples);
    let packed = made::gzip(&plain)?;
    println!(
        "-top of {} samples, {:.1} MB, {:.1} MB packed, Go {}",
        args.samples,
        plain.len() as f64 / 1e6,
        packed.len() as f64 / 1e6,
        sdk.version
    );
    println!("{:<44}{:>10}{:>10}{:>8}", "", "Go", "escargo", "ratio");
    let mut equal = true;
    for (what, name, bytes) in [("packed", "big.pb.gz", &packed), ("unpacked", "big.pb", &plain)] {
        let file = place.join(name);
        std::fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        let theirs = Program { program: &go, before: &[], place: &place };
        let ours = Program { program: &own, before: &["tool", "pprof"], place: &place };
        let (mut go_best, mut own_best) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..args.rounds.max(1) {
            // In turn, so that what else the machine does meets both.
            let (seconds, go_said) = theirs.timed(name)?;
            go_best = go_best.min(seconds);
            let (seconds, own_said) = ours.timed(name)?;
            own_best = own_best.min(seconds);
            if go_said != own_said {
                std::fs::write(place.join("go.txt"), &go_said)?;
                std::fs::write(place.join("escargo.txt"), &own_said)?;
                equal = false;
            }
        }
        let row = |text: &str, go: f64, own: f64, unit: &str| {
            println!("{:<44}{go:>10.3}{own:>10.3}{:>8.2}  {unit}", format!("{what}, {text}"), go / own);
        };
        row("time", go_best, own_best, "s");
        row("largest resident size", theirs.memory(name)?, ours.memory(name)?, "MiB");
    }
    if !equal {
        println!("the two do not say the same; see {}", place.display());
    }
    Ok(equal)
}

/// A pprof, and where it runs.
struct Program<'a> {
    program: &'a PathBuf,
    before: &'a [&'a str],
    place: &'a Path,
}

impl Program<'_> {
    fn command(&self, profile: &str) -> Command {
        let mut command = Command::new(self.program);
        command.args(self.before).args(["-top", profile]).current_dir(self.place).stdin(Stdio::null());
        command.env("TZ", "UTC").env("PPROF_TMPDIR", self.place);
        command
    }

    /// Seconds of a run, and what it said.
    fn timed(&self, profile: &str) -> Result<(f64, Vec<u8>)> {
        let start = Instant::now();
        let said = workspace::output(&mut self.command(profile))?;
        Ok((start.elapsed().as_secs_f64(), said))
    }

    /// Largest resident size of a run in MiB, as the system tells it while the program runs.
    fn memory(&self, profile: &str) -> Result<f64> {
        let mut child = self.command(profile).stdout(Stdio::null()).spawn()?;
        let status = format!("/proc/{}/status", child.id());
        let mut largest = 0;
        while child.try_wait()?.is_none() {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
            let size = line.and_then(|l| l.trim().strip_suffix(" kB")?.trim().parse().ok());
            largest = largest.max(size.unwrap_or(0));
            std::thread::sleep(Duration::from_millis(1));
        }
        if largest == 0 {
            bail!("the system does not tell how large {} was", self.program.display());
        }
        Ok(f64::from(largest) / 1024.0)
    }
}
