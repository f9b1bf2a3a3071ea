//! Types whose descriptions for the run time are written while bodies are read: those in tables of methods that are
//! known when compiling, and all that can be reached from them (`reflectdata/reflect.go`, writeITab, writeType).
//!
//! Nothing of a description matters here but the functions that come with it ([`crate::equality`]), and their order.
//! Descriptions for other purposes are written after all messages.

use escargo_base::Symbol;
use escargo_dialect::lowering::DescribeRule;
use escargo_types::lookup::compare_objects;
use escargo_types::methodset::method_set;
use escargo_types::typeset::type_set;
use escargo_types::{ObjId, Type, TypeId};
use rustc_hash::FxHashSet;

use crate::lowerer::Lowerer;

/// Types with a description.
#[derive(Default)]
pub(crate) struct Described {
    /// Those looked at.
    seen: FxHashSet<TypeId>,
    /// The same in link form: other types may look alike.
    links: FxHashSet<Symbol>,
}

impl Lowerer<'_> {
    /// Describes what tables of methods refer to that data needs: those of concrete types for interfaces.
    pub fn describe_tables(&mut self, tables: &[(TypeId, TypeId)]) {
        for &(concrete, interface) in tables {
            self.describe_itab(concrete, interface);
        }
    }

    /// Describes what the table of a concrete type's methods for an interface refers to. Other pairs of types have no
    /// table.
    pub(crate) fn describe_itab(&mut self, concrete: TypeId, interface: TypeId) {
        let store = self.store();
        let is_interface = |ty: TypeId| store.is_interface(ty);
        if self.cx.model.lowering.describes == DescribeRule::Late {
            return;
        }
        if is_interface(concrete) || !is_interface(interface) || store.is_untyped(concrete) {
            return;
        }
        if type_set(store, store.under(interface)).methods.is_empty() {
            return;
        }
        self.describe(interface);
        self.describe(concrete);
    }

    fn describe(&mut self, ty: TypeId) {
        let store = self.store();
        let ty = store.unalias(ty);
        // Basic types need no functions.
        if matches!(store.ty(ty), Type::Basic(_)) || !self.described.seen.insert(ty) {
            return;
        }
        let link = self.link(ty);
        if !self.described.links.insert(link) {
            return;
        }
        let base = match *store.ty(ty) {
            Type::Pointer(elem) if store.as_named(elem).is_some() => elem,
            _ => ty,
        };
        if !self.is_emitted(store.unalias(base)) {
            return;
        }
        if self.cx.model.lowering.describes == DescribeRule::PartsFirst {
            self.describe_parts(ty);
        }
        self.need_equality(ty);
        if !matches!(store.ty(store.under(ty)), Type::Pointer(_)) {
            self.describe(store.pointer(ty));
        }
        if self.cx.model.lowering.describes == DescribeRule::PartsLast {
            self.describe_parts(ty);
        }
        self.describe_methods(ty);
    }

    fn describe_parts(&mut self, ty: TypeId) {
        let store = self.store();
        match *store.ty(store.under(ty)) {
            Type::Pointer(elem) | Type::Slice(elem) | Type::Array { elem, .. } | Type::Chan { elem, .. } => {
                self.describe(elem);
            }
            Type::Map { key, elem } => {
                self.describe(key);
                self.describe(elem);
                self.need_hash(key);
            }
            Type::Struct(ref s) => {
                for &field in &s.fields {
                    self.describe(store.obj_type(field));
                }
            }
            Type::Signature(_) => self.describe_signature(store.under(ty)),
            Type::Interface(_) => {
                let methods = type_set(store, store.under(ty)).methods.clone();
                self.describe_signatures(methods);
            }
            _ => {}
        }
    }

    /// Methods are described with the types that have them, those of a pointer with the pointer's type.
    fn describe_methods(&mut self, ty: TypeId) {
        let store = self.store();
        let declared = store.as_named(ty).is_some();
        let base = if declared { ty } else { store.pointer_elem(ty).unwrap_or(ty) };
        let has_methods = match store.ty(store.unalias(base)) {
            Type::Named(_) => !store.is_interface(base) && store.pointer_elem(base).is_none(),
            Type::Struct(_) => true,
            _ => false,
        };
        if has_methods {
            let methods = method_set(store, ty).into_iter().map(|m| m.obj).collect();
            self.describe_signatures(methods);
        }
    }

    fn describe_signatures(&mut self, mut methods: Vec<ObjId>) {
        let store = self.store();
        methods.sort_by(|&a, &b| compare_objects(store, a, b));
        for method in methods {
            let Some(ty) = store.method_type(method) else { continue };
            if store.as_signature(ty).is_some_and(|sig| sig.tparams.is_empty()) {
                self.describe_signature(ty);
            }
        }
    }

    fn describe_signature(&mut self, ty: TypeId) {
        let store = self.store();
        let Some(sig) = store.as_signature(ty) else { return };
        for &var in store.tuple(sig.params).iter().chain(store.tuple(sig.results)) {
            self.describe(store.obj_type(var));
        }
    }
}
