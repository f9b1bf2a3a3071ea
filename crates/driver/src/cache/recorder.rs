//! A system that remembers everything it was asked, so that a later run can ask again.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use escargo_base::{DirEntry, Metadata, OsSystem, System};
use escargo_load::dir::{DirPackage, Memory};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::last::{Dir, Dirs, Last, Texts};
use super::stamp::{Hash, Stamp, hash, hash_listing, kind_number};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Ask {
    /// The contents of a file.
    File,
    /// The entries of a directory.
    List,
    /// What stands there, links followed. Sizes and times are not part of the answer.
    Kind,
    /// What stands there itself.
    LinkKind,
    /// The path with all links resolved.
    Real,
}

/// What the answer was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// A file or directory with this stamp. Where a stamp alone does not tell, the hash of what was
    /// read of it: so many bytes from the start, or the listing.
    Content { stamp: Stamp, read: Option<(u64, Hash)> },
    /// Something of this kind.
    Kind(u8),
    /// This path.
    Path(String),
    /// It could not be had. Why does not matter more than that it still cannot.
    Failed(u8),
}

/// The operating system, with a memory.
#[derive(Debug, Default)]
pub struct Recorder {
    system: OsSystem,
    last: Option<Last>,
    log: Mutex<Log>,
    /// Directories that were read as packages.
    dirs: Mutex<FxHashMap<PathBuf, Dir>>,
    /// What counts as now when it is judged whether a stamp alone tells; `None` is the clock.
    pub(super) now: Option<SystemTime>,
}

#[derive(Debug, Default)]
struct Log {
    answers: FxHashMap<(Ask, PathBuf), Answer>,
    env: FxHashMap<String, Option<String>>,
    /// The same question got two answers, a path is not text, or something was written: the run cannot be replayed.
    unstable: bool,
}

/// Everything a run asked, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) env: Vec<(String, Option<String>)>,
    pub(super) answers: Vec<(Ask, String, Answer)>,
}

impl Recorder {
    /// A recorder with an empty memory.
    pub fn new() -> Recorder {
        Recorder::default()
    }

    /// A recorder with an empty memory, after a run that noted this.
    pub fn after(last: Option<Last>) -> Recorder {
        Recorder { last, ..Recorder::default() }
    }

    /// Directories that were read as packages, in order.
    pub(super) fn dirs(&self) -> Dirs {
        let dirs = self.dirs.lock();
        let mut list: Dirs =
            dirs.iter().filter_map(|(path, dir)| Some((path.to_str()?.to_owned(), dir.clone()))).collect();
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list
    }

    /// What is known of files of a directory, given the hash of their names, if the last run read them and they have not
    /// changed since.
    pub fn texts(&self, dir: &Path, names: &Hash) -> Option<Texts> {
        let dirs = self.dirs.lock();
        dirs.get(dir)?.texts.iter().find(|texts| texts.names == *names).copied()
    }

    /// Takes note of files of a directory that were read.
    pub fn remember_texts(&self, dir: &Path, texts: Texts) {
        if let Some(dir) = self.dirs.lock().get_mut(dir) {
            dir.texts.push(texts);
        }
    }

    /// Whether nothing that was read has changed meanwhile, as far as has been seen.
    pub fn is_stable(&self) -> bool {
        !self.log.lock().unstable
    }

    /// What was asked so far; `None` if that cannot be asked again.
    pub(super) fn record(&self) -> Option<Record> {
        let log = self.log.lock();
        if log.unstable {
            return None;
        }
        let mut record = Record {
            env: log.env.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            answers: Vec::new(),
        };
        record.env.sort();
        let needed = log.answers.iter().filter(|((ask, path), answer)| !log.is_implied(*ask, path, answer));
        let as_text = |((ask, path), answer): (&(Ask, PathBuf), &Answer)| {
            Some((*ask, path.to_str()?.to_owned(), answer.clone()))
        };
        record.answers = needed.map(as_text).collect::<Option<_>>()?;
        record.answers.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
        Some(record)
    }

    fn note(&self, ask: Ask, path: &Path, answer: Answer) {
        let mut log = self.log.lock();
        match log.answers.entry((ask, path.to_owned())) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(answer);
            }
            std::collections::hash_map::Entry::Occupied(mut entry) => {
                match (entry.get().clone(), &answer) {
                    (Answer::Content { stamp: a, read: old }, Answer::Content { stamp: b, read: new })
                        if a == *b =>
                    {
                        // Of two reads the longer says more.
                        if new.map(|(n, _)| n) > old.map(|(n, _)| n) {
                            entry.insert(answer);
                        }
                    }
                    (old, new) if old == *new => {}
                    _ => log.unstable = true,
                }
            }
        }
    }

    /// Reads a file, and notes it.
    fn note_read<T>(
        &self,
        path: &Path,
        read: impl FnOnce(&std::fs::Metadata) -> io::Result<T>,
        text: impl Fn(&T) -> &Vec<u8>,
    ) -> io::Result<T> {
        let meta = std::fs::metadata(path);
        let stamp = meta.as_ref().map(Stamp::from).map_err(|e| io::Error::from(e.kind()));
        let result = meta.and_then(|meta| read(&meta));
        let hashed = |read: &T| (text(read).len() as u64, hash(text(read)));
        self.note_content(Ask::File, path, stamp, &result, hashed);
        result
    }

    /// Notes something read. The stamp was taken before the contents, so that a change in between
    /// shows as a change.
    fn note_content<T>(
        &self,
        ask: Ask,
        path: &Path,
        stamp: io::Result<Stamp>,
        result: &io::Result<T>,
        read: impl Fn(&T) -> (u64, Hash),
    ) {
        let answer = match (stamp, result) {
            (Ok(stamp), Ok(content)) => {
                let racy = stamp.is_racy(self.now.unwrap_or_else(SystemTime::now));
                Answer::Content { stamp, read: racy.then(|| read(content)) }
            }
            (_, Err(e)) => failed(e),
            (Err(_), Ok(_)) => {
                // It came into being in between.
                self.log.lock().unstable = true;
                return;
            }
        };
        self.note(ask, path, answer);
    }
}

impl Log {
    /// Whether another answer already says this one.
    fn is_implied(&self, ask: Ask, path: &Path, answer: &Answer) -> bool {
        let by = match (ask, answer) {
            (Ask::Kind, Answer::Kind(0)) => Ask::File,
            (Ask::Kind, Answer::Kind(1)) => Ask::List,
            _ => return false,
        };
        matches!(self.answers.get(&(by, path.to_owned())), Some(Answer::Content { .. }))
    }
}

fn failed(e: &io::Error) -> Answer {
    Answer::Failed(match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => 0,
        io::ErrorKind::PermissionDenied => 1,
        _ => 2,
    })
}

impl Answer {
    /// When it was last changed, as far as that is known.
    pub(super) fn modified(&self) -> Option<(i64, u32)> {
        match self {
            Answer::Content { stamp, .. } => Some(stamp.modified()),
            _ => None,
        }
    }

    /// Asks again. `Err` if the answer is another; `Ok(Some(…))` if it is the same and a stamp alone
    /// tells so from now on.
    pub(super) fn ask_again(&self, ask: Ask, path: &Path, now: SystemTime) -> Result<Option<Answer>, ()> {
        let system = OsSystem;
        let same = |now: Answer| if now == *self { Ok(None) } else { Err(()) };
        let kind = |r: io::Result<Metadata>| match r {
            Ok(m) => Answer::Kind(kind_number(m.kind)),
            Err(e) => failed(&e),
        };
        match (ask, self) {
            (Ask::Kind, _) => same(kind(system.metadata(path))),
            (Ask::LinkKind, _) => same(kind(system.symlink_metadata(path))),
            (Ask::Real, _) => same(real(&system.canonicalize(path))),
            (Ask::File | Ask::List, Answer::Content { stamp, read }) => {
                let found = Stamp::of(path).map_err(|_| ())?;
                if found != *stamp {
                    return Err(());
                }
                let Some((len, hash)) = read else { return Ok(None) };
                if content_hash(ask, path, *len) != Some(*hash) {
                    return Err(());
                }
                Ok((!found.is_racy(now)).then_some(Answer::Content { stamp: found, read: None }))
            }
            (Ask::File, _) => {
                same(system.read_prefix(path, 1).map_or_else(|e| failed(&e), |_| Answer::Kind(0)))
            }
            (Ask::List, _) => same(system.read_dir(path).map_or_else(|e| failed(&e), |_| Answer::Kind(1))),
        }
    }
}

fn content_hash(ask: Ask, path: &Path, len: u64) -> Option<Hash> {
    if ask == Ask::List {
        return OsSystem.read_dir(path).ok().map(|entries| hash_listing(&entries));
    }
    let text = OsSystem.read(path).ok()?;
    text.get(..usize::try_from(len).ok()?).map(hash)
}

fn real(result: &io::Result<PathBuf>) -> Answer {
    match result {
        Ok(path) => path.to_str().map_or(Answer::Failed(3), |p| Answer::Path(p.to_owned())),
        Err(e) => failed(e),
    }
}

impl Memory for Recorder {
    fn recall(&self, dir: &Path, way: &str) -> Option<Arc<DirPackage>> {
        let (found, answers) = self.last.as_ref()?.recall(dir, way)?;
        answers.into_iter().for_each(|(ask, path, answer)| self.note(ask, Path::new(&path), answer));
        self.dirs.lock().insert(dir.to_owned(), found.clone());
        Some(found.package.clone())
    }
    fn remember(&self, dir: &Path, way: &str, package: &Arc<DirPackage>) {
        let found = Dir { way: way.to_owned(), package: package.clone(), texts: Vec::new() };
        self.dirs.lock().insert(dir.to_owned(), found);
    }
}

impl System for Recorder {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note_read(path, |meta| self.system.read_known(path, meta), |text| text)
    }
    fn read_prefix(&self, path: &Path, limit: usize) -> io::Result<(Vec<u8>, bool)> {
        self.note_read(path, |meta| self.system.read_known_prefix(path, limit, meta), |(text, _)| text)
    }
    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let result = self.system.metadata(path);
        self.note(
            Ask::Kind,
            path,
            result.as_ref().map_or_else(failed, |m| Answer::Kind(kind_number(m.kind))),
        );
        result
    }
    fn symlink_metadata(&self, path: &Path) -> io::Result<Metadata> {
        let result = self.system.symlink_metadata(path);
        let answer = result.as_ref().map_or_else(failed, |m| Answer::Kind(kind_number(m.kind)));
        self.note(Ask::LinkKind, path, answer);
        result
    }
    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let stamp = Stamp::of(path);
        let result = self.system.read_dir(path);
        self.note_content(Ask::List, path, stamp, &result, |entries| (0, hash_listing(entries)));
        result
    }
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        let result = self.system.canonicalize(path);
        self.note(Ask::Real, path, real(&result));
        result
    }
    fn env(&self, name: &str) -> Option<String> {
        let value = self.system.env(name);
        self.log.lock().env.entry(name.to_owned()).or_insert_with(|| value.clone());
        value
    }
    fn current_dir(&self) -> io::Result<PathBuf> {
        // Part of the key of every run.
        self.system.current_dir()
    }
    fn now(&self) -> SystemTime {
        self.system.now()
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.log.lock().unstable = true;
        self.system.create_dir(path)
    }
    fn write_file(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        self.log.lock().unstable = true;
        self.system.write_file(path, text)
    }
}
