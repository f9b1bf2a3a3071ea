//! Surveys: the packages of a graph are compiled for their facts, which are then looked at together.

use std::path::{Path, PathBuf};

use escargo_base::{FileId, Id, Symbol};
use escargo_findings::collect::Wanted;
use escargo_findings::gather::Asked;
use escargo_findings::{PackageFacts, Packages};
use escargo_load::graph::{PackageGraph, PackageId};
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::build::{BuildObserver, BuildOptions, GcFlags, PackageText, build};
use crate::package::Session;
use crate::typecheck::PackageOutcome;

/// How to survey.
pub struct SurveyOptions<'o> {
    /// Number of threads.
    pub threads: usize,
    /// Flags of the compiler by package.
    pub gcflags: &'o GcFlags,
    /// The directory that the user is in.
    pub cwd: PathBuf,
    /// What is wanted of each package.
    pub wanted: &'o (dyn Fn(PackageId) -> Wanted + Sync),
    /// Told when another package is done.
    pub progress: &'o (dyn Fn() + Sync),
}

/// What was found.
#[derive(Debug)]
pub struct Survey {
    /// Facts of the packages that could be compiled, in the order of the graph.
    pub packages: Packages,
    /// The package of each.
    pub ids: Vec<PackageId>,
    /// How each package of the graph fared.
    pub outcomes: Vec<PackageOutcome>,
    asked: FxHashSet<FileId>,
    is_asked: Vec<bool>,
}

impl Asked for Survey {
    fn has_file(&self, file: FileId) -> bool {
        self.asked.contains(&file)
    }
    fn has_package(&self, number: u32) -> bool {
        self.is_asked.get(number as usize).copied().unwrap_or(false)
    }
}

struct Gatherer<'g> {
    progress: &'g (dyn Fn() + Sync),
    facts: Vec<Mutex<Option<PackageFacts>>>,
    outcomes: Vec<Mutex<PackageOutcome>>,
}

impl BuildObserver for Gatherer<'_> {
    fn progress(&self, _done: usize, _total: usize) {
        (self.progress)();
    }
    fn facts(&self, package: PackageId, facts: PackageFacts) {
        *self.facts[package.index()].lock() = Some(facts);
    }
    fn package(&self, package: PackageId, outcome: PackageOutcome, _said: &PackageText<'_>) {
        *self.outcomes[package.index()].lock() = outcome;
    }
}

/// Compiles the packages of a graph for their facts. Those that have errors are left out, with all that import them.
pub fn survey(session: &Session, graph: &PackageGraph, options: &SurveyOptions<'_>) -> Survey {
    let gatherer = Gatherer {
        progress: options.progress,
        facts: graph.packages.iter().map(|_| Mutex::new(None)).collect(),
        outcomes: graph.packages.iter().map(|_| Mutex::new(PackageOutcome::Skipped)).collect(),
    };
    let build_options = BuildOptions {
        threads: options.threads,
        gcflags: options.gcflags,
        cwd: options.cwd.clone(),
        trimpath: false,
        cache: None,
        memory: None,
        verify: false,
        collect: Some(options.wanted),
    };
    build(session, graph, &build_options, &gatherer);
    let outcomes = gatherer.outcomes.into_iter().map(Mutex::into_inner).collect();
    let (mut ids, mut list) = (Vec::new(), Vec::new());
    for (index, facts) in gatherer.facts.into_iter().enumerate() {
        if let Some(mut facts) = facts.into_inner() {
            let id = PackageId::from_index(index);
            facts.path = Symbol::intern(&graph.packages[id].import_path);
            ids.push(id);
            list.push(facts);
        }
    }
    let is_asked: Vec<bool> = ids.iter().map(|&id| !graph.packages[id].dep_only).collect();
    let files = list.iter().zip(&is_asked).filter(|(_, asked)| **asked).flat_map(|(facts, _)| &facts.files);
    let asked = files.copied().collect();
    let mut by_path: FxHashMap<&Path, FileId> = FxHashMap::default();
    let mut twins = FxHashMap::default();
    for &file in list.iter().flat_map(|facts| &facts.files) {
        let first = *by_path.entry(&session.sources.file(file).path).or_insert(file);
        if first != file {
            twins.insert(file, first);
        }
    }
    Survey { packages: Packages::new(list).with_twins(twins), ids, outcomes, asked, is_asked }
}
