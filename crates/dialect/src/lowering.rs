//! Lowering: rules of the lowering to IR that differ between releases. A baseline (1.19) and dated deltas.

use crate::target::Target;

/// What positions call a file that a line directive names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineNameRule {
    /// As written.
    AsWritten,
    /// As written; `??` where the name is empty.
    Marked,
    /// Joined to the directory of the file with the directive; `??` where the name is empty.
    Joined,
}

/// How functions are made that compare or hash values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::enum_variant_names, reason = "the names are read after the type's: a function by type")]
pub enum EqualityRule {
    /// For a type, of fields whose types are not looked at; the inliner refuses them of itself.
    ByUntypedFields,
    /// For a type.
    ByType,
    /// For a signature of a type's parts.
    BySignature,
}

/// When types are described for the run time, and with them the functions made that compare their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DescribeRule {
    /// After all messages.
    Late,
    /// When a static table of methods is read; what a type consists of before the type.
    PartsFirst,
    /// When a static table of methods is read; what a type consists of after the type.
    PartsLast,
}

/// Where implicit conversions stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversionPlace {
    /// Where the compiler stands when it finds out that one is needed: mostly at the expression it read last.
    Standing,
    /// At the expression converted.
    Operand,
}

/// What literals are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralNames {
    /// After the function that is compiled, also where an inlined call brings them; `glob..func1` outside of
    /// functions.
    Caller,
    /// After the function that they were written in.
    Callee,
}

/// Rules of the lowering to IR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowerRules {
    /// Names given by line directives.
    pub line_names: LineNameRule,
    /// All function literals count as closures, also those that capture nothing: they are analysed with the function
    /// around them.
    pub literals_are_closures: bool,
    /// Also those that stand in the initializer of a package variable.
    pub init_literals_are_closures: bool,
    /// Whatever is laid out as one pointer is stored directly in an interface; else only pointers and what has
    /// nothing but one.
    pub direct_iface_by_layout: bool,
    /// Statements that follow one that ends the flow of control are left out.
    pub drops_dead_statements: bool,
    /// Inlined calls that are no more than an expression can initialize package variables statically.
    pub static_inlined_calls: bool,
    /// Assignments to local variables that are never used are dropped before escape analysis.
    pub dead_locals: bool,
    /// Variables whose assignments are dropped lose their definition as well.
    pub clears_dead_definitions: bool,
    /// The variable that an iteration of a loop has for itself is defined by the assignment that sets it.
    pub iteration_defines: bool,
    /// How functions are made that compare or hash values.
    pub equality: EqualityRule,
    /// When types are described for the run time.
    pub describes: DescribeRule,
    /// Adjacent loads are merged on loong64 and ppc64 as well.
    pub merges_loads_widely: bool,
    /// Values can be loaded on loong64 wherever they stand.
    pub loads_unaligned_on_loong64: bool,
    /// What the statements of a `for b.Loop()` compute is kept alive by calls of `runtime.KeepAlive`.
    pub keeps_benchmarks_alive: bool,
    /// A range over an array for its indices alone is one over the array's length.
    pub ranges_over_lengths: bool,
    /// Constants are shown as they are written.
    pub source_constants: bool,
    /// The operands of go and defer statements are wrapped before inlining, not by escape analysis.
    pub early_go_defer: bool,
    /// Results without name of inlined calls are called `~R0`, `~R1`, ….
    pub capital_results: bool,
    /// The package is written to a file format and read again, which decides the order of everything; else trees are
    /// walked as they are: functions come behind their literals, the package's initializer last.
    pub reads_back: bool,
    /// Implicit conversions.
    pub conversions: ConversionPlace,
    /// Names of literals.
    pub literal_names: LiteralNames,
    /// Values are evaluated before destinations, unless the assignment is a declaration with `var`.
    pub values_first: bool,
    /// Several values of one expression go through temporaries.
    pub spreads_values: bool,
    /// Declarations of variables, constants and types leave statements of their own.
    pub keeps_declarations: bool,
    /// `x++` is a statement of its own, not `x += 1`.
    pub steps: bool,
    /// Arguments for a variadic parameter are packed into a slice at once, not when the call is inlined or analysed.
    pub packs_arguments: bool,
    /// Method wrappers are made when packages are read, for all types that were; else when code or data refers to them,
    /// after everything else was analysed.
    pub early_wrappers: bool,
    /// Parameters without a name are variables.
    pub declares_unnamed: bool,
    /// Bodies that come from other packages are as those packages have them: marked implicit operations, definitions
    /// of variables and names of temporaries are known.
    pub exports_all: bool,
    /// `interface{}` counts as `any` where another package spells it so, or a builtin function has it.
    pub imports_any: bool,
    /// Types need wrappers from where they are known on; else from where they are mentioned first.
    pub wraps_known: bool,
}

const BASELINE: LowerRules = LowerRules {
    line_names: LineNameRule::AsWritten,
    literals_are_closures: true,
    init_literals_are_closures: false,
    direct_iface_by_layout: false,
    drops_dead_statements: false,
    static_inlined_calls: false,
    dead_locals: false,
    clears_dead_definitions: false,
    iteration_defines: false,
    equality: EqualityRule::ByUntypedFields,
    describes: DescribeRule::Late,
    merges_loads_widely: false,
    loads_unaligned_on_loong64: false,
    keeps_benchmarks_alive: false,
    ranges_over_lengths: false,
    source_constants: true,
    early_go_defer: false,
    capital_results: true,
    reads_back: false,
    conversions: ConversionPlace::Standing,
    literal_names: LiteralNames::Caller,
    values_first: true,
    spreads_values: false,
    keeps_declarations: true,
    steps: false,
    packs_arguments: false,
    early_wrappers: false,
    declares_unnamed: false,
    exports_all: false,
    imports_any: false,
    wraps_known: false,
};

/// A change: the minor release it came with, and what it does.
type Delta = (u32, fn(&mut LowerRules));

const DELTAS: &[Delta] = &[
    // 1.20: names pass through export data. `cmd/internal/objabi/line.go`, AbsFile.
    (20, |r| r.line_names = LineNameRule::Marked),
    // 1.20: the tables of `noder/reader.go`, itab.
    (20, |r| r.describes = DescribeRule::PartsFirst),
    // 1.20: packages are written and read (`noder/unified.go`) instead of walked (`noder/irgen.go`, which 1.19 still has).
    (20, |r| {
        r.reads_back = true;
        r.conversions = ConversionPlace::Operand;
        r.literal_names = LiteralNames::Callee;
        r.values_first = false;
        r.spreads_values = true;
        r.keeps_declarations = false;
        r.steps = true;
        r.packs_arguments = true;
        r.early_wrappers = true;
        r.declares_unnamed = true;
        r.exports_all = true;
    }),
    // 1.21: `staticinit/sched.go`, staticAssignInlinedCall.
    (21, |r| r.static_inlined_calls = true),
    // 1.22: dead statements are not written. `noder/writer.go`, stmts.
    (22, |r| r.drops_dead_statements = true),
    // 1.22: `reflectdata/{alg,reflect}.go`, eqFunc, writeType.
    (22, |r| {
        r.equality = EqualityRule::ByType;
        r.describes = DescribeRule::PartsLast;
    }),
    // 1.22: constants are folded in `noder/writer.go`, expr; `typecheck/stmt.go`, normalizeGoDeferCall; results are the
    // callee's.
    (22, |r| {
        r.source_constants = false;
        r.early_go_defer = true;
        r.capital_results = false;
    }),
    // 1.22: initializers of variables are part of the function `init` from the start. `noder/reader.go`, pkgInitOrder.
    (22, |r| r.init_literals_are_closures = true),
    // 1.24: literals without captures are functions like others. `ir/func.go`, IsClosure.
    (24, |r| r.literals_are_closures = false),
    // 1.24: `deadlocals/deadlocals.go`.
    (24, |r| r.dead_locals = true),
    // 1.25: `cmd/internal/sys/arch.go`, CanMergeLoads.
    (25, |r| r.merges_loads_widely = true),
    // 1.25: `types2/range.go`, rangeStmt.
    (25, |r| r.ranges_over_lengths = true),
    // 1.25: `loopvar/loopvar.go`, ForCapture.
    (25, |r| r.iteration_defines = true),
    // 1.26: `deadlocals/deadlocals.go`, Funcs; `bloop/bloop.go`.
    (26, |r| {
        r.clears_dead_definitions = true;
        r.keeps_benchmarks_alive = true;
    }),
    // 1.26: by size and pointer data. `types/type.go`, IsDirectIface.
    (26, |r| r.direct_iface_by_layout = true),
    // 1.27: `reflectdata/alg.go`, eqSignature.
    (27, |r| r.equality = EqualityRule::BySignature),
    // 1.27: `cmd/internal/sys/arch.go`, Alignment.
    (27, |r| r.loads_unaligned_on_loong64 = true),
    // 1.27: relative names start at the file's directory. `syntax/parser.go`, updateBase.
    (27, |r| r.line_names = LineNameRule::Joined),
    // 1.27: one empty interface for the universe and the importer. `types2/universe.go`, defPredeclaredTypes.
    (27, |r| r.imports_any = true),
    // 1.27: `noder/reader.go`, needWrapper.
    (27, |r| r.wraps_known = true),
];

impl LowerRules {
    /// The rules of release 1.`minor`.
    pub(crate) fn for_release(minor: u32) -> LowerRules {
        let mut rules = BASELINE;
        for (since, apply) in DELTAS {
            if minor >= *since {
                apply(&mut rules);
            }
        }
        rules
    }

    /// Whether adjacent loads are merged, wherever they stand (`cmd/internal/sys/arch.go`, CanMergeLoads).
    pub fn merges_loads(&self, target: &Target) -> bool {
        match target.goarch() {
            "386" | "amd64" | "arm64" | "ppc64le" | "s390x" => true,
            "loong64" | "ppc64" => self.merges_loads_widely,
            _ => false,
        }
    }

    /// How values must be aligned to be loaded; 1 if that does not matter (`cmd/internal/sys/arch.go`, Alignment).
    pub fn load_alignment(&self, target: &Target) -> u64 {
        match target.goarch() {
            "arm" | "mips" | "mipsle" => 4,
            "loong64" if self.loads_unaligned_on_loong64 => 1,
            "loong64" | "mips64" | "mips64le" | "riscv64" => 8,
            _ => 1,
        }
    }
}
