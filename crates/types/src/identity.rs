//! Type identity (spec: Type identity).

use crate::store::{TypeId, TypeStore};

/// Whether two types are identical.
pub fn identical(store: &TypeStore, x: TypeId, y: TypeId) -> bool { todo!() }
/// Whether two types are identical when struct tags are ignored.
pub fn identical_ignore_tags(store: &TypeStore, x: TypeId, y: TypeId) -> bool { todo!() }
/// A hash that identical types share (aliases looked through, names of parameters ignored).
pub fn identity_hash(store: &TypeStore, ty: TypeId) -> u64 { todo!() }
