//! The symbols that assembly files define and refer to.
//!
//! The go command runs the assembler over a package's `.s` files first (`go tool asm -gensymabis`) to tell the compiler
//! which functions are assembly and which are called from it: both get wrappers between calling conventions
//! (`cmd/asm/internal/asm/parse.go`, ParseSymABIs; `cmd/compile/internal/ssagen/abi.go`). Here the text is scanned
//! statement by statement.

mod preprocess;
mod texts;

use std::collections::BTreeSet;

use preprocess::{Preprocessor, split_ident, starts_ident};

pub use preprocess::Include;
pub use texts::AsmTexts;

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
    pub fn scan(&mut self, text: &[u8], defined: &[String], include: &mut Include<'_>) {
        let text = Preprocessor::new(defined, include).run(text);
        text.split(['\n', ';']).for_each(|statement| self.statement(statement.trim()));
    }

    fn statement(&mut self, text: &str) {
        let (word, rest) = split_ident(text);
        if let Some(labelled) = rest.trim_start().strip_prefix(':') {
            return self.statement(labelled.trim_start());
        }
        // A suffix of the instruction belongs to its first operand here, which is no symbol then.
        let mut operands = operands(rest).into_iter();
        match word {
            "TEXT" => {
                let symbol = operands.next().and_then(symbol);
                self.defs.extend(symbol);
                return;
            }
            // What is set.
            "DATA" | "FUNCDATA" => {
                operands.next();
            }
            _ => {}
        }
        self.refs.extend(operands.filter_map(symbol));
    }
}

fn operands(text: &str) -> Vec<&str> {
    let mut nesting = 0;
    let separates = |c: char| {
        nesting += i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'));
        nesting == 0 && matches!(c, ',' | ':')
    };
    text.split(separates).collect()
}

/// The symbol of an operand that is nothing but its address: `$pkg·name<ABI>+8(SB)`. Symbols of one file are not told.
fn symbol(operand: &str) -> Option<(String, String, Abi)> {
    let text: String = operand.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.strip_prefix(['$', '*']).unwrap_or(&text).strip_suffix("(SB)")?;
    let (name, rest) = split_ident(text);
    let (abi, rest) = match rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        None => (Abi::Abi0, rest),
        Some(("ABIInternal", rest)) => (Abi::Internal, rest),
        Some(("ABI0", rest)) => (Abi::Abi0, rest),
        Some(_) => return None,
    };
    let offset = rest.strip_prefix('+');
    let is_offset = match offset {
        Some(offset) => offset.starts_with(|c: char| c.is_ascii_digit()),
        None => rest.is_empty(),
    };
    if !is_offset || !name.starts_with(starts_ident) {
        return None;
    }
    let (package, name) = name.rsplit_once('·')?;
    Some((package.replace('∕', "/").replace('·', "."), name.to_owned(), abi))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(set: &BTreeSet<(String, String, Abi)>) -> Vec<String> {
        set.iter().map(|(package, name, abi)| format!("{package}.{name} {abi:?}")).collect()
    }

    fn scan(text: &str) -> AsmSymbols {
        let mut symbols = AsmSymbols::default();
        let mut include = |name: &str| (name == "calls.h").then(|| b"#define JUMP(to) JMP to(SB)\n".to_vec());
        symbols.scan(text.as_bytes(), &["GOARCH_amd64".to_owned()], &mut include);
        symbols
    }

    #[test]
    fn definitions_and_references() {
        let symbols = scan(
            "#include \"textflag.h\"\n// func Add\nTEXT ·Add32(SB), NOSPLIT, $0-24 /* a\nb */\n\
            #ifdef GOARCH_amd64\n\tCALL runtime·memmove<ABIInternal>(SB)\n#else\n\tCALL ·other(SB)\n#endif\n\
            TEXT local<>(SB), 0, $0\n\tMOVQ $·table2+8(SB), AX; l: JMP math∕big·x(SB)\n\
            DATA ·set(SB)/8, $·value(SB)\nMOVQ ·indexed(SB)(AX*8), BX\n",
        );
        assert_eq!(names(&symbols.defs), [".Add32 Abi0"]);
        assert_eq!(
            names(&symbols.refs),
            [".table2 Abi0", ".value Abi0", "math/big.x Abi0", "runtime.memmove Internal"]
        );
    }

    #[test]
    fn macros() {
        let symbols = scan(
            "#include \"calls.h\"\n#define FLAGS NOSPLIT\n\
            #define FUNC(NAME, SIZE) \\\nTEXT NAME(SB), FLAGS, $SIZE; \\\n\tJUMP(·body); \\\n\tCALL NAME(SB)\n\
            FUNC(·call16, 16)\nFUNC(·call32, (2*16))\n#undef FUNC\nFUNC(·none, 1)\n",
        );
        assert_eq!(names(&symbols.defs), [".call16 Abi0", ".call32 Abi0"]);
        assert_eq!(names(&symbols.refs), [".body Abi0", ".call16 Abi0", ".call32 Abi0"]);
    }
}
