//! What a type is made of.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use escargo_base::{Pos, Symbol};

use crate::store::{IdCell, ObjId, TypeId};
use crate::typeset::TypeSet;

/// A type.
#[derive(Debug)]
pub enum Type {
    /// Predeclared types, typed and untyped, and the invalid type.
    Basic(Basic),
    /// `[len]elem`.
    Array {
        /// Element type.
        elem: TypeId,
        /// Length; `None` if it could not be determined.
        len: Option<u64>,
    },
    /// `[]elem`.
    Slice(TypeId),
    /// `*elem`.
    Pointer(TypeId),
    /// `map[key]elem`.
    Map {
        /// Key type.
        key: TypeId,
        /// Element type.
        elem: TypeId,
    },
    /// A channel.
    Chan {
        /// Direction.
        dir: ChanDir,
        /// Element type.
        elem: TypeId,
    },
    /// A struct.
    Struct(Struct),
    /// A list of variables.
    Tuple(Tuple),
    /// A function type. The type of a declared function is made before its parameters are known,
    /// so that it can be referred to from within them; hence the cell.
    Signature(SignatureCell),
    /// An interface.
    Interface(Box<Interface>),
    /// A union in a constraint.
    Union(Union),
    /// A declared type or an instance of a generic one.
    Named(Box<Named>),
    /// An alias.
    Alias(Box<Alias>),
    /// A type parameter.
    TypeParam(TypeParam),
}

/// Kinds of predeclared types, in the order of `go/types.BasicKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BasicKind {
    Invalid,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
    Float32,
    Float64,
    Complex64,
    Complex128,
    String,
    UnsafePointer,
    UntypedBool,
    UntypedInt,
    UntypedRune,
    UntypedFloat,
    UntypedComplex,
    UntypedString,
    UntypedNil,
}

/// Properties of predeclared types, as a set of bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BasicInfo(pub u8);

#[allow(missing_docs, reason = "the names say it")]
impl BasicInfo {
    pub const NONE: BasicInfo = BasicInfo(0);
    pub const BOOLEAN: BasicInfo = BasicInfo(1);
    pub const INTEGER: BasicInfo = BasicInfo(2);
    pub const UNSIGNED: BasicInfo = BasicInfo(4);
    pub const FLOAT: BasicInfo = BasicInfo(8);
    pub const COMPLEX: BasicInfo = BasicInfo(16);
    pub const STRING: BasicInfo = BasicInfo(32);
    pub const UNTYPED: BasicInfo = BasicInfo(64);
    pub const ORDERED: BasicInfo = BasicInfo(2 | 8 | 32);
    pub const NUMERIC: BasicInfo = BasicInfo(2 | 8 | 16);
    pub const CONST_TYPE: BasicInfo = BasicInfo(1 | 2 | 8 | 16 | 32);

    /// Whether the two sets share a bit.
    pub const fn has(self, bits: BasicInfo) -> bool {
        self.0 & bits.0 != 0
    }
}

/// A predeclared type.
#[derive(Clone, Copy, Debug)]
pub struct Basic {
    /// Its kind; `byte` and `rune` have the kinds of `uint8` and `int32`.
    pub kind: BasicKind,
    /// Its properties.
    pub info: BasicInfo,
    /// Its name as printed.
    pub name: &'static str,
}

/// Direction of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChanDir {
    /// `chan T`
    Both,
    /// `chan<- T`
    Send,
    /// `<-chan T`
    Recv,
}

/// A struct type.
#[derive(Debug)]
pub struct Struct {
    /// Fields (objects of kind variable) in source order.
    pub fields: Box<[ObjId]>,
    /// Tags by field index, unquoted; shorter than `fields` where the rest has none.
    pub tags: Box<[Symbol]>,
}

impl Struct {
    /// The tag of field `i`, empty if it has none.
    pub fn tag(&self, i: usize) -> Symbol {
        self.tags.get(i).copied().unwrap_or(Symbol::EMPTY)
    }
}

/// A list of variables.
#[derive(Debug)]
pub struct Tuple {
    /// The variables.
    pub vars: Box<[ObjId]>,
}

/// A function type.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Type parameters of a generic function or generic method.
    pub tparams: Box<[TypeId]>,
    /// Type parameters of the receiver's generic type, as declared by the method.
    pub recv_tparams: Box<[TypeId]>,
    /// Receiver.
    pub recv: Option<ObjId>,
    /// Parameters: a tuple.
    pub params: TypeId,
    /// Results: a tuple.
    pub results: TypeId,
    /// Whether the last parameter is `...T`; its type is then `[]T` (or a string, for the special
    /// case of `append`).
    pub variadic: bool,
}

impl Default for Signature {
    fn default() -> Self {
        Signature {
            tparams: Box::default(),
            recv_tparams: Box::default(),
            recv: None,
            params: TypeId::EMPTY_TUPLE,
            results: TypeId::EMPTY_TUPLE,
            variadic: false,
        }
    }
}

/// A signature, perhaps not yet known.
#[derive(Debug)]
pub struct SignatureCell {
    full: OnceLock<Box<Signature>>,
    /// What is known before.
    early: OnceLock<Box<Signature>>,
}

static PENDING: std::sync::LazyLock<Signature> = std::sync::LazyLock::new(Signature::default);

impl SignatureCell {
    pub(crate) fn full(signature: Signature) -> Self {
        SignatureCell { full: OnceLock::from(Box::new(signature)), early: OnceLock::new() }
    }
    pub(crate) fn pending() -> Self {
        SignatureCell { full: OnceLock::new(), early: OnceLock::new() }
    }
    pub(crate) fn complete(&self, signature: Signature) {
        let _ = self.full.set(Box::new(signature));
    }
    pub(crate) fn announce(&self, signature: Signature) {
        let _ = self.early.set(Box::new(signature));
    }
    /// The signature; an empty one while it is pending, perhaps with its type parameters.
    pub fn get(&self) -> &Signature {
        self.full.get().or_else(|| self.early.get()).map_or(&*PENDING, |b| b)
    }
}

/// An interface type.
#[derive(Debug, Default)]
pub struct Interface {
    /// Explicitly declared methods (objects of kind function) in source order.
    pub methods: Vec<ObjId>,
    /// Embedded types in source order.
    pub embeds: Vec<TypeId>,
    /// Positions of the embedded types.
    pub embed_pos: Vec<Pos>,
    /// Whether the interface wraps a type-set literal (`~T`, `A|B`) used directly as a constraint.
    pub implicit: bool,
    pub(crate) type_set: OnceLock<Box<TypeSet>>,
}

impl Interface {
    /// An interface of these methods and embedded types.
    pub fn new(methods: Vec<ObjId>, embeds: Vec<TypeId>, embed_pos: Vec<Pos>, implicit: bool) -> Self {
        Interface { methods, embeds, embed_pos, implicit, type_set: OnceLock::new() }
    }
}

/// A term `T` or `~T` of a union.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Whether it is `~T`.
    pub tilde: bool,
    /// The type.
    pub ty: TypeId,
}

/// A union of terms.
#[derive(Debug)]
pub struct Union {
    /// Terms in source order, at least one.
    pub terms: Box<[Term]>,
}

/// A declared type or an instance of a generic one.
#[derive(Debug)]
pub struct Named {
    /// The declaring type name (for instances: that of the origin).
    pub obj: ObjId,
    origin: Option<TypeId>,
    targs: Box<[TypeId]>,
    /// Position of the instantiation that made the instance.
    pub inst_pos: Pos,
    rhs: IdCell,
    underlying: IdCell,
    tparams: OnceLock<Box<[TypeId]>>,
    methods: OnceLock<Box<[ObjId]>>,
    /// Methods of an instance, made one by one; slot `i` belongs to method `i` of the origin.
    expanded: OnceLock<Box<[IdCell]>>,
    /// Type parameters of the function around the declaration.
    implicits: OnceLock<Box<[TypeId]>>,
    /// For declarations in functions: their number in the package.
    number: AtomicU32,
}

impl Named {
    pub(crate) fn declared(obj: ObjId) -> Named {
        Named {
            obj,
            origin: None,
            targs: Box::default(),
            inst_pos: Pos::NONE,
            rhs: IdCell::default(),
            underlying: IdCell::default(),
            tparams: OnceLock::new(),
            methods: OnceLock::new(),
            expanded: OnceLock::new(),
            implicits: OnceLock::new(),
            number: AtomicU32::new(0),
        }
    }
    pub(crate) fn instance(obj: ObjId, origin: TypeId, targs: Box<[TypeId]>, pos: Pos) -> Named {
        Named { origin: Some(origin), targs, inst_pos: pos, ..Named::declared(obj) }
    }
    /// The generic type that this is an instance of.
    pub fn origin(&self) -> Option<TypeId> {
        self.origin
    }
    /// Type arguments; empty for declared types.
    pub fn targs(&self) -> &[TypeId] {
        &self.targs
    }
    /// Own type parameters of a declared type; for instances ask the origin.
    pub fn own_tparams(&self) -> &[TypeId] {
        self.tparams.get().map_or(&[], |b| b)
    }
    /// Sets the type parameters; only the first call counts.
    pub fn set_tparams(&self, tparams: Vec<TypeId>) {
        let _ = self.tparams.set(tparams.into());
    }
    /// Type parameters of the generic function that the declaration stands in, its receiver's first. What the
    /// compiler makes of such a type is an instance whose type arguments start with arguments for these; within the
    /// checker instances have arguments only for [`own_tparams`](Self::own_tparams).
    pub fn implicits(&self) -> &[TypeId] {
        self.implicits.get().map_or(&[], |b| b)
    }
    pub(crate) fn set_implicits(&self, implicits: &[TypeId]) {
        if !implicits.is_empty() {
            let _ = self.implicits.set(implicits.into());
        }
    }
    /// Place of a declaration among those that stand in functions of the package, from 1; 0 for others
    /// (`noder/writer.go`, declCollector).
    pub fn number(&self) -> u32 {
        self.number.load(Ordering::Acquire)
    }
    /// Sets the number.
    pub fn set_number(&self, number: u32) {
        self.number.store(number, Ordering::Release);
    }
    /// The right-hand side of the declaration (not its underlying type), once known. For instances
    /// see [`crate::instance`].
    pub fn rhs(&self) -> Option<TypeId> {
        self.rhs.get()
    }
    /// Sets the right-hand side.
    pub fn set_rhs(&self, rhs: TypeId) {
        self.rhs.set(Some(rhs));
    }
    pub(crate) fn rhs_cell(&self) -> &IdCell {
        &self.rhs
    }
    pub(crate) fn underlying_cell(&self) -> &IdCell {
        &self.underlying
    }
    /// Replaces the underlying type: for declarations found to be invalid.
    pub fn set_underlying(&self, underlying: TypeId) {
        self.underlying.set(Some(underlying));
    }
    /// Declared methods in source order (of a declared type; instances expand theirs one by one).
    pub fn own_methods(&self) -> &[ObjId] {
        self.methods.get().map_or(&[], |b| b)
    }
    /// Sets the declared methods; only the first call counts.
    pub fn set_methods(&self, methods: Vec<ObjId>) {
        let _ = self.methods.set(methods.into());
    }
    pub(crate) fn expanded_slots(&self, n: usize) -> &[IdCell] {
        self.expanded.get_or_init(|| (0..n).map(|_| IdCell::default()).collect())
    }
}

/// An alias declaration or an instance of a generic one.
#[derive(Debug)]
pub struct Alias {
    /// The declaring type name.
    pub obj: ObjId,
    /// The generic alias that this is an instance of.
    pub origin: Option<TypeId>,
    /// Type arguments.
    pub targs: Box<[TypeId]>,
    tparams: OnceLock<Box<[TypeId]>>,
    rhs: IdCell,
    /// The first non-alias type behind it.
    actual: IdCell,
}

impl Alias {
    /// An alias of `rhs`, which may be set later.
    pub fn new(obj: ObjId, rhs: Option<TypeId>) -> Alias {
        Alias {
            obj,
            origin: None,
            targs: Box::default(),
            tparams: OnceLock::new(),
            rhs: IdCell::new(rhs),
            actual: IdCell::default(),
        }
    }
    /// An instance of a generic alias.
    pub fn instance(obj: ObjId, origin: TypeId, targs: Box<[TypeId]>, rhs: TypeId) -> Alias {
        Alias { origin: Some(origin), targs, ..Alias::new(obj, Some(rhs)) }
    }
    /// Type parameters of a generic alias.
    pub fn tparams(&self) -> &[TypeId] {
        self.tparams.get().map_or(&[], |b| b)
    }
    /// Sets the type parameters; only the first call counts.
    pub fn set_tparams(&self, tparams: Vec<TypeId>) {
        let _ = self.tparams.set(tparams.into());
    }
    /// The right-hand side, once known.
    pub fn rhs(&self) -> Option<TypeId> {
        self.rhs.get()
    }
    /// Sets the right-hand side and forgets what was derived from an earlier one.
    pub fn set_rhs(&self, rhs: TypeId) {
        self.rhs.set(Some(rhs));
        self.actual.set::<TypeId>(None);
    }
    pub(crate) fn actual_cell(&self) -> &IdCell {
        &self.actual
    }
}

/// A type parameter.
#[derive(Debug)]
pub struct TypeParam {
    /// Its type name.
    pub obj: ObjId,
    index: AtomicU32,
    bound: IdCell,
    /// The implicit interface around a constraint that is no interface itself.
    wrapper: IdCell,
}

impl TypeParam {
    pub(crate) fn new(obj: ObjId) -> TypeParam {
        TypeParam {
            obj,
            index: AtomicU32::new(u32::MAX),
            bound: IdCell::default(),
            wrapper: IdCell::default(),
        }
    }
    /// Its index in the parameter list, once bound to one.
    pub fn index(&self) -> Option<usize> {
        let i = self.index.load(Ordering::Acquire);
        (i != u32::MAX).then_some(i as usize)
    }
    /// Binds it to place `index` of a parameter list.
    pub fn set_index(&self, index: usize) {
        self.index.store(index as u32, Ordering::Release);
    }
    /// Its constraint as declared; `None` while unknown.
    pub fn bound(&self) -> Option<TypeId> {
        self.bound.get()
    }
    /// Sets the constraint.
    pub fn set_bound(&self, bound: TypeId) {
        self.bound.set(Some(bound));
        self.wrapper.set::<TypeId>(None);
    }
    pub(crate) fn wrapper_cell(&self) -> &IdCell {
        &self.wrapper
    }
}

// There are hundreds of thousands of types, most of them small.
const _: () = assert!(size_of::<Type>() <= 40);
