//! Stacks of threads.

use super::build::{Builder, remove_double_leaves};
use super::lines::{Lines, addresses, expression, text};
use super::{Profile, Refusal, maps};
use memchr::memmem;
use regex::bytes::Regex;
use std::sync::LazyLock;

static HEADER: LazyLock<Regex> = LazyLock::new(|| expression("--- threadz [0-9]+ ---"));
static THREAD: LazyLock<Regex> =
    LazyLock::new(|| expression(r"--- Thread [0-9A-Fa-f]+ \(name: .*/[0-9]+\) stack: ---"));

/// Reads such a profile.
pub(super) fn parse(data: &[u8]) -> Result<Profile, Refusal> {
    let mut lines = Lines::of(data);
    lines.skip_comments();
    let mut line = lines.line();
    if HEADER.is_match(line) {
        while lines.next() {
            line = lines.line();
            if maps::begin_at(line) || line.starts_with(b"-") {
                break;
            }
        }
    } else if !THREAD.is_match(line) {
        return Err(Refusal::Unrecognized);
    }
    let mut builder = Builder::new(["thread", "count"], 1, &[["thread", "count"]]);
    while !maps::begin_at(line) && !line.starts_with(b"---- no stack trace for") {
        if !THREAD.is_match(line) {
            return Err(Refusal::Unrecognized);
        }
        let mut stack;
        (line, stack) = thread(&mut lines)?;
        if stack.is_empty() {
            // The same as the thread before.
            if let Some(count) = builder.profile.values.last_mut() {
                *count += 1;
            }
            continue;
        }
        // What stands there is the instruction after the call, but for the leaf, which calls nothing.
        stack.iter_mut().skip(1).for_each(|address| *address = address.wrapping_sub(1));
        builder.sample(&stack, &[1], None);
    }
    let mut profile = builder.finish(lines)?;
    remove_double_leaves(&mut profile);
    Ok(profile)
}

/// Reads the stack of a thread, which is empty if it is that of the thread before. And the line after it.
fn thread<'a>(lines: &mut Lines<'a>) -> Result<(&'a [u8], Vec<u64>), Refusal> {
    let mut stack = Vec::new();
    let (mut line, mut same): (&[u8], bool) = (&[], false);
    while lines.next() {
        line = lines.line().trim_ascii();
        if line.starts_with(b"---") {
            break;
        }
        if memmem::find(line, b"same as previous thread").is_some() {
            same = true;
            continue;
        }
        let malformed = |error: crate::Error| error.within(format_args!("malformed sample: {}", text(line)));
        stack.extend(addresses(line).map_err(malformed)?);
    }
    lines.check()?;
    if same {
        stack.clear();
    }
    Ok((line, stack))
}
