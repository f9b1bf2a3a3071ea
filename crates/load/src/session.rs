//! One run of the loader: directories read once and in parallel, import paths followed until
//! nothing new turns up.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use escargo_base::System;
use parking_lot::Mutex;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::config::{Config, ModMode};
use crate::dir::{self, DirMode, DirPackage, Memory};
use crate::error::LoadError;
use crate::gopath::{self, GopathResolver, Parent};
use crate::modfile::ModVersion;
use crate::path::{go_quote, is_local_import, is_standard_import_path};
use crate::resolve::{ImportError, ModResolver};

/// How import paths are resolved.
pub(crate) enum Mode<'a> {
    /// By modules.
    Modules(ModResolver<'a>),
    /// By GOPATH.
    Gopath(GopathResolver<'a>),
}

/// What is known of an import path before anything is judged.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Full import path.
    pub(crate) path: String,
    /// The directory as a package; empty if there is none.
    pub(crate) scan: Arc<DirPackage>,
    pub(crate) goroot: bool,
    pub(crate) root: Option<PathBuf>,
    pub(crate) module: Option<ModVersion>,
    /// An error about the import itself; the directory's own error stands in `scan`.
    pub(crate) error: Option<String>,
    /// Nothing that is known of it may be used.
    pub(crate) disallowed: bool,
    missing: Option<ImportError>,
    /// The first package found to import this one.
    importer: Option<usize>,
    imports: Vec<String>,
}

impl Source {
    fn empty(path: &str) -> Source {
        Source {
            path: path.to_owned(),
            scan: Arc::default(),
            goroot: false,
            root: None,
            module: None,
            error: None,
            disallowed: false,
            missing: None,
            importer: None,
            imports: Vec::new(),
        }
    }

    pub(crate) fn standard(&self) -> bool {
        self.goroot && !self.path.is_empty() && is_standard_import_path(&self.path)
    }

    fn is_dir(&self) -> bool {
        !self.scan.dir.as_os_str().is_empty()
    }
}

/// One run of the loader.
pub(crate) struct Session<'a> {
    pub(crate) system: &'a dyn System,
    pub(crate) config: &'a Config,
    pub(crate) mode: Mode<'a>,
    memory: Option<&'a dyn Memory>,
    dir_mode: DirMode,
    /// All that decides, beside the directory, what reading it gives.
    way: String,
    scans: Mutex<FxHashMap<PathBuf, Arc<DirPackage>>>,
    pub(crate) sources: Vec<Source>,
    by_path: FxHashMap<String, usize>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        system: &'a dyn System,
        config: &'a Config,
        memory: Option<&'a dyn Memory>,
        mode: Mode<'a>,
    ) -> Session<'a> {
        let import_comments = matches!(mode, Mode::Gopath(_));
        let dir_mode = DirMode { keep_tests: config.tests, import_comments, all_files: false };
        Session {
            system,
            config,
            mode,
            memory,
            dir_mode,
            way: format!("{dir_mode:?} {:?}", config.context),
            scans: Mutex::default(),
            sources: Vec::new(),
            by_path: FxHashMap::default(),
        }
    }

    pub(crate) fn modules(&self) -> Option<&ModResolver<'a>> {
        match &self.mode {
            Mode::Modules(m) => Some(m),
            Mode::Gopath(_) => None,
        }
    }

    /// Reads a directory as a package, once.
    pub(crate) fn scan(&self, dir: &Path) -> Arc<DirPackage> {
        if let Some(known) = self.scans.lock().get(dir) {
            return known.clone();
        }
        let scan = self.memory.and_then(|memory| memory.recall(dir, &self.way));
        let scan = scan.unwrap_or_else(|| self.read_dir(dir));
        self.scans.lock().entry(dir.to_owned()).or_insert(scan).clone()
    }

    fn read_dir(&self, dir: &Path) -> Arc<DirPackage> {
        let package = Arc::new(dir::read_dir(self.system, &self.config.context, dir, self.dir_mode));
        if let Some(memory) = self.memory {
            memory.remember(dir, &self.way, &package);
        }
        package
    }

    /// Reads many directories in parallel.
    pub(crate) fn scan_all(&self, dirs: &[PathBuf]) -> Vec<Arc<DirPackage>> {
        dirs.par_iter().map(|dir| self.scan(dir)).collect()
    }

    /// Full import path of what `parent` imports as `path`.
    pub(crate) fn full_path(&self, path: &str, parent: Option<&Source>) -> String {
        match (&self.mode, parent) {
            (_, None) => path.to_owned(),
            (Mode::Modules(m), Some(p)) if p.standard() => m.std_vendor(&p.path, path),
            (Mode::Modules(_), Some(_)) => path.to_owned(),
            (Mode::Gopath(g), Some(p)) => g.resolve(path, Some(as_parent(p))),
        }
    }

    /// What an import path leads to.
    fn source(&self, path: &str, importer: Option<usize>) -> Source {
        let mut source = Source { importer, ..Source::empty(path) };
        if path.starts_with("mod/") {
            source.error = Some(format!("disallowed import path {}", go_quote(path)));
            source.disallowed = true;
        } else if path.contains('@') {
            let text = "can only use path@version syntax with 'go get' and 'go install' in module-aware mode";
            source.error = Some(text.to_owned());
            source.disallowed = true;
        } else {
            match &self.mode {
                Mode::Modules(m) => self.module_source(m, &mut source),
                Mode::Gopath(g) => self.gopath_source(g, &mut source),
            }
        }
        source.imports = self.next_paths(&source);
        source
    }

    fn module_source(&self, resolver: &ModResolver<'a>, source: &mut Source) {
        match resolver.import(&source.path) {
            Ok(provided) => {
                source.scan = self.scan(&provided.dir);
                source.goroot = provided.dir.starts_with(self.config.goroot.join("src"));
                source.root = if source.goroot {
                    Some(self.config.goroot.clone())
                } else if resolver.mains.mode == ModMode::Vendor {
                    let main = provided.module.as_ref().filter(|m| m.version.is_empty());
                    main.and_then(|m| resolver.mains.get(&m.path)).map(|m| m.root.clone())
                } else {
                    provided.module.as_ref().and_then(|m| self.module_dir(resolver, m))
                };
                source.module = provided.module.filter(|_| !source.goroot);
            }
            Err(ImportError::Other(text)) => source.error = Some(text),
            Err(missing) => {
                if let ImportError::Missing { .. } = missing
                    && resolver.mains.mode == ModMode::Mod
                    && let Some(provided) = resolver.query_replaced(&source.path)
                {
                    source.scan = self.scan(&provided.dir);
                    source.root = provided.module.as_ref().and_then(|m| self.module_dir(resolver, m));
                    source.module = provided.module;
                    return;
                }
                source.missing = Some(missing);
            }
        }
    }

    fn module_dir(&self, resolver: &ModResolver<'a>, module: &ModVersion) -> Option<PathBuf> {
        match resolver.mains.get(&module.path).filter(|_| module.version.is_empty()) {
            Some(main) => Some(main.root.clone()),
            None => resolver.reqs.dir_of(module),
        }
    }

    fn gopath_source(&self, resolver: &GopathResolver<'a>, source: &mut Source) {
        let outside = source.path.strip_prefix('_').filter(|p| p.starts_with('/')).map(PathBuf::from);
        if outside.is_some() || is_local_import(&source.path) {
            let written = source.path.clone();
            let dir = outside.unwrap_or_else(|| crate::path::clean(&self.config.dir.join(&written)));
            source.path = gopath::local_import_path(&dir);
            let place = resolver.path_of(&dir);
            if !self.system.is_dir(&dir) {
                let name = place.as_ref().map_or(".", |(path, ..)| path);
                let text = format!("cannot find package {} in:\n\t{}", go_quote(name), dir.display());
                source.error = Some(text);
                return;
            }
            source.scan = self.scan(&dir);
            source.root = place.map(|(_, root, _)| root);
            self.check_import_comment(source, &written);
            return;
        }
        let parent = source.importer.and_then(|i| self.sources.get(i)).map(as_parent);
        match resolver.import(&source.path, parent) {
            Ok(found) => {
                source.scan = self.scan(&found.dir);
                source.goroot = found.goroot;
                source.root = found.root;
                let path = source.path.clone();
                self.check_import_comment(source, &path);
            }
            Err(text) => source.error = Some(text),
        }
    }

    /// A package clause may say under which path it wants to be imported.
    fn check_import_comment(&self, source: &mut Source, path: &str) {
        let expected = source.scan.import_comment.as_deref().filter(|c| *c != path);
        let vendored = path.contains("/vendor/") || path.starts_with("vendor/");
        if let Some(expected) = expected.filter(|_| !vendored && source.scan.error.is_none()) {
            let dir = source.scan.dir.display();
            source.error = Some(format!("code in directory {dir} expects import {}", go_quote(expected)));
        }
    }

    /// Full paths of what a package imports.
    fn next_paths(&self, source: &Source) -> Vec<String> {
        let list = &source.scan.imports;
        list.iter().filter(|(p, _)| p != "C").map(|(p, _)| self.full_path(p, Some(source))).collect()
    }

    fn test_paths(&self, index: usize) -> Vec<(String, usize)> {
        let source = &self.sources[index];
        let lists = source.scan.test_imports.iter().chain(&source.scan.xtest_imports);
        let paths = lists.filter(|(p, _)| p != "C").map(|(p, _)| self.full_path(p, Some(source)));
        paths.map(|p| (p, index)).collect()
    }

    /// Follows imports from `roots` until nothing new turns up; with `tests`, also those of the roots' tests.
    pub(crate) fn discover(&mut self, roots: &[String], tests: bool) {
        self.follow(roots.iter().map(|p| (p.clone(), None)).collect());
        if tests {
            let indices: Vec<usize> = roots.iter().filter_map(|p| self.index(p)).collect();
            let next = indices.into_iter().flat_map(|i| self.test_paths(i));
            self.follow(next.map(|(p, i)| (p, Some(i))).collect());
        }
    }

    fn follow(&mut self, mut frontier: Vec<(String, Option<usize>)>) {
        loop {
            let mut seen = rustc_hash::FxHashSet::default();
            frontier.retain(|(path, _)| !self.by_path.contains_key(path) && seen.insert(path.clone()));
            if frontier.is_empty() {
                return;
            }
            let this = &*self;
            let found: Vec<Source> =
                frontier.par_iter().map(|(path, importer)| this.source(path, *importer)).collect();
            let asked: Vec<String> = frontier.drain(..).map(|(path, _)| path).collect();
            for (path, source) in asked.into_iter().zip(found) {
                let index = match self.by_path.get(&source.path) {
                    Some(&index) => index,
                    None => {
                        let index = self.sources.len();
                        frontier.extend(source.imports.iter().map(|p| (p.clone(), Some(index))));
                        self.by_path.insert(source.path.clone(), index);
                        self.sources.push(source);
                        index
                    }
                };
                self.by_path.insert(path, index);
            }
        }
    }

    /// Adds a package made of files named one by one, and follows its imports.
    pub(crate) fn add_files(&mut self, path: &str, scan: Arc<DirPackage>) -> usize {
        let mut source = Source::empty(path);
        source.scan = scan;
        if let Mode::Gopath(g) = &self.mode
            && let Some((_, root, goroot)) = g.path_of(&source.scan.dir)
        {
            (source.root, source.goroot) = (Some(root), goroot);
        } else if source.scan.dir.starts_with(self.config.goroot.join("src")) {
            (source.root, source.goroot) = (Some(self.config.goroot.clone()), true);
        }
        source.imports = self.next_paths(&source);
        let (index, next) = (self.sources.len(), source.imports.clone());
        self.sources.push(source);
        let tests = if self.config.tests { self.test_paths(index) } else { Vec::new() };
        let all = next.into_iter().map(|p| (p, index)).chain(tests);
        self.follow(all.map(|(p, i)| (p, Some(i))).collect());
        index
    }

    /// Adds something of which only the name is known.
    pub(crate) fn add_placeholder(&mut self, path: &str) -> usize {
        self.sources.push(Source::empty(path));
        self.sources.len() - 1
    }

    /// The source of a full import path.
    pub(crate) fn index(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The source of a full import path, looked up now if need be.
    pub(crate) fn index_or_add(&mut self, path: &str) -> usize {
        if self.index(path).is_none() {
            self.follow(vec![(path.to_owned(), None)]);
        }
        self.index(path).unwrap_or_default()
    }

    /// Checks that go.mod names what the main modules' packages, and `roots`, turned out to need.
    pub(crate) fn check_requirements(&self, roots: &[String]) -> Result<(), LoadError> {
        let Some(resolver) = self.modules() else { return Ok(()) };
        let mut seen = vec![false; self.sources.len()];
        let mut queue: Vec<usize> = Vec::new();
        let is_main = |s: &Source| s.module.as_ref().is_some_and(|m| resolver.mains.get(&m.path).is_some());
        for (i, source) in self.sources.iter().enumerate() {
            if is_main(source) {
                seen[i] = true;
                queue.push(i);
            }
        }
        let mut needed: Vec<ModVersion> = Vec::new();
        while let Some(i) = queue.pop() {
            let source = &self.sources[i];
            needed.extend(source.module.clone().filter(|_| !is_main(source)));
            for path in &source.imports {
                if let Some(j) = self.index(path).filter(|&j| !seen[j]) {
                    seen[j] = true;
                    queue.push(j);
                }
            }
        }
        let named = roots.iter().filter_map(|p| self.index(p)).map(|i| &self.sources[i]);
        needed.extend(named.filter(|s| !is_main(s)).filter_map(|s| s.module.clone()));
        needed.sort();
        needed.dedup();
        resolver.reqs.check_complete(&needed)
    }

    /// Words the errors that depend on who imports a package.
    pub(crate) fn finish_errors(&mut self) {
        let Mode::Modules(resolver) = &self.mode else { return };
        let mut texts: Vec<(usize, String)> = Vec::new();
        for (i, source) in self.sources.iter().enumerate() {
            match &source.missing {
                Some(ImportError::Missing { is_std, .. }) => {
                    let importer = std::iter::successors(source.importer, |&i| self.sources[i].importer)
                        .filter_map(|i| self.sources[i].module.as_ref())
                        .find(|m| resolver.mains.get(&m.path).is_some());
                    let importer = importer.map(|m| &*m.path);
                    texts.push((i, resolver.missing_text(&source.path, *is_std, importer)));
                }
                Some(ImportError::MissingSum { modules, found }) => {
                    let importer = source.importer.map(|i| &self.sources[i]);
                    let importer = importer.map(|s| {
                        let version = s.module.as_ref().map(|m| &*m.version).filter(|v| !v.is_empty());
                        (&*s.path, version)
                    });
                    texts.push((i, ModResolver::missing_sum_text(&source.path, modules, *found, importer)));
                }
                _ => {
                    if let Some(text) = self.implicit_requirement(resolver, source) {
                        texts.push((i, text));
                    }
                }
            }
        }
        for (i, text) in texts {
            self.sources[i].error = Some(text);
        }
    }

    /// A main module must require what its packages import itself.
    fn implicit_requirement(&self, resolver: &ModResolver<'a>, source: &Source) -> Option<String> {
        let main = source.module.as_ref().filter(|m| m.version.is_empty())?;
        resolver.mains.get(&main.path)?;
        let workspace = resolver.mains.work.is_some();
        if source.error.is_some() || !source.is_dir() || (workspace || resolver.mains.mode == ModMode::Mod) {
            return None;
        }
        source.imports.iter().find_map(|path| {
            let dep = self.index(path).map(|i| &self.sources[i])?;
            let module = dep.module.as_ref().filter(|m| resolver.mains.get(&m.path).is_none())?;
            if module.version.is_empty() || resolver.reqs.root_selected(&module.path) == Some(&module.version) {
                return None;
            }
            Some(format!(
                "package {} imports {} from implicitly required module; to add missing requirements, run:\n\tgo get {module}",
                source.path, dep.path
            ))
        })
    }
}

pub(crate) fn as_parent(source: &Source) -> Parent<'_> {
    Parent { path: &source.path, dir: &source.scan.dir, root: source.root.as_deref() }
}
