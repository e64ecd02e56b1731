// Package c holds the types that two parts need of each other.
package c

// X and Y are given.
type (
	X struct{}
	Y struct{}
)
