//! The user's settings: the environment, and the file that `go env -w` writes.

use std::path::PathBuf;

use escargo_base::System;

/// Settings as the go command looks them up: the environment wins, empty values count as unset.
#[derive(Debug)]
pub struct UserEnv<'a> {
    system: &'a dyn System,
    /// Pairs of the go/env file, in its order.
    file: Vec<(String, String)>,
}

impl<'a> UserEnv<'a> {
    /// Reads the go/env file, if there is one.
    pub fn new(system: &'a dyn System) -> UserEnv<'a> {
        let mut env = UserEnv { system, file: Vec::new() };
        let path = match env.var("GOENV") {
            Some(off) if off == "off" => None,
            Some(path) => Some(PathBuf::from(path)),
            None => env.config_dir().map(|dir| dir.join("go").join("env")),
        };
        if let Some(text) = path.and_then(|path| system.read(&path).ok()) {
            env.file = parse(&String::from_utf8_lossy(&text));
        }
        env
    }

    /// A variable of the environment alone; empty counts as unset.
    pub fn var(&self, name: &str) -> Option<String> {
        self.system.env(name).filter(|value| !value.is_empty())
    }

    /// A setting: from the environment, else from the go/env file.
    pub fn get(&self, name: &str) -> Option<String> {
        self.var(name).or_else(|| {
            let found = self.file.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
        })
    }

    /// A setting that is a list of paths.
    pub fn paths(&self, name: &str) -> Vec<PathBuf> {
        self.get(name).map(|list| std::env::split_paths(&list).collect()).unwrap_or_default()
    }

    /// The user's home directory.
    pub fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.var(name).map(PathBuf::from)
    }

    /// Where Go keeps the user's configuration.
    fn config_dir(&self) -> Option<PathBuf> {
        if cfg!(windows) {
            return self.var("AppData").map(PathBuf::from);
        }
        if cfg!(target_os = "macos") {
            return self.home().map(|home| home.join("Library/Application Support"));
        }
        let dir = self.var("XDG_CONFIG_HOME").map(PathBuf::from);
        dir.or_else(|| self.home().map(|home| home.join(".config")))
    }

    /// This program's cache directory: `ESCARGO_CACHE`, else one in the user's cache directory.
    pub fn escargo_cache(&self) -> Option<PathBuf> {
        if let Some(dir) = self.var("ESCARGO_CACHE") {
            let dir = PathBuf::from(dir);
            return Some(if dir.is_absolute() { dir } else { self.system.current_dir().ok()?.join(dir) });
        }
        let base = if cfg!(windows) {
            self.var("LocalAppData").map(PathBuf::from)
        } else if cfg!(target_os = "macos") {
            self.home().map(|home| home.join("Library/Caches"))
        } else {
            let dir = self.var("XDG_CACHE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
            dir.or_else(|| self.home().map(|home| home.join(".cache")))
        };
        base.map(|dir| dir.join("escargo"))
    }

    /// The module cache.
    pub fn module_cache(&self) -> Option<PathBuf> {
        if let Some(dir) = self.get("GOMODCACHE") {
            return Some(PathBuf::from(dir));
        }
        let gopath = self.paths("GOPATH").into_iter().next();
        let gopath = gopath.or_else(|| self.home().map(|home| home.join("go")))?;
        Some(gopath.join("pkg/mod"))
    }
}

/// Lines `NAME=value`; anything else is ignored, as the go command ignores it.
fn parse(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    let named = pairs.filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_uppercase()));
    named.map(|(name, value)| (name.to_owned(), value.trim_end_matches('\r').to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use escargo_base::MemSystem;

    #[test]
    fn environment_before_file() {
        let system = MemSystem::new();
        system.write("/cfg/env", "GOPROXY=https://file.example\n# note\nGOFLAGS=-mod=mod\n");
        system.set_env("GOENV", "/cfg/env");
        system.set_env("GOPROXY", "off");
        let env = UserEnv::new(&system);
        assert_eq!(env.get("GOPROXY").as_deref(), Some("off"));
        assert_eq!(env.get("GOFLAGS").as_deref(), Some("-mod=mod"));
        assert_eq!(env.get("GOROOT"), None);
        system.set_env("GOENV", "off");
        assert_eq!(UserEnv::new(&system).get("GOFLAGS"), None);
    }
}
