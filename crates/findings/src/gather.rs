//! Gathering: from allocation sites of compiled functions to findings about the source as written.
//!
//! A site as written may be in many functions: in its own, and in those that it was inlined to; in generic functions, in
//! each instance. These copies share a finding if they have the same cause. Code of packages that were not asked for
//! is seen as part of the call that brought it in: the site is then the call.

use escargo_alloc::{Class, SiteKind, size_class};
use escargo_base::{FileId, Pos, Span, Symbol};
use escargo_escape::Reason;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::facts::{CodePos, FuncName, PackageFacts, SiteFacts};
use crate::finding::{Copy, Cost, Estimate, Finding, Totals, is_minor};
use crate::packages::{FuncAt, Packages};
use crate::story::{Happens, Story};
use crate::tell::Teller;
use crate::{Cause, advice};

/// A copy of a site: number of the package, and index in [`PackageFacts::sites`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SiteAt {
    /// Number of the package in [`Packages`].
    pub package: u32,
    /// Index of the site.
    pub site: u32,
}

/// A finding with the copies that it stands for.
#[derive(Debug)]
pub struct Gathered {
    /// The finding; its span is a point.
    pub finding: Finding,
    /// The copies, escaping ones first.
    pub members: Vec<SiteAt>,
}

/// Which packages were asked for.
pub trait Asked: Sync {
    /// Whether a file belongs to one.
    fn has_file(&self, file: FileId) -> bool;
    /// Whether a package is one.
    fn has_package(&self, number: u32) -> bool;
}

/// Where a site is to the user, and what it is there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// Where it is shown.
    at: Pos,
    /// Where it was written.
    origin: Pos,
    kind: SiteKind,
}

/// Which findings are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Also those of packages that were not asked for, as seen from there.
    pub imported: bool,
    /// Also those that [hardly matter](is_minor).
    pub minor: bool,
}

/// Findings of all sites, in the order of the source; and numbers about them.
pub fn gather(packages: &Packages, asked: &dyn Asked, extent: Extent) -> (Vec<Gathered>, Totals) {
    let (callers, groups) = rayon::join(|| callers(packages), || groups(packages, asked, extent.imported));
    let gathering = Gathering { packages, asked, extent, teller: Teller::new(packages), callers };
    let asked_for = (0..packages.list().len()).filter(|&number| asked.has_package(number as u32)).count();
    let mut totals = Totals { packages: asked_for, ..Totals::default() };
    let groups = groups.into_par_iter().map(|(key, members)| gathering.group(key, members));
    let mut list = Vec::new();
    for group in groups.collect::<Vec<Group>>() {
        totals.sites += usize::from(group.asked);
        totals.escaping += usize::from(group.asked && group.escapes);
        totals.minor += usize::from(group.findings.is_empty());
        list.extend(group.findings);
    }
    (list, totals)
}

/// Sites as written with their copies, in the order of the source.
fn groups(packages: &Packages, asked: &dyn Asked, imported: bool) -> Vec<(Key, Vec<SiteAt>)> {
    let mut numbers: FxHashMap<Key, usize> = FxHashMap::default();
    let mut groups: Vec<(Key, Vec<SiteAt>)> = Vec::new();
    for (number, package) in packages.list().iter().enumerate() {
        let named = asked.has_package(number as u32);
        if !named && !imported {
            continue;
        }
        for (index, site) in package.sites.iter().enumerate() {
            let Some(key) = key(packages, asked, package, site, named) else { continue };
            let group = *numbers.entry(key).or_insert_with(|| {
                groups.push((key, Vec::new()));
                groups.len() - 1
            });
            groups[group].1.push(SiteAt { package: number as u32, site: index as u32 });
        }
    }
    groups.sort_by_cached_key(|(key, _)| (packages.order(key.at), packages.order(key.origin), key.kind));
    groups
}

/// Where a site is to the user; nothing for code that nobody has written.
fn key(
    packages: &Packages,
    asked: &dyn Asked,
    package: &PackageFacts,
    site: &SiteFacts,
    named: bool,
) -> Option<Key> {
    let origin = packages.canonical(site.at.pos);
    origin.file?;
    let shown = |file| !named || asked.has_file(file);
    let at = frames(package, site.at).find(|at| at.pos.file.is_some_and(shown))?.pos;
    Some(Key { at: packages.canonical(at), origin, kind: site.kind })
}

/// What becomes of a site as written.
struct Group {
    /// One for each cause; none if it hardly matters and that is not wanted.
    findings: Vec<Gathered>,
    /// It is in a package that was asked for.
    asked: bool,
    /// A copy of it escapes.
    escapes: bool,
}

/// Number of calls of each function.
fn callers(packages: &Packages) -> FxHashMap<Symbol, u32> {
    let mut callers = FxHashMap::default();
    for func in packages.list().iter().flat_map(|package| &package.funcs) {
        for &callee in &func.calls {
            *callers.entry(callee).or_default() += 1;
        }
    }
    callers
}

struct Gathering<'f> {
    packages: &'f Packages,
    asked: &'f dyn Asked,
    extent: Extent,
    teller: Teller<'f>,
    callers: FxHashMap<Symbol, u32>,
}

impl Gathering<'_> {
    fn site(&self, at: SiteAt) -> (&PackageFacts, &SiteFacts) {
        let package = self.packages.package(at.package);
        (package, &package.sites[at.site as usize])
    }

    /// The findings of a site as written: one for each cause.
    fn group(&self, key: Key, members: Vec<SiteAt>) -> Group {
        let asked = members.iter().any(|member| self.asked.has_package(member.package));
        let sites = || members.iter().map(|&member| self.site(member).1);
        if !self.extent.minor && sites().all(|site| is_minor(site.class, site.escape.is_some())) {
            let escapes = sites().any(|site| site.escape.is_some());
            return Group { findings: Vec::new(), asked, escapes };
        }
        let (escaping, staying): (Vec<SiteAt>, Vec<SiteAt>) =
            members.into_iter().partition(|&member| self.site(member).1.escape.is_some());
        let mut group = Group { findings: Vec::new(), asked, escapes: !escaping.is_empty() };
        let mut causes: Vec<(Cause, Story, Vec<SiteAt>)> = Vec::new();
        for member in escaping {
            let (package, site) = self.site(member);
            let func = FuncAt { package: member.package, func: site.func };
            let story = site.escape.map(|escape| self.teller.escape(func, escape)).unwrap_or_default();
            let cause = cause(key.kind, &story);
            let own = is_own(package, site);
            match causes.iter_mut().find(|(known, ..)| *known == cause) {
                // What is compiled where it was written represents its copies.
                Some((_, known, members))
                    if own && !is_own(self.site(members[0]).0, self.site(members[0]).1) =>
                {
                    *known = story;
                    members.insert(0, member);
                }
                Some((_, _, members)) => members.push(member),
                None => causes.push((cause, story, vec![member])),
            }
        }
        if causes.is_empty() {
            group.findings.extend(self.finding(
                key,
                (cause(key.kind, &Story::default()), Story::default()),
                staying,
            ));
            return group;
        }
        // Copies that stay on the stack are told with the first cause.
        let mut staying = Some(staying);
        for (cause, story, mut members) in causes {
            members.extend(staying.take().unwrap_or_default());
            group.findings.extend(self.finding(key, (cause, story), members));
        }
        group
    }

    fn finding(&self, key: Key, (cause, story): (Cause, Story), members: Vec<SiteAt>) -> Option<Gathered> {
        let &first = members.first()?;
        let (package, site) = self.site(first);
        let func = FuncAt { package: first.package, func: site.func };
        let shown = frames(package, site.at).find(|at| self.packages.canonical(at.pos) == key.at)?;
        let name = self.packages.written_in(func, shown);
        // Perhaps only some copies matter.
        let told = members.iter().map(|&member| self.site(member).1).find(|site| !site.text.is_empty());
        let told = told.unwrap_or(site);
        let class = self.class(&members);
        let estimate = self.estimate(site, class, name);
        let advice = if class.may_allocate() { advice::advice(told, cause, &story) } else { Vec::new() };
        let finding = Finding {
            package: name.package,
            function: name.shown,
            imported: !members.iter().any(|member| self.asked.has_package(member.package)),
            span: Span::at(key.at),
            subject: told.text.clone(),
            ty: told.ty.clone(),
            kind: site.kind,
            class,
            escapes: site.escape.is_some(),
            cause,
            story,
            copies: self.copies(&members),
            cost: Cost { estimate, measured: None, moved: false },
            advice,
        };
        Some(Gathered { finding, members })
    }

    /// The worst of the classes of copies that share a cause.
    fn class(&self, members: &[SiteAt]) -> Class {
        let escaping = self.site(members[0]).1.escape.is_some();
        let same = members.iter().map(|&member| self.site(member).1);
        let classes = same.filter(|site| site.escape.is_some() == escaping).map(|site| site.class);
        classes.max_by_key(|class| severity(*class)).unwrap_or(Class::Heap)
    }

    fn copies(&self, members: &[SiteAt]) -> Vec<Copy> {
        let mut copies: Vec<Copy> = members
            .iter()
            .filter_map(|&member| {
                let (package, site) = self.site(member);
                let call = frames(package, site.at).last()?;
                call.inlined.is_none().then_some(())?;
                site.at.inlined?;
                let function = package.funcs[site.func as usize].name.shown;
                Some(Copy {
                    function,
                    call: self.packages.canonical(call.pos),
                    escapes: site.escape.is_some(),
                })
            })
            .collect();
        copies.sort_by_key(|copy| (self.packages.order(copy.call), copy.function.as_str(), copy.escapes));
        copies.dedup();
        copies
    }

    fn estimate(&self, site: &SiteFacts, class: Class, name: FuncName) -> Estimate {
        let bytes = site.size.map(size_class);
        let callers = self.callers.get(&name.symbol).copied().unwrap_or(0);
        // What is not known is taken for a small object; loops are believed to run ten times.
        let size = bytes.unwrap_or(UNKNOWN_SIZE) as f64;
        let loops = 10f64.powi(site.loop_depth.min(MAX_LOOPS) as i32);
        let often = match severity(class) {
            Severity::Never => 0.0,
            Severity::Sometimes => 0.5,
            Severity::Always => 1.0,
        };
        let weight = size * loops * f64::from(callers + 1) * often;
        Estimate { bytes, loop_depth: site.loop_depth, callers, weight }
    }
}

/// Bytes that objects are taken to have whose size is known at run time only.
const UNKNOWN_SIZE: u64 = 64;
/// Loops inside of each other that count.
const MAX_LOOPS: u32 = 4;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    Never,
    Sometimes,
    Always,
}

fn severity(class: Class) -> Severity {
    match class {
        Class::Never(_) | Class::Stack => Severity::Never,
        Class::StackUpTo(_) | Class::RunTime(_) => Severity::Sometimes,
        Class::Heap => Severity::Always,
    }
}

/// A position and those of the calls that it was inlined through, innermost first.
pub(crate) fn frames(package: &PackageFacts, at: CodePos) -> impl Iterator<Item = CodePos> + '_ {
    std::iter::successors(Some(at), |at| Some(package.inlined[at.inlined? as usize].call))
}

/// Whether a site is compiled where it was written.
fn is_own(package: &PackageFacts, site: &SiteFacts) -> bool {
    site.at.inlined.is_none() && !package.funcs[site.func as usize].generated
}

/// Whether a closure captures it that escapes itself.
fn is_captured(story: &Story) -> bool {
    let captured = |what: &Happens| matches!(what, Happens::Flows { reason: Reason::CapturedByClosure, .. });
    let mut steps = story.steps.iter().map(|step| &step.what);
    steps.any(captured) && steps.any(|what| matches!(what, Happens::Joins { .. }))
}

/// Sorts a site: what it is counts before where it goes, where that says more.
fn cause(kind: SiteKind, story: &Story) -> Cause {
    let first = story.steps.first().map(|step| &step.what);
    if let Some(Happens::Ends {
        cause: cause @ (Cause::TooLarge | Cause::TooAligned | Cause::UnknownSize | Cause::ZeroSize),
        ..
    }) = first
    {
        return *cause;
    }
    match kind {
        SiteKind::Boxed if story.end == Some(Cause::Panic) => return Cause::Panic,
        SiteKind::Boxed => return Cause::Boxed,
        SiteKind::Append | SiteKind::MoveToHeap => return Cause::Append,
        SiteKind::MakeChan => return Cause::Channel,
        SiteKind::MapAssign => return Cause::MapGrowth,
        SiteKind::Concat => return Cause::Concat,
        SiteKind::BytesToString
        | SiteKind::StringToBytes
        | SiteKind::RunesToString
        | SiteKind::StringToRunes
        | SiteKind::RuneToString => return Cause::Conversion,
        SiteKind::GoStatement => return Cause::Goroutine,
        SiteKind::DeferRecord => return Cause::DeferInLoop,
        _ => {}
    }
    match story.end {
        Some(end @ (Cause::Goroutine | Cause::DeferInLoop)) => end,
        Some(_) if is_captured(story) => Cause::Closure,
        Some(end) => end,
        None => match kind {
            SiteKind::MakeMap | SiteKind::MapLit => Cause::MapGrowth,
            SiteKind::MakeSlice => Cause::UnknownSize,
            _ => Cause::PointerStore,
        },
    }
}
