//! Method sets (spec: Method sets): which methods the values of a type have, embedded fields included.

use escargo_base::Symbol;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::lookup::{Embedded, TypeTable, consolidate, deref, embedding_path, is_endless, object_id};
use crate::store::{ObjId, TypeId, TypeStore};
use crate::ty::Type;
use crate::typeset::type_set;

/// A method of a method set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The method. For an instance it may still lack its type.
    pub obj: ObjId,
    /// Field indices from the outside in; the last is the method index.
    pub index: Vec<u32>,
    /// Whether a pointer was followed on the way (or the method belongs to an interface).
    pub indirect: bool,
}

/// Name and, if it is not exported, package path.
type Key = (Symbol, Symbol);

fn key(store: &TypeStore, obj: ObjId) -> Key {
    let object = store.obj(obj);
    let path = object.pkg.filter(|_| !object.is_exported()).map(|p| store.pkg(p).path);
    (object.name, path.unwrap_or(Symbol::EMPTY))
}

/// The method set of a type, sorted by [`object_id`].
pub fn method_set(store: &TypeStore, ty: TypeId) -> Vec<Method> {
    let (base, is_pointer) = deref(store, ty);
    // Declared pointer types and pointers to interfaces have no methods.
    let declared_pointer = store.as_named(ty).is_some() && store.pointer_elem(ty).is_some();
    if declared_pointer || is_pointer && store.is_interface(base) {
        return Vec::new();
    }
    let root = Embedded { ty: base, parent: u32::MAX, field: 0, indirect: is_pointer, multiples: false };
    let mut collector = Collector { store, found: FxHashMap::default(), order: Vec::new() };
    let mut seen = TypeTable::default();
    let mut arena = vec![root];
    let mut start = 0;
    let mut depth = 0;
    while start < arena.len() && !is_endless(depth, &arena) {
        depth += 1;
        let mut next = Vec::new();
        collector.level(&arena, start, &mut seen, &mut next);
        start = arena.len();
        consolidate(store, &mut next);
        arena.append(&mut next);
    }
    let Collector { found, order, .. } = collector;
    let mut methods: Vec<Method> = order.iter().filter_map(|key| found.get(key)?.clone()).collect();
    methods.sort_by_cached_key(|m| object_id(store, m.obj));
    methods
}

struct Collector<'s> {
    store: &'s TypeStore,
    /// `None` marks a collision, or a field that hides what is deeper.
    found: FxHashMap<Key, Option<Method>>,
    order: Vec<Key>,
}

impl Collector<'_> {
    fn level(&mut self, arena: &[Embedded], start: usize, seen: &mut TypeTable, next: &mut Vec<Embedded>) {
        let store = self.store;
        let mut here: FxHashMap<Key, Option<Method>> = FxHashMap::default();
        let mut order = Vec::new();
        let mut fields: FxHashSet<Key> = FxHashSet::default();
        let mut field_order = Vec::new();
        for (k, embedded) in arena[start..].iter().enumerate() {
            let owner = (start + k) as u32;
            let mut add = |obj: ObjId, i: usize, indirect: bool| {
                let id = key(store, obj);
                let usable = !embedded.multiples && (indirect || !store.has_ptr_recv(obj));
                let first = !here.contains_key(&id);
                let method = (usable && first).then(|| {
                    let mut index = vec![i as u32];
                    embedding_path(arena, owner, &mut index);
                    // The outermost type is in the arena too, but no field.
                    index.pop();
                    index.reverse();
                    Method { obj, index, indirect }
                });
                here.insert(id, method);
                if first {
                    order.push(id);
                }
            };
            if let Some((named, _)) = store.as_named(embedded.ty) {
                if !seen.insert(store, named) {
                    continue;
                }
                for i in 0..store.method_count(named) {
                    add(store.method(named, i), i, embedded.indirect);
                }
            }
            let under = store.under(embedded.ty);
            match store.ty(under) {
                Type::Struct(s) => {
                    for (i, &field) in s.fields.iter().enumerate() {
                        let id = key(store, field);
                        if fields.insert(id) {
                            field_order.push(id);
                        }
                        if store.obj(field).is_embedded() {
                            next.push(embedded.field(store, owner, i, field));
                        }
                    }
                }
                Type::Interface(_) => {
                    for (i, &method) in type_set(store, under).methods.iter().enumerate() {
                        add(method, i, true);
                    }
                }
                _ => {}
            }
        }
        for id in order {
            let method = here.remove(&id).flatten().filter(|_| !fields.contains(&id));
            self.add(id, method);
        }
        for id in field_order {
            self.add(id, None);
        }
    }

    /// What was found at smaller depth hides what is deeper.
    fn add(&mut self, id: Key, method: Option<Method>) {
        if let std::collections::hash_map::Entry::Vacant(slot) = self.found.entry(id) {
            slot.insert(method);
            self.order.push(id);
        }
    }
}
