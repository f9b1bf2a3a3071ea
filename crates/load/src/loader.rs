//! The loader: patterns in, package graph out.

use std::path::Path;
use std::sync::Arc;

use escargo_base::{FileKind, Id, IndexVec, System};
use rustc_hash::FxHashMap;

use crate::build::{Builder, Index};
use crate::config::{Config, ModuleSwitch};
use crate::dir::{self, DirMode, DirPackage, Memory};
use crate::error::{ImportStep, LoadError, PackageError};
use crate::gopath::GopathResolver;
use crate::graph::{Import, Module, ModuleId, Package, PackageGraph, PackageId, PackageKind};
use crate::modfile::ModVersion;
use crate::modules::{DEFAULT_GO_VERSION, MainModules};
use crate::path::clean;
use crate::require::Requirements;
use crate::resolve::ModResolver;
use crate::session::{Mode, Session};

/// The import path of a package made of files named one by one.
const FILES_PACKAGE: &str = "command-line-arguments";

/// Finds packages as the go command does.
#[derive(Clone, Debug)]
pub struct Loader {
    system: Arc<dyn System>,
    config: Config,
    memory: Option<Arc<dyn Memory>>,
}

impl Loader {
    /// A loader for one configuration.
    pub fn new(system: Arc<dyn System>, config: Config) -> Loader {
        Loader { system, config, memory: None }
    }

    /// The same with a memory of directories.
    #[must_use]
    pub fn with_memory(self, memory: Option<Arc<dyn Memory>>) -> Loader {
        Loader { memory, ..self }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Loads the packages that the patterns name (none: the current directory's), and all they need.
    ///
    /// What is wrong with a package is told in the package; an error here means that nothing could be
    /// loaded at all.
    pub fn load(&self, patterns: &[String]) -> Result<PackageGraph, LoadError> {
        let (system, config, memory) = (&*self.system, &self.config, self.memory.as_deref());
        if config.modules == ModuleSwitch::Off {
            let mode = Mode::Gopath(GopathResolver::new(system, config));
            return self.run(Session::new(system, config, memory, mode), patterns, Vec::new());
        }
        let mut mains = MainModules::find(system, config)?;
        let warnings = std::mem::take(&mut mains.warnings);
        if config.modules == ModuleSwitch::Auto && mains.list.is_empty() && mains.work.is_none() {
            let mode = Mode::Gopath(GopathResolver::new(system, config));
            return self.run(Session::new(system, config, memory, mode), patterns, warnings);
        }
        let requirements = Requirements::new(system, config, &mains);
        if requirements.needs_graph() {
            requirements.graph()?;
        }
        let mode = Mode::Modules(ModResolver::new(system, config, &mains, &requirements));
        self.run(Session::new(system, config, memory, mode), patterns, warnings)
    }

    fn run(
        &self,
        mut session: Session<'_>,
        patterns: &[String],
        mut warnings: Vec<String>,
    ) -> Result<PackageGraph, LoadError> {
        let is_file = |p: &String| p.ends_with(".go") && self.system.is_file(&self.config.dir.join(p));
        if patterns.iter().any(is_file) {
            return self.run_files(session, patterns, warnings);
        }
        let mut matches = session.select(patterns, &mut warnings)?;
        for m in &mut matches {
            if m.pattern.text == "all" && session.modules().is_some() {
                m.packages = session.select_all(&m.packages);
            }
        }
        let roots: Vec<String> = matches.iter().flat_map(|m| m.packages.iter().cloned()).collect();
        session.discover(&roots, self.config.tests);
        session.check_requirements(&roots)?;
        session.finish_errors();
        let mut builder = Builder::new(&mut session);
        let mut packages: Vec<Index> = Vec::new();
        for m in &matches {
            let literal = m.pattern.is_literal();
            for path in &m.packages {
                let package = builder.root(path);
                builder.drafts[package].matches.push(m.pattern.text.clone());
                if !packages.contains(&package) {
                    packages.push(package);
                }
            }
            if let Some(text) = &m.error {
                let text = if literal { text.clone() } else { format!("pattern {}: {text}", m.pattern.text) };
                packages.push(broken(&mut builder, &m.pattern.text, text));
            }
            if m.packages.is_empty() && m.error.is_none() {
                warnings.push(format!("go: warning: {:?} matched no packages", m.pattern.text));
            }
        }
        finish(&self.config, builder, packages, warnings)
    }

    /// Loads a package made of the named files.
    fn run_files(
        &self,
        mut session: Session<'_>,
        files: &[String],
        warnings: Vec<String>,
    ) -> Result<PackageGraph, LoadError> {
        if let Some(other) = files.iter().find(|f| !f.ends_with(".go")) {
            let mut builder = Builder::new(&mut session);
            let text = format!("named files must be .go files: {other}");
            let package = broken(&mut builder, FILES_PACKAGE, text);
            return finish(&self.config, builder, vec![package], warnings);
        }
        let mut dir: Option<&Path> = None;
        let mut names = Vec::new();
        for file in files {
            let path = Path::new(file);
            match self.system.metadata(&self.config.dir.join(path)) {
                Err(e) => return Err(LoadError::plain(dir::open_error("stat", path, &e))),
                Ok(m) if m.kind == FileKind::Dir => {
                    return Err(LoadError::plain(format!("{file} is a directory, should be a Go file")));
                }
                Ok(_) => {}
            }
            let parent = path.parent().unwrap_or(Path::new(""));
            if dir.is_some_and(|d| d != parent) {
                let show = |d: &Path| {
                    if d.as_os_str().is_empty() { ".".to_owned() } else { d.display().to_string() }
                };
                return Err(LoadError::plain(format!(
                    "named files must all be in one directory; have {} and {}",
                    show(dir.unwrap_or(parent)),
                    show(parent)
                )));
            }
            dir = Some(parent);
            names.push(path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default());
        }
        let dir = clean(&self.config.dir.join(dir.unwrap_or(Path::new(""))));
        let mode = DirMode { keep_tests: self.config.tests, import_comments: false, all_files: true };
        let scan = dir::read_files(&*self.system, &self.config.context, &dir, names.into_iter(), mode);
        let scan: Arc<DirPackage> = Arc::new(scan);
        let source = session.add_files(FILES_PACKAGE, scan);
        session.check_requirements(&[])?;
        session.finish_errors();
        let mut builder = Builder::new(&mut session);
        let package = builder.files_root(source, FILES_PACKAGE);
        builder.drafts[package].matches = files.to_vec();
        finish(&self.config, builder, vec![package], warnings)
    }
}

/// A package that stands for a pattern that could not be matched.
fn broken(builder: &mut Builder<'_, '_>, path: &str, message: String) -> Index {
    let source = builder.session.add_placeholder(path);
    let package = builder.draft(source, false);
    let draft = &mut builder.drafts[package];
    draft.error = Some(PackageError {
        import_stack: Vec::<ImportStep>::new(),
        pos: None,
        message,
        is_import_cycle: false,
        always_print_stack: false,
    });
    (draft.incomplete, draft.loaded) = (true, true);
    draft.matches.push(path.to_owned());
    package
}

/// Adds test variants, puts everything in order and gives out ids.
fn finish(
    config: &Config,
    mut builder: Builder<'_, '_>,
    mut roots: Vec<Index>,
    mut warnings: Vec<String>,
) -> Result<PackageGraph, LoadError> {
    if config.tests {
        let sets: Vec<_> =
            roots.clone().into_iter().filter_map(|p| Some((p, builder.test_packages(p)?))).collect();
        for (package, set) in sets {
            roots.push(set.main);
            if set.test != package {
                roots.push(set.test);
            }
            roots.extend(set.external);
        }
    }
    if let Some(resolver) = builder.session.modules() {
        warnings.extend(resolver.take_warnings());
    }
    let order = builder.in_order(&roots);
    let mut ids: Vec<Option<PackageId>> = vec![None; builder.drafts.len()];
    for (i, &draft) in order.iter().enumerate() {
        ids[draft] = Some(PackageId::from_index(i));
    }
    let mut modules = ModuleTable::new(&builder);
    let mut graph = PackageGraph { warnings, ..PackageGraph::default() };
    for &draft in &order {
        let package = convert(&builder, draft, &ids, &mut modules);
        graph.packages.push(package);
    }
    graph.roots = roots.iter().filter_map(|&r| ids[r]).collect();
    for &root in &graph.roots {
        graph.packages[root].dep_only = false;
    }
    graph.modules = modules.list;
    Ok(graph)
}

/// The modules of the graph, each once.
struct ModuleTable<'b, 'a> {
    resolver: Option<&'b ModResolver<'a>>,
    known: FxHashMap<ModVersion, ModuleId>,
    list: IndexVec<ModuleId, Module>,
}

impl<'b, 'a> ModuleTable<'b, 'a> {
    fn new(builder: &'b Builder<'_, 'a>) -> ModuleTable<'b, 'a> {
        ModuleTable {
            resolver: builder.session.modules(),
            known: FxHashMap::default(),
            list: IndexVec::new(),
        }
    }

    fn id(&mut self, module: &ModVersion) -> Option<ModuleId> {
        if let Some(&id) = self.known.get(module) {
            return Some(id);
        }
        let made = describe(self.resolver?, module);
        let id = self.list.push(made);
        self.known.insert(module.clone(), id);
        Some(id)
    }
}

fn describe(resolver: &ModResolver<'_>, module: &ModVersion) -> Module {
    let mut out = Module {
        path: module.path.clone(),
        version: module.version.clone(),
        replace: None,
        dir: None,
        go_mod: None,
        go_version: None,
        main: false,
        indirect: !resolver.reqs.is_direct(&module.path),
    };
    if let Some(main) = resolver.mains.get(&module.path).filter(|_| module.version.is_empty()) {
        out.main = true;
        out.indirect = false;
        out.dir = Some(main.root.clone());
        out.go_mod = Some(main.go_mod.clone());
        out.go_version = Some(main.go_version().to_owned());
        return out;
    }
    let replacement = resolver.mains.replacement(module);
    out.replace = replacement.as_ref().map(|r| r.new.clone());
    if let Some(vendor) = &resolver.mains.vendor {
        out.go_version = vendor.meta.get(module).and_then(|m| m.go_version.clone());
        return out;
    }
    let actual = replacement.as_ref().map_or(module, |r| &r.new);
    out.go_version = resolver.reqs.summary(module).as_ref().as_ref().ok().and_then(|s| s.go_version.clone());
    out.dir = resolver.reqs.dir_of(module);
    out.go_mod = match replacement.as_ref().and_then(|r| r.dir.as_ref()) {
        Some(dir) => Some(dir.join("go.mod")),
        None => resolver.reqs.cached_go_mod_path(actual),
    };
    out
}

fn convert(
    builder: &Builder<'_, '_>,
    index: Index,
    ids: &[Option<PackageId>],
    modules: &mut ModuleTable<'_, '_>,
) -> Package {
    let draft = &builder.drafts[index];
    let source = &builder.session.sources[draft.source];
    let scan = &source.scan;
    let for_test = draft.for_test.map(|p| builder.drafts[p].import_path.clone());
    let import_path = match &for_test {
        Some(tested) => format!("{} [{tested}.test]", draft.import_path),
        None => draft.import_path.clone(),
    };
    let own_tests = draft.for_test.is_some_and(|p| builder.drafts[p].source == draft.source);
    let (mut go_files, mut cgo_files) = (Vec::new(), Vec::new());
    match draft.kind {
        PackageKind::ExternalTest => go_files.clone_from(&scan.xtest_files),
        PackageKind::TestMain => {}
        PackageKind::Plain | PackageKind::ForTest => {
            go_files.clone_from(&scan.go_files);
            cgo_files.clone_from(&scan.cgo_files);
            if own_tests && draft.kind == PackageKind::ForTest {
                go_files.extend(scan.test_files.iter().cloned());
            }
        }
    }
    let module = source.module.as_ref().and_then(|m| modules.id(m));
    let go_version = module.map(|m| {
        let version = modules.list[m].go_version.as_deref().filter(|v| !v.is_empty());
        version.unwrap_or(DEFAULT_GO_VERSION).to_owned()
    });
    let imports = draft.imports.iter().map(|e| Import {
        written: e.written.clone(),
        path: e.path.clone(),
        package: e.package.and_then(|p| ids[p]),
    });
    Package {
        import_path,
        path: draft.import_path.clone(),
        for_test,
        kind: draft.kind,
        name: draft.name.clone(),
        dir: scan.dir.clone(),
        root: source.root.clone(),
        goroot: source.goroot && draft.kind != PackageKind::TestMain,
        standard: source.standard() && matches!(draft.kind, PackageKind::Plain | PackageKind::ForTest),
        module,
        go_version,
        go_files,
        cgo_files,
        scan: scan.clone(),
        embed_files: draft.embed_files.clone(),
        test_embed_files: draft.test_embed_files.clone(),
        xtest_embed_files: draft.xtest_embed_files.clone(),
        imports: imports.collect(),
        deps: draft.deps.iter().filter_map(|&d| ids[d]).collect(),
        error: draft.error.clone(),
        incomplete: draft.incomplete,
        dep_only: true,
        matches: draft.matches.clone(),
        from_files: draft.from_files,
    }
}
