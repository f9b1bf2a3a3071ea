//! Patterns to import paths.

use std::path::{Path, PathBuf};

use escargo_base::{FileKind, System};

use crate::config::ModMode;
use crate::dir::{DirError, open_error};
use crate::error::LoadError;
use crate::gopath::GopathResolver;
use crate::modfile::ModVersion;
use crate::modules::{MainModule, find_module_root};
use crate::path::{below, clean, is_standard_import_path, short_path};
use crate::pattern::{Matcher, Pattern};
use crate::resolve::ModResolver;
use crate::session::{Mode, Session};

/// What a pattern stands for.
#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) pattern: Pattern,
    /// Import paths, in order.
    pub(crate) packages: Vec<String>,
    /// The first error, in the words that follow the pattern.
    pub(crate) error: Option<String>,
}

impl Match {
    fn fail(&mut self, text: impl Into<String>) {
        if self.error.is_none() {
            self.error = Some(text.into());
        }
    }
}

/// Walks directories in the order of their paths. `enter` is asked about every directory, its slash-separated
/// path below `top` given; links are not followed. `file` is shown links.
fn walk(
    system: &dyn System,
    top: &Path,
    mut enter: impl FnMut(&Path, &str) -> bool,
    mut link: impl FnMut(&Path, &str),
    mut fail: impl FnMut(String) -> bool,
) {
    let mut pending = vec![(top.to_owned(), String::new())];
    while let Some((dir, rel)) = pending.pop() {
        if !enter(&dir, &rel) {
            continue;
        }
        let entries = match system.read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) => {
                if fail(open_error("open", &dir, &e)) {
                    continue;
                }
                return;
            }
        };
        for entry in entries.iter().rev() {
            let rel = if rel.is_empty() { entry.name.clone() } else { format!("{rel}/{}", entry.name) };
            match entry.kind {
                FileKind::Dir => pending.push((dir.join(&entry.name), rel)),
                FileKind::Symlink => link(&dir.join(&entry.name), &rel),
                _ => {}
            }
        }
    }
}

/// Directories that wildcards never enter.
fn is_hidden(elem: &str) -> bool {
    elem.starts_with('.') || elem.starts_with('_') || elem == "testdata"
}

fn last(rel: &str) -> &str {
    rel.rsplit('/').next().unwrap_or(rel)
}

/// `ignore` directives of a go.mod.
struct Ignore {
    relative: Vec<String>,
    anywhere: Vec<String>,
}

impl Ignore {
    fn of(main: Option<&MainModule>) -> Ignore {
        let mut ignore = Ignore { relative: Vec::new(), anywhere: Vec::new() };
        let wrap = |p: &str| format!("/{}/", p.trim_matches('/'));
        for pattern in main.map_or(&[][..], |m| &m.file.ignore) {
            match pattern.strip_prefix("./") {
                Some(rest) => ignore.relative.push(wrap(rest)),
                None => ignore.anywhere.push(wrap(pattern)),
            }
        }
        ignore
    }

    fn covers(&self, rel: &str) -> bool {
        if rel.is_empty() {
            return false;
        }
        let rel = format!("/{rel}/");
        self.relative.iter().any(|p| rel.starts_with(p)) || self.anywhere.iter().any(|p| rel.contains(p))
    }
}

impl<'a> Session<'a> {
    /// What the patterns stand for. Patterns `all` are left for [`Session::select_all`].
    pub(crate) fn select(
        &self,
        patterns: &[String],
        warnings: &mut Vec<String>,
    ) -> Result<Vec<Match>, LoadError> {
        let default = [".".to_owned()];
        let patterns = if patterns.is_empty() { &default } else { patterns };
        let mut out = Vec::new();
        for text in patterns {
            let pattern = Pattern::new(text);
            let mut m = Match { pattern, packages: Vec::new(), error: None };
            match &self.mode {
                Mode::Modules(resolver) => self.select_module(resolver, &mut m, warnings)?,
                Mode::Gopath(resolver) => self.select_gopath(resolver, &mut m, warnings),
            }
            out.push(m);
        }
        Ok(out)
    }

    fn select_module(
        &self,
        resolver: &ModResolver<'a>,
        m: &mut Match,
        warnings: &mut Vec<String>,
    ) -> Result<(), LoadError> {
        let text = m.pattern.text.clone();
        if m.pattern.is_local() {
            let dirs = if m.pattern.is_literal() { vec![text] } else { self.local_dirs(Some(resolver), m) };
            for dir in dirs {
                let abs = clean(&self.config.dir.join(&dir));
                match self.local_package(resolver, &abs) {
                    Ok(path) => m.packages.push(path),
                    Err(e) if resolver.mains.list.is_empty() => {
                        let _ = e;
                        return Err(LoadError::go(resolver.no_main_text()));
                    }
                    Err(LocalError::Pseudo(_)) if !m.pattern.is_literal() => {}
                    Err(LocalError::Pseudo(e) | LocalError::Text(e)) => m.fail(e),
                }
            }
            return Ok(());
        }
        match &*text {
            "std" | "cmd" => self.goroot_packages(m),
            "all" | "work" | "tool" => {
                if text != "tool" {
                    let mains: Vec<ModVersion> =
                        resolver.mains.list.iter().map(|m| ModVersion::new(&m.path, "")).collect();
                    self.module_packages(resolver, m, false, &mains, warnings);
                }
                if text != "work" {
                    let tools = resolver.mains.list.iter().flat_map(|m| m.file.tool.iter().cloned());
                    m.packages.extend(tools);
                }
            }
            _ if m.pattern.is_literal() => m.packages.push(text),
            _ => match resolver.reqs.graph() {
                Ok(graph) => {
                    let mut list = graph.build_list();
                    if resolver.mains.vendor.is_some() {
                        list.clear();
                    }
                    self.module_packages(resolver, m, true, &list, warnings);
                }
                Err(e) => m.fail(e.message.trim_start_matches("go: ")),
            },
        }
        Ok(())
    }

    fn select_gopath(&self, resolver: &GopathResolver<'a>, m: &mut Match, warnings: &mut Vec<String>) {
        if m.pattern.is_local() {
            let text = m.pattern.text.clone();
            let dirs = if m.pattern.is_literal() { vec![text] } else { self.local_dirs(None, m) };
            for dir in dirs {
                let abs = clean(&self.config.dir.join(&dir));
                m.packages.push(resolver.path_of(&abs).map_or(dir, |(path, ..)| path));
            }
        } else if m.pattern.is_literal() {
            m.packages.push(m.pattern.text.clone());
        } else {
            self.goroot_packages(m);
            if m.pattern.text != "std" && m.pattern.text != "cmd" {
                for root in &self.config.gopath {
                    self.tree_packages(m, &root.join("src"), "", warnings);
                }
            }
        }
    }

    /// Directories that a local wildcard names, as written on the command line.
    fn local_dirs(&self, resolver: Option<&ModResolver<'a>>, m: &mut Match) -> Vec<String> {
        let text = m.pattern.text.clone();
        let dot_prefix = if text.starts_with("./") { "./" } else { "" };
        let before = text.split("...").next().unwrap_or("");
        let top_rel = before.rsplit_once('/').map_or("", |(dir, _)| if dir.is_empty() { "/" } else { dir });
        let top = clean(&self.config.dir.join(if top_rel.is_empty() { "." } else { top_rel }));
        let mut main = None;
        if let Some(resolver) = resolver {
            main = resolver
                .mains
                .list
                .iter()
                .filter(|m| top.starts_with(&m.root))
                .max_by_key(|m| m.root.as_os_str().len());
            let root = find_module_root(self.system, &top);
            let known = root.as_ref().is_some_and(|r| resolver.mains.list.iter().any(|m| m.root == *r));
            if !known
                && !top.starts_with(self.config.goroot.join("src"))
                && self.in_dependency(resolver, &top).is_none()
            {
                if resolver.mains.list.is_empty() {
                    m.fail(resolver.no_main_text());
                    return Vec::new();
                }
                let scope = if resolver.mains.work.is_some() {
                    "modules listed in go.work or their selected dependencies"
                } else {
                    "main module or its selected dependencies"
                };
                m.fail(format!(
                    "directory prefix {} does not contain {scope}",
                    short_path(&self.config.dir, &top)
                ));
                return Vec::new();
            }
        }
        let matcher = Matcher::new(&text);
        let ignore = Ignore::of(main);
        let mut dirs: Vec<(PathBuf, String)> = Vec::new();
        let mut problem = None;
        let clean_top = crate::path::clean_slash(if top_rel.is_empty() { "." } else { top_rel });
        walk(
            self.system,
            &top,
            |dir, rel| {
                if !rel.is_empty() && is_hidden(last(rel)) {
                    return false;
                }
                if main.is_some_and(|m| below(dir, &m.root).is_some_and(|r| ignore.covers(&r))) {
                    return false;
                }
                if !rel.is_empty() && resolver.is_some() && self.system.is_file(&dir.join("go.mod")) {
                    return false;
                }
                let shown = match (&*clean_top, rel) {
                    (".", "") => ".".to_owned(),
                    (".", rel) => format!("{dot_prefix}{rel}"),
                    (top, "") => prefixed(dot_prefix, top),
                    ("/", rel) => format!("/{rel}"),
                    (top, rel) => prefixed(dot_prefix, &format!("{top}/{rel}")),
                };
                let tested =
                    if shown == "." && !dot_prefix.is_empty() { "./.".to_owned() } else { shown.clone() };
                if matcher.matches(&tested) {
                    dirs.push((dir.to_owned(), shown));
                }
                true
            },
            |_, _| {},
            |e| {
                problem = Some(e);
                false
            },
        );
        if let Some(e) = problem {
            m.fail(e);
        }
        let places: Vec<PathBuf> = dirs.iter().map(|(dir, _)| dir.clone()).collect();
        let scans = self.scan_all(&places);
        let keep = dirs.into_iter().zip(scans).filter(|(_, s)| s.error != Some(DirError::NoGo));
        keep.map(|((_, shown), _)| shown).collect()
    }

    /// The import path of a directory in module mode.
    fn local_package(&self, resolver: &ModResolver<'a>, dir: &Path) -> Result<String, LocalError> {
        let text = |t: String| Err(LocalError::Text(t));
        let scan = self.scan(dir);
        if scan.error.is_some() && scan.ignored_go_files.is_empty() {
            if let Err(e) = self.system.metadata(dir) {
                let what = match e.kind() {
                    std::io::ErrorKind::NotFound => "directory not found".to_owned(),
                    _ => crate::dir::io_text(&e),
                };
                return text(format!("stat {}: {what}", dir.display()));
            }
            if scan.error == Some(DirError::NoGo) {
                return text(format!("no Go files in {}", dir.display()));
            }
        }
        let mains = &resolver.mains.list;
        let src = self.config.goroot.join("src");
        if let Some(main) = mains.iter().find(|m| m.root == dir) {
            if dir == src {
                return Err(LocalError::Pseudo("GOROOT/src is not an importable package".to_owned()));
            }
            return Ok(main.prefix.clone());
        }
        let builtin =
            || LocalError::Pseudo("\"builtin\" is a pseudo-package, not an importable package".to_owned());
        let mut not_in: Option<(usize, String)> = None;
        for main in mains.iter() {
            let Some(suffix) = below(dir, &main.root).filter(|s| !s.contains('@')) else { continue };
            if let Some(path) = suffix.strip_prefix("vendor/") {
                if resolver.mains.mode != ModMode::Vendor {
                    return text(format!(
                        "without -mod=vendor, directory {} has no package path",
                        dir.display()
                    ));
                }
                if !resolver.mains.vendor.as_ref().is_some_and(|v| v.packages.contains_key(path)) {
                    return text(format!(
                        "directory {} is not a package listed in vendor/modules.txt",
                        dir.display()
                    ));
                }
                return Ok(path.to_owned());
            }
            if main.prefix.is_empty() {
                return if suffix == "builtin" { Err(builtin()) } else { Ok(suffix) };
            }
            let path = format!("{}/{suffix}", main.prefix);
            match resolver.dir_in(&path, &main.prefix, &main.root, true) {
                Err(e) => return text(e),
                Ok(Some(_)) => return Ok(path),
                Ok(None) => {
                    if not_in.as_ref().is_none_or(|(len, _)| main.prefix.len() > *len) {
                        let t = format!("main module ({}) does not contain package {path}", main.path);
                        not_in = Some((main.prefix.len(), t));
                    }
                }
            }
        }
        if let Some((_, t)) = not_in {
            return text(t);
        }
        if let Some(sub) = below(dir, &src).filter(|s| !s.is_empty() && !s.contains('@')) {
            return if sub == "builtin" { Err(builtin()) } else { Ok(sub) };
        }
        if let Some(path) = self.in_dependency(resolver, dir) {
            return Ok(path);
        }
        text(self.outside_text(resolver, dir))
    }

    fn outside_text(&self, resolver: &ModResolver<'a>, dir: &Path) -> String {
        let short = short_path(&self.config.dir, dir);
        let shown = if short == "." { "current directory".to_owned() } else { format!("directory {short}") };
        if resolver.mains.work.is_none() {
            return format!("{shown} outside main module or its selected dependencies");
        }
        match find_module_root(self.system, dir) {
            Some(root) => format!(
                "{shown} is contained in a module that is not one of the workspace modules listed in go.work. You can add the module to the workspace using:\n\tgo work use {}",
                short_path(&self.config.dir, &root)
            ),
            None => format!("{shown} outside modules listed in go.work or their selected dependencies"),
        }
    }

    /// The import path of a directory within a dependency.
    fn in_dependency(&self, resolver: &ModResolver<'a>, dir: &Path) -> Option<String> {
        resolver.reqs.candidates().into_iter().find_map(|module| {
            let sub = below(dir, &resolver.reqs.dir_of(&module)?)?;
            let vendored = sub.contains("/vendor/") || sub.starts_with("vendor/") || sub.contains('@');
            let path = if sub.is_empty() { module.path } else { format!("{}/{sub}", module.path) };
            (!vendored).then_some(path)
        })
    }

    /// Packages of the SDK that the pattern names.
    fn goroot_packages(&self, m: &mut Match) {
        let src = self.config.goroot.join("src");
        let meta = m.pattern.is_meta();
        let (top, prefix) = if m.pattern.text == "cmd" { (src.join("cmd"), "cmd") } else { (src, "") };
        if meta {
            let std = m.pattern.text == "std";
            let filter = |name: &str| !std || (is_standard_import_path(name) && name != "cmd");
            self.collect(m, &top, prefix, &filter, &mut Vec::new());
        } else {
            self.tree_packages(m, &top, prefix, &mut Vec::new());
        }
    }

    fn tree_packages(&self, m: &mut Match, top: &Path, prefix: &str, warnings: &mut Vec<String>) {
        if self.system.is_dir(top) {
            self.collect(m, top, prefix, &|_| true, warnings);
        }
    }

    /// Adds the packages below `top` that match, in the order of their directories.
    fn collect(
        &self,
        m: &mut Match,
        top: &Path,
        prefix: &str,
        filter: &dyn Fn(&str) -> bool,
        warnings: &mut Vec<String>,
    ) {
        let options = Walk {
            prefix,
            stop_at_go_mod: false,
            stop_at_vendor: false,
            include_top: !prefix.is_empty(),
            tolerant: false,
        };
        let (names, dirs) = self.matching_dirs(m, top, &options, filter, &Ignore::of(None), warnings);
        let scans = self.scan_all(&dirs);
        for (name, scan) in names.into_iter().zip(scans) {
            let vendored_command =
                m.pattern.text == "cmd" && name.starts_with("cmd/vendor") && scan.name == "main";
            if scan.error != Some(DirError::NoGo) && !vendored_command && !m.packages.contains(&name) {
                m.packages.push(name);
            }
        }
    }

    fn matching_dirs(
        &self,
        m: &mut Match,
        top: &Path,
        options: &Walk<'_>,
        filter: &dyn Fn(&str) -> bool,
        ignore: &Ignore,
        warnings: &mut Vec<String>,
    ) -> (Vec<String>, Vec<PathBuf>) {
        let matcher = (!m.pattern.is_meta()).then(|| Matcher::new(&m.pattern.text));
        let can_match = |name: &str| matcher.as_ref().is_none_or(|x| x.tree_can_match(name));
        let name_of = |rel: &str| match (options.prefix, rel) {
            ("", rel) => rel.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, rel) => format!("{prefix}/{rel}"),
        };
        let cgo = self.config.context.cgo_enabled;
        let (mut names, mut dirs) = (Vec::new(), Vec::new());
        let mut problem = None;
        walk(
            self.system,
            top,
            |dir, rel| {
                let name = name_of(rel);
                if rel.is_empty() && !options.include_top {
                    return true;
                }
                if !rel.is_empty() && (is_hidden(last(rel)) || ignore.covers(rel)) {
                    return false;
                }
                if !filter(&name) || !can_match(&name) {
                    return false;
                }
                if options.stop_at_go_mod && !rel.is_empty() && self.system.is_file(&dir.join("go.mod")) {
                    return false;
                }
                let pseudo = name == "builtin" || (name == "runtime/cgo" && !cgo);
                if !pseudo && matcher.as_ref().is_none_or(|x| x.matches(&name)) {
                    names.push(name);
                    dirs.push(dir.to_owned());
                }
                !(options.stop_at_vendor && last(rel) == "vendor")
            },
            |path, rel| {
                let wanted = !is_hidden(last(rel)) && can_match(&name_of(rel)) && matcher.is_some();
                if wanted && self.system.is_dir(path) {
                    warnings.push(format!("warning: ignoring symlink {}", path.display()));
                }
            },
            |e| {
                if problem.is_none() {
                    problem = Some(e);
                }
                options.tolerant
            },
        );
        if let Some(e) = problem {
            m.fail(e);
        }
        (names, dirs)
    }

    /// Packages of modules (and the SDK, if asked) that the pattern names, sorted.
    fn module_packages(
        &self,
        resolver: &ModResolver<'a>,
        m: &mut Match,
        with_std: bool,
        modules: &[ModVersion],
        warnings: &mut Vec<String>,
    ) {
        let matcher = (!m.pattern.is_meta()).then(|| Matcher::new(&m.pattern.text));
        let can_match = |name: &str| matcher.as_ref().is_none_or(|x| x.tree_can_match(name));
        let mut found: Vec<(String, PathBuf)> = Vec::new();
        let mut add = |this: &Self,
                       m: &mut Match,
                       top: &Path,
                       options: &Walk<'_>,
                       ignore: &Ignore,
                       w: &mut Vec<String>| {
            let (names, dirs) = this.matching_dirs(m, top, options, &|_| true, ignore, w);
            found.extend(names.into_iter().zip(dirs));
        };
        let none = Ignore::of(None);
        let src = self.config.goroot.join("src");
        if with_std {
            let std = Walk {
                prefix: "",
                stop_at_go_mod: true,
                stop_at_vendor: false,
                include_top: false,
                tolerant: true,
            };
            add(self, m, &src, &std, &none, warnings);
            if can_match("cmd") {
                let cmd = Walk { prefix: "cmd", include_top: true, ..std };
                add(self, m, &src.join("cmd"), &cmd, &none, warnings);
            }
        }
        let local = |prefix| Walk {
            prefix,
            stop_at_go_mod: true,
            stop_at_vendor: true,
            include_top: true,
            tolerant: true,
        };
        if resolver.mains.mode == ModMode::Vendor {
            for main in &resolver.mains.list {
                let walk = Walk { include_top: !main.prefix.is_empty(), ..local(&main.prefix) };
                add(self, m, &main.root, &walk, &Ignore::of(Some(main)), warnings);
            }
            if let Some(vendor) = resolver.mains.vendor_dir().filter(|d| self.system.is_dir(d)) {
                let walk = Walk { include_top: false, stop_at_go_mod: false, ..local("") };
                add(self, m, &vendor, &walk, &none, warnings);
            }
        } else {
            for module in modules.iter().filter(|module| can_match(&module.path)) {
                let main = resolver.mains.get(&module.path);
                match resolver.reqs.fetch(module) {
                    Ok((root, is_local)) => {
                        let prefix = main.map_or(&module.path, |m| &m.prefix);
                        let walk = Walk {
                            stop_at_go_mod: is_local,
                            include_top: !prefix.is_empty(),
                            ..local(prefix)
                        };
                        add(self, m, &root, &walk, &Ignore::of(main), warnings);
                    }
                    Err(e) => m.fail(e.unwrap_or_else(|| format!("{module}: missing go.sum entry"))),
                }
            }
        }
        let dirs: Vec<PathBuf> = found.iter().map(|(_, dir)| dir.clone()).collect();
        let scans = self.scan_all(&dirs);
        let keep = found.into_iter().zip(scans).filter(|(_, s)| s.error != Some(DirError::NoGo));
        m.packages.extend(keep.map(|((name, _), _)| name));
        m.packages.sort();
        m.packages.dedup();
    }

    /// The packages that `all` stands for: those of the main modules, what they need, and their tests' needs.
    pub(crate) fn select_all(&mut self, start: &[String]) -> Vec<String> {
        self.discover(start, false);
        let Some(resolver) = self.modules() else { return start.to_vec() };
        let closes_over_tests = resolver
            .mains
            .list
            .iter()
            .any(|m| escargo_dialect::GoVersion::parse(m.go_version()).is_some_and(|v| !v.at_least(16)));
        loop {
            let resolver = match self.modules() {
                Some(resolver) => resolver,
                None => return start.to_vec(),
            };
            let tested: Vec<String> = self
                .sources
                .iter()
                .filter(|s| {
                    closes_over_tests
                        || s.module.as_ref().is_some_and(|m| resolver.mains.get(&m.path).is_some())
                })
                .map(|s| s.path.clone())
                .collect();
            let before = self.sources.len();
            self.discover(&tested, true);
            if self.sources.len() == before {
                break;
            }
        }
        let valid = |s: &&crate::session::Source| crate::path::check_import_path(&s.path).is_ok();
        let mut all: Vec<String> = self.sources.iter().filter(valid).map(|s| s.path.clone()).collect();
        all.sort();
        all
    }
}

fn prefixed(prefix: &str, path: &str) -> String {
    if path.starts_with("..") || path.starts_with('/') { path.to_owned() } else { format!("{prefix}{path}") }
}

enum LocalError {
    /// A directory that is no package; wildcards pass it over.
    Pseudo(String),
    Text(String),
}

#[derive(Clone, Copy)]
struct Walk<'p> {
    /// Import path of the top directory.
    prefix: &'p str,
    /// Do not enter other modules.
    stop_at_go_mod: bool,
    /// Do not enter vendor directories.
    stop_at_vendor: bool,
    /// The top directory itself may be a package.
    include_top: bool,
    /// Go on after an unreadable directory.
    tolerant: bool,
}
