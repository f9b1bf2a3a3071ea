//! Source files, byte positions, and their translation to the line and column that are printed.
//!
//! Inside escargo a position is a file and a byte offset. Lines, columns and `//line` directives
//! exist only when a position is shown.

use std::path::PathBuf;
use std::sync::Arc;

use crate::define_id;
use crate::index::Id;

define_id! {
    /// A source file of the session.
    pub struct FileId("file");
}

/// A byte position in a file. Ordered by file, then offset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos {
    /// The file, or `None` for things that stand in no file (the universe, generated code).
    pub file: Option<FileId>,
    /// Byte offset from the start of the file.
    pub offset: u32,
}

impl Pos {
    /// The position of things that stand in no file.
    pub const NONE: Pos = Pos { file: None, offset: 0 };

    /// Byte `offset` of `file`.
    pub const fn new(file: FileId, offset: u32) -> Pos {
        Pos { file: Some(file), offset }
    }
    /// Whether this names a place in a file.
    pub const fn is_known(self) -> bool {
        self.file.is_some()
    }
}

impl Default for Pos {
    fn default() -> Self {
        Pos::NONE
    }
}

impl std::fmt::Debug for Pos {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.file {
            Some(file) => write!(f, "{file:?}@{}", self.offset),
            None => f.write_str("nowhere"),
        }
    }
}

/// A half-open byte range in a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// The first byte; also the position that is reported.
    pub start: Pos,
    /// Offset just past the last byte, in the same file. Equal to the start where only a point is known.
    pub end: u32,
}

impl Span {
    /// The span that stands in no file.
    pub const NONE: Span = Span { start: Pos::NONE, end: 0 };

    /// A point.
    pub const fn at(pos: Pos) -> Span {
        Span { start: pos, end: pos.offset }
    }
}

/// A `//line` or `/*line*/` directive, in effect from `offset` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDirective {
    /// First byte that the directive renames: the start of the following line for `//line`, the byte
    /// after the comment for `/*line*/`.
    pub offset: u32,
    /// New file name, as written; `None` keeps the name in effect.
    pub file: Option<Arc<str>>,
    /// Line number given to the text at `offset`.
    pub line: u32,
    /// Column given to the text at `offset`; `None` makes columns unknown until a directive gives one.
    pub column: Option<u32>,
}

/// A position as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// File name: the file's path, or what a line directive says (relative names are joined to the
    /// directory of the file).
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1; `None` where it is unknown.
    pub column: Option<u32>,
}

/// Offsets at which the lines of a text start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineTable {
    starts: Vec<u32>,
}

impl LineTable {
    /// Indexes `text`. Only `\n` ends a line.
    pub fn new(text: &[u8]) -> LineTable {
        let mut starts = Vec::with_capacity(text.len() / 32 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text).map(|i| i as u32 + 1));
        LineTable { starts }
    }
    /// Line and column in bytes, both from 1.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|&s| s <= offset);
        (line as u32, offset - self.starts[line - 1] + 1)
    }
    /// Number of lines; a text without a final newline counts its last line.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }
    /// Offset of the first byte of `line` (from 1).
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get((line as usize).checked_sub(1)?).copied()
    }
}

/// A file of the session.
#[derive(Debug)]
pub struct SourceFile {
    /// Path as it was opened: absolute, except for texts that stand in no directory.
    pub path: PathBuf,
    /// The bytes. Go source is meant to be UTF-8; nothing here relies on it.
    pub text: Arc<[u8]>,
    lines: std::sync::OnceLock<LineTable>,
    directives: std::sync::OnceLock<Vec<LineDirective>>,
    shown: std::sync::OnceLock<PathBuf>,
    shown_text: std::sync::OnceLock<Box<str>>,
}

impl SourceFile {
    /// The path by which messages about compiled code call the file.
    pub fn shown_path(&self) -> &std::path::Path {
        self.shown.get().unwrap_or(&self.path)
    }
    /// The same as text.
    pub fn shown_text(&self) -> &str {
        self.shown_text.get_or_init(|| self.shown_path().to_string_lossy().into())
    }
    /// Gives the file another path in such messages. Only the first call counts, and only before the path is asked for.
    pub fn show_as(&self, path: PathBuf) {
        let _ = self.shown.set(path);
    }
    /// The line table, made on first use.
    pub fn lines(&self) -> &LineTable {
        self.lines.get_or_init(|| LineTable::new(&self.text))
    }
    /// Line directives in offset order; empty until the parser has set them.
    pub fn line_directives(&self) -> &[LineDirective] {
        self.directives.get().map_or(&[], Vec::as_slice)
    }
    /// Records the line directives that the parser found. Only the first call counts.
    pub fn set_line_directives(&self, directives: Vec<LineDirective>) {
        let _ = self.directives.set(directives);
    }
    /// The position of `offset` in the file itself, whatever directives say.
    pub fn physical_position(&self, offset: u32) -> Position {
        let (line, column) = self.lines().line_column(offset);
        Position { file: self.path.clone(), line, column: Some(column) }
    }
    /// The position of `offset` as line directives rename it.
    ///
    /// A directive's column holds on the first line it renames; on later lines the real column is
    /// used. A directive without a column leaves columns unknown.
    pub fn position(&self, offset: u32) -> Position {
        let (line, column) = self.lines().line_column(offset);
        let directives = self.line_directives();
        let n = directives.partition_point(|d| d.offset <= offset);
        let Some(active) = n.checked_sub(1).map(|i| &directives[i]) else {
            return Position { file: self.path.clone(), line, column: Some(column) };
        };
        let (from_line, from_column) = self.lines().line_column(active.offset);
        let column = match active.column {
            None => None,
            Some(c) if line == from_line => Some(c + (column - from_column)),
            Some(_) => Some(column),
        };
        let name = directives[..n].iter().rev().find_map(|d| d.file.as_deref());
        let file = match (name, self.path.parent()) {
            (None, _) => self.path.clone(),
            (Some(name), Some(dir)) => dir.join(name),
            (Some(name), None) => PathBuf::from(name),
        };
        Position { file, line: active.line + (line - from_line), column }
    }
}

/// All files of a session. Grows only; shared between threads.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: boxcar::Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds a file.
    pub fn add(&self, path: PathBuf, text: Arc<[u8]>) -> FileId {
        FileId::from_index(self.files.push(SourceFile {
            path,
            text,
            lines: Default::default(),
            directives: Default::default(),
            shown: Default::default(),
            shown_text: Default::default(),
        }))
    }
    /// The file behind an id of this map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }
    /// The printed position; `None` for positions that stand in no file.
    pub fn position(&self, pos: Pos) -> Option<Position> {
        Some(self.file(pos.file?).position(pos.offset))
    }
    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.count()
    }
    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, directives: Vec<LineDirective>) -> SourceFile {
        let map = SourceMap::new();
        map.add(PathBuf::from("/d/a.go"), text.as_bytes().into());
        let file = map.files.into_iter().next().unwrap();
        file.set_line_directives(directives);
        file
    }

    #[test]
    fn columns_are_bytes_from_one() {
        let f = file("é x\ny", vec![]);
        assert_eq!(f.lines().line_column(3), (1, 4));
        assert_eq!(f.lines().line_column(5), (2, 1));
    }

    #[test]
    fn a_directive_renames_lines_and_hides_columns() {
        let d = LineDirective { offset: 2, file: Some("b.y".into()), line: 10, column: None };
        let f = file("x\ny\nz", vec![d.clone()]);
        assert_eq!(f.position(0).line, 1);
        assert_eq!(f.position(4), Position { file: "/d/b.y".into(), line: 11, column: None });
        let f = file("x\ny\nz", vec![LineDirective { column: Some(7), ..d }]);
        assert_eq!((f.position(2).column, f.position(4).column), (Some(7), Some(1)));
    }
}
