//! Explicit conversions; assignability. (owner B)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// `T(x)` (types2/conversions.go).
    pub(crate) fn conversion(&mut self, x: &mut Operand, ty: TypeId) {
        todo!()
    }
    /// types2: convertibleTo.
    pub(crate) fn convertible_to(&mut self, x: &Operand, ty: TypeId, cause: &mut String) -> bool {
        todo!()
    }
    /// types2/operand.go: assignableTo. On failure the code says why, `cause` may get words.
    pub(crate) fn assignable_to(&mut self, x: &Operand, ty: TypeId, cause: &mut String) -> Result<(), Code> {
        todo!()
    }
}
