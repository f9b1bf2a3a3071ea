//! Labels as frames: `tagroot` and `tagleaf`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::settings::Settings;
use super::world::Ui;
use crate::measure;
use crate::profile::{Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Profile, Sample};

/// Adds frames for the labels that the settings name.
pub(super) fn add(profile: &mut Profile, settings: &Settings, ui: &mut dyn Ui) {
    let keys = |list: &str| -> Vec<Arc<str>> {
        // The first key ends up nearest to the root.
        list.split(',').filter(|key| !key.is_empty()).rev().map(Arc::from).collect()
    };
    let (roots, leaves) = (keys(&settings.tagroot), keys(&settings.tagleaf));
    let (mut root_matched, mut leaf_matched) = (false, false);
    if !roots.is_empty() || !leaves.is_empty() {
        let mut made = Made::new(profile);
        let mut stacks = Vec::with_capacity(profile.stacks.len());
        for at in 0..profile.samples.len() {
            let sample = profile.samples[at];
            let start = stacks.len();
            leaf_matched |= made.frames(profile, &sample, &leaves, &settings.unit, &mut stacks);
            stacks.extend_from_slice(profile.stack(&sample));
            root_matched |= made.frames(profile, &sample, &roots, &settings.unit, &mut stacks);
            profile.samples[at].stack_start = start as u32;
            profile.samples[at].stack_len = (stacks.len() - start) as u32;
        }
        profile.stacks = stacks;
    }
    for (list, matched, option) in
        [(&settings.tagroot, root_matched, "TagRoot"), (&settings.tagleaf, leaf_matched, "TagLeaf")]
    {
        if !list.is_empty() && !matched {
            ui.warn(&format!("{option} expression matched no samples"));
        }
    }
}

/// Locations that were made for labels.
struct Made {
    /// By name of the function and by key.
    locations: FxHashMap<(String, Arc<str>), LocationId>,
    next_location: u64,
    next_function: u64,
}

impl Made {
    fn new(profile: &Profile) -> Made {
        let after = |ids: &mut dyn Iterator<Item = u64>| ids.max().unwrap_or(0).wrapping_add(1);
        Made {
            locations: FxHashMap::default(),
            next_location: after(&mut profile.locations.iter().map(|l| l.id)),
            next_function: after(&mut profile.functions.iter().map(|f| f.id)),
        }
    }

    /// Appends one frame for each key; says whether the sample has a label of any.
    fn frames(
        &mut self,
        profile: &mut Profile,
        sample: &Sample,
        keys: &[Arc<str>],
        unit: &str,
        stack: &mut Vec<LocationId>,
    ) -> bool {
        let mut matched = false;
        for key in keys {
            let values = values(profile.labels(sample), key, unit);
            matched |= !values.is_empty();
            stack.push(self.location(profile, values.join(","), key));
        }
        matched
    }

    fn location(&mut self, profile: &mut Profile, name: String, key: &Arc<str>) -> LocationId {
        if let Some(&known) = self.locations.get(&(name.clone(), key.clone())) {
            return known;
        }
        let function = FunctionId(profile.functions.len() as u32);
        profile.functions.push(Function {
            id: self.next_function,
            name: name.as_str().into(),
            filename: key.clone(),
            ..Function::default()
        });
        let location = LocationId(profile.locations.len() as u32);
        profile.locations.push(Location {
            id: self.next_location,
            lines: vec![Line { function: Some(function), ..Line::default() }],
            ..Location::default()
        });
        self.next_function = self.next_function.wrapping_add(1);
        self.next_location = self.next_location.wrapping_add(1);
        self.locations.insert((name, key.clone()), location);
        location
    }
}

/// Values of a key: texts first, then numbers.
fn values(labels: &[Label], key: &str, unit: &str) -> Vec<String> {
    let of_key = || labels.iter().filter(|label| &*label.key == key);
    let has_units = of_key().any(|l| matches!(&l.value, LabelValue::Number(_, unit) if !unit.is_empty()));
    let mut values = Vec::new();
    for label in of_key() {
        if let LabelValue::Text(text) = &label.value {
            values.push(text.to_string());
        }
    }
    for label in of_key() {
        if let LabelValue::Number(number, from) = &label.value {
            let to = if has_units { unit } else { "" };
            values.push(measure::scaled_label(*number, from, to));
        }
    }
    values
}
