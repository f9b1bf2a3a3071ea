//! Declarations: constants, variables, types, functions, methods; cycles among them. (owner A)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// Determines an object's type (types2/decl.go: objDecl). For a method of an instance: that of its origin, then its own.
    pub(crate) fn obj_decl(&mut self, obj: ObjId) {
        todo!()
    }
    /// Local declarations.
    pub(crate) fn decl_stmt(&mut self, decls: List<DeclId>) {
        todo!()
    }
    /// Declares a list of type parameters in the current scope and collects their bounds (types2/decl.go: collectTypeParams).
    pub(crate) fn collect_type_params(&mut self, fields: List<FieldId>) -> Vec<TypeId> {
        todo!()
    }
    /// types2/cycles.go: directCycles.
    pub(crate) fn check_direct_cycles(&mut self) {
        todo!()
    }
    /// types2/validtype.go, for a named type: reports and returns false if it contains itself.
    pub(crate) fn valid_type(&mut self, named: TypeId) {
        todo!()
    }
}
