//! The methods of a type, promoted ones included, as wrappers want to know them (`typecheck/subr.go`, CalcMethods).

use escargo_base::Symbol;
use escargo_ir::FuncId;
use escargo_types::lookup::compare_objects;
use escargo_types::methodset::method_set;
use escargo_types::typeset::type_set;
use escargo_types::{ObjId, Type, TypeId};

use crate::lowerer::Lowerer;

/// How a method got into a method set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Embedding {
    /// It is declared for the type itself.
    Own,
    /// It is promoted from an embedded field.
    Value,
    /// A pointer is on the way to the field that it is promoted from.
    Pointer,
}

/// A method of a type.
#[derive(Clone, Debug)]
pub(crate) struct WrappedMethod {
    /// The method: of the type that it is declared for, or of an interface.
    pub(crate) obj: ObjId,
    /// Indices of the embedded fields on the way to it.
    pub(crate) path: Vec<u32>,
    /// How it got into the method set.
    pub(crate) embedding: Embedding,
    /// Type of its receiver; none for methods of interfaces.
    pub(crate) recv: Option<TypeId>,
    /// The function with its receiver; for methods of interfaces without one.
    pub(crate) sig: TypeId,
    /// Its function; none for methods of interfaces.
    pub(crate) func: Option<FuncId>,
}

impl WrappedMethod {
    pub(crate) fn is_interface(&self) -> bool {
        self.func.is_none()
    }
}

impl Lowerer<'_> {
    /// All methods that can be called on a variable of a type that is no pointer, exported ones first, then by name.
    pub(crate) fn wrapped_methods(&mut self, ty: TypeId) -> Vec<WrappedMethod> {
        let store = self.store();
        let under = self.ir_under(ty);
        if let Type::Interface(_) = store.ty(under) {
            let mut methods = type_set(store, under).methods.clone();
            methods.sort_by(|&a, &b| compare_objects(store, a, b));
            return methods
                .into_iter()
                .map(|m| self.interface_method(m, Vec::new(), Embedding::Own))
                .collect();
        }
        let mut methods = method_set(store, store.pointer(ty));
        methods.sort_by(|a, b| compare_objects(store, a.obj, b.obj));
        methods.iter().filter_map(|m| self.wrapped_method(ty, m.obj, &m.index)).collect()
    }

    /// Follows the path to a method with IR types.
    fn wrapped_method(&mut self, ty: TypeId, obj: ObjId, index: &[u32]) -> Option<WrappedMethod> {
        let store = self.store();
        let (_, path) = index.split_last()?;
        let mut embedding = if path.is_empty() { Embedding::Own } else { Embedding::Value };
        let mut holder = ty;
        for &i in path {
            let base = store.pointer_elem(holder).unwrap_or(holder);
            let under = self.ir_under(base);
            let &field = store.struct_fields(under)?.get(i as usize)?;
            holder = self.ir_ty(store.obj_type(field), None);
            if store.pointer_elem(holder).is_some() {
                embedding = Embedding::Pointer;
            }
        }
        let under = self.ir_under(holder);
        if let Type::Interface(_) = store.ty(under) {
            let name = store.obj(obj).name;
            let method = self.method_of_interface(under, obj, name)?;
            return Some(self.interface_method(method, path.to_vec(), embedding));
        }
        let declared = store.obj(obj).origin().unwrap_or(obj);
        if store.as_signature(store.obj_type(declared)).is_none_or(|s| !s.tparams.is_empty()) {
            return None;
        }
        let func = self.method(holder, obj);
        let sig = self.unit.func_name(func).ty;
        let recv = store.as_signature(sig).and_then(|s| s.recv).map(|recv| store.obj_type(recv));
        Some(WrappedMethod { obj, path: path.to_vec(), embedding, recv, sig, func: Some(func) })
    }

    fn method_of_interface(&self, interface: TypeId, like: ObjId, name: Symbol) -> Option<ObjId> {
        let store = self.cx.store;
        let pkg = store.obj(like).pkg;
        let matches = |&&m: &&ObjId| {
            let object = store.obj(m);
            object.name == name && (object.is_exported() || object.pkg == pkg)
        };
        type_set(store, interface).methods.iter().find(matches).copied()
    }

    fn interface_method(&mut self, obj: ObjId, path: Vec<u32>, embedding: Embedding) -> WrappedMethod {
        let raw = self.store().method_type(obj).unwrap_or(TypeId::INVALID);
        let sig = self.ir_ty(raw, None);
        WrappedMethod { obj, path, embedding, recv: None, sig, func: None }
    }
}
