//! Initialization order of package-level variables.
//!
//! A variable is ready when every variable that its initializer refers to, directly or by way of functions, has been
//! initialized; of the ready ones the first in source order is next. Functions that refer to each other form no cycle,
//! so they are grouped first ([`Groups`]); a group of functions is done when all it refers to is done.
//!
//! A variable or constant that refers to itself is an error. Such packages take another, slower way
//! ([`Checker::report_init_cycles`]), which takes things in exactly the compiler's order, for that decides which of
//! several cycles are reported and where.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use escargo_types::{ObjId, ObjectKind};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checker::{Checker, DeclInfoId, DeclKind};
use crate::code::Code;
use crate::info::Initializer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NodeKind {
    Const,
    Var,
    Func,
    /// Types take no part.
    Other,
}

/// What refers to what. Nodes are places in [`Checker::obj_list`].
struct Graph {
    kinds: Vec<NodeKind>,
    /// Nodes referred to, in source order.
    edges: Vec<Box<[u32]>>,
}

impl Graph {
    fn is_value(&self, node: u32) -> bool {
        matches!(self.kinds[node as usize], NodeKind::Const | NodeKind::Var)
    }
    fn values(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.kinds.len() as u32).filter(|&n| self.is_value(n))
    }
}

/// The strongly connected components that can be reached from variables and constants.
struct Groups {
    /// Group of each node; `u32::MAX` for nodes that were not reached.
    of: Vec<u32>,
    count: u32,
    /// Whether a variable or constant refers to itself.
    has_value_cycle: bool,
}

impl Groups {
    /// Tarjan's algorithm with an explicit stack.
    fn find(graph: &Graph) -> Groups {
        const NONE: u32 = u32::MAX;
        let n = graph.kinds.len();
        let mut groups = Groups { of: vec![NONE; n], count: 0, has_value_cycle: false };
        let mut index = vec![NONE; n];
        let mut low = vec![0; n];
        let mut open: Vec<u32> = Vec::new();
        let mut calls: Vec<(u32, usize)> = Vec::new();
        let mut next = 0;
        for root in graph.values() {
            if index[root as usize] == NONE {
                calls.push((root, 0));
            }
            while let Some((node, edge)) = calls.pop() {
                let v = node as usize;
                if edge == 0 {
                    (index[v], low[v]) = (next, next);
                    next += 1;
                    open.push(node);
                }
                if let Some(&target) = graph.edges[v].get(edge) {
                    calls.push((node, edge + 1));
                    let t = target as usize;
                    if target == node && graph.is_value(node) {
                        groups.has_value_cycle = true;
                    }
                    if index[t] == NONE {
                        calls.push((target, 0));
                    } else if groups.of[t] == NONE {
                        low[v] = low[v].min(index[t]);
                    }
                    continue;
                }
                if low[v] == index[v] {
                    groups.close(graph, &mut open, node);
                }
                if let Some(&(caller, _)) = calls.last() {
                    low[caller as usize] = low[caller as usize].min(low[v]);
                }
            }
        }
        groups
    }

    fn close(&mut self, graph: &Graph, open: &mut Vec<u32>, root: u32) {
        let start = open.iter().rposition(|&n| n == root).unwrap_or(0);
        let members = &open[start..];
        if members.len() > 1 && members.iter().any(|&n| graph.is_value(n)) {
            self.has_value_cycle = true;
        }
        for &node in members {
            self.of[node as usize] = self.count;
        }
        open.truncate(start);
        self.count += 1;
    }
}

impl<'a> Checker<'a> {
    /// Determines in which order variables are initialized, and reports values that refer to themselves.
    pub(crate) fn compute_init_order(&mut self) {
        let graph = self.reference_graph();
        let groups = Groups::find(&graph);
        let order = if groups.has_value_cycle {
            self.report_init_cycles(&graph)
        } else {
            ready_order(&graph, &groups)
        };
        let mut emitted: FxHashSet<DeclInfoId> = FxHashSet::default();
        for node in order {
            if graph.kinds[node as usize] != NodeKind::Var {
                continue;
            }
            let var = self.obj_list[node as usize];
            let Some(&decl) = self.obj_decl.get(&var) else { continue };
            let info = &self.decls[decl];
            // Variables that share an initializer are initialized when the first of them is.
            if let DeclKind::Var { lhs, init: Some(rhs), .. } = &info.kind
                && emitted.insert(decl)
            {
                let lhs = if lhs.is_empty() { vec![var] } else { lhs.to_vec() };
                self.info.init_order.push(Initializer { lhs, file: info.file, rhs: *rhs });
            }
        }
    }

    fn reference_graph(&self) -> Graph {
        let places: FxHashMap<ObjId, u32> =
            self.obj_list.iter().enumerate().map(|(i, &o)| (o, i as u32)).collect();
        let kind_of = |&obj: &ObjId| match self.store.obj(obj).kind {
            ObjectKind::Const { .. } => NodeKind::Const,
            ObjectKind::Var { .. } => NodeKind::Var,
            ObjectKind::Func { .. } => NodeKind::Func,
            _ => NodeKind::Other,
        };
        let kinds: Vec<NodeKind> = self.obj_list.iter().map(kind_of).collect();
        let edges_of = |obj: &ObjId| {
            let Some(&decl) = self.obj_decl.get(obj) else { return Box::default() };
            let deps = self.decls[decl].deps.iter().filter_map(|d| places.get(d).copied());
            let mut edges: Vec<u32> = deps.filter(|&p| kinds[p as usize] != NodeKind::Other).collect();
            edges.sort_unstable();
            edges.into_boxed_slice()
        };
        let edges = self.obj_list.iter().map(edges_of).collect();
        Graph { kinds, edges }
    }

    // ----- cycles -----

    /// Takes constants and variables in the compiler's order, the one with the fewest outstanding references first,
    /// and reports those that are taken although they wait for themselves.
    fn report_init_cycles(&mut self, graph: &Graph) -> Vec<u32> {
        let n = graph.kinds.len();
        let mut waiting_for = vec![0usize; n];
        let mut wanted_by: Vec<Vec<u32>> = vec![Vec::new(); n];
        for node in graph.values() {
            for target in values_behind(graph, node) {
                waiting_for[node as usize] += 1;
                wanted_by[target as usize].push(node);
            }
        }
        let key = |node: u32, waiting: usize| (graph.kinds[node as usize] != NodeKind::Const, waiting, node);
        let mut queue: BinaryHeap<_> =
            graph.values().map(|v| Reverse(key(v, waiting_for[v as usize]))).collect();
        let mut taken = vec![false; n];
        let mut order = Vec::new();
        while let Some(Reverse((_, waiting, node))) = queue.pop() {
            let i = node as usize;
            if taken[i] || waiting != waiting_for[i] {
                continue; // an entry from before references were settled
            }
            taken[i] = true;
            order.push(node);
            if waiting > 0
                && let Some(path) = path_to_itself(graph, node)
            {
                self.report_init_cycle(node, &path);
            }
            for &user in &wanted_by[i] {
                waiting_for[user as usize] -= 1;
                if !taken[user as usize] {
                    queue.push(Reverse(key(user, waiting_for[user as usize])));
                }
            }
        }
        order
    }

    /// `path`: what `node` refers to, what that refers to, and so on up to `node` itself.
    fn report_init_cycle(&mut self, node: u32, path: &[u32]) {
        let name = |c: &Self, n: u32| c.store.obj(c.obj_list[n as usize]).name;
        let pos = |c: &Self, n: u32| c.store.obj(c.obj_list[n as usize]).pos;
        if path.len() == 1 {
            let message = format!("initialization cycle: {} refers to itself", name(self, node));
            self.error(pos(self, node), Code::InvalidInitCycle, message);
            return;
        }
        let mut err = self.new_error(Code::InvalidInitCycle);
        err.add(pos(self, node), format!("initialization cycle for {}", name(self, node)));
        let mut from = node;
        for &to in path {
            err.add(pos(self, from), format!("{} refers to {}", name(self, from), name(self, to)));
            from = to;
        }
        self.report(err);
    }
}

/// Order of variables if none waits for itself. Constants are there from the start.
fn ready_order(graph: &Graph, groups: &Groups) -> Vec<u32> {
    let count = groups.count as usize;
    let mut waiting_for = vec![0u32; count];
    let mut wanted_by: Vec<Vec<u32>> = vec![Vec::new(); count];
    let mut var_of: Vec<Option<u32>> = vec![None; count];
    for (node, &group) in groups.of.iter().enumerate() {
        if group == u32::MAX || graph.kinds[node] == NodeKind::Const {
            continue;
        }
        if graph.kinds[node] == NodeKind::Var {
            var_of[group as usize] = Some(node as u32);
        }
        for &target in &graph.edges[node] {
            let to = groups.of[target as usize];
            if to != group && graph.kinds[target as usize] != NodeKind::Const {
                waiting_for[group as usize] += 1;
                wanted_by[to as usize].push(group);
            }
        }
    }
    let mut ready = BinaryHeap::new();
    let mut done: Vec<u32> = Vec::new();
    let mut order = Vec::new();
    let settle = |group: u32, ready: &mut BinaryHeap<_>, done: &mut Vec<u32>| match var_of[group as usize] {
        Some(var) => ready.push(Reverse((var, group))),
        None => done.push(group),
    };
    for group in 0..groups.count {
        if waiting_for[group as usize] == 0 {
            settle(group, &mut ready, &mut done);
        }
    }
    loop {
        let group = match done.pop() {
            Some(group) => group,
            None => match ready.pop() {
                Some(Reverse((var, group))) => {
                    order.push(var);
                    group
                }
                None => return order,
            },
        };
        for &user in &wanted_by[group as usize] {
            waiting_for[user as usize] -= 1;
            if waiting_for[user as usize] == 0 {
                settle(user, &mut ready, &mut done);
            }
        }
    }
}

/// Variables and constants that a node refers to, directly or by way of functions.
fn values_behind(graph: &Graph, node: u32) -> Vec<u32> {
    let mut seen: FxHashSet<u32> = FxHashSet::default();
    let mut todo = vec![node];
    let mut values = Vec::new();
    while let Some(at) = todo.pop() {
        for &target in &graph.edges[at as usize] {
            if !seen.insert(target) {
                continue;
            }
            if graph.is_value(target) {
                values.push(target);
            } else {
                todo.push(target);
            }
        }
    }
    values
}

/// The first way from a node back to it, references taken in source order.
fn path_to_itself(graph: &Graph, node: u32) -> Option<Vec<u32>> {
    let mut seen = vec![false; graph.kinds.len()];
    seen[node as usize] = true;
    let mut stack = vec![(node, 0usize)];
    while let Some((at, edge)) = stack.pop() {
        let Some(&target) = graph.edges[at as usize].get(edge) else { continue };
        stack.push((at, edge + 1));
        if target == node {
            let mut path: Vec<u32> = stack[1..].iter().map(|&(n, _)| n).collect();
            path.push(node);
            return Some(path);
        }
        if !seen[target as usize] {
            seen[target as usize] = true;
            stack.push((target, 0));
        }
    }
    None
}
