//! Calls, conversions written as calls, and instantiation of function values.

use escargo_base::Pos;
use escargo_dialect::Feature;
use escargo_syntax::{Expr, ExprId};
use escargo_types::typeset::{NoCommonUnder, common_under_or, for_each_type, type_set};
use escargo_types::{Builtin, BuiltinKind, Object, Signature, Type, TypeId, VarKind};

use crate::checker::Checker;
use crate::code::Code;
use crate::expr::{ExprKind, Target};
use crate::infer::Inference;
use crate::operand::{Mode, Operand};

impl<'a> Checker<'a> {
    /// A call, conversion, or call of a builtin.
    pub(crate) fn call_expr(&mut self, x: &mut Operand, call: ExprId) -> ExprKind {
        let tree = self.tree();
        let Expr::Call { fun, args, has_dots } = tree[call] else {
            x.invalidate();
            return ExprKind::Statement;
        };
        let args: Vec<ExprId> = tree.list(args).collect();
        // A generic function with explicit type arguments is not instantiated before the arguments are known.
        let mut inst = None;
        if let Expr::Index { .. } = tree[fun] {
            if self.index_expr(x, fun) {
                inst = Some(fun);
            }
            x.expr = Some(fun);
            self.record(x);
        } else {
            self.expr_or_type(x, fun, true);
        }
        let kind = match x.mode {
            Mode::Invalid => {
                self.use_exprs(&args);
                ExprKind::Statement
            }
            Mode::TypeExpr => {
                self.conversion_call(x, call, &args, has_dots);
                ExprKind::Conversion
            }
            Mode::Builtin(id) => {
                if !self.builtin_call(x, call, id) {
                    x.invalidate();
                }
                if x.is_valid() && x.mode != Mode::Constant {
                    self.env.has_call_or_recv = true;
                }
                builtin_kind(id)
            }
            _ => {
                self.function_call(x, call, fun, inst, &args, has_dots);
                ExprKind::Statement
            }
        };
        x.expr = Some(call);
        kind
    }

    /// `T(x)`.
    fn conversion_call(&mut self, x: &mut Operand, call: ExprId, args: &[ExprId], has_dots: bool) {
        let store = self.store;
        self.non_generic(None, x);
        if !x.is_valid() {
            return;
        }
        let ty = x.ty;
        x.invalidate();
        if !self.is_complete(ty) {
            return;
        }
        match *args {
            [] => {
                let message = format!("missing argument in conversion to {}", self.ts(ty));
                self.error_at(call, Code::WrongArgCount, message);
            }
            [arg] => {
                let target = self.new_target(Some(ty), "conversion");
                self.expr(target.as_ref(), x, arg);
                if !x.is_valid() {
                    return;
                }
                let under = store.under(ty);
                if matches!(store.ty(under), Type::Interface(_))
                    && !store.is_type_param(ty)
                    && !type_set(store, under).is_method_set()
                {
                    let message = format!(
                        "cannot use interface {} in conversion (contains specific type constraints or is comparable)",
                        self.ts(ty)
                    );
                    self.error_at(call, Code::MisplacedConstraintIface, message);
                    x.invalidate();
                } else if has_dots {
                    let message = format!("invalid use of ... in conversion to {}", self.ts(ty));
                    self.error_at(arg, Code::BadDotDotDotSyntax, message);
                    x.invalidate();
                } else {
                    self.conversion(x, ty);
                }
            }
            [.., last] => {
                self.use_exprs(args);
                let message = format!("too many arguments in conversion to {}", self.ts(ty));
                self.error_at(last, Code::WrongArgCount, message);
            }
        }
    }

    fn function_call(
        &mut self,
        x: &mut Operand,
        call: ExprId,
        fun: ExprId,
        inst: Option<ExprId>,
        args: &[ExprId],
        has_dots: bool,
    ) {
        let store = self.store;
        let cgo = x.mode == Mode::CgoFunc;
        let Some(mut sig) = self.callee_signature(x) else {
            self.use_exprs(args);
            x.invalidate();
            return;
        };
        let declared = store.tparams(sig).len();
        let mut written: Vec<ExprId> = Vec::new();
        let mut targs: Vec<TypeId> = Vec::new();
        if let Some(inst) = inst {
            written = self.type_arg_exprs(inst);
            let Some(types) = self.type_list(&written) else {
                self.use_exprs(args);
                x.invalidate();
                return;
            };
            targs = types;
            if targs.len() > declared {
                let message = format!("got {} type arguments but want {declared}", targs.len());
                self.error_at(written[declared], Code::WrongTypeArgCount, message);
                self.use_exprs(args);
                x.invalidate();
                return;
            }
            if targs.len() == declared && declared > 0 {
                let at = self.start(inst);
                self.require(Feature::Generics, at, || "function instantiation".into());
                let pos = self.node_pos(inst);
                sig = self.instantiate_for(pos, Some(inst), sig, &targs, &written);
                targs.clear();
                written.clear();
            }
        }
        let (mut operands, partial) = self.generic_expr_list(args);
        let result =
            self.arguments(call, fun, has_dots, args.len(), sig, &targs, &written, &mut operands, &partial);
        if declared > 0 && store.tparams(result).is_empty() {
            // The callee is now an instance.
            self.record_type_and_value(fun, Mode::Value, result, None);
        }
        self.call_result(x, result, cgo);
        self.env.has_call_or_recv = true;
    }

    /// The signature of something that is called; reports and gives `None` if it is not a function.
    fn callee_signature(&mut self, x: &Operand) -> Option<TypeId> {
        let store = self.store;
        if let Type::Signature(_) = store.ty(x.ty) {
            return Some(x.ty);
        }
        let mut not_a_function = None;
        for_each_type(store, x.ty, &mut |term| {
            if let Some((ty, under)) = term
                && !matches!(store.ty(under), Type::Signature(_))
            {
                not_a_function = Some(ty);
            }
            not_a_function.is_none()
        });
        let cause = match not_a_function {
            Some(ty) => format!("{} is not a function", self.ts(ty)),
            None => match common_under_or(store, x.ty, &mut |_| Ok::<(), NoCommonUnder>(())) {
                Ok(common) => return Some(common),
                Err(none) => none.message(store, &|p| self.qualify(p)),
            },
        };
        let message = format!("invalid operation: cannot call {}: {cause}", self.ops(x));
        self.error(self.op_start(x), Code::InvalidCall, message);
        None
    }

    fn call_result(&mut self, x: &mut Operand, sig: TypeId, cgo: bool) {
        let store = self.store;
        let Some(signature) = store.as_signature(sig) else {
            x.invalidate();
            return;
        };
        match *store.tuple(signature.results) {
            [] => {
                // The type stays that of the callee: messages about a missing value show it.
                x.mode = Mode::NoValue;
            }
            [result] => {
                x.mode = if cgo { Mode::CommaErr } else { Mode::Value };
                x.ty = store.obj_type(result);
                if !self.is_complete(x.ty) {
                    x.invalidate();
                    return;
                }
            }
            _ => {
                x.mode = Mode::Value;
                x.ty = signature.results;
            }
        }
        // Inference failed: the result would still mention the function's own type parameters.
        if x.mode == Mode::Value
            && !signature.tparams.is_empty()
            && store.is_parameterized(&signature.tparams, x.ty)
        {
            x.invalidate();
        }
    }

    /// The types of a list of type expressions; `None` if one is invalid.
    pub(crate) fn type_list(&mut self, exprs: &[ExprId]) -> Option<Vec<TypeId>> {
        let types: Vec<TypeId> = exprs.iter().map(|&e| self.var_type(e)).collect();
        types.iter().all(|&t| self.store.is_valid(t)).then_some(types)
    }

    /// The type arguments written in an index expression.
    pub(crate) fn type_arg_exprs(&self, inst: ExprId) -> Vec<ExprId> {
        let tree = self.tree();
        match tree[inst] {
            Expr::Index { indices, .. } => tree.list(indices).collect(),
            _ => Vec::new(),
        }
    }

    /// Instantiates a generic function value: with the arguments written in `inst`, and from what it is assigned to. Without
    /// `infer`, too few arguments are not an error: they are given back, to be completed by the caller.
    pub(crate) fn func_inst(
        &mut self,
        target: Option<&Target>,
        pos: Pos,
        x: &mut Operand,
        inst: Option<ExprId>,
        infer: bool,
    ) -> Option<Vec<TypeId>> {
        let store = self.store;
        let x_pos = x.expr.map_or(pos, |e| self.node_pos(e));
        let at = inst.map_or(pos, |i| self.node_pos(i));
        if inst.is_some() {
            x.expr = inst;
        }
        let version_ok = self.require(Feature::Generics, at, || "function instantiation".into());
        let written = inst.map(|i| self.type_arg_exprs(i)).unwrap_or_default();
        let Some(mut targs) = self.type_list(&written) else {
            x.invalidate();
            return None;
        };
        let generic = x.ty;
        let tparams = store.tparams(generic);
        if targs.len() > tparams.len() {
            let message = format!("got {} type arguments but want {}", targs.len(), tparams.len());
            self.error_at(written[targs.len() - 1], Code::WrongTypeArgCount, message);
            x.invalidate();
            return None;
        }
        if targs.len() < tparams.len() {
            if !infer {
                return Some(targs);
            }
            let Some(inferred) =
                self.infer_from_target(target, pos, x_pos, at, x, inst.is_some(), &targs, version_ok)
            else {
                x.invalidate();
                return None;
            };
            targs = inferred;
        }
        x.ty = self.instantiate_for(x_pos, x.expr, generic, &targs, &written);
        x.mode = Mode::Value;
        None
    }

    #[expect(clippy::too_many_arguments, reason = "the three places that errors are reported at differ")]
    fn infer_from_target(
        &mut self,
        target: Option<&Target>,
        pos: Pos,
        x_pos: Pos,
        inst_pos: Pos,
        x: &Operand,
        explicit: bool,
        targs: &[TypeId],
        version_ok: bool,
    ) -> Option<Vec<TypeId>> {
        let store = self.store;
        let generic = store.as_signature(x.ty)?;
        let (mut params, mut args) = (TypeId::EMPTY_TUPLE, Vec::new());
        if let Some(target) = target {
            if version_ok {
                self.require(Feature::ReverseInference, inst_pos, || {
                    let how = if explicit { "partially" } else { "implicitly" };
                    format!("{how} instantiated function in assignment")
                });
            }
            let bare = Signature {
                tparams: Box::default(),
                recv_tparams: Box::default(),
                recv: None,
                ..generic.clone()
            };
            let bare = store.new_signature(bare);
            let param = store.new_object(Object::var(
                VarKind::Param,
                x_pos,
                Some(self.pkg),
                escargo_base::Symbol::EMPTY,
                Some(bare),
            ));
            params = store.new_tuple([param]);
            args.push(Operand { mode: Mode::Value, ty: target.sig, expr: x.expr, ..Operand::new() });
        }
        let (tparams, params) = self.rename_type_params(&generic.tparams, params);
        let targs: Vec<Option<TypeId>> = targs.iter().map(|&t| Some(t)).collect();
        let mut err = self.inference_error();
        let inference = Inference {
            pos,
            tparams: &tparams,
            targs: &targs,
            params,
            args: &args,
            reverse: target.map(|t| (t.desc.as_str(), x_pos)),
        };
        let inferred = self.infer(inference, &mut err);
        if inferred.is_none() && !err.is_empty() {
            self.report(err);
        }
        inferred
    }

    /// Values of a list of expressions; a single one may have several values.
    pub(crate) fn expr_list(&mut self, exprs: &[ExprId]) -> Vec<Operand> {
        if let [single] = *exprs {
            return self.multi_expr(single, false).0;
        }
        let mut value = |&e: &ExprId| {
            let mut x = Operand::new();
            self.expr(None, &mut x, e);
            x
        };
        exprs.iter().map(&mut value).collect()
    }

    /// As [`expr_list`](Self::expr_list), but values may be generic functions. For those that are instantiated in part, the
    /// second list holds the type arguments written (at the same index).
    pub(crate) fn generic_expr_list(&mut self, exprs: &[ExprId]) -> (Vec<Operand>, Vec<Vec<TypeId>>) {
        // Before go1.21, function arguments must be instantiated whole.
        let infer = exprs.is_empty() || !self.allows(Feature::ReverseInference);
        let mut partial = Vec::new();
        let mut operands = Vec::with_capacity(exprs.len());
        for (i, &e) in exprs.iter().enumerate() {
            let mut x = Operand::new();
            let is_index = matches!(self.tree()[e], Expr::Index { .. });
            if is_index && self.index_expr(&mut x, e) {
                let pos = x.expr.map_or(Pos::NONE, |e| self.node_pos(e));
                if let Some(targs) = self.func_inst(None, pos, &mut x, Some(e), infer) {
                    partial.resize(exprs.len(), Vec::new());
                    partial[i] = targs;
                    x.expr = Some(e);
                } else {
                    self.record(&x);
                }
            } else if is_index {
                // The index expression was evaluated just now; finish as `raw_expr` would.
                x.expr = Some(e);
                self.record(&x);
                self.exclude_non_values(&mut x);
                if exprs.len() > 1 {
                    self.single_value(&mut x);
                }
            } else if exprs.len() == 1 {
                self.raw_expr(None, &mut x, e, None, true);
                self.exclude_non_values(&mut x);
            } else {
                self.generic_expr(&mut x, e);
            }
            operands.push(x);
        }
        if let [x] = &operands[..]
            && let (true, Type::Tuple(tuple)) = (x.is_valid() && exprs.len() == 1, self.store.ty(x.ty))
        {
            let values = tuple.vars.iter().map(|&v| Operand { ty: self.store.obj_type(v), ..x.clone() });
            operands = values.map(|x| Operand { mode: Mode::Value, ..x }).collect();
        }
        (operands, partial)
    }
}

/// How a call of a builtin may be used as a statement.
fn builtin_kind(id: Builtin) -> ExprKind {
    match id.row().4 {
        BuiltinKind::Expression => ExprKind::Expression,
        BuiltinKind::Statement => ExprKind::Statement,
        BuiltinKind::Conversion => ExprKind::Conversion,
    }
}
