//! Instantiating generic types, aliases and functions, and checking that type arguments satisfy
//! their constraints.

use escargo_base::Pos;
use escargo_syntax::{Expr, ExprId, IdentId};
use escargo_types::spelling::{spelled_alike, spelling_hash};
use escargo_types::subst::{SubstMap, alias_instance, instantiate_signature, subst};
use escargo_types::typeset::constraint_interface;
use escargo_types::{Signature, Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::info::{Instance, SelectionKind};

impl<'a> Checker<'a> {
    /// The instance of a generic type, alias or signature. Whether the arguments satisfy the constraints is not
    /// verified here. Within a package, arguments spelled alike give the same instance: the first one stands for all
    /// (the compiler's instantiation context, `types2/context.go`).
    pub(crate) fn instance(&mut self, pos: Pos, generic: TypeId, targs: &[TypeId]) -> TypeId {
        let store = self.store;
        if let Type::Signature(_) = store.ty(generic) {
            let want = store.tparams(generic).len();
            if !self.validate_type_arg_count(pos, || self_string(generic), want, targs.len()) {
                return TypeId::INVALID;
            }
            return self.signature_instance(generic, targs);
        }
        let hash = spelling_hash(store, generic, targs);
        if let Some(found) = self.known_instance(hash, generic, targs) {
            return found;
        }
        let made = match store.ty(generic) {
            Type::Named(_) => store.named_instance(generic, targs, pos),
            Type::Alias(alias) => {
                let name = store.obj(alias.obj).name;
                let want = alias.tparams().len();
                if !self.validate_type_arg_count(pos, || name.to_string(), want, targs.len()) {
                    return TypeId::INVALID;
                }
                if want == 0 {
                    return generic;
                }
                alias_instance(store, generic, targs)
            }
            _ => return TypeId::INVALID,
        };
        self.instance_context.entry(hash).or_default().push(made);
        made
    }

    /// As [`instance`](Self::instance), for signatures: dictionaries tell types of parameters apart by what they are
    /// parameters of.
    fn signature_instance(&mut self, generic: TypeId, targs: &[TypeId]) -> TypeId {
        let store = self.store;
        let hash = spelling_hash(store, generic, targs);
        let known = self
            .signature_context
            .entry(hash)
            .or_default()
            .iter()
            .find(|known| known.0 == generic && spelled_alike(store, &known.1, targs));
        if let Some(&(_, _, instance)) = known {
            return instance;
        }
        let made = instantiate_signature(store, generic, targs);
        self.signature_context.entry(hash).or_default().push((generic, targs.into(), made));
        made
    }

    fn known_instance(&self, hash: u64, generic: TypeId, targs: &[TypeId]) -> Option<TypeId> {
        let store = self.store;
        self.instance_context.get(&hash)?.iter().copied().find(|&candidate| {
            let origin = match store.ty(candidate) {
                Type::Named(n) => n.origin(),
                Type::Alias(a) => a.origin,
                _ => None,
            };
            origin == Some(generic) && spelled_alike(store, store.targs(candidate), targs)
        })
    }

    /// Reports a wrong number of type arguments for a type.
    pub(crate) fn validate_type_arg_count(
        &mut self,
        pos: Pos,
        name: impl FnOnce() -> String,
        want: usize,
        got: usize,
    ) -> bool {
        let quality = match got.cmp(&want) {
            std::cmp::Ordering::Less => "not enough",
            std::cmp::Ordering::Greater => "too many",
            std::cmp::Ordering::Equal => return true,
        };
        let message = format!("{quality} type arguments for type {}: have {got}, want {want}", name());
        self.error(pos, Code::WrongTypeArgCount, message);
        false
    }

    /// Whether type arguments satisfy the constraints of their parameters; otherwise the index of the first that does
    /// not, and why.
    pub(crate) fn verify(&mut self, tparams: &[TypeId], targs: &[TypeId]) -> Result<(), (usize, String)> {
        let store = self.store;
        let map = SubstMap::new(tparams, targs);
        for (i, (&tparam, &targ)) in tparams.iter().zip(targs).enumerate() {
            let Some(declared) = type_param_bound(store, tparam) else { continue };
            // A constraint may be written without its interface: `[P ~[]E]`.
            let bound = match store.ty(store.under(declared)) {
                Type::Interface(_) => declared,
                _ => constraint_interface(store, tparam),
            };
            let bound = subst(store, bound, &map);
            let mut cause = String::new();
            if !self.implements(targ, bound, true, Some(&mut cause)) {
                return Err((i, cause));
            }
        }
        Ok(())
    }

    /// Instantiates a generic signature for `e` and puts off verifying the arguments. `written` are the type
    /// argument expressions, for the place of errors.
    pub(crate) fn instantiate_for(
        &mut self,
        pos: Pos,
        e: Option<ExprId>,
        generic: TypeId,
        targs: &[TypeId],
        written: &[ExprId],
    ) -> TypeId {
        let instance = self.instance(pos, generic, targs);
        if let Some(e) = e {
            self.record_instance(e, targs, instance);
        }
        let targs: Box<[TypeId]> = targs.into();
        let places: Vec<Pos> = written.iter().map(|&e| self.start(e)).collect();
        self.later(move |c| {
            let tparams = c.store.tparams(generic);
            match c.verify(tparams, &targs) {
                Err((i, cause)) => {
                    let at = places.get(i).copied().unwrap_or(pos);
                    c.soft_error(at, Code::InvalidTypeArg, cause);
                }
                Ok(()) => c.record_mono_instance(pos, tparams, &targs, &places),
            }
        });
        instance
    }

    /// Records the type arguments for the identifier of the generic function or type in `e`.
    pub(crate) fn record_instance(&mut self, e: ExprId, targs: &[TypeId], ty: TypeId) {
        let Some((ident, selector)) = self.instantiated_ident(e) else { return };
        let ty = match selector {
            Some(selector) => self.method_instance_type(selector, ty),
            None => ty,
        };
        let instance = Instance { targs: targs.into(), ty };
        self.info.files[self.env.file].instances.insert(ident, instance);
    }

    /// The identifier that names what is instantiated, and the selector expression around it if there is one.
    fn instantiated_ident(&self, e: ExprId) -> Option<(IdentId, Option<ExprId>)> {
        let tree = self.tree();
        let mut at = tree.unparen(e);
        if let Expr::Index { x, .. } = tree[at] {
            at = tree.unparen(x);
        }
        match tree[at] {
            Expr::Name(id) => Some((id, None)),
            Expr::Selector { sel, .. } => Some((sel, Some(at))),
            _ => None,
        }
    }

    /// For an instantiated method value or method expression: the signature with its receiver put back.
    fn method_instance_type(&self, selector: ExprId, ty: TypeId) -> TypeId {
        let store = self.store;
        let Some(selection) = self.info.files[self.env.file].selections.get(&selector) else { return ty };
        let Some(signature) = store.as_signature(ty) else { return ty };
        match selection.kind {
            SelectionKind::MethodExpr => {
                let Some((&recv, params)) = store.tuple(signature.params).split_first() else { return ty };
                let params = store.new_tuple(params);
                store.new_signature(Signature { recv: Some(recv), params, ..signature.clone() })
            }
            SelectionKind::MethodVal => {
                let method = store.as_signature(store.obj_type(selection.obj));
                let recv = method.and_then(|s| s.recv);
                store.new_signature(Signature { recv, ..signature.clone() })
            }
            SelectionKind::FieldVal => ty,
        }
    }
}

fn self_string(_: TypeId) -> String {
    "func".to_owned()
}

/// The declared constraint of a type parameter.
pub(crate) fn type_param_bound(store: &escargo_types::TypeStore, tparam: TypeId) -> Option<TypeId> {
    match store.ty(tparam) {
        Type::TypeParam(p) => p.bound(),
        _ => None,
    }
}
