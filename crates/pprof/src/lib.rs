//! Profiles as Go programs write them, and what `go tool pprof` shows of them.
//!
//! [`profile`] is what a profile is: read, written, merged, filtered. [`pattern`] reads regular expressions as Go spells
//! them. [`measure`] names amounts in units that people read.
//! [`graph`] is the call graph of a profile, trimmed and sorted; [`report`] the texts that are made from it. [`session`] is the
//! command line of pprof without a terminal: settings, commands, and the conversation that happens at its prompt.
//!
//! Must not know: the compiler's rooms, terminals.

mod error;
pub mod graph;
pub mod measure;
mod paths;
pub mod pattern;
pub mod profile;
pub mod report;
pub mod session;

pub use error::Error;
