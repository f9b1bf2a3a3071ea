//! Type inference (spec: Type inference).
//!
//! Type arguments that are not written are found in three steps: from typed arguments of the
//! call, from the constraints of the type parameters as long as that brings something new, and
//! from the default types of untyped arguments. What is inferred may refer to other parameters;
//! substitution removes these references in the end.

use escargo_base::{Pos, Symbol};
use escargo_types::subst::{SubstMap, subst};
use escargo_types::typeset::{common_under, constraint_interface, type_set};
use escargo_types::{BasicKind, Object, Signature, Term, Type, TypeId, TypeStore};
use rustc_hash::FxHashSet;

use crate::checker::Checker;
use crate::code::Code;
use crate::error::ErrorBuilder;
use crate::instantiate::type_param_bound;
use crate::operand::Operand;
use crate::unify::{Mode, Unifier};
use escargo_dialect::Feature;

/// What inference works on.
pub(crate) struct Inference<'i> {
    /// Where failures that belong to no argument are reported.
    pub(crate) pos: Pos,
    pub(crate) tparams: &'i [TypeId],
    /// Known arguments; may be shorter than `tparams`.
    pub(crate) targs: &'i [Option<TypeId>],
    /// Types of the parameters that the arguments are passed to.
    pub(crate) params: TypeId,
    pub(crate) args: &'i [Operand],
    /// For a generic function assigned to something of function type: what it is assigned to, and where. The only
    /// argument then stands for the target.
    pub(crate) reverse: Option<(&'i str, Pos)>,
}

impl<'a> Checker<'a> {
    /// Infers all type arguments. On failure the reason is added to `err`, except where an argument
    /// is invalid and an error was reported before.
    pub(crate) fn infer(
        &mut self,
        mut inference: Inference<'_>,
        err: &mut ErrorBuilder,
    ) -> Option<Vec<TypeId>> {
        let store = self.store;
        let n = inference.tparams.len();
        if inference.targs.len() == n
            && let Some(known) = inference.targs.iter().copied().collect::<Option<Vec<_>>>()
        {
            return Some(known);
        }
        if inference.args.iter().any(|a| !a.is_valid()) {
            return None;
        }
        let mut targs = inference.targs.to_vec();
        targs.resize(n, None);
        if inference.params != TypeId::EMPTY_TUPLE {
            inference.params = subst(store, inference.params, &known_map(inference.tparams, &targs));
        }
        let mut unifier = Unifier::new(inference.tparams, &targs, self.allows(Feature::InterfaceInference));

        let untyped = self.infer_from_arguments(&inference, &mut unifier, err)?;
        self.infer_from_constraints(&inference, &mut unifier, err)?;
        self.infer_from_untyped(&inference, &untyped, &mut unifier, err)?;

        let mut inferred = unifier.inferred(inference.tparams);
        CycleFinder {
            store,
            tparams: inference.tparams,
            inferred: &mut inferred,
            path: FxHashSet::default(),
            done: FxHashSet::default(),
        }
        .run();
        self.simplify(inference.tparams, &targs, &mut inferred);
        for (&tparam, inferred) in inference.tparams.iter().zip(&inferred) {
            if inferred.is_none_or(|t| store.is_parameterized(inference.tparams, t)) {
                let obj = store.obj(store.named_obj(tparam));
                let declared = self.position_text(obj.pos);
                err.add(inference.pos, format!("cannot infer {} (declared at {declared})", obj.name));
                return None;
            }
        }
        inferred.into_iter().collect()
    }

    /// Step 1. Gives the indices of untyped arguments whose parameter is a type parameter.
    fn infer_from_arguments(
        &mut self,
        inference: &Inference<'_>,
        unifier: &mut Unifier,
        err: &mut ErrorBuilder,
    ) -> Option<Vec<usize>> {
        let store = self.store;
        let mut untyped = Vec::new();
        for (i, (&param, arg)) in store.tuple(inference.params).iter().zip(inference.args).enumerate() {
            let param = store.obj_type(param);
            if !store.is_parameterized(inference.tparams, param)
                && !store.is_parameterized(inference.tparams, arg.ty)
            {
                continue;
            }
            if !store.is_untyped(arg.ty) {
                if !unifier.unify(self, param, arg.ty, Mode::ASSIGN) {
                    self.add_mismatch(inference, unifier, param, arg, err);
                    return None;
                }
            } else if matches!(store.ty(param), Type::TypeParam(_)) && !arg.is_nil() {
                untyped.push(i);
            }
        }
        Some(untyped)
    }

    fn add_mismatch(
        &self,
        inference: &Inference<'_>,
        unifier: &Unifier,
        param: TypeId,
        arg: &Operand,
        err: &mut ErrorBuilder,
    ) {
        let (at, text) = match inference.reverse {
            Some((desc, pos)) => (pos, desc.to_owned()),
            None => (self.op_start(arg), arg.expr.map_or_else(String::new, |e| self.es(e))),
        };
        let (arg_ty, param_text) = (self.ts(arg.ty), self.ts(param));
        let known = unifier.inferred(inference.tparams);
        if known.iter().all(Option::is_none) {
            let names = self.tparam_names(inference.tparams);
            err.add(
                at,
                format!("type {arg_ty} of {text} does not match {param_text} (cannot infer {names})"),
            );
            return;
        }
        let inferred = subst(self.store, param, &known_map(inference.tparams, &known));
        let message = if inferred == param {
            format!("type {arg_ty} of {text} does not match {param_text}")
        } else if inference.reverse.is_some() {
            let inferred = self.ts(inferred);
            format!("inferred type {inferred} for {param_text} does not match type {arg_ty} of {text}")
        } else {
            let inferred = self.ts(inferred);
            format!("type {arg_ty} of {text} does not match inferred type {inferred} for {param_text}")
        };
        err.add(at, message);
    }

    /// Step 2: each round infers at least one type or is the last.
    fn infer_from_constraints(
        &mut self,
        inference: &Inference<'_>,
        unifier: &mut Unifier,
        err: &mut ErrorBuilder,
    ) -> Option<()> {
        loop {
            let before = unifier.unknowns();
            for &tparam in inference.tparams {
                self.infer_from_constraint(inference, tparam, unifier, err)?;
            }
            if unifier.unknowns() == before {
                return Some(());
            }
        }
    }

    fn infer_from_constraint(
        &mut self,
        inference: &Inference<'_>,
        tparam: TypeId,
        unifier: &mut Unifier,
        err: &mut ErrorBuilder,
    ) -> Option<()> {
        let store = self.store;
        let known = unifier.at(tparam);
        let core = core_term(store, tparam);
        let unsatisfied = |c: &Self, known: TypeId| {
            let constraint = type_param_bound(store, tparam).map_or_else(String::new, |b| c.ts(b));
            format!("{} (type {}) does not satisfy {constraint}", c.ts(tparam), c.ts(known))
        };
        match (core, known) {
            (Some((core, _)), Some(known)) if !unifier.unify(self, known, core.ty, Mode::LOOSE) => {
                err.add(inference.pos, unsatisfied(self, known));
                return None;
            }
            (Some((core, true)), None) if !core.tilde => unifier.set(tparam, core.ty),
            _ => {}
        }
        if let Some(known) = known
            && !store.is_parameterized(inference.tparams, known)
        {
            let constraint = constraint_interface(store, tparam);
            let mut cause = String::new();
            let mut equivalent =
                |c: &mut Checker<'a>, x: TypeId, y: TypeId| unifier.unify(c, x, y, Mode::EXACT);
            if !self.has_all_methods(known, constraint, true, Some(&mut equivalent), Some(&mut cause)) {
                err.add(inference.pos, format!("{} {cause}", unsatisfied(self, known)));
                return None;
            }
        }
        Some(())
    }

    /// Step 3: the default type of the largest kind among the untyped arguments of a parameter.
    fn infer_from_untyped(
        &mut self,
        inference: &Inference<'_>,
        untyped: &[usize],
        unifier: &mut Unifier,
        err: &mut ErrorBuilder,
    ) -> Option<()> {
        let store = self.store;
        let params = store.tuple(inference.params);
        let mut largest: Vec<(TypeId, TypeId)> = Vec::new();
        for &i in untyped {
            let (tparam, arg) = (store.obj_type(params[i]), &inference.args[i]);
            if unifier.at(tparam).is_some() {
                continue;
            }
            match largest.iter_mut().find(|(p, _)| *p == tparam) {
                None => largest.push((tparam, arg.ty)),
                Some((_, max)) => match larger_untyped(store, *max, arg.ty) {
                    Some(larger) => *max = larger,
                    None => {
                        let (max, ty, tparam) = (self.ts(*max), self.ts(arg.ty), self.ts(tparam));
                        let message = format!("mismatched types {max} and {ty} (cannot infer {tparam})");
                        err.add(self.op_start(arg), message);
                        return None;
                    }
                },
            }
        }
        for (tparam, ty) in largest {
            unifier.set(tparam, store.default_type(ty));
        }
        Some(())
    }

    /// Replaces references to parameters among the inferred types by what was inferred for them. Cycles
    /// have been removed, so this ends; the bound is a second line of defence.
    fn simplify(&mut self, tparams: &[TypeId], given: &[Option<TypeId>], inferred: &mut [Option<TypeId>]) {
        let store = self.store;
        let mut dirty: Vec<usize> =
            (0..inferred.len()).filter(|&i| inferred[i].is_some() && given[i].is_none()).collect();
        for _ in 0..=tparams.len() {
            if dirty.is_empty() {
                return;
            }
            let map = known_map(tparams, inferred);
            dirty.retain(|&i| {
                let Some(before) = inferred[i] else { return false };
                let mut after = subst(store, before, &map);
                if after == before {
                    return false;
                }
                if let Some(signature) = store.as_signature(after)
                    && !signature.tparams.is_empty()
                    && !store.is_parameterized(tparams, after)
                {
                    after = store.new_signature(Signature { tparams: Box::default(), ..signature.clone() });
                }
                inferred[i] = Some(after);
                true
            });
        }
    }

    /// New type parameters in place of old ones, so that those of a generic function are not mistaken for those in
    /// scope where it calls itself. Gives the new parameters and `ty` in their terms.
    pub(crate) fn rename_type_params(&mut self, tparams: &[TypeId], ty: TypeId) -> (Vec<TypeId>, TypeId) {
        let store = self.store;
        let renamed: Vec<TypeId> = tparams
            .iter()
            .enumerate()
            .map(|(i, &p)| {
                let obj = store.obj(store.named_obj(p));
                let name = store.new_object(Object::type_name(obj.pos, obj.pkg, obj.name, None));
                let renamed = store.new_type_param(name);
                if let Type::TypeParam(p) = store.ty(renamed) {
                    p.set_index(i);
                }
                renamed
            })
            .collect();
        let map = SubstMap::new(tparams, &renamed);
        for (&old, &new) in tparams.iter().zip(&renamed) {
            if let (Some(bound), Type::TypeParam(p)) = (type_param_bound(store, old), store.ty(new)) {
                p.set_bound(subst(store, bound, &map));
            }
        }
        (renamed, subst(store, ty, &map))
    }

    /// `P`, `P and Q`, `P, Q, and R`.
    fn tparam_names(&self, tparams: &[TypeId]) -> String {
        let names: Vec<Symbol> =
            tparams.iter().map(|&p| self.store.obj(self.store.named_obj(p)).name).collect();
        match &names[..] {
            [] => String::new(),
            [one] => one.to_string(),
            [a, b] => format!("{a} and {b}"),
            [init @ .., last] => {
                let init: Vec<&str> = init.iter().map(|n| n.as_str()).collect();
                format!("{}, and {last}", init.join(", "))
            }
        }
    }

    /// An empty error to which inference adds its reason.
    pub(crate) fn inference_error(&self) -> ErrorBuilder {
        self.new_error(Code::CannotInferTypeArgs)
    }
}

/// Maps the parameters that are known.
fn known_map(tparams: &[TypeId], targs: &[Option<TypeId>]) -> SubstMap {
    SubstMap(tparams.iter().zip(targs).filter_map(|(&p, &t)| Some((p, t?))).collect())
}

/// The term that stands for all of a type parameter's type set, if there is one; and whether it is the only term.
fn core_term(store: &TypeStore, tparam: TypeId) -> Option<(Term, bool)> {
    let set = type_set(store, constraint_interface(store, tparam));
    let terms = set.terms.as_deref().unwrap_or_default();
    if let [single] = terms {
        return Some((*single, true));
    }
    let tilde = terms.iter().any(|t| t.tilde);
    common_under(store, tparam).map(|ty| (Term { tilde, ty }, false))
}

/// The larger kind of two untyped types, if they can be mixed.
fn larger_untyped(store: &TypeStore, x: TypeId, y: TypeId) -> Option<TypeId> {
    if x == y {
        return Some(x);
    }
    let kind = |t| store.basic_kind(t).unwrap_or(BasicKind::Invalid);
    (store.is_untyped_numeric(x) && store.is_untyped_numeric(y))
        .then(|| if kind(x) > kind(y) { x } else { y })
}

/// Finds parameters whose inferred type leads back to themselves and takes that type away.
struct CycleFinder<'c> {
    store: &'c TypeStore,
    tparams: &'c [TypeId],
    inferred: &'c mut [Option<TypeId>],
    /// Types on the way to the one that is being looked at.
    path: FxHashSet<TypeId>,
    /// Types that were looked at: a type may be used twice on each of many levels.
    done: FxHashSet<TypeId>,
}

impl CycleFinder<'_> {
    fn run(mut self) {
        for &tparam in self.tparams {
            self.visit(tparam);
        }
    }

    fn visit(&mut self, ty: TypeId) {
        let store = self.store;
        let ty = store.unalias(ty);
        if self.done.contains(&ty) {
            return;
        }
        let param = self.tparams.iter().position(|&p| p == ty);
        if !self.path.insert(ty) {
            if let Some(i) = param {
                self.inferred[i] = None;
            }
            return;
        }
        match store.ty(ty) {
            Type::Basic(_) | Type::Alias(_) => {}
            &Type::Array { elem, .. }
            | &Type::Slice(elem)
            | &Type::Pointer(elem)
            | &Type::Chan { elem, .. } => {
                self.visit(elem);
            }
            &Type::Map { key, elem } => {
                self.visit(key);
                self.visit(elem);
            }
            Type::Struct(s) => s.fields.iter().for_each(|&f| self.visit(store.obj_type(f))),
            Type::Tuple(t) => t.vars.iter().for_each(|&v| self.visit(store.obj_type(v))),
            Type::Signature(s) => {
                let s = s.get();
                for list in [s.params, s.results] {
                    store.tuple(list).iter().for_each(|&v| self.visit(store.obj_type(v)));
                }
            }
            Type::Union(u) => u.terms.iter().for_each(|t| self.visit(t.ty)),
            Type::Interface(i) => {
                i.methods.iter().for_each(|&m| self.visit(store.obj_type(m)));
                i.embeds.iter().for_each(|&e| self.visit(e));
            }
            Type::Named(n) => n.targs().iter().for_each(|&t| self.visit(t)),
            Type::TypeParam(_) => {
                if let Some(inferred) = param.and_then(|i| self.inferred[i]) {
                    self.visit(inferred);
                }
            }
        }
        self.path.remove(&ty);
        self.done.insert(ty);
    }
}
