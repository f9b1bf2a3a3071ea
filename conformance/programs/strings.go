package main

import "os"

func greet(name string) string {
	return "hello, " + name + "!"
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 32
		}
	}
	return string(b)
}

func find(args []string, want string) (index int, ok bool) {
	for i, a := range args {
		if a == want {
			return i, true
		}
	}
	return -1, false
}

func main() {
	println(greet(upper("world")))
	if i, ok := find(os.Args, "-v"); ok {
		println(i)
	}
	var any interface{} = greet("x")
	switch v := any.(type) {
	case string:
		println(v)
	case nil:
		println("nil")
	}
}
