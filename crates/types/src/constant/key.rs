//! Keys by which the compiler finds duplicate cases and duplicate map keys.

use super::{Text, Value};

/// A constant reduced to a machine value. Keys are equal if the compiler takes the constants for
/// duplicates, the types being the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A boolean.
    Bool(bool),
    /// A string.
    String(Text),
    /// An integer that fits `i64`.
    Int(i64),
    /// An integer that fits `u64` only.
    Uint(u64),
    /// The bits of a float64; never those of negative zero.
    Float(u64),
    /// The bits of a complex128's parts.
    Complex(u64, u64),
}

impl Value {
    /// The key for a case of an expression switch. `None` where the compiler does not look for
    /// duplicates: booleans, complex numbers, integers beyond 64 bits, and numbers that are no float64.
    pub fn case_key(&self) -> Option<Key> {
        match self {
            Value::Int(_) => self.int_key(),
            Value::Rat(_) | Value::Float(_) => {
                let (number, exact) = self.f64();
                exact.then(|| Key::Float(float_bits(number)))
            }
            Value::String(text) => Some(Key::String(text.clone())),
            Value::Unknown | Value::Bool(_) | Value::Complex(_) => None,
        }
    }

    /// The key for an element of a map literal; numbers count by value, whatever their kind. `None`
    /// where the compiler finds no duplicates: unknown values and integers beyond 64 bits.
    pub fn map_key(&self) -> Option<Key> {
        match self {
            Value::Int(_) => self.int_key(),
            Value::Rat(_) | Value::Float(_) => match self.to_int() {
                Value::Unknown => Some(Key::Float(float_bits(self.f64().0))),
                int => int.int_key(),
            },
            Value::Complex(complex) => match self.to_float() {
                Value::Unknown => {
                    let bits = |part: &Value| float_bits(part.f64().0);
                    Some(Key::Complex(bits(complex.real()), bits(complex.imag())))
                }
                // A real number, so this does not come back here.
                real => real.map_key(),
            },
            Value::String(text) => Some(Key::String(text.clone())),
            Value::Bool(value) => Some(Key::Bool(*value)),
            Value::Unknown => None,
        }
    }

    fn int_key(&self) -> Option<Key> {
        self.i64().map(Key::Int).or_else(|| self.u64().map(Key::Uint))
    }
}

/// The bits of a number, the two zeros made one.
fn float_bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

#[cfg(test)]
mod tests {
    use super::super::{LiteralKind, Op};
    use super::*;

    #[test]
    fn map_keys_ignore_the_kind() {
        let one = Value::int(1);
        for same in [Value::float(1.0), one.to_complex()] {
            assert_eq!(same.map_key(), one.map_key());
            assert_ne!(same.case_key(), one.case_key());
        }
        assert_eq!(Value::uint(u64::MAX).map_key(), Some(Key::Uint(u64::MAX)));
        assert_eq!(one.shift(Op::Shl, 64).map_key(), None);
    }

    #[test]
    fn case_keys_need_exact_floats() {
        let tenth = Value::from_literal(LiteralKind::Float, "0.1");
        assert_eq!(tenth.case_key(), None);
        assert_eq!(
            tenth.round_to_f64().and_then(|value| value.case_key()),
            Some(Key::Float(0.1f64.to_bits()))
        );
        assert_eq!(Value::Bool(true).case_key(), None);
    }
}
