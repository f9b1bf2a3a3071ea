//! Debian's packages `golang-1.N-src` and `golang-1.N-go`, fetched by apt, unpacked without root.
//!
//! The source package lacks the files that the build generates (`zbootstrap.go` and its like) and
//! VERSION; those are in the package of the commands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{Order, Source, make_executable};
use crate::sdk::process::run;

const LIMIT: Duration = Duration::from_secs(30 * 60);

/// The packages of the distribution.
pub(super) struct Packages;

impl Source for Packages {
    fn name(&self) -> String {
        "Debian packages".to_owned()
    }

    fn fetch(&self, order: &Order<'_>, tree: &Path, scratch: &Path) -> Result<String, String> {
        let minor = order.version.minor();
        order.progress.start("downloading with apt-get", None);
        let unpacked = download(order, minor, scratch);
        order.progress.finish();
        assemble(&unpacked?, minor, order.full, tree)?;
        Ok("apt checked the packages against the signed archive".to_owned())
    }
}

/// Downloads both packages and unpacks them over each other.
fn download(order: &Order<'_>, minor: u32, scratch: &Path) -> Result<PathBuf, String> {
    let names = ["src", "go"].map(|kind| format!("golang-1.{minor}-{kind}"));
    run(
        Command::new("apt-get").args(["download", "--quiet"]).args(&names).current_dir(scratch),
        LIMIT,
        order.cancel,
    )
    .map_err(|problem| match problem.contains("Unable to locate package") {
        true => format!("this system's archive has no {} (is \"apt-get update\" due?)", names[0]),
        false => problem,
    })?;
    let root = scratch.join("root");
    fs::create_dir(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    let entries = fs::read_dir(scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    for file in entries.flatten().map(|entry| entry.path()) {
        if file.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&root), LIMIT, order.cancel)?;
        }
    }
    Ok(root)
}

/// Moves what is kept out of Debian's two directories into one GOROOT.
fn assemble(unpacked: &Path, minor: u32, full: bool, tree: &Path) -> Result<(), String> {
    let lib = unpacked.join(format!("usr/lib/go-1.{minor}"));
    let share = unpacked.join(format!("usr/share/go-1.{minor}"));
    let take = |from: &Path, name: &str| {
        let file = from.join(name);
        fs::rename(&file, tree.join(name)).map_err(|error| format!("{}: {error}", file.display()))
    };
    take(&share, "src")?;
    take(&lib, "VERSION")?;
    if !full {
        return Ok(());
    }
    for name in ["api", "misc", "test"] {
        take(&share, name)?;
    }
    take(&lib, "bin")?;
    take(&lib, "pkg")?;
    // In Debian's layout a link to the shared directory.
    let include = tree.join("pkg/include");
    if include.is_symlink() {
        fs::remove_file(&include).map_err(|error| format!("{}: {error}", include.display()))?;
        take(&share, "pkg/include")?;
    }
    make_executable(tree)
}
