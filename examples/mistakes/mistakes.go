// Package mistakes does not compile: it shows what escargo says about that.
package mistakes

import (
	"fmt"
	"os"
)

type reader interface{ Read([]byte) (int, error) }

type file struct{ name string }

func (f *file) Read(p []byte) (int, error) { return copy(p, f.name), nil }

func open(name string) reader {
	return file{name}
}

func count[T any](list []T) (n int8) {
	for range list {
		n += 200
	}
	return n
}

func main() {
	total := count[string]([]int{1, 2})
	for i := range 3 {
		fmt.Println(open("x").Name, i)
	}
}
