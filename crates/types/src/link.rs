//! Types in link form: the text that the names of instances are made of, and that decides which types are one
//! (`types/fmt.go`, LinkString).

use std::fmt::Write;

use escargo_base::Symbol;

use crate::constant::quote::quote;
use crate::object::is_exported;
use crate::store::{ObjId, PkgId, TypeId, TypeStore};
use crate::ty::{BasicKind, ChanDir, Named, Signature, Struct, Type};
use crate::typeset::type_set;

/// The type in link form. Identical types have the same one.
pub fn link_string(store: &TypeStore, ty: TypeId) -> String {
    let mut writer = Writer { store, out: String::new(), open: Vec::new() };
    writer.ty(ty);
    writer.out
}

/// The name of a declared type or instance without its package: `Pair[int,string]`, `L·1`.
pub fn link_name(store: &TypeStore, ty: TypeId) -> String {
    let mut writer = Writer { store, out: String::new(), open: Vec::new() };
    if let Type::Named(named) = store.ty(ty) {
        writer.name(ty, named);
    }
    writer.out
}

/// What qualifies names of a package in link form (`cmd/internal/objabi/path.go`, PathToPrefix).
pub fn link_prefix(store: &TypeStore, pkg: PkgId) -> String {
    if pkg == store.shape_pkg() {
        return "go.shape".to_owned();
    }
    let path = store.pkg(pkg).link_path();
    let path = path.as_str();
    let slash = path.rfind('/');
    let mut out = String::with_capacity(path.len());
    for (i, c) in path.bytes().enumerate() {
        let dot_in_name = c == b'.' && slash.is_none_or(|slash| i > slash);
        if c <= b' ' || dot_in_name || c == b'%' || c == b'"' || c >= 0x7f {
            let _ = write!(out, "%{c:02x}");
        } else {
            out.push(char::from(c));
        }
    }
    out
}

/// Types nested deeper than this are cut short: they were grown by expanding instances without end.
const MAX_DEPTH: usize = 300;

struct Writer<'s> {
    store: &'s TypeStore,
    out: String,
    /// Types being written, with where their text starts.
    open: Vec<(TypeId, usize)>,
}

impl Writer<'_> {
    fn ty(&mut self, ty: TypeId) {
        let ty = self.store.unalias(ty);
        if let Type::Named(named) = self.store.ty(ty) {
            if let Some(pkg) = self.store.obj(named.obj).pkg {
                self.out.push_str(&link_prefix(self.store, pkg));
                self.out.push('.');
            }
            self.name(ty, named);
            return;
        }
        if let Some(&(_, start)) = self.open.iter().find(|(open, _)| *open == ty) {
            let _ = write!(self.out, "@{start}");
            return;
        }
        if self.open.len() > MAX_DEPTH {
            return;
        }
        self.open.push((ty, self.out.len()));
        self.literal(ty);
        self.open.pop();
    }

    fn name(&mut self, ty: TypeId, named: &Named) {
        let store = self.store;
        self.out.push_str(store.obj(named.obj).name.as_str());
        let origin = named.origin().unwrap_or(ty);
        let Type::Named(generic) = store.ty(origin) else { return };
        if !named.targs().is_empty() {
            let implicits =
                if store.has_all_targs(origin, named.targs()) { generic.implicits().len() } else { 0 };
            self.out.push('[');
            for (i, &targ) in named.targs().iter().enumerate() {
                if i > 0 {
                    self.out.push(if i == implicits { ';' } else { ',' });
                }
                // Names of instances are made once, for themselves.
                let open = std::mem::take(&mut self.open);
                self.ty(targ);
                self.open = open;
            }
            self.out.push(']');
        }
        if generic.number() > 0 {
            let _ = write!(self.out, "·{}", generic.number());
        }
    }

    fn literal(&mut self, ty: TypeId) {
        let store = self.store;
        match store.ty(ty) {
            Type::Basic(basic) => self.out.push_str(match basic.kind {
                BasicKind::Uint8 => "uint8",
                BasicKind::Int32 => "int32",
                BasicKind::UnsafePointer => "unsafe.Pointer",
                _ => basic.name,
            }),
            &Type::Pointer(elem) => self.prefixed("*", elem),
            &Type::Slice(elem) => self.prefixed("[]", elem),
            &Type::Array { elem, len } => self.prefixed(&format!("[{}]", len.unwrap_or(0)), elem),
            &Type::Map { key, elem } => {
                self.prefixed("map[", key);
                self.prefixed("]", elem);
            }
            &Type::Chan { dir, elem } => self.chan(dir, elem),
            Type::Struct(s) => self.structure(s),
            Type::Signature(s) => {
                self.out.push_str("func");
                self.signature(s.get());
            }
            Type::Interface(_) => self.interface(ty),
            Type::Tuple(t) => self.list(&t.vars, false),
            Type::TypeParam(p) => self.out.push_str(store.obj(p.obj).name.as_str()),
            Type::Named(_) | Type::Alias(_) | Type::Union(_) => {}
        }
    }

    fn prefixed(&mut self, prefix: &str, elem: TypeId) {
        self.out.push_str(prefix);
        self.ty(elem);
    }

    fn chan(&mut self, dir: ChanDir, elem: TypeId) {
        match dir {
            ChanDir::Recv => self.prefixed("<-chan ", elem),
            ChanDir::Send => self.prefixed("chan<- ", elem),
            ChanDir::Both => {
                let inner = self.store.ty(self.store.unalias(elem));
                if matches!(inner, Type::Chan { dir: ChanDir::Recv, .. }) {
                    self.prefixed("chan (", elem);
                    self.out.push(')');
                } else {
                    self.prefixed("chan ", elem);
                }
            }
        }
    }

    fn qualified(&mut self, pkg: Option<PkgId>, name: Symbol) {
        if !is_exported(name)
            && let Some(pkg) = pkg
        {
            self.out.push_str(&link_prefix(self.store, pkg));
            self.out.push('.');
        }
        self.out.push_str(name.as_str());
    }

    fn structure(&mut self, structure: &Struct) {
        self.out.push_str("struct {");
        for (i, &field) in structure.fields.iter().enumerate() {
            self.out.push_str(if i == 0 { " " } else { "; " });
            let object = self.store.obj(field);
            let ty = self.store.obj_type(field);
            if !object.is_embedded() {
                self.qualified(object.pkg, object.name);
                self.out.push(' ');
            } else if !self.is_named_after(field, ty) {
                self.qualified(object.pkg, object.name);
                self.out.push_str(" = ");
            }
            self.ty(ty);
            let tag = structure.tag(i);
            if tag != Symbol::EMPTY {
                self.out.push(' ');
                self.out.push_str(&quote(tag.as_str().as_bytes()));
            }
        }
        self.out.push_str(if structure.fields.is_empty() { "}" } else { " }" });
    }

    /// Whether an embedded field has the very name of its type. That of a predeclared type, an instance or a type
    /// declared in a function is another one.
    fn is_named_after(&self, field: ObjId, ty: TypeId) -> bool {
        let store = self.store;
        let ty = store.unalias(ty);
        let base = match store.ty(ty) {
            &Type::Pointer(elem) => store.unalias(elem),
            _ => ty,
        };
        let Type::Named(named) = store.ty(base) else { return false };
        let plain = named.targs().is_empty() && named.number() == 0;
        let (object, declared) = (store.obj(field), store.obj(named.obj));
        plain && object.name == declared.name && (object.is_exported() || object.pkg == declared.pkg)
    }

    fn interface(&mut self, ty: TypeId) {
        let store = self.store;
        self.out.push_str("interface {");
        let methods = &type_set(store, ty).methods;
        for (i, &method) in methods.iter().enumerate() {
            self.out.push_str(if i == 0 { " " } else { "; " });
            let object = store.obj(method);
            self.qualified(object.pkg, object.name);
            if let Some(signature) = object.ty().and_then(|t| store.as_signature(t)) {
                self.signature(signature);
            }
        }
        self.out.push_str(if methods.is_empty() { "}" } else { " }" });
    }

    fn signature(&mut self, signature: &Signature) {
        let store = self.store;
        self.list(store.tuple(signature.params), signature.variadic);
        match store.tuple(signature.results) {
            [] => {}
            &[one] => self.prefixed(" ", store.obj_type(one)),
            results => {
                self.out.push(' ');
                self.list(results, false);
            }
        }
    }

    fn list(&mut self, vars: &[ObjId], variadic: bool) {
        self.out.push('(');
        for (i, &var) in vars.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            let ty = self.store.obj_type(var);
            match self.store.ty(self.store.unalias(ty)) {
                &Type::Slice(elem) if variadic && i + 1 == vars.len() => self.prefixed("...", elem),
                _ => self.ty(ty),
            }
        }
        self.out.push(')');
    }
}
