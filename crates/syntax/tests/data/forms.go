// Every form of the language, for comparing nodes and positions.
package forms

import "fmt"
import (
	. "math"
	str "strings"
	_ "unsafe"
)

const c0 = 1
const (
	c1, c2 int = iota, 1 << iota
	c3, c4
	_ = "s" + `raw
line`
)

type (
	A            [4]int
	B            [n * 2]int
	C            [...]int
	D            []int
	E[T any]     struct{ x T }
	F[P *Q,]     int
	G[P *Q | R]  int
	H[P (Q),]    int
	I[P []int]   int
	J[P, Q any, R interface{ ~int | ~string; m() }] = map[P]Q
	K[P *struct{}] int
	L[P *Q] int
	M[P ~int | *Q] int
	N[P interface{ *Q }] int
	O = chan<- (<-chan int)
	P func(int, ...string) (x, y int, _ error)
	Q struct {
		a, b int `tag`
		*R
		pkg.T "t"
		S[int]
		f func(a, b int, c ...int)
		g [3][]S[int]
		_ (((int)))
	}
	R interface {
		m(x int) (y int)
		fmt.Stringer
		S[int, string]
		int | ~string | *T
		~[]byte
	}
)

var v0, v1 = 1, 2
var v2 map[string][]*int
var (
	v3 func()
	v4 chan int = make(chan int)
	v5 <-chan int
)

func f0()
func f1(int, string) int { return 1 }
func (r *T) m1(a, b int, c string) (d, e int) { return }
func (T[P]) m2[Q any](x Q) {}
func f2[P any, Q interface{ ~int }](p P, q ...Q) (r P) { return p }

func stmts() {
	x := 1
	x, y = y, x
	x += 2
	x &^= 3
	x++
	y--
	;
	{ }
	ch <- x
	<-ch
	v, ok := <-ch
	if x { } else if y := f(); y { } else { }
	for { break }
	for x < y { continue }
	for i := 0; i < 10; i++ { }
	for ; ; { }
	for range x { }
	for i := range x { }
	for i, v = range x { }
	for range f { }
L:
	for { break L; continue L }
	goto M
M:
	switch { }
	switch x { case 1, 2: f(); fallthrough; case 3: default: }
	switch x := f(); x { }
	switch x.(type) { case int, *T: case nil: }
	switch y := x.(type) { default: }
	switch a := b; y := x.(type) { }
	select { case <-ch: case ch <- x: case v := <-ch: case v, ok = <-ch: default: f() }
	go f(x)
	defer func() { }()
	var z, w int = 1, 2
	const k = 1
	type T struct{ }
	type (
		U int
	)
	goto E0
E0:
}

func exprs() {
	_ = a + b*c - d/e%f<<g>>h&i&^j | k ^ l
	_ = a == b && c != d || e < f && g <= h || i > j || k >= l
	_ = -a + +b - ^c + *d
	_ = !a && !(b || c)
	_ = &T{1, 2, x: 3, "k": {4, 5}, {6}: {7}}
	_ = &(T{})
	_ = [...]int{1, 2: 3}
	_ = []struct{ a int }{{1}, {a: 2}}
	_ = map[string][]int{"a": {1}}
	_ = pkg.T{}
	_ = G[int]{}
	_ = pkg.G[int, string]{}
	_ = x.y.z(1, 2, w...)(4)[5][6:7][:][1:][:2][1:2:3]
	_ = x.(T).(*U)
	_ = f[int, string](x)
	_ = f[int,](x)
	_ = (*T)(nil)
	_ = (<-chan int)(x)
	_ = <-chan int(x)
	_ = <-(chan int)(x)
	_ = <-chan (<-chan int)(nil)
	_ = []byte("x")
	_ = func(a int) (b int) { return a }(1)
	_ = func() {}
	_ = interface{ m() }(nil)
	_ = struct{}{}
	_ = 0x1p-2 + 1_000 + 0b11 + 0o17 + 017 + 1e3 + .5 + 1i + 'a' + '\n' + '\x00' + '世' + 0
	_ = "a\tb\u4e16\U0001F600\377"
	_ = new(int(3))
	世界, été := 1, 2
	if (T{}) == x { }
	if x == (T{1}) { }
	for _, x := range []int{1} { }
	switch x := (T{}); x { }
}
