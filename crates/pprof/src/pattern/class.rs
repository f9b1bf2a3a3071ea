//! Classes of letters, and letters that are written as escapes.

use super::failure;
use crate::Error;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// Something that was read, and what comes after it.
type Read<'a, T> = (T, &'a str);

/// Reads a class in brackets.
pub(super) fn char_class(text: &str, fold_case: bool) -> Result<Read<'_, ClassUnicode>, Error> {
    let mut class = ClassUnicode::empty();
    let inner = &text[1..];
    let (negated, mut rest) = match inner.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, inner),
    };
    let mut first = true;
    while first || !rest.starts_with(']') {
        first = false;
        let named = match named_class(rest, fold_case)? {
            Some(named) => Some(named),
            None => unicode_class(rest, fold_case)?.or_else(|| perl_class(rest, fold_case)),
        };
        if let Some((named, after)) = named {
            class.union(&named);
            rest = after;
            continue;
        }
        let start = rest;
        let (low, after) = class_letter(rest, text)?;
        let (mut high, mut after) = (low, after);
        if after.len() >= 2 && after.starts_with('-') && !after.starts_with("-]") {
            (high, after) = class_letter(&after[1..], text)?;
            if high < low {
                return Err(failure("invalid character class range", &start[..start.len() - after.len()]));
            }
        }
        if let Some(range) = range(low, high) {
            let mut letters = ClassUnicode::new([range]);
            fold(&mut letters, fold_case);
            class.union(&letters);
        }
        rest = after;
    }
    if negated {
        class.negate();
    }
    Ok((class, &rest[1..]))
}

fn fold(class: &mut ClassUnicode, fold_case: bool) {
    if fold_case {
        class.case_fold_simple();
    }
}

fn class_letter<'a>(text: &'a str, class: &str) -> Result<Read<'a, u32>, Error> {
    match text.chars().next() {
        None => Err(failure("missing closing ]", class)),
        Some('\\') => escape(text),
        Some(letter) => Ok((u32::from(letter), &text[letter.len_utf8()..])),
    }
}

/// A range without the halves of pairs, which are letters in no text.
fn range(low: u32, high: u32) -> Option<ClassUnicodeRange> {
    let low = char::from_u32(low).unwrap_or('\u{e000}');
    let high = char::from_u32(high).unwrap_or('\u{d7ff}');
    (low <= high).then(|| ClassUnicodeRange::new(low, high))
}

/// Reads `[:alpha:]` and its like.
fn named_class(text: &str, fold_case: bool) -> Result<Option<Read<'_, ClassUnicode>>, Error> {
    let Some((name, rest)) = text.strip_prefix("[:").and_then(|inner| inner.split_once(":]")) else {
        return Ok(None);
    };
    let (negated, bare) = match name.strip_prefix('^') {
        Some(bare) => (true, bare),
        None => (false, name),
    };
    let ranges: &[(char, char)] = match bare {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => WORD,
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return Err(failure("invalid character class range", &text[..name.len() + 4])),
    };
    Ok(Some((ascii_class(ranges, negated, fold_case), rest)))
}

const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

fn ascii_class(ranges: &[(char, char)], negated: bool, fold_case: bool) -> ClassUnicode {
    let mut class = ClassUnicode::new(ranges.iter().map(|&(low, high)| ClassUnicodeRange::new(low, high)));
    fold(&mut class, fold_case);
    if negated {
        class.negate();
    }
    class
}

/// Reads `\d` and its like.
pub(super) fn perl_class(text: &str, fold_case: bool) -> Option<Read<'_, ClassUnicode>> {
    let letter = *text.strip_prefix('\\')?.as_bytes().first()?;
    let ranges: &[(char, char)] = match letter.to_ascii_lowercase() {
        b'd' => &[('0', '9')],
        b's' => &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')],
        b'w' => WORD,
        _ => return None,
    };
    Some((ascii_class(ranges, letter.is_ascii_uppercase(), fold_case), &text[2..]))
}

/// Reads `\pN`, `\p{Greek}` and their like.
pub(super) fn unicode_class(text: &str, fold_case: bool) -> Result<Option<Read<'_, ClassUnicode>>, Error> {
    let Some(after) = text.strip_prefix("\\p").or_else(|| text.strip_prefix("\\P")) else { return Ok(None) };
    let unknown = |expression: &str| failure("invalid character class range", expression);
    let (name, rest) = match after.chars().next() {
        None => return Err(unknown(text)),
        Some('{') => after[1..].split_once('}').ok_or_else(|| unknown(text))?,
        Some(letter) => after.split_at(letter.len_utf8()),
    };
    let (inverted, bare) = match name.strip_prefix('^') {
        Some(bare) => (true, bare),
        None => (false, name),
    };
    let mut class = table(bare).ok_or_else(|| unknown(&text[..text.len() - rest.len()]))?;
    fold(&mut class, fold_case);
    if text.starts_with("\\P") != inverted {
        class.negate();
    }
    Ok(Some((class, rest)))
}

/// The letters of a category or a script.
fn table(name: &str) -> Option<ClassUnicode> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-".contains(&byte)) {
        return None;
    }
    ["gc", "sc"].iter().find_map(|property| {
        match regex_syntax::parse(&format!("\\p{{{property}={name}}}")).ok()?.into_kind() {
            HirKind::Class(Class::Unicode(class)) => Some(class),
            _ => None,
        }
    })
}

/// Reads a letter that is written as an escape; its code.
pub(super) fn escape(text: &str) -> Result<Read<'_, u32>, Error> {
    let after = &text[1..];
    let Some(letter) = after.chars().next() else {
        return Err(failure("trailing backslash at end of expression", ""));
    };
    let rest = &after[letter.len_utf8()..];
    let code = match letter {
        '0'..='7' if letter == '0' || rest.starts_with(|next| ('0'..='7').contains(&next)) => {
            let len = after.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            let (digits, rest) = after.split_at(len);
            return Ok((u32::from_str_radix(digits, 8).unwrap_or(0), rest));
        }
        'x' => return hexadecimal(text, rest),
        'a' => 0x07,
        'f' => 0x0c,
        'n' => 0x0a,
        'r' => 0x0d,
        't' => 0x09,
        'v' => 0x0b,
        _ if letter.is_ascii() && !letter.is_ascii_alphanumeric() => u32::from(letter),
        _ => return Err(failure("invalid escape sequence", &text[..text.len() - rest.len()])),
    };
    Ok((code, rest))
}

/// Reads what comes after `\x`.
fn hexadecimal<'a>(text: &'a str, digits: &'a str) -> Result<Read<'a, u32>, Error> {
    let invalid = |len: usize| failure("invalid escape sequence", &text[..text.len() - digits.len() + len]);
    let end_of =
        |place: usize| digits[place..].chars().next().map_or(place, |letter| place + letter.len_utf8());
    let Some(braced) = digits.strip_prefix('{') else {
        let end = end_of(end_of(0));
        let (two, rest) = digits.split_at(end);
        let is_hex = two.len() == 2 && two.bytes().all(|byte| byte.is_ascii_hexdigit());
        return match u32::from_str_radix(two, 16) {
            Ok(code) if is_hex => Ok((code, rest)),
            _ => Err(invalid(end)),
        };
    };
    let mut code = 0;
    for (place, letter) in braced.char_indices() {
        match letter.to_digit(16) {
            Some(digit) => code = code * 16 + digit,
            None if letter == '}' && place > 0 => return Ok((code, &braced[place + 1..])),
            None => return Err(invalid(end_of(place + 1))),
        }
        if code > u32::from(char::MAX) {
            return Err(invalid(end_of(place + 1)));
        }
    }
    Err(invalid(digits.len()))
}
