//! Labels of samples.

use super::{Label, LabelValue, Profile};
use crate::pattern::Pattern;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Label {
    /// The unit of a number, if it has one.
    pub fn unit(&self) -> Option<&Arc<str>> {
        match &self.value {
            LabelValue::Number(_, unit) if !unit.is_empty() => Some(unit),
            _ => None,
        }
    }
}

impl Profile {
    /// Gives all samples the texts as values of a label, in place of those that it had.
    pub fn set_label(&mut self, key: &str, texts: &[&str]) {
        self.remove_label(key);
        let key: Arc<str> = key.into();
        let value = |text: &&str| Label { key: key.clone(), value: LabelValue::Text((*text).into()) };
        let added: Vec<Label> = texts.iter().map(value).collect();
        self.map_labels(|labels, pool| {
            pool.extend_from_slice(labels);
            pool.extend_from_slice(&added);
        });
    }

    /// Takes the texts of a label from all samples; numbers stay.
    pub fn remove_label(&mut self, key: &str) {
        let goes = |label: &Label| &*label.key == key && matches!(label.value, LabelValue::Text(_));
        if self.labels.iter().any(goes) {
            self.retain_labels(|label| !goes(label));
        }
    }

    /// Keeps only labels whose keys match `show` and do not match `hide`. Whether each of them matched any key; a missing
    /// `show` matches all.
    pub fn filter_labels(&mut self, show: Option<&Pattern>, hide: Option<&Pattern>) -> (bool, bool) {
        if show.is_none() && hide.is_none() {
            return (self.samples.iter().any(|sample| sample.label_len != 0), false);
        }
        let mut known: FxHashMap<Arc<str>, bool> = FxHashMap::default();
        let mut matched = (false, false);
        self.retain_labels(|label| {
            if let Some(&keep) = known.get(&label.key) {
                return keep;
            }
            let shown = show.is_none_or(|show| show.is_match(&label.key));
            let hidden = hide.is_some_and(|hide| hide.is_match(&label.key));
            matched = (matched.0 | shown, matched.1 | hidden);
            known.insert(label.key.clone(), shown && !hidden);
            shown && !hidden
        });
        matched
    }

    /// Units of labels with numbers by key: the first that is met, or one that the key suggests. And the others that were
    /// met and are ignored, sorted.
    #[expect(clippy::type_complexity, reason = "both halves are plain")]
    pub fn numeric_label_units(&self) -> (BTreeMap<Arc<str>, Arc<str>>, BTreeMap<Arc<str>, Vec<Arc<str>>>) {
        let mut units: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
        let mut ignored: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = BTreeMap::new();
        for sample in &self.samples {
            for label in self.labels(sample) {
                let LabelValue::Number(_, unit) = &label.value else { continue };
                match units.get_mut(&label.key) {
                    None => drop(units.insert(label.key.clone(), unit.clone())),
                    Some(known) if known.is_empty() => *known = unit.clone(),
                    Some(known) if known != unit && !unit.is_empty() => {
                        ignored.entry(label.key.clone()).or_default().insert(unit.clone());
                    }
                    Some(_) => {}
                }
            }
        }
        for (key, unit) in &mut units {
            if unit.is_empty() {
                *unit = if matches!(&**key, "alignment" | "request") { "bytes".into() } else { key.clone() };
            }
        }
        (units, ignored.into_iter().map(|(key, units)| (key, units.into_iter().collect())).collect())
    }

    fn retain_labels(&mut self, mut keep: impl FnMut(&Label) -> bool) {
        self.map_labels(|labels, pool| pool.extend(labels.iter().filter(|label| keep(label)).cloned()));
    }

    /// Replaces the labels of each sample by those that `change` adds to a new pool.
    fn map_labels(&mut self, mut change: impl FnMut(&[Label], &mut Vec<Label>)) {
        let mut pool = Vec::with_capacity(self.labels.len());
        for sample in &mut self.samples {
            let start = pool.len();
            change(&self.labels[super::range(sample.label_start, sample.label_len)], &mut pool);
            super::decode::sort_labels(&mut pool[start..]);
            (sample.label_start, sample.label_len) = (start as u32, (pool.len() - start) as u32);
        }
        self.labels = pool;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(key: &str, text: &str) -> Label {
        Label { key: key.into(), value: LabelValue::Text(text.into()) }
    }

    fn number(key: &str, number: i64, unit: &str) -> Label {
        Label { key: key.into(), value: LabelValue::Number(number, unit.into()) }
    }

    #[test]
    fn labels_are_set_and_removed_in_order() {
        let mut profile = Profile::default();
        profile.add_sample(&[], &[], [number("a", 1, ""), text("b", "old"), text("a", "x")]);
        profile.add_sample(&[], &[], []);
        profile.set_label("b", &["new", "newer"]);
        let added = [text("b", "new"), text("b", "newer")];
        let first = [text("a", "x"), added[0].clone(), added[1].clone(), number("a", 1, "")];
        assert_eq!(profile.labels(&profile.samples[0]), first);
        assert_eq!(profile.labels(&profile.samples[1]), added);
        profile.remove_label("b");
        assert_eq!(profile.labels(&profile.samples[0]), [text("a", "x"), number("a", 1, "")]);
        let pattern = Pattern::new("^a").expect("a pattern");
        assert_eq!(profile.filter_labels(None, Some(&pattern)), (true, true));
        assert_eq!(profile.filter_labels(None, None), (false, false));
    }

    #[test]
    fn the_first_unit_counts() {
        let mut profile = Profile::default();
        profile.add_sample(&[], &[], [number("size", 1, ""), number("request", 1, "")]);
        profile.add_sample(
            &[],
            &[],
            [number("size", 1, "kb"), number("size", 2, "mb"), number("other", 1, "")],
        );
        let (units, ignored) = profile.numeric_label_units();
        let units: Vec<(&str, &str)> = units.iter().map(|(key, unit)| (&**key, &**unit)).collect();
        assert_eq!(units, [("other", "other"), ("request", "bytes"), ("size", "kb")]);
        assert_eq!(ignored["size"], ["mb".into()]);
    }
}
