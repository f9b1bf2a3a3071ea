//! Inlining: rules of the inliner that differ between releases. A baseline (1.19) and dated deltas.

/// In what order a package's functions are judged and their calls inlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassOrder {
    /// Bottom-up: each function is judged, then its calls are inlined, calls in inlined bodies at once.
    Functions,
    /// Bottom-up: the functions of a group are judged, then inlined into; calls in inlined bodies come after those
    /// that stood in the function.
    Groups,
    /// All functions are judged bottom-up, then inlined into in the order of the package's list, each until nothing
    /// changes.
    Package,
    /// All functions are judged bottom-up, then call sites are counted, then groups are inlined into bottom-up in
    /// batches, each until nothing changes.
    Batches,
}

/// How the concrete type behind an interface value is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConcreteTypeRule {
    /// The value must be a conversion, behind variables assigned only once.
    Conversion,
    /// All assignments to a variable must agree on one type.
    Assignments,
}

/// Functions of one package that a rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Path of the package.
    pub package: &'static str,
    /// Their symbols: functions, or `T.M`. A name that ends in `[` stands for all instances.
    pub functions: &'static [&'static str],
    /// The rule holds only on architectures that merge loads.
    pub merging_loads: bool,
}

impl Named {
    const fn of(package: &'static str, functions: &'static [&'static str]) -> Named {
        Named { package, functions, merging_loads: false }
    }
    const fn loads(package: &'static str, functions: &'static [&'static str]) -> Named {
        Named { package, functions, merging_loads: true }
    }
}

/// Rules of the inliner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineRules {
    /// The minor release, for tables kept by release.
    minor: u32,
    /// Order of judging and inlining.
    pub order: PassOrder,
    /// A function that calls only itself is refused ("recursive"); literals too, or without a word.
    pub refuses_recursion: bool,
    /// The refusal of a recursive literal is reported too.
    pub reports_recursive_literals: bool,
    /// Bodies of function literals count.
    pub counts_literal_bodies: bool,
    /// Most that calling a parameter or captured variable costs on top, if it is special.
    pub parameter_call: Option<i32>,
    /// Budget of a function literal, and most it may cost where it is called only once; without it literals are
    /// treated like other functions.
    pub literal_budget: Option<i32>,
    /// `&s.f` is free if `s` is a variable and `f` stands at its start.
    pub free_first_field: bool,
    /// Types are free.
    pub free_types: bool,
    /// Slice bounds that change nothing give back what they cost.
    pub free_bounds: bool,
    /// The temporaries of `a, b = f()` are free.
    pub free_multi_assign: bool,
    /// A call costs as much as its callee only if it would be inlined here.
    pub checks_call_site: bool,
    /// A function literal may be followed out of the function that it captures from.
    pub crosses_frames: bool,
    /// A `defer` in the body of a range over a function is refused by name.
    pub refuses_range_func_defer: bool,
    /// Big functions are reported.
    pub reports_big: bool,
    /// Interface calls are made direct while inlining; else in a pass of its own, after wrappers were made.
    pub devirtualizes_inline: bool,
    /// So are calls in go and defer statements.
    pub devirtualizes_deferred: bool,
    /// How concrete types are found.
    pub concrete_type: ConcreteTypeRule,
    /// Refusals because of shapes are reported.
    pub reports_shapes: bool,
    /// Calls that cost nothing on top.
    pub cheap: &'static [Named],
    /// Functions whose callers cannot be inlined.
    pub caller_sensitive: Named,
    /// A call of `throw` in the run time costs as much as a budget on top.
    pub costly_throw: bool,
    /// Architectures that merge loads (`cmd/internal/sys/arch.go`, CanMergeLoads).
    merge_loads: &'static [&'static str],
}

const fn baseline(minor: u32) -> InlineRules {
    InlineRules {
        minor,
        order: PassOrder::Functions,
        refuses_recursion: true,
        reports_recursive_literals: true,
        counts_literal_bodies: true,
        parameter_call: None,
        literal_budget: None,
        free_first_field: false,
        free_types: false,
        free_bounds: false,
        free_multi_assign: false,
        checks_call_site: false,
        crosses_frames: true,
        refuses_range_func_defer: false,
        reports_big: false,
        devirtualizes_inline: false,
        devirtualizes_deferred: true,
        concrete_type: ConcreteTypeRule::Conversion,
        reports_shapes: false,
        cheap: CHEAP_119,
        caller_sensitive: Named::of("runtime", &["getcallerpc", "getcallersp"]),
        costly_throw: true,
        merge_loads: &["386", "amd64", "arm64", "ppc64le", "s390x"],
    }
}

const NEXT_ARENA: Named = Named::of("runtime", &["heapBits.nextArena"]);

const BINARY_GET_PUT: &[&str] = &[
    "littleEndian.Uint64",
    "littleEndian.Uint32",
    "littleEndian.Uint16",
    "bigEndian.Uint64",
    "bigEndian.Uint32",
    "bigEndian.Uint16",
    "littleEndian.PutUint64",
    "littleEndian.PutUint32",
    "littleEndian.PutUint16",
    "bigEndian.PutUint64",
    "bigEndian.PutUint32",
    "bigEndian.PutUint16",
];

const BINARY_APPEND: &[&str] = &[
    "littleEndian.AppendUint64",
    "littleEndian.AppendUint32",
    "littleEndian.AppendUint16",
    "bigEndian.AppendUint64",
    "bigEndian.AppendUint32",
    "bigEndian.AppendUint16",
];

#[rustfmt::skip]
const BYTE_ORDER_MIXED: &[&str] = &[
    "LeUint64", "LeUint32", "LeUint16", "BeUint64", "BeUint32", "BeUint16",
    "LePutUint64", "LePutUint32", "LePutUint16", "BePutUint64", "BePutUint32", "BePutUint16",
    "LeAppendUint64", "LeAppendUint32", "LeAppendUint16", "BeAppendUint64", "BeAppendUint32", "BeAppendUint16",
];

#[rustfmt::skip]
const BYTE_ORDER_UPPER: &[&str] = &[
    "LEUint64", "LEUint32", "LEUint16", "BEUint64", "BEUint32", "BEUint16",
    "LEPutUint64", "LEPutUint32", "LEPutUint16", "BEPutUint64", "BEPutUint32", "BEPutUint16",
    "LEAppendUint64", "LEAppendUint32", "LEAppendUint16", "BEAppendUint64", "BEAppendUint32", "BEAppendUint16",
];

/// Calls that cost nothing on top, by release (`inline/inl.go`, doNode).
const CHEAP_119: &[Named] = &[NEXT_ARENA, Named::loads("encoding/binary", BINARY_GET_PUT)];
const CHEAP_121: &[Named] = &[
    NEXT_ARENA,
    Named::of("reflect", &["noescape"]),
    Named::loads("encoding/binary", BINARY_GET_PUT),
    Named::loads("encoding/binary", BINARY_APPEND),
];
const CHEAP_122: &[Named] = &[
    NEXT_ARENA,
    Named::of("runtime", &["panicrangeexit"]),
    Named::of("reflect", &["noescape"]),
    Named::loads("encoding/binary", BINARY_GET_PUT),
    Named::loads("encoding/binary", BINARY_APPEND),
];
const CHEAP_123: &[Named] = &[
    NEXT_ARENA,
    Named::of("runtime", &["panicrangestate"]),
    Named::of("reflect", &["noescape"]),
    Named::loads("encoding/binary", BINARY_GET_PUT),
    Named::loads("encoding/binary", BINARY_APPEND),
    Named::loads("internal/byteorder", BYTE_ORDER_MIXED),
];
const CHEAP_124: &[Named] = &[
    NEXT_ARENA,
    Named::of("runtime", &["panicrangestate"]),
    Named::of("internal/abi", &["NoEscape"]),
    Named::of("hash/maphash", &["escapeForHash["]),
    Named::loads("encoding/binary", BINARY_GET_PUT),
    Named::loads("encoding/binary", BINARY_APPEND),
    Named::loads("internal/byteorder", BYTE_ORDER_UPPER),
];
const CHEAP_125: &[Named] = &[
    NEXT_ARENA,
    Named::of("runtime", &["panicrangestate"]),
    Named::of("internal/abi", &["NoEscape", "EscapeNonString["]),
    Named::loads("encoding/binary", BINARY_GET_PUT),
    Named::loads("encoding/binary", BINARY_APPEND),
    Named::loads("internal/byteorder", BYTE_ORDER_UPPER),
];

/// A change: the minor release it came with, and what it does.
type Delta = (u32, fn(&mut InlineRules));

/// The changes, oldest first. All are in `inline/inl.go` and `inline/interleaved/interleaved.go` unless said otherwise.
/// What differs between 1.19 and 1.21 is dated 1.21: 1.20 was not looked at.
const DELTAS: &[Delta] = &[
    (21, |r| r.order = PassOrder::Groups),
    (21, |r| r.reports_recursive_literals = false),
    (21, |r| r.counts_literal_bodies = false),
    (21, |r| r.free_first_field = true),
    (21, |r| r.free_types = true),
    (21, |r| r.free_multi_assign = true),
    (21, |r| r.reports_big = true),
    // devirtualize/devirtualize.go
    (21, |r| r.devirtualizes_deferred = false),
    (21, |r| r.reports_shapes = true),
    (21, |r| r.cheap = CHEAP_121),
    (22, |r| r.checks_call_site = true),
    (22, |r| r.crosses_frames = false),
    (22, |r| r.devirtualizes_inline = true),
    (22, |r| r.cheap = CHEAP_122),
    (23, |r| r.order = PassOrder::Package),
    (23, |r| r.cheap = CHEAP_123),
    (24, |r| r.order = PassOrder::Batches),
    (24, |r| r.refuses_recursion = false),
    (24, |r| r.parameter_call = Some(17)),
    (24, |r| r.literal_budget = Some(800)),
    (24, |r| r.cheap = CHEAP_124),
    (24, |r| r.caller_sensitive = Named::of("internal/runtime/sys", &["GetCallerPC", "GetCallerSP"])),
    (24, |r| r.costly_throw = false),
    (25, |r| r.cheap = CHEAP_125),
    // cmd/internal/sys/arch.go
    (25, |r| r.merge_loads = &["386", "amd64", "arm64", "loong64", "ppc64", "ppc64le", "s390x"]),
    (26, |r| r.free_bounds = true),
    (26, |r| r.refuses_range_func_defer = true),
    // devirtualize/devirtualize.go
    (26, |r| r.concrete_type = ConcreteTypeRule::Assignments),
];

impl InlineRules {
    /// The rules of release 1.`minor`.
    pub(crate) fn for_release(minor: u32) -> InlineRules {
        let mut rules = baseline(minor);
        for (since, apply) in DELTAS {
            if minor >= *since {
                apply(&mut rules);
            }
        }
        rules
    }

    /// Whether the compiler's code generator knows a function, so that calls of it are single operations.
    pub fn is_intrinsic(&self, goarch: &str, package: &str, function: &str) -> bool {
        crate::intrinsics::is_intrinsic(self.minor, goarch, package, function)
    }

    /// Whether calls of a function cost nothing on top of the call.
    pub fn is_cheap(&self, goarch: &str, package: &str, function: &str) -> bool {
        self.cheap.iter().any(|rule| {
            rule.package == package
                && (!rule.merging_loads || self.merge_loads.contains(&goarch))
                && rule.names(function)
        })
    }
}

impl Named {
    /// Whether the function is one of those named.
    pub fn names(&self, function: &str) -> bool {
        self.functions.iter().any(|name| match name.ends_with('[') {
            true => function.starts_with(name),
            false => *name == function,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deltas_are_in_order() {
        assert!(DELTAS.is_sorted_by_key(|d| d.0));
    }

    #[test]
    fn cheap_calls() {
        let (old, new) = (InlineRules::for_release(19), InlineRules::for_release(27));
        assert!(new.is_cheap("amd64", "internal/byteorder", "LEUint32"));
        assert!(!new.is_cheap("riscv64", "internal/byteorder", "LEUint32"));
        assert!(new.is_cheap("riscv64", "internal/abi", "EscapeNonString[go.shape.int]"));
        assert!(!old.is_cheap("amd64", "encoding/binary", "bigEndian.AppendUint16"));
        assert!(!old.is_cheap("loong64", "encoding/binary", "bigEndian.Uint16"));
        assert!(new.is_cheap("loong64", "encoding/binary", "bigEndian.Uint16"));
    }
}
