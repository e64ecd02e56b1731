// Package helper is no part.
package helper

// Help helps.
func Help() {}
