//! What function bodies put into a dictionary, or mention at all: declarations and statements (`noder/writer.go`:
//! objIdx, doObj, bodyIdx, stmts).

use std::rc::Rc;

use escargo_check::{FileInfo, IdentObject, NodeRef};
use escargo_syntax::{AssignOp, ClauseId, Decl, Expr, ExprId, IdentId, List, Stmt, StmtId, Tree};
use escargo_types::typeset::common_under;
use escargo_types::{ObjId, PkgId, Type, TypeId};
use rustc_hash::FxHashMap;

use crate::constant::array_range;
use crate::dict::Params;
use crate::fold::{Clauses, Folder};
use crate::layout::Layout;
use crate::lowerer::Lowerer;
use crate::range::range_types;
use crate::range_plan::{Jump, Loop, Plan, core_signature};
use crate::written::Mentions;

/// Goes through the source of a generic object as the compiler's writer does.
pub(crate) struct Writer<'l, 'w> {
    pub(crate) low: &'l mut Lowerer<'w>,
    pub(crate) layout: Layout,
    /// What the body mentions, if that is asked for, and not the layout.
    pub(crate) mentions: Option<Mentions>,
    pub(crate) params: Params,
    pub(crate) pkg: PkgId,
    pub(crate) tree: &'w Tree,
    pub(crate) info: &'w FileInfo,
    pub(crate) plan: Rc<Plan>,
    /// Type of the function or literal that is being written.
    sig: TypeId,
    /// Operands of conditions that others replace.
    pub(crate) folds: FxHashMap<ExprId, ExprId>,
}

/// A destination of an assignment.
#[derive(Clone, Copy)]
enum Target {
    Expr(ExprId),
    Name(IdentId),
    Var(ObjId),
}

impl<'w> Writer<'_, 'w> {
    /// The layout of a generic function or method, or of a generic type with its methods.
    pub(crate) fn layout(low: &mut Lowerer<'w>, obj: ObjId) -> Layout {
        let store = low.store();
        let funcs = match store.ty(store.obj_type(obj)) {
            Type::Named(_) => {
                let methods = store.origin_methods(store.obj_type(obj)).iter().copied();
                let plain = |&m: &ObjId| {
                    store.as_signature(store.obj_type(m)).is_some_and(|sig| sig.tparams.is_empty())
                };
                methods.filter(plain).collect()
            }
            _ => vec![obj],
        };
        let mut layout = Layout::default();
        for func in funcs {
            layout = Writer::func(low, obj, func, layout);
        }
        layout
    }

    /// What a function adds to the layout of `obj`.
    fn func(low: &mut Lowerer<'w>, obj: ObjId, func: ObjId, layout: Layout) -> Layout {
        let params = low.type_params_of(obj);
        let Some((mut writer, block)) = Writer::of(low, func, params) else { return layout };
        writer.layout = layout;
        writer.body(writer.low.store().obj_type(func), block);
        writer.layout
    }

    /// Adds what the body of a function mentions.
    pub(crate) fn mentions(low: &mut Lowerer<'w>, func: ObjId, mentions: Mentions) -> Mentions {
        let Some((mut writer, block)) = Writer::of(low, func, Params::default()) else { return mentions };
        writer.mentions = Some(mentions);
        writer.body(writer.low.store().obj_type(func), block);
        writer.mentions.unwrap_or_default()
    }

    /// One for a function that is declared somewhere, and the function's body.
    fn of<'l>(
        low: &'l mut Lowerer<'w>,
        func: ObjId,
        params: Params,
    ) -> Option<(Writer<'l, 'w>, Option<StmtId>)> {
        let pkg = low.store().obj(func).pkg?;
        let typed = low.world.typed(pkg);
        let decl = typed.funcs.get(&func)?;
        let file = &typed.files[decl.file];
        let Decl::Func(source) = &file.tree[decl.decl] else { return None };
        let plan = low.range_plan(typed, decl.file);
        let writer = Writer {
            low,
            layout: Layout::default(),
            mentions: None,
            params,
            pkg,
            tree: &file.tree,
            info: &typed.info.files[decl.file],
            plan,
            sig: TypeId::INVALID,
            folds: FxHashMap::default(),
        };
        Some((writer, source.body))
    }

    /// A function's parameters, results and statements.
    pub(crate) fn body(&mut self, sig: TypeId, block: Option<StmtId>) {
        let store = self.low.store();
        let outer = std::mem::replace(&mut self.sig, sig);
        if let Some(signature) = store.as_signature(sig) {
            let params = store.tuple(signature.params).iter();
            for &var in signature.recv.iter().chain(params).chain(store.tuple(signature.results)) {
                self.local(var);
            }
        }
        if let Some(block) = block {
            self.block(block);
        }
        self.sig = outer;
    }

    /// The declaration of a local variable.
    fn local(&mut self, var: ObjId) {
        let ty = self.low.store().obj_type(var);
        self.rtype_of(ty);
    }

    pub(crate) fn folder<'a>(&self, plan: &'a Plan) -> Folder<'a>
    where
        'w: 'a,
    {
        let drops_dead = self.low.cx.model.lowering.drops_dead_statements;
        Folder { tree: self.tree, info: self.info, plan, drops_dead }
    }

    // ----- statements -----

    fn block(&mut self, block: StmtId) {
        match self.tree[block] {
            Stmt::Block(list) => self.stmts(list),
            _ => self.list(&[block]),
        }
    }

    fn stmts(&mut self, list: List<StmtId>) {
        let list: Vec<StmtId> = self.tree.list(list).collect();
        self.list(&list);
    }

    fn list(&mut self, list: &[StmtId]) {
        let plan = Rc::clone(&self.plan);
        for s in self.folder(&plan).live(list).0 {
            self.stmt(s);
        }
    }

    fn opt_stmt(&mut self, s: Option<StmtId>) {
        self.list(s.as_slice());
    }

    fn stmt(&mut self, s: StmtId) {
        let plan = Rc::clone(&self.plan);
        if let Some(jump) = plan.jump(s) {
            return self.jump(s, jump);
        }
        match self.tree[s] {
            Stmt::Bad | Stmt::Empty | Stmt::Branch { .. } => {}
            Stmt::Block(list) => self.stmts(list),
            Stmt::Expr(x) | Stmt::Go(x) | Stmt::Defer(x) | Stmt::IncDec { x, .. } => self.expr(x),
            Stmt::Send { chan, value } => {
                let elem = match self.core(self.type_of(chan)) {
                    &Type::Chan { elem, .. } => Some(elem),
                    _ => None,
                };
                self.expr(chan);
                self.convert(elem, value);
            }
            Stmt::Decl(decls) => {
                for decl in self.tree.list(decls) {
                    if let Decl::Var { names, values, .. } = self.tree[decl] {
                        let lhs: Vec<Target> = self.tree.list(names).map(Target::Name).collect();
                        self.assign(&lhs, values);
                    }
                }
            }
            Stmt::Assign { op: AssignOp::Op(op), lhs, rhs } => {
                let (x, y) = (self.tree.nth(lhs, 0), self.tree.nth(rhs, 0));
                self.expr(x);
                self.convert((!op.is_shift()).then(|| self.type_of(x)), y);
            }
            Stmt::Assign { lhs, rhs, .. } => {
                let lhs: Vec<Target> = self.tree.list(lhs).map(Target::Expr).collect();
                self.assign(&lhs, rhs);
            }
            Stmt::Return(values) => {
                let store = self.low.store();
                let results = store.as_signature(self.sig).map_or(&[][..], |sig| store.tuple(sig.results));
                let types: Vec<Option<TypeId>> = results.iter().map(|&r| Some(store.obj_type(r))).collect();
                let values: Vec<ExprId> = self.tree.list(values).collect();
                self.multi_expr(&types, &values);
            }
            Stmt::Labeled { stmt, .. } => self.stmt(stmt),
            Stmt::If { init, cond, then, els } => self.if_stmt(init, cond, then, els),
            Stmt::For { init, cond, post, body } => self.for_stmt(init, cond, post, body),
            Stmt::Range { lhs, x, body, .. } => match plan.range(s) {
                Some(range) => self.range_func(range),
                None => self.range_stmt(lhs, x, body),
            },
            Stmt::Switch { init, tag, clauses } => self.switch_stmt(init, tag, clauses),
            Stmt::TypeSwitch { init, guard, clauses, .. } => self.type_switch(init, guard, clauses),
            Stmt::Select { clauses } => {
                for clause in self.tree.list(clauses) {
                    self.opt_stmt(self.tree[clause].comm);
                    self.stmts(self.tree[clause].body);
                }
            }
        }
    }

    /// Notes what a static condition is replaced by, and writes it; the value, if it is known.
    fn condition(&mut self, cond: ExprId) -> (Option<bool>, ExprId) {
        let plan = Rc::clone(&self.plan);
        let mut folds = std::mem::take(&mut self.folds);
        let found = self.folder(&plan).condition(cond, &mut |old, new| {
            folds.insert(old, new);
        });
        self.folds = folds;
        (found.known, found.expr)
    }

    fn if_stmt(&mut self, init: Option<StmtId>, cond: ExprId, then: StmtId, els: Option<StmtId>) {
        let (known, cond) = self.condition(cond);
        self.opt_stmt(init);
        self.expr(cond);
        if known != Some(false) {
            self.block(then);
        }
        if known != Some(true) {
            self.opt_stmt(els);
        }
    }

    fn for_stmt(&mut self, init: Option<StmtId>, cond: Option<ExprId>, post: Option<StmtId>, body: StmtId) {
        let cond = cond.map(|cond| self.condition(cond));
        let never = matches!(cond, Some((Some(false), _)));
        self.opt_stmt(init);
        if let Some((_, cond)) = cond {
            self.expr(cond);
        }
        if !never {
            self.opt_stmt(post);
            self.block(body);
        }
    }

    fn range_stmt(&mut self, lhs: List<ExprId>, x: ExprId, body: StmtId) {
        let lhs: Vec<Target> = self.tree.list(lhs).map(Target::Expr).collect();
        for &target in &lhs {
            self.target(target);
        }
        let is_length = array_range(self.low, self.info, self.tree.unparen(x)).is_some();
        let over = if is_length { TypeId::INT } else { self.type_of(x) };
        if !is_length {
            self.expr(x);
        }
        if matches!(self.core(over), Type::Map { .. }) {
            self.rtype(over);
        }
        let yielded = range_types(self.low.store(), over);
        for (&target, src) in lhs.iter().zip(yielded) {
            if let (Some(dst), Some(src)) = (self.target_type(target), src) {
                self.conv_types(src, dst);
            }
        }
        self.block(body);
    }

    fn switch_stmt(&mut self, init: Option<StmtId>, tag: Option<ExprId>, clauses: List<ClauseId>) {
        self.opt_stmt(init);
        let store = self.low.store();
        let plan = Rc::clone(&self.plan);
        let folder = self.folder(&plan);
        let clauses: Vec<ClauseId> = match folder.clauses(tag, clauses) {
            Clauses::All => self.tree.list(clauses).collect(),
            Clauses::One(clause) => return self.stmts(self.tree[clause].body),
            Clauses::None => return,
        };
        let types = folder.tag_type(store, tag, &clauses);
        if let Some(tag) = tag {
            self.convert(Some(types.tag), tag);
        }
        for clause in clauses {
            for case in self.tree.list(self.tree[clause].exprs) {
                self.convert(types.case, case);
            }
            self.stmts(self.tree[clause].body);
        }
    }

    fn type_switch(&mut self, init: Option<StmtId>, guard: ExprId, clauses: List<ClauseId>) {
        self.opt_stmt(init);
        let operand = match self.tree[guard] {
            Expr::TypeSwitchGuard { x } => x,
            _ => guard,
        };
        let iface = self.type_of(operand);
        self.expr(operand);
        for clause in self.tree.list(clauses) {
            for case in self.tree.list(self.tree[clause].exprs) {
                if !self.is_nil(case) {
                    self.expr_type(Some(iface), case);
                }
            }
            if let Some(&var) = self.info.implicits.get(&NodeRef::Clause(clause)) {
                self.local(var);
            }
            self.stmts(self.tree[clause].body);
        }
    }

    // ----- assignments -----

    fn assign(&mut self, lhs: &[Target], rhs: List<ExprId>) {
        for &target in lhs {
            self.target(target);
        }
        let types: Vec<Option<TypeId>> = lhs.iter().map(|&target| self.target_type(target)).collect();
        let rhs: Vec<ExprId> = self.tree.list(rhs).collect();
        self.multi_expr(&types, &rhs);
    }

    /// What a destination declares, or its operands.
    fn target(&mut self, target: Target) {
        let ident = match target {
            Target::Var(_) => return,
            Target::Name(ident) => ident,
            Target::Expr(e) => match self.tree[self.tree.unparen(e)] {
                Expr::Name(ident) => ident,
                _ => return self.expr(e),
            },
        };
        if self.tree.name(ident).is_blank() {
            return;
        }
        if let IdentObject::Def(var) = self.info.idents[ident] {
            self.local(var);
        }
    }

    /// What is assigned to a destination is converted to its type; nothing is for the blank one.
    fn target_type(&self, target: Target) -> Option<TypeId> {
        let store = self.low.store();
        let ident = match target {
            Target::Var(var) => return Some(store.obj_type(var)),
            Target::Name(ident) => ident,
            Target::Expr(e) => match self.tree[self.tree.unparen(e)] {
                Expr::Name(ident) => ident,
                _ => return Some(self.type_of(e)),
            },
        };
        if self.tree.name(ident).is_blank() {
            return None;
        }
        match self.info.idents[ident] {
            IdentObject::Def(var) | IdentObject::Use(var) => Some(store.obj_type(var)),
            _ => None,
        }
    }

    // ----- loops over functions, as they are rewritten -----

    fn range_func(&mut self, range: &Loop) {
        for &var in range.declares.iter().chain([&range.state]) {
            self.local(var);
        }
        self.local(range.yields);
        self.range_body(range);
        self.callee(range.x);
        let store = self.low.store();
        let param = core_signature(store, self.type_of(range.x))
            .and_then(|sig| store.tuple(sig.params).first())
            .map(|&var| store.obj_type(var));
        self.convert_type(range.sig, param);
        // The checks mention constants and variables of type int only.
    }

    /// The body as a literal.
    fn range_body(&mut self, range: &Loop) {
        let outer = std::mem::replace(&mut self.sig, range.sig);
        let store = self.low.store();
        for param in &range.params {
            self.local(param.var);
        }
        for param in &range.params {
            if let Some(target) = param.assign {
                self.target(Target::Expr(target));
                let to = self.target_type(Target::Expr(target));
                self.convert_type(store.obj_type(param.var), to);
            }
        }
        self.local(range.tmp_state);
        self.stmts(range.body);
        self.sig = outer;
    }

    /// What replaces a jump out of such a loop: only values that are returned matter.
    fn jump(&mut self, s: StmtId, jump: &Jump) {
        let (Stmt::Return(values), Jump::Outer { results: Some(results), .. }) = (&self.tree[s], jump) else {
            return;
        };
        let types: Vec<Option<TypeId>> =
            results.iter().map(|&var| self.target_type(Target::Var(var))).collect();
        let values: Vec<ExprId> = self.tree.list(*values).collect();
        self.multi_expr(&types, &values);
    }

    /// The type behind a type parameter's type set, or the underlying type.
    pub(crate) fn core(&self, ty: TypeId) -> &'w Type {
        let store = self.low.store();
        store.ty(common_under(store, ty).unwrap_or(TypeId::INVALID))
    }
}
