package cases

// Maps, channels, goroutines, deferred calls.

// want: make map: heap
//
//go:noinline
func MapEscapes(n int) { SinkMap = make(map[int]int) }

// want: make map: stack
//
//go:noinline
func MapStays(n int) { m := make(map[int]int); SinkCount = len(m) }

// want: make map: stack up to 8; amount n
//
//go:noinline
func MapOfSize(n int) { m := make(map[int]int, n); SinkCount = len(m) }

// want: make map: heap
//
//go:noinline
func MapOfSizeEscapes(n int) { SinkMap = make(map[int]int, n) }

// want: make map: heap
//
//go:noinline
func MapLarge(n int) { m := make(map[int]int, 100); SinkCount = len(m) }

// want: make map: stack
// want: map assign: run time, map grows; if n > 8
//
//go:noinline
func MapGrows(n int) {
	m := make(map[int]int)
	for i := 0; i < n; i++ {
		m[i] = i
	}
	SinkCount = len(m)
}

// want: map assign: run time, map grows; if n < 0
//
//go:noinline
func MapSet(n int) { Small[n/2] = n }

// want: map assign: run time, map grows; if n < 0
//
//go:noinline
func MapAdd(n int) { Small[n/2] += n }

// want: make map: stack
// want: map assign: run time, map entry; if n > 0
//
//go:noinline
func MapLargeElements(n int) {
	m := make(map[int][20]int)
	for i := 0; i < n; i++ {
		m[i] = [20]int{i}
	}
	SinkCount = len(m)
}

// want: map literal: heap
//
//go:noinline
func MapLiteralEscapes(n int) { SinkMap = map[int]int{1: n, 2: n} }

// want: map literal: stack
//
//go:noinline
func MapLiteralStays(n int) { m := map[int]int{1: n, 2: n}; SinkCount = m[n] }

// want: map literal: stack
//
//go:noinline
func MapLiteralEight(n int) {
	m := map[int]int{1: n, 2: n, 3: n, 4: 4, 5: 5, 6: n, 7: n, 8: n}
	SinkCount = m[n]
}

// want: map literal: heap
//
//go:noinline
func MapLiteralNine(n int) {
	m := map[int]int{1: n, 2: n, 3: n, 4: 4, 5: 5, 6: n, 7: n, 8: n, 9: 9}
	SinkCount = m[n]
}

// want: map literal: heap
//
//go:noinline
func MapLiteralLargeElements(n int) {
	m := map[int][20]int{1: {n}}
	SinkCount = len(m)
}

// want: map assign: run time, map grows; if n < 0
// want: bytes to string: run time, short string; if n > 1
//
//go:noinline
func MapSetByBytes(n int) { Known[string(Bytes)] = n }

// want: make chan: heap
//
//go:noinline
func ChanEscapes(n int) { SinkChan = make(chan int) }

// want: make chan: heap
//
//go:noinline
func ChanStays(n int) { c := make(chan int, 1); c <- n; SinkCount = <-c }

// want: make chan: heap
//
//go:noinline
func ChanOfSize(n int) { c := make(chan int, n); SinkCount = len(c) }

// want: make chan: heap; more
//
//go:noinline
func ChanOfPointers(n int) { c := make(chan *int, n); SinkCount = len(c) }

// want: make chan: heap
// want: go statement: run time, reused; if n < 0
// want: closure: heap
//
//go:noinline
func GoCaptures(n int) {
	c := make(chan int)
	go func() { c <- n }()
	SinkCount = <-c
}

var ready = make(chan int)

func send() { ready <- 1 }

// want: go statement: run time, reused; if n < 0
//
//go:noinline
func GoFunction(n int) { go send(); SinkCount = <-ready }

// want: closure: stack
//
//go:noinline
func DeferOnce(n int) { defer func() { SinkCount = n }() }

// want: defer record: run time, reused; if n < 0
// want: closure: heap; times n%16
//
//go:noinline
func DeferInLoop(n int) {
	for i := 0; i < n%16; i++ {
		j := i
		defer func() { SinkCount = j }()
	}
}

// want: closure: never, no captures
// want: boxed: never, read only; reached n < 0
//
//go:noinline
func PanicConstant(n int) {
	defer func() { recover() }()
	if n < 0 {
		panic("never")
	}
}

// want: variable: stack
// want: closure: stack
//
//go:noinline
func CallbackByReference(n int) {
	sum := 0
	each(func(i int) bool { sum += i + n; return true })
	SinkCount = sum
}

// want: variadic slice: stack
//
//go:noinline
func InlinedVariadic(n int) { SinkCount = count(n, n) }

func count(a ...int) int { return len(a) }

// want: new: heap
//
//go:noinline
func InlinedNew(n int) { SinkInt = fresh() }

// want: new: heap
// want: new: heap
//
//go:noinline
func InlinedTwice(n int) { SinkInt = fresh(); SinkInt = fresh() }

// want: new: heap
func fresh() *int { return new(int) }
