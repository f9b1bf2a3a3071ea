//! Debian's `golang-*-dev` packages: source packages of Go libraries that all build against each
//! other in one GOPATH. They are downloaded and unpacked, not installed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cli::DebianArgs;
use crate::oracle::golist::{self, Query};
use crate::oracle::ours;
use crate::record::{self, RecordArgs};
use crate::sdk::Sdk;
use crate::workspace;

const LIST: &str = include_str!("debian.txt");

/// Where packages put Go source, within the unpacked tree; this is the GOPATH.
const GOPATH: &str = "usr/share/gocode";

/// The names in the list.
fn chosen() -> Vec<&'static str> {
    LIST.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).collect()
}

/// `cargo xtask corpus debian`.
pub(crate) fn debian(args: &DebianArgs) -> Result<bool> {
    let home = match &args.into {
        Some(dir) => dir.clone(),
        None => workspace::scratch("debian")?,
    };
    let (debs, root) = (home.join("debs"), home.join("root"));
    std::fs::create_dir_all(&debs)?;
    std::fs::create_dir_all(&root)?;

    let chosen = chosen();
    let all = closure(&chosen)?;
    println!("{} packages chosen, {} with their dependencies", chosen.len(), all.len());
    let files = download(&all, &debs)?;
    let mut index = String::new();
    let mut paths = BTreeMap::new();
    for (name, file) in &files {
        unpack(file, &root)?;
        let found = import_paths(file)?;
        for path in &found {
            let _ = writeln!(index, "{name}\t{path}");
        }
        paths.insert(name.as_str(), found);
    }
    std::fs::write(home.join("index.txt"), index)?;
    println!("GOPATH is {}", root.join(GOPATH).display());
    println!("import paths by package are in {}", home.join("index.txt").display());
    if args.ours {
        return agree(&args.sdk.open()?, &home, &root.join(GOPATH), args.record);
    }
    if args.build {
        let mine: Vec<_> = chosen.iter().map(|n| (*n, paths.get(n).cloned().unwrap_or_default())).collect();
        return build(&args.sdk.open()?, &home, &root.join(GOPATH), &mine);
    }
    Ok(true)
}

/// Whether a dependency is a Go library.
fn is_library(name: &str) -> bool {
    name.starts_with("golang-") && name.ends_with("-dev")
}

/// The packages with all libraries they depend on.
fn closure(start: &[&str]) -> Result<BTreeSet<String>> {
    let mut done = BTreeSet::new();
    let mut open: BTreeSet<String> = start.iter().map(|&n| n.to_owned()).collect();
    let mut virtual_names = BTreeMap::new();
    while !open.is_empty() {
        let stanzas = show(&open)?;
        let mut next = BTreeSet::new();
        for name in &open {
            match stanzas.get(name) {
                Some(depends) => {
                    done.insert(name.clone());
                    next.extend(libraries(depends));
                }
                None if start.contains(&name.as_str()) => {
                    bail!("no package {name} in apt's lists; run apt-get update?")
                }
                None => next.extend(provider(name, &mut virtual_names)?),
            }
        }
        next.retain(|n| !done.contains(n) && !virtual_names.contains_key(n));
        open = next;
    }
    Ok(done)
}

/// Dependencies of packages, by name; names that apt does not know are left out.
fn show(names: &BTreeSet<String>) -> Result<BTreeMap<String, String>> {
    // A non-zero exit means that some names are unknown (virtual packages); the rest is there.
    let out = Command::new("apt-cache")
        .args(["show", "--no-all-versions"])
        .args(names)
        .output()
        .context("cannot run apt-cache: this task needs Debian or a relative")?;
    Ok(stanzas(&String::from_utf8_lossy(&out.stdout)))
}

fn stanzas(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for stanza in text.split("\n\n") {
        let field = |key: &str| stanza.lines().find_map(|l| l.strip_prefix(key)).map(str::trim);
        if let Some(name) = field("Package:") {
            found.insert(name.to_owned(), field("Depends:").unwrap_or_default().to_owned());
        }
    }
    found
}

/// The libraries of a Depends field: of alternatives the first.
fn libraries(depends: &str) -> impl Iterator<Item = String> + '_ {
    depends.split(',').filter_map(|dependency| {
        let names = dependency.split('|').filter_map(|a| a.split([' ', '(', ':']).find(|w| !w.is_empty()));
        names.into_iter().find(|n| is_library(n)).map(str::to_owned)
    })
}

/// A real package for a virtual one, the first by name.
fn provider(name: &str, known: &mut BTreeMap<String, Option<String>>) -> Result<Option<String>> {
    if let Some(found) = known.get(name) {
        return Ok(found.clone());
    }
    let out = workspace::output(Command::new("apt-cache").args(["showpkg", name]))?;
    let text = String::from_utf8_lossy(&out).into_owned();
    let after = text.split("Reverse Provides:").nth(1).unwrap_or_default();
    let mut providers: Vec<&str> =
        after.lines().filter_map(|l| l.split_whitespace().next()).filter(|n| is_library(n)).collect();
    providers.sort_unstable();
    let found = providers.first().map(|&n| n.to_owned());
    if found.is_none() {
        eprintln!("warning: nothing provides {name}");
    }
    known.insert(name.to_owned(), found.clone());
    Ok(found)
}

/// Downloads what is missing; the files by package. To get newer ones, remove the old.
fn download(names: &BTreeSet<String>, debs: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let present = downloaded(debs)?;
    let missing: Vec<&String> = names.iter().filter(|n| !present.contains_key(*n)).collect();
    if !missing.is_empty() {
        println!("downloading {} packages", missing.len());
        workspace::output(
            Command::new("apt-get")
                .args(["-qq", "-o", "APT::Sandbox::User=root", "download"])
                .args(&missing)
                .current_dir(debs),
        )?;
    }
    let mut present = downloaded(debs)?;
    if let Some(name) = names.iter().find(|n| !present.contains_key(*n)) {
        bail!("apt-get did not download {name}");
    }
    present.retain(|name, _| names.contains(name));
    Ok(present)
}

/// The package files in a directory, by name of the package.
fn downloaded(debs: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(debs)? {
        let path = entry?.path();
        if let Some(file) = path.file_name().and_then(|n| n.to_str())
            && file.ends_with(".deb")
            && let Some((name, _)) = file.split_once('_')
        {
            files.insert(name.to_owned(), path.clone());
        }
    }
    Ok(files)
}

/// Unpacks a package once.
fn unpack(file: &Path, root: &Path) -> Result<()> {
    let stamp = file.with_extension("unpacked");
    if !stamp.is_file() {
        workspace::output(Command::new("dpkg-deb").arg("-x").arg(file).arg(root))?;
        std::fs::write(&stamp, "")?;
    }
    Ok(())
}

/// The directories of a package that hold Go files, as import paths.
fn import_paths(file: &Path) -> Result<Vec<String>> {
    let out = workspace::output(Command::new("dpkg-deb").arg("-c").arg(file))?;
    Ok(paths_in_listing(&String::from_utf8_lossy(&out)))
}

fn paths_in_listing(listing: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let prefix = format!("./{GOPATH}/src/");
    for line in listing.lines() {
        let Some(at) = line.find(&prefix) else { continue };
        let path = &line[at + prefix.len()..];
        if !line.starts_with('-') || !path.ends_with(".go") || path.ends_with("_test.go") {
            continue;
        }
        let Some((dir, _)) = path.rsplit_once('/') else { continue };
        // What `...` leaves out as well.
        if !dir.split('/').any(|part| part == "testdata" || part.starts_with(['_', '.'])) {
            found.insert(dir.to_owned());
        }
    }
    found.into_iter().collect()
}

/// Has the real toolchain compile everything chosen, and writes down what it says of each package:
/// `verdicts-goVERSION.txt`, lines of `accept`, `reject` or `skip`, Debian package, import path and
/// first line of the reason, separated by tabs.
pub(super) fn build(sdk: &Sdk, home: &Path, gopath: &Path, chosen: &[(&str, Vec<String>)]) -> Result<bool> {
    let file = home.join(format!("verdicts-go{}.txt", sdk.version));
    let mut out = File::create(&file).with_context(|| format!("cannot write {}", file.display()))?;
    let mut totals = BTreeMap::<&str, usize>::new();
    for (name, paths) in chosen {
        if paths.is_empty() {
            println!("{name}: no Go packages");
            continue;
        }
        let query = Query {
            patterns: paths.clone(),
            env: vec![
                ("GO111MODULE".into(), "off".into()),
                ("GOPATH".into(), gopath.to_string_lossy().into_owned()),
            ],
            deps: false,
            export: true,
            ..Query::default()
        };
        let mut counts = BTreeMap::<&str, usize>::new();
        let mut text = String::new();
        for package in golist::list(sdk, &query)? {
            let verdict = package.verdict();
            let reason = package.first_error();
            let reason = reason.lines().find(|l| !l.starts_with('#')).unwrap_or_default().to_owned();
            let _ = writeln!(text, "{verdict}\t{name}\t{}\t{reason}", package.import_path);
            *counts.entry(verdict).or_default() += 1;
            *totals.entry(verdict).or_default() += 1;
        }
        // At once: the whole takes long, and what is known is known.
        out.write_all(text.as_bytes())?;
        println!("{name}: {counts:?}");
    }
    println!("together: {totals:?}; see {}", file.display());
    Ok(true)
}

/// The import paths that a file of verdicts accepts.
pub(crate) fn accepted(file: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let path = |line: &str| line.strip_prefix("accept\t")?.split('\t').nth(1).map(str::to_owned);
    let paths: Vec<String> = text.lines().filter_map(path).collect();
    if paths.is_empty() {
        bail!("{} accepts nothing", file.display());
    }
    Ok(paths)
}

/// Compares which packages this project accepts with the recorded verdicts of the real compiler.
fn agree(sdk: &Sdk, home: &Path, gopath: &Path, record: RecordArgs) -> Result<bool> {
    let file = home.join(format!("verdicts-go{}.txt", sdk.version));
    let verdicts = std::fs::read_to_string(&file)
        .with_context(|| format!("no verdicts of the compiler in {}; use --build", file.display()))?;
    let mut wanted = BTreeMap::new();
    let mut debian = BTreeSet::new();
    for line in verdicts.lines() {
        let mut fields = line.split('\t');
        let (Some(verdict), Some(name), Some(path)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        debian.insert(name.to_owned());
        if verdict != "skip" {
            wanted.insert(path.to_owned(), verdict == "accept");
        }
    }
    if wanted.is_empty() {
        bail!("no verdict in {}", file.display());
    }
    let query = Query {
        patterns: wanted.keys().cloned().collect(),
        dir: Some(gopath.join("src")),
        env: vec![
            ("GO111MODULE".to_owned(), "off".to_owned()),
            ("GOPATH".to_owned(), gopath.to_string_lossy().into_owned()),
        ],
        ..Query::default()
    };
    let graph = ours::load(sdk, &query)?;
    let session = ours::session(sdk, &query)?;
    let options = escargo_driver::TypecheckOptions { threads: 2 };
    let outcome = escargo_driver::typecheck(&session, &graph, options, &());
    let (mut agreed, mut failures) = (0, String::new());
    for (path, accept) in &wanted {
        let ours = graph.find(path).map(|id| &outcome.packages[escargo_base::Id::index(id)]);
        let mine = matches!(ours, Some(escargo_driver::PackageOutcome::Clean));
        agreed += usize::from(mine == *accept);
        if mine != *accept {
            let theirs = if *accept { "accepts" } else { "rejects" };
            let _ = writeln!(failures, "{path}: the compiler {theirs} it");
        }
    }
    let text = format!(
        "Go {}: {} packages of {} Debian packages, {} accepted by the compiler; escargo agrees on {agreed}\n{failures}",
        sdk.version,
        wanted.len(),
        debian.len(),
        wanted.values().filter(|a| **a).count()
    );
    print!("{text}");
    let settled = record::settle(record, &format!("debian-go{}.txt", sdk.version), &text)?;
    Ok(settled.unwrap_or(agreed == wanted.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_enough_and_free_of_doubles() {
        let names = chosen();
        assert!(names.len() >= 45);
        assert!(names.iter().all(|n| is_library(n)));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn dependencies_are_read() {
        let text = "Package: golang-a-dev\nVersion: 1\nDepends: golang-b-dev (>= 1.2), git | golang-c-dev, libc6,\n\nPackage: golang-b-dev\n";
        let found = stanzas(text);
        assert_eq!(found.len(), 2);
        let names: Vec<_> = libraries(&found["golang-a-dev"]).collect();
        assert_eq!(names, ["golang-b-dev", "golang-c-dev"]);
    }

    #[test]
    fn listings_become_import_paths() {
        let text = "\
-rw-r--r-- root/root 10 2022-01-01 00:00 ./usr/share/gocode/src/a.b/c/d.go
-rw-r--r-- root/root 10 2022-01-01 00:00 ./usr/share/gocode/src/a.b/c/d_test.go
-rw-r--r-- root/root 10 2022-01-01 00:00 ./usr/share/gocode/src/a.b/c/e/d_test.go
-rw-r--r-- root/root 10 2022-01-01 00:00 ./usr/share/gocode/src/a.b/testdata/x.go
lrwxrwxrwx root/root 0 2022-01-01 00:00 ./usr/share/gocode/src/a.b/l/l.go -> ../c/d.go
";
        assert_eq!(paths_in_listing(text), ["a.b/c"]);
    }
}
