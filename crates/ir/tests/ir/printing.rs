//! Texts of nodes, names and types.

use escargo_base::Pos;
use escargo_ir::print::{
    body_text, func_diag_name, func_name, func_qualified, func_type_text, link_text, node_text, type_text,
};
use escargo_ir::{CaseClause, Kind, List, NodeId, Op, ThinVec};
use escargo_types::ty::{ChanDir, Interface, Type};
use escargo_types::{LocalType, Object, TypeId, Value};

use crate::support::{Session, sym};

#[track_caller]
fn shows(s: &Session, node: NodeId, text: &str) {
    assert_eq!(node_text(&s.cx(), &s.unit, node), text);
}

fn list(nodes: &[NodeId]) -> List {
    nodes.iter().copied().collect()
}

#[test]
fn parentheses_follow_precedence() {
    let s = &mut Session::new(27);
    let (x, y, two) = (s.var("x"), s.var("y"), s.int(2));
    let sum = s.binary(Op::Add, y, x);
    let product = s.binary(Op::Mul, x, sum);
    let quotient = s.binary(Op::Div, product, two);
    shows(s, quotient, "x * (y + x) / 2");
    let difference = s.binary(Op::Sub, x, sum);
    shows(s, difference, "x - (y + x)");
    let difference = s.binary(Op::Sub, sum, x);
    shows(s, difference, "y + x - x");
    let both = s.binary(Op::AndAnd, x, y);
    let either = s.binary(Op::OrOr, both, x);
    shows(s, either, "x && y || x");
    let both = s.binary(Op::AndAnd, either, x);
    let not = s.unary(Op::Not, both);
    shows(s, not, "!((x && y || x) && x)");
    let minus = s.unary(Op::Neg, x);
    let minus = s.unary(Op::Neg, minus);
    shows(s, minus, "- (-x)");
    let received = s.unary(Op::Recv, x);
    let received = s.unary(Op::Recv, received);
    shows(s, received, "<- (<-x)");
    let pointee = s.unary(Op::Deref, x);
    let pointee = s.unary(Op::Deref, pointee);
    shows(s, pointee, "*(*x)");
    let field = s.dot(pointee, "A");
    shows(s, field, "(*(*x)).A");
    let texts = s.expr(TypeId::STRING, Kind::AddStr(list(&[x, y, sum])));
    shows(s, texts, "x + y + y + x");
    let index = s.expr(TypeId::INT, Kind::Index(Op::Index, texts, sum));
    shows(s, index, "(x + y + y + x)[y + x]");
}

#[test]
fn operations_without_precedence_get_parentheses() {
    let s = &mut Session::new(27);
    let (x, four) = (s.var("x"), s.int(4));
    let func = s.func("f.func1");
    let literal = s.literal(func, false);
    let call = s.call(literal, &[four], false);
    shows(s, call, "(func literal)(4)");
    let real = s.unary(Op::Real, x);
    let sum = s.binary(Op::Add, real, four);
    shows(s, sum, "(real(x)) + 4");
    let composite = Kind::CompositeLit { op: Op::StructLit, list: list(&[four]), len: 0 };
    let named = s.named("T", s.strukt(&[]));
    let composite = s.expr(named, composite);
    let address = s.unary(Op::PtrLit, composite);
    shows(s, address, "&T{...}");
    let field = s.dot(address, "n");
    shows(s, field, "(&T{...}).n");
    let inlined = s.expr(TypeId::INT, Kind::InlCall { body: List::new(), results: list(&[x]) });
    shows(s, inlined, "x");
    let field = s.dot(inlined, "n");
    shows(s, field, "(x).n");
    let inlined = s.expr(TypeId::INT, Kind::InlCall { body: List::new(), results: list(&[x, four]) });
    shows(s, inlined, "(.x; 4)");
}

#[test]
fn implicit_operations_are_left_out() {
    let s = &mut Session::new(27);
    let x = s.var("x");
    let address = s.implicit(TypeId::INT, Kind::Unary(Op::Addr, x));
    let pointee = s.implicit(TypeId::INT, Kind::Unary(Op::Deref, address));
    let converted = s.implicit(TypeId::ANY, Kind::Conv(Op::ConvIface, pointee));
    let field = s.dot(converted, "f");
    shows(s, field, "x.f");
    let bytes = s.implicit(TypeId::STRING, Kind::Conv(Op::Bytes2Str, x));
    shows(s, bytes, "string(x)");
    let arguments = Kind::CompositeLit { op: Op::SliceLit, list: list(&[x]), len: 1 };
    let arguments = s.implicit(s.store.slice(TypeId::INT), arguments);
    shows(s, arguments, "... argument");
    // The space depends on the operand as it is, not as it is shown.
    let outer = s.unary(Op::Addr, address);
    shows(s, outer, "& x");
}

#[test]
fn calls_and_builtins() {
    let s = &mut Session::new(27);
    let (f, x, y) = (s.var("f"), s.var("x"), s.var("y"));
    let call = s.call(f, &[x, y], true);
    shows(s, call, "f(x, y...)");
    let call = s.call(f, &[], false);
    shows(s, call, "f()");
    let appended = s.expr(TypeId::INT, Kind::Builtin { op: Op::Append, args: list(&[x, y]), ddd: true });
    shows(s, appended, "append(x, y...)");
    let recovered = s.expr(TypeId::ANY, Kind::Builtin { op: Op::Recover, args: List::new(), ddd: false });
    shows(s, recovered, "recover()");
    for (op, text) in [
        (Op::Copy, "copy(x, y)"),
        (Op::Complex, "complex(x, y)"),
        (Op::UnsafeAdd, "unsafe.Add(x, y)"),
        (Op::UnsafeString, "<node unsafe.String>"),
        (Op::Key, "x:y"),
    ] {
        let node = s.binary(op, x, y);
        shows(s, node, text);
    }
    for (op, text) in [
        (Op::Len, "len(x)"),
        (Op::Panic, "panic(x)"),
        (Op::Paren, "(x)"),
        (Op::UnsafeSliceData, "<node unsafe.SliceData>"),
        (Op::SPtr, "<node SPTR>"),
    ] {
        let node = s.unary(op, x);
        shows(s, node, text);
    }
    let ty = s.ty(s.store.pointer(TypeId::INT));
    let new = s.unary(Op::New, ty);
    shows(s, new, "new(*int)");
    let method = s.dot(ty, "M");
    shows(s, method, "(*int).M");
}

#[test]
fn conversions_slices_and_makes() {
    let s = &mut Session::new(27);
    let (x, y) = (s.var("x"), s.var("y"));
    let bytes = s.store.slice(TypeId::BYTE);
    let named = s.named_in(s.other, "N", TypeId::INT);
    for (ty, text) in [
        (bytes, "([]byte)(x)"),
        (named, "q.N(x)"),
        (TypeId::UNSAFE_POINTER, "unsafe.Pointer(x)"),
        (TypeId::ANY, "any(x)"),
        (TypeId::EMPTY_INTERFACE, "(interface {})(x)"),
        (s.store.pointer(named), "(*q.N)(x)"),
    ] {
        let node = s.expr(ty, Kind::Conv(Op::ConvNop, x));
        shows(s, node, text);
    }
    let asserted = s.expr(named, Kind::TypeAssert(Op::DotType, x));
    shows(s, asserted, "x.(q.N)");
    for (op, bounds, text) in [
        (Op::Slice, [None, None, None], "x[:]"),
        (Op::SliceStr, [Some(y), None, None], "x[y:]"),
        (Op::SliceArr, [None, Some(y), None], "x[:y]"),
        (Op::Slice3, [None, Some(y), Some(x)], "x[:y:x]"),
    ] {
        let node = s.expr(bytes, Kind::Slice(op, x, bounds));
        shows(s, node, text);
    }
    let none = s.expr(TypeId::UNTYPED_INT, Kind::Literal(Box::new(Value::int(0))));
    let map = s.store.map(TypeId::INT, TypeId::BOOL);
    for (ty, op, len, cap, text) in [
        (bytes, Op::MakeSlice, Some(x), None, "make([]byte, x)"),
        (bytes, Op::MakeSlice, Some(x), Some(y), "make([]byte, x, y)"),
        (bytes, Op::MakeSlice, Some(none), None, "make([]byte, 0)"),
        (map, Op::MakeMap, Some(none), None, "make(map[int]bool)"),
        (map, Op::MakeMap, None, None, "make(map[int]bool)"),
        (map, Op::MakeMap, Some(x), None, "make(map[int]bool, x)"),
    ] {
        let node = s.expr(ty, Kind::Make(op, len, cap));
        shows(s, node, text);
    }
}

#[test]
fn statements_are_abridged() {
    let s = &mut Session::new(27);
    let (x, y) = (s.var("x"), s.var("y"));
    let name = s.unit.as_name(x).unwrap();
    let declaration = s.stmt(Kind::Decl(name));
    shows(s, declaration, "var x int");
    let definition = s.assign(x, Some(y), true);
    shows(s, definition, "x := y");
    let cleared = s.assign(x, None, false);
    shows(s, cleared, "x = <nil>");
    let pair = Kind::AssignList { op: Op::As2, lhs: list(&[x, y]), rhs: list(&[y, x]), def: false };
    let pair = s.stmt(pair);
    shows(s, pair, "x, y = y, x");
    let one = s.int(1);
    let step = s.stmt(Kind::AssignOp { op: Op::Sub, x, y: one, incdec: true });
    shows(s, step, "x--");
    let step = s.stmt(Kind::AssignOp { op: Op::AndNot, x, y, incdec: false });
    shows(s, step, "x &^= y");
    let sent = s.stmt(Kind::Send(x, y));
    shows(s, sent, "x <- y");
    let branch = s.stmt(Kind::Branch(Op::Continue, Some(sym("L"))));
    shows(s, branch, "continue L");
    let fall = s.stmt(Kind::Branch(Op::Fall, None));
    shows(s, fall, "fallthrough");
    let label = s.stmt(Kind::Label(sym("L")));
    let returned = s.stmt(Kind::Return(List::new()));
    assert_eq!(body_text(&s.cx(), &s.unit, &[label, returned]), "L: ; return ");
    let returned = s.stmt(Kind::Return(list(&[x, y])));
    shows(s, returned, "return x, y");
    let empty = s.stmt(Kind::Block(List::new()));
    let block = s.stmt(Kind::Block(list(&[step, empty, sent])));
    shows(s, block, "x &^= y; ; x <- y");
    let call = s.call(x, &[], false);
    let deferred = s.stmt(Kind::GoDefer { op: Op::Defer, call, defer_at: None });
    shows(s, deferred, "defer x()");
    let tail = s.stmt(Kind::TailCall(call));
    shows(s, tail, "<node TAILCALL>");
    let clause = CaseClause {
        var: None,
        list: list(&[x, y]),
        rtypes: ThinVec::new(),
        body: list(&[step]),
        is_default: false,
    };
    let clause = s.stmt(Kind::Case(Box::new(clause)));
    shows(s, clause, "case x, y: x &^= y");
    let switch = s.stmt(Kind::Switch { label: None, tag: Some(x), cases: list(&[clause]) });
    shows(s, switch, "switch statement");
    let received = Kind::AssignList { op: Op::SelRecv2, lhs: list(&[x]), rhs: list(&[y]), def: false };
    let received = s.stmt(received);
    shows(s, received, "<node SELRECV2>");
}

#[test]
fn conditional_statements() {
    let s = &mut Session::new(27);
    let (x, y) = (s.var("x"), s.var("y"));
    let step = s.assign(x, Some(y), false);
    let plain = s.stmt(Kind::If { cond: x, body: list(&[step]), els: List::new() });
    shows(s, plain, "if x { x = y }");
    let both = s.stmt(Kind::If { cond: x, body: List::new(), els: list(&[step, step]) });
    shows(s, both, "if x {  } else { x = y; x = y }");
    s.unit.nodes[plain].init.push(step);
    shows(s, plain, "if x = y; x { x = y }");
    // A statement that declares something is not shown, nor are several.
    let name = s.unit.as_name(x).unwrap();
    let declaration = s.stmt(Kind::Decl(name));
    let definition = s.assign(x, Some(y), true);
    s.unit.nodes[definition].init.push(declaration);
    s.unit.nodes[plain].init[0] = definition;
    shows(s, plain, "if x { x = y }");
    s.unit.nodes[plain].init = list(&[step, step]);
    shows(s, plain, "if x { x = y }");
}

#[test]
fn names_are_qualified_by_package_name() {
    let s = &mut Session::new(27);
    let (own, other) = (s.unit.pkg, s.other);
    for (pkg, name, text) in [
        (Some(own), "x", "x"),
        (Some(other), "x", "q.x"),
        (Some(other), ".dict", "q..dict"),
        (None, ".autotmp_3", ".autotmp_3"),
        (Some(own), "~r0", "~r0"),
        (Some(other), "~r0", "q.~r0"),
        (Some(other), "~b1", "_"),
    ] {
        let name = s.var_in(pkg, name, TypeId::INT);
        let node = s.unit.names[name].node;
        shows(s, node, text);
    }
    let pointer = s.store.pointer(TypeId::INT);
    let temporary = s.var_in(Some(other), ".stmp_0", TypeId::INT);
    let symbol = s.expr(pointer, Kind::LinkSymOffset { name: temporary, offset: 16 });
    shows(s, symbol, "(*int)(ex.com/q%2ev2..stmp_0@16)");
}

#[test]
fn functions() {
    let s = &mut Session::new(27);
    let strings = s.store.slice(TypeId::STRING);
    let ty = s.func_type(&[TypeId::INT, strings], &[TypeId::BOOL, TypeId::ERROR], true);
    let f = s.func_in(s.other, "(*T).M", ty);
    assert_eq!(func_name(&s.unit, f), "(*T).M");
    assert_eq!(func_qualified(&s.cx(), &s.unit, f), "q.(*T).M");
    assert_eq!(func_type_text(&s.cx(), &s.unit, f), "func(int, ...string) (bool, error)");
    let recv = s.store.pointer(s.named("T", TypeId::INT));
    s.unit.funcs[f].recv = Some(recv);
    assert_eq!(func_type_text(&s.cx(), &s.unit, f), "method(*T) func(int, ...string) (bool, error)");
    let copy = s.func("mk.func1#8Wum+mHaM5g=#");
    assert_eq!(func_name(&s.unit, copy), "mk.func1#8Wum+mHaM5g=#");
    assert_eq!(func_diag_name(&s.cx(), &s.unit, copy), "mk.func1");
}

#[test]
fn types() {
    let s = &Session::new(27);
    let (store, own, other) = (&s.store, s.unit.pkg, s.other);
    let t = s.named("T", TypeId::INT);
    let n = s.named_in(other, "N", TypeId::INT);
    let receive = store.chan(ChanDir::Recv, t);
    let embedded = store.new_object(Object::field(Pos::NONE, Some(own), sym("N"), n, true));
    let renamed = store.new_object(Object::field(Pos::NONE, Some(own), sym("I"), TypeId::INT, true));
    let fields = vec![
        s.field(other, "a", t),
        s.field(other, "B", TypeId::BYTE),
        embedded,
        s.field(own, "c", n),
        renamed,
    ];
    let tags = vec![sym(""), sym("json:\"b\"")];
    let structure = store.new_struct(fields, tags);
    let func = s.func_type(&[TypeId::INT], &[TypeId::STRING], false);
    let method = |pkg, name| store.new_object(Object::func(Pos::NONE, Some(pkg), sym(name), Some(func)));
    let methods = vec![method(own, "b"), method(other, "N"), method(other, "a"), method(own, "M")];
    let interface = store.new_interface(Interface::new(methods, vec![], vec![], false), false);
    for (ty, text, link) in [
        (TypeId::INT, "int", "int"),
        (store.slice(TypeId::BYTE), "[]byte", "[]uint8"),
        (store.map(TypeId::RUNE, TypeId::ANY), "map[rune]any", "map[int32]interface {}"),
        (TypeId::EMPTY_INTERFACE, "interface {}", "interface {}"),
        (store.array(TypeId::ERROR, Some(3)), "[3]error", "[3]error"),
        (TypeId::UNSAFE_POINTER, "unsafe.Pointer", "unsafe.Pointer"),
        (store.pointer(t), "*T", "*ex.com/p.T"),
        (n, "q.N", "ex.com/q%2ev2.N"),
        (store.chan(ChanDir::Both, receive), "chan (<-chan T)", "chan (<-chan ex.com/p.T)"),
        (store.chan(ChanDir::Send, receive), "chan<- <-chan T", "chan<- <-chan ex.com/p.T"),
        (
            structure,
            r#"struct { q.a T; B byte "json:\"b\""; q.N; c q.N; int }"#,
            concat!(
                r#"struct { ex.com/q%2ev2.a ex.com/p.T; B uint8 "json:\"b\""; ex.com/q%2ev2.N; "#,
                r#"ex.com/p.c ex.com/q%2ev2.N; I = int }"#
            ),
        ),
        (func, "func(int) string", "func(int) string"),
        (
            interface,
            concat!(
                "interface { M(int) string; N(int) string; ex.com/q%2ev2.a(int) string; ",
                "ex.com/p.b(int) string }"
            ),
            concat!(
                "interface { M(int) string; N(int) string; ex.com/q%2ev2.a(int) string; ",
                "ex.com/p.b(int) string }"
            ),
        ),
    ] {
        assert_eq!(type_text(&s.cx(), own, ty), text);
        assert_eq!(link_text(&s.cx(), ty), link);
    }
}

#[test]
fn instances_and_local_types() {
    let s = &Session::new(27);
    let (store, own) = (&s.store, s.unit.pkg);
    let local = s.named("L", TypeId::INT);
    store.set_local_type(store.named_obj(local), LocalType { number: 3 });
    assert_eq!(type_text(&s.cx(), own, local), "L");
    assert_eq!(link_text(&s.cx(), local), "ex.com/p.L·3");
    let pair = s.named_in(s.other, "Pair", TypeId::INT);
    let bytes = store.slice(TypeId::BYTE);
    let instance = store.named_instance(pair, &[local, bytes], Pos::NONE);
    assert_eq!(type_text(&s.cx(), own, instance), "q.Pair[ex.com/p.L·3,[]uint8]");
    assert_eq!(link_text(&s.cx(), store.pointer(instance)), "*ex.com/q%2ev2.Pair[ex.com/p.L·3,[]uint8]");
    assert!(matches!(store.ty(instance), Type::Named(_)));
}
