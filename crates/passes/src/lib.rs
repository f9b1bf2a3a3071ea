//! Passes over IR around inlining and escape analysis.
//!
//! Each module is one pass, with a `run` that changes the unit or says what the compiler would print.
//!
//! Must not know: syntax trees, wording of messages, the disk.

pub mod abi_wrappers;
pub mod bloop;
pub mod bounds;
pub mod dead_locals;
pub mod loopvar;
pub mod static_init;

#[cfg(test)]
mod tests;
