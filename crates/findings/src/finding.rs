//! Findings: allocation sites as people want them, with story, class and cost.

use escargo_alloc::{Class, SiteKind};
use escargo_base::{Pos, Span, Symbol};

use crate::{Cause, Story};

/// All findings of a run.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The most costly first; those of a function together.
    pub list: Vec<Finding>,
    /// Numbers about all sites, shown or not.
    pub totals: Totals,
    /// Findings that are not in the list.
    pub hidden: Hidden,
    /// Where a profile has what helpers of the run time allocate, the most first.
    pub helpers: Vec<Helped>,
}

/// Numbers about all sites that were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Packages that were asked for.
    pub packages: usize,
    /// Allocation sites in them, as written, copies counted once.
    pub sites: usize,
    /// Sites that escape.
    pub escaping: usize,
    /// Sites without a finding, because they hardly matter and that was not wanted.
    pub minor: usize,
    /// What a profile says, if there is one.
    pub profile: Option<ProfileTotals>,
}

/// Findings that were left out of the list, each counted under the first thing that leaves it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Of other causes or functions than those asked for.
    pub unasked: usize,
    /// Of little interest: only a list of all has them.
    pub minor: usize,
    /// Cheaper than the least that was asked for.
    pub cheap: usize,
    /// Behind as many as were asked for.
    pub beyond_limit: usize,
}

/// A call in a package that was asked for, below which a helper of the run time allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Helped {
    /// The helper, as profiles name it: `internal/bytealg.MakeNoZero`.
    pub helper: Symbol,
    /// The function that the call is in.
    pub function: Symbol,
    /// The line of the call, as the profile has it.
    pub line: u32,
    /// How much.
    pub measured: Measured,
}

/// What a profile says as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProfileTotals {
    /// Allocated.
    pub all: Measured,
    /// Of these, what belongs to findings of packages that were asked for.
    pub named: Measured,
    /// What belongs to findings of packages that these import.
    pub imported: Measured,
    /// What the run time allocates for itself.
    pub runtime: Measured,
    /// What helpers of the run time allocate that other packages call, as `strings.Builder` and `reflect.New` do.
    pub helpers: Measured,
    /// What assembly, or code whose source is not at hand, allocates.
    pub unknown_source: Measured,
    /// What none of this holds for.
    pub unmatched: Measured,
}

/// An allocation site with its reason.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Import path of the package in which it is written.
    pub package: Symbol,
    /// The function in which it is written, as profiles name it.
    pub function: Symbol,
    /// The package was not asked for; it is shown because the profile has costs for it.
    pub imported: bool,
    /// Where.
    pub span: Span,
    /// What it is as source text: `data`, `&T{…}`, `make([]byte, n)`.
    pub subject: String,
    /// The type of what is allocated.
    pub ty: String,
    /// What it is.
    pub kind: SiteKind,
    /// What happens at run time.
    pub class: Class,
    /// Whether the escape analysis lets it escape.
    pub escapes: bool,
    /// Why.
    pub cause: Cause,
    /// How.
    pub story: Story,
    /// Where it was inlined to, in order of the source; empty if it was compiled where it stands only.
    pub copies: Vec<Copy>,
    /// What it costs.
    pub cost: Cost,
    /// What would keep it on the stack, where that is known.
    pub advice: Vec<Advice>,
}

impl Finding {
    /// Why, unless it neither escapes nor allocates.
    pub fn told_cause(&self) -> Option<Cause> {
        (self.escapes || self.class.may_allocate()).then_some(self.cause)
    }
}

/// Whether something hardly matters: it never allocates, or only sometimes without escaping.
pub fn is_minor(class: Class, escapes: bool) -> bool {
    match class {
        Class::Heap => false,
        Class::Never(_) | Class::Stack => true,
        Class::StackUpTo(_) | Class::RunTime(_) => !escapes,
    }
}

/// A copy of a site that came to another function by inlining.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The function, as profiles name it.
    pub function: Symbol,
    /// The call there.
    pub call: Pos,
    /// Whether it escapes there.
    pub escapes: bool,
}

/// What a site costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Without a profile.
    pub estimate: Estimate,
    /// By a profile.
    pub measured: Option<Measured>,
    /// The profile was made with other lines: its samples were matched to lines that have moved.
    pub moved: bool,
}

/// What can be said of the cost without running the program.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Bytes of one allocation, rounded up to a size class of Go's allocator; none if only known at run time.
    pub bytes: Option<u64>,
    /// Loops around it, callers' not counted.
    pub loop_depth: u32,
    /// Calls of the function in the packages that were compiled.
    pub callers: u32,
    /// What the list is sorted by: bytes weighed by loops and callers.
    pub weight: f64,
}

/// What a profile has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Bytes allocated.
    pub bytes: i64,
    /// Objects allocated.
    pub objects: i64,
}

/// A usual way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Return the value, not its address; its size in bytes.
    ReturnValue {
        /// Type of the value.
        ty: String,
        /// Its size.
        size: u64,
    },
    /// Let the caller pass a pointer to fill.
    PassDestination,
    /// Pass the value as its own type instead of as an interface.
    ConcreteType,
    /// Give `make` a constant size.
    ConstantSize,
    /// Reserve the capacity before the loop.
    Preallocate,
    /// Pass what the closure needs as arguments, or do not let it escape.
    PassToClosure {
        /// The variable captured.
        variable: Symbol,
    },
    /// Move it out of the loop, or use it again.
    Hoist,
    /// Move the `defer` out of the loop, into a function of its own.
    DeferInFunction,
    /// Use one value for all calls (`sync.Pool`, a field of the receiver).
    Reuse,
    /// Build strings with `strings.Builder`, or append to bytes.
    Builder,
}
