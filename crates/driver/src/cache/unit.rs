//! Results of compiling packages, kept on disk between runs.
//!
//! An entry is found by the key of what it was made from, so it is never out of date.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::whole;

/// Names a result by all that it was made from.
pub type UnitKey = [u8; 32];

/// Starts every entry. The number is the schema's: any change to what is stored changes it.
const MAGIC: &[u8; 17] = b"escargo unit 0006";
/// Entries may take so many bytes together; the oldest go first.
const KEPT: u64 = 2 << 30;

/// How often it is looked whether they take more: it takes a look at each of them.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// The place where entries are kept.
#[derive(Debug)]
pub struct UnitCache {
    dir: PathBuf,
    /// A file that is as old as the last look at what entries take.
    looked: PathBuf,
    /// Something was written.
    written: AtomicBool,
}

impl UnitCache {
    /// The entries in a cache directory.
    pub fn new(cache: &Path) -> UnitCache {
        let (dir, looked) = (cache.join("unit"), cache.join("unit-looked"));
        UnitCache { dir, looked, written: AtomicBool::new(false) }
    }

    /// The entry of a key, and the length of its text.
    pub fn get<T: DeserializeOwned>(&self, key: &UnitKey) -> Option<(T, u64)> {
        whole::read(&self.file(key), MAGIC)
    }

    /// The text of an entry.
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

    /// Removes the oldest entries beyond the limit, if any were written and nobody has looked lately.
    pub fn prune(&self) {
        let age = |path: &Path| std::fs::metadata(path).ok()?.modified().ok()?.elapsed().ok();
        let lately = age(&self.looked).is_some_and(|age| age < LOOK_EVERY);
        // Without the file the next run looks again.
        if !self.written.load(Ordering::Relaxed) || lately || std::fs::write(&self.looked, "").is_err() {
            return;
        }
        self.remove_beyond(KEPT);
    }

    /// Removes the oldest entries if all together take more bytes than `limit`, until they take clearly less.
    fn remove_beyond(&self, limit: u64) {
        let dirs = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let files = dirs.filter_map(|dir| std::fs::read_dir(dir.path()).ok()).flatten().flatten();
        let mut all: Vec<(SystemTime, u64, PathBuf)> = files
            .filter_map(|file| {
                let meta = file.metadata().ok()?;
                Some((meta.modified().ok()?, meta.len(), file.path()))
            })
            .collect();
        let mut total: u64 = all.iter().map(|(_, len, _)| len).sum();
        if total <= limit {
            return;
        }
        all.sort();
        for (_, len, path) in all {
            if total <= limit / 4 * 3 {
                return;
            }
            total -= len;
            // Another process may have been faster.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_go_and_looks_are_rare() {
        let dir = std::env::temp_dir().join(format!("escargo-units-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let cache = UnitCache::new(&dir);
        let key = |n: u8| [n; 32];
        let text = "x".repeat(1000);
        for n in 0..8 {
            assert!(cache.put(&key(n), &n, std::iter::once(text.as_str())));
            let file = std::fs::File::options().write(true).open(cache.file(&key(n))).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(n.into())).unwrap();
        }
        assert_eq!(cache.get::<u8>(&key(3)), Some((3, 1000)));
        assert_eq!(cache.text(&key(3)), Some(text));
        cache.remove_beyond(20_000);
        assert!((0..8).all(|n| cache.text(&key(n)).is_some()), "there is room for all");
        cache.remove_beyond(5000);
        let left: Vec<u8> = (0..8).filter(|&n| cache.text(&key(n)).is_some()).collect();
        assert_eq!(left, [5, 6, 7]);
        cache.prune();
        let looked = std::fs::metadata(&cache.looked).unwrap().modified().unwrap();
        cache.prune();
        assert_eq!(std::fs::metadata(&cache.looked).unwrap().modified().unwrap(), looked);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
