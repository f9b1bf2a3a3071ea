//! The rules of the house, checked by machine: `cargo xtask tidy`, and a test of this crate.
//!
//! A rule takes the sources, or what `cargo metadata` says, and returns problems; nothing but
//! [`run`] touches the disk, so that each rule can be shown to fail.

mod arrows;
mod licence;
mod rules;
mod rust;
mod table;

use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A rule broken somewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Path relative to the root.
    pub path: String,
    /// Line, from 1; 0 if it is about the whole file.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl Problem {
    fn new(path: &str, line: usize, text: impl Into<String>) -> Problem {
        Problem { path: path.to_owned(), line, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.text),
            n => write!(f, "{}:{n}: {}", self.path, self.text),
        }
    }
}

/// A text file of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Path relative to the root, with slashes.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}

/// Checks everything under `root`. The problems come sorted.
pub fn run(root: &Path) -> Result<Vec<Problem>> {
    let sources = read_sources(root)?;
    let metadata = cargo_metadata(root)?;
    let mut problems = Vec::new();
    let crates = arrows::read(&metadata, root)?;
    if crates.len() < 2 || !sources.iter().any(|s| s.path.starts_with("crates/") && s.is_rust()) {
        bail!("no crates found under {}: nothing would be checked", root.display());
    }
    arrows::check(&crates, &mut problems);
    licence::check(&metadata, &mut problems)?;
    rules::check(&sources, &machine_paths(root), &mut problems);
    problems.sort();
    problems.dedup();
    Ok(problems)
}

fn cargo_metadata(root: &Path) -> Result<serde_json::Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let out = workspace::output(
        Command::new(cargo).args(["metadata", "--format-version=1", "--quiet"]).current_dir(root),
    )?;
    serde_json::from_slice(&out).context("cargo metadata is not JSON")
}

/// Text files that belong to the repository: what git tracks or would track.
fn read_sources(root: &Path) -> Result<Vec<Source>> {
    let out = workspace::output(
        Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root),
    );
    let names: Vec<String> = match out {
        Ok(out) => String::from_utf8_lossy(&out).split('\0').map(str::to_owned).collect(),
        Err(_) => walk(root)?, // an archive, not a clone
    };
    let mut sources = Vec::new();
    for path in names {
        // Gone but still in the index, binary, or a link: not for us.
        let full = root.join(&path);
        if path.is_empty() || !full.symlink_metadata().is_ok_and(|m| m.is_file()) {
            continue;
        }
        let bytes = std::fs::read(&full).with_context(|| format!("cannot read {}", full.display()))?;
        if let Ok(text) = String::from_utf8(bytes) {
            sources.push(Source { path, text });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn walk(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name());
            if entry.file_type()?.is_dir() {
                if name != "target" && name != ".git" {
                    open.push(path);
                }
            } else if let Some(rel) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                found.push(rel.replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

/// Paths that mean something on this machine only: the checkout, and what lies beside it.
fn machine_paths(root: &Path) -> Vec<String> {
    let Some(parent) = root.parent().filter(|p| p.parent().is_some()) else { return Vec::new() };
    let mut paths: Vec<String> = Vec::new();
    if let Ok(entries) = std::fs::read_dir(parent) {
        paths.extend(entries.flatten().filter_map(|e| e.path().to_str().map(str::to_owned)));
    }
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_place_is_an_error() {
        let dir = workspace::scratch("tidy-empty").expect("scratch");
        assert!(run(&dir.join("nothing")).is_err());
    }
}
