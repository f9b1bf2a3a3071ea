//! Any bytes as build constraints.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| escargo_testkit::exercise::build_constraints(data));
