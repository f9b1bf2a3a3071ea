//! `append` (`walk/builtin.go`, walkAppend; `walk/assign.go`; `ssagen/ssa.go`, append).

use escargo_ir::{Class as NameClass, Kind, List, NameId, NodeId, Op};
use escargo_types::{Type, TypeId};

use crate::walk::{Collector, Seen};
use crate::{Class, SiteKind, What, Why};

/// Fields that a struct in registers may have.
const MAX_FIELDS: usize = 4;

impl Collector<'_, '_> {
    /// What an `append` may allocate; none if nothing is appended.
    pub(crate) fn append(&mut self, node: NodeId, args: &List, ddd: bool) -> Option<(Seen, Class)> {
        let &[slice, ref added @ ..] = &args[..] else { return None };
        if added.is_empty() {
            return None;
        }
        let elem = self.elem(self.ty(node));
        let elem_size = self.size_of(elem);
        let seen = Seen::new(SiteKind::Append, elem).of(elem_size);
        if elem_size == 0 {
            return Some((seen, Class::Never(Why::ZeroSize)));
        }
        let is_nil = matches!(self.unit.nodes[self.unit.behind_conv_nop(slice)].kind, Kind::Nil);
        // What is appended to nothing, if not an empty slice, needs memory.
        let grown = if is_nil && !ddd { Class::Heap } else { Class::RunTime(Why::Capacity) };
        let bytes = if is_nil { (added.len() as u64).saturating_mul(elem_size) } else { 0 };
        let class = match self.buffer(node, slice, elem_size) {
            Some(buffer) if !ddd && bytes <= buffer => Class::StackUpTo(buffer),
            _ => grown,
        };
        Some((seen, class))
    }

    /// Bytes in the frame that an `append` of single values may use.
    fn buffer(&mut self, node: NodeId, slice: NodeId, elem_size: u64) -> Option<u64> {
        let buffer = self.rules.append_buffer.filter(|&buffer| elem_size <= buffer && !self.cx.flags.n)?;
        let moved = self.moves.appends.get(&node);
        if self.in_place.contains(&node) || !(moved.is_some() || self.stays(node)) {
            return None;
        }
        let shared = moved.is_some_and(|moved| moved.shares_buffer);
        // Only the first of several for the same variable has one.
        (shared || self.buffered.insert(slice)).then_some(buffer / elem_size * elem_size)
    }

    /// The `make` of `append(x, make([]T, n)...)`, which is not made.
    pub(crate) fn appended_make(&self, node: NodeId) -> Option<NodeId> {
        let unit = self.unit;
        let Kind::Builtin { op: Op::Append, args, ddd: true } = &unit.nodes[node].kind else { return None };
        let &[_, make] = &args[..] else { return None };
        let Kind::Make(Op::MakeSlice, Some(len), None) = unit.nodes[make].kind else { return None };
        let fits = unit.is_const_int(len) || self.size_of(unit.nodes[len].ty) <= self.cx.sizes.word;
        (fits && !self.cx.flags.n).then_some(make)
    }

    /// Notes whether `x = append(x, …)` works on the slice where it is, which goes without buffer.
    pub(crate) fn note_append(&mut self, x: NodeId, y: NodeId) {
        let Kind::Builtin { op: Op::Append, args, .. } = &self.unit.nodes[y].kind else { return };
        let same = args.first().is_some_and(|&slice| self.unit.same_safe_expr(self.cx.store, x, slice));
        if same && !self.is_register(x) {
            self.in_place.insert(y);
        }
    }

    /// Whether a place can be in registers (`ssagen/ssa.go`, canSSA).
    fn is_register(&self, node: NodeId) -> bool {
        let (unit, store) = (self.unit, self.cx.store);
        let mut outer = node;
        loop {
            outer = match &unit.nodes[outer].kind {
                Kind::Selector(s) if s.op == Op::Dot => s.x,
                &Kind::Index(Op::Index, x, _)
                    if matches!(store.ty(store.under(self.ty(x))), Type::Array { .. }) =>
                {
                    x
                }
                _ => break,
            };
        }
        unit.as_name(outer).is_some_and(|name| self.is_register_name(name)) && self.fits(self.ty(outer))
    }

    fn is_register_name(&self, name: NameId) -> bool {
        let variable = &self.unit.names[name];
        let captured_by_address =
            variable.is_closure_var() && self.unit.names[self.unit.canonical(name)].addrtaken;
        variable.is_local()
            && !variable.addrtaken
            && !captured_by_address
            && self.analysis.placement(variable.node) != escargo_escape::Placement::Heap
            && !(variable.class == NameClass::Result && self.unit.funcs[self.func].has_defer)
    }

    /// Whether values of a type fit in registers (`ssa/value.go`, CanSSA).
    fn fits(&self, ty: TypeId) -> bool {
        let store = self.cx.store;
        match self.size_of(ty) {
            0 => return true,
            size if size <= MAX_FIELDS as u64 * self.cx.sizes.word => {}
            _ => return false,
        }
        match store.ty(store.under(ty)) {
            &Type::Array { elem, len } => len.is_some_and(|len| len <= 1) && self.fits(elem),
            Type::Struct(_) if self.cx.is_direct_iface(ty) => true,
            Type::Struct(s) => {
                s.fields.len() <= MAX_FIELDS && s.fields.iter().all(|&field| self.fits(store.obj_type(field)))
            }
            _ => true,
        }
    }

    /// A slice that grew in the frame is moved to the heap in front of a statement.
    pub(crate) fn moved(&mut self, stmt: NodeId, name: NameId) {
        let elem = self.elem(self.unit.names[name].ty);
        let seen = Seen::new(SiteKind::MoveToHeap, elem).of(self.size_of(elem));
        let pos = self.unit.nodes[stmt].pos;
        self.push(What::Variable(name), pos, seen, Class::RunTime(Why::InFrame));
    }
}
