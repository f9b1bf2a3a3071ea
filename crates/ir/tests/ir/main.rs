//! Tests of what passes ask of units: units are built by hand.

mod constants;
mod groups;
mod memory;
mod printing;
mod support;
