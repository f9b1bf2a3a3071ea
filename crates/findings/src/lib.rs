//! What allocates, why, and at which cost.
//!
//! While a package is compiled, [`facts`] are collected: its allocation sites, and how the parameters of its functions
//! leak. They are values without IR, so that those of all packages can be looked at together: a [`story`] follows a
//! value through calls into other packages to the statement that lets it escape, a [`cause`] sorts it, and a
//! [`finding`] joins that with its cost.
//!
//! Must not know: syntax trees, wording, the disk, terminals.

mod advice;
pub mod answer;
pub mod ask;
pub mod cause;
pub mod collect;
pub mod facts;
pub mod finding;
pub mod gather;
pub mod join;
pub mod packages;
pub mod story;
pub mod tell;

pub use answer::Answer;
pub use cause::Cause;
pub use escargo_alloc::{Class, SiteKind, Why};
pub use facts::PackageFacts;
pub use finding::Finding;
pub use packages::Packages;
pub use story::Story;
