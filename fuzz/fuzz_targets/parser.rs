//! Any bytes as a Go file: every position in the tree judged, every expression printed.

#![no_main]

use escargo_testkit::exercise;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let tree = exercise::parser(data);
    exercise::printer(&tree, data);
});
