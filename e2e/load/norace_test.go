//go:build !race

package load

const slower = 1
