//! What tells without reading whether a file or directory is still the same.

use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use escargo_base::{DirEntry, FileKind};
use serde::{Deserialize, Serialize};

/// A change within this time of a look may leave the times of a file as they were: the clocks of
/// file systems are coarse, up to two seconds.
const RACY: Duration = Duration::from_secs(2);

/// Size, times and identity of a file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    len: u64,
    modified: (i64, u32),
    /// Change of the metadata, and the file's number, where the system has them: they tell a file
    /// that was replaced by one of the same size and time.
    changed: (i64, u32),
    number: u64,
}

impl Stamp {
    /// The stamp of what stands at a path, links followed.
    pub(super) fn of(path: &Path) -> io::Result<Stamp> {
        std::fs::metadata(path).map(|m| Stamp::from(&m))
    }

    /// When the content was last changed: seconds since 1970, and nanoseconds.
    pub(super) fn modified(&self) -> (i64, u32) {
        self.modified
    }

    /// Whether it could have changed just before `now` without its times showing it.
    pub(super) fn is_racy(&self, now: SystemTime) -> bool {
        let newest = self.modified.max(self.changed);
        // Times before 1970 are old, whatever else they are.
        let Ok(seconds) = u64::try_from(newest.0) else { return false };
        UNIX_EPOCH + Duration::new(seconds, newest.1) + RACY > now
    }
}

impl From<&Metadata> for Stamp {
    fn from(m: &Metadata) -> Stamp {
        let modified = m.modified().map_or((0, 0), split);
        let (changed, number) = system_part(m);
        Stamp { len: m.len(), modified, changed, number }
    }
}

fn split(time: SystemTime) -> (i64, u32) {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => (since.as_secs() as i64, since.subsec_nanos()),
        Err(before) => (-(before.duration().as_secs() as i64) - 1, before.duration().subsec_nanos()),
    }
}

#[cfg(unix)]
fn system_part(m: &Metadata) -> ((i64, u32), u64) {
    use std::os::unix::fs::MetadataExt;
    ((m.ctime(), m.ctime_nsec() as u32), m.ino())
}

#[cfg(not(unix))]
fn system_part(_: &Metadata) -> ((i64, u32), u64) {
    ((0, 0), 0)
}

/// A hash of contents.
pub type Hash = [u8; 32];

/// The hash of bytes.
pub(super) fn hash(bytes: &[u8]) -> Hash {
    *blake3::hash(bytes).as_bytes()
}

/// The hash of a directory's listing.
pub(super) fn hash_listing(entries: &[DirEntry]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for entry in entries {
        hasher.update(entry.name.as_bytes());
        hasher.update(&[0, kind_number(entry.kind)]);
    }
    *hasher.finalize().as_bytes()
}

/// A kind as manifests keep it.
pub(super) fn kind_number(kind: FileKind) -> u8 {
    match kind {
        FileKind::File => 0,
        FileKind::Dir => 1,
        FileKind::Symlink => 2,
        FileKind::Other => 3,
    }
}
