//! Module paths, import paths, versions and file paths: checks, order, and the module cache's
//! escaping.

use std::cmp::Ordering;
use std::path::{Component, Path, PathBuf};

/// Whether `path` is `prefix` or lies below it, element by element.
pub fn has_path_prefix(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'))
}

/// Whether an import path is relative to the importing directory.
pub fn is_local_import(path: &str) -> bool {
    path == "." || path == ".." || path.starts_with("./") || path.starts_with("../")
}

/// Whether an import path could be the standard library's: no dot in its first element.
pub fn is_standard_import_path(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    !first.contains('.')
}

/// Resolves `.`, `..` and doubled separators by text alone.
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for c in path.components() {
        match c {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => out.push(".."),
            },
            c => out.push(c),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// `path.Clean` for slash-separated paths.
pub fn clean_slash(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// Joins a slash-separated path to a directory.
pub fn join(dir: &Path, slash: &str) -> PathBuf {
    let mut out = dir.to_owned();
    out.extend(slash.split('/').filter(|e| !e.is_empty()));
    out
}

/// The slash-separated path of `path` below `root`: `Some("")` for the root itself.
pub fn below(path: &Path, root: &Path) -> Option<String> {
    let rest = path.strip_prefix(root).ok()?;
    let parts: Vec<&str> = rest.components().map(|c| c.as_os_str().to_str()).collect::<Option<_>>()?;
    Some(parts.join("/"))
}

/// A path as messages show it: relative to the current directory where that is shorter.
pub fn short_path(cwd: &Path, path: &Path) -> String {
    let full = path.to_string_lossy().into_owned();
    match relative(cwd, path) {
        Some(rel) if rel.len() < full.len() => rel,
        _ => full,
    }
}

fn relative(base: &Path, path: &Path) -> Option<String> {
    if !path.is_absolute() || !base.is_absolute() {
        return None;
    }
    let (mut a, mut b) = (base.components().peekable(), path.components().peekable());
    while a.peek().is_some() && a.peek() == b.peek() {
        a.next();
        b.next();
    }
    let mut parts: Vec<String> = a.map(|_| "..".to_owned()).collect();
    parts.extend(b.map(|c| c.as_os_str().to_string_lossy().into_owned()));
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

// --- semantic versions ---

#[derive(Debug, PartialEq, Eq)]
struct Semver<'a> {
    core: [&'a str; 3],
    pre: &'a str,
    build: &'a str,
    /// How many of the three numbers are written.
    written: usize,
}

fn parse_semver(v: &str) -> Option<Semver<'_>> {
    fn number(text: &str) -> Option<(&str, &str)> {
        let len = text.bytes().take_while(u8::is_ascii_digit).count();
        let (n, rest) = text.split_at(len);
        (len > 0 && (len == 1 || !n.starts_with('0'))).then_some((n, rest))
    }
    fn identifiers(text: &str, numeric_zero: bool) -> bool {
        text.split('.').all(|id| {
            !id.is_empty()
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && (numeric_zero
                    || id.len() == 1
                    || !id.starts_with('0')
                    || !id.bytes().all(|b| b.is_ascii_digit()))
        })
    }
    let mut rest = v.strip_prefix('v')?;
    let mut core = ["0"; 3];
    let mut written = 0;
    for slot in &mut core {
        let (n, after) = number(rest)?;
        (*slot, rest) = (n, after);
        written += 1;
        if written < 3 {
            match rest.strip_prefix('.') {
                Some(r) => rest = r,
                None if rest.is_empty() => {
                    return Some(Semver { core, pre: "", build: "", written });
                }
                None => return None,
            }
        }
    }
    let (rest, build) = rest.split_once('+').map_or((rest, None), |(a, b)| (a, Some(b)));
    if build.is_some_and(|b| !identifiers(b, true)) {
        return None;
    }
    let pre = match rest.strip_prefix('-') {
        Some(pre) if identifiers(pre, false) => pre,
        None if rest.is_empty() => "",
        _ => return None,
    };
    Some(Semver { core, pre, build: build.unwrap_or(""), written })
}

/// Whether `v` is a semantic version (short forms `v1`, `v1.2` included).
pub fn is_valid_version(v: &str) -> bool {
    parse_semver(v).is_some()
}

/// `vMAJOR`, or the empty string if `v` is malformed.
pub fn version_major(v: &str) -> String {
    parse_semver(v).map_or_else(String::new, |s| format!("v{}", s.core[0]))
}

/// The full form that go.mod keeps: three numbers, pre-release, and `+incompatible` if it is there.
pub fn canonical_version(v: &str) -> Option<String> {
    let s = parse_semver(v)?;
    let mut out = format!("v{}", s.core.join("."));
    if !s.pre.is_empty() {
        out.push('-');
        out.push_str(s.pre);
    }
    if s.build == "incompatible" {
        out.push_str("+incompatible");
    }
    Some(out)
}

fn compare_numbers(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Semantic version order; malformed versions come first.
pub fn compare_versions(a: &str, b: &str) -> Ordering {
    let (a, b) = match (parse_semver(a), parse_semver(b)) {
        (Some(a), Some(b)) => (a, b),
        (a, b) => return a.is_some().cmp(&b.is_some()),
    };
    for (x, y) in a.core.iter().zip(b.core) {
        let order = compare_numbers(x, y);
        if order.is_ne() {
            return order;
        }
    }
    if a.pre.is_empty() || b.pre.is_empty() {
        return a.pre.is_empty().cmp(&b.pre.is_empty());
    }
    let (mut xs, mut ys) = (a.pre.split('.'), b.pre.split('.'));
    loop {
        let (x, y) = match (xs.next(), ys.next()) {
            (Some(x), Some(y)) => (x, y),
            (x, y) => return x.is_some().cmp(&y.is_some()),
        };
        let numeric = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let order = match (numeric(x), numeric(y)) {
            (true, true) => compare_numbers(x, y),
            (false, false) => x.cmp(y),
            (x, y) => y.cmp(&x),
        };
        if order.is_ne() {
            return order;
        }
    }
}

// --- module and import paths ---

/// The kinds of path, which differ in the characters they admit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A module's path.
    Module,
    /// A package's import path.
    Import,
    /// A file in a module.
    File,
}

const BAD_WINDOWS_NAMES: &[&str] = &[
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
    "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

fn check_chars(path: &str, kind: PathKind) -> Result<(), String> {
    if path.is_empty() {
        return Err("empty string".to_owned());
    }
    if path.starts_with('-') && kind != PathKind::File {
        return Err("leading dash".to_owned());
    }
    if path.contains("//") {
        return Err("double slash".to_owned());
    }
    if path.ends_with('/') {
        return Err("trailing slash".to_owned());
    }
    path.split('/').try_for_each(|elem| check_element(elem, kind))
}

/// Checks one element of a path.
pub fn check_element(elem: &str, kind: PathKind) -> Result<(), String> {
    if elem.is_empty() {
        return Err("empty path element".to_owned());
    }
    if elem.bytes().all(|b| b == b'.') {
        return Err(format!("invalid path element {}", go_quote(elem)));
    }
    if elem.starts_with('.') && kind == PathKind::Module {
        return Err("leading dot in path element".to_owned());
    }
    if elem.ends_with('.') {
        return Err("trailing dot in path element".to_owned());
    }
    let ok = |c: char| {
        if !c.is_ascii() {
            return kind == PathKind::File && c.is_alphabetic();
        }
        c.is_ascii_alphanumeric()
            || match kind {
                PathKind::Module => "-._~".contains(c),
                PathKind::Import => "-._~+".contains(c),
                PathKind::File => "!#$%&()+,-.=@[]^_{}~ ".contains(c),
            }
    };
    if let Some(bad) = elem.chars().find(|&c| !ok(c)) {
        return Err(format!("invalid char {}", go_quote_rune(bad)));
    }
    let short = elem.split('.').next().unwrap_or(elem);
    if BAD_WINDOWS_NAMES.iter().any(|bad| bad.eq_ignore_ascii_case(short)) {
        return Err(format!("{} disallowed as path element component on Windows", go_quote(short)));
    }
    if kind != PathKind::File
        && let Some((_, digits)) = short.rsplit_once('~')
        && !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
    {
        return Err("trailing tilde and digits in path element".to_owned());
    }
    Ok(())
}

/// Checks an import path; the error is Go's text.
pub fn check_import_path(path: &str) -> Result<(), String> {
    check_chars(path, PathKind::Import).map_err(|e| format!("malformed import path {}: {e}", go_quote(path)))
}

/// Checks a module path; the error is Go's text.
pub fn check_module_path(path: &str) -> Result<(), String> {
    let check = || {
        check_chars(path, PathKind::Module)?;
        let first = path.split('/').next().unwrap_or(path);
        if !first.contains('.') {
            return Err("missing dot in first path element".to_owned());
        }
        let ok = |c: char| c == '-' || c == '.' || c.is_ascii_digit() || c.is_ascii_lowercase();
        if let Some(bad) = first.chars().find(|&c| !ok(c)) {
            return Err(format!("invalid char {} in first path element", go_quote_rune(bad)));
        }
        split_path_version(path).map(|_| ()).ok_or_else(|| "invalid version".to_owned())
    };
    check().map_err(|e| format!("malformed module path {}: {e}", go_quote(path)))
}

/// Splits a module path into what stands before its major version and the suffix (`/v2`, `.v2`).
/// `None` if the suffix is malformed.
pub fn split_path_version(path: &str) -> Option<(&str, &str)> {
    if path.starts_with("gopkg.in/") {
        let base = path.strip_suffix("-unstable").unwrap_or(path);
        let digits = base.bytes().rev().take_while(u8::is_ascii_digit).count();
        let prefix = base[..base.len() - digits].strip_suffix(".v")?;
        let number = &base[base.len() - digits..];
        if digits == 0
            || (number.starts_with('0') && base.len() != path.len())
            || (number.starts_with('0') && number != "0")
        {
            return None;
        }
        return Some((prefix, &path[prefix.len()..]));
    }
    let tail = path.bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let number = &path[path.len() - tail..];
    let Some(prefix) = path[..path.len() - tail].strip_suffix("/v").filter(|p| tail > 0 && !p.is_empty())
    else {
        return Some((path, ""));
    };
    if number.contains('.') || number.starts_with('0') || number == "1" {
        return None;
    }
    Some((prefix, &path[prefix.len()..]))
}

/// Checks that a version belongs to a path's major version suffix; the error is Go's text.
pub fn check_path_major(version: &str, suffix: &str) -> Result<(), String> {
    let suffix =
        if suffix.starts_with(".v") { suffix.strip_suffix("-unstable").unwrap_or(suffix) } else { suffix };
    if version.starts_with("v0.0.0-") && suffix == ".v1" {
        return Ok(());
    }
    let major = version_major(version);
    let wanted = if suffix.is_empty() {
        if major == "v0" || major == "v1" || version.ends_with("+incompatible") {
            return Ok(());
        }
        "v0 or v1"
    } else {
        if major == suffix[1..] {
            return Ok(());
        }
        &suffix[1..]
    };
    Err(format!("version {} invalid: should be {wanted}, not {major}", go_quote(version)))
}

/// The module cache's form of a path or version: capitals become `!` and the small letter.
pub fn escape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '!' => return None,
            c if !c.is_ascii() => return None,
            c if c.is_ascii_uppercase() => {
                out.push('!');
                out.push(c.to_ascii_lowercase());
            }
            c => out.push(c),
        }
    }
    Some(out)
}

// --- quoting ---

/// A string as Go's `%q` shows it.
pub fn go_quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        quote_char(&mut out, c, '"');
    }
    out.push('"');
    out
}

/// A character as Go's `%q` shows it.
pub fn go_quote_rune(c: char) -> String {
    let mut out = String::from("'");
    quote_char(&mut out, c, '\'');
    out.push('\'');
    out
}

fn quote_char(out: &mut String, c: char, quote: char) {
    match c {
        c if c == quote || c == '\\' => {
            out.push('\\');
            out.push(c);
        }
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{b}' => out.push_str("\\v"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if (c as u32) < 0x20 || c == '\u{7f}' => out.push_str(&format!("\\x{:02x}", c as u32)),
        c if c.is_control() || (c.is_whitespace() && c != ' ') => {
            out.push_str(&format!("\\u{:04x}", c as u32));
        }
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_order() {
        let sorted = [
            "bad",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0",
            "v1.2.0",
            "v1.10.0",
        ];
        for w in sorted.windows(2) {
            assert_eq!(compare_versions(w[0], w[1]), Ordering::Less, "{w:?}");
        }
        assert_eq!(compare_versions("v1", "v1.0.0"), Ordering::Equal);
        assert!(!is_valid_version("v01.2.3") && !is_valid_version("v1.2.3-01") && !is_valid_version("1.2.3"));
        assert_eq!(canonical_version("v2.0+x"), None);
        assert_eq!(canonical_version("v2.0.0+incompatible").unwrap(), "v2.0.0+incompatible");
        assert_eq!(canonical_version("v1.2").unwrap(), "v1.2.0");
    }

    #[test]
    fn path_checks() {
        assert_eq!(check_import_path("a//b").unwrap_err(), "malformed import path \"a//b\": double slash");
        assert_eq!(check_import_path("a b").unwrap_err(), "malformed import path \"a b\": invalid char ' '");
        assert!(
            check_module_path("example.com/x/v2").is_ok() && check_module_path("example.com/v1").is_err()
        );
        assert_eq!(split_path_version("gopkg.in/yaml.v3"), Some(("gopkg.in/yaml", ".v3")));
        assert_eq!(split_path_version("example.com/a/v2"), Some(("example.com/a", "/v2")));
        assert_eq!(split_path_version("example.com/a1.2"), Some(("example.com/a1.2", "")));
        assert_eq!(escape("github.com/BurntSushi/toml").unwrap(), "github.com/!burnt!sushi/toml");
        assert_eq!(
            check_path_major("v2.0.0", "").unwrap_err(),
            "version \"v2.0.0\" invalid: should be v0 or v1, not v2"
        );
    }

    #[test]
    fn cleaning() {
        assert_eq!(clean(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(clean_slash("./a//b/.."), "a");
        assert_eq!(short_path(Path::new("/w/m"), Path::new("/w/m/x.go")), "x.go");
        assert_eq!(short_path(Path::new("/w/long/m"), Path::new("/w/long/n/x.go")), "../n/x.go");
        assert!(has_path_prefix("a/b", "a") && !has_path_prefix("ab", "a"));
    }
}
