//! What a package's compilation depends on, as a key: its files, how it is compiled, and the keys of what it imports.
//!
//! Nothing in a key says where the files lie, so a result is good for any checkout.

use std::path::Path;
use std::sync::Arc;

use escargo_base::Id;
use escargo_load::asm::AsmTexts;
use escargo_load::graph::{Package, PackageGraph, PackageId};
use rayon::prelude::*;

use super::flags::PackageFlags;
use crate::cache::{Hash, Key, Recorder, Texts, UnitKey};
use crate::package::Session;

/// The text of a file; nothing if it could not be read.
pub(super) type FileText = Option<Arc<[u8]>>;

/// What is known of a package before anything is parsed.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Texts of the Go files, in order; empty if they have not been read because what they hash to is known.
    pub(super) texts: Vec<FileText>,
    /// What is known of the texts: their hash if it is wanted, none if one could not be read.
    known: Option<Texts>,
    /// The assembly files.
    pub(super) asm: AsmTexts,
    /// The key; none if results of the package are not kept.
    pub(super) key: Option<UnitKey>,
}

impl Source {
    /// Bytes of the Go files.
    pub(super) fn len(&self) -> usize {
        match &self.known {
            Some(known) => known.len as usize,
            None => self.texts.iter().flatten().map(|text| text.len()).sum(),
        }
    }
}

/// Reads the files of all packages, but for those of which the last run's memory knows what they hash to.
pub(super) fn read_all(session: &Session, graph: &PackageGraph, memory: Option<&Recorder>) -> Vec<Source> {
    let goroot = graph.packages.iter().find(|p| p.goroot).and_then(|p| p.root.as_deref());
    let packages: Vec<&Package> = graph.packages.iter().collect();
    let read = |package: &&Package| {
        let text = |file: &escargo_load::dir::GoFile| match &file.text {
            Some(text) => Some(text.clone()),
            None => session.system.read(&package.file_path(file)).ok().map(Into::into),
        };
        let known = memory.and_then(|memory| memory.texts(&package.dir, &hash_of_names(package)));
        let texts = if known.is_some() { Vec::new() } else { package.go_files.iter().map(text).collect() };
        Source { texts, known, asm: read_asm(session, package, goroot), key: None }
    };
    packages.par_iter().map(read).collect()
}

/// The assembly files of a package. They may include files of the package and of `goroot`.
fn read_asm(session: &Session, package: &Package, goroot: Option<&Path>) -> AsmTexts {
    let shared = goroot.map(|root| root.join("pkg/include"));
    // The go command would stop at a file that cannot be read; the compiler's messages do not need it.
    let read = |dir: &Path, name: &str| session.system.read(&dir.join(name)).ok();
    let files = package.scan.other.s.iter().filter_map(|file| read(&package.dir, file));
    AsmTexts::read(files, |name| read(&package.dir, name).or_else(|| read(shared.as_deref()?, name)))
}

/// Hash of the names of a package's Go files, and of what is read from their heads that the key needs.
fn hash_of_names(package: &Package) -> Hash {
    let names = package.go_files.iter();
    names.fold(Key::new(), |key, file| key.with(&*file.name).with(format!("{:?}", file.min_go))).finish()
}

/// What the Go files hash to; nothing if one could not be read.
fn hash_of_texts(package: &Package, texts: &[FileText], memory: Option<&Recorder>) -> Option<Texts> {
    let (mut key, mut len) = (Key::new(), 0);
    for text in texts {
        key = key.with(text.as_ref()?);
        len += text.as_ref()?.len() as u64;
    }
    let texts = Texts { names: hash_of_names(package), texts: key.finish(), len };
    if let Some(memory) = memory {
        memory.remember_texts(&package.dir, texts);
    }
    Some(texts)
}

/// Gives every package its key.
pub(super) fn set_keys(
    session: &Session,
    graph: &PackageGraph,
    sources: &mut [Source],
    memory: Option<&Recorder>,
    flags_of: &(dyn Fn(&Package) -> PackageFlags + Sync),
) {
    let common = common_key(session);
    let packages: Vec<&Package> = graph.packages.iter().collect();
    let own_key = |(package, source): (&&Package, &mut Source)| {
        source.known = source.known.or_else(|| hash_of_texts(package, &source.texts, memory));
        own_key(&common, package, source, &flags_of(package))
    };
    let own: Vec<Option<UnitKey>> = packages.par_iter().zip(&mut *sources).map(own_key).collect();
    for (index, own) in own.into_iter().enumerate() {
        let package = &graph.packages[PackageId::from_index(index)];
        sources[index].key = own.and_then(|own| with_imports(own, graph, package, sources));
    }
}

/// What all packages of a run share.
fn common_key(session: &Session) -> UnitKey {
    let settings = format!("{:?} {:?} {:?}", session.model.toolchain, session.target, session.experiments);
    Key::new().with("unit").with_program().with(settings).finish()
}

fn own_key(common: &UnitKey, package: &Package, source: &Source, flags: &PackageFlags) -> Option<UnitKey> {
    if package.incomplete || !package.cgo_files.is_empty() || flags.json_dir.is_some() {
        return None;
    }
    let facts = format!(
        "{:?} {:?} {} {} {:?} {:?} {}",
        package.path,
        package.name,
        package.standard,
        package.from_files,
        package.go_version,
        flags,
        foreign_files(package),
    );
    let known = source.known?;
    let key = source.asm.parts().fold(Key::new().with(common).with(facts), Key::with);
    Some(key.with(known.names).with(known.texts).finish())
}

/// Files in other languages: whether there are any decides what functions without bodies may do.
fn foreign_files(package: &Package) -> String {
    let other = &package.scan.other;
    let lists =
        [&other.c, &other.cxx, &other.m, &other.f, &other.s, &other.swig, &other.swig_cxx, &other.syso];
    format!("{:?}", lists.map(|list| list.len()))
}

fn with_imports(
    own: UnitKey,
    graph: &PackageGraph,
    package: &Package,
    sources: &[Source],
) -> Option<UnitKey> {
    let mut key = Key::new().with(own);
    for import in &package.imports {
        key = key.with(import.written.as_bytes());
        if let Some(id) = import.package.filter(|&id| graph.packages[id].path != "unsafe") {
            // Packages come after those that they import, unless there is a cycle.
            key = key.with(sources[id.index()].key?);
        }
    }
    Some(key.finish())
}
