//! What the loader says, on a system in memory. The expected texts were printed by the go command of 1.27.3.

use std::path::Path;
use std::sync::Arc;

use escargo_base::MemSystem;
use escargo_dialect::GoVersion;
use escargo_load::{Config, Flags, Loader, PackageGraph};

const MOD: &str = "module m.test/m\n\ngo 1.21\n";

/// A system with a tiny SDK, and the given files below `/w`.
fn system(files: &[(&str, &str)]) -> MemSystem {
    let sys = MemSystem::new();
    for path in
        ["runtime", "fmt", "os", "reflect", "testing", "testing/internal/testdeps", "internal/abi", "embed"]
    {
        let name = path.rsplit('/').next().unwrap_or(path);
        sys.write(format!("/go/src/{path}/{name}.go"), format!("package {name}\n"));
    }
    for (path, text) in files {
        sys.write(format!("/w/{path}"), text);
    }
    sys.set_current_dir("/w");
    for (name, value) in [
        ("GOMODCACHE", "/cache"),
        ("GOPATH", "/w"),
        ("GOPROXY", "off"),
        ("GOOS", "linux"),
        ("GOARCH", "amd64"),
    ] {
        sys.set_env(name, value);
    }
    sys
}

fn load(sys: MemSystem, tests: bool, patterns: &[&str]) -> Result<PackageGraph, String> {
    let sys = Arc::new(sys);
    let flags = Flags { tests, ..Flags::default() };
    let config =
        Config::from_env(&*sys, Path::new("/go"), GoVersion::release(27, 3), flags).map_err(|e| e.message)?;
    let patterns: Vec<String> = patterns.iter().map(|&p| p.to_owned()).collect();
    Loader::new(sys, config).load(&patterns).map_err(|e| e.message)
}

/// Everything that is printed, in order.
fn said(sys: MemSystem, patterns: &[&str]) -> String {
    match load(sys, false, patterns) {
        Ok(graph) => {
            let errors = graph.errors().map(|(_, e)| e.to_string());
            graph.warnings.iter().cloned().chain(errors).collect::<Vec<_>>().join("\n")
        }
        Err(e) => e,
    }
}

#[track_caller]
fn check(files: &[(&str, &str)], patterns: &[&str], expected: &str) {
    assert_eq!(said(system(files), patterns), expected);
}

#[test]
fn missing_packages() {
    let source = "package m\n\nimport (\n\t\"fmt\"\n\t\"example.com/none/x\"\n\t\"nostd/x\"\n)\n";
    check(
        &[("go.mod", MOD), ("m.go", source)],
        &["./..."],
        "m.go:5:2: no required module provides package example.com/none/x; to add it:\n\tgo get example.com/none/x\nm.go:6:2: package nostd/x is not in std (/go/src/nostd/x)",
    );
    let sys = system(&[("go.mod", MOD), ("m.go", "package m\nimport \"example.com/none/x\"\n")]);
    sys.set_env("GOFLAGS", "-mod=mod");
    assert_eq!(
        said(sys, &["."]),
        "m.go:2:8: cannot find module providing package example.com/none/x: module lookup disabled by GOPROXY=off"
    );
}

#[test]
fn modules_that_are_not_there() {
    let required = format!("{MOD}require example.com/a v1.0.0\n");
    let files = [("go.mod", &*required), ("m.go", "package m\nimport _ \"example.com/a\"\n")];
    check(
        &files,
        &["."],
        "m.go:2:8: missing go.sum entry for module providing package example.com/a (imported by m.test/m); to add:\n\tgo get m.test/m",
    );
    let sys = system(&files);
    sys.set_env("GOFLAGS", "-mod=mod");
    assert_eq!(
        said(sys, &["."]),
        "m.go:2:8: example.com/a@v1.0.0: not in the module cache; to fetch it:\n\tgo mod download example.com/a@v1.0.0"
    );
    let replaced = format!("{required}replace example.com/a => ./nowhere\n");
    check(
        &[("go.mod", &replaced), files[1]],
        &["."],
        "m.go:2:8: example.com/a@v1.0.0: replacement directory ./nowhere does not exist",
    );
}

#[test]
fn directories_without_packages() {
    check(
        &[("go.mod", MOD), ("x/readme", "")],
        &["./x", "./nodir"],
        "no Go files in /w/x\nstat /w/nodir: directory not found",
    );
    check(
        &[
            ("go.mod", MOD),
            ("x/x.go", "//go:build never\n\npackage x\n"),
            ("m.go", "package m\nimport _ \"m.test/m/x\"\n"),
        ],
        &["."],
        "package m.test/m\n\timports m.test/m/x: build constraints exclude all Go files in /w/x",
    );
    check(
        &[
            ("go.mod", MOD),
            ("x/a.go", "package a\n"),
            ("x/b.go", "package b\n"),
            ("m.go", "package m\nimport _ \"m.test/m/x\"\n"),
        ],
        &["."],
        "m.go:2:8: found packages a (a.go) and b (b.go) in /w/x",
    );
    check(&[("go.mod", MOD), ("x/readme", "")], &["./..."], "go: warning: \"./...\" matched no packages");
}

#[test]
fn forbidden_imports() {
    check(
        &[
            ("go.mod", MOD),
            ("a/a.go", "package a\nimport _ \"m.test/m/b\"\n"),
            ("b/b.go", "package b\nimport _ \"m.test/m/a\"\n"),
        ],
        &["./..."],
        "package m.test/m/a\n\timports m.test/m/b from a.go\n\timports m.test/m/a from b.go: import cycle not allowed",
    );
    check(
        &[("go.mod", MOD), ("p/p.go", "package main\n"), ("m.go", "package m\nimport _ \"m.test/m/p\"\n")],
        &["."],
        "m.go:2:8: import \"m.test/m/p\" is a program, not an importable package",
    );
    check(
        &[("go.mod", MOD), ("m.go", "package m\nimport _ \"internal/abi\"\n")],
        &["."],
        "package m.test/m\n\tm.go:2:8: use of internal package internal/abi not allowed",
    );
    check(
        &[("go.mod", MOD), ("m.go", "package m\nimport _ \"./x\"\n")],
        &["."],
        "m.go:2:8: \"./x\" is relative, but relative import paths are not supported in module mode\nm.go:2:8: local import \"./x\" in non-local package",
    );
}

#[test]
fn broken_files() {
    check(
        &[
            ("go.mod", MOD),
            ("a.go", "package a\nimport fmt\n"),
            ("b/b.go", "package\n"),
            ("d/d.go", "package d\n\0"),
            ("e/e.go", "//go:build a &\npackage e\n"),
        ],
        &["./..."],
        "a.go:2:11: missing import path\nb/b.go:1:9: expected 'IDENT', found 'EOF'\nread /w/d/d.go: unexpected NUL in input\ne.go: parsing //go:build line: invalid syntax at &",
    );
    check(
        &[("go.mod", MOD), ("a.go", "package a\nimport _ \"embed\"\n//go:embed nope\nvar t string\n")],
        &["."],
        "a.go:3:12: pattern nope: no matching files found",
    );
}

#[test]
fn broken_go_mod() {
    let source = ("a.go", "package a\n");
    for (text, expected) in [
        (
            "module m\nfoo bar\nrequire x\n",
            "go: errors parsing go.mod:\ngo.mod:2: unknown directive: foo\ngo.mod:3: usage: require module/path v1.2.3",
        ),
        (
            "module m\nrequire (\n",
            "go: errors parsing go.mod:\ngo.mod:3: syntax error (unterminated block started at /w/go.mod:2:1)",
        ),
        ("\0\u{1}", "go: errors parsing go.mod:\ngo.mod:1: unexpected input character '\\x00'"),
        ("module m\n\ngo 1.99\n", "go: go.mod requires go >= 1.99 (running go 1.27.3)"),
        (
            "go 1.21\n",
            "go: error reading go.mod: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod",
        ),
    ] {
        check(&[("go.mod", text), source], &["."], expected);
    }
    check(
        &[("o/o.go", "package o\n")],
        &["./o"],
        "go: go.mod file not found in current directory or any parent directory; see 'go help modules'",
    );
}

#[test]
fn vendoring() {
    let required = format!("{MOD}require example.com/v v1.0.0\n");
    let list = "# example.com/v v1.0.0\n## explicit; go 1.18\nexample.com/v\n";
    let vendored = ("vendor/example.com/v/v.go", "package v\n");
    let source = ("m.go", "package m\nimport _ \"example.com/v\"\n");
    let graph = load(
        system(&[("go.mod", &required), ("vendor/modules.txt", list), vendored, source]),
        false,
        &["./..."],
    )
    .unwrap();
    assert_eq!(graph.errors().count(), 0);
    let v = &graph.packages[graph.find("example.com/v").unwrap()];
    assert_eq!(
        (v.dir.as_path(), v.go_version.as_deref()),
        (Path::new("/w/vendor/example.com/v"), Some("1.18"))
    );
    check(
        &[("go.mod", &required), ("vendor/modules.txt", ""), vendored, source],
        &["."],
        "go: inconsistent vendoring in /w:\n\texample.com/v@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo mod vendor",
    );
}

#[test]
fn workspaces() {
    let files = [
        ("go.work", "go 1.21\nuse (\n\t./a\n\t./b\n)\n"),
        ("a/go.mod", "module w.test/a\n\ngo 1.20\n"),
        ("a/a.go", "package a\nimport _ \"w.test/b\"\n"),
        ("b/go.mod", "module w.test/b\n\ngo 1.21\n"),
        ("b/b.go", "package b\n"),
        ("c/go.mod", "module w.test/c\n"),
        ("c/c.go", "package c\n"),
    ];
    check(&files, &["./a/...", "w.test/b"], "");
    check(
        &files,
        &["./c"],
        "directory c is contained in a module that is not one of the workspace modules listed in go.work. You can add the module to the workspace using:\n\tgo work use c",
    );
}

#[test]
fn gopath_mode() {
    let sys = system(&[
        ("src/g.test/a/a.go", "package a\nimport (\n\t_ \"v.test/v\"\n\t_ \"none.test/x\"\n)\n"),
        ("src/g.test/a/vendor/v.test/v/v.go", "package v\n"),
    ]);
    sys.set_env("GO111MODULE", "off");
    let graph = load(sys, false, &["g.test/a"]).unwrap();
    assert!(graph.find("g.test/a/vendor/v.test/v").is_some());
    let a = &graph.packages[graph.find("g.test/a").unwrap()];
    assert_eq!((a.go_version.as_deref(), a.imports.len()), (None, 2));
    let (_, e) = graph.errors().next().unwrap();
    assert_eq!(
        e.to_string(),
        "src/g.test/a/a.go:4:2: cannot find package \"none.test/x\" in any of:\n\t/w/src/g.test/a/vendor/none.test/x (vendor tree)\n\t/go/src/none.test/x (from $GOROOT)\n\t/w/src/none.test/x (from $GOPATH)"
    );
}

#[test]
fn test_variants() {
    let sys = system(&[
        ("go.mod", MOD),
        ("m.go", "package m\n"),
        ("m_test.go", "package m\nimport _ \"fmt\"\n"),
        ("x_test.go", "package m_test\nimport _ \"m.test/m\"\nimport _ \"m.test/m/q\"\n"),
        ("q/q.go", "package q\nimport _ \"m.test/m\"\n"),
    ]);
    let graph = load(sys, true, &["."]).unwrap();
    let names: Vec<_> = graph.roots.iter().map(|&id| &*graph.packages[id].import_path).collect();
    assert_eq!(
        names,
        ["m.test/m", "m.test/m.test", "m.test/m [m.test/m.test]", "m.test/m_test [m.test/m.test]"]
    );
    let copy = &graph.packages[graph.find("m.test/m/q [m.test/m.test]").unwrap()];
    assert_eq!(copy.import("m.test/m"), graph.find("m.test/m [m.test/m.test]"));
    for (id, p) in graph.packages.iter_enumerated() {
        assert!(p.deps.iter().all(|&d| d < id), "{}", p.import_path);
    }
}

#[test]
fn cycles_in_tests() {
    let sys = system(&[
        ("go.mod", MOD),
        ("m.go", "package m\n"),
        ("m_test.go", "package m\nimport _ \"m.test/m/q\"\n"),
        ("q/q.go", "package q\nimport _ \"m.test/m\"\n"),
    ]);
    let graph = load(sys, true, &["."]).unwrap();
    let (_, e) = graph.errors().next().unwrap();
    assert!(e.to_string().ends_with("import cycle not allowed in test"), "{e}");
}
