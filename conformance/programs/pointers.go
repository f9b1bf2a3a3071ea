package main

type point struct{ x, y int }

type line struct {
	from, to *point
}

func newPoint(x, y int) *point {
	return &point{x, y}
}

func (p *point) moved(dx int) *point {
	q := *p
	q.x += dx
	return &q
}

func (l *line) length() int {
	return (l.to.x - l.from.x) + (l.to.y - l.from.y)
}

var last *line

func main() {
	a := newPoint(1, 2)
	b := a.moved(3)
	l := line{a, b}
	println(l.length())
	m := &line{from: newPoint(0, 0), to: b}
	last = m
	println(m.length())
}
