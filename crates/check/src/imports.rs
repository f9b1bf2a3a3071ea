//! Import declarations, unused imports, and how packages are named in messages.

use escargo_base::{Pos, Symbol};
use escargo_syntax::{Decl, DeclId, Expr, ExprId, IdentId};
use escargo_types::constant::quote::{is_printable, quote, unquote};
use escargo_types::object::is_exported;
use escargo_types::{ObjId, Object, ObjectKind, Package, PkgId, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Extent;
use crate::checker::Checker;
use crate::code::Code;
use crate::info::{NodeRef, ScopeId};

impl Checker<'_> {
    /// Declares what an import brings into the current file's scope.
    pub(crate) fn collect_import(&mut self, decl: DeclId) {
        let tree = self.tree();
        let Decl::Import { name: local, path, .. } = tree[decl] else { return };
        let Some((path, at)) = self.import_path(path) else { return };
        let imported = self.import_package(at, &path);

        let local_pos = local.map(|id| self.at(tree[id].start));
        let name = match local {
            Some(id) => tree.name(id),
            None => self.store.pkg(imported).name(),
        };
        if let Some(pos) = local_pos
            && path == "C"
        {
            self.error(pos, Code::ImportCRenamed, "cannot rename import \"C\"");
            return;
        }
        let pos = self.at(tree.decl_loc(decl).pos);
        if name == *"init" {
            let message = "cannot import package as init - init must be a func";
            self.error(pos, Code::InvalidInitDecl, message);
            return;
        }
        if !self.pkg_imports.contains(&imported) {
            self.pkg_imports.push(imported);
        }
        let kind = ObjectKind::PkgName { imported };
        let obj = self.store.new_object(Object::new(pos, Some(self.pkg), name, Some(TypeId::INVALID), kind));
        match local {
            Some(id) => self.record_def(id, Some(obj)),
            None => self.record_implicit(NodeRef::Decl(decl), obj),
        }
        if self.store.pkg(imported).fake {
            self.store.obj(obj).mark_used();
        }
        self.imports.push((self.env.file, obj));
        let scope = self.env.scope;
        if name == *"." {
            self.import_names(scope, local, imported, obj);
        } else {
            self.declare(scope, None, obj);
        }
    }

    /// Brings the exported names of a package into a file's scope.
    fn import_names(&mut self, scope: ScopeId, dot: Option<IdentId>, imported: PkgId, import: ObjId) {
        let exports = self.store.pkg(imported).scope();
        for name in exports.names() {
            let Some(obj) = exports.lookup(name).filter(|_| is_exported(name)) else { continue };
            if let Some(other) = self.scopes[scope].insert(name, obj) {
                let at = dot.map_or(Pos::NONE, |id| self.at(self.tree()[id].start));
                let mut err = self.new_error(Code::DuplicateDecl);
                err.add(at, format!("{name} redeclared in this block"));
                self.add_alt_decl(&mut err, other);
                self.report(err);
            } else {
                self.dot_imports.insert((scope, name), import);
            }
        }
    }

    /// The path of an import, and where it stands.
    fn import_path(&mut self, e: ExprId) -> Option<(String, Pos)> {
        let tree = self.tree();
        if !matches!(tree[e], Expr::BasicLit { bad: false, .. }) {
            return None;
        }
        let loc = tree.loc(e);
        let text = unquote(&self.src()[loc.start as usize..loc.end as usize]);
        let problem = match text.map(String::from_utf8) {
            None => "invalid syntax".to_owned(),
            Some(Err(_)) => "invalid character U+FFFD '\u{FFFD}'".to_owned(),
            Some(Ok(path)) if path.is_empty() => "empty string".to_owned(),
            Some(Ok(path)) => match path.chars().find(|&c| !may_stand_in_path(c)) {
                None => return Some((path, self.at(loc.pos))),
                Some(c) if is_printable(c) => format!("invalid character U+{:04X} '{c}'", c as u32),
                Some(c) => format!("invalid character U+{:04X}", c as u32),
            },
        };
        self.error_at(e, Code::BadImportPath, format!("invalid import path ({problem})"));
        None
    }

    /// The package of a path. One that cannot be imported is reported once and replaced by a fake one, in which
    /// nothing is missed.
    fn import_package(&mut self, at: Pos, path: &str) -> PkgId {
        let key = Symbol::intern(path);
        if let Some(&pkg) = self.import_cache.get(&key) {
            return pkg;
        }
        let pkg = if path == "C" && (self.config.fake_import_c || self.config.uses_cgo) {
            self.store.new_package(Package::new(key, Some(key), true))
        } else {
            match self.import_real_package(path) {
                Ok(pkg) => pkg,
                Err(message) => {
                    self.error(at, Code::BrokenImport, format!("could not import {path} ({message})"));
                    let name = path.strip_suffix('/').unwrap_or(path);
                    let name = name.rsplit('/').next().unwrap_or(name);
                    self.store.new_package(Package::new(key, Some(Symbol::intern(name)), true))
                }
            }
        };
        self.import_cache.insert(key, pkg);
        pkg
    }

    fn import_real_package(&self, path: &str) -> Result<PkgId, String> {
        let pkg = self.importer.import(path).map_err(|err| err.message)?;
        let name = self.store.pkg(pkg).name();
        if name.is_blank() || name.is_empty() {
            return Err(format!("invalid package name: {}", quote(name.as_str().as_bytes())));
        }
        Ok(pkg)
    }

    /// Reports imports that nothing refers to.
    pub(crate) fn report_unused_imports(&mut self) {
        // Without bodies most uses are not seen.
        if self.config.extent != Extent::All || self.config.ignore_unused_imports {
            return;
        }
        for i in 0..self.imports.len() {
            let object = self.store.obj(self.imports[i].1);
            let ObjectKind::PkgName { imported } = object.kind else { continue };
            if object.name.is_blank() || object.is_used() {
                continue;
            }
            let path = self.store.pkg(imported).path.as_str();
            let last = path.rsplit('/').next().unwrap_or(path);
            let quoted = quote(path.as_bytes());
            let message = if object.name.is_empty() || object.name == *"." || object.name == *last {
                format!("{quoted} imported and not used")
            } else {
                format!("{quoted} imported as {} and not used", object.name)
            };
            self.soft_error(object.pos, Code::UnusedImport, message);
        }
    }

    /// Whether two packages of this name are known (then messages show paths).
    pub(crate) fn package_name_is_ambiguous(&self, name: Symbol) -> bool {
        self.ambiguous_names.get_or_init(|| self.find_ambiguous_names()).contains(&name)
    }

    fn find_ambiguous_names(&self) -> FxHashSet<Symbol> {
        let mut paths: FxHashMap<Symbol, Symbol> = FxHashMap::default();
        let mut ambiguous = FxHashSet::default();
        let mut seen: FxHashSet<PkgId> = FxHashSet::default();
        let mut todo = vec![self.pkg];
        todo.extend(&self.pkg_imports);
        while let Some(id) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            let pkg = self.store.pkg(id);
            if *paths.entry(pkg.name()).or_insert(pkg.path) != pkg.path {
                ambiguous.insert(pkg.name());
            }
            todo.extend(pkg.imports());
        }
        ambiguous
    }
}

fn may_stand_in_path(c: char) -> bool {
    is_printable(c) && c != ' ' && !"!\"#$%&'()*,:;<=>?[\\]^{|}`\u{FFFD}".contains(c)
}
