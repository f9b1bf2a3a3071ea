// Allocates in many ways and writes what of it lives and what was allocated: heap and allocs profiles, as protobuf and as
// text, and a second heap profile after more work, for differences.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
)

type node struct {
	left, right *node
	payload     [6]int
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(item T) {
	s.items = append(s.items, item)
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

//go:noinline
func index[K comparable, V any](pairs []pair[K, V]) map[K]V {
	out := make(map[K]V, len(pairs))
	for _, p := range pairs {
		out[p.key] = p.value
	}
	return out
}

// Small enough to be inlined, twice.
func fresh(n int) []byte { return make([]byte, n) }

func twice(n int) ([]byte, []byte) { return fresh(n), fresh(2 * n) }

//go:noinline
func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

//go:noinline
func deep(n int) []byte {
	if n == 0 {
		return make([]byte, 96<<10)
	}
	return deep(n - 1)
}

//go:noinline
func words(n int) []string {
	var out []string
	for i := range n {
		out = append(out, strings.Repeat("w", i%50)+fmt.Sprint(i))
	}
	return out
}

type server struct{ kept [][]byte }

func (s *server) handle(size int) {
	a, b := twice(size)
	s.kept = append(s.kept, a)
	sink = b
	func() {
		sink = fresh(size / 2)
	}()
}

var (
	sink    any
	roots   []*node
	numbers stack[int64]
	names   stack[string]
	table   map[string]int
	held    []byte
	web     server
)

func work(round int) {
	roots = append(roots, tree(9))
	for i := range 20_000 {
		numbers.push(int64(i))
	}
	for _, w := range words(3000) {
		names.push(w)
	}
	var pairs []pair[string, int]
	for i, w := range names.items {
		pairs = append(pairs, pair[string, int]{w, i})
	}
	table = index(pairs)
	held = deep(40 + round)
	for i := range 50 {
		web.handle(1000 + 100*i)
	}
}

func write(kind, file string, debug int) {
	runtime.GC()
	out, err := os.Create(file)
	if err != nil {
		panic(err)
	}
	defer out.Close()
	if err := pprof.Lookup(kind).WriteTo(out, debug); err != nil {
		panic(err)
	}
}

func main() {
	work(0)
	write("heap", "heap.pb.gz", 0)
	write("allocs", "allocs.pb.gz", 0)
	write("heap", "heap.txt", 1)
	write("allocs", "allocs.txt", 1)
	roots, held = roots[:0], nil
	clear(table)
	work(1)
	work(2)
	write("heap", "heap2.pb.gz", 0)
}

func init() { runtime.MemProfileRate = 8 << 10 }
