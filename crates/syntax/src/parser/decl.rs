//! Files and declarations.

use escargo_base::{Id, Symbol};

use super::Parser;
use crate::lexer::{Tok, TokSet};
use crate::tree::*;

const TOP_LEVEL: TokSet = TokSet::of(&[Tok::Import, Tok::Const, Tok::Type, Tok::Var, Tok::Func]);

impl Parser<'_> {
    pub(super) fn file(&mut self) {
        self.tree.package_pos = self.pos();
        self.tree.eof = self.src.len() as u32;
        if !self.got(Tok::Package) {
            return self.syntax_error("package statement must be first");
        }
        self.tree.package_pragma = self.take_pragma();
        if self.at(Tok::Name) {
            self.tree.package = Some(self.name());
        } else {
            self.missing_name(TokSet::EMPTY);
        }
        self.want(Tok::Semi);
        if self.error_count() > 0 {
            return; // what follows would make little sense
        }
        let mark = self.mark();
        let mut previous = Tok::Import;
        while !self.at(Tok::Eof) && (self.at(Tok::Import) || !self.options.imports_only) {
            if self.at(Tok::Import) && previous != Tok::Import {
                self.syntax_error("imports must appear before other declarations");
            }
            previous = self.tok();
            if !self.skipped() {
                self.top_level_decl();
            }
        }
        self.drop_pragma();
        let top = self.ids.drain(mark.0..);
        self.tree.top = top.map(|raw| DeclId::from_index(raw as usize)).collect();
    }

    /// Reads a declaration with the semicolon after it.
    fn top_level_decl(&mut self) {
        match self.tok() {
            Tok::Import | Tok::Const | Tok::Type | Tok::Var => self.decl_group(),
            Tok::Func => {
                let func = self.func_decl();
                self.put(func);
            }
            _ => {
                let misplaced_body = self.at(Tok::Lbrace) && self.last_decl_lacks_body();
                self.syntax_error(if misplaced_body {
                    "unexpected semicolon or newline before {"
                } else {
                    "non-declaration statement outside function body"
                });
                return self.advance(TOP_LEVEL);
            }
        }
        // Before the semicolon goes: directives after it belong to the next declaration.
        self.drop_pragma();
        self.tree.top_ends.resize(self.ids.len(), self.lexer.end);
        if !self.at(Tok::Eof) && !self.got(Tok::Semi) {
            self.syntax_error("after top level declaration");
            self.advance(TOP_LEVEL);
        }
    }

    /// Skips declarations, if those that begin here are to be skipped.
    fn skipped(&mut self) -> bool {
        let Some((skip, rest)) = self.skips.split_first() else { return false };
        let (start, directives) = (self.pos(), self.lexer.directives.len());
        if skip.first as usize != self.ids.len() || !self.lexer.skip_to(skip.end) {
            return false;
        }
        self.skips = rest;
        // Those met before belong to what is skipped.
        self.pragma_from = directives;
        for _ in 0..skip.decls {
            let bad = self.tree.add_skipped(start);
            self.put(bad);
        }
        self.tree.top_ends.resize(self.ids.len(), skip.end);
        true
    }

    fn last_decl_lacks_body(&self) -> bool {
        let last = self.ids.last().map(|&raw| &self.tree.decls[DeclId::from_index(raw as usize)]);
        matches!(last, Some(Decl::Func(FuncDecl { body: None, .. })))
    }

    /// Reads one declaration or a parenthesized group, keyword included, and gathers the specs.
    pub(super) fn decl_group(&mut self) {
        let keyword = self.tok();
        self.next();
        if !self.at(Tok::Lparen) {
            let spec = self.spec(keyword, None, 0);
            return self.put(spec);
        }
        let group = GroupId::from_index(self.tree.groups as usize);
        self.tree.groups += 1;
        // Before the parenthesis goes: directives after it belong to the first spec.
        self.drop_pragma();
        self.next();
        let mut index = 0;
        self.list("grouped declaration", Tok::Semi, Tok::Rparen, |p| {
            let spec = p.spec(keyword, Some(group), index);
            p.put(spec);
            index += 1;
            false
        });
    }

    fn spec(&mut self, keyword: Tok, group: Option<GroupId>, index: u32) -> DeclId {
        let start = self.pos();
        let pragma = self.take_pragma();
        let decl = match keyword {
            Tok::Import => self.import_spec(group, pragma),
            Tok::Const => self.const_spec(group, index, pragma),
            Tok::Type => self.type_spec(group, pragma),
            _ => self.var_spec(group, pragma),
        };
        self.decl_node(decl, start, start)
    }

    fn import_spec(&mut self, group: Option<GroupId>, pragma: Pragma) -> Decl {
        let name = match self.tok() {
            Tok::Name => Some(self.name()),
            Tok::Dot => {
                let dot = Ident { name: Symbol::intern("."), start: self.pos() };
                self.last_name_end = self.lexer.end;
                self.next();
                Some(self.tree.idents.push(dot))
            }
            _ => None,
        };
        let path = match self.literal() {
            Some(path) => {
                if let Expr::BasicLit { kind, bad: false } = self.tree.exprs[path]
                    && kind != LitKind::String
                {
                    self.syntax_error_at(self.start_of(path), "import path must be a string");
                    self.tree.exprs[path] = Expr::BasicLit { kind, bad: true };
                }
                path
            }
            None => {
                self.syntax_error("missing import path");
                let bad = self.bad_expr();
                self.advance(TokSet::of(&[Tok::Semi, Tok::Rparen]));
                bad
            }
        };
        Decl::Import { group, name, path, pragma }
    }

    fn name_list(&mut self) -> List<IdentId> {
        let mark = self.mark();
        loop {
            let name = self.name();
            self.put(name);
            if !self.got(Tok::Comma) {
                return self.list_from(mark);
            }
        }
    }

    fn values(&mut self) -> List<ExprId> {
        if !self.got_assign() {
            return List::EMPTY;
        }
        let mark = self.mark();
        self.expr_list();
        self.list_from(mark)
    }

    fn const_spec(&mut self, group: Option<GroupId>, iota: u32, pragma: Pragma) -> Decl {
        let names = self.name_list();
        let (mut ty, mut values) = (None, List::EMPTY);
        if !matches!(self.tok(), Tok::Eof | Tok::Semi | Tok::Rparen) {
            ty = self.type_or_none();
            values = self.values();
        }
        Decl::Const { group, iota, names, ty, values, pragma }
    }

    fn var_spec(&mut self, group: Option<GroupId>, pragma: Pragma) -> Decl {
        let names = self.name_list();
        let (mut ty, mut values) = (None, self.values());
        if values.is_empty() {
            ty = Some(self.ty());
            values = self.values();
        }
        Decl::Var { group, names, ty, values, pragma }
    }

    fn type_spec(&mut self, group: Option<GroupId>, pragma: Pragma) -> Decl {
        let name = self.name();
        let mut tparams = List::EMPTY;
        let mut alias = false;
        let ty = if self.at(Tok::Lbrack) {
            let bracket = self.pos();
            self.next();
            match self.tok() {
                Tok::Name => match self.type_params_or_length() {
                    Ok(params) => {
                        tparams = params;
                        alias = self.got_assign();
                        self.type_or_none()
                    }
                    Err(len) => Some(self.nested(|p| p.array_type(bracket, Some(len)))),
                },
                Tok::Rbrack => {
                    self.next();
                    Some(self.slice_type(bracket))
                }
                _ => Some(self.nested(|p| p.array_type(bracket, None))),
            }
        } else {
            alias = self.got_assign();
            self.type_or_none()
        };
        let ty = ty.unwrap_or_else(|| {
            let bad = self.bad_expr();
            self.syntax_error("in type declaration");
            self.advance(TokSet::of(&[Tok::Semi, Tok::Rparen]));
            bad
        });
        Decl::Type { group, name, tparams, alias, ty, pragma }
    }

    /// After `type T[` and at a name, reads type parameters, or (as `Err`) the length of an array type.
    ///
    /// Both may begin alike: `P *C` is a parameter or a product. A name followed by `[` is a parameter
    /// with a slice or array constraint, since no index expression is a constant length. Anything else is
    /// read as an expression, and then taken apart if that is possible.
    fn type_params_or_length(&mut self) -> Result<List<FieldId>, ExprId> {
        let first = self.name();
        let mut param = Some((first, None));
        let mut length = None;
        // After a name, a name or a keyword ends any expression: no need to try one.
        let plain = self.at(Tok::Name) || self.tok().is_keyword();
        if !plain && !self.at(Tok::Lbrack) {
            let name = self.name_expr(first);
            self.control += 1;
            let operand = self.primary_expr(Some(name));
            let x = self.binary_expr(Some(operand), 0);
            self.control -= 1;
            length = Some(x);
            if x != name {
                let comma = self.at(Tok::Comma);
                param = self.split_parameter(x, comma).map(|(name, ty)| (name, Some(ty)));
            } else if self.at(Tok::Rbrack) {
                param = None;
            }
        }
        match (param, length) {
            (None, Some(length)) => Err(length),
            (param, _) => {
                let from = self.fields.len();
                self.parameters(param, Tok::Rbrack, true, false);
                Ok(self.fields_from(from))
            }
        }
    }

    /// Takes an expression apart into a type parameter's name and its constraint: `P *C`, `P (C)`, and
    /// `P *C|D|~E`. Unless `force`, only if some part can only be a type.
    fn split_parameter(&mut self, x: ExprId, force: bool) -> Option<(IdentId, ExprId)> {
        let mut force = force;
        let mut unions = Vec::new();
        let mut at = x;
        while let Expr::Binary { op: BinaryOp::Or, x, y } = self.tree.exprs[at] {
            force = force || self.must_be_type(y);
            unions.push(at);
            at = x;
        }
        let (name, mut ty) = match self.tree.exprs[at] {
            Expr::Binary { op: BinaryOp::Mul, x, y } => {
                let Expr::Name(name) = self.tree.exprs[x] else { return None };
                if !force && !self.must_be_type(y) {
                    return None;
                }
                self.tree.exprs[at] = Expr::Star(y);
                self.tree.expr_locs[at].start = self.tree.expr_locs[at].pos;
                (name, at)
            }
            Expr::Call { fun, args, has_dots: false } if args.len() == 1 => {
                let Expr::Name(name) = self.tree.exprs[fun] else { return None };
                let arg = self.tree.nth(args, 0);
                if !force && !self.must_be_type(arg) {
                    return None;
                }
                (name, self.tree.unparen(arg))
            }
            _ => return None,
        };
        let start = self.tree.expr_locs[at].pos;
        for union in unions.into_iter().rev() {
            if let Expr::Binary { x, .. } = &mut self.tree.exprs[union] {
                *x = ty;
            }
            self.tree.expr_locs[union].start = start;
            ty = union;
        }
        Some((name, ty))
    }

    /// Whether an expression cannot be a value, by its form.
    fn must_be_type(&self, x: ExprId) -> bool {
        let mut open = vec![x];
        while let Some(x) = open.pop() {
            match self.tree.exprs[x] {
                Expr::ArrayType { .. }
                | Expr::StructType { .. }
                | Expr::FuncType { .. }
                | Expr::InterfaceType { .. }
                | Expr::SliceType(_)
                | Expr::MapType { .. }
                | Expr::ChanType { .. }
                | Expr::Unary { op: UnaryOp::Tilde, .. } => return true,
                Expr::Binary { x, y, .. } => open.extend([y, x]),
                Expr::Unary { x, .. } | Expr::Star(x) | Expr::Paren(x) => open.push(x),
                _ => {}
            }
        }
        false
    }

    fn func_decl(&mut self) -> DeclId {
        let keyword = self.pos();
        self.next();
        let pos = self.pos();
        let pragma = self.take_pragma();
        let is_method = self.at(Tok::Lparen);
        let recv = if self.got(Tok::Lparen) { self.receiver() } else { None };
        let (name, tparams, ty);
        if self.at(Tok::Name) {
            name = self.name();
            (tparams, ty) = self.signature(None, Some(keyword));
        } else {
            name = self.made_up_name();
            tparams = List::EMPTY;
            let signature = Expr::FuncType { params: List::EMPTY, results: List::EMPTY };
            ty = self.expr_node(signature, keyword, self.pos());
            self.syntax_error(if is_method { "expected name" } else { "expected name or (" });
            self.advance(TokSet::of(&[Tok::Lbrace, Tok::Semi]));
        }
        let body = self.at(Tok::Lbrace).then(|| self.declared_body());
        let decl = Decl::Func(FuncDecl { recv, name, tparams, ty, body, pragma });
        self.decl_node(decl, keyword, pos)
    }

    /// Reads the receiver; of several, the first counts.
    fn receiver(&mut self) -> Option<FieldId> {
        let from = self.fields.len();
        self.parameters(None, Tok::Rparen, false, false);
        let fields = self.fields_from(from);
        match fields.len() {
            0 => self.error("method has no receiver"),
            1 => {}
            _ => self.error("method has multiple receivers"),
        }
        (!fields.is_empty()).then(|| self.tree.nth(fields, 0))
    }

    /// Reads the body of a declared function, or skips it.
    fn declared_body(&mut self) -> StmtId {
        let start = self.pos();
        // Nothing else is under construction here.
        let unwanted = self.wanted.is_some_and(|wanted| !(wanted.body)(self.ids.len()));
        if unwanted && self.lexer.skip_block() {
            self.next();
            return self.stmt_node(Stmt::Block(List::EMPTY), start, start);
        }
        self.function_body()
    }

    /// Reads the block of a function, and checks its labels and jumps unless it has syntax errors.
    pub(super) fn function_body(&mut self) -> StmtId {
        self.in_functions += 1;
        let (errors, jumps) = (self.error_count(), self.jumps);
        let body = self.block(None);
        self.in_functions -= 1;
        if self.options.check_branches && errors == self.error_count() && jumps < self.jumps {
            let found = crate::branches::check(&self.tree, self.src, body);
            self.branch_errors += found.len();
            self.lexer.errors.extend(found);
        }
        body
    }
}
