package p

type T T
type A struct { b B }
type B struct { a A }
type I interface { I }
var a, b = b, a
const c = c + 1
func f(x int, x string) { L: for { break M } ; return 1; y := 2 }
func (T) m() {}
func (T) m() {}
var _ = "a" + 1 << 1.5 / 0
var _ = [1]int{1, 2}[-1]
type G[P Q[P]] struct{ f *G[[]P] }
func h[T any](T)
var _ = h[int, int](nil)(((
