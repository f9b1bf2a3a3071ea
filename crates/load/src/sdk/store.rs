//! This program's own SDKs: a directory per version, which appears whole or not at all.
//!
//! An SDK is made in a temporary directory beside its final place and renamed. One lock serves the
//! whole store, so any temporary directory seen by the lock's holder belongs to a dead process and
//! goes. A slim SDK is replaced by a full one by two renames.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use escargo_dialect::GoVersion;

use super::SdkError;

const TEMPORARY: &str = ".tmp-";
const MANIFEST: &str = ".escargo-sdk";

/// The directory of the SDKs that this program installed.
#[derive(Clone, Debug)]
pub(super) struct Store {
    dir: PathBuf,
}

/// What is noted with an installed SDK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    /// The name of the source.
    pub(super) source: String,
    /// Whether the whole toolchain was kept.
    pub(super) full: bool,
    /// What was verified, in words.
    pub(super) verified: String,
}

/// Holds the store's lock until dropped.
pub(super) struct Lock {
    /// `None` where the file system has no locks.
    _file: Option<File>,
}

/// A directory that goes when dropped, whatever happens.
pub(super) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be removed now, the next holder of the lock removes.
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl Store {
    /// The store within a cache directory.
    pub(super) fn new(cache: &Path) -> Store {
        Store { dir: cache.join("sdk") }
    }

    /// Where the SDKs are.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// GOROOT of an installed version, existing or not.
    pub(super) fn root(&self, version: GoVersion) -> PathBuf {
        self.dir.join(version.to_string())
    }

    /// Whether the version is installed whole, or at all if only reading is wanted.
    pub(super) fn has(&self, version: GoVersion, full: bool) -> bool {
        self.manifest(version).is_some_and(|manifest| manifest.full || !full)
    }

    /// What is noted of an installed version.
    pub(super) fn manifest(&self, version: GoVersion) -> Option<Manifest> {
        let text = fs::read_to_string(self.root(version).join(MANIFEST)).ok()?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_default().to_owned()
        };
        Some(Manifest { source: field("source"), full: field("full") == "true", verified: field("verified") })
    }

    /// Waits for the store's lock. `waiting` is called once if somebody else holds it.
    pub(super) fn lock(&self, waiting: impl FnOnce()) -> Result<Lock, SdkError> {
        fs::create_dir_all(&self.dir).map_err(|error| SdkError::io("create", &self.dir, error))?;
        let path = self.dir.join(".lock");
        let failed = |error| SdkError::io("lock", &path, error);
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        let locked = match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => {
                waiting();
                file.lock()
            }
            Err(fs::TryLockError::Error(error)) => Err(error),
            Ok(()) => Ok(()),
        };
        match locked {
            Ok(()) => {
                self.clean();
                Ok(Lock { _file: Some(file) })
            }
            // Without locks, names that are unique per process and the final rename keep two
            // processes apart; only the cleaning has to wait.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Lock { _file: None }),
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes what dead processes left, if nobody is at work.
    pub(super) fn clean_if_idle(&self) {
        let Ok(file) = File::options().write(true).open(self.dir.join(".lock")) else { return };
        if file.try_lock().is_ok() {
            self.clean();
        }
    }

    /// Removes temporary directories. Only the lock's holder may.
    fn clean(&self) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                // Whatever resists stays in nobody's way: its name is never used again.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// A new temporary directory, on the file system of the store.
    pub(super) fn temporary(&self) -> Result<Temporary, SdkError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        for _ in 0..1000 {
            let n = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = self.dir.join(format!("{TEMPORARY}{}-{n}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Temporary { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(SdkError::io("create", &path, error)),
            }
        }
        Err(SdkError::io("create", &self.dir, io::ErrorKind::AlreadyExists.into()))
    }

    /// Puts a finished tree in its place. `old` receives what stood there.
    pub(super) fn publish(
        &self,
        tree: &Path,
        old: &Temporary,
        version: GoVersion,
        manifest: &Manifest,
    ) -> Result<PathBuf, SdkError> {
        let note = tree.join(MANIFEST);
        write_manifest(&note, manifest).map_err(|error| SdkError::io("write", &note, error))?;
        flush(tree).map_err(|error| SdkError::io("flush", tree, error))?;
        let root = self.root(version);
        let moved = |error| SdkError::io("move into place", &root, error);
        if root.symlink_metadata().is_ok() {
            let aside = old.path().join("old");
            fs::rename(&root, &aside).map_err(moved)?;
            if let Err(error) = fs::rename(tree, &root) {
                // Nothing was gained; what was there must not be lost.
                let _ = fs::rename(&aside, &root);
                return Err(moved(error));
            }
        } else if let Err(error) = fs::rename(tree, &root) {
            // Where there are no locks, another process may have been faster with the same thing.
            if !self.has(version, manifest.full) {
                return Err(moved(error));
            }
        }
        // The new name itself; a file system that cannot flush a directory has its own ways.
        let _ = File::open(&self.dir).and_then(|dir| dir.sync_all());
        Ok(root)
    }

    /// Removes an installed version: first out of sight, then for good.
    pub(super) fn remove(&self, version: GoVersion) -> Result<PathBuf, SdkError> {
        let root = self.root(version);
        let missing = || SdkError::NotInstalled { version: version.to_string(), cache: self.dir.clone() };
        if root.symlink_metadata().is_err() {
            return Err(missing());
        }
        let _lock = self.lock(|| {})?;
        let aside = self.temporary()?;
        match fs::rename(&root, aside.path().join("old")) {
            Ok(()) => Ok(root),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(missing()),
            Err(error) => Err(SdkError::io("remove", &root, error)),
        }
    }
}

fn write_manifest(path: &Path, manifest: &Manifest) -> io::Result<()> {
    let one_line = |text: &str| text.replace(['\n', '\r'], " ");
    let text = format!(
        "source: {}\nfull: {}\nverified: {}\n",
        one_line(&manifest.source),
        manifest.full,
        one_line(&manifest.verified)
    );
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Brings the tree's contents to the disk before it gets its name, so that a power failure cannot
/// leave a whole-looking SDK with empty files. One call for the file system where there is one:
/// ten thousand single ones take as long as the download.
#[cfg(target_os = "linux")]
fn flush(tree: &Path) -> io::Result<()> {
    match rustix::fs::syncfs(File::open(tree)?) {
        Err(rustix::io::Errno::NOSYS) => Ok(()),
        result => result.map_err(io::Error::from),
    }
}

/// Elsewhere the manifest, which is written last and flushed, must do.
#[cfg(not(target_os = "linux"))]
fn flush(_: &Path) -> io::Result<()> {
    Ok(())
}
