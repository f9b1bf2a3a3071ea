//! Slices that grow in the frame and are moved to the heap where they get out of the function (`slice/slice.go`,
//! analyze).
//!
//! A variable qualifies if nothing else ever refers to what it points to, but for one statement that lets it out, and if
//! it is worth it.

use escargo_dialect::allocating::MoveRule;
use escargo_escape::leaks_nowhere;
use escargo_ir::{Context, FuncId, Kind, NameId, NodeId, Op, Unit, static_callee, static_value};
use escargo_types::Type;
use rustc_hash::FxHashMap;

/// What was found about a function.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    /// The statements in front of which a slice is moved.
    pub(crate) at: FxHashMap<NodeId, NameId>,
    /// Calls of `append` that may use the frame although their result gets out.
    pub(crate) appends: FxHashMap<NodeId, Moved>,
}

/// An `append` to a slice that is moved later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moved {
    /// All calls for the variable share one buffer, which grows from class to class: somebody asks for the capacity.
    pub(crate) shares_buffer: bool,
}

/// Looks through a function.
pub(crate) fn find(cx: &Context<'_>, unit: &Unit, func: FuncId) -> Moves {
    let mut moves = Moves::default();
    let rule = cx.model.allocating.moves;
    let Some(limit) = cx.model.allocating.append_buffer else { return moves };
    if rule == MoveRule::Never || cx.flags.n {
        return moves;
    }
    let small = |&name: &NameId| match *cx.store.ty(cx.store.under(unit.names[name].ty)) {
        Type::Slice(elem) => cx.size_of(elem).is_some_and(|size| size <= limit),
        _ => false,
    };
    let tracked: Vec<NameId> = unit.funcs[func].dcl.iter().copied().filter(small).collect();
    if tracked.is_empty() {
        return moves;
    }
    let slices = tracked.iter().map(|&name| (name, Slice::default())).collect();
    let mut search = Search { cx, unit, func, rule, slices, depth: 0 };
    unit.funcs[func].body.iter().for_each(|&stmt| search.node(stmt));
    for name in tracked {
        let Some(slice) = search.slices.get(&name).filter(|slice| slice.qualifies()) else { continue };
        let Some(at) = slice.out else { continue };
        moves.at.insert(at, name);
        let moved = Moved { shares_buffer: slice.asks_capacity };
        moves.appends.extend(slice.appends.iter().map(|&append| (append, moved)));
    }
    moves
}

/// What is known of a slice variable.
#[derive(Debug, Default)]
struct Slice {
    /// It is let out in more than one place, or otherwise referred to.
    lost: bool,
    /// Uses that leave it the only one to refer to what it points to, and all uses.
    harmless: u32,
    uses: u32,
    /// The statement that lets it out.
    out: Option<NodeId>,
    appends: Vec<NodeId>,
    /// Number of appends, those in loops counting more.
    weight: u32,
    /// Loops around the declaration.
    depth: u32,
    asks_capacity: bool,
}

impl Slice {
    fn qualifies(&self) -> bool {
        !self.lost && self.harmless == self.uses && self.weight >= 2
    }
}

struct Search<'a, 'c> {
    cx: &'a Context<'c>,
    unit: &'a Unit,
    func: FuncId,
    rule: MoveRule,
    slices: FxHashMap<NameId, Slice>,
    depth: u32,
}

impl Search<'_, '_> {
    fn tracked(&mut self, node: NodeId) -> Option<&mut Slice> {
        let name = self.unit.as_name(node)?;
        self.slices.get_mut(&name).filter(|slice| !slice.lost)
    }

    fn harmless(&mut self, node: NodeId) {
        if let Some(slice) = self.tracked(node) {
            slice.harmless += 1;
        }
    }

    /// A statement lets the slice out, if the node is one.
    fn out(&mut self, node: NodeId, stmt: NodeId) {
        let depth = self.depth;
        let Some(slice) = self.tracked(node) else { return };
        if slice.out.is_some() || depth > slice.depth {
            slice.lost = true;
        } else {
            slice.out = Some(stmt);
        }
    }

    fn node(&mut self, node: NodeId) {
        let unit = self.unit;
        match &unit.nodes[node].kind {
            Kind::Name(_) => {
                if let Some(slice) = self.tracked(node) {
                    slice.uses += 1;
                }
                return;
            }
            &Kind::Decl(name) => {
                let depth = self.depth;
                if let Some(slice) = self.tracked(unit.names[name].node) {
                    slice.harmless += 1;
                    slice.depth = depth;
                }
            }
            &Kind::Index(Op::Index, x, _) | &Kind::Unary(Op::Len, x) => self.harmless(x),
            &Kind::Unary(Op::Cap, x) => {
                if let Some(slice) = self.tracked(x) {
                    slice.harmless += 1;
                    slice.asks_capacity = true;
                }
            }
            &Kind::Unary(Op::Addr, x) => self.address(x),
            Kind::Return(results) => self.returned(node, results),
            Kind::Call(call) if call.op == Op::CallFunc => self.call(call.fun, &call.args),
            &Kind::Range { x, .. } => {
                self.harmless(x);
                if self.rule == MoveRule::RangesMove {
                    self.out(x, node);
                }
            }
            &Kind::Assign { x, y, .. } => self.assign(x, y, node),
            Kind::AssignList { op: Op::As2, lhs, rhs, .. } => {
                lhs.iter().zip(rhs).for_each(|(&x, &y)| self.assign(x, Some(y), node));
            }
            Kind::Closure(func) => {
                for &captured in &unit.funcs[*func].closure_vars {
                    if let Some(outer) = unit.names[captured].outer {
                        self.node(unit.names[outer].node);
                    }
                }
            }
            _ => {}
        }
        let is_loop = matches!(unit.nodes[node].kind, Kind::For { .. } | Kind::Range { .. });
        self.depth += u32::from(is_loop);
        unit.for_each_child(node, &mut |child| self.node(child));
        self.depth -= u32::from(is_loop);
    }

    /// The address of a part of an element refers to what the slice points to.
    fn address(&mut self, mut x: NodeId) {
        let (unit, store) = (self.unit, self.cx.store);
        loop {
            match &unit.nodes[x].kind {
                Kind::Selector(s) if s.op == Op::Dot && self.rule == MoveRule::RangesMove => x = s.x,
                &Kind::Index(Op::Index, y, _) => {
                    let is_array = matches!(store.ty(store.under(unit.nodes[y].ty)), Type::Array { .. });
                    if is_array && self.rule == MoveRule::RangesMove {
                        x = y;
                        continue;
                    }
                    if let Some(slice) = self.tracked(y) {
                        slice.lost = true;
                    }
                    return;
                }
                _ => return,
            }
        }
    }

    fn returned(&mut self, node: NodeId, results: &[NodeId]) {
        for &x in results {
            self.harmless(x);
            self.out(x, node);
        }
        if results.is_empty() {
            for &name in self.unit.funcs[self.func].results() {
                self.out(self.unit.names[name].node, node);
            }
        }
    }

    /// Arguments that the callee does not keep.
    fn call(&mut self, fun: NodeId, args: &[NodeId]) {
        if !args.iter().any(|&arg| self.tracked(arg).is_some()) {
            return;
        }
        let callee = static_callee(self.unit, static_value(self.cx, self.unit, fun));
        let Some(callee) = callee else { return };
        for (i, &arg) in args.iter().enumerate() {
            let keeps = self.unit.funcs[callee].tags.get(i).is_none_or(|tag| !leaks_nowhere(tag));
            if let Some(slice) = self.tracked(arg).filter(|_| !keeps) {
                slice.harmless += 1;
                slice.asks_capacity = true;
            }
        }
    }

    fn assign(&mut self, x: NodeId, y: Option<NodeId>, stmt: NodeId) {
        let (unit, depth) = (self.unit, self.depth);
        if let Some(slice) = self.tracked(x) {
            match y.map(|y| &unit.nodes[y].kind) {
                None | Some(Kind::Nil) => slice.harmless += 1,
                Some(Kind::CompositeLit { op: Op::SliceLit, .. }) => {
                    slice.harmless += 1;
                    slice.asks_capacity = true;
                }
                Some(&Kind::Slice(Op::Slice, of, _)) if of == x => {
                    slice.harmless += 2;
                    slice.asks_capacity = true;
                }
                Some(Kind::Builtin { op: Op::Append, args, .. }) if args.first() == Some(&x) => {
                    slice.harmless += 2;
                    slice.appends.extend(y);
                    // The depth is not what it seems where a goto leads back.
                    slice.weight = slice.weight.wrapping_add(1 + depth.saturating_sub(slice.depth));
                }
                _ => {}
            }
        }
        if let Some(y) = y {
            self.harmless(y);
            self.out(y, stmt);
        }
    }
}
