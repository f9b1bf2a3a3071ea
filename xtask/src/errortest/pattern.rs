//! Go's quoted strings and Go's regular expressions.

use std::fmt::Write as _;

use regex::Regex;

/// The value of a Go string or character literal; none if it is malformed. Bytes that are not
/// UTF-8 become replacement characters.
pub fn unquote(literal: &str) -> Option<String> {
    let quote = literal.chars().next()?;
    let body = literal.strip_prefix(quote)?.strip_suffix(quote)?;
    match quote {
        '`' => (!body.contains('`')).then(|| body.replace('\r', "")),
        '"' | '\'' => unescape(body, quote),
        _ => None,
    }
}

fn unescape(body: &str, quote: char) -> Option<String> {
    let mut out: Vec<u8> = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut buffer = [0; 4];
    let mut count = 0;
    while let Some(c) = rest.chars().next() {
        count += 1;
        if c == quote || c == '\n' {
            return None;
        }
        rest = &rest[c.len_utf8()..];
        if c != '\\' {
            out.extend(c.encode_utf8(&mut buffer).as_bytes());
            continue;
        }
        let kind = rest.chars().next()?;
        let simple = match kind {
            'a' => Some(7),
            'b' => Some(8),
            'f' => Some(12),
            'n' => Some(b'\n'),
            'r' => Some(b'\r'),
            't' => Some(b'\t'),
            'v' => Some(11),
            '\\' => Some(b'\\'),
            _ if kind == quote => Some(quote as u8),
            _ => None,
        };
        if let Some(byte) = simple {
            rest = &rest[1..];
            out.push(byte);
            continue;
        }
        let (skip, digits, base) = match kind {
            'x' => (1, 2, 16),
            'u' => (1, 4, 16),
            'U' => (1, 8, 16),
            '0'..='7' => (0, 3, 8),
            _ => return None,
        };
        let code = u32::from_str_radix(rest.get(skip..skip + digits)?, base).ok()?;
        rest = &rest[skip + digits..];
        if matches!(kind, 'u' | 'U') {
            out.extend(char::from_u32(code)?.encode_utf8(&mut buffer).as_bytes());
        } else {
            out.push(u8::try_from(code).ok()?);
        }
    }
    (quote == '"' || count == 1).then(|| String::from_utf8_lossy(&out).into_owned())
}

/// Compiles a regular expression of Go's package regexp. The two languages differ in a few places
/// only; those are rewritten.
pub fn go_regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(&translate(pattern)).map_err(|e| e.to_string())
}

fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("\\Q") {
            let (literal, after) = after.split_once("\\E").unwrap_or((after, ""));
            out.push_str(&regex::escape(literal));
            rest = after;
            continue;
        }
        let used = match c {
            '\\' => escape(rest, &mut out),
            '[' => class(rest, &mut out),
            // A brace that is no repetition stands for itself in Go.
            '{' if !is_repetition(rest) => {
                out.push_str("\\{");
                1
            }
            '}' if !closes_repetition(pattern, pattern.len() - rest.len()) => {
                out.push_str("\\}");
                1
            }
            _ => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[used..];
    }
    out
}

/// An escape at the start of `rest`; returns its length.
fn escape(rest: &str, out: &mut String) -> usize {
    let Some(c) = rest[1..].chars().next() else {
        out.push('\\');
        return 1;
    };
    if c.is_ascii_digit() {
        let octal = rest[1..].bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
        if let Ok(code) = u32::from_str_radix(&rest[1..1 + octal], 8) {
            let _ = write!(out, "\\x{{{code:x}}}");
            return 1 + octal;
        }
    }
    if c.is_ascii_alphanumeric() {
        out.push('\\');
        out.push(c);
    } else {
        // Any punctuation may be escaped in Go.
        out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
    }
    1 + c.len_utf8()
}

/// A character class at the start of `rest`; returns its length. In Go `[`, `&&`, `--` and `~~`
/// mean nothing special within one.
fn class(rest: &str, out: &mut String) -> usize {
    out.push('[');
    let mut at = 1;
    if rest[at..].starts_with('^') {
        out.push('^');
        at += 1;
    }
    if rest[at..].starts_with(']') {
        out.push_str("\\]");
        at += 1;
    }
    while let Some(c) = rest[at..].chars().next() {
        match c {
            ']' => {
                out.push(']');
                return at + 1;
            }
            '\\' => at += escape(&rest[at..], out),
            '[' if rest[at..].starts_with("[:") => {
                out.push('[');
                at += 1;
                // The name up to `:]` is copied as it is.
                let end = rest[at..].find(":]").map_or(0, |n| n + 2);
                out.push_str(&rest[at..at + end]);
                at += end;
            }
            '[' | '&' | '~' => {
                out.push('\\');
                out.push(c);
                at += 1;
            }
            _ => {
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    at
}

/// Whether `rest` starts with `{n}`, `{n,}` or `{n,m}`.
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest[1..].split_once('}') else { return false };
    let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    !low.is_empty() && digits(low) && digits(high)
}

fn closes_repetition(pattern: &str, at: usize) -> bool {
    pattern[..at].rfind('{').is_some_and(|open| {
        let start = &pattern[open..];
        is_repetition(start) && start.find('}') == Some(at - open)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        for (literal, value) in [
            (r#""a\tb""#, Some("a\tb")),
            ("`a\\b`", Some("a\\b")),
            (r#""\x41\102\u00e9\"""#, Some("AB\u{e9}\"")),
            (r"'\''", Some("'")),
            ("'ab'", None),
            (r#""\'""#, None),
            (r#""a"#, None),
            ("\"", None),
            (r#""a"b""#, None),
            (r#""\400""#, None),
            (r#""\u""#, None),
            ("\"\\x\u{e9}\u{e9}\"", None),
            ("", None),
        ] {
            assert_eq!(unquote(literal).as_deref(), value, "{literal}");
        }
    }

    #[test]
    fn expressions() {
        for (pattern, text, matches) in [
            ("a{1,2}$", "aa", true),
            ("struct{}", "struct{}", true),
            ("x{,2}", "x{,2}", true),
            ("[[]int", "[int", true),
            ("[]a]", "]", true),
            ("[^[]", "[", false),
            ("[[:alpha:]]+$", "abc", true),
            ("[a&&b]", "&", true),
            (r"\Q.*\E!", ".*!", true),
            (r"\`\_\'", "`_'", true),
            (r"\101", "A", true),
            (r"(?i)ABC|\d+", "abc", true),
            (r"func\(\) \{", "func() {", true),
            ("{}}", "{}}", true),
        ] {
            let regex = go_regex(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
            assert_eq!(regex.is_match(text), matches, "{pattern}");
        }
        assert!(go_regex("a(").is_err());
        for odd in ["\\", "[", "[^", "[[:", "{", "\\Q", "\\8", "[\\"] {
            let _ = go_regex(odd);
        }
    }
}
