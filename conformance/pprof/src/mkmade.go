// Writes profiles that no Go program makes by itself: numeric labels, several binaries, missing names, folded locations,
// columns, frames to drop, negative values, comments. The encoding is that of profile.proto. And a cpu profile of the form
// that came before.
package main

import (
	"encoding/binary"
	"os"
)

type message []byte

func (m *message) varint(v uint64) {
	for v >= 0x80 {
		*m = append(*m, byte(v)|0x80)
		v >>= 7
	}
	*m = append(*m, byte(v))
}

func (m *message) number(tag int, v int64) {
	if v != 0 {
		m.varint(uint64(tag) << 3)
		m.varint(uint64(v))
	}
}

func (m *message) bytes(tag int, b []byte) {
	m.varint(uint64(tag)<<3 | 2)
	m.varint(uint64(len(b)))
	*m = append(*m, b...)
}

func (m *message) packed(tag int, values ...int64) {
	var list message
	for _, v := range values {
		list.varint(uint64(v))
	}
	m.bytes(tag, list)
}

type profile struct {
	out   message
	texts []string
	index map[string]int64
}

func newProfile() *profile {
	return &profile{texts: []string{""}, index: map[string]int64{"": 0}}
}

func (p *profile) text(s string) int64 {
	n, ok := p.index[s]
	if !ok {
		n = int64(len(p.texts))
		p.texts, p.index[s] = append(p.texts, s), n
	}
	return n
}

func (p *profile) valueType(tag int, kind, unit string) {
	var m message
	m.number(1, p.text(kind))
	m.number(2, p.text(unit))
	p.out.bytes(tag, m)
}

func (p *profile) mapping(id, start, limit, offset int64, file, build string, flags ...int) {
	var m message
	m.number(1, id)
	m.number(2, start)
	m.number(3, limit)
	m.number(4, offset)
	m.number(5, p.text(file))
	m.number(6, p.text(build))
	for _, flag := range flags {
		m.number(flag, 1)
	}
	p.out.bytes(3, m)
}

func (p *profile) function(id int64, name, system, file string, start int64) {
	var m message
	m.number(1, id)
	m.number(2, p.text(name))
	m.number(3, p.text(system))
	m.number(4, p.text(file))
	m.number(5, start)
	p.out.bytes(5, m)
}

// lines are function, line, column, again and again.
func (p *profile) location(id, mapping, address int64, folded bool, lines ...int64) {
	var m message
	m.number(1, id)
	m.number(2, mapping)
	m.number(3, address)
	for i := 0; i < len(lines); i += 3 {
		var l message
		l.number(1, lines[i])
		l.number(2, lines[i+1])
		l.number(3, lines[i+2])
		m.bytes(4, l)
	}
	if folded {
		m.number(5, 1)
	}
	p.out.bytes(4, m)
}

type label struct {
	key, text string
	number    int64
	unit      string
}

func (p *profile) sample(stack, values []int64, labels ...label) {
	var m message
	m.packed(1, stack...)
	m.packed(2, values...)
	for _, l := range labels {
		var lm message
		lm.number(1, p.text(l.key))
		lm.number(2, p.text(l.text))
		lm.number(3, l.number)
		lm.number(4, p.text(l.unit))
		m.bytes(3, lm)
	}
	p.out.bytes(2, m)
}

func (p *profile) write(file string) {
	for _, s := range p.texts {
		p.out.bytes(6, []byte(s))
	}
	if err := os.WriteFile(file, p.out, 0o666); err != nil {
		panic(err)
	}
}

// tags has labels of all kinds.
func tags() {
	p := newProfile()
	p.valueType(1, "requests", "count")
	p.valueType(1, "latency", "microseconds")
	p.valueType(1, "transfer", "kilobytes")
	p.mapping(1, 0x400000, 0x600000, 0, "/srv/app/server", "0123abcd", 7, 8, 9, 10)
	p.mapping(2, 0x7f0000000000, 0x7f0000100000, 0x1000, "/lib/libc.so.6", "")
	names := []string{"main.main", "main.(*server).serve", "main.decode[go.shape.int]", "main.encode", "runtime.mallocgc", "main.(*server).serve.func1"}
	for i, name := range names {
		p.function(int64(i+1), name, name, "example.com/app/server.go", int64(10*i+1))
		p.location(int64(i+1), 1, int64(0x401000+0x100*i), false, int64(i+1), int64(10*i+5), int64(i))
	}
	p.location(7, 1, 0x402000, false, 4, 33, 7, 3, 27, 9)
	p.location(8, 2, 0x7f0000000123, false)
	sizes := []int64{0, 1, 100, 1024, 4096, 5000, 65536, 1 << 20, 3 << 20}
	for i := int64(0); i < 40; i++ {
		leaf := []int64{3, 4, 5, 7, 8}[i%5]
		stack := []int64{leaf, 2, 1}
		if i%7 == 0 {
			stack = []int64{leaf, 3, 6, 2, 2, 1}
		}
		labels := []label{
			{key: "bytes", number: sizes[i%9], unit: "bytes"},
			{key: "user", text: []string{"anna", "bert", "čeněk", "dora:x"}[i%4]},
		}
		if i%2 == 0 {
			labels = append(labels, label{key: "wait", number: i * 1500, unit: "microseconds"})
		}
		if i%3 == 0 {
			labels = append(labels, label{key: "request", number: 4096 * i}, label{key: "user", text: "again"})
		}
		if i%10 == 9 {
			labels = labels[1:]
		}
		p.sample(stack, []int64{i%6 + 1, i * 137, i * i}, labels...)
	}
	p.number(9, 1700000000123456789)
	p.number(10, 2500000000)
	p.valueType(11, "latency", "microseconds")
	p.number(12, 100)
	p.out.number(13, p.text("made by hand"))
	p.out.number(13, p.text("a second comment"))
	p.out.number(14, p.text("latency"))
	p.out.number(15, p.text("https://example.com/doc"))
	p.write("tags.pb")
}

func (p *profile) number(tag int, v int64) { p.out.number(tag, v) }

// odd has names of other languages, places without names, several frames at an address, and frames to be dropped.
func odd() {
	p := newProfile()
	p.valueType(1, "cycles", "count")
	p.mapping(1, 0x1000, 0x9000, 0, "/bin/odd", "ffff", 7, 8)
	p.mapping(2, 0x10000, 0x20000, 0, "", "")
	p.function(1, "main", "main", "odd.cc", 1)
	p.function(2, "std::vector<int, std::allocator<int> >::push_back(int const&)", "_ZNSt6vector", "/usr/include/vector.h", 7)
	p.function(3, "(anonymous namespace)::Run(char const*)", "_ZN1", "odd.cc", 0)
	p.function(4, "com.example.Odd.lambda$run$0", "", "Odd.java", 0)
	p.function(5, "github.com/example/odd/v2/inner.(*T[...]).Method-fm", "", "github.com/example/odd/v2/inner/t.go", 3)
	p.function(6, "malloc", "malloc", "", 0)
	p.function(7, "operator new(unsigned long)", "_Znwm", "", 0)
	p.function(8, "", "_unnamed", "nameless.c", 0)
	p.function(9, "say \"hi\" \\ back\nline", "", "dir with space/quo\"te.c", 5)
	p.location(1, 1, 0x1100, false, 1, 10, 0)
	p.location(2, 1, 0x1200, false, 2, 20, 3, 3, 31, 0)
	p.location(3, 1, 0x1300, true, 4, 40, 0)
	p.location(4, 1, 0x1400, false, 5, 50, 1)
	p.location(5, 1, 0x1500, false, 6, 0, 0)
	p.location(6, 1, 0x1600, false, 7, 0, 0, 2, 21, 0)
	p.location(7, 2, 0x10010, false)
	p.location(8, 0, 0x99999, false)
	p.location(9, 1, 0x1700, false, 8, 9, 0)
	p.location(10, 1, 0x1800, false, 9, 6, 0)
	p.location(11, 1, 0x1204, false, 2, 22, 0, 3, 31, 0)
	p.sample([]int64{5, 6, 2, 1}, []int64{100})
	p.sample([]int64{6, 2, 1}, []int64{-30})
	p.sample([]int64{3, 4, 1}, []int64{50})
	p.sample([]int64{4, 4, 4, 1}, []int64{25})
	p.sample([]int64{7, 1}, []int64{12})
	p.sample([]int64{8, 1}, []int64{7})
	p.sample([]int64{9, 10, 1}, []int64{5})
	p.sample([]int64{11, 1}, []int64{3})
	p.sample([]int64{11, 2, 1}, []int64{1})
	p.sample([]int64{1}, []int64{0})
	p.sample(nil, []int64{2})
	p.out.number(7, p.text("malloc|operator new"))
	p.out.number(8, p.text("operator new"))
	p.valueType(11, "cpu", "nanoseconds")
	p.number(12, 1000000)
	p.write("odd.pb")
}

// words is a cpu profile of the oldest form: words of 64 bits, then the memory map.
func words() {
	var out []byte
	add := func(words ...uint64) {
		for _, w := range words {
			out = binary.LittleEndian.AppendUint64(out, w)
		}
	}
	add(0, 3, 0, 10000, 0)
	add(5, 3, 0x401010, 0x402021, 0x403031)
	add(2, 2, 0x401010, 0x403031)
	add(9, 4, 0x7f0000001000, 0x401050, 0x402021, 0x403031)
	add(1, 1, 0x999999)
	add(5, 3, 0x401010, 0x402021, 0x403031)
	add(0, 1, 0)
	out = append(out, "00400000-00500000 r-xp 00000000 08:01 1234 /srv/app/old\n"+
		"00600000-00700000 rw-p 00100000 08:01 1234 /srv/app/old\n"+
		"7f0000000000-7f0000100000 r-xp 00000000 08:01 99 /lib/libold.so\n"...)
	if err := os.WriteFile("cpu.prof", out, 0o666); err != nil {
		panic(err)
	}
}

func main() {
	tags()
	odd()
	words()
}
