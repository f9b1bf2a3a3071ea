//! From a user's settings to a session: which SDK, which configuration, which packages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use escargo_base::System;
use escargo_dialect::GoVersion;
use escargo_load::dir::Memory;
use escargo_load::path::clean;
use escargo_load::sdk::{Request, SdkError, Sdks, Selection};
use escargo_load::{Config, Flags, GoEnv, LoadError, Loader, PackageGraph};

use crate::Session;

/// What a command works on: an SDK, and everything that decides what is loaded.
#[derive(Debug)]
pub struct Project {
    /// The SDK chosen, and why.
    pub selection: Selection,
    /// The configuration.
    pub config: Config,
}

/// Why there is no project.
#[derive(Debug)]
pub enum OpenError {
    /// No SDK could be had.
    Sdk(SdkError),
    /// The settings make no sense.
    Load(LoadError),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenError::Sdk(e) => e.fmt(f),
            OpenError::Load(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl Project {
    /// Chooses the SDK (`go` is the user's own choice) and settles the configuration.
    pub fn open(
        system: &dyn System,
        sdks: &Sdks<'_>,
        go: Option<String>,
        flags: Flags,
    ) -> Result<Project, OpenError> {
        let request =
            Request { go, ..module_lines(system, flags.chdir.as_deref()).map_err(OpenError::Load)? };
        let selection = sdks.select(&request).map_err(OpenError::Sdk)?;
        let sdk = &selection.sdk;
        let config = Config::from_env(system, &sdk.root, sdk.version, flags).map_err(OpenError::Load)?;
        Ok(Project { selection, config })
    }

    /// Loads the packages that the patterns name.
    pub fn load(
        &self,
        system: Arc<dyn System>,
        memory: Option<Arc<dyn Memory>>,
        patterns: &[String],
    ) -> Result<PackageGraph, LoadError> {
        Loader::new(system, self.config.clone()).with_memory(memory).load(patterns)
    }

    /// A session for the project's release and target.
    pub fn session(&self, system: Arc<dyn System>) -> Session {
        let target = self.config.context.target.clone();
        Session::new(system, self.selection.sdk.version, target, self.config.experiments)
    }
}

/// What the governing go.work or go.mod asks for. The go command reads these lines by themselves,
/// before anything else is looked at: an older toolchain may not understand the rest of the file.
fn module_lines(system: &dyn System, chdir: Option<&Path>) -> Result<Request, LoadError> {
    let cwd = system.current_dir().map_err(|e| LoadError::go(format!("getwd: {e}")))?;
    let dir = chdir.map_or_else(|| cwd.clone(), |dir| clean(&cwd.join(dir)));
    if let Some(named) = chdir.filter(|_| !system.is_dir(&dir)) {
        let there = system.metadata(&dir).is_ok();
        let problem = if there { "not a directory" } else { "no such file or directory" };
        return Err(LoadError::go(format!("chdir {}: {problem}", named.display())));
    }
    let env = GoEnv::read(system, None);
    if env.get("GO111MODULE").as_deref() == Some("off") {
        return Ok(Request::default());
    }
    let Some(file) = governing_file(system, &dir, env.get("GOWORK").as_deref()) else {
        return Ok(Request::default());
    };
    let text = system.read(&file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let toolchain = line_value(&text, "toolchain");
    let toolchain_default = toolchain == Some("default");
    let toolchain_line = match toolchain.filter(|name| !name.is_empty() && !toolchain_default) {
        None => None,
        Some(name) => Some(GoVersion::parse_toolchain(name).ok_or_else(|| {
            let shown = escargo_load::path::short_path(&cwd, &file);
            LoadError::go(format!("invalid toolchain {name:?} in {shown}"))
        })?),
    };
    let go_line = line_value(&text, "go").and_then(GoVersion::parse);
    Ok(Request { go: None, go_line, toolchain_line, toolchain_default })
}

/// The go.work at or above the directory, else its go.mod.
fn governing_file(system: &dyn System, dir: &Path, gowork: Option<&str>) -> Option<PathBuf> {
    let above = |name: &str| dir.ancestors().map(|d| d.join(name)).find(|f| system.is_file(f));
    let work = match gowork {
        Some("off") => None,
        None | Some("auto") => above("go.work"),
        Some(path) => Some(PathBuf::from(path)),
    };
    work.or_else(|| above("go.mod"))
}

/// What stands after a word at the start of a line, comments left out.
fn line_value<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix(word)?;
        let rest = rest.starts_with([' ', '\t']).then_some(rest)?;
        Some(rest.split_once("//").map_or(rest, |(value, _)| value).trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use escargo_base::MemSystem;

    fn request(system: &MemSystem) -> Request {
        module_lines(system, Some(Path::new("/m/sub"))).unwrap()
    }

    #[test]
    fn the_lines_of_the_governing_file() {
        let system = MemSystem::new();
        system.write("/m/sub/a.go", "");
        assert!(request(&system).go_line.is_none());
        system
            .write("/m/go.mod", "module m\ngoing 1.1\n\tgo  1.22.4 // why\nnonsense(\ntoolchain go1.24.11\n");
        let found = request(&system);
        assert_eq!(found.go_line, Some(GoVersion::release(22, 4)));
        assert_eq!(found.toolchain_line, Some(GoVersion::release(24, 11)));
        system.write("/go.work", "go 1.25.5\ntoolchain default\n");
        let found = request(&system);
        assert_eq!(found.go_line, Some(GoVersion::release(25, 5)));
        assert!(found.toolchain_default && found.toolchain_line.is_none());
        system.set_env("GOWORK", "off");
        assert_eq!(request(&system).go_line, Some(GoVersion::release(22, 4)));
        system.set_env("GO111MODULE", "off");
        assert_eq!(request(&system).go_line, None);
    }

    #[test]
    fn an_invalid_toolchain_line() {
        let system = MemSystem::new();
        system.write("/m/go.mod", "module m\ntoolchain newest\n");
        let error = module_lines(&system, Some(Path::new("/m"))).unwrap_err();
        assert_eq!(error.message, "go: invalid toolchain \"newest\" in m/go.mod");
    }
}
