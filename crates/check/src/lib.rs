//! Type checking: how Go source gets its types.
//!
//! [`check_package`] checks one package as `cmd/compile/internal/types2` does: the same types, constants, objects,
//! and the same errors in the same order with the same wording. What it needs of other packages it asks an
//! [`Importer`] for.
//!
//! Must not know: how packages are found, the disk, IR, the toolchain imitated.

mod arguments;
mod assign;
mod assignable;
mod binary;
mod builtins;
mod builtins_numeric;
mod builtins_unsafe;
mod call;
mod checker;
pub mod code;
mod compare;
mod compiler;
mod composite;
mod constants;
mod conversion;
mod cycles;
mod decl;
mod error;
mod expr;
mod implements;
mod imports;
mod index;
mod infer;
pub mod info;
mod init_order;
mod instantiate;
mod interfaces;
mod labels;
mod literal;
mod lookup_error;
mod methods;
mod mono;
pub mod needs;
mod operand;
mod operand_text;
mod range;
mod record;
mod resolve;
mod returns;
mod scope;
mod selector;
mod shift;
mod signature;
mod slice;
mod stmt;
mod structs;
mod switch;
mod type_params;
mod typexpr;
mod unary;
mod under;
mod unify;
mod untyped;
mod valid_type;

use escargo_base::{Diagnostic, FileId, Symbol};
use escargo_dialect::LangSet;
use escargo_syntax::{DeclId, Tree};
use escargo_types::sizes::Sizes;
use escargo_types::{Package, PkgId, TypeStore};
use rustc_hash::FxHashSet;

pub use compiler::{CompilerRules, check_checked_types, check_declarations, check_directives};
pub use info::{
    FileInfo, IdentObject, Initializer, Instance, Mode, NodeRef, PackageInfo, Scope, ScopeId, Selection,
    SelectionKind, TypeAndValue, ValueId,
};
pub use needs::Names;

/// A parsed file to check.
#[derive(Clone, Copy, Debug)]
pub struct CheckFile<'a> {
    /// The file, for positions.
    pub id: FileId,
    /// Its tree.
    pub tree: &'a Tree,
    /// Its bytes.
    pub src: &'a [u8],
    /// What its language version allows.
    pub lang: LangSet,
}

/// How to check.
#[derive(Clone, Debug)]
pub struct Config {
    /// The session's files, for positions inside messages.
    pub sources: std::sync::Arc<escargo_base::SourceMap>,
    /// Sizes of the target.
    pub sizes: Sizes,
    /// What the package's language version allows (files may differ).
    pub lang: LangSet,
    /// Whether uses of `C.name` are accepted unseen (cgo files that cgo has not gone over).
    pub fake_import_c: bool,
    /// Whether `C.name` refers to what the cgo tool declares in the package's own files.
    pub uses_cgo: bool,
    /// How much of the package is checked.
    pub extent: Extent,
    /// Whether labels and branches are not checked (the parser has done it).
    pub ignore_branch_errors: bool,
    /// Whether unused imports are not reported.
    pub ignore_unused_imports: bool,
    /// Whether the builtins `assert` and `trace` of the type checker's own tests exist.
    pub test_builtins: bool,
}

/// How much of a package is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    #[default]
    All,
    /// No bodies of functions, and none of function literals.
    Declarations,
    /// What this says, and what it refers to; the package is known to have no errors.
    Part(Part),
}

/// A part of a package: what others need of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Names of package-level objects.
    pub names: Names,
    /// Functions with their bodies, by number of the file; bodies of others are not checked.
    pub bodies: FxHashSet<(usize, DeclId)>,
}

/// Why a package could not be imported.
#[derive(Clone, Debug)]
pub struct ImportError {
    /// The text after `could not import PATH (` … `)`.
    pub message: String,
}

/// Gives the types of imported packages.
pub trait Importer: Sync {
    /// The package that `path` means in the package being checked; it must be complete.
    fn import(&self, path: &str) -> Result<PkgId, ImportError>;
}

/// A checked package.
#[derive(Debug)]
pub struct Checked {
    /// The package; its scope is published in the store even if there were errors.
    pub pkg: PkgId,
    /// What was found out.
    pub info: PackageInfo,
    /// Errors in the order in which the compiler's checker finds them (unsorted, unlimited).
    pub errors: Vec<Diagnostic>,
}

/// Checks one package. `path` is its import path; its name comes from the first file.
pub fn check_package(
    store: &TypeStore,
    config: &Config,
    path: Symbol,
    files: &[CheckFile<'_>],
    importer: &dyn Importer,
) -> Checked {
    let pkg = store.new_package(Package::new(path, None, false));
    let mut checker = checker::Checker::new(store, config, importer, pkg, files);
    checker.run();
    Checked { pkg, info: checker.info, errors: checker.errors }
}
