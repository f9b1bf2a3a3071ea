//! Counts of stacks: goroutines, threads.

use super::build::Builder;
use super::lines::{Lines, addresses, based, expression, is_comment, text};
use super::{Profile, Refusal, malformed};
use regex::bytes::Regex;
use std::sync::LazyLock;

static HEADER: LazyLock<Regex> = LazyLock::new(|| expression(r"\A([^\t\n\f\r ]+) profile: total [0-9]+\z"));
static SAMPLE: LazyLock<Regex> = LazyLock::new(|| expression(r"\A([0-9]+) @((?: 0x[0-9a-f]+)+)\z"));

/// Reads such a profile.
pub(super) fn parse(data: &[u8]) -> Result<Profile, Refusal> {
    let mut lines = Lines::of(data);
    lines.skip_comments();
    lines.check()?;
    let header = HEADER.captures(lines.line()).ok_or(Refusal::Unrecognized)?;
    let kind = text(&header[1]);
    let mut builder = Builder::new([&kind, "count"], 1, &[[&kind, "count"]]);
    while lines.next() {
        let line = lines.line();
        if is_comment(line) {
            continue;
        }
        if line.starts_with(b"---") {
            break;
        }
        let sample = SAMPLE.captures(line).ok_or_else(malformed)?;
        let count = based(&sample[1]).ok_or_else(malformed)?;
        let mut stack = addresses(&sample[2]).map_err(|_| malformed())?;
        // What stands there is the instruction after the call.
        stack.iter_mut().for_each(|address| *address = address.wrapping_sub(1));
        builder.sample(&stack, &[count], None);
    }
    lines.check()?;
    builder.finish(lines)
}
