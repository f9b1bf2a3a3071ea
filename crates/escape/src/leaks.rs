//! Where a parameter flows to: what the tag of a function's parameter says (`escape/leaks.go`).

/// Places that a parameter's value can leak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    /// The heap.
    Heap,
    /// The operand of a write through a pointer.
    Mutator,
    /// A function value that is called without being known.
    Callee,
    /// A result of the function.
    Result(usize),
}

const BYTES: usize = 8;
const PREFIX: &[u8] = b"esc:";

/// How a release lays out leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LeakLayout {
    first_result: usize,
}

impl LeakLayout {
    /// The layout with or without places for writes and calls, which take those of two results.
    pub(crate) fn new(tracks_writes: bool) -> LeakLayout {
        LeakLayout { first_result: if tracks_writes { 3 } else { 1 } }
    }
    /// Number of results that have a place.
    pub(crate) fn results(self) -> usize {
        BYTES - self.first_result
    }
    fn slot(self, sink: Sink) -> Option<usize> {
        match sink {
            Sink::Heap => Some(0),
            Sink::Mutator => (self.first_result > 1).then_some(1),
            Sink::Callee => (self.first_result > 1).then_some(2),
            Sink::Result(i) => (i < self.results()).then_some(self.first_result + i),
        }
    }
    /// All places in the order of the tag.
    pub(crate) fn sinks(self) -> impl Iterator<Item = Sink> {
        let others: &[Sink] =
            if self.first_result > 1 { &[Sink::Heap, Sink::Mutator, Sink::Callee] } else { &[Sink::Heap] };
        others.iter().copied().chain((0..self.results()).map(Sink::Result))
    }
}

/// Leaks of one parameter: for each place the smallest number of dereferences on the way there, plus one; zero if it
/// does not get there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leaks([u8; BYTES]);

impl Leaks {
    /// Number of dereferences on the way to a place, if the parameter gets there.
    pub(crate) fn get(&self, layout: LeakLayout, sink: Sink) -> Option<u32> {
        u32::from(self.0[layout.slot(sink)?]).checked_sub(1)
    }
    /// Records a way to a place; the one with the fewest dereferences counts. Places without slot are forgotten.
    pub(crate) fn add(&mut self, layout: LeakLayout, sink: Sink, derefs: u32) {
        let Some(slot) = layout.slot(sink) else { return };
        let value = u8::try_from(derefs.saturating_add(1)).unwrap_or(u8::MAX);
        if self.0[slot] == 0 || value < self.0[slot] {
            self.0[slot] = value;
        }
    }
    /// Drops ways that say nothing beyond the one to the heap.
    pub(crate) fn optimize(&mut self) {
        let [heap, others @ ..] = &mut self.0;
        if *heap > 0 {
            others.iter_mut().filter(|other| **other >= *heap).for_each(|other| *other = 0);
        }
    }
    /// The tag.
    pub(crate) fn encode(&self) -> Box<[u8]> {
        if self.0[0] == 1 {
            return Box::default();
        }
        let len = self.0.iter().rposition(|&b| b != 0).map_or(0, |i| i + 1);
        PREFIX.iter().chain(&self.0[..len]).copied().collect()
    }
    /// What a tag says: everything without the prefix means the heap.
    pub(crate) fn decode(tag: &[u8]) -> Leaks {
        let mut leaks = Leaks::default();
        match tag.strip_prefix(PREFIX) {
            Some(bytes) => leaks.0.iter_mut().zip(bytes).for_each(|(slot, &byte)| *slot = byte),
            None => leaks.0[0] = 1,
        }
        leaks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_round_trip() {
        let layout = LeakLayout::new(true);
        let mut leaks = Leaks::default();
        assert_eq!(&*leaks.encode(), b"esc:");
        leaks.add(layout, Sink::Result(1), 2);
        leaks.add(layout, Sink::Result(1), 5);
        leaks.add(layout, Sink::Result(5), 0);
        assert_eq!(leaks.get(layout, Sink::Result(1)), Some(2));
        assert_eq!(leaks.get(layout, Sink::Result(5)), None);
        assert_eq!(&*leaks.encode(), b"esc:\0\0\0\0\x03");
        assert_eq!(Leaks::decode(&leaks.encode()), leaks);
        leaks.add(layout, Sink::Heap, 1);
        leaks.add(layout, Sink::Callee, 0);
        leaks.optimize();
        assert_eq!(&*leaks.encode(), b"esc:\x02\0\x01");
        leaks.add(layout, Sink::Heap, 0);
        assert_eq!(&*leaks.encode(), b"");
        assert_eq!(Leaks::decode(b"").get(layout, Sink::Heap), Some(0));
    }

    #[test]
    fn old_tags_have_seven_results() {
        let layout = LeakLayout::new(false);
        let mut leaks = Leaks::default();
        leaks.add(layout, Sink::Mutator, 0);
        leaks.add(layout, Sink::Result(6), 300);
        assert_eq!(leaks.get(layout, Sink::Mutator), None);
        assert_eq!(leaks.get(layout, Sink::Result(6)), Some(254));
        assert_eq!(layout.sinks().count(), 8);
    }
}
