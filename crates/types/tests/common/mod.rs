//! Builds types by hand.
#![allow(dead_code, reason = "each test file uses a part")]

use escargo_base::{Pos, Symbol};
use escargo_types::object::Package;
use escargo_types::print::type_string;
use escargo_types::{Interface, ObjId, Object, PkgId, Signature, Type, TypeId, TypeStore, VarKind};

pub(crate) struct Build {
    pub(crate) store: TypeStore,
    pub(crate) pkg: PkgId,
}

pub(crate) fn sym(name: &str) -> Symbol {
    Symbol::intern(name)
}

impl Build {
    pub(crate) fn new() -> Build {
        let store = TypeStore::new();
        let pkg = store.new_package(Package::new(sym("ex/p"), Some(sym("p")), false));
        Build { store, pkg }
    }
    pub(crate) fn named(&self, name: &str) -> TypeId {
        let object = Object::type_name(Pos::NONE, Some(self.pkg), sym(name), None);
        object.mark_package_level();
        self.store.new_named(self.store.new_object(object))
    }
    pub(crate) fn declare(&self, name: &str, rhs: TypeId) -> TypeId {
        let named = self.named(name);
        self.set_rhs(named, rhs);
        named
    }
    pub(crate) fn set_rhs(&self, named: TypeId, rhs: TypeId) {
        let Type::Named(n) = self.store.ty(named) else { panic!("{named:?} is not named") };
        n.set_rhs(rhs);
    }
    pub(crate) fn set_tparams(&self, named: TypeId, tparams: &[TypeId]) {
        let Type::Named(n) = self.store.ty(named) else { panic!("{named:?} is not named") };
        n.set_tparams(tparams.to_vec());
    }
    pub(crate) fn set_methods(&self, named: TypeId, methods: &[ObjId]) {
        let Type::Named(n) = self.store.ty(named) else { panic!("{named:?} is not named") };
        n.set_methods(methods.to_vec());
    }
    pub(crate) fn tparam(&self, name: &str, index: usize, bound: TypeId) -> TypeId {
        let object = Object::type_name(Pos::NONE, Some(self.pkg), sym(name), None);
        let id = self.store.new_type_param(self.store.new_object(object));
        let Type::TypeParam(p) = self.store.ty(id) else { panic!() };
        p.set_index(index);
        p.set_bound(bound);
        id
    }
    pub(crate) fn field(&self, name: &str, ty: TypeId) -> ObjId {
        self.store.new_object(Object::field(Pos::NONE, Some(self.pkg), sym(name), ty, false))
    }
    pub(crate) fn embedded(&self, name: &str, ty: TypeId) -> ObjId {
        self.store.new_object(Object::field(Pos::NONE, Some(self.pkg), sym(name), ty, true))
    }
    pub(crate) fn strukt(&self, fields: &[(&str, TypeId)]) -> TypeId {
        let fields = fields.iter().map(|(n, t)| self.field(n, *t)).collect();
        self.store.new_struct(fields, vec![])
    }
    pub(crate) fn var(&self, kind: VarKind, name: &str, ty: TypeId) -> ObjId {
        self.store.new_object(Object::var(kind, Pos::NONE, Some(self.pkg), sym(name), Some(ty)))
    }
    pub(crate) fn params(&self, kind: VarKind, list: &[(&str, TypeId)]) -> TypeId {
        self.store.new_tuple(list.iter().map(|(n, t)| self.var(kind, n, *t)).collect::<Vec<_>>())
    }
    pub(crate) fn sig(&self, params: &[(&str, TypeId)], results: &[(&str, TypeId)]) -> Signature {
        Signature {
            params: self.params(VarKind::Param, params),
            results: self.params(VarKind::Result, results),
            ..Signature::default()
        }
    }
    pub(crate) fn func(&self, params: &[(&str, TypeId)], results: &[(&str, TypeId)]) -> TypeId {
        self.store.new_signature(self.sig(params, results))
    }
    pub(crate) fn method(&self, recv: TypeId, name: &str, sig: Signature) -> ObjId {
        let recv = Some(self.var(VarKind::Receiver, "r", recv));
        let ty = self.store.new_signature(Signature { recv, ..sig });
        self.store.new_object(Object::func(Pos::NONE, Some(self.pkg), sym(name), Some(ty)))
    }
    pub(crate) fn interface(&self, methods: &[(&str, TypeId)], embeds: &[TypeId]) -> TypeId {
        let methods: Vec<ObjId> = methods
            .iter()
            .map(|(n, t)| self.store.new_object(Object::func(Pos::NONE, Some(self.pkg), sym(n), Some(*t))))
            .collect();
        let derived = methods.iter().any(|&m| self.store.is_derived(self.store.obj_type(m)))
            || embeds.iter().any(|&t| self.store.is_derived(t));
        self.store.new_interface(Interface::new(methods, embeds.to_vec(), vec![], false), derived)
    }
    pub(crate) fn instance(&self, generic: TypeId, targs: &[TypeId]) -> TypeId {
        self.store.named_instance(generic, targs, Pos::NONE)
    }
    /// The type unqualified.
    pub(crate) fn text(&self, ty: TypeId) -> String {
        type_string(&self.store, ty, &|pkg| if pkg == self.pkg { String::new() } else { self.path(pkg) })
    }
    pub(crate) fn path(&self, pkg: PkgId) -> String {
        self.store.pkg(pkg).path.to_string()
    }
}
