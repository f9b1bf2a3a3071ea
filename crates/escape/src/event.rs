//! What the analysis tells, in the order in which the compiler prints it. Expressions come as text, because the trees
//! change while events are made; everything else is values. No wording.

use std::cell::OnceCell;
use std::rc::Rc;

use escargo_ir::{FuncId, IrPos};
use escargo_types::TypeId;

/// Text of an expression or statement. Explanations repeat the same ones many times.
pub type Text = Rc<str>;

/// One message, with the position that all its lines start with. Expression texts are qualified with the package's
/// name where they belong to another package; names of parameters are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A variable lives on the heap.
    MovedToHeap {
        /// Declaration.
        pos: IrPos,
        /// The variable.
        text: Text,
    },
    /// What an expression allocates lives on the heap.
    EscapesToHeap {
        /// The expression.
        pos: IrPos,
        /// The expression.
        text: Text,
    },
    /// With `-json`: what an expression allocates lives on the heap, whether or not that is worth a message.
    OnHeap {
        /// The expression.
        pos: IrPos,
    },
    /// What an expression allocates lives on the stack.
    DoesNotEscape {
        /// The expression.
        pos: IrPos,
        /// The expression.
        text: Text,
    },
    /// The memory that an `append` allocates may live on the stack, or not.
    Append {
        /// The call.
        pos: IrPos,
        /// Whether it lives on the heap.
        escapes: bool,
    },
    /// A conversion of a string to bytes shares the string's memory.
    ZeroCopy {
        /// The conversion.
        pos: IrPos,
    },
    /// A parameter leaks to the heap.
    LeakingParam {
        /// The parameter.
        pos: IrPos,
        /// The parameter.
        name: String,
        /// Only what it points to.
        content: bool,
    },
    /// A parameter leaks to a result.
    LeakingToResult {
        /// The parameter.
        pos: IrPos,
        /// The parameter.
        name: String,
        /// The result's name.
        result: String,
        /// Dereferences on the way.
        level: u32,
    },
    /// A parameter does not leak.
    ParamDoesNotEscape {
        /// The parameter.
        pos: IrPos,
        /// The parameter.
        name: String,
    },
    /// With `-d=escapemutationscalls`: what a parameter points to is written to.
    MutatesParam {
        /// The parameter.
        pos: IrPos,
        /// The parameter.
        name: String,
        /// Dereferences on the way.
        derefs: u32,
    },
    /// With `-d=escapemutationscalls`: a parameter is called.
    CallsParam {
        /// The parameter.
        pos: IrPos,
        /// The parameter.
        name: String,
        /// Dereferences on the way.
        derefs: u32,
    },
    /// With `-d=escapemutationscalls`: none of all these.
    ParamIsInert {
        /// The parameter.
        pos: IrPos,
        /// The parameter.
        name: String,
    },
    /// A `uintptr` parameter of a function without body may hold a pointer.
    AssumingUintptr {
        /// The parameter.
        pos: IrPos,
        /// The parameter.
        name: String,
    },
    /// A `uintptr` parameter of a `//go:uintptrescapes` function.
    MarkingUintptr {
        /// The parameter.
        pos: IrPos,
        /// The parameter.
        name: String,
        /// It is `...uintptr`.
        variadic: bool,
    },
    /// An assignment back to where the value came from.
    SelfAssignment {
        /// The statement.
        pos: IrPos,
        /// The function it stands in; prints qualified.
        func: FuncId,
        /// The statement.
        text: Text,
    },
    /// A literal captures a variable.
    CapturingBy {
        /// The variable's declaration.
        pos: IrPos,
        /// The function that declares it; prints qualified. None for hidden parameters.
        func: Option<FuncId>,
        /// By reference, as opposed to by value.
        by_ref: bool,
        /// The variable.
        text: Text,
        /// Its address was taken.
        addrtaken: bool,
        /// It was reassigned.
        reassigned: bool,
        /// Its size in bytes.
        size: u64,
    },
    /// Why something escapes.
    EscapeReason {
        /// The variable or expression.
        pos: IrPos,
        /// The variable or expression.
        text: Text,
        /// The function it belongs to.
        func: FuncId,
        /// The way to what outlives it.
        path: Path,
        /// Its address flows to the heap, as opposed to a place that outlives it.
        at_once: bool,
    },
    /// Why a parameter leaks.
    LeakReason {
        /// The parameter.
        pos: IrPos,
        /// The parameter, as an expression.
        text: Text,
        /// The function it belongs to.
        func: FuncId,
        /// Where it leaks to.
        to: Place,
        /// Dereferences on the way.
        derefs: u32,
        /// The way there.
        path: Path,
    },
    /// Error: a type that must not be allocated.
    Unallocatable {
        /// The variable or expression.
        pos: IrPos,
        /// Its type.
        ty: TypeId,
    },
    /// Error: a variable of a runtime package lives on the heap.
    HeapInRuntime {
        /// Declaration.
        pos: IrPos,
        /// The variable.
        text: Text,
    },
    /// With `-m=3`: a statement is reached.
    Statement {
        /// The statement.
        pos: IrPos,
        /// Depth of loops around it, plus one.
        depth: u32,
        /// The function it stands in; prints qualified.
        func: FuncId,
        /// The statement.
        text: Text,
    },
    /// With `-m=3`: a label is reached.
    Label {
        /// The label.
        pos: IrPos,
        /// The label statement.
        text: Text,
        /// It is the head of a loop made with `goto`.
        looping: bool,
    },
}

/// How something flows from its place to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// From the thing onwards.
    pub steps: Vec<Rc<Step>>,
    /// The steps went in a circle before they arrived.
    pub truncated: bool,
}

/// A flow from one place to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it goes.
    pub to: Place,
    /// Where it comes from.
    pub from: Place,
    /// Where that happens: at the first note, else at what it comes from.
    pub pos: IrPos,
    /// Dereferences on the way; -1 if the address of the place flows.
    pub derefs: i32,
    /// What makes it flow, innermost expression first.
    pub notes: Vec<Note>,
    /// Room for whoever words it.
    pub memo: Memo,
}

/// What a reader made of a value that it gets to see many times. It says nothing about the value itself.
#[derive(Clone, Debug, Default)]
pub struct Memo(OnceCell<Box<str>>);

impl Memo {
    /// What was made of it, by `make` the first time.
    pub fn get_or_make(&self, make: impl FnOnce() -> String) -> &str {
        self.0.get_or_init(|| make().into_boxed_str())
    }
}

impl PartialEq for Memo {
    fn eq(&self, _: &Memo) -> bool {
        true
    }
}

impl Eq for Memo {}

/// A node of the flow graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The heap.
    Heap,
    /// A place without name.
    Temp,
    /// A variable.
    Variable(Text),
    /// What an expression allocates.
    Storage(Text),
}

/// An expression or statement that makes a value flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its text.
    pub text: Text,
    /// What it does.
    pub reason: Reason,
    /// Where it is.
    pub pos: IrPos,
}

/// What makes a value flow. Each has one wording in the compiler; several share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names follow the compiler's wordings")]
pub enum Reason {
    AddressOf,
    AppendedSlice,
    AppendeeSlice,
    ArrayLiteralElement,
    Assign,
    AssignPair,
    AssignPairDotType,
    AssignPairMapR,
    AssignPairReceive,
    CallParameter,
    CalleeOperand,
    CapturedByClosure,
    ConversionToUnsafePointer,
    CopiedSlice,
    /// Selection of a field of a value, and type assertions.
    Dot,
    /// Selection of a field through a pointer, and indexing of anything but arrays.
    DotOfPointer,
    FixedArrayIndex,
    Indirection,
    InterfaceConverted,
    KeyOfMapPut,
    MapLiteralKey,
    MapLiteralValue,
    /// A slice whose size is unknown (before 1.25).
    NonConstantSize,
    Range,
    RangeDeref,
    Reference,
    ReflectHeaderData,
    Return,
    Send,
    Slice,
    SliceLiteralElement,
    SliceToArray,
    Spill,
    StructLiteralElement,
    SwitchCase,
    TooAligned,
    TooLarge,
    UintptrEscapes,
    ZeroSizedElement,
}
