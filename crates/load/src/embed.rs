//! `//go:embed` patterns: which files they name.

use std::path::{Path, PathBuf};

use escargo_base::{FileKind, System};
use rustc_hash::FxHashSet;

use crate::dir::open_error;
use crate::path::{PathKind, check_element, clean};

/// How deep a directory tree is followed.
const MAX_DEPTH: usize = 512;

/// A pattern that cannot be resolved; `message` is Go's text after `pattern P: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong.
    pub message: String,
}

/// The files named by `patterns` in package directory `dir`: slash-separated, sorted, distinct.
pub fn resolve<'p>(
    system: &dyn System,
    dir: &Path,
    patterns: impl Iterator<Item = &'p str>,
) -> Result<Vec<String>, EmbedError> {
    let mut resolver = Resolver { system, dir, checked: FxHashSet::default() };
    let mut all = Vec::new();
    for pattern in patterns {
        match resolver.pattern(pattern) {
            Ok(mut files) => all.append(&mut files),
            Err(message) => return Err(EmbedError { pattern: pattern.to_owned(), message }),
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

struct Resolver<'a> {
    system: &'a dyn System,
    dir: &'a Path,
    /// Files and directories known to be fit for embedding.
    checked: FxHashSet<PathBuf>,
}

impl Resolver<'_> {
    fn pattern(&mut self, pattern: &str) -> Result<Vec<String>, String> {
        let (glob, all) = pattern.strip_prefix("all:").map_or((pattern, false), |glob| (glob, true));
        if !is_valid_glob(glob) || !is_valid_embed_path(glob) {
            return Err("invalid pattern syntax".to_owned());
        }
        let mut list = Vec::new();
        for rel in self.glob(glob) {
            let path = self.dir.join(&rel);
            let meta = self.system.symlink_metadata(&path).map_err(|e| open_error("lstat", &path, &e))?;
            let is_dir = meta.kind == FileKind::Dir;
            self.check(&rel, if is_dir { "directory" } else { "file" })?;
            match meta.kind {
                FileKind::File => list.push(rel),
                FileKind::Dir => {
                    let before = list.len();
                    self.walk(&rel, all, &mut list)?;
                    if list.len() == before {
                        return Err(format!("cannot embed directory {rel}: contains no embeddable files"));
                    }
                }
                _ => return Err(format!("cannot embed irregular file {rel}")),
            }
        }
        if list.is_empty() { Err("no matching files found".to_owned()) } else { Ok(list) }
    }

    /// Paths that a glob names, element by element.
    fn glob(&self, glob: &str) -> Vec<String> {
        let mut found = vec![String::new()];
        for element in glob.split('/') {
            let mut next = Vec::new();
            for base in &found {
                let join =
                    |name: &str| if base.is_empty() { name.to_owned() } else { format!("{base}/{name}") };
                if !element.contains(['*', '?', '[', '\\']) {
                    let path = join(element);
                    if self.system.symlink_metadata(&self.dir.join(&path)).is_ok() {
                        next.push(path);
                    }
                    continue;
                }
                let entries = self.system.read_dir(&self.dir.join(base)).unwrap_or_default();
                let names = entries.iter().map(|e| &*e.name);
                next.extend(names.filter(|name| glob_matches(element, name)).map(join));
            }
            found = next;
        }
        found
    }

    /// Checks the element and its parents up to the package directory.
    fn check(&mut self, rel: &str, what: &str) -> Result<(), String> {
        let mut at = rel;
        loop {
            let path = self.dir.join(at);
            if self.checked.contains(&path) {
                return Ok(());
            }
            if self.system.metadata(&path.join("go.mod")).is_ok() {
                return Err(format!("cannot embed {what} {rel}: in different module"));
            }
            if at != rel && self.system.symlink_metadata(&path).is_ok_and(|m| m.kind != FileKind::Dir) {
                return Err(format!("cannot embed {what} {rel}: in non-directory {at}"));
            }
            self.checked.insert(path);
            let (parent, name) = at.rsplit_once('/').unwrap_or(("", at));
            if is_bad_name(name) {
                let problem = if at == rel { "invalid name" } else { "in invalid directory" };
                return Err(format!("cannot embed {what} {rel}: {problem} {name}"));
            }
            if parent.is_empty() {
                return Ok(());
            }
            at = parent;
        }
    }

    fn has_go_mod(&self, rel: &str) -> bool {
        self.system.metadata(&self.dir.join(rel).join("go.mod")).is_ok()
    }

    /// All files below a directory; without `all`, names that begin with `.` or `_` are left out.
    fn walk(&self, top: &str, all: bool, list: &mut Vec<String>) -> Result<(), String> {
        let mut pending = vec![(top.to_owned(), 0)];
        while let Some((rel, depth)) = pending.pop() {
            let path = self.dir.join(&rel);
            let entries = self.system.read_dir(&path).map_err(|e| open_error("open", &path, &e))?;
            for entry in entries {
                let path = format!("{rel}/{}", entry.name);
                let hidden = entry.name.starts_with(['.', '_']);
                let bad = is_bad_name(&entry.name);
                if bad || (hidden && !all) {
                    if bad && !hidden && entry.kind != FileKind::Dir {
                        return Err(format!("cannot embed file {path}: invalid name {}", entry.name));
                    }
                    continue;
                }
                match entry.kind {
                    FileKind::Dir if depth < MAX_DEPTH && !self.has_go_mod(&path) => {
                        pending.push((path, depth + 1));
                    }
                    FileKind::File => list.push(path),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Whether a name cannot be, or is never, part of a module.
fn is_bad_name(name: &str) -> bool {
    check_element(name, PathKind::File).is_err() || matches!(name, "" | ".bzr" | ".hg" | ".git" | ".svn")
}

/// Whether a pattern is a path within the package: no empty, `.` or `..` elements.
fn is_valid_embed_path(pattern: &str) -> bool {
    !pattern.is_empty()
        && pattern.split('/').all(|e| !matches!(e, "" | "." | ".."))
        && clean(Path::new(pattern)) != Path::new(".")
}

/// Whether the syntax of a glob is right in every part.
fn is_valid_glob(glob: &str) -> bool {
    let mut chars = glob.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.next().is_none() => return false,
            '[' => {
                chars.next_if_eq(&'^');
                let mut ranges = 0;
                loop {
                    if chars.peek() == Some(&']') && ranges > 0 {
                        chars.next();
                        break;
                    }
                    let mut bound = || match chars.next() {
                        None | Some('-' | ']') => None,
                        Some('\\') => chars.next(),
                        c => c,
                    };
                    if bound().is_none() {
                        return false;
                    }
                    if chars.next_if_eq(&'-').is_some() {
                        let upper = match chars.next() {
                            None | Some('-' | ']') => None,
                            Some('\\') => chars.next(),
                            c => c,
                        };
                        if upper.is_none() {
                            return false;
                        }
                    }
                    ranges += 1;
                }
            }
            _ => {}
        }
    }
    true
}

/// Whether a glob element matches a name: `*`, `?`, `[a-z]`, `\c`. Backtracks only to the last
/// star, so the work is bounded by the product of the lengths.
fn glob_matches(glob: &str, name: &str) -> bool {
    let (g, n): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while j < n.len() {
        let step = match g.get(i) {
            Some('*') => {
                star = Some((i + 1, j));
                i += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('[') => class_matches(&g[i..], n[j]),
            Some('\\') => (g.get(i + 1) == Some(&n[j])).then_some(2),
            Some(&c) => (c == n[j]).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(len), _) => {
                i += len;
                j += 1;
            }
            (None, Some((after, from))) => {
                (i, j) = (after, from + 1);
                star = Some((after, from + 1));
            }
            (None, None) => return false,
        }
    }
    g[i..].iter().all(|&c| c == '*')
}

/// The length of the class at the start of `glob` if it admits `c`.
fn class_matches(glob: &[char], c: char) -> Option<usize> {
    let mut i = 1;
    let negated = glob.get(i) == Some(&'^');
    i += usize::from(negated);
    let (mut found, mut ranges) = (false, 0);
    loop {
        if glob.get(i) == Some(&']') && ranges > 0 {
            return (found != negated).then_some(i + 1);
        }
        let bound = |i: usize| match glob.get(i) {
            Some('\\') => glob.get(i + 1).map(|&c| (c, i + 2)),
            Some(&c) => Some((c, i + 1)),
            None => None,
        };
        let (low, after) = bound(i)?;
        (_, i) = (low, after);
        let mut high = low;
        if glob.get(i) == Some(&'-') {
            (high, i) = bound(i + 1)?;
        }
        found |= low <= c && c <= high;
        ranges += 1;
    }
}

#[cfg(test)]
mod tests {
    use escargo_base::MemSystem;

    use super::*;

    #[test]
    fn globs() {
        for (glob, name, matches) in [
            ("*.txt", "a.txt", true),
            ("a*b*c", "axxbxxc", true),
            ("a*b*c", "axxbxx", false),
            ("[a-c]?", "bz", true),
            ("[^a-c]?", "bz", false),
            ("\\*", "*", true),
            ("", "", true),
        ] {
            assert_eq!(glob_matches(glob, name), matches, "{glob} {name}");
        }
        assert!(
            !is_valid_glob("[") && !is_valid_glob("[]") && !is_valid_glob("a\\") && is_valid_glob("[a-z]")
        );
    }

    #[test]
    fn files_and_errors() {
        let sys = MemSystem::new();
        for file in
            ["a.txt", "d/x", "d/.h", "d/_u", "d/sub/y", "m/go.mod", "m/z", "empty/.h", "bad/a*b", ".git/c"]
        {
            sys.write(format!("/p/{file}"), "");
        }
        let resolve = |patterns: &[&str]| {
            resolve(&sys, Path::new("/p"), patterns.iter().copied())
                .map_err(|e| format!("pattern {}: {}", e.pattern, e.message))
        };
        assert_eq!(resolve(&["*.txt", "d"]).unwrap(), ["a.txt", "d/sub/y", "d/x"]);
        assert_eq!(resolve(&["all:d"]).unwrap(), ["d/.h", "d/_u", "d/sub/y", "d/x"]);
        for (pattern, error) in [
            ("nope", "no matching files found"),
            ("../x", "invalid pattern syntax"),
            ("m", "cannot embed directory m: in different module"),
            ("m/z", "cannot embed file m/z: in different module"),
            ("empty", "cannot embed directory empty: contains no embeddable files"),
            ("bad", "cannot embed file bad/a*b: invalid name a*b"),
            (".git", "cannot embed directory .git: invalid name .git"),
            (".git/c", "cannot embed file .git/c: in invalid directory .git"),
        ] {
            assert_eq!(resolve(&[pattern]).unwrap_err(), format!("pattern {pattern}: {error}"));
        }
    }
}
