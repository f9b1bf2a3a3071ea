//! The type checker's test files, `internal/types/testdata` of an SDK.
//!
//! A comment `/* ERROR "text" */` (or `//`) right after a token says that an error is reported
//! at that token and contains the text; `ERRORx` gives a regular expression instead. Several
//! comments mean several errors. The first line may hold flags: `// -lang=go1.21`.
//!
//! The checker is to be set up as the Go project's test does: function bodies and unused imports
//! checked; branches checked by the type checker; all language versions allowed unless `-lang`
//! says otherwise; sizes of linux/amd64; the predeclared test functions `assert` and `trace`
//! defined; every error reported, without limit, syntax errors first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::pattern::{go_regex, unquote};
use super::scan::Scanner;

/// Files to be checked as one package, and how far off columns may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Folder and file, such as `check/builtins0.go`.
    pub name: String,
    /// The files, in order.
    pub files: Vec<PathBuf>,
    /// Largest difference between an error's column and that of the token it is expected at.
    pub tolerance: u32,
}

/// The folders of test files under an SDK's `src`, each with its tolerance.
const FOLDERS: [(&str, u32); 5] = [
    ("internal/types/testdata/check", 50),
    ("internal/types/testdata/spec", 20),
    ("internal/types/testdata/examples", 125),
    ("internal/types/testdata/fixedbugs", 100),
    ("cmd/compile/internal/types2/testdata/local", 0),
];

/// All cases of an SDK: a file is a case, and so is a folder with all its files.
pub fn cases(goroot: &Path) -> std::io::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (folder, tolerance) in FOLDERS {
        let group = folder.rsplit('/').next().unwrap_or(folder);
        for path in sorted(&goroot.join("src").join(folder))? {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{group}/{file}");
            let files = if path.is_dir() { sorted(&path)? } else { vec![path] };
            cases.push(Case { name, files, tolerance });
        }
    }
    Ok(cases)
}

fn sorted(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(dir)?.map(|e| Ok(e?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// What the flags of a case's first file ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Language version of the package.
    pub lang: Option<String>,
    /// Experiments, as GOEXPERIMENT lists them.
    pub goexperiment: String,
    /// Whether `import "C"` gives an empty package that has every name.
    pub fake_import_c: bool,
    /// Whether aliases are types of their own; older releases ask for both.
    pub gotypesalias: Option<bool>,
}

/// The flags in the first line of a file.
pub fn flags(src: &str) -> Result<Flags, String> {
    let mut flags = Flags::default();
    let Some(rest) = src.strip_prefix("//") else { return Ok(flags) };
    let line = rest.lines().next().unwrap_or_default();
    if !line.trim_start().starts_with('-') {
        return Ok(flags);
    }
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--").or(word.strip_prefix('-')) else { break };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, None),
        };
        let mut text =
            || value.or_else(|| words.next()).map(str::to_owned).ok_or(format!("-{name} needs a value"));
        let truth = || match value {
            None | Some("1" | "t" | "true") => Ok(true),
            Some("0" | "f" | "false") => Ok(false),
            Some(other) => Err(format!("-{name}={other}")),
        };
        match name {
            "lang" => flags.lang = Some(text()?),
            "goexperiment" => flags.goexperiment = text()?,
            "fakeImportC" => flags.fake_import_c = truth()?,
            "gotypesalias" => flags.gotypesalias = Some(text()? != "0"),
            _ => return Err(format!("unknown flag -{name}")),
        }
    }
    Ok(flags)
}

/// Whether build constraints let a file take part. `holds` evaluates a constraint line, giving
/// `None` for lines that are none; tags are releases, GOOS and GOARCH only.
pub fn takes_part(src: &str, holds: impl Fn(&str) -> Option<bool>) -> bool {
    src.lines().take_while(|l| !l.starts_with("package ")).find_map(holds).unwrap_or(true)
}

/// What an error message must look like.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// It contains the text.
    Contains(String),
    /// It matches.
    Matches(Regex),
    /// The expectation is malformed, in this way.
    Malformed(String),
}

impl Pattern {
    fn new(regex: bool, literal: &str) -> Pattern {
        match unquote(literal.trim()) {
            None => Pattern::Malformed(format!("cannot unquote {literal}")),
            Some(text) if !regex => Pattern::Contains(text),
            Some(text) => go_regex(&text).map_or_else(Pattern::Malformed, Pattern::Matches),
        }
    }

    fn fits(&self, message: &str) -> bool {
        match self {
            Pattern::Contains(text) => message.contains(text.as_str()),
            Pattern::Matches(regex) => regex.is_match(message),
            Pattern::Malformed(_) => false,
        }
    }
}

/// An error that a file expects.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Line and column of the token before the comment; both 0 if there is none.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What it says.
    pub pattern: Pattern,
    /// The comment, without markers.
    pub comment: String,
}

/// The errors that a file expects, in order.
pub fn expected(src: &[u8]) -> Vec<Expected> {
    let mut out = Vec::new();
    let (mut line, mut column) = (0, 0);
    for piece in Scanner::new(src) {
        if !piece.comment {
            (line, column) = (piece.line, piece.column);
            continue;
        }
        let text = String::from_utf8_lossy(piece.text);
        let inner = text.strip_prefix("/*").and_then(|t| t.strip_suffix("*/")).unwrap_or(&text[2..]);
        let (regex, literal) = match (inner.strip_prefix(" ERROR "), inner.strip_prefix(" ERRORx ")) {
            (Some(literal), _) => (false, literal),
            (_, Some(literal)) => (true, literal),
            _ => continue,
        };
        out.push(Expected { line, column, pattern: Pattern::new(regex, literal), comment: inner.to_owned() });
    }
    out
}

/// An error that was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file, as given to [`judge`] (or as a `//line` directive names it).
    pub file: String,
    /// Line, `//line` directives left aside, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// The message, continuation lines included.
    pub message: String,
}

/// Compares what was found with what files expect; complaints, none if the case passes.
pub fn judge(files: &[(String, Vec<u8>)], found: &[Found], tolerance: u32) -> Vec<String> {
    let mut open: BTreeMap<(&str, u32), Vec<Expected>> = BTreeMap::new();
    let mut complaints = Vec::new();
    for (name, src) in files {
        for error in expected(src) {
            if let Pattern::Malformed(why) = &error.pattern {
                complaints
                    .push(format!("{name}:{}:{}: malformed expectation: {why}", error.line, error.column));
            }
            open.entry((name, error.line)).or_default().push(error);
        }
    }
    for error in found {
        let at = format!("{}:{}:{}", error.file, error.line, error.column);
        let mut none = Vec::new();
        let here = open.get_mut(&(error.file.as_str(), error.line)).unwrap_or(&mut none);
        // Of all that fit, the closest; of equally close ones, the first.
        let fitting = here.iter().enumerate().filter(|(_, e)| e.pattern.fits(&error.message));
        let closest = fitting.map(|(i, e)| (e.column.abs_diff(error.column), i)).min();
        match closest {
            None => complaints.push(format!("{at}: no error expected: {}", error.message)),
            Some((off, i)) => {
                if off > tolerance {
                    complaints.push(format!("{at}: column should be {}: {}", here[i].column, error.message));
                }
                here.remove(i);
            }
        }
    }
    for ((file, line), errors) in &open {
        for error in errors {
            complaints.push(format!("{file}:{line}:{}: not reported:{}", error.column, error.comment));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_first_line() {
        assert_eq!(
            flags("// -lang=go1.21\n\npackage p"),
            Ok(Flags { lang: Some("go1.21".into()), ..Flags::default() })
        );
        assert_eq!(
            flags("// -fakeImportC -goexperiment x,y\n").map(|f| (f.fake_import_c, f.goexperiment)),
            Ok((true, "x,y".into()))
        );
        assert_eq!(flags("// -gotypesalias=0\n").map(|f| f.gotypesalias), Ok(Some(false)));
        assert_eq!(flags("// Copyright -lang=x\n"), Ok(Flags::default()));
        assert_eq!(flags("package p // -lang=go1.1\n"), Ok(Flags::default()));
        assert!(flags("// -nonsense\n").is_err());
        assert!(flags("// -lang").is_err());
    }

    #[test]
    fn build_constraints_before_the_package_clause() {
        let holds = |l: &str| l.strip_prefix("//go:build ").map(|t| t == "yes");
        assert!(takes_part("package p\n//go:build no\n", holds));
        assert!(!takes_part("// x\n//go:build no\npackage p\n", holds));
        assert!(takes_part("//go:build yes\npackage p\n", holds));
    }

    #[test]
    fn expectations_stand_after_their_token() {
        let src = "package p\nvar _ = x /* ERROR \"undefined\" */ + y // ERRORx `un.*d`\n\t/* ERROR bad */\n";
        let found: Vec<_> =
            expected(src.as_bytes()).into_iter().map(|e| (e.line, e.column, e.comment)).collect();
        assert_eq!(
            found,
            [
                (2, 9, " ERROR \"undefined\" ".to_owned()),
                (2, 37, " ERRORx `un.*d`".to_owned()),
                (2, 37, " ERROR bad ".to_owned())
            ]
        );
        assert_eq!(expected(b"/* ERROR \"x\" */ package p")[0].line, 0);
        assert!(expected(b"p /*ERROR \"x\"*/ // ERRORS \"x\"").is_empty());
    }

    fn complaints(found: &[(u32, u32, &str)], tolerance: u32) -> usize {
        let src = "package p\nvar _ = x /* ERROR \"undefined: x\" */ + y /* ERRORx \"undefined: (x|y)\" */\n";
        let found: Vec<Found> = found
            .iter()
            .map(|&(line, column, message)| Found {
                file: "a.go".into(),
                line,
                column,
                message: message.into(),
            })
            .collect();
        judge(&[("a.go".into(), src.into())], &found, tolerance).len()
    }

    #[test]
    fn errors_are_matched_once_and_by_column() {
        assert_eq!(complaints(&[(2, 9, "undefined: x"), (2, 40, "undefined: y")], 0), 0);
        assert_eq!(complaints(&[(2, 9, "undefined: x")], 0), 1);
        assert_eq!(complaints(&[(2, 9, "undefined: x"), (2, 41, "undefined: y")], 0), 1);
        assert_eq!(complaints(&[(2, 9, "undefined: x"), (2, 41, "undefined: y")], 1), 0);
        // Both fit the first; the closest is taken, and each once.
        assert_eq!(complaints(&[(2, 40, "undefined: x"), (2, 9, "undefined: x")], 0), 0);
        assert_eq!(complaints(&[(2, 9, "undefined: x"), (2, 40, "undefined: y"), (3, 1, "other")], 0), 1);
        assert_eq!(complaints(&[], 0), 2);
    }

    #[test]
    fn malformed_expectations_are_complaints() {
        let complaints = judge(&[("a.go".into(), b"package p /* ERROR bad */".to_vec())], &[], 0);
        assert_eq!(complaints.len(), 2);
    }
}
