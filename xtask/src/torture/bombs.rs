//! Small programs that ask for too much: nesting, repetition, cycles, numbers without bound.

use std::fmt::Write as _;

/// A text made on demand.
pub struct Bomb {
    /// Its name.
    pub name: &'static str,
    /// Makes it. The number scales those that are about size.
    pub make: fn(usize) -> Vec<u8>,
    /// Whether the compiler accepts it, where that is known and worth checking.
    pub legal: Option<bool>,
}

impl std::fmt::Debug for Bomb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn file(body: impl AsRef<str>) -> Vec<u8> {
    format!("package p\n\n{}\n", body.as_ref()).into_bytes()
}

fn around(before: &str, open: &str, n: usize, middle: &str, close: &str) -> Vec<u8> {
    file(format!("{before}{}{middle}{}", open.repeat(n), close.repeat(n)))
}

fn in_func(before: &str, open: &str, n: usize, middle: &str, close: &str) -> Vec<u8> {
    file(format!("func f() {{\n{before}{}{middle}{}\n}}", open.repeat(n), close.repeat(n)))
}

/// `n` declarations, one per line.
fn lines(n: usize, mut line: impl FnMut(usize) -> String) -> Vec<u8> {
    let mut body = String::new();
    for i in 0..n {
        body.push_str(&line(i));
        body.push('\n');
    }
    file(body)
}

/// Names of the levels of a chain: `T0`, `T1`, …
fn levels(n: usize, first: &str, mut next: impl FnMut(usize) -> String) -> Vec<u8> {
    lines(n, |i| if i == 0 { first.to_owned() } else { next(i) })
}

macro_rules! bombs {
    ($list:ident: $($name:literal $legal:expr, |$n:ident| $make:expr;)*) => {
        const $list: &[Bomb] = &[$(Bomb { name: $name, legal: $legal, make: |$n| $make },)*];
    };
}

const OK: Option<bool> = Some(true);
const BAD: Option<bool> = Some(false);

bombs! { NESTING:
    "parens" None, |n| around("var x = ", "(", n, "1", ")");
    "parens-open" BAD, |n| around("var x = ", "(", n, "", "");
    "brackets-open" BAD, |n| around("var x = a", "[", n, "", "");
    "index-of-index" None, |n| around("var a []int\nvar x = ", "a[", n, "0", "]");
    "braces" None, |n| around("var x = []any", "{", n, "", "}");
    "braces-open" BAD, |n| around("var x = T", "{", n, "", "");
    "blocks" None, |n| in_func("", "{", n, "", "}");
    "blocks-open" BAD, |n| around("func f() ", "{", n, "", "");
    "minus" None, |n| around("var x = ", "- ", n, "1", "");
    "not" None, |n| around("var x = ", "!", n, "true", "");
    "address" None, |n| around("var x = ", "& ", n, "y", "");
    "stars" None, |n| around("var y int; var x = ", "*", n, "y", "");
    "receive" None, |n| around("var c chan int; var x = ", "<-", n, "c", "");
    "pointer-types" None, |n| around("var x ", "*", n, "int", "");
    "slice-types" None, |n| around("var x ", "[]", n, "int", "");
    "array-types" None, |n| around("var x ", "[1]", n, "int", "");
    "map-types" None, |n| around("var x ", "map[int]", n, "int", "");
    "map-keys" None, |n| around("var x ", "map[", n, "int", "]int");
    "chan-types" None, |n| around("var x ", "chan ", n, "int", "");
    "chan-arrows" None, |n| around("var x ", "<-", n, "chan int", "");
    "chan-parens" None, |n| around("var x ", "chan (<-", n, "int", ")");
    "struct-types" None, |n| around("var x ", "struct{ f ", n, "int", "}");
    "interface-types" None, |n| around("var x ", "interface{ m() ", n, "int", "}");
    "interface-embeds" None, |n| around("var x ", "interface{ ", n, "any", "}");
    "func-params" None, |n| around("var x ", "func(", n, "", ")");
    "func-results" None, |n| around("var x ", "func() ", n, "int", "");
    "func-lits" None, |n| around("var x = ", "func() { _ = ", n, "1", "}");
    "calls" None, |n| around("func f(int) int\nvar x = ", "f(", n, "1", ")");
    "conversions" OK, |n| around("var x = ", "int(", n.min(1000), "1", ")");
    "type-args" None, |n| around("type G[P any] struct{}\nvar x ", "G[", n, "int", "]");
    "if-else" None, |n| in_func("", "if true {} else ", n, "{}", "");
    "if-in-if" None, |n| in_func("", "if true {", n, "", "}");
    "for-in-for" None, |n| in_func("", "for {", n, "", "}");
    "switch-in-switch" None, |n| in_func("", "switch { default: ", n, "", "}");
    "select-in-select" None, |n| in_func("", "select { default: ", n, "", "}");
    "labels" None, |n| in_func("", "l:", n, "", "");
    "defer-func" None, |n| in_func("", "defer func() {", n, "", "}()");
    "generic-params" None, |n| around("func f[P interface{", "m[Q interface{", n, "", "}]()");
    "binary-left" None, |n| around("var x = 1", "+1", n, "", "");
    "binary-right" None, |n| around("var x = 1", "+(1", n, "", ")");
    "binary-ladder" None, |n| around("var x = a ", "|| b && c == d + e * ", n, "f", "");
    "comparison-chain" None, |n| around("var x = 1", " == 1", n, "", "");
    "strings-chain" None, |n| around("const x = \"\"", "+\"a\"", n, "", "");
    "strings-chain-var" None, |n| around("var s string\nvar x = s", "+\"a\"", n, "", "");
    "logical-chain" None, |n| around("var b bool\nvar x = b", "&&b", n, "", "");
    "shift-chain" None, |n| around("var s uint\nvar x = 1", "<<s", n, "", "");
    "selectors" None, |n| around("type T struct{ *T; t *T }\nvar a T\nvar x = a", ".t", n, "", "");
    "call-chain" None, |n| around("type T struct{}; func (T) m() T\nvar a T\nvar x = a", ".m()", n, "", "");
    "index-chain" None, |n| around("type T []T\nvar a T\nvar x = a", "[0]", n, "", "");
    "slice-chain" None, |n| around("var a []int\nvar x = a", "[:]", n, "", "");
    "assert-chain" None, |n| around("var a any\nvar x = a", ".(any)", n, "", "");
    "union-chain" None, |n| around("type I interface{ int", "|int", n, "}", "");
    "composite-pointers" None, |n| around("type T struct{ n *T }\nvar x = T", "{&T", n, "{}", "}");
    "tilde" BAD, |n| around("type I interface{ ", "~", n, "int }", "");
    "dots" BAD, |n| around("var x = ", ".", n, "", "");
    "quotes" BAD, |n| around("var x = ", "'", n, "", "");
    "keywords" BAD, |n| around("", "func ", n, "", "");
    "type-keywords" BAD, |n| around("", "type ", n, "", "");
    "imports" BAD, |n| around("", "import ", n, "", "");
    "comment-open" BAD, |n| around("/*", "/*", n, "", "");
    "else" BAD, |n| in_func("", "else ", n, "", "");
}

bombs! { SIZE:
    "consts-iota" OK, |n| file(format!("const (\nc0 = iota\n{}\n)", (1..n / 10).fold(String::new(), |mut s, i| { let _ = writeln!(s, "c{i}"); s })));
    "vars" OK, |n| lines(n / 10, |i| format!("var v{i} = {i}"));
    "var-dependencies" OK, |n| lines(n / 10, |i| format!("var v{i} = v{}", (i + 1) % (n / 10 + 1))).into_iter().chain(format!("var v{} = 1\n", n / 10).into_bytes()).collect();
    "var-cycle" BAD, |n| lines(n / 10, |i| format!("var v{i} = v{}", (i + 1) % (n / 10)));
    "func-dependencies" OK, |n| lines(n / 10, |i| format!("var v{i} = f{i}()\nfunc f{i}() int {{ return f{}() }}", i / 2));
    "dense-init" OK, |n| { let k = (n as f64).sqrt() as usize / 2; lines(k, |i| format!("func f{i}() int {{ return {} }}\nvar v{i} = f{i}()", (0..k).fold("0".to_owned(), |mut s, j| { let _ = write!(s, "+f{j}()"); s }))) };
    "const-dependencies" OK, |n| levels(n / 100, "const c0 = 1", |i| format!("const c{i} = c{} + 1", i - 1));
    "const-dependencies-back" OK, |n| { let k = n / 100; lines(k, |i| if i + 1 == k { format!("const c{i} = 1") } else { format!("const c{i} = c{} + 1", i + 1) }) };
    "const-cycle" BAD, |n| { let k = n / 100; lines(k, |i| format!("const c{i} = c{}", (i + 1) % k)) };
    "alias-chain" OK, |n| { let k = n / 100; lines(k, |i| if i + 1 == k { format!("type T{i} = int") } else { format!("type T{i} = T{}", i + 1) }) };
    "alias-cycle" BAD, |n| { let k = n / 100; lines(k, |i| format!("type T{i} = T{}", (i + 1) % k)) };
    "type-chain" OK, |n| { let k = n / 100; lines(k, |i| if i + 1 == k { format!("type T{i} int") } else { format!("type T{i} T{}", i + 1) }) };
    "type-cycle" BAD, |n| { let k = n / 100; lines(k, |i| format!("type T{i} T{}", (i + 1) % k)) };
    "struct-chain" OK, |n| { let k = n / 100; lines(k, |i| if i + 1 == k { format!("type T{i} int") } else { format!("type T{i} struct {{ f T{} }}", i + 1) }) };
    "struct-cycle" BAD, |n| { let k = n / 100; lines(k, |i| format!("type T{i} struct {{ f T{} }}", (i + 1) % k)) };
    "pointer-cycle" OK, |n| { let k = n / 100; lines(k, |i| format!("type T{i} struct {{ f *T{}; g []T{} }}", (i + 1) % k, (i + 7) % k)) };
    "embedding-chain" None, |n| { let k = n / 1000; lines(k, |i| if i + 1 == k { format!("type T{i} struct{{ x int }}\nvar _ = T0{{}}.x") } else { format!("type T{i} struct {{ T{} }}", i + 1) }) };
    "interface-chain" None, |n| { let k = n / 1000; lines(k, |i| if i + 1 == k { format!("type I{i} interface{{ m() }}\nvar x I0; var _ = x.m") } else { format!("type I{i} interface {{ I{}; m{i}() }}", i + 1) }) };
    "interface-cycle" BAD, |n| { let k = n / 100; lines(k, |i| format!("type I{i} interface {{ I{} }}", (i + 1) % k)) };
    "nested-generics" OK, |n| { let k = n / 1000; lines(k, |i| if i + 1 == k { format!("type G{i}[P any] struct{{ p P }}\nvar _ G0[int]") } else { format!("type G{i}[P any] struct {{ f G{}[P] }}", i + 1) }) };
    "switch-cases" OK, |n| file(format!("func f(x int) {{ switch x {{\n{}}} }}", (0..n / 10).fold(String::new(), |mut s, i| { let _ = writeln!(s, "case {i}:"); s })));
    "duplicate-cases" BAD, |n| file(format!("func f(x int) {{ switch x {{\n{}}} }}", "case 7:\n".repeat(n / 10)));
    "duplicate-strings" BAD, |n| file(format!("func f(x string) {{ switch x {{\ncase {}: }} }}", vec!["\"a\""; n / 10].join(",")));
    "duplicate-types" BAD, |n| file(format!("func f(x any) {{ switch x.(type) {{\n{}}} }}", "case []int:\n".repeat(n / 100)));
    "type-cases" OK, |n| file(format!("func f(x any) {{ switch x.(type) {{\n{}}} }}", (0..n / 100).fold(String::new(), |mut s, i| { let _ = writeln!(s, "case [{i}]int:"); s })));
    "map-literal" OK, |n| file(format!("var m = map[int]string{{{}}}", (0..n / 5).fold(String::new(), |mut s, i| { let _ = writeln!(s, "{i}: \"\","); s })));
    "map-literal-duplicates" BAD, |n| file(format!("var m = map[int]int{{{}}}", "1: 1,\n".repeat(n / 10)));
    "map-interface-keys" OK, |n| file(format!("var m = map[any]int{{{}}}", (0..n / 100).fold(String::new(), |mut s, i| { let _ = writeln!(s, "{i}: 1, \"{i}\": 2, [1]int{{{i}}}: 3,"); s })));
    "array-literal" OK, |n| file(format!("var a = [...]int{{{}}}", "1,".repeat(n)));
    "array-indices" BAD, |n| file(format!("var a = [...]int{{{}}}", "0:1,".repeat(n / 10)));
    "struct-fields" OK, |n| file(format!("type T struct {{\n{}}}\nvar x T; var _ = x.f1", (0..n / 10).fold(String::new(), |mut s, i| { let _ = writeln!(s, "f{i} int"); s })));
    "struct-duplicates" BAD, |n| file(format!("type T struct {{\n{}}}", "f int\n".repeat(n / 10)));
    "methods" OK, |n| file(format!("type T struct{{}}\nvar x T; var _ = x.m1\n{}", (0..n / 10).fold(String::new(), |mut s, i| { let _ = writeln!(s, "func (T) m{i}() {{}}"); s })));
    "method-duplicates" BAD, |n| file(format!("type T struct{{}}\n{}", "func (T) m() {}\n".repeat(n / 10)));
    "interface-methods" OK, |n| file(format!("type I interface {{\n{}}}\nvar x I; var y I = x", (0..n / 10).fold(String::new(), |mut s, i| { let _ = writeln!(s, "m{i}()"); s })));
    "params" OK, |n| file(format!("func f({})", (0..n / 10).fold(String::new(), |mut s, i| { let _ = write!(s, "p{i} int, "); s })));
    "type-params" OK, |n| file(format!("func f[{}]() {{}}", (0..n / 100).fold(String::new(), |mut s, i| { let _ = write!(s, "P{i} any, "); s })));
    "type-params-cycle" None, |n| file(format!("func f[{}](x P0) {{}}\nvar _ = f(1)", (0..n / 1000).fold(String::new(), |mut s, i| { let _ = write!(s, "P{i} ~[]P{}, ", (i + 1) % (n / 1000)); s })));
    "inference-core" None, |n| { let k = n / 2000; file(format!("func f[{}Q any](x P0) {{}}\nvar _ = f([]int{{}})", (0..k).fold(String::new(), |mut s, i| { let _ = write!(s, "P{i} ~[]P{}, ", i + 1); s }) + &format!("P{k} any, "))) };
    "arguments" OK, |n| file(format!("func f(...int)\nfunc g() {{ f({}) }}", "1,".repeat(n)));
    "statements" OK, |n| file(format!("func f() {{ x := 0\n{}}}", "x++\n".repeat(n)));
    "scopes" OK, |n| file(format!("func f() {{ x := 0\n{}_ = x}}", "{ x := x; _ = x }\n".repeat(n / 5)));
    "redeclarations" BAD, |n| file(format!("func f() {{\n{}}}", "var x int\n".repeat(n / 10)));
    "unused" BAD, |n| file(format!("func f() {{\n{}}}", (0..n / 10).fold(String::new(), |mut s, i| { let _ = writeln!(s, "x{i} := 1"); s })));
    "undefined" BAD, |n| lines(n / 10, |i| format!("var _ = u{i}"));
    "labels-many" BAD, |n| file(format!("func f() {{\n{}}}", (0..n / 10).fold(String::new(), |mut s, i| { let _ = writeln!(s, "l{i}: goto l{}", i * 7 % (n / 10 + 1)); s })));
    "gotos-over-vars" BAD, |n| file(format!("func f() {{\n{}}}", (0..n / 100).fold(String::new(), |mut s, i| { let _ = writeln!(s, "goto l{i}; v{i} := 1; _ = v{i}; l{i}:"); s })));
    "gotos-forward" OK, |n| file(format!("func f() {{\n{}l: }}", "goto l\n".repeat(n / 10)));
    "gotos-and-vars" BAD, |n| file(format!("func f() {{\n{}l: }}", "goto l; { var x int; _ = x }; var _ = 1\n".repeat(n / 50)));
    "label-same" BAD, |n| file(format!("func f() {{\n{}}}", "l: ;\n".repeat(n / 10)));
    "breaks" BAD, |n| file(format!("func f() {{\n{}}}", "break l\n".repeat(n / 10)));
    "imports-many" None, |n| lines(n / 100, |i| format!("import p{i} \"fmt\""));
    "imports-unknown" BAD, |n| lines(n / 100, |i| format!("import \"q{i}\""));
    "functions" OK, |n| lines(n / 10, |i| format!("func f{i}() {{}}"));
    "inits" OK, |n| lines(n / 10, |_| "func init() {}".to_owned());
    "blank-functions" OK, |n| lines(n / 10, |_| "func _() {}".to_owned());
    "long-name" OK, |n| file(format!("var {} int", "x".repeat(n)));
    "long-string" OK, |n| file(format!("const s = \"{}\"", "\\u00e9".repeat(n)));
    "long-raw-string" OK, |n| file(format!("const s = `{}`", "\r\n".repeat(n)));
    "long-number" None, |n| file(format!("const c = {}", "7".repeat(n)));
    "long-hex" None, |n| file(format!("const c = 0x{}", "f".repeat(n)));
    "long-float" None, |n| file(format!("const c = 0.{}1", "0".repeat(n)));
    "long-float-digits" None, |n| file(format!("const c = 3.{}e-5", "123456789".repeat(n / 9)));
    "long-comment" OK, |n| file(format!("// {}", "x".repeat(n)));
    "comments" OK, |n| file("/**/".repeat(n));
    "newlines" OK, |n| file("\n".repeat(n * 4));
    "line-directives" OK, |n| lines(n / 10, |i| format!("//line f{i}.go:{}", i + 1));
    "line-directives-errors" BAD, |n| lines(n / 10, |i| format!("//line f{i}.go:{i}\nvar x = u{i}"));
    "linknames" None, |n| lines(n / 10, |i| format!("//go:linkname f{i} g{i}"));
    "embeds" None, |n| lines(n / 10, |i| format!("//go:embed f{i}"));
    "semicolons" BAD, |n| file(";".repeat(n));
    "syntax-errors" BAD, |n| file("var )\n".repeat(n / 10));
    "nul-bytes" BAD, |n| file("\0".repeat(n));
    "bad-utf8" BAD, |n| [file(""), vec![0xff; n]].concat();
    "boms" BAD, |n| file("\u{feff}".repeat(n / 3));
    "binary" BAD, |n| { let mut r = super::mutate::Random::for_case("binary", 1, 1); (0..n * 4).map(|_| r.below(256) as u8).collect() };
    "binary-zeros" BAD, |n| vec![0; n * 16];
    "empty" BAD, |_n| Vec::new();
    "only-bom" BAD, |_n| b"\xef\xbb\xbf".to_vec();
    "utf16" BAD, |_n| "\u{feff}package p\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    "hundred-megabytes" OK, |n| { let line = "func _(a, b int, c []string) (x int) { for i := range a { x += i*b + len(c[i]) }; return }\n"; file(line.repeat(n * 100 / line.len())) };
    "hundred-megabytes-of-text" OK, |n| file(format!("const s = `{}`", "text without end\n".repeat(n * 100 / 17)));
    "hundred-megabytes-of-errors" BAD, |n| file(") x := 1 ((\n".repeat(n * 100 / 12));
}

bombs! { TYPES:
    "array-doubling" None, |_n| levels(65, "type T0 [2]int", |i| format!("type T{i} [2]T{}", i - 1));
    "array-huge" BAD, |_n| file("type T [1<<62]int; var x [1<<40][1<<40]T; var y = [1<<62]int{}; var z [1<<70]int");
    "array-huge-literal" None, |_n| file("var x = [...]int{1<<40: 1}; var y = []int{1<<62: 1, 2, 3}; var z = []byte{1<<63-1: 0, 1}");
    "struct-doubling" None, |_n| levels(64, "type T0 struct{ x, y int }", |i| format!("type T{i} struct{{ x, y T{} }}", i - 1)).into_iter().chain(*b"\nvar a, b T63\nvar _ = a == b\nvar _ = map[T63]int{}\nvar _ any = a\n").collect();
    "struct-doubling-size" None, |_n| file(format!("import \"unsafe\"\n{}\nconst c = unsafe.Sizeof(T63{{}})", String::from_utf8_lossy(&levels(64, "type T0 struct{ x, y int }", |i| format!("type T{i} struct{{ x, y T{} }}", i - 1))[9..])));
    "alias-doubling" None, |_n| levels(64, "type T0 = struct{ x, y int }", |i| format!("type T{i} = struct{{ x, y T{} }}", i - 1)).into_iter().chain(*b"\nvar a T63\nvar b T63 = a\nvar _ = a == b\n").collect();
    "alias-doubling-message" BAD, |_n| levels(64, "type T0 = struct{ x, y int }", |i| format!("type T{i} = struct{{ x, y T{} }}", i - 1)).into_iter().chain(*b"\nvar a T63\nvar b int = a\n").collect();
    "alias-doubling-funcs" None, |_n| levels(64, "type T0 = func()", |i| format!("type T{i} = func(T{0}, T{0})", i - 1)).into_iter().chain(*b"\nvar a T63\nvar b func(T62, T62) = a\n").collect();
    "alias-doubling-funcs-message" BAD, |_n| levels(64, "type T0 = func()", |i| format!("type T{i} = func(T{0}, T{0})", i - 1)).into_iter().chain(*b"\nvar a T63\nvar b int = a\n").collect();
    "alias-doubling-interfaces" None, |_n| levels(64, "type T0 = interface{ m() }", |i| format!("type T{i} = interface{{ m(T{0}) T{0} }}", i - 1)).into_iter().chain(*b"\nvar a T63\nvar b T63 = a\nvar c interface{ m(T62) T62 } = b\nvar d any = a\nvar e = d.(T63)\n").collect();
    "alias-doubling-two" None, |_n| levels(40, "type T0 = struct{ x, y int }; type U0 = struct { x, y int }", |i| format!("type T{i} = struct{{ x, y T{0} }}; type U{i} = struct{{ x, y U{0} }}", i - 1)).into_iter().chain(*b"\nvar a T39\nvar b U39 = a\n").collect();
    "alias-doubling-two-differ" BAD, |_n| levels(40, "type T0 = struct{ x, y int }; type U0 = struct { x, y int8 }", |i| format!("type T{i} = struct{{ x, y T{0} }}; type U{i} = struct{{ x, y U{0} }}", i - 1)).into_iter().chain(*b"\nvar a T39\nvar b U39 = a\n").collect();
    "generic-expansion" BAD, |_n| file("type T[P any] struct{ f *T[[]P] }\nvar x T[int]");
    "generic-expansion-use" BAD, |_n| file("type T[P any] struct{ f *T[[]P] }\nvar x T[int]\nvar _ = x.f.f.f.f.f.f.f.f\nvar y any = x\nvar _ = x == x");
    "generic-expansion-two" BAD, |_n| file("type A[P any] struct{ f *B[[]P] }\ntype B[P any] struct{ f *A[*P]; g *B[A[P]] }\nvar x A[int]");
    "generic-expansion-value" BAD, |_n| file("type T[P any] struct{ f T[[]P] }\nvar x T[int]");
    "generic-expansion-pairs" BAD, |_n| file("type T[P, Q any] struct{ f *T[T[P, Q], T[Q, P]] }\nvar x T[int, string]\nvar _ = x.f.f.f.f.f");
    "generic-expansion-method" BAD, |_n| file("type T[P any] struct{}\nfunc (t T[P]) m() T[[]P] { return t.m().m().m().m().m().m() }\nfunc f[P any]() { f[[]P](); f[*P]() }\nvar _ = T[int]{}.m().m().m()");
    "generic-expansion-interface" None, |_n| file("type I[P any] interface{ m() I[[]P]; n(I[*P]) }\nvar x I[int]\nvar y I[string] = x\nvar _ I[int] = x.m()");
    "generic-expansion-embedded" BAD, |_n| file("type T[P any] struct{ *T[[]P] }\nvar x T[int]\nvar _ = x.missing");
    "generic-expansion-embedded-two" BAD, |_n| file("type T[P any] struct{ *T[[]P]; *U[P] }\ntype U[P any] struct { *T[*P]; *U[map[string]P] }\nvar x T[int]\nvar _ = x.missing\nvar _ interface{ m() } = x");
    "generic-expansion-alias" None, |_n| file("type A[P any] = *T[[]P]\ntype T[P any] struct{ f A[P] }\nvar x T[int]");
    "generic-expansion-constraint" None, |_n| file("type C[P any] interface{ m(C[[]P]) }\nfunc f[P C[P]](p P) { f(p) }\ntype X struct{}\nfunc (X) m(C[[]X]) {}\nvar _ = f[X]");
    "generic-doubling" None, |_n| levels(40, "type T0[P any] struct{ x, y P }", |i| format!("type T{i}[P any] struct{{ x, y T{}[P] }}", i - 1)).into_iter().chain(*b"\nvar x T39[int]\nvar _ = x == x\n").collect();
    "generic-doubling-args" None, |_n| levels(40, "type P2[A, B any] struct{ a A; b B }\ntype T0[P any] struct{ p P }", |i| format!("type T{i}[P any] struct{{ f T{}[P2[P, P]] }}", i - 1)).into_iter().chain(*b"\nvar x T39[int]\nvar y = x\n").collect();
    "generic-doubling-message" BAD, |_n| levels(40, "type P2[A, B any] struct{ a A; b B }\ntype T0[P any] struct{ p P }", |i| format!("type T{i}[P any] struct{{ f T{}[P2[P, P]] }}", i - 1)).into_iter().chain(*b"\nvar x T39[int]\nvar y int = x.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f\n").collect();
    "generic-doubling-inference" None, |_n| file(format!("type P2[A, B any] struct{{ a A; b B }}\nfunc d[T any](t T) P2[T, T] {{ panic(0) }}\nvar x = {}1{}", "d(".repeat(40), ")".repeat(40)));
    "generic-doubling-inference-message" BAD, |_n| file(format!("type P2[A, B any] struct{{ a A; b B }}\nfunc d[T any](t T) P2[T, T] {{ panic(0) }}\nvar x int = {}1{}", "d(".repeat(30), ")".repeat(30)));
    "generic-doubling-funcs" None, |_n| file(format!("func d[T any](t T) func(T) T {{ panic(0) }}\nvar x = {}1{}\nvar _ = x == nil", "d(".repeat(40), ")".repeat(40)));
    "generic-self" BAD, |_n| file("type T[P T[P]] struct{}\ntype U[P *U[P]] struct{}\ntype V[P interface{ m(V[P]) }] struct{}\nfunc f[P interface{ *P }]() {}\nfunc g[P []P, Q P]() {}\ntype W[P, Q interface{ ~*P }] W[Q, P]");
    "generic-mutual" BAD, |_n| file("type A[P B[P]] interface{}\ntype B[P A[P]] interface{}\ntype C[P interface{ D[P] }] interface{ m() }\ntype D[P C[P]] interface{ m() }\nvar _ A[int]; var _ C[string]");
    "generic-inference-cycle" BAD, |_n| file("func f[P *Q, Q []R, R map[int]P](p P, q Q, r R) {}\nfunc g() { f(nil, nil, nil); var x *int; f(x, nil, nil); f(x, []int{}, 1) }");
    "generic-inference-self" None, |_n| file("func f[T any](a, b T) {}\nfunc g[P any]() { f(g[P], g[[]P]); f(f[int], f); f(func(x P) {}, func(x []P) {}) }\nfunc h[P any](func(P) P) {}\nfunc i() { h(h); h(func(x any) any { return h }) }");
    "union-terms" None, |n| file(format!("type I interface{{ {} }}\nfunc f[P I](p P) {{ var q P = p; _ = q }}", (0..n / 1000).map(|i| format!("[{i}]int")).collect::<Vec<_>>().join("|")));
    "union-doubling" None, |_n| levels(40, "type U0 interface{ int | string }", |i| format!("type U{i} interface{{ U{0} | U{0} }}", i - 1)).into_iter().chain(*b"\nfunc f[P U39](p P) { var _ P = p }\nvar _ = f[int]\n").collect();
    "union-inline-doubling" None, |_n| levels(40, "type U0 = interface{ int | string }", |i| format!("type U{i} = interface{{ U{0} | U{0} }}", i - 1)).into_iter().chain(*b"\nfunc f[P U39](p P) { var _ P = p }\nvar _ = f[int]\n").collect();
    "union-intersections" None, |_n| file(format!("{}\ntype J interface {{ {} }}\nfunc f[P J]() {{}}", (0..60).fold(String::new(), |mut s, i| { let _ = writeln!(s, "type I{i} interface{{ {} }}", (i..i + 90).map(|k| format!("[{k}]int")).collect::<Vec<_>>().join("|")); s }), (0..60).map(|i| format!("I{i}")).collect::<Vec<_>>().join(";")));
    "embed-doubling" None, |_n| levels(64, "type I0 interface{ m() }", |i| format!("type A{i} interface{{ I{0} }}; type B{i} interface{{ I{0} }}; type I{i} interface{{ A{i}; B{i} }}", i - 1)).into_iter().chain(*b"\nvar x I63\nvar _ = x.m\n").collect();
    "embed-doubling-inline" None, |_n| levels(64, "type I0 = interface{ m() }", |i| format!("type I{i} = interface{{ I{0}; I{0} }}", i - 1)).into_iter().chain(*b"\nvar x I63\nvar _ = x.m\nvar y I0 = x\n").collect();
    "embed-growing" None, |_n| levels(400, "type I0 interface{ m0() }", |i| format!("type I{i} interface{{ I{}; m{i}() }}", i - 1)).into_iter().chain(*b"\nvar x I399\nvar y I398 = x\nvar _ = y.(I399)\n").collect();
    "struct-embed-doubling" BAD, |_n| levels(64, "type T0 struct{ x int }", |i| format!("type A{i} struct{{ T{0} }}; type B{i} struct{{ T{0} }}; type T{i} struct{{ A{i}; B{i} }}", i - 1)).into_iter().chain(*b"\nvar x T63\nvar _ = x.x\nvar _ = x.missing\nvar _ interface{ m() } = x\n").collect();
    "struct-embed-cycle" None, |_n| file("type A struct{ *B; *C }; type B struct{ *C; *A }; type C struct{ *A; *B }\nvar a A\nvar _ = a.missing\nvar _ = a.B.C.A.B.C");
    "cycles-assorted" BAD, |_n| file("type A [len(a)]int; var a A\ntype B struct{ b [unsafe.Sizeof(B{})]int }\ntype C interface{ C }\ntype D = *D\ntype E = []E\ntype F func(F) F\ntype G = func(G) G\ntype H map[H]H\ntype I [2]I\ntype J = struct{ j *J }\ntype K interface{ m() interface{ K } }\ntype L *L\ntype M chan M\ntype N [len(N{})]int\ntype O struct{ O }\ntype P = P\ntype Q = interface{ Q }\ntype R = [1]R; type S = map[S]int\nvar c = c; var d, e = e, d; const f = f; const g, h = h, g\nfunc i() int { return j }; var j = i()\nvar k = func() int { return k }()\nimport \"unsafe\"");
    "pointer-to-self" None, |_n| file("type T *T\nvar x T\nvar _ = ****************************************x\nvar _ = x.f\nvar _ = x == *x\ntype U []U\nvar u U\nvar _ = append(u, u, u[0][0][0])\ntype F func() F\nvar f F\nvar _ = f()()()()\nvar _ = x.(int)\nvar _ interface{ m() } = x");
    "recursive-identity" None, |_n| file("type A interface{ m() interface{ A } }\ntype B interface{ m() interface{ B } }\nvar a A; var b B = a\ntype C = struct{ next *C }\ntype D = struct{ next *D }\nvar c C\nvar d D = c\ntype E interface{ m(E) E }; type F interface{ m(F) F }\nvar e E; var f F = e; var _ = e.(F); var _ = e == f");
    "anonymous-recursion" None, |_n| file("type T struct{ f func(struct{ t *T; g interface{ m(T) [len(T{}.a)]T } }); a [3]int }\nvar t T\nvar _ = t == t\nvar u struct{ t *T } = struct{ t *T }{&t}");
    "method-expressions" None, |_n| file("type T struct{ U }; type U struct{ *T }\nvar _ = T.m; var _ = (*T).m; var _ = T.U.T.U; var x T; var _ = x.T.U.T.m\nfunc (T) U2() {}\nvar _ = (*******T).m");
    "array-length-cycle" BAD, |_n| file("var a [len(b)]int; var b [len(a)]int\nconst c = len([c]int{})\ntype T [unsafe.Sizeof(T{})]int\nvar s [cap(s)]int; type U [len(U{}) + 1]U\nimport \"unsafe\"");
}

bombs! { CONSTANTS:
    "shift-2-40" BAD, |_n| file("const c = 1<<(1<<40)\nvar v = 1<<(1<<40)\nconst d = 1<<1<<1<<1<<40\nvar w = 1.0<<(1<<62)\nconst e = 1<<(1<<100)\nconst f = 1<<-1");
    "shift-back" BAD, |_n| file("const a = 1<<511; const b = a<<1; const c = b>>1; const d = -1<<512; const e = 1<<100000>>100000");
    "squares" BAD, |_n| levels(64, "const c0 = 3", |i| format!("const c{i} = c{0} * c{0}", i - 1));
    "squares-float" None, |_n| levels(200, "const c0 = 1.5", |i| format!("const c{i} = c{0} * c{0}", i - 1));
    "squares-small" None, |_n| levels(200, "const c0 = 1e-10", |i| format!("const c{i} = c{0} * c{0}", i - 1));
    "squares-complex" None, |_n| levels(200, "const c0 = 1.5 + 2.5i", |i| format!("const c{i} = c{0} * c{0}", i - 1));
    "squares-rational" None, |_n| levels(64, "const c0 = 1.0/3", |i| format!("const c{i} = c{0} * c{0} + 1.0/7", i - 1));
    "sums-rational" None, |_n| levels(5000, "const c0 = 1.0", |i| format!("const c{i} = c{} + 1.0/{}", i - 1, i * 2 + 1));
    "exponents" BAD, |_n| file("const a = 1e1000000000; const b = 1e-1000000000; const c = 1e99999999999999999999; const d = 0x1p1000000000; const e = 0x1p-99999999999999999999; const f = 1e100000; const g = 1e-100000; const h = 1e1000000000i; const i = 0x.p0");
    "exponents-arithmetic" BAD, |_n| file("const a = 1e40000000; const b = a*a*a*a*a*a*a*a*a*a; const c = a/b; const d = int(a); const e = a + 1; const f = a - a; var g float64 = a; const h = 1e-40000000; const i = a*h; const j = a + h; const k = a == a+h; var l = uint64(h*a)");
    "exponents-convert" BAD, |_n| file("const a = int64(1e400000); const b = 1e400000 % 7; const c = 1e400000 << 3; var d [1e400000]int; const e = string(1e400000); var f = 'a' + 1e400000; const g = 1e9999 &^ 1; const h = 5.0 << 1e3; const i = complex(1e400000, 1e-400000)");
    "strings-doubling" None, |_n| levels(40, "const s0 = \"0123456789abcdef\"", |i| format!("const s{i} = s{0} + s{0}", i - 1));
    "strings-doubling-use" None, |_n| levels(40, "const s0 = \"0123456789abcdef\"", |i| format!("const s{i} = s{0} + s{0}", i - 1)).into_iter().chain(*b"\nconst n = len(s39)\nvar v = s39[1]\nvar b = s39 == s38 + s38\nvar i int = s39\n").collect();
    "strings-doubling-message" BAD, |_n| levels(24, "const s0 = \"0123456789abcdef\"", |i| format!("const s{i} = s{0} + s{0}", i - 1)).into_iter().chain(*b"\nvar i int = s23\nvar j = s23 + 1\nfunc f(x string) { switch x { case s23: case s23: } }\nvar m = map[string]int{s23: 1, s23: 2}\n").collect();
    "strings-compare" None, |_n| levels(30, "const s0 = \"0123456789abcdef\"", |i| format!("const s{i} = s{0} + s{0}; const l{i} = len(s{i} + \"x\"); const q{i} = s{i} < s{i} + \"a\"", i - 1));
    "divisions" BAD, |_n| file("const a = 1/0; const b = 1%0; const c = 1.0/0; const d = 1/0.0; const e = 0/0i; var f = 1<<0/0; const g = (1<<500)/(1<<500-1); const h = -9223372036854775808 / -1; var i int = -9223372036854775808 / -1; const j = 0x1p-500/0x1p500");
    "big-digits" BAD, |n| file(format!("const c = {}; const d = c * c; const e = c / 7; var f float64 = c; var g = c + 0.5", "9".repeat(n / 10)));
    "big-hex-float" None, |n| file(format!("const c = 0x1.{}p0; var f float64 = c; const g = c * c * c", "f".repeat(n / 10)));
    "big-fraction" None, |n| file(format!("const c = 1.{}; var f float32 = c; const g = c * c * c; var h = g", "3".repeat(n / 10)));
    "long-multiplication" BAD, |_n| file(format!("const c = {}", vec!["123456789"; 100_000].join("*")));
    "long-rational-sum" None, |_n| file(format!("const c = {}", (1..5000).map(|i| format!("1.0/{}", i * 2 + 1)).collect::<Vec<_>>().join("+")));
    "big-iota" BAD, |_n| file(format!("const (\n\tc = 1 << (iota * 100)\n{})", "\t_\n".repeat(100_000)));
    "complex-bombs" None, |_n| file("const a = 1e3000i * 1e3000i; const b = a / a; const c = real(a) + imag(a); const d = complex(a, a); const e = a * a * a * a * a * a * a * a; var f complex64 = 1e39; var g = complex128(1e309)");
    "runes" BAD, |_n| file("const a = string(1<<40); const b = '\\U7fffffff'; const c = string(-1); const d = '\\400'; const e = '' + 'ab' + '\\'; const f = rune(1<<31); const g = 'a' * 1e100; var h byte = '世'; const i = \"\\ud800\"; const j = string(0xd800)");
    "make-huge" None, |_n| file("var a = make([]int, 1<<62); var b = make([]int, 1<<63); var c = make(chan int, 1e100); var d = make([]int, 5, 1); var e = [1<<31]byte{}; var f = a[1<<62:1<<61]; var g = \"abc\"[1<<40]");
    "len-huge" None, |_n| file("var a [1<<50]int; const b = len(a) * len(a); const c = cap([1<<60]struct{}{}); var d [len(a) << 14]int; type T struct{ a [1<<62]byte; b [1<<62]byte; c [1<<62]byte }; var t T; const e = unsafe.Offsetof(t.c); const f = unsafe.Sizeof(t)\nimport \"unsafe\"");
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Bomb> {
    [NESTING, SIZE, TYPES, CONSTANTS].into_iter().flatten()
}

/// The one with a name.
pub fn find(name: &str) -> Option<&'static Bomb> {
    all().find(|b| b.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_small_bombs_are_small() {
        let mut names: Vec<_> = all().map(|b| b.name).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
        for bomb in all() {
            assert!((bomb.make)(2000).len() < 4_000_000, "{}", bomb.name);
        }
    }
}
