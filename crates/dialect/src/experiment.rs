//! GOEXPERIMENT: which experiments a release knows, and which are on by default where.
//!
//! They decide build constraints (`goexperiment.NAME`), and so which files of the standard library
//! are built. Read from `internal/goexperiment/flags.go` and `internal/buildcfg/exp.go` of 1.19.8 and of
//! 1.21.13 … 1.27.3.

use crate::model::{NEWEST_RELEASE, OLDEST_RELEASE};
use crate::target::Target;
use crate::version::GoVersion;

/// Where an experiment is on by default.
enum Default {
    Off,
    /// On from the given minor release.
    From(u32),
    /// On where the release supports the register ABI.
    RegisterAbi,
    /// On where the compiler has an 8-bit exchange.
    Exchange8,
    /// On where the linkers read DWARF 5.
    Dwarf5,
}
use Default::{Dwarf5, Exchange8, From, Off, RegisterAbi};

/// An experiment: name, first and last minor release that knows it, default.
type Row = (&'static str, u32, u32, Default);

const LATER: u32 = u32::MAX;

/// In the order in which the go command lists them.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("fieldtrack",           0,  LATER, Off),
    ("preemptibleloops",     0,  LATER, Off),
    ("staticlockranking",    0,  LATER, Off),
    ("boringcrypto",         19, LATER, Off),
    ("unified",              19, 20,    From(20)),
    ("regabiwrappers",       0,  LATER, RegisterAbi),
    ("regabiargs",           0,  LATER, RegisterAbi),
    ("heapminimum512kib",    19, LATER, Off),
    ("coverageredesign",     20, 24,    From(20)),
    ("arenas",               20, LATER, Off),
    ("pagetrace",            20, 22,    Off),
    ("cgocheck2",            21, LATER, Off),
    ("loopvar",              21, LATER, Off),
    ("cacheprog",            21, 25,    Off),
    ("newinliner",           22, LATER, Off),
    ("rangefunc",            22, 25,    Off),
    ("range",                22, 22,    Off),
    ("allocheaders",         22, 22,    From(22)),
    ("exectracer2",          22, 22,    From(22)),
    ("aliastypeparams",      23, 25,    From(24)),
    ("swissmap",             24, 25,    From(24)),
    ("spinbitmutex",         24, 24,    Exchange8),
    ("synchashtriemap",      24, 25,    From(24)),
    ("synctest",             24, 25,    Off),
    ("dwarf5",               25, LATER, Dwarf5),
    ("jsonv2",               25, LATER, From(27)),
    ("greenteagc",           25, LATER, From(26)),
    ("randomizedheapbase64", 26, LATER, From(26)),
    ("runtimefreegc",        26, LATER, Off),
    ("sizespecializedmalloc", 26, LATER, From(27)),
    ("goroutineleakprofile", 26, 26,    Off),
    ("simd",                 26, LATER, Off),
    ("runtimesecret",        26, LATER, Off),
    ("mapsplitgroup",        27, LATER, Off),
];

/// How far a release supports the register ABI on an architecture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RegAbi {
    Unsupported,
    /// On by default; can be switched off.
    Default,
    /// Cannot be switched off.
    Always,
}

fn regabi(minor: u32, goarch: &str) -> RegAbi {
    // (architecture, supported from, always on from)
    const ARCHS: &[(&str, u32, u32)] = &[
        ("amd64", 0, 0),
        ("arm64", 0, 0),
        ("ppc64", 0, 0),
        ("ppc64le", 0, 0),
        ("riscv64", 19, 20),
        ("loong64", 22, 23),
        ("s390x", 26, 27),
    ];
    match ARCHS.iter().find(|a| a.0 == goarch) {
        Some((_, _, always)) if minor >= *always => RegAbi::Always,
        Some((_, since, _)) if minor >= *since => RegAbi::Default,
        _ => RegAbi::Unsupported,
    }
}

/// The experiments in force for a release, a target and a GOEXPERIMENT setting.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Experiments {
    on: u64,
    baseline: u64,
}

impl Experiments {
    /// Reads a GOEXPERIMENT value (`nodwarf5,jsonv2`) as the go command of the release does. The
    /// error is its text.
    pub fn parse(toolchain: GoVersion, target: &Target, goexperiment: &str) -> Result<Experiments, String> {
        let minor = toolchain.minor().clamp(OLDEST_RELEASE, NEWEST_RELEASE);
        let known = |row: &Row| (row.1..=row.2).contains(&minor);
        let abi = regabi(minor, target.goarch());
        let mut baseline = 0;
        for (i, row) in ROWS.iter().enumerate().filter(|(_, row)| known(row)) {
            baseline |= u64::from(default_on(&row.3, minor, abi, target)) << i;
        }
        let bit_of = |name: &str| -> Option<u64> {
            if name == "regabi" {
                return Some(REGABI);
            }
            ROWS.iter().position(|row| row.0 == name && known(row)).map(|i| 1 << i)
        };
        let mut on = baseline;
        for name in goexperiment.split(',').filter(|name| !name.is_empty()) {
            if name == "none" {
                on = 0;
                continue;
            }
            let (name, set) = name.strip_prefix("no").map_or((name, true), |rest| (rest, false));
            let bit = bit_of(name).ok_or_else(|| format!("unknown GOEXPERIMENT {name}"))?;
            on = if set { on | bit } else { on & !bit };
        }
        match abi {
            RegAbi::Always => on |= REGABI,
            RegAbi::Unsupported => on &= !REGABI,
            RegAbi::Default => {}
        }
        if on & REGABI == REGABI_ARGS {
            return Err("GOEXPERIMENT regabiargs requires regabiwrappers".to_owned());
        }
        Ok(Experiments { on, baseline })
    }

    /// Whether an experiment is on. Unknown names are off.
    pub fn is_enabled(&self, name: &str) -> bool {
        ROWS.iter().position(|row| row.0 == name).is_some_and(|i| self.on & (1 << i) != 0)
    }

    /// The experiments that are on, in the go command's order.
    pub fn enabled(&self) -> impl Iterator<Item = &'static str> + '_ {
        ROWS.iter().enumerate().filter(|(i, _)| self.on & (1 << i) != 0).map(|(_, row)| row.0)
    }

    /// The build tags that follow: `goexperiment.NAME` for each experiment that is on.
    pub fn build_tags(&self) -> impl Iterator<Item = String> + '_ {
        self.enabled().map(|name| format!("goexperiment.{name}"))
    }

    /// The shortest GOEXPERIMENT value that gives these experiments.
    pub fn canonical(&self) -> String {
        let mut names = Vec::new();
        for (i, row) in ROWS.iter().enumerate() {
            if (self.on ^ self.baseline) & (1 << i) != 0 {
                let no = if self.on & (1 << i) == 0 { "no" } else { "" };
                names.push(format!("{no}{}", row.0));
            }
        }
        names.join(",")
    }
}

impl std::fmt::Debug for Experiments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.enabled()).finish()
    }
}

const fn bit(name: &str) -> u64 {
    let mut i = 0;
    while i < ROWS.len() {
        if same(ROWS[i].0.as_bytes(), name.as_bytes()) {
            return 1 << i;
        }
        i += 1;
    }
    0
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

const REGABI_WRAPPERS: u64 = bit("regabiwrappers");
const REGABI_ARGS: u64 = bit("regabiargs");
const REGABI: u64 = REGABI_WRAPPERS | REGABI_ARGS;

fn default_on(default: &Default, minor: u32, abi: RegAbi, target: &Target) -> bool {
    match default {
        Off => false,
        From(since) => minor >= *since,
        RegisterAbi => abi != RegAbi::Unsupported,
        Exchange8 => matches!(target.goarch(), "386" | "amd64" | "arm" | "arm64" | "ppc64" | "ppc64le"),
        Dwarf5 => !matches!(target.goos(), "darwin" | "ios" | "aix"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(minor: u32, target: &str, text: &str) -> Result<Vec<&'static str>, String> {
        let (os, arch) = target.split_once('/').unwrap();
        Experiments::parse(GoVersion::release(minor, 0), &Target::new(os, arch), text)
            .map(|e| e.enabled().collect())
    }

    #[test]
    fn defaults_per_release_and_target() {
        const { assert!(ROWS.len() <= 64) };
        let linux = |minor| on(minor, "linux/amd64", "").unwrap();
        assert_eq!(linux(19), ["regabiwrappers", "regabiargs"]);
        assert_eq!(linux(21), ["regabiwrappers", "regabiargs", "coverageredesign"]);
        assert_eq!(
            linux(22),
            ["regabiwrappers", "regabiargs", "coverageredesign", "allocheaders", "exectracer2"]
        );
        assert_eq!(linux(23), linux(21));
        assert_eq!(
            linux(24),
            [
                "regabiwrappers",
                "regabiargs",
                "coverageredesign",
                "aliastypeparams",
                "swissmap",
                "spinbitmutex",
                "synchashtriemap"
            ]
        );
        assert_eq!(
            linux(25),
            ["regabiwrappers", "regabiargs", "aliastypeparams", "swissmap", "synchashtriemap", "dwarf5"]
        );
        assert_eq!(
            linux(26),
            ["regabiwrappers", "regabiargs", "dwarf5", "greenteagc", "randomizedheapbase64"]
        );
        assert_eq!(
            linux(27),
            [
                "regabiwrappers",
                "regabiargs",
                "dwarf5",
                "jsonv2",
                "greenteagc",
                "randomizedheapbase64",
                "sizespecializedmalloc"
            ]
        );
        assert_eq!(linux(40), linux(27), "newer releases use the newest row");
        assert_eq!(
            on(24, "js/wasm", "").unwrap(),
            ["coverageredesign", "aliastypeparams", "swissmap", "synchashtriemap"]
        );
        assert!(!on(27, "darwin/arm64", "").unwrap().contains(&"dwarf5"));
        assert!(on(22, "linux/loong64", "").unwrap().contains(&"regabiargs"));
        assert!(!on(21, "linux/loong64", "").unwrap().contains(&"regabiargs"));
    }

    #[test]
    fn settings() {
        assert_eq!(on(27, "linux/amd64", "none,jsonv2").unwrap(), ["regabiwrappers", "regabiargs", "jsonv2"]);
        assert!(!on(27, "linux/amd64", "nojsonv2").unwrap().contains(&"jsonv2"));
        assert!(!on(26, "linux/s390x", "noregabi").unwrap().contains(&"regabiargs"));
        assert!(on(27, "linux/s390x", "noregabi").unwrap().contains(&"regabiargs"));
        assert!(!on(27, "linux/386", "regabi").unwrap().contains(&"regabiargs"));
        assert_eq!(on(26, "linux/amd64", "swissmap"), Err("unknown GOEXPERIMENT swissmap".to_owned()));
        assert_eq!(on(26, "linux/amd64", "nofoo"), Err("unknown GOEXPERIMENT foo".to_owned()));
        assert_eq!(
            on(26, "linux/s390x", "noregabiwrappers"),
            Err("GOEXPERIMENT regabiargs requires regabiwrappers".to_owned())
        );
        let e = Experiments::parse(
            GoVersion::release(27, 3),
            &Target::new("linux", "amd64"),
            "jsonv2,simd,nodwarf5",
        );
        assert_eq!(e.map(|e| e.canonical()).as_deref(), Ok("nodwarf5,simd"));
    }
}
