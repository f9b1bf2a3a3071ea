//! Type sets of interfaces: which methods a type must have and which types are allowed.

use crate::store::{ObjId, TypeId, TypeStore};
use crate::ty::{Interface, Term};
use escargo_base::{Pos, Symbol};
use crate::store::PkgId;

/// The types and methods that an interface stands for.
#[derive(Debug, Default, Clone)]
pub struct TypeSet {
    /// All methods, explicit and embedded, sorted by their unique id (`types2/object.go: Id`).
    pub methods: Vec<ObjId>,
    /// Allowed types in normal form; `None` means all types.
    pub terms: Option<Vec<Term>>,
    /// Whether only comparable types are allowed (invariant: then `terms` is `None`).
    pub comparable: bool,
}

/// What is wrong with an interface; the checker words and reports it.
#[derive(Debug, Clone)]
pub enum TypeSetError {
    /// Two methods of one name that cannot be merged. `pos` is where the compiler reports it: the method, or the
    /// embedding that brings it in; `other` is the same for the first one.
    DuplicateMethod {
        /// Where it is reported.
        pos: Pos,
        /// The method's name.
        name: Symbol,
        /// Where the first one is.
        other: Pos,
        /// Whether the second one is declared in the interface itself.
        explicit: bool,
    },
    /// Two embedded interfaces share an identical method: an error before go1.14, reported as
    /// [`DuplicateMethod`](Self::DuplicateMethod).
    OverlappingMethod {
        /// Where it is reported.
        pos: Pos,
        /// The method's name.
        name: Symbol,
        /// Where the first one is.
        other: Pos,
    },
    /// An embedded element that needs go1.18.
    InvalidEmbed {
        /// Where it is embedded.
        pos: Pos,
        /// The embedded type.
        ty: TypeId,
        /// What it is.
        kind: EmbedKind,
    },
    /// A union of more than [`MAX_UNION_TERMS`] terms.
    TooManyTerms {
        /// Where it is embedded.
        pos: Pos,
    },
}

/// Kinds of embedded elements that need go1.18, by the compiler's words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbedKind {
    /// "constraint interface": an interface that is not just a set of methods.
    ConstraintInterface,
    /// "interface element": a union.
    Element,
    /// "non-interface type".
    NonInterface,
}

/// Unions of more terms are refused.
pub const MAX_UNION_TERMS: usize = 100;

/// The interface behind `comparable`.
pub(crate) fn comparable_interface() -> Interface {
    todo!()
}

impl TypeSet {
    /// Whether no type is in the set.
    pub fn is_empty(&self) -> bool { todo!() }
    /// Whether every type is in the set.
    pub fn is_all(&self) -> bool { todo!() }
    /// Whether the set is described by methods alone.
    pub fn is_method_set(&self) -> bool { todo!() }
    /// Whether specific types are listed.
    pub fn has_terms(&self) -> bool { todo!() }
    /// The method of a name as seen from package `pkg`, with its index in `methods`.
    pub fn lookup_method(&self, store: &TypeStore, pkg: Option<PkgId>, name: Symbol, fold_case: bool) -> Option<(usize, ObjId)> { todo!() }
    /// Whether every type of the set is comparable.
    pub fn all_comparable(&self, store: &TypeStore) -> bool { todo!() }
    /// Whether the terms are a subset of the other set's terms.
    pub fn subset_of(&self, store: &TypeStore, other: &TypeSet) -> bool { todo!() }
}

/// The type set of an interface type (any `TypeId` whose `Type` is `Interface`), computed on first use.
pub fn type_set(store: &TypeStore, interface: TypeId) -> &TypeSet { todo!() }
/// Computes (or recomputes) the type set and reports what is wrong with the interface, in the order of the compiler.
pub fn check_type_set(store: &TypeStore, interface: TypeId, report: &mut dyn FnMut(TypeSetError)) { todo!() }
/// The interface that a type parameter's constraint amounts to (`types2/typeparam.go: iface`); an `Interface` id.
pub fn constraint_interface(store: &TypeStore, tparam: TypeId) -> TypeId { todo!() }
/// Calls `f(t, under(t))` for each term of a type parameter's (or interface's) type set, or once with
/// `None` when there are no specific types; other types give one call. Stops at the first `false`.
/// (`types2/under.go: typeset`)
pub fn for_each_type(store: &TypeStore, ty: TypeId, f: &mut dyn FnMut(Option<(TypeId, TypeId)>) -> bool) -> bool { todo!() }
/// The single underlying type shared by all types of `ty`'s type set, with the channel-direction rule of the spec;
/// the error says why there is none (text as in `types2/under.go: commonUnder`, formatted by the caller).
pub fn common_under(store: &TypeStore, ty: TypeId) -> Option<TypeId> { todo!() }
