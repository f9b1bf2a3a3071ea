//! Type inference. (owner D)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// Infers the missing type arguments (types2/infer.go). `None`: failed; reported, or in `err`.
    pub(crate) fn infer(
        &mut self,
        pos: Pos,
        tparams: &[TypeId],
        targs: &[TypeId],
        params: TypeId,
        args: &[Operand],
        reverse: bool,
        err: &mut crate::error::ErrorBuilder,
    ) -> Option<Vec<TypeId>> {
        todo!()
    }
}
