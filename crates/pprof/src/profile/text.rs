//! A profile as text, all of it.

use super::clock::{go_duration, go_time};
use super::{Label, LabelValue, Location, Mapping, Profile, ValueType};
use std::fmt::Write;

/// So many characters of a duration are shown.
const DURATION_LEN: usize = 4;
/// Stands before labels.
const LABEL_INDENT: &str = "                ";
/// Stands before all lines of a location but the first.
const LINE_INDENT: &str = "             ";

impl Profile {
    /// All of the profile, as `-raw` prints it. Times are in the zone of the machine.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.header_text(&mut out);
        out.push_str("Samples:\n");
        let is_default = |kind: &ValueType| kind.kind == self.default_sample_type;
        let types: String = (self.sample_types.iter())
            .map(|kind| {
                format!("{}/{}{} ", kind.kind, kind.unit, if is_default(kind) { "[dflt]" } else { "" })
            })
            .collect();
        out.push_str(types.trim());
        out.push('\n');
        for place in 0..self.samples.len() {
            self.sample_text(place, &mut out);
        }
        out.push_str("Locations\n");
        for location in &self.locations {
            self.location_text(location, &mut out);
        }
        out.push_str("Mappings\n");
        for mapping in &self.mappings {
            mapping_text(mapping, &mut out);
        }
        out
    }

    fn header_text(&self, out: &mut String) {
        for comment in &self.comments {
            push_line(out, format_args!("Comment: {comment}"));
        }
        if !self.doc_url.is_empty() {
            push_line(out, format_args!("Doc: {}", self.doc_url));
        }
        if let Some(ValueType { kind, unit }) = &self.period_type {
            push_line(out, format_args!("PeriodType: {kind} {unit}"));
        }
        push_line(out, format_args!("Period: {}", self.period));
        if self.time_nanos != 0 {
            push_line(out, format_args!("Time: {}", go_time(self.time_nanos)));
        }
        if self.duration_nanos != 0 {
            let duration: String = go_duration(self.duration_nanos).chars().take(DURATION_LEN).collect();
            push_line(out, format_args!("Duration: {duration}"));
        }
    }

    fn sample_text(&self, place: usize, out: &mut String) {
        let sample = &self.samples[place];
        let mut number = itoa::Buffer::new();
        for &value in self.values(place) {
            let digits = number.format(value);
            out.push(' ');
            (digits.len()..10).for_each(|_| out.push(' '));
            out.push_str(digits);
        }
        out.push_str(": ");
        for &location in self.stack(sample) {
            out.push_str(number.format(self.location(location).id));
            out.push(' ');
        }
        out.push('\n');
        let labels = self.labels(sample);
        let texts = labels.partition_point(|label| matches!(label.value, LabelValue::Text(_)));
        for labels in [&labels[..texts], &labels[texts..]] {
            if !labels.is_empty() {
                push_line(out, format_args!("{LABEL_INDENT}{}", labels_text(labels)));
            }
        }
    }

    fn location_text(&self, location: &Location, out: &mut String) {
        let mut start = format!("{:6}: {:#x} ", location.id, location.address);
        if let Some(mapping) = location.mapping {
            let _ = write!(start, "M={} ", self.mapping(mapping).id);
        }
        if location.is_folded {
            start.push_str("[F] ");
        }
        if location.lines.is_empty() {
            push_line(out, format_args!("{start}"));
        }
        for line in &location.lines {
            out.push_str(&start);
            match line.function.map(|function| self.function(function)) {
                None => out.push_str("??"),
                Some(function) => {
                    let (name, file, start) = (&function.name, &function.filename, function.start_line);
                    let _ = write!(out, "{name} {file}:{}:{} s={start}", line.line, line.column);
                    if function.name != function.system_name {
                        let _ = write!(out, "({})", function.system_name);
                    }
                }
            }
            out.push('\n');
            start.clear();
            start.push_str(LINE_INDENT);
        }
    }
}

fn mapping_text(mapping: &Mapping, out: &mut String) {
    let flags = [
        (mapping.has_functions, "[FN]"),
        (mapping.has_filenames, "[FL]"),
        (mapping.has_line_numbers, "[LN]"),
        (mapping.has_inline_frames, "[IN]"),
    ];
    let flags: String = flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect();
    let Mapping { id, start, limit, offset, file, build_id, .. } = mapping;
    push_line(out, format_args!("{id}: {start:#x}/{limit:#x}/{offset:#x} {file} {build_id} {flags}"));
}

/// Labels of one kind: `key:[value value] key:[value]`, sorted as texts.
fn labels_text(labels: &[Label]) -> String {
    let mut texts: Vec<String> = labels
        .chunk_by(|a, b| a.key == b.key)
        .map(|labels| {
            let has_units = labels.iter().any(|label| label.unit().is_some());
            let values: Vec<String> = labels
                .iter()
                .map(|label| match &label.value {
                    LabelValue::Text(text) => text.to_string(),
                    LabelValue::Number(number, unit) if has_units => format!("{number} {unit}"),
                    LabelValue::Number(number, _) => number.to_string(),
                })
                .collect();
            format!("{}:[{}]", labels[0].key, values.join(" "))
        })
        .collect();
    texts.sort_unstable();
    texts.join(" ")
}

fn push_line(out: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(line);
    out.push('\n');
}
