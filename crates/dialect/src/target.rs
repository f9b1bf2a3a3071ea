//! What is built for: operating system, architecture, sizes, and the build tags that follow.
//!
//! Read from `internal/syslist`, `internal/platform`, `internal/buildcfg/cfg.go` and
//! `cmd/compile/internal/types2/sizes.go` of 1.27.3; differences of older releases from their sources.

use crate::version::GoVersion;

/// GOOS values that file names and constraints know, with the minor release that brought them
/// (0 where that was before the oldest release supported), and whether the tag `unix` holds.
const OS: &[(&str, u32, bool)] = &[
    ("aix", 0, true),
    ("android", 0, true),
    ("darwin", 0, true),
    ("dragonfly", 0, true),
    ("freebsd", 0, true),
    ("hurd", 0, true),
    ("illumos", 0, true),
    ("ios", 0, true),
    ("js", 0, false),
    ("linux", 0, true),
    ("nacl", 0, false),
    ("netbsd", 0, true),
    ("openbsd", 0, true),
    ("plan9", 0, false),
    ("solaris", 0, true),
    ("wasip1", 21, false),
    ("windows", 0, false),
    ("zos", 0, false),
];

/// GOARCH values that file names and constraints know; word size and largest alignment of those
/// that the compiler has sizes for.
const ARCH: &[(&str, Option<Sizes>)] = &[
    ("386", Sizes::of(4, 4)),
    ("amd64", Sizes::of(8, 8)),
    ("amd64p32", Sizes::of(4, 8)),
    ("arm", Sizes::of(4, 4)),
    ("armbe", None),
    ("arm64", Sizes::of(8, 8)),
    ("arm64be", None),
    ("loong64", Sizes::of(8, 8)),
    ("mips", Sizes::of(4, 4)),
    ("mipsle", Sizes::of(4, 4)),
    ("mips64", Sizes::of(8, 8)),
    ("mips64le", Sizes::of(8, 8)),
    ("mips64p32", None),
    ("mips64p32le", None),
    ("ppc", None),
    ("ppc64", Sizes::of(8, 8)),
    ("ppc64le", Sizes::of(8, 8)),
    ("riscv", None),
    ("riscv64", Sizes::of(8, 8)),
    ("s390", None),
    ("s390x", Sizes::of(8, 8)),
    ("sparc", None),
    ("sparc64", Sizes::of(8, 8)),
    ("wasm", Sizes::of(8, 8)),
];

/// A pair that can be built: GOOS, GOARCH, first and last minor release, and from which minor
/// release cgo is supported.
type Pair = (&'static str, &'static str, u32, u32, u32);

const EVER: u32 = u32::MAX;

#[rustfmt::skip]
const PAIRS: &[Pair] = &[
    ("aix", "ppc64", 0, EVER, 0),
    ("android", "386", 0, EVER, 0),
    ("android", "amd64", 0, EVER, 0),
    ("android", "arm", 0, EVER, 0),
    ("android", "arm64", 0, EVER, 0),
    ("darwin", "amd64", 0, EVER, 0),
    ("darwin", "arm64", 0, EVER, 0),
    ("dragonfly", "amd64", 0, EVER, 0),
    ("freebsd", "386", 0, EVER, 0),
    ("freebsd", "amd64", 0, EVER, 0),
    ("freebsd", "arm", 0, EVER, 0),
    ("freebsd", "arm64", 0, EVER, 0),
    ("freebsd", "riscv64", 20, EVER, 20),
    ("illumos", "amd64", 0, EVER, 0),
    ("ios", "amd64", 0, EVER, 0),
    ("ios", "arm64", 0, EVER, 0),
    ("js", "wasm", 0, EVER, EVER),
    ("linux", "386", 0, EVER, 0),
    ("linux", "amd64", 0, EVER, 0),
    ("linux", "arm", 0, EVER, 0),
    ("linux", "arm64", 0, EVER, 0),
    ("linux", "loong64", 0, EVER, 0),
    ("linux", "mips", 0, EVER, 0),
    ("linux", "mips64", 0, EVER, 0),
    ("linux", "mips64le", 0, EVER, 0),
    ("linux", "mipsle", 0, EVER, 0),
    ("linux", "ppc64", 0, EVER, 27),
    ("linux", "ppc64le", 0, EVER, 0),
    ("linux", "riscv64", 0, EVER, 0),
    ("linux", "s390x", 0, EVER, 0),
    ("linux", "sparc64", 0, EVER, 0),
    ("netbsd", "386", 0, EVER, 0),
    ("netbsd", "amd64", 0, EVER, 0),
    ("netbsd", "arm", 0, EVER, 0),
    ("netbsd", "arm64", 0, EVER, 0),
    ("openbsd", "386", 0, EVER, 0),
    ("openbsd", "amd64", 0, EVER, 0),
    ("openbsd", "arm", 0, EVER, 0),
    ("openbsd", "arm64", 0, EVER, 0),
    ("openbsd", "mips64", 0, 26, 0),
    ("openbsd", "ppc64", 21, EVER, EVER),
    ("openbsd", "riscv64", 22, EVER, 23),
    ("plan9", "386", 0, EVER, EVER),
    ("plan9", "amd64", 0, EVER, EVER),
    ("plan9", "arm", 0, EVER, EVER),
    ("solaris", "amd64", 0, EVER, 0),
    ("wasip1", "wasm", 21, EVER, EVER),
    ("windows", "386", 0, EVER, 0),
    ("windows", "amd64", 0, EVER, 0),
    ("windows", "arm", 0, 25, EVER),
    ("windows", "arm64", 0, EVER, 0),
];

/// Word size and largest alignment of an architecture; everything else about sizes follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sizes {
    /// Size of a pointer, an `int`, a `uintptr`, in bytes.
    pub word: u8,
    /// Largest alignment of a basic type, in bytes.
    pub max_align: u8,
}

impl Sizes {
    const fn of(word: u8, max_align: u8) -> Option<Sizes> {
        Some(Sizes { word, max_align })
    }
}

/// GOOS and GOARCH. Copies are cheap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    goos: Box<str>,
    goarch: Box<str>,
    sizes: Sizes,
}

impl Target {
    /// A target, which need not be one that a release can build ([`Target::check`]).
    pub fn new(goos: &str, goarch: &str) -> Target {
        let sizes = ARCH.iter().find(|a| a.0 == goarch).and_then(|a| a.1);
        Target {
            goos: goos.into(),
            goarch: goarch.into(),
            sizes: sizes.unwrap_or(Sizes { word: 8, max_align: 8 }),
        }
    }

    /// The machine this program runs on, in Go's names.
    pub fn host() -> Target {
        let goos = match std::env::consts::OS {
            "macos" => "darwin",
            os => os,
        };
        let goarch = match std::env::consts::ARCH {
            "x86" => "386",
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "loongarch64" => "loong64",
            "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
            "powerpc64" => "ppc64",
            "wasm32" => "wasm",
            arch => arch,
        };
        Target::new(goos, goarch)
    }

    /// GOOS.
    pub fn goos(&self) -> &str {
        &self.goos
    }

    /// GOARCH.
    pub fn goarch(&self) -> &str {
        &self.goarch
    }

    /// Names that the go command defines for the assembler (`cmd/go/internal/work/gc.go`, asmArgs), those
    /// that say which variant of the architecture is built left out.
    pub fn asm_defines(&self) -> Vec<String> {
        let mut names = vec![format!("GOOS_{}", self.goos), format!("GOARCH_{}", self.goarch)];
        names.extend((self.goarch.as_ref() == "amd64").then(|| "GOAMD64_v1".to_owned()));
        names
    }

    /// Word size and largest alignment. For an architecture without sizes, those of amd64.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Whether a release can build for this target; the error is the go command's text.
    pub fn check(&self, toolchain: GoVersion) -> Result<(), String> {
        if self.pair(toolchain).is_some() {
            return Ok(());
        }
        Err(format!("unsupported GOOS/GOARCH pair {}/{}", self.goos, self.goarch))
    }

    /// Whether cgo can be used at all for this target.
    pub fn cgo_supported(&self, toolchain: GoVersion) -> bool {
        self.pair(toolchain).is_some_and(|pair| toolchain.at_least(pair.4))
    }

    fn pair(&self, toolchain: GoVersion) -> Option<&'static Pair> {
        let minor = toolchain.minor();
        PAIRS.iter().find(|p| (p.0, p.1) == (self.goos(), self.goarch()) && (p.2..=p.3).contains(&minor))
    }

    /// Every pair that a release can build, sorted.
    pub fn all(toolchain: GoVersion) -> impl Iterator<Item = Target> {
        let minor = toolchain.minor();
        PAIRS.iter().filter(move |p| (p.2..=p.3).contains(&minor)).map(|p| Target::new(p.0, p.1))
    }

    /// Whether a build tag holds because of GOOS or GOARCH alone: their names, what they imply
    /// (android is a linux, illumos a solaris, ios a darwin), and `unix`.
    pub fn has_tag(&self, tag: &str) -> bool {
        tag == self.goos()
            || tag == self.goarch()
            || matches!((self.goos(), tag), ("android", "linux") | ("illumos", "solaris") | ("ios", "darwin"))
            || (tag == "unix" && OS.iter().any(|os| os.0 == self.goos() && os.2))
    }

    /// The environment variable that sets the level of the architecture (`GOAMD64`), if it has one.
    pub fn level_variable(&self) -> Option<&'static str> {
        self.level().map(|level| level.0)
    }

    /// Variable, and its value where neither environment nor SDK says otherwise.
    fn level(&self) -> Option<(&'static str, &'static str)> {
        Some(match self.goarch() {
            "386" => ("GO386", "sse2"),
            "amd64" => ("GOAMD64", "v1"),
            "arm" => ("GOARM", "7"),
            "arm64" => ("GOARM64", "v8.0"),
            "mips" | "mipsle" => ("GOMIPS", "hardfloat"),
            "mips64" | "mips64le" => ("GOMIPS64", "hardfloat"),
            "ppc64" | "ppc64le" => ("GOPPC64", "power8"),
            "riscv64" => ("GORISCV64", "rva20u64"),
            "wasm" => ("GOWASM", ""),
            _ => return None,
        })
    }

    /// The build tags that the level of the architecture sets (`amd64.v1`, `amd64.v2`). `level` is the
    /// value of [`Target::level_variable`], empty for the default. The error is the go command's text.
    pub fn level_tags(&self, toolchain: GoVersion, level: &str) -> Result<Vec<String>, String> {
        // Before 1.20 levels set no tags.
        let Some((variable, default)) = self.level().filter(|_| toolchain.at_least(20)) else {
            return Ok(Vec::new());
        };
        let level = match (level, self.goos()) {
            ("", "android") if variable == "GOARM" => "7",
            ("", _) => default,
            (level, _) => level,
        };
        let invalid = |what: &str| Err(format!("invalid {variable}: {what}"));
        let tags: Vec<String> = match variable {
            "GOAMD64" => match one_of(level, &["v1", "v2", "v3", "v4"]) {
                Some(n) => (1..=n + 1).map(|i| format!("v{i}")).collect(),
                None => return invalid("must be v1, v2, v3, v4"),
            },
            "GOARM" => match one_of(arm_version(toolchain, level), &["5", "6", "7"]) {
                Some(n) => (5..=n + 5).map(|i| i.to_string()).collect(),
                None if toolchain.at_least(22) => {
                    return invalid(
                        "must start with 5, 6, or 7, and may optionally end in either \",hardfloat\" or \",softfloat\"",
                    );
                }
                None => return invalid("must be 5, 6, 7"),
            },
            "GOARM64" if !toolchain.at_least(23) => Vec::new(),
            "GOARM64" => match arm64_tags(level) {
                Some(tags) => tags,
                None => {
                    return invalid(
                        "must start with v8.{0-9} or v9.{0-5} and may optionally end in \",lse\" and/or \",crypto\"",
                    );
                }
            },
            "GOMIPS" | "GOMIPS64" => match one_of(level, &["hardfloat", "softfloat"]) {
                Some(_) => vec![level.to_owned()],
                None => return invalid("must be hardfloat, softfloat"),
            },
            "GOPPC64" => match one_of(level, &["power8", "power9", "power10"]) {
                Some(n) => (8..=n + 8).map(|i| format!("power{i}")).collect(),
                None => return invalid("must be power8, power9, power10"),
            },
            "GORISCV64" if !toolchain.at_least(23) => Vec::new(),
            "GORISCV64" => {
                const PROFILES: [&str; 3] = ["rva20u64", "rva22u64", "rva23u64"];
                let known = &PROFILES[..if toolchain.at_least(25) { 3 } else { 2 }];
                match one_of(level, known) {
                    Some(n) => known[..=n].iter().map(|&p| p.to_owned()).collect(),
                    None => return invalid(&format!("must be {}", known.join(", "))),
                }
            }
            "GOWASM" => {
                for feature in level.split(',').filter(|f| !f.is_empty()) {
                    if !matches!(feature, "satconv" | "signext") {
                        return invalid(&format!("no such feature {feature:?}"));
                    }
                }
                // From 1.26 on every program has both.
                let has = |feature: &&str| toolchain.at_least(26) || level.split(',').any(|f| f == *feature);
                ["satconv", "signext"].into_iter().filter(|f| has(f)).map(str::to_owned).collect()
            }
            _ => vec![level.to_owned()],
        };
        Ok(tags.into_iter().map(|tag| format!("{}.{tag}", self.goarch)).collect())
    }
}

fn one_of(value: &str, known: &[&str]) -> Option<usize> {
    known.iter().position(|&k| k == value)
}

/// GOARM without the kind of floating point, which 1.22 brought.
fn arm_version(toolchain: GoVersion, level: &str) -> &str {
    if !toolchain.at_least(22) {
        return level;
    }
    let level = level.strip_suffix(",softfloat").unwrap_or(level);
    level.strip_suffix(",hardfloat").unwrap_or(level)
}

fn arm64_tags(level: &str) -> Option<Vec<String>> {
    let mut version = level;
    while let Some(rest) = version.strip_suffix(",lse").or_else(|| version.strip_suffix(",crypto")) {
        version = rest;
    }
    let (major, minor) = match version.as_bytes() {
        [b'v', b'8', b'.', minor @ b'0'..=b'9'] => (8, minor - b'0'),
        [b'v', b'9', b'.', minor @ b'0'..=b'5'] => (9, minor - b'0'),
        _ => return None,
    };
    let mut tags: Vec<String> = (0..=minor).map(|i| format!("v{major}.{i}")).collect();
    if major == 9 {
        // v9.N includes v8.(N+5).
        tags.extend((0..=(minor + 5).min(9)).map(|i| format!("v8.{i}")));
    }
    Some(tags)
}

/// Whether a name is a GOOS that constrains file names (`x_linux.go`), buildable or not.
pub fn is_known_os(name: &str, toolchain: GoVersion) -> bool {
    OS.iter().any(|os| os.0 == name && toolchain.at_least(os.1))
}

/// Whether a name is a GOARCH that constrains file names (`x_amd64.go`), buildable or not.
pub fn is_known_arch(name: &str) -> bool {
    ARCH.iter().any(|arch| arch.0 == name)
}

/// Whether a build tag is a release tag of the toolchain: `go1.1` … `go1.N`.
pub fn has_release_tag(toolchain: GoVersion, tag: &str) -> bool {
    let minor = tag.strip_prefix("go1.").and_then(|n| {
        let plain = !n.starts_with('0') && n.bytes().all(|b| b.is_ascii_digit());
        n.parse::<u32>().ok().filter(|_| plain)
    });
    minor.is_some_and(|n| n >= 1 && toolchain.at_least(n))
}

/// The release tags of a toolchain, in order.
pub fn release_tags(toolchain: GoVersion) -> Vec<String> {
    // A number from outside must not decide how much is allocated.
    (1..=toolchain.minor().min(999)).map(|n| format!("go1.{n}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(minor: u32) -> GoVersion {
        GoVersion::release(minor, 0)
    }

    #[test]
    fn pairs_come_and_go() {
        let ok = |os, arch, minor| Target::new(os, arch).check(release(minor)).is_ok();
        assert!(!ok("wasip1", "wasm", 19) && ok("wasip1", "wasm", 21));
        assert!(ok("windows", "arm", 25) && !ok("windows", "arm", 26));
        assert!(ok("openbsd", "mips64", 26) && !ok("openbsd", "mips64", 27));
        assert_eq!(
            Target::new("linux", "z80").check(release(27)).unwrap_err(),
            "unsupported GOOS/GOARCH pair linux/z80"
        );
        assert_eq!(Target::all(release(27)).count(), 49);
        assert_eq!(Target::all(release(21)).count(), 50);
        assert!(Target::new("linux", "amd64").cgo_supported(release(19)));
        assert!(!Target::new("linux", "ppc64").cgo_supported(release(26)));
    }

    #[test]
    fn tags_of_systems() {
        let t = Target::new("android", "arm64");
        for (tag, want) in
            [("android", true), ("linux", true), ("unix", true), ("arm64", true), ("windows", false)]
        {
            assert_eq!(t.has_tag(tag), want, "{tag}");
        }
        assert!(!Target::new("js", "wasm").has_tag("unix"));
        assert!(is_known_os("nacl", release(27)) && !is_known_os("wasip1", release(19)));
        assert!(is_known_arch("sparc") && !is_known_arch("linux"));
        assert_eq!(Target::new("linux", "386").sizes(), Sizes { word: 4, max_align: 4 });
    }

    #[test]
    fn tags_of_levels() {
        let tags = |arch, minor, level| Target::new("linux", arch).level_tags(release(minor), level);
        assert_eq!(tags("amd64", 27, "v3").unwrap(), ["amd64.v1", "amd64.v2", "amd64.v3"]);
        assert!(tags("amd64", 19, "v3").unwrap().is_empty());
        assert_eq!(tags("arm", 27, "6,softfloat").unwrap(), ["arm.5", "arm.6"]);
        assert!(tags("arm", 21, "6,softfloat").is_err());
        assert_eq!(tags("arm64", 27, "").unwrap(), ["arm64.v8.0"]);
        assert_eq!(tags("arm64", 27, "v9.0,lse").unwrap().len(), 7);
        assert!(tags("arm64", 22, "").unwrap().is_empty());
        assert_eq!(tags("wasm", 27, "").unwrap(), ["wasm.satconv", "wasm.signext"]);
        assert_eq!(tags("wasm", 25, "signext").unwrap(), ["wasm.signext"]);
        assert_eq!(
            tags("riscv64", 24, "rva23u64").unwrap_err(),
            "invalid GORISCV64: must be rva20u64, rva22u64"
        );
        assert_eq!(tags("386", 27, "").unwrap(), ["386.sse2"]);
        assert_eq!(tags("loong64", 27, "").unwrap(), [""; 0]);
    }

    #[test]
    fn release_tags_end_with_the_release() {
        assert!(has_release_tag(release(21), "go1.21") && !has_release_tag(release(21), "go1.22"));
        assert!(!has_release_tag(release(21), "go1.0") && !has_release_tag(release(21), "go1.021"));
        assert!(!has_release_tag(release(21), "go1") && !has_release_tag(release(21), "go1.+1"));
        assert_eq!(release_tags(GoVersion::release(3, 0)), ["go1.1", "go1.2", "go1.3"]);
    }
}
