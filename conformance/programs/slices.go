package main

func collect(n int) []int {
	var out []int
	for i := 0; i < n; i++ {
		out = append(out, i*i)
	}
	return out
}

func fixed() int {
	buf := make([]byte, 64)
	for i := range buf {
		buf[i] = byte(i)
	}
	return int(buf[3])
}

func sized(n int) int {
	buf := make([]byte, n)
	return len(buf)
}

func reuse(dst []byte, s string) []byte {
	dst = append(dst[:0], s...)
	return dst
}

func table() map[string][]int {
	m := map[string][]int{"a": {1, 2}, "b": nil}
	m["c"] = collect(3)
	return m
}

func main() {
	println(len(collect(10)), fixed(), sized(20))
	println(string(reuse(nil, "hello")))
	println(len(table()))
	copy(reuse(make([]byte, 8), "x"), "abc")
}
