//! Prints trees and errors as a program around the compiler's own syntax package prints them.

use std::io::Write;

use escargo_base::LineTable;
use escargo_syntax::*;

/// Errors, each on one line.
pub(crate) fn errors(out: &mut impl Write, src: &[u8], tree: &Tree) -> std::io::Result<()> {
    let lines = LineTable::new(src);
    for error in &tree.errors {
        let (line, column) = lines.line_column(error.pos);
        let message = error.message.replace('\n', "\\n");
        write!(out, "{line}:{column}: {message}")?;
        if let Some(at) = error.at {
            let (line, column) = lines.line_column(at);
            write!(out, "f.go:{line}:{column}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The nodes of a tree, in the order of a walk from the top.
pub(crate) fn tree(out: &mut impl Write, src: &[u8], tree: &Tree) -> std::io::Result<()> {
    Dump { tree, src, lines: LineTable::new(src), out }.file()
}

/// Prints nodes in the order, and with the names, of the compiler's syntax package.
struct Dump<'a, W> {
    tree: &'a Tree,
    src: &'a [u8],
    lines: LineTable,
    out: &'a mut W,
}

type Done = std::io::Result<()>;

impl<W: Write> Dump<'_, W> {
    fn lc(&self, offset: u32) -> String {
        let (line, column) = self.lines.line_column(offset);
        format!("{line}:{column}")
    }
    fn line(&mut self, kind: &str, pos: u32, extra: &str) -> Done {
        let lc = self.lc(pos);
        writeln!(self.out, "{kind} {lc} {extra}")
    }

    fn file(&mut self) -> Done {
        let tree = self.tree;
        self.line("File", tree.package_pos, "")?;
        if let Some(name) = tree.package {
            self.ident(name)?;
        }
        tree.top.iter().try_for_each(|&decl| self.decl(decl))
    }

    fn ident(&mut self, id: IdentId) -> Done {
        let ident = self.tree[id];
        self.line("Name", ident.start, ident.name.as_str())
    }

    fn decl(&mut self, id: DeclId) -> Done {
        let pos = self.tree.decl_loc(id).pos;
        match self.tree[id] {
            Decl::Bad => self.line("Bad", pos, ""),
            Decl::Import { group, name, path, .. } => {
                self.line("ImportDecl", pos, &group.is_some().to_string())?;
                name.map_or(Ok(()), |name| self.ident(name))?;
                self.expr(path)
            }
            Decl::Const { group, names, ty, values, .. } => {
                self.line("ConstDecl", pos, &group.is_some().to_string())?;
                self.value_spec(names, ty, values)
            }
            Decl::Var { group, names, ty, values, .. } => {
                self.line("VarDecl", pos, &group.is_some().to_string())?;
                self.value_spec(names, ty, values)
            }
            Decl::Type { group, name, tparams, alias, ty, .. } => {
                let extra = format!("{alias} {} {}", group.is_some(), tparams.len());
                self.line("TypeDecl", pos, &extra)?;
                self.ident(name)?;
                self.fields(tparams)?;
                self.expr(ty)
            }
            Decl::Func(func) => {
                self.line("FuncDecl", pos, "")?;
                func.recv.map_or(Ok(()), |recv| self.field(recv))?;
                self.ident(func.name)?;
                self.fields(func.tparams)?;
                self.expr(func.ty)?;
                func.body.map_or(Ok(()), |body| self.stmt(body))
            }
        }
    }

    fn value_spec(&mut self, names: List<IdentId>, ty: Option<ExprId>, values: List<ExprId>) -> Done {
        for name in self.tree.list(names) {
            self.ident(name)?;
        }
        self.optional(ty)?;
        self.list(values)
    }

    fn optional(&mut self, x: Option<ExprId>) -> Done {
        x.map_or(Ok(()), |x| self.expr(x))
    }

    /// A list counts as one node if it has more than one element.
    fn list(&mut self, list: List<ExprId>) -> Done {
        if list.len() > 1 {
            self.line("ListExpr", self.tree.loc(self.tree.nth(list, 0)).pos, "")?;
        }
        self.each(list)
    }
    fn each(&mut self, list: List<ExprId>) -> Done {
        self.tree.list(list).try_for_each(|x| self.expr(x))
    }

    fn fields(&mut self, list: List<FieldId>) -> Done {
        self.tree.list(list).try_for_each(|field| self.field(field))
    }
    fn field(&mut self, id: FieldId) -> Done {
        let field = self.tree[id];
        self.line("Field", field.loc.pos, "")?;
        writeln!(self.out, "> {}", expr_string(self.tree, self.src, field.ty))?;
        field.name.map_or(Ok(()), |name| self.ident(name))?;
        self.expr(field.ty)
    }

    fn expr(&mut self, id: ExprId) -> Done {
        let loc = self.tree.loc(id);
        let pos = loc.pos;
        match self.tree[id] {
            Expr::Bad => self.line("BadExpr", pos, ""),
            Expr::Name(name) => self.ident(name),
            Expr::BasicLit { kind, bad } => {
                let text = String::from_utf8_lossy(&self.src[loc.start as usize..loc.end as usize]);
                let extra = format!("{} {bad} {}", kind as u8, text);
                self.line("BasicLit", pos, &extra)
            }
            Expr::CompositeLit { ty, elems, keyed, rbrace } => {
                let extra = format!("{keyed} {}", self.lc(rbrace));
                self.line("CompositeLit", pos, &extra)?;
                self.optional(ty)?;
                self.each(elems)
            }
            Expr::KeyValue { key, value } => self.two("KeyValueExpr", pos, "", key, value),
            Expr::FuncLit { ty, body } => {
                self.line("FuncLit", pos, "")?;
                self.expr(ty)?;
                self.stmt(body)
            }
            Expr::Paren(x) => self.one("ParenExpr", pos, "", x),
            Expr::Selector { x, sel } => {
                self.one("SelectorExpr", pos, "", x)?;
                self.ident(sel)
            }
            Expr::Index { x, indices } => {
                self.one("IndexExpr", pos, "", x)?;
                self.list(indices)
            }
            Expr::Slice { x, lo, hi, max } => {
                self.one("SliceExpr", pos, &max.is_some().to_string(), x)?;
                [lo, hi, max].into_iter().try_for_each(|x| self.optional(x))
            }
            Expr::TypeAssert { x, ty } => self.two("AssertExpr", pos, "", x, ty),
            Expr::TypeSwitchGuard { x } => self.one("TypeSwitchGuard", pos, "", x),
            Expr::Call { fun, args, has_dots } => {
                self.one("CallExpr", pos, &has_dots.to_string(), fun)?;
                self.each(args)
            }
            Expr::Unary { op, x } => self.one("Operation", pos, &format!("1{}", op.as_str()), x),
            Expr::Star(x) => self.one("Operation", pos, "1*", x),
            Expr::Binary { op, x, y } => self.two("Operation", pos, &format!("2{}", op.as_str()), x, y),
            Expr::ArrayType { len, elem } => {
                self.line("ArrayType", pos, "")?;
                self.optional(len)?;
                self.expr(elem)
            }
            Expr::SliceType(elem) => self.one("SliceType", pos, "", elem),
            Expr::DotsType(elem) => self.one("DotsType", pos, "", elem),
            Expr::StructType { fields } => {
                self.line("StructType", pos, "")?;
                self.fields(fields)?;
                for field in self.tree.list(fields) {
                    self.optional(self.tree[field].tag)?;
                }
                Ok(())
            }
            Expr::FuncType { params, results } => {
                self.line("FuncType", pos, "")?;
                self.fields(params)?;
                self.fields(results)
            }
            Expr::InterfaceType { elems } => {
                self.line("InterfaceType", pos, "")?;
                self.fields(elems)
            }
            Expr::MapType { key, value } => self.two("MapType", pos, "", key, value),
            Expr::ChanType { dir, elem } => self.one("ChanType", pos, &(dir as u8).to_string(), elem),
        }
    }
    fn one(&mut self, kind: &str, pos: u32, extra: &str, x: ExprId) -> Done {
        self.line(kind, pos, extra)?;
        self.expr(x)
    }
    fn two(&mut self, kind: &str, pos: u32, extra: &str, x: ExprId, y: ExprId) -> Done {
        self.one(kind, pos, extra, x)?;
        self.expr(y)
    }

    fn stmts(&mut self, list: List<StmtId>) -> Done {
        self.tree.list(list).try_for_each(|stmt| self.stmt(stmt))
    }
    fn optional_stmt(&mut self, id: Option<StmtId>) -> Done {
        id.map_or(Ok(()), |id| self.stmt(id))
    }

    fn stmt(&mut self, id: StmtId) -> Done {
        let loc = self.tree.stmt_loc(id);
        let pos = loc.pos;
        match self.tree[id] {
            Stmt::Bad => self.line("Bad", pos, ""),
            Stmt::Empty => self.line("EmptyStmt", pos, ""),
            Stmt::Block(list) => {
                let rbrace = self.lc(loc.end - 1);
                self.line("BlockStmt", pos, &rbrace)?;
                self.stmts(list)
            }
            Stmt::Expr(x) => {
                self.line("ExprStmt", pos, "")?;
                writeln!(self.out, "> {}", expr_string(self.tree, self.src, x))?;
                self.expr(x)
            }
            Stmt::Send { chan, value } => self.two("SendStmt", pos, "", chan, value),
            Stmt::Decl(decls) => {
                self.line("DeclStmt", pos, "")?;
                self.tree.list(decls).try_for_each(|decl| self.decl(decl))
            }
            Stmt::Assign { op, lhs, rhs } => {
                let op = match op {
                    AssignOp::Assign => "",
                    AssignOp::Define => ":",
                    AssignOp::Op(op) => op.as_str(),
                };
                let shown = if op.is_empty() { "Operator(0)" } else { op };
                self.line("AssignStmt", pos, &format!("{shown}false"))?;
                let (left, right) = (self.text(lhs), self.text(rhs));
                writeln!(self.out, "> {left} {op}= {right}")?;
                self.list(lhs)?;
                self.list(rhs)
            }
            Stmt::IncDec { x, inc } => {
                let op = if inc { "+" } else { "-" };
                self.line("AssignStmt", pos, &format!("{op}true"))?;
                writeln!(self.out, "> {}{op}{op}", expr_string(self.tree, self.src, x))?;
                self.expr(x)
            }
            Stmt::Go(x) => self.one("CallStmt", pos, "go", x),
            Stmt::Defer(x) => self.one("CallStmt", pos, "defer", x),
            Stmt::Return(list) => {
                self.line("ReturnStmt", pos, "")?;
                self.list(list)
            }
            Stmt::Branch { kind, label } => {
                let kind = format!("{kind:?}").to_lowercase();
                self.line("BranchStmt", pos, &kind)?;
                label.map_or(Ok(()), |label| self.ident(label))
            }
            Stmt::Labeled { label, stmt } => {
                self.line("LabeledStmt", pos, "")?;
                self.ident(label)?;
                self.stmt(stmt)
            }
            Stmt::If { init, cond, then, els } => {
                self.line("IfStmt", pos, "")?;
                self.optional_stmt(init)?;
                self.expr(cond)?;
                self.stmt(then)?;
                self.optional_stmt(els)
            }
            Stmt::For { init, cond, post, body } => {
                self.line("ForStmt", pos, "")?;
                self.optional_stmt(init)?;
                self.optional(cond)?;
                self.optional_stmt(post)?;
                self.stmt(body)
            }
            Stmt::Range { lhs, define, range_pos, x, body } => {
                self.line("ForStmt", pos, "")?;
                self.line("RangeClause", range_pos, &define.to_string())?;
                self.list(lhs)?;
                self.expr(x)?;
                self.stmt(body)
            }
            Stmt::Switch { init, tag, clauses } => {
                self.line("SwitchStmt", pos, "")?;
                self.optional_stmt(init)?;
                self.optional(tag)?;
                self.clauses(clauses, false)
            }
            Stmt::TypeSwitch { init, bind, guard, clauses } => {
                self.line("SwitchStmt", pos, "")?;
                self.optional_stmt(init)?;
                self.line("TypeSwitchGuard", self.tree.loc(guard).pos, "")?;
                bind.map_or(Ok(()), |bind| self.ident(bind))?;
                if let Expr::TypeSwitchGuard { x } = self.tree[guard] {
                    self.expr(x)?;
                }
                self.clauses(clauses, false)
            }
            Stmt::Select { clauses } => {
                self.line("SelectStmt", pos, "")?;
                self.clauses(clauses, true)
            }
        }
    }

    fn text(&self, list: List<ExprId>) -> String {
        let parts: Vec<_> = self.tree.list(list).map(|x| expr_string(self.tree, self.src, x)).collect();
        parts.join(", ")
    }

    fn clauses(&mut self, list: List<ClauseId>, select: bool) -> Done {
        for id in self.tree.list(list) {
            let clause = self.tree[id];
            let colon = self.lc(clause.colon);
            self.line(if select { "CommClause" } else { "CaseClause" }, clause.loc.pos, &colon)?;
            self.optional_stmt(clause.comm)?;
            self.list(clause.exprs)?;
            self.stmts(clause.body)?;
        }
        Ok(())
    }
}
