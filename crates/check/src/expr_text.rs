//! Expressions as text, as messages show them: with the compiler's spacing, not the source's; bodies of function
//! literals and elements of composite literals left out.

use escargo_syntax::{ChanDir, Expr, ExprId, Field, FieldId, IdentId, List, Tree};

const RED_ZONE: usize = 64 * 1024;
const STACK_SEGMENT: usize = 1024 * 1024;

/// The text of an expression of a file.
pub(crate) fn expr_text(tree: &Tree, src: &[u8], e: ExprId) -> String {
    let mut printer = Printer { tree, src, out: String::new() };
    printer.expr(e);
    printer.out
}

struct Printer<'t> {
    tree: &'t Tree,
    src: &'t [u8],
    out: String,
}

impl Printer<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }
    fn name(&mut self, id: IdentId) {
        self.put(self.tree.name(id).as_str());
    }

    fn expr(&mut self, e: ExprId) {
        stacker::maybe_grow(RED_ZONE, STACK_SEGMENT, || self.print(e));
    }

    fn print(&mut self, e: ExprId) {
        match self.tree[e] {
            Expr::Bad => self.put("<bad expr>"),
            Expr::Name(id) => self.name(id),
            Expr::BasicLit { .. } => {
                let loc = self.tree.loc(e);
                let text = self.src.get(loc.start as usize..loc.end as usize).unwrap_or_default();
                self.out.push_str(&String::from_utf8_lossy(text));
            }
            Expr::CompositeLit { ty, elems, .. } => {
                ty.into_iter().for_each(|ty| self.expr(ty));
                self.put(if elems.is_empty() { "{}" } else { "{…}" });
            }
            Expr::FuncLit { ty, body } => {
                self.expr(ty);
                let is_empty =
                    matches!(self.tree[body], escargo_syntax::Stmt::Block(list) if list.is_empty());
                self.put(if is_empty { " {}" } else { " {…}" });
            }
            Expr::KeyValue { key, value } => self.parts(&[(key, ": "), (value, "")]),
            Expr::Paren(x) => {
                self.put("(");
                self.parts(&[(x, ")")]);
            }
            Expr::Selector { x, sel } => {
                self.parts(&[(x, ".")]);
                self.name(sel);
            }
            Expr::Index { x, indices } => {
                self.parts(&[(x, "[")]);
                self.list(indices, "]");
            }
            Expr::Slice { x, lo, hi, max } => self.slice(x, lo, hi, max),
            Expr::TypeAssert { x, ty } => self.parts(&[(x, ".("), (ty, ")")]),
            Expr::TypeSwitchGuard { x } => self.parts(&[(x, ".(type)")]),
            Expr::Call { fun, args, has_dots } => {
                self.parts(&[(fun, "(")]);
                self.list(args, if has_dots { "...)" } else { ")" });
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
                self.put(" ");
                self.put(op.as_str());
                self.put(" ");
                self.expr(y);
            }
            _ => self.type_literal(e),
        }
    }

    fn type_literal(&mut self, e: ExprId) {
        match self.tree[e] {
            Expr::ArrayType { len: None, elem } => {
                self.put("[...]");
                self.expr(elem);
            }
            Expr::ArrayType { len: Some(len), elem } => {
                self.put("[");
                self.parts(&[(len, "]"), (elem, "")]);
            }
            Expr::SliceType(elem) => {
                self.put("[]");
                self.expr(elem);
            }
            Expr::DotsType(elem) => {
                self.put("...");
                self.expr(elem);
            }
            Expr::StructType { fields } => self.struct_type(fields),
            Expr::FuncType { params, results } => {
                self.put("func");
                self.signature(params, results);
            }
            Expr::InterfaceType { elems } => self.interface_type(elems),
            Expr::MapType { key, value } => {
                self.put("map[");
                self.parts(&[(key, "]"), (value, "")]);
            }
            Expr::ChanType { dir, elem } => self.chan_type(dir, elem),
            _ => {}
        }
    }

    /// Each expression followed by its text.
    fn parts(&mut self, parts: &[(ExprId, &str)]) {
        for &(e, after) in parts {
            self.expr(e);
            self.put(after);
        }
    }

    fn list(&mut self, list: List<ExprId>, after: &str) {
        for (i, e) in self.tree.list(list).enumerate() {
            if i > 0 {
                self.put(", ");
            }
            self.expr(e);
        }
        self.put(after);
    }

    fn slice(&mut self, x: ExprId, lo: Option<ExprId>, hi: Option<ExprId>, max: Option<ExprId>) {
        self.parts(&[(x, "[")]);
        lo.into_iter().for_each(|e| self.expr(e));
        self.put(":");
        hi.into_iter().for_each(|e| self.expr(e));
        if let Some(max) = max {
            self.put(":");
            self.expr(max);
        }
        self.put("]");
    }

    fn chan_type(&mut self, dir: ChanDir, elem: ExprId) {
        self.put(match dir {
            ChanDir::Both => "chan ",
            ChanDir::Send => "chan<- ",
            ChanDir::Recv => "<-chan ",
        });
        // Without parentheses `chan (<-chan T)` would read as `(chan<-) chan T`.
        let ambiguous = matches!(self.tree[elem], Expr::ChanType { dir: ChanDir::Recv, .. });
        if dir == ChanDir::Both && ambiguous {
            self.put("(");
            self.parts(&[(elem, ")")]);
        } else {
            self.expr(elem);
        }
    }

    fn signature(&mut self, params: List<FieldId>, results: List<FieldId>) {
        self.params(params);
        if results.is_empty() {
            return;
        }
        self.put(" ");
        let first = self.tree[self.tree.nth(results, 0)];
        if results.len() == 1 && first.name.is_none() {
            self.expr(first.ty);
        } else {
            self.params(results);
        }
    }

    fn params(&mut self, list: List<FieldId>) {
        self.put("(");
        let fields: Vec<Field> = self.tree.list(list).map(|f| self.tree[f]).collect();
        for (i, field) in fields.iter().enumerate() {
            if i > 0 {
                self.put(", ");
            }
            if let Some(name) = field.name {
                self.name(name);
                if fields.get(i + 1).is_some_and(|next| next.name.is_some() && next.ty == field.ty) {
                    continue;
                }
                self.put(" ");
            }
            self.expr(field.ty);
        }
        self.put(")");
    }

    /// Fields that share their type stand together: `a, b int`.
    fn struct_type(&mut self, list: List<FieldId>) {
        self.put("struct{");
        let fields: Vec<Field> = self.tree.list(list).map(|f| self.tree[f]).collect();
        let groups = fields.chunk_by(|x, y| x.name.is_some() && y.name.is_some() && x.ty == y.ty);
        for (i, group) in groups.enumerate() {
            if i > 0 {
                self.put("; ");
            }
            for (k, name) in group.iter().filter_map(|f| f.name).enumerate() {
                self.put(if k > 0 { ", " } else { "" });
                self.name(name);
            }
            if group[0].name.is_some() {
                self.put(" ");
            }
            self.expr(group[0].ty);
            if let Some(tag) = group[0].tag {
                self.put(" ");
                self.expr(tag);
            }
        }
        self.put("}");
    }

    fn interface_type(&mut self, elems: List<FieldId>) {
        self.put("interface{");
        for (i, f) in self.tree.list(elems).enumerate() {
            if i > 0 {
                self.put("; ");
            }
            let field = self.tree[f];
            match (field.name, self.tree[field.ty]) {
                (Some(name), Expr::FuncType { params, results }) => {
                    self.name(name);
                    self.signature(params, results);
                }
                _ => self.expr(field.ty),
            }
        }
        self.put("}");
    }
}
