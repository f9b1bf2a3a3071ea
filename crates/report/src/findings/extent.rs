//! How far an expression reaches whose start is known: enough to underline it.
//!
//! The analyses know of most things only the byte at which the compiler reports them: the operator of an assignment, the
//! parenthesis of a call. This looks at the text of the line around it. It may mark a little more or less than the
//! expression, but never another one.

use std::ops::Range;

/// The bytes of `line` to underline for something reported at byte `at`. Never empty inside of the line.
pub(super) fn extent(line: &str, at: usize) -> Range<usize> {
    let code_end = code_end(line);
    if at >= code_end || !line.is_char_boundary(at) {
        let at = (0..=at.min(line.len())).rev().find(|&i| line.is_char_boundary(i)).unwrap_or(0);
        return at..line[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    }
    let code = &line[..code_end];
    let range = match code.as_bytes()[at] {
        b'(' => {
            let start = operand_start(code, at);
            start..closing(code, at).unwrap_or(at + 1)
        }
        b'{' => {
            let start = operand_start(code, at);
            let address = code[..start].ends_with('&');
            start - usize::from(address)..closing(code, at).unwrap_or(if start < at { at } else { at + 1 })
        }
        b'.' => {
            let start = operand_start(code, at);
            start..operand_end(code, at)
        }
        b'[' if operand_start(code, at) < at => {
            let start = operand_start(code, at);
            start..operand_end(code, at)
        }
        b'=' | b':' | b'+' | b'-' | b'|' | b'^' | b'/' | b'%' if is_assignment(code, at) => {
            let start = left_side(code, at);
            start..code[..at].trim_end().len().max(start + 1)
        }
        b'<' if code[at..].starts_with("<-") => {
            let start = operand_start(code, code[..at].trim_end().len());
            start..code_end
        }
        _ if word(code, at) == "return" => at..code_end,
        _ if matches!(word(code, at), "go" | "defer" | "func" | "append" | "range") => {
            let end = at + word(code, at).len();
            match code.as_bytes().get(end) {
                Some(b'(') => at..closing(code, end).unwrap_or(end),
                _ => at..end,
            }
        }
        _ => at..operand_end(code, at),
    };
    if range.is_empty() { at..at + code[at..].chars().next().map_or(1, char::len_utf8) } else { range }
}

/// The part of a long mark that says what is marked: the name of what is called, the type of a literal.
pub(super) fn head(line: &str, range: Range<usize>) -> Range<usize> {
    const LONGEST: usize = 16;
    let text = line.get(range.clone()).unwrap_or_default();
    let longest = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    match text.find(['(', '{', ' ']) {
        Some(n) if n > 0 && n < 2 * LONGEST => range.start..range.start + n,
        _ => range.start..range.start + longest,
    }
}

/// Length of the line without a comment at its end and the space before it.
fn code_end(line: &str) -> usize {
    let mut i = 0;
    let bytes = line.as_bytes();
    while i < bytes.len() {
        match bytes[i] {
            b'/' if matches!(bytes.get(i + 1), Some(b'/' | b'*')) => return line[..i].trim_end().len(),
            b'"' | b'\'' | b'`' => i = literal_end(line, i),
            _ => i += 1,
        }
    }
    line.trim_end().len()
}

/// The end of the string or rune literal that begins at `at`; the end of the line if it does not end there.
fn literal_end(line: &str, at: usize) -> usize {
    let bytes = line.as_bytes();
    let quote = bytes[at];
    let mut i = at + 1;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if quote != b'`' => i += 1,
            b if b == quote => return i + 1,
            _ => {}
        }
        i += 1;
    }
    line.len()
}

/// The identifier or keyword at `at`.
fn word(code: &str, at: usize) -> &str {
    let rest = &code[at..];
    &rest[..rest.find(|c: char| !is_word(c)).unwrap_or(rest.len())]
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Just past the bracket that closes the one at `at`, if it does on this line.
fn closing(code: &str, at: usize) -> Option<usize> {
    let bytes = code.as_bytes();
    let mut depth = 0usize;
    let mut i = at;
    while i < bytes.len() {
        match bytes[i] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            b'"' | b'\'' | b'`' => {
                i = literal_end(code, i);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    None
}

/// The end of the operand that begins at `at`, as far as it stands on this line.
fn operand_end(code: &str, at: usize) -> usize {
    let bytes = code.as_bytes();
    let mut i = at;
    while i < bytes.len() && matches!(bytes[i], b'&' | b'*' | b'!' | b'-' | b'^') {
        i += 1;
    }
    while i < bytes.len() {
        match bytes[i] {
            b'(' | b'[' | b'{' => match closing(code, i) {
                Some(end) => i = end,
                None => return i,
            },
            b'"' | b'\'' | b'`' => i = literal_end(code, i),
            b'.' if bytes.get(i + 1) == Some(&b'.') => return i,
            // Of a type: []*T.
            b'*' if i > at && bytes[i - 1] == b']' => i += 1,
            b'.' => i += 1,
            _ => match word(code, i).len() {
                0 => return i,
                n => i += n,
            },
        }
    }
    i
}

/// The start of the operand that ends just before `end`.
fn operand_start(code: &str, end: usize) -> usize {
    let mut i = end;
    while let Some(c) = code[..i].chars().next_back() {
        match c {
            ')' | ']' | '}' => match opening(code, i) {
                Some(start) => i = start,
                None => return i,
            },
            c if c == '.' || is_word(c) => i -= c.len_utf8(),
            _ => return i,
        }
    }
    i
}

/// The bracket that is closed by the one just before `end`, if it stands on this line.
fn opening(code: &str, end: usize) -> Option<usize> {
    let bytes = code.as_bytes();
    let mut open = Vec::new();
    let mut i = 0;
    while i < end {
        match bytes[i] {
            b'(' | b'[' | b'{' => open.push(i),
            b')' | b']' | b'}' => {
                let start = open.pop();
                if i + 1 == end {
                    return start;
                }
            }
            b'"' | b'\'' | b'`' => {
                i = literal_end(code, i);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    None
}

/// Whether the operator at `at` assigns: `=`, `:=`, `+=` …
fn is_assignment(code: &str, at: usize) -> bool {
    let bytes = code.as_bytes();
    let next = bytes.get(at + 1).copied();
    match bytes[at] {
        b'=' => next != Some(b'='),
        _ => next == Some(b'='),
    }
}

/// The start of what is assigned to by the operator at `at`.
fn left_side(code: &str, at: usize) -> usize {
    let before = &code[..at];
    let mut start = before.rfind([';', '{', '}']).map_or(0, |i| i + 1);
    loop {
        start += before[start..].len() - before[start..].trim_start().len();
        match word(before, start) {
            keyword @ ("if" | "for" | "switch" | "else" | "case" | "var" | "const") => start += keyword.len(),
            _ => return start.min(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` stands before the byte at which something is reported.
    fn marked(line: &str) -> String {
        let at = line.find('|').unwrap();
        let line = line.replacen('|', "", 1);
        line[extent(&line, at)].to_owned()
    }

    #[test]
    fn expressions_are_marked() {
        let cases = [
            ("\treturn |&data // it", "&data"),
            ("\t|return &data // it", "return &data"),
            ("\tp |:= &x", "p"),
            ("\tif p, ok |= m[k]; ok {", "p, ok"),
            ("\tfor _, x |:= range xs {", "_, x"),
            ("\tt.a[i].b |+= 1", "t.a[i].b"),
            ("\tfmt.Println|(\"a)\", x) // y", "fmt.Println(\"a)\", x)"),
            ("\tf(g|(x), y)", "g(x)"),
            ("\tf(|&T{a: 1}, 2)", "&T{a: 1}"),
            ("\tf(|&T{", "&T"),
            ("\tx := &m.T|{a: 1}", "&m.T{a: 1}"),
            ("\tx := &m.T|{", "&m.T"),
            ("\tx := []T|{a}", "[]T{a}"),
            ("\t|{a, b},", "{a, b}"),
            ("\tx := |make([]byte, n)", "make([]byte, n)"),
            ("\tx := |[]*T{a, b}", "[]*T{a, b}"),
            ("\tx := a|[i].b", "a[i].b"),
            ("\tx := |a.b.c + d", "a.b.c"),
            ("\tch |<- &x", "ch <- &x"),
            ("\tgo |func(x int) {", "func(x int)"),
            ("\t|go run()", "go"),
            ("\tlog(|\"a b\")", "\"a b\""),
            ("\tif a |== b {", "="),
            ("\tf(é, |日本)", "日本"),
            ("\tf(|xs...)", "xs"),
        ];
        for (line, text) in cases {
            assert_eq!(marked(line), text, "{line}");
        }
    }

    #[test]
    fn long_marks_have_heads() {
        let head_of = |line: &str| line[head(line, 0..line.len())].to_owned();
        assert_eq!(head_of("fmt.Errorf(\"%w\", err)"), "fmt.Errorf");
        assert_eq!(head_of("&stock.Missing{Article: a}"), "&stock.Missing");
        assert_eq!(head_of("a + b"), "a");
        assert_eq!(head_of("ééééééééééééééééééééééé"), "éééééééééééééééé");
    }

    #[test]
    fn no_place_is_too_odd() {
        let lines =
            ["", "\t", "é", "}", ")))", "\"", "a(b", "// x", "a := '\\", "x = `", "[[", "日本(", "a.", "&"];
        for line in lines {
            for at in 0..line.len() + 3 {
                let range = extent(line, at);
                assert!(line.get(range.clone()).is_some(), "{line:?} {at} {range:?}");
            }
        }
    }
}
