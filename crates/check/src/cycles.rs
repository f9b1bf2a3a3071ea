//! Cycles among declarations: which are allowed, and how the others are reported.
//!
//! While an object is being checked it stands on [`Checker::obj_path`]. Coming back to one that stands there closes
//! a cycle. Cycles of values alone are left to the initialization order; cycles of types are fine if a defined
//! type takes part (whether such a type contains itself is judged by `valid_type`); everything else is an error.

use escargo_base::Pos;
use escargo_syntax::{Decl, Expr};
use escargo_types::{ObjId, ObjectKind, Type, TypeId};
use rustc_hash::FxHashMap;

use crate::checker::{Checker, DeclKind};
use crate::code::Code;

/// A station of a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CycleStep {
    pub(crate) obj: ObjId,
    /// The instance that stands for the object, if it is one: it is named in full, and reported where it is written.
    pub(crate) instance: Option<TypeId>,
}

impl From<ObjId> for CycleStep {
    fn from(obj: ObjId) -> CycleStep {
        CycleStep { obj, instance: None }
    }
}

impl Checker<'_> {
    /// Judges the cycle that `obj`, at place `start` of the path, closes.
    pub(crate) fn close_cycle(&mut self, obj: ObjId, start: usize) {
        let valid = self.valid_cycle(start);
        let object = self.store.obj(obj);
        let spoil = match object.kind {
            ObjectKind::Const { .. } | ObjectKind::Var { .. } => !valid || object.ty().is_none(),
            ObjectKind::TypeName => !valid,
            // A function keeps its (empty) signature, with which nothing can be initialized.
            _ => false,
        };
        if spoil {
            object.set_ty(Some(TypeId::INVALID));
        }
    }

    fn valid_cycle(&mut self, start: usize) -> bool {
        let mut values = 0;
        let mut definitions = 0;
        for &obj in &self.obj_path[start..] {
            let object = self.store.obj(obj);
            match object.kind {
                ObjectKind::Const { .. } | ObjectKind::Var { .. } => values += 1,
                ObjectKind::TypeName => {
                    // A generic type may be mentioned in the constraints of its own parameters.
                    if self.env.in_tparam_list && object.ty().is_some_and(|t| self.store.is_generic(t)) {
                        return true;
                    }
                    if !self.is_alias_name(obj) {
                        definitions += 1;
                    }
                }
                _ => {}
            }
        }
        if values == self.obj_path.len() - start || values == 0 && definitions > 0 {
            return true;
        }
        self.report_path_cycle(start);
        false
    }

    pub(crate) fn report_path_cycle(&mut self, start: usize) {
        let cycle: Vec<CycleStep> = self.obj_path[start..].iter().map(|&o| o.into()).collect();
        let first = self.first_in_source(&cycle);
        self.cycle_error(&cycle, first);
    }

    /// Whether a type name is another name of a type.
    pub(crate) fn is_alias_name(&self, obj: ObjId) -> bool {
        let object = self.store.obj(obj);
        let Some(ty) = object.ty() else { return false };
        match self.store.ty(ty) {
            Type::Basic(_) if object.pkg == Some(self.store.universe().unsafe_pkg) => false,
            Type::Basic(b) => {
                object.pkg.is_some() || object.name != *b.name || matches!(ty, TypeId::BYTE | TypeId::RUNE)
            }
            Type::Named(n) => n.obj != obj,
            Type::TypeParam(p) => p.obj != obj,
            _ => true,
        }
    }

    /// Reports a cycle, beginning with `cycle[start]`.
    pub(crate) fn cycle_error(&mut self, cycle: &[CycleStep], start: usize) {
        let first = cycle[start];
        let object = self.store.obj(first.obj);
        if let Some(Type::Alias(alias)) = object.ty().map(|t| self.store.ty(t)) {
            // Uses of the alias must not complain again.
            alias.set_rhs(TypeId::INVALID);
        }
        let is_type = object.is_type_name();
        let name = self.step_name(first);
        if cycle.len() == 1 {
            let what = if is_type { "invalid recursive type" } else { "invalid cycle in declaration" };
            let message = format!("{what}: {name} refers to itself");
            self.error(self.step_pos(first), Code::InvalidDeclCycle, message);
            return;
        }
        let what = if is_type { "invalid recursive type" } else { "invalid cycle in declaration of" };
        let mut err = self.new_error(Code::InvalidDeclCycle);
        err.add(self.step_pos(first), format!("{what} {name}"));
        for i in 0..cycle.len() {
            let (from, to) = (cycle[(start + i) % cycle.len()], cycle[(start + i + 1) % cycle.len()]);
            let message = format!("{} refers to {}", self.step_name(from), self.step_name(to));
            err.add(self.step_pos(from), message);
        }
        self.report(err);
    }

    fn step_pos(&self, step: CycleStep) -> Pos {
        match step.instance.map(|t| self.store.ty(t)) {
            Some(Type::Named(n)) => n.inst_pos,
            _ => self.store.obj(step.obj).pos,
        }
    }

    fn step_name(&self, step: CycleStep) -> String {
        if let Some(instance) = step.instance {
            return self.ts(instance);
        }
        let object = self.store.obj(step.obj);
        if let Some((named, n)) = object.ty().and_then(|t| self.store.as_named(t))
            && n.origin().is_some()
        {
            return self.ts(named);
        }
        match object.pkg.map(|p| self.qualify(p)) {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}.{}", object.name),
            _ => object.name.to_string(),
        }
    }

    /// The place in the order of the package's files; file ids tell nothing about that.
    pub(crate) fn source_order(&self, pos: Pos) -> (usize, u32) {
        let file = self.files.iter().position(|f| Some(f.id) == pos.file);
        (file.unwrap_or(usize::MAX), pos.offset)
    }

    pub(crate) fn first_in_source(&self, cycle: &[CycleStep]) -> usize {
        (0..cycle.len()).min_by_key(|&i| self.source_order(self.step_pos(cycle[i]))).unwrap_or(0)
    }

    /// Whether a type has an underlying type by now. If not, declarations depend on each other, and that is reported.
    /// Must be asked before the underlying type of an expression's type is used.
    pub(crate) fn is_complete(&mut self, ty: TypeId) -> bool {
        let mut ty = ty;
        // Chains of names are finite: `check_direct_cycles` has broken the others.
        for _ in 0..MAX_NAME_CHAIN {
            let (obj, rhs) = match self.store.ty(ty) {
                // Instances are nobody's declaration.
                Type::Alias(a) => (a.origin.is_none().then_some(a.obj), a.rhs()),
                Type::Named(n) => (n.origin().is_none().then_some(n.obj), n.rhs()),
                _ => return true,
            };
            if let Some(&start) = obj.and_then(|o| self.obj_path_index.get(&o)) {
                self.report_path_cycle(start);
                return false;
            }
            match rhs {
                Some(rhs) => ty = rhs,
                None => return true,
            }
        }
        true
    }

    /// Finds types that are declared as each other, without any type literal between, and makes them invalid: no
    /// underlying type could be found for them.
    pub(crate) fn check_direct_cycles(&mut self) {
        let mut state: FxHashMap<ObjId, Option<usize>> = FxHashMap::default();
        for i in 0..self.obj_list.len() {
            let obj = self.obj_list[i];
            if self.store.obj(obj).is_type_name() {
                self.follow_names(obj, &mut state);
            }
        }
    }

    /// `state`: the place on the current path, or `None` for names that were followed to their end.
    fn follow_names(&mut self, from: ObjId, state: &mut FxHashMap<ObjId, Option<usize>>) {
        let mut path: Vec<CycleStep> = Vec::new();
        let mut obj = from;
        loop {
            match state.get(&obj) {
                Some(None) => break,
                Some(&Some(start)) => {
                    self.store.obj(obj).set_ty(Some(TypeId::INVALID));
                    let first = self.first_in_source(&path[start..]);
                    self.cycle_error(&path[start..], first);
                    break;
                }
                None => {}
            }
            state.insert(obj, Some(path.len()));
            path.push(obj.into());
            match self.declared_as(obj) {
                Some(next) => obj = next,
                None => break,
            }
        }
        for step in path {
            state.insert(step.obj, None);
        }
    }

    /// The package-level type name that is the whole right-hand side of a type declaration.
    fn declared_as(&self, obj: ObjId) -> Option<ObjId> {
        let info = &self.decls[*self.obj_decl.get(&obj)?];
        let DeclKind::Type { decl } = info.kind else { return None };
        let tree = self.files[info.file].tree;
        let Decl::Type { ty, .. } = tree[decl] else { return None };
        let Expr::Name(id) = tree[ty] else { return None };
        let next = self.scopes[self.pkg_scope].lookup(tree.name(id))?;
        self.store.obj(next).is_type_name().then_some(next)
    }
}

/// Longest chain of type names that is followed.
const MAX_NAME_CHAIN: usize = 1 << 20;
