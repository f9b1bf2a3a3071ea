//! The only value that an expression can have: local variables that are assigned once are followed to their
//! initializers (`ir/expr.go`, StaticValue; `ir/reassignment.go`).

use escargo_base::Id;
use escargo_dialect::escaping::ReassignRule;
use escargo_types::{Type, TypeStore};
use rustc_hash::FxHashMap;

use crate::{Class, Context, FuncId, Kind, NameId, NodeId, Op, Role, Unit};

/// The static value of an expression: behind conversions without effect, inlined calls with one result, and local
/// variables that are assigned nowhere but where they are defined. The expression itself if it has none.
///
/// Walks the function at each variable followed; [`StaticValues`] answers many questions.
pub fn static_value(cx: &Context, unit: &Unit, node: NodeId) -> NodeId {
    let rule = cx.model.escaping.reassign;
    follow(unit, node, &mut |node| {
        let name = match rule {
            ReassignRule::Plain | ReassignRule::WithRange => unit.as_name(node)?,
            ReassignRule::Full => unit.canonical(unit.as_name(node)?),
        };
        let value = initializer(unit, name)?;
        (!reassigned(cx, unit, name)).then_some(value)
    })
}

/// The function that a value denotes, if it is known (`ir.StaticCalleeName`).
pub fn static_callee(unit: &Unit, node: NodeId) -> Option<FuncId> {
    match &unit.nodes[node].kind {
        Kind::Selector(s) if s.op == Op::MethExpr => s.func,
        Kind::Name(name) if unit.names[*name].class == Class::Func => unit.names[*name].func,
        Kind::Closure(func) => Some(*func),
        _ => None,
    }
}

/// Whether a variable has assignments other than its definition (`ir.Reassigned`). Package variables always count as
/// reassigned.
pub fn reassigned(cx: &Context, unit: &Unit, name: NameId) -> bool {
    let rule = cx.model.escaping.reassign;
    let Some(owner) = unit.names[name].owner else { return true };
    if rule == ReassignRule::Full && unit.names[name].addrtaken {
        return true;
    }
    let mut search = Search { unit, store: cx.store, rule, name, defn: unit.names[name].defn, found: false };
    search.list(&unit.funcs[owner].body);
    search.found
}

fn follow(unit: &Unit, mut node: NodeId, variable: &mut dyn FnMut(NodeId) -> Option<NodeId>) -> NodeId {
    loop {
        node = match &unit.nodes[node].kind {
            Kind::Conv(Op::ConvNop, x) | Kind::Unary(Op::Paren, x) => *x,
            Kind::InlCall { results, .. } if results.len() == 1 => results[0],
            Kind::Name(_) => match variable(node) {
                Some(value) => value,
                None => return node,
            },
            _ => return node,
        };
    }
}

/// What the defining assignment of a local variable gives it.
fn initializer(unit: &Unit, name: NameId) -> Option<NodeId> {
    let variable = &unit.names[name];
    if variable.class != Class::Auto || variable.outer.is_some() {
        return None;
    }
    match &unit.nodes[variable.defn?].kind {
        Kind::Assign { y, .. } => *y,
        Kind::AssignList { op: Op::As2, lhs, rhs, .. } => {
            let i = lhs.iter().position(|&x| x == variable.node)?;
            rhs.get(i).copied()
        }
        _ => None,
    }
}

/// A walk through a function and its literals for assignments to one variable.
struct Search<'a> {
    unit: &'a Unit,
    store: &'a TypeStore,
    rule: ReassignRule,
    name: NameId,
    defn: Option<NodeId>,
    found: bool,
}

impl Search<'_> {
    fn list(&mut self, list: &[NodeId]) {
        for &node in list {
            self.node(node);
        }
    }

    fn node(&mut self, node: NodeId) {
        if self.found {
            return;
        }
        let unit = self.unit;
        let others = self.defn != Some(node);
        self.found = match &unit.nodes[node].kind {
            Kind::Assign { x, .. } => others && self.is_name(*x),
            Kind::AssignList { lhs, .. } => others && lhs.iter().any(|&x| self.is_name(x)),
            Kind::AssignOp { x, .. } => self.rule == ReassignRule::Full && self.is_name(*x),
            Kind::Unary(Op::Addr, x) => {
                self.rule != ReassignRule::Full && self.is_variable(unit.outer_value(self.store, *x))
            }
            Kind::Range { key, value, .. } => {
                self.rule != ReassignRule::Plain && key.iter().chain(value).any(|&x| self.is_name(x))
            }
            Kind::Closure(func) => {
                self.list(&unit.funcs[*func].body);
                self.found
            }
            _ => false,
        };
        if !self.found {
            unit.for_each_child(node, &mut |child| self.node(child));
        }
    }

    /// Whether a destination is the variable, or, under the full rule, a part of it.
    fn is_name(&self, x: NodeId) -> bool {
        match self.rule {
            ReassignRule::Full => self.is_variable(self.unit.outer_value(self.store, x)),
            ReassignRule::Plain | ReassignRule::WithRange => self.is_variable(x),
        }
    }

    fn is_variable(&self, x: NodeId) -> bool {
        self.unit.as_name(x).is_some_and(|name| self.unit.canonical(name) == self.name)
    }
}

/// Static values of all functions of a unit, each outermost function walked once: when the first question about it is
/// asked. Later changes to its body are not seen.
#[derive(Debug, Default)]
pub struct StaticValues {
    /// By function: it was walked as an outermost one, or as a literal inside of one.
    walked: Vec<bool>,
    /// By name: the variable is assigned only where it is defined.
    single: Vec<bool>,
    /// Assignments to variables of function type; entries disappear when an assignment of another form is seen.
    calls: FxHashMap<NameId, Vec<NodeId>>,
}

impl StaticValues {
    /// The static value of an expression in the body of `func`; see [`static_value`].
    pub fn static_value(&mut self, cx: &Context, unit: &Unit, func: FuncId, node: NodeId) -> NodeId {
        let root = self.prepare(cx, unit, func);
        follow(unit, node, &mut |node| {
            let name = unit.canonical(unit.as_name(node)?);
            let value = initializer(unit, name)?;
            (self.is_single(name) && owned(unit, name, root)).then_some(value)
        })
    }

    /// The assignments to a local variable of function type, in the body of `func`; `None` if some are of a form that
    /// cannot be followed. Those that set it to nil do not count.
    pub fn assignments(
        &mut self,
        cx: &Context,
        unit: &Unit,
        func: FuncId,
        name: NameId,
    ) -> Option<&[NodeId]> {
        let root = self.prepare(cx, unit, func);
        let name = unit.canonical(name);
        if !owned(unit, name, root) {
            return None;
        }
        self.calls.get(&name).map(Vec::as_slice)
    }

    fn is_single(&self, name: NameId) -> bool {
        self.single.get(name.index()).copied().unwrap_or(false)
    }

    /// Sees to it that the function around `func` was walked, and names it.
    fn prepare(&mut self, cx: &Context, unit: &Unit, func: FuncId) -> FuncId {
        let root = outermost(unit, func);
        if self.walked.len() < unit.funcs.len() {
            self.walked.resize(unit.funcs.len(), false);
        }
        if !self.walked[root.index()] {
            self.single.resize(unit.names.len().max(self.single.len()), false);
            Walk { unit, store: cx.store, root, values: self }.function(root);
        }
        root
    }
}

/// The function around all literals; the package initializer does not count as one.
fn outermost(unit: &Unit, mut func: FuncId) -> FuncId {
    while let Some(parent) = unit.funcs[func].parent {
        if unit.funcs[parent].role == Role::PackageInit {
            break;
        }
        func = parent;
    }
    func
}

/// Whether a variable is declared in a function or in literals inside it.
fn owned(unit: &Unit, name: NameId, root: FuncId) -> bool {
    unit.names[name].owner.is_some_and(|owner| owner == root || outermost(unit, owner) == root)
}

/// A walk through a function and the literals in it.
struct Walk<'a> {
    unit: &'a Unit,
    store: &'a TypeStore,
    root: FuncId,
    values: &'a mut StaticValues,
}

impl Walk<'_> {
    fn function(&mut self, func: FuncId) {
        let body = &self.unit.funcs[func];
        // Literals of the package initializer are walked for what they do to its variables, but are roots themselves.
        if outermost(self.unit, func) == self.root
            && !std::mem::replace(&mut self.values.walked[func.index()], true)
        {
            body.dcl.iter().for_each(|&name| self.candidate(name));
        }
        body.body.iter().for_each(|&node| self.node(node));
    }

    fn candidate(&mut self, name: NameId) {
        let variable = &self.unit.names[name];
        if variable.class != Class::Auto || variable.addrtaken {
            return;
        }
        self.values.single[name.index()] = variable.defn.is_some();
        let plain =
            variable.defn.is_none_or(|defn| matches!(self.unit.nodes[defn].kind, Kind::Assign { .. }));
        if plain && matches!(self.store.ty(self.store.under(variable.ty)), Type::Signature(_)) {
            self.values.calls.insert(name, Vec::new());
        }
    }

    fn node(&mut self, node: NodeId) {
        let unit = self.unit;
        match &unit.nodes[node].kind {
            Kind::Name(_) | Kind::Literal(_) => return,
            Kind::Assign { x, .. } | Kind::AssignOp { x, .. } => self.assigned(*x, node),
            Kind::AssignList { lhs, .. } => lhs.iter().for_each(|&x| self.assigned(x, node)),
            Kind::Range { key, value, .. } => {
                key.iter().chain(value).for_each(|&x| self.assigned(x, node));
            }
            Kind::Closure(func) => self.function(*func),
            _ => {}
        }
        unit.for_each_child(node, &mut |child| self.node(child));
    }

    /// `stmt` assigns to `x`.
    fn assigned(&mut self, x: NodeId, stmt: NodeId) {
        let Some(name) = self.unit.as_name(self.unit.outer_value(self.store, x)) else { return };
        let name = self.unit.canonical(name);
        if !owned(self.unit, name, self.root) {
            return;
        }
        if self.unit.names[name].defn != Some(stmt) {
            self.values.single[name.index()] = false;
        }
        let Some(assignments) = self.values.calls.get_mut(&name) else { return };
        match self.unit.nodes[stmt].kind {
            Kind::Assign { y, .. } if y.is_none_or(|y| is_nil(self.unit, y)) => {}
            Kind::Assign { .. } => assignments.push(stmt),
            _ => {
                self.values.calls.remove(&name);
            }
        }
    }
}

fn is_nil(unit: &Unit, node: NodeId) -> bool {
    matches!(unit.nodes[unit.behind_conv_nop(node)].kind, Kind::Nil)
}
