//! Labels of the samples.

use rustc_hash::FxHashMap;

use super::Printer;
use super::table::align;
use crate::measure;
use crate::profile::LabelValue;

/// What was counted for a key.
#[derive(Default)]
struct Key {
    total: i64,
    values: FxHashMap<String, i64>,
}

impl Printer<'_> {
    /// A paragraph for each key, with a line for each value.
    pub(super) fn tags(&mut self, out: &mut Vec<u8>) {
        let mut keys: Vec<(&str, Key)> = self.count_labels().into_iter().collect();
        keys.sort_unstable_by_key(|(name, _)| *name);
        let mut text = String::new();
        let total = self.total;
        let share = |value: i64| match total > 0 {
            true => format!(" ({})", measure::percentage(value, total)),
            false => String::new(),
        };
        for (name, key) in keys {
            let shown = self.format(key.total);
            text += &format!("{name}:\t Total {shown} of {}{}\n", self.format(total), share(key.total));
            let mut values: Vec<(String, i64)> = key.values.into_iter().collect();
            values.sort_unstable_by(|(one, light), (other, heavy)| {
                let by_weight = heavy.wrapping_abs().cmp(&light.wrapping_abs());
                by_weight.then(heavy.cmp(light)).then_with(|| one.cmp(other))
            });
            for (name, value) in values {
                text += &format!(" \t{}{}:\t {name}\n", self.format(value), share(value));
            }
            text.push('\n');
        }
        out.extend_from_slice(align(&text).as_bytes());
    }

    fn count_labels(&self) -> FxHashMap<&str, Key> {
        let profile = self.profile;
        let mut keys: FxHashMap<&str, Key> = FxHashMap::default();
        for (at, sample) in profile.samples.iter().enumerate() {
            let (value, _) = self.options.sample_value.of(profile.values(at));
            for label in profile.labels(sample) {
                let key = keys.entry(&label.key).or_default();
                key.total = key.total.wrapping_add(value);
                match &label.value {
                    LabelValue::Text(text) => key.count(text, value),
                    LabelValue::Number(number, _) => {
                        let unit = self.options.label_unit(&label.key);
                        key.count(&measure::scaled_label(*number, unit, &self.unit), value);
                    }
                }
            }
        }
        keys
    }
}

impl Key {
    fn count(&mut self, name: &str, value: i64) {
        match self.values.get_mut(name) {
            Some(sum) => *sum = sum.wrapping_add(value),
            None => {
                self.values.insert(name.to_owned(), value);
            }
        }
    }
}
