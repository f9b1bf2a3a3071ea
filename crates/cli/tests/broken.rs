//! `escargo check` and `escargo why` where some packages are broken: the others have the verdicts that they have without
//! these.

mod common;

use common::{Place, Run};

const SOUND: [(&str, &str); 3] = [
    ("lib", "package lib\n\n//go:noinline\nfunc Keep(p **int, q *int) { *p = q }\n"),
    (
        "uses",
        "package uses\n\nimport \"example.com/m/lib\"\n\nfunc F(p **int) {\n\tn := 1\n\tlib.Keep(p, &n)\n\tvar m int\n\tprintln(&m)\n}\n",
    ),
    ("alone", "package alone\n\nfunc F() *int {\n\treturn new(int)\n}\n"),
];

/// Packages that are wrong in one way each, and what is said of them.
const BROKEN: [(&str, &str, &str); 10] = [
    (
        "syntax",
        "package syntax\n\nfunc f( {\n",
        "# example.com/m/syntax\nsyntax/p.go:3:9: syntax error: unexpected {, expected )\n",
    ),
    (
        "types",
        "package types\n\nvar X int = \"a\"\n\nfunc F() {}\n\nfunc g() *int { return new(int) }\n",
        "# example.com/m/types\ntypes/p.go:3:13: cannot use \"a\" (untyped string constant) as int value in variable declaration\n",
    ),
    (
        "over",
        "package over\n\nimport \"example.com/m/types\"\n\nfunc G() *int {\n\ttypes.F()\n\treturn new(int)\n}\n",
        "escargo: example.com/m/over is not checked: it imports example.com/m/types, which has errors\n",
    ),
    (
        "above",
        "package above\n\nimport \"example.com/m/over\"\n\nfunc h() *int { return over.G() }\n",
        "escargo: example.com/m/above is not checked: it imports example.com/m/types through example.com/m/over, which has errors\n",
    ),
    (
        "both",
        "package both\n\nimport (\n\t\"example.com/m/lib\"\n\t_ \"example.com/m/syntax\"\n)\n\nfunc f(p **int) { lib.Keep(p, new(int)) }\n",
        "escargo: example.com/m/both is not checked: it imports example.com/m/syntax, which has errors\n",
    ),
    (
        "missing",
        "package missing\n\nimport \"nope/x\"\n\nfunc f() *int { x.F(); return new(int) }\n",
        "missing/p.go:3:8: package nope/x is not in std",
    ),
    (
        "missing2",
        "package missing2\n\nimport _ \"example.com/m/missing\"\n",
        "escargo: example.com/m/missing2 is not checked: it imports ",
    ),
    (
        "ring1",
        "package ring1\n\nimport _ \"example.com/m/ring2\"\n\nfunc f() *int { return new(int) }\n",
        "import cycle not allowed\n",
    ),
    (
        "ring2",
        "package ring2\n\nimport _ \"example.com/m/ring1\"\n",
        "\timports example.com/m/ring1 from p.go",
    ),
    (
        "rest",
        "package rest\n\nimport _ \"example.com/m/ring1\"\n",
        "escargo: example.com/m/rest is not checked: it imports ",
    ),
];

fn place() -> Place {
    let place = Place::new();
    for (name, text) in SOUND {
        place.write(&format!("m/{name}/p.go"), text);
    }
    place
}

fn write(place: &Place, (name, text, _): (&str, &str, &str)) {
    place.write(&format!("m/{name}/p.go"), text);
}

/// All findings, those of little interest too.
fn findings(place: &Place) -> Run {
    place.run("check --no-cache --format short --all ./...")
}

#[test]
fn sound_packages_have_their_verdicts() {
    let place = place();
    let sound = findings(&place);
    assert_eq!((sound.code, sound.stderr.as_str()), (0, ""));
    for part in ["uses/p.go:6:2: n is moved", "alone/p.go:4:9: "] {
        assert!(sound.stdout.contains(part), "{}", sound.stdout);
    }
    for broken in BROKEN {
        write(&place, broken);
    }
    let run = findings(&place);
    assert_eq!(run.stdout, sound.stdout);
    assert_eq!(run.code, 2);
    for (name, _, said) in BROKEN {
        assert!(run.stderr.contains(said), "{name}: {}", run.stderr);
    }
    // The same again, replayed.
    let kept = || place.run("check --format short --all ./...");
    assert_eq!(kept(), run);
    assert_eq!(kept(), run);
}

#[test]
fn each_broken_package_alone() {
    for broken in BROKEN.into_iter().filter(|(name, ..)| ["syntax", "types", "missing"].contains(name)) {
        let place = place();
        let sound = findings(&place);
        write(&place, broken);
        let run = findings(&place);
        assert_eq!((run.stdout.as_str(), run.code), (sound.stdout.as_str(), 2), "{}", broken.0);
        assert!(run.stderr.contains(broken.2), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read() {
    let place = place();
    let sound = findings(&place);
    place.write("m/unread/p.go", "package unread\n\nfunc F() *int { return new(int) }\n");
    std::os::unix::fs::symlink("nowhere.go", place.path("m/unread/q.go")).unwrap();
    place.write("m/reads/p.go", "package reads\n\nimport _ \"example.com/m/unread\"\n");
    let run = findings(&place);
    assert_eq!((run.stdout.as_str(), run.code), (sound.stdout.as_str(), 2), "{}", run.stderr);
    assert!(run.stderr.contains("q.go: no such file or directory"), "{}", run.stderr);
    let line =
        "escargo: example.com/m/reads is not checked: it imports example.com/m/unread, which cannot be ";
    assert!(run.stderr.contains(line), "{}", run.stderr);
}

#[test]
fn places_in_broken_and_in_sound_packages() {
    let place = place();
    let sound = place.run("why --no-cache uses/p.go:6 ./...");
    assert_eq!(sound.code, 0, "{}", sound.stderr);
    for broken in BROKEN {
        write(&place, broken);
    }
    let run = place.run("why --no-cache uses/p.go:6 ./...");
    assert_eq!(run.stdout, sound.stdout);
    let run = place.run("why --no-cache over/p.go:7");
    assert_eq!((run.stdout.as_str(), run.code), ("", 2));
    for said in ["# example.com/m/types\n", "example.com/m/over is not checked", "have errors"] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

#[test]
fn tests_that_are_broken() {
    let place = place();
    let sound = findings(&place);
    place.write(
        "m/alone/p_test.go",
        "package alone\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) { F() + 1 }\n",
    );
    assert_eq!(findings(&place), sound);
    let run = place.run("check --no-cache --format short --all --tests ./...");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("# example.com/m/alone [example.com/m/alone.test]\n"), "{}", run.stderr);
    assert!(!run.stderr.contains("alone.test is not checked"), "{}", run.stderr);
    assert_eq!(run.stdout, sound.stdout);
}
