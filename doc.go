// Package rumpkit is a build system for rump kernels in Go: kernels that run
// as an ordinary process, or inside one. It is documentation only; README.md
// says what it is, ARCHITECTURE.md where everything is.
package rumpkit
