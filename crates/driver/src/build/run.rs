//! Compiling a package graph.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use escargo_base::{Id, Symbol};
use escargo_check::Checked;
use escargo_findings::PackageFacts;
use escargo_findings::collect::Wanted;
use escargo_ir::position::given_path;
use escargo_load::graph::{Package, PackageGraph, PackageId};
use escargo_lower::{TypedFile, TypedPackage};
use escargo_report::draft::{self, Draft, Mark};
use escargo_types::PkgId;
use parking_lot::Mutex;

use super::compile;
use super::flags::{GcFlags, PackageFlags};
use super::optlog;
use super::outline::{Outlines, imported_name};
use super::packages::{Packages, View};
use super::spare::Spare;
use super::unit_entry::{Entry, FileEntry, Known};
use super::units::Units;
use crate::cache::{Recorder, UnitText, output};
use crate::fence::fenced;
use crate::package::{ParsedPackage, Session, Standing};
use crate::schedule::{self, Work};
use crate::typecheck::{PackageOutcome, dependencies};

/// How to compile.
pub struct BuildOptions<'o> {
    /// Number of threads.
    pub threads: usize,
    /// Flags of the compiler by package.
    pub gcflags: &'o GcFlags,
    /// The directory that the user is in; paths are shortened relative to it.
    pub cwd: PathBuf,
    /// Files are called by import path and name (`-trimpath`).
    pub trimpath: bool,
    /// The cache directory; none if results of packages are not to be kept.
    pub cache: Option<PathBuf>,
    /// What the run reads is noted here.
    pub memory: Option<Arc<Recorder>>,
    /// Everything is compiled anew and compared with what is kept.
    pub verify: bool,
    /// Facts are collected in place of what the compiler says: what is wanted of each package.
    pub collect: Option<&'o (dyn Fn(PackageId) -> Wanted + Sync)>,
}

/// Watches the work, and gets its results.
pub trait BuildObserver: Sync {
    /// So many of all packages are done. Calls come from any thread.
    fn progress(&self, _done: usize, _total: usize) {}

    /// What was collected of a package. Calls come from any thread, in any order.
    fn facts(&self, _package: PackageId, _facts: PackageFacts) {}

    /// How a package fared and what the compiler says of it. Packages come one at a time and in order, each as soon
    /// as those before it are done.
    fn package(&self, package: PackageId, outcome: PackageOutcome, said: &PackageText<'_>);
}

/// What the compiler says of a package.
pub struct PackageText<'t> {
    /// Whether it says nothing.
    pub is_empty: bool,
    /// By what the text can be printed again later, if it is kept.
    pub kept: Option<UnitText>,
    /// Why its optimization log could not be written.
    pub log_error: Option<String>,
    print: &'t PrintFn<'t>,
}

/// Hands on a text piece by piece.
type PrintFn<'t> = dyn Fn(&mut dyn FnMut(&str)) + 't;

impl PackageText<'_> {
    /// Hands on the lines, paths as the go command shortens them, without the header: piece by piece.
    pub fn print(&self, out: &mut dyn FnMut(&str)) {
        (self.print)(out);
    }
}

/// What a package said, before the names of files are known; nothing if it is in its entry.
#[derive(Debug, Default)]
struct Said {
    draft: Draft,
    /// What it is kept with, if it is.
    entry: Option<Arc<Entry>>,
    /// What is still to be kept: the entry and its text.
    to_keep: Option<(Arc<Entry>, Vec<String>)>,
    log_error: Option<String>,
}

struct Run<'r> {
    session: &'r Session,
    graph: &'r PackageGraph,
    options: &'r BuildOptions<'r>,
    observer: &'r dyn BuildObserver,
    packages: Packages,
    results: Results,
    spare: Spare,
    units: &'r Units,
    outlines: Outlines,
    /// Something is needed of a package of which it seemed not to be, or a package has errors or crashes, which is to be
    /// found by looking at everything, or a kept text is lost: all has to be done again without parts.
    incomplete: AtomicBool,
    /// Packages that are kept without a text that could be had.
    lost: Mutex<Vec<usize>>,
    done: AtomicUsize,
}

impl Work for Run<'_> {
    type Prepared = Result<Option<ParsedPackage>, String>;
    /// What keeps a package from being compiled.
    type Checked = Option<PackageOutcome>;

    fn prepare(&self, index: usize) -> Self::Prepared {
        let package = &self.graph.packages[PackageId::from_index(index)];
        let wanted = self.units.is_parsed(index, package);
        let (texts, entry) = (&self.units.sources[index].texts, self.units.entry(index));
        fenced(|| wanted.then(|| self.outlines.parse(self.session, package, index, texts, entry)))
    }

    fn check(&self, index: usize, parsed: Self::Prepared) -> Self::Checked {
        let checked = parsed.and_then(|parsed| fenced(|| self.typed(PackageId::from_index(index), parsed)));
        checked.unwrap_or_else(|panic| Some(PackageOutcome::Crashed(panic)))
    }

    fn compile(&self, index: usize, trouble: Self::Checked, publish: &dyn Fn()) {
        let result = match trouble {
            Some(outcome) => Ok((outcome, Said::default())),
            None => fenced(|| self.compiled(PackageId::from_index(index), publish)),
        };
        let mut result = result.unwrap_or_else(|panic| (PackageOutcome::Crashed(panic), Said::default()));
        let crashed = matches!(result.0, PackageOutcome::Crashed(_));
        if crashed && self.begin_again() || self.incomplete.load(Ordering::Relaxed) {
            // Perhaps it only lacks what was left out.
            return;
        }
        let to_keep = result.1.to_keep.take();
        self.results.put(index, result);
        publish();
        if let Some((entry, text)) = to_keep {
            self.keep(PackageId::from_index(index), &entry, &text);
        }
        // What is kept needs no room that others could use: it can wait until there is time.
        if self.units.entry(index).is_none() {
            while self.spare() {}
        }
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.observer.progress(done, self.graph.packages.len());
    }

    fn spare(&self) -> bool {
        self.results.hand_over(&|id, outcome, said| self.tell(id, outcome, said))
    }

    fn cost(&self, index: usize) -> usize {
        self.units.sources[index].len()
    }

    fn stopped(&self) -> bool {
        self.session.cancel.is_cancelled() || self.incomplete.load(Ordering::Relaxed)
    }
}

impl Run<'_> {
    fn types_of(&self, id: PackageId) -> Option<PkgId> {
        let is_unsafe = self.graph.packages[id].path == "unsafe";
        if is_unsafe { Some(self.session.store.universe().unsafe_pkg) } else { self.packages.pkg(id) }
    }

    /// Checks a package; what is wrong with it, unless it can be compiled.
    fn typed(&self, id: PackageId, parsed: Option<ParsedPackage>) -> Option<PackageOutcome> {
        let package = &self.graph.packages[id];
        if package.path == "unsafe" {
            return Some(PackageOutcome::Clean);
        }
        if !self.units.is_typed(id.index()) {
            return None;
        }
        let Some(parsed) = parsed else { return Some(PackageOutcome::Skipped) };
        if package.imports.iter().filter_map(|i| i.package).any(|dep| self.types_of(dep).is_none()) {
            return Some(PackageOutcome::Skipped);
        }
        if !parsed.unreadable.is_empty() {
            return Some(PackageOutcome::Unreadable(parsed.unreadable));
        }
        let checked = match self.checked(id, package, &parsed) {
            Ok(checked) => checked,
            Err(outcome) => return Some(outcome),
        };
        if self.options.trimpath {
            self.trim_paths(package, &parsed);
        }
        let files = parsed
            .files
            .into_iter()
            .map(|f| TypedFile { id: f.id, tree: f.tree, text: f.text, lang: f.lang })
            .collect();
        let path = Symbol::intern(compiler_path(package));
        self.packages.add(id, TypedPackage::new(checked.pkg, path, files, checked.info));
        None
    }

    fn checked(
        &self,
        id: PackageId,
        package: &Package,
        parsed: &ParsedPackage,
    ) -> Result<Checked, PackageOutcome> {
        let types_of = |dep: PackageId| self.types_of(dep);
        if let Some(entry) = self.units.entry(id.index()) {
            let part = self.outlines.part(id.index(), entry, parsed);
            let checked = self.session.check_again(self.graph, package, parsed, part, &types_of);
            return match !checked.errors.is_empty() && self.begin_again() {
                true => Err(PackageOutcome::Skipped),
                false => Ok(checked),
            };
        }
        let flags = self.flags(package);
        let standing = Standing { std: flags.compiler.std, runtime: flags.compiler.runtime };
        let (checked, mut errors) =
            self.session.check_package(self.graph, package, parsed, standing, &types_of);
        errors.columns = !flags.no_columns;
        if !errors.types.is_empty() && self.begin_again() {
            return Err(PackageOutcome::Skipped);
        }
        if !errors.syntax.is_empty() || !errors.types.is_empty() {
            return Err(PackageOutcome::Errors(Box::new(errors)));
        }
        checked.ok_or(PackageOutcome::Skipped)
    }

    /// Ends the work, to be begun again without parts of packages; false if it goes without them already.
    fn begin_again(&self) -> bool {
        self.incomplete.fetch_or(self.outlines.exist(), Ordering::Relaxed);
        self.outlines.exist()
    }

    /// Compiles a package that was checked, or takes what is kept.
    fn compiled(&self, id: PackageId, publish: &dyn Fn()) -> (PackageOutcome, Said) {
        let package = &self.graph.packages[id];
        let Some(typed) = self.packages.typed(id) else {
            let kept = self.units.entry(id.index()).is_some();
            let outcome = if kept { PackageOutcome::Clean } else { PackageOutcome::Skipped };
            return (outcome, Said::default());
        };
        if let Some(entry) = self.units.entry(id.index()) {
            escargo_lower::number_local_types(&self.session.store, typed);
            self.session.store.pkg(typed.pkg).set_link_path(typed.path);
            let Some(summary) = self.known(package, &|known| entry.summary(known, typed)) else {
                let problem = "what is kept of it does not fit its source".to_owned();
                return (PackageOutcome::Crashed(problem), Said::default());
            };
            self.packages.summarize(id, summary);
            publish();
            return (PackageOutcome::Clean, Said::default());
        }
        let flags = self.flags(package);
        let imports = package.imports.iter().filter_map(|i| self.types_of(i.package?)).collect();
        let view = View { packages: &self.packages, imports };
        let asm = self.units.sources[id.index()].asm.symbols(&self.session.target.asm_defines());
        if let Some(wanted) = self.options.collect {
            let facts = compile::collect(
                self.session,
                typed,
                &view,
                &asm,
                &flags,
                &self.spare,
                wanted(id),
                |summary| {
                    self.packages.summarize(id, summary);
                    publish();
                },
            );
            self.observer.facts(id, facts);
            return (PackageOutcome::Clean, Said::default());
        }
        let compiled = compile::compile(self.session, typed, &view, &asm, &flags, &self.spare, |summary| {
            self.packages.summarize(id, summary);
            publish();
        });
        let summary = self.packages.summary(id).filter(|_| self.units.is_kept(id.index()));
        let entry = summary.and_then(|summary| {
            self.known(package, &|known| Entry::new(known, typed, summary, &compiled.draft))
        });
        let to_keep = entry.map(|(entry, text)| (Arc::new(entry), text));
        let entry = to_keep.as_ref().map(|(entry, _)| entry.clone());
        let written = flags
            .json_dir
            .as_deref()
            .map(|dir| optlog::write(&*self.session.system, dir, compiler_path(package), &compiled.log));
        let log_error = written.and_then(Result::err);
        (PackageOutcome::Clean, Said { draft: compiled.draft, entry, to_keep, log_error })
    }

    /// Keeps what was found of a package that was compiled.
    fn keep(&self, id: PackageId, entry: &Entry, text: &[String]) {
        let (package, typed) = (&self.graph.packages[id], self.packages.typed(id));
        if let Some(typed) = typed {
            let outline = self.known(package, &|known| entry.outline(known, typed));
            self.units.keep(id.index(), &package.import_path, (entry, &outline), text);
        }
    }

    fn known<T>(&self, package: &Package, f: &dyn Fn(&Known<'_>) -> T) -> T {
        let typed = |path: &str| {
            let id = self.units.by_path.get(path)?;
            self.packages.typed(*id)
        };
        let owner = |file| {
            let (id, number) = self.packages.owner(file)?;
            Some((self.graph.packages[id].path.as_str(), number))
        };
        let imported = |path: &str| imported_name(self.graph, package, path);
        f(&Known { session: self.session, typed: &typed, owner: &owner, imported: &imported })
    }

    /// Hands what was found of a package to the observer, with the names that files have here. False if its text is kept
    /// and cannot be had: then all ends, to be begun again.
    fn tell(&self, id: PackageId, outcome: PackageOutcome, said: Said) -> bool {
        let dir = self.graph.packages[id].dir.as_path();
        let entry = self.units.entry(id.index()).filter(|_| matches!(outcome, PackageOutcome::Clean));
        let has_text = entry.is_some() && self.units.has_text(id.index());
        let kept_text = if has_text { self.units.text(id.index()) } else { None };
        if has_text && kept_text.is_none() {
            self.lost.lock().push(id.index());
            self.incomplete.store(true, Ordering::Relaxed);
            return false;
        }
        let unit = entry.or(said.entry.as_deref()).and_then(|entry| self.unit_text(id, entry));
        let room = RefCell::new(self.spare.printing());
        let print = |out: &mut dyn FnMut(&str)| match (&unit, &kept_text) {
            (Some(unit), Some(text)) => unit.print(draft::chunks(text), &mut room.borrow_mut(), out),
            _ => {
                let name = |mark: Mark| self.name_of(mark, dir);
                let dirs = (dir, &*self.options.cwd);
                output::print(said.draft.chunks(), dirs, name, &mut room.borrow_mut(), out);
            }
        };
        let here = PackageText {
            is_empty: if entry.is_some() { !has_text } else { said.draft.is_empty() },
            // What is no text cannot be kept.
            kept: unit.clone().filter(|_| dir.to_str().is_some() && self.options.cwd.to_str().is_some()),
            log_error: said.log_error,
            print: &print,
        };
        self.observer.package(id, outcome, &here);
        said.draft.into_chunks().into_iter().for_each(|chunk| self.spare.give_text(chunk));
        true
    }

    /// How the text that is kept of a package can be printed here.
    fn unit_text(&self, id: PackageId, entry: &Entry) -> Option<UnitText> {
        let dir = self.graph.packages[id].dir.as_path();
        let name = |file: &FileEntry| self.shortened(self.file_path(file).unwrap_or_default(), dir);
        let files = entry.files.iter().map(name).collect();
        let dirs = (dir.to_string_lossy().into_owned(), self.options.cwd.to_string_lossy().into_owned());
        Some(UnitText { key: self.units.key(id.index())?, dirs, files })
    }

    /// What the text of a package in `dir` calls the file that a mark stands for.
    fn name_of(&self, mark: Mark, dir: &Path) -> String {
        let file = mark.file_name(self.session.model.lowering.line_names);
        self.shortened(file.path(&self.session.sources).into_owned(), dir)
    }

    fn shortened(&self, path: String, dir: &Path) -> String {
        escargo_report::paths::shorten(&path, dir, &self.options.cwd).into_owned()
    }

    /// What messages call a file that an entry names.
    fn file_path(&self, file: &FileEntry) -> Option<String> {
        let package = &self.graph.packages[*self.units.by_path.get(file.package.as_str())?];
        let source = package.go_files.get(file.file as usize)?;
        let path = match self.options.trimpath {
            true => PathBuf::from(format!("{}/{}", self.trimmed_dir(package), source.name)),
            false => package.file_path(source),
        };
        let rule = self.session.model.lowering.line_names;
        Some(match &file.given {
            Some(name) => given_path(rule, &path, name).into_owned(),
            None => path.to_string_lossy().into_owned(),
        })
    }

    /// Calls the files of a package as `go build -trimpath` does.
    fn trim_paths(&self, package: &Package, parsed: &ParsedPackage) {
        let dir = self.trimmed_dir(package);
        for file in &parsed.files {
            let file = self.session.sources.file(file.id);
            if let Some(name) = file.path.file_name() {
                file.show_as(PathBuf::from(format!("{dir}/{}", name.to_string_lossy())));
            }
        }
    }

    /// The directory of a package as `-trimpath` has it (`cmd/go/internal/work/gc.go`, trimpath).
    fn trimmed_dir(&self, package: &Package) -> String {
        match package.module.map(|id| &self.graph.modules[id]) {
            _ if package.from_files => ".".to_owned(),
            Some(module) if !module.version.is_empty() => {
                let rest = package.path.strip_prefix(&module.path).unwrap_or_default();
                format!("{}@{}{rest}", module.path, module.version)
            }
            _ => package.path.clone(),
        }
    }

    fn flags(&self, package: &Package) -> PackageFlags {
        flags_of(self.options, package)
    }
}

/// The flags that the user gives a package, and those that the go command adds.
fn flags_of(options: &BuildOptions<'_>, package: &Package) -> PackageFlags {
    let mut flags = options.gcflags.of(package);
    let standing = Standing::of(package);
    flags.compiler.std |= standing.std;
    flags.compiler.runtime |= standing.runtime;
    if flags.compiler.runtime {
        flags.compiler.ignore_for_runtime();
    }
    flags
}

/// Import path of a package as the compiler is given it.
fn compiler_path(package: &Package) -> &str {
    if package.name == "main" { "main" } else { &package.path }
}

/// What has been found of packages whose turn to be told has not come.
struct Results {
    waiting: Vec<Mutex<Option<(PackageOutcome, Said)>>>,
    /// The package whose turn it is. Who holds this tells.
    next: Mutex<usize>,
}

impl Results {
    fn new(packages: usize, next: usize) -> Results {
        Results { waiting: (0..packages).map(|_| Mutex::new(None)).collect(), next: Mutex::new(next) }
    }

    fn put(&self, package: usize, result: (PackageOutcome, Said)) {
        *self.waiting[package].lock() = Some(result);
    }

    /// Tells the one whose turn it is; false if it is not there yet, another thread is about it, or it cannot be told.
    fn hand_over(&self, tell: &dyn Fn(PackageId, PackageOutcome, Said) -> bool) -> bool {
        let Some(mut next) = self.next.try_lock() else { return false };
        let Some((outcome, said)) = self.waiting.get(*next).and_then(|result| result.lock().take()) else {
            return false;
        };
        let told = tell(PackageId::from_index(*next), outcome, said);
        *next += usize::from(told);
        told
    }

    /// All threads are done: packages that nothing has been found of were skipped.
    fn complete(&self) {
        for result in self.waiting.iter().skip(*self.next.lock()) {
            result.lock().get_or_insert((PackageOutcome::Skipped, Said::default()));
        }
    }
}

/// Compiles all packages of a graph; the observer gets the results. Import paths of packages whose kept results
/// differ from new ones.
pub fn build(
    session: &Session,
    graph: &PackageGraph,
    options: &BuildOptions<'_>,
    observer: &dyn BuildObserver,
) -> Vec<String> {
    let mut units = Units::new(session, graph, options, &|package| flags_of(options, package));
    let mut outlines = Outlines::new(session, graph, &units);
    let mut told = 0;
    loop {
        let run = Run {
            session,
            graph,
            options,
            observer,
            packages: Packages::new(graph.packages.len(), session.store.universe().unsafe_pkg),
            results: Results::new(graph.packages.len(), told),
            spare: Spare::new(units.largest(graph)),
            units: &units,
            outlines,
            incomplete: AtomicBool::new(false),
            lost: Mutex::default(),
            done: AtomicUsize::new(0),
        };
        schedule::run(&run, &dependencies(graph), options.threads);
        if !run.incomplete.load(Ordering::Relaxed) {
            run.results.complete();
            while run.spare() {}
        }
        let incomplete = run.incomplete.load(Ordering::Relaxed);
        told = *run.results.next.lock();
        let lost = run.lost.into_inner();
        // The process ends soon: the system takes memory back faster.
        std::mem::forget((run.packages, run.spare, run.outlines));
        if !incomplete {
            return units.finish();
        }
        outlines = Outlines::default();
        units.forget(graph, &lost);
    }
}
