package main

import (
	"errors"
	"strconv"
)

type config struct {
	name  string
	limit int
}

var errEmpty = errors.New("empty")

func parse(s string) (*config, error) {
	if s == "" {
		return nil, errEmpty
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return nil, err
	}
	return &config{s, n}, nil
}

func fill(c *config, s string) (err error) {
	c.name = s
	c.limit, err = strconv.Atoi(s)
	return
}

func swap(a, b *config) (*config, *config) {
	return b, a
}

func main() {
	c, err := parse("12")
	if err != nil {
		panic(err)
	}
	var d config
	if err := fill(&d, "13"); err != nil {
		panic(err)
	}
	e, f := swap(c, &d)
	println(e.limit, f.limit)
}
