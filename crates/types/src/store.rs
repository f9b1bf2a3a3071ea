//! The table of all types, objects and packages of a session.
//!
//! The table grows only and is shared by all threads: reading needs no lock. An id means the same
//! thing in every package, so importing a package costs nothing. Ids depend on which thread came
//! first; nothing may be ordered by them.
//!
//! **Identity.** A [`TypeId`] stands for one *construction* of a type, as a pointer does in the
//! compiler's checker, and not for its structural identity: compare with
//! [`identical`](crate::identity::identical). Composite types without type parameters are
//! hash-consed ([`TypeStore::pointer`] and friends), which makes most comparisons a comparison of
//! integers. A type that mentions a type parameter gets a new id each time it is written: generic
//! dictionaries count such occurrences (`noder/writer.go`).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use escargo_base::{Id, Pos, Symbol, define_id};
use hashbrown::HashTable;
use parking_lot::Mutex;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

use crate::object::{Object, Package};
use crate::spelling::{spelled_alike, spelling_hash};
use crate::ty::{Alias, Basic, ChanDir, Interface, Named, Signature, Struct, Tuple, Type, TypeParam, Union};
use crate::universe;

define_id! {
    /// A type. Ids below [`TypeId::FIRST_FREE`] are the predeclared ones.
    pub struct TypeId("t");
    /// An object: constant, type name, variable, field, function, package name, label, …
    pub struct ObjId("o");
    /// A package.
    pub struct PkgId("p");
}

/// A slot for an id that is set after creation; reads need no lock.
#[derive(Debug, Default)]
pub struct IdCell(AtomicU32);

impl IdCell {
    /// A cell that holds `id`.
    pub fn new<I: Id>(id: Option<I>) -> Self {
        let cell = IdCell::default();
        cell.set(id);
        cell
    }
    /// The id, if one was set.
    #[inline]
    pub fn get<I: Id>(&self) -> Option<I> {
        let raw = self.0.load(Ordering::Acquire);
        (raw as usize).checked_sub(1).map(I::from_index)
    }
    /// Sets or clears the id.
    pub fn set<I: Id>(&self, id: Option<I>) {
        self.0.store(id.map_or(0, |i| i.index() as u32 + 1), Ordering::Release);
    }
    /// Sets the id if none is set; returns the one that is set now.
    pub fn get_or_set<I: Id>(&self, id: I) -> I {
        match self.0.compare_exchange(0, id.index() as u32 + 1, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => id,
            Err(raw) => I::from_index(raw as usize - 1),
        }
    }
}

const SHARDS: usize = 32;

/// What hash-consed types are found by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Key {
    Pointer(TypeId),
    Slice(TypeId),
    Array(TypeId, Option<u64>),
    Map(TypeId, TypeId),
    Chan(ChanDir, TypeId),
}

struct Entry {
    ty: Type,
    /// Whether the type mentions a type parameter.
    derived: bool,
    /// Whether the type is or mentions a shape.
    shaped: bool,
}

/// All types, objects and packages of a session.
pub struct TypeStore {
    types: boxcar::Vec<Entry>,
    objects: boxcar::Vec<Object>,
    packages: boxcar::Vec<Package>,
    consed: [Mutex<HashTable<(Key, TypeId)>>; SHARDS],
    instances: [Mutex<HashTable<(u64, TypeId)>>; SHARDS],
    universe: OnceLock<universe::Universe>,
    pub(crate) shape_pkg: OnceLock<PkgId>,
}

/// What tells apart types that are declared in functions (`noder/writer.go`, declCollector).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalType {
    /// Number among all types (not aliases) declared in functions of the package, in source order, from 1.
    pub number: u32,
}

impl std::fmt::Debug for TypeStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TypeStore({} types, {} objects)", self.types.count(), self.objects.count())
    }
}

impl Default for TypeStore {
    fn default() -> Self {
        Self::new()
    }
}

impl TypeStore {
    /// A store that holds the predeclared types and objects.
    pub fn new() -> TypeStore {
        let store = TypeStore {
            types: boxcar::Vec::with_capacity(1 << 12),
            objects: boxcar::Vec::with_capacity(1 << 14),
            packages: boxcar::Vec::new(),
            consed: std::array::from_fn(|_| Mutex::new(HashTable::new())),
            instances: std::array::from_fn(|_| Mutex::new(HashTable::new())),
            universe: OnceLock::new(),
            shape_pkg: OnceLock::new(),
        };
        let universe = universe::populate(&store);
        let _ = store.universe.set(universe);
        store
    }

    /// The predeclared objects.
    pub fn universe(&self) -> &universe::Universe {
        self.universe.get().expect("the universe is made with the store")
    }

    // ----- reading -----

    /// The type behind an id.
    #[inline]
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.index()].ty
    }
    /// Whether the type mentions a type parameter (directly, in an element, or as a type argument).
    #[inline]
    pub fn is_derived(&self, id: TypeId) -> bool {
        self.types[id.index()].derived
    }
    /// Whether the type is a shape or mentions one: as element, field, parameter, or type argument (`types.HasShape`).
    #[inline]
    pub fn has_shape(&self, id: TypeId) -> bool {
        self.types[id.index()].shaped
    }
    /// The object behind an id.
    #[inline]
    pub fn obj(&self, id: ObjId) -> &Object {
        &self.objects[id.index()]
    }
    /// The package behind an id.
    #[inline]
    pub fn pkg(&self, id: PkgId) -> &Package {
        &self.packages[id.index()]
    }
    /// The type of an object; [`TypeId::INVALID`] while it has none.
    #[inline]
    pub fn obj_type(&self, id: ObjId) -> TypeId {
        self.obj(id).ty().unwrap_or(TypeId::INVALID)
    }
    /// The type as a [`Signature`], if it is one (aliases and names are not looked through).
    pub fn as_signature(&self, id: TypeId) -> Option<&Signature> {
        match self.ty(id) {
            Type::Signature(s) => Some(s.get()),
            _ => None,
        }
    }
    /// The type as a [`Tuple`]'s variables; other types give the empty list.
    pub fn tuple(&self, id: TypeId) -> &[ObjId] {
        match self.ty(id) {
            Type::Tuple(t) => &t.vars,
            _ => &[],
        }
    }
    /// What tells a type declared in a function apart, by its type name; nothing for other types.
    pub fn local_type(&self, obj: ObjId) -> Option<LocalType> {
        match self.ty(self.obj_type(obj)) {
            Type::Named(n) if n.number() > 0 => Some(LocalType { number: n.number() }),
            _ => None,
        }
    }
    /// Records what tells a type declared in a function apart.
    pub fn set_local_type(&self, obj: ObjId, local: LocalType) {
        if let Type::Named(n) = self.ty(self.obj_type(obj)) {
            n.set_number(local.number);
        }
    }
    /// Number of types, objects and packages, for statistics.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.types.count(), self.objects.count(), self.packages.count())
    }

    // ----- making -----

    fn push(&self, ty: Type, derived: bool) -> TypeId {
        let shaped = self.mentions_shape(&ty);
        TypeId::from_index(self.types.push(Entry { ty, derived, shaped }))
    }
    /// As [`push`](Self::push), for shapes themselves.
    pub(crate) fn push_shape(&self, ty: Type) -> TypeId {
        TypeId::from_index(self.types.push(Entry { ty, derived: false, shaped: true }))
    }

    fn mentions_shape(&self, ty: &Type) -> bool {
        let objects =
            |list: &[ObjId]| list.iter().any(|&o| self.obj(o).ty().is_some_and(|t| self.has_shape(t)));
        match ty {
            Type::Pointer(elem) | Type::Slice(elem) | Type::Array { elem, .. } | Type::Chan { elem, .. } => {
                self.has_shape(*elem)
            }
            Type::Map { key, elem } => self.has_shape(*key) || self.has_shape(*elem),
            Type::Struct(s) => objects(&s.fields),
            Type::Tuple(t) => objects(&t.vars),
            Type::Signature(s) => self.has_shape(s.get().params) || self.has_shape(s.get().results),
            Type::Interface(i) => objects(&i.methods) || i.embeds.iter().any(|&t| self.has_shape(t)),
            Type::Named(n) => n.targs().iter().any(|&t| self.has_shape(t)),
            Type::Alias(a) => a.targs.iter().any(|&t| self.has_shape(t)),
            Type::Basic(_) | Type::Union(_) | Type::TypeParam(_) => false,
        }
    }

    /// Adds an object.
    pub fn new_object(&self, object: Object) -> ObjId {
        ObjId::from_index(self.objects.push(object))
    }
    /// Adds a package.
    pub fn new_package(&self, package: Package) -> PkgId {
        PkgId::from_index(self.packages.push(package))
    }

    fn cons(&self, key: Key, derived: bool, make: impl FnOnce() -> Type) -> TypeId {
        if derived {
            return self.push(make(), true);
        }
        let hash = FxBuildHasher.hash_one(key);
        let mut table = self.consed[(hash >> 58) as usize % SHARDS].lock();
        if let Some(&(_, id)) = table.find(hash, |(k, _)| *k == key) {
            return id;
        }
        let id = self.push(make(), false);
        table.insert_unique(hash, (key, id), |(k, _)| FxBuildHasher.hash_one(k));
        id
    }

    /// `*elem`.
    pub fn pointer(&self, elem: TypeId) -> TypeId {
        self.cons(Key::Pointer(elem), self.is_derived(elem), || Type::Pointer(elem))
    }
    /// `[]elem`.
    pub fn slice(&self, elem: TypeId) -> TypeId {
        self.cons(Key::Slice(elem), self.is_derived(elem), || Type::Slice(elem))
    }
    /// `[len]elem`; a length of `None` is one that could not be determined.
    pub fn array(&self, elem: TypeId, len: Option<u64>) -> TypeId {
        self.cons(Key::Array(elem, len), self.is_derived(elem), || Type::Array { elem, len })
    }
    /// `map[key]elem`.
    pub fn map(&self, key: TypeId, elem: TypeId) -> TypeId {
        let derived = self.is_derived(key) || self.is_derived(elem);
        self.cons(Key::Map(key, elem), derived, || Type::Map { key, elem })
    }
    /// `chan elem` of a direction.
    pub fn chan(&self, dir: ChanDir, elem: TypeId) -> TypeId {
        self.cons(Key::Chan(dir, elem), self.is_derived(elem), || Type::Chan { dir, elem })
    }
    /// The same composite type once more, as a construction of its own: generic dictionaries tell types apart that are
    /// written twice. Other types stay.
    pub fn another(&self, ty: TypeId) -> TypeId {
        let derived = self.is_derived(ty);
        match *self.ty(ty) {
            // A derived one is not shared in the first place.
            _ if derived => ty,
            Type::Pointer(elem) => self.push(Type::Pointer(elem), derived),
            Type::Slice(elem) => self.push(Type::Slice(elem), derived),
            Type::Array { elem, len } => self.push(Type::Array { elem, len }, derived),
            Type::Map { key, elem } => self.push(Type::Map { key, elem }, derived),
            Type::Chan { dir, elem } => self.push(Type::Chan { dir, elem }, derived),
            _ => ty,
        }
    }
    /// A predeclared type; only the universe makes these.
    pub(crate) fn push_basic(&self, basic: Basic) -> TypeId {
        self.push(Type::Basic(basic), false)
    }
    /// A list of variables: parameters, results, or the value of a call with several results.
    /// The empty list is [`TypeId::EMPTY_TUPLE`].
    pub fn new_tuple(&self, vars: impl Into<Box<[ObjId]>>) -> TypeId {
        let vars = vars.into();
        if vars.is_empty() {
            return TypeId::EMPTY_TUPLE;
        }
        let derived = self.any_derived(&vars);
        self.push(Type::Tuple(Tuple { vars }), derived)
    }
    pub(crate) fn push_empty_tuple(&self) -> TypeId {
        self.push(Type::Tuple(Tuple { vars: Box::default() }), false)
    }
    fn any_derived(&self, objs: &[ObjId]) -> bool {
        objs.iter().any(|&o| self.obj(o).ty().is_some_and(|t| self.is_derived(t)))
    }
    /// A struct type; each call makes a new one.
    pub fn new_struct(&self, fields: Vec<ObjId>, tags: Vec<Symbol>) -> TypeId {
        let derived = self.any_derived(&fields);
        self.push(Type::Struct(Struct { fields: fields.into(), tags: tags.into() }), derived)
    }
    /// A signature; each call makes a new one. See [`Type::Signature`] for late completion.
    pub fn new_signature(&self, signature: Signature) -> TypeId {
        let derived = self.is_derived(signature.params) || self.is_derived(signature.results);
        self.push(Type::Signature(crate::ty::SignatureCell::full(signature)), derived)
    }
    /// A signature that is completed later with [`complete_signature`](Self::complete_signature); until then
    /// it has no parameters and no results.
    pub fn new_pending_signature(&self) -> TypeId {
        self.push(Type::Signature(crate::ty::SignatureCell::pending()), true)
    }
    /// Tells the type parameters of a pending signature before the rest is known.
    pub fn announce_type_params(&self, id: TypeId, tparams: &[TypeId]) {
        if let Type::Signature(cell) = self.ty(id) {
            cell.announce(Signature { tparams: tparams.into(), ..Signature::default() });
        }
    }
    /// Completes a pending signature. Only the first call counts.
    pub fn complete_signature(&self, id: TypeId, signature: Signature) {
        if let Type::Signature(cell) = self.ty(id) {
            cell.complete(signature);
        }
    }
    /// An interface type; each call makes a new one.
    pub fn new_interface(&self, interface: Interface, derived: bool) -> TypeId {
        self.push(Type::Interface(interface.into()), derived)
    }
    /// A union; each call makes a new one.
    pub fn new_union(&self, union: Union) -> TypeId {
        let derived = union.terms.iter().any(|t| self.is_derived(t.ty));
        self.push(Type::Union(union), derived)
    }
    /// A declared type with no right-hand side yet. If the object has no type, it gets this one.
    pub fn new_named(&self, obj: ObjId) -> TypeId {
        let id = self.push(Type::Named(Named::declared(obj).into()), false);
        if self.obj(obj).ty().is_none() {
            self.obj(obj).set_ty(Some(id));
        }
        id
    }
    /// An alias with its right-hand side perhaps not known yet.
    pub fn new_alias(&self, alias: Alias, derived: bool) -> TypeId {
        self.push(Type::Alias(alias.into()), derived)
    }
    /// A type parameter; its constraint is set later. If the object has no type, it gets this one.
    pub fn new_type_param(&self, obj: ObjId) -> TypeId {
        let id = self.push(Type::TypeParam(TypeParam::new(obj)), true);
        if self.obj(obj).ty().is_none() {
            self.obj(obj).set_ty(Some(id));
        }
        id
    }
    /// The instance of generic type `origin` with exactly these type arguments *as spelled*: equal spellings
    /// give equal ids, in every package (module `spelling`). `pos` is kept for messages about the instance (first one wins).
    pub fn named_instance(&self, origin: TypeId, targs: &[TypeId], pos: Pos) -> TypeId {
        let hash = spelling_hash(self, origin, targs);
        let mut table = self.instances[(hash >> 58) as usize % SHARDS].lock();
        let same = |&(h, id): &(u64, TypeId)| {
            h == hash
                && match self.ty(id) {
                    Type::Named(n) => n.origin() == Some(origin) && spelled_alike(self, n.targs(), targs),
                    _ => false,
                }
        };
        if let Some(&(_, id)) = table.find(hash, same) {
            return id;
        }
        let derived = self.is_derived(origin) && !self.has_all_targs(origin, targs)
            || targs.iter().any(|&t| self.is_derived(t));
        let id = self.push(
            Type::Named(Named::instance(self.named_obj(origin), origin, targs.into(), pos).into()),
            derived,
        );
        table.insert_unique(hash, (hash, id), |&(h, _)| h);
        id
    }
    /// A type declared in a function whose type parameters (and those of its receiver) are `implicits`. With any, it is
    /// derived wherever it stands (`noder/writer.go`, hasImplicitTypeParams).
    pub fn new_local_named(&self, obj: ObjId, implicits: &[TypeId]) -> TypeId {
        let named = Named::declared(obj);
        named.set_implicits(implicits);
        let id = self.push(Type::Named(named.into()), !implicits.is_empty());
        if self.obj(obj).ty().is_none() {
            self.obj(obj).set_ty(Some(id));
        }
        id
    }
    /// The instance of generic alias `origin` with exactly these type arguments as spelled; `make` computes it
    /// if there is none yet, without any lock held. [`TypeId::INVALID`] if it cannot.
    pub(crate) fn alias_instance_with(
        &self,
        origin: TypeId,
        targs: &[TypeId],
        make: impl FnOnce() -> Option<Alias>,
    ) -> TypeId {
        let hash = spelling_hash(self, origin, targs);
        let shard = &self.instances[(hash >> 58) as usize % SHARDS];
        let same = |&(h, id): &(u64, TypeId)| {
            h == hash
                && match self.ty(id) {
                    Type::Alias(a) => a.origin == Some(origin) && spelled_alike(self, &a.targs, targs),
                    _ => false,
                }
        };
        if let Some(&(_, id)) = shard.lock().find(hash, same) {
            return id;
        }
        let Some(alias) = make() else { return TypeId::INVALID };
        let mut table = shard.lock();
        if let Some(&(_, id)) = table.find(hash, same) {
            return id;
        }
        let id = self.push(Type::Alias(alias.into()), targs.iter().any(|&t| self.is_derived(t)));
        table.insert_unique(hash, (hash, id), |&(h, _)| h);
        id
    }
    /// The type name that declares a named type (for instances: that of the origin).
    pub fn named_obj(&self, named: TypeId) -> ObjId {
        match self.ty(named) {
            Type::Named(n) => n.obj,
            Type::Alias(a) => a.obj,
            Type::TypeParam(p) => p.obj,
            other => panic!("{named:?} has no type name: {other:?}"),
        }
    }
}
