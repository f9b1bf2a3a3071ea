//! Comments that mean something: `//line`, `/*line*/`, `//go:…`, `//export`.

use std::sync::Arc;

use escargo_base::LineDirective;

use super::Lexer;
use crate::tree::Directive;

/// The largest line or column a line directive may set.
const MAX_LINE_COLUMN: u64 = 1 << 30;

impl Lexer<'_> {
    /// Looks at the `//` comment `start..end` of the text.
    pub(super) fn note_line_comment(&mut self, start: usize, end: usize) {
        let bytes = &self.src[start + 2..end];
        let wanted = match bytes.first() {
            Some(b'g') => bytes.starts_with(b"go:"),
            Some(b'l') => bytes.starts_with(b"line "),
            Some(b'e') => bytes.starts_with(b"export ") || bytes.starts_with(b"extern "),
            _ => false,
        };
        if !wanted {
            return;
        }
        let body = &self.text[start + 2..end];
        let body = body.strip_suffix('\r').unwrap_or(body);
        let line_start = start == 0 || self.src[start - 1] == b'\n';
        if let Some(text) = body.strip_prefix("line ") {
            if line_start {
                self.line_directive(start + 2 + 5, text, end + 1);
            }
            return;
        }
        if !body.starts_with("go:") && !line_start {
            return;
        }
        let before = &self.src[..start];
        let own_line =
            before.iter().rev().find(|b| !matches!(b, b' ' | b'\t' | b'\r')).is_none_or(|&b| b == b'\n');
        let start = self.original(start);
        self.directives.push(Directive { start, pos: start + 2, text: body.into(), own_line });
    }

    /// Looks at the `/* */` comment `start..end` of the text.
    pub(super) fn note_block_comment(&mut self, start: usize, end: usize) {
        if self.src[start + 2..].starts_with(b"line ") && end - start >= 2 + 5 + 2 {
            let text = self.text;
            self.line_directive(start + 2 + 5, &text[start + 2 + 5..end - 2], end);
        }
    }

    /// Reads `file:line` or `file:line:column`, the `spec` that stands at `at` and renames the text
    /// from `from` on.
    fn line_directive(&mut self, at: usize, spec: &str, from: usize) {
        let Some((head, last)) = spec.rsplit_once(':') else { return };
        let last_at = head.len() + 1;
        let Ok(last) = parse_number(last) else {
            return self.invalid("line", at + last_at, &spec[last_at..]);
        };
        let (file, line, column) = match head.rsplit_once(':') {
            Some((file, text)) if let Ok(line) = parse_number(text) => {
                if last == 0 || last > MAX_LINE_COLUMN {
                    return self.invalid("column", at + last_at, &spec[last_at..]);
                }
                (file, line, Some(last as u32))
            }
            _ => (head, last, None),
        };
        if line == 0 || line > MAX_LINE_COLUMN {
            let text = if column.is_some() { head } else { spec };
            return self.invalid("line", at + file.len() + 1, &text[file.len() + 1..]);
        }
        let file: Option<Arc<str>> = match file {
            // With a column, an empty name keeps the file.
            "" if column.is_some() => None,
            "" => Some("".into()),
            name => Some(clean_path(name).into()),
        };
        let offset = self.original(from.min(self.src.len()));
        self.line_directives.push(LineDirective { offset, file, line: line as u32, column });
    }

    fn invalid(&mut self, what: &str, at: usize, text: &str) {
        let message = format!("invalid {what} number: {text}");
        self.error_at(at, message);
    }
}

/// A decimal number without sign; too large ones are errors too.
fn parse_number(text: &str) -> Result<u64, ()> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(());
    }
    text.parse().map_err(drop)
}

/// The shortest equivalent path, by text alone: no `//`, no `.`, no `x/..`.
fn clean_path(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|&last| last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".into(),
        (false, false) => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_by_text() {
        for (path, clean) in [
            ("a.go", "a.go"),
            ("./a//b/../c.go", "a/c.go"),
            ("../../x", "../../x"),
            ("/../x/", "/x"),
            ("a/..", "."),
            ("/", "/"),
        ] {
            assert_eq!(clean_path(path), clean);
        }
    }
}
