//! Comparing with the real Go toolchain.

pub mod compare;
pub mod golist;
pub mod types_format;
pub mod typesdump;

use std::fs::File;
use std::io::BufWriter;
use std::io::Write as _;

use anyhow::{Context, Result};

use crate::cli::{ListArgs, TypesArgs};
use golist::Query;
use typesdump::TypesDump;

/// `cargo xtask oracle types`.
pub(crate) fn types(args: &TypesArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let query = Query { goarch: args.goarch.clone(), patterns: args.packages.clone(), ..Query::default() };
    let packages = golist::list(&sdk, &query)?;
    let tool = TypesDump::build(&sdk)?;
    let input = typesdump::input(&packages, &sdk);
    let dump = tool.dump(&input, &args.goarch, args.full.as_deref())?;
    if let Some(path) = &args.dump {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut out = BufWriter::new(file);
        out.write_all(&dump)?;
        out.flush()?;
    }
    let dump = types_format::Dump::read(&dump)?;
    print!("{}", dump.statistics());
    Ok(dump.packages.iter().all(|p| p.errors.is_empty()))
}

/// `cargo xtask oracle list`.
pub(crate) fn list(args: &ListArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let (goos, goarch) = args.target.split_once('/').context("--target wants GOOS/GOARCH")?;
    let query = Query {
        goos: goos.to_owned(),
        goarch: goarch.to_owned(),
        tags: args.tags.clone(),
        patterns: args.packages.clone(),
        ..Query::default()
    };
    let packages = golist::list(&sdk, &query)?;
    let files: usize = packages.iter().map(|p| p.go_files.len()).sum();
    println!("Go {} {}: {} packages, {files} files", sdk.version, args.target, packages.len());
    Ok(true)
}
