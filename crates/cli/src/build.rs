//! `escargo build`: what `go build` prints for `-gcflags=-m`.

use std::time::Instant;

use escargo_base::OsSystem;
use escargo_dialect::model::VERIFIED_RELEASES;
use escargo_driver::PackageOutcome;
use escargo_driver::build::{BuildObserver, BuildOptions, GcFlags, PackageText};
use escargo_load::graph::PackageId;
use escargo_load::sdk::UserEnv;
use parking_lot::Mutex;

use crate::args::Build;
use crate::console::Console;
use crate::front::{Front, Loaded, Plan};
use crate::progress::Checking;
use crate::{DEFECT, ERRORS, USAGE, stats};

/// Runs the command.
pub(crate) fn run(args: &Build, console: &Console) -> u8 {
    let plan = Plan {
        command: "build",
        args: &args.project,
        settings: format!("{:?} {:?} {}", args.gcflags, args.pgo, args.trimpath),
        tests: false,
        json: false,
        no_cache: args.no_cache,
        verify_cache: args.verify_cache,
        fresh: args.stats,
    };
    plan.run(console, |front| build(args, front))
}

fn build(args: &Build, front: &mut Front<'_>) -> Option<String> {
    let cwd = front.system.current_dir().unwrap_or_default();
    let gcflags = match GcFlags::parse(&args.gcflags, &cwd.to_string_lossy()) {
        Ok(gcflags) => gcflags,
        Err(e) => {
            front.say(&format!("invalid value for flag -gcflags: {e}"));
            front.fail(USAGE);
            return None;
        }
    };
    let mut loaded = front.load()?;
    let toolchain = loaded.session.model.toolchain;
    if !VERIFIED_RELEASES.contains(&toolchain.minor()) {
        front.say(&format!(
            "escargo: what {toolchain} says of escapes is not verified yet: expect differences"
        ));
    }
    mention_profile(args, front, &loaded);
    let started = Instant::now();
    let options = BuildOptions {
        threads: front.threads,
        gcflags: &gcflags,
        cwd: loaded.project.config.dir.clone(),
        trimpath: args.trimpath,
        cache: if args.no_cache { None } else { UserEnv::new(&OsSystem).escargo_cache() },
        memory: front.memory.clone(),
        verify: args.verify_cache,
        collect: None,
    };
    let printer = Printer {
        progress: Checking::new(front.console, loaded.graph.packages.len()),
        loaded: &loaded,
        gcflags: &gcflags,
        front: Mutex::new(&mut *front),
    };
    let differing = escargo_driver::build::build(&loaded.session, &loaded.graph, &options, &printer);
    drop(printer);
    for package in differing {
        front.say(&format!("escargo: what is kept of {package} differs from what was found now"));
        front.fail(DEFECT);
    }
    loaded.wall.check = started.elapsed();
    front.note_cancelled(&loaded.session);
    let packages = loaded.graph.packages.len();
    let statistics =
        args.stats.then(|| stats::render(&loaded.session, packages, front.threads, &loaded.wall));
    // The process ends soon: the system takes memory back faster.
    std::mem::forget(loaded);
    statistics
}

/// Prints what is said of each package when its turn comes.
struct Printer<'p, 'f> {
    progress: Checking,
    loaded: &'p Loaded,
    gcflags: &'p GcFlags,
    front: Mutex<&'p mut Front<'f>>,
}

impl BuildObserver for Printer<'_, '_> {
    fn progress(&self, _done: usize, _total: usize) {
        self.progress.step();
    }

    fn package(&self, id: PackageId, outcome: PackageOutcome, said: &PackageText<'_>) {
        let package = &self.loaded.graph.packages[id];
        let front = &mut **self.front.lock();
        let limited = !self.gcflags.of(package).all_errors;
        front.package_outcome(self.loaded, package, &outcome, limited);
        let problem = said.log_error.as_ref().map(|problem| format!("compile: {problem}\n"));
        if problem.is_some() {
            front.fail(ERRORS);
        }
        if !said.is_empty || problem.is_some() {
            front.err(&format!("# {}\n", escargo_driver::description(package)));
            front.package_text(said);
            front.err(&problem.unwrap_or_default());
        }
    }
}

/// Says once that a profile is left out which the go command would use.
fn mention_profile(args: &Build, front: &mut Front<'_>, loaded: &Loaded) {
    let named = |profile: &str| format!("escargo: {profile} is ignored: this is what go build -pgo=off says");
    match args.pgo.as_str() {
        "off" => {}
        "auto" => {
            let mains = loaded.graph.packages.iter().filter(|p| !p.dep_only && p.name == "main");
            let profile = mains.map(|p| p.dir.join("default.pgo")).find(|file| front.system.is_file(file));
            if let Some(profile) = profile {
                front.say(&named(&profile.display().to_string()));
            }
        }
        file => front.say(&named(file)),
    }
}
