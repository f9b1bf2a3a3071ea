//! Hostile trees of files: loops, locked doors, garbage, lies.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow, bail};
use escargo_base::{DirEntry, MemSystem, Metadata, OsSystem, System};
use escargo_dialect::GoVersion;
use escargo_driver::{PackageOutcome, Session, TypecheckOptions, typecheck};
use escargo_load::{Config, Flags, Loader, PackageGraph};

use super::mutate::{Random, tokens};
use crate::sdk::Sdk;

/// The real disk with some paths locked and an environment of its own.
#[derive(Debug)]
struct Sealed {
    disk: OsSystem,
    root: PathBuf,
    locked: Vec<PathBuf>,
    env: Vec<(&'static str, String)>,
}

impl Sealed {
    fn open(&self, path: &Path) -> io::Result<()> {
        let locked = self.locked.iter().any(|l| path.starts_with(l));
        if locked { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    }
}

impl System for Sealed {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.open(path).and_then(|()| self.disk.read(path))
    }
    fn read_prefix(&self, path: &Path, limit: usize) -> io::Result<(Vec<u8>, bool)> {
        self.open(path).and_then(|()| self.disk.read_prefix(path, limit))
    }
    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.disk.metadata(path)
    }
    fn symlink_metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.disk.symlink_metadata(path)
    }
    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.open(path).and_then(|()| self.disk.read_dir(path))
    }
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.disk.canonicalize(path)
    }
    fn env(&self, name: &str) -> Option<String> {
        self.env.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone())
    }
    fn current_dir(&self) -> io::Result<PathBuf> {
        Ok(self.root.clone())
    }
    fn now(&self) -> SystemTime {
        self.disk.now()
    }
    fn create_dir(&self, _path: &Path) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
    fn write_file(&self, _path: &Path, _text: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// A directory of its own for one case, removed afterwards.
struct Site<'s> {
    sdk: &'s Sdk,
    root: PathBuf,
    system: Sealed,
    random: Random,
}

impl Drop for Site<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

/// What loading and checking came to: the messages, in order.
type Messages = Vec<String>;

impl Site<'_> {
    fn write(&self, path: &str, text: impl AsRef<[u8]>) -> Result<()> {
        let path = self.root.join(path);
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }
    /// A module with one good package.
    fn module(&self) -> Result<()> {
        self.write("go.mod", "module example.com/m\n\ngo 1.21\n")?;
        self.write("a.go", "package m\n\nvar A = 1\n")
    }
    #[cfg(unix)]
    fn link(&self, target: &str, path: &str) -> Result<()> {
        Ok(std::os::unix::fs::symlink(target, self.root.join(path))?)
    }
    #[cfg(not(unix))]
    fn link(&self, _target: &str, _path: &str) -> Result<()> {
        Ok(())
    }
    fn lock(&mut self, path: &str) {
        let path = self.root.join(path);
        self.system.locked.push(path);
    }

    /// Loads and checks as the program does.
    fn go(&self, patterns: &[&str]) -> Result<Messages> {
        let root = self.root.clone();
        let system =
            Sealed { root, locked: self.system.locked.clone(), env: self.system.env.clone(), disk: OsSystem };
        let system: Arc<dyn System> = Arc::new(system);
        let version = GoVersion::parse(&self.sdk.version).context("no release")?;
        let load = |patterns: &[&str]| -> Result<(Config, PackageGraph), String> {
            let flags = Flags { cgo: Some(false), ..Flags::default() };
            let config = Config::from_env(&*system, &self.sdk.root, version, flags).map_err(|e| e.message)?;
            let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
            let graph = Loader::new(system.clone(), config.clone()).load(&patterns).map_err(|e| e.message)?;
            Ok((config, graph))
        };
        let (config, graph) = match load(patterns) {
            Ok(loaded) => loaded,
            Err(message) => return Ok(vec![message]),
        };
        let mut messages: Messages = graph.warnings.clone();
        messages.extend(graph.errors().map(|(_, e)| e.to_string()));
        let session = Session::new(system, version, config.context.target.clone(), config.experiments);
        let outcome = typecheck(&session, &graph, TypecheckOptions { threads: 2 }, &());
        for package in &outcome.packages {
            match package {
                PackageOutcome::Crashed(panic) => bail!("the checker crashed: {panic}"),
                PackageOutcome::Errors(errors) => {
                    let block = escargo_report::compiler::render(errors, &session.sources, &self.root, true);
                    messages.extend(block.map(|b| b.text));
                }
                _ => {}
            }
        }
        Ok(messages)
    }

    /// Expects to be told something.
    fn complains(&self, patterns: &[&str]) -> Result<()> {
        let messages = self.go(patterns)?;
        if messages.iter().all(String::is_empty) { bail!("no complaint") } else { Ok(()) }
    }
    /// Expects no word.
    fn is_silent(&self, patterns: &[&str]) -> Result<()> {
        let messages = self.go(patterns)?;
        if messages.is_empty() { Ok(()) } else { Err(anyhow!("complaints: {messages:?}")) }
    }
}

/// The cases. Each is run once, except those that draw lots.
type Case = (&'static str, u64, fn(&mut Site<'_>) -> Result<()>);

const CASES: &[Case] = &[
    ("good", 1, |s| {
        s.module()?;
        s.is_silent(&["./..."])
    }),
    ("link-loops", 1, |s| {
        s.module()?;
        for (to, from) in
            [("loop", "loop"), ("two", "one"), ("one", "two"), (".", "here"), ("..", "up"), ("x.go", "x.go")]
        {
            s.link(to, from)?;
        }
        s.go(&["./..."])?;
        s.complains(&["./loop"])?;
        s.go(&["./here", "./here/here/here", "./up"]).map(drop)
    }),
    ("link-deep", 1, |s| {
        s.module()?;
        s.write("d/e/f/b.go", "package f\n")?;
        s.link("../../..", "d/e/f/g")?;
        s.go(&["./d/e/f/g/d/e/f/g/d/e/f", "./d/..."]).map(drop)
    }),
    ("link-module-root", 1, |s| {
        s.write("real/go.mod", "module example.com/m\n")?;
        s.write("real/a.go", "package m\n")?;
        s.link("real", "linked")?;
        s.go(&["./linked/...", "./linked"]).map(drop)
    }),
    ("link-device", 1, |s| {
        s.module()?;
        s.link("/dev/zero", "zero.go")?;
        s.complains(&["."])
    }),
    ("link-device-go-mod", 1, |s| {
        s.write("a.go", "package m\n")?;
        s.link("/dev/null", "go.mod")?;
        s.complains(&["."])
    }),
    ("link-nowhere", 1, |s| {
        s.module()?;
        s.link("nothing", "gone.go")?;
        s.complains(&["."])
    }),
    ("pipe", 1, |s| {
        s.module()?;
        std::process::Command::new("mkfifo").arg(s.root.join("pipe.go")).status()?;
        s.go(&["."]).map(drop)
    }),
    ("locked-dir", 1, |s| {
        s.module()?;
        s.write("locked/b.go", "package b\n")?;
        s.lock("locked");
        s.go(&["./..."])?;
        s.complains(&["./locked"])
    }),
    ("locked-file", 1, |s| {
        s.module()?;
        s.lock("a.go");
        s.complains(&["."])
    }),
    ("locked-go-mod", 1, |s| {
        s.module()?;
        s.lock("go.mod");
        s.complains(&["."])
    }),
    ("locked-vendor", 1, |s| {
        s.module()?;
        s.write("vendor/modules.txt", "# a v1.0.0\n")?;
        s.lock("vendor");
        s.go(&["./..."]).map(drop)
    }),
    ("dir-named-go", 1, |s| {
        s.module()?;
        s.write("dir.go/x.go", "package x\n")?;
        s.write("go.sum/x", "")?;
        s.go(&["./..."]).map(drop)
    }),
    ("go-mod-is-dir", 1, |s| {
        s.write("go.mod/a.go", "package m\n")?;
        s.write("a.go", "package m\n")?;
        s.go(&["./..."]).map(drop)
    }),
    ("go-mod-garbage", 200, |s| {
        s.module()?;
        let size = s.random.below(2000);
        let text: Vec<u8> = (0..size).map(|_| s.random.below(256) as u8).collect();
        s.write("go.mod", text)?;
        s.go(&["./..."]).map(drop)
    }),
    ("go-mod-broken", 300, |s| {
        s.module()?;
        s.write("n/go.mod", "module example.com/n\n")?;
        s.write("n/n.go", "package n\n")?;
        s.write("b/b.go", "package b\n\nimport _ \"example.com/n\"\nimport _ \"example.com/x/y\"\n")?;
        let text = "module example.com/m\n\ngo 1.21\n\ntoolchain go1.21.3\n\nrequire (\n\texample.com/n v1.2.3\n\texample.com/x v0.0.0-20200102030405-0123456789ab // indirect\n)\n\nreplace example.com/n => ./n\n\nexclude example.com/n v1.0.0\n\nretract [v1.0.0, v1.1.0]\n\ngodebug default=go1.21\n\nignore ./z\n";
        let broken = tokens(text.as_bytes(), &mut s.random);
        s.write("go.mod", broken)?;
        s.go(&["./..."]).map(drop)
    }),
    ("go-mod-huge", 1, |s| {
        s.module()?;
        let list: String = (0..100_000).map(|i| format!("\texample.com/m{i} v1.0.{i}\n")).collect();
        s.write("go.mod", format!("module example.com/m\n\ngo 1.21\n\nrequire (\n{list})\n"))?;
        s.go(&["./..."]).map(drop)
    }),
    ("go-mod-endless-line", 1, |s| {
        s.module()?;
        s.write("go.mod", format!("module {}\n", "x/".repeat(4_000_000)))?;
        s.go(&["./..."])?;
        s.write("go.mod", "(".repeat(8_000_000))?;
        s.complains(&["./..."])
    }),
    ("go-work-broken", 200, |s| {
        s.module()?;
        s.write("n/go.mod", "module example.com/n\n\ngo 1.21\n")?;
        s.write("n/n.go", "package n\n\nimport _ \"example.com/m\"\n")?;
        let text = "go 1.21\n\ntoolchain go1.21.3\n\nuse (\n\t.\n\t./n\n)\n\nreplace example.com/x => ./n\n";
        let broken = tokens(text.as_bytes(), &mut s.random);
        s.write("go.work", broken)?;
        s.go(&["./...", "./n/...", "example.com/x"]).map(drop)
    }),
    ("go-work-circle", 1, |s| {
        s.module()?;
        s.link(".", "self")?;
        s.write("go.work", "go 1.21\nuse .\nuse ./self\nuse ./self/self\nuse ..\nuse /\nuse ./none\n")?;
        s.complains(&["./..."])
    }),
    ("modules-txt-broken", 200, |s| {
        s.write("go.mod", "module example.com/m\n\ngo 1.21\n\nrequire example.com/n v1.2.3\nrequire example.com/r v1.0.0\nreplace example.com/r => ./r\n")?;
        s.write("a.go", "package m\n\nimport _ \"example.com/n/p\"\nimport _ \"example.com/r\"\n")?;
        s.write("vendor/example.com/n/p/p.go", "package p\n")?;
        s.write("vendor/example.com/r/r.go", "package r\n")?;
        let text = "# example.com/n v1.2.3\n## explicit; go 1.20\nexample.com/n/p\n# example.com/r v1.0.0 => ./r\n## explicit\nexample.com/r\n# example.com/r => ./r\n";
        let broken = tokens(text.as_bytes(), &mut s.random);
        s.write("vendor/modules.txt", broken)?;
        s.go(&["./..."]).map(drop)
    }),
    ("replace-circle", 1, |s| {
        s.write(
            "go.mod",
            "module example.com/a\n\ngo 1.21\n\nrequire example.com/b v1.0.0\nreplace example.com/b => ./b\n",
        )?;
        s.write("a.go", "package a\n\nimport _ \"example.com/b\"\n")?;
        s.write("b/go.mod", "module example.com/b\n\ngo 1.21\n\nrequire example.com/a v1.0.0\nrequire example.com/c v1.0.0\nreplace example.com/a => ../\n")?;
        s.write("b/b.go", "package b\n\nimport _ \"example.com/a\"\nimport _ \"example.com/c\"\n")?;
        s.complains(&["./...", "example.com/b"])
    }),
    ("import-itself", 1, |s| {
        s.module()?;
        s.write("a.go", "package m\n\nimport _ \"example.com/m\"\n")?;
        s.complains(&["."])
    }),
    ("import-circle", 1, |s| {
        s.module()?;
        let n = 2000;
        for i in 0..n {
            let next = (i + 1) % n;
            s.write(&format!("p{i}/p.go"), format!("package p\n\nimport _ \"example.com/m/p{next}\"\n"))?;
        }
        s.complains(&["./p0", "./..."])
    }),
    ("import-chain", 1, |s| {
        s.module()?;
        let n = 5000;
        for i in 0..n {
            let import =
                if i + 1 < n { format!("import _ \"example.com/m/p{}\"\n", i + 1) } else { String::new() };
            s.write(&format!("p{i}/p.go"), format!("package p\n\n{import}"))?;
        }
        s.is_silent(&["./p0"])?;
        s.is_silent(&["./..."])
    }),
    ("import-paths", 1, |s| {
        s.module()?;
        let paths = [
            "",
            "/",
            ".",
            "..",
            "./x",
            "../../../../..",
            "a//b",
            "a/../b",
            "C",
            "unsafe",
            "main",
            "a b",
            "a\\tb",
            "é",
            "\\xff",
            "internal",
            "x/internal/y",
            "/etc/passwd",
            "example.com/m/../m",
            "example.com/M",
            "...",
            "a...",
            "con",
            "a.",
            "-x",
            "@",
            "a@v1",
            "cmd/go",
            "\\u2028",
            "vendor/x",
        ];
        for (i, path) in paths.iter().enumerate() {
            s.write(&format!("p{i}/p.go"), format!("package p\n\nimport _ \"{path}\"\n"))?;
        }
        let all: String = paths.iter().map(|p| format!("import _ \"{p}\"\n")).collect();
        s.write("all/p.go", format!("package p\n\n{all}"))?;
        s.complains(&["./..."])
    }),
    ("patterns", 1, |s| {
        s.module()?;
        for pattern in [
            "",
            "/",
            "...",
            "....",
            "./.../...",
            ".../x",
            "//",
            "../..",
            "./\0",
            "a\nb",
            "é",
            "\u{fffd}",
            "-x",
            "@",
            "x@v1",
            "./a.go",
            "./none.go",
            "a.go b.go",
            "C:\\x",
            "./...a",
            "all",
            "tool",
            "work",
            "main/...",
        ] {
            s.go(&[pattern])?;
            s.go(&[".", pattern, pattern])?;
        }
        Ok(())
    }),
    ("names", 1, |s| {
        s.module()?;
        for name in [
            "\n.go",
            " .go",
            "-.go",
            "é.go",
            "_x.go",
            ".x.go",
            "x_linux.go",
            "x_linux_test_amd64.go",
            "a\tb.go",
            "go",
            ".go",
            "\u{202e}.go",
            "x.go.go",
            "'.go",
            "\".go",
            "%s.go",
            "a:1:2.go",
        ] {
            s.write(name, "package m\n")?;
        }
        s.go(&["."]).map(drop)
    }),
    ("name-not-utf8", 1, |s| {
        s.module()?;
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let name = std::ffi::OsStr::from_bytes(b"bad\xff.go");
            let _ = std::fs::write(s.root.join(name), "package m\n");
            let dir = s.root.join(std::ffi::OsStr::from_bytes(b"dir\xfe"));
            let _ = std::fs::create_dir(&dir);
            let _ = std::fs::write(dir.join("x.go"), "package x\n");
        }
        s.go(&["./..."]).map(drop)
    }),
    ("many-files", 1, |s| {
        s.module()?;
        for i in 0..5000 {
            s.write(&format!("f{i}.go"), format!("package m\n\nvar V{i} = A\n"))?;
        }
        s.is_silent(&["."])
    }),
    ("many-dirs", 1, |s| {
        s.module()?;
        for i in 0..5000 {
            std::fs::create_dir_all(s.root.join(format!("d{}/e{i}", i % 70)))?;
        }
        s.is_silent(&["./..."])
    }),
    ("deep-dirs", 1, |s| {
        s.module()?;
        let deep = "d/".repeat(1500);
        s.write(&format!("{deep}x.go"), "package x\n")?;
        s.is_silent(&["./..."])
    }),
    ("embeds", 1, |s| {
        s.module()?;
        s.link(".", "self")?;
        s.write("e/f/g.txt", "")?;
        let patterns = [
            "*",
            "**",
            "e",
            "all:e",
            "self",
            "../x",
            "/etc/passwd",
            "[",
            "[]a]",
            "\\",
            "e/*/*",
            "\"e f\"",
            "`",
            "all:",
            "",
            ".",
            "./e",
            "e/../e",
            "con",
            "e\0",
        ];
        let lines: String =
            patterns.iter().enumerate().map(|(i, p)| format!("//go:embed {p}\nvar v{i} string\n")).collect();
        s.write("a.go", format!("package m\n\nimport _ \"embed\"\n\n{lines}"))?;
        s.go(&["."])?;
        s.write("a.go", "package m\n\nimport _ \"embed\"\n\n//go:embed *\nvar v string\n//go:embed [[[[[[*]*]*]*]*]*]\nvar w string\n")?;
        s.go(&["."])?;
        s.write(&"a".repeat(200), "")?;
        s.write(
            "a.go",
            format!("package m\n\nimport _ \"embed\"\n\n//go:embed {}b\nvar v string\n", "*a".repeat(60)),
        )?;
        s.complains(&["."])
    }),
    ("binary-files", 50, |s| {
        s.module()?;
        for name in ["b.go", "c.s", "d.c", "e_test.go"] {
            let size = s.random.below(100_000);
            let text: Vec<u8> = (0..size).map(|_| s.random.below(256) as u8).collect();
            s.write(name, text)?;
        }
        s.complains(&["."])
    }),
    ("elf-file", 1, |s| {
        s.module()?;
        s.write("b.go", std::fs::read(std::env::current_exe()?)?)?;
        s.complains(&["."])
    }),
    ("endless-head", 1, |s| {
        s.module()?;
        s.write("b.go", format!("{}package m\n", "// x\n".repeat(20_000_000)))?;
        s.write("c.go", format!("/*{}*/package m\n", "*".repeat(20_000_000)))?;
        s.write("d.go", format!("package m\n{}", "import _ \"unsafe\"\n".repeat(1_000_000)))?;
        s.write(
            "e.go",
            format!("//go:build {}linux{}\n\npackage m\n", "(".repeat(1_000_000), ")".repeat(1_000_000)),
        )?;
        s.write("f.go", format!("//go:build {}linux\n\npackage m\n", "!".repeat(1_000_001)))?;
        s.write("g.go", format!("//go:build linux{}\n\npackage m\n", "||linux&&a".repeat(1_000_000)))?;
        s.write("h.go", format!("// +build {}\n\npackage m\n", "!linux,a ".repeat(1_000_000)))?;
        s.go(&["."]).map(drop)
    }),
    ("hundred-megabytes", 1, |s| {
        s.module()?;
        s.write("go.mod", "module example.com/m\n\ngo 1.22\n")?;
        let line =
            "func _(a, b int, c []string) (x int) { for i := range a { x += i*b + len(c[i]) }; return }\n";
        s.write("b.go", format!("package m\n\n{}", line.repeat(100_000_000 / line.len())))?;
        s.is_silent(&["."])
    }),
    ("environment", 1, |s| {
        s.module()?;
        let bad: [(&'static str, &str); 20] = [
            ("GOFLAGS", "'"),
            ("GOFLAGS", "-mod=vendor"),
            ("GOFLAGS", "-modfile=none.mod"),
            ("GOFLAGS", "-x -y=\"a b\""),
            ("GOWORK", "none.work"),
            ("GOWORK", "/"),
            ("GO111MODULE", "maybe"),
            ("GO111MODULE", "off"),
            ("GOPATH", ""),
            ("GOPATH", "relative"),
            ("GOPATH", "/::::/x"),
            ("GOOS", "\0"),
            ("GOARCH", "é"),
            ("GOAMD64", "v9"),
            ("GOEXPERIMENT", "no,yes,,"),
            ("GOMODCACHE", "/dev/null"),
            ("GOENV", "/dev/null"),
            ("GOENV", "/"),
            ("GOTOOLCHAIN", "bogus"),
            ("HOME", ""),
        ];
        for (name, value) in bad {
            s.system.env.insert(0, (name, value.to_owned()));
            s.go(&["./..."])?;
            s.system.env.remove(0);
        }
        Ok(())
    }),
];

/// Names of all cases, and how often each is run.
pub(super) fn names() -> impl Iterator<Item = (&'static str, u64)> {
    CASES.iter().map(|&(name, count, _)| (name, count))
}

/// Runs one.
pub(super) fn run(sdk: &Sdk, name: &str, random: Random) -> Result<()> {
    let Some((.., case)) = CASES.iter().find(|(n, ..)| *n == name) else { bail!("no such case: {name}") };
    let root = std::env::temp_dir().join(format!("escargo-torture-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(&root)?;
    let home = root.to_string_lossy().into_owned() + "-home";
    let env = vec![("HOME", home), ("GOENV", "off".to_owned())];
    let system = Sealed { disk: OsSystem, root: root.clone(), locked: Vec::new(), env };
    case(&mut Site { sdk, root, system, random })
}

/// Output of a run on every broken file at once, for one number of threads.
pub(super) fn output(
    sdk: &Sdk,
    broken: &[(PathBuf, Vec<u8>)],
    patterns: &[&str],
    threads: usize,
) -> Result<String> {
    let memory = MemSystem::over(Arc::new(OsSystem));
    for (path, text) in broken {
        memory.write(path, text);
    }
    let system: Arc<dyn System> = Arc::new(memory);
    let version = GoVersion::parse(&sdk.version).context("no release")?;
    let flags = Flags { chdir: Some(sdk.root.join("src")), cgo: Some(false), ..Flags::default() };
    let config = Config::from_env(&*system, &sdk.root, version, flags).map_err(|e| anyhow!(e.message))?;
    let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
    let graph =
        Loader::new(system.clone(), config.clone()).load(&patterns).map_err(|e| anyhow!(e.message))?;
    let session = Session::new(system, version, config.context.target.clone(), config.experiments);
    let outcome = typecheck(&session, &graph, TypecheckOptions { threads }, &());
    let mut text = graph.warnings.join("\n");
    for (_, e) in graph.errors() {
        text += &format!("{e}\n");
    }
    for (package, outcome) in graph.packages.iter().zip(&outcome.packages) {
        text += &format!("== {}\n", package.import_path);
        match outcome {
            PackageOutcome::Clean => text += "clean\n",
            PackageOutcome::Skipped => text += "skipped\n",
            PackageOutcome::Unreadable(files) => text += &format!("{files:?}\n"),
            PackageOutcome::Crashed(panic) => text += &format!("crashed: {panic}\n"),
            PackageOutcome::Errors(errors) => {
                for limited in [true, false] {
                    let block =
                        escargo_report::compiler::render(errors, &session.sources, &sdk.root, limited);
                    text += &block.map(|b| b.text).unwrap_or_default();
                }
                text += &escargo_report::json::render(errors, &session.sources);
            }
        }
    }
    Ok(text)
}
