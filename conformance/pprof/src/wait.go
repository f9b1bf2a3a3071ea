// Waits in many ways and writes block, mutex, goroutine and threadcreate profiles, as protobuf and as text.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

type box[T any] struct {
	mu    sync.Mutex
	value T
}

func (b *box[T]) set(v T, hold time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.value = v
	time.Sleep(hold)
}

//go:noinline
func fight(b *box[int], n int, hold time.Duration) {
	for i := range n {
		b.set(i, hold)
	}
}

//go:noinline
func produce(ch chan<- int, n int) {
	for i := range n {
		time.Sleep(time.Millisecond)
		ch <- i
	}
	close(ch)
}

func drain(ch <-chan int) (sum int) {
	for v := range ch {
		sum += v
	}
	return sum
}

//go:noinline
func choose(a, b chan int, quit chan bool) {
	for {
		select {
		case <-a:
		case <-b:
		case <-quit:
			return
		}
	}
}

//go:noinline
func parked(depth int, quit chan bool) {
	if depth > 0 {
		parked(depth-1, quit)
		return
	}
	<-quit
}

func write(kind, file string, debug int) {
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
	write("block", "empty.pb.gz", 0)
	write("block", "empty.txt", 1)
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	var all sync.WaitGroup
	run := func(work func()) {
		all.Add(1)
		go func() {
			defer all.Done()
			work()
		}()
	}
	shared, quiet := &box[int]{}, &box[int]{}
	for range 4 {
		run(func() { fight(shared, 5, time.Millisecond) })
	}
	run(func() { fight(quiet, 3, 0) })
	var lock sync.RWMutex
	for range 3 {
		run(func() {
			lock.Lock()
			time.Sleep(2 * time.Millisecond)
			lock.Unlock()
		})
		run(func() {
			lock.RLock()
			time.Sleep(time.Millisecond)
			lock.RUnlock()
		})
	}
	ch := make(chan int)
	run(func() { produce(ch, 10) })
	run(func() { drain(ch) })
	a, b, stop := make(chan int), make(chan int), make(chan bool)
	go choose(a, b, stop)
	run(func() {
		for i := range 5 {
			time.Sleep(time.Millisecond)
			a <- i
			b <- i
		}
	})
	all.Wait()
	quit := make(chan bool)
	for i := range 3 {
		go parked(i*10, quit)
	}
	for _, name := range []string{"red", "blue"} {
		pprof.Do(context.Background(), pprof.Labels("colour", name, "kind", "parked"), func(context.Context) {
			go parked(2, quit)
			go parked(2, quit)
		})
	}
	time.Sleep(20 * time.Millisecond)
	for _, kind := range []string{"block", "mutex", "goroutine", "threadcreate"} {
		write(kind, kind+".pb.gz", 0)
		write(kind, kind+".txt", 1)
	}
	close(stop)
	close(quit)
}
