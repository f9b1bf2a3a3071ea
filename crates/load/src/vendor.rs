//! `vendor/modules.txt`: which packages are vendored from which modules, and whether that agrees
//! with go.mod.

use rustc_hash::FxHashMap;

use crate::modfile::{ModVersion, Replace, Require};
use crate::path::{check_import_path, compare_versions, is_valid_version};

/// What is said of a vendored module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VendorMeta {
    /// It is required in go.mod itself.
    pub explicit: bool,
    /// What it is replaced by.
    pub replacement: Option<ModVersion>,
    /// Its `go` line.
    pub go_version: Option<String>,
}

/// The contents of `vendor/modules.txt`.
#[derive(Clone, Debug, Default)]
pub struct VendorList {
    /// Modules that provide packages, in order.
    pub modules: Vec<ModVersion>,
    /// What is said of each module.
    pub meta: FxHashMap<ModVersion, VendorMeta>,
    /// Packages and the module each comes from.
    pub packages: FxHashMap<String, ModVersion>,
    /// The version of each module path.
    pub versions: FxHashMap<String, String>,
    /// Modules marked as replaced, in order.
    pub replaced: Vec<ModVersion>,
    /// The file was made by `go work vendor`.
    pub for_workspace: bool,
}

impl VendorList {
    /// Reads the file.
    pub fn parse(text: &str) -> VendorList {
        let mut list = VendorList::default();
        let mut current: Option<ModVersion> = None;
        for (i, line) in text.split('\n').enumerate() {
            if i == 0
                && let Some(marks) = line.strip_prefix("## ")
            {
                list.for_workspace = marks.split(';').any(|m| m.trim() == "workspace");
            }
            if line.starts_with("# ") {
                list.module_line(line, &mut current);
            } else if let Some(module) = &current {
                if let Some(marks) = line.strip_prefix("## ") {
                    let meta = list.meta.entry(module.clone()).or_default();
                    for mark in marks.split(';').map(str::trim) {
                        meta.explicit |= mark == "explicit";
                        if let Some(version) = mark.strip_prefix("go ") {
                            meta.go_version = Some(version.to_owned());
                        }
                    }
                } else {
                    list.package_line(line, module);
                }
            }
        }
        list
    }

    fn module_line(&mut self, line: &str, current: &mut Option<ModVersion>) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let rest = match fields.as_slice() {
            [_, path, version, rest @ ..] if is_valid_version(version) => {
                *current = Some(ModVersion::new(*path, *version));
                rest
            }
            [_, path, rest @ ..] if rest.first() == Some(&"=>") => {
                *current = Some(ModVersion::new(*path, ""));
                rest
            }
            [_, _, _, ..] => {
                *current = None;
                return;
            }
            _ => return,
        };
        let Some(module) = current else { return };
        let replacement = match rest {
            ["=>", path] => ModVersion::new(*path, ""),
            ["=>", path, version] if is_valid_version(version) => ModVersion::new(*path, *version),
            _ => {
                self.meta.entry(module.clone()).or_default();
                return;
            }
        };
        self.replaced.push(module.clone());
        self.meta.entry(module.clone()).or_default().replacement = Some(replacement);
    }

    fn package_line(&mut self, line: &str, module: &ModVersion) {
        let mut fields = line.split_whitespace();
        let (Some(package), None) = (fields.next(), fields.next()) else { return };
        if check_import_path(package).is_err() {
            return;
        }
        self.packages.insert(package.to_owned(), module.clone());
        let known = self.versions.get(&module.path);
        if known.is_none_or(|v| compare_versions(v, &module.version).is_lt()) {
            self.modules.push(module.clone());
            self.versions.insert(module.path.clone(), module.version.clone());
        }
    }
}

/// What go.mod files say about requirements and replacements, for comparison.
pub struct Expected<'a> {
    /// Requirements of the main modules, in file order.
    pub require: Vec<&'a Require>,
    /// Replacements of the main modules and go.work, in file order, with the name of their file.
    pub replace: Vec<(&'a Replace, String)>,
    /// Workspace mode.
    pub workspace: bool,
    /// The module's language is older than 1.14, whose file says less.
    pub before_1_14: bool,
}

/// Compares the file with go.mod. Returns one indented line per disagreement.
pub fn inconsistencies(list: &VendorList, expected: &Expected<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let pre114 = expected.before_1_14;
    for r in &expected.require {
        if list.meta.get(&r.module).is_some_and(|m| m.explicit) {
            continue;
        }
        if !pre114 {
            out.push(format!(
                "{}: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt",
                r.module
            ));
        } else if let Some(v) = list.versions.get(&r.module.path).filter(|v| **v != r.module.version) {
            out.push(format!(
                "{}: is explicitly required in go.mod, but vendor/modules.txt indicates {}@{v}",
                r.module, r.module.path
            ));
        }
    }
    let mut seen: Vec<&ModVersion> = Vec::new();
    for (r, file) in &expected.replace {
        if seen.contains(&&r.old) {
            continue;
        }
        seen.push(&r.old);
        match list.meta.get(&r.old).and_then(|m| m.replacement.as_ref()) {
            None if pre114
                && (r.old.version.is_empty() || list.versions.get(&r.old.path) != Some(&r.old.version)) => {}
            None => out.push(format!(
                "{}: is replaced in {file}, but not marked as replaced in vendor/modules.txt",
                r.old
            )),
            Some(marked) if *marked != r.new => out.push(format!(
                "{}: is replaced by {} in {file}, but marked as replaced by {marked} in vendor/modules.txt",
                r.old, r.new
            )),
            Some(_) => {}
        }
    }
    for module in &list.modules {
        let explicit = list.meta.get(module).is_some_and(|m| m.explicit);
        if explicit && !expected.require.iter().any(|r| r.module == *module) {
            let article = if expected.workspace { "a " } else { "" };
            out.push(format!(
                "{module}: is marked as explicit in vendor/modules.txt, but not explicitly required in {article}go.mod"
            ));
        }
    }
    for module in &list.replaced {
        let replaced = expected.replace.iter().any(|(r, _)| {
            r.old.path == module.path && (r.old.version.is_empty() || r.old.version == module.version)
        });
        if !replaced {
            let file = if expected.workspace { "the workspace" } else { "go.mod" };
            out.push(format!(
                "{module}: is marked as replaced in vendor/modules.txt, but not replaced in {file}"
            ));
        }
    }
    out
}
