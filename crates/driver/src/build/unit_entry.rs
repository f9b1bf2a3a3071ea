//! The result of compiling one package, in a form that can be kept: the same bytes wherever the files lie.
//!
//! Functions are named by the place of their declaration, files by their package and number; types and bodies are not
//! kept, they are had from the source again.

use escargo_base::{FileId, Symbol};
use escargo_check::IdentObject;
use escargo_check::needs::{NeedsFile, Outline};
use escargo_ir::{InlineInfo, Pragmas};
use escargo_lower::{DeclRef, FuncSummary, Summary, TypedPackage};
use escargo_report::draft::{Draft, Filler, Mark};
use escargo_syntax::{Decl, DeclId};
use escargo_types::{ObjId, TypeStore};
use serde::{Deserialize, Serialize};

use crate::package::Session;

/// Place of a function's declaration: number of the file, place among the declarations at its top level.
pub(super) type Place = (u32, u32);

/// What is kept of a package beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Functions of the package.
    funcs: Vec<FuncEntry>,
    /// Functions whose bodies the export data holds: number in `packages`, place.
    bodies: Vec<(u32, Place)>,
    /// Functions of the package whose bodies importers may read.
    readable: Vec<Place>,
    /// Import paths.
    packages: Vec<String>,
    /// Files that the text names: its marks are numbers in this list.
    pub(super) files: Vec<FileEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FuncEntry {
    place: Place,
    pragmas: u32,
    inline: Option<(i32, bool)>,
    tags: Vec<Box<[u8]>>,
}

/// A file that a text names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    /// Import path of its package.
    pub(super) package: String,
    /// Its number in the package.
    pub(super) file: u32,
    /// The name that a line directive gives it.
    pub(super) given: Option<String>,
}

/// What making and reading entries needs of a run.
pub(super) struct Known<'k> {
    pub(super) session: &'k Session,
    /// A package by import path.
    pub(super) typed: &'k dyn Fn(&str) -> Option<&'k TypedPackage>,
    /// Import path of the package that a file belongs to, and its number there.
    pub(super) owner: &'k dyn Fn(FileId) -> Option<(&'k str, u32)>,
    /// Name of the package that an import path means in the package.
    pub(super) imported: &'k dyn Fn(&str) -> Option<Symbol>,
}

impl Entry {
    /// The entry of a package, and its text in chunks; none if something in it cannot be named.
    pub(super) fn new(
        known: &Known<'_>,
        package: &TypedPackage,
        summary: &Summary,
        draft: &Draft,
    ) -> Option<(Entry, Vec<String>)> {
        let mut entry = Entry::default();
        let func = |(obj, facts): (&ObjId, &FuncSummary)| {
            Some(FuncEntry {
                place: place(package, package.funcs.get(obj)?)?,
                pragmas: facts.pragmas.0,
                inline: facts.inline.map(|info| (info.cost, info.can_delay_results)),
                tags: facts.tags.clone(),
            })
        };
        entry.funcs = summary.funcs.iter().map(func).collect::<Option<_>>()?;
        entry.funcs.sort_by_key(|func| func.place);
        entry.set_bodies(known, summary)?;
        entry.set_readable(known, package, summary);
        let text = entry.set_files(known, draft)?;
        Some((entry, text))
    }

    fn set_bodies(&mut self, known: &Known<'_>, summary: &Summary) -> Option<()> {
        let store = &known.session.store;
        let body = |&obj: &ObjId| {
            let path = store.pkg(store.obj(obj).pkg?).path.as_str();
            let typed = (known.typed)(path)?;
            Some((path, place(typed, typed.funcs.get(&obj)?)?))
        };
        let mut found: Vec<(&str, Place)> = summary.bodies.iter().map(body).collect::<Option<_>>()?;
        found.sort_unstable();
        for (path, place) in found {
            if self.packages.last().is_none_or(|last| last != path) {
                self.packages.push(path.to_owned());
            }
            self.bodies.push((self.packages.len() as u32 - 1, place));
        }
        Some(())
    }

    fn set_readable(&mut self, known: &Known<'_>, package: &TypedPackage, summary: &Summary) {
        let store = &known.session.store;
        let inlined = |obj: &ObjId| summary.funcs.get(obj).is_some_and(|facts| facts.inline.is_some());
        let readable = package.funcs.iter().filter(|(obj, _)| inlined(obj) || is_generic(store, **obj));
        self.readable = readable.filter_map(|(_, decl)| place(package, decl)).collect();
        self.readable.sort_unstable();
    }

    /// What the package declares, for those who need some of it.
    pub(super) fn outline(&self, known: &Known<'_>, package: &TypedPackage) -> Outline {
        let files: Vec<NeedsFile<'_>> =
            package.files.iter().map(|file| NeedsFile { tree: &file.tree, src: &file.text }).collect();
        let readable = |file: usize, decl: DeclId| {
            let place = place(package, &DeclRef { file, decl });
            place.is_some_and(|place| self.readable.binary_search(&place).is_ok())
        };
        Outline::of(&files, &readable, known.imported)
    }

    /// Finds out which files a draft names; the draft, with their numbers for marks.
    fn set_files(&mut self, known: &Known<'_>, draft: &Draft) -> Option<Vec<String>> {
        let rule = known.session.model.lowering.line_names;
        let mut complete = true;
        let mut filler = Filler::new(|mark| {
            let name = mark.file_name(rule);
            let Some((package, file)) = (known.owner)(name.file) else {
                complete = false;
                return String::new();
            };
            let given = name.given(&known.session.sources).map(str::to_owned);
            self.files.push(FileEntry { package: package.to_owned(), file, given });
            let mut mark = String::new();
            Mark { file: self.files.len() as u32 - 1, directive: None }.push_to(&mut mark);
            mark
        });
        let mut numbered = |chunk: &str| {
            let mut out = String::with_capacity(chunk.len());
            filler.fill(chunk, &mut out);
            out
        };
        let text = draft.chunks().map(&mut numbered).collect();
        complete.then_some(text)
    }

    /// Functions of the package whose bodies importers may read, in order.
    pub(super) fn readable(&self) -> &[Place] {
        &self.readable
    }

    /// The summary, for a package that was checked again, as far as it has been read.
    pub(super) fn summary(&self, known: &Known<'_>, package: &TypedPackage) -> Option<Summary> {
        let mut summary = Summary::default();
        for func in &self.funcs {
            let inline = func.inline.map(|(cost, can_delay_results)| InlineInfo { cost, can_delay_results });
            let facts = FuncSummary { pragmas: Pragmas(func.pragmas), inline, tags: func.tags.clone() };
            if let Some(obj) = object(package, func.place)? {
                summary.funcs.insert(obj, facts);
            }
        }
        for &(number, place) in &self.bodies {
            let path = self.packages.get(number as usize)?;
            summary.bodies.extend(object((known.typed)(path)?, place)?);
        }
        Some(summary)
    }
}

fn place(package: &TypedPackage, decl: &DeclRef) -> Option<Place> {
    // Declarations have ids in the order in which they end.
    let at = package.files[decl.file].tree.top.binary_search(&decl.decl).ok()?;
    Some((decl.file as u32, at as u32))
}

/// The function that is declared at a place, unless that was skipped; nothing if there can be none.
fn object(package: &TypedPackage, (file, at): Place) -> Option<Option<ObjId>> {
    let tree = &package.files.get(file as usize)?.tree;
    match tree[*tree.top.get(at as usize)?] {
        Decl::Func(func) => match package.info.files.get(file as usize)?.idents[func.name] {
            IdentObject::Def(obj) => Some(Some(obj)),
            _ => None,
        },
        Decl::Bad => Some(None),
        _ => None,
    }
}

fn is_generic(store: &TypeStore, obj: ObjId) -> bool {
    let sig = store.as_signature(store.obj_type(obj));
    sig.is_some_and(|sig| !sig.tparams.is_empty() || !sig.recv_tparams.is_empty())
}
