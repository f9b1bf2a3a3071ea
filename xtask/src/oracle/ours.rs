//! What escargo's own loader says, in the terms of `go list`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use escargo_base::{MemSystem, OsSystem, System};
use escargo_dialect::{Experiments, GoVersion, Target};
use escargo_driver::Session;
use escargo_load::{Config, Flags, GoFile, Loader, Package as Loaded, PackageGraph, PackageKind};

use super::golist::{Module, Package, PackageError, Query, query_dir};
use crate::sdk::Sdk;

/// The real disk with an environment of our own, the one that `go list` is given.
pub fn system(sdk: &Sdk, query: &Query) -> Result<Arc<dyn System>> {
    let system = MemSystem::over(Arc::new(OsSystem));
    for (name, _) in std::env::vars_os() {
        if let Some(name) = name.to_str().filter(|n| n.starts_with("GO") || n.starts_with("CGO_")) {
            system.set_env(name, "");
        }
    }
    let fixed = [("GOENV", "off"), ("GOWORK", "off"), ("GOTOOLCHAIN", "local"), ("CGO_ENABLED", "0")];
    for (name, value) in fixed {
        system.set_env(name, value);
    }
    system.set_env("GOROOT", &sdk.root.to_string_lossy());
    system.set_env("GOOS", &query.goos);
    system.set_env("GOARCH", &query.goarch);
    for (name, value) in &query.env {
        system.set_env(name, value);
    }
    system.set_current_dir(query_dir(query)?);
    Ok(Arc::new(system))
}

/// Loads packages as [`super::golist::list`] would.
pub fn load(sdk: &Sdk, query: &Query) -> Result<PackageGraph> {
    let system = system(sdk, query)?;
    let toolchain = GoVersion::parse(&format!("go{}", sdk.version)).context("the SDK's release")?;
    let flags = Flags { tags: Some(query.tags.clone()).filter(|t| !t.is_empty()), ..Flags::default() };
    let config = Config::from_env(&*system, &sdk.root, toolchain, flags).map_err(|e| anyhow!("{e}"))?;
    Loader::new(system, config).load(&query.patterns).map_err(|e| anyhow!("{e}"))
}

/// A session for checking what [`load`] finds.
pub fn session(sdk: &Sdk, query: &Query) -> Result<Session> {
    let toolchain = GoVersion::parse(&format!("go{}", sdk.version)).context("the SDK's release")?;
    let target = Target::new(&query.goos, &query.goarch);
    let experiments = Experiments::parse(toolchain, &target, "").map_err(|e| anyhow!(e))?;
    Ok(Session::new(system(sdk, query)?, toolchain, target, experiments))
}

/// Our packages in the terms of `go list`.
pub fn packages(graph: &PackageGraph, deps: bool) -> Vec<Package> {
    let plain = graph.packages.iter().filter(|p| p.kind == PackageKind::Plain && (deps || !p.dep_only));
    plain.map(|p| package(graph, p)).collect()
}

fn names(files: &[GoFile]) -> Vec<String> {
    files.iter().map(|f| f.name.to_string()).collect()
}

fn package(graph: &PackageGraph, p: &Loaded) -> Package {
    let mut import_map = BTreeMap::new();
    for import in p.imports.iter().filter(|i| i.written != i.path) {
        import_map.insert(import.written.to_string(), import.path.to_string());
    }
    let mut imports: Vec<String> = p.imports.iter().map(|i| i.path.to_string()).collect();
    imports.dedup();
    Package {
        import_path: p.import_path.clone(),
        name: p.name.clone(),
        dir: shown(&p.dir),
        standard: p.standard,
        dep_only: p.dep_only,
        go_files: names(&p.go_files),
        cgo_files: names(&p.cgo_files),
        ignored_go_files: p.scan.ignored_go_files.clone(),
        s_files: p.scan.other.s.clone(),
        test_go_files: names(&p.scan.test_files),
        x_test_go_files: names(&p.scan.xtest_files),
        embed_patterns: p.scan.embeds.iter().map(|(pattern, _)| pattern.to_string()).collect(),
        embed_files: p.embed_files.clone(),
        imports,
        import_map,
        module: p.module.map(|id| {
            let m = &graph.modules[id];
            Module { path: m.path.clone(), version: m.version.clone(), go_version: m.go_version.clone() }
        }),
        error: p.error.as_ref().map(|e| PackageError { pos: String::new(), err: e.to_string() }),
        ..Package::default()
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
