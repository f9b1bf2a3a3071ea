//! Signatures, and the lists of parameters and type parameters in them.

use super::Parser;
use crate::lexer::{Op, Tok, TokSet};
use crate::tree::*;

/// A parameter as written: `a` alone may be a name or a type, which only the whole list tells.
#[derive(Clone, Copy)]
pub(super) struct Param {
    name: Option<IdentId>,
    ty: Option<ExprId>,
    start: u32,
    end: u32,
}

impl Parser<'_> {
    /// Reads type parameters, parameters and results. Where type parameters are not allowed, `context`
    /// says what they are reported for. `func` is the offset of the keyword, if there is one.
    pub(super) fn signature(&mut self, context: Option<&str>, func: Option<u32>) -> (List<FieldId>, ExprId) {
        let pos = self.pos();
        let from = self.fields.len();
        if self.got(Tok::Lbrack) {
            if let Some(context) = context {
                self.syntax_error_at(pos, &format!("{context} must have no type parameters"));
            }
            if self.at(Tok::Rbrack) {
                self.syntax_error("empty type parameter list");
                self.next();
            } else {
                self.parameters(None, Tok::Rbrack, true, false);
            }
        }
        let tparams = self.fields_from(from);
        self.want(Tok::Lparen);
        self.parameters(None, Tok::Rparen, false, true);
        let params = self.fields_from(from);
        self.results();
        let results = self.fields_from(from);
        let ty = self.expr_node(Expr::FuncType { params, results }, func.unwrap_or(pos), pos);
        (tparams, ty)
    }

    fn results(&mut self) {
        if self.got(Tok::Lparen) {
            return self.parameters(None, Tok::Rparen, false, false);
        }
        let start = self.pos();
        if let Some(ty) = self.type_or_none() {
            let loc = Loc { start, end: self.prev_end().max(start), pos: start };
            self.fields.push(Field { name: None, ty, tag: None, loc });
        }
    }

    /// Reads a list of parameters through its closing token and adds the fields to those being gathered;
    /// the opening token has been read. `first` is what has been read of the first parameter. Either all
    /// fields have a name, or none has.
    pub(super) fn parameters(
        &mut self,
        mut first: Option<(IdentId, Option<ExprId>)>,
        close: Tok,
        names_required: bool,
        dots_allowed: bool,
    ) {
        let from = self.params.len();
        let closing = if let Some((name, Some(ty))) = first
            && self.at(close)
        {
            let closing = self.pos();
            let param = self.complete_param(name, ty);
            self.params.push(param);
            self.next();
            closing
        } else {
            self.list("parameter list", Tok::Comma, close, |p| {
                let param = match first.take() {
                    Some((name, Some(ty))) => Some(p.complete_param(name, ty)),
                    Some((name, None)) => p.parameter(Some(name), close),
                    None => p.parameter(None, close),
                };
                p.params.extend(param);
                false
            })
        };
        if self.params.len() == from {
            return;
        }
        self.settle_names(from, closing, names_required);
        self.check_dots(from, dots_allowed);
        for i in from..self.params.len() {
            let Param { name, ty, start, end } = self.params[i];
            let ty = ty.unwrap_or_else(|| self.bad_expr_at(start));
            self.fields.push(Field { name, ty, tag: None, loc: Loc { start, end, pos: start } });
        }
        self.params.truncate(from);
    }

    fn complete_param(&mut self, name: IdentId, ty: ExprId) -> Param {
        let (start, end) = (self.tree.idents[name].start, self.tree.expr_locs[ty].end);
        Param { name: Some(name), ty: Some(ty), start, end }
    }

    /// Reads a parameter, type parameter, or type argument; `name` is its first name if it has been read.
    fn parameter(&mut self, name: Option<IdentId>, follow: Tok) -> Option<Param> {
        let start = name.map_or(self.pos(), |name| self.tree.idents[name].start);
        let (name, ty) = self.parameter_parts(name, start, follow == Tok::Rbrack);
        if name.is_some() || ty.is_some() {
            return Some(Param { name, ty, start, end: self.prev_end().max(start) });
        }
        self.syntax_error(&format!("expected {}", follow.describe()));
        self.advance(TokSet::of(&[Tok::Comma]).with(TokSet::of(&[follow])));
        None
    }

    /// The name and the type of a parameter; unions and `~` may stand in it where `sets` are allowed.
    fn parameter_parts(
        &mut self,
        name: Option<IdentId>,
        start: u32,
        sets: bool,
    ) -> (Option<IdentId>, Option<ExprId>) {
        let name = match name {
            None if self.at(Tok::Name) => Some(self.name()),
            name => name,
        };
        if let Some(name) = name {
            // What follows may show that the name is (the start of) a type.
            let (name, ty) = match self.tok() {
                Tok::Lbrack => match self.nested(|p| p.array_or_type_args(name)) {
                    Ok(ty) => (Some(name), ty),
                    Err(instance) => (None, instance),
                },
                Tok::Dot => (None, self.qualified_name(Some(name))),
                Tok::Operator if sets && self.at_op(Op::Bin(BinaryOp::Or)) => (None, self.name_expr(name)),
                _ => return (Some(name), self.parameter_type(sets)),
            };
            let start = if name.is_none() { start } else { self.start_of(ty) };
            return (name, Some(if sets { self.union_rest(ty, start) } else { ty }));
        }
        (None, self.parameter_type(sets))
    }

    /// Reads the type after a parameter's name, if there is one.
    fn parameter_type(&mut self, sets: bool) -> Option<ExprId> {
        let pos = self.pos();
        if self.got(Tok::DotDotDot) {
            return Some(match self.type_or_none() {
                Some(elem) => self.expr_node(Expr::DotsType(elem), pos, pos),
                None => {
                    let bad = self.bad_expr();
                    self.syntax_error("... is missing type");
                    bad
                }
            });
        }
        let first = if sets && self.at_op(Op::Tilde) { self.embedded_term() } else { self.type_or_none()? };
        Some(if sets { self.union_rest(first, pos) } else { first })
    }

    /// Decides which of the lone names from `from` on are types, and gives each name its type.
    fn settle_names(&mut self, from: usize, closing: u32, names_required: bool) {
        let count = self.params.len() - from;
        let named = self.params[from..].iter().filter(|p| p.name.is_some() && p.ty.is_some()).count();
        let typed = self.params[from..].iter().filter(|p| p.ty.is_some()).count();
        if named == count {
            return;
        }
        if named == 0 && !names_required {
            for i in from..self.params.len() {
                if let Some(name) = self.params[i].name.take() {
                    self.params[i].ty = Some(self.name_expr(name));
                }
            }
            return;
        }
        // Types reach back over the names before them.
        let mut wrong = None;
        let mut ty = None;
        for i in (from..self.params.len()).rev() {
            let param = self.params[i];
            match (param.ty, ty) {
                (Some(own), _) => {
                    ty = Some((own, param.end));
                    if param.name.is_none() {
                        let start = self.tree.start_pos(own);
                        wrong = Some(start);
                        let blank = Ident { name: escargo_base::Symbol::BLANK, start };
                        self.last_name_end = start;
                        self.params[i].name = Some(self.tree.idents.push(blank));
                    }
                }
                (None, Some((ty, end))) => {
                    self.params[i].ty = Some(ty);
                    self.params[i].end = end;
                }
                (None, None) => {
                    wrong = Some(param.start);
                    self.params[i].ty = Some(self.bad_expr_at(param.start));
                }
            }
        }
        let Some(wrong) = wrong else { return };
        // Without a type that lacks a name, it is the last names that lack a type.
        let (pos, message) = match (named == typed, names_required) {
            (true, true) => (closing, "missing type constraint"),
            (true, false) => (closing, "missing parameter type"),
            (false, true) if count == 1 => (wrong, "missing type parameter name or invalid array length"),
            (false, true) => (wrong, "missing type parameter name"),
            (false, false) => (wrong, "missing parameter name"),
        };
        self.syntax_error_at(pos, message);
    }

    /// Reports `...` anywhere but at the last parameter, where allowed at all.
    fn check_dots(&mut self, from: usize, allowed: bool) {
        let mut reported = false;
        for i in from..self.params.len() {
            let Some(ty) = self.params[i].ty else { continue };
            let Expr::DotsType(elem) = self.tree.exprs[ty] else { continue };
            if allowed && i + 1 == self.params.len() {
                continue;
            }
            if !std::mem::replace(&mut reported, true) {
                let message =
                    if allowed { "can only use ... with final parameter" } else { "invalid use of ..." };
                self.error_at(self.tree.expr_locs[ty].pos, message.into());
            }
            self.params[i].ty = Some(elem);
        }
    }
}
