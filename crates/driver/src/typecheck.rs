//! Type checking a package graph.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use escargo_base::Id;
use escargo_check::Checked;
use escargo_load::graph::{PackageGraph, PackageId};
use escargo_report::PackageErrors;
use escargo_types::PkgId;
use parking_lot::RwLock;

use crate::fence::fenced;
use crate::package::{ParsedPackage, Session, Standing};
use crate::schedule::{self, Work};

/// How to check.
#[derive(Clone, Copy, Debug)]
pub struct TypecheckOptions {
    /// Number of threads.
    pub threads: usize,
}

/// Watches the work. Calls come from any thread.
pub trait Observer: Sync {
    /// So many of all packages are done.
    fn progress(&self, _done: usize, _total: usize) {}
    /// A package was checked; the trees and side tables are dropped afterwards.
    fn checked(&self, _id: PackageId, _package: &FullPackage<'_>) {}
}

/// A checked package with its trees, as long as they live.
#[derive(Debug)]
pub struct FullPackage<'p> {
    /// Files with their trees and texts.
    pub files: Vec<(escargo_base::FileId, &'p escargo_syntax::Tree, &'p [u8])>,
    /// What was found out.
    pub checked: &'p Checked,
}

/// Watches nothing.
impl Observer for () {}

/// How a package fared.
#[derive(Debug)]
pub enum PackageOutcome {
    /// Checked without an error.
    Clean,
    /// It has errors.
    Errors(Box<PackageErrors>),
    /// Not checked, because it or something it imports could not be loaded or has errors.
    Skipped,
    /// Not checked, because these of its files could not be read: path and the system's words.
    Unreadable(Vec<(PathBuf, String)>),
    /// The checker failed in a way that must not happen: a defect in this program.
    Crashed(String),
}

/// The result, indexed by package.
#[derive(Debug)]
pub struct Outcome {
    /// By [`PackageId`].
    pub packages: Vec<PackageOutcome>,
    /// The checked packages in the session's type store; `None` for those with errors.
    pub types: Vec<Option<PkgId>>,
}

struct Run<'r> {
    session: &'r Session,
    graph: &'r PackageGraph,
    observer: &'r dyn Observer,
    /// Types of finished packages; `None` for those with errors.
    types: Vec<RwLock<Option<PkgId>>>,
    outcomes: Vec<RwLock<Option<PackageOutcome>>>,
    done: AtomicUsize,
}

impl Work for Run<'_> {
    /// Nothing for packages that are not checked; the panic's text where the parser failed.
    type Prepared = Result<Option<ParsedPackage>, String>;
    type Checked = ();

    fn prepare(&self, package: usize) -> Self::Prepared {
        let package = &self.graph.packages[PackageId::from_index(package)];
        let checked = !package.incomplete && package.path != "unsafe";
        fenced(|| checked.then(|| self.session.parse_package(package)))
    }

    fn check(&self, index: usize, parsed: Self::Prepared) {
        let outcome = match parsed {
            Ok(parsed) => self.outcome(index, parsed),
            Err(panic) => PackageOutcome::Crashed(panic),
        };
        *self.outcomes[index].write() = Some(outcome);
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.observer.progress(done, self.graph.packages.len());
    }

    fn stopped(&self) -> bool {
        self.session.cancel.is_cancelled()
    }
}

impl Run<'_> {
    fn outcome(&self, index: usize, parsed: Option<ParsedPackage>) -> PackageOutcome {
        let id = PackageId::from_index(index);
        let package = &self.graph.packages[id];
        if package.path == "unsafe" {
            *self.types[index].write() = Some(self.session.store.universe().unsafe_pkg);
            return PackageOutcome::Clean;
        }
        let Some(parsed) = parsed else { return PackageOutcome::Skipped };
        let ready = |dep: &PackageId| self.types[dep.index()].read().is_some();
        if !package.imports.iter().filter_map(|i| i.package.as_ref()).all(ready) {
            return PackageOutcome::Skipped;
        }
        if !parsed.unreadable.is_empty() {
            return PackageOutcome::Unreadable(parsed.unreadable);
        }
        let types_of = |dep: PackageId| *self.types[dep.index()].read();
        let standing = Standing::of(package);
        let result = fenced(|| self.session.check_package(self.graph, package, &parsed, standing, &types_of));
        let (checked, errors) = match result {
            Ok(result) => result,
            Err(panic) => return PackageOutcome::Crashed(panic),
        };
        if !errors.syntax.is_empty() || !errors.types.is_empty() {
            return PackageOutcome::Errors(Box::new(errors));
        }
        let Some(checked) = checked else { return PackageOutcome::Skipped };
        *self.types[index].write() = Some(checked.pkg);
        let files = parsed.files.iter().map(|f| (f.id, &f.tree, &*f.text)).collect();
        self.observer.checked(id, &FullPackage { files, checked: &checked });
        PackageOutcome::Clean
    }
}

/// Parses and checks all packages of a graph.
pub fn typecheck(
    session: &Session,
    graph: &PackageGraph,
    options: TypecheckOptions,
    observer: &dyn Observer,
) -> Outcome {
    let count = graph.packages.len();
    let run = Run {
        session,
        graph,
        observer,
        types: (0..count).map(|_| RwLock::new(None)).collect(),
        outcomes: (0..count).map(|_| RwLock::new(None)).collect(),
        done: AtomicUsize::new(0),
    };
    schedule::run(&run, &dependencies(graph), options.threads);
    let types = run.types.into_iter().map(RwLock::into_inner).collect();
    let packages =
        run.outcomes.into_iter().map(|o| o.into_inner().unwrap_or(PackageOutcome::Skipped)).collect();
    Outcome { packages, types }
}

/// By package, the packages that it imports, in the terms of [`schedule::run`].
pub(crate) fn dependencies(graph: &PackageGraph) -> Vec<Vec<usize>> {
    let of = |(index, package): (usize, &escargo_load::graph::Package)| {
        let imported = package.imports.iter().filter_map(|i| i.package).map(|d| d.index());
        // Imports that close a cycle are errors of the packages, which are not checked; nobody waits for them.
        let mut deps: Vec<usize> = imported.filter(|&dep| dep < index).collect();
        deps.sort_unstable();
        deps.dedup();
        deps
    };
    graph.packages.iter().enumerate().map(of).collect()
}
