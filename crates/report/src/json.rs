//! Errors as JSON: one object per line, for editors and scripts.

use escargo_base::{Diagnostic, Pos, SourceMap};
use serde::Serialize;

use crate::compiler::PackageErrors;

/// A place in a file.
#[derive(Serialize)]
struct Place {
    file: String,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

#[derive(Serialize)]
struct Related {
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Place>,
    message: String,
}

#[derive(Serialize)]
struct Error<'e> {
    package: &'e str,
    code: &'e str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Place>,
    message: &'e str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related>,
}

fn place(sources: &SourceMap, pos: Pos) -> Option<Place> {
    let p = sources.position(pos)?;
    Some(Place { file: p.file.display().to_string(), line: p.line, column: p.column })
}

/// The errors of a package, one JSON object per line, in source order of discovery. Unlike the compiler's text nothing is
/// dropped: no limit, no merging of lines.
pub fn render(errors: &PackageErrors, sources: &SourceMap) -> String {
    let mut out = String::new();
    let mut line = |error: &Error<'_>| {
        out.push_str(&serde_json::to_string(error).unwrap_or_default());
        out.push('\n');
    };
    for (file, list) in &errors.syntax {
        for error in list {
            line(&Error {
                package: &errors.description,
                code: "syntax",
                severity: "error",
                position: place(sources, Pos::new(*file, error.pos)),
                message: &error.message,
                related: vec![],
            });
        }
    }
    for error in &errors.types {
        line(&type_error(error, &errors.description, sources));
    }
    out
}

fn type_error<'e>(error: &'e Diagnostic, package: &'e str, sources: &SourceMap) -> Error<'e> {
    let related = error
        .labels
        .iter()
        .map(|label| Related { position: place(sources, label.span.start), message: label.message.clone() });
    Error {
        package,
        code: error.code,
        severity: "error",
        position: place(sources, error.span.start),
        message: &error.message,
        related: related.collect(),
    }
}
