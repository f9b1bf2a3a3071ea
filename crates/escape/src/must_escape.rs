//! What has to live on the heap whatever it flows to (`escape/utils.go`, HeapAllocReason).

use escargo_dialect::escaping::MakeRule;
use escargo_ir::{Kind, NodeId, Op};
use escargo_types::{Type, TypeId};

use crate::analyzer::Analyzer;
use crate::event::Reason;
use crate::graph::{LocId, Role, What};

impl Analyzer<'_, '_> {
    /// The reason why a location must be on the heap, if it must.
    pub(crate) fn must_escape(&mut self, loc: LocId) -> Option<(NodeId, Reason)> {
        let location = &self.graph.locs[loc];
        let node = match location.what {
            What::Temp => return None,
            What::Variable(_) if matches!(location.role, Role::Param | Role::Result(_)) => return None,
            What::Variable(name) => self.unit.names[name].node,
            What::Expr(node) => node,
        };
        self.reason(node).map(|reason| (node, reason))
    }

    fn reason(&mut self, node: NodeId) -> Option<Reason> {
        let ty = self.ty(node);
        if ty == TypeId::INVALID {
            return None;
        }
        if self.size_of(ty) > self.explicit_limit() {
            return Some(Reason::TooLarge);
        }
        if self.is_overaligned(ty) {
            return Some(Reason::TooAligned);
        }
        let large = match self.unit.nodes[node].kind {
            Kind::Unary(Op::New | Op::PtrLit, _) => {
                let elem = self.cx.store.pointer_elem(ty)?;
                if self.size_of(elem) > self.implicit_limit() {
                    return Some(Reason::TooLarge);
                }
                return self.is_overaligned(elem).then_some(Reason::TooAligned);
            }
            Kind::Closure(func) => self.closure_size(func) > self.implicit_limit(),
            Kind::Selector(ref s) if s.op == Op::MethValue => {
                let x = s.x;
                let ty = self.ty(x);
                self.record_size([ty].into_iter()) > self.implicit_limit()
            }
            Kind::Make(Op::MakeSlice, len, cap) => return self.make_slice(ty, cap.or(len)?),
            _ => false,
        };
        large.then_some(Reason::TooLarge)
    }

    fn make_slice(&mut self, ty: TypeId, size: NodeId) -> Option<Reason> {
        let &Type::Slice(elem) = self.cx.store.ty(self.cx.store.under(ty)) else { return None };
        let elem = self.size_of(elem);
        let count = self.unit.small_int(size);
        match self.rules.make {
            MakeRule::AnySize if elem == 0 => return Some(Reason::ZeroSizedElement),
            MakeRule::ConstantSize if count.is_none() => return Some(Reason::NonConstantSize),
            MakeRule::ConstantSize if elem == 0 => return None,
            MakeRule::AnySize | MakeRule::ConstantSize => {}
        }
        let limit = i64::try_from(self.implicit_limit() / elem).unwrap_or(i64::MAX);
        (count? > limit).then_some(Reason::TooLarge)
    }

    fn explicit_limit(&self) -> u64 {
        self.rules.explicit_limit[usize::from(self.cx.flags.small_frames)]
    }
    fn implicit_limit(&self) -> u64 {
        self.rules.implicit_limit[usize::from(self.cx.flags.small_frames)]
    }

    /// Whether values of a type need more alignment than words have.
    fn is_overaligned(&self, ty: TypeId) -> bool {
        self.cx.align_of(ty) > self.cx.sizes.word
    }

    /// Size of a closure: its code's address and the captured variables or their addresses.
    fn closure_size(&mut self, func: escargo_ir::FuncId) -> u64 {
        let by_ref = |name| self.loc_of(name).is_none_or(|loc| self.graph.locs[loc].by_ref);
        let types: Vec<TypeId> = self.unit.funcs[func]
            .closure_vars
            .iter()
            .map(|&name| if by_ref(name) { TypeId::UNSAFE_POINTER } else { self.unit.names[name].ty })
            .collect();
        self.record_size(types.into_iter())
    }

    /// Size of a struct of an address and values of some types.
    fn record_size(&mut self, types: impl Iterator<Item = TypeId>) -> u64 {
        let word = self.cx.sizes.word;
        let end = types.fold(word, |end, ty| {
            end.next_multiple_of(self.cx.align_of(ty).max(1)).saturating_add(self.size_of(ty))
        });
        end.checked_next_multiple_of(word).unwrap_or(u64::MAX)
    }
}
