//! Operands: the intermediate results of checking expressions.

use escargo_syntax::ExprId;
use escargo_types::{TypeId, Value};

pub(crate) use crate::info::Mode;

/// Which part of its expression an operand stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Part {
    /// The expression itself.
    #[default]
    Whole,
    /// One result (counted from 1) of a call with several.
    Result(u32),
    /// The bool of a comma-ok expression.
    Ok,
    /// The error of a comma-err expression.
    Err,
}

/// An expression under examination. The expression belongs to the current file.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    pub(crate) mode: Mode,
    pub(crate) ty: TypeId,
    /// The value if `mode` is [`Mode::Constant`].
    pub(crate) val: Option<Value>,
    pub(crate) expr: Option<ExprId>,
    /// For messages: results of calls have no expression of their own.
    pub(crate) part: Part,
}

impl Operand {
    /// An operand that stands for nothing yet.
    pub(crate) const fn new() -> Operand {
        Operand { mode: Mode::Invalid, ty: TypeId::INVALID, val: None, expr: None, part: Part::Whole }
    }
    /// A part of the value of `expr`.
    pub(crate) fn part_of(expr: ExprId, part: Part, ty: TypeId) -> Operand {
        Operand { mode: Mode::Value, ty, expr: Some(expr), part, ..Operand::new() }
    }
    pub(crate) fn is_valid(&self) -> bool {
        self.mode != Mode::Invalid
    }
    pub(crate) fn invalidate(&mut self) {
        self.mode = Mode::Invalid;
    }
    /// Whether this is the untyped or typed nil.
    pub(crate) fn is_nil(&self) -> bool {
        self.mode == Mode::Nil
    }
    pub(crate) fn is_const(&self) -> bool {
        self.mode == Mode::Constant
    }
}
