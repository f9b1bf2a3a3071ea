//! Structure of regular expressions: groups, alternatives, repetitions, flags.

use super::class::{char_class, escape, perl_class, unicode_class};
use super::failure;
use crate::Error;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Dot, Hir, Look, Repetition};

/// Neither counts nor counts of counts may be greater.
const MAX_REPEAT: u32 = 1000;
/// Expressions may be nested so deeply.
const MAX_HEIGHT: usize = 1000;
/// Digits of a number that still is one.
const MAX_DIGITS: usize = 8;

/// Reads a regular expression.
pub(super) fn parse(text: &str) -> Result<Hir, Error> {
    let mut parser =
        Parser { text, at: 0, flags: Flags::default(), groups: Vec::new(), group: Group::default() };
    let mut last_repeat = None;
    while let Some(letter) = parser.rest().chars().next() {
        let start = parser.at;
        let mut repeat = None;
        match letter {
            '(' => parser.open_group()?,
            '|' => {
                parser.at += 1;
                parser.group.end_alternative();
            }
            ')' => parser.close_group()?,
            '*' | '+' | '?' => {
                parser.at += 1;
                let (min, max) = if letter == '+' { (1, None) } else { (0, (letter == '?').then_some(1)) };
                parser.repeat(start, min, max, last_repeat)?;
                repeat = Some(start);
            }
            '{' => match parser.counts()? {
                Some((min, max)) => {
                    parser.repeat(start, min, max, last_repeat)?;
                    parser.check_counts(start, min, max)?;
                    repeat = Some(start);
                }
                None => parser.literal(),
            },
            '\\' => parser.backslash()?,
            '[' => {
                let (class, rest) = char_class(parser.rest(), parser.flags.fold_case)?;
                parser.class(class, rest);
            }
            '^' | '$' | '.' => parser.sign(letter),
            _ => parser.literal(),
        }
        last_repeat = repeat;
    }
    if !parser.groups.is_empty() {
        return Err(failure("missing closing )", text));
    }
    Ok(parser.group.finish().checked(text)?.hir)
}

#[derive(Clone, Copy, Default)]
struct Flags {
    fold_case: bool,
    multi_line: bool,
    dot_matches_newline: bool,
    lazy: bool,
}

/// An expression, how deep it is, and how often at most its parts are repeated.
struct Node {
    hir: Hir,
    height: usize,
    repeat: u32,
}

impl Node {
    fn leaf(hir: Hir) -> Node {
        Node { hir, height: 1, repeat: 1 }
    }

    fn checked(self, text: &str) -> Result<Node, Error> {
        if self.height > MAX_HEIGHT { Err(failure("expression nests too deeply", text)) } else { Ok(self) }
    }

    /// One of several.
    fn join(mut nodes: Vec<Node>, how: fn(Vec<Hir>) -> Hir) -> Node {
        if nodes.len() == 1
            && let Some(node) = nodes.pop()
        {
            return node;
        }
        let height = nodes.iter().map(|node| node.height).max().unwrap_or(0);
        let repeat = nodes.iter().map(|node| node.repeat).max().unwrap_or(1);
        Node { hir: how(nodes.into_iter().map(|node| node.hir).collect()), height: height + 1, repeat }
    }
}

/// What is between two brackets.
#[derive(Default)]
struct Group {
    /// The flags outside.
    outer: Flags,
    captures: bool,
    alternatives: Vec<Node>,
    /// The alternative that is being read.
    sequence: Vec<Node>,
}

impl Group {
    fn end_alternative(&mut self) {
        let sequence = std::mem::take(&mut self.sequence);
        self.alternatives.push(Node::join(sequence, Hir::concat));
    }

    fn finish(mut self) -> Node {
        self.end_alternative();
        let mut node = Node::join(self.alternatives, Hir::alternation);
        // What is captured does not matter, only the depth.
        node.height += usize::from(self.captures);
        node
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    flags: Flags,
    /// The groups around, from the outermost.
    groups: Vec<Group>,
    group: Group,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, hir: Hir) {
        self.group.sequence.push(Node::leaf(hir));
    }

    fn class(&mut self, class: ClassUnicode, rest: &str) {
        self.push(Hir::class(Class::Unicode(class)));
        self.at = self.text.len() - rest.len();
    }

    /// The next letter, as it stands.
    fn literal(&mut self) {
        if let Some(letter) = self.rest().chars().next() {
            self.at += letter.len_utf8();
            self.letter(letter);
        }
    }

    fn letter(&mut self, letter: char) {
        if self.flags.fold_case {
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]);
            class.case_fold_simple();
            self.push(Hir::class(Class::Unicode(class)));
        } else {
            self.push(Hir::literal(letter.encode_utf8(&mut [0; 4]).as_bytes()));
        }
    }

    fn sign(&mut self, sign: char) {
        self.at += 1;
        let Flags { multi_line, dot_matches_newline, .. } = self.flags;
        self.push(match sign {
            '^' => Hir::look(if multi_line { Look::StartLF } else { Look::Start }),
            '$' => Hir::look(if multi_line { Look::EndLF } else { Look::End }),
            _ => Hir::dot(if dot_matches_newline { Dot::AnyChar } else { Dot::AnyCharExceptLF }),
        });
    }

    fn backslash(&mut self) -> Result<(), Error> {
        let rest = self.rest();
        let look = match rest.as_bytes().get(1) {
            Some(b'A') => Look::Start,
            Some(b'z') => Look::End,
            Some(b'b') => Look::WordAscii,
            Some(b'B') => Look::WordAsciiNegate,
            Some(b'C') => return Err(failure("invalid escape sequence", &rest[..2])),
            Some(b'Q') => {
                let quoted = &rest[2..];
                let (literal, len) = quoted
                    .split_once("\\E")
                    .map_or((quoted, quoted.len()), |(literal, _)| (literal, literal.len() + 2));
                literal.chars().for_each(|letter| self.letter(letter));
                self.at += 2 + len;
                return Ok(());
            }
            _ => {
                let fold_case = self.flags.fold_case;
                let class = unicode_class(rest, fold_case)?.or_else(|| perl_class(rest, fold_case));
                if let Some((class, rest)) = class {
                    self.class(class, rest);
                    return Ok(());
                }
                let (code, rest) = escape(rest)?;
                self.at = self.text.len() - rest.len();
                // Halves of pairs are letters in no text.
                match char::from_u32(code) {
                    Some(letter) => self.letter(letter),
                    None => self.push(Hir::fail()),
                }
                return Ok(());
            }
        };
        self.at += 2;
        self.push(Hir::look(look));
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), Error> {
        let rest = self.rest();
        let outer = self.flags;
        let captures = if !rest.starts_with("(?") {
            self.at += 1;
            true
        } else if (rest.len() > 4 && rest.starts_with("(?P<")) || (rest.len() > 3 && rest.starts_with("(?<"))
        {
            let end = rest.find('>').ok_or_else(|| failure("invalid named capture", rest))?;
            let name = rest[..end].split_once('<').map_or("", |(_, name)| name);
            if name.is_empty() || !name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
                return Err(failure("invalid named capture", &rest[..=end]));
            }
            self.at += end + 1;
            true
        } else if self.group_flags()? {
            false
        } else {
            return Ok(());
        };
        let group = Group { outer, captures, ..Group::default() };
        self.groups.push(std::mem::replace(&mut self.group, group));
        Ok(())
    }

    /// Reads `(?flags)` or `(?flags:`; whether a group begins.
    fn group_flags(&mut self) -> Result<bool, Error> {
        let rest = self.rest();
        let mut flags = self.flags;
        let (mut value, mut some) = (true, false);
        let mut seen = rest.len();
        for (place, letter) in rest.char_indices().skip(2) {
            seen = place + letter.len_utf8();
            let flag = match letter {
                'i' => &mut flags.fold_case,
                'm' => &mut flags.multi_line,
                's' => &mut flags.dot_matches_newline,
                'U' => &mut flags.lazy,
                '-' if value => {
                    (value, some) = (false, false);
                    continue;
                }
                ':' | ')' if value || some => {
                    self.flags = flags;
                    self.at += seen;
                    return Ok(letter == ':');
                }
                _ => break,
            };
            *flag = value;
            some = true;
        }
        Err(failure("invalid or unsupported Perl syntax", &rest[..seen]))
    }

    fn close_group(&mut self) -> Result<(), Error> {
        let Some(outside) = self.groups.pop() else {
            return Err(failure("unexpected )", self.text));
        };
        self.at += 1;
        let group = std::mem::replace(&mut self.group, outside);
        self.flags = group.outer;
        let node = group.finish().checked(self.text)?;
        self.group.sequence.push(node);
        Ok(())
    }

    /// Repeats what is before `start`. Whether few are enough is still to be read.
    fn repeat(&mut self, start: usize, min: u32, max: Option<u32>, last: Option<usize>) -> Result<(), Error> {
        let mut greedy = !self.flags.lazy;
        if self.rest().starts_with('?') {
            self.at += 1;
            greedy = !greedy;
        }
        if let Some(last) = last {
            return Err(failure("invalid nested repetition operator", &self.text[last..self.at]));
        }
        let Some(node) = self.group.sequence.pop() else {
            return Err(failure("missing argument to repetition operator", &self.text[start..self.at]));
        };
        let sub = Box::new(node.hir);
        let hir = Hir::repetition(Repetition { min, max, greedy, sub });
        let node = Node { hir, height: node.height + 1, repeat: node.repeat }.checked(self.text)?;
        self.group.sequence.push(node);
        Ok(())
    }

    /// Takes the counts of the last repetition into account: how often the parts of parts are repeated.
    fn check_counts(&mut self, start: usize, min: u32, max: Option<u32>) -> Result<(), Error> {
        let Some(node) = self.group.sequence.last_mut() else { return Ok(()) };
        match max.unwrap_or(min) {
            // Nothing of it is left.
            0 if max.is_some() => node.repeat = 1,
            count => node.repeat = node.repeat.saturating_mul(count.max(1)),
        }
        if node.repeat > MAX_REPEAT {
            return Err(failure("invalid repeat count", &self.text[start..self.at]));
        }
        Ok(())
    }

    /// Reads `{min}`, `{min,}` or `{min,max}`. What looks otherwise stands for itself.
    fn counts(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let read = || {
            let (min, rest) = number(&self.rest()[1..])?;
            let Some(after) = rest.strip_prefix(',') else {
                return rest.strip_prefix('}').map(|rest| (min, Some(min), rest));
            };
            if let Some(rest) = after.strip_prefix('}') {
                return Some((min, None, rest));
            }
            let (max, rest) = number(after)?;
            rest.strip_prefix('}').map(|rest| (min, Some(max), rest))
        };
        let Some((min, max, rest)) = read() else { return Ok(None) };
        let end = self.text.len() - rest.len();
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || min > max) {
            return Err(failure("invalid repeat count", &self.text[self.at..end]));
        }
        self.at = end;
        Ok(Some((min, max)))
    }
}

/// A number without needless zeros. Long ones are just too large.
fn number(text: &str) -> Option<(u32, &str)> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(len);
    if len == 0 || (len > 1 && digits.starts_with('0')) {
        return None;
    }
    let number = if len > MAX_DIGITS { u32::MAX } else { digits.parse().ok()? };
    Some((number, rest))
}
