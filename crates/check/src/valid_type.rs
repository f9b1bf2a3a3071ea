//! Types that contain themselves.
//!
//! The walk follows what a value of a type holds in memory (array elements, struct fields) and what an interface
//! embeds. It keeps two lists: the *nest*, the types that hold the one at hand, and the *path*, all named types passed
//! on the way. A type found in its own nest has no finite size. The lists differ because of type arguments: those of
//! an instance are written outside of it, so they are walked in the nest that the instance itself stands in.
//!
//! ```text
//! type A[P any] struct { _ B[P] }
//! type B[P any] struct { _ P }
//! var _ A[A[string]]
//! ```
//!
//! `A[A[string]]` holds `B[P]`, which holds its `P`, which is `A`'s `P`, which is `A[string]`. That one is walked in
//! the nest of the whole expression, where there is no `A` yet. With the path in place of the nest, `A[string]` would
//! seem to stand inside `A`.

use escargo_types::identity::identical;
use escargo_types::{ObjId, Type, TypeId};
use rustc_hash::FxHashSet;

use crate::checker::Checker;
use crate::cycles::CycleStep;

/// A walk takes no more steps than this. Generic types can be made to hold exponentially many others; what is not
/// reached counts as valid.
const MAX_STEPS: usize = 1 << 18;

/// A list that grows at one end and is shared by the walks below.
struct Chain<'c> {
    ty: TypeId,
    outer: Option<&'c Chain<'c>>,
    id: u32,
}

/// Where the walk is.
#[derive(Clone, Copy)]
struct Place<'c> {
    /// The instances (and generic types) of the nest. Other types of the nest stand in [`Walk::plain_nest`].
    nest: Option<&'c Chain<'c>>,
    path: Option<&'c Chain<'c>>,
}

struct Walk<'w, 'a> {
    checker: &'w mut Checker<'a>,
    /// Types of the nest that have no type arguments or parameters. Walking an argument takes none of them away.
    plain_nest: FxHashSet<TypeId>,
    /// Types found valid inside the chain of an id.
    known: FxHashSet<(u32, TypeId)>,
    next_id: u32,
    steps: usize,
}

impl Checker<'_> {
    /// Reports a named type that contains itself, and makes it invalid.
    pub(crate) fn valid_type(&mut self, named: TypeId) {
        let mut walk = Walk {
            checker: self,
            plain_nest: FxHashSet::default(),
            known: FxHashSet::default(),
            next_id: 1,
            steps: 0,
        };
        walk.is_valid(named, Place { nest: None, path: None });
    }
}

impl Walk<'_, '_> {
    fn is_valid(&mut self, ty: TypeId, at: Place<'_>) -> bool {
        let store = self.checker.store;
        let ty = store.unalias(ty);
        match store.ty(ty) {
            Type::Array { elem, .. } => self.is_valid(*elem, at),
            Type::Struct(s) => s.fields.iter().all(|&f| self.is_valid(store.obj_type(f), at)),
            Type::Union(u) => u.terms.iter().all(|t| self.is_valid(t.ty, at)),
            Type::Interface(i) => i.embeds.iter().all(|&t| self.is_valid(t, at)),
            Type::Named(_) => {
                stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.named_is_valid(ty, at))
            }
            Type::TypeParam(_) => self.argument_is_valid(ty, at),
            _ => true,
        }
    }

    fn named_is_valid(&mut self, ty: TypeId, at: Place<'_>) -> bool {
        let store = self.checker.store;
        let Type::Named(named) = store.ty(ty) else { return true };
        self.steps += 1;
        let is_plain = named.origin().is_none() && named.own_tparams().is_empty();
        if self.steps > MAX_STEPS || self.is_known(ty, is_plain, at) {
            return true;
        }
        if is_plain && !self.plain_nest.insert(ty) || !is_plain && is_in(self.checker, ty, at.nest) {
            self.report(ty, at.path);
            return false;
        }
        let valid = match store.ty(named.origin().unwrap_or(ty)) {
            Type::Named(declared) => {
                declared.rhs().is_none_or(|rhs| self.rhs_is_valid(ty, is_plain, rhs, at))
            }
            _ => true,
        };
        if is_plain {
            self.plain_nest.remove(&ty);
        }
        if valid && self.steps <= MAX_STEPS {
            if is_plain {
                self.checker.valid_types.insert(ty);
            } else {
                self.known.insert((at.nest.map_or(0, |c| c.id), ty));
            }
        }
        valid
    }

    fn rhs_is_valid(&mut self, ty: TypeId, is_plain: bool, rhs: TypeId, at: Place<'_>) -> bool {
        let id = self.next_id;
        self.next_id += 1;
        let path = Chain { ty, outer: at.path, id };
        let nest = Chain { ty, outer: at.nest, id };
        let nest = if is_plain { at.nest } else { Some(&nest) };
        self.is_valid(rhs, Place { nest, path: Some(&path) })
    }

    fn is_known(&self, ty: TypeId, is_plain: bool, at: Place<'_>) -> bool {
        if !is_plain {
            return self.known.contains(&(at.nest.map_or(0, |c| c.id), ty));
        }
        // What such a type holds does not depend on where it stands: once is enough. Imported types hold none of this
        // package's.
        let store = self.checker.store;
        self.checker.valid_types.contains(&ty) || store.obj(store.named_obj(ty)).pkg != Some(self.checker.pkg)
    }

    /// A type parameter stands for the argument of the instance that is being walked.
    fn argument_is_valid(&mut self, tparam: TypeId, at: Place<'_>) -> bool {
        let store = self.checker.store;
        let Some(inner) = at.nest else { return true };
        let Type::Named(instance) = store.ty(inner.ty) else { return true };
        let place = store.tparams(inner.ty).iter().position(|&p| p == tparam);
        match place.and_then(|i| instance.targs().get(i)) {
            Some(&targ) => self.is_valid(targ, Place { nest: inner.outer, path: at.path }),
            None => true,
        }
    }

    fn report(&mut self, ty: TypeId, path: Option<&Chain<'_>>) {
        let mut steps: Vec<TypeId> = Vec::new();
        let mut at = path;
        while let Some(chain) = at {
            steps.push(chain.ty);
            at = chain.outer;
        }
        steps.reverse();
        let store = self.checker.store;
        let step = |t: TypeId| {
            let obj: ObjId = store.named_obj(t);
            let is_instance = matches!(store.ty(t), Type::Named(n) if n.origin().is_some());
            CycleStep { obj, instance: is_instance.then_some(t) }
        };
        let start = steps.iter().position(|&t| identical(store, t, ty)).unwrap_or(0);
        let cycle: Vec<CycleStep> = steps[start..].iter().map(|&t| step(t)).collect();
        // It holds itself however it is instantiated.
        if let Type::Named(named) = store.ty(ty)
            && let Type::Named(origin) = store.ty(named.origin().unwrap_or(ty))
        {
            origin.set_rhs(TypeId::INVALID);
            origin.set_underlying(TypeId::INVALID);
        }
        if !cycle.is_empty() {
            self.checker.cycle_error(&cycle, 0);
        }
    }
}

fn is_in(checker: &Checker<'_>, ty: TypeId, nest: Option<&Chain<'_>>) -> bool {
    let mut at = nest;
    while let Some(chain) = at {
        if identical(checker.store, chain.ty, ty) {
            return true;
        }
        at = chain.outer;
    }
    false
}
