//! The tree of one source file.
//!
//! Nodes live in dense vectors and refer to each other by id; lists are slices of one shared pool.
//! A tree is immutable once parsed and holds no text: literals are read back from the source bytes
//! with [`Loc::start`] and [`Loc::end`].
//!
//! Every node carries three offsets ([`Loc`]): where it starts, where it ends, and the place the
//! compiler reports for it, which for many nodes is not the start (the `(` of a call, the `.` of a
//! selector, the operator of a binary expression; see `cmd/compile/internal/syntax`).
//!
//! Ids are given in the order in which nodes are finished. A few nodes belong to no other: where the
//! parser first takes a type parameter for an array length (`type T[P *C] …`), what it took it for stays.
//!
//! Where source groups several names under one type (`a, b int`), each name has its own [`Field`],
//! and the fields share the [`ExprId`] of the type: one written type stays one node.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Index;

use escargo_base::{Id, IndexVec, Symbol, define_id};

define_id! {
    /// An identifier occurrence (a name that is declared or used at one place).
    pub struct IdentId("id");
    /// An expression or type expression.
    pub struct ExprId("expr");
    /// A statement.
    pub struct StmtId("stmt");
    /// A declaration (one spec: `var (a = 1; b = 2)` holds two).
    pub struct DeclId("decl");
    /// A struct field, parameter, result, type parameter, method or embedded element.
    pub struct FieldId("field");
    /// A clause of a `switch` or `select`.
    pub struct ClauseId("clause");
    /// A parenthesized declaration group.
    pub struct GroupId("group");
}

/// Byte offsets of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Loc {
    /// First byte.
    pub start: u32,
    /// Just past the last byte.
    pub end: u32,
    /// Where the compiler reports the node.
    pub pos: u32,
}

impl Loc {
    /// The location with its offsets in order: in broken text a token that is missing may lie behind.
    pub(crate) fn ordered(self) -> Loc {
        let end = self.end.max(self.start);
        Loc { start: self.start, end, pos: self.pos.clamp(self.start, end) }
    }
}

/// A list of nodes: a slice of the tree's pool. Read with [`Tree::list`].
pub struct List<I> {
    pub(crate) start: u32,
    pub(crate) len: u32,
    pub(crate) marker: PhantomData<fn(I)>,
}

impl<I> Clone for List<I> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<I> Copy for List<I> {}
impl<I> std::fmt::Debug for List<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{};{}]", self.start, self.len)
    }
}
impl<I> List<I> {
    /// The empty list.
    pub const EMPTY: List<I> = List { start: 0, len: 0, marker: PhantomData };

    /// Number of nodes.
    pub const fn len(self) -> usize {
        self.len as usize
    }
    /// Whether there is no node.
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// An identifier occurrence.
#[derive(Clone, Copy, Debug)]
pub struct Ident {
    /// The name; `_` where the parser had to make one up (then `start == end`).
    pub name: Symbol,
    /// Offset of the first byte, which is also where the compiler reports it.
    pub start: u32,
}

impl Ident {
    /// Offset just past the name.
    pub fn end(&self) -> u32 {
        self.start + self.name.as_str().len() as u32
    }
}

/// Kind of a basic literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LitKind {
    /// `42`, `0x2A`, `0b1`, `0o7`, `1_000`.
    Int,
    /// `1.5`, `1e3`, `0x1p-2`.
    Float,
    /// `1i`, `0x1p3i`.
    Imag,
    /// `'a'`.
    Rune,
    /// `"…"` or a raw string.
    String,
}

/// Direction of a channel type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChanDir {
    /// `chan T`.
    Both,
    /// `chan<- T`.
    Send,
    /// `<-chan T`.
    Recv,
}

/// Unary operators. `*x` is [`Expr::Star`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `+`
    Plus,
    /// `-`
    Neg,
    /// `!`
    Not,
    /// `^`
    BitNot,
    /// `&`
    Addr,
    /// `<-`
    Recv,
    /// `~` (constraint terms)
    Tilde,
}

impl UnaryOp {
    /// The operator as written.
    pub const fn as_str(self) -> &'static str {
        match self {
            UnaryOp::Plus => "+",
            UnaryOp::Neg => "-",
            UnaryOp::Not => "!",
            UnaryOp::BitNot => "^",
            UnaryOp::Addr => "&",
            UnaryOp::Recv => "<-",
            UnaryOp::Tilde => "~",
        }
    }
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it; as_str spells them")]
pub enum BinaryOp {
    OrOr,
    AndAnd,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Add,
    Sub,
    Or,
    Xor,
    Mul,
    Div,
    Rem,
    And,
    AndNot,
    Shl,
    Shr,
}

impl BinaryOp {
    /// The operator as written.
    pub const fn as_str(self) -> &'static str {
        use BinaryOp::*;
        match self {
            OrOr => "||",
            AndAnd => "&&",
            Eq => "==",
            Ne => "!=",
            Lt => "<",
            Le => "<=",
            Gt => ">",
            Ge => ">=",
            Add => "+",
            Sub => "-",
            Or => "|",
            Xor => "^",
            Mul => "*",
            Div => "/",
            Rem => "%",
            And => "&",
            AndNot => "&^",
            Shl => "<<",
            Shr => ">>",
        }
    }
    /// Binding strength, 1 (`||`) to 5 (`*`).
    pub const fn precedence(self) -> u8 {
        use BinaryOp::*;
        match self {
            OrOr => 1,
            AndAnd => 2,
            Eq | Ne | Lt | Le | Gt | Ge => 3,
            Add | Sub | Or | Xor => 4,
            Mul | Div | Rem | And | AndNot | Shl | Shr => 5,
        }
    }
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`.
    pub const fn is_comparison(self) -> bool {
        self.precedence() == 3
    }
    /// `<<` or `>>`.
    pub const fn is_shift(self) -> bool {
        matches!(self, BinaryOp::Shl | BinaryOp::Shr)
    }
}

/// An expression or type expression. `Loc::pos` of each is given in brackets.
#[derive(Clone, Copy, Debug)]
pub enum Expr {
    /// Stands where an expression could not be read; the error is in [`Tree::errors`]. [start]
    Bad,
    /// A name. [start]
    Name(IdentId),
    /// A literal; its text is the source from `start` to `end`. [start]
    BasicLit {
        /// What kind of literal.
        kind: LitKind,
        /// Whether the lexer reported the literal as malformed.
        bad: bool,
    },
    /// `T{…}`, or `{…}` inside another literal. [the `{`]
    CompositeLit {
        /// The type; absent where elided.
        ty: Option<ExprId>,
        /// Elements; `key: value` is [`Expr::KeyValue`].
        elems: List<ExprId>,
        /// Number of elements with a key.
        keyed: u32,
        /// Offset of the `}`.
        rbrace: u32,
    },
    /// `key: value` in a composite literal. [the `:`]
    KeyValue {
        /// The key.
        key: ExprId,
        /// The value.
        value: ExprId,
    },
    /// A function literal. [the `func` keyword]
    FuncLit {
        /// An [`Expr::FuncType`].
        ty: ExprId,
        /// A [`Stmt::Block`].
        body: StmtId,
    },
    /// `(x)` where a value may stand. [the `(`] Parentheses around types that only a type can follow
    /// (`[](T)`), and those in `&(x)`, leave no node, as in the compiler; the nodes around them have
    /// their extents from the text.
    Paren(ExprId),
    /// `x.sel`. [the `.`]
    Selector {
        /// Operand.
        x: ExprId,
        /// Name after the dot.
        sel: IdentId,
    },
    /// `x[i]`, or an instantiation `F[A, B]`. [the `[`]
    Index {
        /// Operand.
        x: ExprId,
        /// Index, or type arguments; empty only after an error.
        indices: List<ExprId>,
    },
    /// `x[lo:hi]`, `x[lo:hi:max]`. [the `[`]
    Slice {
        /// Operand.
        x: ExprId,
        /// Lower bound.
        lo: Option<ExprId>,
        /// Upper bound.
        hi: Option<ExprId>,
        /// Capacity bound; present (perhaps as [`Expr::Bad`]) exactly in full slice expressions.
        max: Option<ExprId>,
    },
    /// `x.(T)`. [the `.`]
    TypeAssert {
        /// Operand.
        x: ExprId,
        /// Asserted type.
        ty: ExprId,
    },
    /// `x.(type)`: the guard of a type switch; anywhere else an error that the type checker reports. [the
    /// `.`]
    TypeSwitchGuard {
        /// Operand.
        x: ExprId,
    },
    /// `f(args)`, also conversions and builtin calls. [the `(`]
    Call {
        /// Callee or type.
        fun: ExprId,
        /// Arguments.
        args: List<ExprId>,
        /// Whether the last argument is followed by `...`.
        has_dots: bool,
    },
    /// A unary operation other than `*x`. [the operator]
    Unary {
        /// Operator.
        op: UnaryOp,
        /// Operand.
        x: ExprId,
    },
    /// `*x`: a dereference or a pointer type. [the `*`]
    Star(ExprId),
    /// A binary operation. [the operator]
    Binary {
        /// Operator.
        op: BinaryOp,
        /// Left operand.
        x: ExprId,
        /// Right operand.
        y: ExprId,
    },
    /// `[n]T`, `[...]T`. [the `[`]
    ArrayType {
        /// Length; `None` for `[...]T`.
        len: Option<ExprId>,
        /// Element type.
        elem: ExprId,
    },
    /// `[]T`. [the `[`]
    SliceType(ExprId),
    /// `...T` as the type of a final parameter (elsewhere after an error). [the `...`]
    DotsType(ExprId),
    /// `struct{…}`. [the keyword]
    StructType {
        /// Fields in source order.
        fields: List<FieldId>,
    },
    /// A signature: of a function type (`func(…) …`), of a function declaration or literal, or of an
    /// interface method. [the `(`, or the `[` of type parameters] It starts at the `func` keyword if there
    /// is one.
    FuncType {
        /// Parameters.
        params: List<FieldId>,
        /// Results.
        results: List<FieldId>,
    },
    /// `interface{…}`. [the keyword]
    InterfaceType {
        /// Methods (named, with a [`Expr::FuncType`]) and embedded elements (unnamed) in source order.
        /// A union `A | ~B` is a tree of [`BinaryOp::Or`] and [`UnaryOp::Tilde`].
        elems: List<FieldId>,
    },
    /// `map[K]V`. [the keyword]
    MapType {
        /// Key type.
        key: ExprId,
        /// Value type.
        value: ExprId,
    },
    /// `chan T`, `chan<- T`, `<-chan T`. [start; the `chan` keyword of `<-chan T` where a value could stand]
    ChanType {
        /// Direction.
        dir: ChanDir,
        /// Element type.
        elem: ExprId,
    },
}

/// A struct field, parameter, result, type parameter, interface method or embedded element.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name; `None` for unnamed parameters and embedded fields or elements.
    pub name: Option<IdentId>,
    /// Its type (shared by all names of a group), constraint, or method signature.
    pub ty: ExprId,
    /// The tag of a struct field: a string literal.
    pub tag: Option<ExprId>,
    /// Where it stands; `pos` is the start: the name, or the type where there is no name.
    pub loc: Loc,
}

/// An assignment's operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignOp {
    /// `=`
    Assign,
    /// `:=`
    Define,
    /// `op=`
    Op(BinaryOp),
}

/// A jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchKind {
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `goto`
    Goto,
    /// `fallthrough`
    Fallthrough,
}

/// A statement. `Loc::pos` of each is given in brackets.
#[derive(Clone, Copy, Debug)]
pub enum Stmt {
    /// Stands where a statement could not be read. [start]
    Bad,
    /// Nothing between two semicolons, or after a label. [where it would start]
    Empty,
    /// `{ … }`; `end` is just past the `}`. [the `{`]
    Block(List<StmtId>),
    /// An expression used as a statement. [as the expression]
    Expr(ExprId),
    /// `ch <- v`. [the `<-`]
    Send {
        /// Channel.
        chan: ExprId,
        /// Value.
        value: ExprId,
    },
    /// Local `const`, `type` or `var` declarations. [the keyword]
    Decl(List<DeclId>),
    /// `lhs op rhs`. [the operator]
    Assign {
        /// Which operator.
        op: AssignOp,
        /// Left side.
        lhs: List<ExprId>,
        /// Right side.
        rhs: List<ExprId>,
    },
    /// `x++`, `x--`. [the operator]
    IncDec {
        /// Operand.
        x: ExprId,
        /// `++` rather than `--`.
        inc: bool,
    },
    /// `go call`. [the keyword]
    Go(ExprId),
    /// `defer call`. [the keyword]
    Defer(ExprId),
    /// `return …`. [the keyword]
    Return(List<ExprId>),
    /// `break`, `continue`, `goto`, `fallthrough`. [the keyword]
    Branch {
        /// Which jump.
        kind: BranchKind,
        /// Its label.
        label: Option<IdentId>,
    },
    /// `label: stmt`. [the `:`]
    Labeled {
        /// The label.
        label: IdentId,
        /// What it labels.
        stmt: StmtId,
    },
    /// `if init; cond {…} else …`. [the keyword]
    If {
        /// Simple statement before the condition.
        init: Option<StmtId>,
        /// Condition; [`Expr::Bad`] after an error.
        cond: ExprId,
        /// A [`Stmt::Block`].
        then: StmtId,
        /// A [`Stmt::Block`] or [`Stmt::If`].
        els: Option<StmtId>,
    },
    /// `for init; cond; post {…}`. [the keyword]
    For {
        /// Initial statement.
        init: Option<StmtId>,
        /// Condition.
        cond: Option<ExprId>,
        /// Post statement.
        post: Option<StmtId>,
        /// A [`Stmt::Block`].
        body: StmtId,
    },
    /// `for lhs = range x {…}`. [the `for` keyword]
    Range {
        /// Key and value, none to two (more after an error).
        lhs: List<ExprId>,
        /// `:=` rather than `=` (also false without lhs).
        define: bool,
        /// Offset of the `range` keyword.
        range_pos: u32,
        /// What is ranged over.
        x: ExprId,
        /// A [`Stmt::Block`].
        body: StmtId,
    },
    /// Expression switch. [the keyword]
    Switch {
        /// Simple statement before the tag.
        init: Option<StmtId>,
        /// Tag.
        tag: Option<ExprId>,
        /// Clauses.
        clauses: List<ClauseId>,
    },
    /// `switch init; bind := x.(type) {…}`. [the keyword]
    TypeSwitch {
        /// Simple statement before the guard.
        init: Option<StmtId>,
        /// Name bound in each clause.
        bind: Option<IdentId>,
        /// Operand of the guard, an [`Expr::TypeSwitchGuard`].
        guard: ExprId,
        /// Clauses.
        clauses: List<ClauseId>,
    },
    /// `select {…}`. [the keyword]
    Select {
        /// Clauses.
        clauses: List<ClauseId>,
    },
}

/// A clause of a `switch` or `select`.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// Expressions or types of a `case`; empty for `default` and in `select`.
    pub exprs: List<ExprId>,
    /// Communication of a `select` case: [`Stmt::Send`], [`Stmt::Expr`] or [`Stmt::Assign`].
    pub comm: Option<StmtId>,
    /// Whether this is `default`.
    pub is_default: bool,
    /// Statements.
    pub body: List<StmtId>,
    /// Offset of the `:`.
    pub colon: u32,
    /// From the keyword to the end of the last statement; `pos` is the keyword.
    pub loc: Loc,
}

/// Directives that belong to a declaration: `Tree::directives[first..first + len]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pragma {
    /// Index of the first directive.
    pub first: u32,
    /// How many.
    pub len: u32,
}

/// A declaration. `Loc::pos` is its first token after the keyword: for a function, the name or the `(` of
/// the receiver. A function starts at its keyword, other declarations at `pos`.
#[derive(Clone, Copy, Debug)]
pub enum Decl {
    /// Stands where a declaration could not be read, or was skipped.
    Bad,
    /// `import name "path"`.
    Import {
        /// Group it stands in.
        group: Option<GroupId>,
        /// Local name, `.` or `_`.
        name: Option<IdentId>,
        /// The path: a string literal, or [`Expr::Bad`].
        path: ExprId,
        /// Directives before it.
        pragma: Pragma,
    },
    /// One constant spec.
    Const {
        /// Group it stands in; repetition of the previous expression list reaches back within a group.
        group: Option<GroupId>,
        /// Index within the group: the value of `iota`.
        iota: u32,
        /// Names.
        names: List<IdentId>,
        /// Type.
        ty: Option<ExprId>,
        /// Values; empty where the previous spec is repeated.
        values: List<ExprId>,
        /// Directives before it.
        pragma: Pragma,
    },
    /// One type spec.
    Type {
        /// Group it stands in.
        group: Option<GroupId>,
        /// Name.
        name: IdentId,
        /// Type parameters.
        tparams: List<FieldId>,
        /// `type A = B`.
        alias: bool,
        /// The type.
        ty: ExprId,
        /// Directives before it.
        pragma: Pragma,
    },
    /// One variable spec.
    Var {
        /// Group it stands in.
        group: Option<GroupId>,
        /// Names.
        names: List<IdentId>,
        /// Type.
        ty: Option<ExprId>,
        /// Values.
        values: List<ExprId>,
        /// Directives before it.
        pragma: Pragma,
    },
    /// A function or method.
    Func(FuncDecl),
}

/// A function or method declaration.
#[derive(Clone, Copy, Debug)]
pub struct FuncDecl {
    /// Receiver; the parser reports missing and surplus receivers and keeps the first.
    pub recv: Option<FieldId>,
    /// Name.
    pub name: IdentId,
    /// Type parameters (of a method too: generic methods).
    pub tparams: List<FieldId>,
    /// An [`Expr::FuncType`].
    pub ty: ExprId,
    /// A [`Stmt::Block`]; absent for functions implemented elsewhere.
    pub body: Option<StmtId>,
    /// Directives before it.
    pub pragma: Pragma,
}

/// A comment, `//` without its newline or `/* */` whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// First byte.
    pub start: u32,
    /// Just past the last byte.
    pub end: u32,
}

/// A `//go:…`, `//export …`, `//extern …` or cgo directive comment, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Offset of the comment.
    pub start: u32,
    /// Where the compiler reports it.
    pub pos: u32,
    /// Text after `//`, such as `go:noinline` or `go:linkname local remote`.
    pub text: Box<str>,
    /// Whether nothing but blanks stands before it on its line. The compiler calls any other
    /// `//go:` directive misplaced and does not attach it.
    pub own_line: bool,
}

/// A syntax error, with the compiler's wording but without its `syntax error: ` prefix handling:
/// `message` is the whole text that follows the position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Offset at which it is reported.
    pub pos: u32,
    /// The text.
    pub message: String,
    /// When set, the text goes on with the printed position of this offset (`… already defined at
    /// file.go:3:1`): `message` then ends with a blank.
    pub at: Option<u32>,
}

impl SyntaxError {
    /// Whether the compiler stops before it checks types.
    pub fn is_fatal(&self) -> bool {
        self.message.starts_with("syntax error")
    }
}

thread_local! {
    /// An empty tree with room for nodes.
    static ROOM: Cell<Option<Tree>> = const { Cell::new(None) };
}

/// Rooms in which expressions take more bytes are not kept.
const LARGEST_ROOM: usize = 8 << 20;

/// Makes `full` as small as it can be, and leaves its memory to `room`.
fn settle<I: Id, T: Copy>(full: &mut IndexVec<I, T>, room: &mut IndexVec<I, T>) {
    *room = std::mem::take(full);
    *full = IndexVec::from_raw(room.as_slice().to_vec());
    room.clear();
}

/// The tree of one file, with everything the parser learned beside it.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Package name of the package clause; `None` when it is missing.
    pub package: Option<IdentId>,
    /// Offset of the `package` keyword, where the compiler places the file.
    pub package_pos: u32,
    /// Top-level declarations in source order.
    pub top: Vec<DeclId>,
    /// Where the declaration that each of `top` is part of ends, with the semicolon after it. Those of a group end
    /// together.
    pub top_ends: Vec<u32>,
    /// Comments in source order (kept only when asked for).
    pub comments: Vec<Comment>,
    /// Directives before the package clause.
    pub package_pragma: Pragma,
    /// Directives in source order, whether attached to a declaration or not.
    pub directives: Vec<Directive>,
    /// Indices of `//go:` directives that stand where no declaration takes them, in the order in which
    /// the compiler notices.
    pub misplaced_directives: Vec<u32>,
    /// `//line` directives in source order.
    pub line_directives: Vec<escargo_base::LineDirective>,
    /// Errors in the order in which the compiler's parser finds them.
    pub errors: Vec<SyntaxError>,
    /// Offset of the end of the file.
    pub eof: u32,
    /// Number of declaration groups.
    pub groups: u32,
    pub(crate) idents: IndexVec<IdentId, Ident>,
    pub(crate) exprs: IndexVec<ExprId, Expr>,
    pub(crate) expr_locs: IndexVec<ExprId, Loc>,
    pub(crate) stmts: IndexVec<StmtId, Stmt>,
    pub(crate) stmt_locs: IndexVec<StmtId, Loc>,
    pub(crate) decls: IndexVec<DeclId, Decl>,
    pub(crate) decl_locs: IndexVec<DeclId, Loc>,
    pub(crate) fields: IndexVec<FieldId, Field>,
    pub(crate) clauses: IndexVec<ClauseId, Clause>,
    pub(crate) pool: Vec<u32>,
}

/// Ids that can stand in the pool of lists. Their memory form is that of `u32` plus one.
pub trait PoolId: Id {}
impl PoolId for IdentId {}
impl PoolId for ExprId {}
impl PoolId for StmtId {}
impl PoolId for DeclId {}
impl PoolId for FieldId {}
impl PoolId for ClauseId {}

impl Tree {
    /// The tree of a file of which nothing was read: bad declarations only.
    pub fn skipped(decls: u32) -> Tree {
        let mut tree = Tree::default();
        tree.top = (0..decls).map(|_| tree.add_skipped(0)).collect();
        tree.top_ends = vec![0; decls as usize];
        tree
    }

    /// Adds a declaration that was skipped, which begins at an offset.
    pub(crate) fn add_skipped(&mut self, at: u32) -> DeclId {
        self.decl_locs.push(Loc { start: at, end: at, pos: at });
        self.decls.push(Decl::Bad)
    }

    /// An empty tree in the room that the last one of this thread left.
    pub(crate) fn in_room() -> Tree {
        ROOM.take().unwrap_or_default()
    }

    /// The same tree in no more memory than it needs. Its room goes to the next one: while nodes are added, nobody knows
    /// how many there will be.
    pub(crate) fn out_of_room(mut self) -> Tree {
        let mut room = Tree::default();
        settle(&mut self.idents, &mut room.idents);
        settle(&mut self.exprs, &mut room.exprs);
        settle(&mut self.expr_locs, &mut room.expr_locs);
        settle(&mut self.stmts, &mut room.stmts);
        settle(&mut self.stmt_locs, &mut room.stmt_locs);
        settle(&mut self.decls, &mut room.decls);
        settle(&mut self.decl_locs, &mut room.decl_locs);
        settle(&mut self.fields, &mut room.fields);
        settle(&mut self.clauses, &mut room.clauses);
        room.pool = std::mem::take(&mut self.pool);
        self.pool = room.pool.as_slice().to_vec();
        room.pool.clear();
        if room.exprs.heap_bytes() <= LARGEST_ROOM {
            ROOM.set(Some(room));
        }
        self
    }

    /// The nodes of a list.
    #[inline]
    pub fn list<I: PoolId>(
        &self,
        list: List<I>,
    ) -> impl ExactSizeIterator<Item = I> + DoubleEndedIterator + Clone + '_ {
        let start = list.start as usize;
        self.pool[start..start + list.len as usize].iter().map(|&raw| I::from_index(raw as usize))
    }
    /// Node `i` of a list. Panics if there is no such node.
    #[inline]
    pub fn nth<I: PoolId>(&self, list: List<I>, i: usize) -> I {
        assert!(i < list.len());
        I::from_index(self.pool[list.start as usize + i] as usize)
    }
    /// The location of an expression.
    #[inline]
    pub fn loc(&self, id: ExprId) -> Loc {
        self.expr_locs[id]
    }
    /// The location of a statement.
    #[inline]
    pub fn stmt_loc(&self, id: StmtId) -> Loc {
        self.stmt_locs[id]
    }
    /// The location of a declaration.
    #[inline]
    pub fn decl_loc(&self, id: DeclId) -> Loc {
        self.decl_locs[id]
    }
    /// The name of an identifier.
    #[inline]
    pub fn name(&self, id: IdentId) -> Symbol {
        self.idents[id].name
    }
    /// Number of expressions, for side tables.
    pub fn expr_count(&self) -> usize {
        self.exprs.len()
    }
    /// Number of identifiers, for side tables.
    pub fn ident_count(&self) -> usize {
        self.idents.len()
    }
    /// Number of statements, for side tables.
    pub fn stmt_count(&self) -> usize {
        self.stmts.len()
    }
    /// Number of clauses, for side tables.
    pub fn clause_count(&self) -> usize {
        self.clauses.len()
    }
    /// Number of fields, for side tables.
    pub fn field_count(&self) -> usize {
        self.fields.len()
    }
    /// All identifiers in id order (which is parse order).
    pub fn idents(&self) -> &IndexVec<IdentId, Ident> {
        &self.idents
    }
    /// All expressions in id order.
    pub fn exprs(&self) -> &IndexVec<ExprId, Expr> {
        &self.exprs
    }
    /// All statements in id order.
    pub fn stmts(&self) -> &IndexVec<StmtId, Stmt> {
        &self.stmts
    }
    /// All declarations in id order.
    pub fn decls(&self) -> &IndexVec<DeclId, Decl> {
        &self.decls
    }
    /// All clauses in id order.
    pub fn clauses(&self) -> &IndexVec<ClauseId, Clause> {
        &self.clauses
    }
    /// The expression with parentheses taken off.
    pub fn unparen(&self, mut id: ExprId) -> ExprId {
        while let Expr::Paren(inner) = self.exprs[id] {
            id = inner;
        }
        id
    }
    /// Where the compiler says an expression starts: its type checker reports many errors there.
    ///
    /// That is [`Loc::start`], except that slice expressions, signatures and channel types, also as the
    /// leftmost part of another expression, count from their [`Loc::pos`].
    pub fn start_pos(&self, mut id: ExprId) -> u32 {
        loop {
            id = match self.exprs[id] {
                Expr::CompositeLit { ty: Some(x), .. }
                | Expr::KeyValue { key: x, .. }
                | Expr::Selector { x, .. }
                | Expr::Index { x, .. }
                | Expr::TypeAssert { x, .. }
                | Expr::TypeSwitchGuard { x }
                | Expr::Binary { x, .. }
                | Expr::Call { fun: x, .. } => x,
                _ => return self.expr_locs[id].pos,
            }
        }
    }
    /// Where the compiler says a statement starts.
    pub fn stmt_start_pos(&self, id: StmtId) -> u32 {
        match self.stmts[id] {
            Stmt::Send { chan: x, .. } | Stmt::IncDec { x, .. } => self.start_pos(x),
            Stmt::Assign { lhs, .. } if !lhs.is_empty() => self.start_pos(self.nth(lhs, 0)),
            _ => self.stmt_locs[id].pos,
        }
    }
    /// Bytes held by the tree, for memory statistics.
    pub fn heap_bytes(&self) -> usize {
        self.idents.heap_bytes()
            + self.exprs.heap_bytes()
            + self.expr_locs.heap_bytes()
            + self.stmts.heap_bytes()
            + self.stmt_locs.heap_bytes()
            + self.decls.heap_bytes()
            + self.decl_locs.heap_bytes()
            + self.fields.heap_bytes()
            + self.clauses.heap_bytes()
            + self.pool.capacity() * 4
    }
}

impl Index<IdentId> for Tree {
    type Output = Ident;
    #[inline]
    fn index(&self, id: IdentId) -> &Ident {
        &self.idents[id]
    }
}
impl Index<ExprId> for Tree {
    type Output = Expr;
    #[inline]
    fn index(&self, id: ExprId) -> &Expr {
        &self.exprs[id]
    }
}
impl Index<StmtId> for Tree {
    type Output = Stmt;
    #[inline]
    fn index(&self, id: StmtId) -> &Stmt {
        &self.stmts[id]
    }
}
impl Index<DeclId> for Tree {
    type Output = Decl;
    #[inline]
    fn index(&self, id: DeclId) -> &Decl {
        &self.decls[id]
    }
}
impl Index<FieldId> for Tree {
    type Output = Field;
    #[inline]
    fn index(&self, id: FieldId) -> &Field {
        &self.fields[id]
    }
}
impl Index<ClauseId> for Tree {
    type Output = Clause;
    #[inline]
    fn index(&self, id: ClauseId) -> &Clause {
        &self.clauses[id]
    }
}

const _: () = assert!(size_of::<Expr>() <= 24 && size_of::<Stmt>() <= 24);
