//! Comparisons.

use escargo_syntax::BinaryOp;
use escargo_types::{TypeId, Value};

use crate::binary::constant_op;
use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

/// Why a comparison is not possible.
struct Refusal {
    code: Code,
    /// Whether the second operand is to blame.
    blame_y: bool,
    /// Empty where the operator or type says it all.
    cause: String,
}

impl Checker<'_> {
    /// `x op y`; the result is in `x`. `is_case`: `x` is the value of a case and `y` the tag of its switch.
    pub(crate) fn comparison(&mut self, x: &mut Operand, y: &mut Operand, op: BinaryOp, is_case: bool) {
        if !self.store.is_valid(x.ty) || !self.store.is_valid(y.ty) {
            x.invalidate();
            return;
        }
        if let Err(refusal) = self.may_compare(x, y, op) {
            self.report_comparison(x, y, op, is_case, refusal);
            x.invalidate();
            return;
        }
        match (&x.val, &y.val) {
            (Some(x_val), Some(y_val)) if x.is_const() && y.is_const() => {
                x.val = Some(Value::Bool(x_val.compare(constant_op(op), y_val)));
            }
            _ => {
                x.mode = Mode::Value;
                x.val = None;
                // The operands exist at run time; those still untyped take their default types.
                self.settle_operand(x);
                self.settle_operand(y);
            }
        }
        x.ty = TypeId::UNTYPED_BOOL;
    }

    fn settle_operand(&mut self, x: &Operand) {
        if let Some(e) = x.expr {
            self.update_expr_type(e, self.store.default_type(x.ty), true);
        }
    }

    fn may_compare(&mut self, x: &Operand, y: &Operand, op: BinaryOp) -> Result<(), Refusal> {
        if self.assignable_to(x, y.ty, None).is_err() && self.assignable_to(y, x.ty, None).is_err() {
            let cause = format!("mismatched types {} and {}", self.ts(x.ty), self.ts(y.ty));
            return Err(Refusal { code: Code::MismatchedTypes, blame_y: true, cause });
        }
        let undefined = |blame_y, cause| Err(Refusal { code: Code::UndefinedOp, blame_y, cause });
        if !matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            return match () {
                _ if !self.store.all_ordered(x.ty) => undefined(false, String::new()),
                _ if !self.store.all_ordered(y.ty) => undefined(true, String::new()),
                _ => Ok(()),
            };
        }
        if x.is_nil() || y.is_nil() {
            let other = if x.is_nil() { y.ty } else { x.ty };
            return if self.store.has_nil(other) { Ok(()) } else { undefined(true, String::new()) };
        }
        for (blame_y, ty) in [(false, x.ty), (true, y.ty)] {
            if self.store.comparable(ty, true).is_err() {
                let cause = self.store.incomparable_cause(ty, &|pkg| self.qualify(pkg));
                return undefined(blame_y, cause);
            }
        }
        Ok(())
    }

    fn report_comparison(&mut self, x: &Operand, y: &Operand, op: BinaryOp, is_case: bool, why: Refusal) {
        let store = self.store;
        let Refusal { code, mut blame_y, mut cause } = why;
        let op = op.as_str();
        if cause.is_empty() {
            let x_is_param = store.is_type_param(x.ty);
            let has_param = x_is_param || store.is_type_param(y.ty);
            blame_y |= has_param && !x_is_param;
            let ty = if blame_y { y.ty } else { x.ty };
            cause = if has_param {
                format!("type parameter {} cannot use operator {op}", self.ts(ty))
            } else {
                let kind = store.composite_kind(ty);
                let what = if kind.is_empty() { self.ts(ty) } else { kind.into() };
                format!("operator {op} not defined on {what}")
            };
        }
        let (x_text, y_text) = (self.operand_expr(x), self.operand_expr(y));
        if is_case {
            let message = format!("invalid case {x_text} in switch on {y_text} ({cause})");
            self.error(self.op_start(x), code, message);
        } else {
            let message = format!("invalid operation: {x_text} {op} {y_text} ({cause})");
            let at = self.op_start(if blame_y { y } else { x });
            self.error(at, code, message);
        }
    }
}
