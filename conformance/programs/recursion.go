package main

type node struct {
	left, right *node
	value       int
}

func insert(n *node, v int) *node {
	if n == nil {
		return &node{value: v}
	}
	if v < n.value {
		n.left = insert(n.left, v)
	} else {
		n.right = insert(n.right, v)
	}
	return n
}

func even(n int) bool {
	if n == 0 {
		return true
	}
	return odd(n - 1)
}

func odd(n int) bool {
	if n == 0 {
		return false
	}
	return even(n - 1)
}

func walk(n *node, f func(*node)) {
	if n == nil {
		return
	}
	walk(n.left, f)
	f(n)
	walk(n.right, f)
}

func main() {
	var root *node
	for i := 0; i < 10; i++ {
		root = insert(root, i*7%10)
	}
	sum := 0
	walk(root, func(n *node) { sum += n.value })
	println(sum, even(4))
}
