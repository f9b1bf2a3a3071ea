//! Numbers, strings and runes.

use super::chars::{DIGIT, HEX, IDENT, code_point, is, quoted};
use super::{Lexer, Tok, swar};
use crate::tree::LitKind;

/// What a run of digits held.
#[derive(Clone, Copy, Default)]
struct Digits {
    digit: bool,
    separator: bool,
}

fn base_name(base: u32) -> &'static str {
    match base {
        2 => "binary",
        8 => "octal",
        10 => "decimal",
        _ => "hexadecimal",
    }
}

impl Lexer<'_> {
    fn literal(&mut self, kind: LitKind, ok: bool) {
        self.nlsemi = true;
        self.tok = Tok::Literal;
        self.kind = kind;
        self.bad = !ok;
    }

    /// Reads a number; for one that begins with a dot, the dot has been read.
    pub(super) fn number(&mut self, after_dot: bool) {
        if !after_dot {
            // Most numbers are short decimal integers.
            let mut i = self.i;
            while is(self.byte(i), DIGIT) {
                i += 1;
            }
            let next = self.byte(i);
            let plain = self.byte(self.i) != b'0' || i == self.i + 1;
            if plain && next != b'.' && !is(next, IDENT) {
                self.i = i;
                return self.literal(LitKind::Int, true);
            }
        }
        self.general_number(after_dot);
    }

    fn general_number(&mut self, after_dot: bool) {
        let mut ok = true;
        let mut kind = LitKind::Int;
        let mut base = 10;
        let mut prefix = 0;
        let mut seen = Digits::default();
        let mut invalid = None;
        let mut fraction = after_dot;
        if !after_dot {
            if self.ch() == b'0' {
                self.i += 1;
                (base, prefix) = match self.ch() | 0x20 {
                    b'x' => (16, b'x'),
                    b'o' => (8, b'o'),
                    b'b' => (2, b'b'),
                    _ => (8, b'0'),
                };
                if prefix == b'0' {
                    seen.digit = true;
                } else {
                    self.i += 1;
                }
            }
            self.digits(base, &mut seen, &mut invalid);
            if self.ch() == b'.' {
                if matches!(prefix, b'o' | b'b') {
                    self.error_here(format!("invalid radix point in {} literal", base_name(base)));
                    ok = false;
                }
                self.i += 1;
                fraction = true;
            }
        }
        if fraction {
            kind = LitKind::Float;
            self.digits(base, &mut seen, &mut invalid);
        }
        if !seen.digit && ok {
            self.error_here(format!("{} literal has no digits", base_name(base)));
            ok = false;
        }
        if matches!(self.ch() | 0x20, b'e' | b'p') {
            ok = self.exponent(prefix, &mut seen, ok);
            kind = LitKind::Float;
        } else if prefix == b'x' && kind == LitKind::Float && ok {
            self.error_here("hexadecimal mantissa requires a 'p' exponent".into());
            ok = false;
        }
        if self.ch() == b'i' {
            kind = LitKind::Imag;
            self.i += 1;
        }
        if ok
            && kind == LitKind::Int
            && let Some((at, digit)) = invalid
        {
            self.error_at(at, format!("invalid digit '{}' in {} literal", digit as char, base_name(base)));
            ok = false;
        }
        if ok
            && seen.separator
            && let Some(at) = misplaced_separator(&self.src[self.token_at..self.i])
        {
            self.error_at(self.token_at + at, "'_' must separate successive digits".into());
            ok = false;
        }
        self.literal(kind, ok);
    }

    /// Reads digits and `_`. Decimal digits too large for a small base are read too, and the first
    /// of them is noted.
    fn digits(&mut self, base: u32, seen: &mut Digits, invalid: &mut Option<(usize, u8)>) {
        let class = if base <= 10 { DIGIT } else { HEX };
        loop {
            match self.ch() {
                b'_' => seen.separator = true,
                c if is(c, class) => {
                    seen.digit = true;
                    if base <= 10 && u32::from(c - b'0') >= base && invalid.is_none() {
                        *invalid = Some((self.i, c));
                    }
                }
                _ => return,
            }
            self.i += 1;
        }
    }

    fn exponent(&mut self, prefix: u8, seen: &mut Digits, mut ok: bool) -> bool {
        let marker = self.ch();
        let hex = marker | 0x20 == b'p';
        let fits = if hex { prefix == b'x' } else { matches!(prefix, 0 | b'0') };
        if ok && !fits {
            let needed = if hex { "hexadecimal" } else { "decimal" };
            self.error_here(format!("'{}' exponent requires {needed} mantissa", marker as char));
            ok = false;
        }
        self.i += 1;
        if matches!(self.ch(), b'+' | b'-') {
            self.i += 1;
        }
        seen.digit = false;
        self.digits(10, seen, &mut None);
        if !seen.digit && ok {
            self.error_here("exponent has no digits".into());
            ok = false;
        }
        ok
    }

    /// Reads a rune literal.
    pub(super) fn rune(&mut self) {
        let mut ok = true;
        let mut count = 0;
        self.i += 1;
        loop {
            let problem = match self.ch() {
                b'\'' if count == 0 => (self.i, "empty rune literal or unescaped '"),
                b'\'' if count > 1 => (self.token_at, "more than one character in rune literal"),
                b'\'' => {
                    self.i += 1;
                    break;
                }
                b'\n' => (self.i, "newline in rune literal"),
                0 => (self.token_at, "rune literal not terminated"),
                b'\\' => {
                    self.i += 1;
                    ok &= self.escape(b'\'');
                    count += 1;
                    continue;
                }
                _ => {
                    self.skip_char();
                    count += 1;
                    continue;
                }
            };
            // After a bad escape the literal itself is not judged.
            if std::mem::replace(&mut ok, false) {
                self.error_at(problem.0, problem.1.into());
            }
            self.i += usize::from(self.ch() == b'\'');
            break;
        }
        self.literal(LitKind::Rune, ok);
    }

    /// Reads an interpreted string.
    pub(super) fn string(&mut self) {
        let mut ok = true;
        self.i += 1;
        loop {
            self.i += swar::string_len(swar::load(self.src, self.i));
            match self.ch() {
                b'"' => {
                    self.i += 1;
                    break;
                }
                b'\\' => {
                    self.i += 1;
                    ok &= self.escape(b'"');
                }
                b'\n' => {
                    self.error_here("newline in string".into());
                    ok = false;
                    break;
                }
                0 => {
                    self.error_at(self.token_at, "string not terminated".into());
                    ok = false;
                    break;
                }
                _ => {}
            }
        }
        self.literal(LitKind::String, ok);
    }

    /// Reads a raw string.
    pub(super) fn raw_string(&mut self) {
        let ok = match memchr::memchr(b'`', &self.src[self.i + 1..]) {
            Some(n) => {
                self.i += n + 2;
                true
            }
            None => {
                self.i = self.src.len();
                self.error_at(self.token_at, "string not terminated".into());
                false
            }
        };
        self.literal(LitKind::String, ok);
    }

    /// Reads what follows a backslash. At the end of the file the caller complains.
    fn escape(&mut self, quote: u8) -> bool {
        let (digits, base, max) = match self.ch() {
            b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' => {
                self.i += 1;
                return true;
            }
            c if c == quote => {
                self.i += 1;
                return true;
            }
            b'0'..=b'7' => (3, 8, 255),
            b'x' => (2, 16, 255),
            b'u' => (4, 16, char::MAX as u32),
            b'U' => (8, 16, char::MAX as u32),
            0 => return true,
            _ => {
                self.error_here("unknown escape".into());
                return false;
            }
        };
        if base == 16 {
            self.i += 1;
        }
        let mut value = 0u32;
        for _ in 0..digits {
            let c = self.ch();
            if c == 0 {
                return true;
            }
            match (c as char).to_digit(base) {
                Some(d) if c < 0x80 => value = value.wrapping_mul(base).wrapping_add(d),
                _ => {
                    let c = quoted(self.current_char());
                    self.error_here(format!("invalid character {c} in {} escape", base_name(base)));
                    return false;
                }
            }
            self.i += 1;
        }
        if base == 8 && value > max {
            self.error_here(format!("octal escape value {value} > 255"));
            return false;
        }
        if value > max || (0xD800..0xE000).contains(&value) {
            self.error_here(format!("escape is invalid Unicode code point {}", code_point(value)));
            return false;
        }
        true
    }
}

/// The index of the first `_` of a number that does not stand between digits (a base prefix counts as one).
fn misplaced_separator(number: &[u8]) -> Option<usize> {
    let prefixed = number.len() >= 2 && number[0] == b'0' && matches!(number[1] | 0x20, b'x' | b'o' | b'b');
    let class = if prefixed && number[1] | 0x20 == b'x' { HEX } else { DIGIT };
    let skip = if prefixed { 2 } else { 0 };
    let (mut after_digit, mut after_separator) = (prefixed, false);
    for (i, &c) in number.iter().enumerate().skip(skip) {
        if c == b'_' {
            if !after_digit {
                return Some(i);
            }
            (after_digit, after_separator) = (false, true);
        } else if is(c, class) {
            (after_digit, after_separator) = (true, false);
        } else if after_separator {
            return Some(i - 1);
        } else {
            after_digit = false;
        }
    }
    after_separator.then(|| number.len() - 1)
}
