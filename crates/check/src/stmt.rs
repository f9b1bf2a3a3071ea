//! Statements and function bodies. (owner C)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// Checks a function body (types2/stmt.go: funcBody). `decl`: the package-level declaration for dependencies; `name` for messages.
    pub(crate) fn func_body(
        &mut self,
        decl: Option<DeclInfoId>,
        name: &str,
        sig: TypeId,
        body: StmtId,
        iota: Option<Value>,
    ) {
        todo!()
    }
    /// Reports unused variables of a function's scopes.
    pub(crate) fn report_unused_variables(&mut self, scope: ScopeId) {
        todo!()
    }
}
