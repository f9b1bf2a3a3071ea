//! What every pass over a unit reads and none changes.

use escargo_base::SourceMap;
use escargo_dialect::{CompilerModel, Target};
use escargo_types::TypeStore;
use escargo_types::sizes::Sizes;

/// The surroundings of a compilation: shared by all its packages, except for the flags.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// All types.
    pub store: &'a TypeStore,
    /// Sizes of the target.
    pub sizes: Sizes,
    /// All files, for positions.
    pub sources: &'a SourceMap,
    /// The toolchain imitated.
    pub model: &'a CompilerModel,
    /// What is compiled for.
    pub target: &'a Target,
    /// The compiler's flags for this package.
    pub flags: &'a CompilerFlags,
}

/// Flags of `go tool compile` that change what is found or printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompilerFlags {
    /// `-m`: level of diagnostics (0, 1, 2, …).
    pub m: u32,
    /// `-l`: 0 inlines (the default), 1 does not, 2 and 3 do, 4 and more inline calls of other functions eagerly. It is
    /// the number of times that `-l` was given, or its value.
    pub l: u32,
    /// `-N`: without optimizations.
    pub n: bool,
    /// `-json`: entries are collected, which keeps the cost visit from stopping early.
    pub json: bool,
    /// `-smallframes`.
    pub small_frames: bool,
    /// `-d=` switches by name.
    pub debug: Vec<(String, i64)>,
    /// `-+`: a package of the run time.
    pub runtime: bool,
    /// `-std`: a package of the standard library.
    pub std: bool,
}

impl CompilerFlags {
    /// Value of a `-d=` switch; 0 if it is not given.
    pub fn debug(&self, name: &str) -> i64 {
        self.debug.iter().rev().find(|(n, _)| n == name).map_or(0, |(_, v)| *v)
    }
    /// Takes back what packages of the run time cannot be compiled with (`cmd/compile/internal/base/flag.go`, ParseFlags).
    pub fn ignore_for_runtime(&mut self) {
        self.n = false;
        self.debug.retain(|(name, _)| name != "checkptr" && name != "libfuzzer");
    }
    /// Whether calls are inlined.
    pub fn inlines(&self) -> bool {
        self.l != 1
    }
}
