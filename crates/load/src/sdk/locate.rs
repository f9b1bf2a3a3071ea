//! SDKs on this machine: what makes a directory one, and where they usually are.

use std::path::{Path, PathBuf};

use escargo_base::System;
use escargo_dialect::GoVersion;

use super::env::UserEnv;
use super::{Origin, Sdk, exe};

/// The SDK in a directory, or what is missing.
pub(super) fn open(system: &dyn System, root: &Path, origin: Origin) -> Result<Sdk, String> {
    if !system.is_dir(root) {
        return Err("no such directory".to_owned());
    }
    // Packages that every release has: a `src` of something else does not.
    for package in ["src/runtime", "src/fmt"] {
        if !system.is_dir(&root.join(package)) {
            return Err(format!("it has no {package}"));
        }
    }
    let name = version_name(system, root).ok_or("its version is not known: it has no VERSION file")?;
    let version =
        GoVersion::parse_toolchain(&name).ok_or_else(|| format!("its version {name:?} is malformed"))?;
    Ok(Sdk { root: root.to_owned(), version, name, origin })
}

/// The version an SDK says it has: in VERSION; where a distribution keeps that file elsewhere, in
/// what the build left in the source; a build from source says only the language.
fn version_name(system: &dyn System, root: &Path) -> Option<String> {
    let text = |path: &str| Some(String::from_utf8_lossy(&system.read(&root.join(path)).ok()?).into_owned());
    if let Some(version) = text("VERSION") {
        return version.lines().next().map(|line| line.trim().to_owned());
    }
    let built =
        text("src/internal/buildcfg/zbootstrap.go").and_then(|text| bootstrap_constant(&text, "version"));
    built.filter(|name| !name.is_empty()).or_else(|| {
        let source = text("src/internal/goversion/goversion.go")?;
        let minor: u32 =
            source.lines().find_map(|line| line.strip_prefix("const Version = "))?.trim().parse().ok()?;
        Some(format!("devel go1.{minor}"))
    })
}

/// A constant of `internal/buildcfg/zbootstrap.go`: ``const DefaultGOARM = `7` ``.
pub(super) fn bootstrap_constant(text: &str, setting: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.strip_prefix("const ")?.split_once(" = ")?;
        let named = name == setting
            || name.strip_prefix("Default").or_else(|| name.strip_prefix("default")) == Some(setting);
        let value = value.trim();
        let quoted = value.strip_prefix('`').and_then(|v| v.strip_suffix('`'));
        let quoted = quoted.or_else(|| value.strip_prefix('"').and_then(|v| v.strip_suffix('"')));
        quoted.filter(|_| named).map(str::to_owned)
    })
}

/// The SDK of the first `go` on PATH. `ask` runs a `go` that is only a wrapper for its GOROOT.
pub(super) fn on_path(env: &UserEnv<'_>, system: &dyn System, ask: AskGo) -> Option<Sdk> {
    let file = std::env::split_paths(&env.var("PATH")?)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(exe("go")))
        .find(|file| system.is_file(file))?;
    let real = system.canonicalize(&file).unwrap_or_else(|_| file.clone());
    let beside = real.parent().filter(|dir| dir.ends_with("bin")).and_then(Path::parent);
    let found = beside.and_then(|root| open(system, root, Origin::Path).ok());
    found.or_else(|| open(system, &ask(&file)?, Origin::Path).ok())
}

/// Asks a go command for its GOROOT.
pub(super) type AskGo = fn(&Path) -> Option<PathBuf>;

/// The places where installers put SDKs, in the order in which they are preferred; within a place
/// the newest first.
pub(super) fn usual_places(env: &UserEnv<'_>, system: &dyn System) -> Vec<Sdk> {
    let at = |root: &&str| open(system, Path::new(root), Origin::Usual).ok();
    let mut found = Vec::new();
    if cfg!(windows) {
        found.extend([r"C:\Program Files\Go", r"C:\Go"].iter().filter_map(at));
    } else {
        found.extend(at(&"/usr/local/go"));
        found.extend(versioned(system, Path::new("/usr/lib"), "go-1.", Origin::Usual));
        const OTHERS: &[&str] = &[
            "/usr/lib/go",
            "/usr/lib/golang",
            "/snap/go/current",
            "/opt/homebrew/opt/go/libexec",
            "/usr/local/opt/go/libexec",
        ];
        found.extend(OTHERS.iter().filter_map(at));
    }
    if let Some(home) = env.home() {
        found.extend(versioned(system, &home.join("sdk"), "go", Origin::Usual));
    }
    if let Some(cache) = env.module_cache() {
        found.extend(versioned(system, &cache.join("golang.org"), "toolchain@", Origin::ModuleCache));
    }
    found
}

/// The SDKs among the subdirectories of `dir` whose names start with `prefix`, newest first.
pub(super) fn versioned(system: &dyn System, dir: &Path, prefix: &str, origin: Origin) -> Vec<Sdk> {
    let Ok(entries) = system.read_dir(dir) else { return Vec::new() };
    let named = entries.iter().filter(|entry| entry.name.starts_with(prefix));
    let mut sdks: Vec<Sdk> =
        named.filter_map(|entry| open(system, &dir.join(&entry.name), origin.clone()).ok()).collect();
    sdks.sort_by(|a, b| b.version.toolchain_order(a.version));
    sdks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdk::testing::write_sdk;
    use escargo_base::MemSystem;

    #[test]
    fn versions_are_read_wherever_they_stand() {
        let system = MemSystem::new();
        write_sdk(&system, "/a", "go1.21.3-bigcorp\ntime 2023-10-01T00:00:00Z\n");
        write_sdk(&system, "/b", "");
        system.remove("/b/VERSION");
        system.write(
            "/b/src/internal/buildcfg/zbootstrap.go",
            "const defaultGOARM = `5`\nconst version = `go1.19.8`\n",
        );
        write_sdk(&system, "/c", "");
        system.remove("/c/VERSION");
        system.write("/c/src/internal/goversion/goversion.go", "package goversion\n\nconst Version = 26\n");
        let open =
            |root: &str| open(&system, Path::new(root), Origin::Named).map(|sdk| sdk.version.to_string());
        assert_eq!(open("/a").as_deref(), Ok("go1.21.3"));
        assert_eq!(open("/b").as_deref(), Ok("go1.19.8"));
        assert_eq!(open("/c").as_deref(), Ok("go1.26"));
        assert_eq!(open("/d"), Err("no such directory".to_owned()));
        let b = Sdk::open(&system, Path::new("/b"), Origin::Named).unwrap();
        assert_eq!(b.built_in(&system, "GOARM").as_deref(), Some("5"));
    }

    #[test]
    fn a_go_command_leads_to_its_root() {
        let system = MemSystem::new();
        write_sdk(&system, "/opt/go", "go1.24.11");
        system.write("/opt/go/bin/go", "");
        system.write("/shim/go", "#!/bin/sh");
        let found = |path: &str, ask: AskGo| {
            system.set_env("PATH", path);
            on_path(&UserEnv::new(&system), &system, ask).map(|sdk| sdk.root)
        };
        assert_eq!(found("relative:/none:/opt/go/bin", |_| None), Some("/opt/go".into()));
        assert_eq!(found("/shim", |_| None), None);
        assert_eq!(found("/shim", |_| Some("/opt/go".into())), Some("/opt/go".into()));
    }
}
