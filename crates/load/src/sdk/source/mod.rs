//! Where SDKs are fetched from, in the order in which they are tried.

mod debian;
mod proxy;
mod pypi;

use std::path::Path;

use escargo_base::CancelToken;
use escargo_dialect::GoVersion;

use super::Progress;
use super::env::UserEnv;
use super::unpack::Job;

/// What a source is asked for.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// The release.
    pub version: GoVersion,
    /// The whole toolchain, not only what reading needs.
    pub full: bool,
    /// Who is told.
    pub progress: &'a dyn Progress,
    /// Who may stop it.
    pub cancel: &'a CancelToken,
}

impl<'a> Order<'a> {
    fn job(&self) -> Job<'a> {
        Job { full: self.full, progress: self.progress, cancel: self.cancel }
    }
}

/// Somewhere an SDK can be had.
pub trait Source: Sync {
    /// Its name in messages.
    fn name(&self) -> String;
    /// Makes the tree of an SDK in the directory `tree`, which exists and is empty; `scratch` is a
    /// directory on the same file system for whatever else is needed. Returns in words what was
    /// verified. The error says why it did not work.
    fn fetch(&self, order: &Order<'_>, tree: &Path, scratch: &Path) -> Result<String, String>;
}

/// The sources that the user's settings allow.
pub(super) fn sources(env: &UserEnv<'_>) -> Vec<Box<dyn Source>> {
    let mut list: Vec<Box<dyn Source>> = Vec::new();
    list.push(Box::new(proxy::ModuleProxy::new(
        env.get("GOPROXY").as_deref(),
        env.get("GOSUMDB").as_deref(),
    )));
    list.push(Box::new(pypi::Wheel));
    if cfg!(target_os = "linux") {
        list.push(Box::new(debian::Packages));
    }
    list
}

/// The newest release of each minor version that is known to be had from the sources.
const NEWEST: &[(u32, u32)] =
    &[(19, 8), (20, 14), (21, 13), (22, 10), (23, 9), (24, 11), (25, 5), (26, 6), (27, 3)];

/// The newest release of a language version that is known; its first release if it is newer than
/// this program.
pub(super) fn newest_of(version: GoVersion) -> GoVersion {
    let known = NEWEST.iter().map(|&(minor, patch)| GoVersion::release(minor, patch));
    known.into_iter().find(|release| release.same_language(version)).unwrap_or(version.first_release())
}

/// The newest supported release.
pub(super) fn newest() -> GoVersion {
    newest_of(GoVersion::language(escargo_dialect::model::NEWEST_RELEASE))
}

/// Every release in the table, newest first.
pub(super) fn known() -> impl Iterator<Item = GoVersion> {
    NEWEST.iter().rev().map(|&(minor, patch)| GoVersion::release(minor, patch))
}

/// Gives the commands of a toolchain the right to be run, as the go command does for those it
/// fetches: archives of modules keep no modes.
#[cfg(unix)]
fn make_executable(tree: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    // (directory, only names with this ending)
    let mut dirs = vec![(tree.join("bin"), ""), (tree.join("pkg/tool"), ""), (tree.join("lib"), "_exec")];
    while let Some((dir, ending)) = dirs.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else { continue };
        for entry in entries.flatten() {
            let failed = |error: std::io::Error| format!("{}: {error}", entry.path().display());
            let metadata = entry.metadata().map_err(failed)?;
            if metadata.is_dir() {
                dirs.push((entry.path(), ending));
            } else if metadata.is_file() && entry.file_name().to_string_lossy().ends_with(ending) {
                let mode = metadata.permissions().mode() & 0o777 | 0o111;
                let permissions = std::fs::Permissions::from_mode(mode);
                std::fs::set_permissions(entry.path(), permissions).map_err(failed)?;
            }
        }
    }
    Ok(())
}

/// There is no such right to give.
#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<(), String> {
    Ok(())
}
