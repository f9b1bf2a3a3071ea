//! Finding the sites of a function: the walk over its body, and what operations know of their operands.

use escargo_base::Symbol;
use escargo_dialect::allocating::{AllocRules, ConcatBytes};
use escargo_escape::{Analysis, Placement};
use escargo_ir::{CaseClause, Context, FuncId, IrPos, Kind, NameId, NodeId, Op, StaticValues, Unit};
use escargo_types::{Type, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::lookup::Mentions;
use crate::moves::{self, Moves};
use crate::{Class, Site, SiteKind, What, Why};

/// Collects sites of the functions of a unit.
pub(crate) struct Collector<'a, 'c> {
    pub(crate) cx: &'a Context<'c>,
    pub(crate) unit: &'a Unit,
    pub(crate) analysis: &'a Analysis,
    pub(crate) rules: &'a AllocRules,
    pub(crate) values: StaticValues,
    /// The function walked.
    pub(crate) func: FuncId,
    /// What the operation around an expression makes of it, once met.
    pub(crate) fused: FxHashMap<NodeId, Why>,
    /// Operands of `append` that have had their buffer in the frame.
    pub(crate) buffered: FxHashSet<NodeId>,
    /// Values of assignments `x = append(x, …)` where x is not in the frame.
    pub(crate) in_place: FxHashSet<NodeId>,
    pub(crate) moves: Moves,
    /// Elements of maps that are set.
    pub(crate) destinations: FxHashSet<NodeId>,
    /// Once counted.
    pub(crate) mentions: Option<Mentions>,
    depth: u32,
    /// Labels that a later goto jumps back to.
    loops: FxHashSet<Symbol>,
    /// Variables told of.
    declared: FxHashSet<NameId>,
    /// Literals that capture and are still to be walked, as they were met, and all that were met.
    literals: Vec<FuncId>,
    met: FxHashSet<FuncId>,
    /// Conversions of strings to bytes that share memory.
    pub(crate) zero_copy: FxHashSet<NodeId>,
    sites: Vec<Site>,
}

/// The sites of a unit.
pub(crate) fn unit(cx: &Context<'_>, unit: &Unit, analysis: &Analysis) -> Vec<Site> {
    let Some(&first) = unit.func_list.first() else { return Vec::new() };
    let mut collector = Collector {
        cx,
        unit,
        analysis,
        rules: &cx.model.allocating,
        values: StaticValues::default(),
        func: first,
        fused: FxHashMap::default(),
        buffered: FxHashSet::default(),
        in_place: FxHashSet::default(),
        moves: Moves::default(),
        destinations: FxHashSet::default(),
        mentions: None,
        depth: 0,
        loops: FxHashSet::default(),
        declared: FxHashSet::default(),
        literals: Vec::new(),
        met: FxHashSet::default(),
        zero_copy: analysis.zero_copy().iter().copied().collect(),
        sites: Vec::new(),
    };
    for &func in &unit.func_list {
        // Literals that capture are compiled with the function that makes them.
        if unit.funcs[func].is_capturing() || unit.func_name(func).sym.is_blank() {
            continue;
        }
        let mut todo = vec![func];
        while let Some(func) = todo.pop() {
            collector.function(func);
            todo.extend(collector.literals.drain(..).rev());
        }
    }
    collector.sites
}

/// What a site is besides its class: see [`Site`].
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) kind: SiteKind,
    pub(crate) ty: TypeId,
    pub(crate) size: Option<u64>,
    pub(crate) elem_size: Option<u64>,
}

impl Seen {
    pub(crate) fn new(kind: SiteKind, ty: TypeId) -> Seen {
        Seen { kind, ty, size: None, elem_size: None }
    }
    pub(crate) fn sized(self, size: Option<u64>) -> Seen {
        Seen { size, ..self }
    }
    pub(crate) fn of(self, elem_size: u64) -> Seen {
        Seen { elem_size: Some(elem_size), ..self }
    }
}

impl Collector<'_, '_> {
    fn function(&mut self, func: FuncId) {
        let unit = self.unit;
        let function = &unit.funcs[func];
        self.func = func;
        self.depth = 0;
        self.fused.clear();
        self.buffered.clear();
        self.in_place.clear();
        self.destinations.clear();
        self.mentions = None;
        self.declared.clear();
        self.loops = self.analysis.loops(unit, func);
        self.moves = moves::find(self.cx, unit, func);
        let formals = function.inputs().len() + function.results().len();
        function.dcl[..formals].iter().for_each(|&name| self.variable(name));
        self.stmts(&function.body);
        function.dcl[formals..].iter().for_each(|&name| self.variable(name));
    }

    /// Whether escape analysis lets what a node allocates stay in the frame.
    pub(crate) fn stays(&self, node: NodeId) -> bool {
        matches!(self.analysis.placement(node), Placement::Stack | Placement::Transient)
    }
    pub(crate) fn ty(&self, node: NodeId) -> TypeId {
        self.unit.nodes[node].ty
    }
    /// Size of values of a type; what is too large to have one is as large as can be.
    pub(crate) fn size_of(&self, ty: TypeId) -> u64 {
        self.cx.size_of(ty).unwrap_or(u64::MAX)
    }
    /// Type of the elements of a slice or channel.
    pub(crate) fn elem(&self, ty: TypeId) -> TypeId {
        match *self.cx.store.ty(self.cx.store.under(ty)) {
            Type::Slice(elem) | Type::Array { elem, .. } | Type::Chan { elem, .. } => elem,
            _ => TypeId::INVALID,
        }
    }
    /// A constant that is the length of something.
    pub(crate) fn count(&self, node: NodeId) -> Option<u64> {
        u64::try_from(self.unit.small_int(node)?).ok()
    }

    /// Whether the walk is inside a loop.
    pub(crate) fn loops_here(&self) -> bool {
        self.depth > 0
    }

    pub(crate) fn push(&mut self, what: What, pos: IrPos, seen: Seen, class: Class) {
        let Seen { kind, ty, size, elem_size } = seen;
        let (func, loop_depth) = (self.func, self.depth);
        self.sites.push(Site { func, what, pos, kind, ty, size, elem_size, loop_depth, class });
    }
    fn push_node(&mut self, node: NodeId, seen: Seen, class: Class) {
        self.push(What::Node(node), self.unit.nodes[node].pos, seen, class);
    }

    /// A variable is declared, or the function begins whose parameter or result it is.
    fn variable(&mut self, name: NameId) {
        let variable = &self.unit.names[name];
        let on_heap = self.analysis.placement(variable.node) == Placement::Heap;
        let is_seen = on_heap || variable.addrtaken && !variable.autotemp;
        if variable.is_closure_var() || !is_seen || !self.declared.insert(name) {
            return;
        }
        let size = self.size_of(variable.ty);
        let class = match on_heap {
            true if size == 0 => Class::Never(Why::ZeroSize),
            true => Class::Heap,
            false => Class::Stack,
        };
        // `new(x)` is a temporary whose address is taken.
        let kind = if variable.autotemp { SiteKind::New } else { SiteKind::Variable };
        let seen = Seen::new(kind, variable.ty).sized(Some(size));
        self.push(What::Variable(name), variable.pos, seen, class);
    }

    fn stmts(&mut self, list: &[NodeId]) {
        self.fuse_looked_up(list);
        for &node in list {
            self.node(node);
        }
    }

    /// Statements; loops that begin at a label among them end with them.
    fn block(&mut self, list: &[NodeId]) {
        let depth = self.depth;
        self.stmts(list);
        self.depth = depth;
    }

    fn looped(&mut self, parts: &[Option<NodeId>], body: &[NodeId]) {
        self.depth += 1;
        parts.iter().flatten().for_each(|&part| self.node(part));
        self.block(body);
        self.depth -= 1;
    }

    fn node(&mut self, node: NodeId) {
        let unit = self.unit;
        if let Some(&name) = self.moves.at.get(&node) {
            self.moved(node, name);
        }
        let n = &unit.nodes[node];
        if let Kind::InlCall { body, .. } = &n.kind {
            let list: Vec<NodeId> = n.init.iter().chain(body).copied().collect();
            self.fuse_looked_up(&list);
        }
        if !matches!(n.kind, Kind::Decl(_) | Kind::TypeSwitchGuard { .. }) {
            self.stmts(&n.init);
        }
        if let Some((seen, class)) = self.site(node) {
            self.push_node(node, seen, class);
        }
        self.fuse(node);
        match &n.kind {
            Kind::Name(_) => {}
            &Kind::Decl(name) => self.variable(name),
            Kind::Label(label) if self.loops.contains(label) => self.depth += 1,
            Kind::Closure(func) => {
                if unit.funcs[*func].is_capturing() && self.met.insert(*func) {
                    self.literals.push(*func);
                }
            }
            Kind::If { cond, body, els } => {
                self.node(*cond);
                self.block(body);
                self.block(els);
            }
            Kind::For { cond, post, body, .. } => self.looped(&[*cond, *post], body),
            Kind::Range { x, key, value, body, .. } => {
                self.node(*x);
                self.looped(&[*key, *value], body);
            }
            Kind::Case(case) => {
                let CaseClause { var, list, body, .. } = &**case;
                var.iter().for_each(|&name| self.variable(name));
                self.stmts(list);
                self.block(body);
            }
            Kind::Comm { comm, body } => {
                comm.iter().for_each(|&comm| self.node(comm));
                self.block(body);
            }
            _ => self.children(node),
        }
    }

    /// Operands, without statements in front of the node.
    fn children(&mut self, node: NodeId) {
        let skipped = match self.unit.nodes[node].kind {
            Kind::TypeSwitchGuard { .. } => 0,
            _ => self.unit.nodes[node].init.len(),
        };
        for child in self.unit.children(node).into_iter().skip(skipped) {
            self.node(child);
        }
    }

    /// Notes what an operation makes of its operands.
    fn fuse(&mut self, node: NodeId) {
        let unit = self.unit;
        if let Kind::Range { key, value, .. } = &unit.nodes[node].kind {
            self.destinations.extend(key.iter().chain(value));
        }
        match &unit.nodes[node].kind {
            &Kind::Binary(Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge, x, y) => {
                if self.cx.store.is_string(self.ty(x)) {
                    self.fuse_bytes(x, Why::Compared);
                    self.fuse_bytes(y, Why::Compared);
                }
            }
            Kind::AddStr(list) => {
                let is_text = |&x: &NodeId| unit.const_string_len(x).is_some_and(|len| len > 0);
                if list.iter().any(is_text) {
                    list.iter().for_each(|&x| self.fuse_bytes(x, Why::Fused));
                }
            }
            &Kind::Index(Op::IndexMap, _, key) => {
                if !self.destinations.contains(&node) {
                    self.fuse_key(key);
                }
            }
            &Kind::Unary(Op::Len, x) if !self.cx.flags.n => {
                if self.rules.counts_bytes {
                    self.fuse_bytes(x, Why::Counted);
                }
                if matches!(unit.nodes[x].kind, Kind::Conv(Op::Str2Runes, _)) {
                    self.fused.insert(x, Why::Counted);
                }
            }
            &Kind::Range { x, .. } if matches!(unit.nodes[x].kind, Kind::Conv(Op::Str2Bytes, _)) => {
                self.fused.insert(x, Why::Ranged);
            }
            &Kind::Conv(Op::Str2Bytes, x)
                if self.rules.concat_bytes != ConcatBytes::Twice
                    && matches!(unit.nodes[x].kind, Kind::AddStr(_)) =>
            {
                self.fused.insert(x, Why::Fused);
            }
            Kind::Switch { tag: Some(tag), cases, .. } => {
                let is_constant = |&case: &NodeId| match &unit.nodes[case].kind {
                    Kind::Case(case) => case.list.iter().all(|&x| unit.literal(x).is_some()),
                    _ => false,
                };
                if cases.iter().all(is_constant) {
                    self.fuse_bytes(*tag, Why::Compared);
                }
            }
            Kind::Call(call) => {
                if matches!(unit.nodes[call.fun].kind, Kind::Closure(_)) && !call.go_defer {
                    self.fused.insert(call.fun, Why::CalledInPlace);
                }
            }
            _ => self.fuse_other(node),
        }
    }

    fn fuse_other(&mut self, node: NodeId) {
        let unit = self.unit;
        match unit.nodes[node].kind {
            Kind::Builtin { op: Op::Append, .. } => {
                if let Some(make) = self.appended_make(node) {
                    self.fused.insert(make, Why::Fused);
                }
            }
            Kind::Builtin { op: Op::Delete, ref args, .. } => self.fuse_deleted(args),
            Kind::Assign { x, y, .. } => {
                self.destinations.insert(x);
                if let Some(y) = y {
                    self.note_append(x, y);
                }
            }
            Kind::AssignOp { op, x, y, .. } => {
                self.destinations.insert(x);
                // The values of `s += a + b` are put together at once.
                let joined = op == Op::Add && unit.nodes[x].op() != Op::IndexMap;
                if joined && matches!(unit.nodes[y].kind, Kind::AddStr(_)) {
                    self.fused.insert(y, Why::Fused);
                }
            }
            Kind::AssignList { ref lhs, .. } => self.destinations.extend(lhs.iter().copied()),
            _ => {}
        }
    }

    /// A string made of bytes needs no copy here.
    pub(crate) fn fuse_bytes(&mut self, node: NodeId, why: Why) {
        if matches!(self.unit.nodes[node].kind, Kind::Conv(Op::Bytes2Str, _)) {
            self.fused.insert(node, why);
        }
    }

    /// Strings made of bytes in the key of a lookup, also inside of composite literals.
    fn fuse_key(&mut self, key: NodeId) {
        let unit = self.unit;
        match &unit.nodes[key].kind {
            Kind::CompositeLit { op: Op::StructLit | Op::ArrayLit, list, .. } => {
                list.iter().for_each(|&elem| self.fuse_key(unit.element_value(elem)));
            }
            _ => self.fuse_bytes(key, Why::LookedUp),
        }
    }
}
