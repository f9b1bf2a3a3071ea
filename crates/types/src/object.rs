//! Objects: what names stand for. And packages, which hold them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use escargo_base::{Pos, Symbol};
use rustc_hash::FxHashMap;

use crate::constant::Value;
use crate::store::{IdCell, ObjId, PkgId, TypeId};
use crate::universe::Builtin;

/// What a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum VarKind {
    Package,
    Local,
    Receiver,
    Param,
    Result,
    Field,
}

/// What an object is, with what only that kind has.
#[derive(Debug)]
pub enum ObjectKind {
    /// An imported package's name in a file.
    PkgName {
        /// The package.
        imported: PkgId,
    },
    /// A constant.
    Const {
        /// Its value, once known.
        value: OnceLock<Value>,
    },
    /// A type name: of a declared type, an alias, a type parameter or a predeclared type.
    TypeName,
    /// A variable, parameter or field.
    Var {
        /// What kind of variable.
        kind: VarKind,
        /// Whether a field is embedded.
        embedded: bool,
        /// The variable of the generic declaration that this one is an instance of.
        origin: Option<ObjId>,
    },
    /// A function, method or interface method.
    Func {
        /// Whether a method's receiver is a pointer, known before its signature is.
        ptr_recv: AtomicBool,
        /// The method of the generic type that this one is an instance of.
        origin: Option<ObjId>,
        /// For methods of instances: the instance, from which the signature is expanded on demand.
        instance: Option<TypeId>,
    },
    /// A label.
    Label,
    /// A predeclared function or a function of package unsafe.
    Builtin(Builtin),
    /// The predeclared `nil`.
    Nil,
}

/// What a name stands for.
#[derive(Debug)]
pub struct Object {
    /// Its name.
    pub name: Symbol,
    /// Where it is declared.
    pub pos: Pos,
    /// The package it is declared in; `None` for the universe.
    pub pkg: Option<PkgId>,
    /// What it is.
    pub kind: ObjectKind,
    ty: IdCell,
    flags: AtomicU8,
}

const USED: u8 = 1;
const PKG_LEVEL: u8 = 2;

impl Object {
    /// An object of a kind; its type may be set later.
    pub fn new(pos: Pos, pkg: Option<PkgId>, name: Symbol, ty: Option<TypeId>, kind: ObjectKind) -> Object {
        Object { name, pos, pkg, kind, ty: IdCell::new(ty), flags: AtomicU8::new(0) }
    }
    /// A variable.
    pub fn var(kind: VarKind, pos: Pos, pkg: Option<PkgId>, name: Symbol, ty: Option<TypeId>) -> Object {
        Object::new(pos, pkg, name, ty, ObjectKind::Var { kind, embedded: false, origin: None })
    }
    /// A struct field.
    pub fn field(pos: Pos, pkg: Option<PkgId>, name: Symbol, ty: TypeId, embedded: bool) -> Object {
        let kind = ObjectKind::Var { kind: VarKind::Field, embedded, origin: None };
        Object::new(pos, pkg, name, Some(ty), kind)
    }
    /// A type name.
    pub fn type_name(pos: Pos, pkg: Option<PkgId>, name: Symbol, ty: Option<TypeId>) -> Object {
        Object::new(pos, pkg, name, ty, ObjectKind::TypeName)
    }
    /// A function or method.
    pub fn func(pos: Pos, pkg: Option<PkgId>, name: Symbol, ty: Option<TypeId>) -> Object {
        let kind = ObjectKind::Func { ptr_recv: AtomicBool::new(false), origin: None, instance: None };
        Object::new(pos, pkg, name, ty, kind)
    }
    /// A constant; its value may be set later.
    pub fn constant(
        pos: Pos,
        pkg: Option<PkgId>,
        name: Symbol,
        ty: Option<TypeId>,
        value: Option<Value>,
    ) -> Object {
        let value = value.map(OnceLock::from).unwrap_or_default();
        Object::new(pos, pkg, name, ty, ObjectKind::Const { value })
    }
    /// The type, once known.
    #[inline]
    pub fn ty(&self) -> Option<TypeId> {
        self.ty.get()
    }
    /// Sets or clears the type.
    pub fn set_ty(&self, ty: Option<TypeId>) {
        self.ty.set(ty);
    }
    /// Sets the type if none is set; returns the one that is set now.
    pub fn ty_or_set(&self, ty: TypeId) -> TypeId {
        self.ty.get_or_set(ty)
    }
    /// Whether the name starts with an upper-case letter.
    pub fn is_exported(&self) -> bool {
        is_exported(self.name)
    }
    /// Whether the object was marked as used (variables and package names).
    pub fn is_used(&self) -> bool {
        self.flags.load(Ordering::Relaxed) & USED != 0
    }
    /// Marks the object as used.
    pub fn mark_used(&self) {
        self.flags.fetch_or(USED, Ordering::Relaxed);
    }
    /// Takes the mark of being used off again: assigning to a variable is no use of it.
    pub fn clear_used(&self) {
        self.flags.fetch_and(!USED, Ordering::Relaxed);
    }
    /// Whether the object is declared in its package's scope.
    pub fn is_package_level(&self) -> bool {
        self.flags.load(Ordering::Relaxed) & PKG_LEVEL != 0
    }
    /// Marks the object as declared in its package's scope.
    pub fn mark_package_level(&self) {
        self.flags.fetch_or(PKG_LEVEL, Ordering::Relaxed);
    }
    /// Whether this is a variable (of any kind, fields too).
    pub fn is_var(&self) -> bool {
        matches!(self.kind, ObjectKind::Var { .. })
    }
    /// Whether this is a struct field.
    pub fn is_field(&self) -> bool {
        matches!(self.kind, ObjectKind::Var { kind: VarKind::Field, .. })
    }
    /// Whether this is an embedded struct field.
    pub fn is_embedded(&self) -> bool {
        matches!(self.kind, ObjectKind::Var { embedded: true, .. })
    }
    /// Whether this is a function or method.
    pub fn is_func(&self) -> bool {
        matches!(self.kind, ObjectKind::Func { .. })
    }
    /// Whether this is a type name.
    pub fn is_type_name(&self) -> bool {
        matches!(self.kind, ObjectKind::TypeName)
    }
    /// The value of a constant, once known.
    pub fn value(&self) -> Option<&Value> {
        match &self.kind {
            ObjectKind::Const { value } => value.get(),
            _ => None,
        }
    }
    /// Sets the value of a constant; only the first call counts.
    pub fn set_value(&self, v: Value) {
        if let ObjectKind::Const { value } = &self.kind {
            let _ = value.set(v);
        }
    }
    /// The object of the generic declaration that this one is an instance of.
    pub fn origin(&self) -> Option<ObjId> {
        match self.kind {
            ObjectKind::Var { origin, .. } | ObjectKind::Func { origin, .. } => origin,
            _ => None,
        }
    }
    /// Whether a method's receiver is known to be a pointer, though its signature may not be known yet.
    pub fn has_ptr_recv(&self) -> bool {
        matches!(&self.kind, ObjectKind::Func { ptr_recv, .. } if ptr_recv.load(Ordering::Relaxed))
    }
    /// Records that a method's receiver is a pointer.
    pub fn set_ptr_recv(&self, yes: bool) {
        if let ObjectKind::Func { ptr_recv, .. } = &self.kind {
            ptr_recv.store(yes, Ordering::Relaxed);
        }
    }
}

/// Whether a name starts with an upper-case letter (Unicode class Lu).
pub fn is_exported(name: Symbol) -> bool {
    let name = name.as_str();
    match name.as_bytes().first() {
        Some(b) if b.is_ascii() => b.is_ascii_uppercase(),
        Some(_) => name.chars().next().is_some_and(char::is_uppercase),
        None => false,
    }
}

/// Whether a name is a Go identifier. The parser passes on names with characters that it has reported.
pub fn is_identifier(name: Symbol) -> bool {
    let name = name.as_str();
    let letter = |c: char| c == '_' || c.is_alphabetic();
    name.chars().next().is_some_and(letter) && name.chars().all(|c| letter(c) || c.is_numeric())
}

/// The names declared at package level.
#[derive(Debug, Default)]
pub struct PackageScope {
    by_name: FxHashMap<Symbol, ObjId>,
}

impl PackageScope {
    /// A scope of these objects by name.
    pub fn new(by_name: FxHashMap<Symbol, ObjId>) -> Self {
        PackageScope { by_name }
    }
    /// The object of a name.
    pub fn lookup(&self, name: Symbol) -> Option<ObjId> {
        self.by_name.get(&name).copied()
    }
    /// All names in alphabetical order.
    pub fn names(&self) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = self.by_name.keys().copied().collect();
        names.sort_unstable_by_key(|n| n.as_str());
        names
    }
    /// Number of names.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }
    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

/// A package, as far as its types are concerned.
#[derive(Debug)]
pub struct Package {
    /// Import path.
    pub path: Symbol,
    link_path: OnceLock<Symbol>,
    name: OnceLock<Symbol>,
    scope: OnceLock<PackageScope>,
    imports: OnceLock<Box<[PkgId]>>,
    complete: AtomicBool,
    /// Stands in for a package that could not be imported; names looked up in it give no errors.
    pub fake: bool,
}

impl Package {
    /// A package whose contents are set later.
    pub fn new(path: Symbol, name: Option<Symbol>, fake: bool) -> Package {
        Package {
            path,
            link_path: OnceLock::new(),
            name: name.map(OnceLock::from).unwrap_or_default(),
            scope: OnceLock::new(),
            imports: OnceLock::new(),
            complete: AtomicBool::new(false),
            fake,
        }
    }
    /// The path that the compiler knows it by (its `-p`): `main` for programs, else the import path. It stands in
    /// the names of instances.
    pub fn link_path(&self) -> Symbol {
        self.link_path.get().copied().unwrap_or(self.path)
    }
    /// Sets the path that the compiler knows it by; only the first call counts.
    pub fn set_link_path(&self, path: Symbol) {
        let _ = self.link_path.set(path);
    }
    /// The name in its package clauses; empty while unknown.
    pub fn name(&self) -> Symbol {
        self.name.get().copied().unwrap_or(Symbol::EMPTY)
    }
    /// Sets the name; only the first call counts.
    pub fn set_name(&self, name: Symbol) {
        let _ = self.name.set(name);
    }
    /// The package-level names; empty until they are published.
    pub fn scope(&self) -> &PackageScope {
        static EMPTY: std::sync::LazyLock<PackageScope> = std::sync::LazyLock::new(PackageScope::default);
        self.scope.get().unwrap_or(&EMPTY)
    }
    /// Publishes the package-level names; only the first call counts.
    pub fn set_scope(&self, scope: PackageScope) {
        let _ = self.scope.set(scope);
    }
    /// Directly imported packages in source order.
    pub fn imports(&self) -> &[PkgId] {
        self.imports.get().map_or(&[], |b| b)
    }
    /// Sets the imports; only the first call counts.
    pub fn set_imports(&self, imports: Vec<PkgId>) {
        let _ = self.imports.set(imports.into());
    }
    /// Whether checking the package has finished.
    pub fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }
    /// Marks the package as checked.
    pub fn mark_complete(&self) {
        self.complete.store(true, Ordering::Release);
    }
}
