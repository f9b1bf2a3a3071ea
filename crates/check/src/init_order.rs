//! Initialization order of package-level variables. (owner A)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    pub(crate) fn compute_init_order(&mut self) {
        todo!()
    }
}
