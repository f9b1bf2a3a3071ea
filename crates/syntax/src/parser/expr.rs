//! Expressions.

use super::Parser;
use crate::lexer::{Op, Tok, TokSet};
use crate::tree::*;

const CLOSING: TokSet = TokSet::of(&[Tok::Rparen, Tok::Rbrack, Tok::Rbrace]);

impl Parser<'_> {
    #[inline]
    pub(super) fn expr(&mut self) -> ExprId {
        self.binary_expr(None, 0)
    }

    /// Reads `x op y …` with operators that bind stronger than `floor`; `first` is the first operand if
    /// it has been read.
    pub(super) fn binary_expr(&mut self, first: Option<ExprId>, floor: u8) -> ExprId {
        let mut x = match first {
            Some(x) => x,
            None => self.unary_expr(),
        };
        let mut links = 0;
        while matches!(self.tok(), Tok::Operator | Tok::Star)
            && let Op::Bin(op) = self.lexer.op
            && op.precedence() > floor
        {
            links += 1;
            self.check_depth(links);
            let pos = self.pos();
            self.next();
            let y = self.binary_expr(None, op.precedence());
            x = self.expr_node(Expr::Binary { op, x, y }, self.start_of(x), pos);
        }
        x
    }

    fn unary_expr(&mut self) -> ExprId {
        match self.tok() {
            Tok::Name => self.primary_expr(None),
            Tok::Star => {
                let pos = self.pos();
                self.next();
                let x = self.nested(Self::unary_expr);
                self.expr_node(Expr::Star(x), pos, pos)
            }
            Tok::Operator if let Some(op) = self.lexer.op.unary() => {
                let pos = self.pos();
                self.next();
                let mut x = self.nested(Self::unary_expr);
                if op == UnaryOp::Addr {
                    // `&(T{…})` is the same as `&T{…}`.
                    x = self.tree.unparen(x);
                }
                self.expr_node(Expr::Unary { op, x }, pos, pos)
            }
            Tok::Arrow => self.receive(),
            _ => self.primary_expr(None),
        }
    }

    /// Reads `<-x`, which is a channel type if `x` turns out to be one.
    fn receive(&mut self) -> ExprId {
        let pos = self.pos();
        self.next();
        let x = self.nested(Self::unary_expr);
        if matches!(self.tree.exprs[x], Expr::ChanType { .. }) {
            self.move_arrow(pos, x);
            return x;
        }
        self.expr_node(Expr::Unary { op: UnaryOp::Recv, x }, pos, pos)
    }

    /// Gives the arrow at `arrow` to the channel type `x` that follows it. If that is `chan<- T`, its own
    /// arrow goes on to `T`, which must then be a channel type too.
    fn move_arrow(&mut self, mut arrow: u32, x: ExprId) {
        let mut at = x;
        loop {
            let Expr::ChanType { dir, elem } = self.tree.exprs[at] else {
                let text = crate::printer::expr_string(&self.tree, self.src, at);
                return self.syntax_error(&format!("unexpected {text}, expected chan"));
            };
            if dir == ChanDir::Recv {
                self.syntax_error("unexpected <-, expected chan");
            }
            self.tree.exprs[at] = Expr::ChanType { dir: ChanDir::Recv, elem };
            self.tree.expr_locs[at].start = arrow;
            if dir != ChanDir::Send {
                return;
            }
            if let Some(&(_, own)) = self.send_arrows.iter().rev().find(|(id, _)| *id == at) {
                arrow = own;
            }
            at = elem;
        }
    }

    fn operand(&mut self) -> ExprId {
        match self.tok() {
            Tok::Name => {
                let name = self.name();
                self.name_expr(name)
            }
            Tok::Literal => {
                let start = self.pos();
                let lit = Expr::BasicLit { kind: self.lexer.kind, bad: self.lexer.bad };
                self.next();
                self.expr_node(lit, start, start)
            }
            Tok::Lparen => self.nested(Self::paren),
            Tok::Func => self.func_type_or_literal(),
            Tok::Lbrack | Tok::Chan | Tok::Map | Tok::Struct | Tok::Interface => self.ty(),
            _ => {
                let x = self.bad_expr();
                self.syntax_error("expected expression");
                self.advance(CLOSING);
                x
            }
        }
    }

    fn paren(&mut self) -> ExprId {
        let pos = self.pos();
        self.next();
        self.control += 1;
        let x = self.expr();
        self.control -= 1;
        self.want(Tok::Rparen);
        self.expr_node(Expr::Paren(x), pos, pos)
    }

    fn func_type_or_literal(&mut self) -> ExprId {
        let pos = self.pos();
        self.next();
        let (_, ty) = self.signature(Some("function type"), Some(pos));
        if !self.at(Tok::Lbrace) {
            return ty;
        }
        self.control += 1;
        let body = self.nested(Self::function_body);
        self.control -= 1;
        self.expr_node(Expr::FuncLit { ty, body }, pos, pos)
    }

    /// Reads an operand (unless `first` is it) and all selectors, indices, calls and so on after it.
    pub(super) fn primary_expr(&mut self, first: Option<ExprId>) -> ExprId {
        let mut x = match first {
            Some(x) => x,
            None => self.operand(),
        };
        let mut links = 0;
        loop {
            x = match self.tok() {
                Tok::Dot => self.selector(x),
                Tok::Lparen => self.nested(|p| p.call(x)),
                Tok::Lbrack => self.nested(|p| p.index(x)),
                Tok::Lbrace if self.may_be_literal(x) => {
                    if matches!(self.tree.exprs[x], Expr::Paren(_)) {
                        self.syntax_error("cannot parenthesize type in composite literal");
                    }
                    self.nested(|p| p.composite_literal(Some(x)))
                }
                _ => return x,
            };
            links += 1;
            self.check_depth(links);
        }
    }

    /// Whether `{` after `x` opens a composite literal rather than a block.
    fn may_be_literal(&self, x: ExprId) -> bool {
        match self.tree.exprs[self.tree.unparen(x)] {
            Expr::Name(_) | Expr::Selector { .. } => self.control >= 0,
            Expr::Index { .. } => self.control >= 0 && !self.must_be_value(x),
            Expr::ArrayType { .. } | Expr::SliceType(_) | Expr::StructType { .. } | Expr::MapType { .. } => {
                true
            }
            _ => false,
        }
    }

    /// Whether an expression cannot be a type, by its form.
    fn must_be_value(&self, x: ExprId) -> bool {
        let mut open = vec![x];
        while let Some(x) = open.pop() {
            match self.tree.exprs[x] {
                Expr::BasicLit { .. }
                | Expr::CompositeLit { .. }
                | Expr::FuncLit { .. }
                | Expr::Slice { .. }
                | Expr::TypeAssert { .. }
                | Expr::TypeSwitchGuard { .. }
                | Expr::Call { .. }
                | Expr::Unary { .. }
                | Expr::Binary { .. } => return true,
                Expr::Paren(x) => open.push(x),
                Expr::Index { x, indices } => {
                    if indices.len() == 1 {
                        open.push(self.tree.nth(indices, 0));
                    }
                    open.push(x);
                }
                _ => {}
            }
        }
        false
    }

    fn selector(&mut self, x: ExprId) -> ExprId {
        let (start, pos) = (self.start_of(x), self.pos());
        self.next();
        match self.tok() {
            Tok::Name => {
                let sel = self.name();
                self.expr_node(Expr::Selector { x, sel }, start, pos)
            }
            Tok::Lparen => {
                self.next();
                let expr = if self.got(Tok::Type) {
                    Expr::TypeSwitchGuard { x }
                } else {
                    Expr::TypeAssert { x, ty: self.ty() }
                };
                self.want(Tok::Rparen);
                self.expr_node(expr, start, pos)
            }
            _ => {
                self.syntax_error("expected name or (");
                self.advance(TokSet::of(&[Tok::Semi, Tok::Rparen]));
                x
            }
        }
    }

    fn call(&mut self, fun: ExprId) -> ExprId {
        let pos = self.pos();
        self.next();
        self.control += 1;
        let mark = self.mark();
        let mut has_dots = false;
        self.list("argument list", Tok::Comma, Tok::Rparen, |p| {
            let arg = p.expr();
            p.put(arg);
            has_dots = p.got(Tok::DotDotDot);
            has_dots
        });
        self.control -= 1;
        let args = self.list_from(mark);
        self.expr_node(Expr::Call { fun, args, has_dots }, self.start_of(fun), pos)
    }

    /// Reads the brackets of an index, an instantiation or a slice expression.
    fn index(&mut self, x: ExprId) -> ExprId {
        let (start, pos) = (self.start_of(x), self.pos());
        self.next();
        let mut lo = None;
        if !self.at(Tok::Colon) {
            let mark = self.mark();
            let mut comma = false;
            if self.at(Tok::Rbrack) {
                self.syntax_error("expected operand");
                let bad = self.bad_expr();
                self.put(bad);
            } else {
                comma = self.type_list(false);
            }
            if comma || self.at(Tok::Rbrack) {
                self.want(Tok::Rbrack);
                let indices = self.list_from(mark);
                return self.expr_node(Expr::Index { x, indices }, start, pos);
            }
            let first: List<ExprId> = self.list_from(mark);
            lo = Some(self.tree.nth(first, 0));
        }
        self.slice(x, lo, start, pos)
    }

    fn slice(&mut self, x: ExprId, lo: Option<ExprId>, start: u32, pos: u32) -> ExprId {
        if !self.got(Tok::Colon) {
            self.syntax_error("expected comma, : or ]");
            self.advance(TokSet::of(&[Tok::Comma, Tok::Colon, Tok::Rbrack]));
        }
        self.control += 1;
        let (mut hi, mut max) = (None, None);
        if !matches!(self.tok(), Tok::Colon | Tok::Rbrack) {
            hi = Some(self.expr());
        }
        if self.at(Tok::Colon) {
            if hi.is_none() {
                self.error("middle index required in 3-index slice");
                hi = Some(self.bad_expr());
            }
            self.next();
            if self.at(Tok::Rbrack) {
                self.error("final index required in 3-index slice");
                max = Some(self.bad_expr());
            } else {
                max = Some(self.expr());
            }
        }
        self.control -= 1;
        self.want(Tok::Rbrack);
        self.expr_node(Expr::Slice { x, lo, hi, max }, start, pos)
    }

    /// Reads `{…}` after the type of a composite literal, or where the type is left out.
    fn composite_literal(&mut self, ty: Option<ExprId>) -> ExprId {
        let pos = self.pos();
        let start = ty.map_or(pos, |ty| self.start_of(ty));
        if ty.is_some_and(|ty| self.is_unwanted_literal(ty)) && self.lexer.skip_block() {
            let rbrace = self.pos();
            self.next();
            let literal = Expr::CompositeLit { ty, elems: List::EMPTY, keyed: 0, rbrace };
            return self.expr_node(literal, start, pos);
        }
        self.control += 1;
        self.want(Tok::Lbrace);
        let mark = self.mark();
        let mut keyed = 0;
        let rbrace = self.list("composite literal", Tok::Comma, Tok::Rbrace, |p| {
            let mut element = p.element();
            if p.at(Tok::Colon) {
                let colon = p.pos();
                p.next();
                let value = p.element();
                keyed += 1;
                let start = p.start_of(element);
                element = p.expr_node(Expr::KeyValue { key: element, value }, start, colon);
            }
            p.put(element);
            false
        });
        self.control -= 1;
        let elems = self.list_from(mark);
        self.expr_node(Expr::CompositeLit { ty, elems, keyed, rbrace }, start, pos)
    }

    /// Whether the elements of a literal say nothing that is wanted: outside functions, and with a type that does not
    /// depend on them.
    fn is_unwanted_literal(&self, ty: ExprId) -> bool {
        let open_array = matches!(self.tree.exprs[ty], Expr::ArrayType { len: None, .. });
        self.wanted.is_some() && self.in_functions == 0 && !open_array && self.at(Tok::Lbrace)
    }

    fn element(&mut self) -> ExprId {
        if self.at(Tok::Lbrace) {
            return self.nested(|p| p.composite_literal(None));
        }
        self.expr()
    }

    /// Gathers a list of types, perhaps with a comma at its end; whether there was any comma. Unless
    /// `strict`, the first element may be any expression. The caller has set a mark.
    pub(super) fn type_list(&mut self, strict: bool) -> bool {
        self.control += 1;
        let first = if strict { self.ty() } else { self.expr() };
        self.put(first);
        let mut comma = false;
        while self.got(Tok::Comma) {
            comma = true;
            let Some(ty) = self.type_or_none() else { break };
            self.put(ty);
        }
        self.control -= 1;
        comma
    }

    /// Gathers a list of expressions.
    pub(super) fn expr_list(&mut self) {
        loop {
            let x = self.expr();
            self.put(x);
            if !self.got(Tok::Comma) {
                return;
            }
        }
    }
}
