//! Any bytes as tokens.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| escargo_testkit::exercise::lexer(data));
