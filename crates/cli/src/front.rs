//! What commands that read source have in common: opening a project, loading its packages, saying what is wrong with
//! that, and keeping results.

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use escargo_base::{OsSystem, System};
use escargo_dialect::CompilerModel;
use escargo_dialect::model::{NEWEST_RELEASE, OLDEST_RELEASE};
use escargo_driver::build::PackageText;
use escargo_driver::cache::{Key, Output, Piece, Recorder, RunCache};
use escargo_driver::project::OpenError;
use escargo_driver::{PackageOutcome, Project, Session};
use escargo_load::dir::Memory;
use escargo_load::graph::Package;
use escargo_load::sdk::{SdkError, Sdks, UserEnv};
use escargo_load::{Flags, LoadError, PackageGraph};
use escargo_report::{compiler, json};

use crate::args::ProjectArgs;
use crate::console::Console;
use crate::progress::Fetching;
use crate::stats::Wall;
use crate::{DEFECT, ERRORS, OK, USAGE, crash, stop};

/// Number of threads to use; the pool on which loading runs is made of as many.
fn threads(args: &ProjectArgs) -> usize {
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get);
    // One that exists already would do as well.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    threads
}

/// What a command has to say of itself before it runs.
pub(crate) struct Plan<'a> {
    /// Name of the command.
    pub(crate) command: &'static str,
    pub(crate) args: &'a ProjectArgs,
    /// Everything else on the command line that decides what comes out.
    pub(crate) settings: String,
    pub(crate) tests: bool,
    pub(crate) json: bool,
    pub(crate) no_cache: bool,
    pub(crate) verify_cache: bool,
    /// The result is wanted anew even if it is kept.
    pub(crate) fresh: bool,
}

impl Plan<'_> {
    /// Runs the command, or replays what it said when nothing that it read has changed since. `compute` returns
    /// statistics where they are wanted.
    pub(crate) fn run(self, console: &Console, compute: impl FnOnce(&mut Front<'_>) -> Option<String>) -> u8 {
        let threads = threads(self.args);
        let cache = if self.no_cache { None } else { self.place() };
        let fresh = self.verify_cache || self.fresh;
        let mut last = None;
        if let Some(cache) = cache.as_ref().filter(|_| !fresh) {
            match cache.replay(threads) {
                Ok(output) => {
                    if let Some(texts) = cache.texts(&output) {
                        return replay(&output, &texts, console);
                    }
                }
                Err(noted) => last = noted,
            }
        }
        let recorder = cache.as_ref().map(|_| Arc::new(Recorder::after(last)));
        let system: Arc<dyn System> = match &recorder {
            Some(recorder) => recorder.clone(),
            None => Arc::new(OsSystem),
        };
        let mut front = Front {
            args: self.args,
            threads,
            tests: self.tests,
            json: self.json,
            system,
            memory: recorder.clone(),
            console,
            output: Output::default(),
            repeatable: true,
            kept: cache.is_some(),
        };
        let statistics = compute(&mut front);
        front.print_what_waits();
        let Front { output, repeatable, .. } = front;
        let mut code = output.code;
        if let Some(text) = statistics {
            console.err(&text);
        }
        if let (Some(cache), Some(recorder)) = (&cache, &recorder) {
            let kept = if self.verify_cache { cache.replay(threads).ok() } else { None };
            if kept.is_some_and(|kept| kept != output) {
                console.error(
                    "the kept result differs from a new one although nothing that was read has changed",
                );
                code = DEFECT;
            }
            if repeatable { cache.keep(recorder, &output) } else { cache.forget() }
        }
        code
    }

    /// The place of this run in the cache: whatever may change the result without being read through
    /// the system is in its key.
    fn place(&self) -> Option<RunCache> {
        let dir = UserEnv::new(&OsSystem).escargo_cache()?;
        let cwd = std::env::current_dir().ok()?;
        // Settings that decide how much is computed do not decide what comes out.
        let args = ProjectArgs { threads: None, ..self.args.clone() };
        let key = Key::new().with(self.command).with_program().with(cwd.to_str()?);
        let key = key.with(format!("{args:?} {} {} {}", self.settings, self.tests, self.json));
        // These are recorded too; in the key they keep the results for several settings side by side.
        let settings = ["GOOS", "GOARCH", "GOFLAGS", "GOTOOLCHAIN", "GOROOT", "GOEXPERIMENT", "CGO_ENABLED"];
        let key = settings.iter().fold(key, |key, name| key.with(format!("{:?}", std::env::var_os(name))));
        Some(RunCache::new(&dir, &key))
    }
}

/// What a command works on.
pub(crate) struct Loaded {
    pub(crate) project: Project,
    pub(crate) session: Session,
    pub(crate) graph: PackageGraph,
    pub(crate) wall: Wall,
}

/// A run of a command. What it prints on standard error is printed at once, except on a terminal, where it waits until the
/// progress bar is gone; what has to wait or to be kept collects in `output`.
pub(crate) struct Front<'a> {
    pub(crate) args: &'a ProjectArgs,
    pub(crate) threads: usize,
    /// Whether the build includes tests of the named packages.
    pub(crate) tests: bool,
    /// Errors are printed as JSON.
    pub(crate) json: bool,
    pub(crate) system: Arc<dyn System>,
    /// What the last run read, if that is kept.
    pub(crate) memory: Option<Arc<Recorder>>,
    pub(crate) console: &'a Console,
    pub(crate) output: Output,
    /// The same questions would give the same answers.
    pub(crate) repeatable: bool,
    /// What has been printed is needed until the end.
    kept: bool,
}

impl Front<'_> {
    /// Opens the project and loads the packages named. Nothing if there are errors, which have then been said.
    pub(crate) fn load(&mut self) -> Option<Loaded> {
        let loaded = self.load_some()?;
        (self.output.code == OK).then_some(loaded)
    }

    /// The same where packages that cannot be loaded do not keep others from being looked at.
    pub(crate) fn load_some(&mut self) -> Option<Loaded> {
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
        let memory = self.memory.clone().map(|memory| memory as Arc<dyn Memory>);
        let started = Instant::now();
        let graph = match project.load(self.system.clone(), memory, &self.args.packages) {
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
        if !self.package_errors(&graph) {
            self.mention_cgo(&graph);
        }
        Some(Loaded { project, session, graph, wall })
    }

    /// What keeps a package from being compiled. `limited` is the compiler's limit of ten errors.
    pub(crate) fn package_outcome(
        &mut self,
        loaded: &Loaded,
        package: &Package,
        outcome: &PackageOutcome,
        limited: bool,
    ) {
        let cwd = &loaded.project.config.dir;
        let sources = &loaded.session.sources;
        match outcome {
            PackageOutcome::Clean | PackageOutcome::Skipped => {}
            PackageOutcome::Errors(errors) => {
                if self.json {
                    self.output.stdout.push_str(&json::render(errors, sources));
                } else if let Some(block) = compiler::render(errors, sources, cwd, limited) {
                    self.err(&block.text);
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
                let text = crash::report(&format!("compiling {}", package.import_path), panic);
                self.complain(&package.import_path, "defect", None, &text, &format!("escargo: {text}"));
                self.fail(DEFECT);
                self.repeatable = false;
            }
        }
    }

    /// Notes that the user stopped the run.
    pub(crate) fn note_cancelled(&mut self, session: &Session) {
        if session.cancel.is_cancelled() {
            self.output.code = stop::INTERRUPTED;
            self.repeatable = false;
        }
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
            tests: self.tests,
            instrument: instrument.iter().find(|(_, on)| *on).map(|(name, _)| (*name).to_owned()),
            ..Flags::default()
        };
        Project::open(&*self.system, &sdks, args.go.clone(), flags)
    }

    /// Text for standard error.
    pub(crate) fn err(&mut self, text: &str) {
        let waits = self.console.is_terminal();
        if !waits {
            self.console.err(text);
        }
        if waits || self.kept {
            self.output.err(text);
        }
    }

    /// What the compiler says of a package.
    pub(crate) fn package_text(&mut self, said: &PackageText<'_>) {
        let kept = said.kept.as_ref().filter(|_| !self.console.is_terminal());
        match kept {
            Some(kept) => {
                said.print(&mut |text| self.console.err(text));
                if self.kept {
                    self.output.stderr.push(Piece::Unit(kept.clone()));
                }
            }
            None => said.print(&mut |text| self.err(text)),
        }
    }

    /// Prints what had to wait for the end.
    fn print_what_waits(&self) {
        if self.console.is_terminal() {
            for piece in &self.output.stderr {
                if let Piece::Text(text) = piece {
                    self.console.err(text);
                }
            }
        }
        self.console.out(&self.output.stdout);
    }

    /// A line on standard error.
    pub(crate) fn say(&mut self, line: &str) {
        self.err(&format!("{line}\n"));
    }

    pub(crate) fn fail(&mut self, code: u8) {
        self.output.code = self.output.code.max(code);
    }

    /// Something that is wrong with no place in the source known to the checker.
    fn complain(&mut self, package: &str, code: &str, position: Option<&str>, message: &str, text: &str) {
        if self.json {
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
}

/// Prints what an earlier run said, given the texts of its pieces; returns its exit code.
fn replay(output: &Output, texts: &[String], console: &Console) -> u8 {
    for (piece, text) in output.stderr.iter().zip(texts) {
        piece.print(text, &mut |text| console.err(text));
    }
    console.out(&output.stdout);
    output.code
}
