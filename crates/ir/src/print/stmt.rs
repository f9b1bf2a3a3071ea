//! Statements as text (`ir/fmt.go`, stmtFmt). Those with bodies are abridged, except `if`.

use super::expr::NodeWriter;
use super::op::spelling;
use crate::{Kind, NodeId, Op};

impl NodeWriter<'_, '_> {
    pub(super) fn stmt(&mut self, node: NodeId) {
        let unit = self.unit;
        match &unit.nodes[node].kind {
            &Kind::Decl(name) => {
                let name = &unit.names[name];
                self.text("var ");
                self.symbol(name.pkg, name.sym);
                self.text(" ");
                self.ty(name.ty);
            }
            &Kind::Assign { x, y, def } => {
                self.node(x);
                self.text(if def { " := " } else { " = " });
                self.optional(y, "<nil>");
            }
            Kind::AssignList { lhs, rhs, def, .. } => {
                self.list(lhs, ", ");
                self.text(if *def { " := " } else { " = " });
                self.list(rhs, ", ");
            }
            &Kind::AssignOp { op, x, incdec: true, .. } => {
                self.node(x);
                self.text(if op == Op::Add { "++" } else { "--" });
            }
            &Kind::AssignOp { op, x, y, .. } => {
                self.node(x);
                self.text(" ");
                self.text(spelling(op));
                self.text("= ");
                self.node(y);
            }
            Kind::Block(list) => self.list(list, "; "),
            Kind::Return(list) => {
                self.text("return ");
                self.list(list, ", ");
            }
            &Kind::GoDefer { op, call, .. } => {
                self.text(spelling(op));
                self.text(" ");
                self.node(call);
            }
            Kind::If { cond, body, els } => self.if_stmt(node, *cond, body, els),
            Kind::For { .. } | Kind::Range { .. } => self.text("for loop"),
            Kind::Select { .. } => self.text("select statement"),
            Kind::Switch { .. } => self.text("switch statement"),
            Kind::Case(case) => self.clause(&case.list, &case.body),
            Kind::Comm { comm, body } => self.clause(comm.as_slice(), body),
            &Kind::Branch(op, label) => {
                self.text(spelling(op));
                if let Some(label) = label {
                    self.text(" ");
                    self.text(label.as_str());
                }
            }
            Kind::Label(label) => {
                self.text(label.as_str());
                self.text(": ");
            }
            _ => {}
        }
    }

    /// A statement before the condition is shown only if it is a single one that declares nothing.
    fn if_stmt(&mut self, node: NodeId, cond: NodeId, body: &[NodeId], els: &[NodeId]) {
        let unit = self.unit;
        self.text("if ");
        if let &[init] = &unit.nodes[node].init[..]
            && unit.nodes[init].init.is_empty()
        {
            self.node(init);
            self.text("; ");
        }
        self.node(cond);
        self.text(" { ");
        self.list(body, "; ");
        self.text(" }");
        if !els.is_empty() {
            self.text(" else { ");
            self.list(els, "; ");
            self.text(" }");
        }
    }

    fn clause(&mut self, list: &[NodeId], body: &[NodeId]) {
        self.text(if list.is_empty() { "default" } else { "case " });
        self.list(list, ", ");
        self.text(": ");
        self.list(body, "; ");
    }
}
