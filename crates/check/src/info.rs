//! What checking a package finds out: types, values, objects, selections, instances, scopes,
//! initialization order.

use escargo_base::{IndexVec, Symbol, define_id};
use escargo_syntax::{ClauseId, DeclId, ExprId, FieldId, IdentId, StmtId};
use escargo_types::{Builtin, ObjId, TypeId, Value};
use rustc_hash::{FxHashMap, FxHashSet};

define_id! {
    /// A scope of a package.
    pub struct ScopeId("scope");
    /// A constant value of a file.
    pub struct ValueId("value");
}

/// What kind of thing an expression denotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nothing valid; an error was reported.
    Invalid,
    /// A call without result.
    NoValue,
    /// A builtin function.
    Builtin(Builtin),
    /// A type.
    TypeExpr,
    /// A constant.
    Constant,
    /// An addressable variable.
    Variable,
    /// A map index: not addressable, but assignable.
    MapIndex,
    /// Any other value.
    Value,
    /// The predeclared nil.
    Nil,
    /// A value that may be used with comma-ok: type assertions and channel receives.
    CommaOk,
    /// As [`Mode::CommaOk`] with an error instead of a bool: cgo calls.
    CommaErr,
    /// A cgo function.
    CgoFunc,
}

/// Type, mode and constant value of an expression.
#[derive(Clone, Copy, Debug)]
pub struct TypeAndValue {
    /// What the expression denotes; [`Mode::Invalid`] where nothing was recorded.
    pub mode: Mode,
    /// Its type.
    pub ty: TypeId,
    /// Its constant value in [`FileInfo::values`].
    pub value: Option<ValueId>,
}

/// Whether an identifier declares or uses its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentObject {
    /// Nothing was recorded.
    None,
    /// The identifier declares something that has no object (package clause, symbolic variable of a type switch).
    DefNone,
    /// The identifier declares the object.
    Def(ObjId),
    /// The identifier uses the object.
    Use(ObjId),
}

/// What a selector denotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SelectionKind {
    /// `x.f` is a struct field.
    FieldVal,
    /// `x.m` is a method value.
    MethodVal,
    /// `T.m` is a method expression.
    MethodExpr,
}

/// A resolved selector (not for qualified identifiers).
#[derive(Clone, Debug)]
pub struct Selection {
    /// What it denotes.
    pub kind: SelectionKind,
    /// Type of `x` in `x.f`.
    pub recv: TypeId,
    /// The field or method.
    pub obj: ObjId,
    /// Path from `x` to it: indices of embedded fields, then of the field or method.
    pub index: Box<[u32]>,
    /// Whether a pointer is followed on the path.
    pub indirect: bool,
}

/// A use of a generic function or type with its type arguments, written or inferred.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Type arguments.
    pub targs: Box<[TypeId]>,
    /// The instantiated type.
    pub ty: TypeId,
}

/// A node of a file's tree, as key of side tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeRef {
    /// The file.
    File,
    /// An expression.
    Expr(ExprId),
    /// A statement.
    Stmt(StmtId),
    /// A clause.
    Clause(ClauseId),
    /// A field.
    Field(FieldId),
    /// A declaration.
    Decl(DeclId),
}

/// What is known of one file.
#[derive(Debug, Default)]
pub struct FileInfo {
    /// Type, mode and value per expression.
    pub types: IndexVec<ExprId, TypeAndValue>,
    /// Constant values, referred to by [`TypeAndValue::value`].
    pub values: IndexVec<ValueId, Value>,
    /// Object per identifier.
    pub idents: IndexVec<IdentId, IdentObject>,
    /// Objects used by identifiers that also declare one: the type name of an embedded field, a type parameter of a
    /// receiver. [`FileInfo::idents`] has what they declare.
    pub also_uses: FxHashMap<IdentId, ObjId>,
    /// Objects declared without an identifier: imports without a name ([`NodeRef::Decl`]), variables of type switch
    /// clauses ([`NodeRef::Clause`]), unnamed parameters ([`NodeRef::Field`]).
    pub implicits: FxHashMap<NodeRef, ObjId>,
    /// Selectors by expression.
    pub selections: FxHashMap<ExprId, Selection>,
    /// Instances by the identifier of the generic function or type.
    pub instances: FxHashMap<IdentId, Instance>,
    /// Scopes by the node that opens them.
    pub scopes: FxHashMap<NodeRef, ScopeId>,
    /// Values that are converted implicitly on assignment (in the spec's sense) to a type that is not identical to
    /// theirs, with that type.
    pub conversions: FxHashMap<ExprId, TypeId>,
    /// Arrays (or pointers to some) that are ranged over for their indices alone and without a call, with their length:
    /// nothing needs to be evaluated. Parentheses are taken off.
    pub array_ranges: FxHashMap<ExprId, u64>,
}

/// A scope.
#[derive(Debug)]
pub struct Scope {
    /// The enclosing scope; `None` for the package scope, whose parent is the universe.
    pub parent: Option<ScopeId>,
    /// Names in order of declaration.
    pub names: Vec<(Symbol, ObjId)>,
    /// Whether it is the scope of a function's parameters and body.
    pub is_func: bool,
}

/// One step of package initialization: `lhs = rhs`.
#[derive(Debug, Clone)]
pub struct Initializer {
    /// Variables, in source order; empty is impossible, blank ones count.
    pub lhs: Vec<ObjId>,
    /// Index of the file that holds the right-hand side.
    pub file: usize,
    /// The right-hand side.
    pub rhs: ExprId,
}

/// What is known of a package.
#[derive(Debug, Default)]
pub struct PackageInfo {
    /// Per file, in the order given.
    pub files: Vec<FileInfo>,
    /// All scopes.
    pub scopes: IndexVec<ScopeId, Scope>,
    /// Initialization order of package-level variables.
    pub init_order: Vec<Initializer>,
    /// The types that `interface{}` is where the package writes it: one for each time.
    pub empty_interfaces: FxHashSet<TypeId>,
}

// One of these stands beside every expression.
const _: () = assert!(size_of::<TypeAndValue>() <= 12);
