//! Types and objects as text, as messages show them.

use std::fmt::Write;

use escargo_base::Pos;

use crate::constant::quote::quote;
use crate::object::{Object, ObjectKind};
use crate::store::{ObjId, PkgId, TypeId, TypeStore};
use crate::ty::{ChanDir, Interface, Signature, Struct, Type};

/// How package-level names are qualified: gives the prefix without the dot; empty for none.
pub type Qualifier<'q> = &'q dyn Fn(PkgId) -> String;

/// The type as text (`types2/typestring.go`), e.g. `map[string]*p.T[int]`.
pub fn type_string(store: &TypeStore, ty: TypeId, qualifier: Qualifier<'_>) -> String {
    let mut printer = Printer::new(store, qualifier);
    printer.ty(ty);
    printer.finish()
}
/// Signature without the `func` keyword, e.g. `(x int) error`.
pub fn signature_string(store: &TypeStore, sig: TypeId, qualifier: Qualifier<'_>) -> String {
    let mut printer = Printer::new(store, qualifier);
    if let Some(signature) = store.as_signature(sig) {
        printer.signature(signature);
    }
    printer.finish()
}
/// The object as text (`types2/object.go: ObjectString`), e.g. `func p.F(x int)`, `field x int`.
pub fn object_string(store: &TypeStore, obj: ObjId, qualifier: Qualifier<'_>) -> String {
    let mut printer = Printer::new(store, qualifier);
    printer.object(obj);
    printer.finish()
}
/// Qualifies with the full import path.
pub fn full_path(store: &TypeStore) -> impl Fn(PkgId) -> String + '_ {
    move |p| store.pkg(p).path.to_string()
}

/// Types nested deeper than this are cut short.
const MAX_DEPTH: u32 = 300;
/// Texts longer than this are cut short.
const MAX_LENGTH: usize = 1 << 20;

/// Writes types and objects to a string.
pub struct Printer<'a> {
    store: &'a TypeStore,
    qualifier: Qualifier<'a>,
    /// Whether names of parameters are written.
    pub param_names: bool,
    /// Whether the first unexported struct field names its package, to tell apart structs that look the same.
    pub field_package: bool,
    /// Writes `any` also where the interface behind the alias is meant (releases up to 1.26).
    pub names_empty_interface: bool,
    /// Takes a final variadic parameter that is neither a slice nor a string for an error (releases up to 1.25, in
    /// generic calls of `append`).
    pub strict_variadic: bool,
    /// Writes where a type parameter is declared that has the name of something predeclared.
    pub position: Option<&'a dyn Fn(Pos) -> String>,
    /// Texts longer than this are cut short: that of an instance can be exponentially longer than its declaration.
    pub limit: usize,
    out: String,
    /// Types being written. Only anonymous interfaces can contain themselves.
    open: Vec<TypeId>,
    depth: u32,
}

impl<'a> Printer<'a> {
    /// A printer with an empty string.
    pub fn new(store: &'a TypeStore, qualifier: Qualifier<'a>) -> Printer<'a> {
        Printer {
            store,
            qualifier,
            param_names: true,
            field_package: false,
            names_empty_interface: false,
            strict_variadic: false,
            position: None,
            limit: MAX_LENGTH,
            out: String::new(),
            open: Vec::new(),
            depth: 0,
        }
    }
    /// What was written.
    pub fn finish(self) -> String {
        self.out
    }

    /// Writes a type.
    pub fn ty(&mut self, ty: TypeId) {
        if self.open.contains(&ty) {
            let _ = write!(self.out, "<cycle to {}>", self.kind_name(ty));
            return;
        }
        if self.depth >= MAX_DEPTH || self.out.len() > self.limit {
            self.out.push('…');
            return;
        }
        self.depth += 1;
        let composite = matches!(
            self.store.ty(ty),
            Type::Interface(_) | Type::Named(_) | Type::Alias(_) | Type::TypeParam(_)
        );
        if composite {
            self.open.push(ty);
        }
        self.shape(ty);
        if composite {
            self.open.pop();
        }
        self.depth -= 1;
    }

    fn kind_name(&self, ty: TypeId) -> &'static str {
        match self.store.ty(ty) {
            Type::Interface(_) => "*Interface",
            Type::Named(_) => "*Named",
            Type::Alias(_) => "*Alias",
            Type::TypeParam(_) => "*TypeParam",
            _ => "type",
        }
    }

    fn shape(&mut self, ty: TypeId) {
        let store = self.store;
        match store.ty(ty) {
            Type::Basic(basic) => {
                if ty == TypeId::UNSAFE_POINTER {
                    self.package_prefix(Some(store.universe().unsafe_pkg));
                }
                self.out.push_str(basic.name);
            }
            &Type::Array { elem, len } => {
                match len {
                    Some(len) => {
                        let _ = write!(self.out, "[{len}]");
                    }
                    None => self.out.push_str("[-1]"),
                }
                self.ty(elem);
            }
            &Type::Slice(elem) => self.prefixed("[]", elem),
            &Type::Pointer(elem) => self.prefixed("*", elem),
            &Type::Map { key, elem } => {
                self.prefixed("map[", key);
                self.prefixed("]", elem);
            }
            &Type::Chan { dir, elem } => self.chan(dir, elem),
            Type::Struct(s) => self.struct_type(s),
            Type::Tuple(t) => self.tuple(&t.vars, false),
            Type::Signature(s) => {
                self.out.push_str("func");
                self.signature(s.get());
            }
            Type::Interface(i) => self.interface(ty, i),
            Type::Union(u) => {
                for (i, term) in u.terms.iter().enumerate() {
                    self.out.push_str(if i > 0 { " | " } else { "" });
                    self.prefixed(if term.tilde { "~" } else { "" }, term.ty);
                }
            }
            Type::Named(n) => self.type_name(n.obj, n.targs(), n.own_tparams()),
            Type::Alias(a) => self.type_name(a.obj, &a.targs, a.tparams()),
            Type::TypeParam(p) => self.type_param(p.obj),
        }
    }

    fn prefixed(&mut self, prefix: &str, ty: TypeId) {
        self.out.push_str(prefix);
        self.ty(ty);
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
        let store = self.store;
        self.out.push_str("struct{");
        for (i, &field) in s.fields.iter().enumerate() {
            self.out.push_str(if i > 0 { "; " } else { "" });
            let object = store.obj(field);
            // Only the first, outermost one.
            let annotate = self.field_package && !object.is_exported();
            if annotate {
                self.field_package = false;
            }
            if !object.is_embedded() {
                self.out.push_str(object.name.as_str());
                self.out.push(' ');
            }
            self.ty(store.obj_type(field));
            if annotate {
                let path = object.pkg.map_or("", |p| store.pkg(p).path.as_str());
                let _ = write!(self.out, " /* package {path} */ ");
            }
            let tag = s.tag(i);
            if !tag.is_empty() {
                self.out.push(' ');
                self.out.push_str(&quote(tag.as_str().as_bytes()));
            }
        }
        self.out.push('}');
    }

    fn interface(&mut self, ty: TypeId, interface: &Interface) {
        let store = self.store;
        if let Type::Named(comparable) = store.ty(TypeId::COMPARABLE)
            && comparable.rhs() == Some(ty)
        {
            self.out.push_str("interface{comparable}");
            return;
        }
        if self.names_empty_interface && ty == TypeId::ANY_INTERFACE {
            self.out.push_str("any");
            return;
        }
        if interface.implicit {
            if let ([], &[embedded]) = (&interface.methods[..], &interface.embeds[..]) {
                self.ty(embedded);
                return;
            }
            self.out.push_str("/* implicit */ ");
        }
        self.out.push_str("interface{");
        let mut separator = "";
        for &method in &interface.methods {
            self.out.push_str(separator);
            separator = "; ";
            self.out.push_str(store.obj(method).name.as_str());
            if let Some(signature) = store.as_signature(store.obj_type(method)) {
                self.signature(signature);
            }
        }
        for &embedded in &interface.embeds {
            self.prefixed(separator, embedded);
            separator = "; ";
        }
        self.out.push('}');
    }

    fn type_param(&mut self, obj: ObjId) {
        let object = self.store.obj(obj);
        self.out.push_str(object.name.as_str());
        if self.store.universe().lookup(object.name).is_none() {
            return;
        }
        // Else it would read as the predeclared thing.
        match self.position {
            Some(position) => {
                let at = position(object.pos);
                let _ = write!(self.out, " /* with {} declared at {at} */", object.name);
            }
            None => self.out.push_str("/* type parameter */"),
        }
    }

    fn type_name(&mut self, obj: ObjId, targs: &[TypeId], tparams: &[TypeId]) {
        let object = self.store.obj(obj);
        self.package_prefix(object.pkg);
        self.out.push_str(object.name.as_str());
        if !targs.is_empty() {
            self.out.push('[');
            for (i, &targ) in targs.iter().enumerate() {
                self.prefixed(if i > 0 { ", " } else { "" }, targ);
            }
            self.out.push(']');
        } else if !tparams.is_empty() {
            self.tparams(tparams);
        }
    }

    /// Writes a type parameter list; neighbours with the same constraint share it.
    pub fn tparams(&mut self, tparams: &[TypeId]) {
        self.out.push('[');
        let mut previous = None;
        for (i, &tparam) in tparams.iter().enumerate() {
            let bound = match self.store.ty(tparam) {
                Type::TypeParam(p) => p.bound(),
                _ => None,
            };
            if i > 0 {
                if bound != previous {
                    self.bound(previous);
                }
                self.out.push_str(", ");
            }
            previous = bound;
            self.ty(tparam);
        }
        self.bound(previous);
        self.out.push(']');
    }

    fn bound(&mut self, bound: Option<TypeId>) {
        if let Some(bound) = bound {
            self.prefixed(" ", bound);
        }
    }

    fn package_prefix(&mut self, pkg: Option<PkgId>) {
        let Some(pkg) = pkg else { return };
        let prefix = (self.qualifier)(pkg);
        if !prefix.is_empty() {
            self.out.push_str(&prefix);
            self.out.push('.');
        }
    }

    /// Writes a parameter list.
    pub fn tuple(&mut self, vars: &[ObjId], variadic: bool) {
        let store = self.store;
        self.out.push('(');
        for (i, &var) in vars.iter().enumerate() {
            self.out.push_str(if i > 0 { ", " } else { "" });
            let object = store.obj(var);
            if self.param_names && !object.name.is_empty() {
                self.out.push_str(object.name.as_str());
                self.out.push(' ');
            }
            let ty = store.obj_type(var);
            match store.ty(ty) {
                &Type::Slice(elem) if variadic && i + 1 == vars.len() => self.prefixed("...", elem),
                // append([]byte, string...) and its generic relatives.
                _ if variadic && i + 1 == vars.len() && self.strict_variadic && !store.is_string(ty) => {
                    self.out.push_str("<expected string type>");
                }
                _ if variadic && i + 1 == vars.len() => {
                    self.ty(ty);
                    self.out.push_str("...");
                }
                _ => self.ty(ty),
            }
        }
        self.out.push(')');
    }

    /// Writes a signature without the `func` keyword.
    pub fn signature(&mut self, signature: &Signature) {
        if !signature.tparams.is_empty() {
            self.tparams(&signature.tparams);
        }
        self.tuple(self.store.tuple(signature.params), signature.variadic);
        match self.store.tuple(signature.results) {
            [] => {}
            [result] if self.store.obj(*result).name.is_empty() => {
                self.prefixed(" ", self.store.obj_type(*result));
            }
            results => {
                self.out.push(' ');
                self.tuple(results, false);
            }
        }
    }

    /// Writes an object.
    pub fn object(&mut self, obj: ObjId) {
        let store = self.store;
        let object = store.obj(obj);
        let mut ty = object.ty();
        match &object.kind {
            ObjectKind::PkgName { imported } => {
                let path = store.pkg(*imported).path;
                let _ = write!(self.out, "package {}", object.name);
                if !path.is_empty() && path != object.name {
                    let _ = write!(self.out, " ({})", quote(path.as_str().as_bytes()));
                }
                return;
            }
            ObjectKind::Const { .. } => self.out.push_str("const"),
            ObjectKind::TypeName => {
                let is_param = ty.is_some_and(|t| store.is_type_param(t));
                self.out.push_str(if is_param { "type parameter" } else { "type" });
            }
            ObjectKind::Var { .. } => self.out.push_str(if object.is_field() { "field" } else { "var" }),
            ObjectKind::Func { .. } => {
                self.out.push_str("func ");
                self.func_name(obj, object);
                if let Some(signature) = store.method_type(obj).and_then(|t| store.as_signature(t)) {
                    self.signature(signature);
                }
                return;
            }
            ObjectKind::Label => {
                self.out.push_str("label");
                ty = None;
            }
            ObjectKind::Builtin(_) => {
                self.out.push_str("builtin");
                ty = None;
            }
            ObjectKind::Nil => {
                self.out.push_str("nil");
                return;
            }
        }
        self.out.push(' ');
        if object.pkg.is_some_and(|p| {
            object.is_package_level() || store.pkg(p).scope().lookup(object.name) == Some(obj)
        }) {
            self.package_prefix(object.pkg);
        }
        self.out.push_str(object.name.as_str());
        let Some(ty) = ty else { return };
        if !object.is_type_name() {
            self.prefixed(" ", ty);
        } else if !matches!(store.ty(ty), Type::Basic(_)) {
            self.type_declaration(obj, ty);
        }
    }

    /// Writes what stands behind the name in a type declaration.
    fn type_declaration(&mut self, obj: ObjId, ty: TypeId) {
        let store = self.store;
        if matches!(store.ty(ty), Type::Named(_) | Type::Alias(_)) && !store.tparams(ty).is_empty() {
            self.tparams(store.tparams(ty));
        }
        let behind = if is_alias(store, obj) {
            self.out.push_str(" =");
            match store.ty(ty) {
                Type::Alias(alias) => alias.rhs().unwrap_or(TypeId::INVALID),
                _ => ty,
            }
        } else if let Type::TypeParam(p) = store.ty(ty) {
            p.bound().unwrap_or(TypeId::INVALID)
        } else {
            store.under(ty)
        };
        self.prefixed(" ", behind);
    }

    fn func_name(&mut self, obj: ObjId, object: &Object) {
        let store = self.store;
        if let Some(signature) = store.method_type(obj).and_then(|t| store.as_signature(t)) {
            match signature.recv.map(|r| store.obj_type(r)) {
                Some(recv) => {
                    self.out.push('(');
                    match store.ty(recv) {
                        Type::Interface(_) => self.out.push_str("interface"),
                        _ => self.ty(recv),
                    }
                    self.out.push_str(").");
                }
                None => self.package_prefix(object.pkg),
            }
        }
        self.out.push_str(object.name.as_str());
    }
}

/// Whether a type name is another name for a type that has one, or for a type literal.
pub fn is_alias(store: &TypeStore, obj: ObjId) -> bool {
    let object = store.obj(obj);
    let Some(ty) = object.ty() else { return false };
    match store.ty(ty) {
        Type::Basic(_) if object.pkg == Some(store.universe().unsafe_pkg) => false,
        Type::Basic(basic) => {
            object.pkg.is_some() || object.name != basic.name || ty == TypeId::BYTE || ty == TypeId::RUNE
        }
        Type::Named(n) => n.obj != obj,
        Type::TypeParam(p) => p.obj != obj,
        _ => true,
    }
}

/// The kind of an object, for messages.
pub fn object_kind(store: &TypeStore, obj: ObjId) -> &'static str {
    use crate::object::VarKind;
    let object = store.obj(obj);
    match &object.kind {
        ObjectKind::PkgName { .. } => "package name",
        ObjectKind::Const { .. } => "constant",
        ObjectKind::TypeName if is_alias(store, obj) => "type alias",
        ObjectKind::TypeName => match object.ty().map(|t| store.ty(t)) {
            Some(Type::TypeParam(_)) => "type parameter",
            _ => "defined type",
        },
        ObjectKind::Var { kind, .. } => match kind {
            VarKind::Package => "package-level variable",
            VarKind::Local => "local variable",
            VarKind::Receiver => "receiver",
            VarKind::Param => "parameter",
            VarKind::Result => "result variable",
            VarKind::Field => "struct field",
        },
        ObjectKind::Func { .. } => {
            let signature = object.ty().and_then(|t| store.as_signature(t));
            let is_method = match object.kind {
                ObjectKind::Func { instance: Some(_), .. } => true,
                _ => signature.is_some_and(|s| s.recv.is_some()),
            };
            if is_method { "method" } else { "function" }
        }
        ObjectKind::Label => "label",
        ObjectKind::Builtin(_) => "built-in function",
        ObjectKind::Nil => "untyped nil",
    }
}
