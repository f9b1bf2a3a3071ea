//! `escargo tool`: programs of the Go distribution that are here.

use std::ffi::OsString;

use crate::console::Console;
use crate::{OK, USAGE, pprof};

/// What there is.
const TOOLS: &str = "pprof\n";

/// Runs a tool with its arguments; lists the tools if none is named.
pub(crate) fn run(words: &[OsString], console: &Console) -> u8 {
    match words.split_first() {
        None => {
            console.out(TOOLS);
            OK
        }
        Some((name, args)) if name == "pprof" => pprof::run(args),
        Some((name, _)) => {
            console.error(&format!("no such tool \"{}\"", name.to_string_lossy()));
            USAGE
        }
    }
}
