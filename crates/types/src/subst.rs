//! Substituting type arguments for type parameters.

use crate::object::{Object, ObjectKind};
use crate::store::{ObjId, TypeId, TypeStore};
use crate::ty::{Alias, Interface, Named, Signature, Term, Type, Union};

/// A mapping from type parameters to types.
#[derive(Debug, Clone, Default)]
pub struct SubstMap(pub rustc_hash::FxHashMap<TypeId, TypeId>);

impl SubstMap {
    /// Maps each parameter to the argument at the same place.
    pub fn new(tparams: &[TypeId], targs: &[TypeId]) -> SubstMap {
        SubstMap(tparams.iter().copied().zip(targs.iter().copied()).collect())
    }
}

/// Types nested deeper than this become invalid. Source is not nested that deep; types grown by expanding
/// instances again and again may be.
const MAX_DEPTH: u32 = 400;

/// The type with the parameters replaced; the same id if nothing changed. New variables and methods made on the way
/// remember their origin.
pub fn subst(store: &TypeStore, ty: TypeId, map: &SubstMap) -> TypeId {
    Subst::new(store, map, 0).top(ty)
}

/// A signature with the parameters replaced; its receiver and the receiver's type parameters stay. Type parameters
/// of its own that are not replaced become new ones with substituted constraints: those of the methods of two
/// instances are different.
pub fn subst_signature(store: &TypeStore, signature: &Signature, map: &SubstMap) -> Signature {
    Subst::new(store, map, 0).signature(signature).unwrap_or_else(|| signature.clone())
}

/// The instance of a generic signature: type parameters replaced and gone. [`TypeId::INVALID`] if `sig` is no
/// signature or the number of arguments is wrong.
pub fn instantiate_signature(store: &TypeStore, sig: TypeId, targs: &[TypeId]) -> TypeId {
    let Some(generic) = store.as_signature(sig) else { return TypeId::INVALID };
    if generic.tparams.len() != targs.len() {
        return TypeId::INVALID;
    }
    let mut instance = subst_signature(store, generic, &SubstMap::new(&generic.tparams, targs));
    instance.tparams = Box::default();
    store.new_signature(instance)
}

/// The instance of a generic alias; equal spellings give equal ids. [`TypeId::INVALID`] if the number of arguments
/// is wrong or the right-hand side is not known yet.
pub fn alias_instance(store: &TypeStore, origin: TypeId, targs: &[TypeId]) -> TypeId {
    alias_instance_at(store, origin, targs, 0)
}

fn alias_instance_at(store: &TypeStore, origin: TypeId, targs: &[TypeId], depth: u32) -> TypeId {
    let Type::Alias(generic) = store.ty(origin) else { return TypeId::INVALID };
    if generic.tparams().len() != targs.len() {
        return TypeId::INVALID;
    }
    store.alias_instance_with(origin, targs, || {
        let rhs = generic.rhs()?;
        let map = SubstMap::new(generic.tparams(), targs);
        let rhs = Subst::new(store, &map, depth).top(rhs);
        Some(Alias::instance(generic.obj, origin, targs.into(), rhs))
    })
}

/// A copy of a variable with another type, which remembers where it comes from.
pub fn clone_var(store: &TypeStore, var: ObjId, ty: Option<TypeId>) -> ObjId {
    let old = store.obj(var);
    let kind = match old.kind {
        ObjectKind::Var { kind, embedded, origin } => {
            ObjectKind::Var { kind, embedded, origin: Some(origin.unwrap_or(var)) }
        }
        _ => return var,
    };
    store.new_object(Object::new(old.pos, old.pkg, old.name, ty, kind))
}

/// A copy of a function with another type, which remembers where it comes from.
pub fn clone_func(store: &TypeStore, func: ObjId, ty: TypeId) -> ObjId {
    let old = store.obj(func);
    let kind = ObjectKind::Func {
        ptr_recv: old.has_ptr_recv().into(),
        origin: Some(old.origin().unwrap_or(func)),
        instance: None,
    };
    store.new_object(Object::new(old.pos, old.pkg, old.name, Some(ty), kind))
}

/// The type of a method's receiver.
fn recv_type(store: &TypeStore, method: ObjId) -> Option<TypeId> {
    let signature = store.as_signature(store.obj(method).ty()?)?;
    store.obj(signature.recv?).ty()
}

/// Copies those methods whose receiver has type `old`. The new receivers have no type yet; they are also
/// returned, to get the type of the interface that is made of the methods.
fn detach_receivers(store: &TypeStore, methods: &[ObjId], old: TypeId) -> (Vec<ObjId>, Vec<ObjId>) {
    let mut receivers = Vec::new();
    let methods = methods
        .iter()
        .map(|&method| {
            let signature = store.obj(method).ty().and_then(|t| store.as_signature(t));
            let (Some(signature), true) = (signature, recv_type(store, method) == Some(old)) else {
                return method;
            };
            let recv = signature.recv.map(|r| clone_var(store, r, None));
            receivers.extend(recv);
            let ty = store.new_signature(Signature { recv, ..signature.clone() });
            clone_func(store, method, ty)
        })
        .collect();
    (methods, receivers)
}

fn new_interface(store: &TypeStore, like: &Interface, methods: Vec<ObjId>, embeds: Vec<TypeId>) -> TypeId {
    let derived = embeds.iter().any(|&t| store.is_derived(t))
        || methods.iter().any(|&m| store.obj(m).ty().is_some_and(|t| store.is_derived(t)));
    store.new_interface(Interface::new(methods, embeds, like.embed_pos.clone(), like.implicit), derived)
}

/// If `ty` is an interface, an equal one whose methods have the receiver type `new` where they had `old`: the
/// methods of a generic interface belong to it, those of an instance to the instance.
pub(crate) fn rebind_receivers(store: &TypeStore, ty: TypeId, old: TypeId, new: TypeId) -> TypeId {
    let Type::Interface(interface) = store.ty(ty) else { return ty };
    if !interface.methods.iter().any(|&m| recv_type(store, m) == Some(old)) {
        return ty;
    }
    let (methods, receivers) = detach_receivers(store, &interface.methods, old);
    for recv in receivers {
        store.obj(recv).set_ty(Some(new));
    }
    new_interface(store, interface, methods, interface.embeds.clone())
}

/// Substitutions that take more steps than this remember what types became: types that are used twice on each of
/// many levels would otherwise grow exponentially. Before, each occurrence gives a type of its own.
const MANY_STEPS: u32 = 1 << 12;

struct Subst<'a> {
    store: &'a TypeStore,
    map: &'a SubstMap,
    depth: u32,
    steps: u32,
    done: rustc_hash::FxHashMap<TypeId, TypeId>,
}

impl<'a> Subst<'a> {
    fn new(store: &'a TypeStore, map: &'a SubstMap, depth: u32) -> Self {
        Subst { store, map, depth, steps: 0, done: rustc_hash::FxHashMap::default() }
    }

    fn top(&mut self, ty: TypeId) -> TypeId {
        if self.map.0.is_empty() {
            return ty;
        }
        match self.store.as_signature(ty) {
            // Its own type parameters count even if no parameter mentions one.
            Some(generic) if !generic.tparams.is_empty() => {
                self.signature(generic).map_or(ty, |s| self.store.new_signature(s))
            }
            _ => self.ty(ty),
        }
    }

    fn ty(&mut self, ty: TypeId) -> TypeId {
        if !self.store.is_derived(ty) {
            return ty;
        }
        if let Type::TypeParam(_) = self.store.ty(ty) {
            return self.map.0.get(&ty).copied().unwrap_or(ty);
        }
        if self.depth >= MAX_DEPTH {
            return TypeId::INVALID;
        }
        self.steps += 1;
        if self.steps > MANY_STEPS
            && let Some(&known) = self.done.get(&ty)
        {
            return known;
        }
        self.depth += 1;
        let result = self.composite(ty);
        self.depth -= 1;
        if self.steps > MANY_STEPS {
            self.done.insert(ty, result);
        }
        result
    }

    fn composite(&mut self, ty: TypeId) -> TypeId {
        let store = self.store;
        match store.ty(ty) {
            Type::Basic(_) | Type::TypeParam(_) => ty,
            &Type::Array { elem, len } => self.map_elem(ty, elem, |e| store.array(e, len)),
            &Type::Slice(elem) => self.map_elem(ty, elem, |e| store.slice(e)),
            &Type::Pointer(elem) => self.map_elem(ty, elem, |e| store.pointer(e)),
            &Type::Chan { dir, elem } => self.map_elem(ty, elem, |e| store.chan(dir, e)),
            &Type::Map { key, elem } => {
                let (new_key, new_elem) = (self.ty(key), self.ty(elem));
                if (new_key, new_elem) == (key, elem) { ty } else { store.map(new_key, new_elem) }
            }
            Type::Struct(s) => match self.vars(&s.fields) {
                Some(fields) => store.new_struct(fields, s.tags.to_vec()),
                None => ty,
            },
            Type::Tuple(_) => self.tuple(ty),
            Type::Signature(s) => match self.signature(s.get()) {
                Some(signature) => store.new_signature(signature),
                None => ty,
            },
            Type::Interface(i) => self.interface(ty, i),
            Type::Union(u) => self.union(ty, u),
            Type::Named(n) => self.named(ty, n),
            // An alias without type parameters of its own stays, also one that is local to a generic function.
            Type::Alias(a) if a.targs.is_empty() => ty,
            Type::Alias(a) => match (a.origin, self.types(&a.targs)) {
                (Some(origin), Some(targs)) => alias_instance_at(store, origin, &targs, self.depth),
                _ => ty,
            },
        }
    }

    fn named(&mut self, ty: TypeId, named: &Named) -> TypeId {
        let store = self.store;
        let origin = named.origin().unwrap_or(ty);
        if let Some(implicits) = self.implicits(origin, named) {
            let mut targs = implicits;
            targs.extend(named.targs().iter().map(|&t| self.ty(t)));
            return store.named_instance(origin, &targs, named.inst_pos);
        }
        if named.targs().is_empty() {
            return ty;
        }
        match self.types(named.targs()) {
            _ if store.tparams(origin).len() != named.targs().len()
                && !store.has_all_targs(origin, named.targs()) =>
            {
                TypeId::INVALID
            }
            Some(targs) => store.named_instance(origin, &targs, named.inst_pos),
            None => ty,
        }
    }

    /// What becomes of the type parameters of the generic function around the declaration of a type; `None` if
    /// they stay, or do not count because the type has arguments for them already.
    fn implicits(&mut self, origin: TypeId, named: &Named) -> Option<Vec<TypeId>> {
        let Type::Named(generic) = self.store.ty(origin) else { return None };
        if generic.implicits().is_empty() || self.store.has_all_targs(origin, named.targs()) {
            return None;
        }
        self.types(generic.implicits())
    }

    fn map_elem(&mut self, ty: TypeId, elem: TypeId, make: impl FnOnce(TypeId) -> TypeId) -> TypeId {
        let new = self.ty(elem);
        if new == elem { ty } else { make(new) }
    }

    fn tuple(&mut self, ty: TypeId) -> TypeId {
        match self.vars(self.store.tuple(ty)) {
            Some(vars) => self.store.new_tuple(vars),
            None => ty,
        }
    }

    fn types(&mut self, list: &[TypeId]) -> Option<Vec<TypeId>> {
        replace_all(list, |t| self.ty(t))
    }

    fn vars(&mut self, list: &[ObjId]) -> Option<Vec<ObjId>> {
        replace_all(list, |var| {
            let Some(old) = self.store.obj(var).ty() else { return var };
            let new = self.ty(old);
            if new == old { var } else { clone_var(self.store, var, Some(new)) }
        })
    }

    /// The receiver stays: whoever substitutes a whole interface or instance replaces it. Substituting in it
    /// here would run in circles where an interface is the receiver of its own methods.
    fn signature(&mut self, signature: &Signature) -> Option<Signature> {
        match signature.tparams.first() {
            Some(first) if !self.map.0.contains_key(first) => {
                let (fresh, map) = self.fresh_tparams(&signature.tparams);
                let mut inner = Subst::new(self.store, &map, self.depth);
                let params = inner.tuple(signature.params);
                let results = inner.tuple(signature.results);
                Some(Signature { tparams: fresh, params, results, ..signature.clone() })
            }
            _ => {
                let params = self.tuple(signature.params);
                let results = self.tuple(signature.results);
                let same = params == signature.params && results == signature.results;
                (!same).then(|| Signature { params, results, ..signature.clone() })
            }
        }
    }

    /// New type parameters in place of those of a generic method, whose constraints may mention the parameters
    /// that are being replaced, and the map extended by them.
    fn fresh_tparams(&mut self, tparams: &[TypeId]) -> (Box<[TypeId]>, SubstMap) {
        let store = self.store;
        let mut map = self.map.clone();
        let fresh: Box<[TypeId]> = tparams
            .iter()
            .enumerate()
            .map(|(i, &tparam)| {
                let name = store.obj(store.named_obj(tparam));
                let object = store.new_object(Object::type_name(name.pos, name.pkg, name.name, None));
                let new = store.new_type_param(object);
                if let Type::TypeParam(p) = store.ty(new) {
                    p.set_index(i);
                }
                map.0.insert(tparam, new);
                new
            })
            .collect();
        for (&old, &new) in tparams.iter().zip(&fresh) {
            if let (Type::TypeParam(old), Type::TypeParam(new)) = (store.ty(old), store.ty(new))
                && let Some(bound) = old.bound()
            {
                new.set_bound(Subst::new(store, &map, self.depth).ty(bound));
            }
        }
        (fresh, map)
    }

    fn interface(&mut self, ty: TypeId, interface: &Interface) -> TypeId {
        let store = self.store;
        let methods = replace_all(&interface.methods, |method| {
            let Some(old) = store.obj(method).ty() else { return method };
            let new = self.ty(old);
            if new == old { method } else { clone_func(store, method, new) }
        });
        let embeds = self.types(&interface.embeds);
        if methods.is_none() && embeds.is_none() {
            return ty;
        }
        let methods = methods.unwrap_or_else(|| interface.methods.clone());
        let embeds = embeds.unwrap_or_else(|| interface.embeds.clone());
        let (methods, receivers) = detach_receivers(store, &methods, ty);
        let new = new_interface(store, interface, methods, embeds);
        for recv in receivers {
            store.obj(recv).set_ty(Some(new));
        }
        new
    }

    fn union(&mut self, ty: TypeId, union: &Union) -> TypeId {
        let types: Vec<TypeId> = union.terms.iter().map(|t| t.ty).collect();
        let Some(types) = self.types(&types) else { return ty };
        let terms = union.terms.iter().zip(types).map(|(old, ty)| Term { tilde: old.tilde, ty }).collect();
        self.store.new_union(Union { terms })
    }
}

/// The list with each element replaced; `None` if all stay.
fn replace_all<T: Copy + PartialEq>(list: &[T], mut f: impl FnMut(T) -> T) -> Option<Vec<T>> {
    let mut out: Option<Vec<T>> = None;
    for (i, &old) in list.iter().enumerate() {
        let new = f(old);
        if new != old {
            out.get_or_insert_with(|| list.to_vec())[i] = new;
        }
    }
    out
}
