//! Going through stacks as if they were a tree.
//!
//! Neighbours among the samples often have the outer part of their stacks in common. What they have in common is entered
//! once; its weight is known when it is left.

use super::Weight;
use super::build::weighed;
use crate::profile::{LocationId, Profile};
use crate::report::SampleValue;

/// What is done with frames.
pub(super) trait Visitor {
    /// What is known of a frame as long as it is on the stack.
    type Entry: Copy;

    /// Enters the frame at a place in the list of the frames of all locations. `caller` is the frame that called it, and
    /// `inline` says whether it was inlined into it.
    fn enter(&mut self, place: usize, inline: bool, caller: Option<Self::Entry>) -> Self::Entry;

    /// Leaves a frame, with the weight of all samples that it was on the stack of.
    fn leave(&mut self, entry: Self::Entry, weight: Weight);
}

/// A stack, from the root to the leaf.
struct Stack<E> {
    /// The locations, and the number of frames up to the end of each.
    locations: Vec<(LocationId, usize)>,
    frames: Vec<(E, Weight)>,
}

impl<E: Copy> Stack<E> {
    /// Leaves all but so many locations.
    fn cut(&mut self, locations: usize, visitor: &mut impl Visitor<Entry = E>) {
        self.locations.truncate(locations);
        let frames = self.locations.last().map_or(0, |&(_, end)| end);
        while self.frames.len() > frames
            && let Some((entry, weight)) = self.frames.pop()
        {
            visitor.leave(entry, weight);
            self.add(weight);
        }
    }

    fn add(&mut self, weight: Weight) {
        if let Some((_, sum)) = self.frames.last_mut() {
            sum.add(weight);
        }
    }
}

/// Visits the frames of all samples that count. `starts` says where the frames of each location start in the list.
pub(super) fn walk<V: Visitor>(profile: &Profile, value: SampleValue, starts: &[u32], visitor: &mut V) {
    let mut stack = Stack { locations: Vec::new(), frames: Vec::new() };
    for (_, sample, weight) in weighed(profile, value) {
        let locations = profile.stack(sample);
        let common = stack
            .locations
            .iter()
            .zip(locations.iter().rev())
            .take_while(|((one, _), other)| one == *other)
            .count();
        stack.cut(common, visitor);
        for &location in locations.iter().rev().skip(common) {
            let place = location.0 as usize;
            let (start, end) = (starts[place] as usize, starts[place + 1] as usize);
            for at in (start..end).rev() {
                let caller = stack.frames.last().map(|&(entry, _)| entry);
                let entry = visitor.enter(at, at + 1 != end, caller);
                stack.frames.push((entry, Weight::default()));
            }
            stack.locations.push((location, stack.frames.len()));
        }
        stack.add(weight);
    }
    stack.cut(0, visitor);
}
