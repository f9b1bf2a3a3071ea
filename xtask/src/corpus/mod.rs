//! Code that nobody here wrote, to try things on.

mod debian;
mod modules;

pub(crate) use debian::{accepted, debian};
pub(crate) use modules::modules;
