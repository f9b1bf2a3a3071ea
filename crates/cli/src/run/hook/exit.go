//go:build go1.23

package pprof

import "internal/runtime/exithook"

func escargo_atExit(f func()) { exithook.Add(exithook.Hook{F: f, RunOnFailure: true}) }
