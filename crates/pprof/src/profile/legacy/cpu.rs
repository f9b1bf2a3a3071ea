//! The binary form of CPU profiles: words of 32 or 64 bits, in either order of bytes.

use super::super::{LocationId, range};
use super::build::{Builder, remove_double_leaves, remove_second};
use super::lines::Lines;
use super::{Profile, Refusal};
use std::collections::BTreeMap;

/// A frame that is the second of nearly all stacks is one of the profiler itself. So many samples may have another for
/// each so many samples,
const SIMILAR_SAMPLES: usize = 32;
/// and so many such frames are looked for.
const PROFILER_FRAMES: usize = 2;

/// How words are written.
#[derive(Clone, Copy)]
struct Words {
    len: usize,
    big_endian: bool,
}

/// Words that are being read. After the end, all are 0.
#[derive(Clone, Copy)]
struct Reader<'a> {
    words: Words,
    /// Nothing after a word that is not whole.
    rest: Option<&'a [u8]>,
}

impl Reader<'_> {
    fn word(&mut self) -> u64 {
        let Some((bytes, rest)) = self.rest.and_then(|rest| rest.split_at_checked(self.words.len)) else {
            self.rest = None;
            return 0;
        };
        self.rest = Some(rest);
        let add = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        if self.words.big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
    }

    fn left(&self) -> usize {
        self.rest.map_or(0, <[u8]>::len)
    }
}

/// Reads such a profile.
pub(super) fn parse(data: &[u8]) -> Result<Profile, Refusal> {
    for (len, big_endian) in [(4, false), (4, true), (8, false), (8, true)] {
        let mut reader = Reader { words: Words { len, big_endian }, rest: Some(data) };
        let header = [(); 5].map(|()| reader.word());
        // 0, 3, 0 for C++, the period in microseconds, 0.
        if let ([0, 3, 0, period, 0], Some(_)) = (header, reader.rest)
            && period > 0
        {
            return samples(reader, period as i64);
        }
    }
    Err(Refusal::Unrecognized)
}

fn samples(mut reader: Reader<'_>, period: i64) -> Result<Profile, Refusal> {
    let period = period.wrapping_mul(1000);
    let sample_types = [["samples", "count"], ["cpu", "nanoseconds"]];
    let mut builder = Builder::new(["cpu", "nanoseconds"], period, &sample_types);
    while reader.left() > 0 {
        let (count, len) = (reader.word(), reader.word());
        if reader.rest.is_none() || len > (reader.left() / 4) as u64 {
            return Err(Refusal::Unrecognized);
        }
        let mut stack: Vec<u64> = (0..len).map(|_| reader.word()).collect();
        if count == 0 && stack == [0] {
            break;
        }
        // What stands there is the instruction after the call, but for the leaf, which calls nothing.
        stack.iter_mut().skip(1).for_each(|address| *address = address.wrapping_sub(1));
        let count = count as i64;
        builder.sample(&stack, &[count, count.wrapping_mul(period)], None);
    }
    for _ in 0..PROFILER_FRAMES {
        remove_profiler_frame(&mut builder.profile);
    }
    let mut profile = builder.map(Lines::of(reader.rest.unwrap_or_default()))?;
    remove_double_leaves(&mut profile);
    Ok(profile)
}

fn remove_profiler_frame(profile: &mut Profile) {
    let count = profile.samples.len();
    let mut counts: BTreeMap<LocationId, usize> = BTreeMap::new();
    for sample in &profile.samples {
        if let Some(&second) = profile.stack(sample).get(1) {
            *counts.entry(second).or_default() += 1;
        }
    }
    let common = counts.into_iter().find(|&(_, seen)| seen >= count - count / SIMILAR_SAMPLES);
    let Some((common, _)) = common else { return };
    for sample in &mut profile.samples {
        let stack = &mut profile.stacks[range(sample.stack_start, sample.stack_len)];
        if stack.get(1) == Some(&common) {
            sample.stack_len = remove_second(stack);
        }
    }
}
