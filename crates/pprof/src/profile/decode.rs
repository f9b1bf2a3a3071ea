//! Reading protocol buffers.
//!
//! The message is walked twice. Samples come first in a file, what they refer to later: the first walk takes all but the
//! samples, the second puts the samples straight into the pools.

use super::ids::{BadId, Ids};
use super::wire::{Fields, Malformed, Value};
use super::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, Profile, Sample,
    ValueType,
};
use crate::Error;
use std::sync::Arc;

/// Why bytes are not a profile.
#[derive(Debug, PartialEq)]
pub(super) enum Failure {
    /// They are no protocol buffer of a profile; perhaps they are something else.
    NotProtobuf,
    /// They are two profiles, one after the other.
    Concatenated,
    /// They are a profile that contradicts itself.
    Invalid(Error),
}

impl From<Malformed> for Failure {
    fn from(_: Malformed) -> Failure {
        Failure::NotProtobuf
    }
}

/// Reads an uncompressed profile and checks it.
pub(super) fn decode(data: &[u8]) -> Result<Profile, Failure> {
    let outline = Outline::read(data)?;
    let strings = Strings(&outline.strings);
    let mut profile = outline.header(strings)?;
    let (mapping_ids, bad_mapping) = Ids::of(outline.mappings.iter().map(|raw| raw.mapping.id));
    let (function_ids, bad_function) = Ids::of(outline.functions.iter().map(|raw| raw.function.id));
    let (location_ids, bad_location) = Ids::of(outline.locations.iter().map(|raw| raw.location.id));
    for raw in &outline.mappings {
        let [file, build_id] = strings.all([raw.file, raw.build_id])?;
        profile.mappings.push(Mapping { file, build_id, ..raw.mapping.clone() });
    }
    for raw in &outline.functions {
        let [name, system_name, filename] = strings.all([raw.name, raw.system_name, raw.filename])?;
        profile.functions.push(Function { name, system_name, filename, ..raw.function.clone() });
    }
    let mut line_ids = outline.line_functions.iter();
    let mut lost_function = None;
    for (place, raw) in outline.locations.into_iter().enumerate() {
        let mut location = raw.location;
        location.mapping = mapping_ids.place(raw.mapping).map(MappingId);
        for (line, &id) in location.lines.iter_mut().zip(&mut line_ids) {
            line.function = function_ids.place(id).filter(|_| id != 0).map(FunctionId);
            if line.function.is_none() && lost_function.is_none() {
                lost_function = Some(BadId { place, id: location.id });
            }
        }
        profile.locations.push(location);
    }
    let unlike = SampleReader { profile: &mut profile, strings, locations: &location_ids, invalid: None }
        .read(data, outline.sample_count)?;
    let invalid = unlike
        .or_else(|| bad_mapping.map(|bad| bad_id("mapping", "ID", bad.id)))
        .or_else(|| bad_function.map(|bad| bad_id("function", "ID", bad.id)))
        .or_else(|| match (bad_location, lost_function) {
            (Some(bad), lost) if lost.is_none_or(|lost| bad.place <= lost.place) => {
                Some(bad_id("location", "id", bad.id))
            }
            (_, lost) => lost.map(|lost| format!("location id: {} has a line with nil function", lost.id)),
        });
    match invalid {
        Some(message) => Err(Failure::Invalid(Error::new(message))),
        None => Ok(profile),
    }
}

fn bad_id(what: &str, spelling: &str, id: u64) -> String {
    match id {
        0 => format!("found {what} with reserved {spelling}=0"),
        _ => format!("multiple {what}s with same id: {id}"),
    }
}

/// The table of texts.
#[derive(Clone, Copy)]
struct Strings<'a>(&'a [Arc<str>]);

impl Strings<'_> {
    fn get(self, index: i64) -> Result<Arc<str>, Malformed> {
        usize::try_from(index).ok().and_then(|index| self.0.get(index)).cloned().ok_or(Malformed)
    }

    fn all<const N: usize>(self, indices: [i64; N]) -> Result<[Arc<str>; N], Malformed> {
        let mut texts = [const { None }; N];
        for (text, index) in texts.iter_mut().zip(indices) {
            *text = Some(self.get(index)?);
        }
        Ok(texts.map(Option::unwrap_or_default))
    }
}

#[derive(Default)]
struct RawMapping {
    mapping: Mapping,
    file: i64,
    build_id: i64,
}

#[derive(Default)]
struct RawFunction {
    function: Function,
    name: i64,
    system_name: i64,
    filename: i64,
}

#[derive(Default)]
struct RawLocation {
    location: Location,
    mapping: u64,
}

/// Whether something without an id was there. One is enough to refuse the profile; millions, which are quickly written,
/// would only take memory.
#[derive(Default)]
struct Nameless(bool);

impl Nameless {
    fn admits(&mut self, id: u64) -> bool {
        id != 0 || !std::mem::replace(&mut self.0, true)
    }
}

#[derive(Default)]
struct NamelessOnes {
    mapping: Nameless,
    location: Nameless,
    function: Nameless,
}

/// All of a profile but its samples, with texts and references as the file has them.
#[derive(Default)]
struct Outline {
    sample_types: Vec<[i64; 2]>,
    sample_count: usize,
    mappings: Vec<RawMapping>,
    locations: Vec<RawLocation>,
    /// Ids of the functions of all lines of all locations.
    line_functions: Vec<u64>,
    functions: Vec<RawFunction>,
    strings: Vec<Arc<str>>,
    drop_frames: i64,
    keep_frames: i64,
    time_nanos: i64,
    duration_nanos: i64,
    period_type: [i64; 2],
    period: i64,
    comments: Vec<i64>,
    default_sample_type: i64,
    doc_url: i64,
}

impl Outline {
    fn read(data: &[u8]) -> Result<Outline, Failure> {
        let mut outline = Outline::default();
        let mut nameless = NamelessOnes::default();
        let mut fields = Fields::of(data);
        while let Some((number, value)) = fields.next()? {
            match number {
                1 => outline.sample_types.push(value_type(value)?),
                2 => {
                    value.bytes()?;
                    outline.sample_count += 1;
                }
                3 => {
                    let raw = mapping(value)?;
                    if nameless.mapping.admits(raw.mapping.id) {
                        outline.mappings.push(raw);
                    }
                }
                4 => {
                    let lines = outline.line_functions.len();
                    let raw = location(value, &mut outline.line_functions)?;
                    if nameless.location.admits(raw.location.id) {
                        outline.locations.push(raw);
                    } else {
                        outline.line_functions.truncate(lines);
                    }
                }
                5 => {
                    let raw = function(value)?;
                    if nameless.function.admits(raw.function.id) {
                        outline.functions.push(raw);
                    }
                }
                6 => outline.add_string(value.bytes()?)?,
                7 => outline.drop_frames = value.signed()?,
                8 => outline.keep_frames = value.signed()?,
                9 if outline.time_nanos != 0 => return Err(Failure::Concatenated),
                9 => outline.time_nanos = value.signed()?,
                10 => outline.duration_nanos = value.signed()?,
                11 => outline.period_type = value_type(value)?,
                12 => outline.period = value.signed()?,
                13 => value.each(|comment| outline.comments.push(comment as i64))?,
                14 => outline.default_sample_type = value.signed()?,
                15 => outline.doc_url = value.signed()?,
                _ => {}
            }
        }
        Ok(outline)
    }

    fn add_string(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let text = match (bytes, self.strings.first()) {
            ([], Some(empty)) => empty.clone(),
            ([_, ..], None) => return Err(Malformed),
            _ => Arc::from(String::from_utf8_lossy(bytes)),
        };
        self.strings.push(text);
        Ok(())
    }

    fn header(&self, strings: Strings<'_>) -> Result<Profile, Malformed> {
        let value_type =
            |[kind, unit]: [i64; 2]| strings.all([kind, unit]).map(|[kind, unit]| ValueType { kind, unit });
        Ok(Profile {
            sample_types: self.sample_types.iter().map(|&kind| value_type(kind)).collect::<Result<_, _>>()?,
            default_sample_type: strings.get(self.default_sample_type)?,
            comments: self.comments.iter().map(|&text| strings.get(text)).collect::<Result<_, _>>()?,
            doc_url: strings.get(self.doc_url)?,
            drop_frames: strings.get(self.drop_frames)?,
            keep_frames: strings.get(self.keep_frames)?,
            time_nanos: self.time_nanos,
            duration_nanos: self.duration_nanos,
            period_type: Some(value_type(self.period_type)?),
            period: self.period,
            ..Profile::default()
        })
    }
}

fn value_type(value: Value<'_>) -> Result<[i64; 2], Malformed> {
    let (mut read, mut fields) = ([0; 2], value.fields()?);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => read[0] = value.signed()?,
            2 => read[1] = value.signed()?,
            _ => {}
        }
    }
    Ok(read)
}

fn mapping(value: Value<'_>) -> Result<RawMapping, Malformed> {
    let (mut raw, mut fields) = (RawMapping::default(), value.fields()?);
    let mapping = &mut raw.mapping;
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => mapping.id = value.unsigned()?,
            2 => mapping.start = value.unsigned()?,
            3 => mapping.limit = value.unsigned()?,
            4 => mapping.offset = value.unsigned()?,
            5 => raw.file = value.signed()?,
            6 => raw.build_id = value.signed()?,
            7 => mapping.has_functions = value.flag()?,
            8 => mapping.has_filenames = value.flag()?,
            9 => mapping.has_line_numbers = value.flag()?,
            10 => mapping.has_inline_frames = value.flag()?,
            _ => {}
        }
    }
    Ok(raw)
}

fn function(value: Value<'_>) -> Result<RawFunction, Malformed> {
    let (mut raw, mut fields) = (RawFunction::default(), value.fields()?);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => raw.function.id = value.unsigned()?,
            2 => raw.name = value.signed()?,
            3 => raw.system_name = value.signed()?,
            4 => raw.filename = value.signed()?,
            5 => raw.function.start_line = value.signed()?,
            _ => {}
        }
    }
    Ok(raw)
}

fn location(value: Value<'_>, line_functions: &mut Vec<u64>) -> Result<RawLocation, Malformed> {
    let (mut raw, mut fields) = (RawLocation::default(), value.fields()?);
    let location = &mut raw.location;
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => location.id = value.unsigned()?,
            2 => raw.mapping = value.unsigned()?,
            3 => location.address = value.unsigned()?,
            4 => {
                let (line, function) = line(value)?;
                if location.lines.is_empty() {
                    // Most have one.
                    location.lines.reserve_exact(1);
                }
                location.lines.push(line);
                line_functions.push(function);
            }
            5 => location.is_folded = value.flag()?,
            _ => {}
        }
    }
    Ok(raw)
}

fn line(value: Value<'_>) -> Result<(Line, u64), Malformed> {
    let (mut line, mut function, mut fields) = (Line::default(), 0, value.fields()?);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => function = value.unsigned()?,
            2 => line.line = value.signed()?,
            3 => line.column = value.signed()?,
            _ => {}
        }
    }
    Ok((line, function))
}

/// So many samples tell how deep the others are.
const FORESIGHT: usize = 1 << 12;

/// The second walk.
struct SampleReader<'a> {
    profile: &'a mut Profile,
    strings: Strings<'a>,
    locations: &'a Ids,
    /// The first thing that is wrong with a sample. Only the end of the walk shows whether something worse is wrong.
    invalid: Option<String>,
}

impl SampleReader<'_> {
    /// Reads all samples; what is invalid of them.
    fn read(mut self, data: &[u8], count: usize) -> Result<Option<String>, Malformed> {
        let width = self.profile.sample_types.len();
        if width == 0 && count != 0 {
            self.invalid = Some("missing sample type information".into());
        }
        self.profile.samples.reserve_exact(count);
        self.profile.values.reserve_exact(count.saturating_mul(width).min(data.len() / 4));
        let mut fields = Fields::of(data);
        while let Some((number, value)) = fields.next()? {
            if number == 2 {
                self.sample(value.fields()?)?;
                if self.profile.samples.len() == FORESIGHT {
                    // The others are probably as deep: a pool that grows by and by is copied again and again.
                    let stacks = &mut self.profile.stacks;
                    let all = stacks.len() as u64 * count as u64 / FORESIGHT as u64;
                    let all = usize::try_from(all + all / 32).unwrap_or(0).min(data.len());
                    stacks.reserve_exact(all.saturating_sub(stacks.len()));
                }
            }
        }
        Ok(self.invalid)
    }

    fn sample(&mut self, mut fields: Fields<'_>) -> Result<(), Malformed> {
        let Profile { stacks, values, labels, samples, sample_types, .. } = &mut *self.profile;
        let (stack_start, value_start, label_start) = (stacks.len(), values.len(), labels.len());
        let mut lost = false;
        while let Some((number, value)) = fields.next()? {
            match number {
                1 => value.each(|id| match self.locations.place(id) {
                    Some(place) => stacks.push(LocationId(place)),
                    None => lost = true,
                })?,
                2 => value.each(|number| values.push(number as i64))?,
                3 => labels.extend(label(value, self.strings)?),
                _ => {}
            }
        }
        sort_labels(&mut labels[label_start..]);
        let got = values.len() - value_start;
        if self.invalid.is_none() {
            if got != sample_types.len() {
                let want = sample_types.len();
                self.invalid = Some(format!("mismatch: sample has {got} values vs. {want} types"));
            } else if lost {
                self.invalid = Some("sample has nil location".into());
            }
        }
        samples.push(Sample {
            stack_start: stack_start as u32,
            stack_len: (stacks.len() - stack_start) as u32,
            label_start: label_start as u32,
            label_len: (labels.len() - label_start) as u32,
        });
        Ok(())
    }
}

/// A label, unless it says nothing.
fn label(value: Value<'_>, strings: Strings<'_>) -> Result<Option<Label>, Malformed> {
    let ([mut key, mut text, mut amount, mut unit], mut fields) = ([0; 4], value.fields()?);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => key = value.signed()?,
            2 => text = value.signed()?,
            3 => amount = value.signed()?,
            4 => unit = value.signed()?,
            _ => {}
        }
    }
    let key = strings.get(key)?;
    Ok(match (text, amount, unit) {
        (0, 0, 0) => None,
        (0, ..) => Some(Label { key, value: LabelValue::Number(amount, strings.get(unit)?) }),
        _ => Some(Label { key, value: LabelValue::Text(strings.get(text)?) }),
    })
}

/// Puts the labels of a sample in the order that [`Profile::labels`] promises.
pub(super) fn sort_labels(labels: &mut [Label]) {
    if labels.len() > 1 && !labels.is_sorted_by(|a, b| a.sort_key() <= b.sort_key()) {
        labels.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    }
}
