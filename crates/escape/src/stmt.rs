//! Statements (`escape/stmt.go`).

use escargo_ir::{CaseClause, Kind, NameId, NodeId, Op};
use escargo_types::Type;
use escargo_types::TypeId;

use crate::Event;
use crate::analyzer::{Analyzer, Nodes};
use crate::event::Reason;
use crate::graph::{Attrs, Hole, LocId};

impl Analyzer<'_, '_> {
    /// Walks a statement.
    pub(crate) fn stmt(&mut self, node: NodeId) {
        if self.cx.flags.m > 2 {
            self.trace(node);
        }
        self.init(node);
        match &self.unit.nodes[node].kind {
            Kind::Block(list) => {
                let list: Nodes = list.iter().copied().collect();
                self.stmts(&list);
            }
            &Kind::Decl(name) => {
                self.dcl(name);
            }
            &Kind::Label(_) => self.label(node),
            Kind::If { .. } | Kind::For { .. } | Kind::Range { .. } => self.control(node),
            Kind::Switch { tag, cases, .. } => {
                let (tag, cases) = (*tag, cases.iter().copied().collect::<Nodes>());
                self.switch(tag, &cases);
            }
            Kind::Select { cases, .. } => {
                let cases: Nodes = cases.iter().copied().collect();
                cases.iter().for_each(|&case| self.comm(case));
            }
            &Kind::Unary(Op::CheckNil, x) => self.discard(x),
            // Statements in front of it are done already.
            Kind::Unary(Op::Recv, _) => self.expr_skip_init(Hole::new(LocId::BLANK), node),
            &Kind::Send(chan, value) => {
                self.discard(chan);
                self.assign_heap(value, Reason::Send, node);
            }
            Kind::Assign { .. } | Kind::AssignOp { .. } | Kind::AssignList { .. } | Kind::Return(_) => {
                self.assignment(node);
            }
            &Kind::GoDefer { op, call, defer_at } => self.go_defer(node, op, call, defer_at.is_some()),
            &Kind::TailCall(call) => self.call(None, call),
            Kind::Call(_)
            | Kind::InlCall { .. }
            | Kind::Builtin { .. }
            | Kind::Unary(Op::Clear | Op::Close | Op::Panic, _)
            | Kind::Binary(Op::Copy, ..) => self.call(None, node),
            kind => debug_assert!(
                matches!(kind, Kind::Branch(..) | Kind::InlMark(_) | Kind::Leaf(Op::DclConst | Op::DclType)),
                "not a statement: {:?}",
                kind.op()
            ),
        }
    }

    pub(crate) fn stmts(&mut self, list: &[NodeId]) {
        for &node in list {
            self.stmt(node);
        }
    }

    /// Walks statements in front of a node.
    pub(crate) fn init(&mut self, node: NodeId) {
        if self.unit.nodes[node].init.is_empty() {
            return;
        }
        let list: Nodes = self.unit.nodes[node].init.iter().copied().collect();
        self.stmts(&list);
    }

    /// Walks statements; loops that begin among them end with them.
    pub(crate) fn block(&mut self, list: &[NodeId]) {
        let depth = self.frame.depth;
        self.stmts(list);
        self.frame.depth = depth;
    }

    /// A variable is declared here. The hole for what is stored in it.
    fn dcl(&mut self, name: NameId) -> Hole {
        if self.unit.names[name].sym.is_blank() {
            return Hole::new(LocId::BLANK);
        }
        let Some(loc) = self.loc_of(name) else {
            debug_assert!(false, "a variable without location is declared");
            return Hole::new(LocId::BLANK);
        };
        self.graph.locs[loc].depth = self.frame.depth;
        Hole::new(loc)
    }

    /// A label that a later `goto` jumps to begins a loop, which ends with the block.
    fn label(&mut self, node: NodeId) {
        let Kind::Label(label) = self.unit.nodes[node].kind else { return };
        if label.is_blank() {
            return;
        }
        let looping = self.frame.loops.contains(&label);
        if looping {
            self.frame.depth += 1;
        }
        if self.cx.flags.m > 2 {
            let (pos, text) = (self.unit.nodes[node].pos, self.text(node));
            (self.sink)(self.unit, Event::Label { pos, text, looping });
        }
    }

    fn control(&mut self, node: NodeId) {
        match &self.unit.nodes[node].kind {
            Kind::If { cond, body, els } => {
                let (cond, body) = (*cond, body.iter().copied().collect::<Nodes>());
                let els: Nodes = els.iter().copied().collect();
                self.discard(cond);
                self.block(&body);
                self.block(&els);
            }
            Kind::For { cond, post, body, .. } => {
                let (cond, post, body) = (*cond, *post, body.iter().copied().collect::<Nodes>());
                self.frame.depth += 1;
                self.discards(cond.as_slice());
                self.stmts(post.as_slice());
                self.block(&body);
                self.frame.depth -= 1;
            }
            Kind::Range { x, key, value, body, .. } => {
                let (x, key, value, body) = (*x, *key, *value, body.iter().copied().collect::<Nodes>());
                self.range(node, x, [key, value], &body);
            }
            _ => {}
        }
    }

    fn range(&mut self, node: NodeId, x: NodeId, vars: [Option<NodeId>; 2], body: &[NodeId]) {
        // The operand is evaluated outside the loop and lives as long as the loop runs.
        let operand = self.temp(Attrs::PERSISTS);
        self.expr(Hole::new(operand), x);

        self.frame.depth += 1;
        let holes = vars.map(|var| self.destination(var));
        let value = if self.is_array(self.ty(x)) {
            self.note(holes[1], node, Reason::Range)
        } else {
            self.deref(holes[1], node, Reason::RangeDeref)
        };
        self.flow(value, operand);
        self.reassigned(&holes, node);
        self.block(body);
        self.frame.depth -= 1;
    }

    fn switch(&mut self, tag: Option<NodeId>, cases: &[NodeId]) {
        match tag.map(|tag| &self.unit.nodes[tag].kind) {
            Some(&Kind::TypeSwitchGuard { tag, x }) => {
                let mut holes = Vec::new();
                if tag.is_some() {
                    for &case in cases {
                        holes.extend(self.case_variable(case));
                    }
                }
                let hole = self.tee(&holes);
                self.expr(hole, x);
            }
            _ => self.discards(tag.as_slice()),
        }
        for &case in cases {
            let Kind::Case(clause) = &self.unit.nodes[case].kind else { continue };
            let CaseClause { list, body, .. } = &**clause;
            let (list, body): (Nodes, Nodes) =
                (list.iter().copied().collect(), body.iter().copied().collect());
            self.discards(&list);
            self.block(&body);
        }
    }

    /// The hole that a type switch's operand flows to for one clause, if the clause's type has pointers.
    fn case_variable(&mut self, case: NodeId) -> Option<Hole> {
        let Kind::Case(clause) = &self.unit.nodes[case].kind else { return None };
        let var = clause.var?;
        let hole = self.dcl(var);
        let ty = self.unit.names[var].ty;
        self.has_pointers(ty).then(|| self.dot_type(hole, ty, case, Reason::SwitchCase))
    }

    fn comm(&mut self, case: NodeId) {
        let Kind::Comm { comm, body } = &self.unit.nodes[case].kind else { return };
        let (comm, body) = (*comm, body.iter().copied().collect::<Nodes>());
        self.stmts(comm.as_slice());
        self.block(&body);
    }

    /// The operand of a go or defer statement is a call without arguments and results, or is made one here.
    fn go_defer(&mut self, node: NodeId, op: Op, call: NodeId, deferred_elsewhere: bool) {
        let mut hole = Hole::new(LocId::HEAP);
        if op == Op::Defer && self.frame.depth == 1 && !deferred_elsewhere {
            // It does not escape but has to last until it is called.
            hole = self.later(Hole::new(LocId::BLANK));
        }
        let hole = self.trail_note(hole, node, Reason::CallParameter);
        if !self.cx.model.lowering.early_go_defer && !self.prepared(node, call) {
            return self.wrap_go_defer(hole, node, call);
        }
        match &self.unit.nodes[call].kind {
            Kind::Call(call) => {
                let fun = call.fun;
                self.expr(hole, fun);
            }
            kind => debug_assert!(false, "go or defer of {:?}", kind.op()),
        }
    }

    fn trace(&mut self, node: NodeId) {
        let (depth, func, text) = (self.frame.depth, self.frame.func, self.text(node));
        let mut pos = self.pos(node);
        if !pos.is_known() {
            pos = self.unit.func_name(func).pos;
        }
        (self.sink)(self.unit, Event::Statement { pos, depth, func, text });
    }

    pub(crate) fn is_array(&self, ty: TypeId) -> bool {
        matches!(self.cx.store.ty(self.cx.store.under(ty)), Type::Array { .. })
    }
}
