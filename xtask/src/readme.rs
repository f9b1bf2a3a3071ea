//! The README's examples: what it says a command prints is what the command prints.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cli::SdkArgs;
use crate::workspace;

/// A command in a `console` block, and the lines below it.
#[derive(Debug, PartialEq, Eq)]
struct Example<'t> {
    command: &'t str,
    output: String,
}

/// `cargo xtask readme`: runs each, in the project's directory with a shell.
pub(crate) fn readme(args: &SdkArgs) -> Result<bool> {
    let sdk = args.open()?;
    let program = workspace::release_binary()?;
    let bin = program.parent().context("the program stands in no directory")?;
    let text = std::fs::read_to_string(workspace::root().join("README.md"))?;
    let examples = examples(&text);
    if examples.is_empty() {
        bail!("the README has no examples");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin.to_owned()).chain(std::env::split_paths(&path)))?;
    let mut good = true;
    for example in &examples {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{{ {}\n}} 2>&1", example.command)]);
        shell.current_dir(workspace::root()).env("PATH", &path).env("GOROOT", &sdk.root);
        let output = String::from_utf8(shell.output()?.stdout)?;
        if output.trim_end() != example.output.trim_end() {
            println!("$ {}\nis said to print\n{}\nbut prints\n{output}", example.command, example.output);
            good = false;
        }
    }
    println!("{} examples in the README", examples.len());
    Ok(good)
}

fn examples(text: &str) -> Vec<Example<'_>> {
    let mut list: Vec<Example<'_>> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            line => match (line.strip_prefix("$ "), list.last_mut()) {
                (Some(command), _) => list.push(Example { command, output: String::new() }),
                (None, Some(last)) => {
                    last.output.push_str(line);
                    last.output.push('\n');
                }
                (None, None) => {}
            },
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_what_they_print() {
        let text = "x\n```console\n$ a -b\n1\n\n2\n$ c\n```\n$ no\n```sh\n$ no\n```\n";
        let example = |command, output: &str| Example { command, output: output.to_owned() };
        assert_eq!(examples(text), [example("a -b", "1\n\n2\n"), example("c", "")]);
    }
}
