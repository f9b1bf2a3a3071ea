//! Underlying types, aliases, and the lazy expansion of instances.

use crate::store::{ObjId, TypeId, TypeStore};

impl TypeStore {
    /// Looks through aliases. [`TypeId::INVALID`] if the chain is not known yet.
    pub fn unalias(&self, ty: TypeId) -> TypeId { todo!() }
    /// The underlying type: never `Named`, `Alias`; for a type parameter the interface of its constraint.
    /// [`TypeId::INVALID`] (and nothing is remembered) while a declaration it depends on has no right-hand side yet.
    pub fn under(&self, ty: TypeId) -> TypeId { todo!() }
    /// The right-hand side of a named type; for an instance, that of the origin with the arguments substituted.
    pub fn named_rhs(&self, named: TypeId) -> Option<TypeId> { todo!() }
    /// Type parameters of a named type or alias: its own, or for an instance those of the origin.
    pub fn tparams(&self, ty: TypeId) -> &[TypeId] { todo!() }
    /// Number of declared methods of a named type (of the origin, for an instance).
    pub fn method_count(&self, named: TypeId) -> usize { todo!() }
    /// Method `i` of a named type. For an instance the object is made on demand; its type may be unset until
    /// [`method_type`](Self::method_type).
    pub fn method(&self, named: TypeId, i: usize) -> ObjId { todo!() }
    /// Index of the declared method of a name (receiver base type only, embedded fields not looked at).
    pub fn method_index(&self, named: TypeId, name: escargo_base::Symbol, fold_case: bool) -> Option<usize> { todo!() }
    /// The signature type of a function object. For a method of an instance whose origin method is typed, it is
    /// expanded and stored. `None` while not known.
    pub fn method_type(&self, func: ObjId) -> Option<TypeId> { todo!() }
}
