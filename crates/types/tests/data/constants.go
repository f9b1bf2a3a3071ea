// Prints a table of constant expressions with the values that go/constant gives them.
//
//	go run constants.go [-n lines] [-seed n] > constants.txt
//
// A line is an expression in postfix form, a tab, its exact form, a tab, its short form. Operands are
// literals led by their sort (i: f: j: c: and s: with the literal in hexadecimal); a word ending in "?"
// asks for a property instead of a value. Forms longer than 100 bytes stand as "#length:FNV-1a".
package main

import (
	"encoding/hex"
	"flag"
	"fmt"
	"go/constant"
	"go/token"
	"hash/fnv"
	"math"
	"math/rand"
	"os"
	"bufio"
	"strconv"
	"strings"
)

var out = bufio.NewWriter(os.Stdout)

func short(s string) string {
	if len(s) <= 100 && !strings.ContainsAny(s, "\t\n") {
		return s
	}
	h := fnv.New64a()
	h.Write([]byte(s))
	return fmt.Sprintf("#%d:%016x", len(s), h.Sum64())
}

var binary = map[string]token.Token{
	"+": token.ADD, "-": token.SUB, "*": token.MUL, "/": token.QUO, "//": token.QUO_ASSIGN, "%": token.REM,
	"&": token.AND, "|": token.OR, "^": token.XOR, "&^": token.AND_NOT, "&&": token.LAND, "||": token.LOR,
}

var comparison = map[string]token.Token{
	"==": token.EQL, "!=": token.NEQ, "<": token.LSS, "<=": token.LEQ, ">": token.GTR, ">=": token.GEQ,
}

var literal = map[byte]token.Token{'i': token.INT, 'f': token.FLOAT, 'j': token.IMAG, 'c': token.CHAR, 's': token.STRING}

func real64(x constant.Value) constant.Value {
	f, _ := constant.Float64Val(x)
	if math.IsInf(f, 0) {
		return constant.MakeUnknown()
	}
	return constant.MakeFloat64(f)
}

func real32(x constant.Value) constant.Value {
	f, _ := constant.Float32Val(x)
	if math.IsInf(float64(f), 0) {
		return constant.MakeUnknown()
	}
	return constant.MakeFloat64(float64(f))
}

func property(x constant.Value, what string) string {
	switch what {
	case "i64?":
		if v, ok := constant.Int64Val(x); ok {
			return fmt.Sprint(v)
		}
		return "none"
	case "u64?":
		if v, ok := constant.Uint64Val(x); ok {
			return fmt.Sprint(v)
		}
		return "none"
	case "f64?":
		v, ok := constant.Float64Val(x)
		return fmt.Sprintf("%016x %v", math.Float64bits(v+0), ok)
	case "f32?":
		v, ok := constant.Float32Val(x)
		return fmt.Sprintf("%08x %v", math.Float32bits(v+0), ok)
	case "bits?":
		return fmt.Sprint(constant.BitLen(x))
	case "sign?":
		return fmt.Sprint(constant.Sign(x))
	case "bytes?":
		return hex.EncodeToString(constant.Bytes(x))
	}
	panic("unknown property " + what)
}

func line(expr string) (printed bool) {
	defer func() {
		if recover() != nil {
			printed = false // not defined for the operands
		}
	}()
	var stack []constant.Value
	pop := func() constant.Value {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return x
	}
	push := func(x constant.Value) { stack = append(stack, x) }
	for _, word := range strings.Fields(expr) {
		if len(word) >= 2 && word[1] == ':' {
			text := word[2:]
			if word[0] == 's' || word[0] == 'c' {
				b, err := hex.DecodeString(text)
				if err != nil {
					panic(err)
				}
				text = string(b)
			}
			push(constant.MakeFromLiteral(text, literal[word[0]], 0))
		} else if op, ok := binary[word]; ok {
			y, x := pop(), pop()
			push(constant.BinaryOp(x, op, y))
		} else if op, ok := comparison[word]; ok {
			y, x := pop(), pop()
			push(constant.MakeBool(constant.Compare(x, op, y)))
		} else if strings.HasPrefix(word, "<<") || strings.HasPrefix(word, ">>") {
			n, _ := strconv.Atoi(word[2:])
			op := token.SHL
			if word[0] == '>' {
				op = token.SHR
			}
			push(constant.Shift(pop(), op, uint(n)))
		} else if strings.HasPrefix(word, "~") {
			n, _ := strconv.Atoi(word[1:])
			push(constant.UnaryOp(token.XOR, pop(), uint(n)))
		} else if strings.HasSuffix(word, "?") {
			s := property(pop(), word)
			fmt.Fprintf(out, "%s\t%s\t%s\n", expr, short(s), "")
			return true
		} else {
			x := pop()
			switch word {
			case "neg":
				x = constant.UnaryOp(token.SUB, x, 0)
			case "pos":
				x = constant.UnaryOp(token.ADD, x, 0)
			case "not":
				x = constant.UnaryOp(token.NOT, x, 0)
			case "int":
				x = constant.ToInt(x)
			case "float":
				x = constant.ToFloat(x)
			case "complex":
				x = constant.ToComplex(x)
			case "real":
				x = constant.Real(x)
			case "imag":
				x = constant.Imag(x)
			case "mkimag":
				x = constant.MakeImag(x)
			case "r64":
				x = real64(x)
			case "r32":
				x = real32(x)
			default:
				panic("unknown word " + word)
			}
			push(x)
		}
	}
	x := pop()
	fmt.Fprintf(out, "%s\t%s\t%s\n", expr, short(x.ExactString()), short(x.String()))
	return true
}

var rnd *rand.Rand

func pick(list ...string) string { return list[rnd.Intn(len(list))] }

func digits(n int, set string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = set[rnd.Intn(len(set))]
	}
	return string(b)
}

func count() int {
	if rnd.Intn(8) == 0 {
		return 1 + rnd.Intn(200)
	}
	return 1 + rnd.Intn(12)
}

func intLit() string {
	switch rnd.Intn(9) {
	case 0:
		return "0x" + digits(count(), "0123456789abcdefABCDEF")
	case 1:
		return "0b" + digits(count()*3, "01")
	case 2:
		return "0o" + digits(count()*2, "01234567")
	case 3:
		return "0" + digits(count(), "01234567")
	case 4:
		return digits(1, "123456789") + "_" + digits(count(), "0123456789")
	case 5:
		return pick("0", "1", "2", "3", "5", "10", "255", "256", "9223372036854775807", "9223372036854775808",
			"18446744073709551615", "18446744073709551616", "4294967295", "2147483648", "0x_1", "0_7", "08",
			"1__0", "1_", "0x", "0b12", "0b", "00", "0_", "16777217", "9007199254740993", "36893488147419103232")
	}
	return digits(1, "123456789") + digits(count()-1, "0123456789")
}

func exponent() string {
	switch rnd.Intn(10) {
	case 0:
		return ""
	case 1:
		return fmt.Sprint(rnd.Intn(100000) - 50000)
	case 2:
		return fmt.Sprint(rnd.Intn(2000000000) - 1000000000)
	case 3:
		return fmt.Sprint(rnd.Intn(3000) - 1500)
	case 4, 5:
		return fmt.Sprint(rnd.Intn(700) - 350)
	case 6:
		return pick("1232", "1233", "-1232", "-1233", "1234", "-1234", "308", "309", "-324", "-323", "38", "39", "-45",
			"646456992", "646456993", "646456994", "-646456992", "-646456993", "-646456994", "+1", "0", "9223372036854775807",
			"9223372036854775808", "1_0", "_1", "1_", "", "-")
	}
	return fmt.Sprint(rnd.Intn(60) - 30)
}

func floatLit() string {
	switch rnd.Intn(12) {
	case 0, 1:
		e := "p" + exponent()
		if e == "p" {
			e = "p0"
		}
		return "0x" + digits(count(), "0123456789abcdef") + pick("", "."+digits(count(), "0123456789abcdef")) + e
	case 2:
		return pick("0.0", "1.0", "0.1", ".5", "1.", "1e", "0e5", "00.5", "08.5", "1.5.5", "1_000.5", "1_.5", "1._5", "3.14159265358979323846264338327950288",
			"0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1.fffffffffffffp1023", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7fp1023",
			"0x1.fffffep127", "0x1.ffffffp127", "0x1p-149", "0x1p-150", "0x1.8p-150", "0x1p-4095", "0x1p-4096", "0x1p-4097", "0x1p4094", "0x1p4095", "0x1p4096",
			"0x1p2147483646", "0x1p2147483647", "0x1p-2147483648", "0x1p-2147483649", "0x1p-2147483650", "0x.8p1", "0x1.8", "1p4", "0b1.1", "0x1e+5",
			"1234565.0", "1234575.0", "999999.5", "9999995.0", "123456.5", "1000000.5", "0.00012345", "0.00001", "100000.0", "1e21", "1e20", "5e-324", "2.4703282292062327e-324")
	}
	s := digits(count(), "0123456789")
	if rnd.Intn(2) == 0 {
		s += "." + digits(count(), "0123456789")
	}
	e := exponent()
	if e != "" || rnd.Intn(20) == 0 {
		s += pick("e", "E") + e
	} else if !strings.Contains(s, ".") {
		s += "."
	}
	return s
}

var pieces = []string{"a", "z", "0", "é", "世", "\U0001F600", "\u00ad", "\u00a0", "\u200b", "\ufeff", "\ufffd", "\u2028", "\U000e0001", "\x7f",
	`\n`, `\t`, `\a`, `\b`, `\f`, `\v`, `\r`, `\\`, `\"`, `\'`, `\x00`, `\xff`, `\xc3\xa9`, `\101`, `\377`, `\400`, `\u00e9`, `\u200b`, `\ud800`,
	`\U0010ffff`, `\U00110000`, `\x4`, `\8`, "\xff", "\xe4\xb8", "'", " ", "\r", "%", "`"}

func text(max int) string {
	var b strings.Builder
	for n := rnd.Intn(max); n > 0; n-- {
		if rnd.Intn(3) > 0 {
			b.WriteString(digits(1+rnd.Intn(3), "abcXYZ 019"))
		} else if rnd.Intn(12) == 0 {
			b.WriteRune(rune(rnd.Intn(0x3000)))
		} else {
			b.WriteString(pieces[rnd.Intn(len(pieces))])
		}
	}
	return b.String()
}

func stringLit() string {
	max := 8
	if rnd.Intn(6) == 0 {
		max = 60
	}
	q := pick(`"`, `"`, `"`, "`")
	return "s:" + hex.EncodeToString([]byte(q+text(max)+q))
}

func integer() string {
	s := "i:" + intLit()
	if rnd.Intn(4) == 0 {
		s += " neg"
	}
	if rnd.Intn(12) == 0 {
		s += fmt.Sprint(" <<", rnd.Intn(300))
	}
	return s
}

func number() string {
	switch rnd.Intn(6) {
	case 0, 1:
		return integer()
	case 2:
		return integer() + " " + integer() + " /"
	}
	s := "f:" + floatLit()
	if rnd.Intn(4) == 0 {
		s += " neg"
	}
	if rnd.Intn(16) == 0 {
		s += " " + pick("int", "float", "r64", "r32")
	}
	return s
}

func complexNumber() string {
	switch rnd.Intn(3) {
	case 0:
		return number()
	case 1:
		return "j:" + pick(intLit(), floatLit()) + "i"
	}
	return number() + " " + number() + " mkimag +"
}

func expression() string {
	switch rnd.Intn(24) {
	case 0:
		return "i:" + intLit()
	case 1, 2:
		return "f:" + floatLit()
	case 3:
		return "j:" + pick(intLit(), floatLit(), "0123", "089", "0x1p3", "0b11", "0o17") + pick("i", "i", "i", "")
	case 4:
		return "c:" + hex.EncodeToString([]byte("'"+pieces[rnd.Intn(len(pieces))]+"'"))
	case 5, 6:
		return stringLit()
	case 7:
		return stringLit() + " " + stringLit() + " " + pick("+", "==", "<", ">=", "!=")
	case 8, 9:
		return integer() + " " + integer() + " " + pick("+", "-", "*", "/", "//", "%")
	case 10:
		return integer() + " " + integer() + " " + pick("&", "|", "^", "&^")
	case 11:
		return integer() + " " + pick("<<", ">>") + fmt.Sprint(rnd.Intn(1200))
	case 12:
		return integer() + " ~" + pick("0", "8", "16", "32", "64")
	case 13, 14, 15:
		return number() + " " + number() + " " + pick("+", "-", "*", "/")
	case 16:
		return number() + " " + number() + " " + pick("+", "-", "*", "/") + " " + number() + " " + pick("+", "-", "*", "/") + pick("", " int", " r64", " f64?")
	case 17:
		return number() + " " + number() + " " + pick("==", "!=", "<", "<=", ">", ">=")
	case 18:
		return complexNumber() + " " + complexNumber() + " " + pick("+", "-", "*", "/", "/", "==", "!=")
	case 19:
		return complexNumber() + " " + pick("int", "float", "complex", "real", "imag", "neg", "pos", "sign?")
	case 20:
		return integer() + " " + pick("i64?", "u64?", "bits?", "sign?", "bytes?", "float", "complex")
	case 21:
		return number() + " " + pick("f64?", "f32?", "r64", "r32", "int")
	case 22:
		// Scaled back to near an integer.
		n := pick("3", "7", "10", "49", "641")
		x := "f:1e" + pick("4000", "-4000", "2000") + " i:" + n + " *"
		return x + " i:" + n + " / f:1e" + pick("4000", "-4000", "2000") + " / i:" + intLit() + " " + pick("*", "+") + " int"
	}
	// Repeated squaring, up to where fractions turn into floating-point numbers and beyond.
	s := number()
	for n := 1 + rnd.Intn(3); n > 0; n-- {
		f := floatLit()
		s += " f:" + f + " * f:" + f + pick(" *", " /")
	}
	return s
}

func main() {
	lines := flag.Int("n", 3000, "number of lines")
	seed := flag.Int64("seed", 1, "seed")
	flag.Parse()
	rnd = rand.New(rand.NewSource(*seed))
	defer out.Flush()
	for _, expr := range []string{
		"i:9223372036854775808 neg i:1 neg //", "i:9223372036854775808 neg i:1 neg %", "i:9223372036854775808 neg neg",
		"i:9223372036854775808 neg i:1 neg *", "i:9223372036854775808 neg i:1 -", "i:9223372036854775807 i:1 +",
		"i:1 <<4094 float", "i:1 <<4095 float", "i:1 <<4096 float", "i:1 i:1 == not", "i:1 i:1 == i:1 i:2 == &&",
		"i:1 i:1 == i:1 i:2 == ||", "f:1e4000 int", "f:1e1000 int", "f:1.5 int", "f:0x1p4095 int", "f:0x1p4096 int",
		"f:1e5000 f:1e5000 -", "f:1e5000 f:1e5000 - neg", "f:1e646456990 f:1e646456990 *", "f:1e-646456990 f:1e-646456990 *",
		"f:1e400 f:1e400 neg +", "f:1e5000 f:1e4800 +", "f:1e5000 f:1e4900 -", "f:0x1p5000 f:0x1p4486 -", "f:0x1p5000 f:0x1p4487 -", "f:0x1p5000 f:0x1p4488 -",
	} {
		line(expr)
	}
	for i := 0; i < *lines; {
		if line(expression()) {
			i++
		}
	}
}
