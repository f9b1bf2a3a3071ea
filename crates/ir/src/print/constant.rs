//! Constants as text.

use escargo_types::constant::Kind;
use escargo_types::constant::quote::quote_char;
use escargo_types::{TypeId, Value};

use super::expr::NodeWriter;
use crate::Context;

impl NodeWriter<'_, '_> {
    /// Writes a constant: without type where the value alone implies it, otherwise as a conversion.
    pub(super) fn constant(&mut self, value: &Value, ty: TypeId) {
        if matches!(ty, TypeId::RUNE | TypeId::UNTYPED_RUNE)
            && let Some(code) = value.u64()
            && let Ok(code @ ..=0x10_ffff) = u32::try_from(code)
        {
            let ch = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            return self.out.push_str(&quote_char(ch));
        }
        let value = as_stored(self.cx, value, ty);
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
}

/// The value in the sort that constants of the type are kept in: `1` of a floating-point type is no integer.
fn as_stored(cx: &Context<'_>, value: &Value, ty: TypeId) -> Value {
    match value.kind() {
        Kind::Int if cx.store.is_float(ty) => value.to_float(),
        Kind::Int | Kind::Float if cx.store.is_complex(ty) => value.to_complex(),
        Kind::Float | Kind::Complex if cx.store.is_integer(ty) => value.to_int(),
        _ => value.clone(),
    }
}
