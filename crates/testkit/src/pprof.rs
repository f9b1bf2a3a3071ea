//! Recorded answers of `go tool pprof`: profiles, command lines, what the tool said, and how another program's answers
//! compare. All of it is in `conformance/pprof`.

mod answers;
mod compare;
mod dot;
mod run;
mod session;
mod suite;

pub use answers::{Answer, Answers};
pub use compare::{Comparison, compare};
pub use run::{Tool, answers};
pub use session::exercise;
pub use suite::{Case, Known, Suite};
