//! Time and memory per stage.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use escargo_base::System;

/// Counters that threads add to.
#[derive(Debug, Default)]
pub struct Stats {
    files: AtomicU64,
    bytes: AtomicU64,
    lines: AtomicU64,
    read: AtomicU64,
    parse: AtomicU64,
    check: AtomicU64,
    tree_bytes: AtomicU64,
}

/// A stage that is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading files.
    Read,
    /// Parsing.
    Parse,
    /// Type checking.
    Check,
}

impl Stats {
    /// Runs `f` and adds the time it takes to a stage.
    pub fn time<T>(&self, stage: Stage, f: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = f();
        let counter = match stage {
            Stage::Read => &self.read,
            Stage::Parse => &self.parse,
            Stage::Check => &self.check,
        };
        counter.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
        result
    }
    /// Counts a parsed file.
    pub fn count_file(&self, text: &[u8], tree_bytes: usize) {
        let lines = text.iter().filter(|&&b| b == b'\n').count();
        self.files.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        self.lines.fetch_add(lines as u64, Ordering::Relaxed);
        self.tree_bytes.fetch_add(tree_bytes as u64, Ordering::Relaxed);
    }
    /// Time spent in a stage, summed over threads.
    pub fn stage(&self, stage: Stage) -> Duration {
        let counter = match stage {
            Stage::Read => &self.read,
            Stage::Parse => &self.parse,
            Stage::Check => &self.check,
        };
        Duration::from_nanos(counter.load(Ordering::Relaxed))
    }
    /// Files, bytes, lines and bytes of trees.
    pub fn totals(&self) -> (u64, u64, u64, u64) {
        let get = |c: &AtomicU64| c.load(Ordering::Relaxed);
        (get(&self.files), get(&self.bytes), get(&self.lines), get(&self.tree_bytes))
    }
}

/// The process's largest resident size so far, in bytes; `None` where the system does not tell.
pub fn peak_memory(system: &dyn System) -> Option<u64> {
    let status = system.read(Path::new("/proc/self/status")).ok()?;
    let status = String::from_utf8_lossy(&status);
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}
