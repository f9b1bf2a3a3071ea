//! Packages that need not be compiled again, as far as those that are need them: their declarations without bodies, and
//! of these what is used.

use std::sync::Arc;

use escargo_base::{Id, Symbol};
use escargo_check::needs::{self, Need, NeedsFile, Outline};
use escargo_check::{Names, Part};
use escargo_load::graph::{PackageGraph, PackageId};
use parking_lot::Mutex;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::unit_entry::{Entry, Place};
use super::units::Units;
use crate::fence::fenced;
use crate::package::{ParsedPackage, Session};

/// The packages whose types are needed, parsed, and the parts of those that are not compiled.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    parsed: Vec<Mutex<Option<ParsedPackage>>>,
    parts: Vec<Option<Part>>,
}

impl Outlines {
    /// Parses everything and finds out what is needed. There is nothing to it if all packages are compiled.
    pub(super) fn new(session: &Session, graph: &PackageGraph, units: &Units) -> Outlines {
        let packages: Vec<usize> = (0..graph.packages.len()).collect();
        if !packages.iter().any(|&index| is_outlined(units, index)) {
            return Outlines::default();
        }
        let read = |&index: &usize| {
            let package = &graph.packages[PackageId::from_index(index)];
            // What panics here is parsed again where that is told.
            units
                .is_parsed(index, package)
                .then(|| fenced(|| Read::new(session, graph, units, index)).ok())
                .flatten()
        };
        let mut read: Vec<Option<Read>> = packages.par_iter().map(read).collect();
        let parts = parts(&mut read);
        let parsed = read.into_iter().map(|read| Mutex::new(read.map(|read| read.parsed))).collect();
        Outlines { parsed, parts }
    }

    /// Whether there are packages of which only a part is checked.
    pub(super) fn exist(&self) -> bool {
        !self.parts.is_empty()
    }

    /// A package that has been parsed.
    pub(super) fn take(&self, index: usize) -> Option<ParsedPackage> {
        self.parsed.get(index)?.lock().take()
    }

    /// What is needed of a package that is not compiled; all, with the bodies that importers may read, if that was not
    /// found out.
    pub(super) fn part(&self, index: usize, entry: &Entry, parsed: &ParsedPackage) -> Part {
        let found = self.parts.get(index).and_then(Option::clone);
        found.unwrap_or_else(|| Part { names: Names::All, ..part_of(entry, parsed) })
    }
}

fn is_outlined(units: &Units, index: usize) -> bool {
    units.is_typed(index) && units.entry(index).is_some()
}

/// A package, parsed and looked at by itself.
struct Read {
    parsed: ParsedPackage,
    needs: Needs,
}

enum Needs {
    /// Of a package that is compiled.
    All(FxHashSet<Need>),
    /// Of one that is not: its outline, and the part of it that is needed.
    Part(Outline, Part),
}

impl Read {
    fn new(session: &Session, graph: &PackageGraph, units: &Units, index: usize) -> Read {
        let package = &graph.packages[PackageId::from_index(index)];
        let texts: &[Option<Arc<[u8]>>] = &units.sources[index].texts;
        let resolve = |path: &str| {
            let id = package.import(path)?;
            Some((id.index(), Symbol::intern(&graph.packages[id].name)))
        };
        let Some(entry) = units.entry(index) else {
            let parsed = session.parse_texts(package, texts, None);
            let needs = Needs::All(needs::of_all(&files(&parsed), &resolve));
            return Read { parsed, needs };
        };
        let readable: FxHashSet<Place> = entry.readable().iter().copied().collect();
        let wanted = |file: usize, at: usize| readable.contains(&(file as u32, at as u32));
        let parsed = session.parse_texts(package, texts, Some(&wanted));
        let needs = Needs::Part(Outline::of(&files(&parsed), &resolve), part_of(entry, &parsed));
        Read { parsed, needs }
    }
}

fn files(parsed: &ParsedPackage) -> Vec<NeedsFile<'_>> {
    parsed.files.iter().map(|file| NeedsFile { tree: &file.tree, src: &file.text }).collect()
}

/// The part of a package that its entry says: bodies, and no names yet.
fn part_of(entry: &Entry, parsed: &ParsedPackage) -> Part {
    let body = |&(file, at): &Place| {
        let file = file as usize;
        Some((file, *parsed.files.get(file)?.tree.top.get(at as usize)?))
    };
    Part { names: Names::default(), bodies: entry.readable().iter().filter_map(body).collect() }
}

/// What is needed of each package that is not compiled, importers first: they come after what they import.
fn parts(read: &mut [Option<Read>]) -> Vec<Option<Part>> {
    let mut parts: Vec<Option<Part>> = read.iter().map(|_| None).collect();
    for index in (0..read.len()).rev() {
        let (imported, own) = read.split_at_mut(index);
        let Some(own) = &mut own[0] else { continue };
        let mut demand = |(package, name): Need| {
            // Packages come after those that they import, unless there is a cycle.
            let Some(Some(Read { needs: Needs::Part(_, part), .. })) = imported.get_mut(package) else {
                return;
            };
            match name {
                Some(name) => part.names.insert(name),
                None => part.names = Names::All,
            }
        };
        match &mut own.needs {
            Needs::All(needs) => needs.drain().for_each(&mut demand),
            Needs::Part(outline, part) => {
                outline.complete(&files(&own.parsed), part, &mut demand);
                parts[index] = Some(std::mem::take(part));
            }
        }
    }
    parts
}
