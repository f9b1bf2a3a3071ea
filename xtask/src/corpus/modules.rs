//! Checkouts of modules as a GOPATH, their tests included: what `go build` never compiles of a generic library are
//! the instances that its tests make, so that tests become packages of their own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use regex::Regex;

use super::debian;
use crate::cli::ModulesArgs;
use crate::workspace;

/// `cargo xtask corpus modules`.
pub(crate) fn modules(args: &ModulesArgs) -> Result<bool> {
    let home = workspace::scratch("modules")?;
    let src = home.join("src");
    if src.exists() {
        fs::remove_dir_all(&src)?;
    }
    for entry in fs::read_dir(&args.from).with_context(|| format!("cannot read {}", args.from.display()))? {
        let checkout = entry?.path();
        if checkout.is_dir() {
            place(&checkout, &src)?;
        }
    }
    let mut dirs = Vec::new();
    folders(&src, &mut dirs)?;
    for dir in &dirs {
        tests_to_packages(dir)?;
    }
    let skip = args.skip.as_deref().map(Regex::new).transpose()?;
    let mut paths = Vec::new();
    let mut all = Vec::new();
    folders(&src, &mut all)?;
    for dir in all {
        let path = dir.strip_prefix(&src)?.to_string_lossy().into_owned();
        if !go_files(&dir)?.is_empty() && !skip.as_ref().is_some_and(|s| s.is_match(&path)) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        bail!("no module with packages in {}", args.from.display());
    }
    paths.sort();
    let mut gopath = home.clone().into_os_string();
    for more in &args.gopath {
        gopath.push(":");
        gopath.push(more);
    }
    println!("GOPATH is {}", gopath.to_string_lossy());
    debian::build(&args.sdk.open()?, &home, Path::new(&gopath), &[("modules", paths)])
}

/// Copies the modules of a checkout to where their paths say, without their vendored packages.
fn place(checkout: &Path, src: &Path) -> Result<()> {
    let mut dirs = Vec::new();
    folders(checkout, &mut dirs)?;
    let mut home: Vec<(PathBuf, PathBuf)> = Vec::new();
    for dir in &dirs {
        if let Ok(text) = fs::read_to_string(dir.join("go.mod"))
            && let Some(path) = module_path(&text)
        {
            home.push((dir.clone(), src.join(path)));
        }
        // Folders come before what is in them: the last module that fits is the innermost.
        let Some((from, to)) = home.iter().rev().find(|(from, _)| dir.starts_with(from)) else { continue };
        let to = to.join(dir.strip_prefix(from)?);
        fs::create_dir_all(&to)?;
        for file in fs::read_dir(dir)? {
            let file = file?.path();
            if let Some(name) = file.file_name().filter(|_| file.is_file()) {
                fs::copy(&file, to.join(name))?;
            }
        }
    }
    Ok(())
}

fn module_path(text: &str) -> Option<&str> {
    text.lines().find_map(|l| l.strip_prefix("module ")).map(|path| path.trim().trim_matches('"'))
}

/// A folder and those below it that `...` stands for.
fn folders(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    found.push(dir.to_path_buf());
    let mut below = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with(['.', '_']) || name == "testdata" || name == "vendor";
        if !hidden && entry.file_type()?.is_dir() {
            below.push(entry.path());
        }
    }
    below.sort();
    below.iter().try_for_each(|dir| folders(dir, found))
}

fn go_files(dir: &Path) -> Result<Vec<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(dir)? {
        names.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    Ok(names.into_iter().filter(|name| name.ends_with(".go")).collect())
}

/// Makes packages of a folder's tests, in folders below it: `tests`, the package with its own tests, and `xtests`,
/// the tests from outside.
fn tests_to_packages(dir: &Path) -> Result<()> {
    let clause = Regex::new(r"(?m)^package\s+(\w+)")?;
    let files = go_files(dir)?;
    for name in &files {
        let Some(stem) = name.strip_suffix("_test.go") else { continue };
        let text = fs::read_to_string(dir.join(name)).unwrap_or_default();
        let Some(package) = clause.captures(&text).map(|found| found[1].to_owned()) else { continue };
        let outside = package.ends_with("_test");
        let to = dir.join(if outside { "xtests" } else { "tests" });
        if !to.is_dir() {
            fs::create_dir(&to)?;
            if !outside {
                for name in files.iter().filter(|name| !name.ends_with("_test.go")) {
                    fs::write(to.join(name), plain(&fs::read_to_string(dir.join(name)).unwrap_or_default()))?;
                }
            }
        }
        fs::write(to.join(format!("{stem}_tests.go")), plain(&text))?;
    }
    Ok(())
}

/// A file of a package that is no command.
fn plain(text: &str) -> String {
    let lines =
        text.lines().map(|line| if line.trim_end() == "package main" { "package command" } else { line });
    lines.map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_go_where_their_paths_say() {
        let place_in = std::env::temp_dir().join(format!("escargo-modules-{}", std::process::id()));
        let (from, src) = (place_in.join("from"), place_in.join("src"));
        fs::create_dir_all(from.join("a/inner")).unwrap();
        let write = |name: &str, text: &str| fs::write(from.join("a").join(name), text).unwrap();
        write("go.mod", "module example.org/a/v2\n");
        write("a.go", "package main\n");
        write("a_test.go", "package main\n");
        write("b_test.go", "package main_test\n");
        write("inner/go.mod", "module example.org/inner\n");
        write("inner/i.go", "package inner\n");
        place(&from, &src).unwrap();
        tests_to_packages(&src.join("example.org/a/v2")).unwrap();
        let text = |name: &str| fs::read_to_string(src.join("example.org").join(name)).ok();
        assert_eq!(text("a/v2/tests/a.go").as_deref(), Some("package command\n"));
        assert!(text("a/v2/tests/a_tests.go").is_some() && text("a/v2/xtests/b_tests.go").is_some());
        assert!(text("inner/i.go").is_some() && text("a/v2/inner/i.go").is_none());
        fs::remove_dir_all(&place_in).unwrap();
    }
}
