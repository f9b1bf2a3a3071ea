//! The order of selection, as a table over machines in memory.

use escargo_base::{CancelToken, MemSystem};
use escargo_dialect::GoVersion;

use super::source::{Order, Source};
use super::testing::{TestDir, write_sdk};
use super::{Reason, Request, SdkError, Sdks};

/// Has the releases named.
struct Has(&'static [&'static str]);

impl Source for Has {
    fn name(&self) -> String {
        "test".to_owned()
    }
    fn fetch(
        &self,
        order: &Order<'_>,
        tree: &std::path::Path,
        _: &std::path::Path,
    ) -> Result<String, String> {
        let version = order.version.to_string();
        if !self.0.contains(&&*version) {
            return Err(format!("no {version} here"));
        }
        for (name, text) in [("VERSION", &*version), ("src/fmt/a.go", ""), ("src/runtime/a.go", "")] {
            let file = tree.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Ok("nothing".to_owned())
    }
}

/// A machine: environment, SDKs by directory.
struct Machine<'m> {
    env: &'m [(&'m str, &'m str)],
    sdks: &'m [(&'m str, &'m str)],
}

const EVERYTHING: &[(&str, &str)] = &[
    ("/goroot", "go1.22.10"),
    ("/onpath", "go1.23.9"),
    ("/usr/local/go", "go1.24.11"),
    ("/usr/lib/go-1.19", "go1.19.8"),
    ("/usr/lib/go-1.21", "go1.21.13"),
    ("/home/me/sdk/go1.25.4", "go1.25.4"),
    ("/home/me/sdk/go1.25.5", "go1.25.5"),
    ("/home/me/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.26.6.linux-amd64", "go1.26.6"),
    ("/cache/sdk/go1.20.14", "go1.20.14"),
    ("/cache/sdk/go1.27.2", "go1.27.2"),
];

/// Runs the selection; shows version, root and reason, or the error.
fn select(
    machine: &Machine<'_>,
    request: &Request,
    offline: bool,
    source: &'static [&'static str],
) -> String {
    let system = MemSystem::new();
    system.set_env("HOME", "/home/me");
    system.set_env("ESCARGO_CACHE", "/cache");
    for (name, value) in machine.env {
        system.set_env(name, value);
    }
    for (root, version) in machine.sdks {
        write_sdk(&system, root, version);
        system.write(format!("{root}/bin/go"), "");
    }
    let dir = TestDir::new();
    if !source.is_empty() {
        system.set_env("ESCARGO_CACHE", dir.path().to_str().unwrap());
    }
    let sdks =
        Sdks::new(&system).offline(offline).cancel(CancelToken::new()).sources(vec![Box::new(Has(source))]);
    match sdks.select(request) {
        Ok(selection) => {
            let root =
                selection.sdk.root.display().to_string().replace(&*dir.path().to_string_lossy(), "$CACHE");
            format!("{} {root} {:?}", selection.sdk.version, selection.reason)
        }
        Err(error) => format!("error: {}", error.to_string().lines().next().unwrap_or_default()),
    }
}

fn go(version: &str) -> Request {
    Request { go: Some(version.to_owned()), ..Request::default() }
}

fn module(go_line: &str, toolchain: &str) -> Request {
    Request {
        go_line: GoVersion::parse(go_line),
        toolchain_line: GoVersion::parse(toolchain),
        ..Request::default()
    }
}

#[test]
fn places_in_order() {
    let none = Request::default();
    fn all<'m>(env: &'m [(&'m str, &'m str)]) -> Machine<'m> {
        Machine { env, sdks: EVERYTHING }
    }
    let goroot = ("GOROOT", "/goroot");
    let path = ("PATH", "/none:/onpath/bin");
    assert_eq!(select(&all(&[goroot, path]), &none, true, &[]), "go1.22.10 /goroot Found");
    assert_eq!(select(&all(&[path]), &none, true, &[]), "go1.23.9 /onpath Found");
    assert_eq!(select(&all(&[]), &none, true, &[]), "go1.24.11 /usr/local/go Found");
    let after = |from| Machine { env: &[], sdks: &EVERYTHING[from..] };
    assert_eq!(select(&after(3), &none, true, &[]), "go1.21.13 /usr/lib/go-1.21 Found");
    assert_eq!(select(&after(5), &none, true, &[]), "go1.25.5 /home/me/sdk/go1.25.5 Found");
    assert!(select(&after(7), &none, true, &[]).contains("toolchain@v0.0.1-go1.26.6"));
    assert_eq!(select(&after(8), &none, true, &[]), "go1.27.2 /cache/sdk/go1.27.2 Found");
    let old = Machine { env: &[], sdks: &[("/usr/lib/go-1.15", "go1.15.4")] };
    assert!(select(&old, &none, true, &[]).starts_with("error: go1.27.3 is not on this machine"));
    let broken = Machine { env: &[("GOROOT", "/nowhere")], sdks: EVERYTHING };
    assert_eq!(select(&broken, &none, true, &[]), "error: no Go SDK in /nowhere: no such directory");
}

#[test]
fn the_flag_goes_first() {
    let machine = Machine { env: &[("GOROOT", "/goroot"), ("GOTOOLCHAIN", "go1.23.9")], sdks: EVERYTHING };
    assert_eq!(select(&machine, &go("1.21.13"), true, &[]), "go1.21.13 /usr/lib/go-1.21 Flag");
    assert_eq!(select(&machine, &go("go1.25"), true, &[]), "go1.25.5 /home/me/sdk/go1.25.5 Flag");
    assert_eq!(select(&machine, &go("1.19"), true, &[]), "go1.19.8 /usr/lib/go-1.19 Flag");
    assert_eq!(select(&machine, &go("/onpath"), true, &[]), "go1.23.9 /onpath Flag");
    assert_eq!(
        select(&machine, &go("latest"), true, &[]),
        "error: invalid Go version \"latest\": want a version such as 1.27.3 or 1.27"
    );
    assert!(
        select(&machine, &go("1.24.3"), true, &[]).contains("go1.24.3 is not on this machine, and --offline")
    );
    assert_eq!(select(&machine, &go("1.24.3"), false, &["go1.24.3"]), "go1.24.3 $CACHE/sdk/go1.24.3 Flag");
    assert_eq!(
        select(&Machine { env: &[], sdks: &[] }, &go("1.24"), false, &["go1.24.11"]),
        "go1.24.11 $CACHE/sdk/go1.24.11 Flag"
    );
}

#[test]
fn gotoolchain() {
    let with = |value, request: &Request, offline, source| {
        let env = [("GOROOT", "/goroot"), ("GOTOOLCHAIN", value)];
        select(&Machine { env: &env, sdks: EVERYTHING }, request, offline, source)
    };
    let none = Request::default();
    let newer = module("1.25.4", "");
    assert_eq!(with("go1.21.13", &none, true, &[]), "go1.21.13 /usr/lib/go-1.21 Gotoolchain");
    assert_eq!(with("go1.21.13", &newer, true, &[]), "go1.21.13 /usr/lib/go-1.21 Gotoolchain");
    assert_eq!(with("go1.21.13+auto", &newer, true, &[]), "go1.25.4 /home/me/sdk/go1.25.4 Module");
    assert_eq!(with("go1.21.1", &none, false, &["go1.21.1"]), "go1.21.1 $CACHE/sdk/go1.21.1 Gotoolchain");
    assert_eq!(with("local", &newer, false, &["go1.25.4"]), "go1.22.10 /goroot Found");
    assert_eq!(with("auto", &newer, true, &[]), "go1.25.4 /home/me/sdk/go1.25.4 Module");
    assert_eq!(with("path", &newer, true, &[]), "go1.25.4 /home/me/sdk/go1.25.4 Module");
    assert!(with("go1.23.1+path", &none, false, &["go1.23.1"]).contains("GOTOOLCHAIN=go1.23.1+path forbids"));
    let nothing = Machine { env: &[("GOTOOLCHAIN", "local")], sdks: &[] };
    assert!(select(&nothing, &none, false, &["go1.27.3"]).contains("GOTOOLCHAIN=local forbids fetching"));
    for bad in ["bash", "go1.x", "auto+path", "go1.21.1+fast", "/bin/go1.2"] {
        assert_eq!(with(bad, &none, true, &[]), format!("error: invalid GOTOOLCHAIN {bad:?}"));
    }
}

#[test]
fn the_module_asks_for_more() {
    let machine = Machine { env: &[("GOROOT", "/goroot")], sdks: EVERYTHING };
    let ask = |request: &Request| select(&machine, request, true, &[]);
    assert_eq!(ask(&module("1.22", "")), "go1.22.10 /goroot Found");
    assert_eq!(ask(&module("1.22.10", "1.22.3")), "go1.22.10 /goroot Found");
    assert_eq!(ask(&module("1.21", "1.25.5")), "go1.25.5 /home/me/sdk/go1.25.5 Module");
    assert_eq!(ask(&module("1.25.5", "1.25.4")), "go1.25.5 /home/me/sdk/go1.25.5 Module");
    // 1.25.0 is nowhere; a later patch does as well, the newest place first.
    assert_eq!(ask(&module("1.25", "")), "go1.25.5 /home/me/sdk/go1.25.5 Module");
    assert!(ask(&module("1.28", "")).starts_with("error: go1.28.0 is not on this machine"));
    let default = Request { toolchain_default: true, ..module("1.25", "") };
    assert_eq!(ask(&default), "go1.22.10 /goroot Found");
    let fetch = |source| {
        select(
            &Machine { env: &[("GOROOT", "/goroot")], sdks: &EVERYTHING[..1] },
            &module("1.24", ""),
            false,
            source,
        )
    };
    assert_eq!(fetch(&["go1.24.0", "go1.24.11"]), "go1.24.0 $CACHE/sdk/go1.24.0 Module");
    assert_eq!(fetch(&["go1.24.11"]), "go1.24.11 $CACHE/sdk/go1.24.11 Module");
    assert_eq!(fetch(&["go1.23.0"]), "error: cannot fetch go1.24.0: every source failed");
}

#[test]
fn distributions_may_say_local() {
    let system = MemSystem::new();
    system.set_env("GOROOT", "/goroot");
    write_sdk(&system, "/goroot", "go1.22.10");
    system.write("/goroot/go.env", "GOPROXY=direct\nGOTOOLCHAIN=local\n");
    let selection = Sdks::new(&system).select(&module("1.25", "")).unwrap();
    assert_eq!((selection.sdk.version, selection.reason), (GoVersion::release(22, 10), Reason::Found));
}

#[test]
fn with_nothing_there_the_newest_is_fetched() {
    let empty = Machine { env: &[], sdks: &[] };
    let none = Request::default();
    assert_eq!(select(&empty, &none, false, &["go1.27.3"]), "go1.27.3 $CACHE/sdk/go1.27.3 Newest");
    assert_eq!(
        select(&empty, &module("1.21", ""), false, &["go1.27.3"]),
        "go1.27.3 $CACHE/sdk/go1.27.3 Newest"
    );
    assert_eq!(
        select(&empty, &module("1.28.1", ""), false, &["go1.28.1"]),
        "go1.28.1 $CACHE/sdk/go1.28.1 Module"
    );
    let system = MemSystem::new();
    assert!(matches!(Sdks::new(&system).select(&none), Err(SdkError::NoCacheDir)));
}

/// An SDK with a compiler in a machine in memory.
fn write_whole(system: &MemSystem, root: &str, version: &str) {
    let host = escargo_dialect::Target::host();
    write_sdk(system, root, version);
    system.write(format!("{root}/bin/go{}", std::env::consts::EXE_SUFFIX), "");
    let tools = format!("{root}/pkg/tool/{}_{}", host.goos(), host.goarch());
    system.write(format!("{tools}/compile{}", std::env::consts::EXE_SUFFIX), "");
}

#[test]
fn with_a_compiler() {
    let system = MemSystem::new();
    system.set_env("HOME", "/home/me");
    system.set_env("ESCARGO_CACHE", "/cache");
    system.set_env("GOROOT", "/goroot");
    write_sdk(&system, "/goroot", "go1.22.10");
    let select = |request: &Request| match Sdks::new(&system).offline(true).whole().select(request) {
        Ok(found) => format!("{} {:?}", found.sdk.root.display(), found.reason),
        Err(error) => error.to_string(),
    };
    let none = Request::default();
    assert_eq!(
        select(&none),
        "go1.22.10 in /goroot has no compiler, and --offline forbids fetching it\n\
         \tto have one, run \"escargo sdk install 1.22.10 --full\""
    );
    assert!(select(&go("1.24")).contains("run \"escargo sdk install 1.24.11 --full\""));
    write_whole(&system, "/cache/sdk/go1.22.10", "go1.22.10");
    assert_eq!(select(&none), "/cache/sdk/go1.22.10 Found");
    // A directory that was named is not exchanged for another.
    assert!(select(&go("/goroot")).contains("in /goroot has no compiler, and it is the one that was named"));
    write_sdk(&system, "/home/me/sdk/go1.24.11", "go1.24.11");
    write_whole(&system, "/home/me/sdk/go1.24.5", "go1.24.5");
    assert_eq!(select(&go("1.24")), "/home/me/sdk/go1.24.5 Flag");
    write_whole(&system, "/goroot", "go1.22.10");
    assert_eq!(select(&none), "/goroot Found");
}
