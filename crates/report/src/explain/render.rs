//! Pages on a terminal. They need little of Markdown: headings, paragraphs, lists, code between fences, and code in text.

use anstyle::Style;

use crate::findings::text::{BOLD, HEAP, HELP, MAYBE, STACK, columns, wrap};

/// How far code stands to the right.
const INDENT: &str = "    ";
/// What a tab comes to in code.
const TAB: &str = "    ";

/// A page for a terminal of so many columns. Text is wrapped; code is not, but a comment that does not fit behind its line
/// stands above it. With colours, marks of Markdown are left out; without, code in text keeps its backticks.
pub fn render(page: &str, width: usize, colours: bool) -> String {
    let pen = Pen { width: width.max(20), colours };
    let drawn: Vec<String> = blocks(page).iter().map(|block| pen.block(block)).collect();
    drawn.join("\n")
}

/// A piece of a page.
#[derive(Debug, PartialEq, Eq)]
enum Block<'p> {
    Heading(&'p str),
    Paragraph(String),
    List(Vec<String>),
    Code(Vec<&'p str>),
}

/// Takes a page apart.
fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    // Whether a line may go on with the last block.
    let mut open = false;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            blocks.push(Block::Code(lines.by_ref().take_while(|l| !l.starts_with("```")).collect()));
            open = false;
        } else if line.starts_with('#') {
            blocks.push(Block::Heading(line.trim_start_matches('#').trim()));
            open = false;
        } else if line.trim().is_empty() {
            open = false;
        } else if let Some(item) = line.strip_prefix("- ") {
            match blocks.last_mut() {
                Some(Block::List(items)) => items.push(item.to_owned()),
                _ => blocks.push(Block::List(vec![item.to_owned()])),
            }
            open = true;
        } else {
            let last = blocks.last_mut().filter(|_| open);
            let text = match last {
                Some(Block::Paragraph(text)) => Some(text),
                Some(Block::List(items)) => items.last_mut(),
                _ => None,
            };
            match text {
                Some(text) => {
                    text.push(' ');
                    text.push_str(line.trim());
                }
                None => blocks.push(Block::Paragraph(line.trim().to_owned())),
            }
            open = true;
        }
    }
    blocks
}

/// Draws blocks.
struct Pen {
    width: usize,
    colours: bool,
}

impl Pen {
    fn block(&self, block: &Block<'_>) -> String {
        match block {
            Block::Heading(text) => format!("{}\n", self.paint(BOLD, text)),
            Block::Paragraph(text) => self.text(text, "", ""),
            Block::List(items) => items.iter().map(|item| self.text(item, "- ", "  ")).collect(),
            Block::Code(lines) => lines.iter().map(|line| self.code(line)).collect(),
        }
    }

    /// A paragraph: what stands before its first line and before the others.
    fn text(&self, text: &str, first: &str, rest: &str) -> String {
        let mut out = String::new();
        let mut in_code = false;
        for (n, line) in wrap(text, self.width.saturating_sub(columns(first))).iter().enumerate() {
            out.push_str(if n == 0 { first } else { rest });
            if self.colours {
                for (n, piece) in line.split('`').enumerate() {
                    in_code ^= n > 0;
                    out.push_str(&self.paint(if in_code { HELP } else { Style::new() }, piece));
                }
            } else {
                out.push_str(line);
            }
            out.push('\n');
        }
        out
    }

    /// A line of Go.
    fn code(&self, line: &str) -> String {
        let line = line.replace('\t', TAB);
        let (code, comment) = match line.find("// ") {
            Some(at) => line.split_at(at),
            None => (&*line, ""),
        };
        let painted = self.paint(comment_style(comment), comment);
        let fits = columns(INDENT) + columns(&line) <= self.width;
        if code.trim().is_empty() || comment.is_empty() || fits {
            return format!("{INDENT}{code}{painted}").trim_end().to_owned() + "\n";
        }
        let start = &code[..code.len() - code.trim_start().len()];
        let room = self.width.saturating_sub(columns(INDENT) + columns(start) + 3);
        let above: String = wrap(comment.trim_start_matches("// "), room)
            .iter()
            .map(|line| {
                let text = self.paint(comment_style(comment), &format!("// {line}"));
                format!("{INDENT}{start}{text}\n")
            })
            .collect();
        format!("{above}{INDENT}{}\n", code.trim_end())
    }

    fn paint(&self, style: Style, text: &str) -> String {
        let plain = !self.colours || text.is_empty() || style == Style::new();
        if plain { text.to_owned() } else { format!("{style}{text}{style:#}") }
    }
}

/// The colour of a comment in code: that of its first verdict.
fn comment_style(comment: &str) -> Style {
    let verdict = comment.trim_start_matches("// ");
    match verdict.split([':', ';', ' ', ',']).next() {
        Some("heap") => HEAP,
        Some("allocates") => MAYBE,
        Some("stack" | "free") => STACK,
        _ => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use escargo_findings::Cause;

    use super::super::page;
    use super::*;

    const PAGE: &str = "# a title\n\nSome `code in` text\nthat goes on.\n\n```go\nfunc f() {\n\tx := 1 // heap: returned; and more\n}\n\n\
                        // alone\n```\n\n## Ways out\n\n- First\n  more.\n- Second.\n\nEnd.\n";

    #[test]
    fn plain() {
        assert_eq!(
            render(PAGE, 24, false),
            "a title\n\nSome `code in` text that\ngoes on.\n\n    func f() {\n        // heap:\n        // returned; and\n        // more\n        x := 1\n    }\n\n    // alone\n\n\
             Ways out\n\n- First more.\n- Second.\n\nEnd.\n"
        );
        assert!(render(PAGE, 60, false).contains("\n        x := 1 // heap: returned; and more\n    }\n"));
    }

    #[test]
    fn coloured() {
        let text = render(PAGE, 60, true);
        assert!(text.starts_with(&format!(
            "{BOLD}a title{BOLD:#}\n\nSome {HELP}code in{HELP:#} text that goes on.\n"
        )));
        assert!(text.contains(&format!("        x := 1 {HEAP}// heap: returned; and more{HEAP:#}\n")));
        assert!(text.contains("\n    // alone\n"));
    }

    #[test]
    fn pages_fit() {
        for cause in Cause::ALL {
            for width in [0, 40, 80, 200] {
                let text = render(page(cause), width, false);
                let longest = text.lines().filter(|l| !l.starts_with(INDENT)).map(columns).max();
                assert!(longest <= Some(width.max(60)), "{}: {longest:?}", cause.code());
                assert!(!text.contains("\n\n\n") && !text.contains("```"), "{}", cause.code());
                if width == 80 {
                    let wide: Vec<&str> = text.lines().filter(|line| columns(line) > width).collect();
                    assert!(wide.is_empty(), "{}: {wide:?}", cause.code());
                }
            }
        }
    }
}
