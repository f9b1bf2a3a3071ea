//! What is found of a package while it is compiled, as values that need no IR.

use escargo_alloc::{Class, SiteKind};
use escargo_base::{FileId, Pos, Symbol};
use escargo_escape::Reason;

/// What was found of a package.
#[derive(Debug)]
pub struct PackageFacts {
    /// Import path.
    pub path: Symbol,
    /// Its files, in order.
    pub files: Vec<FileId>,
    /// Functions that were compiled: declared ones, literals, instances, wrappers.
    pub funcs: Vec<FuncFacts>,
    /// Inlined calls, which [`CodePos::inlined`] refers to.
    pub inlined: Vec<InlinedCall>,
    /// Why variables and values escape.
    pub escapes: Vec<Path>,
    /// Allocation sites; empty for packages of which only leaks are wanted.
    pub sites: Vec<SiteFacts>,
    /// Variables of functions, parameters included, if they are wanted.
    pub variables: Vec<VariableFacts>,
}

/// Where code stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CodePos {
    /// Where it was written.
    pub pos: Pos,
    /// The inlined call whose body it belongs to: an index into [`PackageFacts::inlined`].
    pub inlined: Option<u32>,
}

/// A call that was inlined.
#[derive(Clone, Copy, Debug)]
pub struct InlinedCall {
    /// Where it stands.
    pub call: CodePos,
    /// The function inlined.
    pub callee: FuncName,
}

/// Names of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FuncName {
    /// The linker's symbol, type arguments included: `example.com/m.(*T).Method`, `example.com/m.F[go.shape.int]`. Names
    /// the function across packages.
    pub symbol: Symbol,
    /// The same as profiles and stack traces have it: `[...]` for type arguments.
    pub shown: Symbol,
    /// The import path of its package; that of the package compiled for what belongs to none.
    pub package: Symbol,
}

/// A function.
#[derive(Debug)]
pub struct FuncFacts {
    /// Its names.
    pub name: FuncName,
    /// Where it is declared.
    pub pos: Pos,
    /// It was made by the compiler: wrappers, initializers.
    pub generated: bool,
    /// It has a body.
    pub has_body: bool,
    /// Receiver and parameters, in order.
    pub inputs: Vec<InputFacts>,
    /// Names of its results.
    pub results: Vec<Symbol>,
    /// Functions that it calls, one entry per call left after inlining.
    pub calls: Vec<Symbol>,
}

/// A receiver or parameter.
#[derive(Debug)]
pub struct InputFacts {
    /// Its name; `_` or made up by the compiler where it has none.
    pub name: Symbol,
    /// Where it is declared.
    pub pos: Pos,
    /// Why it is moved to the heap, as an index into [`PackageFacts::escapes`], if it is.
    pub escape: Option<u32>,
    /// Where what it points to, or what that points to, goes.
    pub leaks: Vec<Leak>,
}

/// A way by which a parameter leaks.
#[derive(Debug)]
pub struct Leak {
    /// Where to.
    pub to: LeakTo,
    /// Dereferences on the way: 0 if the parameter itself leaks, 1 if what it points to, …
    pub derefs: u32,
    /// How.
    pub path: Path,
}

/// Where a parameter leaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeakTo {
    /// The heap.
    Heap,
    /// A result, by its index.
    Result(u32),
}

/// How something flows to what outlives it.
#[derive(Debug, Default)]
pub struct Path {
    /// Steps in order.
    pub steps: Box<[Step]>,
    /// What is at the end.
    pub end: End,
    /// The steps went in a circle before they arrived.
    pub truncated: bool,
}

/// What is at the end of a path, as seen from where it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// The heap.
    #[default]
    Heap,
    /// A result of the function.
    Result(u32),
    /// Something that escapes itself, for the reason at this index in [`PackageFacts::escapes`].
    Escaping(Option<u32>),
    /// A variable or value that is declared outside of the loop.
    OutlivesLoop,
    /// A variable or value of a function around it.
    OutlivesFunction,
}

/// An expression or statement that makes a value flow.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it is.
    pub at: CodePos,
    /// The compiled function whose code it is part of: of functions that call each other, and of literals, one's values
    /// flow through the others.
    pub function: FuncName,
    /// What it does.
    pub reason: Reason,
    /// More of it, where the reason is not all.
    pub detail: Detail,
    /// The variable or storage that the value has reached, after the last of several expressions.
    pub to: Option<Spot>,
}

/// What else is to be said of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// Argument of a call.
    Argument {
        /// What is called.
        callee: Callee,
        /// Index of the argument, the receiver first.
        input: u32,
    },
    /// An assignment to a package variable, or to data that its value refers to; the compiler's names for that begin with
    /// a dot.
    Global(Symbol),
    /// An assignment through a pointer, or to an element of a slice.
    ThroughPointer,
    /// An assignment to an element of a map.
    Map,
    /// A go statement runs it.
    Go,
    /// A defer statement in a loop runs it.
    Defer,
    /// The receiver of a method value.
    MethodValue(Callee),
}

/// What a call calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// A function that is known.
    Func(FuncName),
    /// A method of an interface.
    Method(Symbol),
    /// A function value.
    Value,
    /// `panic`.
    Panic,
    /// `append`.
    Append,
    /// Another predeclared function.
    Builtin,
}

/// A variable or storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// The heap.
    Heap,
    /// A place without name.
    Temp,
    /// A variable.
    Variable {
        /// Its name.
        name: Symbol,
        /// Where it is declared.
        pos: CodePos,
        /// What it is.
        role: Role,
    },
    /// What an expression allocates.
    Storage(CodePos),
}

/// What a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A local variable.
    Local,
    /// A temporary made by the compiler.
    Temp,
    /// A receiver or parameter.
    Param,
    /// A result, by its index.
    Result(u32),
}

/// An allocation site, or a variable that is moved to the heap, in the code of one function.
#[derive(Debug)]
pub struct SiteFacts {
    /// The function in whose code it is: an index into [`PackageFacts::funcs`].
    pub func: u32,
    /// Where it stands.
    pub at: CodePos,
    /// What it is.
    pub kind: SiteKind,
    /// What happens at run time.
    pub class: Class,
    /// Bytes of one allocation, if they are known.
    pub size: Option<u64>,
    /// Loops around it in the function compiled.
    pub loop_depth: u32,
    /// What it is as source text: `data`, `&T{…}`, `make([]byte, n)`. Empty, as its type, if it hardly matters and that was
    /// not wanted.
    pub text: String,
    /// The type of what is allocated.
    pub ty: String,
    /// Why it escapes, as an index into [`PackageFacts::escapes`], if it does.
    pub escape: Option<u32>,
    /// If it does not escape: where its address goes.
    pub stays: Vec<Step>,
}

/// A variable of a function as written.
#[derive(Debug)]
pub struct VariableFacts {
    /// The function: an index into [`PackageFacts::funcs`].
    pub func: u32,
    /// Its name.
    pub name: Symbol,
    /// Where it is declared.
    pub at: CodePos,
    /// Its type.
    pub ty: String,
    /// What it is.
    pub role: Role,
    /// Why it escapes, as an index into [`PackageFacts::escapes`], if it does.
    pub escape: Option<u32>,
    /// If it does not escape: where its address goes.
    pub stays: Vec<Step>,
}
