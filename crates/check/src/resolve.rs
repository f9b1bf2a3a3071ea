//! Package-level objects: collecting them, checking them in the compiler's order, publishing them. And work that
//! is put off.

use std::rc::Rc;

use escargo_base::{Pos, Symbol};
use escargo_dialect::Feature;
use escargo_syntax::{Decl, DeclId, Expr, ExprId, FuncDecl, IdentId, List};
use escargo_types::{ObjId, Object, ObjectKind, PackageScope, VarKind};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checker::{Checker, DeclInfo, DeclInfoId, DeclKind};
use crate::code::Code;
use crate::decl::ConstSpecs;
use crate::info::{NodeRef, Scope, ScopeId};
use crate::methods::MethodDecl;
use crate::{Extent, Part};

impl<'a> Checker<'a> {
    // ----- files -----

    /// Package clauses must agree; sets the package's name from the first. Files of another package are left out.
    pub(crate) fn check_package_names(&mut self) {
        let package = self.store.pkg(self.pkg);
        for (i, file) in self.files.iter().enumerate() {
            let Some(ident) = file.tree.package else {
                self.left_out.insert(i);
                continue;
            };
            let name = file.tree.name(ident);
            if package.name().is_empty() {
                if name.is_blank() {
                    let at = Pos::new(file.id, file.tree[ident].start);
                    self.error(at, Code::BlankPkgName, "invalid package name _");
                } else {
                    package.set_name(name);
                }
            } else if package.name() != name {
                let message = format!("package {name}; expected package {}", package.name());
                self.error(Pos::new(file.id, 0), Code::MismatchedPkgName, message);
                self.left_out.insert(i);
            }
        }
    }

    /// Declares all package-level objects and file scopes, resolves imports, associates methods.
    pub(crate) fn collect_objects(&mut self) {
        let outer = self.env.clone();
        let mut methods = Vec::new();
        for file in 0..self.files.len() {
            let scope = self.new_scope(Some(self.pkg_scope), false);
            self.file_scopes.push(scope);
            if self.left_out.contains(&file) {
                continue;
            }
            self.env.file = file;
            self.env.lang = self.files[file].lang;
            self.env.scope = scope;
            self.record_scope(NodeRef::File, scope);
            if let Some(package) = self.tree().package {
                self.record_def(package, None);
            }
            self.collect_file(&mut methods);
        }
        self.env = outer;
        self.check_file_scopes();
        self.associate_methods(&methods);
        // Errors in imports may have asked too early.
        self.ambiguous_names = Default::default();
    }

    fn collect_file(&mut self, methods: &mut Vec<MethodDecl>) {
        let tree = self.tree();
        let mut consts = ConstSpecs::default();
        for &decl in &tree.top {
            match tree[decl] {
                Decl::Bad => {}
                Decl::Import { .. } => self.collect_import(decl),
                Decl::Const { group, iota, names, ty, values, .. } => {
                    let (ty, values, inherited) = consts.resolve(group, ty, values);
                    self.collect_consts(decl, names, ty, values, inherited, iota);
                }
                Decl::Var { names, ty, values, .. } => self.collect_vars(decl, names, ty, values),
                Decl::Type { name, .. } => {
                    let object =
                        Object::type_name(self.ident_pos(name), Some(self.pkg), tree.name(name), None);
                    let obj = self.store.new_object(object);
                    self.declare_package_object(name, obj, DeclKind::Type { decl });
                }
                Decl::Func(func) => self.collect_func(decl, func, methods),
            }
        }
    }

    fn ident_pos(&self, ident: IdentId) -> Pos {
        self.at(self.tree()[ident].start)
    }

    fn collect_consts(
        &mut self,
        decl: DeclId,
        names: List<IdentId>,
        ty: Option<ExprId>,
        values: List<ExprId>,
        inherited: bool,
        iota: u32,
    ) {
        let tree = self.tree();
        for (i, name) in tree.list(names).enumerate() {
            let object = Object::constant(self.ident_pos(name), Some(self.pkg), tree.name(name), None, None);
            let obj = self.store.new_object(object);
            let init = (i < values.len()).then(|| tree.nth(values, i));
            self.declare_package_object(name, obj, DeclKind::Const { ty, init, inherited, iota });
        }
        self.check_arity(self.at(tree.decl_loc(decl).pos), names, values, true, inherited);
    }

    fn collect_vars(&mut self, decl: DeclId, names: List<IdentId>, ty: Option<ExprId>, values: List<ExprId>) {
        let tree = self.tree();
        let new_var = |name: IdentId| {
            let pos = self.ident_pos(name);
            let object = Object::var(VarKind::Package, pos, Some(self.pkg), tree.name(name), None);
            self.store.new_object(object)
        };
        let objects: Vec<ObjId> = tree.list(names).map(new_var).collect();
        // Variables that share one initializer also share what is known of the declaration, so that each depends on
        // what the initializer depends on.
        let shared = (values.len() <= 1).then(|| {
            let lhs: Rc<[ObjId]> = if objects.len() > 1 { objects.as_slice().into() } else { Rc::new([]) };
            let init = (!values.is_empty()).then(|| tree.nth(values, 0));
            self.new_decl_info(DeclKind::Var { lhs, ty, init })
        });
        for (i, (name, &obj)) in tree.list(names).zip(&objects).enumerate() {
            if !self.may_declare(name) {
                continue;
            }
            let info = shared.unwrap_or_else(|| {
                let init = (i < values.len()).then(|| tree.nth(values, i));
                self.new_decl_info(DeclKind::Var { lhs: Rc::new([]), ty, init })
            });
            self.declare_with(name, obj, info);
        }
        if ty.is_none() || !values.is_empty() {
            self.check_arity(self.at(tree.decl_loc(decl).pos), names, values, false, false);
        }
    }

    fn collect_func(&mut self, decl: DeclId, func: FuncDecl, methods: &mut Vec<MethodDecl>) {
        let tree = self.tree();
        let name = tree.name(func.name);
        let pos = self.ident_pos(func.name);
        let obj = self.store.new_object(Object::func(pos, Some(self.pkg), name, None));
        let first_tparam =
            (!func.tparams.is_empty()).then(|| self.at(tree[tree.nth(func.tparams, 0)].loc.pos));
        match func.recv {
            None => {
                let is_main = name == *"main" && self.store.pkg(self.pkg).name() == *"main";
                if name == *"init" || is_main {
                    self.check_special_func(name, func, pos, first_tparam);
                } else if let Some(at) = first_tparam {
                    self.require(Feature::Generics, at, || "type parameter".into());
                }
                if name == *"init" {
                    // Nothing can refer to it, but it counts as declared in the package.
                    self.store.obj(obj).mark_package_level();
                    self.record_def(func.name, Some(obj));
                    if func.body.is_none() {
                        self.soft_error(pos, Code::MissingInitBody, "func init must have a body");
                    }
                } else {
                    self.declare_in_package(func.name, obj);
                }
            }
            Some(recv) => {
                let parts = self.unpack_receiver(self.env.file, tree[recv].ty);
                if let Expr::Name(base) = tree[parts.base]
                    && !name.is_blank()
                {
                    methods.push(MethodDecl { obj, has_pointer: parts.is_pointer, recv: tree.name(base) });
                }
                if let Some(at) = first_tparam {
                    self.require(Feature::GenericMethod, at, || "generic method".into());
                }
                self.record_def(func.name, Some(obj));
            }
        }
        let info = self.new_decl_info(DeclKind::Func { decl, func });
        self.add_object(obj, info);
    }

    /// `init`, and `main` of a program, take nothing and give nothing.
    fn check_special_func(&mut self, name: Symbol, func: FuncDecl, pos: Pos, first_tparam: Option<Pos>) {
        let code = if name == *"main" { Code::InvalidMainDecl } else { Code::InvalidInitDecl };
        if let Some(at) = first_tparam {
            self.soft_error(at, code, format!("func {name} must have no type parameters"));
        }
        if let Expr::FuncType { params, results } = self.tree()[func.ty]
            && !(params.is_empty() && results.is_empty())
        {
            self.soft_error(pos, code, format!("func {name} must have no arguments and no return values"));
        }
    }

    // ----- declaring -----

    fn new_decl_info(&mut self, kind: DeclKind) -> DeclInfoId {
        self.decls.push(DeclInfo {
            file: self.env.file,
            scope: self.env.scope,
            kind,
            deps: Vec::new(),
            dep_set: FxHashSet::default(),
        })
    }

    fn add_object(&mut self, obj: ObjId, info: DeclInfoId) {
        self.obj_decl.insert(obj, info);
        self.obj_list.push(obj);
    }

    fn declare_package_object(&mut self, ident: IdentId, obj: ObjId, kind: DeclKind) {
        if self.may_declare(ident) {
            let info = self.new_decl_info(kind);
            self.declare_with(ident, obj, info);
        }
    }

    /// Only functions may be called `init`, or in a program `main`.
    fn may_declare(&mut self, ident: IdentId) -> bool {
        let name = self.tree().name(ident);
        let code = match name.as_str() {
            "init" => Code::InvalidInitDecl,
            "main" if self.store.pkg(self.pkg).name() == *"main" => Code::InvalidMainDecl,
            _ => return true,
        };
        self.error(self.ident_pos(ident), code, format!("cannot declare {name} - must be func"));
        false
    }

    fn declare_with(&mut self, ident: IdentId, obj: ObjId, info: DeclInfoId) {
        self.declare_in_package(ident, obj);
        self.add_object(obj, info);
    }

    fn declare_in_package(&mut self, ident: IdentId, obj: ObjId) {
        self.declare(self.pkg_scope, Some(ident), obj);
        let object = self.store.obj(obj);
        if self.scopes[self.pkg_scope].lookup(object.name) == Some(obj) {
            object.mark_package_level();
        }
    }

    /// Names of a file and names of the package must differ.
    fn check_file_scopes(&mut self) {
        for i in 0..self.file_scopes.len() {
            let scope = self.file_scopes[i];
            for n in 0..self.scopes[scope].names.len() {
                let (name, obj) = self.scopes[scope].names[n];
                let Some(declared) = self.scopes[self.pkg_scope].lookup(name) else { continue };
                let object = self.store.obj(obj);
                let (how, pkg) = match object.kind {
                    ObjectKind::PkgName { imported } => ("import", Some(imported)),
                    _ => ("dot-import", object.pkg),
                };
                let pkg = pkg.map_or_else(String::new, |p| {
                    let pkg = self.store.pkg(p);
                    format!("package {} (\"{}\")", pkg.name(), pkg.path)
                });
                let mut err = self.new_error(Code::DuplicateDecl);
                let pos = self.store.obj(declared).pos;
                err.add(pos, format!("{name} already declared through {how} of {pkg}"));
                self.add_alt_decl(&mut err, obj);
                self.report(err);
            }
        }
    }

    // ----- checking -----

    /// Checks all package-level objects in the compiler's order: defined types, then aliases, then the rest.
    pub(crate) fn check_package_objects(&mut self) {
        let objects = self.obj_list.clone();
        for &obj in &objects {
            // Types found to be declared as themselves have a type, and methods all the same.
            let object = self.store.obj(obj);
            if object.is_type_name() && object.ty().is_some() {
                self.collect_methods(obj);
            }
        }
        let objects = match &self.config.extent {
            Extent::Part(part) => self.objects_of(part, &objects),
            _ => objects,
        };
        let mut aliases = Vec::new();
        let mut others = Vec::with_capacity(objects.len());
        for obj in objects {
            if !self.store.obj(obj).is_type_name() {
                others.push(obj);
            } else if self.declares_alias(obj) {
                aliases.push(obj);
            } else {
                self.obj_decl(obj);
            }
        }
        for obj in aliases.into_iter().chain(others) {
            self.obj_decl(obj);
        }
        // What is left belongs to receivers that were reported.
        self.methods.clear();
    }

    /// Those of the objects that belong to a part of the package: objects with names in it, methods of types in it.
    fn objects_of(&self, part: &Part, objects: &[ObjId]) -> Vec<ObjId> {
        let named = |obj: &ObjId| {
            let object = self.store.obj(*obj);
            object.is_package_level() && part.names.contains(object.name)
        };
        let mut of_part: Vec<ObjId> = objects.iter().copied().filter(named).collect();
        let methods = of_part.iter().filter_map(|obj| self.methods.get(obj)).flatten().copied();
        of_part.extend(methods.collect::<Vec<_>>());
        of_part
    }

    fn declares_alias(&self, obj: ObjId) -> bool {
        let Some(&info) = self.obj_decl.get(&obj) else { return false };
        let info = &self.decls[info];
        match info.kind {
            DeclKind::Type { decl } => {
                matches!(self.files[info.file].tree[decl], Decl::Type { alias: true, .. })
            }
            _ => false,
        }
    }

    /// Runs the actions put off since `top` in order; they may add more.
    pub(crate) fn process_delayed(&mut self, top: usize) {
        let mut next = top;
        while next < self.delayed.len() {
            if let Some((env, action)) = self.delayed[next].take() {
                let outer = std::mem::replace(&mut self.env, env);
                // Neither outlives the expression or list in which the action was put off.
                self.env.errpos = Pos::NONE;
                self.env.in_tparam_list = false;
                action(self);
                self.env = outer;
            }
            next += 1;
        }
        self.delayed.truncate(top);
    }

    /// Settles underlying types once all objects are checked, so that importers find them ready.
    pub(crate) fn finish_types(&mut self) {
        for &obj in &self.obj_list {
            let object = self.store.obj(obj);
            if object.is_type_name()
                && let Some(ty) = object.ty()
            {
                self.store.under(ty);
            }
        }
    }

    // ----- publishing -----

    /// Publishes scope, imports and name of the package in the store; closes scopes into `info.scopes`.
    pub(crate) fn publish(&mut self) {
        let package = self.store.pkg(self.pkg);
        let names: FxHashMap<Symbol, ObjId> = self.scopes[self.pkg_scope].names.iter().copied().collect();
        package.set_scope(PackageScope::new(names));
        package.set_imports(std::mem::take(&mut self.pkg_imports));
        let scopes = std::mem::take(&mut self.scopes);
        self.info.scopes = scopes.into_raw().into_iter().map(close_scope).collect();
        package.mark_complete();
    }
}

fn close_scope(scope: crate::scope::OpenScope) -> Scope {
    let parent: Option<ScopeId> = scope.parent;
    Scope { parent, names: scope.names, is_func: scope.is_func }
}
