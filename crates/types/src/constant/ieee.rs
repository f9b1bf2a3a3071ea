//! Rounding to IEEE 754 floats and taking them apart.

use num_bigint::BigUint;
use num_traits::ToPrimitive;

use super::float;

/// The shape of an IEEE binary format.
pub(super) struct Format {
    /// Mantissa bits, the implicit one included.
    pub(super) bits: i64,
    /// Exponent of the smallest normal number `1.m * 2^min`.
    pub(super) min: i64,
    /// Exponent of the largest numbers.
    pub(super) max: i64,
}

pub(super) const F64: Format = Format { bits: 53, min: -1022, max: 1023 };
pub(super) const F32: Format = Format { bits: 24, min: -126, max: 127 };

/// Rounds the magnitude `0.mantissa * 2^exponent` to the nearest number of `format`, ties to even.
/// `sticky` says that the true value is a little above the given one, in which case `mantissa` must have
/// bits to spare. Returns the number, infinite if too large, and whether it is exact.
pub(super) fn round(mantissa: &BigUint, exponent: i64, sticky: bool, format: &Format) -> (f64, bool) {
    let top = exponent - 1;
    // Below the normal numbers the last bit's place is fixed and precision shrinks.
    let bits = format.bits - (format.min - top).max(0);
    if mantissa.bits() == 0 || bits < 0 {
        return (0.0, mantissa.bits() == 0);
    }
    if top > format.max {
        return (f64::INFINITY, false);
    }
    if bits == 0 {
        // At least half of the smallest number: exactly half goes to zero, the even neighbour.
        let is_half = float::is_power_of_two(mantissa) && !sticky;
        return (if is_half { 0.0 } else { power_of_two(format.min - format.bits + 1) }, false);
    }
    let rounded = float::round_bits(mantissa, bits as u64, sticky);
    let digits = rounded.mantissa.to_u64().unwrap_or(u64::MAX) as f64;
    let scale = exponent - mantissa.bits() as i64 + rounded.dropped as i64;
    let number = digits * power_of_two(scale);
    let largest = (2.0 - power_of_two(1 - format.bits)) * power_of_two(format.max);
    if number > largest { (f64::INFINITY, false) } else { (number, rounded.exact) }
}

/// `2^exponent` for an exponent of a float64, the subnormal ones included.
fn power_of_two(exponent: i64) -> f64 {
    if exponent >= F64.min {
        f64::from_bits(((exponent + 1023) as u64) << 52)
    } else {
        f64::from_bits(1 << (exponent + 1074).max(0))
    }
}

/// A finite number as integer mantissa and binary exponent.
pub(super) fn decompose(value: f64) -> Option<(i64, i32)> {
    if !value.is_finite() {
        return None;
    }
    let bits = value.to_bits();
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let biased = ((bits >> 52) & 0x7ff) as i32;
    let (magnitude, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
    Some((if value.is_sign_negative() { -magnitude } else { magnitude }, exponent))
}
