package main

import (
	"io/ioutil"
	"os"
	"runtime"
	"runtime/pprof"
)

func main() {
	profile, err := os.Create("mem.pprof")
	if err != nil {
		panic(err)
	}
	defer profile.Close()

	run()

	if err = pprof.WriteHeapProfile(profile); err != nil {
		panic(err)
	}
}

func bigData() []byte {
	file, err := os.Open("data.txt")
	if err != nil {
		panic(err)
	}
	defer file.Close()

	// the whole file, in one buffer that grows
	data, err := ioutil.ReadAll(file)
	if err != nil {
		panic(err)
	}
	return data
}

func run() {
	bad := getBadData()
	println("getBadData:", *bad, len(*bad))
	runtime.GC()

	var good []byte
	getGoodData(&good)
	println("getGoodData", good, len(good))
	runtime.GC()

	again := getBadData()
	third := getBadData()
	getGoodData(again)
	getGoodData(third)
	println(len(*again) + len(*third))
}

//go:noinline
func getBadData() *[]byte {
	data := bigData()
	return &data
}

//go:noinline
func getGoodData(data *[]byte) {
	*data = bigData()
}
