//! Composite literals.

use std::collections::BTreeMap;

use escargo_dialect::Feature;
use escargo_syntax::{Expr, ExprId, List};
use escargo_types::constant::Key;
use escargo_types::identity::identical;
use escargo_types::lookup::{Lookup, field_index, lookup_field_or_method};
use escargo_types::typeset::common_under;
use escargo_types::{ObjId, Type, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

const MIXED: &str = "mixture of field:value and value elements in struct literal";

impl Checker<'_> {
    /// `T{…}`; `hint` is the type where `e` is an element whose type is left out.
    pub(crate) fn composite_lit(&mut self, x: &mut Operand, e: ExprId, hint: Option<TypeId>) {
        let store = self.store;
        let Expr::CompositeLit { ty: type_expr, elems, keyed, rbrace } = self.tree()[e] else { return };
        let (mut ty, base) = self.composite_type(e, type_expr, hint);
        if !self.is_complete(base) {
            return;
        }
        let under = common_under(store, base);
        match under.map(|under| store.ty(under)) {
            Some(Type::Struct(_)) if elems.is_empty() => {}
            Some(Type::Struct(fields)) => {
                let first = self.tree().nth(elems, 0);
                if matches!(self.tree()[first], Expr::KeyValue { .. }) {
                    self.keyed_fields(x, elems, base, under.unwrap_or(base), &fields.fields);
                } else {
                    self.fields_in_order(x, elems, base, &fields.fields, rbrace);
                }
            }
            Some(&Type::Array { elem, len }) => {
                let count = self.indexed_elems(elems, keyed, elem, len);
                // `[...]T`, or an array whose length is invalid: take the length from the literal.
                if len.is_none() && under == Some(ty) {
                    ty = self.written(store.array(elem, Some(count)));
                    if let Some(type_expr) = type_expr {
                        self.record_type_and_value(type_expr, Mode::TypeExpr, ty, None);
                    }
                }
            }
            Some(&Type::Slice(elem)) => {
                self.indexed_elems(elems, keyed, elem, None);
            }
            Some(&Type::Map { key, elem }) => self.map_elems(x, elems, key, elem),
            _ => {
                if !self.not_composite(e, elems, under, ty, type_expr.is_none() && hint.is_some()) {
                    x.invalidate();
                    return;
                }
            }
        }
        *x = Operand { mode: Mode::Value, ty, ..Operand::new() };
    }

    /// The type of a composite literal, and the type that its elements belong to: for an element of a literal of
    /// pointers, `{…}` stands for `&T{…}`.
    fn composite_type(&mut self, e: ExprId, ty: Option<ExprId>, hint: Option<TypeId>) -> (TypeId, TypeId) {
        let store = self.store;
        match (ty, hint) {
            (Some(ty), _) => {
                let ty = match self.tree()[ty] {
                    Expr::ArrayType { len: None, elem } => {
                        let elem = self.var_type(elem);
                        self.written(store.array(elem, None))
                    }
                    _ => self.typ(ty),
                };
                (ty, ty)
            }
            (None, Some(hint)) => {
                let base = common_under(store, hint).map(|under| store.ty(store.unalias(under)));
                (hint, if let Some(&Type::Pointer(base)) = base { base } else { hint })
            }
            (None, None) => {
                self.error_at(e, Code::UntypedLit, "missing type in composite literal");
                (TypeId::INVALID, TypeId::INVALID)
            }
        }
    }

    /// Uses the elements of a literal of a type that has no literals. False if that is reported here.
    fn not_composite(
        &mut self,
        e: ExprId,
        elems: List<ExprId>,
        under: Option<TypeId>,
        ty: TypeId,
        is_elem: bool,
    ) -> bool {
        let tree = self.tree();
        for elem in tree.list(elems) {
            // Whether a key is a field name or an expression cannot be told.
            let value = if let Expr::KeyValue { value, .. } = tree[elem] { value } else { elem };
            self.use_exprs(&[value]);
        }
        if under.is_some_and(|under| !self.store.is_valid(under)) {
            return true;
        }
        let element = if is_elem { " element" } else { "" };
        let cause = if under.is_none() { " (no common underlying type)" } else { "" };
        let message = format!("invalid composite literal{element} type {}{cause}", self.ts(ty));
        self.error_at(e, Code::InvalidLit, message);
        false
    }

    // ----- structs -----

    /// Elements `field: value`. `base` is the type for messages, `under` the struct type.
    fn keyed_fields(
        &mut self,
        x: &mut Operand,
        elems: List<ExprId>,
        base: TypeId,
        under: TypeId,
        fields: &[ObjId],
    ) {
        let tree = self.tree();
        let mut seen = SeenFields::default();
        for elem in tree.list(elems) {
            let Expr::KeyValue { key, value } = tree[elem] else {
                self.error_at(elem, Code::MixedStructLit, MIXED);
                continue;
            };
            // The value is checked first, lest an error in the key hide what it uses.
            self.generic_expr(x, value);
            let Some((field, path)) = self.field_of_key(key, base, under, fields) else { continue };
            self.assignment(x, Some(self.store.obj_type(field)), "struct literal");
            if let Some((other, common)) = seen.insert(&path, field) {
                let (name, other_name) = (self.store.obj(field).name, self.store.obj(other).name);
                let message = if field == other {
                    format!("duplicate field name {name} in struct literal")
                } else if common < path.len() {
                    format!("cannot specify promoted field {name} and enclosing embedded field {other_name}")
                } else {
                    format!("cannot specify embedded field {name} and enclosed promoted field {other_name}")
                };
                self.error_at(elem, Code::DuplicateLitField, message);
            }
        }
    }

    /// The field that a key names, with the path to it; reports if there is none. Records the use.
    fn field_of_key(
        &mut self,
        key: ExprId,
        base: TypeId,
        under: TypeId,
        fields: &[ObjId],
    ) -> Option<(ObjId, SmallVec<[u32; 4]>)> {
        let store = self.store;
        let Expr::Name(ident) = self.tree()[key] else {
            let message = format!("invalid field name {} in struct literal", self.es(key));
            self.error_at(key, Code::InvalidLitField, message);
            return None;
        };
        let name = self.tree().name(ident);
        let direct = field_index(store, fields, Some(self.pkg), name, false).filter(|_| !name.is_blank());
        let (field, path) = match direct {
            Some(i) => (fields[i], SmallVec::from_slice(&[i as u32])),
            None => {
                let found = lookup_field_or_method(store, under, false, Some(self.pkg), name, false);
                let Lookup::Found { obj, index, indirect } = found else {
                    let similar = lookup_field_or_method(store, under, false, Some(self.pkg), name, true);
                    let message = self.lookup_error(base, name, similar.obj(), true);
                    self.error_at(key, Code::MissingLitField, message);
                    return None;
                };
                self.promoted_field(key, base, under, obj, &index, indirect)?;
                (obj, SmallVec::from_vec(index))
            }
        };
        self.record_use(ident, field);
        Some((field, path))
    }

    /// Checks that a field found through embedded fields may be a key.
    fn promoted_field(
        &mut self,
        key: ExprId,
        base: TypeId,
        under: TypeId,
        obj: ObjId,
        path: &[u32],
        indirect: bool,
    ) -> Option<()> {
        if !self.store.obj(obj).is_var() {
            let message = format!("{} is not a field", self.es(key));
            self.error_at(key, Code::MissingLitField, message);
            return None;
        }
        if path.len() > 1 && !self.allows(Feature::PromotedFieldKey) {
            let (path, base) = (self.field_path(under, path), self.ts(base));
            let what = format!("use of promoted field {path} in struct literal of type {base}");
            self.require(Feature::PromotedFieldKey, self.start(key), || what);
            return None;
        }
        if indirect {
            let message = format!("invalid implicit pointer indirection to reach {}", self.es(key));
            self.error_at(key, Code::InvalidLitField, message);
            return None;
        }
        Some(())
    }

    /// The names on the way to a field: `a.b.c`.
    fn field_path(&self, ty: TypeId, path: &[u32]) -> String {
        let mut at = ty;
        let mut names = Vec::new();
        for &i in path {
            let fields = self.store.struct_fields(self.store.deref_struct_pointer(at)).unwrap_or_default();
            let Some(&field) = fields.get(i as usize) else { break };
            names.push(self.store.obj(field).name.as_str());
            at = self.store.obj_type(field);
        }
        names.join(".")
    }

    /// Elements without keys: one for each field.
    fn fields_in_order(
        &mut self,
        x: &mut Operand,
        elems: List<ExprId>,
        base: TypeId,
        fields: &[ObjId],
        rbrace: u32,
    ) {
        let store = self.store;
        let tree = self.tree();
        let pkg = self.pkg;
        let is_hidden = |field: ObjId| !store.obj(field).is_exported() && store.obj(field).pkg != Some(pkg);
        for (i, elem) in tree.list(elems).enumerate() {
            if matches!(tree[elem], Expr::KeyValue { .. }) {
                self.error_at(elem, Code::MixedStructLit, MIXED);
                continue;
            }
            self.generic_expr(x, elem);
            let Some(&field) = fields.get(i) else {
                let message = format!("too many values in struct literal of type {}", self.ts(base));
                self.error(self.op_start(x), Code::InvalidStructLit, message);
                break;
            };
            if is_hidden(field) {
                let (name, base) = (store.obj(field).name, self.ts(base));
                let message = format!(
                    "implicit assignment to unexported field {name} in struct literal of type {base}"
                );
                self.error(self.op_start(x), Code::UnexportedLitField, message);
                continue;
            }
            self.assignment(x, Some(store.obj_type(field)), "struct literal");
        }
        if elems.len() < fields.len() {
            let hint = match fields.iter().any(|&field| is_hidden(field)) {
                true => " (type has unexported fields - use key:value pairs)",
                false => "",
            };
            let message = format!("too few values in struct literal of type {}{hint}", self.ts(base));
            self.error(self.at(rbrace), Code::InvalidStructLit, message);
        }
    }

    // ----- arrays, slices, maps -----

    /// Elements of an array or slice; gives the largest index plus one. `len`: the length of an array, if known.
    fn indexed_elems(&mut self, elems: List<ExprId>, keyed: u32, elem_type: TypeId, len: Option<u64>) -> u64 {
        let tree = self.tree();
        // Without keys no index can come twice.
        let mut seen = FxHashSet::default();
        let (mut index, mut count) = (0u64, 0u64);
        let mut x = Operand::new();
        for elem in tree.list(elems) {
            let (valid, value) = match (tree[elem], len) {
                (Expr::KeyValue { key, value }, _) => (self.elem_index(elem, key, len, &mut index), value),
                (_, Some(len)) if index >= len => {
                    let message = format!("index {index} is out of bounds (>= {len})");
                    self.error_at(elem, Code::OversizeArrayLit, message);
                    (false, elem)
                }
                _ => (true, elem),
            };
            if keyed > 0 && valid && !seen.insert(index) {
                let message = format!("duplicate index {index} in array or slice literal");
                self.error_at(elem, Code::DuplicateLitKey, message);
            }
            index = index.saturating_add(1);
            count = count.max(index);
            self.expr_with_hint(&mut x, value, elem_type);
            self.assignment(&mut x, Some(elem_type), "array or slice literal");
        }
        count
    }

    /// Checks the key of an element and sets the index; false if it is no valid index.
    fn elem_index(&mut self, elem: ExprId, key: ExprId, len: Option<u64>, index: &mut u64) -> bool {
        match self.index_value(key, len) {
            (_, Some(i)) => {
                *index = i;
                true
            }
            (ty, None) => {
                if self.store.is_valid(ty) {
                    let message = format!("index {} must be integer constant", self.es(key));
                    self.error_at(elem, Code::InvalidLitIndex, message);
                }
                false
            }
        }
    }

    #[expect(
        clippy::mutable_key_type,
        reason = "joining the parts of a string changes neither its bytes nor its hash"
    )]
    fn map_elems(&mut self, x: &mut Operand, elems: List<ExprId>, key_type: TypeId, elem_type: TypeId) {
        let store = self.store;
        let tree = self.tree();
        // In a map of interfaces equal constants of different types are different keys.
        let by_type = store.is_non_type_param_interface(key_type);
        let mut seen: FxHashMap<Key, SmallVec<[TypeId; 1]>> = FxHashMap::default();
        for elem in tree.list(elems) {
            let Expr::KeyValue { key, value } = tree[elem] else {
                self.error_at(elem, Code::MissingLitKey, "missing key in map literal");
                continue;
            };
            self.expr_with_hint(x, key, key_type);
            self.assignment(x, Some(key_type), "map literal");
            if !x.is_valid() {
                continue;
            }
            if let Some(val) = x.val.as_ref().filter(|_| x.is_const())
                && let Some(map_key) = val.map_key()
            {
                let types = seen.entry(map_key).or_default();
                if types.iter().any(|&ty| !by_type || identical(store, ty, x.ty)) {
                    let message = format!("duplicate key {} in map literal", val.short_string());
                    self.error(self.op_start(x), Code::DuplicateLitKey, message);
                    continue;
                }
                types.push(x.ty);
            }
            self.expr_with_hint(x, value, elem_type);
            self.assignment(x, Some(elem_type), "map literal");
        }
    }
}

/// The fields that a struct literal sets. A field is known by the path of indices to it; two fields collide if one's
/// path begins with the other's.
#[derive(Default)]
struct SeenFields {
    /// Fields of the struct itself.
    direct: FxHashMap<u32, ObjId>,
    /// Promoted fields.
    promoted: BTreeMap<SmallVec<[u32; 4]>, ObjId>,
}

impl SeenFields {
    /// Adds a field. If it collides with another, gives that, and the length of the path that they share.
    fn insert(&mut self, path: &[u32], field: ObjId) -> Option<(ObjId, usize)> {
        let &first = path.first()?;
        if let Some(&outer) = self.direct.get(&first) {
            return Some((outer, 1));
        }
        if !self.promoted.is_empty() {
            for len in 2..=path.len() {
                if let Some(&outer) = self.promoted.get(&path[..len]) {
                    return Some((outer, len));
                }
            }
            let start = std::ops::Bound::Included(path);
            let inner = self.promoted.range::<[u32], _>((start, std::ops::Bound::Unbounded)).next();
            if let Some((_, &inner)) = inner.filter(|(other, _)| other.starts_with(path)) {
                return Some((inner, path.len()));
            }
        }
        if path.len() == 1 {
            self.direct.insert(first, field);
        } else {
            self.promoted.insert(SmallVec::from_slice(path), field);
        }
        None
    }
}
