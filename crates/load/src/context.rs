//! The build context: which tags hold, and which files a file name alone rules out.

use rustc_hash::FxHashSet;

use crate::constraint::Constraint;

/// Operating systems that file names may name, past and present ones; with the minor release
/// from which the name counts.
const KNOWN_OS: &[(&str, u32)] = &[
    ("aix", 0),
    ("android", 0),
    ("darwin", 0),
    ("dragonfly", 0),
    ("freebsd", 0),
    ("hurd", 0),
    ("illumos", 0),
    ("ios", 0),
    ("js", 0),
    ("linux", 0),
    ("nacl", 0),
    ("netbsd", 0),
    ("openbsd", 0),
    ("plan9", 0),
    ("solaris", 0),
    ("wasip1", 21),
    ("windows", 0),
    ("zos", 0),
];

/// Operating systems for which the tag `unix` holds.
const UNIX_OS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "linux",
    "netbsd",
    "openbsd",
    "solaris",
];

/// Architectures that file names may name.
const KNOWN_ARCH: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

/// What build constraints are judged against.
#[derive(Clone, Debug)]
pub struct BuildContext {
    /// Target operating system.
    pub goos: String,
    /// Target architecture.
    pub goarch: String,
    /// Whether files that import "C" belong to packages.
    pub cgo_enabled: bool,
    /// Tags of `-tags`, in the order given.
    pub build_tags: Vec<String>,
    /// Tags of the toolchain: `goexperiment.x`, `amd64.v1` …
    pub tool_tags: Vec<String>,
    /// The minor release `N`: tags `go1.1` to `go1.N` hold.
    pub release: u32,
    tags: FxHashSet<String>,
}

impl BuildContext {
    /// A context for a target, the tags of `-tags`, the toolchain's own tags, and minor release.
    pub fn new(
        goos: &str,
        goarch: &str,
        cgo_enabled: bool,
        build_tags: Vec<String>,
        tool_tags: Vec<String>,
        release: u32,
    ) -> BuildContext {
        let mut tags: FxHashSet<String> = build_tags.iter().chain(&tool_tags).cloned().collect();
        let mut add = |tag: &str| {
            tags.insert(tag.to_owned());
        };
        add(goos);
        add(goarch);
        add("gc");
        match goos {
            "android" => add("linux"),
            "illumos" => add("solaris"),
            "ios" => add("darwin"),
            _ => {}
        }
        if UNIX_OS.contains(&goos) {
            add("unix");
        }
        if cgo_enabled {
            add("cgo");
        }
        for n in 1..=release {
            add(&format!("go1.{n}"));
        }
        BuildContext {
            goos: goos.to_owned(),
            goarch: goarch.to_owned(),
            cgo_enabled,
            build_tags,
            tool_tags,
            release,
            tags,
        }
    }

    /// Whether a tag holds.
    pub fn tag_holds(&self, tag: &str) -> bool {
        // The old name of the experiment stays a tag.
        self.tags.contains(if tag == "boringcrypto" { "goexperiment.boringcrypto" } else { tag })
    }

    /// Whether a constraint holds.
    pub fn holds(&self, constraint: &Constraint) -> bool {
        constraint.eval(|tag| self.tag_holds(tag))
    }

    /// Whether a file name's `_GOOS`, `_GOARCH` or `_GOOS_GOARCH` suffix (before `_test` and the
    /// first dot) admits the file.
    pub fn file_name_matches(&self, name: &str) -> bool {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let Some(first) = stem.find('_') else { return true };
        // What stands before the first underscore is never a constraint.
        let mut parts = stem[first..].rsplit('_');
        let mut last = parts.next().unwrap_or("");
        if last == "test" {
            last = parts.next().unwrap_or("");
        }
        let before = parts.next().unwrap_or("");
        let known_arch = KNOWN_ARCH.contains(&last);
        if known_arch && self.is_known_os(before) {
            return self.tag_holds(last) && self.tag_holds(before);
        }
        if known_arch || self.is_known_os(last) { self.tag_holds(last) } else { true }
    }

    fn is_known_os(&self, name: &str) -> bool {
        KNOWN_OS.iter().any(|&(os, since)| os == name && self.release >= since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names() {
        let ctx = BuildContext::new("linux", "amd64", false, vec![], vec![], 27);
        for (name, matches) in [
            ("linux.go", true),
            ("windows.go", true),
            ("x_windows.go", false),
            ("x_linux_test.go", true),
            ("x_linux_arm64.go", false),
            ("x_windows_amd64.go", false),
            ("x_linux_amd64.go", true),
            ("_windows.go", false),
            ("x_amd64.s", true),
            ("x_arm64_linux.go", true),
            ("x_windows.foo.go", false),
            ("x_unix.go", true),
            ("windows_test.go", true),
            ("x_wasip1.go", false),
        ] {
            assert_eq!(ctx.file_name_matches(name), matches, "{name}");
        }
        assert!(ctx.tag_holds("unix") && ctx.tag_holds("go1.27") && !ctx.tag_holds("go1.28"));
        assert!(!ctx.tag_holds("cgo"));
        let old = BuildContext::new("android", "arm64", true, vec![], vec![], 20);
        assert!(old.file_name_matches("x_wasip1.go") && old.tag_holds("linux") && old.tag_holds("cgo"));
    }
}
