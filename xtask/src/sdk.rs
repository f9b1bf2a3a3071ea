//! Finding real Go SDKs and running their programs.
//!
//! Most comparisons run them, and need a full SDK, one with `bin/go` and the compiler.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// The SDKs that the command line and the environment name.
#[derive(Debug, Default)]
pub struct Sdks {
    named: BTreeMap<String, PathBuf>,
    shelf: Option<PathBuf>,
}

impl Sdks {
    /// Takes `VERSION=PATH` pairs; `$ESCARGO_SDKS` may name a directory with one SDK per version.
    pub fn new(pairs: &[String]) -> Result<Sdks> {
        let mut named = BTreeMap::new();
        for pair in pairs {
            let Some((version, path)) = pair.split_once('=') else {
                bail!("--sdk wants VERSION=PATH, not {pair}");
            };
            named.insert(version.trim_start_matches("go").to_owned(), PathBuf::from(path));
        }
        Ok(Sdks { named, shelf: std::env::var_os("ESCARGO_SDKS").map(PathBuf::from) })
    }

    /// The SDK of a release, such as `1.27.3`.
    pub fn open(&self, version: &str) -> Result<Sdk> {
        let version = version.trim_start_matches("go");
        if let Some(path) = self.named.get(version) {
            return Sdk::at(path, Some(version));
        }
        let Some(shelf) = &self.shelf else {
            bail!("no Go {version}: give --sdk {version}=PATH, or set ESCARGO_SDKS to a directory of SDKs");
        };
        for place in [shelf.join(version).join("go"), shelf.join(version), shelf.join(format!("go{version}"))]
        {
            if place.join("VERSION").is_file() {
                return Sdk::at(&place, Some(version));
            }
        }
        bail!("no Go {version} in {}", shelf.display())
    }
}

/// One SDK.
#[derive(Clone, Debug)]
pub struct Sdk {
    /// Its GOROOT.
    pub root: PathBuf,
    /// Its release, without `go`.
    pub version: String,
}

impl Sdk {
    /// The SDK at a path; an error if it is none, or not the release wanted.
    pub fn at(root: &Path, wanted: Option<&str>) -> Result<Sdk> {
        let file = root.join("VERSION");
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let first = text.lines().next().unwrap_or("");
        let Some(version) = first.trim().strip_prefix("go") else {
            bail!("{} does not name a release: {first}", file.display());
        };
        if wanted.is_some_and(|w| w != version) {
            bail!("{} holds Go {version}, not {}", root.display(), wanted.unwrap_or_default());
        }
        let sdk = Sdk { root: std::path::absolute(root)?, version: version.to_owned() };
        // Recorded answers need no more than the source.
        if sdk.root.join("bin").is_dir() {
            sdk.make_runnable()?;
        }
        Ok(sdk)
    }

    /// The language version that this release gives to packages without a go.mod: `go1.27`.
    pub fn language(&self) -> String {
        let mut parts = self.version.split('.');
        let (major, minor) = (parts.next().unwrap_or("1"), parts.next().unwrap_or("0"));
        let minor = minor.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("0");
        format!("go{major}.{minor}")
    }

    /// The release's minor number: 27 for 1.27.3.
    pub fn minor(&self) -> u32 {
        self.language().rsplit('.').next().and_then(|s| s.parse().ok()).unwrap_or(0)
    }

    /// The go command, cut off from this machine's settings and from the network.
    pub fn go(&self) -> Result<Command> {
        let go = self.root.join("bin").join("go");
        if !go.is_file() {
            bail!("no {}: this comparison runs the toolchain and needs a whole SDK", go.display());
        }
        let mut command = Command::new(go);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|n| n.starts_with("GO") || n.starts_with("CGO_")) {
                command.env_remove(name);
            }
        }
        command
            .env("GOROOT", &self.root)
            .env("GOTOOLCHAIN", "local")
            .env("GOENV", "off")
            .env("GOWORK", "off")
            .env("GOPROXY", "off")
            .env("CGO_ENABLED", "0")
            .env("GOCACHE", workspace::scratch("go-build")?);
        Ok(command)
    }

    /// SDKs unpacked from wheels have lost their executable bits.
    #[cfg(unix)]
    fn make_runnable(&self) -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let mut dirs = vec![self.root.join("bin")];
        if let Ok(tools) = std::fs::read_dir(self.root.join("pkg").join("tool")) {
            dirs.extend(tools.flatten().map(|e| e.path()));
        }
        for dir in dirs {
            for entry in std::fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
                let path = entry?.path();
                // A link to something that was not unpacked is nothing to run.
                let Ok(known) = std::fs::metadata(&path) else { continue };
                let mut rights = known.permissions();
                if known.is_file() && rights.mode() & 0o100 == 0 {
                    rights.set_mode(rights.mode() | 0o755);
                    std::fs::set_permissions(&path, rights)
                        .with_context(|| format!("cannot make {} executable", path.display()))?;
                }
            }
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn make_runnable(&self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_versions() {
        let sdk = |v: &str| Sdk { root: PathBuf::new(), version: v.into() };
        assert_eq!(sdk("1.27.3").language(), "go1.27");
        assert_eq!(sdk("1.28rc1").language(), "go1.28");
        assert_eq!(sdk("1.24.11").minor(), 24);
    }

    #[test]
    fn pairs_need_an_equals_sign() {
        assert!(Sdks::new(&["1.27.3".into()]).is_err());
        let sdks = Sdks::new(&["go1.27.3=/nowhere/at/all".into()]).expect("well-formed");
        let err = format!("{:#}", sdks.open("1.27.3").expect_err("nothing there"));
        assert!(err.contains("VERSION"), "{err}");
    }
}
