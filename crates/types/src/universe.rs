//! The universe scope: predeclared types, constants, functions, and package unsafe.

use escargo_base::{Pos, Symbol};
use rustc_hash::FxHashMap;

use crate::constant::Value;
use crate::object::{Object, ObjectKind, Package, PackageScope, VarKind};
use crate::store::{ObjId, PkgId, TypeId, TypeStore};
use crate::ty::{Alias, Basic, BasicInfo, BasicKind, Interface, Signature};

/// Predeclared functions and those of package unsafe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Builtin {
    Append,
    Cap,
    Clear,
    Close,
    Complex,
    Copy,
    Delete,
    Imag,
    Len,
    Make,
    Max,
    Min,
    New,
    Panic,
    Print,
    Println,
    Real,
    Recover,
    UnsafeAdd,
    UnsafeAlignof,
    UnsafeOffsetof,
    UnsafeSizeof,
    UnsafeSlice,
    UnsafeSliceData,
    UnsafeString,
    UnsafeStringData,
    /// `assert(cond)`, only in the type checker's own tests.
    Assert,
    /// `trace(x)`, only in the type checker's own tests.
    Trace,
}

/// How a builtin call may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltinKind {
    /// Only as a value.
    Expression,
    /// Only as a statement.
    Statement,
    /// The type conversion-like builtins: none at present.
    Conversion,
}

impl Builtin {
    /// All builtins with name, minimal number of arguments, whether more are allowed, and whether the
    /// call may stand as a statement (`go/types` universe).
    pub const ALL: &'static [(Builtin, &'static str, usize, bool, BuiltinKind)] = &[
        (Builtin::Append, "append", 1, true, BuiltinKind::Expression),
        (Builtin::Cap, "cap", 1, false, BuiltinKind::Expression),
        (Builtin::Clear, "clear", 1, false, BuiltinKind::Statement),
        (Builtin::Close, "close", 1, false, BuiltinKind::Statement),
        (Builtin::Complex, "complex", 2, false, BuiltinKind::Expression),
        (Builtin::Copy, "copy", 2, false, BuiltinKind::Statement),
        (Builtin::Delete, "delete", 2, false, BuiltinKind::Statement),
        (Builtin::Imag, "imag", 1, false, BuiltinKind::Expression),
        (Builtin::Len, "len", 1, false, BuiltinKind::Expression),
        (Builtin::Make, "make", 1, true, BuiltinKind::Expression),
        (Builtin::Max, "max", 1, true, BuiltinKind::Expression),
        (Builtin::Min, "min", 1, true, BuiltinKind::Expression),
        (Builtin::New, "new", 1, false, BuiltinKind::Expression),
        (Builtin::Panic, "panic", 1, false, BuiltinKind::Statement),
        (Builtin::Print, "print", 0, true, BuiltinKind::Statement),
        (Builtin::Println, "println", 0, true, BuiltinKind::Statement),
        (Builtin::Real, "real", 1, false, BuiltinKind::Expression),
        (Builtin::Recover, "recover", 0, false, BuiltinKind::Statement),
        (Builtin::UnsafeAdd, "Add", 2, false, BuiltinKind::Expression),
        (Builtin::UnsafeAlignof, "Alignof", 1, false, BuiltinKind::Expression),
        (Builtin::UnsafeOffsetof, "Offsetof", 1, false, BuiltinKind::Expression),
        (Builtin::UnsafeSizeof, "Sizeof", 1, false, BuiltinKind::Expression),
        (Builtin::UnsafeSlice, "Slice", 2, false, BuiltinKind::Expression),
        (Builtin::UnsafeSliceData, "SliceData", 1, false, BuiltinKind::Expression),
        (Builtin::UnsafeString, "String", 2, false, BuiltinKind::Expression),
        (Builtin::UnsafeStringData, "StringData", 1, false, BuiltinKind::Expression),
        (Builtin::Assert, "assert", 1, false, BuiltinKind::Statement),
        (Builtin::Trace, "trace", 0, true, BuiltinKind::Expression),
    ];

    /// The row of [`Builtin::ALL`].
    pub fn row(self) -> &'static (Builtin, &'static str, usize, bool, BuiltinKind) {
        &Self::ALL[self as usize]
    }
    /// The name, without `unsafe.`.
    pub fn name(self) -> &'static str {
        self.row().1
    }
    /// Whether the function belongs to package unsafe.
    pub fn is_unsafe(self) -> bool {
        self as usize >= Builtin::UnsafeAdd as usize && self as usize <= Builtin::UnsafeStringData as usize
    }
    /// Whether only the type checker's own tests have it.
    pub fn is_test_only(self) -> bool {
        matches!(self, Builtin::Assert | Builtin::Trace)
    }
}

macro_rules! basics {
    ($($konst:ident = $index:literal, $kind:ident, $info:expr, $name:literal;)*) => {
        impl TypeId {
            $(#[doc = concat!("`", $name, "`")] pub const $konst: TypeId = TypeId::from_u32($index);)*
        }
        const BASICS: &[(u32, Basic)] = &[
            $(($index, Basic { kind: BasicKind::$kind, info: $info, name: $name }),)*
        ];
    };
}

const fn with(a: BasicInfo, b: BasicInfo) -> BasicInfo {
    BasicInfo(a.0 | b.0)
}

basics! {
    INVALID = 0, Invalid, BasicInfo::NONE, "invalid type";
    BOOL = 1, Bool, BasicInfo::BOOLEAN, "bool";
    INT = 2, Int, BasicInfo::INTEGER, "int";
    INT8 = 3, Int8, BasicInfo::INTEGER, "int8";
    INT16 = 4, Int16, BasicInfo::INTEGER, "int16";
    INT32 = 5, Int32, BasicInfo::INTEGER, "int32";
    INT64 = 6, Int64, BasicInfo::INTEGER, "int64";
    UINT = 7, Uint, with(BasicInfo::INTEGER, BasicInfo::UNSIGNED), "uint";
    UINT8 = 8, Uint8, with(BasicInfo::INTEGER, BasicInfo::UNSIGNED), "uint8";
    UINT16 = 9, Uint16, with(BasicInfo::INTEGER, BasicInfo::UNSIGNED), "uint16";
    UINT32 = 10, Uint32, with(BasicInfo::INTEGER, BasicInfo::UNSIGNED), "uint32";
    UINT64 = 11, Uint64, with(BasicInfo::INTEGER, BasicInfo::UNSIGNED), "uint64";
    UINTPTR = 12, Uintptr, with(BasicInfo::INTEGER, BasicInfo::UNSIGNED), "uintptr";
    FLOAT32 = 13, Float32, BasicInfo::FLOAT, "float32";
    FLOAT64 = 14, Float64, BasicInfo::FLOAT, "float64";
    COMPLEX64 = 15, Complex64, BasicInfo::COMPLEX, "complex64";
    COMPLEX128 = 16, Complex128, BasicInfo::COMPLEX, "complex128";
    STRING = 17, String, BasicInfo::STRING, "string";
    UNSAFE_POINTER = 18, UnsafePointer, BasicInfo::NONE, "Pointer";
    UNTYPED_BOOL = 19, UntypedBool, with(BasicInfo::BOOLEAN, BasicInfo::UNTYPED), "untyped bool";
    UNTYPED_INT = 20, UntypedInt, with(BasicInfo::INTEGER, BasicInfo::UNTYPED), "untyped int";
    UNTYPED_RUNE = 21, UntypedRune, with(BasicInfo::INTEGER, BasicInfo::UNTYPED), "untyped rune";
    UNTYPED_FLOAT = 22, UntypedFloat, with(BasicInfo::FLOAT, BasicInfo::UNTYPED), "untyped float";
    UNTYPED_COMPLEX = 23, UntypedComplex, with(BasicInfo::COMPLEX, BasicInfo::UNTYPED), "untyped complex";
    UNTYPED_STRING = 24, UntypedString, with(BasicInfo::STRING, BasicInfo::UNTYPED), "untyped string";
    UNTYPED_NIL = 25, UntypedNil, BasicInfo::UNTYPED, "untyped nil";
    BYTE = 26, Uint8, with(BasicInfo::INTEGER, BasicInfo::UNSIGNED), "byte";
    RUNE = 27, Int32, BasicInfo::INTEGER, "rune";
}

impl TypeId {
    /// The empty tuple.
    pub const EMPTY_TUPLE: TypeId = TypeId::from_u32(28);
    /// The interface without methods, as parameters of builtins have it.
    pub const EMPTY_INTERFACE: TypeId = TypeId::from_u32(29);
    /// The predeclared alias `any`.
    pub const ANY: TypeId = TypeId::from_u32(30);
    /// The predeclared `error`.
    pub const ERROR: TypeId = TypeId::from_u32(31);
    /// The predeclared `comparable`.
    pub const COMPARABLE: TypeId = TypeId::from_u32(32);
    /// The interface behind `any`: identical to the empty one, but a type of its own, because releases differ in how
    /// they print it.
    pub const ANY_INTERFACE: TypeId = TypeId::from_u32(33);
    /// The first id that is not predeclared. A few helper types of the universe follow it.
    pub const FIRST_FREE: TypeId = TypeId::from_u32(34);
}

/// The predeclared objects.
#[derive(Debug)]
pub struct Universe {
    by_name: FxHashMap<Symbol, ObjId>,
    /// Functions that only the type checker's own tests have.
    test_only: Vec<(Symbol, ObjId)>,
    /// Package unsafe.
    pub unsafe_pkg: PkgId,
    /// The predeclared `iota`.
    pub iota: ObjId,
    /// The predeclared `nil`.
    pub nil: ObjId,
    /// The method `Error` of the predeclared `error`.
    pub error_method: ObjId,
}

impl Universe {
    /// The predeclared object of a name.
    pub fn lookup(&self, name: Symbol) -> Option<ObjId> {
        self.by_name.get(&name).copied()
    }
    /// As [`lookup`](Self::lookup), with the functions that only the type checker's own tests have.
    pub fn lookup_in_tests(&self, name: Symbol) -> Option<ObjId> {
        let test_only = || self.test_only.iter().find(|(n, _)| *n == name).map(|&(_, obj)| obj);
        self.lookup(name).or_else(test_only)
    }
}

/// Fills an empty store with what is predeclared.
pub(crate) fn populate(store: &TypeStore) -> Universe {
    let mut by_name = FxHashMap::default();
    let mut declare = |name: &str, object: Object| {
        let id = store.new_object(object);
        by_name.insert(Symbol::intern(name), id);
        id
    };
    let type_name =
        |name: &str, ty: Option<TypeId>| Object::type_name(Pos::NONE, None, Symbol::intern(name), ty);

    for &(index, basic) in BASICS {
        let id = store.push_basic(basic);
        assert_eq!(id.as_u32(), index);
        let unnamed = basic.info.has(BasicInfo::UNTYPED)
            || matches!(basic.kind, BasicKind::Invalid | BasicKind::UnsafePointer);
        if !unnamed {
            declare(basic.name, type_name(basic.name, Some(id)));
        }
    }
    assert_eq!(store.push_empty_tuple(), TypeId::EMPTY_TUPLE);
    assert_eq!(store.new_interface(Interface::default(), false), TypeId::EMPTY_INTERFACE);

    let any = declare("any", type_name("any", Some(TypeId::ANY)));
    assert_eq!(store.new_alias(Alias::new(any, Some(TypeId::ANY_INTERFACE)), false), TypeId::ANY);

    let error = declare("error", type_name("error", None));
    assert_eq!(store.new_named(error), TypeId::ERROR);
    let comparable = declare("comparable", type_name("comparable", None));
    assert_eq!(store.new_named(comparable), TypeId::COMPARABLE);
    assert_eq!(store.new_interface(Interface::default(), false), TypeId::ANY_INTERFACE);

    let error_method = error_interface(store);
    let interface = store.new_interface(crate::typeset::comparable_interface(), false);
    set_rhs(store, TypeId::COMPARABLE, interface);

    for (name, value) in [("true", true), ("false", false)] {
        let name_symbol = Symbol::intern(name);
        declare(
            name,
            Object::constant(
                Pos::NONE,
                None,
                name_symbol,
                Some(TypeId::UNTYPED_BOOL),
                Some(Value::Bool(value)),
            ),
        );
    }
    let iota = declare(
        "iota",
        Object::constant(
            Pos::NONE,
            None,
            Symbol::intern("iota"),
            Some(TypeId::UNTYPED_INT),
            Some(Value::int(0)),
        ),
    );
    let nil = declare(
        "nil",
        Object::new(Pos::NONE, None, Symbol::intern("nil"), Some(TypeId::UNTYPED_NIL), ObjectKind::Nil),
    );
    let mut test_only = Vec::new();
    for &(builtin, name, ..) in Builtin::ALL.iter().filter(|row| !row.0.is_unsafe()) {
        let symbol = Symbol::intern(name);
        let object =
            Object::new(Pos::NONE, None, symbol, Some(TypeId::INVALID), ObjectKind::Builtin(builtin));
        if builtin.is_test_only() {
            test_only.push((symbol, store.new_object(object)));
        } else {
            declare(name, object);
        }
    }
    let unsafe_pkg = unsafe_package(store);
    Universe { by_name, test_only, unsafe_pkg, iota, nil, error_method }
}

fn set_rhs(store: &TypeStore, named: TypeId, rhs: TypeId) {
    if let crate::ty::Type::Named(n) = store.ty(named) {
        n.set_rhs(rhs);
        n.set_underlying(rhs);
    }
}

/// Gives `error` its interface; returns the method `Error`.
fn error_interface(store: &TypeStore) -> ObjId {
    let recv =
        store.new_object(Object::var(VarKind::Receiver, Pos::NONE, None, Symbol::EMPTY, Some(TypeId::ERROR)));
    let result =
        store.new_object(Object::var(VarKind::Result, Pos::NONE, None, Symbol::EMPTY, Some(TypeId::STRING)));
    let signature =
        Signature { recv: Some(recv), results: store.new_tuple([result]), ..Signature::default() };
    let signature = store.new_signature(signature);
    let method = store.new_object(Object::func(Pos::NONE, None, Symbol::intern("Error"), Some(signature)));
    let interface = store.new_interface(Interface::new(vec![method], vec![], vec![], false), false);
    set_rhs(store, TypeId::ERROR, interface);
    method
}

fn unsafe_package(store: &TypeStore) -> PkgId {
    let name = Symbol::intern("unsafe");
    let pkg = store.new_package(Package::new(name, Some(name), false));
    let mut scope = FxHashMap::default();
    let pointer = Symbol::intern("Pointer");
    let object = Object::type_name(Pos::NONE, Some(pkg), pointer, Some(TypeId::UNSAFE_POINTER));
    scope.insert(pointer, store.new_object(object));
    for &(builtin, name, ..) in Builtin::ALL.iter().filter(|row| row.0.is_unsafe()) {
        let name = Symbol::intern(name);
        let kind = ObjectKind::Builtin(builtin);
        scope.insert(
            name,
            store.new_object(Object::new(Pos::NONE, Some(pkg), name, Some(TypeId::INVALID), kind)),
        );
    }
    store.pkg(pkg).set_scope(PackageScope::new(scope));
    store.pkg(pkg).mark_complete();
    pkg
}
