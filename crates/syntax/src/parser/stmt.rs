//! Statements.

use escargo_base::Id;

use super::{Mark, Parser};
use crate::lexer::{Op, SemiKind, Tok, TokSet};
use crate::tree::*;

const CLAUSE_START: TokSet = TokSet::of(&[Tok::Case, Tok::Default, Tok::Rbrace]);
const AFTER_HEADER: TokSet = TokSet::of(&[Tok::Name, Tok::Rbrace]);

/// A simple statement that has not become a node yet: in a header it may be the condition.
#[derive(Clone, Copy)]
pub(super) enum Simple {
    Expr(ExprId),
    Stmt(Stmt, Loc),
    /// `lhs = range x`, only where asked for.
    Range {
        lhs: List<ExprId>,
        define: bool,
        range_pos: u32,
        x: ExprId,
    },
    /// `bind := x.(type)`, only where asked for.
    TypeSwitch {
        bind: IdentId,
        guard: ExprId,
    },
}

/// What a simple statement may be besides the ordinary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    None,
    Range,
    TypeSwitch,
}

impl Parser<'_> {
    /// Reads `{ … }`. `after` is what the block belongs to, for the message when there is no `{`.
    pub(super) fn block(&mut self, after: Option<&str>) -> StmtId {
        let pos = self.pos();
        if !self.got(Tok::Lbrace) {
            self.syntax_error(&format!("expected {{ after {}", after.unwrap_or_default()));
            self.advance(AFTER_HEADER);
            if self.got(Tok::Rbrace) {
                return self.stmt_node(Stmt::Block(List::EMPTY), pos, pos);
            }
        }
        let stmts = self.stmt_list();
        self.want(Tok::Rbrace);
        self.stmt_node(Stmt::Block(stmts), pos, pos)
    }

    pub(super) fn stmt_list(&mut self) -> List<StmtId> {
        let mark = self.mark();
        while !matches!(self.tok(), Tok::Eof | Tok::Rbrace | Tok::Case | Tok::Default) {
            let stmt = self.stmt_or_none();
            self.drop_pragma();
            let Some(stmt) = stmt else { break };
            self.put(stmt);
            if !self.got(Tok::Semi) && !self.at(Tok::Rbrace) {
                self.syntax_error("at end of statement");
                self.advance(TokSet::of(&[Tok::Semi]).with(CLAUSE_START));
                self.got(Tok::Semi);
            }
        }
        self.list_from(mark)
    }

    fn stmt_or_none(&mut self) -> Option<StmtId> {
        let pos = self.pos();
        match self.tok() {
            Tok::Name => {
                self.drop_pragma();
                return self.expr_stmt_or_label();
            }
            Tok::Var | Tok::Const | Tok::Type => {
                let mark = self.mark();
                self.decl_group();
                let decls = self.list_from(mark);
                return Some(self.stmt_node(Stmt::Decl(decls), pos, pos));
            }
            _ => self.drop_pragma(),
        }
        Some(match self.tok() {
            Tok::Lbrace => self.nested(|p| p.block(None)),
            Tok::Operator if self.lexer.op.unary().is_some() && self.lexer.op != Op::Tilde => {
                self.simple_stmt_node()
            }
            Tok::Star
            | Tok::Literal
            | Tok::Func
            | Tok::Lparen
            | Tok::Lbrack
            | Tok::Struct
            | Tok::Map
            | Tok::Chan
            | Tok::Interface
            | Tok::Arrow => self.simple_stmt_node(),
            Tok::For => self.nested(Self::for_stmt),
            Tok::Switch => self.nested(Self::switch_stmt),
            Tok::Select => self.nested(Self::select_stmt),
            Tok::If => self.nested(Self::if_stmt),
            Tok::Fallthrough | Tok::Break | Tok::Continue | Tok::Goto => self.branch(),
            Tok::Go | Tok::Defer => self.call_stmt(),
            Tok::Return => {
                self.next();
                let mark = self.mark();
                if !matches!(self.tok(), Tok::Semi | Tok::Rbrace) {
                    self.expr_list();
                }
                let results = self.list_from(mark);
                self.stmt_node(Stmt::Return(results), pos, pos)
            }
            Tok::Semi => {
                let written = self.lexer.semi == SemiKind::Semicolon;
                let loc = Loc { start: pos, end: pos + u32::from(written), pos };
                self.add_stmt(Stmt::Empty, loc)
            }
            _ => return None,
        })
    }

    /// Reads a statement that starts with a name: a label, or a simple statement.
    fn expr_stmt_or_label(&mut self) -> Option<StmtId> {
        let mark = self.mark();
        self.expr_list();
        if self.at(Tok::Colon)
            && let Some(x) = self.single(mark)
            && let Expr::Name(label) = self.tree.exprs[x]
        {
            self.ids.truncate(mark.0);
            return self.nested(|p| p.labeled_stmt(label));
        }
        let simple = self.simple_rest(mark, Extra::None);
        Some(self.simple_node(simple))
    }

    fn labeled_stmt(&mut self, label: IdentId) -> Option<StmtId> {
        let (start, pos) = (self.tree.idents[label].start, self.pos());
        self.jumps += 1;
        self.want(Tok::Colon);
        let (stmt, end) = if self.at(Tok::Rbrace) {
            let at = self.pos();
            (self.add_stmt(Stmt::Empty, Loc { start: at, end: at, pos: at }), at)
        } else if let Some(stmt) = self.stmt_or_none() {
            (stmt, self.tree.stmt_locs[stmt].end)
        } else {
            self.syntax_error_at(pos, "missing statement after label");
            return None;
        };
        Some(self.add_stmt(Stmt::Labeled { label, stmt }, Loc { start, end, pos }))
    }

    /// The only expression gathered since `mark`.
    fn single(&self, mark: Mark) -> Option<ExprId> {
        match self.ids[mark.0..] {
            [raw] => Some(ExprId::from_index(raw as usize)),
            _ => None,
        }
    }

    fn simple_stmt_node(&mut self) -> StmtId {
        let simple = self.simple_stmt(Extra::None);
        self.simple_node(simple)
    }

    /// Makes the statement a node. A type switch's binding is lost where there is no type switch; the
    /// guard itself is wrong there.
    pub(super) fn simple_node(&mut self, simple: Simple) -> StmtId {
        match simple {
            Simple::Expr(x) | Simple::TypeSwitch { guard: x, .. } | Simple::Range { x, .. } => {
                let loc = self.tree.expr_locs[x];
                self.add_stmt(Stmt::Expr(x), loc)
            }
            Simple::Stmt(stmt, loc) => self.add_stmt(stmt, loc),
        }
    }

    pub(super) fn simple_stmt(&mut self, extra: Extra) -> Simple {
        if extra == Extra::Range && self.at(Tok::Range) {
            return self.range_clause(List::EMPTY, false);
        }
        let mark = self.mark();
        self.expr_list();
        self.simple_rest(mark, extra)
    }

    /// Reads on after the expressions gathered since `mark`.
    fn simple_rest(&mut self, mark: Mark, extra: Extra) -> Simple {
        let pos = self.pos();
        let assigns = matches!(self.tok(), Tok::Assign | Tok::Define);
        if !assigns && let Some(x) = self.single(mark) {
            self.ids.truncate(mark.0);
            return self.after_operand(x, pos);
        }
        let first = ExprId::from_index(self.ids[mark.0] as usize);
        if !assigns {
            self.syntax_error("expected := or = or comma");
            self.advance(TokSet::of(&[Tok::Semi, Tok::Rbrace]));
            self.ids.truncate(mark.0);
            return Simple::Expr(first);
        }
        let lone = self.single(mark);
        let lhs = self.list_from(mark);
        let define = self.at(Tok::Define);
        self.next();
        if extra == Extra::Range && self.at(Tok::Range) {
            return self.range_clause(lhs, define);
        }
        self.expr_list();
        if define
            && extra == Extra::TypeSwitch
            && let Some(guard) = self.single(mark)
            && let Expr::TypeSwitchGuard { .. } = self.tree.exprs[guard]
            && let Some(lone) = lone
            && let Expr::Name(bind) = self.tree.exprs[lone]
        {
            self.ids.truncate(mark.0);
            return Simple::TypeSwitch { bind, guard };
        }
        let rhs = self.list_from(mark);
        let op = if define { AssignOp::Define } else { AssignOp::Assign };
        self.simple(Stmt::Assign { op, lhs, rhs }, first, pos)
    }

    /// Reads on after the one expression of a statement that is no plain assignment.
    fn after_operand(&mut self, x: ExprId, pos: u32) -> Simple {
        match self.tok() {
            Tok::AssignOp => {
                let Op::Bin(op) = self.lexer.op else { return Simple::Expr(x) };
                self.next();
                let y = self.expr();
                let (lhs, rhs) = (self.one(x), self.one(y));
                self.simple(Stmt::Assign { op: AssignOp::Op(op), lhs, rhs }, x, pos)
            }
            Tok::IncOp => {
                let inc = self.lexer.op == Op::Bin(BinaryOp::Add);
                self.next();
                self.simple(Stmt::IncDec { x, inc }, x, pos)
            }
            Tok::Arrow => {
                self.next();
                let value = self.expr();
                self.simple(Stmt::Send { chan: x, value }, x, pos)
            }
            _ => Simple::Expr(x),
        }
    }

    fn simple(&self, stmt: Stmt, first: ExprId, pos: u32) -> Simple {
        Simple::Stmt(stmt, Loc { start: self.start_of(first), end: self.prev_end(), pos })
    }

    fn range_clause(&mut self, lhs: List<ExprId>, define: bool) -> Simple {
        let range_pos = self.pos();
        self.next();
        let x = self.expr();
        Simple::Range { lhs, define, range_pos, x }
    }

    fn branch(&mut self) -> StmtId {
        let pos = self.pos();
        self.jumps += 1;
        let kind = match self.tok() {
            Tok::Break => BranchKind::Break,
            Tok::Continue => BranchKind::Continue,
            Tok::Goto => BranchKind::Goto,
            _ => BranchKind::Fallthrough,
        };
        self.next();
        let label = match kind {
            BranchKind::Fallthrough => None,
            BranchKind::Goto => Some(self.name()),
            BranchKind::Break | BranchKind::Continue => self.at(Tok::Name).then(|| self.name()),
        };
        self.stmt_node(Stmt::Branch { kind, label }, pos, pos)
    }

    fn call_stmt(&mut self) -> StmtId {
        let pos = self.pos();
        let keyword = self.tok();
        self.next();
        let written = self.primary_expr(None);
        let call = self.tree.unparen(written);
        if call != written {
            let message = format!("expression in {} must not be parenthesized", keyword.as_str());
            self.error_at(self.tree.expr_locs[written].pos, message);
        }
        let stmt = if keyword == Tok::Go { Stmt::Go(call) } else { Stmt::Defer(call) };
        self.stmt_node(stmt, pos, pos)
    }

    fn for_stmt(&mut self) -> StmtId {
        let pos = self.pos();
        let header = self.header(Tok::For);
        let body = self.block(Some("for clause"));
        let stmt = match header.range {
            Some(Simple::Range { lhs, define, range_pos, x }) => {
                Stmt::Range { lhs, define, range_pos, x, body }
            }
            _ => Stmt::For { init: header.init, cond: header.cond, post: header.post, body },
        };
        self.stmt_node(stmt, pos, pos)
    }

    fn if_stmt(&mut self) -> StmtId {
        let pos = self.pos();
        let header = self.header(Tok::If);
        let cond = header.cond.unwrap_or_else(|| self.bad_expr_at(pos));
        let then = self.block(Some("if clause"));
        let mut els = None;
        if self.got(Tok::Else) {
            match self.tok() {
                Tok::If => els = Some(self.nested(Self::if_stmt)),
                Tok::Lbrace => els = Some(self.block(None)),
                _ => {
                    self.syntax_error("else must be followed by if or statement block");
                    self.advance(AFTER_HEADER);
                }
            }
        }
        self.stmt_node(Stmt::If { init: header.init, cond, then, els }, pos, pos)
    }

    fn switch_stmt(&mut self) -> StmtId {
        let pos = self.pos();
        let header = self.header(Tok::Switch);
        let clauses = self.clauses("missing { after switch clause", false);
        let init = header.init;
        let stmt = match header.cond {
            Some(guard) if matches!(self.tree.exprs[guard], Expr::TypeSwitchGuard { .. }) => {
                Stmt::TypeSwitch { init, bind: header.bind, guard, clauses }
            }
            tag => Stmt::Switch { init, tag, clauses },
        };
        self.stmt_node(stmt, pos, pos)
    }

    fn select_stmt(&mut self) -> StmtId {
        let pos = self.pos();
        self.want(Tok::Select);
        let clauses = self.clauses("missing { after select clause", true);
        self.stmt_node(Stmt::Select { clauses }, pos, pos)
    }

    fn clauses(&mut self, missing: &str, select: bool) -> List<ClauseId> {
        if !self.got(Tok::Lbrace) {
            self.syntax_error(missing);
            self.advance(CLAUSE_START);
        }
        let mark = self.mark();
        while !matches!(self.tok(), Tok::Eof | Tok::Rbrace) {
            let clause = self.clause(select);
            self.put(clause);
        }
        self.want(Tok::Rbrace);
        self.list_from(mark)
    }

    fn clause(&mut self, select: bool) -> ClauseId {
        let pos = self.pos();
        let mut exprs = List::EMPTY;
        let mut comm = None;
        let is_default = self.at(Tok::Default);
        match self.tok() {
            Tok::Case if select => {
                self.next();
                comm = Some(self.simple_stmt_node());
            }
            Tok::Case => {
                self.next();
                let mark = self.mark();
                self.expr_list();
                exprs = self.list_from(mark);
            }
            Tok::Default => self.next(),
            _ => {
                self.syntax_error("expected case or default or }");
                self.advance(TokSet::of(&[Tok::Colon]).with(CLAUSE_START));
            }
        }
        let colon = self.pos();
        self.want(Tok::Colon);
        let mut end = self.prev_end().max(pos);
        let body = self.stmt_list();
        if !body.is_empty() {
            end = self.tree.stmt_locs[self.tree.nth(body, body.len() - 1)].end;
        }
        let loc = Loc { start: pos, end, pos };
        self.tree.clauses.push(Clause { exprs, comm, is_default, body, colon, loc: loc.ordered() })
    }
}
