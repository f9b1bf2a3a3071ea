//! What the last run of the same kind noted: of directories in which nothing has changed since, it need not be found out
//! again which packages they are, and what their files hash to.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use escargo_load::dir::DirPackage;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::recorder::{Answer, Ask, Record};
use super::stamp::Hash;

/// A directory that was read as a package.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dir {
    /// The way in which it was read.
    pub(super) way: String,
    /// What was found.
    pub(super) package: Arc<DirPackage>,
    /// Files of it that were read together.
    pub(super) texts: Vec<Texts>,
}

/// Files that were read.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Texts {
    /// Hash of their names.
    pub names: Hash,
    /// Hash of their texts.
    pub texts: Hash,
    /// Bytes of all together.
    pub len: u64,
}

/// Directories in order.
pub(super) type Dirs = Vec<(String, Dir)>;

/// A question, what it was about, and the answer.
pub(super) type Noted = (Ask, String, Answer);

/// What a run noted.
#[derive(Debug, Default)]
pub struct Last {
    dirs: FxHashMap<PathBuf, Dir>,
    /// By directory, what was asked of it and of what is in it.
    answers: FxHashMap<PathBuf, Vec<Noted>>,
}

impl Last {
    pub(super) fn new(record: Record, dirs: Dirs) -> Last {
        let dirs = dirs.into_iter().map(|(path, dir)| (path.into(), dir)).collect();
        let mut last = Last { dirs, answers: FxHashMap::default() };
        for noted in record.answers {
            let path = Path::new(&noted.1);
            let dir = if noted.0 == Ask::List { Some(path) } else { path.parent() };
            if let Some(dir) = dir.filter(|&dir| last.dirs.contains_key(dir)) {
                last.answers.entry(dir.to_owned()).or_default().push(noted);
            }
        }
        last
    }

    /// A directory as it was read in this way, and what was asked then, if the answers are the same now.
    pub(super) fn recall(&self, path: &Path, way: &str) -> Option<(&Dir, Vec<Noted>)> {
        let dir = self.dirs.get(path).filter(|dir| dir.way == way)?;
        let now = SystemTime::now();
        let asked_again = |(ask, path, answer): &Noted| {
            let simpler = answer.ask_again(*ask, Path::new(path), now).ok()?;
            Some((*ask, path.clone(), simpler.unwrap_or_else(|| answer.clone())))
        };
        let answers = self.answers.get(path)?.iter().map(asked_again).collect::<Option<_>>()?;
        Some((dir, answers))
    }
}
