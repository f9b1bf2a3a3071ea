//! `-gcflags`: which package gets which flags of the compiler.
//!
//! `cmd/go/internal/load/flag.go` (patterns), `cmd/internal/quoted` (splitting), `cmd/compile/internal/base/flag.go`
//! (the flags).

use std::path::{Path, PathBuf};

use escargo_ir::CompilerFlags;
use escargo_load::graph::Package;
use escargo_load::path;

/// What is wrong with `-gcflags`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagError(pub String);

impl std::fmt::Display for FlagError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FlagError {}

/// Flags for one package, with those that only the driver looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageFlags {
    /// What the passes look at.
    pub compiler: CompilerFlags,
    /// `-e`: errors without limit.
    pub all_errors: bool,
    /// `-C`: positions without columns.
    pub no_columns: bool,
    /// `-L`: positions as written beside those of `//line` directives.
    pub both_positions: bool,
    /// `-json=0,DIR`: where the optimization log goes.
    pub json_dir: Option<PathBuf>,
}

/// All `-gcflags` of a command line, in order.
#[derive(Clone, Debug, Default)]
pub struct GcFlags {
    entries: Vec<(Pattern, PackageFlags)>,
}

#[derive(Clone, Debug)]
enum Pattern {
    /// No pattern: packages named on the command line.
    Named,
    /// An import path pattern, with `...`.
    Path(String),
    /// A pattern relative to the directory, as a cleaned absolute path.
    Dir(String),
}

impl GcFlags {
    /// Reads `-gcflags` values in the order given. `cwd` is the directory that relative patterns start from.
    pub fn parse(values: &[String], cwd: &str) -> Result<GcFlags, FlagError> {
        let mut flags = GcFlags::default();
        for value in values {
            flags.add(value, cwd)?;
        }
        Ok(flags)
    }

    fn add(&mut self, value: &str, cwd: &str) -> Result<(), FlagError> {
        let value = value.trim();
        let (pattern, list) = if value.is_empty() || value.starts_with('-') {
            (Pattern::Named, value)
        } else {
            let Some((pattern, list)) = value.split_once('=') else {
                return Err(FlagError("missing =<value> in <pattern>=<value>".to_owned()));
            };
            let pattern = pattern.trim();
            if pattern.is_empty() {
                return Err(FlagError("missing <pattern> in <pattern>=<value>".to_owned()));
            }
            if let Some(quote) = value.chars().next().filter(|c| matches!(c, '\'' | '"')) {
                return Err(FlagError(format!("parameter may not start with quote character {quote}")));
            }
            (Pattern::new(pattern, cwd), list)
        };
        let list = split(list)?;
        self.entries.push((pattern, read(&list, cwd)?));
        Ok(())
    }

    /// The flags of a package: those of the last entry that matches it.
    pub fn of(&self, package: &Package) -> PackageFlags {
        let found = self.entries.iter().rev().find(|(pattern, _)| pattern.matches(package));
        found.map_or_else(PackageFlags::default, |(_, flags)| flags.clone())
    }

    /// Whether any package can have something to say.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Pattern {
    fn new(text: &str, cwd: &str) -> Pattern {
        if text.starts_with("./") || text.starts_with("../") || text == "." || text == ".." {
            let joined = Path::new(cwd).join(text);
            return Pattern::Dir(path::clean(&joined).to_string_lossy().into_owned());
        }
        Pattern::Path(text.to_owned())
    }

    fn matches(&self, package: &Package) -> bool {
        match self {
            Pattern::Named => !package.dep_only,
            Pattern::Dir(pattern) => matches_dots(pattern, &package.dir.to_string_lossy()),
            Pattern::Path(pattern) => match pattern.as_str() {
                "all" => true,
                "std" => package.standard && !is_command(&package.path),
                "cmd" => package.standard && is_command(&package.path),
                _ if package.from_files => pattern == "command-line-arguments",
                _ => matches_dots(pattern, &package.path),
            },
        }
    }
}

fn is_command(path: &str) -> bool {
    path == "cmd" || path.starts_with("cmd/")
}

/// Whether a path matches a pattern in which `...` stands for any text; `x/...` also matches `x`.
fn matches_dots(pattern: &str, path: &str) -> bool {
    if let Some(base) = pattern.strip_suffix("/...")
        && matches_dots(base, path)
    {
        return true;
    }
    let Some((head, mut rest)) = pattern.split_once("...") else { return pattern == path };
    let Some(mut path) = path.strip_prefix(head) else { return false };
    while let Some((part, more)) = rest.split_once("...") {
        let Some(at) = path.find(part) else { return false };
        path = &path[at + part.len()..];
        rest = more;
    }
    path.ends_with(rest)
}

/// Splits at blanks, honouring quotes around whole words.
fn split(text: &str) -> Result<Vec<String>, FlagError> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '\'' {
            let Some(end) = rest[1..].find(first) else {
                return Err(FlagError(format!("unterminated {first} string")));
            };
            words.push(rest[1..=end].to_owned());
            rest = rest[end + 2..].trim_start();
        } else {
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            words.push(rest[..end].to_owned());
            rest = rest[end..].trim_start();
        }
    }
    Ok(words)
}

/// Flags of the compiler that change nothing of what is printed here, with whether they take a value.
const WITHOUT_EFFECT: &[(&str, bool)] = &[
    ("B", false),
    ("E", false),
    ("K", false),
    ("S", false),
    ("W", false),
    ("asmhdr", true),
    ("bench", true),
    ("blockprofile", true),
    ("buildid", true),
    ("c", true),
    ("clobberdead", false),
    ("clobberdeadreg", false),
    ("complete", false),
    ("cpuprofile", true),
    ("dwarf", false),
    ("dwarfbasentries", false),
    ("dwarflocationlists", false),
    ("dynlink", false),
    ("errorurl", false),
    ("gendwarfinl", true),
    ("h", false),
    ("j", false),
    ("live", false),
    ("memprofile", true),
    ("memprofilerate", true),
    ("mutexprofile", true),
    ("nolocalimports", false),
    ("r", false),
    ("shared", false),
    ("spectre", true),
    ("t", false),
    ("traceprofile", true),
    ("v", false),
    ("w", false),
    ("wb", false),
];

fn read(words: &[String], cwd: &str) -> Result<PackageFlags, FlagError> {
    let mut flags = PackageFlags::default();
    let mut l = 0;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(body) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else {
            return Err(FlagError(format!("-gcflags: {word:?} is no flag of the compiler")));
        };
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        match name {
            "m" => count(&mut flags.compiler.m, name, value)?,
            "l" => count(&mut l, name, value)?,
            "N" => flags.compiler.n = boolean(name, value)?,
            "e" => flags.all_errors = boolean(name, value)?,
            "C" => flags.no_columns = boolean(name, value)?,
            "L" => flags.both_positions = boolean(name, value)?,
            "smallframes" => flags.compiler.small_frames = boolean(name, value)?,
            "+" => flags.compiler.runtime = boolean(name, value)?,
            "std" => flags.compiler.std = boolean(name, value)?,
            "d" | "json" => {
                let value = value.or_else(|| words.next().map(String::as_str));
                let Some(value) = value else {
                    return Err(FlagError(format!("-gcflags: flag needs an argument: -{name}")));
                };
                match name {
                    "d" => debug_switches(value, &mut flags.compiler)?,
                    _ => json(value, &mut flags, cwd)?,
                }
            }
            "race" | "msan" | "asan" | "lang" | "p" | "importcfg" | "o" | "trimpath" | "embedcfg"
            | "pgoprofile" | "I" | "D" | "installsuffix" | "goversion" | "linkobj" | "pack" | "symabis"
            | "linkshared" | "env" | "coveragecfg" => {
                return Err(FlagError(format!(
                    "-gcflags: -{name} is not understood here; the build decides it"
                )));
            }
            _ => match WITHOUT_EFFECT.iter().find(|(known, _)| *known == name) {
                Some((_, true)) if value.is_none() => {
                    words.next();
                }
                Some(_) => {}
                None => return Err(FlagError(format!("flag provided but not defined: -{name}"))),
            },
        }
    }
    flags.compiler.l = effective_l(l);
    Ok(flags)
}

/// `-l` once turns inlining off, which is what level 1 means to the passes; other levels stay.
fn effective_l(given: u32) -> u32 {
    given
}

/// A flag that counts how often it is given, or takes its count as value.
fn count(level: &mut u32, name: &str, value: Option<&str>) -> Result<(), FlagError> {
    *level = match value {
        None | Some("true") => *level + 1,
        Some("false") => 0,
        Some(text) => text.parse().map_err(|_| {
            FlagError(format!(
                "invalid value {text:?} for flag -{name}: strconv.Atoi: parsing {text:?}: invalid syntax"
            ))
        })?,
    };
    Ok(())
}

fn boolean(name: &str, value: Option<&str>) -> Result<bool, FlagError> {
    match value {
        None | Some("true" | "1" | "t" | "T" | "TRUE" | "True") => Ok(true),
        Some("false" | "0" | "f" | "F" | "FALSE" | "False") => Ok(false),
        Some(text) => Err(FlagError(format!("invalid boolean value {text:?} for -{name}: parse error"))),
    }
}

fn debug_switches(list: &str, flags: &mut CompilerFlags) -> Result<(), FlagError> {
    for word in list.split(',').filter(|w| !w.is_empty()) {
        let (name, value) = word.split_once('=').unwrap_or((word, "1"));
        let value = if name.contains('/') { Ok(1) } else { value.parse() };
        let value = value.map_err(|_| FlagError(format!("-gcflags: invalid debug value in -d={word:?}")))?;
        flags.debug.push((name.to_owned(), value));
    }
    Ok(())
}

/// `-json=0,DIR`, where DIR is absolute or a URL of a file (`cmd/compile/internal/logopt/log_opts.go`).
fn json(value: &str, flags: &mut PackageFlags, cwd: &str) -> Result<(), FlagError> {
    let parts = value.split_once(',').and_then(|(version, dir)| Some((version.parse::<i64>().ok()?, dir)));
    let Some((version, dir)) = parts else {
        let text = "-json option should be '<version>,<destination>' where <version> is a number";
        return Err(FlagError(text.to_owned()));
    };
    if version != 0 {
        return Err(FlagError("-json version must be 0".to_owned()));
    }
    let dir = match dir.strip_prefix("file://") {
        _ if Path::new(dir).is_absolute() => PathBuf::from(dir),
        Some(url) => Path::new(cwd).join(path_of_url(url)),
        None => {
            return Err(FlagError(format!(
                "optimizer logging destination {dir} was neither /-prefixed directory nor file://-prefixed file URI"
            )));
        }
    };
    flags.compiler.json = true;
    flags.json_dir = Some(path::clean(&dir));
    Ok(())
}

/// The path in what follows `file://`, up to a query or fragment; escapes that are none stay.
fn path_of_url(url: &str) -> String {
    let url = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    let mut path = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|&b| char::from(b).to_digit(16));
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                path.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => {
                path.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&path).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(list: &str) -> PackageFlags {
        GcFlags::parse(&[list.to_owned()], "/w").unwrap().entries.pop().unwrap().1
    }

    #[test]
    fn levels() {
        assert_eq!(one("-m").compiler.m, 1);
        assert_eq!(one("-m -m").compiler.m, 2);
        assert_eq!(one("-m=2 -l").compiler.m, 2);
        assert!(!one("-m=2 -l").compiler.inlines());
        assert!(one("-l -l").compiler.inlines() && one("-l=4").compiler.inlines());
        assert_eq!(one("all=-m=2").compiler.m, 2);
        assert_eq!(one("-N '-d=panic,ssa/check/on' \"-N\"").compiler.debug("panic"), 1);
        let json = |list: &str| one(list).json_dir;
        assert_eq!(json("-json=0,/tmp/x").as_deref(), Some(Path::new("/tmp/x")));
        assert_eq!(json("-json 0,file:///tmp/./x%20y").as_deref(), Some(Path::new("/tmp/x y")));
        assert_eq!(json("-json=0,file://x/y").as_deref(), Some(Path::new("/w/x/y")));
        assert_eq!(json("-m"), None);
    }

    #[test]
    fn what_is_refused() {
        let error = |list: &str| GcFlags::parse(&[list.to_owned()], "/w").unwrap_err().0;
        assert_eq!(error("std"), "missing =<value> in <pattern>=<value>");
        assert_eq!(error("-nonsense"), "flag provided but not defined: -nonsense");
        assert!(error("-m=x").contains("invalid value"));
        assert_eq!(error("-json=1,/x"), "-json version must be 0");
        assert!(error("-json=0,x").starts_with("optimizer logging destination x was neither"));
        assert!(error("-json=/x").contains("where <version> is a number"));
        assert!(error("-N '-m").contains("unterminated"));
        assert_eq!(error("'-m=2'"), "parameter may not start with quote character '");
    }

    #[test]
    fn dots_match_as_in_the_go_command() {
        for (pattern, path, expected) in [
            ("net/...", "net", true),
            ("net/...", "net/http", true),
            ("net/...", "netx", false),
            ("net...", "netx", true),
            (".../x", "a/b/x", true),
            ("a/.../c", "a/b/c", true),
            ("a/.../c", "a/c", false),
            ("fmt", "fmt", true),
        ] {
            assert_eq!(matches_dots(pattern, path), expected, "{pattern} {path}");
        }
    }
}
