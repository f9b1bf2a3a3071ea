//! Range clauses.

mod common;

use common::{check_body, check_source};

#[test]
fn what_can_be_ranged_over() {
    let errors = check_body(
        "for i := range \"a\" { var _ int = i }\nfor _, r := range \"a\" { var _ rune = r }\n\
         for i, e := range &[1]string{} { var _ int = i; var _ string = e }\n\
         for k, v := range map[string]bool{} { var _ string = k; var _ bool = v }\n\
         for i := range int8(3) { var _ int8 = i }\nfor x := range (func(func(bool) bool))(nil) { var _ bool = x }",
    );
    assert_eq!(errors, [""; 0]);
    let errors = check_body(
        "for range 1.5 {}\nfor range &[]int{} {}\nfor range nil {}\nfor range make(chan<- int) {}\n\
         for range func(func() int) {} {}",
    );
    assert_eq!(
        errors,
        [
            "2:11: cannot range over 1.5 (untyped float constant)",
            "3:11: cannot range over &[]int{} (value of type *[]int)",
            "4:11: cannot range over nil",
            "5:11: cannot range over make(chan<- int) (value of type chan<- int): receive from send-only channel chan<- int",
            "6:11: cannot range over func(func() int) {} (value of type func(func() int)): \
             func must be func(yield func(...) bool): yield func does not return bool",
        ]
    );
}

#[test]
fn versions_gate_integers_and_functions() {
    let src = "package p\nfunc _(f func(func() bool)) { for range 3 {}\nfor range f {} }";
    let over_int = "2:41: cannot range over 3 (untyped int constant): requires go1.22 or later";
    let over_func =
        "3:11: cannot range over f (variable of type func(func() bool)): requires go1.23 or later";
    assert_eq!(check_source(src, "go1.21"), [over_int, over_func]);
    assert_eq!(check_source(src, "go1.22"), [over_func]);
    assert_eq!(check_source(src, "go1.23"), [""; 0]);
}

#[test]
fn iteration_variables() {
    let errors = check_body(
        "for i, j := range 3 { _, _ = i, j }\nfor a, b, c := range \"\" { _, _ = a, b }\nfor _ := range 3 {}\n\
         var s string\nfor s = range 3 {}\nvar f float64\nfor f = range 3 {}\nfor range 1 << 70 {}\n_ = s",
    );
    assert_eq!(
        errors,
        [
            "2:8: range over 3 (untyped int constant) permits only one iteration variable",
            "3:11: range clause permits at most two iteration variables",
            "4:1: no new variables on left side of :=",
            "6:15: cannot use 3 (untyped int constant) as string value in range clause",
            "8:5: cannot use iteration variable of type float64",
            "9:11: cannot use 1 << 70 (untyped int constant 1180591620717411303424) as int value in range clause (overflows)",
            "7:5: declared and not used: f",
        ]
    );
}
