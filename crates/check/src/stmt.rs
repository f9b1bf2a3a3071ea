//! Statements and function bodies.

use escargo_base::{Pos, Symbol};
use escargo_syntax::{AssignOp, BinaryOp, BranchKind, Expr, ExprId, IdentId, List, Stmt, StmtId};
use escargo_types::{ObjId, ObjectKind, TypeId, Value, VarKind};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::checker::{Checker, DeclInfoId, Env};
use crate::code::Code;
use crate::expr::ExprKind;
use crate::info::{Mode, NodeRef, ScopeId};
use crate::operand::Operand;

/// A list of expressions taken out of the tree.
pub(crate) type ExprList = SmallVec<[ExprId; 4]>;

/// Which branches may stand at a place, and what messages say about it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StmtContext(u8);

impl StmtContext {
    /// `break` has something to leave.
    pub(crate) const BREAK: StmtContext = StmtContext(1);
    /// `continue` has a loop to go on with.
    pub(crate) const CONTINUE: StmtContext = StmtContext(2);
    /// `fallthrough` may stand here: last in a clause that another one follows.
    pub(crate) const FALLTHROUGH: StmtContext = StmtContext(4);
    /// Directly in the last clause of a switch.
    pub(crate) const FINAL_CLAUSE: StmtContext = StmtContext(8);
    /// Directly in a clause of a type switch.
    pub(crate) const TYPE_SWITCH: StmtContext = StmtContext(16);

    pub(crate) const fn with(self, other: StmtContext) -> StmtContext {
        StmtContext(self.0 | other.0)
    }
    const fn without(self, other: StmtContext) -> StmtContext {
        StmtContext(self.0 & !other.0)
    }
    const fn has(self, other: StmtContext) -> bool {
        self.0 & other.0 != 0
    }
    /// What holds in nested blocks too.
    const fn nested(self) -> StmtContext {
        self.without(Self::FALLTHROUGH).without(Self::FINAL_CLAUSE).without(Self::TYPE_SWITCH)
    }
}

impl<'a> Checker<'a> {
    /// Checks a function body (`types2/stmt.go: funcBody`). `decl`: the package-level declaration whose
    /// dependencies the body adds to.
    pub(crate) fn func_body(
        &mut self,
        decl: Option<DeclInfoId>,
        sig: TypeId,
        body: StmtId,
        iota: Option<Value>,
    ) {
        let scope = self.signature_scope(sig);
        let inner = Env {
            decl,
            scope,
            file: self.env.file,
            lang: self.env.lang,
            iota,
            errpos: Pos::NONE,
            in_tparam_list: false,
            sig: Some(sig),
            generic: self.env.generic,
            panics: FxHashSet::default(),
            has_label: false,
            has_call_or_recv: false,
        };
        let outer = std::mem::replace(&mut self.env, inner);
        let outer_breaks = std::mem::take(&mut self.labeled_breaks);
        self.checked_body(sig, body);
        self.report_unused_variables(scope);
        self.labeled_breaks = outer_breaks;
        self.env = outer;
    }

    fn checked_body(&mut self, sig: TypeId, body: StmtId) {
        let tree = self.tree();
        let Stmt::Block(list) = tree[body] else { return };
        self.stmt_list(StmtContext::default(), list);
        if self.env.has_label {
            self.check_labels(body);
        }
        if !self.results_of(sig).is_empty() && !self.is_terminating(body, None) {
            let rbrace = self.at(tree.stmt_loc(body).end.saturating_sub(1));
            self.error(rbrace, Code::MissingReturn, "missing return");
        }
    }

    /// The result variables of a signature.
    pub(crate) fn results_of(&self, sig: TypeId) -> &'a [ObjId] {
        let store = self.store;
        store.as_signature(sig).map_or(&[], |s| store.tuple(s.results))
    }

    /// Reports unused variables of a function's scopes: of a scope in order of position, then of the scopes inside.
    /// Function literals report their own.
    pub(crate) fn report_unused_variables(&mut self, scope: ScopeId) {
        let mut todo = vec![scope];
        let mut unused: Vec<ObjId> = Vec::new();
        while let Some(scope) = todo.pop() {
            let scope = &self.scopes[scope];
            let inner = scope.children.iter().rev().copied();
            todo.extend(inner.filter(|&s| !self.scopes[s].is_func));
            unused
                .extend(scope.names.iter().map(|&(_, obj)| obj).filter(|&obj| self.is_unused_variable(obj)));
            unused.sort_by_key(|&v| self.store.obj(v).pos.offset);
            for v in unused.drain(..) {
                let v = self.store.obj(v);
                self.soft_error(v.pos, Code::UnusedVar, format!("declared and not used: {}", v.name));
            }
        }
    }

    fn is_unused_variable(&self, obj: ObjId) -> bool {
        let obj = self.store.obj(obj);
        let ObjectKind::Var { kind, .. } = obj.kind else { return false };
        !matches!(kind, VarKind::Receiver | VarKind::Param | VarKind::Result) && !obj.is_used()
    }

    // ----- scopes -----

    /// Opens the scope of a node and makes it the current one; gives the scope to go back to.
    pub(crate) fn open_scope(&mut self, node: NodeRef) -> ScopeId {
        let outer = self.env.scope;
        let scope = self.new_scope(Some(outer), false);
        self.record_scope(node, scope);
        self.env.scope = scope;
        outer
    }
    /// Goes back to the scope that [`open_scope`](Self::open_scope) gave.
    pub(crate) fn close_scope(&mut self, outer: ScopeId) {
        self.env.scope = outer;
    }

    // ----- statements -----

    /// Checks the statements of a block or clause.
    pub(crate) fn stmt_list(&mut self, ctxt: StmtContext, list: List<StmtId>) {
        let tree = self.tree();
        let inner = ctxt.without(StmtContext::FALLTHROUGH);
        // Empty statements at the end do not keep a fallthrough from being the last one.
        let empty = tree.list(list).rev().take_while(|&s| matches!(tree[s], Stmt::Empty)).count();
        let last = list.len() - empty;
        for (i, s) in tree.list(list).take(last).enumerate() {
            self.stmt(if i + 1 == last { ctxt } else { inner }, s);
        }
    }

    /// Checks a statement.
    pub(crate) fn stmt(&mut self, ctxt: StmtContext, s: StmtId) {
        let put_off = self.delayed.len();
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || {
            self.stmt_kind(ctxt, s);
            // Function literals see the scopes as they are here.
            self.process_delayed(put_off);
        });
    }

    pub(crate) fn simple_stmt(&mut self, s: Option<StmtId>) {
        if let Some(s) = s {
            self.stmt(StmtContext::default(), s);
        }
    }

    fn stmt_kind(&mut self, ctxt: StmtContext, s: StmtId) {
        let tree = self.tree();
        let inner = ctxt.nested();
        match tree[s] {
            Stmt::Bad | Stmt::Empty => {}
            Stmt::Decl(decls) => self.decl_stmt(decls),
            Stmt::Labeled { stmt, .. } => {
                self.env.has_label = true;
                self.stmt(ctxt, stmt);
            }
            Stmt::Expr(e) => self.expr_stmt(e),
            Stmt::Send { chan, value } => self.send_stmt(s, chan, value),
            Stmt::IncDec { x, inc } => self.inc_dec_stmt(x, inc),
            Stmt::Assign { op, lhs, rhs } => self.assign_stmt(s, op, lhs, rhs),
            Stmt::Go(call) => self.suspended_call("go", Code::InvalidGo, call),
            Stmt::Defer(call) => self.suspended_call("defer", Code::InvalidDefer, call),
            Stmt::Return(results) => self.return_stmt(s, results),
            Stmt::Branch { kind, label } => self.branch_stmt(ctxt, s, kind, label),
            Stmt::Block(list) => {
                let outer = self.open_scope(NodeRef::Stmt(s));
                self.stmt_list(inner, list);
                self.close_scope(outer);
            }
            Stmt::If { init, cond, then, els } => {
                let outer = self.open_scope(NodeRef::Stmt(s));
                self.simple_stmt(init);
                self.condition(cond, "if");
                self.stmt(inner, then);
                if let Some(els) = els {
                    self.stmt(inner, els);
                }
                self.close_scope(outer);
            }
            Stmt::Switch { init, tag, clauses } => {
                let outer = self.open_scope(NodeRef::Stmt(s));
                self.simple_stmt(init);
                self.expr_switch(inner.with(StmtContext::BREAK), tag, clauses);
                self.close_scope(outer);
            }
            Stmt::TypeSwitch { init, bind, guard, clauses } => {
                let outer = self.open_scope(NodeRef::Stmt(s));
                self.simple_stmt(init);
                let inner = inner.with(StmtContext::BREAK).with(StmtContext::TYPE_SWITCH);
                self.type_switch(inner, bind, guard, clauses);
                self.close_scope(outer);
            }
            Stmt::Select { clauses } => self.select_stmt(inner.with(StmtContext::BREAK), clauses),
            Stmt::For { init, cond, post, body } => {
                let outer = self.open_scope(NodeRef::Stmt(s));
                self.for_clause(init, cond, post);
                self.stmt(inner.with(StmtContext::BREAK).with(StmtContext::CONTINUE), body);
                self.close_scope(outer);
            }
            Stmt::Range { .. } => {
                self.range_stmt(inner.with(StmtContext::BREAK).with(StmtContext::CONTINUE), s);
            }
        }
    }

    /// The expressions of a list.
    pub(crate) fn exprs_of(&self, list: List<ExprId>) -> ExprList {
        self.tree().list(list).collect()
    }

    /// Where the compiler reports an error about a statement.
    pub(crate) fn stmt_pos(&self, s: StmtId) -> Pos {
        let tree = self.tree();
        match tree[s] {
            Stmt::Send { chan: e, .. } | Stmt::IncDec { x: e, .. } => self.start(e),
            Stmt::Assign { lhs, .. } if !lhs.is_empty() => self.start(tree.nth(lhs, 0)),
            _ => self.at(tree.stmt_loc(s).pos),
        }
    }

    /// An expression as a statement: calls and receive operations only.
    fn expr_stmt(&mut self, e: ExprId) {
        let mut x = Operand::new();
        let kind = self.raw_expr(None, &mut x, e, None, false);
        let (what, code) = match x.mode {
            Mode::Builtin(_) => ("must be called", Code::UncalledBuiltin),
            Mode::TypeExpr => ("is not an expression", Code::NotAnExpr),
            _ if kind == ExprKind::Statement => return,
            _ => ("is not used", Code::UnusedExpr),
        };
        let message = format!("{} {what}", self.ops(&x));
        self.error(self.op_start(&x), code, message);
    }

    fn send_stmt(&mut self, s: StmtId, chan: ExprId, value: ExprId) {
        let (mut ch, mut val) = (Operand::new(), Operand::new());
        self.expr(None, &mut ch, chan);
        self.generic_expr(&mut val, value);
        if !ch.is_valid() || !val.is_valid() {
            return;
        }
        if let Some(elem) = self.chan_elem(self.stmt_pos(s), &ch, false) {
            self.assignment(&mut val, Some(elem), "send");
        }
    }

    fn inc_dec_stmt(&mut self, e: ExprId, inc: bool) {
        let mut x = Operand::new();
        self.expr(None, &mut x, e);
        if !x.is_valid() {
            return;
        }
        if !self.store.all_numeric(x.ty) {
            let op = if inc { "++" } else { "--" };
            let message =
                format!("invalid operation: {}{op} (non-numeric type {})", self.es(e), self.ts(x.ty));
            self.error_at(e, Code::NonNumericIncDec, message);
            return;
        }
        self.assign_var(e, None, Some(&mut x), "assignment");
    }

    fn assign_stmt(&mut self, s: StmtId, op: AssignOp, lhs: List<ExprId>, rhs: List<ExprId>) {
        let (lhs, rhs) = (self.exprs_of(lhs), self.exprs_of(rhs));
        match op {
            AssignOp::Assign => self.assign_vars(&lhs, &rhs),
            AssignOp::Define => {
                let pos = self.at(self.tree().stmt_loc(s).pos);
                self.short_var_decl(pos, &lhs, &rhs);
            }
            AssignOp::Op(op) => self.assign_operation(s, op, &lhs, &rhs),
        }
    }

    fn assign_operation(&mut self, s: StmtId, op: BinaryOp, lhs: &[ExprId], rhs: &[ExprId]) {
        let (&[left], &[right]) = (lhs, rhs) else {
            let message = format!("assignment operation {} requires single-valued expressions", op.as_str());
            self.error(self.stmt_pos(s), Code::MultiValAssignOp, message);
            return;
        };
        let mut x = Operand::new();
        self.binary(&mut x, None, left, right, op);
        self.assign_var(left, None, Some(&mut x), "assignment");
    }

    /// `go` and `defer`.
    fn suspended_call(&mut self, keyword: &str, code: Code, call: ExprId) {
        if !matches!(self.tree()[call], Expr::Call { .. }) {
            self.error_at(call, code, format!("expression in {keyword} must be function call"));
            self.use_exprs(&[call]);
            return;
        }
        let mut x = Operand::new();
        let (what, code) = match self.raw_expr(None, &mut x, call, None, false) {
            ExprKind::Statement => return,
            ExprKind::Conversion => ("requires function call, not conversion", code),
            ExprKind::Expression => ("discards result of", Code::UnusedResults),
        };
        let message = format!("{keyword} {what} {}", self.ops(&x));
        self.error(self.op_start(&x), code, message);
    }

    fn return_stmt(&mut self, s: StmtId, results: List<ExprId>) {
        let vars = self.env.sig.map_or(&[][..], |sig| self.results_of(sig));
        let named = vars.first().is_some_and(|&v| !self.store.obj(v).name.is_empty());
        if !results.is_empty() || !named {
            let results = self.exprs_of(results);
            self.init_vars(vars, &results, Some(s));
            return;
        }
        // The results are returned as they are: each must be what its name means here.
        for &v in vars {
            let name = self.store.obj(v).name;
            if let Some(alt) = self.lookup(name).filter(|&alt| alt != v) {
                let mut err = self.new_error(Code::OutOfScopeResult);
                err.add(self.stmt_pos(s), format!("result parameter {name} not in scope at return"));
                err.add(self.store.obj(alt).pos, format!("inner declaration of {}", self.os(v)));
                self.report(err);
            }
        }
    }

    fn branch_stmt(&mut self, ctxt: StmtContext, s: StmtId, kind: BranchKind, label: Option<IdentId>) {
        if let Some(label) = label {
            // The rest is known once all labels are: see `check_labels`.
            self.env.has_label = true;
            if kind == BranchKind::Break {
                let ident = self.tree()[label];
                self.labeled_breaks.entry(ident.name).or_default().push(ident.start);
            }
            return;
        }
        if self.config.ignore_branch_errors {
            return;
        }
        let (code, message) = match kind {
            BranchKind::Break if !ctxt.has(StmtContext::BREAK) => {
                (Code::MisplacedBreak, "break not in for, switch, or select statement")
            }
            BranchKind::Continue if !ctxt.has(StmtContext::CONTINUE) => {
                (Code::MisplacedContinue, "continue not in for statement")
            }
            BranchKind::Fallthrough if !ctxt.has(StmtContext::FALLTHROUGH) => {
                let message = if ctxt.has(StmtContext::FINAL_CLAUSE) {
                    "cannot fallthrough final case in switch"
                } else if ctxt.has(StmtContext::TYPE_SWITCH) {
                    "cannot fallthrough in type switch"
                } else {
                    "fallthrough statement out of place"
                };
                (Code::MisplacedFallthrough, message)
            }
            BranchKind::Goto => (Code::InvalidSyntaxTree, "branch statement: goto"),
            _ => return,
        };
        self.error(self.stmt_pos(s), code, message);
    }

    /// The condition of an `if` or `for`.
    fn condition(&mut self, cond: ExprId, keyword: &str) {
        let mut x = Operand::new();
        self.expr(None, &mut x, cond);
        if x.is_valid() && !self.store.all_boolean(x.ty) {
            self.error_at(cond, Code::InvalidCond, format!("non-boolean condition in {keyword} statement"));
        }
    }

    fn for_clause(&mut self, init: Option<StmtId>, cond: Option<ExprId>, post: Option<StmtId>) {
        self.simple_stmt(init);
        if let Some(cond) = cond {
            self.condition(cond, "for");
        }
        self.simple_stmt(post);
        if let Some(Stmt::Assign { op: AssignOp::Define, lhs, .. }) = post.map(|s| self.tree()[s]) {
            // The parser has reported it; what is declared there counts as used.
            let lhs = self.exprs_of(lhs);
            self.use_exprs(&lhs);
        }
    }

    /// A new local variable of the package being checked.
    pub(crate) fn new_local(&self, pos: Pos, name: Symbol, ty: Option<TypeId>) -> ObjId {
        let var = escargo_types::Object::var(VarKind::Local, pos, Some(self.pkg), name, ty);
        self.store.new_object(var)
    }
}
