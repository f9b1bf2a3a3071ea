//! Which packages of a run need not be compiled, and what is kept of those that are.

use std::sync::Arc;

use escargo_base::Id;
use escargo_check::needs::Outline;
use escargo_load::graph::{Package, PackageGraph, PackageId};
use parking_lot::Mutex;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::flags::PackageFlags;
use super::run::BuildOptions;
use super::unit_entry::Entry;
use super::unit_key::{Source, read_all, set_keys};
use crate::cache::{Recorder, UnitCache, UnitKey};
use crate::package::Session;

/// What is kept of a package.
struct Kept {
    entry: Entry,
    outline: Outline,
    /// Whether there is a text, of which the entry knows what its marks mean. It is read when it is wanted.
    has_text: bool,
}

impl Kept {
    fn read(cache: &UnitCache, key: &UnitKey) -> Option<Kept> {
        let ((entry, outline), text) = cache.get(key)?;
        Some(Kept { entry, outline, has_text: text > 0 })
    }
}

/// The packages of a run as units of work, by number.
pub(super) struct Units {
    /// What is read of each before anything is parsed.
    pub(super) sources: Vec<Source>,
    /// Packages by import path.
    pub(super) by_path: FxHashMap<String, PackageId>,
    entries: Vec<Option<Kept>>,
    /// Types of these are needed: of those that are compiled, and all that they import.
    typed: Vec<bool>,
    cache: Option<UnitCache>,
    memory: Option<Arc<Recorder>>,
    verify: bool,
    /// Packages whose entries differ from what was found now.
    differing: Mutex<Vec<String>>,
}

impl Units {
    pub(super) fn new(
        session: &Session,
        graph: &PackageGraph,
        options: &BuildOptions<'_>,
        flags_of: &(dyn Fn(&Package) -> PackageFlags + Sync),
    ) -> Units {
        let memory = options.memory.as_deref();
        let mut sources = read_all(session, graph, memory);
        let cache = options.cache.as_deref().map(UnitCache::new);
        let mut entries: Vec<Option<Kept>> = sources.iter().map(|_| None).collect();
        if let Some(cache) = &cache {
            set_keys(session, graph, &mut sources, memory, flags_of);
            if !options.verify {
                entries = sources.par_iter().map(|source| Kept::read(cache, source.key.as_ref()?)).collect();
            }
        }
        let packages = graph.packages.iter_enumerated();
        Units {
            typed: typed(graph, &entries),
            by_path: packages.rev().map(|(id, package)| (package.path.clone(), id)).collect(),
            sources,
            entries,
            cache,
            memory: options.memory.clone(),
            verify: options.verify,
            differing: Mutex::default(),
        }
    }

    /// Whether types of a package are needed.
    pub(super) fn is_typed(&self, package: usize) -> bool {
        self.typed[package]
    }

    /// Whether types of a package are needed, and are to be had from its files.
    pub(super) fn is_parsed(&self, index: usize, package: &Package) -> bool {
        !package.incomplete && package.path != "unsafe" && self.is_typed(index)
    }

    /// Bytes of source of the largest package of which nothing is kept.
    pub(super) fn largest(&self, graph: &PackageGraph) -> usize {
        let compiled = graph.packages.iter_enumerated().filter_map(|(id, package)| {
            let index = id.index();
            (self.is_parsed(index, package) && self.entry(index).is_none()).then(|| self.sources[index].len())
        });
        compiled.max().unwrap_or(0)
    }

    /// What is kept of a package.
    pub(super) fn entry(&self, package: usize) -> Option<&Entry> {
        self.entries[package].as_ref().map(|kept| &kept.entry)
    }

    /// What a package declares that is kept.
    pub(super) fn outline(&self, package: usize) -> Option<&Outline> {
        self.entries[package].as_ref().map(|kept| &kept.outline)
    }

    /// The key of a package whose results are kept.
    pub(super) fn key(&self, package: usize) -> Option<UnitKey> {
        self.sources[package].key
    }

    /// Whether a package that is kept has a text.
    pub(super) fn has_text(&self, package: usize) -> bool {
        self.entries[package].as_ref().is_some_and(|kept| kept.has_text)
    }

    /// The text of a package that is kept; nothing if it cannot be had any more.
    pub(super) fn text(&self, package: usize) -> Option<String> {
        self.cache.as_ref()?.text(self.sources[package].key.as_ref()?)
    }

    /// Forgets that packages are kept, whose texts could not be had.
    pub(super) fn forget(&mut self, graph: &PackageGraph, packages: &[usize]) {
        packages.iter().for_each(|&package| self.entries[package] = None);
        self.typed = typed(graph, &self.entries);
    }

    /// Whether the result of a package is to be kept.
    pub(super) fn is_kept(&self, package: usize) -> bool {
        self.cache.is_some() && self.sources[package].key.is_some()
    }

    /// Keeps what was found of a package that was compiled. That it cannot be written is no error: it is compiled again
    /// the next time.
    pub(super) fn keep(&self, package: usize, import_path: &str, found: (&Entry, &Outline), text: &[String]) {
        let (Some(cache), Some(key)) = (&self.cache, &self.sources[package].key) else { return };
        if self.memory.as_ref().is_some_and(|memory| !memory.is_stable()) {
            // It may have been made from other texts than the key says.
            return;
        }
        let chunks = text.iter().map(String::as_str);
        if self.verify
            && let Some(Kept { entry, outline, .. }) = Kept::read(cache, key)
            && let Some(kept_text) = cache.text(key)
        {
            if (&entry, &outline) == found && kept_text == chunks.clone().collect::<String>() {
                return;
            }
            self.differing.lock().push(import_path.to_owned());
        }
        cache.put(key, &found, chunks);
    }

    /// Ends the run: packages whose entries differed.
    pub(super) fn finish(self) -> Vec<String> {
        if let Some(cache) = &self.cache {
            cache.prune();
        }
        let mut differing = self.differing.into_inner();
        differing.sort();
        differing
    }
}

/// Packages whose types are needed: those to compile, and all that these import.
fn typed(graph: &PackageGraph, entries: &[Option<Kept>]) -> Vec<bool> {
    let compiled = |package: &Package| !package.incomplete && !package.go_files.is_empty();
    let packages = graph.packages.iter().zip(entries);
    let mut typed: Vec<bool> =
        packages.map(|(package, entry)| entry.is_none() && compiled(package)).collect();
    // Importers come after what they import; cycles are errors, which have no entries.
    for (id, package) in graph.packages.iter_enumerated().rev() {
        if typed[id.index()] {
            package.imports.iter().filter_map(|i| i.package).for_each(|dep| typed[dep.index()] = true);
        }
    }
    typed
}
