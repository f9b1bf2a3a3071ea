//! Comparing two dumps of facts: how much is equal, and the first differences.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::types_format::{Category, Dump, Fact, Facts, PackageFacts};

/// Equal and total numbers of one category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Facts of the reference that we have too.
    pub equal: u64,
    /// Facts of the reference.
    pub total: u64,
    /// Facts that only we have.
    pub extra: u64,
    /// Files (packages, for the initialization order) that are the same.
    pub same_files: u64,
    /// Files of the reference.
    pub files: u64,
}

impl Share {
    fn perfect(&self) -> bool {
        self.equal == self.total && self.extra == 0 && self.same_files == self.files
    }
}

/// A difference: what stands only on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Category name, `init`, or `file` for a file or package that only one side has.
    pub category: &'static str,
    /// Import path and file name.
    pub file: String,
    /// Whether the reference has it.
    pub theirs: bool,
    /// The fact, fields separated by tabs.
    pub text: String,
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// By category, the initialization order last.
    pub shares: [Share; Category::ALL.len() + 1],
    /// Files that differ: those whose facts are worth asking for. `path/name`, or `path` alone.
    pub differing: Vec<String>,
    /// Differences, as far as both sides gave their facts.
    pub differences: Vec<Difference>,
}

const INIT: usize = Category::ALL.len();

fn category_name(i: usize) -> &'static str {
    Category::ALL.get(i).map_or("init", |c| c.name())
}

/// Compares ours with the reference. Facts that were not asked for are compared by their hash,
/// and count as all different if that differs.
pub fn compare(reference: &Dump, ours: &Dump) -> Comparison {
    let mut out = Comparison::default();
    for theirs in &reference.packages {
        let empty = PackageFacts::default();
        let mine = ours.packages.iter().find(|p| p.path == theirs.path);
        if mine.is_none() {
            out.missing(&theirs.path, true);
        }
        out.package(theirs, mine.unwrap_or(&empty));
    }
    for mine in &ours.packages {
        if reference.packages.iter().all(|p| p.path != mine.path) {
            out.missing(&mine.path, false);
        }
    }
    out.differing.sort();
    out.differing.dedup();
    out
}

impl Comparison {
    /// Whether everything is the same.
    pub fn perfect(&self) -> bool {
        self.shares.iter().all(Share::perfect) && self.differing.is_empty()
    }

    fn missing(&mut self, file: &str, theirs: bool) {
        self.differing.push(file.to_owned());
        self.differences.push(Difference {
            category: "file",
            file: file.to_owned(),
            theirs,
            text: String::new(),
        });
    }

    fn package(&mut self, theirs: &PackageFacts, mine: &PackageFacts) {
        let none = Facts::default();
        for file in &theirs.files {
            let name = format!("{}/{}", theirs.path, file.name);
            let found = mine.files.iter().find(|f| f.name == file.name);
            for (i, facts) in file.facts.iter().enumerate() {
                self.facts(i, &name, facts, found.map_or(&none, |f| &f.facts[i]));
            }
        }
        for file in &mine.files {
            if theirs.files.iter().all(|f| f.name != file.name) {
                self.missing(&format!("{}/{}", theirs.path, file.name), false);
            }
        }
        self.facts(INIT, &theirs.path, &theirs.init, &mine.init);
    }

    fn facts(&mut self, i: usize, file: &str, theirs: &Facts, mine: &Facts) {
        let share = &mut self.shares[i];
        share.files += 1;
        share.total += theirs.count;
        if theirs.count == mine.count && (theirs.hash == mine.hash || theirs.count == 0) {
            share.equal += theirs.count;
            share.same_files += 1;
            return;
        }
        self.differing.push(file.to_owned());
        let known = |f: &Facts| f.lines.is_some() || f.count == 0;
        if !known(theirs) || !known(mine) {
            share.extra += mine.count;
            return;
        }
        let (a, b) = (theirs.lines.as_deref().unwrap_or(&[]), mine.lines.as_deref().unwrap_or(&[]));
        let (only_a, only_b) = only(a, b);
        share.equal += theirs.count - only_a.len() as u64;
        share.extra += only_b.len() as u64;
        let mut both: Vec<(&Fact, bool)> =
            only_a.into_iter().map(|f| (f, true)).chain(only_b.into_iter().map(|f| (f, false))).collect();
        both.sort_by_key(|&(f, theirs)| (f.start, f.end, !theirs));
        self.differences.extend(both.into_iter().map(|(f, theirs)| Difference {
            category: category_name(i),
            file: file.to_owned(),
            theirs,
            text: format!("{}\t{}\t{}", f.start, f.end, f.rest),
        }));
    }

    /// A table of the shares and the first `limit` differences of every category.
    pub fn report(&self, limit: usize) -> String {
        let mut out = String::new();
        for (i, share) in self.shares.iter().enumerate() {
            let percent =
                if share.total == 0 { 100.0 } else { share.equal as f64 * 100.0 / share.total as f64 };
            let _ = writeln!(
                out,
                "{:<9}{:>9} of {:>9} equal, {percent:>8.4} %, {:>6} extra, {:>5} of {:>5} files",
                category_name(i),
                share.equal,
                share.total,
                share.extra,
                share.same_files,
                share.files
            );
        }
        for category in (0..=INIT).map(category_name).chain(["file"]) {
            let all = self.differences.iter().filter(|d| d.category == category);
            let total = all.clone().count();
            let mut file = "";
            for difference in all.take(limit) {
                if difference.file != file {
                    file = &difference.file;
                    let _ = writeln!(out, "{category} {file}");
                }
                let sign = if difference.theirs { '-' } else { '+' };
                let _ = writeln!(out, "  {sign} {}", difference.text.replace('\t', " | "));
            }
            if total > limit {
                let _ = writeln!(out, "  … and {} more in {category}", total - limit);
            }
        }
        out
    }
}

/// What stands in only one of two sorted lists; repetitions count.
fn only<'a>(a: &'a [Fact], b: &'a [Fact]) -> (Vec<&'a Fact>, Vec<&'a Fact>) {
    let (mut i, mut j) = (0, 0);
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            Ordering::Less => {
                only_a.push(&a[i]);
                i += 1;
            }
            Ordering::Greater => {
                only_b.push(&b[j]);
                j += 1;
            }
            Ordering::Equal => {
                i += 1;
                j += 1;
            }
        }
    }
    only_a.extend(&a[i..]);
    only_b.extend(&b[j..]);
    (only_a, only_b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::types_format::FileFacts;

    fn dump(facts: &[(u32, u32, &str)], keep: bool) -> Dump {
        let facts = facts.iter().map(|&(start, end, rest)| Fact { start, end, rest: rest.into() }).collect();
        let mut file = FileFacts { name: "a.go".into(), ..FileFacts::default() };
        file.facts[Category::Use as usize] = Facts::new(facts, keep);
        Dump {
            packages: vec![PackageFacts { path: "p".into(), files: vec![file], ..PackageFacts::default() }],
        }
    }

    #[test]
    fn equal_dumps_are_perfect() {
        let d = dump(&[(1, 2, "x"), (1, 2, "x")], false);
        let c = compare(&d, &d);
        assert!(c.perfect());
        assert_eq!(c.shares[Category::Use as usize].equal, 2);
    }

    #[test]
    fn differences_are_shown_with_their_lines() {
        let c = compare(
            &dump(&[(1, 2, "x"), (3, 4, "y"), (5, 6, "z")], true),
            &dump(&[(1, 2, "x"), (3, 4, "w")], true),
        );
        assert!(!c.perfect());
        let share = c.shares[Category::Use as usize];
        assert_eq!((share.equal, share.total, share.extra, share.same_files), (1, 3, 1, 0));
        assert_eq!(c.differing, ["p/a.go"]);
        let report = c.report(2);
        assert!(
            report.contains("use p/a.go\n  - 3 | 4 | y\n  + 3 | 4 | w\n  … and 1 more in use\n"),
            "{report}"
        );
    }

    #[test]
    fn hashes_alone_name_the_file() {
        let c = compare(&dump(&[(1, 2, "x")], false), &dump(&[(1, 2, "y")], false));
        assert_eq!((c.differing.len(), c.differences.len()), (1, 0));
        assert_eq!(c.shares[Category::Use as usize].equal, 0);
    }

    #[test]
    fn a_missing_package_or_file_is_a_difference() {
        let d = dump(&[(1, 2, "x")], true);
        assert!(!compare(&d, &Dump::default()).perfect());
        assert!(!compare(&Dump::default(), &d).perfect());
        let mut more = d.clone();
        more.packages[0].files.push(FileFacts { name: "b.go".into(), ..FileFacts::default() });
        assert!(!compare(&d, &more).perfect());
    }
}
