//go:build !go1.26

package cases

// Newer has functions that this release does not compile.
var Newer []Case
