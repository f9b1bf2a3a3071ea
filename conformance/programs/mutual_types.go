// Types that mention each other, with wrappers for promoted methods.
package main

type tree struct {
	leftBase
	owner *forest
	kids  []*tree
}

type table struct {
	midBase
	owner *shop
}

type leftBase struct{ n int }

func (b *leftBase) left() int { return b.n }

type midBase struct{ n int }

func (b *midBase) mid() int { return b.n }

type rightBase struct{ n int }

func (b *rightBase) right() int { return b.n }

type lowBase struct{ n int }

func (b *lowBase) low() int { return b.n }

// Comes to tree before tree itself is looked at.
type forest struct {
	rightBase
	trees map[string]*tree
}

func (t *tree) visit(f *forest, done func(*leaf)) {}

type leaf struct {
	lowBase
	of *tree
}

// Is written after table.
type shop struct{ tables []table }

func (t *table) sell(to *buyer) {}

type buyer struct {
	lowBase
	at *table
}

type zone struct {
	rightBase
	all *area
}

func (z *zone) join(other *leaf, b border) {}

type border struct{ leftBase }

type area struct{ zones []*zone }

// The body is written before the types are.
func first() {
	var a area
	var z zone
	_, _ = a, z
}

func main() {
	first()
	println(new(tree).owner, new(table).owner, new(leaf).of, new(buyer).at)
}
