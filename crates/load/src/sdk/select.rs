//! Which SDK is read: the go command's rules, and this program's own places after them.

use std::path::{Path, PathBuf};

use escargo_dialect::GoVersion;

use super::manager::Sdks;
use super::{Origin, Sdk, SdkError, locate, process, source};

/// What the choice depends on, beside the environment.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `--go`: a version (`1.24.11`, or `1.24` for the newest of it), or the directory of an SDK.
    pub go: Option<String>,
    /// The version of the `go` line of go.mod or go.work.
    pub go_line: Option<GoVersion>,
    /// The version of its `toolchain` line.
    pub toolchain_line: Option<GoVersion>,
    /// The `toolchain` line says `default`: the module asks for no other toolchain.
    pub toolchain_default: bool,
}

/// Why an SDK was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `--go`.
    Flag,
    /// `GOTOOLCHAIN`.
    Gotoolchain,
    /// The `go` or `toolchain` line.
    Module,
    /// It was the first one found.
    Found,
    /// There was none, so the newest supported release was fetched.
    Newest,
}

/// The SDK chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The SDK.
    pub sdk: Sdk,
    /// Why this one.
    pub reason: Reason,
}

/// A version as a user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// One release.
    Release(GoVersion),
    /// The newest release of a language version.
    Newest(GoVersion),
}

impl Want {
    pub(super) fn parse(text: &str) -> Option<Want> {
        let version = GoVersion::parse(text).or_else(|| GoVersion::parse_toolchain(text))?;
        let short = text.bytes().filter(|&b| b == b'.').count() == 1 && !version.is_prerelease();
        Some(if short { Want::Newest(version.lang()) } else { Want::Release(version) })
    }

    pub(super) fn matches(&self, version: GoVersion) -> bool {
        match *self {
            Want::Release(release) => version == release,
            Want::Newest(lang) => version.same_language(lang),
        }
    }

    /// What is fetched for it.
    pub(super) fn release(&self) -> GoVersion {
        match *self {
            Want::Release(release) => release.first_release(),
            Want::Newest(lang) => source::newest_of(lang),
        }
    }
}

/// What GOTOOLCHAIN says.
struct Policy {
    /// The toolchain it names.
    named: Option<Want>,
    /// Whether the module's lines may ask for a newer one.
    module_may_raise: bool,
    /// What forbids fetching, if something does.
    forbidden_by: Option<String>,
}

impl Policy {
    fn parse(text: &str) -> Result<Policy, SdkError> {
        let (first, suffix) =
            text.split_once('+').map_or((text, None), |(first, suffix)| (first, Some(suffix)));
        let bad = || SdkError::BadGotoolchain(text.to_owned());
        let named = match (first, suffix) {
            ("auto" | "path", None) | ("local", _) => None,
            (name, _) if name.starts_with("go1") => Some(Want::parse(name).ok_or_else(bad)?),
            _ => return Err(bad()),
        };
        let mode = suffix.or((named.is_none() && first != "local").then_some(first));
        let (module_may_raise, may_fetch) = match mode {
            Some("auto") => (true, true),
            Some("path") => (true, false),
            Some(_) => return Err(bad()),
            // A toolchain that is named is fetched; "local" is what is there.
            None => (false, named.is_some()),
        };
        let forbidden_by = (!may_fetch).then(|| format!("GOTOOLCHAIN={text}"));
        Ok(Policy { named, module_may_raise, forbidden_by })
    }
}

impl Sdks<'_> {
    /// Chooses the SDK, fetching it where that is needed and allowed. In order: `--go`; GOTOOLCHAIN;
    /// the module's lines where they ask for more than what is there; GOROOT; `go` on PATH; the
    /// usual places; this program's cache; the newest supported release, fetched.
    pub fn select(&self, request: &Request) -> Result<Selection, SdkError> {
        let policy = match self.env.get("GOTOOLCHAIN") {
            Some(text) => Policy::parse(&text)?,
            None => Policy { named: None, module_may_raise: true, forbidden_by: None },
        };
        let forbidden_by = policy.forbidden_by.clone();
        let selection = self.select_by(policy, request)?;
        if !self.whole || selection.sdk.go_command(self.system).is_some() {
            return Ok(selection);
        }
        let sdk = self.with_compiler(selection.sdk, forbidden_by)?;
        Ok(Selection { sdk, ..selection })
    }

    fn select_by(&self, mut policy: Policy, request: &Request) -> Result<Selection, SdkError> {
        if let Some(go) = &request.go {
            let sdk = self.named(go, &policy)?;
            return Ok(Selection { sdk, reason: Reason::Flag });
        }
        let required = request.required().filter(|_| policy.module_may_raise);
        if let Some(want) = policy.named.take() {
            let at_least = want.release();
            if let Some(required) = required.filter(|r| r.is_newer_toolchain_than(at_least)) {
                return self.for_module(required, &policy);
            }
            let sdk = self.obtain(&want, &policy)?;
            return Ok(Selection { sdk, reason: Reason::Gotoolchain });
        }
        if let Some(sdk) = self.what_is_there()? {
            let newer = required.filter(|r| r.is_newer_toolchain_than(sdk.version));
            return match newer.filter(|_| self.sdk_lets_module_raise(&sdk)) {
                Some(required) => self.for_module(required, &policy),
                None => Ok(Selection { sdk, reason: Reason::Found }),
            };
        }
        let newest = source::newest();
        match required.filter(|r| r.is_newer_toolchain_than(newest)) {
            Some(required) => self.for_module(required, &policy),
            None => {
                let sdk = self.obtain(&Want::Release(newest), &policy)?;
                Ok(Selection { sdk, reason: Reason::Newest })
            }
        }
    }

    /// The same version with a compiler. A directory that the user named is what it is.
    fn with_compiler(&self, sdk: Sdk, forbidden_by: Option<String>) -> Result<Sdk, SdkError> {
        let offline = self.offline.then(|| "--offline".to_owned());
        let forbidden = offline.or(forbidden_by).map(|by| format!("{by} forbids fetching it"));
        let named = (sdk.origin == Origin::Named).then(|| "it is the one that was named".to_owned());
        let same = |other: &Sdk| other.version == sdk.version && other.go_command(self.system).is_some();
        if named.is_none()
            && let Some(other) = self.on_this_machine().into_iter().find(same)
        {
            return Ok(other);
        }
        match named.or(forbidden) {
            Some(forbidden_by) => {
                Err(SdkError::NoCompiler { root: sdk.root, version: sdk.version, forbidden_by })
            }
            None => self.fetch(sdk.version, true),
        }
    }

    /// What `--go` names.
    fn named(&self, go: &str, policy: &Policy) -> Result<Sdk, SdkError> {
        if let Some(want) = Want::parse(go) {
            return self.obtain(&want, policy);
        }
        if !go.contains(['/', '\\']) {
            return Err(SdkError::BadVersion(go.to_owned()));
        }
        let mut root = PathBuf::from(go);
        if root.is_relative() {
            let here = self.system.current_dir();
            root = here.map_err(|error| SdkError::io("find", Path::new("."), error))?.join(root);
        }
        Sdk::open(self.system, &root, Origin::Named)
    }

    /// The SDK that the go command would start with, or the newest of this program's own.
    fn what_is_there(&self) -> Result<Option<Sdk>, SdkError> {
        if let Some(root) = self.env.get("GOROOT") {
            return Sdk::open(self.system, Path::new(&root), Origin::Goroot).map(Some);
        }
        if let Some(sdk) = locate::on_path(&self.env, self.system, process::ask_go) {
            return Ok(Some(sdk));
        }
        // Nobody asked for these; one that is too old to be imitated is no help.
        let supported = |sdk: &Sdk| sdk.version.at_least(escargo_dialect::model::OLDEST_RELEASE);
        let mut usual = locate::usual_places(&self.env, self.system).into_iter();
        Ok(usual.find(supported).or_else(|| self.cached().into_iter().next()))
    }

    /// An SDK's own go.env is where distributions set `GOTOOLCHAIN=local`.
    fn sdk_lets_module_raise(&self, sdk: &Sdk) -> bool {
        if self.env.get("GOTOOLCHAIN").is_some() {
            return true;
        }
        let text = self.system.read(&sdk.root.join("go.env")).unwrap_or_default();
        !String::from_utf8_lossy(&text).lines().any(|line| line.trim() == "GOTOOLCHAIN=local")
    }

    /// The toolchain that a module asks for: that very release. Where it cannot be had, the newest
    /// of its language version does as well.
    fn for_module(&self, required: GoVersion, policy: &Policy) -> Result<Selection, SdkError> {
        let release = required.first_release();
        let select = |sdk| Selection { sdk, reason: Reason::Module };
        let error = match self.obtain(&Want::Release(release), policy) {
            Ok(sdk) => return Ok(select(sdk)),
            Err(error @ (SdkError::MayNotFetch { .. } | SdkError::FetchFailed { .. })) => error,
            Err(error) => return Err(error),
        };
        let enough =
            |version: GoVersion| version.same_language(release) && !release.is_newer_toolchain_than(version);
        if let Some(sdk) = self.on_this_machine().into_iter().find(|sdk| enough(sdk.version)) {
            return Ok(select(sdk));
        }
        let newest = source::newest_of(release.lang());
        if newest == release || !enough(newest) {
            return Err(error);
        }
        self.obtain(&Want::Release(newest), policy).map(select).map_err(|_| error)
    }

    /// A version from wherever it is on this machine, else fetched.
    fn obtain(&self, want: &Want, policy: &Policy) -> Result<Sdk, SdkError> {
        let mut here = self.on_this_machine();
        here.retain(|sdk| want.matches(sdk.version));
        // Of a language version any release will do, so one with a compiler goes before newer ones without.
        if self.whole && here.iter().any(|sdk| sdk.go_command(self.system).is_some()) {
            here.retain(|sdk| sdk.go_command(self.system).is_some());
        }
        // The sort is stable: of equal versions the place that is preferred.
        here.sort_by(|a, b| b.version.toolchain_order(a.version));
        if let Some(sdk) = here.into_iter().next() {
            return Ok(sdk);
        }
        let release = want.release();
        let offline = self.offline.then(|| "--offline".to_owned());
        match offline.or_else(|| policy.forbidden_by.clone()) {
            Some(forbidden_by) => Err(self.may_not_fetch(release, forbidden_by)),
            None => self.fetch(release, self.whole),
        }
    }
}

impl Request {
    /// The newer of what the module's two lines ask for.
    fn required(&self) -> Option<GoVersion> {
        if self.toolchain_default {
            return None;
        }
        match (self.go_line, self.toolchain_line) {
            (Some(go), Some(toolchain)) if go.is_newer_toolchain_than(toolchain) => Some(go),
            (go, toolchain) => toolchain.or(go),
        }
    }
}
