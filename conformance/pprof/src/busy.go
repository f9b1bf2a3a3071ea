// Computes under labels and writes a cpu profile.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"sort"
	"strconv"
	"strings"
	"time"
)

type number interface{ ~int | ~float64 }

func square[T number](x T) T { return x * x }

func add[T number](x, y T) T { return x + y }

//go:noinline
func norm[T number](values []T) T {
	var sum T
	for _, v := range values {
		sum = add(sum, square(v))
	}
	return sum
}

//go:noinline
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func even(n int) bool {
	if n == 0 {
		return true
	}
	return odd(n - 1)
}

//go:noinline
func odd(n int) bool {
	if n == 0 {
		return false
	}
	return even(n - 1)
}

//go:noinline
func text(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strconv.Itoa(i * i))
	}
	return b.String()
}

var sink any

func sorted(n int) {
	values := make([]int, n)
	for i := range values {
		values[i] = i * 7919 % n
	}
	sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
	sink = values
}

func under(key, value string, d time.Duration, work func()) {
	pprof.Do(context.Background(), pprof.Labels(key, value, "stage", "main"), func(context.Context) {
		for start := time.Now(); time.Since(start) < d; {
			work()
		}
	})
}

func main() {
	runtime.SetCPUProfileRate(200)
	out, err := os.Create("cpu.pb.gz")
	if err != nil {
		panic(err)
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		panic(err)
	}
	defer pprof.StopCPUProfile()
	ints, floats := make([]int, 1000), make([]float64, 1000)
	under("request", "fib", 300*time.Millisecond, func() { sink = fib(22) })
	under("request", "norm", 300*time.Millisecond, func() { sink = norm(ints); sink = norm(floats) })
	under("request", "parity", 200*time.Millisecond, func() { sink = even(90) })
	under("worker", "text", 300*time.Millisecond, func() { sink = text(1000) })
	done := make(chan bool)
	go func() {
		for start := time.Now(); time.Since(start) < 300*time.Millisecond; {
			sorted(3000)
		}
		done <- true
	}()
	<-done
}
