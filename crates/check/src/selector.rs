//! Selectors: qualified identifiers, fields, method values and method expressions.

use escargo_base::Symbol;
use escargo_syntax::{Expr, ExprId, IdentId};
use escargo_types::lookup::{Lookup, lookup_field_or_method};
use escargo_types::object::{is_exported, is_identifier};
use escargo_types::{ObjId, Object, ObjectKind, PkgId, Signature, Type, TypeId, VarKind};

use crate::checker::Checker;
use crate::code::Code;
use crate::info::{Selection, SelectionKind};
use crate::operand::{Mode, Operand};

/// Prefixes under which the cgo tool declares what `C.name` may mean.
const CGO_PREFIXES: &[&str] =
    &["_Ciconst_", "_Cfconst_", "_Csconst_", "_Ctype_", "_Cvar_", "_Cfpvar_fp_", "_Cfunc_", "_Cmacro_"];

impl<'a> Checker<'a> {
    /// `x.sel`. With `want_type`, a field or method is an error: only a qualified type name is wanted.
    pub(crate) fn selector(&mut self, x: &mut Operand, e: ExprId, want_type: bool) {
        let Expr::Selector { x: operand, sel } = self.tree()[e] else {
            x.invalidate();
            return;
        };
        let resolved = match self.package_name(operand) {
            Some(package) => self.qualified_identifier(x, e, sel, package),
            None => self.member(x, e, operand, sel, want_type),
        };
        if resolved.is_none() {
            x.invalidate();
            x.ty = TypeId::INVALID;
        }
        x.expr = Some(e);
    }

    /// The package that an operand names; its use is recorded.
    fn package_name(&mut self, operand: ExprId) -> Option<PkgId> {
        let Expr::Name(id) = self.tree()[operand] else { return None };
        let obj = self.lookup(self.tree().name(id))?;
        let ObjectKind::PkgName { imported } = self.store.obj(obj).kind else { return None };
        self.record_use(id, obj);
        self.store.obj(obj).mark_used();
        Some(imported)
    }

    // ----- qualified identifiers -----

    fn qualified_identifier(
        &mut self,
        x: &mut Operand,
        e: ExprId,
        sel: IdentId,
        package: PkgId,
    ) -> Option<()> {
        let store = self.store;
        let name = self.tree().name(sel);
        if self.is_cgo_package(package) {
            return self.cgo_name(x, e, sel, name);
        }
        let at = self.at(self.tree()[sel].start);
        let Some(obj) = store.pkg(package).scope().lookup(name) else {
            if !store.pkg(package).fake && is_identifier(name) {
                let near = self.exported_ignoring_case(package, name);
                let but = near.map_or_else(String::new, |n| format!(" (but have {n})"));
                let message = format!("undefined: {}{but}", self.es(e));
                self.error(at, Code::UndeclaredImportedName, message);
            }
            return None;
        };
        if self.store.obj(obj).ty().is_none() && !matches!(self.store.obj(obj).kind, ObjectKind::Builtin(_)) {
            // Only part of the package was checked, and this should have been in it.
            self.error(at, Code::BrokenImport, format!("{} was left out", self.es(e)));
            return None;
        }
        if !is_exported(name) {
            let message = format!("name {name} not exported by package {}", store.pkg(package).name());
            self.error(at, Code::UnexportedName, message);
        }
        self.record_use(sel, obj);
        self.denote(x, obj, Mode::Value)
    }

    /// The first exported name of a package, in alphabetical order, that differs from `name` only by case.
    fn exported_ignoring_case(&self, package: PkgId, name: Symbol) -> Option<Symbol> {
        let folded = name.as_str().to_lowercase();
        let same = |n: &Symbol| is_exported(*n) && n.as_str().to_lowercase() == folded;
        self.store.pkg(package).scope().names().into_iter().find(same)
    }

    /// Sets the operand to what an object of another package denotes.
    fn denote(&mut self, x: &mut Operand, obj: ObjId, func_mode: Mode) -> Option<()> {
        let object = self.store.obj(obj);
        x.ty = self.store.obj_type(obj);
        x.mode = match &object.kind {
            ObjectKind::Const { .. } => {
                x.val = object.value().cloned();
                Mode::Constant
            }
            ObjectKind::TypeName => Mode::TypeExpr,
            ObjectKind::Var { .. } => Mode::Variable,
            ObjectKind::Func { .. } => func_mode,
            ObjectKind::Builtin(id) => Mode::Builtin(*id),
            ObjectKind::PkgName { .. } | ObjectKind::Label | ObjectKind::Nil => return None,
        };
        Some(())
    }

    /// Whether a package stands for C in files that the cgo tool has gone over.
    fn is_cgo_package(&self, package: PkgId) -> bool {
        self.config.uses_cgo && self.store.pkg(package).path == "C"
    }

    /// `C.name`: one of the names that the cgo tool declares for it.
    fn cgo_name(&mut self, x: &mut Operand, e: ExprId, sel: IdentId, name: Symbol) -> Option<()> {
        let store = self.store;
        let (wanted, mode) = match name.as_str() {
            "malloc" => ("_CMalloc", Mode::Value),
            other => (other, Mode::CgoFunc),
        };
        let found =
            CGO_PREFIXES.iter().find_map(|prefix| self.lookup(Symbol::intern(&format!("{prefix}{wanted}"))));
        let Some(obj) = found else {
            if is_identifier(name) {
                let at = self.at(self.tree()[sel].start);
                let message = format!("undefined: {}", self.es(e));
                self.error(at, Code::UndeclaredImportedName, message);
            }
            return None;
        };
        self.obj_decl(obj);
        self.record_use(sel, obj);
        self.denote(x, obj, mode)?;
        let declared = store.obj(obj).name.as_str();
        if declared.starts_with("_Cvar_") {
            x.ty = store.pointer_elem(x.ty)?;
        } else if declared.starts_with("_Cmacro_") {
            x.mode = Mode::Value;
            let results = store.as_signature(x.ty)?.results;
            x.ty = store.obj_type(*store.tuple(results).first()?);
        }
        Some(())
    }

    // ----- fields and methods -----

    fn member(
        &mut self,
        x: &mut Operand,
        e: ExprId,
        operand: ExprId,
        sel: IdentId,
        want_type: bool,
    ) -> Option<()> {
        let store = self.store;
        self.expr_or_type(x, operand, false);
        match x.mode {
            Mode::Invalid => return None,
            Mode::Builtin(_) => {
                let message = format!("invalid use of {} in selector expression", self.ops(x));
                self.error(self.node_pos(e), Code::UncalledBuiltin, message);
                return None;
            }
            _ => {}
        }
        if !self.is_complete(x.ty) {
            return None;
        }
        let at = self.at(self.tree()[sel].start);
        if want_type {
            let message = format!("{} is not a type", self.es(e));
            self.error(at, Code::NotAType, message);
            return None;
        }
        if let Type::Pointer(elem) = store.ty(store.under(x.ty))
            && !self.is_complete(*elem)
        {
            return None;
        }
        let name = self.tree().name(sel);
        let addressable = x.mode == Mode::Variable;
        match lookup_field_or_method(store, x.ty, addressable, Some(self.pkg), name, false) {
            Lookup::Found { obj, index, indirect } if store.obj(obj).is_func() => {
                self.method(x, e, sel, obj, index, indirect)
            }
            Lookup::Found { obj, index, indirect } => {
                if x.mode == Mode::TypeExpr {
                    let ty = self.ts(x.ty);
                    let message = format!("operand for field selector {name} must be value of type {ty}");
                    self.error_at(operand, Code::MissingFieldOrMethod, message);
                    return None;
                }
                self.record_selection(e, sel, SelectionKind::FieldVal, x.ty, obj, index, indirect);
                x.mode = if addressable || indirect { Mode::Variable } else { Mode::Value };
                x.ty = store.obj_type(obj);
                Some(())
            }
            failed => {
                self.report_missing_member(x, operand, sel, failed);
                None
            }
        }
    }

    fn report_missing_member(&mut self, x: &Operand, operand: ExprId, sel: IdentId, failed: Lookup) {
        let store = self.store;
        let name = self.tree().name(sel);
        let at = self.at(self.tree()[sel].start);
        if !store.is_valid(store.under(x.ty)) || name.is_blank() && !matches!(failed, Lookup::NotFound) {
            return;
        }
        let (code, message) = match failed {
            Lookup::Ambiguous(_) => {
                (Code::AmbiguousSelector, format!("ambiguous selector {}.{name}", self.es(operand)))
            }
            Lookup::PointerReceiver if x.mode == Mode::TypeExpr => {
                let ty = self.ts(x.ty);
                let message =
                    format!("invalid method expression {ty}.{name} (needs pointer receiver (*{ty}).{name})");
                (Code::InvalidMethodExpr, message)
            }
            Lookup::PointerReceiver => {
                (Code::InvalidMethodExpr, format!("cannot call pointer method {name} on {}", self.ts(x.ty)))
            }
            _ => {
                let why = if self.is_interface_pointer(x.ty) {
                    self.interface_pointer_text(x.ty)
                } else {
                    let addressable = x.mode == Mode::Variable;
                    let near = lookup_field_or_method(store, x.ty, addressable, Some(self.pkg), name, true);
                    let near = if let Lookup::Found { obj, .. } = near { Some(obj) } else { None };
                    self.lookup_error(x.ty, name, near, false)
                };
                (Code::MissingFieldOrMethod, format!("{}.{name} undefined ({why})", self.es(operand)))
            }
        };
        self.error(at, code, message);
    }

    fn method(
        &mut self,
        x: &mut Operand,
        e: ExprId,
        sel: IdentId,
        method: ObjId,
        index: Vec<u32>,
        indirect: bool,
    ) -> Option<()> {
        let store = self.store;
        self.obj_decl(method);
        self.add_decl_dep(method);
        let is_expr = x.mode == Mode::TypeExpr;
        let kind = if is_expr { SelectionKind::MethodExpr } else { SelectionKind::MethodVal };
        self.record_selection(e, sel, kind, x.ty, method, index, indirect);
        let signature = store.as_signature(store.obj_type(method))?;
        x.mode = Mode::Value;
        x.ty = if is_expr {
            let Some(recv) = signature.recv else {
                self.error_at(e, Code::InvalidDeclCycle, "illegal cycle in method declaration");
                return None;
            };
            self.method_expression_type(signature, recv, x.ty)
        } else {
            store.new_signature(Signature { recv: None, recv_tparams: Box::default(), ..signature.clone() })
        };
        Some(())
    }

    /// The type of `T.m`: the receiver becomes the first parameter. It has a name exactly if the others have.
    fn method_expression_type(&self, signature: &Signature, recv: ObjId, ty: TypeId) -> TypeId {
        let store = self.store;
        let params = store.tuple(signature.params);
        let recv = store.obj(recv);
        let name = match params.first() {
            Some(&first) if !store.obj(first).name.is_empty() => {
                if recv.name.is_empty() {
                    Symbol::BLANK
                } else {
                    recv.name
                }
            }
            _ => Symbol::EMPTY,
        };
        let first = store.new_object(Object::var(VarKind::Param, recv.pos, recv.pkg, name, Some(ty)));
        let params: Vec<ObjId> = std::iter::once(first).chain(params.iter().copied()).collect();
        store.new_signature(Signature {
            tparams: signature.tparams.clone(),
            recv_tparams: Box::default(),
            recv: None,
            params: store.new_tuple(params),
            results: signature.results,
            variadic: signature.variadic,
        })
    }

    fn record_selection(
        &mut self,
        e: ExprId,
        sel: IdentId,
        kind: SelectionKind,
        recv: TypeId,
        obj: ObjId,
        index: Vec<u32>,
        indirect: bool,
    ) {
        self.record_use(sel, obj);
        let selection = Selection { kind, recv, obj, index: index.into(), indirect };
        self.info.files[self.env.file].selections.insert(e, selection);
    }
}
