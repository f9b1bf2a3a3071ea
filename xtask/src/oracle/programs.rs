//! Small programs and what the compiler says of each: `conformance/programs`, and those in `examples/` that have
//! recorded answers. `differ-goMINOR.txt` names programs that are known to differ under a release, or that it does not
//! compile, each with the cause.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cli::ProgramsArgs;
use crate::sdk::Sdk;
use crate::workspace;

/// `cargo xtask oracle programs`.
pub(crate) fn programs(args: &ProgramsArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let minor = sdk.version.split('.').take(2).collect::<Vec<_>>().join(".");
    let program = workspace::release_binary()?;
    let known = known(&minor)?;
    let mut failed = Vec::new();
    let cases = cases(&minor)?;
    let (cases, refused): (Vec<_>, Vec<_>) = cases
        .into_iter()
        .partition(|(source, _)| known.get(&stem(source)).is_none_or(|cause| cause != "does not compile"));
    for (source, answer) in &cases {
        // Outside of everything, so that paths into the SDK are not shorter relative to here.
        let place = std::env::temp_dir().join("escargo-programs").join(format!("{minor}-{}", stem(source)));
        std::fs::create_dir_all(&place)?;
        std::fs::copy(source, place.join("main.go"))?;
        if args.bless {
            let text = portable(&theirs(&sdk, &place)?, &sdk);
            std::fs::write(answer, text).with_context(|| format!("cannot write {}", answer.display()))?;
        }
        let want = std::fs::read_to_string(answer)
            .with_context(|| format!("{} is not recorded; use --bless", answer.display()))?;
        let have = portable(&ours(&program, &sdk, &place)?, &sdk);
        if want != have {
            failed.push(stem(source));
            if !known.contains_key(&stem(source)) {
                print_difference(&stem(source), &want, &have);
            }
        }
    }
    let equal = cases.len() - failed.len();
    println!("Go {}: {equal} of {} programs byte for byte", sdk.version, cases.len());
    let expected: Vec<&String> =
        known.keys().filter(|name| !refused.iter().any(|r| stem(&r.0) == **name)).collect();
    failed.sort();
    if !expected.is_empty() {
        println!("known to differ: {expected:?}");
    }
    Ok(failed.iter().eq(expected))
}

/// Programs that are known to differ under a release, with the cause.
fn known(minor: &str) -> Result<BTreeMap<String, String>> {
    let path = workspace::root().join(format!("conformance/programs/differ-go{minor}.txt"));
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let text = std::fs::read_to_string(&path)?;
    let entry = |line: &str| {
        let (name, cause) = line.split_once(": ").with_context(|| format!("{}: {line}", path.display()))?;
        Ok((name.to_owned(), cause.to_owned()))
    };
    text.lines().map(entry).collect()
}

fn stem(path: &Path) -> String {
    let parent = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    if name == "main" { parent.into_owned() } else { name.into_owned() }
}

/// Programs with the files that hold the answers for a release.
fn cases(minor: &str) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(workspace::root().join("conformance/programs"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "go") {
            let answer = path.with_file_name(format!("{}-go{minor}.txt", stem(&path)));
            cases.push((path, answer));
        }
    }
    let example = workspace::root().join("examples/bigdata");
    cases.push((example.join("main.go"), example.join(format!("expected-go{minor}.txt"))));
    cases.sort();
    if cases.len() < 2 {
        bail!("no programs");
    }
    Ok(cases)
}

fn theirs(sdk: &Sdk, place: &Path) -> Result<String> {
    let cache = std::env::temp_dir().join(format!("escargo-gocache-{}", sdk.version));
    let mut command = Command::new(sdk.root.join("bin/go"));
    command.env("GOCACHE", cache).env("GOTOOLCHAIN", "local").env("CGO_ENABLED", "0").env("GOFLAGS", "");
    command.env_remove("GOROOT").args(["build", "-o", "main.bin", "-gcflags=-m -m", "main.go"]);
    said(&mut command, place)
}

fn ours(program: &Path, sdk: &Sdk, place: &Path) -> Result<String> {
    let mut command = Command::new(program);
    command.env("CGO_ENABLED", "0").env("GOFLAGS", "").env_remove("GOROOT");
    command.args(["build", "--no-cache", "--go"]).arg(&sdk.root).args(["-gcflags=-m -m", "main.go"]);
    said(&mut command, place)
}

fn said(command: &mut Command, place: &Path) -> Result<String> {
    let shown = workspace::show(command);
    let output = command.current_dir(place).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run {shown}"))?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Puts `$GOROOT` for the SDK's place, which differs from machine to machine.
fn portable(text: &str, sdk: &Sdk) -> String {
    text.replace(&*sdk.root.to_string_lossy(), "$GOROOT")
}

fn print_difference(name: &str, want: &str, have: &str) {
    let (want, have): (Vec<&str>, Vec<&str>) = (want.lines().collect(), have.lines().collect());
    let at = want.iter().zip(&have).take_while(|(a, b)| a == b).count();
    let line = |list: &[&str]| list.get(at).map_or_else(|| "(nothing)".to_owned(), |l| (*l).to_owned());
    println!("{name}: line {}\n  - {}\n  + {}", at + 1, line(&want), line(&have));
}
