//! How constants are shown: shortened for messages, or exactly.

use std::fmt;

use super::quote::quote;
use super::{BigFloat, Text, Value};

/// Longest quoted string shown in full, in characters.
const MAX_SHOWN: usize = 72;

impl Value {
    /// A form for messages: numbers may be approximate, strings are quoted and cut.
    pub fn short_string(&self) -> String {
        match self {
            Value::String(text) => text.short_quoted(),
            Value::Rat(rat) => BigFloat::from_quotient(rat.numerator(), rat.denominator())
                .map_or_else(String::new, |float| approximate(&float)),
            Value::Float(float) => approximate(float),
            Value::Complex(complex) => {
                format!("({} + {}i)", complex.real().short_string(), complex.imag().short_string())
            }
            Value::Unknown | Value::Bool(_) | Value::Int(_) => self.exact_string(),
        }
    }

    /// A form that tells the value exactly: fractions as `a/b`, floating-point numbers with hexadecimal
    /// mantissa, strings quoted in full.
    pub fn exact_string(&self) -> String {
        match self {
            Value::Unknown => "unknown".into(),
            Value::Bool(value) => value.to_string(),
            Value::String(text) => quote(text.bytes()),
            Value::Int(int) => {
                int.as_i64().map_or_else(|| int.to_big().to_string(), |small| small.to_string())
            }
            Value::Rat(rat) if rat.is_integer() => rat.numerator().to_string(),
            Value::Rat(rat) => format!("{}/{}", rat.numerator(), rat.denominator()),
            Value::Float(float) => hexadecimal(float),
            Value::Complex(complex) => {
                format!("({} + {}i)", complex.real().exact_string(), complex.imag().exact_string())
            }
        }
    }
}

impl fmt::Display for Value {
    /// Writes [`Value::short_string`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.short_string())
    }
}

impl Text {
    /// The string quoted; if that is too long, its beginning and `...` in place of the rest.
    pub(super) fn short_quoted(&self) -> String {
        // Enough bytes to see that the string is too long: none of its characters takes more than four.
        let quoted = quote(&self.prefix(4 * (MAX_SHOWN as u64 + 1)));
        if quoted.chars().nth(MAX_SHOWN).is_none() {
            return quoted;
        }
        quoted.chars().take(MAX_SHOWN - 3).chain("...".chars()).collect()
    }
}

/// The number in decimal with six digits.
fn approximate(float: &BigFloat) -> String {
    let (number, _) = float.to_ieee(&super::ieee::F64);
    if (float.sign() == 0) == (number == 0.0) && number.is_finite() {
        let short = general(number, Some(6));
        // A number that is no integer must not look like one.
        return if float.is_integer() || short.contains('.') { short } else { general(number, None) };
    }
    // Out of float64's range: take the decimal exponent from the binary one. The digits carry the error
    // of this logarithm, which is the same error that the compiler makes.
    let mut digits = float.fraction();
    let decimal = f64::from(float.exponent()) * std::f64::consts::LOG10_2;
    let mut exponent = decimal as i64;
    digits *= 10f64.powf(decimal - exponent as f64);
    let magnitude = digits.abs();
    // The bound leaves room for rounding up to 10 at six digits.
    if magnitude < 1.0 - 0.5e-6 {
        digits *= 10.0;
        exponent -= 1;
    } else if magnitude >= 10.0 {
        digits /= 10.0;
        exponent += 1;
    }
    format!("{}e{exponent:+}", general(digits, Some(6)))
}

/// The number with the given count of significant digits, or the fewest that identify it; with an
/// exponent if it is below -4 or not below the count of digits (6 for the fewest). Go's `%g`.
fn general(number: f64, precision: Option<usize>) -> String {
    let scientific = match precision {
        Some(digits) => format!("{number:.*e}", digits - 1),
        None => format!("{number:e}"),
    };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|ch| *ch != '.').collect();
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    let limit = precision.unwrap_or(6) as i32;
    if exponent < -4 || exponent >= limit {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}e{exponent_sign}{:02}", exponent.unsigned_abs());
    }
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    let (whole, rest) = digits.split_at(whole);
    format!("{sign}{whole}.{rest}")
}

/// The number as `0x.` mantissa `p` exponent.
fn hexadecimal(float: &BigFloat) -> String {
    let mantissa = float.mantissa();
    if float.sign() == 0 {
        return "0".into();
    }
    let sign = if float.sign() < 0 { "-" } else { "" };
    // The first bit of the first digit is the mantissa's first bit.
    let aligned = mantissa << ((4 - mantissa.bits() % 4) % 4);
    format!("{sign}0x.{aligned:x}p{:+}", float.exponent())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_like_percent_g() {
        for (number, six, fewest) in [
            (0.0, "0", "0"),
            (-0.5, "-0.5", "-0.5"),
            (123456.5, "123456", "123456.5"),
            (1234565.0, "1.23456e+06", "1.234565e+06"),
            (100000.0, "100000", "100000"),
            (1e6, "1e+06", "1e+06"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001234, "1.234e-05", "1.234e-05"),
            (1e-100, "1e-100", "1e-100"),
            (999999.5, "1e+06", "999999.5"),
        ] {
            assert_eq!(general(number, Some(6)), six);
            assert_eq!(general(number, None), fewest);
        }
    }

    #[test]
    fn long_strings_are_cut() {
        let shown = |len: usize| Value::string("é".repeat(len)).short_string();
        assert_eq!(shown(70).chars().count(), 72);
        assert!(shown(70).ends_with("é\""));
        assert_eq!(shown(71), format!("\"{}...", "é".repeat(68)));
        assert_eq!(shown(5000), shown(71));
    }
}
