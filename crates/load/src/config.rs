//! What is to be loaded how: flags, environment, `go env -w`'s file and the SDK's `go.env`.

use std::path::{Path, PathBuf};

use escargo_base::System;
use escargo_dialect::{Experiments, GoVersion, Target};
use rustc_hash::FxHashMap;

use crate::context::BuildContext;
use crate::error::LoadError;
use crate::path::clean;

/// Settings as the go command finds them: environment first, then the user's file, then the SDK's.
#[derive(Debug)]
pub struct GoEnv<'a> {
    system: &'a dyn System,
    file: FxHashMap<String, String>,
}

impl<'a> GoEnv<'a> {
    /// Reads the files. `goroot` is not needed before an SDK is chosen.
    pub fn read(system: &'a dyn System, goroot: Option<&Path>) -> GoEnv<'a> {
        let mut file = FxHashMap::default();
        if let Some(goroot) = goroot {
            read_env_file(system, &goroot.join("go.env"), &mut file);
        }
        if let Some(user) = user_file(system) {
            read_env_file(system, &user, &mut file);
        }
        GoEnv { system, file }
    }

    /// The value of a setting; empty values count as absent.
    pub fn get(&self, name: &str) -> Option<String> {
        let own = self.system.env(name).filter(|v| !v.is_empty());
        own.or_else(|| self.file.get(name).filter(|v| !v.is_empty()).cloned())
    }
}

fn user_file(system: &dyn System) -> Option<PathBuf> {
    let var = |name| system.env(name).filter(|v| !v.is_empty());
    match var("GOENV") {
        Some(off) if off == "off" => return None,
        Some(file) => return Some(PathBuf::from(file)),
        None => {}
    }
    let dir = if cfg!(windows) {
        PathBuf::from(var("AppData")?)
    } else if cfg!(target_os = "macos") {
        Path::new(&var("HOME")?).join("Library/Application Support")
    } else {
        match var("XDG_CONFIG_HOME") {
            Some(dir) if Path::new(&dir).is_absolute() => PathBuf::from(dir),
            Some(_) => return None,
            None => Path::new(&var("HOME")?).join(".config"),
        }
    };
    Some(dir.join("go/env"))
}

fn read_env_file(system: &dyn System, path: &Path, into: &mut FxHashMap<String, String>) {
    let Ok(text) = system.read(path) else { return };
    for line in String::from_utf8_lossy(&text).lines() {
        if let Some((key, value)) = line.trim().split_once('=')
            && key.starts_with(|c: char| c.is_ascii_uppercase())
        {
            into.insert(key.to_owned(), value.to_owned());
        }
    }
}

/// What the command line says; everything absent is taken from `GOFLAGS` and the environment.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `-C`: directory to work in.
    pub chdir: Option<PathBuf>,
    /// `-tags`, as written.
    pub tags: Option<String>,
    /// `-mod`.
    pub mod_mode: Option<String>,
    /// `-modfile`.
    pub modfile: Option<String>,
    /// Load test variants of the named packages.
    pub tests: bool,
    /// Whether files that import "C" belong to packages; `None`: only if `CGO_ENABLED=1` is set.
    pub cgo: Option<bool>,
    /// GOOS.
    pub goos: Option<String>,
    /// GOARCH.
    pub goarch: Option<String>,
    /// `-trimpath`.
    pub trimpath: bool,
    /// `-race`, `-msan` or `-asan`, without the dash.
    pub instrument: Option<String>,
}

/// How import paths find their way into modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModMode {
    /// go.mod may be added to: missing requirements are looked for.
    Mod,
    /// go.mod must say everything.
    Readonly,
    /// Only the vendor directory counts.
    Vendor,
}

impl std::fmt::Display for ModMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ModMode::Mod => "mod",
            ModMode::Readonly => "readonly",
            ModMode::Vendor => "vendor",
        })
    }
}

/// `GO111MODULE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleSwitch {
    /// Modules, go.mod or not.
    On,
    /// Modules where there is a go.mod.
    Auto,
    /// GOPATH mode.
    Off,
}

/// Everything that decides what is loaded.
#[derive(Clone, Debug)]
pub struct Config {
    /// The SDK's root.
    pub goroot: PathBuf,
    /// Directory that patterns start from.
    pub dir: PathBuf,
    /// Tags, target, toolchain.
    pub context: BuildContext,
    /// Experiments in force.
    pub experiments: Experiments,
    /// `-mod`, where given.
    pub mod_mode: Option<ModMode>,
    /// `-modfile`.
    pub modfile: Option<PathBuf>,
    /// `GO111MODULE`.
    pub modules: ModuleSwitch,
    /// `GOWORK`, where set.
    pub gowork: Option<String>,
    /// Elements of `GOPATH`.
    pub gopath: Vec<PathBuf>,
    /// `GOMODCACHE`.
    pub modcache: PathBuf,
    /// `GOTOOLCHAIN`, where it is set and not `auto`; told in messages.
    pub gotoolchain: Option<String>,
    /// `GOPROXY` forbids every download.
    pub goproxy_off: bool,
    /// Load test variants of the named packages.
    pub tests: bool,
    /// `-trimpath`.
    pub trimpath: bool,
    /// `-race`, `-msan` or `-asan`, without the dash.
    pub instrument: Option<String>,
    /// `GOFLAGS` had flags that this loader does not know; kept for messages.
    pub goflags: Vec<String>,
}

impl Config {
    /// Settles every question from flags, `GOFLAGS` and environment.
    pub fn from_env(
        system: &dyn System,
        goroot: &Path,
        toolchain: GoVersion,
        mut flags: Flags,
    ) -> Result<Config, LoadError> {
        let env = GoEnv::read(system, Some(goroot));
        let goflags = apply_goflags(&env, &mut flags)?;
        let cwd = system.current_dir().map_err(|e| LoadError::go(format!("getwd: {e}")))?;
        let dir = flags.chdir.as_ref().map_or_else(|| cwd.clone(), |d| clean(&cwd.join(d)));
        if flags.chdir.is_some() && !system.is_dir(&dir) {
            return Err(LoadError::go(format!("chdir {}: no such file or directory", dir.display())));
        }
        let host = Target::host();
        let goos = flags.goos.or_else(|| env.get("GOOS"));
        let goarch = flags.goarch.or_else(|| env.get("GOARCH"));
        let target =
            Target::new(goos.as_deref().unwrap_or(host.goos()), goarch.as_deref().unwrap_or(host.goarch()));
        target.check(toolchain).map_err(LoadError::go)?;
        let level = target.level_variable().and_then(|name| env.get(name)).unwrap_or_default();
        let experiments =
            Experiments::parse(toolchain, &target, &env.get("GOEXPERIMENT").unwrap_or_default())
                .map_err(LoadError::go)?;
        let cgo = flags.cgo.unwrap_or_else(|| env.get("CGO_ENABLED").is_some_and(|v| v == "1"));
        let tags = split_tags(flags.tags.as_deref().unwrap_or(""));
        let mut context =
            BuildContext::new(target, toolchain, cgo, tags, &experiments, &level).map_err(LoadError::go)?;
        if let Some(tool) = &flags.instrument {
            context.add_tool_tag(tool);
        }
        let (gopath, modcache) = places(&env, system, goroot);
        Ok(Config {
            goroot: goroot.to_owned(),
            mod_mode: parse_mod(flags.mod_mode.as_deref())?,
            modfile: flags.modfile.filter(|f| !f.is_empty()).map(|f| clean(&dir.join(f))),
            dir,
            context,
            experiments,
            modules: switch(env.get("GO111MODULE").as_deref())?,
            gowork: env.get("GOWORK"),
            gopath,
            modcache,
            gotoolchain: env.get("GOTOOLCHAIN").filter(|t| t != "auto"),
            goproxy_off: env.get("GOPROXY").is_some_and(|p| p == "off"),
            tests: flags.tests,
            trimpath: flags.trimpath,
            instrument: flags.instrument,
            goflags,
        })
    }
}

fn parse_mod(mode: Option<&str>) -> Result<Option<ModMode>, LoadError> {
    Ok(match mode {
        None | Some("") => None,
        Some("mod") => Some(ModMode::Mod),
        Some("readonly") => Some(ModMode::Readonly),
        Some("vendor") => Some(ModMode::Vendor),
        Some(other) => {
            return Err(LoadError::plain(format!(
                "-mod={other} not supported (can be '', 'mod', 'readonly', or 'vendor')"
            )));
        }
    })
}

fn switch(value: Option<&str>) -> Result<ModuleSwitch, LoadError> {
    Ok(match value {
        None | Some("on") => ModuleSwitch::On,
        Some("auto") => ModuleSwitch::Auto,
        Some("off") => ModuleSwitch::Off,
        Some(other) => {
            return Err(LoadError::go(format!("unknown environment setting GO111MODULE={other}")));
        }
    })
}

/// GOPATH's elements and GOMODCACHE.
fn places(env: &GoEnv<'_>, system: &dyn System, goroot: &Path) -> (Vec<PathBuf>, PathBuf) {
    let separator = if cfg!(windows) { ';' } else { ':' };
    let mut gopath: Vec<PathBuf> = match env.get("GOPATH") {
        Some(list) => list.split(separator).filter(|p| !p.is_empty()).map(PathBuf::from).collect(),
        None => {
            let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
            system.env(home).filter(|h| !h.is_empty()).map(|h| Path::new(&h).join("go")).into_iter().collect()
        }
    };
    // A GOPATH inside itself or equal to GOROOT would show the standard library twice.
    gopath.retain(|p| p.is_absolute() && p != goroot && *p != goroot.join("src"));
    let modcache = env.get("GOMODCACHE").map(PathBuf::from);
    let modcache = modcache.unwrap_or_else(|| {
        gopath.first().map_or_else(|| PathBuf::from("/nonexistent"), |p| p.join("pkg/mod"))
    });
    (gopath, modcache)
}

/// Takes what `GOFLAGS` says where the command line is silent. Returns the flags passed over.
fn apply_goflags(env: &GoEnv<'_>, flags: &mut Flags) -> Result<Vec<String>, LoadError> {
    let text = env.get("GOFLAGS").unwrap_or_default();
    let fields = split_quoted(&text)
        .ok_or_else(|| LoadError::go(format!("parsing $GOFLAGS: unterminated string in {text:?}")))?;
    let mut unknown = Vec::new();
    for field in fields {
        let name = field.trim_start_matches('-');
        if field.len() - name.len() == 0 || field.len() - name.len() > 2 || name.is_empty() {
            return Err(LoadError::go(format!("parsing $GOFLAGS: non-flag {field:?}")));
        }
        let (name, value) = name.split_once('=').map_or((name, None), |(n, v)| (n, Some(v.to_owned())));
        let on = value.as_deref().is_none_or(|v| matches!(v, "1" | "t" | "T" | "true" | "TRUE" | "True"));
        match name {
            "tags" => flags.tags = flags.tags.take().or(value),
            "mod" => flags.mod_mode = flags.mod_mode.take().or(value),
            "modfile" => flags.modfile = flags.modfile.take().or(value),
            "trimpath" => flags.trimpath |= on,
            "race" | "msan" | "asan" if on => {
                flags.instrument = flags.instrument.take().or_else(|| Some(name.to_owned()));
            }
            _ => unknown.push(field),
        }
    }
    Ok(unknown)
}

/// The value of `-tags`: separated by commas, or (the old way) by spaces.
fn split_tags(text: &str) -> Vec<String> {
    if text.contains([' ', '\'']) {
        return split_quoted(text).unwrap_or_default();
    }
    text.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

/// Fields separated by blanks; a field may be quoted as a whole with `'` or `"`.
fn split_quoted(text: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let field;
        if first == '"' || first == '\'' {
            let end = rest[1..].find(first)?;
            field = &rest[1..=end];
            rest = &rest[end + 2..];
        } else {
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            (field, rest) = rest.split_at(end);
        }
        fields.push(field.to_owned());
        rest = rest.trim_start();
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use escargo_base::MemSystem;

    use super::*;

    fn config(sys: &MemSystem, flags: Flags) -> Result<Config, LoadError> {
        Config::from_env(sys, Path::new("/go"), GoVersion::release(27, 3), flags)
    }

    #[test]
    fn environment_beats_files_and_flags_beat_all() {
        let sys = MemSystem::new();
        sys.write("/go/go.env", "# c\nGOFLAGS=-tags=sdk\nGOARCH=arm64\n");
        sys.write("/home/.config/go/env", "GOFLAGS=-tags=user,two -mod=mod -x=1\nGOOS=windows\n");
        sys.set_env("HOME", "/home");
        let c = config(&sys, Flags::default()).unwrap();
        assert_eq!(c.context.build_tags, ["user", "two"]);
        assert_eq!((c.context.target.goos(), c.context.target.goarch()), ("windows", "arm64"));
        assert_eq!((c.mod_mode, &c.goflags[..]), (Some(ModMode::Mod), &["-x=1".to_owned()][..]));
        assert_eq!(c.gopath, [Path::new("/home/go")]);
        assert_eq!(c.modcache, Path::new("/home/go/pkg/mod"));
        sys.set_env("GOFLAGS", "'-tags=a b'");
        sys.set_env("GOOS", "linux");
        let c = config(&sys, Flags { mod_mode: Some("vendor".into()), ..Flags::default() }).unwrap();
        assert_eq!(c.context.build_tags, ["a", "b"]);
        assert_eq!((c.mod_mode, c.context.target.goos()), (Some(ModMode::Vendor), "linux"));
        sys.set_env("GOENV", "off");
        sys.set_env("GOFLAGS", "");
        assert_eq!(config(&sys, Flags::default()).unwrap().context.build_tags, ["sdk"]);
    }

    #[test]
    fn bad_settings() {
        let sys = MemSystem::new();
        let error = |name: &str, value: &str| {
            sys.set_env(name, value);
            let e = config(&sys, Flags::default()).unwrap_err().message;
            sys.set_env(name, "");
            e
        };
        assert_eq!(
            error("GOOS", "nowhere"),
            format!("go: unsupported GOOS/GOARCH pair nowhere/{}", Target::host().goarch())
        );
        assert_eq!(error("GOEXPERIMENT", "bogus"), "go: unknown GOEXPERIMENT bogus");
        assert_eq!(error("GO111MODULE", "maybe"), "go: unknown environment setting GO111MODULE=maybe");
        assert_eq!(error("GOFLAGS", "x"), "go: parsing $GOFLAGS: non-flag \"x\"");
        let flags = Flags { chdir: Some("nowhere".into()), ..Flags::default() };
        assert_eq!(config(&sys, flags).unwrap_err().message, "go: chdir /nowhere: no such file or directory");
    }
}
