//! `escargo typecheck` against what `go build` of Go 1.27.3 printed for the same packages.

mod common;

use common::{Place, finish};

fn module() -> Place {
    let place = Place::new();
    place.write("m/a/a.go", "package a\n\nfunc A() int { return \"x\" }\n");
    place.write("m/b/b.go", "package b\n\nimport \"example.com/m/a\"\n\nvar B = a.A()\n");
    place.write(
        "m/c/c.go",
        "package c\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc C() { var x int; fmt.Println(y) }\n",
    );
    place.write("m/d/d.go", "package d\n\nconst D = 1\n");
    place.write("m/broken/x.go", "package broken\n\nfunc f( {\n");
    let uses: String = (0..13).map(|i| format!("\t_ = u{i}\n")).collect();
    place.write("m/many/m.go", &format!("package many\n\nfunc f() {{\n{uses}}}\n"));
    place
}

const A: &str = "# example.com/m/a
a/a.go:3:23: cannot use \"x\" (untyped string constant) as int value in return statement
";
const BROKEN: &str = "# example.com/m/broken
broken/x.go:3:9: syntax error: unexpected {, expected )
";
const C: &str = "# example.com/m/c
c/c.go:5:2: \"os\" imported and not used
c/c.go:8:16: declared and not used: x
c/c.go:8:35: undefined: y
";
const MANY: &str = "# example.com/m/many
many/m.go:4:6: undefined: u0
many/m.go:5:6: undefined: u1
many/m.go:6:6: undefined: u2
many/m.go:7:6: undefined: u3
many/m.go:8:6: undefined: u4
many/m.go:9:6: undefined: u5
many/m.go:10:6: undefined: u6
many/m.go:11:6: undefined: u7
many/m.go:12:6: undefined: u8
many/m.go:13:6: undefined: u9
many/m.go:13:6: too many errors
";

#[test]
fn errors_are_those_of_go_build() {
    let place = module();
    assert_eq!(place.typecheck("./..."), (format!("{A}{BROKEN}{C}{MANY}"), 1));
    assert_eq!(place.typecheck("./a ./d"), (A.to_owned(), 1));
    // b imports a package with errors: only those are told.
    assert_eq!(place.typecheck("./b"), (A.to_owned(), 1));
    assert_eq!(place.typecheck("./d"), (String::new(), 0));
}

#[test]
fn the_output_does_not_depend_on_threads() {
    let place = module();
    let one = place.run("typecheck --no-cache -j1 ./... std");
    assert_eq!(one.code, 1);
    for threads in [2, 8] {
        for _ in 0..5 {
            assert_eq!(place.run(&format!("typecheck --no-cache -j{threads} ./... std")), one);
        }
    }
}

#[test]
fn without_limit() {
    let place = module();
    let (text, code) = place.typecheck("-e ./many");
    assert!(text.ends_with("many/m.go:16:6: undefined: u12\n"), "{text}");
    assert_eq!((text.lines().count(), code), (14, 1));
}

#[test]
fn paths_are_relative_to_the_directory() {
    let place = module();
    let here = C.replace("c/c.go", "./c.go");
    assert_eq!(place.typecheck("-C c"), (here.clone(), 1));
    let mut command = place.command("typecheck .");
    assert_eq!(finish(command.current_dir(place.path("m/c"))).stderr, here);
    let nowhere = "go: chdir nowhere: no such file or directory\n";
    assert_eq!(place.typecheck("-C nowhere ."), (nowhere.to_owned(), 1));
    let file = "go: chdir c/c.go: not a directory\n";
    assert_eq!(place.typecheck("-C c/c.go ."), (file.to_owned(), 1));
}

#[test]
fn files_are_a_package() {
    let place = module();
    assert_eq!(place.typecheck("a/a.go"), (A.replace("example.com/m/a", "command-line-arguments"), 1));
    assert_eq!(place.typecheck("d/d.go"), (String::new(), 0));
}

#[test]
fn what_cannot_be_loaded() {
    let place = module();
    std::fs::create_dir(place.path("m/e")).unwrap();
    let dir = std::fs::canonicalize(place.path("m")).unwrap();
    let dir = dir.display();
    assert_eq!(place.typecheck("./nowhere"), (format!("stat {dir}/nowhere: directory not found\n"), 1));
    assert_eq!(place.typecheck("./e"), (format!("no Go files in {dir}/e\n"), 1));
    let warning = "go: warning: \"./e/...\" matched no packages\n";
    assert_eq!(place.typecheck("./e/..."), (warning.to_owned(), 0));
    let bad_mode = "-mod=foo not supported (can be '', 'mod', 'readonly', or 'vendor')\n";
    assert_eq!(place.typecheck("-mod=foo ./d"), (bad_mode.to_owned(), 1));
    let run = finish(place.command("typecheck ./d").env("GOOS", "foo"));
    assert_eq!((&*run.stderr, run.code), ("go: unsupported GOOS/GOARCH pair foo/amd64\n", 2));
}

#[test]
fn settings_choose_files() {
    let place = Place::new();
    place.write("m/p.go", "package p\n");
    place.write("m/p_windows.go", "package p\n\nvar w int = windows\n");
    place.write("m/tagged.go", "//go:build special\n\npackage p\n\nvar t int = tagged\n");
    assert_eq!(place.typecheck(""), (String::new(), 0));
    let (text, code) = place.typecheck("-tags=special");
    assert_eq!((&*text, code), ("# example.com/m\n./tagged.go:5:13: undefined: tagged\n", 1));
    assert_eq!(place.typecheck("--tags other,special").0, text);
    let run = finish(place.command("typecheck").env("GOFLAGS", "-tags=special"));
    assert_eq!(run.stderr, text);
    let run = finish(place.command("typecheck").env("GOOS", "windows"));
    assert_eq!(run.stderr, "# example.com/m\n./p_windows.go:3:13: undefined: windows\n");
}

#[test]
fn tests_on_request() {
    let place = Place::new();
    place.write("m/p.go", "package p\n");
    place.write(
        "m/p_test.go",
        "package p\n\nimport \"testing\"\n\nfunc TestP(t *testing.T) { t.Nothing() }\n",
    );
    assert_eq!(place.typecheck(""), (String::new(), 0));
    let want = "# example.com/m [example.com/m.test]\n./p_test.go:5:30: t.Nothing undefined (type *testing.T has no field or method Nothing)\n";
    assert_eq!(place.typecheck("--tests"), (want.to_owned(), 1));
}

#[test]
fn json_is_one_object_per_line() {
    let place = module();
    let run = place.run("typecheck --json ./...");
    assert_eq!((&*run.stderr, run.code), ("", 1));
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // Without the compiler's limit of ten.
    assert_eq!(lines.len(), 1 + 1 + 3 + 13);
    assert_eq!(lines[0]["package"], "example.com/m/a");
    assert_eq!(lines[0]["position"]["line"], 3);
    assert_eq!(lines[0]["position"]["column"], 23);
    let message = "cannot use \"x\" (untyped string constant) as int value in return statement";
    assert_eq!(lines[0]["message"], message);
    assert!(lines.iter().all(|l| l["severity"] == "error" && l["code"].is_string()));
    let run = place.run("typecheck --json ./nowhere");
    let line: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&line["code"], run.code), (&serde_json::json!("load"), 1));
}

#[test]
fn the_example_in_the_readme_is_true() {
    let place = Place::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let shown = readme.split("$ escargo typecheck -C examples/mistakes\n").nth(1).unwrap();
    let shown = shown.split("```").next().unwrap();
    let mut command = place.command("typecheck -C examples/mistakes");
    let run = finish(command.current_dir(root));
    assert_eq!((&*run.stderr, run.code), (shown, 1));
}

#[test]
fn releases_that_are_not_known_are_mentioned_once() {
    let place = module();
    place.write("go/VERSION", "go1.99.1\n");
    let (text, code) = place.typecheck("./d ./a");
    assert_eq!(code, 1);
    assert!(text.starts_with("escargo: go1.99.1 is newer than the newest release known, go1.27"), "{text}");
    assert!(text.ends_with(A), "{text}");
    assert_eq!(text.matches("escargo:").count(), 1);
}

#[test]
fn no_sdk_and_no_network() {
    let place = module();
    let run = place.run("typecheck --offline --go 1.20.3 ./d");
    assert_eq!((&*run.stdout, run.code), ("", 1));
    for part in ["escargo: go1.20.3 is not on this machine", "--offline", "escargo sdk install 1.20.3"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let run = finish(place.command("typecheck ./d").env("GOROOT", place.path("nothing")));
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("no Go SDK in "), "{}", run.stderr);
    let run = finish(place.command("typecheck --json ./d").env("GOROOT", place.path("nothing")));
    assert!(run.stdout.contains("\"code\":\"sdk\""), "{}", run.stdout);
}

#[test]
fn statistics() {
    let place = module();
    let (text, code) = place.typecheck("--stats ./d");
    assert_eq!(code, 0);
    for part in ["parsing", "checking", "files", "lines", "types", "largest resident size"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
