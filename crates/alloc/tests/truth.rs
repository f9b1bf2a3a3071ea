//! The classes against what real toolchains allocate: each function of `conformance/allocation/cases` is compiled, and
//! what its sites say must agree with what `testing.AllocsPerRun` counted at each size (`cargo xtask oracle allocation`).

mod wants;

use std::collections::BTreeMap;
use std::path::PathBuf;

use escargo_alloc::{Class, Site, SiteKind, sites};
use escargo_ir::{FuncId, Role, Unit};
use escargo_testkit::compile::compiled;
use wants::{Want, capital, class_text, kind_text, wants};

/// Releases with counts. The last one is that for which annotations hold.
const RELEASES: [&str; 4] = ["1.24.11", "1.25.5", "1.26.6", "1.27.3"];

fn place(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../conformance/allocation").join(name)
}

/// The files of the package, by name and text.
fn files() -> Vec<(String, String)> {
    let names = [
        "all.go",
        "boxed.go",
        "cases.go",
        "flows.go",
        "maps.go",
        "newer.go",
        "slices.go",
        "strings.go",
        "values.go",
    ];
    let read = |name: &&str| {
        let text = std::fs::read_to_string(place("cases").join(name)).expect("a file of the package");
        ((*name).to_owned(), text)
    };
    names.iter().map(read).collect()
}

/// By function: what is counted at each value of n.
type Counts = BTreeMap<String, Vec<(i64, u64)>>;

fn counts(release: &str) -> Counts {
    let path = place(&format!("allocs-go{release}.txt"));
    let text = std::fs::read_to_string(&path).expect("a file of counts");
    let mut counts = Counts::new();
    for line in text.lines() {
        let (name, rest) = line.split_once(": ").expect("a name");
        let row = rest.split(' ').map(|cell| {
            let (n, count) = cell.split_once('=').expect("n=count");
            (n.parse().expect("n"), count.parse().expect("a count"))
        });
        counts.insert(name.to_owned(), row.collect());
    }
    counts
}

/// By function: its sites, with those of literals and of functions that it alone calls.
type Found = BTreeMap<String, Vec<Site>>;

fn found(release: &str) -> Found {
    compiled(&files(), &format!("go{release}"), |cx, unit, analysis| {
        let mut found = Found::new();
        for site in sites(cx, unit, analysis) {
            found.entry(owner(unit, site.func)).or_default().push(site);
        }
        found
    })
}

/// The function of the table that a function belongs to: literals to the one around them, `appendReturned` to
/// `AppendReturned`.
fn owner(unit: &Unit, mut func: FuncId) -> String {
    while let Some(parent) = unit.funcs[func].parent.filter(|&p| unit.funcs[p].role != Role::PackageInit) {
        func = parent;
    }
    capital(unit.func_name(func).sym.as_str())
}

/// The least and the most that a site allocates at a size; what cannot be told exactly has no most.
fn bounds(site: &Site, want: Option<&Want>, n: i64) -> (u64, Option<u64>) {
    let nothing = Want::default();
    let want = want.unwrap_or(&nothing);
    let (times, amount) = (want.times(n), want.amount(n));
    let happens = match site.class {
        Class::Never(_) | Class::Stack => false,
        Class::StackUpTo(limit) => want.beyond(n) || amount.is_some_and(|amount| amount > limit as i64),
        Class::RunTime(_) => want.holds(n),
        Class::Heap => site.size != Some(0) && amount != Some(0),
    };
    match happens && times > 0 {
        false => (0, Some(0)),
        true if want.more => (times, None),
        true => (times, several(site.kind, times)),
    }
}

/// The most that a site allocates if it is reached so often.
fn several(kind: SiteKind, times: u64) -> Option<u64> {
    use SiteKind::{Append, MakeMap, MapAssign, MapLit};
    (!matches!(kind, Append | MakeMap | MapAssign | MapLit)).then_some(times)
}

/// Where what sites say differs from what was counted.
fn differences(found: &Found, counts: &Counts) -> Vec<String> {
    let wants = wants(&files());
    let mut differences = Vec::new();
    for (name, row) in counts {
        let none = Vec::new();
        let (sites, wants) = (found.get(name).unwrap_or(&none), &wants[name]);
        for &(n, count) in row {
            let (mut least, mut most) = (0, Some(0));
            for (i, site) in sites.iter().enumerate() {
                let nth = sites[..i].iter().filter(|other| other.kind == site.kind).count();
                let want = wants.iter().filter(|want| want.kind == kind_text(site.kind)).nth(nth);
                let (a, b) = bounds(site, want, n);
                least += a;
                most = most.zip(b).map(|(x, y)| x + y);
            }
            if count < least || most.is_some_and(|most| count > most) {
                differences.push(format!("{name} at {n}: {count} counted, {least} to {most:?} expected"));
                break;
            }
        }
    }
    differences
}

/// Sites in the words of the annotations.
fn texts(sites: &[Site]) -> Vec<String> {
    sites.iter().map(|site| format!("{}: {}", kind_text(site.kind), class_text(site.class))).collect()
}

#[test]
fn every_function_has_the_sites_it_says() {
    let (found, wants, none) = (found(RELEASES[3]), wants(&files()), Vec::new());
    assert!(wants.len() > 90);
    let mut wrong = Vec::new();
    for (name, wants) in &wants {
        let have = texts(found.get(name).unwrap_or(&none));
        let newest = wants.iter().filter(|want| want.newest);
        let want: Vec<String> = newest.map(|w| format!("{}: {}", w.kind, w.class)).collect();
        if have != want {
            wrong.push(format!("{name}\n  have {have:?}\n  want {want:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} functions:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn sites_agree_with_what_was_counted() {
    let mut wrong = String::new();
    for release in RELEASES {
        let counts = counts(release);
        assert!(counts.len() > 90);
        for line in differences(&found(release), &counts) {
            wrong.push_str(&format!("{release}: {line}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// What is said wrongly of a single site is found out: that it is on the heap if nothing is allocated there, and that it is
/// in the frame if something is.
#[test]
fn a_wrong_class_is_found_out() {
    let (found, counts, wants) = (found(RELEASES[3]), counts(RELEASES[3]), wants(&files()));
    let mut unnoticed = Vec::new();
    let mut tried = 0;
    for (name, row) in &counts {
        for (i, site) in found.get(name).into_iter().flatten().enumerate() {
            let nth = found[name][..i].iter().filter(|other| other.kind == site.kind).count();
            let want = wants[name].iter().filter(|want| want.kind == kind_text(site.kind)).nth(nth);
            let least = |site: &Site| row.iter().map(|&(n, _)| bounds(site, want, n).0).sum::<u64>();
            let as_if = |class| Site { class, ..site.clone() };
            let (is, heap) = (least(site), least(&as_if(Class::Heap)));
            let class = if is > 0 { Class::Stack } else { Class::Heap };
            if is == heap && is == 0 {
                continue; // without bytes, or not reached
            }
            let mut wrong = found.clone();
            wrong.get_mut(name).expect("its sites")[i].class = class;
            tried += 1;
            if !differences(&wrong, &counts).iter().any(|line| line.starts_with(&format!("{name} at"))) {
                unnoticed.push(format!("{name}: {:?}", site.kind));
            }
        }
    }
    assert!(tried > 150, "{tried}");
    assert!(unnoticed.is_empty(), "{unnoticed:?}");
}
