//! The lowering of one package.

use escargo_base::Symbol;
use escargo_ir::{Context, DictId, FuncId, NameId, Unit};
use escargo_types::{ObjId, PkgId, TypeId};
use rustc_hash::FxHashMap;

use crate::body::LocalKey;
use crate::func::Source;
use crate::package::{TypedPackage, World};

/// Lowers a package, and afterwards the bodies that the inliner asks for.
pub struct Lowerer<'w> {
    /// Surroundings.
    pub cx: Context<'w>,
    /// Packages that can be seen.
    pub world: &'w dyn World,
    /// The package compiled.
    pub package: &'w TypedPackage,
    /// What has been made so far.
    pub unit: Unit,
    /// Package variables read so far, the package's own and imported ones.
    pub(crate) globals: FxHashMap<ObjId, NameId>,
    /// Functions and methods without type arguments read so far.
    pub(crate) funcs: FxHashMap<ObjId, FuncId>,
    /// Where bodies come from.
    pub(crate) sources: FxHashMap<FuncId, Source<'w>>,
    /// What the captured variables of a literal are known by, parallel to its `closure_vars` (the dictionary, which
    /// comes last, is not among them).
    pub(crate) captures: FxHashMap<FuncId, Vec<LocalKey>>,
    /// Instances whose shaped counterpart is still to be read; the last goes first.
    pub(crate) todo_dicts: Vec<DictId>,
    /// Functions whose bodies are still to be read; the last goes first, after all dictionaries.
    pub(crate) todo_bodies: Vec<FuncId>,
    /// The package whose data is being read: decides which types need wrappers.
    pub(crate) reading: PkgId,
    /// IR types by what was read.
    pub(crate) types: FxHashMap<(PkgId, Option<DictId>, TypeId), TypeId>,
    /// Number of functions `init` seen.
    pub(crate) inits: u32,
    /// Number of labels made.
    pub(crate) labels: u32,
}

impl std::fmt::Debug for Lowerer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lowerer").field("package", &self.package.path).finish_non_exhaustive()
    }
}

impl<'w> Lowerer<'w> {
    /// A lowering that has not begun.
    pub fn new(cx: Context<'w>, world: &'w dyn World, package: &'w TypedPackage) -> Lowerer<'w> {
        Lowerer {
            cx,
            world,
            package,
            unit: Unit::new(package.pkg),
            globals: FxHashMap::default(),
            funcs: FxHashMap::default(),
            sources: FxHashMap::default(),
            captures: FxHashMap::default(),
            todo_dicts: Vec::new(),
            todo_bodies: Vec::new(),
            reading: package.pkg,
            types: FxHashMap::default(),
            inits: 0,
            labels: 0,
        }
    }

    /// A label that source cannot have (`typecheck.AutoLabel`).
    pub(crate) fn auto_label(&mut self, prefix: &str) -> Symbol {
        self.labels += 1;
        Symbol::intern(&format!("{prefix}{}", self.labels))
    }
}
