// Package p holds a bit of everything.
package p

import (
	"fmt"
	. "iter"
	_ "unsafe"
	u "unsafe"
)

const (
	A, B = iota, 1 << iota
	C, D
	big      = 1 << 100
	e        = 2.718281828459045235360287471352662497757i
)

type (
	List[T any]                   struct{ head *node[T] }
	node[T any]                   struct{ v T; next *node[T] }
	Num                           interface{ ~int | ~float64 }
	Pair[K comparable, V ~[]byte] = map[K]V
	Rec                           interface{ m(Rec) *Rec; fmt.Stringer }
	F                             func(a, b int, rest ...string) (x, y chan<- int)
	S                             struct { List[int]; *Rec2; a, b int `tag:"x"` }
	Rec2                          [2]*Rec2
)

var x, y = f(), func() int { return z }()
var z int = len([...]string{2: "a", "b"})

func f() int { return y + int(u.Sizeof(z)) }

func (l *List[T]) Push(v T) { l.head = &node[T]{v, l.head} }

func Max[T Num, L ~[]T](l L) (m T) {
	for _, v := range l {
		if v > m { m = v }
	}
	return Sum(m, m)
}

var _ = Max([]int{1, 2, 3})
