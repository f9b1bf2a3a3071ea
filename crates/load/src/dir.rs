//! One directory read as a package: which files belong to it under a build context, and what they
//! import. The lists and errors are those of go/build.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use escargo_base::{FileKind, LineTable, System};
use serde::{Deserialize, Serialize};

use crate::context::BuildContext;
use crate::header::{self, BuildLine, EmbedPattern, Header, HeaderError, ImportDecl};

/// How much of a file is read at first when only its head is wanted.
const HEAD_BYTES: usize = 8 << 10;

/// A Go file of a package.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GoFile {
    /// Name within the directory.
    pub name: Arc<str>,
    /// The whole text, where it was read anyway; else the driver reads it.
    #[serde(skip)]
    pub text: Option<Arc<[u8]>>,
    /// Imports in order.
    pub imports: Arc<[ImportDecl]>,
    /// Patterns of `//go:embed` comments.
    pub embeds: Arc<[EmbedPattern]>,
    /// `//go:…` comments before the package clause.
    pub directives: Arc<[(u32, String)]>,
    /// Minor release implied by the file's `//go:build` line: it sets the file's language version.
    pub min_go: Option<u32>,
}

/// A place in a file of a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePos {
    /// File name within the directory.
    pub file: Arc<str>,
    /// Byte offset.
    pub offset: u32,
}

/// Why a directory is no good package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DirError {
    /// No Go file belongs to the package.
    NoGo,
    /// Files of different packages: two package names with a file each.
    MultiplePackages([(String, String); 2]),
    /// A syntax error in a file's head.
    Syntax(FilePos, String),
    /// An impossible import path.
    ImportPath(FilePos, String),
    /// Anything else, in Go's words.
    Other(String),
    /// The directory cannot be read.
    Unreadable(String),
}

/// File names that take part in other ways than as Go source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherFiles {
    /// `.c`.
    pub c: Vec<String>,
    /// `.cc`, `.cpp`, `.cxx`.
    pub cxx: Vec<String>,
    /// `.m`.
    pub m: Vec<String>,
    /// `.h`, `.hh`, `.hpp`, `.hxx`.
    pub h: Vec<String>,
    /// `.f`, `.F`, `.for`, `.f90`.
    pub f: Vec<String>,
    /// `.s`; with cgo files also `.S` and `.sx`.
    pub s: Vec<String>,
    /// `.swig`.
    pub swig: Vec<String>,
    /// `.swigcxx`.
    pub swig_cxx: Vec<String>,
    /// `.syso`.
    pub syso: Vec<String>,
}

impl OtherFiles {
    fn list(&mut self, ext: &str) -> Option<&mut Vec<String>> {
        Some(match ext {
            ".c" => &mut self.c,
            ".cc" | ".cpp" | ".cxx" => &mut self.cxx,
            ".m" => &mut self.m,
            ".h" | ".hh" | ".hpp" | ".hxx" => &mut self.h,
            ".f" | ".F" | ".for" | ".f90" => &mut self.f,
            ".s" | ".S" | ".sx" => &mut self.s,
            ".swig" => &mut self.swig,
            ".swigcxx" => &mut self.swig_cxx,
            ".syso" => &mut self.syso,
            _ => return None,
        })
    }

    /// All names, list after list.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        [&self.c, &self.cxx, &self.m, &self.h, &self.f, &self.s, &self.swig, &self.swig_cxx, &self.syso]
            .into_iter()
            .flatten()
    }
}

/// Imports or embed patterns of a group of files: distinct strings in order, each with the first
/// place where it stands.
pub type Declared = Vec<(String, FilePos)>;

/// A directory read as a package.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DirPackage {
    /// The directory.
    pub dir: PathBuf,
    /// Package name; empty if no file tells one.
    pub name: String,
    /// Go files, without cgo and test files.
    pub go_files: Vec<GoFile>,
    /// Go files that import "C".
    pub cgo_files: Vec<GoFile>,
    /// `_test.go` files in the package itself.
    pub test_files: Vec<GoFile>,
    /// `_test.go` files in the external test package.
    pub xtest_files: Vec<GoFile>,
    /// Go files left out by build constraints.
    pub ignored_go_files: Vec<String>,
    /// Go files with errors; they also stand in the other lists if they could be classified.
    pub invalid_go_files: Vec<String>,
    /// Other files left out by build constraints.
    pub ignored_other_files: Vec<String>,
    /// Files that are not Go source.
    pub other: OtherFiles,
    /// Imports of Go and cgo files.
    pub imports: Declared,
    /// Imports of in-package test files.
    pub test_imports: Declared,
    /// Imports of external test files.
    pub xtest_imports: Declared,
    /// Embed patterns of Go and cgo files.
    pub embeds: Declared,
    /// Embed patterns of in-package test files.
    pub test_embeds: Declared,
    /// Embed patterns of external test files.
    pub xtest_embeds: Declared,
    /// The import comment of the package clause, where one is wanted (GOPATH mode).
    pub import_comment: Option<String>,
    /// The first error.
    pub error: Option<DirError>,
}

/// Directories as earlier runs read them.
pub trait Memory: Send + Sync + std::fmt::Debug {
    /// A directory that was read in this way, if nothing that was asked of the system then would be answered otherwise now.
    /// Texts need not be remembered.
    fn recall(&self, dir: &Path, way: &str) -> Option<Arc<DirPackage>>;
    /// Takes note of a directory that was read in this way.
    fn remember(&self, dir: &Path, way: &str, package: &Arc<DirPackage>);
}

/// How a directory is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct DirMode {
    /// Keep the text of test files too.
    pub keep_tests: bool,
    /// Read import comments.
    pub import_comments: bool,
    /// The files were named one by one: constraints and names do not leave any out.
    pub all_files: bool,
}

struct Scanned {
    header: Header,
    line: BuildLine,
    embeds: Vec<EmbedPattern>,
    text: Option<Arc<[u8]>>,
    comment: Option<Result<String, u32>>,
}

/// Reads directory `dir`.
pub fn read_dir(system: &dyn System, ctx: &BuildContext, dir: &Path, mode: DirMode) -> DirPackage {
    let entries = match system.read_dir(dir) {
        Ok(entries) => entries,
        Err(e) => {
            let error = Some(DirError::Unreadable(open_error("open", dir, &e)));
            return DirPackage { dir: dir.to_owned(), error, ..DirPackage::default() };
        }
    };
    let names = entries
        .into_iter()
        .filter(|e| match e.kind {
            FileKind::Dir => false,
            FileKind::Symlink => !system.is_dir(&dir.join(&e.name)),
            _ => true,
        })
        .map(|e| e.name);
    read_files(system, ctx, dir, names, mode)
}

/// Reads the named files of `dir` as a package.
pub fn read_files(
    system: &dyn System,
    ctx: &BuildContext,
    dir: &Path,
    names: impl Iterator<Item = String>,
    mode: DirMode,
) -> DirPackage {
    let mut reader = DirReader {
        system,
        ctx,
        mode,
        p: DirPackage { dir: dir.to_owned(), ..DirPackage::default() },
        capital_s: Vec::new(),
        first_file: String::new(),
        comment_file: String::new(),
    };
    for name in names {
        reader.file(name);
    }
    reader.finish()
}

/// An I/O error as Go words it.
pub fn open_error(op: &str, path: &Path, e: &std::io::Error) -> String {
    format!("{op} {}: {}", path.display(), io_text(e))
}

/// The system's wording of an error, without Rust's number.
pub(crate) fn io_text(e: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match (e.kind(), e.raw_os_error()) {
        (ErrorKind::NotFound, _) => "no such file or directory".to_owned(),
        (ErrorKind::PermissionDenied, Some(1)) => "operation not permitted".to_owned(),
        (ErrorKind::PermissionDenied, _) => "permission denied".to_owned(),
        (ErrorKind::NotADirectory, _) => "not a directory".to_owned(),
        (ErrorKind::IsADirectory, _) => "is a directory".to_owned(),
        (_, Some(40)) => "too many levels of symbolic links".to_owned(),
        _ => {
            let text = e.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

struct DirReader<'a> {
    system: &'a dyn System,
    ctx: &'a BuildContext,
    mode: DirMode,
    p: DirPackage,
    /// `.S` and `.sx` files: assembled only where gcc takes part.
    capital_s: Vec<String>,
    first_file: String,
    comment_file: String,
}

impl DirReader<'_> {
    fn bad(&mut self, name: &str, error: DirError) {
        if self.p.error.is_none() {
            self.p.error = Some(error);
        }
        if !self.p.invalid_go_files.iter().any(|n| n == name) {
            self.p.invalid_go_files.push(name.to_owned());
        }
    }

    fn file(&mut self, name: String) {
        if name.starts_with('_') || name.starts_with('.') {
            return;
        }
        let Some(dot) = name.rfind('.') else { return };
        let ext = name[dot..].to_owned();
        let known = self.p.other.list(&ext).is_some();
        if ext != ".go" && !known {
            return;
        }
        let named = self.ctx.file_name_matches(&name) || self.mode.all_files;
        if ext == ".go" {
            if named {
                self.go_file(name);
            } else {
                self.p.ignored_go_files.push(name);
            }
        } else if !named || (ext != ".syso" && !self.other_matches(&name)) {
            self.p.ignored_other_files.push(name);
        } else if matches!(&*ext, ".S" | ".sx") {
            self.capital_s.push(name);
        } else if let Some(list) = self.p.other.list(&ext) {
            list.push(name);
        }
    }

    /// Whether the constraints in a file that is not Go source hold.
    fn other_matches(&self, name: &str) -> bool {
        let path = self.p.dir.join(name);
        let Ok((head, complete)) = self.system.read_prefix(&path, HEAD_BYTES) else { return false };
        let mut result = header::build_line(&head);
        if result.1 && !complete {
            let Ok(text) = self.system.read(&path) else { return false };
            result = header::build_line(&text);
        }
        self.mode.all_files || result.0.is_ok_and(|line| line.holds(self.ctx))
    }

    fn scan(&self, name: &str, head_only: bool) -> Result<Scanned, DirError> {
        let path = self.p.dir.join(name);
        let failed = |e: std::io::Error| DirError::Other(open_error("open", &path, &e));
        let (mut text, mut complete) = if head_only {
            self.system.read_prefix(&path, HEAD_BYTES).map_err(failed)?
        } else {
            (self.system.read(&path).map_err(failed)?, true)
        };
        let mut header = header::scan_header(&text);
        let embeds = header.imports.iter().any(|i| i.path == "embed");
        if !complete && (header.truncated || header.error.is_some() || embeds) {
            text = self.system.read(&path).map_err(failed)?;
            complete = true;
            header = header::scan_header(&text);
        }
        if header.error == Some(HeaderError::Nul) {
            return Err(DirError::Other(format!("read {}: unexpected NUL in input", path.display())));
        }
        let line = header::build_line(&text).0.map_err(|e| DirError::Other(format!("{name}: {e}")))?;
        let comment = if self.mode.import_comments { header::import_comment(&text) } else { None };
        let embeds = if embeds { header::scan_embeds(&text) } else { Vec::new() };
        let text = (complete && !head_only).then(|| text.into());
        Ok(Scanned { header, line, embeds, text, comment })
    }

    fn go_file(&mut self, name: String) {
        let is_test = name.ends_with("_test.go");
        let scanned = match self.scan(&name, is_test && !self.mode.keep_tests) {
            Ok(scanned) => scanned,
            Err(e) => return self.bad(&name, e),
        };
        if !self.mode.all_files && !scanned.line.holds(self.ctx) {
            self.p.ignored_go_files.push(name);
            return;
        }
        self.included(name, is_test, scanned);
    }

    /// Files a Go file whose constraints hold under the package.
    fn included(&mut self, name: String, is_test: bool, scanned: Scanned) {
        let Scanned { header, line, embeds, text, comment } = scanned;
        let shared: Arc<str> = name.as_str().into();
        match header.error {
            Some(HeaderError::Syntax(offset, message)) => {
                self.bad(&name, DirError::Syntax(FilePos { file: shared.clone(), offset }, message));
            }
            Some(HeaderError::ImportPath(offset, message)) => {
                self.bad(&name, DirError::ImportPath(FilePos { file: shared.clone(), offset }, message));
            }
            Some(HeaderError::Nul) | None => {}
        }
        let mut package = &*header.package;
        if package == "documentation" {
            self.p.ignored_go_files.push(name);
            return;
        }
        let mut is_xtest = false;
        if is_test
            && self.p.name != package
            && let Some(base) = package.strip_suffix("_test")
        {
            is_xtest = true;
            package = base;
        }
        if self.p.name.is_empty() {
            self.p.name = package.to_owned();
            self.first_file = name.clone();
        } else if self.p.name != package {
            let first = (self.p.name.clone(), self.first_file.clone());
            self.bad(&name, DirError::MultiplePackages([first, (package.to_owned(), name.clone())]));
        }
        self.import_comment(&name, comment);
        let mut is_cgo = false;
        if header.imports.iter().any(|i| i.path == "C") {
            if is_test {
                let path = self.p.dir.join(&name);
                let text = format!("use of cgo in test {} not supported", path.display());
                self.bad(&name, DirError::Other(text));
            } else {
                is_cgo = true;
            }
        }
        let min_go = match &line {
            BuildLine::Go(c) => c.min_go_minor(),
            _ => None,
        };
        let file = GoFile {
            name: shared,
            text,
            imports: header.imports.into(),
            embeds: embeds.into(),
            directives: header.directives.into(),
            min_go,
        };
        match () {
            () if is_cgo && !self.ctx.cgo_enabled => self.p.ignored_go_files.push(name),
            () if is_cgo => self.p.cgo_files.push(file),
            () if is_xtest => self.p.xtest_files.push(file),
            () if is_test => self.p.test_files.push(file),
            () => self.p.go_files.push(file),
        }
    }

    fn import_comment(&mut self, name: &str, comment: Option<Result<String, u32>>) {
        match comment {
            None => {}
            Some(Err(line)) => {
                let path = self.p.dir.join(name);
                let text = format!("{}:{line}: cannot parse import comment", path.display());
                self.bad(name, DirError::Other(text));
            }
            Some(Ok(text)) => match &self.p.import_comment {
                None => {
                    self.p.import_comment = Some(text);
                    self.comment_file = name.to_owned();
                }
                Some(first) if *first != text => {
                    let text = format!(
                        "found import comments {first:?} ({}) and {text:?} ({name}) in {}",
                        self.comment_file,
                        self.p.dir.display()
                    );
                    self.bad(name, DirError::Other(text));
                }
                Some(_) => {}
            },
        }
    }

    fn finish(mut self) -> DirPackage {
        let p = &mut self.p;
        p.imports = declared([&p.go_files, &p.cgo_files], imports_of);
        p.test_imports = declared([&p.test_files], imports_of);
        p.xtest_imports = declared([&p.xtest_files], imports_of);
        p.embeds = declared([&p.go_files, &p.cgo_files], embeds_of);
        p.test_embeds = declared([&p.test_files], embeds_of);
        p.xtest_embeds = declared([&p.xtest_files], embeds_of);
        let capital = if p.cgo_files.is_empty() { &mut p.ignored_other_files } else { &mut p.other.s };
        capital.append(&mut self.capital_s);
        capital.sort();
        let files = p.go_files.len() + p.cgo_files.len() + p.test_files.len() + p.xtest_files.len();
        if files == 0 && p.error.is_none() {
            p.error = Some(DirError::NoGo);
        }
        self.p
    }
}

fn imports_of(f: &GoFile) -> Vec<(&str, u32)> {
    f.imports.iter().map(|i| (&*i.path, i.offset)).collect()
}

fn embeds_of(f: &GoFile) -> Vec<(&str, u32)> {
    f.embeds.iter().map(|e| (&*e.pattern, e.offset)).collect()
}

/// Distinct strings of several files, sorted, each with its first place in file-name order.
fn declared<const N: usize>(
    lists: [&Vec<GoFile>; N],
    of: impl for<'f> Fn(&'f GoFile) -> Vec<(&'f str, u32)>,
) -> Declared {
    let mut all: Vec<(&str, &Arc<str>, u32)> = Vec::new();
    for file in lists.into_iter().flatten() {
        all.extend(of(file).into_iter().map(|(text, offset)| (text, &file.name, offset)));
    }
    all.sort_unstable();
    all.dedup_by_key(|x| x.0);
    let place = |file: &Arc<str>, offset| FilePos { file: file.clone(), offset };
    all.into_iter().map(|(text, file, offset)| (text.to_owned(), place(file, offset))).collect()
}

impl DirPackage {
    /// Whether there is any Go file, ignored ones included.
    pub fn has_go_names(&self) -> bool {
        !(self.go_files.is_empty()
            && self.cgo_files.is_empty()
            && self.test_files.is_empty()
            && self.xtest_files.is_empty()
            && self.ignored_go_files.is_empty()
            && self.invalid_go_files.is_empty())
    }

    /// The directory's error in Go's words, without position.
    pub fn error_text(&self) -> Option<String> {
        let dir = self.dir.display();
        Some(match self.error.as_ref()? {
            DirError::NoGo if !self.ignored_go_files.is_empty() => {
                format!("build constraints exclude all Go files in {dir}")
            }
            DirError::NoGo if self.test_files.len() + self.xtest_files.len() > 0 => {
                format!("no non-test Go files in {dir}")
            }
            DirError::NoGo => format!("no Go files in {dir}"),
            DirError::MultiplePackages([(a, x), (b, y)]) => {
                format!("found packages {a} ({x}) and {b} ({y}) in {dir}")
            }
            DirError::Syntax(_, text) | DirError::ImportPath(_, text) => text.clone(),
            DirError::Other(text) | DirError::Unreadable(text) => text.clone(),
        })
    }

    /// Line and column of a place, reading the file again if its text was not kept.
    pub fn line_column(&self, system: &dyn System, pos: &FilePos) -> (u32, u32) {
        let groups = [&self.go_files, &self.cgo_files, &self.test_files, &self.xtest_files];
        let kept = groups.into_iter().flatten().find(|f| f.name == pos.file).and_then(|f| f.text.clone());
        let text = match kept {
            Some(text) => text,
            None => system.read(&self.dir.join(&*pos.file)).unwrap_or_default().into(),
        };
        let offset = pos.offset.min(text.len() as u32);
        let lines = LineTable::new(&text);
        if offset > 0 && offset as usize == text.len() && text.ends_with(b"\n") {
            // The line end that ends the file begins no line.
            let (line, column) = lines.line_column(offset - 1);
            return (line, column + 1);
        }
        lines.line_column(offset)
    }
}
