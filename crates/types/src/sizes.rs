//! Sizes, alignments and offsets as gc lays values out.

use crate::store::{TypeId, TypeStore};

/// Sizes of a target, in bytes (`types2/gcsizes.go`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Size of a word.
    pub word: u64,
    /// Largest alignment.
    pub max_align: u64,
}

impl Sizes {
    /// Size; `None` if it overflows or the type has no fixed size.
    pub fn size_of(&self, store: &TypeStore, ty: TypeId) -> Option<u64> { todo!() }
    /// Alignment, at least 1.
    pub fn align_of(&self, store: &TypeStore, ty: TypeId) -> u64 { todo!() }
    /// Offsets of a struct's fields; `None` from the first that overflows.
    pub fn offsets_of(&self, store: &TypeStore, fields: &[crate::store::ObjId]) -> Vec<Option<u64>> { todo!() }
}
