//! Packages that need not be compiled again, as far as those that are need them: their declarations without bodies, and
//! of these what is used.

use std::sync::Arc;

use escargo_base::{Id, Symbol};
use escargo_check::needs::{self, Needed, NeedsFile};
use escargo_check::{Names, Part};
use escargo_load::graph::{Package, PackageGraph, PackageId};
use parking_lot::Mutex;
use rayon::prelude::*;

use super::unit_entry::{Entry, Place};
use super::units::Units;
use crate::fence::fenced;
use crate::package::{OutlineOf, ParsedPackage, Session};

/// What is needed of packages that are not compiled, and those that are, parsed to find that out.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    parsed: Vec<Mutex<Option<ParsedPackage>>>,
    needed: Vec<Option<Needed>>,
}

impl Outlines {
    /// Parses what is compiled and finds out what it needs. There is nothing to it if all packages are compiled.
    pub(super) fn new(session: &Session, graph: &PackageGraph, units: &Units) -> Outlines {
        let packages: Vec<usize> = (0..graph.packages.len()).collect();
        if !packages.iter().any(|&index| is_outlined(units, index)) {
            return Outlines::default();
        }
        let read = |&index: &usize| {
            let package = &graph.packages[PackageId::from_index(index)];
            let compiled = units.is_parsed(index, package) && units.entry(index).is_none();
            let texts = &units.sources[index].texts;
            // What panics here is parsed again where that is told.
            compiled.then(|| fenced(|| session.parse_texts(package, texts, None)).ok()).flatten()
        };
        let parsed: Vec<Option<ParsedPackage>> = packages.par_iter().map(read).collect();
        let needed = needed(graph, units, &parsed);
        Outlines { parsed: parsed.into_iter().map(Mutex::new).collect(), needed }
    }

    /// Whether there are packages of which only a part is checked.
    pub(super) fn exist(&self) -> bool {
        !self.needed.is_empty()
    }

    /// The files of a package, parsed as far as they are needed.
    pub(super) fn parse(
        &self,
        session: &Session,
        package: &Package,
        index: usize,
        texts: &[Option<Arc<[u8]>>],
        entry: Option<&Entry>,
    ) -> ParsedPackage {
        let parsed = self.parsed.get(index).and_then(|parsed| parsed.lock().take());
        let parse = || {
            let outline = entry.map(|entry| entry.readable());
            let readable = |file: usize, at: usize| {
                let place: Place = (file as u32, at as u32);
                outline.is_some_and(|readable| readable.binary_search(&place).is_ok())
            };
            let needed = self.needed.get(index).and_then(Option::as_ref);
            let wanted = OutlineOf { body: &readable, files: needed.map_or(&[], |needed| &needed.files) };
            session.parse_texts(package, texts, outline.map(|_| &wanted))
        };
        parsed.unwrap_or_else(parse)
    }

    /// What is needed of a package that is not compiled; all, with the bodies that importers may read, if that was not
    /// found out.
    pub(super) fn part(&self, index: usize, entry: &Entry, parsed: &ParsedPackage) -> Part {
        let needed = self.needed.get(index).and_then(Option::as_ref);
        let names = needed.map_or(Names::All, |needed| needed.names.clone());
        let body = |&(file, at): &Place| {
            let file = file as usize;
            Some((file, *parsed.files.get(file)?.tree.top.get(at as usize)?))
        };
        Part { names, bodies: entry.readable().iter().filter_map(body).collect() }
    }
}

fn is_outlined(units: &Units, index: usize) -> bool {
    units.is_typed(index) && units.entry(index).is_some()
}

/// What is needed of each package that is not compiled, importers first: they come after what they import.
fn needed(graph: &PackageGraph, units: &Units, parsed: &[Option<ParsedPackage>]) -> Vec<Option<Needed>> {
    let mut names: Vec<Names> = parsed.iter().map(|_| Names::default()).collect();
    let mut found: Vec<Option<Needed>> = parsed.iter().map(|_| None).collect();
    for (id, package) in graph.packages.iter_enumerated().rev() {
        // Packages come after those that they import, unless there is a cycle, and then nothing is compiled.
        let (imported, own) = names.split_at_mut(id.index());
        let mut demand = |path: &str, name: Option<Symbol>| {
            let import = package.import(path).and_then(|import| imported.get_mut(import.index()));
            match (import, name) {
                (Some(import), Some(name)) => import.insert(name),
                (Some(import), None) => *import = Names::All,
                (None, _) => {}
            }
        };
        if let Some(parsed) = &parsed[id.index()] {
            let resolve = |path: &str| imported_name(graph, package, path);
            needs::of_all(&files(parsed), &resolve, &mut demand);
        } else if let Some(outline) = units.outline(id.index()).filter(|_| units.is_typed(id.index())) {
            found[id.index()] = Some(outline.needed(&own[0], &mut demand));
        }
    }
    found
}

/// Name of the package that an import path means in a package.
pub(super) fn imported_name(graph: &PackageGraph, package: &Package, path: &str) -> Option<Symbol> {
    Some(Symbol::intern(&graph.packages[package.import(path)?].name))
}

fn files(parsed: &ParsedPackage) -> Vec<NeedsFile<'_>> {
    parsed.files.iter().map(|file| NeedsFile { tree: &file.tree, src: &file.text }).collect()
}
