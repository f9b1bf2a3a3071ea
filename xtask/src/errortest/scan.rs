//! Where the tokens and comments of a Go file are: as much of a scanner as the harness needs.

/// A token or a comment, and where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Whether it is a comment.
    pub comment: bool,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// Its text, comment markers included.
    pub text: &'a [u8],
}

/// Iterates over tokens and comments. Semicolons that a newline stands for are not among them, nor
/// are comments without an end and characters that cannot start a token.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    src: &'a [u8],
    at: usize,
    /// Up to where lines have been counted, the line there, and where that line starts.
    counted: usize,
    line: u32,
    line_start: usize,
}

/// Operators of two and more characters, longest first.
const OPERATORS: &[&[u8]] = &[
    b"<<=", b">>=", b"&^=", b"...", b"<<", b">>", b"&^", b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"|=",
    b"^=", b"&&", b"||", b"<-", b"++", b"--", b"==", b"!=", b"<=", b">=", b":=",
];

impl<'a> Scanner<'a> {
    /// A scanner at the start of a file.
    pub fn new(src: &'a [u8]) -> Scanner<'a> {
        Scanner { src, at: 0, counted: 0, line: 1, line_start: 0 }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.src.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, test: impl Fn(u8) -> bool) {
        while self.at < self.src.len() && test(self.src[self.at]) {
            self.at += 1;
        }
    }

    /// Moves to just after `text`, or to the end; whether it was found.
    fn skip_past(&mut self, text: &[u8]) -> bool {
        match self.src[self.at..].windows(text.len()).position(|w| w == text) {
            Some(n) => {
                self.at += n + text.len();
                true
            }
            None => {
                self.at = self.src.len();
                false
            }
        }
    }

    /// A string or character after its opening quote. It ends at the line's end at the latest.
    fn quoted(&mut self, quote: u8) {
        while self.at < self.src.len() {
            match self.src[self.at] {
                b'\n' => return,
                b'\\' if self.peek(1) == quote || self.peek(1) == b'\\' => self.at += 2,
                b if b == quote => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    /// A number; also what only looks like one.
    fn number(&mut self) {
        let mut hex = false;
        if self.peek(0) == b'0' {
            match self.peek(1).to_ascii_lowercase() {
                b'x' => {
                    hex = true;
                    self.at += 2;
                }
                b'o' | b'b' => self.at += 2,
                _ => {}
            }
        }
        let digit = move |b: u8| b == b'_' || if hex { b.is_ascii_hexdigit() } else { b.is_ascii_digit() };
        self.skip_while(digit);
        if self.peek(0) == b'.' {
            self.at += 1;
            self.skip_while(digit);
        }
        if matches!(self.peek(0), b'e' | b'E' | b'p' | b'P') {
            self.at += 1;
            if matches!(self.peek(0), b'+' | b'-') {
                self.at += 1;
            }
            self.skip_while(|b| b == b'_' || b.is_ascii_digit());
        }
        if self.peek(0) == b'i' {
            self.at += 1;
        }
    }

    fn piece(&mut self, start: usize, comment: bool) -> Piece<'a> {
        for i in self.counted..start {
            if self.src[i] == b'\n' {
                self.line += 1;
                self.line_start = i + 1;
            }
        }
        self.counted = start;
        let column = (start - self.line_start + 1) as u32;
        Piece { comment, line: self.line, column, text: &self.src[start..self.at] }
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            self.skip_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
            if self.src[self.at..].starts_with("\u{feff}".as_bytes()) {
                self.at += 3;
                continue;
            }
            let start = self.at;
            let first = *self.src.get(start)?;
            match (first, self.peek(1)) {
                (b'/', b'/') => {
                    self.skip_while(|b| b != b'\n');
                    return Some(self.piece(start, true));
                }
                (b'/', b'*') => {
                    self.at += 2;
                    if self.skip_past(b"*/") {
                        return Some(self.piece(start, true));
                    }
                    continue;
                }
                (b'0'..=b'9', _) | (b'.', b'0'..=b'9') => self.number(),
                (b'"' | b'\'', _) => {
                    self.at += 1;
                    self.quoted(first);
                }
                (b'`', _) => {
                    self.at += 1;
                    self.skip_past(b"`");
                }
                (b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.., _) => {
                    self.skip_while(|b| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80);
                }
                (b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b'~', _) => self.at += 1,
                (
                    b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<' | b'>' | b'=' | b'!' | b':'
                    | b'.',
                    _,
                ) => {
                    let longest = OPERATORS.iter().find(|op| self.src[start..].starts_with(op));
                    self.at += longest.map_or(1, |op| op.len());
                }
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            return Some(self.piece(start, false));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(src: &str) -> Vec<String> {
        Scanner::new(src.as_bytes())
            .map(|p| format!("{}:{} {}", p.line, p.column, String::from_utf8_lossy(p.text)))
            .collect()
    }

    #[test]
    fn tokens_and_places() {
        assert_eq!(
            pieces("x /* a\n */ <<=\ty// b\n.5 0x1p-2i 'a' \"\\\"\\\\\" `\n`..."),
            [
                "1:1 x",
                "1:3 /* a\n */",
                "2:5 <<=",
                "2:9 y",
                "2:10 // b",
                "3:1 .5",
                "3:4 0x1p-2i",
                "3:12 'a'",
                "3:16 \"\\\"\\\\\"",
                "3:23 `\n`",
                "4:2 ..."
            ]
        );
    }

    #[test]
    fn malformed_tokens_end_somewhere() {
        assert_eq!(pieces("\"abc\nx"), ["1:1 \"abc", "2:1 x"]);
        assert_eq!(pieces("# x /* y"), ["1:3 x"]);
        assert_eq!(pieces("'\\'' '"), ["1:1 '\\''", "1:6 '"]);
        assert_eq!(pieces("\u{feff}é1"), ["1:4 é1"]);
        assert_eq!(pieces("`x"), ["1:1 `x"]);
        assert_eq!(pieces("0b 1_e+ \""), ["1:1 0b", "1:4 1_e+", "1:9 \""]);
    }
}
