//! Any bytes as the head of a Go file.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| escargo_testkit::exercise::headers(data));
