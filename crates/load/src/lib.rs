//! Finding SDKs, modules, packages and files, as the go command does.
//!
//! [`Config::from_env`] settles what is built for and where modules come from; [`Loader::load`]
//! turns patterns into a [`PackageGraph`]. Directories are read in parallel, each file once.
//!
//! Must not know: types, IR.

pub mod asm;
mod build;
pub mod config;
pub mod constraint;
pub mod context;
pub mod dir;
pub mod embed;
pub mod error;
pub mod gopath;
pub mod graph;
pub mod header;
mod loader;
pub mod modfile;
pub mod modules;
pub mod path;
pub mod pattern;
pub mod require;
pub mod resolve;
pub mod sdk;
mod select;
mod session;
mod variants;
pub mod vendor;

pub use config::{Config, Flags, GoEnv, ModMode, ModuleSwitch};
pub use context::BuildContext;
pub use dir::{DirPackage, GoFile};
pub use error::{ImportStep, LoadError, PackageError};
pub use graph::{FileStamp, Import, Module, ModuleId, Package, PackageGraph, PackageId, PackageKind};
pub use loader::Loader;
