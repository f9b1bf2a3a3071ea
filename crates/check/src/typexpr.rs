//! Type expressions and names. (owner A)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// A name used as an expression or type (types2/typexpr.go: ident).
    pub(crate) fn ident(&mut self, x: &mut Operand, e: ExprId, id: IdentId, want_type: bool) {
        todo!()
    }
    /// A type; reports and gives INVALID if `e` is none.
    pub(crate) fn typ(&mut self, e: ExprId) -> TypeId {
        todo!()
    }
    /// The type of a variable: not a constraint interface.
    pub(crate) fn var_type(&mut self, e: ExprId) -> TypeId {
        todo!()
    }
    /// Like `typ`, for the right-hand side of the declaration of type name `def` (types2: declaredType).
    pub(crate) fn declared_type(&mut self, e: ExprId, def: Option<ObjId>) -> TypeId {
        todo!()
    }
    /// A generic type (uninstantiated), with the cause if it is none.
    pub(crate) fn generic_type(&mut self, e: ExprId, cause: &mut String) -> TypeId {
        todo!()
    }
    /// An array length: `None` if invalid (an error was reported).
    pub(crate) fn array_length(&mut self, e: ExprId) -> Option<u64> {
        todo!()
    }
    /// Fills a pending signature from a function type (types2/signature.go: funcType). `recv` and `tparams` for declarations.
    pub(crate) fn func_type(
        &mut self,
        sig: TypeId,
        recv: Option<FieldId>,
        tparams: List<FieldId>,
        ty: ExprId,
    ) {
        todo!()
    }
    /// Scope of the parameters of a signature made by `func_type`, in which its body is checked.
    pub(crate) fn signature_scope(&self, sig: TypeId) -> ScopeId {
        todo!()
    }
}
