//! Checking Go source given as text.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::path::PathBuf;
use std::sync::Arc;

use escargo_base::{SourceMap, Symbol};
use escargo_check::{CheckFile, Checked, Config, ImportError, Importer};
use escargo_dialect::{GoVersion, LangSet};
use escargo_syntax::{ParseOptions, Tree, parse};
use escargo_types::sizes::Sizes;
use escargo_types::{Package, PkgId, TypeStore};

/// Knows package unsafe; any other package is there but empty, and nothing is said about what is not found in it.
struct FakeImporter<'a>(&'a TypeStore);

impl Importer for FakeImporter<'_> {
    fn import(&self, path: &str) -> Result<PkgId, ImportError> {
        if path == "unsafe" {
            return Ok(self.0.universe().unsafe_pkg);
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let package = Package::new(Symbol::intern(path), Some(Symbol::intern(name)), true);
        package.mark_complete();
        Ok(self.0.new_package(package))
    }
}

/// A package checked from one text, with all that its results refer to.
pub(crate) struct Source {
    pub(crate) store: TypeStore,
    pub(crate) sources: Arc<SourceMap>,
    pub(crate) tree: Tree,
    pub(crate) checked: Checked,
}

/// Checks `src`, a whole file, as linux/amd64 does. `lang` is a language version such as `go1.21`; empty for no limit.
/// Branches are checked by the type checker, and the functions `assert` and `trace` exist.
pub(crate) fn check(src: &str, lang: &str) -> Source {
    let store = TypeStore::new();
    let sources = Arc::new(SourceMap::new());
    let id = sources.add(PathBuf::from("p.go"), src.as_bytes().into());
    let tree = parse(src.as_bytes(), ParseOptions::default());
    let version = GoVersion::parse(lang);
    let lang = version.map_or_else(LangSet::unrestricted, LangSet::for_version);
    let config = Config {
        sources: sources.clone(),
        sizes: Sizes { word: 8, max_align: 8 },
        lang,
        fake_import_c: false,
        uses_cgo: false,
        extent: escargo_check::Extent::All,
        ignore_branch_errors: false,
        ignore_unused_imports: false,
        test_builtins: true,
    };
    let files = [CheckFile { id, tree: &tree, src: src.as_bytes(), lang }];
    let path = Symbol::intern("p");
    let checked = escargo_check::check_package(&store, &config, path, &files, &FakeImporter(&store));
    Source { store, sources, tree, checked }
}

/// The errors of a file as `line:column: message`, syntax errors first. Further lines of a message are
/// joined as the compiler prints them: after a newline and a tab, with their place if they have one.
pub(crate) fn check_source(src: &str, lang: &str) -> Vec<String> {
    let source = check(src, lang);
    let file = source.sources.file(escargo_base::Id::from_index(0));
    let place = |offset: u32| {
        let (line, column) = file.lines().line_column(offset);
        format!("{line}:{column}: ")
    };
    let mut errors: Vec<String> =
        source.tree.errors.iter().map(|e| format!("{}{}", place(e.pos), e.message)).collect();
    for error in &source.checked.errors {
        let mut text = format!("{}{}", place(error.span.start.offset), error.message);
        for label in &error.labels {
            let at = if label.span.start.is_known() { place(label.span.start.offset) } else { String::new() };
            text.push_str(&format!("\n\t{at}{}", label.message));
        }
        errors.push(text);
    }
    errors
}

/// As [`check_source`] for statements: they are the body of a function in package `p`, from line 2 on.
pub(crate) fn check_body(body: &str) -> Vec<String> {
    check_source(&format!("package p; func _() {{\n{body}\n}}"), "")
}
