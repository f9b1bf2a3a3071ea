//! Helpers for escargo's own tests.

pub mod compile;
pub mod exercise;
pub mod explain;
pub mod imports;
pub mod pprof;
