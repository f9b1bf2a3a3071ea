//! Constants: whether a type can represent them, and whether they grow too large.

use escargo_base::Pos;
use escargo_syntax::{BinaryOp, Expr, ExprId, UnaryOp};
use escargo_types::constant::Kind;
use escargo_types::{BasicInfo, BasicKind, Type, TypeId, Value};

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::Operand;

/// Bits of an untyped integer constant at most.
const MAX_UNTYPED_BITS: u64 = 512;
/// Bytes of an untyped string constant at most: what the linker takes as a symbol's size.
const MAX_STRING_BYTES: u64 = 2_000_000_000;

impl Checker<'_> {
    /// Checks the result of a constant operation: a typed one must be representable in its type, an untyped one must
    /// not be too large. `at` is the place of the operator.
    pub(crate) fn overflow(&mut self, x: &mut Operand, at: Pos) {
        let Some(val) = &x.val else { return };
        if val.is_unknown() {
            self.error(at, Code::InvalidConstVal, "constant result is not representable");
            return;
        }
        if !self.store.is_untyped(x.ty) {
            self.representable(x, self.store.under(x.ty));
            return;
        }
        let message = match val.kind() {
            Kind::Int if val.bit_len() > MAX_UNTYPED_BITS => {
                let op = x.expr.map_or("", |e| self.overflowing_operation(e));
                format!("constant {op}overflow")
            }
            Kind::String if val.string_len() > MAX_STRING_BYTES => {
                let len = val.string_len();
                format!("constant string too long ({len} bytes > {MAX_STRING_BYTES} bytes)")
            }
            _ => return,
        };
        self.error(at, Code::InvalidConstVal, message);
        x.val = Some(Value::Unknown);
    }

    /// The name of an operation that may overflow, with a blank after it.
    fn overflowing_operation(&self, e: ExprId) -> &'static str {
        match self.tree()[e] {
            Expr::Unary { op: UnaryOp::BitNot, .. } => "bitwise complement ",
            Expr::Binary { op, .. } => match op {
                BinaryOp::Add => "addition ",
                BinaryOp::Sub => "subtraction ",
                BinaryOp::Xor => "bitwise XOR ",
                BinaryOp::Mul => "multiplication ",
                BinaryOp::Shl => "shift ",
                _ => "",
            },
            _ => "",
        }
    }

    /// The value as a basic type holds it (integral, or rounded), if it can. An unknown value always can.
    pub(crate) fn representable_const(&self, v: &Value, basic: TypeId) -> Option<Value> {
        if v.is_unknown() {
            return Some(Value::Unknown);
        }
        let Type::Basic(basic_type) = self.store.ty(basic) else { return None };
        let is = |info| basic_type.info.has(info);
        if is(BasicInfo::INTEGER) {
            let int = v.to_int();
            return self.fits_integer(&int, basic_type.kind).then_some(int);
        }
        match basic_type.kind {
            BasicKind::Float32 => v.to_float().round_to_f32(),
            BasicKind::Float64 => v.to_float().round_to_f64(),
            BasicKind::Complex64 => v.round_to_complex64(),
            BasicKind::Complex128 => v.round_to_complex128(),
            BasicKind::UntypedFloat => (v.to_float().kind() == Kind::Float).then(|| v.clone()),
            BasicKind::UntypedComplex => (v.to_complex().kind() == Kind::Complex).then(|| v.clone()),
            _ if is(BasicInfo::STRING) => (v.kind() == Kind::String).then(|| v.clone()),
            _ if is(BasicInfo::BOOLEAN) => (v.kind() == Kind::Bool).then(|| v.clone()),
            _ => None,
        }
    }

    fn fits_integer(&self, int: &Value, kind: BasicKind) -> bool {
        let word = self.config.sizes.word as u32 * 8;
        let (bits, signed) = match kind {
            BasicKind::Int => (word, true),
            BasicKind::Int8 => (8, true),
            BasicKind::Int16 => (16, true),
            BasicKind::Int32 => (32, true),
            BasicKind::Int64 => (64, true),
            BasicKind::Uint | BasicKind::Uintptr => (word, false),
            BasicKind::Uint8 => (8, false),
            BasicKind::Uint16 => (16, false),
            BasicKind::Uint32 => (32, false),
            BasicKind::Uint64 => (64, false),
            _ => return int.kind() == Kind::Int,
        };
        int.fits_int(bits, signed)
    }

    /// The constant operand's value as a basic type holds it, or why it cannot.
    pub(crate) fn representation(&self, x: &Operand, basic: TypeId) -> Result<Value, Code> {
        let store = self.store;
        let val = x.val.as_ref().unwrap_or(&Value::Unknown);
        self.representable_const(val, basic).ok_or_else(|| {
            if !store.is_numeric(x.ty) || !store.is_numeric(basic) {
                Code::InvalidConstVal
            } else if !store.is_integer(x.ty) && store.is_integer(basic) {
                Code::TruncatedFloat
            } else {
                Code::NumericOverflow
            }
        })
    }

    /// Gives a constant operand the value that a basic type holds, or reports that it cannot.
    pub(crate) fn representable(&mut self, x: &mut Operand, basic: TypeId) {
        match self.representation(x, basic) {
            Ok(val) => x.val = Some(val),
            Err(code) => {
                self.invalid_conversion(code, x, basic);
                x.invalidate();
            }
        }
    }
}
