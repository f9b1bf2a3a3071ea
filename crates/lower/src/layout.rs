//! Layouts of dictionaries: which words the shaped instances of a generic object take from their dictionary, and where
//! they stand (`noder/writer.go`, writerDict).
//!
//! A layout follows from the object's source alone: from all that is written about it, in that order. Words are told
//! apart by the identity of the checker's types, not by what these are: each written `[]T` is a type of its own.

use std::hash::Hash;
use std::rc::Rc;

use escargo_base::Symbol;
use escargo_ir::DictId;
use escargo_types::{ObjId, PkgId, Type, TypeId};
use rustc_hash::FxHashMap;

use crate::layout_body::Writer;
use crate::lowerer::Lowerer;

/// A method of a type parameter: place of the parameter, package and name of the method.
pub(crate) type MethodWord = (usize, Option<PkgId>, Symbol);

/// Words of one kind, each held once.
#[derive(Clone, Debug)]
struct Section<K> {
    words: Vec<K>,
    places: FxHashMap<K, usize>,
}

impl<K> Default for Section<K> {
    fn default() -> Self {
        Section { words: Vec::new(), places: FxHashMap::default() }
    }
}

impl<K: Clone + Eq + Hash> Section<K> {
    fn add(&mut self, word: K) {
        let next = self.words.len();
        self.places.entry(word.clone()).or_insert_with(|| {
            self.words.push(word);
            next
        });
    }
    fn place(&self, word: &K) -> usize {
        self.places.get(word).copied().unwrap_or_else(|| {
            debug_assert!(false, "a word that was not written");
            0
        })
    }
}

/// The words of a dictionary, in four sections one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    method_exprs: Section<MethodWord>,
    subdicts: Section<(ObjId, Box<[TypeId]>)>,
    rtypes: Section<TypeId>,
    itabs: Section<(TypeId, TypeId)>,
}

impl Layout {
    /// Number of words.
    pub(crate) fn words(&self) -> usize {
        self.itabs_start() + self.itabs.words.len()
    }
    fn subdicts_start(&self) -> usize {
        self.method_exprs.words.len()
    }
    fn rtypes_start(&self) -> usize {
        self.subdicts_start() + self.subdicts.words.len()
    }
    fn itabs_start(&self) -> usize {
        self.rtypes_start() + self.rtypes.words.len()
    }

    /// Place of the function of a type parameter's method.
    pub(crate) fn method_expr_word(&self, method: MethodWord) -> usize {
        self.method_exprs.place(&method)
    }
    /// Place of the dictionary of another instance.
    pub(crate) fn subdict_word(&self, obj: ObjId, targs: &[TypeId]) -> usize {
        self.subdicts_start() + self.subdicts.place(&(obj, targs.into()))
    }
    /// Place of a run-time type.
    pub(crate) fn rtype_word(&self, ty: TypeId) -> usize {
        self.rtypes_start() + self.rtypes.place(&ty)
    }
    /// Place of an itab.
    pub(crate) fn itab_word(&self, pair: (TypeId, TypeId)) -> usize {
        self.itabs_start() + self.itabs.place(&pair)
    }

    /// The instances whose dictionaries it refers to, in order.
    pub(crate) fn subdicts(&self) -> impl Iterator<Item = (ObjId, &[TypeId])> {
        self.subdicts.words.iter().map(|(obj, targs)| (*obj, &targs[..]))
    }
    /// The types it refers to, in order.
    pub(crate) fn rtypes(&self) -> impl Iterator<Item = TypeId> {
        self.rtypes.words.iter().copied()
    }
    /// The pairs of types whose itabs it refers to, in order.
    pub(crate) fn itabs(&self) -> impl Iterator<Item = (TypeId, TypeId)> {
        self.itabs.words.iter().copied()
    }

    pub(crate) fn add_method_expr(&mut self, method: MethodWord) {
        self.method_exprs.add(method);
    }
    pub(crate) fn add_subdict(&mut self, obj: ObjId, targs: Vec<TypeId>) {
        self.subdicts.add((obj, targs.into()));
    }
    pub(crate) fn add_rtype(&mut self, ty: TypeId) {
        self.rtypes.add(ty);
    }
    pub(crate) fn add_itab(&mut self, pair: (TypeId, TypeId)) {
        self.itabs.add(pair);
    }
}

impl Lowerer<'_> {
    /// The layout of the dictionaries of a generic function, method or type.
    pub(crate) fn layout(&mut self, obj: ObjId) -> Rc<Layout> {
        if let Some(known) = self.generics.layouts.get(&obj) {
            return Rc::clone(known);
        }
        let layout = Rc::new(Writer::layout(self, obj));
        self.generics.layouts.insert(obj, Rc::clone(&layout));
        layout
    }

    /// The layout of a dictionary.
    pub(crate) fn dict_layout(&mut self, dict: DictId) -> Rc<Layout> {
        self.layout(self.dict_info(dict).obj)
    }

    /// What a type is told apart by in layouts of a package: itself, or what a local alias stands for
    /// (`noder/writer.go`, typIdx). Each `interface{}` that the package writes is a type of its own; those of others
    /// are all the one that builtins have, which importing makes of them (`types2/interface.go`, NewInterfaceType).
    pub(crate) fn identity(&self, pkg: Option<PkgId>, mut ty: TypeId) -> TypeId {
        while let Type::Alias(alias) = self.store().ty(ty)
            && !self.is_global(alias.obj)
            && let Some(rhs) = alias.rhs()
        {
            ty = rhs;
        }
        let imported = (ty != TypeId::ANY_INTERFACE || self.cx.model.lowering.imports_any)
            && matches!(self.store().ty(ty), Type::Interface(i) if i.methods.is_empty() && i.embeds.is_empty())
            && pkg.is_some_and(|pkg| !self.world.typed(pkg).info.empty_interfaces.contains(&ty));
        if imported { TypeId::EMPTY_INTERFACE } else { ty }
    }

    /// What a type is told apart by in the layout of a dictionary.
    pub(crate) fn identity_in(&self, dict: DictId, ty: TypeId) -> TypeId {
        self.identity(self.store().obj(self.dict_info(dict).obj).pkg, ty)
    }

    fn is_global(&self, obj: ObjId) -> bool {
        let object = self.store().obj(obj);
        object.is_package_level() || object.pkg.is_none()
    }

    /// Whether a type of the checker depends on type parameters: it mentions one, or a type that is declared in a
    /// generic function.
    pub(crate) fn is_derived(&mut self, ty: TypeId) -> bool {
        // Precise only where it says no.
        if !self.store().is_derived(ty) {
            return false;
        }
        if let Some(&known) = self.generics.derived.get(&ty) {
            return known;
        }
        // Only interfaces can mention themselves without a name.
        self.generics.derived.insert(ty, false);
        let derived = self.mentions_type_params(ty);
        self.generics.derived.insert(ty, derived);
        derived
    }

    fn mentions_type_params(&mut self, ty: TypeId) -> bool {
        let store = self.store();
        let local_alias =
            matches!(store.ty(ty), Type::Alias(a) if a.origin.is_none() && !self.is_global(a.obj));
        let mut any = |types: &[TypeId]| types.iter().any(|&t| self.is_derived(t));
        match store.ty(ty) {
            Type::Basic(_) => false,
            Type::TypeParam(_) => true,
            &Type::Pointer(elem)
            | &Type::Slice(elem)
            | &Type::Array { elem, .. }
            | &Type::Chan { elem, .. } => any(&[elem]),
            &Type::Map { key, elem } => any(&[key, elem]),
            Type::Struct(s) => s.fields.iter().any(|&f| any(&[store.obj_type(f)])),
            Type::Tuple(t) => t.vars.iter().any(|&v| any(&[store.obj_type(v)])),
            Type::Signature(s) => any(&[s.get().params, s.get().results]),
            Type::Interface(i) => any(&i.embeds) || i.methods.iter().any(|&m| any(&[store.obj_type(m)])),
            Type::Union(u) => u.terms.iter().any(|t| any(&[t.ty])),
            Type::Alias(a) if local_alias => a.rhs().is_some_and(|rhs| any(&[rhs])),
            Type::Alias(a) => any(&a.targs),
            Type::Named(n) => {
                let origin = n.origin().unwrap_or(ty);
                let local = matches!(store.ty(origin), Type::Named(g) if !g.implicits().is_empty())
                    && !store.has_all_targs(origin, n.targs());
                local || any(n.targs())
            }
        }
    }
}
