//! Nodes: expressions and statements of function bodies.

use escargo_base::{Symbol, define_id};
use escargo_types::{ObjId, TypeId, Value};
use thin_vec::ThinVec;

use crate::{FuncId, InlId, IrPos, NameId, Op};

define_id! {
    /// A node of a package.
    pub struct NodeId("n");
}

/// A list of nodes, in order.
pub type List = ThinVec<NodeId>;

/// An expression or a statement.
///
/// Nodes of a package live in [`crate::Unit::nodes`]. They form trees, except that all uses of a variable or function
/// share the one node of its name ([`crate::Name::node`]), which stands at the declaration.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it does, with its operands.
    pub kind: Kind,
    /// Where it stands.
    pub pos: IrPos,
    /// Its type; [`TypeId::INVALID`] for statements and expressions without one.
    pub ty: TypeId,
    /// Statements to run before it.
    pub init: List,
    /// The node was not written in the source: printing skips implicit addresses, dereferences, conversions, and
    /// calls an implicit slice literal `... argument`.
    pub implicit: bool,
    /// Indexing: the index is known to be in range. Conversions: see `lower`.
    pub bounded: bool,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// [`Op::CallFunc`] or [`Op::CallInter`].
    pub op: Op,
    /// What is called. For [`Op::CallInter`] a [`Selector`] with [`Op::DotInter`].
    pub fun: NodeId,
    /// Arguments; the receiver of a concrete method comes first.
    pub args: List,
    /// The last argument is passed as the variadic slice itself.
    pub ddd: bool,
    /// The call is the operand of a go or defer statement, which keeps it from being inlined and devirtualized.
    pub go_defer: bool,
    /// It must not be inlined.
    pub no_inline: bool,
    /// It was made by the compiler to keep its arguments alive (`testing.B.Loop`).
    pub keeps_alive: bool,
    /// For `defer` inside the body of a range over a function: where the deferred call is to be queued.
    pub defer_at: Option<NodeId>,
}

/// A selection.
#[derive(Clone, Copy, Debug)]
pub struct Selector {
    /// One of [`Op::Dot`], [`Op::DotPtr`], [`Op::DotMeth`], [`Op::DotInter`], [`Op::MethValue`], [`Op::MethExpr`].
    pub op: Op,
    /// Operand; a [`Kind::Type`] for method expressions.
    pub x: NodeId,
    /// The name selected.
    pub sel: Symbol,
    /// The field or method: a variable of a struct type, or the (origin's) method.
    pub obj: Option<ObjId>,
    /// For concrete methods: the function it denotes, once known. Always set for method expressions and method values
    /// of non-interface types.
    pub func: Option<FuncId>,
}

/// One clause of an expression switch or type switch.
#[derive(Clone, Debug)]
pub struct CaseClause {
    /// The clause's own variable, in type switches that declare one.
    pub var: Option<NameId>,
    /// Values or types; empty for `default`.
    pub list: List,
    /// Hidden run-time types of the cases; never counted nor printed.
    pub rtypes: List,
    /// Statements.
    pub body: List,
    /// Whether it is the default clause.
    pub is_default: bool,
}

/// What a node does. The comments name the operations that use each shape.
#[derive(Clone, Debug)]
pub enum Kind {
    /// [`Op::Name`]: a variable or function; the one node of its name.
    Name(NameId),
    /// The blank name `_` as destination ([`Op::Name`]).
    Blank,
    /// [`Op::Literal`]: a constant of the node's type.
    Literal(Box<Value>),
    /// [`Op::Nil`].
    Nil,
    /// [`Op::Type`]: the node's type.
    Type,
    /// [`Op::LinkSymOffset`]: `offset` bytes into a global (a static temporary or a dictionary).
    LinkSymOffset {
        /// The global.
        name: NameId,
        /// Bytes from its start.
        offset: u64,
    },
    /// [`Op::GetCallerSp`].
    Leaf(Op),
    /// Plus … SliceData: one operand; also [`Op::GetG`], whose operand is the function called.
    Unary(Op, NodeId),
    /// Add … UnsafeString: two operands; also [`Op::Key`].
    Binary(Op, NodeId, NodeId),
    /// [`Op::AddStr`].
    AddStr(List),
    /// Append, Delete, Max, Min, Print, Println, Recover.
    Builtin {
        /// Which.
        op: Op,
        /// Arguments.
        args: List,
        /// `append(s, t...)`.
        ddd: bool,
    },
    /// CallFunc, CallInter.
    Call(Box<Call>),
    /// ArrayLit, SliceLit, MapLit, StructLit; elements are [`Kind::Binary`] with [`Op::Key`], or values, or
    /// [`Kind::StructKey`].
    CompositeLit {
        /// Which.
        op: Op,
        /// Elements.
        list: List,
        /// Number of elements of a slice literal.
        len: u64,
    },
    /// [`Op::StructKey`]: the value of a field in a struct literal.
    StructKey {
        /// Index of the field in the struct.
        field: u32,
        /// Value.
        value: NodeId,
    },
    /// Conv … RuneStr: a conversion to the node's type.
    Conv(Op, NodeId),
    /// Dot … MethExpr.
    Selector(Box<Selector>),
    /// DotType, DotType2: `x.(T)` with the node's type.
    TypeAssert(Op, NodeId),
    /// DynamicDotType, DynamicDotType2: an assertion to a type taken from a dictionary.
    DynamicTypeAssert {
        /// Which.
        op: Op,
        /// Operand.
        x: NodeId,
        /// Hidden operands that are counted: source type (if needed), type, itab.
        operands: List,
    },
    /// [`Op::DynamicType`]: a type taken from a dictionary; its operands.
    DynamicType {
        /// Address of the run-time type.
        rtype: NodeId,
        /// Address of the itab, where needed.
        itab: Option<NodeId>,
    },
    /// Index, IndexMap.
    Index(Op, NodeId, NodeId),
    /// Slice … Slice3Arr: operand and `[low, high, max]`.
    Slice(Op, NodeId, [Option<NodeId>; 3]),
    /// MakeSlice, MakeMap, MakeChan: length (size), capacity.
    Make(Op, Option<NodeId>, Option<NodeId>),
    /// [`Op::Closure`]: a function literal.
    Closure(FuncId),
    /// [`Op::InlCall`]: an inlined call. Its statements start with those in [`Node::init`].
    InlCall {
        /// Statements.
        body: List,
        /// Variables that hold the results.
        results: List,
    },

    /// [`Op::As`]: `x = y`; without `y` x is zeroed. `def` if it declares x.
    Assign {
        /// Destination.
        x: NodeId,
        /// Source.
        y: Option<NodeId>,
        /// Whether it declares the destination.
        def: bool,
    },
    /// As2, As2DotType, As2Func, As2MapR, As2Recv, SelRecv2.
    AssignList {
        /// Which.
        op: Op,
        /// Destinations.
        lhs: List,
        /// Sources.
        rhs: List,
        /// Whether it declares destinations.
        def: bool,
    },
    /// [`Op::AsOp`]: `x op= y`, also `x++`, `x--` (with `incdec`).
    AssignOp {
        /// The binary operation.
        op: Op,
        /// Destination.
        x: NodeId,
        /// Operand.
        y: NodeId,
        /// Written `++` or `--`.
        incdec: bool,
    },
    /// [`Op::Block`].
    Block(List),
    /// Break, Continue, Goto, Fall.
    Branch(Op, Option<Symbol>),
    /// [`Op::Label`].
    Label(Symbol),
    /// [`Op::Dcl`]: the declaration of a local variable.
    Decl(NameId),
    /// Defer, Go.
    GoDefer {
        /// Which.
        op: Op,
        /// The call.
        call: NodeId,
        /// See [`Call::defer_at`].
        defer_at: Option<NodeId>,
    },
    /// [`Op::For`].
    For {
        /// Label of the loop.
        label: Option<Symbol>,
        /// Condition.
        cond: Option<NodeId>,
        /// Statement after each iteration.
        post: Option<NodeId>,
        /// Statements.
        body: List,
        /// Each iteration has its own variables.
        distinct: bool,
    },
    /// [`Op::If`].
    If {
        /// Condition.
        cond: NodeId,
        /// Statements if it holds.
        body: List,
        /// Statements if not.
        els: List,
    },
    /// [`Op::InlMark`]: where an inlined call begins.
    InlMark(InlId),
    /// [`Op::Range`].
    Range {
        /// Label of the loop.
        label: Option<Symbol>,
        /// What is ranged over.
        x: NodeId,
        /// Destination of the key.
        key: Option<NodeId>,
        /// Destination of the value.
        value: Option<NodeId>,
        /// Statements.
        body: List,
        /// Each iteration has its own variables.
        distinct: bool,
    },
    /// [`Op::Return`].
    Return(List),
    /// [`Op::Select`].
    Select {
        /// Label of the statement.
        label: Option<Symbol>,
        /// [`Kind::Comm`] nodes.
        cases: List,
    },
    /// [`Op::CommCase`]: a clause of a select statement; no statement for `default`.
    Comm {
        /// The communication.
        comm: Option<NodeId>,
        /// Statements.
        body: List,
    },
    /// [`Op::Send`].
    Send(NodeId, NodeId),
    /// [`Op::Switch`].
    Switch {
        /// Label of the statement.
        label: Option<Symbol>,
        /// Tag, or the [`Kind::TypeSwitchGuard`].
        tag: Option<NodeId>,
        /// [`Kind::Case`] nodes.
        cases: List,
    },
    /// [`Op::Case`].
    Case(Box<CaseClause>),
    /// [`Op::TypeSw`]: `tag := x.(type)`.
    TypeSwitchGuard {
        /// The variable's name as written (its own node; the clauses have the variables).
        tag: Option<NodeId>,
        /// Operand.
        x: NodeId,
    },
    /// [`Op::TailCall`]: a call that replaces the frame.
    TailCall(NodeId),
}

impl Node {
    /// A node without type.
    pub fn new(pos: IrPos, kind: Kind) -> Node {
        Node { kind, pos, ty: TypeId::INVALID, init: List::new(), implicit: false, bounded: false }
    }
    /// An expression.
    pub fn expr(pos: IrPos, ty: TypeId, kind: Kind) -> Node {
        Node { ty, ..Node::new(pos, kind) }
    }
    /// The same, made by the compiler.
    pub fn implicit(mut self) -> Node {
        self.implicit = true;
        self
    }
    /// Its operation.
    pub fn op(&self) -> Op {
        self.kind.op()
    }
}

impl Kind {
    /// The operation.
    pub fn op(&self) -> Op {
        match self {
            Kind::Name(_) | Kind::Blank => Op::Name,
            Kind::Literal(_) => Op::Literal,
            Kind::Nil => Op::Nil,
            Kind::Type => Op::Type,
            Kind::LinkSymOffset { .. } => Op::LinkSymOffset,
            Kind::AddStr(_) => Op::AddStr,
            Kind::Call(call) => call.op,
            Kind::StructKey { .. } => Op::StructKey,
            Kind::Selector(s) => s.op,
            Kind::DynamicType { .. } => Op::DynamicType,
            Kind::Closure(_) => Op::Closure,
            Kind::InlCall { .. } => Op::InlCall,
            Kind::Assign { .. } => Op::As,
            Kind::AssignOp { .. } => Op::AsOp,
            Kind::Block(_) => Op::Block,
            Kind::Label(_) => Op::Label,
            Kind::Decl(_) => Op::Dcl,
            Kind::For { .. } => Op::For,
            Kind::If { .. } => Op::If,
            Kind::InlMark(_) => Op::InlMark,
            Kind::Range { .. } => Op::Range,
            Kind::Return(_) => Op::Return,
            Kind::Select { .. } => Op::Select,
            Kind::Comm { .. } => Op::CommCase,
            Kind::Send(..) => Op::Send,
            Kind::Switch { .. } => Op::Switch,
            Kind::Case(_) => Op::Case,
            Kind::TypeSwitchGuard { .. } => Op::TypeSw,
            Kind::TailCall(_) => Op::TailCall,
            Kind::Leaf(op)
            | Kind::Unary(op, _)
            | Kind::Binary(op, ..)
            | Kind::Builtin { op, .. }
            | Kind::CompositeLit { op, .. }
            | Kind::Conv(op, _)
            | Kind::TypeAssert(op, _)
            | Kind::DynamicTypeAssert { op, .. }
            | Kind::Index(op, ..)
            | Kind::Slice(op, ..)
            | Kind::Make(op, ..)
            | Kind::AssignList { op, .. }
            | Kind::Branch(op, _)
            | Kind::GoDefer { op, .. } => *op,
        }
    }
}
