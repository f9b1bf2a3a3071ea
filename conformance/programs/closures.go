package main

import "os"

func main() {
	count := 0
	visit := func(name string) bool {
		count++
		return len(name) > 3
	}
	for _, arg := range os.Args {
		if !visit(arg) {
			break
		}
	}
	println(count)
	keep(func() int { return count })
	total := adder(10)
	println(total(1), total(2))
	defer func() {
		if r := recover(); r != nil {
			println("recovered")
		}
	}()
	func(n int) { println(n + count) }(4)
}

var kept []func() int

func keep(f func() int) {
	kept = append(kept, f)
}

func adder(start int) func(int) int {
	sum := start
	return func(n int) int {
		sum += n
		return sum
	}
}
