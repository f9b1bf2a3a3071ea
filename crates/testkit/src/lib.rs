//! Helpers for escargo's own tests.

pub mod exercise;
pub mod imports;
pub mod pprof;
