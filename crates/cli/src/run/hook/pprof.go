package pprof

import (
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	_ "unsafe" // for linkname
)

// Names the file to write; the program and its children do not get to see it.
const escargo_variable = "ESCARGO_HEAP_PROFILE"

var (
	escargo_file string
	escargo_once sync.Once
)

func init() { escargo_begin() }

func escargo_begin() {
	escargo_file = os.Getenv(escargo_variable)
	if escargo_file == "" {
		return
	}
	os.Unsetenv(escargo_variable)
	// The last setting was added for this process: what stands before is the user's.
	settings := os.Getenv("GODEBUG")
	if comma := strings.LastIndexByte(settings, ','); comma >= 0 {
		os.Setenv("GODEBUG", settings[:comma])
	} else {
		os.Unsetenv("GODEBUG")
	}
	escargo_atExit(escargo_finish)
	escargo_setLastWill(escargo_finish)
	escargo_watch(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
}

//go:linkname escargo_setLastWill runtime.escargo_setLastWill
func escargo_setLastWill(func())

func escargo_finish() { escargo_once.Do(escargo_write) }

func escargo_write() {
	// The program ends as it would have.
	defer func() { _ = recover() }()
	// What was allocated since the last collection is not counted before the next.
	runtime.GC()
	file, err := os.OpenFile(escargo_file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return
	}
	defer file.Close()
	Lookup("allocs").WriteTo(file, 0)
}

// escargo_watch writes the profile when a signal is about to end the program: one that nobody else listens to.
func escargo_watch(signals ...os.Signal) {
	told := make(chan os.Signal, 4)
	for _, sig := range signals {
		if !signal.Ignored(sig) {
			signal.Notify(told, sig)
		}
	}
	go func() {
		for sig := range told {
			if signal.Escargo_listeners(sig) == 1 {
				escargo_finish()
				signal.Reset(sig)
				escargo_raise(sig)
			}
		}
	}()
}
