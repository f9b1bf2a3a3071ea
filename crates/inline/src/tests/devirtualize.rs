//! Calls of interface methods.

use escargo_base::Symbol;
use escargo_ir::{FuncId, Kind, NameId, NodeId, Op, Selector};
use escargo_types::{Interface, ObjId, Object, TypeId};

use super::INT;
use super::bench::Bench;

/// `type I interface { M() }`, `type T struct{}` and `type U struct{}` with `func (T) M()`, `func (*U) M()`, and `type W
/// struct{ I }`.
struct World {
    bench: Bench,
    interface: TypeId,
    method: ObjId,
    t: TypeId,
    u: TypeId,
    w: TypeId,
    f: FuncId,
}

impl World {
    fn new(minor: u32) -> World {
        let mut bench = Bench::new(minor, 2);
        let f = bench.func("f", &[INT], &[]);
        let (store, pkg) = (bench.cx.store, bench.unit.pkg);
        let name = Symbol::intern("M");
        let empty = store.new_struct(Vec::new(), Vec::new());
        let [interface, t, u] = ["I", "T", "U"].map(|name| named(&bench, name, empty));
        let sig = bench.signature(Some(interface), &[], &[]);
        let method = store.new_object(Object::func(Default::default(), Some(pkg), name, Some(sig)));
        let literal = store.new_interface(Interface::new(vec![method], Vec::new(), Vec::new(), false), false);
        store.as_named(interface).unwrap().1.set_underlying(literal);
        let i = Symbol::intern("I");
        let embedded = store.new_object(Object::field(Default::default(), Some(pkg), i, interface, true));
        let w = named(&bench, "W", store.new_struct(vec![embedded], Vec::new()));
        for (ty, recv, symbol) in [(t, t, "T.M"), (u, store.pointer(u), "(*U).M")] {
            let sig = bench.signature(Some(recv), &[], &[]);
            let obj = store.new_object(Object::func(Default::default(), Some(pkg), name, Some(sig)));
            store.as_named(ty).unwrap().1.set_methods(vec![obj]);
            let func = bench.func(symbol, &[recv], &[]);
            bench.unit.funcs[func].recv = Some(recv);
            let block = bench.stmt(Kind::Block(Default::default()));
            bench.body(func, &[block]);
            bench.methods.push((obj, func));
        }
        World { bench, interface, method, t, u, w, f }
    }

    /// `var NAME I = value`
    fn variable(&mut self, name: &str, value: NodeId) -> (NameId, NodeId) {
        let local = self.bench.local(self.f, name, self.interface);
        let conv = self.convert(value);
        (local, self.bench.define(local, conv))
    }
    fn convert(&mut self, value: NodeId) -> NodeId {
        self.bench.expr(self.interface, Kind::Conv(Op::ConvIface, value))
    }
    fn value(&mut self, ty: TypeId) -> NodeId {
        let list = Default::default();
        self.bench.expr(ty, Kind::CompositeLit { op: Op::StructLit, list, len: 0 })
    }
    /// `x.M()`
    fn call(&mut self, x: NodeId) -> NodeId {
        let sel = Symbol::intern("M");
        let selector = Selector { op: Op::DotInter, x, sel, obj: Some(self.method), func: None };
        let ty = self.bench.cx.store.method_type(self.method).unwrap();
        let fun = self.bench.expr(ty, Kind::Selector(Box::new(selector)));
        self.bench.call_op(Op::CallInter, fun, &[], TypeId::INVALID)
    }
    fn call_variable(&mut self, name: NameId) -> NodeId {
        let x = self.bench.unit.names[name].node;
        self.call(x)
    }
    /// Events about calls when `f` has this body.
    fn run(mut self, body: &[NodeId]) -> Vec<String> {
        self.bench.body(self.f, body);
        let events = self.bench.run();
        events.into_iter().filter(|e| !e.starts_with("can")).collect()
    }
}

fn named(bench: &Bench, name: &str, under: TypeId) -> TypeId {
    let (store, pkg) = (bench.cx.store, bench.unit.pkg);
    let obj = store.new_object(Object::type_name(Default::default(), Some(pkg), Symbol::intern(name), None));
    let ty = store.new_named(obj);
    let named = store.as_named(ty).unwrap().1;
    named.set_rhs(under);
    named.set_underlying(under);
    ty
}

#[test]
fn known_types() {
    let mut world = World::new(27);
    let value = world.value(world.t);
    let (i, define) = world.variable("i", value);
    let call = world.call_variable(i);
    assert_eq!(world.run(&[define, call]), ["direct i.M false", "inline T.M"]);
}

#[test]
fn all_assignments_must_agree() {
    for (same, minor, want) in [(true, 27, true), (false, 27, false), (true, 25, false)] {
        let mut world = World::new(minor);
        let ty = if same { world.t } else { world.w };
        let (first, second) = (world.value(world.t), world.value(ty));
        let (i, define) = world.variable("i", first);
        let x = world.bench.unit.names[i].node;
        let y = Some(world.convert(second));
        let assign = world.bench.stmt(Kind::Assign { x, y, def: false });
        let call = world.call_variable(i);
        let events = world.run(&[define, call, assign]);
        assert_eq!(!events.is_empty(), want, "{minor} {events:?}");
    }
}

#[test]
fn embedded_interfaces_and_missing_methods() {
    let mut world = World::new(27);
    let value = world.value(world.w);
    let converted = world.convert(value);
    let call = world.call(converted);
    assert_eq!(world.run(&[call]), ["direct I(W{}).M true"]);

    // U itself does not have the method: this can only be reached through assertions.
    let mut world = World::new(27);
    let value = world.value(world.u);
    let converted = world.convert(value);
    let call = world.call(converted);
    assert_eq!(world.run(&[call]), [""; 0]);
}

#[test]
fn results_of_inlined_calls_become_known() {
    // func mk() I { return T{} }; i := mk(); i.M()
    let mut world = World::new(27);
    let interface = world.interface;
    let mk = world.bench.func("mk", &[], &[interface]);
    let value = world.value(world.t);
    let converted = world.convert(value);
    let ret = world.bench.ret(&[converted]);
    world.bench.body(mk, &[ret]);
    let fun = world.bench.node_of(mk);
    let made = world.bench.call(fun, &[], interface);
    let i = world.bench.local(world.f, "i", interface);
    let define = world.bench.define(i, made);
    let call = world.call_variable(i);
    assert_eq!(world.run(&[define, call]), ["inline mk", "direct i.M false", "inline T.M"]);
}

#[test]
fn calls_stand_in_parentheses_meanwhile() {
    // type G[X any] struct { T }: the method is T's and takes no dictionary.
    let mut world = World::new(27);
    let store = world.bench.cx.store;
    let shape = store.shape_of(INT, Symbol::intern("int"));
    let field = |name, ty| {
        store.new_object(Object::field(
            Default::default(),
            Some(world.bench.unit.pkg),
            Symbol::intern(name),
            ty,
            true,
        ))
    };
    let fields = vec![field("T", world.t), field("X", shape)];
    let value = world.value(store.new_struct(fields, Vec::new()));
    let (i, define) = world.variable("i", value);
    let unknown = world.bench.local(world.f, "g", store.method_type(world.method).unwrap());
    let fun = world.bench.unit.names[unknown].node;
    let inner = world.bench.call(fun, &[], INT);
    let call = world.call_variable(i);
    if let Kind::Call(call) = &mut world.bench.unit.nodes[call].kind {
        call.args.push(inner);
    }
    assert_eq!(world.run(&[define, call]), ["indirect i.M((g())) Receiver", "indirect i.M((g())) Receiver"]);
}
