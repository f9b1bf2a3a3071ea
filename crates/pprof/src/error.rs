//! What goes wrong, in the words that pprof prints.

use std::fmt;

/// A failure. It displays as the message of pprof, without the name of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<str>);

impl Error {
    /// A failure with these words.
    pub fn new(message: impl Into<String>) -> Error {
        Error(message.into().into_boxed_str())
    }

    /// The same failure, with words before it: `context: message`.
    #[must_use]
    pub fn within(self, context: impl fmt::Display) -> Error {
        Error::new(format!("{context}: {}", self.0))
    }

    /// The words.
    pub fn message(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A text in quotes, as Go's `%q` has it.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0b' => out.push_str("\\v"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if letter < ' ' || letter == '\x7f' => out.push_str(&format!("\\x{:02x}", u32::from(letter))),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}
