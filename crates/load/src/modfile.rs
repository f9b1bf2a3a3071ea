//! go.mod and go.work: reading, with positions in errors.

use crate::header::unquote;
use crate::path::{canonical_version, check_path_major, go_quote, go_quote_rune, split_path_version};

/// A module at a version; an empty version means a directory, or all versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModVersion {
    /// Module path, or a directory in replacements.
    pub path: String,
    /// Version.
    pub version: String,
}

impl ModVersion {
    /// A module at a version.
    pub fn new(path: impl Into<String>, version: impl Into<String>) -> ModVersion {
        ModVersion { path: path.into(), version: version.into() }
    }
}

impl std::fmt::Display for ModVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.version.is_empty() {
            f.write_str(&self.path)
        } else {
            write!(f, "{}@{}", self.path, self.version)
        }
    }
}

/// A `require` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    /// What is required.
    pub module: ModVersion,
    /// Whether it is marked `// indirect`.
    pub indirect: bool,
}

/// A `replace` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// What is replaced; without version: every version.
    pub old: ModVersion,
    /// By what; without version: a directory.
    pub new: ModVersion,
}

/// A go.mod or go.work file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModFile {
    /// Module path (go.mod).
    pub module: Option<String>,
    /// Version of the `go` line.
    pub go: Option<String>,
    /// Name of the `toolchain` line.
    pub toolchain: Option<String>,
    /// `require`.
    pub require: Vec<Require>,
    /// `exclude`.
    pub exclude: Vec<ModVersion>,
    /// `replace`.
    pub replace: Vec<Replace>,
    /// `retract`: lowest and highest version.
    pub retract: Vec<(String, String)>,
    /// `tool`.
    pub tool: Vec<String>,
    /// `ignore`.
    pub ignore: Vec<String>,
    /// `godebug`: key and value.
    pub godebug: Vec<(String, String)>,
    /// `use` (go.work).
    pub use_dirs: Vec<String>,
}

/// An error with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The wording.
    pub message: String,
}

impl ModError {
    /// The error as Go prints it: columns only where they say something.
    pub fn render(&self, file: &str) -> String {
        if self.column > 1 {
            format!("{file}:{}:{}: {}", self.line, self.column, self.message)
        } else {
            format!("{file}:{}: {}", self.line, self.message)
        }
    }
}

/// What kind of file is read, and how strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModKind {
    /// The go.mod of a main module: everything must be right.
    Main,
    /// The go.mod of a dependency: directives that do not matter to others are passed over.
    Dependency,
    /// go.work.
    Work,
}

/// Reads a go.mod or go.work file. `path` is shown in one message only. The errors come in file order.
pub fn parse(path: &str, text: &[u8], kind: ModKind) -> Result<ModFile, Vec<ModError>> {
    let lines = Lexer::new(path, text).lines().map_err(|e| vec![e])?;
    let mut reader = Reader { kind, file: ModFile::default(), errors: Vec::new() };
    for line in &lines {
        if let Err(message) = reader.directive(line) {
            reader.errors.push(ModError { line: line.line, column: line.column, message });
        }
    }
    if reader.errors.is_empty() { Ok(reader.file) } else { Err(reader.errors) }
}

/// The module path of a go.mod, read without looking at the rest.
pub fn module_path(text: &[u8]) -> Option<String> {
    for line in text.split(|&b| b == b'\n') {
        let code = &line[..memchr::memmem::find(line, b"//").unwrap_or(line.len())];
        let Some(rest) = code.trim_ascii().strip_prefix(b"module") else { continue };
        let path = rest.trim_ascii();
        if path.len() == rest.len() || path.is_empty() {
            continue;
        }
        if matches!(path[0], b'"' | b'`') {
            return unquote(path);
        }
        return String::from_utf8(path.to_vec()).ok();
    }
    None
}

// --- lines and blocks ---

/// A directive: a verb, its arguments, and the end-of-line comment.
#[derive(Debug)]
struct Line {
    line: u32,
    column: u32,
    tokens: Vec<String>,
    comment: String,
    /// The block is of a kind that does not exist.
    unknown_block: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    End,
    Newline,
    /// A comment after code; it also ends the line.
    LineComment(String),
    Comment,
    Sign(char),
    Word(String),
}

struct Lexer<'a> {
    path: &'a str,
    text: &'a [u8],
    at: usize,
    line: u32,
    column: u32,
    /// Whether something stands before here on this line.
    code: bool,
}

impl<'a> Lexer<'a> {
    fn new(path: &'a str, text: &'a [u8]) -> Lexer<'a> {
        Lexer { path, text, at: 0, line: 1, column: 1, code: false }
    }

    fn error(&self, message: impl Into<String>) -> ModError {
        ModError { line: self.line, column: self.column, message: message.into() }
    }

    fn peek(&self) -> Option<char> {
        let rest = &self.text[self.at..];
        let first = *rest.first()?;
        if first.is_ascii() {
            return Some(first as char);
        }
        let head = &rest[..rest.len().min(4)];
        let valid = match std::str::from_utf8(head) {
            Ok(s) => s,
            Err(e) => std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or(""),
        };
        Some(valid.chars().next().unwrap_or('\u{fffd}'))
    }

    fn bump(&mut self) {
        let Some(c) = self.peek() else { return };
        let invalid = c == '\u{fffd}' && !self.text[self.at..].starts_with("\u{fffd}".as_bytes());
        self.at += if invalid { 1 } else { c.len_utf8() };
        if c == '\n' {
            (self.line, self.column, self.code) = (self.line + 1, 1, false);
        } else {
            self.column += 1;
        }
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.text[self.at..].starts_with(prefix)
    }

    fn next(&mut self) -> Result<(u32, u32, Token), ModError> {
        while matches!(self.peek(), Some(' ' | '\t' | '\r')) {
            self.bump();
        }
        let (line, column, start) = (self.line, self.column, self.at);
        let Some(c) = self.peek() else { return Ok((line, column, Token::End)) };
        if self.starts_with(b"//") {
            let code = self.code;
            while self.peek().is_some_and(|c| c != '\n') {
                self.bump();
            }
            let text = String::from_utf8_lossy(&self.text[start..self.at]).trim_end_matches('\r').to_owned();
            self.bump();
            return Ok((line, column, if code { Token::LineComment(text) } else { Token::Comment }));
        }
        if self.starts_with(b"/*") {
            return Err(self.error("mod files must use // comments (not /* */ comments)"));
        }
        if c == '\n' {
            self.bump();
            return Ok((line, column, Token::Newline));
        }
        self.code = true;
        match c {
            '(' | ')' | '[' | ']' | '{' | '}' | ',' => {
                self.bump();
                return Ok((line, column, Token::Sign(c)));
            }
            '"' | '`' => self.string(c, line, column)?,
            c if !is_word(c) => {
                return Err(self.error(format!("unexpected input character {}", go_quote_rune(c))));
            }
            _ => {
                while self.peek().is_some_and(is_word) && !self.starts_with(b"//") {
                    if self.starts_with(b"/*") {
                        return Err(self.error("mod files must use // comments (not /* */ comments)"));
                    }
                    self.bump();
                }
            }
        }
        let text = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
        Ok((line, column, Token::Word(text)))
    }

    fn string(&mut self, quote: char, line: u32, column: u32) -> Result<(), ModError> {
        let unexpected_end = || ModError { line, column, message: "unexpected EOF in string".to_owned() };
        self.bump();
        loop {
            match self.peek() {
                None => return Err(unexpected_end()),
                Some('\n') => return Err(self.error("unexpected newline in string")),
                Some('\\') if quote == '"' => {
                    self.bump();
                    if self.peek().is_none() {
                        return Err(unexpected_end());
                    }
                    self.bump();
                }
                Some(c) => {
                    self.bump();
                    if c == quote {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// The directives, those in blocks with the block's verb put before them.
    fn lines(mut self) -> Result<Vec<Line>, ModError> {
        let mut out = Vec::new();
        let mut block: Option<(Vec<String>, u32, u32)> = None;
        loop {
            let (line, column, token) = self.next()?;
            let first = match token {
                Token::Newline | Token::Comment | Token::LineComment(_) => continue,
                Token::End => {
                    let Some((_, line, column)) = block else { return Ok(out) };
                    return Err(self.error(format!(
                        "syntax error (unterminated block started at {}:{line}:{column})",
                        self.path
                    )));
                }
                Token::Sign(')') if block.is_some() => {
                    block = None;
                    let (_, _, after) = self.next()?;
                    if !is_line_end(&after) {
                        return Err(self.error("syntax error (expected newline after closing paren)"));
                    }
                    continue;
                }
                Token::Sign(c) => c.to_string(),
                Token::Word(text) => text,
            };
            let mut tokens = vec![first];
            let mut comment = String::new();
            let mut opens = false;
            loop {
                let (_, _, token) = self.next()?;
                match token {
                    Token::LineComment(text) => {
                        comment = text;
                        break;
                    }
                    Token::End | Token::Newline | Token::Comment => break,
                    Token::Sign(c) => tokens.push(c.to_string()),
                    Token::Word(text) => tokens.push(text),
                }
            }
            if block.is_none() {
                if tokens.len() > 1 && tokens.last().is_some_and(|t| t == "(") {
                    tokens.pop();
                    opens = true;
                } else if tokens.len() > 2 && tokens.ends_with(&["(".to_owned(), ")".to_owned()]) {
                    tokens.truncate(tokens.len() - 2);
                    if tokens.len() > 1 || !is_block_verb(&tokens[0]) {
                        out.push(Line { line, column, tokens, comment, unknown_block: true });
                    }
                    continue;
                }
            }
            if opens {
                if tokens.len() > 1 || !is_block_verb(&tokens[0]) {
                    let tokens = tokens.clone();
                    out.push(Line { line, column, tokens, comment, unknown_block: true });
                }
                block = Some((tokens, line, column));
                continue;
            }
            if let Some((verb, ..)) = &block {
                if verb.len() > 1 || !is_block_verb(&verb[0]) {
                    continue;
                }
                tokens.insert(0, verb[0].clone());
            }
            out.push(Line { line, column, tokens, comment, unknown_block: false });
        }
    }
}

fn is_line_end(token: &Token) -> bool {
    matches!(token, Token::End | Token::Newline | Token::LineComment(_))
}

fn is_block_verb(verb: &str) -> bool {
    matches!(
        verb,
        "module" | "godebug" | "require" | "exclude" | "replace" | "retract" | "tool" | "ignore" | "use"
    )
}

fn is_word(c: char) -> bool {
    !matches!(c, ' ' | '(' | ')' | '[' | ']' | '{' | '}' | ',') && !c.is_whitespace() && !c.is_control()
}

// --- directives ---

struct Reader {
    kind: ModKind,
    file: ModFile,
    errors: Vec<ModError>,
}

impl Reader {
    fn directive(&mut self, line: &Line) -> Result<(), String> {
        let (verb, args) = (&*line.tokens[0], &line.tokens[1..]);
        let strict = self.kind != ModKind::Dependency;
        if line.unknown_block {
            return if strict {
                Err(format!("unknown block type: {}", line.tokens.join(" ")))
            } else {
                Ok(())
            };
        }
        if !strict && !matches!(verb, "go" | "module" | "retract" | "require" | "ignore") {
            return Ok(());
        }
        let work = self.kind == ModKind::Work;
        match verb {
            "go" => self.go(args),
            "toolchain" => self.toolchain(args),
            "godebug" => self.godebug(args),
            "replace" => {
                let replace = replacement(args)?;
                self.file.replace.push(replace);
                Ok(())
            }
            "use" if work => {
                let path = one(args).map_or_else(|| Err("usage: use local/dir".to_owned()), string)?;
                self.file.use_dirs.push(path);
                Ok(())
            }
            "module" if !work => {
                if self.file.module.is_some() {
                    return Err("repeated module statement".to_owned());
                }
                let arg = one(args).ok_or("usage: module module/path")?;
                self.file.module = Some(string(arg)?);
                Ok(())
            }
            "require" | "exclude" if !work => self.requirement(verb, args, &line.comment),
            "retract" if !work => match interval(args) {
                Ok((low, high, [])) => {
                    self.file.retract.push((low, high));
                    Ok(())
                }
                Ok((.., [extra, ..])) if strict => {
                    Err(format!("unexpected token after version: {}", go_quote(extra)))
                }
                Err(e) if strict => Err(e),
                _ => Ok(()),
            },
            "tool" | "ignore" if !work => {
                let arg =
                    one(args).ok_or_else(|| format!("{verb} directive expects exactly one argument"))?;
                let list = if verb == "tool" { &mut self.file.tool } else { &mut self.file.ignore };
                list.push(string(arg)?);
                Ok(())
            }
            _ => Err(format!("unknown directive: {verb}")),
        }
    }

    fn go(&mut self, args: &[String]) -> Result<(), String> {
        if self.file.go.is_some() {
            return Err("repeated go statement".to_owned());
        }
        let arg = one(args).ok_or("go directive expects exactly one argument")?;
        let version = match () {
            () if is_go_version(arg) => Some(arg.to_owned()),
            () if self.kind == ModKind::Dependency => lax_go_version(arg),
            () => None,
        };
        self.file.go =
            Some(version.ok_or_else(|| format!("invalid go version '{arg}': must match format 1.23.0"))?);
        Ok(())
    }

    fn toolchain(&mut self, args: &[String]) -> Result<(), String> {
        if self.file.toolchain.is_some() {
            return Err("repeated toolchain statement".to_owned());
        }
        let arg = one(args).ok_or("toolchain directive expects exactly one argument")?;
        let rest = arg.strip_prefix("go1");
        if arg != "default" && !rest.is_some_and(|r| r.is_empty() || r.starts_with('.')) {
            return Err(format!("invalid toolchain version '{arg}': must match format go1.23.0 or default"));
        }
        self.file.toolchain = Some(arg.to_owned());
        Ok(())
    }

    fn godebug(&mut self, args: &[String]) -> Result<(), String> {
        let arg = one(args).filter(|a| !a.contains(['"', '`', '\'', ',']));
        let (key, value) = arg.and_then(|a| a.split_once('=')).ok_or("usage: godebug key=value")?;
        self.file.godebug.push((key.to_owned(), value.to_owned()));
        Ok(())
    }

    fn requirement(&mut self, verb: &str, args: &[String], comment: &str) -> Result<(), String> {
        let [path, version] = args else { return Err(format!("usage: {verb} module/path v1.2.3")) };
        let path = string(path)?;
        let version = version_of(verb, &path, version)?;
        let (_, suffix) = split_path_version(&path).ok_or_else(|| format!("invalid module path: {path}"))?;
        check_path_major(&version, suffix).map_err(|e| format!("{verb} {path}: {e}"))?;
        let module = ModVersion { path, version };
        if verb == "require" {
            self.file.require.push(Require { module, indirect: is_indirect(comment) });
        } else {
            self.file.exclude.push(module);
        }
        Ok(())
    }
}

fn one(args: &[String]) -> Option<&str> {
    match args {
        [arg] => Some(arg),
        _ => None,
    }
}

/// Whether an end-of-line comment is `// indirect`, alone or followed by `;` and more.
fn is_indirect(comment: &str) -> bool {
    let text = comment.trim_start_matches("//").trim();
    text == "indirect" || text.starts_with("indirect;")
}

fn string(token: &str) -> Result<String, String> {
    if token.starts_with('"') {
        return unquote(token.as_bytes()).ok_or_else(|| "invalid quoted string: invalid syntax".to_owned());
    }
    if token.contains(['"', '\'', '`']) {
        return Err("invalid quoted string: unquoted string cannot contain quote".to_owned());
    }
    Ok(token.to_owned())
}

fn version_of(verb: &str, path: &str, token: &str) -> Result<String, String> {
    let place = if path.is_empty() { format!("{verb}: ") } else { format!("{verb} {path}: ") };
    let text = string(token).map_err(|e| {
        let e = e.trim_start_matches("invalid quoted string: ");
        format!("{place}version {} invalid: {e}", go_quote(token))
    })?;
    canonical_version(&text)
        .ok_or_else(|| format!("{place}version {} invalid: must be of the form v1.2.3", go_quote(&text)))
}

fn interval(args: &[String]) -> Result<(String, String, &[String]), String> {
    let version = |token: &String| version_of("retract", "", token);
    match args {
        [] => Err("expected '[' or version".to_owned()),
        [open, ..] if open == "(" => Err("expected '[' or version".to_owned()),
        [open, rest @ ..] if open == "[" => {
            let (low, rest) = rest.split_first().ok_or("expected version after '['")?;
            let low = version(low)?;
            let rest = match rest {
                [comma, rest @ ..] if comma == "," => rest,
                _ => return Err("expected ',' after version".to_owned()),
            };
            let (high, rest) = rest.split_first().ok_or("expected version after ','")?;
            let high = version(high)?;
            match rest {
                [close, rest @ ..] if close == "]" => Ok((low, high, rest)),
                _ => Err("expected ']' after version".to_owned()),
            }
        }
        [only, rest @ ..] => {
            let v = version(only)?;
            Ok((v.clone(), v, rest))
        }
    }
}

/// Whether a replacement is a directory: rooted, or beginning with `.` or `..`.
pub fn is_directory_path(path: &str) -> bool {
    let b = path.as_bytes();
    matches!(path, "." | "..")
        || ["./", ".\\", "../", "..\\", "/", "\\"].iter().any(|p| path.starts_with(p))
        || (b.len() >= 2 && b[0].is_ascii_alphabetic() && b[1] == b':')
}

fn replacement(args: &[String]) -> Result<Replace, String> {
    let arrow = if args.get(1).is_some_and(|a| a == "=>") { 1 } else { 2 };
    if args.len() < arrow + 2 || args.len() > arrow + 3 || args[arrow] != "=>" {
        return Err("usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory".to_owned());
    }
    let path = string(&args[0])?;
    let (_, suffix) =
        split_path_version(&path).ok_or_else(|| format!("replace {path}: invalid module path: {path}"))?;
    let mut version = String::new();
    if arrow == 2 {
        version = version_of("replace", &path, &args[1])?;
        check_path_major(&version, suffix).map_err(|e| format!("replace {path}: {e}"))?;
    }
    let new = string(&args[arrow + 1])?;
    let Some(new_version) = args.get(arrow + 2) else {
        if !is_directory_path(&new) {
            return Err(if new.contains('@') {
                "replacement module must match format 'path version', not 'path@version'".to_owned()
            } else {
                "replacement module without version must be directory path (rooted or starting with . or ..)"
                    .to_owned()
            });
        }
        if std::path::MAIN_SEPARATOR == '/' && new.contains('\\') {
            let text = "replacement directory appears to be Windows path (on a non-windows system)";
            return Err(text.to_owned());
        }
        return Ok(Replace { old: ModVersion { path, version }, new: ModVersion::new(new, "") });
    };
    let new_version = version_of("replace", &new, new_version)?;
    if is_directory_path(&new) {
        return Err(format!("replacement module directory path {} cannot have version", go_quote(&new)));
    }
    Ok(Replace { old: ModVersion { path, version }, new: ModVersion { path: new, version: new_version } })
}

/// `1.N`, `1.N.P`, `1.NrcP`.
fn is_go_version(text: &str) -> bool {
    let number = |s: &str| -> Option<usize> {
        let len = s.bytes().take_while(u8::is_ascii_digit).count();
        (len > 0 && (len == 1 || !s.starts_with('0'))).then_some(len)
    };
    let parse = || {
        let len = number(text).filter(|_| !text.starts_with('0'))?;
        let rest = text[len..].strip_prefix('.')?;
        let mut rest = &rest[number(rest)?..];
        if let Some(r) = rest.strip_prefix('.') {
            rest = &r[number(r)?..];
        }
        if rest.is_empty() {
            return Some(());
        }
        let word = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        let digits = &rest[word..];
        (word > 0 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(())
    };
    parse().is_some()
}

/// The `1.N` at the start of a malformed version in somebody else's go.mod.
fn lax_go_version(text: &str) -> Option<String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.match_indices('.').nth(1).map_or_else(
        || text.bytes().position(|b| !b.is_ascii_digit() && b != b'.').unwrap_or(text.len()),
        |(i, _)| i,
    );
    let end = text[..end].bytes().position(|b| !b.is_ascii_digit() && b != b'.').unwrap_or(end);
    (end < text.len() && is_go_version(&text[..end])).then(|| text[..end].to_owned())
}

#[cfg(test)]
#[path = "modfile_tests.rs"]
mod tests;
