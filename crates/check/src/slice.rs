//! Slice expressions.

use escargo_syntax::{Expr, ExprId};
use escargo_types::identity::identical;
use escargo_types::typeset::for_each_type;
use escargo_types::{Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

impl Checker<'_> {
    /// `operand[lo:hi:max]`.
    pub(crate) fn slice_expr(&mut self, x: &mut Operand, e: ExprId) {
        let Expr::Slice { x: operand, lo, hi, max } = self.tree()[e] else { return };
        let bounds = [lo, hi, max];
        self.expr(None, x, operand);
        if !x.is_valid() {
            self.use_exprs(&bounds.into_iter().flatten().collect::<Vec<_>>());
            return;
        }
        let common = self.common_sliced_type(x);
        if let Some(base) = self.store.pointer_elem(x.ty)
            && !self.is_complete(base)
        {
            x.invalidate();
            return;
        }
        let sliced = match common {
            Some(under) => self.slice_operand(x, under, max),
            None => None,
        };
        let Some(len) = sliced else {
            x.invalidate();
            return;
        };
        x.mode = Mode::Value;
        x.val = None;
        if max.is_some() && hi.is_none() {
            self.error_at(e, Code::InvalidSyntaxTree, "2nd and 3rd index required in 3-index slice");
            x.invalidate();
            return;
        }
        self.slice_bounds(bounds, len);
    }

    /// The underlying type that the types of `x` share, strings counting as byte slices; with strings among several
    /// types it is string. Reports if there is none.
    fn common_sliced_type(&mut self, x: &Operand) -> Option<TypeId> {
        let store = self.store;
        let mut has_string = false;
        let mut common: Option<(TypeId, TypeId)> = None;
        let all = for_each_type(store, x.ty, &mut |next| {
            let Some((ty, mut under)) = next else {
                let (x_text, x_ty) = (self.ops(x), self.ts(x.ty));
                let message = format!("cannot slice {x_text}: no specific type in {x_ty}");
                self.error(self.op_start(x), Code::NonSliceableOperand, message);
                return false;
            };
            if store.is_string(under) {
                under = store.slice(TypeId::BYTE);
                has_string = true;
            }
            let Some((first, first_under)) = common else {
                common = Some((ty, under));
                return true;
            };
            if !identical(store, first_under, under) {
                let (x_text, first, ty) = (self.ops(x), self.ts(first), self.ts(ty));
                let message =
                    format!("cannot slice {x_text}: {first} and {ty} have different underlying types");
                self.error(self.op_start(x), Code::NonSliceableOperand, message);
                return false;
            }
            true
        });
        match has_string {
            true if store.is_type_param(x.ty) => Some(TypeId::STRING),
            true => Some(store.under(x.ty)),
            false => common.filter(|_| all).map(|(_, under)| under),
        }
    }

    /// Gives `x` the type of its slices. The result holds the length if that is known; `None`: it cannot be sliced,
    /// which is reported.
    fn slice_operand(&mut self, x: &mut Operand, under: TypeId, max: Option<ExprId>) -> Option<Option<u64>> {
        let store = self.store;
        match *store.ty(under) {
            Type::Basic(_) if store.is_string(under) => {
                if let Some(max) = max {
                    let message = "invalid operation: 3-index slice of string";
                    self.error_at(max, Code::InvalidSliceExpr, message);
                    return None;
                }
                if store.is_untyped(x.ty) {
                    x.ty = TypeId::STRING;
                }
                return Some(x.val.as_ref().filter(|_| x.is_const()).map(|text| text.string_len()));
            }
            Type::Array { elem, len } => {
                if x.mode != Mode::Variable {
                    let message = format!("cannot slice unaddressable value {}", self.ops(x));
                    self.error(self.op_start(x), Code::NonSliceableOperand, message);
                    return None;
                }
                x.ty = self.written(store.slice(elem));
                return Some(len);
            }
            Type::Pointer(base) => {
                if let Type::Array { elem, len } = *store.ty(store.under(base)) {
                    x.ty = self.written(store.slice(elem));
                    return Some(len);
                }
            }
            Type::Slice(_) => return Some(None),
            _ => {}
        }
        let message = format!("cannot slice {}", self.ops(x));
        self.error(self.op_start(x), Code::NonSliceableOperand, message);
        None
    }

    /// Checks the bounds of a slice of something whose length may be known.
    fn slice_bounds(&mut self, bounds: [Option<ExprId>; 3], len: Option<u64>) {
        let mut values = [Some(0), len, len];
        for (value, bound) in values.iter_mut().zip(bounds) {
            if let Some(bound) = bound {
                *value = self.index_value(bound, len.map(|len| len.saturating_add(1))).1;
            }
        }
        for (i, &low) in values.iter().enumerate() {
            for k in i + 1..values.len() {
                if let (Some(low), Some(high), Some(at)) = (low, values[k], bounds[k])
                    && high < low
                {
                    let message = format!("invalid slice indices: {high} < {low}");
                    self.error_at(at, Code::SwappedSliceIndices, message);
                    return;
                }
            }
        }
    }
}
