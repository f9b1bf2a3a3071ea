//! Operands that are always the same constant are replaced by it: what they are for may then live on the stack, or in
//! memory that is not written to (`escape/escape.go`, rewriteWithLiterals).

use escargo_dialect::escaping::LiteralRewrite;
use escargo_ir::{Kind, NodeId, Op};
use escargo_types::{BasicInfo, TypeId, Value};

use crate::analyzer::Analyzer;
use crate::graph::{LocId, What};

impl Analyzer<'_, '_> {
    /// Replaces the operand of a location's expression, if it can be.
    pub(crate) fn rewrite_with_literals(&mut self, loc: LocId) {
        if self.rules.rewrite == LiteralRewrite::None {
            return;
        }
        let What::Expr(node) = self.graph.locs[loc].what else { return };
        match self.unit.nodes[node].kind {
            Kind::Make(Op::MakeSlice, len, cap) => self.rewrite_make(loc, node, len, cap),
            Kind::Conv(Op::ConvIface, x) => self.rewrite_boxed(loc, node, x),
            _ => {}
        }
    }

    /// The capacity of a slice that is made, or its length.
    fn rewrite_make(&mut self, loc: LocId, node: NodeId, len: Option<NodeId>, cap: Option<NodeId>) {
        let Some(size) = cap.or(len).filter(|&size| self.unit.literal(size).is_none()) else { return };
        let value = self.static_value(loc, size);
        let (value, ty) = match &self.unit.nodes[value].kind {
            Kind::Literal(value) if value.sign() >= 0 => ((**value).clone(), self.ty(size)),
            &Kind::Unary(Op::Len, x) if self.rules.rewrite >= LiteralRewrite::Lengths => {
                let slice = self.static_value(loc, x);
                match self.unit.nodes[slice].kind {
                    Kind::CompositeLit { op: Op::SliceLit, len, .. } => (Value::uint(len), TypeId::INT),
                    _ => return,
                }
            }
            _ => return,
        };
        let literal = self.replace(loc, node, size, value, ty);
        self.unit.nodes[node].kind = match cap {
            Some(_) => Kind::Make(Op::MakeSlice, len, Some(literal)),
            None => Kind::Make(Op::MakeSlice, Some(literal), None),
        };
    }

    /// A value that is put into an interface.
    fn rewrite_boxed(&mut self, loc: LocId, node: NodeId, x: NodeId) {
        let ty = self.ty(x);
        if self.unit.literal(x).is_some() || self.cx.store.is_interface(ty) {
            return;
        }
        let value = self.static_value(loc, x);
        let Some(value) = self.unit.literal(value).filter(|value| self.is_valid_for(ty, value)) else {
            return;
        };
        let value = value.clone();
        let literal = self.replace(loc, node, x, value, ty);
        self.unit.nodes[node].kind = Kind::Conv(Op::ConvIface, literal);
    }

    fn static_value(&mut self, loc: LocId, node: NodeId) -> NodeId {
        match self.graph.locs[loc].scope {
            Some(scope) => {
                let func = self.graph.scopes[scope].func;
                self.values.static_value(self.cx, self.unit, func, node)
            }
            None => node,
        }
    }

    /// A constant in place of `old`, an operand of `node`. For its effects, `old` is assigned to a temporary in front.
    fn replace(&mut self, loc: LocId, node: NodeId, old: NodeId, value: Value, ty: TypeId) -> NodeId {
        let pos = self.pos(node);
        if let Some(scope) = self.graph.locs[loc].scope {
            let func = self.graph.scopes[scope].func;
            let temp = self.unit.new_temp(func, pos, self.ty(old));
            let stmts = self.declare_and_assign(temp, pos, old);
            self.unit.nodes[node].init.extend(stmts);
        }
        self.unit.expr(pos, ty, Kind::Literal(Box::new(value)))
    }

    /// Whether a constant can have a type (`ir.ValidTypeForConst`).
    fn is_valid_for(&self, ty: TypeId, value: &Value) -> bool {
        let info = match value {
            Value::Unknown => BasicInfo::CONST_TYPE,
            Value::Bool(_) => BasicInfo::BOOLEAN,
            Value::String(_) => BasicInfo::STRING,
            // Integers may be kept for constants of all numeric types.
            Value::Int(_) => BasicInfo::NUMERIC,
            Value::Rat(_) | Value::Float(_) => BasicInfo(BasicInfo::FLOAT.0 | BasicInfo::COMPLEX.0),
            Value::Complex(_) => BasicInfo::COMPLEX,
        };
        self.cx.store.is_basic(ty, info)
    }
}
