// Package cases has small functions, each with what may be allocated in it, in order:
//
//	want: SITE: CLASS[; amount COUNT][; if CONDITION][; beyond CONDITION][; reached CONDITION][; times COUNT][; more]
//
// The class is that of Go 1.27. The amount is what is asked for, in the unit of the class: nothing is not allocated. On
// condition of "if" what is decided at run time is allocated; several must all hold. On that of "beyond" a buffer does not
// suffice that the amount fits in. The site is met if "reached" holds, and as often as "times" says. There
// may be more of it with "more". Sites that Go 1.27 does not have begin with "elsewhere". The package imports nothing.
package cases

// Case is a function to measure.
type Case struct {
	Name string
	Run  func(n int)
}

// Sizes are the values of n.
var Sizes = []int{0, 1, 2, 4, 5, 8, 9, 31, 32, 33, 64, 300}

// What functions take: of n elements. Prepare makes them.
var (
	Bytes  []byte
	Text   string
	Runes  []rune
	Ints   []int
	Empty  string
	Word   = "word"
	Number int
	Small  map[int]int
	Known  map[string]int
	Any    any = 7
	Spare  []int
	Digit  = '7'
)

// Where things escape to.
var (
	SinkAny    any
	SinkInt    *int
	SinkInts   []int
	SinkBytes  []byte
	SinkString string
	SinkRunes  []rune
	SinkMap    map[int]int
	SinkChan   chan int
	SinkFunc   func() int
	SinkPoint  *Point
	SinkBool   bool
	SinkArray  *[300]int
	SinkEmpty  *struct{}
	SinkPtrs   []*int
	SinkCount  int
)

// Point has two words without pointers.
type Point struct{ X, Y int }

// Sum adds both.
func (p Point) Sum() int { return p.X + p.Y }

// Move changes it.
func (p *Point) Move() int { p.X++; return p.X }

// Big has more bytes than an interface holds in the frame.
type Big struct{ Data [2000]byte }

// Summer has a method.
type Summer interface{ Sum() int }

// Prepare makes what functions take.
func Prepare(n int) {
	Bytes = make([]byte, n)
	Runes = make([]rune, n)
	Ints = make([]int, n)
	Small = map[int]int{}
	Known = map[string]int{}
	for i := range Bytes {
		Bytes[i], Runes[i] = 'a'+byte(i%26), 'a'+rune(i%26)
		Small[i] = i
	}
	Text = string(Bytes)
	Known[Text] = n
	Number = n
	Spare = make([]int, 0, 1000)
}

//go:noinline
func use(p *int) int { return *p }

//go:noinline
func useBytes(b []byte) int { return len(b) }

//go:noinline
func change(b []byte) {
	if len(b) > 0 {
		b[0] = 'x'
	}
}

//go:noinline
func useString(s string) int { return len(s) }

//go:noinline
func useAny(a any) bool { return a == nil }

//go:noinline
func useAnys(a ...any) int { return len(a) }

//go:noinline
func keepAnys(a ...any) { SinkAny = a[0] }

//go:noinline
func useInts(a ...int) int { return len(a) }

//go:noinline
func keepInts(a ...int) { SinkInts = a }

//go:noinline
func call(f func() int) int { return f() }

//go:noinline
func each(f func(int) bool) { f(1) }
