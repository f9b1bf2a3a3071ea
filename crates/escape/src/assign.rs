//! Assignments and their destinations (`escape/assign.go`).

use escargo_ir::{Class, Kind, Node, NodeId, Op};
use escargo_types::{Type, TypeId};
use smallvec::SmallVec;

use crate::Event;
use crate::analyzer::{Analyzer, Nodes};
use crate::event::Reason;
use crate::graph::{Hole, LocId, What};

/// Destinations of an assignment.
pub(crate) type Holes = SmallVec<[Hole; 4]>;

type Destinations = SmallVec<[Option<NodeId>; 4]>;

impl Analyzer<'_, '_> {
    /// Walks an assignment, or a return statement, which assigns to the results.
    pub(crate) fn assignment(&mut self, node: NodeId) {
        match &self.unit.nodes[node].kind {
            &Kind::Assign { x, y, .. } => self.assign_list(&[Some(x)], y.as_slice(), Reason::Assign, node),
            &Kind::AssignOp { x, y, .. } => self.assign_list(&[Some(x)], &[y], Reason::Assign, node),
            Kind::AssignList { op, lhs, rhs, .. } => {
                let op = *op;
                let lhs: Destinations = lhs.iter().copied().map(Some).collect();
                let rhs: Nodes = rhs.iter().copied().collect();
                let reason = match op {
                    Op::As2Func => return self.assign_call(&lhs, &rhs, node),
                    Op::As2DotType => Reason::AssignPairDotType,
                    Op::As2MapR => Reason::AssignPairMapR,
                    Op::As2Recv | Op::SelRecv2 => Reason::AssignPairReceive,
                    _ => Reason::AssignPair,
                };
                self.assign_list(&lhs, &rhs, reason, node);
            }
            Kind::Return(values) => {
                let values: Nodes = values.iter().copied().collect();
                let results = self.unit.funcs[self.frame.func].results();
                let results: Destinations =
                    results.iter().map(|&name| Some(self.unit.names[name].node)).collect();
                self.assign_list(&results, &values, Reason::Return, node);
            }
            _ => {}
        }
    }

    /// `a, b = f()`.
    fn assign_call(&mut self, lhs: &[Option<NodeId>], rhs: &[NodeId], node: NodeId) {
        let &[call] = rhs else { return };
        self.init(call);
        let mut holes = self.destinations(lhs);
        if self.tracer.is_some() {
            for (i, hole) in holes.iter_mut().enumerate() {
                *hole = self.note(*hole, node, Reason::AssignPair);
                self.nth(*hole, i);
            }
        }
        self.call(Some(&holes), call);
        self.reassigned(&holes, node);
    }

    fn assign_list(&mut self, dsts: &[Option<NodeId>], srcs: &[NodeId], reason: Reason, node: NodeId) {
        let holes = self.destinations(dsts);
        for (i, (&hole, &dst)) in holes.iter().zip(dsts).enumerate() {
            let Some(&src) = srcs.get(i) else { continue };
            let mut hole = hole;
            if let Some(dst) = dst {
                if self.unit.nodes[dst].op() == Op::DotPtr && self.is_reflect_header_data(dst) {
                    let hole = self.note(Hole::new(LocId::HEAP), node, reason);
                    self.unsafe_value(hole, src);
                    continue;
                }
                if self.is_self_assignment(dst, src) {
                    self.report_self_assignment(node);
                    hole = Hole::new(LocId::BLANK);
                }
            }
            let hole = self.note(hole, node, reason);
            self.nth(hole, i);
            self.expr(hole, src);
        }
        self.reassigned(&holes, node);
    }

    fn report_self_assignment(&mut self, node: NodeId) {
        if self.cx.flags.m > 0 {
            let (pos, text, func) = (self.unit.nodes[node].pos, self.text(node), self.frame.func);
            (self.sink)(self.unit, Event::SelfAssignment { pos, func, text });
        }
    }

    /// Lets a value flow to the heap.
    pub(crate) fn assign_heap(&mut self, src: NodeId, reason: Reason, node: NodeId) {
        let hole = self.note(Hole::new(LocId::HEAP), node, reason);
        self.expr(hole, src);
    }

    fn destinations(&mut self, dsts: &[Option<NodeId>]) -> Holes {
        dsts.iter().map(|&dst| self.destination(dst)).collect()
    }

    /// Evaluates a destination. The hole for what is stored in it.
    pub(crate) fn destination(&mut self, dst: Option<NodeId>) -> Hole {
        let Some(node) = dst.filter(|&dst| !self.unit.is_blank(dst)) else {
            return Hole::new(LocId::BLANK);
        };
        let heap = Hole::new(LocId::HEAP);
        match &self.unit.nodes[node].kind {
            &Kind::Name(name) if self.unit.names[name].class == Class::Extern => heap,
            &Kind::Name(name) => match self.loc_of(name) {
                Some(loc) => Hole::new(loc),
                None => {
                    debug_assert!(false, "a variable without location is assigned to");
                    heap
                }
            },
            Kind::Selector(s) => match (s.op, s.x) {
                (Op::Dot, x) => self.destination(Some(x)),
                (_, x) => {
                    self.write_through(x);
                    heap
                }
            },
            &Kind::Index(Op::IndexMap, map, key) => {
                self.discard(map);
                // Keys of maps always escape.
                self.assign_heap(key, Reason::KeyOfMapPut, node);
                heap
            }
            &Kind::Index(_, x, index) => {
                self.discard(index);
                if self.is_array(self.ty(x)) {
                    return self.destination(Some(x));
                }
                self.write_through(x);
                heap
            }
            &Kind::Unary(Op::Deref, x) => {
                self.write_through(x);
                heap
            }
            kind => {
                debug_assert!(matches!(kind, Kind::LinkSymOffset { .. }), "assignment to {:?}", kind.op());
                heap
            }
        }
    }

    /// Something is stored where a pointer points to.
    fn write_through(&mut self, pointer: NodeId) {
        let to = if self.rules.tracks_writes { LocId::MUTATOR } else { LocId::BLANK };
        self.expr(Hole::new(to), pointer);
    }

    /// Marks variables as reassigned, except by the statement that defines them.
    pub(crate) fn reassigned(&mut self, holes: &[Hole], node: NodeId) {
        let stmt = &self.unit.nodes[node].kind;
        if let &Kind::Assign { x, y: None, .. } = stmt
            && self.unit.as_name(x).is_some_and(|name| self.unit.names[name].defn.is_none())
        {
            // A declaration without value.
            return;
        }
        // Range clauses assign in each iteration.
        let defines = !matches!(stmt, Kind::Range { .. });
        for hole in holes {
            let location = &mut self.graph.locs[hole.dst];
            let defined = match location.what {
                What::Variable(name) => defines && self.unit.names[name].defn == Some(node),
                _ => false,
            };
            if !defined {
                location.reassigned = true;
            }
        }
    }

    /// Whether an expression is field `Data` of a `reflect.SliceHeader` or `reflect.StringHeader`
    /// (`ir.IsReflectHeaderDataField`).
    pub(crate) fn is_reflect_header_data(&self, node: NodeId) -> bool {
        let Node { kind: Kind::Selector(s), ty: TypeId::UINTPTR, .. } = &self.unit.nodes[node] else {
            return false;
        };
        let store = self.cx.store;
        let base = match (s.op, store.ty(store.under(self.ty(s.x)))) {
            (Op::Dot, _) => self.ty(s.x),
            (Op::DotPtr, &Type::Pointer(elem)) => elem,
            _ => return false,
        };
        let Type::Named(named) = store.ty(base) else { return false };
        let obj = store.obj(named.obj);
        s.sel.as_str() == "Data"
            && matches!(obj.name.as_str(), "SliceHeader" | "StringHeader")
            && obj.pkg.is_some_and(|pkg| store.pkg(pkg).path.as_str() == "reflect")
    }
}
