//! Switch statements (`noder/writer.go`, `noder/reader.go`: switchStmt; `typecheck/stmt.go`: tcSwitch).

use escargo_base::Symbol;
use escargo_check::{Mode, NodeRef};
use escargo_ir::{CaseClause, Class, IrPos, Kind, List, NameId, Node, NodeId};
use escargo_syntax::{Clause, ClauseId, Expr, ExprId, FieldId, IdentId, StmtId, Tree};
use escargo_types::identity::identical;
use escargo_types::typeset::type_set;
use escargo_types::{Type, TypeId, TypeStore};

use crate::body::Body;
use crate::fold::{Clauses, Folder};

/// What tag and cases of an expression switch are converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagType {
    /// Conversion of the tag.
    pub(crate) tag: TypeId,
    /// Conversion of the cases; none for channels.
    pub(crate) case: Option<TypeId>,
}

impl Folder<'_> {
    /// What tag and cases are converted to: the tag's type, or `any` if some case does not fit that. `clauses` are
    /// those that are left.
    pub(crate) fn tag_type(&self, store: &TypeStore, tag: Option<ExprId>, clauses: &[ClauseId]) -> TagType {
        let ty = tag.map_or(TypeId::BOOL, |tag| self.info.types[tag].ty);
        if let Type::Chan { .. } = store.ty(store.under(ty)) {
            return TagType { tag: ty, case: None };
        }
        let fits = |case: ExprId| case_fits(store, self.info.types[case].ty, ty);
        let mut cases = clauses.iter().flat_map(|&clause| self.tree.list(self.tree[clause].exprs));
        let ty = if cases.all(fits) { ty } else { TypeId::EMPTY_INTERFACE };
        TagType { tag: ty, case: Some(ty) }
    }
}

/// Whether a case can be assigned to the tag's type, or no interface is involved. Either type can be assigned to the
/// other, or they could not be compared.
fn case_fits(store: &TypeStore, case: TypeId, tag: TypeId) -> bool {
    if identical(store, case, tag) || case == TypeId::UNTYPED_NIL {
        return true;
    }
    if store.is_type_param(tag) || !store.is_interface(tag) {
        return !store.is_interface(case) && !store.is_interface(tag);
    }
    if !store.is_interface(case) {
        return true;
    }
    let (case, tag) = (type_set(store, store.under(case)), type_set(store, store.under(tag)));
    tag.methods.iter().all(|&method| {
        let method = store.obj(method);
        case.lookup_method(store, method.pkg, method.name, false).is_some()
    })
}

impl Body<'_, '_> {
    /// An expression switch.
    pub(crate) fn switch_stmt(
        &mut self,
        pos: IrPos,
        label: Option<Symbol>,
        init: Option<StmtId>,
        tag: Option<ExprId>,
        clauses: escargo_syntax::List<ClauseId>,
    ) -> NodeId {
        let store = self.low.cx.store;
        let tree = &self.source().tree;
        let plan = self.plan();
        let init = self.single(init);
        if !self.rules().drops_dead_statements {
            let taken = self.folder(&plan).clauses(tag, clauses);
            return self.pruned_switch(pos, label, init, tag, clauses, taken);
        }
        let (tag, clauses, reduced) = match self.folder(&plan).clauses(tag, clauses) {
            Clauses::All => (tag, tree.list(clauses).collect(), false),
            Clauses::One(clause) => (None, vec![clause], true),
            Clauses::None => (None, Vec::new(), true),
        };
        let types = match reduced {
            true => TagType { tag: TypeId::BOOL, case: None },
            false => self.folder(&plan).tag_type(store, tag, &clauses),
        };
        let to = if self.rules().reads_back { types.case } else { None };
        let tag = tag.map(|tag| {
            let node = self.convert(tag, types.tag);
            self.build().default_lit(node, None, false)
        });
        let mut cases = List::with_capacity(clauses.len());
        for clause in clauses {
            let exprs = if reduced { escargo_syntax::List::EMPTY } else { tree[clause].exprs };
            cases.push(self.case(clause, exprs, tag, to));
        }
        self.switch_node(pos, label, init, tag, cases)
    }

    /// A switch that keeps its tag; if that is constant only the case that is taken is left.
    fn pruned_switch(
        &mut self,
        pos: IrPos,
        label: Option<Symbol>,
        init: Option<NodeId>,
        tag: Option<ExprId>,
        clauses: escargo_syntax::List<ClauseId>,
        taken: Clauses,
    ) -> NodeId {
        let tree = &self.source().tree;
        let plan = self.plan();
        let tag_node = tag.map(|tag| self.expr(tag));
        let mut cases = List::with_capacity(clauses.len());
        for clause in tree.list(clauses) {
            match taken {
                Clauses::All => cases.push(self.case(clause, tree[clause].exprs, tag_node, None)),
                Clauses::One(live) if live == clause => {
                    let case = self.case(clause, tree[clause].exprs, tag_node, None);
                    let taken = self.folder(&plan).taken_case(tag, clause);
                    if let Kind::Case(case) = &mut self.low.unit.nodes[case].kind {
                        case.list = taken.and_then(|i| case.list.get(i).copied()).into_iter().collect();
                    }
                    cases.push(case);
                }
                _ => self.dead_clause(clause),
            }
        }
        self.switch_node(pos, label, init, tag_node, cases)
    }

    fn switch_node(
        &mut self,
        pos: IrPos,
        label: Option<Symbol>,
        init: Option<NodeId>,
        tag: Option<NodeId>,
        cases: List,
    ) -> NodeId {
        let mut node = Node::new(pos, Kind::Switch { label, tag, cases });
        node.init.extend(init);
        self.low.unit.add(node)
    }

    fn case(
        &mut self,
        clause: ClauseId,
        exprs: escargo_syntax::List<ExprId>,
        tag: Option<NodeId>,
        to: Option<TypeId>,
    ) -> NodeId {
        let store = self.low.cx.store;
        let tree = &self.source().tree;
        let pos = self.at(tree[clause].loc.pos);
        let tag_type = tag.map_or(TypeId::BOOL, |tag| self.low.unit.nodes[tag].ty);
        let (mut list, mut rtypes) = (List::new(), List::new());
        for case in tree.list(exprs) {
            let node = match to {
                Some(to) => self.convert(case, to),
                None => self.expr(case),
            };
            list.push(self.build().default_lit(node, Some(tag_type), false));
        }
        if tag.is_none() {
            // A comparison of true with an interface.
            for &case in &list {
                let node = &self.low.unit.nodes[case];
                let (ty, pos) = (store.under(node.ty), node.pos);
                if store.is_interface(ty) && type_set(store, ty).methods.is_empty() {
                    rtypes.push(self.rtype(TypeId::BOOL, pos));
                }
            }
        }
        let body = self.clause_body(clause);
        let is_default = list.is_empty();
        let clause = CaseClause { var: None, list, rtypes, body, is_default };
        self.low.unit.stmt(pos, Kind::Case(Box::new(clause)))
    }

    /// The statements of a clause.
    pub(crate) fn clause_body(&mut self, clause: ClauseId) -> List {
        let tree = &self.source().tree;
        let body: Vec<StmtId> = tree.list(tree[clause].body).collect();
        self.stmts(&body)
    }

    /// A type switch.
    pub(crate) fn type_switch(
        &mut self,
        pos: IrPos,
        label: Option<Symbol>,
        init: Option<StmtId>,
        bind: Option<IdentId>,
        guard: ExprId,
        clauses: escargo_syntax::List<ClauseId>,
    ) -> NodeId {
        let tree = &self.source().tree;
        let operand = match tree[guard] {
            Expr::TypeSwitchGuard { x } => x,
            _ => guard,
        };
        let init = self.single(init);
        let guard_pos = self.at(tree.loc(guard).pos);
        // The name as written stands for no variable; each clause has its own.
        let ident = bind.map(|bind| {
            let pos = self.at(tree[bind].start);
            let pkg = Some(self.pkg.pkg);
            let name = self.low.unit.new_name(pos, tree.name(bind), pkg, TypeId::INVALID, Class::Auto);
            self.low.unit.names[name].node
        });
        let iface = self.type_of(operand);
        let x = self.expr(operand);
        let guard = self.low.unit.stmt(guard_pos, Kind::TypeSwitchGuard { tag: ident, x });
        let mut cases = List::with_capacity(clauses.len());
        for clause in tree.list(clauses) {
            cases.push(self.type_case(clause, guard, iface));
        }
        self.switch_node(pos, label, init, Some(guard), cases)
    }

    fn type_case(&mut self, clause: ClauseId, guard: NodeId, iface: TypeId) -> NodeId {
        let tree = &self.source().tree;
        let pos = self.at(tree[clause].loc.pos);
        let mut list = List::new();
        for case in tree.list(tree[clause].exprs) {
            list.push(match self.info().types[case].mode {
                Mode::Nil => self.low.unit.expr(IrPos::NONE, TypeId::UNTYPED_NIL, Kind::Nil),
                _ => self.case_type(iface, case),
            });
        }
        let var = self.clause_var(clause, guard);
        let body = self.clause_body(clause);
        let is_default = list.is_empty();
        let clause = CaseClause { var, list, rtypes: List::new(), body, is_default };
        self.low.unit.stmt(pos, Kind::Case(Box::new(clause)))
    }

    /// A type in a clause.
    fn case_type(&mut self, iface: TypeId, case: ExprId) -> NodeId {
        let found = self.expr_type(Some(iface), case);
        let (pos, kind) = match (found.rtype, found.itab) {
            (Some(rtype), itab) => (found.pos, Kind::DynamicType { rtype, itab }),
            (None, Some(itab)) => (found.pos, Kind::DynamicType { rtype: itab, itab: None }),
            (None, None) => (IrPos::NONE, Kind::Type),
        };
        self.low.unit.expr(pos, found.ty, kind)
    }

    /// Declares the variable of a clause.
    fn clause_var(&mut self, clause: ClauseId, guard: NodeId) -> Option<NameId> {
        let obj = *self.info().implicits.get(&NodeRef::Clause(clause))?;
        let tree = &self.source().tree;
        let Clause { exprs, loc, .. } = tree[clause];
        let pos = match tree.list(exprs).next_back() {
            _ if !self.rules().reads_back => self.at(tree[clause].colon),
            Some(last) => self.at(type_end_pos(tree, last)),
            None => self.at(loc.pos),
        };
        let object = self.low.cx.store.obj(obj);
        let ty = self.ty(object.ty().unwrap_or(TypeId::INVALID));
        let name = self.declare(obj, pos, object.name, ty, Class::Auto);
        self.low.unit.names[name].defn = Some(guard);
        Some(name)
    }
}

/// Where variables of a type switch's clause stand, given the last type of the clause (`noder/quirks.go`,
/// typeExprEndPos).
fn type_end_pos(tree: &Tree, mut e: ExprId) -> u32 {
    let last_type = |fields: escargo_syntax::List<FieldId>| tree.list(fields).next_back().map(|f| tree[f].ty);
    loop {
        let next = match tree[e] {
            Expr::Selector { x, .. } => return tree.loc(x).pos,
            Expr::Paren(x)
            | Expr::Star(x)
            | Expr::ArrayType { elem: x, .. }
            | Expr::ChanType { elem: x, .. }
            | Expr::DotsType(x)
            | Expr::MapType { value: x, .. }
            | Expr::SliceType(x) => Some(x),
            Expr::InterfaceType { elems } => last_type(elems),
            Expr::FuncType { params, results } => last_type(results).or_else(|| last_type(params)),
            Expr::Index { indices, .. } => tree.list(indices).next_back(),
            _ => None,
        };
        match next {
            Some(next) => e = next,
            None => return tree.loc(e).pos,
        }
    }
}
