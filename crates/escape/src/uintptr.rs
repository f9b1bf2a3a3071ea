//! Pointers on their way through `uintptr` (`escape/expr.go`, unsafeValue; `escape/call.go`, rewriteArgument).

use escargo_ir::{FuncId, Kind, NodeId, Op, Pragmas};
use smallvec::SmallVec;

use crate::analyzer::{Analyzer, Nodes};
use crate::event::Reason;
use crate::graph::{Attrs, Hole, LocId};

impl Analyzer<'_, '_> {
    /// Walks arithmetic on `uintptr` values, looking for pointers converted to them.
    pub(crate) fn unsafe_value(&mut self, hole: Hole, node: NodeId) {
        self.init(node);
        match self.unit.nodes[node].kind {
            Kind::Conv(Op::Conv | Op::ConvNop, x) => {
                if self.cx.store.is_unsafe_pointer(self.ty(x)) {
                    self.expr(hole, x);
                } else {
                    self.discard(x);
                }
            }
            Kind::Selector(ref s) if s.op == Op::DotPtr => {
                let x = s.x;
                if self.is_reflect_header_data(node) {
                    let hole = self.deref(hole, node, Reason::ReflectHeaderData);
                    self.expr(hole, x);
                } else {
                    self.discard(x);
                }
            }
            Kind::Unary(Op::Plus | Op::Neg | Op::BitNot, x) => self.unsafe_value(hole, x),
            Kind::Binary(op, x, y) => match op {
                Op::Lsh | Op::Rsh => {
                    self.unsafe_value(hole, x);
                    self.discard(y);
                }
                Op::Add | Op::Sub | Op::Or | Op::Xor | Op::Mul | Op::Div | Op::Mod | Op::And | Op::AndNot => {
                    self.unsafe_value(hole, x);
                    self.unsafe_value(hole, y);
                }
                _ => self.expr_skip_init(Hole::new(LocId::BLANK), node),
            },
            _ => self.expr_skip_init(Hole::new(LocId::BLANK), node),
        }
    }

    /// Arguments `uintptr(p)` of functions that take pointers that way: `p` is copied to a temporary, which lives as
    /// long as the call, or escapes if the functions say so.
    pub(crate) fn keep_pointers(&mut self, arg: NodeId, call: NodeId, callees: &[FuncId]) {
        let pragmas =
            callees.iter().fold(Pragmas::default(), |all, &callee| all.with(self.unit.funcs[callee].pragmas));
        if !pragmas.has(Pragmas::UINTPTR_KEEP_ALIVE) && !pragmas.has(Pragmas::UINTPTR_ESCAPES) {
            return;
        }
        let args: Nodes = match &self.unit.nodes[arg].kind {
            // Variadic arguments.
            Kind::CompositeLit { op: Op::SliceLit, list, .. } => {
                list.iter().map(|&elem| self.unit.element_value(elem)).collect()
            }
            _ => SmallVec::from_slice(&[arg]),
        };
        for arg in args {
            self.keep_pointer(arg, call, pragmas);
        }
    }

    fn keep_pointer(&mut self, arg: NodeId, call: NodeId, pragmas: Pragmas) {
        let Kind::Conv(Op::ConvNop, pointer) = self.unit.nodes[arg].kind else { return };
        if !self.cx.store.is_unsafe_pointer(self.ty(pointer)) || !self.is_uintptr(self.ty(arg)) {
            return;
        }
        let (temp, loc) = self.copy_to_temp(arg, pointer, call);
        self.unit.nodes[arg].kind = Kind::Conv(Op::ConvNop, temp);
        if pragmas.has(Pragmas::UINTPTR_ESCAPES) {
            let hole = self.note(Hole::new(LocId::HEAP), arg, Reason::UintptrEscapes);
            self.flow(hole, loc);
        } else if self.rules.tracks_writes {
            self.flow(Hole::new(LocId::MUTATOR), loc);
        }
        if pragmas.has(Pragmas::UINTPTR_KEEP_ALIVE)
            && let Some(name) = self.unit.as_name(temp)
        {
            self.unit.names[name].addrtaken = true;
        }
    }

    /// Copies `value` to a temporary in front of `call`, at the position of `value` if it has one of its own.
    fn copy_to_temp(&mut self, near: NodeId, value: NodeId, call: NodeId) -> (NodeId, LocId) {
        let own = &self.unit.nodes[value];
        let unique = own.op() != Op::Name && own.pos.is_known();
        let pos = if unique { own.pos } else { self.unit.nodes[near].pos };
        let temp = self.unit.new_temp(self.frame.func, pos, self.ty(value));
        let stmts = self.declare_and_assign(temp, pos, value);
        self.unit.nodes[call].init.extend(stmts);
        let loc = self.declare(self.frame.scope, temp);
        self.graph.locs[loc].depth = self.frame.depth;
        debug_assert!(self.graph.locs[loc].attrs == Attrs::PERSISTS, "a new variable");
        self.stmts(&stmts);
        (self.unit.names[temp].node, loc)
    }

    /// The statements that declare a temporary and give it a value.
    pub(crate) fn declare_and_assign(
        &mut self,
        temp: escargo_ir::NameId,
        pos: escargo_ir::IrPos,
        value: NodeId,
    ) -> [NodeId; 2] {
        let x = self.unit.names[temp].node;
        [
            self.unit.stmt(pos, Kind::Decl(temp)),
            self.unit.stmt(pos, Kind::Assign { x, y: Some(value), def: false }),
        ]
    }
}
