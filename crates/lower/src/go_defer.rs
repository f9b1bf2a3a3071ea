//! Go and defer statements (`typecheck/stmt.go`: tcGoDefer, normalizeGoDeferCall).

use escargo_ir::{Class, FuncId, IrPos, Kind, List, NameId, Node, NodeId, Op};
use escargo_syntax::{ExprId, StmtId};
use escargo_types::{BasicKind, Signature, TypeId};

use crate::body::Body;
use crate::func::LiteralKind;

impl Body<'_, '_> {
    /// `go call`.
    pub(crate) fn go_stmt(&mut self, pos: IrPos, call: ExprId) -> NodeId {
        let (call, hidden) = self.started_call(call);
        self.go_defer(pos, Op::Go, call, hidden, None)
    }

    /// `defer call`.
    pub(crate) fn defer_stmt(&mut self, s: StmtId, pos: IrPos, call: ExprId) -> NodeId {
        let (call, hidden) = self.started_call(call);
        let defer_at = self.plan().defer_at(s).map(|obj| self.local(obj, pos));
        self.low.unit.funcs[self.func].has_defer = true;
        self.go_defer(pos, Op::Defer, call, hidden, defer_at)
    }

    /// The call of a go or defer statement, with the operand that no printer shows.
    fn started_call(&mut self, e: ExprId) -> (NodeId, Option<NodeId>) {
        let call = self.expr(e);
        let pos = self.expr_pos(e);
        (call, self.hidden_operand(e, pos))
    }

    /// A go or defer statement of a lowered call. Unless that is a call of a function without parameters and
    /// results, it moves into a literal, and its operands are evaluated into temporaries first.
    fn go_defer(
        &mut self,
        pos: IrPos,
        op: Op,
        call: NodeId,
        hidden: Option<NodeId>,
        defer_at: Option<NodeId>,
    ) -> NodeId {
        if !self.rules().early_go_defer {
            if let Kind::Call(call) = &mut self.low.unit.nodes[call].kind {
                call.go_defer = true;
            }
            return self.low.unit.stmt(pos, Kind::GoDefer { op, call, defer_at });
        }
        let mut init = std::mem::take(&mut self.low.unit.nodes[call].init);
        let call = match self.is_plain_call(call) {
            true => call,
            false => self.wrap_call(pos, op, (call, hidden), &mut init),
        };
        if let Kind::Call(call) = &mut self.low.unit.nodes[call].kind {
            call.go_defer = true;
        }
        let mut node = Node::new(pos, Kind::GoDefer { op, call, defer_at });
        node.init = init;
        self.low.unit.add(node)
    }

    fn is_plain_call(&mut self, call: NodeId) -> bool {
        let Kind::Call(call) = &self.low.unit.nodes[call].kind else { return false };
        let (op, fun) = (call.op, call.fun);
        let ty = self.low.unit.nodes[fun].ty;
        let build = self.build();
        op == Op::CallFunc && build.param_types(ty).len() + build.result_types(ty).len() == 0
    }

    fn wrap_call(
        &mut self,
        pos: IrPos,
        op: Op,
        (call, hidden): (NodeId, Option<NodeId>),
        init: &mut List,
    ) -> NodeId {
        let kind = if op == Op::Go { LiteralKind::Go } else { LiteralKind::Defer };
        let ty = self.low.cx.store.new_signature(Signature::default());
        let (wrapper, literal) = self.low.new_literal(self.func, kind, pos, ty, None);
        self.low.unit.funcs[wrapper].wrapper = true;
        let mut hoist = Hoist { wrapper, pos, operands: Vec::new() };
        self.hoist_operands(call, &mut hoist);
        if let Some(mut hidden) = hidden {
            self.save(&mut hidden, &mut hoist);
        }
        self.save_operands(call, hoist, init);
        self.low.unit.funcs[wrapper].body = List::from([call]);
        let at = self.low.unit.nodes[call].pos;
        let func = self.func;
        self.build().call(func, at, literal, List::new(), false)
    }

    /// Finds the operands that are evaluated at the statement and replaces each by a variable that the wrapper
    /// captures.
    fn hoist_operands(&mut self, call: NodeId, hoist: &mut Hoist) {
        let mut kind = std::mem::replace(&mut self.low.unit.nodes[call].kind, Kind::Nil);
        match &mut kind {
            Kind::Call(call) if call.op == Op::CallInter => {
                if let Kind::Selector(mut dot) = self.low.unit.nodes[call.fun].kind.clone() {
                    self.save(&mut dot.x, hoist);
                    self.low.unit.nodes[call.fun].kind = Kind::Selector(dot);
                }
                call.args.iter_mut().for_each(|arg| self.hoist(arg, hoist));
            }
            Kind::Call(call) => {
                self.hoist(&mut call.fun, hoist);
                call.args.iter_mut().for_each(|arg| self.hoist(arg, hoist));
            }
            Kind::Builtin { args, .. } => args.iter_mut().for_each(|arg| self.hoist(arg, hoist)),
            Kind::Binary(_, x, y) => {
                self.hoist(x, hoist);
                self.hoist(y, hoist);
            }
            Kind::Unary(_, x) => self.hoist(x, hoist),
            _ => {}
        }
        self.low.unit.nodes[call].kind = kind;
    }

    /// Saves an operand, unless it can as well be evaluated inside the wrapper.
    fn hoist(&mut self, slot: &mut NodeId, hoist: &mut Hoist) {
        let store = self.low.cx.store;
        let unit = &self.low.unit;
        let arg = *slot;
        match &unit.nodes[arg].kind {
            Kind::Literal(_) | Kind::Nil | Kind::Unary(Op::New, _) => {}
            Kind::Selector(s) if s.op == Op::MethExpr => {}
            &Kind::Name(name) if unit.names[name].class == Class::Func => {}
            &Kind::Unary(Op::Addr, x) if matches!(unit.nodes[x].kind, Kind::LinkSymOffset { .. }) => {}
            // The pointer behind a uintptr is what has to stay alive.
            &Kind::Conv(Op::ConvNop, mut x)
                if store.basic_kind(unit.nodes[arg].ty) == Some(BasicKind::Uintptr)
                    && store.is_unsafe_pointer(unit.nodes[x].ty) =>
            {
                self.hoist(&mut x, hoist);
                self.low.unit.nodes[arg].kind = Kind::Conv(Op::ConvNop, x);
            }
            Kind::CompositeLit { op: Op::ArrayLit | Op::SliceLit | Op::StructLit, .. } => {
                self.hoist_elements(arg, hoist);
            }
            _ => self.save(slot, hoist),
        }
    }

    fn hoist_elements(&mut self, literal: NodeId, hoist: &mut Hoist) {
        let mut kind = std::mem::replace(&mut self.low.unit.nodes[literal].kind, Kind::Nil);
        if let Kind::CompositeLit { list, .. } = &mut kind {
            for elem in list {
                match self.low.unit.nodes[*elem].kind {
                    Kind::Binary(Op::Key, key, mut value) => {
                        self.hoist(&mut value, hoist);
                        self.low.unit.nodes[*elem].kind = Kind::Binary(Op::Key, key, value);
                    }
                    Kind::StructKey { field, mut value } => {
                        self.hoist(&mut value, hoist);
                        self.low.unit.nodes[*elem].kind = Kind::StructKey { field, value };
                    }
                    _ => self.hoist(elem, hoist),
                }
            }
        }
        self.low.unit.nodes[literal].kind = kind;
    }

    /// Replaces an operand by a captured temporary.
    fn save(&mut self, slot: &mut NodeId, hoist: &mut Hoist) {
        let arg = *slot;
        let node = &self.low.unit.nodes[arg];
        let own_pos = !matches!(node.kind, Kind::Name(_) | Kind::Blank) && node.pos.is_known();
        let (pos, ty) = (if own_pos { node.pos } else { hoist.pos }, node.ty);
        let temp = self.temp(pos, ty);
        let captured = self.low.capture(hoist.wrapper, pos, temp);
        hoist.operands.push((temp, arg));
        *slot = self.low.unit.names[captured].node;
    }

    /// Assigns all saved operands at once.
    fn save_operands(&mut self, call: NodeId, hoist: Hoist, init: &mut List) {
        let Hoist { pos, operands, .. } = hoist;
        let Some(&(first, _)) = operands.first() else { return };
        let (mut lhs, mut rhs) = (List::new(), List::new());
        for &(temp, arg) in &operands {
            let at = self.low.unit.names[temp].pos;
            init.push(self.low.unit.stmt(at, Kind::Decl(temp)));
            lhs.push(self.low.unit.names[temp].node);
            rhs.push(arg);
        }
        let kind = Kind::AssignList { op: Op::As2, lhs, rhs, def: false };
        let assign = self.low.unit.stmt(pos, kind);
        for &(temp, _) in &operands {
            self.low.unit.names[temp].defn = Some(assign);
        }
        init.push(assign);
        // Calling a method of a nil interface panics at the statement.
        if self.low.unit.nodes[call].op() == Op::CallInter {
            let at = self.low.unit.names[first].pos;
            let iface = self.low.unit.names[first].node;
            let ty = self.low.cx.store.pointer(TypeId::UINTPTR);
            let itab = self.low.unit.expr(at, ty, Kind::Unary(Op::ITab, iface));
            init.push(self.low.unit.stmt(pos, Kind::Unary(Op::CheckNil, itab)));
        }
    }
}

/// Operands that are saved for a wrapper.
struct Hoist {
    wrapper: FuncId,
    /// The statement.
    pos: IrPos,
    /// Temporaries with their values.
    operands: Vec<(NameId, NodeId)>,
}
