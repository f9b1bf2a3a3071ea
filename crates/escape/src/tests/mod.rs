//! Small functions, as `go build -gcflags="-m=2 -l"` of the releases named reports them.

mod bench;

use escargo_ir::{Kind, Op, Pragmas, thin_vec};
use escargo_types::TypeId;

use bench::Bench;

/// `func f(p *int) *int { return p }` and `func g(q *int) { _ = f(q) }`
#[test]
fn tags_pass_between_batches() {
    let mut b = Bench::new(27, 1);
    let ptr = b.pointer(TypeId::INT);
    let g = b.func("g", &[("q", ptr)], &[ptr]);
    let f = b.func("f", &[("p", ptr)], &[ptr]);
    let p = b.param(f, 0);
    let ret = b.ret(&[p]);
    b.body(f, &[ret]);
    let (fun, q) = (b.func_node(f), b.param(g, 0));
    let call = b.call(fun, &[q], ptr);
    let ret = b.ret(&[call]);
    b.body(g, &[ret]);
    assert_eq!(b.run(), ["leaking p to ~r0 level 0", "leaking q to ~r0 level 0"]);
    assert_eq!(b.tag(f, 0), b"esc:\0\0\0\x01");
    assert_eq!(b.tag(g, 0), b"esc:\0\0\0\x01");
}

/// `func dup(p *int) { g = p; G = &p; G = &p }`
#[test]
fn addresses_stored_in_globals_escape_at_once() {
    let mut b = Bench::new(27, 2);
    let ptr = b.pointer(TypeId::INT);
    let dup = b.func("dup", &[("p", ptr)], &[]);
    let (g, p) = (b.global("g", ptr), b.param(dup, 0));
    let store = b.assign(g, p);
    let addr = b.addr(p);
    let ty = b.ty(addr);
    let big = b.global("G", ty);
    let first = b.assign(big, addr);
    let second = b.assign(big, addr);
    b.body(dup, &[store, first, second]);
    let reason = ["p escapes in dup:", "  {heap} <- &p", "    &p AddressOf", "    G = &p Assign"];
    assert_eq!(b.run(), [&reason[..], &reason, &["moved to heap: p"]].concat());
}

/// `func f() { for { p := new(int); q = p } }` with `q` declared outside of the loop; and `_ = new(int)`.
#[test]
fn what_outlives_an_iteration_escapes() {
    let mut b = Bench::new(27, 2);
    let ptr = b.pointer(TypeId::INT);
    let f = b.func("f", &[], &[]);
    let q = b.local(f, "q", ptr);
    let decl = b.stmt(Kind::Decl(q));
    let new = b.new_value(TypeId::INT);
    let q = b.node(q);
    let assign = b.assign(q, new);
    let discarded = b.new_value(TypeId::INT);
    let blank = b.expr(ptr, Kind::Blank);
    let unused = b.assign(blank, discarded);
    let forever = b.forever(&[assign, unused]);
    b.body(f, &[decl, forever]);
    assert_eq!(
        b.run(),
        [
            "new(int) escapes in f:",
            "  q <- &{new(int)}",
            "    new(int) Spill",
            "    q = new(int) Assign",
            "new(int) escapes",
            "new(int) stays",
        ]
    );
}

/// A variable captured by two literals, reassigned after the first one.
#[test]
fn capturing_by_reference_takes_the_address() {
    let mut b = Bench::new(27, 2);
    let f = b.func("f", &[], &[]);
    let x = b.local(f, "x", TypeId::INT);
    let zero = b.int(0);
    let mut body = b.define(x, zero).to_vec();
    for _ in 0..2 {
        let (literal, node, captured) = b.literal(f, &[x], &[]);
        let one = b.int(1);
        let assign = b.assign(captured[0], one);
        b.body(literal, &[assign]);
        let blank = b.expr(TypeId::INVALID, Kind::Blank);
        body.push(b.assign(blank, node));
    }
    b.body(f, &body);
    assert_eq!(
        b.run(),
        [
            "x by ref addr=false assign=true 8",
            "x by ref addr=true assign=true 8",
            "func literal stays",
            "func literal stays",
        ]
    );
}

/// `n := 5; s := make([]int, n); _ = any(n)`: constants replace the variable from 1.25 on; before, slices of unknown
/// size escape.
#[test]
fn sizes_and_boxed_values() {
    let run = |minor| {
        let mut b = Bench::new(minor, 1);
        let f = b.func("f", &[], &[]);
        let n = b.local(f, "n", TypeId::INT);
        let five = b.int(5);
        let mut body = b.define(n, five).to_vec();
        let n = b.node(n);
        let ty = b.cx.store.slice(TypeId::INT);
        let make = b.expr(ty, Kind::Make(Op::MakeSlice, Some(n), None));
        let boxed = b.boxed(n);
        for value in [make, boxed] {
            let blank = b.expr(TypeId::INVALID, Kind::Blank);
            body.push(b.assign(blank, value));
        }
        b.body(f, &body);
        b.run()
    };
    assert_eq!(run(27), ["make([]int, 5) stays", "5 stays"]);
    assert_eq!(run(24), ["make([]int, n) escapes", "n stays"]);
}

/// `func f(s []*int, p *int) []*int { return append(s, p) }`
#[test]
fn append_has_a_location_since_1_25() {
    let run = |minor| {
        let mut b = Bench::new(minor, 1);
        let ptr = b.pointer(TypeId::INT);
        let slice = b.cx.store.slice(ptr);
        let f = b.func("f", &[("s", slice), ("p", ptr)], &[slice]);
        let (s, p) = (b.param(f, 0), b.param(f, 1));
        let append = b.builtin(Op::Append, slice, &[s, p]);
        let ret = b.ret(&[append]);
        b.body(f, &[ret]);
        b.run()
    };
    let params = ["leaking content of s", "leaking s to ~r0 level 0", "leaking p"];
    assert_eq!(run(27), [&params[..], &["append escapes"]].concat());
    assert_eq!(run(21), params);
}

/// `func f(p *int, u uintptr, _ *int, *int)` without body.
#[test]
fn functions_without_body() {
    let run = |minor, noescape| {
        let mut b = Bench::new(minor, 1);
        let ptr = b.pointer(TypeId::INT);
        let f = b.func("f", &[("p", ptr), ("u", TypeId::UINTPTR), ("_", ptr), ("", TypeId::UINTPTR)], &[]);
        b.unit.funcs[f].has_body = false;
        if noescape {
            b.unit.funcs[f].pragmas = Pragmas::NOESCAPE;
        }
        let lines = b.run();
        assert!(b.unit.funcs[f].pragmas.has(Pragmas::UINTPTR_KEEP_ALIVE));
        (lines, b.tag(f, 0).to_vec())
    };
    let (lines, tag) = run(27, false);
    assert_eq!(lines, ["leaking p", "assuming u", "leaking ~p2", "assuming ~p3"]);
    assert_eq!(tag, b"");
    let (lines, tag) = run(21, true);
    assert_eq!(lines, ["param p stays", "assuming u", "param _ stays", "assuming arg#4"]);
    assert_eq!(tag, b"esc:");
    assert_eq!(run(27, true).1, b"esc:\0\x01\x01");
}

/// `func f(b *T) { b.buf = b.buf[1:] }` with a pointer-free element type.
#[test]
fn slicing_in_place_is_a_self_assignment() {
    let mut b = Bench::new(27, 1);
    let slice = b.cx.store.slice(TypeId::INT);
    let ptr = b.pointer(slice);
    let f = b.func("f", &[("b", ptr)], &[]);
    let p = b.param(f, 0);
    let x = b.expr(slice, Kind::Unary(Op::Deref, p));
    let y = b.expr(slice, Kind::Unary(Op::Deref, p));
    let one = b.int(1);
    let rest = b.expr(slice, Kind::Slice(Op::Slice, y, [Some(one), None, None]));
    let assign = b.assign(x, rest);
    b.body(f, &[assign]);
    assert_eq!(b.run(), ["f: self *b = (*b)[1:]", "param b stays"]);
    assert_eq!(b.tag(f, 0), b"esc:\0\x01");
}

/// `func f(s string) { b := []byte(s); _ = b }`, and the same with `b[0] = 1`.
#[test]
fn bytes_that_are_not_written_share_the_string() {
    let run = |writes| {
        let mut b = Bench::new(27, 1);
        let f = b.func("f", &[("s", TypeId::STRING)], &[]);
        let slice = b.cx.store.slice(TypeId::UINT8);
        let bytes = b.local(f, "b", slice);
        let s = b.param(f, 0);
        let conversion = b.expr(slice, Kind::Conv(Op::Str2Bytes, s));
        let mut body = b.define(bytes, conversion).to_vec();
        if writes {
            let (x, zero, one) = (b.node(bytes), b.int(0), b.int(1));
            let elem = b.expr(TypeId::UINT8, Kind::Index(Op::Index, x, zero));
            body.push(b.assign(elem, one));
        }
        b.body(f, &body);
        b.run()
    };
    assert_eq!(run(false), ["param s stays", "([]uint8)(s) stays", "zero-copy"]);
    assert_eq!(run(true), ["param s stays", "([]uint8)(s) stays"]);
}

/// `var h func(*int); h = a; h = b; h(&x)` where `b` leaks its parameter and `a` does not: all functions assigned count
/// since 1.27; before, nothing is known.
#[test]
fn all_functions_assigned_to_a_variable_are_callees() {
    let run = |minor, leaks| {
        let mut b = Bench::new(minor, 1);
        let ptr = b.pointer(TypeId::INT);
        let global = b.global("g", ptr);
        let quiet = b.func("a", &[("p", ptr)], &[]);
        let other = b.func("b", &[("p", ptr)], &[]);
        let mut list = Vec::new();
        if leaks {
            let p = b.param(other, 0);
            list.push(b.assign(global, p));
        }
        b.body(quiet, &[]);
        b.body(other, &list);
        let f = b.func("f", &[], &[]);
        let (h_ty, x) = (b.func_type(&[("p", ptr)], &[]), b.local(f, "x", TypeId::INT));
        let h = b.local(f, "h", h_ty);
        let mut body = vec![b.stmt(Kind::Decl(x)), b.stmt(Kind::Decl(h))];
        for func in [quiet, other] {
            let (dst, src) = (b.node(h), b.func_node(func));
            body.push(b.assign(dst, src));
        }
        let (fun, x) = (b.node(h), b.node(x));
        let arg = b.addr(x);
        body.push(b.call(fun, &[arg], TypeId::EMPTY_TUPLE));
        b.body(f, &body);
        b.run().pop()
    };
    assert_eq!(run(27, false).as_deref(), Some("param p stays"));
    assert_eq!(run(27, true).as_deref(), Some("moved to heap: x"));
    assert_eq!(run(26, false).as_deref(), Some("moved to heap: x"));
}

/// `func f(n int) { L: p = new(int); goto L }` with `p` declared in front: the label begins a loop.
#[test]
fn goto_makes_loops() {
    let run = |back| {
        let mut b = Bench::new(27, 1);
        let ptr = b.pointer(TypeId::INT);
        let f = b.func("f", &[], &[]);
        let p = b.local(f, "p", ptr);
        let label = escargo_base::Symbol::intern("L");
        let (decl, target) = (b.stmt(Kind::Decl(p)), b.stmt(Kind::Label(label)));
        let (p, new) = (b.node(p), b.new_value(TypeId::INT));
        let assign = b.assign(p, new);
        let jump = b.stmt(Kind::Branch(Op::Goto, Some(label)));
        let body = if back { [decl, target, assign, jump] } else { [decl, jump, target, assign] };
        b.body(f, &body);
        b.run()
    };
    assert_eq!(run(true), ["new(int) escapes"]);
    assert_eq!(run(false), ["new(int) stays"]);
}

/// `func f(m map[*int]int, p *int, c chan *int, q *int) { m[p] = 1; c <- q }`
#[test]
fn map_keys_and_sent_values_escape() {
    let mut b = Bench::new(27, 2);
    let ptr = b.pointer(TypeId::INT);
    let map = b.cx.store.map(ptr, TypeId::INT);
    let f = b.func("f", &[("m", map), ("p", ptr)], &[]);
    let (m, p, one) = (b.param(f, 0), b.param(f, 1), b.int(1));
    let elem = b.expr(TypeId::INT, Kind::Index(Op::IndexMap, m, p));
    let put = b.assign(elem, one);
    b.body(f, &[put]);
    assert_eq!(
        b.run(),
        [
            "p of f leaks to {heap} derefs 0:",
            "  {heap} <- p",
            "    m[p] KeyOfMapPut",
            "param m stays",
            "leaking p",
        ]
    );
}

/// `func a(p *int, n int) *int { return b(p, n) }`, `func b(q *int, n int) *int { g = q; return a(q, n) }`
#[test]
fn recursive_functions_are_solved_together() {
    let mut b = Bench::new(27, 2);
    let ptr = b.pointer(TypeId::INT);
    let (fa, fb) = (b.func("a", &[("p", ptr)], &[ptr]), b.func("b", &[("q", ptr)], &[ptr]));
    let g = b.global("g", ptr);
    let (p, q) = (b.param(fa, 0), b.param(fb, 0));
    let fun = b.func_node(fb);
    let call = b.call(fun, &[p], ptr);
    let ret = b.ret(&[call]);
    b.body(fa, &[ret]);
    let fun = b.func_node(fa);
    let call = b.call(fun, &[q], ptr);
    let (store, ret) = (b.assign(g, q), b.ret(&[call]));
    b.body(fb, &[store, ret]);
    let heads: Vec<String> = b.run().into_iter().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        heads,
        ["q of b leaks to {heap} derefs 0:", "p of a leaks to {heap} derefs 0:", "leaking p", "leaking q",]
    );
}

/// A literal called where it stands returns the address of a variable around it; another one is stored in a global.
#[test]
fn results_of_literals_whose_calls_are_known() {
    let run = |minor, stored: bool| {
        let mut b = Bench::new(minor, 1);
        let f = b.func("f", &[], &[]);
        let u = b.local(f, "u", TypeId::INT);
        let decl = b.stmt(Kind::Decl(u));
        let ptr = b.pointer(TypeId::INT);
        let (literal, node, captured) = b.literal(f, &[u], &[ptr]);
        let addr = b.addr(captured[0]);
        let ret = b.ret(&[addr]);
        b.body(literal, &[ret]);
        let use_it = if stored {
            let ty = b.ty(node);
            let g = b.global("g", ty);
            b.assign(g, node)
        } else {
            let call = b.call(node, &[], ptr);
            let deref = b.expr(TypeId::INT, Kind::Unary(Op::Deref, call));
            let blank = b.expr(TypeId::INVALID, Kind::Blank);
            b.stmt(Kind::AssignList { op: Op::As2, lhs: thin_vec![blank], rhs: thin_vec![deref], def: false })
        };
        b.body(f, &[decl, use_it]);
        b.run()
    };
    for minor in [21, 24, 27] {
        assert_eq!(run(minor, false), ["func literal stays"]);
        assert_eq!(run(minor, true), ["moved to heap: u", "func literal escapes"]);
    }
}
