//! Compiling packages as far as their diagnostics need it: from source to what the compiler says of inlining and
//! escapes.

mod compile;
pub mod flags;
mod late;
mod optlog;
mod outline;
mod packages;
mod run;
mod spare;
mod unit_entry;
mod unit_key;
mod units;

#[cfg(feature = "check-solver")]
pub use escargo_escape::compared_solutions;
pub use flags::{FlagError, GcFlags, PackageFlags};
pub use run::{BuildObserver, BuildOptions, PackageText, build};
