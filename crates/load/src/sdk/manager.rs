//! The SDKs of this machine and of this program: listing, installing, removing.

use std::path::{Path, PathBuf};

use escargo_base::{CancelToken, OsSystem, System};
use escargo_dialect::{GoVersion, Target};

use super::env::UserEnv;
use super::select::Want;
use super::source::{self, Order, Source};
use super::store::{Manifest, Store};
use super::{Origin, Progress, Sdk, SdkError, Silent, locate, process};

/// A line of the list of SDKs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The version.
    pub version: GoVersion,
    /// The SDK; `None` for a release that is known but not on this machine.
    pub sdk: Option<Sdk>,
    /// Where this program got it from, for its own.
    pub source: Option<String>,
    /// Whether the whole toolchain is there, not only what reading needs.
    pub full: bool,
}

/// Everything about SDKs: made once per command.
pub struct Sdks<'a> {
    pub(super) system: &'a dyn System,
    pub(super) env: UserEnv<'a>,
    pub(super) offline: bool,
    /// Only SDKs with a compiler will do.
    pub(super) whole: bool,
    store: Option<Store>,
    sources: Vec<Box<dyn Source>>,
    progress: &'a dyn Progress,
    cancel: CancelToken,
}

impl<'a> Sdks<'a> {
    /// With the user's settings, silent, allowed to fetch.
    pub fn new(system: &'a dyn System) -> Sdks<'a> {
        let env = UserEnv::new(system);
        let store = env.escargo_cache().map(|dir| Store::new(&dir));
        let sources = source::sources(&env);
        let cancel = CancelToken::new();
        Sdks { system, env, offline: false, whole: false, store, sources, progress: &Silent, cancel }
    }

    /// Tells somebody what goes on.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Stops when the token says so; nothing is left behind then.
    #[must_use]
    pub fn cancel(mut self, cancel: CancelToken) -> Self {
        self.cancel = cancel;
        self
    }

    /// `--offline`: nothing is fetched.
    #[must_use]
    pub fn offline(mut self, offline: bool) -> Self {
        self.offline = offline;
        self
    }

    /// Chooses only among SDKs with a compiler. Where the one that would be chosen has none, another of the same version
    /// does, else the whole toolchain is fetched.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Fetches from other sources than the usual ones.
    #[must_use]
    pub fn sources(mut self, sources: Vec<Box<dyn Source>>) -> Self {
        self.sources = sources;
        self
    }

    /// The directory of this program's SDKs.
    pub fn cache_dir(&self) -> Result<&Path, SdkError> {
        self.store().map(Store::dir)
    }

    /// Installs a version in this program's cache, unless it is there: a release, or the newest of
    /// a language version. `full` keeps the whole toolchain; an SDK without it is then replaced.
    pub fn install(&self, version: &str, full: bool) -> Result<Sdk, SdkError> {
        let want = Want::parse(version).ok_or_else(|| SdkError::BadVersion(version.to_owned()))?;
        let release = want.release();
        if self.offline && !self.store()?.has(release, full) {
            return Err(self.may_not_fetch(release, "--offline".to_owned()));
        }
        self.fetch(release, full)
    }

    /// The directory of a version that is on this machine, wherever that is.
    pub fn path(&self, version: &str) -> Result<PathBuf, SdkError> {
        let want = Want::parse(version).ok_or_else(|| SdkError::BadVersion(version.to_owned()))?;
        let mut here = self.on_this_machine();
        here.retain(|sdk| want.matches(sdk.version));
        here.sort_by(|a, b| b.version.toolchain_order(a.version));
        let cache = self.cache_dir().map(Path::to_owned).unwrap_or_default();
        let missing = || SdkError::NotInstalled { version: version.to_owned(), cache };
        here.into_iter().next().map(|sdk| sdk.root).ok_or_else(missing)
    }

    /// Removes from this program's cache a release, or every release of a language version. SDKs
    /// elsewhere are not this program's to remove.
    pub fn remove(&self, version: &str) -> Result<Vec<PathBuf>, SdkError> {
        let want = Want::parse(version).ok_or_else(|| SdkError::BadVersion(version.to_owned()))?;
        let store = self.store()?;
        let matching: Vec<Sdk> = self.cached().into_iter().filter(|sdk| want.matches(sdk.version)).collect();
        if matching.is_empty() {
            return Err(SdkError::NotInstalled {
                version: version.to_owned(),
                cache: store.dir().to_owned(),
            });
        }
        matching.into_iter().map(|sdk| store.remove(sdk.version)).collect()
    }

    /// The SDKs of this machine, newest first, and the known releases that are not here.
    pub fn list(&self) -> Vec<Listed> {
        if let Some(store) = &self.store {
            store.clean_if_idle();
        }
        let mut list: Vec<Listed> = self.on_this_machine().into_iter().map(|sdk| self.listed(sdk)).collect();
        for version in source::known() {
            if !list.iter().any(|listed| listed.version == version) {
                list.push(Listed { version, sdk: None, source: None, full: false });
            }
        }
        list.sort_by(|a, b| b.version.toolchain_order(a.version));
        list
    }

    fn listed(&self, sdk: Sdk) -> Listed {
        let ours = sdk.origin == Origin::Cache;
        let manifest = self.store.as_ref().filter(|_| ours).and_then(|store| store.manifest(sdk.version));
        let full =
            manifest.as_ref().map_or_else(|| self.system.is_dir(&sdk.root.join("pkg/tool")), |m| m.full);
        Listed { version: sdk.version, source: manifest.map(|m| m.source), full, sdk: Some(sdk) }
    }

    /// Every SDK of this machine, the preferred place first, each directory once.
    pub(super) fn on_this_machine(&self) -> Vec<Sdk> {
        let mut all: Vec<Sdk> = Vec::new();
        let goroot = self.env.get("GOROOT");
        all.extend(goroot.and_then(|root| locate::open(self.system, Path::new(&root), Origin::Goroot).ok()));
        all.extend(locate::on_path(&self.env, self.system, process::ask_go));
        all.extend(locate::usual_places(&self.env, self.system));
        all.extend(self.cached());
        let mut seen: Vec<PathBuf> = Vec::new();
        all.retain(|sdk| {
            let root = self.system.canonicalize(&sdk.root).unwrap_or_else(|_| sdk.root.clone());
            let new = !seen.contains(&root);
            seen.push(root);
            new
        });
        all
    }

    /// The SDKs of this program's cache, newest first.
    pub(super) fn cached(&self) -> Vec<Sdk> {
        let dir = self.store.as_ref().map(Store::dir);
        dir.map(|dir| locate::versioned(self.system, dir, "go1", Origin::Cache)).unwrap_or_default()
    }

    fn store(&self) -> Result<&Store, SdkError> {
        self.store.as_ref().ok_or(SdkError::NoCacheDir)
    }

    /// The error of a fetch that is not allowed.
    pub(super) fn may_not_fetch(&self, version: GoVersion, forbidden_by: String) -> SdkError {
        let mut looked_in: Vec<String> =
            ["GOROOT", "PATH", "the usual places", "the module cache"].map(str::to_owned).into();
        looked_in.extend(self.store.as_ref().map(|store| store.dir().display().to_string()));
        SdkError::MayNotFetch { version, forbidden_by, whole: self.whole, looked_in }
    }

    /// Installs one release from the first source that has it.
    pub(super) fn fetch(&self, version: GoVersion, full: bool) -> Result<Sdk, SdkError> {
        let store = self.store()?;
        let opened = |root: &Path| Sdk::open(&OsSystem, root, Origin::Cache);
        if store.has(version, full) {
            return opened(&store.root(version));
        }
        let waiting = || self.progress.note("waiting for another escargo that installs an SDK");
        let _lock = store.lock(waiting)?;
        if store.has(version, full) {
            return opened(&store.root(version));
        }
        let host = Target::host();
        self.progress.note(&format!("downloading {version} ({}/{})", host.goos(), host.goarch()));
        let mut attempts = Vec::new();
        for source in &self.sources {
            match self.fetch_from(source.as_ref(), store, version, full) {
                Ok(root) => return opened(&root),
                Err(SdkError::Io { what, error }) => {
                    attempts.push((source.name(), format!("{what}: {error}")))
                }
                Err(SdkError::FetchFailed { attempts: failed, .. }) => attempts.extend(failed),
                Err(error) => return Err(error),
            }
            if self.cancel.is_cancelled() {
                return Err(SdkError::Cancelled);
            }
        }
        Err(SdkError::FetchFailed { version, attempts })
    }

    fn fetch_from(
        &self,
        source: &dyn Source,
        store: &Store,
        version: GoVersion,
        full: bool,
    ) -> Result<PathBuf, SdkError> {
        let work = store.temporary()?;
        let make = |name: &str| -> Result<PathBuf, SdkError> {
            let dir = work.path().join(name);
            std::fs::create_dir(&dir).map_err(|error| SdkError::io("create", &dir, error))?;
            Ok(dir)
        };
        let (tree, scratch) = (make("go")?, make("scratch")?);
        let failed =
            |problem: String| SdkError::FetchFailed { version, attempts: vec![(source.name(), problem)] };
        let order = Order { version, full, progress: self.progress, cancel: &self.cancel };
        let verified = source.fetch(&order, &tree, &scratch).map_err(failed)?;
        let sdk = locate::open(&OsSystem, &tree, Origin::Cache)
            .map_err(|problem| failed(format!("what it sent is no SDK: {problem}")))?;
        if sdk.version != version {
            return Err(failed(format!("it sent {} instead", sdk.version)));
        }
        if self.cancel.is_cancelled() {
            return Err(SdkError::Cancelled);
        }
        let manifest = Manifest { source: source.name(), full, verified };
        store.publish(&tree, &work, version, &manifest)
    }
}
