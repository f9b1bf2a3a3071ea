//! Costs by a heap profile: which allocation site each sample belongs to, or why to none.
//!
//! A sample is a stack of frames; run-time functions at its leaf are passed over, as they allocate on behalf of what
//! calls them. The innermost frame that is left names the function and line where the allocation is written, the frames
//! that it was inlined through tell copies of it apart, and the size of the object decides between several sites of a
//! line. Lines are compared relative to the start of the function, so that a profile may be older than the source.

mod attach;
mod buckets;
mod choose;
mod facts;
mod index;
mod moved;
mod reason;
#[cfg(test)]
mod tests;

pub use attach::attach;
pub use facts::from_facts;
pub use reason::Reason;

use std::fmt;

use escargo_alloc::Class;
use escargo_base::{FileId, SourceMap, Symbol};
use escargo_pprof::profile::Profile;
use rustc_hash::FxHashSet;

use crate::finding::{Helped, Measured, ProfileTotals};
use crate::packages::package_of;

/// What is to be known of an allocation site, as compiled in one place. A site that was inlined is compiled in several.
#[derive(Clone, Debug)]
pub struct JoinSite {
    /// Number of the site as written, by which the result names it. Copies share it.
    pub site: u32,
    /// Where it is: where it is written, then the calls that it was inlined through. The last frame is in the function
    /// compiled.
    pub frames: Vec<JoinFrame>,
    /// Bytes of one object, if they are known; rounded up to a size class or not.
    pub size: Option<u64>,
    /// How likely it allocates.
    pub rank: Rank,
    /// It is a variable: those that are parameters of inlined calls are allocated where the call stands.
    pub is_variable: bool,
}

/// A place in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinFrame {
    /// The function, as stack traces name it: `[...]` for type arguments.
    pub function: Symbol,
    /// The file it is in.
    pub file: FileId,
    /// The line, as line directives have it.
    pub line: u32,
    /// The line where the function starts.
    pub start_line: u32,
}

/// A function that was compiled.
#[derive(Clone, Copy, Debug)]
pub struct JoinFunc {
    /// Its name, as stack traces have it: `[...]` for type arguments.
    pub name: Symbol,
    /// The file it is in, if it is in one.
    pub file: Option<FileId>,
    /// The line where it starts, as line directives have it.
    pub start_line: u32,
    /// It has a body in Go.
    pub has_body: bool,
    /// It calls functions that have none: until 1.25, what these allocate was counted as allocated by the call.
    pub calls_helpers: bool,
}

/// How likely a site allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rank {
    /// Never, by what is known.
    Never,
    /// What happens at run time decides.
    RunTime,
    /// Each time.
    Heap,
}

impl From<Class> for Rank {
    fn from(class: Class) -> Rank {
        match class {
            Class::Never(_) | Class::Stack => Rank::Never,
            Class::StackUpTo(_) | Class::RunTime(_) => Rank::RunTime,
            Class::Heap => Rank::Heap,
        }
    }
}

/// Which numbers of a heap profile are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Count {
    /// All that was allocated.
    #[default]
    Allocated,
    /// What was in use when the profile was written.
    InUse,
}

/// What a join is made from.
#[derive(Clone, Copy)]
pub struct Join<'a> {
    /// Which numbers are wanted.
    pub count: Count,
    /// Sites, as compiled.
    pub sites: &'a [JoinSite],
    /// All functions that were compiled, those without sites too.
    pub funcs: &'a [JoinFunc],
    /// Packages that were asked for, by their import paths; `main` for commands.
    pub asked: &'a FxHashSet<Symbol>,
    /// Their files.
    pub sources: &'a SourceMap,
}

/// What a profile says of sites.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    /// Sites that it has numbers for, in the order of their numbers.
    pub by_site: Vec<SiteCost>,
    /// All that the profile counts.
    pub all: Measured,
    /// What belongs to no site, the most first.
    pub others: Vec<Other>,
}

/// What a profile says of a site as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteCost {
    /// Its number.
    pub site: u32,
    /// How much.
    pub measured: Measured,
    /// Some of it was counted on other lines: the source has changed since.
    pub moved: bool,
    /// Other sites of the line may have allocated some of it; it is shared equally among them.
    pub shared: bool,
    /// Some of it is of another size than the site's objects have: something on its line allocates that is no site.
    pub odd: bool,
    /// By what is known of the site, it never allocates.
    pub against: bool,
}

/// What belongs to no site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    /// Why not.
    pub reason: Reason,
    /// Where it was allocated.
    pub place: Place,
    /// For [`Reason::Helper`]: the innermost call that stands in a package that was asked for, if there is one.
    pub caller: Option<Place>,
    /// How much.
    pub measured: Measured,
}

/// A place, as the profile has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The function; empty if it has no name.
    pub function: Symbol,
    /// The line; 0 if unknown.
    pub line: u32,
}

/// Why a profile cannot be joined with sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinError {
    /// It does not count what is wanted: it is no heap profile, or not a whole one. What it counts, in its own words.
    NotCounted {
        /// What would have been needed: `alloc_space`.
        wanted: &'static str,
        /// What there is.
        has: Vec<String>,
    },
    /// It counts, but has no stacks, or stacks without functions: nothing was allocated, or it is stripped of symbols.
    NoFunctions,
}

impl fmt::Display for JoinError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JoinError::NotCounted { wanted, has } => {
                write!(formatter, "profile has no {wanted}, but {}", has.join(", "))
            }
            JoinError::NoFunctions => formatter.write_str("profile names no functions"),
        }
    }
}

impl std::error::Error for JoinError {}

/// Joins a heap profile with sites.
///
/// Values are taken as the profile has them: the run time has scaled them if it has sampled.
///
/// # Errors
///
/// It is no heap profile, or has no names of functions.
pub fn join(profile: &Profile, with: &Join<'_>) -> Result<Joined, JoinError> {
    let columns = buckets::Columns::find(profile, with.count)?;
    if profile.functions.is_empty() && !profile.samples.is_empty() {
        return Err(JoinError::NoFunctions);
    }
    let is_asked = |name: &str| with.asked.contains(&Symbol::intern(&package_of(name)));
    let asked: Vec<bool> = profile.functions.iter().map(|function| is_asked(&function.name)).collect();
    let buckets = buckets::collect(profile, &columns, |function| asked[function.0 as usize]);
    let index = index::Index::new(with);
    Ok(choose::assign(profile, &index, buckets))
}

impl Joined {
    /// The numbers as a whole. `is_named` tells of a site whether it is in a package that was asked for.
    pub fn totals(&self, is_named: impl Fn(u32) -> bool) -> ProfileTotals {
        let mut totals = ProfileTotals { all: self.all, ..ProfileTotals::default() };
        for cost in &self.by_site {
            let place = if is_named(cost.site) { &mut totals.named } else { &mut totals.imported };
            place.add(cost.measured);
        }
        for other in &self.others {
            let place = match other.reason {
                Reason::RunTime => &mut totals.runtime,
                Reason::Helper => &mut totals.helpers,
                Reason::NoSite | Reason::Gone => &mut totals.unmatched,
                Reason::NoBody | Reason::Cgo | Reason::NotCompiled | Reason::NoName => {
                    &mut totals.unknown_source
                }
            };
            place.add(other.measured);
        }
        totals
    }

    /// Calls in packages that were asked for, below which helpers of the run time allocate, the most first.
    pub fn helped(&self) -> Vec<Helped> {
        let helped = self.others.iter().filter(|other| other.reason == Reason::Helper).filter_map(|other| {
            let Place { function, line } = other.caller?;
            Some(Helped { helper: other.place.function, function, line, measured: other.measured })
        });
        helped.collect()
    }

    /// The numbers of a site.
    pub fn cost(&self, site: u32) -> Option<&SiteCost> {
        let at = self.by_site.binary_search_by_key(&site, |cost| cost.site).ok()?;
        self.by_site.get(at)
    }
}

impl Measured {
    /// Adds other numbers.
    pub fn add(&mut self, other: Measured) {
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.objects = self.objects.saturating_add(other.objects);
    }
}
