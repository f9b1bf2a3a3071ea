//! The standard library with its types, for checking broken files of it against real imports.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use escargo_base::{FileId, Id, OsSystem, SourceMap, Symbol};
use escargo_check::{CheckFile, Checked, Config, ImportError, Importer, check_package};
use escargo_dialect::{CompilerModel, GoVersion, LangSet};
use escargo_load::{Flags, Loader, Package, PackageGraph, PackageId};
use escargo_syntax::{ParseOptions, Tree, parse};
use escargo_types::{PkgId, TypeStore};

use crate::sdk::Sdk;

/// Loads the packages that patterns name, as seen from an SDK's own source.
pub(super) fn load(sdk: &Sdk, patterns: &[&str]) -> Result<(PackageGraph, GoVersion)> {
    let version = GoVersion::parse(&sdk.version).ok_or_else(|| anyhow!("no release: {}", sdk.version))?;
    let system = Arc::new(OsSystem);
    let flags = Flags { chdir: Some(sdk.root.join("src")), cgo: Some(false), ..Flags::default() };
    let config = escargo_load::Config::from_env(&*system, &sdk.root, version, flags)
        .map_err(|e| anyhow!("{}", e.message))?;
    let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
    let graph = Loader::new(system, config).load(&patterns).map_err(|e| anyhow!("{}", e.message))?;
    Ok((graph, version))
}

/// Every package of std, checked.
#[derive(Debug)]
pub(super) struct World {
    graph: PackageGraph,
    store: TypeStore,
    sources: Arc<SourceMap>,
    types: Vec<Option<PkgId>>,
    config: Config,
}

struct Parsed {
    id: FileId,
    text: Arc<[u8]>,
    tree: Tree,
}

impl World {
    pub(super) fn new(sdk: &Sdk) -> Result<World> {
        let (graph, version) = load(sdk, &["std"])?;
        let sources = Arc::new(SourceMap::new());
        let model = CompilerModel::for_toolchain(version);
        let mut config = escargo_testkit::imports::config(sources.clone());
        config.lang = LangSet::for_version(model.own_language());
        let types = vec![None; graph.packages.len()];
        let mut world = World { graph, store: TypeStore::new(), sources, types, config };
        for i in 0..world.types.len() {
            let id = PackageId::from_index(i);
            world.types[i] = Some(match &*world.graph.packages[id].path {
                "unsafe" => world.store.universe().unsafe_pkg,
                _ => world.check(id, None)?.pkg,
            });
        }
        Ok(world)
    }

    fn parse(&self, path: PathBuf, text: Arc<[u8]>) -> Parsed {
        let id = self.sources.add(path, text.clone());
        let mut tree = parse(&text, ParseOptions::default());
        self.sources.file(id).set_line_directives(std::mem::take(&mut tree.line_directives));
        Parsed { id, text, tree }
    }

    /// Checks a package, perhaps with another text for one of its files.
    fn check(&self, id: PackageId, other: Option<(&PathBuf, &[u8])>) -> Result<Checked> {
        let package = &self.graph.packages[id];
        let mut files = Vec::new();
        for file in &package.go_files {
            let path = package.file_path(file);
            let text: Arc<[u8]> = match other {
                Some((broken, text)) if *broken == path => text.into(),
                _ => std::fs::read(&path)?.into(),
            };
            files.push(self.parse(path, text));
        }
        let files: Vec<CheckFile<'_>> = files
            .iter()
            .map(|f| CheckFile { id: f.id, tree: &f.tree, src: &f.text, lang: self.config.lang })
            .collect();
        let path = Symbol::intern(&package.path);
        let imports = Imports { world: self, package };
        Ok(check_package(&self.store, &self.config, path, &files, &imports))
    }

    /// Checks the package that a file belongs to, with another text for the file. The number of
    /// errors; `None` if no package has the file.
    pub(super) fn check_broken(&self, path: &PathBuf, text: &[u8]) -> Result<Option<usize>> {
        let dir = path.parent();
        let has = |p: &Package| {
            Some(&*p.dir) == dir && p.go_files.iter().any(|f| p.file_path(f) == *path) && p.path != "unsafe"
        };
        let found = self.graph.packages.iter_enumerated().find(|(_, p)| has(p));
        let Some((id, _)) = found else { return Ok(None) };
        Ok(Some(self.check(id, Some((path, text)))?.errors.len()))
    }
}

struct Imports<'w> {
    world: &'w World,
    package: &'w Package,
}

impl Importer for Imports<'_> {
    fn import(&self, path: &str) -> Result<PkgId, ImportError> {
        if path == "unsafe" {
            return Ok(self.world.store.universe().unsafe_pkg);
        }
        let found = self.package.import(path).and_then(|id| self.world.types[id.index()]);
        found.ok_or_else(|| ImportError { message: format!("package {path} is not in std") })
    }
}
