//! Any bytes as go.mod, go.work and modules.txt.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| escargo_testkit::exercise::module_files(data));
