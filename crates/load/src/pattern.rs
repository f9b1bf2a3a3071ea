//! Package patterns: which of them are literal, and what the others match.

use crate::path::{clean_slash, has_path_prefix, is_local_import};

/// A pattern of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The text, cleaned.
    pub text: String,
}

impl Pattern {
    /// Cleans a pattern as the go command does: `./x/` becomes `./x`.
    pub fn new(text: &str) -> Pattern {
        let slashed = if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() };
        if slashed.is_empty() {
            return Pattern { text: ".".to_owned() };
        }
        let (path, version) = slashed.split_once('@').map_or((&*slashed, None), |(p, v)| (p, Some(v)));
        let mut cleaned = clean_slash(path);
        // `./...` stays local, and `./x` is not `x`.
        if path.starts_with("./") && !is_local_import(&cleaned) {
            cleaned = format!("./{cleaned}");
        }
        if let Some(version) = version {
            cleaned = format!("{cleaned}@{version}");
        }
        Pattern { text: cleaned }
    }

    /// Whether it names a directory: relative with a dot, or absolute.
    pub fn is_local(&self) -> bool {
        is_local_import(&self.text) || std::path::Path::new(&self.text).is_absolute()
    }

    /// Whether it is one of the reserved names.
    pub fn is_meta(&self) -> bool {
        is_meta(&self.text)
    }

    /// Whether it names exactly one package.
    pub fn is_literal(&self) -> bool {
        !self.text.contains("...") && !self.is_meta()
    }
}

/// Whether `name` is reserved for a set of packages.
pub fn is_meta(name: &str) -> bool {
    matches!(name, "std" | "cmd" | "tool" | "work" | "all")
}

const VENDOR: char = '\0';

/// Matches import paths or directory names against a pattern with `...`. A wildcard does not match
/// within vendor directories unless the pattern names them.
#[derive(Clone, Debug)]
pub struct Matcher {
    alternatives: Vec<Vec<String>>,
    /// What stands before the first wildcard.
    prefix: String,
    wild: bool,
}

impl Matcher {
    /// A matcher for `pattern`.
    pub fn new(pattern: &str) -> Matcher {
        let (prefix, wild) = pattern.split_once("...").map_or((pattern, false), |(p, _)| (p, true));
        let marked = mark_vendor(pattern);
        let vendor_tail = format!("{VENDOR}/...");
        let texts = if pattern.contains(VENDOR) {
            vec![]
        } else if let Some(p) = marked.strip_suffix(&vendor_tail).filter(|p| p.is_empty() || p.ends_with('/'))
        {
            let slash = if p.is_empty() { "/" } else { "" };
            vec![format!("{slash}{p}vendor"), format!("{slash}{marked}")]
        } else if let Some(p) = marked.strip_suffix("/...") {
            vec![p.to_owned(), marked.clone()]
        } else {
            vec![marked.clone()]
        };
        let alternatives = texts.iter().map(|t| t.split("...").map(str::to_owned).collect()).collect();
        Matcher { alternatives, prefix: prefix.to_owned(), wild }
    }

    /// Whether a name matches.
    pub fn matches(&self, name: &str) -> bool {
        if name.contains(VENDOR) {
            return false;
        }
        let name = mark_vendor(name);
        self.alternatives.iter().any(|parts| matches_parts(parts, name.as_bytes()))
    }

    /// Whether anything at or below a name can match.
    pub fn tree_can_match(&self, name: &str) -> bool {
        (name.len() <= self.prefix.len() && has_path_prefix(&self.prefix, name))
            || (self.wild && name.starts_with(&self.prefix))
    }
}

/// Replaces the elements `vendor`, except a last one.
fn mark_vendor(path: &str) -> String {
    if !path.contains("vendor") {
        return path.to_owned();
    }
    let last = path.matches('/').count();
    let mark = [VENDOR].iter().collect::<String>();
    let elements = path.split('/').enumerate();
    let marked: Vec<&str> =
        elements.map(|(i, e)| if e == "vendor" && i < last { &mark } else { e }).collect();
    marked.join("/")
}

/// Whether `name` is the parts in order with anything but vendor marks between them.
fn matches_parts(parts: &[String], name: &[u8]) -> bool {
    let mut reachable = vec![false; name.len() + 1];
    reachable[0] = true;
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            for p in 1..=name.len() {
                reachable[p] |= reachable[p - 1] && name[p - 1] != VENDOR as u8;
            }
        }
        let part = part.as_bytes();
        let mut next = vec![false; name.len() + 1];
        for p in (0..=name.len()).filter(|&p| reachable[p]) {
            if name[p..].starts_with(part) {
                next[p + part.len()] = true;
            }
        }
        reachable = next;
    }
    reachable[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, name, matches) in [
            ("net/...", "net", true),
            ("net/...", "net/http", true),
            ("net/...", "netx", false),
            ("net...", "netx", true),
            (".../http", "net/http", true),
            ("./...", "./a/vendor/b", false),
            ("./...", "./a/vendor", true),
            ("./vendor/...", "./vendor/b", true),
            ("./vendor/...", "./vendor/b/vendor/c", false),
            ("x/vendor/...", "x/vendor", true),
            ("cmd/...", "cmd/vendor/x", false),
            ("cmd/vendor/...", "cmd/vendor/x", true),
            ("a...b", "axxb", true),
            ("a...b", "a/b/c", false),
        ] {
            assert_eq!(Matcher::new(pattern).matches(name), matches, "{pattern} {name}");
        }
        let m = Matcher::new("net/h...");
        assert!(m.tree_can_match("net") && m.tree_can_match("net/http") && !m.tree_can_match("os"));
    }

    #[test]
    fn cleaning() {
        for (text, cleaned) in
            [("./x/", "./x"), ("", "."), ("./...", "./..."), ("a//b", "a/b"), ("x/../y", "y"), ("../", "..")]
        {
            assert_eq!(Pattern::new(text).text, cleaned);
        }
        assert!(Pattern::new("./x").is_local() && !Pattern::new("x").is_local());
        assert!(Pattern::new("x").is_literal() && !Pattern::new("std").is_literal());
    }
}
