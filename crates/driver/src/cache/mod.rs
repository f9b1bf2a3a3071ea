//! Results of whole runs, kept on disk: a run that would read the same things is not repeated.
//!
//! A run goes through a [`Recorder`], which notes every question put to the operating system: files
//! read, directories listed, paths that were looked for and not found, environment variables. The
//! manifest of the run holds these answers, as stamps where a stamp is enough, and the run's output, in which results of
//! packages that are kept themselves are only named. On
//! the next run with the same key every question is asked again, in parallel; only if no answer has
//! changed is the output replayed. So nothing has to be known about what a run depends on.
//!
//! Manifests are written under a temporary name and renamed, so that readers see whole ones; each
//! starts with its schema and a hash of the rest, and whatever does not fit is as good as absent.

mod last;
pub(crate) mod output;
mod recorder;
mod stamp;
mod unit;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::SystemTime;

use parking_lot::Mutex;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use last::{Last, Texts};
pub use output::{Output, Piece, UnitText};
pub use recorder::Recorder;
use recorder::{Answer, Record};
pub use stamp::Hash;
use stamp::Stamp;
pub use unit::{UnitCache, UnitKey};

/// Starts every manifest. The number is the schema's: any change to what is stored changes it.
const MAGIC: &[u8; 16] = b"escargo run 0003";
/// Starts every list of directories.
const DIRS: &[u8; 17] = b"escargo dirs 0001";
/// Output of more bytes is not kept.
const LONGEST: usize = 64 << 20;
/// So many runs are kept; the oldest go first.
const KEPT: usize = 256;
/// Files per piece of work when answers are compared.
const CHUNK: usize = 128;

#[derive(Deserialize)]
struct Manifest {
    record: Record,
    output: Output,
}

/// The same to be written.
#[derive(Serialize)]
struct ManifestRef<'m> {
    record: &'m Record,
    output: &'m Output,
}

/// The place where one run is kept.
#[derive(Clone, Debug)]
pub struct RunCache {
    /// The directory of all caches.
    cache: PathBuf,
    file: PathBuf,
    /// What the run noted of directories.
    dirs: PathBuf,
}

/// A key under construction: everything that names a run.
#[derive(Debug, Default)]
pub struct Key(blake3::Hasher);

impl Key {
    /// An empty key.
    pub fn new() -> Key {
        Key::default()
    }

    /// Adds something; pieces do not run into each other.
    #[must_use]
    pub fn with(mut self, bytes: impl AsRef<[u8]>) -> Key {
        let bytes = bytes.as_ref();
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// The key.
    pub fn finish(&self) -> [u8; 32] {
        self.0.finalize().into()
    }

    /// Adds this program itself: its version, and what tells one build of it from another.
    #[must_use]
    pub fn with_program(self) -> Key {
        let exe = std::env::current_exe().ok();
        let stamp = exe.as_deref().and_then(|exe| Stamp::of(exe).ok());
        self.with(env!("CARGO_PKG_VERSION")).with(format!("{exe:?} {stamp:?}"))
    }
}

impl RunCache {
    /// The place in a cache directory of the run with a key.
    pub fn new(cache: &Path, key: &Key) -> RunCache {
        let name = key.0.finalize().to_hex();
        let place = |dir: &str| cache.join(dir).join(name.as_str());
        RunCache { cache: cache.to_owned(), file: place("run"), dirs: place("dirs") }
    }

    /// The output of an earlier run, if everything it read is still the same; else what is known of that run.
    pub fn replay(&self, threads: usize) -> Result<Output, Option<Last>> {
        let Some(Manifest { mut record, output }) = self.read() else { return Err(None) };
        let same_env = record.env.iter().all(|(name, value)| std::env::var(name).ok() == *value);
        let settled = if same_env { ask_again(&record, threads) } else { None };
        let Some(settled) = settled else {
            let dirs = whole::read(&self.dirs, DIRS);
            return Err(dirs.map(|(dirs, _)| Last::new(record, dirs)));
        };
        if !settled.is_empty() {
            // These were changed just before the last run and have rested since: their stamps will do.
            for (index, answer) in settled {
                record.answers[index].2 = answer;
            }
            self.write(&record, &output);
        }
        Ok(output)
    }

    /// The texts of the pieces of standard error, by number, with marks where the piece says so; none if something that
    /// a piece refers to is not kept any more.
    pub fn texts(&self, output: &Output) -> Option<Vec<String>> {
        let units = UnitCache::new(&self.cache);
        output.stderr.par_iter().map(|piece| piece.text(&units)).collect()
    }

    /// Keeps the output of a run that asked through `recorder`. Very long ones are not worth their place.
    pub fn keep(&self, recorder: &Recorder, output: &Output) {
        if output.len() > LONGEST {
            return self.forget();
        }
        if let Some(record) = recorder.record() {
            self.write(&record, output);
            // Without them the directories are read again.
            whole::write(&self.dirs, DIRS, &recorder.dirs(), std::iter::empty());
        }
    }

    /// Forgets the run.
    pub fn forget(&self) {
        // Absent is what it should be.
        let _ = (std::fs::remove_file(&self.file), std::fs::remove_file(&self.dirs));
    }

    fn read(&self) -> Option<Manifest> {
        whole::read(&self.file, MAGIC).map(|(manifest, _)| manifest)
    }

    /// A manifest that cannot be written is only a run to be repeated.
    fn write(&self, record: &Record, output: &Output) {
        if whole::write(&self.file, MAGIC, &ManifestRef { record, output }, std::iter::empty()) {
            prune(&self.file);
            prune(&self.dirs);
        }
    }
}

/// Removes the oldest files beyond the limit beside one.
fn prune(file: &Path) {
    let Some(Ok(entries)) = file.parent().map(std::fs::read_dir) else { return };
    let with_time = |e: std::fs::DirEntry| Some((e.metadata().ok()?.modified().ok()?, e.path()));
    let mut all: Vec<(SystemTime, PathBuf)> = entries.flatten().filter_map(with_time).collect();
    if all.len() > KEPT {
        all.sort();
        for (_, path) in &all[..all.len() - KEPT] {
            // Another process may have been faster.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Asks every question again. `None` if an answer changed; else the answers that can be simplified.
fn ask_again(record: &Record, threads: usize) -> Option<Vec<(usize, Answer)>> {
    let (changed, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let settled: Mutex<Vec<(usize, Answer)>> = Mutex::default();
    let now = SystemTime::now();
    // What was changed last is what most likely has been changed again.
    let mut order: Vec<usize> = (0..record.answers.len()).collect();
    order.sort_by_cached_key(|&i| std::cmp::Reverse(record.answers[i].2.modified()));
    let chunks: Vec<&[usize]> = order.chunks(CHUNK).collect();
    let work = || {
        while !changed.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(at) else { return };
            for &i in *chunk {
                let (ask, path, answer) = &record.answers[i];
                match answer.ask_again(*ask, Path::new(path), now) {
                    Ok(None) => {}
                    Ok(Some(simpler)) => settled.lock().push((i, simpler)),
                    Err(()) => return changed.store(true, Ordering::Relaxed),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(chunks.len()) {
            // Without another thread the work is done by this one.
            let _ = std::thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    (!changed.into_inner()).then(|| settled.into_inner())
}

#[cfg(test)]
mod tests;
