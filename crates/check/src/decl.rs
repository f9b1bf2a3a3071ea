//! Declarations of constants, variables, types and functions, at package level and inside functions.

use escargo_base::Pos;
use escargo_dialect::Feature;
use escargo_syntax::{Decl, DeclId, Expr, ExprId, FieldId, FuncDecl, GroupId, IdentId, List};
use escargo_types::{Alias, ObjId, Object, ObjectKind, Type, TypeId, Value, VarKind};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::Extent;
use crate::checker::{Checker, DeclInfoId, DeclKind, Env};
use crate::code::Code;
use crate::info::{IdentObject, NodeRef};
use crate::operand::Operand;

/// Follows the constant specs of a scope and knows which expressions a spec without any repeats.
#[derive(Debug, Default)]
pub(crate) struct ConstSpecs {
    group: Option<GroupId>,
    last: Option<(Option<ExprId>, List<ExprId>)>,
}

impl ConstSpecs {
    /// The type and expressions that count for a spec, and whether they are those of an earlier one.
    pub(crate) fn resolve(
        &mut self,
        group: Option<GroupId>,
        ty: Option<ExprId>,
        values: List<ExprId>,
    ) -> (Option<ExprId>, List<ExprId>, bool) {
        if group.is_none() || group != self.group {
            self.last = None;
        }
        self.group = group;
        if ty.is_some() || !values.is_empty() {
            self.last = Some((ty, values));
            return (ty, values, false);
        }
        match self.last {
            Some((ty, values)) => (ty, values, true),
            None => {
                self.last = Some((None, List::EMPTY));
                (None, List::EMPTY, false)
            }
        }
    }
}

impl<'a> Checker<'a> {
    /// Determines an object's type, unless it is known. For a method of an instance: that of its origin,
    /// then its own. Coming back to an object that is under way means that declarations form a cycle.
    pub(crate) fn obj_decl(&mut self, obj: ObjId) {
        if let Some(&start) = self.obj_path_index.get(&obj) {
            self.close_cycle(obj, start);
            return;
        }
        let object = self.store.obj(obj);
        if object.ty().is_some() {
            return;
        }
        if let Some(origin) = object.origin() {
            self.obj_decl(origin);
            self.store.method_type(obj);
            return;
        }
        let Some(&decl) = self.obj_decl.get(&obj) else {
            object.set_ty(Some(TypeId::INVALID));
            return;
        };
        self.push_object(obj);
        let info = &self.decls[decl];
        let env = Env {
            decl: None,
            scope: info.scope,
            file: info.file,
            lang: self.files[info.file].lang,
            iota: None,
            errpos: Pos::NONE,
            in_tparam_list: false,
            sig: None,
            generic: false,
            panics: FxHashSet::default(),
            has_label: false,
            has_call_or_recv: false,
        };
        let kind = info.kind.clone();
        let outer = std::mem::replace(&mut self.env, env);
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.check_decl(obj, decl, kind));
        self.env = outer;
        self.pop_object();
    }

    fn check_decl(&mut self, obj: ObjId, decl: DeclInfoId, kind: DeclKind) {
        match kind {
            DeclKind::Const { ty, init, inherited, iota } => {
                self.env.decl = Some(decl);
                self.const_decl(obj, ty, init, inherited, iota);
            }
            DeclKind::Var { lhs, ty, init } => {
                self.env.decl = Some(decl);
                self.var_decl(obj, &lhs, ty, init);
            }
            DeclKind::Type { decl } => {
                self.type_decl(obj, decl);
                self.collect_methods(obj);
            }
            DeclKind::Func { decl: node, func } => self.func_decl(obj, decl, node, func),
        }
    }

    /// Marks an object as under way.
    pub(crate) fn push_object(&mut self, obj: ObjId) {
        self.obj_path_index.insert(obj, self.obj_path.len());
        self.obj_path.push(obj);
    }
    /// The object last pushed is finished.
    pub(crate) fn pop_object(&mut self) {
        if let Some(obj) = self.obj_path.pop() {
            self.obj_path_index.remove(&obj);
        }
    }

    // ----- constants and variables -----

    fn const_decl(
        &mut self,
        obj: ObjId,
        ty: Option<ExprId>,
        init: Option<ExprId>,
        inherited: bool,
        iota: u32,
    ) {
        let iota = self.env.iota.replace(Value::int(i64::from(iota)));
        let errpos = std::mem::replace(&mut self.env.errpos, Pos::NONE);
        if ty.is_none_or(|ty| self.const_type(obj, ty)) {
            let mut x = Operand::new();
            if let Some(init) = init {
                if inherited {
                    // The expression stands elsewhere; what is wrong with it is wrong with this constant.
                    self.env.errpos = self.store.obj(obj).pos;
                }
                self.expr(None, &mut x, init);
            }
            self.init_const(obj, &mut x);
        }
        self.env.iota = iota;
        self.env.errpos = errpos;
    }

    /// Gives a constant its declared type; false if that cannot be a constant's type.
    fn const_type(&mut self, obj: ObjId, e: ExprId) -> bool {
        let ty = self.typ(e);
        let ok = self.store.is_const_type(ty);
        if !ok && self.store.is_valid(self.store.under(ty)) {
            let message = format!("invalid constant type {}", self.ts(ty));
            self.error_at(e, Code::InvalidConstType, message);
        }
        self.store.obj(obj).set_ty(Some(if ok { ty } else { TypeId::INVALID }));
        ok
    }

    /// `lhs`: all variables of the declaration if they share the one initializer.
    fn var_decl(&mut self, obj: ObjId, lhs: &[ObjId], ty: Option<ExprId>, init: Option<ExprId>) {
        let object = self.store.obj(obj);
        if let Some(e) = ty {
            let ty = self.var_type(e);
            object.set_ty(Some(ty));
        }
        let Some(init) = init else {
            if ty.is_none() {
                // The missing initializer was reported with the declaration.
                object.set_ty(Some(TypeId::INVALID));
            }
            return;
        };
        if ty.is_some() && self.leaves_out_initializers() {
            return lhs.iter().for_each(|&other| self.store.obj(other).set_ty(object.ty()));
        }
        if lhs.len() <= 1 {
            let mut x = Operand::new();
            let target = self.new_target(object.ty(), object.name.as_str());
            self.expr(target.as_ref(), &mut x, init);
            self.init_var(obj, &mut x, "variable declaration");
            return;
        }
        if ty.is_some() {
            for &other in lhs {
                self.store.obj(other).set_ty(object.ty());
            }
        }
        self.init_vars(lhs, &[init], None);
    }

    /// Whether here, outside functions, it does not matter what initializers do.
    pub(crate) fn leaves_out_initializers(&self) -> bool {
        self.env.sig.is_none() && matches!(self.config.extent, Extent::Part(_))
    }

    /// Reports more or fewer values than names. `pos`: the declaration.
    pub(crate) fn check_arity(
        &mut self,
        pos: Pos,
        names: List<IdentId>,
        values: List<ExprId>,
        is_const: bool,
        inherited: bool,
    ) {
        let tree = self.tree();
        if names.len() < values.len() {
            let extra = tree.nth(values, names.len());
            if inherited {
                let place = self.position_text(self.node_pos(extra));
                self.error(pos, Code::WrongAssignCount, format!("extra init expr at {place}"));
            } else {
                let message = format!("extra init expr {}", self.es(extra));
                self.error_at(extra, Code::WrongAssignCount, message);
            }
        } else if names.len() > values.len() && (is_const || values.len() != 1) {
            let name = &tree[tree.nth(names, values.len())];
            let message = format!("missing init expr for {}", name.name);
            self.error(self.at(name.start), Code::WrongAssignCount, message);
        }
    }

    // ----- types -----

    fn type_decl(&mut self, obj: ObjId, decl: DeclId) {
        let tree = self.tree();
        let Decl::Type { tparams, alias, ty, .. } = tree[decl] else { return };
        let allowed = self.type_decl_allowed(decl, tparams, alias);
        self.later(move |c| {
            let named = c.store.obj(obj).ty().and_then(|t| c.store.as_named(t));
            if let Some((named, _)) = named {
                c.valid_type(named);
            }
            // The right-hand side is read back from where it was recorded.
            let rhs = c.info.files[c.env.file].types[ty].ty;
            if allowed && c.is_imported_constraint(rhs) {
                let at = c.start(ty);
                let name = c.ts(rhs);
                c.require(Feature::Generics, at, || format!("using type constraint {name}"));
            }
        });
        if alias {
            self.alias_decl(obj, decl, tparams, ty);
        } else {
            self.named_decl(obj, decl, tparams, ty);
        }
    }

    /// Whether the language version has this form of declaration. Reports at most one thing, the one that needs
    /// the latest version, lest the version be raised twice.
    fn type_decl_allowed(&mut self, decl: DeclId, tparams: List<FieldId>, alias: bool) -> bool {
        let tree = self.tree();
        let first = (!tparams.is_empty()).then(|| self.at(tree[tree.nth(tparams, 0)].loc.pos));
        if !alias {
            return first.is_none_or(|at| self.require(Feature::Generics, at, || "type parameter".into()));
        }
        let pos = self.at(tree.decl_loc(decl).pos);
        first.is_none_or(|at| self.require(Feature::GenericTypeAlias, at, || "generic type alias".into()))
            && self.require(Feature::TypeAlias, pos, || "type alias".into())
    }

    fn alias_decl(&mut self, obj: ObjId, decl: DeclId, tparams: List<FieldId>, ty: ExprId) {
        // What stands on the right is not known yet: a local alias may mention type parameters of its function.
        let derived = !tparams.is_empty() || self.env.sig.is_some();
        let id = self.store.new_alias(Alias::new(obj, None), derived);
        let object = self.store.obj(obj);
        object.ty_or_set(id);
        let Type::Alias(alias) = self.store.ty(id) else { return };
        let outer = self.env.scope;
        if !tparams.is_empty() {
            self.enter_scope(NodeRef::Decl(decl), false);
            self.collect_type_params_with(tparams, |_, list| alias.set_tparams(list.to_vec()));
        }
        let rhs = self.declared_type(ty, Some(obj));
        if alias.tparams().contains(&rhs) {
            let message = "cannot use type parameter declared in alias declaration as RHS";
            self.error_at(ty, Code::MisplacedTypeParam, message);
            alias.set_rhs(TypeId::INVALID);
        } else {
            alias.set_rhs(rhs);
        }
        self.env.scope = outer;
    }

    fn named_decl(&mut self, obj: ObjId, decl: DeclId, tparams: List<FieldId>, ty: ExprId) {
        let generic = self.env.generic;
        self.env.generic |= !tparams.is_empty();
        let id = self.store.new_local_named(obj, &self.implicit_type_params());
        let Type::Named(named) = self.store.ty(id) else { return };
        let outer = self.env.scope;
        if !tparams.is_empty() {
            self.enter_scope(NodeRef::Decl(decl), false);
            self.collect_type_params_with(tparams, |_, list| named.set_tparams(list.to_vec()));
        }
        let rhs = self.declared_type(ty, Some(obj));
        if self.store.is_type_param(rhs) {
            let message = "cannot use a type parameter as RHS in type declaration";
            self.error_at(ty, Code::MisplacedTypeParam, message);
            named.set_rhs(TypeId::INVALID);
        } else {
            named.set_rhs(rhs);
        }
        self.env.scope = outer;
        self.env.generic = generic;
    }

    /// The type parameters of the declared function whose body is being checked, its receiver's first.
    fn implicit_type_params(&self) -> Vec<TypeId> {
        let Some(decl) = self.env.sig.and(self.env.decl) else { return Vec::new() };
        let DeclKind::Func { func, .. } = &self.decls[decl].kind else { return Vec::new() };
        let IdentObject::Def(obj) = self.info.files[self.env.file].idents[func.name] else {
            return Vec::new();
        };
        let Some(signature) = self.store.obj(obj).ty().and_then(|t| self.store.as_signature(t)) else {
            return Vec::new();
        };
        signature.recv_tparams.iter().chain(&signature.tparams).copied().collect()
    }

    /// Whether a type is an imported interface that is more than a set of methods.
    pub(crate) fn is_imported_constraint(&self, ty: TypeId) -> bool {
        let Some((id, named)) = self.store.as_named(ty) else { return false };
        let pkg = self.store.obj(named.obj).pkg;
        if pkg.is_none() || pkg == Some(self.pkg) {
            return false;
        }
        let under = self.store.under(id);
        matches!(self.store.ty(under), Type::Interface(_))
            && !escargo_types::typeset::type_set(self.store, under).is_method_set()
    }

    // ----- functions -----

    fn func_decl(&mut self, obj: ObjId, decl: DeclInfoId, node: DeclId, func: FuncDecl) {
        let sig = self.store.new_pending_signature();
        let object = self.store.obj(obj);
        object.set_ty(Some(sig));
        self.env.generic =
            !func.tparams.is_empty() || func.recv.is_some_and(|recv| self.is_generic_recv(recv));
        self.func_type(sig, func.recv, func.tparams, func.ty);
        if !func.tparams.is_empty() && func.body.is_none() {
            let at = self.at(self.tree().decl_loc(node).pos);
            self.soft_error(at, Code::BadDecl, "generic function is missing function body");
        }
        let wanted = match &self.config.extent {
            Extent::All => true,
            Extent::Declarations => false,
            Extent::Part(part) => part.bodies.contains(&(self.env.file, node)),
        };
        if let Some(body) = func.body
            && wanted
        {
            self.later(move |c| c.func_body(Some(decl), sig, body, None));
        }
    }

    /// Whether a receiver names type parameters.
    fn is_generic_recv(&self, recv: FieldId) -> bool {
        let tree = self.tree();
        let mut at = tree.unparen(tree[recv].ty);
        if let Expr::Star(elem) = tree[at] {
            at = tree.unparen(elem);
        }
        matches!(tree[at], Expr::Index { .. })
    }

    // ----- declarations inside functions -----

    /// Local declarations.
    pub(crate) fn decl_stmt(&mut self, decls: List<DeclId>) {
        let tree = self.tree();
        let mut consts = ConstSpecs::default();
        for decl in tree.list(decls) {
            match tree[decl] {
                Decl::Const { group, iota, names, ty, values, .. } => {
                    let (ty, values, inherited) = consts.resolve(group, ty, values);
                    self.local_consts(decl, names, ty, values, inherited, iota);
                }
                Decl::Var { names, ty, values, .. } => self.local_vars(decl, names, ty, values),
                Decl::Type { name, .. } => self.local_type(decl, name),
                Decl::Bad | Decl::Import { .. } | Decl::Func(_) => {}
            }
        }
    }

    fn local_consts(
        &mut self,
        decl: DeclId,
        names: List<IdentId>,
        ty: Option<ExprId>,
        values: List<ExprId>,
        inherited: bool,
        iota: u32,
    ) {
        let tree = self.tree();
        let top = self.delayed.len();
        let mut lhs: SmallVec<[ObjId; 4]> = SmallVec::new();
        for (i, ident) in tree.list(names).enumerate() {
            let id = &tree[ident];
            let object = Object::constant(self.at(id.start), Some(self.pkg), id.name, None, None);
            let obj = self.store.new_object(object);
            lhs.push(obj);
            let init = (i < values.len()).then(|| tree.nth(values, i));
            self.const_decl(obj, ty, init, inherited, iota);
        }
        self.check_arity(self.at(tree.decl_loc(decl).pos), names, values, true, inherited);
        // Function literals in the values must not see the new names.
        self.process_delayed(top);
        for (ident, &obj) in tree.list(names).zip(&lhs) {
            self.declare(self.env.scope, Some(ident), obj);
        }
    }

    fn local_vars(&mut self, decl: DeclId, names: List<IdentId>, ty: Option<ExprId>, values: List<ExprId>) {
        let tree = self.tree();
        let top = self.delayed.len();
        let lhs: SmallVec<[ObjId; 4]> = tree
            .list(names)
            .map(|ident| {
                let id = &tree[ident];
                let object = Object::var(VarKind::Local, self.at(id.start), Some(self.pkg), id.name, None);
                self.store.new_object(object)
            })
            .collect();
        let shared = values.len() == 1 && names.len() != 1;
        for (i, &obj) in lhs.iter().enumerate() {
            if shared {
                self.var_decl(obj, &lhs, ty, Some(tree.nth(values, 0)));
                break;
            }
            let init = (i < values.len()).then(|| tree.nth(values, i));
            self.var_decl(obj, &[], ty, init);
        }
        if ty.is_none() || !values.is_empty() {
            self.check_arity(self.at(tree.decl_loc(decl).pos), names, values, false, false);
        }
        self.process_delayed(top);
        for (ident, &obj) in tree.list(names).zip(&lhs) {
            self.declare(self.env.scope, Some(ident), obj);
        }
    }

    fn local_type(&mut self, decl: DeclId, name: IdentId) {
        let id = &self.tree()[name];
        let object = Object::type_name(self.at(id.start), Some(self.pkg), id.name, None);
        let obj = self.store.new_object(object);
        let scope = self.env.scope;
        self.declare(scope, Some(name), obj);
        self.local_type_scopes.insert(obj, scope);
        self.push_object(obj);
        self.type_decl(obj, decl);
        self.pop_object();
    }

    // ----- what objects are called -----

    /// The kind of an object, as messages call it.
    pub(crate) fn object_kind(&self, obj: ObjId) -> &'static str {
        let object = self.store.obj(obj);
        match &object.kind {
            ObjectKind::PkgName { .. } => "package name",
            ObjectKind::Const { .. } => "constant",
            ObjectKind::TypeName if self.is_alias_name(obj) => "type alias",
            ObjectKind::TypeName => match object.ty().map(|t| self.store.ty(t)) {
                Some(Type::TypeParam(_)) => "type parameter",
                _ => "defined type",
            },
            ObjectKind::Var { kind, .. } => match kind {
                VarKind::Package => "package-level variable",
                VarKind::Local => "local variable",
                VarKind::Receiver => "receiver",
                VarKind::Param => "parameter",
                VarKind::Result => "result variable",
                VarKind::Field => "struct field",
            },
            ObjectKind::Func { .. } => {
                let sig = object.ty().and_then(|t| self.store.as_signature(t));
                if sig.is_some_and(|s| s.recv.is_some()) { "method" } else { "function" }
            }
            ObjectKind::Label => "label",
            ObjectKind::Builtin(_) => "built-in function",
            ObjectKind::Nil => "untyped nil",
        }
    }
}
