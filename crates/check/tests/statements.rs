//! Statements: their errors, and what is recorded about them.

mod common;

use common::{check, check_body, check_source};
use escargo_base::Symbol;
use escargo_check::{IdentObject, NodeRef};
use escargo_syntax::{Expr, Stmt};
use escargo_types::{Type, TypeId};

#[test]
fn unused_variables_come_by_scope() {
    let src = "package p\nfunc _() {\n\ta, b := 1, 2\n\tfunc() { c := b }()\n\t{ d := 3 }\n}";
    assert_eq!(
        check_source(src, ""),
        ["4:11: declared and not used: c", "3:2: declared and not used: a", "5:4: declared and not used: d"]
    );
}

#[test]
fn assigning_is_no_use() {
    let errors = check_body("x, y := 1, 2\nx = y\n(x) = 3\nx, y = undefined, 1, 2");
    assert_eq!(errors, ["5:8: undefined: undefined", "2:1: declared and not used: x"]);
}

#[test]
fn counts_must_match() {
    let src = "package p\nfunc two() (int, string)\nfunc f() (int, error) { return 1 }\n\
        func g() { a, b := 1; c, d, e := two(); var _, _ int = 1, 2, 3 }\nfunc h() error { return nil, 2.5 }";
    assert_eq!(
        check_source(src, ""),
        [
            "3:32: not enough return values\n\thave (number)\n\twant (int, error)",
            "4:20: assignment mismatch: 2 variables but 1 value",
            "4:34: assignment mismatch: 3 variables but two returns 2 values",
            "4:62: extra init expr 3",
            "4:12: declared and not used: a",
            "4:15: declared and not used: b",
            "4:23: declared and not used: c",
            "4:26: declared and not used: d",
            "4:29: declared and not used: e",
            "5:30: too many return values\n\thave (nil, number)\n\twant (error)",
        ]
    );
}

#[test]
fn cases_are_unique() {
    let errors = check_body("var x any\nswitch 1 { case 1, 2, 1.0: }\nswitch x { case 1, int8(1), 1: }");
    assert_eq!(
        errors,
        [
            "3:23: duplicate case 1.0 (constant 1 of type int) in expression switch\n\t3:17: previous case",
            "4:29: duplicate case 1 (constant of type int) in expression switch\n\t4:17: previous case",
        ]
    );
    let errors = check_body("var x any\nswitch x.(type) { case []int, nil: case string, nil, []int: }");
    assert_eq!(
        errors,
        [
            "3:49: duplicate case nil in type switch\n\t3:31: previous case",
            "3:54: duplicate case []int in type switch\n\t3:24: previous case",
        ]
    );
    let errors = check_body("switch { default: case true:\ndefault: }\nselect { default: default: }");
    assert_eq!(
        errors,
        ["3:1: multiple defaults (first at p.go:2:10)", "4:19: multiple defaults (first at p.go:4:10)"]
    );
}

#[test]
fn variables_of_type_switches_are_used_together() {
    let errors = check_body(
        "var x any\nswitch y := x.(type) { case int: _ = y; case string: }\nswitch z := x.(type) { case int: default: }",
    );
    assert_eq!(errors, ["4:8: z declared and not used"]);
}

#[test]
fn branches_stand_where_they_mean_something() {
    let errors = check_body(
        "break; continue; fallthrough\nswitch { case true: { fallthrough }; case false: fallthrough }\n\
         var x any; switch x.(type) { case int: fallthrough; default: }\nfor { break; func() { continue }() }",
    );
    assert_eq!(
        errors,
        [
            "2:1: break not in for, switch, or select statement",
            "2:8: continue not in for statement",
            "2:18: fallthrough statement out of place",
            "3:23: fallthrough statement out of place",
            "3:50: cannot fallthrough final case in switch",
            "4:40: cannot fallthrough in type switch",
            "5:23: continue not in for statement",
        ]
    );
}

#[test]
fn labels_and_jumps() {
    let errors = check_body(
        "goto A\nx := 1; _ = x\nA: goto B\n{ B: }\nC: for { break D; continue C }\nL: { break L }\ngoto E\nL:",
    );
    assert_eq!(
        errors,
        [
            "2:6: goto A jumps over variable declaration at line 3",
            "6:16: invalid break label D",
            "7:12: invalid break label L",
            "9:1: label L already declared\n\t7:1: other declaration of L",
            "4:9: goto B jumps into block",
            "8:6: label E not declared",
            "7:1: label L declared and not used",
        ]
    );
}

#[test]
fn terminating_statements() {
    let bodies = [
        ("for {}", true),
        ("for { break }", false),
        ("for { for { break } }", true),
        ("L: for { for { break L } }", false),
        ("L: for { M: for { break M }; continue L }", true),
        ("for true {}", false),
        ("for range 3 {}", false),
        ("switch { case true: return }", false),
        ("switch { default: return; case true: panic(0) }", true),
        ("switch { default: if true { break }; return }", false),
        ("L: select { default: for { break L } }", false),
        ("select {}", true),
        ("if true { return } else { for {} };;", true),
        ("if true { return }", false),
        ("L: goto L", true),
        ("(panic)(1)", true),
        ("func() { panic(1) }()", false),
    ];
    for (body, terminates) in bodies {
        let errors = check_source(&format!("package p; func _() (x int) {{ {body} }}"), "");
        assert_eq!(errors.is_empty(), terminates, "{body}: {errors:?}");
    }
}

#[test]
fn statements_need_room_but_no_recursion() {
    // Deeper than any stack that is not grown.
    let depth = 20_000;
    let src = format!(
        "package p; func _() (x int) {{ {}return{} }}",
        "if true {} else { ".repeat(depth),
        " }".repeat(depth)
    );
    assert_eq!(check_source(&src, "").len(), 1, "a missing return, for the first if has an empty branch");
}

#[test]
fn comma_ok_gives_a_tuple() {
    let src =
        "package p; func _(m map[string]int) { v, ok := (m[\"a\"]); _, _ = v, ok; w := m[\"a\"]; _ = w }";
    let source = check(src, "");
    assert!(source.checked.errors.is_empty());
    let types = &source.checked.info.files[0].types;
    let of_kind = |paren: bool| {
        let is_kind =
            |e: &Expr| if paren { matches!(e, Expr::Paren(_)) } else { matches!(e, Expr::Index { .. }) };
        let exprs = source.tree.exprs();
        let types = exprs.iter_enumerated().filter(move |(_, e)| is_kind(e)).map(|(id, _)| types[id].ty);
        types.collect::<Vec<TypeId>>()
    };
    let tuple = of_kind(true)[0];
    let Type::Tuple(vars) = source.store.ty(tuple) else { panic!("{:?}", source.store.ty(tuple)) };
    let vars: Vec<_> = vars.vars.iter().map(|&v| source.store.obj_type(v)).collect();
    assert_eq!(vars, [TypeId::INT, TypeId::BOOL]);
    assert_eq!(of_kind(false), [tuple, TypeId::INT]);
}

#[test]
fn clauses_have_scopes_and_variables() {
    let src = "package p; func _(x any) { switch y := x.(type) { case int: _ = y; default: { } } }";
    let source = check(src, "");
    assert!(source.checked.errors.is_empty());
    let info = &source.checked.info;
    let file = &info.files[0];
    let clauses: Vec<NodeRef> =
        source.tree.clauses().iter_enumerated().map(|(id, _)| NodeRef::Clause(id)).collect();
    let of_clause = |node: &NodeRef| {
        let var = file.implicits[node];
        let scope = &info.scopes[file.scopes[node]];
        assert_eq!(scope.names, [(Symbol::intern("y"), var)]);
        source.store.obj_type(var)
    };
    assert_eq!(clauses.iter().map(of_clause).collect::<Vec<_>>(), [TypeId::INT, TypeId::ANY]);
    let y = source.tree.idents().iter_enumerated().find(|(_, i)| i.name == *"y").map(|(id, _)| id);
    assert_eq!(y.map(|y| file.idents[y]), Some(IdentObject::DefNone));
    // The switch and its inner block have scopes, the function's body has that of the function.
    let scoped = |s: &Stmt| matches!(s, Stmt::TypeSwitch { .. } | Stmt::Block(_));
    let stmts = source.tree.stmts().iter_enumerated().filter(|(_, s)| scoped(s));
    let count = stmts.filter(|&(id, _)| file.scopes.contains_key(&NodeRef::Stmt(id))).count();
    assert_eq!(count, 2);
}
