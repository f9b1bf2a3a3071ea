//! Results of compiling packages, kept on disk between runs.
//!
//! An entry is found by the key of what it was made from, so it is never out of date.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::whole;

/// Names a result by all that it was made from.
pub type UnitKey = [u8; 32];

/// Starts every entry. The number is the schema's: any change to what is stored changes it.
const MAGIC: &[u8; 17] = b"escargo unit 0003";
/// Entries may take so many bytes together; the oldest go first.
const KEPT: u64 = 2 << 30;

/// The place where entries are kept.
#[derive(Debug)]
pub struct UnitCache {
    dir: PathBuf,
    /// Something was written.
    written: AtomicBool,
}

impl UnitCache {
    /// The entries in a cache directory.
    pub fn new(cache: &Path) -> UnitCache {
        UnitCache { dir: cache.join("unit"), written: AtomicBool::new(false) }
    }

    /// The entry of a key, and its text.
    pub fn get<T: DeserializeOwned>(&self, key: &UnitKey) -> Option<(T, String)> {
        whole::read(&self.file(key), MAGIC)
    }

    /// The text alone of an entry.
    pub fn text(&self, key: &UnitKey) -> Option<String> {
        whole::read_text(&self.file(key), MAGIC)
    }

    /// Keeps an entry and its text. One that cannot be written is only a package to be compiled again; whether it was.
    pub fn put<'t, T: Serialize>(
        &self,
        key: &UnitKey,
        entry: &T,
        text: impl Iterator<Item = &'t str> + Clone,
    ) -> bool {
        let written = whole::write(&self.file(key), MAGIC, entry, text);
        self.written.fetch_or(written, Ordering::Relaxed);
        written
    }

    fn file(&self, key: &UnitKey) -> PathBuf {
        let hex = blake3::Hash::from_bytes(*key).to_hex();
        self.dir.join(&hex[..2]).join(hex.as_str())
    }

    /// Removes the oldest entries beyond the limit, if any were written.
    pub fn prune(&self) {
        if !self.written.load(Ordering::Relaxed) {
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
