//! Assignments and initializations. (owner C)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// Checks that `x` may be assigned to a variable of type `ty` (`None`: its own default type) and converts it if untyped;
    /// on failure `x` is invalid (types2/assignments.go: assignment). Records the implicit conversion.
    pub(crate) fn assignment(&mut self, x: &mut Operand, ty: Option<TypeId>, context: &str) {
        todo!()
    }
    pub(crate) fn init_const(&mut self, lhs: ObjId, x: &mut Operand) {
        todo!()
    }
    pub(crate) fn init_var(&mut self, lhs: ObjId, x: &mut Operand, context: &str) {
        todo!()
    }
    /// `returns`: the return statement, if this initializes results.
    pub(crate) fn init_vars(&mut self, lhs: &[ObjId], rhs: &[ExprId], returns: Option<StmtId>) {
        todo!()
    }
    pub(crate) fn assign_var(&mut self, lhs: ExprId, rhs: Option<ExprId>, x: Option<Operand>, context: &str) {
        todo!()
    }
    pub(crate) fn assign_vars(&mut self, lhs: &[ExprId], rhs: &[ExprId]) {
        todo!()
    }
    pub(crate) fn short_var_decl(&mut self, pos: Pos, lhs: &[ExprId], rhs: &[ExprId]) {
        todo!()
    }
    /// Evaluates expressions for their errors and uses only.
    pub(crate) fn use_exprs(&mut self, exprs: &[ExprId]) -> bool {
        todo!()
    }
    /// As `use_exprs`, but plain variables are not marked as used.
    pub(crate) fn use_lhs(&mut self, exprs: &[ExprId]) -> bool {
        todo!()
    }
}
