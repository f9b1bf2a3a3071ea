//! Switch and select statements.

use escargo_base::{Pos, Symbol};
use escargo_syntax::{BinaryOp, ClauseId, Expr, ExprId, IdentId, List, Stmt, StmtId, UnaryOp};
use escargo_types::constant::Key;
use escargo_types::identity::{identical, identity_hash};
use escargo_types::{ObjId, ObjectKind, TypeId, Value};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::checker::Checker;
use crate::code::Code;
use crate::info::{Mode, NodeRef};
use crate::operand::Operand;
use crate::stmt::StmtContext;

/// Constants of the cases seen so far: the value as the compiler compares it, then types and places.
type SeenValues = FxHashMap<Key, SmallVec<[(TypeId, Pos); 1]>>;

/// Types of the cases seen so far, by identity hash; `None` is the case nil.
#[derive(Default)]
struct SeenTypes {
    by_hash: FxHashMap<u64, SmallVec<[(TypeId, ExprId); 1]>>,
    nil: Option<ExprId>,
}

impl<'a> Checker<'a> {
    /// Reports all `default` clauses but the first.
    fn multiple_defaults(&mut self, clauses: List<ClauseId>) {
        let tree = self.tree();
        let mut defaults = tree.list(clauses).filter(|&c| tree[c].is_default).map(|c| tree[c].loc.pos);
        let Some(first) = defaults.next() else { return };
        for pos in defaults {
            let first = self.position_text(self.at(first));
            let message = format!("multiple defaults (first at {first})");
            self.error(self.at(pos), Code::DuplicateDefault, message);
        }
    }

    // ----- expression switches -----

    /// An expression switch; its scope is open and its first statement checked.
    #[expect(
        clippy::mutable_key_type,
        reason = "joining the parts of a string changes neither its bytes nor its hash"
    )]
    pub(crate) fn expr_switch(&mut self, inner: StmtContext, tag: Option<ExprId>, clauses: List<ClauseId>) {
        let tree = self.tree();
        let mut x = self.switch_tag(tag);
        self.multiple_defaults(clauses);
        let mut seen = SeenValues::default();
        for (i, c) in tree.list(clauses).enumerate() {
            let clause = tree[c];
            let last = i + 1 == clauses.len();
            let inner = inner.with(if last { StmtContext::FINAL_CLAUSE } else { StmtContext::FALLTHROUGH });
            for e in tree.list(clause.exprs) {
                self.case_value(&mut x, e, &mut seen);
            }
            let outer = self.open_scope(NodeRef::Clause(c));
            self.stmt_list(inner, clause.body);
            self.close_scope(outer);
        }
    }

    /// The operand that cases are compared with.
    fn switch_tag(&mut self, tag: Option<ExprId>) -> Operand {
        let Some(tag) = tag else {
            // As if `true` stood there.
            return Operand {
                mode: Mode::Constant,
                ty: TypeId::BOOL,
                val: Some(Value::Bool(true)),
                ..Operand::new()
            };
        };
        let mut x = Operand::new();
        self.expr(None, &mut x, tag);
        self.assignment(&mut x, None, "switch expression");
        if x.is_valid() && self.store.comparable(x.ty, true).is_err() && !self.store.has_nil(x.ty) {
            let message = format!("cannot switch on {} ({} is not comparable)", self.ops(&x), self.ts(x.ty));
            self.error(self.op_start(&x), Code::InvalidExprSwitch, message);
            x.invalidate();
        }
        x
    }

    #[expect(
        clippy::mutable_key_type,
        reason = "joining the parts of a string changes neither its bytes nor its hash"
    )]
    fn case_value(&mut self, x: &mut Operand, e: ExprId, seen: &mut SeenValues) {
        let mut v = Operand::new();
        self.expr(None, &mut v, e);
        if !x.is_valid() || !v.is_valid() {
            return;
        }
        self.convert_untyped(&mut v, x.ty);
        if !v.is_valid() {
            return;
        }
        // The case comes first, so that errors are reported there.
        let mut result = v.clone();
        self.comparison(&mut result, x, BinaryOp::Eq, true);
        if !result.is_valid() || v.mode != Mode::Constant {
            return;
        }
        let Some(key) = v.val.as_ref().and_then(Value::case_key) else { return };
        let same = seen.entry(key).or_default();
        let previous = same.iter().find(|&&(ty, _)| identical(self.store, v.ty, ty));
        if let Some(&(_, previous)) = previous {
            let mut err = self.new_error(Code::DuplicateCase);
            err.add(self.op_start(&v), format!("duplicate case {} in expression switch", self.ops(&v)));
            err.add(previous, "previous case");
            self.report(err);
            return;
        }
        same.push((v.ty, self.node_pos(e)));
    }

    // ----- type switches -----

    /// A type switch; its scope is open and its first statement checked.
    pub(crate) fn type_switch(
        &mut self,
        inner: StmtContext,
        bind: Option<IdentId>,
        guard: ExprId,
        clauses: List<ClauseId>,
    ) {
        let tree = self.tree();
        let bind = bind.filter(|&ident| self.switch_variable(ident));
        let x = self.switch_operand(guard);
        self.multiple_defaults(clauses);
        let mut vars: Vec<ObjId> = Vec::new();
        let mut seen = SeenTypes::default();
        for c in tree.list(clauses) {
            let clause = tree[c];
            let ty = self.case_types(x.as_ref(), clause.exprs, &mut seen);
            let outer = self.open_scope(NodeRef::Clause(c));
            if let Some(ident) = bind {
                let ident = tree[ident];
                let var = self.new_local(self.at(ident.start), ident.name, Some(ty));
                self.declare(self.env.scope, None, var);
                self.record_implicit(NodeRef::Clause(c), var);
                vars.push(var);
            }
            self.stmt_list(inner, clause.body);
            self.close_scope(outer);
        }
        if let Some(ident) = bind {
            self.use_switch_variables(tree[ident].name, self.at(tree[ident].start), &vars);
        }
    }

    /// Notes the name bound by a type switch; false if it binds nothing.
    fn switch_variable(&mut self, ident: IdentId) -> bool {
        let id = self.tree()[ident];
        if id.name.is_blank() {
            let pos = self.at(id.start);
            self.soft_error(pos, Code::NoNewVar, "no new variable on left side of :=");
            return false;
        }
        self.record_def(ident, None);
        true
    }

    /// The variables of all clauses are one as far as being used goes.
    fn use_switch_variables(&mut self, name: Symbol, pos: Pos, vars: &[ObjId]) {
        let used = vars.iter().any(|&v| self.store.obj(v).is_used());
        for &v in vars {
            self.store.obj(v).mark_used();
        }
        if !used {
            self.soft_error(pos, Code::UnusedVar, format!("{name} declared and not used"));
        }
    }

    /// The operand of the guard, if it may be switched on.
    fn switch_operand(&mut self, guard: ExprId) -> Option<Operand> {
        let Expr::TypeSwitchGuard { x: e } = self.tree()[guard] else { return None };
        let mut x = Operand::new();
        self.expr(None, &mut x, e);
        if !x.is_valid() {
            return None;
        }
        let message = if self.store.is_type_param(x.ty) {
            format!("cannot use type switch on type parameter value {}", self.ops(&x))
        } else if self.store.is_interface(x.ty) {
            return Some(x);
        } else {
            format!("{} is not an interface", self.ops(&x))
        };
        self.error(self.op_start(&x), Code::InvalidTypeSwitch, message);
        None
    }

    /// Checks the types of a clause; gives the type that the bound variable has in it: that of a single type, else that
    /// of the operand.
    fn case_types(&mut self, x: Option<&Operand>, types: List<ExprId>, seen: &mut SeenTypes) -> TypeId {
        let mut only = None;
        for e in self.tree().list(types) {
            only = self.case_type(x, e, seen);
        }
        match only {
            Some(ty) if types.len() == 1 => ty,
            _ => x.map_or(TypeId::INVALID, |x| x.ty),
        }
    }

    /// One type of a clause; `None` for nil.
    fn case_type(&mut self, x: Option<&Operand>, e: ExprId, seen: &mut SeenTypes) -> Option<TypeId> {
        let ty = if self.denotes_nil(e) {
            // For what is recorded about the name.
            self.expr(None, &mut Operand::new(), e);
            None
        } else {
            let ty = self.var_type(e);
            if !self.store.is_valid(ty) {
                return Some(ty);
            }
            Some(ty)
        };
        if let Some(other) = self.case_type_seen(ty, e, seen) {
            // "nil" is no type, hence "case".
            let name = ty.map_or_else(|| "nil".to_owned(), |ty| self.ts(ty));
            let mut err = self.new_error(Code::DuplicateCase);
            err.add(self.start(e), format!("duplicate case {name} in type switch"));
            err.add(self.start(other), "previous case");
            self.report(err);
        } else if let (Some(x), Some(ty)) = (x, ty) {
            self.type_assertion(e, x, ty, true);
        }
        ty
    }

    /// The earlier case of the same type, if there is one; else notes this one.
    fn case_type_seen(&self, ty: Option<TypeId>, e: ExprId, seen: &mut SeenTypes) -> Option<ExprId> {
        let Some(ty) = ty else {
            let other = seen.nil;
            seen.nil = other.or(Some(e));
            return other;
        };
        let same = seen.by_hash.entry(identity_hash(self.store, ty)).or_default();
        let other = same.iter().find(|&&(t, _)| identical(self.store, t, ty)).map(|&(_, e)| e);
        if other.is_none() {
            same.push((ty, e));
        }
        other
    }

    /// Whether an expression is the predeclared nil, perhaps in parentheses.
    fn denotes_nil(&self, e: ExprId) -> bool {
        let tree = self.tree();
        let Expr::Name(ident) = tree[tree.unparen(e)] else { return false };
        self.lookup(tree.name(ident)).is_some_and(|o| matches!(self.store.obj(o).kind, ObjectKind::Nil))
    }

    // ----- select -----

    pub(crate) fn select_stmt(&mut self, inner: StmtContext, clauses: List<ClauseId>) {
        let tree = self.tree();
        self.multiple_defaults(clauses);
        for c in tree.list(clauses) {
            let clause = tree[c];
            if let Some(comm) = clause.comm.filter(|&comm| !self.is_communication(comm)) {
                let message = "select case must be send or receive (possibly with assignment)";
                self.error(self.stmt_pos(comm), Code::InvalidSelectCase, message);
                continue;
            }
            let outer = self.open_scope(NodeRef::Clause(c));
            if let Some(comm) = clause.comm {
                self.stmt(inner, comm);
            }
            self.stmt_list(inner, clause.body);
            self.close_scope(outer);
        }
    }

    fn is_communication(&self, comm: StmtId) -> bool {
        let tree = self.tree();
        let received = match tree[comm] {
            Stmt::Send { .. } => return true,
            Stmt::Assign { rhs, .. } if rhs.len() == 1 => tree.nth(rhs, 0),
            Stmt::Expr(e) => e,
            _ => return false,
        };
        matches!(tree[tree.unparen(received)], Expr::Unary { op: UnaryOp::Recv, .. })
    }
}
