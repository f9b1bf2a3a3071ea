//! The head of a Go file, read from bytes: build constraints, package clause, imports, and
//! `//go:embed` patterns. Just enough to decide which files make a package and what it imports;
//! the full parser reads the same bytes later.

use memchr::{memchr, memmem};
use serde::{Deserialize, Serialize};

use crate::constraint::{Constraint, go_build_text, plus_build_text};

/// The build constraint in the leading comments of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BuildLine {
    /// No constraint.
    #[default]
    Absent,
    /// A `//go:build` line; it silences `// +build` lines.
    Go(Constraint),
    /// `// +build` lines, all of which must hold.
    Plus(Vec<Constraint>),
}

impl BuildLine {
    /// Whether the constraint holds under `ctx`.
    pub fn holds(&self, ctx: &crate::context::BuildContext) -> bool {
        match self {
            BuildLine::Absent => true,
            BuildLine::Go(c) => ctx.holds(c),
            BuildLine::Plus(cs) => cs.iter().all(|c| ctx.holds(c)),
        }
    }
}

/// An import declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDecl {
    /// The path, unquoted.
    pub path: String,
    /// Offset of the import spec: its name if it has one, else the path.
    pub offset: u32,
}

/// A pattern of a `//go:embed` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedPattern {
    /// The pattern, unquoted.
    pub pattern: String,
    /// Offset of the pattern.
    pub offset: u32,
}

/// What is wrong with a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// A syntax error, with its offset and the wording of go/parser.
    Syntax(u32, String),
    /// An import path with characters that no import path may have.
    ImportPath(u32, String),
    /// A NUL byte before the end of the imports.
    Nul,
}

/// The head of a Go file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Name in the package clause; empty if the clause is broken.
    pub package: String,
    /// Imports in order; empty if the head is broken.
    pub imports: Vec<ImportDecl>,
    /// `//go:…` comments before the package clause, with their offsets.
    pub directives: Vec<(u32, String)>,
    /// The first error.
    pub error: Option<HeaderError>,
    /// The text ended before the head did: with more text the result may differ.
    pub truncated: bool,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

fn trim(line: &[u8]) -> &[u8] {
    line.trim_ascii()
}

/// Reads the build constraint of a file (Go, assembly, C …) from its leading comments. The error is
/// the wording without the file name. The flag says that `text` ended within the leading comments.
pub fn build_line(text: &[u8]) -> (Result<BuildLine, String>, bool) {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    let mut go_build: Option<&[u8]> = None;
    let mut plus_end = 0; // `// +build` lines count only up to the last blank line of the comments.
    let mut ended = false;
    let mut in_block = false;
    let mut at = 0;
    let mut whole = true;
    'lines: while at < text.len() {
        let end = memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        let mut line = trim(&text[at..end]);
        at = (end + 1).min(text.len());
        if line.is_empty() && !ended {
            plus_end = at;
            continue;
        }
        if !line.starts_with(b"//") {
            ended = true;
        }
        if !in_block && is_go_build(line) {
            if go_build.is_some() {
                return (Err("multiple //go:build comments".to_owned()), false);
            }
            go_build = Some(line);
        }
        while !line.is_empty() {
            if in_block {
                let Some(i) = memmem::find(line, b"*/") else { continue 'lines };
                in_block = false;
                line = trim(&line[i + 2..]);
            } else if line.starts_with(b"//") {
                continue 'lines;
            } else if line.starts_with(b"/*") {
                in_block = true;
                line = trim(&line[2..]);
            } else {
                whole = false;
                break 'lines;
            }
        }
    }
    if let Some(line) = go_build {
        let line = String::from_utf8_lossy(line);
        let parsed = Constraint::parse(go_build_text(&line).unwrap_or(""));
        let result = parsed.map(BuildLine::Go).map_err(|e| format!("parsing //go:build line: {}", e.message));
        return (result, whole);
    }
    let mut plus = Vec::new();
    let head = &text[..plus_end];
    if memmem::find(head, b"+build").is_some() {
        for line in head.split(|&b| b == b'\n').map(trim) {
            if let Some(text) = std::str::from_utf8(line).ok().and_then(plus_build_text)
                && let Ok(c) = Constraint::parse_plus_build(text)
            {
                plus.push(c);
            }
        }
    }
    (Ok(if plus.is_empty() { BuildLine::Absent } else { BuildLine::Plus(plus) }), whole)
}

fn is_go_build(line: &[u8]) -> bool {
    line.strip_prefix(b"//go:build")
        .is_some_and(|rest| rest.is_empty() || rest.first().is_some_and(u8::is_ascii_whitespace))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ident,
    Str,
    /// Any other literal.
    Literal,
    Package,
    Import,
    /// A keyword or operator; shown by its text.
    Sign,
    /// A semicolon; `true` if it stands for the end of a line.
    Semi(bool),
    End,
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether a line end here is a semicolon.
    semi: bool,
    kind: Kind,
    start: usize,
    end: usize,
    error: Option<HeaderError>,
    directives: Vec<(u32, String)>,
    before_package: bool,
    truncated: bool,
}

const KEYWORDS: &[&str] = &[
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "interface",
    "map",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

const OPERATORS: &[&str] = &[
    "<<=", ">>=", "&^=", "...", "&&", "||", "<-", "++", "--", "==", "!=", "<=", ">=", ":=", "+=", "-=", "*=",
    "/=", "%=", "&=", "|=", "^=", "<<", ">>", "&^", "+", "-", "*", "/", "%", "&", "|", "^", "<", ">", "=",
    "!", "(", ")", "[", "]", "{", "}", ",", ".", ":", "~",
];

impl<'a> Scanner<'a> {
    fn fail(&mut self, offset: usize, message: impl Into<String>) {
        if self.error.is_none() {
            self.error = Some(HeaderError::Syntax(offset as u32, message.into()));
        }
    }

    fn set(&mut self, kind: Kind, start: usize, end: usize) {
        (self.kind, self.start, self.end, self.at) = (kind, start, end, end);
    }

    fn lexeme(&self) -> &'a [u8] {
        &self.text[self.start..self.end]
    }

    /// Skips blanks and comments. Returns true at a line end that is a semicolon.
    fn skip_blank(&mut self) -> bool {
        while let Some(&c) = self.text.get(self.at) {
            match c {
                b'\n' if self.semi => return true,
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'/' if self.text[self.at..].starts_with(b"//") => {
                    let end = memchr(b'\n', &self.text[self.at..]).map_or(self.text.len(), |i| self.at + i);
                    if self.before_package && self.text[self.at..].starts_with(b"//go:") {
                        let line = self.text[self.at..end].trim_ascii_end();
                        self.directives.push((self.at as u32, String::from_utf8_lossy(line).into_owned()));
                    }
                    self.check_nul(self.at, end);
                    self.at = end;
                }
                b'/' if self.text[self.at..].starts_with(b"/*") => {
                    let start = self.at;
                    let Some(i) = memmem::find(&self.text[start + 2..], b"*/") else {
                        self.fail(start, "comment not terminated");
                        self.at = self.text.len();
                        self.truncated = true;
                        return false;
                    };
                    let end = start + 2 + i + 2;
                    self.check_nul(start, end);
                    if self.semi && memchr(b'\n', &self.text[start..end]).is_some() {
                        // The comment ends the line: it counts as the semicolon before it.
                        self.semi = false;
                        self.set(Kind::Semi(true), start, start);
                        self.at = end;
                        return false;
                    }
                    self.at = end;
                }
                _ => return false,
            }
        }
        false
    }

    fn check_nul(&mut self, from: usize, to: usize) {
        if self.error.is_none() && memchr(0, &self.text[from..to]).is_some() {
            self.error = Some(HeaderError::Nul);
        }
    }

    fn next(&mut self) {
        let was_semi = self.semi;
        if self.skip_blank() {
            self.semi = false;
            let at = self.at;
            self.set(Kind::Semi(true), at, at + 1);
            return;
        }
        if was_semi && !self.semi {
            return; // a comment with a line end
        }
        let start = self.at;
        let Some(&c) = self.text.get(start) else {
            self.truncated = true;
            let kind = if self.semi { Kind::Semi(true) } else { Kind::End };
            self.semi = false;
            self.set(kind, start, start);
            return;
        };
        self.semi = false;
        match c {
            b';' => self.set(Kind::Semi(false), start, start + 1),
            b'"' | b'`' | b'\'' => self.quoted(c, start),
            b'0'..=b'9' => {
                let digit = |b: &u8| !b.is_ascii_alphanumeric() && *b != b'_' && *b != b'.';
                let len = self.text[start..].iter().position(digit).unwrap_or(self.text.len() - start);
                self.semi = true;
                self.set(Kind::Literal, start, start + len);
            }
            0 => {
                if self.error.is_none() {
                    self.error = Some(HeaderError::Nul);
                }
                self.set(Kind::End, start, start);
            }
            _ => self.word_or_operator(start),
        }
    }

    fn word_or_operator(&mut self, start: usize) {
        let rest = &self.text[start..];
        let head = &rest[..rest.len().min(4096)];
        let valid = match std::str::from_utf8(head) {
            Ok(s) => s,
            Err(e) => std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or(""),
        };
        let len = valid
            .char_indices()
            .find(|&(i, c)| !(c == '_' || c.is_alphabetic() || (i > 0 && c.is_numeric())))
            .map_or(valid.len(), |(i, _)| i);
        if len > 0 {
            if start + len == self.text.len() {
                self.truncated = true;
            }
            let kind = match &valid[..len] {
                "package" => Kind::Package,
                "import" => Kind::Import,
                word if KEYWORDS.contains(&word) => Kind::Sign,
                _ => Kind::Ident,
            };
            self.semi = kind == Kind::Ident;
            self.set(kind, start, start + len);
            return;
        }
        if let Some(op) = OPERATORS.iter().find(|op| valid.starts_with(**op)) {
            self.semi = matches!(*op, ")" | "]" | "}" | "++" | "--");
            self.set(Kind::Sign, start, start + op.len());
            return;
        }
        match valid.chars().next() {
            Some('\u{feff}') => self.fail(start, "illegal byte order mark"),
            Some(c) => {
                self.fail(start, format!("illegal character U+{:04X} {}", c as u32, quote_rune(c)));
            }
            None => self.fail(start, "illegal UTF-8 encoding"),
        }
        let len = valid.chars().next().map_or(1, char::len_utf8);
        self.set(Kind::Sign, start, start + len);
    }

    fn quoted(&mut self, quote: u8, start: usize) {
        let mut i = start + 1;
        self.semi = true;
        let kind = if quote == b'\'' { Kind::Literal } else { Kind::Str };
        loop {
            match self.text.get(i) {
                None => break,
                Some(b'\n') if quote != b'`' => break,
                Some(b'\\') if quote != b'`' => i += 1,
                Some(0) => {
                    if self.error.is_none() {
                        self.error = Some(HeaderError::Nul);
                    }
                }
                Some(&c) if c == quote => {
                    self.set(kind, start, i + 1);
                    return;
                }
                Some(_) => {}
            }
            i += 1;
        }
        let i = i.min(self.text.len());
        self.truncated |= i == self.text.len();
        self.fail(
            start,
            match quote {
                b'`' => "raw string literal not terminated",
                b'"' => "string literal not terminated",
                _ => "rune literal not terminated",
            },
        );
        self.set(kind, start, i);
    }

    /// An error that says what was expected and what stands there.
    fn expected(&mut self, what: &str) {
        let text = String::from_utf8_lossy(self.lexeme()).into_owned();
        let found = match self.kind {
            Kind::Semi(true) => "newline".to_owned(),
            Kind::Semi(false) => "';'".to_owned(),
            Kind::Ident | Kind::Str | Kind::Literal => text,
            Kind::End => "'EOF'".to_owned(),
            Kind::Package | Kind::Import | Kind::Sign => format!("'{text}'"),
        };
        self.fail(self.start, format!("expected {what}, found {found}"));
    }

    /// The end of a clause; a closing parenthesis or brace also ends it.
    fn expect_semi(&mut self) -> bool {
        match self.kind {
            Kind::Semi(_) => true,
            Kind::Sign if matches!(self.lexeme(), b")" | b"}") => true,
            _ => {
                self.expected("';'");
                false
            }
        }
    }

    /// The next token, unless it cannot begin an import: what follows the imports is not judged.
    fn next_decl(&mut self) {
        if self.kind == Kind::Semi(false) || self.kind == Kind::Semi(true) {
            self.semi = false;
            while !self.skip_blank() {
                match self.text.get(self.at) {
                    Some(b';') => self.at += 1,
                    Some(b'i') => return self.next(),
                    Some(0) => {
                        if self.error.is_none() {
                            self.error = Some(HeaderError::Nul);
                        }
                        break;
                    }
                    Some(_) => break,
                    None => {
                        self.truncated = true;
                        break;
                    }
                }
            }
            let at = self.at;
            self.set(Kind::End, at, at);
        }
    }

    fn import_spec(&mut self, imports: &mut Vec<ImportDecl>) -> bool {
        let offset = self.start as u32;
        if self.kind == Kind::Ident || (self.kind == Kind::Sign && self.lexeme() == b".") {
            self.next();
        }
        match self.kind {
            Kind::Str => match unquote(self.lexeme()) {
                Some(path) => imports.push(ImportDecl { path, offset }),
                None => self.fail(self.start, "invalid import path"),
            },
            Kind::Literal => {
                self.fail(self.start, "import path must be a string");
                return false;
            }
            _ => {
                self.fail(self.start, "missing import path");
                return false;
            }
        }
        self.next();
        self.error.is_none() && self.expect_semi()
    }

    fn import_decl(&mut self, imports: &mut Vec<ImportDecl>) -> bool {
        self.next();
        if !(self.kind == Kind::Sign && self.lexeme() == b"(") {
            return self.import_spec(imports);
        }
        self.next();
        loop {
            match self.kind {
                Kind::Sign if self.lexeme() == b")" => break,
                Kind::End => {
                    self.expected("')'");
                    return false;
                }
                _ => {}
            }
            if !self.import_spec(imports) {
                return false;
            }
            if matches!(self.kind, Kind::Semi(_)) {
                self.next();
            } else if !(self.kind == Kind::Sign && self.lexeme() == b")") {
                self.expected("')'");
                return false;
            }
        }
        self.next();
        self.expect_semi()
    }
}

fn quote_rune(c: char) -> String {
    match c {
        '\u{7}' => "'\\a'".into(),
        '\u{8}' => "'\\b'".into(),
        '\u{b}' => "'\\v'".into(),
        '\u{c}' => "'\\f'".into(),
        c if (c as u32) < 0x20 || c == '\u{7f}' => format!("'\\x{:02x}'", c as u32),
        c => format!("'{c}'"),
    }
}

/// Reads the head of a Go file.
pub fn scan_header(text: &[u8]) -> Header {
    let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let mut s = Scanner {
        text,
        at: start,
        semi: false,
        kind: Kind::End,
        start,
        end: start,
        error: None,
        directives: Vec::new(),
        before_package: true,
        truncated: false,
    };
    let mut header = Header::default();
    let mut imports = Vec::new();
    s.next();
    s.before_package = false;
    if s.kind != Kind::Package {
        s.expected("'package'");
    } else {
        s.next();
        if s.kind != Kind::Ident {
            s.expected("'IDENT'");
        } else {
            let name = String::from_utf8_lossy(s.lexeme()).into_owned();
            s.next();
            if s.expect_semi() && s.error.is_none() {
                header.package = name;
                s.next_decl();
                while s.kind == Kind::Import && s.import_decl(&mut imports) {
                    s.next_decl();
                }
            }
        }
    }
    if s.error.is_none()
        && let Some(bad) = imports.iter().find(|i| !is_valid_import(&i.path))
    {
        s.error = Some(HeaderError::ImportPath(bad.offset, format!("invalid import path: {}", bad.path)));
    }
    if s.error.is_none() {
        header.imports = imports;
    }
    header.directives = s.directives;
    header.error = s.error;
    header.truncated = s.truncated;
    header
}

/// Whether the language's implementation restriction on import paths admits the path.
fn is_valid_import(path: &str) -> bool {
    const ILLEGAL: &str = "!\"#$%&'()*,:;<=>?[\\]^{|}`\u{fffd}";
    !path.is_empty() && !path.chars().any(|c| c.is_control() || c.is_whitespace() || ILLEGAL.contains(c))
}

/// The value of an interpreted or raw string literal.
pub(crate) fn unquote(lit: &[u8]) -> Option<String> {
    let (&quote, rest) = lit.split_first()?;
    let body = rest.strip_suffix(&[quote])?;
    match quote {
        b'`' => {
            let bytes: Vec<u8> = body.iter().copied().filter(|&b| b != b'\r').collect();
            String::from_utf8(bytes).ok()
        }
        b'"' if !body.contains(&b'\\') => String::from_utf8(body.to_vec()).ok(),
        b'"' => unescape(body),
        _ => None,
    }
}

fn unescape(body: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(body.len());
    let mut i = 0;
    while i < body.len() {
        if body[i] != b'\\' {
            out.push(body[i]);
            i += 1;
            continue;
        }
        let c = *body.get(i + 1)?;
        i += 2;
        let number = |digits: usize, radix: u32, at: usize| -> Option<u32> {
            let text = std::str::from_utf8(body.get(at..at + digits)?).ok()?;
            u32::from_str_radix(text, radix).ok()
        };
        match c {
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'\\' | b'"' => out.push(c),
            b'x' => {
                out.push(number(2, 16, i)? as u8);
                i += 2;
            }
            b'0'..=b'7' => {
                out.push(u8::try_from(number(3, 8, i - 1)?).ok()?);
                i += 2;
            }
            b'u' | b'U' => {
                let digits = if c == b'u' { 4 } else { 8 };
                let ch = char::from_u32(number(digits, 16, i)?)?;
                out.extend(ch.encode_utf8(&mut [0; 4]).as_bytes());
                i += digits;
            }
            _ => return None,
        }
    }
    String::from_utf8(out).ok()
}

/// The import comment of a package clause (`package p // import "path"`): the path, or the line of
/// a comment that is malformed.
pub fn import_comment(text: &[u8]) -> Option<Result<String, u32>> {
    let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let at = skip_comments(text, start);
    let rest = text[at..].strip_prefix(b"package")?;
    let at = skip_comments(text, text.len() - rest.len());
    let word = text[at..].iter().position(|&b| b.is_ascii() && !b.is_ascii_alphanumeric() && b != b'_')?;
    let mut rest = &text[at + word..];
    while let [b' ' | b'\t' | b'\r', tail @ ..] = rest {
        rest = tail;
    }
    let comment = if let Some(c) = rest.strip_prefix(b"//") {
        &c[..memchr(b'\n', c).unwrap_or(c.len())]
    } else {
        let c = rest.strip_prefix(b"/*")?;
        let c = &c[..memmem::find(c, b"*/")?];
        if c.contains(&b'\n') {
            return None;
        }
        c
    };
    let arg = comment.trim_ascii().strip_prefix(b"import")?;
    if arg.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
        return None;
    }
    let line = 1 + memchr::memchr_iter(b'\n', &text[..text.len() - rest.len()]).count() as u32;
    Some(unquote(arg.trim_ascii()).ok_or(line))
}

fn skip_comments(text: &[u8], mut at: usize) -> usize {
    while at < text.len() {
        let rest = &text[at..];
        at += match rest[0] {
            b' ' | b'\t' | b'\r' | b'\n' => 1,
            b'/' if rest.starts_with(b"//") => memchr(b'\n', rest).unwrap_or(rest.len()),
            b'/' if rest.starts_with(b"/*") => memmem::find(&rest[2..], b"*/").map_or(rest.len(), |n| n + 4),
            _ => return at,
        };
    }
    at
}

/// All patterns of `//go:embed` comments of a file, in order. Lines that are malformed are left to
/// the compiler.
pub fn scan_embeds(text: &[u8]) -> Vec<EmbedPattern> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let rest = &text[i..];
        i += match rest[0] {
            b'/' if rest.starts_with(b"//") => {
                let len = memchr(b'\n', rest).unwrap_or(rest.len());
                if rest.starts_with(b"//go:embed") {
                    embed_line(&rest[..len], i, &mut out);
                }
                len
            }
            b'/' if rest.starts_with(b"/*") => memmem::find(&rest[2..], b"*/").map_or(rest.len(), |n| n + 4),
            b'`' => memchr(b'`', &rest[1..]).map_or(rest.len(), |n| n + 2),
            quote @ (b'"' | b'\'') => {
                let mut n = 1;
                while let Some(&c) = rest.get(n) {
                    n += if c == b'\\' { 2 } else { 1 };
                    if c == quote || c == b'\n' {
                        break;
                    }
                }
                n
            }
            _ => 1,
        };
    }
    out
}

/// Patterns of one `//go:embed` comment; none if any is malformed.
fn embed_line(line: &[u8], offset: usize, out: &mut Vec<EmbedPattern>) {
    let mark = out.len();
    let Ok(line) = std::str::from_utf8(line) else { return };
    let mut at = "//go:embed".len();
    if !line[at..].starts_with([' ', '\t']) {
        return;
    }
    loop {
        let rest = line[at..].trim_start();
        at = line.len() - rest.len();
        let Some(first) = rest.chars().next() else { return };
        let len = match first {
            '"' => {
                let mut escaped = false;
                rest.bytes().enumerate().skip(1).find_map(|(i, b)| {
                    let end = b == b'"' && !escaped;
                    escaped = b == b'\\' && !escaped;
                    end.then_some(i + 1)
                })
            }
            '`' => rest[1..].find('`').map(|i| i + 2),
            _ => Some(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        let pattern = len.and_then(|len| {
            let text = &rest[..len];
            if first == '"' || first == '`' { unquote(text.as_bytes()) } else { Some(text.to_owned()) }
        });
        let (Some(len), Some(pattern)) = (len, pattern) else {
            out.truncate(mark);
            return;
        };
        out.push(EmbedPattern { pattern, offset: (offset + at) as u32 });
        at += len;
        if line[at..].chars().next().is_some_and(|c| !c.is_whitespace()) {
            out.truncate(mark);
            return;
        }
    }
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
