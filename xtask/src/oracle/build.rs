//! `go build` and `escargo build` on the same packages, from the same directory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::diagnostics::{Capture, compare};
use crate::cli::BuildArgs;
use crate::record;
use crate::sdk::Sdk;
use crate::workspace;

/// `cargo xtask oracle build`.
pub(crate) fn build(args: &BuildArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let place = workspace::root().join("target/xtask/build");
    std::fs::create_dir_all(&place)?;
    let dir = directory(args)?;
    let name = format!("go{}-{}", sdk.version, args.name());
    let name = name.trim_end_matches('-');
    let theirs = place.join(format!("{name}.expected"));
    if !args.reuse || !theirs.is_file() {
        capture_theirs(args, &args.gcflags, &sdk, &dir, &theirs)?;
    }
    let mine = place.join(format!("{name}.actual"));
    capture_ours(args, &args.gcflags, &sdk, &dir, &mine)?;
    let result = compare(&Capture::read_file(&theirs)?, &Capture::read_file(&mine)?);
    if result.total == 0 {
        bail!("the toolchain printed nothing to compare");
    }
    let head = format!("{} with Go {}, {}", args.shown(), sdk.version, args.target);
    let text = format!("{head}\n{}", result.report(usize::MAX));
    if args.record.bless || args.record.check {
        println!("{}", text.lines().take(4).collect::<Vec<_>>().join("\n"));
    } else {
        print!("{head}\n{}{}", result.report(0), result.worst(args.limit));
    }
    println!("texts: {} and {}", theirs.display(), mine.display());
    Ok(record::settle(args.record, &format!("{name}.txt"), &text)?.unwrap_or(result.perfect()))
}

/// Where both builds run.
pub(super) fn directory(args: &BuildArgs) -> Result<PathBuf> {
    match &args.dir {
        Some(dir) => dir.canonicalize().with_context(|| format!("no directory {}", dir.display())),
        None => {
            // An empty directory outside any module.
            let dir = std::env::temp_dir().join("escargo-oracle-build");
            std::fs::create_dir_all(&dir)?;
            Ok(dir)
        }
    }
}

fn environment(command: &mut Command, args: &BuildArgs, dir: &Path) {
    let (goos, goarch) = args.target.split_once('/').unwrap_or(("linux", "amd64"));
    command.current_dir(dir).stdin(Stdio::null()).env("CGO_ENABLED", "0").env("GOFLAGS", "");
    command.env("GOOS", goos).env("GOARCH", goarch).env_remove("GOROOT").env("GOWORK", "off");
    if let Some(gopath) = &args.gopath {
        command.env("GOPATH", gopath).env("GO111MODULE", "off");
    } else if args.dir.is_none() {
        command.env("GO111MODULE", "off");
    }
    for pair in &args.env {
        if let Some((name, value)) = pair.split_once('=') {
            command.env(name, value);
        }
    }
}

/// The toolchain builds; what it says goes to a file.
pub(super) fn capture_theirs(
    args: &BuildArgs,
    gcflags: &str,
    sdk: &Sdk,
    dir: &Path,
    to: &Path,
) -> Result<()> {
    // What is cached is replayed as it was printed elsewhere: only a fresh cache tells the truth.
    let cache = std::env::temp_dir().join(format!("escargo-gocache-{}", std::process::id()));
    let mut command = Command::new(sdk.root.join("bin/go"));
    environment(&mut command, args, dir);
    command.env("GOCACHE", &cache).env("GOTOOLCHAIN", "local");
    command.arg("build").arg(format!("-gcflags={gcflags}"));
    command.args(&args.flags).args(args.patterns()?);
    // With several packages nothing is written; one main package would leave its binary.
    if args.single_binary {
        command.arg("-o").arg(cache.with_extension("bin"));
    }
    let result = run(command, to);
    let _ = std::fs::remove_dir_all(&cache);
    let _ = std::fs::remove_file(cache.with_extension("bin"));
    result
}

/// escargo builds; what it says goes to a file.
pub(super) fn capture_ours(args: &BuildArgs, gcflags: &str, sdk: &Sdk, dir: &Path, to: &Path) -> Result<()> {
    let program: PathBuf = match &args.program {
        Some(program) => program.canonicalize()?,
        None => workspace::release_binary()?,
    };
    let mut command = Command::new(program);
    environment(&mut command, args, dir);
    command.arg("build").arg("--no-cache").arg("--go").arg(&sdk.root);
    command.arg(format!("-gcflags={gcflags}")).args(&args.flags).args(args.patterns()?);
    run(command, to)
}

/// Runs a build; what it says goes to a file. A build that fails still has something to compare.
fn run(mut command: Command, to: &Path) -> Result<()> {
    let file = std::fs::File::create(to).with_context(|| format!("cannot write {}", to.display()))?;
    let started = std::time::Instant::now();
    let status = command.stdout(Stdio::null()).stderr(file).status();
    let status = status.with_context(|| format!("cannot run {:?}", command.get_program()))?;
    println!("{:?}: {status}, {:.1} s", command.get_program(), started.elapsed().as_secs_f64());
    Ok(())
}
