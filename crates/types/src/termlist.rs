//! Sets of types as lists of terms: `None` is the set of all types, the empty list the empty set.
//!
//! Lists are at most [`MAX_UNION_TERMS`](crate::typeset::MAX_UNION_TERMS) long (and short in practice), so comparing
//! each term with each other is affordable.

use crate::identity::identical;
use crate::store::{TypeId, TypeStore};
use crate::ty::Term;

/// A set of types, owned.
pub(crate) type Terms = Option<Vec<Term>>;

fn disjoint(store: &TypeStore, x: Term, y: Term) -> bool {
    let ux = if y.tilde { store.under(x.ty) } else { x.ty };
    let uy = if x.tilde { store.under(y.ty) } else { y.ty };
    !identical(store, ux, uy)
}

/// Whether the sets of two terms have no type in common.
pub fn are_disjoint(store: &TypeStore, x: Term, y: Term) -> bool {
    disjoint(store, x, y)
}

/// Merges each term with the later ones that overlap with it.
fn normalize(store: &TypeStore, list: &[Term]) -> Vec<Term> {
    let mut merged = vec![false; list.len()];
    let mut out = Vec::with_capacity(list.len());
    for i in 0..list.len() {
        if merged[i] {
            continue;
        }
        let mut x = list[i];
        for j in i + 1..list.len() {
            if !merged[j] && !disjoint(store, x, list[j]) {
                merged[j] = true;
                if !x.tilde && list[j].tilde {
                    x = list[j];
                }
            }
        }
        out.push(x);
    }
    out
}

/// The union of two sets.
pub(crate) fn union(store: &TypeStore, x: Terms, y: Terms) -> Terms {
    let (mut x, y) = (x?, y?);
    x.extend(y);
    Some(normalize(store, &x))
}

/// The intersection of two sets.
pub(crate) fn intersect(store: &TypeStore, x: Terms, y: Terms) -> Terms {
    let (x, y) = match (x, y) {
        (None, None) => return None,
        (None, Some(list)) | (Some(list), None) => return Some(normalize(store, &list)),
        (Some(x), Some(y)) => (x, y),
    };
    let mut out = Vec::new();
    for &a in &x {
        for &b in &y {
            if !disjoint(store, a, b) {
                out.push(if !a.tilde || b.tilde { a } else { b });
            }
        }
    }
    Some(normalize(store, &out))
}

/// Whether `x` is a subset of `y`.
pub(crate) fn is_subset(store: &TypeStore, x: Option<&[Term]>, y: Option<&[Term]>) -> bool {
    let Some(y) = y else { return true };
    let Some(x) = x else { return false };
    x.iter().all(|&a| y.iter().any(|&b| !disjoint(store, a, b) && (!a.tilde || b.tilde)))
}

/// Whether two sets are the same.
pub(crate) fn equal(store: &TypeStore, x: Option<&[Term]>, y: Option<&[Term]>) -> bool {
    is_subset(store, x, y) && is_subset(store, y, x)
}

/// Whether a type is in the set.
pub(crate) fn includes(store: &TypeStore, terms: Option<&[Term]>, ty: TypeId) -> bool {
    let Some(terms) = terms else { return true };
    terms.iter().any(|t| identical(store, t.ty, if t.tilde { store.under(ty) } else { ty }))
}
