//! Errors in declarations and type expressions, worded and placed as the compiler does; initialization order;
//! scopes.

mod common;

use common::{check, check_source};
use escargo_check::{IdentObject, NodeRef};

/// The errors in source order.
fn errors(src: &str) -> Vec<String> {
    let mut errors = check_source(src, "");
    errors.sort_by_key(|e| {
        let mut numbers = e.split(':').map(|n| n.parse::<u32>().unwrap_or_default());
        (numbers.next(), numbers.next())
    });
    errors
}

#[test]
fn values_and_names_must_match_in_number() {
    let src = r#"package p
const a, b = 1
const (
	c, d = iota, 2
	e
	f, g, h
)
var i, j = 1
var k, l int = 1, 2, 3
func _() { const m, n = 1, 2, 3; _ = m }
"#;
    let want = [
        "2:10: missing init expr for b",
        "5:2: extra init expr at p.go:4:15",
        "6:8: missing init expr for h",
        "8:12: assignment mismatch: 2 variables but 1 value",
        "9:22: extra init expr 3",
        "10:31: extra init expr 3",
    ];
    assert_eq!(errors(src), want);
}

#[test]
fn errors_in_a_repeated_expression_stand_at_the_constant() {
    let src = r#"package p
const (
	a = 255 + iota
	b int8 = 127 + iota - 1
	c
	d
)
"#;
    let want = [
        "5:2: cannot use 127 + iota - 1 (untyped int constant 128) as int8 value in constant declaration (overflows)",
        "6:2: cannot use 127 + iota - 1 (untyped int constant 129) as int8 value in constant declaration (overflows)",
    ];
    assert_eq!(errors(src), want);
}

#[test]
fn names_are_declared_once() {
    let src = r#"package p
import f "fmt"
type T struct { a, b, a int }
func (T) m() {}
func (T) m() {}
func (T) b() {}
func (T) _() {}
func (T) _() {}
var f, T int
func init() int { return 0 }
func init[P any]() {}
var init int
"#;
    let want = [
        "3:23: a redeclared\n\t3:17: other declaration of a",
        "5:10: method T.m already declared at p.go:4:10",
        "6:10: field and method with the same name b\n\t3:20: other declaration of b",
        "9:5: f already declared through import of package fmt (\"fmt\")\n\t2:8: other declaration of f",
        "9:8: T redeclared in this block\n\t3:6: other declaration of T",
        "10:6: func init must have no arguments and no return values",
        "11:11: func init must have no type parameters",
        "12:5: cannot declare init - must be func",
    ];
    assert_eq!(errors(src), want);
}

#[test]
fn declarations_must_not_go_in_circles() {
    let src = r#"package p
type A B
type B = C
type C A
type D struct { e E }
type E [2]D
type F *F
type G = *G
type H interface { H }
var x = y
var y = z()
func z() int { return x }
const c = c + 1
type L [len(v)]int
var v L
func fn(a [len(fn)]int) {}
"#;
    let want = [
        "2:6: invalid recursive type A\n\t2:6: A refers to B\n\t3:6: B refers to C\n\t4:6: C refers to A",
        "5:6: invalid recursive type D\n\t5:6: D refers to E\n\t6:6: E refers to D",
        "8:6: invalid recursive type: G refers to itself",
        "9:6: invalid recursive type: H refers to itself",
        "10:5: initialization cycle for x\n\t10:5: x refers to y\n\t11:5: y refers to z\n\t12:6: z refers to x",
        "13:7: initialization cycle: c refers to itself",
        "14:6: invalid recursive type L\n\t14:6: L refers to v\n\t15:5: v refers to L",
        "16:16: invalid argument: fn (value of type func()) for built-in len",
    ];
    assert_eq!(errors(src), want);
}

#[test]
fn generic_types_must_not_hold_themselves() {
    let src = r#"package p
type T[P any] struct { f *T[[]P] }
type U[P any] struct { f V[P] }
type V[P any] struct { f U[P] }
type W[P W[P]] struct{}
func f[P any](x P) { f[*P](nil) }
func g[P any]() { type L struct { p P }; g[L]() }
"#;
    let want =
        ["3:26: invalid recursive type V[P]\n\t3:26: V[P] refers to U[P]\n\t4:26: U[P] refers to V[P]"];
    assert_eq!(errors(src), want);
}

#[test]
fn methods_need_a_local_named_type() {
    let src = r#"package p
type P *int
type I interface{}
type S[A, B any] struct{}
type Al = S[int, int]
type GA[A any] = S[A, A]
func (P) m() {}
func (I) m() {}
func (int) m() {}
func (**S[A, B]) m() {}
func (S[A]) m() {}
func (Al) m() {}
func (GA[A]) n() {}
func (s S[A, int]) o() {}
func (undefined) p() {}
func (S) q() {}
func (s *S[_, _]) r() { _ = s.r }
"#;
    let want = [
        "7:7: invalid receiver type P (pointer or interface type)",
        "8:7: invalid receiver type I (pointer or interface type)",
        "9:7: cannot define new methods on non-local type int",
        "10:11: undefined: A",
        "10:14: undefined: B",
        "11:7: receiver declares 1 type parameter, but receiver base type declares 2",
        "12:7: cannot define new methods on instantiated type S[int, int]",
        "13:7: cannot define new methods on generic alias type GA[A any]",
        "15:7: undefined: undefined",
        "16:7: cannot use generic type S[A, B any] without instantiation",
    ];
    assert_eq!(errors(src), want);
}

#[test]
fn constraints_and_interfaces() {
    let src = r#"package p
type A interface { m(); m(); _() }
type B interface { m() int }
type C interface { A; B }
type D interface { ~C | int; ~A1 }
type A1 int
type E interface { int | ~int; B | string; comparable | bool }
type F[P any] interface { P; *P | P }
var x D
var y comparable
func f(D, ...E) (z comparable) { return }
type K map[D]int
type M map[[]int]func()
"#;
    let want = [
        "2:25: duplicate method m\n\t2:20: other declaration of method m",
        "2:30: methods must have a unique non-blank name",
        "4:23: duplicate method m\n\t4:20: other declaration of method m",
        "5:20: invalid use of ~ (C is an interface)",
        "5:30: invalid use of ~ (underlying type of A1 is int)",
        "7:26: overlapping terms ~int and int",
        "7:32: cannot use p.B in union (p.B contains methods)",
        "7:44: cannot use comparable in union",
        "8:27: term cannot be a type parameter",
        "8:35: term cannot be a type parameter",
        "9:7: cannot use type D outside a type constraint: interface contains type constraints",
        "10:7: cannot use type comparable outside a type constraint: interface is (or embeds) comparable",
        "11:8: cannot use type D outside a type constraint: interface contains type constraints",
        "11:14: cannot use type E outside a type constraint: interface contains type constraints",
        "11:20: cannot use type comparable outside a type constraint: interface is (or embeds) comparable",
        "12:12: cannot use type D outside a type constraint: interface contains type constraints",
        "13:12: invalid map key type []int",
    ];
    assert_eq!(errors(src), want);
}

#[test]
fn what_can_be_embedded() {
    let src = r#"package p
import "unsafe"
type P *int
type S[A any] struct {
	A
	*A
	P
	*B
	unsafe.Pointer
}
type B interface{}
"#;
    let want = [
        "5:2: embedded field type cannot be a (pointer to a) type parameter",
        "6:2: embedded field type cannot be a (pointer to a) type parameter",
        "6:3: A redeclared\n\t5:2: other declaration of A",
        "7:2: embedded field type cannot be a pointer",
        "8:2: embedded field type cannot be a pointer to an interface",
        "9:2: embedded field type cannot be unsafe.Pointer",
    ];
    assert_eq!(errors(src), want);
}

#[test]
fn what_is_no_type() {
    let src = r#"package p
import "fmt"
var a fmt
var b fmt
var c x
var d nil
var e [...]int
var f [-1]int
var g [1.5]int
var h [f]int
var i [len(f)]int
var j ["a"]int
type T[P any] P
type G[P any] struct{}
var k G
var l G[int, string]
var m T1[int]
var n int[string]
type T1 struct{}
var o _
var q *(undefined)
"#;
    let want = [
        "3:7: fmt (package name) is not a type",
        "4:7: fmt (package name) is not a type",
        "5:7: undefined: x",
        "6:7: nil (untyped nil) is not a type",
        "7:7: invalid use of [...] array (outside a composite literal)",
        "8:8: invalid array length -1 (untyped int constant)",
        "9:8: array length 1.5 (untyped float constant) must be integer",
        "10:8: invalid array length f",
        "12:8: array length \"a\" (untyped string constant) must be integer",
        "13:15: cannot use a type parameter as RHS in type declaration",
        "15:7: cannot use generic type G[P any] without instantiation",
        "16:7: too many type arguments for type G: have 2, want 1",
        "17:7: invalid operation: T1[int] (T1 is not a generic type)",
        "18:7: invalid operation: int[string] (int is not a generic type)",
        "20:7: cannot use _ as value or type",
        "21:9: undefined: undefined",
    ];
    assert_eq!(errors(src), want);
}

#[test]
fn a_growing_instance_never_ends() {
    let src = "package p; func f[P any](x P) { f[*P](nil) }";
    assert_eq!(errors(src), ["1:19: instantiation cycle:\n\t1:35: P instantiated as *P"]);
    let src = "package p; func g[P any]() { type L struct{ p P }; g[L]() }";
    let want =
        "1:19: instantiation cycle:\n\t1:54: P instantiated as L\n\t1:35: L implicitly parameterized by P";
    assert_eq!(errors(src), [want]);
}

#[test]
fn features_need_their_language_version() {
    let src =
        "package p; type A = int; type S[P any] struct{}; type G[P any] = S[P]; func (S[P]) m[Q any]() {}";
    let want = [
        "1:33: type parameter requires go1.18 or later",
        "1:57: generic type alias requires go1.23 or later",
    ];
    let found = check_source(src, "go1.17");
    for want in want {
        assert!(found.iter().any(|e| e == want), "{found:?}");
    }
    assert_eq!(check_source(src, "go1.26"), ["1:86: generic method requires go1.27 or later"]);
    assert_eq!(
        check_source("package p; type A = int", "go1.8"),
        ["1:17: type alias requires go1.9 or later"]
    );
    let overlap = "package p; type I interface { m() }; type J interface { m() }; type K interface { I; J }";
    let want = "1:86: duplicate method m\n\t1:83: other declaration of method m";
    assert_eq!(check_source(overlap, "go1.13"), [want]);
    assert!(check_source(overlap, "go1.14").is_empty());
}

#[test]
fn one_error_is_enough() {
    let src = "package p; type I interface { int }; func f() I { return struct{}{} }";
    assert_eq!(
        check_source(src, "go1.17"),
        ["1:31: embedding non-interface type int requires go1.18 or later"]
    );
    let src =
        "package p; type I interface { m() J; J }; type J interface { I }; var i I = j; var j J; var k J = i";
    let want = "1:17: invalid recursive type I\n\t1:17: I refers to J\n\t1:48: J refers to I";
    assert_eq!(check_source(src, ""), [want]);
}

/// Names of the variables in initialization order.
fn init_order(src: &str) -> Vec<&'static str> {
    let source = check(src, "");
    assert!(source.checked.errors.is_empty(), "{:?}", source.checked.errors);
    let steps = &source.checked.info.init_order;
    steps.iter().flat_map(|i| i.lhs.iter().map(|&v| source.store.obj(v).name.as_str())).collect()
}

#[test]
fn variables_are_initialized_when_they_are_ready() {
    let src =
        "package p; var a = f(); var b, c = g(); func f() int { return h() + b }; func h() int { return f() }
        func g() (int, int) { return d, d }; var d = 1; var e int; var x = e";
    assert_eq!(init_order(src), ["d", "b", "c", "a", "x"]);
    // Variables without a value wait for their turn too.
    assert_eq!(init_order("package p; var a = b; var c = 1; var b int"), ["c", "a"]);
}

#[test]
fn every_node_with_a_scope_has_it_recorded() {
    let src =
        "package p; type T[P any] struct{}; func (t T[Q]) m(a int) (b int) { return }; type F func(int)";
    let source = check(src, "");
    let info = &source.checked.info;
    let names = |node: NodeRef| {
        let scope = &info.scopes[info.files[0].scopes[&node]];
        scope.names.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>()
    };
    assert!(names(NodeRef::File).is_empty());
    let scopes: Vec<Vec<&str>> = source
        .tree
        .exprs()
        .ids()
        .filter(|&e| info.files[0].scopes.contains_key(&NodeRef::Expr(e)))
        .map(|e| names(NodeRef::Expr(e)))
        .collect();
    assert_eq!(scopes, [vec!["Q", "t", "a", "b"], vec![]]);
    assert_eq!(names(NodeRef::Decl(source.tree.top[0])), ["P"]);
}

#[test]
fn some_names_are_declared_and_used_at_once() {
    let source = check("package p; type T[P any] struct{ int }; func (t T[Q]) m() {}", "");
    let info = &source.checked.info.files[0];
    let mut both: Vec<(&str, bool)> = Vec::new();
    for (id, ident) in source.tree.idents().iter_enumerated() {
        if let Some(&used) = info.also_uses.get(&id) {
            let IdentObject::Def(declared) = info.idents[id] else {
                panic!("{} declares nothing", ident.name)
            };
            both.push((ident.name.as_str(), declared == used));
        }
    }
    assert_eq!(both, [("int", false), ("Q", true)]);
}
