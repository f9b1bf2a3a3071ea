//! Texts in which the names of files are left open.
//!
//! Half of what the compiler says is names of files. They are written when a text is printed, once it is known where
//! the files lie and how the go command shortens that. Until then a mark stands for each: it has a number, between
//! bytes that stand in no Go source.

use escargo_base::{FileId, Id};
use escargo_dialect::lowering::LineNameRule;
use escargo_ir::position::FileName;
use rustc_hash::FxHashMap;

const MARK: u8 = 0;

/// Texts are handed on in pieces of about so many bytes, each of whole lines: what is longer costs more to move and to
/// find room for than to write.
pub const CHUNK: usize = 256 << 10;

/// A draft that grows by lines.
#[derive(Debug, Default)]
pub struct Draft {
    full: Vec<String>,
    last: String,
}

impl Draft {
    /// The draft with these chunks, without the empty ones.
    pub fn from_chunks(mut chunks: Vec<String>) -> Draft {
        chunks.retain(|chunk| !chunk.is_empty());
        Draft { full: chunks, last: String::new() }
    }

    /// Where whole lines are to be appended.
    pub fn tail(&mut self) -> &mut String {
        &mut self.last
    }

    /// To be called after lines were appended; `fresh` gives an empty text when there is enough in the last one.
    pub fn settle(&mut self, fresh: impl FnOnce() -> String) {
        if self.last.len() >= CHUNK {
            self.full.push(std::mem::replace(&mut self.last, fresh()));
        }
    }

    /// The text, in order.
    pub fn chunks(&self) -> impl Iterator<Item = &str> {
        self.full.iter().chain([&self.last]).map(String::as_str).filter(|chunk| !chunk.is_empty())
    }

    /// The chunks themselves.
    pub fn into_chunks(self) -> Vec<String> {
        let Draft { mut full, last } = self;
        full.push(last);
        full
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.chunks().next().is_none()
    }
}

/// A text as chunks.
pub fn chunks(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let from = text.len().min(CHUNK);
        let end = memchr::memchr(b'\n', &text.as_bytes()[from..]).map_or(text.len(), |at| from + at + 1);
        let (chunk, rest) = text.split_at(end);
        text = rest;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// Appends the mark of a file.
pub fn push_file(out: &mut String, file: FileName) {
    let mut digits = itoa::Buffer::new();
    out.push(char::from(MARK));
    out.push_str(digits.format(file.file.index()));
    if let Some(directive) = file.directive {
        out.push('.');
        out.push_str(digits.format(directive));
    }
    out.push(char::from(MARK));
}

/// The file that a mark of [`push_file`] stands for.
pub fn file_of(mark: &str, rule: LineNameRule) -> Option<FileName> {
    let (file, directive) = match mark.split_once('.') {
        Some((file, directive)) => (file, Some(directive.parse().ok()?)),
        None => (mark, None),
    };
    Some(FileName { file: FileId::from_index(file.parse().ok()?), directive, rule })
}

/// Puts names in the place of marks; `name` gives what stands for a mark, and is asked once for each.
pub struct Filler<F> {
    name: F,
    names: FxHashMap<String, String>,
}

impl<F: FnMut(&str) -> String> Filler<F> {
    /// One that has asked for nothing yet.
    pub fn new(name: F) -> Filler<F> {
        Filler { name, names: FxHashMap::default() }
    }

    /// Appends a draft to `out` with every mark replaced.
    pub fn fill(&mut self, draft: &str, out: &mut String) {
        let mut rest = draft;
        while let Some((before, after)) = cut(rest) {
            out.push_str(before);
            let Some((mark, after)) = cut(after) else { break };
            match self.names.get(mark) {
                Some(name) => out.push_str(name),
                None => {
                    let name = (self.name)(mark);
                    out.push_str(&name);
                    self.names.insert(mark.to_owned(), name);
                }
            }
            rest = after;
        }
        out.push_str(rest);
    }
}

/// What stands before and after the next byte of a mark.
fn cut(text: &str) -> Option<(&str, &str)> {
    let at = memchr::memchr(MARK, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_replaced() {
        let name = |file, directive| FileName {
            file: FileId::from_index(file),
            directive,
            rule: LineNameRule::Joined,
        };
        let mut draft = String::from("a ");
        for file in [name(3, None), name(3, None), name(12, Some(4))] {
            push_file(&mut draft, file);
            draft.push_str(":1\n");
        }
        let mut asked = Vec::new();
        let mut text = String::new();
        let mut filler = Filler::new(|mark| {
            asked.push(file_of(mark, LineNameRule::Joined));
            format!("<{mark}>")
        });
        filler.fill(&draft, &mut text);
        filler.fill("", &mut text);
        assert_eq!(text, "a <3>:1\n<3>:1\n<12.4>:1\n");
        assert_eq!(asked, [Some(name(3, None)), Some(name(12, Some(4)))]);
    }

    #[test]
    fn chunks_are_whole_lines() {
        let line = "0123456789\n";
        let text = line.repeat(3 * CHUNK / line.len());
        let pieces: Vec<&str> = chunks(&text).collect();
        assert!(pieces.len() >= 2 && pieces.iter().all(|piece| piece.ends_with('\n')), "{}", pieces.len());
        assert_eq!(pieces.concat(), text);
        assert_eq!(chunks("").count(), 0);
        assert_eq!(chunks("no end").collect::<Vec<_>>(), ["no end"]);
        let mut draft = Draft::default();
        for _ in 0..3 * CHUNK / line.len() {
            draft.tail().push_str(line);
            draft.settle(String::new);
        }
        assert!(draft.chunks().count() >= 2);
        assert_eq!(draft.chunks().collect::<String>(), text);
        assert_eq!(Draft::from_chunks(draft.into_chunks()).chunks().collect::<String>(), text);
    }
}
