//! `cargo xtask bench build`: what the compiler says of all of std, and of net/http with all it imports, by the Go toolchain
//! and by escargo; and how long `escargo check` takes beside it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::best;
use crate::cli::FrontEndArgs;
use crate::sdk::Sdk;
use crate::workspace;

const FLAGS: &str = "-gcflags=all=-m=2";

/// Runs the comparison.
pub(crate) fn build(args: &FrontEndArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let program = workspace::release_binary()?;
    let place = workspace::scratch("bench-build")?;
    println!("{FLAGS}, Go {}, {} threads", sdk.version, args.jobs);
    println!("{:<44}{:>10}{:>10}{:>8}", "", "Go", "escargo", "ratio");
    let row = |what: &str, go: f64, own: f64, unit: &str| {
        println!("{what:<44}{go:>10.3}{own:>10.3}{:>8.2}  {unit}", go / own);
    };
    // Next to the build that it is compared with, before anything else is run.
    let checked = best(args.rounds.max(1), || check(args, &program, &sdk, &place))?;
    for packages in ["std", "net/http"] {
        let own = best(args.rounds.max(1), || ours(args, &program, &sdk, &place, packages, &["--no-cache"]))?;
        let go = theirs(args, &sdk, &place, packages)?;
        row(&format!("{packages}, from nothing"), go, own, "s");
    }
    println!("{:<44}{:>10}{checked:>10.3}          s", "escargo check std, from nothing", "");
    let mib = memory(args, &program, &sdk, &place)?;
    println!("{:<44}{:>10}{mib:>10.1}          MiB", "largest resident size, std", "");
    ours(args, &program, &sdk, &place, "std", &[])?;
    let again = best(args.rounds.max(1), || ours(args, &program, &sdk, &place, "std", &[]))?;
    println!("{:<44}{:>10}{again:>10.3}          s", "std again, nothing changed", "");
    after_changes(args, &program, &sdk, &place)
}

/// The package that is changed, one file of it, and what a change of it looks like.
const CHANGED: &str = "net/http";
const FILE: &str = "src/net/http/server.go";

/// How long a run takes after a change, in a copy of the SDK; false if it says anything else than one without memory
/// does, or compiles more than the package.
fn after_changes(args: &FrontEndArgs, program: &Path, sdk: &Sdk, place: &Path) -> Result<bool> {
    let copy = Sdk { root: place.join("sdk"), version: sdk.version.clone() };
    for old in [place.join("cache"), copy.root.clone()] {
        if old.exists() {
            std::fs::remove_dir_all(&old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
    }
    // Older releases have no go.env.
    let parts = ["VERSION", "go.env", "src", "pkg/include"];
    for part in parts.iter().filter(|part| sdk.root.join(part).exists()) {
        copy_tree(&sdk.root.join(part), &copy.root.join(part))?;
    }
    let run = |extra: &[&str]| ours(args, program, &copy, place, CHANGED, extra);
    let said = || std::fs::read(place.join("escargo.txt"));
    let units = || count_files(&place.join("cache/unit"));
    let file = copy.root.join(FILE);
    let text = std::fs::read_to_string(&file)?;
    run(&[])?;
    let (mut seconds, mut again) = (f64::INFINITY, f64::INFINITY);
    let mut right = true;
    for round in 0..args.rounds.max(1) {
        std::fs::write(&file, format!("{text}\nfunc changed{round}() *int {{ return new(int) }}\n"))?;
        let before = units();
        seconds = seconds.min(best(1, || run(&[]))?);
        let (kept, compiled) = (said()?, units() - before);
        again = again.min(best(1, || run(&[]))?);
        let replayed = said()?;
        run(&["--no-cache"])?;
        let fresh = said()?;
        if kept != fresh || replayed != fresh {
            println!("after a change, {CHANGED} says something else than without memory");
            right = false;
        }
        if compiled != 1 {
            println!("after a change of {FILE}, {compiled} packages were compiled");
            right = false;
        }
    }
    println!("{:<44}{:>10}{seconds:>10.3}          s", format!("{CHANGED} again, one file changed"), "");
    println!("{:<44}{:>10}{again:>10.3}          s", format!("{CHANGED} again, nothing changed"), "");
    Ok(right)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let name = entry?.file_name();
            copy_tree(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    if let Some(dir) = to.parent() {
        std::fs::create_dir_all(dir)?;
    }
    std::fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

fn count_files(dir: &Path) -> usize {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { count_files(&entry.path()) } else { 1 }).sum()
}

/// One build with a fresh cache, as `-a` alone would still replay nothing but keep what it compiled.
fn theirs(args: &FrontEndArgs, sdk: &Sdk, place: &Path, packages: &str) -> Result<f64> {
    let cache = place.join("gocache");
    let mut command = Command::new(sdk.root.join("bin/go"));
    command.args(["build", "-a", "-p", &args.jobs.to_string(), FLAGS, packages]).current_dir(place);
    command.env("GOCACHE", &cache).env("GO111MODULE", "off").env("GOFLAGS", "").env("GOTOOLCHAIN", "local");
    command.env("CGO_ENABLED", "0").env_remove("GOROOT").env("GOMAXPROCS", args.jobs.to_string());
    let start = Instant::now();
    run(&mut command, &place.join("go.txt"))?;
    let seconds = start.elapsed().as_secs_f64();
    std::fs::remove_dir_all(&cache).with_context(|| format!("cannot remove {}", cache.display()))?;
    Ok(seconds)
}

fn escargo(
    args: &FrontEndArgs,
    program: &Path,
    sdk: &Sdk,
    place: &Path,
    packages: &str,
    extra: &[&str],
) -> Command {
    let mut command = command(args, program, sdk, place, "build");
    command.args(extra).args([FLAGS, packages]);
    command
}

fn command(args: &FrontEndArgs, program: &Path, sdk: &Sdk, place: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command.args([name, "--go"]).arg(&sdk.root).args(["-j", &args.jobs.to_string()]);
    command.current_dir(place).env("ESCARGO_CACHE", place.join("cache"));
    command.env("GO111MODULE", "off").env("CGO_ENABLED", "0");
    command
}

fn check(args: &FrontEndArgs, program: &Path, sdk: &Sdk, place: &Path) -> Result<()> {
    let mut command = command(args, program, sdk, place, "check");
    run(command.args(["--no-cache", "std"]), &place.join("check.txt"))
}

fn ours(
    args: &FrontEndArgs,
    program: &Path,
    sdk: &Sdk,
    place: &Path,
    packages: &str,
    extra: &[&str],
) -> Result<()> {
    run(&mut escargo(args, program, sdk, place, packages, extra), &place.join("escargo.txt"))
}

/// Largest resident size in MiB.
fn memory(args: &FrontEndArgs, program: &Path, sdk: &Sdk, place: &Path) -> Result<f64> {
    let said = place.join("stats.txt");
    run(&mut escargo(args, program, sdk, place, "std", &["--no-cache", "--stats"]), &said)?;
    let text = std::fs::read(&said)?;
    let text = String::from_utf8_lossy(&text);
    let size = text.lines().find_map(|l| l.strip_prefix("largest resident size"));
    size.and_then(|s| s.trim().strip_suffix("MiB")?.trim().parse().ok())
        .context("no size among the statistics")
}

fn run(command: &mut Command, to: &Path) -> Result<()> {
    let file = std::fs::File::create(to).with_context(|| format!("cannot write {}", to.display()))?;
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).status();
    let status = status.with_context(|| format!("cannot run {}", workspace::show(command)))?;
    if !status.success() {
        bail!("{}: {status}; see {}", workspace::show(command), to.display());
    }
    Ok(())
}
