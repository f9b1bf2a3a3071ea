//! Reading objects: variables, functions, declared types (`noder/reader.go`, objIdx).

use escargo_base::Symbol;
use escargo_ir::{Class, FuncId, IrPos, NameId, Origin, Pragmas};
use escargo_syntax::Decl;
use escargo_types::{ObjId, PkgId, TypeId};

use crate::func::{Code, Source};
use crate::lowerer::Lowerer;
use crate::package::{DeclRef, TypedPackage};
use crate::pragma::pragmas;

impl<'w> Lowerer<'w> {
    /// A package variable, the package's own or an imported one.
    pub(crate) fn global(&mut self, obj: ObjId) -> NameId {
        if let Some(&name) = self.globals.get(&obj) {
            return name;
        }
        self.stand_at(obj);
        let object = self.store().obj(obj);
        let pkg = object.pkg.unwrap_or(self.package.pkg);
        let ty = self.reading_from(pkg, |low| low.ty(low.store().obj_type(obj), None));
        let name = self.unit.new_name(IrPos::source(object.pos), object.name, object.pkg, ty, Class::Extern);
        self.unit.names[name].obj = Some(obj);
        self.globals.insert(obj, name);
        name
    }

    /// A function or method that is declared without type parameters: the package's own or an imported one. Reading
    /// it the first time queues its body, if it is the package's own.
    pub(crate) fn func(&mut self, obj: ObjId) -> FuncId {
        if let Some(&func) = self.funcs.get(&obj) {
            return func;
        }
        if let Some(recv) = self.receiver(obj) {
            // A method is read with its type.
            self.ty(recv, None);
            if let Some(&func) = self.funcs.get(&obj) {
                return func;
            }
        } else {
            self.stand_at(obj);
            self.read_signature(obj);
        }
        self.add_func(obj)
    }

    /// The method with exactly the receiver type `recv` (an IR type).
    pub fn method(&mut self, recv: TypeId, method: ObjId) -> FuncId {
        let declared = self.store().obj(method).origin().unwrap_or(method);
        let base = self.store().pointer_elem(recv).unwrap_or(recv);
        match self.store().targs(base) {
            [] => self.func(declared),
            _ => self.instance_method(base, declared),
        }
    }

    /// Reads a type that is declared without type parameters: what is behind it, then its methods, the bodies of
    /// which are queued if the package itself declares it.
    pub(crate) fn read_named(&mut self, named: TypeId) {
        let store = self.store();
        let obj = store.named_obj(named);
        let Some(pkg) = store.obj(obj).pkg else { return };
        self.stand_at(obj);
        self.reading_object(obj, pkg, |low| {
            low.begin_type(named);
            if pkg == low.package.pkg
                && !store.origin_methods(named).is_empty()
                && low.cx.model.lowering.wraps_known
            {
                low.generics.open.insert(named);
            }
            let under = low.ir_ty_unwrapped(store.under(named), None);
            low.end_type(named, under);
            for &method in store.origin_methods(named) {
                let generic =
                    store.as_signature(store.obj_type(method)).is_none_or(|s| !s.tparams.is_empty());
                if generic {
                    continue;
                }
                low.read_signature(method);
                if pkg == low.package.pkg {
                    low.add_func(method);
                }
            }
            low.need_wrapper(named, None);
        });
    }

    /// The compiler stands at an object when it begins to read it.
    pub(crate) fn stand_at(&mut self, obj: ObjId) {
        self.base_pos = IrPos::source(self.store().obj(obj).pos);
    }

    /// Does something while the data of a package is being read.
    pub(crate) fn reading_from<T>(&mut self, pkg: PkgId, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.reading, pkg);
        let result = read(self);
        self.reading = outer;
        result
    }

    /// Does something while the declaration or the methods of a type name are being read.
    pub(crate) fn reading_object<T>(
        &mut self,
        obj: ObjId,
        pkg: PkgId,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = (self.reading_object.replace(obj), self.reading_part.take());
        let result = self.reading_from(pkg, read);
        (self.reading_object, self.reading_part) = outer;
        result
    }

    /// The type of a method's receiver, as the checker has it.
    pub(crate) fn receiver(&self, obj: ObjId) -> Option<TypeId> {
        let sig = self.store().as_signature(self.store().obj_type(obj))?;
        sig.recv.map(|recv| self.store().obj_type(recv))
    }

    /// Reads the types of receiver, parameters and results.
    fn read_signature(&mut self, obj: ObjId) {
        let store = self.store();
        let Some(sig) = store.as_signature(store.obj_type(obj)) else { return };
        let pkg = store.obj(obj).pkg.unwrap_or(self.package.pkg);
        self.reading_from(pkg, |low| {
            let vars = sig.recv.iter().chain(store.tuple(sig.params)).chain(store.tuple(sig.results));
            for &var in vars {
                low.ty(store.obj_type(var), None);
            }
        });
    }

    /// Adds a function whose signature was read.
    fn add_func(&mut self, obj: ObjId) -> FuncId {
        let store = self.store();
        let object = store.obj(obj);
        let pkg = object.pkg.unwrap_or(self.package.pkg);
        let recv = self.receiver(obj).map(|recv| self.reading_from(pkg, |low| low.ty(recv, None)));
        let sym = match recv {
            Some(recv) => self.method_sym(recv, obj, "").0,
            None if object.name.as_str() == "init" => self.init_sym(),
            None => object.name,
        };
        let typed: &'w TypedPackage = self.world.typed(pkg);
        let decl = typed.funcs.get(&obj).copied();
        let name_pos = IrPos::source(object.pos);
        let pos = decl.map_or(name_pos, |d| decl_pos(typed, d));
        let ty = self.reading_from(pkg, |low| low.func_type(store.obj_type(obj), None));
        let func = self.new_func(pos, name_pos, sym, pkg, ty);
        self.funcs.insert(obj, func);
        let name = self.unit.funcs[func].name;
        self.unit.names[name].obj = Some(obj);
        let linkname = self.linkname(typed, obj);
        let f = &mut self.unit.funcs[func];
        f.origin = Origin::Declared(obj);
        f.recv = recv;
        f.linkname = linkname;
        f.local = pkg == self.package.pkg;
        match decl {
            Some(decl) if f.local => self.own_func(func, decl),
            _ => self.imported_func(func, obj, pkg),
        }
        func
    }

    fn own_func(&mut self, func: FuncId, decl: DeclRef) {
        let typed = self.package;
        let file = &typed.files[decl.file];
        if let Decl::Func(d) = &file.tree[decl.decl] {
            let f = &mut self.unit.funcs[func];
            f.pragmas = pragmas(&file.tree, d.pragma);
            f.has_body = d.body.is_some();
        }
        let source = Source { pkg: typed, file: decl.file, code: Code::Decl(decl.decl), dict: None };
        self.sources.insert(func, source);
        self.todo_bodies.push(func);
    }

    fn imported_func(&mut self, func: FuncId, obj: ObjId, pkg: PkgId) {
        if pkg == self.package.pkg {
            return;
        }
        let Some(facts) = self.world.summary(pkg).funcs.get(&obj) else { return };
        let f = &mut self.unit.funcs[func];
        f.pragmas = facts.pragmas;
        f.inline = facts.inline;
        f.tags.clone_from(&facts.tags);
    }

    /// Where the body of a function comes from; of an imported one as well.
    pub(crate) fn source_of(&self, func: FuncId) -> Option<Source<'w>> {
        if let Some(source) = self.sources.get(&func) {
            return Some(source.clone());
        }
        let Origin::Declared(obj) = self.unit.funcs[func].origin else { return None };
        let pkg: &'w TypedPackage = self.world.typed(self.store().obj(obj).pkg?);
        let decl = pkg.funcs.get(&obj)?;
        Some(Source { pkg, file: decl.file, code: Code::Decl(decl.decl), dict: None })
    }

    /// Directives of a declared function, generic ones included.
    pub(crate) fn declared_pragmas(&self, obj: ObjId) -> Pragmas {
        let Some(pkg) = self.store().obj(obj).pkg else { return Pragmas::default() };
        let typed = self.world.typed(pkg);
        let Some(decl) = typed.funcs.get(&obj) else { return Pragmas::default() };
        let tree = &typed.files[decl.file].tree;
        match &tree[decl.decl] {
            Decl::Func(d) => pragmas(tree, d.pragma),
            _ => Pragmas::default(),
        }
    }

    /// Position of the declaration of a function, and of its name.
    pub(crate) fn declared_pos(&self, obj: ObjId) -> (IrPos, IrPos) {
        let object = self.store().obj(obj);
        let name_pos = IrPos::source(object.pos);
        let Some(pkg) = object.pkg else { return (name_pos, name_pos) };
        let typed = self.world.typed(pkg);
        (typed.funcs.get(&obj).map_or(name_pos, |&d| decl_pos(typed, d)), name_pos)
    }

    fn init_sym(&mut self) -> Symbol {
        let number = self.inits;
        self.inits += 1;
        Symbol::intern(&format!("init.{number}"))
    }

    /// The symbol that `//go:linkname` gives a function.
    fn linkname(&self, typed: &TypedPackage, obj: ObjId) -> Option<Symbol> {
        let object = self.store().obj(obj);
        if !object.is_package_level() {
            return None;
        }
        let (_, target) = typed.linknames.iter().find(|(local, _)| *local == object.name)?;
        Some(target.unwrap_or_else(|| Symbol::intern(&format!("{}.{}", typed.path, object.name))))
    }
}

fn decl_pos(typed: &TypedPackage, decl: DeclRef) -> IrPos {
    let file = &typed.files[decl.file];
    IrPos::source(escargo_base::Pos::new(file.id, file.tree.decl_loc(decl.decl).pos))
}
