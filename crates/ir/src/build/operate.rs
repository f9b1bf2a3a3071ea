//! Operators, indexing and slicing (`typecheck/{expr,typecheck}.go` of Go 1.27).

use escargo_types::TypeId;
use escargo_types::ty::Type;

use super::Build;
use crate::{IrPos, Kind, List, NodeId, Op};

/// Whether the operation compares.
pub(crate) fn is_comparison(op: Op) -> bool {
    matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge)
}

/// Operators.
impl Build<'_> {
    /// `op x`: arithmetic, receiving, address or dereference.
    pub fn unary(&mut self, pos: IrPos, op: Op, x: NodeId) -> NodeId {
        match op {
            Op::Addr => self.addr(pos, x),
            Op::Deref => self.deref(pos, x),
            Op::Recv => {
                let elem = match *self.under(x) {
                    Type::Chan { elem, .. } => elem,
                    _ => TypeId::INVALID,
                };
                self.unit.expr(pos, elem, Kind::Unary(op, x))
            }
            _ => {
                let ty = self.ty(x);
                self.unit.expr(pos, ty, Kind::Unary(op, x))
            }
        }
    }

    /// `x op y`. Comparisons have the type untyped bool; concatenations of strings are flattened into one list at the
    /// outermost operator.
    pub fn binary(&mut self, pos: IrPos, op: Op, x: NodeId, y: NodeId) -> NodeId {
        if matches!(op, Op::Lsh | Op::Rsh) {
            let y = self.default_lit(y, Some(TypeId::UINT), false);
            let ty = self.ty(x);
            return self.unit.expr(pos, ty, Kind::Binary(op, x, y));
        }
        let (x, y, ty) = self.operands(x, y);
        if is_comparison(op) {
            let (x, y) = self.default_both(x, y, true);
            return self.unit.expr(pos, TypeId::UNTYPED_BOOL, Kind::Binary(op, x, y));
        }
        if op == Op::Add && self.store.is_string(ty) {
            return self.concat(pos, x, y, ty);
        }
        self.unit.expr(pos, ty, Kind::Binary(op, x, y))
    }

    /// Operands of a binary operation, which have the same type unless one is untyped, with the type of the operation
    /// (`typecheck.tcArith`).
    pub fn operands(&mut self, x: NodeId, y: NodeId) -> (NodeId, NodeId, TypeId) {
        let (x, y) = self.default_both(x, y, false);
        let (a, b) = (self.ty(x), self.ty(y));
        let ty = if self.store.is_untyped_numeric(a) { b } else { a };
        (x, y, ty)
    }

    fn concat(&mut self, pos: IrPos, x: NodeId, y: NodeId, ty: TypeId) -> NodeId {
        let right = match &mut self.unit.nodes[y].kind {
            Kind::AddStr(list) => std::mem::take(list),
            _ => List::from([y]),
        };
        if let Kind::AddStr(list) = &mut self.unit.nodes[x].kind {
            list.extend(right);
            self.unit.nodes[x].pos = pos;
            self.unit.nodes[x].ty = ty;
            return x;
        }
        let mut list = List::from([x]);
        list.extend(right);
        self.unit.expr(pos, ty, Kind::AddStr(list))
    }

    /// `x[index]`.
    pub fn index(&mut self, pos: IrPos, x: NodeId, index: NodeId) -> NodeId {
        let x = self.implicit_star(pos, x);
        match *self.under(x) {
            Type::Map { key, elem } => {
                let index = self.assign_conv(pos, index, key);
                self.unit.expr(pos, elem, Kind::Index(Op::IndexMap, x, index))
            }
            ref under => {
                let elem = match *under {
                    Type::Array { elem, .. } | Type::Slice(elem) => elem,
                    _ => TypeId::BYTE,
                };
                let index = self.index_lit(index);
                self.unit.expr(pos, elem, Kind::Index(Op::Index, x, index))
            }
        }
    }

    /// Untyped numbers as index have type int.
    fn index_lit(&mut self, index: NodeId) -> NodeId {
        match self.store.is_untyped_numeric(self.ty(index)) {
            true => self.default_lit(index, Some(TypeId::INT), false),
            false => index,
        }
    }

    /// `x[low:high]`, `x[low:high:max]` (`full`). The address of an array is taken.
    pub fn slice(&mut self, pos: IrPos, x: NodeId, bounds: [Option<NodeId>; 3], full: bool) -> NodeId {
        let bounds = bounds.map(|bound| bound.map(|bound| self.index_lit(bound)));
        let mut x = x;
        if let Type::Array { .. } = self.under(x) {
            x = self.addr(pos, x);
            self.set_implicit(x);
        }
        let plain = if full { Op::Slice3 } else { Op::Slice };
        let (op, ty) = match *self.under(x) {
            Type::Basic(_) => (Op::SliceStr, self.ty(x)),
            Type::Pointer(array) => {
                let elem = match *self.store.ty(self.store.under(array)) {
                    Type::Array { elem, .. } => elem,
                    _ => TypeId::INVALID,
                };
                (if full { Op::Slice3Arr } else { Op::SliceArr }, self.store.slice(elem))
            }
            _ => (plain, self.ty(x)),
        };
        self.unit.expr(pos, ty, Kind::Slice(op, x, bounds))
    }
}
