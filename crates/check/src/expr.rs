//! Expressions: the main dispatch, unary and binary operations, comparisons, shifts, untyped conversion. (owner B)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

/// What an expression is assigned to: its type and a description, used to give a generic function value its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) sig: TypeId,
    pub(crate) desc: String,
}
/// How an expression may be used as a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExprKind {
    Conversion,
    Expression,
    Statement,
}

impl<'a> Checker<'a> {
    /// types2/expr.go: newTarget.
    pub(crate) fn new_target(&self, ty: Option<TypeId>, desc: &str) -> Option<Target> {
        todo!()
    }
    /// Evaluates and records (types2/expr.go: rawExpr).
    pub(crate) fn raw_expr(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand,
        e: ExprId,
        hint: Option<TypeId>,
        allow_generic: bool,
    ) -> ExprKind {
        todo!()
    }
    /// A single value.
    pub(crate) fn expr(&mut self, target: Option<&Target>, x: &mut Operand, e: ExprId) {
        todo!()
    }
    /// A single value that may be a generic function.
    pub(crate) fn generic_expr(&mut self, x: &mut Operand, e: ExprId) {
        todo!()
    }
    /// One or more values; with `allow_comma_ok` the second result says that comma-ok was used.
    pub(crate) fn multi_expr(&mut self, e: ExprId, allow_comma_ok: bool) -> (Vec<Operand>, bool) {
        todo!()
    }
    /// A single value with a hint for the type of elided composite literals.
    pub(crate) fn expr_with_hint(&mut self, x: &mut Operand, e: ExprId, hint: TypeId) {
        todo!()
    }
    /// A value or a type.
    pub(crate) fn expr_or_type(&mut self, x: &mut Operand, e: ExprId, allow_generic: bool) {
        todo!()
    }
    /// Reports a value used as multiple values.
    pub(crate) fn single_value(&mut self, x: &mut Operand) {
        todo!()
    }
    pub(crate) fn binary(
        &mut self,
        x: &mut Operand,
        e: Option<ExprId>,
        lhs: ExprId,
        rhs: ExprId,
        op: BinaryOp,
    ) {
        todo!()
    }
    pub(crate) fn comparison(&mut self, x: &mut Operand, y: &mut Operand, op: BinaryOp) {
        todo!()
    }
    /// Converts both operands of a binary operation to a common type where one is untyped.
    pub(crate) fn match_operands(&mut self, x: &mut Operand, y: &mut Operand) {
        todo!()
    }
    /// Settles the type of an untyped expression and its parts (types2/expr.go: updateExprType).
    pub(crate) fn update_expr_type(&mut self, e: ExprId, ty: TypeId, is_final: bool) {
        todo!()
    }
    pub(crate) fn update_expr_val(&mut self, e: ExprId, val: &Value) {
        todo!()
    }
    /// The type an untyped operand takes when converted to `target`; `None`: impossible (types2: implicitTypeAndValue).
    pub(crate) fn implicit_type(
        &mut self,
        x: &Operand,
        target: TypeId,
    ) -> Result<(TypeId, Option<Value>), Code> {
        todo!()
    }
    pub(crate) fn convert_untyped(&mut self, x: &mut Operand, target: TypeId) {
        todo!()
    }
    pub(crate) fn invalid_conversion(&mut self, code: Code, x: &Operand, target: TypeId) {
        todo!()
    }
    /// Records `x` for its expression, or remembers it as untyped (types2/recording.go: record).
    pub(crate) fn record(&mut self, x: &Operand) {
        todo!()
    }
    /// Records what is still untyped at the end.
    pub(crate) fn record_untyped(&mut self) {
        todo!()
    }
    /// An operand as text (types2/operand.go: operandString).
    pub(crate) fn ops(&self, x: &Operand) -> String {
        todo!()
    }
    /// Sets the operand to a constant of the predeclared type of a literal kind, etc. go here as private functions.
    pub(crate) fn is_nil(&self, x: &Operand) -> bool {
        todo!()
    }
}
