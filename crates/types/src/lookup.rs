//! Field and method look-up through embedded fields, and method sets.

use crate::store::{ObjId, PkgId, TypeId, TypeStore};
use escargo_base::Symbol;

/// What a selector denotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// A field or method.
    Found {
        /// The field or method. A method of an instance may still lack its type.
        obj: ObjId,
        /// Field indices from the outside in; the last is the field or method index.
        index: Vec<u32>,
        /// Whether a pointer was followed on the way.
        indirect: bool,
    },
    /// Several at the same depth; the path to one of them.
    Ambiguous(Vec<u32>),
    /// A method exists, but its receiver is a pointer and the operand is not addressable (or a pointer to it).
    PointerReceiver,
    /// Nothing.
    NotFound,
}

/// Looks up a field or method of `ty` as seen from `pkg` (`types2/lookup.go`).
/// `addressable`: whether an operand of type `ty` may have its address taken.
pub fn lookup_field_or_method(store: &TypeStore, ty: TypeId, addressable: bool, pkg: Option<PkgId>, name: Symbol, fold_case: bool) -> Lookup { todo!() }
/// `types2/lookup.go: deref`: the element of a pointer, and whether `ty` was one.
pub fn deref(store: &TypeStore, ty: TypeId) -> (TypeId, bool) { todo!() }
/// The unique id by which unexported names of different packages differ, as a sort key.
pub fn object_id(store: &TypeStore, obj: ObjId) -> String { todo!() }
/// Whether `obj` has this name as seen from `pkg`.
pub fn same_id(store: &TypeStore, obj: ObjId, pkg: Option<PkgId>, name: Symbol, fold_case: bool) -> bool { todo!() }
/// Index of the field of a name in a struct's fields.
pub fn field_index(store: &TypeStore, fields: &[ObjId], pkg: Option<PkgId>, name: Symbol, fold_case: bool) -> Option<usize> { todo!() }
