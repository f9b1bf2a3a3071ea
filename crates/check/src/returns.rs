//! Terminating statements (spec: Terminating statements).

use escargo_base::Symbol;
use escargo_syntax::{BranchKind, ClauseId, Expr, List, Stmt, StmtId};

use crate::checker::Checker;

impl Checker<'_> {
    /// Whether control never gets past `s`, which carries `label`. The function body that holds `s` must have been
    /// checked: calls of panic and labeled breaks are known from that.
    pub(crate) fn is_terminating(&self, s: StmtId, label: Option<Symbol>) -> bool {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.ends_control(s, label))
    }

    fn ends_control(&self, s: StmtId, label: Option<Symbol>) -> bool {
        let tree = self.tree();
        match tree[s] {
            Stmt::Return(_) => true,
            Stmt::Branch { kind, .. } => matches!(kind, BranchKind::Goto | BranchKind::Fallthrough),
            Stmt::Labeled { label, stmt } => self.is_terminating(stmt, Some(tree.name(label))),
            Stmt::Expr(e) => {
                let e = tree.unparen(e);
                matches!(tree[e], Expr::Call { .. }) && self.env.panics.contains(&e)
            }
            Stmt::Block(list) => self.is_terminating_list(list),
            Stmt::If { then, els: Some(els), .. } => {
                self.is_terminating(then, None) && self.is_terminating(els, None)
            }
            Stmt::For { cond: None, body, .. } => {
                !self.has_labeled_break(s, label) && !self.has_plain_break(body)
            }
            Stmt::Switch { clauses, .. } | Stmt::TypeSwitch { clauses, .. } => {
                tree.list(clauses).any(|c| tree[c].is_default) && self.clauses_terminate(s, clauses, label)
            }
            Stmt::Select { clauses } => self.clauses_terminate(s, clauses, label),
            _ => false,
        }
    }

    /// The last statement that is not empty decides.
    fn is_terminating_list(&self, list: List<StmtId>) -> bool {
        let tree = self.tree();
        let last = tree.list(list).rev().find(|&s| !matches!(tree[s], Stmt::Empty));
        last.is_some_and(|s| self.is_terminating(s, None))
    }

    fn clauses_terminate(&self, s: StmtId, clauses: List<ClauseId>, label: Option<Symbol>) -> bool {
        let tree = self.tree();
        let leaves = |c: ClauseId| tree.list(tree[c].body).any(|s| self.has_plain_break(s));
        !self.has_labeled_break(s, label)
            && tree.list(clauses).all(|c| self.is_terminating_list(tree[c].body) && !leaves(c))
    }

    /// Whether some `break label` stands inside `s`. The breaks of a body are noted in source order as it is checked,
    /// so that nested labels do not make this walk the same statements again and again.
    fn has_labeled_break(&self, s: StmtId, label: Option<Symbol>) -> bool {
        let Some(label) = label else { return false };
        let loc = self.tree().stmt_loc(s);
        let Some(breaks) = self.labeled_breaks.get(&label) else { return false };
        let first = breaks.partition_point(|&offset| offset < loc.start);
        breaks.get(first).is_some_and(|&offset| offset < loc.end)
    }

    /// Whether `s` holds a `break` without label that leaves the statement around `s`.
    fn has_plain_break(&self, s: StmtId) -> bool {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || {
            let tree = self.tree();
            match tree[s] {
                Stmt::Branch { kind: BranchKind::Break, label } => label.is_none(),
                Stmt::Labeled { stmt, .. } => self.has_plain_break(stmt),
                Stmt::Block(list) => tree.list(list).any(|s| self.has_plain_break(s)),
                Stmt::If { then, els, .. } => {
                    self.has_plain_break(then) || els.is_some_and(|s| self.has_plain_break(s))
                }
                _ => false,
            }
        })
    }
}
