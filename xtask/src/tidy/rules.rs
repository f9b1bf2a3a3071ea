//! Rules about the text of files.

use std::collections::BTreeSet;
use std::path::{Component, Path};
use std::sync::LazyLock;

use regex::Regex;

use super::table::{FILE_CAP, FN_CAP, LONG_FILES, LONG_FNS, TOUCHES_SYSTEM};
use super::{Problem, Source, rust};

/// Applies every rule. `machine` holds paths that mean something on this machine only.
pub(super) fn check(sources: &[Source], machine: &[String], problems: &mut Vec<Problem>) {
    check_with(sources, machine, &Caps::default(), problems);
}

fn check_with(sources: &[Source], machine: &[String], caps: &Caps<'_>, problems: &mut Vec<Problem>) {
    let mut needed = Needed::default();
    for source in sources {
        machine_paths(source, machine, problems);
        links_outside(source, problems);
        registries(source, problems);
        if source.is_rust() {
            let code = rust::code_only(&source.text);
            header(source, problems);
            leftovers(source, &code, problems);
            outside_world(source, &code, problems);
            sizes(source, &code, caps, &mut needed, problems);
        }
    }
    unneeded(caps, &needed, problems);
}

/// Every Rust file says in its first line what it holds.
fn header(source: &Source, problems: &mut Vec<Problem>) {
    let first = source.text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    if first.trim_start().strip_prefix("//!").is_none_or(|rest| rest.trim().is_empty()) {
        problems.push(Problem::new(
            &source.path,
            1,
            "the file does not start with a //! header that says what it holds",
        ));
    }
}

static LEFTOVER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(todo|unimplemented|dbg)\s*!\s*[(\[{]").expect("a constant"));

/// Nothing is left for later, and nothing from debugging.
fn leftovers(source: &Source, code: &str, problems: &mut Vec<Problem>) {
    for found in LEFTOVER.captures_iter(code) {
        let at = found.get(0).map_or(0, |m| m.start());
        problems.push(Problem::new(
            &source.path,
            rust::line_of(code, at),
            format!("{}! is left over", &found[1]),
        ));
    }
}

static OUTSIDE_WORLD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\bstd\s*::\s*(?:(fs|env|process|net)\b|\{[^;]*?\b(fs|env|process|net)\b)")
        .expect("a constant")
});

/// Only few rooms touch files, environment, processes and network. Tests may.
fn outside_world(source: &Source, code: &str, problems: &mut Vec<Problem>) {
    let path = source.path.as_str();
    let listed = |place: &&str| if place.ends_with('/') { path.starts_with(*place) } else { path == *place };
    let test_only = ["/tests/", "/examples/", "/benches/"].iter().any(|d| path.contains(d))
        || path.ends_with("tests.rs")
        || path.ends_with("test.rs");
    if TOUCHES_SYSTEM.iter().any(listed) || test_only {
        return;
    }
    let code = rust::without_tests(code);
    for found in OUTSIDE_WORLD.captures_iter(&code) {
        let at = found.get(0).map_or(0, |m| m.start());
        let what = found.get(1).or(found.get(2)).map_or("", |m| m.as_str());
        // What the machine is, known when compiling; nothing is read.
        if what == "env" && found.get(1).is_some_and(|m| code[m.end()..].trim_start().starts_with("::consts"))
        {
            continue;
        }
        let text = format!("this room must not use std::{what}; base::System is the way out");
        problems.push(Problem::new(path, rust::line_of(&code, at), text));
    }
}

/// The limits on sizes and who is exempt.
struct Caps<'a> {
    file: usize,
    function: usize,
    long_files: &'a [(&'a str, &'a str)],
    long_fns: &'a [(&'a str, &'a str, &'a str)],
}

impl Default for Caps<'static> {
    fn default() -> Self {
        Caps { file: FILE_CAP, function: FN_CAP, long_files: LONG_FILES, long_fns: LONG_FNS }
    }
}

/// The exemptions that were made use of.
#[derive(Default)]
struct Needed {
    files: BTreeSet<String>,
    fns: BTreeSet<(String, String)>,
}

fn sizes(source: &Source, code: &str, caps: &Caps<'_>, needed: &mut Needed, problems: &mut Vec<Problem>) {
    let path = source.path.as_str();
    let lines = source.text.lines().count();
    if lines > caps.file {
        if caps.long_files.iter().any(|e| e.0 == path) {
            needed.files.insert(path.to_owned());
        } else {
            problems.push(Problem::new(path, 0, format!("{lines} lines are more than {}", caps.file)));
        }
    }
    for function in rust::functions(code) {
        if function.length <= caps.function {
            continue;
        }
        if caps.long_fns.iter().any(|e| e.0 == path && e.1 == function.name) {
            needed.fns.insert((path.to_owned(), function.name.to_owned()));
        } else {
            let text =
                format!("fn {} has {} lines, more than {}", function.name, function.length, caps.function);
            problems.push(Problem::new(path, function.line, text));
        }
    }
}

/// Exemptions must stay necessary and have a reason.
fn unneeded(caps: &Caps<'_>, needed: &Needed, problems: &mut Vec<Problem>) {
    for (path, reason) in caps.long_files {
        if !needed.files.contains(*path) || reason.is_empty() {
            problems.push(Problem::new(
                path,
                0,
                "the exemption from the file limit is not needed, or gives no reason",
            ));
        }
    }
    for (path, name, reason) in caps.long_fns {
        if !needed.fns.contains(&((*path).to_owned(), (*name).to_owned())) || reason.is_empty() {
            let text = format!("the exemption of fn {name} is not needed, or gives no reason");
            problems.push(Problem::new(path, 0, text));
        }
    }
}

/// No file speaks of paths that exist on one machine only.
fn machine_paths(source: &Source, machine: &[String], problems: &mut Vec<Problem>) {
    for path in machine {
        for (at, _) in source.text.match_indices(path.as_str()) {
            let next = source.text.as_bytes().get(at + path.len());
            if next.is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-')) {
                let line = rust::line_of(&source.text, at);
                problems.push(Problem::new(&source.path, line, format!("{path} is a path of this machine")));
            }
        }
    }
}

static RELATIVE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:\.\./)+[\w.-]+").expect("a constant"));

/// Prose and manifests do not point outside the repository.
fn links_outside(source: &Source, problems: &mut Vec<Problem>) {
    if !source.path.ends_with(".md") && !source.path.ends_with(".toml") {
        return;
    }
    let depth =
        Path::new(&source.path).components().filter(|c| matches!(c, Component::Normal(_))).count() - 1;
    for found in RELATIVE.find_iter(&source.text) {
        if found.as_str().matches("../").count() > depth {
            let line = rust::line_of(&source.text, found.start());
            problems.push(Problem::new(
                &source.path,
                line,
                format!("{} is outside the repository", found.as_str()),
            ));
        }
    }
}

/// Dependencies come from crates.io and nowhere else.
fn registries(source: &Source, problems: &mut Vec<Problem>) {
    if !source.path.ends_with("Cargo.lock") {
        return;
    }
    for (n, line) in source.text.lines().enumerate() {
        if line.starts_with("source = ")
            && !line.contains("registry+https://github.com/rust-lang/crates.io-index\"")
        {
            problems.push(Problem::new(&source.path, n + 1, "a dependency does not come from crates.io"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let source = Source { path: path.into(), text: text.into() };
        let mut problems = Vec::new();
        let caps = Caps { long_files: &[], long_fns: &[], ..Caps::default() };
        check_with(&[source], &["/nest/egg".to_owned()], &caps, &mut problems);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn headers() {
        assert_eq!(found("crates/a/src/x.rs", "//! Holds x.\n"), [""; 0]);
        assert_eq!(found("crates/a/src/x.rs", "//! \nfn f() {}\n").len(), 1);
        assert_eq!(found("crates/a/src/x.rs", "fn f() {}\n").len(), 1);
    }

    #[test]
    fn leftovers_are_seen_in_code_only() {
        assert_eq!(
            found("crates/a/src/x.rs", "//! todo!()\n// dbg!(1)\nconst A: &str = \"todo!()\";\n"),
            [""; 0]
        );
        assert_eq!(
            found("crates/a/src/x.rs", "//! X.\nfn f() {\n    todo!()\n}\n"),
            ["crates/a/src/x.rs:3: todo! is left over"]
        );
        assert_eq!(
            found("crates/a/src/x.rs", "//! X.\nfn f() { dbg!(1); unimplemented!(\"x\") }\n").len(),
            2
        );
    }

    #[test]
    fn the_outside_world_is_for_few() {
        let text = "//! X.\nuse std::{io, fs};\nfn f() { std::env::var(\"X\"); std::process::exit(1) }\n";
        assert_eq!(found("crates/check/src/x.rs", text).len(), 3);
        assert_eq!(found("crates/load/src/x.rs", text), [""; 0]);
        assert_eq!(found("crates/check/tests/x.rs", text), [""; 0]);
        let test = "//! X.\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        assert_eq!(found("crates/check/src/x.rs", test), [""; 0]);
    }

    #[test]
    fn sizes_have_limits_and_exemptions_stay_needed() {
        let source = Source { path: "x.rs".into(), text: "fn f() {\n\n\n}\n".into() };
        let try_with = |long_files: &[(&str, &str)], long_fns: &[(&str, &str, &str)], cap: usize| {
            let caps = Caps { file: cap, function: cap, long_files, long_fns };
            let (mut needed, mut problems) = (Needed::default(), Vec::new());
            sizes(&source, &source.text, &caps, &mut needed, &mut problems);
            unneeded(&caps, &needed, &mut problems);
            problems.len()
        };
        assert_eq!(try_with(&[], &[], 4), 0);
        assert_eq!(try_with(&[], &[], 3), 2);
        assert_eq!(try_with(&[("x.rs", "a table")], &[("x.rs", "f", "one switch")], 3), 0);
        assert_eq!(try_with(&[("x.rs", "")], &[("x.rs", "f", "")], 3), 2);
        assert_eq!(try_with(&[("x.rs", "a table")], &[("x.rs", "f", "one switch")], 4), 2);
    }

    #[test]
    fn machine_paths_and_links() {
        assert_eq!(found("docs/a.md", "see /nest/egg/x\n").len(), 1);
        assert_eq!(found("docs/a.md", "see /nest/eggs and ../README.md\n"), [""; 0]);
        assert_eq!(found("docs/a.md", "see ../../other/x\n").len(), 1);
    }

    #[test]
    fn other_registries() {
        assert_eq!(
            found("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"),
            [""; 0]
        );
        assert_eq!(found("Cargo.lock", "source = \"registry+https://mirror.example/index\"\n").len(), 1);
    }
}
