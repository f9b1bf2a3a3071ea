//! Trees and errors compared with what the compiler's own parser (Go 1.27) says of the same text.
//!
//! `data/forms.go` holds every form of the language and `data/forms.tree` its nodes with their
//! positions and texts; `data/errors.txt` holds broken texts, each followed by its errors. Both were
//! printed by a program around `cmd/compile/internal/syntax`.

use escargo_syntax::{ParseOptions, parse};

mod dump;

const OPTIONS: ParseOptions = ParseOptions { comments: false, check_branches: true, imports_only: false };

#[test]
fn every_form_has_the_compilers_nodes_and_positions() {
    let src = include_bytes!("data/forms.go");
    let tree = parse(src, OPTIONS);
    assert_eq!(tree.errors, []);
    let mut out = Vec::new();
    dump::tree(&mut out, src, &tree).unwrap();
    let found = String::from_utf8(out).unwrap();
    let expected = include_str!("data/forms.tree");
    for (i, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {}", i + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

#[test]
fn broken_texts_have_the_compilers_errors() {
    let mut cases = 0;
    for case in include_str!("data/errors.txt").split_terminator("====\n") {
        let (src, expected) = case.split_once("----\n").unwrap();
        let tree = parse(src.as_bytes(), OPTIONS);
        let mut out = Vec::new();
        dump::errors(&mut out, src.as_bytes(), &tree).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected, "in:\n{src}");
        cases += 1;
    }
    assert!(cases > 60);
}
