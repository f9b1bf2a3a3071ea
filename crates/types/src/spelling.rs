//! Which type arguments count as the same instance.
//!
//! Two written-out types are spelled the same if they have the same structure down to names: `byte` and `uint8`,
//! or an alias and what it stands for, are spelled differently, two struct literals with equal fields are not.
//! Instances are unique up to spelling. That makes recursive generic types come back to themselves
//! (`type T[P, Q any] struct{ next *T[P, []P] }`), and it is how many instances a generic dictionary counts.
//!
//! Nothing here computes anything lazily, so it may be asked with a lock held.

use std::cell::Cell;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::store::{ObjId, TypeId, TypeStore};
use crate::ty::{Signature, Type};

/// How many types hashes look at. What generic types expand to differs only far down.
const HASH_SIZE: u32 = 48;

/// Deeper differences are not looked for: such types are just not shared.
const MAX_DEPTH: u32 = 200;

/// Neither are differences that take longer to find: a type may be used twice on each of many levels.
const MAX_STEPS: u32 = 1 << 16;

/// How far a comparison may still go.
#[derive(Clone, Copy)]
struct Reach<'c> {
    depth: u32,
    steps: &'c Cell<u32>,
}

impl Reach<'_> {
    fn further(self) -> Option<Self> {
        self.steps.set(self.steps.get().checked_sub(1)?);
        Some(Reach { depth: self.depth.checked_sub(1)?, ..self })
    }
}

/// A hash of a generic type and its arguments that equal spellings share.
pub fn spelling_hash(store: &TypeStore, origin: TypeId, targs: &[TypeId]) -> u64 {
    let mut hasher = FxHasher::default();
    origin.hash(&mut hasher);
    let mut left = HASH_SIZE;
    for &targ in targs {
        hash_type(store, targ, &mut left, &mut hasher);
    }
    hasher.finish()
}

/// Whether two argument lists are spelled the same.
pub fn spelled_alike(store: &TypeStore, x: &[TypeId], y: &[TypeId]) -> bool {
    let steps = Cell::new(MAX_STEPS);
    x == y || same_types(store, x, y, Reach { depth: MAX_DEPTH, steps: &steps })
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
    match store.ty(ty) {
        // Instances among these are unique themselves.
        Type::Basic(_) | Type::Named(_) | Type::Alias(_) | Type::TypeParam(_) => ty.hash(hasher),
        &Type::Slice(elem) => {
            0u8.hash(hasher);
            hash_type(store, elem, left, hasher);
        }
        &Type::Pointer(elem) => {
            1u8.hash(hasher);
            hash_type(store, elem, left, hasher);
        }
        &Type::Array { elem, len } => {
            (2u8, len).hash(hasher);
            hash_type(store, elem, left, hasher);
        }
        &Type::Chan { dir, elem } => {
            (3u8, dir).hash(hasher);
            hash_type(store, elem, left, hasher);
        }
        &Type::Map { key, elem } => {
            4u8.hash(hasher);
            hash_type(store, key, left, hasher);
            hash_type(store, elem, left, hasher);
        }
        Type::Struct(s) => {
            5u8.hash(hasher);
            s.fields.iter().for_each(|&f| store.obj(f).name.hash(hasher));
            hash_vars(store, &s.fields, left, hasher);
        }
        Type::Tuple(t) => hash_vars(store, &t.vars, left, hasher),
        Type::Signature(s) => {
            let s = s.get();
            (6u8, s.variadic).hash(hasher);
            hash_vars(store, store.tuple(s.params), left, hasher);
            hash_vars(store, store.tuple(s.results), left, hasher);
        }
        Type::Interface(i) => {
            (7u8, i.embeds.len()).hash(hasher);
            i.methods.iter().for_each(|&m| store.obj(m).name.hash(hasher));
        }
        Type::Union(u) => (8u8, u.terms.len()).hash(hasher),
    }
}

fn same_types(store: &TypeStore, x: &[TypeId], y: &[TypeId], reach: Reach<'_>) -> bool {
    x.len() == y.len() && x.iter().zip(y).all(|(&x, &y)| same(store, x, y, reach))
}

fn same(store: &TypeStore, x: TypeId, y: TypeId, reach: Reach<'_>) -> bool {
    if x == y {
        return true;
    }
    let Some(reach) = reach.further() else { return false };
    match (store.ty(x), store.ty(y)) {
        (&Type::Slice(a), &Type::Slice(b)) | (&Type::Pointer(a), &Type::Pointer(b)) => {
            same(store, a, b, reach)
        }
        (&Type::Array { elem: a, len: m }, &Type::Array { elem: b, len: n }) => {
            m == n && same(store, a, b, reach)
        }
        (&Type::Chan { dir: c, elem: a }, &Type::Chan { dir: d, elem: b }) => {
            c == d && same(store, a, b, reach)
        }
        (&Type::Map { key: k, elem: a }, &Type::Map { key: l, elem: b }) => {
            same(store, k, l, reach) && same(store, a, b, reach)
        }
        (Type::Struct(a), Type::Struct(b)) => {
            same_objects(store, &a.fields, &b.fields, true, reach)
                && (0..a.fields.len()).all(|i| a.tag(i) == b.tag(i))
        }
        (Type::Tuple(a), Type::Tuple(b)) => same_objects(store, &a.vars, &b.vars, false, reach),
        (Type::Signature(a), Type::Signature(b)) => same_signature(store, a.get(), b.get(), reach),
        (Type::Interface(a), Type::Interface(b)) => {
            a.implicit == b.implicit
                && same_objects(store, &a.methods, &b.methods, true, reach)
                && same_types(store, &a.embeds, &b.embeds, reach)
        }
        (Type::Union(a), Type::Union(b)) => {
            a.terms.len() == b.terms.len()
                && a.terms
                    .iter()
                    .zip(&b.terms)
                    .all(|(s, t)| s.tilde == t.tilde && same(store, s.ty, t.ty, reach))
        }
        _ => false,
    }
}

fn same_signature(store: &TypeStore, x: &Signature, y: &Signature, reach: Reach<'_>) -> bool {
    x.variadic == y.variadic
        && x.tparams.is_empty()
        && y.tparams.is_empty()
        && same(store, x.params, y.params, reach)
        && same(store, x.results, y.results, reach)
}

/// Objects without a type yet are the same only if they are one.
fn same_objects(store: &TypeStore, x: &[ObjId], y: &[ObjId], with_names: bool, reach: Reach<'_>) -> bool {
    x.len() == y.len()
        && x.iter().zip(y).all(|(&v, &w)| {
            let (a, b) = (store.obj(v), store.obj(w));
            let named_alike = || {
                a.name == b.name
                    && a.is_embedded() == b.is_embedded()
                    && (a.is_exported() || crate::lookup::same_pkg(store, a.pkg, b.pkg))
            };
            v == w
                || (!with_names || named_alike())
                    && matches!((a.ty(), b.ty()), (Some(s), Some(t)) if same(store, s, t, reach))
        })
}
