//! Code that nobody here wrote, to try things on.

mod debian;

pub(crate) use debian::{accepted, debian};
