//! A large profile, the same each time: what a service with a deep call graph would write as its heap profile.

use std::io::Write;

use anyhow::Result;
use rustc_hash::FxHashMap;

/// Functions of the made-up program.
const FUNCTIONS: u64 = 12_000;
/// Places at which they call something, three for most of them.
const LOCATIONS: u64 = 40_000;
/// Every so many locations there is a second frame, inlined into the first.
const INLINED: u64 = 5;
/// Stacks are at most so deep.
const DEEPEST: usize = 60;

/// The profile in `profile.proto`'s encoding. A million samples take more than 100 MB.
pub(super) fn profile(samples: u32) -> Vec<u8> {
    let mut made = Maker::default();
    made.text("");
    let kinds = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];
    for (kind, unit) in kinds {
        made.value_type(1, kind, unit);
    }
    made.samples(samples);
    made.mapping();
    made.locations();
    made.functions();
    made.value_type(11, "space", "bytes");
    number(&mut made.out, 12, 524_288);
    number(&mut made.out, 9, 1_750_000_000_000_000_000);
    let kind = made.text("inuse_space");
    number(&mut made.out, 14, kind);
    for text in &made.texts {
        bytes(&mut made.out, 6, text.as_bytes());
    }
    made.out
}

/// Packed as Go packs profiles.
pub(super) fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(plain)?;
    Ok(packer.finish()?)
}

#[derive(Default)]
struct Maker {
    out: Vec<u8>,
    texts: Vec<String>,
    places: FxHashMap<String, u64>,
}

/// Numbers that look random and are the same each time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

impl Maker {
    fn text(&mut self, text: &str) -> u64 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.texts.len() as u64;
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    fn value_type(&mut self, field: u64, kind: &str, unit: &str) {
        let mut message = Vec::new();
        number(&mut message, 1, self.text(kind));
        number(&mut message, 2, self.text(unit));
        bytes(&mut self.out, field, &message);
    }

    /// Each stack shares its outer part with the one before, as those of one program do.
    fn samples(&mut self, count: u32) {
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
        let (key, unit) = (self.text("bytes"), self.text("bytes"));
        let mut stack: Vec<u64> = Vec::new();
        let (mut packed, mut message, mut label) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            let keep = stack.len().saturating_sub(1 + numbers.below(24) as usize);
            stack.truncate(keep);
            let depth = (keep + 1 + numbers.below(25) as usize).clamp(8, DEEPEST);
            while stack.len() < depth {
                let caller = stack.last().copied().unwrap_or(0);
                // A place calls few others; common ones have small numbers.
                let choice = numbers.below(6) * numbers.below(6);
                stack.push(1 + (caller * 31 + choice * 977) % LOCATIONS);
            }
            message.clear();
            packed.clear();
            stack.iter().rev().for_each(|&id| varint(&mut packed, id));
            bytes(&mut message, 1, &packed);
            let (size, objects) = (16 << numbers.below(12), 1 + numbers.below(5000));
            let kept = objects / (1 + numbers.below(8));
            packed.clear();
            [objects, objects * size, kept, kept * size].iter().for_each(|&v| varint(&mut packed, v));
            bytes(&mut message, 2, &packed);
            label.clear();
            number(&mut label, 1, key);
            number(&mut label, 3, size);
            number(&mut label, 4, unit);
            bytes(&mut message, 3, &label);
            bytes(&mut self.out, 2, &message);
        }
    }

    fn mapping(&mut self) {
        let mut message = Vec::new();
        let (file, build) = (self.text("/srv/service/bin/service"), self.text("d41d8cd98f00b204"));
        for (field, value) in [(1, 1), (2, 0x40_0000), (3, 0x400_0000), (5, file), (6, build), (7, 1)] {
            number(&mut message, field, value);
        }
        bytes(&mut self.out, 3, &message);
    }

    fn locations(&mut self) {
        for id in 1..=LOCATIONS {
            let mut message = Vec::new();
            number(&mut message, 1, id);
            number(&mut message, 2, 1);
            number(&mut message, 3, 0x40_1000 + id * 37);
            let frames = if id % INLINED == 0 { 2 } else { 1 };
            for frame in 0..frames {
                let mut line = Vec::new();
                number(&mut line, 1, 1 + (id * 7 / 3 + frame * 4001) % FUNCTIONS);
                number(&mut line, 2, 10 + id % 900);
                bytes(&mut message, 4, &line);
            }
            bytes(&mut self.out, 4, &message);
        }
    }

    fn functions(&mut self) {
        for id in 1..=FUNCTIONS {
            let package = format!("example.com/service/internal/part{}", id % 173);
            let name = match id % 4 {
                0 => format!("{package}.(*Worker{}).Handle{id}", id % 29),
                1 => format!("{package}.Build{id}[go.shape.int]"),
                2 => format!("{package}.process{id}.func1"),
                _ => format!("{package}.Decode{id}"),
            };
            let (name, file) = (self.text(&name), self.text(&format!("{package}/file{}.go", id % 7)));
            let mut message = Vec::new();
            for (field, value) in [(1, id), (2, name), (3, name), (4, file), (5, 1 + id % 800)] {
                number(&mut message, field, value);
            }
            bytes(&mut self.out, 5, &message);
        }
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_well_formed() {
        let plain = profile(500);
        assert_eq!(plain, profile(500));
        let read = escargo_pprof::profile::Profile::parse(&gzip(&plain).expect("memory")).expect("a profile");
        assert_eq!((read.samples.len(), read.locations.len()), (500, LOCATIONS as usize));
    }
}
