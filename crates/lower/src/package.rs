//! What lowering reads: type-checked packages, and what compiling them said about their functions.

use std::sync::Arc;

use escargo_base::{FileId, IndexVec, Symbol};
use escargo_check::{IdentObject, PackageInfo};
use escargo_dialect::LangSet;
use escargo_ir::{InlineInfo, Pragmas};
use escargo_syntax::{Decl, DeclId, Tree};
use escargo_types::{ObjId, PkgId};
use rustc_hash::{FxHashMap, FxHashSet};

/// A file with its tree.
#[derive(Debug)]
pub struct TypedFile {
    /// The file.
    pub id: FileId,
    /// Its tree.
    pub tree: Tree,
    /// Its bytes.
    pub text: Arc<[u8]>,
    /// What its language version allows and means.
    pub lang: LangSet,
}

/// Where an object is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclRef {
    /// Index of the file in the package.
    pub file: usize,
    /// The declaration.
    pub decl: DeclId,
}

/// A type-checked package.
#[derive(Debug)]
pub struct TypedPackage {
    /// The package.
    pub pkg: PkgId,
    /// Import path, as the compiler's `-p` gives it (`main` for main packages).
    pub path: Symbol,
    /// Files in the order in which the compiler is given them.
    pub files: Vec<TypedFile>,
    /// What checking found out; `info.files` is parallel to `files`.
    pub info: PackageInfo,
    /// Declarations of package-level functions and of methods (of the origin, for generic types).
    pub funcs: FxHashMap<ObjId, DeclRef>,
    /// `//go:linkname local target` lines: local name, and target where one is given.
    pub linknames: Vec<(Symbol, Option<Symbol>)>,
}

impl TypedPackage {
    /// A package that was checked without an error. What only others than lowering want to know of it is dropped.
    pub fn new(pkg: PkgId, path: Symbol, files: Vec<TypedFile>, mut info: PackageInfo) -> TypedPackage {
        info.scopes = IndexVec::new();
        info.files.iter_mut().for_each(|file| file.scopes = FxHashMap::default());
        let mut package =
            TypedPackage { pkg, path, files, info, funcs: FxHashMap::default(), linknames: Vec::new() };
        for (index, (file, info)) in package.files.iter().zip(&package.info.files).enumerate() {
            for &decl in &file.tree.top {
                let Decl::Func(func) = &file.tree[decl] else { continue };
                if let IdentObject::Def(obj) = info.idents[func.name] {
                    package.funcs.insert(obj, DeclRef { file: index, decl });
                }
            }
            let linknames = file.tree.directives.iter().filter_map(|d| linkname(&d.text));
            package.linknames.extend(linknames);
        }
        package
    }

    /// A package that has no source: unsafe.
    pub fn without_source(pkg: PkgId, path: Symbol) -> TypedPackage {
        TypedPackage::new(pkg, path, Vec::new(), PackageInfo::default())
    }
}

/// What a `//go:linkname` or `//go:linknamestd` directive says.
fn linkname(text: &str) -> Option<(Symbol, Option<Symbol>)> {
    let rest = text.strip_prefix("go:linkname ").or_else(|| text.strip_prefix("go:linknamestd "))?;
    let mut words = rest.split_ascii_whitespace();
    let local = words.next()?;
    Some((Symbol::intern(local), words.next().map(Symbol::intern)))
}

/// What an importer needs to know of a function.
#[derive(Clone, Debug, Default)]
pub struct FuncSummary {
    /// Directives.
    pub pragmas: Pragmas,
    /// Facts for inlining it; absent if it may not be.
    pub inline: Option<InlineInfo>,
    /// Escape tags of receiver and parameters.
    pub tags: Vec<Box<[u8]>>,
}

/// What an importer needs to know of a compiled package.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// By function or method (the type checker's object) of the package itself. Generic ones have none: they are
    /// compiled where they are used.
    pub funcs: FxHashMap<ObjId, FuncSummary>,
    /// Functions of any package whose bodies this package's export data holds.
    pub bodies: FxHashSet<ObjId>,
}

/// The packages that a package can see: itself and all it imports, directly or not.
pub trait World: Sync {
    /// A package with its trees.
    fn typed(&self, pkg: PkgId) -> &TypedPackage;
    /// What compiling a package said; not for the package that is being compiled.
    fn summary(&self, pkg: PkgId) -> &Summary;
    /// Packages that the one being compiled imports directly, in the order in which the compiler reads their export
    /// data.
    fn imports(&self) -> &[PkgId];
}
