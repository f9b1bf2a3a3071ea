//! Which findings are shown, and in which order.

use escargo_findings::finding::{Hidden, Measured, is_minor};
use escargo_findings::{Cause, Finding};
use regex::Regex;
use rustc_hash::FxHashMap;

use crate::args::Check;

/// What the user wants to see.
#[derive(Debug)]
pub(super) struct Selection {
    limit: usize,
    min_bytes: u64,
    causes: Vec<Cause>,
    function: Option<Regex>,
    all: bool,
    /// Nothing if no finding is a failure; no causes for all of them.
    fail_on: Option<Vec<Cause>>,
}

/// Findings in order.
pub(super) struct Chosen {
    /// The most costly ones; those of a function together.
    pub(super) shown: Vec<Finding>,
    /// All causes among those that were asked for, shown or not.
    causes: Vec<Cause>,
}

impl Selection {
    /// Reads the command line; else what is wrong with it.
    pub(super) fn new(args: &Check) -> Result<Selection, String> {
        let cause = |code: &String| {
            let unknown = || format!("no cause has the code {code}: escargo explain lists them");
            Cause::from_code(code).ok_or_else(unknown)
        };
        let causes = args.cause.iter().map(cause).collect::<Result<_, _>>()?;
        let function = args.function.as_deref().map(Regex::new).transpose();
        let function = function.map_err(|e| format!("--function is not a regular expression: {e}"))?;
        let fail_on = match args.fail_on.as_slice() {
            [] => None,
            codes if codes.iter().any(|code| code == "any") => Some(Vec::new()),
            codes => Some(codes.iter().map(cause).collect::<Result<_, _>>()?),
        };
        let (limit, min_bytes, all) = (args.limit, args.min_bytes, args.all);
        Ok(Selection { limit, min_bytes, causes, function, all, fail_on })
    }

    /// Whether a finding is there that is a failure.
    pub(super) fn fails(&self, chosen: &Chosen) -> bool {
        let fails = |codes: &Vec<Cause>| match codes.as_slice() {
            [] => !chosen.causes.is_empty(),
            codes => codes.iter().any(|code| chosen.causes.contains(code)),
        };
        self.fail_on.as_ref().is_some_and(fails)
    }

    /// The findings that are shown, and why others are not. `whole` is all that a profile has.
    pub(super) fn choose(&self, findings: Vec<Finding>, whole: Option<Measured>) -> (Chosen, Hidden) {
        let mut hidden = Hidden::default();
        let mut kept: Vec<Finding> = Vec::new();
        for finding in findings {
            match self.leaves_out(&finding, whole.unwrap_or_default()) {
                None => kept.push(finding),
                Some(Left::Unasked) => hidden.unasked += 1,
                Some(Left::Minor) => hidden.minor += 1,
                Some(Left::Cheap) => hidden.cheap += 1,
            }
        }
        let mut causes: Vec<Cause> = kept.iter().filter_map(Finding::told_cause).collect();
        causes.sort_unstable();
        causes.dedup();
        // Equal ones stay in the order of the source.
        kept.sort_by(|a, b| a.imported.cmp(&b.imported).then_with(|| cost(b).total_cmp(&cost(a))));
        if self.limit > 0 && kept.len() > self.limit {
            hidden.beyond_limit = kept.len() - self.limit;
            kept.truncate(self.limit);
        }
        (Chosen { shown: by_function(kept), causes }, hidden)
    }

    fn leaves_out(&self, finding: &Finding, whole: Measured) -> Option<Left> {
        let named =
            self.function.as_ref().is_none_or(|function| function.is_match(finding.function.as_str()));
        if !named || !self.causes.is_empty() && !self.causes.contains(&finding.cause) {
            return Some(Left::Unasked);
        }
        let measured = finding.cost.measured;
        let minor = match measured {
            // What the profile has nothing of did not matter in that run.
            Some(measured) if finding.imported && !self.all => measured.bytes < whole.bytes / IMPORTED_SHARE,
            Some(measured) => measured == Measured::default(),
            None => is_minor(finding.class, finding.escapes),
        };
        if minor && (finding.imported || !self.all) {
            return Some(Left::Minor);
        }
        let bytes = match measured {
            Some(measured) => u64::try_from(measured.bytes).unwrap_or(0),
            None => finding.cost.estimate.bytes.unwrap_or(u64::MAX),
        };
        (bytes < self.min_bytes).then_some(Left::Cheap)
    }
}

/// What other packages allocate is of interest from this part of a profile's bytes on: one in so many.
const IMPORTED_SHARE: i64 = 100;

/// What leaves a finding out.
enum Left {
    Unasked,
    Minor,
    Cheap,
}

fn cost(finding: &Finding) -> f64 {
    match finding.cost.measured {
        // What has been measured comes before all that is estimated.
        Some(measured) => 1e18 + measured.bytes as f64,
        None => finding.cost.estimate.weight,
    }
}

/// Puts findings of a function together, the most costly function first; those of other packages last.
fn by_function(findings: Vec<Finding>) -> Vec<Finding> {
    let mut sums: FxHashMap<_, f64> = FxHashMap::default();
    let mut ranks: FxHashMap<_, usize> = FxHashMap::default();
    for (rank, finding) in findings.iter().enumerate() {
        let function = (finding.package, finding.function);
        *sums.entry(function).or_default() += cost(finding);
        ranks.entry(function).or_insert(rank);
    }
    let mut findings = findings;
    findings.sort_by(|a, b| {
        let places = a.imported.cmp(&b.imported);
        let (a, b) = ((a.package, a.function), (b.package, b.function));
        places.then_with(|| sums[&b].total_cmp(&sums[&a])).then_with(|| ranks[&a].cmp(&ranks[&b]))
    });
    findings
}
