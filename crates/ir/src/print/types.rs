//! Types as messages show them (`types/fmt.go`).

use std::fmt::Write;

use escargo_base::Symbol;
use escargo_types::constant::quote::quote;
use escargo_types::link::{link_name, link_prefix};
use escargo_types::ty::{ChanDir, Named, Signature, Struct, Type};
use escargo_types::typeset::type_set;
use escargo_types::{ObjId, PkgId, TypeId, TypeStore};

use super::symbol;

/// Writes types to the end of a string.
pub(super) struct TypeWriter<'a, 'o> {
    store: &'a TypeStore,
    /// The package compiled: its names are not qualified.
    local: PkgId,
    out: &'o mut String,
    /// Where the text of the whole type starts in `out`.
    start: usize,
    /// Types without names that are being written, and where their text starts. An interface can contain itself.
    open: Vec<(TypeId, usize)>,
}

impl<'a, 'o> TypeWriter<'a, 'o> {
    pub(super) fn new(store: &'a TypeStore, local: PkgId, out: &'o mut String) -> Self {
        let start = out.len();
        TypeWriter { store, local, out, start, open: Vec::new() }
    }

    /// A function's type; with a receiver it reads `method(T) func()`.
    pub(super) fn func(&mut self, signature: &Signature, recv: Option<TypeId>) {
        if let Some(recv) = recv {
            self.out.push_str("method(");
            self.ty(recv);
            self.out.push_str(") ");
        }
        self.out.push_str("func");
        self.signature(signature);
    }

    pub(super) fn ty(&mut self, ty: TypeId) {
        let store = self.store;
        if self.predeclared(ty) {
            return;
        }
        match store.ty(ty) {
            Type::Basic(basic) => return self.out.push_str(basic.name),
            Type::Named(named) => return self.named(ty, named),
            Type::Alias(_) => return self.ty(store.unalias(ty)),
            Type::TypeParam(p) => return self.out.push_str(store.obj(p.obj).name.as_str()),
            _ => {}
        }
        if let Some(&(_, at)) = self.open.iter().find(|(open, _)| *open == ty) {
            // Writing to a string cannot fail.
            let _ = write!(self.out, "@{at}");
            return;
        }
        self.open.push((ty, self.out.len() - self.start));
        self.literal(ty);
        self.open.pop();
    }

    /// Writes predeclared types whose text is not that of their structure.
    fn predeclared(&mut self, ty: TypeId) -> bool {
        self.out.push_str(match ty {
            TypeId::ANY | TypeId::ANY_INTERFACE => "any",
            TypeId::ERROR => "error",
            TypeId::UNSAFE_POINTER => "unsafe.Pointer",
            TypeId::UNTYPED_NIL => "nil",
            _ => return false,
        });
        true
    }

    /// Arguments of instances are in link form. What tells apart types declared in functions is left out.
    fn named(&mut self, ty: TypeId, named: &Named) {
        let object = self.store.obj(named.obj);
        symbol::write_qualifier(self.store, self.local, object.pkg, self.out);
        if named.targs().is_empty() {
            // The name of a shape ends as the type does that it is the shape of.
            return self.out.push_str(without_number(object.name.as_str()));
        }
        let name = link_name(self.store, ty);
        let end = name.rfind(']').map_or(name.len(), |at| at + 1);
        self.out.push_str(&name[..end]);
    }

    fn prefixed(&mut self, prefix: &str, ty: TypeId) {
        self.out.push_str(prefix);
        self.ty(ty);
    }

    fn literal(&mut self, ty: TypeId) {
        let store = self.store;
        match store.ty(ty) {
            &Type::Pointer(elem) => self.prefixed("*", elem),
            &Type::Array { elem, len } => {
                let _ = write!(self.out, "[{}]", len.unwrap_or(0));
                self.ty(elem);
            }
            &Type::Slice(elem) => self.prefixed("[]", elem),
            &Type::Map { key, elem } => {
                self.prefixed("map[", key);
                self.prefixed("]", elem);
            }
            &Type::Chan { dir, elem } => self.chan(dir, elem),
            Type::Struct(s) => self.struct_type(s),
            Type::Interface(_) => self.interface(ty),
            Type::Signature(s) => {
                self.out.push_str("func");
                self.signature(s.get());
            }
            Type::Tuple(t) => {
                for (i, &var) in t.vars.iter().enumerate() {
                    self.prefixed(if i > 0 { "," } else { "" }, store.obj_type(var));
                }
            }
            _ => {}
        }
    }

    fn chan(&mut self, dir: ChanDir, elem: TypeId) {
        let receives = matches!(self.store.ty(elem), Type::Chan { dir: ChanDir::Recv, .. });
        let (before, after) = match dir {
            ChanDir::Both if receives => ("chan (", ")"),
            ChanDir::Both => ("chan ", ""),
            ChanDir::Send => ("chan<- ", ""),
            ChanDir::Recv => ("<-chan ", ""),
        };
        self.prefixed(before, elem);
        self.out.push_str(after);
    }

    fn struct_type(&mut self, s: &Struct) {
        self.out.push_str("struct {");
        for (i, &field) in s.fields.iter().enumerate() {
            self.out.push_str(if i > 0 { "; " } else { " " });
            self.field(field, s.tag(i));
        }
        self.out.push_str(if s.fields.is_empty() { "}" } else { " }" });
    }

    /// Embedded fields show only their type.
    fn field(&mut self, field: ObjId, tag: Symbol) {
        let object = self.store.obj(field);
        if !object.is_embedded() {
            if !object.is_exported() {
                symbol::write_qualifier(self.store, self.local, object.pkg, self.out);
            }
            self.out.push_str(object.name.as_str());
            self.out.push(' ');
        }
        self.ty(self.store.obj_type(field));
        if !tag.is_empty() {
            self.out.push(' ');
            self.out.push_str(&quote(tag.as_str().as_bytes()));
        }
    }

    fn interface(&mut self, ty: TypeId) {
        let store = self.store;
        let methods = &type_set(store, ty).methods;
        if methods.is_empty() {
            return self.out.push_str("interface {}");
        }
        self.out.push_str("interface {");
        for (i, &method) in methods.iter().enumerate() {
            self.out.push_str(if i > 0 { "; " } else { " " });
            let object = store.obj(method);
            if let (Some(pkg), false) = (object.pkg, object.is_exported()) {
                // Unlike other names these are qualified by path, also in their own package.
                self.out.push_str(&link_prefix(store, pkg));
                self.out.push('.');
            }
            self.out.push_str(object.name.as_str());
            if let Some(signature) = store.method_type(method).and_then(|t| store.as_signature(t)) {
                self.signature(signature);
            }
        }
        self.out.push_str(" }");
    }

    /// Parameters and results.
    fn signature(&mut self, signature: &Signature) {
        let store = self.store;
        self.params(store.tuple(signature.params), signature.variadic);
        match store.tuple(signature.results) {
            [] => {}
            &[result] => self.prefixed(" ", store.obj_type(result)),
            results => {
                self.out.push(' ');
                self.params(results, false);
            }
        }
    }

    fn params(&mut self, vars: &[ObjId], variadic: bool) {
        let store = self.store;
        self.out.push('(');
        for (i, &var) in vars.iter().enumerate() {
            self.out.push_str(if i > 0 { ", " } else { "" });
            let ty = store.obj_type(var);
            match store.ty(ty) {
                &Type::Slice(elem) if variadic && i + 1 == vars.len() => self.prefixed("...", elem),
                _ => self.ty(ty),
            }
        }
        self.out.push(')');
    }
}

/// Whether a type has a name of its own, so that a conversion to it needs no parentheses.
pub(super) fn has_symbol(store: &TypeStore, ty: TypeId) -> bool {
    match store.ty(ty) {
        Type::Basic(_) | Type::Named(_) | Type::TypeParam(_) => true,
        Type::Alias(_) => ty == TypeId::ANY || has_symbol(store, store.unalias(ty)),
        Type::Interface(_) => ty == TypeId::ANY_INTERFACE,
        _ => false,
    }
}

/// A name without the `·N` that it may end with.
fn without_number(name: &str) -> &str {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    base.strip_suffix('·').unwrap_or(name)
}
