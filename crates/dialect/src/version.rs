//! Go version numbers: releases (`1.21.3`), pre-releases (`1.21rc2`) and language versions (`1.21`).
//!
//! [`GoVersion`] is deliberately not `Ord`: outside this room nobody branches on a release. What a
//! file may use is asked of [`LangSet`](crate::LangSet), how a toolchain behaves of
//! [`CompilerModel`](crate::CompilerModel); only the choice of an SDK compares versions, through
//! the methods named for it.

use std::cmp::Ordering;
use std::fmt;

use escargo_base::Symbol;

/// From this minor release on the first release is written `1.N.0`, and `1.N` is only the language.
const FIRST_DOT_ZERO: u32 = 21;

/// A Go version as the go command reads it: `MAJOR[.MINOR[.PATCH | KIND[PRE]]]`.
///
/// Numbers beyond `u32` are read as the largest `u32`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct GoVersion {
    major: u32,
    minor: u32,
    /// Absent for language versions and pre-releases; `0` is filled in for releases before 1.21,
    /// which were published without it.
    patch: Option<u32>,
    /// `rc2`: the word, and the number if there is one.
    pre: Option<(Symbol, Option<u32>)>,
}

impl GoVersion {
    /// Reads a version, with or without the prefix `go`, without vendor suffix. `None` if malformed.
    pub fn parse(text: &str) -> Option<GoVersion> {
        let text = text.strip_prefix("go").unwrap_or(text);
        let (major, rest) = number(text)?;
        if rest.is_empty() {
            return Some(GoVersion { major, minor: 0, patch: Some(0), pre: None });
        }
        let (minor, rest) = number(rest.strip_prefix('.')?)?;
        if rest.is_empty() {
            return Some(GoVersion { major, minor, patch: unwritten_patch(minor), pre: None });
        }
        if let Some(rest) = rest.strip_prefix('.') {
            let (patch, rest) = number(rest)?;
            return rest.is_empty().then_some(GoVersion { major, minor, patch: Some(patch), pre: None });
        }
        let word_len = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        let (word, rest) = rest.split_at(word_len);
        if word.is_empty() {
            return None;
        }
        let pre = match rest {
            "" => None,
            digits => match number(digits)? {
                (n, "") => Some(n),
                _ => return None,
            },
        };
        Some(GoVersion { major, minor, patch: None, pre: Some((Symbol::intern(word), pre)) })
    }

    /// Reads the name of a toolchain: `go1.21.3`, `go1.21.3-bigcorp`, `go1.19.8 X:nocoverage`,
    /// or the first line of a `VERSION` file, `devel go1.23-4f2a…` included. Whatever follows a
    /// space, tab or `-` is a vendor's suffix and is dropped.
    pub fn parse_toolchain(name: &str) -> Option<GoVersion> {
        let name = name.strip_prefix("devel ").unwrap_or(name);
        if name.contains(['/', '\\']) {
            return None;
        }
        let version = name.strip_prefix("go")?;
        GoVersion::parse(version.split([' ', '\t', '-']).next()?)
    }

    /// The language version `1.MINOR`.
    pub const fn language(minor: u32) -> GoVersion {
        GoVersion { major: 1, minor, patch: unwritten_patch(minor), pre: None }
    }

    /// The release `1.MINOR.PATCH`.
    pub const fn release(minor: u32, patch: u32) -> GoVersion {
        GoVersion { major: 1, minor, patch: Some(patch), pre: None }
    }

    /// The language version this belongs to: `1.21` of `1.21.3` and of `1.21rc2`.
    #[must_use]
    pub fn lang(self) -> GoVersion {
        GoVersion { patch: unwritten_patch(self.minor), pre: None, ..self }
    }

    /// The minor number (21 of `1.21.3`). For a major number other than 1, which no release of Go
    /// has, the largest number there is, so that it counts as newer than every release.
    pub fn minor(self) -> u32 {
        match self.major {
            0 => 0,
            1 => self.minor,
            _ => u32::MAX,
        }
    }

    /// Whether the language version is `1.MINOR` or later.
    pub fn at_least(self, minor: u32) -> bool {
        self.minor() >= minor
    }

    /// Whether only the language is named (`1.21`), no release of it. Before 1.21 the two were the
    /// same, and a release is meant.
    pub fn is_lang(self) -> bool {
        self.patch.is_none() && self.pre.is_none()
    }

    /// Whether this is a pre-release (`1.21rc2`).
    pub fn is_prerelease(self) -> bool {
        self.pre.is_some()
    }

    /// Whether both are of the same language version.
    pub fn same_language(self, other: GoVersion) -> bool {
        (self.major, self.minor) == (other.major, other.minor)
    }

    /// Whether both are of the same language version, or `self` is of a later one.
    pub fn language_at_least(self, other: GoVersion) -> bool {
        (self.major, self.minor) >= (other.major, other.minor)
    }

    /// Whether `self` is newer as a toolchain, by the go command's order
    /// `1.21 < 1.21rc1 < 1.21.0 < 1.21.1`.
    pub fn is_newer_toolchain_than(self, other: GoVersion) -> bool {
        self.toolchain_order(other) == Ordering::Greater
    }

    /// The go command's order of toolchains, for choosing and listing SDKs.
    pub fn toolchain_order(self, other: GoVersion) -> Ordering {
        let pre = |v: GoVersion| v.pre.map(|(word, n)| (word.as_str(), n));
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| pre(self).cmp(&pre(other)))
    }

    /// The toolchain that the go command fetches for this version: the first release where only
    /// the language is named.
    #[must_use]
    pub fn first_release(self) -> GoVersion {
        if self.is_lang() { GoVersion { patch: Some(0), ..self } } else { self }
    }

    /// The version without the prefix `go`, as go.mod writes it.
    pub fn bare(self) -> String {
        let text = self.to_string();
        text.strip_prefix("go").map(str::to_owned).unwrap_or(text)
    }
}

/// What a version means that is written without a patch number.
const fn unwritten_patch(minor: u32) -> Option<u32> {
    if minor < FIRST_DOT_ZERO { Some(0) } else { None }
}

/// Splits a decimal number without needless zeros off the front.
fn number(text: &str) -> Option<(u32, &str)> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(len);
    if digits.is_empty() || (len > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().unwrap_or(u32::MAX), rest))
}

impl fmt::Display for GoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "go{}", self.major)?;
        // The go command writes the language version 1.0 as "go1".
        let bare_major =
            self.major == 1 && self.minor == 0 && self.patch.unwrap_or(0) == 0 && self.pre.is_none();
        if bare_major {
            return Ok(());
        }
        write!(f, ".{}", self.minor)?;
        match self.patch {
            patch if self.pre.is_none() && patch == unwritten_patch(self.minor) => {}
            Some(patch) => write!(f, ".{patch}")?,
            None => {}
        }
        if let Some((word, n)) = self.pre {
            f.write_str(word.as_str())?;
            if let Some(n) = n {
                write!(f, "{n}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for GoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> GoVersion {
        GoVersion::parse(text).unwrap_or_else(|| panic!("{text} does not parse"))
    }

    #[test]
    fn reads_what_the_go_command_reads() {
        for text in
            ["go1.21", "go1.21.3", "go1.21rc2", "go1.20", "go1.20rc1", "go1.9.2", "go1", "go1.21alpha"]
        {
            assert_eq!(v(text).to_string(), text);
        }
        assert_eq!(v("1.21.3").bare(), "1.21.3");
        assert_eq!(v("go1.20.0").to_string(), "go1.20");
        for bad in [
            "",
            "go",
            "1.",
            "1.21.",
            "1.021",
            "1.21.3rc1",
            "1.21-x",
            "1.21RC1",
            "v1.21",
            "1.21rc1.2",
            " 1.21",
        ] {
            assert_eq!(GoVersion::parse(bad), None, "{bad}");
        }
        assert!(v("1.99999999999").is_newer_toolchain_than(v("1.27.3")));
    }

    #[test]
    fn vendor_suffixes_are_dropped() {
        let read = |s| GoVersion::parse_toolchain(s).map(|v| v.to_string());
        assert_eq!(read("go1.21.3-bigcorp").as_deref(), Some("go1.21.3"));
        assert_eq!(read("go1.19.8").as_deref(), Some("go1.19.8"));
        assert_eq!(read("go1.22.1 X:loopvar").as_deref(), Some("go1.22.1"));
        assert_eq!(read("devel go1.23-4f2a1b Tue Jan 1").as_deref(), Some("go1.23"));
        assert_eq!(read("go1.20-dev").as_deref(), Some("go1.20"));
        assert_eq!(read("1.21.3"), None);
        assert_eq!(read("go1.21.3-a/b"), None);
    }

    #[test]
    fn order_of_toolchains() {
        let sorted = [
            "1",
            "1.2",
            "1.9.7",
            "1.20rc1",
            "1.20",
            "1.20.1",
            "1.21",
            "1.21beta1",
            "1.21rc1",
            "1.21rc2",
            "1.21.0",
            "1.21.10",
            "1.22",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(v(a).toolchain_order(v(b)), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn language_versions() {
        assert_eq!(v("1.21.3").lang(), GoVersion::language(21));
        assert_eq!(v("1.21rc1").lang(), v("1.21"));
        assert_eq!(v("1.18.3").lang(), v("1.18"));
        assert_eq!(v("1.0.3").lang().to_string(), "go1");
        assert!(v("1.21").is_lang() && !v("1.20").is_lang() && !v("1.21.0").is_lang());
        assert_eq!(v("1.22").first_release().to_string(), "go1.22.0");
        assert!(v("2.0").at_least(27) && !v("0.9").at_least(1));
    }
}
