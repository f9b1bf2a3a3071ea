//! Field and method look-up through embedded fields (spec: Selectors).

use std::cmp::Ordering;

use escargo_base::Symbol;
use rustc_hash::FxHashMap;

use crate::identity::{identical, identity_hash};
use crate::object::{Object, is_exported};
use crate::store::{ObjId, PkgId, TypeId, TypeStore};
use crate::ty::Type;
use crate::typeset::type_set;

/// What a selector denotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// A field or method.
    Found {
        /// The field or method. A method of an instance may still lack its type.
        obj: ObjId,
        /// Field indices from the outside in; the last is the field or method index.
        index: Vec<u32>,
        /// Whether a pointer was followed on the way.
        indirect: bool,
    },
    /// Several at the same depth; the path to one of them.
    Ambiguous(Vec<u32>),
    /// A method exists, but its receiver is a pointer and the operand is not addressable (or a pointer to it).
    PointerReceiver,
    /// Nothing.
    NotFound,
}

impl Lookup {
    /// The field or method, if one was found.
    pub fn obj(&self) -> Option<ObjId> {
        match self {
            Lookup::Found { obj, .. } => Some(*obj),
            _ => None,
        }
    }
}

/// A name as seen from a package: lower-case names of different packages are different.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    name: Symbol,
    pkg: Option<PkgId>,
    exported: bool,
    fold_case: bool,
}

impl Name {
    pub(crate) fn new(pkg: Option<PkgId>, name: Symbol, fold_case: bool) -> Name {
        Name { name, pkg, exported: is_exported(name), fold_case }
    }
    /// Whether the object has this name. If case is folded, packages make no difference.
    #[inline]
    pub(crate) fn matches(&self, store: &TypeStore, object: &Object) -> bool {
        if self.fold_case {
            return equal_fold(object.name, self.name);
        }
        object.name == self.name && (self.exported || same_pkg(store, object.pkg, self.pkg))
    }
}

/// Whether two packages are the same: those of one path are.
pub fn same_pkg(store: &TypeStore, a: Option<PkgId>, b: Option<PkgId>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || store.pkg(a).path == store.pkg(b).path,
        (a, b) => a == b,
    }
}

/// Whether two names are equal under simple Unicode case folding.
pub fn equal_fold(a: Symbol, b: Symbol) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (a.as_str(), b.as_str());
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    let same = |(x, y): (char, char)| {
        x == y || x.to_lowercase().eq(y.to_lowercase()) || x.to_uppercase().eq(y.to_uppercase())
    };
    a.chars().count() == b.chars().count() && a.chars().zip(b.chars()).all(same)
}

/// Order of methods: exported ones first, then by name, then by package path.
pub fn compare_objects(store: &TypeStore, a: ObjId, b: ObjId) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (a, b) = (store.obj(a), store.obj(b));
    let path = |o: &Object| o.pkg.map_or("", |p| store.pkg(p).path.as_str());
    let exported = a.is_exported();
    b.is_exported().cmp(&exported).then_with(|| match a.name == b.name {
        true if exported => Ordering::Equal,
        true => path(a).cmp(path(b)),
        false => a.name.as_str().cmp(b.name.as_str()),
    })
}

/// Looks up a field or method of `ty` as seen from `pkg` (`types2/lookup.go`).
/// `addressable`: whether an operand of type `ty` may have its address taken.
pub fn lookup_field_or_method(
    store: &TypeStore,
    ty: TypeId,
    addressable: bool,
    pkg: Option<PkgId>,
    name: Symbol,
    fold_case: bool,
) -> Lookup {
    // A declared pointer type has the fields of what it points to, but no methods.
    if store.as_named(ty).is_some() {
        let under = store.under(ty);
        if let Type::Pointer(_) = store.ty(under) {
            return match lookup_member(store, under, false, pkg, name, fold_case) {
                Lookup::Found { obj, .. } if store.obj(obj).is_func() => Lookup::NotFound,
                found => found,
            };
        }
    }
    lookup_member(store, ty, addressable, pkg, name, fold_case)
}

/// As [`lookup_field_or_method`], but without the rule for declared pointer types: finds no fields through them.
pub fn lookup_member(
    store: &TypeStore,
    ty: TypeId,
    addressable: bool,
    pkg: Option<PkgId>,
    name: Symbol,
    fold_case: bool,
) -> Lookup {
    if name.is_blank() {
        return Lookup::NotFound;
    }
    // Not the underlying type: a declared pointer type has no methods.
    let (base, is_pointer) = deref(store, ty);
    if is_pointer && store.is_interface(base) {
        return Lookup::NotFound;
    }
    let mut search = Search { store, name: Name::new(pkg, name, fold_case), seen: TypeTable::default() };
    let root = Embedded { ty: base, parent: NO_PARENT, field: 0, indirect: is_pointer, multiples: false };
    let mut arena: Vec<Embedded> = Vec::new();
    let mut next: Vec<Embedded> = Vec::new();
    let mut depth = 0;
    let mut outcome = search.level(std::slice::from_ref(&root), NO_PARENT, &mut next);
    loop {
        match outcome {
            Outcome::Nothing if next.is_empty() || is_endless(depth, &arena) => return Lookup::NotFound,
            Outcome::Nothing => depth += 1,
            Outcome::Collision(place) => return Lookup::Ambiguous(path(&arena, place)),
            Outcome::Hit(hit) => {
                if store.obj(hit.obj).is_func()
                    && !hit.indirect
                    && !addressable
                    && store.has_ptr_recv(hit.obj)
                {
                    return Lookup::PointerReceiver;
                }
                return Lookup::Found {
                    obj: hit.obj,
                    index: path(&arena, hit.place),
                    indirect: hit.indirect,
                };
            }
        }
        let start = arena.len();
        consolidate(store, &mut next);
        arena.append(&mut next);
        outcome = search.level(&arena[start..], start as u32, &mut next);
    }
}

const NO_PARENT: u32 = u32::MAX;

/// Whether embedding goes on for so long that it must be a generic type that expands without end, as
/// `type T[P any] struct{ *T[[]P] }`.
pub(crate) fn is_endless(depth: usize, arena: &[Embedded]) -> bool {
    depth > 200 || arena.len() > 20_000
}

/// An embedded type on the way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Embedded {
    pub(crate) ty: TypeId,
    /// Place of the type that embeds it.
    pub(crate) parent: u32,
    /// The field there.
    pub(crate) field: u32,
    /// Whether a pointer was followed on the way to it.
    pub(crate) indirect: bool,
    /// Whether the type occurs several times at this depth.
    pub(crate) multiples: bool,
}

/// A field or method: the type it belongs to and its index there.
#[derive(Debug, Clone, Copy)]
struct Place {
    owner: u32,
    index: u32,
}

struct Hit {
    obj: ObjId,
    place: Place,
    indirect: bool,
}

enum Outcome {
    Nothing,
    Hit(Hit),
    Collision(Place),
}

struct Search<'s> {
    store: &'s TypeStore,
    name: Name,
    /// Named types seen at smaller depth shadow what is deeper.
    seen: TypeTable,
}

impl Search<'_> {
    /// Searches all types of one depth; while there is no hit, collects the embedded types of the next.
    fn level(&mut self, types: &[Embedded], start: u32, next: &mut Vec<Embedded>) -> Outcome {
        let store = self.store;
        let mut hit: Option<Hit> = None;
        for (k, embedded) in types.iter().enumerate() {
            let owner = if start == NO_PARENT { NO_PARENT } else { start + k as u32 };
            if let Some((named, declared)) = store.as_named(embedded.ty) {
                if !self.seen.insert(store, named) {
                    continue;
                }
                if let Some(i) = self.method_of(named, declared.obj) {
                    let place = Place { owner, index: i as u32 };
                    if hit.is_some() || embedded.multiples {
                        return Outcome::Collision(place);
                    }
                    hit = Some(Hit { obj: store.method(named, i), place, indirect: embedded.indirect });
                    continue;
                }
            }
            let under = store.under(embedded.ty);
            match store.ty(under) {
                Type::Struct(s) => {
                    for (i, &field) in s.fields.iter().enumerate() {
                        let object = store.obj(field);
                        if self.name.matches(store, object) {
                            let place = Place { owner, index: i as u32 };
                            if hit.is_some() || embedded.multiples {
                                return Outcome::Collision(place);
                            }
                            hit = Some(Hit { obj: field, place, indirect: embedded.indirect });
                        } else if hit.is_none() && object.is_embedded() {
                            next.push(embedded.field(store, owner, i, field));
                        }
                    }
                }
                Type::Interface(_) => {
                    if let Some((i, method)) = type_set(store, under).find_method(store, &self.name) {
                        let place = Place { owner, index: i as u32 };
                        if hit.is_some() || embedded.multiples {
                            return Outcome::Collision(place);
                        }
                        hit = Some(Hit { obj: method, place, indirect: embedded.indirect });
                    }
                }
                _ => {}
            }
        }
        hit.map_or(Outcome::Nothing, Outcome::Hit)
    }

    fn method_of(&self, named: TypeId, type_name: ObjId) -> Option<usize> {
        let Name { name, pkg, exported, fold_case } = self.name;
        if exported || fold_case || same_pkg(self.store, self.store.obj(type_name).pkg, pkg) {
            self.store.method_index(named, name, fold_case)
        } else {
            None
        }
    }
}

impl Embedded {
    /// What embedded field `i` of this type adds to the next depth.
    pub(crate) fn field(&self, store: &TypeStore, owner: u32, i: usize, field: ObjId) -> Embedded {
        let (ty, is_pointer) = deref(store, store.obj_type(field));
        Embedded {
            ty,
            parent: owner,
            field: i as u32,
            indirect: self.indirect || is_pointer,
            multiples: self.multiples,
        }
    }
}

/// Field indices from the outermost type to a place.
fn path(arena: &[Embedded], place: Place) -> Vec<u32> {
    let mut out = vec![place.index];
    embedding_path(arena, place.owner, &mut out);
    out.reverse();
    out
}

/// Appends field indices from a type out to the outermost one.
pub(crate) fn embedding_path(arena: &[Embedded], mut owner: u32, out: &mut Vec<u32>) {
    while let Some(embedded) = arena.get(owner as usize) {
        out.push(embedded.field);
        owner = embedded.parent;
    }
}

/// Merges types that occur several times at a depth.
pub(crate) fn consolidate(store: &TypeStore, list: &mut Vec<Embedded>) {
    if list.len() <= 1 {
        return;
    }
    let mut table = TypeTable::default();
    let mut kept: Vec<Embedded> = Vec::with_capacity(list.len());
    for &embedded in list.iter() {
        match table.find_or_insert(store, embedded.ty) {
            Some(i) => kept[i].multiples = true,
            None => kept.push(embedded),
        }
    }
    *list = kept;
}

/// Types up to identity, numbered in order of insertion.
#[derive(Debug, Default)]
pub(crate) struct TypeTable {
    types: Vec<TypeId>,
    /// Used when there are more than a few.
    by_hash: FxHashMap<u64, Vec<u32>>,
}

const FEW_TYPES: usize = 8;

impl TypeTable {
    /// Adds a type; `false` if an identical one is there.
    pub(crate) fn insert(&mut self, store: &TypeStore, ty: TypeId) -> bool {
        self.find_or_insert(store, ty).is_none()
    }

    /// The number of the type if it is there; otherwise it is added.
    fn find_or_insert(&mut self, store: &TypeStore, ty: TypeId) -> Option<usize> {
        let same = |&i: &u32| identical(store, self.types[i as usize], ty);
        if self.types.len() < FEW_TYPES {
            let found = (0..self.types.len() as u32).find(|i| same(i));
            if found.is_none() {
                self.types.push(ty);
            }
            return found.map(|i| i as usize);
        }
        if self.by_hash.is_empty() {
            for (i, &known) in self.types.iter().enumerate() {
                self.by_hash.entry(identity_hash(store, known)).or_default().push(i as u32);
            }
        }
        let bucket = self.by_hash.entry(identity_hash(store, ty)).or_default();
        if let Some(&i) = bucket.iter().find(|i| same(i)) {
            return Some(i as usize);
        }
        bucket.push(self.types.len() as u32);
        self.types.push(ty);
        None
    }
}

/// `types2/lookup.go: deref`: the element of a pointer, and whether `ty` was one.
#[inline]
pub fn deref(store: &TypeStore, ty: TypeId) -> (TypeId, bool) {
    match store.ty(ty) {
        &Type::Pointer(elem) => (elem, true),
        Type::Alias(_) => match store.ty(store.unalias(ty)) {
            &Type::Pointer(elem) => (elem, true),
            _ => (ty, false),
        },
        _ => (ty, false),
    }
}
/// The unique id by which unexported names of different packages differ, as a sort key.
pub fn object_id(store: &TypeStore, obj: ObjId) -> String {
    let object = store.obj(obj);
    if object.is_exported() {
        return object.name.to_string();
    }
    let path = object.pkg.map(|p| store.pkg(p).path).filter(|p| !p.is_empty());
    format!("{}.{}", path.map_or("_", Symbol::as_str), object.name)
}
/// Whether `obj` has this name as seen from `pkg`.
pub fn same_id(store: &TypeStore, obj: ObjId, pkg: Option<PkgId>, name: Symbol, fold_case: bool) -> bool {
    Name::new(pkg, name, fold_case).matches(store, store.obj(obj))
}
/// Index of the field of a name in a struct's fields.
pub fn field_index(
    store: &TypeStore,
    fields: &[ObjId],
    pkg: Option<PkgId>,
    name: Symbol,
    fold_case: bool,
) -> Option<usize> {
    if name.is_blank() {
        return None;
    }
    let name = Name::new(pkg, name, fold_case);
    fields.iter().position(|&f| name.matches(store, store.obj(f)))
}
/// The dotted names of the fields of a path into a (pointer to a) struct, for messages.
pub fn field_path(store: &TypeStore, ty: TypeId, index: &[u32]) -> String {
    let mut names = Vec::new();
    let mut ty = ty;
    for &i in index {
        let fields = store.struct_fields(store.deref_struct_pointer(ty));
        let Some(&field) = fields.and_then(|f| f.get(i as usize)) else { break };
        names.push(store.obj(field).name.as_str());
        ty = store.obj_type(field);
    }
    names.join(".")
}
