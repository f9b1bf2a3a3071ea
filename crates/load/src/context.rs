//! The build context: which tags hold, and which files a file name alone rules out.

use escargo_dialect::target::{is_known_arch, is_known_os, release_tags};
use escargo_dialect::{Experiments, GoVersion, Target};
use rustc_hash::FxHashSet;

use crate::constraint::Constraint;

/// What build constraints are judged against.
#[derive(Clone, Debug)]
pub struct BuildContext {
    /// Operating system and architecture.
    pub target: Target,
    /// The toolchain imitated.
    pub toolchain: GoVersion,
    /// Whether files that import "C" belong to packages.
    pub cgo_enabled: bool,
    /// Tags of `-tags`, in the order given.
    pub build_tags: Vec<String>,
    /// Tags of the toolchain: `goexperiment.x`, `amd64.v1` …
    pub tool_tags: Vec<String>,
    tags: FxHashSet<String>,
}

impl BuildContext {
    /// A context for a target and toolchain, with the tags of `-tags`, the experiments in force and the level
    /// of the architecture (the value of `GOAMD64` …, empty for the default).
    pub fn new(
        target: Target,
        toolchain: GoVersion,
        cgo_enabled: bool,
        build_tags: Vec<String>,
        experiments: &Experiments,
        level: &str,
    ) -> Result<BuildContext, String> {
        let mut tool_tags: Vec<String> = experiments.build_tags().collect();
        tool_tags.extend(target.level_tags(toolchain, level)?);
        let mut tags: FxHashSet<String> = build_tags.iter().chain(&tool_tags).cloned().collect();
        tags.extend(release_tags(toolchain));
        tags.insert("gc".to_owned());
        if cgo_enabled {
            tags.insert("cgo".to_owned());
        }
        Ok(BuildContext { target, toolchain, cgo_enabled, build_tags, tool_tags, tags })
    }

    /// Adds a tag of the toolchain (`race`).
    pub fn add_tool_tag(&mut self, tag: &str) {
        self.tool_tags.push(tag.to_owned());
        self.tags.insert(tag.to_owned());
    }

    /// Whether a tag holds.
    pub fn tag_holds(&self, tag: &str) -> bool {
        // The old name of the experiment stays a tag.
        let tag = if tag == "boringcrypto" { "goexperiment.boringcrypto" } else { tag };
        self.target.has_tag(tag) || self.tags.contains(tag)
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
        let known_arch = is_known_arch(last);
        if known_arch && is_known_os(before, self.toolchain) {
            return self.tag_holds(last) && self.tag_holds(before);
        }
        if known_arch || is_known_os(last, self.toolchain) { self.tag_holds(last) } else { true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(goos: &str, goarch: &str, cgo: bool, minor: u32) -> BuildContext {
        let (target, toolchain) = (Target::new(goos, goarch), GoVersion::release(minor, 0));
        let experiments = Experiments::parse(toolchain, &target, "").unwrap();
        BuildContext::new(target, toolchain, cgo, vec!["mine".to_owned()], &experiments, "").unwrap()
    }

    #[test]
    fn file_names() {
        let ctx = context("linux", "amd64", false, 27);
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
        for tag in ["unix", "go1.27", "amd64.v1", "goexperiment.regabiargs", "gc", "mine"] {
            assert!(ctx.tag_holds(tag), "{tag}");
        }
        assert!(!ctx.tag_holds("cgo") && !ctx.tag_holds("go1.28") && !ctx.tag_holds("boringcrypto"));
        let old = context("android", "arm64", true, 20);
        assert!(old.file_name_matches("x_wasip1.go") && old.tag_holds("linux") && old.tag_holds("cgo"));
    }
}
