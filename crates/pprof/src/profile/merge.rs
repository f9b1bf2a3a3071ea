//! Several profiles in one.

use super::{
    Function, FunctionId, Label, Line, Location, LocationId, Mapping, MappingId, Profile, Sample, ValueType,
};
use crate::Error;
use crate::error::quote;
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Sizes of mappings are rounded up to it before they are compared.
const MAPPING_SIZE_UNIT: u64 = 0x1000;

/// Merges profiles: samples with the same stack and labels become one, and what no sample needs goes. Locations, functions
/// and mappings are numbered anew, in the order in which samples use them.
///
/// # Errors
///
/// There are no profiles, or they count different things.
pub fn merge(profiles: &[&Profile]) -> Result<Profile, Error> {
    let merged = merge_once(profiles)?;
    // Samples may have cancelled each other out.
    if (0..merged.samples.len()).any(|place| is_zero(merged.values(place))) {
        return merge_once(&[&merged]);
    }
    Ok(merged)
}

/// Makes profiles mergeable: keeps the sample types that are in all of them, in the order of the first.
///
/// # Errors
///
/// There are none.
pub fn make_compatible(profiles: &mut [Profile]) -> Result<(), Error> {
    let mut counts: FxHashMap<Arc<str>, usize> = FxHashMap::default();
    for kind in profiles.iter().flat_map(|profile| &profile.sample_types) {
        *counts.entry(kind.kind.clone()).or_default() += 1;
    }
    let all = profiles.len();
    let first = profiles.first().map_or(&[][..], |first| &first.sample_types[..]);
    let common: Vec<Arc<str>> =
        first.iter().map(|kind| kind.kind.clone()).filter(|kind| counts.get(kind) == Some(&all)).collect();
    if common.is_empty() {
        return Err(Error::new("profiles have empty common sample type list"));
    }
    profiles.iter_mut().try_for_each(|profile| keep_sample_types(profile, &common))
}

fn keep_sample_types(profile: &mut Profile, kinds: &[Arc<str>]) -> Result<(), Error> {
    let mut own: FxHashMap<&str, usize> = FxHashMap::default();
    for (place, kind) in profile.sample_types.iter().enumerate() {
        own.entry(&kind.kind).or_insert(place);
    }
    let place = |kind: &Arc<str>| {
        let found = own.get(&**kind).copied();
        found.ok_or_else(|| Error::new(format!("{} sample type is not found in profile", quote(kind))))
    };
    let places = kinds.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
    let width = profile.sample_types.len();
    if width == kinds.len() && places.iter().copied().eq(0..width) {
        return Ok(());
    }
    if !kinds.contains(&profile.default_sample_type) {
        profile.default_sample_type = kinds[0].clone();
    }
    profile.sample_types = places.iter().map(|&place| profile.sample_types[place].clone()).collect();
    profile.values =
        profile.values.chunks(width).flat_map(|values| places.iter().map(|&place| values[place])).collect();
    Ok(())
}

/// Whether two profiles count the same.
pub(super) fn compatible(a: &Profile, b: &Profile) -> Result<(), Error> {
    let none = ValueType::default();
    let periods = [a, b].map(|profile| profile.period_type.as_ref().unwrap_or(&none));
    if periods[0] != periods[1] {
        let [a, b] = periods.map(value_type_text);
        return Err(Error::new(format!("incompatible period types {a} and {b}")));
    }
    if a.sample_types != b.sample_types {
        let [a, b] = [a, b].map(|profile| {
            let kinds: Vec<String> = profile.sample_types.iter().map(value_type_text).collect();
            kinds.join(" ")
        });
        return Err(Error::new(format!("incompatible sample types [{a}] and [{b}]")));
    }
    Ok(())
}

fn value_type_text(value: &ValueType) -> String {
    format!("&{{{} {} 0 0}}", value.kind, value.unit)
}

fn is_zero(values: &[i64]) -> bool {
    values.iter().all(|&value| value == 0)
}

fn merge_once(profiles: &[&Profile]) -> Result<Profile, Error> {
    let mut merger = Merger { merged: merged_header(profiles)?, ..Merger::default() };
    // One profile rarely shrinks.
    if let [profile] = profiles {
        merger.merged.stacks.reserve_exact(profile.stacks.len());
        merger.merged.values.reserve_exact(profile.values.len());
        merger.merged.samples.reserve_exact(profile.samples.len());
        merger.merged.labels.reserve_exact(profile.labels.len());
    }
    for profile in profiles {
        Source {
            profile,
            mappings: vec![None; profile.mappings.len()],
            functions: vec![None; profile.functions.len()],
            locations: vec![None; profile.locations.len()],
            merger: &mut merger,
        }
        .merge();
    }
    Ok(merger.merged)
}

fn merged_header(profiles: &[&Profile]) -> Result<Profile, Error> {
    let Some((&first, rest)) = profiles.split_first() else {
        return Err(Error::new("no profiles to merge"));
    };
    rest.iter().try_for_each(|profile| compatible(first, profile))?;
    let mut merged = Profile {
        sample_types: first.sample_types.clone(),
        drop_frames: first.drop_frames.clone(),
        keep_frames: first.keep_frames.clone(),
        period_type: first.period_type.clone(),
        ..Profile::default()
    };
    let mut comments = FxHashSet::default();
    for profile in profiles {
        if merged.time_nanos == 0 || profile.time_nanos < merged.time_nanos {
            merged.time_nanos = profile.time_nanos;
        }
        merged.duration_nanos = merged.duration_nanos.wrapping_add(profile.duration_nanos);
        if merged.period == 0 || merged.period < profile.period {
            merged.period = profile.period;
        }
        merged
            .comments
            .extend(profile.comments.iter().filter(|text| comments.insert((*text).clone())).cloned());
        if merged.default_sample_type.is_empty() {
            merged.default_sample_type = profile.default_sample_type.clone();
        }
        if merged.doc_url.is_empty() {
            merged.doc_url = profile.doc_url.clone();
        }
    }
    Ok(merged)
}

/// What tells mappings apart: rounded size, offset, and build id or else file.
type MappingKey = (u64, u64, Arc<str>);
/// Address within the mapping, the mapping, whether it is folded, functions and lines, and the column of the last.
/// pprof forgets the columns of the others (`profile.Location.key`).
type LocationKey = (u64, Option<MappingId>, bool, Vec<(Option<FunctionId>, i64)>, i64);
type FunctionKey = (i64, Arc<str>, Arc<str>, Arc<str>);

#[derive(Default)]
struct Merger {
    merged: Profile,
    mappings: FxHashMap<MappingKey, MappingId>,
    functions: FxHashMap<FunctionKey, FunctionId>,
    locations: FxHashMap<LocationKey, LocationId>,
    /// Hash and place of each sample.
    samples: HashTable<(u32, u32)>,
}

/// A profile that is being merged, and where its parts went.
struct Source<'a> {
    profile: &'a Profile,
    /// With how much is to be added to addresses.
    mappings: Vec<Option<(MappingId, u64)>>,
    functions: Vec<Option<FunctionId>>,
    locations: Vec<Option<LocationId>>,
    merger: &'a mut Merger,
}

impl Source<'_> {
    fn merge(mut self) {
        // The first mapping is the program; it stays the first.
        if self.merger.mappings.is_empty() && !self.profile.mappings.is_empty() {
            self.mapping(MappingId(0));
        }
        for (place, sample) in self.profile.samples.iter().enumerate() {
            let values = self.profile.values(place);
            if !is_zero(values) {
                self.sample(sample, values);
            }
        }
    }

    fn sample(&mut self, sample: &Sample, values: &[i64]) {
        let profile = self.profile;
        let stack_start = self.merger.merged.stacks.len();
        for &location in profile.stack(sample) {
            let location = match self.locations[location.0 as usize] {
                Some(known) => known,
                None => self.location(location),
            };
            self.merger.merged.stacks.push(location);
        }
        let labels = profile.labels(sample);
        let Merger { merged, samples, .. } = &mut *self.merger;
        let hash = sample_hash(&merged.stacks[stack_start..], labels);
        let same = |&(own_hash, place): &(u32, u32)| {
            let own = &merged.samples[place as usize];
            own_hash == hash as u32
                && merged.stack(own) == &merged.stacks[stack_start..]
                && merged.labels(own) == labels
        };
        if let Some(&(_, place)) = samples.find(hash, same) {
            let width = values.len();
            let sums = &mut merged.values[place as usize * width..][..width];
            for (sum, &value) in sums.iter_mut().zip(values) {
                *sum = sum.wrapping_add(value);
            }
            merged.stacks.truncate(stack_start);
            return;
        }
        let place = merged.samples.len() as u32;
        samples.insert_unique(hash, (hash as u32, place), |&(hash, _)| spread(hash));
        merged.samples.push(Sample {
            stack_start: stack_start as u32,
            stack_len: sample.stack_len,
            label_start: merged.labels.len() as u32,
            label_len: sample.label_len,
        });
        merged.values.extend_from_slice(values);
        merged.labels.extend_from_slice(labels);
    }

    fn location(&mut self, id: LocationId) -> LocationId {
        let source = self.profile.location(id);
        let mapping = source.mapping.map(|mapping| self.mapping(mapping));
        let lines: Vec<Line> = (source.lines.iter())
            .map(|line| Line { function: line.function.map(|function| self.function(function)), ..*line })
            .collect();
        let mapping_id = mapping.map(|mapping| mapping.0);
        let address = source.address.wrapping_add(mapping.map_or(0, |mapping| mapping.1));
        let merged = &mut self.merger.merged;
        let start = mapping_id.map_or(0, |mapping| merged.mapping(mapping).start);
        let key = (
            address.wrapping_sub(start),
            mapping_id,
            source.is_folded,
            lines.iter().map(|line| (line.function, line.line)).collect(),
            lines.last().map_or(0, |line| line.column),
        );
        let new = *self.merger.locations.entry(key).or_insert_with(|| {
            let new = LocationId(merged.locations.len() as u32);
            let id = u64::from(new.0) + 1;
            let is_folded = source.is_folded;
            merged.locations.push(Location { id, mapping: mapping_id, address, lines, is_folded });
            new
        });
        self.locations[id.0 as usize] = Some(new);
        new
    }

    fn mapping(&mut self, id: MappingId) -> (MappingId, u64) {
        if let Some(known) = self.mappings[id.0 as usize] {
            return known;
        }
        let source = self.profile.mapping(id);
        let size = source.limit.wrapping_sub(source.start).wrapping_add(MAPPING_SIZE_UNIT - 1);
        let name = if source.build_id.is_empty() { &source.file } else { &source.build_id };
        let key = (size - size % MAPPING_SIZE_UNIT, source.offset, name.clone());
        let merged = &mut self.merger.merged;
        let new = *self.merger.mappings.entry(key).or_insert_with(|| {
            let new = MappingId(merged.mappings.len() as u32);
            merged.mappings.push(Mapping { id: u64::from(new.0) + 1, ..source.clone() });
            new
        });
        let moved = (new, merged.mapping(new).start.wrapping_sub(source.start));
        self.mappings[id.0 as usize] = Some(moved);
        moved
    }

    fn function(&mut self, id: FunctionId) -> FunctionId {
        if let Some(known) = self.functions[id.0 as usize] {
            return known;
        }
        let source = self.profile.function(id);
        let key =
            (source.start_line, source.name.clone(), source.system_name.clone(), source.filename.clone());
        let merged = &mut self.merger.merged;
        let new = *self.merger.functions.entry(key).or_insert_with(|| {
            let new = FunctionId(merged.functions.len() as u32);
            merged.functions.push(Function { id: u64::from(new.0) + 1, ..source.clone() });
            new
        });
        self.functions[id.0 as usize] = Some(new);
        new
    }
}

fn sample_hash(stack: &[LocationId], labels: &[Label]) -> u64 {
    let mut hasher = FxHasher::default();
    for location in stack {
        hasher.write_u32(location.0);
    }
    labels.hash(&mut hasher);
    spread(hasher.finish() as u32)
}

/// A whole hash from the half that is kept: the table looks at both ends.
fn spread(hash: u32) -> u64 {
    u64::from(hash) | u64::from(hash) << 32
}
