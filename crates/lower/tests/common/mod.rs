//! Lowering a package of one file that imports nothing.

use std::path::PathBuf;
use std::sync::Arc;

use escargo_base::{SourceMap, Symbol};
use escargo_check::{CheckFile, Config, Extent, ImportError, Importer, check_package};
use escargo_dialect::{CompilerModel, GoVersion, LangSet, Target};
use escargo_ir::{CompilerFlags, Context, Unit};
use escargo_lower::{Lowerer, Summary, TypedFile, TypedPackage, World};
use escargo_syntax::{ParseOptions, parse};
use escargo_types::sizes::Sizes;
use escargo_types::{PkgId, TypeStore};

struct NoImports;

impl Importer for NoImports {
    fn import(&self, path: &str) -> Result<PkgId, ImportError> {
        Err(ImportError { message: format!("{path}: not found") })
    }
}

struct Alone<'a>(&'a TypedPackage, Summary);

impl World for Alone<'_> {
    fn typed(&self, _: PkgId) -> &TypedPackage {
        self.0
    }
    fn summary(&self, _: PkgId) -> &Summary {
        &self.1
    }
    fn imports(&self) -> &[PkgId] {
        &[]
    }
}

/// Lowers the package whose file holds `src` behind its package clause, and lets `look` see what came of it.
pub(crate) fn lowered<T>(src: &str, look: impl FnOnce(&Context<'_>, &Unit) -> T) -> T {
    let src = format!("package p\n{src}");
    let store = TypeStore::new();
    let sources = Arc::new(SourceMap::new());
    let id = sources.add(PathBuf::from("p.go"), src.as_bytes().into());
    let tree = parse(src.as_bytes(), ParseOptions::default());
    assert!(tree.errors.is_empty(), "{:?}", tree.errors);
    let lang = LangSet::unrestricted();
    let sizes = Sizes { word: 8, max_align: 8 };
    let config = Config {
        sources: Arc::clone(&sources),
        sizes,
        lang,
        fake_import_c: false,
        uses_cgo: false,
        extent: Extent::All,
        ignore_branch_errors: true,
        ignore_unused_imports: false,
        test_builtins: false,
    };
    let files = [CheckFile { id, tree: &tree, src: src.as_bytes(), lang }];
    let checked = check_package(&store, &config, Symbol::intern("p"), &files, &NoImports);
    assert!(checked.errors.is_empty(), "{:?}", checked.errors);
    let file = TypedFile { id, tree, text: src.as_bytes().into(), lang };
    let package = TypedPackage::new(checked.pkg, Symbol::intern("p"), vec![file], checked.info);
    let toolchain = GoVersion::parse("go1.27.3").expect("a version");
    let model = CompilerModel::for_toolchain(toolchain);
    let (target, flags) = (Target::new("linux", "amd64"), CompilerFlags::default());
    let cx =
        Context { store: &store, sizes, sources: &sources, model: &model, target: &target, flags: &flags };
    let world = Alone(&package, Summary::default());
    let mut lowerer = Lowerer::new(cx, &world, &package, Unit::new(package.pkg));
    lowerer.run();
    look(&cx, &lowerer.unit)
}
