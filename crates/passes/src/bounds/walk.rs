//! Visiting a function that has been taken apart, in the order in which the compiler rewrites it (`walk/walk.go`,
//! `walk/assign.go`).

use escargo_ir::{Class, Context, FuncId, IrPos, Kind, NameId, NodeId, Op, Unit};
use escargo_types::TypeId;
use escargo_types::ty::Type;
use rustc_hash::FxHashSet;

use super::order::new_temp;

/// Visits a function.
pub(super) struct Walk<'a, 'c> {
    pub(super) cx: &'a Context<'c>,
    pub(super) func: FuncId,
    on_heap: &'a dyn Fn(NodeId) -> bool,
    /// Positions of indices without check.
    pub(super) elided: &'a mut Vec<IrPos>,
    /// Capturing literals met.
    closures: Vec<FuncId>,
}

impl<'a, 'c> Walk<'a, 'c> {
    /// Visits a function; returns its capturing literals.
    pub(super) fn function(
        cx: &'a Context<'c>,
        unit: &mut Unit,
        func: FuncId,
        on_heap: &'a dyn Fn(NodeId) -> bool,
        elided: &'a mut Vec<IrPos>,
    ) -> Vec<FuncId> {
        let mut walk = Walk { cx, func, on_heap, elided, closures: Vec::new() };
        let body = unit.funcs[func].body.clone();
        walk.stmts(unit, &body);
        walk.closures
    }

    pub(super) fn stmts(&mut self, unit: &mut Unit, list: &[NodeId]) {
        for &stmt in list {
            self.stmt(unit, stmt);
        }
    }

    /// Visits the statements before a node.
    pub(super) fn init(&mut self, unit: &mut Unit, node: NodeId) {
        let init = std::mem::take(&mut unit.nodes[node].init);
        self.stmts(unit, &init);
    }

    /// A literal; those without captures are compiled by themselves.
    pub(super) fn literal(&mut self, unit: &Unit, func: FuncId) {
        if unit.funcs[func].is_capturing() && !self.closures.contains(&func) {
            self.closures.push(func);
        }
    }

    pub(super) fn temp(&self, unit: &mut Unit, node: NodeId) -> NodeId {
        new_temp(unit, self.func, unit.nodes[node].ty)
    }

    /// A variable or constant instead of the expression, which is visited if it is neither (`walk.cheapExpr`).
    pub(super) fn cheap(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        match unit.nodes[node].kind {
            Kind::Name(_) | Kind::Blank | Kind::Literal(_) | Kind::Nil => node,
            _ => {
                self.expr(unit, node);
                self.temp(unit, node)
            }
        }
    }

    /// Visits `x = y`.
    pub(super) fn assign(&mut self, unit: &mut Unit, x: NodeId, y: Option<NodeId>) {
        self.expr(unit, x);
        let Some(y) = y else { return };
        let Kind::Builtin { op: Op::Append, args, .. } = &unit.nodes[y].kind else {
            return self.expr(unit, y);
        };
        let args = args.clone();
        self.init(unit, y);
        for arg in args {
            // The length of a slice that is not made.
            let (arg, is_int) = match unit.nodes[arg].kind {
                Kind::Make(Op::MakeSlice, Some(len), None) => (len, unit.nodes[len].ty == TypeId::INT),
                _ => (arg, true),
            };
            let arg = if is_int { self.safe(unit, arg) } else { arg };
            self.expr(unit, arg);
        }
    }
}

/// Assignments of several values at once (`ascompatee`): what an earlier one may change is evaluated before.
impl Walk<'_, '_> {
    pub(super) fn assign_pairs(&mut self, unit: &mut Unit, lhs: &[NodeId], rhs: &[NodeId]) {
        let mut written = Written::default();
        for (&x, &y) in lhs.iter().zip(rhs) {
            let place = self.save_operands(unit, x, &written);
            let y = self.save(unit, y, &written);
            self.assign(unit, x, Some(y));
            self.note_write(unit, place, &mut written);
        }
    }

    /// Saves operands of a destination that may have changed; returns the variable or place assigned to.
    fn save_operands(&mut self, unit: &mut Unit, x: NodeId, written: &Written) -> NodeId {
        let store = self.cx.store;
        let mut place = x;
        loop {
            self.init(unit, place);
            match &unit.nodes[place].kind {
                &Kind::Index(op, x, index) => {
                    let is_array = matches!(store.ty(store.under(unit.nodes[x].ty)), Type::Array { .. });
                    let x = if is_array { x } else { self.save(unit, x, written) };
                    let index = self.save(unit, index, written);
                    unit.nodes[place].kind = Kind::Index(op, x, index);
                    if !is_array || op != Op::Index {
                        return place;
                    }
                    place = x;
                }
                Kind::Selector(s) if s.op == Op::Dot => place = s.x,
                Kind::Selector(s) if s.op == Op::DotPtr => {
                    let x = self.save(unit, s.x, written);
                    if let Kind::Selector(s) = &mut unit.nodes[place].kind {
                        s.x = x;
                    }
                    return place;
                }
                &Kind::Unary(op, x) => {
                    let x = self.save(unit, x, written);
                    unit.nodes[place].kind = Kind::Unary(op, x);
                    return place;
                }
                _ => return place,
            }
        }
    }

    fn save(&mut self, unit: &mut Unit, node: NodeId, written: &Written) -> NodeId {
        if !self.is_affected(unit, node, written) {
            return node;
        }
        self.assign_temp(unit, node)
    }

    fn assign_temp(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        let temp = self.temp(unit, node);
        self.assign(unit, temp, Some(node));
        temp
    }

    fn is_affected(&self, unit: &Unit, node: NodeId, written: &Written) -> bool {
        written.results
            || unit.any(node, &mut |n| {
                unit.as_name(n).is_some_and(|name| written.vars.contains(&name))
                    || written.memory && self.reads_memory(unit, n)
            })
    }

    fn note_write(&self, unit: &Unit, place: NodeId, written: &mut Written) {
        let Some(name) = unit.as_name(place) else {
            written.memory |= unit.nodes[place].op() != Op::Name;
            return;
        };
        if unit.names[name].class == Class::Result && unit.funcs[self.func].has_defer {
            written.results = true;
        } else if unit.is_blank(place) {
        } else if self.is_in_memory(unit, name) {
            written.memory = true;
        } else {
            written.vars.insert(name);
        }
    }

    /// Whether a variable may be changed through pointers.
    fn is_in_memory(&self, unit: &Unit, name: NameId) -> bool {
        let var = &unit.names[name];
        var.addrtaken || !var.is_local() || var.is_closure_var() || (self.on_heap)(var.node)
    }

    /// Whether the operation itself reads what may be changed through pointers (`readsMemory`).
    fn reads_memory(&self, unit: &Unit, node: NodeId) -> bool {
        use Op::{
            Add, And, AndAnd, AndNot, BitNot, Conv, ConvIface, ConvNop, Div, Dot, DotType, Literal, Lsh, Mod,
            Mul, Neg, Nil, Or, OrOr, Paren, Plus, Rsh, Sub, Xor,
        };
        if let Kind::Name(name) = unit.nodes[node].kind {
            return unit.names[name].class != Class::Func && self.is_in_memory(unit, name);
        }
        !matches!(
            unit.nodes[node].op(),
            Add | And
                | AndAnd
                | AndNot
                | BitNot
                | Conv
                | ConvIface
                | ConvNop
                | Div
                | Dot
                | DotType
                | Literal
                | Lsh
                | Mod
                | Mul
                | Neg
                | Nil
                | Or
                | OrOr
                | Paren
                | Plus
                | Rsh
                | Sub
                | Xor
        )
    }
}

/// What earlier assignments of a statement have changed.
#[derive(Default)]
struct Written {
    vars: FxHashSet<NameId>,
    memory: bool,
    /// Results that a deferred function may read.
    results: bool,
}
