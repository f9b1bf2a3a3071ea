//! The command line: what it may say, and Go's way of writing flags.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  escargo typecheck ./...                check every package of the module
  escargo typecheck --go 1.24 ./...      as Go 1.24 would; fetched if it is not on this machine
  GOOS=windows escargo typecheck ./...   for another system
  escargo tool pprof -top cpu.pprof      what a profile shows, as go tool pprof prints it
  escargo sdk list                       Go SDKs, here and to be had

No Go needs to be installed. A Go SDK that is on this machine is used; where there is none, its
source is fetched once into the user's cache directory.

Flags may be written Go's way: -tags=x is --tags=x.";

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
    /// Type-check packages and print the errors that go build would print.
    #[command(after_help = TYPECHECK_EXAMPLES)]
    Typecheck(Typecheck),
    /// Print what go build prints for -gcflags=-m: what is inlined, what goes to the heap and why.
    #[command(after_help = BUILD_EXAMPLES)]
    Build(Build),
    /// Run a tool: pprof, which shows profiles. Without one, list the tools.
    #[command(after_help = TOOL_EXAMPLES)]
    Tool(Tool),
    /// List, install and remove Go SDKs.
    Sdk(Sdk),
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

/// What became of the command line.
pub(crate) enum Parsed {
    /// A command.
    Run(Command),
    /// A text that was asked for.
    Tell(String),
    /// What is wrong.
    Wrong(String),
}

/// Reads the command line.
pub(crate) fn parse(args: Vec<OsString>) -> Parsed {
    if let Some(tool) = tool(&args) {
        return Parsed::Run(Command::Tool(tool));
    }
    match Cli::try_parse_from(go_style(args)) {
        Ok(cli) => Parsed::Run(cli.command),
        Err(e) if e.use_stderr() => Parsed::Wrong(e.render().to_string()),
        Err(e) => Parsed::Tell(e.render().to_string()),
    }
}

/// A tool and its arguments, which nobody else may read.
fn tool(args: &[OsString]) -> Option<Tool> {
    match args {
        [_, command, words @ ..] if command == "tool" => {
            let name = words.first()?.to_str()?;
            (!name.starts_with('-')).then(|| Tool { words: words.to_vec() })
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
            Parsed::Run(Command::Typecheck(args)) => args,
            Parsed::Wrong(text) => panic!("{text}"),
            _ => panic!("another command"),
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
            Parsed::Run(Command::Tool(tool)) => assert_eq!(tool.words, words[2..]),
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
