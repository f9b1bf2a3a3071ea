//! Typed dense ids and the vectors they index.
//!
//! An id is a `u32` with a type of its own, so that an expression cannot index a table of
//! statements. Side tables are [`IndexVec`]s with one slot per id.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense id: a `u32` that names one entry of an [`IndexVec`].
pub trait Id: Copy + Eq + Ord + fmt::Debug + 'static {
    /// The id of entry `index`. Panics if `index` does not fit.
    fn from_index(index: usize) -> Self;
    /// The entry that the id names.
    fn index(self) -> usize;
}

/// Declares dense id types: `define_id! { /// docs pub struct ExprId("expr"); }`.
///
/// The string is the prefix that `Debug` prints (`expr7`). Ids are niche-optimized:
/// `Option<Id>` is four bytes.
#[macro_export]
macro_rules! define_id {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident($prefix:literal);)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name(::std::num::NonZeroU32);

        impl $crate::index::Id for $name {
            #[inline]
            fn from_index(index: usize) -> Self {
                let raw = u32::try_from(index + 1).ok().and_then(::std::num::NonZeroU32::new);
                $name(raw.expect("dense id out of range"))
            }
            #[inline]
            fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }

        impl $name {
            /// The id of entry `raw`, usable in constants.
            #[allow(dead_code, reason = "not every id type has constants")]
            $vis const fn from_u32(raw: u32) -> Self {
                match ::std::num::NonZeroU32::new(raw + 1) {
                    Some(n) => $name(n),
                    None => panic!("dense id out of range"),
                }
            }
            /// The entry that the id names, as a `u32`.
            #[allow(dead_code, reason = "not every id type is printed")]
            $vis const fn as_u32(self) -> u32 {
                self.0.get() - 1
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.as_u32())
            }
        }
    )*};
}

/// A vector indexed by a dense id.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexVec<I: Id, T> {
    raw: Vec<T>,
    marker: PhantomData<fn(I)>,
}

impl<I: Id, T> IndexVec<I, T> {
    /// An empty vector.
    pub const fn new() -> Self {
        IndexVec { raw: Vec::new(), marker: PhantomData }
    }
    /// Wraps an existing vector.
    pub const fn from_raw(raw: Vec<T>) -> Self {
        IndexVec { raw, marker: PhantomData }
    }
    /// A vector of `n` copies of `value`.
    pub fn filled(value: T, n: usize) -> Self
    where
        T: Clone,
    {
        Self::from_raw(vec![value; n])
    }
    /// Appends `value` and returns its id.
    #[inline]
    pub fn push(&mut self, value: T) -> I {
        let id = I::from_index(self.raw.len());
        self.raw.push(value);
        id
    }
    /// The id that the next [`push`](Self::push) will return.
    pub fn next_id(&self) -> I {
        I::from_index(self.raw.len())
    }
    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.raw.len()
    }
    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }
    /// The entry, if the id is in range.
    #[inline]
    pub fn get(&self, id: I) -> Option<&T> {
        self.raw.get(id.index())
    }
    /// The entry, if the id is in range.
    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.raw.get_mut(id.index())
    }
    /// Entries in id order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.raw.iter()
    }
    /// Ids and entries in id order.
    pub fn iter_enumerated(&self) -> impl ExactSizeIterator<Item = (I, &T)> + DoubleEndedIterator {
        self.raw.iter().enumerate().map(|(i, t)| (I::from_index(i), t))
    }
    /// All ids in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = I> + DoubleEndedIterator + use<I, T> {
        (0..self.raw.len()).map(I::from_index)
    }
    /// The entries as a slice.
    pub fn as_slice(&self) -> &[T] {
        &self.raw
    }
    /// The entries as a vector.
    pub fn into_raw(self) -> Vec<T> {
        self.raw
    }
    /// Removes all; what they took is kept for others.
    pub fn clear(&mut self) {
        self.raw.clear();
    }
    /// Drops the entries from `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.raw.truncate(len);
    }
    /// Makes room for `n` more entries.
    pub fn reserve(&mut self, n: usize) {
        self.raw.reserve(n);
    }
    /// Bytes of the entries themselves, for memory statistics.
    pub fn heap_bytes(&self) -> usize {
        self.raw.capacity() * size_of::<T>()
    }
}

impl<I: Id, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Self::new()
    }
}
impl<I: Id, T> Index<I> for IndexVec<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, id: I) -> &T {
        &self.raw[id.index()]
    }
}
impl<I: Id, T> IndexMut<I> for IndexVec<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.raw[id.index()]
    }
}
impl<I: Id, T: fmt::Debug> fmt::Debug for IndexVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter_enumerated()).finish()
    }
}
impl<'a, I: Id, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.raw.iter()
    }
}
impl<I: Id, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        Self::from_raw(iter.into_iter().collect())
    }
}
