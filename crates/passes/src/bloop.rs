//! What benchmarks compute is kept alive (`bloop/bloop.go` of Go 1.27): in the body of `for b.Loop()`, every value
//! that a statement assigns or passes on is given to `runtime.KeepAlive` afterwards.

use escargo_ir::{Class, Context, FuncId, IrPos, Kind, List, NameId, Node, NodeId, Op, Unit};
use escargo_types::TypeId;
use escargo_types::link::link_prefix;
use escargo_types::ty::Type;

/// What the compiler says of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A variable will be kept alive: its name for the linker.
    Name(String),
    /// What a pointer points to will be kept alive.
    Dereference,
    /// Nothing can be kept alive.
    Unknown,
    /// Results of a call will be kept alive; whether there are several.
    Results(bool),
    /// An argument of a call will be kept alive.
    Argument,
    /// A blank destination could not be given a variable; said at every level.
    UnknownShape,
}

/// A message with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Where.
    pub pos: IrPos,
    /// What.
    pub message: Message,
}

/// Whether the pass looks at the package at all.
pub fn applies(cx: &Context<'_>, unit: &Unit) -> bool {
    let imports = cx.store.pkg(unit.pkg).imports();
    cx.model.lowering.keeps_benchmarks_alive && imports.iter().any(|&pkg| cx.store.pkg(pkg).path == "testing")
}

/// Rewrites all functions of a package that the pass [applies] to. `keep_alive` is the node of the run time's
/// `KeepAlive`.
pub fn run(cx: &Context<'_>, unit: &mut Unit, keep_alive: NodeId) -> Vec<Event> {
    let mut events = Vec::new();
    for i in 0..unit.func_list.len() {
        let func = unit.func_list[i];
        if !has_benchmark_loop(cx, unit, func) {
            continue;
        }
        let mut pass = Pass { cx, func, keep_alive, events: &mut events };
        for stmt in unit.funcs[func].body.clone() {
            pass.edit(unit, stmt, false);
        }
    }
    events
}

fn has_benchmark_loop(cx: &Context<'_>, unit: &Unit, func: FuncId) -> bool {
    let mut found = false;
    unit.preorder_list(&unit.funcs[func].body, &mut |node| {
        found = found || is_benchmark_loop(cx, unit, node);
    });
    found
}

/// Whether the statement is a loop with a call of `(*testing.B).Loop` as condition.
fn is_benchmark_loop(cx: &Context<'_>, unit: &Unit, node: NodeId) -> bool {
    let Kind::For { cond: Some(cond), .. } = unit.nodes[node].kind else { return false };
    let Kind::Call(call) = &unit.nodes[cond].kind else { return false };
    let Kind::Selector(method) = &unit.nodes[call.fun].kind else { return false };
    call.op == Op::CallFunc
        && method.op == Op::MethExpr
        && method.func.is_some_and(|func| {
            let name = unit.func_name(func);
            name.sym == "(*B).Loop" && name.pkg.is_some_and(|pkg| cx.store.pkg(pkg).path == "testing")
        })
}

struct Pass<'a, 'c> {
    cx: &'a Context<'c>,
    func: FuncId,
    keep_alive: NodeId,
    events: &'a mut Vec<Event>,
}

impl Pass<'_, '_> {
    /// Rewrites the lists of statements below a node, inner ones first.
    fn edit(&mut self, unit: &mut Unit, node: NodeId, inside: bool) {
        let inside = inside || is_benchmark_loop(self.cx, unit, node);
        for child in unit.children(node) {
            self.edit(unit, child, inside);
        }
        if !inside {
            return;
        }
        let mut kind = std::mem::replace(&mut unit.nodes[node].kind, Kind::Nil);
        match &mut kind {
            Kind::For { body, .. }
            | Kind::Block(body)
            | Kind::Comm { body, .. }
            | Kind::Range { body, .. } => self.list(unit, body),
            Kind::Case(case) => self.list(unit, &mut case.body),
            Kind::If { body, els, .. } => {
                self.list(unit, body);
                self.list(unit, els);
            }
            _ => {}
        }
        unit.nodes[node].kind = kind;
    }

    fn list(&mut self, unit: &mut Unit, list: &mut List) {
        for stmt in list {
            *stmt = self.statement(unit, *stmt);
        }
    }

    fn statement(&mut self, unit: &mut Unit, stmt: NodeId) -> NodeId {
        let pos = unit.nodes[stmt].pos;
        match &unit.nodes[stmt].kind {
            &Kind::Assign { x, y, .. } => {
                let x = match y {
                    Some(y) if unit.is_blank(x) => self.replace_blank(unit, stmt, 0, unit.nodes[y].ty),
                    _ => x,
                };
                let kept = self.kept(unit, pos, x);
                self.keep(unit, kept.as_slice(), stmt)
            }
            Kind::AssignList { .. } => self.assign_list(unit, stmt),
            &Kind::AssignOp { x, .. } => {
                let kept = self.kept(unit, pos, x);
                self.keep(unit, kept.as_slice(), stmt)
            }
            Kind::Call(call) => {
                let results = result_types(self.cx, unit.nodes[call.fun].ty);
                match results.is_empty() {
                    false => self.call_results(unit, stmt, &results),
                    true => self.call_args(unit, stmt),
                }
            }
            Kind::Builtin { .. } => self.call_args(unit, stmt),
            _ => stmt,
        }
    }

    fn assign_list(&mut self, unit: &mut Unit, stmt: NodeId) -> NodeId {
        let pos = unit.nodes[stmt].pos;
        let Kind::AssignList { lhs, rhs, .. } = &unit.nodes[stmt].kind else { return stmt };
        let (lhs, rhs) = (lhs.clone(), rhs.clone());
        let mut kept = List::new();
        for (i, &x) in lhs.iter().enumerate() {
            let mut x = x;
            if unit.is_blank(x) {
                let Some(ty) = self.assigned_type(unit, &rhs, lhs.len(), i) else {
                    self.events.push(Event { pos, message: Message::UnknownShape });
                    continue;
                };
                x = self.replace_blank(unit, stmt, i, ty);
            }
            kept.extend(self.kept(unit, pos, x));
        }
        self.keep(unit, &kept, stmt)
    }

    fn assigned_type(&self, unit: &Unit, rhs: &[NodeId], len: usize, i: usize) -> Option<TypeId> {
        if let &[call] = rhs
            && let Type::Tuple(tuple) = self.cx.store.ty(unit.nodes[call].ty)
            && tuple.vars.len() == len
        {
            return Some(self.cx.store.obj_type(tuple.vars[i]));
        }
        (rhs.len() == len).then(|| unit.nodes[rhs[i]].ty)
    }

    /// Gives an assignment a temporary in place of a blank destination.
    fn replace_blank(&mut self, unit: &mut Unit, stmt: NodeId, index: usize, ty: TypeId) -> NodeId {
        let pos = unit.nodes[stmt].pos;
        let temp = unit.new_temp(self.func, pos, ty);
        let node = unit.names[temp].node;
        match &mut unit.nodes[stmt].kind {
            Kind::Assign { x, def, .. } => (*x, *def) = (node, true),
            Kind::AssignList { lhs, def, .. } => (lhs[index], *def) = (node, true),
            _ => {}
        }
        let decl = unit.stmt(pos, Kind::Decl(temp));
        unit.nodes[stmt].init.push(decl);
        node
    }

    /// What is kept alive of a destination.
    fn kept(&mut self, unit: &Unit, pos: IrPos, x: NodeId) -> Option<NodeId> {
        if let Some(name) = addressable_name(unit, x) {
            self.say_name(unit, pos, name);
            return Some(unit.names[name].node);
        }
        if matches!(unit.nodes[x].kind, Kind::Unary(Op::Deref, _)) {
            self.say(pos, Message::Dereference);
            return Some(x);
        }
        self.say(pos, Message::Unknown);
        None
    }

    /// The statement followed by calls that keep variables alive. Only variables can be kept.
    fn keep(&mut self, unit: &mut Unit, kept: &[NodeId], stmt: NodeId) -> NodeId {
        if kept.is_empty() {
            return stmt;
        }
        let pos = unit.nodes[stmt].pos;
        let mut list = List::from([stmt]);
        for &node in kept {
            if unit.as_name(node).is_none() || unit.is_blank(node) {
                continue;
            }
            let mut build = unit.build(self.cx);
            let address = build.addr(pos, node);
            let pointer = build.convert(pos, address, TypeId::UNSAFE_POINTER, false);
            let call = build.call(self.func, pos, self.keep_alive, List::from([pointer]), false);
            if let Kind::Call(call) = &mut unit.nodes[call].kind {
                call.keeps_alive = true;
                call.no_inline = true;
            }
            list.push(call);
        }
        unit.stmt(pos, Kind::Block(list))
    }

    /// Assigns the results of a call to temporaries.
    fn call_results(&mut self, unit: &mut Unit, call: NodeId, results: &[TypeId]) -> NodeId {
        let pos = unit.nodes[call].pos;
        let temps: Vec<NameId> = results.iter().map(|&ty| unit.new_temp(self.func, pos, ty)).collect();
        self.say(pos, Message::Results(results.len() > 1));
        let lhs: List = temps.iter().map(|&temp| unit.names[temp].node).collect();
        let op = if results.len() > 1 { Op::As2Func } else { Op::As2 };
        let rhs = List::from([call]);
        let mut assign = Node::new(pos, Kind::AssignList { op, lhs: lhs.clone(), rhs, def: true });
        assign.init = temps.into_iter().map(|temp| unit.stmt(pos, Kind::Decl(temp))).collect();
        let assign = unit.add(assign);
        self.keep(unit, &lhs, assign)
    }

    /// Evaluates arguments of a call into temporaries, unless they are variables.
    fn call_args(&mut self, unit: &mut Unit, call: NodeId) -> NodeId {
        let pos = unit.nodes[call].pos;
        let args = match &unit.nodes[call].kind {
            Kind::Call(call) => call.args.clone(),
            Kind::Builtin { args, .. } => args.clone(),
            _ => return call,
        };
        let mut temps = Temps::default();
        let mut new_args = args.clone();
        for (slot, &arg) in new_args.iter_mut().zip(&args) {
            if let Some(name) = addressable_name(unit, arg) {
                self.say_name(unit, pos, name);
                temps.kept.push(unit.names[name].node);
            } else if let Kind::CompositeLit { op: Op::SliceLit, list, .. } = &unit.nodes[arg].kind {
                let list = list.clone();
                self.variadic(unit, pos, arg, &list, &mut temps);
            } else {
                *slot = self.argument(unit, pos, pos, arg, &mut temps);
            }
        }
        match &mut unit.nodes[call].kind {
            Kind::Call(call) => call.args = new_args,
            Kind::Builtin { args, .. } => *args = new_args,
            _ => {}
        }
        let mut stmt = call;
        if !temps.stmts.is_empty() {
            temps.stmts.push(call);
            stmt = unit.stmt(pos, Kind::Block(temps.stmts));
        }
        self.keep(unit, &temps.kept, stmt)
    }

    fn variadic(&mut self, unit: &mut Unit, pos: IrPos, literal: NodeId, list: &List, temps: &mut Temps) {
        let mut names = List::new();
        for (i, &elem) in list.iter().enumerate() {
            if let Some(name) = addressable_name(unit, elem) {
                self.say_name(unit, pos, name);
                names.push(unit.names[name].node);
                continue;
            }
            let temp = self.argument(unit, pos, unit.nodes[elem].pos, elem, temps);
            if let Kind::CompositeLit { list, .. } = &mut unit.nodes[literal].kind {
                list[i] = temp;
            }
        }
        temps.kept.extend(names);
    }

    fn argument(
        &mut self,
        unit: &mut Unit,
        call: IrPos,
        pos: IrPos,
        arg: NodeId,
        temps: &mut Temps,
    ) -> NodeId {
        let temp = unit.new_temp(self.func, pos, unit.nodes[arg].ty);
        let node = unit.names[temp].node;
        let assign = unit.stmt(pos, Kind::Assign { x: node, y: Some(arg), def: true });
        let decl = unit.stmt(pos, Kind::Decl(temp));
        unit.nodes[assign].init.push(decl);
        temps.stmts.push(assign);
        temps.kept.push(node);
        self.say(call, Message::Argument);
        node
    }

    fn say(&mut self, pos: IrPos, message: Message) {
        if self.cx.flags.m > 1 {
            self.events.push(Event { pos, message });
        }
    }

    fn say_name(&mut self, unit: &Unit, pos: IrPos, name: NameId) {
        if self.cx.flags.m > 1 {
            let name = &unit.names[name];
            let prefix = link_prefix(self.cx.store, name.pkg.unwrap_or(unit.pkg));
            self.say(pos, Message::Name(format!("{prefix}.{}", name.sym)));
        }
    }
}

/// Temporaries for arguments.
#[derive(Default)]
struct Temps {
    /// Assignments to them.
    stmts: List,
    /// What is kept alive, variables that are arguments themselves included.
    kept: List,
}

fn result_types(cx: &Context<'_>, ty: TypeId) -> Vec<TypeId> {
    let store = cx.store;
    let results = store.as_signature(store.under(ty)).map_or(&[][..], |sig| store.tuple(sig.results));
    results.iter().map(|&result| store.obj_type(result)).collect()
}

/// The variable that an expression is a part of, a slice of, or an element of (`getAddressableNameFromNode`).
fn addressable_name(unit: &Unit, mut node: NodeId) -> Option<NameId> {
    loop {
        node = match &unit.nodes[node].kind {
            &Kind::Name(name) => return (unit.names[name].class != Class::Func).then_some(name),
            Kind::Slice(Op::Slice | Op::Slice3, x, _)
            | Kind::Conv(Op::Conv | Op::ConvIface | Op::ConvNop, x)
            | Kind::Unary(Op::Addr, x)
            | Kind::Index(_, x, _) => *x,
            Kind::Selector(s) if matches!(s.op, Op::Dot | Op::DotPtr) => s.x,
            _ => return None,
        };
    }
}
