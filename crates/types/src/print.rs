//! Types and objects as text, as messages show them.

use crate::store::{ObjId, PkgId, TypeId, TypeStore};

/// How package-level names are qualified: gives the prefix without the dot; empty for none.
pub type Qualifier<'q> = &'q dyn Fn(PkgId) -> String;

/// The type as text (`types2/typestring.go`), e.g. `map[string]*p.T[int]`.
pub fn type_string(store: &TypeStore, ty: TypeId, qualifier: Qualifier<'_>) -> String { todo!() }
/// Signature without the `func` keyword, e.g. `(x int) error`.
pub fn signature_string(store: &TypeStore, sig: TypeId, qualifier: Qualifier<'_>) -> String { todo!() }
/// The object as text (`types2/object.go: ObjectString`), e.g. `func p.F(x int)`, `field x int`.
pub fn object_string(store: &TypeStore, obj: ObjId, qualifier: Qualifier<'_>) -> String { todo!() }
/// Qualifies with the full import path.
pub fn full_path(store: &TypeStore) -> impl Fn(PkgId) -> String + '_ { move |p| store.pkg(p).path.to_string() }
