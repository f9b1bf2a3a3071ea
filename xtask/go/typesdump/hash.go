package main

import (
	"fmt"
	"math/bits"
)

// hash128 is FNV-1a with 128 bits.
type hash128 struct{ hi, lo uint64 }

func newHash() hash128 {
	return hash128{0x6c62272e07bb0142, 0x62b821756295c58d}
}

// add feeds a string. The prime is 2^88 + 0x13b.
func (h *hash128) add(s string) {
	hi, lo := h.hi, h.lo
	for i := range len(s) {
		lo ^= uint64(s[i])
		carry, low := bits.Mul64(lo, 0x13b)
		hi = hi*0x13b + carry + lo<<24
		lo = low
	}
	h.hi, h.lo = hi, lo
}

func (h hash128) String() string {
	return fmt.Sprintf("%016x%016x", h.hi, h.lo)
}
