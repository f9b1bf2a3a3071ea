//! Any bytes as a file with line directives.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| escargo_testkit::exercise::line_directives(data));
