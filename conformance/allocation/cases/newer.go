//go:build go1.26

package cases

// What came with Go 1.26.

// Newer has functions that older releases do not compile.
var Newer = []Case{
	{"NewOfValue", NewOfValue},
	{"NewOfValueStays", NewOfValueStays},
	{"NewOfConstant", NewOfConstant},
}

// want: new: heap
//
//go:noinline
func NewOfValue(n int) { SinkInt = new(n + 1) }

//go:noinline
func NewOfValueStays(n int) { SinkCount = use(new(n + 1)) }

// want: new: heap
//
//go:noinline
func NewOfConstant(n int) { SinkInt = new(7) }
