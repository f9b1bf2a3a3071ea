//! Recorded results in `conformance/`: what passes and what does not, so that a gain or a loss is a line of a
//! change.

use anyhow::{Context, Result};

use crate::workspace;

/// What to do with a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::Args)]
pub(crate) struct RecordArgs {
    /// Compare with the recorded result; a difference is a failure.
    #[arg(long, conflicts_with = "bless")]
    pub(crate) check: bool,
    /// Record this result.
    #[arg(long)]
    pub(crate) bless: bool,
}

/// Records a result under a name, or compares it with what is recorded. Without either, it is up to
/// the caller whether the result is good: `None`.
pub(crate) fn settle(args: RecordArgs, name: &str, text: &str) -> Result<Option<bool>> {
    let path = workspace::root().join("conformance").join(name);
    if args.bless {
        std::fs::create_dir_all(path.parent().context("no folder")?)?;
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        return Ok(Some(true));
    }
    if !args.check {
        return Ok(None);
    }
    let recorded = std::fs::read_to_string(&path)
        .with_context(|| format!("nothing is recorded in {}; use --bless", path.display()))?;
    if recorded == text {
        println!("as recorded in conformance/{name}");
        return Ok(Some(true));
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (recorded.lines().collect(), text.lines().collect());
    for line in old.iter().filter(|l| !new.contains(l)) {
        println!("- {line}");
    }
    for line in new.iter().filter(|l| !old.contains(l)) {
        println!("+ {line}");
    }
    println!("this differs from conformance/{name}; if it is a gain, record it with --bless");
    Ok(Some(false))
}
