//! The command line of `cargo xtask`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::record::RecordArgs;

use crate::sdk::Sdks;
use crate::{bench, conformance, corpus, oracle, tidy, workspace};

/// Development tasks of escargo.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Check the rules of the house: arrows between rooms, headers, sizes, licences …
    Tidy,
    /// Compare with the real Go toolchain.
    #[command(subcommand)]
    Oracle(Oracle),
    /// Measure.
    #[command(subcommand)]
    Bench(Bench),
    /// Run the Go project's own tests of error messages.
    #[command(subcommand)]
    Conformance(Conformance),
    /// Fetch code that nobody here wrote.
    #[command(subcommand)]
    Corpus(Corpus),
    /// Run the README's examples, and compare what they print with what the README says.
    Readme(SdkArgs),
    /// Try to break the front end.
    Torture(crate::torture::TortureArgs),
}

#[derive(Debug, Subcommand)]
enum Oracle {
    /// Compare every fact the type checker records with what go/types records.
    Types(TypesArgs),
    /// Compare package lists and file lists with `go list`.
    List(ListArgs),
    /// Compare what `go build -gcflags=-m` prints, package by package.
    Build(BuildArgs),
    /// Compare the optimization log (`-gcflags=-json=0,DIR`), file by file, but for what the compiler's back end finds.
    Json(BuildArgs),
    /// Compare what is printed for the programs in conformance/programs with what is recorded.
    Programs(ProgramsArgs),
    /// Compare how often the functions in conformance/allocation allocate with what is recorded.
    Allocation(ProgramsArgs),
    /// Compare the comments in the examples of `escargo explain` with what is printed for them and where they allocate.
    Explain(SdkArgs),
    /// Compare stories of escaping values with those in conformance/stories.
    Stories(StoriesArgs),
    /// Compare what `go tool pprof` says of the profiles in conformance/pprof with what is recorded.
    Pprof(PprofArgs),
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Loading, parsing and checking all of std.
    FrontEnd(FrontEndArgs),
    /// What the compiler says of std and of net/http.
    Build(FrontEndArgs),
    /// `go tool pprof -top` of a large profile.
    Pprof(PprofBenchArgs),
}

#[derive(Debug, Subcommand)]
enum Conformance {
    /// The type checker's test files in an SDK.
    Types(TypesTestsArgs),
    /// Files of Go's `test` folder that expect errors, with the SDK's own compiler.
    Errorcheck(ErrorcheckArgs),
    /// Files of Go's `test` folder about -m, with the SDK's own compiler and with escargo.
    Diagnostics(DiagnosticsArgs),
}

#[derive(Debug, Subcommand)]
enum Corpus {
    /// Debian's `golang-*-dev` packages with their dependencies, as a GOPATH.
    Debian(DebianArgs),
    /// Modules that are checked out, with packages of their tests, as a GOPATH.
    Modules(ModulesArgs),
}

/// Which SDK.
#[derive(Debug, Args)]
pub(crate) struct SdkArgs {
    /// Where a Go SDK is; may be repeated. Else $ESCARGO_SDKS/VERSION[/go] is looked at.
    #[arg(long = "sdk", value_name = "VERSION=PATH")]
    sdks: Vec<String>,
    /// The release to compare with.
    #[arg(long, default_value = "1.27.3")]
    go: String,
}

impl FrontEndArgs {
    pub(crate) fn sdk_version(&self) -> &str {
        &self.sdk.go
    }
}

impl SdkArgs {
    pub(crate) fn open(&self) -> Result<crate::sdk::Sdk> {
        Sdks::new(&self.sdks)?.open(&self.go)
    }

    /// All SDKs that are named; else the release to compare with.
    pub(crate) fn open_all(&self) -> Result<Vec<crate::sdk::Sdk>> {
        let sdks = Sdks::new(&self.sdks)?;
        let named = self.sdks.iter().filter_map(|pair| pair.split_once('='));
        let mut versions: Vec<&str> = named.map(|(version, _)| version).collect();
        if versions.is_empty() {
            versions.push(&self.go);
        }
        versions.into_iter().map(|version| sdks.open(version)).collect()
    }
}

#[derive(Debug, Args)]
pub(crate) struct TypesArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// Write Go's dump to this file instead of comparing.
    #[arg(long, value_name = "FILE")]
    pub(crate) dump: Option<PathBuf>,
    /// Dump the lines themselves for files whose IMPORTPATH/NAME matches.
    #[arg(long, value_name = "REGEXP")]
    pub(crate) full: Option<String>,
    /// So many of the files that differ are looked into.
    #[arg(long, default_value_t = 40)]
    pub(crate) files: usize,
    /// So many differences are shown per category.
    #[arg(long, default_value_t = 10)]
    pub(crate) limit: usize,
    /// Target architecture.
    #[arg(long, default_value = "amd64")]
    pub(crate) goarch: String,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    /// Packages, as `go list` takes them.
    #[arg(default_value = "std")]
    pub(crate) packages: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    /// Target, as GOOS/GOARCH.
    #[arg(long, default_value = "linux/amd64")]
    pub(crate) target: String,
    /// Build tags.
    #[arg(long, default_value = "")]
    pub(crate) tags: String,
    /// How many differences are shown.
    #[arg(long, default_value_t = 40)]
    pub(crate) limit: usize,
    /// Packages, as `go list` takes them.
    #[arg(default_values = ["std", "cmd"])]
    pub(crate) packages: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    /// Flags for the compiler.
    #[arg(long, default_value = "all=-m=2", allow_hyphen_values = true)]
    pub(crate) gcflags: String,
    /// Further flags for both builds, such as -tags=x.
    #[arg(long = "flag", value_name = "FLAG", allow_hyphen_values = true)]
    pub(crate) flags: Vec<String>,
    /// Target, as GOOS/GOARCH.
    #[arg(long, default_value = "linux/amd64")]
    pub(crate) target: String,
    /// Build in this directory; outside of any module if not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Build in GOPATH mode with this GOPATH.
    #[arg(long, value_name = "DIR")]
    pub(crate) gopath: Option<PathBuf>,
    /// Set an environment variable for both builds.
    #[arg(long = "env", value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// Exactly one main package is built: its binary goes to a place where it is removed.
    #[arg(long)]
    pub(crate) single_binary: bool,
    /// What this comparison is called in names of files; std for the standard library if not given.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Use what the toolchain printed the last time, if it is still there.
    #[arg(long)]
    pub(crate) reuse: bool,
    /// This program instead of the release build of escargo.
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<PathBuf>,
    /// So many packages are shown.
    #[arg(long, default_value_t = 15)]
    pub(crate) limit: usize,
    /// Build the packages that the compiler accepts by this file, as `corpus debian --build` writes it.
    #[arg(long, value_name = "FILE", conflicts_with = "packages")]
    pub(crate) verdicts: Option<PathBuf>,
    /// Packages, as `go build` takes them.
    #[arg(default_value = "std")]
    pub(crate) packages: Vec<String>,
}

impl BuildArgs {
    /// What the comparison is called.
    pub(crate) fn name(&self) -> String {
        let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let name = self.name.clone().unwrap_or_else(|| plain(&self.packages.join(" ")));
        let mut parts = vec![name, plain(&self.target), plain(&self.gcflags)];
        // What is usual is left out.
        parts.retain(|part| !matches!(part.as_str(), "std" | "linux-amd64" | "all--m-2" | "-m-2"));
        parts.join("-")
    }

    /// What both builds are asked to build.
    pub(crate) fn patterns(&self) -> Result<Vec<String>> {
        match &self.verdicts {
            Some(file) => crate::corpus::accepted(file),
            None => Ok(self.packages.clone()),
        }
    }

    /// The build as a person would type it, as far as it is not particular to this machine.
    pub(crate) fn shown(&self) -> String {
        let mut words = vec![format!("-gcflags={}", self.gcflags)];
        words.extend(self.flags.iter().cloned());
        match &self.verdicts {
            Some(file) => {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                words.push(format!("(what {name} accepts)"));
            }
            None => words.extend(self.packages.iter().cloned()),
        }
        format!("go build {}", words.join(" "))
    }
}

#[derive(Debug, Args)]
pub(crate) struct ProgramsArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// Ask the toolchain anew and record what it says.
    #[arg(long)]
    pub(crate) bless: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StoriesArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// Which cases: the name of a file in conformance/stories.
    #[arg(long, default_value = "std")]
    pub(crate) name: String,
    /// The GOPATH in which the packages are that are not in the SDK.
    #[arg(long, value_name = "DIR")]
    pub(crate) gopath: Option<PathBuf>,
    /// Instead of comparing, print the stories whose text matches.
    #[arg(long, value_name = "REGEXP")]
    pub(crate) tell: Option<regex::Regex>,
    /// Packages; those of the cases if none is named.
    pub(crate) packages: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PprofArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    /// Compare the release build of escargo with what is recorded, not the SDK's tool.
    #[arg(long, conflicts_with = "bless")]
    pub(crate) ours: bool,
    /// So many differences are shown for each profile.
    #[arg(long, default_value_t = 3)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct PprofBenchArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// How often each program runs; the best counts.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: u32,
    /// Samples of the profile.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) samples: u32,
    /// This program instead of the release build of escargo.
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct FrontEndArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// How often each measurement is taken; the best counts.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: u32,
    /// Threads of the parallel measurements.
    #[arg(long, short = 'j', default_value_t = 2)]
    pub(crate) jobs: u32,
}

#[derive(Debug, Args)]
pub(crate) struct TypesTestsArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// Judge the errors in this file, lines of {"name", "found": [{"file", "line", "column",
    /// "message"}]}, instead of those that this project's checker finds.
    #[arg(long, value_name = "FILE")]
    pub(crate) found: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    /// Only list the cases, as lines of {"name", "files"}.
    #[arg(long)]
    pub(crate) list: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ErrorcheckArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// Go's `test` folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) tests: PathBuf,
    /// Run this project's checker as well, and show what passes with the compiler only.
    #[arg(long)]
    pub(crate) ours: bool,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DiagnosticsArgs {
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// Go's `test` folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) tests: PathBuf,
    /// This program instead of the release build of escargo.
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DebianArgs {
    /// Where the tree goes; target/xtask/debian if not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    /// Also build everything chosen with this SDK and report what it says.
    #[arg(long)]
    pub(crate) build: bool,
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
    /// Compare which packages this project accepts with the compiler's verdicts, as --build wrote them.
    #[arg(long)]
    pub(crate) ours: bool,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ModulesArgs {
    /// A folder with the checkouts.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// Where else packages are; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub(crate) gopath: Vec<PathBuf>,
    /// Leave out packages whose import path matches.
    #[arg(long, value_name = "REGEXP")]
    pub(crate) skip: Option<String>,
    #[command(flatten)]
    pub(crate) sdk: SdkArgs,
}

/// Runs the task that the command line names.
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("xtask: {e:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<bool> {
    match cli.task {
        Task::Tidy => {
            let problems = tidy::run(&workspace::root()).context("tidy")?;
            for problem in &problems {
                println!("{problem}");
            }
            Ok(problems.is_empty())
        }
        Task::Oracle(Oracle::Types(args)) => oracle::types(&args),
        Task::Oracle(Oracle::List(args)) => oracle::list(&args),
        Task::Oracle(Oracle::Build(args)) => oracle::build::build(&args),
        Task::Oracle(Oracle::Json(args)) => oracle::json::json(&args),
        Task::Oracle(Oracle::Programs(args)) => oracle::programs::programs(&args),
        Task::Oracle(Oracle::Allocation(args)) => oracle::allocation::allocation(&args),
        Task::Oracle(Oracle::Explain(args)) => oracle::explain::explain(&args),
        Task::Oracle(Oracle::Stories(args)) => oracle::stories::stories(&args),
        Task::Oracle(Oracle::Pprof(args)) => oracle::pprof::pprof(&args),
        Task::Bench(Bench::FrontEnd(args)) => bench::front_end(&args),
        Task::Bench(Bench::Build(args)) => bench::build::build(&args),
        Task::Bench(Bench::Pprof(args)) => bench::pprof::pprof(&args),
        Task::Conformance(Conformance::Types(args)) => conformance::types(&args),
        Task::Conformance(Conformance::Errorcheck(args)) => conformance::errorcheck(&args),
        Task::Conformance(Conformance::Diagnostics(args)) => conformance::diagnostics::diagnostics(&args),
        Task::Corpus(Corpus::Debian(args)) => corpus::debian(&args),
        Task::Corpus(Corpus::Modules(args)) => corpus::modules(&args),
        Task::Readme(args) => crate::readme::readme(&args),
        Task::Torture(args) => crate::torture::run(&args),
    }
}
