package signal

import "os"

// Escargo_listeners counts the channels that want to be told of a signal.
func Escargo_listeners(sig os.Signal) int64 {
	n := signum(sig)
	if n < 0 || n >= numSig {
		return 0
	}
	handlers.Lock()
	defer handlers.Unlock()
	return handlers.ref[n]
}
