//! Samples, added up by where they allocate and by the size of the object.

use escargo_pprof::measure;
use escargo_pprof::profile::{FunctionId, LabelValue, Line, LocationId, Profile};
use rustc_hash::FxHashMap;

use super::reason::{is_helper, is_run_time};
use super::{Count, JoinError};
use crate::finding::Measured;

/// Where the wanted numbers stand among the values of a sample.
pub(super) struct Columns {
    objects: Option<usize>,
    space: usize,
    /// Bytes in a unit of `space`.
    unit: f64,
}

impl Columns {
    pub(super) fn find(profile: &Profile, count: Count) -> Result<Columns, JoinError> {
        let (space, objects) = match count {
            Count::Allocated => ("alloc_space", "alloc_objects"),
            Count::InUse => ("inuse_space", "inuse_objects"),
        };
        let find = |kind: &str| profile.sample_types.iter().position(|of| &*of.kind == kind);
        let Some(at) = find(space) else {
            let has = profile.sample_types.iter().map(|of| of.kind.to_string()).collect();
            return Err(JoinError::NotCounted { wanted: space, has });
        };
        let unit = match &*profile.sample_types[at].unit {
            "bytes" | "" => 1.0,
            other => measure::scale(1, other, "bytes").0,
        };
        Ok(Columns { objects: find(objects), space: at, unit })
    }

    fn measured(&self, values: &[i64]) -> Measured {
        let bytes = match self.unit {
            1.0 => values[self.space],
            unit => (values[self.space] as f64 * unit) as i64,
        };
        Measured { bytes, objects: self.objects.map_or(0, |at| values[at]) }
    }
}

/// Samples that allocate at the same place objects of the same size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    /// The location.
    pub(super) location: LocationId,
    /// Number of its frames that are passed over.
    pub(super) skip: u32,
    /// Bytes of one object; 0 if unknown.
    pub(super) size: u64,
    /// Where it was called, if that is wanted.
    pub(super) caller: Option<Caller>,
    /// How much.
    pub(super) measured: Measured,
}

/// A call: the function that it stands in, and the line.
pub(super) type Caller = (FunctionId, i64);

impl Bucket {
    /// The frames, innermost first.
    pub(super) fn frames<'p>(&self, profile: &'p Profile) -> &'p [Line] {
        profile.location(self.location).lines.get(self.skip as usize..).unwrap_or_default()
    }
}

/// A line number of a profile; 0 for those that no file has.
pub(super) fn line_number(line: i64) -> i64 {
    u32::try_from(line).map_or(0, i64::from)
}

/// All samples of a profile, added up.
pub(super) struct Buckets {
    /// Those with a function that is not the run time's, in the order of their first samples.
    pub(super) list: Vec<Bucket>,
    /// Those without, by the function at the leaf.
    pub(super) run_time: Vec<(Option<FunctionId>, Measured)>,
    /// All.
    pub(super) all: Measured,
}

/// Adds up the samples of a profile. What helpers allocate is told apart by the innermost call in a function that was
/// asked for.
pub(super) fn collect(
    profile: &Profile,
    columns: &Columns,
    is_asked: impl Fn(FunctionId) -> bool,
) -> Buckets {
    let visible: Vec<Option<u32>> =
        profile.locations.iter().map(|location| first_visible(profile, &location.lines)).collect();
    let mut buckets = Buckets { list: Vec::new(), run_time: Vec::new(), all: Measured::default() };
    let mut by_place: FxHashMap<(LocationId, u64, Option<Caller>), usize> = FxHashMap::default();
    let mut by_function: FxHashMap<Option<FunctionId>, usize> = FxHashMap::default();
    for (at, sample) in profile.samples.iter().enumerate() {
        let measured = columns.measured(profile.values(at));
        if measured == Measured::default() {
            continue;
        }
        buckets.all.add(measured);
        let stack = profile.stack(sample);
        let place = stack.iter().position(|location| visible[location.0 as usize].is_some());
        let Some(place) = place else {
            let lines = stack.first().map(|&leaf| &profile.location(leaf).lines[..]).unwrap_or_default();
            let function = lines.first().and_then(|line| line.function);
            let known = *by_function.entry(function).or_insert_with(|| {
                buckets.run_time.push((function, Measured::default()));
                buckets.run_time.len() - 1
            });
            buckets.run_time[known].1.add(measured);
            continue;
        };
        let (location, skip) = (stack[place], visible[stack[place].0 as usize].unwrap_or(0));
        let caller = match is_in_helper(profile, location, skip) {
            true => caller(profile, &stack[place..], &is_asked),
            false => None,
        };
        let size = object_size(profile, at, measured);
        let known = *by_place.entry((location, size, caller)).or_insert_with(|| {
            buckets.list.push(Bucket { location, skip, size, caller, measured: Measured::default() });
            buckets.list.len() - 1
        });
        buckets.list[known].measured.add(measured);
    }
    buckets
}

fn is_in_helper(profile: &Profile, location: LocationId, skip: u32) -> bool {
    let frame = profile.location(location).lines.get(skip as usize);
    frame.and_then(|line| line.function).is_some_and(|id| {
        let function = profile.function(id);
        is_helper(&function.name, &function.filename)
    })
}

/// The innermost call that stands in a function that was asked for.
fn caller(profile: &Profile, stack: &[LocationId], is_asked: &impl Fn(FunctionId) -> bool) -> Option<Caller> {
    let mut frames = stack.iter().flat_map(|&location| &profile.location(location).lines);
    frames.find_map(|line| line.function.filter(|&id| is_asked(id)).map(|id| (id, line.line)))
}

/// Number of frames in front of the first that is not the run time's own, if there is one.
fn first_visible(profile: &Profile, lines: &[Line]) -> Option<u32> {
    if lines.is_empty() {
        // A place without symbols hides who called the run time.
        return Some(0);
    }
    let is_visible = |line: &Line| line.function.is_none_or(|id| !is_run_time(&profile.function(id).name));
    lines.iter().position(is_visible).map(|at| at as u32)
}

/// Bytes of one object of a sample: its label, as Go writes it, or the mean.
fn object_size(profile: &Profile, sample: usize, measured: Measured) -> u64 {
    let labels = profile.labels(&profile.samples[sample]);
    let labelled = labels.iter().find_map(|label| match (&*label.key, &label.value) {
        ("bytes", &LabelValue::Number(bytes, _)) => u64::try_from(bytes).ok(),
        _ => None,
    });
    labelled.unwrap_or_else(|| {
        let mean = measured.bytes.checked_div(measured.objects).unwrap_or(0);
        u64::try_from(mean).unwrap_or(0)
    })
}
