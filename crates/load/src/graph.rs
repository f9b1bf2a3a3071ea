//! The result of loading: packages, their files and what they import, in dependency order.

use std::path::PathBuf;
use std::sync::Arc;

use escargo_base::{IndexVec, System, define_id};

use crate::dir::{DirPackage, GoFile};
use crate::error::PackageError;
use crate::modfile::ModVersion;

define_id! {
    /// A package of a [`PackageGraph`]. Ids are in dependency order: a package comes after all it imports.
    pub struct PackageId("pkg");
    /// A module of a [`PackageGraph`].
    pub struct ModuleId("mod");
}

/// A module that provides packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Module path.
    pub path: String,
    /// Version; empty for main modules.
    pub version: String,
    /// What replaces it.
    pub replace: Option<ModVersion>,
    /// Its directory; unknown in vendor mode.
    pub dir: Option<PathBuf>,
    /// Its go.mod.
    pub go_mod: Option<PathBuf>,
    /// Its `go` line.
    pub go_version: Option<String>,
    /// It is a main module.
    pub main: bool,
    /// No main module requires it directly.
    pub indirect: bool,
}

/// What a package was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageKind {
    /// A package as it is imported.
    Plain,
    /// A package compiled again for a test: with its `_test.go` files, or because it imports one that is.
    ForTest,
    /// The external test package `p_test`.
    ExternalTest,
    /// The generated main package `p.test`. Its file does not exist.
    TestMain,
}

/// An import of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Path as written in the source.
    pub written: Arc<str>,
    /// Full import path, vendor directories included.
    pub path: Arc<str>,
    /// The package; absent for "C".
    pub package: Option<PackageId>,
}

/// A package.
#[derive(Clone, Debug)]
pub struct Package {
    /// Import path; packages made for a test carry ` [p.test]`.
    pub import_path: String,
    /// Import path without that addition.
    pub path: String,
    /// The package whose test this was made for.
    pub for_test: Option<String>,
    /// What it was made for.
    pub kind: PackageKind,
    /// Package name; empty if unknown.
    pub name: String,
    /// The directory; empty if unknown.
    pub dir: PathBuf,
    /// GOROOT, the module's directory, or the element of GOPATH.
    pub root: Option<PathBuf>,
    /// It lies in GOROOT.
    pub goroot: bool,
    /// It belongs to the standard library or the SDK's commands.
    pub standard: bool,
    /// The module; none for the standard library and in GOPATH mode.
    pub module: Option<ModuleId>,
    /// Language version of the module (`1.21`); none where the release's own holds.
    pub go_version: Option<String>,
    /// The Go files that make the package, in order; with test files for [`PackageKind::ForTest`].
    pub go_files: Vec<GoFile>,
    /// Go files that import "C", where cgo is asked for.
    pub cgo_files: Vec<GoFile>,
    /// Everything known of the directory: files left out, test files, assembly, …
    pub scan: Arc<DirPackage>,
    /// Files that `//go:embed` names, relative to the directory.
    pub embed_files: Vec<String>,
    /// The same for test files, where tests were loaded.
    pub test_embed_files: Vec<String>,
    /// The same for external test files, where tests were loaded.
    pub xtest_embed_files: Vec<String>,
    /// Imports, sorted by path as written (test variants: those of test files first).
    pub imports: Vec<Import>,
    /// Every package this one needs: its imports and what the toolchain adds.
    pub deps: Vec<PackageId>,
    /// What is wrong with it.
    pub error: Option<PackageError>,
    /// It or something it needs has an error.
    pub incomplete: bool,
    /// It was only loaded because others need it.
    pub dep_only: bool,
    /// Patterns that it matched.
    pub matches: Vec<String>,
    /// It is made of files named one by one.
    pub from_files: bool,
}

impl Package {
    /// The package that an import path leads to, as written in this package's files.
    pub fn import(&self, written: &str) -> Option<PackageId> {
        self.imports.iter().find(|i| &*i.written == written).and_then(|i| i.package)
    }

    /// Full path of a file.
    pub fn file_path(&self, file: &GoFile) -> PathBuf {
        self.dir.join(&*file.name)
    }

    /// A number that changes when the files of the package change, as far as their sizes and times
    /// tell; `None` if a time is unknown. Files are named in it, so that additions count.
    pub fn stamp(&self, system: &dyn System) -> Option<Vec<FileStamp>> {
        let files = self.go_files.iter().chain(&self.cgo_files).map(|f| &*f.name);
        files
            .chain(self.embed_files.iter().map(String::as_str))
            .map(|name| {
                let meta = system.metadata(&self.dir.join(name)).ok()?;
                Some(FileStamp { name: name.to_owned(), len: meta.len, modified: meta.modified? })
            })
            .collect()
    }
}

/// What tells without reading whether a file changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileStamp {
    /// Name within the package's directory.
    pub name: String,
    /// Size in bytes.
    pub len: u64,
    /// Time of last modification.
    pub modified: std::time::SystemTime,
}

/// Packages in dependency order.
#[derive(Debug, Default)]
pub struct PackageGraph {
    /// All packages.
    pub packages: IndexVec<PackageId, Package>,
    /// All modules that provide packages.
    pub modules: IndexVec<ModuleId, Module>,
    /// The packages that the patterns name, in their order; with their test variants.
    pub roots: Vec<PackageId>,
    /// What the go command prints besides, one line or more each.
    pub warnings: Vec<String>,
}

impl PackageGraph {
    /// The errors of packages in the order in which `go build` prints them.
    pub fn errors(&self) -> impl Iterator<Item = (PackageId, &PackageError)> {
        self.packages.iter_enumerated().filter_map(|(id, p)| Some((id, p.error.as_ref()?)))
    }

    /// The package with an import path as listed.
    pub fn find(&self, import_path: &str) -> Option<PackageId> {
        self.packages.iter_enumerated().find(|(_, p)| p.import_path == import_path).map(|(id, _)| id)
    }
}
