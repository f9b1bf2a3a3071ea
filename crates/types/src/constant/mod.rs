//! Exact values of Go constants.
//!
//! [`Value`] is what the type checker folds constant expressions into. It follows the compiler's
//! arithmetic: integers and fractions are exact, and a number whose fraction would grow beyond
//! [`MAX_EXPONENT`] bits becomes a floating-point number with [`PRECISION`] mantissa bits. Both the
//! results and their printed forms show in error messages and in representability checks, so the
//! points at which one representation gives way to another are part of the behaviour.
//!
//! No operation panics: an operation that is not defined for its operands (the checker rules those
//! out first) yields [`Value::Unknown`]. No operation allocates without bound: see [`MAX_INT_BITS`],
//! [`MAX_LITERAL_LEN`] and [`MAX_STRING_LEN`].

mod convert;
mod float;
mod format;
mod ieee;
mod key;
mod literal;
mod number;
mod ops;
mod print_table;
pub mod quote;
mod text;

use num_bigint::{BigInt, Sign};

pub use float::BigFloat;
pub use key::Key;
pub use literal::LiteralKind;
pub use number::{Complex, Int, Rat};
pub use text::Text;

/// Mantissa bits of a [`BigFloat`].
pub const PRECISION: u64 = 512;

/// A number stays a fraction while its parts (for a fraction) or its binary exponent (for a
/// floating-point number) stay below this many bits.
pub const MAX_EXPONENT: u64 = 4 << 10;

/// Largest shift count that the language accepts in a constant shift: enough to write the smallest
/// float64 as a shifted one.
pub const SHIFT_BOUND: u64 = 1023 - 1 + 52;

/// Integer results of more bits than this are refused ([`Value::Unknown`]). It is far above the 512
/// bits at which the checker reports overflow, and only keeps a caller's mistake from eating memory.
pub const MAX_INT_BITS: u64 = 1 << 20;

/// Numeric literals of more bytes than this are refused. The checker rejects them from 10 000 on.
pub const MAX_LITERAL_LEN: usize = 100_000;

/// String results of more bytes than this are refused. It leaves room for one concatenation of two
/// strings of the longest length that the compiler lets pass (2e9), so that its length can be reported.
pub const MAX_STRING_LEN: u64 = 4_000_000_000;

/// What sort of value a constant is, in order of numeric generality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The value is not known because of an earlier error.
    Unknown,
    /// A boolean.
    Bool,
    /// A string.
    String,
    /// An integer.
    Int,
    /// A real number, even if integral.
    Float,
    /// A complex number, even if its imaginary part is zero.
    Complex,
}

/// An operator on constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `x + y`, also on strings.
    Add,
    /// `x - y`.
    Sub,
    /// `x * y`.
    Mul,
    /// `x / y` on real and complex numbers; integers give a fraction.
    Quo,
    /// `x / y` on integers, cut towards zero.
    IntQuo,
    /// `x % y`.
    Rem,
    /// `x & y`.
    And,
    /// `x | y`.
    Or,
    /// `x ^ y`, and the complement `^x`.
    Xor,
    /// `x &^ y`.
    AndNot,
    /// `x << n`.
    Shl,
    /// `x >> n`.
    Shr,
    /// `x == y`.
    Eq,
    /// `x != y`.
    Ne,
    /// `x < y`.
    Lt,
    /// `x <= y`.
    Le,
    /// `x > y`.
    Gt,
    /// `x >= y`.
    Ge,
    /// `x && y`.
    LAnd,
    /// `x || y`.
    LOr,
    /// `!x`.
    Not,
    /// `-x`.
    Neg,
    /// `+x`.
    Pos,
}

/// The value of a constant. Cheap to clone.
///
/// Equality and hashing are structural: they tell `1`, `1.0` as a fraction and `1.0` as a
/// floating-point number apart. Use [`Value::compare`] for the language's `==`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Value {
    /// Not known because of an earlier error; operations on it give it again.
    #[default]
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A string of arbitrary bytes.
    String(Text),
    /// An integer.
    Int(Int),
    /// A real number held as a fraction.
    Rat(Rat),
    /// A real number that has lost exactness or is out of a fraction's range.
    Float(BigFloat),
    /// A complex number; its parts are integers or real numbers.
    Complex(Complex),
}

impl Value {
    /// The value of an `int64`.
    pub fn int(value: i64) -> Value {
        Value::Int(Int::small(value))
    }

    /// The value of a `uint64`.
    pub fn uint(value: u64) -> Value {
        Value::Int(Int::from(value))
    }

    /// The value of a big integer.
    pub fn big_int(value: BigInt) -> Value {
        Value::Int(Int::from(value))
    }

    /// The real number `value` (negative zero counts as zero); unknown if it is not finite.
    pub fn float(value: f64) -> Value {
        ieee::decompose(value)
            .map_or(Value::Unknown, |(mantissa, exponent)| Value::Rat(Rat::from_scaled(mantissa, exponent)))
    }

    /// A string of the given bytes.
    pub fn string(bytes: impl AsRef<[u8]>) -> Value {
        Value::String(Text::new(bytes.as_ref()))
    }

    /// The integer whose little-endian bytes these are.
    pub fn from_bytes(bytes: &[u8]) -> Value {
        Value::big_int(BigInt::from_bytes_le(Sign::Plus, bytes))
    }

    /// The sort of value this is.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Unknown => Kind::Unknown,
            Value::Bool(_) => Kind::Bool,
            Value::String(_) => Kind::String,
            Value::Int(_) => Kind::Int,
            Value::Rat(_) | Value::Float(_) => Kind::Float,
            Value::Complex(_) => Kind::Complex,
        }
    }

    /// Whether the value is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown)
    }

    /// The boolean, or false if this is none.
    pub fn as_bool(&self) -> bool {
        matches!(self, Value::Bool(true))
    }

    /// The string's bytes, or none if this is no string. The first call on a concatenation joins its
    /// parts; use [`Value::string_len`] if only the length matters.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Value::String(text) => text.bytes(),
            _ => &[],
        }
    }

    /// The string's length in bytes, 0 if this is no string.
    pub fn string_len(&self) -> u64 {
        match self {
            Value::String(text) => text.len(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_two_words() {
        assert_eq!(size_of::<Value>(), 16);
    }

    #[test]
    fn floats_become_fractions() {
        assert_eq!(Value::float(-0.0).exact_string(), "0");
        assert_eq!(Value::float(0.75).exact_string(), "3/4");
        assert_eq!(Value::float(f64::MIN_POSITIVE * f64::EPSILON).i64(), None);
        assert_eq!(Value::float(f64::NAN), Value::Unknown);
        assert_eq!(Value::float(f64::NEG_INFINITY), Value::Unknown);
    }

    #[test]
    fn equality_is_structural() {
        assert_eq!(Value::uint(7), Value::int(7));
        assert_ne!(Value::int(1), Value::float(1.0));
        assert_eq!(Value::from_bytes(&[0, 1, 0]), Value::int(256));
        assert_eq!(Value::uint(u64::MAX).bytes(), [255; 8]);
    }
}
