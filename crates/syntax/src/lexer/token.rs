//! Token kinds, operators, keywords, and sets of tokens.

use crate::names::Word;
use crate::tree::{BinaryOp, UnaryOp};

/// A token kind. There are fewer than 64, so that a set of them is a [`TokSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Tok {
    Eof,
    Name,
    Literal,
    /// An operator other than those with a token of their own.
    Operator,
    /// `op=`.
    AssignOp,
    /// `++` or `--`.
    IncOp,
    Assign,
    Define,
    Arrow,
    Star,
    Lparen,
    Lbrack,
    Lbrace,
    Rparen,
    Rbrack,
    Rbrace,
    Comma,
    Semi,
    Colon,
    Dot,
    DotDotDot,
    Break,
    Case,
    Chan,
    Const,
    Continue,
    Default,
    Defer,
    Else,
    Fallthrough,
    For,
    Func,
    Go,
    Goto,
    If,
    Import,
    Interface,
    Map,
    Package,
    Range,
    Return,
    Select,
    Struct,
    Switch,
    Type,
    Var,
}

impl Tok {
    /// The token as it is written in messages that quote it alone.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Tok::Eof => "EOF",
            Tok::Name => "name",
            Tok::Literal => "literal",
            Tok::Operator => "op",
            Tok::AssignOp => "op=",
            Tok::IncOp => "opop",
            Tok::Assign => "=",
            Tok::Define => ":=",
            Tok::Arrow => "<-",
            Tok::Star => "*",
            Tok::Lparen => "(",
            Tok::Lbrack => "[",
            Tok::Lbrace => "{",
            Tok::Rparen => ")",
            Tok::Rbrack => "]",
            Tok::Rbrace => "}",
            Tok::Comma => ",",
            Tok::Semi => ";",
            Tok::Colon => ":",
            Tok::Dot => ".",
            Tok::DotDotDot => "...",
            Tok::Break => "break",
            Tok::Case => "case",
            Tok::Chan => "chan",
            Tok::Const => "const",
            Tok::Continue => "continue",
            Tok::Default => "default",
            Tok::Defer => "defer",
            Tok::Else => "else",
            Tok::Fallthrough => "fallthrough",
            Tok::For => "for",
            Tok::Func => "func",
            Tok::Go => "go",
            Tok::Goto => "goto",
            Tok::If => "if",
            Tok::Import => "import",
            Tok::Interface => "interface",
            Tok::Map => "map",
            Tok::Package => "package",
            Tok::Range => "range",
            Tok::Return => "return",
            Tok::Select => "select",
            Tok::Struct => "struct",
            Tok::Switch => "switch",
            Tok::Type => "type",
            Tok::Var => "var",
        }
    }

    pub(crate) const fn is_keyword(self) -> bool {
        self as u8 >= Tok::Break as u8
    }

    /// The token as messages name it: punctuation that is hard to see in text is spelled out.
    pub(crate) fn describe(self) -> String {
        match self {
            Tok::Comma => "comma".into(),
            Tok::Semi => "semicolon or newline".into(),
            tok if tok.is_keyword() => format!("keyword {}", tok.as_str()),
            tok => tok.as_str().into(),
        }
    }

    /// Whether a newline just after this keyword ends the statement.
    pub(crate) const fn ends_line(self) -> bool {
        matches!(self, Tok::Break | Tok::Continue | Tok::Fallthrough | Tok::Return)
    }
}

/// A set of tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokSet(u64);

impl TokSet {
    pub(crate) const EMPTY: TokSet = TokSet(0);
    /// Keywords that start a statement: good places to go on reading after an error.
    pub(crate) const STATEMENT_START: TokSet = TokSet::of(&[
        Tok::Break,
        Tok::Const,
        Tok::Continue,
        Tok::Defer,
        Tok::Fallthrough,
        Tok::For,
        Tok::Go,
        Tok::Goto,
        Tok::If,
        Tok::Return,
        Tok::Select,
        Tok::Switch,
        Tok::Type,
        Tok::Var,
    ]);

    pub(crate) const fn of(tokens: &[Tok]) -> TokSet {
        let mut bits = 0;
        let mut i = 0;
        while i < tokens.len() {
            bits |= 1 << tokens[i] as u8;
            i += 1;
        }
        TokSet(bits)
    }
    pub(crate) const fn with(self, other: TokSet) -> TokSet {
        TokSet(self.0 | other.0)
    }
    pub(crate) const fn has(self, tok: Tok) -> bool {
        self.0 >> tok as u8 & 1 != 0
    }
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The operator of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// `!`
    Not,
    /// `~`
    Tilde,
    /// An operator that has a binary form (and perhaps a unary one).
    Bin(BinaryOp),
}

impl Op {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Op::Not => "!",
            Op::Tilde => "~",
            Op::Bin(op) => op.as_str(),
        }
    }
    /// The prefix operator that is written the same way; `*` has a node of its own.
    pub(crate) const fn unary(self) -> Option<UnaryOp> {
        Some(match self {
            Op::Not => UnaryOp::Not,
            Op::Tilde => UnaryOp::Tilde,
            Op::Bin(BinaryOp::Add) => UnaryOp::Plus,
            Op::Bin(BinaryOp::Sub) => UnaryOp::Neg,
            Op::Bin(BinaryOp::Xor) => UnaryOp::BitNot,
            Op::Bin(BinaryOp::And) => UnaryOp::Addr,
            Op::Bin(_) => return None,
        })
    }
}

/// What stands for a semicolon, as messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SemiKind {
    Semicolon,
    Newline,
    Eof,
}

impl SemiKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            SemiKind::Semicolon => "semicolon",
            SemiKind::Newline => "newline",
            SemiKind::Eof => "EOF",
        }
    }
}

const KEYWORDS: [Tok; 25] = [
    Tok::Break,
    Tok::Case,
    Tok::Chan,
    Tok::Const,
    Tok::Continue,
    Tok::Default,
    Tok::Defer,
    Tok::Else,
    Tok::Fallthrough,
    Tok::For,
    Tok::Func,
    Tok::Go,
    Tok::Goto,
    Tok::If,
    Tok::Import,
    Tok::Interface,
    Tok::Map,
    Tok::Package,
    Tok::Range,
    Tok::Return,
    Tok::Select,
    Tok::Struct,
    Tok::Switch,
    Tok::Type,
    Tok::Var,
];

const KEYWORD_SLOTS: usize = 64;

/// A slot that no two keywords share, from the first two bytes and the length of a word.
#[inline]
const fn keyword_slot(word: Word) -> usize {
    let (first, second) = (word.head & 0xff, word.head >> 8 & 0xff);
    (first + second * 4 + word.len as u64 * 6) as usize % KEYWORD_SLOTS
}

/// Keywords by [`keyword_slot`]; free slots hold no word. Building it fails if two keywords meet.
static KEYWORD_TABLE: [(Word, Tok); KEYWORD_SLOTS] = {
    let mut table = [(Word::NONE, Tok::Eof); KEYWORD_SLOTS];
    let mut i = 0;
    while i < KEYWORDS.len() {
        let word = Word::new(KEYWORDS[i].as_str().as_bytes());
        let slot = keyword_slot(word);
        assert!(table[slot].0.len == 0, "two keywords share a slot");
        table[slot] = (word, KEYWORDS[i]);
        i += 1;
    }
    table
};

/// The keyword spelled `word`.
#[inline]
pub(crate) fn keyword(word: Word) -> Option<Tok> {
    let (found, tok) = KEYWORD_TABLE[keyword_slot(word)];
    (found == word).then_some(tok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_found_and_nothing_else() {
        for tok in KEYWORDS {
            assert_eq!(keyword(Word::new(tok.as_str().as_bytes())), Some(tok));
            assert!(tok.is_keyword());
        }
        for word in ["breaks", "brea", "Go", "x", "i", "EOF", "fun", "vat"] {
            assert_eq!(keyword(Word::new(word.as_bytes())), None, "{word}");
        }
    }

    #[test]
    fn sets_hold_what_they_are_made_of() {
        let set = TokSet::of(&[Tok::Eof, Tok::Var]);
        assert!(set.has(Tok::Eof) && set.has(Tok::Var) && !set.has(Tok::Type));
        assert!(TokSet::EMPTY.is_empty() && !set.is_empty());
    }
}
