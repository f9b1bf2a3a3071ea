//! The Go project's own tests of error messages: what their files expect, and whether given errors
//! are what is expected.
//!
//! There are two kinds. [`types_tests`] are the type checker's test files, with `/* ERROR "…" */`
//! after the token that an error is about. [`errorcheck`] are files of the `test` folder, with
//! `// ERROR "…"` on the line.
//!
//! Nothing here uses escargo's own lexer: a harness must not trust what it tests.

pub mod errorcheck;
pub mod ours;
pub mod pattern;
pub mod scan;
pub mod types_tests;
