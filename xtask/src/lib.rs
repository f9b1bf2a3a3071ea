//! Development tasks of escargo: keeping the house tidy, comparing with the real Go toolchain,
//! measuring, and fetching code to try things on. None of it is part of the product.
//!
//! The binary is a thin command line over these modules, so that tests can call them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "these are terminal programs for developers")]

pub mod bench;
pub mod cli;
pub mod conformance;
pub mod corpus;
pub mod errortest;
pub mod oracle;
mod readme;
mod record;
pub mod sdk;
pub mod tidy;
pub mod torture;
pub mod workspace;
