package main

type File struct {
	fd   int
	name string
}

func NewFile(fd int, name string) *File {
	f := File{fd, name}
	return &f
}

var global *int

func Foo() *int {
	a := 1
	b := new(int)
	*b = a
	c := 3
	global = &c
	d := 4
	println(a, *b)
	return &d
}

func main() {
	println(*Foo(), NewFile(1, "x").fd)
}
