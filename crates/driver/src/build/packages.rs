//! The packages of a run that are type-checked and compiled so far.

use std::sync::OnceLock;

use escargo_base::{FileId, Id, Symbol};
use escargo_load::graph::PackageId;
use escargo_lower::{Summary, TypedPackage, World};
use escargo_types::PkgId;
use parking_lot::RwLock;
use rustc_hash::FxHashMap;

/// Typed packages and summaries, by package of the graph; filled by the threads that make them.
#[derive(Debug)]
pub(crate) struct Packages {
    typed: Vec<OnceLock<TypedPackage>>,
    summaries: Vec<OnceLock<Summary>>,
    index: RwLock<FxHashMap<PkgId, usize>>,
    /// Package and number of each file of typed packages.
    owners: RwLock<FxHashMap<FileId, (usize, u32)>>,
    /// What is answered for packages without source: unsafe.
    nothing: (TypedPackage, Summary),
}

impl Packages {
    pub(crate) fn new(count: usize, unsafe_pkg: PkgId) -> Packages {
        Packages {
            typed: (0..count).map(|_| OnceLock::new()).collect(),
            summaries: (0..count).map(|_| OnceLock::new()).collect(),
            index: RwLock::default(),
            owners: RwLock::default(),
            nothing: (TypedPackage::without_source(unsafe_pkg, Symbol::intern("unsafe")), Summary::default()),
        }
    }

    /// Publishes a package that was checked.
    pub(crate) fn add(&self, id: PackageId, package: TypedPackage) {
        self.index.write().insert(package.pkg, id.index());
        let files = package.files.iter().enumerate();
        self.owners.write().extend(files.map(|(number, file)| (file.id, (id.index(), number as u32))));
        let _ = self.typed[id.index()].set(package);
    }

    /// A package that was checked.
    pub(crate) fn typed(&self, id: PackageId) -> Option<&TypedPackage> {
        self.typed[id.index()].get()
    }

    /// The package that a file belongs to, and its number there.
    pub(crate) fn owner(&self, file: FileId) -> Option<(PackageId, u32)> {
        let &(package, number) = self.owners.read().get(&file)?;
        Some((PackageId::from_index(package), number))
    }

    /// What compiling a package said.
    pub(crate) fn summary(&self, id: PackageId) -> Option<&Summary> {
        self.summaries[id.index()].get()
    }

    /// Publishes what compiling a package said.
    pub(crate) fn summarize(&self, id: PackageId, summary: Summary) {
        let _ = self.summaries[id.index()].set(summary);
    }

    pub(crate) fn pkg(&self, id: PackageId) -> Option<PkgId> {
        self.typed[id.index()].get().map(|package| package.pkg)
    }

    fn slot(&self, pkg: PkgId) -> Option<usize> {
        self.index.read().get(&pkg).copied()
    }
}

/// What one package sees of the others.
pub(crate) struct View<'p> {
    pub(crate) packages: &'p Packages,
    /// Its direct imports.
    pub(crate) imports: Vec<PkgId>,
}

impl World for View<'_> {
    fn typed(&self, pkg: PkgId) -> &TypedPackage {
        let slot = self.packages.slot(pkg).and_then(|slot| self.packages.typed[slot].get());
        slot.unwrap_or(&self.packages.nothing.0)
    }
    fn summary(&self, pkg: PkgId) -> &Summary {
        let slot = self.packages.slot(pkg).and_then(|slot| self.packages.summaries[slot].get());
        slot.unwrap_or(&self.packages.nothing.1)
    }
    fn imports(&self) -> &[PkgId] {
        &self.imports
    }
}
