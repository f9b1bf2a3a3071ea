//! Numbers of types that are declared in functions (`noder/writer.go`, declCollector).

use escargo_check::IdentObject;
use escargo_syntax::Decl;
use escargo_types::{Type, TypeStore};

use crate::lowerer::Lowerer;
use crate::package::TypedPackage;

impl Lowerer<'_> {
    /// Numbers the types that are declared in functions of the package: their names end in these numbers.
    pub(crate) fn number_local_types(&self) {
        number_local_types(self.cx.store, self.package);
    }
}

/// Numbers the types that are declared in functions of a package, in source order from 1. Aliases have none.
pub fn number_local_types(store: &TypeStore, package: &TypedPackage) {
    let mut number = 0;
    for (file, info) in package.files.iter().zip(&package.info.files) {
        let tree = &file.tree;
        let mut locals: Vec<_> = tree
            .decls()
            .iter_enumerated()
            .filter(|(_, decl)| matches!(decl, Decl::Type { alias: false, .. }))
            .filter(|(id, _)| tree.top.binary_search(id).is_err())
            .map(|(id, decl)| (tree.decl_loc(id).start, decl))
            .collect();
        locals.sort_by_key(|&(start, _)| start);
        for (_, decl) in locals {
            number += 1;
            if let Decl::Type { name, .. } = *decl
                && let IdentObject::Def(obj) = info.idents[name]
                && let Type::Named(named) = store.ty(store.obj_type(obj))
            {
                named.set_number(number);
            }
        }
    }
}
