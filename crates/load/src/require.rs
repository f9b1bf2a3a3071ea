//! Which version of which module: the requirement graph, pruned and loaded as late as the go
//! command does, and the module cache.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use escargo_base::System;
use escargo_dialect::GoVersion;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::config::{Config, ModMode};
use crate::dir::open_error;
use crate::error::LoadError;
use crate::modfile::{self, ModFile, ModKind, ModVersion};
use crate::modules::{MainModules, check_not_too_new};
use crate::path::{compare_versions, escape, short_path};

/// From this language version on go.mod lists everything needed to build the main module.
const PRUNING_SINCE: u32 = 17;

/// What a dependency's go.mod says.
#[derive(Debug, Default)]
pub struct Summary {
    /// Its requirements.
    pub require: Vec<ModVersion>,
    /// Its `go` line.
    pub go_version: Option<String>,
    /// Whether its go.mod lists all that is needed to build it.
    pub pruned: bool,
}

/// The module graph: the selected version of each module path.
#[derive(Debug, Default)]
pub struct ModGraph {
    selected: FxHashMap<String, String>,
}

impl ModGraph {
    /// The selected version of a module path.
    pub fn selected(&self, path: &str) -> Option<&str> {
        self.selected.get(path).map(String::as_str)
    }

    /// All modules with their versions, sorted by path.
    pub fn build_list(&self) -> Vec<ModVersion> {
        let mut list: Vec<ModVersion> =
            self.selected.iter().map(|(path, version)| ModVersion::new(path, version)).collect();
        list.sort();
        list
    }

    fn require(&mut self, modules: &[ModVersion]) {
        for m in modules {
            match self.selected.get_mut(&m.path) {
                Some(v) if compare_versions(v, &m.version).is_ge() => {}
                Some(v) => v.clone_from(&m.version),
                None => {
                    self.selected.insert(m.path.clone(), m.version.clone());
                }
            }
        }
    }
}

/// How much of the graph below a requirement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Pruning {
    Pruned,
    Unpruned,
    Workspace,
}

/// The requirements of the main modules.
#[derive(Debug)]
pub struct Requirements<'a> {
    system: &'a dyn System,
    config: &'a Config,
    mains: &'a MainModules,
    pruning: Pruning,
    roots: FxHashMap<String, String>,
    root_list: Vec<ModVersion>,
    direct: FxHashSet<String>,
    sums: FxHashSet<(String, String)>,
    has_sums: bool,
    graph: OnceLock<Result<ModGraph, LoadError>>,
    summaries: Mutex<FxHashMap<ModVersion, Arc<Result<Summary, String>>>>,
}

impl<'a> Requirements<'a> {
    /// The requirements of `mains`.
    pub fn new(system: &'a dyn System, config: &'a Config, mains: &'a MainModules) -> Requirements<'a> {
        let prunes = |go: &str| GoVersion::parse(go).is_some_and(|v| v.at_least(PRUNING_SINCE));
        let pruning = match (&mains.work, mains.list.first()) {
            (Some(_), _) => Pruning::Workspace,
            (None, Some(m)) if !prunes(m.go_version()) => Pruning::Unpruned,
            _ => Pruning::Pruned,
        };
        let mut root_list = Vec::new();
        let mut direct = FxHashSet::default();
        for m in &mains.list {
            for r in m.file.require.iter().filter(|r| !mains.excludes(&r.module)) {
                if !r.indirect {
                    direct.insert(r.module.path.clone());
                }
                if mains.work.is_none() {
                    root_list.push(r.module.clone());
                }
            }
        }
        let mut as_graph = ModGraph::default();
        as_graph.require(&root_list);
        for m in &mains.list {
            // A main module outranks every version of itself.
            as_graph.selected.insert(m.path.clone(), String::new());
        }
        let mut requirements = Requirements {
            system,
            config,
            mains,
            pruning,
            roots: as_graph.selected,
            root_list,
            direct,
            sums: FxHashSet::default(),
            has_sums: mains.work.is_none() && !mains.list.is_empty() && mains.mode == ModMode::Readonly,
            graph: OnceLock::new(),
            summaries: Mutex::default(),
        };
        if requirements.has_sums {
            requirements.read_sums();
        }
        requirements
    }

    fn read_sums(&mut self) {
        let Some(main) = self.mains.list.first() else { return };
        let Ok(text) = self.system.read(&main.go_mod.with_extension("sum")) else { return };
        for line in String::from_utf8_lossy(&text).lines() {
            let mut fields = line.split_whitespace();
            if let (Some(path), Some(version), Some(_)) = (fields.next(), fields.next(), fields.next()) {
                self.sums.insert((path.to_owned(), version.to_owned()));
            }
        }
    }

    fn lacks_sum(&self, module: &ModVersion, suffix: &str) -> bool {
        let key = (module.path.clone(), format!("{}{suffix}", module.version));
        self.has_sums && !self.sums.contains(&key)
    }

    /// Whether the full graph is needed before anything can be looked up.
    pub fn needs_graph(&self) -> bool {
        self.pruning != Pruning::Pruned
    }

    /// The version of a module path that the main module's go.mod itself names.
    pub fn root_selected(&self, path: &str) -> Option<&str> {
        self.roots.get(path).map(String::as_str)
    }

    /// Whether a main module requires the path directly.
    pub fn is_direct(&self, path: &str) -> bool {
        self.direct.contains(path)
    }

    /// The full graph, loaded on first use.
    pub fn graph(&self) -> Result<&ModGraph, LoadError> {
        self.graph.get_or_init(|| self.load_graph()).as_ref().map_err(Clone::clone)
    }

    fn load_graph(&self) -> Result<ModGraph, LoadError> {
        let mut graph = ModGraph::default();
        if let Some(vendor) = &self.mains.vendor {
            graph.require(&vendor.modules);
            return Ok(graph);
        }
        // Each entry: a module, how its requirements are followed, and who asked for it first.
        let mut queue: Vec<(ModVersion, Pruning, Option<usize>)> = Vec::new();
        let mut seen: FxHashSet<(ModVersion, Pruning)> = FxHashSet::default();
        if self.pruning == Pruning::Workspace {
            for m in &self.mains.list {
                let require: Vec<ModVersion> = m.file.require.iter().map(|r| r.module.clone()).collect();
                graph.require(&require);
                let prunes = GoVersion::parse(m.go_version()).is_some_and(|v| v.at_least(PRUNING_SINCE));
                let next = if prunes { Pruning::Pruned } else { Pruning::Unpruned };
                queue.extend(require.into_iter().map(|r| (r, next, None)));
            }
        } else {
            graph.require(&self.root_list);
            queue.extend(self.root_list.iter().map(|r| (r.clone(), self.pruning, None)));
        }
        let mut at = 0;
        while at < queue.len() {
            let (module, pruning, _) = queue[at].clone();
            at += 1;
            if self.mains.get(&module.path).is_some() || !seen.insert((module.clone(), pruning)) {
                continue;
            }
            let summary = self.summary(&module);
            let summary = match &*summary {
                Ok(summary) => summary,
                Err(e) => return Err(LoadError::go(self.requirement_chain(&queue, at - 1, e))),
            };
            graph.require(&summary.require);
            let next = match (pruning, summary.pruned) {
                (Pruning::Unpruned, _) | (_, false) => Pruning::Unpruned,
                _ => Pruning::Pruned,
            };
            if pruning != Pruning::Pruned || !summary.pruned {
                queue.extend(summary.require.iter().map(|r| (r.clone(), next, Some(at - 1))));
            }
        }
        for m in &self.mains.list {
            graph.selected.insert(m.path.clone(), String::new());
        }
        self.check_roots(&graph)?;
        Ok(graph)
    }

    /// In readonly mode an unpruned go.mod must already name the selected versions.
    fn check_roots(&self, graph: &ModGraph) -> Result<(), LoadError> {
        let stale = |m: &&ModVersion| {
            self.mains.get(&m.path).is_none() && graph.selected(&m.path) != Some(&*m.version)
        };
        if self.pruning == Pruning::Unpruned
            && self.mains.mode != ModMode::Mod
            && self.root_list.iter().any(|m| stale(&m))
        {
            return Err(self.mains.dirty());
        }
        Ok(())
    }

    /// Checks go.mod against what packages turned out to need: every module in `needed` must be named there,
    /// and nothing that is named may be too old.
    pub fn check_complete(&self, needed: &[ModVersion]) -> Result<(), LoadError> {
        if self.pruning != Pruning::Pruned || self.mains.mode == ModMode::Mod {
            return Ok(());
        }
        let dirty = || Err(self.mains.dirty());
        if needed.iter().any(|m| self.root_selected(&m.path).is_none()) {
            return dirty();
        }
        if self.mains.mode == ModMode::Vendor {
            return Ok(());
        }
        let outdated = |m: &ModVersion| match &*self.summary(m) {
            Ok(summary) => summary.require.iter().any(|r| {
                self.root_selected(&r.path)
                    .is_some_and(|v| !v.is_empty() && compare_versions(v, &r.version).is_lt())
            }),
            Err(_) => false,
        };
        if self.graph.get().is_none() && !needed.iter().any(outdated) {
            return Ok(());
        }
        let Ok(graph) = self.graph() else { return Ok(()) };
        let stale = |m: &ModVersion| {
            self.mains.get(&m.path).is_none() && graph.selected(&m.path) != Some(&*m.version)
        };
        if self.root_list.iter().any(stale) { dirty() } else { Ok(()) }
    }

    /// An error about a module, told with the chain of requirements that leads to it.
    fn requirement_chain(
        &self,
        queue: &[(ModVersion, Pruning, Option<usize>)],
        at: usize,
        error: &str,
    ) -> String {
        let mut chain = vec![&queue[at].0];
        let mut parent = queue[at].2;
        while let Some(i) = parent {
            chain.push(&queue[i].0);
            parent = queue[i].2;
        }
        chain.reverse();
        if chain.len() == 1 {
            return error.to_owned();
        }
        let mut text = String::new();
        for (i, m) in chain[..chain.len() - 1].iter().enumerate() {
            if i > 0 {
                text.push_str("\n\t");
            }
            text.push_str(&format!("{m} requires"));
        }
        format!("{text}\n\t{error}")
    }

    /// The go.mod of a dependency. The error is Go's text.
    pub fn summary(&self, module: &ModVersion) -> Arc<Result<Summary, String>> {
        if let Some(known) = self.summaries.lock().get(module) {
            return known.clone();
        }
        let made = Arc::new(self.read_summary(module));
        self.summaries.lock().entry(module.clone()).or_insert(made).clone()
    }

    fn read_summary(&self, module: &ModVersion) -> Result<Summary, String> {
        let replacement = self.mains.replacement(module);
        let actual = replacement.as_ref().map_or(module, |r| &r.new);
        let (name, text) = match replacement.as_ref().and_then(|r| r.dir.as_ref()) {
            Some(dir) => {
                let path = dir.join("go.mod");
                let name = short_path(&self.config.dir, &path);
                let text = self.system.read(&path).map_err(|e| {
                    format!("module {actual}: reading {name}: {}", open_error("open", &path, &e))
                })?;
                (name, text)
            }
            None => {
                if self.lacks_sum(actual, "/go.mod") {
                    return Err(format!(
                        "{actual}: missing go.sum entry for go.mod file; to add it:\n\tgo mod download {}",
                        module.path
                    ));
                }
                ("go.mod".to_owned(), self.cached_go_mod(actual)?)
            }
        };
        let file = modfile::parse(&name, &text, ModKind::Dependency).map_err(|errors| {
            let lines: Vec<String> = errors.iter().map(|e| e.render(&name)).collect();
            format!("{actual}: parsing {name}: {}", lines.join("\n"))
        })?;
        self.check_path(module, actual, &file)?;
        check_not_too_new(self.config, &format!("module {actual}"), file.go.as_deref())
            .map_err(|e| e.message.trim_start_matches("go: ").to_owned())?;
        let go = file.go.as_deref().and_then(GoVersion::parse);
        let require = file.require.into_iter().map(|r| r.module).filter(|m| !self.mains.excludes(m));
        Ok(Summary {
            require: require.collect(),
            pruned: go.is_some_and(|v| v.at_least(PRUNING_SINCE)),
            go_version: file.go,
        })
    }

    fn check_path(&self, module: &ModVersion, actual: &ModVersion, file: &ModFile) -> Result<(), String> {
        if actual.version.is_empty() {
            return Ok(());
        }
        match &file.module {
            None => Err(format!("{actual}: parsing go.mod: missing module line")),
            Some(path) if *path != module.path && *path != actual.path => Err(format!(
                "{actual}: parsing go.mod:\n\tmodule declares its path as: {path}\n\t        but was required as: {}",
                module.path
            )),
            Some(_) => Ok(()),
        }
    }

    /// The go.mod of a module as the module cache holds it.
    fn cached_go_mod(&self, module: &ModVersion) -> Result<Vec<u8>, String> {
        let (path, version) =
            escape(&module.path).zip(escape(&module.version)).ok_or_else(|| missing(module))?;
        let cached = self.config.modcache.join(format!("cache/download/{path}/@v/{version}.mod"));
        let extracted = self.config.modcache.join(format!("{path}@{version}"));
        if let Ok(text) = self.system.read(&cached) {
            return Ok(text);
        }
        if !self.system.is_dir(&extracted) {
            return Err(missing(module));
        }
        // A module from before modules has no go.mod of its own.
        Ok(self
            .system
            .read(&extracted.join("go.mod"))
            .unwrap_or_else(|_| format!("module {}\n", module.path).into_bytes()))
    }

    /// The directory of a module, and whether it is not from the module cache. `Err(None)`: go.sum lacks it.
    pub fn fetch(&self, module: &ModVersion) -> Result<(PathBuf, bool), Option<String>> {
        if let Some(main) = self.mains.get(&module.path).filter(|_| module.version.is_empty()) {
            return Ok((main.root.clone(), true));
        }
        let replacement = self.mains.replacement(module);
        if let Some(r) = &replacement
            && let Some(dir) = &r.dir
        {
            return match self.system.metadata(dir) {
                Ok(_) => Ok((dir.clone(), true)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                    Err(Some(format!("{module}: replacement directory {} does not exist", r.new.path)))
                }
                Err(e) => Err(Some(format!(
                    "{module}: replacement directory {}: {}",
                    r.new.path,
                    open_error("stat", dir, &e)
                ))),
            };
        }
        let actual = replacement.as_ref().map_or(module, |r| &r.new);
        if self.lacks_sum(actual, "") {
            return Err(None);
        }
        match self.cache_dir(actual) {
            Some(dir) if self.system.is_dir(&dir) => Ok((dir, false)),
            _ => Err(Some(missing(actual))),
        }
    }

    /// Where the module cache keeps a module's files.
    pub fn cache_dir(&self, module: &ModVersion) -> Option<PathBuf> {
        let (path, version) = escape(&module.path).zip(escape(&module.version))?;
        Some(self.config.modcache.join(format!("{path}@{version}")))
    }

    /// Where the module cache keeps a module's go.mod, if it does.
    pub fn cached_go_mod_path(&self, module: &ModVersion) -> Option<PathBuf> {
        let (path, version) = escape(&module.path).zip(escape(&module.version))?;
        let file = self.config.modcache.join(format!("cache/download/{path}/@v/{version}.mod"));
        self.system.is_file(&file).then_some(file)
    }

    /// The directory of a module wherever it may be, existing or not.
    pub fn dir_of(&self, module: &ModVersion) -> Option<PathBuf> {
        match self.mains.replacement(module) {
            Some(r) => r.dir.or_else(|| self.cache_dir(&r.new)),
            None => self.cache_dir(module),
        }
    }

    /// Modules that directories may be looked for in: those go.mod names, then all.
    pub fn candidates(&self) -> Vec<ModVersion> {
        let mut list: Vec<ModVersion> = Vec::new();
        if self.pruning == Pruning::Pruned {
            list.extend(
                self.root_list.iter().filter(|m| self.root_selected(&m.path) == Some(&m.version)).cloned(),
            );
        }
        if let Ok(graph) = self.graph() {
            list.extend(graph.build_list().into_iter().filter(|m| !m.version.is_empty()));
        }
        list
    }
}

/// The message for a module that is not on this machine.
fn missing(module: &ModVersion) -> String {
    format!("{module}: not in the module cache; to fetch it:\n\tgo mod download {module}")
}

/// Whether `path` could be in a module called `module`.
pub fn maybe_in_module(path: &str, module: &str) -> bool {
    crate::path::has_path_prefix(path, module)
}

/// A directory of a module that may hold a package, judged by `path` alone.
pub fn dir_in_module(path: &str, prefix: &str, root: &Path) -> Option<PathBuf> {
    if path == prefix {
        return Some(root.to_owned());
    }
    if prefix.is_empty() {
        return Some(crate::path::join(root, path));
    }
    let rest = path.strip_prefix(prefix)?.strip_prefix('/')?;
    Some(crate::path::join(root, rest))
}
