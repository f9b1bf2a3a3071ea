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

/// Appends a draft to `out` with every mark replaced: `name` gives what stands for it, and is asked once for each.
pub fn fill<'d>(draft: &'d str, out: &mut String, mut name: impl FnMut(&str) -> String) {
    let mut names: FxHashMap<&'d str, String> = FxHashMap::default();
    let mut rest = draft;
    while let Some((before, after)) = cut(rest) {
        out.push_str(before);
        let Some((mark, after)) = cut(after) else { break };
        out.push_str(names.entry(mark).or_insert_with(|| name(mark)));
        rest = after;
    }
    out.push_str(rest);
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
        fill(&draft, &mut text, |mark| {
            asked.push(file_of(mark, LineNameRule::Joined));
            format!("<{mark}>")
        });
        assert_eq!(text, "a <3>:1\n<3>:1\n<12.4>:1\n");
        assert_eq!(asked, [Some(name(3, None)), Some(name(12, Some(4)))]);
    }
}
