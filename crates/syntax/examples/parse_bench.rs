//! Parses all Go files below a directory N times on one core and prints the throughput, from the best time of each file.
//!
//! `parse_bench DIR [N] [--no-comments]`

use std::path::{Path, PathBuf};
use std::time::Instant;

use escargo_syntax::{ParseOptions, parse};

#[allow(clippy::print_stdout, reason = "its purpose")]
fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (flags, args): (Vec<_>, Vec<_>) = args.into_iter().partition(|arg| arg.starts_with("--"));
    let dir = args.first().map_or(".", String::as_str);
    let rounds: u32 = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(5);
    let options = ParseOptions {
        comments: !flags.iter().any(|flag| flag == "--no-comments"),
        check_branches: true,
        imports_only: false,
    };
    let mut files = Vec::new();
    collect(Path::new(dir), &mut files)?;
    files.sort();
    let texts = files.iter().map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
    let bytes: usize = texts.iter().map(Vec::len).sum();
    // On a busy machine the best time of each file says more than the best round.
    let mut best = vec![f64::INFINITY; texts.len()];
    let (mut held, mut errors) = (0, 0);
    for _ in 0..rounds {
        (held, errors) = (0, 0);
        for (text, best) in texts.iter().zip(&mut best) {
            let start = Instant::now();
            let tree = parse(text, options);
            *best = best.min(start.elapsed().as_secs_f64());
            held += tree.heap_bytes();
            errors += tree.errors.len();
        }
    }
    let best: f64 = best.iter().sum();
    println!(
        "{} files, {:.1} MB: {:.1} ms, {:.1} MB/s; trees {:.1} MB, {errors} errors",
        texts.len(),
        bytes as f64 / 1e6,
        best * 1e3,
        bytes as f64 / 1e6 / best,
        held as f64 / 1e6,
    );
    Ok(())
}

/// Go files below `dir`, without test data.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("testdata") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|ext| ext == "go") {
            files.push(path);
        }
    }
    Ok(())
}
