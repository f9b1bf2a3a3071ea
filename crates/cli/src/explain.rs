//! `escargo explain`: what causes mean.

use clap::builder::{PossibleValue, TypedValueParser, ValueParserFactory};
use escargo_findings::Cause;
use escargo_report::explain::{self, Found};

use crate::args::Explain;
use crate::console::Console;
use crate::{OK, USAGE};

/// Longer lines are hard to read.
const WIDEST: usize = 100;
/// How long the line between pages is.
const RULE: usize = 40;

/// Runs the command.
pub(crate) fn run(args: &Explain, console: &Console) -> u8 {
    let words: Vec<&str> = args.code.iter().map(|code| code.0.as_str()).collect();
    let text = words.join(" ");
    if args.all {
        let pages: Vec<String> = Cause::ALL.into_iter().map(|cause| page(cause, false, console)).collect();
        let rule = "\n".to_owned() + &"-".repeat(RULE) + "\n\n";
        console.out(&pages.join(&rule));
        return OK;
    }
    if text.trim().is_empty() {
        console
            .out(&format!("{}\nescargo explain CODE tells more of one, with an example.\n", explain::list()));
        return OK;
    }
    match explain::find(&text) {
        Found::Cause(cause) => {
            console.out(&page(cause, true, console));
            OK
        }
        Found::Words(causes) => {
            console.out(&several(&causes));
            OK
        }
        Found::Like(near) => {
            console.error(&unknown(&text, &near));
            USAGE
        }
    }
}

/// A page as it is shown, with what its comments mean.
fn page(cause: Cause, legend: bool, console: &Console) -> String {
    let mut page = explain::page(cause).to_owned();
    if legend {
        page.push('\n');
        page.push_str(&explain::legend(&page));
    }
    let look = console.out_look();
    explain::render(&page, look.width.min(WIDEST), look.colours)
}

/// What is said where words fit to several causes.
fn several(causes: &[Cause]) -> String {
    let head = if causes.len() == Cause::ALL.len() {
        "The compiler says so whatever the cause is. escargo why FILE:LINE tells it for a place; there are"
    } else {
        "The compiler says so for several causes:"
    };
    let lines: String =
        causes.iter().map(|&c| format!("  {:18} {}\n", c.code(), explain::title(c))).collect();
    format!("{head}\n\n{lines}")
}

/// What is said of a code that does not exist.
fn unknown(text: &str, near: &[Cause]) -> String {
    let mut out = format!("there is no cause \"{text}\"");
    match near {
        [] => out.push_str("; escargo explain lists them"),
        near => {
            out.push_str("; did you mean");
            for (n, cause) in near.iter().enumerate() {
                let before = if n == 0 {
                    " "
                } else if n + 1 == near.len() {
                    " or "
                } else {
                    ", "
                };
                out.push_str(before);
                out.push_str(cause.code());
            }
            out.push('?');
        }
    }
    out
}

/// What somebody typed for a code. Any text is taken, for the answer is better than clap's; codes are named to shells.
#[derive(Clone, Debug)]
pub(crate) struct Code(String);

impl ValueParserFactory for Code {
    type Parser = CodeParser;

    fn value_parser() -> CodeParser {
        CodeParser
    }
}

/// Reads a [`Code`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct CodeParser;

impl TypedValueParser for CodeParser {
    type Value = Code;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Code, clap::Error> {
        clap::builder::StringValueParser::new().parse_ref(command, arg, value).map(Code)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let value = |cause: Cause| PossibleValue::new(cause.code()).help(explain::title(cause));
        Some(Box::new(Cause::ALL.into_iter().map(value)))
    }
}
