//! Files of Go's `test` folder: their recipes and the errors they expect.
//!
//! The first line that is not a build constraint is the recipe: `// errorcheck -lang=go1.17`.
//! `// ERROR "regexp"` (also `GC_ERROR`) on a line says that an error is reported there and
//! matches; several expressions mean several errors, and each takes all errors of the line that
//! match it. `////` switches a line's expectations off. `LINE` in an expression stands for
//! `file:line`, `LINE-1` for the line before. Compiler output is matched without columns.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern::go_regex;

/// What is to be done with a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipe {
    /// `errorcheck`, `errorcheckdir`, `run`, `compile` …
    pub action: String,
    /// Flags for the compiler.
    pub flags: Vec<String>,
    /// What follows the flags.
    pub args: Vec<String>,
    /// Whether compilation must fail.
    pub want_error: bool,
    /// Whether errors in generated code count.
    pub want_auto: bool,
    /// Whether each file of a folder is a package.
    pub single_file_packages: bool,
    /// Experiments.
    pub goexperiment: String,
}

/// The recipe of a file.
pub fn recipe(src: &str) -> Result<Recipe, String> {
    let line = src
        .lines()
        .filter(|l| !is_constraint(l))
        .map(|l| l.strip_prefix("//").unwrap_or(l).trim())
        .find(|l| !l.is_empty())
        .ok_or("no recipe")?;
    let mut words = split_quoted(line)?.into_iter();
    let mut recipe = Recipe { action: words.next().unwrap_or_default(), ..Recipe::default() };
    recipe.want_error = matches!(
        recipe.action.as_str(),
        "errorcheck" | "errorcheckdir" | "errorcheckoutput" | "errorcheckwithauto"
    );
    if recipe.action == "errorcheckwithauto" {
        recipe.action = "errorcheck".into();
        recipe.want_auto = true;
    }
    let mut words = words.peekable();
    while let Some(word) = words.next_if(|w| w.starts_with('-')) {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "-1" => recipe.want_error = true,
            "-0" => recipe.want_error = false,
            "-s" => recipe.single_file_packages = true,
            "-t" | "-godebug" | "-gomodversion" => drop(value()?),
            "-goexperiment" => {
                let more = value()?;
                if !recipe.goexperiment.is_empty() {
                    recipe.goexperiment.push(',');
                }
                recipe.goexperiment.push_str(&more);
            }
            _ => recipe.flags.push(word),
        }
    }
    recipe.args = words.collect();
    Ok(recipe)
}

impl Recipe {
    /// The value of a flag such as `-lang=go1.17`.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().find_map(|f| f.strip_prefix(name)?.strip_prefix('='))
    }

    /// Whether it is about errors that the front end reports: compilation fails, and no flag asks
    /// a later phase to speak.
    pub fn is_front_end(&self) -> bool {
        let speaks = |f: &String| {
            f.starts_with("-m") || f == "-live" || f == "-race" || f.starts_with("-d=") && f != "-d=panic"
        };
        self.action.starts_with("errorcheck") && self.want_error && !self.flags.iter().any(speaks)
    }
}

/// Whether a line is a build constraint, as far as recipes are concerned.
fn is_constraint(line: &str) -> bool {
    line.starts_with("//go:build")
        || line.strip_prefix("//").is_some_and(|l| l.trim_start().starts_with("+build"))
}

/// Splits at blanks outside of quotes; a backslash takes the next character as it is.
fn split_quoted(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (_, '\\') => word.get_or_insert_default().push(chars.next().ok_or("unfinished escape")?),
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() { Err("unclosed quote".into()) } else { Ok(words) }
}

/// An error that a file expects.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Base name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Whether it is about generated code.
    pub auto: bool,
    /// The expression, `LINE` replaced.
    pub pattern: String,
    regex: Regex,
}

static EXPECTED: LazyLock<Regex> = LazyLock::new(|| Regex::new("// (?:GC_)?ERROR (.*)").expect("a constant"));
static EXPECTED_AUTO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("// (?:GC_)?ERRORAUTO (.*)").expect("a constant"));
static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new("\"([^\"]*)\"").expect("a constant"));
static LINE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"LINE(?:([+-])(\d+))?").expect("a constant"));

/// The errors that a file expects. `file` is its base name.
pub fn wanted(file: &str, src: &str) -> Result<Vec<Wanted>, String> {
    let mut out = Vec::new();
    for (line, text) in (1u32..).zip(src.split('\n')) {
        if text.contains("////") {
            continue;
        }
        let auto = EXPECTED_AUTO.captures(text);
        let is_auto = auto.is_some();
        let Some(caps) = auto.or_else(|| EXPECTED.captures(text)) else { continue };
        let before = out.len();
        for quoted in QUOTED.captures_iter(&caps[1]) {
            let pattern = LINE.replace_all(&quoted[1], |c: &Captures<'_>| {
                let delta: u32 = c.get(2).and_then(|d| d.as_str().parse().ok()).unwrap_or(0);
                let line = match c.get(1).map(|s| s.as_str()) {
                    Some("-") => line.saturating_sub(delta),
                    _ => line.saturating_add(delta),
                };
                format!("{file}:{line}")
            });
            let regex = go_regex(&pattern).map_err(|e| format!("{file}:{line}: {pattern}: {e}"))?;
            let pattern = pattern.into_owned();
            out.push(Wanted { file: file.to_owned(), line, auto: is_auto, pattern, regex });
        }
        if out.len() == before {
            return Err(format!("{file}:{line}: an expectation without an expression"));
        }
    }
    Ok(out)
}

/// Splits compiler output into messages: lines that start with a tab continue the one before.
fn messages(output: &str, want_auto: bool) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in output.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.starts_with('\t') {
            if let Some(last) = out.last_mut() {
                last.push('\n');
                last.push_str(line);
            }
        } else if line.starts_with("go tool")
            || line.starts_with('#')
            || !want_auto && line.starts_with("<autogenerated>")
            || line.trim().is_empty()
        {
            // Not a message.
        } else {
            out.push(line.to_owned());
        }
    }
    out
}

/// Whether a message is about `place`, a file's base name and line.
fn is_at(message: &str, place: &str) -> bool {
    let Some(colon) = message.find(':') else { return false };
    let start = message[..colon].rfind(['/', '\\']).map_or(0, |n| n + 1);
    message[start..].strip_prefix(place).is_some_and(|rest| rest.starts_with([':', '[']))
}

/// The messages in compiler output, with files called by their base names.
pub fn base_messages(output: &str, want_auto: bool, files: &[(String, String, String)]) -> Vec<String> {
    let mut messages = messages(output, want_auto);
    for message in &mut messages {
        for (path, base, _) in files {
            *message = replace_prefix(message, path, base);
        }
    }
    messages
}

/// Compares compiler output (`file:line: message`, columns left out) with what files expect; the
/// files are given by path, base name and text. Complaints, none if the test passes.
pub fn judge(
    output: &str,
    want_auto: bool,
    files: &[(String, String, String)],
) -> Result<Vec<String>, String> {
    let mut open = base_messages(output, want_auto, files);
    let mut complaints = Vec::new();
    for (_, base, src) in files {
        for want in wanted(base, src)? {
            let place =
                if want.auto { "<autogenerated>".to_owned() } else { format!("{base}:{}", want.line) };
            let (here, elsewhere): (Vec<_>, Vec<_>) = open.into_iter().partition(|m| is_at(m, &place));
            open = elsewhere;
            if here.is_empty() {
                complaints.push(format!("{base}:{}: missing error {:?}", want.line, want.pattern));
                continue;
            }
            let text = |m: &str| m.split_once(' ').map_or(m.to_owned(), |(_, rest)| rest.to_owned());
            let (fitting, others): (Vec<_>, Vec<_>) =
                here.into_iter().partition(|m| want.regex.is_match(&text(m)));
            if fitting.is_empty() {
                let shown = others.join("\n\t");
                complaints
                    .push(format!("{base}:{}: no match for {:?} in:\n\t{shown}", want.line, want.pattern));
            }
            open.extend(others);
        }
    }
    // Only errors in these files count; what other packages have to say is theirs.
    open.retain(|m| {
        files.iter().any(|(path, base, _)| starts_with_file(m, path) || starts_with_file(m, base))
    });
    complaints.extend(open.into_iter().map(|m| format!("unmatched: {m}")));
    Ok(complaints)
}

fn starts_with_file(message: &str, file: &str) -> bool {
    message.strip_prefix(file).is_some_and(|rest| rest.starts_with(':'))
}

/// Replaces a path by the base name where a line or a word starts, as the go command does.
fn replace_prefix(message: &str, path: &str, base: &str) -> String {
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in message.match_indices(path) {
        let before = &message[..at];
        if before.is_empty() || before.ends_with([' ', '\n']) || before.ends_with("\n\t") {
            out.push_str(&message[done..at]);
            out.push_str(base);
            done = at + path.len();
        }
    }
    out.push_str(&message[done..]);
    out
}

static FAILURES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)\n(?:var |\t)types2Failures\s*=\s*setOf\((.*?)\n\)").expect("a constant")
});

/// The tests that the Go project itself expects to fail on 64-bit machines, from the source of its
/// test runner.
pub fn known_failures(runner: &str) -> Vec<String> {
    let Some(list) = FAILURES.captures(runner) else { return Vec::new() };
    list[1]
        .lines()
        .filter_map(|l| QUOTED.captures(l.split("//").next().unwrap_or(l)))
        .map(|c| c[1].to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes() {
        let of = |src: &str| recipe(src).expect("well-formed");
        let r = of("// errorcheck -lang=go1.17 -t 10 -e\n\npackage p\n");
        assert_eq!((r.action.as_str(), r.flag("-lang"), r.want_error), ("errorcheck", Some("go1.17"), true));
        assert_eq!(r.flags, ["-lang=go1.17", "-e"]);
        assert!(r.is_front_end());
        let r = of("//go:build linux\n// +build linux\n\n// errorcheck -0 -m -l\n");
        assert!(!r.want_error && !r.is_front_end());
        assert!(!of("// errorcheck -d=ssa/check\n").is_front_end());
        assert!(of("// errorcheck -d=panic\n").is_front_end());
        assert!(of("// errorcheckwithauto -m\n").want_auto);
        assert_eq!(of("// run a 'b c' d\\ e\n").args, ["a", "b c", "d e"]);
        assert!(recipe("\n\n").is_err());
        assert!(recipe("// run 'a\n").is_err());
        assert!(recipe("// run a\\\n").is_err());
    }

    #[test]
    fn expectations() {
        let src =
            "x // ERROR \"a|b\" \"LINE-1: c\"\ny //// ERROR \"no\"\nz // GC_ERROR \"q\" // ERRORAUTO \"w\"\n";
        let found: Vec<_> = wanted("f.go", src)
            .expect("well-formed")
            .into_iter()
            .map(|w| (w.line, w.auto, w.pattern))
            .collect();
        assert_eq!(found[..2], [(1, false, "a|b".to_owned()), (1, false, "f.go:0: c".to_owned())]);
        assert!(wanted("f.go", "x // ERROR none\n").is_err());
        assert!(wanted("f.go", "x // ERROR \"(\"\n").is_err());
    }

    fn complaints(output: &str) -> Vec<String> {
        let src = "a // ERROR \"first\" \"second\"\nb\nc // ERROR \"third|other\\n\\tmore\"\n";
        judge(output, false, &[("/d/f.go".into(), "f.go".into(), src.into())]).expect("well-formed")
    }

    #[test]
    fn output_is_matched() {
        assert_eq!(
            complaints("f.go:1: first thing\n/d/f.go:1: second thing\n/d/f.go:3: other\n\tmore\n"),
            [""; 0]
        );
        assert_eq!(
            complaints("# p\nf.go:1: first second\nf.go:1: second\nf.go:3: third\ng.go:9: elsewhere\n"),
            [""; 0]
        );
        assert_eq!(complaints("f.go:1: first\nf.go:3: third\n"), ["f.go:1: missing error \"second\""]);
        assert_eq!(
            complaints("f.go:1: first\nf.go:1: second\nf.go:3: third\nf.go:2: stray\n"),
            ["unmatched: f.go:2: stray"]
        );
        assert_eq!(complaints("f.go:1: first\nf.go:1: wrong\nf.go:3: third\n").len(), 2);
        assert_eq!(complaints("\tstray\n").len(), 3);
    }

    #[test]
    fn paths_become_base_names() {
        assert_eq!(
            replace_prefix("/d/f.go:1: see /d/f.go:2\n\t/d/f.go:3 x/d/f.go", "/d/f.go", "f.go"),
            "f.go:1: see f.go:2\n\tf.go:3 x/d/f.go"
        );
    }

    #[test]
    fn failures_known_to_the_runner() {
        let runner = "x\nvar types2Failures = setOf(\n\t\"a.go\", // why \"b.go\"\n\t\"c/d.go\",\n)\nvar types2Failures32Bit = setOf(\n\t\"e.go\",\n)\n";
        assert_eq!(known_failures(runner), ["a.go", "c/d.go"]);
        assert!(known_failures("").is_empty());
    }
}
