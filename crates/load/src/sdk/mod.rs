//! Go SDKs: finding the one to read, and fetching one where there is none.
//!
//! [`Sdks`] is the door: [`Sdks::select`] chooses by the rules of the go command, extended by the
//! places this program knows; [`Sdks::install`], [`Sdks::list`], [`Sdks::remove`] serve the command
//! line. Reading goes through [`System`]; what is installed goes straight to the disk.

mod env;
mod error;
mod locate;
mod manager;
mod process;
mod select;
pub mod source;
mod store;
mod unpack;

use std::path::{Path, PathBuf};

use escargo_base::System;
use escargo_dialect::{GoVersion, Target};

pub use env::UserEnv;
pub use error::SdkError;
pub use manager::{Listed, Sdks};
pub use select::{Reason, Request, Selection};

/// Where an SDK was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A directory the user named.
    Named,
    /// `GOROOT`.
    Goroot,
    /// The `go` command on `PATH`.
    Path,
    /// A usual place of installation.
    Usual,
    /// A toolchain in the module cache.
    ModuleCache,
    /// This program's own cache.
    Cache,
}

impl Origin {
    /// A few words for listings.
    pub fn describe(&self) -> &'static str {
        match self {
            Origin::Named => "named",
            Origin::Goroot => "GOROOT",
            Origin::Path => "PATH",
            Origin::Usual => "system",
            Origin::ModuleCache => "module cache",
            Origin::Cache => "escargo's cache",
        }
    }
}

/// A Go SDK on disk: at least `src` and a known version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sdk {
    /// GOROOT.
    pub root: PathBuf,
    /// Its version.
    pub version: GoVersion,
    /// The name its VERSION file gives it, vendor's suffix included (`go1.21.3-bigcorp`).
    pub name: String,
    /// Where it was found.
    pub origin: Origin,
}

impl Sdk {
    /// The SDK in a directory, or why there is none.
    pub fn open(system: &dyn System, root: &Path, origin: Origin) -> Result<Sdk, SdkError> {
        locate::open(system, root, origin)
            .map_err(|problem| SdkError::NotAnSdk { root: root.to_owned(), problem })
    }

    /// The directory of the standard library's source.
    pub fn src(&self) -> PathBuf {
        self.root.join("src")
    }

    /// A tool of the SDK (`cgo`, `compile`), if the SDK is whole. `host` is `GOOS_GOARCH`.
    pub fn tool(&self, system: &dyn System, host: &str, name: &str) -> Option<PathBuf> {
        let file = self.root.join("pkg/tool").join(host).join(exe(name));
        system.is_file(&file).then_some(file)
    }

    /// Its go command, if the SDK is whole: one that can also compile. Only the source is needed for reading.
    pub fn go_command(&self, system: &dyn System) -> Option<PathBuf> {
        let host = Target::host();
        self.tool(system, &format!("{}_{}", host.goos(), host.goarch()), "compile")?;
        let file = self.root.join("bin").join(exe("go"));
        system.is_file(&file).then_some(file)
    }

    /// The value with which the SDK was built for a setting such as `GOARM`, `GO386` or
    /// `GOEXPERIMENT`, empty values included. `None` where the SDK does not say.
    pub fn built_in(&self, system: &dyn System, setting: &str) -> Option<String> {
        let file = system.read(&self.src().join("internal/buildcfg/zbootstrap.go")).ok()?;
        locate::bootstrap_constant(&String::from_utf8_lossy(&file), setting)
    }
}

/// The file name of an executable on this machine.
fn exe(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// What is told while an SDK is fetched. Calls may come from several threads.
pub trait Progress: Sync {
    /// A line worth printing once: `downloading go1.27.3 (linux/amd64)`.
    fn note(&self, line: &str);
    /// A stage begins, with its amount of work in bytes where that is known.
    fn start(&self, stage: &str, total: Option<u64>);
    /// So many bytes more are done.
    fn advance(&self, bytes: u64);
    /// The stage is over.
    fn finish(&self) {}
}

/// Tells nobody anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn note(&self, _: &str) {}
    fn start(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
}

#[cfg(test)]
mod select_tests;
#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod testing;
