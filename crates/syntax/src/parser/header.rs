//! The headers of `if`, `for` and `switch`.

use super::Parser;
use super::stmt::{Extra, Simple};
use crate::lexer::{SemiKind, Tok, TokSet};
use crate::printer;
use crate::tree::*;

/// What stands between the keyword and the block.
#[derive(Clone, Copy, Default)]
pub(super) struct Header {
    pub(super) init: Option<StmtId>,
    pub(super) cond: Option<ExprId>,
    pub(super) post: Option<StmtId>,
    /// A [`Simple::Range`], which is then all there is.
    pub(super) range: Option<Simple>,
    /// The name that a type switch binds.
    pub(super) bind: Option<IdentId>,
}

impl Parser<'_> {
    pub(super) fn header(&mut self, keyword: Tok) -> Header {
        self.want(keyword);
        let mut header = Header::default();
        if self.at(Tok::Lbrace) {
            if keyword == Tok::If {
                self.syntax_error("missing condition in if statement");
                header.cond = Some(self.bad_expr());
            }
            return header;
        }
        // A `{` after a name opens the block, not a literal.
        let outer = std::mem::replace(&mut self.control, -1);
        self.header_parts(keyword, &mut header);
        self.control = outer;
        header
    }

    fn header_parts(&mut self, keyword: Tok, header: &mut Header) {
        let extra = match keyword {
            Tok::For => Extra::Range,
            Tok::Switch => Extra::TypeSwitch,
            _ => Extra::None,
        };
        let mut first = None;
        if !self.at(Tok::Semi) {
            if self.got(Tok::Var) {
                let keyword = keyword.as_str();
                self.syntax_error(&format!("var declaration not allowed in {keyword} initializer"));
            }
            let simple = self.simple_stmt(extra);
            if let Simple::Range { .. } = simple {
                header.range = Some(simple);
                return;
            }
            first = Some(simple);
        }
        if self.at(Tok::Lbrace) {
            return self.condition(first, header);
        }
        header.init = first.map(|simple| self.simple_node(simple));
        let semicolon = self.header_semicolon();
        let mut cond = None;
        if keyword == Tok::For {
            if !self.for_parts(&mut cond, header) {
                return;
            }
        } else if !self.at(Tok::Lbrace) {
            cond = Some(self.simple_stmt(extra));
        }
        match (cond, semicolon) {
            (None, Some((pos, kind))) if keyword == Tok::If => {
                if kind == SemiKind::Semicolon {
                    self.syntax_error_at(pos, "missing condition in if statement");
                } else {
                    let found = kind.as_str();
                    self.syntax_error_at(pos, &format!("unexpected {found}, expected {{ after if clause"));
                }
                header.cond = Some(self.bad_expr_at(pos));
            }
            _ => self.condition(cond, header),
        }
    }

    /// Reads the semicolon after the first part of a header; where and what it was.
    fn header_semicolon(&mut self) -> Option<(u32, SemiKind)> {
        if self.at(Tok::Semi) {
            let found = (self.pos(), self.lexer.semi);
            self.next();
            return Some(found);
        }
        // What is missing is the block as likely as a semicolon.
        self.want(Tok::Lbrace);
        if !self.at(Tok::Lbrace) {
            self.advance(TokSet::of(&[Tok::Lbrace, Tok::Rbrace]));
        }
        None
    }

    /// Reads `cond; post` of a `for` header; false if it ends before.
    fn for_parts(&mut self, cond: &mut Option<Simple>, header: &mut Header) -> bool {
        if !self.at(Tok::Semi) {
            if self.at(Tok::Lbrace) {
                self.syntax_error("expected for loop condition");
                return false;
            }
            *cond = Some(self.simple_stmt(Extra::None));
        }
        self.want(Tok::Semi);
        if !self.at(Tok::Lbrace) {
            let post = self.simple_stmt(Extra::None);
            if let Simple::Stmt(Stmt::Assign { op: AssignOp::Define, .. }, loc) = post {
                self.syntax_error_at(loc.pos, "cannot declare in post statement of for loop");
            }
            header.post = Some(self.simple_node(post));
        }
        true
    }

    /// Takes a simple statement as the condition, which must be an expression.
    fn condition(&mut self, simple: Option<Simple>, header: &mut Header) {
        match simple {
            None => {}
            Some(Simple::Expr(x)) => header.cond = Some(x),
            Some(Simple::TypeSwitch { bind, guard }) => {
                header.cond = Some(guard);
                header.bind = Some(bind);
            }
            Some(Simple::Range { x, .. }) => header.cond = Some(x),
            Some(Simple::Stmt(stmt, loc)) => {
                let text = match stmt {
                    // `=` where `==` was meant is easily overlooked: set its sides off.
                    Stmt::Assign { op: AssignOp::Assign, lhs, rhs } => {
                        format!("assignment {} = {}", self.set_off(lhs), self.set_off(rhs))
                    }
                    stmt => printer::simple_string(&self.tree, self.src, stmt),
                };
                self.syntax_error_at(loc.pos, &format!("cannot use {text} as value"));
            }
        }
    }

    fn set_off(&self, list: List<ExprId>) -> String {
        let text = printer::list_string(&self.tree, self.src, list);
        if list.len() == 1 && matches!(self.tree.exprs[self.tree.nth(list, 0)], Expr::Binary { .. }) {
            return format!("({text})");
        }
        text
    }
}
