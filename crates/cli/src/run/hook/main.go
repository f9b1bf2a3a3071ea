package main

// The profile is written by what is added to this package.
import _ "runtime/pprof"
