//! Character classes, and characters as error messages show them.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Letters, `_` and digits of ASCII.
pub(super) const IDENT: u8 = 1;
/// Decimal digits.
pub(super) const DIGIT: u8 = 2;
/// Hexadecimal digits.
pub(super) const HEX: u8 = 4;

/// Classes of each byte; nothing is known of bytes beyond ASCII.
pub(super) static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 128 {
        let c = b as u8;
        if c.is_ascii_alphanumeric() || c == b'_' {
            table[b] |= IDENT;
        }
        if c.is_ascii_digit() {
            table[b] |= DIGIT;
        }
        if c.is_ascii_hexdigit() {
            table[b] |= HEX;
        }
        b += 1;
    }
    table
};

#[inline]
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASS[byte as usize] & class != 0
}

/// What an identifier may do with a character beyond ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WideClass {
    Letter,
    Digit,
    Other,
}

pub(super) fn wide_class(c: char) -> WideClass {
    match c.general_category() {
        GeneralCategory::DecimalNumber => WideClass::Digit,
        _ if c.general_category_group() == GeneralCategoryGroup::Letter => WideClass::Letter,
        _ => WideClass::Other,
    }
}

/// Letters, marks, numbers, punctuation, symbols and the ASCII space.
fn is_printable(c: char) -> bool {
    use GeneralCategoryGroup::*;
    c == ' ' || matches!(c.general_category_group(), Letter | Mark | Number | Punctuation | Symbol)
}

/// `U+0040 '@'`, the form of Go's `%#U`.
pub(super) fn code_point(c: u32) -> String {
    match char::from_u32(c) {
        Some(ch) if is_printable(ch) => format!("U+{c:04X} '{ch}'"),
        _ => format!("U+{c:04X}"),
    }
}

/// `'@'` or `'\n'`, the form of Go's `%q` for characters.
pub(super) fn quoted(c: char) -> String {
    let inner = match c {
        '\'' => "\\'".into(),
        '\\' => "\\\\".into(),
        '\x07' => "\\a".into(),
        '\x08' => "\\b".into(),
        '\x0c' => "\\f".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        '\x0b' => "\\v".into(),
        c if is_printable(c) => c.to_string(),
        c if c < ' ' || c == '\x7f' => format!("\\x{:02x}", c as u32),
        c if (c as u32) < 0x10000 => format!("\\u{:04x}", c as u32),
        c => format!("\\U{:08x}", c as u32),
    };
    format!("'{inner}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_shown_as_go_shows_them() {
        assert_eq!(code_point('@' as u32), "U+0040 '@'");
        assert_eq!(code_point(7), "U+0007");
        assert_eq!(code_point(0xD800), "U+D800");
        assert_eq!(code_point(0x200B), "U+200B");
        assert_eq!(code_point(0x201C), "U+201C '\u{201C}'");
        assert_eq!(quoted('\n'), "'\\n'");
        assert_eq!(quoted('\u{200b}'), "'\\u200b'");
        assert_eq!(quoted('\u{1}'), "'\\x01'");
        assert_eq!(quoted('é'), "'é'");
    }

    #[test]
    fn classes_follow_the_general_category() {
        assert!(wide_class('é') == WideClass::Letter && wide_class('世') == WideClass::Letter);
        assert!(wide_class('٣') == WideClass::Digit && wide_class('½') == WideClass::Other);
        assert!(wide_class('ʰ') == WideClass::Letter && wide_class('Ⅷ') == WideClass::Other);
    }
}
