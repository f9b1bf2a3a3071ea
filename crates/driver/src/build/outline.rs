//! Packages that need not be compiled again, as far as those that are need them: their declarations without bodies, and
//! of these what is used.

use std::sync::Arc;

use escargo_base::{Id, Symbol};
use escargo_check::needs::{self, NeedsFile};
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
        let parse = |&index: &usize| {
            let package = &graph.packages[PackageId::from_index(index)];
            let wanted = !package.incomplete && package.path != "unsafe" && units.is_typed(index);
            // What panics here is parsed again where that is told.
            wanted.then(|| fenced(|| parse(session, graph, units, index)).ok()).flatten()
        };
        let parsed: Vec<Option<ParsedPackage>> = packages.par_iter().map(parse).collect();
        let parts = parts(graph, units, &parsed);
        Outlines { parsed: parsed.into_iter().map(Mutex::new).collect(), parts }
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

fn parse(session: &Session, graph: &PackageGraph, units: &Units, index: usize) -> ParsedPackage {
    let package = &graph.packages[PackageId::from_index(index)];
    let texts: &[Option<Arc<[u8]>>] = &units.sources[index].texts;
    match units.entry(index) {
        None => session.parse_texts(package, texts, None),
        Some(entry) => {
            let readable: FxHashSet<Place> = entry.readable().iter().copied().collect();
            let wanted = |file: usize, at: usize| readable.contains(&(file as u32, at as u32));
            session.parse_texts(package, texts, Some(&wanted))
        }
    }
}

/// The part of a package that its entry says: bodies, and no names yet.
fn part_of(entry: &Entry, parsed: &ParsedPackage) -> Part {
    let body = |&(file, at): &Place| {
        let file = file as usize;
        Some((file, *parsed.files.get(file)?.tree.top.get(at as usize)?))
    };
    Part { names: Names::default(), bodies: entry.readable().iter().filter_map(body).collect() }
}

/// What is needed of each package, importers first: they come after what they import.
fn parts(graph: &PackageGraph, units: &Units, parsed: &[Option<ParsedPackage>]) -> Vec<Option<Part>> {
    let mut parts: Vec<Option<Part>> = parsed
        .iter()
        .enumerate()
        .map(|(index, parsed)| Some(part_of(units.entry(index)?, parsed.as_ref()?)))
        .collect();
    for (index, package) in parsed.iter().enumerate().rev() {
        let Some(parsed) = package else { continue };
        let files = parsed.files.iter().map(|file| NeedsFile { tree: &file.tree, src: &file.text });
        let files: Vec<NeedsFile<'_>> = files.collect();
        let package = &graph.packages[PackageId::from_index(index)];
        let resolve = |path: &str| {
            let id = package.import(path)?;
            Some((id.index(), Symbol::intern(&graph.packages[id].name)))
        };
        let mut own = parts[index].take();
        let mut demand = |package: usize, name: Option<Symbol>| {
            if let Some(part) = &mut parts[package] {
                match name {
                    Some(name) => part.names.insert(name),
                    None => part.names = Names::All,
                }
            }
        };
        match &mut own {
            Some(part) => needs::complete(&files, part, &resolve, &mut demand),
            None => needs::of_all(&files, &resolve, &mut demand),
        }
        parts[index] = own;
    }
    parts
}
