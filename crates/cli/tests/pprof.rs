//! `escargo tool pprof` against the recorded answers of `go tool pprof`, in `conformance/pprof`.

use std::path::Path;
use std::process::{Command, Stdio};

use escargo_testkit::pprof::{Known, Suite, Tool, answers, compare};

/// So many differences are shown for each profile.
const SHOWN: usize = 3;

fn suite() -> Suite {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/pprof");
    Suite::read(&dir).unwrap()
}

#[test]
fn answers_are_those_of_go_tool_pprof() {
    let suite = suite();
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pprof-{}", std::process::id()));
    let tool = Tool { program: Path::new(env!("CARGO_BIN_EXE_escargo")), before: &["tool", "pprof"] };
    let have = answers(tool, &suite, &scratch).unwrap();
    std::fs::remove_dir_all(&scratch).unwrap();
    let known = Known::read(&suite.dir).unwrap();
    let found = compare(&suite, &have, &known, SHOWN).unwrap();
    let (equal, all) = (found.equal, found.compared);
    assert!(found.report.is_empty(), "{}{equal} of {all} command lines answered as recorded", found.report);
}

/// The promise: sixteen profiles and more, sixty command lines and more for each.
#[test]
fn there_is_much_to_compare() {
    let suite = suite();
    let lines = |profile: &&String| suite.cases.iter().filter(|c| c.profile == **profile).count() >= 60;
    assert!(suite.profiles.iter().filter(lines).count() >= 16);
    assert!(suite.cases.iter().filter(|c| c.typed.is_some()).count() >= 3);
}

#[test]
fn a_profile_comes_from_standard_input() {
    let profile = suite().dir.join("profiles/cpu-go1.27.pb.gz");
    let top = |source: &str, input: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_escargo"));
        let run = command.args(["tool", "pprof", "-top", source]).stdin(input).output().unwrap();
        (run.status.code(), String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap())
    };
    let named = top(profile.to_str().unwrap(), Stdio::null());
    assert!(named.1.contains("Type: cpu"), "{named:?}");
    assert_eq!(top("-", std::fs::File::open(&profile).unwrap().into()), named);
    let empty = top("-", Stdio::null());
    assert_eq!((empty.0, empty.1.as_str()), (Some(2), ""));
    assert!(empty.2.starts_with("-: parsing profile: "), "{empty:?}");
}
