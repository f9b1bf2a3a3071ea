//! Compiling a package graph.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use escargo_base::{Id, Symbol};
use escargo_load::graph::{Package, PackageGraph, PackageId};
use escargo_lower::{TypedFile, TypedPackage};
use escargo_types::PkgId;
use parking_lot::Mutex;

use super::compile;
use super::flags::{GcFlags, PackageFlags};
use super::optlog;
use super::packages::{Packages, View};
use super::spare::Spare;
use crate::fence::fenced;
use crate::package::{ParsedPackage, Session, Standing};
use crate::schedule::{self, Work};
use crate::typecheck::{PackageOutcome, dependencies};

/// How to compile.
#[derive(Debug)]
pub struct BuildOptions<'o> {
    /// Number of threads.
    pub threads: usize,
    /// Flags of the compiler by package.
    pub gcflags: &'o GcFlags,
    /// The directory that the user is in; paths are shortened relative to it.
    pub cwd: PathBuf,
    /// Files are called by import path and name (`-trimpath`).
    pub trimpath: bool,
}

/// Watches the work, and gets its results.
pub trait BuildObserver: Sync {
    /// So many of all packages are done. Calls come from any thread.
    fn progress(&self, _done: usize, _total: usize) {}

    /// How a package fared and what the compiler says of it. Packages come one at a time and in order, each as soon
    /// as those before it are done.
    fn package(&self, package: PackageId, outcome: PackageOutcome, said: &PackageText);
}

/// What the compiler says of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageText {
    /// The lines, paths as the go command shortens them; without the header.
    pub text: String,
    /// Why its optimization log could not be written.
    pub log_error: Option<String>,
}

struct Run<'r> {
    session: &'r Session,
    graph: &'r PackageGraph,
    options: &'r BuildOptions<'r>,
    observer: &'r dyn BuildObserver,
    packages: Packages,
    results: Results,
    spare: Spare,
    done: AtomicUsize,
}

impl Work for Run<'_> {
    type Prepared = Result<Option<ParsedPackage>, String>;
    /// What keeps a package from being compiled.
    type Checked = Option<PackageOutcome>;

    fn prepare(&self, package: usize) -> Self::Prepared {
        let package = &self.graph.packages[PackageId::from_index(package)];
        let wanted = !package.incomplete && package.path != "unsafe";
        fenced(|| wanted.then(|| self.session.parse_package(package)))
    }

    fn check(&self, index: usize, parsed: Self::Prepared) -> Self::Checked {
        let checked = parsed.and_then(|parsed| fenced(|| self.typed(PackageId::from_index(index), parsed)));
        checked.unwrap_or_else(|panic| Some(PackageOutcome::Crashed(panic)))
    }

    fn compile(&self, index: usize, trouble: Self::Checked, publish: &dyn Fn()) {
        let result = match trouble {
            Some(outcome) => Ok((outcome, PackageText::default())),
            None => fenced(|| self.compiled(PackageId::from_index(index), publish)),
        };
        let result = result.unwrap_or_else(|panic| (PackageOutcome::Crashed(panic), PackageText::default()));
        self.results.put(index, result);
        self.results.hand_over(self.observer, &self.spare);
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.observer.progress(done, self.graph.packages.len());
    }

    fn stopped(&self) -> bool {
        self.session.cancel.is_cancelled()
    }
}

impl Run<'_> {
    fn types_of(&self, id: PackageId) -> Option<PkgId> {
        let is_unsafe = self.graph.packages[id].path == "unsafe";
        if is_unsafe { Some(self.session.store.universe().unsafe_pkg) } else { self.packages.pkg(id) }
    }

    /// Checks a package; what is wrong with it, unless it can be compiled.
    fn typed(&self, id: PackageId, parsed: Option<ParsedPackage>) -> Option<PackageOutcome> {
        let package = &self.graph.packages[id];
        if package.path == "unsafe" {
            return Some(PackageOutcome::Clean);
        }
        let Some(parsed) = parsed else { return Some(PackageOutcome::Skipped) };
        if package.imports.iter().filter_map(|i| i.package).any(|dep| self.types_of(dep).is_none()) {
            return Some(PackageOutcome::Skipped);
        }
        if !parsed.unreadable.is_empty() {
            return Some(PackageOutcome::Unreadable(parsed.unreadable));
        }
        let types_of = |dep: PackageId| self.types_of(dep);
        let flags = self.flags(package);
        let standing = Standing { std: flags.compiler.std, runtime: flags.compiler.runtime };
        let (checked, mut errors) =
            self.session.check_package(self.graph, package, &parsed, standing, &types_of);
        errors.columns = !flags.no_columns;
        if !errors.syntax.is_empty() || !errors.types.is_empty() {
            return Some(PackageOutcome::Errors(Box::new(errors)));
        }
        let Some(checked) = checked else { return Some(PackageOutcome::Skipped) };
        if self.options.trimpath {
            self.trim_paths(package, &parsed);
        }
        let files = parsed
            .files
            .into_iter()
            .map(|f| TypedFile { id: f.id, tree: f.tree, text: f.text, lang: f.lang })
            .collect();
        let path = Symbol::intern(compiler_path(package));
        self.packages.add(id, TypedPackage::new(checked.pkg, path, files, checked.info));
        None
    }

    /// Compiles a package that was checked.
    fn compiled(&self, id: PackageId, publish: &dyn Fn()) -> (PackageOutcome, PackageText) {
        let package = &self.graph.packages[id];
        let Some(typed) = self.packages.typed(id) else {
            return (PackageOutcome::Skipped, PackageText::default());
        };
        let flags = self.flags(package);
        let goroot = self.graph.packages.iter().find(|p| p.goroot).and_then(|p| p.root.as_deref());
        let asm = compile::read_asm(self.session, package, goroot);
        let imports = package.imports.iter().filter_map(|i| self.types_of(i.package?)).collect();
        let view = View { packages: &self.packages, imports };
        let compiled = compile::compile(self.session, typed, &view, &asm, &flags, &self.spare, |summary| {
            self.packages.summarize(id, summary);
            publish();
        });
        let text = escargo_report::paths::shorten(compiled.text, &package.dir, &self.options.cwd);
        let written = flags
            .json_dir
            .as_deref()
            .map(|dir| optlog::write(&*self.session.system, dir, compiler_path(package), &compiled.log));
        let log_error = written.and_then(Result::err);
        (PackageOutcome::Clean, PackageText { text, log_error })
    }

    /// Calls the files of a package as `go build -trimpath` does (`cmd/go/internal/work/gc.go`, trimpath).
    fn trim_paths(&self, package: &Package, parsed: &ParsedPackage) {
        let dir = match package.module.map(|id| &self.graph.modules[id]) {
            _ if package.from_files => ".".to_owned(),
            Some(module) if !module.version.is_empty() => {
                let rest = package.path.strip_prefix(&module.path).unwrap_or_default();
                format!("{}@{}{rest}", module.path, module.version)
            }
            _ => package.path.clone(),
        };
        for file in &parsed.files {
            let file = self.session.sources.file(file.id);
            if let Some(name) = file.path.file_name() {
                file.show_as(PathBuf::from(format!("{dir}/{}", name.to_string_lossy())));
            }
        }
    }

    /// The flags that the user gives a package, and those that the go command adds.
    fn flags(&self, package: &Package) -> PackageFlags {
        let mut flags = self.options.gcflags.of(package);
        let standing = Standing::of(package);
        flags.compiler.std |= standing.std;
        flags.compiler.runtime |= standing.runtime;
        if flags.compiler.runtime {
            flags.compiler.ignore_for_runtime();
        }
        flags
    }
}

/// Import path of a package as the compiler is given it.
fn compiler_path(package: &Package) -> &str {
    if package.name == "main" { "main" } else { &package.path }
}

/// What has been found of packages whose turn to be told has not come.
struct Results {
    waiting: Vec<Mutex<Option<(PackageOutcome, PackageText)>>>,
    /// The package whose turn it is. Who holds this tells.
    next: Mutex<usize>,
}

impl Results {
    fn new(packages: usize) -> Results {
        Results { waiting: (0..packages).map(|_| Mutex::new(None)).collect(), next: Mutex::new(0) }
    }

    fn put(&self, package: usize, result: (PackageOutcome, PackageText)) {
        *self.waiting[package].lock() = Some(result);
    }

    /// Tells the observer all whose turn it is, unless another thread is about it.
    fn hand_over(&self, observer: &dyn BuildObserver, spare: &Spare) {
        let ready = |next: usize| self.waiting.get(next).is_some_and(|result| result.lock().is_some());
        while let Some(mut next) = self.next.try_lock() {
            while let Some((outcome, said)) = self.waiting.get(*next).and_then(|result| result.lock().take())
            {
                observer.package(PackageId::from_index(*next), outcome, &said);
                spare.give_text(said.text);
                *next += 1;
            }
            let turn = *next;
            drop(next);
            // Another one may have come while nobody could take the lock.
            if !ready(turn) {
                return;
            }
        }
    }

    /// Tells the rest: what was not done was left out.
    fn finish(self, observer: &dyn BuildObserver) {
        for (index, result) in self.waiting.into_iter().enumerate().skip(self.next.into_inner()) {
            let skipped = || (PackageOutcome::Skipped, PackageText::default());
            let (outcome, said) = result.into_inner().unwrap_or_else(skipped);
            observer.package(PackageId::from_index(index), outcome, &said);
        }
    }
}

/// Compiles all packages of a graph; the observer gets the results.
pub fn build(
    session: &Session,
    graph: &PackageGraph,
    options: &BuildOptions<'_>,
    observer: &dyn BuildObserver,
) {
    let count = graph.packages.len();
    let run = Run {
        session,
        graph,
        options,
        observer,
        packages: Packages::new(count, session.store.universe().unsafe_pkg),
        results: Results::new(count),
        spare: Spare::default(),
        done: AtomicUsize::new(0),
    };
    schedule::run(&run, &dependencies(graph), options.threads);
    run.results.finish(observer);
}
