//! Regular expressions as Go spells them (package `regexp/syntax`).

mod class;
mod syntax;

use crate::Error;
use regex_automata::meta::{Config, Regex};
use std::fmt;

/// A compiled expression may need so many bytes.
const SIZE_LIMIT: usize = 64 << 20;

/// A compiled regular expression.
#[derive(Clone)]
pub struct Pattern {
    text: Box<str>,
    regex: Regex,
}

impl Pattern {
    /// Compiles a regular expression.
    ///
    /// # Errors
    ///
    /// It is none, or a very large one; the words are those of Go.
    pub fn new(text: &str) -> Result<Pattern, Error> {
        let hir = syntax::parse(text)?;
        let config = Config::new().nfa_size_limit(Some(SIZE_LIMIT));
        let regex = Regex::builder().configure(config).build_from_hir(&hir);
        let regex = regex.map_err(|_| failure("expression too large", text))?;
        Ok(Pattern { text: text.into(), regex })
    }

    /// Whether it matches anywhere in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The regular expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Pattern").field(&self.text).finish()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

fn failure(what: &str, expression: &str) -> Error {
    Error::new(format!("error parsing regexp: {what}: `{expression}`"))
}

#[cfg(test)]
mod tests;
