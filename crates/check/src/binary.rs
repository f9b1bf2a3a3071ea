//! Binary operations.

use escargo_syntax::{BinaryOp, ExprId};
use escargo_types::constant::Op;
use escargo_types::identity::identical;
use escargo_types::{TypeId, Value};

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

/// The operator on constants that a binary operator is.
pub(crate) fn constant_op(op: BinaryOp) -> Op {
    match op {
        BinaryOp::OrOr => Op::LOr,
        BinaryOp::AndAnd => Op::LAnd,
        BinaryOp::Eq => Op::Eq,
        BinaryOp::Ne => Op::Ne,
        BinaryOp::Lt => Op::Lt,
        BinaryOp::Le => Op::Le,
        BinaryOp::Gt => Op::Gt,
        BinaryOp::Ge => Op::Ge,
        BinaryOp::Add => Op::Add,
        BinaryOp::Sub => Op::Sub,
        BinaryOp::Or => Op::Or,
        BinaryOp::Xor => Op::Xor,
        BinaryOp::Mul => Op::Mul,
        BinaryOp::Div => Op::Quo,
        BinaryOp::Rem => Op::Rem,
        BinaryOp::And => Op::And,
        BinaryOp::AndNot => Op::AndNot,
        BinaryOp::Shl => Op::Shl,
        BinaryOp::Shr => Op::Shr,
    }
}

impl Checker<'_> {
    /// `lhs op rhs`; `e` is the expression if there is one, and not an assignment `lhs op= rhs`.
    pub(crate) fn binary(
        &mut self,
        x: &mut Operand,
        e: Option<ExprId>,
        lhs: ExprId,
        rhs: ExprId,
        op: BinaryOp,
    ) {
        self.expr(None, x, lhs);
        self.binary_with(x, e, lhs, rhs, op);
    }

    /// As [`binary`](Self::binary) where `lhs` has been evaluated to `x`.
    pub(crate) fn binary_with(
        &mut self,
        x: &mut Operand,
        e: Option<ExprId>,
        lhs: ExprId,
        rhs: ExprId,
        op: BinaryOp,
    ) {
        let mut y = Operand::new();
        self.expr(None, &mut y, rhs);
        if !x.is_valid() {
            return;
        }
        if !y.is_valid() {
            x.invalidate();
            x.expr = y.expr;
            return;
        }
        if op.is_shift() {
            self.shift(x, &mut y, e, op);
            return;
        }
        self.match_operands(x, &mut y);
        if !x.is_valid() {
            return;
        }
        if op.is_comparison() {
            self.comparison(x, &mut y, op, false);
            return;
        }
        if !identical(self.store, x.ty, y.ty) {
            self.mismatched_operands(x, &y, e, lhs, rhs, op);
            return;
        }
        if !self.is_operator_defined(op, x.ty) {
            self.undefined_operator(x, op.as_str());
            return;
        }
        if matches!(op, BinaryOp::Div | BinaryOp::Rem) && self.divides_by_zero(x, &y) {
            let at = self.op_start(&y);
            self.error(at, Code::DivByZero, "invalid operation: division by zero");
            x.invalidate();
            return;
        }
        if x.is_const() && y.is_const() {
            self.fold(x, &y, e, op);
        } else {
            x.mode = Mode::Value;
            x.val = None;
        }
    }

    /// `x op y` of constants of the same type.
    fn fold(&mut self, x: &mut Operand, y: &Operand, e: Option<ExprId>, op: BinaryOp) {
        let (Some(x_val), Some(y_val)) = (&x.val, &y.val) else { return };
        if x_val.is_unknown() || y_val.is_unknown() {
            x.val = Some(Value::Unknown);
            return;
        }
        let const_op = match op {
            BinaryOp::Div if self.store.is_integer(x.ty) => Op::IntQuo,
            _ => constant_op(op),
        };
        x.val = Some(x_val.binary_op(const_op, y_val));
        x.expr = e;
        let at = e.map_or(escargo_base::Pos::NONE, |e| self.operator_pos(e));
        self.overflow(x, at);
    }

    fn is_operator_defined(&self, op: BinaryOp, ty: TypeId) -> bool {
        match op {
            BinaryOp::Add => self.store.all_numeric_or_string(ty),
            BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div => self.store.all_numeric(ty),
            BinaryOp::AndAnd | BinaryOp::OrOr => self.store.all_boolean(ty),
            _ => self.store.all_integer(ty),
        }
    }

    fn divides_by_zero(&self, x: &Operand, y: &Operand) -> bool {
        let Some(divisor) = y.val.as_ref().filter(|_| y.is_const()) else { return false };
        if (x.is_const() || self.store.all_integer(x.ty)) && divisor.sign() == 0 {
            return true;
        }
        // The squares of tiny parts may underflow to zero.
        let square_is_zero = |part: Value| part.binary_op(Op::Mul, &part).sign() == 0;
        x.is_const()
            && self.store.is_complex(x.ty)
            && square_is_zero(divisor.real())
            && square_is_zero(divisor.imag())
    }

    fn mismatched_operands(
        &mut self,
        x: &mut Operand,
        y: &Operand,
        e: Option<ExprId>,
        lhs: ExprId,
        rhs: ExprId,
        op: BinaryOp,
    ) {
        // With an invalid type an error was reported elsewhere.
        if self.store.is_valid(x.ty) && self.store.is_valid(y.ty) {
            let text = match e {
                Some(e) => self.es(e),
                None => format!("{} {}= {}", self.es(lhs), op.as_str(), self.es(rhs)),
            };
            let (x_ty, y_ty) = (self.ts(x.ty), self.ts(y.ty));
            let message = format!("invalid operation: {text} (mismatched types {x_ty} and {y_ty})");
            self.error(self.op_start(x), Code::MismatchedTypes, message);
        }
        x.invalidate();
    }

    /// Converts both operands of a binary operation to a common type where one is untyped. If that fails, `x` is
    /// invalid.
    pub(crate) fn match_operands(&mut self, x: &mut Operand, y: &mut Operand) {
        if !self.may_match(x, y) {
            return;
        }
        self.convert_untyped(x, y.ty);
        if !x.is_valid() {
            return;
        }
        self.convert_untyped(y, x.ty);
        if !y.is_valid() {
            x.invalidate();
        }
    }

    /// Whether it is worth while to convert one operand to the type of the other. Where it is not, mismatched types
    /// are reported instead of a failed conversion.
    fn may_match(&self, x: &Operand, y: &Operand) -> bool {
        let store = self.store;
        if !store.is_untyped(x.ty) && !store.is_untyped(y.ty) {
            return false;
        }
        if store.all_numeric(x.ty) != store.all_numeric(y.ty) {
            return false;
        }
        // An untyped operand may take its default type beside an interface.
        if store.is_non_type_param_interface(x.ty) || store.is_non_type_param_interface(y.ty) {
            return true;
        }
        if store.all_boolean(x.ty) != store.all_boolean(y.ty)
            || store.all_string(x.ty) != store.all_string(y.ty)
        {
            return false;
        }
        if x.is_nil() {
            return store.has_nil(y.ty);
        }
        if y.is_nil() {
            return store.has_nil(x.ty);
        }
        store.pointer_elem(x.ty).is_none() && store.pointer_elem(y.ty).is_none()
    }
}
