package main

import (
	"fmt"
	"sort"
)

type Shower interface{ Show() string }

type box[T any] struct {
	v    T
	name string
	rest []*T
}

func (b box[T]) Show() string { return b.name }

type pairOf[K comparable, V any] struct {
	k K
	v V
	p float64
}

func (p *pairOf[K, V]) Show() string { return fmt.Sprint(p.k) }

// show has a dictionary with a table of methods.
func show[T Shower](x T) Shower { return x }

func wrap[T any](x T) Shower { return box[T]{v: x, name: "wrap"} }

func ptr[K comparable, V any](k K, v V) Shower { return &pairOf[K, V]{k: k, v: v} }

type local struct {
	a string
	b int8
	c int16
}

func (local) Show() string { return "" }

type byName []struct{ name, value string }

func (b byName) Len() int           { return len(b) }
func (b byName) Less(i, j int) bool { return b[i].name < b[j].name }
func (b byName) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

type failure struct {
	op    string
	cause error
	where [3]struct {
		file string
		line int
	}
}

func (f *failure) Error() string { return f.op }

func fail(op string) error {
	type inner struct {
		error
		code [2]float32
	}
	if op == "" {
		return inner{code: [2]float32{1, 2}}
	}
	return &failure{op: op}
}

func is(e error) bool {
	switch e := e.(type) {
	case interface{ Timeout() bool }:
		return e.Timeout()
	case *asserted:
		return true
	}
	_, ok := e.(anonymous)
	return ok
}

type asserted struct {
	a, b any
}

func (*asserted) Error() string { return "" }

type anonymous struct {
	struct1 struct{ x, y complex128 }
	m       map[struct {
		s string
		n int32
	}]map[[4]any]bool
}

func (anonymous) Error() string { return "" }

// Only a conversion to any: nothing is described.
type plain struct{ x, y string }

func toAny(p plain) any { return p }

var global Shower = local{}

var chained fmt.Stringer = stringer{}

type stringer struct {
	x string
	y float32
}

func (stringer) String() string { return "" }

func ranged(seq map[local]local) (n Shower) {
	for n = range seq {
	}
	var e error
	e, n = &failure{}, local{}
	fmt.Println(e)
	return
}

func main() {
	show(local{a: "x"})
	wrap(plain{})
	wrap([2]string{})
	ptr("k", plain{})
	ptr(local{}, 1)
	sort.Sort(byName{})
	fmt.Println(fail("x"), is(nil), toAny(plain{}), global, chained, ranged(nil))
}
