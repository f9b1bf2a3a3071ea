//! What can go wrong with SDKs, in words that say what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use escargo_dialect::GoVersion;

/// Why no SDK could be had.
#[derive(Debug)]
pub enum SdkError {
    /// A version that cannot be read. Holds it.
    BadVersion(String),
    /// A GOTOOLCHAIN value that cannot be read. Holds it.
    BadGotoolchain(String),
    /// A directory that should hold an SDK does not.
    NotAnSdk {
        /// The directory.
        root: PathBuf,
        /// What is missing.
        problem: String,
    },
    /// An SDK has only source, and a compiler is wanted.
    NoCompiler {
        /// The directory.
        root: PathBuf,
        /// Its version.
        version: GoVersion,
        /// What forbids fetching the whole, or why it was not tried.
        forbidden_by: String,
    },
    /// An SDK would have to be fetched, and that is forbidden.
    MayNotFetch {
        /// What would have been fetched.
        version: GoVersion,
        /// What forbids it: `--offline`, `GOTOOLCHAIN=local`.
        forbidden_by: String,
        /// One with a compiler is wanted.
        whole: bool,
        /// Where SDKs were looked for.
        looked_in: Vec<String>,
    },
    /// Every source failed.
    FetchFailed {
        /// What was asked for.
        version: GoVersion,
        /// Each source with what it said.
        attempts: Vec<(String, String)>,
    },
    /// The version is not in this program's cache.
    NotInstalled {
        /// What was asked for.
        version: String,
        /// The cache.
        cache: PathBuf,
    },
    /// No directory for the cache is known.
    NoCacheDir,
    /// The user stopped it.
    Cancelled,
    /// A file could not be read or written.
    Io {
        /// What was being done, with the path.
        what: String,
        /// The system's word.
        error: io::Error,
    },
}

impl SdkError {
    /// An I/O error while doing something to a path.
    pub(super) fn io(doing: &str, path: &Path, error: io::Error) -> SdkError {
        SdkError::Io { what: format!("{doing} {}", path.display()), error }
    }
}

impl fmt::Display for SdkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SdkError::BadVersion(text) => {
                write!(f, "invalid Go version {text:?}: want a version such as 1.27.3 or 1.27")
            }
            SdkError::BadGotoolchain(text) => write!(f, "invalid GOTOOLCHAIN {text:?}"),
            SdkError::NotAnSdk { root, problem } => {
                write!(f, "no Go SDK in {}: {problem}", root.display())
            }
            SdkError::NoCompiler { root, version, forbidden_by } => {
                writeln!(f, "{version} in {} has no compiler, and {forbidden_by}", root.display())?;
                write!(f, "\tto have one, run \"escargo sdk install {} --full\"", version.bare())
            }
            SdkError::MayNotFetch { version, forbidden_by, whole, looked_in } => {
                writeln!(f, "{version} is not on this machine, and {forbidden_by} forbids fetching it")?;
                writeln!(f, "\tlooked in: {}", looked_in.join(", "))?;
                write!(
                    f,
                    "\tto fetch it, run \"escargo sdk install {}{}\" with network access, \
                     or set GOROOT to the directory of an SDK",
                    version.bare(),
                    if *whole { " --full" } else { "" }
                )
            }
            SdkError::FetchFailed { version, attempts } => {
                write!(f, "cannot fetch {version}: every source failed")?;
                for (source, problem) in attempts {
                    write!(f, "\n\t{source}: {}", problem.replace('\n', "\n\t\t"))?;
                }
                write!(f, "\n\tto use an SDK that is on this machine, set GOROOT to its directory")
            }
            SdkError::NotInstalled { version, cache } => {
                write!(f, "{version} is not installed in {}", cache.display())
            }
            SdkError::NoCacheDir => f.write_str("no cache directory: set ESCARGO_CACHE, or HOME"),
            SdkError::Cancelled => f.write_str("interrupted"),
            SdkError::Io { what, error } => write!(f, "{what}: {error}"),
        }
    }
}

impl std::error::Error for SdkError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SdkError::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
