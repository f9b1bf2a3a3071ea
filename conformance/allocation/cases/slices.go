package cases

// Slices: make and append.

// want: make slice: heap; amount n
//
//go:noinline
func MakeEscapes(n int) { SinkBytes = make([]byte, n) }

// want: make slice: stack up to 32; amount n
//
//go:noinline
func MakeStays(n int) { SinkCount = useBytes(make([]byte, n)) }

// want: make slice: stack up to 32; amount 8*n
//
//go:noinline
func MakeIntsStays(n int) { SinkCount = useInts(make([]int, n)...) }

// want: make slice: stack up to 32; amount 8*n
//
//go:noinline
func MakeCapacity(n int) { SinkCount = useInts(make([]int, 0, n)...) }

// want: make slice: heap; amount n
//
//go:noinline
func MakeLargeElements(n int) { SinkCount = len(make([][5]int, n)[n/2:]) }

// want: make slice: stack
//
//go:noinline
func MakeConstant(n int) { SinkCount = useBytes(make([]byte, 64)) }

// want: make slice: stack
//
//go:noinline
func MakeVariableConstant(n int) { m := 64; SinkCount = useBytes(make([]byte, m)) }

// want: make slice: stack
//
//go:noinline
func MakeConstantCapacity(n int) { SinkCount = useBytes(make([]byte, n, 300)) }

// want: make slice: heap
//
//go:noinline
func MakeConstantEscapes(n int) { SinkBytes = make([]byte, 64) }

// want: make slice: heap
//
//go:noinline
func MakeTooLarge(n int) { SinkCount = useBytes(make([]byte, 100000)) }

// want: variable: heap
// want: make slice: never, zero size
// want: boxed: never, pointer shaped
//
//go:noinline
func MakeOfNothing(n int) { s := make([]struct{}, n); SinkCount = len(s); SinkAny = &s }

// want: make slice: never, zero size
//
//go:noinline
func MakeEmpty(n int) { SinkInts = make([]int, 0) }

// want: make slice: heap; amount n
//
//go:noinline
func MakeAndCopy(n int) {
	b := make([]byte, len(Bytes))
	copy(b, Bytes)
	SinkBytes = b
}

// want: append: stack up to 32; amount 8*n; if n > 0
//
//go:noinline
func AppendStays(n int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	SinkCount = useInts(s...)
}

// want: append: stack up to 32; amount 8*n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func AppendEscapes(n int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	SinkInts = s
}

// want: append: stack up to 32; amount 8*n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func AppendReturned(n int) { SinkInts = appendReturned(n) }

//go:noinline
func appendReturned(n int) []int {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	return s
}

// want: append: stack up to 32; amount 8*n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func AppendCapacityAsked(n int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
		SinkCount = cap(s)
	}
	SinkInts = s
}

// want: append: heap
//
//go:noinline
func AppendOnceEscapes(n int) { SinkInts = append([]int(nil), n) }

// want: append: stack up to 32
//
//go:noinline
func AppendOnceStays(n int) { SinkCount = useInts(append([]int(nil), n)...) }

// want: append: heap
//
//go:noinline
func AppendManyStays(n int) { SinkCount = useInts(append([]int(nil), n, n, n, n, n)...) }

// want: append: run time, capacity; if n > 0
//
//go:noinline
func AppendSlice(n int) { SinkInts = append([]int(nil), Ints...) }

// want: append: run time, capacity; if n > 0
//
//go:noinline
func AppendSliceStays(n int) { SinkCount = useInts(append([]int(nil), Ints...)...) }

// want: append: run time, capacity; if n < 0
//
//go:noinline
func AppendFits(n int) { SinkInts = append(Spare, n) }

// want: append: run time, capacity; if n > 0
// want: make slice: never, fused
//
//go:noinline
func AppendMake(n int) { SinkInts = append([]int(nil), make([]int, n)...) }

// want: append: stack up to 32
// want: append: run time, capacity; if n < 0
//
//go:noinline
func AppendTwice(n int) {
	var s []int
	s = append(s, n)
	s = append(s, n)
	SinkCount = useInts(s...)
}

// want: append: stack up to 32; reached n < 0
// want: append: run time, capacity
//
//go:noinline
func AppendSecondBranch(n int) {
	var s []int
	if n < 0 {
		s = append(s, n)
	} else {
		s = append(s, n, n)
	}
	SinkCount = useInts(s...)
}

// want: append: stack up to 32; beyond n > 1; if n > 0
//
//go:noinline
func AppendInLoop(n int) {
	for i := 0; i < n; i++ {
		var s []int
		s = append(s, i)
		SinkCount = useInts(s...)
	}
}

// want: variable: stack
// want: append: run time, capacity; if n > 0
//
//go:noinline
func AppendInMemory(n int) {
	var s []int
	p := &s
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	SinkCount = useSlice(p)
}

//go:noinline
func useSlice(p *[]int) int { return len(*p) }

// want: append: run time, capacity
//
//go:noinline
func AppendToGlobal(n int) { SinkInts = nil; SinkInts = append(SinkInts, n) }

// want: append: run time, capacity; if n > 0
//
//go:noinline
func AppendLargeElements(n int) {
	var s [][5]int
	for i := 0; i < n; i++ {
		s = append(s, [5]int{i})
	}
	SinkCount = len(s)
}

// want: append: never, zero size
//
//go:noinline
func AppendNothing(n int) {
	var s []struct{}
	for i := 0; i < n; i++ {
		s = append(s, struct{}{})
	}
	SinkCount = len(s)
}

// want: append: stack up to 32; amount 8*n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func AppendRanged(n int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	for _, x := range s {
		SinkCount += x
	}
}

// want: append: run time, capacity; amount 8*n; if n > 0
// elsewhere: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func AppendRangedEscapes(n int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	for _, x := range s {
		SinkCount += x
	}
	SinkInts = s
}

// want: append: run time, capacity; if n > 0
//
//go:noinline
func AppendAddressed(n int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
		SinkInt = &s[0]
	}
}
