//! Sites and functions as facts have them.

use escargo_alloc::SiteKind;
use escargo_base::{Pos, SourceMap, Symbol};
use rustc_hash::FxHashMap;

use super::{JoinFrame, JoinFunc, JoinSite, Rank};
use crate::facts::CodePos;
use crate::gather::SiteAt;
use crate::packages::{FuncAt, Packages};

/// What a join needs to know of all packages. `number` names a site as written; those without number take no part.
pub fn from_facts(
    packages: &Packages,
    sources: &SourceMap,
    number: impl Fn(SiteAt) -> Option<u32>,
) -> (Vec<JoinSite>, Vec<JoinFunc>) {
    let funcs: Vec<JoinFunc> = (packages.list().iter())
        .flat_map(|package| &package.funcs)
        .map(|func| JoinFunc {
            name: func.name.shown,
            file: func.pos.file,
            start_line: line(sources, func.pos),
            has_body: func.has_body,
            calls_helpers: func
                .calls
                .iter()
                .any(|&callee| packages.find(callee).is_some_and(|found| !packages.func(found).has_body)),
        })
        .collect();
    let mut reading = Reading { packages, sources, starts: FxHashMap::default() };
    let mut sites = Vec::new();
    for (number_of_package, package) in packages.list().iter().enumerate() {
        for (index, facts) in package.sites.iter().enumerate() {
            let at = SiteAt { package: number_of_package as u32, site: index as u32 };
            let Some(site) = number(at) else { continue };
            let func = FuncAt { package: at.package, func: facts.func };
            let frames = reading.frames(func, facts.at);
            let is_variable = facts.kind == SiteKind::Variable;
            sites.push(JoinSite {
                site,
                frames,
                size: facts.size,
                rank: Rank::from(facts.class),
                is_variable,
            });
        }
    }
    (sites, funcs)
}

struct Reading<'a> {
    packages: &'a Packages,
    sources: &'a SourceMap,
    /// Lines where functions start, by linker symbol.
    starts: FxHashMap<Symbol, u32>,
}

impl Reading<'_> {
    /// The frames of a place in a function; those in no file end it.
    fn frames(&mut self, func: FuncAt, at: CodePos) -> Vec<JoinFrame> {
        let package = self.packages.package(func.package);
        let mut frames = Vec::new();
        let mut next = Some(at);
        while let Some(at) = next {
            let Some(file) = at.pos.file else { break };
            let name = self.packages.written_in(func, at);
            let (packages, sources) = (self.packages, self.sources);
            let start_line = *self.starts.entry(name.symbol).or_insert_with(|| {
                packages.find(name.symbol).map_or(0, |found| line(sources, packages.func(found).pos))
            });
            frames.push(JoinFrame { function: name.shown, file, line: line(sources, at.pos), start_line });
            next = at.inlined.map(|call| package.inlined[call as usize].call);
        }
        frames
    }
}

/// The line of a position as line directives have it; 0 if it is in no file.
fn line(sources: &SourceMap, pos: Pos) -> u32 {
    let Some(file) = pos.file.map(|file| sources.file(file)) else { return 0 };
    match file.line_directives() {
        [] => file.lines().line_column(pos.offset).0,
        _ => file.position(pos.offset).line,
    }
}
