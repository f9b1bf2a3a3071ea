//! The compiler's own tests of what it says with `-m`: files of Go's `test` folder whose recipe has that flag, with
//! the release's compiler and with `escargo build`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{ErrorTest, import_config, read, runner_source, select_tests};
use crate::cli::DiagnosticsArgs;
use crate::errortest::errorcheck::{self, Recipe};
use crate::record;
use crate::sdk::Sdk;
use crate::workspace;

/// How a test fares.
#[derive(Default)]
struct Outcome {
    /// What is wrong; nothing if it passes.
    complaints: Vec<String>,
    /// What was said, files called by their base names.
    messages: Vec<String>,
    /// It was said that the test does not compile.
    refused: bool,
}

impl Outcome {
    fn passes(&self) -> bool {
        self.complaints.is_empty()
    }

    /// The first thing that is wrong, on one line.
    fn cause(&self) -> String {
        self.complaints.first().map_or_else(String::new, |c| c.replace("\n\t", " ").replace('\n', " "))
    }

    /// Judges what was said of a package; its files are given by path, base name and text.
    fn judge(&mut self, test: &ErrorTest, output: &str, files: &[(String, String, String)]) {
        let auto = test.recipe.want_auto;
        let found = errorcheck::judge(output, auto, files);
        self.complaints.extend(found.unwrap_or_else(|e| vec![e]));
        let messages = errorcheck::base_messages(output, auto, files);
        self.messages.extend(messages.into_iter().filter(|m| !is_about_liveness(m)));
    }

    fn refused(&mut self, output: &str, files: &[(String, String, String)]) {
        self.refused = true;
        let messages = errorcheck::base_messages(output, true, files);
        let first = messages.first().map_or("no output", |m| m.lines().next().unwrap_or_default());
        self.complaints.push(format!("does not compile: {first}"));
    }
}

/// Liveness is a matter of the back end, which escargo has not.
fn is_about_liveness(message: &str) -> bool {
    let text = message.split_once(' ').map_or(message, |(_, text)| text);
    text.starts_with("live at ") || text.starts_with("stack object ")
}

/// `cargo xtask conformance diagnostics`.
pub(crate) fn diagnostics(args: &DiagnosticsArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    // The compiler is run elsewhere.
    let folder = args.tests.canonicalize().with_context(|| format!("no folder {}", args.tests.display()))?;
    let tests = select_tests(&folder, &runner_source(&folder), has_m)?;
    if tests.is_empty() {
        bail!("no tests in {}", args.tests.display());
    }
    let program = match &args.program {
        Some(program) => program.canonicalize()?,
        None => workspace::release_binary()?,
    };
    let config = import_config(&sdk)?;
    let mut results = Vec::new();
    for test in &tests {
        let theirs = if test.is_folder() {
            theirs_of_folder(&sdk, &config, test)?
        } else {
            theirs(&sdk, &config, test)?
        };
        let ours = ours(&sdk, &program, test)?;
        results.push((test.name.as_str(), theirs, ours));
    }
    let compiler = results.iter().filter(|(_, theirs, _)| theirs.passes()).count();
    if compiler == 0 {
        bail!("no test passes with the compiler itself");
    }
    let text = report(&sdk.version, &results);
    print!("{text}");
    let settled = record::settle(args.record, &format!("m-tests-go{}.txt", sdk.version), &text)?;
    let perfect = results.iter().all(|(_, theirs, ours)| ours.passes() || !theirs.passes());
    Ok(settled.unwrap_or(perfect))
}

fn has_m(recipe: &Recipe) -> bool {
    recipe.flags.iter().any(|f| f == "-m" || f.starts_with("-m="))
}

fn report(version: &str, results: &[(&str, Outcome, Outcome)]) -> String {
    let count =
        |test: &dyn Fn(&Outcome, &Outcome) -> bool| results.iter().filter(|(_, a, b)| test(a, b)).count();
    let compiler = count(&|theirs, _| theirs.passes());
    let both = count(&|theirs, ours| theirs.passes() && ours.passes());
    let same = count(&|theirs, ours| theirs.messages == ours.messages);
    let mut text = format!(
        "{} tests with -m: {compiler} pass with the compiler of {version}, {both} of these with escargo; \
         both say the same of {same}\n",
        results.len()
    );
    for (name, theirs, ours) in results {
        match (theirs.passes(), ours.passes()) {
            (true, true) => {}
            (true, false) => text.push_str(&format!("{name}: fails with escargo only: {}\n", ours.cause())),
            (false, true) => {
                text.push_str(&format!("{name}: passes with escargo only: {}\n", theirs.cause()))
            }
            (false, false) => text.push_str(&format!("{name}: fails with both: {}\n", theirs.cause())),
        }
        if theirs.messages != ours.messages && !(theirs.refused || ours.refused) {
            let (theirs, ours) = first_difference(&theirs.messages, &ours.messages);
            text.push_str(&format!("  the compiler says: {theirs}\n  escargo says: {ours}\n"));
        }
    }
    text
}

fn first_difference(theirs: &[String], ours: &[String]) -> (String, String) {
    let at = theirs.iter().zip(ours).take_while(|(a, b)| a == b).count();
    let line =
        |list: &[String]| list.get(at).map_or_else(|| "nothing more".to_owned(), |l| l.replace('\n', " "));
    (line(theirs), line(ours))
}

fn base(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn text_of(path: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&read(path)?).into_owned())
}

/// What a program says on both channels, and whether it succeeds.
fn said(command: &mut Command) -> Result<(bool, String)> {
    let shown = workspace::show(command);
    let out = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {shown}"))?;
    let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    Ok((out.status.success(), text))
}

/// A test of one file with the release's compiler. Its output never goes to a device: the compiler removes it when
/// there are errors.
fn theirs(sdk: &Sdk, config: &Path, test: &ErrorTest) -> Result<Outcome> {
    let file = &test.packages[0][0];
    let object = workspace::scratch("m-tests")?.join("a.o");
    let mut compile = sdk.go()?;
    compile.args(["tool", "compile", "-p=p", "-d=panic", "-C", "-e", "-importcfg"]).arg(config);
    compile.arg("-o").arg(&object).args(&test.recipe.flags).arg(file);
    let mut outcome = Outcome::default();
    let (success, output) = said(&mut compile)?;
    let files = [(file.to_string_lossy().into_owned(), base(file), text_of(file)?)];
    if !success {
        outcome.refused(&output, &files);
    }
    outcome.judge(test, &output, &files);
    Ok(outcome)
}

/// The packages of a `.dir` folder, one after the other, each able to import those before it.
fn theirs_of_folder(sdk: &Sdk, config: &Path, test: &ErrorTest) -> Result<Outcome> {
    let place = workspace::scratch("m-tests")?;
    let own_config = place.join("importcfg");
    let mut imports = std::fs::read_to_string(config)?;
    let mut outcome = Outcome::default();
    for package in &test.packages {
        let path = import_path(package)?;
        let object = place.join(path.replace('/', "-")).with_extension("a");
        std::fs::write(&own_config, &imports)?;
        let mut compile = sdk.go()?;
        compile.args(["tool", "compile", "-e", "-D", "test", "-importcfg"]).arg(&own_config);
        compile.arg("-o").arg(&object).arg(format!("-p={}", if is_main(package)? { "main" } else { &path }));
        compile.args(&test.recipe.flags).arg("-d=panic").args(package);
        let (success, output) = said(&mut compile)?;
        let files: Result<Vec<_>> =
            package.iter().map(|f| Ok((f.to_string_lossy().into_owned(), base(f), text_of(f)?))).collect();
        let files = files?;
        if !success {
            outcome.refused(&output, &files);
            return Ok(outcome);
        }
        imports.push_str(&format!("packagefile {path}={}\n", object.display()));
        outcome.judge(test, &output, &files);
    }
    Ok(outcome)
}

/// What the packages of a folder are called: the folder of all tests and the stem of the first file.
fn import_path(package: &[PathBuf]) -> Result<String> {
    let first = package.first().context("a package without files")?;
    Ok(format!("test/{}", first.file_stem().unwrap_or_default().to_string_lossy()))
}

fn is_main(package: &[PathBuf]) -> Result<bool> {
    let text = text_of(package.first().context("a package without files")?)?;
    Ok(text.lines().any(|l| l.trim_end() == "package main"))
}

/// A test with escargo: the packages are laid out in a GOPATH of their own.
fn ours(sdk: &Sdk, program: &Path, test: &ErrorTest) -> Result<Outcome> {
    let gopath = workspace::scratch("m-tests")?.join("gopath").join(test.name.replace(['/', '.'], "-"));
    let mut places = Vec::new();
    for package in &test.packages {
        let path = if test.is_folder() { import_path(package)? } else { "p".to_owned() };
        let dir = gopath.join("src").join(&path);
        std::fs::create_dir_all(&dir)?;
        for file in package {
            // Imports relative to the folder are for the compiler alone: the go command wants paths.
            std::fs::write(dir.join(base(file)), text_of(file)?.replace("\"./", "\"test/"))?;
        }
        // A package with assembly may have functions without bodies.
        std::fs::write(dir.join("none.s"), "")?;
        places.push((dir, path));
    }
    // The packages of a folder import one another: the flags are for all of them, and none else.
    let pattern = if test.is_folder() { "test/...=" } else { "" };
    let gcflags = format!("-gcflags={pattern}{}", our_flags(test).join(" "));
    let mut outcome = Outcome::default();
    for (package, (dir, path)) in test.packages.iter().zip(&places) {
        let mut build = Command::new(program);
        build.current_dir(dir).env("GOPATH", &gopath).env("GO111MODULE", "off").env("GOFLAGS", "");
        build.env("CGO_ENABLED", "0").env("GOEXPERIMENT", &test.recipe.goexperiment).env_remove("GOROOT");
        build.args(["build", "--no-cache", "--go"]).arg(&sdk.root).args(["-pgo=off", &gcflags, "."]);
        let (success, output) = said(&mut build)?;
        let output = block_of(&output, path);
        let files: Result<Vec<_>> =
            package.iter().map(|f| Ok((format!("./{}", base(f)), base(f), text_of(f)?))).collect();
        let files = files?;
        if !success {
            outcome.refused(&output, &files);
        }
        outcome.judge(test, &output, &files);
    }
    Ok(outcome)
}

/// What was said of a package, and before the first header.
fn block_of(output: &str, path: &str) -> String {
    let mut inside = true;
    let mut text = String::new();
    for line in output.split_inclusive('\n') {
        match line.strip_prefix("# ") {
            Some(header) => inside = header.trim_end() == path,
            None if inside => text.push_str(line),
            None => {}
        }
    }
    text
}

/// The recipe's flags for escargo, quoted; what a package is called follows from where it lies.
fn our_flags(test: &ErrorTest) -> Vec<String> {
    let fixed: &[&str] = if test.is_folder() { &["-e"] } else { &["-d=panic", "-C", "-e"] };
    let own = test.recipe.flags.iter().filter(|f| !f.starts_with("-p="));
    fixed.iter().map(|f| (*f).to_owned()).chain(own.map(|f| format!("'{f}'"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(recipe: &str, packages: Vec<Vec<PathBuf>>) -> ErrorTest {
        let recipe = errorcheck::recipe(recipe).expect("well-formed");
        ErrorTest { name: "x.go".into(), recipe, packages, known_failure: false }
    }

    #[test]
    fn recipes_that_ask_for_m() {
        let asks = |text: &str| has_m(&errorcheck::recipe(text).expect("well-formed"));
        assert!(asks("// errorcheck -0 -m -l\n") && asks("// errorcheck -0 -m=2\n"));
        assert!(!asks("// errorcheck -memprofile=x\n") && !asks("// errorcheck\n"));
    }

    #[test]
    fn flags_for_escargo() {
        let single = test("// errorcheck -0 -+ -p=runtime -m\n", vec![]);
        assert_eq!(our_flags(&single), ["-d=panic", "-C", "-e", "'-+'", "'-m'"]);
        let folder = test("// errorcheckdir -0 -m\n", vec![]);
        assert_eq!(our_flags(&folder), ["-e", "'-m'"]);
    }

    #[test]
    fn blocks_of_packages() {
        assert_eq!(block_of("w\n# a\nx\n# b\ny\n\tz\n# a\nv\n", "b"), "w\ny\n\tz\n");
    }

    #[test]
    fn what_is_reported() {
        let said = |complaint: &[&str], message: &str| Outcome {
            complaints: complaint.iter().map(|&c| c.to_owned()).collect(),
            messages: vec![message.to_owned()],
            refused: false,
        };
        let results = [
            ("a.go", said(&[], "a.go:1: x"), said(&[], "a.go:1: x")),
            ("b.go", said(&[], "b.go:1: x"), said(&["no\n\tmatch"], "b.go:1: y")),
        ];
        assert_eq!(
            report("1.27.3", &results),
            "2 tests with -m: 2 pass with the compiler of 1.27.3, 1 of these with escargo; both say the same of 1\n\
             b.go: fails with escargo only: no match\n  the compiler says: b.go:1: x\n  escargo says: b.go:1: y\n"
        );
        assert!(is_about_liveness("a.go:1: live at call to f: x") && !is_about_liveness("a.go:1: x escapes"));
    }
}
