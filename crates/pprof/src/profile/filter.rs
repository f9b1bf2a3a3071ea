//! Choosing samples and frames.

use super::{LocationId, Profile, Sample};
use crate::pattern::Pattern;

/// Chooses samples of a profile.
pub type SampleChoice<'a> = &'a dyn Fn(&Profile, &Sample) -> bool;

/// Which patterns matched anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameMatches {
    /// `focus`; also if there is none.
    pub focus: bool,
    /// `ignore`.
    pub ignore: bool,
    /// `hide`.
    pub hide: bool,
    /// `show`.
    pub show: bool,
}

impl Profile {
    /// Keeps samples with a frame that matches `focus` and none that matches `ignore`; of these, frames that match `show`
    /// and do not match `hide`. Samples of which no frame is left go. A frame matches by its function, its file, or the
    /// file of its mapping.
    pub fn filter_by_name(
        &mut self,
        focus: Option<&Pattern>,
        ignore: Option<&Pattern>,
        hide: Option<&Pattern>,
        show: Option<&Pattern>,
    ) -> NameMatches {
        if [focus, ignore, hide, show].iter().all(Option::is_none) {
            return NameMatches { focus: true, ..NameMatches::default() };
        }
        let [focus, ignore, hide, show] = [focus, ignore, hide, show].map(|one| self.matched_by(one));
        let mut matches = NameMatches::default();
        let mut choices = Vec::with_capacity(self.locations.len());
        let mut hidden = vec![false; self.locations.len()];
        for (place, location) in self.locations.iter_mut().enumerate() {
            let mapping = location.mapping;
            let in_any =
                |names: &Names| names.mapping(mapping) || location.lines.iter().any(|line| names.line(line));
            choices.push(if ignore.as_ref().is_some_and(in_any) {
                matches.ignore = true;
                Choice::Ignored
            } else if focus.as_ref().is_none_or(in_any) {
                matches.focus = true;
                Choice::Focused
            } else {
                Choice::None
            });
            if let Some(hide) = hide.as_ref().filter(|hide| in_any(hide)) {
                matches.hide = true;
                let all = hide.mapping(mapping);
                location.lines.retain(|line| !all && !hide.line(line));
                hidden[place] |= location.lines.is_empty();
            }
            if let Some(show) = &show {
                if !show.mapping(mapping) {
                    location.lines.retain(|line| line.function.is_none() || show.line(line));
                }
                matches.show |= !location.lines.is_empty();
                hidden[place] |= location.lines.is_empty();
            }
        }
        let any_hidden = hidden.contains(&true);
        self.retain_samples(|sample, _, stacks| {
            let stack = &mut stacks[super::range(sample.stack_start, sample.stack_len)];
            if !is_focused(stack, &choices) {
                return false;
            }
            if any_hidden {
                sample.stack_len = drop_hidden(stack, &hidden);
            }
            sample.stack_len != 0
        });
        matches
    }

    /// Cuts from all stacks the frames that are nearer to the root than the one nearest to it that matches. Samples without
    /// such a frame go. Whether any frame matched; without a pattern nothing happens.
    pub fn show_from(&mut self, pattern: Option<&Pattern>) -> bool {
        let Some(names) = self.matched_by(pattern) else { return false };
        let mut matched = vec![false; self.locations.len()];
        for (location, matched) in self.locations.iter_mut().zip(&mut matched) {
            if names.mapping(location.mapping) {
                *matched = true;
            } else if let Some(last) = location.lines.iter().rposition(|line| names.line(line)) {
                location.lines.truncate(last + 1);
                *matched = true;
            }
        }
        self.retain_samples(|sample, _, stacks| {
            let stack = &stacks[super::range(sample.stack_start, sample.stack_len)];
            let last = stack.iter().rposition(|location| matched[location.0 as usize]);
            sample.stack_len = last.map_or(0, |last| last as u32 + 1);
            last.is_some()
        });
        matched.contains(&true)
    }

    /// Keeps samples that `focus` accepts and `ignore` does not. Whether each of them accepted any; a missing `focus`
    /// accepts all.
    pub fn filter_by_tag(
        &mut self,
        focus: Option<SampleChoice<'_>>,
        ignore: Option<SampleChoice<'_>>,
    ) -> (bool, bool) {
        let mut matched = (false, false);
        let kept: Vec<bool> = (self.samples.iter())
            .map(|sample| {
                let focused = focus.is_none_or(|focus| focus(self, sample));
                let ignored = ignore.is_some_and(|ignore| ignore(self, sample));
                matched = (matched.0 | focused, matched.1 | ignored);
                focused && !ignored
            })
            .collect();
        let mut kept = kept.into_iter();
        self.retain_samples(|_, _, _| kept.next().unwrap_or(false));
        matched
    }

    /// Keeps the samples of which `keep` says so. It gets a sample, its values and all stacks, and may change them.
    pub(super) fn retain_samples(
        &mut self,
        mut keep: impl FnMut(&mut Sample, &mut [i64], &mut [LocationId]) -> bool,
    ) {
        let (width, mut kept) = (self.sample_types.len(), 0);
        for place in 0..self.samples.len() {
            let values = place * width..(place + 1) * width;
            let mut sample = self.samples[place];
            if keep(&mut sample, &mut self.values[values.clone()], &mut self.stacks) {
                self.samples[kept] = sample;
                self.values.copy_within(values, kept * width);
                kept += 1;
            }
        }
        self.samples.truncate(kept);
        self.values.truncate(kept * width);
    }

    fn matched_by(&self, pattern: Option<&Pattern>) -> Option<Names> {
        pattern.map(|pattern| Names {
            functions: (self.functions.iter())
                .map(|function| pattern.is_match(&function.name) || pattern.is_match(&function.filename))
                .collect(),
            mappings: self.mappings.iter().map(|mapping| pattern.is_match(&mapping.file)).collect(),
        })
    }
}

/// What a location means for its samples.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    None,
    Focused,
    Ignored,
}

/// What a pattern matches: each function and mapping is asked about once.
struct Names {
    functions: Vec<bool>,
    mappings: Vec<bool>,
}

impl Names {
    fn line(&self, line: &super::Line) -> bool {
        line.function.is_some_and(|function| self.functions[function.0 as usize])
    }

    fn mapping(&self, mapping: Option<super::MappingId>) -> bool {
        mapping.is_some_and(|mapping| self.mappings[mapping.0 as usize])
    }
}

fn is_focused(stack: &[LocationId], choices: &[Choice]) -> bool {
    let mut focused = false;
    for location in stack {
        match choices[location.0 as usize] {
            Choice::Ignored => return false,
            Choice::Focused => focused = true,
            Choice::None => {}
        }
    }
    focused
}

/// Moves what is not hidden to the front; how much that is.
fn drop_hidden(stack: &mut [LocationId], hidden: &[bool]) -> u32 {
    let mut kept = 0;
    for place in 0..stack.len() {
        if !hidden[stack[place].0 as usize] {
            stack[kept] = stack[place];
            kept += 1;
        }
    }
    kept as u32
}
