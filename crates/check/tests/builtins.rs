//! Calls of builtins.

mod common;

use common::{check, check_body, check_source};
use escargo_check::Mode;
use escargo_types::print::type_string;

#[test]
fn constant_lengths() {
    let errors = check_body(
        "var a [3]int; var c chan int; var s []int\n_, _, _ = a, c, s\nassert(len(\"abc\") == 3 && len(a) == 3 && cap(&a) == 3)\n\
         const _ = len([2]int{1, <-c})\nconst _ = len([2]int{1, len(s)})\nconst _ = cap(s)\n\
         const _ = len([2]int{0: len(\"x\")})",
    );
    assert_eq!(
        errors,
        [
            "5:11: len([2]int{…}) (value of type int) is not constant",
            "6:11: len([2]int{…}) (value of type int) is not constant",
            "7:11: cap(s) (value of type int) is not constant",
        ]
    );
}

#[test]
fn sizes_are_constants_unless_types_vary() {
    let src = "package p\nimport \"unsafe\"\ntype E struct { x int32; y int64 }\ntype S struct { b bool; E; p *E }\n\
        const (\n_ = uint(unsafe.Sizeof(S{}) - 32)\n_ = uint(32 - unsafe.Sizeof(S{}))\n\
        _ = uint(unsafe.Offsetof(S{}.y) - 16)\n_ = uint(16 - unsafe.Offsetof(S{}.y))\n)\n\
        func _[T any](t T, s struct { a int; t []T }) {\nconst _ = unsafe.Sizeof(t)\nconst _ = unsafe.Alignof(s)\n\
        const _ = unsafe.Sizeof([]T{})\n}";
    assert_eq!(check_source(src, ""), ["12:11: unsafe.Sizeof(t) (value of type uintptr) is not constant"]);
}

#[test]
fn append_takes_strings_for_bytes() {
    let errors = check_body(
        "var b []byte; var s []int\n_ = append(b, \"a\"...)\n_ = append(s, \"a\"...)\n_ = append(nil, 1)\n_ = append(s, 1, 2.5)\n\
         _ = append(s, s)",
    );
    assert_eq!(
        errors,
        [
            "4:15: cannot use \"a\" (untyped string constant) as []int value in argument to append",
            "5:12: invalid append: argument must be a slice; have untyped nil",
            "6:18: cannot use 2.5 (untyped float constant) as int value in argument to append (truncated)",
            "7:15: cannot use s (variable of type []int) as int value in argument to append",
        ]
    );
}

#[test]
fn new_of_expressions_is_gated() {
    let src = "package p\nvar _ *int = new(3)\nvar _ = new(nil)\nvar _ = new(len)";
    let others = ["3:13: use of untyped nil in argument to new", "4:13: len (built-in) must be called"];
    assert_eq!(check_source(src, "go1.26"), others);
    assert_eq!(check_source(src, "go1.25")[0], "2:14: new(3) requires go1.26 or later");
    assert_eq!(check_source(src, "go1.25")[1..], others);
}

#[test]
fn minima_and_maxima() {
    let errors = check_body(
        "assert(max(1, 2.5, 'a') == 97 && min(\"b\", \"a\") == \"a\")\nvar f float32\nvar _ float32 = max(f, 1, 2.5)\n\
         _ = min(f, \"a\")\n_ = max([]int{})\nvar _ int8 = min(300, 1)\nvar _ int8 = max(300, 1)",
    );
    assert_eq!(
        errors,
        [
            "5:12: invalid argument: mismatched types float32 (previous argument) and untyped string (type of \"a\")",
            "6:9: invalid argument: []int{} (value of type []int) cannot be ordered",
            "8:14: cannot use max(300, 1) (untyped int constant 300) as int8 value in variable declaration (overflows)",
        ]
    );
}

#[test]
fn complex_numbers() {
    let errors = check_body(
        "var c complex64 = complex(1, 2)\nvar _ float32 = real(c)\nassert(imag(2i) == 2 && real(3) == 3)\nvar f float32\n\
         _ = complex(f, float64(1))\n_ = complex(\"a\", \"b\")\n_ = real(f)",
    );
    assert_eq!(
        errors,
        [
            "6:13: invalid operation: complex(f, float64(1)) (mismatched types float32 and float64)",
            "7:13: invalid argument: arguments have type untyped string, expected floating-point",
            "8:10: invalid argument: argument has type float32, expected complex type",
        ]
    );
}

#[test]
fn signatures_of_calls_are_recorded() {
    let src = "package p; func _(b []byte, m map[string]int) { _ = append(b, 1); (delete)(m, \"a\"); print(1.5); _ = len(\"a\") }";
    let source = check(src, "");
    assert!(source.checked.errors.is_empty());
    let types = &source.checked.info.files[0].types;
    let builtins = types.iter().filter(|t| matches!(t.mode, Mode::Builtin(_)));
    let mut texts: Vec<String> =
        builtins.map(|t| type_string(&source.store, t.ty, &|_| String::new())).collect();
    texts.sort();
    assert_eq!(
        texts,
        [
            "func([]byte, ...byte) []byte",
            "func(float64)",
            "func(map[string]int, string)",
            "func(map[string]int, string)",
            "invalid type",
        ]
    );
}
