//! Types.

use super::Parser;
use crate::lexer::{Op, Tok, TokSet};
use crate::tree::*;

const INTERFACE_METHOD: &str = "interface method";

impl Parser<'_> {
    pub(super) fn ty(&mut self) -> ExprId {
        match self.type_or_none() {
            Some(ty) => ty,
            None => self.missing_type(),
        }
    }
    #[cold]
    fn missing_type(&mut self) -> ExprId {
        let ty = self.bad_expr();
        self.syntax_error("expected type");
        self.advance(TokSet::of(&[Tok::Comma, Tok::Colon, Tok::Semi, Tok::Rparen, Tok::Rbrack, Tok::Rbrace]));
        ty
    }

    /// Reads a type if one starts here.
    pub(super) fn type_or_none(&mut self) -> Option<ExprId> {
        match self.tok() {
            Tok::Name => Some(self.qualified_name(None)),
            Tok::Star
            | Tok::Arrow
            | Tok::Func
            | Tok::Lbrack
            | Tok::Chan
            | Tok::Map
            | Tok::Struct
            | Tok::Interface
            | Tok::Lparen => Some(self.nested(Self::composite_type)),
            _ => None,
        }
    }

    fn composite_type(&mut self) -> ExprId {
        let pos = self.pos();
        match self.tok() {
            Tok::Struct => return self.struct_type(),
            Tok::Interface => return self.interface_type(),
            _ => {}
        }
        let opening = self.tok();
        self.next();
        match opening {
            Tok::Star => {
                let elem = self.ty();
                self.expr_node(Expr::Star(elem), pos, pos)
            }
            Tok::Arrow => {
                self.want(Tok::Chan);
                self.chan_type(ChanDir::Recv, pos)
            }
            Tok::Chan => {
                let arrow = self.pos();
                if !self.got(Tok::Arrow) {
                    return self.chan_type(ChanDir::Both, pos);
                }
                let id = self.chan_type(ChanDir::Send, pos);
                self.send_arrows.push((id, arrow));
                id
            }
            Tok::Func => self.signature(Some("function type"), Some(pos)).1,
            Tok::Lbrack if self.got(Tok::Rbrack) => self.slice_type(pos),
            Tok::Lbrack => self.array_type(pos, None),
            Tok::Map => {
                self.want(Tok::Lbrack);
                let key = self.ty();
                self.want(Tok::Rbrack);
                let value = self.ty();
                self.expr_node(Expr::MapType { key, value }, pos, pos)
            }
            _ => {
                // The `(` of a parenthesized type, which leaves no trace.
                let ty = self.ty();
                self.want(Tok::Rparen);
                ty
            }
        }
    }

    fn chan_type(&mut self, dir: ChanDir, pos: u32) -> ExprId {
        let elem = self.type_or_none().unwrap_or_else(|| {
            let bad = self.bad_expr();
            self.syntax_error("missing channel element type");
            bad
        });
        self.expr_node(Expr::ChanType { dir, elem }, pos, pos)
    }

    /// Reads the element type of a slice type; `[` and `]` have been read.
    pub(super) fn slice_type(&mut self, pos: u32) -> ExprId {
        let elem = self.ty();
        self.expr_node(Expr::SliceType(elem), pos, pos)
    }

    /// Reads the rest of an array type after its `[`, or after its length.
    pub(super) fn array_type(&mut self, pos: u32, len: Option<ExprId>) -> ExprId {
        let mut len = len;
        if len.is_none() && !self.got(Tok::DotDotDot) {
            self.control += 1;
            len = Some(self.expr());
            self.control -= 1;
        }
        if self.at(Tok::Comma) {
            // Fine after a type parameter, but this is none.
            self.syntax_error("unexpected comma; expected ]");
            self.next();
        }
        self.want(Tok::Rbrack);
        let elem = self.ty();
        self.expr_node(Expr::ArrayType { len, elem }, pos, pos)
    }

    /// Reads `name`, `pkg.name`, and type arguments after it; `name` is the first name if it has been
    /// read.
    pub(super) fn qualified_name(&mut self, name: Option<IdentId>) -> ExprId {
        let name = match name {
            Some(name) => name,
            None if self.at(Tok::Name) => self.name(),
            None => self.missing_name(TokSet::of(&[Tok::Dot, Tok::Semi, Tok::Rbrace])),
        };
        let mut x = self.name_expr(name);
        if self.at(Tok::Dot) {
            let pos = self.pos();
            self.next();
            let sel = self.name();
            x = self.expr_node(Expr::Selector { x, sel }, self.start_of(x), pos);
        }
        if self.at(Tok::Lbrack) {
            x = self.nested(|p| p.instance(x));
        }
        x
    }

    /// Reads the type arguments after a type name.
    fn instance(&mut self, x: ExprId) -> ExprId {
        let pos = self.pos();
        self.want(Tok::Lbrack);
        let mark = self.mark();
        if self.at(Tok::Rbrack) {
            self.syntax_error("expected type argument list");
            let bad = self.bad_expr();
            self.put(bad);
        } else {
            self.type_list(true);
        }
        self.want(Tok::Rbrack);
        let indices = self.list_from(mark);
        self.expr_node(Expr::Index { x, indices }, self.start_of(x), pos)
    }

    /// After a name that may be a field, a parameter or a generic type, reads `[n]E` or `[]E` (the type
    /// of that name) or the type arguments of `name[A, B]` (then the result is `Err` with that type).
    pub(super) fn array_or_type_args(&mut self, name: IdentId) -> Result<ExprId, ExprId> {
        let pos = self.pos();
        self.want(Tok::Lbrack);
        if self.got(Tok::Rbrack) {
            return Ok(self.slice_type(pos));
        }
        let mark = self.mark();
        let comma = self.type_list(false);
        self.want(Tok::Rbrack);
        let indices: List<ExprId> = self.list_from(mark);
        let end = self.prev_end();
        if !comma && let Some(elem) = self.type_or_none() {
            let len = Some(self.tree.nth(indices, 0));
            return Ok(self.expr_node(Expr::ArrayType { len, elem }, pos, pos));
        }
        let x = self.name_expr(name);
        let start = self.start_of(x);
        self.tree.expr_locs.push(Loc { start, end, pos });
        Err(self.tree.exprs.push(Expr::Index { x, indices }))
    }

    fn struct_type(&mut self) -> ExprId {
        let pos = self.pos();
        self.want(Tok::Struct);
        self.want(Tok::Lbrace);
        let from = self.fields.len();
        self.list("struct type", Tok::Semi, Tok::Rbrace, |p| {
            p.field_decl();
            false
        });
        let fields = self.fields_from(from);
        self.expr_node(Expr::StructType { fields }, pos, pos)
    }

    fn field_decl(&mut self) {
        match self.tok() {
            Tok::Name => self.named_fields(),
            Tok::Star | Tok::Lparen => self.embedded_pointer(),
            _ => {
                self.syntax_error("expected field name or embedded type");
                self.advance(TokSet::of(&[Tok::Semi, Tok::Rbrace]));
            }
        }
    }

    /// Reads `a, b T`, or an embedded type that starts with a name.
    fn named_fields(&mut self) {
        let start = self.pos();
        let name = self.name();
        if matches!(self.tok(), Tok::Dot | Tok::Literal | Tok::Semi | Tok::Rbrace) {
            let ty = self.qualified_name(Some(name));
            return self.embedded_field(start, ty);
        }
        let mark = self.mark();
        self.put(name);
        while self.got(Tok::Comma) {
            let name = self.name();
            self.put(name);
        }
        let single = self.ids.len() == mark.0 + 1;
        let ty = if single && self.at(Tok::Lbrack) {
            match self.nested(|p| p.array_or_type_args(name)) {
                Ok(ty) => ty,
                Err(instance) => {
                    self.ids.truncate(mark.0);
                    return self.embedded_field(start, instance);
                }
            }
        } else {
            self.ty()
        };
        let tag = self.literal();
        let end = self.prev_end();
        for i in mark.0..self.ids.len() {
            let name = <IdentId as escargo_base::Id>::from_index(self.ids[i] as usize);
            let start = self.tree.idents[name].start;
            let loc = Loc { start, end, pos: start };
            self.fields.push(Field { name: Some(name), ty, tag, loc });
        }
        self.ids.truncate(mark.0);
    }

    /// Reads the tag after an embedded type and adds the field.
    fn embedded_field(&mut self, start: u32, ty: ExprId) {
        let tag = self.literal();
        let loc = Loc { start, end: self.prev_end().max(start), pos: start };
        self.fields.push(Field { name: None, ty, tag, loc });
    }

    /// Reads an embedded `*T`. Parentheses in any place are reported and passed over.
    fn embedded_pointer(&mut self) {
        let start = self.pos();
        let mut star = self.at(Tok::Star).then_some(start);
        if star.is_some() {
            self.next();
        }
        let paren = self.at(Tok::Lparen);
        if paren {
            self.syntax_error("cannot parenthesize embedded type");
            self.next();
            if star.is_none() && self.at(Tok::Star) {
                star = Some(self.pos());
                self.next();
            }
        }
        let mut ty = self.qualified_name(None);
        if let Some(pos) = star {
            ty = self.expr_node(Expr::Star(ty), pos, pos);
        }
        if paren {
            self.got(Tok::Rparen);
        }
        self.embedded_field(start, ty);
    }

    fn interface_type(&mut self) -> ExprId {
        let pos = self.pos();
        self.want(Tok::Interface);
        self.want(Tok::Lbrace);
        let from = self.fields.len();
        self.list("interface type", Tok::Semi, Tok::Rbrace, |p| {
            let start = p.pos();
            let (name, ty) = match p.tok() {
                Tok::Name => p.method_or_type_name(),
                _ => (None, p.embedded_term()),
            };
            let ty = if name.is_some() { ty } else { p.union_rest(ty, start) };
            let loc = Loc { start, end: p.prev_end(), pos: start };
            p.fields.push(Field { name, ty, tag: None, loc });
            false
        });
        let elems = self.fields_from(from);
        self.expr_node(Expr::InterfaceType { elems }, pos, pos)
    }

    /// Reads an interface element that starts with a name: a method (then the name is given) or a type.
    fn method_or_type_name(&mut self) -> (Option<IdentId>, ExprId) {
        let name = self.name();
        match self.tok() {
            Tok::Lparen => (Some(name), self.signature(Some(INTERFACE_METHOD), None).1),
            Tok::Lbrack => self.nested(|p| p.method_or_instance(name)),
            _ => (None, self.qualified_name(Some(name))),
        }
    }

    /// Reads on after `name` at a `[` in an interface: type arguments, or type parameters, which a method
    /// may not have.
    fn method_or_instance(&mut self, name: IdentId) -> (Option<IdentId>, ExprId) {
        let pos = self.pos();
        self.next();
        if self.at(Tok::Rbrack) {
            let closing = self.pos();
            self.next();
            if self.at(Tok::Lparen) {
                self.error_at(closing, "empty type parameter list".into());
                return (Some(name), self.signature(Some(INTERFACE_METHOD), None).1);
            }
            self.error_at(closing, "empty type argument list".into());
            return (None, self.name_expr(name));
        }
        // Type arguments look like parameters without names.
        let from = self.fields.len();
        self.parameters(None, Tok::Rbrack, false, false);
        let end = self.prev_end();
        if self.fields.len() == from {
            // Unreadable, and reported: as if the brackets were not there.
            if self.at(Tok::Lparen) {
                return (Some(name), self.signature(Some(INTERFACE_METHOD), None).1);
            }
            return (None, self.name_expr(name));
        }
        if self.fields[from].name.is_some() {
            self.fields.truncate(from);
            let (_, ty) = self.signature(Some(INTERFACE_METHOD), None);
            self.error_at(pos, "interface method must have no type parameters".into());
            return (Some(name), ty);
        }
        let mark = self.mark();
        for i in from..self.fields.len() {
            let ty = self.fields[i].ty;
            self.put(ty);
        }
        self.fields.truncate(from);
        let indices = self.list_from(mark);
        let x = self.name_expr(name);
        let start = self.start_of(x);
        self.tree.expr_locs.push(Loc { start, end, pos });
        (None, self.tree.exprs.push(Expr::Index { x, indices }))
    }

    /// Reads `| term | …` after the first term of a union.
    pub(super) fn union_rest(&mut self, first: ExprId, start: u32) -> ExprId {
        let mut x = first;
        let mut links = 0;
        while self.at_op(Op::Bin(BinaryOp::Or)) {
            links += 1;
            self.check_depth(links);
            let pos = self.pos();
            self.next();
            let y = self.embedded_term();
            x = self.expr_node(Expr::Binary { op: BinaryOp::Or, x, y }, start, pos);
        }
        x
    }

    /// Reads `T` or `~T`.
    pub(super) fn embedded_term(&mut self) -> ExprId {
        if self.at_op(Op::Tilde) {
            let pos = self.pos();
            self.next();
            let x = self.ty();
            return self.expr_node(Expr::Unary { op: UnaryOp::Tilde, x }, pos, pos);
        }
        self.type_or_none().unwrap_or_else(|| {
            let bad = self.bad_expr();
            self.syntax_error("expected ~ term or type");
            self.advance(TokSet::of(&[Tok::Operator, Tok::Semi, Tok::Rparen, Tok::Rbrack, Tok::Rbrace]));
            bad
        })
    }
}
