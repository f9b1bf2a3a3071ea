//! Labels and branches of a function body.

use escargo_base::Symbol;
use escargo_syntax::{AssignOp, BranchKind, ClauseId, Decl, DeclId, IdentId, List, Stmt, StmtId};
use escargo_types::object::{Object, ObjectKind};
use escargo_types::{ObjId, TypeId};
use rustc_hash::FxHashMap;

use crate::checker::Checker;
use crate::code::Code;

/// A declared label.
struct Label {
    obj: ObjId,
    /// Whether the block that declares it is still being walked: then a goto reaches it backwards.
    open: bool,
}

/// A goto whose label has not been seen yet.
struct Jump {
    label: IdentId,
    offset: u32,
}

/// A block being walked.
struct Block {
    /// Offset of its first byte: a pending jump from there on stands in this block or inside it.
    start: u32,
    /// Labels that it declares.
    labels: Vec<Symbol>,
    /// Its last variable declaration so far: offset of the statement, offset to report.
    last_var: Option<(u32, u32)>,
}

/// The labels of one function body.
#[derive(Default)]
struct Labels {
    /// All labels by name, with the order in which they were declared.
    all: FxHashMap<Symbol, Label>,
    order: Vec<(Symbol, IdentId)>,
    /// Labeled statements around the current place, by name.
    enclosing: FxHashMap<Symbol, Vec<StmtId>>,
    /// Blocks around the current place.
    blocks: Vec<Block>,
    /// Forward jumps by label, in source order.
    pending: FxHashMap<Symbol, Vec<Jump>>,
    /// Whether errors are left to the parser.
    silent: bool,
}

impl Checker<'_> {
    /// Resolves the labels of a function body and judges its branches (`types2/labels.go`).
    pub(crate) fn check_labels(&mut self, body: StmtId) {
        let mut labels = Labels { silent: self.config.ignore_branch_errors, ..Labels::default() };
        self.label_stmt(&mut labels, None, body);
        self.report_stray_jumps(&mut labels);
        for &(name, ident) in &labels.order {
            if labels.all.get(&name).is_some_and(|l| !self.store.obj(l.obj).is_used()) {
                self.label_error(&labels, ident, Code::UnusedLabel, |n| {
                    format!("label {n} declared and not used")
                });
            }
        }
    }

    fn report_stray_jumps(&mut self, labels: &mut Labels) {
        let tree = self.tree();
        // What is left in the hash table is brought into source order.
        let mut left: Vec<Jump> = std::mem::take(&mut labels.pending).into_values().flatten().collect();
        left.sort_unstable_by_key(|j| j.offset);
        for jump in left {
            match labels.all.get(&tree.name(jump.label)) {
                Some(label) => {
                    self.store.obj(label.obj).mark_used();
                    self.label_error(labels, jump.label, Code::JumpIntoBlock, |n| {
                        format!("goto {n} jumps into block")
                    });
                }
                None => self.label_error(labels, jump.label, Code::UndeclaredLabel, |n| {
                    format!("label {n} not declared")
                }),
            }
        }
    }

    /// Reports an error at a label's name. Errors about unused labels and jumps over declarations are soft.
    fn label_error(
        &mut self,
        labels: &Labels,
        at: IdentId,
        code: Code,
        message: impl FnOnce(Symbol) -> String,
    ) {
        if labels.silent {
            return;
        }
        let ident = self.tree()[at];
        let mut err = self.new_error(code);
        err.add(self.at(ident.start), message(ident.name));
        if matches!(code, Code::UnusedLabel | Code::JumpOverDecl) {
            err = err.soft();
        }
        self.report(err);
    }

    /// Walks a statement; `labeled` is the labeled statement that it is the body of.
    fn label_stmt(&mut self, labels: &mut Labels, labeled: Option<StmtId>, s: StmtId) {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.label_stmt_kind(labels, labeled, s));
    }

    fn label_stmt_kind(&mut self, labels: &mut Labels, labeled: Option<StmtId>, s: StmtId) {
        let tree = self.tree();
        let loc = tree.stmt_loc(s);
        match tree[s] {
            Stmt::Decl(decls) => note_variables(tree, labels, loc.start, decls),
            Stmt::Assign { op: AssignOp::Define, .. } => note_variable(labels, loc.start, loc.pos),
            Stmt::Labeled { label, stmt } => {
                let blank = tree.name(label).is_blank();
                if !blank {
                    self.declare_label(labels, label);
                }
                self.label_stmt(labels, if blank { labeled } else { Some(s) }, stmt);
            }
            Stmt::Branch { kind, label: Some(label) } => self.branch_target(labels, kind, label),
            Stmt::Block(list) => self.label_block(labels, labeled, loc.start, list),
            Stmt::If { then, els, .. } => {
                self.label_stmt(labels, labeled, then);
                if let Some(els) = els {
                    self.label_stmt(labels, labeled, els);
                }
            }
            Stmt::For { body, .. } | Stmt::Range { body, .. } => self.label_stmt(labels, labeled, body),
            Stmt::Switch { clauses, .. } | Stmt::TypeSwitch { clauses, .. } | Stmt::Select { clauses } => {
                self.label_clauses(labels, labeled, clauses);
            }
            _ => {}
        }
    }

    fn label_block(&mut self, labels: &mut Labels, labeled: Option<StmtId>, start: u32, list: List<StmtId>) {
        let tree = self.tree();
        let name = self.enter_labeled(labels, labeled);
        labels.blocks.push(Block { start, labels: Vec::new(), last_var: None });
        for s in tree.list(list) {
            self.label_stmt(labels, None, s);
        }
        let closed = labels.blocks.pop().map_or_else(Vec::new, |b| b.labels);
        for name in closed {
            if let Some(label) = labels.all.get_mut(&name) {
                label.open = false;
            }
        }
        leave_labeled(labels, name);
    }

    fn label_clauses(&mut self, labels: &mut Labels, labeled: Option<StmtId>, clauses: List<ClauseId>) {
        let tree = self.tree();
        let name = self.enter_labeled(labels, labeled);
        for clause in tree.list(clauses) {
            let clause = tree[clause];
            self.label_block(labels, None, clause.loc.start, clause.body);
        }
        leave_labeled(labels, name);
    }

    fn enter_labeled(&mut self, labels: &mut Labels, labeled: Option<StmtId>) -> Option<Symbol> {
        let tree = self.tree();
        let Some((s, Stmt::Labeled { label, .. })) = labeled.map(|s| (s, tree[s])) else { return None };
        let name = tree.name(label);
        labels.enclosing.entry(name).or_default().push(s);
        Some(name)
    }

    /// Declares a label and resolves the jumps that wait for it.
    fn declare_label(&mut self, labels: &mut Labels, ident: IdentId) {
        let name = self.tree().name(ident);
        let pos = self.at(self.tree()[ident].start);
        let label = Object::new(pos, Some(self.pkg), name, Some(TypeId::INVALID), ObjectKind::Label);
        let obj = self.store.new_object(label);
        if let Some(other) = labels.all.get(&name) {
            if !labels.silent {
                let mut err = self.new_error(Code::DuplicateLabel).soft();
                err.add(pos, format!("label {name} already declared"));
                self.add_alt_decl(&mut err, other.obj);
                self.report(err);
            }
        } else {
            labels.all.insert(name, Label { obj, open: true });
            labels.order.push((name, ident));
            if let Some(block) = labels.blocks.last_mut() {
                block.labels.push(name);
            }
            self.record_def(ident, Some(obj));
        }
        self.resolve_jumps(labels, name, obj);
    }

    /// Jumps from inside the current block reach a label declared there; other jumps wait on.
    fn resolve_jumps(&mut self, labels: &mut Labels, name: Symbol, obj: ObjId) {
        let Some(block) = labels.blocks.last() else { return };
        let Some(pending) = labels.pending.get_mut(&name) else { return };
        let first = pending.partition_point(|j| j.offset < block.start);
        let reached: Vec<Jump> = pending.drain(first..).collect();
        let last_var = block.last_var;
        for jump in reached {
            self.store.obj(obj).mark_used();
            self.record_use(jump.label, obj);
            if let Some((_, report)) = last_var.filter(|v| jump.offset < v.0) {
                let line = self.line_of(report);
                self.label_error(labels, jump.label, Code::JumpOverDecl, |n| {
                    format!("goto {n} jumps over variable declaration at line {line}")
                });
            }
        }
    }

    /// The line of an offset in the current file, `//line` directives not heeded.
    fn line_of(&self, offset: u32) -> usize {
        let src = self.src();
        let end = (offset as usize).min(src.len());
        1 + src[..end].iter().filter(|&&b| b == b'\n').count()
    }

    fn branch_target(&mut self, labels: &mut Labels, kind: BranchKind, ident: IdentId) {
        let tree = self.tree();
        let name = tree.name(ident);
        let target = labels.enclosing.get(&name).and_then(|list| list.last()).copied();
        let target = target.and_then(|s| match tree[s] {
            Stmt::Labeled { stmt, .. } => Some(tree[stmt]),
            _ => None,
        });
        let is_loop = matches!(target, Some(Stmt::For { .. } | Stmt::Range { .. }));
        let is_switch =
            matches!(target, Some(Stmt::Switch { .. } | Stmt::TypeSwitch { .. } | Stmt::Select { .. }));
        let word = match kind {
            BranchKind::Break if is_loop || is_switch => None,
            BranchKind::Break => Some("break"),
            BranchKind::Continue if is_loop => None,
            BranchKind::Continue => Some("continue"),
            BranchKind::Goto if labels.all.get(&name).is_some_and(|l| l.open) => None,
            BranchKind::Goto => {
                let jump = Jump { label: ident, offset: tree[ident].start };
                labels.pending.entry(name).or_default().push(jump);
                return;
            }
            // The parser does not let a label follow.
            BranchKind::Fallthrough => return,
        };
        if let Some(word) = word {
            self.label_error(labels, ident, Code::MisplacedLabel, |n| format!("invalid {word} label {n}"));
            return;
        }
        if let Some(label) = labels.all.get(&name) {
            self.store.obj(label.obj).mark_used();
            self.record_use(ident, label.obj);
        }
    }
}

fn leave_labeled(labels: &mut Labels, name: Option<Symbol>) {
    if let Some(list) = name.and_then(|n| labels.enclosing.get_mut(&n)) {
        list.pop();
    }
}

fn note_variable(labels: &mut Labels, start: u32, report: u32) {
    if let Some(block) = labels.blocks.last_mut() {
        block.last_var = Some((start, report));
    }
}

fn note_variables(tree: &escargo_syntax::Tree, labels: &mut Labels, start: u32, decls: List<DeclId>) {
    for decl in tree.list(decls) {
        if matches!(tree[decl], Decl::Var { .. }) {
            note_variable(labels, start, tree.decl_loc(decl).pos);
        }
    }
}
