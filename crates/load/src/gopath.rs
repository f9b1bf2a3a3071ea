//! From import path to directory in GOPATH mode: vendor directories, GOROOT, GOPATH.

use std::path::{Path, PathBuf};

use escargo_base::{FileKind, System};

use crate::config::Config;
use crate::modfile::module_path;
use crate::path::{below, go_quote, is_local_import, join};

/// A package found in GOPATH mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The directory.
    pub dir: PathBuf,
    /// GOROOT or the element of GOPATH.
    pub root: Option<PathBuf>,
    /// It lies in GOROOT.
    pub goroot: bool,
}

/// The package that imports.
#[derive(Clone, Copy, Debug)]
pub struct Parent<'a> {
    /// Its import path.
    pub path: &'a str,
    /// Its directory.
    pub dir: &'a Path,
    /// Its root.
    pub root: Option<&'a Path>,
}

/// Resolves import paths in GOPATH mode.
#[derive(Clone, Copy, Debug)]
pub struct GopathResolver<'a> {
    system: &'a dyn System,
    config: &'a Config,
}

impl<'a> GopathResolver<'a> {
    /// A resolver for `config`.
    pub fn new(system: &'a dyn System, config: &'a Config) -> GopathResolver<'a> {
        GopathResolver { system, config }
    }

    fn has_go_files(&self, dir: &Path) -> bool {
        let entries = self.system.read_dir(dir).unwrap_or_default();
        entries.iter().any(|e| e.kind != FileKind::Dir && e.name.ends_with(".go"))
    }

    /// The full import path of `path` as `parent` imports it.
    pub fn resolve(&self, path: &str, parent: Option<Parent<'_>>) -> String {
        let Some(parent) = parent else { return path.to_owned() };
        if is_local_import(path) {
            return local_import_path(&crate::path::clean(&parent.dir.join(path)));
        }
        let Some(root) = parent.root else { return path.to_owned() };
        let src = root.join("src");
        self.vendored(path, parent, &src)
            .or_else(|| self.without_version(path, parent, &src))
            .unwrap_or_else(|| path.to_owned())
    }

    /// The innermost vendor directory at or above the importer that has the package.
    fn vendored(&self, path: &str, parent: Parent<'_>, src: &Path) -> Option<String> {
        for dir in parent.dir.ancestors().take_while(|d| d.starts_with(src)) {
            let vendor = dir.join("vendor");
            if !self.system.is_dir(&vendor) {
                continue;
            }
            let target = join(&vendor, path);
            if self.system.is_dir(&target) && self.has_go_files(&target) {
                let base = below(dir, src)?;
                return Some(if base.is_empty() {
                    format!("vendor/{path}")
                } else {
                    format!("{base}/vendor/{path}")
                });
            }
        }
        None
    }

    /// Code that has a go.mod may import `m/v2/p` where only `m/p` exists and says that it is `m/v2`.
    fn without_version(&self, path: &str, parent: Parent<'_>, src: &Path) -> Option<String> {
        version_element(path)?;
        let in_module = parent
            .dir
            .ancestors()
            .take_while(|d| d.starts_with(src))
            .any(|d| self.system.read(&d.join("go.mod")).is_ok_and(|text| module_path(&text).is_some()));
        if !in_module || self.find(path).is_some() {
            return None;
        }
        let mut limit = path.len();
        while limit > 0 {
            let (i, j) = version_element(&path[..limit])?;
            if let Some(found) = self.find(&path[..i])
                && let Ok(text) = self.system.read(&found.dir.join("go.mod"))
                && let Some(module) = module_path(&text)
            {
                return (module == path[..j]).then(|| format!("{}{}", &path[..i], &path[j..]));
            }
            limit = i;
        }
        None
    }

    /// The directory of a full import path.
    fn find(&self, path: &str) -> Option<Found> {
        let goroot = || {
            let dir = join(&self.config.goroot.join("src"), path);
            let root = Some(self.config.goroot.clone());
            self.system.is_dir(&dir).then_some(Found { dir, root, goroot: true })
        };
        let gopath = || {
            self.config.gopath.iter().find_map(|root| {
                let dir = join(&root.join("src"), path);
                let root = Some(root.clone());
                self.system.is_dir(&dir).then_some(Found { dir, root, goroot: false })
            })
        };
        goroot().or_else(gopath)
    }

    /// The directory of a full import path; the error is Go's text.
    pub fn import(&self, path: &str, parent: Option<Parent<'_>>) -> Result<Found, String> {
        if path.starts_with('/') {
            return Err(format!("import {}: cannot import absolute path", go_quote(path)));
        }
        if let Some(found) = self.find(path) {
            return Ok(found);
        }
        let mut tried = Vec::new();
        if let Some((parent, root)) = parent.and_then(|p| p.root.map(|r| (p, r))) {
            let src = root.join("src");
            let vendors =
                parent.dir.ancestors().take_while(|d| d.starts_with(&src)).map(|d| d.join("vendor"));
            for (i, dir) in vendors.filter(|d| self.system.is_dir(d)).enumerate() {
                let note = if i == 0 { " (vendor tree)" } else { "" };
                tried.push(format!("\t{}{note}", join(&dir, path).display()));
            }
        }
        let dir = join(&self.config.goroot.join("src"), path);
        tried.push(format!("\t{} (from $GOROOT)", dir.display()));
        for (i, root) in self.config.gopath.iter().enumerate() {
            let note = if i == 0 { " (from $GOPATH)" } else { "" };
            tried.push(format!("\t{}{note}", join(&root.join("src"), path).display()));
        }
        if self.config.gopath.is_empty() {
            tried.push("\t($GOPATH not set. For more details see: 'go help gopath')".to_owned());
        }
        Err(format!("cannot find package {} in any of:\n{}", go_quote(path), tried.join("\n")))
    }

    /// The import path of a directory: its place below GOROOT or GOPATH, if nothing hides it there.
    pub fn path_of(&self, dir: &Path) -> Option<(String, PathBuf, bool)> {
        let in_testdata = |sub: &str| sub.split('/').any(|e| e == "testdata");
        let usable = |root: &Path| below(dir, &root.join("src")).filter(|s| !s.is_empty() && !in_testdata(s));
        if let Some(sub) = usable(&self.config.goroot) {
            return Some((sub, self.config.goroot.clone(), true));
        }
        for (i, root) in self.config.gopath.iter().enumerate() {
            if let Some(sub) = usable(root) {
                let earlier = std::iter::once(&self.config.goroot).chain(&self.config.gopath[..i]);
                if earlier.into_iter().any(|r| self.system.is_dir(&join(&r.join("src"), &sub))) {
                    return None;
                }
                return Some((sub, root.clone(), false));
            }
        }
        None
    }
}

/// The import path given to a directory outside GOPATH: `_` and the directory.
pub fn local_import_path(dir: &Path) -> String {
    let text = dir.to_string_lossy().replace('\\', "/");
    let bad =
        |c: char| c.is_control() || c.is_whitespace() || "!\"#$%&'()*,:;<=>?[\\]^{|}`\u{fffd}".contains(c);
    let cleaned: String = text.chars().map(|c| if bad(c) { '_' } else { c }).collect();
    crate::path::clean_slash(&format!("_/{cleaned}"))
}

/// The last `/vN` element (N from 2 on) of a path: where its slash stands and where it ends.
fn version_element(path: &str) -> Option<(usize, usize)> {
    let mut end = path.len();
    while let Some(slash) = path[..end].rfind('/') {
        let digits = path[slash + 1..end].strip_prefix('v');
        let is_version = digits.is_some_and(|d| {
            !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()) && !d.starts_with('0') && d != "1"
        });
        if is_version {
            return Some((slash, end));
        }
        end = slash;
    }
    None
}
