//! `escargo check` and `escargo why`, driven as a user would.

mod common;

use common::{Place, Run};

const KEEP: &str = "package keep\n\nvar kept *int\n\n//go:noinline\nfunc Keep(p *int) {\n\tstore(p)\n}\n\n//go:noinline\nfunc store(q *int) {\n\tkept = q\n}\n\n//go:noinline\nfunc Read(p *int) int { return *p }\n";
const MAIN: &str = "package main\n\nimport \"example.com/m/keep\"\n\nfunc main() {\n\tx := 1\n\tkeep.Keep(&x)\n\ty := 2\n\tprintln(keep.Read(&y), *get())\n}\n\n//go:noinline\nfunc get() *[4]int {\n\tz := [4]int{}\n\treturn &z\n}\n";

fn place() -> Place {
    let place = Place::new();
    place.write("m/keep/keep.go", KEEP);
    place.write("m/main.go", MAIN);
    place
}

fn json(run: &Run) -> Vec<serde_json::Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_most_costly_come_first() {
    let run = place().run("check --no-cache --format short .");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(
        lines[0].starts_with("main.go:14:2: z is moved to the heap: its address is returned [returned]"),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("main.go:6:2: x is moved to the heap: "), "{lines:?}");
    assert!(lines[1].contains("[global]"), "{lines:?}");
    assert_eq!(lines.len(), 2, "{lines:?}");
}

#[test]
fn stories_cross_packages() {
    let run = place().run("check --no-cache --format json --cause global .");
    let lines = json(&run);
    let story = &lines[1]["story"];
    assert_eq!(story["end"], "global");
    let steps: Vec<(u64, u64)> = story["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["depth"].as_u64().unwrap(), step["at"]["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(steps, [(0, 7), (0, 7), (1, 7), (2, 12)]);
    assert!(story["steps"][3]["at"]["file"].as_str().unwrap().ends_with("m/keep/keep.go"));
    assert_eq!(lines[0]["schema"], "escargo.findings/1");
    assert_eq!(lines.last().unwrap()["kind"], "totals");
}

#[test]
fn selections() {
    let place = place();
    let count = |args: &str| {
        let run = place.run(&format!("check --no-cache --format short {args} ."));
        assert_eq!(run.stderr, "", "{args}");
        run.stdout.lines().count()
    };
    assert_eq!(count("--limit 1"), 1);
    assert_eq!(count("--limit 0"), 2);
    assert_eq!(count("--min-bytes 17"), 1);
    assert_eq!(count("--cause returned"), 1);
    assert_eq!(count("--cause returned,global"), 2);
    assert_eq!(count("--function ^main.get$"), 1);
    assert!(count("--all") > 2);
    assert_eq!(place.run("check --no-cache --format short ./...").stdout.lines().count(), 2);
}

#[test]
fn exit_codes() {
    let place = place();
    let code = |args: &str| place.run(&format!("check --no-cache {args} .")).code;
    assert_eq!(code(""), 0);
    assert_eq!(code("--fail-on any"), 1);
    assert_eq!(code("--fail-on returned --limit 1"), 1);
    assert_eq!(code("--fail-on goroutine,panic"), 0);
    assert_eq!(code("--fail-on any --cause panic"), 0);
    for wrong in ["--cause nonsense", "--fail-on nonsense", "--function (", "--profile nowhere.pprof"] {
        let run = place.run(&format!("check --no-cache {wrong} ."));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{wrong}");
        assert!(run.stderr.starts_with("escargo: "), "{wrong}: {}", run.stderr);
    }
}

#[test]
fn the_compilers_text() {
    let place = place();
    let gc = place.run("check --no-cache --format gc .");
    let build = place.run("build --no-cache -gcflags=-m=2 .");
    assert_eq!((gc.stdout, gc.stderr, gc.code), (build.stdout, build.stderr, build.code));
}

#[test]
fn answers() {
    let place = place();
    let run = place.run("why --no-cache main.go:6");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("heap[global]: `x` is moved to the heap"), "{}", run.stdout);
    assert!(run.stdout.contains("keep/keep.go:12"), "{}", run.stdout);
    let run = place.run("why --no-cache main.go:8:2");
    assert!(run.stdout.starts_with("stack: `y` stays on the stack"), "{}", run.stdout);
    let run = place.run("why --no-cache keep/keep.go:6:11");
    assert!(run.stdout.contains("parameter `p`"), "{}", run.stdout);
    let lines = json(&place.run("why --no-cache --json Keep ./keep"));
    assert_eq!(lines[1]["subject"], "p");
    assert_eq!(lines[1]["ways"][0]["leads"], "heap");
    let named = place.run("why --no-cache z");
    assert!(named.stdout.contains("`z` is moved to the heap"), "{}", named.stdout);
}

#[test]
fn questions_without_answer() {
    let place = place();
    for (args, code, words) in [
        ("main.go", 2, "names no line"),
        ("main.go:x", 2, "neither FILE:LINE"),
        ("main.go:999", 1, "there is no line 999"),
        ("main.go:1", 1, "allocates nothing"),
        ("nowhere.go:1", 1, "no such file"),
        ("nonsense", 1, "no function or variable is called nonsense"),
    ] {
        let run = place.run(&format!("why --no-cache {args}"));
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{args}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args}: {}", run.stderr);
    }
}

#[test]
fn the_same_for_any_number_of_threads_and_from_the_cache() {
    let place = place();
    let fresh = place.run("check --no-cache --format json ./...");
    for args in ["-j1 --no-cache", "-j8 --no-cache", "", "", "-j1"] {
        assert_eq!(place.run(&format!("check {args} --format json ./...")), fresh, "{args}");
    }
    place.write("m/keep/keep.go", &KEEP.replace("kept = q", "println(*q)"));
    let changed = place.run("check --format short .");
    assert_eq!(changed.stdout.lines().count(), 1, "{}", changed.stdout);
}
