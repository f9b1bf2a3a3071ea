//! `escargo test`: `go test`, with a heap profile of each package's tests.
//!
//! `go test` can write the profile of one package only. It runs test programs through another program if it is told to, though,
//! and that is this one: it adds the flags that make a test program write its profile. So packages, output, order and
//! parallelism stay those of `go test`.

use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::scratch::Scratch;
use super::words::{is_flag, parts};
use super::{Stopped, Toolchain, build_flags, child, finish, keep, profile, report, wrong_usage};
use crate::args::{Test, TestBinary};
use crate::console::Console;
use crate::{ERRORS, OK};

/// Runs the command: its exit code is that of `go test`.
pub(crate) fn test(args: &Test, console: &Console) -> u8 {
    attempt(args, console).unwrap_or_else(|Stopped(code)| code)
}

fn attempt(args: &Test, console: &Console) -> Result<u8, Stopped> {
    let line = Line::read(&args.words).map_err(|text| wrong_usage(&text, console))?;
    let toolchain = Toolchain::find(&args.go, console)?;
    let place = profile::Place::new(toolchain.dir(), args.profile.output.as_deref());
    let failed = |error: std::io::Error| {
        console.error(&format!("cannot write temporary files: {error}"));
        Stopped(ERRORS)
    };
    let scratch = Scratch::new().map_err(failed)?;
    let own = std::env::current_exe().map_err(failed)?;
    let users = line.exec.as_deref().or_else(|| toolchain.goflag("exec"));
    let exec = exec_flag(&own, scratch.path(), args.profile.rate.get(), users)
        .ok_or_else(|| wrong_usage("a path has both kinds of quotes", console))?;
    let mut command = toolchain.command("test");
    command.args(build_flags(&args.go)).arg(exec).args(&line.words);
    let status = finish(command, console)?;
    let code = child::code(status);

    let left = left_behind(scratch.path());
    let (found, broken) = profile::gather(&left);
    if broken > 0 {
        let noun = if broken == 1 { "test program" } else { "test programs" };
        console.error(&format!("{broken} {noun} ended without a profile, as those do that crash"));
    }
    let Some(found) = found else {
        if broken == 0 {
            console.error("no profile: no test program ran");
        }
        return Ok(code);
    };
    let Some(path) = keep(&found, place, console) else {
        return Ok(if code == OK { ERRORS } else { code });
    };
    if !args.profile.no_check {
        report(path, line.packages.clone(), true, (&toolchain, &args.go), console);
    }
    Ok(code)
}

/// What is passed on to `go test`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Line {
    /// All of it, but for `-exec`.
    words: Vec<OsString>,
    /// The program of the user's own that test programs run through.
    exec: Option<String>,
    /// Packages that are named.
    packages: Vec<String>,
}

/// Flags of `go test` and `go build` that take no value; of all others the next word is the value.
const SWITCHES: &[&str] = &[
    "a",
    "artifacts",
    "benchmem",
    "c",
    "cover",
    "failfast",
    "fullpath",
    "i",
    "json",
    "linkshared",
    "modcacherw",
    "n",
    "short",
    "trimpath",
    "v",
    "work",
    "x",
];

impl Line {
    fn read(words: &[OsString]) -> Result<Line, String> {
        let mut line = Line::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let Some((name, value)) = parts(word) else {
                line.packages.push(word.to_string_lossy().into_owned());
                line.words.push(word.clone());
                continue;
            };
            let name = name.strip_prefix("test.").unwrap_or(name);
            match name {
                "args" => {
                    line.words.push(word.clone());
                    line.words.extend(rest.by_ref().cloned());
                }
                "memprofile" | "memprofilerate" => {
                    return Err(format!("-{name} is what escargo test is for: use --output and --rate"));
                }
                "exec" => {
                    let value = value.map(str::to_owned);
                    let next = || rest.next().map(|word| word.to_string_lossy().into_owned());
                    line.exec = value.or_else(next).filter(|value| !value.is_empty());
                }
                _ => {
                    line.words.push(word.clone());
                    if value.is_none() && !SWITCHES.contains(&name) {
                        line.words.extend(rest.next().cloned());
                    }
                }
            }
        }
        Ok(line)
    }
}

/// The flag that makes `go test` run test programs through this program. Nothing if a path cannot be quoted.
fn exec_flag(own: &Path, dir: &Path, rate: u32, users: Option<&str>) -> Option<String> {
    let quoted = |path: &Path| {
        let text = path.to_str()?;
        let quote = ['\'', '"'].into_iter().find(|&quote| !text.contains(quote))?;
        Some(format!("{quote}{text}{quote}"))
    };
    let after = users.map(|users| format!(" {users}")).unwrap_or_default();
    Some(format!("-exec={} {} {} {rate}{after}", quoted(own)?, TestBinary::NAME, quoted(dir)?))
}

/// The files that test programs were told to write.
fn left_behind(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Runs a test program, with the flags that make it write a profile, in place of this process.
pub(crate) fn run_binary(args: &TestBinary, console: &Console) -> u8 {
    let wrong = |text: &str| {
        console.error(text);
        ERRORS
    };
    let [dir, rate, program, words @ ..] = &args.words[..] else { return wrong("no test program") };
    let Some(file) = claim(Path::new(dir)) else { return wrong("cannot write temporary files") };
    let mut command = Command::new(program);
    command.args(with_profile(words, &file, rate));
    #[cfg(unix)]
    return wrong(&format!(
        "{}: {}",
        program.to_string_lossy(),
        std::os::unix::process::CommandExt::exec(&mut command)
    ));
    #[cfg(not(unix))]
    match child::wait(command) {
        Ok(status) => child::code(status),
        Err(e) => wrong(&format!("{}: {e}", program.to_string_lossy())),
    }
}

/// Makes a file that no other test program writes to.
fn claim(dir: &Path) -> Option<PathBuf> {
    let named = |n: u32| dir.join(format!("{}-{n}.pprof", std::process::id()));
    (0..u32::MAX)
        .map(named)
        .find_map(|file| match OpenOptions::new().write(true).create_new(true).open(&file) {
            Ok(_) => Some(Some(file)),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => None,
            Err(_) => Some(None),
        })
        .flatten()
}

/// The arguments of a test program with ours before its other flags: after words of the user's own they would not be read.
fn with_profile(words: &[OsString], file: &Path, rate: &OsStr) -> Vec<OsString> {
    let at = words.iter().position(|word| is_flag(word, "test.")).unwrap_or(words.len());
    let flag = |name: &str, value: &OsStr| {
        let mut flag = OsString::from(format!("-test.{name}="));
        flag.push(value);
        flag
    };
    let mut all = words[..at].to_vec();
    all.push(flag("memprofile", file.as_os_str()));
    all.push(flag("memprofilerate", rate));
    all.extend_from_slice(&words[at..]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    fn read(line: &str) -> Line {
        Line::read(&words(line)).unwrap()
    }

    #[test]
    fn packages_among_flags() {
        let line = read("-bench . -v ./a -run=X ./b -count 2 ./c -args ./d -exec e");
        assert_eq!(line.packages, ["./a", "./b", "./c"]);
        assert_eq!(line.words.len(), 13);
        assert_eq!(line.exec, None);
        let line = read("-exec x ./a");
        assert_eq!((line.exec.as_deref(), line.words), (Some("x"), words("./a")));
        assert_eq!(read("-test.v --json x").packages, ["x"]);
        assert!(Line::read(&words("-memprofile=x")).is_err());
    }

    #[test]
    fn the_program_in_between() {
        let flag = |own: &str, users| exec_flag(Path::new(own), Path::new("/t'"), 1, users);
        assert_eq!(flag("/a b", None).unwrap(), "-exec='/a b' test-binary \"/t'\" 1");
        assert_eq!(flag("/a", Some("q -x")).unwrap(), "-exec='/a' test-binary \"/t'\" 1 q -x");
        assert_eq!(flag("/a'\"", None), None);
    }

    #[test]
    fn flags_go_before_others() {
        let with = |line: &str| {
            let all = with_profile(&words(line), Path::new("/f"), OsStr::new("1"));
            all.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            with("x.test -test.v=true foo"),
            "x.test -test.memprofile=/f -test.memprofilerate=1 -test.v=true foo"
        );
        assert_eq!(with(""), "-test.memprofile=/f -test.memprofilerate=1");
    }

    #[test]
    fn each_has_its_file() {
        let scratch = Scratch::new().unwrap();
        let (a, b) = (claim(scratch.path()).unwrap(), claim(scratch.path()).unwrap());
        assert_eq!(left_behind(scratch.path()), [a, b]);
        assert_eq!(claim(Path::new("/no/such/directory")), None);
    }
}
