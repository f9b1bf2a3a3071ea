//! Tests on units made by hand. Expected numbers and orders are those that go1.27.3 prints, unless said otherwise.

mod bench;
mod devirtualize;

use escargo_base::Symbol;
use escargo_ir::{FuncId, Kind, List, NodeId, Op, Pragmas, Selector, thin_vec};
use escargo_types::{Object, TypeId};

use bench::Bench;

const INT: TypeId = TypeId::INT;

type Case = (&'static str, fn(&mut Bench, FuncId) -> Vec<NodeId>, i32);

/// Bodies of `func f(p0, p1 int) int` with their costs.
const COSTS: &[Case] = &[
    ("return p0 + p1", |b, f| vec![sum(b, f)], 4),
    ("x := 1", |b, f| vec![variable(b, f).1], 5),
    ("var x int", zero_variable, 4),
    ("_ = p0", |b, f| vec![discard(b, f)], 3),
    (
        "p0++",
        |b, f| {
            let (x, y) = (b.param(f, 0), b.int(1));
            vec![b.stmt(Kind::AssignOp { op: Op::Add, x, y, incdec: true })]
        },
        3,
    ),
    (
        "for {}",
        |b, _| {
            vec![b.stmt(Kind::For { label: None, cond: None, post: None, body: List::new(), distinct: true })]
        },
        1,
    ),
    ("if true { _ = p0 } else { go }", constant_if, 3),
    (
        "{ _ = p0 }",
        |b, f| {
            let inner = discard(b, f);
            vec![b.stmt(Kind::Block(thin_vec![inner]))]
        },
        3,
    ),
    (
        "panic(any(p0))",
        |b, f| {
            let x = b.param(f, 0);
            let conv = b.expr(TypeId::EMPTY_INTERFACE, Kind::Conv(Op::ConvIface, x));
            b.unit.nodes[conv].implicit = true;
            vec![b.stmt(Kind::Unary(Op::Panic, conv))]
        },
        3,
    ),
    (
        "panic(p0)",
        |b, f| {
            let x = b.param(f, 0);
            vec![b.stmt(Kind::Unary(Op::Panic, x))]
        },
        3,
    ),
    ("_ = &s.a", |b, f| first_field(b, f, 0), 3),
    ("_ = &s.b", |b, f| first_field(b, f, 1), 5),
    ("_ = *(*int)(unsafe.Pointer(&p0))", deref_of_address, 4),
    (
        "_ = string(p0 as no-op)",
        |b, f| {
            let x = b.param(f, 0);
            let y = b.expr(INT, Kind::Conv(Op::ConvNop, x));
            vec![blank(b, y)]
        },
        3,
    ),
    ("_ = s[0:len(s)]", superfluous_slice, 4),
    (
        "_ = []int{p0}",
        |b, f| {
            let list = thin_vec![b.param(f, 0)];
            let ty = b.cx.store.slice(INT);
            let y = b.expr(ty, Kind::CompositeLit { op: Op::SliceLit, list, len: 1 });
            vec![blank(b, y)]
        },
        5,
    ),
    (
        "_ = new(int)",
        |b, _| {
            let ty = b.expr(INT, Kind::Type);
            let ptr = b.cx.store.pointer(INT);
            let y = b.expr(ptr, Kind::Unary(Op::New, ty));
            vec![blank(b, y)]
        },
        3,
    ),
    (
        "func() {}",
        |b, f| {
            let (_, node) = b.literal(f, "f.func1", &[]);
            vec![blank(b, node)]
        },
        18,
    ),
    ("unknown()", unknown_call, 60),
    (
        "parameter()",
        |b, f| {
            let fun = b.param(f, 0);
            vec![b.call(fun, &[], TypeId::INVALID)]
        },
        19,
    ),
    ("a, b := pair()", multi_assign, 62),
];

fn sum(b: &mut Bench, f: FuncId) -> NodeId {
    let (x, y) = (b.param(f, 0), b.param(f, 1));
    let sum = b.expr(INT, Kind::Binary(Op::Add, x, y));
    b.ret(&[sum])
}

fn variable(b: &mut Bench, f: FuncId) -> (NodeId, NodeId) {
    let x = b.local(f, "x", INT);
    let one = b.int(1);
    let stmt = b.define(x, one);
    (b.unit.names[x].node, stmt)
}

fn zero_variable(b: &mut Bench, f: FuncId) -> Vec<NodeId> {
    let (_, stmt) = variable(b, f);
    if let Kind::Assign { y, .. } = &mut b.unit.nodes[stmt].kind {
        *y = None;
    }
    vec![stmt]
}

fn blank(b: &mut Bench, y: NodeId) -> NodeId {
    let x = b.stmt(Kind::Blank);
    b.stmt(Kind::Assign { x, y: Some(y), def: false })
}

fn discard(b: &mut Bench, f: FuncId) -> NodeId {
    let x = b.param(f, 0);
    blank(b, x)
}

fn constant_if(b: &mut Bench, f: FuncId) -> Vec<NodeId> {
    let cond = b.expr(TypeId::BOOL, Kind::Literal(Box::new(escargo_types::Value::Bool(true))));
    let body = thin_vec![discard(b, f)];
    let call = discard(b, f);
    let els = thin_vec![b.stmt(Kind::GoDefer { op: Op::Go, call, defer_at: None })];
    vec![b.stmt(Kind::If { cond, body, els })]
}

fn first_field(b: &mut Bench, f: FuncId, field: usize) -> Vec<NodeId> {
    let (store, pkg) = (b.cx.store, Some(b.unit.pkg));
    let fields: Vec<_> = ["a", "b"]
        .map(|name| {
            store.new_object(Object::field(Default::default(), pkg, Symbol::intern(name), INT, false))
        })
        .into();
    let obj = fields[field];
    let ty = store.new_struct(fields, Vec::new());
    let s = b.local(f, "s", ty);
    let x = b.unit.names[s].node;
    let selector = Selector { op: Op::Dot, x, sel: store.obj(obj).name, obj: Some(obj), func: None };
    let dot = b.expr(INT, Kind::Selector(Box::new(selector)));
    let addr = b.expr(store.pointer(INT), Kind::Unary(Op::Addr, dot));
    vec![blank(b, addr)]
}

fn deref_of_address(b: &mut Bench, f: FuncId) -> Vec<NodeId> {
    let ptr = b.cx.store.pointer(INT);
    let x = b.param(f, 0);
    let addr = b.expr(ptr, Kind::Unary(Op::Addr, x));
    let conv = b.expr(ptr, Kind::Conv(Op::ConvNop, addr));
    let deref = b.expr(INT, Kind::Unary(Op::Deref, conv));
    vec![blank(b, deref)]
}

fn superfluous_slice(b: &mut Bench, f: FuncId) -> Vec<NodeId> {
    let ty = b.cx.store.slice(INT);
    let s = b.local(f, "s", ty);
    let x = b.unit.names[s].node;
    let (low, high) = (b.int(0), b.expr(INT, Kind::Unary(Op::Len, x)));
    let slice = b.expr(ty, Kind::Slice(Op::Slice, x, [Some(low), Some(high), None]));
    vec![blank(b, slice)]
}

fn unknown_call(b: &mut Bench, f: FuncId) -> Vec<NodeId> {
    let ty = b.signature(None, &[], &[]);
    let name = b.local(f, "unknown", ty);
    let fun = b.unit.names[name].node;
    vec![b.call(fun, &[], TypeId::INVALID), b.ret(&[])]
}

/// The call's temporaries give back what they cost, except for the declaration of the variables themselves.
fn multi_assign(b: &mut Bench, f: FuncId) -> Vec<NodeId> {
    let pair = b.func("pair", &[], &[INT, INT]);
    b.unit.funcs[pair].pragmas = Pragmas::NOINLINE;
    b.unit.funcs[pair].has_body = false;
    let fun = b.node_of(pair);
    let call = b.call(fun, &[], INT);
    let pos = b.pos();
    let temps = [b.unit.new_temp(f, pos, INT), b.unit.new_temp(f, pos, INT)];
    let nodes: List = temps.iter().map(|&t| b.unit.names[t].node).collect();
    let inner =
        b.stmt(Kind::AssignList { op: Op::As2Func, lhs: nodes.clone(), rhs: thin_vec![call], def: true });
    for temp in temps {
        let decl = b.stmt(Kind::Decl(temp));
        b.unit.nodes[inner].init.push(decl);
    }
    let first = b.expr(INT, Kind::Conv(Op::ConvNop, nodes[0]));
    b.unit.nodes[first].init = thin_vec![inner];
    let lhs = (0..2).map(|_| b.stmt(Kind::Blank)).collect();
    vec![b.stmt(Kind::AssignList { op: Op::As2, lhs, rhs: thin_vec![first, nodes[1]], def: false })]
}

#[test]
fn costs() {
    for (source, body, want) in COSTS {
        let mut b = Bench::new(27, 2);
        let f = b.func("f", &[INT, INT], &[INT]);
        let list = body(&mut b, f);
        b.body(f, &list);
        let events = b.run();
        let line = format!("can f {want}");
        assert!(events.contains(&line), "{source}: {events:?}");
    }
}

#[test]
fn costs_in_go_1_19() {
    let rows: [(&str, i32); 4] =
        [("_ = &s.a", 5), ("_ = s[0:len(s)]", 7), ("_ = new(int)", 4), ("parameter()", 59)];
    for (source, want) in rows {
        let (_, body, _) = COSTS.iter().find(|case| case.0 == source).unwrap();
        let mut b = Bench::new(19, 2);
        let f = b.func("f", &[INT, INT], &[INT]);
        let list = body(&mut b, f);
        b.body(f, &list);
        assert_eq!(b.run(), [format!("can f {want}")], "{source}");
    }
}

/// `func name() { callees... }`
fn calling(b: &mut Bench, name: &str) -> FuncId {
    b.func(name, &[], &[])
}

fn set_calls(b: &mut Bench, func: FuncId, callees: &[FuncId]) {
    let calls: Vec<NodeId> = callees
        .iter()
        .map(|&callee| {
            let fun = b.node_of(callee);
            b.call(fun, &[], TypeId::INVALID)
        })
        .collect();
    let mut list = calls;
    list.push(b.stmt(Kind::Block(List::new())));
    b.body(func, &list);
}

/// `func main() { a(); b() }; func a() { c() }; func b() { c() }; func c() {}`
fn tree(minor: u32) -> Vec<String> {
    let mut bench = Bench::new(minor, 2);
    let [main, a, b, c] = ["main", "a", "b", "c"].map(|name| calling(&mut bench, name));
    set_calls(&mut bench, main, &[a, b]);
    set_calls(&mut bench, a, &[c]);
    set_calls(&mut bench, b, &[c]);
    set_calls(&mut bench, c, &[]);
    bench.run()
}

#[test]
fn calls_are_inlined_by_depth() {
    let judged = ["can c 0", "can a 2", "can b 2", "can main 8"];
    let inlined = ["inline c", "inline c", "inline a", "inline b", "inline c", "inline c"];
    assert_eq!(tree(27), [&judged[..], &inlined[..]].concat());
}

#[test]
fn older_orders() {
    let one_by_one = [
        "can c 0",
        "can a 2",
        "inline c",
        "can b 2",
        "inline c",
        "can main 8",
        "inline a",
        "inline c",
        "inline b",
        "inline c",
    ];
    assert_eq!(tree(19), one_by_one);
    let mut breadth_first = one_by_one;
    breadth_first[7] = "inline b";
    breadth_first[8] = "inline c";
    assert_eq!(tree(22), breadth_first);
    let by_list = [
        "can c 0",
        "can a 2",
        "can b 2",
        "can main 8",
        "inline a",
        "inline b",
        "inline c",
        "inline c",
        "inline c",
        "inline c",
    ];
    assert_eq!(tree(23), by_list);
}

#[test]
fn recursion() {
    let mut b = Bench::new(27, 2);
    let [f, g] = ["f", "g"].map(|name| calling(&mut b, name));
    set_calls(&mut b, f, &[g]);
    set_calls(&mut b, g, &[f]);
    assert_eq!(b.run(), ["can f 59", "can g 61", "inline g", "inline f", "inline f", "inline g"]);

    let mut b = Bench::new(27, 2);
    let [f, g, h] = ["f", "g", "h"].map(|name| calling(&mut b, name));
    set_calls(&mut b, f, &[g]);
    set_calls(&mut b, g, &[h]);
    set_calls(&mut b, h, &[g]);
    let events = b.run();
    assert_eq!(events[..3], ["can g 59", "can h 61", "can f 61"]);
    // A second round finds nothing more to inline, but refuses once more.
    let of_f = ["inline g", "inline h", "keep g RepeatedCycle", "keep g RepeatedCycle"];
    assert_eq!(events[7..], of_f, "{events:?}");

    let mut b = Bench::new(27, 2);
    let f = calling(&mut b, "f");
    set_calls(&mut b, f, &[f]);
    assert_eq!(b.run(), ["can f 59", "inline f"]);

    let mut b = Bench::new(19, 2);
    let f = calling(&mut b, "f");
    set_calls(&mut b, f, &[f]);
    assert_eq!(b.run(), ["cannot f Recursive"]);
}

#[test]
fn literals_that_are_called_are_judged_with_the_caller() {
    let mut b = Bench::new(27, 2);
    let f = calling(&mut b, "f");
    let (literal, node) = b.literal(f, "f.func1", &[INT]);
    let x = b.local(f, "x", INT);
    let pos = b.pos();
    let outer = b.unit.names[x].node;
    let captured = b.unit.new_name(pos, Symbol::intern("x"), None, INT, escargo_ir::Class::Auto);
    b.unit.names[captured].outer = Some(x);
    b.unit.names[captured].owner = Some(literal);
    b.unit.funcs[literal].closure_vars.push(captured);
    let inner = b.unit.names[captured].node;
    let ret = b.ret(&[inner]);
    b.body(literal, &[ret]);
    let call = b.call(node, &[], INT);
    let keep = blank(&mut b, outer);
    b.body(f, &[keep, call]);
    // 3, and a call with its callee's cost and the literal itself.
    assert_eq!(b.run(), ["can f.func1 2", "can f 22", "inline f.func1"]);
}

#[test]
fn without_inlining_nothing_is_judged() {
    let mut b = Bench::new(27, 2);
    let flags = escargo_ir::CompilerFlags { m: 2, l: 1, ..Default::default() };
    b.cx.flags = Box::leak(Box::new(flags));
    let [f, g] = ["f", "g"].map(|name| calling(&mut b, name));
    set_calls(&mut b, f, &[g]);
    set_calls(&mut b, g, &[]);
    assert!(b.run().is_empty());
}

#[test]
fn refusals() {
    let mut b = Bench::new(27, 2);
    let [noinline, bodyless, going] = ["noinline", "bodyless", "going"].map(|name| calling(&mut b, name));
    set_calls(&mut b, noinline, &[]);
    b.unit.funcs[noinline].pragmas = Pragmas::NOINLINE;
    b.unit.funcs[bodyless].has_body = false;
    let fun = b.node_of(noinline);
    let call = b.call(fun, &[], TypeId::INVALID);
    let go = b.stmt(Kind::GoDefer { op: Op::Go, call, defer_at: None });
    b.body(going, &[go]);
    assert_eq!(b.run(), ["cannot noinline NoInline", "cannot bodyless NoBody", "cannot going Unhandled(Go)"]);
}

#[test]
fn big_functions_take_only_cheap_calls() {
    let mut b = Bench::new(27, 2);
    let [f, cheap, dear] = ["f", "cheap", "dear"].map(|name| calling(&mut b, name));
    set_calls(&mut b, cheap, &[]);
    let list: Vec<NodeId> = (0..21).map(|_| b.stmt(Kind::Branch(Op::Break, None))).collect();
    b.body(dear, &list);
    set_calls(&mut b, f, &[cheap, dear]);
    let more: Vec<NodeId> = (0..5000).map(|_| b.int(1)).collect();
    b.unit.funcs[f].body.extend(more);
    let events = b.run();
    assert_eq!(events[2..], ["cannot f 5061/80", "big f", "inline cheap"], "{events:?}");
}
