//! Shifts.

use escargo_dialect::Feature;
use escargo_syntax::{BinaryOp, ExprId};
use escargo_types::constant::{Kind, SHIFT_BOUND};
use escargo_types::{TypeId, Value};

use crate::binary::constant_op;
use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

impl Checker<'_> {
    /// `x op y` of a shift; `e` is the expression, which a constant shift always has.
    pub(crate) fn shift(&mut self, x: &mut Operand, y: &mut Operand, e: Option<ExprId>, op: BinaryOp) {
        let store = self.store;
        let x_int = x.val.as_ref().filter(|_| x.is_const()).map(Value::to_int);
        let x_is_int = x_int.as_ref().is_some_and(|v| v.kind() == Kind::Int);
        if !(store.all_integer(x.ty) || store.is_untyped(x.ty) && x_is_int) {
            self.shifted_not_integer(x);
            return;
        }
        if !self.check_shift_count(y) {
            x.invalidate();
            return;
        }
        match x_int {
            Some(x_int) if y.is_const() => self.constant_shift(x, x_int, y, e, op),
            Some(_) if store.is_untyped(x.ty) => {
                // The left operand takes the type it would have in place of the whole shift. That is known only
                // later; then it must be an integer type.
                if let Some(lhs) = x.expr {
                    self.mark_shift_operand(lhs);
                }
                x.mode = Mode::Value;
                x.val = None;
            }
            _ if !store.all_integer(x.ty) => self.shifted_not_integer(x),
            _ => {
                x.mode = Mode::Value;
                x.val = None;
            }
        }
    }

    fn shifted_not_integer(&mut self, x: &mut Operand) {
        let message = format!("invalid operation: shifted operand {} must be integer", self.ops(x));
        self.error(self.op_start(x), Code::InvalidShiftOperand, message);
        x.invalidate();
    }

    /// Checks a shift count: of integer type, or an untyped constant that fits `uint` (but is not converted to it).
    fn check_shift_count(&mut self, y: &mut Operand) -> bool {
        let store = self.store;
        if let Some(val) = y.val.as_ref().filter(|_| y.is_const()) {
            let count = val.to_int();
            if count.kind() == Kind::Int && count.sign() < 0 {
                let message = format!("invalid operation: negative shift count {}", self.ops(y));
                self.error(self.op_start(y), Code::InvalidShiftCount, message);
                return false;
            }
            if store.is_untyped(y.ty) {
                self.representable(y, TypeId::UINT);
            }
            return y.is_valid();
        }
        if store.all_integer(y.ty) {
            if store.all_unsigned(y.ty) || self.allows(Feature::SignedShiftCount) {
                return true;
            }
            let message = format!("invalid operation: signed shift count {}", self.ops(y));
            return self.require(Feature::SignedShiftCount, self.op_start(y), || message);
        }
        if store.is_untyped(y.ty) {
            self.convert_untyped(y, TypeId::UINT);
            return y.is_valid();
        }
        let message = format!("invalid operation: shift count {} must be integer", self.ops(y));
        self.error(self.op_start(y), Code::InvalidShiftCount, message);
        false
    }

    fn constant_shift(
        &mut self,
        x: &mut Operand,
        x_int: Value,
        y: &Operand,
        e: Option<ExprId>,
        op: BinaryOp,
    ) {
        // A constant such as 2.0 may be shifted; the result is an integer all the same.
        let int_type = if self.store.is_integer(x.ty) { x.ty } else { TypeId::UNTYPED_INT };
        let unknown = |val: &Option<Value>| val.as_ref().is_none_or(Value::is_unknown);
        if unknown(&x.val) || unknown(&y.val) {
            x.val = Some(Value::Unknown);
            x.ty = int_type;
            return;
        }
        let count = y.val.as_ref().and_then(|v| v.to_int().u64()).filter(|&count| count <= SHIFT_BOUND);
        let Some(count) = count else {
            let message = format!("invalid operation: invalid shift count {}", self.ops(y));
            self.error(self.op_start(y), Code::InvalidShiftCount, message);
            x.invalidate();
            return;
        };
        x.ty = int_type;
        x.val = Some(x_int.shift(constant_op(op), count));
        x.expr = e;
        let at = e.map_or(escargo_base::Pos::NONE, |e| self.operator_pos(e));
        self.overflow(x, at);
    }
}
