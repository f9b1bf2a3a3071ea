//! Instantiation and its verification; interface satisfaction; missing methods. (owner D)

#![allow(unused_imports, unused_variables, dead_code)]

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, DeclId, ExprId, FieldId, FuncDecl, IdentId, List, StmtId};
use escargo_types::{Builtin, ObjId, PkgId, TypeId, Value};

use crate::checker::*;
use crate::code::Code;
use crate::info::*;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// The instance of a generic type, alias or signature, unverified (types2/instantiate.go: instance). Named types of equal
    /// arguments give the same instance within the package.
    pub(crate) fn instance(&mut self, pos: Pos, generic: TypeId, targs: &[TypeId]) -> TypeId {
        todo!()
    }
    /// Reports a wrong number of type arguments.
    pub(crate) fn validate_type_arg_count(&mut self, pos: Pos, name: &str, want: usize, got: usize) -> bool {
        todo!()
    }
    /// Whether the arguments satisfy the constraints; the index of the first that does not, and why.
    pub(crate) fn verify(
        &mut self,
        pos: Pos,
        tparams: &[TypeId],
        targs: &[TypeId],
    ) -> Result<(), (usize, String)> {
        todo!()
    }
    /// types2/instantiate.go: implements. `constraint`: the interface is used as a constraint.
    pub(crate) fn implements(
        &mut self,
        ty: TypeId,
        interface: TypeId,
        constraint: bool,
        cause: &mut String,
    ) -> bool {
        todo!()
    }
    /// The first method of `interface` that `ty` lacks, if any, with the reason in `cause` (types2/lookup.go: missingMethod).
    pub(crate) fn missing_method(
        &mut self,
        ty: TypeId,
        interface: TypeId,
        is_static: bool,
        cause: &mut String,
    ) -> Option<ObjId> {
        todo!()
    }
    /// Whether a type assertion from interface type `interface` to `ty` can succeed (types2/lookup.go: newAssertableTo).
    pub(crate) fn assertable_to(&mut self, interface: TypeId, ty: TypeId, cause: &mut String) -> bool {
        todo!()
    }
    /// types2/lookup.go: lookupFieldOrMethod plus typing of the method found.
    pub(crate) fn lookup_member(
        &mut self,
        ty: TypeId,
        addressable: bool,
        name: Symbol,
        fold_case: bool,
    ) -> escargo_types::lookup::Lookup {
        todo!()
    }
    /// Why `x.sel` is not there (types2/errsupport.go: lookupError).
    pub(crate) fn lookup_error(
        &mut self,
        ty: TypeId,
        sel: Symbol,
        obj: Option<ObjId>,
        struct_lit: bool,
    ) -> String {
        todo!()
    }
}
