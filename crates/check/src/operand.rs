//! Operands: the intermediate results of checking expressions.

use escargo_syntax::ExprId;
use escargo_types::{TypeId, Value};

pub(crate) use crate::info::Mode;

/// An expression under examination. The expression belongs to the current file.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    pub(crate) mode: Mode,
    pub(crate) ty: TypeId,
    /// The value if `mode` is [`Mode::Constant`].
    pub(crate) val: Option<Value>,
    pub(crate) expr: Option<ExprId>,
}

impl Operand {
    /// An operand that stands for nothing yet.
    pub(crate) const fn new() -> Operand {
        Operand { mode: Mode::Invalid, ty: TypeId::INVALID, val: None, expr: None }
    }
    pub(crate) fn invalid(expr: ExprId) -> Operand {
        Operand { expr: Some(expr), ..Operand::new() }
    }
    pub(crate) fn is_valid(&self) -> bool {
        self.mode != Mode::Invalid
    }
    pub(crate) fn invalidate(&mut self) {
        self.mode = Mode::Invalid;
    }
}
