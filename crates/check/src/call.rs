//! Calls, arguments, instantiation of functions, selectors. (owner D)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// A call, conversion or builtin call (types2/call.go: callExpr).
    pub(crate) fn call_expr(&mut self, x: &mut Operand, e: ExprId) -> crate::expr::ExprKind {
        todo!()
    }
    /// Instantiates a generic function value, explicitly or from its target (types2/call.go: funcInst). `inst`: the index expression.
    pub(crate) fn func_inst(
        &mut self,
        target: Option<&crate::expr::Target>,
        pos: Pos,
        x: &mut Operand,
        inst: Option<ExprId>,
        infer: bool,
    ) -> Option<(Vec<TypeId>, Vec<ExprId>)> {
        todo!()
    }
    /// `x.sel` (types2/call.go: selector).
    pub(crate) fn selector(&mut self, x: &mut Operand, e: ExprId, want_type: bool) {
        todo!()
    }
    /// Evaluates a list of expressions of which single ones may be generic functions or one may have several values.
    pub(crate) fn expr_list(&mut self, exprs: &[ExprId]) -> Vec<Operand> {
        todo!()
    }
}
