//! Scopes while a package is being checked.

use escargo_base::{Pos, Symbol};
use escargo_types::ObjId;
use rustc_hash::FxHashMap;

use crate::checker::Checker;
use crate::info::ScopeId;

/// Scopes with more names than this get a hash table.
const SMALL: usize = 8;

/// A scope under construction.
#[derive(Debug, Default)]
pub(crate) struct OpenScope {
    pub(crate) parent: Option<ScopeId>,
    /// The nearest scope around this one that held names when this one was opened. Names declared there later
    /// are not visible here: they are declared when the statement that holds this scope is finished.
    outer: Option<ScopeId>,
    pub(crate) names: Vec<(Symbol, ObjId)>,
    by_name: FxHashMap<Symbol, ObjId>,
    pub(crate) is_func: bool,
    /// Nested scopes in order of creation (unused variables are reported scope by scope).
    pub(crate) children: Vec<ScopeId>,
}

impl OpenScope {
    pub(crate) fn lookup(&self, name: Symbol) -> Option<ObjId> {
        if self.names.len() > SMALL {
            return self.by_name.get(&name).copied();
        }
        self.names.iter().find(|(n, _)| *n == name).map(|&(_, o)| o)
    }
    /// Adds a name; gives back the object that already has it, and then adds nothing.
    pub(crate) fn insert(&mut self, name: Symbol, obj: ObjId) -> Option<ObjId> {
        if let Some(other) = self.lookup(name) {
            return Some(other);
        }
        self.names.push((name, obj));
        if self.names.len() == SMALL + 1 {
            self.by_name = self.names.iter().copied().collect();
        } else if self.names.len() > SMALL {
            self.by_name.insert(name, obj);
        }
        None
    }
}

impl Checker<'_> {
    /// Opens a scope inside `parent`.
    pub(crate) fn new_scope(&mut self, parent: Option<ScopeId>, is_func: bool) -> ScopeId {
        let outer = parent.map(|p| match &self.scopes[p] {
            scope if scope.names.is_empty() => scope.outer.unwrap_or(p),
            _ => p,
        });
        let id = self.scopes.push(OpenScope { parent, outer, is_func, ..OpenScope::default() });
        if let Some(parent) = parent {
            self.scopes[parent].children.push(id);
        }
        id
    }
    /// Finds a name from scope `scope` outwards, the universe last (then the scope is `None`).
    pub(crate) fn lookup_from(&self, scope: ScopeId, name: Symbol) -> Option<(Option<ScopeId>, ObjId)> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = &self.scopes[id];
            if let Some(obj) = scope.lookup(name) {
                return Some((Some(id), obj));
            }
            at = scope.outer;
        }
        self.lookup_universe(name).map(|obj| (None, obj))
    }
    /// Finds a name in the current environment.
    pub(crate) fn lookup(&self, name: Symbol) -> Option<ObjId> {
        self.lookup_from(self.env.scope, name).map(|(_, obj)| obj)
    }
    /// Declares `obj` in `scope` under its name, unless it is blank; reports a redeclaration. `ident` is the declaring
    /// identifier of the current file, if there is one, and is recorded.
    pub(crate) fn declare(&mut self, scope: ScopeId, ident: Option<escargo_syntax::IdentId>, obj: ObjId) {
        let name = self.store.obj(obj).name;
        if !name.is_blank()
            && let Some(other) = self.scopes[scope].insert(name, obj)
        {
            let pos: Pos = self.store.obj(obj).pos;
            let mut err = self.new_error(crate::code::Code::DuplicateDecl);
            err.add(pos, format!("{name} redeclared in this block"));
            self.add_alt_decl(&mut err, other);
            self.report(err);
            return;
        }
        if let Some(ident) = ident {
            self.record_def(ident, Some(obj));
        }
    }
}
