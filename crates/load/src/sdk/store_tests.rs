//! Installing from archives: whole or not at all, alone or together.

use std::path::Path;
use std::sync::Mutex;

use escargo_base::{CancelToken, MemSystem};

use super::testing::{TestDir, sdk_files, write_proxy, write_zip};
use super::unpack::{Job, Layout, unzip};
use super::{Progress, SdkError, Sdks, Silent};

/// A machine with a cache and a module proxy in directories, and nothing else.
fn machine(dir: &TestDir) -> MemSystem {
    let system = MemSystem::new();
    system.set_env("ESCARGO_CACHE", dir.path().join("cache").to_str().unwrap());
    system.set_env("GOPROXY", &format!("file://{}/proxy", dir.path().display()));
    system
}

/// What is in the cache, the lock file aside.
fn left(dir: &TestDir) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir.path().join("cache/sdk")) else { return Vec::new() };
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name != ".lock").collect();
    names.sort();
    names
}

/// Only the proxy: the others would go to the network.
fn sdks<'a>(system: &'a MemSystem) -> Sdks<'a> {
    let env = super::UserEnv::new(system);
    let mut sources = super::source::sources(&env);
    sources.truncate(1);
    Sdks::new(system).sources(sources)
}

#[test]
fn slim_then_full_then_gone() {
    let dir = TestDir::new();
    write_proxy(&dir.path().join("proxy"), "go1.27.3", |_| {});
    let system = machine(&dir);
    let slim = sdks(&system).install("1.27.3", false).unwrap();
    assert_eq!(slim.version.to_string(), "go1.27.3");
    let has = |name: &str| slim.root.join(name).exists();
    assert!(has("VERSION") && has("go.env") && has("src/p39/p.go") && has("src/go.mod"));
    assert!(!has("bin/go") && !has("pkg"));
    assert_eq!(left(&dir), ["go1.27.3"]);

    let full = sdks(&system).install("1.27", true).unwrap();
    assert_eq!(full.root, slim.root);
    assert!(has("bin/go") && has("pkg/tool/linux_amd64/compile"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for name in ["bin/go", "pkg/tool/linux_amd64/compile"] {
            let mode = std::fs::metadata(slim.root.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o111, 0o111, "{name}");
        }
    }
    assert_eq!(left(&dir), ["go1.27.3"]);
    // What is there is not fetched again, not even a part of it.
    std::fs::remove_dir_all(dir.path().join("proxy")).unwrap();
    sdks(&system).install("1.27.3", false).unwrap();

    let over_disk = MemSystem::over(std::sync::Arc::new(escargo_base::OsSystem));
    over_disk.set_env("ESCARGO_CACHE", dir.path().join("cache").to_str().unwrap());
    let listed = Sdks::new(&over_disk).list();
    let ours = listed.iter().find(|l| l.sdk.as_ref().is_some_and(|sdk| sdk.root == full.root)).unwrap();
    assert!(ours.full && ours.source.as_deref() == Some("module proxy"));
    assert!(listed.iter().any(|l| l.sdk.is_none()));
    assert_eq!(Sdks::new(&over_disk).remove("1.27.3").unwrap(), [full.root]);
    assert_eq!(left(&dir), [""; 0]);
    assert!(matches!(Sdks::new(&over_disk).remove("1.27.3"), Err(SdkError::NotInstalled { .. })));
}

#[test]
fn a_bad_archive_leaves_nothing() {
    type Spoil = fn(&mut Vec<(String, String)>);
    let prefix = |files: &[(String, String)]| files[0].0.split_inclusive('/').take(2).collect::<String>();
    assert_eq!(prefix(&[("a/b/c".into(), String::new())]), "a/b/");
    let spoilers: [(&str, Spoil); 5] = [
        ("unsafe name", |files| {
            let name = format!("{}/../../../evil", files[0].0.trim_end_matches("/VERSION"));
            files.push((name, "x".into()));
        }),
        ("not of the module", |files| files.push(("elsewhere/x".into(), "x".into()))),
        ("no src/fmt", |files| files.retain(|(name, _)| !name.contains("/src/fmt/"))),
        ("instead", |files| files[0].1 = "go1.26.1\n".into()),
        ("no SDK", |files| files.retain(|(name, _)| name.contains("/bin/"))),
    ];
    for (want, spoil) in spoilers {
        let dir = TestDir::new();
        write_proxy(&dir.path().join("proxy"), "go1.27.3", spoil);
        let error = sdks(&machine(&dir)).install("1.27.3", false).unwrap_err().to_string();
        assert!(error.contains(want), "{want}: {error}");
        assert_eq!(left(&dir), [""; 0], "{want}");
        assert!(!dir.path().join("evil").exists() && !dir.path().join("cache/evil").exists());
    }
}

#[test]
fn a_damaged_archive_leaves_nothing() {
    let dir = TestDir::new();
    let zip = write_proxy(&dir.path().join("proxy"), "go1.27.3", |_| {});
    let whole = std::fs::read(&zip).unwrap();
    let system = machine(&dir);
    // Cut short, and with a byte changed here and there.
    let mut damaged: Vec<Vec<u8>> =
        [0, 10, whole.len() / 2, whole.len() - 1].map(|n| whole[..n].to_vec()).into();
    let text = whole.windows(12).position(|w| w == b"package fmt\n");
    assert!(text.is_none(), "the archive is compressed");
    for at in [whole.len() / 5, whole.len() / 3] {
        let mut bytes = whole.clone();
        bytes[at..at + 40].iter_mut().for_each(|b| *b ^= 0x55);
        damaged.push(bytes);
    }
    for (i, bytes) in damaged.iter().enumerate() {
        std::fs::write(&zip, bytes).unwrap();
        let result = sdks(&system).install("1.27.3", false);
        assert!(matches!(result, Err(SdkError::FetchFailed { .. })), "{i}: {result:?}");
        assert_eq!(left(&dir), [""; 0], "{i}");
    }
    std::fs::write(&zip, &whole).unwrap();
    sdks(&system).install("1.27.3", false).unwrap();
}

/// Cancels as soon as unpacking has begun.
struct CancelEarly(CancelToken);

impl Progress for CancelEarly {
    fn note(&self, _: &str) {}
    fn start(&self, stage: &str, _: Option<u64>) {
        if stage == "unpacking" {
            self.0.cancel();
        }
    }
    fn advance(&self, _: u64) {}
}

#[test]
fn an_interrupted_install_leaves_nothing() {
    let dir = TestDir::new();
    write_proxy(&dir.path().join("proxy"), "go1.27.3", |_| {});
    let system = machine(&dir);
    let cancel = CancelToken::new();
    let progress = CancelEarly(cancel.clone());
    let result = sdks(&system).progress(&progress).cancel(cancel).install("1.27.3", false);
    assert!(matches!(result, Err(SdkError::Cancelled)), "{result:?}");
    assert_eq!(left(&dir), [""; 0]);

    // What a killed process left goes with the next install.
    let stale = dir.path().join("cache/sdk/.tmp-1-0/go/src");
    std::fs::create_dir_all(&stale).unwrap();
    sdks(&system).install("1.27.3", false).unwrap();
    assert_eq!(left(&dir), ["go1.27.3"]);
}

#[test]
fn many_at_once_get_the_same() {
    let dir = TestDir::new();
    write_proxy(&dir.path().join("proxy"), "go1.27.3", |_| {});
    write_proxy(&dir.path().join("proxy"), "go1.26.6", |_| {});
    struct Notes(Mutex<Vec<String>>);
    impl Progress for Notes {
        fn note(&self, line: &str) {
            self.0.lock().unwrap().push(line.to_owned());
        }
        fn start(&self, _: &str, _: Option<u64>) {}
        fn advance(&self, _: u64) {}
    }
    let notes = Notes(Mutex::default());
    std::thread::scope(|scope| {
        for i in 0..8 {
            let (dir, notes) = (&dir, &notes);
            scope.spawn(move || {
                let system = machine(dir);
                let version = if i % 2 == 0 { "1.27.3" } else { "1.26.6" };
                let sdk = sdks(&system).progress(notes).install(version, i % 4 == 0).unwrap();
                assert!(sdk.root.join("src/p39/p.go").exists());
            });
        }
    });
    assert_eq!(left(&dir), ["go1.26.6", "go1.27.3"]);
    let notes = notes.0.into_inner().unwrap();
    let fetched =
        |version: &str| notes.iter().filter(|n| n.starts_with(&format!("downloading {version} "))).count();
    assert_eq!(fetched("go1.26.6"), 1);
    assert!((1..=2).contains(&fetched("go1.27.3")), "once slim, once full at most");
}

#[test]
fn offline_says_what_to_do() {
    let dir = TestDir::new();
    let system = machine(&dir);
    let error = sdks(&system).offline(true).install("1.27.3", false).unwrap_err().to_string();
    assert!(error.contains("--offline forbids") && error.contains("escargo sdk install 1.27.3"), "{error}");
    assert!(error.contains("cache/sdk"), "{error}");
    let error = sdks(&system).install("1.27.3", false).unwrap_err().to_string();
    assert!(error.contains("module proxy: file://"), "{error}");
}

#[test]
fn links_are_refused() {
    struct Any;
    impl Layout for Any {
        fn path<'n>(&self, name: &'n str) -> Result<Option<&'n str>, String> {
            Ok(Some(name))
        }
        fn hash_all(&self) -> bool {
            false
        }
    }
    let dir = TestDir::new();
    let archive = dir.path().join("a.zip");
    let job = Job { full: true, progress: &Silent, cancel: &CancelToken::new() };
    let unpack = |root: &str| {
        let root = dir.path().join(root);
        std::fs::create_dir(&root).unwrap();
        unzip(&archive, &root, &Any, job)
    };
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&archive).unwrap());
    zip.add_symlink("src/link", "/etc", zip::write::SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    assert!(unpack("one").unwrap_err().contains("symbolic link"));
    write_zip(&archive, &sdk_files("go1.27.3"));
    assert_eq!(unpack("two").unwrap().len(), sdk_files("go1.27.3").len());
    // A file that cannot be written is an error, not a hole in the tree.
    write_zip(&archive, &[("src".into(), String::new()), ("src/x".into(), String::new())]);
    assert!(unpack("three").is_err());
    assert!(!Path::new("/etc/x").exists());
}
