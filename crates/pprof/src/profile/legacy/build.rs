//! Profiles that are made of addresses.

use super::super::{Label, Location, LocationId, Profile, ValueType, range};
use super::Refusal;
use super::lines::Lines;
use super::maps;
use std::collections::BTreeMap;

/// A profile that grows by samples.
pub(super) struct Builder {
    pub(super) profile: Profile,
    /// By address. Sorted, as no file can make that slow.
    locations: BTreeMap<u64, LocationId>,
}

impl Builder {
    /// An empty profile.
    pub(super) fn new(period_type: [&str; 2], period: i64, sample_types: &[[&str; 2]]) -> Builder {
        let value_type = |[kind, unit]: [&str; 2]| ValueType { kind: kind.into(), unit: unit.into() };
        let profile = Profile {
            sample_types: sample_types.iter().copied().map(value_type).collect(),
            period_type: Some(value_type(period_type)),
            period,
            ..Profile::default()
        };
        Builder { profile, locations: BTreeMap::new() }
    }

    /// Adds a sample with a stack of addresses.
    pub(super) fn sample(&mut self, addresses: &[u64], values: &[i64], label: Option<Label>) {
        let locations = &mut self.profile.locations;
        let stack: Vec<LocationId> = (addresses.iter())
            .map(|&address| {
                *self.locations.entry(address).or_insert_with(|| {
                    locations.push(Location { address, ..Location::default() });
                    LocationId(locations.len() as u32 - 1)
                })
            })
            .collect();
        self.profile.add_sample(&stack, values, label);
    }

    /// Reads what follows the samples: the mappings, if they are there.
    pub(super) fn finish(self, mut lines: Lines<'_>) -> Result<Profile, Refusal> {
        while !maps::begin_at(lines.line()) && lines.next() {}
        lines.check()?;
        self.map(lines)
    }

    /// Reads mappings.
    pub(super) fn map(mut self, lines: Lines<'_>) -> Result<Profile, Refusal> {
        self.profile.mappings = maps::read(lines)?;
        renumber(&mut self.profile);
        maps::assign(&mut self.profile)?;
        Ok(self.profile)
    }
}

/// Puts locations in the order in which samples use them.
fn renumber(profile: &mut Profile) {
    let mut places: Vec<Option<LocationId>> = vec![None; profile.locations.len()];
    let mut locations = Vec::with_capacity(profile.locations.len());
    for sample in &profile.samples {
        for location in &mut profile.stacks[range(sample.stack_start, sample.stack_len)] {
            let old = location.0 as usize;
            *location = *places[old].get_or_insert_with(|| {
                let id = locations.len() as u64 + 1;
                locations.push(Location { id, ..std::mem::take(&mut profile.locations[old]) });
                LocationId(id as u32 - 1)
            });
        }
    }
    profile.locations = locations;
}

/// Removes leaves that are there twice: as the signal saw them, and as a return address.
pub(super) fn remove_double_leaves(profile: &mut Profile) {
    for sample in &mut profile.samples {
        let stack = &mut profile.stacks[range(sample.stack_start, sample.stack_len)];
        if let [leaf, next, ..] = *stack {
            let address = |id: LocationId| profile.locations[id.0 as usize].address;
            if address(leaf) == address(next).wrapping_add(1) {
                sample.stack_len = remove_second(stack);
            }
        }
    }
}

/// Removes the second frame; how many are left.
pub(super) fn remove_second(stack: &mut [LocationId]) -> u32 {
    stack.copy_within(2.., 1);
    stack.len() as u32 - 1
}
