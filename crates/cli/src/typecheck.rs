//! `escargo typecheck`: what `go build` would say about types.

use std::time::Instant;

use escargo_driver::TypecheckOptions;

use crate::args::Typecheck;
use crate::console::Console;
use crate::front::{Front, Plan};
use crate::progress::Checking;
use crate::stats;

/// Runs the command.
pub(crate) fn run(args: &Typecheck, console: &Console) -> u8 {
    let plan = Plan {
        command: "typecheck",
        args: &args.project,
        settings: format!("{}", args.all_errors),
        tests: args.tests,
        json: args.json,
        no_cache: args.no_cache,
        verify_cache: args.verify_cache,
        fresh: args.stats,
    };
    plan.run(console, |front| check(args, front))
}

fn check(args: &Typecheck, front: &mut Front<'_>) -> Option<String> {
    let mut loaded = front.load()?;
    let started = Instant::now();
    let outcome = {
        let checking = Checking::new(front.console, loaded.graph.packages.len());
        let options = TypecheckOptions { threads: front.threads };
        escargo_driver::typecheck(&loaded.session, &loaded.graph, options, &checking)
    };
    loaded.wall.check = started.elapsed();
    for (package, outcome) in loaded.graph.packages.iter().zip(&outcome.packages) {
        front.package_outcome(&loaded, package, outcome, !args.all_errors);
    }
    front.note_cancelled(&loaded.session);
    let packages = loaded.graph.packages.len();
    args.stats.then(|| stats::render(&loaded.session, packages, front.threads, &loaded.wall))
}
