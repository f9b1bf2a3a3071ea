package main

type shape interface {
	area() float64
}

type square struct{ side float64 }

type circle struct{ r float64 }

func (s square) area() float64  { return s.side * s.side }
func (c *circle) area() float64 { return 3 * c.r * c.r }

func sum(shapes ...shape) float64 {
	total := 0.0
	for _, s := range shapes {
		total += s.area()
	}
	return total
}

func pick(big bool) shape {
	if big {
		return square{10}
	}
	return &circle{1}
}

func main() {
	println(sum(square{1}, &circle{2}, pick(true)))
	var s shape = square{4}
	println(s.area())
}
