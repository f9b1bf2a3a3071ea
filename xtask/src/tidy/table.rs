//! What is allowed: arrows between crates, rooms that may touch the outside world, licences, and
//! the exceptions from the size limits.

/// A crate, and the crates it may depend on.
pub(super) struct Arrows {
    /// Without the `escargo-` prefix; the command line's package is `cli`.
    pub(super) room: &'static str,
    /// What its code may use.
    pub(super) may_use: &'static [&'static str],
}

/// Every room, lowest first. Tests of a room may also use `testkit`.
pub(super) const ARROWS: &[Arrows] = &[
    Arrows { room: "base", may_use: &[] },
    Arrows { room: "dialect", may_use: &["base"] },
    Arrows { room: "syntax", may_use: &["base"] },
    Arrows { room: "types", may_use: &["base"] },
    Arrows { room: "check", may_use: &["base", "dialect", "syntax", "types"] },
    Arrows { room: "load", may_use: &["base", "dialect"] },
    Arrows { room: "ir", may_use: &["base", "dialect", "types"] },
    Arrows { room: "lower", may_use: &["base", "dialect", "syntax", "types", "check", "ir"] },
    Arrows { room: "inline", may_use: &["base", "dialect", "types", "ir"] },
    Arrows { room: "passes", may_use: &["base", "dialect", "types", "ir"] },
    Arrows { room: "escape", may_use: &["base", "dialect", "types", "ir"] },
    Arrows { room: "pprof", may_use: &[] },
    Arrows { room: "alloc", may_use: &["base", "dialect", "types", "ir", "escape"] },
    Arrows { room: "findings", may_use: &["base", "dialect", "types", "ir", "escape", "alloc", "pprof"] },
    Arrows {
        room: "report",
        may_use: &[
            "base", "dialect", "syntax", "types", "ir", "inline", "passes", "escape", "alloc", "findings",
        ],
    },
    Arrows {
        room: "driver",
        may_use: &[
            "base", "dialect", "syntax", "types", "check", "load", "ir", "lower", "inline", "passes",
            "escape", "alloc", "findings", "report",
        ],
    },
    Arrows { room: "cli", may_use: &["base", "dialect", "driver", "findings", "report", "load", "pprof"] },
];

/// Rooms outside the house, for development only: they may use any room, and no room may use
/// them outside its tests.
pub(super) const OUTSIDE: &[&str] = &["testkit", "xtask"];

/// Source files (or directories, with a slash at the end) whose job is to touch files, the
/// environment or processes. Everything else gets what it needs through `base::System`.
pub(super) const TOUCHES_SYSTEM: &[&str] = &[
    "crates/base/src/system.rs",
    "crates/load/",
    "crates/driver/src/cache.rs",
    "crates/driver/src/cache/",
    "crates/cli/",
    "crates/testkit/",
    "xtask/",
    "fuzz/",
];

/// The longest file, in lines.
pub(super) const FILE_CAP: usize = 1000;
/// The longest function, in lines from `fn` to its closing brace.
pub(super) const FN_CAP: usize = 150;

/// Files that may be longer, each with the reason. An entry that is not needed is an error.
pub(super) const LONG_FILES: &[(&str, &str)] = &[];

/// Functions that may be longer: file, name, reason. An entry that is not needed is an error.
pub(super) const LONG_FNS: &[(&str, &str, &str)] = &[(
    "crates/lower/tests/statements.rs",
    "statements_read_as_the_compiler_prints_them",
    "a table of programs with what is printed for each",
)];

/// Licences that dependencies may have, as SPDX names them.
pub(super) const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    // For data: the root certificates of the web.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];
