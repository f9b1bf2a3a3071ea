//! Selectors: fields, method values, method expressions (`noder/writer.go`: recvExpr, methVal, methExpr, methodExpr;
//! `noder/reader.go`: methodExpr, shapedMethodExpr, exprMethodVal, exprMethodExpr, funcInst).

use escargo_check::info::{Instance, Selection, SelectionKind};
use escargo_ir::{FuncId, IrPos, Kind, NodeId, Op};
use escargo_syntax::{Expr, ExprId};
use escargo_types::ty::Type;
use escargo_types::{ObjId, TypeId, identity};

use crate::body::Body;
use crate::literal::Adapter;

/// A method as function (`noder/reader.go`, methodExpr).
pub(crate) struct MethodParts {
    /// What can be used as a value, unless the dictionary is known only at run time.
    pub(crate) wrapper: Option<NodeId>,
    /// What is called.
    pub(crate) base: NodeId,
    /// The dictionary that a call passes behind the receiver.
    pub(crate) dict: Option<NodeId>,
    /// The type of the method.
    pub(crate) sig: TypeId,
}

/// An instance of a generic function (`noder/reader.go`, funcInst).
pub(crate) struct InstanceParts {
    /// The plain instance, unless type arguments are known only at run time.
    pub(crate) wrapper: Option<NodeId>,
    /// The shaped function.
    pub(crate) base: NodeId,
    /// The dictionary that a call passes first.
    pub(crate) dict: NodeId,
}

impl<'w> Body<'_, 'w> {
    /// `x.sel`, where `sel` is a field or a method that is not called.
    pub(crate) fn selector(&mut self, e: ExprId, x: ExprId, sel: &'w Selection) -> NodeId {
        match sel.kind {
            SelectionKind::FieldVal => {
                let x = self.expr(x);
                let pos = self.expr_pos(e);
                self.build().field_path(pos, x, &sel.index)
            }
            SelectionKind::MethodVal => self.method_value(e, x, sel),
            SelectionKind::MethodExpr => self.method_expression(e, x, sel),
        }
    }

    /// The operand of a selected method, as the method's receiver: embedded fields selected, and its address taken or
    /// dereferenced. With its type for the checker.
    pub(crate) fn receiver(&mut self, e: ExprId, x: ExprId, sel: &Selection) -> (NodeId, TypeId) {
        let mut ty = self.type_and_value(x).ty;
        let mut recv = self.expr(x);
        let pos = self.expr_pos(e);
        let (_, embedded) = sel.index.split_last().unwrap_or((&0, &[]));
        for &index in embedded {
            recv = self.build().implicit_dot(pos, recv, index);
            ty = self.field_type(ty, index);
        }
        let wanted = self.method_receiver(sel.obj);
        match self.adapt(ty, wanted) {
            Adapt::Deref => recv = self.build().deref(pos, recv),
            Adapt::Addr => recv = self.build().addr(pos, recv),
            Adapt::Nothing => return (recv, ty),
        }
        self.build().set_implicit(recv);
        (recv, wanted)
    }

    /// The checker's type of field number `index` of a struct or of what a pointer points to.
    fn field_type(&self, ty: TypeId, index: u32) -> TypeId {
        let store = self.low.cx.store;
        let fields = store.struct_fields(store.deref_struct_pointer(ty)).unwrap_or(&[]);
        fields.get(index as usize).map_or(TypeId::INVALID, |&field| store.obj_type(field))
    }

    /// The checker's type of a method's receiver.
    fn method_receiver(&self, method: ObjId) -> TypeId {
        let store = self.low.cx.store;
        let sig = store.method_type(method).and_then(|sig| store.as_signature(sig));
        sig.and_then(|sig| sig.recv).map_or(TypeId::INVALID, |recv| store.obj_type(recv))
    }

    /// What makes a value of type `ty` one of type `wanted`.
    fn adapt(&self, ty: TypeId, wanted: TypeId) -> Adapt {
        let store = self.low.cx.store;
        let points_to = |from: TypeId, to: TypeId| match *store.ty(store.unalias(from)) {
            Type::Pointer(elem) => identity::identical(store, elem, to),
            _ => false,
        };
        match () {
            () if points_to(ty, wanted) => Adapt::Deref,
            () if points_to(wanted, ty) => Adapt::Addr,
            () => Adapt::Nothing,
        }
    }

    /// A method as function. `recv` is the checker's type of the receiver, after implicit selections.
    pub(crate) fn method_parts(&mut self, e: ExprId, recv: TypeId, sel: &Selection) -> MethodParts {
        let store = self.low.cx.store;
        let method = sel.obj;
        let ir_recv = self.ty(recv);
        let checked = store.method_type(method).unwrap_or(TypeId::INVALID);
        let is_generic = store.as_signature(checked).is_some_and(|sig| !sig.tparams.is_empty());
        let sig = if is_generic { TypeId::INVALID } else { self.ty(checked) };
        let pos = self.expr_pos(e);
        if store.is_type_param(recv) {
            let word = self.method_expr_word(recv, method, pos);
            let addr = self.build().addr(pos, word);
            let ty = self.build().method_type(sig, Some(ir_recv));
            let fun = self.low.unit.expr(pos, ty, Kind::Conv(Op::ConvNop, addr));
            return MethodParts { wrapper: Some(fun), base: fun, dict: None, sig };
        }
        let declared = store.obj(method).origin().unwrap_or(method);
        if store.is_interface(recv) {
            let fun = self.build().method_expr_of(pos, ir_recv, declared, sig, None);
            return MethodParts { wrapper: Some(fun), base: fun, dict: None, sig };
        }
        let base = store.unalias(escargo_types::lookup::deref(store, recv).0);
        let mut targs = store.targs(base).to_vec();
        let mut generic = store.obj_type(store.named_obj(base));
        if is_generic {
            targs.extend(self.method_targs(e));
            generic = TypeId::INVALID;
        }
        if targs.is_empty() {
            let fun = self.method_node(pos, ir_recv, ir_recv, declared);
            return MethodParts { wrapper: Some(fun), base: fun, dict: None, sig };
        }
        match is_generic {
            true => self.generic_method(pos, declared, &targs),
            false => self.instance_method(pos, ir_recv, declared, store.named_obj(generic), &targs, sig),
        }
    }

    /// The type arguments of a generic method, by the selector.
    fn method_targs(&self, e: ExprId) -> Vec<TypeId> {
        let Expr::Selector { sel, .. } = self.tree()[e] else { return Vec::new() };
        self.info().instances.get(&sel).map_or_else(Vec::new, |instance| instance.targs.to_vec())
    }

    /// A method expression of a concrete method. `owner` is the type that declares the method, or a pointer to it;
    /// `recv` may embed it.
    fn method_node(&mut self, pos: IrPos, recv: TypeId, owner: TypeId, method: ObjId) -> NodeId {
        let func = self.low.method(owner, method);
        self.method_of(pos, recv, method, func)
    }

    fn method_of(&mut self, pos: IrPos, recv: TypeId, method: ObjId, func: FuncId) -> NodeId {
        let sig = self.low.unit.func_name(func).ty;
        self.build().method_expr_of(pos, recv, method, sig, Some(func))
    }

    /// A method of an instance of a generic type: the type's dictionary is passed.
    fn instance_method(
        &mut self,
        pos: IrPos,
        recv: TypeId,
        method: ObjId,
        generic: ObjId,
        targs: &[TypeId],
        sig: TypeId,
    ) -> MethodParts {
        let derived = targs.iter().any(|&targ| self.is_derived(targ));
        let args: Vec<TypeId> = targs.iter().map(|&targ| self.ty(targ)).collect();
        let shaped = self.low.shape_all(generic, &args);
        let origin = self.low.cx.store.obj_type(generic);
        let named = self.low.instance_type(origin, &shaped);
        let func = self.low.method(named, method);
        let owner = self.low.unit.funcs[func].recv.unwrap_or(recv);
        let base = self.method_of(pos, owner, method, func);
        if derived {
            let word = self.subdict(generic, targs, pos);
            let dict = self.dict_pointer(pos, base, 1, word);
            return MethodParts { wrapper: None, base, dict: Some(dict), sig };
        }
        let dict = self.static_dict(pos, generic, &args);
        let wrapper = self.method_node(pos, recv, recv, method);
        MethodParts { wrapper: Some(wrapper), base, dict: Some(dict), sig }
    }

    /// A method with type parameters of its own: it has a dictionary of its own.
    fn generic_method(&mut self, pos: IrPos, method: ObjId, targs: &[TypeId]) -> MethodParts {
        let parts = self.shaped_parts(pos, method, targs);
        let func = parts.func;
        let owner = self.low.unit.funcs[func].recv.unwrap_or(TypeId::INVALID);
        let sig = self.low.unit.func_name(func).ty;
        let base = self.build().method_expr_of(pos, owner, method, sig, Some(func));
        let name = self.low.instance_method_name(func, method);
        if let Kind::Selector(selector) = &mut self.low.unit.nodes[base].kind {
            selector.sel = name;
        }
        let dict = match parts.word {
            Ok(address) => address,
            Err(word) => self.dict_pointer(pos, base, 1, word),
        };
        MethodParts { wrapper: None, base, dict: Some(dict), sig }
    }

    /// An instance of a generic function. Type arguments are the checker's.
    pub(crate) fn instance_parts(&mut self, pos: IrPos, obj: ObjId, targs: &[TypeId]) -> InstanceParts {
        let parts = self.shaped_parts(pos, obj, targs);
        let name = |body: &Self, func: FuncId| {
            let name = body.low.unit.funcs[func].name;
            body.low.unit.names[name].node
        };
        let base = name(self, parts.func);
        let dict = match parts.word {
            Ok(address) => address,
            Err(word) => self.dict_pointer(pos, base, 0, word),
        };
        let wrapper = parts.plain.map(|func| name(self, func));
        InstanceParts { wrapper, base, dict }
    }

    fn shaped_parts(&mut self, pos: IrPos, obj: ObjId, targs: &[TypeId]) -> ShapedParts {
        let derived = targs.iter().any(|&targ| self.is_derived(targ));
        let args: Vec<TypeId> = targs.iter().map(|&targ| self.ty(targ)).collect();
        let is_method = self.method_receiver(obj) != TypeId::INVALID;
        let plain = (!derived && !is_method).then(|| self.low.instance(obj, &args));
        let shaped = self.low.shape_all(obj, &args);
        let func = self.low.instance(obj, &shaped);
        let word = match derived {
            true => Err(self.subdict(obj, targs, pos)),
            false => Ok(self.static_dict(pos, obj, &args)),
        };
        ShapedParts { plain, func, word }
    }

    /// The address of a dictionary that is known when compiling.
    fn static_dict(&mut self, pos: IrPos, obj: ObjId, args: &[TypeId]) -> NodeId {
        let dict = self.low.dict(obj, args);
        let name = self.low.dict_name(dict);
        let node = self.low.unit.names[name].node;
        self.build().addr(pos, node)
    }

    /// A word of the dictionary as pointer to the dictionary that parameter number `index` of `fun` takes.
    fn dict_pointer(&mut self, pos: IrPos, fun: NodeId, index: usize, word: NodeId) -> NodeId {
        let fun = self.low.unit.nodes[fun].ty;
        let ty = self.build().param_types(fun).nth(index).unwrap_or(TypeId::INVALID);
        self.low.unit.expr(pos, ty, Kind::Conv(Op::ConvNop, word))
    }

    /// An instance of a generic function as value.
    pub(crate) fn func_instance(&mut self, e: ExprId, obj: ObjId, instance: &Instance) -> NodeId {
        let pos = self.expr_pos(e);
        let parts = self.instance_parts(pos, obj, &instance.targs);
        match parts.wrapper {
            Some(wrapper) => wrapper,
            None => self.curry(pos, false, parts.base, parts.dict, None),
        }
    }

    /// A method value that is not called.
    fn method_value(&mut self, e: ExprId, x: ExprId, sel: &Selection) -> NodeId {
        let store = self.low.cx.store;
        let (mut recv, recv_ty) = self.receiver(e, x, sel);
        let pos = self.expr_pos(e);
        let parts = self.method_parts(e, recv_ty, sel);
        let Some(method) = parts.wrapper.and_then(|wrapper| self.selected(wrapper)) else {
            return self.curry(pos, true, parts.base, recv, parts.dict);
        };
        let wrapper_ty = parts.wrapper.map_or(TypeId::INVALID, |wrapper| self.low.unit.nodes[wrapper].ty);
        let node = &self.low.unit.nodes[recv];
        if store.has_shape(node.ty) {
            let at = node.pos;
            let ty = self.build().param_types(wrapper_ty).next().unwrap_or(TypeId::INVALID);
            recv = self.low.unit.expr(at, ty, Kind::Conv(Op::ConvNop, recv));
        }
        let ty = self.build().method_type(parts.sig, None);
        let rcvr = self.low.unit.nodes[recv].ty;
        let value = escargo_ir::Selector { op: Op::MethValue, x: recv, ..method };
        let node = self.low.unit.expr(pos, ty, Kind::Selector(Box::new(value)));
        if let Some(method) = method.obj {
            self.low.reading = self.pkg.pkg;
            self.low.need_method_value(rcvr, method, self.dict);
        }
        node
    }

    /// The selector of a method expression.
    fn selected(&self, node: NodeId) -> Option<escargo_ir::Selector> {
        match &self.low.unit.nodes[node].kind {
            Kind::Selector(selector) if selector.op == Op::MethExpr => Some(**selector),
            _ => None,
        }
    }

    /// A method expression `T.method`.
    fn method_expression(&mut self, e: ExprId, x: ExprId, sel: &Selection) -> NodeId {
        let store = self.low.cx.store;
        let written = self.info().types[x].ty;
        let recv = self.ty(written);
        let (_, embedded) = sel.index.split_last().unwrap_or((&0, &[]));
        let mut ty = written;
        for &index in embedded {
            ty = self.field_type(ty, index);
        }
        let wanted = self.method_receiver(sel.obj);
        let adapt = self.adapt(ty, wanted);
        if adapt != Adapt::Nothing {
            ty = wanted;
        }
        let pos = self.expr_pos(e);
        let parts = self.method_parts(e, ty, sel);
        let direct = embedded.is_empty() && adapt == Adapt::Nothing;
        if let Some(wrapper) = parts.wrapper {
            if direct {
                return wrapper;
            }
            // What is generated for the type anyway will do.
            if let Some(method) = self.selected(wrapper)
                && !store.has_shape(recv)
                && let Some(obj) = method.obj
            {
                return self.build().method_expr_of(pos, recv, obj, parts.sig, method.func);
            }
        }
        let adapter = Adapter { recv, embedded: embedded.into(), adapt };
        self.method_expr_wrap(pos, adapter, parts.base, parts.dict)
    }
}

/// What makes an operand a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adapt {
    /// It is one.
    Nothing,
    /// Dereferencing it.
    Deref,
    /// Taking its address.
    Addr,
}

/// An instance of a generic function or method.
struct ShapedParts {
    /// The plain instance.
    plain: Option<FuncId>,
    /// The shaped one.
    func: FuncId,
    /// The dictionary: its address, or the word of the dictionary that holds it.
    word: Result<NodeId, NodeId>,
}
