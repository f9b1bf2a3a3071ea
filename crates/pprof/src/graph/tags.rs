//! Labels of samples, counted for each node.

use std::cmp::Ordering;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::{NodeId, Weight};
use crate::measure;
use crate::profile::{LabelValue, Profile};

/// Texts that nodes are labelled with, by number. The first is empty.
#[derive(Debug)]
struct Names {
    names: Vec<String>,
    places: FxHashMap<String, u32>,
}

impl Default for Names {
    fn default() -> Names {
        let mut names = Names { names: Vec::new(), places: FxHashMap::default() };
        names.add(String::new());
        names
    }
}

impl Names {
    fn add(&mut self, name: String) -> u32 {
        if let Some(&place) = self.places.get(&name) {
            return place;
        }
        let place = self.names.len() as u32;
        self.names.push(name.clone());
        self.places.insert(name, place);
        place
    }
}

/// What a node was counted with.
#[derive(Clone, Debug, Default)]
pub struct Tag {
    /// What is shown.
    pub name: String,
    /// The number, if it is one.
    pub value: i64,
    /// Its unit.
    pub unit: String,
    /// What was spent in the node itself.
    pub flat: Weight,
    /// The same, and what was spent in all that it called.
    pub cum: Weight,
}

/// Sorts tags: the heaviest first, then by name.
pub(super) fn sort(tags: &mut [Tag], flat: bool) {
    tags.sort_by(|one, other| {
        let heavier = |one: Weight, other: Weight| {
            other.sum.wrapping_abs().cmp(&one.sum.wrapping_abs()).then(other.sum.cmp(&one.sum))
        };
        let cum = if flat { Ordering::Equal } else { heavier(one.cum, other.cum) };
        cum.then_with(|| heavier(one.flat, other.flat)).then_with(|| one.name.cmp(&other.name))
    });
}

/// A label of a node: see [`Key`].
#[derive(Debug)]
struct Counted {
    key: Key,
    tag: Tag,
}

/// The node, its text labels, and the text of the number that was counted with them; 0 if that are the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    node: NodeId,
    texts: u32,
    number: u32,
}

/// Labels of all nodes.
#[derive(Debug, Default)]
pub(super) struct Tags {
    counted: Vec<Counted>,
    places: FxHashMap<Key, u32>,
    /// By node; empty if nothing was counted.
    by_node: Vec<Vec<u32>>,
}

/// The tags of a node.
#[derive(Debug, Default)]
pub(super) struct NodeTags {
    /// Text labels.
    pub(super) texts: Vec<Tag>,
    /// Numbers, by the text labels that they stood with.
    pub(super) numbers: FxHashMap<String, Vec<Tag>>,
}

impl Tags {
    /// Counts the labels of the sample for a node.
    pub(super) fn add(&mut self, node: NodeId, sample: &SampleTags<'_>, count: impl Fn(&mut Tag)) {
        let texts = sample.texts;
        if texts != 0 {
            count(self.entry(Key { node, texts, number: 0 }, || Tag {
                name: sample.names.names[texts as usize].clone(),
                ..Tag::default()
            }));
        }
        for &(number, value) in &sample.numbers {
            count(self.entry(Key { node, texts, number }, || Tag {
                name: sample.names.names[number as usize].clone(),
                value,
                unit: sample.options.unit.clone(),
                ..Tag::default()
            }));
        }
    }

    fn entry(&mut self, key: Key, make: impl FnOnce() -> Tag) -> &mut Tag {
        let fresh = self.counted.len() as u32;
        let place = *self.places.entry(key).or_insert(fresh);
        if place == fresh {
            self.counted.push(Counted { key, tag: make() });
        }
        &mut self.counted[place as usize].tag
    }

    /// To be called when all is counted, before tags are asked for.
    pub(super) fn index(&mut self, nodes: usize) {
        if self.counted.is_empty() {
            return;
        }
        self.by_node = vec![Vec::new(); nodes];
        for (at, counted) in self.counted.iter().enumerate() {
            self.by_node[counted.key.node.index()].push(at as u32);
        }
    }

    fn places(&self, node: NodeId) -> &[u32] {
        self.by_node.get(node.index()).map_or(&[], Vec::as_slice)
    }

    /// Removes tags of less weight.
    pub(super) fn trim(&mut self, cutoff: i64) {
        let counted = &self.counted;
        for places in &mut self.by_node {
            places.retain(|&place| {
                let tag = &counted[place as usize].tag;
                tag.flat.sum.wrapping_abs() >= cutoff || tag.cum.sum.wrapping_abs() >= cutoff
            });
        }
    }

    /// Number of tags of a node itself.
    pub(super) fn count(&self, node: NodeId) -> usize {
        let has_flat = |&&place: &&u32| self.counted[place as usize].tag.flat.sum != 0;
        self.places(node).iter().filter(has_flat).count()
    }

    /// The tags of a node.
    pub(super) fn of(&self, node: NodeId) -> NodeTags {
        let mut tags = NodeTags::default();
        // The text labels of a number may have been trimmed, but not be forgotten.
        let name = |texts: u32| {
            let key = Key { node, texts, number: 0 };
            self.places.get(&key).map(|&at| self.counted[at as usize].tag.name.clone()).unwrap_or_default()
        };
        for &place in self.places(node) {
            let Counted { key, tag } = &self.counted[place as usize];
            match key.number {
                0 => tags.texts.push(tag.clone()),
                _ => tags.numbers.entry(name(key.texts)).or_default().push(tag.clone()),
            }
        }
        tags
    }
}

/// The unit of numeric labels, and the unit that they are shown in.
#[derive(Debug)]
pub(super) struct TagOptions {
    pub(super) unit: String,
    pub(super) output_unit: String,
}

/// The numeric label that is shown with nodes.
const NUMERIC_KEY: &str = "bytes";
/// The label that is not shown: of samples that were subtracted.
const HIDDEN_KEY: &str = "pprof::base";

/// The labels of a sample, as nodes are labelled with them.
pub(super) struct SampleTags<'a> {
    profile: &'a Profile,
    options: TagOptions,
    names: Names,
    /// Its text labels.
    texts: u32,
    /// Its numbers: text and value.
    numbers: Vec<(u32, i64)>,
}

impl<'a> SampleTags<'a> {
    pub(super) fn new(profile: &'a Profile, options: TagOptions) -> SampleTags<'a> {
        SampleTags { profile, options, names: Names::default(), texts: 0, numbers: Vec::new() }
    }

    /// Takes the labels of another sample.
    pub(super) fn enter(&mut self, sample: usize) {
        let labels = self.profile.labels(&self.profile.samples[sample]);
        self.texts = 0;
        self.numbers.clear();
        let mut texts: Vec<String> = Vec::new();
        for label in labels {
            match &label.value {
                LabelValue::Text(text) if &*label.key != HIDDEN_KEY => {
                    texts.push(format!("{}:{text}", label.key));
                }
                LabelValue::Number(value, _) if &*label.key == NUMERIC_KEY => {
                    let text = measure::scaled_label(*value, &self.options.unit, &self.options.output_unit);
                    let number = self.names.add(text);
                    self.numbers.push((number, *value));
                }
                _ => {}
            }
        }
        if !texts.is_empty() {
            texts.sort_unstable();
            self.texts = self.names.add(texts.join("\\n"));
        }
    }
}
