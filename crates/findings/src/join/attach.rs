//! Findings get their costs.

use escargo_base::{SourceMap, Symbol};
use escargo_pprof::profile::Profile;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Count, Join, JoinError, Joined, from_facts, join};
use crate::finding::Totals;
use crate::gather::{Asked, Gathered, SiteAt};
use crate::packages::{Packages, package_of};

/// Gives findings the costs that a profile has for them, and `totals` its numbers as a whole. Findings of which the
/// profile has nothing cost nothing. The result names findings by their places in the list.
///
/// # Errors
///
/// As [`join`].
pub fn attach(
    profile: &Profile,
    count: Count,
    (packages, asked, sources): (&Packages, &dyn Asked, &SourceMap),
    findings: &mut [Gathered],
    totals: &mut Totals,
) -> Result<Joined, JoinError> {
    let mut numbers: FxHashMap<SiteAt, u32> = FxHashMap::default();
    for (number, gathered) in (0..).zip(findings.iter()) {
        numbers.extend(gathered.members.iter().map(|&member| (member, number)));
    }
    let (sites, funcs) = from_facts(packages, sources, |site| numbers.get(&site).copied());
    let asked = asked_packages(packages, asked);
    let joined = join(profile, &Join { count, sites: &sites, funcs: &funcs, asked: &asked, sources })?;
    for (number, gathered) in (0..).zip(findings.iter_mut()) {
        let cost = joined.cost(number);
        gathered.finding.cost.measured = Some(cost.map(|cost| cost.measured).unwrap_or_default());
        gathered.finding.cost.moved = cost.is_some_and(|cost| cost.moved);
    }
    let is_named = |site: u32| findings.get(site as usize).is_some_and(|found| !found.finding.imported);
    totals.profile = Some(joined.totals(is_named));
    Ok(joined)
}

/// Import paths of the packages that were asked for, as symbols have them: `main` for commands.
fn asked_packages(packages: &Packages, asked: &dyn Asked) -> FxHashSet<Symbol> {
    let mut paths = FxHashSet::default();
    for (number, package) in (0..).zip(packages.list()) {
        if asked.has_package(number) {
            let own =
                package.funcs.iter().filter(|func| func.pos.file.is_some_and(|file| asked.has_file(file)));
            paths.extend(own.map(|func| Symbol::intern(&package_of(func.name.symbol.as_str()))));
        }
    }
    paths
}
