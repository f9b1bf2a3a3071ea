//! Any bytes as a profile, and every report of it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| escargo_testkit::pprof::exercise(data));
