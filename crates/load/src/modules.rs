//! Main modules and workspaces: go.mod and go.work found and read, the mode they are used in, and
//! replacements.

use std::path::{Path, PathBuf};

use escargo_base::System;
use escargo_dialect::GoVersion;
use rustc_hash::FxHashMap;

use crate::config::{Config, ModMode};
use crate::dir::open_error;
use crate::error::LoadError;
use crate::modfile::{self, ModFile, ModKind, ModVersion, Replace};
use crate::path::{check_import_path, clean, go_quote, short_path};
use crate::vendor::{self, VendorList};

/// The language version of a module whose go.mod has no `go` line.
pub const DEFAULT_GO_VERSION: &str = "1.16";

/// A main module.
#[derive(Clone, Debug)]
pub struct MainModule {
    /// Module path.
    pub path: String,
    /// Import paths of its packages begin with this: the module path, or nothing for `std`.
    pub prefix: String,
    /// Its directory.
    pub root: PathBuf,
    /// Its go.mod.
    pub go_mod: PathBuf,
    /// The go.mod's contents.
    pub file: ModFile,
    /// It is `std` or `cmd` in the SDK.
    pub in_goroot: bool,
}

impl MainModule {
    /// The language version that the go.mod sets.
    pub fn go_version(&self) -> &str {
        self.file.go.as_deref().unwrap_or(DEFAULT_GO_VERSION)
    }
}

/// A workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The go.work file.
    pub path: PathBuf,
    /// Its contents.
    pub file: ModFile,
}

/// The main modules and how they are used.
#[derive(Debug)]
pub struct MainModules {
    /// The main modules, in go.work's order; none outside of modules.
    pub list: Vec<MainModule>,
    /// The workspace, if there is one.
    pub work: Option<Workspace>,
    /// The mode in force.
    pub mode: ModMode,
    /// It was asked for by flag.
    pub mode_explicit: bool,
    /// Why the mode was chosen, where that is told.
    pub mode_reason: Option<String>,
    /// The vendor directory's list, in vendor mode.
    pub vendor: Option<VendorList>,
    /// Warnings on the way.
    pub warnings: Vec<String>,
}

/// The directory at or above `dir` that holds a go.mod.
pub fn find_module_root(system: &dyn System, dir: &Path) -> Option<PathBuf> {
    dir.ancestors().find(|d| system.is_file(&d.join("go.mod"))).map(Path::to_owned)
}

fn find_work_file(system: &dyn System, config: &Config) -> Result<Option<PathBuf>, LoadError> {
    match config.gowork.as_deref() {
        Some("off") => return Ok(None),
        None | Some("auto") => {}
        Some(path) if !Path::new(path).is_absolute() => {
            return Err(LoadError::go("invalid GOWORK: not an absolute path"));
        }
        Some(path) => return Ok(Some(PathBuf::from(path))),
    }
    for dir in config.dir.ancestors() {
        let file = dir.join("go.work");
        if system.is_file(&file) {
            return Ok(Some(file));
        }
        if dir.parent() == Some(&config.goroot) {
            break;
        }
    }
    Ok(None)
}

impl MainModules {
    /// Finds and reads what governs `config.dir`.
    pub fn find(system: &dyn System, config: &Config) -> Result<MainModules, LoadError> {
        let mut mods = MainModules {
            list: Vec::new(),
            work: None,
            mode: config.mod_mode.unwrap_or(ModMode::Readonly),
            mode_explicit: config.mod_mode.is_some(),
            mode_reason: None,
            vendor: None,
            warnings: Vec::new(),
        };
        if let Some(path) = find_work_file(system, config)? {
            mods.read_workspace(system, config, path)?;
        } else if let Some(root) = find_module_root(system, &config.dir) {
            if is_temp_root(system, &root) {
                let text = format!("go: warning: ignoring go.mod in system temp root {}", root.display());
                mods.warnings.push(text);
            } else {
                let module = mods.read_module(system, config, root)?;
                mods.list.push(module);
            }
        }
        if let Some(file) = &config.modfile {
            if mods.work.is_some() {
                return Err(LoadError::go("-modfile cannot be used in workspace mode"));
            }
            if file.extension().is_none_or(|e| e != "mod") {
                let text = format!("-modfile={}: file does not have .mod extension", file.display());
                return Err(LoadError::go(text));
            }
        }
        mods.choose_mode(system, config)?;
        Ok(mods)
    }

    fn read_workspace(
        &mut self,
        system: &dyn System,
        config: &Config,
        path: PathBuf,
    ) -> Result<(), LoadError> {
        let short = short_path(&config.dir, &path);
        let text = system.read(&path).map_err(|e| {
            LoadError::go(format!("reading go.work: {}", open_error("open", Path::new(&short), &e)))
        })?;
        let file = modfile::parse(&short, &text, ModKind::Work).map_err(|errors| {
            LoadError::go(format!("errors parsing go.work:\n{}", render(&errors, &short)))
        })?;
        check_not_too_new(config, &short, file.go.as_deref())?;
        let dir = path.parent().unwrap_or(&path).to_owned();
        let uses: Vec<PathBuf> = file.use_dirs.iter().map(|d| clean(&dir.join(d))).collect();
        self.work = Some(Workspace { path, file });
        let mut errors = Vec::new();
        for root in uses {
            if self.list.iter().any(|m| m.root == root) {
                let text = format!(
                    "error loading go.work:\n{short}: path {} appears multiple times in workspace",
                    root.display()
                );
                return Err(LoadError::go(text));
            }
            let place = short_path(&config.dir, &root);
            match self.read_module(system, config, root) {
                Ok(module) => self.list.push(module),
                Err(e) => {
                    let text = e.message.strip_prefix("go: ").unwrap_or(&e.message).to_owned();
                    errors.push(format!("cannot load module {place} listed in go.work file: {text}"));
                }
            }
        }
        if !errors.is_empty() {
            return Err(LoadError::go(errors.join("\n")));
        }
        let work_go = self.work.as_ref().and_then(|w| w.file.go.clone());
        let verb = if work_go.is_some() { "lists" } else { "implicitly requires" };
        let work_go = work_go.unwrap_or_else(|| "1.18".to_owned());
        for m in &self.list {
            let too_old = GoVersion::parse(m.go_version())
                .zip(GoVersion::parse(&work_go))
                .is_some_and(|(m, w)| m.at_least(21) && m.is_newer_toolchain_than(w));
            if too_old {
                let action = if config.context.toolchain.at_least(27) {
                    format!("to download and use go {}", m.go_version())
                } else {
                    "to update it".to_owned()
                };
                let text = format!(
                    "module {} listed in go.work file requires go >= {}, but go.work {verb} go {work_go}; {action}:\n\tgo work use",
                    short_path(&config.dir, &m.root),
                    m.go_version(),
                );
                return Err(LoadError::go(text));
            }
        }
        Ok(())
    }

    fn read_module(
        &self,
        system: &dyn System,
        config: &Config,
        root: PathBuf,
    ) -> Result<MainModule, LoadError> {
        let go_mod = config.modfile.clone().unwrap_or_else(|| root.join("go.mod"));
        let short = short_path(&config.dir, &go_mod);
        let text =
            system.read(&go_mod).map_err(|e| LoadError::go(open_error("open", Path::new(&short), &e)))?;
        let modern = config.context.toolchain.at_least(24);
        let shown = if modern { go_mod.to_string_lossy().into_owned() } else { short.clone() };
        let file = match modfile::parse(&shown, &text, ModKind::Main) {
            Ok(file) => file,
            Err(errors) => {
                // A newer go.mod may say things that this release cannot know.
                if let Some(lax) = modfile::parse(&short, &text, ModKind::Dependency).ok().filter(|_| modern)
                {
                    check_not_too_new(config, &short, lax.go.as_deref())?;
                }
                return Err(LoadError::go(format!("errors parsing {short}:\n{}", render(&errors, &short))));
            }
        };
        check_not_too_new(config, &short, file.go.as_deref())?;
        let Some(path) = file.module.clone() else {
            return Err(LoadError::go(format!(
                "error reading {short}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod"
            )));
        };
        if matches!(&*path, "go" | "toolchain") {
            return Err(LoadError::go(format!(
                "error reading {short}: invalid module path: {}",
                go_quote(&path)
            )));
        }
        check_import_path(&path)
            .map_err(|e| LoadError::go(e.replacen("malformed import path", "malformed module path", 1)))?;
        let in_goroot = root.starts_with(config.goroot.join("src")) && matches!(&*path, "std" | "cmd");
        let prefix = if in_goroot && path == "std" { String::new() } else { path.clone() };
        Ok(MainModule { path, prefix, root, go_mod, file, in_goroot })
    }

    /// The error for a go.mod that would have to be changed.
    pub fn dirty(&self) -> LoadError {
        let how = match (&self.mode_reason, self.mode_explicit) {
            (_, true) => format!(", disabled by -mod={}; to update it:", self.mode),
            (Some(reason), _) => format!(", disabled by -mod={}\n\t({reason})\n\tto update it:", self.mode),
            (None, _) => "; to update it:".to_owned(),
        };
        LoadError::go(format!("updates to go.mod needed{how}\n\tgo mod tidy"))
    }

    /// Chooses `-mod` where no flag did, and reads the vendor directory if it is to be used.
    fn choose_mode(&mut self, system: &dyn System, config: &Config) -> Result<(), LoadError> {
        if self.mode_explicit && self.work.is_some() && self.mode == ModMode::Mod {
            return Err(LoadError::go(
                "-mod may only be set to readonly or vendor when in workspace mode, but it is set to \"mod\"\n\tRemove the -mod flag to use the default readonly value, \n\tor set GOWORK=off to disable workspace mode.",
            ));
        }
        if !self.mode_explicit && !self.list.is_empty() {
            let (source, go) = match &self.work {
                Some(work) => ("go.work", work.file.go.as_deref()),
                None => ("go.mod", self.list[0].file.go.as_deref()),
            };
            let dir = self.vendor_dir();
            if let Some(dir) = dir.filter(|d| system.is_dir(d)) {
                let list = read_vendor_list(system, &dir)?;
                let new_enough = go.and_then(GoVersion::parse).is_some_and(|v| v.at_least(14));
                self.mode_reason = Some(match go {
                    None => {
                        format!("Go version in {source} is unspecified, so vendor directory was not used.")
                    }
                    Some(go) if !new_enough => {
                        format!("Go version in {source} is {go}, so vendor directory was not used.")
                    }
                    Some(_) if list.for_workspace && self.work.is_none() => {
                        "Outside workspace mode, but vendor directory is for a workspace.".to_owned()
                    }
                    Some(_) if !list.for_workspace && self.work.is_some() => {
                        "In workspace mode, but vendor directory is not for a workspace".to_owned()
                    }
                    Some(_) => {
                        self.mode = ModMode::Vendor;
                        format!("Go version in {source} is at least 1.14 and vendor directory exists.")
                    }
                });
            }
        }
        if self.mode == ModMode::Vendor
            && let Some(dir) = self.vendor_dir()
        {
            let list = read_vendor_list(system, &dir)?;
            self.check_vendor(config, &dir, &list)?;
            self.vendor = Some(list);
        }
        Ok(())
    }

    fn check_vendor(&self, config: &Config, dir: &Path, list: &VendorList) -> Result<(), LoadError> {
        for module in &list.modules {
            if let Some(go) = list.meta.get(module).and_then(|m| m.go_version.as_deref()) {
                let file = short_path(&config.dir, &dir.join("modules.txt"));
                check_not_too_new(config, &format!("{} in {file}", module.path), Some(go))?;
            }
        }
        let work = self.work.as_ref();
        let mut replace: Vec<(&Replace, String)> = Vec::new();
        for m in &self.list {
            let file = short_path(&config.dir, &m.go_mod);
            replace.extend(m.file.replace.iter().map(|r| (r, file.clone())));
        }
        if let Some(work) = work {
            let file = short_path(&config.dir, &work.path);
            replace.extend(work.file.replace.iter().map(|r| (r, file.clone())));
        }
        let old =
            |m: &MainModule| m.file.go.as_deref().and_then(GoVersion::parse).is_none_or(|v| !v.at_least(14));
        let expected = vendor::Expected {
            require: self.list.iter().flat_map(|m| &m.file.require).collect(),
            replace,
            workspace: work.is_some(),
            before_1_14: work.is_none() && self.list.iter().any(old),
        };
        let lines = vendor::inconsistencies(list, &expected);
        if lines.is_empty() {
            return Ok(());
        }
        let command = if work.is_some() { "work" } else { "mod" };
        let lines: String = lines.iter().map(|l| format!("\n\t{l}")).collect();
        Err(LoadError::go(format!(
            "inconsistent vendoring in {}:{lines}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo {command} vendor",
            dir.parent().unwrap_or(dir).display()
        )))
    }

    /// Where the vendor directory stands or would stand.
    pub fn vendor_dir(&self) -> Option<PathBuf> {
        match &self.work {
            Some(work) => work.path.parent().map(|d| d.join("vendor")),
            None => self.list.first().map(|m| m.root.join("vendor")),
        }
    }

    /// The main module with a path.
    pub fn get(&self, path: &str) -> Option<&MainModule> {
        self.list.iter().find(|m| m.path == path)
    }

    /// The directory that relative replacements start from, in vendor lists and outside workspaces.
    pub fn base_dir(&self) -> Option<&Path> {
        match &self.work {
            Some(work) => work.path.parent(),
            None => self.list.first().map(|m| &*m.root),
        }
    }

    /// What a module at a version is replaced by; directories are made absolute.
    pub fn replacement(&self, module: &ModVersion) -> Option<Replacement> {
        if module.version.is_empty() && self.get(&module.path).is_some() {
            return None;
        }
        let work = self.work.iter().map(|w| (&w.file.replace, w.path.parent().unwrap_or(Path::new("/"))));
        let mains = self.list.iter().map(|m| (&m.file.replace, &*m.root));
        for (list, base) in work.chain(mains) {
            let exact = |r: &&Replace| r.old == *module;
            let any = |r: &&Replace| r.old.path == module.path && r.old.version.is_empty();
            if let Some(r) = list.iter().rfind(exact).or_else(|| list.iter().rfind(any)) {
                let dir = r.new.version.is_empty().then(|| clean(&base.join(&r.new.path)));
                return Some(Replacement { new: r.new.clone(), dir });
            }
        }
        None
    }

    /// Whether the main modules exclude a module at a version.
    pub fn excludes(&self, module: &ModVersion) -> bool {
        self.list.iter().any(|m| m.file.exclude.contains(module))
    }

    /// Highest replaced version of each replaced module path, in path order; the empty version where all are.
    pub fn replaced_paths(&self) -> Vec<(String, String)> {
        let mut highest: FxHashMap<String, String> = FxHashMap::default();
        let work = self.work.iter().flat_map(|w| &w.file.replace);
        for r in self.list.iter().flat_map(|m| &m.file.replace).chain(work) {
            let v = highest.entry(r.old.path.clone()).or_insert_with(|| r.old.version.clone());
            if crate::path::compare_versions(v, &r.old.version).is_lt() {
                v.clone_from(&r.old.version);
            }
        }
        let mut list: Vec<(String, String)> = highest.into_iter().collect();
        list.sort();
        list
    }
}

/// What a module is replaced by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// As written.
    pub new: ModVersion,
    /// The directory, absolute, where it is replaced by one.
    pub dir: Option<PathBuf>,
}

fn is_temp_root(system: &dyn System, root: &Path) -> bool {
    let temp = system.env("TMPDIR").filter(|d| !d.is_empty()).unwrap_or_else(|| "/tmp".to_owned());
    !cfg!(windows) && clean(Path::new(&temp)) == root
}

fn render(errors: &[modfile::ModError], file: &str) -> String {
    errors.iter().map(|e| e.render(file)).collect::<Vec<_>>().join("\n")
}

fn read_vendor_list(system: &dyn System, dir: &Path) -> Result<VendorList, LoadError> {
    let path = dir.join("modules.txt");
    match system.read(&path) {
        Ok(text) => Ok(VendorList::parse(&String::from_utf8_lossy(&text))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(VendorList::default()),
        Err(e) => Err(LoadError::go(open_error("open", &path, &e))),
    }
}

/// From 1.21 on, a go line newer than the toolchain is an error.
pub(crate) fn check_not_too_new(config: &Config, what: &str, go: Option<&str>) -> Result<(), LoadError> {
    let running = config.context.toolchain;
    let Some(wanted) = go.and_then(GoVersion::parse) else { return Ok(()) };
    if running.at_least(21) && wanted.is_newer_toolchain_than(running) {
        let choice = config.gotoolchain.as_ref().map_or_else(String::new, |t| format!("; GOTOOLCHAIN={t}"));
        let text = format!("{what} requires go >= {} (running go {}{choice})", wanted.bare(), running.bare());
        return Err(LoadError::go(text));
    }
    Ok(())
}
