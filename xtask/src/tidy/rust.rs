//! Just enough of Rust's surface for the rules: where comments and literals are, where test code
//! is, and how long functions are.

use std::sync::LazyLock;

use regex::Regex;

/// The text with comments, strings and characters replaced by spaces. Lines stay where they are.
pub(super) fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => block_comment_end(bytes, at),
            b'"' => string_end(bytes, at),
            b'r' | b'b' | b'c' if !is_word(bytes, at) => match prefixed_literal_end(bytes, at) {
                Some(end) => end,
                None => {
                    at += 1;
                    continue;
                }
            },
            b'\'' => match char_end(text, at) {
                Some(end) => end,
                None => {
                    at += 1; // a lifetime
                    continue;
                }
            },
            _ => {
                at += 1;
                continue;
            }
        };
        for b in &mut out[at..end] {
            if *b != b'\n' {
                *b = b' ';
            }
        }
        at = end;
    }
    // Whole characters only were replaced, so this is still UTF-8.
    String::from_utf8(out).unwrap_or_default()
}

/// Whether the byte before `at` continues a word.
fn is_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_' || bytes[at - 1] >= 0x80)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |n| at + n)
}

fn block_comment_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0u32;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a string whose opening quote is at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a literal with a prefix: `r"…"`, `br#"…"#`, `b'x'`, `c"…"`.
fn prefixed_literal_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut i = at;
    while i < at + 2 && matches!(bytes.get(i), Some(b'b' | b'c' | b'r')) {
        i += 1;
    }
    let raw = bytes[i - 1] == b'r';
    let hashes = bytes[i..].iter().take_while(|&&b| b == b'#').count();
    match bytes.get(i + hashes)? {
        b'"' if raw => {
            let mut close = vec![b'"'];
            close.resize(hashes + 1, b'#');
            let body = i + hashes + 1;
            let found = bytes[body..].windows(close.len()).position(|w| w == close);
            Some(found.map_or(bytes.len(), |n| body + n + close.len()))
        }
        b'"' if hashes == 0 => Some(string_end(bytes, i)),
        b'\'' if hashes == 0 && bytes[at] == b'b' => {
            let rest = &bytes[i + 1..];
            let skip = if rest.first() == Some(&b'\\') { 2 } else { 1 };
            rest.iter().skip(skip).position(|&b| b == b'\'').map(|n| i + 1 + skip + n + 1)
        }
        _ => None,
    }
}

/// The end of a character literal; none for a lifetime.
fn char_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let first = rest.chars().next()?;
    if first == '\\' {
        return rest[1..].char_indices().skip(1).find(|&(_, c)| c == '\'').map(|(n, _)| at + n + 3);
    }
    rest[first.len_utf8()..].starts_with('\'').then_some(at + first.len_utf8() + 2)
}

static TEST_MODULE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"#\[cfg\((?:test|all\(test\b)[^\]]*\]\s*(?:pub(?:\([a-z]+\))?\s+)?mod\s+\w+\s*\{")
        .expect("a constant")
});

/// Code with the bodies of `#[cfg(test)]` modules replaced by spaces.
pub(super) fn without_tests(code: &str) -> String {
    let mut out = code.as_bytes().to_vec();
    for found in TEST_MODULE.find_iter(code) {
        let end = closing_brace(code.as_bytes(), found.end() - 1);
        for b in &mut out[found.start()..end] {
            if *b != b'\n' {
                *b = b' ';
            }
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Just after the brace that closes the one at `open`.
fn closing_brace(code: &[u8], open: usize) -> usize {
    let mut depth = 0usize;
    for (i, &b) in code.iter().enumerate().skip(open) {
        match b {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// The line, from 1, of a byte offset.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    pub(super) line: usize,
    pub(super) length: usize,
}

static FN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bfn\s+(\w+)").expect("a constant"));

/// The functions in code without comments and literals.
pub(super) fn functions(code: &str) -> Vec<Function<'_>> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let (mut line, mut counted) = (1, 0);
    for caps in FN.captures_iter(code) {
        let (Some(whole), Some(name)) = (caps.get(0), caps.get(1)) else { continue };
        let mut nesting = 0i32;
        let body = bytes[whole.end()..].iter().position(|&b| {
            match b {
                b'(' | b'[' => nesting += 1,
                b')' | b']' => nesting -= 1,
                _ => {}
            }
            nesting == 0 && (b == b'{' || b == b';')
        });
        line += bytes[counted..whole.start()].iter().filter(|&&b| b == b'\n').count();
        counted = whole.start();
        let Some(body) = body.map(|n| whole.end() + n).filter(|&i| bytes[i] == b'{') else { continue };
        let end = closing_brace(bytes, body);
        let length = bytes[whole.start()..end].iter().filter(|&&b| b == b'\n').count() + 1;
        found.push(Function { name: name.as_str(), line, length });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_go() {
        for (text, code) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("x\"y", z)"#, r#"f(      , z)"#),
            ("f('\"', '\\'', 'é', b'\\\\', g)", "f(   ,     ,     ,      , g)"),
            ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
            (
                "r#\"a\"b\"# r\"x\" br##\"\"#\"## c\"s\" bar(\"x\")",
                "                                   bar(   )",
            ),
            ("'\\u{1F600}' x", "            x"),
        ] {
            assert_eq!(code_only(text).replace("  ", " ").trim(), code.replace("  ", " ").trim(), "{text}");
            assert_eq!(code_only(text).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn unfinished_text_is_no_trouble() {
        for text in ["\"", "'", "r#\"", "/*", "b'", "'\\", "\"\\", "fn f(", "fn f() {", "br", "'é"] {
            let code = code_only(text);
            functions(&code);
            without_tests(&code);
        }
    }

    #[test]
    fn functions_are_measured() {
        let code = "fn a(x: [u8; 4]) -> i32 {\n  fn b() {}\n}\ntrait T {\n  fn c(&self);\n  fn d(&self) {\n\n  }\n}\ntype F = fn(i32);";
        let found: Vec<_> = functions(code).iter().map(|f| (f.name, f.line, f.length)).collect();
        assert_eq!(found, [("a", 1, 3), ("b", 2, 1), ("d", 6, 3)]);
    }

    #[test]
    fn test_modules_go() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { x }\n}\nfn c() {}";
        let rest = without_tests(code);
        assert!(rest.contains("fn a") && rest.contains("fn c") && !rest.contains("fn b"), "{rest}");
    }
}
