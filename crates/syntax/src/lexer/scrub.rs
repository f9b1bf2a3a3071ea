//! Bytes that may not stand in source: NUL, invalid UTF-8, and byte-order marks.
//!
//! The compiler reports such bytes and reads on as if they were not there. Nearly every file has
//! none; one that has is copied without them, and a list of gaps leads from the copy back to the
//! file, so that the lexer itself deals with clean UTF-8 only.

use std::borrow::Cow;

use super::MAX_ERRORS;

/// A removed piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// Offset in the copy of what follows the gap.
    pub(super) at: usize,
    /// Offset in the file of the removed bytes.
    pub(super) original: usize,
    /// Bytes removed by this gap and all before it.
    pub(super) removed: usize,
    /// What is wrong with the bytes; a mark at the very start of a file is fine.
    pub(super) problem: Option<&'static str>,
}

/// A text to lex, and how it differs from its file.
#[derive(Debug)]
pub(crate) struct Scrubbed<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) gaps: Vec<Gap>,
}

const MARK: char = '\u{feff}';

/// Removes what may not stand in source.
pub(crate) fn scrub(src: &[u8]) -> Scrubbed<'_> {
    if let Ok(text) = std::str::from_utf8(src)
        && memchr::memchr(0, src).is_none()
        && (src.is_ascii() || !text.contains(MARK))
    {
        return Scrubbed { text: Cow::Borrowed(text), gaps: Vec::new() };
    }
    let mut text = String::with_capacity(src.len());
    let mut gaps = Vec::new();
    let mut offset = 0;
    let mut removed = 0;
    let mut drop = |gaps: &mut Vec<Gap>, at: usize, original: usize, len: usize, problem| {
        removed += len;
        gaps.push(Gap { at, original, removed, problem });
    };
    'text: for chunk in src.utf8_chunks() {
        // Of a file with so many problems, the rest will not be read.
        if gaps.len() > MAX_ERRORS {
            break;
        }
        for c in chunk.valid().chars() {
            if gaps.len() > MAX_ERRORS {
                break 'text;
            }
            match c {
                // The compiler says it in other words of the first byte.
                '\0' if offset == 0 => drop(&mut gaps, 0, 0, 1, Some("invalid character U+0000")),
                '\0' => drop(&mut gaps, text.len(), offset, 1, Some("invalid NUL character")),
                MARK => {
                    let problem = (offset > 0).then_some("invalid BOM in the middle of the file");
                    drop(&mut gaps, text.len(), offset, MARK.len_utf8(), problem);
                }
                c => text.push(c),
            }
            offset += c.len_utf8();
        }
        for _ in chunk.invalid() {
            drop(&mut gaps, text.len(), offset, 1, Some("invalid UTF-8 encoding"));
            offset += 1;
        }
    }
    Scrubbed { text: Cow::Owned(text), gaps }
}

impl Scrubbed<'_> {
    /// The offset in the file of offset `at` in the text: past all gaps at that place.
    #[cold]
    pub(super) fn original(gaps: &[Gap], at: usize) -> usize {
        match gaps.partition_point(|gap| gap.at <= at) {
            0 => at,
            n => at + gaps[n - 1].removed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_is_borrowed() {
        let s = scrub("é\u{2028}x".as_bytes());
        assert!(matches!(s.text, Cow::Borrowed(_)) && s.gaps.is_empty());
    }

    #[test]
    fn gaps_lead_back_to_the_file() {
        let s = scrub(b"\xef\xbb\xbfab\0c\xe2\x82d\xef\xbb\xbf");
        assert_eq!(s.text, "abcd");
        let places: Vec<_> = s.gaps.iter().map(|g| (g.original, g.problem.is_some())).collect();
        assert_eq!(places, [(0, false), (5, true), (7, true), (8, true), (10, true)]);
        let original: Vec<_> = (0..=4).map(|i| Scrubbed::original(&s.gaps, i)).collect();
        assert_eq!(original, [3, 4, 6, 9, 13]);
    }
}
