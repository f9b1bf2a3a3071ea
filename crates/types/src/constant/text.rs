//! String values: byte strings that concatenate in constant time.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::MAX_STRING_LEN;

/// Texts of up to this many bytes are joined without a second thought.
const SMALL: u64 = 1 << 12;

/// A byte string.
///
/// A concatenation keeps its operands and joins them when its bytes are first asked for: folding a long
/// chain of `+` stays linear, and repeated doubling costs nothing until someone looks.
#[derive(Clone)]
pub struct Text(Arc<Node>);

struct Node {
    len: u64,
    flat: OnceLock<Box<[u8]>>,
    /// The operands, until `flat` is set.
    parts: Mutex<Option<(Text, Text)>>,
}

impl Text {
    /// A string of the given bytes.
    pub fn new(bytes: &[u8]) -> Text {
        let flat = OnceLock::from(Box::from(bytes));
        Text(Arc::new(Node { len: bytes.len() as u64, flat, parts: Mutex::new(None) }))
    }

    /// The two strings joined; `None` if that is longer than [`MAX_STRING_LEN`].
    pub fn concat(&self, other: &Text) -> Option<Text> {
        if other.is_empty() {
            return Some(self.clone());
        }
        if self.is_empty() {
            return Some(other.clone());
        }
        let len = self.len().checked_add(other.len()).filter(|len| *len <= MAX_STRING_LEN)?;
        let parts = Mutex::new(Some((self.clone(), other.clone())));
        Some(Text(Arc::new(Node { len, flat: OnceLock::new(), parts })))
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.0.len
    }

    /// Whether the string is empty.
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        let flat = self.0.flat.get_or_init(|| self.prefix(self.0.len).into());
        // The operands are no longer needed; dropping them outside the lock keeps it short.
        drop(self.0.take_parts());
        flat
    }

    /// The first `limit` bytes, or all if there are fewer.
    pub(super) fn prefix(&self, limit: u64) -> Vec<u8> {
        let limit = usize::try_from(limit.min(self.0.len)).unwrap_or(usize::MAX);
        let mut out = Vec::with_capacity(limit);
        let mut pending = vec![self.clone()];
        while out.len() < limit
            && let Some(next) = pending.pop()
        {
            if let Some(flat) = next.0.flat.get() {
                out.extend_from_slice(&flat[..flat.len().min(limit - out.len())]);
            } else if let Some((left, right)) = next.0.clone_parts() {
                pending.push(right);
                pending.push(left);
            } else {
                // Another thread joined it between the two looks.
                pending.push(next);
            }
        }
        out
    }
}

impl Node {
    fn clone_parts(&self) -> Option<(Text, Text)> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn take_parts(&self) -> Option<(Text, Text)> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Node {
    /// Unlinks operands one by one: a long chain must not recurse.
    fn drop(&mut self) {
        let mut pending: Vec<Text> = self.take_parts().into_iter().flat_map(<[Text; 2]>::from).collect();
        while let Some(Text(node)) = pending.pop() {
            if let Some(node) = Arc::into_inner(node) {
                pending.extend(node.take_parts().into_iter().flat_map(<[Text; 2]>::from));
            }
        }
    }
}

/// A text piece by piece, without joining it.
struct Pieces {
    pending: Vec<Text>,
}

impl Pieces {
    fn new(text: &Text) -> Self {
        Pieces { pending: vec![text.clone()] }
    }

    /// The next piece; one that is joined.
    fn next(&mut self) -> Option<Text> {
        while let Some(next) = self.pending.pop() {
            if next.0.flat.get().is_some() || next.len() <= SMALL {
                return Some(next);
            }
            match next.0.clone_parts() {
                Some((left, right)) => self.pending.extend([right, left]),
                // Another thread joined it between the two looks.
                None => self.pending.push(next),
            }
        }
        None
    }
}

impl Ord for Text {
    /// Compares bytes. Long texts are not joined for that: they may be doublings that share their parts.
    fn cmp(&self, other: &Text) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        let (mut ours, mut theirs) = (Pieces::new(self), Pieces::new(other));
        let (mut x, mut y) = (ours.next(), theirs.next());
        let (mut i, mut j) = (0, 0);
        loop {
            let (Some(a), Some(b)) = (&x, &y) else { return x.is_some().cmp(&y.is_some()) };
            let (a, b) = (&a.bytes()[i..], &b.bytes()[j..]);
            let n = a.len().min(b.len());
            let order = a[..n].cmp(&b[..n]);
            if order.is_ne() {
                return order;
            }
            let (ends, other_ends) = (n == a.len(), n == b.len());
            (i, j) = (i + n, j + n);
            if ends {
                (x, i) = (ours.next(), 0);
            }
            if other_ends {
                (y, j) = (theirs.next(), 0);
            }
        }
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Text) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.len() == other.len() && self.cmp(other).is_eq()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        if self.len() <= SMALL { self.bytes().hash(state) } else { self.prefix(SMALL).hash(state) }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short_quoted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_chains_join_and_drop() {
        let piece = Text::new(b"ab");
        let chain = (0..200_000).try_fold(Text::new(b"x"), |chain, _| chain.concat(&piece));
        assert_eq!(chain.as_ref().map(Text::len), Some(400_001));
        assert_eq!(chain.as_ref().map(|chain| chain.prefix(4)), Some(b"xaba".to_vec()));
        assert!(chain.as_ref().is_some_and(|chain| chain.bytes().ends_with(b"abab")));
        let right = (0..200_000).try_fold(Text::new(b"x"), |chain, _| piece.concat(&chain));
        drop(right);
    }

    #[test]
    fn texts_compare_by_their_bytes_however_they_were_joined() {
        let double = |text: Text| text.concat(&text);
        let long = (0..16).try_fold(Text::new(b"ab"), |text, _| double(text)).expect("far below the bound");
        let flat = Text::new(&b"ab".repeat(1 << 16));
        let longer = long.concat(&Text::new(b"a")).expect("far below the bound");
        let larger = Text::new(b"abb").concat(&long).expect("far below the bound");
        assert!(long == flat && long < longer && flat < longer && longer < larger && larger > flat);
        assert!(Text::new(b"") < long && long != longer);
        let hash = |text: &Text| std::hash::BuildHasher::hash_one(&rustc_hash::FxBuildHasher, text);
        assert_eq!(hash(&long), hash(&flat));
    }

    #[test]
    fn doubling_stops_at_the_bound() {
        let mut text = Text::new(b"bomb");
        while let Some(double) = text.concat(&text) {
            text = double;
        }
        assert_eq!(text.len(), 1 << 31);
        assert_eq!(text.prefix(6), b"bombbo");
    }
}
