//! Questions to a profile.

use super::{LabelValue, Profile, Sample};
use crate::Error;
use crate::error::quote;

/// The label of samples that come from the base of a difference.
const BASE_LABEL: (&str, &str) = ("pprof::base", "true");

impl Profile {
    /// The sample type with a name, or with a number; `inuse_` before it may be there or not. The empty name stands for
    /// the default of the profile, or else the last.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn sample_index_by_name(&self, name: &str) -> Result<usize, Error> {
        let place = |name: &str| self.sample_types.iter().position(|kind| &*kind.kind == name);
        let count = self.sample_types.len();
        let outside = || {
            let last = count as i64 - 1;
            Error::new(format!("sample_index {name} is outside the range [0..{last}]"))
        };
        if name.is_empty() {
            let default = Some(&*self.default_sample_type).filter(|name| !name.is_empty()).and_then(place);
            return default.or(count.checked_sub(1)).ok_or_else(outside);
        }
        if let Ok(index) = name.parse::<i64>() {
            return usize::try_from(index).ok().filter(|&index| index < count).ok_or_else(outside);
        }
        let bare = name.strip_prefix("inuse_").unwrap_or(name);
        let found = self.sample_types.iter().position(|kind| &*kind.kind == name || &*kind.kind == bare);
        found.ok_or_else(|| {
            let names: Vec<&str> = self.sample_types.iter().map(|kind| &*kind.kind).collect();
            Error::new(format!("sample_index {} must be one of: [{}]", quote(name), names.join(" ")))
        })
    }

    /// Whether all locations in mappings have functions.
    pub fn has_functions(&self) -> bool {
        self.all_mappings(|mapping| mapping.has_functions)
    }

    /// Whether all locations in mappings have files and lines.
    pub fn has_file_lines(&self) -> bool {
        self.all_mappings(|mapping| mapping.has_filenames && mapping.has_line_numbers)
    }

    fn all_mappings(&self, holds: impl Fn(&super::Mapping) -> bool) -> bool {
        let mut mappings = self.locations.iter().filter_map(|location| location.mapping);
        mappings.all(|mapping| holds(self.mapping(mapping)))
    }

    /// Whether a sample has the text as a value of the label.
    pub fn has_label(&self, sample: &Sample, key: &str, text: &str) -> bool {
        let is = |value: &LabelValue| matches!(value, LabelValue::Text(value) if &**value == text);
        self.labels(sample).iter().any(|label| &*label.key == key && is(&label.value))
    }

    /// Whether a sample comes from the base of a difference.
    pub fn is_base_sample(&self, sample: &Sample) -> bool {
        sample.label_len != 0 && self.has_label(sample, BASE_LABEL.0, BASE_LABEL.1)
    }
}
