//! The symbols that assembly files define and refer to.
//!
//! The go command runs the assembler over a package's `.s` files first (`go tool asm -gensymabis`) to tell the compiler
//! which functions are assembly and which are called from it: both get wrappers between calling conventions
//! (`cmd/asm/internal/asm/parse.go`, ParseSymABIs; `cmd/compile/internal/ssagen/abi.go`). Here the text is scanned,
//! with as much of the preprocessor as conditions need.

use std::collections::BTreeSet;

/// A calling convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Abi {
    /// The stable one, of assembly.
    Abi0,
    /// That of compiled Go.
    Internal,
}

/// Symbols of the assembly files of a package. A symbol's package is empty for the package itself, else what is
/// written before the dot, with `/` and `.` for the characters that stand for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AsmSymbols {
    /// Functions defined (`TEXT`): package, name, convention.
    pub defs: BTreeSet<(String, String, Abi)>,
    /// Symbols referred to.
    pub refs: BTreeSet<(String, String, Abi)>,
}

impl AsmSymbols {
    /// Adds what one file says. `defined` are the names that are defined for the preprocessor.
    pub fn scan(&mut self, text: &[u8], defined: &[String]) {
        let text = String::from_utf8_lossy(text);
        let mut conditions = Conditions { defined: defined.iter().cloned().collect(), open: Vec::new() };
        for line in without_comments(&text).lines() {
            let line = line.trim();
            if let Some(directive) = line.strip_prefix('#') {
                if let Some(body) = conditions.directive(directive.trim_start()) {
                    self.line(body);
                }
            } else if conditions.hold() {
                line.split(';').for_each(|statement| self.line(statement.trim()));
            }
        }
    }

    fn line(&mut self, line: &str) {
        let word = line.split([' ', '\t']).next().unwrap_or("");
        if matches!(word, "GLOBL" | "PCDATA" | "DATA") {
            return;
        }
        let mut first = word == "TEXT";
        let mut rest = line;
        while let Some(at) = rest.find("(SB)") {
            let name = symbol_before(&rest[..at]);
            rest = &rest[at + 4..];
            if let Some(symbol) = name.and_then(read_symbol) {
                if first {
                    self.defs.insert(symbol)
                } else {
                    self.refs.insert(symbol)
                };
            }
            first = false;
        }
    }
}

/// The text of the symbol that ends at the end of `text`.
fn symbol_before(text: &str) -> Option<&str> {
    // An offset may stand between the name and `(SB)`.
    let text = match text.rsplit_once(['+', '-']) {
        Some((name, offset)) if offset.chars().all(|c| c.is_ascii_alphanumeric()) => name,
        _ => text,
    };
    let is_part = |c: char| c.is_alphanumeric() || "_·∕.<>~".contains(c);
    let start = text.char_indices().rev().take_while(|&(_, c)| is_part(c)).last()?.0;
    Some(&text[start..])
}

fn read_symbol(text: &str) -> Option<(String, String, Abi)> {
    let (name, abi) = match text.split_once('<') {
        None => (text, Abi::Abi0),
        Some((name, "ABIInternal>")) => (name, Abi::Internal),
        Some((name, "ABI0>")) => (name, Abi::Abi0),
        // A symbol of this file alone.
        Some(_) => return None,
    };
    let (package, name) = name.rsplit_once('·')?;
    Some((package.replace('∕', "/").replace('·', "."), name.to_owned(), abi))
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let line = rest.find("//");
        let block = rest.find("/*");
        match (line, block) {
            (Some(at), other) if other.is_none_or(|b| at < b) => {
                out.push_str(&rest[..at]);
                let end = rest[at..].find('\n').map_or(rest.len(), |n| at + n);
                rest = &rest[end..];
            }
            (_, Some(at)) => {
                out.push_str(&rest[..at]);
                let end = rest[at..].find("*/").map_or(rest.len(), |n| at + n + 2);
                // Line ends inside stay, so that directives keep to lines of their own.
                out.extend(rest[at..end].chars().filter(|&c| c == '\n'));
                rest = &rest[end..];
            }
            _ => {
                out.push_str(rest);
                return out.replace("\\\n", " ");
            }
        }
    }
}

/// Nested `#if`s.
struct Conditions {
    defined: BTreeSet<String>,
    open: Vec<bool>,
}

impl Conditions {
    fn hold(&self) -> bool {
        self.open.iter().all(|&holds| holds)
    }

    /// Heeds a directive. Returns the body of a macro, which may name symbols.
    fn directive<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "ifdef" => self.open.push(self.defined.contains(rest)),
            "ifndef" => self.open.push(!self.defined.contains(rest)),
            "else" => {
                if let Some(last) = self.open.last_mut() {
                    *last = !*last;
                }
            }
            "endif" => {
                self.open.pop();
            }
            "define" if self.hold() => {
                let name_end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                self.defined.insert(rest[..name_end].to_owned());
                return Some(&rest[name_end..]);
            }
            "undef" if self.hold() => {
                self.defined.remove(rest);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(set: &BTreeSet<(String, String, Abi)>) -> Vec<String> {
        set.iter().map(|(package, name, abi)| format!("{package}.{name} {abi:?}")).collect()
    }

    #[test]
    fn definitions_and_references() {
        let mut symbols = AsmSymbols::default();
        let text = "#include \"textflag.h\"\n// func Add\nTEXT ·Add(SB), NOSPLIT, $0-24 /* a\nb */\n\
            #ifdef GOARCH_amd64\n\tCALL runtime·memmove<ABIInternal>(SB)\n#else\n\tCALL ·other(SB)\n#endif\n\
            TEXT local<>(SB), 0, $0\n\tMOVQ ·table2+8(SB), AX; JMP math∕big·x(SB)\nGLOBL ·table(SB), 8, $16\n";
        symbols.scan(text.as_bytes(), &["GOARCH_amd64".to_owned()]);
        assert_eq!(names(&symbols.defs), [".Add Abi0"]);
        assert_eq!(names(&symbols.refs), [".table2 Abi0", "math/big.x Abi0", "runtime.memmove Internal"]);
    }
}
