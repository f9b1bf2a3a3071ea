//! Shortening paths in a block of text as the go command does.
//!
//! The directory of the package, and then each directory above it, is replaced by its path relative to
//! the current directory where that is shorter, wherever it stands at the start of a line or after a
//! space or tab (`cmd/go/internal/work/shell.go`, `cmd/go/internal/base/path.go`).

use std::borrow::Cow;
use std::path::Path;

/// Replaces the package's directory and those above it by relative paths.
pub fn shorten<'t>(text: &'t str, dir: &Path, cwd: &Path) -> Cow<'t, str> {
    let mut shorter: Vec<(&str, String)> = Vec::new();
    for dir in dir.ancestors() {
        let Some(full) = dir.to_str().filter(|d| !d.is_empty()) else { continue };
        let short = short_path(cwd, dir);
        if short != full {
            shorter.push((full, short));
        }
    }
    let mut out = Cow::Borrowed(text);
    // The last one stands in all others.
    if shorter.last().is_some_and(|(topmost, _)| text.contains(topmost)) {
        for (full, short) in shorter {
            if out.contains(full) {
                out = replace_prefix(&out, full, &short).into();
            }
        }
    }
    out
}

/// A path relative to the current directory if that is shorter, else the path itself.
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
    let up = a.map(|_| "..".to_owned());
    let parts: Vec<String> = up.chain(b.map(|c| c.as_os_str().to_string_lossy().into_owned())).collect();
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

fn replace_prefix(text: &str, old: &str, new: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(at) = rest.find(old) {
        let preceding = rest[..at].bytes().next_back().or(before);
        out.push_str(&rest[..at]);
        out.push_str(if matches!(preceding, None | Some(b' ' | b'\n' | b'\t')) { new } else { old });
        before = old.bytes().next_back();
        rest = &rest[at + old.len()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ancestors_are_replaced_where_shorter() {
        let cwd = Path::new("/home/u/mod");
        let text =
            "/home/u/mod/p/a.go:1:2: x\n\t/home/u/mod/q/b.go:3:4: other\n/usr/go/src/x.go:1: y /home/u/z\n";
        assert_eq!(
            shorten(text, Path::new("/home/u/mod/p"), cwd),
            "p/a.go:1:2: x\n\t./q/b.go:3:4: other\n/usr/go/src/x.go:1: y ../z\n"
        );
        assert_eq!(shorten("/m/a.go:1\n", Path::new("/m"), Path::new("/m")), "./a.go:1\n");
    }
}
