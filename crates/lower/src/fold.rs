//! What the compiler's writer leaves out of a body: branches of conditions that are known, statements after one that
//! ends the flow of control, clauses that a constant switch never takes (`noder/writer.go`: staticBool, stmts,
//! terminates, switchStmt).

use escargo_check::{FileInfo, Mode};
use escargo_syntax::{BinaryOp, BranchKind, ClauseId, Expr, ExprId, List, Stmt, StmtId, Tree, UnaryOp};
use escargo_types::constant::Op;
use escargo_types::{Builtin, Value};

use smallvec::SmallVec;

use crate::range_plan::Plan;

/// Statements of a block: mostly few.
pub(crate) type Stmts = SmallVec<[StmtId; 16]>;

/// A condition of an `if` or `for`, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Its value, if that is known.
    pub(crate) known: Option<bool>,
    /// What is left to evaluate.
    pub(crate) expr: ExprId,
}

/// What is left of the clauses of an expression switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clauses {
    /// All of them, and the tag.
    All,
    /// One, as `default`; no tag.
    One(ClauseId),
    /// None; no tag.
    None,
}

/// Reads a file with what checking found out about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folder<'a> {
    /// The tree.
    pub(crate) tree: &'a Tree,
    /// Facts about its nodes.
    pub(crate) info: &'a FileInfo,
    /// How loops over functions are rewritten in the file.
    pub(crate) plan: &'a Plan,
    /// Statements that are never reached are left out.
    pub(crate) drops_dead: bool,
}

impl<'a> Folder<'a> {
    /// The constant value of an expression.
    pub(crate) fn value(&self, e: ExprId) -> Option<&'a Value> {
        let value = self.info.types.get(e)?.value?;
        self.info.values.get(value)
    }

    /// What is known of a condition. `replace` is told of operands of `&&` and `||` below it that are replaced by
    /// one of their own operands.
    pub(crate) fn condition(&self, e: ExprId, replace: &mut dyn FnMut(ExprId, ExprId)) -> Condition {
        if let Some(value) = self.value(e) {
            return Condition { known: Some(value.as_bool()), expr: e };
        }
        match self.tree[e] {
            // Only an operation without parentheses is looked into, and its value is not negated. As the operand can
            // only be another `!` then, nothing is ever known here.
            Expr::Unary { op: UnaryOp::Not, x } => {
                let inner = self.operand(x, replace);
                Condition { known: inner.known, expr: e }
            }
            Expr::Binary { op: BinaryOp::AndAnd, x, y } => self.logical(e, x, y, false, replace),
            Expr::Binary { op: BinaryOp::OrOr, x, y } => self.logical(e, x, y, true, replace),
            _ => Condition { known: None, expr: e },
        }
    }

    /// `x && y` (decided by a false operand) or `x || y` (decided by a true one).
    fn logical(
        &self,
        e: ExprId,
        x: ExprId,
        y: ExprId,
        decides: bool,
        replace: &mut dyn FnMut(ExprId, ExprId),
    ) -> Condition {
        let left = self.operand(x, replace);
        if left.known == Some(decides) {
            return Condition { known: Some(decides), expr: left.expr };
        }
        let right = self.operand(y, replace);
        if left.known == Some(!decides) || right.known == Some(decides) {
            let expr = if self.value(left.expr).is_some() { right.expr } else { e };
            return Condition { known: right.known, expr };
        }
        Condition { known: None, expr: e }
    }

    fn operand(&self, e: ExprId, replace: &mut dyn FnMut(ExprId, ExprId)) -> Condition {
        let condition = self.condition(e, replace);
        if condition.expr != e {
            replace(e, condition.expr);
        }
        condition
    }

    /// The value of a condition, if it is known.
    pub(crate) fn known(&self, cond: ExprId) -> Option<bool> {
        self.condition(cond, &mut |_, _| {}).known
    }

    /// The statements of a list that are written: those after one that ends the flow of control are dead, except for
    /// labels and what stands before the last of them. The second value says whether the end is dead, too.
    pub(crate) fn live(&self, list: &[StmtId]) -> (Stmts, bool) {
        if !self.drops_dead {
            return (list.into(), false);
        }
        let is_label = |&s: &StmtId| matches!(self.tree[s], Stmt::Labeled { .. });
        let last_label = list.iter().rposition(is_label);
        let mut live = Stmts::new();
        let mut dead = false;
        for (i, &s) in list.iter().enumerate() {
            if dead && last_label.is_none_or(|last| i > last) {
                continue;
            }
            live.push(s);
            dead = self.terminates(s);
        }
        (live, dead)
    }

    /// Whether control never reaches what follows a statement, as far as the compiler looks.
    pub(crate) fn terminates(&self, s: StmtId) -> bool {
        if self.plan.jump(s).is_some() {
            return true;
        }
        match self.tree[s] {
            Stmt::Branch { kind, .. } => kind == BranchKind::Goto,
            Stmt::Return(_) => true,
            Stmt::Expr(x) => match self.tree[self.tree.unparen(x)] {
                Expr::Call { fun, .. } => self.is_panic(fun),
                _ => false,
            },
            Stmt::If { cond, then, els, .. } => {
                let known = self.known(cond);
                (known == Some(false) || self.terminates(then))
                    && (known == Some(true) || els.is_some_and(|els| self.terminates(els)))
            }
            Stmt::Block(list) => self.last_non_empty(list).is_some_and(|last| self.terminates(last)),
            _ => false,
        }
    }

    fn is_panic(&self, fun: ExprId) -> bool {
        let fun = self.tree.unparen(fun);
        matches!(self.tree[fun], Expr::Name(_))
            && self.info.types.get(fun).is_some_and(|t| t.mode == Mode::Builtin(Builtin::Panic))
    }

    fn last_non_empty(&self, list: List<StmtId>) -> Option<StmtId> {
        self.tree.list(list).rev().find(|&s| !matches!(self.tree[s], Stmt::Empty))
    }

    /// Whether a clause ends in `fallthrough`.
    fn falls_through(&self, body: List<StmtId>) -> bool {
        let mut last = self.last_non_empty(body);
        while let Some(s) = last
            && let Stmt::Labeled { stmt, .. } = self.tree[s]
        {
            last = Some(stmt);
        }
        last.is_some_and(|s| matches!(self.tree[s], Stmt::Branch { kind: BranchKind::Fallthrough, .. }))
    }

    /// Which case of a clause a constant tag takes; none if the clause is the default.
    pub(crate) fn taken_case(&self, tag: Option<ExprId>, clause: ClauseId) -> Option<usize> {
        let tag = tag.map(|tag| self.value(tag));
        self.tree.list(self.tree[clause].exprs).position(|case| match (tag, self.value(case)) {
            (Some(Some(tag)), Some(value)) => tag.compare(Op::Eq, value),
            (None, Some(value)) => value.as_bool(),
            _ => false,
        })
    }

    /// What is left of an expression switch: if the tag is constant (or missing, which means true) and so are all
    /// cases up to the one that is taken, only that one.
    pub(crate) fn clauses(&self, tag: Option<ExprId>, clauses: List<ClauseId>) -> Clauses {
        let tag = match tag {
            Some(tag) => match self.value(tag) {
                Some(value) => Some(value),
                None => return Clauses::All,
            },
            None => None,
        };
        let matches = |value: &Value| match tag {
            Some(tag) => tag.compare(Op::Eq, value),
            None => value.as_bool(),
        };
        let mut target = None;
        'search: for clause in self.tree.list(clauses) {
            if self.tree[clause].is_default {
                target = Some(clause);
            }
            for case in self.tree.list(self.tree[clause].exprs) {
                let Some(value) = self.value(case) else { return Clauses::All };
                if matches(value) {
                    target = Some(clause);
                    break 'search;
                }
            }
        }
        match target {
            Some(target) if self.falls_through(self.tree[target].body) => Clauses::All,
            Some(target) => Clauses::One(target),
            None => Clauses::None,
        }
    }
}
