//! Passing arguments to a function, and inferring its type arguments from them.

use escargo_base::Pos;
use escargo_dialect::Feature;
use escargo_syntax::{Expr, ExprId};
use escargo_types::subst::{SubstMap, subst};
use escargo_types::{ObjId, Object, Signature, Type, TypeId, VarKind};

use crate::checker::Checker;
use crate::code::Code;
use crate::infer::Inference;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// Checks the arguments of a call and gives the callee's signature, instantiated if it is generic. On failure the
    /// result is the signature as it was.
    ///
    /// `written` are type argument expressions with their types `targs` (fewer than the function has parameters), `count` is the number of
    /// argument expressions, `partial` the type arguments of generic function arguments instantiated in part.
    #[expect(clippy::too_many_arguments, reason = "a call has that many parts")]
    pub(crate) fn arguments(
        &mut self,
        call: ExprId,
        fun: ExprId,
        has_dots: bool,
        count: usize,
        sig: TypeId,
        targs: &[TypeId],
        written: &[ExprId],
        args: &mut [Operand],
        partial: &[Vec<TypeId>],
    ) -> TypeId {
        let store = self.store;
        let Some(signature) = store.as_signature(sig) else { return sig };
        let Some((params, spread)) = self.match_parameters(call, fun, has_dots, count, signature, args)
        else {
            return sig;
        };
        let has_generic_arg = args.iter().any(|a| is_generic_function(self, a));
        if signature.tparams.is_empty() && !has_generic_arg {
            self.assign_arguments(fun, store.tuple(params), spread, args);
            return sig;
        }
        self.generic_arguments(call, fun, sig, params, spread, targs, written, args, partial)
    }

    /// Pairs arguments with parameters. Gives the parameters, and the variadic one if it takes several arguments:
    /// arguments from there on have its element type.
    fn match_parameters(
        &mut self,
        call: ExprId,
        fun: ExprId,
        has_dots: bool,
        count: usize,
        signature: &Signature,
        args: &[Operand],
    ) -> Option<(TypeId, Option<Spread>)> {
        let store = self.store;
        let params = store.tuple(signature.params);
        let mut wanted = params.len();
        let mut spread = None;
        if has_dots && !signature.variadic {
            let message = format!("cannot use ... in call to non-variadic {}", self.es(fun));
            self.error_at(call, Code::NonVariadicDotDotDot, message);
            return None;
        }
        if has_dots && count == 1 && args.len() > 1 {
            let arg = args[0].expr.unwrap_or(call);
            let message = format!("cannot use ... with {}-valued {}", args.len(), self.es(arg));
            self.error_at(call, Code::InvalidDotDotDot, message);
            return None;
        }
        if signature.variadic && !has_dots {
            if let (Some((&last, _)), true) = (params.split_last(), args.len() + 1 >= params.len()) {
                spread = Some(Spread { from: params.len() - 1, param: last, elem: self.variadic_elem(last) });
                wanted = args.len();
            } else {
                wanted -= 1;
            }
        }
        if args.len() != wanted {
            self.report_argument_count(call, fun, has_dots, signature, args, wanted);
            return None;
        }
        Some((signature.params, spread))
    }

    fn variadic_elem(&self, param: ObjId) -> TypeId {
        match self.store.ty(self.store.obj_type(param)) {
            Type::Slice(elem) => *elem,
            _ => TypeId::INVALID,
        }
    }

    fn report_argument_count(
        &mut self,
        call: ExprId,
        fun: ExprId,
        has_dots: bool,
        signature: &Signature,
        args: &[Operand],
        wanted: usize,
    ) {
        let store = self.store;
        let (at, quality) = match args.len() {
            n if n > wanted => (args[wanted].expr, "too many"),
            0 => (None, "not enough"),
            n => (args[n - 1].expr, "not enough"),
        };
        let have: Vec<TypeId> = args.iter().map(|a| a.ty).collect();
        let want: Vec<TypeId> = store.tuple(signature.params).iter().map(|&p| store.obj_type(p)).collect();
        let mut err = self.new_error(Code::WrongArgCount);
        err.add(self.start(at.unwrap_or(call)), format!("{quality} arguments in call to {}", self.es(fun)));
        err.add(Pos::NONE, format!("have {}", self.types_summary(&have, false, has_dots)));
        err.add(Pos::NONE, format!("want {}", self.types_summary(&want, signature.variadic, false)));
        self.report(err);
    }

    /// Types as a parenthesized list for messages that compare lists; untyped numbers are all `number`.
    pub(crate) fn types_summary(&self, types: &[TypeId], variadic: bool, has_dots: bool) -> String {
        let store = self.store;
        let text = |&ty: &TypeId| {
            if !store.is_valid(ty) {
                "unknown type".to_owned()
            } else if store.is_untyped(ty) {
                if store.is_numeric(ty) { "number".to_owned() } else { self.ts(ty).replace("untyped ", "") }
            } else {
                self.ts(ty)
            }
        };
        let mut texts: Vec<String> = types.iter().map(text).collect();
        if let (Some(last), Some(&ty)) = (texts.last_mut(), types.last()) {
            if variadic {
                let elem = if let Type::Slice(elem) = store.ty(ty) { self.ts(*elem) } else { last.clone() };
                *last = format!("...{elem}");
            } else if has_dots {
                last.push_str("...");
            }
        }
        format!("({})", texts.join(", "))
    }

    fn assign_arguments(
        &mut self,
        fun: ExprId,
        params: &[ObjId],
        spread: Option<Spread>,
        args: &mut [Operand],
    ) {
        if args.is_empty() {
            return;
        }
        for (i, arg) in args.iter_mut().enumerate() {
            let ty = match &spread {
                Some(spread) if i >= spread.from => spread.elem,
                _ => self.store.obj_type(params[i]),
            };
            self.assign_argument(arg, ty, fun);
        }
    }

    fn assign_argument(&mut self, arg: &mut Operand, ty: TypeId, fun: ExprId) {
        // The words are needed only if something is wrong: most arguments have the parameter's very type.
        if arg.is_valid() && arg.ty == ty && !self.store.is_untyped(ty) && self.is_plain_value(arg) {
            return;
        }
        let words = format!("argument to {}", self.es(fun));
        self.assignment(arg, Some(ty), &words);
    }

    fn is_plain_value(&self, x: &Operand) -> bool {
        use crate::operand::Mode::*;
        matches!(x.mode, Constant | Variable | MapIndex | Value | CommaOk)
    }

    /// The parameters with the variadic one written out as often as there are arguments for it.
    fn spread_params(&self, params: TypeId, spread: &Option<Spread>, count: usize) -> TypeId {
        let store = self.store;
        let Some(spread) = spread else { return params };
        let mut vars = store.tuple(params)[..spread.from].to_vec();
        let last = store.obj(spread.param);
        while vars.len() < count {
            let param = Object::var(VarKind::Param, last.pos, last.pkg, last.name, Some(spread.elem));
            vars.push(store.new_object(param));
        }
        store.new_tuple(vars)
    }

    /// As [`arguments`](Self::arguments) where type arguments must be inferred: those of the function, and those of arguments that
    /// are generic functions themselves.
    #[expect(clippy::too_many_arguments, reason = "a call has that many parts")]
    fn generic_arguments(
        &mut self,
        call: ExprId,
        fun: ExprId,
        sig: TypeId,
        params: TypeId,
        spread: Option<Spread>,
        targs: &[TypeId],
        written: &[ExprId],
        args: &mut [Operand],
        partial: &[Vec<TypeId>],
    ) -> TypeId {
        let store = self.store;
        let declared = store.tparams(sig);
        let own = declared.len();
        let call_pos = self.node_pos(call);
        if own > 0 {
            self.require_generics(call, fun);
        }
        let params = self.spread_params(params, &spread, args.len());
        let (mut tparams, mut params) = match own {
            0 => (Vec::new(), params),
            _ => self.rename_type_params(declared, params),
        };
        let mut known: Vec<Option<TypeId>> = targs.iter().map(|&t| Some(t)).collect();
        known.resize(own, None);
        let generic = self.rename_generic_arguments(args, partial, &mut tparams, &mut known);
        if let Some(&first) = generic.first() {
            let at = self.op_start(&args[first]);
            self.require(Feature::ReverseInference, at, || {
                "implicitly instantiated function as argument".into()
            });
        }
        let mut err = self.inference_error();
        let inference =
            Inference { pos: call_pos, tparams: &tparams, targs: &known, params, args, reverse: None };
        let Some(inferred) = self.infer(inference, &mut err) else {
            self.report_inference(err, fun);
            return sig;
        };
        let mut result = sig;
        if own > 0 {
            result = self.instantiate_for(call_pos, Some(fun), sig, &inferred[..own], written);
            params = if spread.is_some() {
                subst(store, params, &SubstMap::new(&tparams[..own], &inferred[..own]))
            } else {
                store.as_signature(result).map_or(params, |s| s.params)
            };
        }
        let mut next = own;
        for i in generic {
            let count = store.tparams(args[i].ty).len();
            let targs = &inferred[next..next + count];
            args[i].ty = self.instantiate_for(call_pos, args[i].expr, args[i].ty, targs, &[]);
            self.record(&args[i]);
            next += count;
        }
        self.assign_arguments(fun, store.tuple(params), None, args);
        result
    }

    fn require_generics(&mut self, call: ExprId, fun: ExprId) {
        let explicit = matches!(self.tree()[fun], Expr::Index { .. });
        let (at, what) = if explicit {
            (self.start(fun), "function instantiation")
        } else {
            (self.start(call), "implicit function instantiation")
        };
        self.require(Feature::Generics, at, || what.into());
    }

    /// Gives the type parameters of generic function arguments new identities and adds them to those to be inferred.
    /// Gives the indices of these arguments.
    fn rename_generic_arguments(
        &mut self,
        args: &mut [Operand],
        partial: &[Vec<TypeId>],
        tparams: &mut Vec<TypeId>,
        known: &mut Vec<Option<TypeId>>,
    ) -> Vec<usize> {
        let store = self.store;
        let mut generic = Vec::new();
        for (i, arg) in args.iter_mut().enumerate() {
            if !is_generic_function(self, arg) {
                continue;
            }
            let Some(signature) = store.as_signature(arg.ty) else { continue };
            let (renamed, ty) = self.rename_type_params(&signature.tparams, arg.ty);
            let Some(in_new_terms) = store.as_signature(ty) else { continue };
            arg.ty =
                store.new_signature(Signature { tparams: renamed.clone().into(), ..in_new_terms.clone() });
            tparams.extend(renamed);
            known.extend(partial.get(i).into_iter().flatten().map(|&t| Some(t)));
            known.resize(tparams.len(), None);
            generic.push(i);
        }
        generic
    }

    /// Reports a failed inference as part of the call.
    fn report_inference(&mut self, err: crate::error::ErrorBuilder, fun: ExprId) {
        if err.is_empty() {
            return;
        }
        let prefix = format!("in call to {}, ", self.es(fun));
        self.report(err.prefixed(&prefix));
    }
}

/// A variadic parameter that takes any number of arguments.
#[derive(Clone, Copy, Debug)]
struct Spread {
    /// Index of the first argument it takes.
    from: usize,
    param: ObjId,
    /// Type of each such argument.
    elem: TypeId,
}

fn is_generic_function(c: &Checker<'_>, x: &Operand) -> bool {
    x.is_valid() && c.store.as_signature(x.ty).is_some_and(|s| !s.tparams.is_empty())
}
