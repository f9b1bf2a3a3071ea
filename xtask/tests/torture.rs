//! A slice of `cargo xtask torture` that needs no SDK and little time.

#![expect(clippy::print_stderr, reason = "says where a hanging case is")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use escargo_base::SourceMap;
use escargo_testkit::{exercise, imports};
use escargo_types::TypeStore;
use xtask::torture::mutate::{self, Random};
use xtask::{torture, workspace};

/// The texts that fuzzing starts from.
fn seeds(kind: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let dir: PathBuf = workspace::root().join("fuzz/seeds").join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} has files", dir.display());
    files.into_iter().map(|f| (f.clone(), std::fs::read(f).unwrap())).collect()
}

/// Versions of a text, cut and garbled, each with the words that name it.
fn broken(path: &Path, text: &[u8], count: u64) -> impl Iterator<Item = (String, Vec<u8>)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    (0..count).map(move |i| {
        let mut random = Random::for_case(&name, 7, i);
        let cut = i % 3 == 0;
        let text =
            if cut { mutate::cut(text, &mut random).to_vec() } else { mutate::tokens(text, &mut random) };
        (format!("{name} {i}: {}", String::from_utf8_lossy(&text)), text)
    })
}

/// Says which text it was when something panics.
struct Naming(String);

impl Drop for Naming {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("at {}", self.0);
        }
    }
}

#[test]
fn broken_files_are_read() {
    for (path, text) in ["go", "lines", "constraints"].into_iter().flat_map(seeds) {
        for (name, text) in broken(&path, &text, 400) {
            let _name = Naming(name);
            let tree = exercise::parser(&text);
            exercise::printer(&tree, &text);
            exercise::line_directives(&text);
            exercise::headers(&text);
            exercise::build_constraints(&text);
        }
    }
}

#[test]
fn broken_module_files_are_read() {
    for (path, text) in seeds("mod") {
        for (name, text) in broken(&path, &text, 2000) {
            let _name = Naming(name);
            exercise::module_files(&text);
        }
    }
}

#[test]
fn broken_files_are_checked() {
    for (path, text) in seeds("go") {
        let (mut store, sources) = (TypeStore::new(), Arc::new(SourceMap::new()));
        let mut importer = imports::FewPackages::new(&store, &sources);
        for (i, (name, text)) in broken(&path, &text, 300).enumerate() {
            if i % 50 == 49 {
                store = TypeStore::new();
                importer = imports::FewPackages::new(&store, &sources);
            }
            let _name = Naming(name);
            exercise::check(&store, &sources, &importer, &text);
            exercise::check(&store, &sources, &imports::FakePackages(&store), &text);
        }
    }
}

#[test]
fn bombs_of_small_size_do_no_harm() {
    torture::small_bombs(1000);
}
