//! Constants and zero values (`typecheck/const.go`, `ir/const.go`, `noder/helpers.go` of Go 1.27).

use escargo_types::ty::Type;
use escargo_types::{TypeId, TypeStore, Value};

use super::Build;
use crate::{IrPos, Kind, List, NodeId, Op, Original};

/// A constant as a value of a type: a string for an integer only if the conversion is explicit. Nothing if the type
/// has no such value (`typecheck.ConvertVal`).
pub fn convert_value(store: &TypeStore, value: &Value, ty: TypeId, explicit: bool) -> Option<Value> {
    let value = match value {
        Value::Bool(_) => return store.is_boolean(ty).then(|| value.clone()),
        Value::String(_) => return store.is_string(ty).then(|| value.clone()),
        Value::Int(_) if explicit && store.is_string(ty) => return Some(value.to_code_point_string()),
        Value::Unknown => return None,
        Value::Complex(_) if !store.is_complex(ty) => &value.real(),
        number => number,
    };
    if store.is_integer(ty) {
        return Some(value.to_int()).filter(|value| !value.is_unknown());
    }
    let untyped = store.is_untyped(ty);
    let single = store.basic_kind(ty).is_some_and(is_single);
    if store.is_float(ty) {
        return match (untyped, single) {
            (true, _) => Some(value.to_float()),
            (_, true) => value.to_float().round_to_f32(),
            _ => value.to_float().round_to_f64(),
        };
    }
    if store.is_complex(ty) {
        return match (untyped, single) {
            (true, _) => Some(value.to_complex()),
            (_, true) => value.to_complex().round_to_complex64(),
            _ => value.to_complex().round_to_complex128(),
        };
    }
    None
}

fn is_single(kind: escargo_types::BasicKind) -> bool {
    use escargo_types::BasicKind::{Complex64, Float32};
    matches!(kind, Float32 | Complex64)
}

/// A constant in the form in which a literal of the type holds it (`noder/helpers.go`, FixValue).
pub fn fix_value(store: &TypeStore, value: &Value, ty: TypeId) -> Value {
    convert_value(store, value, ty, false).unwrap_or_else(|| value.clone())
}

/// The zero of a type of constants.
pub fn zero_value(store: &TypeStore, ty: TypeId) -> Option<Value> {
    Some(match () {
        () if store.is_integer(ty) => Value::int(0),
        () if store.is_float(ty) => Value::int(0).to_float(),
        () if store.is_complex(ty) => Value::int(0).to_complex(),
        () if store.is_boolean(ty) => Value::Bool(false),
        () if store.is_string(ty) => Value::string(""),
        () => return None,
    })
}

/// Constants.
impl Build<'_> {
    /// A constant of a type, held in the type's form.
    pub fn literal(&mut self, pos: IrPos, ty: TypeId, value: &Value) -> NodeId {
        let value = fix_value(self.store, value, ty);
        self.unit.expr(pos, ty, Kind::Literal(Box::new(value)))
    }
    /// An untyped integer (`ir.NewInt`).
    pub fn int(&mut self, pos: IrPos, value: i64) -> NodeId {
        self.unit.expr(pos, TypeId::UNTYPED_INT, Kind::Literal(Box::new(Value::int(value))))
    }
    /// An integer of type uintptr (`ir.NewUintptr`).
    pub fn uintptr(&mut self, pos: IrPos, value: u64) -> NodeId {
        self.unit.expr(pos, TypeId::UINTPTR, Kind::Literal(Box::new(Value::uint(value))))
    }
    /// A boolean of type bool.
    pub fn bool(&mut self, pos: IrPos, value: bool) -> NodeId {
        self.unit.expr(pos, TypeId::BOOL, Kind::Literal(Box::new(Value::Bool(value))))
    }
    /// nil of a type.
    pub fn nil(&mut self, pos: IrPos, ty: TypeId) -> NodeId {
        self.unit.expr(pos, ty, Kind::Nil)
    }
    /// The number 1 of a type (`ir.NewOne`).
    pub fn one(&mut self, pos: IrPos, ty: TypeId) -> NodeId {
        self.literal(pos, ty, &Value::int(1))
    }
    /// The zero value of a type (`ir.NewZero`).
    pub fn zero(&mut self, pos: IrPos, ty: TypeId) -> NodeId {
        if self.store.has_nil(ty) {
            return self.nil(pos, ty);
        }
        if let Some(value) = zero_value(self.store, ty) {
            return self.unit.expr(pos, ty, Kind::Literal(Box::new(value)));
        }
        self.composite(pos, ty, List::new())
    }

    /// Gives an expression of untyped type a type: `to` if it is one that constants may have, else the default type.
    /// Expressions with a type stay as they are. `explicit` lets integers become strings (`typecheck.convlit1`).
    pub fn default_lit(&mut self, node: NodeId, to: Option<TypeId>, explicit: bool) -> NodeId {
        let (ty, pos) = (self.ty(node), self.unit.nodes[node].pos);
        if ty == TypeId::INVALID || !self.store.is_untyped(ty) {
            return node;
        }
        if ty == TypeId::UNTYPED_NIL {
            return match to {
                Some(to) if self.store.has_nil(to) => self.nil(pos, to),
                _ => node,
            };
        }
        let to = to.filter(|&to| self.store.is_const_type(to)).unwrap_or_else(|| self.store.default_type(ty));
        match self.unit.nodes[node].kind {
            Kind::Literal(ref value) => {
                let Some(value) = convert_value(self.store, value, to, explicit) else { return node };
                let typed = self.unit.expr(pos, to, Kind::Literal(Box::new(value)));
                if self.rules.source_constants {
                    self.unit.originals.insert(typed, Original::Node(node));
                }
                return typed;
            }
            Kind::Unary(op @ (Op::Plus | Op::Neg | Op::BitNot | Op::Not), x) => {
                let x = self.default_lit(x, Some(to), false);
                self.unit.nodes[node].kind = Kind::Unary(op, x);
            }
            Kind::Binary(op, ..) if super::operate::is_comparison(op) => {
                if !self.store.is_boolean(to) {
                    return node;
                }
            }
            Kind::Binary(op @ (Op::Lsh | Op::Rsh), x, y) => {
                let x = self.default_lit(x, Some(to), explicit);
                self.unit.nodes[node].kind = Kind::Binary(op, x, y);
            }
            Kind::Binary(op, x, y) => {
                let x = self.default_lit(x, Some(to), false);
                let y = self.default_lit(y, Some(to), false);
                self.unit.nodes[node].kind = Kind::Binary(op, x, y);
            }
            _ => return node,
        }
        self.unit.nodes[node].ty = to;
        node
    }

    /// Both operands of an operation, of which at least one has a type, or `force` gives both one
    /// (`typecheck.defaultlit2`).
    pub(crate) fn default_both(&mut self, x: NodeId, y: NodeId, force: bool) -> (NodeId, NodeId) {
        let store = self.store;
        let (a, b) = (self.ty(x), self.ty(y));
        let mixed = !store.is_interface(a)
            && !store.is_interface(b)
            && (store.is_boolean(a) != store.is_boolean(b) || store.is_string(a) != store.is_string(b));
        if mixed || a == TypeId::INVALID || b == TypeId::INVALID {
            return (x, y);
        }
        match (store.is_untyped(a), store.is_untyped(b)) {
            (false, _) => (x, self.default_lit(y, Some(a), false)),
            (true, false) => (self.default_lit(x, Some(b), false), y),
            (true, true) if !force || a == TypeId::UNTYPED_NIL || b == TypeId::UNTYPED_NIL => (x, y),
            (true, true) => {
                let to = store.default_type(store.max_type(a, b).unwrap_or(a));
                (self.default_lit(x, Some(to), false), self.default_lit(y, Some(to), false))
            }
        }
    }

    /// A composite literal. Keys of elements are constants; its length follows from them (`typecheck.tcCompLit`).
    pub fn composite(&mut self, pos: IrPos, ty: TypeId, mut list: List) -> NodeId {
        let (op, elem) = match *self.store.ty(self.store.under(ty)) {
            Type::Array { elem, .. } => (Op::ArrayLit, Some(elem)),
            Type::Slice(elem) => (Op::SliceLit, Some(elem)),
            Type::Map { .. } => (Op::MapLit, None),
            _ => (Op::StructLit, None),
        };
        let mut len = 0;
        if let Some(elem_ty) = elem {
            let mut index: u64 = 0;
            for slot in &mut list {
                match self.unit.nodes[*slot].kind {
                    Kind::Binary(Op::Key, key, value) => {
                        index = self.unit.literal(key).and_then(|v| v.to_int().u64()).unwrap_or(index);
                        let value = self.assign_conv(pos, value, elem_ty);
                        self.unit.nodes[*slot].kind = Kind::Binary(Op::Key, key, value);
                    }
                    _ => *slot = self.assign_conv(pos, *slot, elem_ty),
                }
                index = index.saturating_add(1);
                len = len.max(index);
            }
        }
        let len = if op == Op::SliceLit { len } else { 0 };
        self.unit.expr(pos, ty, Kind::CompositeLit { op, list, len })
    }
}
