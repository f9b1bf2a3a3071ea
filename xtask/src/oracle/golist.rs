//! `go list`: asking it, and comparing its answer with another list of packages.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::sdk::Sdk;
use crate::workspace;

/// A package as `go list -json` prints it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
pub struct Package {
    /// Import path.
    pub import_path: String,
    /// Name in the package clause.
    pub name: String,
    /// Directory.
    pub dir: String,
    /// Whether it belongs to the standard library.
    pub standard: bool,
    /// Whether only others need it.
    pub dep_only: bool,
    /// Go files, in the order of compilation.
    pub go_files: Vec<String>,
    /// Go files that import "C".
    pub cgo_files: Vec<String>,
    /// Go files left out.
    pub ignored_go_files: Vec<String>,
    /// Assembly files.
    pub s_files: Vec<String>,
    /// Test files of the package itself.
    pub test_go_files: Vec<String>,
    /// Test files of the package's outside.
    pub x_test_go_files: Vec<String>,
    /// Embedding patterns.
    pub embed_patterns: Vec<String>,
    /// Embedded files.
    pub embed_files: Vec<String>,
    /// Imports, vendoring resolved.
    pub imports: Vec<String>,
    /// Where the path as written differs from the path meant.
    pub import_map: BTreeMap<String, String>,
    /// The module it belongs to.
    pub module: Option<Module>,
    /// What is wrong with it.
    pub error: Option<PackageError>,
    /// What is wrong with what it depends on.
    pub deps_errors: Vec<PackageError>,
    /// The compiled package, if asked for.
    pub export: String,
}

/// A module as `go list -json` prints it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
pub struct Module {
    /// Module path.
    pub path: String,
    /// Version.
    pub version: String,
    /// The `go` line of its go.mod.
    pub go_version: Option<String>,
}

/// Why a package could not be loaded.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
pub struct PackageError {
    /// `file:line:col`, if there is one.
    pub pos: String,
    /// The message.
    pub err: String,
}

impl Package {
    /// What the compiler made of it: `accept`, `reject`, or `skip` if it was not compiled, because
    /// no file is meant for the target or a dependency is missing.
    pub fn verdict(&self) -> &'static str {
        if !self.export.is_empty() {
            "accept"
        } else if self.error.as_ref().is_some_and(|e| e.err.starts_with("# ")) {
            "reject"
        } else {
            "skip"
        }
    }

    /// The first message about it or its dependencies.
    pub fn first_error(&self) -> &str {
        self.error.iter().chain(&self.deps_errors).map(|e| e.err.as_str()).next().unwrap_or_default()
    }

    /// Imports: path as written, path meant.
    pub fn imports_as_written(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for meant in &self.imports {
            let written =
                self.import_map.iter().filter(|(_, to)| *to == meant).map(|(from, _)| from.as_str());
            let before = pairs.len();
            pairs.extend(written.map(|from| (from, meant.as_str())));
            if pairs.len() == before {
                pairs.push((meant, meant));
            }
        }
        pairs
    }
}

/// What to ask.
#[derive(Clone, Debug)]
pub struct Query {
    /// Operating system.
    pub goos: String,
    /// Architecture.
    pub goarch: String,
    /// Build tags, separated by commas.
    pub tags: String,
    /// Packages.
    pub patterns: Vec<String>,
    /// Directory to ask in; a scratch directory outside any module if none is given.
    pub dir: Option<PathBuf>,
    /// More environment, such as GOPATH mode.
    pub env: Vec<(String, String)>,
    /// Whether to list dependencies too.
    pub deps: bool,
    /// Whether to compile the packages; what the compiler says becomes the package's error.
    pub export: bool,
}

impl Default for Query {
    fn default() -> Self {
        Query {
            goos: "linux".into(),
            goarch: "amd64".into(),
            tags: String::new(),
            patterns: vec!["std".into()],
            dir: None,
            env: Vec::new(),
            deps: true,
            export: false,
        }
    }
}

/// Asks `go list`. Packages with errors are listed with their error.
pub fn list(sdk: &Sdk, query: &Query) -> Result<Vec<Package>> {
    let mut go = sdk.go()?;
    go.arg("list").arg("-e").arg("-json").current_dir(query_dir(query)?);
    if query.deps {
        go.arg("-deps");
    }
    if query.export {
        go.arg("-export");
    }
    if sdk.minor() >= 21 {
        // Profiles make variants of packages.
        go.arg("-pgo=off");
    }
    if !query.tags.is_empty() {
        go.arg("-tags").arg(&query.tags);
    }
    go.arg("--").args(&query.patterns);
    go.env("GOOS", &query.goos).env("GOARCH", &query.goarch).envs(query.env.iter().map(|(n, v)| (n, v)));
    parse(&workspace::output(&mut go)?)
}

/// The directory a query is asked in.
pub fn query_dir(query: &Query) -> Result<PathBuf> {
    match &query.dir {
        Some(dir) => Ok(dir.clone()),
        None => outside_of_modules(),
    }
}

/// A place where no go.mod of ours or of this machine has a say.
fn outside_of_modules() -> Result<PathBuf> {
    let dir = workspace::scratch("empty-module")?;
    let file = dir.join("go.mod");
    if !file.exists() {
        std::fs::write(&file, "module nothing\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(dir)
}

/// Reads what `go list -json` printed: one object after another.
pub fn parse(json: &[u8]) -> Result<Vec<Package>> {
    serde_json::Deserializer::from_slice(json)
        .into_iter::<Package>()
        .collect::<Result<_, _>>()
        .context("what go list printed")
}

/// Compares two lists of packages: one line of text per difference.
///
/// Order of packages does not count, order of files does. Fields that one side leaves empty on
/// every package are compared all the same: leaving out is a difference.
pub fn compare(theirs: &[Package], ours: &[Package]) -> Vec<String> {
    let by_path = |list: &[Package]| -> BTreeMap<String, Package> {
        list.iter().map(|p| (p.import_path.clone(), p.clone())).collect()
    };
    let (theirs, ours) = (by_path(theirs), by_path(ours));
    let mut out = Vec::new();
    for path in theirs.keys().filter(|p| !ours.contains_key(*p)) {
        out.push(format!("{path}: only go list has it"));
    }
    for (path, mine) in &ours {
        let Some(package) = theirs.get(path) else {
            out.push(format!("{path}: go list does not have it"));
            continue;
        };
        let mut field = |name: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| {
            let (a, b) = (format!("{a:?}"), format!("{b:?}"));
            if a != b {
                out.push(format!("{path}: {name}: go list {a}, ours {b}"));
            }
        };
        field("Name", &package.name, &mine.name);
        field("Dir", &package.dir, &mine.dir);
        field("GoFiles", &package.go_files, &mine.go_files);
        field("CgoFiles", &package.cgo_files, &mine.cgo_files);
        field("IgnoredGoFiles", &package.ignored_go_files, &mine.ignored_go_files);
        field("SFiles", &package.s_files, &mine.s_files);
        field("EmbedPatterns", &package.embed_patterns, &mine.embed_patterns);
        field("Module", &package.module, &mine.module);
        field("Standard", &package.standard, &mine.standard);
        field("DepOnly", &package.dep_only, &mine.dep_only);
        field("TestGoFiles", &package.test_go_files, &mine.test_go_files);
        field("XTestGoFiles", &package.x_test_go_files, &mine.x_test_go_files);
        field("EmbedFiles", &package.embed_files, &mine.embed_files);
        field("Imports", &package.imports_as_written(), &mine.imports_as_written());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_stream_and_resolves_vendoring() {
        let json = br#"{"ImportPath": "a", "GoFiles": ["x.go", "y.go"], "Imports": ["fmt", "vendor/z"], "ImportMap": {"z": "vendor/z"}, "Other": 1}
{"ImportPath": "b", "Module": {"Path": "m", "GoVersion": "1.21"}}"#;
        let packages = parse(json).expect("well-formed");
        assert_eq!(packages.len(), 2);
        assert_eq!(packages[0].imports_as_written(), [("fmt", "fmt"), ("z", "vendor/z")]);
        assert_eq!(packages[1].module.as_ref().and_then(|m| m.go_version.as_deref()), Some("1.21"));
        assert!(parse(b"{\"ImportPath\": ").is_err());
    }

    #[test]
    fn order_of_files_counts() {
        let package = |path: &str, files: &[&str]| Package {
            import_path: path.into(),
            go_files: files.iter().map(|&f| f.to_owned()).collect(),
            ..Package::default()
        };
        let theirs = [package("a", &["x", "y"]), package("b", &[])];
        assert_eq!(compare(&theirs, &[theirs[1].clone(), theirs[0].clone()]), [""; 0]);
        assert_eq!(compare(&theirs, &[package("a", &["y", "x"]), package("c", &[])]).len(), 3);
    }
}
