//! Conversions (`typecheck/{expr,subr}.go` of Go 1.27: tcConv, assignconvfn).

use escargo_types::ty::BasicKind;
use escargo_types::{TypeId, Value};

use super::Build;
use escargo_types::shape::identical;

use crate::conversion::{assign_op, convert_op};
use crate::{IrPos, Kind, List, NodeId, Op};

/// Conversions.
impl Build<'_> {
    /// `x` converted to `ty` at `pos`: the operation follows from the types (`typecheck.tcConv`).
    pub fn convert(&mut self, pos: IrPos, x: NodeId, ty: TypeId, implicit: bool) -> NodeId {
        let x = self.default_lit(x, Some(ty), true);
        let src = self.ty(x);
        let is_literal = matches!(self.unit.nodes[x].kind, Kind::Literal(_));
        let mut op = convert_op(self.store, self.sizes, is_literal, src, ty).unwrap_or(Op::Conv);
        let mut operand = x;
        match op {
            // Conversions of floating-point numbers imply rounding.
            Op::ConvNop if self.rounds(src, ty) => op = Op::Conv,
            Op::Str2Runes if is_literal => return self.runes_literal(pos, ty, x),
            Op::Bytes2Str => operand = self.plain_elements(x, &[TypeId::BYTE, TypeId::UINT8]),
            Op::Runes2Str => operand = self.plain_elements(x, &[TypeId::RUNE, TypeId::INT32]),
            _ => {}
        }
        let node = self.unit.expr(pos, ty, Kind::Conv(op, operand));
        self.unit.nodes[node].implicit = implicit;
        node
    }

    fn rounds(&self, src: TypeId, dst: TypeId) -> bool {
        use BasicKind::{Complex64, Complex128, Float32, Float64};
        let (src, dst) = (self.store.basic_kind(src), self.store.basic_kind(dst));
        src == dst && matches!(src, Some(Float32 | Float64 | Complex64 | Complex128))
    }

    /// A slice whose elements have a declared type becomes one of bytes or runes first.
    fn plain_elements(&mut self, x: NodeId, plain: &[TypeId]) -> NodeId {
        match *self.under(x) {
            escargo_types::Type::Slice(elem) if !plain.contains(&elem) => {
                let (pos, ty) = (self.unit.nodes[x].pos, self.store.slice(plain[0]));
                self.unit.expr(pos, ty, Kind::Conv(Op::ConvNop, x))
            }
            _ => x,
        }
    }

    /// A constant string as slice of runes (`typecheck.stringtoruneslit`).
    fn runes_literal(&mut self, pos: IrPos, ty: TypeId, x: NodeId) -> NodeId {
        let bytes = self.unit.literal(x).map(|value| value.as_bytes().to_vec()).unwrap_or_default();
        let mut list = List::new();
        for (i, rune) in runes(&bytes).into_iter().enumerate() {
            let key = self.int(pos, i as i64);
            let value = self.int(pos, i64::from(rune));
            list.push(self.unit.stmt(pos, Kind::Binary(Op::Key, key, value)));
        }
        self.composite(pos, ty, list)
    }

    /// `x` for assignment to a variable of type `ty`: converted implicitly at `pos`, unless the types are identical
    /// (`typecheck.AssignConv`).
    pub fn assign_conv(&mut self, pos: IrPos, x: NodeId, ty: TypeId) -> NodeId {
        let x = self.default_lit(x, Some(ty), false);
        let src = self.ty(x);
        if src == TypeId::INVALID || identical(self.store, src, ty) {
            return x;
        }
        let op = assign_op(self.store, src, ty).unwrap_or(Op::Conv);
        self.implicit(pos, ty, Kind::Conv(op, x))
    }

    /// A constant converted to a type parameter's type: no constant any more, hence wrapped. Nothing if the type's
    /// constants cannot hold the value (`noder/reader.go`, exprConvert).
    pub fn convert_to_type_param(&mut self, pos: IrPos, x: NodeId, ty: TypeId) -> Option<NodeId> {
        let value: Value = super::convert_value(self.store, self.unit.literal(x)?, ty, false)?;
        let at = self.unit.nodes[x].pos;
        let literal = self.unit.expr(at, ty, Kind::Literal(Box::new(value)));
        Some(self.implicit(pos, ty, Kind::Conv(Op::ConvNop, literal)))
    }
}

/// Code points of a string as a range loop finds them: a byte that belongs to none counts as U+FFFD.
fn runes(bytes: &[u8]) -> Vec<i32> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        let len = match first {
            0x00..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 0,
        };
        let ch =
            rest.get(..len).and_then(|head| std::str::from_utf8(head).ok()).and_then(|s| s.chars().next());
        found.push(ch.map_or(0xfffd, |ch| ch as i32));
        rest = &rest[if ch.is_some() { len } else { 1 }..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::runes;

    #[test]
    fn broken_text_gives_replacement_characters() {
        assert_eq!(runes("aé世".as_bytes()), [0x61, 0xe9, 0x4e16]);
        assert_eq!(runes(b"\xffa\xe4\xb8"), [0xfffd, 0x61, 0xfffd, 0xfffd]);
        assert_eq!(runes(b"\xed\xa0\x80"), [0xfffd; 3]);
    }
}
