//! Expressions (`escape/expr.go`).

use escargo_ir::{Class, Kind, NodeId, Op, Pragmas};
use escargo_types::TypeId;

use crate::analyzer::{Analyzer, Nodes};
use crate::event::Reason;
use crate::graph::{Hole, LocId};

impl Analyzer<'_, '_> {
    /// Walks an expression whose value goes to `hole`.
    pub(crate) fn expr(&mut self, hole: Hole, node: NodeId) {
        self.init(node);
        self.expr_skip_init(hole, node);
    }

    /// Walks an expression whose value nobody looks at.
    pub(crate) fn discard(&mut self, node: NodeId) {
        self.expr(Hole::new(LocId::BLANK), node);
    }
    pub(crate) fn discards(&mut self, list: &[NodeId]) {
        for &node in list {
            self.discard(node);
        }
    }

    /// The same as [`Self::expr`] where statements in front of the expression are done.
    pub(crate) fn expr_skip_init(&mut self, mut hole: Hole, node: NodeId) {
        if hole.derefs >= 0 && !hole.is_blank() && self.is_pointer_free(self.ty(node)) {
            hole.dst = LocId::BLANK;
        }
        match &self.unit.nodes[node].kind {
            &Kind::Name(name) => {
                if !matches!(self.unit.names[name].class, Class::Func | Class::Extern)
                    && let Some(loc) = self.loc_of(name)
                {
                    self.flow(hole, loc);
                }
            }
            &Kind::Unary(op, x) => self.unary(hole, node, op, x),
            &Kind::Binary(op, x, y) => self.binary(hole, node, op, x, y),
            &Kind::Conv(op, x) => self.conversion(hole, node, op, x),
            Kind::Selector(s) => {
                let (op, x) = (s.op, s.x);
                self.selector(hole, node, op, x);
            }
            &Kind::TypeAssert(_, x) | &Kind::DynamicTypeAssert { x, .. } => {
                let hole = self.dot_type(hole, self.ty(node), node, Reason::Dot);
                self.expr(hole, x);
            }
            &Kind::Index(op, x, index) => self.index(hole, node, op, x, index),
            &Kind::Slice(_, x, bounds) => {
                let hole = self.note(hole, node, Reason::Slice);
                self.expr(hole, x);
                bounds.into_iter().flatten().for_each(|bound| self.discard(bound));
            }
            Kind::Call(_) | Kind::InlCall { .. } | Kind::Builtin { .. } => self.call(Some(&[hole]), node),
            &Kind::Make(op, len, cap) => {
                if op != Op::MakeChan {
                    self.spill(hole, node);
                }
                len.into_iter().chain(cap).for_each(|size| self.discard(size));
            }
            Kind::CompositeLit { .. } => self.composite(hole, node),
            &Kind::Closure(func) => self.literal(hole, node, func),
            Kind::AddStr(list) => {
                // The run time copies the operands.
                let list: Nodes = list.iter().copied().collect();
                self.spill(hole, node);
                self.discards(&list);
            }
            kind => debug_assert!(
                matches!(
                    kind,
                    Kind::Blank
                        | Kind::Literal(_)
                        | Kind::Nil
                        | Kind::Type
                        | Kind::Leaf(_)
                        | Kind::LinkSymOffset { .. }
                        | Kind::DynamicType { .. }
                ),
                "not an expression: {:?}",
                kind.op()
            ),
        }
    }

    fn unary(&mut self, hole: Hole, node: NodeId, op: Op, x: NodeId) {
        match op {
            Op::Plus | Op::Neg | Op::BitNot | Op::Not | Op::Recv => self.discard(x),
            Op::Addr => {
                let hole = self.addr(hole, node, Reason::AddressOf);
                self.expr(hole, x);
            }
            Op::Deref => {
                let hole = self.deref(hole, node, Reason::Indirection);
                self.expr(hole, x);
            }
            Op::PtrLit => {
                let hole = self.spill(hole, node);
                self.expr(hole, x);
            }
            Op::New => {
                self.spill(hole, node);
            }
            Op::GetG => {}
            Op::ITab | Op::IData | Op::SPtr | Op::Paren => self.expr(hole, x),
            _ => self.call(Some(&[hole]), node),
        }
    }

    fn binary(&mut self, hole: Hole, node: NodeId, op: Op, x: NodeId, y: NodeId) {
        match op {
            Op::Copy | Op::Complex | Op::UnsafeAdd | Op::UnsafeSlice | Op::UnsafeString => {
                self.call(Some(&[hole]), node);
            }
            _ => {
                self.discard(x);
                self.discard(y);
            }
        }
    }

    fn conversion(&mut self, hole: Hole, node: NodeId, op: Op, x: NodeId) {
        let (to, from) = (self.ty(node), self.ty(x));
        match op {
            Op::ConvIface => {
                let boxed = !self.cx.store.is_interface(from) && !self.cx.is_direct_iface(from);
                let hole = if boxed { self.spill(hole, node) } else { hole };
                let hole = self.note(hole, node, Reason::InterfaceConverted);
                self.expr(hole, x);
            }
            // An array made from a slice is what the slice points to.
            Op::Slice2Arr => {
                let hole = self.deref(hole, node, Reason::SliceToArray);
                self.expr(hole, x);
            }
            Op::Runes2Str | Op::Bytes2Str | Op::Str2Runes | Op::Str2Bytes | Op::RuneStr => {
                self.spill(hole, node);
                self.discard(x);
            }
            _ if self.cx.store.is_unsafe_pointer(to) && self.is_pointer(from) && self.checks_pointers() => {
                self.assign_heap(x, Reason::ConversionToUnsafePointer, node);
            }
            _ if self.cx.store.is_unsafe_pointer(to) && self.is_uintptr(from) => self.unsafe_value(hole, x),
            _ => self.expr(hole, x),
        }
    }

    /// Whether all conversions to `unsafe.Pointer` in the current function are checked at run time: then what they
    /// point to is put on the heap, where its bounds can be told.
    fn checks_pointers(&self) -> bool {
        self.cx.flags.debug("checkptr") >= 2
            && !self.unit.funcs[self.frame.func].pragmas.has(Pragmas::NOCHECKPTR)
    }

    fn selector(&mut self, hole: Hole, node: NodeId, op: Op, x: NodeId) {
        match op {
            Op::MethExpr => {}
            Op::MethValue => self.method_value(hole, node),
            Op::DotPtr => {
                let hole = self.deref(hole, node, Reason::DotOfPointer);
                self.expr(hole, x);
            }
            _ => {
                let hole = self.note(hole, node, Reason::Dot);
                self.expr(hole, x);
            }
        }
    }

    /// The receiver of a method value flows to the closure and to the method's receiver. Nobody knows how the closure is
    /// called, so the method's results are taken to flow to the heap.
    fn method_value(&mut self, hole: Hole, node: NodeId) {
        let Kind::Selector(s) = &self.unit.nodes[node].kind else { return };
        let (x, method) = (s.x, s.func);
        let closure = self.spill(hole, node);
        let results = vec![Hole::new(LocId::HEAP); self.layout.results()];
        let receiver = match method {
            Some(method) => self.param_hole(Some(&results), method, 0),
            None => Hole::new(LocId::HEAP),
        };
        let receiver = self.trail_note(receiver, node, Reason::CallParameter);
        let closure = self.trail_note(closure, node, Reason::CapturedByClosure);
        let both = self.tee(&[receiver, closure]);
        self.expr(both, x);
    }

    fn index(&mut self, hole: Hole, node: NodeId, op: Op, x: NodeId, index: NodeId) {
        if op == Op::IndexMap {
            // What is found in a map was put on the heap when it was stored.
            self.discard(x);
        } else {
            let hole = if self.is_array(self.ty(x)) {
                self.note(hole, node, Reason::FixedArrayIndex)
            } else {
                self.deref(hole, node, Reason::DotOfPointer)
            };
            self.expr(hole, x);
        }
        self.discard(index);
    }

    fn composite(&mut self, hole: Hole, node: NodeId) {
        let Kind::CompositeLit { op, list, .. } = &self.unit.nodes[node].kind else { return };
        let (op, list) = (*op, list.iter().copied().collect::<Nodes>());
        let (hole, reason) = match op {
            Op::ArrayLit => (hole, Reason::ArrayLiteralElement),
            Op::StructLit => (hole, Reason::StructLiteralElement),
            Op::SliceLit => (self.spill(hole, node), Reason::SliceLiteralElement),
            _ => {
                self.spill(hole, node);
                return self.map_elements(node, &list);
            }
        };
        for elem in list {
            let hole = self.note(hole, node, reason);
            let value = self.unit.element_value(elem);
            self.expr(hole, value);
        }
    }

    /// Maps keep keys and values on the heap.
    fn map_elements(&mut self, node: NodeId, list: &[NodeId]) {
        for &elem in list {
            let Kind::Binary(Op::Key, key, value) = self.unit.nodes[elem].kind else { continue };
            self.assign_heap(key, Reason::MapLiteralKey, node);
            self.assign_heap(value, Reason::MapLiteralValue, node);
        }
    }

    pub(crate) fn is_pointer(&self, ty: TypeId) -> bool {
        self.cx.store.pointer_elem(ty).is_some()
    }
    pub(crate) fn is_uintptr(&self, ty: TypeId) -> bool {
        self.cx.store.basic_kind(ty) == Some(escargo_types::BasicKind::Uintptr)
    }
}
