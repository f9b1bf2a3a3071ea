//! Unification of types with type parameters to be inferred.
//!
//! Each parameter has a slot that holds the type inferred for it, if any; parameters that were
//! unified with each other share a slot. Two types unify if they become equivalent under the
//! inferred types; how equivalent depends on the mode (spec: Type unification).

use escargo_types::identity::identical;
use escargo_types::lookup::{Lookup, lookup_field_or_method, object_id, same_id};
use escargo_types::typeset::{common_under, type_set};
use escargo_types::{ChanDir, ObjId, Type, TypeId};
use rustc_hash::FxHashMap;

use crate::checker::Checker;

/// Nesting of types beyond which unification gives up, as the compiler does.
const DEPTH_LIMIT: u32 = 100;

/// Steps beyond which unification gives up: types that are used twice on each of many levels take exponentially many.
const STEP_LIMIT: u32 = 1 << 20;

/// How exactly types must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Mode {
    /// The types are those of an assignment: loose at the top, exact within.
    pub(crate) assign: bool,
    /// Identity is demanded. Otherwise a defined type matches a literal with its underlying type, channel
    /// directions are ignored, and an interface matches a type that implements it.
    pub(crate) exact: bool,
}

impl Mode {
    pub(crate) const LOOSE: Mode = Mode { assign: false, exact: false };
    pub(crate) const ASSIGN: Mode = Mode { assign: true, exact: false };
    pub(crate) const EXACT: Mode = Mode { assign: false, exact: true };

    /// The mode for component types.
    fn within(self) -> Mode {
        Mode { exact: self.exact || self.assign, ..self }
    }
}

/// Interfaces under comparison, innermost last: meeting the same pair again ends a cycle.
type Pairs = Vec<(TypeId, TypeId)>;

/// Type parameters to be inferred and what is known of them.
#[derive(Debug, Clone)]
pub(crate) struct Unifier {
    slot_of: FxHashMap<TypeId, usize>,
    slots: Vec<Option<TypeId>>,
    depth: u32,
    steps: u32,
    /// Whether methods of interfaces help inference (from go1.21 on).
    interface_inference: bool,
}

impl Unifier {
    /// One slot per parameter; arguments that are known fill theirs.
    pub(crate) fn new(tparams: &[TypeId], targs: &[Option<TypeId>], interface_inference: bool) -> Unifier {
        let slots = (0..tparams.len()).map(|i| targs.get(i).copied().flatten()).collect();
        let slot_of = tparams.iter().enumerate().map(|(i, &p)| (p, i)).collect();
        Unifier { slot_of, slots, depth: 0, steps: 0, interface_inference }
    }
    /// The type inferred for a parameter.
    pub(crate) fn at(&self, tparam: TypeId) -> Option<TypeId> {
        self.slot_of.get(&tparam).and_then(|&slot| self.slots[slot])
    }
    /// Sets the type inferred for a parameter and all that share its slot.
    pub(crate) fn set(&mut self, tparam: TypeId, ty: TypeId) {
        if let Some(&slot) = self.slot_of.get(&tparam) {
            self.slots[slot] = Some(ty);
        }
    }
    /// Number of parameters without an inferred type.
    pub(crate) fn unknowns(&self) -> usize {
        self.slot_of.values().filter(|&&slot| self.slots[slot].is_none()).count()
    }
    /// The inferred types in the order of the parameters.
    pub(crate) fn inferred(&self, tparams: &[TypeId]) -> Vec<Option<TypeId>> {
        tparams.iter().map(|&p| self.at(p)).collect()
    }

    /// Lets two parameters share a slot; impossible if both have a type.
    fn join(&mut self, x: TypeId, y: TypeId) -> bool {
        let (sx, sy) = (self.slot_of[&x], self.slot_of[&y]);
        if sx == sy {
            return true;
        }
        let (keep, drop) = match (self.slots[sx], self.slots[sy]) {
            (Some(_), Some(_)) => return false,
            (Some(_), None) => (sx, sy),
            _ => (sy, sx),
        };
        #[expect(clippy::iter_over_hash_type, reason = "every entry is treated alike")]
        for slot in self.slot_of.values_mut() {
            if *slot == drop {
                *slot = keep;
            }
        }
        true
    }

    /// Unifies two types; on success, types may have been inferred.
    pub(crate) fn unify(&mut self, c: &mut Checker<'_>, x: TypeId, y: TypeId, mode: Mode) -> bool {
        self.nify(c, x, y, mode, &mut Pairs::new())
    }

    fn nify(&mut self, c: &mut Checker<'_>, x: TypeId, y: TypeId, mode: Mode, pairs: &mut Pairs) -> bool {
        self.depth += 1;
        self.steps += 1;
        let depth_ok = self.depth <= DEPTH_LIMIT && self.steps <= STEP_LIMIT;
        let same = x == y || c.store.unalias(x) == c.store.unalias(y);
        let result = same || depth_ok && self.nify_different(c, x, y, mode, pairs);
        self.depth -= 1;
        result
    }

    fn bound_param(&self, c: &Checker<'_>, ty: TypeId) -> Option<TypeId> {
        let ty = c.store.unalias(ty);
        self.slot_of.contains_key(&ty).then_some(ty)
    }

    fn nify_different(
        &mut self,
        c: &mut Checker<'_>,
        mut x: TypeId,
        mut y: TypeId,
        mode: Mode,
        pairs: &mut Pairs,
    ) -> bool {
        let store = c.store;
        // A defined type goes to y, a parameter to be inferred to x.
        if store.as_named(x).is_some() || self.bound_param(c, y).is_some() {
            std::mem::swap(&mut x, &mut y);
        }
        // A defined type matches a literal through its underlying type.
        if !mode.exact
            && store.as_named(y).is_some()
            && store.is_type_lit(x)
            && !(self.interface_inference && store.is_interface(x))
        {
            y = store.under(y);
            if x == y || store.unalias(x) == store.unalias(y) {
                return true;
            }
        }
        match (self.bound_param(c, x), self.bound_param(c, y)) {
            (Some(px), Some(py)) => {
                return self.join(px, py)
                    || match (self.at(px), self.at(py)) {
                        (Some(tx), Some(ty)) => self.nify(c, tx, ty, mode, pairs),
                        _ => false,
                    };
            }
            (Some(px), None) => return self.match_param(c, px, y, mode, pairs),
            _ => {}
        }
        if self.interface_inference
            && !mode.exact
            && let Some(result) = self.match_interfaces(c, x, y, pairs)
        {
            return result;
        }
        // Parameters that are not to be inferred go to x.
        if store.is_type_param(y) {
            std::mem::swap(&mut x, &mut y);
        }
        self.match_structure(c, x, y, mode, pairs)
    }

    /// A parameter against a type: what was inferred before must match; otherwise the type is inferred.
    fn match_param(
        &mut self,
        c: &mut Checker<'_>,
        px: TypeId,
        y: TypeId,
        mode: Mode,
        pairs: &mut Pairs,
    ) -> bool {
        let store = c.store;
        let Some(x) = self.at(px) else {
            self.set(px, y);
            return true;
        };
        if !self.nify(c, x, y, mode, pairs) {
            return false;
        }
        let (ix, iy) = (interface_of(c, x), interface_of(c, y));
        let (nx, ny) = (store.as_named(x).is_some(), store.as_named(y).is_some());
        match (ix, iy) {
            (Some(_), Some(_)) if nx && ny => return identical(store, x, y),
            (Some(ix), Some(iy)) => {
                if type_set(store, ix).methods.len() != type_set(store, iy).methods.len() {
                    return false;
                }
            }
            (None, None) => {}
            _ => return false,
        }
        // Of several types that match loosely a defined one is kept, and else a directed channel, so that the
        // order of arguments does not matter.
        if !mode.exact && !nx {
            let directed =
                |t| matches!(store.ty(store.under(t)), Type::Chan { dir, .. } if *dir != ChanDir::Both);
            if ny || directed(y) {
                self.set(px, y);
            }
        }
        true
    }

    /// Two interfaces, or an interface and another type. `None`: neither is an interface.
    fn match_interfaces(
        &mut self,
        c: &mut Checker<'_>,
        x: TypeId,
        y: TypeId,
        pairs: &mut Pairs,
    ) -> Option<bool> {
        let store = c.store;
        match (interface_of(c, x), interface_of(c, y)) {
            (None, None) => None,
            (Some(ix), Some(iy)) => {
                if !same_constraints(c, ix, iy) {
                    return Some(false);
                }
                if pairs.contains(&(ix, iy)) || pairs.contains(&(iy, ix)) {
                    return Some(true);
                }
                let (mut few, mut many) = (&type_set(store, ix).methods, &type_set(store, iy).methods);
                if few.len() > many.len() {
                    std::mem::swap(&mut few, &mut many);
                }
                let by_id: FxHashMap<String, ObjId> =
                    many.iter().map(|&m| (object_id(store, m), m)).collect();
                pairs.push((ix, iy));
                let all = few.iter().all(|&m| {
                    by_id.get(&object_id(store, m)).is_some_and(|&other| {
                        let (a, b) = (store.obj_type(m), store.obj_type(other));
                        self.nify(c, a, b, Mode::EXACT, pairs)
                    })
                });
                pairs.pop();
                Some(all)
            }
            (Some(iface), None) => Some(self.match_methods(c, iface, y, pairs)),
            (None, Some(iface)) => Some(self.match_methods(c, iface, x, pairs)),
        }
    }

    /// Every method of the interface must stand in the other type with a signature that unifies.
    fn match_methods(
        &mut self,
        c: &mut Checker<'_>,
        iface: TypeId,
        other: TypeId,
        pairs: &mut Pairs,
    ) -> bool {
        let store = c.store;
        type_set(store, iface).methods.iter().all(|&want| {
            let method = store.obj(want);
            let found = lookup_field_or_method(store, other, false, method.pkg, method.name, false);
            let Lookup::Found { obj, .. } = found else { return false };
            if !store.obj(obj).is_func() {
                return false;
            }
            c.obj_decl(obj);
            let (have, need) = (store.obj_type(obj), store.obj_type(want));
            let generic = store.as_signature(have).is_some_and(|s| !s.tparams.is_empty());
            !generic && self.nify(c, need, have, Mode::EXACT, pairs)
        })
    }

    fn match_structure(
        &mut self,
        c: &mut Checker<'_>,
        x: TypeId,
        y: TypeId,
        mode: Mode,
        pairs: &mut Pairs,
    ) -> bool {
        let store = c.store;
        let within = mode.within();
        match (store.ty(store.unalias(x)), store.ty(store.unalias(y))) {
            (Type::Basic(a), Type::Basic(b)) => a.kind == b.kind,
            (&Type::Array { elem: a, len: n }, &Type::Array { elem: b, len: m }) => {
                (n.is_none() || m.is_none() || n == m) && self.nify(c, a, b, within, pairs)
            }
            (&Type::Slice(a), &Type::Slice(b)) | (&Type::Pointer(a), &Type::Pointer(b)) => {
                self.nify(c, a, b, within, pairs)
            }
            (Type::Struct(a), Type::Struct(b)) => {
                a.fields.len() == b.fields.len()
                    && a.fields.iter().zip(&b.fields).enumerate().all(|(i, (&f, &g))| {
                        let (of, og) = (store.obj(f), store.obj(g));
                        of.is_embedded() == og.is_embedded()
                            && a.tag(i) == b.tag(i)
                            && same_id(store, f, og.pkg, og.name, false)
                            && self.nify(c, store.obj_type(f), store.obj_type(g), within, pairs)
                    })
            }
            (Type::Tuple(_), Type::Tuple(_)) => self.match_tuples(c, x, y, mode, pairs),
            (Type::Signature(a), Type::Signature(b)) => {
                let (a, b) = (a.get(), b.get());
                a.variadic == b.variadic
                    && self.match_tuples(c, a.params, b.params, within, pairs)
                    && self.match_tuples(c, a.results, b.results, within, pairs)
            }
            (Type::Interface(_), Type::Interface(_)) => {
                self.match_equal_interfaces(c, store.unalias(x), store.unalias(y), pairs)
            }
            (&Type::Map { key: a, elem: p }, &Type::Map { key: b, elem: q }) => {
                self.nify(c, a, b, within, pairs) && self.nify(c, p, q, within, pairs)
            }
            (&Type::Chan { dir: d, elem: a }, &Type::Chan { dir: e, elem: b }) => {
                (!mode.exact || d == e) && self.nify(c, a, b, within, pairs)
            }
            (Type::Named(_), Type::Named(_)) => {
                let (x, y) = (store.unalias(x), store.unalias(y));
                let (a, b) = (store.targs(x), store.targs(y));
                a.len() == b.len()
                    && a.iter().zip(b).all(|(&a, &b)| self.nify(c, a, b, mode, pairs))
                    && store.named_obj(x) == store.named_obj(y)
            }
            // A type parameter that is not to be inferred: the core type of its constraint tells its structure.
            (Type::TypeParam(_), _) => match common_under(store, x) {
                Some(core) => self.nify(c, core, y, Mode::ASSIGN, pairs),
                None => false,
            },
            _ => false,
        }
    }

    fn match_tuples(
        &mut self,
        c: &mut Checker<'_>,
        x: TypeId,
        y: TypeId,
        mode: Mode,
        pairs: &mut Pairs,
    ) -> bool {
        let store = c.store;
        let (a, b) = (store.tuple(x), store.tuple(y));
        a.len() == b.len()
            && a.iter().zip(b).all(|(&v, &w)| self.nify(c, store.obj_type(v), store.obj_type(w), mode, pairs))
    }

    /// Two interfaces that must have the same methods.
    fn match_equal_interfaces(
        &mut self,
        c: &mut Checker<'_>,
        x: TypeId,
        y: TypeId,
        pairs: &mut Pairs,
    ) -> bool {
        let store = c.store;
        let (a, b) = (&type_set(store, x).methods, &type_set(store, y).methods);
        if !same_constraints(c, x, y) || a.len() != b.len() {
            return false;
        }
        if pairs.contains(&(x, y)) || pairs.contains(&(y, x)) {
            return true;
        }
        pairs.push((x, y));
        let all = a.iter().zip(b).all(|(&f, &g)| {
            let other = store.obj(g);
            same_id(store, f, other.pkg, other.name, false)
                && self.nify(c, store.obj_type(f), store.obj_type(g), Mode::EXACT, pairs)
        });
        pairs.pop();
        all
    }
}

/// The interface behind a type that is not a type parameter.
fn interface_of(c: &Checker<'_>, ty: TypeId) -> Option<TypeId> {
    let store = c.store;
    if store.is_type_param(ty) {
        return None;
    }
    let under = store.under(ty);
    matches!(store.ty(under), Type::Interface(_)).then_some(under)
}

/// Whether two interfaces admit the same types, methods aside.
fn same_constraints(c: &Checker<'_>, x: TypeId, y: TypeId) -> bool {
    let store = c.store;
    let (a, b) = (type_set(store, x), type_set(store, y));
    a.comparable == b.comparable && a.subset_of(store, b) && b.subset_of(store, a)
}
