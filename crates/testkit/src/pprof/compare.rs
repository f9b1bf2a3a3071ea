//! Judging answers by those that are recorded.

use std::fmt::Write;

use anyhow::{Context, Result, bail};

use super::answers::{Answer, Answers};
use super::suite::{Case, Known, Suite};

/// How answers compare.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Command lines compared.
    pub compared: usize,
    /// Those with the answer that is recorded.
    pub equal: usize,
    /// What is wrong: differences that are not known, and known ones that are none. Empty if nothing is.
    pub report: String,
    /// A line for each profile: how many of its command lines are answered as recorded.
    pub profiles: Vec<String>,
}

/// Compares answers to all cases of a suite, in their order. Of each profile no more than `limit` differences are shown.
pub fn compare(suite: &Suite, have: &[Answer], known: &Known, limit: usize) -> Result<Comparison> {
    let mut all = Comparison::default();
    let mut differing: Vec<&Case> = Vec::new();
    for profile in &suite.profiles {
        let path = suite.answers_file(profile);
        let text = std::fs::read(&path).with_context(|| format!("no {}", path.display()))?;
        let recorded = Answers::read(&text).with_context(|| path.display().to_string())?;
        let pairs: Vec<(&Case, &Answer)> =
            suite.cases.iter().zip(have).filter(|(case, _)| case.profile == *profile).collect();
        if !recorded.lines().eq(pairs.iter().map(|(case, _)| case.line.as_str())) {
            bail!("{} answers other command lines than are listed: record anew", path.display());
        }
        let (mut differ, mut texts) = (0, Vec::new());
        for &(case, have) in &pairs {
            let want = recorded.get(&case.line).unwrap_or(have);
            let Some(text) = case.difference(want, have) else { continue };
            differ += 1;
            differing.push(case);
            if known.cause(case).is_none() {
                texts.push(format!("{profile} $ {}: {text}", case.line));
            }
        }
        if !texts.is_empty() {
            let shown = texts[..texts.len().min(limit)].join("\n");
            writeln!(all.report, "{profile}: {} of {} differ\n{shown}", texts.len(), pairs.len())?;
        }
        all.compared += pairs.len();
        all.equal += pairs.len() - differ;
        all.profiles.push(format!("{profile}: {} of {}", pairs.len() - differ, pairs.len()));
    }
    for entry in known.stale(&differing) {
        writeln!(all.report, "{entry} no longer differs; take it out of differ.txt")?;
    }
    if all.compared == 0 {
        bail!("nothing was compared");
    }
    Ok(all)
}
