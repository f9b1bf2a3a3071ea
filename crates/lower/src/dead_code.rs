//! Dead code in releases that look for it in finished bodies: branches of constant conditions are emptied, clauses of
//! constant switches that are never taken go, but most statements behind a return stay (`deadcode/deadcode.go` of
//! 1.19 and 1.21).
//!
//! What is dead has been read nevertheless: its variables and literals have taken their numbers.

use escargo_ir::{IrPos, Kind, List, Node, NodeId, Op};
use escargo_syntax::{BinaryOp, ClauseId, Expr, ExprId, Stmt, StmtId};
use escargo_types::Value;

use crate::body::Body;

impl Body<'_, '_> {
    /// Statements; those behind a constant condition whose branch returns are dead unless a label follows.
    pub(crate) fn cut_stmts(&mut self, list: &[StmtId]) -> List {
        let tree = &self.source().tree;
        let last_label = list.iter().rposition(|&s| matches!(tree[s], Stmt::Labeled { .. }));
        let mut out = List::with_capacity(list.len());
        for (i, &s) in list.iter().enumerate() {
            self.stmt(s, &mut out);
            if last_label.is_none_or(|last| i >= last) && out.last().is_some_and(|&node| self.ends_here(node))
            {
                self.dead(|body| {
                    list[i + 1..].iter().for_each(|&s| body.stmt(s, &mut List::new()));
                });
                break;
            }
        }
        out
    }

    /// Lowers something for its side effects on numbers only. Copies have none of it.
    fn dead(&mut self, lower: impl FnOnce(&mut Self)) {
        if self.inline.is_none() {
            let listed = self.low.unit.func_list.len();
            lower(self);
            self.low.unit.func_list.truncate(listed);
        }
    }

    /// Whether a statement is a constant condition whose live branch ends with a return or panic.
    fn ends_here(&self, node: NodeId) -> bool {
        let unit = &self.low.unit;
        let Kind::If { cond, body, els } = &unit.nodes[node].kind else { return false };
        let Some(&Value::Bool(holds)) = unit.literal(*cond) else { return false };
        let live = if holds { body } else { els };
        live.last().is_some_and(|&last| match &unit.nodes[last].kind {
            Kind::Return(_) | Kind::Unary(Op::Panic, _) => true,
            // A return of an inlined body.
            Kind::Block(list) => list.last().is_some_and(|&last| match unit.nodes[last].kind {
                Kind::Branch(Op::Goto, label) => label == self.inline.as_ref().map(|frame| frame.ret_label),
                _ => false,
            }),
            _ => false,
        })
    }

    /// `if`, without a branch that is never taken.
    pub(crate) fn pruned_if(
        &mut self,
        pos: IrPos,
        init: Option<StmtId>,
        cond: ExprId,
        then: StmtId,
        els: Option<StmtId>,
    ) -> NodeId {
        let init = self.stmts(init.as_slice());
        let cond = self.reduced(cond);
        let cond = self.expr(cond);
        let known = match self.low.unit.literal(cond) {
            Some(&Value::Bool(holds)) => Some(holds),
            _ => None,
        };
        let mut body = List::new();
        match known {
            Some(false) => self.dead(|this| drop(this.block(then))),
            _ => body = self.block(then),
        }
        let mut otherwise = List::new();
        match known {
            Some(true) => self.dead(|this| drop(this.stmts(els.as_slice()))),
            _ => otherwise = self.stmts(els.as_slice()),
        }
        let mut node = Node::new(pos, Kind::If { cond, body, els: otherwise });
        node.init = init;
        self.low.unit.add(node)
    }

    /// What is left of a condition: an operand of `&&` or `||` if the left one is constant.
    fn reduced(&mut self, cond: ExprId) -> ExprId {
        let tree = &self.source().tree;
        let e = tree.unparen(cond);
        let Expr::Binary { op: op @ (BinaryOp::AndAnd | BinaryOp::OrOr), x, y } = tree[e] else { return e };
        if self.type_and_value(e).value.is_some() {
            return e;
        }
        let (left, right) = (self.reduced(x), self.reduced(y));
        if let Some(value) = self.type_and_value(left).value {
            let holds = self.info().values[value].as_bool();
            return if holds == (op == BinaryOp::AndAnd) { right } else { left };
        }
        self.folds.extend([(x, left), (y, right)]);
        e
    }

    /// Whether a body consists of nothing but constant conditions without anything behind them.
    pub(crate) fn does_nothing(&self, list: &[NodeId]) -> bool {
        let unit = &self.low.unit;
        let constant = |cond: NodeId| match unit.literal(cond) {
            Some(&Value::Bool(holds)) => Some(holds),
            _ => None,
        };
        list.iter().all(|&node| {
            unit.nodes[node].init.is_empty()
                && match &unit.nodes[node].kind {
                    Kind::If { cond, body, els } => {
                        constant(*cond).is_some() && body.is_empty() && els.is_empty()
                    }
                    Kind::For { cond: Some(cond), .. } => constant(*cond) == Some(false),
                    _ => false,
                }
        })
    }

    /// Lowers a clause that a constant switch never takes.
    pub(crate) fn dead_clause(&mut self, clause: ClauseId) {
        self.dead(|body| {
            let tree = &body.source().tree;
            for case in tree.list(tree[clause].exprs) {
                body.expr(case);
            }
            body.clause_body(clause);
        });
    }
}
