package main

import "testing"

var sink []byte

func grow(n int) []byte { return make([]byte, n) }

func pair(n int) (int, *int) { return n, &n }

func loop(b *testing.B) {
	for b.Loop() {
		grow(10)
		n, p := pair(3)
		n++
		*p = n
		sink = grow(n)
		_ = grow(n)
	}
}

func capture(b *testing.B) {
	total := 0
	for b.Loop() {
		func() { total++ }()
		pair(total)
	}
}

func main() {
	testing.Benchmark(loop)
	testing.Benchmark(capture)
}
