// Package main inlines the same functions again and again.
package main

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

type node struct {
	next *node
	data [4]int
	name string
}

var sink any

// addressed takes the address of its parameter.
func addressed(n node) *int { return &n.data[1] }

func unnamed(_ int, _ string) (int, error) { return 7, nil }

func named(a, b int) (sum int, err error) {
	sum = a + b
	if sum < 0 {
		err = errors.New("negative")
	}
	return
}

func swap(a, b *node) (*node, *node) {
	a, b = b, a
	return a, b
}

func boxed(v int) any { return v + 1<<3 }

func labeled(list []int) int {
loop:
	for _, v := range list {
		if v > 2 {
			break loop
		}
	}
	return len(list)
}

func literal(v int) func() int { return func() int { return v } }

func fill(b *strings.Builder, parts ...string) {
	for _, part := range parts {
		b.WriteString(part)
	}
}

func (n *node) link(next *node) *node {
	n.next = next
	return n
}

func (n node) text() string { return n.name + "!" }

func kind(v any) string {
	switch v := v.(type) {
	case int:
		return "int"
	case string:
		return v
	}
	return "?"
}

func main() {
	var n, m node
	var count atomic.Int64
	var b strings.Builder
	for i := 0; i < 3; i++ {
		sink = addressed(n)
		_ = addressed(m)
		x, err := unnamed(i, "a")
		y, _ := unnamed(x, "b")
		s, err2 := named(x, y)
		t, _ := named(s, -1)
		u, _ := named(t, s)
		l, r := swap(&n, &m)
		l, r = swap(l, r)
		l, _ = swap(r, l)
		sink = boxed(u)
		_ = boxed(t)
		fmt.Println(boxed(s), err, err2)
		_ = labeled([]int{1, 2, i})
		_ = labeled([]int{i})
		_ = labeled(nil)
		f := literal(i)
		g := literal(x)
		sink = literal(f() + g())
		fill(&b, "a", "b")
		fill(&b, n.text())
		fill(&b, m.text(), l.text())
		n.link(&m).link(l)
		m.link(new(node))
		r.link(&node{name: kind(i)})
		_ = kind(n.name) + kind(u) + kind(l)
		count.Add(1)
		count.Add(int64(i))
		sink = count.Load() + count.Load()
	}
}
