//! Questions about types that the spec asks.

use crate::store::{TypeId, TypeStore};
use crate::ty::{BasicInfo, BasicKind, Named, Type};

/// `is_*` ask the underlying type and are false for type parameters; `all_*` hold for a type parameter if
/// they hold for every type of its type set.
impl TypeStore {
    /// Basic kind of the underlying type, if it is basic.
    pub fn basic_kind(&self, ty: TypeId) -> Option<BasicKind> { todo!() }
    /// Whether the underlying type is basic with one of the properties (not for type parameters).
    pub fn is_basic(&self, ty: TypeId, info: BasicInfo) -> bool { todo!() }
    /// As [`is_basic`](Self::is_basic); for a type parameter: for all types of its type set.
    pub fn all_basic(&self, ty: TypeId, info: BasicInfo) -> bool { todo!() }
    pub fn is_boolean(&self, ty: TypeId) -> bool { self.is_basic(ty, BasicInfo::BOOLEAN) }
    pub fn is_integer(&self, ty: TypeId) -> bool { self.is_basic(ty, BasicInfo::INTEGER) }
    pub fn is_unsigned(&self, ty: TypeId) -> bool { self.is_basic(ty, BasicInfo::UNSIGNED) }
    pub fn is_float(&self, ty: TypeId) -> bool { self.is_basic(ty, BasicInfo::FLOAT) }
    pub fn is_complex(&self, ty: TypeId) -> bool { self.is_basic(ty, BasicInfo::COMPLEX) }
    pub fn is_numeric(&self, ty: TypeId) -> bool { self.is_basic(ty, BasicInfo::NUMERIC) }
    pub fn is_string(&self, ty: TypeId) -> bool { self.is_basic(ty, BasicInfo::STRING) }
    pub fn is_const_type(&self, ty: TypeId) -> bool { self.is_basic(ty, BasicInfo::CONST_TYPE) }
    pub fn all_boolean(&self, ty: TypeId) -> bool { self.all_basic(ty, BasicInfo::BOOLEAN) }
    pub fn all_integer(&self, ty: TypeId) -> bool { self.all_basic(ty, BasicInfo::INTEGER) }
    pub fn all_unsigned(&self, ty: TypeId) -> bool { self.all_basic(ty, BasicInfo::UNSIGNED) }
    pub fn all_numeric(&self, ty: TypeId) -> bool { self.all_basic(ty, BasicInfo::NUMERIC) }
    pub fn all_string(&self, ty: TypeId) -> bool { self.all_basic(ty, BasicInfo::STRING) }
    pub fn all_ordered(&self, ty: TypeId) -> bool { self.all_basic(ty, BasicInfo::ORDERED) }
    pub fn all_numeric_or_string(&self, ty: TypeId) -> bool { self.all_basic(ty, BasicInfo(BasicInfo::NUMERIC.0 | BasicInfo::STRING.0)) }
    /// Whether the type is an untyped basic type (nil included).
    pub fn is_untyped(&self, ty: TypeId) -> bool { todo!() }
    /// Untyped numeric.
    pub fn is_untyped_numeric(&self, ty: TypeId) -> bool { todo!() }
    /// Not the invalid type (aliases looked through).
    pub fn is_valid(&self, ty: TypeId) -> bool { todo!() }
    /// Whether the type has a name: basic, named, or type parameter (aliases looked through).
    pub fn has_name(&self, ty: TypeId) -> bool { todo!() }
    /// A type literal (neither named, basic, nor type parameter).
    pub fn is_type_lit(&self, ty: TypeId) -> bool { todo!() }
    pub fn is_type_param(&self, ty: TypeId) -> bool { todo!() }
    /// The underlying type is an interface (also true for type parameters).
    pub fn is_interface(&self, ty: TypeId) -> bool { todo!() }
    /// An interface that is not a type parameter.
    pub fn is_non_type_param_interface(&self, ty: TypeId) -> bool { todo!() }
    /// The named type behind aliases.
    pub fn as_named(&self, ty: TypeId) -> Option<(TypeId, &Named)> { todo!() }
    /// The pointer's element, looking at the underlying type.
    pub fn pointer_elem(&self, ty: TypeId) -> Option<TypeId> { todo!() }
    /// Pointer, func, slice, map, chan, interface, unsafe pointer, untyped nil; for type parameters all of the set.
    pub fn has_nil(&self, ty: TypeId) -> bool { todo!() }
    /// Has type parameters of its own and is not instantiated.
    pub fn is_generic(&self, ty: TypeId) -> bool { todo!() }
    /// Mentions a type parameter anywhere (precise walk; `is_derived` is the cheap approximation).
    pub fn is_parameterized(&self, tparams: &[TypeId], ty: TypeId) -> bool { todo!() }
    /// Strictly or dynamically comparable; `report` gets the reason pieces as the compiler's `comparableType` words them.
    pub fn comparable(&self, ty: TypeId, dynamic: bool) -> Result<(), NotComparable> { todo!() }
    /// Default type of an untyped type; other types unchanged.
    pub fn default_type(&self, ty: TypeId) -> TypeId { todo!() }
    /// `types2/predicates.go: isBytesOrRunes` on an underlying type, `isString` helpers etc. as needed.
    pub fn is_bytes_or_runes(&self, ty: TypeId) -> bool { todo!() }
    /// The kind of type, for messages (`compositeKind`): "array", "slice", "struct", "pointer", "func", "interface", "map", "chan", "tuple", "" for basic.
    pub fn composite_kind(&self, ty: TypeId) -> &'static str { let _ = Type::Slice(ty); todo!() }
}

/// Why a type is not comparable.
#[derive(Debug, Clone)]
pub enum NotComparable {
    /// The type itself; no further reason.
    Plain,
    /// A struct containing a field whose type cannot be compared.
    StructField(TypeId),
    /// An array of elements that cannot be compared.
    ArrayElem(TypeId),
    /// An interface or type parameter whose set holds incomparable or no types.
    TypeSet(TypeId),
}
