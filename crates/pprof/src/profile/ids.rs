//! Places of things by the ids that files give them.

const NONE: u32 = u32::MAX;

/// Finds places by ids. Ids that are small, as nearly all are, cost one look.
pub(super) struct Ids {
    /// By id; [`NONE`] where there is nothing.
    dense: Vec<u32>,
    /// The other ids, sorted: no file can make it slow, as it could a hash map.
    sparse: Vec<(u64, u32)>,
}

/// An id that must not be: its place, and whether it is 0 or one that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadId {
    pub(super) place: usize,
    pub(super) id: u64,
}

impl Ids {
    /// Reads a list of ids, and the first that is bad.
    pub(super) fn of(ids: impl ExactSizeIterator<Item = u64>) -> (Ids, Option<BadId>) {
        let (mut dense, mut sparse) = (vec![NONE; ids.len() + 1], Vec::new());
        let mut bad: Option<BadId> = None;
        for (place, id) in ids.enumerate() {
            match usize::try_from(id).ok().and_then(|id| dense.get_mut(id)) {
                Some(entry) => {
                    if (id == 0 || *entry != NONE) && bad.is_none() {
                        bad = Some(BadId { place, id });
                    }
                    *entry = place as u32;
                }
                None => sparse.push((id, place as u32)),
            }
        }
        sparse.sort_unstable();
        for pair in sparse.windows(2) {
            let place = pair[1].1 as usize;
            if pair[0].0 == pair[1].0 && bad.is_none_or(|bad| place < bad.place) {
                bad = Some(BadId { place, id: pair[1].0 });
            }
        }
        (Ids { dense, sparse }, bad)
    }

    /// The place of what has the id.
    #[inline]
    pub(super) fn place(&self, id: u64) -> Option<u32> {
        match self.dense.get(id as usize) {
            Some(&place) => (place != NONE).then_some(place),
            None => {
                let found = self.sparse.binary_search_by_key(&id, |entry| entry.0).ok()?;
                Some(self.sparse[found].1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_and_bad_ones_named() {
        let (ids, bad) = Ids::of([2, 1, 1 << 40].into_iter());
        assert_eq!(bad, None);
        assert_eq!([1, 2, 3, 1 << 40].map(|id| ids.place(id)), [Some(1), Some(0), None, Some(2)]);
        assert_eq!(Ids::of([1, 0].into_iter()).1, Some(BadId { place: 1, id: 0 }));
        assert_eq!(Ids::of([9, 1, 9, 1].into_iter()).1, Some(BadId { place: 2, id: 9 }));
    }
}
