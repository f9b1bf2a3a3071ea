package cases

// Calls, results, generics, iterators, and what is made for them.

type failure struct{ code int }

func (f failure) Error() string { return "failure" }

type key struct {
	name string
	part int
}

type (
	text  string
	chars []byte
)

var (
	SinkError error
	SinkText  text
	SinkChars chars
	Keyed     = map[key]int{}
	Anything  = map[any]int{}
	Ready     = make(chan any, 1)
	Pair      struct{ list []int }
)

// want: boxed: run time, small value; if n > 255
//
//go:noinline
func ErrorValue(n int) { SinkError = failure{n} }

// want: boxed: never, pointer shaped
// want: composite pointer: heap
//
//go:noinline
func ErrorPointer(n int) { SinkError = fail(n) }

// want: boxed: never, pointer shaped; reached n < 0
// want: composite pointer: heap; reached n < 0
func fail(n int) error { return &failure{n} }

func (f *failure) More() int { return f.code }

// want: boxed: heap
//
//go:noinline
func TwoBoxed(n int) { SinkAny, SinkBool = both(n) }

// want: boxed: heap; reached n < 0
func both(n int) (any, bool) { return Point{n, n}, true }

// want: boxed: heap
//
//go:noinline
func BoxedResult(n int) { SinkAny = point(n) }

//go:noinline
func point(n int) Point { return Point{n, n} }

// want: closure: never, no captures
// want: boxed: run time, small value; if n > 255
//
//go:noinline
func PanicValue(n int) {
	defer func() { SinkAny = recover() }()
	panic(n)
}

// want: boxed: stack
//
//go:noinline
func ComparedWithStruct(n int) { SinkBool = Any == any(Point{n, n}) }

// want: boxed: stack
//
//go:noinline
func KeyInInterface(n int) { SinkCount = Anything[n] }

// want: map assign: run time, map grows; if n < 0
// want: boxed: run time, small value; if n > 255
// want: boxed: stack
//
//go:noinline
func SetByInterface(n int) { Anything[n] = 1; delete(Anything, n) }

// want: bytes to string: never, looked up
//
//go:noinline
func KeyOfBytes(n int) { SinkCount = Keyed[key{string(Bytes), n}] }

// want: bytes to string: never, looked up; amount n
//
//go:noinline
func BytesThenLookedUp(n int) {
	s := string(Bytes)
	SinkCount = Known[s]
}

// want: bytes to string: stack up to 32; amount n
//
//go:noinline
func BytesUsedTwice(n int) {
	s := string(Bytes)
	SinkCount = Known[s] + len(s)
}

// want: bytes to string: never, looked up; amount n
//
//go:noinline
func BytesDeleted(n int) { delete(Known, string(Bytes)) }

// want: bytes to string: never, compared
// want: bytes to string: never, compared
//
//go:noinline
func BothBytesCompared(n int) { SinkBool = string(Bytes) < string(Bytes[n/2:]) }

// want: bytes to string: run time, short string; if n > 1
//
//go:noinline
func NamedBytes(n int) { SinkText = text(chars(Bytes)) }

// want: string to bytes: heap; amount n
//
//go:noinline
func NamedText(n int) { SinkChars = chars(text(Text)) }

// want: string to bytes: never, zero copy
//
//go:noinline
func CopyOfText(n int) { SinkCount = copy(Bytes, []byte(Text)) }

// want: append: run time, capacity; if n > 0
//
//go:noinline
func AppendOfText(n int) { SinkBytes = append([]byte(nil), Text...) }

// want: append: run time, capacity; if n > 0
// want: slice literal: never, zero size
//
//go:noinline
func AppendToLiteral(n int) { SinkBytes = append([]byte{}, Text...) }

// want: slice literal: never, zero size
// want: append: stack up to 32; amount 8*n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func AppendAfterLiteral(n int) {
	s := []int{}
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	SinkInts = s
}

//go:noinline
func AppendToResult(n int) { SinkInts = appendToResult(n) }

// want: append: stack up to 32; amount 8*n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func appendToResult(n int) (s []int) {
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	return
}

// want: append: stack up to 32; amount 8*n; if n > 0
//
//go:noinline
func AppendToField(n int) {
	var p struct{ list []int }
	for i := 0; i < n; i++ {
		p.list = append(p.list, i)
	}
	SinkCount = useInts(p.list...)
}

// want: append: run time, capacity; if n > 0
//
//go:noinline
func AppendToGlobalField(n int) {
	Pair.list = nil
	for i := 0; i < n; i++ {
		Pair.list = append(Pair.list, i)
	}
}

// want: variable: stack
// want: closure: stack
// want: append: run time, capacity
//
//go:noinline
func AppendInClosure(n int) {
	var s []int
	each(func(i int) bool { s = append(s, i); return true })
	SinkCount = len(s)
}

//go:noinline
func AppendToParameter(n int) { SinkCount = appendToParameter(nil, n) }

// want: append: stack up to 32; amount 8*n; if n > 0
//
//go:noinline
func appendToParameter(s []int, n int) int {
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	return len(s)
}

// want: append: stack up to 32
//
//go:noinline
func AppendOther(n int) {
	var s []int
	t := append(s, n)
	SinkCount = useInts(t...)
}

// want: append: stack up to 32; amount 8*n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func AppendPointers(n int) {
	var s []*int
	for i := 0; i < n; i++ {
		s = append(s, &Number)
	}
	SinkPtrs = s
}

// want: append: stack up to 32; amount 16*n; if n > 0
//
//go:noinline
func AppendStringsStay(n int) {
	var s []string
	for i := 0; i < n; i++ {
		s = append(s, Text)
	}
	SinkCount = len(s)
}

// want: append: stack up to 32; amount n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 33
//
//go:noinline
func AppendBytesEscape(n int) {
	var s []byte
	for i := 0; i < n; i++ {
		s = append(s, 'x')
	}
	SinkBytes = s
}

// want: make map: stack
// want: map assign: run time, map grows; if n < 0
// want: append: run time, capacity; if n > 0
//
//go:noinline
func AppendToMap(n int) {
	m := make(map[int][]int)
	for i := 0; i < n; i++ {
		m[0] = append(m[0], i)
	}
	SinkCount = len(m)
}

// want: map literal: stack
// want: slice literal: heap
// want: slice literal: heap
//
//go:noinline
func MapLiteralOfSlices(n int) { m := map[int][]int{1: {n}, 2: {n, n}}; SinkCount = len(m) }

// want: map literal: stack
//
//go:noinline
func MapLiteralEmpty(n int) { m := map[int]int{}; SinkCount = len(m) }

// want: map literal: heap
//
//go:noinline
func MapLiteralMany(n int) {
	m := map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 1, 11: 2, 12: 3, 13: 4, 14: 5,
		15: 6, 16: 7, 17: 8, 18: 9, 19: 1, 20: 2, 21: 3, 22: 4, 23: 5, 24: 6, 25: 7, 26: 8}
	SinkCount = m[n]
}

// want: boxed: never, pointer shaped
// want: composite pointer: heap
// want: composite pointer: heap
// want: slice literal: heap
//
//go:noinline
func NestedLiterals(n int) {
	SinkAny = &struct {
		p *Point
		s []int
	}{&Point{n, n}, []int{n}}
}

// want: composite pointer: stack
// want: composite pointer: stack
// want: slice literal: stack
//
//go:noinline
func NestedLiteralsStay(n int) {
	x := &struct {
		p *Point
		s []int
	}{&Point{n, n}, []int{n}}
	SinkCount = x.p.X + x.s[0]
}

// want: go statement: run time, reused; if n < 0
// want: closure: heap
//
//go:noinline
func GoWithArgument(n int) { go sendOn(SinkChan2, n); SinkCount = <-SinkChan2 }

var SinkChan2 = make(chan int)

func sendOn(c chan int, n int) { c <- n }

// want: closure: stack
//
//go:noinline
func DeferWithArgument(n int) { defer set(n) }

//go:noinline
func set(n int) { SinkCount = n }

// want: closure: heap
// want: closure: heap
//
//go:noinline
func NestedClosures(n int) {
	SinkFunc = func() int {
		f := func() int { return n }
		SinkFunc = f
		return call(f)
	}
	SinkCount = SinkFunc()
}

// want: variable: stack
// want: closure: stack
//
//go:noinline
func RecursiveClosure(n int) {
	var f func(int) int
	f = func(i int) int {
		if i <= 0 {
			return 0
		}
		return f(i-1) + 1
	}
	SinkCount = f(n)
}

// want: boxed: heap
//
//go:noinline
func GenericStruct(n int) { SinkAny = box(Point{n, n}) }

type list[T any] struct {
	next  *list[T]
	value T
}

func cons[T any](next *list[T], value T) *list[T] { return &list[T]{next, value} }

// want: boxed: never, pointer shaped
// want: composite pointer: heap
//
//go:noinline
func GenericPointer(n int) { SinkAny = cons(nil, n) }

func collect[T any](x T, n int) []T {
	var s []T
	for i := 0; i < n; i++ {
		s = append(s, x)
	}
	return s
}

// want: append: stack up to 32; amount 8*n; if n > 0
// want: move to heap: run time, in frame; if n > 0; if n < 5
//
//go:noinline
func GenericAppend(n int) { SinkInts = collect(n, n) }

// want: closure: heap; reached n < 0
func upTo(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

// want: closure: stack
//
//go:noinline
func RangedFunction(n int) {
	for i := range upTo(n) {
		SinkCount += i
	}
}

// want: variable: heap
// want: closure: heap
//
//go:noinline
func RangedUnknown(n int) {
	for i := range Iterate {
		SinkCount += i + n
	}
}

var Iterate = upTo(3)

// want: defer record: heap
// want: variable: stack
// want: closure: stack
// want: closure: stack
// want: defer record: run time, reused; if n < 0
// want: closure: heap; times n%16
//
//go:noinline
func RangedWithDefer(n int) {
	for i := range upTo(n % 16) {
		defer set(i)
	}
}

// want: boxed: heap
//
//go:noinline
func SendBoxed(n int) { Ready <- Point{n, n}; <-Ready }

// want: boxed: run time, small value; if n > 255
//
//go:noinline
func SelectBoxed(n int) {
	select {
	case Ready <- n:
		<-Ready
	default:
	}
}

// want: boxed: stack
//
//go:noinline
func TypeSwitched(n int) {
	var x any = Point{n, n}
	switch x := x.(type) {
	case Point:
		SinkCount = x.X
	case int:
		SinkCount = x
	}
}

// want: composite pointer: stack
//
//go:noinline
func LargeStays(n int) { b := &Big{}; b.Data[n] = 1; SinkCount = useBytes(b.Data[:]) }

// want: boxed: never, pointer shaped
// want: composite pointer: heap
//
//go:noinline
func LargeEscapes(n int) { SinkAny = &Big{} }

// want: variable: heap
//
//go:noinline
func ArrayLiteralSliced(n int) { a := [3]int{n, n, n}; SinkInts = a[:] }

//go:noinline
func NilArguments(n int) { SinkCount = useInts(nil...) }

// want: variable: heap; times n+1
//
//go:noinline
func IterationVariable(n int) {
	for i := 0; i < n; i++ {
		SinkInt = &i
	}
}

// want: closure: heap; times n
//
//go:noinline
func IterationCaptured(n int) {
	for i := range n {
		SinkFunc = func() int { return i }
	}
}

// want: variable: heap; times n
//
//go:noinline
func RangedVariables(n int) {
	for i, x := range Ints {
		SinkInt = &x
		SinkCount = i
	}
}

// want: concat: run time, one operand; if n > 0
// want: bytes to string: stack up to 32; amount n
//
//go:noinline
func ConcatAssignBytes(n int) { s := Word; s += string(Bytes); SinkCount = useString(s) }

// want: concat: run time, one operand; times n-1
//
//go:noinline
func ConcatInLoop(n int) {
	s := ""
	for i := 0; i < n; i++ {
		s += "x"
	}
	SinkString = s
}

// want: map assign: run time, map grows; if n < 0
// want: concat: run time, one operand; if n < 0
// want: map assign: run time, map grows; if n < 0
// want: concat: run time, one operand; if n > 0
//
//go:noinline
func ConcatToMap(n int) { Words[0] = ""; Words[0] += Word + Text }

var Words = map[int]string{}

// want: method value: stack
//
//go:noinline
func MethodValueCalled(n int) { p := Point{n, n}; f := p.Sum; SinkCount = f() }

//go:noinline
func InterfaceMethodArgument(n int) { SinkCount = Sums.Sum(); Sums.(*Point).Move() }

var Sums Summer = &Point{}

// want: variable: heap
//
//go:noinline
func UnknownFunctionArgument(n int) { x := n; SinkCount = Unknown(&x) }

var Unknown = use

// want: bytes to string: run time, short string; if n > 127
//
//go:noinline
func StringOfByte(n int) { SinkString = string(Bytes[:n/64]) }

// want: make slice: stack up to 32; amount 16*n
//
//go:noinline
func MakeOfLength(n int) { SinkCount = useInts(make([]int, len(Ints), 2*len(Ints))...) }

// want: make slice: stack up to 32; amount n
//
//go:noinline
func makeBySmallType(n int32) int { return useBytes(make([]byte, n)) }

//go:noinline
func MakeBySmallType(n int) { SinkCount = makeBySmallType(int32(n)) }

// want: make slice: stack
// want: make slice: heap; amount n; times 3
//
//go:noinline
func MakeTwoDimensions(n int) {
	s := make([][]int, 3)
	for i := range s {
		s[i] = make([]int, n)
	}
	SinkCount = len(s[0])
}

func find(s string) (int, bool) { n, ok := Known[s]; return n, ok }

// want: bytes to string: never, looked up; amount n
//
//go:noinline
func BytesFoundInlined(n int) { SinkCount, SinkBool = find(string(Bytes)) }

// want: bytes to string: never, looked up; amount n
//
//go:noinline
func BytesFoundInCondition(n int) {
	s := string(Bytes)
	if v, ok := Known[s]; ok {
		SinkCount = v
	}
}

// want: bytes to string: stack up to 32; amount n
//
//go:noinline
func BytesFoundLater(n int) {
	s := string(Bytes)
	SinkCount = use(&Number)
	SinkCount += Known[s]
}

// want: bytes to string: never, looked up; amount n
//
//go:noinline
func BytesReturned(n int) { SinkCount = bytesReturned() }

//go:noinline
func bytesReturned() int {
	s := string(Bytes)
	return Known[s]
}

// want: bytes to string: stack up to 32; amount n
//
//go:noinline
func BytesNotCompared(n int) {
	s := string(Bytes)
	SinkBool = s == Text
}
