//! The list of profiles and command lines, and of what is known to differ.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::answers::Answer;

/// A command line for one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The profile, as a name of a file in `profiles/`.
    pub profile: String,
    /// The line as it stands in the list. It names the case among those of its profile.
    pub line: String,
    /// Arguments of pprof.
    pub args: Vec<String>,
    /// What is typed, as a path relative to the place of the run.
    pub typed: Option<String>,
    /// Whether pprof itself answers in another order each time.
    pub unsteady: bool,
}

impl Case {
    /// The first difference of an answer from what is wanted, in words; `None` if there is none.
    pub fn difference(&self, want: &Answer, have: &Answer) -> Option<String> {
        if self.unsteady { want.unordered().difference(&have.unordered()) } else { want.difference(have) }
    }
}

/// Everything in `conformance/pprof` but the answers.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The directory.
    pub dir: PathBuf,
    /// Profiles in the order of the list.
    pub profiles: Vec<String>,
    /// Cases, profile by profile.
    pub cases: Vec<Case>,
}

impl Suite {
    /// Reads `cases.txt` of a directory.
    pub fn read(dir: &Path) -> Result<Suite> {
        let path = dir.join("cases.txt");
        let text = std::fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
        let (profiles, cases) = parse(&text).with_context(|| path.display().to_string())?;
        if cases.is_empty() {
            bail!("{} lists nothing", path.display());
        }
        Ok(Suite { dir: dir.to_owned(), profiles, cases })
    }

    /// The file with the answers for a profile.
    pub fn answers_file(&self, profile: &str) -> PathBuf {
        self.dir.join("answers").join(format!("{profile}.txt"))
    }
}

/// A command line of the list, and what it is for.
struct Line<'a> {
    kinds: Vec<&'a str>,
    text: &'a str,
    unsteady: bool,
}

fn parse(text: &str) -> Result<(Vec<String>, Vec<Case>)> {
    let mut profiles: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut lines: Vec<Line<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (head, rest) = line.split_once(": ").with_context(|| format!("no colon: {line}"))?;
        match head.strip_prefix("profile ") {
            Some(name) => profiles.push((name, rest.split_whitespace().collect())),
            None => lines.push(Line {
                kinds: head.trim_start_matches('~').split_whitespace().collect(),
                text: rest.trim(),
                unsteady: head.starts_with('~'),
            }),
        }
    }
    let mut cases: Vec<Case> = Vec::new();
    for (profile, kinds) in &profiles {
        let first = cases.len();
        for line in &lines {
            if !line.kinds.iter().any(|w| *w == "all" || w == profile || kinds.contains(w)) {
                continue;
            }
            if cases[first..].iter().any(|c| c.line == line.text) {
                bail!("{} stands twice for {profile}", line.text);
            }
            cases.push(case(profile, line));
        }
    }
    for line in &lines {
        let known =
            |w: &&str| *w == "all" || profiles.iter().any(|(name, kinds)| name == w || kinds.contains(w));
        if !line.kinds.iter().all(known) {
            bail!("no profile for {}", line.text);
        }
    }
    Ok((profiles.into_iter().map(|(name, _)| name.to_owned()).collect(), cases))
}

fn case(profile: &str, line: &Line<'_>) -> Case {
    let mut args: Vec<String> = Vec::new();
    let (mut typed, mut placed) = (None, false);
    let mut words = line.text.split_whitespace();
    while let Some(word) = words.next() {
        if word == "<" {
            typed = words.next().map(str::to_owned);
            continue;
        }
        placed |= word == "@@";
        let own = word.replace("@@", &format!("profiles/{profile}"));
        args.push(own.replace('@', "profiles/"));
    }
    if !placed {
        args.push(format!("profiles/{profile}"));
    }
    Case { profile: profile.to_owned(), line: line.text.to_owned(), args, typed, unsteady: line.unsteady }
}

/// What is known to differ: `differ.txt`, where a cause stands on a line of its own and the cases that it explains below,
/// indented, as `PROFILE $ LINE`; `*` is every profile.
#[derive(Clone, Debug, Default)]
pub struct Known {
    entries: BTreeMap<(String, String), String>,
}

impl Known {
    /// Reads `differ.txt` of a directory; without one nothing is known to differ.
    pub fn read(dir: &Path) -> Result<Known> {
        let path = dir.join("differ.txt");
        if !path.exists() {
            return Ok(Known::default());
        }
        Known::parse(&std::fs::read_to_string(&path)?).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Known> {
        let mut known = Known::default();
        let mut cause = "";
        for line in text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
            if !line.starts_with(' ') {
                cause = line;
                continue;
            }
            let (profile, case) =
                line.trim().split_once(" $ ").with_context(|| format!("no PROFILE $ LINE: {line}"))?;
            if cause.is_empty() {
                bail!("no cause: {line}");
            }
            known.entries.insert((profile.to_owned(), case.to_owned()), cause.to_owned());
        }
        Ok(known)
    }

    /// Why the answer for a case differs; `None` if it is not to differ.
    pub fn cause(&self, case: &Case) -> Option<&str> {
        let of = |profile: &str| self.entries.get(&(profile.to_owned(), case.line.clone()));
        of(&case.profile).or_else(|| of("*")).map(String::as_str)
    }

    /// Entries that no longer hold, given which cases differ.
    pub fn stale(&self, differing: &[&Case]) -> Vec<String> {
        let holds = |profile: &str, line: &str| {
            differing.iter().any(|c| c.line == line && (profile == "*" || profile == c.profile))
        };
        let stale = self.entries.keys().filter(|(profile, line)| !holds(profile, line));
        stale.map(|(profile, line)| format!("{profile} $ {line}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# text\nprofile a.pb: go heap\nprofile b.pb: cpu\n\nall: -top\nheap: -top -base=@b.pb\n\
                        cpu: -top @@ @a.pb\n~b.pb: < scripts/x.txt\n";

    #[test]
    fn lines_are_for_profiles_of_a_kind() {
        let (profiles, cases) = parse(LIST).unwrap();
        assert_eq!(profiles, ["a.pb", "b.pb"]);
        let args: Vec<String> = cases.iter().map(|c| c.args.join(" ")).collect();
        assert_eq!(
            args,
            [
                "-top profiles/a.pb",
                "-top -base=profiles/b.pb profiles/a.pb",
                "-top profiles/b.pb",
                "-top profiles/b.pb profiles/a.pb",
                "profiles/b.pb"
            ]
        );
        assert!(cases[4].unsteady && !cases[3].unsteady);
        assert_eq!(cases[4].typed.as_deref(), Some("scripts/x.txt"));
    }

    #[test]
    fn lists_with_mistakes_are_refused() {
        assert!(parse("profile a: go\nall: -top\ngo: -top\n").is_err(), "twice");
        assert!(parse("profile a: go\nheap: -top\n").is_err(), "for nothing");
        assert!(parse("profile a\n").is_err(), "no colon");
    }

    #[test]
    fn known_differences_go_stale() {
        let known = Known::parse("a cause\n  a.pb $ -top\n  * $ -text\n").unwrap();
        let (_, cases) = parse("profile a.pb: go\nprofile b.pb: go\nall: -top\nall: -text\n").unwrap();
        assert_eq!(known.cause(&cases[0]), Some("a cause"));
        assert_eq!(known.cause(&cases[2]), None);
        assert_eq!(known.cause(&cases[3]), Some("a cause"));
        assert_eq!(known.stale(&[&cases[3]]), ["a.pb $ -top"]);
        assert!(Known::parse("  a.pb $ -top\n").is_err());
    }
}
