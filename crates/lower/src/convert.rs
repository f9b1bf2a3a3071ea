//! Conversions and types at run time (`noder/writer.go`: convertExpr, exprType; `noder/reader.go`: exprConvert,
//! exprAssert, exprType).

use escargo_dialect::lowering::ConversionPlace;
use escargo_ir::{IrPos, Kind, List, NodeId, Op};
use escargo_syntax::ExprId;
use escargo_types::typeset::type_set;
use escargo_types::{TypeId, identity};

use crate::body::Body;

/// A type that stands where its description at run time is needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExprType {
    /// Where it stands.
    pub(crate) pos: IrPos,
    /// The type.
    pub(crate) ty: TypeId,
    /// Its description, if only the dictionary knows it.
    pub(crate) rtype: Option<NodeId>,
    /// The table of its methods for an interface, if only the dictionary knows it.
    pub(crate) itab: Option<NodeId>,
}

impl ExprType {
    /// Whether the type is known when compiling.
    pub(crate) fn is_static(&self) -> bool {
        self.rtype.is_none() && self.itab.is_none()
    }
}

impl Body<'_, '_> {
    /// The value of `e`, converted implicitly to the checker's type `to` unless it has that type. Where conversions do
    /// not stand at their operands they are left to whoever uses the value.
    pub(crate) fn convert(&mut self, e: ExprId, to: TypeId) -> NodeId {
        match self.rules().conversions {
            ConversionPlace::Standing => self.expr(e),
            ConversionPlace::Operand => self.convert_expr(e, to, true),
        }
    }
    /// As [`Body::convert`]; without a type nothing is converted.
    pub(crate) fn convert_opt(&mut self, e: ExprId, to: Option<TypeId>) -> NodeId {
        match to {
            Some(to) => self.convert(e, to),
            None => self.expr(e),
        }
    }
    /// The explicit conversion of `e` to the checker's type `to`.
    pub(crate) fn conversion(&mut self, pos: IrPos, e: ExprId, to: TypeId) -> NodeId {
        if self.rules().conversions == ConversionPlace::Operand {
            return self.convert_expr(e, to, false);
        }
        self.low.stand = pos;
        let ty = self.ty(to);
        let x = self.expr(e);
        self.build().convert(pos, x, ty, false)
    }

    fn convert_expr(&mut self, e: ExprId, to: TypeId, implicit: bool) -> NodeId {
        let store = self.low.cx.store;
        let src = self.type_and_value(e).ty;
        let same = identity::identical(store, src, to);
        if implicit && same {
            return self.expr(e);
        }
        let ty = self.ty(to);
        let pos = self.expr_pos(e);
        self.conv_types(src, to);
        let x = self.expr(e);
        if store.is_type_param(to)
            && let Some(wrapped) = self.build().convert_to_type_param(pos, x, ty)
        {
            return wrapped;
        }
        let x = self.build().default_lit(x, Some(ty), false);
        let node = self.build().convert(pos, x, ty, implicit);
        if !same {
            self.keep_itab(node);
        }
        node
    }

    /// Different interfaces with methods have different tables of methods, though shapes may hide that they differ.
    fn keep_itab(&mut self, node: NodeId) {
        let store = self.low.cx.store;
        let Kind::Conv(Op::ConvNop, x) = self.low.unit.nodes[node].kind else { return };
        let (ty, src) = (self.low.unit.nodes[node].ty, self.low.unit.nodes[x].ty);
        let under = store.under(ty);
        let with_methods = store.is_interface(under) && !type_set(store, under).methods.is_empty();
        if with_methods && (store.has_shape(ty) || store.has_shape(src)) {
            self.low.unit.nodes[node].kind = Kind::Conv(Op::ConvIface, x);
        }
    }

    /// A type that is written as operand: of `new` and `make`, of assertions from `iface`, in clauses of type switches.
    pub(crate) fn expr_type(&mut self, iface: Option<TypeId>, e: ExprId) -> ExprType {
        let store = self.low.cx.store;
        let pos = self.expr_pos(e);
        let to = self.info().types[e].ty;
        let iface = iface.filter(|&iface| !type_set(store, store.under(iface)).methods.is_empty());
        let derived = self.is_derived(to);
        let ty = self.ty(to);
        let mut found = ExprType { pos, ty, rtype: None, itab: None };
        match iface {
            Some(iface) => {
                let from = self.ty(iface);
                self.static_itab((to, iface), (ty, from));
                if store.is_interface(ty) {
                    found.rtype = derived.then(|| self.rtype(to, pos));
                } else if derived || self.is_derived(iface) {
                    found.itab = self.itab(to, iface, pos);
                }
            }
            None => found.rtype = derived.then(|| self.rtype(to, pos)),
        }
        found
    }

    /// The node of a type that stands as operand.
    pub(crate) fn type_operand(&mut self, found: ExprType) -> NodeId {
        let kind = match found.rtype {
            Some(rtype) => Kind::DynamicType { rtype, itab: found.itab },
            None => Kind::Type,
        };
        let pos = if found.is_static() { IrPos::NONE } else { found.pos };
        self.low.unit.expr(pos, found.ty, kind)
    }

    /// `x.(T)`.
    pub(crate) fn type_assert(&mut self, pos: IrPos, x: ExprId, ty: ExprId) -> NodeId {
        let iface = self.type_and_value(x).ty;
        let x = self.expr(x);
        let target = self.expr_type(Some(iface), ty);
        if target.is_static() {
            self.ty(iface);
            return self.low.unit.expr(pos, target.ty, Kind::TypeAssert(Op::DotType, x));
        }
        let mut operands = List::from([self.rtype(iface, pos)]);
        operands.extend(target.rtype);
        operands.extend(target.itab);
        let kind = Kind::DynamicTypeAssert { op: Op::DynamicDotType, x, operands };
        self.low.unit.expr(pos, target.ty, kind)
    }
}
