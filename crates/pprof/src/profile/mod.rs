//! A profile in memory (`profile.proto` of github.com/google/pprof).
//!
//! Ids are dense: a location, function or mapping is named by its place in the profile's list. The ids that stand in a
//! file are kept beside, because some reports print them. What samples are made of lies in three pools, side by side, so
//! that a profile of a million samples is a handful of allocations.

mod aggregate;
mod clock;
mod decode;
mod encode;
mod filter;
mod ids;
mod inquiry;
mod labels;
mod legacy;
mod merge;
mod open;
mod prune;
mod scale;
mod text;
mod wire;

pub use aggregate::AggregateBy;
pub use clock::local_time;
pub use filter::{NameMatches, SampleChoice};
pub use merge::{make_compatible, merge};

use std::ops::Range;
use std::sync::Arc;

/// Place of a location in [`Profile::locations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocationId(pub u32);

/// Place of a function in [`Profile::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);

/// Place of a mapping in [`Profile::mappings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MappingId(pub u32);

/// What a value counts, and in which unit: `inuse_space`, `bytes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ValueType {
    /// What is counted.
    pub kind: Arc<str>,
    /// The unit.
    pub unit: Arc<str>,
}

/// A profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// What the values of each sample are, in order.
    pub sample_types: Vec<ValueType>,
    /// The type shown unless another is asked for; empty if the profile names none.
    pub default_sample_type: Arc<str>,
    /// Samples, in the order of the file.
    pub samples: Vec<Sample>,
    /// Stacks of all samples, one after the other, each from the leaf to the root.
    pub stacks: Vec<LocationId>,
    /// Values of all samples: as many for each as there are sample types.
    pub values: Vec<i64>,
    /// Labels of all samples, one after the other; those of a sample in the order of [`Profile::labels`].
    pub labels: Vec<Label>,
    /// Mapped binaries.
    pub mappings: Vec<Mapping>,
    /// Places in code.
    pub locations: Vec<Location>,
    /// Functions.
    pub functions: Vec<Function>,
    /// Free text about the profile.
    pub comments: Vec<Arc<str>>,
    /// Where the profile is documented; empty if nowhere.
    pub doc_url: Arc<str>,
    /// Regular expression: frames whose functions match are dropped, with all frames below them.
    pub drop_frames: Arc<str>,
    /// Regular expression: frames that stay although `drop_frames` matches.
    pub keep_frames: Arc<str>,
    /// When it was taken, in nanoseconds since 1970; 0 if unknown.
    pub time_nanos: i64,
    /// How long it took, in nanoseconds; 0 if unknown.
    pub duration_nanos: i64,
    /// What is counted between samples.
    pub period_type: Option<ValueType>,
    /// How much of that.
    pub period: i64,
}

/// A sample: places in the pools of its profile. Its values are those at its own place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// First of its locations in [`Profile::stacks`].
    pub stack_start: u32,
    /// Number of its locations.
    pub stack_len: u32,
    /// First of its labels in [`Profile::labels`].
    pub label_start: u32,
    /// Number of its labels.
    pub label_len: u32,
}

/// A label of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Its key.
    pub key: Arc<str>,
    /// Its value.
    pub value: LabelValue,
}

/// The value of a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LabelValue {
    /// A text.
    Text(Arc<str>),
    /// A number, and its unit, which may be empty.
    Number(i64, Arc<str>),
}

impl Label {
    /// What labels of a sample are sorted by.
    fn sort_key(&self) -> (bool, &str) {
        (matches!(self.value, LabelValue::Number(..)), &self.key)
    }
}

/// A mapped binary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Its id in the file.
    pub id: u64,
    /// Address at which it starts.
    pub start: u64,
    /// Address at which it ends.
    pub limit: u64,
    /// Offset in the file that is mapped at `start`.
    pub offset: u64,
    /// The file.
    pub file: Arc<str>,
    /// What tells this build of the file from others.
    pub build_id: Arc<str>,
    /// Whether locations in it have functions.
    pub has_functions: bool,
    /// Whether they have file names.
    pub has_filenames: bool,
    /// Whether they have line numbers.
    pub has_line_numbers: bool,
    /// Whether they have inlined frames.
    pub has_inline_frames: bool,
}

/// A place in code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// Its id in the file.
    pub id: u64,
    /// The binary.
    pub mapping: Option<MappingId>,
    /// The address; 0 if unknown.
    pub address: u64,
    /// Frames at the address: the innermost inlined call first, the function that all was inlined into last.
    pub lines: Vec<Line>,
    /// Several addresses may have been folded into it.
    pub is_folded: bool,
}

/// A frame of a location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The function.
    pub function: Option<FunctionId>,
    /// The line; 0 if unknown.
    pub line: i64,
    /// The column; 0 if unknown.
    pub column: i64,
}

/// A function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// Its id in the file.
    pub id: u64,
    /// Its name, as people read it.
    pub name: Arc<str>,
    /// Its name in the binary.
    pub system_name: Arc<str>,
    /// The file that it is declared in.
    pub filename: Arc<str>,
    /// The line at which it starts; 0 if unknown.
    pub start_line: i64,
}

impl Profile {
    /// The locations of a sample, from the leaf to the root.
    pub fn stack(&self, sample: &Sample) -> &[LocationId] {
        &self.stacks[range(sample.stack_start, sample.stack_len)]
    }

    /// The labels of a sample: first texts, then numbers, each sorted by key; those of one key are in the order of the
    /// file.
    pub fn labels(&self, sample: &Sample) -> &[Label] {
        &self.labels[range(sample.label_start, sample.label_len)]
    }

    /// The values of the sample with a number, one for each sample type.
    pub fn values(&self, sample: usize) -> &[i64] {
        let width = self.sample_types.len();
        &self.values[sample * width..(sample + 1) * width]
    }

    /// A location.
    pub fn location(&self, id: LocationId) -> &Location {
        &self.locations[id.0 as usize]
    }

    /// A function.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// A mapping.
    pub fn mapping(&self, id: MappingId) -> &Mapping {
        &self.mappings[id.0 as usize]
    }

    /// Adds a sample. `values` are as many as there are sample types; `labels` are put in order.
    pub fn add_sample(
        &mut self,
        stack: &[LocationId],
        values: &[i64],
        labels: impl IntoIterator<Item = Label>,
    ) {
        let (stack_start, label_start) = (self.stacks.len() as u32, self.labels.len() as u32);
        self.stacks.extend_from_slice(stack);
        self.values.extend_from_slice(values);
        self.labels.extend(labels);
        let label_len = self.labels.len() as u32 - label_start;
        decode::sort_labels(&mut self.labels[label_start as usize..]);
        self.samples.push(Sample { stack_start, stack_len: stack.len() as u32, label_start, label_len });
    }
}

fn range(start: u32, len: u32) -> Range<usize> {
    start as usize..start as usize + len as usize
}
