//! Groups of functions.

use escargo_base::Symbol;
use escargo_ir::scc::BottomUp;
use escargo_ir::{FuncId, Kind, Op, jumped_back};

use crate::support::Session;

/// The groups as text: names joined by `+`, with `*` for recursive ones.
fn groups(s: &Session, roots: &[FuncId]) -> String {
    let mut list = Vec::new();
    let mut order = BottomUp::new(&s.cx(), roots);
    while let Some(group) = order.next(&s.store, &s.unit) {
        let names: Vec<&str> =
            group.funcs.iter().map(|&f| escargo_ir::print::func_name(&s.unit, f)).collect();
        list.push(names.join("+") + if group.recursive { "*" } else { "" });
    }
    list.join(" ")
}

/// Makes `func` call these.
fn calls(s: &mut Session, func: FuncId, callees: &[FuncId]) {
    let body: Vec<_> = callees
        .iter()
        .map(|&callee| {
            let fun = s.func_node(callee);
            s.call(fun, &[], false)
        })
        .collect();
    s.set_body(func, &body);
}

#[test]
fn callees_come_first() {
    let mut s = Session::new(27);
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| s.func(name));
    calls(&mut s, a, &[b, c, b]);
    calls(&mut s, b, &[d]);
    calls(&mut s, c, &[c]);
    assert_eq!(groups(&s, &[a, b, c, d]), "d b c* a");
    assert_eq!(groups(&s, &[d, c, b, a]), "d c* b a");
}

#[test]
fn circles_form_groups_in_order_of_discovery() {
    let mut s = Session::new(27);
    let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(|name| s.func(name));
    calls(&mut s, a, &[e, b]);
    calls(&mut s, b, &[c]);
    calls(&mut s, c, &[d, b]);
    calls(&mut s, d, &[a]);
    assert_eq!(groups(&s, &[a, b, c, d, e]), "e a+b+c+d*");
    calls(&mut s, d, &[]);
    assert_eq!(groups(&s, &[a, b, c, d, e]), "e d b+c* a");
}

#[test]
fn closures_join_the_function_around_them() {
    let mut s = Session::new(27);
    let [a, closure, inner, plain, orphan] =
        ["a", "a.func1", "a.func1.1", "a.func2", "a.func3"].map(|name| s.func(name));
    let body = [s.literal(closure, true), s.literal(plain, false)];
    s.set_body(a, &body);
    let body = [s.literal(inner, true)];
    s.set_body(closure, &body);
    s.literal(orphan, true);
    let roots = [a, closure, inner, plain, orphan];
    assert_eq!(groups(&s, &roots), "a.func2 a+a.func1+a.func1.1");
    // A call of the function from within its closure.
    calls(&mut s, inner, &[a]);
    assert_eq!(groups(&s, &roots), "a.func2 a+a.func1+a.func1.1*");
}

#[test]
fn all_literals_were_closures() {
    let mut s = Session::new(23);
    let [a, plain] = ["a", "a.func1"].map(|name| s.func(name));
    let body = [s.literal(plain, false)];
    s.set_body(a, &body);
    assert_eq!(groups(&s, &[plain, a]), "a+a.func1");
}

#[test]
fn imported_functions_are_left_out() {
    let mut s = Session::new(27);
    let [a, b] = ["a", "b"].map(|name| s.func(name));
    s.unit.funcs[b].local = false;
    calls(&mut s, a, &[b]);
    assert_eq!(groups(&s, &[a]), "a");
}

#[test]
fn bodies_may_change_between_groups() {
    let mut s = Session::new(27);
    let [a, b, c] = ["a", "b", "c"].map(|name| s.func(name));
    calls(&mut s, a, &[b]);
    let mut order = BottomUp::new(&s.cx(), &[a]);
    let next = |order: &mut BottomUp, s: &Session| order.next(&s.store, &s.unit).map(|group| group.funcs);
    assert_eq!(next(&mut order, &s), Some(vec![b]));
    // What the function calls was read when it was entered.
    calls(&mut s, a, &[c]);
    assert_eq!(next(&mut order, &s), Some(vec![a]));
    assert_eq!(next(&mut order, &s), None);
}

#[test]
fn loops_are_where_a_goto_follows_its_label() {
    let mut s = Session::new(27);
    let back = Symbol::intern("back");
    let ahead = Symbol::intern("ahead");
    let mut loops = |jumps: &[Kind]| {
        let f = s.func("f");
        let body: Vec<_> = jumps.iter().map(|kind| s.stmt(kind.clone())).collect();
        s.set_body(f, &body);
        let mut order = BottomUp::new(&s.cx(), &[f]);
        order.next(&s.store, &s.unit);
        let found = jumped_back(&s.unit, &s.unit.funcs[f].body);
        assert_eq!(order.contents(f).map(|contents| contents.loops), Some(!found.is_empty()));
        found.into_iter().collect::<Vec<_>>()
    };
    const NONE: [Symbol; 0] = [];
    let goto = |label| Kind::Branch(Op::Goto, Some(label));
    assert_eq!(loops(&[goto(ahead), Kind::Label(ahead)]), NONE);
    assert_eq!(loops(&[goto(ahead), Kind::Label(back), goto(back), Kind::Label(ahead)]), [back]);
    assert_eq!(loops(&[Kind::Label(back), Kind::Branch(Op::Continue, Some(back))]), NONE);
}
