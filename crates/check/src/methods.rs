//! Which methods belong to which types.

use escargo_base::Symbol;
use escargo_syntax::{Decl, Expr};
use escargo_types::{ObjId, PkgId, Type};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checker::{Checker, DeclKind};
use crate::code::Code;

/// A method with the name of the type that its receiver names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MethodDecl {
    pub(crate) obj: ObjId,
    pub(crate) has_pointer: bool,
    pub(crate) recv: Symbol,
}

impl Checker<'_> {
    /// Finds the base type of each method's receiver. Methods without one are checked as functions are, which
    /// reports what is wrong with them.
    pub(crate) fn associate_methods(&mut self, methods: &[MethodDecl]) {
        for method in methods {
            if let Some((has_pointer, base)) = self.receiver_base_name(method.has_pointer, method.recv) {
                self.store.obj(method.obj).set_ptr_recv(has_pointer);
                self.methods.entry(base).or_default().push(method.obj);
            }
        }
    }

    /// Follows a receiver's type name through aliases to the declared type of this package, with at most one pointer
    /// on the way; tells whether there is one.
    fn receiver_base_name(&self, has_pointer: bool, name: Symbol) -> Option<(bool, ObjId)> {
        let (mut has_pointer, mut name) = (has_pointer, name);
        let mut seen: FxHashSet<ObjId> = FxHashSet::default();
        loop {
            let obj = self.scopes[self.pkg_scope].lookup(name)?;
            if !self.store.obj(obj).is_type_name() || !seen.insert(obj) {
                return None;
            }
            let info = &self.decls[*self.obj_decl.get(&obj)?];
            let DeclKind::Type { decl } = info.kind else { return None };
            let tree = self.files[info.file].tree;
            let Decl::Type { alias, tparams, ty, .. } = tree[decl] else { return None };
            if !alias {
                return Some((has_pointer, obj));
            }
            // Generic aliases have no methods.
            if !tparams.is_empty() {
                return None;
            }
            let mut ty = tree.unparen(ty);
            if let Expr::Star(elem) = tree[ty] {
                if has_pointer {
                    return None;
                }
                has_pointer = true;
                ty = tree.unparen(elem);
            }
            let Expr::Name(id) = tree[ty] else { return None };
            name = tree.name(id);
        }
    }

    /// Gives a type the methods that were found for it.
    pub(crate) fn collect_methods(&mut self, obj: ObjId) {
        let Some(methods) = self.methods.remove(&obj) else { return };
        let object = self.store.obj(obj);
        let named = object.ty().and_then(|t| self.store.as_named(t));
        if let Some((base, _)) = named {
            // The base type may not have an underlying type yet.
            self.later(move |c| c.check_field_names(base));
        }
        let mut by_name: FxHashMap<Symbol, ObjId> = FxHashMap::default();
        let mut valid = Vec::with_capacity(methods.len());
        for method in methods {
            let m = self.store.obj(method);
            if let Some(&other) = by_name.get(&m.name) {
                let place = self.position_text(self.store.obj(other).pos);
                let message = format!("method {}.{} already declared at {place}", object.name, m.name);
                self.error(m.pos, Code::DuplicateMethod, message);
                continue;
            }
            by_name.insert(m.name, method);
            valid.push(method);
        }
        if let Some((_, base)) = named {
            base.set_methods(valid);
        }
    }

    /// A struct type's fields and methods have different names.
    fn check_field_names(&mut self, base: escargo_types::TypeId) {
        let store = self.store;
        let Type::Struct(fields) = store.ty(store.under(base)) else { return };
        let Type::Named(named) = store.ty(base) else { return };
        let mut methods: FxHashMap<(Symbol, Option<PkgId>), ObjId> = FxHashMap::default();
        let key = |o: ObjId| {
            let o = store.obj(o);
            (o.name, if o.is_exported() { None } else { o.pkg })
        };
        for &method in named.own_methods() {
            methods.insert(key(method), method);
        }
        for &field in &fields.fields {
            let name = store.obj(field).name;
            if name.is_blank() {
                continue;
            }
            if let Some(&method) = methods.get(&key(field)) {
                let mut err = self.new_error(Code::DuplicateFieldAndMethod);
                err.add(store.obj(method).pos, format!("field and method with the same name {name}"));
                self.add_alt_decl(&mut err, field);
                self.report(err);
            }
        }
    }
}
