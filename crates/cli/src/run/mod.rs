//! `escargo run` and `escargo test`: a program or its tests, with heap profiling switched on from outside.
//!
//! [`program`] builds and runs a program; [`overlay`] says what is added to it. [`testing`] runs tests, whose profile Go
//! itself can write. [`child`] waits for other programs, [`profile`] keeps what they leave behind.

mod child;
mod overlay;
mod profile;
mod program;
mod scratch;
mod testing;
mod words;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use escargo_base::OsSystem;
use escargo_driver::Project;
use escargo_driver::project::OpenError;
use escargo_load::Flags;
use escargo_load::sdk::{SdkError, Sdks};
use escargo_pprof::profile::Profile;

use crate::args::{Check, GoArgs, ProjectArgs};
use crate::console::Console;
use crate::progress::Fetching;
use crate::{ERRORS, USAGE, check, stop};

pub(crate) use program::run;
pub(crate) use testing::{run_binary, test};
pub(crate) use words::arrange;

/// Why a command ends early: the exit code. What is wrong has been said.
struct Stopped(u8);

/// A go command, and how it is called.
struct Toolchain {
    go: PathBuf,
    project: Project,
    offline: bool,
}

impl Toolchain {
    /// The SDK that the project asks for, with a compiler.
    fn find(args: &GoArgs, console: &Console) -> Result<Toolchain, Stopped> {
        let progress = Fetching::new(console);
        let sdks = Sdks::new(&OsSystem).progress(&progress).offline(args.offline).whole();
        let sdks = sdks.cancel(stop::on_signal());
        let flags = Flags { chdir: args.chdir.clone(), tags: args.tags.clone(), ..Flags::default() };
        let opened = Project::open(&OsSystem, &sdks, args.go.clone(), flags);
        drop(progress);
        let stopped = |text: &str, code| {
            console.err(&format!("{text}\n"));
            Stopped(code)
        };
        let project = opened.map_err(|error| match error {
            OpenError::Load(e) => stopped(&e.message, ERRORS),
            OpenError::Sdk(e) => {
                let code = if matches!(e, SdkError::Cancelled) { stop::INTERRUPTED } else { ERRORS };
                stopped(&format!("escargo: {e}"), code)
            }
        })?;
        let Some(go) = project.selection.sdk.go_command(&OsSystem) else {
            let root = project.selection.sdk.root.display();
            return Err(stopped(&format!("escargo: the Go SDK in {root} has no compiler"), ERRORS));
        };
        Ok(Toolchain { go, project, offline: args.offline })
    }

    /// The directory that it works in.
    fn dir(&self) -> &Path {
        &self.project.config.dir
    }

    /// A call of it: `go build`.
    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.go);
        command.arg(verb).current_dir(self.dir());
        command.env("GOROOT", &self.project.selection.sdk.root).env("GOTOOLCHAIN", "local");
        if self.offline {
            command.env("GOPROXY", "off");
        }
        command
    }

    /// The value of a flag in `GOFLAGS` that the loader does not know: `overlay`, `exec`.
    fn goflag(&self, name: &str) -> Option<&str> {
        let flags = self.project.config.goflags.iter().rev();
        flags
            .filter_map(|flag| flag.trim_start_matches('-').split_once('='))
            .find(|f| f.0 == name)
            .map(|f| f.1)
    }
}

/// Flags that the go command is given as they are.
fn build_flags(args: &GoArgs) -> Vec<String> {
    let mut flags = Vec::new();
    let mut valued = |name: &str, value: Option<&String>| {
        flags.extend(value.map(|value| format!("-{name}={value}")));
    };
    valued("tags", args.tags.as_ref());
    valued("mod", args.mod_mode.as_ref());
    valued("modfile", args.modfile.as_ref());
    for value in &args.gcflags {
        valued("gcflags", Some(value));
    }
    for value in &args.ldflags {
        valued("ldflags", Some(value));
    }
    let switches = [("-race", args.race), ("-msan", args.msan), ("-asan", args.asan)];
    flags.extend(switches.iter().filter(|(_, on)| *on).map(|(name, _)| (*name).to_owned()));
    flags
}

/// Runs a command to its end.
fn finish(command: Command, console: &Console) -> Result<ExitStatus, Stopped> {
    let name = command.get_program().to_string_lossy().into_owned();
    child::wait(command).map_err(|error| {
        console.error(&format!("{name}: {error}"));
        Stopped(ERRORS)
    })
}

/// Writes the profile, and says so. Returns the file, if it could be written.
fn keep(found: &Profile, place: profile::Place, console: &Console) -> Option<PathBuf> {
    let (path, instead) = place.settle();
    let written = std::fs::write(&path, found.encode_gzip());
    let why = if instead { " (mem.pprof is the program's own)" } else { "" };
    let cwd = std::env::current_dir().unwrap_or_default();
    let shown = path.strip_prefix(cwd).unwrap_or(&path).display();
    console.error(&match &written {
        Ok(()) => format!("wrote {shown}{why}: {}", profile::describe(found)),
        Err(e) => format!("cannot write {shown}: {e}"),
    });
    written.ok().map(|()| path)
}

/// Says that something on the command line makes no sense.
fn wrong_usage(text: &str, console: &Console) -> Stopped {
    console.error(text);
    Stopped(USAGE)
}

/// Shows what was found. `packages` are those that ran, as they are named in the directory of the toolchain.
fn report(
    profile: PathBuf,
    packages: Vec<String>,
    tests: bool,
    (toolchain, args): (&Toolchain, &GoArgs),
    console: &Console,
) {
    let project = ProjectArgs {
        packages,
        // The release that ran, not the one that would be chosen for reading.
        go: Some(toolchain.project.selection.sdk.root.to_string_lossy().into_owned()),
        chdir: args.chdir.clone(),
        tags: args.tags.clone(),
        mod_mode: args.mod_mode.clone(),
        modfile: args.modfile.clone(),
        race: args.race,
        msan: args.msan,
        asan: args.asan,
        threads: None,
        offline: args.offline,
    };
    // Standard output is the program's.
    check::run(&Check::of_run(project, profile, tests, args.gcflags.clone()), &console.on_stderr());
}
