//! Bodies of functions as they are lowered, printed as the compiler prints them. Expected texts are the compiler's own
//! (`go build -gcflags=-m=2`, Go 1.27.3: the bodies in `can inline` lines).

mod common;

use escargo_ir::print;

/// Lowers a package of one file: `name: body` of each function, in the order of the list of functions.
fn bodies(src: &str) -> Vec<String> {
    common::lowered(src, |cx, unit| {
        let text = |&func: &_| {
            let body = print::body_text(cx, unit, &unit.funcs[func].body);
            format!("{}: {body}", print::func_name(unit, func))
        };
        unit.func_list.iter().map(text).collect()
    })
}

/// Compares the bodies of a package with what is expected, function by function.
fn check(src: &str, expected: &[&str]) {
    let found = bodies(src);
    let (found, expected) = (found.join("\n"), expected.join("\n"));
    assert!(found == expected, "found:\n{found}\nexpected:\n{expected}");
}

#[test]
fn loops_over_functions_become_calls() {
    check(
        "func A(f func(func(int) bool)) int { for x := range f { if x > 3 { return x } }; return 0 }",
        &[
            "A: #next = <nil>; #state1 := 1; #yield1 := func literal; f(#yield1); \
             if #state1 == 2 { runtime.panicrangestate(4) }; #state1 = 3; if #next == -1 { return  }; return 0",
            "A-range1: #tmpState := #state1; #state1 = 2; \
             if #tmpState != 1 { runtime.panicrangestate(#tmpState) }; \
             if x > 3 { #rv1 = x; #next = -1; #state1 = 0; return false }; #state1 = 1; return true",
        ],
    );
    check(
        "func B(f func(func(int, string) bool)) (s string) {\n\
         var i int; for i, s = range f { if i > 3 { continue }; println(\"x\") }; return }",
        &[
            "B: i = <nil>; #state1 := 1; #yield1 := func literal; f(#yield1); \
             if #state1 == 2 { runtime.panicrangestate(4) }; #state1 = 3; return ",
            "B-range1: i = #p1; s = #p2; #tmpState := #state1; #state1 = 2; \
             if #tmpState != 1 { runtime.panicrangestate(#tmpState) }; \
             if i > 3 { #state1 = 1; return true }; println(\"x\"); #state1 = 1; return true",
        ],
    );
    check(
        "func E(f func(func(int) bool)) (_ int, _ error) { for x := range f { return x, nil }; return }",
        &[
            "E: #next = <nil>; #state1 := 1; #yield1 := func literal; f(#yield1); \
             if #state1 == 2 { runtime.panicrangestate(4) }; #state1 = 3; if #next == -1 { return  }; return ",
            "E-range1: #tmpState := #state1; #state1 = 2; \
             if #tmpState != 1 { runtime.panicrangestate(#tmpState) }; \
             #rv1, #rv2 = x, nil; #next = -1; #state1 = 0; return false",
        ],
    );
}

#[test]
fn jumps_out_of_nested_loops_go_through_next() {
    check(
        "func C(f func(func() bool), g func(int) func(func(int) bool)) {\n\
         outer: for range f { for x := range g(10) { switch x {\n\
         case 1: continue outer\n case 2: break outer\n case 3: return\n case 4: continue\n case 5: break }\n\
         println(x) } } }",
        &[
            "C: outer: ; #next = <nil>; #state1 := 1; #yield2 := func literal; f(#yield2); \
             if #state1 == 2 { runtime.panicrangestate(4) }; #state1 = 3; if #next == -1 { return  }",
            "C-range1: #tmpState := #state1; #state1 = 2; \
             if #tmpState != 1 { runtime.panicrangestate(#tmpState) }; #state2 := 1; #yield1 := func literal; \
             .autotmp_4(#yield1); if #state2 == 2 { runtime.panicrangestate(4) }; #state2 = 3; \
             if #next < 0 { #state1 = 0; return false }; if #next > 2 { runtime.panicrangestate(0) }; \
             if #next == 1 { #next = 0; #state1 = 1; return true }; \
             if #next == 2 { #next = 0; #state1 = 0; return false }; \
             if #next > 0 { #state1 = 0; return false }; #state1 = 1; return true",
            "C-range1-range1: #tmpState := #state2; #state2 = 2; \
             if #tmpState != 1 { runtime.panicrangestate(#tmpState) }; switch statement; println(x); \
             #state2 = 1; return true",
        ],
    );
    check(
        "func G(xs [][]int, g func(int) func(func(int) bool)) {\n\
         lab: for _, a := range xs { for x := range g(len(a)) {\n\
         if x == 3 { continue lab }; if x == 4 { break lab }; if x == 5 { goto end } } }\n\
         end: println(\"end\") }",
        &[
            "G: lab: ; for loop; end: ; println(\"end\")",
            "G-range1: #tmpState := #state1; #state1 = 2; \
             if #tmpState != 1 { runtime.panicrangestate(#tmpState) }; \
             if x == 3 { #next = -3; #state1 = 0; return false }; \
             if x == 4 { #next = -4; #state1 = 0; return false }; \
             if x == 5 { #next = -5; #state1 = 0; return false }; #state1 = 1; return true",
        ],
    );
}

#[test]
fn statements_read_as_the_compiler_prints_them() {
    check(
        r#"
func two(x int) (int, error) { return x, nil }

func multi(m map[string]int, c chan int, e any) (int, bool) {
	a, err := two(3)
	var b, ok = m["x"]
	_, ok = <-c
	var i any
	i, ok = e.(int)
	_, _, _, _ = a, err, b, i
	return b, ok
}

func dead(x int) int {
	if x > 0 {
		return 1
	} else {
		panic("no")
	}
	println("dead")
	return 2
}

func labels(x int) int {
	goto L
	println("kept")
L:
	x++
	return x
	println("dead")
	return 1
}

const debug = false
const on = true

func known(a, b, c bool) {
	if debug && a {
		println("never")
	}
	if on && a && b {
		println("ab")
	}
	if a || on {
		println("always")
	} else {
		println("never")
	}
	for debug {
		println("never")
	}
	for x := 1; debug; x++ {
	}
	if x := 2; on {
		println(x)
	}
}

func sw(x int) int {
	switch 3 {
	case 1:
		return 1
	case 3:
		return x
	}
	switch {
	case false:
		return 9
	default:
		println("d")
	}
	switch x {
	}
	return 2
}

func decls() (int, string) {
	var a, b int
	var c, d = 1, "x"
	const k = 3
	type T int
	var t T = 4
	{
		a := k
		b = a
	}
	a, e := 7, 8
	a += e
	b <<= 2
	d += "y"
	a++
	return a + b + c + int(t), d
}

func conv(x int) (any, error) {
	var a any = x
	var b, c interface{} = x, "s"
	_ = b
	return c, nil
	_ = a
	return x, nil
}

func empty() {}

func ret2(x int) (any, error) { return two(x) }

func blank() {
	_ = 1
	var _ = two2()
	var _ int
	_, y := two(1)
	_ = y
}
func two2() int { return 2 }

func loops(xs []int, m map[string]int) (n int) {
outer:
	for i, x := range xs {
		for i < x {
			break outer
		}
	}
	for range 10 {
		n++
	}
	for k := range m {
		n += len(k)
	}
	for ;; {
		break
	}
	return
}
"#,
        &[
            "two: return x, nil",
            "multi: a, err := int(.autotmp_7), .autotmp_8; b, ok := int(.autotmp_11), .autotmp_12; _, ok = int(.autotmp_13), .autotmp_14; i = <nil>; i, ok = .autotmp_16, .autotmp_17; _, _, _, _ = a, err, b, i; return b, ok",
            "dead: if x > 0 { return 1 } else { panic(\"no\") }",
            "labels: goto L; println(\"kept\"); L: ; x++; return x",
            "known: if a && b { println(\"ab\") }; _ = a || true; println(\"always\"); x := 1; x := 2; println(x)",
            "sw: switch statement; switch statement; switch statement; return 2",
            "decls: a = <nil>; b = <nil>; c, d := 1, \"x\"; t := T(4); a := 3; b = a; a, e := 7, 8; a += e; b <<= uint(2); d += \"y\"; a++; return a + b + c + int(t), d",
            "conv: a := x; b, c := x, \"s\"; _ = b; return c, nil",
            "empty: ",
            "ret2: return .autotmp_3, .autotmp_4",
            "blank: _ = 1; _ = two2(); _, y := int(.autotmp_1), .autotmp_2; _ = y",
            "two2: return 2",
            "loops: outer: ; for loop; for loop; for loop; for loop; return ",
        ],
    );
}
