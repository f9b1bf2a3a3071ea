//! Calls (`noder/writer.go`: expr, writeFunExpr; `noder/reader.go`: exprCall, syntheticTailCall).

use escargo_check::info::{Mode, SelectionKind};
use escargo_ir::{FuncId, IrPos, Kind, List, MethodRef, NodeId, Op};
use escargo_syntax::{Expr, ExprId};
use escargo_types::ty::Type;
use escargo_types::{ObjectKind, TypeId};

use crate::body::Body;

/// What is called, with the arguments that come before the written ones: receiver and dictionary.
struct Callee {
    fun: NodeId,
    args: List,
}

impl<'w> Body<'_, 'w> {
    /// A call expression: a conversion, a call of a builtin or of a function.
    pub(crate) fn call(&mut self, e: ExprId) -> NodeId {
        let Expr::Call { fun, args, has_dots } = self.tree()[e] else { unreachable!("a call") };
        let tv = self.type_and_value(fun);
        let pos = self.expr_pos(e);
        if tv.mode == Mode::TypeExpr {
            return self.conversion(pos, self.tree().nth(args, 0), tv.ty);
        }
        if let Mode::Builtin(builtin) = tv.mode {
            return self.builtin_call(e, pos, builtin);
        }
        let args: Vec<ExprId> = self.tree().list(args).collect();
        self.call_fun(fun, pos, has_dots, |body, sig| {
            let dst = body.param_types(sig, &args, has_dots);
            body.multi_expr(pos, &dst, &args)
        })
    }

    /// A call at `pos` of what `fun` denotes. `args` makes the written arguments once callee and receiver are there;
    /// it is given the checker's signature.
    pub(crate) fn call_fun(
        &mut self,
        fun: ExprId,
        pos: IrPos,
        dots: bool,
        args: impl FnOnce(&mut Self, TypeId) -> List,
    ) -> NodeId {
        let sig = self.type_and_value(fun).ty;
        let mut callee = self.callee(self.tree().unparen(fun));
        callee.args.extend(args(self, sig));
        self.low.stand = pos;
        let func = self.func;
        self.build().call(func, pos, callee.fun, callee.args, dots)
    }

    /// The checker's types that the arguments of a call are converted to, by index.
    pub(crate) fn param_types(&self, sig: TypeId, args: &[ExprId], dots: bool) -> Vec<Option<TypeId>> {
        let store = self.low.cx.store;
        let Type::Signature(sig) = self.core_type(sig) else { return Vec::new() };
        let sig = sig.get();
        let params = store.tuple(sig.params);
        let count = match *args {
            [single] => match store.ty(self.type_and_value(single).ty) {
                Type::Tuple(tuple) => tuple.vars.len(),
                _ => 1,
            },
            _ => args.len(),
        };
        let param = |i: usize| {
            let spread = sig.variadic && !dots && i + 1 >= params.len();
            let ty = store.obj_type(*if spread { params.last() } else { params.get(i) }?);
            match *store.ty(store.under(ty)) {
                Type::Slice(elem) if spread => Some(elem),
                _ => Some(ty),
            }
        };
        (0..count).map(param).collect()
    }

    fn callee(&mut self, fun: ExprId) -> Callee {
        let tree = self.tree();
        let selector = match tree[fun] {
            Expr::Index { x, .. } => x,
            _ => fun,
        };
        if let Expr::Selector { x, .. } = tree[selector]
            && let Some(sel) = self.selection(selector)
            && sel.kind == SelectionKind::MethodVal
        {
            return self.method_callee(selector, x, sel);
        }
        if let Some((obj, Some(instance))) = self.named(fun)
            && !instance.targs.is_empty()
            && matches!(self.low.cx.store.obj(obj).kind, ObjectKind::Func { .. })
        {
            let pos = self.expr_pos(fun);
            let found = self.instance_parts(pos, obj, &instance.targs);
            return Callee { fun: found.base, args: List::from([found.dict]) };
        }
        Callee { fun: self.expr(fun), args: List::new() }
    }

    /// The callee of a call of a method. Methods of interfaces are called through the interface, all others as
    /// functions with the receiver as first argument.
    fn method_callee(
        &mut self,
        selector: ExprId,
        x: ExprId,
        sel: &'w escargo_check::info::Selection,
    ) -> Callee {
        let (recv, recv_ty) = self.receiver(selector, x, sel);
        if !self.rules().reads_back
            && let Some(fun) = self.plain_method(selector, recv, recv_ty, sel)
        {
            return Callee { fun, args: List::new() };
        }
        let method = self.method_parts(selector, recv_ty, sel);
        let is_interface = self.low.cx.store.is_interface(self.low.unit.nodes[recv].ty);
        let method_pos = self.low.unit.nodes[method.base].pos;
        if is_interface && let Kind::Selector(expr) = &self.low.unit.nodes[method.base].kind {
            let (sel, obj) = (expr.sel, expr.obj);
            let dot = escargo_ir::Selector { op: Op::DotInter, x: recv, sel, obj, func: None };
            let fun = self.low.unit.expr(method_pos, method.sig, Kind::Selector(Box::new(dot)));
            return Callee { fun, args: List::new() };
        }
        if is_interface {
            self.low.unit.imprecise_calls.push(method_pos);
        }
        let mut args = List::from([recv]);
        args.extend(method.dict);
        Callee { fun: method.base, args }
    }

    /// What is called in a call of a method without type arguments, where the receiver becomes an argument only when
    /// the call is made.
    fn plain_method(
        &mut self,
        selector: ExprId,
        recv: NodeId,
        recv_ty: TypeId,
        sel: &escargo_check::info::Selection,
    ) -> Option<NodeId> {
        let store = self.low.cx.store;
        let pos = self.expr_pos(selector);
        let method = store.obj(sel.obj).origin().unwrap_or(sel.obj);
        let base = store.unalias(escargo_types::lookup::deref(store, recv_ty).0);
        if store.is_type_param(recv_ty) || !store.targs(base).is_empty() || self.dict.is_some() {
            return None;
        }
        let is_interface = store.is_interface(recv_ty);
        let recv_ty = self.ty(recv_ty);
        let found = MethodRef { x: recv, method, recv: recv_ty, is_interface };
        let func = (!is_interface).then(|| self.low.method(recv_ty, method));
        let fun = self.build().method_callee(pos, found, func);
        let checked = store.method_type(method).unwrap_or(TypeId::INVALID);
        self.low.unit.nodes[fun].ty = match func {
            Some(func) => self.low.unit.func_name(func).ty,
            None => self.ty(checked),
        };
        Some(fun)
    }

    /// Statements that end a function which was made: a call of `fun` at `pos` with its results returned. The function
    /// counts as a wrapper.
    pub(crate) fn tail_call(&mut self, pos: IrPos, fun: NodeId, args: List) -> List {
        let func = self.func;
        self.low.unit.funcs[func].wrapper = true;
        tail_call(&mut self.build(), func, pos, fun, args)
    }
}

/// A call of `fun` in `func`, with its results returned: several through temporaries
/// (`noder/reader.go`, syntheticTailCall).
pub(crate) fn tail_call(
    build: &mut escargo_ir::Build<'_>,
    func: FuncId,
    pos: IrPos,
    fun: NodeId,
    args: List,
) -> List {
    let sig = build.signature(build.ty(fun));
    let (variadic, results) =
        sig.map_or((false, 0), |sig| (sig.variadic, build.store.tuple(sig.results).len()));
    let call = build.call(func, pos, fun, args, variadic);
    if results == 0 {
        return List::from([call]);
    }
    if results == 1 {
        return List::from([build.unit.stmt(pos, Kind::Return(List::from([call])))]);
    }
    let (assign, temps) = build.spread_results(func, pos, call);
    let ret = build.unit.stmt(pos, Kind::Return(temps));
    build.unit.nodes[ret].init.push(assign);
    List::from([ret])
}
