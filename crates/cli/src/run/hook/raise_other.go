//go:build !unix

package pprof

import "os"

// The code with which the runtime ends a program that an interrupt stops.
func escargo_raise(os.Signal) { os.Exit(2) }
