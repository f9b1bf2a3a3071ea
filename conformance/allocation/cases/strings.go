package cases

// Strings: concatenation and conversions.

// want: concat: run time, one operand; if n > 0
//
//go:noinline
func ConcatEscapes(n int) { SinkString = Text + Word }

// want: concat: stack up to 32; amount n+4; if n > 0
//
//go:noinline
func ConcatStays(n int) { SinkCount = useString(Text + Word) }

// want: concat: run time, one operand; if n < 0
//
//go:noinline
func ConcatOneOperand(n int) { SinkString = Empty + Text + Empty }

// want: concat: heap
//
//go:noinline
func ConcatTwoConstants(n int) { SinkString = "<" + Empty + ">" }

// want: concat: heap
//
//go:noinline
func ConcatLongConstants(n int) {
	SinkCount = useString("01234567890123456789" + Text + "01234567890123456789")
}

// want: concat: run time, one operand; if n > 0
//
//go:noinline
func ConcatAssign(n int) { s := Word; s += Text; SinkCount = useString(s) }

// want: concat: run time, one operand
// want: concat: never, fused
//
//go:noinline
func ConcatAssignMany(n int) { s := Word; s += Word + Text; SinkCount = useString(s) }

// want: concat: stack up to 32; amount 7*n; if n > 0
//
//go:noinline
func ConcatMany(n int) { SinkCount = useString(Text + Text + Text + Text + Text + Text + Text) }

// want: concat: stack up to 32; amount n+2
// want: bytes to string: never, fused
//
//go:noinline
func ConcatOfBytes(n int) { SinkCount = useString("<" + string(Bytes) + ">") }

// want: bytes to string: run time, short string; if n > 1
//
//go:noinline
func BytesEscape(n int) { SinkString = string(Bytes) }

// want: bytes to string: stack up to 32; amount n; if n > 1
//
//go:noinline
func BytesStay(n int) { SinkCount = useString(string(Bytes)) }

// want: bytes to string: never, compared
//
//go:noinline
func BytesCompared(n int) { SinkBool = string(Bytes) == Text }

// want: bytes to string: never, looked up
//
//go:noinline
func BytesLookedUp(n int) { SinkCount = Known[string(Bytes)] }

// want: bytes to string: never, looked up
//
//go:noinline
func BytesLookedUpOk(n int) { _, SinkBool = Known[string(Bytes)] }

// want: bytes to string: never, compared
//
//go:noinline
func BytesSwitched(n int) {
	switch string(Bytes) {
	case "abc", "abcde":
		SinkBool = true
	}
}

// want: bytes to string: never, counted
//
//go:noinline
func BytesCounted(n int) { SinkCount = len(string(Bytes)) }

// want: bytes to string: stack up to 32; amount n; if n > 1
//
//go:noinline
func BytesRanged(n int) {
	for range string(Bytes) {
		SinkCount++
	}
}

// want: string to bytes: heap; amount n
//
//go:noinline
func TextEscapes(n int) { SinkBytes = []byte(Text) }

// want: string to bytes: stack up to 32; amount n
//
//go:noinline
func TextStays(n int) { b := []byte(Text); change(b) }

// want: string to bytes: never, zero copy
//
//go:noinline
func TextOnlyRead(n int) { SinkCount = useBytes([]byte(Text)) }

// want: string to bytes: never, ranged
//
//go:noinline
func TextRanged(n int) {
	for _, b := range []byte(Text) {
		SinkCount += int(b)
	}
}

// want: string to bytes: stack
//
//go:noinline
func ConstantText(n int) { b := []byte("0123456789012345678901234567890123456789"); change(b) }

// want: string to bytes: heap
//
//go:noinline
func ConstantTextEscapes(n int) { SinkBytes = []byte("0123456789") }

// want: string to bytes: heap
// want: concat: never, fused
//
//go:noinline
func ConcatToBytes(n int) { SinkBytes = []byte(Text + Word) }

// want: string to bytes: stack up to 32; amount n+4
// want: concat: never, fused
//
//go:noinline
func ConcatToBytesStays(n int) { b := []byte(Text + Word); change(b) }

// want: runes to string: heap
//
//go:noinline
func RunesEscape(n int) { SinkString = string(Runes) }

// want: runes to string: stack up to 29; amount n
//
//go:noinline
func RunesStay(n int) { SinkCount = useString(string(Runes)) }

// want: string to runes: heap; amount n
//
//go:noinline
func TextToRunes(n int) { SinkRunes = []rune(Text) }

// want: string to runes: stack up to 128; amount 4*n
//
//go:noinline
func TextToRunesStays(n int) {
	for _, r := range []rune(Text) {
		SinkCount += int(r)
	}
}

// want: string to runes: never, counted
//
//go:noinline
func RunesCounted(n int) { SinkCount = len([]rune(Text)) }

// want: rune to string: heap
//
//go:noinline
func RuneEscapes(n int) { SinkString = string(Digit) }

// want: rune to string: stack
//
//go:noinline
func RuneStays(n int) { SinkCount = useString(string(Digit)) }
