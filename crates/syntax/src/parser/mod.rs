//! The parser: tokens in, tree out.
//!
//! It reads a file by recursive descent with one token of lookahead and makes the same decisions in the
//! same order as the compiler's parser, so that a broken file gives the same errors; what is built, and
//! how, is our own.

mod decl;
mod expr;
mod header;
mod params;
mod stmt;
mod types;

use escargo_base::{Id, Symbol};

use crate::lexer::{Lexer, Op, Tok, TokSet, scrub};
use crate::names::Names;
use crate::tree::*;

/// How to parse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParseOptions {
    /// Keep all comments in [`Tree::comments`].
    pub comments: bool,
    /// Report misused labels and jumps, as the compiler does while it parses.
    pub check_branches: bool,
    /// Stop after the imports.
    pub imports_only: bool,
}

/// Nesting beyond this is refused: whoever reads the tree may recurse.
const MAX_NESTING: u32 = 100_000;
/// So many levels are entered between two looks at the stack …
const STACK_STRIDE: u32 = 16;
/// … which must have this much left for them.
const STACK_RESERVE: usize = 192 << 10;
const STACK_SEGMENT: usize = 4 << 20;
/// Larger files could have nodes that no id can name.
const MAX_FILE: usize = i32::MAX as usize;

/// Parses a file. The tree is there whatever the file holds; see [`Tree::errors`].
pub fn parse(src: &[u8], options: ParseOptions) -> Tree {
    parse_with(src, options, None)
}

/// What is wanted of a file that is read for its declarations.
#[derive(Clone, Copy)]
pub struct Wanted<'w> {
    /// Whether the body of the function at a place in [`Tree::top`] is.
    pub body: &'w dyn Fn(usize) -> bool,
    /// Where nothing is, in source order.
    pub skip: &'w [Skip],
}

/// Whole declarations, one after the other, that need not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Place in [`Tree::top`] of the first.
    pub first: u32,
    /// So many there.
    pub decls: u32,
    /// Where the last one ends, as [`Tree::top_ends`] has it.
    pub end: u32,
}

/// Parses a file that is known to have no errors, for its declarations: functions have empty bodies unless they are wanted
/// or declare types, and composite literals outside functions have no elements unless their type depends on them. For
/// declarations that are skipped the tree has bad ones. Files without an outline are parsed whole.
pub fn parse_outline(src: &[u8], options: ParseOptions, wanted: Wanted<'_>) -> Tree {
    parse_with(src, options, has_outline(src).then_some(wanted))
}

/// Whether a file can be read without some of its text: not if it has line directives, which count wherever they stand.
pub fn has_outline(src: &[u8]) -> bool {
    let mut comments = memchr::memmem::find_iter(src, b"line ").filter_map(|at| src[..at].last_chunk::<2>());
    !comments.any(|before| matches!(before, b"//" | b"/*"))
}

fn parse_with(src: &[u8], options: ParseOptions, wanted: Option<Wanted<'_>>) -> Tree {
    if src.len() > MAX_FILE {
        let message = "file too large".to_owned();
        return Tree { errors: vec![SyntaxError { pos: 0, message, at: None }], ..Tree::default() };
    }
    let clean = scrub(src);
    let mut lexer = Lexer::new(src, &clean, Names::acquire(), options.comments);
    lexer.next();
    let mut parser = Parser {
        lexer,
        src,
        tree: Tree::in_room(),
        options,
        skips: wanted.map_or(&[], |wanted| wanted.skip),
        wanted,
        ids: Vec::new(),
        fields: Vec::new(),
        params: Vec::new(),
        send_arrows: Vec::new(),
        pragma_from: 0,
        jumps: 0,
        branch_errors: 0,
        in_functions: 0,
        control: 0,
        depth: 0,
        last_name_end: 0,
    };
    parser.file();
    parser.finish()
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    src: &'a [u8],
    tree: Tree,
    options: ParseOptions,
    /// What is to be read; all if absent.
    wanted: Option<Wanted<'a>>,
    /// What is still to be skipped.
    skips: &'a [Skip],
    /// Lists under construction, innermost last.
    ids: Vec<u32>,
    /// Fields of the lists under construction.
    fields: Vec<Field>,
    params: Vec<params::Param>,
    /// Where the `<-` of each `chan<-` type read so far stands.
    send_arrows: Vec<(ExprId, u32)>,
    /// First directive that no declaration has taken yet.
    pragma_from: usize,
    /// Number of labels and jumps so far.
    jumps: usize,
    /// Errors among those of the lexer that do not count as syntax errors.
    branch_errors: usize,
    /// Nesting of function bodies.
    in_functions: u32,
    /// Negative in the header of a control clause, where `{` opens the block; each bracket inside
    /// raises it.
    control: i32,
    /// Nesting of everything.
    depth: u32,
    /// End of the latest name.
    last_name_end: u32,
}

/// A list under construction: where it starts in a scratch stack.
#[derive(Clone, Copy)]
struct Mark(usize);

impl Parser<'_> {
    fn finish(mut self) -> Tree {
        let mut tree = self.tree;
        tree.errors = std::mem::take(&mut self.lexer.errors);
        tree.comments = std::mem::take(&mut self.lexer.comments);
        tree.directives = std::mem::take(&mut self.lexer.directives);
        tree.line_directives = std::mem::take(&mut self.lexer.line_directives);
        self.lexer.take_names().release();
        tree.out_of_room()
    }

    // Tokens.

    #[inline]
    fn tok(&self) -> Tok {
        self.lexer.tok
    }
    /// Offset of the current token.
    #[inline]
    fn pos(&self) -> u32 {
        self.lexer.start
    }
    /// End of the token before the current one, which is where a node that has just been read ends.
    #[inline]
    fn prev_end(&self) -> u32 {
        self.lexer.prev_end
    }
    #[inline]
    fn next(&mut self) {
        self.lexer.next();
    }
    #[inline]
    fn at(&self, tok: Tok) -> bool {
        self.lexer.tok == tok
    }
    fn at_op(&self, op: Op) -> bool {
        self.lexer.tok == Tok::Operator && self.lexer.op == op
    }
    #[inline]
    fn got(&mut self, tok: Tok) -> bool {
        let found = self.lexer.tok == tok;
        if found {
            self.lexer.next();
        }
        found
    }
    #[inline]
    fn want(&mut self, tok: Tok) {
        if !self.got(tok) {
            self.expected(tok);
        }
    }
    #[cold]
    fn expected(&mut self, tok: Tok) {
        self.syntax_error(&format!("expected {}", tok.describe()));
        self.advance(TokSet::EMPTY);
    }
    /// Accepts `=`, and `:=` with a complaint.
    fn got_assign(&mut self) -> bool {
        if self.at(Tok::Define) {
            self.syntax_error("expected =");
        }
        let found = matches!(self.tok(), Tok::Define | Tok::Assign);
        if found {
            self.next();
        }
        found
    }

    // Errors.

    /// Reports an error in plain words.
    #[cold]
    fn error_at(&mut self, pos: u32, message: String) {
        self.lexer.report(pos, message);
    }
    #[cold]
    fn error(&mut self, message: &str) {
        self.error_at(self.pos(), message.into());
    }
    #[cold]
    fn syntax_error(&mut self, message: &str) {
        self.syntax_error_at(self.pos(), message);
    }
    /// Number of errors so far that make the tree suspect.
    fn error_count(&self) -> usize {
        self.lexer.errors.len() - self.branch_errors
    }

    /// Reports a syntax error. Messages that begin with certain words are about the current token and
    /// name it.
    #[cold]
    fn syntax_error_at(&mut self, pos: u32, message: &str) {
        if self.at(Tok::Eof) && self.error_count() > 0 {
            return; // what is missing at the end follows from what went wrong before
        }
        let glue = if ["in ", "at ", "after "].iter().any(|word| message.starts_with(word)) {
            " "
        } else if message.starts_with("expected ") {
            ", "
        } else {
            return self.error_at(pos, format!("syntax error: {message}"));
        };
        let found = match self.tok() {
            Tok::Name => format!("name {}", self.lexer.token_text()),
            Tok::Literal => format!("literal {}", self.lexer.token_text()),
            Tok::Semi => self.lexer.semi.as_str().into(),
            Tok::Operator => self.lexer.op.as_str().into(),
            Tok::AssignOp => format!("{}=", self.lexer.op.as_str()),
            Tok::IncOp => self.lexer.op.as_str().repeat(2),
            tok => tok.describe(),
        };
        self.error_at(pos, format!("syntax error: unexpected {found}{glue}{message}"));
    }

    /// Skips to a token of `follow`, in a function also to the start of a statement; with an empty set
    /// skips one token.
    #[cold]
    fn advance(&mut self, follow: TokSet) {
        if follow.is_empty() {
            if !self.at(Tok::Eof) {
                self.next();
            }
            return;
        }
        let mut stop = follow;
        if self.in_functions > 0 {
            stop = stop.with(TokSet::STATEMENT_START);
        }
        while !self.at(Tok::Eof) && !stop.has(self.tok()) {
            self.next();
        }
    }

    // Nesting.

    /// Runs `f` one level deeper, on more stack if need be.
    #[inline]
    fn nested<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        self.depth += 1;
        let result = if self.depth.is_multiple_of(STACK_STRIDE) {
            self.check_depth(0);
            stacker::maybe_grow(STACK_RESERVE, STACK_SEGMENT, || f(self))
        } else {
            f(self)
        };
        self.depth -= 1;
        result
    }

    /// Gives up on a file in which a node `links` levels above this place would be nested too deeply.
    #[inline]
    fn check_depth(&mut self, links: u32) {
        if self.depth + links > MAX_NESTING {
            self.too_deep();
        }
    }
    #[cold]
    fn too_deep(&mut self) {
        if !self.at(Tok::Eof) {
            self.error("exceeded max nesting depth");
            self.lexer.give_up();
        }
    }

    // Nodes.

    /// Adds an expression that ends with the last token read.
    #[inline]
    fn expr_node(&mut self, expr: Expr, start: u32, pos: u32) -> ExprId {
        let end = self.prev_end().max(start);
        self.tree.expr_locs.push(Loc { start, end, pos }.ordered());
        self.tree.exprs.push(expr)
    }
    /// Adds an expression for something unreadable at the current token.
    fn bad_expr(&mut self) -> ExprId {
        self.bad_expr_at(self.pos())
    }
    fn bad_expr_at(&mut self, at: u32) -> ExprId {
        self.tree.expr_locs.push(Loc { start: at, end: at, pos: at });
        self.tree.exprs.push(Expr::Bad)
    }
    #[inline]
    fn name_expr(&mut self, id: IdentId) -> ExprId {
        let ident = self.tree.idents[id];
        let loc = Loc { start: ident.start, end: self.ident_end(id), pos: ident.start };
        self.tree.expr_locs.push(loc);
        self.tree.exprs.push(Expr::Name(id))
    }
    /// The end of a name; it is nearly always the latest one. Names with forbidden bytes are longer than their text.
    fn ident_end(&self, id: IdentId) -> u32 {
        let is_latest = id.index() + 1 == self.tree.idents.len();
        if is_latest { self.last_name_end } else { self.tree.idents[id].end().min(self.prev_end()) }
    }
    #[inline]
    fn stmt_node(&mut self, stmt: Stmt, start: u32, pos: u32) -> StmtId {
        let end = self.prev_end().max(start);
        self.add_stmt(stmt, Loc { start, end, pos })
    }
    #[inline]
    fn add_stmt(&mut self, stmt: Stmt, loc: Loc) -> StmtId {
        self.tree.stmt_locs.push(loc.ordered());
        self.tree.stmts.push(stmt)
    }
    fn decl_node(&mut self, decl: Decl, start: u32, pos: u32) -> DeclId {
        let end = self.prev_end().max(start);
        self.tree.decl_locs.push(Loc { start, end, pos }.ordered());
        self.tree.decls.push(decl)
    }
    #[inline]
    fn start_of(&self, id: ExprId) -> u32 {
        self.tree.expr_locs[id].start
    }

    // Lists.

    #[inline]
    fn mark(&self) -> Mark {
        Mark(self.ids.len())
    }
    #[inline]
    fn put<I: PoolId>(&mut self, id: I) {
        self.ids.push(id.index() as u32);
    }
    /// Moves the ids gathered since `mark` into the pool.
    #[inline]
    fn list_from<I: PoolId>(&mut self, mark: Mark) -> List<I> {
        let len = self.ids.len() - mark.0;
        if len == 0 {
            return List::EMPTY;
        }
        let start = self.tree.pool.len() as u32;
        self.tree.pool.extend(self.ids.drain(mark.0..));
        List { start, len: len as u32, marker: std::marker::PhantomData }
    }
    fn one<I: PoolId>(&mut self, id: I) -> List<I> {
        let start = self.tree.pool.len() as u32;
        self.tree.pool.push(id.index() as u32);
        List { start, len: 1, marker: std::marker::PhantomData }
    }
    /// Adds the fields gathered since `from` to the tree, side by side.
    fn fields_from(&mut self, from: usize) -> List<FieldId> {
        if self.fields.len() == from {
            return List::EMPTY;
        }
        let start = self.tree.pool.len() as u32;
        for field in self.fields.drain(from..) {
            let id = self.tree.fields.push(Field { loc: field.loc.ordered(), ..field });
            self.tree.pool.push(id.index() as u32);
        }
        List { start, len: self.tree.pool.len() as u32 - start, marker: std::marker::PhantomData }
    }

    /// Reads elements separated by `sep` up to and including `close`, until one says that it is the
    /// last. Returns the offset of the closing token.
    #[inline]
    fn list(
        &mut self,
        context: &str,
        sep: Tok,
        close: Tok,
        mut element: impl FnMut(&mut Self) -> bool,
    ) -> u32 {
        let mut last = false;
        while !last && !self.at(close) && !self.at(Tok::Eof) {
            last = element(self);
            if !self.got(sep) && !self.at(close) && !self.list_error(context, sep, close) {
                return self.pos();
            }
        }
        let end = self.pos();
        self.want(close);
        end
    }

    /// Reports a missing separator and skips to a closing token; whether it is the one that closes the list.
    #[cold]
    fn list_error(&mut self, context: &str, sep: Tok, close: Tok) -> bool {
        let (sep, closer) = (sep.describe(), close.describe());
        self.syntax_error(&format!("in {context}; possibly missing {sep} or {closer}"));
        self.advance(TokSet::of(&[Tok::Rparen, Tok::Rbrack, Tok::Rbrace]));
        self.at(close)
    }

    // Names and directives.

    /// Reads a name.
    #[inline]
    fn name(&mut self) -> IdentId {
        if !self.at(Tok::Name) {
            return self.missing_name(TokSet::EMPTY);
        }
        let ident = Ident { name: self.lexer.name, start: self.pos() };
        self.last_name_end = self.lexer.end;
        self.next();
        self.tree.idents.push(ident)
    }
    fn made_up_name(&mut self) -> IdentId {
        self.last_name_end = self.pos();
        self.tree.idents.push(Ident { name: Symbol::BLANK, start: self.pos() })
    }
    /// Makes a name up where one is missing.
    #[cold]
    fn missing_name(&mut self, follow: TokSet) -> IdentId {
        let id = self.made_up_name();
        self.syntax_error("expected name");
        self.advance(follow);
        id
    }
    /// Reads a literal, if there is one.
    fn literal(&mut self) -> Option<ExprId> {
        if !self.at(Tok::Literal) {
            return None;
        }
        let start = self.pos();
        let lit = Expr::BasicLit { kind: self.lexer.kind, bad: self.lexer.bad };
        self.next();
        Some(self.expr_node(lit, start, start))
    }

    /// The directives met since the last call, for a declaration that begins here.
    fn take_pragma(&mut self) -> Pragma {
        let first = self.pragma_from;
        self.pragma_from = self.lexer.directives.len();
        Pragma { first: first as u32, len: (self.pragma_from - first) as u32 }
    }
    /// Sets aside the directives that no declaration has taken.
    #[inline]
    fn drop_pragma(&mut self) {
        if self.pragma_from < self.lexer.directives.len() {
            self.misplace_pragma();
        }
    }
    #[cold]
    fn misplace_pragma(&mut self) {
        let all = &self.lexer.directives;
        let lost = self.pragma_from..all.len();
        let compiler = lost.filter(|&i| all[i].text.starts_with("go:") && all[i].own_line);
        self.tree.misplaced_directives.extend(compiler.map(|i| i as u32));
        self.pragma_from = all.len();
    }
}
