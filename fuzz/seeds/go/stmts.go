package p

import "fmt"

func g(c chan int, m map[string][]int, e error) (r int, err error) {
	defer func() { recover() }()
	go fmt.Println(<-c)
outer:
	for i := 0; i < 10; i++ {
		switch x := any(i).(type) {
		case int, nil:
			continue outer
		case interface{ Error() string }:
			_ = x.Error()
			fallthrough
		default:
			break outer
		}
	}
	for i := range 10 { m["a"][i]++ }
	for k, v := range m { delete(m, k); r += len(v) }
	for x := range func(yield func(int) bool) { yield(1) } { _ = x }
	select {
	case c <- 1:
	case x, ok := <-c:
		_, _ = x, ok
	default:
		goto end
	}
	if v, ok := e.(fmt.Stringer); ok { _ = v.String } else if !ok { panic(e) }
	switch { case r > 1 && r < 3: r <<= 2; case r == 4, r == 5: r &^= 1 }
end:
	type local struct{ a, b int }
	l := []*local{{1, 2}, {b: 3}}
	s := l[1:2:3]
	*l[0], r = local{}, cap(s)
	return min(r, 2), nil
}
