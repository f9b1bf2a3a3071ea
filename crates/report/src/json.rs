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

/// An error of which only the text is known, as one line. `position` is `file:line:column` or `file:line`.
pub fn plain(package: &str, code: &str, position: Option<&str>, message: &str) -> String {
    let error = Error {
        package,
        code,
        severity: "error",
        position: position.map(split_position),
        message,
        related: Vec::new(),
    };
    serde_json::to_string(&error).unwrap_or_default() + "\n"
}

fn split_position(text: &str) -> Place {
    let number = |text: &str| text.rsplit_once(':').and_then(|(f, n)| Some((f.to_owned(), n.parse().ok()?)));
    match number(text) {
        None => Place { file: text.to_owned(), line: 0, column: None },
        Some((rest, last)) => match number(&rest) {
            Some((file, line)) => Place { file, line, column: Some(last) },
            None => Place { file: rest, line: last, column: None },
        },
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_plain_errors() {
        let line = |position| plain("m/p", "load", position, "no \"x\"");
        assert_eq!(
            line(Some("p/a.go:3:8")),
            "{\"package\":\"m/p\",\"code\":\"load\",\"severity\":\"error\",\"position\":{\"file\":\"p/a.go\",\"line\":3,\"column\":8},\"message\":\"no \\\"x\\\"\"}\n"
        );
        assert!(line(Some("go.mod:7")).contains("{\"file\":\"go.mod\",\"line\":7}"));
        assert!(!line(None).contains("position"));
    }
}
