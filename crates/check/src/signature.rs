//! Signatures: receivers, type parameters, parameters and results.

use escargo_base::Symbol;
use escargo_dialect::Feature;
use escargo_syntax::{Expr, ExprId, FieldId, IdentId, List};
use escargo_types::subst::{SubstMap, subst};
use escargo_types::{BasicKind, ObjId, Object, Signature, Type, TypeId, VarKind};
use smallvec::SmallVec;

use crate::checker::Checker;
use crate::code::Code;
use crate::info::{Mode, NodeRef, ScopeId};

/// The parts of a receiver's type `*Base[P, Q]`.
#[derive(Debug)]
pub(crate) struct ReceiverType {
    pub(crate) is_pointer: bool,
    /// The type without pointer and type parameters; a name unless there was an error.
    pub(crate) base: ExprId,
    /// The type parameters, if there are brackets: anything but names was an error.
    pub(crate) tparams: Option<List<ExprId>>,
}

/// Parameters or results, collected but not declared yet.
struct Params {
    names: SmallVec<[Option<IdentId>; 4]>,
    vars: Vec<ObjId>,
    variadic: bool,
}

impl<'a> Checker<'a> {
    /// Fills a pending signature from a function type. `recv` and `tparams` are those of a declaration.
    pub(crate) fn func_type(
        &mut self,
        sig: TypeId,
        recv: Option<FieldId>,
        tparams: List<FieldId>,
        ty: ExprId,
    ) {
        let (signature, scope) = self.signature(Some(sig), recv, tparams, ty);
        self.sig_scopes.insert(sig, scope);
        self.store.complete_signature(sig, signature);
    }

    /// Scope of the parameters of a signature that was written in this package, in which its body is checked.
    pub(crate) fn signature_scope(&self, sig: TypeId) -> ScopeId {
        self.sig_scopes.get(&sig).copied().unwrap_or(self.pkg_scope)
    }

    /// A function type literal.
    pub(crate) fn func_type_literal(&mut self, e: ExprId) -> TypeId {
        let (signature, scope) = self.signature(None, None, List::EMPTY, e);
        let sig = self.store.new_signature(signature);
        self.sig_scopes.insert(sig, scope);
        sig
    }

    /// Determines a signature and the scope of its parameters. The type parameters of a `pending` signature are known to
    /// whatever refers to the function from within its parameters.
    pub(crate) fn signature(
        &mut self,
        pending: Option<TypeId>,
        recv: Option<FieldId>,
        tparams: List<FieldId>,
        ty: ExprId,
    ) -> (Signature, ScopeId) {
        let tree = self.tree();
        let Expr::FuncType { params, results } = tree[ty] else {
            return (Signature::default(), self.env.scope);
        };
        let outer = self.env.scope;
        let scope = self.enter_scope(NodeRef::Expr(ty), true);

        let (recv_var, recv_tparams) = match recv {
            Some(field) => {
                let (var, tparams) = self.collect_receiver(field);
                (Some(var), tparams)
            }
            None => (None, Vec::new()),
        };
        let tparams = if tparams.is_empty() { Vec::new() } else { self.collect_type_params(tparams) };
        if let (Some(pending), false) = (pending, tparams.is_empty()) {
            self.store.announce_type_params(pending, &tparams);
        }
        let params = self.collect_params(VarKind::Param, params);
        let results = self.collect_params(VarKind::Result, results);

        // Only now: no parameter may hide a name that the types use.
        if let (Some(field), Some(var)) = (recv, recv_var)
            && let Some(name) = tree[field].name
        {
            self.declare(scope, Some(name), var);
        }
        for list in [&params, &results] {
            for (&name, &var) in list.names.iter().zip(&list.vars) {
                if name.is_some() {
                    self.declare(scope, name, var);
                }
            }
        }
        self.env.scope = outer;
        let signature = Signature {
            tparams: tparams.into(),
            recv_tparams: recv_tparams.into(),
            recv: recv_var,
            variadic: params.variadic,
            params: self.store.new_tuple(params.vars),
            results: self.store.new_tuple(results.vars),
        };
        (signature, scope)
    }

    fn collect_params(&mut self, kind: VarKind, fields: List<FieldId>) -> Params {
        let tree = self.tree();
        let mut list = Params {
            names: SmallVec::with_capacity(fields.len()),
            vars: Vec::with_capacity(fields.len()),
            variadic: false,
        };
        let mut previous: Option<(ExprId, TypeId)> = None;
        for (i, id) in tree.list(fields).enumerate() {
            let field = &tree[id];
            let ty = match previous {
                Some((same, ty)) if same == field.ty => ty,
                _ => {
                    let last = kind == VarKind::Param && i + 1 == fields.len();
                    let (ty, variadic) = self.param_type(field.ty, last);
                    list.variadic = variadic;
                    ty
                }
            };
            previous = Some((field.ty, ty));
            let pos = self.at(field.loc.pos);
            let name = field.name.map_or(Symbol::EMPTY, |n| tree.name(n));
            let var = self.store.new_object(Object::var(kind, pos, Some(self.pkg), name, Some(ty)));
            if field.name.is_none() {
                self.record_implicit(NodeRef::Field(id), var);
            }
            list.names.push(field.name);
            list.vars.push(var);
        }
        list
    }

    /// A parameter's type and whether it is `...T`, which only the last may be; the type is `[]T` then.
    fn param_type(&mut self, e: ExprId, last: bool) -> (TypeId, bool) {
        let Expr::DotsType(elem) = self.tree()[e] else { return (self.var_type(e), false) };
        if !last {
            self.error_at(e, Code::InvalidSyntaxTree, "invalid use of ...");
            return (self.var_type(elem), false);
        }
        let elem = self.var_type(elem);
        let slice = self.written(self.store.slice(elem));
        self.record_type_and_value(e, Mode::TypeExpr, slice, None);
        (slice, true)
    }

    // ----- receivers -----

    /// Takes a receiver's type apart.
    pub(crate) fn unpack_receiver(&self, file: usize, e: ExprId) -> ReceiverType {
        let tree = self.files[file].tree;
        let mut base = tree.unparen(e);
        let mut is_pointer = false;
        if let Expr::Star(elem) = tree[base] {
            is_pointer = true;
            base = tree.unparen(elem);
        }
        match tree[base] {
            Expr::Index { x, indices } => ReceiverType { is_pointer, base: x, tparams: Some(indices) },
            _ => ReceiverType { is_pointer, base, tparams: None },
        }
    }

    /// Makes the receiver's variable and declares its type parameters (but not the variable).
    fn collect_receiver(&mut self, field: FieldId) -> (ObjId, Vec<TypeId>) {
        let tree = self.tree();
        let f = &tree[field];
        let parts = self.unpack_receiver(self.env.file, f.ty);
        let (ty, tparams) = match parts.tparams {
            None => (self.plain_receiver_type(f.ty, parts.base), Vec::new()),
            Some(args) => self.generic_receiver_type(f.ty, &parts, args),
        };
        let pos = self.at(f.loc.pos);
        let name = f.name.map_or(Symbol::EMPTY, |n| tree.name(n));
        let var = self.store.new_object(Object::var(VarKind::Receiver, pos, Some(self.pkg), name, Some(ty)));
        if f.name.is_none() {
            self.record_implicit(NodeRef::Field(field), var);
        }
        // Looking at the type now could expand types that are still being declared.
        self.later(move |c| c.check_receiver(parts.base, var));
        (var, tparams)
    }

    /// A receiver's type without type parameters: no alias on the way may name an instance.
    fn plain_receiver_type(&mut self, e: ExprId, base: ExprId) -> TypeId {
        let ty = self.var_type(e);
        let mut at = self.without_pointers(ty);
        while let Type::Alias(alias) = self.store.ty(at) {
            let Some(rhs) = alias.rhs() else { break };
            at = self.without_pointers(rhs);
            let is_instance = match self.store.ty(at) {
                Type::Named(_) | Type::Alias(_) => !self.store.tparams(at).is_empty(),
                _ => false,
            };
            if is_instance {
                let message = format!("cannot define new methods on instantiated type {}", self.ts(at));
                self.error_at(base, Code::InvalidRecv, message);
                return TypeId::INVALID;
            }
        }
        ty
    }

    fn without_pointers(&self, mut ty: TypeId) -> TypeId {
        while let Type::Pointer(elem) = *self.store.ty(ty) {
            ty = elem;
        }
        ty
    }

    fn generic_receiver_type(
        &mut self,
        e: ExprId,
        parts: &ReceiverType,
        args: List<ExprId>,
    ) -> (TypeId, Vec<TypeId>) {
        // The base comes first: the parameters may have its name.
        let generic = self.receiver_base(parts.base);
        let tree = self.tree();
        let mut tparams = Vec::with_capacity(args.len());
        for arg in tree.list(args) {
            tparams.push(self.receiver_type_param(arg));
        }
        self.number_type_params(&tparams);
        let Some(generic) = generic else { return (TypeId::INVALID, tparams) };

        let store = self.store;
        let declared = store.tparams(generic);
        if declared.len() == tparams.len() {
            let map = SubstMap::new(declared, &tparams);
            for (&own, &of_base) in tparams.iter().zip(declared) {
                self.mono.record_canonical(own, of_base);
                if let (Type::TypeParam(p), Type::TypeParam(q)) = (store.ty(own), store.ty(of_base))
                    && let Some(bound) = q.bound()
                {
                    p.set_bound(subst(store, bound, &map));
                }
            }
        } else {
            let count = tparams.len();
            let message = format!(
                "receiver declares {count} type parameter{}, but receiver base type declares {}",
                if count == 1 { "" } else { "s" },
                declared.len()
            );
            self.error_at(parts.base, Code::BadRecv, message);
        }
        let base_start = self.start(parts.base);
        self.require(Feature::Generics, base_start, || "type instantiation".into());
        let mut ty = self.instance(self.node_pos(e), generic, &tparams);
        self.record_instance(parts.base, &tparams, ty);
        if parts.is_pointer && store.is_valid(ty) {
            ty = store.pointer(ty);
        }
        self.record_receiver_types(e, ty);
        (ty, tparams)
    }

    /// The generic type that a receiver with type parameters belongs to.
    fn receiver_base(&mut self, base: ExprId) -> Option<TypeId> {
        let mut cause = String::new();
        let ty = self.generic_type(base, &mut cause);
        if !self.store.is_valid(ty) {
            if !cause.is_empty() {
                self.error_at(base, Code::InvalidRecv, cause);
            }
            return None;
        }
        match self.store.ty(ty) {
            Type::Named(_) => Some(ty),
            _ => {
                let message = format!("cannot define new methods on generic alias type {}", self.ts(ty));
                self.error_at(base, Code::InvalidRecv, message);
                None
            }
        }
    }

    /// Declares a type parameter of a receiver. Its name counts both as declared and as used.
    fn receiver_type_param(&mut self, arg: ExprId) -> TypeId {
        let Expr::Name(ident) = self.tree()[arg] else {
            if !matches!(self.tree()[arg], Expr::Bad) {
                let message = format!("receiver type parameter {} must be an identifier", self.es(arg));
                self.error_at(arg, Code::BadDecl, message);
            }
            return self.declare_type_param(None);
        };
        let tparam = self.declare_type_param(Some(ident));
        self.record_use(ident, self.store.named_obj(tparam));
        self.record_type_and_value(arg, Mode::TypeExpr, tparam, None);
        tparam
    }

    /// Records `(*(T[P]))` from the outside in.
    fn record_receiver_types(&mut self, e: ExprId, ty: TypeId) {
        let (mut e, mut ty) = (e, ty);
        loop {
            self.record_type_and_value(e, Mode::TypeExpr, ty, None);
            match self.tree()[e] {
                Expr::Paren(inner) => e = inner,
                Expr::Star(inner) => {
                    let Type::Pointer(elem) = *self.store.ty(ty) else { return };
                    (e, ty) = (inner, elem);
                }
                _ => return,
            }
        }
    }

    /// Methods belong to types of this package that are neither pointers nor interfaces.
    fn check_receiver(&mut self, base: ExprId, recv: ObjId) {
        let declared = self.store.obj_type(recv);
        let ty = match *self.store.ty(self.store.unalias(declared)) {
            Type::Pointer(elem) => elem,
            _ => declared,
        };
        let actual = self.store.unalias(ty);
        if !self.store.is_valid(actual) {
            return;
        }
        let message = match self.store.ty(actual) {
            Type::Named(named) => {
                let obj = self.store.obj(named.obj);
                if obj.pkg != Some(self.pkg) || obj.name.as_str().starts_with("_Ctype_") {
                    format!("cannot define new methods on non-local type {}", self.ts(ty))
                } else {
                    let cause = match self.store.ty(self.store.under(actual)) {
                        Type::Basic(b) if b.kind == BasicKind::UnsafePointer => "unsafe.Pointer",
                        Type::Pointer(_) | Type::Interface(_) => "pointer or interface type",
                        _ => return,
                    };
                    format!("invalid receiver type {} ({cause})", self.ts(ty))
                }
            }
            Type::Basic(_) => format!("cannot define new methods on non-local type {}", self.ts(ty)),
            _ => format!("invalid receiver type {}", self.ts(declared)),
        };
        self.error_at(base, Code::InvalidRecv, message);
    }
}
