//! Lines of a text, and numbers in them.

use crate::Error;
use regex::bytes::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Lines are shorter; so is the buffer of pprof.
const MAX_LINE: usize = 64 << 10;

/// Walks over lines.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    line: &'a [u8],
    too_long: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn of(data: &'a [u8]) -> Lines<'a> {
        Lines { rest: data, line: &[], too_long: false }
    }

    /// Goes to the next line; whether there is one.
    pub(super) fn next(&mut self) -> bool {
        self.line = &[];
        if self.rest.is_empty() || self.too_long {
            return false;
        }
        let end = memchr::memchr(b'\n', self.rest);
        let len = end.unwrap_or(self.rest.len());
        if len >= MAX_LINE {
            self.too_long = true;
            return false;
        }
        let (line, rest) = self.rest.split_at(len);
        self.line = line.strip_suffix(b"\r").unwrap_or(line);
        self.rest = rest.get(1..).unwrap_or_default();
        true
    }

    /// The line; empty before the first and after the last.
    pub(super) fn line(&self) -> &'a [u8] {
        self.line
    }

    /// Goes to the next line that is neither empty nor a comment.
    pub(super) fn skip_comments(&mut self) {
        while self.next() && is_comment(self.line) {}
    }

    /// Whether the walk ended because all was seen.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.too_long { Err(Error::new("bufio.Scanner: token too long")) } else { Ok(()) }
    }
}

/// Whether a line is empty or a comment.
pub(super) fn is_comment(line: &[u8]) -> bool {
    line.trim_ascii_start().first().is_none_or(|&first| first == b'#')
}

/// A line in a message.
pub(super) fn text(line: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(line)
}

/// A regular expression over bytes, made when it is first needed. Classes are those of ASCII.
pub(super) fn expression(pattern: &str) -> Regex {
    regex::bytes::RegexBuilder::new(pattern)
        .unicode(false)
        .build()
        .expect("a constant expression is well formed")
}

/// All addresses in a line, which are hexadecimal.
pub(super) fn addresses(line: &[u8]) -> Result<Vec<u64>, Error> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| expression("0x[0-9a-f]+"));
    let found = ADDRESS.find_iter(line).map(|found| text(found.as_bytes()));
    found
        .map(|number| {
            let digits = number.trim_start_matches("0x");
            let read = if digits.is_empty() { Ok(0) } else { u64::from_str_radix(digits, 16) };
            read.map_err(|_| Error::new(format!("failed to parse as hex 64-bit number: {number}")))
        })
        .collect()
}

/// A decimal number.
pub(super) fn decimal(digits: &[u8]) -> Result<i64, Error> {
    let digits = text(digits);
    let failed = |_| Error::new(format!("strconv.ParseInt: parsing {digits:?}: value out of range"));
    digits.parse().map_err(failed)
}

/// A number that may say its base, as in source: `0x10`, `010`.
pub(super) fn based(number: &[u8]) -> Option<i64> {
    let number = std::str::from_utf8(number).ok()?;
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some(_) if lower.starts_with('0') => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    if !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return None;
    }
    let amount = i128::from(u64::from_str_radix(digits, base).ok()?);
    i64::try_from(if negative { -amount } else { amount }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_their_ends() {
        let mut lines = Lines::of(b"a\r\n\nb");
        let mut seen = Vec::new();
        while lines.next() {
            seen.push(lines.line());
        }
        assert_eq!(seen, [&b"a"[..], b"", b"b"]);
        assert!(lines.check().is_ok() && lines.line().is_empty());
        let long = vec![b'x'; MAX_LINE];
        let mut lines = Lines::of(&long);
        assert!(!lines.next() && lines.check().is_err());
    }

    #[test]
    fn numbers_have_bases() {
        let numbers: [&[u8]; 7] = [b"10", b"-0x10", b"010", b"08", b"", b"0", b"9223372036854775808"];
        assert_eq!(numbers.map(based), [Some(10), Some(-16), Some(8), None, None, Some(0), None]);
    }
}
