//! Reading Go source: lexer, error-tolerant parser, and the tree they make.
//!
//! The parser reads the language of the newest release as one superset; what a file's language
//! version allows is judged later. A broken file still gives a tree.
//!
//! Must not know: releases, the disk, types.

mod branches;
mod lexer;
mod names;
mod parser;
mod printer;
pub mod tree;
pub mod visit;

pub use lexer::declares_types;
pub use parser::{ParseOptions, Skip, Wanted, has_outline, parse, parse_outline};
pub use printer::{expr_string, short_expr_string};
pub use tree::*;
