//! Interface types and unions. (owner A)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    pub(crate) fn interface_type(&mut self, e: ExprId, elems: List<FieldId>, def: Option<ObjId>) -> TypeId {
        todo!()
    }
    /// A constraint or embedded element `A | ~B` (types2/union.go: parseUnion).
    pub(crate) fn union_type(&mut self, e: ExprId) -> TypeId {
        todo!()
    }
}
