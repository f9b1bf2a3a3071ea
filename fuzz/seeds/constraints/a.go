// Copyright

//go:build (linux && !arm64) || (go1.18 && !go1.21) || cgo
// +build linux,!arm64 go1.18

// Package p.
package p

import "fmt"
import (
	. "a/b"; x "c"
)

//go:embed a.txt "b c" `d`
var s string
