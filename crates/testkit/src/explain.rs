//! The examples of the pages of `escargo explain`: what their comments claim, and whether what a compiler says agrees.
//!
//! A comment that begins with a verdict claims something of the line before it: `heap: CODE`, `stack`, `allocates: CODE` or
//! `free: CODE`. Each verdict may be limited, as in `heap: unknown-size (before 1.25), stack (since 1.25)`. What follows a
//! semicolon is for readers.

use std::collections::BTreeMap;

/// A Go file of a page.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its text.
    pub text: String,
    /// It has functions without bodies: an assembly file belongs to its package.
    pub assembly: bool,
    /// It is a program, which can be run.
    pub is_program: bool,
    /// Its claims, in the order of their lines.
    pub claims: Vec<Claim>,
}

/// What is claimed of a line.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The line, the first being 1.
    pub line: u32,
    /// What becomes of what is on it, and where that holds.
    pub verdicts: Vec<(Verdict, Limit)>,
}

/// What becomes of what a line declares or makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The compiler says that it escapes, and memory is allocated, by the cause with this code.
    Heap(String),
    /// The compiler does not say that it escapes, and nothing is allocated.
    Stack,
    /// The compiler does not say that it escapes, and yet memory is allocated, by the cause with this code.
    Allocates(String),
    /// The compiler says that it escapes, by the cause with this code, but nothing is allocated.
    Free(String),
}

/// Where a verdict holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Everywhere.
    None,
    /// In this minor release of Go 1 and later ones.
    Since(u32),
    /// In releases before this one.
    Before(u32),
    /// Where words have this many bits.
    Bits(u32),
}

/// A compiler that is asked.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// Minor release of Go 1.
    pub minor: u32,
    /// Bits of a word: 32 or 64.
    pub bits: u32,
}

impl Verdict {
    /// Whether the compiler says that something on the line escapes.
    pub fn escapes(&self) -> bool {
        matches!(self, Verdict::Heap(_) | Verdict::Free(_))
    }

    /// Whether memory is allocated when the line is executed, at least sometimes.
    pub fn allocates(&self) -> bool {
        matches!(self, Verdict::Heap(_) | Verdict::Allocates(_))
    }

    /// The code of the cause.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Verdict::Heap(code) | Verdict::Allocates(code) | Verdict::Free(code) => Some(code),
            Verdict::Stack => None,
        }
    }
}

impl Limit {
    /// Whether a release is within it.
    pub fn holds(self, release: Release) -> bool {
        match self {
            Limit::None => true,
            Limit::Since(minor) => release.minor >= minor,
            Limit::Before(minor) => release.minor < minor,
            Limit::Bits(bits) => release.bits == bits,
        }
    }
}

impl Example {
    /// The verdict on a claim's line under a release.
    ///
    /// # Errors
    ///
    /// If there is none, or more than one.
    pub fn verdict<'e>(&self, claim: &'e Claim, release: Release) -> Result<&'e Verdict, String> {
        let mut holding = claim.verdicts.iter().filter(|(_, limit)| limit.holds(release)).map(|(v, _)| v);
        match (holding.next(), holding.next()) {
            (Some(verdict), None) => Ok(verdict),
            (found, _) => {
                let what = if found.is_some() { "more than one verdict" } else { "no verdict" };
                Err(format!("line {}: {what} for Go 1.{}", claim.line, release.minor))
            }
        }
    }

    /// Whether some verdict depends on the size of words.
    pub fn depends_on_bits(&self) -> bool {
        self.claims.iter().flat_map(|c| &c.verdicts).any(|(_, limit)| matches!(limit, Limit::Bits(_)))
    }

    /// Compares with what a compiler says of this file with `-m`; an entry for each line that is wrong. A line without
    /// claim on which something escapes is wrong as well, unless it is a copy, by inlining, of what is claimed elsewhere.
    pub fn compare(&self, release: Release, said: &str, file: &str) -> Vec<String> {
        let escaping = escaping(said, file);
        let mut wrong = Vec::new();
        let mut known: Vec<&str> = Vec::new();
        for claim in &self.claims {
            let found: &[&str] = escaping.get(&claim.line).map_or(&[], Vec::as_slice);
            known.extend(found);
            match self.verdict(claim, release) {
                Ok(verdict) if verdict.escapes() != found.is_empty() => {}
                Ok(_) => wrong.push(self.difference(claim.line, found)),
                Err(problem) => wrong.push(problem),
            }
        }
        for (&line, found) in &escaping {
            let claimed = self.claims.iter().any(|claim| claim.line == line);
            if !claimed && found.iter().any(|message| !known.contains(message)) {
                wrong.push(self.difference(line, found));
            }
        }
        wrong
    }

    /// Compares with the lines on which a run of the program allocated.
    pub fn compare_run(&self, release: Release, allocating: &[u32]) -> Vec<String> {
        let wrong = self.claims.iter().filter(|claim| {
            let claimed = self.verdict(claim, release).is_ok_and(Verdict::allocates);
            claimed != allocating.contains(&claim.line)
        });
        wrong.map(|claim| self.difference(claim.line, &["(a run says otherwise)"])).collect()
    }

    fn difference(&self, line: u32, found: &[&str]) -> String {
        let text = self.text.lines().nth(line as usize - 1).unwrap_or_default().trim();
        let found = if found.is_empty() { "nothing escapes".to_owned() } else { found.join("; ") };
        format!("line {line}: {text}\n    {found}")
    }
}

/// What escapes, by line: messages that say so.
fn escaping<'s>(said: &'s str, file: &str) -> BTreeMap<u32, Vec<&'s str>> {
    let mut found: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for line in said.lines() {
        let Some((place, message)) = line.split_once(": ") else { continue };
        let mut parts = place.trim_start_matches("./").splitn(3, ':');
        let (name, number) = (parts.next(), parts.next().and_then(|n| n.parse().ok()));
        let escapes = message.starts_with("moved to heap: ") || message.ends_with(" escapes to heap");
        if let (true, true, Some(number)) = (escapes, name == Some(file), number) {
            found.entry(number).or_default().push(message);
        }
    }
    found
}

/// The examples of a page.
///
/// # Errors
///
/// What is wrong with a comment that looks like a claim.
pub fn examples(page: &str) -> Result<Vec<Example>, String> {
    let blocks = page.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| Some(example(block.strip_prefix("go")?))).collect()
}

fn example(block: &str) -> Result<Example, String> {
    let (info, text) = block.split_once('\n').unwrap_or_default();
    let mut claims = Vec::new();
    for (line, n) in text.lines().zip(1..) {
        if let Some(verdicts) = verdicts(line).map_err(|e| format!("line {n}: {e}: {line}"))? {
            claims.push(Claim { line: n, verdicts });
        }
    }
    Ok(Example {
        text: text.to_owned(),
        assembly: info.trim() == "asm",
        is_program: text.contains("\nfunc main() {"),
        claims,
    })
}

/// The verdicts in a line's comment, if it has any.
fn verdicts(line: &str) -> Result<Option<Vec<(Verdict, Limit)>>, String> {
    let Some((code, comment)) = line.split_once("// ") else { return Ok(None) };
    let claims = comment.split(';').next().unwrap_or_default().trim_end();
    let first = claims.split([' ', ':', ',']).next().unwrap_or_default();
    if code.trim().is_empty() || !["heap", "stack", "allocates", "free"].contains(&first) {
        return Ok(None);
    }
    claims.split(", ").map(verdict).collect::<Result<_, _>>().map(Some)
}

fn verdict(text: &str) -> Result<(Verdict, Limit), String> {
    let (what, limit) = match text.split_once(" (") {
        Some((what, limit)) => (what, limit.strip_suffix(')').ok_or("no closing parenthesis")?),
        None => (text, ""),
    };
    let verdict = match what.split_once(": ") {
        Some(("heap", code)) => Verdict::Heap(code.to_owned()),
        Some(("allocates", code)) => Verdict::Allocates(code.to_owned()),
        Some(("free", code)) => Verdict::Free(code.to_owned()),
        None if what == "stack" => Verdict::Stack,
        _ => return Err(format!("no verdict: {what}")),
    };
    let minor = |release: &str| release.strip_prefix("1.").and_then(|n| n.parse().ok());
    let limit = match limit.split_once(' ') {
        _ if limit.is_empty() => Some(Limit::None),
        Some(("since", release)) => minor(release).map(Limit::Since),
        Some(("before", release)) => minor(release).map(Limit::Before),
        _ => limit.strip_suffix("-bit").and_then(|bits| bits.parse().ok()).map(Limit::Bits),
    };
    Ok((verdict, limit.ok_or_else(|| format!("no limit: {text}"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# t\n\n```go\npackage p\n\nfunc f() *int {\n\tx := 1 // heap: returned\n\treturn &x\n}\n\n\
                        // stack is spoken of here\nfunc g(n int) {\n\t_ = make([]int, n) // heap: unknown-size (before 1.25), stack (since 1.25); really\n}\n```\n";

    #[test]
    fn claims_are_compared() {
        let example = examples(PAGE).unwrap().remove(0);
        assert_eq!(example.claims.len(), 2);
        let new = Release { minor: 27, bits: 64 };
        let right = "x.go:4:2: moved to heap: x\n./x.go:10:10: make([]int, n) does not escape\n";
        assert_eq!(example.compare(new, right, "x.go"), Vec::<String>::new());
        assert_eq!(example.compare(Release { minor: 24, bits: 64 }, right, "x.go").len(), 1);
        assert_eq!(example.compare(new, "", "x.go").len(), 1);
        // What nobody claims is found, but copies are known.
        let copy = format!("{right}x.go:9:1: moved to heap: x\n");
        assert_eq!(example.compare(new, &copy, "x.go"), Vec::<String>::new());
        let more = format!("{right}x.go:5:2: moved to heap: y\n");
        assert_eq!(example.compare(new, &more, "x.go").len(), 1);
        assert_eq!(example.compare_run(new, &[4]), Vec::<String>::new());
        assert_eq!(example.compare_run(new, &[10]).len(), 2);
    }

    #[test]
    fn wrong_comments_are_refused() {
        for comment in ["heap", "heap: x (1.25)", "stack (since 2.1)", "stack, heap", "stack (32-bi)"] {
            assert!(verdicts(&format!("x // {comment}")).is_err(), "{comment}");
        }
        assert_eq!(verdicts("x // stacks grow").unwrap(), None);
        assert_eq!(verdicts("x // stack (32-bit)").unwrap(), Some(vec![(Verdict::Stack, Limit::Bits(32))]));
    }
}
