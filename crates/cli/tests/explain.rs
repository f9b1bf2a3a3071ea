//! `escargo explain`: the pages, and whether their examples are true.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use common::Place;
use escargo_findings::Cause;
use escargo_report::explain;
use escargo_testkit::explain::{Example, Release, Verdict, examples};

#[test]
fn a_page() {
    let place = Place::new();
    let run = place.run("explain returned");
    assert_eq!((&*run.stderr, run.code), ("", 0));
    assert!(run.stdout.starts_with("its address is returned\n\n`returned`: a function "), "{}", run.stdout);
    assert!(run.stdout.contains("\n        u := User{name: name} // heap: returned\n"));
    assert!(run.stdout.contains("\nWays out\n\n- ") && run.stdout.contains("- `heap: CODE`: "));
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
    assert_eq!(place.run("explain too large for stack"), place.run("explain TOO-LARGE"));
}

#[test]
fn lists() {
    let place = Place::new();
    let list = place.run("explain");
    assert_eq!((&*list.stderr, list.code), ("", 0));
    for cause in Cause::ALL {
        let line = list.stdout.lines().find(|l| l.starts_with(&format!("{} ", cause.code()))).unwrap();
        assert!(line.ends_with(explain::title(cause)), "{line}");
    }
    let all = place.run("explain --all");
    assert_eq!((&*all.stderr, all.code), ("", 0));
    assert!(Cause::ALL.iter().all(|&cause| all.stdout.contains(&format!(
        "{}\n\n`{}`: ",
        explain::title(cause),
        cause.code()
    ))));
    let words = place.run("explain moved to heap");
    assert!(words.code == 0 && words.stdout.contains("whatever the cause is"), "{words:?}");
    let words = place.run("explain callee operand, call parameter");
    assert!(words.code == 0 && words.stdout.contains("`unknown-call`: "), "{words:?}");
}

#[test]
fn unknown_codes() {
    let place = Place::new();
    for (args, said) in [
        ("explain retuned", "there is no cause \"retuned\"; did you mean returned?\n"),
        ("explain xyzzy", "there is no cause \"xyzzy\"; escargo explain lists them\n"),
        (
            "explain store",
            "there is no cause \"store\"; did you mean pointer-store, slice-store or map-store?\n",
        ),
    ] {
        let run = place.run(args);
        assert_eq!((&*run.stdout, run.code), ("", 2), "{args}");
        assert_eq!(run.stderr, format!("escargo: {said}"));
    }
    assert_eq!(place.run("explain --all returned").code, 2);
}

/// What the examples need of the standard library.
fn library(place: &Place) {
    place.write(
        "go/src/reflect/p.go",
        "package reflect\n\ntype SliceHeader struct {\n\tData     uintptr\n\tLen, Cap int\n}\n",
    );
    let mut atomic = "package atomic\n\ntype noCopy struct{}\n\ntype align64 struct{}\n".to_owned();
    for (name, word, align) in [("Int64", "int64", "\t_ align64\n"), ("Uint32", "uint32", "")] {
        atomic.push_str(&format!(
            "\ntype {name} struct {{\n\t_ noCopy\n{align}\tv {word}\n}}\n\n\
             func (x *{name}) Add(d {word}) {word} {{ x.v += d; return x.v }}\n\n\
             func (x *{name}) Load() {word} {{ return x.v }}\n"
        ));
    }
    place.write("go/src/sync/atomic/type.go", &atomic);
}

/// All examples, each in a directory named after its page.
fn all_examples(place: &Place) -> Vec<(String, Example)> {
    let mut list = Vec::new();
    for cause in Cause::ALL {
        let found = examples(explain::page(cause)).unwrap_or_else(|e| panic!("{}: {e}", cause.code()));
        assert!(!found.is_empty(), "{}", cause.code());
        for (example, n) in found.into_iter().zip(1..) {
            let name = format!("{}-{n}", cause.code());
            place.write(&format!("m/{name}/x.go"), &example.text);
            if example.assembly {
                place.write(&format!("m/{name}/x.s"), "");
            }
            for code in example.claims.iter().flat_map(|c| &c.verdicts).filter_map(|(v, _)| v.cause()) {
                assert!(Cause::from_code(code).is_some(), "{name}: {code}");
            }
            list.push((name, example));
        }
    }
    list
}

/// Causes and verdicts of all findings, by example and line.
type Findings = BTreeMap<(String, u32), Vec<(String, String)>>;

/// What `check` finds in the examples.
fn findings(place: &Place, arch: &str) -> Findings {
    let mut command = place.command("check --no-cache --all --limit 0 --format json ./...");
    let run = common::finish(command.env("GOARCH", arch));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut found = Findings::new();
    for line in run.stdout.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line["kind"] == "finding" {
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let file = PathBuf::from(text(&line["at"]["file"]));
            let example = file.parent().and_then(Path::file_name).unwrap().to_string_lossy().into_owned();
            let place = (example, line["at"]["line"].as_u64().unwrap() as u32);
            // What neither escapes nor allocates has none.
            let cause = line["cause"].as_str().unwrap_or_default().to_owned();
            found.entry(place).or_default().push((cause, text(&line["verdict"])));
        }
    }
    found
}

/// Whether what is found on a line fits what is claimed of it.
fn agrees(verdict: &Verdict, found: &[(String, String)]) -> bool {
    match verdict {
        // A map may grow in one program and not in another.
        Verdict::Stack => found.iter().all(|(_, verdict)| verdict != "heap"),
        Verdict::Free(code) => found.iter().any(|(cause, _)| cause == code),
        Verdict::Heap(code) | Verdict::Allocates(code) => {
            found.iter().any(|(cause, verdict)| cause == code && verdict != "stack")
        }
    }
}

#[test]
fn examples_are_true() {
    let place = Place::new();
    library(&place);
    let examples = all_examples(&place);
    place.write("m/go.mod", "module example.com/m\n\ngo 1.24\n");
    let mut problems = String::new();
    for (version, minor) in [("1.27.3", 27), ("1.26.6", 26), ("1.25.5", 25), ("1.24.11", 24)] {
        place.write("go/VERSION", &format!("go{version}\n"));
        place.write("go/src/go.mod", &format!("module std\n\ngo 1.{minor}\n"));
        for (arch, bits) in [("amd64", 64), ("386", 32)] {
            let mut command = place.command("build --no-cache -gcflags=-m ./...");
            let run = common::finish(command.env("GOARCH", arch));
            assert_eq!(run.code, 0, "{}", run.stderr);
            let release = Release { minor, bits };
            let findings = findings(&place, arch);
            for (name, example) in examples.iter().filter(|(_, e)| bits == 64 || e.depends_on_bits()) {
                let mut wrong = example.compare(release, &run.stderr, &format!("{name}/x.go"));
                for claim in &example.claims {
                    let verdict = example.verdict(claim, release).unwrap();
                    let found = findings.get(&(name.clone(), claim.line)).map_or(&[][..], Vec::as_slice);
                    if !agrees(verdict, found) {
                        wrong.push(format!("line {}: {verdict:?}, but check finds {found:?}", claim.line));
                    }
                }
                problems.extend(wrong.iter().map(|w| {
                    format!(
                        "{name}, Go {version} {arch}: {w}
"
                    )
                }));
            }
        }
    }
    assert!(problems.is_empty(), "{problems}");
}
