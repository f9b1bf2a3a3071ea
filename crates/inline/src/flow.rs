//! Which concrete types are assigned to interface variables (`devirtualize/devirtualize.go`, State).

use escargo_ir::{Class, Context, FuncId, Kind, NameId, NodeId, Op, Unit};
use escargo_types::{Type, TypeId, TypeStore};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Bodies;

/// What is assigned to a variable.
#[derive(Clone, Copy, Debug)]
enum Assigned {
    /// Something of interface type that is not followed.
    Unknown,
    /// A value of a concrete type.
    Type(TypeId),
    /// A value to look at.
    Value(NodeId),
}

/// The result of a call that is assigned to a variable: `result` of the call is `values[name][at]`.
#[derive(Clone, Copy, Debug)]
struct CallResult {
    name: NameId,
    at: usize,
    result: usize,
}

/// What an expression's dynamic type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Concrete {
    /// Not known.
    Unknown,
    /// Only nil is known to be assigned.
    Nothing,
    /// This type, if it is not nil; with the operation that made the type, if no other one makes the same.
    Type(TypeId, Option<NodeId>),
}

/// Assignments to interface variables. Functions are looked at when the first question about one of their variables is
/// asked.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    values: FxHashMap<NameId, Vec<Assigned>>,
    /// Calls whose results are unknown until they are inlined.
    calls: FxHashMap<NodeId, Vec<CallResult>>,
    analyzed: FxHashSet<FuncId>,
}

impl Flow {
    /// The one concrete type that an expression's value can have.
    pub(crate) fn concrete_type(
        &mut self,
        cx: &Context<'_>,
        bodies: &dyn Bodies,
        node: NodeId,
    ) -> Option<TypeId> {
        match self.concrete(cx.store, bodies, node, &mut Vec::new()) {
            Concrete::Type(ty, _) => Some(ty),
            Concrete::Unknown | Concrete::Nothing => None,
        }
    }

    /// Takes a call into account that was just inlined into `caller`: the node has become the inlined call.
    pub(crate) fn inlined(&mut self, cx: &Context<'_>, unit: &Unit, caller: FuncId, call: NodeId) {
        if !self.analyzed.contains(&caller) {
            return;
        }
        let node = &unit.nodes[call];
        let Kind::InlCall { body, results } = &node.kind else { return };
        let mut walk = Walk { flow: self, store: cx.store, unit };
        walk.list(&node.init);
        walk.list(body);
        for CallResult { name, at, result } in self.calls.remove(&call).unwrap_or_default() {
            if let (Some(slot), Some(&value)) =
                (self.values.get_mut(&name).and_then(|list| list.get_mut(at)), results.get(result))
            {
                *slot = Assigned::Value(value);
            }
        }
    }

    fn concrete(
        &mut self,
        store: &TypeStore,
        bodies: &dyn Bodies,
        node: NodeId,
        seen: &mut Vec<NameId>,
    ) -> Concrete {
        let unit = bodies.unit_ref();
        let mut node = node;
        let name = loop {
            let n = &unit.nodes[node];
            if !store.is_interface(n.ty) {
                return Concrete::Type(n.ty, makes_type(store, bodies, node).then_some(node));
            }
            node = match &n.kind {
                Kind::Conv(Op::ConvNop | Op::ConvIface, x)
                | Kind::Unary(Op::Paren, x)
                | Kind::TypeAssert(_, x) => *x,
                Kind::InlCall { results, .. } if results.len() == 1 => results[0],
                Kind::Name(name) => break unit.canonical(*name),
                _ => return Concrete::Unknown,
            };
        };
        let variable = &unit.names[name];
        let (Class::Auto, Some(owner), false) = (variable.class, variable.owner, variable.addrtaken) else {
            return Concrete::Unknown;
        };
        if seen.contains(&name) {
            return Concrete::Nothing;
        }
        seen.push(name);
        if self.analyzed.insert(owner) {
            Walk { flow: self, store, unit }.list(&unit.funcs[owner].body);
        }
        let mut found = Concrete::Nothing;
        for at in 0..self.values.get(&name).map_or(0, Vec::len) {
            let ty = match self.values[&name][at] {
                Assigned::Unknown => return Concrete::Unknown,
                Assigned::Type(ty) => Concrete::Type(ty, None),
                Assigned::Value(value) => self.concrete(store, bodies, value, seen),
            };
            match (found, ty) {
                (_, Concrete::Unknown) => return Concrete::Unknown,
                (_, Concrete::Nothing) => {}
                (Concrete::Type(..), ty) if found != ty => return Concrete::Unknown,
                (_, ty) => found = ty,
            }
        }
        found
    }
}

/// Whether an operation makes a pointer type that no other one has.
fn makes_type(store: &TypeStore, bodies: &dyn Bodies, node: NodeId) -> bool {
    let node = &bodies.unit_ref().nodes[node];
    matches!(node.kind, Kind::Unary(Op::PtrLit | Op::Addr | Op::New, _))
        && matches!(*store.ty(node.ty), Type::Pointer(elem)
            if matches!(store.ty(elem), Type::Named(_)) && !bodies.was_read_first(elem))
}

/// A walk that collects assignments.
struct Walk<'f, 'a> {
    flow: &'f mut Flow,
    store: &'a TypeStore,
    unit: &'a Unit,
}

impl Walk<'_, '_> {
    fn list(&mut self, list: &[NodeId]) {
        for &node in list {
            self.node(node);
        }
    }

    fn node(&mut self, node: NodeId) {
        let unit = self.unit;
        match &unit.nodes[node].kind {
            Kind::Assign { x, y: Some(y), .. } => self.assignment(*x, *y),
            Kind::AssignList { op, lhs, rhs, .. } => self.assignments(*op, lhs, rhs),
            Kind::Range { x, key, value, .. } => self.range(*x, *key, *value),
            Kind::Switch { tag: Some(tag), cases, .. } => {
                if let Kind::TypeSwitchGuard { x, .. } = unit.nodes[*tag].kind {
                    for &case in cases {
                        if let Kind::Case(case) = &unit.nodes[case].kind
                            && let Some(var) = case.var
                        {
                            self.assign(unit.names[var].node, Assigned::Value(x));
                        }
                    }
                }
            }
            &Kind::Closure(func) if self.flow.analyzed.insert(func) => {
                self.list(&unit.funcs[func].body);
            }
            _ => {}
        }
        unit.for_each_child(node, &mut |child| self.node(child));
    }

    fn assignment(&mut self, x: NodeId, y: NodeId) {
        let y = self.behind_parens(y);
        match self.unit.nodes[y].kind {
            Kind::Call(_) => self.call_result(x, y, 0),
            _ => self.assign(x, Assigned::Value(y)),
        }
    }

    fn assignments(&mut self, op: Op, lhs: &[NodeId], rhs: &[NodeId]) {
        let Some(&value) = rhs.first() else { return };
        match op {
            Op::As2 => {
                for (&x, &y) in lhs.iter().zip(rhs) {
                    self.assign(x, Assigned::Value(y));
                }
            }
            Op::As2DotType => self.assign(lhs[0], Assigned::Value(value)),
            Op::As2MapR | Op::As2Recv | Op::SelRecv2 => {
                self.assign(lhs[0], Assigned::Type(self.unit.nodes[value].ty));
            }
            Op::As2Func => {
                let call = self.behind_parens(value);
                let unit = self.unit;
                for (i, &x) in lhs.iter().enumerate() {
                    match &unit.nodes[call].kind {
                        Kind::Call(_) => self.call_result(x, call, i),
                        Kind::InlCall { results, .. } => {
                            let value = results.get(i).map_or(Assigned::Unknown, |&r| Assigned::Value(r));
                            self.assign(x, value);
                        }
                        _ => self.assign(x, Assigned::Unknown),
                    }
                }
            }
            _ => {}
        }
    }

    fn behind_parens(&self, mut node: NodeId) -> NodeId {
        while let Kind::Unary(Op::Paren, x) = self.unit.nodes[node].kind {
            node = x;
        }
        node
    }

    /// A result of a call: its type, or unknown until the call is inlined.
    fn call_result(&mut self, x: NodeId, call: NodeId, result: usize) {
        let Kind::Call(callee) = &self.unit.nodes[call].kind else { return };
        let signature = self.store.as_signature(self.store.under(self.unit.nodes[callee.fun].ty));
        let var = signature.and_then(|s| self.store.tuple(s.results).get(result).copied());
        let ty = var.and_then(|var| self.store.obj(var).ty());
        match ty {
            Some(ty) if !self.store.is_interface(ty) => self.assign(x, Assigned::Type(ty)),
            _ => {
                if let Some((name, at)) = self.record(x, Assigned::Unknown) {
                    self.flow.calls.entry(call).or_default().push(CallResult { name, at, result });
                }
            }
        }
    }

    fn range(&mut self, x: NodeId, key: Option<NodeId>, value: Option<NodeId>) {
        let store = self.store;
        let mut ty = store.under(self.unit.nodes[x].ty);
        if let &Type::Pointer(elem) = store.ty(ty) {
            ty = store.under(elem);
        }
        let types = match *store.ty(ty) {
            Type::Array { elem, .. } | Type::Slice(elem) => [None, Some(elem)],
            Type::Chan { elem, .. } => [Some(elem), None],
            Type::Map { key, elem } => [Some(key), Some(elem)],
            _ => [None, None],
        };
        for (x, ty) in [key, value].into_iter().zip(types) {
            if let Some(x) = x {
                self.assign(x, ty.map_or(Assigned::Unknown, Assigned::Type));
            }
        }
    }

    fn assign(&mut self, x: NodeId, value: Assigned) {
        self.record(x, value);
    }

    /// Adds an assignment to a variable of interface type; where it is kept. Assignments of nil do not count.
    fn record(&mut self, x: NodeId, value: Assigned) -> Option<(NameId, usize)> {
        let unit = self.unit;
        let name = unit.as_name(x).filter(|_| !unit.is_blank(x))?;
        let variable = &unit.names[name];
        if variable.owner.is_none() || !self.store.is_interface(variable.ty) {
            return None;
        }
        let name = unit.canonical(name);
        if unit.names[name].class != Class::Auto {
            return None;
        }
        let value = match value {
            Assigned::Type(ty) if self.store.is_interface(ty) => Assigned::Unknown,
            Assigned::Value(node) if matches!(unit.nodes[node].kind, Kind::Nil) => return None,
            value => value,
        };
        let list = self.flow.values.entry(name).or_default();
        list.push(value);
        Some((name, list.len() - 1))
    }
}
