//! What a Go type is: types, universe, exact constants, objects, method sets, sizes, printing.
//!
//! Must not know: syntax trees, the disk.

pub mod constant;
pub mod identity;
pub mod instance;
pub mod link;
pub mod lookup;
pub mod methodset;
pub mod object;
pub mod predicates;
pub mod print;
pub mod shape;
pub mod sizes;
pub mod spelling;
pub mod store;
pub mod subst;
pub mod termlist;
pub mod ty;
pub mod typeset;
pub mod universe;

pub use constant::Value;
pub use object::{Object, ObjectKind, Package, PackageScope, VarKind};
pub use store::{LocalType, ObjId, PkgId, TypeId, TypeStore};
pub use ty::{
    Alias, Basic, BasicInfo, BasicKind, ChanDir, Interface, Named, Signature, Struct, Term, Type, TypeParam,
    Union,
};
pub use universe::{Builtin, BuiltinKind, Universe};
