//! Instances of generic functions and types: their names, types, dictionaries and bodies. Expected texts and sizes are
//! the compiler's own (`go build -gcflags='-m=2 -S'`, Go 1.27.3).

mod common;

use escargo_ir::print;
use escargo_types::Type;

/// What lowering a package made.
struct Lowered {
    /// `name type { body }` of each function, in the order of the list of functions.
    funcs: Vec<String>,
    /// Names of dictionaries with their numbers of words.
    dicts: Vec<(String, u64)>,
}

fn lower(src: &str) -> Lowered {
    common::lowered(src, |cx, unit| {
        let text = |&func: &_| {
            let body = print::body_text(cx, unit, &unit.funcs[func].body);
            let ty = print::func_type_text(cx, unit, func);
            format!("{} {ty} {{ {body} }}", print::func_name(unit, func))
        };
        let words = |ty| match *cx.store.ty(ty) {
            Type::Array { len, .. } => len,
            _ => None,
        };
        let dicts = unit.names.iter().filter_map(|name| {
            let dict = name.sym.as_str().strip_prefix(".dict.")?;
            Some((dict.to_owned(), words(name.ty)?))
        });
        Lowered { funcs: unit.func_list.iter().map(text).collect(), dicts: dicts.collect() }
    })
}

/// Compares all functions of a package except for `use` with what is expected.
fn check(src: &str, expected: &[&str]) {
    let mut found = lower(src).funcs;
    found.retain(|func| !func.starts_with("use"));
    let (found, expected) = (found.join("\n"), expected.join("\n"));
    assert!(found == expected, "found:\n{found}\nexpected:\n{expected}");
}

/// Compares sizes of dictionaries.
fn check_dicts(src: &str, expected: &[(&str, u64)]) {
    let mut found = lower(src).dicts;
    found.sort();
    let found: Vec<(&str, u64)> = found.iter().map(|(name, words)| (&name[..], *words)).collect();
    assert_eq!(found, expected);
}

#[test]
fn plain_instances_call_shaped_ones() {
    check(
        "func Add[T int | float64](a, b T) T { return a + b }\n\
         func Two[T any](a T) (T, error) { return a, nil }\n\
         func Many[T any](xs ...T) { }\n\
         func use() { Add(1, 2); Two(1); Many(1, 2) }",
        &[
            "Many[go.shape.int] func(*[1]uintptr, ...go.shape.int) {  }",
            "Many[int] func(...int) { Many[go.shape.int](&.dict.Many[int], xs...) }",
            "Two[go.shape.int] func(*[1]uintptr, go.shape.int) (go.shape.int, error) { return a, nil }",
            "Two[int] func(int) (int, error) { return .autotmp_3, .autotmp_4 }",
            "Add[go.shape.int] func(*[1]uintptr, go.shape.int, go.shape.int) go.shape.int { return a + b }",
            "Add[int] func(int, int) int { return Add[go.shape.int](&.dict.Add[int], a, b) }",
        ],
    );
}

#[test]
fn methods_of_instances_come_in_both_versions() {
    check(
        "type L[T any] struct { next *L[T]; v T }\n\
         func (l L[T]) A() T { return l.v }\n\
         func (l *L[T]) B() T { return l.A() }\n\
         func use() { var l L[string]; l.B() }",
        &[
            "(*L[go.shape.string]).B method(*L[go.shape.string]) func(*[5]uintptr) go.shape.string \
             { return L[go.shape.string].A(l, (*[5]uintptr)(.dict[0])) }",
            "L[go.shape.string].A method(L[go.shape.string]) func(*[5]uintptr) go.shape.string { return l.v }",
            "(*L[string]).B method(*L[string]) func() string \
             { return (*L[go.shape.string]).B(l, &.dict.L[string]) }",
            "L[string].A method(L[string]) func() string { return L[go.shape.string].A(l, &.dict.L[string]) }",
        ],
    );
}

#[test]
fn methods_with_type_parameters_have_dictionaries_of_their_own() {
    check(
        "type G[T any] struct{ x T }\n\
         func (g G[T]) Conv[U any](f func(T) U) U { return f(g.x) }\n\
         func use() { G[int]{}.Conv(func(int) string { return \"\" }) }",
        &["G[go.shape.int].Conv[go.shape.string] method(G[go.shape.int]) \
             func(*[3]uintptr, func(go.shape.int) go.shape.string) go.shape.string { return f(g.x) }"],
    );
}

#[test]
fn shapes_keep_what_constraints_can_tell_apart() {
    check(
        "type N *int\n type S interface{ M() }\n type A struct{ a int }\n func (*A) M() {}\n\
         func F[T any](x T) {}\n func G[T S](x T) {}\n func H[T comparable](x T) {}\n\
         func use() { var n N; F(n); F(&A{}); G(&A{}); H(&A{}); F([]byte(nil)); F(A{}) }",
        &[
            "(*A).M method(*A) func() {  }",
            "F[go.shape.struct { p.a int }] func(*[1]uintptr, go.shape.struct { p.a int }) {  }",
            "F[p.A] func(A) { F[go.shape.struct { p.a int }](&.dict.F[p.A], x) }",
            "F[go.shape.[]uint8] func(*[1]uintptr, go.shape.[]uint8) {  }",
            "F[[]uint8] func([]byte) { F[go.shape.[]uint8](&.dict.F[[]uint8], x) }",
            "H[go.shape.*p.A] func(*[1]uintptr, go.shape.*p.A) {  }",
            "H[*p.A] func(*A) { H[go.shape.*p.A](&.dict.H[*p.A], x) }",
            "G[go.shape.*uint8] func(*[1]uintptr, go.shape.*uint8) {  }",
            "G[*p.A] func(*A) { G[go.shape.*uint8](&.dict.G[*p.A], x) }",
            "F[*p.A] func(*A) { F[go.shape.*uint8](&.dict.F[*p.A], x) }",
            "F[go.shape.*uint8] func(*[1]uintptr, go.shape.*uint8) {  }",
            "F[p.N] func(N) { F[go.shape.*uint8](&.dict.F[p.N], x) }",
        ],
    );
}

#[test]
fn local_types_have_the_arguments_of_their_function() {
    let found = lower(
        "func F[T any](x T) any { type loc struct{ t T }; type gen[U any] struct{ t T; u U }\n\
         var g gen[string]; _ = g; return loc{x} }\n\
         func use() { F(1) }",
    );
    let shaped = "F[go.shape.int] func(*[4]uintptr, go.shape.int) any { g = <nil>; _ = g; return loc[go.shape.int]{...} }";
    assert!(found.funcs.iter().any(|func| func == shaped), "{:#?}", found.funcs);
}

#[test]
fn words_count_types_as_they_are_written() {
    check_dicts(
        "func F1[T any](a, b []T) {}\n func F2[T any](a []T, b []T) {}\n func F6[T any](a T) any { return a }\n\
         type L[T any] struct { items []T; next *L[T] }\n\
         func (l L[T]) A() T { return l.items[0] }\n func (l L[T]) B() T { return l.items[0] }\n\
         func (l *L[T]) C() *L[T] { return l.next }\n\
         func use() { F1[int](nil, nil); F2[int](nil, nil); F6(1); var l L[int]; l.C() }",
        &[("F1[int]", 1), ("F2[int]", 2), ("F6[int]", 2), ("L[int]", 6)],
    );
    check_dicts(
        "type Foo struct{}\n func G[T, U any](u U) {}\n\
         func B[T any]() { G[T, []int](nil); G[T, []int](nil); G[T, []string](nil) }\n\
         func C[T any](x *Foo, y *Foo, t T) { G[T](x); G[T](y); G[T](&Foo{}); G[T](x) }\n\
         func use() { B[int](); C[int](nil, nil, 1) }",
        &[("B[int]", 3), ("C[int]", 4), ("G[int,*p.Foo]", 1), ("G[int,[]int]", 1), ("G[int,[]string]", 1)],
    );
}

#[test]
fn what_is_not_written_has_no_words() {
    check_dicts(
        "func Dead[T any](x T) any { if true { return 1 }; return x }\n\
         func Dead2[T any](x T) any { const dbg = false; if dbg && any(x) != nil { return x }; return nil }\n\
         func Live[T any](x T) any { if x := any(x); x == nil { return nil }; return x }\n\
         func use() { Dead(1); Dead2(1); Live(1) }",
        &[("Dead2[int]", 1), ("Dead[int]", 1), ("Live[int]", 2)],
    );
}

#[test]
fn deferred_builtins_save_what_only_the_dictionary_knows() {
    // The third temporary of the first statement is not printed; the second one's numbers show it.
    let second = |src: &str| {
        let found = lower(src).funcs;
        let wrapper = found.iter().find(|f| f.contains("deferwrap2 ")).map(String::as_str);
        wrapper.and_then(|f| f.split_once("{ ")).map(|(_, body)| body.to_owned())
    };
    let shaped = "func drop[K comparable](m map[K]int, k K) { defer delete(m, k); defer delete(m, k) }\n\
                  func use() { drop(map[int]int{}, 1) }";
    assert_eq!(second(shaped).as_deref(), Some("delete(.autotmp_6, .autotmp_7) }"));
    let plain = "func drop(m map[int]int, k int) { defer delete(m, k); defer delete(m, k) }";
    assert_eq!(second(plain).as_deref(), Some("delete(.autotmp_4, .autotmp_5) }"));
}
