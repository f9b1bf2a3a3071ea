//! Diagnostics as data: what is wrong and where. Rendering is `report`'s business.

use crate::source::Span;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Compilation fails.
    Error,
    /// Worth knowing; compilation goes on. The compiler's "soft" errors are [`Severity::Error`] too.
    Warning,
    /// Background to another diagnostic.
    Note,
}

/// A further place that a diagnostic speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}

/// One finding about source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the kind of finding (`UndeclaredName`, `syntax`); never shown in compiler text.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where the compiler reports it: `span.start` is the reported position.
    pub span: Span,
    /// The wording, without position. May hold several lines; continuation lines start with a tab.
    pub message: String,
    /// Further places, in the order they are printed.
    pub labels: Vec<Label>,
    /// Whether checking can continue as if nothing happened (unused variables and imports).
    pub soft: bool,
}

impl Diagnostic {
    /// An error with no further places.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            span,
            message: message.into(),
            labels: Vec::new(),
            soft: false,
        }
    }
}
