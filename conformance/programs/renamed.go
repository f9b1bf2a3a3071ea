package main

import (
	"io/ioutil"
	"os"
	"runtime"
	"runtime/pprof"
)

func main() {
	profile, problem := os.Create("mem.pprof")
	if problem != nil {
		panic(problem)
	}
	defer profile.Close()

	run()

	if problem = pprof.WriteHeapProfile(profile); problem != nil {
		panic(problem)
	}
}

func readEverything() []byte {
	handle, problem := os.Open("content.txt")
	if problem != nil {
		panic(problem)
	}
	defer handle.Close()

	// the whole file, in one buffer that grows
	content, problem := ioutil.ReadAll(handle)
	if problem != nil {
		panic(problem)
	}
	return content
}

func run() {
	bad := leaked()
	println("leaked:", *bad, len(*bad))
	runtime.GC()

	var good []byte
	filled(&good)
	println("filled", good, len(good))
	runtime.GC()
}

//go:noinline
func leaked() *[]byte {
	content := readEverything()
	return &content
}

//go:noinline
func filled(content *[]byte) {
	*content = readEverything()
}
