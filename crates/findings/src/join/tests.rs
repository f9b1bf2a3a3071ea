//! Profiles made by hand, and sites beside them.

use std::path::PathBuf;

use escargo_base::{FileId, SourceMap, Symbol};
use escargo_pprof::profile::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Profile, ValueType,
};
use rustc_hash::FxHashSet;

use super::{Count, Join, JoinError, JoinFrame, JoinFunc, JoinSite, Joined, Other, Rank, Reason, join};
use crate::finding::Measured;

/// A profile under construction.
#[derive(Default)]
struct Made {
    profile: Profile,
}

impl Made {
    fn heap() -> Made {
        let mut made = Made::default();
        for (kind, unit) in [("alloc_objects", "count"), ("alloc_space", "bytes")] {
            made.profile.sample_types.push(ValueType { kind: kind.into(), unit: unit.into() });
        }
        made
    }

    /// A function: its name, file and first line.
    fn function(&mut self, name: &str, file: &str, start_line: i64) -> FunctionId {
        let known = self.profile.functions.iter().position(|f| *f.name == *name);
        let id = known.unwrap_or(self.profile.functions.len());
        if known.is_none() {
            let function =
                Function { name: name.into(), filename: file.into(), start_line, ..Default::default() };
            self.profile.functions.push(function);
        }
        FunctionId(id as u32)
    }

    /// A location: its frames, innermost first.
    fn location(&mut self, frames: &[(FunctionId, i64)]) -> LocationId {
        let lines = frames.iter().map(|&(function, line)| Line { function: Some(function), line, column: 0 });
        let lines = lines.collect();
        self.profile.locations.push(Location { lines, ..Default::default() });
        LocationId(self.profile.locations.len() as u32 - 1)
    }

    /// Objects of a size, allocated by a stack.
    fn sample(&mut self, stack: &[LocationId], objects: i64, size: i64) {
        let label = Label { key: "bytes".into(), value: LabelValue::Number(size, "".into()) };
        self.profile.add_sample(stack, &[objects, objects * size], [label]);
    }

    /// Objects of a size, allocated on a line of `m.F` in `f.go`, which starts at line `start`.
    fn in_f(&mut self, start: i64, line: i64, objects: i64, size: i64) {
        let f = self.function("m.F", "/src/m/f.go", start);
        let leaf = self.location(&[(f, line)]);
        self.sample(&[leaf], objects, size);
    }
}

/// Sources and sites of a package `m`.
struct Sites {
    sources: SourceMap,
    sites: Vec<JoinSite>,
    funcs: Vec<JoinFunc>,
}

impl Sites {
    fn new() -> Sites {
        Sites { sources: SourceMap::new(), sites: Vec::new(), funcs: Vec::new() }
    }

    fn file(&mut self, path: &str) -> FileId {
        self.sources.add(PathBuf::from(path), [].into())
    }

    fn func(&mut self, name: &str, file: FileId, start_line: u32) {
        self.funcs.push(JoinFunc {
            name: name.into(),
            file: Some(file),
            start_line,
            has_body: true,
            calls_helpers: false,
        });
    }

    fn site(&mut self, site: u32, frames: &[(&str, FileId, u32, u32)], size: Option<u64>, rank: Rank) {
        let frames = frames.iter().map(|&(function, file, start_line, line)| JoinFrame {
            function: function.into(),
            file,
            line,
            start_line,
        });
        self.sites.push(JoinSite { site, frames: frames.collect(), size, rank, is_variable: false });
    }

    /// Sites of `m.F` in `f.go`, numbered from 0, each a line, a size, and a rank.
    fn of_f(start_line: u32, sites: &[(u32, Option<u64>, Rank)]) -> Sites {
        let mut made = Sites::new();
        let file = made.file("/home/m/f.go");
        made.func("m.F", file, start_line);
        for (number, &(line, size, rank)) in (0..).zip(sites) {
            made.site(number, &[("m.F", file, start_line, line)], size, rank);
        }
        made
    }

    fn join(&self, made: &Made) -> Joined {
        let asked: FxHashSet<Symbol> = [Symbol::intern("m")].into_iter().collect();
        let Sites { sources, sites, funcs } = self;
        let with = Join { count: Count::Allocated, sites, funcs, asked: &asked, sources };
        join(&made.profile, &with).unwrap()
    }
}

/// Number, objects, and flags (moved, shared, against) of each site.
fn costs(joined: &Joined) -> Vec<(u32, i64, String)> {
    let flags = |flags: &[(bool, char)]| flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect();
    let costs = joined.by_site.iter();
    costs
        .map(|c| {
            let flags = flags(&[(c.moved, 'm'), (c.shared, 's'), (c.odd, 'o'), (c.against, 'a')]);
            (c.site, c.measured.objects, flags)
        })
        .collect()
}

fn cost(site: u32, objects: i64, flags: &str) -> (u32, i64, String) {
    (site, objects, flags.to_owned())
}

fn reasons(joined: &Joined) -> Vec<(Reason, &str, i64)> {
    let others = joined.others.iter();
    others.map(|o: &Other| (o.reason, o.place.function.as_str(), o.measured.objects)).collect()
}

#[test]
fn lines_and_sizes_tell_sites_apart() {
    use Rank::{Heap, Never, RunTime};
    let sites = Sites::of_f(
        10,
        &[
            (12, Some(24), Heap),
            (13, Some(24), Heap),
            (13, Some(100), Heap),
            (13, None, RunTime),
            (14, None, RunTime),
            (14, None, Heap),
            (15, Some(8), Heap),
            (15, Some(1000), Never),
        ],
    );
    let mut made = Made::heap();
    made.in_f(10, 12, 1, 24);
    made.in_f(10, 13, 2, 24);
    made.in_f(10, 13, 4, 112);
    made.in_f(10, 13, 8, 4096);
    made.in_f(10, 14, 16, 48);
    // Tiny objects are counted by blocks; 1024 is the class of 1000 bytes and of those with a header.
    made.in_f(10, 15, 32, 16);
    let joined = sites.join(&made);
    let want =
        [cost(0, 1, ""), cost(1, 2, ""), cost(2, 4, ""), cost(3, 8, ""), cost(5, 16, ""), cost(6, 32, "")];
    assert_eq!(costs(&joined), want);
    assert_eq!(joined.all, Measured { bytes: 24 + 48 + 448 + 32768 + 768 + 512, objects: 63 });
    assert_eq!(joined.others, []);
}

#[test]
fn sites_that_are_alike_share() {
    let sites = Sites::of_f(10, &[(12, Some(24), Rank::Heap), (12, Some(20), Rank::Heap)]);
    let mut made = Made::heap();
    made.in_f(10, 12, 7, 24);
    let joined = sites.join(&made);
    assert_eq!(costs(&joined), [cost(0, 4, "s"), cost(1, 3, "s")]);
    assert_eq!(joined.by_site.iter().map(|cost| cost.measured.bytes).sum::<i64>(), 7 * 24);
}

#[test]
fn what_never_allocates_gets_nothing_unless_the_size_is_its_own() {
    let sites = Sites::of_f(10, &[(12, Some(64), Rank::Never), (13, Some(8), Rank::Never)]);
    let mut made = Made::heap();
    made.in_f(10, 12, 1, 64);
    made.in_f(10, 12, 2, 48);
    made.in_f(10, 13, 4, 16);
    let joined = sites.join(&made);
    assert_eq!(costs(&joined), [cost(0, 1, "a")]);
    assert_eq!(reasons(&joined), [(Reason::NoSite, "m.F", 2), (Reason::NoSite, "m.F", 4)]);
}

#[test]
fn copies_are_told_apart_by_the_calls_that_brought_them() {
    let mut sites = Sites::new();
    let file = sites.file("/home/m/f.go");
    for (function, start) in [("m.F", 10), ("m.G", 20), ("m.H", 30)] {
        sites.func(function, file, start);
    }
    let f = ("m.F", file, 10, 12);
    // Number 0 and 1 stand on the same line; the first allocates where it was inlined to G, the second in H.
    for (number, g, h) in [(0, Rank::Heap, Rank::Never), (1, Rank::Never, Rank::Heap)] {
        sites.site(number, &[f], None, Rank::Heap);
        sites.site(number, &[f, ("m.G", file, 20, 21)], None, g);
        sites.site(number, &[f, ("m.H", file, 30, 31)], None, h);
    }
    let mut made = Made::heap();
    let functions = [("m.F", 10), ("m.G", 20), ("m.H", 30)];
    let [f, g, h] = functions.map(|(name, start)| made.function(name, "/src/m/f.go", start));
    let caller = made.location(&[(h, 35)]);
    for (objects, outer) in [(1, (g, 21)), (2, (h, 31))] {
        let leaf = made.location(&[(f, 12), outer]);
        made.sample(&[leaf, caller], objects, 32);
    }
    assert_eq!(costs(&sites.join(&made)), [cost(0, 1, ""), cost(1, 2, "")]);
    // Where nothing tells them apart they share.
    let leaf = made.location(&[(f, 12)]);
    made.sample(&[leaf], 8, 32);
    assert_eq!(costs(&sites.join(&made)), [cost(0, 5, "s"), cost(1, 6, "s")]);
}

#[test]
fn parameters_of_inlined_calls_are_allocated_at_the_call() {
    let mut sites = Sites::new();
    let file = sites.file("/home/m/f.go");
    sites.func("m.F", file, 10);
    sites.func("m.G", file, 20);
    for (number, size) in [(0, 24), (1, 32)] {
        sites.site(number, &[("m.F", file, 10, 10), ("m.G", file, 20, 25)], Some(size), Rank::Heap);
    }
    let mut made = Made::heap();
    let g = made.function("m.G", "/src/m/f.go", 20);
    let leaf = made.location(&[(g, 25)]);
    made.sample(&[leaf], 1, 32);
    assert_eq!(reasons(&sites.join(&made)), [(Reason::NoSite, "m.G", 1)]);
    sites.sites.iter_mut().for_each(|site| site.is_variable = true);
    assert_eq!(costs(&sites.join(&made)), [cost(1, 1, "")]);
    made.sample(&[leaf], 2, 48);
    assert_eq!(reasons(&sites.join(&made)), [(Reason::NoSite, "m.G", 2)]);
    // Parameters of a function that is called stand on the lines after its first.
    let mut sites = Sites::of_f(10, &[(11, Some(48), Rank::Heap)]);
    sites.sites[0].is_variable = true;
    let mut made = Made::heap();
    made.in_f(10, 10, 1, 48);
    made.in_f(10, 10, 2, 64);
    let joined = sites.join(&made);
    assert_eq!(costs(&joined), [cost(0, 1, "")]);
    assert_eq!(reasons(&joined), [(Reason::NoSite, "m.F", 2)]);
}

#[test]
fn objects_of_other_sizes_are_something_else_only_where_sizes_hold() {
    let sites = Sites::of_f(10, &[(12, Some(48), Rank::Heap), (13, Some(48), Rank::Heap)]);
    let mut made = Made::heap();
    made.in_f(10, 12, 1, 64);
    made.in_f(10, 13, 2, 64);
    made.in_f(10, 13, 4, 48);
    let joined = sites.join(&made);
    assert_eq!(costs(&joined), [cost(0, 1, "o"), cost(1, 4, "")]);
    assert_eq!(reasons(&joined), [(Reason::NoSite, "m.F", 2)]);
}

#[test]
fn a_function_that_moved_keeps_its_lines() {
    let sites =
        Sites::of_f(110, &[(112, Some(24), Rank::Heap), (113, None, Rank::Heap), (12, None, Rank::Heap)]);
    let mut made = Made::heap();
    made.in_f(10, 12, 1, 24);
    made.in_f(10, 13, 2, 48);
    assert_eq!(costs(&sites.join(&made)), [cost(0, 1, "m"), cost(1, 2, "m")]);
}

#[test]
fn lines_behind_an_insertion_are_found_again() {
    let heap = Rank::Heap;
    // Three lines were inserted after line 12 of m.F; m.G follows it.
    let mut sites = Sites::of_f(
        10,
        &[(12, Some(24), heap), (16, Some(48), heap), (17, Some(96), heap), (14, Some(32), heap)],
    );
    let file = sites.sites[0].frames[0].file;
    sites.func("m.G", file, 33);
    let mut made = Made::heap();
    made.in_f(10, 12, 1, 24);
    made.in_f(10, 13, 2, 48);
    made.in_f(10, 14, 4, 96);
    let g = made.function("m.G", "/src/m/f.go", 30);
    let leaf = made.location(&[(g, 31)]);
    made.sample(&[leaf], 8, 16);
    let joined = sites.join(&made);
    assert_eq!(costs(&joined), [cost(0, 1, ""), cost(1, 2, "m"), cost(2, 4, "m")]);
    assert_eq!(reasons(&joined), [(Reason::NoSite, "m.G", 8)]);
}

#[test]
fn lines_between_several_insertions_are_found_again() {
    // Two lines were inserted before line 12, and two each before and after line 16.
    let heap = Rank::Heap;
    let mut sites = Sites::of_f(10, &[(14, Some(48), heap), (20, Some(48), heap)]);
    let file = sites.sites[0].frames[0].file;
    sites.func("m.G", file, 26);
    let mut made = Made::heap();
    made.in_f(10, 16, 1, 48);
    made.function("m.G", "/src/m/f.go", 20);
    assert_eq!(costs(&sites.join(&made)), [cost(1, 1, "m")]);
    made.in_f(10, 12, 2, 48);
    assert_eq!(costs(&sites.join(&made)), [cost(0, 2, "m"), cost(1, 1, "m")]);
}

#[test]
fn lines_of_a_body_that_is_as_it_was_are_not_guessed() {
    let mut sites = Sites::of_f(10, &[(12, Some(24), Rank::Heap)]);
    let file = sites.sites[0].frames[0].file;
    sites.func("m.G", file, 30);
    let mut made = Made::heap();
    made.in_f(10, 13, 1, 24);
    made.function("m.G", "/src/m/f.go", 30);
    assert_eq!(reasons(&sites.join(&made)), [(Reason::NoSite, "m.F", 1)]);
    // Without a function behind it, the body may have changed: the size convinces, a possible size does not.
    made.profile.functions.pop();
    assert_eq!(costs(&sites.join(&made)), [cost(0, 1, "m")]);
    sites.sites[0].size = None;
    assert_eq!(reasons(&sites.join(&made)), [(Reason::NoSite, "m.F", 1)]);
}

#[test]
fn run_time_functions_at_the_leaf_are_passed_over() {
    let sites = Sites::of_f(10, &[(12, None, Rank::RunTime)]);
    let mut made = Made::heap();
    let f = made.function("m.F", "/src/m/f.go", 10);
    let grow = made.function("internal/runtime/maps.(*Map).Grow", "/go/src/internal/runtime/maps/map.go", 5);
    let assign = made.function("runtime.mapassign", "/go/src/runtime/map.go", 5);
    let new = made.function("reflect.unsafe_New", "/go/src/runtime/malloc.go", 100);
    let reflect = made.function("reflect.New", "/go/src/reflect/value.go", 200);
    let (grow, inlined) = (made.location(&[(grow, 6), (assign, 7)]), made.location(&[(assign, 7), (f, 12)]));
    made.sample(&[grow, inlined], 1, 64);
    made.sample(&[grow], 2, 64);
    let (new, reflect) = (made.location(&[(new, 101)]), made.location(&[(reflect, 201)]));
    let call = made.location(&[(f, 20)]);
    made.sample(&[new, reflect, call], 4, 64);
    made.sample(&[new, reflect], 8, 64);
    let joined = sites.join(&made);
    assert_eq!(costs(&joined), [cost(0, 1, "")]);
    let want = [
        (Reason::Helper, "reflect.unsafe_New", 8),
        (Reason::Helper, "reflect.unsafe_New", 4),
        (Reason::RunTime, "internal/runtime/maps.(*Map).Grow", 2),
    ];
    assert_eq!(reasons(&joined), want);
    let callers = joined.others.iter().map(|other| other.caller.map(|at| (at.function.as_str(), at.line)));
    assert_eq!(callers.collect::<Vec<_>>(), [None, Some(("m.F", 20)), None]);
    // Older releases leave helpers out.
    let mut older = Made::heap();
    older.in_f(10, 14, 1, 64);
    let mut sites = sites;
    assert_eq!(reasons(&sites.join(&older)), [(Reason::NoSite, "m.F", 1)]);
    sites.funcs[0].calls_helpers = true;
    assert_eq!(reasons(&sites.join(&older)), [(Reason::Helper, "m.F", 1)]);
    let totals = joined.totals(|_| true);
    assert_eq!((totals.named.objects, totals.runtime.objects, totals.unmatched.objects), (1, 2, 0));
    assert_eq!(totals.helpers.objects, 12);
}

#[test]
fn names_of_instances_and_literals() {
    let mut sites = Sites::new();
    let file = sites.file("/home/m/f.go");
    sites.func("m.(*L[...]).Push", file, 10);
    sites.func("m.G.func1", file, 20);
    sites.site(0, &[("m.(*L[...]).Push", file, 10, 12)], Some(16), Rank::Heap);
    sites.site(0, &[("m.(*L[...]).Push", file, 10, 12)], Some(48), Rank::Heap);
    sites.site(1, &[("m.G.func1", file, 20, 22)], None, Rank::Heap);
    let mut made = Made::heap();
    for (name, objects, size) in [("m.(*L[go.shape.[]int]).Push", 1, 48), ("m.(*L[...]).Push", 2, 16)] {
        let push = made.function(name, "/src/m/f.go", 10);
        let leaf = made.location(&[(push, 12)]);
        made.sample(&[leaf], objects, size);
    }
    // Another release numbers literals in another way.
    let literal = made.function("m.F.G.func7", "/src/m/f.go", 20);
    let leaf = made.location(&[(literal, 22)]);
    made.sample(&[leaf], 4, 32);
    assert_eq!(costs(&sites.join(&made)), [cost(0, 3, ""), cost(1, 4, "")]);
}

#[test]
fn commands_with_functions_of_one_name_are_told_apart_by_their_files() {
    let mut sites = Sites::new();
    for (number, path) in [(0, "/home/u/cmd/a/main.go"), (1, "/home/u/cmd/b/main.go")] {
        let file = sites.file(path);
        sites.func("main.main", file, 10);
        sites.site(number, &[("main.main", file, 10, 12)], None, Rank::Heap);
    }
    let mut made = Made::heap();
    let main = made.function("main.main", "example.com/u/cmd/b/main.go", 10);
    let leaf = made.location(&[(main, 12)]);
    made.sample(&[leaf], 1, 64);
    assert_eq!(costs(&sites.join(&made)), [cost(1, 1, "")]);
    // A file that was read twice has its sites twice; they do not share.
    let again = sites.file("/home/u/cmd/b/main.go");
    sites.site(2, &[("main.main", again, 10, 12)], None, Rank::Heap);
    assert_eq!(costs(&sites.join(&made)), [cost(1, 1, "")]);
}

#[test]
fn profiles_of_other_kinds_are_refused() {
    let sites = Sites::of_f(10, &[]);
    let asked = FxHashSet::default();
    let with = |count| Join {
        count,
        sites: &sites.sites,
        funcs: &sites.funcs,
        asked: &asked,
        sources: &sites.sources,
    };
    let mut made = Made::default();
    for kind in ["samples", "cpu"] {
        made.profile.sample_types.push(ValueType { kind: kind.into(), unit: "count".into() });
    }
    let has = vec!["samples".to_owned(), "cpu".to_owned()];
    let error = join(&made.profile, &with(Count::Allocated)).unwrap_err();
    assert_eq!(error, JoinError::NotCounted { wanted: "alloc_space", has });
    let mut made = Made::heap();
    assert!(matches!(
        join(&made.profile, &with(Count::InUse)),
        Err(JoinError::NotCounted { wanted: "inuse_space", .. })
    ));
    assert!(join(&made.profile, &with(Count::Allocated)).is_ok_and(|joined| joined.by_site.is_empty()));
    made.profile.locations.push(Location::default());
    made.sample(&[LocationId(0)], 1, 16);
    assert_eq!(join(&made.profile, &with(Count::Allocated)).unwrap_err(), JoinError::NoFunctions);
}

#[test]
fn strange_numbers_do_no_harm() {
    let sites = Sites::of_f(u32::MAX, &[(12, None, Rank::Heap)]);
    let mut made = Made::heap();
    for line in [i64::MIN, -1, 0, i64::MAX] {
        made.in_f(i64::MAX, line, 1, i64::MAX / 4);
        made.in_f(i64::MAX, line, -5, 0);
    }
    assert_eq!(sites.join(&made).all.objects, -16);
}
