//! Untyped expressions: what is known of them until the context settles their types.
//!
//! The type of `1 << n` in `x = 1 << n + 1.0` depends on what surrounds it. An expression of untyped type is recorded
//! like any other, but marked as [`State::PENDING`]: conversions of it, or of an expression it is part of, may still
//! change its type and value. A type given as final, or one that is not untyped, settles it. What is still pending at
//! the end keeps its untyped type.

use escargo_base::IndexVec;
use escargo_syntax::{Expr, ExprId};
use escargo_types::typeset::for_each_type;
use escargo_types::{BasicInfo, Type, TypeId, Value};
use smallvec::SmallVec;

use crate::checker::Checker;
use crate::code::Code;
use crate::expr::{RED_ZONE, STACK_SEGMENT};
use crate::info::TypeAndValue;
use crate::operand::{Mode, Operand};

/// What is known of an expression's type besides the type recorded for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct State(u8);

impl State {
    const SETTLED: State = State(0);
    const PENDING: State = State(1);
    /// Pending, and the left operand of a shift: the final type must be an integer type.
    const SHIFTED: State = State(2);
}

/// The state of each expression of a file.
pub(crate) type States = IndexVec<ExprId, State>;

impl Checker<'_> {
    // ----- recording -----

    /// Records what `x` is for its expression, finally or until its type is settled.
    pub(crate) fn record(&mut self, x: &Operand) {
        let Some(e) = x.expr else { return };
        match x.mode {
            Mode::Invalid => {}
            Mode::NoValue => self.record_type_and_value(e, x.mode, TypeId::EMPTY_TUPLE, None),
            _ => {
                let val = if x.is_const() { x.val.as_ref() } else { None };
                self.record_type_and_value(e, x.mode, x.ty, val);
                let state = if self.store.is_untyped(x.ty) { State::PENDING } else { State::SETTLED };
                self.untyped[self.env.file][e] = state;
            }
        }
    }

    /// Settles what is still untyped at the end. It is recorded already.
    pub(crate) fn record_untyped(&mut self) {
        self.untyped.clear();
    }

    fn state(&self, e: ExprId) -> State {
        self.untyped[self.env.file][e]
    }

    /// Notes that a pending expression is the left operand of a shift.
    pub(crate) fn mark_shift_operand(&mut self, e: ExprId) {
        let state = &mut self.untyped[self.env.file][e];
        if *state != State::SETTLED {
            *state = State::SHIFTED;
        }
    }

    fn recorded(&mut self, e: ExprId) -> &mut TypeAndValue {
        &mut self.info.files[self.env.file].types[e]
    }

    // ----- settling -----

    /// Gives a pending expression, and those of its operands that share its type, the type `ty`. The expression is
    /// settled if `ty` is its final type or not untyped.
    pub(crate) fn update_expr_type(&mut self, e: ExprId, ty: TypeId, is_final: bool) {
        if self.state(e) == State::SETTLED {
            return;
        }
        // Operands come first. Chains lean to the left and are walked without recursion.
        let mut spine: SmallVec<[ExprId; 8]> = SmallVec::new();
        let mut next = Some(e);
        while let Some(at) = next.filter(|&at| self.state(at) != State::SETTLED) {
            let Some(operand) = self.first_operand(at) else { break };
            spine.push(at);
            next = operand;
        }
        while let Some(at) = spine.pop() {
            if let Expr::Binary { op, y, .. } = self.tree()[at]
                && self.first_operand(at).flatten().is_some()
                && !op.is_shift()
            {
                stacker::maybe_grow(RED_ZONE, STACK_SEGMENT, || self.update_expr_type(y, ty, is_final));
            }
            self.settle(at, ty, is_final);
        }
    }

    /// The first operand whose type is that of the pending expression `e`; the inner option is empty if no operand's is.
    /// `None`: the expression is of a kind that is never untyped.
    fn first_operand(&mut self, e: ExprId) -> Option<Option<ExprId>> {
        let is_const = self.recorded(e).value.is_some();
        Some(match self.tree()[e] {
            Expr::Paren(x) => Some(x),
            // Operands of constants never become values of their own.
            Expr::Unary { .. } | Expr::Binary { .. } if is_const => None,
            Expr::Unary { x, .. } => Some(x),
            // Operands of comparisons have types of their own, which are settled.
            Expr::Binary { op, .. } if op.is_comparison() => None,
            Expr::Binary { x, .. } => Some(x),
            Expr::Name(_) | Expr::BasicLit { .. } | Expr::Selector { .. } | Expr::Call { .. } => None,
            _ => return None,
        })
    }

    fn settle(&mut self, e: ExprId, ty: TypeId, is_final: bool) {
        if !is_final && self.store.is_untyped(ty) {
            self.recorded(e).ty = ty;
            return;
        }
        let was_shifted = self.state(e) == State::SHIFTED;
        self.untyped[self.env.file][e] = State::SETTLED;
        let old = *self.recorded(e);
        if was_shifted && !self.store.all_integer(ty) {
            let (e_text, ty_text) = (self.es(e), self.ts(ty));
            let message =
                format!("invalid operation: shifted operand {e_text} (type {ty_text}) must be integer");
            self.error_at(e, Code::InvalidShiftOperand, message);
            self.forget(e);
            return;
        }
        if let Some(slot) = old.value {
            let val = self.info.files[self.env.file].values[slot].clone();
            let mut c =
                Operand { mode: old.mode, ty: old.ty, val: Some(val), expr: Some(e), ..Operand::new() };
            self.convert_untyped(&mut c, ty);
            if !c.is_valid() {
                self.forget(e);
                return;
            }
        }
        self.recorded(e).ty = ty;
    }

    fn forget(&mut self, e: ExprId) {
        *self.recorded(e) = TypeAndValue { mode: Mode::Invalid, ty: TypeId::INVALID, value: None };
    }

    /// Replaces the value of a pending constant.
    pub(crate) fn update_expr_val(&mut self, e: ExprId, val: &Value) {
        if self.state(e) != State::SETTLED
            && let Some(slot) = self.recorded(e).value
        {
            self.info.files[self.env.file].values[slot] = val.clone();
        }
    }

    // ----- conversion -----

    /// The type that `x` takes where `target` is expected, and its value if it is a constant that is given another.
    /// Typed operands keep their type, as does anything where the target is invalid.
    pub(crate) fn implicit_type(
        &mut self,
        x: &Operand,
        target: TypeId,
    ) -> Result<(TypeId, Option<Value>), Code> {
        let store = self.store;
        if !x.is_valid() || !store.is_untyped(x.ty) || !store.is_valid(target) {
            return Ok((x.ty, None));
        }
        const IMPOSSIBLE: Code = Code::InvalidUntypedConversion;
        if store.is_untyped(target) {
            return store.max_type(x.ty, target).map(|ty| (ty, None)).ok_or(IMPOSSIBLE);
        }
        if x.is_nil() {
            return if store.has_nil(target) { Ok((target, None)) } else { Err(IMPOSSIBLE) };
        }
        let under = store.under(target);
        match store.ty(under) {
            Type::Basic(_) if x.is_const() => {
                let val = self.representation(x, under)?;
                Ok((target, Some(val)))
            }
            Type::Basic(basic) => {
                // Not constant: comparisons (bool), shifts.
                let fits = basic.info.has(untyped_info(store.ty(x.ty)));
                if fits { Ok((target, None)) } else { Err(IMPOSSIBLE) }
            }
            Type::Interface(_) if store.is_type_param(target) => {
                let all = for_each_type(store, target, &mut |next| {
                    next.is_some_and(|(_, under)| self.implicit_type(x, under).is_ok())
                });
                if all { Ok((target, None)) } else { Err(IMPOSSIBLE) }
            }
            Type::Interface(_) => {
                // Values in interfaces have concrete types.
                let is_empty = escargo_types::typeset::type_set(store, under).is_all();
                if is_empty { Ok((store.default_type(x.ty), None)) } else { Err(IMPOSSIBLE) }
            }
            _ => Err(IMPOSSIBLE),
        }
    }

    /// Converts an untyped operand to `target` or what that implies; reports if that is not possible.
    pub(crate) fn convert_untyped(&mut self, x: &mut Operand, target: TypeId) {
        match self.implicit_type(x, target) {
            Ok((ty, val)) => self.take_type(x, ty, val),
            Err(code) => {
                let store = self.store;
                let shown = if store.is_type_param(target) { target } else { store.under(target) };
                self.invalid_conversion(code, x, shown);
                x.invalidate();
            }
        }
    }

    /// Gives an operand the type and value that [`implicit_type`](Self::implicit_type) found.
    pub(crate) fn take_type(&mut self, x: &mut Operand, ty: TypeId, val: Option<Value>) {
        if let Some(val) = val {
            if let Some(e) = x.expr {
                self.update_expr_val(e, &val);
            }
            x.val = Some(val);
        }
        if ty != x.ty {
            x.ty = ty;
            if let Some(e) = x.expr {
                self.update_expr_type(e, ty, false);
            }
        }
    }

    pub(crate) fn invalid_conversion(&mut self, code: Code, x: &Operand, target: TypeId) {
        let (x_text, target) = (self.ops(x), self.ts(target));
        let message = match code {
            Code::TruncatedFloat => format!("{x_text} truncated to {target}"),
            Code::NumericOverflow => format!("{x_text} overflows {target}"),
            _ => format!("cannot convert {x_text} to type {target}"),
        };
        self.error(self.op_start(x), code, message);
    }
}

/// Which typed types a value of an untyped type may take.
fn untyped_info(ty: &Type) -> BasicInfo {
    match ty {
        Type::Basic(basic) if basic.info.has(BasicInfo::NUMERIC) => BasicInfo::NUMERIC,
        Type::Basic(basic) => BasicInfo(basic.info.0 & (BasicInfo::BOOLEAN.0 | BasicInfo::STRING.0)),
        _ => BasicInfo::NONE,
    }
}
