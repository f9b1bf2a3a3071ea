//! Sessions: what is computed for which package, in which order, on how many threads.
//!
//! Must not know: terminals, JSON.

pub mod build;
pub mod cache;
mod fence;
mod package;
pub mod project;
pub mod schedule;
pub mod spans;
pub mod stats;
pub mod survey;
pub mod typecheck;

pub use package::{CheckedPackage, Session, description};
pub use project::Project;
pub use stats::Stats;
pub use typecheck::{Observer, Outcome, PackageOutcome, TypecheckOptions, typecheck};
