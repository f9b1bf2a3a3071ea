package main

import "sync"

type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) add(key string, by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = make(map[string]int)
	}
	c.n[key] += by
}

func (c *counter) reset() {
	defer c.add("resets", 1)
	for i := 0; i < 2; i++ {
		defer println(i)
	}
	go c.add("later", 2)
}

func main() {
	var c counter
	c.add("a", 1)
	c.reset()
	p := new(counter)
	p.add("b", 2)
}
