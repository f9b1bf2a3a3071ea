//! The command line of pprof, without a terminal: settings, flags, commands, sources, and the conversation at its prompt.
//!
//! [`run`] is a whole session. What it needs of the world stands in [`World`] and [`Ui`]. Names, defaults, texts and the
//! order of steps are those of internal/driver in github.com/google/pprof, as `go tool pprof` has it.

pub mod commands;
pub mod complete;
mod fetch;
mod flags;
mod focus;
mod help;
mod line;
mod nodes;
mod pipeline;
mod prompt;
pub mod settings;
mod symbols;
mod url;
mod words;
mod world;

pub use world::{Answer, Ui, World};

use flags::Invocation;
use line::Target;
use pipeline::Order;

use crate::profile::{Label, LabelValue, Profile};

/// Does what the arguments after `pprof` ask for: a report, or a conversation. Returns the exit code: 0, or 2 after an
/// error, which has been told.
pub fn run(args: &[String], world: &dyn World, ui: &mut dyn Ui) -> u8 {
    let asked = match flags::parse(args, |path| symbols::is_binary(world, path)) {
        Ok(asked) => asked,
        Err(refusal) => {
            ui.say(&refusal.text);
            return refusal.code;
        }
    };
    asked.warnings.iter().for_each(|warning| ui.warn(warning));
    match carry_out(&asked, world, ui) {
        Ok(()) => 0,
        Err(text) => {
            ui.say(&format!("{text}\n"));
            2
        }
    }
}

fn carry_out(asked: &Invocation, world: &dyn World, ui: &mut dyn Ui) -> Result<(), String> {
    if let Some((command, _)) = &asked.report {
        command.available()?;
    }
    let mut profile = fetch::profile(asked, world, ui)?;
    let Some((command, pattern)) = &asked.report else {
        // pprof converses about a copy that was written and read. Labels that say nothing are lost on the way.
        if profile.labels.iter().any(says_nothing) {
            profile = Profile::parse(&profile.encode()).map_err(|e| e.to_string())?;
        }
        return prompt::run(&profile, asked.settings.clone(), world, ui);
    };
    let order = Order {
        command,
        pattern: pattern.as_deref(),
        settings: &asked.settings,
        target: &Target::Output,
        interactive: false,
    };
    pipeline::run(&mut profile, &order, world, ui)
}

/// Whether writing a label leaves it out.
fn says_nothing(label: &Label) -> bool {
    match &label.value {
        LabelValue::Text(text) => text.is_empty(),
        LabelValue::Number(number, unit) => *number == 0 && unit.is_empty(),
    }
}
