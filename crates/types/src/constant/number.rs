//! Integers, fractions and complex pairs: the exact numeric payloads of a constant.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigInt;
use num_rational::{BigRational, Ratio};
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::{BigFloat, MAX_EXPONENT, Value};

/// An integer. Held inline if it fits an `i64`, and only then, so that equal integers look the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Int(IntRepr);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum IntRepr {
    Small(i64),
    Big(Arc<BigInt>),
}

impl Int {
    /// The integer `value`.
    pub const fn small(value: i64) -> Int {
        Int(IntRepr::Small(value))
    }

    /// The value as `i64`, if it fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            IntRepr::Small(value) => Some(value),
            IntRepr::Big(_) => None,
        }
    }

    /// The value as `u64`, if it fits.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            IntRepr::Small(value) => u64::try_from(*value).ok(),
            IntRepr::Big(value) => value.to_u64(),
        }
    }

    /// The value as a big integer.
    pub fn to_big(&self) -> BigInt {
        match &self.0 {
            IntRepr::Small(value) => BigInt::from(*value),
            IntRepr::Big(value) => BigInt::clone(value),
        }
    }

    /// Bits of the absolute value; 0 for zero.
    pub fn bit_len(&self) -> u64 {
        match &self.0 {
            IntRepr::Small(value) => u64::from(64 - value.unsigned_abs().leading_zeros()),
            IntRepr::Big(value) => value.bits(),
        }
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> i32 {
        match &self.0 {
            IntRepr::Small(value) => value.signum() as i32,
            IntRepr::Big(value) => big_sign(value),
        }
    }
}

impl From<u64> for Int {
    fn from(value: u64) -> Int {
        i64::try_from(value).map_or_else(|_| Int(IntRepr::Big(Arc::new(BigInt::from(value)))), Int::small)
    }
}

impl From<BigInt> for Int {
    fn from(value: BigInt) -> Int {
        value.to_i64().map_or_else(|| Int(IntRepr::Big(Arc::new(value))), Int::small)
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Int) -> Ordering {
        match (&self.0, &other.0) {
            (IntRepr::Small(x), IntRepr::Small(y)) => x.cmp(y),
            (IntRepr::Big(x), IntRepr::Big(y)) => x.cmp(y),
            // A big integer lies beyond every small one, on the side its sign says.
            (IntRepr::Big(_), IntRepr::Small(_)) => self.sign().cmp(&0),
            (IntRepr::Small(_), IntRepr::Big(_)) => 0.cmp(&other.sign()),
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Int) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A reduced fraction with a positive denominator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rat(Arc<BigRational>);

impl Rat {
    /// The fraction `mantissa * 2^exponent`.
    pub(super) fn from_scaled(mantissa: i64, exponent: i32) -> Rat {
        if mantissa == 0 {
            return Rat::from_reduced(BigInt::zero(), BigInt::one());
        }
        let zeros = mantissa.trailing_zeros();
        let (odd, exponent) = (BigInt::from(mantissa >> zeros), exponent + zeros as i32);
        let power = exponent.unsigned_abs();
        if exponent >= 0 {
            Rat::from_reduced(odd << power, BigInt::one())
        } else {
            Rat::from_reduced(odd, BigInt::one() << power)
        }
    }

    /// A fraction whose parts are known to have no common factor.
    pub(super) fn from_reduced(numerator: BigInt, denominator: BigInt) -> Rat {
        Rat(Arc::new(Ratio::new_raw(numerator, denominator)))
    }

    /// The integer as a fraction.
    pub(super) fn from_int(value: &Int) -> Rat {
        Rat::from_reduced(value.to_big(), BigInt::one())
    }

    pub(super) fn ratio(&self) -> &BigRational {
        &self.0
    }

    /// The numerator; it carries the sign.
    pub fn numerator(&self) -> &BigInt {
        self.0.numer()
    }

    /// The denominator, positive.
    pub fn denominator(&self) -> &BigInt {
        self.0.denom()
    }

    /// Whether the denominator is one.
    pub fn is_integer(&self) -> bool {
        self.denominator().is_one()
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> i32 {
        big_sign(self.numerator())
    }
}

impl Ord for Rat {
    fn cmp(&self, other: &Rat) -> Ordering {
        // Cross multiplication; num-rational's own order recurses on the parts.
        (self.numerator() * other.denominator()).cmp(&(other.numerator() * self.denominator()))
    }
}

impl PartialOrd for Rat {
    fn partial_cmp(&self, other: &Rat) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A complex number. Its parts are [`Value::Int`], [`Value::Rat`] or [`Value::Float`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Complex(Arc<(Value, Value)>);

impl Complex {
    /// The real part.
    pub fn real(&self) -> &Value {
        &self.0.0
    }

    /// The imaginary part.
    pub fn imag(&self) -> &Value {
        &self.0.1
    }
}

impl Value {
    /// The fraction as a value: a floating-point number if its parts are too long.
    pub(super) fn from_ratio(ratio: BigRational) -> Value {
        if ratio.numer().bits() < MAX_EXPONENT && ratio.denom().bits() < MAX_EXPONENT {
            Value::Rat(Rat(Arc::new(ratio)))
        } else {
            Value::from_float(BigFloat::from_quotient(ratio.numer(), ratio.denom()))
        }
    }

    /// The floating-point number as a value; `None` stands for an infinity.
    pub(super) fn from_float(float: Option<BigFloat>) -> Value {
        float.map_or(Value::Unknown, Value::Float)
    }

    /// The complex number of the two parts; unknown unless both are integers or real numbers.
    pub fn complex(real: Value, imag: Value) -> Value {
        if real.is_real() && imag.is_real() {
            Value::Complex(Complex(Arc::new((real, imag))))
        } else {
            Value::Unknown
        }
    }

    pub(super) fn is_real(&self) -> bool {
        matches!(self, Value::Int(_) | Value::Rat(_) | Value::Float(_))
    }
}

fn big_sign(value: &BigInt) -> i32 {
    if value.is_zero() {
        0
    } else if value.is_negative() {
        -1
    } else {
        1
    }
}
