//! Shapes: the types that generic code is compiled for (`noder/reader.go`, Shapify).

use std::fmt::Write;

use escargo_base::Symbol;
use escargo_types::typeset::type_set;
use escargo_types::{Type, TypeId};
use sha2::{Digest, Sha256};

use crate::lowerer::Lowerer;

/// Names of shapes that are longer are replaced by a digest, unless `-d=maxshapelen` says otherwise.
const MAX_NAME: i64 = 500;

impl Lowerer<'_> {
    /// The shape of a type argument. `basic`: the constraint consists of methods only, so that what a pointer points
    /// to makes no difference.
    pub(crate) fn shapify(&mut self, targ: TypeId, basic: bool) -> TypeId {
        let store = self.store();
        let shaped = store.has_shape(targ);
        // What a type that is being read looks like is not known yet.
        if shaped && self.generics.unfinished.contains(&targ) {
            return targ;
        }
        let instance = matches!(store.ty(targ), Type::Named(n) if !n.targs().is_empty());
        let mut under = self.ir_under(targ);
        if shaped && instance && matches!(store.ty(under), Type::Interface(_)) {
            return targ;
        }
        if let Type::Pointer(elem) = *store.ty(under)
            && basic
            && !self.is_not_in_heap(elem)
        {
            under = store.pointer(TypeId::UINT8);
        }
        let name = self.shape_name(under);
        if let Some(&known) = self.generics.shapes.get(&name) {
            return known;
        }
        let shape = store.shape_of(under, name);
        self.generics.shapes.insert(name, shape);
        shape
    }

    fn shape_name(&mut self, under: TypeId) -> Symbol {
        let link = self.link(under);
        let limit = match self.cx.flags.debug("maxshapelen") {
            0 => MAX_NAME,
            limit => limit,
        };
        if link.as_str().len() as i64 <= limit {
            return link;
        }
        let mut digest = Sha256::digest(link.as_str().as_bytes());
        // The compiler's hashes differ from the plain ones in this byte.
        digest[0] ^= 0xff;
        let mut text = String::new();
        for byte in digest {
            let _ = write!(text, "{byte:02x}");
        }
        Symbol::intern(&text)
    }

    /// Whether a type parameter is constrained by methods only.
    pub(crate) fn has_method_constraint(&self, tparam: TypeId) -> bool {
        let store = self.store();
        let under = store.under(tparam);
        matches!(store.ty(under), Type::Interface(_)) && type_set(store, under).is_method_set()
    }

    /// Whether values of the type never lie in the garbage-collected heap (`internal/runtime/sys.NotInHeap`).
    pub(crate) fn is_not_in_heap(&self, ty: TypeId) -> bool {
        let store = self.store();
        if let Some((_, named)) = store.as_named(ty) {
            let object = store.obj(named.obj);
            let path = object.pkg.map(|p| store.pkg(p).path);
            if object.name.as_str() == "nih" && path.is_some_and(|p| p.as_str() == "internal/runtime/sys") {
                return true;
            }
        }
        match store.ty(store.under(ty)) {
            &Type::Array { elem, .. } => self.is_not_in_heap(elem),
            Type::Struct(s) => s.fields.iter().any(|&f| self.is_not_in_heap(store.obj_type(f))),
            _ => false,
        }
    }
}
