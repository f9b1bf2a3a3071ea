//! Skipping what nobody wants to read: function bodies, and whole declarations.

use super::{Lexer, Tok};

impl Lexer<'_> {
    /// At the `{` of a block of correct text, goes to the `}` that ends it, and says so; the tokens between are lost. Stays
    /// where it is if something in the block cannot be skipped: a declaration of a type, since all types that are
    /// declared in functions are counted.
    pub(crate) fn skip_block(&mut self) -> bool {
        debug_assert_eq!(self.tok, Tok::Lbrace);
        match block_end(self.src, self.i) {
            Some(end) if self.gaps.is_empty() => {
                self.i = end;
                self.next();
                true
            }
            _ => false,
        }
    }

    /// Between declarations, goes on at an offset where the text between two others begins, and says so. Stays where it is
    /// if the offset cannot be one.
    pub(crate) fn skip_to(&mut self, offset: u32) -> bool {
        let end = offset as usize;
        let possible = self.gaps.is_empty() && end >= self.i && self.text.is_char_boundary(end);
        if possible {
            self.i = end;
            self.nlsemi = false;
            self.next();
        }
        possible
    }
}

/// Whether correct text of declarations other than of types, whole ones, declares types in functions.
pub fn declares_types(declarations: &[u8]) -> bool {
    let mut i = 0;
    while i < declarations.len() {
        match next_of(declarations, i) {
            Some(Part::Other(end)) => i = end,
            Some(Part::Open | Part::Close) => i += 1,
            Some(Part::Type) | None => return true,
        }
    }
    false
}

/// A piece of text.
enum Part {
    /// `{`
    Open,
    /// `}`
    Close,
    /// The keyword that declares a type.
    Type,
    /// Anything else, as a whole: where it ends.
    Other(usize),
}

/// What stands at `i`; nothing if it does not end.
fn next_of(src: &[u8], i: usize) -> Option<Part> {
    let last = match *src.get(i)? {
        b'{' => return Some(Part::Open),
        b'}' => return Some(Part::Close),
        quote @ (b'"' | b'\'') => quoted_end(src, i + 1, quote)?,
        b'`' => i + 1 + memchr::memchr(b'`', &src[i + 1..])?,
        b'/' if src.get(i + 1) == Some(&b'/') => i + memchr::memchr(b'\n', &src[i..])?,
        b'/' if src.get(i + 1) == Some(&b'*') => i + 3 + memchr::memmem::find(&src[i + 2..], b"*/")?,
        b't' if is_type_declaration(src, i) => return Some(Part::Type),
        _ => i,
    };
    Some(Part::Other(last + 1))
}

/// Where the `}` stands that ends a block, given what is behind its `{`.
fn block_end(src: &[u8], mut i: usize) -> Option<usize> {
    let mut open = 1usize;
    loop {
        match next_of(src, i)? {
            Part::Other(end) => i = end,
            Part::Open => (open, i) = (open + 1, i + 1),
            Part::Close if open == 1 => return Some(i),
            Part::Close => (open, i) = (open - 1, i + 1),
            Part::Type => return None,
        }
    }
}

/// Where the quote stands that ends what begins at `i`.
fn quoted_end(src: &[u8], mut i: usize, quote: u8) -> Option<usize> {
    loop {
        match *src.get(i)? {
            b'\\' => i += 1,
            byte if byte == quote => return Some(i),
            _ => {}
        }
        i += 1;
    }
}

/// Whether the keyword of a declaration stands at `i`; `x.(type)` has a parenthesis behind it.
fn is_type_declaration(src: &[u8], i: usize) -> bool {
    let before = i.checked_sub(1).map_or(b' ', |i| src[i]);
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    src[i..].starts_with(b"type")
        && !word(before)
        && src.get(i + 4).is_some_and(|&byte| !word(byte) && byte != b')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_where_they_end() {
        let block =
            "a := \"}\\\"}\"; b := '}'; c := '\\''; if x { y() } /* } */ // }\n z := `}\\`; r := v.(type)";
        let text = format!("{block}}} }}");
        assert_eq!(block_end(text.as_bytes(), 0), Some(block.len()));
        for open in ["", "{", "'", "\"}", "`}", "/*}", "//}", "\"\\\"}", "{}"] {
            assert_eq!(block_end(open.as_bytes(), 0), None, "{open}");
        }
        for declaration in ["type T int }", "x(); type\tT int }", "type(T int) }", "type/**/T int }"] {
            assert_eq!(block_end(declaration.as_bytes(), 0), None, "{declaration}");
        }
        assert_eq!(block_end(b"mytype := 1; types := 2 }", 0), Some(24));
    }
}
