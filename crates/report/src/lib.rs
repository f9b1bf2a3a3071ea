//! Every wording that escargo prints: errors as the compiler and the go command print them, and
//! the same as JSON.
//!
//! Must not know: the disk, how results are computed.

pub mod compiler;
pub mod draft;
pub mod explain;
pub mod findings;
pub mod json;
pub mod messages;
pub mod optlog;
pub mod paths;

pub use compiler::{ErrorBlock, PackageErrors, VersionHint};
pub use messages::Messages;
pub use optlog::OptLog;
