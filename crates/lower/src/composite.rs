//! Composite literals (`noder/writer.go`, `noder/reader.go`: compLit).

use escargo_dialect::lowering::ConversionPlace;
use escargo_ir::{IrPos, Kind, List, NodeId, Op};
use escargo_syntax::{Expr, ExprId};
use escargo_types::TypeId;
use escargo_types::lookup::{Lookup, lookup_field_or_method};
use escargo_types::ty::Type;

use crate::body::Body;

impl Body<'_, '_> {
    /// A composite literal; where its type is left out and that of the elements is a pointer, the literal's address.
    pub(crate) fn composite_lit(&mut self, e: ExprId) -> NodeId {
        let Expr::CompositeLit { elems, .. } = self.tree()[e] else { unreachable!("a composite literal") };
        let pos = self.expr_pos(e);
        let written = self.type_and_value(e).ty;
        let ir = self.ty(written);
        let elem = match *self.core_type(written) {
            Type::Pointer(elem) => Some(elem),
            _ => None,
        };
        let (ty, lit_ty) = match elem {
            Some(elem) => (elem, self.ty(elem)),
            None => (written, ir),
        };
        let elems: Vec<ExprId> = self.tree().list(elems).collect();
        let list = match *self.core_type(ty) {
            Type::Array { elem, .. } | Type::Slice(elem) => self.array_elems(elem, &elems),
            Type::Map { key, elem } => {
                self.hidden_rtype(ty);
                elems.iter().map(|&e| self.key_value(Some(key), elem, e)).collect()
            }
            _ => self.struct_elems(ty, &elems),
        };
        let lit = self.build().composite(pos, lit_ty, list);
        if elem.is_none() {
            return lit;
        }
        let addr = self.build().addr(pos, lit);
        self.low.unit.nodes[addr].ty = ir;
        addr
    }

    fn array_elems(&mut self, elem: TypeId, elems: &[ExprId]) -> List {
        elems
            .iter()
            .map(|&e| match self.tree()[e] {
                Expr::KeyValue { .. } => self.key_value(None, elem, e),
                _ => self.element(e, elem, None),
            })
            .collect()
    }

    /// The value of an element; where conversions stand apart from operands it is converted where the element stands:
    /// at the colon if it has a key.
    fn element(&mut self, e: ExprId, to: TypeId, colon: Option<IrPos>) -> NodeId {
        let value = self.convert(e, to);
        if self.rules().conversions == ConversionPlace::Operand {
            return value;
        }
        let node = &self.low.unit.nodes[value];
        let own = !matches!(node.kind, Kind::Name(_)) && node.pos.is_known();
        let pos = colon.unwrap_or(if own { node.pos } else { self.expr_pos(e) });
        let to = self.ty(to);
        self.build().assign_conv(pos, value, to)
    }

    /// `key: value`, which stands where the key does, or at the colon.
    fn key_value(&mut self, key_ty: Option<TypeId>, elem: TypeId, e: ExprId) -> NodeId {
        let Expr::KeyValue { key, value } = self.tree()[e] else { return self.convert(e, elem) };
        let colon = self.colon(e);
        let pos = colon.unwrap_or(self.expr_pos(key));
        let key = match key_ty {
            Some(key_ty) => self.element(key, key_ty, colon),
            None => self.expr(key),
        };
        let value = self.element(value, elem, colon);
        self.low.unit.stmt(pos, Kind::Binary(Op::Key, key, value))
    }

    fn struct_elems(&mut self, ty: TypeId, elems: &[ExprId]) -> List {
        let store = self.low.cx.store;
        let mut list = List::with_capacity(elems.len());
        for (i, &e) in elems.iter().enumerate() {
            let (at, value, path) = match self.tree()[e] {
                Expr::KeyValue { key, value } => (key, value, self.key_path(ty, key)),
                _ => (e, e, vec![i as u32]),
            };
            let colon = if at == value { None } else { self.colon(e) };
            let pos = colon.unwrap_or(self.expr_pos(at));
            let mut field_ty = ty;
            for &index in &path {
                let fields = store.struct_fields(field_ty).unwrap_or(&[]);
                field_ty = fields.get(index as usize).map_or(TypeId::INVALID, |&f| store.obj_type(f));
            }
            let value = self.element(value, field_ty, colon);
            let field = path.last().copied().unwrap_or(0);
            list.push(self.low.unit.expr(pos, TypeId::INVALID, Kind::StructKey { field, value }));
        }
        list
    }

    /// Where an element with a key stands, if not at the key.
    fn colon(&self, e: ExprId) -> Option<IrPos> {
        (self.rules().conversions == ConversionPlace::Standing).then(|| self.expr_pos(e))
    }

    /// The field that a key names; it may be that of an embedded struct.
    fn key_path(&self, ty: TypeId, key: ExprId) -> Vec<u32> {
        let Expr::Name(ident) = self.tree()[key] else { return Vec::new() };
        let name = self.tree().name(ident);
        match lookup_field_or_method(self.low.cx.store, ty, false, Some(self.pkg.pkg), name, false) {
            Lookup::Found { index, .. } => index,
            _ => Vec::new(),
        }
    }
}
