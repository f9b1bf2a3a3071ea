//! Substituting type arguments for type parameters.

use crate::store::{TypeId, TypeStore};

/// A mapping from type parameters to types.
#[derive(Debug, Clone, Default)]
pub struct SubstMap(pub rustc_hash::FxHashMap<TypeId, TypeId>);

impl SubstMap {
    /// Maps each parameter to the argument at the same place.
    pub fn new(tparams: &[TypeId], targs: &[TypeId]) -> SubstMap { todo!() }
}

/// The type with the parameters replaced; the same id if nothing changed. New variables and methods made on the way
/// remember their origin.
pub fn subst(store: &TypeStore, ty: TypeId, map: &SubstMap) -> TypeId { todo!() }
