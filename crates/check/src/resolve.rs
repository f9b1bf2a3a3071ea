//! Collecting package-level objects, imports, methods; unused imports. (owner A)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// Package clauses must agree; sets the package's name from the first.
    pub(crate) fn check_package_names(&mut self) {
        todo!()
    }
    /// Declares all package-level objects and file scopes, resolves imports, associates methods (types2/resolver.go).
    pub(crate) fn collect_objects(&mut self) {
        todo!()
    }
    /// Checks all package-level objects in the compiler's order (types2/resolver.go: packageObjects).
    pub(crate) fn check_package_objects(&mut self) {
        todo!()
    }
    pub(crate) fn report_unused_imports(&mut self) {
        todo!()
    }
    /// Publishes scope, imports and name of the package in the store; closes scopes into `info.scopes`.
    pub(crate) fn publish(&mut self) {
        todo!()
    }
    /// Whether two packages of this name are known (then messages show paths).
    pub(crate) fn package_name_is_ambiguous(&self, name: Symbol) -> bool {
        todo!()
    }
    /// Runs the actions put off since `top` in order; they may add more (types2/check.go: processDelayed).
    pub(crate) fn process_delayed(&mut self, top: usize) {
        todo!()
    }
    /// Whatever must be settled about types once all objects are checked.
    pub(crate) fn finish_types(&mut self) {
        todo!()
    }
}
