//! Types and values of expressions, and errors in them.

mod common;

use common::{check, check_body, check_source};
use escargo_base::Id;
use escargo_syntax::ExprId;
use escargo_types::print::type_string;

/// What was recorded for the expressions of a file whose source text is `text`: type and constant value.
fn recorded(src: &str, text: &str) -> Vec<String> {
    let source = check(src, "");
    assert!(source.checked.errors.is_empty(), "{:?}", source.checked.errors);
    let info = &source.checked.info.files[0];
    let qualifier = |_| String::new();
    (0..source.tree.expr_count())
        .map(ExprId::from_index)
        .filter(|&e| {
            let loc = source.tree.loc(e);
            &src[loc.start as usize..loc.end as usize] == text
        })
        .map(|e| {
            let fact = info.types[e];
            let ty = type_string(&source.store, fact.ty, &qualifier);
            fact.value.map_or(ty.clone(), |v| format!("{ty} {}", info.values[v]))
        })
        .collect()
}

#[test]
fn the_context_of_a_shift_settles_its_left_operand() {
    let body = |stmt: &str| format!("package p\nfunc f(n uint, x int8, i any) {{ {stmt} }}");
    for (stmt, shift) in [
        ("x = 1 << n", "int8"),
        ("x += 3 + 1<<n", "int8"),
        ("i = 1 << n", "int"),
        ("_ = make([]int, 1<<n)", "int"),
        ("_ = 1<<n == x", "int8"),
        ("_ = 1<<n == 1", "int"),
        ("_ = uint16(1 << n)", "uint16"),
        ("_ = string(rune(1 << n))", "rune"),
        ("_ = [...]uint64{2: 1 << n}", "uint64"),
        // Not `uint`, though the spec says so.
        ("_ = x << (1 << n)", "untyped int"),
    ] {
        let src = body(stmt);
        let text = if stmt.contains("1<<n") { "1<<n" } else { "1 << n" };
        assert_eq!(recorded(&src, text), [shift], "{stmt}");
    }
    // The operand takes the type of the shift, a count that is constant none.
    let src = body("x = 1 << n; _ = x << 3");
    assert_eq!(recorded(&src, "1"), ["int8 1"]);
    assert_eq!(recorded(&src, "3"), ["untyped int 3"]);
}

#[test]
fn constants_take_the_type_of_their_context_and_its_rounding() {
    let src = "package p\nvar f float32 = (0.1)\nvar b = 'a' + 1.0\nconst c = 2 * (3 + 4)\nvar i any = c";
    assert_eq!(recorded(src, "0.1"), ["float32 0.1"]);
    assert_eq!(recorded(src, "'a' + 1.0"), ["float64 98"]);
    // Operands of a constant expression stay untyped, but are brought to the same kind.
    assert_eq!(recorded(src, "'a'"), ["untyped float 97"]);
    assert_eq!(recorded(src, "(3 + 4)"), ["untyped int 7"]);
    assert_eq!(recorded(src, "c"), ["int 14"]);
    let rounded = "package p\nvar f float32 = 16777217.0\nvar s = string('x')\nvar r = []byte(\"y\")";
    assert_eq!(recorded(rounded, "16777217.0"), ["float32 1.67772e+07"]);
    assert_eq!(recorded(rounded, "'x'"), ["untyped rune 120"]);
    assert_eq!(recorded(rounded, "\"y\""), ["string \"y\""]);
}

#[test]
fn comparisons_are_untyped_until_used() {
    let src =
        "package p\ntype B bool\nvar x int\nvar b B = x == 1 && !(x < 2)\nvar c = x != 3\nvar i any = x > 4";
    assert_eq!(recorded(src, "x == 1"), ["B"]);
    assert_eq!(recorded(src, "!(x < 2)"), ["B"]);
    assert_eq!(recorded(src, "x < 2"), ["B"]);
    assert_eq!(recorded(src, "x != 3"), ["bool"]);
    assert_eq!(recorded(src, "x > 4"), ["bool"]);
    assert_eq!(recorded(src, "3"), ["int 3"]);
}

#[test]
fn nil_takes_the_type_of_its_context() {
    let src = "package p\nvar p *int = nil\nvar b = p == (nil)\nvar e error = nil";
    assert_eq!(recorded(src, "nil"), ["*int", "*int", "error"]);
}

#[test]
fn literals_of_open_arrays_get_their_length() {
    let src = "package p\nvar a = [...]string{3: \"x\", \"y\"}\nvar b = [...][]int{{1}, {2}}";
    assert_eq!(recorded(src, "[...]string"), ["[5]string"]);
    assert_eq!(recorded(src, "{2}"), ["[]int"]);
}

#[test]
fn long_and_deep_expressions_need_no_stack_and_little_time() {
    let n = 50_000;
    let chain = |term: &str, op: &str| vec![term; n].join(op);
    let nest = |open: &str, inner: &str, close: &str| open.repeat(n / 5) + inner + &close.repeat(n / 5);
    for (declared, value) in [
        ("const", chain("\"abc\"", " +\n")),
        ("var", chain("x", " +\n")),
        ("var", chain("x == 1", " &&\n")),
        ("var", nest("(1 + ", "x", ")")),
        ("var", nest("- ", "x", "")),
        ("var", nest("f(", "x", ")")),
        ("var", format!("T{}", nest("{", "", "}"))),
    ] {
        let src = format!("package p\ntype T []T\nvar x int\nvar f func(int) int\n{declared} y = {value}\n");
        assert_eq!(check_source(&src, ""), [""; 0], "{}…", &value[..20]);
    }
}

#[test]
fn a_pending_chain_reports_each_wrong_operand() {
    assert_eq!(
        check_body("var n uint; var f float64 = 1<<n + 2<<n; _ = f"),
        [
            "2:29: invalid operation: shifted operand 1 (type float64) must be integer",
            "2:36: invalid operation: shifted operand 2 (type float64) must be integer"
        ]
    );
}

#[test]
fn constants_must_fit() {
    assert_eq!(
        check_body("var _ int8 = 128; var _ uint = -1; var _ int = 1.5; const _ = 1 << 1000; _ = int8(300)"),
        [
            "2:14: cannot use 128 (untyped int constant) as int8 value in variable declaration (overflows)",
            "2:32: cannot use -1 (untyped int constant) as uint value in variable declaration (overflows)",
            "2:48: cannot use 1.5 (untyped float constant) as int value in variable declaration (truncated)",
            "2:65: constant shift overflow",
            "2:83: constant 300 overflows int8",
        ]
    );
}

#[test]
fn fields_of_a_literal_collide_by_path() {
    let src = "package p\ntype A struct{ x, y int }\ntype B struct { A; z int }\ntype C struct { *A }\n\
        var _ = B{x: 1, z: 2, y: 3}\nvar _ = B{A: A{}, x: 1}\nvar _ = B{x: 1, A: A{}}\nvar _ = B{z: 1, z: 2}\n\
        var _ = C{x: 1}\nvar _ = B{x: 1, x: 2}\nvar _ = B{q: 1}\n";
    assert_eq!(
        check_source(src, ""),
        [
            "6:19: cannot specify promoted field x and enclosing embedded field A",
            "7:17: cannot specify embedded field A and enclosed promoted field x",
            "8:17: duplicate field name z in struct literal",
            "9:11: invalid implicit pointer indirection to reach x",
            "10:17: duplicate field name x in struct literal",
            "11:11: unknown field q in struct literal of type B",
        ]
    );
    assert_eq!(
        check_source("package p\ntype A struct{ x int }\nvar _ = struct { A }{x: 1}\n", "go1.26"),
        ["3:22: use of promoted field A.x in struct literal of type struct{A} requires go1.27 or later"]
    );
}

#[test]
fn parts_of_calls_and_comma_ok_expressions_have_descriptions() {
    let src =
        "package p\nfunc f() (int, string)\nvar m map[int]int\nvar a, b int = f()\nvar c, d int = m[0]\n";
    assert_eq!(
        check_source(src, ""),
        [
            "4:16: cannot use 2nd function result (value of type string) as int value in multiple assignment",
            "5:16: cannot use ok value of (comma, ok) expression (untyped bool value) as int value in multiple assignment",
        ]
    );
}

#[test]
fn slices_and_indices_are_checked_against_known_lengths() {
    assert_eq!(
        check_body(
            "var a [3]int; _ = a[3]; _ = a[:4]; _ = a[2:1]; _ = \"ab\"[2]; _ = \"ab\"[0:1:2]; _ = a[-1]"
        ),
        [
            "2:21: invalid argument: index 3 out of bounds [0:3]",
            "2:32: invalid argument: index 4 out of bounds [0:4]",
            "2:44: invalid slice indices: 1 < 2",
            "2:57: invalid argument: index 2 out of bounds [0:2]",
            "2:74: invalid operation: 3-index slice of string",
            "2:84: invalid argument: index -1 (constant of type int) must not be negative",
        ]
    );
}
