//! Questions about types that the spec asks.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::print::{Qualifier, type_string};
use crate::store::{ObjId, TypeId, TypeStore};
use crate::ty::{BasicInfo, BasicKind, Named, Type};
use crate::typeset::{for_each_type, type_set};

/// `is_*` ask the underlying type and are false for type parameters; `all_*` hold for a type parameter if
/// they hold for every type of its type set.
impl TypeStore {
    /// Basic kind of the underlying type, if it is basic.
    #[inline]
    pub fn basic_kind(&self, ty: TypeId) -> Option<BasicKind> {
        match self.ty(ty) {
            Type::Basic(b) => Some(b.kind),
            Type::Named(_) | Type::Alias(_) => match self.ty(self.under(ty)) {
                Type::Basic(b) => Some(b.kind),
                _ => None,
            },
            _ => None,
        }
    }
    /// Whether the underlying type is basic with one of the properties (not for type parameters).
    #[inline]
    pub fn is_basic(&self, ty: TypeId, info: BasicInfo) -> bool {
        match self.ty(ty) {
            Type::Basic(b) => b.info.has(info),
            Type::Named(_) | Type::Alias(_) => {
                matches!(self.ty(self.under(ty)), Type::Basic(b) if b.info.has(info))
            }
            _ => false,
        }
    }
    /// As [`is_basic`](Self::is_basic); for a type parameter: for all types of its type set.
    pub fn all_basic(&self, ty: TypeId, info: BasicInfo) -> bool {
        if !self.is_type_param(ty) {
            return self.is_basic(ty, info);
        }
        let set = type_set(self, self.under(ty));
        set.has_terms() && set.specific_terms().iter().all(|t| self.is_basic(t.ty, info))
    }
    /// Boolean.
    pub fn is_boolean(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo::BOOLEAN)
    }
    /// Integer.
    pub fn is_integer(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo::INTEGER)
    }
    /// Unsigned integer.
    pub fn is_unsigned(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo::UNSIGNED)
    }
    /// Floating-point number.
    pub fn is_float(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo::FLOAT)
    }
    /// Integer or floating-point number.
    pub fn is_integer_or_float(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo(BasicInfo::INTEGER.0 | BasicInfo::FLOAT.0))
    }
    /// Complex number.
    pub fn is_complex(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo::COMPLEX)
    }
    /// Number of any kind.
    pub fn is_numeric(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo::NUMERIC)
    }
    /// String.
    pub fn is_string(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo::STRING)
    }
    /// A type that constants may have.
    pub fn is_const_type(&self, ty: TypeId) -> bool {
        self.is_basic(ty, BasicInfo::CONST_TYPE)
    }
    /// Boolean, all of the set.
    pub fn all_boolean(&self, ty: TypeId) -> bool {
        self.all_basic(ty, BasicInfo::BOOLEAN)
    }
    /// Integer, all of the set.
    pub fn all_integer(&self, ty: TypeId) -> bool {
        self.all_basic(ty, BasicInfo::INTEGER)
    }
    /// Unsigned integer, all of the set.
    pub fn all_unsigned(&self, ty: TypeId) -> bool {
        self.all_basic(ty, BasicInfo::UNSIGNED)
    }
    /// Number, all of the set.
    pub fn all_numeric(&self, ty: TypeId) -> bool {
        self.all_basic(ty, BasicInfo::NUMERIC)
    }
    /// String, all of the set.
    pub fn all_string(&self, ty: TypeId) -> bool {
        self.all_basic(ty, BasicInfo::STRING)
    }
    /// Ordered, all of the set.
    pub fn all_ordered(&self, ty: TypeId) -> bool {
        self.all_basic(ty, BasicInfo::ORDERED)
    }
    /// Number or string, all of the set.
    pub fn all_numeric_or_string(&self, ty: TypeId) -> bool {
        self.all_basic(ty, BasicInfo(BasicInfo::NUMERIC.0 | BasicInfo::STRING.0))
    }
    /// Whether the type is an untyped basic type (nil included).
    #[inline]
    pub fn is_untyped(&self, ty: TypeId) -> bool {
        // Neither names nor aliases can stand for untyped types.
        ty >= TypeId::UNTYPED_BOOL && ty <= TypeId::UNTYPED_NIL
    }
    /// Untyped numeric.
    #[inline]
    pub fn is_untyped_numeric(&self, ty: TypeId) -> bool {
        ty >= TypeId::UNTYPED_INT && ty <= TypeId::UNTYPED_COMPLEX
    }
    /// Not the invalid type (aliases looked through). An alias whose declaration is still in progress counts as valid.
    #[inline]
    pub fn is_valid(&self, ty: TypeId) -> bool {
        match self.ty(ty) {
            Type::Alias(alias) => {
                self.unalias(ty) != TypeId::INVALID || alias.actual_cell().get::<TypeId>().is_none()
            }
            _ => ty != TypeId::INVALID,
        }
    }
    /// Whether the type has a name: basic, named, or type parameter (aliases looked through).
    pub fn has_name(&self, ty: TypeId) -> bool {
        matches!(self.ty(self.unalias(ty)), Type::Basic(_) | Type::Named(_) | Type::TypeParam(_))
    }
    /// Neither a declared type nor a type parameter; basic types count as literals.
    pub fn is_type_lit(&self, ty: TypeId) -> bool {
        !matches!(self.ty(self.unalias(ty)), Type::Named(_) | Type::TypeParam(_))
    }
    /// A type parameter (aliases looked through).
    #[inline]
    pub fn is_type_param(&self, ty: TypeId) -> bool {
        match self.ty(ty) {
            Type::TypeParam(_) => true,
            Type::Alias(_) => matches!(self.ty(self.unalias(ty)), Type::TypeParam(_)),
            _ => false,
        }
    }
    /// The underlying type is an interface (also true for type parameters).
    #[inline]
    pub fn is_interface(&self, ty: TypeId) -> bool {
        matches!(self.ty(self.under(ty)), Type::Interface(_))
    }
    /// An interface that is not a type parameter.
    pub fn is_non_type_param_interface(&self, ty: TypeId) -> bool {
        !self.is_type_param(ty) && self.is_interface(ty)
    }
    /// The named type behind aliases.
    #[inline]
    pub fn as_named(&self, ty: TypeId) -> Option<(TypeId, &Named)> {
        let ty = self.unalias(ty);
        match self.ty(ty) {
            Type::Named(n) => Some((ty, n)),
            _ => None,
        }
    }
    /// The pointer's element, looking at the underlying type.
    #[inline]
    pub fn pointer_elem(&self, ty: TypeId) -> Option<TypeId> {
        match self.ty(self.under(ty)) {
            &Type::Pointer(elem) => Some(elem),
            _ => None,
        }
    }
    /// Whether a pointer to an interface (or type parameter).
    pub fn is_interface_pointer(&self, ty: TypeId) -> bool {
        self.pointer_elem(ty).is_some_and(|elem| self.is_interface(elem))
    }
    /// The struct behind a pointer (named or not) to a struct; other types unchanged.
    pub fn deref_struct_pointer(&self, ty: TypeId) -> TypeId {
        match self.pointer_elem(ty) {
            Some(elem) if self.struct_fields(elem).is_some() => elem,
            _ => ty,
        }
    }
    /// Fields of a struct, looking at the underlying type.
    pub fn struct_fields(&self, ty: TypeId) -> Option<&[ObjId]> {
        match self.ty(self.under(ty)) {
            Type::Struct(s) => Some(&s.fields),
            _ => None,
        }
    }
    /// Whether nil is a value of the type: pointer, func, slice, map, chan, interface, unsafe pointer; for type
    /// parameters all of the set. Not the type of nil itself.
    pub fn has_nil(&self, ty: TypeId) -> bool {
        let nilable = |under: TypeId| match self.ty(under) {
            Type::Basic(b) => b.kind == BasicKind::UnsafePointer,
            Type::Slice(_) | Type::Pointer(_) | Type::Map { .. } | Type::Chan { .. } => true,
            Type::Signature(_) | Type::Interface(_) => true,
            _ => false,
        };
        if self.is_type_param(ty) {
            for_each_type(self, ty, &mut |pair| pair.is_some_and(|(_, under)| nilable(under)))
        } else {
            nilable(self.under(ty))
        }
    }
    /// Has type parameters of its own and is not instantiated.
    pub fn is_generic(&self, ty: TypeId) -> bool {
        if let Type::Alias(a) = self.ty(ty)
            && a.targs.is_empty()
            && !a.tparams().is_empty()
        {
            return true;
        }
        self.as_named(ty).is_some_and(|(_, n)| n.origin().is_none() && !n.own_tparams().is_empty())
    }
    /// Mentions one of the type parameters anywhere (precise walk; `is_derived` is the cheap approximation).
    pub fn is_parameterized(&self, tparams: &[TypeId], ty: TypeId) -> bool {
        !tparams.is_empty()
            && Mentions { store: self, tparams, seen: FxHashSet::default(), depth: 0 }.in_type(ty)
    }
    /// Strictly (or, if `dynamic`, dynamically: values of interfaces are compared at run time) comparable; the
    /// error says why not, and [`NotComparable::message`] words it as the compiler's `comparableType`.
    pub fn comparable(&self, ty: TypeId, dynamic: bool) -> Result<(), NotComparable> {
        match self.ty(ty) {
            Type::Basic(b) if b.kind != BasicKind::UntypedNil => Ok(()),
            Type::Pointer(_) | Type::Chan { .. } => Ok(()),
            _ => Comparing { store: self, dynamic, seen: FxHashSet::default(), depth: 0 }.check(ty),
        }
    }
    /// Why values of a type that is not comparable cannot be compared, in the compiler's words; empty if the type
    /// says it all.
    pub fn incomparable_cause(&self, ty: TypeId, qualifier: Qualifier<'_>) -> String {
        match self.ty(self.under(ty)) {
            Type::Slice(_) | Type::Signature(_) | Type::Map { .. } => {
                format!("{} can only be compared to nil", self.composite_kind(ty))
            }
            _ => match self.comparable(ty, true) {
                Ok(()) => String::new(),
                Err(cause) => cause.message(self, qualifier),
            },
        }
    }
    /// Default type of an untyped type; other types unchanged.
    #[inline]
    pub fn default_type(&self, ty: TypeId) -> TypeId {
        match ty {
            TypeId::UNTYPED_BOOL => TypeId::BOOL,
            TypeId::UNTYPED_INT => TypeId::INT,
            TypeId::UNTYPED_RUNE => TypeId::RUNE,
            TypeId::UNTYPED_FLOAT => TypeId::FLOAT64,
            TypeId::UNTYPED_COMPLEX => TypeId::COMPLEX128,
            TypeId::UNTYPED_STRING => TypeId::STRING,
            _ => ty,
        }
    }
    /// The larger of two types: of two untyped numeric types the one later in the order integer, rune,
    /// floating-point, complex; otherwise `None` unless they are the same.
    pub fn max_type(&self, x: TypeId, y: TypeId) -> Option<TypeId> {
        if x == y {
            return Some(x);
        }
        // The ids of untyped types are in that order.
        (self.is_untyped_numeric(x) && self.is_untyped_numeric(y)).then(|| x.max(y))
    }
    /// A slice whose elements have underlying type byte or rune.
    pub fn is_bytes_or_runes(&self, ty: TypeId) -> bool {
        match self.ty(self.under(ty)) {
            &Type::Slice(elem) => {
                matches!(self.ty(self.under(elem)), Type::Basic(b)
                    if matches!(b.kind, BasicKind::Uint8 | BasicKind::Int32))
            }
            _ => false,
        }
    }
    /// Underlying type is `unsafe.Pointer`.
    pub fn is_unsafe_pointer(&self, ty: TypeId) -> bool {
        self.basic_kind(ty) == Some(BasicKind::UnsafePointer)
    }
    /// The kind of type, for messages (`compositeKind`): "array", "slice", "struct", "pointer", "func", "interface",
    /// "map", "chan", "tuple", "" for basic.
    pub fn composite_kind(&self, ty: TypeId) -> &'static str {
        match self.ty(self.under(ty)) {
            Type::Array { .. } => "array",
            Type::Slice(_) => "slice",
            Type::Struct(_) => "struct",
            Type::Pointer(_) => "pointer",
            Type::Signature(_) => "func",
            Type::Interface(_) => "interface",
            Type::Map { .. } => "map",
            Type::Chan { .. } => "chan",
            Type::Tuple(_) => "tuple",
            Type::Union(_) => "union",
            Type::Basic(_) | Type::Named(_) | Type::Alias(_) | Type::TypeParam(_) => "",
        }
    }
    /// Whether a struct (or a pointer to one) embeds, at any depth, a field of invalid type: then nothing certain
    /// can be said about its methods.
    pub fn has_invalid_embedded_fields(&self, ty: TypeId) -> bool {
        let mut seen = FxHashSet::default();
        // Level by level: types that expand without end grow with each.
        let mut work = VecDeque::from([ty]);
        while let Some(ty) = work.pop_front()
            && seen.len() < MAX_VISITS
        {
            let under = self.under(self.deref_struct_pointer(ty));
            let Type::Struct(s) = self.ty(under) else { continue };
            if !seen.insert(under) {
                continue;
            }
            for &field in s.fields.iter().filter(|&&f| self.obj(f).is_embedded()) {
                let ty = self.obj_type(field);
                if !self.is_valid(ty) {
                    return true;
                }
                work.push_back(ty);
            }
        }
        false
    }
}

/// Walks over instances of generic types that expand without end stop after this many types.
const MAX_VISITS: usize = 20_000;

/// Deepest nesting that walks follow.
const MAX_DEPTH: u32 = 300;

/// Why a type is not comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotComparable {
    /// The type itself; no further reason.
    Plain,
    /// A struct containing a field whose type cannot be compared.
    StructField(TypeId),
    /// An array of elements that cannot be compared: the array type.
    ArrayElem(TypeId),
    /// An interface or type parameter whose set holds incomparable or no types.
    TypeSet(TypeId),
}

impl NotComparable {
    /// The compiler's words for it; empty for [`Plain`](Self::Plain).
    pub fn message(&self, store: &TypeStore, qualifier: Qualifier<'_>) -> String {
        match *self {
            NotComparable::Plain => String::new(),
            NotComparable::StructField(ty) => {
                format!("struct containing {} cannot be compared", type_string(store, ty, qualifier))
            }
            NotComparable::ArrayElem(ty) => {
                format!("{} cannot be compared", type_string(store, ty, qualifier))
            }
            NotComparable::TypeSet(ty) if type_set(store, store.under(ty)).is_empty() => {
                "empty type set".to_owned()
            }
            NotComparable::TypeSet(_) => "incomparable types in type set".to_owned(),
        }
    }
}

struct Comparing<'s> {
    store: &'s TypeStore,
    dynamic: bool,
    /// Types looked at before: comparable, or the answer would be known.
    seen: FxHashSet<TypeId>,
    depth: u32,
}

impl Comparing<'_> {
    fn check(&mut self, ty: TypeId) -> Result<(), NotComparable> {
        let store = self.store;
        let under = store.under(ty);
        match store.ty(under) {
            Type::Basic(b) if b.kind == BasicKind::UntypedNil => Err(NotComparable::Plain),
            // Invalid types count as comparable, as their error was reported.
            Type::Basic(_) | Type::Pointer(_) | Type::Chan { .. } => Ok(()),
            _ if self.depth >= MAX_DEPTH || self.seen.len() > MAX_VISITS || !self.seen.insert(ty) => Ok(()),
            _ => {
                self.depth += 1;
                let result = self.check_parts(ty, under);
                self.depth -= 1;
                result
            }
        }
    }

    fn check_parts(&mut self, ty: TypeId, under: TypeId) -> Result<(), NotComparable> {
        let store = self.store;
        match store.ty(under) {
            Type::Struct(s) => {
                for &field in &s.fields {
                    let ty = store.obj_type(field);
                    self.check(ty).map_err(|_| NotComparable::StructField(ty))?;
                }
                Ok(())
            }
            &Type::Array { elem, .. } => self.check(elem).map_err(|_| NotComparable::ArrayElem(ty)),
            Type::Interface(_) => {
                if self.dynamic && !store.is_type_param(ty) {
                    return Ok(());
                }
                let set = type_set(store, under);
                let comparable = match &set.terms {
                    None => set.comparable,
                    Some(terms) => {
                        let strict = std::mem::replace(&mut self.dynamic, false);
                        let all = !terms.is_empty() && terms.iter().all(|t| self.check(t.ty).is_ok());
                        self.dynamic = strict;
                        all
                    }
                };
                if comparable { Ok(()) } else { Err(NotComparable::TypeSet(ty)) }
            }
            _ => Err(NotComparable::Plain),
        }
    }
}

struct Mentions<'a> {
    store: &'a TypeStore,
    tparams: &'a [TypeId],
    /// Types with parts that were looked at before without finding any.
    seen: FxHashSet<TypeId>,
    depth: u32,
}

impl Mentions<'_> {
    fn in_type(&mut self, ty: TypeId) -> bool {
        let ty = self.store.unalias(ty);
        match self.store.ty(ty) {
            Type::Basic(_) => return false,
            Type::TypeParam(_) => return self.tparams.contains(&ty),
            Type::Named(n) if n.targs().is_empty() => return false,
            _ => {}
        }
        if self.depth >= MAX_DEPTH || !self.seen.insert(ty) {
            return false;
        }
        self.depth += 1;
        let found = self.in_parts(ty);
        self.depth -= 1;
        found
    }

    fn in_parts(&mut self, ty: TypeId) -> bool {
        match self.store.ty(ty) {
            &Type::Array { elem, .. }
            | &Type::Slice(elem)
            | &Type::Pointer(elem)
            | &Type::Chan { elem, .. } => self.in_type(elem),
            &Type::Map { key, elem } => self.in_type(key) || self.in_type(elem),
            Type::Struct(s) => self.in_vars(&s.fields),
            Type::Tuple(t) => self.in_vars(&t.vars),
            // Type parameters that a signature declares, or its receiver, are none that it mentions.
            Type::Signature(s) => {
                let s = s.get();
                self.in_vars(self.store.tuple(s.params)) || self.in_vars(self.store.tuple(s.results))
            }
            Type::Interface(_) => {
                let set = type_set(self.store, ty);
                set.methods.iter().any(|&m| self.in_type(self.store.obj_type(m)))
                    || set.has_terms() && set.specific_terms().iter().all(|t| self.in_type(t.ty))
            }
            Type::Union(u) => u.terms.iter().any(|t| self.in_type(t.ty)),
            Type::Named(n) => n.targs().iter().any(|&t| self.in_type(t)),
            Type::Basic(_) | Type::Alias(_) | Type::TypeParam(_) => false,
        }
    }

    fn in_vars(&mut self, vars: &[ObjId]) -> bool {
        vars.iter().any(|&v| self.in_type(self.store.obj_type(v)))
    }
}
