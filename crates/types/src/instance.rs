//! Underlying types, aliases, and the lazy expansion of instances.
//!
//! Nothing here calls back into a checker: what a declaration in progress has not determined yet is
//! answered with [`TypeId::INVALID`] or `None` and not remembered, so that a later question gets the
//! real answer. Instances expand by one level per question, which is why infinitely expanding types
//! do no harm.

use escargo_base::{Pos, Symbol};

use crate::object::{Object, ObjectKind, VarKind};
use crate::store::{ObjId, TypeId, TypeStore};
use crate::subst::{SubstMap, rebind_receivers, subst};
use crate::ty::{Signature, Type};
use crate::typeset::constraint_interface;

/// Chains of declarations through more instances than this count as invalid (`type T[P any] T[[]P]`).
const MAX_EXPANSIONS: usize = 100;

/// Finds out in constant space whether a chain of types runs into itself (Brent's algorithm).
struct ChainGuard {
    anchor: TypeId,
    steps: u32,
    limit: u32,
}

impl ChainGuard {
    fn new(start: TypeId) -> Self {
        ChainGuard { anchor: start, steps: 0, limit: 1 }
    }
    fn revisits(&mut self, at: TypeId) -> bool {
        if at == self.anchor {
            return true;
        }
        self.steps += 1;
        if self.steps == self.limit {
            *self = ChainGuard { anchor: at, steps: 0, limit: self.limit.saturating_mul(2) };
        }
        false
    }
}

impl TypeStore {
    /// Looks through aliases. [`TypeId::INVALID`] if the chain is not known yet.
    #[inline]
    pub fn unalias(&self, ty: TypeId) -> TypeId {
        match self.ty(ty) {
            Type::Alias(alias) => alias.actual_cell().get().unwrap_or_else(|| self.resolve_alias(ty)),
            _ => ty,
        }
    }

    #[cold]
    fn resolve_alias(&self, start: TypeId) -> TypeId {
        let mut at = start;
        let mut guard = ChainGuard::new(start);
        while let Type::Alias(alias) = self.ty(at) {
            if let Some(known) = alias.actual_cell().get() {
                at = known;
                break;
            }
            let Some(next) = alias.rhs() else { return TypeId::INVALID };
            at = next;
            if guard.revisits(at) {
                return TypeId::INVALID;
            }
        }
        if let Type::Alias(alias) = self.ty(start) {
            alias.actual_cell().set(Some(at));
        }
        at
    }

    /// The underlying type: never `Named`, `Alias`; for a type parameter the interface of its constraint.
    /// [`TypeId::INVALID`] (and nothing is remembered) while a declaration it depends on has no right-hand side yet.
    #[inline]
    pub fn under(&self, ty: TypeId) -> TypeId {
        match self.ty(ty) {
            Type::Named(named) => {
                named.underlying_cell().get().unwrap_or_else(|| self.resolve_underlying(ty))
            }
            Type::Alias(_) => self.under_alias(ty),
            Type::TypeParam(_) => constraint_interface(self, ty),
            _ => ty,
        }
    }

    fn under_alias(&self, ty: TypeId) -> TypeId {
        let actual = self.unalias(ty);
        match self.ty(actual) {
            Type::Named(named) => {
                named.underlying_cell().get().unwrap_or_else(|| self.resolve_underlying(actual))
            }
            Type::TypeParam(_) => constraint_interface(self, actual),
            _ => actual,
        }
    }

    /// Follows right-hand sides to the first type that is no name, and remembers it for all names on the way.
    #[cold]
    fn resolve_underlying(&self, start: TypeId) -> TypeId {
        let mut path = Vec::new();
        let mut at = start;
        let mut guard = ChainGuard::new(start);
        let mut expansions = 0;
        let underlying = loop {
            match self.ty(at) {
                Type::Named(named) => {
                    if let Some(known) = named.underlying_cell().get() {
                        break known;
                    }
                    path.push(at);
                    expansions += usize::from(named.origin().is_some());
                    match self.named_rhs(at) {
                        Some(rhs) if expansions <= MAX_EXPANSIONS => at = rhs,
                        _ => return TypeId::INVALID,
                    }
                    if guard.revisits(at) {
                        return TypeId::INVALID;
                    }
                }
                Type::Alias(alias) => {
                    at = self.unalias(at);
                    if alias.actual_cell().get::<TypeId>().is_none() {
                        return TypeId::INVALID;
                    }
                }
                // Not allowed as a right-hand side; the checker replaces it.
                Type::TypeParam(_) => return TypeId::INVALID,
                _ => break at,
            }
        };
        for &id in &path {
            if let Type::Named(named) = self.ty(id) {
                named.underlying_cell().get_or_set(underlying);
            }
        }
        match self.ty(start) {
            Type::Named(named) => named.underlying_cell().get().unwrap_or(underlying),
            _ => underlying,
        }
    }

    /// Whether [`under`](Self::under) is final: `INVALID` can also mean that a declaration is still in progress.
    pub fn is_resolved(&self, ty: TypeId) -> bool {
        match self.ty(ty) {
            Type::Alias(alias) => {
                let actual = self.unalias(ty);
                alias.actual_cell().get::<TypeId>().is_some() && self.is_resolved(actual)
            }
            Type::Named(named) => {
                self.under(ty) != TypeId::INVALID || named.underlying_cell().get::<TypeId>().is_some()
            }
            _ => true,
        }
    }

    /// The right-hand side of a named type; for an instance, that of the origin with the arguments substituted.
    pub fn named_rhs(&self, named: TypeId) -> Option<TypeId> {
        let Type::Named(n) = self.ty(named) else { return None };
        if let Some(rhs) = n.rhs() {
            return Some(rhs);
        }
        let origin = n.origin()?;
        let Type::Named(generic) = self.ty(origin) else { return Some(TypeId::INVALID) };
        if generic.underlying_cell().get() == Some(TypeId::INVALID) {
            return Some(TypeId::INVALID);
        }
        let rhs = generic.rhs()?;
        let tparams = generic.own_tparams();
        let expanded = if tparams.len() == n.targs().len() || self.has_all_targs(origin, n.targs()) {
            let map = self.instance_map(origin, n.targs());
            let expanded = subst(self, rhs, &map);
            rebind_receivers(self, expanded, origin, named)
        } else {
            TypeId::INVALID
        };
        Some(n.rhs_cell().get_or_set(expanded))
    }

    /// The generic type that a named type is an instance of; itself if it is declared.
    pub fn origin(&self, named: TypeId) -> TypeId {
        match self.ty(named) {
            Type::Named(n) => n.origin().unwrap_or(named),
            Type::Alias(a) => a.origin.unwrap_or(named),
            _ => named,
        }
    }

    /// Type arguments of an instance of a named type or alias.
    pub fn targs(&self, ty: TypeId) -> &[TypeId] {
        match self.ty(ty) {
            Type::Named(n) => n.targs(),
            Type::Alias(a) => &a.targs,
            _ => &[],
        }
    }

    /// Type parameters of a named type or alias: its own, or for an instance those of the origin.
    /// For a signature its own (not the receiver's).
    pub fn tparams(&self, ty: TypeId) -> &[TypeId] {
        match self.ty(self.origin(ty)) {
            Type::Named(n) => n.own_tparams(),
            Type::Alias(a) => a.tparams(),
            Type::Signature(s) => &s.get().tparams,
            _ => &[],
        }
    }

    /// Declared methods of a named type; for an instance those of the origin.
    pub fn origin_methods(&self, named: TypeId) -> &[ObjId] {
        match self.ty(self.origin(named)) {
            Type::Named(n) => n.own_methods(),
            _ => &[],
        }
    }

    /// Number of declared methods of a named type (of the origin, for an instance).
    pub fn method_count(&self, named: TypeId) -> usize {
        self.origin_methods(named).len()
    }

    /// Method `i` of a named type. For an instance the object is made on demand; its type may be unset until
    /// [`method_type`](Self::method_type).
    pub fn method(&self, named: TypeId, i: usize) -> ObjId {
        let methods = self.origin_methods(named);
        let declared = methods[i];
        let Type::Named(n) = self.ty(named) else { return declared };
        if n.origin().is_none() {
            return declared;
        }
        let slot = &n.expanded_slots(methods.len())[i];
        slot.get().unwrap_or_else(|| {
            let object = self.obj(declared);
            let kind = ObjectKind::Func {
                ptr_recv: object.has_ptr_recv().into(),
                origin: Some(declared),
                instance: Some(named),
            };
            slot.get_or_set(self.new_object(Object::new(object.pos, object.pkg, object.name, None, kind)))
        })
    }

    /// Index of the declared method of a name (receiver base type only, embedded fields not looked at).
    pub fn method_index(&self, named: TypeId, name: Symbol, fold_case: bool) -> Option<usize> {
        if name.is_blank() {
            return None;
        }
        let methods = self.origin_methods(named);
        if fold_case {
            methods.iter().position(|&m| crate::lookup::equal_fold(self.obj(m).name, name))
        } else {
            methods.iter().position(|&m| self.obj(m).name == name)
        }
    }

    /// The signature type of a function object. For a method of an instance whose origin method is typed, it is
    /// expanded and stored. `None` while not known.
    pub fn method_type(&self, func: ObjId) -> Option<TypeId> {
        let object = self.obj(func);
        if let Some(ty) = object.ty() {
            return Some(ty);
        }
        let ObjectKind::Func { origin: Some(declared), instance: Some(instance), .. } = object.kind else {
            return None;
        };
        let generic = self.as_signature(self.obj(declared).ty()?)?;
        // A signature in progress has no receiver yet.
        let recv = generic.recv?;
        let signature = self.expand_method(declared, generic, recv, instance);
        Some(object.ty_or_set(self.new_signature(signature)))
    }

    fn expand_method(
        &self,
        declared: ObjId,
        generic: &Signature,
        recv: ObjId,
        instance: TypeId,
    ) -> Signature {
        let targs = self.targs(instance);
        let mut signature = if generic.recv_tparams.len() == targs.len() {
            let map = SubstMap::new(&generic.recv_tparams, targs);
            crate::subst::subst_signature(self, generic, &map)
        } else {
            generic.clone()
        };
        let recv_type = if self.has_ptr_recv(declared) { self.pointer(instance) } else { instance };
        let old = self.obj(recv);
        let kind = ObjectKind::Var {
            kind: VarKind::Receiver,
            embedded: false,
            origin: Some(old.origin().unwrap_or(recv)),
        };
        let recv = self.new_object(Object::new(old.pos, old.pkg, old.name, Some(recv_type), kind));
        signature.recv = Some(recv);
        signature.recv_tparams = Box::default();
        signature
    }

    /// Whether a method's receiver is a pointer. The signature decides; while it is not known, what was recorded
    /// with [`set_ptr_recv`](Object::set_ptr_recv).
    pub fn has_ptr_recv(&self, func: ObjId) -> bool {
        let object = self.obj(func);
        let recv = object.ty().and_then(|t| self.as_signature(t)).and_then(|s| s.recv);
        match recv.and_then(|r| self.obj(r).ty()) {
            Some(recv) => crate::lookup::deref(self, recv).1,
            None => match object.kind {
                ObjectKind::Func { origin: Some(declared), instance: Some(_), .. } => {
                    self.has_ptr_recv(declared)
                }
                _ => object.has_ptr_recv(),
            },
        }
    }

    /// The instance of a generic named type or alias; [`TypeId::INVALID`] for an alias if the number of
    /// arguments is wrong or its right-hand side is not known yet.
    pub fn instantiate(&self, generic: TypeId, targs: &[TypeId], pos: Pos) -> TypeId {
        match self.ty(generic) {
            Type::Named(_) => self.named_instance(generic, targs, pos),
            Type::Alias(_) => crate::subst::alias_instance(self, generic, targs),
            _ => TypeId::INVALID,
        }
    }
}
