//! Helpers for escargo's own tests.
