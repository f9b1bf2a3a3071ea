package runtime

import _ "unsafe" // for linkname

// What is to be done before the process ends in a way that no exit hook sees.
var escargo_lastWill func()

//go:linkname escargo_setLastWill
func escargo_setLastWill(f func()) { escargo_lastWill = f }

func escargo_dying() {
	if f := escargo_lastWill; f != nil {
		f()
	}
}
