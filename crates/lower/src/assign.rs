//! Assignments and declarations of variables (`noder/writer.go`: assign, assignStmt; `noder/reader.go`: stmt1,
//! assignList, initDefn).

use escargo_check::IdentObject;
use escargo_ir::{Class, IrPos, Kind, List, NameId, NodeId, Op};
use escargo_syntax::{BinaryOp, Decl, DeclId, Expr, ExprId, IdentId};
use escargo_types::shape::identical;
use escargo_types::{ObjId, Type, TypeId};

use crate::body::Body;
use crate::read::defined;

/// What is assigned to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// An expression, also a name that `:=` declares.
    Expr(ExprId),
    /// A name that `var` declares.
    Ident(IdentId),
}

/// An assignment's left-hand side, lowered.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// Destinations.
    pub(crate) lhs: List,
    /// Variables that the assignment declares.
    pub(crate) declared: Vec<NameId>,
}

impl Body<'_, '_> {
    /// The destination `_`.
    pub(crate) fn blank(&mut self) -> NodeId {
        self.low.unit.stmt(IrPos::NONE, Kind::Blank)
    }

    /// Position of an object that is declared in the body being lowered.
    pub(crate) fn obj_pos(&self, obj: ObjId) -> IrPos {
        let pos = self.low.cx.store.obj(obj).pos;
        if pos.is_known() { self.at(pos.offset) } else { IrPos::NONE }
    }

    /// Declares a local variable.
    pub(crate) fn declare_var(&mut self, obj: ObjId) -> NameId {
        let pos = self.obj_pos(obj);
        self.low.base_pos = pos;
        let object = self.low.cx.store.obj(obj);
        let ty = self.ty(object.ty().unwrap_or(TypeId::INVALID));
        self.declare(obj, pos, object.name, ty, Class::Auto)
    }

    /// The name that a target is, without parentheses.
    fn target_ident(&self, target: Target) -> Option<IdentId> {
        let tree = &self.source().tree;
        match target {
            Target::Ident(ident) => Some(ident),
            Target::Expr(e) => match tree[tree.unparen(e)] {
                Expr::Name(ident) => Some(ident),
                _ => None,
            },
        }
    }

    /// Lowers a destination; the second value is the variable that it declares.
    pub(crate) fn target(&mut self, target: Target) -> (NodeId, Option<NameId>) {
        if let Some(ident) = self.target_ident(target) {
            if self.source().tree.name(ident).is_blank() {
                return (self.blank(), None);
            }
            if let IdentObject::Def(obj) = self.info().idents[ident] {
                let name = self.declare_var(obj);
                return (self.low.unit.names[name].node, Some(name));
            }
        }
        match target {
            Target::Expr(e) => (self.expr(e), None),
            Target::Ident(_) => (self.blank(), None),
        }
    }

    /// Lowers destinations in order.
    pub(crate) fn targets(&mut self, targets: &[Target]) -> Targets {
        let mut lowered = Targets::default();
        for &target in targets {
            let (node, name) = self.target(target);
            lowered.lhs.push(node);
            lowered.declared.extend(name);
        }
        lowered
    }

    /// The checker's type of a destination; none for `_`, to which nothing is converted.
    pub(crate) fn target_type(&self, target: Target) -> Option<TypeId> {
        let store = self.low.cx.store;
        match (self.target_ident(target), target) {
            (Some(ident), _) if self.source().tree.name(ident).is_blank() => None,
            (Some(ident), _) => match self.info().idents[ident] {
                IdentObject::Def(obj) | IdentObject::Use(obj) => Some(store.obj_type(obj)),
                _ => None,
            },
            (None, Target::Expr(e)) => Some(self.type_of(e)),
            (None, Target::Ident(_)) => None,
        }
    }

    /// Makes `stmt` the definition of variables: it declares them first. Says whether there are any.
    pub(crate) fn define(&mut self, stmt: NodeId, names: &[NameId]) {
        let mut init = List::with_capacity(names.len());
        for &name in names {
            let pos = self.low.unit.names[name].pos;
            self.low.unit.names[name].defn = Some(stmt);
            init.push(self.low.unit.stmt(pos, Kind::Decl(name)));
        }
        if !init.is_empty() {
            self.low.unit.nodes[stmt].init = init;
        }
    }

    /// `targets = values`, with all that is declared by it.
    pub(crate) fn assign_stmt(&mut self, pos: IrPos, targets: &[Target], values: &[ExprId], out: &mut List) {
        if self.rules().values_first {
            let rhs = self.expr_list(values);
            let Targets { lhs, declared } = self.targets(targets);
            out.push(self.walked_assignment(pos, lhs, rhs, &declared));
            return;
        }
        let Targets { lhs, declared } = self.targets(targets);
        let types: Vec<Option<TypeId>> = targets.iter().map(|&target| self.target_type(target)).collect();
        let rhs = self.multi_expr(pos, &types, values);
        if rhs.is_empty() {
            for name in declared {
                out.push(self.zero_stmt(pos, name));
            }
            return;
        }
        out.push(self.assignment(pos, lhs, rhs, &declared));
    }

    /// `var name T`.
    pub(crate) fn zero_stmt(&mut self, pos: IrPos, name: NameId) -> NodeId {
        let x = self.low.unit.names[name].node;
        let stmt = self.low.unit.stmt(pos, Kind::Assign { x, y: None, def: false });
        let decl = self.low.unit.stmt(pos, Kind::Decl(name));
        self.low.unit.nodes[stmt].init.push(decl);
        stmt
    }

    /// An assignment of lowered values.
    pub(crate) fn assignment(&mut self, pos: IrPos, lhs: List, mut rhs: List, declared: &[NameId]) -> NodeId {
        let at = self.place(pos);
        for (i, y) in rhs.iter_mut().enumerate() {
            *y = self.assigned(at, lhs[i], *y);
        }
        let def = !declared.is_empty();
        let kind = match (&lhs[..], &rhs[..]) {
            (&[x], &[y]) => Kind::Assign { x, y: Some(y), def },
            _ => Kind::AssignList { op: Op::As2, lhs, rhs, def },
        };
        let stmt = self.low.unit.stmt(pos, kind);
        self.define(stmt, declared);
        stmt
    }

    /// An assignment of values that stand as they are written: one of them may have several values
    /// (`noder/transform.go` of 1.19, transformAssign).
    pub(crate) fn walked_assignment(
        &mut self,
        pos: IrPos,
        lhs: List,
        rhs: List,
        declared: &[NameId],
    ) -> NodeId {
        let &[value] = &rhs[..] else { return self.assignment(pos, lhs, rhs, declared) };
        if lhs.len() == 1 {
            return self.assignment(pos, lhs, rhs, declared);
        }
        let op = self.list_op(value);
        if op == Op::As2Func && self.mismatches(&lhs, value) {
            return self.spread_assignment(pos, lhs, value, declared);
        }
        let def = !declared.is_empty();
        let stmt = self.low.unit.stmt(pos, Kind::AssignList { op, lhs, rhs, def });
        self.define(stmt, declared);
        stmt
    }

    /// Whether results of a call have other types than what they are assigned to.
    fn mismatches(&self, lhs: &[NodeId], call: NodeId) -> bool {
        let store = self.low.cx.store;
        let Type::Tuple(results) = store.ty(self.low.unit.nodes[call].ty) else { return false };
        let types = results.vars.iter().map(|&var| store.obj_type(var));
        lhs.iter().zip(types).any(|(&x, ty)| {
            let node = &self.low.unit.nodes[x];
            !matches!(node.kind, Kind::Blank) && !identical(store, node.ty, ty)
        })
    }

    /// Results that need a conversion go through temporaries (`typecheck.RewriteMultiValueCall`).
    fn spread_assignment(&mut self, pos: IrPos, lhs: List, call: NodeId, declared: &[NameId]) -> NodeId {
        let (func, at) = (self.func, self.low.stand);
        let (assign, temps) = self.build().spread_results(func, at, call);
        let rhs = lhs.iter().zip(temps).map(|(&x, temp)| self.assigned(at, x, temp)).collect();
        let def = !declared.is_empty();
        let stmt = self.low.unit.stmt(pos, Kind::AssignList { op: Op::As2, lhs, rhs, def });
        self.define(stmt, declared);
        self.low.unit.nodes[stmt].init.push(assign);
        stmt
    }

    /// A value for a destination: values without type get one (`typecheck.AssignConv`).
    fn assigned(&mut self, pos: IrPos, x: NodeId, y: NodeId) -> NodeId {
        if matches!(self.low.unit.nodes[x].kind, Kind::Blank) {
            return self.build().default_lit(y, None, false);
        }
        let ty = self.low.unit.nodes[x].ty;
        self.build().assign_conv(pos, y, ty)
    }

    /// A local declaration. Those of constants and types leave nothing, or a statement without effect.
    pub(crate) fn decl_stmt(&mut self, decl: DeclId, out: &mut List) {
        let tree = &self.source().tree;
        if self.rules().keeps_declarations {
            return self.kept_declaration(decl, out);
        }
        if let Decl::Var { names, values, .. } = tree[decl] {
            let targets: Vec<Target> = tree.list(names).map(Target::Ident).collect();
            let values: Vec<ExprId> = tree.list(values).collect();
            let pos = self.at(tree.decl_loc(decl).pos);
            self.assign_stmt(pos, &targets, &values, out);
        }
    }

    fn kept_declaration(&mut self, decl: DeclId, out: &mut List) {
        let tree = &self.source().tree;
        let pos = self.at(tree.decl_loc(decl).pos);
        match tree[decl] {
            Decl::Const { names, .. } => {
                for _ in tree.list(names) {
                    out.push(self.low.unit.stmt(pos, Kind::Leaf(Op::DclConst)));
                }
            }
            Decl::Type { .. } => {
                self.low.stand = pos;
                out.push(self.low.unit.stmt(pos, Kind::Leaf(Op::DclType)));
            }
            Decl::Var { names, values, .. } => {
                self.low.stand = pos;
                let names: Vec<NameId> =
                    tree.list(names).filter_map(|name| self.declare_ident(name)).collect();
                let values: Vec<ExprId> = tree.list(values).collect();
                let values = self.expr_list(&values);
                self.var_declaration(pos, &names, &values, out);
            }
            _ => {}
        }
    }

    /// The variable that `var` declares; the blank one is in no list.
    fn declare_ident(&mut self, ident: IdentId) -> Option<NameId> {
        let obj = defined(self.info(), ident)?;
        let object = self.low.cx.store.obj(obj);
        if !object.name.is_blank() {
            return Some(self.declare_var(obj));
        }
        let (pos, pkg) = (self.obj_pos(obj), object.pkg);
        let ty = self.ty(object.ty().unwrap_or(TypeId::INVALID));
        Some(self.low.unit.new_name(pos, object.name, pkg, ty, Class::Auto))
    }

    /// Each variable is declared and gets its value by statements of its own, unless one expression has the values of
    /// all (`noder/decl.go` of 1.19, varDecl).
    fn var_declaration(&mut self, pos: IrPos, names: &[NameId], values: &[NodeId], out: &mut List) {
        let spread = !values.is_empty() && values.len() != names.len();
        for (i, &name) in names.iter().enumerate() {
            out.push(self.low.unit.stmt(pos, Kind::Decl(name)));
            if spread {
                continue;
            }
            let x = self.low.unit.names[name].node;
            let at = self.low.stand;
            let y = values.get(i).map(|&y| self.assigned(at, x, y));
            let stmt = self.low.unit.stmt(pos, Kind::Assign { x, y, def: false });
            if y.is_some() {
                self.low.unit.names[name].defn = Some(stmt);
            }
            out.push(stmt);
        }
        if spread {
            let lhs = names.iter().map(|&name| self.low.unit.names[name].node).collect();
            let stmt = self.walked_assignment(pos, lhs, values.iter().copied().collect(), &[]);
            for &name in names {
                self.low.unit.names[name].defn = Some(stmt);
            }
            out.push(stmt);
        }
    }

    /// `x op= y`.
    pub(crate) fn op_assign(&mut self, pos: IrPos, op: BinaryOp, x: ExprId, y: ExprId) -> NodeId {
        if self.rules().values_first {
            let y = self.expr(y);
            let x = self.expr(x);
            let op = crate::stmt::binary_op(op);
            return self.low.unit.stmt(pos, Kind::AssignOp { op, x, y, incdec: false });
        }
        let ty = self.type_of(x);
        let lhs = self.expr(x);
        let rhs = match op {
            BinaryOp::Shl | BinaryOp::Shr => self.expr(y),
            _ => self.convert(y, ty),
        };
        let op = crate::stmt::binary_op(op);
        let rhs = match op {
            Op::Lsh | Op::Rsh => self.build().default_lit(rhs, Some(TypeId::UINT), false),
            _ => self.build().operands(lhs, rhs).1,
        };
        self.low.unit.stmt(pos, Kind::AssignOp { op, x: lhs, y: rhs, incdec: false })
    }

    /// `x++`, `x--`.
    pub(crate) fn inc_dec(&mut self, pos: IrPos, x: ExprId, inc: bool) -> NodeId {
        let x = self.expr(x);
        let ty = self.low.unit.nodes[x].ty;
        let steps = self.rules().steps;
        let y = match steps {
            true => self.build().one(pos, ty),
            false => {
                let one = self.build().int(pos, 1);
                self.build().default_lit(one, Some(ty), false)
            }
        };
        let op = if inc { Op::Add } else { Op::Sub };
        self.low.unit.stmt(pos, Kind::AssignOp { op, x, y, incdec: steps })
    }
}
