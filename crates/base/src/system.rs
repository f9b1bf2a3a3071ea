//! The seam to the operating system: files, environment, clock.
//!
//! Everything that reads or writes the outside world takes a [`System`], so that editors' unsaved text and
//! tests need no disk. [`OsSystem`] is the real one; [`MemSystem`] lives in memory.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::RwLock;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link (only from [`System::read_dir`] and [`System::symlink_metadata`]).
    Symlink,
    /// A device, socket, pipe …
    Other,
}

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug)]
pub struct Metadata {
    /// What it is.
    pub kind: FileKind,
    /// Size in bytes.
    pub len: u64,
    /// Time of last modification, where the file system keeps one.
    pub modified: Option<SystemTime>,
}

/// An entry of a directory.
#[derive(Clone, Debug)]
pub struct DirEntry {
    /// Name within the directory. Names that are not UTF-8 are left out of listings.
    pub name: String,
    /// What it is; links are not followed.
    pub kind: FileKind,
}

/// Files, environment and clock, as far as reading source and writing about it needs them.
pub trait System: Send + Sync + std::fmt::Debug {
    /// The whole file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// At least the first `limit` bytes of the file (all of it if it is shorter), and whether that is
    /// the whole file.
    fn read_prefix(&self, path: &Path, _limit: usize) -> io::Result<(Vec<u8>, bool)> {
        self.read(path).map(|text| (text, true))
    }
    /// Metadata, following links.
    fn metadata(&self, path: &Path) -> io::Result<Metadata>;
    /// Metadata of the path itself, links not followed.
    fn symlink_metadata(&self, path: &Path) -> io::Result<Metadata>;
    /// Entries of a directory, sorted by name (bytes).
    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>>;
    /// The path with all links resolved.
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf>;
    /// An environment variable; empty values count as unset where Go does so too: that is the caller's rule.
    fn env(&self, name: &str) -> Option<String>;
    /// The current directory.
    fn current_dir(&self) -> io::Result<PathBuf>;
    /// The time.
    fn now(&self) -> SystemTime;
    /// Makes a directory, with those above it; that it exists already is no error.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes a file of this text, in a directory that exists; what stood there before is lost.
    fn write_file(&self, path: &Path, text: &[u8]) -> io::Result<()>;

    /// Whether a regular file stands at `path` (links followed).
    fn is_file(&self, path: &Path) -> bool {
        self.metadata(path).is_ok_and(|m| m.kind == FileKind::File)
    }
    /// Whether a directory stands at `path` (links followed).
    fn is_dir(&self, path: &Path) -> bool {
        self.metadata(path).is_ok_and(|m| m.kind == FileKind::Dir)
    }
}

/// The real operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsSystem;

/// More of what is neither a file nor a directory is not read: devices have no end.
const MAX_DEVICE: u64 = 1 << 24;

/// Opens a file of which this is known, but nothing that could keep the reader waiting for ever.
fn open(path: &Path, meta: &std::fs::Metadata) -> io::Result<std::fs::File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if meta.file_type().is_fifo() || meta.file_type().is_socket() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
    }
    std::fs::File::open(path)
}

impl OsSystem {
    /// [`System::read`] of a file of which this is known already.
    pub fn read_known(&self, path: &Path, meta: &std::fs::Metadata) -> io::Result<Vec<u8>> {
        let mut file = open(path, meta)?;
        let mut text = Vec::new();
        if meta.is_file() && meta.len() > 0 {
            // No more is asked of the system than these.
            text.reserve_exact(usize::try_from(meta.len()).unwrap_or(0));
            file.by_ref().take(meta.len()).read_to_end(&mut text)?;
        } else {
            let limit = if meta.is_file() || meta.is_dir() { u64::MAX } else { MAX_DEVICE };
            file.take(limit).read_to_end(&mut text)?;
        }
        Ok(text)
    }

    /// [`System::read_prefix`] of a file of which this is known already.
    pub fn read_known_prefix(
        &self,
        path: &Path,
        limit: usize,
        meta: &std::fs::Metadata,
    ) -> io::Result<(Vec<u8>, bool)> {
        if meta.is_file() && (1..=limit as u64).contains(&meta.len()) {
            return self.read_known(path, meta).map(|text| (text, true));
        }
        let mut text = Vec::with_capacity(limit + 1);
        open(path, meta)?.take(limit as u64 + 1).read_to_end(&mut text)?;
        let whole = text.len() <= limit;
        Ok((text, whole))
    }
}

fn kind_of(ft: std::fs::FileType) -> FileKind {
    if ft.is_file() {
        FileKind::File
    } else if ft.is_dir() {
        FileKind::Dir
    } else if ft.is_symlink() {
        FileKind::Symlink
    } else {
        FileKind::Other
    }
}

fn metadata_of(m: &std::fs::Metadata) -> Metadata {
    Metadata { kind: kind_of(m.file_type()), len: m.len(), modified: m.modified().ok() }
}

impl System for OsSystem {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_known(path, &std::fs::metadata(path)?)
    }
    fn read_prefix(&self, path: &Path, limit: usize) -> io::Result<(Vec<u8>, bool)> {
        self.read_known_prefix(path, limit, &std::fs::metadata(path)?)
    }
    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        std::fs::metadata(path).map(|m| metadata_of(&m))
    }
    fn symlink_metadata(&self, path: &Path) -> io::Result<Metadata> {
        std::fs::symlink_metadata(path).map(|m| metadata_of(&m))
    }
    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            if let Ok(name) = entry.file_name().into_string() {
                entries.push(DirEntry { name, kind: kind_of(entry.file_type()?) });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
    fn current_dir(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }
    fn write_file(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        std::fs::write(path, text)
    }
}

/// A system in memory: absolute paths to bytes, no links. Can lie over another system, as an
/// editor's unsaved files lie over the disk.
#[derive(Debug, Default)]
pub struct MemSystem {
    files: RwLock<BTreeMap<PathBuf, Arc<[u8]>>>,
    env: RwLock<BTreeMap<String, String>>,
    cwd: RwLock<PathBuf>,
    below: Option<Arc<dyn System>>,
}

impl MemSystem {
    /// An empty system whose current directory is `/`.
    pub fn new() -> Self {
        MemSystem { cwd: RwLock::new(PathBuf::from("/")), ..Self::default() }
    }
    /// Files in memory hide those of `below`; everything else comes from `below`.
    pub fn over(below: Arc<dyn System>) -> Self {
        let cwd = below.current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        MemSystem { cwd: RwLock::new(cwd), below: Some(below), ..Self::default() }
    }
    /// Puts a file at an absolute path; its directories exist by that.
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        self.files.write().insert(normal(path.as_ref()), text.as_ref().into());
    }
    /// Removes a file from memory.
    pub fn remove(&self, path: impl AsRef<Path>) {
        self.files.write().remove(&normal(path.as_ref()));
    }
    /// Sets an environment variable.
    pub fn set_env(&self, name: &str, value: &str) {
        self.env.write().insert(name.into(), value.into());
    }
    /// Sets the current directory.
    pub fn set_current_dir(&self, dir: impl Into<PathBuf>) {
        *self.cwd.write() = dir.into();
    }
}

/// Resolves `.` and `..` by text.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for c in path.components() {
        match c {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            c => out.push(c),
        }
    }
    out
}

fn not_found() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl System for MemSystem {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(text) = self.files.read().get(&normal(path)) {
            return Ok(text.to_vec());
        }
        self.below.as_ref().map_or_else(|| Err(not_found()), |b| b.read(path))
    }
    fn read_prefix(&self, path: &Path, limit: usize) -> io::Result<(Vec<u8>, bool)> {
        match &self.below {
            Some(below) if !self.files.read().contains_key(&normal(path)) => below.read_prefix(path, limit),
            _ => self.read(path).map(|text| (text, true)),
        }
    }
    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let path = normal(path);
        let files = self.files.read();
        if let Some(text) = files.get(&path) {
            return Ok(Metadata { kind: FileKind::File, len: text.len() as u64, modified: None });
        }
        if files.range(path.clone()..).next().is_some_and(|(p, _)| p.starts_with(&path)) {
            return Ok(Metadata { kind: FileKind::Dir, len: 0, modified: None });
        }
        self.below.as_ref().map_or_else(|| Err(not_found()), |b| b.metadata(&path))
    }
    fn symlink_metadata(&self, path: &Path) -> io::Result<Metadata> {
        match (self.metadata(path), &self.below) {
            (Ok(m), _) if self.files.read().contains_key(&normal(path)) => Ok(m),
            (_, Some(b)) => b.symlink_metadata(path).or_else(|_| self.metadata(path)),
            (found, None) => found,
        }
    }
    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let dir = normal(path);
        let mut entries: BTreeMap<String, FileKind> = BTreeMap::new();
        let mut found = false;
        if let Some(Ok(below)) = self.below.as_ref().map(|b| b.read_dir(path)) {
            found = true;
            entries.extend(below.into_iter().map(|e| (e.name, e.kind)));
        }
        for file in self.files.read().range(dir.clone()..).map(|(p, _)| p) {
            let Ok(rest) = file.strip_prefix(&dir) else { break };
            let mut parts = rest.components();
            let Some(name) = parts.next().and_then(|c| c.as_os_str().to_str()) else { continue };
            found = true;
            let kind = if parts.next().is_some() { FileKind::Dir } else { FileKind::File };
            entries.insert(name.to_owned(), kind);
        }
        if !found {
            return Err(not_found());
        }
        Ok(entries.into_iter().map(|(name, kind)| DirEntry { name, kind }).collect())
    }
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        match &self.below {
            Some(b) if !self.files.read().contains_key(&normal(path)) => b.canonicalize(path),
            _ => self.metadata(path).map(|_| normal(path)),
        }
    }
    fn env(&self, name: &str) -> Option<String> {
        let own = self.env.read().get(name).cloned();
        own.or_else(|| self.below.as_ref().and_then(|b| b.env(name)))
    }
    fn current_dir(&self) -> io::Result<PathBuf> {
        Ok(self.cwd.read().clone())
    }
    fn now(&self) -> SystemTime {
        self.below.as_ref().map_or(SystemTime::UNIX_EPOCH, |b| b.now())
    }
    fn create_dir(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }
    fn write_file(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        self.write(path, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_follow_from_files() {
        let sys = MemSystem::new();
        sys.write("/m/a.go", "package m");
        sys.write("/m/sub/b.go", "package sub");
        let names: Vec<_> = sys.read_dir(Path::new("/m")).unwrap();
        assert_eq!(
            names.iter().map(|e| (&*e.name, e.kind)).collect::<Vec<_>>(),
            [("a.go", FileKind::File), ("sub", FileKind::Dir)]
        );
        assert!(sys.is_dir(Path::new("/m/sub")) && !sys.is_dir(Path::new("/m/none")));
        assert!(sys.read_dir(Path::new("/none")).is_err());
        sys.create_dir(Path::new("/none")).unwrap();
        sys.write_file(Path::new("/none/c"), b"c").unwrap();
        assert_eq!(sys.read(Path::new("/none/c")).unwrap(), b"c");
    }
}
