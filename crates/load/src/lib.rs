//! Finding SDKs, modules, packages and files.

pub mod config;
pub mod constraint;
pub mod context;
pub mod dir;
pub mod embed;
pub mod error;
pub mod header;
pub mod modfile;
pub mod path;
pub mod pattern;
pub mod sdk;
