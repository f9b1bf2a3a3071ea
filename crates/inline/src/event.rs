//! What the inliner finds out, in the order in which it does. Words stand in `report`.

use escargo_base::Symbol;
use escargo_ir::{FuncId, IrPos, Op};
use escargo_types::TypeId;

/// Something the inliner did or refused to do.
///
/// Events appear if a message level or JSON output asks for them: with JSON there are more than the messages need.
/// Names of functions, types and positions can be rendered any time later; expressions change, so their text is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A function can be inlined.
    CanInline {
        /// The function; the event stands at its position.
        func: FuncId,
        /// Cost of its body.
        cost: i32,
        /// Its source as messages show it, at level 2.
        text: Option<InlineText>,
        /// Its own package has said so: only for the log.
        silent: bool,
    },
    /// A function cannot be inlined anywhere.
    CannotInline {
        /// The function; the event stands at its position.
        func: FuncId,
        /// Why.
        reason: CannotInline,
        /// Its own package has said so: only for the log.
        silent: bool,
    },
    /// A function is so large that only cheap calls are inlined into it.
    BigFunction {
        /// The function; the event stands at its position.
        func: FuncId,
    },
    /// A call is inlined.
    InliningCall {
        /// Position of the call.
        pos: IrPos,
        /// What it calls.
        callee: FuncId,
    },
    /// A call of a known function is not inlined. Only [`CallRefused::RepeatedCycle`] has a message; JSON has all.
    CallRefused {
        /// Position of the call.
        pos: IrPos,
        /// The function that it stands in.
        caller: FuncId,
        /// What it calls.
        callee: FuncId,
        /// Why.
        reason: CallRefused,
    },
    /// A call of an interface's method becomes a call of the method of a type.
    Devirtualized {
        /// Position of the call.
        pos: IrPos,
        /// What was called.
        method: Box<str>,
        /// The type.
        ty: TypeId,
        /// The type has the method from an embedded interface: it is still called through that.
        partially: bool,
    },
    /// A copied body calls a method of a type parameter that stands for an interface.
    ImpreciseCall {
        /// Position of the method in the copy.
        pos: IrPos,
    },
    /// A call of an interface's method whose type is known has to stay.
    NotDevirtualized {
        /// Position of the call.
        pos: IrPos,
        /// The call.
        call: Box<str>,
        /// Why.
        reason: Shaped,
        /// The type with shapes.
        ty: TypeId,
    },
}

/// Source of a function as messages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineText {
    /// Its type.
    pub signature: Box<str>,
    /// Its statements.
    pub body: Box<str>,
}

/// Why a function cannot be inlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotInline {
    /// `//go:noinline`.
    NoInline,
    /// `//go:nocheckptr` where pointers are checked.
    NoCheckPtr,
    /// `//go:cgo_unsafe_args`.
    CgoUnsafeArgs,
    /// `//go:uintptrkeepalive`, or `//go:uintptrescapes`.
    UintptrKeepAlive,
    /// `//go:uintptrescapes`.
    UintptrEscapes,
    /// `//go:yeswritebarrierrec`.
    YesWriteBarrierRec,
    /// It compares or hashes values.
    Comparison,
    /// It has no body.
    NoBody,
    /// It calls itself.
    Recursive,
    /// It calls a function that depends on who calls it.
    CallTo(Symbol),
    /// It defers a call in the body of a range over a function.
    DeferInRangeFunc,
    /// It calls `recover`.
    Recover,
    /// It contains a function literal, which a switch forbids.
    Literals,
    /// It contains a statement that cannot be inlined: [`Op::Go`], [`Op::Defer`], [`Op::TailCall`].
    Unhandled(Op),
    /// Its body costs too much.
    TooComplex {
        /// Cost.
        cost: i32,
        /// The most that it may cost.
        budget: i32,
    },
    /// Its body costs too much; how much is not known.
    TooExpensive,
}

/// Why a call is not inlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallRefused {
    /// The function cannot be inlined.
    Callee,
    /// The function costs too much for this call.
    TooCostly {
        /// Its cost.
        cost: i32,
        /// The most that it may cost here.
        max: i32,
    },
    /// The function calls itself.
    Recursive,
    /// The call is a copy of one around it: it came here by inlining the function that it stands in.
    SamePosition,
    /// Run-time code is not inlined where pointers are checked.
    RuntimeWithCheckPtr,
    /// The call came here by inlining the same function.
    RepeatedCycle,
}

/// What keeps a call from being made direct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shaped {
    /// The receiver's type.
    Receiver,
    /// The interface's type.
    Interface,
}
