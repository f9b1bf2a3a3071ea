//! `escargo sdk`: listing, installing and removing Go SDKs.

use escargo_base::OsSystem;
use escargo_load::sdk::{Listed, Origin, SdkError, Sdks};

use crate::args::SdkCommand;
use crate::console::Console;
use crate::progress::Fetching;
use crate::{ERRORS, OK, stop};

/// Runs the command.
pub(crate) fn run(command: SdkCommand, console: &Console) -> u8 {
    let progress = Fetching::new(console);
    let result = act(command, &progress);
    drop(progress);
    match result {
        Ok(text) => {
            console.out(&text);
            OK
        }
        Err(error) => {
            console.error(&error.to_string());
            if matches!(error, SdkError::Cancelled) { stop::INTERRUPTED } else { ERRORS }
        }
    }
}

fn act(command: SdkCommand, progress: &Fetching<'_>) -> Result<String, SdkError> {
    let sdks = Sdks::new(&OsSystem).progress(progress);
    Ok(match command {
        SdkCommand::List => table(&sdks.list()),
        SdkCommand::Install { version, full, offline } => {
            let sdk = sdks.offline(offline).cancel(stop::on_signal()).install(&version, full)?;
            format!("{} is in {}\n", sdk.version, sdk.root.display())
        }
        SdkCommand::Path { version } => format!("{}\n", sdks.path(&version)?.display()),
        SdkCommand::Remove { version } => {
            let removed = sdks.remove(&version)?;
            removed.iter().map(|root| format!("removed {}\n", root.display())).collect()
        }
    })
}

/// One line per SDK, in columns.
fn table(list: &[Listed]) -> String {
    let rows: Vec<[String; 4]> = list.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|r| r[column].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let mut out = String::new();
    for [version, what, from, place] in &rows {
        let line = format!("{version:0$}  {what:1$}  {from:2$}  {place}", widths[0], widths[1], widths[2]);
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn row(listed: &Listed) -> [String; 4] {
    let version = listed.sdk.as_ref().map_or_else(|| listed.version.to_string(), |sdk| sdk.name.clone());
    let Some(sdk) = &listed.sdk else {
        return [version, "not installed".to_owned(), String::new(), String::new()];
    };
    let what = if listed.full { "toolchain" } else { "source" };
    let from = match (&sdk.origin, &listed.source) {
        (Origin::Cache, Some(source)) => format!("escargo, from {source}"),
        (origin, _) => origin.describe().to_owned(),
    };
    [version, what.to_owned(), from, sdk.root.display().to_string()]
}
