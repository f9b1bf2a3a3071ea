//! Calls of predeclared functions (`escape/call.go`).

use escargo_ir::{Kind, NodeId, Op};
use escargo_types::Type;

use crate::analyzer::{Analyzer, Nodes};
use crate::event::Reason;
use crate::graph::{Hole, LocId};

impl Analyzer<'_, '_> {
    /// Walks a call of a builtin whose result goes to `result`.
    pub(crate) fn builtin(&mut self, result: Hole, node: NodeId) {
        match &self.unit.nodes[node].kind {
            Kind::Builtin { op, args, ddd } => {
                let (op, args, ddd) = (*op, args.iter().copied().collect::<Nodes>(), *ddd);
                match op {
                    Op::Append => self.append(result, node, &args, ddd),
                    Op::Min | Op::Max => args.iter().for_each(|&arg| self.argument(result, arg, node)),
                    // Delete, Print, Println, Recover.
                    _ => args.iter().for_each(|&arg| self.discarded_argument(arg, node)),
                }
            }
            &Kind::Unary(op, x) => match op {
                Op::Panic => self.argument(Hole::new(LocId::HEAP), x, node),
                Op::Clear => self.argument(self.mutator(), x, node),
                Op::UnsafeStringData | Op::UnsafeSliceData => self.argument(result, x, node),
                _ => {
                    debug_assert!(
                        matches!(op, Op::Len | Op::Cap | Op::Real | Op::Imag | Op::Close),
                        "call of {op:?}"
                    );
                    self.discarded_argument(x, node);
                }
            },
            &Kind::Binary(op, x, y) => match op {
                Op::Copy => self.copy(node, x, y),
                Op::UnsafeAdd | Op::UnsafeSlice | Op::UnsafeString => {
                    self.argument(result, x, node);
                    self.discarded_argument(y, node);
                }
                _ => {
                    self.discarded_argument(x, node);
                    self.discarded_argument(y, node);
                }
            },
            kind => debug_assert!(false, "call of {:?}", kind.op()),
        }
    }

    fn append(&mut self, result: Hole, node: NodeId, args: &[NodeId], ddd: bool) {
        let [slice, values @ ..] = args else { return };
        // The slice is the result if it has room; else its elements are copied to new memory, perhaps on the heap.
        let mut hole = result;
        if self.rules.tracks_writes {
            hole = self.tee(&[result, self.mutator()]);
        }
        if self.elem_has_pointers(*slice) {
            let copied = self.deref(Hole::new(LocId::HEAP), node, Reason::AppendeeSlice);
            hole = self.tee(&[hole, copied]);
        }
        self.argument(hole, *slice, node);

        match (values, ddd) {
            (&[value], true) => {
                let mut hole = Hole::new(LocId::BLANK);
                if self.elem_has_pointers(value) {
                    hole = self.deref(Hole::new(LocId::HEAP), node, Reason::AppendedSlice);
                }
                self.argument(hole, value, node);
            }
            _ => values.iter().for_each(|&value| self.argument(Hole::new(LocId::HEAP), value, node)),
        }

        if self.rules.append_location {
            let memory = self.spill(result, node);
            // The memory is not used again in a loop.
            self.graph.locs[memory.dst].depth = 0;
        }
    }

    fn copy(&mut self, node: NodeId, dst: NodeId, src: NodeId) {
        self.argument(self.mutator(), dst, node);
        let mut hole = Hole::new(LocId::BLANK);
        if self.elem_has_pointers(src) {
            hole = self.deref(Hole::new(LocId::HEAP), node, Reason::CopiedSlice);
        }
        self.argument(hole, src, node);
    }

    /// Walks an argument that nothing happens to.
    fn discarded_argument(&mut self, arg: NodeId, call: NodeId) {
        let arg = self.wrapped(arg, call);
        self.discard(arg);
    }

    /// Where pointers go that are written through.
    fn mutator(&self) -> Hole {
        Hole::new(if self.rules.tracks_writes { LocId::MUTATOR } else { LocId::BLANK })
    }

    /// Whether an expression is a slice with pointers in its elements.
    fn elem_has_pointers(&mut self, node: NodeId) -> bool {
        match self.cx.store.ty(self.cx.store.under(self.ty(node))) {
            &Type::Slice(elem) => self.has_pointers(elem),
            _ => false,
        }
    }
}
