//! Importers for tests that have no SDK at hand.

use std::path::PathBuf;
use std::sync::Arc;

use escargo_base::{SourceMap, Symbol};
use escargo_check::{CheckFile, Config, ImportError, Importer, check_package};
use escargo_dialect::LangSet;
use escargo_syntax::{ParseOptions, parse};
use escargo_types::sizes::Sizes;
use escargo_types::{Package, PkgId, TypeStore};

/// The packages that [`FewPackages`] knows besides `unsafe`: path and text.
pub const PACKAGES: [(&str, &str); 2] = [
    (
        "fmt",
        "package fmt\n\
         type Stringer interface{ String() string }\n\
         type State interface{ Write(b []byte) (n int, err error); Flag(c int) bool }\n\
         func Println(a ...any) (n int, err error) { return len(a), nil }\n\
         func Sprintf(format string, a ...any) string { return format }\n\
         func Errorf(format string, a ...any) error { return nil }\n\
         const Limit = 1 << 10\n\
         var Default Stringer\n",
    ),
    (
        "iter",
        "package iter\n\
         type Seq[V any] func(yield func(V) bool)\n\
         type Seq2[K, V any] func(yield func(K, V) bool)\n\
         type Set[T comparable] struct{ Items map[T]struct{}; next *Set[T] }\n\
         func (s *Set[T]) Add(t T) bool { _, had := s.Items[t]; s.Items[t] = struct{}{}; return had }\n\
         func (s *Set[T]) All() Seq[T] { return func(yield func(T) bool) { for t := range s.Items { yield(t) } } }\n\
         type Number interface{ ~int | ~int64 | ~float64 }\n\
         func Map[T, U any](s Seq[T], f func(T) U) Seq[U] { return nil }\n\
         func Sum[N Number](list ...N) (n N) { for _, x := range list { n += x }; return n }\n\
         type Embedded struct{ *Set[string]; Name string }\n",
    ),
];

/// A configuration for checking with everything the newest release allows, on a 64-bit machine.
pub fn config(sources: Arc<SourceMap>) -> Config {
    Config {
        sources,
        sizes: Sizes { word: 8, max_align: 8 },
        lang: LangSet::unrestricted(),
        fake_import_c: false,
        uses_cgo: false,
        extent: escargo_check::Extent::All,
        ignore_branch_errors: false,
        ignore_unused_imports: false,
        test_builtins: false,
    }
}

/// Knows `unsafe` and two small packages; everything else cannot be imported.
#[derive(Debug)]
pub struct FewPackages {
    unsafe_pkg: PkgId,
    known: [(&'static str, PkgId); 2],
}

impl FewPackages {
    /// Checks the packages into a store.
    ///
    /// # Panics
    ///
    /// If they have errors.
    pub fn new(store: &TypeStore, sources: &Arc<SourceMap>) -> FewPackages {
        let unsafe_pkg = store.universe().unsafe_pkg;
        let known = PACKAGES.map(|(path, text)| {
            let src: Arc<[u8]> = text.as_bytes().into();
            let id = sources.add(PathBuf::from(format!("/few/{path}.go")), src.clone());
            let tree = parse(&src, ParseOptions::default());
            assert!(tree.errors.is_empty(), "{:?}", tree.errors);
            let config = config(sources.clone());
            let file = CheckFile { id, tree: &tree, src: &src, lang: config.lang };
            let nothing = FewPackages { unsafe_pkg, known: [("unsafe", unsafe_pkg); 2] };
            let checked = check_package(store, &config, Symbol::intern(path), &[file], &nothing);
            assert!(checked.errors.is_empty(), "{:?}", checked.errors);
            (path, checked.pkg)
        });
        FewPackages { unsafe_pkg, known }
    }
}

impl Importer for FewPackages {
    fn import(&self, path: &str) -> Result<PkgId, ImportError> {
        if path == "unsafe" {
            return Ok(self.unsafe_pkg);
        }
        let found = self.known.iter().find(|(known, _)| *known == path);
        let missing = || ImportError { message: format!("package {path} is not in std") };
        found.map(|&(_, pkg)| pkg).ok_or_else(missing)
    }
}

/// Gives a fake package for every path: one whose names are all accepted unseen.
#[derive(Debug)]
pub struct FakePackages<'s>(
    /// Where the packages are made.
    pub &'s TypeStore,
);

impl Importer for FakePackages<'_> {
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
