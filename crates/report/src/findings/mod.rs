//! Findings and answers as text: for people, as JSON, and as annotations of GitHub.

use std::path::Path;

use escargo_findings::finding::Measured;

mod advice;
mod answer;
mod codes;
mod cost;
mod extent;
pub mod github;
mod human;
pub mod json;
mod lines;
mod outline;
mod places;
mod quantity;
mod snippet;
mod steps;
mod summary;
pub(crate) mod text;
mod walk;
mod words;

#[cfg(test)]
mod documented;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use answer::answer;
pub use human::human;
pub use lines::short;

/// How text for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Style<'a> {
    /// Columns of the terminal. Lines of source are cut, sentences wrapped.
    pub width: usize,
    /// With colours.
    pub colours: bool,
    /// With links to files (OSC 8).
    pub links: bool,
    /// The current directory: paths below it are shown relative to it.
    pub cwd: &'a Path,
    /// Each copy of a site that inlining made is named, not only counted.
    pub copies: bool,
}

impl<'a> Style<'a> {
    /// Eighty columns without colours: for pipes and files.
    pub fn plain(cwd: &'a Path) -> Style<'a> {
        Style { width: 80, colours: false, links: false, cwd, copies: false }
    }
}
