//! The order in which the objects of a package are written (`noder/writer.go`: typIdx, objIdx, doObj;
//! `noder/unified.go`, writePkgStub).
//!
//! An object is written when it is mentioned first, in the midst of what mentions it. A declared type that is mentioned
//! as a type is entered into the table of types only when it has been written to its end: what mentions it before,
//! from within, enters it once more. Readers take the two for different types until they know both.

use std::collections::hash_map::Entry;

use escargo_types::lookup::compare_objects;
use escargo_types::{ObjId, ObjectKind, PkgId, Type, TypeId, TypeStore};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::layout_body::Writer;
use crate::lowerer::Lowerer;

/// A part of what is written of an object.
#[derive(Clone, Copy, Debug)]
enum Mention {
    /// An object of the package.
    Object {
        obj: ObjId,
        /// It is mentioned as a type.
        as_type: bool,
    },
    /// A type without a name begins here.
    Begin(TypeId),
    /// That type ends here.
    End(TypeId),
}

/// What an object mentions, in the order in which it is written.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    pkg: Option<PkgId>,
    list: Vec<Mention>,
    seen: FxHashSet<TypeId>,
}

impl Mentions {
    /// A use of a type.
    pub(crate) fn ty(&mut self, store: &TypeStore, ty: TypeId) {
        let shape = store.ty(ty);
        if matches!(shape, Type::Basic(_) | Type::TypeParam(_) | Type::Tuple(_)) || !self.seen.insert(ty) {
            return;
        }
        match shape {
            Type::Basic(_) | Type::TypeParam(_) | Type::Tuple(_) => {}
            &Type::Pointer(elem)
            | &Type::Slice(elem)
            | &Type::Array { elem, .. }
            | &Type::Chan { elem, .. } => self.ty(store, elem),
            &Type::Map { key, elem } => {
                self.ty(store, key);
                self.ty(store, elem);
            }
            Type::Struct(_) | Type::Signature(_) | Type::Interface(_) => self.unnamed(store, ty),
            Type::Union(u) => u.terms.iter().for_each(|term| self.ty(store, term.ty)),
            Type::Named(named) => self.type_name(store, named.obj, named.targs()),
            Type::Alias(alias) => match alias.rhs() {
                Some(rhs) if !store.obj(alias.obj).is_package_level() => self.ty(store, rhs),
                _ => self.type_name(store, alias.obj, &alias.targs),
            },
        }
    }

    /// A type that is another one wherever it is spelled.
    fn unnamed(&mut self, store: &TypeStore, ty: TypeId) {
        self.list.push(Mention::Begin(ty));
        match store.ty(ty) {
            Type::Struct(s) => self.vars(store, &s.fields),
            Type::Interface(i) => {
                let mut methods = i.methods.clone();
                methods.sort_by(|&a, &b| compare_objects(store, a, b));
                methods.iter().for_each(|&method| self.signature(store, store.obj_type(method)));
                i.embeds.iter().for_each(|&embedded| self.ty(store, embedded));
            }
            _ => self.signature(store, ty),
        }
        self.list.push(Mention::End(ty));
    }

    fn type_name(&mut self, store: &TypeStore, obj: ObjId, targs: &[TypeId]) {
        targs.iter().for_each(|&targ| self.ty(store, targ));
        if store.obj(obj).pkg == self.pkg {
            self.list.push(Mention::Object { obj, as_type: true });
        }
    }

    /// A use of an object that is no type.
    pub(crate) fn object(&mut self, store: &TypeStore, obj: ObjId) {
        let object = store.obj(obj);
        let obj = object.origin().unwrap_or(obj);
        let method = matches!(object.kind, ObjectKind::Func { .. });
        if object.pkg == self.pkg && (object.is_package_level() || method) {
            self.list.push(Mention::Object { obj, as_type: false });
        }
    }

    fn vars(&mut self, store: &TypeStore, vars: &[ObjId]) {
        vars.iter().for_each(|&var| self.ty(store, store.obj_type(var)));
    }

    fn signature(&mut self, store: &TypeStore, ty: TypeId) {
        let Some(sig) = store.as_signature(ty) else { return };
        self.vars(store, store.tuple(sig.params));
        self.vars(store, store.tuple(sig.results));
    }

    fn bounds(&mut self, store: &TypeStore, tparams: &[TypeId]) {
        for &tparam in tparams {
            if let Type::TypeParam(tparam) = store.ty(tparam)
                && let Some(bound) = tparam.bound()
            {
                self.ty(store, bound);
            }
        }
    }
}

/// When an object was written.
#[derive(Clone, Copy, Debug)]
struct Visit {
    start: u32,
    /// The number of objects that were begun before its end; none while it is being written.
    end: Option<u32>,
    /// It was mentioned as a type first.
    as_type: bool,
}

/// The objects that have been written, as far as anybody wanted to know.
#[derive(Debug, Default)]
pub(crate) struct Written {
    visits: FxHashMap<ObjId, Visit>,
    /// What is being written, the package's scope first: what is left to be looked at.
    open: Vec<(Option<ObjId>, std::vec::IntoIter<Mention>)>,
    begun: bool,
    /// The types without a name that have been written to their end: with which object.
    unnamed: FxHashMap<TypeId, ObjId>,
    /// With which object such types were written that another object mentions: perhaps before it did, in a body.
    parts: FxHashMap<(ObjId, TypeId), ObjId>,
}

impl Lowerer<'_> {
    /// Whether what `object` says, in its `part` without a name, of a declared type with name `name` refers to another entry in the table of types
    /// than what the type itself says: the type was entered twice, and `object` was not written as a part of it.
    pub(crate) fn mentions_from_outside(&mut self, object: ObjId, part: Option<TypeId>, name: ObjId) -> bool {
        let mut written = std::mem::take(&mut self.written);
        if !written.begun {
            written.begun = true;
            written.open.push((None, self.scope().into_iter()));
        }
        let outside = loop {
            let with = written.written_with(object, part);
            if let Some(outside) = with.and_then(|with| written.is_outside(with, name)) {
                break outside;
            }
            if !self.write_on(&mut written) {
                break false;
            }
        };
        self.written = written;
        outside
    }

    fn scope(&self) -> Vec<Mention> {
        let scope = self.store().pkg(self.package.pkg).scope();
        let objects = scope.names().into_iter().filter_map(|name| scope.lookup(name));
        objects.map(|obj| Mention::Object { obj, as_type: false }).collect()
    }

    /// Goes one step on; says whether there was any left.
    fn write_on(&mut self, written: &mut Written) -> bool {
        let count = written.visits.len() as u32;
        let Some((obj, rest)) = written.open.last_mut() else { return false };
        let obj = *obj;
        match (rest.next(), obj) {
            (None, obj) => {
                if let Some(visit) = obj.and_then(|obj| written.visits.get_mut(&obj)) {
                    visit.end = Some(count);
                }
                written.open.pop();
            }
            (Some(Mention::Object { obj, as_type }), _) => {
                if let Entry::Vacant(entry) = written.visits.entry(obj) {
                    entry.insert(Visit { start: count, end: None, as_type });
                    let mentions = self.mentions_of(obj);
                    written.open.push((Some(obj), mentions.into_iter()));
                }
            }
            (Some(Mention::Begin(ty)), Some(obj)) => {
                let with = written.unnamed.get(&ty).copied().unwrap_or(obj);
                written.parts.insert((obj, ty), with);
            }
            (Some(Mention::End(ty)), Some(obj)) => {
                if written.parts.get(&(obj, ty)) == Some(&obj) {
                    written.unnamed.insert(ty, obj);
                }
            }
            (Some(Mention::Begin(_) | Mention::End(_)), None) => {}
        }
        true
    }

    /// What an object of the package mentions.
    fn mentions_of(&mut self, obj: ObjId) -> Vec<Mention> {
        let store = self.store();
        let ty = store.obj_type(obj);
        let mut mentions = Mentions { pkg: Some(self.package.pkg), ..Mentions::default() };
        match (&store.obj(obj).kind, store.ty(ty)) {
            (ObjectKind::TypeName, Type::Alias(alias)) => {
                mentions.ty(store, alias.rhs().unwrap_or(TypeId::INVALID));
                mentions.bounds(store, alias.tparams());
            }
            (ObjectKind::TypeName, Type::Named(named)) => {
                mentions.ty(store, store.under(ty));
                let (plain, generic): (Vec<ObjId>, _) =
                    store.origin_methods(ty).iter().copied().partition(|&method| {
                        store.as_signature(store.obj_type(method)).is_some_and(|sig| sig.tparams.is_empty())
                    });
                for method in plain {
                    mentions = self.func_mentions(method, mentions);
                }
                generic.iter().for_each(|&method| mentions.object(store, method));
                mentions.bounds(store, named.own_tparams());
            }
            (ObjectKind::Func { .. }, Type::Signature(sig)) => {
                mentions = self.func_mentions(obj, mentions);
                mentions.bounds(store, &sig.get().tparams);
            }
            _ => mentions.ty(store, ty),
        }
        mentions.list
    }

    fn func_mentions(&mut self, func: ObjId, mut mentions: Mentions) -> Mentions {
        let store = self.store();
        let ty = store.obj_type(func);
        if let Some(recv) = store.as_signature(ty).and_then(|sig| sig.recv) {
            mentions.ty(store, store.obj_type(recv));
        }
        mentions.signature(store, ty);
        Writer::mentions(self, func, mentions)
    }
}

impl Written {
    /// With which object a part of `object` was written, if that is known.
    fn written_with(&self, object: ObjId, part: Option<TypeId>) -> Option<ObjId> {
        let with = part.and_then(|part| self.parts.get(&(object, part)).copied());
        let is_written = || self.visits.get(&object).is_some_and(|visit| visit.end.is_some());
        match part {
            Some(_) if with.is_none() && !is_written() && !self.open.is_empty() => None,
            _ => Some(with.unwrap_or(object)),
        }
    }

    /// [`Lowerer::mentions_from_outside`], if enough has been written to know.
    fn is_outside(&self, object: ObjId, name: ObjId) -> Option<bool> {
        let (object, name) = (self.visits.get(&object), self.visits.get(&name));
        match (object, name) {
            (_, Some(name)) if !name.as_type => Some(false),
            // The object itself comes to the type.
            (Some(_), None) => Some(true),
            (Some(object), Some(name)) => {
                Some(object.start < name.start || name.end.is_some_and(|end| object.start >= end))
            }
            (None, Some(name)) => name.end.map(|_| true),
            (None, None) => None,
        }
    }
}
