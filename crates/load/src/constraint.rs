//! Build constraint lines: parsing `//go:build` and `// +build`, and evaluating them.
//!
//! An expression is kept in postfix order, so neither parsing nor evaluation recurses.

/// Upper limit on the operands of a `//go:build` expression.
const MAX_TERMS: usize = 1000;
/// Upper limit on the operators of a `// +build` line.
const MAX_OLD_TERMS: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Op {
    Tag(String),
    Not,
    And,
    Or,
}

/// A build constraint expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    postfix: Vec<Op>,
}

/// Why a line is no build constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstraintError {
    /// Byte offset in the expression.
    pub offset: usize,
    /// The wording.
    pub message: String,
}

/// The expression text of a `//go:build` line, if the line is one.
pub fn go_build_text(line: &str) -> Option<&str> {
    let line = line.strip_suffix('\n').unwrap_or(line);
    if line.contains('\n') {
        return None;
    }
    let rest = line.trim_end_matches(char::is_whitespace).strip_prefix("//go:build")?;
    let text = rest.trim();
    if text.len() == rest.len() && !rest.is_empty() { None } else { Some(text) }
}

/// The text of a `// +build` line, if the line is one.
pub fn plus_build_text(line: &str) -> Option<&str> {
    let line = line.strip_suffix('\n').unwrap_or(line);
    if line.contains('\n') {
        return None;
    }
    let rest = line.strip_prefix("//")?.trim().strip_prefix("+build")?;
    let text = rest.trim();
    if text.len() == rest.len() && !rest.is_empty() { None } else { Some(text) }
}

impl Constraint {
    /// Parses the expression of a `//go:build` line.
    pub fn parse(text: &str) -> Result<Constraint, ConstraintError> {
        ExprParser { text, at: 0 }.run()
    }

    /// Parses the text of a `// +build` line: options separated by spaces, terms by commas.
    pub fn parse_plus_build(text: &str) -> Result<Constraint, ConstraintError> {
        let mut postfix = Vec::new();
        let mut terms = 0;
        for (i, option) in text.split_whitespace().enumerate() {
            for (j, term) in option.split(',').enumerate() {
                terms += 1;
                if terms > MAX_OLD_TERMS + 1 {
                    let message = "expression too complex for // +build lines".to_owned();
                    return Err(ConstraintError { offset: 0, message });
                }
                let (negated, name) = match term.strip_prefix('!') {
                    Some("") => (false, "ignore"),
                    Some(rest) if rest.starts_with('!') => (false, "ignore"),
                    Some(rest) => (true, rest),
                    None => (false, term),
                };
                let name = if is_tag(name) { name } else { "ignore" };
                postfix.push(Op::Tag(name.to_owned()));
                if negated {
                    postfix.push(Op::Not);
                }
                if j > 0 {
                    postfix.push(Op::And);
                }
            }
            if i > 0 {
                postfix.push(Op::Or);
            }
        }
        if postfix.is_empty() {
            postfix.push(Op::Tag("ignore".to_owned()));
        }
        Ok(Constraint { postfix })
    }

    /// Evaluates the expression; `holds` is asked about every tag.
    pub fn eval(&self, mut holds: impl FnMut(&str) -> bool) -> bool {
        let mut stack: Vec<bool> = Vec::new();
        for op in &self.postfix {
            match op {
                Op::Tag(name) => stack.push(holds(name)),
                Op::Not => {
                    let x = stack.pop().unwrap_or(false);
                    stack.push(!x);
                }
                Op::And | Op::Or => {
                    let (y, x) = (stack.pop().unwrap_or(false), stack.pop().unwrap_or(false));
                    stack.push(if *op == Op::And { x && y } else { x || y });
                }
            }
        }
        stack.pop().unwrap_or(false)
    }

    /// The tags named in the expression, in order.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.postfix.iter().filter_map(|op| match op {
            Op::Tag(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The least minor release `N` (`go1.N`) without which the expression cannot hold, judged by
    /// structure alone: any tag or its negation may hold independently. `go1` counts as 0.
    pub fn min_go_minor(&self) -> Option<u32> {
        // Per operand: the release implied by the expression, and by its negation; -1 for none.
        let mut stack: Vec<(i64, i64)> = Vec::new();
        for op in &self.postfix {
            match op {
                Op::Tag(name) => {
                    let implied = match name.strip_prefix("go1.") {
                        Some(n) => n.parse::<u32>().map_or(-1, i64::from),
                        None if name == "go1" => 0,
                        None => -1,
                    };
                    stack.push((implied, -1));
                }
                Op::Not => {
                    let (yes, no) = stack.pop().unwrap_or((-1, -1));
                    stack.push((no, yes));
                }
                Op::And | Op::Or => {
                    let (b, a) = (stack.pop().unwrap_or((-1, -1)), stack.pop().unwrap_or((-1, -1)));
                    stack.push(match op {
                        Op::And => (a.0.max(b.0), a.1.min(b.1)),
                        _ => (a.0.min(b.0), a.1.max(b.1)),
                    });
                }
            }
        }
        stack.pop().and_then(|(yes, _)| u32::try_from(yes).ok())
    }
}

/// Whether `name` can be a build tag.
pub fn is_tag(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphabetic() || is_digit(c) || c == '_' || c == '.')
}

/// Decimal digits of any script, as far as build tags care; other numbers (`²`) do not count.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && c.to_digit(36).is_none() && is_decimal_block(c))
}

/// The non-ASCII decimal digits that occur in practice: blocks of ten that start on a multiple of ten's grid.
fn is_decimal_block(c: char) -> bool {
    matches!(c as u32, 0x660..=0x669 | 0x6F0..=0x6F9 | 0x7C0..=0x7C9 | 0x966..=0x96F | 0x9E6..=0x9EF
        | 0xA66..=0xA6F | 0xAE6..=0xAEF | 0xE50..=0xE59 | 0xFF10..=0xFF19)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token<'a> {
    Tag(&'a str),
    /// `(`, `)`, `!`, `&&`, `||`.
    Sign(&'a str),
    End,
}

enum Pending {
    And,
    Or,
    Not,
    /// An open parenthesis and its offset.
    Paren(usize),
}

struct ExprParser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> ExprParser<'a> {
    fn next(&mut self) -> Result<(usize, Token<'a>), ConstraintError> {
        let rest = self.text[self.at..].trim_start_matches([' ', '\t']);
        let start = self.text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            self.at = start;
            return Ok((start, Token::End));
        };
        let invalid = |c: char| ConstraintError { offset: start, message: format!("invalid syntax at {c}") };
        let (len, sign) = match first {
            '(' | ')' | '!' => (1, true),
            '&' | '|' => {
                if rest[1..].starts_with(first) {
                    (2, true)
                } else {
                    return Err(invalid(first));
                }
            }
            _ => {
                let end = rest
                    .char_indices()
                    .find(|&(_, c)| !(c.is_alphabetic() || is_digit(c) || c == '_' || c == '.'))
                    .map_or(rest.len(), |(i, _)| i);
                if end == 0 {
                    return Err(invalid(first));
                }
                (end, false)
            }
        };
        self.at = start + len;
        let text = &rest[..len];
        Ok((start, if sign { Token::Sign(text) } else { Token::Tag(text) }))
    }

    /// Operator precedence with an explicit stack: `!` binds to one operand, `&&` over `||`.
    fn run(mut self) -> Result<Constraint, ConstraintError> {
        let mut out = Vec::new();
        let mut pending: Vec<Pending> = Vec::new();
        let mut terms = 0;
        'operand: loop {
            terms += 1;
            if terms > MAX_TERMS {
                let message = "build expression too large".to_owned();
                return Err(ConstraintError { offset: self.at, message });
            }
            let (mut pos, mut token) = self.next().map_err(|e| in_paren(e, &pending))?;
            if token == Token::Sign("!") {
                pending.push(Pending::Not);
                (pos, token) = self.next().map_err(|e| in_paren(e, &pending))?;
                if token == Token::Sign("!") {
                    let message = "double negation not allowed".to_owned();
                    return Err(ConstraintError { offset: pos, message });
                }
            }
            match token {
                Token::Tag(name) => out.push(Op::Tag(name.to_owned())),
                Token::Sign("(") => {
                    pending.push(Pending::Paren(pos));
                    continue 'operand;
                }
                Token::End => {
                    let message = "unexpected end of expression".to_owned();
                    return Err(in_paren(ConstraintError { offset: pos, message }, &pending));
                }
                Token::Sign(sign) => {
                    let message = format!("unexpected token {sign}");
                    return Err(ConstraintError { offset: pos, message });
                }
            }
            loop {
                // An operand is complete.
                if matches!(pending.last(), Some(Pending::Not)) {
                    pending.pop();
                    out.push(Op::Not);
                }
                let (pos, token) = self.next()?;
                match token {
                    Token::Sign("&&") => {
                        reduce(&mut pending, &mut out, false);
                        pending.push(Pending::And);
                        continue 'operand;
                    }
                    Token::Sign("||") => {
                        reduce(&mut pending, &mut out, true);
                        pending.push(Pending::Or);
                        continue 'operand;
                    }
                    _ => reduce(&mut pending, &mut out, true),
                }
                match (pending.pop(), token) {
                    (Some(Pending::Paren(_)), Token::Sign(")")) => {}
                    (Some(Pending::Paren(open)), _) => {
                        let message = "missing close paren".to_owned();
                        return Err(ConstraintError { offset: open, message });
                    }
                    (_, Token::End) => return Ok(Constraint { postfix: out }),
                    (_, Token::Tag(t) | Token::Sign(t)) => {
                        let message = format!("unexpected token {t}");
                        return Err(ConstraintError { offset: pos, message });
                    }
                }
            }
        }
    }
}

/// Emits the operators on top of the stack that bind at least as tightly as the next one.
fn reduce(pending: &mut Vec<Pending>, out: &mut Vec<Op>, next_is_or: bool) {
    loop {
        match pending.last() {
            Some(Pending::And) => out.push(Op::And),
            Some(Pending::Or) if next_is_or => out.push(Op::Or),
            _ => return,
        }
        pending.pop();
    }
}

/// Within parentheses an early end is told as a missing parenthesis.
fn in_paren(mut e: ConstraintError, pending: &[Pending]) -> ConstraintError {
    if e.message == "unexpected end of expression" && pending.iter().any(|p| matches!(p, Pending::Paren(_))) {
        e.message = "missing close paren".to_owned();
    }
    e
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(text: &str, tags: &str) -> bool {
        Constraint::parse(text).unwrap().eval(|t| tags.split(' ').any(|x| x == t))
    }

    #[test]
    fn expressions() {
        assert!(eval("a && !b || c", "a"));
        assert!(!eval("a && !b || c", "a b"));
        assert!(eval("a && !b || c", "b c"));
        assert!(!eval("!(a || b) && c", "a c"));
        assert!(eval("!(a || b) && c", "c"));
        assert!(eval("a || b && c", "a"));
    }

    #[test]
    fn wording_of_errors() {
        for (text, offset, message) in [
            ("x && ", 5, "unexpected end of expression"),
            ("x && (", 6, "missing close paren"),
            ("x && ||", 5, "unexpected token ||"),
            ("x && !", 6, "unexpected end of expression"),
            ("x && !!", 6, "double negation not allowed"),
            ("x !", 2, "unexpected token !"),
            ("x && (y", 5, "missing close paren"),
            ("x &y", 2, "invalid syntax at &"),
            ("αx²", 3, "invalid syntax at ²"),
            ("", 0, "unexpected end of expression"),
        ] {
            let e = Constraint::parse(text).unwrap_err();
            assert_eq!((e.offset, &*e.message), (offset, message), "{text}");
        }
        let deep = "(".repeat(2_000_000);
        assert_eq!(Constraint::parse(&deep).unwrap_err().message, "build expression too large");
    }

    #[test]
    fn old_lines() {
        let holds = |text: &str, tags: &str| {
            Constraint::parse_plus_build(text).unwrap().eval(|t| tags.split(' ').any(|x| x == t))
        };
        assert!(holds("x,!y !z", "x z") && !holds("x,!y !z", "x y z") && holds("x y", "y"));
        assert!(!holds("", "x") && holds("!!x", "ignore") && holds("x-y", "ignore"));
        assert_eq!(plus_build_text("// +build x y\n"), Some("x y"));
        assert_eq!(plus_build_text("// +buildx"), None);
        assert_eq!(go_build_text("//go:build linux"), Some("linux"));
        assert_eq!(go_build_text("//go:buildx"), None);
    }

    #[test]
    fn implied_release() {
        let min = |text| Constraint::parse(text).unwrap().min_go_minor();
        assert_eq!(min("linux && go1.60"), Some(60));
        assert_eq!(min("ignore || go1.60"), None);
        assert_eq!(min("go1.50 || (ignore && go1.60)"), Some(50));
        assert_eq!(min("linux && go1.50 || !(!darwin || !go1.60)"), Some(50));
        assert_eq!(min("!go1.60"), None);
    }
}
