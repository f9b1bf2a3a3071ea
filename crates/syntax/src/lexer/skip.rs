//! Skipping function bodies that nobody wants to read.

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
}

/// Where the `}` stands that ends a block, given what is behind its `{`.
fn block_end(src: &[u8], mut i: usize) -> Option<usize> {
    let mut open = 1usize;
    loop {
        match *src.get(i)? {
            b'{' => open += 1,
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(i);
                }
            }
            quote @ (b'"' | b'\'') => i = quoted_end(src, i + 1, quote)?,
            b'`' => i += 1 + memchr::memchr(b'`', &src[i + 1..])?,
            b'/' if src.get(i + 1) == Some(&b'/') => i += memchr::memchr(b'\n', &src[i..])?,
            b'/' if src.get(i + 1) == Some(&b'*') => i += 3 + memchr::memmem::find(&src[i + 2..], b"*/")?,
            b't' if is_type_declaration(src, i) => return None,
            _ => {}
        }
        i += 1;
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
