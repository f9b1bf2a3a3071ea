//! Statements (`noder/writer.go`, `noder/reader.go`: stmts, stmt1; `typecheck/stmt.go`).

use escargo_base::Symbol;
use escargo_dialect::Feature;
use escargo_ir::{IrPos, Kind, List, Node, NodeId, Op};
use escargo_syntax::{AssignOp, BinaryOp, BranchKind, ExprId, IdentId, Stmt, StmtId};
use escargo_types::{Type, TypeId};

use crate::assign::Target;
use crate::body::Body;
use crate::fold::Folder;
use crate::fold::Stmts;
use crate::range_plan::Plan;

/// The operation of a binary operator.
pub(crate) fn binary_op(op: BinaryOp) -> Op {
    match op {
        BinaryOp::OrOr => Op::OrOr,
        BinaryOp::AndAnd => Op::AndAnd,
        BinaryOp::Eq => Op::Eq,
        BinaryOp::Ne => Op::Ne,
        BinaryOp::Lt => Op::Lt,
        BinaryOp::Le => Op::Le,
        BinaryOp::Gt => Op::Gt,
        BinaryOp::Ge => Op::Ge,
        BinaryOp::Add => Op::Add,
        BinaryOp::Sub => Op::Sub,
        BinaryOp::Or => Op::Or,
        BinaryOp::Xor => Op::Xor,
        BinaryOp::Mul => Op::Mul,
        BinaryOp::Div => Op::Div,
        BinaryOp::Rem => Op::Mod,
        BinaryOp::And => Op::And,
        BinaryOp::AndNot => Op::AndNot,
        BinaryOp::Shl => Op::Lsh,
        BinaryOp::Shr => Op::Rsh,
    }
}

/// The operation of a jump.
pub(crate) fn branch_op(kind: BranchKind) -> Op {
    match kind {
        BranchKind::Break => Op::Break,
        BranchKind::Continue => Op::Continue,
        BranchKind::Goto => Op::Goto,
        BranchKind::Fallthrough => Op::Fall,
    }
}

/// Lists and blocks.
impl<'w> Body<'_, 'w> {
    /// The statements of a function's body; an empty body has one empty block.
    pub(crate) fn func_body(&mut self, block: StmtId) -> List {
        let mut list = self.block(block);
        if list.is_empty() || !self.rules().drops_dead_statements && self.does_nothing(&list) {
            list.clear();
            list.push(self.low.unit.stmt(IrPos::NONE, Kind::Block(List::new())));
        }
        list
    }

    /// The statements of a block.
    pub(crate) fn block(&mut self, block: StmtId) -> List {
        let tree = &self.source().tree;
        match tree[block] {
            Stmt::Block(list) => {
                let list: Stmts = tree.list(list).collect();
                self.stmts(&list)
            }
            _ => self.stmts(&[block]),
        }
    }

    /// Lowers a list of statements; dead ones are left out.
    pub(crate) fn stmts(&mut self, list: &[StmtId]) -> List {
        self.stmts_to_end(list).0
    }

    /// As [`Body::stmts`]; the second value says whether what follows the list is dead.
    pub(crate) fn stmts_to_end(&mut self, list: &[StmtId]) -> (List, bool) {
        if !self.rules().drops_dead_statements {
            return (self.cut_stmts(list), false);
        }
        let plan = self.plan();
        let (live, dead) = self.folder(&plan).live(list);
        let mut out = List::with_capacity(live.len());
        for s in live {
            self.stmt(s, &mut out);
        }
        (out, dead)
    }

    /// A statement as one node, if there is anything to do: several become a block (`noder/reader.go`, stmt).
    pub(crate) fn single(&mut self, s: Option<StmtId>) -> Option<NodeId> {
        let list = self.stmts(s.as_slice());
        self.as_block(list)
    }

    fn as_block(&mut self, list: List) -> Option<NodeId> {
        match list[..] {
            [] => None,
            [node] => Some(node),
            [first, ..] => {
                let pos = self.low.unit.nodes[first].pos;
                Some(self.low.unit.stmt(pos, Kind::Block(list)))
            }
        }
    }

    /// How loops over functions in the file are rewritten.
    pub(crate) fn plan(&mut self) -> std::rc::Rc<Plan> {
        self.low.range_plan(self.pkg, self.file)
    }

    /// Finds out what is not written.
    pub(crate) fn folder<'a>(&self, plan: &'a Plan) -> Folder<'a>
    where
        'w: 'a,
    {
        let drops_dead = self.low.cx.model.lowering.drops_dead_statements;
        Folder { tree: &self.source().tree, info: self.info(), plan, drops_dead }
    }

    /// Position of a statement.
    pub(crate) fn stmt_pos(&self, s: StmtId) -> IrPos {
        self.at(self.source().tree.stmt_loc(s).pos)
    }

    /// A label or what jumps to one; inlined bodies have labels of their own.
    pub(crate) fn label(&self, name: Symbol) -> Symbol {
        match &self.inline {
            Some(frame) if !name.is_blank() => {
                Symbol::intern(&format!("~{name}·{}", escargo_base::Id::index(frame.inl) + 1))
            }
            _ => name,
        }
    }
}

/// Statements.
impl Body<'_, '_> {
    pub(crate) fn stmt(&mut self, s: StmtId, out: &mut List) {
        let tree = &self.source().tree;
        let pos = self.stmt_pos(s);
        match tree[s] {
            Stmt::Bad | Stmt::Empty => {}
            Stmt::Block(_) => {
                let list = self.block(s);
                out.extend(list);
            }
            Stmt::Expr(x) => {
                let x = self.expr(x);
                out.push(x);
            }
            Stmt::Send { chan, value } => {
                let node = self.send(pos, chan, value);
                out.push(node);
            }
            Stmt::Decl(decls) => tree.list(decls).for_each(|decl| self.decl_stmt(decl, out)),
            Stmt::Assign { op: AssignOp::Op(op), lhs, rhs } => {
                let node = self.op_assign(pos, op, tree.nth(lhs, 0), tree.nth(rhs, 0));
                out.push(node);
            }
            Stmt::Assign { lhs, rhs, .. } => {
                let targets: Vec<Target> = tree.list(lhs).map(Target::Expr).collect();
                let values: Vec<ExprId> = tree.list(rhs).collect();
                self.assign_stmt(pos, &targets, &values, out);
            }
            Stmt::IncDec { x, inc } => {
                let node = self.inc_dec(pos, x, inc);
                out.push(node);
            }
            Stmt::Go(call) => {
                let node = self.go_stmt(pos, call);
                out.push(node);
            }
            Stmt::Defer(call) => {
                let node = self.defer_stmt(s, pos, call);
                out.push(node);
            }
            Stmt::Return(values) => {
                let values: Vec<ExprId> = tree.list(values).collect();
                self.return_stmt(s, pos, &values, out);
            }
            Stmt::Branch { kind, label } => self.branch_stmt(s, pos, kind, label, out),
            Stmt::Labeled { label, stmt } => {
                let name = self.label(tree.name(label));
                let kind = if name.is_blank() { Kind::Block(List::new()) } else { Kind::Label(name) };
                out.push(self.low.unit.stmt(pos, kind));
                self.stmt(stmt, out);
            }
            Stmt::If { init, cond, then, els } => {
                let node = self.if_stmt(pos, init, cond, then, els);
                out.extend(node);
            }
            Stmt::For { init, cond, post, body } => {
                let label = self.loop_label(out);
                let node = self.for_stmt(pos, label, init, cond, post, body);
                out.extend(node);
            }
            Stmt::Range { .. } => self.range_stmt(s, out),
            Stmt::Switch { init, tag, clauses } => {
                let label = self.loop_label(out);
                let node = self.switch_stmt(pos, label, init, tag, clauses);
                out.push(node);
            }
            Stmt::TypeSwitch { init, bind, guard, clauses } => {
                let label = self.loop_label(out);
                let node = self.type_switch(pos, label, init, bind, guard, clauses);
                out.push(node);
            }
            Stmt::Select { clauses } => {
                let label = self.loop_label(out);
                let node = self.select_stmt(pos, label, clauses);
                out.push(node);
            }
        }
    }

    /// The label of a statement that is about to be lowered: what stands before it in the list.
    pub(crate) fn loop_label(&self, out: &List) -> Option<Symbol> {
        match self.low.unit.nodes[*out.last()?].kind {
            Kind::Label(name) => Some(name),
            _ => None,
        }
    }

    fn send(&mut self, pos: IrPos, chan: ExprId, value: ExprId) -> NodeId {
        let store = self.low.cx.store;
        let ty = escargo_types::typeset::common_under(store, self.type_of(chan));
        let elem = match ty.map(|ty| store.ty(ty)) {
            Some(&Type::Chan { elem, .. }) => Some(elem),
            _ => None,
        };
        let chan = self.expr(chan);
        let value = match elem {
            Some(elem) => self.convert(value, elem),
            None => self.expr(value),
        };
        let at = self.place(pos);
        let value = match *store.ty(store.under(self.low.unit.nodes[chan].ty)) {
            Type::Chan { elem, .. } => self.build().assign_conv(at, value, elem),
            _ => value,
        };
        self.low.unit.stmt(pos, Kind::Send(chan, value))
    }

    fn branch_stmt(
        &mut self,
        s: StmtId,
        pos: IrPos,
        kind: BranchKind,
        label: Option<IdentId>,
        out: &mut List,
    ) {
        let plan = self.plan();
        if let Some(jump) = plan.jump(s) {
            return self.range_jump(pos, jump, &[], out);
        }
        let label = label.map(|label| self.label(self.source().tree.name(label)));
        out.push(self.low.unit.stmt(pos, Kind::Branch(branch_op(kind), label)));
    }

    fn return_stmt(&mut self, s: StmtId, pos: IrPos, values: &[ExprId], out: &mut List) {
        let plan = self.plan();
        if let Some(jump) = plan.jump(s) {
            return self.range_jump(pos, jump, values, out);
        }
        let store = self.low.cx.store;
        let results = store.as_signature(self.sig).map_or(&[][..], |sig| store.tuple(sig.results));
        let types: Vec<Option<TypeId>> = results.iter().map(|&var| Some(store.obj_type(var))).collect();
        let mut results = self.multi_expr(pos, &types, values);
        let mut init = List::new();
        if let &[call] = &results[..]
            && matches!(store.ty(self.low.unit.nodes[call].ty), Type::Tuple(_))
        {
            let (func, at) = (self.func, self.low.stand);
            let (assign, temps) = self.build().spread_results(func, at, call);
            init.push(assign);
            results = temps;
        }
        let node = self.return_values(pos, results, init);
        out.push(node);
    }

    /// `return results`, of lowered values, with statements before it; in an inlined body an assignment and a jump to its end
    /// (`noder/reader.go`, inlReturn).
    pub(crate) fn return_values(&mut self, pos: IrPos, mut results: List, init: List) -> NodeId {
        let store = self.low.cx.store;
        let vars = store.as_signature(self.sig).map_or(&[][..], |sig| store.tuple(sig.results));
        let mut at = self.place(pos);
        for (y, &var) in results.iter_mut().zip(vars) {
            let ty = self.ty(store.obj_type(var));
            let node = &self.low.unit.nodes[*y];
            if !matches!(node.kind, Kind::Name(_)) && node.pos.is_known() {
                at = node.pos;
            }
            *y = self.build().assign_conv(at, *y, ty);
        }
        let Some(frame) = &self.inline else {
            let mut node = Node::new(pos, Kind::Return(results));
            node.init = init;
            return self.low.unit.add(node);
        };
        let pos = self.low.unit.nodes[frame.call].pos;
        let (names, delayed, label) = (frame.ret_vars.clone(), frame.delay_results, frame.ret_label);
        let mut block = init;
        if !results.is_empty() {
            let lhs = names.iter().map(|&name| self.low.unit.names[name].node).collect();
            let kind = Kind::AssignList { op: Op::As2, lhs, rhs: results, def: false };
            let assign = self.low.unit.stmt(pos, kind);
            if delayed {
                for name in names {
                    block.push(self.low.unit.stmt(pos, Kind::Decl(name)));
                    self.low.unit.names[name].defn = Some(assign);
                }
            }
            block.push(assign);
        }
        block.push(self.low.unit.stmt(pos, Kind::Branch(Op::Goto, Some(label))));
        self.low.unit.stmt(pos, Kind::Block(block))
    }

    /// Simplifies a condition: what is known of it, and what is left of it.
    fn condition(&mut self, cond: ExprId) -> (Option<bool>, ExprId) {
        let plan = self.plan();
        let mut folds = std::mem::take(&mut self.folds);
        let condition = self.folder(&plan).condition(cond, &mut |from, to| {
            folds.insert(from, to);
        });
        self.folds = folds;
        (condition.known, condition.expr)
    }

    /// What stands for an operand of `&&` or `||`.
    pub(crate) fn folded(&self, e: ExprId) -> ExprId {
        if self.folds.is_empty() { e } else { self.folds.get(&e).copied().unwrap_or(e) }
    }

    fn if_stmt(
        &mut self,
        pos: IrPos,
        init: Option<StmtId>,
        cond: ExprId,
        then: StmtId,
        els: Option<StmtId>,
    ) -> Option<NodeId> {
        if !self.rules().drops_dead_statements {
            return Some(self.pruned_if(pos, init, cond, then, els));
        }
        let (known, cond) = self.condition(cond);
        let mut init = self.stmts(init.as_slice());
        let cond = self.expr(cond);
        let then = if known == Some(false) { List::new() } else { self.block(then) };
        let els = if known == Some(true) { List::new() } else { self.stmts(els.as_slice()) };
        let cond = self.build().default_lit(cond, None, false);
        if known.is_some() {
            // No statement is left but the live branch, and the condition for its effects.
            if !matches!(self.low.unit.nodes[cond].kind, Kind::Literal(_)) {
                let x = self.blank();
                init.push(self.low.unit.stmt(pos, Kind::Assign { x, y: Some(cond), def: false }));
            }
            init.extend(then);
            init.extend(els);
            return self.as_block(init);
        }
        let mut node = Node::new(pos, Kind::If { cond, body: then, els });
        node.init = init;
        Some(self.low.unit.add(node))
    }

    /// Whether each iteration of a loop that is about to be made has variables of its own.
    pub(crate) fn distinct_vars(&mut self) -> bool {
        let switch = self.low.cx.flags.debug("loopvar");
        let distinct = self.source().lang.has(Feature::LoopVarPerIteration) || switch > 0 && switch != 3;
        let func = self.inline.as_ref().map_or(self.func, |frame| frame.caller);
        self.low.unit.funcs[func].has_distinct_loop |= distinct;
        distinct
    }

    fn for_stmt(
        &mut self,
        pos: IrPos,
        label: Option<Symbol>,
        init: Option<StmtId>,
        cond: Option<ExprId>,
        post: Option<StmtId>,
        body: StmtId,
    ) -> Option<NodeId> {
        let folds = self.rules().drops_dead_statements;
        let (known, cond) = match cond {
            Some(cond) if folds => {
                let (known, cond) = self.condition(cond);
                (known, Some(cond))
            }
            cond => (None, cond),
        };
        let never = known == Some(false);
        let init = self.single(init);
        let cond = cond.map(|cond| self.expr(cond));
        let post = if never { None } else { self.single(post) };
        let body = if never { List::new() } else { self.block(body) };
        if let Some(cond) = cond
            && folds
            && self.low.unit.literal(cond).is_some_and(|value| !value.as_bool())
        {
            return init;
        }
        let cond = cond.map(|cond| self.build().default_lit(cond, None, false));
        let distinct = self.distinct_vars();
        let mut node = Node::new(pos, Kind::For { label, cond, post, body, distinct });
        node.init.extend(init);
        Some(self.low.unit.add(node))
    }
}
