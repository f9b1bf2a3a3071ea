//! What the compiler says of packages, and how two such texts differ.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use rustc_hash::FxHashMap;

/// The text of a build: per package, its lines.
#[derive(Debug, Default)]
pub struct Capture {
    /// By what the header names, in order of appearance.
    pub packages: Vec<(String, Vec<String>)>,
}

impl Capture {
    /// Reads what a build printed. Lines before the first header are an error: the build failed.
    pub fn read(text: &str) -> Result<Capture> {
        let mut capture = Capture::default();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("# ") {
                capture.packages.push((name.to_owned(), Vec::new()));
            } else {
                let Some((_, lines)) = capture.packages.last_mut() else {
                    anyhow::bail!("the build says: {line}");
                };
                lines.push(line.to_owned());
            }
        }
        Ok(capture)
    }

    /// Reads a file.
    pub fn read_file(path: &Path) -> Result<Capture> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Capture::read(&String::from_utf8_lossy(&bytes))
    }
}

/// How many of the expected lines are there, and how many are too many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Lines that both have, as multisets.
    pub matched: usize,
    /// Lines that the toolchain has.
    pub expected: usize,
    /// Lines that only the other text has.
    pub extra: usize,
}

impl Score {
    fn of<'l>(expected: impl Iterator<Item = &'l String>, actual: impl Iterator<Item = &'l String>) -> Score {
        let mut open: FxHashMap<&str, usize> = FxHashMap::default();
        let mut score = Score::default();
        for line in expected {
            *open.entry(line).or_default() += 1;
            score.expected += 1;
        }
        for line in actual {
            match open.get_mut(line.as_str()) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    score.matched += 1;
                }
                _ => score.extra += 1,
            }
        }
        score
    }

    fn add(&mut self, other: Score) {
        self.matched += other.matched;
        self.expected += other.expected;
        self.extra += other.extra;
    }

    /// Share of the expected lines that are there, in percent.
    pub fn percent(&self) -> f64 {
        percent(self.matched, self.expected)
    }

    /// The same lines, perhaps in another order.
    fn is_full(&self) -> bool {
        self.matched == self.expected && self.extra == 0
    }
}

/// Cut, not rounded: only everything is 100 %.
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 10_000.0).floor() / 100.0 }
}

/// How a package fared.
#[derive(Debug)]
pub struct Difference {
    /// The package.
    pub package: String,
    /// All lines.
    pub lines: Score,
    /// Decision lines.
    pub decisions: Score,
    /// Index of the first line that differs, with the line expected and the one found there.
    pub first: (usize, Option<String>, Option<String>),
}

/// The comparison of two captures.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Packages that the toolchain printed something for.
    pub total: usize,
    /// Those that are equal byte for byte.
    pub exact: usize,
    /// Those with the same lines in another order.
    pub reordered: usize,
    /// Packages that only the other text has.
    pub unexpected: Vec<String>,
    /// All lines.
    pub lines: Score,
    /// Decision lines.
    pub decisions: Score,
    /// The packages that differ, in the order of the expected text.
    pub differences: Vec<Difference>,
}

/// Compares package by package.
pub fn compare(expected: &Capture, actual: &Capture) -> Comparison {
    let mut found: BTreeMap<&str, &Vec<String>> =
        actual.packages.iter().map(|(name, lines)| (name.as_str(), lines)).collect();
    let mut result = Comparison { total: expected.packages.len(), ..Comparison::default() };
    let none = Vec::new();
    for (package, want) in &expected.packages {
        let have = found.remove(package.as_str()).unwrap_or(&none);
        let lines = Score::of(want.iter(), have.iter());
        let is_decision = |line: &&String| !is_explanation(line);
        let decisions = Score::of(want.iter().filter(is_decision), have.iter().filter(is_decision));
        result.lines.add(lines);
        result.decisions.add(decisions);
        if want == have {
            result.exact += 1;
            continue;
        }
        result.reordered += usize::from(lines.is_full());
        let at = want.iter().zip(have).take_while(|(a, b)| a == b).count();
        let first = (at, want.get(at).cloned(), have.get(at).cloned());
        result.differences.push(Difference { package: package.clone(), lines, decisions, first });
    }
    result.unexpected = found.into_keys().map(str::to_owned).collect();
    result
}

/// Whether a line belongs to the explanation of a flow: its header, a `flow:` step or a `from` note.
fn is_explanation(line: &str) -> bool {
    if line.ends_with(':') {
        return line.contains(" escapes to heap in ")
            || line.ends_with(" escapes to heap:")
            || (line.contains(" leaks to ") && line.contains(" with derefs="))
            || line.contains(":   flow: ");
    }
    line.contains(":     from ") || line.contains(":   warning: ")
}

impl Comparison {
    /// Whether everything is equal, and something was compared.
    pub fn perfect(&self) -> bool {
        self.total > 0 && self.exact == self.total && self.unexpected.is_empty()
    }

    /// The figures and the packages that differ.
    pub fn report(&self, limit: usize) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "packages: {} of {} byte for byte ({:.2} %), {} more with the same lines in another order, {} unexpected",
            self.exact,
            self.total,
            percent(self.exact, self.total),
            self.reordered,
            self.unexpected.len()
        );
        for (name, score) in [("lines", &self.lines), ("decision lines", &self.decisions)] {
            let _ = writeln!(
                out,
                "{name}: {} of {} ({:.2} %), {} extra",
                score.matched,
                score.expected,
                score.percent(),
                score.extra
            );
        }
        for d in self.differences.iter().take(limit) {
            let off = d.lines.expected - d.lines.matched + d.lines.extra;
            let decisions = d.decisions.expected - d.decisions.matched + d.decisions.extra;
            let _ = writeln!(
                out,
                "{}: {off} lines off of {}, {decisions} of them decisions; first at line {}: {}",
                d.package,
                d.lines.expected,
                d.first.0 + 1,
                cause(d)
            );
        }
        for package in self.unexpected.iter().take(limit) {
            let _ = writeln!(out, "{package}: unexpected");
        }
        out
    }

    /// The packages that are most off, with their first differences as they stand.
    pub fn worst(&self, limit: usize) -> String {
        let mut worst: Vec<&Difference> = self.differences.iter().collect();
        worst.sort_by_key(|d| std::cmp::Reverse(d.lines.expected - d.lines.matched + d.lines.extra));
        let mut out = String::new();
        for d in worst.into_iter().take(limit) {
            let show = |line: &Option<String>| line.clone().unwrap_or_else(|| "(nothing)".to_owned());
            let _ = writeln!(
                out,
                "{} {}/{} +{} line {}\n  - {}\n  + {}",
                d.package,
                d.lines.matched,
                d.lines.expected,
                d.lines.extra,
                d.first.0 + 1,
                show(&d.first.1),
                show(&d.first.2)
            );
        }
        out
    }
}

/// Kinds of lines, by what they contain; the first that fits names it.
const KINDS: &[(&str, &str)] = &[
    (": can inline ", "can inline"),
    (": cannot inline ", "cannot inline"),
    (": inlining call to ", "inlining call"),
    ("considered 'big'", "big function"),
    ("devirtualizing ", "devirtualizing"),
    ("cannot devirtualize ", "devirtualizing"),
    (" will be kept alive", "kept alive"),
    (" capturing by ", "capture"),
    (":   flow: ", "flow step"),
    (":     from ", "flow note"),
    (":   warning: ", "flow cycle"),
    (" leaks to ", "leak explanation"),
    (" escapes to heap in ", "escape explanation"),
    (": moved to heap: ", "moved to heap"),
    (": leaking param", "leaking param"),
    (" escapes to heap", "escapes to heap"),
    (" does not escape", "does not escape"),
    ("zero-copy ", "zero-copy"),
    ("self-assignment", "self-assignment"),
    ("index bounds check elided", "bounds check"),
];

fn kind(line: Option<&String>) -> &'static str {
    let Some(line) = line else { return "nothing" };
    KINDS.iter().find(|(text, _)| line.contains(text)).map_or("other", |(_, name)| name)
}

/// What kind of difference the first one is.
fn cause(difference: &Difference) -> String {
    let (_, want, have) = &difference.first;
    let (a, b) = (kind(want.as_ref()), kind(have.as_ref()));
    if a == b { format!("{a}: another text or place") } else { format!("{a} expected, {b} found") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(text: &str) -> Capture {
        Capture::read(text).unwrap()
    }

    #[test]
    fn equal_reordered_and_missing() {
        let want =
            capture("# a\nx:1: can inline f\nx:2: p escapes to heap in f:\n# b\ny:1: x does not escape\n");
        assert!(compare(&want, &want).perfect());
        let have = capture("# a\nx:2: p escapes to heap in f:\nx:1: can inline f\n# c\nz\n");
        let result = compare(&want, &have);
        assert_eq!((result.exact, result.reordered, result.total), (0, 1, 2));
        assert_eq!(result.decisions, Score { matched: 1, expected: 2, extra: 0 });
        assert_eq!(result.unexpected, ["c"]);
        assert!(!result.perfect() && !compare(&Capture::default(), &Capture::default()).perfect());
        assert!(Capture::read("go: no such package\n").is_err());
    }
}
