//! Terminating statements (spec: Terminating statements). (owner C)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    pub(crate) fn is_terminating(&self, s: StmtId, label: Option<Symbol>) -> bool {
        todo!()
    }
}
