//! Instances of generic functions and types (`noder/reader.go`, objIdx, shapeSig, callShaped, dictNameOf).
//!
//! There are two functions for each: the shaped one has the code and takes a dictionary after the receiver; the plain
//! one calls it.

use escargo_base::Symbol;
use escargo_ir::{Class, DictId, FuncId, IrPos, Kind, List, NameId, Origin, Role};
use escargo_syntax::Decl;
use escargo_types::{ObjId, Signature, TypeId};

use crate::body::Body;
use crate::func::{Code, Source};
use crate::lowerer::Lowerer;

impl<'w> Lowerer<'w> {
    /// The instance of a generic function, or of a method with type parameters of its own. Type arguments are IR
    /// types, those of the receiver first. Reading it the first time queues its body.
    pub(crate) fn instance(&mut self, obj: ObjId, targs: &[TypeId]) -> FuncId {
        let dict = self.dict(obj, targs);
        if let Some(known) = self.dict_info(dict).func {
            return known;
        }
        self.stand_at(obj);
        let func = self.new_instance(dict, obj);
        self.dict_mut(dict).func = Some(func);
        func
    }

    /// Reads an instance of a type: what is behind it, then its methods, the bodies of which are queued.
    pub(crate) fn read_instance(&mut self, dict: DictId, instance: TypeId) {
        let store = self.store();
        let info = self.dict_info(dict);
        let (pkg, shaped, obj) = (info.pkg, info.shaped, info.obj);
        let origin = store.obj_type(obj);
        self.stand_at(obj);
        self.reading_object(obj, pkg, |low| {
            low.begin_type(instance);
            let under = low.ir_ty_unwrapped(store.under(origin), Some(dict));
            low.end_type(instance, under);
            if !shaped {
                low.todo_dicts.push(dict);
            }
            for &method in store.origin_methods(origin) {
                let generic =
                    store.as_signature(store.obj_type(method)).is_none_or(|s| !s.tparams.is_empty());
                if !generic {
                    let func = low.new_instance(dict, method);
                    low.generics.methods.insert((dict, method), func);
                }
            }
            if !shaped {
                low.need_wrapper(instance, Some(dict));
            }
        });
    }

    /// The function of a method of an instance; `method` is that of the generic type.
    pub(crate) fn instance_method(&mut self, named: TypeId, method: ObjId) -> FuncId {
        let known =
            self.type_dict(named).and_then(|dict| self.generics.methods.get(&(dict, method)).copied());
        known.unwrap_or_else(|| self.func(method))
    }

    /// The name of an instance of a method with type parameters of its own, without the receiver: `Conv[int]`
    /// (`noder/reader.go`, shapedMethodExpr).
    pub(crate) fn instance_method_name(&self, func: FuncId, method: ObjId) -> Symbol {
        let text = self.unit.func_name(func).sym.as_str();
        let name = self.store().obj(method).name.as_str();
        let mut depth = 0;
        let bracket = text.bytes().rposition(|b| {
            depth += i32::from(b == b']') - i32::from(b == b'[');
            depth == 0
        });
        let start = bracket.and_then(|bracket| bracket.checked_sub(name.len())).unwrap_or(0);
        Symbol::intern(text.get(start..).unwrap_or(text))
    }

    /// Reads the shaped counterpart of a plain instance.
    pub(crate) fn pair_shaped(&mut self, dict: DictId) {
        let store = self.store();
        let shaped = self.shaped_dict(dict);
        let info = self.dict_info(shaped);
        let (obj, targs) = (info.obj, info.targs.clone());
        if store.obj(obj).is_type_name() {
            self.instance_type(store.obj_type(obj), &targs);
        } else {
            self.instance(obj, &targs);
        }
        self.dict_mut(dict).paired = Some(shaped);
    }

    fn new_instance(&mut self, dict: DictId, obj: ObjId) -> FuncId {
        let info = self.dict_info(dict);
        let (pkg, shaped, of_type) = (info.pkg, info.shaped, info.obj != obj);
        let mut sym = info.name;
        let (pos, name_pos) = self.declared_pos(obj);
        let (ty, recv) = self.reading_from(pkg, |low| low.instance_signature(dict, obj, pos));
        if let Some(recv) = recv.filter(|_| of_type) {
            sym = self.method_sym(recv, obj, "").0;
        }
        let func = self.new_func(pos, name_pos, sym, pkg, ty);
        let name = self.unit.funcs[func].name;
        self.unit.names[name].obj = Some(obj);
        let pragmas = self.declared_pragmas(obj);
        let f = &mut self.unit.funcs[func];
        f.origin = Origin::Instance(obj, dict);
        f.role = if shaped { Role::Plain } else { Role::Wrapper };
        f.pragmas = pragmas;
        f.recv = recv;
        f.dupok = true;
        f.local = true;
        if !shaped && !of_type {
            self.todo_dicts.push(dict);
        }
        let typed = self.world.typed(pkg);
        if let Some(decl) = typed.funcs.get(&obj) {
            let has_body =
                matches!(&typed.files[decl.file].tree[decl.decl], Decl::Func(d) if d.body.is_some());
            self.unit.funcs[func].has_body = has_body || !shaped;
            let code = if shaped { Code::Decl(decl.decl) } else { Code::CallShaped };
            self.sources.insert(func, Source { pkg: typed, file: decl.file, code, dict: Some(dict) });
            self.todo_bodies.push(func);
        }
        func
    }

    /// The type of an instance's function, and of its receiver. That of a shaped one has the dictionary as first
    /// parameter.
    fn instance_signature(&mut self, dict: DictId, obj: ObjId, pos: IrPos) -> (TypeId, Option<TypeId>) {
        let store = self.store();
        let Some(generic) = store.as_signature(store.obj_type(obj)) else { return (TypeId::INVALID, None) };
        let recv = generic.recv.map(|recv| {
            let ty = self.ir_ty(store.obj_type(recv), Some(dict));
            (escargo_types::subst::clone_var(store, recv, Some(ty)), ty)
        });
        let mut params = self.read_vars(generic.params, Some(dict));
        let results = self.read_vars(generic.results, Some(dict));
        let info = self.dict_info(dict);
        if info.shaped {
            let pkg = info.pkg;
            let ty = self.dict_param_type(dict);
            params.insert(0, self.new_param(pos.pos, Some(pkg), ".dict", ty));
        }
        let signature = Signature {
            recv: recv.map(|(var, _)| var),
            params: store.new_tuple(params),
            results: store.new_tuple(results),
            variadic: generic.variadic,
            ..Signature::default()
        };
        (store.new_signature(signature), recv.map(|(_, ty)| ty))
    }

    // ----- data -----

    /// The type of the dictionary parameter of a shaped function.
    pub(crate) fn dict_param_type(&mut self, dict: DictId) -> TypeId {
        let array = self.dict_type(dict);
        self.store().pointer(array)
    }

    fn dict_type(&mut self, dict: DictId) -> TypeId {
        let words = self.layout(self.dict_info(dict).obj).words();
        self.store().array(TypeId::UINTPTR, Some(words as u64))
    }

    /// The data of a plain instance, which its shaped counterpart is given. Making it reads what it refers to.
    pub(crate) fn dict_name(&mut self, dict: DictId) -> NameId {
        let info = self.dict_info(dict);
        if let Some(known) = info.data {
            return known;
        }
        let (obj, pkg) = (info.obj, info.pkg);
        let sym = Symbol::intern(&format!(".dict.{}", info.name));
        let ty = self.dict_type(dict);
        let name = self.unit.new_name(IrPos::AUTOGENERATED, sym, Some(pkg), ty, Class::Extern);
        self.unit.names[name].read_only = true;
        // Dictionaries refer to each other.
        self.dict_mut(dict).data = Some(name);
        let layout = self.layout(obj);
        self.reading_from(pkg, |low| {
            for (obj, targs) in layout.subdicts() {
                let targs: Vec<TypeId> = targs.iter().map(|&t| low.ir_ty(t, Some(dict))).collect();
                let sub = low.dict(obj, &targs);
                low.dict_name(sub);
            }
            for ty in layout.rtypes() {
                low.ir_ty(ty, Some(dict));
            }
            for (ty, iface) in layout.itabs() {
                let ty = low.ir_ty(ty, Some(dict));
                let iface = low.ir_ty(iface, Some(dict));
                low.describe_itab(ty, iface);
            }
        });
        name
    }
}

impl Body<'_, '_> {
    /// The body of a plain instance: a call of the shaped one. `pos` is the function's, or that of the inlined call.
    pub(crate) fn call_shaped(&mut self, pos: IrPos) -> List {
        let Some(dict) = self.dict else { return List::new() };
        let callee = self.inline.as_ref().map_or(self.func, |frame| frame.callee);
        let Origin::Instance(obj, _) = self.low.unit.funcs[callee].origin else { return List::new() };
        let shaped = self.low.shaped_function(dict, obj);
        let (name, recv) = (self.low.unit.funcs[shaped].name, self.low.unit.funcs[shaped].recv);
        let sig = self.low.unit.names[name].ty;
        let variadic = self.low.store().as_signature(sig).is_some_and(|s| s.variadic);
        let data = self.low.dict_name(dict);
        let cx = self.low.cx;
        let inputs: List =
            self.low.unit.funcs[self.func].inputs().iter().map(|&n| self.low.unit.names[n].node).collect();
        let mut build = self.low.unit.build(&cx);
        let fun = match recv {
            Some(recv) => build.method_expr_of(pos, recv, obj, sig, Some(shaped)),
            None => build.unit.names[name].node,
        };
        let data = build.unit.names[data].node;
        let data = build.addr(pos, data);
        let mut args = inputs;
        args.insert(usize::from(recv.is_some()), data);
        if self.inline.is_none() {
            build.unit.funcs[self.func].wrapper = true;
        }
        let call = build.call(self.func, pos, fun, args, variadic);
        let results = build.result_types(sig).len();
        match results {
            0 => List::from([call]),
            1 => List::from([build.unit.stmt(pos, Kind::Return(List::from([call])))]),
            _ => {
                let (assign, temps) = build.spread_results(self.func, pos, call);
                let ret = build.unit.stmt(pos, Kind::Return(temps));
                build.unit.nodes[ret].init = List::from([assign]);
                List::from([ret])
            }
        }
    }
}

impl Lowerer<'_> {
    /// The shaped function that a plain instance, or a method of one, calls.
    fn shaped_function(&mut self, dict: DictId, obj: ObjId) -> FuncId {
        let shaped = match self.dict_info(dict).paired {
            Some(shaped) => shaped,
            None => {
                self.pair_shaped(dict);
                self.shaped_dict(dict)
            }
        };
        let info = self.dict_info(shaped);
        if info.obj == obj {
            let targs = info.targs.clone();
            return self.instance(obj, &targs);
        }
        self.generics.methods.get(&(shaped, obj)).copied().unwrap_or_else(|| self.func(obj))
    }
}
