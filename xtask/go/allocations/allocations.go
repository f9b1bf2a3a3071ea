// Allocations belongs to a program beside it, runs it, and prints the lines of x.go that allocated: the line, then how many
// objects.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// turns is how often the program is run. Objects below 16 bytes without pointers share a block, and only the first of a
// block is sampled; in different turns it is not always the same.
const turns = 64

var padding []byte

func init() {
	runtime.MemProfileRate = 1
	for i := 0; i < turns; i++ {
		main()
		padding = make([]byte, 1+i%15)
	}
	// Samples can be read when what they are of has been looked at by the collector.
	runtime.GC()
	runtime.GC()
	samples := make([]runtime.MemProfileRecord, 10000)
	n, ok := runtime.MemProfile(samples, true)
	if !ok {
		fmt.Fprintln(os.Stderr, "too many samples")
		os.Exit(1)
	}
	for _, sample := range samples[:n] {
		frames := runtime.CallersFrames(sample.Stack())
		for more := true; more; {
			var frame runtime.Frame
			frame, more = frames.Next()
			if filepath.Base(frame.File) == "x.go" {
				fmt.Println(frame.Line, sample.AllocObjects)
				break
			}
		}
	}
	os.Exit(0)
}
