//! All stacks.

use std::io::Write;

use super::Printer;
use super::labels::push_lines;
use crate::graph::{FrameOptions, Frames};
use crate::measure;
use crate::profile::{LabelValue, Profile, Sample};

const SEPARATOR: &str = "-----------+-------------------------------------------------------";

impl Printer<'_> {
    /// A paragraph for each sample that has a stack.
    pub(super) fn traces(&mut self, out: &mut Vec<u8>) {
        push_lines(&self.profile_labels(), out);
        let profile = self.profile;
        let frames = Frames::new(profile, FrameOptions::default());
        for (at, sample) in profile.samples.iter().enumerate() {
            if profile.stack(sample).is_empty() {
                continue;
            }
            let _ = writeln!(out, "{SEPARATOR}");
            self.trace_labels(sample, out);
            let (value, divisor) = self.options.sample_value.of(profile.values(at));
            let value = if divisor == 0 { value } else { value.wrapping_div(divisor) };
            let mut shown = self.format(value);
            for &location in profile.stack(sample) {
                let listed = frames.of(location);
                for (depth, &frame) in listed.iter().enumerate() {
                    let inline = if depth + 1 != listed.len() { " (inline)" } else { "" };
                    let _ = writeln!(out, "{shown:>10}   {}{inline}", frames.name(frame));
                    shown.clear();
                }
            }
        }
        let _ = writeln!(out, "{SEPARATOR}");
    }

    /// Lines for the labels of a sample: texts, then numbers.
    fn trace_labels(&self, sample: &Sample, out: &mut Vec<u8>) {
        let text = |value: &LabelValue, _: &str| match value {
            LabelValue::Text(text) => Some(text.to_string()),
            LabelValue::Number(..) => None,
        };
        let number = |value: &LabelValue, key: &str| match value {
            LabelValue::Text(_) => None,
            LabelValue::Number(number, _) => Some(measure::label(*number, self.options.label_unit(key))),
        };
        for line in label_lines(self.profile, sample, &text) {
            out.extend_from_slice(line.as_bytes());
        }
        for line in label_lines(self.profile, sample, &number) {
            out.extend_from_slice(line.as_bytes());
        }
    }
}

/// Sorted lines, one for each key, with the values that `show` gives a text for.
fn label_lines(
    profile: &Profile,
    sample: &Sample,
    show: &dyn Fn(&LabelValue, &str) -> Option<String>,
) -> Vec<String> {
    let mut by_key: Vec<(&str, Vec<String>)> = Vec::new();
    for label in profile.labels(sample) {
        let Some(value) = show(&label.value, &label.key) else { continue };
        match by_key.iter_mut().find(|(key, _)| *key == &*label.key) {
            Some((_, values)) => values.push(value),
            None => by_key.push((&label.key, vec![value])),
        }
    }
    let mut lines: Vec<String> =
        by_key.into_iter().map(|(key, values)| format!("{key:>10}:  {}\n", values.join(" "))).collect();
    lines.sort_unstable();
    lines
}
