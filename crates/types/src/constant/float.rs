//! Binary floating-point numbers with a long mantissa, rounded to nearest, ties to even.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Zero};

use super::ieee::{self, Format};
use super::{MAX_EXPONENT, PRECISION};

/// A finite floating-point number `±0.m * 2^exponent`, `m` a mantissa of at most [`PRECISION`] bits
/// whose first bit is set.
///
/// Infinities are not numbers here: operations return `None` where the exponent leaves the range of an
/// `i32` upwards, and zero where it leaves it downwards.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BigFloat(Arc<Parts>);

/// The mantissa is kept odd, which makes the representation unique; zero has all parts zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Parts {
    negative: bool,
    mantissa: BigUint,
    exponent: i32,
}

/// A mantissa cut to a number of bits.
pub(super) struct Rounded {
    pub(super) mantissa: BigUint,
    /// Low bits that were cut off; the mantissa counts in units of two to this power.
    pub(super) dropped: u64,
    pub(super) exact: bool,
}

/// Rounds to the nearest multiple of a power of two that leaves `bits` bits, ties to even. The result
/// may be the next power of two, one bit longer. `sticky` marks further bits below the given ones.
pub(super) fn round_bits(mantissa: &BigUint, bits: u64, sticky: bool) -> Rounded {
    let length = mantissa.bits();
    if length <= bits {
        return Rounded { mantissa: mantissa.clone(), dropped: 0, exact: !sticky };
    }
    let dropped = length - bits;
    let below_half = sticky || mantissa.trailing_zeros().unwrap_or(0) < dropped - 1;
    let half = mantissa.bit(dropped - 1);
    let mut kept = mantissa >> dropped;
    if half && (below_half || kept.is_odd()) {
        kept += 1u32;
    }
    Rounded { mantissa: kept, dropped, exact: !half && !below_half }
}

pub(super) fn is_power_of_two(mantissa: &BigUint) -> bool {
    mantissa.trailing_zeros().is_some_and(|zeros| zeros + 1 == mantissa.bits())
}

impl Parts {
    const ZERO: Parts = Parts { negative: false, mantissa: BigUint::ZERO, exponent: 0 };

    /// The number nearest to `±0.mantissa * 2^exponent` (plus a little if `sticky`) with `precision`
    /// mantissa bits; `None` if too large.
    pub(super) fn round(
        negative: bool,
        mantissa: &BigUint,
        exponent: i64,
        sticky: bool,
        precision: u64,
    ) -> Option<Parts> {
        if mantissa.is_zero() || exponent < i64::from(i32::MIN) {
            return Some(Parts::ZERO);
        }
        let rounded = round_bits(mantissa, precision, sticky);
        let carry = rounded.mantissa.bits() + rounded.dropped - mantissa.bits();
        let exponent = i32::try_from(exponent + carry as i64).ok()?;
        let zeros = rounded.mantissa.trailing_zeros().unwrap_or(0);
        Some(Parts { negative, mantissa: rounded.mantissa >> zeros, exponent })
    }

    /// The number nearest to an unsigned integer.
    pub(super) fn from_uint(value: &BigUint, precision: u64) -> Option<Parts> {
        Parts::round(false, value, value.bits() as i64, false, precision)
    }

    /// `self * other` with `precision` bits.
    pub(super) fn mul(&self, other: &Parts, precision: u64) -> Option<Parts> {
        let product = &self.mantissa * &other.mantissa;
        let shrunk = self.mantissa.bits() + other.mantissa.bits() - product.bits();
        let exponent = i64::from(self.exponent) + i64::from(other.exponent) - shrunk as i64;
        Parts::round(self.negative != other.negative, &product, exponent, false, precision)
    }

    /// `self / other` with `precision` bits; `other` must not be zero.
    pub(super) fn quo(&self, other: &Parts, precision: u64) -> Option<Parts> {
        if other.mantissa.is_zero() {
            return None;
        }
        let (quotient, remains, scale) = divide(&self.mantissa, &other.mantissa, precision);
        let exponent = (i64::from(self.exponent) - self.mantissa.bits() as i64)
            - (i64::from(other.exponent) - other.mantissa.bits() as i64)
            - scale
            + quotient.bits() as i64;
        Parts::round(self.negative != other.negative, &quotient, exponent, remains, precision)
    }

    /// Exponent of the mantissa's last bit.
    fn last_place(&self) -> i64 {
        i64::from(self.exponent) - self.mantissa.bits() as i64
    }

    fn signed(&self) -> BigInt {
        let sign = if self.negative { Sign::Minus } else { Sign::Plus };
        BigInt::from_biguint(sign, self.mantissa.clone())
    }

    fn add(&self, other: &Parts) -> Option<Parts> {
        if self.mantissa.is_zero() {
            return Some(other.clone());
        }
        if other.mantissa.is_zero() {
            return Some(self.clone());
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        // Less than a quarter of the last bit, even if the sum's exponent drops by one.
        if i64::from(large.exponent) - i64::from(small.exponent) > PRECISION as i64 + 8 {
            return Some(large.clone());
        }
        let place = large.last_place().min(small.last_place());
        let sum = (large.signed() << (large.last_place() - place) as u64)
            + (small.signed() << (small.last_place() - place) as u64);
        let (sign, magnitude) = sum.into_parts();
        let exponent = place + magnitude.bits() as i64;
        Parts::round(sign == Sign::Minus, &magnitude, exponent, false, PRECISION)
    }

    fn cmp_magnitude(&self, other: &Parts) -> Ordering {
        self.exponent.cmp(&other.exponent).then_with(|| {
            let (x, y) = (self.mantissa.bits(), other.mantissa.bits());
            let length = x.max(y);
            (&self.mantissa << (length - x)).cmp(&(&other.mantissa << (length - y)))
        })
    }
}

/// `x * 2^scale / y` with more than `bits` bits, whether a remainder is left, and the scale.
fn divide(x: &BigUint, y: &BigUint, bits: u64) -> (BigUint, bool, i64) {
    let scale = (bits + 2 + y.bits()).saturating_sub(x.bits());
    let (quotient, remainder) = (x << scale).div_rem(y);
    (quotient, !remainder.is_zero(), scale as i64)
}

impl BigFloat {
    pub(super) fn from_parts(parts: Parts) -> BigFloat {
        BigFloat(Arc::new(parts))
    }

    /// Zero.
    pub fn zero() -> BigFloat {
        BigFloat::from_parts(Parts::ZERO)
    }

    /// The number nearest to an integer.
    pub fn from_int(value: &BigInt) -> Option<BigFloat> {
        let magnitude = value.magnitude();
        let negative = value.sign() == Sign::Minus;
        Parts::round(negative, magnitude, magnitude.bits() as i64, false, PRECISION).map(Self::from_parts)
    }

    /// The number nearest to a fraction; `None` if the denominator is zero.
    pub fn from_quotient(numerator: &BigInt, denominator: &BigInt) -> Option<BigFloat> {
        if denominator.is_one() {
            return BigFloat::from_int(numerator);
        }
        if denominator.is_zero() {
            return None;
        }
        let negative = numerator.sign() != denominator.sign();
        let (quotient, remains, scale) = divide(numerator.magnitude(), denominator.magnitude(), PRECISION);
        let exponent = quotient.bits() as i64 - scale;
        Parts::round(negative, &quotient, exponent, remains, PRECISION).map(Self::from_parts)
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> i32 {
        match (self.0.mantissa.is_zero(), self.0.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// The binary exponent, the mantissa taken as at least 0.5 and below 1; 0 for zero.
    pub fn exponent(&self) -> i32 {
        self.0.exponent
    }

    /// The mantissa's significant bits as an odd integer; 0 for zero.
    pub fn mantissa(&self) -> &BigUint {
        &self.0.mantissa
    }

    /// Whether the number is of a size that is kept as a fraction.
    pub(super) fn is_fraction_sized(&self) -> bool {
        u64::from(self.exponent().unsigned_abs()) < MAX_EXPONENT
    }

    /// Whether there is no fractional part.
    pub fn is_integer(&self) -> bool {
        self.0.mantissa.is_zero() || self.0.last_place() >= 0
    }

    /// The integer this is, or that it misses by no more than its last `slack` bits. `None` otherwise,
    /// or if the number is out of a fraction's range.
    pub(super) fn to_integer(&self, slack: u64) -> Option<BigInt> {
        let parts = &*self.0;
        if !self.is_fraction_sized() {
            return None;
        }
        if self.is_integer() {
            return Some(parts.signed() << parts.last_place().max(0) as u64);
        }
        // Cut to fewer bits, then the same rounded up; either may turn out integral.
        let dropped = parts.mantissa.bits().saturating_sub(PRECISION - slack);
        if dropped == 0 {
            return None;
        }
        let cut = &parts.mantissa >> dropped;
        let place = parts.last_place() + dropped as i64;
        let raised = &cut + 1u32;
        let magnitude = [cut, raised].into_iter().find_map(|m| shift_exact(m, place))?;
        let sign = if parts.negative { Sign::Minus } else { Sign::Plus };
        Some(BigInt::from_biguint(sign, magnitude))
    }

    /// The nearest number of an IEEE format and whether it is exact.
    pub(super) fn to_ieee(&self, format: &Format) -> (f64, bool) {
        // The least exponent is one step from wrapping around, and in the compiler it does: the smallest
        // numbers of all overflow a float type instead of becoming zero.
        let (number, exact) = if self.0.exponent == i32::MIN {
            (f64::INFINITY, false)
        } else {
            ieee::round(&self.0.mantissa, i64::from(self.0.exponent), false, format)
        };
        (if self.0.negative { -number } else { number }, exact)
    }

    /// The mantissa, at least 0.5 and below 1 (1 if it rounds up), with the number's sign.
    pub(super) fn fraction(&self) -> f64 {
        let (number, _) = ieee::round(&self.0.mantissa, 0, false, &ieee::F64);
        if self.0.negative { -number } else { number }
    }

    pub(super) fn neg(&self) -> BigFloat {
        let parts = &*self.0;
        let negative = !parts.negative && !parts.mantissa.is_zero();
        BigFloat::from_parts(Parts { negative, ..parts.clone() })
    }

    pub(super) fn add(&self, other: &BigFloat) -> Option<BigFloat> {
        self.0.add(&other.0).map(BigFloat::from_parts)
    }

    pub(super) fn sub(&self, other: &BigFloat) -> Option<BigFloat> {
        self.add(&other.neg())
    }

    pub(super) fn mul(&self, other: &BigFloat) -> Option<BigFloat> {
        self.0.mul(&other.0, PRECISION).map(BigFloat::from_parts)
    }

    pub(super) fn quo(&self, other: &BigFloat) -> Option<BigFloat> {
        self.0.quo(&other.0, PRECISION).map(BigFloat::from_parts)
    }
}

/// `mantissa * 2^place` if that is an integer.
fn shift_exact(mantissa: BigUint, place: i64) -> Option<BigUint> {
    if place >= 0 {
        return Some(mantissa << place as u64);
    }
    let down = place.unsigned_abs();
    match mantissa.trailing_zeros() {
        None => Some(mantissa),
        Some(zeros) => (zeros >= down).then(|| mantissa >> down),
    }
}

impl Ord for BigFloat {
    fn cmp(&self, other: &BigFloat) -> Ordering {
        let sign = self.sign();
        sign.cmp(&other.sign()).then_with(|| match sign {
            0 => Ordering::Equal,
            1 => self.0.cmp_magnitude(&other.0),
            _ => other.0.cmp_magnitude(&self.0),
        })
    }
}

impl PartialOrd for BigFloat {
    fn partial_cmp(&self, other: &BigFloat) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(value: i64) -> BigFloat {
        BigFloat::from_int(&BigInt::from(value)).unwrap_or_else(BigFloat::zero)
    }

    #[test]
    fn ties_go_to_even() {
        let round = |value: u64| round_bits(&BigUint::from(value), 2, false).mantissa;
        assert_eq!(round(0b1010), BigUint::from(0b10u32));
        assert_eq!(round(0b1110), BigUint::from(0b100u32));
        assert_eq!(round_bits(&BigUint::from(0b1010u32), 2, true).mantissa, BigUint::from(0b11u32));
    }

    #[test]
    fn far_apart_numbers_add_quickly() {
        let mut huge = float(2);
        while let Some(square) = huge.mul(&huge) {
            huge = square;
        }
        let tiny = float(1).quo(&huge).unwrap_or_else(BigFloat::zero);
        assert_eq!(tiny.sign(), 1);
        assert_eq!(huge.add(&tiny), Some(huge.clone()));
        assert_eq!(tiny.sub(&huge), Some(huge.neg()));
        let square = tiny.mul(&tiny).unwrap_or_else(BigFloat::zero);
        assert_eq!(square.sign(), 1);
        assert_eq!(square.mul(&tiny), Some(BigFloat::zero()));
    }

    #[test]
    fn near_integers_count_as_integers() {
        let third =
            BigFloat::from_quotient(&BigInt::from(1), &BigInt::from(3)).unwrap_or_else(BigFloat::zero);
        let one = third.add(&third).and_then(|sum| sum.add(&third)).unwrap_or_else(BigFloat::zero);
        assert_eq!(one.to_integer(4), Some(BigInt::from(1)));
        assert_eq!(third.to_integer(4), None);
        assert!(third < one && third.neg() > one.neg());
    }
}
