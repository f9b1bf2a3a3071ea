//! Conversions between kinds, to machine numbers, and the rounding of typed constants.

use num_bigint::BigInt;

use super::ieee::{self, Format};
use super::number::{Int, Rat};
use super::{BigFloat, Kind, MAX_EXPONENT, Value};

/// A floating-point number this many last bits away from an integer counts as that integer, for the
/// difference comes from rounding in earlier operations.
const INTEGER_SLACK: u64 = 4;

impl Value {
    /// The value as an integer, if it is one; unknown otherwise.
    pub fn to_int(&self) -> Value {
        match self {
            Value::Int(_) => self.clone(),
            Value::Rat(rat) if rat.is_integer() => Value::big_int(rat.numerator().clone()),
            Value::Float(float) => float.to_integer(INTEGER_SLACK).map_or(Value::Unknown, Value::big_int),
            Value::Complex(_) => match self.to_float() {
                Value::Complex(_) => Value::Unknown,
                real => real.to_int(),
            },
            _ => Value::Unknown,
        }
    }

    /// The value as a real number, if it is one; unknown otherwise.
    pub fn to_float(&self) -> Value {
        match self {
            Value::Int(int) if int.bit_len() < MAX_EXPONENT => Value::Rat(Rat::from_int(int)),
            Value::Int(int) => Value::from_float(BigFloat::from_int(&int.to_big())),
            Value::Rat(_) | Value::Float(_) => self.clone(),
            // The parts of a complex number are never complex.
            Value::Complex(complex) if complex.imag().sign() == 0 => complex.real().to_float(),
            _ => Value::Unknown,
        }
    }

    /// The value as a complex number, if it is numeric; unknown otherwise.
    pub fn to_complex(&self) -> Value {
        match self {
            Value::Int(_) | Value::Rat(_) | Value::Float(_) => Value::complex(self.clone(), Value::int(0)),
            Value::Complex(_) => self.clone(),
            _ => Value::Unknown,
        }
    }

    /// The real part of a number; unknown for anything else.
    pub fn real(&self) -> Value {
        match self {
            Value::Complex(complex) => complex.real().clone(),
            _ if self.is_real() => self.clone(),
            _ => Value::Unknown,
        }
    }

    /// The imaginary part of a number; unknown for anything else.
    pub fn imag(&self) -> Value {
        match self {
            Value::Complex(complex) => complex.imag().clone(),
            _ if self.is_real() => Value::int(0),
            _ => Value::Unknown,
        }
    }

    /// The complex number `self * i`; unknown unless this is an integer or real number.
    pub fn make_imag(&self) -> Value {
        Value::complex(Value::int(0), self.clone())
    }

    /// The `int64` that this integer is, if it fits.
    pub fn i64(&self) -> Option<i64> {
        match self {
            Value::Int(int) => int.as_i64(),
            _ => None,
        }
    }

    /// The `uint64` that this integer is, if it fits.
    pub fn u64(&self) -> Option<u64> {
        match self {
            Value::Int(int) => int.as_u64(),
            _ => None,
        }
    }

    /// The nearest float64 and whether it is exact. Too large a value gives an infinity, too small a
    /// value zero; what is neither integer nor real number gives an inexact zero.
    pub fn f64(&self) -> (f64, bool) {
        self.nearest(&ieee::F64)
    }

    /// Like [`Value::f64`] for float32.
    pub fn f32(&self) -> (f32, bool) {
        let (number, exact) = self.nearest(&ieee::F32);
        (number as f32, exact)
    }

    fn nearest(&self, format: &Format) -> (f64, bool) {
        match self {
            Value::Int(int) => nearest_int(int, format),
            Value::Rat(rat) => nearest_fraction(rat, format),
            Value::Float(float) => float.to_ieee(format),
            _ => (0.0, false),
        }
    }

    /// Bits of an integer's absolute value; 0 for anything else.
    pub fn bit_len(&self) -> u64 {
        match self {
            Value::Int(int) => int.bit_len(),
            _ => 0,
        }
    }

    /// -1, 0 or 1 for integers and real numbers. For a complex number 0 if it is zero, else not 0. For
    /// anything else 1, so that an unknown value does not look like a division by zero.
    pub fn sign(&self) -> i32 {
        match self {
            Value::Int(int) => int.sign(),
            Value::Rat(rat) => rat.sign(),
            Value::Float(float) => float.sign(),
            Value::Complex(complex) => complex.real().sign() | complex.imag().sign(),
            Value::Unknown | Value::Bool(_) | Value::String(_) => 1,
        }
    }

    /// The absolute value of an integer in little-endian bytes without leading zeros; empty for zero and
    /// for anything else.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Value::Int(int) if int.sign() != 0 => int.to_big().magnitude().to_bytes_le(),
            _ => Vec::new(),
        }
    }

    /// The value rounded to float64, as a real number; `None` if it overflows or is no real number.
    pub fn round_to_f64(&self) -> Option<Value> {
        self.round_real(&ieee::F64)
    }

    /// The value rounded to float32, as a real number; `None` if it overflows or is no real number.
    pub fn round_to_f32(&self) -> Option<Value> {
        self.round_real(&ieee::F32)
    }

    /// A number with both parts rounded to float64; `None` if one overflows or this is no number.
    pub fn round_to_complex128(&self) -> Option<Value> {
        self.round_complex(&ieee::F64)
    }

    /// A number with both parts rounded to float32; `None` if one overflows or this is no number.
    pub fn round_to_complex64(&self) -> Option<Value> {
        self.round_complex(&ieee::F32)
    }

    fn round_real(&self, format: &Format) -> Option<Value> {
        let (number, _) = self.nearest(format);
        (self.is_real() && number.is_finite()).then(|| Value::float(number))
    }

    fn round_complex(&self, format: &Format) -> Option<Value> {
        let (real, imag) = (self.real().round_real(format)?, self.imag().round_real(format)?);
        Some(Value::complex(real, imag))
    }

    /// Whether this is an integer that an integer type of `bits` bits can hold.
    pub fn fits_int(&self, bits: u32, signed: bool) -> bool {
        let Value::Int(int) = self else { return false };
        let (length, bits) = (int.bit_len(), u64::from(bits));
        match (signed, int.sign() < 0) {
            (false, negative) => !negative && length <= bits,
            (true, false) => length < bits,
            // The most negative value has one bit more than the others.
            (true, true) => length < bits || length == bits && int.to_big().magnitude().count_ones() == 1,
        }
    }

    /// The string that converting this integer to a string type gives: its code point in UTF-8, or U+FFFD
    /// if it is none. Unknown if this is no integer.
    pub fn to_code_point_string(&self) -> Value {
        if self.kind() != Kind::Int {
            return Value::Unknown;
        }
        let code = self.u64().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
        let ch = code.unwrap_or(char::REPLACEMENT_CHARACTER);
        Value::string(ch.encode_utf8(&mut [0; 4]))
    }
}

fn nearest_int(int: &Int, format: &Format) -> (f64, bool) {
    if let Some(small) = int.as_i64() {
        // One machine rounding per format; float32 must not be rounded twice.
        let number = if format.bits == ieee::F64.bits { small as f64 } else { f64::from(small as f32) };
        return (number, number as i128 == i128::from(small));
    }
    // Long integers pass through the long mantissa first.
    BigFloat::from_int(&int.to_big()).map_or((0.0, false), |float| float.to_ieee(format))
}

fn nearest_fraction(rat: &Rat, format: &Format) -> (f64, bool) {
    let (numerator, denominator) = (rat.numerator().magnitude(), rat.denominator().magnitude());
    if rat.sign() == 0 {
        return (0.0, true);
    }
    // A quotient of two bits more than the mantissa at least; the remainder is the sticky bit.
    let wanted = format.bits as u64 + 2 + denominator.bits();
    let up = wanted.saturating_sub(numerator.bits());
    let scaled = BigInt::from(numerator.clone()) << up;
    let divisor = BigInt::from(denominator.clone());
    let (quotient, remainder) = (&scaled / &divisor, &scaled % &divisor);
    let sticky = remainder.bits() > 0;
    let quotient = quotient.magnitude();
    let exponent = quotient.bits() as i64 - up as i64;
    let (number, mut exact) = ieee::round(quotient, exponent, sticky, format);
    if exponent < format.min - format.bits + 1 {
        // Far below the smallest number the compiler asks only whether the mantissa was cut.
        exact = super::float::round_bits(quotient, format.bits as u64, sticky).exact;
    }
    (if rat.sign() < 0 { -number } else { number }, exact)
}

#[cfg(test)]
mod tests {
    use super::super::{LiteralKind, Op};
    use super::*;

    fn float(literal: &str) -> Value {
        Value::from_literal(LiteralKind::Float, literal)
    }

    #[test]
    fn integers_fit_their_types() {
        assert!(Value::int(-128).fits_int(8, true) && !Value::int(-129).fits_int(8, true));
        assert!(Value::int(127).fits_int(8, true) && !Value::int(128).fits_int(8, true));
        assert!(Value::int(255).fits_int(8, false) && !Value::int(256).fits_int(8, false));
        assert!(!Value::int(-1).fits_int(64, false) && Value::uint(u64::MAX).fits_int(64, false));
        assert!(Value::int(i64::MIN).fits_int(64, true) && !Value::uint(1 << 63).fits_int(64, true));
        assert!(!float("1.0").fits_int(64, true));
    }

    #[test]
    fn floats_round_and_overflow() {
        assert_eq!(float("1e309").round_to_f64(), None);
        assert_eq!(float("1e39").round_to_f32(), None);
        assert_eq!(float("1e39").round_to_f64().map(|value| value.f64().0), Some(1e39));
        assert_eq!(float("16777217.0").round_to_f32(), Some(Value::float(16777216.0)));
        assert_eq!(float("5e-324").f64(), (5e-324, false));
        assert_eq!(float("2e-324").f64().0, 0.0);
        assert_eq!(float("3e-324").f64().0, 5e-324);
        assert_eq!(float("1e-45").f32().0, 1e-45);
        assert_eq!(float("1e39").make_imag().round_to_complex64(), None);
        assert_eq!(Value::string("a").round_to_f64(), None);
    }

    #[test]
    fn code_points_become_strings() {
        assert_eq!(Value::int(0x4e16).to_code_point_string().as_bytes(), "世".as_bytes());
        for bad in [-1, 0xd800, 0x11_0000, i64::MAX] {
            assert_eq!(Value::int(bad).to_code_point_string().as_bytes(), "\u{fffd}".as_bytes());
        }
    }

    #[test]
    fn complex_numbers_convert_if_real() {
        let two = Value::int(2).to_complex();
        assert_eq!(two.to_int(), Value::int(2));
        assert_eq!(two.binary_op(Op::Add, &Value::int(1).make_imag()).to_float(), Value::Unknown);
    }
}
