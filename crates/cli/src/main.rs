//! The `escargo` command: flags, exit codes, progress.
//!
//! Must not know: how anything is analysed.

mod args;
mod build;
mod check;
mod console;
mod crash;
mod explain;
mod front;
mod manual;
mod memory;
mod pprof;
mod progress;
mod run;
mod sdk;
mod stats;
mod stop;
mod tool;
mod typecheck;

use std::process::ExitCode;

use args::{Command, Parsed};
use console::Console;

/// Everything went well, nothing to complain about.
const OK: u8 = 0;
/// The packages, or the surroundings, have errors.
const ERRORS: u8 = 1;
/// The command line makes no sense.
const USAGE: u8 = 2;
/// A defect in this program.
const DEFECT: u8 = 3;

/// Source text may nest as deep as it likes, so the main thread gets more stack than systems give.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    crash::install();
    memory::keep();
    let worker = std::thread::Builder::new().name("main".to_owned()).stack_size(STACK);
    let console = Console::new();
    let code = match worker.spawn(move || command(&console)) {
        Ok(thread) => thread.join().unwrap_or_else(|_| {
            Console::new().error(&crash::report("running the command", "unknown"));
            DEFECT
        }),
        // A system without a thread to spare may still have room on this one.
        Err(_) => command(&Console::new()),
    };
    ExitCode::from(code)
}

fn command(console: &Console) -> u8 {
    let command = match args::parse(std::env::args_os().collect()) {
        Parsed::Run(command) => command,
        Parsed::Tell(text) => {
            console.out(&text);
            return OK;
        }
        Parsed::Wrong(text) => {
            console.err(&text);
            return USAGE;
        }
    };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match *command {
        Command::Typecheck(args) => typecheck::run(&args, console),
        Command::Check(args) => check::run(&args, console),
        Command::Why(args) => check::why::run(&args, console),
        Command::Build(args) => build::run(&args, console),
        Command::Sdk(args) => sdk::run(args.command, console),
        Command::Run(args) => run::run(&args, console),
        Command::Test(args) => run::test(&args, console),
        Command::TestBinary(args) => run::run_binary(&args, console),
        Command::Tool(args) => tool::run(&args.words, console),
        Command::Explain(args) => explain::run(&args, console),
        Command::Completions { shell } => manual::completions(shell, console),
        Command::Man { dir } => manual::man(dir.as_deref(), console),
        Command::Version => {
            console.out(&version());
            OK
        }
    }));
    outcome.unwrap_or_else(|panic| {
        console.error(&crash::report("running the command", &crash::text(panic.as_ref())));
        DEFECT
    })
}

/// What `escargo version` says.
fn version() -> String {
    use escargo_dialect::Target;
    use escargo_dialect::model::{NEWEST_RELEASE, OLDEST_RELEASE};
    let host = Target::host();
    format!(
        "escargo {} {}/{}\nreads Go 1.{OLDEST_RELEASE} to 1.{NEWEST_RELEASE}\n",
        env!("CARGO_PKG_VERSION"),
        host.goos(),
        host.goarch()
    )
}
