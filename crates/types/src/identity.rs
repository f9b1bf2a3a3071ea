//! Type identity (spec: Type identity).

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use crate::lookup::Name;
use crate::store::{ObjId, TypeId, TypeStore};
use crate::subst::{SubstMap, subst};
use crate::termlist;
use crate::ty::{Signature, Struct, Type};
use crate::typeset::{type_set, union_terms};

/// Whether two types are identical.
#[inline]
pub fn identical(store: &TypeStore, x: TypeId, y: TypeId) -> bool {
    x == y || Comparer { ignore_tags: false, ignore_invalids: false }.identical(store, x, y)
}
/// Whether two types are identical when struct tags are ignored.
#[inline]
pub fn identical_ignore_tags(store: &TypeStore, x: TypeId, y: TypeId) -> bool {
    x == y || Comparer { ignore_tags: true, ignore_invalids: false }.identical(store, x, y)
}

/// Compares types.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Comparer {
    /// Struct tags make no difference.
    pub ignore_tags: bool,
    /// The invalid type is identical to every type.
    pub ignore_invalids: bool,
}

/// Types that differ no further down than this count as identical: only interfaces that expand generic
/// interfaces without end get there.
const MAX_DEPTH: u32 = 400;

/// Comparisons that take more steps than this remember what they have compared: types that are used twice on each
/// of many levels would otherwise be compared exponentially often.
const FEW_STEPS: u32 = 256;

/// Interfaces under comparison. Comparing the same two again means that no difference was found so far.
struct Pair<'a> {
    x: TypeId,
    y: TypeId,
    outer: Option<&'a Pair<'a>>,
}

impl Comparer {
    /// Whether two types are identical.
    pub fn identical(&self, store: &TypeStore, x: TypeId, y: TypeId) -> bool {
        Walk { store, comparer: *self, depth: 0, steps: 0, compared: FxHashSet::default() }.same(x, y, None)
    }
}

struct Walk<'s> {
    store: &'s TypeStore,
    comparer: Comparer,
    depth: u32,
    steps: u32,
    /// Pairs that were found identical or are being compared, with the allowances made: one difference anywhere ends
    /// the whole comparison.
    compared: FxHashSet<(TypeId, TypeId, Comparer)>,
}

impl Walk<'_> {
    fn same(&mut self, x: TypeId, y: TypeId, pairs: Option<&Pair<'_>>) -> bool {
        let (x, y) = (self.store.unalias(x), self.store.unalias(y));
        if x == y {
            return true;
        }
        if self.comparer.ignore_invalids && (x == TypeId::INVALID || y == TypeId::INVALID) {
            return true;
        }
        if self.depth >= MAX_DEPTH {
            return true;
        }
        self.steps += 1;
        if self.steps > FEW_STEPS && !self.compared.insert((x, y, self.comparer)) {
            return true;
        }
        self.depth += 1;
        let same = self.same_structure(x, y, pairs);
        self.depth -= 1;
        same
    }

    fn same_structure(&mut self, x: TypeId, y: TypeId, pairs: Option<&Pair<'_>>) -> bool {
        let store = self.store;
        match (store.ty(x), store.ty(y)) {
            (Type::Basic(a), Type::Basic(b)) => a.kind == b.kind,
            (&Type::Array { elem: a, len: m }, &Type::Array { elem: b, len: n }) => {
                // An unknown length was reported already.
                (m.is_none() || n.is_none() || m == n) && self.same(a, b, pairs)
            }
            (&Type::Slice(a), &Type::Slice(b)) | (&Type::Pointer(a), &Type::Pointer(b)) => {
                self.same(a, b, pairs)
            }
            (&Type::Map { key: k1, elem: e1 }, &Type::Map { key: k2, elem: e2 }) => {
                self.same(k1, k2, pairs) && self.same(e1, e2, pairs)
            }
            (&Type::Chan { dir: d1, elem: e1 }, &Type::Chan { dir: d2, elem: e2 }) => {
                d1 == d2 && self.same(e1, e2, pairs)
            }
            (Type::Struct(a), Type::Struct(b)) => self.same_struct(a, b, pairs),
            (Type::Tuple(a), Type::Tuple(b)) => self.same_vars(&a.vars, &b.vars, pairs),
            (Type::Signature(a), Type::Signature(b)) => self.same_signature(a.get(), b.get(), pairs),
            (Type::Union(a), Type::Union(b)) => match (union_terms(store, a), union_terms(store, b)) {
                (Some(a), Some(b)) => termlist::equal(store, a.as_deref(), b.as_deref()),
                (a, b) => a.is_none() && b.is_none(),
            },
            (Type::Interface(_), Type::Interface(_)) => self.same_interface(x, y, pairs),
            (Type::Named(a), Type::Named(b)) => {
                a.obj == b.obj && a.targs().len() == b.targs().len() && self.same_args(a.targs(), b.targs())
            }
            _ => false,
        }
    }

    /// Type arguments must be identical without any allowance.
    fn same_args(&mut self, x: &[TypeId], y: &[TypeId]) -> bool {
        let comparer = std::mem::take(&mut self.comparer);
        let same = x.iter().zip(y).all(|(&s, &t)| self.same(s, t, None));
        self.comparer = comparer;
        same
    }

    fn same_struct(&mut self, x: &Struct, y: &Struct, pairs: Option<&Pair<'_>>) -> bool {
        let store = self.store;
        x.fields.len() == y.fields.len()
            && x.fields.iter().zip(&y.fields).enumerate().all(|(i, (&f, &g))| {
                let (field, other) = (store.obj(f), store.obj(g));
                field.name == other.name
                    && field.is_embedded() == other.is_embedded()
                    && (self.comparer.ignore_tags || x.tag(i) == y.tag(i))
                    && (field.pkg == other.pkg
                        || Name::new(other.pkg, other.name, false).matches(store, field))
                    && self.same(store.obj_type(f), store.obj_type(g), pairs)
            })
    }

    fn same_vars(&mut self, x: &[ObjId], y: &[ObjId], pairs: Option<&Pair<'_>>) -> bool {
        x.len() == y.len()
            && x.iter()
                .zip(y)
                .all(|(&v, &w)| self.same(self.store.obj_type(v), self.store.obj_type(w), pairs))
    }

    /// Names of type parameters make no difference: `y` is compared with those of `x` put in.
    fn same_signature(&mut self, x: &Signature, y: &Signature, pairs: Option<&Pair<'_>>) -> bool {
        if x.tparams.len() != y.tparams.len() || x.variadic != y.variadic {
            return false;
        }
        let (mut params, mut results) = (y.params, y.results);
        if !x.tparams.is_empty() {
            let store = self.store;
            let map = SubstMap::new(&y.tparams, &x.tparams);
            for (&p, &q) in x.tparams.iter().zip(&y.tparams) {
                let bound = |t| match store.ty(t) {
                    Type::TypeParam(p) => p.bound().unwrap_or(TypeId::INVALID),
                    _ => TypeId::INVALID,
                };
                if !self.same(bound(p), subst(store, bound(q), &map), pairs) {
                    return false;
                }
            }
            params = subst(store, params, &map);
            results = subst(store, results, &map);
        }
        self.same(x.params, params, pairs) && self.same(x.results, results, pairs)
    }

    /// Interfaces are the only types whose cycles need not go through a name: by way of a parameter of a method
    /// that is an anonymous interface embedding the first one. Hence the pairs.
    fn same_interface(&mut self, x: TypeId, y: TypeId, pairs: Option<&Pair<'_>>) -> bool {
        let store = self.store;
        let (a, b) = (type_set(store, x), type_set(store, y));
        if a.comparable != b.comparable
            || a.methods.len() != b.methods.len()
            || !termlist::equal(store, a.terms.as_deref(), b.terms.as_deref())
        {
            return false;
        }
        let mut outer = pairs;
        while let Some(pair) = outer {
            if (pair.x, pair.y) == (x, y) || (pair.x, pair.y) == (y, x) {
                return true;
            }
            outer = pair.outer;
        }
        let here = Pair { x, y, outer: pairs };
        a.methods.iter().zip(&b.methods).all(|(&f, &g)| {
            f == g || same_id(store, f, g) && self.same(store.obj_type(f), store.obj_type(g), Some(&here))
        })
    }
}

fn same_id(store: &TypeStore, f: ObjId, g: ObjId) -> bool {
    let other = store.obj(g);
    Name::new(other.pkg, other.name, false).matches(store, store.obj(f))
}

/// How many types [`identity_hash`] looks at. What generic types expand to differs only far down.
const HASH_SIZE: u32 = 48;

/// A hash that identical types share (aliases looked through, names of parameters ignored).
pub fn identity_hash(store: &TypeStore, ty: TypeId) -> u64 {
    let mut hasher = FxHasher::default();
    hash_type(store, ty, &mut { HASH_SIZE }, &mut hasher);
    hasher.finish()
}

fn hash_vars(store: &TypeStore, vars: &[ObjId], left: &mut u32, hasher: &mut FxHasher) {
    vars.len().hash(hasher);
    for &var in vars {
        hash_type(store, store.obj_type(var), left, hasher);
    }
}

fn hash_type(store: &TypeStore, ty: TypeId, left: &mut u32, hasher: &mut FxHasher) {
    let Some(fewer) = left.checked_sub(1) else { return };
    *left = fewer;
    let ty = store.unalias(ty);
    let shape = store.ty(ty);
    std::mem::discriminant(shape).hash(hasher);
    match shape {
        Type::Basic(b) => b.kind.hash(hasher),
        // An unknown length is identical to any.
        &Type::Array { elem, .. } | &Type::Slice(elem) | &Type::Pointer(elem) => {
            hash_type(store, elem, left, hasher);
        }
        &Type::Chan { dir, elem } => {
            dir.hash(hasher);
            hash_type(store, elem, left, hasher);
        }
        &Type::Map { key, elem } => {
            hash_type(store, key, left, hasher);
            hash_type(store, elem, left, hasher);
        }
        Type::Struct(s) => {
            for &field in &s.fields {
                store.obj(field).name.hash(hasher);
            }
            hash_vars(store, &s.fields, left, hasher);
        }
        Type::Tuple(t) => hash_vars(store, &t.vars, left, hasher),
        Type::Signature(s) => {
            let s = s.get();
            (s.tparams.len(), s.variadic).hash(hasher);
            hash_vars(store, store.tuple(s.params), left, hasher);
            hash_vars(store, store.tuple(s.results), left, hasher);
        }
        Type::Interface(_) => {
            let set = type_set(store, ty);
            set.comparable.hash(hasher);
            for &method in &set.methods {
                store.obj(method).name.hash(hasher);
            }
        }
        Type::Named(n) => {
            n.obj.hash(hasher);
            for &targ in n.targs() {
                hash_type(store, targ, left, hasher);
            }
        }
        // Type parameters of generic functions are identical by place, unions in any order of their terms.
        Type::TypeParam(_) | Type::Union(_) | Type::Alias(_) => {}
    }
}
