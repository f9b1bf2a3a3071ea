//! Which site a bucket belongs to.

use escargo_alloc::size_class;
use escargo_base::Symbol;
use escargo_pprof::profile::{FunctionId, Profile};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

use super::buckets::{Bucket, Buckets, line_number};
use super::index::Index;
use super::moved::{self, Shifts};
use super::reason::{Reason, is_helper, why};
use super::{JoinSite, Joined, Other, Place, Rank, SiteCost};
use crate::finding::Measured;
use crate::packages::shown_name;

/// Gives each bucket to its sites, or to a reason why there is none.
pub(super) fn assign(profile: &Profile, index: &Index<'_>, buckets: Buckets) -> Joined {
    let names: Vec<Symbol> =
        profile.functions.iter().map(|function| Symbol::intern(&shown_name(&function.name))).collect();
    let mut result = Assigned::default();
    for (function, measured) in buckets.run_time {
        let name = function.map_or(Symbol::EMPTY, |id| names[id.0 as usize]);
        result.other(Reason::RunTime, Place::new(name, 0), None, measured);
    }
    let shifts = Shifts::new(profile, index);
    let mut by_function: FxHashMap<Option<FunctionId>, usize> = FxHashMap::default();
    let mut groups: Vec<(Option<FunctionId>, Vec<Bucket>)> = Vec::new();
    for bucket in buckets.list {
        let function = bucket.frames(profile).first().and_then(|line| line.function);
        let at = *by_function.entry(function).or_insert_with(|| {
            groups.push((function, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(bucket);
    }
    for (function, group) in groups {
        match function {
            None => group.iter().for_each(|bucket| {
                result.other(Reason::NoName, Place::new(Symbol::EMPTY, 0), None, bucket.measured);
            }),
            Some(function) => {
                Function::new(profile, &names, index, &shifts, function).assign(&group, &mut result);
            }
        }
    }
    result.finish(buckets.all)
}

/// What was given to whom, as far as known.
#[derive(Default)]
struct Assigned {
    costs: FxHashMap<u32, SiteCost>,
    others: FxHashMap<(Reason, Place, Option<Place>), Measured>,
}

impl Assigned {
    fn other(&mut self, reason: Reason, place: Place, caller: Option<Place>, measured: Measured) {
        self.others.entry((reason, place, caller)).or_default().add(measured);
    }

    /// Gives something to one site, or to several that are alike.
    fn sites(&mut self, chosen: &Chosen, measured: Measured, moved: bool) {
        let parts = chosen.sites.len() as i64;
        for (place, &site) in (0..).zip(&chosen.sites) {
            // What cannot be divided goes to the first.
            let part = |all: i64| all / parts + if place == 0 { all % parts } else { 0 };
            let cost = self.costs.entry(site).or_insert(SiteCost {
                site,
                measured: Measured::default(),
                moved: false,
                shared: false,
                odd: false,
                against: false,
            });
            cost.measured.add(Measured { bytes: part(measured.bytes), objects: part(measured.objects) });
            cost.moved |= moved;
            cost.shared |= parts > 1;
            cost.odd |= !chosen.fit.size;
            cost.against |= !chosen.fit.allocates;
        }
    }

    fn finish(self, all: Measured) -> Joined {
        let mut by_site: Vec<SiteCost> = self.costs.into_values().collect();
        by_site.sort_by_key(|cost| cost.site);
        let others = self.others.into_iter();
        let mut others: Vec<Other> = others
            .map(|((reason, place, caller), measured)| Other { reason, place, caller, measured })
            .collect();
        others.sort_by(|a, b| {
            let key = |other: &Other| (-i128::from(other.measured.bytes), other.reason);
            let places = |other: &Other| [Some(other.place), other.caller].map(|place| place.map(Place::key));
            key(a).cmp(&key(b)).then_with(|| places(a).cmp(&places(b)))
        });
        Joined { by_site, all, others }
    }
}

impl Place {
    fn new(function: Symbol, line: i64) -> Place {
        Place { function, line: u32::try_from(line).unwrap_or(0) }
    }

    fn key(self) -> (&'static str, u32) {
        (self.function.as_str(), self.line)
    }
}

/// How well a site suits a bucket; the greatest is the best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fit {
    /// Its objects may have the size.
    pub(super) size: bool,
    /// It may allocate.
    pub(super) allocates: bool,
    /// The calls that it was inlined through: 2 if they are the same, 1 if the functions are.
    chain: u8,
    /// Its objects have the size.
    pub(super) exact: bool,
    rank: Option<Rank>,
}

/// The sites that suit a bucket best.
struct Chosen {
    fit: Fit,
    /// Their numbers, in order.
    sites: Vec<u32>,
}

/// A function of the profile, and its sites.
struct Function<'a> {
    profile: &'a Profile,
    /// Names of the profile's functions, in its order.
    names: &'a [Symbol],
    index: &'a Index<'a>,
    shifts: &'a Shifts,
    id: FunctionId,
    name: Symbol,
    file: &'a str,
    /// The line where it starts in the source as it is now; 0 if unknown.
    start_line: u32,
    /// Lines with sites that are written in it, in order.
    lines: Vec<(i64, SitesOfLine)>,
}

/// Sites that are written on one line of a function. There may be thousands of copies.
#[derive(Default)]
struct SitesOfLine {
    /// Copies by a hash of the functions that they were inlined through.
    by_chain: FxHashMap<u64, Vec<u32>>,
    /// Of copies that differ in nothing but their calls, the first.
    distinct: Vec<u32>,
}

impl SitesOfLine {
    fn new(index: &Index<'_>, sites: impl Iterator<Item = u32>) -> SitesOfLine {
        let mut of_line = SitesOfLine::default();
        let mut known = FxHashSet::default();
        for at in sites {
            let site = index.site(at);
            let chain = chain_hash(site.frames.iter().map(|frame| frame.function));
            of_line.by_chain.entry(chain).or_default().push(at);
            if known.insert((site.site, site.size, site.rank)) {
                of_line.distinct.push(at);
            }
        }
        of_line
    }
}

fn chain_hash(functions: impl Iterator<Item = Symbol>) -> u64 {
    let mut hasher = FxHasher::default();
    functions.for_each(|function| function.hash(&mut hasher));
    hasher.finish()
}

impl<'a> Function<'a> {
    fn new(
        profile: &'a Profile,
        names: &'a [Symbol],
        index: &'a Index<'a>,
        shifts: &'a Shifts,
        id: FunctionId,
    ) -> Function<'a> {
        let function = profile.function(id);
        let name = names[id.0 as usize];
        let sites = index.in_function(name, &function.filename);
        let line_of = |at: u32| index.site(at).frames[0].line;
        let chunks = sites.chunk_by(|&one, &other| line_of(one) == line_of(other));
        let lines = chunks
            .map(|chunk| (i64::from(line_of(chunk[0])), SitesOfLine::new(index, chunk.iter().copied())));
        let lines = lines.collect();
        let start_line = sites.first().map_or(0, |&first| index.site(first).frames[0].start_line);
        Function { profile, names, index, shifts, id, name, file: &function.filename, start_line, lines }
    }

    /// Gives the buckets of the function to sites or reasons.
    fn assign(&self, group: &[Bucket], result: &mut Assigned) {
        if is_helper(self.name.as_str(), self.file) {
            group.iter().for_each(|bucket| self.other(bucket, result));
            return;
        }
        let mut lines: Vec<(i64, Vec<&Bucket>)> = Vec::new();
        let mut by_line: FxHashMap<i64, usize> = FxHashMap::default();
        let own_shift = self.own_shift();
        for bucket in group {
            let line = bucket.frames(self.profile).first().map_or(0, |frame| line_number(frame.line));
            let expected = line + own_shift;
            let at = *by_line.entry(expected).or_insert_with(|| {
                lines.push((expected, Vec::new()));
                lines.len() - 1
            });
            lines[at].1.push(bucket);
        }
        lines.sort_by_key(|line| line.0);
        let seen: Vec<i64> = lines.iter().map(|line| line.0).collect();
        let places = moved::align(&seen, own_shift, self.shifts.after(self.id), &(self, &lines[..]));
        for ((expected, buckets), place) in lines.iter().zip(places) {
            let own = place.and_then(|line| self.on_line(line));
            let moved = own_shift != 0 || place.is_some_and(|line| line != *expected);
            let line = place.unwrap_or(*expected);
            let chosen: Vec<Option<Chosen>> =
                buckets.iter().map(|bucket| self.choose_or_guess(bucket, own, line)).collect();
            // Where objects have the size of a site, those that have another are something else.
            let sizes_hold = chosen.iter().flatten().any(|chosen| chosen.fit.exact);
            for (bucket, chosen) in buckets.iter().zip(chosen) {
                match chosen.filter(|chosen| chosen.fit.size || !sizes_hold) {
                    Some(chosen) => result.sites(&chosen, bucket.measured, moved),
                    None => self.other(bucket, result),
                }
            }
        }
    }

    /// The best of the sites of a line; or, if none has the size of a bucket, a parameter, or the best of a function with
    /// another name.
    fn choose_or_guess(&self, bucket: &Bucket, of_line: Option<&SitesOfLine>, line: i64) -> Option<Chosen> {
        let chosen = match of_line {
            Some(sites) => self.choose(bucket, sites),
            None => self.otherwise_named(bucket),
        };
        match chosen {
            Some(chosen) if chosen.fit.size => Some(chosen),
            other => self.parameter(bucket, line).or(other),
        }
    }

    /// Gives a bucket to the reason why it has no site.
    fn other(&self, bucket: &Bucket, result: &mut Assigned) {
        let line = bucket.frames(self.profile).first().map_or(0, |frame| frame.line);
        let caller = bucket.caller.map(|(id, line)| Place::new(self.function(Some(id)), line));
        result.other(self.reason(), Place::new(self.name, line), caller, bucket.measured);
    }

    /// By how many lines the function as a whole has moved.
    fn own_shift(&self) -> i64 {
        let before = line_number(self.profile.function(self.id).start_line);
        let now = i64::from(self.start_line);
        if before <= 0 || now == 0 { 0 } else { now - before }
    }

    /// Its sites on a line of the source as it is now.
    fn on_line(&self, line: i64) -> Option<&SitesOfLine> {
        let at = self.lines.binary_search_by_key(&line, |entry| entry.0).ok()?;
        self.lines.get(at).map(|entry| &entry.1)
    }

    /// Sites on the line of a bucket, if no function has the name: literals are numbered in other ways by other releases.
    fn otherwise_named(&self, bucket: &Bucket) -> Option<Chosen> {
        let line = u32::try_from(bucket.frames(self.profile).first()?.line).ok()?;
        if self.index.has_body(self.name).is_some() {
            return None;
        }
        let sites = self.index.on_line(self.file, line);
        self.choose(bucket, &SitesOfLine::new(self.index, sites.iter().copied()))
    }

    /// A parameter of which the size is that of a bucket: those that are moved to the heap are allocated where the function
    /// starts, or on the line of an inlined call.
    fn parameter(&self, bucket: &Bucket, line: i64) -> Option<Chosen> {
        let own = match line == i64::from(self.start_line) {
            true => &self.lines[..],
            false => &[],
        };
        let own = own.iter().flat_map(|(_, sites)| &sites.distinct);
        let variables = own.chain(self.index.inlined_to(self.name, line)).copied();
        let of_size = variables.filter(|&at| {
            let site = self.index.site(at);
            site.is_variable
                && site.rank > Rank::Never
                && site.size.is_some_and(|size| is_size(size, bucket.size))
        });
        self.best(bucket, &of_size.collect::<Vec<u32>>())
    }

    /// The best of the sites of a line.
    fn choose(&self, bucket: &Bucket, among: &SitesOfLine) -> Option<Chosen> {
        let chain = bucket.frames(self.profile).iter().map(|frame| self.function(frame.function));
        let same_chain = among.by_chain.get(&chain_hash(chain)).map(Vec::as_slice).unwrap_or_default();
        self.best(bucket, same_chain)
            .filter(|chosen| chosen.fit.size && chosen.fit.allocates)
            .or_else(|| self.best(bucket, &[same_chain, &among.distinct].concat()))
    }

    fn best(&self, bucket: &Bucket, among: &[u32]) -> Option<Chosen> {
        let mut best: Option<(Fit, Vec<&JoinSite>)> = None;
        for site in among.iter().map(|&at| self.index.site(at)) {
            let fit = self.fit(bucket, site);
            match &mut best {
                Some((known, _)) if *known > fit => {}
                Some((known, sites)) if *known == fit => sites.push(site),
                _ => best = Some((fit, vec![site])),
            }
        }
        // Something else on the line allocates, unless the size tells that it is one of these after all.
        let (fit, sites) = best.filter(|(fit, _)| fit.allocates || fit.exact && bucket.size > TINY)?;
        // A file that was read twice has all of its sites twice.
        let file = sites.iter().min_by_key(|site| site.site)?.frames[0].file;
        let of_file = sites.iter().filter(|site| site.frames[0].file == file);
        let mut sites: Vec<u32> = of_file.map(|site| site.site).collect();
        sites.sort_unstable();
        sites.dedup();
        Some(Chosen { fit, sites })
    }

    fn fit(&self, bucket: &Bucket, site: &JoinSite) -> Fit {
        let (size, exact) = match (site.size, bucket.size) {
            (Some(own), seen) if seen != 0 => (is_size(own, seen), is_size(own, seen)),
            _ => (true, false),
        };
        let chain = self.chain(bucket, site);
        Fit { size, allocates: site.rank > Rank::Never, chain, exact, rank: Some(site.rank) }
    }

    /// Name of a function; the empty one if there is none.
    fn function(&self, id: Option<FunctionId>) -> Symbol {
        id.map_or(Symbol::EMPTY, |id| self.names[id.0 as usize])
    }

    /// How far the calls of a bucket, from the innermost on, are those that a site was inlined through.
    fn chain(&self, bucket: &Bucket, site: &JoinSite) -> u8 {
        let seen = bucket.frames(self.profile);
        if seen.len() != site.frames.len() {
            return 0;
        }
        let mut same_lines = true;
        for (seen, own) in seen.iter().zip(&site.frames).skip(1) {
            if self.function(seen.function) != own.function {
                return 0;
            }
            same_lines &= seen.line == i64::from(own.line);
        }
        if same_lines { 2 } else { 1 }
    }

    fn reason(&self) -> Reason {
        let known = self.index.has_body(self.name);
        match why(self.name.as_str(), self.file, known, &self.index.packages) {
            Reason::NoSite if self.index.calls_helpers(self.name) => Reason::Helper,
            reason => reason,
        }
    }
}

impl moved::Lines for (&Function<'_>, &[(i64, Vec<&Bucket>)]) {
    fn bytes(&self, at: usize, line: i64) -> moved::Match {
        let (function, lines) = self;
        let sites = function.on_line(line);
        let mut found = moved::Match { has_sites: sites.is_some(), ..Default::default() };
        for bucket in &lines[at].1 {
            let sites = sites.into_iter().flat_map(|sites| &sites.distinct);
            let best = sites.map(|&site| function.fit(bucket, function.index.site(site))).max();
            let best = match best {
                Some(best) if best.size && best.allocates => Some(best),
                _ => function.parameter(bucket, line).map(|chosen| chosen.fit),
            };
            if let Some(best) = best {
                found.has_sites = true;
                found.exact |= best.exact;
                found.bytes = found.bytes.saturating_add(bucket.measured.bytes.saturating_abs());
            }
        }
        found
    }

    fn site_lines(&self) -> Vec<i64> {
        self.0.lines.iter().map(|entry| entry.0).collect()
    }
}

/// Whether objects of so many bytes are counted as objects of another size: with a header, and rounded up to a size class.
///
/// Those smaller than 16 bytes without pointers are put into blocks of 16 together, of which the first one is counted.
fn is_size(own: u64, seen: u64) -> bool {
    let plain = size_class(own);
    let with_header = || size_class(own.saturating_add(HEADER));
    own == seen || plain == seen || own < TINY && seen == TINY || own > HEADER_ABOVE && with_header() == seen
}

/// Size of a block for tiny objects (`runtime/mheap.go`, maxTinySize).
const TINY: u64 = 16;
/// Larger objects that have pointers have a header, in most releases (`runtime/mbitmap.go`, minSizeForMallocHeader),
const HEADER_ABOVE: u64 = 512;
/// of so many bytes.
const HEADER: u64 = 8;
