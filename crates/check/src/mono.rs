//! Generic functions and types that instantiate themselves with ever larger types.
//!
//! Such code has no finite number of instances and cannot be compiled. The graph's nodes are type parameters, and
//! types declared inside generic functions. An edge says that a node takes part in what a parameter is instantiated
//! with: it is *growing* if the argument is more than the node itself, or if the node is a local type, which depends on
//! the parameters around it. A cycle with a growing edge never ends:
//!
//! ```text
//! func f[A, B any]() {
//!     type T int
//!     f[T, map[A]B]()
//! }
//! ```
//!
//! Here T grows from A and B, A flows from T, and B grows from A and B.

use escargo_base::Pos;
use escargo_types::print::type_string;
use escargo_types::typeset::type_set;
use escargo_types::{ObjId, PkgId, Type, TypeId, TypeStore};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checker::Checker;
use crate::code::Code;

#[derive(Debug)]
struct Node {
    obj: ObjId,
    /// Growing edges on the best way known to this node.
    weight: usize,
    /// Last edge of that way.
    last_edge: usize,
    /// Number of edges of that way.
    length: usize,
}

#[derive(Debug)]
struct Edge {
    from: usize,
    to: usize,
    growing: bool,
    pos: Pos,
    /// What the parameter is instantiated with, or the parameter that a local type depends on.
    ty: TypeId,
}

/// Which type parameters flow into which.
#[derive(Debug, Default)]
pub(crate) struct MonoGraph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Type parameters of receivers stand for those of the type.
    canonical: FxHashMap<TypeId, TypeId>,
    /// Nodes by type name; `None` for types that no type parameter surrounds.
    by_name: FxHashMap<ObjId, Option<usize>>,
}

impl MonoGraph {
    /// Notes that a receiver's type parameter stands for one of the receiver's type.
    pub(crate) fn record_canonical(&mut self, of_receiver: TypeId, of_type: TypeId) {
        self.canonical.insert(of_receiver, of_type);
    }

    fn add_node(&mut self, obj: ObjId) -> usize {
        self.nodes.push(Node { obj, weight: 0, last_edge: 0, length: 0 });
        self.nodes.len() - 1
    }

    fn tparam_node(&mut self, store: &TypeStore, tparam: TypeId) -> usize {
        let obj = store.named_obj(self.canonical.get(&tparam).copied().unwrap_or(tparam));
        if let Some(&Some(node)) = self.by_name.get(&obj) {
            return node;
        }
        let node = self.add_node(obj);
        self.by_name.insert(obj, Some(node));
        node
    }
}

/// Type parameters and named types that a type argument mentions.
#[derive(Default)]
struct Mentions {
    found: Vec<TypeId>,
    /// Types that were looked at: interfaces may refer to themselves, other types may be used on many levels.
    seen: FxHashSet<TypeId>,
}

impl Mentions {
    fn collect(&mut self, store: &TypeStore, pkg: PkgId, ty: TypeId) {
        let ty = store.unalias(ty);
        if matches!(store.ty(ty), Type::Basic(_)) || !self.seen.insert(ty) {
            return;
        }
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || match store.ty(ty) {
            Type::TypeParam(_) => self.found.push(ty),
            Type::Named(named) => {
                if store.obj(named.obj).pkg == Some(pkg) {
                    self.found.push(ty);
                }
                named.targs().iter().for_each(|&t| self.collect(store, pkg, t));
            }
            &Type::Array { elem, .. }
            | &Type::Chan { elem, .. }
            | &Type::Pointer(elem)
            | &Type::Slice(elem) => {
                self.collect(store, pkg, elem);
            }
            &Type::Map { key, elem } => {
                self.collect(store, pkg, key);
                self.collect(store, pkg, elem);
            }
            Type::Interface(_) => self.collect_objects(store, pkg, &type_set(store, ty).methods),
            Type::Signature(cell) => {
                let sig = cell.get();
                self.collect_objects(store, pkg, store.tuple(sig.params));
                self.collect_objects(store, pkg, store.tuple(sig.results));
            }
            Type::Struct(s) => self.collect_objects(store, pkg, &s.fields),
            Type::Basic(_) | Type::Tuple(_) | Type::Union(_) | Type::Alias(_) => {}
        });
    }

    fn collect_objects(&mut self, store: &TypeStore, pkg: PkgId, objects: &[ObjId]) {
        for &obj in objects {
            self.collect(store, pkg, store.obj_type(obj));
        }
    }
}

impl<'a> Checker<'a> {
    /// Records an instantiation for `check_monomorphic`. `pos_of_arg` may be shorter than the list of arguments: the
    /// others were inferred at `pos`.
    pub(crate) fn record_mono_instance(
        &mut self,
        pos: Pos,
        tparams: &[TypeId],
        targs: &[TypeId],
        pos_of_arg: &[Pos],
    ) {
        for (i, (&tparam, &targ)) in tparams.iter().zip(targs).enumerate() {
            // Cycles of instances stay within a package.
            if self.store.obj(self.store.named_obj(tparam)).pkg == Some(self.pkg) {
                self.record_flow(pos_of_arg.get(i).copied().unwrap_or(pos), tparam, targ);
            }
        }
    }

    fn record_flow(&mut self, pos: Pos, tparam: TypeId, targ: TypeId) {
        if matches!(self.store.ty(targ), Type::Basic(_)) {
            return;
        }
        let mut mentions = Mentions::default();
        mentions.collect(self.store, self.pkg, targ);
        for ty in mentions.found {
            let from = match self.store.ty(ty) {
                Type::TypeParam(_) => Some(self.mono.tparam_node(self.store, ty)),
                _ => self.local_type_node(self.store.named_obj(ty)),
            };
            if let Some(from) = from {
                let to = self.mono.tparam_node(self.store, tparam);
                self.mono.edges.push(Edge { from, to, growing: ty != targ, pos, ty: targ });
            }
        }
    }

    /// The node of a type declared inside a generic function.
    fn local_type_node(&mut self, obj: ObjId) -> Option<usize> {
        let mut scope = Some(*self.local_type_scopes.get(&obj)?);
        if let Some(&node) = self.mono.by_name.get(&obj) {
            return node;
        }
        let pos = self.store.obj(obj).pos;
        let mut node = None;
        while let Some(at) = scope.filter(|&s| s != self.pkg_scope) {
            for &(_, name) in &self.scopes[at].names {
                let object = self.store.obj(name);
                let Some(ty) = object.ty() else { continue };
                let declares = matches!(self.store.ty(ty), Type::TypeParam(p) if p.obj == name);
                if declares && object.pos < pos {
                    let to = *node.get_or_insert_with(|| self.mono.add_node(obj));
                    let from = self.mono.tparam_node(self.store, ty);
                    self.mono.edges.push(Edge { from, to, growing: true, pos, ty });
                }
            }
            scope = self.scopes[at].parent;
        }
        self.mono.by_name.insert(obj, node);
        node
    }

    /// Reports a cycle of instances that grows. Ways are lengthened (as in the algorithm of Bellman and Ford, but for
    /// the greatest weight) until nothing changes, or until a way has as many edges as there are nodes: then it
    /// contains a cycle.
    pub(crate) fn check_monomorphic(&mut self) {
        let graph = &mut self.mono;
        loop {
            let mut changed = false;
            for (i, edge) in graph.edges.iter().enumerate() {
                let weight = graph.nodes[edge.from].weight + usize::from(edge.growing);
                let length = graph.nodes[edge.from].length + 1;
                let limit = graph.nodes.len();
                let node = &mut graph.nodes[edge.to];
                if weight <= node.weight {
                    continue;
                }
                node.last_edge = i;
                node.length = length;
                if length == limit {
                    let end = edge.to;
                    self.report_growing_cycle(end);
                    return;
                }
                node.weight = weight;
                changed = true;
            }
            if !changed {
                return;
            }
        }
    }

    /// `end`: the end of a way that contains a cycle, but perhaps not a part of the cycle.
    fn report_growing_cycle(&mut self, end: usize) {
        let graph = &self.mono;
        let mut way: Vec<usize> = Vec::new();
        let mut seen = vec![false; graph.nodes.len()];
        let mut node = end;
        while !seen[node] {
            seen[node] = true;
            way.push(node);
            node = graph.edges[graph.nodes[node].last_edge].from;
        }
        let start = way.iter().position(|&n| n == node).unwrap_or(0);
        let qualify = |p: PkgId| {
            if p == self.pkg { String::new() } else { self.store.pkg(p).path.to_string() }
        };
        let mut err = self.new_error(Code::InvalidInstanceCycle);
        err.add(self.store.obj(graph.nodes[node].obj).pos, "instantiation cycle:");
        for &n in &way[start..] {
            let edge = &graph.edges[graph.nodes[n].last_edge];
            let obj = self.store.obj(graph.nodes[edge.to].obj);
            let is_param = obj.ty().is_some_and(|t| self.store.is_type_param(t));
            let how = if is_param { "instantiated as" } else { "implicitly parameterized by" };
            let ty = type_string(self.store, edge.ty, &qualify);
            err.add(edge.pos, format!("{} {how} {ty}", obj.name));
        }
        self.report(err);
    }
}
