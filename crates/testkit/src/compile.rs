//! Compiling a package that imports nothing as far as escape analysis, without an SDK.

use std::path::PathBuf;
use std::sync::Arc;

use escargo_base::{SourceMap, Symbol};
use escargo_check::{CheckFile, Config, Extent, ImportError, Importer, check_package};
use escargo_dialect::{CompilerModel, GoVersion, LangSet, Target};
use escargo_escape::Analysis;
use escargo_inline::Bodies;
use escargo_ir::{CompilerFlags, Context, FuncId, InlId, NodeId, Unit};
use escargo_lower::{Lowerer, Summary, TypedFile, TypedPackage, World};
use escargo_passes::{dead_locals, loopvar, static_init};
use escargo_syntax::{ParseOptions, parse};
use escargo_types::sizes::Sizes;
use escargo_types::{ObjId, PkgId, TypeId, TypeStore};

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

struct Copies<'l, 'w>(&'l mut Lowerer<'w>);

impl Bodies for Copies<'_, '_> {
    fn unit(&mut self) -> &mut Unit {
        &mut self.0.unit
    }
    fn unit_ref(&self) -> &Unit {
        &self.0.unit
    }
    fn has_body(&self, callee: FuncId) -> bool {
        self.0.has_body(callee)
    }
    fn expand(&mut self, caller: FuncId, call: NodeId, callee: FuncId, inl: InlId) -> NodeId {
        self.0.expand(caller, call, callee, inl)
    }
    fn take_read_instances(&mut self) -> Vec<FuncId> {
        self.0.take_new_instances()
    }
    fn was_read_first(&self, named: TypeId) -> bool {
        self.0.was_read_first(named)
    }
    fn method(&mut self, recv: TypeId, method: ObjId) -> FuncId {
        self.0.method(recv, method)
    }
}

/// Compiles files, given by name and text, as a release from 1.20 on does for linux/amd64, and lets `look` see the unit as
/// it is after escape analysis. Panics if there is an error.
pub fn compiled<T>(
    files: &[(String, String)],
    release: &str,
    look: impl FnOnce(&Context<'_>, &Unit, &Analysis) -> T,
) -> T {
    let (store, sources) = (TypeStore::new(), Arc::new(SourceMap::new()));
    let (lang, sizes) = (LangSet::unrestricted(), Sizes { word: 8, max_align: 8 });
    let files: Vec<TypedFile> = files
        .iter()
        .map(|(name, text)| {
            let id = sources.add(PathBuf::from(name), text.as_bytes().into());
            let tree = parse(text.as_bytes(), ParseOptions::default());
            assert!(tree.errors.is_empty(), "{name}: {:?}", tree.errors);
            TypedFile { id, tree, text: text.as_bytes().into(), lang }
        })
        .collect();
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
    let path = Symbol::intern("p");
    let to_check: Vec<CheckFile<'_>> =
        files.iter().map(|f| CheckFile { id: f.id, tree: &f.tree, src: &f.text, lang }).collect();
    let checked = check_package(&store, &config, path, &to_check, &NoImports);
    assert!(checked.errors.is_empty(), "{:?}", checked.errors);
    drop(to_check);
    let package = TypedPackage::new(checked.pkg, path, files, checked.info);
    let toolchain = GoVersion::parse(release).unwrap_or_else(|| panic!("{release} is no release"));
    let model = CompilerModel::for_toolchain(toolchain);
    let (target, flags) = (Target::new("linux", "amd64"), CompilerFlags::default());
    let cx =
        Context { store: &store, sizes, sources: &sources, model: &model, target: &target, flags: &flags };
    let world = Alone(&package, Summary::default());
    let mut lowerer = Lowerer::new(cx, &world, &package, Unit::new(package.pkg));
    let analysis = analyzed(&cx, &mut lowerer);
    look(&cx, &lowerer.unit, &analysis)
}

fn analyzed(cx: &Context<'_>, lowerer: &mut Lowerer<'_>) -> Analysis {
    lowerer.run();
    escargo_inline::inline_package(cx, &mut Copies(lowerer), &mut |_| {});
    lowerer.make_wrappers(&mut |lowerer, func| {
        escargo_inline::inline_wrapper(cx, &mut Copies(lowerer), func, &mut |_| {});
    });
    escargo_inline::devirtualize_package(cx, &mut Copies(lowerer), &mut |_| {});
    loopvar::run(cx, &mut lowerer.unit);
    let tables = static_init::run(cx, &mut lowerer.unit);
    lowerer.describe_tables(&tables);
    dead_locals::run(cx, &mut lowerer.unit);
    escargo_escape::analyze(cx, &mut lowerer.unit, &mut |_, _| {})
}
