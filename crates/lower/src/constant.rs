//! Constant expressions (`noder/writer.go`: expr; `noder/helpers.go`: idealType).

use escargo_base::Symbol;
use escargo_check::{FileInfo, ValueId};
use escargo_ir::{NodeId, Op, Original};
use escargo_syntax::{Expr, ExprId, expr_string};
use escargo_types::{TypeId, Value};

use crate::body::Body;
use crate::expr::unary_op;
use crate::lowerer::Lowerer;
use crate::stmt::binary_op;

impl Body<'_, '_> {
    /// A constant expression as it is written.
    fn constant_text(&self, e: ExprId) -> Symbol {
        let (tree, src) = (self.tree(), &self.source().text);
        match tree[e] {
            Expr::Name(name) => tree.name(name),
            Expr::BasicLit { .. } => {
                let loc = tree.loc(e);
                let text = std::str::from_utf8(&src[loc.start as usize..loc.end as usize]);
                text.map_or_else(|_| Symbol::intern(&expr_string(tree, src, e)), Symbol::intern)
            }
            _ => Symbol::intern(&expr_string(tree, src, e)),
        }
    }

    /// The literal for an expression with a constant value: number `value` of the file.
    pub(crate) fn constant(&mut self, e: ExprId, ty: TypeId, value: ValueId) -> NodeId {
        let pos = self.expr_pos(e);
        let value = &self.info().values[value];
        let ty = self.ty(ideal_type(ty, value));
        let node = self.build().literal(pos, ty, value);
        if self.rules().source_constants && !self.plain {
            let text = self.constant_text(e);
            self.low.unit.originals.insert(node, Original::Text(text, self.outer_op(e)));
        }
        node
    }

    /// The operation by which the text of a constant binds (`noder/expr.go` of 1.19, constExprOp).
    fn outer_op(&self, e: ExprId) -> Op {
        match self.tree()[e] {
            Expr::Unary { op, .. } => unary_op(op),
            Expr::Binary { op, .. } => binary_op(op),
            _ => Op::Literal,
        }
    }

    /// What a loop ranges over, with the checker's type of it: of an array whose indices alone are wanted the length.
    pub(crate) fn ranged_over(&mut self, x: ExprId) -> (NodeId, TypeId) {
        let array = self.tree().unparen(x);
        match array_range(self.low, self.info(), array) {
            Some(len) => {
                let pos = self.expr_pos(array);
                (self.build().literal(pos, TypeId::INT, &Value::uint(len)), TypeId::INT)
            }
            None => (self.expr(x), self.type_and_value(x).ty),
        }
    }
}

/// The length of an array that is ranged over for its indices alone, if that is all that is evaluated. `x` has no
/// parentheses around it.
pub(crate) fn array_range(low: &Lowerer<'_>, info: &FileInfo, x: ExprId) -> Option<u64> {
    info.array_ranges.get(&x).copied().filter(|_| low.cx.model.lowering.ranges_over_lengths)
}

/// The type of a constant that checking has left untyped: nothing asked for one, as with shift counts and conditions.
fn ideal_type(ty: TypeId, value: &Value) -> TypeId {
    match ty {
        TypeId::UNTYPED_INT | TypeId::UNTYPED_FLOAT | TypeId::UNTYPED_COMPLEX => {
            if value.to_int().sign() < 0 { TypeId::INT } else { TypeId::UINT }
        }
        TypeId::UNTYPED_BOOL => TypeId::BOOL,
        TypeId::UNTYPED_STRING => TypeId::STRING,
        TypeId::UNTYPED_RUNE => TypeId::INT32,
        _ => ty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_counts_are_unsigned() {
        assert_eq!(ideal_type(TypeId::UNTYPED_INT, &Value::int(3)), TypeId::UINT);
        assert_eq!(ideal_type(TypeId::UNTYPED_INT, &Value::int(-3)), TypeId::INT);
        assert_eq!(ideal_type(TypeId::UNTYPED_RUNE, &Value::int(3)), TypeId::INT32);
        assert_eq!(ideal_type(TypeId::BYTE, &Value::int(3)), TypeId::BYTE);
    }
}
