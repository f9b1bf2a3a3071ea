//! `escargo run`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::overlay::{self, Overlay};
use super::scratch::Scratch;
use super::{Stopped, Toolchain, build_flags, child, finish, keep, profile, report, wrong_usage};
use crate::args::Run;
use crate::console::Console;
use crate::{ERRORS, OK};

/// A build that takes no longer is not worth a word.
const PATIENCE: Duration = Duration::from_secs(4);

/// Runs the command: its exit code is that of the program.
pub(crate) fn run(args: &Run, console: &Console) -> u8 {
    attempt(args, console).unwrap_or_else(|Stopped(code)| code)
}

fn attempt(args: &Run, console: &Console) -> Result<u8, Stopped> {
    let (named, program_args) = split(&args.words);
    let named = named.map_err(|text| wrong_usage(&text, console))?;
    let toolchain = Toolchain::find(&args.go, console)?;
    let place = profile::Place::new(toolchain.dir(), args.profile.output.as_deref());
    let failed = |error: std::io::Error| {
        console.error(&format!("cannot write temporary files: {error}"));
        Stopped(ERRORS)
    };
    let scratch = Scratch::new().map_err(failed)?;
    let flags = build_flags(&args.go);
    let main = Main::find(&toolchain, &flags, &named, console)?;
    let overlay = overlay_of(&toolchain, &main.dir).map_err(|text| wrong_usage(&text, console))?;
    let overlay = overlay.write(scratch.path()).map_err(failed)?;

    let program =
        scratch.path().join("bin").join(format!("{}{}", main.program, std::env::consts::EXE_SUFFIX));
    let mut build = toolchain.command("build");
    // As go run does it: a program that is thrown away needs no note of its origin.
    build.arg("-buildvcs=false").args(&flags).arg("-o").arg(&program);
    build.arg(format!("-overlay={}", overlay.display())).arg("--").args(main.words(&named));
    let built = patiently(console, || finish(build, console))?;
    if !built.success() {
        return Err(Stopped(child::code(built)));
    }

    let left = scratch.path().join("heap");
    let mut command = Command::new(&program);
    command.args(program_args).current_dir(toolchain.dir()).env(overlay::VARIABLE, &left);
    command.env("GODEBUG", godebug(std::env::var_os("GODEBUG"), args.profile.rate.get()));
    let status = finish(command, console)?;
    let (found, _) = profile::gather(&[left]);
    let code = child::code(status);
    let Some(found) = found else {
        console.error(&format!("no profile: {}", why_not(status)));
        return Ok(code);
    };
    if found.period != i64::from(args.profile.rate.get()) {
        let text = "the program has set runtime.MemProfileRate to";
        console.error(&format!("{text} {}: sizes and numbers are not exact", found.period));
    }
    let Some(path) = keep(&found, place, console) else {
        return Ok(if code == OK { ERRORS } else { code });
    };
    if !args.profile.no_check {
        report(path, named_lossy(&named), false, (&toolchain, &args.go), console);
    }
    Ok(code)
}

/// Says why it takes long, if it does: the standard library has many packages.
fn patiently<T>(console: &Console, work: impl FnOnce() -> T) -> T {
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        // Where no thread can be had, nothing is said.
        let _ = std::thread::Builder::new().spawn_scoped(scope, move || {
            if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                console
                    .error("the first build with profiling compiles the standard library anew: please wait");
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// Separates what is to be run from its arguments, as `go run` does: files, or one package. A `--` between them is no
/// argument.
fn split(words: &[OsString]) -> (Result<Vec<OsString>, String>, &[OsString]) {
    let is_file = |word: &&OsString| Path::new(word).extension() == Some(OsStr::new("go"));
    let files = words.iter().take_while(is_file).count();
    let (named, rest) = match words {
        [] => (vec![OsString::from(".")], words),
        [first, ..] if first == "--" => (vec![OsString::from(".")], words),
        _ => (words[..files.max(1)].to_vec(), &words[files.max(1)..]),
    };
    let rest = match rest {
        [first, rest @ ..] if first == "--" => rest,
        rest => rest,
    };
    let text = named[0].to_string_lossy();
    let local = text.starts_with('.') || Path::new(&*text).is_absolute();
    if text.contains('@') && files == 0 && !local {
        let text = format!("{text}: a package of another version can only be run from a copy of its module");
        return (Err(text), rest);
    }
    (Ok(named), rest)
}

fn named_lossy(named: &[OsString]) -> Vec<String> {
    named.iter().map(|word| word.to_string_lossy().into_owned()).collect()
}

/// The package to run.
struct Main {
    /// Its directory.
    dir: PathBuf,
    /// The name of the program.
    program: String,
    /// Whether it is named by its files.
    by_files: bool,
}

impl Main {
    /// Asks the go command, which also says what is wrong with it.
    fn find(
        toolchain: &Toolchain,
        flags: &[String],
        named: &[OsString],
        console: &Console,
    ) -> Result<Main, Stopped> {
        let refuse = |text: &str| {
            console.err(&format!("{text}\n"));
            Stopped(ERRORS)
        };
        let mut list = toolchain.command("list");
        let template = "{{.Name}}\t{{.ImportPath}}\t{{range $i, $f := .GoFiles}}{{if not $i}}{{$f}}{{end}}{{end}}\t{{.Dir}}";
        list.args(flags).arg("-f").arg(template).arg("--").args(named).stdin(Stdio::null());
        let (status, text) = child::read(list).map_err(|e| refuse(&format!("escargo: go list: {e}")))?;
        if !status.success() {
            return Err(Stopped(child::code(status)));
        }
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.splitn(4, '\t').collect()).collect();
        let shown = named_lossy(named).join(" ");
        match &lines[..] {
            [] => Err(refuse(&format!("go: no packages loaded from {shown}"))),
            [line] => match line[..] {
                ["main", path, first, dir] => {
                    if Path::new(dir).starts_with(&toolchain.project.config.modcache) {
                        let text =
                            "is in the module cache, to which nothing can be added: run it from a copy";
                        return Err(refuse(&format!("escargo: {path} {text} of its module")));
                    }
                    let by_files = path == "command-line-arguments";
                    let program = if by_files { first.trim_end_matches(".go") } else { program_name(path) };
                    Ok(Main { dir: PathBuf::from(dir), program: program.to_owned(), by_files })
                }
                [_, path, ..] => Err(refuse(&format!("package {path} is not a main package"))),
                _ => Err(refuse(&format!("escargo: go list said: {text}"))),
            },
            many => {
                let paths: Vec<&str> = many.iter().filter_map(|line| line.get(1).copied()).collect();
                Err(refuse(&format!(
                    "go: pattern {shown} matches multiple packages:\n\t{}",
                    paths.join("\n\t")
                )))
            }
        }
    }

    /// What is to be built.
    fn words(&self, named: &[OsString]) -> Vec<OsString> {
        let mut words = named.to_vec();
        if self.by_files {
            // The go command compares directories as they are written.
            let dir = named.first().and_then(|file| Path::new(file).parent()).unwrap_or(Path::new(""));
            words.push(dir.join(overlay::MAIN_FILE).into());
        }
        words
    }
}

/// The last element of an import path that is not a major version.
fn program_name(path: &str) -> &str {
    let is_version = |element: &str| {
        let digits = element.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let mut elements = path.rsplit('/');
    let last = elements.next().unwrap_or(path);
    elements.next().filter(|_| is_version(last)).unwrap_or(last)
}

fn overlay_of(toolchain: &Toolchain, main_dir: &Path) -> Result<Overlay, String> {
    let user = match toolchain.goflag("overlay").map(|file| toolchain.dir().join(file)) {
        None => None,
        Some(file) => {
            let text = std::fs::read_to_string(&file);
            Some(text.map_err(|e| format!("the overlay in GOFLAGS: {}: {e}", file.display()))?)
        }
    };
    let user = user.as_deref().map(|text| (text, toolchain.dir()));
    let sdk = &toolchain.project.selection.sdk;
    let src = sdk.src();
    if !overlay::has_exit_hooks(&src) {
        let name = &sdk.name;
        return Err(format!("{name} is too old to leave a profile behind: use --go with Go 1.21 or newer"));
    }
    let made = Overlay::new(&src, main_dir, user, &|path| std::fs::read_to_string(path).ok());
    made.map_err(|text| format!("the overlay in GOFLAGS: {text}"))
}

/// The user's settings of the runtime, and the rate, which holds from the first allocation on.
fn godebug(user: Option<OsString>, rate: u32) -> OsString {
    let mut settings = user.filter(|value| !value.is_empty()).unwrap_or_default();
    if !settings.is_empty() {
        settings.push(",");
    }
    settings.push(format!("memprofilerate={rate}"));
    settings
}

/// Why the program has left no profile, as far as can be known.
fn why_not(status: ExitStatus) -> String {
    match child::signal(status) {
        Some(signal) => format!("the program was ended by signal {signal} before it could write one"),
        None => "the program ended in a way in which nothing can be written any more, as by a fatal error of Go's runtime"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn package_and_arguments() {
        let shown = |line: &str| {
            let words = words(line);
            let (named, rest) = split(&words);
            (
                named.map(|named| named_lossy(&named).join(" ")).unwrap_or_default(),
                named_lossy(rest).join(" "),
            )
        };
        let want = |named: &str, rest: &str| (named.to_owned(), rest.to_owned());
        assert_eq!(shown(""), want(".", ""));
        assert_eq!(shown("-- -x"), want(".", "-x"));
        assert_eq!(shown("./cmd -x y.go"), want("./cmd", "-x y.go"));
        assert_eq!(shown("a.go b.go c d.go"), want("a.go b.go", "c d.go"));
        assert_eq!(shown("a.go -- b.go"), want("a.go", "b.go"));
        assert_eq!(shown(". -- -- x"), want(".", "-- x"));
        assert_eq!(shown("./a@b x"), want("./a@b", "x"));
        assert!(split(&words("example.com/x@latest")).0.is_err());
    }

    #[test]
    fn names_of_programs() {
        let names = ["a/b", "a/b/v2", "v2", "a/v2x", "cmd"].map(program_name);
        assert_eq!(names, ["b", "b", "v2", "v2x", "cmd"]);
    }

    #[test]
    fn settings_of_the_runtime() {
        assert_eq!(godebug(None, 1), "memprofilerate=1");
        assert_eq!(godebug(Some("".into()), 1), "memprofilerate=1");
        assert_eq!(godebug(Some("gctrace=1".into()), 512), "gctrace=1,memprofilerate=512");
    }
}
