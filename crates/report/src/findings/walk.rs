//! A story step by step: numbered, with the source of each, deeper by each call.

use escargo_base::{SourceMap, Symbol};
use escargo_findings::Story;

use super::Style;
use super::extent::{extent, head};
use super::outline::{Stop, outline};
use super::places::{Place, function_name};
use super::text::{BOLD, HEAP, STEP, columns, paint, window, wrap};

/// Calls by which steps are indented at most.
const DEEPEST: u32 = 12;

/// The steps of a story that begins in `function`.
pub(super) fn walk(story: &Story, function: Symbol, sources: &SourceMap, style: &Style<'_>) -> String {
    let stops = outline(story, sources);
    let digits = stops.len().to_string().len();
    let mut out = String::new();
    let mut before = (0, function);
    for (i, stop) in stops.iter().enumerate() {
        let indent = 2 * stop.depth.min(DEEPEST) as usize;
        let number = format!("{:>digits$}.", i + 1);
        let entered = (stop.depth, stop.function) != before || i == 0;
        before = (stop.depth, stop.function);
        let head = place_and_function(stop, entered, sources, style);
        out.push_str(&format!("{:indent$}{} {head}\n", "", paint(style, BOLD, &number)));
        out.push_str(&body(stop, indent + digits + 2, sources, style));
    }
    if story.partial {
        out.push_str("The rest of the way could not be followed.\n");
    }
    out
}

/// Where a step stands.
fn place_and_function(stop: &Stop, entered: bool, sources: &SourceMap, style: &Style<'_>) -> String {
    let name = function_name(stop.function.as_str());
    let place = Place::new(sources, stop.pos);
    let at = place.map_or_else(String::new, |p| p.linked(stop.package.as_str(), style));
    match (at.is_empty(), entered) {
        (true, _) => name.to_owned(),
        (false, false) => at,
        (false, true) => format!("{at} in {}", paint(style, BOLD, name)),
    }
}

/// The source of a step, marked, and what it does.
fn body(stop: &Stop, indent: usize, sources: &SourceMap, style: &Style<'_>) -> String {
    let room = style.width.saturating_sub(indent).max(24);
    let pad = " ".repeat(indent);
    let colour = if stop.ends { HEAP } else { STEP };
    let mut out = String::new();
    let Some(place) = Place::new(sources, stop.pos).filter(|place| !place.text().trim().is_empty()) else {
        for line in wrap(&stop.words, room) {
            out.push_str(&format!("{pad}{}\n", paint(style, colour, &line)));
        }
        return out;
    };
    let text = place.text();
    let range = extent(&text, (place.column as usize - 1).min(text.len()));
    let (mut line, mut from, mut to) = window(text.trim_end(), range.clone(), room);
    if to + 1 + columns(&stop.words) > room {
        (line, from, to) = window(text.trim_end(), head(&text, range), room);
    }
    out.push_str(&format!("{pad}{line}\n"));
    let mark = if stop.ends { "^" } else { "-" }.repeat((to - from).max(1));
    let label_at = to.max(from + 1) + 1;
    let marked = format!("{pad}{}{}", " ".repeat(from), paint(style, colour, &mark));
    let words: Vec<String> = match label_at + columns(&stop.words) <= room {
        true => vec![stop.words.clone()],
        // Beside the mark if there is much room, else below it.
        false if room.saturating_sub(label_at) >= 40 => wrap(&stop.words, room - label_at),
        false => {
            out.push_str(&format!("{marked}\n"));
            let left = if room - from.min(room) >= 40 { from } else { from.min(room / 3) };
            for line in wrap(&stop.words, room - left) {
                out.push_str(&format!("{pad}{}{}\n", " ".repeat(left), paint(style, colour, &line)));
            }
            return out;
        }
    };
    for (i, line) in words.iter().enumerate() {
        let line = paint(style, colour, line);
        match i {
            0 => out.push_str(&format!("{marked} {line}\n")),
            _ => out.push_str(&format!("{pad}{}{line}\n", " ".repeat(label_at))),
        }
    }
    out
}
