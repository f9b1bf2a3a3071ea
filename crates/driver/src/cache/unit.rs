//! Results of compiling packages, kept on disk between runs.
//!
//! An entry is found by the key of what it was made from, so it is never out of date. It is written under a temporary
//! name and renamed, and starts with its schema and a hash of the rest: readers see whole entries, and whatever does
//! not fit is as good as absent.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Names a result by all that it was made from.
pub type UnitKey = [u8; 32];

/// Starts every entry. The number is the schema's: any change to what is stored changes it.
const MAGIC: &[u8; 17] = b"escargo unit 0001";
/// Entries may take so many bytes together; the oldest go first.
const KEPT: u64 = 2 << 30;

/// The place where entries are kept.
#[derive(Debug)]
pub struct UnitCache {
    dir: PathBuf,
    written: AtomicUsize,
}

impl UnitCache {
    /// The entries in a cache directory.
    pub fn new(cache: &Path) -> UnitCache {
        UnitCache { dir: cache.join("unit"), written: AtomicUsize::new(0) }
    }

    /// The entry of a key.
    pub fn get<T: DeserializeOwned>(&self, key: &UnitKey) -> Option<T> {
        let bytes = std::fs::read(self.file(key)).ok()?;
        let (sum, body) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<32>()?;
        if *blake3::hash(body).as_bytes() != *sum {
            return None;
        }
        postcard::from_bytes(body).ok()
    }

    /// Keeps an entry. One that cannot be written is only a package to be compiled again.
    pub fn put<T: Serialize>(&self, key: &UnitKey, entry: &T) {
        let file = self.file(key);
        let (Some(dir), Ok(body)) = (file.parent(), postcard::to_stdvec(entry)) else { return };
        if std::fs::create_dir_all(dir).is_err() {
            return;
        }
        let n = self.written.fetch_add(1, Ordering::Relaxed);
        let temporary = dir.join(format!(".tmp-{}-{n}", std::process::id()));
        let write = |mut file: std::fs::File| {
            file.write_all(MAGIC)?;
            file.write_all(blake3::hash(&body).as_bytes())?;
            file.write_all(&body)
        };
        let written = std::fs::File::create(&temporary).and_then(write);
        if written.and_then(|()| std::fs::rename(&temporary, &file)).is_err() {
            // It may not even have been made.
            let _ = std::fs::remove_file(&temporary);
        }
    }

    fn file(&self, key: &UnitKey) -> PathBuf {
        let hex = blake3::Hash::from_bytes(*key).to_hex();
        self.dir.join(&hex[..2]).join(hex.as_str())
    }

    /// Removes the oldest entries beyond the limit, if any were written.
    pub fn prune(&self) {
        if self.written.load(Ordering::Relaxed) == 0 {
            return;
        }
        let dirs = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let files = dirs.filter_map(|dir| std::fs::read_dir(dir.path()).ok()).flatten().flatten();
        let mut all: Vec<(SystemTime, u64, PathBuf)> = files
            .filter_map(|file| {
                let meta = file.metadata().ok()?;
                Some((meta.modified().ok()?, meta.len(), file.path()))
            })
            .collect();
        let mut total: u64 = all.iter().map(|(_, len, _)| len).sum();
        if total <= KEPT {
            return;
        }
        all.sort();
        for (_, len, path) in all {
            if total <= KEPT / 4 * 3 {
                return;
            }
            total -= len;
            // Another process may have been faster.
            let _ = std::fs::remove_file(path);
        }
    }
}
