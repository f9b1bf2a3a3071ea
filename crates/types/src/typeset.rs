//! Type sets of interfaces: which methods a type must have and which types are allowed.

use escargo_base::{Pos, Symbol};
use rustc_hash::FxHashMap;

use crate::identity::identical;
use crate::lookup::{Name, compare_objects};
use crate::print::{Qualifier, type_string};
use crate::store::{ObjId, PkgId, TypeId, TypeStore};
use crate::termlist;
use crate::ty::{ChanDir, Interface, Term, Type, Union};

/// The types and methods that an interface stands for.
#[derive(Debug, Default, Clone)]
pub struct TypeSet {
    /// All methods, explicit and embedded, exported ones first, then by name, then by package path.
    pub methods: Vec<ObjId>,
    /// Allowed types in normal form; `None` means all types.
    pub terms: Option<Vec<Term>>,
    /// Whether only comparable types are allowed (invariant: then `terms` is `None`).
    pub comparable: bool,
}

/// What is wrong with an interface; the checker words and reports it.
#[derive(Debug, Clone)]
pub enum TypeSetError {
    /// Two methods of one name that cannot be merged. `pos` is where the compiler reports it: the method, or the
    /// embedding that brings it in; `other` is the same for the first one.
    DuplicateMethod {
        /// Where it is reported.
        pos: Pos,
        /// The method's name.
        name: Symbol,
        /// Where the first one is.
        other: Pos,
        /// Whether the second one is declared in the interface itself.
        explicit: bool,
    },
    /// Two embedded interfaces share an identical method: an error before go1.14, reported as
    /// [`DuplicateMethod`](Self::DuplicateMethod).
    OverlappingMethod {
        /// Where it is reported.
        pos: Pos,
        /// The method's name.
        name: Symbol,
        /// Where the first one is.
        other: Pos,
    },
    /// An embedded element that needs go1.18.
    InvalidEmbed {
        /// Where it is embedded.
        pos: Pos,
        /// The embedded type.
        ty: TypeId,
        /// What it is.
        kind: EmbedKind,
    },
    /// A union of more than [`MAX_UNION_TERMS`] terms.
    TooManyTerms {
        /// Where it is embedded.
        pos: Pos,
    },
}

/// Kinds of embedded elements that need go1.18, by the compiler's words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbedKind {
    /// "constraint interface": an interface that is not just a set of methods.
    ConstraintInterface,
    /// "interface element": a union.
    Element,
    /// "non-interface type".
    NonInterface,
}

/// Unions of more terms are refused.
pub const MAX_UNION_TERMS: usize = 100;

/// The set of all types.
static ALL: TypeSet = TypeSet { methods: Vec::new(), terms: None, comparable: false };

/// Interfaces that embed one another deeper than this (by expanding instances without end) add nothing more.
const MAX_DEPTH: usize = 200;

/// The interface behind `comparable`.
pub(crate) fn comparable_interface() -> Interface {
    let interface = Interface::default();
    let _ = interface.type_set.set(Box::new(TypeSet { comparable: true, ..TypeSet::default() }));
    interface
}

impl TypeSet {
    /// Whether no type is in the set.
    pub fn is_empty(&self) -> bool {
        self.terms.as_ref().is_some_and(Vec::is_empty)
    }
    /// Whether every type is in the set.
    pub fn is_all(&self) -> bool {
        self.is_method_set() && self.methods.is_empty()
    }
    /// Whether the set is described by methods alone.
    pub fn is_method_set(&self) -> bool {
        !self.comparable && self.terms.is_none()
    }
    /// Whether specific types are listed.
    pub fn has_terms(&self) -> bool {
        !self.specific_terms().is_empty()
    }
    /// The listed types; empty if there are none, which [`is_empty`](Self::is_empty) tells from "all types".
    pub fn specific_terms(&self) -> &[Term] {
        self.terms.as_deref().unwrap_or_default()
    }
    /// The method of a name as seen from package `pkg`, with its index in `methods`.
    pub fn lookup_method(
        &self,
        store: &TypeStore,
        pkg: Option<PkgId>,
        name: Symbol,
        fold_case: bool,
    ) -> Option<(usize, ObjId)> {
        if name.is_blank() {
            return None;
        }
        self.find_method(store, &Name::new(pkg, name, fold_case))
    }
    pub(crate) fn find_method(&self, store: &TypeStore, name: &Name) -> Option<(usize, ObjId)> {
        let i = self.methods.iter().position(|&m| name.matches(store, store.obj(m)))?;
        Some((i, self.methods[i]))
    }
    /// Whether every type of the set is comparable.
    pub fn all_comparable(&self, store: &TypeStore) -> bool {
        match &self.terms {
            None => self.comparable,
            Some(terms) => !terms.is_empty() && terms.iter().all(|t| store.comparable(t.ty, false).is_ok()),
        }
    }
    /// Whether the terms are a subset of the other set's terms.
    pub fn subset_of(&self, store: &TypeStore, other: &TypeSet) -> bool {
        termlist::is_subset(store, self.terms.as_deref(), other.terms.as_deref())
    }
    /// Whether a type is one of the set's terms (methods and comparability are not looked at).
    pub fn includes(&self, store: &TypeStore, ty: TypeId) -> bool {
        termlist::includes(store, self.terms.as_deref(), ty)
    }
    /// Calls `f(t, under(t))` for each term, or once with `None` when there are no specific types.
    /// Stops at the first `false`.
    pub fn for_each(&self, store: &TypeStore, f: &mut dyn FnMut(Option<(TypeId, TypeId)>) -> bool) -> bool {
        if !self.has_terms() {
            return f(None);
        }
        self.specific_terms().iter().all(|t| f(Some((t.ty, store.under(t.ty)))))
    }
}

/// The type set of an interface type (any `TypeId` whose `Type` is `Interface`), computed on first use. While
/// something that the interface embeds is not declared yet, and for other types, the set of all types.
#[inline]
pub fn type_set(store: &TypeStore, interface: TypeId) -> &TypeSet {
    match store.ty(interface) {
        Type::Interface(i) => match i.type_set.get() {
            Some(set) => set,
            None => compute(store, interface, i),
        },
        _ => &ALL,
    }
}

#[cold]
fn compute<'s>(store: &'s TypeStore, id: TypeId, interface: &'s Interface) -> &'s TypeSet {
    let mut builder = Builder { store, stack: Vec::new(), report: None, unknown: false };
    builder.set_of(id, interface)
}

/// Computes (or recomputes) the type set and reports what is wrong with the interface, in the order of the compiler.
/// Call it once per interface in the source, after the types that it mentions are declared.
pub fn check_type_set(store: &TypeStore, interface: TypeId, report: &mut dyn FnMut(TypeSetError)) {
    let Type::Interface(i) = store.ty(interface) else { return };
    let mut builder = Builder { store, stack: vec![interface], report: Some(report), unknown: false };
    let set = builder.build(i);
    if !builder.unknown {
        i.type_set.get_or_init(|| Box::new(set));
    }
}

struct Builder<'s, 'r> {
    store: &'s TypeStore,
    /// Interfaces being computed: one that embeds itself adds nothing to itself.
    stack: Vec<TypeId>,
    /// Takes what is wrong with the outermost interface.
    report: Option<&'r mut dyn FnMut(TypeSetError)>,
    /// Something is not declared yet, so that the result must not be kept.
    unknown: bool,
}

/// Methods collected so far, each with the position that messages give it.
#[derive(Default)]
struct Methods {
    list: Vec<ObjId>,
    by_name: FxHashMap<(Symbol, Symbol), (ObjId, Pos)>,
}

impl<'s> Builder<'s, '_> {
    fn set_of(&mut self, id: TypeId, interface: &'s Interface) -> &'s TypeSet {
        if let Some(set) = interface.type_set.get() {
            return set;
        }
        if interface.methods.is_empty() && interface.embeds.is_empty() {
            return interface.type_set.get_or_init(Box::default);
        }
        if self.stack.contains(&id) || self.stack.len() >= MAX_DEPTH {
            return &ALL;
        }
        self.stack.push(id);
        let report = self.report.take();
        let outer_unknown = std::mem::take(&mut self.unknown);
        let set = self.build(interface);
        let unknown = std::mem::replace(&mut self.unknown, outer_unknown);
        self.unknown |= unknown;
        self.report = report;
        self.stack.pop();
        if unknown { &ALL } else { interface.type_set.get_or_init(|| Box::new(set)) }
    }

    fn tell(&mut self, error: TypeSetError) {
        if let Some(report) = &mut self.report {
            report(error);
        }
    }

    fn build(&mut self, interface: &'s Interface) -> TypeSet {
        let mut methods = Methods::default();
        for &method in &interface.methods {
            self.add_method(&mut methods, method, self.store.obj(method).pos, true);
        }
        let mut terms = None;
        let mut comparable = false;
        for (i, &ty) in interface.embeds.iter().enumerate() {
            let pos = interface.embed_pos.get(i).copied().unwrap_or(Pos::NONE);
            if let Some(element) = self.element(&mut methods, ty, pos) {
                (terms, comparable) = self.intersect((terms, comparable), element);
            }
        }
        methods.list.sort_by(|&a, &b| compare_objects(self.store, a, b));
        TypeSet { methods: methods.list, terms, comparable }
    }

    /// Terms and comparability of an embedded element, whose methods are added; `None` if it is invalid.
    fn element(&mut self, methods: &mut Methods, ty: TypeId, pos: Pos) -> Option<(Option<Vec<Term>>, bool)> {
        let store = self.store;
        let under = store.under(ty);
        match store.ty(under) {
            Type::Interface(_) if store.is_type_param(ty) => None,
            Type::Interface(embedded) => {
                let set = self.set_of(under, embedded);
                if !set.is_method_set() {
                    self.tell(TypeSetError::InvalidEmbed { pos, ty, kind: EmbedKind::ConstraintInterface });
                }
                for &method in &set.methods {
                    self.add_method(methods, method, pos, false);
                }
                Some((set.terms.clone(), set.comparable))
            }
            Type::Union(union) => {
                self.tell(TypeSetError::InvalidEmbed { pos, ty: under, kind: EmbedKind::Element });
                Some((self.union(union, pos)?, false))
            }
            _ if under == TypeId::INVALID => {
                self.unknown |= !store.is_resolved(ty);
                None
            }
            _ => {
                self.tell(TypeSetError::InvalidEmbed { pos, ty, kind: EmbedKind::NonInterface });
                Some((Some(vec![Term { tilde: false, ty }]), false))
            }
        }
    }

    fn add_method(&mut self, methods: &mut Methods, method: ObjId, pos: Pos, explicit: bool) {
        let store = self.store;
        let object = store.obj(method);
        let scope = match object.pkg {
            Some(pkg) if !object.is_exported() => store.pkg(pkg).path,
            _ => Symbol::EMPTY,
        };
        let name = object.name;
        let (first, other) = match methods.by_name.entry((name, scope)) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert((method, pos));
                methods.list.push(method);
                return;
            }
            std::collections::hash_map::Entry::Occupied(slot) => *slot.get(),
        };
        if self.report.is_none() {
            return;
        }
        let same = first == method || identical(store, store.obj_type(first), store.obj_type(method));
        self.tell(if explicit || !same {
            TypeSetError::DuplicateMethod { pos, name, other, explicit }
        } else {
            TypeSetError::OverlappingMethod { pos, name, other }
        });
    }

    /// The terms of a union; `None` if there are too many.
    fn union(&mut self, union: &Union, pos: Pos) -> Option<Option<Vec<Term>>> {
        let store = self.store;
        let mut all = Some(Vec::new());
        for term in &union.terms {
            let under = store.under(term.ty);
            let terms = match store.ty(under) {
                Type::Interface(_) if store.is_type_param(term.ty) => continue,
                Type::Interface(i) => self.set_of(under, i).terms.clone(),
                _ if under == TypeId::INVALID => {
                    self.unknown |= !store.is_resolved(term.ty);
                    continue;
                }
                // No type has an underlying type that is not its own.
                _ if term.tilde && !identical(store, term.ty, under) => continue,
                _ => Some(vec![*term]),
            };
            all = termlist::union(store, all, terms);
            if all.as_ref().is_some_and(|l| l.len() > MAX_UNION_TERMS) {
                self.tell(TypeSetError::TooManyTerms { pos });
                return None;
            }
        }
        Some(all)
    }

    /// Intersects terms and comparability of two elements.
    fn intersect(
        &self,
        x: (Option<Vec<Term>>, bool),
        y: (Option<Vec<Term>>, bool),
    ) -> (Option<Vec<Term>>, bool) {
        let mut terms = termlist::intersect(self.store, x.0, y.0);
        let comparable = x.1 || y.1;
        match &mut terms {
            Some(list) => {
                if comparable {
                    list.retain(|t| self.store.comparable(t.ty, false).is_ok());
                }
                (terms, false)
            }
            None => (None, comparable),
        }
    }
}

/// The terms of a union as a set; `None` if it is invalid.
pub(crate) fn union_terms(store: &TypeStore, union: &Union) -> Option<Option<Vec<Term>>> {
    Builder { store, stack: Vec::new(), report: None, unknown: false }.union(union, Pos::NONE)
}

/// The interface that a type parameter's constraint amounts to (`types2/typeparam.go: iface`); an `Interface` id.
pub fn constraint_interface(store: &TypeStore, tparam: TypeId) -> TypeId {
    let Type::TypeParam(param) = store.ty(tparam) else { return TypeId::EMPTY_INTERFACE };
    if let Some(wrapper) = param.wrapper_cell().get() {
        return wrapper;
    }
    let Some(bound) = param.bound() else { return TypeId::EMPTY_INTERFACE };
    // A type parameter as a constraint is an error; do not follow it, it may be this one.
    if store.is_type_param(bound) {
        return TypeId::EMPTY_INTERFACE;
    }
    let under = store.under(bound);
    match store.ty(under) {
        Type::Interface(_) => under,
        _ if under == TypeId::INVALID => TypeId::EMPTY_INTERFACE,
        _ => {
            let interface = Interface::new(vec![], vec![bound], vec![], true);
            let wrapper = store.new_interface(interface, store.is_derived(bound));
            param.wrapper_cell().get_or_set(wrapper)
        }
    }
}

/// Whether `ty` is a type parameter whose type set is empty.
pub fn has_empty_type_set(store: &TypeStore, ty: TypeId) -> bool {
    store.is_type_param(ty) && type_set(store, store.under(ty)).is_empty()
}

/// Calls `f(t, under(t))` for each term of a type parameter's type set, or once with `None` when there are no
/// specific types; any other type, interfaces too, gives one call with itself. Stops at the first `false`.
/// (`types2/under.go: typeset`)
pub fn for_each_type(
    store: &TypeStore,
    ty: TypeId,
    f: &mut dyn FnMut(Option<(TypeId, TypeId)>) -> bool,
) -> bool {
    let under = store.under(ty);
    if store.is_type_param(ty) { type_set(store, under).for_each(store, f) } else { f(Some((ty, under))) }
}

/// Why the types of a type set have no common underlying type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCommonUnder {
    /// The type set lists no types.
    NoSpecificType,
    /// Two channels have different element types.
    ChannelElems(TypeId, TypeId),
    /// Two channels have conflicting directions.
    ChannelDirs(TypeId, TypeId),
    /// Two types have different underlying types.
    Different(TypeId, TypeId),
}

impl NoCommonUnder {
    /// The compiler's words for it.
    pub fn message(&self, store: &TypeStore, qualifier: Qualifier<'_>) -> String {
        let text = |t| type_string(store, t, qualifier);
        match *self {
            NoCommonUnder::NoSpecificType => "no specific type".to_owned(),
            NoCommonUnder::ChannelElems(x, y) => {
                format!("channels {} and {} have different element types", text(x), text(y))
            }
            NoCommonUnder::ChannelDirs(x, y) => {
                format!("channels {} and {} have conflicting directions", text(x), text(y))
            }
            NoCommonUnder::Different(x, y) => {
                format!("{} and {} have different underlying types", text(x), text(y))
            }
        }
    }
}

/// The single underlying type shared by all types of `ty`'s type set, with the channel-direction rule of the spec;
/// see [`common_under_or`] for the reason why there is none.
pub fn common_under(store: &TypeStore, ty: TypeId) -> Option<TypeId> {
    if !store.is_type_param(ty) {
        return Some(store.under(ty));
    }
    common_under_or(store, ty, &mut |_| Ok::<(), NoCommonUnder>(())).ok()
}

/// As [`common_under`]; each type of the set (`None` if there are no specific types) must also satisfy `cond`,
/// which is asked first.
pub fn common_under_or<E: From<NoCommonUnder>>(
    store: &TypeStore,
    ty: TypeId,
    cond: &mut dyn FnMut(Option<(TypeId, TypeId)>) -> Result<(), E>,
) -> Result<TypeId, E> {
    let mut common: Option<(TypeId, TypeId)> = None;
    let mut failed = None;
    for_each_type(store, ty, &mut |pair| {
        let step = cond(pair).and_then(|()| combine(store, common, pair).map_err(E::from));
        match step {
            Ok(next) => common = Some(next),
            Err(error) => failed = Some(error),
        }
        failed.is_none()
    });
    match (failed, common) {
        (Some(error), _) => Err(error),
        (None, Some((_, under))) => Ok(under),
        (None, None) => Err(NoCommonUnder::NoSpecificType.into()),
    }
}

/// Adds a type to those that share an underlying type.
fn combine(
    store: &TypeStore,
    common: Option<(TypeId, TypeId)>,
    next: Option<(TypeId, TypeId)>,
) -> Result<(TypeId, TypeId), NoCommonUnder> {
    let Some((ty, under)) = next else { return Err(NoCommonUnder::NoSpecificType) };
    let Some((common_ty, common_under)) = common else { return Ok((ty, under)) };
    if let (&Type::Chan { dir: dir1, elem: elem1 }, &Type::Chan { dir: dir2, elem: elem2 }) =
        (store.ty(common_under), store.ty(under))
    {
        if !identical(store, elem1, elem2) {
            return Err(NoCommonUnder::ChannelElems(common_ty, ty));
        }
        return match (dir1, dir2) {
            (a, b) if a == b => Ok((common_ty, common_under)),
            (ChanDir::Both, _) => Ok((ty, under)),
            (_, ChanDir::Both) => Ok((common_ty, common_under)),
            _ => Err(NoCommonUnder::ChannelDirs(common_ty, ty)),
        };
    }
    if !identical(store, common_under, under) {
        return Err(NoCommonUnder::Different(common_ty, ty));
    }
    Ok((common_ty, common_under))
}
