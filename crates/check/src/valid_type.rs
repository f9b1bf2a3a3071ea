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

use crate::checker::Checker;
use crate::cycles::CycleStep;

/// A list that grows at one end and is shared by the walks below.
struct Chain<'c> {
    ty: TypeId,
    outer: Option<&'c Chain<'c>>,
}

impl Checker<'_> {
    /// Reports a named type that contains itself, and makes it invalid.
    pub(crate) fn valid_type(&mut self, named: TypeId) {
        self.is_valid_in(named, None, None);
    }

    fn is_valid_in(&mut self, ty: TypeId, nest: Option<&Chain<'_>>, path: Option<&Chain<'_>>) -> bool {
        let store = self.store;
        let ty = store.unalias(ty);
        match store.ty(ty) {
            Type::Array { elem, .. } => self.is_valid_in(*elem, nest, path),
            Type::Struct(s) => s.fields.iter().all(|&f| self.is_valid_in(store.obj_type(f), nest, path)),
            Type::Union(u) => u.terms.iter().all(|t| self.is_valid_in(t.ty, nest, path)),
            Type::Interface(i) => i.embeds.iter().all(|&t| self.is_valid_in(t, nest, path)),
            Type::Named(_) => {
                stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.named_is_valid_in(ty, nest, path))
            }
            Type::TypeParam(_) => self.argument_is_valid(ty, nest, path),
            _ => true,
        }
    }

    fn named_is_valid_in(&mut self, ty: TypeId, nest: Option<&Chain<'_>>, path: Option<&Chain<'_>>) -> bool {
        let store = self.store;
        let Type::Named(named) = store.ty(ty) else { return true };
        let is_plain = named.origin().is_none() && named.own_tparams().is_empty();
        let pkg = store.obj(named.obj).pkg;
        // What such a type holds does not depend on where it stands: once is enough. Imported types hold none of
        // this package's.
        if is_plain && (pkg != Some(self.pkg) || self.valid_types.contains(&ty)) {
            return true;
        }
        let mut at = nest;
        while let Some(chain) = at {
            if identical(store, chain.ty, ty) {
                self.report_nested(ty, path);
                return false;
            }
            at = chain.outer;
        }
        let origin = named.origin().unwrap_or(ty);
        let Type::Named(declared) = store.ty(origin) else { return true };
        let Some(rhs) = declared.rhs() else { return true };
        let valid = self.is_valid_in(rhs, Some(&Chain { ty, outer: nest }), Some(&Chain { ty, outer: path }));
        if valid && is_plain {
            self.valid_types.insert(ty);
        }
        valid
    }

    /// A type parameter stands for the argument of the instance that is being walked.
    fn argument_is_valid(
        &mut self,
        tparam: TypeId,
        nest: Option<&Chain<'_>>,
        path: Option<&Chain<'_>>,
    ) -> bool {
        let Some(inner) = nest else { return true };
        let Type::Named(instance) = self.store.ty(inner.ty) else { return true };
        let place = self.store.tparams(inner.ty).iter().position(|&p| p == tparam);
        match place.and_then(|i| instance.targs().get(i)) {
            Some(&targ) => self.is_valid_in(targ, inner.outer, path),
            None => true,
        }
    }

    fn report_nested(&mut self, ty: TypeId, path: Option<&Chain<'_>>) {
        let mut steps: Vec<TypeId> = Vec::new();
        let mut at = path;
        while let Some(chain) = at {
            steps.push(chain.ty);
            at = chain.outer;
        }
        steps.reverse();
        let store = self.store;
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
            self.cycle_error(&cycle, 0);
        }
    }
}
