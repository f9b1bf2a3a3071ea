//! Waiting for locks.

use super::super::scale::to_integer;
use super::build::Builder;
use super::lines::{Lines, addresses, based, decimal, expression, is_comment, text};
use super::{Profile, Refusal};
use crate::Error;
use regex::bytes::Regex;
use std::sync::LazyLock;

static SAMPLE: LazyLock<Regex> = LazyLock::new(|| expression("([0-9]+) *([0-9]+) @([ x0-9a-f]*)"));

const HEADERS: [&[u8]; 3] = [b"--- contentionz ", b"--- mutex:", b"--- contention:"];

/// Reads such a profile.
pub(super) fn parse(data: &[u8]) -> Result<Profile, Refusal> {
    let mut lines = Lines::of(data);
    lines.next();
    lines.check()?;
    if !HEADERS.iter().any(|header| lines.line().starts_with(header)) {
        return Err(Refusal::Unrecognized);
    }
    let sample_types = [["contentions", "count"], ["delay", "nanoseconds"]];
    let mut builder = Builder::new(["contentions", "count"], 1, &sample_types);
    let cycles_per_second = attributes(&mut lines, &mut builder.profile)?;
    loop {
        let line = lines.line().trim_ascii();
        if line.starts_with(b"---") {
            break;
        }
        if !is_comment(line) {
            sample(line, cycles_per_second, &mut builder)?;
        }
        if !lines.next() {
            break;
        }
    }
    lines.check()?;
    builder.finish(lines)
}

/// Reads the lines `name=value`; how fast the clock goes, or 0. The walk stands at the line after them.
fn attributes(lines: &mut Lines<'_>, profile: &mut Profile) -> Result<i64, Refusal> {
    let mut cycles_per_second = 0;
    while lines.next() {
        let line = lines.line().trim_ascii();
        if is_comment(line) {
            continue;
        }
        let equals = line.iter().position(|&byte| byte == b'=');
        let Some(equals) = equals.filter(|_| !line.starts_with(b"---")) else { break };
        let number = || based(line[equals + 1..].trim_ascii()).ok_or(Refusal::Unrecognized);
        match line[..equals].trim_ascii() {
            b"cycles/second" => cycles_per_second = number()?,
            b"sampling period" => profile.period = number()?,
            b"ms since reset" => profile.duration_nanos = number()?.wrapping_mul(1_000_000),
            b"discarded samples" => {}
            _ => return Err(Refusal::Unrecognized),
        }
    }
    lines.check()?;
    Ok(cycles_per_second)
}

fn sample(line: &[u8], cycles_per_second: i64, builder: &mut Builder) -> Result<(), Refusal> {
    let parts = SAMPLE.captures(line).ok_or(Refusal::Unrecognized)?;
    let malformed = |error: Error| error.within(format_args!("malformed sample: {}", text(line)));
    let mut delay = decimal(&parts[1]).map_err(malformed)?;
    let mut count = decimal(&parts[2]).map_err(malformed)?;
    let period = builder.profile.period;
    if period > 0 {
        if cycles_per_second > 0 {
            let cycles_per_nanosecond = cycles_per_second as f64 / 1e9;
            delay = to_integer(delay as f64 * period as f64 / cycles_per_nanosecond);
        }
        count = count.wrapping_mul(period);
    }
    let mut stack = addresses(&parts[3]).map_err(malformed)?;
    // What stands there is the instruction after the call.
    stack.iter_mut().for_each(|address| *address = address.wrapping_sub(1));
    builder.sample(&stack, &[count, delay], None);
    Ok(())
}
