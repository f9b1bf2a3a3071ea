//! `escargo typecheck`: what `go build` would say about types.

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use escargo_base::{OsSystem, System};
use escargo_dialect::CompilerModel;
use escargo_dialect::model::{NEWEST_RELEASE, OLDEST_RELEASE};
use escargo_driver::cache::{Key, Output, Recorder, RunCache};
use escargo_driver::project::OpenError;
use escargo_driver::{Outcome, PackageOutcome, Project, Session, TypecheckOptions};
use escargo_load::sdk::{SdkError, Sdks, UserEnv};
use escargo_load::{Flags, LoadError, PackageGraph};
use escargo_report::{compiler, json};

use crate::args::Typecheck;
use crate::console::Console;
use crate::progress::{Checking, Fetching};
use crate::stats::{self, Wall};
use crate::{DEFECT, ERRORS, OK, USAGE, crash, stop};

/// Runs the command.
pub(crate) fn run(args: Typecheck, console: &Console) -> u8 {
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get);
    // Loading runs on this pool. One that exists already would do as well.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    let cache = if args.no_cache { None } else { place(&args) };
    let fresh = args.verify_cache || args.stats;
    if let Some(output) = cache.as_ref().filter(|_| !fresh).and_then(|c| c.replay(threads)) {
        return print(&output, console);
    }
    let recorder = cache.as_ref().map(|_| Arc::new(Recorder::new()));
    let system: Arc<dyn System> = match &recorder {
        Some(recorder) => recorder.clone(),
        None => Arc::new(OsSystem),
    };
    let mut run = Run { args: &args, system, threads, console, output: Output::default(), repeatable: true };
    let statistics = run.compute();
    let Run { output, repeatable, .. } = run;
    let mut code = print(&output, console);
    if let Some(text) = statistics {
        console.err(&text);
    }
    if let (Some(cache), Some(recorder)) = (&cache, &recorder) {
        let kept = if args.verify_cache { cache.replay(threads) } else { None };
        if kept.is_some_and(|kept| kept != output) {
            console
                .error("the kept result differs from a new one although nothing that was read has changed");
            code = DEFECT;
        }
        if repeatable { cache.keep(recorder, &output) } else { cache.forget() }
    }
    code
}

/// The place of this run in the cache: whatever may change the result without being read through
/// the system is in its key.
fn place(args: &Typecheck) -> Option<RunCache> {
    let dir = UserEnv::new(&OsSystem).escargo_cache()?;
    let cwd = std::env::current_dir().ok()?;
    // Settings that decide how much is computed do not decide what comes out.
    let args =
        Typecheck { threads: None, stats: false, no_cache: false, verify_cache: false, ..args.clone() };
    let key = Key::new().with("typecheck").with_program().with(cwd.to_str()?).with(format!("{args:?}"));
    // These are recorded too; in the key they keep the results for several settings side by side.
    let settings = ["GOOS", "GOARCH", "GOFLAGS", "GOTOOLCHAIN", "GOROOT", "GOEXPERIMENT", "CGO_ENABLED"];
    let key = settings.iter().fold(key, |key, name| key.with(format!("{:?}", std::env::var_os(name))));
    Some(RunCache::new(&dir, &key))
}

fn print(output: &Output, console: &Console) -> u8 {
    console.err(&output.stderr);
    console.out(&output.stdout);
    output.code
}

struct Run<'a> {
    args: &'a Typecheck,
    system: Arc<dyn System>,
    threads: usize,
    console: &'a Console,
    output: Output,
    /// The same questions would give the same answers.
    repeatable: bool,
}

impl Run<'_> {
    /// Does the work; what is printed collects in `output`. Returns statistics where they are wanted.
    fn compute(&mut self) -> Option<String> {
        let started = Instant::now();
        let mut wall = Wall::default();
        let project = match self.open() {
            Ok(project) => project,
            Err(e) => {
                self.open_error(&e);
                return None;
            }
        };
        wall.open = started.elapsed();
        let mut session = project.session(self.system.clone());
        session.cancel = stop::on_signal();
        self.mention_release(&session.model);
        let started = Instant::now();
        let graph = match project.load(self.system.clone(), &self.args.packages) {
            Ok(graph) => graph,
            Err(e) => {
                self.load_error(&e);
                return None;
            }
        };
        wall.load = started.elapsed();
        for warning in &graph.warnings {
            self.say(warning);
        }
        if self.package_errors(&graph) {
            return None;
        }
        self.mention_cgo(&graph);
        let started = Instant::now();
        let outcome = {
            let checking = Checking::new(self.console, graph.packages.len());
            let options = TypecheckOptions { threads: self.threads };
            escargo_driver::typecheck(&session, &graph, options, &checking)
        };
        wall.check = started.elapsed();
        self.outcome(&project, &session, &graph, &outcome);
        let statistics = || stats::render(&session, graph.packages.len(), self.threads, &wall);
        self.args.stats.then(statistics)
    }

    fn open(&self) -> Result<Project, OpenError> {
        let args = self.args;
        let progress = Fetching::new(self.console);
        let sdks =
            Sdks::new(&*self.system).progress(&progress).offline(args.offline).cancel(stop::on_signal());
        let instrument = [("race", args.race), ("msan", args.msan), ("asan", args.asan)];
        let flags = Flags {
            chdir: args.chdir.clone(),
            tags: args.tags.clone(),
            mod_mode: args.mod_mode.clone(),
            modfile: args.modfile.clone(),
            tests: args.tests,
            instrument: instrument.iter().find(|(_, on)| *on).map(|(name, _)| (*name).to_owned()),
            ..Flags::default()
        };
        Project::open(&*self.system, &sdks, args.go.clone(), flags)
    }

    /// A line on standard error.
    fn say(&mut self, line: &str) {
        self.output.stderr.push_str(line);
        self.output.stderr.push('\n');
    }

    fn fail(&mut self, code: u8) {
        self.output.code = self.output.code.max(code);
    }

    /// Something that is wrong with no place in the source known to the checker.
    fn complain(&mut self, package: &str, code: &str, position: Option<&str>, message: &str, text: &str) {
        if self.args.json {
            self.output.stdout.push_str(&json::plain(package, code, position, message));
        } else {
            self.say(text);
        }
    }

    fn open_error(&mut self, error: &OpenError) {
        // What the network or another process did may be otherwise next time.
        self.repeatable = false;
        match error {
            OpenError::Load(e) => self.load_error(e),
            OpenError::Sdk(e) => {
                let text = e.to_string();
                self.complain("", "sdk", None, &text, &format!("escargo: {text}"));
                self.fail(if matches!(e, SdkError::Cancelled) { stop::INTERRUPTED } else { ERRORS });
            }
        }
    }

    fn load_error(&mut self, error: &LoadError) {
        self.complain("", "load", None, &error.message, &error.message);
        // The go command sees this one while it reads its command line.
        let usage = error.message.starts_with("go: unsupported GOOS/GOARCH pair");
        self.fail(if usage { USAGE } else { ERRORS });
    }

    /// The errors of loading. Where there are any, nothing is compiled.
    fn package_errors(&mut self, graph: &PackageGraph) -> bool {
        for (id, error) in graph.errors() {
            let package = &graph.packages[id].import_path;
            self.complain(package, "load", error.pos.as_deref(), &error.message, &error.to_string());
            self.fail(ERRORS);
        }
        self.output.code != OK
    }

    fn mention_release(&mut self, model: &CompilerModel) {
        let (release, used) = match model {
            m if m.newer_than_known => ("newer than the newest", NEWEST_RELEASE),
            m if m.older_than_known => ("older than the oldest", OLDEST_RELEASE),
            _ => return,
        };
        self.say(&format!(
            "escargo: {} is {release} release known, go1.{used}: it is read by the rules of go1.{used}",
            model.toolchain
        ));
    }

    fn mention_cgo(&mut self, graph: &PackageGraph) {
        let with_cgo: Vec<&str> =
            graph.packages.iter().filter(|p| !p.cgo_files.is_empty()).map(|p| &*p.import_path).collect();
        for package in with_cgo {
            self.say(&format!(
                "escargo: warning: {package}: files that import \"C\" are left out; set CGO_ENABLED=0 to choose files without cgo"
            ));
        }
    }

    fn outcome(&mut self, project: &Project, session: &Session, graph: &PackageGraph, outcome: &Outcome) {
        let cwd = &project.config.dir;
        let limited = !self.args.all_errors;
        for (package, outcome) in graph.packages.iter().zip(&outcome.packages) {
            match outcome {
                PackageOutcome::Clean | PackageOutcome::Skipped => {}
                PackageOutcome::Errors(errors) => {
                    if self.args.json {
                        self.output.stdout.push_str(&json::render(errors, &session.sources));
                    } else if let Some(block) = compiler::render(errors, &session.sources, cwd, limited) {
                        self.output.stderr.push_str(&block.text);
                    }
                    self.fail(ERRORS);
                }
                PackageOutcome::Unreadable(files) => {
                    let mut text = format!("# {}", package.import_path);
                    for (path, problem) in files {
                        let path = escargo_report::paths::short_path(cwd, path);
                        // Writing to a string does not fail.
                        let _ = write!(text, "\nopen {path}: {problem}");
                    }
                    self.complain(&package.import_path, "read", None, &text, &text);
                    self.fail(ERRORS);
                    self.repeatable = false;
                }
                PackageOutcome::Crashed(panic) => {
                    let text = crash::report(&format!("checking {}", package.import_path), panic);
                    self.complain(&package.import_path, "defect", None, &text, &format!("escargo: {text}"));
                    self.fail(DEFECT);
                    self.repeatable = false;
                }
            }
        }
        if session.cancel.is_cancelled() {
            self.output.code = stop::INTERRUPTED;
            self.repeatable = false;
        }
    }
}
