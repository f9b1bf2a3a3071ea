//! `escargo completions` and `escargo man`: the command line, told to shells and to man.

use std::io;
use std::path::Path;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::console::Console;
use crate::{ERRORS, OK, args};

/// Prints a script that completes the command line in a shell.
pub(crate) fn completions(shell: Shell, console: &Console) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "escargo", &mut script);
    console.out(&String::from_utf8_lossy(&script));
    OK
}

/// Writes manual pages, one for each command, to a directory; prints the main one without.
pub(crate) fn man(dir: Option<&Path>, console: &Console) -> u8 {
    // Without the command help, which has every command below it once more.
    let mut command = args::command().disable_help_subcommand(true);
    command.build();
    let result = match dir {
        Some(dir) => std::fs::create_dir_all(dir)
            .and_then(|()| write(&command, dir))
            .map_err(|e| format!("cannot write to {}: {e}", dir.display())),
        None => page(&command).map(|(_, text)| console.out(&text)).map_err(|e| e.to_string()),
    };
    match result {
        Ok(()) => OK,
        Err(problem) => {
            console.error(&problem);
            ERRORS
        }
    }
}

/// Writes the pages of a command and of those below it.
fn write(command: &Command, dir: &Path) -> io::Result<()> {
    let (name, text) = page(command)?;
    std::fs::write(dir.join(name), text)?;
    command.get_subcommands().filter(|c| !c.is_hide_set()).try_for_each(|below| write(below, dir))
}

/// The page of a command, and the name of its file.
fn page(command: &Command) -> io::Result<(String, String)> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = String::from_utf8_lossy(&page);
    // What stands below the flags is laid out already: examples in columns.
    let (before, after) = match page.split_once(".SH EXTRA\n") {
        Some((before, after)) => (before, after),
        None => return Ok((man.get_filename(), page.into_owned())),
    };
    let end = after.find(".SH ").unwrap_or(after.len());
    let (notes, after) = after.split_at(end);
    Ok((man.get_filename(), format!("{before}.SH NOTES\n.nf\n{notes}.fi\n{after}")))
}
