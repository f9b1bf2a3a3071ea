package cases

// Values in interfaces.

// want: boxed: run time, small value; if n > 255
//
//go:noinline
func BoxedInt(n int) { SinkAny = n }

// want: boxed: run time, small value; if n > 255
//
//go:noinline
func BoxedInt16(n int) { SinkAny = int16(n) }

// want: boxed: run time, small value; if n > 255
//
//go:noinline
func BoxedUint32(n int) { SinkAny = uint32(n) }

// want: boxed: run time, small value; if n > 0
//
//go:noinline
func BoxedFloat(n int) { SinkAny = float64(n) }

// want: boxed: never, single byte
//
//go:noinline
func BoxedByte(n int) { SinkAny = byte(n) }

// want: boxed: never, single byte
//
//go:noinline
func BoxedBool(n int) { SinkAny = n > 3 }

// want: boxed: never, single byte
//
//go:noinline
func BoxedByteInStruct(n int) { SinkAny = struct{ b byte }{byte(n)} }

// want: boxed: never, read only
//
//go:noinline
func BoxedConstant(n int) { SinkAny = 1000 }

// want: boxed: never, read only
//
//go:noinline
func BoxedText(n int) { SinkAny = "text" }

// want: boxed: never, read only
//
//go:noinline
func BoxedVariableConstant(n int) { x := 1000; SinkAny = x }

// want: boxed: never, zero size
//
//go:noinline
func BoxedNothing(n int) { SinkAny = struct{}{} }

// want: boxed: never, zero size
//
//go:noinline
func BoxedArrayOfNothing(n int) { SinkAny = [0]int{} }

// want: boxed: never, pointer shaped
//
//go:noinline
func BoxedPointer(n int) { SinkAny = &Number }

// want: boxed: never, pointer shaped
//
//go:noinline
func BoxedMap(n int) { SinkAny = Small }

// want: boxed: never, pointer shaped
//
//go:noinline
func BoxedPointerInStruct(n int) { SinkAny = struct{ p *int }{&Number} }

// want: boxed: run time, empty string; if n > 0
//
//go:noinline
func BoxedString(n int) { SinkAny = Text }

// want: boxed: run time, nil slice
//
//go:noinline
func BoxedSlice(n int) { SinkAny = Ints }

// want: boxed: run time, nil slice; if n < 0
//
//go:noinline
func BoxedNilSlice(n int) { var s []int; SinkAny = s }

// want: boxed: heap
//
//go:noinline
func BoxedStruct(n int) { SinkAny = Point{n, n} }

// want: boxed: never, read only
//
//go:noinline
func BoxedKnownStruct(n int) { SinkAny = Point{1, 2} }

// want: boxed: never, read only
//
//go:noinline
func BoxedZeroStruct(n int) { SinkAny = Point{} }

// want: boxed: never, read only
//
//go:noinline
func BoxedVariableStruct(n int) { p := Point{3, 4}; SinkAny = p }

// want: boxed: stack
//
//go:noinline
func BoxedStays(n int) { SinkBool = useAny(Point{n, n}) }

// want: boxed: stack
//
//go:noinline
func BoxedIntStays(n int) { SinkBool = useAny(n) }

// want: boxed: heap
//
//go:noinline
func BoxedLargeStays(n int) { var b Big; b.Data[n] = 1; SinkBool = useAny(b) }

// want: variadic slice: stack
// want: boxed: stack
// want: boxed: stack
//
//go:noinline
func BoxedArguments(n int) { SinkCount = useAnys(n, Text) }

// want: variadic slice: stack
// want: boxed: run time, small value; if n > 255
// want: boxed: never, read only
//
//go:noinline
func BoxedArgumentsEscape(n int) { keepAnys(n, "x") }

// want: boxed: stack
//
//go:noinline
func BoxedToCompare(n int) { SinkBool = Any == any(n) }

// want: boxed: stack
//
//go:noinline
func BoxedForSwitch(n int) {
	switch Any {
	case n:
		SinkBool = true
	}
}

// want: boxed: heap; times n
//
//go:noinline
func BoxedInLoop(n int) {
	for i := 0; i < n; i++ {
		SinkAny = Point{i, n}
	}
}

func box[T any](x T) any { return x }

// want: boxed: run time, small value; if n > 255
//
//go:noinline
func BoxedGeneric(n int) { SinkAny = box(n) }
