//! From import paths to packages: imports in the go command's order, with its checks and errors.
//!
//! The order matters: which of two importers an error is told for depends on who comes first. So
//! the walk is depth first and serial, over directories that were read in parallel before. It keeps
//! its own stack, because chains of imports can be long.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::dir::{Declared, DirError, FilePos};
use crate::embed;
use crate::error::{ImportStep, PackageError};
use crate::graph::PackageKind;
use crate::path::{clean_slash, go_quote, has_path_prefix, is_local_import, short_path};
use crate::session::{Session, Source};

/// Index of a package that is being built.
pub(crate) type Index = usize;

/// An import while packages are being built.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) written: Arc<str>,
    pub(crate) path: Arc<str>,
    pub(crate) package: Option<Index>,
}

/// Where an import path was imported first.
#[derive(Clone, Debug)]
pub(crate) struct ImportPlace {
    /// Base name of the file.
    pub(crate) file: Arc<str>,
    /// `file:line:column`; found only when an error is told.
    pub(crate) pos: FilePos,
    /// The package whose file it is.
    pub(crate) source: usize,
}

/// An import path as written, and where it stands.
pub(crate) type Placed = (Arc<str>, Option<ImportPlace>);

/// A package that is being built.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) source: usize,
    pub(crate) import_path: String,
    pub(crate) name: String,
    pub(crate) kind: PackageKind,
    pub(crate) for_test: Option<Index>,
    pub(crate) imports: Vec<Edge>,
    pub(crate) deps: Vec<Index>,
    pub(crate) embed_files: Vec<String>,
    pub(crate) test_embed_files: Vec<String>,
    pub(crate) xtest_embed_files: Vec<String>,
    pub(crate) error: Option<PackageError>,
    pub(crate) incomplete: bool,
    /// Its imports are known; until then, meeting it again closes a cycle.
    pub(crate) loaded: bool,
    pub(crate) matches: Vec<String>,
    pub(crate) from_files: bool,
    pub(crate) local: bool,
}

/// A package whose imports are being followed.
struct Frame {
    package: Index,
    paths: Vec<Placed>,
    /// How many of the paths are imports of its own; the rest is added by the toolchain.
    own: usize,
    next: usize,
}

/// Builds packages from what a [`Session`] found.
pub(crate) struct Builder<'s, 'a> {
    pub(crate) session: &'s mut Session<'a>,
    pub(crate) drafts: Vec<Draft>,
    by_source: FxHashMap<usize, Index>,
    /// Import paths by their form without case.
    folded: FxHashMap<String, String>,
    pub(crate) stack: Vec<ImportStep>,
    simd_bridge: bool,
}

const SIMD_BRIDGE: &str = "simd/internal/bridge";

impl<'s, 'a> Builder<'s, 'a> {
    pub(crate) fn new(session: &'s mut Session<'a>) -> Builder<'s, 'a> {
        let bridge = session.config.goroot.join("src").join(SIMD_BRIDGE);
        let goarch = session.config.context.target.goarch();
        let simd_bridge = matches!(goarch, "wasm" | "amd64" | "arm64") && session.system.is_dir(&bridge);
        Builder {
            session,
            drafts: Vec::new(),
            by_source: FxHashMap::default(),
            folded: FxHashMap::default(),
            stack: Vec::new(),
            simd_bridge,
        }
    }

    pub(crate) fn source(&self, draft: Index) -> &Source {
        &self.session.sources[self.drafts[draft].source]
    }

    /// Loads a package that a pattern names.
    pub(crate) fn root(&mut self, path: &str) -> Index {
        let (package, _) = self.import(path, None, None);
        package
    }

    /// Loads what `parent` imports as `path`, with everything below it. The error is the importer's.
    pub(crate) fn import(
        &mut self,
        path: &str,
        parent: Option<Index>,
        place: Option<&ImportPlace>,
    ) -> (Index, Option<PackageError>) {
        let (first, entered) = self.enter(path, parent, place);
        self.run(entered.into_iter().collect());
        let error = self.import_error(path, parent, first, place);
        (first, error)
    }

    /// Follows imports until every frame is done.
    fn run(&mut self, mut frames: Vec<Frame>) {
        while let Some(frame) = frames.last_mut() {
            let package = frame.package;
            if let Some((path, place)) = frame.paths.get(frame.next).cloned() {
                let (child, entered) = self.enter(&path, Some(package), place.as_ref());
                match entered {
                    Some(child_frame) => frames.push(child_frame),
                    None => self.leave_child(&mut frames, child),
                }
                continue;
            }
            self.finish(package);
            self.stack.pop();
            frames.pop();
            self.leave_child(&mut frames, package);
        }
    }

    /// Loads the package made of files named one by one.
    pub(crate) fn files_root(&mut self, source: usize, path: &str) -> Index {
        let package = self.draft(source, true);
        self.drafts[package].from_files = true;
        let frame = self.begin(package, ImportStep { path: path.into(), file: None }, None);
        self.run(frame.into_iter().collect());
        package
    }

    /// Records a loaded child in the package that imports it.
    fn leave_child(&mut self, frames: &mut [Frame], child: Index) {
        let Some(frame) = frames.last_mut() else { return };
        let Some((path, place)) = frame.paths.get(frame.next).cloned() else { return };
        let (parent, own) = (frame.package, frame.next < frame.own);
        frame.next += 1;
        let error = if &*path == SIMD_BRIDGE && !own {
            self.program_error(&path, Some(parent), child, place.as_ref())
        } else {
            self.import_error(&path, Some(parent), child, place.as_ref())
        };
        let child_path: Arc<str> = self.drafts[child].import_path.as_str().into();
        let incomplete = self.drafts[child].incomplete;
        let draft = &mut self.drafts[parent];
        if error.is_some() && draft.error.is_none() {
            draft.error = error;
            draft.incomplete = true;
        }
        draft.incomplete |= incomplete;
        draft.deps.push(child);
        if own {
            draft.imports.push(Edge { written: path, path: child_path, package: Some(child) });
        }
    }

    /// Finds a package, or begins it: then the frame says what remains to be imported.
    fn enter(
        &mut self,
        path: &str,
        parent: Option<Index>,
        place: Option<&ImportPlace>,
    ) -> (Index, Option<Frame>) {
        let full = self.session.full_path(path, parent.map(|p| self.source(p)));
        let source = self.session.index_or_add(&full);
        // Cycles name files from 1.24 on.
        let shows_files = self.session.config.context.toolchain.at_least(24);
        let file = place.filter(|_| shows_files).map(|p| p.file.clone());
        let step = ImportStep { path: path.into(), file };
        if self.session.sources[source].disallowed {
            return (self.disallowed(source, step), None);
        }
        if let Some(&known) = self.by_source.get(&source) {
            self.stack.push(step);
            self.reuse(known);
            self.stack.pop();
            return (known, None);
        }
        let package = self.draft(source, is_local_import(path));
        self.by_source.insert(source, package);
        let frame = self.begin(package, step, place);
        if !matches!(self.session.mode, crate::session::Mode::Modules(_)) && path != clean_import(path) {
            let text = format!(
                "non-canonical import path {}: should be {}",
                go_quote(path),
                go_quote(&clean_slash(path))
            );
            let mut error = self.error(text);
            error.pos = place.map(|p| self.position(p));
            self.drafts[package].error = Some(error);
            self.drafts[package].incomplete = true;
        }
        (package, frame)
    }

    pub(crate) fn draft(&mut self, source: usize, local: bool) -> Index {
        let from = &self.session.sources[source];
        self.drafts.push(Draft {
            source,
            import_path: from.path.clone(),
            name: from.scan.name.clone(),
            kind: PackageKind::Plain,
            for_test: None,
            imports: Vec::new(),
            deps: Vec::new(),
            embed_files: Vec::new(),
            test_embed_files: Vec::new(),
            xtest_embed_files: Vec::new(),
            error: None,
            incomplete: false,
            loaded: false,
            matches: Vec::new(),
            from_files: false,
            local,
        });
        self.drafts.len() - 1
    }

    /// A path that may not be imported whatever it is.
    fn disallowed(&mut self, source: usize, step: ImportStep) -> Index {
        let package = self.draft(source, false);
        let text = self.session.sources[source].error.clone().unwrap_or_default();
        self.stack.push(step);
        let error = self.error(text);
        self.stack.pop();
        let draft = &mut self.drafts[package];
        (draft.error, draft.incomplete, draft.loaded) = (Some(error), true, true);
        package
    }

    /// Meets a package again: if its imports are not known yet, the imports run in a circle.
    fn reuse(&mut self, package: Index) {
        let stack = &self.stack;
        let draft = &mut self.drafts[package];
        if !draft.loaded {
            draft.incomplete = true;
            match &mut draft.error {
                Some(e) => e.is_import_cycle = true,
                None => {
                    draft.error = Some(PackageError {
                        import_stack: stack.clone(),
                        pos: None,
                        message: "import cycle not allowed".to_owned(),
                        is_import_cycle: true,
                        always_print_stack: false,
                    });
                }
            }
        }
        if let Some(e) = &mut draft.error
            && !e.is_import_cycle
            && !e.import_stack.is_empty()
            && shorter(stack, &e.import_stack)
        {
            e.import_stack.clone_from(stack);
        }
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> PackageError {
        PackageError {
            import_stack: self.stack.clone(),
            pos: None,
            message: message.into(),
            is_import_cycle: false,
            always_print_stack: false,
        }
    }

    /// `file:line:column` of an import.
    pub(crate) fn position(&self, place: &ImportPlace) -> String {
        self.file_position(place.source, &place.pos)
    }

    pub(crate) fn file_position(&self, source: usize, pos: &FilePos) -> String {
        let scan = &self.session.sources[source].scan;
        let (line, column) = scan.line_column(self.session.system, pos);
        let file = short_path(&self.session.config.dir, &scan.dir.join(&*pos.file));
        format!("{file}:{line}:{column}")
    }

    /// Sets an error if there is none; the place is told where the error is about the import.
    fn set_error(&mut self, package: Index, step: &ImportStep, place: Option<&ImportPlace>, text: String) {
        if self.drafts[package].error.is_some() {
            return;
        }
        let mut error = self.error(text);
        if self.stack.last().is_some_and(|top| top.path != step.path) {
            error.pos = place.map(|p| self.position(p));
        }
        self.drafts[package].error = Some(error);
        self.drafts[package].incomplete = true;
    }

    /// Everything about a package that comes before its imports.
    fn begin(&mut self, package: Index, step: ImportStep, place: Option<&ImportPlace>) -> Option<Frame> {
        self.load_error(package, &step, place);
        let (paths, own) = self.import_paths(package);
        if let Some(text) = self.path_problem(package) {
            self.set_error(package, &step, place, text);
            return None;
        }
        self.stack.push(step.clone());
        self.embed(package);
        if let Some(text) = self.file_name_problem(package) {
            self.set_error(package, &step, place, text);
            self.stack.pop();
            return None;
        }
        Some(Frame { package, paths, own, next: 0 })
    }

    /// The error of the directory or of the import itself.
    fn load_error(&mut self, package: Index, step: &ImportStep, place: Option<&ImportPlace>) {
        let source = self.drafts[package].source;
        let from = &self.session.sources[source];
        let Some(text) = from.scan.error_text().or_else(|| from.error.clone()) else { return };
        let (mut pos, mut about_package) = (None, false);
        match &from.scan.error {
            Some(DirError::NoGo) => about_package = true,
            Some(DirError::Syntax(at, _)) => {
                about_package = true;
                pos = Some(self.file_position(source, at));
            }
            _ => {}
        }
        let text = match &from.scan.error {
            Some(DirError::ImportPath(at, _)) => {
                let (line, column) = from.scan.line_column(self.session.system, at);
                format!("{}:{line}:{column}: {text}", from.scan.dir.join(&*at.file).display())
            }
            _ => text,
        };
        if about_package {
            self.stack.push(step.clone());
        }
        let mut error = self.error(text);
        error.pos = pos;
        if self.stack.last().is_some_and(|top| top.path != step.path) {
            error.pos = place.map(|p| self.position(p)).or(error.pos);
        }
        if about_package {
            self.stack.pop();
        }
        self.drafts[package].error = Some(error);
        self.drafts[package].incomplete = true;
    }

    /// Imports as written, then what the toolchain adds. "C" leads nowhere.
    fn import_paths(&mut self, package: Index) -> (Vec<Placed>, usize) {
        let draft = &self.drafts[package];
        let from = &self.session.sources[draft.source];
        let mut paths = places(&from.scan.imports, draft.source);
        let cgo = !from.scan.cgo_files.is_empty();
        let uses_c = from.scan.imports.iter().any(|(p, _)| p == "C");
        let has_simd = self.simd_bridge && from.scan.imports.iter().any(|(p, _)| p == "simd");
        let own = paths.len();
        let mut add = |path: &str| {
            if !paths.iter().any(|(p, _)| &**p == path) {
                paths.push((path.into(), None));
            }
        };
        if has_simd {
            add(SIMD_BRIDGE);
        }
        if cgo {
            let std = |names: &[&str]| from.standard() && names.contains(&&*from.path);
            add("unsafe");
            if !std(&["runtime/cgo"]) {
                add("runtime/cgo");
            }
            if !std(&["runtime/cgo", "runtime/race", "runtime/msan", "runtime/asan"]) {
                add("syscall");
            }
        }
        if draft.name == "main" {
            for path in self.linker_paths() {
                add(&path);
            }
        }
        if uses_c {
            let c = Edge { written: "C".into(), path: "C".into(), package: None };
            self.drafts[package].imports.push(c);
        }
        (paths, own)
    }

    /// What every program is linked with.
    pub(crate) fn linker_paths(&self) -> Vec<String> {
        let config = self.session.config;
        let mut paths = vec!["runtime".to_owned()];
        if config.context.target.goarch() == "arm" {
            paths.push("math".to_owned());
        }
        paths.extend(config.instrument.iter().map(|tool| format!("runtime/{tool}")));
        paths
    }

    fn path_problem(&mut self, package: Index) -> Option<String> {
        let path = self.drafts[package].import_path.clone();
        let other = self.folded.entry(path.to_lowercase()).or_insert_with(|| path.clone());
        if *other != path {
            return Some(format!(
                "case-insensitive import collision: {} and {}",
                go_quote(&path),
                go_quote(other)
            ));
        }
        (!is_safe_arg(&path)).then(|| format!("invalid import path {}", go_quote(&path)))
    }

    fn file_name_problem(&self, package: Index) -> Option<String> {
        let from = self.source(package);
        let scan = &from.scan;
        let go = [&scan.go_files, &scan.cgo_files, &scan.test_files, &scan.xtest_files];
        let names: Vec<&str> =
            go.into_iter().flatten().map(|f| &*f.name).chain(scan.other.all().map(String::as_str)).collect();
        let mut folded: FxHashMap<String, &str> = FxHashMap::default();
        for name in &names {
            if let Some(other) = folded.insert(name.to_lowercase(), name) {
                return Some(format!(
                    "case-insensitive file name collision: {} and {}",
                    go_quote(other),
                    go_quote(name)
                ));
            }
        }
        if let Some(bad) = names.iter().find(|n| !is_safe_arg(n) || n.starts_with("_cgo_")) {
            return Some(format!("invalid input file name {}", go_quote(bad)));
        }
        let base = from.path.rsplit('/').next().unwrap_or("");
        if !is_safe_arg(base) && !from.path.is_empty() {
            return Some(format!("invalid input directory name {}", go_quote(base)));
        }
        let dir = scan.dir.to_string_lossy();
        dir.contains(['\r', '\n']).then(|| format!("invalid package directory {}", go_quote(&dir)))
    }

    fn embed(&mut self, package: Index) {
        let source = self.drafts[package].source;
        let (files, error) = self.embed_files(source, |s| &s.scan.embeds);
        self.drafts[package].embed_files = files;
        if let Some(error) = error.filter(|_| self.drafts[package].error.is_none()) {
            self.drafts[package].error = Some(error);
            self.drafts[package].incomplete = true;
        }
    }

    pub(crate) fn embed_files(
        &self,
        source: usize,
        list: impl Fn(&Source) -> &Declared,
    ) -> (Vec<String>, Option<PackageError>) {
        let from = &self.session.sources[source];
        let patterns = list(from);
        match embed::resolve(self.session.system, &from.scan.dir, patterns.iter().map(|(p, _)| &**p)) {
            Ok(files) => (files, None),
            Err(e) => {
                let mut error = self.error(format!("pattern {}: {}", e.pattern, e.message));
                let place = patterns.iter().find(|(p, _)| *p == e.pattern);
                error.pos = place.map(|(_, at)| self.file_position(source, at));
                (Vec::new(), Some(error))
            }
        }
    }

    /// Everything about a package that comes after its imports.
    fn finish(&mut self, package: Index) {
        self.drafts[package].loaded = true;
        // "C" takes its place in the order.
        self.drafts[package].imports.sort_by(|a, b| a.written.cmp(&b.written));
        let from = self.source(package);
        let (cgo, other) = (self.session.config.context.cgo_enabled, &from.scan.other);
        let uses = !from.scan.cgo_files.is_empty() || !other.swig.is_empty() || !other.swig_cxx.is_empty();
        let lists = [
            ("C", &other.c, cgo),
            ("C++", &other.cxx, cgo),
            ("Objective-C", &other.m, cgo),
            ("Fortran", &other.f, true),
        ];
        let bad = lists.into_iter().find(|(_, files, counts)| *counts && !uses && !files.is_empty());
        let text = bad.map(|(language, files, _)| {
            format!("{language} source files not allowed when not using cgo or SWIG: {}", files.join(" "))
        });
        if let Some(text) = text
            && let Some(step) = self.stack.last().cloned()
        {
            self.set_error(package, &step, None, text);
        }
    }

    /// What is wrong with importing `child`, told of the importer.
    fn import_error(
        &self,
        path: &str,
        parent: Option<Index>,
        child: Index,
        place: Option<&ImportPlace>,
    ) -> Option<PackageError> {
        let parent_index = parent?;
        let mut error =
            self.internal_error(parent_index, child).or_else(|| self.vendor_error(path, parent_index, child));
        if let Some(e) = &mut error {
            e.pos = place.map(|p| self.position(p));
            return error;
        }
        self.program_error(path, parent, child, place)
    }

    fn program_error(
        &self,
        path: &str,
        parent: Option<Index>,
        child: Index,
        place: Option<&ImportPlace>,
    ) -> Option<PackageError> {
        let parent = parent?;
        let text = if self.drafts[child].name == "main"
            && self.source(child).scan.dir != self.source(parent).scan.dir
        {
            format!("import {} is a program, not an importable package", go_quote(path))
        } else if self.drafts[child].local && !self.drafts[parent].local {
            if path == "." {
                format!("{path}: cannot import current directory")
            } else {
                format!("local import {} in non-local package", go_quote(path))
            }
        } else {
            return None;
        };
        let mut error = self.error(text);
        error.pos = place.map(|p| self.position(p));
        Some(error)
    }

    /// Code in and below `x/internal` may be used from `x` and below only.
    fn internal_error(&self, parent: Index, child: Index) -> Option<PackageError> {
        if self.drafts[child].error.is_some() {
            return None;
        }
        let path = &*self.drafts[child].import_path;
        let start = find_element(path, "internal", true)?;
        let mut importer = self.drafts[parent].import_path.clone();
        let crypto = "crypto/internal/fips140";
        if has_path_prefix(&importer, "crypto") && has_path_prefix(path, crypto) {
            return None;
        }
        let start = start.saturating_sub(1);
        let allowed = if has_path_prefix(&importer, crypto) {
            has_path_prefix(path, "crypto/internal")
        } else if self.source(child).module.is_none() {
            let parent_dir = &self.source(parent).scan.dir;
            let root = trimmed(&self.source(child).scan.dir, path.len() - start)?;
            parent_dir.starts_with(root) || self.links_below(parent_dir, root)
        } else {
            if self.drafts[parent].from_files {
                importer = self.dir_import_path(&self.source(parent).scan.dir);
            }
            has_path_prefix(&importer, &path[..start])
        };
        if allowed {
            return None;
        }
        let mut error = self.error(format!("use of internal package {path} not allowed"));
        error.always_print_stack = true;
        Some(error)
    }

    fn links_below(&self, dir: &Path, root: &Path) -> bool {
        let system = self.session.system;
        matches!((system.canonicalize(dir), system.canonicalize(root)), (Ok(d), Ok(r)) if d.starts_with(&r))
    }

    /// The import path that a directory of a main module would have.
    fn dir_import_path(&self, dir: &Path) -> String {
        let mains = self.session.modules().map_or(&[][..], |m| &m.mains.list);
        let best = mains.iter().filter(|m| dir.starts_with(&m.root)).max_by_key(|m| m.root.as_os_str().len());
        match best.and_then(|m| crate::path::below(dir, &m.root).map(|sub| (m, sub))) {
            Some((m, sub)) if sub.is_empty() => m.prefix.clone(),
            Some((m, sub)) if m.prefix.is_empty() => sub,
            Some((m, sub)) => format!("{}/{sub}", m.prefix),
            None => ".".to_owned(),
        }
    }

    /// Vendored code belongs to the tree around the vendor directory, and is imported without naming it.
    fn vendor_error(&self, path: &str, parent: Index, child: Index) -> Option<PackageError> {
        let full = &*self.drafts[child].import_path;
        if let Some(start) = find_element(full, "vendor", false) {
            let child_dir = &self.source(child).scan.dir;
            let start = start.saturating_sub(1);
            if let Some(root) = trimmed(child_dir, full.len() - start) {
                let dir = &self.source(parent).scan.dir;
                if !dir.starts_with(root) && !self.links_below(dir, root) {
                    return Some(self.error("use of vendored package not allowed"));
                }
            }
        }
        let start = find_element(path, "vendor", false)?;
        let short = &path[start + "vendor/".len()..];
        Some(self.error(format!("{path} must be imported as {short}")))
    }
}

/// Imports with the places where they stand; "C" is left out.
pub(crate) fn places(list: &Declared, source: usize) -> Vec<Placed> {
    let place = |pos: &FilePos| Some(ImportPlace { file: pos.file.clone(), pos: pos.clone(), source });
    list.iter().filter(|(p, _)| p != "C").map(|(p, pos)| (p.as_str().into(), place(pos))).collect()
}

/// Where the last element `name` of a path begins; `at_end`: the path may end with it.
fn find_element(path: &str, name: &str, at_end: bool) -> Option<usize> {
    if at_end && (path == name || path.ends_with(&format!("/{name}"))) {
        return Some(path.len() - name.len());
    }
    path.rfind(&format!("/{name}/"))
        .map(|i| i + 1)
        .or_else(|| path.strip_prefix(name).is_some_and(|r| r.starts_with('/')).then_some(0))
}

/// A directory without the last `len` bytes of its path.
fn trimmed(dir: &Path, len: usize) -> Option<&Path> {
    let text = dir.to_str()?;
    text.get(..text.len().checked_sub(len)?).map(Path::new)
}

fn shorter(a: &[ImportStep], b: &[ImportStep]) -> bool {
    a.len().cmp(&b.len()).then_with(|| a.iter().map(|s| &s.path).cmp(b.iter().map(|s| &s.path))).is_lt()
}

fn clean_import(path: &str) -> String {
    let cleaned = clean_slash(path);
    if path.starts_with("./") && cleaned != ".." && !cleaned.starts_with("../") {
        format!("./{cleaned}")
    } else {
        cleaned
    }
}

/// Whether a name can stand on a command line without being taken for a flag.
fn is_safe_arg(name: &str) -> bool {
    name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || "._/".contains(c) || !c.is_ascii())
}
