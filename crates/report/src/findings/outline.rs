//! A story as people tell it: one stop per line of source, what its expressions say by themselves left out.

use escargo_base::{Pos, SourceMap, Symbol};
use escargo_findings::Story;
use escargo_findings::story::{Happens, StoryStep};

use super::places::Place;
use super::steps::{Weight, assigns, is_value, takes_address, weight, words};

/// What happens to a value on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// Number of calls entered.
    pub(super) depth: u32,
    /// The function in whose source it stands.
    pub(super) function: Symbol,
    /// Its package.
    pub(super) package: Symbol,
    /// The expression to be marked.
    pub(super) pos: Pos,
    /// What happens: `its address is returned` in short, `address returned`.
    pub(super) words: String,
    /// It is given to a variable of the function, and nothing else.
    pub(super) assigns: bool,
    /// It is the last, and the reason of all.
    pub(super) ends: bool,
}

/// The stops of a story.
pub(super) fn outline(story: &Story, sources: &SourceMap) -> Vec<Stop> {
    let line = |step: &StoryStep| Place::new(sources, step.pos).map(|p| (step.pos.file, p.line));
    let mut stops: Vec<Stop> = Vec::new();
    let mut address = false;
    let mut rest = story.steps.as_slice();
    while let Some(first) = rest.first() {
        let key = (first.depth, first.function, line(first));
        let n = rest.iter().take_while(|step| (step.depth, step.function, line(step)) == key).count();
        let (here, after) = rest.split_at(n);
        rest = after;
        let is_last = rest.is_empty();
        address |= here.iter().any(|step| takes_address(&step.what));
        let told = telling(here, is_last);
        if told.is_empty() {
            continue;
        }
        stops.push(stop(here, &told, std::mem::take(&mut address), story.end.is_none()));
    }
    stops
}

/// The steps of a line that are worth words.
fn telling(here: &[StoryStep], is_last: bool) -> Vec<&StoryStep> {
    let greatest = here.iter().map(|step| weight(&step.what)).max().unwrap_or(Weight::Trivial);
    if greatest == Weight::Trivial {
        // Only where there is nothing else.
        return if is_last { here.last().into_iter().collect() } else { Vec::new() };
    }
    // Arguments of variadic parameters are put in a slice, as everybody knows.
    let calls = here.iter().any(|s| matches!(s.what, Happens::Enters { .. } | Happens::Through { .. }));
    let least = if calls { Weight::Major } else { Weight::Minor };
    here.iter().filter(|step| weight(&step.what) >= least.min(greatest)).collect()
}

fn stop(here: &[StoryStep], told: &[&StoryStep], address: bool, stays: bool) -> Stop {
    let mut texts: Vec<String> = Vec::new();
    let mut whole = false;
    for step in told {
        let (text, sentence) = words(&step.what, stays);
        whole |= sentence;
        if texts.last() != Some(&text) {
            texts.push(text);
        }
    }
    let words = match texts.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{}, then {last}", before.join(", ")),
        _ => texts.concat(),
    };
    let first = &here[0];
    Stop {
        depth: first.depth,
        function: first.function,
        package: first.package,
        // The value is marked rather than what is done with it, where both are known.
        pos: if is_value(&first.what) { first.pos } else { told[0].pos },
        words: if address && !whole { format!("its address is {words}") } else { words },
        assigns: told.iter().all(|step| assigns(&step.what)),
        ends: told.iter().any(|step| matches!(step.what, Happens::Ends { .. })),
    }
}
