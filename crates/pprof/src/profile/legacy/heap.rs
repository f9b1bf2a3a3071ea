//! Allocations.

use super::super::scale::to_integer;
use super::super::{Label, LabelValue};
use super::build::Builder;
use super::lines::{Lines, addresses, decimal, expression, is_comment, text};
use super::{Profile, Refusal, maps};
use crate::Error;
use regex::bytes::Regex;
use std::sync::LazyLock;

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"heap profile: *([0-9]+): *([0-9]+) *\[ *([0-9]+): *([0-9]+) *\] *@ *(heap[_a-z0-9]*)/?([0-9]*)",
    )
});
/// Growth and fragmentation of the heap, which are not samples.
static WHOLE_HEADER: LazyLock<Regex> = LazyLock::new(|| {
    expression(r"heap profile: *[0-9]+: *[0-9]+ *\[ *[0-9]+: *[0-9]+ *\] @ (?:growth|fragmentation)")
});
static SAMPLE: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(-?[0-9]+): *(-?[0-9]+) *\[ *([0-9]+): *([0-9]+) *\] @([ x0-9a-f]*)"));

/// What the first line says.
struct Header {
    /// Samples are taken by chance, every so many bytes.
    by_chance: bool,
    period: i64,
    /// All allocations are told, not only those in use.
    all: bool,
}

/// Reads such a profile.
pub(super) fn parse(data: &[u8]) -> Result<Profile, Refusal> {
    let mut lines = Lines::of(data);
    lines.next();
    lines.check()?;
    let header = header(lines.line()).ok_or(Refusal::Unrecognized)?;
    // The last is shown unless another is asked for.
    let sample_types: &[[&str; 2]] = match header.all {
        true => &[
            ["alloc_objects", "count"],
            ["alloc_space", "bytes"],
            ["inuse_objects", "count"],
            ["inuse_space", "bytes"],
        ],
        false => &[["objects", "count"], ["space", "bytes"]],
    };
    let mut builder = Builder::new(["space", "bytes"], header.period, sample_types);
    while lines.next() {
        let line = lines.line().trim_ascii();
        if is_comment(line) {
            continue;
        }
        if maps::begin_at(line) {
            break;
        }
        sample(line, &header, &mut builder)?;
    }
    lines.check()?;
    builder.finish(lines)
}

fn header(line: &[u8]) -> Option<Header> {
    let Some(parts) = HEADER.captures(line) else {
        let whole = WHOLE_HEADER.is_match(line);
        return whole.then_some(Header { by_chance: false, period: 1, all: false });
    };
    let period = if parts[6].is_empty() { 0 } else { decimal(&parts[6]).ok()? };
    let (by_chance, period) = match &parts[5] {
        b"heapz_v2" | b"heap_v2" => (true, period),
        b"heapprofile" => (false, 1),
        // Go writes twice the rate.
        b"heap" => (true, period / 2),
        _ => return None,
    };
    let differ = |all: usize, used: usize| parts[all] != parts[used] && parts[all] != *b"0";
    Some(Header { by_chance, period, all: differ(3, 1) || differ(4, 2) })
}

fn sample(line: &[u8], header: &Header, builder: &mut Builder) -> Result<(), Error> {
    let parts = SAMPLE.captures(line);
    let parts = parts.ok_or_else(|| Error::new("unexpected number of sample values: got 0, want 6"))?;
    let malformed = |error: Error| error.within(format_args!("malformed sample: {}", text(line)));
    let mut values = Vec::with_capacity(4);
    let mut block_size = 0;
    for (place, what) in [(3, "allocation"), (1, "inuse")].into_iter().skip(usize::from(!header.all)) {
        let count = decimal(&parts[place]).map_err(malformed)?;
        let size = decimal(&parts[place + 1]).map_err(malformed)?;
        if count == 0 && size != 0 {
            return Err(Error::new(format!("{what} count was 0 but {what} bytes was {size}")));
        }
        if count != 0 {
            block_size = size.wrapping_div(count);
        }
        values.extend(if header.by_chance { unsampled(count, size, header.period) } else { [count, size] });
    }
    let mut stack = addresses(&parts[5]).map_err(malformed)?;
    // What stands there is the instruction after the call.
    stack.iter_mut().for_each(|address| *address = address.wrapping_sub(1));
    let value = LabelValue::Number(block_size, "".into());
    builder.sample(&stack, &values, Some(Label { key: "bytes".into(), value }));
    Ok(())
}

/// What there was, if so much was seen: an object is seen the more likely the larger it is
/// (`profile/legacy_profile.go`, `scaleHeapSample`).
fn unsampled(count: i64, size: i64, rate: i64) -> [i64; 2] {
    if count == 0 || size == 0 {
        return [0, 0];
    }
    if rate <= 1 {
        return [count, size];
    }
    let average = size as f64 / count as f64;
    let scale = 1.0 / (1.0 - (-average / rate as f64).exp());
    [count, size].map(|value| to_integer(value as f64 * scale))
}
