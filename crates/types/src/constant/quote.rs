//! Quoting of byte strings as Go literals, and the reverse.

use std::fmt::Write;

use super::print_table::PRINTABLE;

/// Whether Go shows the character as it is inside quotes: letters, marks, numbers, punctuation,
/// symbols, and of the spaces only U+0020.
pub fn is_printable(ch: char) -> bool {
    let code = u32::from(ch);
    if code < 0x7f {
        return code >= 0x20;
    }
    let after = PRINTABLE.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= PRINTABLE[after - 1].1
}

/// The bytes as a double-quoted Go string literal.
pub fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for ch in chunk.valid().chars() {
            push_escaped(&mut out, ch, '"');
        }
        for byte in chunk.invalid() {
            push_hex(&mut out, 'x', u32::from(*byte), 2);
        }
    }
    out.push('"');
    out
}

/// The character as a single-quoted Go literal.
pub fn quote_char(ch: char) -> String {
    let mut out = String::from('\'');
    push_escaped(&mut out, ch, '\'');
    out.push('\'');
    out
}

fn push_escaped(out: &mut String, ch: char, quote: char) {
    if ch == quote || ch == '\\' {
        out.push('\\');
        out.push(ch);
        return;
    }
    if is_printable(ch) {
        out.push(ch);
        return;
    }
    match ch {
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        '\0'..' ' | '\x7f' => push_hex(out, 'x', u32::from(ch), 2),
        '\0'..='\u{ffff}' => push_hex(out, 'u', u32::from(ch), 4),
        _ => push_hex(out, 'U', u32::from(ch), 8),
    }
}

fn push_hex(out: &mut String, letter: char, code: u32, width: usize) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\{letter}{code:0width$x}");
}

/// The value of a string literal with its quotes, raw or interpreted; `None` if malformed.
pub fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (quote, body) = match literal {
        [first @ (b'`' | b'"'), body @ .., last] if first == last => (*first, body),
        _ => return None,
    };
    if quote == b'`' {
        if body.contains(&b'`') {
            return None;
        }
        return Some(body.iter().copied().filter(|byte| *byte != b'\r').collect());
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(first) = rest.first() {
        if *first == b'\n' {
            return None;
        }
        let (element, after) = unquote_element(rest, quote)?;
        match element {
            Element::Byte(byte) => out.push(byte),
            Element::Char(ch) => out.extend_from_slice(ch.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = after;
    }
    Some(out)
}

/// The code of the first character inside a character literal with its quotes.
pub(super) fn unquote_char(literal: &[u8]) -> Option<u32> {
    let [_, body @ .., _] = literal else { return None };
    let (element, _) = unquote_element(body, b'\'')?;
    Some(match element {
        Element::Byte(byte) => u32::from(byte),
        Element::Char(ch) => u32::from(ch),
    })
}

/// One element of a literal: escapes of the `\x` and octal kind denote bytes, everything else characters.
enum Element {
    Byte(u8),
    Char(char),
}

fn unquote_element(text: &[u8], quote: u8) -> Option<(Element, &[u8])> {
    let (&first, rest) = text.split_first()?;
    if first == quote {
        return None;
    }
    if first >= 0x80 {
        let (ch, len) = decode_char(text);
        return Some((Element::Char(ch), &text[len..]));
    }
    if first != b'\\' {
        return Some((Element::Byte(first), rest));
    }
    let (&letter, rest) = rest.split_first()?;
    let simple = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'\'' | b'"' if letter == quote => quote,
        b'x' => return escape(rest, 2, 16).and_then(byte_element),
        b'u' => return escape(rest, 4, 16).and_then(char_element),
        b'U' => return escape(rest, 8, 16).and_then(char_element),
        b'0'..=b'7' => return escape(&text[1..], 3, 8).and_then(byte_element),
        _ => return None,
    };
    Some((Element::Byte(simple), rest))
}

/// The number of exactly `count` digits, and what follows them.
fn escape(text: &[u8], count: usize, radix: u32) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(count)?;
    let code = digits.iter().try_fold(0u32, |code, digit| {
        code.checked_mul(radix)?.checked_add(char::from(*digit).to_digit(radix)?)
    })?;
    Some((code, rest))
}

fn byte_element((code, rest): (u32, &[u8])) -> Option<(Element, &[u8])> {
    Some((Element::Byte(u8::try_from(code).ok()?), rest))
}

fn char_element((code, rest): (u32, &[u8])) -> Option<(Element, &[u8])> {
    Some((Element::Char(char::from_u32(code)?), rest))
}

/// The first character of non-empty bytes and its length; U+FFFD and 1 where they are not UTF-8.
fn decode_char(text: &[u8]) -> (char, usize) {
    let head = &text[..text.len().min(4)];
    let valid = head.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    valid.map_or((char::REPLACEMENT_CHARACTER, 1), |ch| (ch, ch.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of Unicode against `strconv.IsPrint` of Go 1.27: how many are printable, and a hash of which.
    #[test]
    fn printable_characters_are_those_of_go() {
        let (mut count, mut hash) = (0, 0xcbf2_9ce4_8422_2325u64);
        for ch in '\0'..=char::MAX {
            let printable = is_printable(ch);
            count += u32::from(printable);
            hash = (hash ^ u64::from(printable)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        assert_eq!((count, hash), (159_613, 0x1e2f_3320_5145_f90a));
    }

    #[test]
    fn quotes_like_go() {
        assert_eq!(quote(b"a\"b\\\n\x07\x00\x7f"), r#""a\"b\\\n\a\x00\x7f""#);
        assert_eq!(
            quote("é\u{ad}\u{a0}\u{200b}\u{10ffff}世'".as_bytes()),
            "\"é\\u00ad\\u00a0\\u200b\\U0010ffff世'\""
        );
        assert_eq!(quote(b"\xe4\xb8z\xed\xa0\x80"), r#""\xe4\xb8z\xed\xa0\x80""#);
        assert_eq!(quote_char('\''), r"'\''");
        assert_eq!(quote_char('"'), "'\"'");
    }

    #[test]
    fn unquotes_like_go() {
        let value = |literal: &str| unquote(literal.as_bytes());
        assert_eq!(value(r#""\x41\101\u00e9\"\t""#), Some("AA\u{e9}\"\t".into()));
        assert_eq!(value("`a\r\n\\n`"), Some(b"a\n\\n".to_vec()));
        assert_eq!(value(r#""\xff\377""#), Some(vec![255, 255]));
        for bad in [
            "",
            "\"",
            "\"a",
            "\"a\nb\"",
            r#""\400""#,
            r#""\ud800""#,
            r#""\'""#,
            r#""\x4""#,
            "`a`b`",
            "\"a\"b\"",
            r#""\""#,
        ] {
            assert_eq!(value(bad), None, "{bad}");
        }
        assert_eq!(unquote(b"\"\xff\""), Some("\u{fffd}".into()));
        assert_eq!(unquote_char("'世'".as_bytes()), Some(0x4e16));
        assert_eq!(unquote_char(b"''"), None);
    }
}
