//! A directory with a tiny SDK and a module, and the binary run in it as a user would.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory of its own, removed afterwards.
pub(crate) struct Place {
    root: PathBuf,
}

/// What a run printed, and its exit code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Place {
    /// A directory with the SDK in `go` and an empty module `example.com/m` in `m`.
    pub(crate) fn new() -> Place {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{n}", std::process::id()));
        let place = Place { root };
        place.write("go/VERSION", "go1.27.3\ntime 2026-01-01T00:00:00Z\n");
        place.write("go/src/go.mod", "module std\n\ngo 1.27\n");
        place.write("go/src/runtime/runtime.go", "package runtime\n");
        place.write("go/src/unsafe/unsafe.go", "package unsafe\n\ntype Pointer *int\n");
        place.write("go/src/os/os.go", "package os\n\nvar Args []string\n");
        place.write(
            "go/src/fmt/print.go",
            "package fmt\n\nfunc Println(a ...any) (n int, err error) { return len(a), nil }\n",
        );
        place.write("go/src/testing/testing.go", "package testing\n\ntype T struct{}\n");
        for package in ["testing/internal/testdeps", "reflect"] {
            let name = package.rsplit('/').next().unwrap();
            place.write(&format!("go/src/{package}/p.go"), &format!("package {name}\n"));
        }
        place.write("m/go.mod", "module example.com/m\n\ngo 1.27\n");
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The binary, cut off from the machine's own settings, in the module's directory.
    pub(crate) fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_escargo"));
        command
            .args(args.split_whitespace())
            .current_dir(self.path("m"))
            .env_clear()
            .env("GOROOT", self.path("go"))
            .env("HOME", self.path("home"))
            .env("ESCARGO_CACHE", self.path("cache"))
            .env("GOTOOLCHAIN", "local")
            .env("GOOS", "linux")
            .env("GOARCH", "amd64")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &str) -> Run {
        finish(&mut self.command(args))
    }

    /// What `typecheck` says; nothing may go to standard output.
    pub(crate) fn typecheck(&self, args: &str) -> (String, i32) {
        let run = self.run(&format!("typecheck {args}"));
        assert_eq!(run.stdout, "");
        (run.stderr, run.code)
    }
}

pub(crate) fn finish(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { stdout: text(stdout), stderr: text(stderr), code: status.code().unwrap() }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}
