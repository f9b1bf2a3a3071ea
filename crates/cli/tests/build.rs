//! `escargo build`, driven as a user would.

mod common;

use common::Place;

const MAIN: &str = "package main\n\nvar sink *int\n\nfunc leak(p *int) { sink = p }\n\nfunc main() {\n\tx := 1\n\tleak(&x)\n}\n";

#[test]
fn decisions_and_explanations() {
    let place = Place::new();
    place.write("m/main.go", MAIN);
    let run = place.run("build --no-cache -gcflags=-m main.go");
    assert_eq!(run.code, 0);
    assert_eq!(
        run.stderr,
        "# command-line-arguments\n./main.go:5:6: can inline leak\n./main.go:7:6: can inline main\n\
         ./main.go:9:6: inlining call to leak\n./main.go:5:11: leaking param: p\n./main.go:8:2: moved to heap: x\n"
    );
    let run = place.run("build --no-cache -gcflags=-m=2 .");
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines[0], "# example.com/m");
    assert_eq!(lines[1], "./main.go:5:6: can inline leak with cost 3 as: func(*int) { sink = p }");
    assert!(lines.contains(&"./main.go:8:2: x escapes to heap in main:"));
    assert!(
        lines.contains(&"./main.go:8:2:   flow: {heap} ← p:")
            || lines.contains(&"./main.go:8:2:   flow: p ← &x:")
    );
}

#[test]
fn flags_choose_packages() {
    let place = Place::new();
    place.write("m/main.go", "package main\n\nimport \"example.com/m/p\"\n\nfunc main() { p.F() }\n");
    place.write("m/p/p.go", "package p\n\nfunc F() *int { return new(int) }\n");
    let named = place.run("build --no-cache -gcflags=-m .").stderr;
    assert!(named.starts_with("# example.com/m\n") && !named.contains("# example.com/m/p"), "{named}");
    let all = place.run("build --no-cache -gcflags=all=-m .").stderr;
    assert!(all.starts_with("# example.com/m/p\np/p.go:3:6: can inline F\n"), "{all}");
    let other = place.run("build --no-cache -gcflags=example.com/m/p=-m .").stderr;
    assert!(other.contains("# example.com/m/p\n") && !other.contains("# example.com/m\n"), "{other}");
    let without = place.run("build --no-cache -gcflags=all=-m -gcflags=-l .").stderr;
    assert!(!without.contains("main.go"), "{without}");
    let quiet = place.run("build --no-cache ./...");
    assert_eq!((quiet.stderr.as_str(), quiet.code), ("", 0));
}

#[test]
fn wrong_flags_are_named() {
    let place = Place::new();
    place.write("m/main.go", MAIN);
    let run = place.run("build --no-cache -gcflags=-nonsense .");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("invalid value for flag -gcflags: flag provided but not defined: -nonsense"));
}

#[test]
fn errors_and_nothing_else() {
    let place = Place::new();
    place.write(
        "m/main.go",
        "package main\n\nfunc f() *int { return new(int) }\n\nfunc main() { x := f() }\n",
    );
    let run = place.run("build --no-cache -gcflags=-m .");
    assert_eq!(run.code, 1);
    assert_eq!(run.stderr, "# example.com/m\n./main.go:5:15: declared and not used: x\n");
}

#[test]
fn a_profile_is_mentioned() {
    let place = Place::new();
    place.write("m/main.go", MAIN);
    place.write("m/default.pgo", "");
    let run = place.run("build --no-cache .");
    assert!(run.stderr.starts_with("escargo: ") && run.stderr.ends_with("what go build -pgo=off says\n"));
    assert_eq!(place.run("build --no-cache -pgo=off .").stderr, "");
}

#[test]
fn the_same_bytes_for_any_number_of_threads_and_from_the_cache() {
    let place = Place::new();
    place.write("m/main.go", MAIN);
    for n in 0..8 {
        let text = format!(
            "package p{n}\n\ntype T struct{{ next *T }}\n\nfunc New() *T {{ return &T{{new(T)}} }}\n"
        );
        place.write(&format!("m/p{n}/p.go"), &text);
    }
    let one = place.run("build --no-cache -j1 -gcflags=-m=2 ./...");
    assert!(one.stderr.matches("# example.com/m").count() == 9, "{}", one.stderr);
    for command in ["--no-cache -j2", "--no-cache -j8", "-j2", "-j1", "--verify-cache"] {
        assert_eq!(place.run(&format!("build {command} -gcflags=-m=2 ./...")), one);
    }
}

#[test]
fn the_log_is_written_every_time() {
    let place = Place::new();
    place.write("m/main.go", &MAIN.replace("\tx := 1", "//line x.y:40:2\n\tx := 1"));
    let log = place.path("log");
    let command = format!("build -gcflags=-json=0,{} .", log.display());
    let main = place.path("m/main.go").canonicalize().unwrap();
    let at = |line, column| {
        let point = format!("{{\"line\":{line},\"character\":{column}}}");
        format!("\"range\":{{\"start\":{point},\"end\":{point}}}")
    };
    let entry = |at: String, code: &str, message: &str| {
        format!(
            "{{{at},\"severity\":3,\"code\":\"{code}\",\"source\":\"go compiler\",\"message\":\"{message}\"}}"
        )
    };
    for _ in 0..2 {
        assert_eq!(place.run(&command).stderr, "");
        let text = std::fs::read_to_string(log.join("main/main.json")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with(&format!(
            "\"goos\":\"linux\",\"goarch\":\"amd64\",\"gc_version\":\"go1.27.3\",\"file\":\"{}\"}}",
            main.display()
        )));
        assert_eq!(lines[1], entry(at(5, 6), "canInlineFunction", "cost: 3"));
        assert!(lines[2].contains("\"code\":\"leak\"") && lines[2].contains("leaks to {heap} with derefs=0"));
        assert_eq!(lines[3], entry(at(7, 6), "canInlineFunction", "cost: 12"));
        assert!(lines[4].starts_with(&format!("{{{},", at(9, 2))), "{text}");
        assert!(lines[4].contains("\"message\":\"escflow:    flow: p ← \\u0026x:\""), "{text}");
        assert_eq!(lines.len(), 5, "{text}");
        std::fs::remove_dir_all(&log).unwrap();
    }
    place.write("log", "in the way");
    let run = place.run(&command);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.starts_with("# example.com/m\ncompile: optimizer logging destination"),
        "{}",
        run.stderr
    );
}

/// Three packages: `a` is imported by `b`, `b` by the main package; each may read bodies of those before.
fn three_packages(place: &Place, dir: &str) {
    place.write(&format!("{dir}/go.mod"), "module example.com/m\n\ngo 1.27\n");
    place.write(
        &format!("{dir}/a/a.go"),
        "package a\n\ntype T[P any] struct{ x P }\n\nfunc (t *T[P]) Get() *P { return &t.x }\n\n\
         func Long(p *int) *int {\n\ttype local struct{ p *int }\n\tl := local{p}\n\
         \tfor i := range 100 {\n\t\tprintln(i, *l.p, i, *l.p, i, *l.p, i, *l.p, i, *l.p, i, *l.p)\n\t}\n\
         \tfor i := range 100 {\n\t\tprintln(i, *l.p, i, *l.p, i, *l.p, i, *l.p, i, *l.p, i, *l.p)\n\t}\n\
         \treturn p\n}\n\nfunc Short[P any]() any {\n\ttype local struct{ p P }\n\treturn new(local)\n}\n",
    );
    place.write(
        &format!("{dir}/b/b.go"),
        "package b\n\nimport \"example.com/m/a\"\n\nvar Kept *int\n\n\
         func Use(n int) *int {\n\tt := new(a.T[int])\n\tKept = t.Get()\n\treturn a.Long(&n)\n}\n\n\
         func Any() any { return a.Short[int]() }\n",
    );
    place.write(
        &format!("{dir}/main.go"),
        "package main\n\nimport (\n\t\"example.com/m/a\"\n\t\"example.com/m/b\"\n)\n\n\
         func main() {\n\tn := 1\n\tprintln(*b.Use(n), b.Any(), a.Short[string](), a.Long(&n))\n}\n",
    );
}

fn run_in(place: &Place, dir: &str, args: &str) -> String {
    let run = common::finish(place.command(args).current_dir(place.path(dir)));
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stderr
}

#[test]
fn results_of_packages_are_kept_for_other_checkouts_and_changes() {
    let place = Place::new();
    three_packages(&place, "m");
    three_packages(&place, "far/away/m");
    let command = "build -gcflags=-m=2 ./...";
    let fresh = "build --no-cache -gcflags=-m=2 ./...";
    let first = run_in(&place, "m", command);
    assert!(
        first.contains("./main.go")
            && first.contains("a/a.go:21:12: new(<node DYNAMICTYPE>) escapes to heap"),
        "{first}"
    );
    assert_eq!(first, run_in(&place, "m", fresh));
    let units = || walkdir(&place.path("cache/unit"));
    let kept = units();
    assert!(kept.len() >= 3, "{kept:?}");
    // Another place: the same entries, other names of files.
    assert_eq!(run_in(&place, "far/away/m", command), first);
    assert!(!run_in(&place, "far/away/m", "build -trimpath -gcflags=-m=2 ./...").contains("away"));
    assert_eq!(units(), kept);
    // What a change cannot reach is not compiled again, though bodies in it are read.
    for file in ["main.go", "b/b.go"] {
        let before = units().len();
        let text = std::fs::read_to_string(place.path("m").join(file)).unwrap();
        place.write(&format!("m/{file}"), &text.replace("\n\nfunc", "\n\n\n// Moved.\nfunc"));
        assert_eq!(run_in(&place, "m", command), run_in(&place, "m", fresh));
        let new = if file == "main.go" { 1 } else { 2 };
        assert_eq!(units().len(), before + new, "{file}");
    }
    assert_eq!(run_in(&place, "m", "build --verify-cache -gcflags=-m=2 ./..."), run_in(&place, "m", fresh));
}

#[test]
fn of_kept_packages_only_what_is_used_is_looked_at() {
    let place = Place::new();
    place.write("m/go.mod", "module example.com/m\n\ngo 1.27\n");
    place.write(
        "m/lib/lib.go",
        "package lib\n\nimport \"example.com/m/deep\"\n\ntype Unused struct{ x deep.Unused }\n\n\
         type Alias = Base\n\ntype Base struct {\n\tdeep.Inner\n\tp *int\n}\n\n\
         func (a *Alias) Set(p *int) { a.p = p }\n\nvar Made = deep.Make(1)\n\nvar Typed deep.Inner = deep.Make(2)\n\n\
         const (\n\tZero deep.Number = iota + offset\n\tOne\n\tTwo\n)\n\nconst offset = 3\n\n\
         var Table = map[string]func(*int) *int{\"a\": func(p *int) *int { return p }}\n",
    );
    place.write(
        "m/deep/deep.go",
        "package deep\n\ntype Unused struct{ y [4]int }\n\ntype Number int\n\ntype Inner struct{ q *int }\n\n\
         func (i Inner) Get() *int { return i.q }\n\nfunc Make(n int) Inner { return Inner{&n} }\n\n\
         func Each[T any](list []T, f func(T)) {\n\tfor _, x := range list {\n\t\tf(x)\n\t}\n}\n",
    );
    let bodies = [
        "",
        "var b lib.Base; n := 1; b.Set(&n); println(b.Get(), lib.Two)",
        "println(lib.Made.Get(), lib.Typed.Get())",
        "f := lib.Table[\"a\"]; n := int(lib.One); println(f(&n))",
        "deep.Each([]lib.Alias{{}}, func(a lib.Alias) { println(a.Get()) })",
        "var u lib.Unused; println(&u)",
    ];
    let main = |body: &str| {
        let used = ["deep", "lib"].map(|name| body.contains(&format!("{name}.")));
        let imports = ["deep", "lib"].iter().zip(used).filter(|(_, used)| *used);
        let imports: String = imports.map(|(name, _)| format!("import \"example.com/m/{name}\"\n")).collect();
        place.write("m/main.go", &format!("package main\n\n{imports}\nfunc main() {{ {body} }}\n"));
    };
    for flags in ["", "-j1 "] {
        for body in bodies {
            main(body);
            let fresh = run_in(&place, "m", "build --no-cache -gcflags=all=-m=2 ./...");
            assert_eq!(
                run_in(&place, "m", &format!("build {flags}-gcflags=all=-m=2 ./...")),
                fresh,
                "{body}"
            );
        }
        // Errors are found by looking at everything.
        main("lib.Made.Nothing(); var x int = lib.Two");
        let broken = place.run(&format!("build {flags}-gcflags=all=-m=2 ./..."));
        assert_eq!(broken, place.run("build --no-cache -gcflags=all=-m=2 ./..."));
        assert_eq!(broken.code, 1);
        assert!(broken.stderr.contains("lib.Made.Nothing undefined"), "{}", broken.stderr);
    }
}

#[test]
fn damaged_results_are_not_used_and_wrong_ones_are_found() {
    let place = Place::new();
    three_packages(&place, "m");
    let command = "build -gcflags=-m=2 ./...";
    let right = run_in(&place, "m", command);
    let forget = || std::fs::remove_dir_all(place.path("cache/run")).unwrap();
    for entry in walkdir(&place.path("cache/unit")) {
        let mut bytes = std::fs::read(&entry).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&entry, bytes).unwrap();
    }
    forget();
    assert_eq!(run_in(&place, "m", command), right);
    // An entry under the key of another package stands for a result that is wrong.
    let entries = walkdir(&place.path("cache/unit"));
    std::fs::copy(&entries[0], &entries[1]).unwrap();
    let run = place.run("build --verify-cache -gcflags=-m=2 ./...");
    assert!(run.stderr.contains("differs from what was found now"), "{}", run.stderr);
    assert_ne!(run.code, 0);
    forget();
    assert_eq!(run_in(&place, "m", command), right);
}

/// All files below a directory, sorted.
fn walkdir(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(walkdir(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}
