//! Reading objects: variables, functions, declared types.

use escargo_ir::{Class, FuncId, IrPos, NameId, Origin};
use escargo_types::{ObjId, TypeId};

use crate::lowerer::Lowerer;

impl Lowerer<'_> {
    /// A package variable, the package's own or an imported one.
    pub(crate) fn global(&mut self, obj: ObjId) -> NameId {
        if let Some(&name) = self.globals.get(&obj) {
            return name;
        }
        let object = self.store().obj(obj);
        let ty = self.ty(object.ty().unwrap_or(TypeId::INVALID), None);
        let name = self.unit.new_name(IrPos::source(object.pos), object.name, object.pkg, ty, Class::Extern);
        self.unit.names[name].obj = Some(obj);
        self.globals.insert(obj, name);
        name
    }

    /// A function or method that is declared without type parameters.
    pub(crate) fn func(&mut self, obj: ObjId) -> FuncId {
        if let Some(&func) = self.funcs.get(&obj) {
            return func;
        }
        let object = self.store().obj(obj);
        let ty = self.ty(object.ty().unwrap_or(TypeId::INVALID), None);
        let pos = IrPos::source(object.pos);
        let func = self.new_func(pos, pos, object.name, object.pkg.unwrap_or(self.package.pkg), ty);
        self.unit.funcs[func].origin = Origin::Declared(obj);
        self.funcs.insert(obj, func);
        func
    }

    /// The method with exactly the receiver type `recv`.
    pub(crate) fn method(&mut self, recv: TypeId, method: ObjId) -> FuncId {
        let _ = recv;
        self.func(method)
    }
}
