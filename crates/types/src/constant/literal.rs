//! Values of Go literals.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, Zero};

use super::float::{BigFloat, Parts};
use super::number::Rat;
use super::{MAX_LITERAL_LEN, PRECISION, Value, quote};

/// The sort of a literal token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `42`, `0x2a`, `0o52`, `052`, `0b101010`, with `_` between digits.
    Int,
    /// `4.2e1`, `0x1.5p5`.
    Float,
    /// A number followed by `i`.
    Imag,
    /// `'a'`.
    Char,
    /// `"a"` or a raw string in back quotes.
    String,
}

/// Exponents of five beyond this are not written out as a fraction.
const MAX_POWER_OF_FIVE: i64 = 1_000_000;

/// Decimal exponents of up to this size are certainly of a fraction's size, so that the fraction can be
/// built without first rounding to a floating-point number.
const CERTAIN_EXPONENT: i64 = 1200;

impl Value {
    /// The value of a literal without sign; unknown if it is malformed, too long, or too large for a
    /// floating-point number. A float too close to zero is zero.
    pub fn from_literal(kind: LiteralKind, literal: impl AsRef<[u8]>) -> Value {
        let literal = literal.as_ref();
        let value = match kind {
            LiteralKind::Int => int_literal(literal),
            LiteralKind::Float => float_literal(literal),
            LiteralKind::Imag => literal
                .strip_suffix(b"i")
                .and_then(float_literal)
                .map(|imag| Value::complex(Value::int(0), imag)),
            LiteralKind::Char => quote::unquote_char(literal).map(|code| Value::int(i64::from(code))),
            LiteralKind::String => quote::unquote(literal).map(Value::string),
        };
        value.unwrap_or_default()
    }
}

/// So many decimal digits fit into an `i64` whatever they are.
const SMALL_DIGITS: usize = 18;

fn int_literal(literal: &[u8]) -> Option<Value> {
    let small = literal.len() <= SMALL_DIGITS && (literal.len() == 1 || !literal.starts_with(b"0"));
    if small && !literal.is_empty() && literal.iter().all(u8::is_ascii_digit) {
        return Some(Value::int(literal.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'))));
    }
    let (mut radix, prefix, mut rest) = split_prefix(literal)?;
    // A bare leading zero means octal, and counts as a digit before an underscore.
    if prefix == 0 && literal.len() > 1 && literal.starts_with(b"0") {
        (radix, rest) = (8, literal);
    }
    let (digits, after) = Digits::scan(rest, radix, prefix > 0, false)?;
    after.is_empty().then(|| digits.value())
}

/// The radix that a prefix announces, the length of the prefix, and what follows it.
fn split_prefix(literal: &[u8]) -> Option<(u32, usize, &[u8])> {
    if literal.len() > MAX_LITERAL_LEN {
        return None;
    }
    let radix = match literal {
        [b'0', b'b' | b'B', ..] => 2,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'x' | b'X', ..] => 16,
        _ => return Some((10, 0, literal)),
    };
    Some((radix, 2, &literal[2..]))
}

/// Digits of a number, without underscores and radix point.
struct Digits {
    radix: u32,
    /// Digit values, most significant first.
    values: Vec<u8>,
    /// How many of them follow the radix point.
    fraction: usize,
}

impl Digits {
    /// Reads the longest run of digits. `separable` says that an underscore may come first.
    fn scan(text: &[u8], radix: u32, separable: bool, point: bool) -> Option<(Digits, &[u8])> {
        let mut values = Vec::with_capacity(text.len());
        let mut point_at = None;
        // Whether an underscore may come now, and whether one has just come.
        let (mut may_separate, mut separated) = (separable, false);
        let mut end = 0;
        for &byte in text {
            if byte == b'_' {
                if !may_separate {
                    return None;
                }
                (may_separate, separated) = (false, true);
            } else if byte == b'.' && point && point_at.is_none() {
                if separated {
                    return None;
                }
                point_at = Some(values.len());
                may_separate = false;
            } else if let Some(value) = char::from(byte).to_digit(radix) {
                values.push(value as u8);
                (may_separate, separated) = (true, false);
            } else {
                break;
            }
            end += 1;
        }
        if separated || values.is_empty() {
            return None;
        }
        let fraction = point_at.map_or(0, |at| values.len() - at);
        Some((Digits { radix, values, fraction }, &text[end..]))
    }

    /// The digits as a small number, if there are few enough.
    fn small(&self) -> Option<u64> {
        self.values.iter().try_fold(0u64, |value, digit| {
            value.checked_mul(u64::from(self.radix))?.checked_add(u64::from(*digit))
        })
    }

    /// The digits as an integer, the radix point ignored.
    fn integer(&self) -> BigUint {
        match self.small() {
            Some(value) => BigUint::from(value),
            // Cannot fail: all digits are below the radix.
            None => BigUint::from_radix_be(&self.values, self.radix).unwrap_or_default(),
        }
    }

    fn value(&self) -> Value {
        match self.small() {
            Some(value) => Value::uint(value),
            None => Value::big_int(BigInt::from(self.integer())),
        }
    }
}

/// A number in the form `mantissa * 2^twos * 5^fives`.
struct Scaled {
    mantissa: BigUint,
    twos: i64,
    fives: i64,
}

fn float_literal(literal: &[u8]) -> Option<Value> {
    let (radix, prefix, rest) = split_prefix(literal)?;
    let (digits, rest) = Digits::scan(rest, radix, prefix > 0, true)?;
    let (exponent, decimal) = scan_exponent(rest)?;
    let zero = || Value::Rat(Rat::from_reduced(BigInt::zero(), BigInt::one()));
    let mantissa = digits.integer();
    if mantissa.is_zero() {
        return Some(zero());
    }

    let fraction = -(digits.fraction as i64);
    let (mut twos, mut fives) = match radix {
        10 => (fraction, fraction),
        16 => (fraction * 4, 0),
        8 => (fraction * 3, 0),
        _ => (fraction, 0),
    };
    twos = twos.checked_add(exponent)?;
    if decimal {
        fives = fives.checked_add(exponent)?;
    }

    let scaled = Scaled { mantissa, twos, fives };
    if decimal && radix == 10 {
        // The decimal exponent of the first digit and of the last.
        let last = scaled.fives;
        let first = last.saturating_add(digits.values.len() as i64);
        if -CERTAIN_EXPONENT < last && first < CERTAIN_EXPONENT {
            return scaled.to_fraction();
        }
    }
    let float = BigFloat::from_parts(scaled.to_float()?);
    if float.sign() == 0 {
        return Some(zero());
    }
    if float.is_fraction_sized()
        && let Some(value) = scaled.to_fraction()
    {
        return Some(value);
    }
    Some(Value::Float(float))
}

/// The exponent at the end of a number, 0 if there is none, and whether it counts in powers of ten.
fn scan_exponent(text: &[u8]) -> Option<(i64, bool)> {
    let (decimal, rest) = match text {
        [] => return Some((0, true)),
        [b'e' | b'E', rest @ ..] => (true, rest),
        [b'p' | b'P', rest @ ..] => (false, rest),
        _ => return None,
    };
    let (negative, rest) = match rest {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, rest),
    };
    let (digits, after) = Digits::scan(rest, 10, false, false)?;
    let magnitude = i64::try_from(digits.small()?).ok()?;
    after.is_empty().then_some((if negative { -magnitude } else { magnitude }, decimal))
}

impl Scaled {
    /// The reduced fraction; `None` if its parts would be too long to write out.
    fn to_fraction(&self) -> Option<Value> {
        let five = BigUint::from(5u32);
        if self.fives.abs() > MAX_POWER_OF_FIVE || self.twos.unsigned_abs() > 10 * MAX_POWER_OF_FIVE as u64 {
            return None;
        }
        let (mut numerator, mut twos, mut fives) = (self.mantissa.clone(), self.twos, self.fives);
        // Cancel what the mantissa shares with a denominator made of twos and fives.
        let zeros = numerator.trailing_zeros().unwrap_or(0);
        numerator >>= zeros;
        twos += zeros as i64;
        while fives < 0 {
            let (quotient, remainder) = numerator.div_rem(&five);
            if !remainder.is_zero() {
                break;
            }
            numerator = quotient;
            fives += 1;
        }
        let mut denominator = BigUint::one();
        let power = five.pow(u32::try_from(fives.unsigned_abs()).ok()?);
        if fives >= 0 {
            numerator *= power;
        } else {
            denominator = power;
        }
        if twos >= 0 {
            numerator <<= twos.unsigned_abs();
        } else {
            denominator <<= twos.unsigned_abs();
        }
        Some(Value::Rat(Rat::from_reduced(numerator.into(), denominator.into())))
    }

    /// The number in floating point; `None` if too large. Powers of five are computed with 64 bits more,
    /// and their factors with again 64 more: that decides how the last bit comes out.
    fn to_float(&self) -> Option<Parts> {
        let length = self.mantissa.bits();
        let exponent = (length as i64).checked_add(self.twos)?;
        i32::try_from(exponent).ok()?;
        let fives = self.fives.unsigned_abs();
        if fives == 0 {
            return Parts::round(false, &self.mantissa, exponent, false, PRECISION);
        }
        // All bits of the mantissa count, however many.
        let mantissa = Parts::round(false, &self.mantissa, exponent, false, length)?;
        match power_of_five(fives, PRECISION + 64) {
            Some(power) if self.fives < 0 => mantissa.quo(&power, PRECISION),
            Some(power) => mantissa.mul(&power, PRECISION),
            None if self.fives < 0 => Parts::round(false, &BigUint::ZERO, 0, false, PRECISION),
            None => None,
        }
    }
}

/// `5^n` with `precision` bits; `None` if too large.
fn power_of_five(n: u64, precision: u64) -> Option<Parts> {
    /// The largest power that fits 64 bits, where squaring takes over.
    const EXACT: u64 = 27;
    let start = 5u64.pow(n.min(EXACT) as u32);
    let mut power = Parts::from_uint(&BigUint::from(start), precision)?;
    let mut rest = n - n.min(EXACT);
    let mut factor = Parts::from_uint(&BigUint::from(5u32), precision + 64)?;
    while rest > 0 {
        if rest & 1 != 0 {
            power = power.mul(&factor, precision)?;
        }
        rest >>= 1;
        if rest > 0 {
            factor = factor.mul(&factor, precision + 64)?;
        }
    }
    Some(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_numbers_are_unknown() {
        for bad in ["", "_1", "1_", "1__2", "0x", "0x_", "08", "0b2", "1a", "-1", "0_", "1e5"] {
            assert!(Value::from_literal(LiteralKind::Int, bad).is_unknown(), "{bad}");
        }
        for bad in [
            "",
            ".",
            "1e",
            "1e+",
            "1_.5",
            "1._5",
            "1e_5",
            "1e5_",
            "1.2.3",
            "0x1.8q1",
            "1e99999999999999999999",
        ] {
            assert!(Value::from_literal(LiteralKind::Float, bad).is_unknown(), "{bad}");
        }
        assert!(Value::from_literal(LiteralKind::Imag, "1").is_unknown());
    }

    #[test]
    fn extreme_exponents_are_quick() {
        let text = |literal: &str| Value::from_literal(LiteralKind::Float, literal).short_string();
        assert_eq!(text("1e1000000000"), "unknown");
        assert_eq!(text("1e-1000000000"), "0");
        assert_eq!(text("1e9223372036854775807"), "unknown");
        assert_eq!(text("1e-9223372036854775807"), "unknown");
        assert_eq!(text("1e400000000"), "1e+400000000");
    }

    #[test]
    fn long_literals_are_refused() {
        let long = "1".repeat(MAX_LITERAL_LEN + 1);
        assert!(Value::from_literal(LiteralKind::Int, &long).is_unknown());
        assert_eq!(Value::from_literal(LiteralKind::Int, &long[..10_000]).bit_len(), 33_217);
    }
}
