//! What a run printed, in a form that can be kept.

use std::path::Path;

use escargo_report::draft::{self, Filler, Mark};
use serde::{Deserialize, Serialize};

use super::{UnitCache, UnitKey};

/// What a run printed, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// For standard output.
    pub stdout: String,
    /// For standard error.
    pub stderr: Vec<Piece>,
    /// The exit code.
    pub code: u8,
}

/// A part of what was printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// This text.
    Text(String),
    /// The text of a package, which is kept with what else was found of it.
    Unit(UnitText),
}

/// Names the text of a package, and what is to be done with it when it is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitText {
    /// Where it is kept.
    pub key: UnitKey,
    /// Directory of the package, and the directory relative to which paths are shortened.
    pub dirs: (String, String),
    /// What the files are called whose numbers are in the text's marks.
    pub files: Vec<String>,
}

impl Output {
    /// Appends text for standard error.
    pub fn err(&mut self, text: &str) {
        match self.stderr.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.stderr.push(Piece::Text(text.to_owned())),
        }
    }

    /// Bytes that it takes to keep it.
    pub(super) fn len(&self) -> usize {
        let len = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Unit(unit) => unit.files.iter().map(String::len).sum(),
        };
        self.stdout.len() + self.stderr.iter().map(len).sum::<usize>()
    }
}

impl Piece {
    pub(super) fn text(&self, units: &UnitCache) -> Option<String> {
        match self {
            Piece::Text(text) => Some(text.clone()),
            Piece::Unit(unit) => units.text(&unit.key),
        }
    }

    /// Hands on a text that [`RunCache::texts`](super::RunCache::texts) gave, as it is to be printed.
    pub fn print(&self, text: &str, out: &mut dyn FnMut(&str)) {
        match self {
            Piece::Text(_) => out(text),
            Piece::Unit(unit) => unit.print(draft::chunks(text), &mut String::new(), out),
        }
    }
}

impl UnitText {
    /// Hands on the chunks of the text as they are to be printed; `room` is room for one of them.
    pub fn print<'t>(
        &self,
        chunks: impl Iterator<Item = &'t str>,
        room: &mut String,
        out: &mut dyn FnMut(&str),
    ) {
        let name = |mark: Mark| self.files.get(mark.file as usize).cloned().unwrap_or_default();
        let (dir, cwd) = (Path::new(&self.dirs.0), Path::new(&self.dirs.1));
        print(chunks, (dir, cwd), name, room, out);
    }
}

/// Hands on the chunks of a draft with names in place of marks, and paths shortened as the go command does.
pub(crate) fn print<'t>(
    chunks: impl Iterator<Item = &'t str>,
    (dir, cwd): (&Path, &Path),
    name: impl FnMut(Mark) -> String,
    room: &mut String,
    out: &mut dyn FnMut(&str),
) {
    let mut filler = Filler::new(name);
    for chunk in chunks {
        room.clear();
        filler.fill(&escargo_report::paths::shorten(chunk, dir, cwd), room);
        out(room);
    }
}
