// Dictionaries tell interface types apart by where they are written: each `interface{}` of the package is a type of its
// own.
package main

type order interface {
	less(interface{}, interface{}) bool
}

type grouped interface {
	less(a, b interface{}) bool
}

// Written twice.
type pair[T any] struct{ by order }

func (pair[T]) size()              {}
func (p pair[T]) less(x, y T) bool { return p.by.less(x, y) }

// Written once for two parameters.
type group[T any] struct{ by grouped }

func (group[T]) size()              {}
func (g group[T]) less(x, y T) bool { return g.by.less(x, y) }

// One of the package, and that of builtins.
type local[T any] struct{ held interface{} }

func (local[T]) size() {}
func (l *local[T]) hold(x T) {
	l.held = x
	var p, q interface{}
	p, q = x, interface{}(x)
	if p == q {
		panic(x)
	}
}

// Type arguments.
type named[T any] struct{}

func (named[T]) size() {}
func (named[T]) call() {
	f[interface{}, T]()
	f[interface{}, T]()
	f[any, T]()
	f[any, T]()
}

func f[A, B any]() {}

func main() {
	pair[int]{}.size()
	group[int]{}.size()
	local[int]{}.size()
	named[int]{}.size()
}
