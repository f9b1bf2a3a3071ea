//! Running the Go project's own tests of error messages.

pub(crate) mod diagnostics;

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::cli::{ErrorcheckArgs, TypesTestsArgs};
use crate::errortest::errorcheck::{self, Recipe};
use crate::errortest::ours::{Harness, Setup};
use crate::errortest::types_tests::{self, Case, Found};
use crate::oracle::golist::{self, Query};
use crate::record::{self, RecordArgs};
use crate::sdk::Sdk;
use crate::workspace;

/// A case as `--list` prints it, one JSON object a line.
#[derive(Debug, Deserialize, Serialize)]
struct CaseLine {
    name: String,
    files: Vec<PathBuf>,
}

/// The errors of a case as `--found` reads them, one JSON object a line.
#[derive(Debug, Deserialize)]
struct FoundLine {
    name: String,
    found: Vec<FoundError>,
}

#[derive(Debug, Deserialize)]
struct FoundError {
    file: String,
    line: u32,
    column: u32,
    message: String,
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Compares errors found with what the files of a case expect; complaints.
pub fn judge_case(case: &Case, found: &[Found]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for path in &case.files {
        let src = read(path)?;
        files.push((path.to_string_lossy().into_owned(), src));
    }
    Ok(types_tests::judge(&files, found, case.tolerance))
}

/// `cargo xtask conformance types`.
pub(crate) fn types(args: &TypesTestsArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let cases = types_tests::cases(&sdk.root).context("the SDK's test files")?;
    if cases.is_empty() {
        bail!("no test files in {}", sdk.root.display());
    }
    if args.list {
        let mut out = std::io::stdout().lock();
        for case in &cases {
            let line = CaseLine { name: case.name.clone(), files: case.files.clone() };
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
        return Ok(true);
    }
    let Some(path) = &args.found else {
        return types_with_ours(&sdk, &cases, args.record);
    };
    let found = read_found(path)?;
    let mut passed = 0;
    for case in &cases {
        let complaints = match found.get(&case.name) {
            Some(found) => judge_case(case, found)?,
            None => vec!["no result".to_owned()],
        };
        passed += usize::from(complaints.is_empty());
        for complaint in complaints {
            println!("{}: {complaint}", case.name);
        }
    }
    println!("{passed} of {} cases pass", cases.len());
    Ok(passed == cases.len())
}

/// Runs the cases with this project's checker.
fn types_with_ours(sdk: &Sdk, cases: &[Case], record: RecordArgs) -> Result<bool> {
    let harness = Harness::new(sdk)?;
    let src = format!("{}/src/", sdk.root.display());
    let (mut passed, mut run, mut failures) = (0, 0, String::new());
    for case in cases {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| harness.run(case)));
        let complaints = match result {
            Err(_) => vec!["the checker crashed".to_owned()],
            Ok(found) => match found? {
                None => continue,
                Some(found) => judge_case(case, &found)?,
            },
        };
        run += 1;
        passed += usize::from(complaints.is_empty());
        for complaint in complaints {
            failures.push_str(&format!("{}: {}\n", case.name, complaint.replace(&src, "")));
        }
    }
    if run == 0 {
        bail!("no case was run");
    }
    let text = format!("{passed} of {run} cases pass\n{failures}");
    print!("{text}");
    let settled = record::settle(record, &format!("types-tests-go{}.txt", sdk.version), &text)?;
    Ok(settled.unwrap_or(passed == run))
}

fn read_found(path: &Path) -> Result<BTreeMap<String, Vec<Found>>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut all = BTreeMap::new();
    for line in std::io::BufReader::new(file).lines() {
        let line: FoundLine = serde_json::from_str(&line?).context("a line of the found errors")?;
        let found = line.found.into_iter();
        let found = found.map(|e| Found { file: e.file, line: e.line, column: e.column, message: e.message });
        all.insert(line.name, found.collect());
    }
    Ok(all)
}

/// A file of the `test` folder that expects errors.
#[derive(Clone, Debug)]
pub struct ErrorTest {
    /// Path relative to the folder.
    pub name: String,
    /// What to do with it.
    pub recipe: Recipe,
    /// The files of each package, in order: one package of one file, or those of a `.dir` folder.
    pub packages: Vec<Vec<PathBuf>>,
    /// Whether the Go project itself expects it to fail.
    pub known_failure: bool,
}

impl ErrorTest {
    /// Whether it is a folder of packages.
    fn is_folder(&self) -> bool {
        self.recipe.action != "errorcheck"
    }
}

/// The folders that Go's test runner looks at for errors.
const FOLDERS: &[&str] = &[
    "",
    "ken",
    "chan",
    "interface",
    "syntax",
    "dwarf",
    "fixedbugs",
    "runtime",
    "abi",
    "typeparam",
    "typeparam/mdempsky",
    "arenas",
    "simd",
];

/// The front-end error tests of a `test` folder, sorted by name. Tests whose errors come from a
/// program's output are left out.
pub fn error_tests(folder: &Path, runner: &str) -> Result<Vec<ErrorTest>> {
    select_tests(folder, runner, Recipe::is_front_end)
}

/// The error tests of a `test` folder whose recipe is wanted, sorted by name.
fn select_tests(folder: &Path, runner: &str, wanted: impl Fn(&Recipe) -> bool) -> Result<Vec<ErrorTest>> {
    let known = errorcheck::known_failures(runner);
    let mut tests = Vec::new();
    for sub in FOLDERS {
        let Ok(entries) = std::fs::read_dir(folder.join(sub)) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_none_or(|e| e != "go") || !path.is_file() {
                continue;
            }
            let text = String::from_utf8_lossy(&read(&path)?).into_owned();
            let Ok(recipe) = errorcheck::recipe(&text) else { continue };
            let packages = match recipe.action.as_str() {
                "errorcheck" => vec![vec![path.clone()]],
                "errorcheckdir" | "errorcheckandrundir" => {
                    let dir = path.with_extension("dir");
                    packages_of(&dir, recipe.single_file_packages)
                        .with_context(|| format!("cannot list {}", dir.display()))?
                }
                _ => continue,
            };
            if wanted(&recipe) {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                let known_failure = known.contains(&name);
                tests.push(ErrorTest { name, recipe, packages, known_failure });
            }
        }
    }
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tests)
}

/// The packages of a `.dir` folder: files with the same package name, or each file alone; in the
/// order of their first files.
fn packages_of(dir: &Path, single: bool) -> Result<Vec<Vec<PathBuf>>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(dir)?.map(|e| Ok(e?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|p| p.extension().is_some_and(|e| e == "go"));
    files.sort();
    let mut packages: Vec<(String, Vec<PathBuf>)> = Vec::new();
    for file in files {
        let text = String::from_utf8_lossy(&read(&file)?).into_owned();
        let clause = text.lines().find_map(|l| l.strip_prefix("package ")).unwrap_or_default();
        let name =
            clause.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned();
        match packages.iter_mut().find(|(n, _)| !single && *n == name) {
            Some((_, files)) => files.push(file),
            None => packages.push((name, vec![file])),
        }
    }
    Ok(packages.into_iter().map(|(_, files)| files).collect())
}

/// The source of the runner of a `test` folder; empty if it is not there.
fn runner_source(tests: &Path) -> String {
    ["run.go", "../src/cmd/internal/testdir/testdir_test.go"]
        .iter()
        .find_map(|p| std::fs::read_to_string(tests.join(p)).ok())
        .unwrap_or_default()
}

/// `cargo xtask conformance errorcheck`: what the SDK's own compiler makes of the tests that are
/// one file. It shows which tests can be asked of this release at all.
pub(crate) fn errorcheck(args: &ErrorcheckArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let tests = error_tests(&args.tests, &runner_source(&args.tests))?;
    if tests.is_empty() {
        bail!("no tests in {}", args.tests.display());
    }
    let config = import_config(&sdk)?;
    // A file of our own, never a device: the compiler removes its output when there are errors.
    let object = workspace::scratch("errorcheck")?.join("a.o");
    let (mut single, mut passed) = (0, 0);
    let mut theirs = BTreeMap::new();
    for test in &tests {
        let [package] = test.packages.as_slice() else { continue };
        let [file] = package.as_slice() else { continue };
        let src = String::from_utf8_lossy(&read(file)?).into_owned();
        let base = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        single += 1;
        let mut compile = sdk.go()?;
        compile
            .args(["tool", "compile", "-p=p", "-d=panic", "-C", "-e", "-importcfg"])
            .arg(&config)
            .arg("-o")
            .arg(&object)
            .args(&test.recipe.flags)
            .arg(file);
        if !test.recipe.goexperiment.is_empty() {
            compile.env("GOEXPERIMENT", &test.recipe.goexperiment);
        }
        let out = compile.output()?;
        let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
        let files = [(file.to_string_lossy().into_owned(), base, src)];
        let complaints = errorcheck::judge(&text, test.recipe.want_auto, &files).unwrap_or_else(|e| vec![e]);
        let ok = complaints.is_empty() != test.known_failure;
        passed += usize::from(ok);
        theirs.insert(test.name.clone(), ok);
        if !ok && !args.ours {
            println!("{}: {}", test.name, complaints.join("; "));
        }
    }
    if args.ours {
        return errorcheck_with_ours(&sdk, &tests, &theirs, args.record);
    }
    println!(
        "Go {}: {passed} of {single} single-file tests as expected, {} tests in all",
        sdk.version,
        tests.len()
    );
    Ok(true)
}

/// The tests of one file with this project's checker in place of the compiler, compared with how
/// they fare with the compiler of the release.
fn errorcheck_with_ours(
    sdk: &Sdk,
    tests: &[ErrorTest],
    theirs: &BTreeMap<String, bool>,
    record: RecordArgs,
) -> Result<bool> {
    let harness = Harness::new(sdk)?;
    let (mut passed, mut both, mut failures) = (0, 0, String::new());
    for test in tests {
        let Some(&with_compiler) = theirs.get(&test.name) else { continue };
        let complaints = errorcheck_one(&harness, test)?;
        let ok = complaints.is_empty() != test.known_failure;
        passed += usize::from(ok);
        both += usize::from(ok && with_compiler);
        if !ok && with_compiler {
            let complaints = complaints.join("; ").replace('\n', " ");
            failures.push_str(&format!("{}: {complaints}\n", test.name));
        }
    }
    let compiler = theirs.values().filter(|&&ok| ok).count();
    if compiler == 0 {
        bail!("no test passes with the compiler itself");
    }
    let text = format!(
        "{} tests of one file: {compiler} pass with the compiler of {}, {passed} with escargo; \
         {both} of {compiler} with both\n{failures}",
        theirs.len(),
        sdk.version
    );
    print!("{text}");
    let settled = record::settle(record, &format!("errorcheck-go{}.txt", sdk.version), &text)?;
    Ok(settled.unwrap_or(true))
}

/// What is wrong with our errors for a test of one file.
fn errorcheck_one(harness: &Harness, test: &ErrorTest) -> Result<Vec<String>> {
    let package = &test.packages[0];
    let file = &package[0];
    let src = String::from_utf8_lossy(&read(file)?).into_owned();
    let base = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let setup = Setup {
        lang: test.recipe.flag("-lang").map(str::to_owned),
        goexperiment: test.recipe.goexperiment.clone(),
        fake_import_c: false,
        as_compiler: true,
        runtime: test.recipe.flags.iter().any(|f| f == "-+"),
    };
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| harness.check(package, &setup)));
    Ok(match result {
        Err(_) => vec!["the checker crashed".to_owned()],
        Ok(Err(e)) => vec![e.to_string()],
        Ok(Ok(found)) => {
            let mut found = found.unwrap_or_default();
            // The compiler keeps one syntax error per line and no repetitions.
            found.dedup_by(|a, b| a.line == b.line && a.message.starts_with("syntax error"));
            found.sort_by_key(|f| f.line);
            found.dedup_by(|a, b| (a.line, &a.message) == (b.line, &b.message));
            let lines = found.iter().map(|f| format!("{}:{}: {}\n", f.file, f.line, f.message));
            let text: String = lines.collect();
            let files = [(file.to_string_lossy().into_owned(), base, src)];
            errorcheck::judge(&text, test.recipe.want_auto, &files).unwrap_or_else(|e| vec![e])
        }
    })
}

/// An import configuration for all of std.
fn import_config(sdk: &Sdk) -> Result<PathBuf> {
    let packages = golist::list(sdk, &Query { export: true, ..Query::default() })?;
    let mut text = String::new();
    for package in packages.iter().filter(|p| !p.export.is_empty()) {
        text.push_str(&format!("packagefile {}={}\n", package.import_path, package.export));
    }
    let file = workspace::scratch("importcfg")?.join(format!("go{}", sdk.version));
    std::fs::write(&file, text)?;
    Ok(file)
}
