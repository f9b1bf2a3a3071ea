//! Comparing with the real Go toolchain.

pub(crate) mod allocation;
pub(crate) mod build;
pub mod compare;
pub mod diagnostics;
pub(crate) mod explain;
pub mod facts;
pub mod golist;
pub(crate) mod json;
pub mod ours;
pub(crate) mod pprof;
pub(crate) mod programs;
pub(crate) mod stories;
pub mod types_format;
pub mod typesdump;

use anyhow::{Context, Result};

use crate::cli::{ListArgs, TypesArgs};
use crate::record;
use golist::Query;
use typesdump::TypesDump;

/// `cargo xtask oracle types`.
pub(crate) fn types(args: &TypesArgs) -> Result<bool> {
    let sdk = args.sdk.open()?;
    let query = Query { goarch: args.goarch.clone(), patterns: args.packages.clone(), ..Query::default() };
    let packages = golist::list(&sdk, &query)?;
    let tool = TypesDump::build(&sdk)?;
    let input = typesdump::input(&packages, &sdk);
    if let Some(path) = &args.dump {
        let dump = tool.dump(&input, &args.goarch, args.full.as_deref())?;
        std::fs::write(path, &dump).with_context(|| format!("cannot write {}", path.display()))?;
        print!("{}", types_format::Dump::read(&dump)?.statistics());
        return Ok(true);
    }
    let theirs = types_format::Dump::read(&tool.dump(&input, &args.goarch, None)?)?;
    let mine = ours_dump(&sdk, &query, &|_| false)?;
    let mut result = compare::compare(&theirs, &mine);
    if !result.perfect() {
        // A second run asks for the facts of some of the files that differ.
        let wanted: Vec<String> = result.differing.iter().take(args.files).cloned().collect();
        let pattern: Vec<String> = wanted.iter().map(|f| format!("^{}$", regex::escape(f))).collect();
        let theirs = types_format::Dump::read(&tool.dump(&input, &args.goarch, Some(&pattern.join("|")))?)?;
        let mine = ours_dump(&sdk, &query, &|file| wanted.iter().any(|w| w == file))?;
        let detailed = compare::compare(&theirs, &mine);
        result.differences = detailed.differences;
    }
    if theirs.packages.is_empty() {
        anyhow::bail!("nothing was compared");
    }
    let head = format!("Go {} {}: {} packages", sdk.version, args.goarch, theirs.packages.len());
    let text = format!("{head}\n{}", result.report(args.limit));
    print!("{text}");
    let name = format!("facts-go{}-{}.txt", sdk.version, args.goarch);
    Ok(record::settle(args.record, &name, &text)?.unwrap_or(result.perfect()))
}

/// What this project's checker finds.
fn ours_dump(
    sdk: &crate::sdk::Sdk,
    query: &Query,
    keep: &(dyn Fn(&str) -> bool + Sync),
) -> Result<types_format::Dump> {
    let graph = ours::load(sdk, query)?;
    let session = ours::session(sdk, query)?;
    let collector = facts::Collector::new(&session, &graph, keep);
    let options = escargo_driver::TypecheckOptions { threads: 2 };
    let outcome = escargo_driver::typecheck(&session, &graph, options, &collector);
    let mut dump = types_format::Dump::default();
    for (id, package) in graph.packages.iter_enumerated() {
        if package.path == "unsafe" {
            continue;
        }
        if package.go_files.is_empty() {
            // Only tests: the reference has an empty initialization order.
            let init = types_format::Facts::new(Vec::new(), keep(&package.path));
            let empty = types_format::PackageFacts { path: package.path.clone(), init, ..Default::default() };
            dump.packages.push(empty);
            continue;
        }
        let failed = || {
            let errors = vec![format!("{:?}", outcome.packages[escargo_base::Id::index(id)])];
            types_format::PackageFacts { path: package.path.clone(), errors, ..Default::default() }
        };
        dump.packages.push(collector.take(id).unwrap_or_else(failed));
    }
    Ok(dump)
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
    let theirs = golist::list(&sdk, &query)?;
    let ours = ours::packages(&ours::load(&sdk, &query)?, query.deps);
    let differences = golist::compare(&theirs, &ours);
    if theirs.is_empty() {
        anyhow::bail!("nothing was compared");
    }
    let files: usize = theirs.iter().map(|p| p.go_files.len()).sum();
    let mut text = format!(
        "Go {} {}: {} packages, {files} files, {} differences\n",
        sdk.version,
        args.target,
        theirs.len(),
        differences.len()
    );
    for difference in differences.iter().take(args.limit) {
        text.push_str(difference);
        text.push('\n');
    }
    print!("{text}");
    let name = format!("files-go{}-{goos}-{goarch}.txt", sdk.version);
    Ok(record::settle(args.record, &name, &text)?.unwrap_or(differences.is_empty()))
}
