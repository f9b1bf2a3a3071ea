// Prints a table of constants as the compiler's messages show them.
//
//	go run constants.go > constants.txt
//
// A line is a type, a tab, a literal, a tab, and what follows "return" in the message about inlining a function that
// returns the literal as a value of the type.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

var rows = []struct {
	types    string
	literals []string
}{
	{"int MyInt uint8 byte int32 int64 uintptr any", []string{"0", "1", "7", "97"}},
	{"int int64 any", []string{"-1", "9223372036854775807", "-9223372036854775808"}},
	{"uint uint64", []string{"18446744073709551615"}},
	{"int32 rune MyRune", []string{"-1", "0", "7", "10", "39", "92", "97", "34", "127", "160", "173", "955", "8232",
		"0xd800", "0xfeff", "0xfffd", "128512", "0x10ffff", "0x110000", "2147483647"}},
	{"any", []string{"'a'", "'\\n'", "'\\''", "'\"'", "'\\u1234'", "'\\U0010ffff'"}},
	{"float64 float32 MyFloat any", []string{"0.0", "1.0", "3.0", "-1.5", "0.1", "1e6", "1e5", "123456789.0", "1e20", "1e21",
		"0.000123456789", "1e-5", "1e-7", "3.14159265358979", "1.5e10", "100000.5", "1234567.5", "0x1p-20", "16777217.0"}},
	{"float64 any", []string{"1e100", "1e-320", "5e-324", "1.7976931348623157e308", "0.3333333333333333333333333", "1e-400"}},
	{"float32", []string{"1e-46", "3.4028235e38", "1e-45"}},
	{"complex128 complex64 MyComplex any", []string{"0i", "1i", "2.5i", "1e20i", "0.1i"}},
	{"string MyString any", []string{`""`, `"a"`, `"a\"b\\\n\x00\x7f\xff"`, "`raw\\n\"`", `"é世\u00ad\u200b"`, long("x", 69), long("x", 70), long("x", 71),
		long("x", 72), long("x", 200), long("é", 70), long("é", 71), long(`\"`, 35), long(`\"`, 36), long(`\xff`, 17), long(`\xff`, 18), long(`\t`, 40)}},
	{"bool MyBool any", []string{"true", "false"}},
}

func long(part string, n int) string { return `"` + strings.Repeat(part, n) + `"` }

const header = `package p

type MyInt int
type MyRune rune
type MyFloat float64
type MyComplex complex128
type MyString string
type MyBool bool
`

func main() {
	type row struct{ typ, literal string }
	var list []row
	var src bytes.Buffer
	src.WriteString(header)
	for _, r := range rows {
		for _, typ := range strings.Fields(r.types) {
			for _, literal := range r.literals {
				fmt.Fprintf(&src, "func f%d() %s { return %s }\n", len(list), typ, literal)
				list = append(list, row{typ, literal})
			}
		}
	}
	dir, err := os.MkdirTemp("", "constants")
	check(err)
	defer os.RemoveAll(dir)
	check(os.WriteFile(filepath.Join(dir, "p.go"), src.Bytes(), 0o666))
	check(os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module p\n\ngo 1.27\n"), 0o666))
	cmd := exec.Command("go", "build", "-gcflags=-m=2 -e", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		os.Stderr.Write(out)
	}
	check(err)
	texts := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		_, rest, ok := strings.Cut(lines.Text(), ": can inline ")
		name, _, _ := strings.Cut(rest, " ")
		_, body, _ := strings.Cut(rest, "{ return ")
		if ok {
			texts[name] = strings.TrimSuffix(body, " }")
		}
	}
	for i, r := range list {
		fmt.Printf("%s\t%s\t%s\n", r.typ, r.literal, texts[fmt.Sprint("f", i)])
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
