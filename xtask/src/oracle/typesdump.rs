//! Building and running `xtask/go/typesdump` with a real SDK.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::golist::Package;
use crate::sdk::Sdk;
use crate::workspace;

/// The program, built with one SDK.
#[derive(Debug)]
pub struct TypesDump {
    program: PathBuf,
    sdk: Sdk,
}

/// What a benchmark of the program prints.
#[derive(Clone, Debug, Deserialize)]
pub struct Measured {
    /// Packages.
    pub packages: u64,
    /// Files.
    pub files: u64,
    /// Bytes of source.
    pub bytes: u64,
    /// Lines of source.
    pub lines: u64,
    /// Threads.
    pub workers: u64,
    /// Wall time of every round.
    pub seconds: Vec<f64>,
    /// Throughput of the best round, in megabytes (10^6).
    pub mb_per_second: f64,
    /// Largest resident size, in KiB.
    pub peak_kib: u64,
    /// Errors found.
    pub errors: u64,
}

impl Measured {
    /// The shortest round.
    pub fn best(&self) -> f64 {
        self.seconds.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

/// The program's input for packages that `go list -deps` named.
pub fn input(packages: &[Package], sdk: &Sdk) -> String {
    let mut out = String::new();
    for package in packages {
        let version = package.module.as_ref().and_then(|m| m.go_version.as_ref());
        let version = version.map_or_else(|| sdk.language(), |v| format!("go{v}"));
        let _ = writeln!(out, "package {}\ndir {}\ngo {version}", package.import_path, package.dir);
        for file in &package.go_files {
            let _ = writeln!(out, "file {file}");
        }
        for (written, meant) in package.imports_as_written() {
            let _ = writeln!(out, "import {written} {meant}");
        }
    }
    out
}

impl TypesDump {
    /// Builds the program; quick if nothing changed.
    pub fn build(sdk: &Sdk) -> Result<TypesDump> {
        let program = workspace::scratch("bin")?.join(format!("typesdump-go{}", sdk.version));
        let source = workspace::root().join("xtask").join("go").join("typesdump");
        workspace::output(
            sdk.go()?.args(["build", "-trimpath", "-o"]).arg(&program).arg(".").current_dir(source),
        )?;
        Ok(TypesDump { program, sdk: sdk.clone() })
    }

    /// Dumps the packages of an input; the facts themselves for files that match `full`.
    pub fn dump(&self, input: &str, goarch: &str, full: Option<&str>) -> Result<Vec<u8>> {
        let mut args = vec!["-goarch", goarch];
        args.extend(full.iter().flat_map(|pattern| ["-full", pattern]));
        let (out, ok, errors) = self.run(&args, input)?;
        // With errors in packages the dump is complete and says so itself.
        if !ok && !out.starts_with(b"P\t") {
            bail!("typesdump: {errors}");
        }
        Ok(out)
    }

    /// Measures: `-bench`'s arguments.
    pub fn bench(&self, args: &[&str], input: &str) -> Result<Measured> {
        let (out, ok, errors) = self.run(args, input)?;
        if !ok {
            bail!("typesdump: {errors}");
        }
        serde_json::from_slice(&out).context("typesdump's measurement")
    }

    fn run(&self, args: &[&str], input: &str) -> Result<(Vec<u8>, bool, String)> {
        let mut child = Command::new(&self.program)
            .args(args)
            .env("GOROOT", &self.sdk.root)
            .env_remove("GODEBUG")
            .env_remove("GOGC")
            .env_remove("GOMAXPROCS")
            .env_remove("GOMEMLIMIT")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        // The program reads everything before it writes, so this cannot get stuck.
        let fed = child.stdin.take().context("no input")?.write_all(input.as_bytes());
        let out = child.wait_with_output()?;
        let errors = String::from_utf8_lossy(&out.stderr).trim_end().to_owned();
        if out.status.success() {
            fed.context("typesdump did not read its input")?;
        }
        Ok((out.stdout, out.status.success(), errors))
    }
}
