//! Helpers of the tests: SDKs in memory, directories that go away, archives, a source of them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use escargo_base::MemSystem;
use zip::write::SimpleFileOptions;

/// Writes the least that counts as an SDK.
pub(super) fn write_sdk(system: &MemSystem, root: &str, version: &str) {
    system.write(format!("{root}/VERSION"), version);
    system.write(format!("{root}/src/runtime/proc.go"), "package runtime");
    system.write(format!("{root}/src/fmt/print.go"), "package fmt");
}

/// A directory of its own for a test, removed at its end.
pub(super) struct TestDir(PathBuf);

impl TestDir {
    pub(super) fn new() -> TestDir {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("escargo-sdk-test-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        TestDir(dir)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The files of a small SDK, as an archive of a whole toolchain has them.
pub(super) fn sdk_files(version: &str) -> Vec<(String, String)> {
    let mut files = vec![
        ("VERSION".to_owned(), format!("{version}\ntime 2026-01-01T00:00:00Z\n")),
        ("go.env".to_owned(), "GOTOOLCHAIN=auto\n".to_owned()),
        ("bin/go".to_owned(), "binary".to_owned()),
        ("pkg/tool/linux_amd64/compile".to_owned(), "binary".to_owned()),
        ("src/fmt/print.go".to_owned(), "package fmt\n".to_owned()),
        ("src/runtime/proc.go".to_owned(), "package runtime\n".to_owned()),
    ];
    files.extend((0..40).map(|i| (format!("src/p{i}/p.go"), format!("package p{i}\n"))));
    files
}

/// Writes a zip archive.
pub(super) fn write_zip(path: &Path, files: &[(String, String)]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, text) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// Lays a module proxy into a directory: `file://` and the directory is its URL. `change` may spoil
/// the files of the archive.
pub(super) fn write_proxy(
    dir: &Path,
    version: &str,
    change: impl FnOnce(&mut Vec<(String, String)>),
) -> PathBuf {
    let host = escargo_dialect::Target::host();
    let module = format!("v0.0.1-{version}.{}-{}", host.goos(), host.goarch());
    let at = dir.join("golang.org/toolchain/@v");
    std::fs::create_dir_all(&at).unwrap();
    let mut files = sdk_files(version);
    files.push(("src/_go.mod".to_owned(), "module std\n".to_owned()));
    for (name, _) in &mut files {
        *name = format!("golang.org/toolchain@{module}/{name}");
    }
    change(&mut files);
    let zip = at.join(format!("{module}.zip"));
    write_zip(&zip, &files);
    zip
}
