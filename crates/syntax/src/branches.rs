//! Labels and jumps: what the compiler checks of them while it parses.
//!
//! One walk over a function body, in source order. Gotos whose label has not come yet wait in one list
//! for the whole body; a block sees those that came after it was opened. Nothing is searched twice.

use escargo_base::Symbol;
use rustc_hash::FxHashMap;

use crate::printer::list_string;
use crate::tree::*;

/// The errors of the function body `body`, not of function literals in it.
pub(crate) fn check(tree: &Tree, src: &[u8], body: StmtId) -> Vec<SyntaxError> {
    let Stmt::Block(list) = tree[body] else { return Vec::new() };
    let mut checker = Checker {
        tree,
        src,
        errors: Vec::new(),
        labels: FxHashMap::default(),
        order: Vec::new(),
        blocks: Vec::new(),
        gotos: Vec::new(),
        waiting: FxHashMap::default(),
    };
    checker.block(tree.stmt_loc(body).pos, list, Targets::default());
    checker.finish();
    checker.errors
}

struct Label {
    /// Identifier of the declaration.
    ident: IdentId,
    /// The labeled statement.
    stmt: StmtId,
    /// What the label stands on.
    target: StmtId,
    /// Index of the block that declares it.
    block: usize,
    used: bool,
    /// Whether the walk is inside the statement.
    open: bool,
}

struct Block {
    start: u32,
    open: bool,
    /// Number of gotos when the block was opened.
    first_goto: usize,
    /// The latest variable declaration: its place, its names, and the number of gotos before it.
    var: Option<(u32, String, usize)>,
}

struct Goto {
    label: IdentId,
    resolved: bool,
}

/// What unlabeled jumps refer to.
#[derive(Clone, Copy, Default)]
struct Targets {
    breaks: Option<Breaks>,
    continues: bool,
    /// Where in a switch the list is that is being walked: clause and number of clauses.
    clause: Option<(usize, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Switch,
    TypeSwitch,
    Other,
}

struct Checker<'a> {
    tree: &'a Tree,
    src: &'a [u8],
    errors: Vec<SyntaxError>,
    labels: FxHashMap<Symbol, Label>,
    /// Names of labels in source order.
    order: Vec<Symbol>,
    blocks: Vec<Block>,
    gotos: Vec<Goto>,
    /// Unresolved gotos by label, in source order.
    waiting: FxHashMap<Symbol, Vec<usize>>,
}

impl Checker<'_> {
    fn error(&mut self, pos: u32, message: String) {
        self.errors.push(SyntaxError { pos, message, at: None });
    }
    fn error_with_place(&mut self, pos: u32, message: String, at: u32) {
        self.errors.push(SyntaxError { pos, message, at: Some(at) });
    }

    fn finish(&mut self) {
        for goto in std::mem::take(&mut self.gotos) {
            if goto.resolved {
                continue;
            }
            let ident = self.tree[goto.label];
            if let Some(label) = self.labels.get_mut(&ident.name) {
                label.used = true;
                let start = self.blocks[label.block].start;
                let message = format!("goto {} jumps into block starting at ", ident.name);
                self.error_with_place(ident.start, message, start);
            } else {
                self.error(ident.start, format!("label {} not defined", ident.name));
            }
        }
        for name in std::mem::take(&mut self.order) {
            let label = &self.labels[&name];
            if !label.used {
                let pos = self.tree[label.ident].start;
                self.error(pos, format!("label {name} defined and not used"));
            }
        }
    }

    fn block(&mut self, start: u32, list: List<StmtId>, targets: Targets) {
        stacker::maybe_grow(64 << 10, 1 << 20, || {
            let index = self.blocks.len();
            let first_goto = self.gotos.len();
            self.blocks.push(Block { start, open: true, first_goto, var: None });
            // Empty statements at the end do not count: `fallthrough` may stand before them.
            let mut len = list.len();
            while len > 0 && matches!(self.tree[self.tree.nth(list, len - 1)], Stmt::Empty) {
                len -= 1;
            }
            for i in 0..len {
                self.stmt(index, self.tree.nth(list, i), targets, i + 1 == len);
            }
            self.blocks[index].open = false;
        });
    }

    fn stmt(&mut self, block: usize, id: StmtId, targets: Targets, last: bool) {
        let mut id = id;
        let mut label = None;
        while let Stmt::Labeled { label: ident, stmt } = self.tree[id] {
            if !self.tree.name(ident).is_blank() {
                self.declare(block, id, ident, stmt);
                label = Some((self.tree.name(ident), id));
            }
            id = stmt;
        }
        match self.tree[id] {
            Stmt::Decl(decls) => {
                let vars = self.tree.list(decls).find_map(|decl| match self.tree[decl] {
                    Decl::Var { names, .. } => Some((decl, names)),
                    _ => None,
                });
                if let Some((decl, names)) = vars
                    && self.has_gotos(block)
                {
                    let name = self.tree.name(self.tree.nth(names, 0)).to_string();
                    self.declares_variable(block, self.tree.decl_loc(decl).pos, name);
                }
            }
            Stmt::Assign { op: AssignOp::Define, lhs, .. } if self.has_gotos(block) => {
                let names = list_string(self.tree, self.src, lhs);
                self.declares_variable(block, self.tree.stmt_loc(id).pos, names);
            }
            Stmt::Branch { kind, label: None } => self.plain_jump(id, kind, targets, last),
            Stmt::Branch { kind, label: Some(label) } => self.jump(kind, label),
            _ => {
                self.set_open(label, true);
                self.inner_blocks(id, targets);
                self.set_open(label, false);
            }
        }
    }

    fn set_open(&mut self, label: Option<(Symbol, StmtId)>, open: bool) {
        if let Some((name, stmt)) = label
            && let Some(label) = self.labels.get_mut(&name)
            && label.stmt == stmt
        {
            label.open = open;
        }
    }

    fn inner_blocks(&mut self, id: StmtId, targets: Targets) {
        let inner = Targets { clause: None, ..targets };
        match self.tree[id] {
            Stmt::Block(list) => self.block(self.tree.stmt_loc(id).pos, list, inner),
            Stmt::If { then, els, .. } => {
                self.body(then, inner);
                if let Some(els) = els {
                    self.else_branch(els, inner);
                }
            }
            Stmt::For { body, .. } | Stmt::Range { body, .. } => {
                self.body(body, Targets { breaks: Some(Breaks::Other), continues: true, clause: None });
            }
            Stmt::Switch { clauses, .. } => self.clauses(clauses, inner, Breaks::Switch),
            Stmt::TypeSwitch { clauses, .. } => self.clauses(clauses, inner, Breaks::TypeSwitch),
            Stmt::Select { clauses } => self.clauses(clauses, inner, Breaks::Other),
            _ => {}
        }
    }

    fn body(&mut self, body: StmtId, targets: Targets) {
        if let Stmt::Block(list) = self.tree[body] {
            self.block(self.tree.stmt_loc(body).pos, list, targets);
        }
    }

    /// The statement after `else` stands in a block of its own.
    fn else_branch(&mut self, els: StmtId, targets: Targets) {
        stacker::maybe_grow(64 << 10, 1 << 20, || {
            let index = self.blocks.len();
            let (start, first_goto) = (self.tree.stmt_loc(els).pos, self.gotos.len());
            self.blocks.push(Block { start, open: true, first_goto, var: None });
            self.stmt(index, els, targets, true);
            self.blocks[index].open = false;
        });
    }

    fn clauses(&mut self, clauses: List<ClauseId>, targets: Targets, breaks: Breaks) {
        for i in 0..clauses.len() {
            let clause = self.tree[self.tree.nth(clauses, i)];
            let in_switch = breaks != Breaks::Other;
            let place = in_switch.then_some((i, clauses.len()));
            let targets = Targets { breaks: Some(breaks), clause: place, ..targets };
            self.block(clause.loc.pos, clause.body, targets);
        }
    }

    /// Whether some goto may jump over what comes next in a block.
    fn has_gotos(&self, block: usize) -> bool {
        self.gotos.len() > self.blocks[block].first_goto
    }

    fn declares_variable(&mut self, block: usize, pos: u32, names: String) {
        self.blocks[block].var = Some((pos, names, self.gotos.len()));
    }

    /// Declares a label and lets the gotos that wait for it in this block jump there.
    fn declare(&mut self, block: usize, id: StmtId, ident: IdentId, target: StmtId) {
        let Ident { name, start } = self.tree[ident];
        if let Some(other) = self.labels.get(&name) {
            let at = self.tree[other.ident].start;
            self.error_with_place(start, format!("label {name} already defined at "), at);
        } else {
            self.order.push(name);
            self.labels.insert(name, Label { ident, stmt: id, target, block, used: false, open: false });
        }
        let Some(waiting) = self.waiting.get_mut(&name) else { return };
        let first = waiting.partition_point(|&goto| goto < self.blocks[block].first_goto);
        let resolved = waiting.split_off(first);
        if let Some(label) = self.labels.get_mut(&name)
            && !resolved.is_empty()
        {
            label.used = true;
        }
        for goto in resolved {
            self.gotos[goto].resolved = true;
            let pos = self.tree[self.gotos[goto].label].start;
            if let Some((at, names, before)) = &self.blocks[block].var
                && goto < *before
            {
                let (at, message) = (*at, format!("goto {name} jumps over declaration of {names} at "));
                self.error_with_place(pos, message, at);
            }
        }
    }

    fn plain_jump(&mut self, id: StmtId, kind: BranchKind, targets: Targets, last: bool) {
        let message = match (kind, targets.breaks) {
            (BranchKind::Break, None) => "break is not in a loop, switch, or select",
            (BranchKind::Continue, _) if !targets.continues => "continue is not in a loop",
            (BranchKind::Fallthrough, Some(Breaks::TypeSwitch)) => "cannot fallthrough in type switch",
            (BranchKind::Fallthrough, Some(Breaks::Switch)) => match targets.clause {
                Some((i, n)) if last && i + 1 == n => "cannot fallthrough final case in switch",
                Some(_) if last => return,
                _ => "fallthrough statement out of place",
            },
            (BranchKind::Fallthrough, _) => "fallthrough statement out of place",
            _ => return,
        };
        self.error(self.tree.stmt_loc(id).pos, message.into());
    }

    fn jump(&mut self, kind: BranchKind, ident: IdentId) {
        let Ident { name, start } = self.tree[ident];
        let label = self.labels.get_mut(&name);
        if let Some(label) = label {
            label.used = true;
            let target = self.tree[label.target];
            let (open, block) = (label.open, label.block);
            let fits = match (kind, target) {
                (BranchKind::Goto, _) => {
                    if self.blocks[block].open {
                        return;
                    }
                    return self.wait(name, ident);
                }
                (_, Stmt::For { .. } | Stmt::Range { .. }) => open,
                (BranchKind::Break, Stmt::Switch { .. } | Stmt::TypeSwitch { .. } | Stmt::Select { .. }) => {
                    open
                }
                _ => false,
            };
            if !fits {
                let what = if kind == BranchKind::Break { "break" } else { "continue" };
                self.error(start, format!("invalid {what} label {name}"));
            }
            return;
        }
        match kind {
            BranchKind::Goto => self.wait(name, ident),
            BranchKind::Continue => self.error(start, format!("continue label not defined: {name}")),
            _ => self.error(start, format!("break label not defined: {name}")),
        }
    }

    /// The label of a goto may come later.
    fn wait(&mut self, name: Symbol, label: IdentId) {
        self.waiting.entry(name).or_default().push(self.gotos.len());
        self.gotos.push(Goto { label, resolved: false });
    }
}
