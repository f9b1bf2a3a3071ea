//! The reports of `go tool pprof`.
//!
//! A [`Report`] is made before the profile is filtered, since percentages refer to all samples; it is written after.

mod callgrind;
mod labels;
mod list;
mod sources;
mod table;
mod tags;
mod text;
mod top_profile;
mod traces;
mod tree;
mod trim;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Error;
use crate::graph::{self, FrameOptions, Frames};
use crate::measure;
use crate::pattern::Pattern;
use crate::profile::Profile;

pub use sources::Sources;
pub use top_profile::top_profile;

/// What kind of report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Calls, as Valgrind writes them.
    Callgrind,
    /// Comments of the profile.
    Comments,
    /// Annotated machine code, which is not available.
    Disassembly,
    /// The graph, in the language of Graphviz.
    Dot,
    /// Annotated source.
    List,
    /// The profile, compressed.
    Proto,
    /// The profile, as text.
    Raw,
    /// Labels of the samples.
    Tags,
    /// Functions, the heaviest first.
    #[default]
    Text,
    /// The same as a profile, compressed.
    TopProto,
    /// All stacks.
    Traces,
    /// Functions with their callers and callees.
    Tree,
    /// Annotated source and machine code for browsers, which is not available.
    WebList,
}

/// Which value of the samples is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SampleValue {
    /// Place of its type in [`Profile::sample_types`].
    pub column: usize,
    /// It is divided by the first value.
    pub mean: bool,
}

impl SampleValue {
    /// The value of a sample, and what it is divided by: 0 for nothing.
    pub fn of(self, values: &[i64]) -> (i64, i64) {
        let at = |column: usize| values.get(column).copied().unwrap_or(0);
        (at(self.column), if self.mean { at(0) } else { 0 })
    }
}

/// What a report shows, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which report.
    pub format: Format,
    /// Sort by the value of a function with all that it calls, not by its own.
    pub cum_sort: bool,
    /// Show a function once for each way that leads to it.
    pub call_tree: bool,
    /// Leave out functions with negative values.
    pub drop_negative: bool,
    /// Leave out what the profile is.
    pub compact_labels: bool,
    /// Values are multiplied by it before they are shown; 0 for not at all.
    pub ratio: f64,
    /// Title of the graph.
    pub title: String,
    /// Lines that say what the profile is; made from the profile if there are none.
    pub profile_labels: Vec<String>,
    /// Filters in use, as `focus=main`.
    pub active_filters: Vec<String>,
    /// Units of numeric labels, by key.
    pub num_label_units: BTreeMap<Arc<str>, Arc<str>>,
    /// Show at most so many functions; 0 for all.
    pub node_count: usize,
    /// Leave out functions of a smaller share of the total.
    pub node_fraction: f64,
    /// Leave out calls of a smaller share of the total.
    pub edge_fraction: f64,
    /// Which value is shown.
    pub sample_value: SampleValue,
    /// What it is: `inuse_space`, `mean_inuse_space`.
    pub sample_type: String,
    /// Its unit.
    pub sample_unit: String,
    /// The unit to show it in; `minimum` for one that fits all values, `auto` for one that fits each.
    pub output_unit: String,
    /// Functions that are listed or peeked at.
    pub symbol: Option<Pattern>,
    /// Directories in which source files are looked for, separated by colons; empty for the current one.
    pub source_path: String,
    /// Prefixes to cut from the names of source files, separated by colons.
    pub trim_path: String,
}

/// A report of a profile.
#[derive(Clone, Debug)]
pub struct Report {
    options: Options,
    total: i64,
}

impl Report {
    /// A report of which the percentages refer to all samples that `profile` has now.
    pub fn new(profile: &Profile, options: Options) -> Report {
        let total = total(profile, options.sample_value);
        Report { options, total }
    }

    /// The sum of all values, regardless of their signs; that of the base, if the samples of one were subtracted.
    pub fn total(&self) -> i64 {
        self.total
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Lines that say what the profile is.
    pub fn profile_labels(&self, profile: &Profile, sources: &dyn Sources) -> Vec<String> {
        self.printer(profile, sources).profile_labels()
    }

    /// Appends the report to `out`, which holds nothing of use after an error. `profile` is the one the report was made
    /// for, filtered and folded as the options ask for.
    pub fn write(&self, profile: &Profile, sources: &dyn Sources, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut printer = self.printer(profile, sources);
        match self.options.format {
            Format::Callgrind => printer.callgrind(out),
            Format::Comments => {
                for comment in &profile.comments {
                    out.extend_from_slice(comment.as_bytes());
                    out.push(b'\n');
                }
            }
            Format::Dot => printer.dot(out),
            Format::List => printer.list(out)?,
            Format::Proto => out.extend_from_slice(&self.scaled(profile).encode_gzip()),
            Format::Raw => out.extend_from_slice(profile.to_text().as_bytes()),
            Format::Tags => printer.tags(out),
            Format::Text => printer.text(out),
            Format::TopProto => out.extend_from_slice(&top_profile(self, profile, sources).encode_gzip()),
            Format::Traces => printer.traces(out),
            Format::Tree => printer.tree(out)?,
            Format::Disassembly => return Err(Error::new("disassembly is not available yet")),
            Format::WebList => return Err(Error::new("views in the browser are not available yet")),
        }
        Ok(())
    }

    fn printer<'a>(&'a self, profile: &'a Profile, sources: &'a dyn Sources) -> Printer<'a> {
        Printer {
            options: &self.options,
            total: self.total,
            unit: self.options.output_unit.clone(),
            profile,
            sources,
        }
    }

    /// The profile with its values multiplied as the options ask for.
    fn scaled<'a>(&self, profile: &'a Profile) -> std::borrow::Cow<'a, Profile> {
        let mut profile = std::borrow::Cow::Borrowed(profile);
        if let Some(ratio) = self.options.ratio() {
            for value in &mut profile.to_mut().values {
                *value = measure::truncate(*value as f64 * ratio);
            }
        }
        profile
    }
}

impl Options {
    /// The unit of the numeric labels with a key; empty if unknown.
    fn label_unit(&self, key: &str) -> &str {
        self.num_label_units.get(key).map_or("", |unit| unit)
    }

    /// What values are multiplied by, if by anything.
    fn ratio(&self) -> Option<f64> {
        (self.ratio > 0.0 && self.ratio != 1.0).then_some(self.ratio)
    }

    /// Whether nodes of different binaries differ.
    fn keeps_objects(&self) -> bool {
        matches!(
            self.format,
            Format::Raw | Format::List | Format::WebList | Format::Disassembly | Format::Callgrind
        )
    }

    /// Whether a graph is drawn as a tree, which only some formats can show.
    fn draws_tree(&self) -> bool {
        self.call_tree && matches!(self.format, Format::Dot | Format::Callgrind)
    }
}

fn total(profile: &Profile, which: SampleValue) -> i64 {
    let (mut all, mut base) = ((0i64, 0i64), (0i64, 0i64));
    for (at, sample) in profile.samples.iter().enumerate() {
        let (value, divisor) = which.of(profile.values(at));
        let add = |sum: &mut (i64, i64)| {
            *sum = (sum.0.wrapping_add(value.wrapping_abs()), sum.1.wrapping_add(divisor));
        };
        add(&mut all);
        if profile.is_base_sample(sample) {
            add(&mut base);
        }
    }
    let (total, divisor) = if base.0 > 0 { base } else { all };
    if divisor == 0 { total } else { total.wrapping_div(divisor) }
}

/// A report while it is written.
struct Printer<'a> {
    options: &'a Options,
    total: i64,
    /// The unit that values are shown in.
    unit: String,
    profile: &'a Profile,
    sources: &'a dyn Sources,
}

impl Printer<'_> {
    /// A value as it is shown.
    fn format(&self, value: i64) -> String {
        let value = match self.options.ratio() {
            Some(ratio) => measure::truncate(value as f64 * ratio),
            None => value,
        };
        measure::scaled_label(value, &self.options.sample_unit, &self.unit)
    }

    /// The same, but a dot for nothing.
    fn format_or_dot(&self, value: i64) -> String {
        if value == 0 { ".".to_owned() } else { self.format(value) }
    }

    /// The share of a value in the total.
    fn share(&self, value: i64) -> String {
        measure::percentage(value, self.total)
    }

    /// The frames that the report tells apart.
    fn frames(&self) -> Frames {
        let rename = |name: &str| {
            sources::trim_path(name, &self.options.trim_path, &self.options.source_path).to_owned()
        };
        let objects = self.options.keeps_objects();
        Frames::new(self.profile, FrameOptions { objects, rename: Some(&rename) })
    }

    /// Takes the unit that fits the smallest of the values of a graph, if it is left open.
    fn choose_unit(&mut self, graph: &graph::Graph<'_>) {
        if self.unit != "minimum" || graph.order.is_empty() {
            return;
        }
        let smallest = graph
            .shown()
            .map(|node| match node.flat.value().wrapping_abs() {
                0 => node.cum.value().wrapping_abs(),
                flat => flat,
            })
            .filter(|&value| value > 0)
            .min();
        let (mut smallest, mut largest) = (smallest.unwrap_or(self.total), self.total);
        if let Some(ratio) = self.options.ratio() {
            smallest = measure::truncate(smallest as f64 * ratio);
            largest = measure::truncate(largest as f64 * ratio);
        }
        let fitting = |value: i64| measure::scale(value, &self.options.sample_unit, "minimum").1;
        let mut unit = fitting(smallest);
        // Where values differ much, the smallest may become 0.01 of a unit; Valgrind's format has whole numbers only.
        if unit != fitting(largest)
            && smallest.wrapping_mul(100) < largest
            && self.options.format != Format::Callgrind
        {
            unit = fitting(smallest.wrapping_mul(100));
        }
        self.unit = if unit.is_empty() { self.options.sample_unit.clone() } else { unit.to_owned() };
    }
}
