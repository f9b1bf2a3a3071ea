//! Packages that are not checked because of others.

use std::collections::VecDeque;

use escargo_base::{Id, IndexVec};
use escargo_driver::PackageOutcome;
use escargo_load::graph::{PackageGraph, PackageId, PackageKind};

/// By what a package is kept from being checked.
#[derive(Clone, Copy)]
struct Because {
    /// What is wrong itself.
    broken: PackageId,
    /// The import that leads there.
    import: PackageId,
}

/// A line for each package that was named and could not be checked for no fault of its own.
pub(super) fn skipped(graph: &PackageGraph, outcomes: &[PackageOutcome]) -> Vec<String> {
    let because = because(graph, outcomes);
    let named = graph.packages.iter_enumerated().filter(|(_, package)| !package.dep_only);
    let lines =
        named.filter(|(_, package)| package.kind != PackageKind::TestMain).filter_map(|(id, package)| {
            let Because { broken, import } = because[id]?;
            let path = |id: PackageId| &graph.packages[id].import_path;
            let fault = fault(graph, broken, &outcomes[broken.index()])?;
            let through = match import == broken {
                true => String::new(),
                false => format!(" through {}", path(import)),
            };
            Some(format!(
                "escargo: {} is not checked: it imports {}{through}, {fault}",
                package.import_path,
                path(broken)
            ))
        });
    lines.collect()
}

/// Follows imports backwards from all packages that are broken themselves.
fn because(graph: &PackageGraph, outcomes: &[PackageOutcome]) -> IndexVec<PackageId, Option<Because>> {
    let mut importers: IndexVec<PackageId, Vec<PackageId>> =
        IndexVec::filled(Vec::new(), graph.packages.len());
    for (id, package) in graph.packages.iter_enumerated() {
        for import in package.imports.iter().filter_map(|import| import.package) {
            importers[import].push(id);
        }
    }
    let is_broken = |id: PackageId| fault(graph, id, &outcomes[id.index()]).is_some();
    let mut found = IndexVec::filled(None, graph.packages.len());
    let mut queue: VecDeque<(PackageId, PackageId)> =
        graph.packages.ids().filter(|&id| is_broken(id)).map(|id| (id, id)).collect();
    while let Some((import, broken)) = queue.pop_front() {
        for &importer in &importers[import] {
            let skipped = matches!(outcomes[importer.index()], PackageOutcome::Skipped);
            if skipped && !is_broken(importer) && found[importer].is_none() {
                found[importer] = Some(Because { broken, import });
                queue.push_back((importer, broken));
            }
        }
    }
    found
}

/// What is wrong with a package itself.
fn fault(graph: &PackageGraph, id: PackageId, outcome: &PackageOutcome) -> Option<&'static str> {
    match outcome {
        _ if graph.packages[id].error.is_some() => Some("which cannot be loaded"),
        PackageOutcome::Clean | PackageOutcome::Skipped => None,
        PackageOutcome::Errors(_) => Some("which has errors"),
        PackageOutcome::Unreadable(_) => Some("which cannot be read"),
        PackageOutcome::Crashed(_) => Some("which could not be compiled"),
    }
}
