//! The order in which a package is read: initializers of its variables, declarations as they stand in the source, then
//! bodies, the last one queued first (`noder/unified.go`, `noder/reader.go`).

use escargo_base::Symbol;
use escargo_check::{FileInfo, IdentObject};
use escargo_ir::{Class, FuncId, IrPos, List, NameId, Origin, Pragmas};
use escargo_syntax::{Decl, DeclId, Expr, IdentId, Stmt, StmtId};
use escargo_types::typeset::type_set;
use escargo_types::{ObjId, Type, TypeId};

use crate::body::Body;
use crate::func::Code;
use crate::lowerer::Lowerer;
use crate::naming::{BLANK_RESULTS, UNNAMED_PARAMS, UNNAMED_RESULTS};
use crate::pkg_init::WalkedInit;
use crate::range_plan::renamed_result;

impl<'w> Lowerer<'w> {
    /// Reads the whole package: afterwards all functions are in the unit, with their bodies.
    pub fn run(&mut self) {
        self.number_local_types();
        if !self.cx.model.lowering.reads_back {
            return self.walk();
        }
        self.package_init();
        for (file, info) in self.package.files.iter().zip(&self.package.info.files) {
            for &decl in &file.tree.top {
                self.declaration(&file.tree, info, decl);
            }
        }
        self.read_bodies(false);
        self.mark_runtime_functions();
        self.wrappers.end_first();
    }

    /// Walks the package's trees in source order: first all types, then signatures, then initializers and bodies.
    /// Functions are listed when their bodies have been walked, the initializer of the package comes last
    /// (`noder/irgen.go` of 1.19, generate).
    fn walk(&mut self) {
        let init = self.new_init();
        let files = || self.package.files.iter().zip(&self.package.info.files).enumerate();
        let is_type = |decl: &Decl| matches!(decl, Decl::Type { .. });
        for types in [true, false] {
            for (_, (file, info)) in files() {
                for &decl in file.tree.top.iter().filter(|&&decl| is_type(&file.tree[decl]) == types) {
                    self.declaration(&file.tree, info, decl);
                }
            }
        }
        let mut walked = WalkedInit::default();
        for (index, (file, info)) in files() {
            for &decl in &file.tree.top {
                match file.tree[decl] {
                    Decl::Var { .. } => self.walk_variables(init, index, decl, &mut walked),
                    Decl::Func(func) => {
                        if let Some(func) = defined(info, func.name).and_then(|obj| self.plain_func(obj)) {
                            self.read_body(func);
                            self.unit.func_list.push(func);
                        }
                    }
                    _ => {}
                }
            }
        }
        self.finish_walked_init(init, walked);
        self.read_bodies(false);
        self.mark_runtime_functions();
    }

    /// A function of the package without type parameters.
    fn plain_func(&mut self, obj: ObjId) -> Option<FuncId> {
        let sig = self.store().as_signature(self.store().obj_type(obj))?;
        (sig.tparams.is_empty() && sig.recv_tparams.is_empty()).then(|| self.func(obj))
    }

    fn declaration(&mut self, tree: &escargo_syntax::Tree, info: &FileInfo, decl: DeclId) {
        match tree[decl] {
            Decl::Const { names, .. } => {
                for name in tree.list(names) {
                    if let Some(obj) = defined(info, name) {
                        self.ty(self.store().obj_type(obj), None);
                    }
                }
            }
            Decl::Var { names, .. } => {
                for name in tree.list(names) {
                    if let Some(obj) = defined(info, name) {
                        self.global(obj);
                    }
                }
            }
            Decl::Type { name, tparams, .. } if tparams.is_empty() && !tree.name(name).is_blank() => {
                if let Some(obj) = defined(info, name) {
                    self.type_declaration(self.store().obj_type(obj));
                }
            }
            Decl::Func(func) if !tree.name(func.name).is_blank() => {
                if let Some(obj) = defined(info, func.name) {
                    self.func_declaration(obj);
                }
            }
            _ => {}
        }
    }

    /// Interfaces that serve as constraints only are left out.
    fn type_declaration(&mut self, ty: TypeId) {
        let store = self.store();
        let under = store.under(ty);
        if !matches!(store.ty(under), Type::Interface(_)) || type_set(store, under).is_method_set() {
            self.ty(ty, None);
        }
    }

    fn func_declaration(&mut self, obj: ObjId) {
        if let Some(func) = self.plain_func(obj)
            && self.cx.model.lowering.reads_back
        {
            self.unit.func_list.push(func);
        }
    }

    /// Reads all bodies that are queued. Instances join the list of functions, except for those that are first seen
    /// while a call is inlined: the package that the callee comes from compiles these.
    pub(crate) fn read_bodies(&mut self, during_inlining: bool) {
        loop {
            if let Some(dict) = self.todo_dicts.pop() {
                self.pair_shaped(dict);
                continue;
            }
            let Some(func) = self.todo_bodies.pop() else { return };
            let is_instance = matches!(self.unit.funcs[func].origin, Origin::Instance(..));
            if is_instance || self.cx.model.lowering.reads_back {
                self.read_body(func);
            }
            if !is_instance {
                continue;
            }
            match during_inlining {
                true => self.new_instances.push(func),
                false => self.unit.func_list.push(func),
            }
        }
    }

    fn read_body(&mut self, func: FuncId) {
        let Some(source) = self.sources.get(&func).cloned() else { return };
        let sig = self.checked_sig(func);
        let list = self.reading_from(source.pkg.pkg, |low| {
            let mut body = Body::new(low, &source, func);
            body.declare_params(sig, true);
            body.lower_code(&source.code)
        });
        self.unit.funcs[func].body = list;
    }

    /// The checker's type of a function that has source.
    pub(crate) fn checked_sig(&self, func: FuncId) -> TypeId {
        match self.unit.funcs[func].origin {
            Origin::Declared(obj) | Origin::Instance(obj, _) => self.store().obj_type(obj),
            Origin::Literal => self.literals.get(&func).map_or(TypeId::INVALID, |facts| facts.sig),
            Origin::Generated => TypeId::INVALID,
        }
    }

    /// Functions of the run time that other packages compile are not instrumented.
    fn mark_runtime_functions(&mut self) {
        if self.cx.flags.runtime {
            return;
        }
        let store = self.store();
        for &func in &self.unit.func_list {
            let pkg = self.unit.names[self.unit.funcs[func].name].pkg;
            if pkg.is_some_and(|pkg| store.pkg(pkg).path.as_str() == "runtime") {
                let pragmas = &mut self.unit.funcs[func].pragmas;
                *pragmas = pragmas.with(Pragmas::NORACE);
            }
        }
    }
}

/// The object that an identifier declares.
pub(crate) fn defined(info: &FileInfo, ident: IdentId) -> Option<ObjId> {
    match info.idents[ident] {
        IdentObject::Def(obj) => Some(obj),
        _ => None,
    }
}

impl<'w> Body<'_, 'w> {
    /// Declares receiver, parameters and results of the function being lowered, of which `sig` is the checker's type:
    /// their names are known to the body. A shaped function gets its dictionary after the receiver
    /// (`ir.Func.DeclareParams`). Their types are those of the function's IR type, which has been read.
    pub(crate) fn declare_params(&mut self, sig: TypeId, dictionary: bool) {
        let store = self.low.store();
        self.sig = sig;
        let Some(signature) = store.as_signature(sig) else { return };
        let read = store.as_signature(self.low.unit.func_name(self.func).ty).unwrap_or(signature);
        let mut types = read.recv.iter().chain(store.tuple(read.params)).map(|&var| store.obj_type(var));
        let mut index = 0;
        if let Some(recv) = signature.recv {
            self.declare_param(recv, types.next(), Class::Param, index);
            index += 1;
        }
        let shaped = self.dict.filter(|&dict| dictionary && self.low.dict_info(dict).shaped);
        if let Some(ty) = shaped.and_then(|_| types.next()) {
            let pos = self.low.unit.funcs[self.func].pos;
            // The symbol is the shaped function's own, also where that is inlined.
            let pkg = Some(self.pkg.pkg);
            let sym = Symbol::intern(".dict");
            let name = self.low.unit.new_local(self.func, pos, sym, pkg, ty, Class::Param);
            self.low.unit.funcs[self.func].dict_param = Some(name);
            index += 1;
        }
        for &param in store.tuple(signature.params) {
            self.declare_param(param, types.next(), Class::Param, index);
            index += 1;
        }
        let results = store.tuple(signature.results);
        let types = store.tuple(read.results).iter().map(|&var| store.obj_type(var));
        for (i, (&result, ty)) in results.iter().zip(types).enumerate() {
            self.declare_param(result, Some(ty), Class::Result, i as u32);
        }
        self.low.unit.funcs[self.func].params = (index, results.len() as u32);
    }

    /// Parameters without a name are called after their place.
    fn declare_param(&mut self, obj: ObjId, ty: Option<TypeId>, class: Class, index: u32) -> NameId {
        let object = self.low.store().obj(obj);
        let ty = ty.unwrap_or(TypeId::INVALID);
        let pos = IrPos::source(object.pos);
        let unnamed = object.name.is_empty() || object.name.is_blank();
        let listed = self.rules().declares_unnamed;
        if unnamed && class == Class::Param && !listed {
            self.low.unit.funcs[self.func].unlisted += 1;
        }
        let name = if unnamed && class == Class::Result && self.plan().renames(obj) {
            // Returns from loops over functions assign to it.
            let sym = renamed_result(index as usize);
            self.low.unit.new_local(self.func, pos, sym, object.pkg, ty, class)
        } else if unnamed {
            let names = match class {
                Class::Param => &UNNAMED_PARAMS,
                _ if object.name.is_blank() && !listed => &BLANK_RESULTS,
                _ => &UNNAMED_RESULTS,
            };
            let sym = names.get(index);
            let pkg = self.low.unit.func_name(self.func).pkg;
            self.low.unit.new_local(self.func, pos, sym, pkg, ty, class)
        } else {
            self.low.unit.new_local(self.func, pos, object.name, object.pkg, ty, class)
        };
        self.low.unit.names[name].obj = Some(obj);
        self.locals.insert(obj, name);
        name
    }

    /// Lowers the body of the function being lowered; its parameters are declared.
    pub(crate) fn lower_code(&mut self, code: &Code<'w>) -> List {
        match code {
            Code::CallShaped => self.call_shaped(self.pos),
            Code::Made(make) => make(self),
            _ => self.block_of(code).map_or_else(List::new, |block| self.lower_block(block)),
        }
    }

    /// The body of a function that has source.
    fn block_of(&self, code: &Code<'w>) -> Option<StmtId> {
        let tree = &self.source().tree;
        match code {
            Code::Decl(decl) => match tree[*decl] {
                Decl::Func(func) => func.body,
                _ => None,
            },
            Code::Literal(e) => match tree[*e] {
                Expr::FuncLit { body, .. } => Some(body),
                _ => None,
            },
            Code::CallShaped | Code::Made(_) => None,
        }
    }

    /// The statements of a body. An empty one holds an empty block, except where it is inlined.
    fn lower_block(&mut self, block: StmtId) -> List {
        if self.inline.is_none() {
            return self.func_body(block);
        }
        match self.source().tree[block] {
            Stmt::Block(list) => {
                let list: Vec<StmtId> = self.source().tree.list(list).collect();
                self.stmts(&list)
            }
            _ => List::new(),
        }
    }
}
