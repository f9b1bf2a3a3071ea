//go:build unix

package pprof

import (
	"os"
	"syscall"
)

func escargo_raise(sig os.Signal) { syscall.Kill(syscall.Getpid(), sig.(syscall.Signal)) }
