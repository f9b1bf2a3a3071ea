//! Explicit conversions (spec: Conversions).

use escargo_dialect::Feature;
use escargo_types::identity::{identical, identical_ignore_tags};
use escargo_types::typeset::for_each_type;
use escargo_types::{BasicKind, Type, TypeId, Value};

use crate::assignable::put_before;
use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

impl Checker<'_> {
    /// `T(x)`; the result is in `x`.
    pub(crate) fn conversion(&mut self, x: &mut Operand, ty: TypeId) {
        let store = self.store;
        let from_const = x.is_const();
        let mut cause = String::new();
        let ok = if from_const && store.is_const_type(ty) {
            let converted = self.convert_const(x, store.under(ty));
            if converted.is_none() && store.is_integer(x.ty) && store.is_integer(ty) {
                let val = x.val.as_ref().map(Value::short_string).unwrap_or_default();
                let message = format!("constant {val} overflows {}", self.ts(ty));
                self.error(self.op_start(x), Code::InvalidConversion, message);
                x.invalidate();
                return;
            }
            let ok = converted.is_some();
            x.val = converted.or(x.val.take());
            ok
        } else if from_const && store.is_type_param(ty) {
            let ok = self.const_converts_to_each(x, ty, &mut cause);
            // Values of type parameters are not constant.
            x.mode = Mode::Value;
            ok
        } else {
            let ok = self.convertible_to(x, ty, &mut cause);
            if ok {
                x.mode = Mode::Value;
            }
            ok
        };
        if !ok {
            let colon = if cause.is_empty() { "" } else { ": " };
            let message = format!("cannot convert {} to type {}{colon}{cause}", self.ops(x), self.ts(ty));
            self.error(self.op_start(x), Code::InvalidConversion, message);
            x.invalidate();
            return;
        }
        if store.is_untyped(x.ty)
            && let Some(e) = x.expr
        {
            let settled = self.converted_operand_type(x, ty, from_const);
            self.update_expr_type(e, settled, true);
        }
        x.ty = ty;
    }

    /// The final type of an untyped operand of a conversion to `ty`.
    fn converted_operand_type(&self, x: &Operand, ty: TypeId, from_const: bool) -> TypeId {
        let store = self.store;
        if x.ty == TypeId::UNTYPED_NIL {
            ty
        } else if store.is_non_type_param_interface(ty) || from_const && !store.is_const_type(ty) {
            store.default_type(x.ty)
        } else if x.is_const() && store.is_integer(x.ty) && store.all_string(ty) {
            x.ty
        } else {
            ty
        }
    }

    /// The constant `x` as a value of a basic type. Integers become strings of one character.
    fn convert_const(&self, x: &Operand, basic: TypeId) -> Option<Value> {
        let val = x.val.as_ref()?;
        if let Some(val) = self.representable_const(val, basic) {
            return Some(val);
        }
        (self.store.is_integer(x.ty) && self.store.is_string(basic)).then(|| val.to_code_point_string())
    }

    /// Whether the constant `x` can be converted to each type of a type parameter's set.
    fn const_converts_to_each(&self, x: &Operand, param: TypeId, cause: &mut String) -> bool {
        let store = self.store;
        for_each_type(store, param, &mut |next| {
            let Some((_, under)) = next else {
                *cause = format!("{} does not contain specific types", self.ts(param));
                return false;
            };
            if store.is_string(x.ty) && store.is_bytes_or_runes(under)
                || self.convert_const(x, under).is_some()
            {
                return true;
            }
            let (ty, param) = (self.ts(under), self.ts(param));
            *cause = if store.is_integer(x.ty) && store.is_integer(under) {
                let val = x.val.as_ref().map(Value::short_string).unwrap_or_default();
                format!("constant {val} overflows {ty} (in {param})")
            } else {
                format!("cannot convert {} to type {ty} (in {param})", self.ops(x))
            };
            false
        })
    }

    /// Whether a value that is not constant can be converted to `ty`; `cause` may get words if not.
    pub(crate) fn convertible_to(&mut self, x: &Operand, ty: TypeId, cause: &mut String) -> bool {
        if self.assignable_to(x, ty, &mut *cause).is_ok() {
            return true;
        }
        let store = self.store;
        let (from, to) = (store.unalias(x.ty), store.unalias(ty));
        let (from_is_param, to_is_param) = (store.is_type_param(from), store.is_type_param(to));
        if self.same_structure(from, to) || self.converts_between_kinds(from, to) {
            return true;
        }
        if let Some(allowed) = self.slice_converts_to_array(from, to, cause) {
            return allowed;
        }
        if from_is_param {
            self.each_convertible_to(x, from, ty, cause)
        } else if to_is_param {
            self.convertible_to_each(x, to, None, cause)
        } else {
            false
        }
    }

    /// Whether the types, or what the pointers point to, differ in names and tags only.
    fn same_structure(&self, from: TypeId, to: TypeId) -> bool {
        let store = self.store;
        let same = |x, y| {
            !store.is_type_param(x)
                && !store.is_type_param(y)
                && identical_ignore_tags(store, store.under(x), store.under(y))
        };
        if same(from, to) {
            return true;
        }
        match (store.ty(from), store.ty(to)) {
            (&Type::Pointer(x), &Type::Pointer(y)) => same(x, y),
            _ => false,
        }
    }

    /// Conversions between numbers, strings, byte and rune slices, and unsafe pointers.
    fn converts_between_kinds(&self, from: TypeId, to: TypeId) -> bool {
        let store = self.store;
        let (x, y) = (store.under(from), store.under(to));
        let address =
            |ty| store.pointer_elem(ty).is_some() || store.basic_kind(ty) == Some(BasicKind::Uintptr);
        store.is_integer_or_float(x) && store.is_integer_or_float(y)
            || store.is_complex(x) && store.is_complex(y)
            || (store.is_integer(x) || store.is_bytes_or_runes(x)) && store.is_string(y)
            || store.is_string(x) && store.is_bytes_or_runes(y)
            || address(x) && store.is_unsafe_pointer(y)
            || store.is_unsafe_pointer(x) && address(y)
    }

    /// Conversions of a slice to an array or array pointer; `None` if it is no such conversion.
    fn slice_converts_to_array(&self, from: TypeId, to: TypeId, cause: &mut String) -> Option<bool> {
        let store = self.store;
        let &Type::Slice(elem) = store.ty(store.under(from)) else { return None };
        let (array, feature, what) = match *store.ty(store.under(to)) {
            Type::Array { elem, .. } => (elem, Feature::SliceToArray, "array"),
            Type::Pointer(base) => match *store.ty(store.under(base)) {
                Type::Array { elem, .. } => (elem, Feature::SliceToArrayPointer, "array pointer"),
                _ => return None,
            },
            _ => return None,
        };
        if !identical(store, elem, array) {
            return None;
        }
        if !self.allows(feature) {
            *cause = format!("conversion of slice to {what} requires {} or later", feature.since());
            return Some(false);
        }
        Some(true)
    }

    /// `x` of a type parameter: from each type of its set.
    fn each_convertible_to(&mut self, x: &Operand, param: TypeId, to: TypeId, cause: &mut String) -> bool {
        let to_param = self.store.unalias(to);
        let mut x = x.clone();
        for_each_type(self.store, param, &mut |next| {
            let Some((ty, _)) = next else { return false };
            x.ty = ty;
            if self.store.is_type_param(to_param) {
                return self.convertible_to_each(&x, to_param, Some(param), cause);
            }
            let ok = self.convertible_to(&x, to, cause);
            if !ok {
                let (ty, param, to) = (self.ts(ty), self.ts(param), self.ts(to));
                put_before(cause, format!("cannot convert {ty} (in {param}) to type {to}"));
            }
            ok
        })
    }

    /// To a type parameter: to each type of its set. `from_param`: the type parameter that `x`'s type is a type of.
    fn convertible_to_each(
        &mut self,
        x: &Operand,
        param: TypeId,
        from_param: Option<TypeId>,
        cause: &mut String,
    ) -> bool {
        for_each_type(self.store, param, &mut |next| {
            let Some((ty, _)) = next else { return false };
            let ok = self.convertible_to(x, ty, cause);
            if !ok {
                let within = from_param.map_or_else(String::new, |p| format!(" (in {})", self.ts(p)));
                let (x_ty, ty, param) = (self.ts(x.ty), self.ts(ty), self.ts(param));
                put_before(cause, format!("cannot convert {x_ty}{within} to type {ty} (in {param})"));
            }
            ok
        })
    }
}
