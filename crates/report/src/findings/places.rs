//! Where things stand, for people: paths, lines, names of functions, links.

use std::fmt::Write;
use std::path::Path;

use escargo_base::{Pos, SourceFile, SourceMap};

use super::Style;
use crate::paths::short_path;

/// A place in a file, as its text has it: line directives do not count.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) file: &'a SourceFile,
    /// From 1.
    pub(super) line: u32,
    /// In bytes, from 1.
    pub(super) column: u32,
}

impl<'a> Place<'a> {
    /// The place of a position; nothing for those that stand in no file.
    pub(super) fn new(sources: &'a SourceMap, pos: Pos) -> Option<Place<'a>> {
        let file = sources.file(pos.file?);
        let (line, column) = file.lines().line_column(pos.offset.min(file.text.len() as u32));
        Some(Place { file, line, column })
    }

    /// The text of its line.
    pub(super) fn text(&self) -> std::borrow::Cow<'a, str> {
        line_text(self.file, self.line)
    }

    /// Where the line begins in the file.
    pub(super) fn line_start(&self) -> u32 {
        self.file.lines().line_start(self.line).unwrap_or(0)
    }

    /// Its path, as people find it again: relative to the current directory, or by package where it lies elsewhere.
    pub(super) fn path(&self, package: &str, style: &Style<'_>) -> String {
        shown_path(&self.file.path, package, style.cwd)
    }

    /// `path:line`.
    pub(super) fn shown(&self, package: &str, style: &Style<'_>) -> String {
        format!("{}:{}", self.path(package, style), self.line)
    }

    /// `path:line`, with a link to the file.
    pub(super) fn linked(&self, package: &str, style: &Style<'_>) -> String {
        link(&self.file.path, &self.shown(package, style), style)
    }
}

/// The text of a line, without its end. Bytes that are no UTF-8 are replaced.
pub(super) fn line_text(file: &SourceFile, line: u32) -> std::borrow::Cow<'_, str> {
    let Some(start) = file.lines().line_start(line) else { return "".into() };
    let rest = file.text.get(start as usize..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let text = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
    String::from_utf8_lossy(text)
}

fn shown_path(path: &Path, package: &str, cwd: &Path) -> String {
    if let Ok(below) = path.strip_prefix(cwd) {
        return below.to_string_lossy().into_owned();
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match path.parent().is_some_and(|dir| is_directory_of(dir, package)) {
        true => format!("{package}/{name}"),
        false => short_path(cwd, path),
    }
}

/// Whether a directory's path ends with a package's import path, versions of modules apart.
fn is_directory_of(dir: &Path, package: &str) -> bool {
    let mut dirs = dir.components().rev().map(|c| c.as_os_str().to_string_lossy());
    let without_version = |part: &str| part.split_once('@').map_or(part, |(name, _)| name).replace('!', "");
    !package.is_empty()
        && package.rsplit('/').all(|part| {
            // A major version may be written as a directory of the import path, `v2`, or after the module's `@`.
            dirs.next().is_some_and(|dir| without_version(&dir).eq_ignore_ascii_case(part))
        })
}

/// The text as a link to the file, where the terminal has links.
pub(super) fn link(path: &Path, text: &str, style: &Style<'_>) -> String {
    if !style.links || !path.is_absolute() {
        return text.to_owned();
    }
    let mut url = String::from("file://");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                url.push(byte as char)
            }
            _ => {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    format!("\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\")
}

/// The name of a function without the directories of its package: `stock.(*Shelf).Add`.
pub(super) fn function_name(name: &str) -> &str {
    let head = name.find(['(', '[']).unwrap_or(name.len());
    match name[..head].rfind('/') {
        Some(slash) => &name[slash + 1..],
        None => name,
    }
}

/// Whether a name was made up by the compiler, or is blank.
pub(super) fn is_nameless(name: &str) -> bool {
    name.is_empty() || name == "_" || name.starts_with(['~', '.']) || name.contains('·')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_short() {
        let shown = |path: &str, package| shown_path(Path::new(path), package, Path::new("/home/u/m"));
        assert_eq!(shown("/home/u/m/p/a.go", "example.com/m/p"), "p/a.go");
        assert_eq!(shown("/sdk/src/fmt/print.go", "fmt"), "fmt/print.go");
        assert_eq!(
            shown("/go/mod/github.com/!a/b@v1.2.3/c/d.go", "github.com/A/b/c"),
            "github.com/A/b/c/d.go"
        );
        assert_eq!(shown("/home/u/other/x.go", "example.com/o"), "../other/x.go");
        assert_eq!(shown("/x.go", ""), "/x.go");
    }

    #[test]
    fn functions_lose_directories() {
        assert_eq!(function_name("example.com/m/p.(*T).M"), "p.(*T).M");
        assert_eq!(function_name("main.main.func1"), "main.main.func1");
        assert_eq!(function_name("a/b.F[...]"), "b.F[...]");
    }

    #[test]
    fn links_are_escaped() {
        let style = Style { links: true, ..Style::plain(Path::new("/")) };
        assert_eq!(
            link(Path::new("/a b/ü.go"), "x", &style),
            "\x1b]8;;file:///a%20b/%C3%BC.go\x1b\\x\x1b]8;;\x1b\\"
        );
        assert_eq!(link(Path::new("/a.go"), "x", &Style::plain(Path::new("/"))), "x");
    }
}
