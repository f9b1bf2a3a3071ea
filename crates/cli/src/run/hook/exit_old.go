//go:build !go1.23

package pprof

import _ "unsafe" // for linkname

//go:linkname escargo_addExitHook runtime.addExitHook
func escargo_addExitHook(f func(), runOnNonZeroExit bool)

func escargo_atExit(f func()) { escargo_addExitHook(f, true) }
