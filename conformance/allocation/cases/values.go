package cases

// Variables, new, composite literals, literals, method values.

// want: variable: heap
//
//go:noinline
func VariableEscapes(n int) { x := n; SinkInt = &x }

// want: variable: stack
//
//go:noinline
func VariableStays(n int) { x := n; SinkCount = use(&x) }

// want: variable: never, zero size
//
//go:noinline
func VariableOfNothing(n int) { var x struct{}; SinkEmpty = &x }

// want: variable: heap
//
//go:noinline
func VariableTooLarge(n int) { var x [300000]byte; x[n] = 1; SinkCount = useBytes(x[:]) }

// want: variable: heap
//
//go:noinline
func ParameterEscapes(n int) { n++; SinkInt = &n }

// want: variable: heap; times n
//
//go:noinline
func VariableOfLoop(n int) {
	for i := 0; i < n; i++ {
		x := i
		SinkInt = &x
	}
}

//go:noinline
func ResultEscapes(n int) { resultEscapes(n) }

// want: variable: heap
//
//go:noinline
func resultEscapes(n int) (r int) { SinkInt = &r; return n }

// want: new: heap
//
//go:noinline
func NewEscapes(n int) { SinkPoint = new(Point) }

// want: new: stack
//
//go:noinline
func NewStays(n int) { p := new(Point); SinkCount = p.Move() }

// want: new: never, zero size
//
//go:noinline
func NewOfNothing(n int) { SinkEmpty = new(struct{}) }

// want: new: heap
//
//go:noinline
func NewTooLarge(n int) { p := new([100000]byte); p[n] = 1; SinkCount = useBytes(p[:]) }

// want: composite pointer: heap
//
//go:noinline
func PointerEscapes(n int) { SinkPoint = &Point{n, n} }

// want: composite pointer: stack
//
//go:noinline
func PointerStays(n int) { p := &Point{n, n}; SinkCount = p.Move() }

// want: composite pointer: never, zero size
//
//go:noinline
func PointerToNothing(n int) { SinkEmpty = &struct{}{} }

// want: composite pointer: heap; times n
//
//go:noinline
func PointersInLoop(n int) {
	for i := 0; i < n; i++ {
		SinkPoint = &Point{i, n}
	}
}

// want: composite pointer: heap; times n
//
//go:noinline
func PointersByGoto(n int) {
	i := 0
again:
	if i < n {
		SinkPoint = &Point{i, n}
		i++
		goto again
	}
}

// want: composite pointer: heap; reached n > 32
//
//go:noinline
func PointerSometimes(n int) {
	if n > 32 {
		SinkPoint = &Point{n, n}
	}
}

// want: slice literal: heap
//
//go:noinline
func SliceLiteralEscapes(n int) { SinkInts = []int{n, 2, 3} }

// want: slice literal: stack
//
//go:noinline
func SliceLiteralStays(n int) { s := []int{n, 2, 3}; SinkCount = useInts(s...) }

// want: slice literal: never, zero size
//
//go:noinline
func SliceLiteralOfNothing(n int) { SinkInts = []int{} }

// want: variadic slice: heap
//
//go:noinline
func VariadicEscapes(n int) { keepInts(n, n, n) }

// want: variadic slice: stack
//
//go:noinline
func VariadicStays(n int) { SinkCount = useInts(n, n, n) }

//
//go:noinline
func VariadicOfNothing(n int) { keepInts() }

// want: closure: heap
//
//go:noinline
func ClosureEscapes(n int) { SinkFunc = func() int { return n } }

// want: closure: stack
//
//go:noinline
func ClosureStays(n int) { SinkCount = call(func() int { return n }) }

// want: closure: never, no captures
//
//go:noinline
func ClosureCapturesNothing(n int) { SinkFunc = func() int { return 7 } }

// want: variable: heap
// want: closure: heap
//
//go:noinline
func ClosureByReference(n int) {
	x := n
	SinkFunc = func() int { x++; return x }
}

// want: closure: heap; times n
//
//go:noinline
func ClosuresInLoop(n int) {
	for i := 0; i < n; i++ {
		j := i
		SinkFunc = func() int { return j }
	}
}

// want: closure: never, called in place
// want: closure: never, no captures
// want: new: heap
//
//go:noinline
func ClosureCalledInPlace(n int) {
	func() {
		defer func() { SinkCount++ }()
		SinkInt = new(int)
		SinkCount = n
	}()
}

// want: method value: heap
//
//go:noinline
func MethodValueEscapes(n int) { p := Point{n, n}; SinkFunc = p.Sum }

// want: method value: stack
//
//go:noinline
func MethodValueStays(n int) { p := Point{n, n}; SinkCount = call(p.Sum) }

// want: variable: heap
// want: method value: heap
//
//go:noinline
func MethodValueOfPointer(n int) { p := Point{n, n}; SinkFunc = p.Move }

// want: boxed: heap
// want: method value: stack
//
//go:noinline
func MethodValueOfInterface(n int) { var s Summer = Point{n, n}; SinkCount = call(s.Sum) }
