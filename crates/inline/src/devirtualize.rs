//! Making calls of interface methods direct where the concrete type is known (`devirtualize/devirtualize.go`,
//! StaticCall).

use escargo_dialect::inlining::ConcreteTypeRule;
use escargo_ir::print::node_text;
use escargo_ir::{IrPos, Kind, MethodRef, NodeId, Op, Selector, Unit, static_value};
use escargo_types::lookup::{Lookup, lookup_field_or_method};
use escargo_types::shape::identical;
use escargo_types::typeset::type_set;
use escargo_types::{TypeId, TypeStore};
use rustc_hash::FxHashSet;

use crate::event::{Event, Shaped};
use crate::pass::Inliner;

impl Inliner<'_> {
    /// Makes a call direct if it is one of an interface's method and the concrete type is known. `marked` are the
    /// calls that the compiler keeps in parentheses meanwhile, which its messages show.
    pub(crate) fn devirtualize(&mut self, call: NodeId, marked: &FxHashSet<NodeId>) {
        let deferred = self.cx.model.inlining.devirtualizes_deferred;
        let Some((pos, selector)) = interface_call(self.bodies.unit_ref(), call, deferred) else { return };
        let Some(ty) = self.concrete_type(selector.x) else { return };
        let store = self.cx.store;
        let interface = self.bodies.unit_ref().nodes[selector.x].ty;
        let follows = self.cx.model.inlining.concrete_type == ConcreteTypeRule::Assignments;
        if follows && !implements(store, ty, interface) || store.is_shape(ty) {
            return;
        }
        if self.cx.model.inlining.reports_shapes {
            let shaped = [(Shaped::Receiver, ty), (Shaped::Interface, interface)];
            if let Some(&(reason, ty)) = shaped.iter().find(|(_, ty)| store.has_shape(*ty)) {
                if self.reports() {
                    let call = self.text(call, marked);
                    (self.sink)(Event::NotDevirtualized { pos, call, reason, ty });
                }
                return;
            }
        }
        self.call_method(call, pos, &selector, ty, marked);
    }

    fn concrete_type(&mut self, x: NodeId) -> Option<TypeId> {
        match self.cx.model.inlining.concrete_type {
            ConcreteTypeRule::Assignments => self.flow.concrete_type(&self.cx, self.bodies, x),
            ConcreteTypeRule::Conversion => {
                let unit = self.bodies.unit_ref();
                let Kind::Conv(Op::ConvIface, x) = unit.nodes[static_value(&self.cx, unit, x)].kind else {
                    return None;
                };
                Some(unit.nodes[x].ty).filter(|&ty| !self.cx.store.is_interface(ty))
            }
        }
    }

    /// Calls the method of `ty` on `x.(ty)`.
    fn call_method(
        &mut self,
        call: NodeId,
        pos: IrPos,
        selector: &Selector,
        ty: TypeId,
        marked: &FxHashSet<NodeId>,
    ) {
        let (cx, unit) = (self.cx, self.bodies.unit());
        let Kind::Call(old) = &unit.nodes[call].kind else { return };
        let fun = old.fun;
        let at = unit.nodes[fun].pos;
        let assertion_at = match cx.model.inlining.concrete_type {
            ConcreteTypeRule::Assignments => pos,
            ConcreteTypeRule::Conversion => at,
        };
        let assertion = unit.expr(assertion_at, ty, Kind::TypeAssert(Op::DotType, selector.x));
        let pkg = selector.obj.and_then(|obj| cx.store.obj(obj).pkg);
        let Some(found) = unit.build(&cx).find_method(at, assertion, pkg, selector.sel) else { return };
        let partially = found.is_interface;
        if self.reports() {
            let method = self.text(fun, marked);
            (self.sink)(Event::Devirtualized { pos, method, ty, partially });
        }
        self.replace_callee(call, at, found);
    }

    fn replace_callee(&mut self, call: NodeId, at: IrPos, found: MethodRef) {
        let cx = self.cx;
        if found.is_interface {
            let fun = self.bodies.unit().build(&cx).interface_method(at, found.x, found.method);
            if let Kind::Call(call) = &mut self.bodies.unit().nodes[call].kind {
                call.fun = fun;
            }
            return;
        }
        let recv = self.bodies.unit_ref().nodes[found.x].ty;
        let func = self.bodies.method(recv, found.method);
        let unit = self.bodies.unit();
        let fun = unit.build(&cx).method_expr(at, recv, found.method, Some(func));
        if let Kind::Call(call) = &mut unit.nodes[call].kind {
            call.op = Op::CallFunc;
            call.fun = fun;
            call.args.insert(0, found.x);
        }
    }

    fn reports(&self) -> bool {
        self.cx.flags.m >= 1
    }

    /// Text of an expression, where calls below it that are marked stand in parentheses.
    fn text(&mut self, node: NodeId, marked: &FxHashSet<NodeId>) -> Box<str> {
        let unit = self.bodies.unit();
        let mut inner = Vec::new();
        for child in unit.children(node) {
            unit.preorder(child, &mut |n| {
                if marked.contains(&n) {
                    inner.push(n);
                }
            });
        }
        let moved: Vec<(NodeId, NodeId)> = inner
            .into_iter()
            .map(|n| {
                let copy = unit.copy_node(n);
                unit.nodes[n].kind = Kind::Unary(Op::Paren, copy);
                (n, copy)
            })
            .collect();
        let text = node_text(&self.cx, unit, node).into();
        for (n, copy) in moved {
            unit.nodes[n].kind = std::mem::replace(&mut unit.nodes[copy].kind, Kind::Nil);
        }
        text
    }
}

/// Position and selector of a call of an interface's method that may become another one.
fn interface_call(unit: &Unit, call: NodeId, deferred: bool) -> Option<(IrPos, Selector)> {
    let node = &unit.nodes[call];
    let Kind::Call(call) = &node.kind else { return None };
    if call.op != Op::CallInter || call.go_defer && !deferred {
        return None;
    }
    match &unit.nodes[call.fun].kind {
        Kind::Selector(selector) => Some((node.pos, **selector)),
        _ => None,
    }
}

/// Whether a concrete type has the methods of an interface, as they are called at run time: methods that take a
/// dictionary are none of them (`typecheck/subr.go`, implements).
fn implements(store: &TypeStore, ty: TypeId, interface: TypeId) -> bool {
    type_set(store, store.under(interface)).methods.iter().all(|&wanted| {
        let object = store.obj(wanted);
        let Lookup::Found { obj, .. } =
            lookup_field_or_method(store, ty, false, object.pkg, object.name, false)
        else {
            return false;
        };
        let (Some(have), Some(want)) = (store.method_type(obj), store.method_type(wanted)) else {
            return false;
        };
        let recv = store.as_signature(have).and_then(|s| s.recv).map(|recv| store.obj_type(recv));
        let takes_dictionary = recv.is_some_and(|recv| store.has_shape(recv) && !store.is_interface(recv));
        !takes_dictionary && identical(store, have, want)
    })
}
