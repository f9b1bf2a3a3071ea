//! Names that the compiler makes up: of function literals (`ir/func.go`, closureName), and of what has none in the source.

use escargo_base::{Id, NumberedNames, Symbol};
use escargo_ir::{FuncId, InlId, IrPos, Role};
use escargo_types::link::{link_name, link_prefix, link_string};
use escargo_types::{ObjId, Package, PkgId, Type, TypeId};
use sha2::{Digest, Sha256};

use crate::func::LiteralKind;
use crate::lowerer::Lowerer;

/// Names of parameters without one (`noder/reader.go`).
pub(crate) static UNNAMED_PARAMS: NumberedNames = NumberedNames::new("~p");
/// Names of results without one.
pub(crate) static UNNAMED_RESULTS: NumberedNames = NumberedNames::new("~r");
/// Names of results that are called `_`.
pub(crate) static BLANK_RESULTS: NumberedNames = NumberedNames::new("~b");

/// Whether a name is one of these.
pub(crate) fn is_made_up(name: Symbol) -> bool {
    name.as_str().starts_with('~')
}

impl Lowerer<'_> {
    /// Name and package of a literal within `parent` whose node is at `pos`.
    pub(crate) fn literal_name(
        &mut self,
        parent: FuncId,
        kind: LiteralKind,
        pos: IrPos,
        number: Option<u32>,
    ) -> (Symbol, PkgId) {
        let outer = &self.unit.funcs[parent];
        let joint = match kind {
            LiteralKind::Func if outer.closure_node.is_none() => ".func",
            LiteralKind::Func => ".",
            LiteralKind::Range => "-range",
            LiteralKind::Go => ".gowrap",
            LiteralKind::Defer => ".deferwrap",
        };
        let name = &self.unit.names[outer.name];
        let (mut prefix, mut pkg) = (name.sym, name.pkg.unwrap_or(self.package.pkg));
        if let Some(inl) = pos.inl {
            let inlined = self.unit.func_name(self.unit.inline_tree.calls[inl].callee);
            let inlined_pkg = inlined.pkg;
            prefix = inlined.sym;
            pkg = self.linked_pkg(inl, inlined_pkg.unwrap_or(self.package.pkg));
        }
        let number = number.unwrap_or_else(|| {
            let counter = match kind {
                LiteralKind::Func => 0,
                LiteralKind::Range => 1,
                LiteralKind::Go | LiteralKind::Defer => 2,
            };
            let counter = &mut self.unit.funcs[parent].closure_counts[counter];
            *counter += 1;
            *counter
        });
        let mut text = format!("{prefix}{joint}{number}");
        if let Some(inl) = pos.inl {
            text = format!("{}#{}#", trim_hash(&text), self.inline_hash(inl));
        }
        (Symbol::intern(&text), pkg)
    }

    /// Names a literal after the function that is compiled; those outside of functions are counted together
    /// (`ir/func.go` of 1.19, closureName).
    pub(crate) fn name_literal(&mut self, literal: FuncId, parent: FuncId) {
        let outer = &mut self.unit.funcs[parent];
        outer.closure_counts[0] += 1;
        let number = outer.closure_counts[0];
        let prefix = match (outer.role, outer.is_literal()) {
            (Role::PackageInit, _) => "glob..func",
            (_, false) => ".func",
            (_, true) => ".",
        };
        let name = &self.unit.names[outer.name];
        let (base, pkg) = (if prefix.starts_with("glob") { Symbol::EMPTY } else { name.sym }, name.pkg);
        let sym = Symbol::intern(&format!("{base}{prefix}{number}"));
        let name = self.unit.funcs[literal].name;
        (self.unit.names[name].sym, self.unit.names[name].pkg) = (sym, pkg);
    }

    /// The package of an inlined function, by the name that the linker has for it. Where that is not the package's
    /// path, the compiler takes it for the path of a package of its own.
    fn linked_pkg(&mut self, inl: InlId, pkg: PkgId) -> PkgId {
        let callee = self.unit.inline_tree.calls[inl].callee;
        let prefix = match self.unit.funcs[callee].linkname {
            Some(_) => "_".to_owned(),
            None => link_prefix(self.cx.store, pkg),
        };
        if prefix == self.cx.store.pkg(pkg).link_path().as_str() {
            return pkg;
        }
        self.pseudo_pkg(&prefix, "")
    }

    /// A package that only the compiler knows.
    pub(crate) fn pseudo_pkg(&mut self, path: &str, name: &str) -> PkgId {
        let path = Symbol::intern(path);
        if let Some((_, pkg)) = self.pseudo_pkgs.iter().find(|(known, _)| *known == path) {
            return *pkg;
        }
        let pkg = self.cx.store.new_package(Package::new(path, Some(Symbol::intern(name)), true));
        self.pseudo_pkgs.push((path, pkg));
        pkg
    }

    /// The symbol of a method's function, and its package (`ir.MethodSymSuffix`). `recv` is an IR type.
    pub(crate) fn method_sym(&mut self, recv: TypeId, method: ObjId, suffix: &str) -> (Symbol, PkgId) {
        let store = self.cx.store;
        let (base, pointer) = match *store.ty(recv) {
            Type::Pointer(elem) => (elem, true),
            _ => (recv, false),
        };
        let (base_name, pkg) = match store.ty(base) {
            Type::Named(named) => (link_name(store, base), store.obj(named.obj).pkg),
            // A receiver that is not in the heap is called by pointers to pointers.
            &Type::Pointer(elem) if matches!(store.ty(elem), Type::Named(_)) => {
                (format!("*{}", link_name(store, elem)), None)
            }
            _ => (link_string(store, base), None),
        };
        let pkg = match (pkg, store.ty(base)) {
            (Some(pkg), _) => pkg,
            // The universe has one type with a method.
            (None, Type::Named(_)) => self.pseudo_pkg("go.builtin", ""),
            (None, _) => self.pseudo_pkg("go", ""),
        };
        let mut text = if pointer { format!("(*{base_name})") } else { base_name };
        let object = store.obj(method);
        if let Some(other) = object.pkg.filter(|&p| p != pkg && !object.is_exported()) {
            text.push('.');
            text.push_str(&link_prefix(store, other));
        }
        text.push('.');
        text.push_str(object.name.as_str());
        text.push_str(suffix);
        (Symbol::intern(&text), pkg)
    }

    /// What tells copies of one literal apart: a digest of the inlined calls around it.
    fn inline_hash(&self, inl: InlId) -> String {
        let calls = &self.unit.inline_tree.calls;
        let mut numbers: Vec<String> = Vec::new();
        let mut parent = calls[inl].call.inl;
        while let Some(i) = parent {
            numbers.push(i.index().to_string());
            parent = calls[i].call.inl;
        }
        numbers.push(inl.index().to_string());
        let end = numbers.len() - 1;
        // The call itself comes first, then those around it from the outside in.
        numbers[..end].reverse();
        numbers.rotate_right(1);
        let digest = Sha256::new().chain_update([1]).chain_update(numbers.join(" ")).finalize();
        base64(&digest[..8])
    }
}

/// A name without the digest of inlined calls (`cmd/internal/obj/objfile.go`, TrimInlineHash).
pub(crate) fn trim_hash(name: &str) -> String {
    const LEN: usize = 12;
    match name.split_once('#') {
        Some((before, rest)) if rest.as_bytes().get(LEN) == Some(&b'#') => {
            format!("{before}{}", &rest[LEN + 1..])
        }
        _ => name.to_owned(),
    }
}

/// Standard encoding with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, &b| word << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * i) & 63) as usize];
            text.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_encoded_and_trimmed() {
        let digest = Sha256::new().chain_update([1]).chain_update("0").finalize();
        assert_eq!(base64(&digest[..8]), "RMgI/RZtu4k=");
        assert_eq!(trim_hash("mk.func1#RMgI/RZtu4k=#.1"), "mk.func1.1");
        assert_eq!(trim_hash("a#b"), "a#b");
    }
}
