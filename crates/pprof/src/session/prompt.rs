//! The conversation at the prompt.

use super::help;
use super::line;
use super::pipeline::{self, Order, Surroundings};
use super::settings::{SETTINGS, Settings, setting, stands_alone};
use super::words::{quoted, reason};
use super::world::{Ui, World};
use crate::profile::Profile;
use crate::report::Report;

const PROMPT: &str = "(pprof) ";

/// Begins a remark at the end of an assignment.
const REMARK: &str = "//:";

/// Whether the conversation goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Line,
    End,
}

/// Answers commands until the end of input.
///
/// # Errors
///
/// Input that cannot be read.
pub(super) fn run(
    profile: &Profile,
    settings: Settings,
    world: &dyn World,
    ui: &mut dyn Ui,
) -> Result<(), String> {
    let mut talk = Conversation { profile, settings, world };
    ui.complete_functions(profile.functions.iter().map(|f| f.name.to_string()).collect());
    talk.settings.compact_labels = true;
    talk.greet(ui);
    loop {
        let line = ui.read_line(PROMPT).map_err(|e| format!("read /dev/stdin: {}", reason(&e)))?;
        let Some(line) = line else { return Ok(()) };
        for input in talk.expanded(line.trim()) {
            if talk.answer(&input, ui) == Next::End {
                return Ok(());
            }
        }
    }
}

struct Conversation<'a> {
    profile: &'a Profile,
    settings: Settings,
    world: &'a dyn World,
}

impl Conversation<'_> {
    fn greet(&self, ui: &mut dyn Ui) {
        let units = pipeline::label_units(self.profile, ui);
        if let Ok(options) = pipeline::options(self.profile, &self.settings, units) {
            let report = Report::new(self.profile, options);
            ui.say(&report.profile_labels(self.profile, &Surroundings(self.world)).join("\n"));
            if report.total() == 0 && self.profile.sample_types.len() > 1 {
                ui.say("No samples were found with the default sample value type.");
                ui.say("Try \"sample_index\" command to analyze different sample values.");
            }
        }
        ui.say("Entering interactive mode (type \"help\" for commands, \"o\" for options)");
    }

    fn sample_types(&self) -> Vec<&str> {
        self.profile.sample_types.iter().map(|t| &*t.kind).collect()
    }

    /// The commands that a line stands for: a name of a sample type alone chooses it.
    fn expanded(&self, line: &str) -> Vec<String> {
        if line == ":" {
            return ["focus=", "ignore=", "hide=", "tagfocus=", "tagignore="].map(str::to_owned).to_vec();
        }
        // The last type that fits counts, as in a table that is filled in their order.
        for kind in self.sample_types().into_iter().rev() {
            let choice = format!("sample_index={kind}");
            match line.strip_suffix(kind) {
                Some("mean_") => return vec!["mean=1".to_owned(), choice],
                Some("total_") => return vec!["mean=0".to_owned(), choice],
                Some("") => return vec![choice],
                _ => {}
            }
        }
        vec![line.to_owned()]
    }

    fn answer(&mut self, input: &str, ui: &mut dyn Ui) -> Next {
        if let Some(assigned) = self.assign(input) {
            if let Err(text) = assigned {
                ui.warn(&text);
            }
            return Next::Line;
        }
        let words: Vec<&str> = input.split_whitespace().collect();
        match words[..] {
            [] => {}
            ["o" | "options", ..] => ui.say(&self.options()),
            ["exit" | "quit" | "q", ..] => return Next::End,
            ["help", ref rest @ ..] => {
                let topic = rest.join(" ");
                match help::help(&topic, &self.sample_types()) {
                    Some(text) => ui.say(&text),
                    None => ui.warn(&format!("Unknown command: {topic}")),
                }
            }
            _ => {
                if let Err(text) = self.report(&words, ui) {
                    ui.warn(&text);
                }
            }
        }
        Next::Line
    }

    fn report(&self, words: &[&str], ui: &mut dyn Ui) -> Result<(), String> {
        let request = line::parse(words, &self.settings)?;
        request.command.available()?;
        let order = Order {
            command: request.command,
            pattern: request.pattern.as_deref(),
            settings: &request.settings,
            target: &request.target,
            interactive: true,
        };
        pipeline::run(&mut self.profile.clone(), &order, self.world, ui)
    }

    /// Assigns to a setting; `None` if the input is something else.
    fn assign(&mut self, input: &str) -> Option<Result<(), String>> {
        let (name, value) = match input.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (input, None),
        };
        let name = name.trim();
        setting(name)?;
        let Some(value) = value else {
            if !stands_alone(name) {
                return Some(Err(format!("please specify a value, e.g. {name}=<val>")));
            }
            return Some(self.settings.assign(name, ""));
        };
        let value = value.rfind(REMARK).map_or(value, |at| &value[..at]).trim();
        if name != "sample_index" {
            return Some(self.settings.assign(name, value));
        }
        let chosen = self.profile.sample_index_by_name(value).map_err(|e| e.to_string());
        Some(chosen.and_then(|index| {
            let kind = self.profile.sample_types.get(index);
            let kind = kind.ok_or_else(|| format!("invalid sample_index {}", quoted(value)))?;
            self.settings.sample_index = kind.kind.to_string();
            Ok(())
        }))
    }

    /// All settings and their values.
    fn options(&self) -> String {
        let mut lines = Vec::new();
        for setting in SETTINGS {
            let mut value = self.settings.get(setting).to_string();
            let mut remark = String::new();
            if !setting.choices.is_empty() {
                let mut choices = setting.choices.to_vec();
                choices.sort_unstable();
                remark = format!("[{}]", choices.join(" | "));
                if value.is_empty() {
                    "(default)".clone_into(&mut value);
                }
            } else if setting.name == "sample_index" {
                let types = self.sample_types();
                if value.is_empty() {
                    types.last().copied().unwrap_or_default().clone_into(&mut value);
                }
                remark = format!("[{}]", types.join(" | "));
            } else if setting.name == "source_path" {
                continue;
            } else if setting.name == "nodecount" && value == "-1" {
                "default".clone_into(&mut remark);
            } else if value.is_empty() {
                "\"\"".clone_into(&mut value);
            }
            if !remark.is_empty() {
                remark = format!("{REMARK} {remark}");
            }
            lines.push(format!("  {:<25} = {value:<20} {remark}", setting.name));
        }
        lines.sort();
        lines.join("\n")
    }
}
