//! Loop variables that live for one iteration (`loopvar/loopvar.go` of Go 1.27, ForCapture).
//!
//! Only variables that the loop's text may leak, by a closure or by their address, are given a life of their own per
//! iteration; the others cannot be told apart.

use escargo_base::Symbol;
use escargo_ir::{Context, FuncId, IrPos, Kind, List, NameId, Node, NodeId, Op, Unit};
use escargo_types::{TypeId, Value};
use rustc_hash::{FxHashMap, FxHashSet};

/// A variable that was given a life per iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transformed {
    /// The variable.
    pub name: NameId,
    /// Its loop.
    pub in_loop: NodeId,
    /// The furthest position in the loop, in the file of the loop.
    pub last: IrPos,
    /// The function it was found in.
    pub func: FuncId,
}

/// Rewrites the loops of all functions, in order of the list.
pub fn run(cx: &Context<'_>, unit: &mut Unit) -> Vec<Transformed> {
    let mut transformed = Vec::new();
    let suspects = suspects(cx, unit);
    for i in 0..unit.func_list.len() {
        let func = unit.func_list[i];
        if unit.funcs[func].has_distinct_loop && suspects.as_ref().is_none_or(|s| s.contains(&func)) {
            transformed.extend(for_function(cx, unit, func));
        }
    }
    transformed
}

/// Functions with a loop one of whose variables is captured or has its address taken anywhere, or nothing if all are to
/// be looked at. One look along all nodes costs less than a walk through the functions, few of which have such a loop.
fn suspects(cx: &Context<'_>, unit: &Unit) -> Option<FxHashSet<FuncId>> {
    if cx.flags.debug("loopvar") >= 11 {
        return None;
    }
    let captured = unit.funcs.iter().flat_map(|func| &func.closure_vars).map(|&var| unit.canonical(var));
    let mut leaking: FxHashSet<NameId> = captured.collect();
    let mut defined: Vec<NodeId> = Vec::new();
    for node in unit.nodes.iter() {
        match &node.kind {
            &Kind::Unary(Op::Addr, x) => leaking.extend(unit.as_name(unit.outer_value(cx.store, x))),
            &Kind::Range { distinct: true, key, value, .. } => defined.extend(key.into_iter().chain(value)),
            Kind::For { distinct: true, .. } => {
                defined.extend(definitions(unit, &node.init).into_iter().map(|(_, var)| var));
            }
            _ => {}
        }
    }
    let names = defined.into_iter().filter_map(|var| unit.as_name(var));
    let leaking = names.filter(|name| leaking.contains(name));
    leaking.map(|name| unit.names[name].owner).collect()
}

fn for_function(cx: &Context<'_>, unit: &mut Unit, func: FuncId) -> Vec<Transformed> {
    let body = unit.funcs[func].body.clone();
    let mut pass = Pass {
        cx,
        unit,
        func,
        leaked: FxHashMap::default(),
        loop_depth: 0,
        return_depth: 0,
        last: IrPos::NONE,
        labels: 0,
        declare_at: FxHashMap::default(),
        transformed: Vec::new(),
    };
    for stmt in body {
        pass.scan(stmt);
    }
    let Pass { mut declare_at, transformed, .. } = pass;
    if !declare_at.is_empty() {
        move_declarations(unit, func, &mut declare_at);
    }
    transformed
}

struct Pass<'a> {
    cx: &'a Context<'a>,
    unit: &'a mut Unit,
    func: FuncId,
    /// Variables of loops, and whether they may leak.
    leaked: FxHashMap<NameId, bool>,
    loop_depth: u32,
    /// Loop depth at the innermost return statement around: what is below it leaves all those loops.
    return_depth: u32,
    /// Furthest position in the innermost loop.
    last: IrPos,
    /// Number of labels made.
    labels: u32,
    /// Where variables are declared now: the assignment.
    declare_at: FxHashMap<NameId, NodeId>,
    transformed: Vec<Transformed>,
}

impl Pass<'_> {
    fn scan(&mut self, node: NodeId) {
        if self.loop_depth > 0 {
            self.advance(self.unit.nodes[node].pos);
        }
        match &self.unit.nodes[node].kind {
            Kind::Closure(func) => {
                let func = *func;
                self.capture(func);
                self.children(node);
            }
            &Kind::Unary(Op::Addr, x) => {
                self.address(x);
                self.children(node);
            }
            Kind::Return(_) => {
                let saved = std::mem::replace(&mut self.return_depth, self.loop_depth);
                self.children(node);
                self.return_depth = saved;
            }
            &Kind::Range { distinct, key, value, .. } => {
                let defines = self.unit.nodes[node].init.iter().any(|&s| self.unit.nodes[s].op() == Op::Dcl);
                self.set_shared(node);
                if distinct && defines {
                    self.range(node, key, value);
                } else {
                    self.children(node);
                }
            }
            Kind::For { distinct: true, .. } => {
                self.set_shared(node);
                self.three_clauses(node);
            }
            _ => self.children(node),
        }
    }

    fn children(&mut self, node: NodeId) {
        for child in self.unit.children(node) {
            self.scan(child);
        }
    }

    /// Notes that the loop needs no further treatment.
    fn set_shared(&mut self, node: NodeId) {
        if let Kind::Range { distinct, .. } | Kind::For { distinct, .. } = &mut self.unit.nodes[node].kind {
            *distinct = false;
        }
    }

    fn advance(&mut self, pos: IrPos) {
        let same_file = pos.inl == self.last.inl && pos.pos.file == self.last.pos.file;
        if same_file && pos.pos.offset > self.last.pos.offset {
            self.last = pos;
        }
    }

    fn capture(&mut self, func: FuncId) {
        if self.return_depth >= self.loop_depth {
            return;
        }
        for &var in &self.unit.funcs[func].closure_vars {
            if let Some(leaked) = self.leaked.get_mut(&self.unit.canonical(var)) {
                *leaked = true;
            }
        }
    }

    fn address(&mut self, x: NodeId) {
        if self.return_depth >= self.loop_depth {
            return;
        }
        let outer = self.unit.outer_value(self.cx.store, x);
        if let Some(name) = self.unit.as_name(outer)
            && let Some(leaked) = self.leaked.get_mut(&name)
        {
            *leaked = true;
        }
    }

    fn note(&mut self, node: Option<NodeId>) {
        if let Some(name) = node.and_then(|node| self.unit.as_name(node)) {
            let all = self.cx.flags.debug("loopvar") >= 11;
            self.leaked.insert(name, all);
        }
    }

    fn leaked(&self, node: NodeId) -> Option<NameId> {
        let name = self.unit.as_name(node)?;
        self.leaked.get(&name).copied().unwrap_or(false).then_some(name)
    }

    /// Scans the parts of a loop; `f` then rewrites it.
    fn in_loop(&mut self, node: NodeId, f: impl FnOnce(&mut Self)) {
        self.loop_depth += 1;
        let saved = std::mem::replace(&mut self.last, self.unit.nodes[node].pos);
        self.children(node);
        self.loop_depth -= 1;
        f(self);
        let last = std::mem::replace(&mut self.last, saved);
        self.advance(last);
    }

    fn new_temp(&mut self, ty: TypeId) -> NodeId {
        let temp = self.unit.new_temp(self.func, IrPos::AUTOGENERATED, ty);
        self.unit.names[temp].node
    }

    fn assign(&mut self, pos: IrPos, x: NodeId, y: NodeId, def: bool) -> NodeId {
        self.unit.stmt(pos, Kind::Assign { x, y: Some(y), def })
    }

    fn record(&mut self, name: NameId, in_loop: NodeId) {
        self.transformed.push(Transformed { name, in_loop, last: self.last, func: self.func });
    }
}

/// Range loops: the loop assigns to a temporary, the body starts with the declaration.
impl Pass<'_> {
    fn range(&mut self, node: NodeId, key: Option<NodeId>, value: Option<NodeId>) {
        self.note(key);
        self.note(value);
        self.in_loop(node, |pass| {
            let key = key.map(|key| pass.unshare(node, key));
            let value = value.map(|value| pass.unshare(node, value));
            if let Kind::Range { key: k, value: v, .. } = &mut pass.unit.nodes[node].kind {
                (*k, *v) = (key, value);
            }
        });
    }

    fn unshare(&mut self, node: NodeId, var: NodeId) -> NodeId {
        let Some(name) = self.leaked(var) else { return var };
        self.record(name, node);
        let temp = self.new_temp(self.unit.names[name].ty);
        let assign = self.assign(self.unit.nodes[node].pos, var, temp, true);
        if let Kind::Range { body, .. } = &mut self.unit.nodes[node].kind {
            body.insert(0, assign);
        }
        self.declare_at.insert(name, assign);
        temp
    }
}

/// Loops with three clauses. From
/// ```text
/// for z := e; cond; post { body }
/// ```
/// they become
/// ```text
/// for z', first = e, true; ; {
///     z := z'
///     if first { first = false } else { post }
///     if !cond { break }
///     body, with "goto next" for "continue"
/// next:
///     z' = z
/// }
/// ```
impl Pass<'_> {
    fn three_clauses(&mut self, node: NodeId) {
        for (_, var) in self.defined(node) {
            self.note(Some(var));
        }
        self.in_loop(node, |pass| {
            let leaked: Vec<NameId> =
                pass.defined(node).into_iter().filter_map(|(_, var)| pass.leaked(var)).collect();
            if !leaked.is_empty() {
                pass.split(node, &leaked);
            }
        });
    }

    /// The statements of the first clause that define variables, with the variables.
    fn defined(&self, node: NodeId) -> Vec<(NodeId, NodeId)> {
        definitions(self.unit, &self.unit.nodes[node].init)
    }

    fn split(&mut self, node: NodeId, leaked: &[NameId]) {
        let pos = self.unit.nodes[node].pos;
        let mut body = List::new();
        let mut tail = List::new();
        let mut temps = FxHashMap::default();
        for &name in leaked {
            self.record(name, node);
            let temp = self.new_temp(self.unit.names[name].ty);
            let var = self.unit.names[name].node;
            temps.insert(var, temp);
            let copy_in = self.assign(pos, var, temp, true);
            if self.cx.model.lowering.iteration_defines {
                self.unit.names[name].defn = Some(copy_in);
            }
            body.push(copy_in);
            self.declare_at.insert(name, copy_in);
            tail.push(self.assign(pos, temp, var, false));
        }
        self.labels += 1;
        let next = Symbol::intern(&format!(".3clNext_{}", self.labels));
        for (stmt, _) in self.defined(node) {
            replace_destinations(self.unit, stmt, &temps);
        }

        let Kind::For { label, cond, post, body: old, .. } = &mut self.unit.nodes[node].kind else { return };
        let (label, cond, post, old) = (*label, cond.take(), post.take(), std::mem::take(old));
        for &stmt in &old {
            redirect_continues(self.unit, stmt, next, label, 0);
        }
        if let Some(post) = post {
            body.push(self.guard(node, pos, post));
        }
        if let Some(cond) = cond {
            body.push(self.break_unless(pos, cond));
        }
        body.extend(old);
        body.push(self.unit.stmt(pos, Kind::Label(next)));
        body.extend(tail);
        if let Kind::For { body: slot, .. } = &mut self.unit.nodes[node].kind {
            *slot = body;
        }
    }

    /// `if first { first = false } else { post }`, where `first` is set in the first clause.
    fn guard(&mut self, node: NodeId, pos: IrPos, post: NodeId) -> NodeId {
        let temp = self.unit.new_temp(self.func, IrPos::AUTOGENERATED, TypeId::BOOL);
        let first = self.unit.names[temp].node;
        let [set, clear] = [true, false].map(|value| {
            let value = Kind::Literal(Box::new(Value::Bool(value)));
            let value = self.unit.expr(IrPos::AUTOGENERATED, TypeId::BOOL, value);
            self.assign(pos, first, value, false)
        });
        self.unit.nodes[node].init.push(set);
        let declare = self.unit.stmt(IrPos::AUTOGENERATED, Kind::Decl(temp));
        let mut stmt =
            Node::new(pos, Kind::If { cond: first, body: List::from([clear]), els: List::from([post]) });
        stmt.init.push(declare);
        self.unit.add(stmt)
    }

    fn break_unless(&mut self, pos: IrPos, cond: NodeId) -> NodeId {
        let (at, ty) = (self.unit.nodes[cond].pos, self.unit.nodes[cond].ty);
        let cond = self.unit.expr(at, ty, Kind::Unary(Op::Not, cond));
        let leave = self.unit.stmt(pos, Kind::Branch(Op::Break, None));
        self.unit.stmt(pos, Kind::If { cond, body: List::from([leave]), els: List::new() })
    }
}

/// Statements of a list that define variables, with the variables.
fn definitions(unit: &Unit, list: &[NodeId]) -> Vec<(NodeId, NodeId)> {
    let mut vars = Vec::new();
    for &stmt in list {
        match &unit.nodes[stmt].kind {
            &Kind::Assign { x, def: true, .. } => vars.push((stmt, x)),
            Kind::AssignList { lhs, def: true, .. } => vars.extend(lhs.iter().map(|&x| (stmt, x))),
            _ => {}
        }
    }
    vars
}

fn replace_destinations(unit: &mut Unit, stmt: NodeId, temps: &FxHashMap<NodeId, NodeId>) {
    let replace = |x: &mut NodeId| {
        if let Some(&temp) = temps.get(x) {
            *x = temp;
        }
    };
    match &mut unit.nodes[stmt].kind {
        Kind::Assign { x, .. } => replace(x),
        Kind::AssignList { lhs, .. } => lhs.iter_mut().for_each(replace),
        _ => {}
    }
}

/// Turns what continues the loop into jumps to its end.
fn redirect_continues(unit: &mut Unit, node: NodeId, next: Symbol, label: Option<Symbol>, depth: u32) {
    let inner = match &mut unit.nodes[node].kind {
        Kind::Branch(op, target) => {
            let is_ours = if target.is_none() { depth == 0 } else { *target == label };
            if *op == Op::Continue && is_ours {
                (*op, *target) = (Op::Goto, Some(next));
            }
            return;
        }
        Kind::For { .. } | Kind::Range { .. } => depth + 1,
        _ => depth,
    };
    for child in unit.children(node) {
        redirect_continues(unit, child, next, label, inner);
    }
}

/// Moves the declarations of variables to the assignments that declare them now.
fn move_declarations(unit: &mut Unit, func: FuncId, declare_at: &mut FxHashMap<NameId, NodeId>) {
    let mut body = std::mem::take(&mut unit.funcs[func].body);
    take_declarations(unit, &mut body, declare_at);
    for &stmt in &body {
        move_in_node(unit, stmt, declare_at);
    }
    unit.funcs[func].body = body;
}

fn move_in_node(unit: &mut Unit, node: NodeId, declare_at: &mut FxHashMap<NameId, NodeId>) {
    let mut init = std::mem::take(&mut unit.nodes[node].init);
    take_declarations(unit, &mut init, declare_at);
    // The declaration of a variable may have come to stand here.
    let moved = std::mem::replace(&mut unit.nodes[node].init, init);
    unit.nodes[node].init.extend(moved);

    let mut kind = std::mem::replace(&mut unit.nodes[node].kind, Kind::Nil);
    match &mut kind {
        Kind::InlCall { body, .. }
        | Kind::Comm { body, .. }
        | Kind::Block(body)
        | Kind::For { body, .. }
        | Kind::Range { body, .. } => take_declarations(unit, body, declare_at),
        Kind::Case(case) => take_declarations(unit, &mut case.body, declare_at),
        Kind::If { body, els, .. } => {
            take_declarations(unit, body, declare_at);
            take_declarations(unit, els, declare_at);
        }
        _ => {}
    }
    unit.nodes[node].kind = kind;
    for child in unit.children(node) {
        move_in_node(unit, child, declare_at);
    }
}

fn take_declarations(unit: &mut Unit, list: &mut List, declare_at: &mut FxHashMap<NameId, NodeId>) {
    list.retain(|&stmt| {
        let Kind::Decl(name) = unit.nodes[stmt].kind else { return true };
        let Some(assign) = declare_at.remove(&name) else { return true };
        unit.nodes[assign].init.insert(0, stmt);
        false
    });
}
