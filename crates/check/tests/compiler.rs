//! What the compiler checks beside types.

mod common;

use common::{Source, check};
use escargo_base::{Diagnostic, Id};
use escargo_check::{CheckFile, CompilerRules, check_checked_types, check_declarations, check_directives};
use escargo_dialect::LangSet;

fn rules() -> CompilerRules {
    CompilerRules {
        std: false,
        runtime: false,
        complete: true,
        wasm: false,
        aix: false,
        field_track: false,
        lang: LangSet::unrestricted(),
    }
}

/// `line:column: message` of what a round finds in a file without type errors, in source order.
fn round(src: &str, round: impl Fn(&Source, &CheckFile<'_>) -> Vec<Diagnostic>) -> Vec<String> {
    let source = check(src, "");
    assert!(source.checked.errors.is_empty(), "{:?}", source.checked.errors);
    let id = Id::from_index(0);
    let file = CheckFile { id, tree: &source.tree, src: src.as_bytes(), lang: LangSet::unrestricted() };
    let mut errors = round(&source, &file);
    errors.sort_by_key(|e| e.span.start);
    let place = |e: &Diagnostic| source.sources.file(id).lines().line_column(e.span.start.offset);
    errors.iter().map(|e| format!("{}:{}: {}", place(e).0, place(e).1, e.message)).collect()
}

#[test]
fn directives_must_be_well_formed_and_belong_somewhere() {
    let src = r#"package p

//go:embed
var a string

//go:embed "a
var b string

//go:embed `a`b
var c string

//go:cgo_ldflag "x"
//go:cgo_import_dynamic a b "c"
//go:cgo_import_dynamic a b "-c"
//go:systemstack
//go:uintptrkeepalive
//go:wasmimport a
//go:linkname
//go:linkname a b c
func z() {} //go:noinline

//go:noinline
var (
	//go:noinline
	q int
)
"#;
    let want = [
        "3:3: usage: //go:embed pattern...",
        "6:3: invalid quoted string in //go:embed: \"a",
        "6:3: usage: //go:embed pattern...",
        "9:3: invalid quoted string in //go:embed: b",
        "9:3: usage: //go:embed pattern...",
        "12:3: //go:cgo_ldflag \"x\" only allowed in cgo-generated code",
        "14:3: invalid library name \"-c\" in cgo_import_dynamic directive",
        "15:3: //go:systemstack only allowed in runtime",
        "16:3: //go:uintptrkeepalive is only allowed in the standard library",
        "17:3: usage: //go:wasmimport importmodule importname",
        "19:3: usage: //go:linkname localname [linkname]",
        "20:15: misplaced compiler directive",
        "22:3: misplaced compiler directive",
    ];
    assert_eq!(round(src, |_, file| check_directives(file, &rules(), false)), want);
}

#[test]
fn declarations_must_fit_their_directives() {
    let src = r#"package p

import "unsafe"

//go:embed x
var e string

//go:linkname f foo
//go:linkname f bar
//go:linkname nope bar
//go:linkname g x[int]
//go:linkname bodyless x
type T int

var g unsafe.Pointer

func f() {}
func bodyless()
func bodyless2()
func (T) bl()
func _()

//go:nosplit
var q int

//go:noescape
func withbody() {}

func sub() {
	//go:noinline
	const c = 1
}
"#;
    let want = [
        "5:3: go:embed requires import \"embed\" (or import _ \"embed\", if package is not used)",
        "9:3: duplicate //go:linkname for f",
        "10:3: //go:linkname must refer to declared function or variable",
        "11:3: //go:linkname reference of an instantiation is not allowed",
        "19:6: missing function body",
        "20:6: missing function body",
        "23:3: misplaced compiler directive",
        "27:6: can only use //go:noescape with external func implementations",
        "30:4: misplaced compiler directive",
    ];
    let last = |source: &Source, file: &CheckFile<'_>| {
        check_declarations(&source.store, &[*file], &source.checked, &rules())
    };
    assert_eq!(round(src, last), want);
    let src = "package p\n//go:linkname f g\nfunc f() {}\n";
    assert_eq!(round(src, last), ["2:3: //go:linkname only allowed in Go files that import \"unsafe\""]);
}

#[test]
fn anonymous_interfaces_must_not_mention_themselves() {
    let src = "package p
type I interface { m() interface { I2 } }
type I2 interface { m2(interface{ I }) }
type X interface { a() interface { X } }
type Fine interface { m() Fine }
";
    let message =
        "invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)";
    let found = round(src, |source, file| check_checked_types(&source.store, &[*file], &source.checked));
    assert_eq!(found, [format!("2:8: {message}"), format!("4:8: {message}")]);
}
