//! From import path to directory: modules, vendor directories, the standard library.

use std::path::{Path, PathBuf};

use escargo_base::{FileKind, System};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::config::{Config, ModMode};
use crate::dir::open_error;
use crate::modfile::ModVersion;
use crate::modules::MainModules;
use crate::path::{check_import_path, check_module_path, compare_versions, go_quote, has_path_prefix};
use crate::path::{is_local_import, is_standard_import_path, split_path_version};
use crate::pattern::is_meta;
use crate::require::{Requirements, dir_in_module, maybe_in_module};

/// Where an import path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provided {
    /// The directory.
    pub dir: PathBuf,
    /// The module that provides it; `None` for the standard library.
    pub module: Option<ModVersion>,
}

/// Why an import path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// No module that is required provides the package.
    Missing {
        /// The path could be the standard library's.
        is_std: bool,
        /// There is no main module.
        no_main: bool,
    },
    /// Anything else, in Go's words.
    Other(String),
    /// go.sum lacks modules that may provide the package.
    MissingSum {
        /// The modules, shortest path first.
        modules: Vec<String>,
        /// Another module provides it.
        found: bool,
    },
}

/// Resolves import paths in module mode.
#[derive(Debug)]
pub struct ModResolver<'a> {
    system: &'a dyn System,
    config: &'a Config,
    /// The main modules.
    pub mains: &'a MainModules,
    /// Their requirements.
    pub reqs: &'a Requirements<'a>,
    has_go: Mutex<FxHashMap<PathBuf, Result<bool, String>>>,
    has_mod: Mutex<FxHashMap<PathBuf, bool>>,
    ignored: Mutex<Vec<String>>,
}

/// Whether a directory has a file whose name ends in `.go`. A missing directory has none.
pub(crate) fn is_go_dir(system: &dyn System, dir: &Path) -> Result<bool, String> {
    let entries = match system.read_dir(dir) {
        Ok(entries) => entries,
        Err(e) => {
            use std::io::ErrorKind::{NotADirectory, NotFound};
            let absent = matches!(e.kind(), NotFound | NotADirectory);
            return if absent { Ok(false) } else { Err(open_error("open", dir, &e)) };
        }
    };
    Ok(entries.iter().filter(|e| e.name.ends_with(".go")).any(|e| match e.kind {
        FileKind::File => true,
        FileKind::Symlink => system.is_file(&dir.join(&e.name)),
        _ => false,
    }))
}

impl<'a> ModResolver<'a> {
    /// A resolver over requirements.
    pub fn new(
        system: &'a dyn System,
        config: &'a Config,
        mains: &'a MainModules,
        reqs: &'a Requirements<'a>,
    ) -> ModResolver<'a> {
        ModResolver {
            system,
            config,
            mains,
            reqs,
            has_go: Mutex::default(),
            has_mod: Mutex::default(),
            ignored: Mutex::default(),
        }
    }

    /// Warnings collected while resolving, in a fixed order.
    pub fn take_warnings(&self) -> Vec<String> {
        let mut list = std::mem::take(&mut *self.ignored.lock());
        list.sort();
        list.dedup();
        list
    }

    fn src(&self) -> PathBuf {
        self.config.goroot.join("src")
    }

    /// Whether a path is a package of the SDK's standard library or commands.
    pub fn is_standard(&self, path: &str) -> bool {
        is_standard_import_path(path)
            && check_import_path(path).is_ok()
            && self.go_dir(&crate::path::join(&self.src(), path)).unwrap_or(false)
    }

    fn go_dir(&self, dir: &Path) -> Result<bool, String> {
        if let Some(known) = self.has_go.lock().get(dir) {
            return known.clone();
        }
        let found = is_go_dir(self.system, dir);
        self.has_go.lock().insert(dir.to_owned(), found.clone());
        found
    }

    /// The directory of `path` in a module, and whether it holds Go files. Directories of other modules
    /// below a local module do not belong to it.
    pub(crate) fn dir_in(
        &self,
        path: &str,
        prefix: &str,
        root: &Path,
        local: bool,
    ) -> Result<Option<PathBuf>, String> {
        let Some(dir) = dir_in_module(path, prefix, root) else { return Ok(None) };
        if local {
            for d in dir.ancestors().take_while(|d| *d != root && d.starts_with(root)) {
                let known = self.has_mod.lock().get(d).copied();
                let has = known.unwrap_or_else(|| {
                    let has = self.system.is_file(&d.join("go.mod"));
                    self.has_mod.lock().insert(d.to_owned(), has);
                    has
                });
                if has {
                    return Ok(None);
                }
            }
        }
        Ok(self.go_dir(&dir)?.then_some(dir))
    }

    /// An import of a standard package, mapped to the copies that the SDK vendors.
    pub fn std_vendor(&self, parent: &str, path: &str) -> String {
        if is_standard_import_path(path) {
            return path.to_owned();
        }
        let inside = |name: &str| self.mains.get(name).is_some_and(|m| m.in_goroot);
        let vendored = if has_path_prefix(parent, "cmd") {
            format!("cmd/vendor/{path}")
        } else if !inside("std") || has_path_prefix(parent, "vendor") || self.mains.mode == ModMode::Vendor {
            format!("vendor/{path}")
        } else {
            return path.to_owned();
        };
        let there = self.system.metadata(&crate::path::join(&self.src(), &vendored)).is_ok();
        if there { vendored } else { path.to_owned() }
    }

    /// Finds the directory and module of an import path.
    pub fn import(&self, path: &str) -> Result<Provided, ImportError> {
        let other = |text: String| Err(ImportError::Other(text));
        let quoted = go_quote(path);
        if path.contains('@') {
            return other(format!("import path {quoted} should not have @version"));
        }
        if is_local_import(path) {
            return other(format!(
                "{quoted} is relative, but relative import paths are not supported in module mode"
            ));
        }
        if Path::new(path).is_absolute() {
            return other(format!("{quoted} is not a package path; see 'go help packages'"));
        }
        if is_meta(path) {
            return other(format!("{quoted} is not an importable package; see 'go help packages'"));
        }
        check_import_path(path).map_err(ImportError::Other)?;
        let mut found: Vec<Provided> = Vec::new();
        let is_std = is_standard_import_path(path);
        if is_std && self.is_standard(path) {
            for main in self.mains.list.iter().filter(|m| m.in_goroot) {
                let dir = self.dir_in(path, &main.prefix, &main.root, true).map_err(ImportError::Other)?;
                if let Some(dir) = dir {
                    return Ok(Provided { dir, module: Some(ModVersion::new(&main.path, "")) });
                }
            }
            found.push(Provided { dir: crate::path::join(&self.src(), path), module: None });
        }
        if self.mains.mode == ModMode::Vendor {
            return self.import_vendored(path, found);
        }
        self.import_from_graph(path, is_std, found)
    }

    fn import_vendored(&self, path: &str, mut found: Vec<Provided>) -> Result<Provided, ImportError> {
        let mut problem = None;
        for main in &self.mains.list {
            match self.dir_in(path, &main.prefix, &main.root, true) {
                Ok(Some(dir)) => {
                    found.push(Provided { dir, module: Some(ModVersion::new(&main.path, "")) });
                }
                Ok(None) => {}
                Err(e) => problem = problem.or(Some(e)),
            }
        }
        if let (Some(root), Some(list)) = (self.mains.vendor_dir(), &self.mains.vendor)
            && let Ok(Some(dir)) = self.dir_in(path, "", &root, false)
        {
            let old = |v: Option<escargo_dialect::GoVersion>| v.is_some_and(|v| !v.at_least(14));
            let main_go =
                self.mains.list.first().and_then(|m| escargo_dialect::GoVersion::parse(m.go_version()));
            match list.packages.get(path) {
                Some(module) => found.push(Provided { dir, module: Some(module.clone()) }),
                None if old(main_go) => found.push(Provided { dir, module: None }),
                None => {
                    let command = if self.mains.work.is_some() { "work" } else { "mod" };
                    self.ignored.lock().push(format!(
                        "go: ignoring package {path} which exists in the vendor directory but is missing from vendor/modules.txt. To sync the vendor directory run go {command} vendor."
                    ));
                }
            }
        }
        if found.len() > 1 {
            let mut text = format!("ambiguous import: found package {path} in multiple directories:");
            for p in &found {
                text.push_str(&format!("\n\t{}", p.dir.display()));
            }
            return Err(ImportError::Other(text));
        }
        if let Some(e) = problem {
            return Err(ImportError::Other(e));
        }
        found.pop().ok_or(ImportError::Missing { is_std: false, no_main: self.mains.list.is_empty() })
    }

    fn import_from_graph(
        &self,
        path: &str,
        is_std: bool,
        std: Vec<Provided>,
    ) -> Result<Provided, ImportError> {
        let mut full = self.reqs.needs_graph();
        loop {
            let graph = if full {
                match self.reqs.graph() {
                    Ok(graph) => Some(graph),
                    Err(e) => {
                        return Err(ImportError::Other(e.message.trim_start_matches("go: ").to_owned()));
                    }
                }
            } else {
                None
            };
            let mut found = std.clone();
            let mut lacking = Vec::new();
            let prefixes = std::iter::successors(Some(path), |p| p.rsplit_once('/').map(|(head, _)| head));
            for prefix in prefixes {
                let version = match graph {
                    Some(graph) => graph.selected(prefix),
                    None => self.reqs.root_selected(prefix),
                };
                let Some(version) = version else { continue };
                let module = ModVersion::new(prefix, version);
                let (root, local) = match self.reqs.fetch(&module) {
                    Ok(place) => place,
                    Err(None) => {
                        lacking.push(module.path);
                        continue;
                    }
                    Err(Some(e)) => return Err(ImportError::Other(e)),
                };
                let in_goroot = self.mains.get(prefix).is_some_and(|m| m.in_goroot && m.prefix.is_empty());
                let prefix = if in_goroot { "" } else { prefix };
                if let Some(dir) = self.dir_in(path, prefix, &root, local).map_err(ImportError::Other)? {
                    found.push(Provided { dir, module: Some(module) });
                }
            }
            if found.len() > 1 {
                return Err(ImportError::Other(ambiguous(path, &found)));
            }
            if !lacking.is_empty() {
                lacking.reverse();
                return Err(ImportError::MissingSum { modules: lacking, found: !found.is_empty() });
            }
            if let Some(provided) = found.pop() {
                if let Some(m) = provided.module.as_ref().filter(|m| !m.version.is_empty())
                    && let Err(e) = &*self.reqs.summary(m)
                {
                    return Err(ImportError::Other(e.clone()));
                }
                return Ok(provided);
            }
            if full {
                return Err(ImportError::Missing { is_std, no_main: self.mains.list.is_empty() });
            }
            full = true;
        }
    }

    /// A missing package that a replaced, but not required, module provides.
    pub fn query_replaced(&self, path: &str) -> Option<Provided> {
        let mut candidates: Vec<ModVersion> = Vec::new();
        for (module, version) in self.mains.replaced_paths() {
            if !maybe_in_module(path, &module) {
                continue;
            }
            let version = if version.is_empty() { zero_version(&module) } else { version };
            let selected = self.reqs.graph().ok().and_then(|g| g.selected(&module).map(str::to_owned));
            if selected.is_some_and(|s| s.is_empty() || compare_versions(&s, &version).is_ge()) {
                continue;
            }
            candidates.push(ModVersion::new(module, version));
        }
        candidates.sort_by_key(|m| std::cmp::Reverse(m.path.len()));
        candidates.into_iter().find_map(|m| {
            let (root, local) = self.reqs.fetch(&m).ok()?;
            let dir = self.dir_in(path, &m.path, &root, local).ok()??;
            Some(Provided { dir, module: Some(m) })
        })
    }

    /// The text for a package that nothing provides. `importer` is the first main module on the way to it.
    pub fn missing_text(&self, path: &str, is_std: bool, importer: Option<&str>) -> String {
        if is_std || is_standard_import_path(path) {
            let dir = crate::path::join(&self.src(), path);
            if self.config.context.toolchain.at_least(21) {
                return format!("package {path} is not in std ({})", dir.display());
            }
            return format!("package {path} is not in GOROOT ({})", dir.display());
        }
        if self.mains.list.is_empty() {
            let none = self.no_main_text();
            return format!("no required module provides package {path}: {none}");
        }
        let mode = self.mains.mode;
        let unfound = format!("cannot find module providing package {path}");
        if mode == ModMode::Mod {
            return if self.config.goproxy_off {
                format!("{unfound}: module lookup disabled by GOPROXY=off")
            } else {
                format!("{unfound} without looking it up; to add it:\n\tgo get {path}")
            };
        }
        if let Some(provided) = self.query_replaced(path)
            && let Some(m) = provided.module
        {
            let arg = if is_zero_version(&m.version) { m.path.clone() } else { m.to_string() };
            return format!(
                "module {} provides package {path} and is replaced but not required; to add it:\n\tgo get {arg}",
                m.path
            );
        }
        let message = format!("no required module provides package {path}");
        if self.mains.mode_explicit {
            return format!("{unfound}: import lookup disabled by -mod={mode}");
        }
        if let Some(reason) = &self.mains.mode_reason {
            return format!("{unfound}: import lookup disabled by -mod={mode}\n\t({reason})");
        }
        let here = self.mains.list.iter().filter(|m| self.config.dir.starts_with(&m.root));
        let here = here.max_by_key(|m| m.root.as_os_str().len());
        if let Some(main) = importer.and_then(|p| self.mains.get(p))
            && here.is_none_or(|h| h.path != main.path)
        {
            return format!("{message}; to add it:\n\tcd {}\n\tgo get {path}", main.root.display());
        }
        format!("{message}; to add it:\n\tgo get {path}")
    }

    /// The text that says there is no main module.
    pub fn no_main_text(&self) -> &'static str {
        if self.mains.work.is_some() {
            "no modules were found in the current workspace; see 'go help work'"
        } else {
            "go.mod file not found in current directory or any parent directory; see 'go help modules'"
        }
    }

    /// The text for missing go.sum lines. `importer` is the importing package and its module's version.
    pub fn missing_sum_text(
        path: &str,
        modules: &[String],
        found: bool,
        importer: Option<(&str, Option<&str>)>,
    ) -> String {
        let by = importer.map_or_else(String::new, |(p, _)| format!(" (imported by {p})"));
        let message = if found {
            format!(
                "missing go.sum entry needed to verify package {path}{by} is provided by exactly one module"
            )
        } else {
            format!("missing go.sum entry for module providing package {path}{by}")
        };
        match importer {
            None => format!("{message}; to add:\n\tgo mod download {}", modules.join(" ")),
            Some((p, version)) => {
                let version = version.map_or_else(String::new, |v| format!("@{v}"));
                format!("{message}; to add:\n\tgo get {p}{version}")
            }
        }
    }
}

fn ambiguous(path: &str, found: &[Provided]) -> String {
    let mut text = format!("ambiguous import: found package {path} in multiple modules:");
    // The standard library stands first, then modules from the shortest path on.
    let (std, modules): (Vec<_>, Vec<_>) = found.iter().partition(|p| p.module.is_none());
    for p in std.into_iter().chain(modules.into_iter().rev()) {
        let module = p.module.clone().unwrap_or_default();
        let version = if module.version.is_empty() { String::new() } else { format!(" {}", module.version) };
        text.push_str(&format!("\n\t{}{version} ({})", module.path, p.dir.display()));
    }
    text
}

/// The version given to modules that exist only as a replacement.
fn zero_version(path: &str) -> String {
    let major = split_path_version(path).map(|(_, suffix)| suffix).filter(|s| !s.is_empty());
    let major = major.map_or("v0", |s| &s[1..]);
    format!("{major}.0.0-00010101000000-000000000000")
}

fn is_zero_version(version: &str) -> bool {
    version.ends_with(".0.0-00010101000000-000000000000")
}

/// Whether a path can be looked up as a module's at all.
pub fn is_module_path(path: &str) -> bool {
    check_module_path(path).is_ok()
}
