//! Heap profiles on the command line.

use std::path::Path;

use escargo_base::SourceMap;
use escargo_driver::survey::Survey;
use escargo_findings::finding::{Helped, Totals};
use escargo_findings::gather::Gathered;
use escargo_findings::join::{Count, JoinError, attach};
use escargo_pprof::profile::Profile;

use crate::USAGE;
use crate::front::Front;

/// Reads a profile, as the go command names files: from the directory that `-C` names. Nothing if that fails, which has
/// then been said.
pub(super) fn read(path: &Path, front: &mut Front<'_>) -> Option<Profile> {
    let dir = front.args.chdir.as_deref().unwrap_or(Path::new(""));
    let problem = match front.system.read(&dir.join(path)) {
        Ok(bytes) => match Profile::parse(&bytes) {
            Ok(profile) => return Some(profile),
            Err(e) => e.to_string(),
        },
        Err(e) => e.to_string(),
    };
    say_wrong(path, &problem, front);
    None
}

/// Gives findings the costs of a profile; what helpers of the run time cost. Nothing if it has no costs to give, which
/// has then been said.
pub(super) fn give_costs(
    (path, profile): (&Path, &Profile),
    survey: &Survey,
    sources: &SourceMap,
    (findings, totals): (&mut [Gathered], &mut Totals),
    front: &mut Front<'_>,
) -> Option<Vec<Helped>> {
    let facts = (&survey.packages, survey as &dyn escargo_findings::gather::Asked, sources);
    match attach(profile, Count::Allocated, facts, findings, totals) {
        Ok(joined) => Some(joined.helped()),
        Err(JoinError::NotCounted { .. }) => {
            say_wrong(
                path,
                "this is no heap profile: go test -memprofile, pprof.WriteHeapProfile and escargo run write one",
                front,
            );
            None
        }
        Err(e) => {
            say_wrong(path, &e.to_string(), front);
            None
        }
    }
}

fn say_wrong(path: &Path, problem: &str, front: &mut Front<'_>) {
    front.say(&format!("escargo: {}: {problem}", path.display()));
    front.fail(USAGE);
}
