//! `escargo run` and `escargo test`: what they make of command lines, with a go command that is a script; and, where there is
//! a whole SDK, programs that end in every way.
#![cfg(unix)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Place, Run, finish};
use escargo_dialect::Target;
use escargo_pprof::profile::Profile;

/// A go command: notes how it is called, and builds programs that are scripts too. `PROGRAM` and `PROFILE` are files.
const GO: &str = r#"#!/bin/sh
here=$(cd "$(dirname "$0")/../.." && pwd)
echo "$PWD $GOTOOLCHAIN $GOPROXY $*" >>"$here/calls"
verb=$1
case "$verb" in
list)
    case "$*" in
    *many*) printf 'main\tm/a\ta.go\t/m/a\nmain\tm/b\tb.go\t/m/b\n' ;;
    *lib*) printf 'lib\tm/lib\ta.go\t/m/lib\n' ;;
    *broken*) echo "no such package" >&2; exit 1 ;;
    *main.go*) printf 'main\tcommand-line-arguments\tmain.go\t%s\n' "$PWD" ;;
    *) printf 'main\texample.com/m/cmd/tool\tmain.go\t%s\n' "$PWD" ;;
    esac ;;
build)
    while [ "$1" != -o ]; do shift; done
    mkdir -p "$(dirname "$2")"
    cp "$here/program" "$2" && chmod +x "$2"
    cp "${3#-overlay=}" "$here/overlay.json" ;;
test)
    for word in "$@"; do
        case "$word" in -exec=*) words=${word#-exec=} ;; esac
    done
    echo "ok  	m"
    cd / && eval "$words" "$here/program" -test.v=true a && eval "$words" "$here/program" -test.v=true b ;;
esac
"#;

/// A program that leaves a profile, as it is told to by its environment or its arguments.
const PROGRAM: &str = r#"#!/bin/sh
here=HERE
echo "$(basename "$0") $PWD $GODEBUG $*"
file=$ESCARGO_HEAP_PROFILE
for word in "$@"; do
    case "$word" in
    -test.memprofile=*) file=${word#-test.memprofile=} ;;
    own) echo mine >mem.pprof ;;
    die) kill -9 $$ ;;
    term) sleep 5 & trap 'kill $!; exit 9' TERM; kill -TERM $PPID; wait ;;
    none) exit 4 ;;
    esac
done
cp "$here/profile" "$file"
exit "${CODE:-0}"
"#;

fn place() -> Place {
    let place = Place::new();
    let host = Target::host();
    place.write(&format!("go/pkg/tool/{}_{}/compile", host.goos(), host.goarch()), "");
    place.write("go/src/internal/runtime/exithook/hooks.go", "package exithook\n");
    place.write("go/bin/go", GO);
    executable(&place.path("go/bin/go"));
    place.write("program", &PROGRAM.replace("HERE", place.path("").to_str().unwrap()));
    executable(&place.path("program"));
    let mem = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/pprof/profiles");
    std::fs::copy(mem.join(HEAP), place.path("profile")).unwrap();
    place
}

/// A profile that a Go program wrote.
const HEAP: &str = "heap-go1.27.pb.gz";

fn executable(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The command with a directory of its own for temporary files, which must be empty afterwards.
fn run_with(place: &Place, args: &str, env: &[(&str, &str)]) -> Run {
    let temporary = place.path("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    let mut command = place.command(args);
    command.env("TMPDIR", &temporary).env("PATH", std::env::var_os("PATH").unwrap());
    command.envs(env.iter().copied());
    let run = finish(&mut command);
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "{args}: {}", run.stderr);
    run
}

fn run(place: &Place, args: &str) -> Run {
    run_with(place, args, &[])
}

fn calls(place: &Place) -> Vec<String> {
    let text = std::fs::read_to_string(place.path("calls")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn help_teaches() {
    let place = Place::new();
    let help = place.run("run --help").stdout;
    assert!(help.contains("escargo run ./cmd/server -port 8080") && help.contains("Ctrl-C"), "{help}");
    let help = place.run("test -h").stdout;
    assert!(help.contains("-bench=. -run='^$' ./...") && help.contains("--rate"), "{help}");
    assert!(!place.run("--help").stdout.contains("test-binary"));
}

#[test]
fn without_a_compiler() {
    let place = Place::new();
    for args in ["run .", "test ./..."] {
        let run = place.run(args);
        assert_eq!((&*run.stdout, run.code), ("", 1));
        let text = "has no compiler, and GOTOOLCHAIN=local forbids fetching it\n\tto have one, run \"escargo sdk install 1.27.3 --full\"\n";
        assert!(run.stderr.ends_with(text), "{}", run.stderr);
    }
}

#[test]
fn wrong_usage() {
    let place = place();
    for args in ["run -typo .", "run --rate 0 .", "run example.com/x@latest", "test -memprofile=x"] {
        let run = run(&place, args);
        assert_eq!((&*run.stdout, run.code), ("", 2), "{args}");
        assert!(!run.stderr.is_empty(), "{args}");
    }
    assert!(calls(&place).is_empty());
}

#[test]
fn a_program_and_its_profile() {
    let place = place();
    place.write("m/cmd/main.go", "package main\n\nfunc main() {}\n");
    let ran = run_with(&place, "run -tags=x --rate 7 ./cmd -x -- y", &[("CODE", "3"), ("GODEBUG", "a=b")]);
    let dir = place.path("m").canonicalize().unwrap();
    let want = format!("tool {} a=b,memprofilerate=7 -x -- y\n", dir.display());
    assert_eq!((&*ran.stdout, ran.code), (&*want, 3), "{}", ran.stderr);
    assert!(ran.stderr.contains("escargo: wrote mem.pprof: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("the program has set runtime.MemProfileRate to "), "{}", ran.stderr);
    // What was found follows, joined with the profile.
    assert!(ran.stderr.contains("in 1 package, none escapes to the heap"), "{}", ran.stderr);
    assert!(ran.stderr.contains("\nThe profile has "), "{}", ran.stderr);
    let profile = Profile::parse(&std::fs::read(place.path("m/mem.pprof")).unwrap()).unwrap();
    assert!(!profile.samples.is_empty());
    let calls = calls(&place);
    assert!(calls[0].starts_with(&format!("{} local  list -tags=x -f ", dir.display())), "{calls:?}");
    assert!(calls[1].contains(" build -buildvcs=false -tags=x -o ") && calls[1].ends_with(" -- ./cmd"));
    let overlay = std::fs::read_to_string(place.path("overlay.json")).unwrap();
    let overlay: serde_json::Value = serde_json::from_str(&overlay).unwrap();
    let replaced = overlay["Replace"].as_object().unwrap();
    assert!(replaced.contains_key(dir.join("escargo_main.go").to_str().unwrap()));
    assert!(replaced.contains_key(place.path("go/src/runtime/pprof/escargo_pprof.go").to_str().unwrap()));
}

#[test]
fn files_and_other_directories() {
    let place = place();
    let ran = run(&place, "run --no-check --offline -o x.pprof main.go -v");
    assert_eq!((ran.code, ran.stdout.contains(" -v\n")), (0, true), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().last().map(|l| l.starts_with("escargo: wrote x.pprof: ")), Some(true));
    assert!(place.path("m/x.pprof").exists() && !place.path("m/mem.pprof").exists());
    let all = calls(&place);
    assert!(
        all[1].contains(" local off build ") && all[1].ends_with(" -- main.go escargo_main.go"),
        "{all:?}"
    );
    place.write("m/sub/main.go", "package main\n\nfunc main() {}\n");
    let ran = run(&place, "run -C sub");
    assert!(ran.stdout.contains("/m/sub memprofilerate=1"), "{}", ran.stdout);
    assert!(ran.stderr.contains("\nThe profile has "), "{}", ran.stderr);
    assert!(place.path("m/sub/mem.pprof").exists() && !place.path("m/mem.pprof").exists());
    assert!(calls(&place).last().unwrap().contains("/m/sub local  build "));
}

#[test]
fn programs_that_leave_no_profile() {
    let place = place();
    let ran = run(&place, "run . none");
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.starts_with("escargo: no profile: the program ended in a way"), "{}", ran.stderr);
    let ran = run(&place, "run . die");
    assert_eq!(ran.code, 137);
    assert!(
        ran.stderr.starts_with("escargo: no profile: the program was ended by signal 9"),
        "{}",
        ran.stderr
    );
    assert!(!place.path("m/mem.pprof").exists());
    // One that it wrote itself stays.
    let ran = run(&place, "run . own");
    assert!(
        ran.stderr.contains("escargo: wrote mem.escargo.pprof (mem.pprof is the program's own): "),
        "{}",
        ran.stderr
    );
    assert_eq!(std::fs::read_to_string(place.path("m/mem.pprof")).unwrap(), "mine\n");
    // A signal is for the program.
    assert_eq!(run(&place, "run . term").code, 9);
    assert_eq!(run(&place, "run -o /no/such/dir/x .").code, 1);
}

#[test]
fn what_cannot_be_run() {
    let place = place();
    for (args, text) in [
        ("run ./many", "go: pattern ./many matches multiple packages:\n\tm/a\n\tm/b\n"),
        ("run ./lib", "package m/lib is not a main package\n"),
        ("run ./broken", "no such package\n"),
    ] {
        let ran = run(&place, args);
        assert_eq!((&*ran.stdout, &*ran.stderr, ran.code), ("", text, 1), "{args}");
    }
}

#[test]
fn an_old_sdk() {
    let place = place();
    std::fs::remove_dir_all(place.path("go/src/internal/runtime")).unwrap();
    let ran = run(&place, "run .");
    assert_eq!((&*ran.stdout, ran.code), ("", 2));
    assert!(ran.stderr.contains("go1.27.3 is too old to leave a profile behind"), "{}", ran.stderr);
    // Tests write theirs without help.
    assert_eq!(run(&place, "test").code, 0);
}

#[test]
fn an_overlay_of_the_user() {
    let place = place();
    place.write("m/own.json", r#"{"Replace": {"/m/a.go": "b.go"}}"#);
    assert_eq!(run_with(&place, "run .", &[("GOFLAGS", "-overlay=own.json")]).code, 0);
    assert!(std::fs::read_to_string(place.path("overlay.json")).unwrap().contains(r#""/m/a.go":"b.go""#));
    let ran = run_with(&place, "run .", &[("GOFLAGS", "-overlay=none.json")]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("the overlay in GOFLAGS: "), "{}", ran.stderr);
}

#[test]
fn profiles_of_several_packages_become_one() {
    let place = place();
    let ran = run(&place, "test -bench . -race ./... -o out.pprof");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.stdout.matches("-test.memprofilerate=1 -test.v=true").count(), 2, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("ok  \tm\n"));
    assert!(ran.stderr.starts_with("escargo: wrote out.pprof: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("\nThe profile has "), "{}", ran.stderr);
    assert!(calls(&place)[0].ends_with(" 1 -bench . ./..."), "{:?}", calls(&place));
    let total = |path: &Path| {
        let profile = Profile::parse(&std::fs::read(path).unwrap()).unwrap();
        let index = profile.sample_index_by_name("alloc_space").unwrap();
        (0..profile.samples.len()).map(|sample| profile.values(sample)[index]).sum::<i64>()
    };
    assert_eq!(total(&place.path("m/out.pprof")), 2 * total(&place.path("profile")));
    let ran = run_with(&place, "test .", &[("CODE", "3")]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(place.path("m/mem.pprof").exists());
}

/// Programs that end in each way: name, exit code, how often `work` allocated, what they say.
const WAYS: &[(&str, i32, Option<i64>, &str)] = &[
    ("return", 0, Some(1000), "GODEBUG=x=y\n"),
    ("exit", 3, Some(1000), ""),
    ("exit in a goroutine", 3, Some(1000), ""),
    ("log.Fatal", 1, Some(1000), "bad\n"),
    ("panic", 2, Some(1000), "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t"),
    ("nil", 2, Some(1000), "panic: runtime error: invalid memory address or nil pointer dereference\n"),
    ("panic in a goroutine", 2, Some(1000), "panic: boom\n"),
    ("recovered", 0, Some(2000), ""),
    ("SIGINT", 130, Some(1000), ""),
    ("SIGTERM", 143, Some(1000), ""),
    ("SIGHUP", 129, Some(1000), ""),
    ("SIGKILL", 137, None, ""),
    ("handled", 4, Some(2000), ""),
    ("ignored", 0, Some(2000), ""),
    ("broken pipe", 141, Some(1000), ""),
    ("syscall.Exit", 5, Some(1000), ""),
    ("Goexit", 6, Some(1000), ""),
    ("concurrent map writes", 2, None, "fatal error: concurrent map"),
    ("own rate", 0, None, "the program has set runtime.MemProfileRate to 0"),
];

const PROGRAM_OF_WAYS: &str = r#"package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

var sink []byte

//go:noinline
func work() {
	for i := 0; i < 1000; i++ {
		sink = make([]byte, 1000)
	}
}

func init() { work0() }

//go:noinline
func work0() { sink = make([]byte, 100) }

func die(sig syscall.Signal) {
	syscall.Kill(syscall.Getpid(), sig)
	time.Sleep(10 * time.Second)
}

func main() {
	way := os.Args[1]
	work()
	for _, setting := range os.Environ() {
		if len(setting) > 7 && (setting[:7] == "GODEBUG" || strings.HasPrefix(setting, "ESCARGO_HEAP")) {
			fmt.Fprintln(os.Stderr, setting)
		}
	}
	signals := map[string]syscall.Signal{"SIGINT": syscall.SIGINT, "SIGTERM": syscall.SIGTERM,
		"SIGHUP": syscall.SIGHUP, "SIGKILL": syscall.SIGKILL}
	if sig, ok := signals[way]; ok {
		die(sig)
	}
	switch way {
	case "return":
	case "exit":
		os.Exit(3)
	case "exit in a goroutine":
		go os.Exit(3)
		select {}
	case "log.Fatal":
		log.Fatal("bad")
	case "panic":
		panic("boom")
	case "nil":
		var p *[10]int
		fmt.Println(p[len(os.Args)])
	case "panic in a goroutine":
		go panic(errors.New("boom"))
		time.Sleep(10 * time.Second)
	case "recovered":
		func() {
			defer func() { _ = recover() }()
			panic(1)
		}()
		work()
	case "handled":
		told := make(chan os.Signal, 1)
		signal.Notify(told, os.Interrupt)
		syscall.Kill(syscall.Getpid(), syscall.SIGINT)
		<-told
		work()
		os.Exit(4)
	case "ignored":
		signal.Ignore(os.Interrupt)
		syscall.Kill(syscall.Getpid(), syscall.SIGINT)
		time.Sleep(50 * time.Millisecond)
		work()
	case "broken pipe":
		r, w, _ := os.Pipe()
		r.Close()
		syscall.Dup2(int(w.Fd()), 1)
		fmt.Println("nobody reads this")
	case "syscall.Exit":
		syscall.Exit(5)
	case "Goexit":
		go func() { time.Sleep(50 * time.Millisecond); os.Exit(6) }()
		runtime.Goexit()
	case "concurrent map writes":
		m := map[int]int{}
		for i := 0; i < 4; i++ {
			go func() {
				for {
					m[1]++
				}
			}()
		}
		time.Sleep(20 * time.Second)
	case "own rate":
		runtime.MemProfileRate = 0
	}
}
"#;

/// For SDKs of any release.
const OLD_MODULE: &str = "module example.com/m\n\ngo 1.21\n";

/// The whole SDK to try with. These tests are called by name where there is one, and fail where there is none.
fn whole_sdk() -> PathBuf {
    let text = "ESCARGO_TEST_GOROOT must name a whole Go SDK: .ci/run installs one";
    std::env::var_os("ESCARGO_TEST_GOROOT").expect(text).into()
}

/// The command in a directory, with the SDK and the machine's own directories.
fn real(dir: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_escargo"));
    command.args(args).current_dir(dir).env("GOROOT", whole_sdk()).env("GOTOOLCHAIN", "local");
    command.env("GODEBUG", "x=y").env_remove("GOFLAGS").stdin(std::process::Stdio::null());
    finish(&mut command)
}

/// How often a function allocated itself.
fn allocations(profile: &Path, function: &str) -> i64 {
    let profile = Profile::parse(&std::fs::read(profile).unwrap()).unwrap();
    let index = profile.sample_index_by_name("alloc_objects").unwrap();
    let of = |sample: usize| {
        let leaf = profile.location(profile.stack(&profile.samples[sample])[0]);
        let name = leaf.lines.first().and_then(|line| line.function).map(|id| &*profile.function(id).name);
        if name == Some(function) { profile.values(sample)[index] } else { 0 }
    };
    (0..profile.samples.len()).map(of).sum()
}

#[test]
#[ignore = "needs a whole Go SDK"]
fn every_way_to_end() {
    let place = Place::new();
    place.write("m/main.go", PROGRAM_OF_WAYS);
    place.write("m/go.mod", OLD_MODULE);
    let (dir, file) = (place.path("m"), place.path("m/mem.pprof"));
    for (way, code, count, says) in WAYS {
        let run = real(&dir, &["run", "--no-check", ".", way]);
        assert!(run.code == *code && run.stderr.contains(says), "{way}: {run:?}");
        assert!(
            !run.stderr.contains("memprofilerate") && !run.stderr.contains("ESCARGO_HEAP"),
            "{way}: {run:?}"
        );
        match count {
            Some(count) => {
                assert_eq!(allocations(&file, "main.work"), *count, "{way}");
                // Before anything else of the program runs, the rate is set.
                assert_eq!(allocations(&file, "main.work0"), 1, "{way}");
            }
            None if *way == "own rate" => {}
            None => assert!(!file.exists(), "{way}"),
        }
        let _ = std::fs::remove_file(&file);
    }
}

#[test]
#[ignore = "needs a whole Go SDK"]
fn programs_of_all_kinds() {
    let place = Place::new();
    let main = "package main\n\nimport \"example.com/dep\"\n\nfunc main() { dep.Work() }\n";
    let dep = "package dep\n\nvar sink *[4]int\n\n//go:noinline\nfunc Work() { sink = new([4]int) }\n";
    place.write("m/go.mod", "module example.com/m\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n");
    place.write("m/cmd/tool/main.go", main);
    place.write("m/vendor/example.com/dep/dep.go", dep);
    place.write("m/vendor/modules.txt", "# example.com/dep v1.0.0\n## explicit\nexample.com/dep\n");
    place.write("gopath/src/example.com/dep/dep.go", dep);
    place.write("gopath/src/example.com/m/main.go", main);
    place.write("plain/a.go", "package main\n\nfunc main() { work() }\n");
    place.write(
        "plain/b.go",
        "package main\n\nvar sink *[4]int\n\n//go:noinline\nfunc work() { sink = new([4]int) }\n",
    );
    let check = |dir: &str, args: &[&str], env: &[(&str, &str)], function: &str| {
        let (dir, file) = (place.path(dir), place.path("out.pprof"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_escargo"));
        command.args(["run", "-o"]).arg(&file).args(args).current_dir(dir).env("GOROOT", whole_sdk());
        let run = finish(command.env("GOTOOLCHAIN", "local").envs(env.iter().copied()));
        assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
        assert_eq!(allocations(&file, function), 1, "{args:?}");
        std::fs::remove_file(file).unwrap();
    };
    check("m", &["./cmd/tool"], &[], "example.com/dep.Work");
    check("m/cmd", &["-mod=vendor", "example.com/m/cmd/tool"], &[], "example.com/dep.Work");
    check("plain", &["a.go", "b.go"], &[], "main.work");
    check("m", &["../plain/a.go", "../plain/b.go"], &[], "main.work");
    let gopath = place.path("gopath");
    let env = [("GO111MODULE", "off"), ("GOPATH", gopath.to_str().unwrap())];
    check("gopath/src/example.com/m", &["."], &env, "example.com/dep.Work");
}

#[test]
#[ignore = "needs a whole Go SDK"]
fn tests_of_several_packages() {
    let place = Place::new();
    let test = "package PKG\n\nimport \"testing\"\n\nvar sink *[4]int\n\nfunc TestX(*testing.T) { sink = new([4]int) }\n\n\
                func BenchmarkX(b *testing.B) {\n\tfor i := 0; i < b.N; i++ {\n\t\tsink = new([4]int)\n\t}\n}\n";
    place.write("m/go.mod", OLD_MODULE);
    for package in ["a", "b"] {
        place.write(&format!("m/{package}/x_test.go"), &test.replace("PKG", package));
    }
    place.write(
        "m/c/c_test.go",
        "package c\n\nimport \"testing\"\n\nfunc TestC(t *testing.T) { t.Fatal(\"no\") }\n",
    );
    let (dir, file) = (place.path("m"), place.path("m/mem.pprof"));
    let ran = real(&dir, &["test", "-bench=.", "-benchtime=50x", "./a", "./b"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("ok  \texample.com/m/a\t") && ran.stdout.contains("BenchmarkX"), "{ran:?}");
    for package in ["a", "b"] {
        assert_eq!(allocations(&file, &format!("example.com/m/{package}.TestX")), 1);
        // Once to try, and fifty times.
        assert_eq!(allocations(&file, &format!("example.com/m/{package}.BenchmarkX")), 51);
    }
    let ran = real(&dir, &["test", "./..."]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stdout.contains("FAIL\texample.com/m/c\t") && ran.stderr.contains("wrote mem.pprof"),
        "{ran:?}"
    );
    let ran = real(&dir, &["test", "./a", "-args", "-test.run=None", "x"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(allocations(&file, "example.com/m/a.TestX"), 0);
}
