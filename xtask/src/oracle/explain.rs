//! The examples of `escargo explain`: what their comments claim, and what the compiler says and programs do.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use escargo_report::explain;
use escargo_testkit::explain::{Example, Release, examples};

use crate::cli::SdkArgs;
use crate::sdk::Sdk;
use crate::workspace;

/// Runs a program, and prints where it allocated.
const ALLOCATIONS: &str = include_str!("../../go/allocations/allocations.go");

/// `cargo xtask oracle explain`.
pub(crate) fn explain(args: &SdkArgs) -> Result<bool> {
    let mut good = true;
    for sdk in args.open_all()? {
        let place = workspace::scratch(&format!("explain-{}", sdk.version))?;
        let examples = write(&place)?;
        let compiled = compiled(&sdk, &place, &examples)?;
        let run = run(&sdk, &place, &examples)?;
        println!("Go {}: {compiled}; {run}", sdk.version);
        good &= compiled.wrong + run.wrong == 0;
    }
    Ok(good)
}

/// What came of a comparison.
#[derive(Default)]
struct Outcome {
    what: &'static str,
    files: usize,
    claims: usize,
    wrong: usize,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}, {} claims, {} wrong", self.files, self.what, self.claims, self.wrong)
    }
}

/// Writes each example to a package of its own, named after its page, and those that are programs to another one where
/// they can be run.
fn write(place: &Path) -> Result<Vec<(String, Example)>> {
    fs::remove_dir_all(place)?;
    let mut list = Vec::new();
    for cause in escargo_findings::Cause::ALL {
        let found = examples(explain::page(cause)).map_err(|e| anyhow!("{}: {e}", cause.code()))?;
        for (example, n) in found.into_iter().zip(1..) {
            let name = format!("{}-{n}", cause.code());
            let dir = place.join(&name);
            fs::create_dir_all(&dir)?;
            fs::write(dir.join("x.go"), &example.text)?;
            if example.assembly {
                fs::write(dir.join("x.s"), "")?;
            }
            if example.is_program {
                let dir = place.join("run").join(&name);
                fs::create_dir_all(&dir)?;
                fs::write(dir.join("x.go"), &example.text)?;
                fs::write(dir.join("allocations.go"), ALLOCATIONS)?;
            }
            list.push((name, example));
        }
    }
    fs::write(place.join("go.mod"), "module explain\n\ngo 1.24\n")?;
    if list.is_empty() {
        bail!("no examples");
    }
    Ok(list)
}

/// Compares with what the compiler says.
fn compiled(sdk: &Sdk, place: &Path, examples: &[(String, Example)]) -> Result<Outcome> {
    let mut outcome = Outcome { what: "examples", ..Outcome::default() };
    for (arch, bits) in [("amd64", 64), ("386", 32)] {
        let release = Release { minor: sdk.minor(), bits };
        let asked = examples.iter().filter(|(_, example)| bits == 64 || example.depends_on_bits());
        for (name, example) in asked {
            let mut command = sdk.go()?;
            command.current_dir(place).env("GOARCH", arch).env("GOOS", "linux");
            command.args(["build", "-gcflags=-m", "-o", if cfg!(windows) { "NUL" } else { "/dev/null" }]);
            let output = command.arg(format!("./{name}")).output().context("cannot run go build")?;
            let said = String::from_utf8_lossy(&output.stderr);
            if !output.status.success() {
                bail!("{name}: {said}");
            }
            let wrong = example.compare(release, &said, &format!("{name}/x.go"));
            outcome.add(example, &wrong, &format!("{name}, {arch}"));
        }
    }
    Ok(outcome)
}

/// Compares with where programs allocate.
fn run(sdk: &Sdk, place: &Path, examples: &[(String, Example)]) -> Result<Outcome> {
    let mut outcome = Outcome { what: "runs", ..Outcome::default() };
    let release = Release { minor: sdk.minor(), bits: 64 };
    for (name, example) in examples.iter().filter(|(_, example)| example.is_program) {
        let mut command = sdk.go()?;
        command.current_dir(place).args(["run", &format!("./run/{name}")]);
        let text = String::from_utf8(workspace::output(&mut command)?)?;
        let lines = text.lines().map(|line| Ok(line.split(' ').next().unwrap_or_default().parse()?));
        let lines: Vec<u32> = lines.collect::<Result<_>>()?;
        let wrong = example.compare_run(release, &lines);
        outcome.add(example, &wrong, &format!("{name}, run"));
    }
    Ok(outcome)
}

impl Outcome {
    fn add(&mut self, example: &Example, wrong: &[String], name: &str) {
        self.files += 1;
        self.claims += example.claims.len();
        self.wrong += wrong.len();
        for problem in wrong {
            println!("{name}: {problem}");
        }
    }
}
