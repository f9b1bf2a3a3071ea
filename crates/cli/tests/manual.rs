//! `escargo completions` and `escargo man`.

mod common;

use common::Place;

#[test]
fn shells_are_told_of_commands_flags_and_codes() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = place.run(&format!("completions {shell}"));
        assert_eq!((&*run.stderr, run.code), ("", 0));
        // Not all scripts complete arguments that are no flags.
        let codes: &[&str] =
            if matches!(shell, "bash" | "zsh") { &["returned", "outlives-loop"] } else { &[] };
        for word in ["typecheck", "explain", "gcflags"].iter().chain(codes) {
            assert!(run.stdout.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(place.run("completions tcsh").code, 2);
    assert_eq!(place.run("completions").code, 2);
}

#[test]
fn pages_of_the_manual() {
    let place = Place::new();
    let main = place.run("man");
    assert_eq!((&*main.stderr, main.code), ("", 0));
    assert!(main.stdout.contains(".TH escargo 1"), "{}", main.stdout);
    assert!(main.stdout.contains("escargo typecheck ./..."));
    let run = place.run("man new/man1");
    assert_eq!((&*run.stdout, &*run.stderr, run.code), ("", "", 0));
    for page in ["escargo", "escargo-explain", "escargo-build", "escargo-sdk-install"] {
        let text = std::fs::read_to_string(place.path(&format!("m/new/man1/{page}.1"))).unwrap();
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
    }
    place.write("m/file", "");
    let run = place.run("man file/man1");
    assert_eq!(run.code, 1);
    assert!(run.stderr.starts_with("escargo: cannot write to file/man1: "), "{}", run.stderr);
}
