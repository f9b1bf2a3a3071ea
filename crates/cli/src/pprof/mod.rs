//! `escargo tool pprof`: files, network and terminal for a session of the profile room.

mod editor;
mod http;
mod plain;
mod world;

use std::ffi::OsString;
use std::io::IsTerminal;

use escargo_pprof::session::{self, Ui};

/// Runs it with the arguments after `pprof`. Returns the exit code of pprof: 0, or 2 after an error.
pub(crate) fn run(args: &[OsString]) -> u8 {
    let args: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let mut ui: Box<dyn Ui> =
        if can_edit() { Box::new(editor::Editor::new()) } else { Box::new(plain::Plain::new()) };
    session::run(&args, &world::Machine, ui.as_mut())
}

/// Whether somebody types on a terminal that can draw.
fn can_edit() -> bool {
    let terminal = std::env::var("TERM").unwrap_or_default().to_lowercase();
    !terminal.is_empty() && terminal != "dumb" && std::io::stdin().is_terminal()
}
