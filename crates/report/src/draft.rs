//! Texts in which the names of files are left open.
//!
//! Half of what the compiler says is names of files. They are written when a text is printed, once it is known where
//! the files lie and how the go command shortens that. Until then a mark stands for each: a byte that stands in no Go
//! source, and a number of fixed length.

use escargo_base::{FileId, Id};
use escargo_dialect::lowering::LineNameRule;
use escargo_ir::position::FileName;
use rustc_hash::FxHashMap;

const MARK: u8 = 0;
/// Stands after it if a directive is named too; no digit.
const WITH_DIRECTIVE: u8 = b'~';
/// Digits of a number, which are the characters from [`ZERO`] on.
const DIGITS: u32 = 4;
const ZERO: u8 = b'0';
/// Binary digits of a digit.
const BITS: u32 = 6;

/// What stands for the name of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Number of the file, for whoever fills the draft; less than 2^24.
    pub file: u32,
    /// Number of the line directive that gives the file another name.
    pub directive: Option<u32>,
}

impl Mark {
    /// The mark of a file.
    pub fn of(file: FileName) -> Mark {
        Mark { file: file.file.index() as u32, directive: file.directive }
    }

    /// The file of which [`Mark::of`] made it.
    pub fn file_name(self, rule: LineNameRule) -> FileName {
        FileName { file: FileId::from_index(self.file as usize), directive: self.directive, rule }
    }

    /// Appends it.
    pub fn push_to(self, out: &mut String) {
        out.push(char::from(MARK));
        if let Some(directive) = self.directive {
            out.push(char::from(WITH_DIRECTIVE));
            push_number(out, directive);
        }
        push_number(out, self.file);
    }

    /// Reads what stands after [`MARK`]; the mark, and the rest.
    fn read(text: &str) -> Option<(Mark, &str)> {
        let (directive, text) = match text.strip_prefix(char::from(WITH_DIRECTIVE)) {
            Some(text) => read_number(text).map(|(number, text)| (Some(number), text))?,
            None => (None, text),
        };
        let (file, text) = read_number(text)?;
        Some((Mark { file, directive }, text))
    }
}

fn push_number(out: &mut String, number: u32) {
    for digit in (0..DIGITS).rev() {
        out.push(char::from(ZERO + (number >> (digit * BITS) & ((1 << BITS) - 1)) as u8));
    }
}

fn read_number(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(DIGITS as usize)?;
    let number = digits.bytes().fold(0, |number, digit| number << BITS | u32::from(digit.wrapping_sub(ZERO)));
    Some((number, rest))
}

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

/// Puts names in the place of marks; `name` gives what stands for a mark, and is asked once for each.
pub struct Filler<F> {
    name: F,
    /// By number of the file.
    names: Vec<Option<String>>,
    given: FxHashMap<Mark, String>,
}

impl<F: FnMut(Mark) -> String> Filler<F> {
    /// One that has asked for nothing yet.
    pub fn new(name: F) -> Filler<F> {
        Filler { name, names: Vec::new(), given: FxHashMap::default() }
    }

    /// Appends a draft to `out` with every mark replaced.
    pub fn fill(&mut self, draft: &str, out: &mut String) {
        let mut rest = draft;
        while let Some(at) = memchr::memchr(MARK, rest.as_bytes()) {
            let (before, mark) = rest.split_at(at);
            out.push_str(before);
            let Some((mark, after)) = Mark::read(&mark[1..]) else { return };
            out.push_str(self.name(mark));
            rest = after;
        }
        out.push_str(rest);
    }

    fn name(&mut self, mark: Mark) -> &str {
        let make = &mut self.name;
        if mark.directive.is_some() {
            return self.given.entry(mark).or_insert_with(|| make(mark));
        }
        let file = mark.file as usize;
        if self.names.len() <= file {
            self.names.resize(file + 1, None);
        }
        self.names[file].get_or_insert_with(|| make(mark))
    }
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
        let files = [name(3, None), name(3, None), name((1 << 24) - 1, None), name(70, Some(90))];
        for file in files {
            Mark::of(file).push_to(&mut draft);
            draft.push_str(":1\n");
        }
        let mut asked = Vec::new();
        let mut text = String::new();
        let mut filler = Filler::new(|mark| {
            asked.push(mark.file_name(LineNameRule::Joined));
            format!("<{} {:?}>", mark.file, mark.directive)
        });
        filler.fill(&draft, &mut text);
        filler.fill("", &mut text);
        assert_eq!(text, "a <3 None>:1\n<3 None>:1\n<16777215 None>:1\n<70 Some(90)>:1\n");
        assert_eq!(asked, files[1..]);
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
        assert_eq!(draft.into_chunks().concat(), text);
    }
}
