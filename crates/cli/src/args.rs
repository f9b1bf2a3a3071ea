//! The command line: what it may say, and Go's way of writing flags.

use std::ffi::OsString;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::explain::Code;

use crate::run::arrange;

const EXAMPLES: &str = "\
Examples:
  escargo check ./...                    what goes to the heap in this module, and the way out
  escargo why main.go:52                 the whole story of one place
  escargo explain returned               what a cause means
  escargo check --go 1.24 ./...          as Go 1.24 would; fetched if it is not on this machine
  GOOS=windows escargo typecheck ./...   errors, for another system
  escargo run ./cmd/server -port 8080    run a program, and write down what it allocates where
  escargo test -bench=. ./...            the same for tests and benchmarks
  escargo tool pprof -top cpu.pprof      what a profile shows, as go tool pprof prints it
  escargo sdk list                       Go SDKs, here and to be had

No Go needs to be installed. A Go SDK that is on this machine is used; where there is none, its
source is fetched once into the user's cache directory.

Flags may be written Go's way: -tags=x is --tags=x.";

const CHECK_EXAMPLES: &str = "\
Examples:
  escargo check ./...                          what goes to the heap in this module
  escargo check --profile mem.pprof ./...      the same, by what it really cost
  escargo check --cause boxed,append ./...     only some causes
  escargo check --function 'parse' --all .     everything in functions named like this
  escargo check --format json ./... | jq .     for programs
  escargo check --fail-on any --min-bytes 1024 ./...

A finding is a place in the source, not each copy of it that was inlined. Without a profile the most
costly come first by an estimate: the size of what is allocated, loops around it, and callers. A heap
profile (go test -memprofile, runtime/pprof, escargo run) gives the bytes that it really cost.

Each finding has the code of its cause; escargo explain CODE tells more. escargo why FILE:LINE tells all
about one of them.

Exit codes: 0 checked, 1 --fail-on is met, 2 errors in packages or wrong usage, 3 a defect in escargo.";

const WHY_EXAMPLES: &str = "\
Examples:
  escargo why main.go:52                 all that line 52 allocates or declares
  escargo why main.go:52:2               the thing at this column
  escargo why getBadData ./...           what is in this function, and how its parameters leak
  escargo why data ./...                 variables of this name

Without packages, a file's own package is looked at; a name is looked for in the one in this directory.
The story goes through callees in other packages down to the statement that lets the value escape.

Exit codes: 0 answered, 1 nothing there, 2 errors in packages or wrong usage, 3 a defect in escargo.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  escargo explain                          list the causes
  escargo explain returned                 what it means, an example, and the usual ways out
  escargo explain too large for stack      the compiler's words do as well
  escargo explain --all | less             all pages

Findings of escargo check have the code of their cause. Codes do not change from version to version.

Exit codes: 0 explained, 2 there is no such cause.";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  escargo completions bash > ~/.local/share/bash-completion/completions/escargo
  escargo completions zsh > ~/.zfunc/_escargo     with fpath+=~/.zfunc before compinit in ~/.zshrc
  escargo completions fish > ~/.config/fish/completions/escargo.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  escargo man | man -l -                   read the main page
  escargo man ~/.local/share/man/man1      write all pages: then man escargo-check works";

const TYPECHECK_EXAMPLES: &str = "\
Examples:
  escargo typecheck                        the package in this directory
  escargo typecheck ./... --tests          all packages of the module, with their tests
  escargo typecheck -tags=integration ./cmd/...
  escargo typecheck -C ../other -mod=vendor ./...
  escargo typecheck --json ./... | jq .message
  escargo typecheck main.go util.go        these files as one package
  escargo typecheck std                    the standard library

Errors are printed as go build prints them. Packages are named as for go build: directories, import
paths, patterns with \"...\", std, cmd, all, or a list of files.

Environment: GOOS, GOARCH, GOFLAGS, GOROOT, GOTOOLCHAIN, GOPROXY, GOMODCACHE, GOPATH, GOWORK,
GO111MODULE, GOEXPERIMENT, CGO_ENABLED and the file of go env -w mean what they mean to the go
command. ESCARGO_CACHE is the directory for SDKs and results. NO_COLOR turns colours off.

Exit codes: 0 no errors, 1 errors, 2 wrong usage, 3 a defect in escargo.";

const BUILD_EXAMPLES: &str = "\
Examples:
  escargo build -gcflags=-m ./...          what is inlined and what escapes, in these packages
  escargo build -gcflags='-m -m' main.go   with costs, reasons and the flow of each escape
  escargo build -gcflags=all=-m=2 ./...    in the packages they import as well
  escargo build -gcflags=net/...=-m ./...  in the packages that match net/...
  escargo build --go 1.27 -gcflags=-m .    as Go 1.27 would

No binary is written: only what the compiler says is wanted. Packages come in the order of their
dependencies. Compiler flags that are understood: -m, -l, -N, -json=0,DIR, -smallframes, -e, -d=SWITCHES.

Environment: as for go build; see escargo typecheck --help.

Exit codes: 0 no errors, 1 errors, 2 wrong usage, 3 a defect in escargo.";

const RUN_EXAMPLES: &str = "\
Examples:
  escargo run .                            the program in this directory
  escargo run ./cmd/server -port 8080      what follows the package is for the program
  escargo run main.go util.go -- -v        these files; a -- before the program's arguments may stand
  escargo run -tags=dev -o server.pprof ./cmd/server
  escargo run --rate 524288 .              one sample for each 512 kB: Go's usual rate, for long runs

The program is built and run as go run does it; its exit code is this command's. Nothing in it has to
change: a few lines that write the profile are laid over the standard library for this build. The
first such build compiles the packages of the standard library anew, later ones do not.

The profile is written when main returns, in os.Exit and log.Fatal, before a panic is printed, and
when SIGINT (Ctrl-C), SIGTERM or SIGHUP ends the program. A server is stopped with Ctrl-C. There is
none after SIGKILL and after fatal errors, such as concurrent writes to a map. A program whose
goroutines all wait for each other goes on waiting until it is stopped.

Every allocation is recorded from the program's first moment on, which costs time: expect a program
that does little but allocate to take several times as long. escargo tool pprof reads the profile too.

A whole Go SDK is needed, as it runs the compiler. One that is on this machine is used; where there is
only source, or nothing, it is fetched, as escargo sdk install VERSION --full does.

Environment: as for go run. The program sees GODEBUG as you have set it.";

const TEST_EXAMPLES: &str = "\
Examples:
  escargo test                             the tests of the package in this directory
  escargo test -bench=. -run='^$' ./...    only the benchmarks, of all packages of the module
  escargo test -run=TestParse -count=10 -v ./parser
  escargo test -o before.pprof -bench=Encode ./json
  escargo test ./... -args -update         what follows -args is for the test programs

Flags that are not listed here are those of go test. It prints what it always prints, and its exit
code is this command's. The profiles of all packages become one. Times that benchmarks show are longer
than usual, because every allocation is recorded; B/op and allocs/op stay what they are.

A whole Go SDK is needed: see escargo run --help.";

const TOOL_EXAMPLES: &str = "\
Tools:
  pprof    reports of profiles, as go tool pprof prints them

Examples:
  escargo tool                             list the tools
  escargo tool pprof -top cpu.pprof        functions, the heaviest first
  escargo tool pprof -list=main.work -cum cpu.pprof
  escargo tool pprof -base=old.pprof -sample_index=inuse_objects -peek=parse new.pprof
  escargo tool pprof -seconds 10 http://localhost:6060/debug/pprof/profile
  escargo tool pprof heap.pprof            a prompt, where help lists the commands

All that follows the name of a tool is the tool's own: escargo tool pprof -help tells its flags.
Pages for browsers, pictures and disassembly are not there yet.

Exit codes: those of the tool; for pprof 0, or 2 after an error.";

/// Reads Go as the Go compiler does, without the Go compiler.
#[derive(Debug, Parser)]
#[command(name = "escargo", version, after_help = EXAMPLES, subcommand_required = true)]
#[command(arg_required_else_help = true, infer_long_args = false, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List what goes to the heap: where, why, at which cost, and what would keep it on the stack.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Tell all about one place: why it goes to the heap or stays on the stack, through all calls.
    #[command(after_help = WHY_EXAMPLES)]
    Why(Why),
    /// Say what a cause means, with an example and the usual ways out. Without a code, list the causes.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Type-check packages and print the errors that go build would print.
    #[command(after_help = TYPECHECK_EXAMPLES)]
    Typecheck(Typecheck),
    /// Print what go build prints for -gcflags=-m: what is inlined, what goes to the heap and why.
    #[command(after_help = BUILD_EXAMPLES)]
    Build(Build),
    /// Run a program, and write a profile of what it allocates.
    #[command(after_help = RUN_EXAMPLES, override_usage = "escargo run [FLAGS] [PACKAGE | FILE.go...] [--] [ARGS...]")]
    Run(Run),
    /// Run tests and benchmarks, and write a profile of what they allocate.
    #[command(after_help = TEST_EXAMPLES, override_usage = "escargo test [FLAGS] [FLAGS OF go test] [PACKAGES]")]
    Test(Test),
    /// Run a test program for `escargo test`.
    #[command(name = TestBinary::NAME, hide = true)]
    TestBinary(TestBinary),
    /// Run a tool: pprof, which shows profiles. Without one, list the tools.
    #[command(after_help = TOOL_EXAMPLES)]
    Tool(Tool),
    /// List, install and remove Go SDKs.
    Sdk(Sdk),
    /// Print a script that completes escargo's command line in a shell.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write manual pages to a directory. Without one, print the main page.
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// Where the pages go; it is made if it is missing.
        dir: Option<PathBuf>,
    },
    /// Print the version.
    Version,
}

/// What decides which packages are read, and how: common to all commands that read source.
#[derive(Clone, Debug, Args)]
pub(crate) struct ProjectArgs {
    /// Packages, as go build takes them; the one in the current directory if none is named.
    pub(crate) packages: Vec<String>,
    /// Imitate this Go release: 1.24.11, 1.24 for the newest of it, or the directory of an SDK.
    #[arg(long, value_name = "VERSION")]
    pub(crate) go: Option<String>,
    /// Work in this directory.
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) chdir: Option<PathBuf>,
    /// Build tags that are satisfied, separated by commas.
    #[arg(long, value_name = "LIST")]
    pub(crate) tags: Option<String>,
    /// How modules are used: readonly, vendor or mod.
    #[arg(long = "mod", value_name = "MODE")]
    pub(crate) mod_mode: Option<String>,
    /// Read this file instead of go.mod.
    #[arg(long, value_name = "FILE")]
    pub(crate) modfile: Option<String>,
    /// Satisfy the build tag race.
    #[arg(long, group = "instrument")]
    pub(crate) race: bool,
    /// Satisfy the build tag msan.
    #[arg(long, group = "instrument")]
    pub(crate) msan: bool,
    /// Satisfy the build tag asan.
    #[arg(long, group = "instrument")]
    pub(crate) asan: bool,
    /// Number of threads; as many as there are processors if not given.
    #[arg(short = 'j', long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Fetch nothing.
    #[arg(long)]
    pub(crate) offline: bool,
}

/// `escargo check`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Take costs from this heap profile.
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Show the N most costly findings; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
    /// Only what allocates at least so many bytes: in the profile, or else each time.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) min_bytes: u64,
    /// Only these causes, by their codes; escargo explain lists them.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) cause: Vec<String>,
    /// Only functions whose names match, as profiles have them.
    #[arg(long, value_name = "REGEXP")]
    pub(crate) function: Option<String>,
    /// Also what allocates only sometimes, or never although it escapes; and show each inlined copy.
    #[arg(long)]
    pub(crate) all: bool,
    /// Check the tests of the named packages too.
    #[arg(long)]
    pub(crate) tests: bool,
    /// How to print findings.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Exit with 1 if there is a finding: any, or one of these causes.
    #[arg(long, value_name = "any|CODE", value_delimiter = ',')]
    pub(crate) fail_on: Vec<String>,
    /// Flags for the compiler that change what it does (-l, -N), as for go build.
    #[arg(long, value_name = "[PATTERN=]LIST")]
    pub(crate) gcflags: Vec<String>,
    /// Neither use nor keep results.
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Print time and memory of each stage.
    #[arg(long)]
    pub(crate) stats: bool,
}

impl Check {
    /// What is to be shown after a run of these packages that left a profile.
    pub(crate) fn of_run(project: ProjectArgs, profile: PathBuf, tests: bool, gcflags: Vec<String>) -> Check {
        Check {
            project,
            profile: Some(profile),
            limit: 20,
            min_bytes: 0,
            cause: Vec::new(),
            function: None,
            all: false,
            tests,
            format: Format::Human,
            fail_on: Vec::new(),
            gcflags,
            no_cache: false,
            stats: false,
        }
    }
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// For people, a line each.
    Short,
    /// A JSON object per line; docs/json.md describes them.
    Json,
    /// What the compiler says with -m=2.
    Gc,
    /// Annotations of GitHub's workflows.
    Github,
}

/// `escargo why`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Why {
    /// FILE:LINE, FILE:LINE:COLUMN, or the name of a function or variable.
    pub(crate) place: String,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Take costs from this heap profile.
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Look into the tests of the named packages too.
    #[arg(long)]
    pub(crate) tests: bool,
    /// Print a JSON object per line; docs/json.md describes them.
    #[arg(long)]
    pub(crate) json: bool,
    /// Flags for the compiler that change what it does (-l, -N), as for go build.
    #[arg(long, value_name = "[PATTERN=]LIST")]
    pub(crate) gcflags: Vec<String>,
    /// Neither use nor keep results.
    #[arg(long)]
    pub(crate) no_cache: bool,
}

/// `escargo explain`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Explain {
    /// The code of a cause, or what the compiler says.
    #[arg(value_name = "CODE", hide_possible_values = true)]
    pub(crate) code: Vec<Code>,
    /// Print the pages of all causes.
    #[arg(long, conflicts_with = "code")]
    pub(crate) all: bool,
}

/// `escargo typecheck`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Typecheck {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Check the tests of the named packages too.
    #[arg(long)]
    pub(crate) tests: bool,
    /// Print all errors of a package, not only the first ten.
    #[arg(short = 'e')]
    pub(crate) all_errors: bool,
    /// Print errors as JSON on standard output, one object per line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print time and memory of each stage.
    #[arg(long)]
    pub(crate) stats: bool,
    /// Neither use nor keep results.
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Compute the result anew, compare it with the kept one, and fail if they differ.
    #[arg(long, conflicts_with = "no_cache")]
    pub(crate) verify_cache: bool,
}

/// `escargo build`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Flags for the compiler, for the named packages or those that match a pattern; may be repeated.
    #[arg(long, value_name = "[PATTERN=]LIST")]
    pub(crate) gcflags: Vec<String>,
    /// A profile for the optimizer, as go build takes it: auto, off or a file. Profiles are not used yet.
    #[arg(long, value_name = "FILE", default_value = "auto")]
    pub(crate) pgo: String,
    /// Print paths as go build -trimpath does.
    #[arg(long)]
    pub(crate) trimpath: bool,
    /// Neither use nor keep results.
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Compute the result anew, compare it with the kept one, and fail if they differ.
    #[arg(long, conflicts_with = "no_cache")]
    pub(crate) verify_cache: bool,
    /// Print time and memory of each stage.
    #[arg(long)]
    pub(crate) stats: bool,
}

/// What decides how the go command builds: common to the commands that call it.
#[derive(Clone, Debug, Args)]
pub(crate) struct GoArgs {
    /// Use this Go release: 1.24.11, 1.24 for the newest of it, or the directory of an SDK.
    #[arg(long, value_name = "VERSION")]
    pub(crate) go: Option<String>,
    /// Work in this directory.
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) chdir: Option<PathBuf>,
    /// Build tags that are satisfied, separated by commas.
    #[arg(long, value_name = "LIST")]
    pub(crate) tags: Option<String>,
    /// How modules are used: readonly, vendor or mod.
    #[arg(long = "mod", value_name = "MODE")]
    pub(crate) mod_mode: Option<String>,
    /// Read this file instead of go.mod.
    #[arg(long, value_name = "FILE")]
    pub(crate) modfile: Option<String>,
    /// Build with the race detector.
    #[arg(long, group = "instrument")]
    pub(crate) race: bool,
    /// Build with the memory sanitizer.
    #[arg(long, group = "instrument")]
    pub(crate) msan: bool,
    /// Build with the address sanitizer.
    #[arg(long, group = "instrument")]
    pub(crate) asan: bool,
    /// Flags for the compiler, as go build takes them; may be repeated.
    #[arg(long, value_name = "[PATTERN=]LIST")]
    pub(crate) gcflags: Vec<String>,
    /// Flags for the linker, as go build takes them; may be repeated.
    #[arg(long, value_name = "[PATTERN=]LIST")]
    pub(crate) ldflags: Vec<String>,
    /// Fetch nothing.
    #[arg(long)]
    pub(crate) offline: bool,
}

/// What becomes of the profile.
#[derive(Clone, Debug, Args)]
pub(crate) struct ProfileArgs {
    /// Write the profile to this file instead of mem.pprof.
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Record one allocation for each N bytes on average; 1 records all.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) rate: NonZeroU32,
    /// Only write the profile.
    #[arg(long)]
    pub(crate) no_check: bool,
}

/// `escargo run`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) go: GoArgs,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    /// A package or files, as go run takes them, and the arguments of the program; the package in the current directory if
    /// none is named.
    #[arg(value_name = "PACKAGE [ARGS]")]
    pub(crate) words: Vec<OsString>,
}

/// `escargo test`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Test {
    #[command(flatten)]
    pub(crate) go: GoArgs,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    /// Packages and flags, as go test takes them.
    #[arg(value_name = "FLAGS AND PACKAGES")]
    pub(crate) words: Vec<OsString>,
}

/// What `escargo test` has the go command run in place of a test program.
#[derive(Clone, Debug, Args)]
pub(crate) struct TestBinary {
    /// Directory for profiles, rate, program, arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) words: Vec<OsString>,
}

impl TestBinary {
    /// The command's name.
    pub(crate) const NAME: &str = "test-binary";
}

/// `escargo tool`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Tool {
    /// The tool and its arguments, which are passed on as they are.
    #[arg(value_name = "TOOL [ARGS]", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) words: Vec<OsString>,
}

/// `escargo sdk`.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Sdk {
    #[command(subcommand)]
    pub(crate) command: SdkCommand,
}

/// What is to be done about SDKs.
#[derive(Debug, Subcommand)]
pub(crate) enum SdkCommand {
    /// List the SDKs of this machine and the releases that can be installed.
    List,
    /// Install a release into escargo's cache directory.
    #[command(after_help = "Examples:\n  escargo sdk install 1.24\n  escargo sdk install 1.27.3 --full")]
    Install {
        /// A release (1.24.11), or the newest of a language version (1.24).
        version: String,
        /// Keep the whole toolchain, not only the source.
        #[arg(long)]
        full: bool,
        /// Fetch nothing: succeed only if it is installed.
        #[arg(long)]
        offline: bool,
    },
    /// Print the directory of a release that is on this machine.
    Path {
        /// A release, or a language version.
        version: String,
    },
    /// Remove a release from escargo's cache directory.
    Remove {
        /// A release, or every release of a language version.
        version: String,
    },
}

/// The command line's definition.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// What became of the command line.
pub(crate) enum Parsed {
    /// A command.
    Run(Box<Command>),
    /// A text that was asked for.
    Tell(String),
    /// What is wrong.
    Wrong(String),
}

/// Reads the command line.
pub(crate) fn parse(args: Vec<OsString>) -> Parsed {
    if let Some(words) = words_of(&args, "tool") {
        return Parsed::Run(Box::new(Command::Tool(Tool { words })));
    }
    if let Some(words) = words_of(&args, TestBinary::NAME) {
        return Parsed::Run(Box::new(Command::TestBinary(TestBinary { words })));
    }
    match Cli::try_parse_from(go_style(arrange(&Cli::command(), args))) {
        Ok(cli) => Parsed::Run(Box::new(cli.command)),
        Err(e) if e.use_stderr() => Parsed::Wrong(e.render().to_string()),
        Err(e) => Parsed::Tell(e.render().to_string()),
    }
}

/// A command's arguments, which nobody else may read.
fn words_of(args: &[OsString], name: &str) -> Option<Vec<OsString>> {
    match args {
        [_, command, words @ ..] if command == name => {
            let first = words.first()?.to_str()?;
            (!first.starts_with('-')).then(|| words.to_vec())
        }
        _ => None,
    }
}

/// Gives long flags that are written with one dash, as Go's are, their second one.
fn go_style(args: Vec<OsString>) -> Vec<OsString> {
    let mut names = Vec::new();
    long_flags(&Cli::command(), &mut names);
    let mut open = true;
    let second_dash = |arg: OsString| {
        let Some(text) = arg.to_str() else { return arg };
        open &= text != "--";
        let name = text.strip_prefix('-').filter(|n| open && !n.starts_with('-'));
        let name = name.map(|n| n.split('=').next().unwrap_or(n));
        if name.is_some_and(|n| names.iter().any(|known| known == n)) {
            return format!("-{text}").into();
        }
        arg
    };
    args.into_iter().map(second_dash).collect()
}

fn long_flags(command: &clap::Command, names: &mut Vec<String>) {
    names.extend(command.get_arguments().filter_map(|a| a.get_long()).map(str::to_owned));
    names.extend(["help", "version"].map(str::to_owned));
    command.get_subcommands().for_each(|c| long_flags(c, names));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typecheck(line: &str) -> Typecheck {
        match parse(line.split(' ').map(OsString::from).collect()) {
            Parsed::Run(command) => match *command {
                Command::Typecheck(args) => args,
                _ => panic!("another command"),
            },
            Parsed::Wrong(text) => panic!("{text}"),
            Parsed::Tell(text) => panic!("{text}"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn arguments_of_tools_stay_as_they_are() {
        let words = ["escargo", "tool", "pprof", "-tags", "--", "-h", "x"];
        match parse(words.map(OsString::from).to_vec()) {
            Parsed::Run(command) => {
                assert!(matches!(*command, Command::Tool(tool) if tool.words == words[2..]));
            }
            _ => panic!("no tool"),
        }
        assert!(matches!(parse(["escargo", "tool", "-h"].map(OsString::from).to_vec()), Parsed::Tell(_)));
    }

    #[test]
    fn flags_in_the_style_of_go() {
        let args = typecheck("escargo typecheck -tags=a,b -mod mod -C dir -modfile=x.mod -e -j4 -json ./...");
        assert_eq!(args.project.tags.as_deref(), Some("a,b"));
        assert_eq!(args.project.mod_mode.as_deref(), Some("mod"));
        assert_eq!(args.project.modfile.as_deref(), Some("x.mod"));
        assert_eq!(args.project.chdir, Some("dir".into()));
        assert!(args.all_errors && args.json);
        assert_eq!(args.project.threads, NonZeroUsize::new(4));
        assert_eq!(args.project.packages, ["./..."]);
        assert_eq!(typecheck("escargo typecheck -- -tags").project.packages, ["-tags"]);
    }
}
