//! The command itself: help, usage, output that nobody reads, and `escargo sdk`.

mod common;

use std::io::Read;
use std::process::Stdio;

use common::{Place, finish};

#[test]
fn help_teaches() {
    let place = Place::new();
    for args in ["--help", "help", "-help"] {
        let run = place.run(args);
        assert_eq!((&*run.stderr, run.code), ("", 0), "{args}");
        assert!(run.stdout.contains("escargo typecheck ./...") && run.stdout.contains("Examples:"));
    }
    for args in ["typecheck --help", "help typecheck", "typecheck -h"] {
        let run = place.run(args);
        assert!(run.stdout.contains("-tags=integration") && run.stdout.contains("Exit codes"), "{args}");
    }
    let version = place.run("version");
    assert!(version.stdout.starts_with(&format!("escargo {} ", env!("CARGO_PKG_VERSION"))));
    assert!(version.stdout.contains("reads Go 1.19 to 1.27"));
}

#[test]
fn wrong_usage() {
    let place = Place::new();
    for args in [
        "",
        "typecheck --zzz",
        "typo",
        "typecheck -j0",
        "typecheck --race --msan",
        "sdk",
        "sdk install",
        "tool typo",
    ] {
        let run = place.run(args);
        assert_eq!((&*run.stdout, run.code), ("", 2), "{args}");
        assert!(!run.stderr.is_empty(), "{args}");
    }
    assert!(place.run("typecheck --tag=x").stderr.contains("--tags"));
}

#[test]
fn tools() {
    let place = Place::new();
    let run = place.run("tool");
    assert_eq!((&*run.stdout, &*run.stderr, run.code), ("pprof\n", "", 0));
    assert!(place.run("tool --help").stdout.contains("escargo tool pprof -top cpu.pprof"));
    let usage = place.run("tool pprof -help");
    assert_eq!((&*usage.stdout, usage.code), ("", 0));
    assert!(usage.stderr.starts_with("usage:\n\nProduce output in the specified format.\n"));
    let missing = place.run("tool pprof -tags -top=false nofile");
    let text = "nofile: stat nofile: no such file or directory\nfailed to fetch any source profiles\n";
    assert_eq!((&*missing.stderr, missing.code), (text, 2));
}

#[test]
fn a_reader_may_leave() {
    let place = Place::new();
    let mut child = place.command("--help").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((&*stderr, child.wait().unwrap().code()), ("", Some(0)));
}

#[test]
fn sdks_of_this_machine() {
    let place = Place::new();
    let list = place.run("sdk list");
    assert_eq!((&*list.stderr, list.code), ("", 0));
    let line = list.stdout.lines().find(|l| l.starts_with("go1.27.3 ")).unwrap();
    assert!(line.contains("GOROOT") && line.ends_with("/go"), "{line}");
    assert!(list.stdout.lines().any(|l| l.ends_with("not installed")));
    assert_eq!(place.run("sdk path 1.27").stdout.trim_end(), place.path("go").to_str().unwrap());
    let missing = place.run("sdk path 1.20.3");
    assert_eq!((&*missing.stdout, missing.code), ("", 1));
    assert!(missing.stderr.starts_with("escargo: 1.20.3 is not installed"), "{}", missing.stderr);
    // What is not in the cache is not this program's to remove.
    assert_eq!(place.run("sdk remove 1.27.3").code, 1);
    assert!(place.path("go/VERSION").exists());
}

#[test]
fn sdks_are_not_fetched_offline() {
    let place = Place::new();
    let run = place.run("sdk install --offline 1.26.6");
    assert_eq!((&*run.stdout, run.code), ("", 1));
    assert!(run.stderr.contains("--offline"), "{}", run.stderr);
    assert_eq!(place.run("sdk install newest").code, 1);
    let mut nowhere = place.command("sdk install 1.26.6");
    nowhere.env_remove("HOME").env_remove("ESCARGO_CACHE");
    assert!(finish(&mut nowhere).stderr.contains("ESCARGO_CACHE"));
}
