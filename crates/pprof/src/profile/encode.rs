//! Writing protocol buffers. Fields, and texts in their table, stand in the order in which pprof writes them.

use super::wire::{put, put_bytes, put_nonzero, put_numbers};
use super::{Function, LabelValue, Location, Mapping, Profile, ValueType};
use flate2::{Compression, write::GzEncoder};
use rustc_hash::FxHashMap;
use std::io::Write;

impl Profile {
    /// The profile as a protocol buffer.
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::default();
        encoder.strings.number("");
        encoder.profile(self);
        encoder.out
    }

    /// The profile as a protocol buffer, compressed.
    pub fn encode_gzip(&self) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        // Writing to memory does not fail.
        let _ = encoder.write_all(&self.encode());
        encoder.finish().unwrap_or_default()
    }
}

/// The table of texts: each has the number of its first use.
#[derive(Default)]
struct Strings<'a> {
    numbers: FxHashMap<&'a str, u64>,
    texts: Vec<&'a str>,
}

impl<'a> Strings<'a> {
    fn number(&mut self, text: &'a str) -> u64 {
        *self.numbers.entry(text).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() as u64 - 1
        })
    }

    fn value_type(&mut self, value: &'a ValueType) -> [u64; 2] {
        [self.number(&value.kind), self.number(&value.unit)]
    }
}

#[derive(Default)]
struct Encoder<'a> {
    out: Vec<u8>,
    /// The message within that is being written, and the one within that.
    message: Vec<u8>,
    inner: Vec<u8>,
    strings: Strings<'a>,
}

impl<'a> Encoder<'a> {
    fn profile(&mut self, profile: &'a Profile) {
        for kind in &profile.sample_types {
            let numbers = self.strings.value_type(kind);
            self.value_type(1, numbers);
        }
        for place in 0..profile.samples.len() {
            self.sample(profile, place);
        }
        for mapping in &profile.mappings {
            self.mapping(mapping);
        }
        for location in &profile.locations {
            self.location(profile, location);
        }
        for function in &profile.functions {
            self.function(function);
        }
        let strings = &mut self.strings;
        let frames = [&profile.drop_frames, &profile.keep_frames].map(|text| strings.number(text));
        let period_type = profile.period_type.as_ref().map_or([0; 2], |kind| strings.value_type(kind));
        let comments: Vec<u64> = profile.comments.iter().map(|text| strings.number(text)).collect();
        let default_sample_type = strings.number(&profile.default_sample_type);
        let doc_url = strings.number(&profile.doc_url);
        for text in &strings.texts {
            put_bytes(&mut self.out, 6, text.as_bytes());
        }
        put_nonzero(&mut self.out, 7, frames[0]);
        put_nonzero(&mut self.out, 8, frames[1]);
        put_nonzero(&mut self.out, 9, profile.time_nanos as u64);
        put_nonzero(&mut self.out, 10, profile.duration_nanos as u64);
        if period_type != [0; 2] {
            self.value_type(11, period_type);
        }
        put_nonzero(&mut self.out, 12, profile.period as u64);
        put_numbers(&mut self.out, 13, comments.iter().copied());
        put(&mut self.out, 14, default_sample_type);
        put_nonzero(&mut self.out, 15, doc_url);
    }

    fn end_message(&mut self, field: u64) {
        put_bytes(&mut self.out, field, &self.message);
        self.message.clear();
    }

    fn value_type(&mut self, field: u64, [kind, unit]: [u64; 2]) {
        put_nonzero(&mut self.message, 1, kind);
        put_nonzero(&mut self.message, 2, unit);
        self.end_message(field);
    }

    fn sample(&mut self, profile: &'a Profile, place: usize) {
        let sample = &profile.samples[place];
        let ids = profile.stack(sample).iter().map(|&location| profile.location(location).id);
        put_numbers(&mut self.message, 1, ids);
        put_numbers(&mut self.message, 2, profile.values(place).iter().map(|&value| value as u64));
        for label in profile.labels(sample) {
            put_nonzero(&mut self.inner, 1, self.strings.number(&label.key));
            match &label.value {
                LabelValue::Text(text) => put_nonzero(&mut self.inner, 2, self.strings.number(text)),
                LabelValue::Number(number, unit) => {
                    put_nonzero(&mut self.inner, 3, *number as u64);
                    put_nonzero(&mut self.inner, 4, self.strings.number(unit));
                }
            }
            put_bytes(&mut self.message, 3, &self.inner);
            self.inner.clear();
        }
        self.end_message(2);
    }

    fn mapping(&mut self, mapping: &'a Mapping) {
        let numbers = [
            mapping.id,
            mapping.start,
            mapping.limit,
            mapping.offset,
            self.strings.number(&mapping.file),
            self.strings.number(&mapping.build_id),
            u64::from(mapping.has_functions),
            u64::from(mapping.has_filenames),
            u64::from(mapping.has_line_numbers),
            u64::from(mapping.has_inline_frames),
        ];
        for (field, number) in (1..).zip(numbers) {
            put_nonzero(&mut self.message, field, number);
        }
        self.end_message(3);
    }

    fn location(&mut self, profile: &Profile, location: &Location) {
        put_nonzero(&mut self.message, 1, location.id);
        put_nonzero(&mut self.message, 2, location.mapping.map_or(0, |mapping| profile.mapping(mapping).id));
        put_nonzero(&mut self.message, 3, location.address);
        for line in &location.lines {
            put_nonzero(
                &mut self.inner,
                1,
                line.function.map_or(0, |function| profile.function(function).id),
            );
            put_nonzero(&mut self.inner, 2, line.line as u64);
            put_nonzero(&mut self.inner, 3, line.column as u64);
            put_bytes(&mut self.message, 4, &self.inner);
            self.inner.clear();
        }
        put_nonzero(&mut self.message, 5, u64::from(location.is_folded));
        self.end_message(4);
    }

    fn function(&mut self, function: &'a Function) {
        put_nonzero(&mut self.message, 1, function.id);
        put_nonzero(&mut self.message, 2, self.strings.number(&function.name));
        put_nonzero(&mut self.message, 3, self.strings.number(&function.system_name));
        put_nonzero(&mut self.message, 4, self.strings.number(&function.filename));
        put_nonzero(&mut self.message, 5, function.start_line as u64);
        self.end_message(5);
    }
}
