//! Laying out text: colours, width, wrapping.

use std::ops::Range;

use anstyle::{AnsiColor, Effects, Style as Ansi};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Style;
use super::words::Verdict;

/// Colours that can be read on dark and on light ground.
pub(crate) const BOLD: Ansi = Ansi::new().effects(Effects::BOLD);
pub(crate) const HEAP: Ansi = AnsiColor::Red.on_default().effects(Effects::BOLD);
pub(crate) const MAYBE: Ansi = AnsiColor::Magenta.on_default().effects(Effects::BOLD);
pub(crate) const STACK: Ansi = AnsiColor::Green.on_default().effects(Effects::BOLD);
pub(super) const STEP: Ansi = AnsiColor::Blue.on_default().effects(Effects::BOLD);
pub(crate) const HELP: Ansi = AnsiColor::Cyan.on_default().effects(Effects::BOLD);

/// The colour of a verdict.
pub(super) fn colour(verdict: Verdict) -> Ansi {
    match verdict {
        Verdict::Heap => HEAP,
        Verdict::Maybe | Verdict::Leaks => MAYBE,
        Verdict::Stack => STACK,
    }
}

/// Text in a colour, if there are any.
pub(super) fn paint(style: &Style<'_>, ansi: Ansi, text: &str) -> String {
    match style.colours {
        true => format!("{ansi}{text}{ansi:#}"),
        false => text.to_owned(),
    }
}

/// Columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// Text without colours.
pub(super) fn bare(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').map_or("", |(_, text)| text))
}

/// Source with four spaces for each tab, as it is drawn.
pub(super) fn untabbed(line: &str) -> String {
    line.replace('\t', "    ")
}

/// Lines of at most `width` columns, broken at spaces. What stands between backticks stays together if it fits.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in unbreakable(text) {
        let n = columns(word);
        if used > 0 && used + 1 + n > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += n;
        }
    }
    lines
}

/// Words and pieces of code.
fn unbreakable(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.split(move |c: char| {
        in_code ^= c == '`';
        c == ' ' && !in_code
    })
    .filter(|word| !word.is_empty())
}

/// A line of source in at most `width` columns: no tabs, no control characters, its end cut.
pub(super) fn fit(line: &str, width: usize) -> String {
    let mut out = String::with_capacity(line.len());
    let mut used = 0;
    for c in line.chars() {
        let c = shown(c);
        let n = c.width().unwrap_or(0);
        if used + n > width {
            while used + DOTS.len() > width {
                let Some(last) = out.pop() else { break };
                used -= last.width().unwrap_or(0);
            }
            out.push_str(DOTS);
            return out;
        }
        out.push(c);
        used += n;
    }
    out
}

/// What stands for what was cut.
const DOTS: &str = "...";

/// Tabs become spaces, control characters are replaced.
fn shown(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// A line that was cut.
pub(super) struct Cut {
    pub(super) text: String,
    /// Bytes that are gone from its beginning, and bytes that stand for them.
    gone: usize,
    dots: usize,
}

impl Cut {
    /// Where a byte of the line is now.
    pub(super) fn place(&self, byte: usize) -> usize {
        (byte.saturating_sub(self.gone) + self.dots).min(self.text.len())
    }
}

/// A line in at most `width` columns, cut so that the bytes of `range` are seen, and what would have reached to column
/// `need` does not reach beyond the width.
pub(super) fn cut(line: &str, range: Range<usize>, need: usize, width: usize) -> Cut {
    let line = line.trim_end();
    let end = line.get(..range.end).map_or(0, columns);
    if need <= width && (columns(line) <= width || end + DOTS.len() <= width) {
        return Cut { text: fit(line, width), gone: 0, dots: 0 };
    }
    // As much of the beginning goes as has to, but the range stays, and some of what follows it.
    let after = (columns(line) - end).min(width / 4) + DOTS.len();
    let after = if columns(line) <= width { 0 } else { after };
    let goes = (need.max(end + after) + DOTS.len()).saturating_sub(width);
    if range.start < DOTS.len() {
        return Cut { text: fit(line, width), gone: 0, dots: 0 };
    }
    let mut gone = 0;
    let mut seen = 0;
    for (at, c) in line.char_indices() {
        gone = at;
        if seen >= goes || at >= range.start {
            break;
        }
        seen += c.width().unwrap_or(0);
    }
    let text = fit(&format!("{DOTS}{}", &line[gone..]), width);
    Cut { text, gone, dots: DOTS.len() }
}

/// A line of source without its indentation, in at most `width` columns, cut so that the bytes of `range` are seen; and
/// the columns where these begin and end.
pub(super) fn window(line: &str, range: Range<usize>, width: usize) -> (String, usize, usize) {
    let blank = (line.len() - line.trim_start().len()).min(range.start);
    let range = range.start - blank..range.end - blank;
    let cut = cut(line.get(blank..).unwrap_or_default(), range.clone(), 0, width);
    let column = |byte| cut.text.get(..cut.place(byte)).map_or(0, columns);
    let (from, to) = (column(range.start), column(range.end));
    (cut.text, from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_at_spaces() {
        assert_eq!(wrap("a bb ccc", 4), ["a bb", "ccc"]);
        assert_eq!(wrap("say `a b c` to it", 8), ["say", "`a b c`", "to it"]);
        assert_eq!(wrap("toolongaword x", 4), ["toolongaword", "x"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn lines_are_cut() {
        assert_eq!(fit("a\tb", 10), "a b");
        assert_eq!(fit("abcdefgh", 6), "abc...");
        assert_eq!(fit("日本語日本語", 8), "日本...");
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdef", 1), "...");
    }

    #[test]
    fn lines_are_cut_around_a_mark() {
        let marked = |line: &str, part: &str, width| {
            let at = line.find(part).unwrap();
            let (text, from, to) = window(line, at..at + part.len(), width);
            let mark: String = (0..to).map(|i| if i < from { ' ' } else { '-' }).collect();
            format!("{text}\n{mark}")
        };
        assert_eq!(marked("\tx := &data", "&data", 40), "x := &data\n     -----");
        assert_eq!(
            marked("\tx := f(aaaaaaaaaaaa, &data, bbb)", "&data", 20),
            "...aa, &data, bbb)\n       -----"
        );
        assert_eq!(
            marked("\tx := f(aaaaaaaaaaaa, &data, bbbbbbb)", "&data", 20),
            "...aa, &data, bbb...\n       -----"
        );
        assert_eq!(marked("f(日本語, x)", "x", 40), "f(日本語, x)\n          -");
        assert_eq!(marked("abcdefghijklmnop", "abcdefghijklmnop", 8), "abcde...\n--------");
        assert_eq!(marked("f(é, abcdefghijklmnop)", "abcdefghijklmnop", 8), "...ab...\n   -----");
    }
}
