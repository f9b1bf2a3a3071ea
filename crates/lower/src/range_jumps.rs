//! The rewriting of loops over functions in one function: numbers of variables, and what replaces jumps
//! (`rangefunc/rewrite.go`). Statements are visited in the compiler's order, inner ones first, because variables are
//! declared in the order in which the need for them is found.

use std::rc::Rc;

use escargo_base::{FileId, Symbol};
use escargo_check::{FileInfo, IdentObject};
use escargo_syntax::visit::{Node, Visitor, walk};
use escargo_syntax::{BranchKind, ClauseId, Expr, ExprId, IdentId, List, Stmt, StmtId, Tree};
use escargo_types::{ObjId, PkgId, Signature, TypeId, TypeStore};
use rustc_hash::FxHashMap;

use crate::range_plan::{Check, Compare, Jump, Loop, Param, Plan, Then, core_signature};

/// Where a function stands.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) store: &'a TypeStore,
    pub(crate) pkg: PkgId,
    pub(crate) file: FileId,
    pub(crate) tree: &'a Tree,
    pub(crate) info: &'a FileInfo,
}

/// A loop that is being visited.
struct Open {
    stmt: StmtId,
    state: ObjId,
    check_return: bool,
    check_break: bool,
    check_continue: bool,
    check_jumps: Vec<(BranchKind, Symbol)>,
}

/// What jumps without a label refer to.
#[derive(Clone, Copy, Default)]
struct Targets {
    breaks: Option<StmtId>,
    continues: Option<StmtId>,
}

/// Rewrites the loops of one function or literal; literals in it are functions of their own.
pub(crate) struct Rewriter<'a, 'p> {
    around: Surroundings<'a>,
    plan: &'p mut Plan,
    sig: TypeId,
    body: StmtId,
    open: Vec<Open>,
    /// Labeled statements being visited.
    labels: Vec<(Symbol, StmtId)>,
    declares: Vec<ObjId>,
    next: Option<ObjId>,
    defers: Option<ObjId>,
    states: u32,
    closures: u32,
    numbering: Option<Numbering>,
}

/// Numbers of jumps to labels.
#[derive(Default)]
struct Numbering {
    /// The innermost loop around a label.
    loops: FxHashMap<Symbol, Option<StmtId>>,
    /// What `#next` is for a `break` to a label; `continue` and `goto` have the following numbers.
    numbers: FxHashMap<Symbol, i64>,
}

/// Place of a kind of jump among the three numbers of a label.
fn place(kind: BranchKind) -> i64 {
    match kind {
        BranchKind::Break => 0,
        BranchKind::Continue => 1,
        _ => 2,
    }
}

impl<'a, 'p> Rewriter<'a, 'p> {
    /// Adds to `plan` what becomes of the loops in a function with this type and body.
    pub(crate) fn rewrite(around: Surroundings<'a>, plan: &'p mut Plan, sig: TypeId, body: StmtId) {
        let mut rewriter = Rewriter {
            around,
            plan,
            sig,
            body,
            open: Vec::new(),
            labels: Vec::new(),
            declares: Vec::new(),
            next: None,
            defers: None,
            states: 0,
            closures: 0,
            numbering: None,
        };
        rewriter.visit(body, Targets::default());
    }

    fn visit(&mut self, s: StmtId, targets: Targets) {
        match self.around.tree[s] {
            Stmt::Block(list) => self.list(list, targets),
            Stmt::If { then, els, .. } => {
                self.visit(then, targets);
                if let Some(els) = els {
                    self.visit(els, targets);
                }
            }
            Stmt::For { body, .. } => self.visit(body, Targets { breaks: Some(s), continues: Some(s) }),
            Stmt::Range { x, body, .. } => {
                let is_func = self.around.is_func(x);
                if is_func {
                    self.start(s);
                }
                self.visit(body, Targets { breaks: Some(s), continues: Some(s) });
                if is_func {
                    self.end(s);
                }
            }
            Stmt::Switch { clauses, .. } | Stmt::TypeSwitch { clauses, .. } | Stmt::Select { clauses } => {
                self.clauses(clauses, Targets { breaks: Some(s), ..targets });
            }
            Stmt::Labeled { label, stmt } => {
                self.labels.push((self.around.tree.name(label), stmt));
                self.visit(stmt, targets);
                self.edit(stmt, targets);
                self.labels.pop();
            }
            _ => {}
        }
    }

    /// Visits all statements of a list, and replaces jumps among them after that.
    fn list(&mut self, list: List<StmtId>, targets: Targets) {
        let tree = self.around.tree;
        for s in tree.list(list) {
            self.visit(s, targets);
        }
        for s in tree.list(list) {
            self.edit(s, targets);
        }
    }

    fn clauses(&mut self, clauses: List<ClauseId>, targets: Targets) {
        let tree = self.around.tree;
        for clause in tree.list(clauses) {
            self.list(tree[clause].body, targets);
        }
    }

    fn edit(&mut self, s: StmtId, targets: Targets) {
        if self.open.is_empty() {
            return;
        }
        match self.around.tree[s] {
            Stmt::Branch { kind, label } if kind != BranchKind::Fallthrough => {
                self.edit_branch(s, kind, label, targets);
            }
            Stmt::Defer(_) => {
                let defers = self.defers.unwrap_or_else(|| self.declare("#defers", TypeId::ANY));
                self.defers = Some(defers);
                self.plan.defers.insert(s, defers);
            }
            Stmt::Return(values) => self.edit_return(s, !values.is_empty()),
            _ => {}
        }
    }

    /// Declares a variable before the outermost loop.
    fn declare(&mut self, name: &str, ty: TypeId) -> ObjId {
        let var = self.around.new_var(name, None, ty);
        self.declares.push(var);
        var
    }
    fn next(&mut self) -> ObjId {
        let next = self.next.unwrap_or_else(|| self.declare("#next", TypeId::INT));
        self.next = Some(next);
        next
    }

    // ----- jumps -----

    fn edit_return(&mut self, s: StmtId, has_values: bool) {
        let signature = self.around.store.as_signature(self.sig);
        let results = signature.map_or(&[][..], |sig| self.around.store.tuple(sig.results));
        if has_values {
            self.plan.renamed.extend(results);
        }
        for open in &mut self.open {
            open.check_return = true;
        }
        let results = has_values.then(|| Rc::from(results));
        self.leave(s, -1, results);
    }

    /// Replaces a jump by one that leaves the innermost loop with `#next` set.
    fn leave(&mut self, s: StmtId, value: i64, results: Option<Rc<[ObjId]>>) {
        let next = self.next();
        let state = self.innermost().state;
        self.plan.jumps.insert(s, Jump::Outer { next, value, state, results });
    }

    fn innermost(&mut self) -> &mut Open {
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn edit_branch(&mut self, s: StmtId, kind: BranchKind, label: Option<IdentId>, targets: Targets) {
        let label = label.map(|label| self.around.tree.name(label));
        let target = match (kind, label) {
            (BranchKind::Break, None) => targets.breaks,
            (BranchKind::Continue, None) => targets.continues,
            (BranchKind::Goto, _) => None,
            (_, Some(label)) => self.labels.iter().rev().find(|l| l.0 == label).map(|l| l.1),
            (_, None) => None,
        };
        if label.is_none() && Some(self.innermost().stmt) != target {
            return;
        }
        let found = self.open.iter().rposition(|open| Some(open.stmt) == target);
        match (found, label) {
            (None, Some(label)) => self.jump_to_label(s, kind, label),
            (Some(i), _) if i + 1 == self.open.len() => {
                let state = self.innermost().state;
                self.plan.jumps.insert(s, Jump::Own { state, goes_on: kind == BranchKind::Continue });
            }
            (Some(i), _) => {
                let is_continue = kind == BranchKind::Continue;
                let first = if is_continue { i + 1 } else { i };
                if is_continue {
                    self.open[first].check_continue = true;
                } else {
                    self.open[first].check_break = true;
                }
                for open in &mut self.open[first + 1..] {
                    open.check_break = true;
                }
                self.leave(s, 2 * (i as i64 + 1) - i64::from(is_continue), None);
            }
            (None, None) => {}
        }
    }

    /// A `goto`, or a jump to a loop that is not over a function.
    fn jump_to_label(&mut self, s: StmtId, kind: BranchKind, label: Symbol) {
        let numbering = match self.numbering.take() {
            Some(numbering) => numbering,
            None => Numbering::new(self.around, self.body),
        };
        let around = numbering.loops.get(&label).copied().flatten();
        let number = numbering.numbers.get(&label).copied().unwrap_or_default();
        self.numbering = Some(numbering);
        if Some(self.innermost().stmt) == around {
            return;
        }
        let value = number + place(kind);
        let first = self.open.iter().rposition(|open| Some(open.stmt) == around).map_or(0, |i| i + 1);
        self.open[first].check_jumps.push((kind, label));
        for open in &mut self.open[first + 1..] {
            open.check_return = true;
        }
        self.leave(s, value, None);
    }

    // ----- loops -----

    fn start(&mut self, s: StmtId) {
        self.states += 1;
        let start = self.around.tree.stmt_loc(s).pos;
        let state = self.around.new_var(&format!("#state{}", self.states), Some(start), TypeId::INT);
        self.open.push(Open {
            stmt: s,
            state,
            check_return: false,
            check_break: false,
            check_continue: false,
            check_jumps: Vec::new(),
        });
    }

    fn end(&mut self, s: StmtId) {
        let Stmt::Range { lhs, define, x, body, .. } = self.around.tree[s] else { return };
        self.closures += 1;
        let (start, end) = (self.around.tree.stmt_loc(s).pos, self.around.tree.stmt_loc(body).end - 1);
        let (params, sig) = self.body_type(x, lhs, define, start);
        let checks = self.checks();
        let Some(open) = self.open.pop() else { return };
        let yields = self.around.new_var(&format!("#yield{}", self.closures), None, sig);
        let tmp_state = self.around.new_var("#tmpState", None, TypeId::INT);
        let (next, mut declares) = (self.next, Vec::new());
        if self.open.is_empty() {
            declares = std::mem::take(&mut self.declares);
            self.next = None;
            self.defers = None;
        }
        let body = match self.around.tree[body] {
            Stmt::Block(list) => list,
            _ => List::EMPTY,
        };
        let range = Loop {
            start,
            end,
            x,
            body,
            declares,
            state: open.state,
            yields,
            tmp_state,
            params,
            sig,
            next,
            checks,
        };
        self.plan.loops.insert(s, Rc::new(range));
    }

    /// Parameters and type of the literal that a loop's body becomes.
    fn body_type(&self, x: ExprId, lhs: List<ExprId>, define: bool, start: u32) -> (Vec<Param>, TypeId) {
        let Surroundings { store, tree, info, .. } = self.around;
        let yielded = core_signature(store, info.types[x].ty)
            .and_then(|f| store.tuple(f.params).first())
            .and_then(|&var| core_signature(store, store.obj_type(var)));
        let (vars, variadic) = yielded.map_or((&[][..], false), |f| (store.tuple(f.params), f.variadic));
        let lhs: Vec<ExprId> = tree.list(lhs).collect();
        let mut params = Vec::with_capacity(vars.len());
        for (i, &var) in vars.iter().enumerate() {
            let target = lhs.get(i).copied();
            let own = target.filter(|_| define).and_then(|e| match tree[e] {
                Expr::Name(ident) => match info.idents[ident] {
                    IdentObject::Def(obj) => Some(obj),
                    _ => None,
                },
                _ => None,
            });
            params.push(match own {
                Some(var) => Param { var, assign: None },
                None => {
                    let name = format!("#p{}", i + 1);
                    Param {
                        var: self.around.new_var(&name, Some(start), store.obj_type(var)),
                        assign: target,
                    }
                }
            });
        }
        let result = self.around.new_var("#r", Some(start), TypeId::BOOL);
        let sig = store.new_signature(Signature {
            params: store.new_tuple(params.iter().map(|p| p.var).collect::<Vec<_>>()),
            results: store.new_tuple(vec![result]),
            variadic,
            ..Signature::default()
        });
        (params, sig)
    }

    /// Checks after the innermost loop.
    fn checks(&mut self) -> Vec<Check> {
        let mut checks = Vec::new();
        let last = self.open.len() - 1;
        let open = &self.open[last];
        for (i, &(kind, label)) in open.check_jumps.iter().enumerate() {
            if open.check_jumps[..i].contains(&(kind, label)) {
                continue;
            }
            let number = self.numbering.as_ref().and_then(|n| n.numbers.get(&label)).copied();
            let value = number.unwrap_or_default() + place(kind);
            checks.push(Check { op: Compare::Eq, value, clear: true, then: Then::Jump(kind, label) });
        }
        let Some(outer) = last.checked_sub(1) else {
            if open.check_return {
                checks.push(Check { op: Compare::Eq, value: -1, clear: false, then: Then::Return });
            }
            return checks;
        };
        let leave = |goes_on| Then::Leave { state: self.open[outer].state, goes_on };
        if open.check_return {
            checks.push(Check { op: Compare::Lt, value: 0, clear: false, then: leave(false) });
        }
        let value = 2 * last as i64;
        checks.push(Check { op: Compare::Gt, value, clear: false, then: Then::Panic });
        if open.check_continue {
            checks.push(Check { op: Compare::Eq, value: value - 1, clear: true, then: leave(true) });
        }
        if open.check_break {
            checks.push(Check { op: Compare::Eq, value, clear: true, then: leave(false) });
        }
        if open.check_continue || open.check_break {
            checks.push(Check { op: Compare::Gt, value: 0, clear: false, then: leave(false) });
        }
        self.next();
        checks
    }
}

impl Numbering {
    /// Numbers the labels of a function in source order. Labels of literals in it take numbers as well.
    fn new(around: Surroundings<'_>, body: StmtId) -> Numbering {
        let mut walker = Labels { around, open: Vec::new(), used: -1, numbering: Numbering::default() };
        walk(around.tree, Node::Stmt(body), &mut walker);
        walker.numbering
    }
}

struct Labels<'a> {
    around: Surroundings<'a>,
    open: Vec<StmtId>,
    used: i64,
    numbering: Numbering,
}

impl Visitor for Labels<'_> {
    fn enter(&mut self, tree: &Tree, node: Node) -> bool {
        let Node::Stmt(s) = node else { return true };
        match tree[s] {
            Stmt::Range { x, .. } if self.around.is_func(x) => self.open.push(s),
            Stmt::Labeled { label, .. } => {
                let name = tree.name(label);
                self.used -= 3;
                self.numbering.numbers.insert(name, self.used);
                self.numbering.loops.entry(name).or_insert(self.open.last().copied());
            }
            _ => {}
        }
        true
    }
    fn leave(&mut self, _: &Tree, node: Node) {
        if matches!(node, Node::Stmt(s) if self.open.last() == Some(&s)) {
            self.open.pop();
        }
    }
}
