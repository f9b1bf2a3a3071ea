//! The optimization logs that `go build` and `escargo build` write of the same packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::build::{capture_ours, capture_theirs, directory};
use crate::cli::BuildArgs;
use crate::workspace;

/// What the compiler's back end finds, and escargo does not look for.
const BACK_END: &[&str] = &["nilcheck", "isInBounds", "isSliceInBounds", "copy"];

/// Files of a log, by path within it: their lines but for those of the back end.
type Log = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
struct Diagnostic {
    code: String,
}

/// `cargo xtask oracle json`.
pub(crate) fn json(args: &BuildArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let place = workspace::scratch("json")?;
    let dir = directory(args)?;
    let [theirs, mine] = ["expected", "actual"].map(|side| place.join(side));
    let gcflags = |log: &Path| format!("{} -json=0,{}", args.gcflags, log.display());
    if !args.reuse || !theirs.is_dir() {
        let _ = std::fs::remove_dir_all(&theirs);
        capture_theirs(args, &gcflags(&theirs), &sdk, &dir, &place.join("expected.txt"))?;
    }
    let _ = std::fs::remove_dir_all(&mine);
    capture_ours(args, &gcflags(&mine), &sdk, &dir, &place.join("actual.txt"))?;
    let (theirs, mine) = (read(&theirs)?, read(&mine)?);
    let names: BTreeSet<&String> = theirs.keys().chain(mine.keys()).collect();
    if names.is_empty() {
        bail!("nothing was logged");
    }
    let differing: Vec<&String> =
        names.iter().copied().filter(|&name| theirs.get(name) != mine.get(name)).collect();
    println!("{} of {} files equal but for the back end", names.len() - differing.len(), names.len());
    for name in differing.iter().take(args.limit) {
        first_difference(name, theirs.get(*name), mine.get(*name));
    }
    Ok(differing.is_empty())
}

/// The files of a log that have more than a header.
fn read(root: &Path) -> Result<Log> {
    let mut log = Log::new();
    for package in std::fs::read_dir(root).with_context(|| format!("no log in {}", root.display()))? {
        for file in std::fs::read_dir(package?.path())? {
            let path = file?.path();
            let lines = front_end(&std::fs::read_to_string(&path)?)?;
            if lines.len() > 1 {
                let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
                log.insert(name, lines);
            }
        }
    }
    Ok(log)
}

/// The header, and the entries that do not come from the back end.
fn front_end(text: &str) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if i == 0 || !BACK_END.contains(&&*serde_json::from_str::<Diagnostic>(line)?.code) {
            kept.push(line.to_owned());
        }
    }
    Ok(kept)
}

fn first_difference(name: &str, theirs: Option<&Vec<String>>, mine: Option<&Vec<String>>) {
    let (Some(theirs), Some(mine)) = (theirs, mine) else {
        println!("{name}: {}", if theirs.is_some() { "missing" } else { "unexpected" });
        return;
    };
    let at = theirs.iter().zip(mine).take_while(|(a, b)| a == b).count();
    let line = |lines: &[String]| lines.get(at).cloned().unwrap_or_else(|| "nothing".to_owned());
    println!("{name}, line {}:\n- {}\n+ {}", at + 1, line(theirs), line(mine));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_end_is_left_out() {
        let text = "{\"version\":0}\n{\"code\":\"copy\"}\n{\"code\":\"leak\"}\n";
        assert_eq!(front_end(text).unwrap(), ["{\"version\":0}", "{\"code\":\"leak\"}"]);
    }
}
