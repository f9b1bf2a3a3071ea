package p // c

/* block
 */ var a, é, _ = 0x_1F, 0b11, 0o17 + 017 + 08.5 + 1e+3 + 0x1p-2 + .5i + 1_000
var r = []rune{'a', '\'', '\x41', '\u00e9', '\U0010FFFF', '\377', '世'}
var s = "a\tb\"\xff" + `raw
"string"`
//go:noinline
//line x.go:10:3
func f() { a++; /*line y.go:7*/ a--; goto x; x: }
