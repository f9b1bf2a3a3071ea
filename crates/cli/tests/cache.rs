//! Results that are kept: replayed while nothing changes, and never after.

mod common;

use common::{Place, Run, finish};

fn module() -> Place {
    let place = Place::new();
    place.write("m/p/p.go", "package p\n\nimport \"example.com/m/q\"\n\nvar P int = q.Q\n");
    place.write("m/q/q.go", "package q\n\nconst Q = 1\n");
    place
}

/// How many results are kept.
fn kept(place: &Place) -> usize {
    std::fs::read_dir(place.path("cache/run")).map_or(0, |dir| dir.count())
}

fn check(place: &Place) -> Run {
    place.run("typecheck ./p")
}

#[test]
fn every_change_is_seen() {
    let place = module();
    let clean = check(&place);
    assert_eq!((&*clean.stderr, clean.code, kept(&place)), ("", 0, 1));
    assert_eq!(check(&place), clean);
    // A dependency changes.
    place.write("m/q/q.go", "package q\n\nconst Q = \"\"\n");
    let wrong = check(&place);
    assert_eq!(wrong.code, 1);
    assert_eq!(check(&place), wrong);
    // It is mended, and a file comes to it.
    place.write("m/q/q.go", "package q\n\nconst Q = 1\n");
    assert_eq!(check(&place), clean);
    place.write("m/q/more.go", "package q\n\nconst Q = 2\n");
    assert!(check(&place).stderr.contains("Q redeclared in this block"));
    std::fs::remove_file(place.path("m/q/more.go")).unwrap();
    assert_eq!(check(&place), clean);
    // A file of the module.
    place.write("m/go.mod", "module example.com/other\n\ngo 1.27\n");
    assert_eq!(check(&place).code, 1);
    place.write("m/go.mod", "module example.com/m\n\ngo 1.27\n");
    assert_eq!(check(&place), clean);
    // A file that was only looked for.
    place.write("m/p/go.mod", "module example.com/m/p\n\ngo 1.27\n");
    assert_eq!(check(&place).code, 1);
    std::fs::remove_file(place.path("m/p/go.mod")).unwrap();
    assert_eq!(check(&place), clean);
    // The SDK.
    place.write("go/VERSION", "go1.26.6\n");
    place.write("go/src/go.mod", "module std\n\ngo 1.26\n");
    let older = check(&place);
    assert!(older.stderr.contains("go >= 1.27 (running go 1.26.6"), "{}", older.stderr);
}

#[test]
fn settings_have_results_of_their_own() {
    let place = module();
    place.write("m/q/q_windows.go", "package q\n\nvar w int = windows\n");
    let clean = check(&place);
    let mut windows = place.command("typecheck ./p");
    let windows = windows.env("GOOS", "windows");
    assert_eq!(finish(windows).code, 1);
    assert_eq!(check(&place), clean);
    assert_eq!(finish(windows).code, 1);
    assert_eq!(place.run("typecheck ./q"), clean);
    assert_eq!(place.run("typecheck --json ./p"), clean);
    let mut elsewhere = place.command("typecheck ./p");
    assert_eq!(finish(elsewhere.current_dir(place.path("m/q"))).code, 1);
    assert_eq!(kept(&place), 5);
}

#[test]
fn it_can_be_turned_off_and_checked() {
    let place = module();
    assert_eq!(place.run("typecheck --no-cache ./p").code, 0);
    assert_eq!(kept(&place), 0);
    assert_eq!(check(&place).code, 0);
    assert_eq!(place.run("typecheck --verify-cache ./p").code, 0);
    // Threads and statistics use the same result.
    assert_eq!(place.run("typecheck -j1 ./p").code, 0);
    assert_eq!(kept(&place), 1);
    assert_eq!(place.run("typecheck --no-cache --verify-cache ./p").code, 2);
}

#[test]
fn damage_and_hindrance_do_no_harm() {
    let place = module();
    let clean = check(&place);
    let entry = std::fs::read_dir(place.path("cache/run")).unwrap().next().unwrap().unwrap().path();
    let dirs = std::fs::read_dir(place.path("cache/dirs")).unwrap().next().unwrap().unwrap().path();
    for damage in [&b""[..], b"escargo run 0001", b"\x00\xff nonsense"] {
        std::fs::write(&entry, damage).unwrap();
        assert_eq!(check(&place), clean);
        // What is known of directories is looked at when something has changed.
        std::fs::write(&dirs, damage).unwrap();
        place.write("m/p/new.go", "package p\n");
        assert_eq!(check(&place), clean);
        std::fs::remove_file(place.path("m/p/new.go")).unwrap();
    }
    // A cache directory that cannot be made.
    place.write("file", "");
    let mut command = place.command("typecheck ./p");
    assert_eq!(finish(command.env("ESCARGO_CACHE", place.path("file/cache"))), clean);
}

#[test]
fn several_at_once() {
    let place = module();
    let mut running: Vec<_> = (0..6).map(|_| place.command("typecheck ./...").spawn().unwrap()).collect();
    for child in &mut running {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(kept(&place), 1);
}
