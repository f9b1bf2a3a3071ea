//! Expressions as messages show them: on one line, bodies as `…`.

use crate::lexer::show_bytes;
use crate::tree::*;

/// The text of an expression as the compiler's messages print it: `func(x int) {…}`, `[]int{…}`,
/// `struct{a int; b string}`.
///
/// `src` is the text that the tree was parsed from.
pub fn expr_string(tree: &Tree, src: &[u8], expr: ExprId) -> String {
    print(tree, src, |p| p.expr(expr))
}

/// As [`expr_string`], but what comes after about `limit` bytes is left out.
pub fn short_expr_string(tree: &Tree, src: &[u8], expr: ExprId, limit: usize) -> String {
    let mut printer = Printer { tree, src, out: String::new(), limit };
    printer.expr(expr);
    printer.out
}

/// The text of a list of expressions.
pub(crate) fn list_string(tree: &Tree, src: &[u8], list: List<ExprId>) -> String {
    print(tree, src, |p| p.list(list))
}

/// The text of an assignment, increment or send statement.
pub(crate) fn simple_string(tree: &Tree, src: &[u8], stmt: Stmt) -> String {
    print(tree, src, |p| match stmt {
        Stmt::Assign { op, lhs, rhs } => {
            p.list(lhs);
            let op = match op {
                AssignOp::Assign => "",
                AssignOp::Define => ":",
                AssignOp::Op(op) => op.as_str(),
            };
            p.all([" ", op, "= "]);
            p.list(rhs);
        }
        Stmt::IncDec { x, inc } => {
            p.expr(x);
            p.put(if inc { "++" } else { "--" });
        }
        Stmt::Send { chan, value } => {
            p.expr(chan);
            p.put(" <- ");
            p.expr(value);
        }
        _ => {}
    })
}

fn print(tree: &Tree, src: &[u8], f: impl FnOnce(&mut Printer<'_>)) -> String {
    let mut printer = Printer { tree, src, out: String::new(), limit: usize::MAX };
    f(&mut printer);
    printer.out
}

struct Printer<'a> {
    tree: &'a Tree,
    src: &'a [u8],
    out: String,
    /// No expression is begun once the text is longer.
    limit: usize,
}

impl Printer<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }
    fn all<const N: usize>(&mut self, parts: [&str; N]) {
        parts.iter().for_each(|part| self.put(part));
    }
    fn ident(&mut self, id: IdentId) {
        self.put(self.tree.name(id).as_str());
    }

    fn list(&mut self, list: List<ExprId>) {
        for (i, x) in self.tree.list(list).enumerate() {
            if self.out.len() > self.limit {
                return;
            }
            if i > 0 {
                self.put(", ");
            }
            self.expr(x);
        }
    }

    fn optional(&mut self, x: Option<ExprId>) {
        if let Some(x) = x {
            self.expr(x);
        }
    }

    fn expr(&mut self, id: ExprId) {
        if self.out.len() > self.limit {
            return;
        }
        stacker::maybe_grow(64 << 10, 1 << 20, || self.expr_here(id));
    }

    fn expr_here(&mut self, id: ExprId) {
        match self.tree[id] {
            Expr::Bad => self.put("<bad expr>"),
            Expr::Name(name) => self.ident(name),
            Expr::BasicLit { .. } => {
                let loc = self.tree.loc(id);
                let text = self.src.get(loc.start as usize..loc.end as usize).unwrap_or_default();
                self.out += &show_bytes(text);
            }
            Expr::CompositeLit { ty, elems, .. } => {
                self.optional(ty);
                self.put(if elems.is_empty() { "{}" } else { "{…}" });
            }
            Expr::KeyValue { key, value } => {
                self.expr(key);
                self.put(": ");
                self.expr(value);
            }
            Expr::FuncLit { ty, body } => {
                self.expr(ty);
                let empty = matches!(self.tree[body], Stmt::Block(list) if list.is_empty());
                self.put(if empty { " {}" } else { " {…}" });
            }
            Expr::Paren(x) => {
                self.put("(");
                self.expr(x);
                self.put(")");
            }
            Expr::Selector { x, sel } => {
                self.expr(x);
                self.put(".");
                self.ident(sel);
            }
            Expr::Index { x, indices } => {
                self.expr(x);
                self.put("[");
                self.list(indices);
                self.put("]");
            }
            Expr::Slice { x, lo, hi, max } => {
                self.expr(x);
                self.put("[");
                self.optional(lo);
                self.put(":");
                self.optional(hi);
                if let Some(max) = max {
                    self.put(":");
                    self.expr(max);
                }
                self.put("]");
            }
            Expr::TypeAssert { x, ty } => {
                self.expr(x);
                self.put(".(");
                self.expr(ty);
                self.put(")");
            }
            Expr::TypeSwitchGuard { x } => {
                self.expr(x);
                self.put(".(type)");
            }
            Expr::Call { fun, args, has_dots } => {
                self.expr(fun);
                self.put("(");
                self.list(args);
                self.put(if has_dots { "...)" } else { ")" });
            }
            Expr::Unary { op, x } => {
                self.put(op.as_str());
                self.expr(x);
            }
            Expr::Star(x) => {
                self.put("*");
                self.expr(x);
            }
            Expr::Binary { op, x, y } => {
                self.expr(x);
                self.all([" ", op.as_str(), " "]);
                self.expr(y);
            }
            _ => self.composite_type(id),
        }
    }

    fn composite_type(&mut self, id: ExprId) {
        match self.tree[id] {
            Expr::ArrayType { len, elem } => {
                self.put("[");
                match len {
                    Some(len) => self.expr(len),
                    None => self.put("..."),
                }
                self.put("]");
                self.expr(elem);
            }
            Expr::SliceType(elem) => {
                self.put("[]");
                self.expr(elem);
            }
            Expr::DotsType(elem) => {
                self.put("...");
                self.expr(elem);
            }
            Expr::StructType { fields } => {
                self.put("struct{");
                self.fields(fields);
                self.put("}");
            }
            Expr::FuncType { params, results } => {
                self.put("func");
                self.signature(params, results);
            }
            Expr::InterfaceType { elems } => {
                self.put("interface{");
                self.elements(elems);
                self.put("}");
            }
            Expr::MapType { key, value } => {
                self.put("map[");
                self.expr(key);
                self.put("]");
                self.expr(value);
            }
            Expr::ChanType { dir, elem } => {
                self.put(match dir {
                    ChanDir::Both => "chan ",
                    ChanDir::Send => "chan<- ",
                    ChanDir::Recv => "<-chan ",
                });
                // `chan <-chan T` would read as `chan<- chan T`.
                let ambiguous = dir == ChanDir::Both
                    && matches!(self.tree[elem], Expr::ChanType { dir: ChanDir::Recv, .. });
                self.put(if ambiguous { "(" } else { "" });
                self.expr(elem);
                self.put(if ambiguous { ")" } else { "" });
            }
            _ => {}
        }
    }

    /// Fields of a struct, grouped as they were written.
    fn fields(&mut self, fields: List<FieldId>) {
        let mut previous: Option<Field> = None;
        for id in self.tree.list(fields) {
            let field = self.tree[id];
            let grouped =
                previous.is_some_and(|p| p.name.is_some() && field.name.is_some() && p.ty == field.ty);
            if let Some(previous) = previous {
                if grouped {
                    self.put(", ");
                } else {
                    self.field_type(previous);
                    self.put("; ");
                }
            }
            if let Some(name) = field.name {
                self.ident(name);
            }
            previous = Some(field);
        }
        if let Some(last) = previous {
            self.field_type(last);
        }
    }

    fn field_type(&mut self, field: Field) {
        if field.name.is_some() {
            self.put(" ");
        }
        self.expr(field.ty);
        if let Some(tag) = field.tag {
            self.put(" ");
            self.expr(tag);
        }
    }

    fn elements(&mut self, elems: List<FieldId>) {
        for (i, id) in self.tree.list(elems).enumerate() {
            if i > 0 {
                self.put("; ");
            }
            let elem = self.tree[id];
            match (elem.name, self.tree[elem.ty]) {
                (Some(name), Expr::FuncType { params, results }) => {
                    self.ident(name);
                    self.signature(params, results);
                }
                _ => self.expr(elem.ty),
            }
        }
    }

    fn signature(&mut self, params: List<FieldId>, results: List<FieldId>) {
        self.params(params);
        match results.len() {
            0 => {}
            1 if self.tree[self.tree.nth(results, 0)].name.is_none() => {
                self.put(" ");
                self.expr(self.tree[self.tree.nth(results, 0)].ty);
            }
            _ => {
                self.put(" ");
                self.params(results);
            }
        }
    }

    fn params(&mut self, list: List<FieldId>) {
        self.put("(");
        for (i, id) in self.tree.list(list).enumerate() {
            if i > 0 {
                self.put(", ");
            }
            let param = self.tree[id];
            if let Some(name) = param.name {
                self.ident(name);
                let next = (i + 1 < list.len()).then(|| self.tree[self.tree.nth(list, i + 1)]);
                if next.is_some_and(|next| next.name.is_some() && next.ty == param.ty) {
                    continue;
                }
                self.put(" ");
            }
            self.expr(param.ty);
        }
        self.put(")");
    }
}
