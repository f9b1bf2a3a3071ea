//! Functions of a package: declared, literal, instantiated, generated, and imported ones.

use escargo_base::{Symbol, define_id};
use escargo_types::{ObjId, TypeId};

use crate::{IrPos, List, NameId, NodeId};

define_id! {
    /// A function known to a package: its own or an imported one.
    pub struct FuncId("f");
}

define_id! {
    /// Type arguments of an instance with what follows from them; `lower` knows more of it.
    pub struct DictId("dict");
}

/// What `//go:` directives say of a function, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pragmas(pub u32);

#[allow(missing_docs, reason = "the names are those of the directives")]
impl Pragmas {
    pub const NOINLINE: Pragmas = Pragmas(1);
    pub const NOESCAPE: Pragmas = Pragmas(1 << 1);
    pub const NORACE: Pragmas = Pragmas(1 << 2);
    pub const NOSPLIT: Pragmas = Pragmas(1 << 3);
    pub const NOCHECKPTR: Pragmas = Pragmas(1 << 4);
    pub const CGO_UNSAFE_ARGS: Pragmas = Pragmas(1 << 5);
    /// Set by `//go:uintptrescapes` too, and by bodyless functions once escape analysis has seen them.
    pub const UINTPTR_KEEP_ALIVE: Pragmas = Pragmas(1 << 6);
    pub const UINTPTR_ESCAPES: Pragmas = Pragmas(1 << 7);
    pub const YES_WRITE_BARRIER_REC: Pragmas = Pragmas(1 << 8);
    pub const NO_WRITE_BARRIER: Pragmas = Pragmas(1 << 9);
    pub const NO_WRITE_BARRIER_REC: Pragmas = Pragmas(1 << 10);
    pub const SYSTEMSTACK: Pragmas = Pragmas(1 << 11);
    pub const REGISTER_PARAMS: Pragmas = Pragmas(1 << 12);

    /// Whether all bits of `other` are set.
    pub const fn has(self, other: Pragmas) -> bool {
        self.0 & other.0 == other.0
    }
    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Pragmas) -> Pragmas {
        Pragmas(self.0 | other.0)
    }
}

/// What the inliner knows of a function that it may inline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlineInfo {
    /// Cost of the body.
    pub cost: i32,
    /// The results can be declared where the only return statement is (`ir.Inline.CanDelayResults`).
    pub can_delay_results: bool,
}

/// Where a function comes from, and how its body can be had again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A declared function or method: its body is that of the type checker's object.
    Declared(ObjId),
    /// An instance of a generic function or method.
    Instance(ObjId, DictId),
    /// A function literal, written or made by the compiler; `lower` knows its source by the function's id.
    Literal,
    /// Made by the compiler without source: package initializer, wrappers, helpers of the run time.
    Generated,
}

/// What a generated function is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Role {
    /// An ordinary function.
    #[default]
    Plain,
    /// The initializer of the package's variables.
    PackageInit,
    /// An outlined initializer of a map.
    MapInit,
    /// The literal that a go or defer statement was wrapped in.
    GoDeferWrapper,
    /// The body of a range over a function.
    RangeFuncBody,
    /// A method wrapper, or the plain instance that calls a shaped one.
    Wrapper,
    /// A method value's function (`T.M-fm`).
    MethodValueWrapper,
    /// A wrapper between calling conventions.
    AbiWrapper,
    /// Compares or hashes values.
    Comparison,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Func {
    /// Its name: symbol, package, type, position. Literals have one as well.
    pub name: NameId,
    /// It has, or had, a loop whose variables are new in each iteration.
    pub has_distinct_loop: bool,
    /// Position of the function itself.
    pub pos: IrPos,
    /// Where it comes from.
    pub origin: Origin,
    /// What it is for.
    pub role: Role,
    /// Receiver (if any), parameters, results, then locals in order of declaration, temporaries included.
    pub dcl: Vec<NameId>,
    /// Number of receiver and parameters at the start of `dcl`, then number of results.
    pub params: (u32, u32),
    /// Number of inputs in `dcl` that the compiler does not have in its list.
    pub unlisted: u32,
    /// Statements; empty until the body was read, and for functions without body.
    pub body: List,
    /// Whether it has a body in this package, read or not; no longer where the body was dropped after a look.
    pub has_body: bool,
    /// For literals: the function whose body contains the literal.
    pub parent: Option<FuncId>,
    /// For literals: captured variables in order of capture (names inside this function, see [`crate::Name::outer`]).
    pub closure_vars: Vec<NameId>,
    /// For literals: the node.
    pub closure_node: Option<NodeId>,
    /// Directives.
    pub pragmas: Pragmas,
    /// The linker drops duplicates: instances and their literals, wrappers.
    pub dupok: bool,
    /// A wrapper: its parameters are not reported.
    pub wrapper: bool,
    /// Contains a `defer`.
    pub has_defer: bool,
    /// `go:linkname` gave it another symbol or made it visible.
    pub linkname: Option<Symbol>,
    /// Where range-over-func bodies are concerned: the function that the loop stands in.
    pub range_parent: Option<FuncId>,
    /// Facts for inlining it, once known and if it may be.
    pub inline: Option<InlineInfo>,
    /// Whether the inliner has looked at it, or must not (`InlinabilityChecked`).
    pub inline_checked: bool,
    /// Escape tags, one per receiver and parameter in order; empty until analysed or imported. In the encoding of
    /// `escape/leaks.go`: empty or `esc:` and bytes.
    pub tags: Vec<Box<[u8]>>,
    /// Defined in this package's compilation (as opposed to imported).
    pub local: bool,
    /// The type's dictionary parameter, for shaped functions.
    pub dict_param: Option<NameId>,
    /// Counters for naming closures inside: literals, range bodies, go/defer wrappers.
    pub closure_counts: [u32; 3],
    /// Type of the method's receiver, for methods: decides how the name is printed.
    pub recv: Option<TypeId>,
}

impl Func {
    /// A function of this package without parameters and statements.
    pub fn new(name: NameId, pos: IrPos, origin: Origin, role: Role) -> Func {
        Func {
            name,
            has_distinct_loop: false,
            pos,
            origin,
            role,
            dcl: Vec::new(),
            params: (0, 0),
            unlisted: 0,
            body: List::new(),
            has_body: true,
            parent: None,
            closure_vars: Vec::new(),
            closure_node: None,
            pragmas: Pragmas::default(),
            dupok: false,
            wrapper: false,
            has_defer: false,
            linkname: None,
            range_parent: None,
            inline: None,
            inline_checked: false,
            tags: Vec::new(),
            local: true,
            dict_param: None,
            closure_counts: [0; 3],
            recv: None,
        }
    }
    /// Whether it is a literal that captures variables.
    pub fn is_capturing(&self) -> bool {
        self.closure_node.is_some() && !self.closure_vars.is_empty()
    }
    /// Whether it is a function literal.
    pub fn is_literal(&self) -> bool {
        self.closure_node.is_some()
    }
    /// Receiver and parameters.
    pub fn inputs(&self) -> &[NameId] {
        &self.dcl[..self.params.0 as usize]
    }
    /// Results.
    pub fn results(&self) -> &[NameId] {
        let start = self.params.0 as usize;
        &self.dcl[start..start + self.params.1 as usize]
    }
}
