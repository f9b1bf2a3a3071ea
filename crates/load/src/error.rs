//! Errors of loading: what stops it altogether, and what is wrong with one package.

use std::sync::Arc;

/// Loading cannot go on. The text is what the go command prints, `go: ` included where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The text, possibly of several lines.
    pub message: String,
}

impl LoadError {
    /// An error with the go command's prefix.
    pub fn go(message: impl std::fmt::Display) -> LoadError {
        LoadError { message: format!("go: {message}") }
    }
    /// An error that is printed as it is.
    pub fn plain(message: impl Into<String>) -> LoadError {
        LoadError { message: message.into() }
    }
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LoadError {}

/// A step on the way from a package named on the command line to the one that has an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportStep {
    /// Import path as written.
    pub path: Arc<str>,
    /// Base name of the file that imports it.
    pub file: Option<Arc<str>>,
}

/// What is wrong with a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageError {
    /// The way to the package, the package itself included where the error is about it.
    pub import_stack: Vec<ImportStep>,
    /// `file:line:column`, the file as messages show it.
    pub pos: Option<String>,
    /// The wording.
    pub message: String,
    /// The error closes a cycle of imports.
    pub is_import_cycle: bool,
    /// The way is printed even where a position is known.
    pub always_print_stack: bool,
}

impl std::fmt::Display for PackageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(pos) = &self.pos
            && (self.import_stack.is_empty() || !self.always_print_stack)
        {
            return write!(f, "{pos}: {}", self.message);
        }
        if self.import_stack.is_empty() {
            return f.write_str(&self.message);
        }
        f.write_str("package ")?;
        for (i, step) in self.import_stack.iter().enumerate() {
            if i > 0 {
                f.write_str("\n\timports ")?;
            }
            f.write_str(&step.path)?;
            if let Some(file) = step.file.as_ref().filter(|_| self.is_import_cycle) {
                write!(f, " from {file}")?;
            }
        }
        if let Some(pos) = &self.pos {
            write!(f, "\n\t{pos}")?;
        }
        write!(f, ": {}", self.message)
    }
}
