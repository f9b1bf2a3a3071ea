//! Go and defer statements in releases that give their calls a literal only here (`escape/call.go` of 1.19 and 1.21:
//! goDeferStmt, rewriteArgument, wrapExpr).

use escargo_ir::{Call, Class, Func, FuncId, IrPos, Kind, List, Node, NodeId, Op, Origin, Role};
use escargo_types::Signature;

use crate::analyzer::Analyzer;
use crate::graph::Hole;

/// A call that moves into a literal.
#[derive(Debug)]
pub(crate) struct Wrapping {
    /// The literal's function.
    wrapper: FuncId,
    /// The call.
    call: NodeId,
    /// Statements that evaluate its operands.
    init: List,
}

impl Analyzer<'_, '_> {
    /// Walks what a go or defer statement does at once, and says whether nothing but a plain call is left.
    pub(crate) fn prepared(&mut self, node: NodeId, call: NodeId) -> bool {
        let init = std::mem::take(&mut self.unit.nodes[call].init);
        self.stmts(&init);
        self.unit.nodes[node].init.extend(init);
        let Kind::Call(call) = &self.unit.nodes[call].kind else { return false };
        if call.op != Op::CallFunc {
            return false;
        }
        let signature = self.cx.store.as_signature(self.cx.store.under(self.ty(call.fun)));
        signature.is_some_and(|s| {
            self.cx.store.tuple(s.params).is_empty() && self.cx.store.tuple(s.results).is_empty()
        })
    }

    /// Moves the call of a go or defer statement into a literal, which flows to `hole`. Its operands are evaluated at
    /// the statement, into variables that the literal captures.
    pub(crate) fn wrap_go_defer(&mut self, hole: Hole, node: NodeId, call: NodeId) {
        let pos = self.pos(node);
        let (wrapper, literal) = self.new_wrapper(pos, call);
        let wrapping = Wrapping { wrapper, call, init: List::new() };
        let around = self.wrapping.replace(wrapping);
        self.call(None, call);
        if let Some(wrapping) = std::mem::replace(&mut self.wrapping, around) {
            self.unit.nodes[node].init.extend(wrapping.init);
        }
        let hole = self.spill(hole, literal);
        self.literals.push((hole, literal));
        let kind = Kind::Call(Box::new(Call::new(literal, List::new(), false)));
        let at = self.pos(call);
        let outer = self.unit.stmt(at, kind);
        if let Kind::GoDefer { call, .. } = &mut self.unit.nodes[node].kind {
            *call = outer;
        }
    }

    fn new_wrapper(&mut self, pos: IrPos, call: NodeId) -> (FuncId, NodeId) {
        let ty = self.cx.store.new_signature(Signature::default());
        let parent = self.frame.func;
        let sym = {
            let outer = &mut self.unit.funcs[parent];
            outer.closure_counts[0] += 1;
            let joint = if outer.is_literal() { "." } else { ".func" };
            let number = outer.closure_counts[0];
            escargo_base::Symbol::intern(&format!("{}{joint}{number}", self.unit.func_name(parent).sym))
        };
        let name = self.unit.new_name(pos, sym, Some(self.unit.pkg), ty, Class::Func);
        let mut func = Func::new(name, pos, Origin::Literal, Role::GoDeferWrapper);
        func.wrapper = true;
        func.parent = Some(parent);
        func.body = List::from([call]);
        let id = self.unit.funcs.push(func);
        self.unit.names[name].func = Some(id);
        let node = self.unit.add(Node::expr(pos, ty, Kind::Closure(id)));
        self.unit.funcs[id].closure_node = Some(node);
        self.unit.func_list.push(id);
        (id, node)
    }

    /// What stands for an operand of the call that is being wrapped: a captured variable, unless the operand can as
    /// well be evaluated later. Slice literals are opened.
    pub(crate) fn wrapped(&mut self, arg: NodeId, call: NodeId) -> NodeId {
        if self.wrapping.as_ref().is_none_or(|wrapping| wrapping.call != call) {
            return arg;
        }
        let Kind::CompositeLit { op: Op::SliceLit, list, .. } = &self.unit.nodes[arg].kind else {
            let saved = self.save(self.pos(call), arg);
            if saved != arg {
                self.replace_operand(call, arg, saved);
            }
            return saved;
        };
        let pos = self.pos(arg);
        for elem in list.clone() {
            let value = self.unit.element_value(elem);
            let saved = self.save(pos, value);
            if saved == value {
                continue;
            }
            match &mut self.unit.nodes[elem].kind {
                Kind::Binary(Op::Key, _, slot) => *slot = saved,
                _ => self.replace_operand(arg, value, saved),
            }
        }
        arg
    }

    fn save(&mut self, pos: IrPos, arg: NodeId) -> NodeId {
        let wrapped = match &self.unit.nodes[arg].kind {
            Kind::Literal(_) | Kind::Nil => false,
            Kind::Selector(s) => s.op != Op::MethExpr,
            &Kind::Name(name) => self.unit.names[name].class != Class::Func,
            _ => true,
        };
        if !wrapped {
            return arg;
        }
        let node = &self.unit.nodes[arg];
        let own = !matches!(node.kind, Kind::Name(_)) && node.pos.is_known();
        let pos = if own { node.pos } else { pos };
        let temp = self.unit.new_temp(self.frame.func, pos, self.ty(arg));
        let stmts = self.declare_and_assign(temp, pos, arg);
        self.unit.names[temp].defn = Some(stmts[1]);
        let loc = self.declare(self.frame.scope, temp);
        self.graph.locs[loc].depth = self.frame.depth;
        // What is evaluated now is not part of the wrapper.
        let wrapping = self.wrapping.take();
        self.stmts(&stmts);
        self.wrapping = wrapping;
        self.graph.locs[loc].captured = true;
        let Some(wrapping) = &mut self.wrapping else { return arg };
        wrapping.init.extend(stmts);
        let wrapper = wrapping.wrapper;
        let (sym, pkg, ty) = (self.unit.names[temp].sym, self.unit.names[temp].pkg, self.unit.names[temp].ty);
        let captured = self.unit.new_name(pos, sym, pkg, ty, Class::Auto);
        self.unit.names[captured].owner = Some(wrapper);
        self.unit.names[captured].outer = Some(temp);
        self.unit.funcs[wrapper].closure_vars.push(captured);
        self.unit.names[captured].node
    }

    /// Puts another expression in the first place where an operand stands: what comes before has been replaced.
    fn replace_operand(&mut self, node: NodeId, old: NodeId, new: NodeId) {
        if let Kind::Call(call) = &self.unit.nodes[node].kind
            && call.op == Op::CallInter
            && matches!(&self.unit.nodes[call.fun].kind, Kind::Selector(s) if s.x == old)
        {
            let fun = call.fun;
            if let Kind::Selector(selector) = &mut self.unit.nodes[fun].kind {
                selector.x = new;
            }
            return;
        }
        let mut done = false;
        self.unit.edit_children(node, &mut |_, child| {
            let replaces = child == old && !done;
            done |= replaces;
            if replaces { new } else { child }
        });
    }
}
