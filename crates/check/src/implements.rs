//! Interface satisfaction: which types implement an interface, and why others do not.

use escargo_dialect::Feature;
use escargo_types::identity::identical;
use escargo_types::lookup::{self, Lookup};
use escargo_types::print::{Printer, full_path, type_string};
use escargo_types::typeset::{TypeSet, type_set};
use escargo_types::{ObjId, Term, Type, TypeId};

use crate::checker::Checker;

/// Why a type lacks a method.
enum Lack {
    NotFound,
    WrongName(ObjId),
    Unexported,
    WrongSignature(ObjId),
    Ambiguous,
    PointerReceiver,
    Field,
}

/// How two method signatures are compared: by identity, or by unification during inference.
pub(crate) type Equivalence<'e, 'a> = &'e mut dyn FnMut(&mut Checker<'a>, TypeId, TypeId) -> bool;

impl<'a> Checker<'a> {
    /// Whether `ty` implements `interface` (spec: Implementing an interface), or satisfies it as a constraint.
    /// The cause is worded only if it is asked for.
    pub(crate) fn implements<'c>(
        &mut self,
        ty: TypeId,
        interface: TypeId,
        constraint: bool,
        cause: impl Into<Option<&'c mut String>>,
    ) -> bool {
        let store = self.store;
        let cause = cause.into();
        let (under, iface) = (store.under(ty), store.under(interface));
        if !store.is_valid(under) || !store.is_valid(iface) {
            return true;
        }
        if let Type::Pointer(elem) = store.ty(under)
            && !store.is_valid(store.under(*elem))
        {
            return true;
        }
        let verb = if constraint { "satisfy" } else { "implement" };
        let mut scratch = String::new();
        let wanted = cause.is_some();
        let cause = cause.unwrap_or(&mut scratch);

        if !matches!(store.ty(iface), Type::Interface(_)) {
            if wanted {
                let detail = if self.is_interface_pointer(iface) {
                    self.interface_pointer_text(interface)
                } else {
                    format!("{} is not an interface", self.ts(interface))
                };
                *cause = format!("{} does not {verb} {} ({detail})", self.ts(ty), self.ts(interface));
            }
            return false;
        }
        let want = type_set(store, iface);
        if want.is_all() {
            return true;
        }
        let have = matches!(store.ty(under), Type::Interface(_)).then(|| type_set(store, under));
        if have.is_some_and(TypeSet::is_empty) {
            return true;
        }
        if want.is_empty() {
            if wanted {
                *cause = format!("cannot {verb} {} (empty type set)", self.ts(interface));
            }
            return false;
        }
        if !self.has_all_methods(ty, interface, true, None, wanted.then_some(&mut *cause)) {
            if wanted {
                *cause = format!("{} does not {verb} {} {cause}", self.ts(ty), self.ts(interface));
            }
            return false;
        }
        if want.has_terms()
            && !self.terms_allow(ty, interface, iface, want, have, verb, wanted.then_some(&mut *cause))
        {
            return false;
        }
        self.satisfies_comparable(ty, iface, constraint, verb, wanted.then_some(cause))
    }

    /// Whether `ty` is comparable if the interface demands it. As a constraint, interfaces that may panic at run time
    /// are admitted from go1.20 on.
    fn satisfies_comparable(
        &mut self,
        ty: TypeId,
        iface: TypeId,
        constraint: bool,
        verb: &str,
        cause: Option<&mut String>,
    ) -> bool {
        let store = self.store;
        if !type_set(store, iface).all_comparable(store) || store.comparable(ty, false).is_ok() {
            return true;
        }
        let spec_comparable = constraint && store.comparable(ty, true).is_ok();
        if spec_comparable && self.allows(Feature::LooseComparable) {
            return true;
        }
        if let Some(cause) = cause {
            *cause = if spec_comparable {
                format!("{} to {verb} comparable requires go1.20 or later", self.ts(ty))
            } else {
                format!("{} does not {verb} comparable", self.ts(ty))
            };
        }
        false
    }

    /// Whether the terms of the interface's type set admit `ty`.
    fn terms_allow(
        &self,
        ty: TypeId,
        interface: TypeId,
        iface: TypeId,
        want: &TypeSet,
        have: Option<&TypeSet>,
        verb: &str,
        cause: Option<&mut String>,
    ) -> bool {
        let store = self.store;
        if let Some(have) = have {
            let subset = have.subset_of(store, want);
            if let (false, Some(cause)) = (subset, cause) {
                *cause = format!("{} does not {verb} {}", self.ts(ty), self.ts(interface));
            }
            return subset;
        }
        let terms = want.terms.as_deref().unwrap_or_default();
        let includes = |term: &Term, tilde: bool| {
            let candidate = if tilde { store.under(ty) } else { ty };
            identical(store, term.ty, candidate)
        };
        if terms.iter().any(|t| includes(t, t.tilde)) {
            return true;
        }
        if let Some(cause) = cause {
            let alternative = terms
                .iter()
                .find(|t| !t.tilde && identical(store, t.ty, store.under(t.ty)) && includes(t, true));
            let detail = match alternative {
                Some(t) => format!("possibly missing ~ for {} in {}", self.ts(t.ty), self.ts(interface)),
                None if self.mentions(iface, ty) => format!(
                    "{} mentions {}, but {} is not in the type set of {}",
                    self.ts(interface),
                    self.ts(ty),
                    self.ts(ty),
                    self.ts(interface)
                ),
                None => format!("{} missing in {}", self.ts(ty), self.terms_string(terms)),
            };
            *cause = format!("{} does not {verb} {} ({detail})", self.ts(ty), self.ts(interface));
        }
        false
    }

    /// A term list as text, with full package paths: `~int | string`.
    fn terms_string(&self, terms: &[Term]) -> String {
        let path = full_path(self.store);
        let text =
            |t: &Term| format!("{}{}", if t.tilde { "~" } else { "" }, type_string(self.store, t.ty, &path));
        terms.iter().map(text).collect::<Vec<_>>().join(" | ")
    }

    /// Whether an interface or union is written with `ty` somewhere among its elements.
    fn mentions(&self, within: TypeId, ty: TypeId) -> bool {
        match self.store.ty(within) {
            Type::Interface(i) => i.embeds.iter().any(|&e| self.mentions(e, ty)),
            Type::Union(u) => u.terms.iter().any(|t| self.mentions(t.ty, ty)),
            _ => identical(self.store, within, ty),
        }
    }

    /// Whether `ty` has all methods of `interface`; types that are invalid in part count as having them.
    pub(crate) fn has_all_methods(
        &mut self,
        ty: TypeId,
        interface: TypeId,
        is_static: bool,
        equivalent: Option<Equivalence<'_, 'a>>,
        cause: Option<&mut String>,
    ) -> bool {
        if !self.store.is_valid(ty) {
            return true;
        }
        self.missing_method(ty, interface, is_static, equivalent, cause).is_none()
            || self.store.has_invalid_embedded_fields(ty)
    }

    /// The first method of `interface` that `ty` lacks. If `ty` is an interface and the check is not static, only
    /// methods that both have are compared.
    pub(crate) fn missing_method(
        &mut self,
        ty: TypeId,
        interface: TypeId,
        is_static: bool,
        mut equivalent: Option<Equivalence<'_, 'a>>,
        cause: Option<&mut String>,
    ) -> Option<ObjId> {
        let store = self.store;
        let iface = store.under(interface);
        if !matches!(store.ty(iface), Type::Interface(_)) {
            return None;
        }
        let methods = &type_set(store, iface).methods;
        for &want in methods {
            let lack = self.lack_of(ty, want, is_static, &mut equivalent);
            if let Some(lack) = lack {
                if let Some(cause) = cause {
                    *cause = self.lack_text(ty, interface, want, lack);
                }
                return Some(want);
            }
        }
        None
    }

    fn lack_of(
        &mut self,
        ty: TypeId,
        want: ObjId,
        is_static: bool,
        equivalent: &mut Option<Equivalence<'_, 'a>>,
    ) -> Option<Lack> {
        let store = self.store;
        let method = store.obj(want);
        let under = store.under(ty);
        let found = if let Type::Interface(_) = store.ty(under) {
            match type_set(store, under).lookup_method(store, method.pkg, method.name, false) {
                Some((_, found)) => found,
                None => return is_static.then_some(Lack::NotFound),
            }
        } else {
            match lookup::lookup_member(store, ty, false, method.pkg, method.name, false) {
                Lookup::Found { obj, .. } if store.obj(obj).is_func() => obj,
                Lookup::Found { .. } => return Some(Lack::Field),
                Lookup::Ambiguous(_) => return Some(Lack::Ambiguous),
                Lookup::PointerReceiver => return Some(Lack::PointerReceiver),
                Lookup::NotFound => return Some(self.nearest_method(ty, want)),
            }
        };
        self.obj_decl(found);
        let (have, need) = (store.obj_type(found), store.obj_type(want));
        let same = match equivalent {
            Some(equivalent) => equivalent(self, have, need),
            None => identical(store, have, need),
        };
        (!same).then_some(Lack::WrongSignature(found))
    }

    /// A method that differs from `want` only by case or package.
    fn nearest_method(&self, ty: TypeId, want: ObjId) -> Lack {
        let store = self.store;
        let method = store.obj(want);
        match lookup::lookup_member(store, ty, false, method.pkg, method.name, true) {
            Lookup::Found { obj, .. } if store.obj(obj).is_func() => {
                if store.obj(obj).name == method.name {
                    Lack::Unexported
                } else {
                    Lack::WrongName(obj)
                }
            }
            _ => Lack::NotFound,
        }
    }

    fn lack_text(&mut self, ty: TypeId, interface: TypeId, want: ObjId, lack: Lack) -> String {
        let name = self.store.obj(want).name;
        match lack {
            Lack::NotFound if self.is_interface_pointer(ty) => {
                format!("({})", self.interface_pointer_text(ty))
            }
            Lack::NotFound if self.is_interface_pointer(interface) => {
                format!("({})", self.interface_pointer_text(interface))
            }
            Lack::NotFound => format!("(missing method {name})"),
            Lack::WrongName(have) => {
                self.obj_decl(have);
                let (have, want) = (self.method_text(have, false), self.method_text(want, false));
                format!("(missing method {name})\n\t\thave {have}\n\t\twant {want}")
            }
            Lack::Unexported => format!("(unexported method {name})"),
            Lack::WrongSignature(have) => {
                let mut texts = (self.method_text(have, false), self.method_text(want, false));
                if texts.0 == texts.1 {
                    texts = (self.method_text(have, true), self.method_text(want, true));
                }
                if texts.0 == texts.1 {
                    return format!("(wrong type for method {name})");
                }
                format!("(wrong type for method {name})\n\t\thave {}\n\t\twant {}", texts.0, texts.1)
            }
            Lack::Ambiguous => format!("(ambiguous selector {}.{name})", self.ts(ty)),
            Lack::PointerReceiver => format!("(method {name} has pointer receiver)"),
            Lack::Field => format!("({}.{name} is a field, not a method)", self.ts(ty)),
        }
    }

    /// A method as `Name(params) results` without parameter names; with full package paths where `paths` is set.
    fn method_text(&self, method: ObjId, paths: bool) -> String {
        let store = self.store;
        let by_path = full_path(store);
        let by_name = |p| self.qualify(p);
        let mut printer = Printer::new(store, if paths { &by_path } else { &by_name });
        printer.param_names = false;
        printer.field_package = paths;
        if let Some(signature) = store.as_signature(store.obj_type(method)) {
            printer.signature(signature);
        }
        format!("{}{}", store.obj(method).name, printer.finish())
    }

    /// Whether `ty` is a pointer to an interface (or type parameter).
    pub(crate) fn is_interface_pointer(&self, ty: TypeId) -> bool {
        matches!(self.store.ty(self.store.under(ty)), Type::Pointer(elem) if self.store.is_interface(*elem))
    }

    /// What to say about a pointer to an interface.
    pub(crate) fn interface_pointer_text(&self, ty: TypeId) -> String {
        let store = self.store;
        let to_param = matches!(store.ty(store.under(ty)), Type::Pointer(elem) if store.is_type_param(*elem));
        let what = if to_param { "type parameter" } else { "interface" };
        format!("type {} is pointer to {what}, not {what}", self.ts(ty))
    }

    /// Whether a value of interface type `interface` may hold a `ty`, as a type assertion demands.
    pub(crate) fn assertable_to<'c>(
        &mut self,
        interface: TypeId,
        ty: TypeId,
        cause: impl Into<Option<&'c mut String>>,
    ) -> bool {
        self.store.is_interface(ty) || self.has_all_methods(ty, interface, false, None, cause.into())
    }
}
