//! Unpacking SDK archives: which files are kept, that none leaves its directory, what they hash to.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use escargo_base::CancelToken;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::Progress;

/// Limits on what an archive may hold, well above every SDK: a crafted archive fills no disk.
const MAX_FILES: usize = 200_000;
const MAX_FILE: u64 = 1 << 30;
const MAX_TOTAL: u64 = 4 << 30;

/// A file's SHA-256.
pub(super) type Sum = [u8; 32];

/// What is asked of an unpacking, and who watches it.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    /// Keep the whole toolchain, not only what reading needs.
    pub(super) full: bool,
    pub(super) progress: &'a dyn Progress,
    pub(super) cancel: &'a CancelToken,
}

impl Job<'_> {
    /// Whether a file of the SDK is kept: reading needs the source, the version, the defaults.
    pub(super) fn keeps(&self, file: &str) -> bool {
        self.full || file == "VERSION" || file == "go.env" || file.starts_with("src/")
    }
}

/// The layout of an archive: how its names become names within GOROOT.
pub(super) trait Layout: Sync {
    /// The path within GOROOT; `None` for what does not belong there.
    fn path<'n>(&self, name: &'n str) -> Result<Option<&'n str>, String>;
    /// Whether the sums of files that are not kept are wanted too.
    fn hash_all(&self) -> bool;
}

/// A file to unpack.
struct Item<'a> {
    index: usize,
    /// Where it goes, if it is kept.
    path: Option<&'a str>,
    size: u64,
}

/// Unpacks a zip archive into `root`, with as many threads as there are processors. Returns the sums
/// of the files by their names in the archive.
pub(super) fn unzip(
    archive: &Path,
    root: &Path,
    layout: &dyn Layout,
    job: Job<'_>,
) -> Result<Vec<(String, Sum)>, String> {
    let mut zip = open(archive)?;
    if zip.len() > MAX_FILES {
        return Err(format!("archive has {} files", zip.len()));
    }
    let names = (0..zip.len()).map(|index| match zip.name_for_index(index) {
        Some(Ok(name)) => Ok(name.into_owned()),
        _ => Err("corrupt archive: a name cannot be read".to_owned()),
    });
    let names: Vec<String> = names.collect::<Result<_, _>>()?;
    let items = plan(&mut zip, &names, layout, job)?;
    make_dirs(root, &items)?;
    job.progress.start("unpacking", Some(items.iter().map(|item| item.size).sum()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, 4);
    let work = |part: usize| -> Result<Vec<(usize, Sum)>, String> {
        let mut zip = open(archive)?;
        let mine = items.iter().skip(part).step_by(threads);
        mine.map(|item| Ok((item.index, extract(&mut zip, item, &names[item.index], root, job)?))).collect()
    };
    let results: Vec<Result<Vec<(usize, Sum)>, String>> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads).map(|part| scope.spawn(move || work(part))).collect();
        let stopped = || Err("unpacking stopped unexpectedly".to_owned());
        parts.into_iter().map(|part| part.join().unwrap_or_else(|_| stopped())).collect()
    });
    job.progress.finish();
    let mut sums = Vec::with_capacity(items.len());
    for result in results {
        sums.extend(result?.into_iter().map(|(index, sum)| (names[index].clone(), sum)));
    }
    sums.sort();
    Ok(sums)
}

fn open(archive: &Path) -> Result<ZipArchive<BufReader<File>>, String> {
    let file = File::open(archive).map_err(|error| format!("{}: {error}", archive.display()))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| format!("corrupt archive: {error}"))
}

/// Decides what happens to each entry, before anything is written.
fn plan<'a>(
    zip: &mut ZipArchive<BufReader<File>>,
    names: &'a [String],
    layout: &dyn Layout,
    job: Job<'_>,
) -> Result<Vec<Item<'a>>, String> {
    let mut items = Vec::with_capacity(names.len());
    let mut seen = BTreeSet::new();
    let mut total = 0u64;
    for (index, name) in names.iter().enumerate() {
        let entry = zip.by_index_raw(index).map_err(|error| format!("corrupt archive: {error}"))?;
        if name.ends_with('/') {
            continue;
        }
        check_name(name)?;
        if entry.is_symlink() {
            return Err(format!("archive holds a symbolic link: {name}"));
        }
        if !seen.insert(name) {
            return Err(format!("archive holds {name} twice"));
        }
        let path = layout.path(name)?.filter(|path| job.keeps(path));
        if path.is_none() && !layout.hash_all() {
            continue;
        }
        total = total.saturating_add(entry.size());
        if entry.size() > MAX_FILE || total > MAX_TOTAL {
            return Err(format!("archive is too large at {name}"));
        }
        items.push(Item { index, path, size: entry.size() });
    }
    Ok(items)
}

/// Refuses names that could lead out of the directory they are unpacked into, on any system.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let bad_part = |part: &str| part.is_empty() || part == "." || part == "..";
    if name.contains(['\\', ':', '\0']) || name.split('/').any(bad_part) {
        return Err(format!("archive holds the unsafe name {name:?}"));
    }
    Ok(())
}

fn make_dirs(root: &Path, items: &[Item<'_>]) -> Result<(), String> {
    let paths = items.iter().filter_map(|item| item.path);
    let dirs: BTreeSet<&str> = paths.map(|path| path.rsplit_once('/').map_or("", |(dir, _)| dir)).collect();
    for dir in dirs {
        let dir = root.join(dir);
        std::fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    }
    Ok(())
}

fn extract(
    zip: &mut ZipArchive<BufReader<File>>,
    item: &Item<'_>,
    name: &str,
    root: &Path,
    job: Job<'_>,
) -> Result<Sum, String> {
    if job.cancel.is_cancelled() {
        return Err("interrupted".to_owned());
    }
    let mut entry = zip.by_index(item.index).map_err(|error| format!("corrupt archive: {error}"))?;
    let mut bytes = Vec::with_capacity(usize::try_from(item.size.min(64 << 20)).unwrap_or(0));
    let corrupt = |what: &str| format!("corrupt archive: {name}: {what}");
    // The checksum of the archive is verified when the end is read.
    let read = entry.by_ref().take(item.size + 1).read_to_end(&mut bytes);
    read.map_err(|error| corrupt(&error.to_string()))?;
    if bytes.len() as u64 != item.size {
        return Err(corrupt("its size is not what the directory says"));
    }
    if let Some(path) = item.path {
        let path = root.join(path);
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        File::create_new(&path).and_then(|mut file| file.write_all(&bytes)).map_err(failed)?;
    }
    job.progress.advance(item.size);
    Ok(Sha256::digest(&bytes).into())
}

/// The `h1:` hash of a module, from the sums of all its files: the hash of the list of hashes,
/// sorted by name.
pub(super) fn module_hash(sums: &[(String, Sum)]) -> String {
    let mut sorted: Vec<&(String, Sum)> = sums.iter().collect();
    sorted.sort();
    let mut list = Sha256::new();
    for (name, sum) in sorted {
        let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        list.update(format!("{hex}  {name}\n"));
    }
    let sum: Sum = list.finalize().into();
    format!("h1:{}", base64(&sum, b'+', b'/', true))
}

/// The sum as a wheel's RECORD writes it: URL-safe, without padding.
pub(super) fn record_hash(sum: &Sum) -> String {
    format!("sha256={}", base64(sum, b'-', b'_', false))
}

fn base64(bytes: &[u8], c62: u8, c63: u8, pad: bool) -> String {
    let digit = |n: u8| match n {
        0..=25 => b'A' + n,
        26..=51 => b'a' + n - 26,
        52..=61 => b'0' + n - 52,
        62 => c62,
        _ => c63,
    };
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let digits = [
            group[0] >> 2,
            (group[0] & 3) << 4 | group[1] >> 4,
            (group[1] & 15) << 2 | group[2] >> 6,
            group[2] & 63,
        ];
        out.extend(digits[..=chunk.len()].iter().map(|&n| char::from(digit(n))));
        if pad {
            out.extend(std::iter::repeat_n('=', 3 - chunk.len()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_names() {
        for bad in ["../x", "a/../x", "/etc/passwd", "a//b", "./a", "a\\b", "C:x", "a/..", "", "a\0b"] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        assert!(check_name("go/src/a..b/..x.go").is_ok());
    }

    #[test]
    fn base64_forms() {
        let coded = |bytes: &[u8]| base64(bytes, b'+', b'/', true);
        assert_eq!(coded(b"f"), "Zg==");
        assert_eq!(coded(b"fo"), "Zm8=");
        assert_eq!(coded(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64(&[0xfb, 0xff], b'-', b'_', false), "-_8");
    }

    #[test]
    fn hash_of_a_module() {
        // What "go mod download" of 1.27.3 says of a module of these two files.
        let files = [("go.mod", "module example.com/m\n"), ("m.go", "package m\n")];
        let mut sums: Vec<(String, Sum)> = files
            .map(|(name, text)| (format!("example.com/m@v1.0.0/{name}"), Sha256::digest(text).into()))
            .into();
        sums.reverse();
        assert_eq!(module_hash(&sums), "h1:fCHMqo5ggHEQvwcrsN81zr5orRk5lClR36KRHpfUjKg=");
    }
}
