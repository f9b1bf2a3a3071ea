//! Generic functions that instantiate themselves with ever larger types. (owner A)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

/// Which type parameters flow into which (types2/mono.go).
#[derive(Debug, Default)]
pub(crate) struct MonoGraph {}
impl<'a> Checker<'a> {
    pub(crate) fn check_monomorphic(&mut self) {
        todo!()
    }
    /// Records an instantiation for `check_monomorphic`.
    pub(crate) fn record_mono_instance(
        &mut self,
        pos: Pos,
        tparams: &[TypeId],
        targs: &[TypeId],
        pos_of_arg: &[Pos],
    ) {
        todo!()
    }
}
