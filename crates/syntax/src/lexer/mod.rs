//! The lexer: bytes in, one token at a time out, with automatic semicolons.
//!
//! It works on clean UTF-8 ([`scrub`]) and hands out offsets of the file. Errors, comments and
//! directives are collected as they are met, so that they come in the compiler's order between those
//! of the parser. The byte 0 never stands in clean text; reading past the end gives it.

mod chars;
mod directive;
mod literal;
mod scrub;
mod skip;
mod swar;
mod token;

use escargo_base::{LineDirective, Symbol};

use crate::names::{Names, Word};
use crate::tree::{BinaryOp, Comment, Directive, LitKind, SyntaxError};
use chars::{IDENT, WideClass, code_point, is, wide_class};
pub(crate) use scrub::{Scrubbed, scrub};
pub use skip::declares_types;
use token::keyword;
pub(crate) use token::{Op, SemiKind, Tok, TokSet};

/// With more errors than this a file is not read to its end: it is no Go file.
pub(crate) const MAX_ERRORS: usize = 10_000;

/// The lexer and its current token.
pub(crate) struct Lexer<'a> {
    /// The text, clean.
    src: &'a [u8],
    text: &'a str,
    gaps: &'a [scrub::Gap],
    /// Gaps reported so far.
    gaps_seen: usize,
    /// The file as it is.
    original: &'a [u8],
    names: Names,
    keep_comments: bool,
    /// Where the next token may start.
    i: usize,
    /// Offset in `src` of the token being read.
    token_at: usize,
    /// Whether a newline would end a statement here.
    nlsemi: bool,

    /// The current token.
    pub(crate) tok: Tok,
    /// Its offset in the file.
    pub(crate) start: u32,
    /// Its end.
    pub(crate) end: u32,
    /// End of the token before.
    pub(crate) prev_end: u32,
    /// Name of a [`Tok::Name`].
    pub(crate) name: Symbol,
    /// Operator of operator tokens.
    pub(crate) op: Op,
    /// Kind of a [`Tok::Literal`].
    pub(crate) kind: LitKind,
    /// Whether an error was reported in a [`Tok::Literal`].
    pub(crate) bad: bool,
    /// What a [`Tok::Semi`] was made of.
    pub(crate) semi: SemiKind,

    /// Errors of lexer and parser, in the order found.
    pub(crate) errors: Vec<SyntaxError>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) line_directives: Vec<LineDirective>,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of a file; there is no token yet.
    pub(crate) fn new(
        original: &'a [u8],
        clean: &'a Scrubbed<'_>,
        names: Names,
        keep_comments: bool,
    ) -> Self {
        Lexer {
            src: clean.text.as_bytes(),
            text: &clean.text,
            gaps: &clean.gaps,
            gaps_seen: 0,
            original,
            names,
            keep_comments,
            i: 0,
            token_at: 0,
            nlsemi: false,
            tok: Tok::Eof,
            start: 0,
            end: 0,
            prev_end: 0,
            name: Symbol::EMPTY,
            op: Op::Not,
            kind: LitKind::Int,
            bad: false,
            semi: SemiKind::Semicolon,
            errors: Vec::new(),
            comments: Vec::new(),
            directives: Vec::new(),
            line_directives: Vec::new(),
        }
    }

    /// Gives the cache of names back.
    pub(crate) fn take_names(&mut self) -> Names {
        std::mem::take(&mut self.names)
    }

    /// Goes to the end of the file: all further tokens are [`Tok::Eof`].
    pub(crate) fn give_up(&mut self) {
        self.i = self.src.len();
        self.gaps_seen = self.gaps.len();
        self.nlsemi = false;
        self.tok = Tok::Eof;
        self.start = self.original.len() as u32;
        self.end = self.start;
    }

    /// The text of the current token, for messages.
    pub(crate) fn token_text(&self) -> String {
        show_bytes(&self.original[self.start as usize..self.end as usize])
    }

    #[inline]
    fn byte(&self, i: usize) -> u8 {
        self.src.get(i).copied().unwrap_or(0)
    }
    #[inline]
    fn ch(&self) -> u8 {
        self.byte(self.i)
    }
    fn current_char(&self) -> char {
        self.text.get(self.i..).and_then(|rest| rest.chars().next()).unwrap_or('\0')
    }
    fn skip_char(&mut self) {
        self.i += if self.ch() < 0x80 { 1 } else { self.current_char().len_utf8() };
    }

    /// The offset in the file of an offset in the text.
    #[inline]
    fn original(&self, at: usize) -> u32 {
        if self.gaps.is_empty() { at as u32 } else { Scrubbed::original(self.gaps, at) as u32 }
    }

    /// Reports an error at an offset of the text.
    #[cold]
    fn error_at(&mut self, at: usize, message: String) {
        self.report_gaps();
        let pos = self.original(at);
        self.report(pos, message);
    }
    /// Adds an error at an offset of the file.
    #[cold]
    pub(crate) fn report(&mut self, pos: u32, message: String) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(SyntaxError { pos, message, at: None });
        }
    }
    #[cold]
    fn error_here(&mut self, message: String) {
        self.error_at(self.i, message);
    }

    /// Reports the forbidden bytes up to the reading position.
    fn report_gaps(&mut self) {
        while let Some(gap) = self.gaps.get(self.gaps_seen)
            && gap.at <= self.i
        {
            self.gaps_seen += 1;
            if let Some(message) = gap.problem {
                self.report(gap.original as u32, message.into());
            }
        }
    }

    /// Reads the next token.
    #[inline]
    pub(crate) fn next(&mut self) {
        self.prev_end = self.end;
        if self.errors.len() >= MAX_ERRORS {
            return self.give_up();
        }
        let nlsemi = std::mem::replace(&mut self.nlsemi, false);
        loop {
            let mut i = self.i;
            loop {
                match self.byte(i) {
                    b' ' | b'\r' => i += 1,
                    b'\t' => i += swar::run_len(swar::load(self.src, i), b'\t'),
                    b'\n' if !nlsemi => i += 1,
                    _ => break,
                }
            }
            self.i = i;
            self.token_at = i;
            if self.token(nlsemi) {
                break;
            }
        }
        if self.gaps.is_empty() {
            self.start = self.token_at as u32;
            self.end = self.i as u32;
        } else {
            self.report_gaps();
            self.start = self.original(self.token_at);
            self.end = self.original(self.i);
        }
    }

    /// Reads what starts at the reading position: a token, or something to skip (then the result is
    /// false).
    #[inline]
    fn token(&mut self, nlsemi: bool) -> bool {
        let c = self.ch();
        if is(c, IDENT) && !c.is_ascii_digit() {
            self.identifier();
            return true;
        }
        match c {
            0 => return self.end_of_file(nlsemi),
            b'\n' => {
                self.i += 1;
                self.semicolon(SemiKind::Newline);
            }
            b'0'..=b'9' => self.number(false),
            b'"' => self.string(),
            b'`' => self.raw_string(),
            b'\'' => self.rune(),
            b'(' => self.single(Tok::Lparen),
            b'[' => self.single(Tok::Lbrack),
            b'{' => self.single(Tok::Lbrace),
            b',' => self.single(Tok::Comma),
            b')' => self.closing(Tok::Rparen),
            b']' => self.closing(Tok::Rbrack),
            b'}' => self.closing(Tok::Rbrace),
            b';' => {
                self.i += 1;
                self.semicolon(SemiKind::Semicolon);
            }
            b':' => {
                let define = self.byte(self.i + 1) == b'=';
                self.i += 1 + usize::from(define);
                self.tok = if define { Tok::Define } else { Tok::Colon };
            }
            b'.' => self.dot(),
            b'/' if self.byte(self.i + 1) == b'/' => {
                self.line_comment();
                return false;
            }
            b'/' if self.byte(self.i + 1) == b'*' => return self.block_comment(nlsemi),
            _ => return self.operator(c),
        }
        true
    }

    fn single(&mut self, tok: Tok) {
        self.i += 1;
        self.tok = tok;
    }
    fn closing(&mut self, tok: Tok) {
        self.single(tok);
        self.nlsemi = true;
    }
    fn semicolon(&mut self, kind: SemiKind) {
        self.tok = Tok::Semi;
        self.semi = kind;
    }

    fn end_of_file(&mut self, nlsemi: bool) -> bool {
        if nlsemi {
            self.semicolon(SemiKind::Eof);
        } else {
            self.tok = Tok::Eof;
        }
        true
    }

    fn dot(&mut self) {
        let (second, third) = (self.byte(self.i + 1), self.byte(self.i + 2));
        if second.is_ascii_digit() {
            self.i += 1;
            self.number(true);
        } else if second == b'.' && third == b'.' {
            self.i += 3;
            self.tok = Tok::DotDotDot;
        } else {
            if second == b'.' && !self.gaps.is_empty() {
                self.report_gaps_twice();
            }
            self.single(Tok::Dot);
        }
    }

    /// The compiler reads two dots ahead to find `...`, and when there are only two reads them again,
    /// with what it reports between them.
    #[cold]
    fn report_gaps_twice(&mut self) {
        let (at, seen) = (self.i, self.gaps_seen);
        self.i = at + 2;
        self.report_gaps();
        (self.i, self.gaps_seen) = (at, seen);
    }

    #[inline]
    fn identifier(&mut self) {
        let start = self.i;
        let head = swar::load(self.src, start);
        let len = swar::ident_len(head);
        self.i = start + len;
        if len < 8 && self.gaps.is_empty() && head >> (len * 8) & 0x80 == 0 {
            return self.word(Word { head: swar::prefix(head, len), tail: 0, len: len as u32 }, start);
        }
        self.long_identifier(start);
    }

    /// Reads on in an identifier that is longer than a few ASCII characters.
    #[inline(never)]
    fn long_identifier(&mut self, start: usize) {
        loop {
            let len = swar::ident_len(swar::load(self.src, self.i));
            self.i += len;
            if len < 8 {
                break;
            }
        }
        if self.ch() >= 0x80 {
            self.wide_identifier();
        }
        self.finish_identifier(start);
    }

    fn finish_identifier(&mut self, start: usize) {
        let len = self.i - start;
        if !self.gaps.is_empty() {
            // Bytes that are skipped still belong to the word.
            let bytes = &self.original[self.original(start) as usize..self.original(self.i) as usize];
            return self.word_from(Word::new(bytes), bytes);
        }
        let tail = if len > 8 { swar::load(self.src, self.i - 8) } else { 0 };
        let head = swar::prefix(swar::load(self.src, start), len);
        self.word(Word { head, tail, len: len as u32 }, start);
    }

    #[inline]
    fn word(&mut self, word: Word, start: usize) {
        let src = self.src;
        self.word_from(word, &src[start..self.i]);
    }

    /// Makes a keyword or a name of the word that has been read.
    #[inline]
    fn word_from(&mut self, word: Word, bytes: &[u8]) {
        if let Some(tok) = keyword(word) {
            self.tok = tok;
            self.nlsemi = tok.ends_line();
            return;
        }
        self.nlsemi = true;
        self.tok = Tok::Name;
        self.name = self.names.intern(word, bytes);
    }

    /// Reads on after the ASCII characters that an identifier starts with. Any character beyond ASCII
    /// is taken as part of it; wrong ones are reported.
    #[cold]
    fn wide_identifier(&mut self) {
        loop {
            let c = self.ch();
            if c >= 0x80 {
                self.check_wide(false);
                self.skip_char();
            } else if is(c, IDENT) {
                self.i += 1;
            } else {
                return;
            }
        }
    }

    fn check_wide(&mut self, first: bool) {
        let c = self.current_char();
        match wide_class(c) {
            WideClass::Letter => {}
            WideClass::Digit if !first => {}
            WideClass::Digit => {
                self.error_here(format!("identifier cannot begin with digit {}", code_point(c as u32)));
            }
            WideClass::Other => {
                self.error_here(format!("invalid character {} in identifier", code_point(c as u32)));
            }
        }
    }

    fn line_comment(&mut self) {
        let start = self.i;
        let end = memchr::memchr(b'\n', &self.src[start..]).map_or(self.src.len(), |n| start + n);
        self.i = end;
        self.keep_comment(start, end);
        if matches!(self.byte(start + 2), b'g' | b'l' | b'e') {
            self.note_line_comment(start, end);
        }
    }

    /// Skips a `/* */` comment. One that holds a newline stands for it where a newline matters; then
    /// it is a token and the result is true.
    fn block_comment(&mut self, nlsemi: bool) -> bool {
        let start = self.i;
        let mut from = start + 2;
        let end = loop {
            match memchr::memchr(b'/', &self.src[from..]) {
                Some(n) if from + n > start + 2 && self.src[from + n - 1] == b'*' => {
                    break Some(from + n + 1);
                }
                Some(n) => from += n + 1,
                None => break None,
            }
        };
        self.i = end.unwrap_or(self.src.len());
        match end {
            Some(end) => {
                self.keep_comment(start, end);
                if self.byte(start + 2) == b'l' {
                    self.note_block_comment(start, end);
                }
            }
            None => self.error_at(start, "comment not terminated".into()),
        }
        if nlsemi && memchr::memchr(b'\n', &self.src[start..self.i]).is_some() {
            self.semicolon(SemiKind::Newline);
            return true;
        }
        false
    }

    fn keep_comment(&mut self, start: usize, end: usize) {
        if self.keep_comments {
            let comment = Comment { start: self.original(start), end: self.original(end) };
            self.comments.push(comment);
        }
    }

    /// Reads an operator, or reports a character that starts nothing.
    fn operator(&mut self, c: u8) -> bool {
        use BinaryOp::*;
        let second = self.byte(self.i + 1);
        let (op, len) = match (c, second) {
            (b'+', b'+') | (b'-', b'-') => {
                self.op = Op::Bin(if c == b'+' { Add } else { Sub });
                self.i += 2;
                self.tok = Tok::IncOp;
                self.nlsemi = true;
                return true;
            }
            (b'<', b'-') => return self.fixed(Tok::Arrow, 2),
            (b'&', b'&') => return self.pure_operator(AndAnd, 2),
            (b'|', b'|') => return self.pure_operator(OrOr, 2),
            (b'=', b'=') => return self.pure_operator(Eq, 2),
            (b'!', b'=') => return self.pure_operator(Ne, 2),
            (b'<', b'=') => return self.pure_operator(Le, 2),
            (b'>', b'=') => return self.pure_operator(Ge, 2),
            (b'<', b'<') => (Shl, 2),
            (b'>', b'>') => (Shr, 2),
            (b'<', _) => return self.pure_operator(Lt, 1),
            (b'>', _) => return self.pure_operator(Gt, 1),
            (b'=', _) => return self.fixed(Tok::Assign, 1),
            (b'!', _) => {
                self.op = Op::Not;
                return self.fixed(Tok::Operator, 1);
            }
            (b'~', _) => {
                self.op = Op::Tilde;
                return self.fixed(Tok::Operator, 1);
            }
            (b'*', _) => (Mul, 1),
            (b'+', _) => (Add, 1),
            (b'-', _) => (Sub, 1),
            (b'/', _) => (Div, 1),
            (b'%', _) => (Rem, 1),
            (b'&', b'^') => (AndNot, 2),
            (b'&', _) => (And, 1),
            (b'|', _) => (Or, 1),
            (b'^', _) => (Xor, 1),
            _ => return self.stray(c),
        };
        self.op = Op::Bin(op);
        self.i += len;
        if self.ch() == b'=' {
            self.i += 1;
            self.tok = Tok::AssignOp;
        } else {
            self.tok = if op == Mul { Tok::Star } else { Tok::Operator };
        }
        true
    }

    fn fixed(&mut self, tok: Tok, len: usize) -> bool {
        self.i += len;
        self.tok = tok;
        true
    }

    /// An operator that has no `op=` form.
    fn pure_operator(&mut self, op: BinaryOp, len: usize) -> bool {
        self.op = Op::Bin(op);
        self.fixed(Tok::Operator, len)
    }

    /// A character that starts no token: beyond ASCII it starts an identifier, if a bad one.
    #[cold]
    fn stray(&mut self, c: u8) -> bool {
        if c >= 0x80 {
            let start = self.i;
            self.check_wide(true);
            self.skip_char();
            self.wide_identifier();
            self.finish_identifier(start);
            return true;
        }
        self.error_here(format!("invalid character {}", code_point(u32::from(c))));
        self.i += 1;
        false
    }
}

/// Bytes as text, each invalid one as U+FFFD.
pub(crate) fn show_bytes(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
