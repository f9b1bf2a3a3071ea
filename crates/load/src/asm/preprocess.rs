//! The assembler's preprocessor (`cmd/asm/internal/lex/input.go`).

use rustc_hash::FxHashMap;

/// Finds the text of an included file.
pub type Include<'i> = dyn FnMut(&str) -> Option<Vec<u8>> + 'i;

/// Files and macros that refer to themselves end here.
const MAX_DEPTH: u32 = 100;

/// Stands for an escaped line end, which ends a statement in a macro but not its definition.
const ESCAPED_NEWLINE: char = '\u{1}';

struct Macro {
    /// Absent for a macro that is written without parentheses.
    params: Option<Vec<String>>,
    body: String,
}

/// The state of the preprocessor within one file, and in those that it includes.
pub(super) struct Preprocessor<'i, 'f> {
    macros: FxHashMap<String, Macro>,
    /// Nested conditions: whether they hold.
    open: Vec<bool>,
    include: &'f mut Include<'i>,
    depth: u32,
    out: String,
}

impl<'i, 'f> Preprocessor<'i, 'f> {
    /// One that knows the macros `defined`.
    pub(super) fn new(defined: &[String], include: &'f mut Include<'i>) -> Self {
        let predefined = |name: &String| (name.clone(), Macro { params: None, body: "1".to_owned() });
        let macros = defined.iter().map(predefined).collect();
        Preprocessor { macros, open: Vec::new(), include, depth: 0, out: String::new() }
    }

    /// The text without comments and directives, macros expanded.
    pub(super) fn run(mut self, text: &[u8]) -> String {
        self.file(text);
        self.out
    }

    fn file(&mut self, text: &[u8]) {
        let text = without_comments(&String::from_utf8_lossy(text));
        for line in text.lines() {
            if let Some(directive) = line.trim_start().strip_prefix('#') {
                self.directive(directive.trim());
            } else if self.holds() {
                let line = self.expand(line, 0);
                self.out.push_str(&line);
                self.out.push('\n');
            }
        }
    }

    fn holds(&self) -> bool {
        self.open.iter().all(|&holds| holds)
    }

    fn directive(&mut self, line: &str) {
        let (word, rest) = split_ident(line);
        let rest = rest.trim();
        match word {
            "ifdef" => self.open.push(self.macros.contains_key(rest)),
            "ifndef" => self.open.push(!self.macros.contains_key(rest)),
            "else" => {
                if let Some(last) = self.open.last_mut() {
                    *last = !*last;
                }
            }
            "endif" => {
                self.open.pop();
            }
            _ if !self.holds() => {}
            "define" => self.define(rest),
            "undef" => {
                self.macros.remove(rest);
            }
            "include" if self.depth < MAX_DEPTH => {
                if let Some(text) = (self.include)(rest.trim_matches('"')) {
                    self.depth += 1;
                    self.file(&text);
                    self.depth -= 1;
                }
            }
            _ => {}
        }
    }

    /// Parameters follow the name immediately.
    fn define(&mut self, text: &str) {
        let (name, rest) = split_ident(text);
        let list = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let (params, body) = match list {
            Some((list, body)) => {
                let names = list.split(',').map(|name| name.trim().to_owned());
                (Some(names.filter(|name| !name.is_empty()).collect()), body)
            }
            None => (None, rest),
        };
        let body = body.replace(ESCAPED_NEWLINE, "\n");
        self.macros.insert(name.to_owned(), Macro { params, body });
    }

    fn expand(&self, text: &str, depth: u32) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(end) = quoted(rest) {
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            } else if starts_ident(c) || c.is_numeric() {
                let end = rest.find(|c| !continues_ident(c)).unwrap_or(rest.len());
                let word = &rest[..end];
                rest = &rest[end..];
                match self.macros.get(word).filter(|_| depth < MAX_DEPTH) {
                    Some(found) => rest = self.invoke(word, found, rest, depth, &mut out),
                    None => out.push_str(word),
                }
            } else {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        out
    }

    /// Writes what a macro stands for. Returns what follows its arguments.
    fn invoke<'t>(&self, name: &str, found: &Macro, rest: &'t str, depth: u32, out: &mut String) -> &'t str {
        let Some(params) = &found.params else {
            out.push_str(&self.expand(&found.body, depth + 1));
            return rest;
        };
        let Some((args, after)) = rest.trim_start().strip_prefix('(').and_then(arguments) else {
            out.push_str(name);
            return rest;
        };
        let body = substitute(&found.body, params, &args);
        out.push_str(&self.expand(&body, depth + 1));
        after
    }
}

/// The arguments of a macro, whose opening parenthesis has been read, and what follows the closing one.
fn arguments(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut args, mut start, mut nesting) = (Vec::new(), 0, 0);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if let Some(end) = quoted(&text[at..]) {
            at += end;
            continue;
        }
        match c {
            '(' => nesting += 1,
            ')' | ',' if nesting == 0 => {
                args.push(text[start..at].trim());
                start = at + 1;
                if c == ')' {
                    return Some((args, &text[start..]));
                }
            }
            ')' => nesting -= 1,
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

fn substitute(body: &str, params: &[String], args: &[&str]) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        let end = match quoted(rest) {
            Some(end) => end,
            None if starts_ident(c) || c.is_numeric() => {
                rest.find(|c| !continues_ident(c)).unwrap_or(rest.len())
            }
            None => c.len_utf8(),
        };
        let word = &rest[..end];
        let arg = params.iter().position(|param| param == word).and_then(|i| args.get(i));
        out.push_str(arg.copied().unwrap_or(word));
        rest = &rest[end..];
    }
    out
}

/// The length of the string or character that the text begins with.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return Some(at),
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

pub(super) fn starts_ident(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '·' | '∕')
}

pub(super) fn continues_ident(c: char) -> bool {
    starts_ident(c) || c.is_numeric()
}

/// The identifier at the start of a text, and what follows it.
pub(super) fn split_ident(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c| !continues_ident(c)).unwrap_or(text.len()))
}

/// Line ends in comments stay, so that directives keep to lines of their own.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = if let Some(end) = quoted(rest) {
            out.push_str(&rest[..end]);
            end
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
            out.extend(rest[..end].chars().filter(|&c| c == '\n'));
            end
        } else if let Some(after) =
            rest.strip_prefix('\\').and_then(|r| r.trim_start_matches('\r').strip_prefix('\n'))
        {
            out.push(ESCAPED_NEWLINE);
            rest.len() - after.len()
        } else {
            out.push(c);
            c.len_utf8()
        };
        rest = &rest[end..];
    }
    out
}
