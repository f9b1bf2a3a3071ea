//! Numbers, quotes and the system's errors, read and written as Go does.

use std::fmt::Write;
use std::io;

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotANumber {
    /// It is not written like one.
    Syntax,
    /// There is no room for it.
    Range,
}

impl NotANumber {
    /// What Go's flag package says.
    pub(super) fn flag_words(self) -> &'static str {
        match self {
            NotANumber::Syntax => "parse error",
            NotANumber::Range => "value out of range",
        }
    }

    /// What `strconv.FUNCTION` says of `text`.
    pub(super) fn words(self, function: &str, text: &str) -> String {
        let reason = match self {
            NotANumber::Syntax => "invalid syntax",
            NotANumber::Range => "value out of range",
        };
        format!("strconv.{function}: parsing {}: {reason}", quoted(text))
    }
}

/// A decimal integer of `bits` bits, as `strconv.ParseInt(text, 10, bits)` reads it.
pub(super) fn decimal(text: &str, bits: u32) -> Result<i64, NotANumber> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotANumber::Syntax);
    }
    in_range(digits, 10, text.starts_with('-'), bits)
}

/// An integer of 64 bits whose prefix tells its base, as `strconv.ParseInt(text, 0, 64)` reads it.
pub(super) fn based(text: &str) -> Result<i64, NotANumber> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &*lower),
    };
    // An underscore stands between digits, or between the prefix and a digit.
    let misplaced = digits.ends_with('_') || digits.contains("__") || (base == 10 && digits.starts_with('_'));
    let plain: String = digits.chars().filter(|&c| c != '_').collect();
    if plain.is_empty() || misplaced || !plain.chars().all(|c| c.is_digit(base)) {
        return Err(NotANumber::Syntax);
    }
    in_range(&plain, base, text.starts_with('-'), 64)
}

fn in_range(digits: &str, base: u32, negative: bool, bits: u32) -> Result<i64, NotANumber> {
    let limit = 1i128 << (bits - 1);
    let magnitude = i128::from_str_radix(digits, base).map_err(|_| NotANumber::Range)?;
    let value = if negative { -magnitude } else { magnitude };
    if value < -limit || value >= limit {
        return Err(NotANumber::Range);
    }
    i64::try_from(value).map_err(|_| NotANumber::Range)
}

/// A floating-point number, as `strconv.ParseFloat(text, 64)` reads it (but for hexadecimal ones).
pub(super) fn float(text: &str) -> Result<f64, NotANumber> {
    let value: f64 = text.parse().map_err(|_| NotANumber::Syntax)?;
    if value.is_infinite() && text.bytes().any(|b| b.is_ascii_digit()) {
        return Err(NotANumber::Range);
    }
    Ok(value)
}

/// A floating-point number as `%v` prints it: the fewest digits that read back, with an exponent where it is large.
pub(super) fn shown(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..21).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// A text in quotes, as `%q` prints it.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            // Writing to a string does not fail.
            c if (c as u32) < 0x80 && c.is_control() => drop(write!(out, "\\x{:02x}", c as u32)),
            c if c.is_control() => drop(write!(out, "\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A list as `%v` prints it: `[a b]`.
pub(super) fn listed<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(" "))
}

/// The system's reason in Go's words: `no such file or directory`.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match (error.raw_os_error(), chars.next()) {
        (Some(_), Some(first)) => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// A path below a directory, without doubled slashes.
pub(super) fn joined(directory: &str, rest: &str) -> String {
    match (directory, rest.trim_start_matches('/')) {
        ("", rest) => rest.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, rest) => format!("{}/{rest}", directory.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths;

    #[test]
    fn integers() {
        assert_eq!(decimal("+12", 32), Ok(12));
        assert_eq!(decimal("-3", 32), Ok(-3));
        assert_eq!(decimal("2147483648", 32), Err(NotANumber::Range));
        assert_eq!(decimal("0x1", 64), Err(NotANumber::Syntax));
        assert_eq!(decimal("", 64), Err(NotANumber::Syntax));
        assert_eq!(based("0x1_0"), Ok(16));
        assert_eq!(based("017"), Ok(15));
        assert_eq!(based("1_0"), Ok(10));
        assert_eq!(based("_10"), Err(NotANumber::Syntax));
        assert_eq!(based("1__0"), Err(NotANumber::Syntax));
        assert_eq!(based("99999999999999999999"), Err(NotANumber::Range));
        assert_eq!(based("99999999999999999999999999999999999999999999"), Err(NotANumber::Range));
        assert_eq!(based("-9223372036854775808"), Ok(i64::MIN));
    }

    #[test]
    fn floats() {
        assert_eq!(float("1e999"), Err(NotANumber::Range));
        assert_eq!(float(".5"), Ok(0.5));
        assert_eq!(float("zz"), Err(NotANumber::Syntax));
        for (value, text) in [
            (0.005, "0.005"),
            (1.0, "1"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1.5e-7, "1.5e-07"),
            (0.0001, "0.0001"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(shown(value), text);
        }
    }

    #[test]
    fn texts() {
        assert_eq!(quoted("a\"\\\n\x01é"), r#""a\"\\\n\x01é""#);
        assert_eq!(listed(["a", "b"]), "[a b]");
        assert_eq!(paths::base("/a/b.x"), "b.x");
        assert_eq!(paths::base("//"), "/");
        assert_eq!(paths::base("a/"), "a");
        assert_eq!(joined("/a/", "/b"), "/a/b");
        assert_eq!(NotANumber::Syntax.words("Atoi", "x"), r#"strconv.Atoi: parsing "x": invalid syntax"#);
    }
}
