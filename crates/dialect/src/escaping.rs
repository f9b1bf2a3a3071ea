//! Escape analysis: rules that differ between releases. A baseline (1.19) and dated deltas, after
//! `cmd/compile/internal/escape` of each release.

/// What counts as an assignment when the only value of a variable is looked for (`ir/expr.go`, Reassigned).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReassignRule {
    /// Assignments to the variable itself and taking its address; neither `x op= y` nor range clauses.
    Plain,
    /// Range clauses too.
    WithRange,
    /// All assignments, those to parts of the variable included; a variable whose address is taken anywhere counts as
    /// assigned. Captured variables are followed to the function that declares them.
    Full,
}

/// Functions that a call can be found to call (`escape/call.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalleeRule {
    /// The one that is the static value of the callee operand.
    One,
    /// The same, and else all functions assigned to the variable that is called, if all of them are known.
    AllAssigned,
}

/// How the flow graph is solved (`escape/solve.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SolverRule {
    /// Stacks; locations are transient until their address reaches one that is not; leaks of a parameter are told before
    /// its escape; only flows to the heap and to results are tracked.
    Transient,
    /// Stacks; flows to writes through pointers and to unknown callees are tracked as well.
    Stack,
    /// The same with queues; locations that escape are walked first.
    Queue,
}

/// Which results of a literal keep what they return from escaping (`escape/solve.go`, outlives).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralResults {
    /// Those of literals called where they stand.
    CalledInPlace,
    /// Those of literals whose calls are all known.
    NotLost,
}

/// How it is found out that a literal stands inside a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Containment {
    /// The literal's name starts with the function's.
    Names,
    /// The literal's chain of enclosing functions.
    Parents,
}

/// What `make([]T, n)` is worth (`escape/utils.go`, HeapAllocReason).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MakeRule {
    /// Sizes that are no small constants force it to the heap.
    ConstantSize,
    /// They do not, but elements of size zero do.
    AnySize,
}

/// Which operands are replaced by their static value (`escape/escape.go`, rewriteWithLiterals).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LiteralRewrite {
    /// None.
    None,
    /// Sizes of slices and values converted to interfaces, if constant.
    Constants,
    /// Also sizes that are the length of a slice literal.
    Lengths,
}

/// A function whose argument escapes if it holds a pointer other than that of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NonStringEscaper {
    /// Path of its package.
    pub package: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// Rules of the escape analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeRules {
    /// Static values.
    pub reassign: ReassignRule,
    /// Known callees.
    pub callees: CalleeRule,
    /// The solver.
    pub solver: SolverRule,
    /// Writes through pointers and unknown callees are tracked: tags have places for them and for fewer results, and
    /// conversions of strings to bytes that are never written to are found.
    pub tracks_writes: bool,
    /// Results of literals.
    pub literal_results: LiteralResults,
    /// Literals inside functions.
    pub containment: Containment,
    /// Largest size in bytes of a variable on the stack, and the same with `-smallframes`.
    pub explicit_limit: [u64; 2],
    /// Largest size in bytes of a value on the stack that was not declared as a variable, and the same with
    /// `-smallframes`.
    pub implicit_limit: [u64; 2],
    /// `make` of slices.
    pub make: MakeRule,
    /// Replacement by literals.
    pub rewrite: LiteralRewrite,
    /// The memory that `append` allocates is a location of its own.
    pub append_location: bool,
    /// The function whose argument escapes unless it holds only strings.
    pub non_string_escaper: Option<NonStringEscaper>,
    /// Parameters without name are called `arg#1`, `arg#2`, …, and blank ones `_`.
    pub numbers_inputs: bool,
}

const KIB: u64 = 1 << 10;

const BASELINE: EscapeRules = EscapeRules {
    reassign: ReassignRule::Plain,
    callees: CalleeRule::One,
    solver: SolverRule::Transient,
    tracks_writes: false,
    literal_results: LiteralResults::CalledInPlace,
    containment: Containment::Names,
    explicit_limit: [10 * KIB * KIB, 128 * KIB],
    implicit_limit: [64 * KIB, 16 * KIB],
    make: MakeRule::ConstantSize,
    rewrite: LiteralRewrite::None,
    append_location: false,
    non_string_escaper: None,
    numbers_inputs: true,
};

/// A change: the minor release it came with, and what it does.
type Delta = (u32, fn(&mut EscapeRules));

const DELTAS: &[Delta] = &[
    (21, |r| r.reassign = ReassignRule::WithRange),
    (22, |r| {
        r.reassign = ReassignRule::Full;
        r.solver = SolverRule::Stack;
        r.tracks_writes = true;
        r.literal_results = LiteralResults::NotLost;
        r.numbers_inputs = false;
    }),
    (23, |r| r.containment = Containment::Parents),
    (24, |r| {
        r.explicit_limit = [128 * KIB, 64 * KIB];
        r.non_string_escaper = Some(NonStringEscaper { package: "hash/maphash", name: "escapeForHash" });
    }),
    (25, |r| {
        r.solver = SolverRule::Queue;
        r.make = MakeRule::AnySize;
        r.rewrite = LiteralRewrite::Constants;
        r.append_location = true;
        r.non_string_escaper = Some(NonStringEscaper { package: "internal/abi", name: "EscapeNonString" });
    }),
    (26, |r| r.rewrite = LiteralRewrite::Lengths),
    (27, |r| r.callees = CalleeRule::AllAssigned),
];

impl EscapeRules {
    /// The rules of release 1.`minor`.
    pub(crate) fn for_release(minor: u32) -> EscapeRules {
        let mut rules = BASELINE;
        for (since, apply) in DELTAS {
            if minor >= *since {
                apply(&mut rules);
            }
        }
        rules
    }
}
