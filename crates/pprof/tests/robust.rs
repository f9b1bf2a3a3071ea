//! Whatever is read: nothing panics, what is written is read again, and hostile data are refused.

use escargo_pprof::profile::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, Profile,
    ValueType, merge,
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

/// A small generator of numbers (xorshift64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Mostly small, of either sign, sometimes extreme.
    fn number(&mut self) -> i64 {
        let number = self.next() as i64;
        number >> self.below(64)
    }

    fn text(&mut self) -> Arc<str> {
        let letters = ["a", "main.", "é", "\0", "/", " ", "{", "(*T)"];
        (0..self.below(5)).map(|_| letters[self.below(letters.len())]).collect::<String>().into()
    }

    fn value_type(&mut self) -> ValueType {
        ValueType { kind: self.text(), unit: self.text() }
    }
}

fn data_files() -> Vec<Vec<u8>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut paths: Vec<_> =
        fs::read_dir(data).expect("data").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let is_profile = |path: &Path| {
        path.extension()
            .is_some_and(|extension| extension == "gz" || extension == "txt" || extension == "bin")
    };
    paths.iter().filter(|path| is_profile(path)).map(|path| fs::read(path).expect("a file")).collect()
}

fn unpacked(data: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    match GzDecoder::new(data).read_to_end(&mut unpacked) {
        Ok(_) => unpacked,
        Err(_) => data.to_vec(),
    }
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).expect("written to memory");
    encoder.finish().expect("written to memory")
}

/// A profile of which everything is arbitrary that may be.
fn arbitrary(random: &mut Random) -> Profile {
    let mut profile = Profile {
        sample_types: (0..1 + random.below(4)).map(|_| random.value_type()).collect(),
        default_sample_type: random.text(),
        comments: (0..random.below(5)).map(|_| random.text()).collect(),
        doc_url: random.text(),
        drop_frames: random.text(),
        keep_frames: random.text(),
        time_nanos: random.number(),
        duration_nanos: random.number(),
        period_type: Some(random.value_type()),
        period: random.number(),
        ..Profile::default()
    };
    let id = |random: &mut Random, place: usize| {
        if random.below(4) == 0 { 1 << 40 | place as u64 } else { place as u64 + 1 }
    };
    for place in 0..random.below(4) {
        profile.mappings.push(Mapping {
            id: id(random, place),
            start: random.next(),
            limit: random.next(),
            offset: random.number() as u64,
            file: random.text(),
            build_id: random.text(),
            has_functions: random.below(2) == 0,
            has_filenames: random.below(2) == 0,
            has_line_numbers: random.below(2) == 0,
            has_inline_frames: random.below(2) == 0,
        });
    }
    for place in 0..1 + random.below(6) {
        let (name, system_name, filename) = (random.text(), random.text(), random.text());
        profile.functions.push(Function {
            id: id(random, place),
            name,
            system_name,
            filename,
            start_line: random.number(),
        });
    }
    for place in 0..1 + random.below(9) {
        let mapping = random.below(profile.mappings.len() + 1);
        let lines = (0..random.below(4))
            .map(|_| Line {
                function: Some(FunctionId(random.below(profile.functions.len()) as u32)),
                line: random.number(),
                column: random.number(),
            })
            .collect();
        profile.locations.push(Location {
            id: id(random, place),
            mapping: (mapping < profile.mappings.len()).then_some(MappingId(mapping as u32)),
            address: random.next(),
            lines,
            is_folded: random.below(5) == 0,
        });
    }
    for _ in 0..random.below(12) {
        let stack: Vec<_> =
            (0..random.below(6)).map(|_| LocationId(random.below(profile.locations.len()) as u32)).collect();
        let values: Vec<i64> = profile.sample_types.iter().map(|_| random.number()).collect();
        let labels: Vec<Label> = (0..random.below(4))
            .map(|_| {
                let key = random.text();
                // Empty texts, and nothings without a unit, are not written.
                let value = match random.below(2) {
                    0 => LabelValue::Text(format!("t{}", random.text()).into()),
                    _ => LabelValue::Number(random.number() | 1, random.text()),
                };
                Label { key, value }
            })
            .collect();
        profile.add_sample(&stack, &values, labels);
    }
    profile
}

#[test]
fn what_is_written_is_read_again() {
    let mut random = Random(7);
    for _ in 0..2000 {
        let profile = arbitrary(&mut random);
        let written = profile.encode();
        let read = Profile::parse(&written).expect("what was written");
        assert_eq!(read, profile);
        assert_eq!(read.encode(), written);
        assert_eq!(Profile::parse(&profile.encode_gzip()).as_ref(), Ok(&profile));
    }
}

#[test]
fn merging_again_changes_nothing() {
    let mut random = Random(11);
    for _ in 0..500 {
        let profile = arbitrary(&mut random);
        let merged = merge(&[&profile]).expect("compatible with itself");
        assert_eq!(merge(&[&merged]).as_ref(), Ok(&merged));
        let twice = merge(&[&profile, &profile]).expect("compatible with itself");
        assert_eq!(twice.stacks.len(), merged.stacks.len().min(twice.stacks.len()));
        let mut negative = profile.clone();
        negative.values.iter_mut().for_each(|value| *value = value.wrapping_neg());
        let nothing = merge(&[&profile, &negative]).expect("compatible with itself");
        assert!(nothing.samples.is_empty() && nothing.locations.is_empty());
    }
}

/// Reads data, and if it is a profile, does with it what may be done.
fn exercise(data: &[u8]) {
    if let Ok(mut profile) = Profile::parse(data) {
        let _ = profile.to_text();
        let _ = profile.remove_uninteresting();
        let merged = merge(&[&profile]).expect("compatible with itself");
        assert_eq!(Profile::parse(&merged.encode()).map(|read| read.samples.len()), Ok(merged.samples.len()));
    }
}

#[test]
fn damaged_data_are_refused_or_read() {
    let mut random = Random(3);
    for data in data_files() {
        let plain = unpacked(&data);
        for _ in 0..150 {
            for original in [&data, &plain] {
                let mut damaged = original.clone();
                for _ in 0..1 + random.below(3) {
                    let place = random.below(damaged.len());
                    damaged[place] ^= 1 << random.below(8);
                }
                exercise(&damaged);
                damaged.truncate(random.below(original.len()));
                exercise(&damaged);
                exercise(&original[..random.below(original.len())]);
            }
        }
    }
}

#[test]
fn noise_is_refused_or_read() {
    let mut random = Random(5);
    for _ in 0..5000 {
        let noise: Vec<u8> = (0..random.below(200)).map(|_| (random.next() >> 33) as u8).collect();
        exercise(&noise);
        exercise(&[&[0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0][..], &noise].concat());
    }
}

/// What is said about data.
fn refusal(data: &[u8]) -> String {
    Profile::parse(data).map_or_else(|error| error.to_string(), |_| "read".into())
}

#[test]
fn refusals_have_the_words_of_pprof() {
    let heap = unpacked(
        &fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/heap.pb.gz")).expect("a file"),
    );
    let two = [&heap[..], &heap[..]].concat();
    let cases: [(&[u8], &str); 14] = [
        (b"", "parsing profile: empty input file"),
        (b"\x1f\x8b", "decompressing profile: unexpected EOF"),
        (b"\x1f\x8b\x09\x00\x00\x00\x00\x00\x00\x00\x00", "decompressing profile: gzip: invalid header"),
        (b"hello", "parsing profile: unrecognized profile format"),
        (&two, "parsing profile: concatenated profiles detected"),
        (
            b"heap profile: 1: 1 [1: 1] @ heap/2\nx\n",
            "parsing profile: unexpected number of sample values: got 0, want 6",
        ),
        (b"a profile: total 1\n1 @ 0x1 y\n", "parsing profile: malformed profile format"),
        (b"\x32\x00", "read"),
        (b"\x32\x01a", "parsing profile: unrecognized profile format"),
        (b"\x12\x00\x32\x00", "malformed profile: missing sample type information"),
        (b"\x0a\x00\x12\x00\x32\x00", "malformed profile: mismatch: sample has 0 values vs. 1 types"),
        (b"\x0a\x00\x12\x04\x10\x01\x08\x09\x32\x00", "malformed profile: sample has nil location"),
        (
            b"\x22\x04\x08\x01\x22\x00\x32\x00",
            "malformed profile: location id: 1 has a line with nil function",
        ),
        (
            b"\x22\x02\x08\x01\x22\x02\x08\x01\x32\x00",
            "malformed profile: multiple locations with same id: 1",
        ),
    ];
    for (data, words) in cases {
        assert_eq!(refusal(data), words, "{data:?}");
    }
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![0; 8 << 20];
    let bomb: Vec<u8> = std::iter::repeat_n(packed(&zeros), 40).flatten().collect();
    assert!(refusal(&bomb).starts_with("decompressing profile: data are longer than"));
}
