//! Index and slice expressions. (owner B)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// An index expression or instantiation; true if it is a generic function to be instantiated (types2/index.go).
    pub(crate) fn index_expr(&mut self, x: &mut Operand, e: ExprId) -> bool {
        todo!()
    }
    pub(crate) fn slice_expr(&mut self, x: &mut Operand, e: ExprId) {
        todo!()
    }
    /// Checks an index value; gives its type and its value if constant (`max`: exclusive bound).
    pub(crate) fn index_value(&mut self, index: ExprId, max: Option<u64>) -> (TypeId, Option<u64>) {
        todo!()
    }
    /// Checks an integer index operand: constant or not, negative or not.
    pub(crate) fn is_valid_index(
        &mut self,
        x: &mut Operand,
        code: Code,
        what: &str,
        allow_negative: bool,
    ) -> bool {
        todo!()
    }
}
