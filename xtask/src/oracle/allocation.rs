//! How often the functions in `conformance/allocation` allocate, with the toolchain's compiler and run time. The test
//! `truth` of the room `alloc` compares what is recorded with what escargo says of the same functions.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cli::ProgramsArgs;
use crate::workspace;

/// `cargo xtask oracle allocation`.
pub(crate) fn allocation(args: &ProgramsArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let place = workspace::root().join("conformance/allocation");
    let cache = std::env::temp_dir().join(format!("escargo-gocache-{}", sdk.version));
    let mut command = Command::new(sdk.root.join("bin/go"));
    command.env("GOCACHE", cache).env("GOTOOLCHAIN", "local").env("CGO_ENABLED", "0").env("GOFLAGS", "");
    command.env_remove("GOROOT").env_remove("GOEXPERIMENT").args(["run", "."]).current_dir(&place);
    let shown = workspace::show(&command);
    let output = command.output().with_context(|| format!("cannot run {shown}"))?;
    if !output.status.success() {
        bail!("{shown}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let counted = String::from_utf8(output.stdout).context("counts")?;
    let path = place.join(format!("allocs-go{}.txt", sdk.version));
    if args.bless {
        std::fs::write(&path, &counted).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let recorded = std::fs::read_to_string(&path)
        .with_context(|| format!("{} is not recorded; use --bless", path.display()))?;
    let different = recorded.lines().filter(|line| !counted.lines().any(|other| other == *line));
    different.clone().for_each(|line| println!("recorded, not counted now: {line}"));
    println!("Go {}: {} functions, {} differ", sdk.version, counted.lines().count(), different.count());
    Ok(recorded == counted)
}
