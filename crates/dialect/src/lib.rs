//! Go releases, language features and targets as data.
//!
//! Three axes, none of them an `if` elsewhere in the code: the language version of a file
//! ([`LangSet`]), the toolchain imitated ([`CompilerModel`]), and the build environment
//! ([`Target`], [`Experiments`]).
//!
//! Must not know: files, trees, IR.

pub mod allocating;
pub mod escaping;
pub mod experiment;
pub mod feature;
pub mod inlining;
mod intrinsics;
pub mod lowering;
pub mod messages;
pub mod model;
pub mod special;
pub mod target;
pub mod version;

pub use experiment::Experiments;
pub use feature::{Feature, LangSet};
pub use model::{CompilerModel, FileVersionRule, GenericAliasRule, LoopVarRule, NewerGoLine, RangeFuncRule};
pub use target::{Sizes, Target};
pub use version::GoVersion;
