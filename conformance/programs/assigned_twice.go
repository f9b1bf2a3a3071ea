package main

import "errors"

//go:noinline
func use(s string) {}

type my struct{ s string }

func (m *my) Error() string { return m.s }

func newMy(s string) error { return &my{s} }

func convA(s string) (int, error) {
	if s == "" {
		return 0, newMy("empty")
	}
	return 1, nil
}

func convB(s string) error { return errors.New("x") }

func a1() {
	_, err := convA("a")
	use("x")
	_, err = convA("b")
	use(err.Error())
}

func a2() {
	err := convB("a")
	use("x")
	err = convB("b")
	use(err.Error())
}

func a3() {
	err := errors.New("a")
	use("x")
	err = errors.New("b")
	use(err.Error())
}

func a4() {
	err := newMy("a")
	use("x")
	err = newMy("b")
	use(err.Error())
}

func main() {}
