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
use crate::cache::{Key, UnitKey};
use crate::package::Session;

/// The text of a file; nothing if it could not be read.
pub(super) type FileText = Option<Arc<[u8]>>;

/// What is known of a package before anything is parsed.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Texts of the Go files, in order.
    pub(super) texts: Vec<FileText>,
    /// The assembly files.
    pub(super) asm: AsmTexts,
    /// The key; none if results of the package are not kept.
    pub(super) key: Option<UnitKey>,
}

/// Reads the files of all packages.
pub(super) fn read_all(session: &Session, graph: &PackageGraph) -> Vec<Source> {
    let goroot = graph.packages.iter().find(|p| p.goroot).and_then(|p| p.root.as_deref());
    let packages: Vec<&Package> = graph.packages.iter().collect();
    let read = |package: &&Package| {
        let text = |file: &escargo_load::dir::GoFile| match &file.text {
            Some(text) => Some(text.clone()),
            None => session.system.read(&package.file_path(file)).ok().map(Into::into),
        };
        Source {
            texts: package.go_files.iter().map(text).collect(),
            asm: read_asm(session, package, goroot),
            key: None,
        }
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

/// Gives every package its key.
pub(super) fn set_keys(
    session: &Session,
    graph: &PackageGraph,
    sources: &mut [Source],
    flags_of: &(dyn Fn(&Package) -> PackageFlags + Sync),
) {
    let common = common_key(session);
    let packages: Vec<&Package> = graph.packages.iter().collect();
    let own: Vec<Option<UnitKey>> = packages
        .par_iter()
        .zip(&*sources)
        .map(|(package, source)| own_key(&common, package, source, &flags_of(package)))
        .collect();
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
    let mut key = source.asm.parts().fold(Key::new().with(common).with(facts), Key::with);
    for (file, text) in package.go_files.iter().zip(&source.texts) {
        key = key.with(&*file.name).with(format!("{:?}", file.min_go)).with(text.as_ref()?);
    }
    Some(key.finish())
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
