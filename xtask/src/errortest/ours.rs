//! Runs the type checker on cases of the Go project's own tests, set up as the Go project does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use escargo_base::{FileId, Id, Pos, SourceMap, Symbol};
use escargo_check::{
    CheckFile, CompilerRules, Config as CheckConfig, ImportError, Importer, check_checked_types,
    check_declarations, check_directives,
};
use escargo_dialect::{CompilerModel, Experiments, GoVersion, Target};
use escargo_driver::{PackageOutcome, Session, TypecheckOptions, typecheck};
use escargo_load::header::{BuildLine, build_line};
use escargo_syntax::{ParseOptions, Tree, parse};
use escargo_types::sizes::Sizes;
use escargo_types::{Package, PkgId};
use rustc_hash::FxHashMap;

use super::types_tests::{Case, Found, flags, takes_part};
use crate::oracle::golist::Query;
use crate::oracle::ours;
use crate::sdk::Sdk;

/// The checker with the packages that the tests import.
pub struct Harness {
    session: Session,
    toolchain: GoVersion,
    target: Target,
    imports: FxHashMap<String, PkgId>,
}

/// How files are checked.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Language version; none allows everything.
    pub lang: Option<String>,
    /// Experiments, as GOEXPERIMENT lists them.
    pub goexperiment: String,
    /// Whether `import "C"` gives an empty package that has every name.
    pub fake_import_c: bool,
    /// As the compiler does it: jumps are checked by the parser, and syntax errors end everything.
    pub as_compiler: bool,
    /// Whether the package is compiled with the runtime's rules.
    pub runtime: bool,
}

struct CaseFile {
    id: FileId,
    text: Arc<[u8]>,
    tree: Tree,
    min_go: Option<u32>,
}

impl Harness {
    /// Loads and checks all of std, so that every case finds what it imports.
    pub fn new(sdk: &Sdk) -> Result<Harness> {
        let query = Query { patterns: vec!["std".to_owned()], ..Query::default() };
        let graph = ours::load(sdk, &query)?;
        let toolchain = GoVersion::parse(&format!("go{}", sdk.version)).context("the SDK's release")?;
        let target = Target::new("linux", "amd64");
        let experiments = Experiments::parse(toolchain, &target, "").map_err(|e| anyhow!(e))?;
        let session = Session::new(ours::system(sdk, &query)?, toolchain, target.clone(), experiments);
        let outcome = typecheck(&session, &graph, TypecheckOptions { threads: 2 }, &());
        let mut imports = FxHashMap::default();
        for (i, package) in outcome.packages.iter().enumerate() {
            let known = &graph.packages[escargo_load::PackageId::from_index(i)];
            if let (PackageOutcome::Clean, Some(pkg)) = (package, outcome.types[i]) {
                imports.insert(known.path.clone(), pkg);
            }
        }
        Ok(Harness { session, toolchain, target, imports })
    }

    /// The errors of a case of the type checker's own tests, in the order found; `None` if none of its files
    /// takes part.
    pub fn run(&self, case: &Case) -> Result<Option<Vec<Found>>> {
        let first = std::fs::read(&case.files[0]).with_context(|| case.files[0].display().to_string())?;
        let flags = flags(&String::from_utf8_lossy(&first)).map_err(|e| anyhow!("{}: {e}", case.name))?;
        let setup = Setup {
            lang: flags.lang,
            goexperiment: flags.goexperiment,
            fake_import_c: flags.fake_import_c,
            ..Setup::default()
        };
        self.check(&case.files, &setup)
    }

    /// The errors of files that make a package, in the order found; `None` if none of them takes part.
    pub fn check(&self, paths: &[PathBuf], setup: &Setup) -> Result<Option<Vec<Found>>> {
        let experiments = Experiments::parse(self.toolchain, &self.target, &setup.goexperiment)
            .map_err(|e| anyhow!("GOEXPERIMENT: {e}"))?;
        let files = self.parse(paths, setup.as_compiler)?;
        if files.is_empty() {
            return Ok(None);
        }
        let model = CompilerModel::for_toolchain(self.toolchain);
        let lang = setup.lang.as_deref().map(|l| GoVersion::parse(l).context("-lang")).transpose()?;
        let lang_of = |min_go: Option<u32>| {
            model.lang_set(model.file_version(lang, min_go.map(GoVersion::language)), &experiments)
        };
        let mut found: Vec<Found> = Vec::new();
        for file in &files {
            for error in &file.tree.errors {
                let mut message = error.message.clone();
                if let Some(at) = error.at {
                    message.push_str(&self.place(Pos::new(file.id, at)));
                }
                found.push(self.found(Pos::new(file.id, error.pos), message, setup.as_compiler));
            }
        }
        if setup.as_compiler && !found.is_empty() {
            return Ok(Some(found));
        }
        let check_files: Vec<CheckFile<'_>> = files
            .iter()
            .map(|f| CheckFile { id: f.id, tree: &f.tree, src: &f.text, lang: lang_of(f.min_go) })
            .collect();
        let config = CheckConfig {
            sources: self.session.sources.clone(),
            sizes: Sizes { word: 8, max_align: 8 },
            lang: lang_of(None),
            fake_import_c: setup.fake_import_c,
            uses_cgo: false,
            extent: escargo_check::Extent::All,
            ignore_branch_errors: setup.as_compiler,
            ignore_unused_imports: false,
            test_builtins: !setup.as_compiler,
        };
        let path = files[0].tree.package.map_or(Symbol::intern("p"), |id| files[0].tree.name(id));
        let store = &self.session.store;
        let mut checked = escargo_check::check_package(store, &config, path, &check_files, self);
        let mut errors = Vec::new();
        let rules = CompilerRules {
            std: false,
            runtime: setup.runtime,
            complete: false,
            wasm: false,
            aix: false,
            field_track: experiments.is_enabled("fieldtrack"),
            lang: config.lang,
        };
        if setup.as_compiler {
            errors.extend(check_files.iter().flat_map(|f| check_directives(f, &rules, false)));
        }
        errors.append(&mut checked.errors);
        if setup.as_compiler && errors.is_empty() {
            errors = check_checked_types(store, &check_files, &checked);
        }
        if setup.as_compiler && errors.is_empty() {
            errors = check_declarations(store, &check_files, &checked, &rules);
        }
        for error in errors {
            let mut message = error.message;
            for label in &error.labels {
                message.push_str("\n\t");
                if label.span.start.is_known() {
                    message.push_str(&format!("{}: ", self.place(label.span.start)));
                }
                message.push_str(&label.message);
            }
            found.push(self.found(error.span.start, message, setup.as_compiler));
        }
        Ok(Some(found))
    }

    fn parse(&self, paths: &[PathBuf], check_branches: bool) -> Result<Vec<CaseFile>> {
        let mut files = Vec::new();
        for path in paths {
            let text: Arc<[u8]> = std::fs::read(path).with_context(|| path.display().to_string())?.into();
            let holds = |line: &str| {
                let constraint = escargo_load::constraint::Constraint::parse(
                    escargo_load::constraint::go_build_text(line)?,
                )
                .ok()?;
                Some(constraint.eval(|tag| self.tag_holds(tag)))
            };
            if !takes_part(&String::from_utf8_lossy(&text), holds) {
                continue;
            }
            let min_go = match build_line(&text).0 {
                Ok(BuildLine::Go(constraint)) => constraint.min_go_minor(),
                _ => None,
            };
            let sources: &SourceMap = &self.session.sources;
            let id = sources.add(path.clone(), text.clone());
            let options = ParseOptions { comments: false, check_branches, imports_only: false };
            let mut tree = parse(&text, options);
            sources.file(id).set_line_directives(std::mem::take(&mut tree.line_directives));
            files.push(CaseFile { id, text, tree, min_go });
        }
        Ok(files)
    }

    fn tag_holds(&self, tag: &str) -> bool {
        tag == "linux" || tag == "amd64" || escargo_dialect::target::has_release_tag(self.toolchain, tag)
    }

    /// An error at a position; `renamed` if line directives have a say.
    fn found(&self, pos: Pos, message: String, renamed: bool) -> Found {
        let sources = &self.session.sources;
        let position = match pos.file {
            Some(_) if renamed => sources.position(pos),
            Some(id) => Some(sources.file(id).physical_position(pos.offset)),
            None => None,
        };
        match position {
            Some(p) => {
                Found { file: shown(&p.file), line: p.line, column: p.column.unwrap_or_default(), message }
            }
            None => Found { file: String::new(), line: 0, column: 0, message },
        }
    }

    fn place(&self, pos: Pos) -> String {
        let found = self.found(pos, String::new(), false);
        format!("{}:{}:{}", found.file, found.line, found.column)
    }
}

impl Importer for Harness {
    fn import(&self, path: &str) -> Result<PkgId, ImportError> {
        let store = &self.session.store;
        if path == "unsafe" {
            return Ok(store.universe().unsafe_pkg);
        }
        if path == "C" {
            let name = Symbol::intern("C");
            return Ok(store.new_package(Package::new(name, Some(name), true)));
        }
        let unknown = || ImportError { message: format!("package {path} is not in std") };
        self.imports.get(path).copied().ok_or_else(unknown)
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
