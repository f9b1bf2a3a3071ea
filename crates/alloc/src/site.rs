//! Allocation sites and what becomes of them.

use escargo_ir::{FuncId, IrPos, NameId, NodeId};
use escargo_types::TypeId;

/// What allocates: the key by which it is found in an escape analysis, whose locations are the same nodes and names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// An expression or statement.
    Node(NodeId),
    /// A variable; for [`SiteKind::MoveToHeap`] the slice that is moved.
    Variable(NameId),
}

/// What is allocated, and by which construct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SiteKind {
    /// A variable, parameter or result whose address is taken or that is captured by reference.
    Variable,
    /// `new(T)`. Of `new(x)` with a value the temporary that holds it is told of, and only if it is on the heap.
    New,
    /// `&T{…}`.
    CompositePtr,
    /// `[]T{…}`.
    SliceLit,
    /// The slice that holds the arguments for a variadic parameter.
    VariadicSlice,
    /// `make([]T, …)`.
    MakeSlice,
    /// `make(map[K]V, …)`.
    MakeMap,
    /// `map[K]V{…}`.
    MapLit,
    /// `make(chan T, …)`.
    MakeChan,
    /// A function literal.
    Closure,
    /// `x.M`, not called.
    MethodValue,
    /// The conversion of a value to an interface, written or not.
    Boxed,
    /// `append(…)`.
    Append,
    /// `a + b` of strings, also `a += b`.
    Concat,
    /// `string(bytes)`.
    BytesToString,
    /// `[]byte(string)`.
    StringToBytes,
    /// `string(runes)`.
    RunesToString,
    /// `[]rune(string)`.
    StringToRunes,
    /// `string(rune)`.
    RuneToString,
    /// `m[k] = v`, `m[k] op= v`, and other statements that set an element of a map.
    MapAssign,
    /// A `go` statement.
    GoStatement,
    /// A `defer` statement that may run more than once: its record. Also the list that a function keeps for loops over
    /// functions in which calls are deferred.
    DeferRecord,
    /// A slice that was appended to in the frame gets out of the function here.
    MoveToHeap,
}

/// Why nothing is allocated, or what it depends on at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// Never: it has no bytes. All such values share one address.
    ZeroSize,
    /// Never: its value is known and lies in read-only data.
    ReadOnly,
    /// Never: it is a pointer, or laid out as one, and is itself the word in the interface.
    PointerShaped,
    /// Never: it is one byte or a bool; there is a table of all of them.
    SingleByte,
    /// Never: a literal that captures nothing is a function like others.
    NoCaptures,
    /// Never: a literal that is called where it stands gets what it captures as arguments.
    CalledInPlace,
    /// Never: nothing is written to the copy, so it shares the memory of what it is made from.
    ZeroCopy,
    /// Never: it is only compared, and shares the memory of what it is made from.
    Compared,
    /// Never: it is only looked up in a map, and shares the memory of what it is made from.
    LookedUp,
    /// Never: it is only ranged over, and shares the memory of what it is made from.
    Ranged,
    /// Never: only its length is asked for.
    Counted,
    /// Never: the operation it is an operand of copies from what it is made from, or allocates in its place.
    Fused,
    /// Run time: values below 256 are in a table.
    SmallValue,
    /// Run time: the empty string has a place of its own.
    EmptyString,
    /// Run time: the nil slice has a place of its own.
    NilSlice,
    /// Run time: strings of one byte are in a table, and the empty one takes nothing.
    ShortString,
    /// Run time: if all operands but one are empty that one is the result.
    OneOperand,
    /// Run time: only if the capacity does not suffice.
    Capacity,
    /// Run time: only if the map has to grow.
    MapGrows,
    /// Run time: for each new key, as keys or elements are so large that the map holds their addresses; and if it has to
    /// grow.
    MapEntry,
    /// Run time: only if no used one is left over.
    Reused,
    /// Run time: only if what was appended is still in the frame, and not nothing.
    InFrame,
}

/// What happens at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Nothing is ever allocated, whatever escape analysis says.
    Never(Why),
    /// It is in the frame.
    Stack,
    /// What takes no more than this is in the frame, the rest on the heap. In bytes; for maps in entries.
    ///
    /// Of `append` that is what an empty slice grows to when it grows first; the buffer is used once per call of the
    /// function. Strings put together of parts can be on the heap only if two of them are not empty.
    StackUpTo(u64),
    /// Decided at run time.
    RunTime(Why),
    /// It is allocated each time that this is reached, unless it turns out to have no bytes.
    Heap,
}

impl Class {
    /// Whether the heap may ever be used.
    pub fn may_allocate(self) -> bool {
        !matches!(self, Class::Never(_) | Class::Stack)
    }
}

/// A place in a function where something may be allocated.
#[derive(Clone, Debug)]
pub struct Site {
    /// The function whose code it is in: what stands in a literal belongs to the literal.
    pub func: FuncId,
    /// What allocates.
    pub what: What,
    /// Where.
    pub pos: IrPos,
    /// What it is.
    pub kind: SiteKind,
    /// Type of what is allocated: of the variable, of what `new` and `&` point to, of the value boxed, of elements of
    /// slices and channels; for maps, closures, method values and strings that of the expression; of assignments to
    /// maps the map's.
    pub ty: TypeId,
    /// Bytes of one allocation, if they are known.
    pub size: Option<u64>,
    /// Bytes of an element of a slice or channel, of a key with its element.
    pub elem_size: Option<u64>,
    /// Loops of this function body that it stands in, inlined ones included.
    pub loop_depth: u32,
    /// What happens at run time.
    pub class: Class,
}
