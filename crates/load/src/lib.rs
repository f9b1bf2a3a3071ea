//! Finding SDKs, modules, packages and files.

pub mod constraint;
pub mod context;
pub mod header;
pub mod dir;
