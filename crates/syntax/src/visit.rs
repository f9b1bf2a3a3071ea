//! Walking a tree in source order.
//!
//! [`walk_file`] and [`walk`] call a [`Visitor`] before and after each node. They need no stack of their
//! own per level, so that deep trees are safe. A type shared by several names (`a, b int`) is
//! visited once, with the last name.

use escargo_base::Id;

use crate::tree::*;

/// Any node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Node {
    Decl(DeclId),
    Stmt(StmtId),
    Expr(ExprId),
    Field(FieldId),
    Clause(ClauseId),
    Ident(IdentId),
}

/// What to do at each node.
pub trait Visitor {
    /// Called before the children of a node; if false, they are skipped, and [`leave`](Self::leave) is not
    /// called.
    fn enter(&mut self, tree: &Tree, node: Node) -> bool;
    /// Called after the children of a node.
    fn leave(&mut self, _tree: &Tree, _node: Node) {}
}

impl<F: FnMut(&Tree, Node) -> bool> Visitor for F {
    fn enter(&mut self, tree: &Tree, node: Node) -> bool {
        self(tree, node)
    }
}

/// Visits the package name and all declarations of a file.
pub fn walk_file(tree: &Tree, visitor: &mut impl Visitor) {
    if let Some(name) = tree.package {
        walk(tree, Node::Ident(name), visitor);
    }
    for &decl in &tree.top {
        walk(tree, Node::Decl(decl), visitor);
    }
}

/// Visits a node and all below it.
pub fn walk(tree: &Tree, node: Node, visitor: &mut impl Visitor) {
    // Nodes to enter, and nodes (marked) to leave; the next one is last.
    let mut open = vec![(node, false)];
    let mut children = Vec::new();
    while let Some((node, entered)) = open.pop() {
        if entered {
            visitor.leave(tree, node);
        } else if visitor.enter(tree, node) {
            open.push((node, true));
            children_of(tree, node, &mut children);
            open.extend(children.drain(..).rev().map(|child| (child, false)));
        }
    }
}

/// Appends the children of a node in source order.
pub fn children_of(tree: &Tree, node: Node, out: &mut Vec<Node>) {
    let mut children = Children { tree, out };
    match node {
        Node::Ident(_) => {}
        Node::Expr(id) => children.of_expr(tree[id]),
        Node::Stmt(id) => children.of_stmt(tree[id]),
        Node::Decl(id) => children.of_decl(tree[id]),
        Node::Clause(id) => {
            let clause = tree[id];
            children.exprs(clause.exprs);
            children.stmt(clause.comm);
            children.stmts(clause.body);
        }
        Node::Field(id) => {
            let field = tree[id];
            children.ident(field.name);
            // Fields of one list lie side by side.
            let next = tree.fields.get(FieldId::from_index(id.index() + 1));
            if next.is_none_or(|next| next.ty != field.ty) {
                children.expr(field.ty);
                children.expr(field.tag);
            }
        }
    }
}

struct Children<'a> {
    tree: &'a Tree,
    out: &'a mut Vec<Node>,
}

impl Children<'_> {
    fn expr(&mut self, id: impl Into<Option<ExprId>>) {
        self.out.extend(id.into().map(Node::Expr));
    }
    fn stmt(&mut self, id: impl Into<Option<StmtId>>) {
        self.out.extend(id.into().map(Node::Stmt));
    }
    fn ident(&mut self, id: impl Into<Option<IdentId>>) {
        self.out.extend(id.into().map(Node::Ident));
    }
    fn exprs(&mut self, list: List<ExprId>) {
        self.out.extend(self.tree.list(list).map(Node::Expr));
    }
    fn stmts(&mut self, list: List<StmtId>) {
        self.out.extend(self.tree.list(list).map(Node::Stmt));
    }
    fn fields(&mut self, list: List<FieldId>) {
        self.out.extend(self.tree.list(list).map(Node::Field));
    }
    fn clauses(&mut self, list: List<ClauseId>) {
        self.out.extend(self.tree.list(list).map(Node::Clause));
    }

    fn of_expr(&mut self, expr: Expr) {
        match expr {
            Expr::Bad | Expr::BasicLit { .. } => {}
            Expr::Name(name) => self.ident(name),
            Expr::CompositeLit { ty, elems, .. } => {
                self.expr(ty);
                self.exprs(elems);
            }
            Expr::KeyValue { key: x, value: y }
            | Expr::Binary { x, y, .. }
            | Expr::MapType { key: x, value: y }
            | Expr::TypeAssert { x, ty: y } => {
                self.expr(x);
                self.expr(y);
            }
            Expr::FuncLit { ty, body } => {
                self.expr(ty);
                self.stmt(body);
            }
            Expr::Paren(x)
            | Expr::TypeSwitchGuard { x }
            | Expr::Unary { x, .. }
            | Expr::Star(x)
            | Expr::SliceType(x)
            | Expr::DotsType(x)
            | Expr::ChanType { elem: x, .. } => self.expr(x),
            Expr::Selector { x, sel } => {
                self.expr(x);
                self.ident(sel);
            }
            Expr::Index { x, indices: list } | Expr::Call { fun: x, args: list, .. } => {
                self.expr(x);
                self.exprs(list);
            }
            Expr::Slice { x, lo, hi, max } => {
                self.expr(x);
                self.expr(lo);
                self.expr(hi);
                self.expr(max);
            }
            Expr::ArrayType { len, elem } => {
                self.expr(len);
                self.expr(elem);
            }
            Expr::StructType { fields } | Expr::InterfaceType { elems: fields } => self.fields(fields),
            Expr::FuncType { params, results } => {
                self.fields(params);
                self.fields(results);
            }
        }
    }

    fn of_stmt(&mut self, stmt: Stmt) {
        match stmt {
            Stmt::Bad | Stmt::Empty => {}
            Stmt::Block(list) => self.stmts(list),
            Stmt::Expr(x) | Stmt::IncDec { x, .. } | Stmt::Go(x) | Stmt::Defer(x) => self.expr(x),
            Stmt::Send { chan, value } => {
                self.expr(chan);
                self.expr(value);
            }
            Stmt::Decl(decls) => self.out.extend(self.tree.list(decls).map(Node::Decl)),
            Stmt::Assign { lhs, rhs, .. } => {
                self.exprs(lhs);
                self.exprs(rhs);
            }
            Stmt::Return(results) => self.exprs(results),
            Stmt::Branch { label, .. } => self.ident(label),
            Stmt::Labeled { label, stmt } => {
                self.ident(label);
                self.stmt(stmt);
            }
            Stmt::If { init, cond, then, els } => {
                self.stmt(init);
                self.expr(cond);
                self.stmt(then);
                self.stmt(els);
            }
            Stmt::For { init, cond, post, body } => {
                self.stmt(init);
                self.expr(cond);
                self.stmt(post);
                self.stmt(body);
            }
            Stmt::Range { lhs, x, body, .. } => {
                self.exprs(lhs);
                self.expr(x);
                self.stmt(body);
            }
            Stmt::Switch { init, tag, clauses } => {
                self.stmt(init);
                self.expr(tag);
                self.clauses(clauses);
            }
            Stmt::TypeSwitch { init, bind, guard, clauses } => {
                self.stmt(init);
                self.ident(bind);
                self.expr(guard);
                self.clauses(clauses);
            }
            Stmt::Select { clauses } => self.clauses(clauses),
        }
    }

    fn of_decl(&mut self, decl: Decl) {
        match decl {
            Decl::Bad => {}
            Decl::Import { name, path, .. } => {
                self.ident(name);
                self.expr(path);
            }
            Decl::Const { names, ty, values, .. } | Decl::Var { names, ty, values, .. } => {
                self.out.extend(self.tree.list(names).map(Node::Ident));
                self.expr(ty);
                self.exprs(values);
            }
            Decl::Type { name, tparams, ty, .. } => {
                self.ident(name);
                self.fields(tparams);
                self.expr(ty);
            }
            Decl::Func(func) => {
                self.out.extend(func.recv.map(Node::Field));
                self.ident(func.name);
                self.fields(func.tparams);
                self.expr(func.ty);
                self.stmt(func.body);
            }
        }
    }
}
