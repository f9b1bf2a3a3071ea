//! Constants as text.

use escargo_types::constant::Kind;
use escargo_types::constant::quote::quote_char;
use escargo_types::{TypeId, Value};

use super::expr::NodeWriter;

impl NodeWriter<'_, '_> {
    /// Writes a constant, held in the form of its type: without type where the value alone implies it, otherwise as a
    /// conversion.
    pub(super) fn constant(&mut self, value: &Value, ty: TypeId) {
        if self.cx.model.messages.typed_constants {
            return self.typed_constant(value, ty);
        }
        if matches!(ty, TypeId::RUNE | TypeId::UNTYPED_RUNE)
            && let Some(code) = value.u64()
            && let Ok(code @ ..=0x10_ffff) = u32::try_from(code)
        {
            let ch = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            return self.out.push_str(&quote_char(ch));
        }
        let implied = match value.kind() {
            Kind::Unknown => [TypeId::INVALID; 2],
            Kind::Bool => [TypeId::BOOL, TypeId::UNTYPED_BOOL],
            Kind::String => [TypeId::STRING, TypeId::UNTYPED_STRING],
            Kind::Int => [TypeId::INT, TypeId::UNTYPED_INT],
            Kind::Float => [TypeId::FLOAT64, TypeId::UNTYPED_FLOAT],
            Kind::Complex => [TypeId::COMPLEX128, TypeId::UNTYPED_COMPLEX],
        };
        if implied.contains(&ty) {
            return self.out.push_str(&value.short_string());
        }
        self.ty(ty);
        self.out.push('(');
        self.out.push_str(&value.short_string());
        self.out.push(')');
    }

    /// As [`NodeWriter::constant`], with the type wherever there is one.
    fn typed_constant(&mut self, value: &Value, ty: TypeId) {
        let text = match value.kind() {
            Kind::Complex => complex_text(value),
            _ => value.short_string(),
        };
        if ty == TypeId::INVALID || self.cx.store.is_untyped(ty) {
            return self.out.push_str(&text);
        }
        self.ty(ty);
        self.out.push('(');
        self.out.push_str(&text);
        self.out.push(')');
    }
}

/// A complex number without parts that are zero (`types/fmt.go`, FmtConst).
fn complex_text(value: &Value) -> String {
    let (real, imag) = (value.real(), value.imag());
    let (re, im) = (real.short_string(), imag.short_string());
    match (real.sign(), imag.sign()) {
        (0, 0) => "0".to_owned(),
        (0, _) => format!("{im}i"),
        (_, 0) => re,
        (_, ..0) => format!("({re}{im}i)"),
        _ => format!("({re}+{im}i)"),
    }
}
