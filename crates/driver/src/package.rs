//! One package: its files read and parsed, then checked against the packages it imports.

use std::path::PathBuf;
use std::sync::Arc;

use escargo_base::{CancelToken, Diagnostic, FileId, SourceMap, Symbol, System};
use escargo_check::needs::FilePart;
use escargo_check::{
    CheckFile, Checked, CompilerRules, Config as CheckConfig, Extent, ImportError, Importer, Part,
    check_checked_types, check_declarations, check_directives,
};
use escargo_dialect::special::{has_supplied_bodies, is_runtime_package};
use escargo_dialect::{CompilerModel, Experiments, GoVersion, LangSet, Target};
use escargo_load::graph::{Package, PackageGraph, PackageId};
use escargo_report::{PackageErrors, VersionHint};
use escargo_syntax::{ParseOptions, SyntaxError, Tree, Wanted, parse, parse_outline};
use escargo_types::sizes::Sizes;
use escargo_types::{PkgId, TypeStore};

use crate::stats::{Stage, Stats};

/// What a package may do that others may not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// `-std`: it belongs to the standard library.
    pub(crate) std: bool,
    /// `-+`: it belongs to the run time.
    pub(crate) runtime: bool,
}

impl Standing {
    /// The flags that the go command gives a package.
    pub(crate) fn of(package: &Package) -> Standing {
        Standing { std: package.standard, runtime: package.standard && is_runtime_package(&package.path) }
    }
}

/// What all packages of a run share.
#[derive(Debug)]
pub struct Session {
    /// Files, environment, clock.
    pub system: Arc<dyn System>,
    /// All files read so far.
    pub sources: Arc<SourceMap>,
    /// All types.
    pub store: TypeStore,
    /// How the imitated release behaves.
    pub model: CompilerModel,
    /// Experiments in force.
    pub experiments: Experiments,
    /// What is compiled for.
    pub target: Target,
    /// Counters.
    pub stats: Stats,
    /// Asks everything to stop.
    pub cancel: CancelToken,
}

/// A file read and parsed.
#[derive(Debug)]
pub(crate) struct ParsedFile {
    pub(crate) id: FileId,
    pub(crate) text: Arc<[u8]>,
    pub(crate) tree: Tree,
    pub(crate) lang: LangSet,
    hint: String,
}

/// The first half of a package's work.
#[derive(Debug)]
pub(crate) struct ParsedPackage {
    pub(crate) files: Vec<ParsedFile>,
    /// Files that could not be read, with the system's words.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
    lang: LangSet,
}

impl ParsedPackage {
    fn check_files(&self) -> Vec<CheckFile<'_>> {
        let files = self.files.iter();
        files.map(|f| CheckFile { id: f.id, tree: &f.tree, src: &f.text, lang: f.lang }).collect()
    }
}

/// What is wanted of a package of which not all is read.
pub(crate) struct OutlineOf<'w> {
    /// Functions, by number of the file and place in it, whose bodies are wanted.
    pub(crate) body: &'w dyn Fn(usize, usize) -> bool,
    /// By file, which declarations are; all of those that are not in the list.
    pub(crate) files: &'w [FilePart],
}

/// The second half.
#[derive(Debug)]
pub struct CheckedPackage {
    /// The package in the type store.
    pub pkg: PkgId,
    /// What is wrong with it.
    pub errors: PackageErrors,
}

impl Session {
    /// A session for a release and target.
    pub fn new(
        system: Arc<dyn System>,
        toolchain: GoVersion,
        target: Target,
        experiments: Experiments,
    ) -> Session {
        Session {
            system,
            sources: Arc::new(SourceMap::new()),
            store: TypeStore::new(),
            model: CompilerModel::for_toolchain(toolchain),
            experiments,
            target,
            stats: Stats::default(),
            cancel: CancelToken::new(),
        }
    }

    /// Reads and parses the files of a package.
    pub(crate) fn parse_package(&self, package: &Package) -> ParsedPackage {
        self.parse_texts(package, &[], None)
    }

    /// The same with texts that have been read already, by number of the file, and perhaps for declarations alone.
    pub(crate) fn parse_texts(
        &self,
        package: &Package,
        texts: &[Option<Arc<[u8]>>],
        outline: Option<&OutlineOf<'_>>,
    ) -> ParsedPackage {
        let lang = self.package_version(package);
        let mut parsed = ParsedPackage {
            files: Vec::with_capacity(package.go_files.len()),
            unreadable: Vec::new(),
            lang: self.model.lang_set(Some(lang), &self.experiments),
        };
        for (number, file) in package.go_files.iter().enumerate() {
            let path = package.file_path(file);
            let part = outline.and_then(|outline| outline.files.get(number));
            if let Some(&FilePart::Nothing(decls)) = part {
                let file = self.parsed_file(path, Arc::default(), Tree::skipped(decls), file.min_go, lang);
                parsed.files.push(file);
                continue;
            }
            let read = texts.get(number).and_then(Option::as_ref);
            let text = match read.or(file.text.as_ref()) {
                Some(text) => text.clone(),
                None => match self.stats.time(Stage::Read, || self.system.read(&path)) {
                    Ok(text) => text.into(),
                    Err(e) => {
                        parsed.unreadable.push((path, e.to_string()));
                        continue;
                    }
                },
            };
            let options = ParseOptions { comments: false, check_branches: true, imports_only: false };
            let tree = self.stats.time(Stage::Parse, || match outline {
                Some(outline) => {
                    let body = |place| (outline.body)(number, place);
                    let skip = match part {
                        Some(FilePart::Without(skip)) => skip.as_slice(),
                        _ => &[],
                    };
                    parse_outline(&text, options, Wanted { body: &body, skip })
                }
                None => parse(&text, options),
            });
            parsed.files.push(self.parsed_file(path, text, tree, file.min_go, lang));
        }
        parsed
    }

    fn parsed_file(
        &self,
        path: PathBuf,
        text: Arc<[u8]>,
        mut tree: Tree,
        min_go: Option<u32>,
        lang: GoVersion,
    ) -> ParsedFile {
        let id = self.sources.add(path, text.clone());
        self.sources.file(id).set_line_directives(std::mem::take(&mut tree.line_directives));
        self.stats.count_file(&text, tree.heap_bytes());
        let constraint = min_go.map(GoVersion::language);
        let version = self.model.file_version(Some(lang), constraint);
        ParsedFile {
            id,
            text,
            tree,
            lang: self.model.lang_set(version, &self.experiments),
            hint: self.model.hint_after_version_error(Some(lang), constraint),
        }
    }

    /// The language version that the compiler is given for a package.
    fn package_version(&self, package: &Package) -> GoVersion {
        let own = || self.model.own_language();
        package.go_version.as_deref().and_then(GoVersion::parse).map_or_else(own, GoVersion::lang)
    }

    /// Checks a parsed package. `types_of` gives the types of packages that were checked before.
    pub(crate) fn check_package(
        &self,
        graph: &PackageGraph,
        package: &Package,
        parsed: &ParsedPackage,
        standing: Standing,
        types_of: &(dyn Fn(PackageId) -> Option<PkgId> + Sync),
    ) -> (Option<Checked>, PackageErrors) {
        let mut errors = PackageErrors {
            description: description(package),
            columns: true,
            dir: package.dir.clone(),
            hints: parsed.files.iter().map(|f| VersionHint { file: f.id, text: f.hint.clone() }).collect(),
            syntax: Vec::new(),
            types: Vec::new(),
        };
        errors.syntax = parsed
            .files
            .iter()
            .filter(|f| !f.tree.errors.is_empty())
            .map(|f| (f.id, f.tree.errors.clone()))
            .collect();
        // Other errors of the parser, such as misused labels, do not keep the compiler from checking types.
        let unreadable = errors.syntax.iter().flat_map(|(_, list)| list).any(SyntaxError::is_fatal);
        if unreadable || parsed.files.is_empty() {
            return (None, errors);
        }
        let files = parsed.check_files();
        let importer = GraphImporter { session: self, graph, package, types_of };
        let config = self.check_config(parsed.lang, Extent::All);
        let mut checked = self.stats.time(Stage::Check, || {
            escargo_check::check_package(
                &self.store,
                &config,
                Symbol::intern(&package.path),
                &files,
                &importer,
            )
        });
        let parsed_well = errors.syntax.is_empty();
        let rules = self.compiler_rules(package, standing, parsed.lang);
        errors.types = self.check_as_compiler(&rules, &files, &mut checked, parsed_well);
        (Some(checked), errors)
    }

    /// Checks a part of a parsed package that is known to have no errors.
    pub(crate) fn check_again(
        &self,
        graph: &PackageGraph,
        package: &Package,
        parsed: &ParsedPackage,
        part: Part,
        types_of: &(dyn Fn(PackageId) -> Option<PkgId> + Sync),
    ) -> Checked {
        let importer = GraphImporter { session: self, graph, package, types_of };
        let config = self.check_config(parsed.lang, Extent::Part(part));
        let path = Symbol::intern(&package.path);
        let checked = self.stats.time(Stage::Check, || {
            escargo_check::check_package(&self.store, &config, path, &parsed.check_files(), &importer)
        });
        // Perhaps no package clause has been read.
        self.store.pkg(checked.pkg).set_name(Symbol::intern(&package.name));
        checked
    }

    /// All that the compiler finds wrong with a parsed package, in its rounds: each takes place only if the ones
    /// before found nothing.
    fn check_as_compiler(
        &self,
        rules: &CompilerRules,
        files: &[CheckFile<'_>],
        checked: &mut Checked,
        parsed_well: bool,
    ) -> Vec<Diagnostic> {
        let mut errors: Vec<Diagnostic> =
            files.iter().flat_map(|f| check_directives(f, rules, false)).collect();
        errors.append(&mut checked.errors);
        if errors.is_empty() && parsed_well {
            errors = check_checked_types(&self.store, files, checked);
        }
        if errors.is_empty() && parsed_well {
            errors = check_declarations(&self.store, files, checked, rules);
        }
        errors
    }

    fn compiler_rules(&self, package: &Package, standing: Standing, lang: LangSet) -> CompilerRules {
        let other = &package.scan.other;
        let foreign =
            [&other.c, &other.cxx, &other.m, &other.f, &other.s, &other.swig, &other.swig_cxx, &other.syso];
        let supplied = package.standard && has_supplied_bodies(&package.path);
        CompilerRules {
            std: standing.std,
            runtime: standing.runtime,
            complete: package.cgo_files.is_empty() && foreign.iter().all(|list| list.is_empty()) && !supplied,
            wasm: self.target.goarch() == "wasm",
            aix: self.target.goos() == "aix",
            field_track: self.experiments.is_enabled("fieldtrack"),
            lang,
        }
    }

    fn check_config(&self, lang: LangSet, extent: Extent) -> CheckConfig {
        let sizes = self.target.sizes();
        CheckConfig {
            sources: self.sources.clone(),
            sizes: Sizes { word: sizes.word.into(), max_align: sizes.max_align.into() },
            lang,
            fake_import_c: false,
            uses_cgo: false,
            extent,
            ignore_branch_errors: true,
            ignore_unused_imports: false,
            test_builtins: false,
        }
    }
}

/// What the go command calls a package in headers.
pub fn description(package: &Package) -> String {
    if package.from_files { "command-line-arguments".to_owned() } else { package.import_path.clone() }
}

struct GraphImporter<'s> {
    session: &'s Session,
    graph: &'s PackageGraph,
    package: &'s Package,
    types_of: &'s (dyn Fn(PackageId) -> Option<PkgId> + Sync),
}

impl Importer for GraphImporter<'_> {
    fn import(&self, path: &str) -> Result<PkgId, ImportError> {
        if path == "unsafe" {
            return Ok(self.session.store.universe().unsafe_pkg);
        }
        let found = self.package.import(path);
        found.and_then(self.types_of).ok_or_else(|| {
            let known = found.map(|id| &self.graph.packages[id]);
            let message = match known {
                Some(package) => format!("package {} has errors", package.import_path),
                None => format!("could not find package {path}"),
            };
            ImportError { message }
        })
    }
}
