//! Constant arithmetic: representability, overflow. (owner B)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// Reports a constant too large (types2/const.go: overflow).
    pub(crate) fn overflow(&mut self, x: &mut Operand, op_pos: Pos) {
        todo!()
    }
    /// Whether a constant can be represented as a basic type; gives the rounded value (types2/const.go: representableConst).
    pub(crate) fn representable_const(&self, v: &Value, basic: TypeId) -> Option<Value> {
        todo!()
    }
    /// Checks and rounds a constant operand, or reports (types2: representable).
    pub(crate) fn representable(&mut self, x: &mut Operand, basic: TypeId) {
        todo!()
    }
    /// As `representable` without reporting.
    pub(crate) fn representation(&self, x: &Operand, basic: TypeId) -> Result<Value, Code> {
        todo!()
    }
}
